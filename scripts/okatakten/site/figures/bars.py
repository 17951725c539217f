"""Figures of bars: a label over each, which says how much it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from okatakten.site.figures.figure import LEADING, SIZE, WIDTH, Figure, Ground, box, fit, labels
from okatakten.site.figures.svg import Element
from okatakten.words.catalogue import Word, Words, as_word
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
    return draw_bars(
        "funding",
        caption=words["figure_funding"],
        heads=[words["figure_funder"], words["figure_amount"]],
        rows=rows,
        parts=[source.amount / total for source in sources],
        sources=("beslut",),
    )


def counts_figure(counts: Mapping[str, int], *, words: Words) -> str:
    """Return how many times each name stands in a list, as HTML."""
    most = max(counts.values())
    figure = draw_bars(
        "contacts",
        caption=words["figure_contacts"],
        heads=[words["contact_organisation"], words["figure_count"]],
        rows=[[name, str(count)] for name, count in counts.items()],
        parts=[count / most for count in counts.values()],
    )
    return figure.html(words=words)


def draw_bars(
    name: str,
    *,
    caption: Word,
    heads: Sequence[Word],
    rows: Sequence[Sequence[str]],
    parts: Sequence[float],
    sources: Sequence[str] = (),
) -> Figure:
    """Return bars, each below the first two cells of its row and as long as its part of the width.

    Rows without a part stand in the table only.
    """
    bars = [(as_word(row[0]).saying(f"{row[0]}: {row[1]}"), part) for row, part in zip(rows, parts, strict=False)]
    return Figure(
        name=name, caption=caption, height=_height(text for text, _ in bars), drawing=list(_draw(bars)), heads=heads,
        rows=rows, sources=sources,
    )  # fmt: skip


def _draw(bars: Iterable[tuple[Word, float]]) -> Iterator[Element]:
    """Yield bars, each as long as its part of the width."""
    top = 0.0
    for text, part in bars:
        lines = fit(text, WIDTH)
        yield from labels(0, top + SIZE, lines)
        below = top + len(lines) * LEADING + 4
        yield box(0, below, WIDTH, _BAR, "track")
        yield box(0, below, max(part * WIDTH, 2), _BAR, "full")
        top = below + _BAR + _GAP


def _height(texts: Iterable[Word]) -> float:
    return sum(len(fit(text, WIDTH)) * LEADING + 4 + _BAR + _GAP for text in texts) - _GAP + 2
