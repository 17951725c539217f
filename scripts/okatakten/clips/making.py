"""What was asked for, checked and written beside the episode: a clip with all that goes with it, or a quotation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from okatakten.addresses import Site, episode_path
from okatakten.clips.captions import build_ass, build_srt, build_vtt, words_said
from okatakten.clips.film import END, em, make_film, read_peaks
from okatakten.clips.pictures import Said, bar_count, draw_ground, draw_quote, draw_still, frame_of
from okatakten.clips.said import Page, pages_between, sentences_between
from okatakten.disk.memory import code, recall
from okatakten.disk.write import write_atomically
from okatakten.making.running import Progress
from okatakten.model import Cue, Episode, Shape, Show
from okatakten.podcast.clips import ENDINGS, RECORD, cues_between, sound_of, words_of_span
from okatakten.rules import is_slug, slug_of
from okatakten.site.cards import Card, card_layout, draw_card
from okatakten.site.episode_page import seconds_text
from okatakten.site.lettering import Part, missing_letters
from okatakten.site.profile import Paint
from okatakten.site.sharing import build_posts, post_ending
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
    own = name or _name_of(start, shape)
    if not is_slug(own):
        problems.add(Kind.NOT_A_SLUG, field="--name", found=own, expected=slug_of(own))
    if not SHORTEST <= end - start <= LONGEST:
        problems.add(Kind.CLIP_LENGTH, field="--to", found=time_field(end), expected=clock(LONGEST))
    if problems.found:
        return None
    pages = pages_between(episode.transcript, start, end, width=frame_of(shape).width)
    _check_letters(episode, pages, problems)
    _note(episode.transcript.cues, start, end, pages, problems)
    wanted = Wanted(episode=episode, start=start, end=end, shape=shape, name=own, pages=pages)
    return None if problems.found else wanted


def _name_of(start: timedelta, shape: Shape) -> str:
    """Return `1-12`, or `1-12-tall`: a clip of each shape may begin there."""
    return slug_of(time_field(start).replace(":", "-")) + (f"-{shape}" if shape is not Shape.SQUARE else "")


def _check_letters(episode: Episode, pages: tuple[Page, ...], problems: Problems) -> None:
    file = f"{episode.text.source.rpartition('/')[0]}/transcript.vtt"
    for page in pages:
        for text in (*page.lines, page.speaker):
            if missing := missing_letters(text):
                Problems(file, problems.found).add(
                    Kind.CLIP_LETTERS, line=page.line, found=text, expected=" ".join(missing)
                )
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


def make_clip(
    wanted: Wanted, around: Around, folder: Path, *, audio: Callable[[], Path], memory: Path, progress: Progress
) -> bool:
    """Write a clip and what goes with it into a folder, and return whether anything was made.

    `audio` returns the sound when it is needed. The film is remembered in the folder `memory`. Raises FilmError and
    OSError.
    """
    key = _key_of(wanted, around)
    record = _record(wanted, key).encode()
    path = folder / f"{wanted.name}{RECORD}"
    files = {ending: folder / f"{wanted.name}{ending}" for ending in ENDINGS}
    if path.is_file() and path.read_bytes() == record and all(file.is_file() for file in files.values()):
        return False
    contents = _contents(wanted, around, audio(), key=key, memory=memory, progress=progress)
    folder.mkdir(exist_ok=True)
    for ending, content in contents.items():
        write_atomically(files[ending], content)
    write_atomically(path, record)  # last: without it, nothing of a clip is shown
    return True


def _key_of(wanted: Wanted, around: Around) -> str:
    """Return what stands for all that a clip is made of."""
    episode = wanted.episode
    made_of = (
        wanted.start, wanted.end, wanted.shape, wanted.pages, sound_of(episode.audio), _said(episode, around),
        _address(episode, around), _post(wanted, around), around.paint,
    )  # fmt: skip
    return hashlib.sha256(code() + repr(made_of).encode()).hexdigest()[:32]


def _record(wanted: Wanted, key: str) -> str:
    """Return what a clip was made of, as `podcast/clips` reads it."""
    transcript = wanted.episode.transcript
    assert transcript
    values = {
        "start": f'"{time_field(wanted.start)}"',
        "end": f'"{time_field(wanted.end)}"',
        "shape": wanted.shape,
        "sound": f'"{sound_of(wanted.episode.audio)}"',
        "words": f'"{words_of_span(transcript.cues, wanted.start, wanted.end)}"',
        "made_of": f'"{key}"',
    }
    return "\n".join([Text.CLIP_RECORD, *(f"{name}: {value}" for name, value in values.items()), ""])


def _contents(
    wanted: Wanted, around: Around, audio: Path, *, key: str, memory: Path, progress: Progress
) -> Mapping[str, bytes]:
    frame, paint = frame_of(wanted.shape), around.paint
    ground = draw_ground(wanted.shape, _said(wanted.episode, around), paint=paint)
    peaks = read_peaks(audio, start=wanted.start, length=wanted.length, count=bar_count(frame))

    def film() -> bytes:
        words = build_ass(
            frame, wanted.pages, peaks, length=wanted.length, end=wanted.length + END,
            address=_address(wanted.episode, around), em=em(), paint=paint,
        )  # fmt: skip
        return make_film(audio, ground, words, start=wanted.start, length=wanted.length, progress=progress)

    return {
        ".mp4": recall(memory, key.encode(), make=film),
        ".vtt": build_vtt(wanted.pages).encode(),
        ".srt": build_srt(wanted.pages).encode(),
        ".png": draw_still(ground, frame, next(iter(wanted.pages), None), peaks, paint=paint),
        ".txt": _description(wanted, around).encode(),
        "-post.txt": _post(wanted, around).encode(),
    }


def _said(episode: Episode, around: Around) -> Said:
    return Said(
        show=around.show.title,
        title=episode.text.title,
        notice=Text.CLIP_SYNTHETIC if episode.synthetic_voice else "",
        statement=around.words["eu_statement"].text,
    )


def _address(episode: Episode, around: Around) -> str:
    return around.site.absolute(episode_path(episode))


def _description(wanted: Wanted, around: Around) -> str:
    """Return what is seen and heard, for those who do not see or hear it."""
    said, episode = _said(wanted.episode, around), wanted.episode
    seconds = round((wanted.length + END).total_seconds())
    about = Text.CLIP_ABOUT.format(
        seconds=seconds, title=said.title, show=said.show, start=clock(wanted.start), end=clock(wanted.end)
    )
    seen = Text.CLIP_SEEN.format(statement=said.statement, address=_address(episode, around))
    notice = [f"{said.notice}."] if said.notice else []
    heard = [*words_said(wanted.pages)] or [Text.CLIP_NOTHING_SAID]
    return "\n\n".join([about, *notice, seen, "\n".join([Text.CLIP_HEARD, *heard])]) + "\n"


def _post(wanted: Wanted, around: Around) -> str:
    """Return a post that leads to where the clip begins, as short as all networks show it."""
    text, words = wanted.episode.text, around.words
    address = f"{_address(wanted.episode, around)}#t={seconds_text(wanted.start)}"
    ending = post_ending(text.post, address=address, spoken=True, words=words)
    posts = build_posts(title=text.title, summary=text.summary, more="", ending=ending, own=text.post.text, words=words)
    return min((post.text for post in posts), key=len) + "\n"


def make_quote(
    episode: Episode,
    span: tuple[timedelta, timedelta],
    around: Around,
    folder: Path,
    *,
    name: str | None,
    problems: Problems,
) -> list[Path]:
    """Write what somebody says as pictures, a square and one for links, and as text; none with what does not fit."""
    start, end = span
    if episode.transcript is None:
        raise ReasonError(Reason.CLIP_WITHOUT_TRANSCRIPT, slug=episode.slug)
    sentences = sentences_between(episode.transcript.cues, start, end)
    speakers = list(dict.fromkeys(speaker for speaker, _ in sentences))
    stem = f"{name or _name_of(start, Shape.SQUARE)}-quote"
    quote = f"”{' '.join(sentence for _, sentence in sentences)}”"
    _check_quote(stem, quote, speakers, problems)
    _check_letters(episode, (Page(start=start, end=end, speaker="".join(speakers), lines=(quote,), size=0),), problems)
    if problems.found:
        return []
    by = (Text.QUOTE_BY if speakers[0] else Text.QUOTE_BY_NOBODY).format(
        speaker=speakers[0], start=clock(start), title=episode.text.title
    )
    pictures = {f"{stem}.png": _square(episode, quote, by, around), f"{stem}-wide.png": _wide(quote, by, around)}
    if not all(pictures.values()):
        length = Hint.QUOTE_LETTERS.format(count=len(quote))
        problems.add(Kind.QUOTE_TOO_LONG, found=quote, expected=length)
        return []
    about = Text.QUOTE_ABOUT.format(show=around.show.title, title=episode.text.title, start=clock(start))
    told = "\n\n".join([about, quote, by, f"{_address(episode, around)}#t={seconds_text(start)}"])
    folder.mkdir(exist_ok=True)
    contents = {**{file: content or b"" for file, content in pictures.items()}, f"{stem}.txt": f"{told}\n".encode()}
    for file, content in contents.items():
        write_atomically(folder / file, content)
    return [folder / file for file in contents]


def _check_quote(stem: str, quote: str, speakers: list[str], problems: Problems) -> None:
    if not is_slug(stem):
        problems.add(Kind.NOT_A_SLUG, field="--name", found=stem, expected=slug_of(stem))
    if not speakers:
        problems.add(Kind.QUOTE_EMPTY, field="--to")
    elif len(speakers) > 1:
        problems.add(Kind.QUOTE_OF_SEVERAL, found=quote, expected=", ".join(speakers))


def _square(episode: Episode, quote: str, by: str, around: Around) -> bytes | None:
    return draw_quote(_said(episode, around), quote, by, paint=around.paint)


def _wide(quote: str, by: str, around: Around) -> bytes | None:
    """Return a quotation as a share picture."""
    card = Card(title=quote, kind=by, show=around.show.title, owner=around.show.author,
                eu_statement=around.words["eu_statement"].text)  # fmt: skip
    whole = all(block.whole for block in card_layout(card).blocks if block.part is Part.TITLE)
    return draw_card(card, paint=around.paint) if whole else None
