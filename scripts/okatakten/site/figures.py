"""The figures of the pages, drawn as SVG from the facts, each with the same figures as a table.

Colours are classes in overrides/assets/site.css, so that a figure follows light and dark, print and forced colours. The
drawing is narrow and its letters large, so that it can be read on a phone of 320 px.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from okatakten.site.facts import Facts
from okatakten.words.catalogue import Word, Words
from okatakten.words.wording import amount_text, month_text, period_text

WIDTH: Final = 400
ROW: Final = 62
LABEL: Final = 20
"""Where the letters of a row stand below its top; its bar begins 10 below."""
BAR: Final = 22

Row = tuple[str, float, float]
"""A label, and where its bar begins and ends, as parts of the width."""


def costs_figure(facts: Facts, *, words: Words) -> str:
    """Return what each planned activity costs, in the order of the application."""
    costs = [(activity.name, part) for activity in facts.activities for part in activity.parts]
    most = max(part.amount for _, part in costs)
    rows = [(f"{part.name}: {amount_text(part.amount, words=words)}", 0.0, part.amount / most) for _, part in costs]
    cells = [[part.name, group, amount_text(part.amount, words=words)] for group, part in costs]
    heads = [words[key] for key in ("figure_activity", "figure_group", "figure_cost")]
    return _figure("costs", rows, heads=heads, cells=cells, words=words)


def funding_figure(facts: Facts, *, words: Words) -> str:
    """Return who was to pay how much."""
    total = sum(source.amount for source in facts.funding)
    cells = [[source.name, amount_text(source.amount, words=words)] for source in facts.funding]
    rows = [(name, 0.0, source.amount / total) for (name, _), source in zip(cells, facts.funding, strict=True)]
    heads = [words[key] for key in ("figure_funder", "figure_amount")]
    return _figure("funding", rows, heads=heads, cells=cells, words=words)


def counts_figure(counts: Mapping[str, int], *, words: Words) -> str:
    """Return how many times each name stands in a list."""
    most = max(counts.values())
    rows = [(f"{name}: {count}", 0.0, count / most) for name, count in counts.items()]
    heads = [words[key] for key in ("contact_organisation", "figure_count")]
    return _figure("contacts", rows, heads=heads, cells=[[name, str(n)] for name, n in counts.items()], words=words)


def timeline_figure(facts: Facts, *, words: Words) -> str:
    """Return when each group of activities was to begin and end."""
    days = (facts.end - facts.start).days + 1
    rows = [
        (
            f"{activity.name}: {period_text(activity.start, activity.end, words=words)}",
            (activity.start - facts.start).days / days,
            ((activity.end - facts.start).days + 1) / days,
        )
        for activity in facts.activities
    ]
    heads = [words[key] for key in ("figure_group", "figure_start", "figure_end")]
    cells = [
        [activity.name, month_text(activity.start, words=words), month_text(activity.end, words=words)]
        for activity in facts.activities
    ]
    return _figure("timeline", rows, heads=heads, cells=cells, words=words)


def _figure(
    name: str, rows: Sequence[Row], *, heads: Sequence[Word], cells: Sequence[Sequence[str]], words: Words
) -> str:
    caption = words[f"figure_{name}"].__html__()
    height = len(rows) * ROW
    lines = [
        f'<figure class="site-figure" aria-labelledby="figur-{name}">',
        f'<figcaption id="figur-{name}">{caption}</figcaption>',
        # Hidden from screen readers: the table below says the same, cell by cell.
        f'<svg class="site-figure__drawing" viewBox="0 0 {WIDTH} {height}" aria-hidden="true" focusable="false">',
        *(line for number, row in enumerate(rows) for line in _row(number * ROW, row)),
        "</svg>",
        f'<table class="site-table site-table--{name}" aria-labelledby="figur-{name}">',
        "<thead><tr>" + "".join(f'<th scope="col">{head.__html__()}</th>' for head in heads) + "</tr></thead>",
        "<tbody>",
        *(_table_row(cell) for cell in cells),
        "</tbody>",
        "</table>",
        "</figure>",
    ]
    return "\n".join(lines)


def _row(top: int, row: Row) -> Iterable[str]:
    label, start, end = row
    left, width = round(start * WIDTH, 1), max(round((end - start) * WIDTH, 1), 2)
    yield f'<text class="site-figure__label" x="0" y="{top + LABEL}">{escape(label)}</text>'
    yield f'<rect class="site-figure__track" x="0" y="{top + LABEL + 10}" width="{WIDTH}" height="{BAR}" rx="3"/>'
    yield f'<rect class="site-figure__bar" x="{left}" y="{top + LABEL + 10}" width="{width}" height="{BAR}" rx="3"/>'


def _table_row(cells: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
