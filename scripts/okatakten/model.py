"""What a show is: frozen values, right or absent. Nothing here reads, writes or knows an output format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NewType, TypeAlias
from urllib.parse import urlsplit

REPORT: Final = "report.html"
"""Template of a page that is read as a book, too: the brochure is for paper."""


Locale = NewType("Locale", str)
"""A BCP 47 language tag such as `sv` or `sma`."""

DEFAULT_LOCALE = Locale("sv")


class EpisodeType(StrEnum):
    """The closed set of `itunes:episodeType`."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


class ShowType(StrEnum):
    """The closed set of `itunes:type`."""

    EPISODIC = "episodic"
    SERIAL = "serial"


class Status(StrEnum):
    """How far the documents answer a study question."""

    ANSWERED = "answered"
    PARTLY = "partly"
    UNKNOWN = "unknown"


class EventStatus(StrEnum):
    """What has become of a meeting that is not held as it was to be (schema.org/EventStatusType)."""

    CANCELLED = "cancelled"
    POSTPONED = "postponed"


class Visual(StrEnum):
    """How what a film only shows reaches those who do not see it."""

    SAID = "said"
    DESCRIBED = "described"


class Role(StrEnum):
    """The roles of the podcast taxonomy that this show uses (podcast namespace, `podcast:person`)."""

    HOST = "host"
    CO_HOST = "co-host"
    GUEST = "guest"
    NARRATOR = "narrator"
    EDITOR = "editor"
    PRODUCER = "producer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone, or a body, that is heard in or stands behind an episode. At most 128 characters."""

    name: str
    role: Role
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A start time from the beginning of the audio, with a title."""

    start: timedelta
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that the episode stands on."""

    title: str
    url: str | None = None


class Crop(StrEnum):
    """What is kept of a picture that is not square: a square at one end or in the middle, or all of it with an edge."""

    MIDDLE = "centre"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that is published as a square JPEG or PNG; width and height are its pixels.

    `path` is the file in the folder. `is_ready`: it is published as it is, and otherwise as `crop` says.
    """

    path: Path
    alt: str
    width: int
    height: int
    media_type: str
    crop: Crop | None = None
    is_ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """Bytes of a file, from `start` to before `end`, that are published as `head` and zeros."""

    start: int
    end: int
    head: bytes = b""


class Shape(StrEnum):
    """How tall a clip is beside its width: for a feed (square, portrait), a whole phone, a screen."""

    SQUARE = "square"
    PORTRAIT = "portrait"
    TALL = "tall"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Some seconds of an episode as a film to post. `path` is the film; what else belongs to it lies beside.

    `start` and `end` are times of the episode, `width` and `height` pixels, `length` the bytes of the film.
    """

    path: Path
    start: timedelta
    end: timedelta
    width: int
    height: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFile:
    """Audio as it lies in the episode folder (`path`) or in a media store (`url`): exactly one of them is set.

    `length` is its bytes there, `private` what in them is not to be published.
    """

    length: int
    media_type: str
    duration: timedelta
    path: Path | None = None
    url: str | None = None
    private: tuple[Blank, ...] = ()

    @property
    def filename(self) -> str:
        """The name at the end of the address: `audio.mp3` for a file in the folder."""
        return self.path.name if self.path else urlsplit(self.url or "").path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A file of an episode folder as it is published: behind `tag` in place of its own tags; empty: as it is.

    `private` is what of it is published as zeros. `length` is bytes (RSS 2.0) and `digest` Subresource Integrity,
    `sha384-…`, of what goes out; None while it is not settled which tag that is.
    """

    path: Path
    tag: bytes
    length: int
    digest: str | None
    private: tuple[Blank, ...] = ()


Releases: TypeAlias = Mapping[Path, Release]
"""What is published of each audio file in the episode folders, by file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One WebVTT cue: what one speaker says from `start` to `end`; `speaker` may be empty.

    `line` is where it stands in the file, 0 for one that stands in none.
    """

    start: timedelta
    end: timedelta
    speaker: str
    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Everything said, as it stands in the file: `text`. `approximate`: nobody has set the times by ear.

    `read` returns the cues in order of time, which are read when somebody asks: most builds take the page from the last
    site.
    """

    path: Path
    text: str
    read: Callable[[], tuple[Cue, ...]] = field(compare=False, repr=False)
    approximate: bool = False

    @property
    def cues(self) -> tuple[Cue, ...]:
        return self.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """What is known of a text in another language than the default one.

    `file` and the default locale's `source` are relative to the project; `source_revision` is that one's, as it stands
    now. `stale`: the Swedish text has changed since the translation was made. `reviewed` is the day a qualified
    translator had gone through the text as it stands, `reviewer` the role they have; `edited`: it was reviewed once and
    has changed since.
    """

    locale: Locale
    file: str
    source: str
    source_revision: str
    stale: bool
    reviewed: date | None
    edited: bool
    reviewer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody filled in of a kind of page, such as an event, or in a row of a list of such.

    `values` are by the name of the field; a field left empty is not among them. `published` None: it is shown at once.
    `related` are addresses of pages that belong with it, `former_slugs` what its folder was called before, the oldest
    name first. Of one that is `withdrawn` only the day and the reason are told.
    """

    kind: str
    values: Mapping[str, Any] = field(hash=False)
    published: datetime | None = None
    draft: bool = False
    sample: bool = False
    related: tuple[str, ...] = ()
    former_slugs: tuple[str, ...] = ()
    withdrawn: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPost:
    """What somebody wrote for networks: a `text` of several paragraphs, and words for hashtags without their sign."""

    text: str = ""
    hashtags: tuple[str, ...] = ()


NO_POST: Final = OwnPost()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of docs/ in one locale. `name` is its file below the locale's folder: `podd/index.md`.

    The same name in two locales is the same page. `translation` is None in the default locale. `text` is Markdown,
    `nav_title` what menus call the page, if not by its title. `sources` are ids of documents, `includes` the names of
    pages that it repeats below its own text; `question` and `status` belong to the page of a study question. `updated`
    belongs to a page that is also a file to download, with `edition`, the revision of its words on that day, and
    `max_pages`, the pages that there is room for. `news` is the day on which it is told of as new, in the default
    locale only. `revision` is that of the texts that a translation is made from. `entry` is None for a page of text.
    `keywords` are what a search finds the page by beside its own words.
    """

    locale: Locale
    name: str
    title: str
    text: str
    translation: Translation | None
    nav_title: str = ""
    sources: tuple[str, ...] = ()
    question: int | None = None
    status: Status | None = None
    includes: tuple[str, ...] = ()
    description: str = ""
    template: str = ""
    lead: str = ""
    news: date | None = None
    updated: date | None = None
    edition: str = ""
    max_pages: int | None = None
    revision: str = ""
    entry: Entry | None = None
    post: OwnPost = NO_POST
    keywords: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The address below the locale's home: `podd/`; empty for the home page."""
        folder, slash, stem = self.name.removesuffix(".md").rpartition("/")
        return folder + slash + ("" if stem == "index" else f"{stem}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeText:
    """What differs per locale. `notes` is Markdown; `source` the file to edit, relative to the project."""

    title: str
    summary: str
    notes: str
    source: str
    translation: Translation | None = None
    post: OwnPost = NO_POST


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFields:
    """What the fields of episode.md say of an episode, each with the value that holds where there is none.

    `draft` keeps it unpublished whatever its date. `former_slugs` are folder names it has had, `replaced_audio` the
    names of audio files that are gone on purpose: at all these addresses something keeps answering.
    """

    season: int | None = None
    number: int | None = None
    type: EpisodeType = EpisodeType.FULL
    explicit: bool = False
    synthetic_voice: bool = False
    sample: bool = False
    draft: bool = False
    persons: tuple[Person, ...] = ()
    questions: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()
    former_slugs: tuple[str, ...] = ()
    replaced_audio: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(EpisodeFields):
    """One part of the show; every locale shares guid, date and audio.

    `transcript` is None only for an episode that moved in without one. `former_audio` are files that corrected ones
    have replaced, which keep answering. `clips` are in the order of the sound.
    """

    slug: str
    guid: str
    published: datetime
    audio: AudioFile
    transcript: Transcript | None
    texts: Mapping[Locale, EpisodeText]
    chapters: tuple[Chapter, ...] = ()
    picture: Picture | None = None
    former_audio: tuple[AudioFile, ...] = ()
    clips: tuple[Clip, ...] = ()

    @property
    def text(self) -> EpisodeText:
        """The text in the default locale; every episode has it."""
        return self.texts[DEFAULT_LOCALE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An episode that was published once and is no more: its guid is never used again, its page says why it is gone."""

    slug: str
    guid: str
    titles: Mapping[Locale, str]
    day: date
    reason: str | None
    source: str
    former_slugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of Apple's list, with its subcategory if one is chosen."""

    name: str
    subcategory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A place where the show is listed, with its address there."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """The podcast as a whole, newest episode first. `hub` is who tells apps at once that its feed is new (WebSub)."""

    guid: str
    title: str
    summary: str
    description: str
    author: str
    owner_name: str
    owner_email: str
    language: Locale
    timezone: str
    categories: tuple[Category, ...]
    explicit: bool
    type: ShowType
    copyright: str
    cover: Picture
    locked: bool
    funding_title: str | None = None
    funding_url: str | None = None
    new_feed_url: str | None = None
    hub: str | None = None
    complete: bool = False
    block: bool = False
    persons: tuple[Person, ...] = ()
    directories: tuple[Directory, ...] = ()
    episodes: tuple[Episode, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEpisode(Episode):
    """An episode of a site. `waiting` is set on what only a preview shows.

    `length` and `digest` are those of its audio as it goes out (`Release`); the digest of audio in a store is None.
    """

    length: int
    digest: str | None
    waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Show):
    """The show as one site publishes it: just the episodes that belong there, and its audio files as they go out."""

    episodes: tuple[PublishedEpisode, ...]
    releases: Releases

    @property
    def for_programs(self) -> Published:
        """The same without what waits: a preview, too, tells programs only what is published."""
        return replace(self, episodes=tuple(episode for episode in self.episodes if not episode.waiting))


def shallow(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass, as they stand, for another one that has them too."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of the study questions; `slug` is its address under /resultat/."""

    number: int
    slug: str
    text: str


def last_change(show: Show) -> datetime:
    """Return when the content last changed: the newest publication, not the time of the build."""
    return max(episode.published for episode in show.episodes)
