"""What somebody asks for, and what does not fit in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from okatakten.addresses import Site, episode_path
from okatakten.clips.film import END
from okatakten.clips.pictures import Said, frame_of
from okatakten.clips.said import Page, pages_between
from okatakten.model import DEFAULT_LOCALE, Cue, Episode, Shape, Show
from okatakten.podcast.clips import cues_between
from okatakten.rules import is_slug, slug_of
from okatakten.site.lettering import missing_letters
from okatakten.site.profile import Paint
from okatakten.site.project import Reading
from okatakten.words.catalogue import Words
from okatakten.written.advice import Hint, Reason, ReasonError, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from okatakten.written.values import clock, parse_duration, time_field

SHORTEST: Final = timedelta(seconds=3)
LONGEST: Final = timedelta(minutes=10) - END
"""What LinkedIn takes, with the address at the end."""
LONG: Final = timedelta(minutes=2, seconds=20)
_UNCUT: Final = timedelta(seconds=0.2)
"""So much of what somebody says may be missing at an end, where nothing is heard of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What all clips of a show share."""

    show: Show
    site: Site
    words: Words
    paint: Paint

    @classmethod
    def of(cls, reading: Reading, site: Site) -> Around:
        """Return what the clips of a show share that could be read. Raises ReasonError where there are no colours."""
        assert reading.show
        if reading.profile is None:
            raise ReasonError(Reason.CLIP_WITHOUT_PROFILE)
        words = reading.words[DEFAULT_LOCALE]
        return cls(show=reading.show, site=site, words=words, paint=reading.profile.paint())

    def said(self, episode: Episode) -> Said:
        """Return what all pictures of an episode say."""
        return Said(
            show=self.show.title,
            title=episode.text.title,
            notice=Text.CLIP_SYNTHETIC if episode.synthetic_voice else "",
            statement=self.words["eu_statement"].text,
        )

    def address(self, episode: Episode) -> str:
        return self.site.absolute(episode_path(episode))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A clip that can be made: what is said in it, and what it is called."""

    episode: Episode
    start: timedelta
    end: timedelta
    shape: Shape
    name: str
    pages: tuple[Page, ...]

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def read_span(start: str, end: str, episode: Episode, problems: Problems) -> tuple[timedelta, timedelta] | None:
    """Return the times of a clip as somebody wrote them, or None with what does not fit."""
    times = {"--from": start, "--to": end}
    read = {option: parse_duration(written) for option, written in times.items()}
    for option, time in read.items():
        if time is None:
            problems.add(Kind.NOT_A_TIME, field=option, found=times[option])
        elif time > episode.audio.duration:
            length = clock(episode.audio.duration)
            problems.add(Kind.CLIP_PAST_END, field=option, found=times[option], expected=length)
    first, last = read.values()
    if problems.found or first is None or last is None:
        return None
    if last <= first:
        problems.add(Kind.CLIP_BACKWARDS, field="--to", found=end, expected=clock(first))
        return None
    return first, last


def want_clip(
    episode: Episode, span: tuple[timedelta, timedelta], *, shape: Shape, name: str | None, problems: Problems
) -> Wanted | None:
    """Return a clip that can be made, with notes, or None with what does not fit. Raises ReasonError."""
    if episode.transcript is None:
        raise ReasonError(Reason.CLIP_WITHOUT_TRANSCRIPT, slug=episode.slug)
    start, end = span
    own = name or name_of(start, shape)
    check_name(own, problems)
    if not SHORTEST <= end - start <= LONGEST:
        problems.add(Kind.CLIP_LENGTH, field="--to", found=time_field(end), expected=clock(LONGEST))
    if problems.found:
        return None
    pages = pages_between(episode.transcript, start, end, width=frame_of(shape).width)
    said = [(page.line, text) for page in pages for text in (*page.lines, page.speaker)]
    check_letters(episode, said, problems)
    _note(episode.transcript.cues, start, end, pages, problems)
    wanted = Wanted(episode=episode, start=start, end=end, shape=shape, name=own, pages=pages)
    return None if problems.found else wanted


def check_name(name: str, problems: Problems) -> None:
    """Add a problem for a name that is no address."""
    if not is_slug(name):
        problems.add(Kind.NOT_A_SLUG, field="--name", found=name, expected=slug_of(name))


def name_of(start: timedelta, shape: Shape) -> str:
    """Return `1-12`, or `1-12-tall`: a clip of each shape may begin there."""
    return slug_of(time_field(start).replace(":", "-")) + (f"-{shape}" if shape is not Shape.SQUARE else "")


def check_letters(episode: Episode, said: Iterable[tuple[int, str]], problems: Problems) -> None:
    """Add a problem for what the font lacks, of what is said in the lines of the transcript and of the title."""
    own = Problems(f"{episode.text.source.rpartition('/')[0]}/transcript.vtt", problems.found)
    for line, text in dict.fromkeys(said):
        if missing := missing_letters(text):
            own.add(Kind.CLIP_LETTERS, line=line, found=text, expected=" ".join(missing))
    if missing := missing_letters(episode.text.title):
        own = Problems(episode.text.source, problems.found)
        own.add(Kind.CLIP_LETTERS, field="title", found=episode.text.title, expected=" ".join(missing))


def _note(cues: tuple[Cue, ...], start: timedelta, end: timedelta, pages: tuple[Page, ...], problems: Problems) -> None:
    if end - start > LONG:
        problems.note(Kind.CLIP_LONG)
    if not pages:
        problems.note(Kind.CLIP_SILENT)
        return
    said = cues_between(cues, start, end)
    first, last = said[0].start, max(cue.end for cue in said)
    if start - first > _UNCUT or last - end > _UNCUT:
        whole = Hint.FROM_AND_TO.format(start=time_field(min(first, start)), end=time_field(max(last, end)))
        problems.note(Kind.CLIP_CUTS_WORDS, expected=whole)
