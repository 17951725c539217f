"""The money as flows, from left to right: who was to pay, what was to be done, and how much no document divides."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from okatakten.site.facts import Cost
from okatakten.site.figures.figure import LEADING, SIZE, WIDTH, Figure, Ground, box, fit, label, labels, shape, width_of
from okatakten.site.figures.svg import Element
from okatakten.words.wording import amount_text, grouped_text

_HEIGHT: Final = 400
"""Of the whole budget."""
_BAR: Final = 10
_BUDGET: Final = 40
_GROUPS: Final = 80
_PARTS: Final = 114
"""Where the columns of bars begin; that of the sources stands at the left edge."""
_LABELS: Final = 130
_KINDS: Final = ("full", "warm")
"""How the bars of the sources are filled, in turn."""
_STEPS: Final = 8
"""Of a flow that bends."""


class _Span(NamedTuple):
    """A part of a column, from the top down."""

    top: float
    height: float


def draw_money(ground: Ground) -> Figure | None:
    """Return the flows of the money; None without activities."""
    facts, words = ground.facts, ground.words
    if not facts.activities:
        return None
    legend, top = _legend(ground)
    branches = list(_branches(ground))
    right, groups, bottom = _branch_out(branches, ground, top=top)
    budget = _Span((top + bottom - _HEIGHT) / 2, _HEIGHT)
    sources = _stacked([source.amount for source in facts.funding], _Span(budget.top, _HEIGHT))
    slices = _stacked([group.amount for group, _ in branches], budget)
    left = []
    for number, to in enumerate(sources):
        kind = _KINDS[number % len(_KINDS)]
        here = _Span(to.top + (number * 2 - len(sources) + 1) * 12, to.height)
        left += [_flow(0, here, _BUDGET, to, kind), box(0, here.top, _BAR, here.height, kind)]
    return Figure(
        name="money",
        caption=words["figure_money"].format(amount=amount_text(facts.budget, words=words)),
        height=bottom,
        drawing=[
            *legend,
            *left,
            *(_flow(_BUDGET, here, _GROUPS, to) for here, to in zip(slices, groups, strict=True)),
            box(_BUDGET, budget.top, _BAR, budget.height, "text"),
            *right,
        ],
        heads=[words["figure_what"], words["figure_group"], words["figure_amount"]],
        rows=list(_rows(branches, ground)),
        sources=("ansokan", "beslut"),
    )


def _branches(ground: Ground) -> Iterator[tuple[Cost, Sequence[Cost]]]:
    """Yield each group of activities with its parts, and at last what is in none."""
    for activity in ground.facts.activities:
        parts = [Cost(name=ground.word(part.name), amount=part.amount) for part in activity.parts]
        yield Cost(name=ground.word(activity.name), amount=activity.amount), parts
    # The budget is a round sum, and what is left of it cannot be more exact.
    if (undivided := round(ground.facts.undivided, -3)) > 0:
        yield Cost(name=ground.words["figure_undivided"], amount=undivided), ()


def _legend(ground: Ground) -> tuple[list[Element], float]:
    """Return the sources with their amounts, and where they end."""
    drawing: list[Element] = []
    top = 0.0
    for number, source in enumerate(ground.facts.funding):
        kind, cost = _KINDS[number % len(_KINDS)], Cost(name=ground.word(source.name), amount=source.amount)
        named, height = _named(cost, 22, top)
        drawing += [box(0, top + 4, 14, 14, kind), *named]
        top += height + 6
    return drawing, top + 12


def _branch_out(
    branches: Sequence[tuple[Cost, Sequence[Cost]]], ground: Ground, *, top: float
) -> tuple[list[Element], list[_Span], float]:
    """Return the groups and their parts with flows between them, where each group stands, and where all ends."""
    drawing: list[Element] = []
    groups = []
    scale = _HEIGHT / ground.facts.budget
    for group, parts in branches:
        if parts:
            drawing += _named(group, _LABELS, top, "strong")[0]
            top += LEADING + 6
        here = _Span(top, group.amount * scale)
        groups.append(here)
        kind = "full" if parts else "hollow"
        drawing.append(box(_GROUPS, here.top, _BAR, here.height, kind))
        shown = parts or [group]
        for part, slice_ in zip(shown, _stacked([part.amount for part in shown], here), strict=True):
            beside, height = _named(part, _LABELS, top)
            to = _Span(top, part.amount * scale)
            drawing += [_flow(_GROUPS, slice_, _PARTS, to), box(_PARTS, top, _BAR, to.height, kind), *beside]
            top += max(height, to.height) + 4
        top += 10
    return drawing, groups, top - 10


def _named(cost: Cost, left: float, top: float, *kinds: str) -> tuple[list[Element], float]:
    """Return the name of an amount with the amount at the end of its last line, and how high they are."""
    amount = grouped_text(cost.amount)
    lines = fit(cost.name, WIDTH - left)
    count = len(lines) + (width_of(f"{lines[-1]}  {amount}") > WIDTH - left)
    end = label(WIDTH, top + SIZE + (count - 1) * LEADING, amount, *kinds, anchor="end")
    return [*labels(left, top + SIZE, lines, *kinds), end], count * LEADING


def _stacked(amounts: Sequence[int], whole: _Span) -> list[_Span]:
    """Return the amounts as parts of a column, one below the other."""
    ends = [0, *accumulate(amounts)]
    unit = whole.height / (ends[-1] or 1)
    return [_Span(whole.top + end * unit, amount * unit) for end, amount in zip(ends, amounts, strict=False)]


def _flow(x: float, here: _Span, to_x: float, to: _Span, kind: str = "full") -> Element:
    """Return the way of an amount from one column to the next."""
    start = x + _BAR
    eased = [(step / _STEPS, (1 - math.cos(math.pi * step / _STEPS)) / 2) for step in range(_STEPS + 1)]
    above = [(start + (to_x - start) * t, here.top + (to.top - here.top) * e) for t, e in eased]
    ends = here.top + here.height, to.top + to.height
    below = [(start + (to_x - start) * t, ends[0] + (ends[1] - ends[0]) * e) for t, e in eased]
    return shape([*above, *reversed(below)], kind, "flow")


def _rows(branches: Sequence[tuple[Cost, Sequence[Cost]]], ground: Ground) -> Iterator[list[str]]:
    words = ground.words
    for source in ground.facts.funding:
        yield [ground.word(source.name), words["figure_funder"], amount_text(source.amount, words=words)]
    for group, parts in branches:
        for part in parts or [group]:
            yield [part.name, group.name if parts else "–", amount_text(part.amount, words=words)]
