"""What every reader gives: what is said, from when and by whom. And what they all need for that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from textwrap import shorten
from typing import Final

from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain
from okatakten.written.values import parse_time

TIME_EXAMPLE: Final = "1:05 Programledaren: Välkommen till podden."
HEADING_LIMIT: Final = 150
"""Characters."""

TIME: Final = r"-?[0-9]{1,4}(?::[0-9]{1,4}){1,3}(?:[.,][0-9]{1,9})?"
ARROW: Final = r"(?:-{1,3}>|→|\uf0e0)"
"""Word makes an arrow of the one that is typed: in Unicode, or in the font Wingdings."""
SPEAKER_TURN: Final = "[SPEAKER_TURN]"
"""What whisper.cpp writes where the next one begins to talk."""
INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LONG_GAP = re.compile(r"\s{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it stands: `number` in a text file, or `where` in what has no lines."""

    text: str
    number: int = 0
    where: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said from `start`, as the lines of the source.

    `end` is None where the source does not tell; then the next one ends it. With `timed` False it may be said at any
    time. Without a speaker it is said by the one before if it `goes_on`.
    """

    line: Line
    start: timedelta
    end: timedelta | None = None
    speaker: str = ""
    texts: tuple[str, ...] = ()
    timed: bool = True
    goes_on: bool = False

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.texts))


@dataclass(slots=True, kw_only=True)
class Entry:
    """A line with a time, what else stands on it, and the lines below it that have none.

    `end` is None where no end is told. `is_unsure`: somebody may be named here whose name is not known as one.
    """

    line: Line
    start: timedelta
    end: timedelta | None
    name: str
    rest: str
    more: list[str] = field(default_factory=list)
    is_unsure: bool = False

    @property
    def is_time_alone(self) -> bool:
        return not self.name and not self.rest


def as_lines(text: str) -> list[Line]:
    return [Line(text=line, number=number) for number, line in enumerate(text.split("\n"), start=1)]


def squeezed(text: str) -> str:
    """Return a line without space around it and with no long gaps, so that patterns read it in one go."""
    return _LONG_GAP.sub("   ", text.strip())


def as_entries(
    found: Iterable[tuple[Line, re.Match[str], Iterable[Line]]],
    problems: Problems,
    *,
    kind: Kind = Kind.NOT_A_TIME,
    expected: str = "",
    unpadded: bool = False,
) -> list[Entry]:
    """Return the lines where a time is found, each with the lines below it."""
    entries = []
    for line, match, below in found:
        start = parse_time(match["start"], unpadded=unpadded)
        end = parse_time(match["end"], unpadded=unpadded) if match["end"] else None
        if start is None or (match["end"] and end is None):
            tell(kind, line, problems, expected=expected)
            continue
        name, rest = match["name"].strip(" :"), (match["rest"] or "").lstrip(" \t:").rstrip()
        more = [line.text.strip() for line in below if not line.is_blank]
        entries.append(Entry(line=line, start=start, end=end, name=name, rest=rest, more=more))
    return entries


def in_turn(entries: Iterable[Entry]) -> Iterator[Said]:
    """Yield what the entries say. Who talks is written where it changes, so without a name the one before goes on."""
    for entry in entries:
        yield Said(
            line=entry.line,
            start=entry.start,
            end=entry.end,
            speaker=plain(entry.name),
            texts=(entry.rest, *entry.more),
            goes_on=not entry.is_unsure,
        )


def tell(kind: Kind, line: Line, problems: Problems, *, expected: str = "") -> None:
    """Add a problem with its place: the line, or what a Word document has instead."""
    found = line.text.strip()
    if line.where:
        found = f"{shorten(found, 80, placeholder='…')} ({line.where})"
    problems.add(kind, line=line.number, found=found, expected=expected)


def tell_headings(lines: Iterable[Line], problems: Problems) -> None:
    """Tell what stands before the first time and is no heading: those are left out, but nothing that is said."""
    for line in lines:
        is_sentence = line.text.rstrip().endswith((".", "!", "?", "…")) and len(line.text.split()) > 3
        if is_sentence or len(line.text) > HEADING_LIMIT:
            expected = Hint.UNLESS_UNSAID.format(example=TIME_EXAMPLE)
            tell(Kind.CAPTIONS_WITHOUT_TIMES, line, problems, expected=expected)


def note_left_out(lines: Iterable[Line], problems: Problems) -> None:
    """Note what stands in a file and does not come along, such as a title: it may be said after all."""
    for line in lines:
        text = shorten(line.text.strip(), 80, placeholder="…")
        place = line.where or Hint.AT_LINES.format(lines=line.number)
        problems.note(
            Kind.CAPTIONS_LEFT_OUT, line=line.number, expected=Hint.LEFT_OUT_AT.format(place=place, text=text)
        )
