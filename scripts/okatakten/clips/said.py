"""What is said in a clip, parted into pages: at most two lines of whole words, as large as a phone needs them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate, groupby, pairwise, zip_longest
from typing import Final

from okatakten.model import Cue, Transcript
from okatakten.podcast.clips import cues_between
from okatakten.podcast.webvtt import VOICE, WORD_TIME, Timed, parse_blocks, without_marks
from okatakten.site.lettering import Part, fill, font_of, words_of, wrap
from okatakten.written.text import composed
from okatakten.written.values import parse_timestamp

LINES: Final = 2
SIZES: Final = range(76, 47, -4)
"""Pixels of the letters, of a picture that is 1080 wide or high; the smaller ones only for words that are too wide."""
_SHORTEST: Final = timedelta(seconds=0.4)
"""Of a page that the clip cuts; what is seen for less cannot be read."""
_GAP: Final = timedelta(seconds=1)
"""A shorter pause leaves the words where they are, so that nothing flickers."""
_ENDS: Final = ((re.compile(r"[.!?…][”»\"')]*$"), 0.0), (re.compile(r"[,;:–][”»\"')]*$"), 0.3))
_MIDDLE: Final = 0.6
"""What it costs to part words there, in pages: after a sentence nothing."""
_FEW: Final = 8
"""Letters of a page that looks left over."""

_SENTENCE: Final = re.compile(r".+?(?:[.!?…]+[”»\"')]*(?=\s+[A-ZÅÄÖ0-9–—”»\"'(])|$)")

WordTimes = Mapping[int, Sequence[timedelta]]
"""When each word of a cue is said, by the line of the cue; of several voices, all. Others have no times for words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands in the picture from `start` to `end`, in times of the clip. `size` is that of its letters.

    `lights` are when each of its words is said, none where only the whole has a time. `line` is that of its cue.
    """

    start: timedelta
    end: timedelta
    speaker: str
    lines: tuple[str, ...]
    size: int
    lights: tuple[timedelta, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of a cue that stand together: their lines, and how many words there were before them in its block.

    `count` is how many they are, 0 for a piece of one that is hyphenated.
    """

    cue: Cue
    lines: tuple[str, ...]
    size: int
    first: int
    count: int


def pages_between(transcript: Transcript, start: timedelta, end: timedelta, *, width: int) -> tuple[Page, ...]:
    """Return what is said between two times, in words that are whole, in lines of at most `width` pixels."""
    times = _word_times(transcript.text)
    cues = [cue for cue in cues_between(transcript.cues, start, end) if words_of(cue.text)]
    # Several voices of one cue share its time.
    together = [[*group] for _, group in groupby(cues, key=lambda cue: (cue.start, cue.end))]
    pages = [page for group in together for page in _pages(group, times, width=width)]
    return tuple(_without_flicker([clipped for page in pages if (clipped := _clipped(page, start, end))]))


def sentences_between(cues: Sequence[Cue], start: timedelta, end: timedelta) -> list[tuple[str, str]]:
    """Return who says each sentence of which at least half lies between two times, and the sentence."""
    return [
        (cue.speaker, sentence)
        for cue in cues_between(cues, start, end)
        for sentence, begin, until in _timed(_SENTENCE.findall(cue.text), cue)
        if 2 * (min(until, end) - max(begin, start)) >= until - begin
    ]


def _timed(sentences: Sequence[str], cue: Cue) -> Iterator[tuple[str, timedelta, timedelta]]:
    """Yield each sentence with the part of the time of its cue that it has of the letters."""
    letters = [*accumulate(map(len, sentences), initial=0)]
    shares = [cue.start + (cue.end - cue.start) * (count / letters[-1]) for count in letters]
    for sentence, (begin, until) in zip(sentences, pairwise(shares), strict=True):
        yield sentence.strip(), begin, until


def _pages(cues: Sequence[Cue], times: WordTimes, *, width: int) -> Iterator[Page]:
    parts, counts = list[_Part](), Counter[int]()
    for cue in cues:
        parts += (of_cue := [*_parted(cue, first=counts[cue.line], width=width)])
        counts[cue.line] += sum(part.count for part in of_cue)
    times = {line: of_line for line, of_line in times.items() if len(of_line) == counts[line]}
    start, length = cues[0].start, cues[0].end - cues[0].start
    letters = [*accumulate((sum(map(len, part.lines)) for part in parts), initial=0)]
    shares = [start + length * (count / letters[-1]) for count in letters]
    begins = [_first_light(part, times) or share for part, share in zip(parts, shares, strict=False)]
    for part, (begin, until) in zip(parts, pairwise([*begins, start + length]), strict=True):
        lights = times.get(part.cue.line, ())[part.first : part.first + part.count]
        yield Page(start=begin, end=until, speaker=part.cue.speaker, lines=part.lines, size=part.size,
                   lights=tuple(lights), line=part.cue.line)  # fmt: skip


def _first_light(part: _Part, times: WordTimes) -> timedelta | None:
    return times[part.cue.line][part.first] if part.first and part.cue.line in times else None


def _clipped(page: Page, start: timedelta, end: timedelta) -> Page | None:
    """Return the page in times of the clip; None where too little of it is seen."""
    begin, until = max(page.start, start), min(page.end, end)
    is_whole = (begin, until) == (page.start, page.end)
    if until <= begin or (until - begin < _SHORTEST and not is_whole):
        return None
    return replace(page, start=begin - start, end=until - start, lights=tuple(light - start for light in page.lights))


def _without_flicker(pages: Sequence[Page]) -> Iterator[Page]:
    """Yield pages that end where the next one begins, where that is about then."""
    for page, following in zip_longest(pages, pages[1:]):
        is_near = following is not None and following.start - page.end < _GAP
        yield replace(page, end=following.start) if following and is_near else page


def _parted(cue: Cue, *, first: int, width: int) -> Iterator[_Part]:
    """Yield the words of a cue in as few parts as have room, best parted after a sentence; `first` stand before it."""
    words = words_of(cue.text)
    # For the words from each one on: how many pages they cost, and where the first of them ends.
    best: list[tuple[float, int]] = [(0.0, len(words))] * (len(words) + 1)
    for start in reversed(range(len(words))):
        ends = [start + 1]
        while ends[-1] < len(words) and _lines(words[start : ends[-1] + 1], SIZES[0], width=width):
            ends.append(ends[-1] + 1)
        best[start] = min((1 + _cost(words, start, end) + best[end][0], end) for end in ends)
    start = 0
    while start < len(words):
        end = best[start][1]
        yield from _set(cue, words[start:end], first=first + start, width=width)
        start = end


def _cost(words: Sequence[str], start: int, end: int) -> float:
    parting = 0.0 if end == len(words) else next((cost for ends, cost in _ENDS if ends.search(words[end - 1])), _MIDDLE)
    return parting + 0.4 * (len(" ".join(words[start:end])) < _FEW)


def _set(cue: Cue, words: Sequence[str], *, first: int, width: int) -> Iterator[_Part]:
    """Yield words in lines. One that is wider than the frame is made smaller, and then hyphenated."""
    for size in SIZES:
        if lines := _lines(words, size, width=width):
            yield _Part(cue, tuple(lines), size, first, len(words))
            return
    lines = fill(words, font_of(Part.TITLE, SIZES[-1]), width=width, keep=True)
    for place in range(0, len(lines), LINES):
        yield _Part(cue, tuple(lines[place : place + LINES]), SIZES[-1], first, 0)


def _lines(words: Sequence[str], size: int, *, width: int) -> list[str]:
    return wrap(words, font_of(Part.TITLE, size), width=width, most=LINES)


def _word_times(text: str) -> WordTimes:
    """Return when words are said, of the cues that have times for them, in order and before the cue ends."""
    if not WORD_TIME.search(text):
        return {}
    cues = {block.line: block.timed for block in parse_blocks(composed(text))[0] if block.timed}
    found = {line: [*_times_of(cue)] for line, cue in cues.items() if WORD_TIME.search(cue.text)}
    return {line: times for line, times in found.items() if times == sorted(times) and times[-1:] < [cues[line].end]}


def _times_of(cue: Timed) -> Iterable[timedelta]:
    """Yield a time for every word of a cue: its own, or that of the word before."""
    marks = [cue.start, *(parse_timestamp(mark[1:-1].replace(",", ".")) for mark in WORD_TIME.findall(cue.text))]
    for time, said in zip(marks, WORD_TIME.split(cue.text), strict=True):
        # As in the text of a cue, where all spaces part words.
        yield from (time or cue.start for _ in words_of(" ".join(without_marks(VOICE.sub(" ", said)).split())))
