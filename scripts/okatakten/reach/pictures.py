"""How far everything reached, as figures of the house: rounded, so that nobody who sees them can single anybody out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from okatakten.reach.counting import WHOLE, Counted
from okatakten.reach.days import date_of
from okatakten.reach.places import Sort
from okatakten.reach.summing import Period, add_up, places_of, totals_of
from okatakten.reach.wording import (
    BASE,
    HEADS,
    PICTURE_WORDS,
    TABLE_WORDS,
    period_text,
    rounded,
    said,
    week_of,
)
from okatakten.site.figures.bars import draw_bars
from okatakten.site.figures.figure import LEADING, SIZE, WIDTH, Figure, box, fit, label, labels
from okatakten.site.figures.poster import draw_poster
from okatakten.site.figures.svg import Element
from okatakten.words.catalogue import Word

SHOWN: Final = 10
"""Bars of a figure; its table has all."""
EPISODES: Final = 6
WEEKS: Final = 26
"""The last weeks that are drawn."""
_OF_WEEK: Final = 7
_COLUMNS: Final = 48
"""How high the highest column is."""


def draw_figures(counted: Counted, titles: Mapping[str, str], period: Period) -> Iterator[Figure]:
    """Yield a figure for each sort of thing that somebody was reached by. `titles` are names of places by address."""
    for sort in Sort:
        totals = dict(places_of(totals_of(counted, sort)))
        if not totals:
            continue
        if sort is Sort.EPISODE:
            yield _draw_weeks(counted, titles, list(totals), period)
        times = [total.times for total in totals.values()]
        yield draw_bars(
            sort.value,
            caption=Word(PICTURE_WORDS[sort].format(period=period_text(period.first, period.last))),
            heads=[Word(HEADS[name]) for name in ("name", "times", "people")],
            rows=[[titles.get(name, name), said(each.times), said(each.people)] for name, each in totals.items()],
            parts=_parts(times),
        )
    if hosts := _hosts(counted):
        yield draw_bars(
            "hosts",
            caption=Word(PICTURE_WORDS["hosts"].format(period=period_text(period.first, period.last))),
            heads=[Word(HEADS[name]) for name in ("host", "times")],
            rows=[[name, said(times)] for name, times in hosts.items()],
            parts=_parts([*hosts.values()]),
        )
    if apps := _followers(counted, days=len(period.days)):
        yield draw_bars(
            "apps",
            caption=Word(PICTURE_WORDS["apps"]),
            heads=[Word(HEADS[name]) for name in ("app", "followers")],
            rows=[[name or TABLE_WORDS["unknown"].capitalize(), said(count)] for name, count in apps.items()],
            parts=_parts([*apps.values()]),
        )


def _parts(numbers: Sequence[int]) -> list[float]:
    """Return how long the first bars are, of numbers in falling order."""
    return [rounded(number) / (rounded(numbers[0]) or 1) for number in numbers[:SHOWN]]


def _followers(counted: Counted, *, days: int) -> dict[str, int]:
    """Return how many followed the feeds with each program on a day as a rule, most first."""
    totals = add_up((each for each in counted.ways if each.sort is Sort.FEED), by=lambda each: each.way)
    means = {app: -(-total.people // days) for app, total in totals.items()}
    return dict(sorted(means.items(), key=lambda each: (-each[1], each[0])))


def _hosts(counted: Counted) -> dict[str, int]:
    """Return how many views came from each host, most first. One that led few says too much about them."""
    led = (each for each in counted.ways if each.sort is Sort.PAGE and each.way)
    times = {host: total.times for host, total in add_up(led, by=lambda each: each.way).items() if total.people >= BASE}
    return dict(sorted(times.items(), key=lambda each: (-each[1], each[0])))


def _draw_weeks(counted: Counted, titles: Mapping[str, str], episodes: Sequence[str], period: Period) -> Figure:
    """Return the downloads of each of the first episodes, and of all, as a row of columns with one for each week."""
    days = period.weeks
    weeks = [*days][-WEEKS:]
    of_episodes = (each for each in counted.figures if each.sort is Sort.EPISODE)
    totals = add_up(of_episodes, by=lambda each: (each.name, week_of(date_of(each.day))))
    times = {name: [totals[name, week].times if (name, week) in totals else 0 for week in weeks]
             for name in (WHOLE, *episodes[:EPISODES])}  # fmt: skip
    names = {name: titles.get(name, TABLE_WORDS["all"].capitalize() if name == WHOLE else name) for name in times}
    drawing: list[Element] = []
    top = 0.0
    most = max(rounded(number) for row in times.values() for number in row)
    for name, row in times.items():
        drawn, top = _draw_row(f"{names[name]}: {said(sum(row))}", row, top=top, most=most)
        drawing += drawn
    ends = [label(0, top + SIZE, weeks[0], "quiet"), label(WIDTH, top + SIZE, weeks[-1], "quiet", anchor="end")]
    return Figure(
        name="weeks",
        caption=Word(PICTURE_WORDS["weeks"]),
        height=top + LEADING + 4,
        drawing=[*drawing, *(ends if len(weeks) > 1 else ends[:1])],
        heads=[Word(HEADS["week"]), *(Word(name) for name in names.values())],
        rows=[
            [_week_text(week, days[week]),
             *(said(row[number]) if days[week] else PICTURE_WORDS["none"] for row in times.values())]
            for number, week in enumerate(weeks)
        ],
    )  # fmt: skip


def _week_text(week: str, days: int) -> str:
    return PICTURE_WORDS["some"].format(week=week, days=days) if 0 < days < _OF_WEEK else week


def _draw_row(text: str, numbers: Sequence[int], *, top: float, most: float) -> tuple[list[Element], float]:
    """Return a row of columns below its name, and where it ends."""
    lines = fit(text, WIDTH)
    foot = top + len(lines) * LEADING + 6 + _COLUMNS
    width = min(WIDTH / len(numbers), WIDTH / 8)
    drawing = [*labels(0, top + SIZE, lines), box(0, foot, WIDTH, 1.5, "text")]
    for place, number in enumerate(numbers):
        height = rounded(number) / (most or 1) * _COLUMNS
        if height:
            drawing.append(box(place * width + 1, foot - height, max(width - 2, 2), height, "full"))
    return drawing, foot + 14


def build_picture(figure: Figure, *, owner: str, colours: Mapping[str, str]) -> bytes:
    """Return a figure as a file, with what it stands on in words. `colours` are those of light paper."""
    notes = [PICTURE_WORDS["note"].format(base=BASE), owner]
    return str(draw_poster(figure, notes, colours=colours)).encode()
