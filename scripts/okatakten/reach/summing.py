"""Figures of days → figures of weeks and of all the time that is covered. People are people of a day, added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeVar

from okatakten.reach.counting import WHOLE, Counted, Figure, WayFigure
from okatakten.reach.days import date_of
from okatakten.reach.places import Sort
from okatakten.reach.wording import week_of

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", Figure, WayFigure)


class Total(NamedTuple):
    """What figures of several days make together; `estimated`: one of them is."""

    times: int = 0
    people: int = 0
    estimated: bool = False


def add_up(figures: Iterable[Row], *, by: Callable[[Row], Key]) -> dict[Key, Total]:
    """Return the totals of figures that have the same key."""
    totals: dict[Key, Total] = {}
    for figure in figures:
        key = by(figure)
        times, people, estimated = totals.get(key, Total())
        is_estimate = isinstance(figure, Figure) and figure.estimated
        totals[key] = Total(times + figure.times, people + figure.people, estimated or is_estimate)
    return totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that were counted, in order."""

    days: tuple[date, ...]

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]

    @property
    def weeks(self) -> dict[str, int]:
        """How many days of each week were counted, from the first week to the last: of some between, none."""
        counted = Counter(map(week_of, self.days))
        between = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return {week: counted[week] for week in dict.fromkeys(map(week_of, between))}

    @property
    def gaps(self) -> list[tuple[date, date]]:
        """The first and last day of each time between that was not counted."""
        day = timedelta(days=1)
        return [(one + day, other - day) for one, other in pairwise(self.days) if other - one > day]


def period_of(counted: Counted) -> Period:
    return Period(days=tuple(sorted({date_of(each.day) for part in counted for each in part})))


def totals_of(counted: Counted, sort: Sort) -> dict[str, Total]:
    """Return the totals of all the time by address, the largest first; that of all together is WHOLE."""
    totals = add_up((each for each in counted.figures if each.sort is sort), by=lambda each: each.name)
    return dict(sorted(totals.items(), key=lambda each: (-each[1].times, each[0])))


def places_of(totals: Mapping[str, Total]) -> Iterator[tuple[str, Total]]:
    """Yield totals but for that of all together."""
    return ((name, total) for name, total in totals.items() if name != WHOLE)
