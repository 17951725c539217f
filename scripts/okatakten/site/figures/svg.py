"""SVG as a tree of elements: texts and attributes are escaped, numbers rounded. Knows nothing of what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, cast

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Element:
    """An element with its attributes, which may be texts, numbers and lists of points, and with what is in it."""

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


def _value(value: object) -> str:
    if isinstance(value, int | float):
        return f"{round(value, 1):g}"
    if isinstance(value, list | tuple):
        return " ".join(f"{_value(x)},{_value(y)}" for x, y in cast("list[Point]", value))
    return str.__str__(cast("str", value))
