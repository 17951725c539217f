"""From one episode folder to an `Episode`, or to what is left of one that was withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.model import (
    DEFAULT_LOCALE,
    AudioFile,
    Chapter,
    Episode,
    EpisodeFields,
    EpisodeText,
    EpisodeType,
    Locale,
    Withdrawn,
    shallow,
)
from okatakten.podcast.clips import read_clips
from okatakten.podcast.folder import (
    Folder,
    check_names,
    read_audio_file,
    read_episode_picture,
    read_former_audio,
    read_transcript,
    read_translations,
)
from okatakten.podcast.parts import POST_FIELDS, read_former_slugs, read_persons, read_post, read_sources, read_title
from okatakten.rules import (
    EPISODE_TYPES,
    SAMPLE_PREFIX,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    folded,
)
from okatakten.written.fields import Fields, check_end, parse_fields
from okatakten.written.problems import Kind
from okatakten.written.revisions import revision_of
from okatakten.written.text import Problems, read_text, split_front_matter
from okatakten.written.values import clock, parse_address, parse_date

EPISODE_FIELDS: Final = (
    "guid", "title", "summary", "published", "season", "episode", "type", "explicit", "synthetic_voice", "sample",
    "persons", "questions", "chapters", "sources", "picture_alt", "picture_crop",
    "audio_url", "audio_length", "audio_type", "audio_duration", "transcript_missing",
    "draft", "withdrawn", "withdrawn_reason", "former_slugs", "replaced_audio", *POST_FIELDS,
)  # fmt: skip
NO_FIELDS: Final = EpisodeFields()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all folders are read by: the zone of their dates, the numbers of the questions, and the locales.

    `new_guid` proposes an id where one is missing.
    """

    root: Path
    zone: ZoneInfo
    questions: Collection[int]
    locales: Collection[Locale]
    new_guid: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEpisode:
    """What a folder holds: an `episode` unless a file has a problem, or what is left of one that was `withdrawn`.

    `fields` keep the lines, and are None where episode.md cannot be read; `values` are then what holds without any.
    """

    folder: Folder
    fields: Fields | None = None
    values: EpisodeFields = NO_FIELDS
    guid: str | None = None
    episode: Episode | None = None
    withdrawn: Withdrawn | None = None

    @property
    def audio_url(self) -> str | None:
        """The address of audio in a media store; None for an episode that is withdrawn, or never came out."""
        if self.fields is None or "withdrawn" in self.fields:
            return None
        address = parse_address(self.fields.text("audio_url", words=False) or "")
        return address if address and address.startswith("https:") else None

    def add(self, kind: Kind, field: str = "", *, expected: str, found: str | None = None) -> None:
        """Add a problem at a field, or of the folder as a whole where there is no such field."""
        if self.fields is not None and field:
            self.fields.problem(kind, field, expected=expected, found=found)
        else:
            Problems(self.folder.place, self.folder.found).add(kind, expected=expected)


def read_episode(path: Path, around: Surroundings, *, names: Sequence[str]) -> ReadEpisode:
    """Return what a folder holds, whose files have these names. No error of them raises; all become problems."""
    folder = Folder(
        path=path,
        place=path.relative_to(around.root).as_posix(),
        memory=around.root / ".okatakten",
        names=names,
        files={folded(name): path / name for name in names},
        locales=[locale for locale in around.locales if locale != DEFAULT_LOCALE],
    )
    check_names(folder)
    own = folder.problems("episode.md")
    text = read_text(folder.files.get("episode.md", path / "episode.md"), own)
    parts = split_front_matter(text, own) if text is not None else None
    fields = parse_fields(parts[0], own, known=EPISODE_FIELDS) if parts else None
    if text is None or parts is None or fields is None:
        return ReadEpisode(folder=folder)
    check_end(text, parts[1], own, known=EPISODE_FIELDS)
    values = _read_always(fields, own=path.name)
    guid = fields.guid("guid", new=around.new_guid)
    title = read_title(fields)
    if fields.text("withdrawn", words=False):
        gone = _read_withdrawn(fields, values, folder, guid=guid, title=title, zone=around.zone)
        return ReadEpisode(folder=folder, fields=fields, values=values, guid=guid, withdrawn=gone)
    values = _read_unless_withdrawn(fields, values, questions=around.questions)
    episode = _read_episode(fields, values, folder, guid=guid, title=title, notes=parts[1], zone=around.zone)
    return ReadEpisode(folder=folder, fields=fields, values=values, guid=guid, episode=episode)


def _read_always(fields: Fields, *, own: str) -> EpisodeFields:
    """Return the fields that hold whatever has become of the episode in the folder `own`."""
    return EpisodeFields(
        draft=fields.flag("draft", default=False),
        sample=fields.flag("sample", default=False),
        season=fields.number("season"),
        number=fields.number("episode"),
        type=fields.choice("type", EpisodeType, default=EpisodeType.FULL, words=EPISODE_TYPES),
        former_slugs=read_former_slugs(fields, own=own),
    )


def _read_unless_withdrawn(fields: Fields, values: EpisodeFields, *, questions: Collection[int]) -> EpisodeFields:
    return replace(
        values,
        explicit=fields.flag("explicit", default=False),
        synthetic_voice=fields.flag("synthetic_voice", default=False),
        persons=read_persons(fields),
        questions=fields.numbers("questions", lowest=1, highest=max(questions, default=1)),
        sources=read_sources(fields),
        replaced_audio=fields.texts("replaced_audio", example="[audio.mp3]"),
    )


def _read_episode(
    fields: Fields,
    values: EpisodeFields,
    folder: Folder,
    *,
    guid: str | None,
    title: str | None,
    notes: str,
    zone: ZoneInfo,
) -> Episode | None:
    """Return the episode when nothing in its folder is wrong."""
    if values.sample and title and not title.startswith(SAMPLE_PREFIX):
        fields.problem(Kind.SAMPLE_NOT_SAID, "title")
    summary = fields.text("summary", example="En eller två meningar om avsnittet.", limit=SUMMARY_LIMIT)
    published = fields.moment("published", zone=zone)
    audio = read_audio_file(folder, fields, replaced=values.replaced_audio)
    former_audio = read_former_audio(folder, audio)
    chapters = _read_chapters(fields, audio)
    transcript = read_transcript(folder, audio, missing=fields.flag("transcript_missing", default=False))
    picture = read_episode_picture(folder, fields)
    post = read_post(fields)
    translations = read_translations(folder, source_revision=revision_of([title or "", summary or "", notes]))
    if folder.found:
        return None
    assert guid
    assert title
    assert summary
    assert published
    assert audio
    own = EpisodeText(title=title, summary=summary, notes=notes, source=fields.problems.file, post=post)
    return Episode(
        **shallow(values),
        slug=folder.path.name,
        guid=guid,
        published=published,
        audio=audio,
        former_audio=former_audio,
        transcript=transcript,
        texts={DEFAULT_LOCALE: own, **translations},
        chapters=chapters,
        picture=picture,
        clips=read_clips(folder, audio, transcript),
    )


def _read_withdrawn(
    fields: Fields, values: EpisodeFields, folder: Folder, *, guid: str | None, title: str | None, zone: ZoneInfo
) -> Withdrawn | None:
    """Return what is left of an episode that was withdrawn: its files may be there or be gone."""
    day = fields.day("withdrawn")
    reason = fields.text("withdrawn_reason")
    published = parse_date(fields.text("published", words=False) or "", zone=zone)
    never = values.draft or (published is not None and day is not None and published.date() > day)
    if never or not (day and title and guid):
        return None
    revision = revision_of([title, fields.text("summary") or "", ""])
    translations = read_translations(folder, source_revision=revision)
    return Withdrawn(
        slug=folder.path.name,
        guid=guid,
        titles={DEFAULT_LOCALE: title, **{locale: text.title for locale, text in translations.items()}},
        day=day,
        reason=reason,
        source=fields.problems.file,
        former_slugs=values.former_slugs,
    )


def _read_chapters(fields: Fields, audio: AudioFile | None) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    for entry in fields.mappings("chapters", known=("start", "title"), example='- {start: "0:00", title: "Inledning"}'):
        start = entry.time("start", example="0:00")
        title = entry.text("title", example="Kapitlets rubrik", limit=TITLE_LIMIT)
        if start is None or title is None:
            continue
        if not chapters and start:
            entry.problem(Kind.CHAPTERS_NOT_FROM_ZERO, "start")
        if chapters and start <= chapters[-1].start:
            entry.problem(Kind.CHAPTERS_OUT_OF_ORDER, "start", expected=clock(chapters[-1].start))
        if audio and start >= audio.duration:
            entry.problem(Kind.CHAPTER_PAST_END, "start", expected=clock(audio.duration))
        chapters.append(Chapter(start=start, title=title))
    return tuple(chapters)


def check_together(episodes: Sequence[ReadEpisode], *, serial: bool) -> None:
    """Add a problem to every episode that shares what must be its own with an earlier one.

    In a `serial` show every full episode needs a number (Apple Podcasts).
    """
    seen: dict[tuple[object, ...], str] = {}
    for episode in episodes:
        values, place = episode.values, episode.folder.place
        numbered = values.type is EpisodeType.FULL and values.number is not None
        unique: dict[Kind, tuple[str, object]] = {
            Kind.GUID_TWICE: ("guid", episode.guid),
            Kind.SLUG_TWICE: ("", episode.folder.path.name.casefold()),
            # Samples are never published together with real episodes, which begin at 1 all the same.
            Kind.NUMBER_TWICE: ("episode", (values.season, values.number, values.sample) if numbered else None),
            Kind.AUDIO_ADDRESS_TWICE: ("audio_url", episode.audio_url),
        }
        for kind, (name, value) in unique.items():
            if value is not None and (other := seen.setdefault((kind, value), place)) != place:
                episode.add(kind, name, expected=other)
        if serial and episode.fields is not None and values.type is EpisodeType.FULL and values.number is None:
            episode.add(Kind.NUMBER_NEEDED, "episode", expected="episode: 1")
    slugs = {episode.folder.path.name: episode.folder.place for episode in episodes}
    for episode in episodes:
        for slug in episode.values.former_slugs:
            other = slugs.setdefault(slug, f"{episode.folder.place} (former_slugs)")
            if not other.startswith(f"{episode.folder.place} "):
                episode.add(Kind.ADDRESS_TAKEN, "former_slugs", found=slug, expected=other)
