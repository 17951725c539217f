"""The results as pictures, drawn from docs/facts.yml and the pages of the questions. This is the face of the folder.

`svg` knows SVG, `figure` what all figures have in common; each of the others draws a kind of figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from okatakten.site.figures.bars import draw_funding
from okatakten.site.figures.circle import draw_boundaries, draw_circle, draw_shares
from okatakten.site.figures.figure import Figure, Ground
from okatakten.site.figures.map import draw_map
from okatakten.site.figures.money import draw_money
from okatakten.site.figures.related import draw_steps, draw_towns
from okatakten.site.figures.ring import draw_ring
from okatakten.site.figures.timeline import draw_timeline

__all__ = ["FIGURES", "Figure", "Figures", "Ground", "PageFigures"]

FIGURES: Final[Mapping[str, Callable[[Ground], Figure | None]]] = {
    "map": draw_map,
    "questions": draw_ring,
    "timeline": draw_timeline,
    "money": draw_money,
    "funding": draw_funding,
    "circle": draw_circle,
    "shares": draw_shares,
    "boundaries": draw_boundaries,
    "towns": draw_towns,
    "steps": draw_steps,
}
"""What draws each figure, by the name that templates know it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a language, each drawn when it is first asked for; there may be nothing to draw one from."""

    ground: Ground
    drawn: dict[str, Figure | None] = field(default_factory=dict)

    def figure(self, name: str) -> Figure | None:
        """Return a figure by the name that templates know it by."""
        if name not in self.drawn:
            self.drawn[name] = FIGURES[name](self.ground)
        return self.drawn[name]

    def html(self, name: str) -> str:
        """Return a figure as HTML, with links as on the page at the root of the site; empty where there is none."""
        figure = self.figure(name)
        return figure.html(words=self.ground.words) if figure else ""

    def text(self, name: str) -> str:
        """Return all that a figure says, whatever it looks like."""
        figure = self.figure(name)
        return "\n".join([figure.caption, *(" ".join(row) for row in figure.rows)]) if figure else ""


@dataclass(frozen=True, slots=True)
class PageFigures:
    """The figures as they stand on a page at the address `href`, by name: `{{ figures.map }}` in a template."""

    figures: Figures
    href: str

    def __getitem__(self, name: str) -> str:
        root = "../" * self.href.count("/")
        return self.figures.html(name).replace(' href="', f' href="{root}')
