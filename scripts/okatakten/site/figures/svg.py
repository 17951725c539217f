"""SVG as a tree of elements: texts and attributes are escaped, numbers rounded. Knows nothing of what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any, cast

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its attributes, which may be texts and numbers, and with what is in it.

    The lines of a path (`d`) are lists of points.
    """

    tag: str
    attributes: dict[str, Any]
    parts: tuple[Element | str, ...]

    def __str__(self) -> str:
        written = "".join(f' {name}="{escape(_value(value))}"' for name, value in self.attributes.items())
        inside = "".join(str(part) if isinstance(part, Element) else escape(part, quote=False) for part in self.parts)
        return f"<{self.tag}{written}>{inside}</{self.tag}>" if self.parts else f"<{self.tag}{written}/>"

    def walk(self) -> Iterator[Element]:
        """Yield the element and all below it."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()


def element(tag: str, *parts: Element | str, **attributes: object) -> Element:
    """Return an element. Of the names, `_` stands for `-` and falls away at the end; None is no attribute."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    return Element(tag, named, parts)


def _outline(points: Sequence[Point]) -> str:
    """Return a line from its first point on: what has the same shape is written the same, and compressed to nothing."""
    corners = [(round(x, 1), round(y, 1)) for x, y in points]
    closed = points[0] == points[-1]
    steps = ((x - before, y - above) for (before, above), (x, y) in pairwise(corners[: -1 if closed else None]))
    start, *others = (" ".join(map(_value, pair)) for pair in (corners[0], *steps))
    return f"M{start}l{' '.join(others)}".replace(" -", "-") + "z" * closed


def _value(value: object) -> str:
    if isinstance(value, int | float):
        return f"{round(value, 1):g}"
    if isinstance(value, list):
        return "".join(map(_outline, cast("list[Sequence[Point]]", value)))
    return str.__str__(cast("str", value))
