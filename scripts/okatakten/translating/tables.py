"""The table that a translator gets and returns: an Excel workbook or CSV (RFC 4180). Knows nothing of what it says."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_capped

COLUMNS: Final = ("Svenska", "Översättning", "Kommentar", "Källor", "Plats", "Version")
WIDTHS: Final = (50, 50, 40, 40, 25, 20)
"""Of the columns in a workbook, in characters."""
GUIDE_WIDTH: Final = 80
POINTS_PER_LINE: Final = 15
LOCKED: Final = ("Svenska", "Plats", "Version")
SHEET: Final = "Översättning"
NOT_TEXT: Final = {"f": Hint.CELL_FORMULA, "e": Hint.CELL_ERROR, "d": Hint.CELL_DATE, "b": Hint.CELL_BOOLEAN}
"""What Excel may hold in a cell instead of text, by openpyxl's types."""
SUFFIXES: Final = (".xlsx", ".csv")
SIZE_LIMIT: Final = 20 * 10**6
"""Bytes; a table of all the site's sentences is a hundredth of it."""

_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
"""How files of Excel before 2007 (.xls) begin."""
_DELIMITERS = (";", ",", "\t")
"""The first is what Excel writes and reads in Swedish; other programs choose others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence. `number` is the row in the table, where the heading is 1."""

    number: int
    swedish: str
    text: str
    comment: str
    sources: str
    place: str
    version: str


def build_table(rows: Iterable[Row], *, suffix: str) -> bytes:
    """Return the table as a file of the kind that the suffix names."""
    cells = [astuple(row)[1:] for row in rows]
    return _build_workbook(cells) if suffix == ".xlsx" else _build_csv(cells)


def read_table(path: Path, problems: Problems) -> list[Row] | None:
    """Return the rows of a table; None with a problem when it cannot be read or its columns are others."""
    too_large = Problem(kind=Kind.TABLE_UNREADABLE, file=problems.file, expected=Hint.TOO_LARGE)
    content = read_capped(path, problems, limit=SIZE_LIMIT, too_large=too_large)
    if content is None:
        return None
    is_workbook = content.startswith((b"PK", _OLD_WORKBOOK))
    lines = _read_workbook(content, problems) if is_workbook else _read_csv(content, problems)
    if lines is None:
        return None
    heading = [cell.strip() for cell in (lines[0] if lines else ())]
    while heading and not heading[-1]:
        heading.pop()
    if tuple(heading) != COLUMNS:
        problems.add(Kind.COLUMNS_CHANGED, line=1, found=", ".join(heading), expected=", ".join(COLUMNS))
        return None
    rows = [row for number, line in enumerate(lines[1:], start=2) if (row := _row(number, line, problems))]
    if not rows:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.TABLE_WITHOUT_ROWS)
    return rows


def _row(number: int, line: Sequence[str], problems: Problems) -> Row | None:
    """Return a row, or None for an empty one. A sentence is one line, whatever a cell holds."""
    cells = [" ".join(cell.split()) for cell in line] + [""] * (len(COLUMNS) - len(line))
    if beside := " ".join(filter(None, cells[len(COLUMNS) :])):
        problems.add(Kind.COLUMNS_CHANGED, line=number, found=beside, expected=", ".join(COLUMNS))
    if not any(cells):
        return None
    swedish, text, comment, sources, place, version = cells[: len(COLUMNS)]
    return Row(
        number=number, swedish=swedish, text=text, comment=comment, sources=sources, place=place, version=version
    )


def _build_csv(cells: Iterable[Sequence[str]]) -> bytes:
    # Excel knows UTF-8 by the byte order mark only.
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=_DELIMITERS[0])
    writer.writerow(COLUMNS)
    writer.writerows(cells)
    return output.getvalue().encode("utf-8-sig")


def _build_workbook(cells: Iterable[Sequence[str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, Protection
    from openpyxl.worksheet.properties import PageSetupProperties

    workbook = Workbook()
    guide = workbook.active
    assert guide is not None
    guide.title = Text.TABLE_GUIDE_NAME
    guide.column_dimensions["A"].width = GUIDE_WIDTH
    for number, sentence in enumerate(Text.TABLE_GUIDE.splitlines(), start=1):
        guide.cell(row=number, column=1, value=sentence).alignment = Alignment(wrap_text=True, vertical="top")
        guide.row_dimensions[number].height = _height([sentence], [GUIDE_WIDTH])
    sheet = workbook.create_sheet(SHEET)
    for number, line in enumerate([COLUMNS, *cells], start=1):
        sheet.row_dimensions[number].height = _height(line, WIDTHS)
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(row=number, column=column, value=value or None)
            if value:
                # Text also where it begins with =, which would be a formula.
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
            else:
                cell.protection = Protection(locked=COLUMNS[column - 1] in LOCKED)
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # No password: the lock is against a slip of the hand.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def _height(line: Sequence[str], widths: Sequence[int]) -> float:
    """Return how high a row is, in points: not every program finds it out from the text in its cells."""
    return POINTS_PER_LINE * max(
        ceil(len(value) * 1.15 / width) or 1 for value, width in zip(line, widths, strict=True)
    )


def _read_workbook(content: bytes, problems: Problems) -> list[list[str]] | None:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # What openpyxl leaves out (styles, validation rules) is nothing that a table is read for.
            warnings.simplefilter("ignore")
            _refuse_bomb(content)
            workbook = load_workbook(io.BytesIO(content), read_only=True)
            sheet = workbook[SHEET] if SHEET in workbook.sheetnames else workbook.worksheets[0]
            lines = [list(line) for line in sheet.iter_rows()]
    except Exception:  # openpyxl raises what zipfile, its XML parser and its own readers raise
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.SAVE_AS_TABLE)
        return None
    return [[_text(cell, number, problems) for cell in line] for number, line in enumerate(lines, start=1)]


def _text(cell: Any, row: int, problems: Problems) -> str:
    """Return what a cell says; a problem is added for what would be shown otherwise than it was written."""
    kind = Hint.CELL_DECIMAL if isinstance(cell.value, float) else NOT_TEXT.get(cell.data_type)
    if cell.value is None or kind is None:
        return "" if cell.value is None else str(cell.value)
    column = COLUMNS[cell.column - 1] if cell.column <= len(COLUMNS) else ""
    problems.add(Kind.CELL_NOT_TEXT, line=row, field=column, found=str(cell.value), expected=kind)
    return ""


def _refuse_bomb(content: bytes) -> None:
    if sum(part.file_size for part in ZipFile(io.BytesIO(content)).infolist()) > 10 * SIZE_LIMIT:
        raise BadZipFile


def _read_csv(content: bytes, problems: Problems) -> list[list[str]] | None:
    # Excel's «Unicode text» is UTF-16, and says so in its first bytes.
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add(Kind.TABLE_UNREADABLE, line=line, expected=Hint.TABLE_NOT_UTF_8)
        return None
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.SAVE_AS_TABLE)
        return None
