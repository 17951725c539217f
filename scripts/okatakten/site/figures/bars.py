"""Figures of bars: a label over each, which says how much it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from okatakten.site.figures.figure import LEADING, SIZE, WIDTH, Figure, Ground, box, fit, labels
from okatakten.site.figures.svg import Element
from okatakten.words.catalogue import Words
from okatakten.words.wording import amount_text

_BAR: Final = 14
_GAP: Final = 12


def draw_funding(ground: Ground) -> Figure | None:
    """Return who was to pay how much; None where that is not known."""
    words, sources = ground.words, ground.facts.funding
    if not sources:
        return None
    rows = [[ground.word(source.name), amount_text(source.amount, words=words)] for source in sources]
    total = sum(source.amount for source in sources)
    bars: dict[str, float] = {
        ground.word(f"{name}: {amount}"): source.amount / total
        for (name, amount), source in zip(rows, sources, strict=True)
    }
    return Figure(
        name="funding",
        caption=words["figure_funding"],
        height=_height(bars),
        drawing=list(_draw(bars)),
        heads=[words["figure_funder"], words["figure_amount"]],
        rows=rows,
        sources=("beslut",),
    )


def counts_figure(counts: Mapping[str, int], *, words: Words) -> str:
    """Return how many times each name stands in a list, as HTML."""
    most = max(counts.values())
    bars = {f"{name}: {count}": count / most for name, count in counts.items()}
    figure = Figure(
        name="contacts",
        caption=words["figure_contacts"],
        height=_height(bars),
        drawing=list(_draw(bars)),
        heads=[words["contact_organisation"], words["figure_count"]],
        rows=[[name, str(count)] for name, count in counts.items()],
    )
    return figure.html(words=words)


def _draw(bars: Mapping[str, float]) -> Iterator[Element]:
    """Yield bars, each as long as its part of the width."""
    top = 0.0
    for text, part in bars.items():
        lines = fit(text, WIDTH)
        yield from labels(0, top + SIZE, lines)
        below = top + len(lines) * LEADING + 4
        yield box(0, below, WIDTH, _BAR, "track")
        yield box(0, below, max(part * WIDTH, 2), _BAR, "full")
        top = below + _BAR + _GAP


def _height(bars: Mapping[str, float]) -> float:
    return sum(len(fit(text, WIDTH)) * LEADING + 4 + _BAR + _GAP for text in bars) - _GAP + 2
