"""The table that a translator gets and returns: an Excel workbook or CSV (RFC 4180). Knows nothing of what it says."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from okatakten.fields import Problems
from okatakten.problems import Kind

COLUMNS: Final = ("Plats", "Svenska", "Översättning", "Källor", "Kommentar", "Version")
WIDTHS: Final = (30, 50, 50, 50, 30, 20)
"""Of the columns in a workbook, in characters."""
LOCKED: Final = ("Plats", "Svenska", "Version")
SUFFIXES: Final = (".xlsx", ".csv")
SIZE_LIMIT: Final = 20 * 10**6
"""Bytes; a table of all the site's sentences is a hundredth of it."""

_DELIMITERS = (";", ",", "\t")
"""The first is what Excel writes and reads in Swedish; other programs choose others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence. `number` is the row in the table, where the heading is 1."""

    number: int
    place: str
    swedish: str
    text: str
    sources: str
    comment: str
    version: str


def build_table(rows: Iterable[Row], *, suffix: str) -> bytes:
    """Return the table as a file of the kind that the suffix names."""
    cells = [astuple(row)[1:] for row in rows]
    return _build_workbook(cells) if suffix == ".xlsx" else _build_csv(cells)


def read_table(path: Path, problems: Problems) -> list[Row] | None:
    """Return the rows of a table; None with a problem when it cannot be read or its columns are others."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= SIZE_LIMIT else b""
    except OSError:
        problems.add(Kind.FILE_MISSING)
        return None
    if size > SIZE_LIMIT:
        problems.add(Kind.TABLE_UNREADABLE, expected="Den är för stor för att vara en tabell från exporten.")
        return None
    lines = _read_workbook(content, problems) if content.startswith(b"PK") else _read_csv(content, problems)
    if lines is None:
        return None
    heading = [cell.strip() for cell in (lines[0] if lines else ())]
    while heading and not heading[-1]:
        heading.pop()
    if tuple(heading) != COLUMNS:
        problems.add(Kind.COLUMNS_CHANGED, line=1, found=", ".join(heading), expected=", ".join(COLUMNS))
        return None
    return [row for number, line in enumerate(lines[1:], start=2) if (row := _row(number, line))]


def _row(number: int, line: Sequence[str]) -> Row | None:
    """Return a row, or None for an empty one. A sentence is one line, whatever a cell holds."""
    cells = [" ".join(cell.split()) for cell in line[: len(COLUMNS)]] + [""] * (len(COLUMNS) - len(line))
    place, swedish, text, sources, comment, version = cells
    if not any(cells):
        return None
    return Row(
        number=number, place=place, swedish=swedish, text=text, sources=sources, comment=comment, version=version
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

    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Översättning"
    for number, line in enumerate([COLUMNS, *cells], start=1):
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
    sheet.freeze_panes = "C2"
    # No password: the lock is against a slip of the hand.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def _read_workbook(content: bytes, problems: Problems) -> list[list[str]] | None:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # What openpyxl leaves out (styles, validation rules) is nothing that a table is read for.
            warnings.simplefilter("ignore")
            _refuse_bomb(content)
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            return [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
    except Exception:  # openpyxl raises what zipfile, its XML parser and its own readers raise
        problems.add(Kind.TABLE_UNREADABLE, expected="Öppna den i Excel och spara den igen som arbetsbok (.xlsx).")
        return None


def _refuse_bomb(content: bytes) -> None:
    if sum(part.file_size for part in ZipFile(io.BytesIO(content)).infolist()) > 10 * SIZE_LIMIT:
        raise BadZipFile


def _read_csv(content: bytes, problems: Problems) -> list[list[str]] | None:
    # Excel's «Unicode text» is UTF-16, and says so in its first bytes.
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        problems.add(Kind.WRONG_ENCODING, line=content[: error.start].count(b"\n") + 1)
        return None
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        problems.add(Kind.TABLE_UNREADABLE, expected="Spara den igen som «CSV UTF-8», eller som arbetsbok (.xlsx).")
        return None
