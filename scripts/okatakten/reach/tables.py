"""The exact figures as tables, for the owner: weeks as CSV, and all as a workbook. Same figures, same bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from okatakten.reach.counting import WHOLE, Counted
from okatakten.reach.days import date_of
from okatakten.reach.places import Sort
from okatakten.reach.summing import Total, add_up, period_of
from okatakten.reach.wording import (
    DAY_COLUMNS,
    LED_TO,
    LINE_COLUMNS,
    OUTCOME_WORDS,
    PEOPLE_WORDS,
    SORT_WORDS,
    TABLE_WORDS,
    TIMES_WORDS,
    WAY_COLUMNS,
    WEEK_COLUMNS,
    week_of,
)
from okatakten.written.values import with_guard

Row = Sequence[str | int]
_DELIMITER: Final = ";"
"""What Excel writes and reads in Swedish."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment of a zip file, instead of the clock."""
_SAVED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_WIDEST: Final = 60
_SORTS: Final = {sort: number for number, sort in enumerate(Sort)}


def build_csv(counted: Counted, titles: Mapping[str, str]) -> bytes:
    """Return the weeks as CSV that Excel opens in Swedish. `titles` are names of places by address."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=_DELIMITER)
    for row in [WEEK_COLUMNS, *_weeks(counted, titles)]:
        writer.writerow([with_guard(cell) if isinstance(cell, str) else cell for cell in row])
    return output.getvalue().encode("utf-8-sig")


def build_workbook(counted: Counted, titles: Mapping[str, str], *, method: Sequence[str]) -> bytes:
    """Return all figures as a workbook; `method` says how they were counted."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheets: dict[str, Iterable[Row]] = {
        "weeks": [WEEK_COLUMNS, *_weeks(counted, titles)],
        "days": [DAY_COLUMNS, *_days(counted, titles)],
        "apps": [_ways_columns("apps"), *_ways(counted, kind="apps")],
        "hosts": [_ways_columns("hosts"), *_ways(counted, kind="hosts")],
        "lines": [LINE_COLUMNS, *_lines(counted)],
        "method": [[line] for line in method],
    }
    for name, rows in sheets.items():
        _write_sheet(workbook.create_sheet(TABLE_WORDS[name]), list(rows))
    output = io.BytesIO()
    workbook.save(output)
    return _without_clock(output.getvalue())


def _weeks(counted: Counted, titles: Mapping[str, str]) -> Iterator[Row]:
    days = period_of(counted).weeks
    totals = add_up(counted.figures, by=lambda each: (week_of(date_of(each.day)), _SORTS[each.sort], each.name))
    for (week, sort, name), total in sorted(totals.items(), key=lambda each: (*each[0][:2], *_place(each[0][2]))):
        yield week, days[week], *_cells([*Sort][sort], name, total, titles)


def _days(counted: Counted, titles: Mapping[str, str]) -> Iterator[Row]:
    for each in sorted(counted.figures, key=lambda each: (each.day, _SORTS[each.sort], *_place(each.name))):
        yield str(date_of(each.day)), *_cells(each.sort, each.name, Total(*each[3:]), titles)


def _place(name: str) -> tuple[bool, str]:
    """Return what sorts a place, behind all of its sort together."""
    return name != WHOLE, name


def _cells(sort: Sort, name: str, total: Total, titles: Mapping[str, str]) -> Row:
    is_whole = name == WHOLE
    return (
        SORT_WORDS[sort], TABLE_WORDS["all"] if is_whole else titles.get(name, name), "" if is_whole else f"/{name}",
        total.times, TIMES_WORDS[sort], total.people, PEOPLE_WORDS[sort],
        TABLE_WORDS["estimated"] if total.estimated else "",
    )  # fmt: skip


def _ways_columns(kind: str) -> Row:
    return [TABLE_WORDS[kind] if column == "way" else column for column in WAY_COLUMNS]


def _ways(counted: Counted, *, kind: str) -> Iterator[Row]:
    """Yield the weeks by the program that fetched something, or by the host that led to it."""
    shown = (each for each in counted.ways if (each.sort in LED_TO) == (kind == "hosts"))
    totals = add_up(shown, by=lambda each: (week_of(date_of(each.day)), _SORTS[each.sort], each.way))
    for (week, number, way), total in sorted(totals.items()):
        sort = [*Sort][number]
        yield (
            week, SORT_WORDS[sort], way or TABLE_WORDS["unknown"], total.times, TIMES_WORDS[sort], total.people,
            PEOPLE_WORDS[sort],
        )  # fmt: skip


def _lines(counted: Counted) -> Iterator[Row]:
    for each in sorted(counted.lines):
        yield str(date_of(each.day)), OUTCOME_WORDS[each.outcome], each.lines
    yield TABLE_WORDS["sum"], "", sum(each.lines for each in counted.lines)


def _write_sheet(sheet: Any, rows: list[Row]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for column in range(max(map(len, rows))):
        width = max(len(str(row[column])) for row in rows if column < len(row))
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(width + 2, _WIDEST)
    is_table = len(rows[0]) > 1
    sheet.freeze_panes = "A2" if is_table else None
    for number, row in enumerate(rows):
        cells = [WriteOnlyCell(sheet, value=value) for value in row]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text also where it begins with =, which would be a formula
            if number == 0 and is_table:
                cell.font = Font(bold=True)
            if not is_table:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)


def _without_clock(workbook: bytes) -> bytes:
    """Return a workbook that does not say when it was saved."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed, zipfile.ZipFile(output, "w") as again:
        for name in packed.namelist():
            content = _SAVED.sub(rb"\g<1>1980-01-01T00:00:00Z", packed.read(name))
            again.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return output.getvalue()
