"""The figures that are kept: a file for each day (UTC), which a new counting of that day replaces.

A log that is read when half of it has been taken away by rotation would make a day smaller than it was, so a day with
fewer lines than before stays as it is, and is told of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from okatakten.disk.write import write_atomically
from okatakten.reach.counting import Counted, Figure, LineFigure, Outcome, WayFigure
from okatakten.reach.places import Sort
from okatakten.written.advice import Reason, ReasonError

FOLDER: Final = "dagar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smaller:
    """A day that stays as it was: it came with fewer `lines` than `before`."""

    day: date
    lines: int
    before: int


class Method(NamedTuple):
    """How a day was counted: by which version, with which list of programs; all empty where nobody has said it."""

    version: str = ""
    source: str = ""
    digest: str = ""


NO_METHOD: Final = Method()


def date_of(day: int) -> date:
    """Return the date of a day that counts from 1970-01-01."""
    return datetime.fromtimestamp(day * 86400, UTC).date()


def write_days(folder: Path, counted: Counted, *, method: Method = NO_METHOD, replace: bool = False) -> list[Smaller]:
    """Keep the figures of each day, and return the days that stay as they were. Raises ReasonError, OSError."""
    smaller = []
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for day, of_day in _by_day(counted):
        path = folder / FOLDER / f"{date_of(day)}.json"
        lines = sum(each.lines for each in of_day.lines)
        before = sum(each.lines for each in _read_day(path).lines) if path.exists() else 0
        if lines < before and not replace:
            smaller.append(Smaller(day=date_of(day), lines=lines, before=before))
        else:
            write_atomically(path, _as_json(of_day, method))
    return smaller


def read_days(folder: Path) -> Counted:
    """Return all figures that are kept. Raises ReasonError for a file that is none of ours, and OSError."""
    kept = Counted([], [], [])
    for path in sorted((folder / FOLDER).glob("????-??-??.json")):
        figures, ways, lines = _read_day(path)
        kept.figures.extend(figures)
        kept.ways.extend(ways)
        kept.lines.extend(lines)
    return kept


def read_methods(folder: Path) -> Counter[Method]:
    """Return on how many days that are kept each method was used, of files that `read_days` has read."""
    days = (json.loads(path.read_bytes()) for path in sorted((folder / FOLDER).glob("????-??-??.json")))
    return Counter(Method(*map(str, day.get("method", NO_METHOD)[:3])) for day in days)


def _by_day(counted: Counted) -> Iterator[tuple[int, Counted]]:
    figures, ways, lines = (_days_of(part) for part in counted)
    for day in sorted({*figures, *ways, *lines}):
        yield day, Counted(figures.get(day, []), ways.get(day, []), lines.get(day, []))


def _days_of(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {day: list(of_day) for day, of_day in groupby(rows, key=lambda row: row.day)}


def _as_json(of_day: Counted, method: Method) -> bytes:
    """Return the figures of a day, a row a line, so that two versions can be compared."""
    parts = {name: [json.dumps(row[1:], ensure_ascii=False) for row in part] for name, part in of_day._asdict().items()}
    parts["method"] = [json.dumps(part, ensure_ascii=False) for part in method]
    body = ",\n".join(f'"{name}": [\n' + ",\n".join(rows) + "\n]" for name, rows in parts.items())
    return f"{{\n{body}\n}}\n".encode()


def _read_day(path: Path) -> Counted:
    try:
        day = (date.fromisoformat(path.stem) - date(1970, 1, 1)).days
        said: dict[str, list[Any]] = json.loads(path.read_bytes())
        return Counted(
            [
                Figure(day, Sort(sort), name, int(n), int(people), bool(e))
                for sort, name, n, people, e in said["figures"]
            ],
            [WayFigure(day, Sort(sort), way, int(n), int(people)) for sort, way, n, people in said["ways"]],
            [LineFigure(day, Outcome(outcome), int(lines)) for outcome, lines in said["lines"]],
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ReasonError(Reason.UNREADABLE_DAY, file=path) from None
