"""The table that a translator gets and returns, a sentence on each row. Knows nothing of what it says."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final

from okatakten.translating.cells import Cell, Sheet
from okatakten.translating.sheets import DELIMITERS, read_sheets
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, read_capped
from okatakten.written.values import with_guard

COLUMNS: Final = ("Svenska", "Översättning", "Kommentar", "Källor", "Plats", "Version")
WIDTHS: Final = (50, 50, 40, 40, 25, 20)
"""Of the columns in a workbook, in characters."""
GUIDE_WIDTH: Final = 80
POINTS_PER_LINE: Final = 15
SHEET: Final = "Översättning"
LOCKED: Final = ("Svenska", "Plats", "Version")
SUFFIXES: Final = (".xlsx", ".csv")
SIZE_LIMIT: Final = 20 * 10**6
"""Bytes; a table of all the site's sentences is a hundredth of it."""

_ROWS_ABOVE: Final = 20
"""How far down the heading is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence. `number` is the row in the table, counted from 1, or the line in a PO file.

    `reviewed` is what the file itself says of the sentence; None: it has no word for it.
    """

    number: int
    swedish: str
    text: str
    comment: str
    sources: str
    place: str
    version: str
    reviewed: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the columns of a table."""
        return self.swedish, self.text, self.comment, self.sources, self.place, self.version


def build_table(rows: Iterable[Row], *, suffix: str) -> bytes:
    """Return the table as a file of the kind that the suffix names."""
    cells = [row.cells for row in rows]
    return _build_workbook(cells) if suffix == ".xlsx" else _build_csv(cells)


def read_table(path: Path, problems: Problems, remarks: list[str] | None = None) -> list[Row] | None:
    """Return the rows of a table; None with a problem when it cannot be read or its columns are others.

    What is said in it beside the rows, and is taken into no file, is added to `remarks`, with its place.
    """
    content = read_capped(path, problems, limit=SIZE_LIMIT, kind=Kind.TABLE_UNREADABLE)
    sheets = read_sheets(content, problems, name=SHEET) if content is not None else []
    if not sheets:
        return None
    found = next(((sheet, heading) for sheet in sheets if (heading := _find_heading(sheet))), None)
    if found is None:
        first = max((_first_row(sheet) for sheet in sheets), key=len)
        problems.add(Kind.COLUMNS_CHANGED, line=1, found=", ".join(first), expected=", ".join(COLUMNS))
        return None
    sheet, (top, names) = found
    below = [(number, line) for number, line in sheet.rows().items() if number > top]
    rows = [row for number, line in below if (row := _row(number, line, names, problems))]
    if not rows:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.TABLE_WITHOUT_ROWS)
        return None
    if remarks is not None:
        remarks += _remarks(sheet, top, names)
    return rows


def _find_heading(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """Return the number of the row that has all the columns in whatever order, and what each is called."""
    plain = {_plain(name): name for name in COLUMNS}
    for number, line in sheet.rows().items():
        names = {column: plain.get(_plain(cell.text), cell.text.strip()) for column, cell in line.items()}
        if sorted(name for name in names.values() if name in COLUMNS) == sorted(COLUMNS):
            return number, names
        if number > _ROWS_ABOVE:
            break
    return None


def _plain(heading: str) -> str:
    """Return what of a heading makes a difference: its letters, without dots and rings."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _first_row(sheet: Sheet) -> list[str]:
    line = next(iter(sheet.rows().values()), {})
    return [" ".join(cell.text.split()) for cell in line.values() if cell.text.strip()]


def _row(number: int, line: Mapping[int, Cell], names: Mapping[int, str], problems: Problems) -> Row | None:
    """Return a row, or None for an empty one. A sentence is one line, whatever a cell holds."""
    cells = dict.fromkeys(COLUMNS, "")
    for column, cell in line.items():
        name = names.get(column, "")
        text = " ".join(cell.text.split())
        if cell.wrong:
            problems.add(Kind.CELL_NOT_TEXT, line=number, field=name, found=text, expected=cell.wrong)
        elif cell.unclear:
            problems.add(Kind.CELL_UNCLEAR, line=number, field=name, found=text, expected=cell.unclear)
        elif name in COLUMNS:
            cells[name] = text
        elif text and not name:
            problems.add(Kind.COLUMNS_CHANGED, line=number, found=text, expected=", ".join(COLUMNS))
    if not any(cells.values()):
        return None
    swedish, text, comment, sources, place, version = cells.values()
    notes = [cell.note for cell in line.values() if cell.note and cell.note not in comment]
    comment = "; ".join(filter(None, [comment, *notes]))
    return Row(
        number=number, swedish=swedish, text=text, comment=comment, sources=sources, place=place, version=version
    )


def _remarks(sheet: Sheet, top: int, names: Mapping[int, str]) -> Iterator[str]:
    """Yield what is said beside the rows: above them, in columns of the translator's own, by colours, elsewhere."""
    looks: dict[tuple[Hint, str], list[int]] = {}
    for number, line in sheet.rows().items():
        above = number <= top
        for column, cell in line.items():
            name = names.get(column, "")
            if (number < top or (not above and name not in COLUMNS)) and cell.text.strip():
                yield Text.AT_CELL.format(row=number, column=name or column, said=" ".join(cell.text.split()))
            if cell.note and (above or not any(other.text.strip() for other in line.values())):
                yield Text.AT_CELL.format(row=number, column=name or column, said=cell.note)
            for look in cell.look if not above else ():
                looks.setdefault((look, name or str(column)), []).append(number)
    for (look, name), numbers in looks.items():
        yield Text.LOOK_LEFT.format(look=look, column=name, rows=list_ranges(numbers))
    yield from sheet.beside


def list_ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as `2, 4–7`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ", ".join("–".join(map(str, ends)) for ends in ranges)


def _build_csv(cells: Iterable[Sequence[str]]) -> bytes:
    # Excel knows UTF-8 by the byte order mark only.
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=DELIMITERS[0])
    writer.writerow(COLUMNS)
    writer.writerows([with_guard(value) for value in line] for line in cells)
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
            # Or Excel makes a date of what is written as 1/2.
            cell.number_format = "@"
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
