"""The cells of a table as its program left them: an Excel workbook, an OpenDocument one or CSV (RFC 4180).

Knows nothing of what the table says. What a file may hold is counted before any of it is read as cells: a workbook of a
kilobyte can say that it has a million columns.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from typing import Any, Final
from zipfile import ZipFile

from lxml import etree

from okatakten.translating.cells import LAST_COLUMN, LAST_ROW, Cell, Sheet, TooLargeError
from okatakten.translating.opendocument import read_open_document
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed
from okatakten.written.values import without_guard

DELIMITERS: Final = (";", ",", "\t", "|")
"""The first is what Excel writes and reads in Swedish; other programs choose others."""
UNPACKED_LIMIT: Final = 100 * 10**6
"""Bytes, of all parts of a workbook together."""
ELEMENT_LIMIT: Final = 10**6
"""Elements of XML in a workbook: some ten for every cell that holds something."""

_OLE: Final = b"\xd0\xcf\x11\xe0"
"""How files of Excel before 2007 (.xls), and workbooks with a password, begin."""
_NOT_TEXT: Final = {"f": Hint.CELL_FORMULA, "e": Hint.CELL_ERROR, "d": Hint.CELL_DATE, "b": Hint.CELL_BOOLEAN}
"""What Excel may hold in a cell instead of text, by openpyxl's types."""
_PLAIN_FORMATS: Final = {"General", "@", "0"}
"""Formats in which Excel shows a whole number as it stands."""
_BLACK: Final = {"FF000000", "00000000"}


def read_sheets(content: bytes, problems: Problems, *, name: str) -> list[Sheet]:
    """Return what the file may mean: one sheet, or for CSV one with each delimiter; with a problem, nothing.

    Of a workbook, it is the sheet with that name, or else the first one.
    """
    if content.startswith(_OLE):
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.SAVE_AS_TABLE)
        return []
    if not content.startswith(b"PK"):
        return _read_csv(content, problems)
    try:
        parts = _unpack(content)
        if "content.xml" in parts:
            return [read_open_document(parts["content.xml"], name=name)]
        return [_read_workbook(content, parts, name=name)]
    except TooLargeError:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.TOO_LARGE)
    except Exception:  # openpyxl raises what zipfile, its XML parser and its own readers raise
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.SAVE_AS_TABLE)
    return []


def _unpack(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook that are XML, counted. Raises TooLargeError, and ValueError for declarations."""
    with ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED_LIMIT:
            raise TooLargeError
        parts = {name: packed.read(name) for name in packed.namelist() if name.endswith((".xml", ".rels"))}
    count = 0
    for part in parts.values():
        for _, element in _parse(part):
            count += 1
            if count > ELEMENT_LIMIT or (etree.QName(element).localname in _SPANNING and _spans_too_much(element)):
                raise TooLargeError
            element.clear()
    return parts


def _parse(part: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the elements of a part. Raises ValueError where it declares entities, which could be endless."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ValueError
    yield from etree.iterparse(
        io.BytesIO(part), resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


_SPANNING: Final = {"mergeCell", "hyperlink"}
"""Elements for which openpyxl makes every cell that they cover."""


def _spans_too_much(element: Any) -> bool:
    from openpyxl.utils import range_boundaries

    first, top, last, bottom = range_boundaries(element.get("ref") or "A1")
    if first is None or top is None or last is None or bottom is None:  # whole columns or rows
        return True
    return last > LAST_COLUMN or bottom > LAST_ROW or (last - first + 1) * (bottom - top + 1) > LAST_ROW


def _read_workbook(content: bytes, parts: Mapping[str, bytes], *, name: str) -> Sheet:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # What openpyxl leaves out (styles, validation rules) is nothing that a table is read for.
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(content), rich_text=True)
    sheet: Any = workbook[name] if name in workbook.sheetnames else workbook.worksheets[0]
    # Every cell that is there, and none of those that only lie between them.
    cells = {place: _cell(cell) for place, cell in _cells_of(sheet).items()}
    for merged in sheet.merged_cells.ranges:
        unclear = Hint.CELLS_MERGED.format(cells=merged.coord)
        place = merged.min_row, merged.min_col
        cells[place] = replace(cells.get(place, Cell()), unclear=unclear)
    beside = [f"{Text.SHEET.format(name=other.title)}: {said}" for other in workbook.worksheets if other is not sheet
              for said in _unknown_words(other)]  # fmt: skip
    if any(re.match(r"xl/drawings/drawing\d", part) for part in parts):
        beside.append(Text.DRAWINGS)
    return Sheet(cells=_within(cells), beside=tuple(beside))


def _cells_of(sheet: Any) -> Mapping[tuple[int, int], Any]:
    return dict(sheet._cells)  # noqa: SLF001  # `iter_rows` makes all up to the outermost one


def _unknown_words(sheet: Any) -> Iterator[str]:
    """Yield what somebody has written on a sheet that is not read."""
    known = set(Text.TABLE_GUIDE.splitlines())
    for _, cell in sorted(_cells_of(sheet).items()):
        said = [str(cell.value)] if cell.value is not None else []
        said += [_note(cell.comment)] if cell.comment else []
        yield from (words for words in said if words.strip() and words not in known)


def _within(cells: Mapping[tuple[int, int], Cell]) -> Mapping[tuple[int, int], Cell]:
    """Return the cells that hold something. Raises TooLargeError for one that lies outside any table."""
    held = {place: cell for place, cell in cells.items() if cell != Cell(look=cell.look)}
    if any(row > LAST_ROW or column > LAST_COLUMN for row, column in held):
        raise TooLargeError
    return {place: cell for place, cell in cells.items() if place in held or (cell.look and place[1] <= LAST_COLUMN)}


def _cell(cell: Any) -> Cell:
    """Return a cell of Excel."""
    value = cell.value
    wrong = _NOT_TEXT.get(cell.data_type)
    if isinstance(value, float) and wrong is None:
        wrong = Hint.CELL_DECIMAL
    elif isinstance(value, date | time | timedelta):
        wrong = Hint.CELL_DATE
    elif isinstance(value, int) and wrong is None and cell.number_format not in _PLAIN_FORMATS:
        wrong = Hint.CELL_FORMATTED
    text = "" if value is None else str(getattr(value, "text", value))  # a formula over several cells has its text
    return Cell(
        text=composed(text),
        note=_note(cell.comment) if cell.comment else "",
        wrong=wrong,
        unclear=Hint.CELL_STRUCK if text and _is_struck(cell) else "",
        look=tuple(_look(cell)) if cell.has_style else (),
    )


def _is_struck(cell: Any) -> bool:
    parts = [part.font for part in cell.value if hasattr(part, "font")] if isinstance(cell.value, list) else []
    return any(font is not None and font.strike for font in [cell.font, *parts])


def _look(cell: Any) -> Iterator[Hint]:
    font, fonts = cell.font, [cell.font]
    if isinstance(cell.value, list):
        fonts += [part.font for part in cell.value if getattr(part, "font", None)]
    if any(one.b or one.i or one.u for one in fonts):
        yield Hint.LOOK_LETTERS
    # Themes have the colour of text in their first two places; indexed colours, black in 8 and 64.
    color = font.color
    plain = color is None or {"theme": color.theme in {0, 1}, "indexed": color.indexed in {8, 64}}.get(
        color.type, color.rgb in _BLACK
    )
    if not plain or cell.fill.fill_type not in {None, "none"}:
        yield Hint.LOOK_COLOUR


def _note(comment: Any) -> str:
    """Return what a comment says, without the name before it and what Excel writes around a thread."""
    text = composed(comment.text or "").strip()
    if "go.microsoft.com/fwlink" in text:
        text = re.sub(r"(?s)^\[.*?fwlink\S*\s*\S+:\s", "", text)
    text = text.removeprefix(f"{comment.author}:") if comment.author else text
    return " ".join(text.split())


def _read_csv(content: bytes, problems: Problems) -> list[Sheet]:
    """Return the table as each delimiter would have it; a first line `sep=;` says which one it is."""
    # Excel's «Unicode text» is UTF-16, and says so in its first bytes.
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add(Kind.TABLE_UNREADABLE, line=line, expected=Hint.TABLE_NOT_UTF_8)
        return []
    said = re.match(r'"?sep=(.)"?\s*\r?\n', text, re.IGNORECASE)
    delimiters = [said[1]] if said else DELIMITERS
    try:
        return [_split(text, delimiter, skip=said is not None) for delimiter in delimiters]
    except csv.Error:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.SAVE_AS_TABLE)
    except TooLargeError:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.TOO_LARGE)
    return []


def _split(text: str, delimiter: str, *, skip: bool) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = list(islice(reader, LAST_ROW + 1))
    if len(lines) > LAST_ROW:
        raise TooLargeError
    cells = {
        (number, column): Cell(text=without_guard(composed(value)))
        for number, line in enumerate(lines, start=1)
        for column, value in enumerate(line, start=1)
        if value and not (skip and number == 1)
    }
    return Sheet(cells=cells, delimiter=delimiter)
