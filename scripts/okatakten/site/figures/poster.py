"""A figure to use elsewhere: its drawing with title, source and licence, as an SVG that needs no style, and as PNG.

Pillow draws the same elements, so nothing has to be installed that reads SVG. Shapes have corners and no curves but
circles, which is all that both need to know.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

from fontTools.ttLib import TTFont
from PIL import Image, ImageColor, ImageDraw, ImageFont

from okatakten.site.figures.figure import WIDTH, Figure, fit, width_of
from okatakten.site.figures.svg import Element, Point, element

_MARGIN: Final = 20
_TITLE: Final = 20
_NOTE: Final = 12
_FONT: Final = "Atkinson Hyperlegible Next, Arial, sans-serif"
_GROUND: Final = "paper"
_TEXT: Final = "text"
_QUIET: Final = "quiet"
_LINE: Final = "line"
_BAR: Final = "bar"
_SOLID: Final = "button"
_ACCENT: Final = "accent"
_PAINT: Final[dict[str, dict[str, Any]]] = {
    "label": {"fill": _TEXT, "font-size": 16},
    "title": {"fill": _TEXT, "font-size": _TITLE},
    "note": {"fill": _QUIET, "font-size": _NOTE},
    "quiet": {"fill": _QUIET},
    "strong": {"font-weight": 700},
    "large": {"font-size": 40},
    "on": {"fill": _GROUND},
    "track": {"fill": _GROUND, "stroke": _LINE, "stroke-width": 1.5},
    "hollow": {"fill": _GROUND, "stroke": _TEXT, "stroke-width": 2, "stroke-dasharray": "3 3"},
    "full": {"fill": _BAR},
    "solid": {"fill": _SOLID},
    "warm": {"fill": _ACCENT},
    "text": {"fill": _TEXT},
    "flow": {"opacity": 0.35},
    "line": {"fill": "none", "stroke": _LINE, "stroke-width": 1.5},
}
"""What overrides/assets/site.css says of the classes of a figure. Colours by what they are for: see Profile."""
_SCALE: Final = 3
"""Pixels of the PNG to a unit of the drawing."""
_SHADES: Final = 20
_FINER: Final = 2  # drawn larger and scaled down, since Pillow draws polygons with jagged edges


def draw_poster(figure: Figure, notes: Sequence[str], *, colours: Mapping[str, str]) -> Element:
    """Return a figure with its title above and `notes` below, as a picture of its own in colours by their names."""
    y: float = _MARGIN + _TITLE
    parts: list[Element] = []
    for line in fit(figure.caption, WIDTH, size=_TITLE):
        parts.append(element("text", line, class_="site-figure__title site-figure__strong", x=_MARGIN, y=y))
        y += _TITLE + 5
    parts.append(element("svg", *figure.drawing, x=_MARGIN, y=y, width=WIDTH, height=figure.height))
    y += figure.height + _NOTE + 14
    for line in (line for note in notes for line in fit(note, WIDTH, size=_NOTE)):
        parts.append(element("text", line, class_="site-figure__note", x=_MARGIN, y=y))
        y += _NOTE + 4
    height = y + _MARGIN - _NOTE
    width = WIDTH + 2 * _MARGIN
    return element(
        "svg", element("rect", fill=colours[_GROUND], width=width, height=height),
        *(_painted(part, colours) for part in parts),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {round(height)}", width=2 * width,
        height=2 * round(height), font_family=_FONT,
    )  # fmt: skip


def _painted(part: Element, colours: Mapping[str, str]) -> Element:
    """Return an element with its colours in place of its classes, and with what leads somewhere as a mere group."""
    inside = tuple(each if isinstance(each, str) else _painted(each, colours) for each in part.parts)
    if part.tag == "a":
        return Element("g", {}, inside)
    attributes = dict(part.attributes)
    for kind in attributes.pop("class", "").split():
        paint = _PAINT[kind.removeprefix("site-figure__")]
        attributes |= {name: colours.get(value, value) for name, value in paint.items()}
    if part.tag == "text" and attributes.get("font-weight") == 700 and isinstance(inside[0], str):
        # Where the font is not at hand another one keeps to the same room, and off what stands beside.
        attributes["textLength"] = width_of(inside[0], size=attributes["font-size"])
        attributes["lengthAdjust"] = "spacingAndGlyphs"
    return replace(part, attributes=attributes, parts=inside)


def draw_png(poster: Element, *, font: bytes, colours: Mapping[str, str]) -> bytes:
    """Return a poster as PNG. `font` is the variable font of the site, as WOFF2, `colours` those of the poster."""
    unit = _SCALE * _FINER
    width, height = (round(poster.attributes[side] / 2 * unit) for side in ("width", "height"))
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for part, corner in _leaves(poster, (0, 0)):
        at = partial(_placed, corner=corner, unit=unit)
        _draw(draw, part, at, unit, font, ground=colours[_GROUND])
    content = io.BytesIO()
    image.reduce(_FINER).quantize(palette=_palette(colours), dither=Image.Dither.NONE).save(content, "PNG")
    return content.getvalue()


def _leaves(part: Element, corner: Point) -> Iterator[tuple[Element, Point]]:
    """Yield the shapes and texts of a drawing, each with the corner of the drawing within it that it stands in."""
    if part.tag not in {"svg", "g"}:
        yield part, corner
        return
    x, y = corner[0] + part.attributes.get("x", 0), corner[1] + part.attributes.get("y", 0)
    for each in part.parts:
        if isinstance(each, Element):
            yield from _leaves(each, (x, y))


def _placed(x: float, y: float, *, corner: Point, unit: int) -> Point:
    return (x + corner[0]) * unit, (y + corner[1]) * unit


def _draw(
    draw: ImageDraw.ImageDraw, part: Element, at: Callable[..., Point], unit: int, font: bytes, *, ground: str
) -> None:
    of: Callable[..., Any] = part.attributes.get
    fill, stroke = _colour(of("fill"), of("opacity", 1), ground), _colour(of("stroke"), 1, ground)
    width = round(of("stroke-width", 0) * unit)
    x, y = of("x", 0), of("y", 0)
    match part.tag:
        case "rect":
            corners = [at(x, y), at(x + of("width"), y + of("height"))]
            draw.rectangle(corners, fill=fill, outline=stroke, width=width)
        case "path":
            for points in of("d"):
                places = [at(*point) for point in points]
                if points[0] == points[-1]:
                    draw.polygon(places[:-1], fill=fill, outline=stroke, width=width)
                else:
                    draw.line(places, fill=stroke, width=width)
        case "circle":
            corners = [at(of("cx") - of("r"), of("cy") - of("r")), at(of("cx") + of("r"), of("cy") + of("r"))]
            draw.ellipse(corners, fill=fill, outline=stroke, width=width)
        case "text":
            letters = _letters(font, of("font-size") * unit, of("font-weight", 400))
            anchor = {"middle": "ms", "end": "rs"}.get(of("text-anchor"), "ls")
            draw.text(at(x, y), str(part.parts[0]), font=letters, fill=fill, anchor=anchor)


def _palette(colours: Mapping[str, str]) -> Image.Image:
    """Return the colours of all figures in shades to the ground, so that none of them changes."""
    shades = [
        _colour(colours[name], step / _SHADES, colours[_GROUND])
        for name in (_TEXT, _QUIET, _LINE, _BAR, _SOLID, _ACCENT)
        for step in range(_SHADES + 1)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for shade in shades for part in shade or ()])
    return palette


def _colour(colour: str | None, opacity: float, ground: str) -> tuple[int, ...] | None:
    """Return a colour as it is seen on the ground; None for none."""
    if colour is None or colour == "none":
        return None
    over, under = ImageColor.getrgb(colour), ImageColor.getrgb(ground)
    return tuple(round(one * opacity + other * (1 - opacity)) for one, other in zip(over, under, strict=True))


@cache
def _letters(font: bytes, size: float, weight: int) -> ImageFont.FreeTypeFont:
    letters = ImageFont.truetype(io.BytesIO(_unpacked(font)), size)
    letters.set_variation_by_axes([weight])
    return letters


@cache
def _unpacked(font: bytes) -> bytes:
    """Return a font in the format that Pillow reads."""
    unpacked = TTFont(io.BytesIO(font))
    unpacked.flavor = None
    content = io.BytesIO()
    unpacked.save(content)
    return content.getvalue()
