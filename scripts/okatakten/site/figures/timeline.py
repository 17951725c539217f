"""One time line from the first decision to the end of the next project, and the pre-study month by month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from okatakten.site.figures.figure import LEADING, SIZE, WIDTH, Figure, Ground, box, label, shape, strokes, width_of
from okatakten.site.figures.svg import Element
from okatakten.words.wording import date_text, month_text, period_text

_BAR: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What lasts from a day to another, or happens on one; `missing` is what the documents do not tell of."""

    name: str
    start: date
    end: date | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """The months from the first to the last, over the whole width."""

    first: date
    months: int

    @property
    def month(self) -> float:
        """How wide a month is."""
        return WIDTH / self.months

    def x(self, day: date, *, after: bool = False) -> float:
        """Return where a day stands, or where it ends."""
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return (months + (day.day - (not after)) / _days(day)) * self.month


def draw_timeline(ground: Ground) -> Figure | None:
    """Return the time line; None without activities."""
    facts, words = ground.facts, ground.words
    if not facts.activities:
        return None
    moments = sorted(_moments(ground), key=lambda moment: moment.start)
    whole = _axis(min(each.start for each in moments), max(each.end or each.start for each in moments))
    months = _axis(facts.start, facts.end)
    parts = [_Moment(name=part.name, start=part.start, end=part.end) for part in facts.activities]
    above, height = _drawn(moments, whole, ground, top=28, begins=_begins(whole, each=12))
    below, bottom = _drawn(parts, months, ground, top=height + 62, begins=_begins(months, each=1))
    rows = [[ground.word(each.name), *_when(each, ground)] for each in [*moments, *parts]]
    return Figure(
        name="timeline",
        caption=words["figure_timeline"],
        height=bottom,
        drawing=[
            *_years(whole),
            *above,
            label(0, height + 30, words["figure_month_by_month"], "strong"),
            *_months(months, ground, top=height + 54),
            *below,
        ],
        heads=[words["figure_what"], words["figure_start"], words["figure_end"]],
        rows=rows,
        sources=("ansokan", "beslut", "fortsattning"),
    )


def _moments(ground: Ground) -> Iterator[_Moment]:
    """Yield what is known and what is not. A grant has no day, but it comes after a decision."""
    facts, words = ground.facts, ground.words
    dates = {document.id: document.date for document in facts.documents}
    if decided := dates.get("beslut"):
        yield _Moment(name=words["figure_decision"], start=decided)
    yield _Moment(name=words["figure_prestudy"], start=facts.start, end=facts.end)
    yield _Moment(
        name=words["figure_final_report"], start=facts.final_report or facts.end, missing=facts.final_report is None
    )
    if facts.follow_up is None:
        return
    if decided := dates.get("fortsattning"):
        yield _Moment(name=words["figure_next_decision"], start=decided)
        yield _Moment(name=words["figure_grant"], start=decided + (facts.follow_up.start - decided) / 2, missing=True)
    yield _Moment(name=words["figure_next_project"], start=facts.follow_up.start, end=facts.follow_up.end)


def _when(moment: _Moment, ground: Ground) -> tuple[str, str]:
    """Return when something begins and ends, as a table says it."""
    words = ground.words
    if moment.missing:
        return words["figure_not_said"], "–"
    if moment.end:
        return month_text(moment.start, words=words), month_text(moment.end, words=words)
    return date_text(moment.start, words=words), "–"


def _said(moment: _Moment, ground: Ground) -> str:
    words = ground.words
    if moment.missing or not moment.end:
        return _when(moment, ground)[0]
    return period_text(moment.start, moment.end, words=words)


def _drawn(
    moments: Sequence[_Moment], axis: _Axis, ground: Ground, *, top: float, begins: Sequence[int]
) -> tuple[list[Element], float]:
    """Return the moments, one below the other, and where they end."""
    drawing: list[Element] = []
    ticks = [number * axis.month for number in sorted({0, *begins, axis.months})]
    for moment in moments:
        name, said = ground.word(moment.name), _said(moment, ground)
        drawing.append(label(0, top + SIZE, name, "strong"))
        left = width_of(f"{name} ")
        if left + width_of(said) > WIDTH:
            left, top = 0, top + LEADING
        drawing.append(label(left, top + SIZE, said))
        top += LEADING + 4
        drawing.append(strokes(*(((x, top - 1), (x, top + _BAR + 1)) for x in ticks)))
        drawing.append(_mark(moment, axis, top))
        top += _BAR + 14
    return drawing, top


def _mark(moment: _Moment, axis: _Axis, top: float) -> Element:
    """Return a bar for what lasts, and a square on its corner for a day."""
    x, middle = axis.x(moment.start), top + _BAR / 2
    if moment.end:
        return box(x, top, axis.x(moment.end, after=True) - x, _BAR, "full")
    x = min(max(x, 8), WIDTH - 8)
    return shape(
        [(x - 8, middle), (x, middle - 8), (x + 8, middle), (x, middle + 8)], "hollow" if moment.missing else "warm"
    )


def _axis(first: date, last: date) -> _Axis:
    return _Axis(first=first.replace(day=1), months=(last.year - first.year) * 12 + last.month - first.month + 1)


def _days(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _begins(axis: _Axis, *, each: int) -> list[int]:
    """Return which months begin something, counted from the first: every one, or with 12 every January."""
    return [number for number in range(axis.months) if (axis.first.month - 1 + number) % each == 0]


def _years(axis: _Axis) -> Iterator[Element]:
    """Yield the number of each year over its beginning, where there is room."""
    begins = [0, *_begins(axis, each=12), axis.months]
    for number, following in pairwise(begins):
        if (following - number) * axis.month >= width_of("2000 "):
            year = axis.first.year + (axis.first.month - 1 + number) // 12
            yield label(number * axis.month, SIZE, str(year), "quiet")


def _months(axis: _Axis, ground: Ground, *, top: float) -> Iterator[Element]:
    """Yield the first letter of each month."""
    for number in range(axis.months):
        name = ground.words[f"month_{(axis.first.month - 1 + number) % 12 + 1}"]
        x = (number + 0.5) * axis.month
        yield label(x, top, name.saying(name.text[0]), "quiet", anchor="middle")
