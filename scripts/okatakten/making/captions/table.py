"""Tables, in Word and as CSV: which columns say when, who and what, by their headings or by what stands in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import mean, median
from typing import Final

from okatakten.making.captions.names import LABEL_WORDS, NAME_LIMIT
from okatakten.making.captions.said import ARROW, TIME, Line, Said, note_left_out, tell
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain
from okatakten.written.values import parse_time

_RANGE = re.compile(rf"[\[(]?\s*(?P<start>{TIME})(?:\s*(?:{ARROW}|[-–—])\s*(?P<end>{TIME}))?\s*[\])]?")
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_DELIMITERS: Final = "\t;,"
_LONGEST_CELL: Final = 2**31 - 1
"""Letters: the most that Windows can count to here."""
TITLES: Final = 4
"""Rows among which the heading is looked for."""
_SHORTEST: Final = 100
"""Milliseconds between cues: whole numbers that lie closer are seconds."""


class Column(StrEnum):
    """What a column says."""

    START = "start"
    END = "end"
    LENGTH = "length"
    NAME = "name"
    TEXT = "text"
    NUMBER = "number"


HEADINGS: Final = {
    Column.START: {"start", "tid", "starttid", "börjar", "början", "från", "in", "när", "tidkod", "time", "timestamp",
                   "start time", "starttime", "begin", "from", "timecode", "tc in", "in point", "start (s)",
                   "start_time", "tidsstämpel", "tidpunkt", "start timecode", "timecode in", "in-punkt", "start ms"},
    Column.END: {"end", "slut", "sluttid", "slutar", "till", "ut", "end time", "endtime", "to", "stop", "out", "tc out",
                 "out point", "end (s)", "end_time", "end timecode", "timecode out", "ut-punkt", "end ms"},
    Column.LENGTH: {"längd", "duration", "length", "dur", "varaktighet"},
    Column.NAME: {"talare", "namn", "vem", "person", "röst", "speaker", "speaker name", "name", "speaker_id",
                  "talat av", "speaker label", "role", "roll", "medverkande", "vem talar", "deltagare"},
    Column.TEXT: {"text", "replik", "vad", "vad som sägs", "transkription", "transkript", "transcript", "caption",
                  "captions", "subtitle", "undertext", "content", "body", "utterance", "message", "sägs", "textremsa",
                  "speech", "innehåll", "words", "tal", "dialogue", "dialog", "sentence", "mening", "line"},
    Column.NUMBER: {"nr", "#", "nummer", "id", "index", "no", "number", "cue", "rad", "n"},
}  # fmt: skip
"""What columns are called, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of a row, and where it stands."""

    line: Line
    cells: tuple[str, ...]

    def get(self, place: int | None) -> str:
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""


def find_rows(text: str) -> list[Row]:
    """Return the rows of a table of values with a heading that says when and what; none when a text is no such."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].strip().lower().startswith("sep="):
        first += 1
    heading = lines[first] if first < len(lines) else ""
    for delimiter in _DELIMITERS:
        cells = _cells([heading], delimiter=delimiter)[0][1]
        is_headed = {Column.TEXT, Column.START} <= _by_heading(cells).keys()
        rows = _cells(lines[first:], delimiter=delimiter) if len(cells) > 1 else []
        if is_headed or _is_unheaded(rows, delimiter=delimiter) or _is_unheaded(rows[1:], delimiter=delimiter):
            return [
                Row(line=Line(text=delimiter.join(cells), number=first + number), cells=tuple(cells))
                for number, cells in rows
                if any(cell.strip() for cell in cells)
            ]
    return []


def _cells(lines: Sequence[str], *, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each row, with the line it begins on. Between tabs quotation marks are said."""
    before = csv.field_size_limit(_LONGEST_CELL)  # of the whole process
    table = io.StringIO("\n".join(lines))
    is_tabbed = delimiter == "\t"
    reader = csv.reader(table, "excel", delimiter=delimiter, quoting=csv.QUOTE_NONE if is_tabbed else csv.QUOTE_MINIMAL)
    rows, number = [], 1
    try:
        for cells in reader:
            rows.append((number, cells))
            number = reader.line_num + 1
    finally:
        csv.field_size_limit(before)
    return rows or [(1, [])]


def _is_unheaded(rows: Sequence[tuple[int, list[str]]], *, delimiter: str) -> bool:
    """Whether all rows begin with a time, or with two where a comma parts them, and have something more."""
    times = 2 if delimiter == "," else 1
    filled = [cells for _, cells in rows if any(cell.strip() for cell in cells)]
    return len(filled) > 1 and all(len(cells) > times and all(map(_is_time, cells[:times])) for cells in filled)


def has_times(rows: Sequence[Row]) -> bool:
    return Column.START in _columns(rows[_titles(rows) :])


def read_table(rows: Sequence[Row], problems: Problems) -> list[Said]:
    """Return what the rows say. A row without a time shares that of the row above, and goes on with it.

    Without a column of times it may all be said at any time. What stands in a column that is not known is told, and a
    title above the heading.
    """
    titles = _titles(rows)
    note_left_out([row.line for row in rows[:titles]], problems)
    rows = rows[titles:]
    columns = _columns(rows)
    body = rows if _is_time(rows[0].get(columns.get(Column.START))) else _below_heading(rows, columns)
    unit = _unit([row.get(columns.get(Column.START)) for row in body])
    said: list[Said] = []
    for row in body:
        name, text = plain(row.get(columns.get(Column.NAME))).strip(" :"), row.get(columns.get(Column.TEXT))
        start, end = _times(row, columns, unit=unit)
        if start is None and row.get(columns.get(Column.START)):
            line = replace(row.line, text=row.get(columns[Column.START])) if row.line.where else row.line
            tell(Kind.NOT_A_TIME, line, problems)
        elif start is None and Column.START in columns and not said:
            continue
        elif start is None and said and said[-1].timed and not name:
            said[-1] = replace(said[-1], texts=(*said[-1].texts, *text.split("\n")))
        else:
            begin = start if start is not None else said[-1].start if said and said[-1].timed else timedelta(0)
            is_timed = Column.START in columns
            said.append(Said(line=row.line, start=begin, end=end, speaker=name, texts=tuple(text.split("\n")),
                             timed=is_timed, goes_on=Column.NAME in columns))  # fmt: skip
    _tell_left_out(rows, columns, body, problems)
    return said


def _titles(rows: Sequence[Row]) -> int:
    """Return how many rows stand above the heading; none where there is no heading that is known."""
    headings = [_by_heading(row.cells).keys() for row in rows[:TITLES]]
    known = (at for at, heading in enumerate(headings) if Column.TEXT in heading and len(heading) > 1)
    return next(known, 0)


def _below_heading(rows: Sequence[Row], columns: Mapping[Column, int]) -> Sequence[Row]:
    """Return the rows without the first where that is a heading: it has known words, or words where times are below."""
    start = columns.get(Column.START)
    is_heading = bool(rows[0].get(start)) and any(_is_time(row.get(start)) for row in rows[1:])
    return rows[1:] if _by_heading(rows[0].cells) or is_heading else rows


def _times(row: Row, columns: Mapping[Column, int], *, unit: timedelta | None) -> tuple[timedelta | None, ...]:
    """Return start and end; what is no later than the start is a length."""
    written = row.get(columns.get(Column.START))
    match = _RANGE.fullmatch(written)
    start = _time(match["start"] if match else written, unit=unit)
    if start is None:
        return None, None
    if match and match["end"]:
        return start, _time(match["end"], unit=unit)
    end = _time(row.get(columns.get(Column.END)), unit=unit)
    length = _time(row.get(columns.get(Column.LENGTH)), unit=unit)
    if end is not None and end > start:
        return start, end
    return start, start + length if length and end is None else None


def _time(written: str, *, unit: timedelta | None) -> timedelta | None:
    written = written.strip("[( )]")
    if unit is not None and _NUMBER.fullmatch(written):
        return unit * float(written.replace(",", "."))
    return parse_time(written.replace(";", ":")) if written else None


def _unit(written: Sequence[str]) -> timedelta | None:
    """Return what bare numbers count: milliseconds in the tables of Whisper, or seconds."""
    numbers = [float(one.replace(",", ".")) for one in written if _NUMBER.fullmatch(one)]
    if not numbers:
        return None
    steps = [later - earlier for earlier, later in pairwise(numbers)] or numbers
    is_whole = all(number.is_integer() for number in numbers) and not any("." in one for one in written)
    return timedelta(milliseconds=1) if is_whole and median(steps) >= _SHORTEST else timedelta(seconds=1)


def _columns(rows: Sequence[Row]) -> dict[Column, int]:
    """Return where each column is, by its heading, and else by what stands in it."""
    columns = _by_heading(rows[0].cells) if rows else {}
    if len(columns) > 1 and Column.TEXT in columns:
        return columns
    body = rows[1:] if columns else rows
    places = range(max((len(row.cells) for row in body), default=0))
    cells = {place: [cell for row in body if (cell := row.get(place))] for place in places}
    times = [place for place in places if cells[place] and all(map(_is_time, cells[place]))]
    if not times:
        times = [place for place in places if 2 * sum(map(_is_time, cells[place])) > len(cells[place])][:1]
    found = dict(zip((Column.START, Column.END), times, strict=False))
    others = [place for place in places if cells[place] and place not in times]
    if others and len(others) > 1 and all(cell.isdigit() for cell in cells[others[0]]):
        found[Column.NUMBER] = others.pop(0)
    if not others:
        return columns
    found[Column.TEXT] = max(others, key=lambda place: _sentences(cells[place]))
    names = [place for place in others if place != found[Column.TEXT] and _are_names(cells[place])]
    if names:
        found[Column.NAME] = names[0]
    return {**found, **columns}


def _by_heading(cells: Sequence[str]) -> dict[Column, int]:
    headings = [" ".join(cell.casefold().strip(" \ufeff:*").split()) for cell in cells]
    places: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        for column, known in HEADINGS.items():
            if heading in known:
                places.setdefault(column, place)
    return places


def _is_time(cell: str) -> bool:
    return bool(_RANGE.fullmatch(cell.strip()))


def _sentences(cells: Collection[str]) -> tuple[float, float]:
    """Return how much cells look like what is said: the share of those that end as sentences do, and their length."""
    return mean(cell.endswith((".", "!", "?", "…")) for cell in cells), mean(map(len, cells))


def _are_names(cells: Collection[str]) -> bool:
    """Whether what stands in cells of their own is short enough to be what somebody is called."""
    return all(len(cell) <= NAME_LIMIT and len(cell.split()) <= LABEL_WORDS and "\n" not in cell for cell in cells)


def _tell_left_out(rows: Sequence[Row], columns: Mapping[Column, int], body: Sequence[Row], problems: Problems) -> None:
    """Note the columns with words that are not taken."""
    for place, heading in enumerate(rows[0].cells if rows else ()):
        if place in columns.values():
            continue
        if first := next((cell for row in body if (cell := row.get(place)) and re.search(r"[^\W\d_]{2}", cell)), ""):
            name = heading.strip() if len(body) < len(rows) else ""
            problems.note(
                Kind.CAPTIONS_LEFT_OUT, expected=Hint.COLUMN_LEFT_OUT.format(name=name or place + 1, first=first)
            )
