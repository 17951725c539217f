"""What the page of an episode shows: the player, and all that is said as text that leads into the sound.

Values ready for the templates, which only place them. Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from okatakten.addresses import (
    audio_path,
    cover_copy_path,
    cover_path,
    picture_copy_path,
    picture_path,
    public_name,
    transcript_path,
)
from okatakten.model import Chapter, Cue, Episode, EpisodeText, Locale, Published, PublishedEpisode, Question, Show
from okatakten.podcast.notes import render_notes
from okatakten.site.lists import EpisodeCard, build_card
from okatakten.words.catalogue import Catalogues, Words
from okatakten.words.wording import size_text
from okatakten.written.values import clock, duration_iso

TURN_AT_MOST: Final = timedelta(minutes=1)
LINKS_APART: Final = timedelta(minutes=1)
"""Time between two turns that are links to the sound, at least: whoever tabs through a page meets them all."""
_APART: Final = 4
"""Thousandths of the bar between two chapters."""
PARAGRAPH_AT_LEAST: Final = 280
"""Characters after which a paragraph of a long turn may end at the next full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The audio as the page offers it.

    `seconds` is its duration, `picture` what a phone shows while it plays, `cover` the small one beside the player.
    """

    src: str
    type: str
    size_text: str
    filename: str
    seconds: str
    clock: str
    picture: str
    cover: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterLink:
    """A chapter: the address where its sound begins, and the turn of the transcript; None if nothing more is said.

    `x` and `width` are its part of the bar, in thousandths of the length.
    """

    start: str
    start_text: str
    title: str
    href: str
    turn_id: str | None
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A few sentences of a turn, and when the first of them is said."""

    start: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says in a row, for at most about a minute and within one chapter.

    `chapters` are the titles of those that begin here. `href` is where the sound of the turn begins; None where an
    earlier turn of the same minute has it, as a quick dialogue would have hundreds.
    """

    id: str
    start: str
    start_text: str
    start_iso: str
    speaker: str
    paragraphs: tuple[Paragraph, ...]
    chapters: tuple[str, ...]
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A study question that the episode is about; `href` is its page, where the locale has one."""

    number: int
    text: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """Someone who is heard, with the role in words."""

    name: str
    role_text: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A document that the episode stands on."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """The episode's own picture."""

    src: str
    copy: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePlace:
    """An episode among the others of a locale, whose page is still to be made: thousands of these weigh little."""

    episode: PublishedEpisode
    card: EpisodeCard
    previous: EpisodeCard | None
    next: EpisodeCard | None

    @property
    def text(self) -> EpisodeText:
        """The episode's text in the locale."""
        return self.episode.texts[self.card.lang]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerPage:
    """An episode's player on other pages than its own, which has all that is said if it `has_text`."""

    slug: str
    card: EpisodeCard
    audio: Audio
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """Everything about one episode, in one locale. `is_approximate`: the times of the transcript are."""

    slug: str
    card: EpisodeCard
    audio: Audio
    notes_html: str
    sources: tuple[SourceLine, ...]
    chapters: tuple[ChapterLink, ...]
    questions: tuple[QuestionLine, ...]
    persons: tuple[PersonLine, ...]
    synthetic: bool
    turns: tuple[Turn, ...]
    spoken_lang: Locale
    transcript_src: str | None
    is_approximate: bool
    picture: PagePicture | None
    previous: EpisodeCard | None
    next: EpisodeCard | None


def build_episode_places(show: Published, *, locale: Locale, catalogues: Catalogues) -> Iterable[EpisodePlace]:
    """Yield every episode that has a text in the locale, newest first."""
    episodes = [episode for episode in show.episodes if locale in episode.texts]
    cards = [build_card(episode, locale=locale, catalogues=catalogues) for episode in episodes]
    for episode, card, previous, following in zip(episodes, cards, [*cards[1:], None], [None, *cards], strict=False):
        yield EpisodePlace(episode=episode, card=card, previous=previous, next=following)


def build_player_page(episode: PublishedEpisode, *, card: EpisodeCard, show: Show, words: Words) -> PlayerPage:
    """Return the player of an episode. `words` are those of the card's locale."""
    return PlayerPage(
        slug=episode.slug,
        card=card,
        audio=_audio(episode, show=show, words=words),
        has_text=episode.transcript is not None,
    )


def build_episode_page(
    place: EpisodePlace,
    *,
    show: Show,
    words: Words,
    questions: Iterable[Question],
    question_hrefs: Mapping[int, str],
) -> EpisodePage:
    """Return the page of an episode. `words` are those of its locale.

    `question_hrefs` are the addresses of the study questions that have a page, by number.
    """
    episode = place.episode
    asked = {question.number: question for question in questions}
    cues = episode.transcript.cues if episode.transcript else ()
    turns = build_turns(cues, chapters=episode.chapters, audio=audio_path(episode))
    return EpisodePage(
        slug=episode.slug,
        card=place.card,
        audio=_audio(episode, show=show, words=words),
        notes_html=render_notes(place.text.notes),
        sources=tuple(SourceLine(title=source.title, url=source.url) for source in episode.sources),
        chapters=tuple(_chapter_links(episode, turns)),
        questions=tuple(
            QuestionLine(number=number, text=asked[number].text, href=question_hrefs.get(number))
            for number in episode.questions
            if number in asked
        ),
        persons=tuple(
            PersonLine(name=person.name, role_text=words[f"role_{person.role.replace('-', '_')}"], href=person.href)
            for person in episode.persons or show.persons
        ),
        synthetic=episode.synthetic_voice,
        turns=tuple(turn for turn, _ in turns),
        spoken_lang=show.language,
        transcript_src=transcript_path(episode) if episode.transcript else None,
        is_approximate=episode.transcript is not None and episode.transcript.approximate,
        picture=_picture(episode),
        previous=place.previous,
        next=place.next,
    )


def _audio(episode: PublishedEpisode, *, show: Show, words: Words) -> Audio:
    audio = episode.audio
    return Audio(
        src=audio_path(episode),
        type="audio/mp4" if audio.media_type == "audio/x-m4a" else audio.media_type,
        size_text=size_text(episode.length, words=words),
        filename=public_name(audio.filename),
        seconds=seconds_text(audio.duration),
        clock=clock(timedelta(seconds=round(audio.duration.total_seconds()))),
        picture=picture_path(episode, episode.picture) if episode.picture else cover_path(show),
        cover=picture_copy_path(episode) if episode.picture else cover_copy_path(show),
    )


def _picture(episode: Episode) -> PagePicture | None:
    picture = episode.picture
    if picture is None:
        return None
    src = picture_path(episode, picture)
    return PagePicture(
        src=src, copy=picture_copy_path(episode), alt=picture.alt, width=picture.width, height=picture.height
    )


def _chapter_links(episode: Episode, turns: Sequence[tuple[Turn, timedelta]]) -> Iterable[ChapterLink]:
    length = episode.audio.duration
    ends = [chapter.start for chapter in episode.chapters[1:]] + [length]
    for chapter, end in zip(episode.chapters, ends, strict=False):
        at_or_after = (turn for turn, start in turns if start >= chapter.start)
        turn = next(at_or_after, None)
        yield ChapterLink(
            start=seconds_text(chapter.start),
            start_text=clock(chapter.start),
            title=chapter.title,
            href=f"{audio_path(episode)}#t={seconds_text(chapter.start)}",
            turn_id=turn.id if turn else None,
            x=round(chapter.start / length * 1000, 1),
            width=round(max((end - chapter.start) / length * 1000 - _APART, 1), 1),
        )


def build_turns(cues: Sequence[Cue], *, chapters: Sequence[Chapter], audio: str) -> list[tuple[Turn, timedelta]]:
    """Return the transcript as speaker turns with their exact start times. `audio` is the address of the sound.

    A turn ends where the speaker changes, a chapter begins, or a minute has passed.
    """
    groups: list[list[Cue]] = []
    starts = [chapter.start for chapter in chapters]
    for cue in cues:
        first = groups[-1][0] if groups else None
        same = (
            first is not None
            and cue.speaker == first.speaker
            and cue.start - first.start < TURN_AT_MOST
            and bisect_right(starts, first.start) == bisect_right(starts, cue.start)
        )
        if same:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    used: set[str] = set()
    waiting = list(chapters)
    linked: timedelta | None = None
    turns = []
    for group in groups:
        start = group[0].start
        begun = [chapter for chapter in waiting if chapter.start <= start]
        del waiting[: len(begun)]
        links = linked is None or start - linked >= LINKS_APART
        linked = start if links else linked
        href = f"{audio}#t={seconds_text(start)}" if links else None
        turns.append((_turn(group, used, chapters=tuple(chapter.title for chapter in begun), href=href), start))
    return turns


def seconds_text(time: timedelta) -> str:
    """Return a time as a Media Fragment names it (W3C Media Fragments URI 1.0, 4.2.1): `72`, or `72.4`."""
    return f"{time.total_seconds():.1f}".removesuffix(".0")


def _turn(cues: Sequence[Cue], used: set[str], *, chapters: tuple[str, ...], href: str | None) -> Turn:
    start = cues[0].start
    plain = f"t{int(start.total_seconds())}"
    number, name = 1, plain
    while name in used:
        number += 1
        name = f"{plain}-{number}"
    used.add(name)
    return Turn(
        id=name,
        start=seconds_text(start),
        start_text=clock(start),
        start_iso=duration_iso(timedelta(seconds=int(start.total_seconds()))),
        speaker=cues[0].speaker,
        paragraphs=tuple(_paragraphs(cues)),
        chapters=chapters,
        href=href,
    )


def _paragraphs(cues: Sequence[Cue]) -> Iterable[Paragraph]:
    said: list[Cue] = []
    length = 0
    for cue in cues:
        said.append(cue)
        length += len(cue.text)
        if length >= PARAGRAPH_AT_LEAST and cue.text.endswith((".", "!", "?", "”", "»")):
            yield _paragraph(said)
            said, length = [], 0
    if said:
        yield _paragraph(said)


def _paragraph(cues: Sequence[Cue]) -> Paragraph:
    return Paragraph(start=seconds_text(cues[0].start), text=" ".join(cue.text for cue in cues))
