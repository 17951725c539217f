"""The show's mark, drawn from its SVG: the pages show the file itself, and pictures the same shapes in pixels.

Pillow reads no SVG, so a mark is what can be drawn here: areas and lines, each in one colour.
"""

from __future__ import annotations

import cmath
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from fontTools.misc.transform import Identity
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.arc import EllipticalArc
from fontTools.svgLib.path.shapes import PathBuilder
from lxml import etree
from PIL import Image, ImageChops, ImageColor, ImageDraw

from okatakten.site.drawings import SVG

Point = tuple[float, float]

_DRAWN: Final = {"path", "rect", "circle", "ellipse", "polygon", "polyline", "line"}
_AROUND: Final = {"svg", "g", "title", "desc", "defs", "metadata"}
_UNDRAWN: Final = {
    "class", "transform", "opacity", "fill-opacity", "stroke-opacity", "clip-path", "mask", "filter",
    "stroke-dasharray",
}  # fmt: skip
"""What would make a shape look otherwise than it is drawn here."""
_USUAL: Final = {
    "fill": "#000000", "fill-rule": "nonzero", "stroke": "none", "stroke-width": "1", "stroke-linecap": "butt",
}  # fmt: skip
_SQUARE: Final = re.compile(r"0 0 (\d+(?:\.\d+)?) \1")
_RECTANGLE: Final = ("x", "y", "width", "height", "rx")
_MITER: Final = 4
"""How far a sharp corner of a line goes at most, in halves of its width (SVG: stroke-miterlimit)."""
_STEPS: Final = 60
"""Straight pieces of a curve."""


class MarkError(ValueError):
    """What of a drawing, and in which line, cannot be drawn here."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(line, found)
        self.line, self.found = line, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An area in one colour, in parts of the side of the mark. `even`: what is within it twice is outside again.

    `radius` is that of the corners of a rectangle, whose own two corners are all its points.
    """

    colour: str
    contours: tuple[tuple[Point, ...], ...]
    even: bool = False
    radius: float | None = None


@lru_cache(maxsize=4)
def read_mark(svg: str) -> tuple[Shape, ...]:
    """Return the shapes of a mark, the undermost first. Raises MarkError."""
    try:
        root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise MarkError(error.lineno or 0, "") from None
    square = _SQUARE.fullmatch(root.get("viewBox", ""))
    if not square:
        raise MarkError(1, f'viewBox="{root.get("viewBox", "")}"')
    return tuple(shape for element in root.iter(etree.Element) for shape in _shapes(element, side=float(square[1])))


def draw_mark(image: Image.Image, shapes: Sequence[Shape]) -> None:
    """Draw the mark over the whole of a square picture."""
    for shape in shapes:
        contours = [[(x * image.width, y * image.width) for x, y in points] for points in shape.contours]
        if shape.radius is None:
            image.paste(shape.colour, mask=_area(image.size, contours, even=shape.even))
        else:
            # Of a rectangle, Pillow draws the last pixels, too.
            ((left, top), (right, bottom)) = contours[0]
            corners = (left, top, right - 1, bottom - 1)
            ImageDraw.Draw(image).rounded_rectangle(corners, radius=shape.radius * image.width, fill=shape.colour)


def _shapes(element: Any, *, side: float) -> Iterator[Shape]:
    """Yield the area of an element and the line around it, those of the two that it has."""
    tag = etree.QName(element)
    if tag.namespace != SVG:
        return
    name = tag.localname
    said = [_said(each) for each in (element, *element.iterancestors())]
    if name not in _DRAWN | _AROUND:
        raise MarkError(element.sourceline, f"<{name}>")
    for unfit in sorted(_UNDRAWN & said[0].keys()):
        raise MarkError(element.sourceline, f'{unfit}="{said[0][unfit]}"')
    if name in _AROUND:
        return
    look = dict(_USUAL)
    for outer in reversed(said):
        look |= outer
    for paint in ("fill", "stroke"):
        try:
            look[paint] = _colour(look[paint])
        except ValueError:
            raise MarkError(element.sourceline, f'{paint}="{look[paint]}"') from None
    try:
        yield from _areas(element, look, side=side)
    except (ValueError, TypeError, IndexError, NotImplementedError):
        raise MarkError(element.sourceline, f"<{name}>") from None


def _colour(written: str) -> str:
    """Return a colour with six digits, however it is written; "" for none. Raises ValueError, also for a clear one."""
    if written == "none":
        return ""
    parts = ImageColor.getrgb(written)
    if len(parts) > 3:
        raise ValueError(written)
    return f"#{bytes(parts).hex()}"


def _areas(element: Any, look: Mapping[str, str], *, side: float) -> Iterator[Shape]:
    """Yield what an element fills, and what the line around it covers."""
    contours = _contours(element, side=side)
    if look["fill"] and element.tag == f"{{{SVG}}}rect":
        left, top, width, height, radius = (float(element.get(name, 0)) / side for name in _RECTANGLE)
        corners = ((left, top), (left + width, top + height))
        yield Shape(colour=look["fill"], contours=(corners,), radius=radius)
    elif look["fill"]:
        yield Shape(colour=look["fill"], contours=contours, even=look["fill-rule"] == "evenodd")
    half = float(look["stroke-width"]) / side / 2
    for points in contours if look["stroke"] else ():
        yield Shape(colour=look["stroke"], contours=tuple(_around(points, half)))
        if look["stroke-linecap"] == "round" and points[0] != points[-1]:
            yield from (Shape(colour=look["stroke"], contours=(_disc(end, half),)) for end in (points[0], points[-1]))


def _said(element: Any) -> dict[str, str]:
    """Return the attributes of an element, with those that drawing programs put into its style."""
    style = (part.partition(":") for part in element.get("style", "").split(";"))
    return dict(element.attrib) | {name.strip(): value.strip() for name, _, value in style}


class _Flat(BasePen):  # type: ignore[misc]  # fontTools has no types here
    """Notes curves as many straight pieces."""

    def __init__(self) -> None:
        super().__init__(None)
        self.contours: list[list[Point]] = []

    def _moveTo(self, pt: Point) -> None:  # noqa: N802
        self.contours.append([pt])

    def _lineTo(self, pt: Point) -> None:  # noqa: N802
        self.contours[-1].append(pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        start = self.contours[-1][-1]
        for step in range(1, _STEPS + 1):
            part = step / _STEPS
            rest = 1 - part
            weights = (rest**3, 3 * rest**2 * part, 3 * rest * part**2, part**3)
            points = (start, pt1, pt2, pt3)
            self.contours[-1].append(
                (
                    sum(weight * x for weight, (x, _) in zip(weights, points, strict=True)),
                    sum(weight * y for weight, (_, y) in zip(weights, points, strict=True)),
                )
            )

    def _closePath(self) -> None:  # noqa: N802
        self.contours[-1].append(self.contours[-1][0])


class _Arc(EllipticalArc):  # type: ignore[misc]
    """An arc by points that lie on it, where fontTools would draw curves beside it."""

    def draw(self, pen: _Flat) -> None:
        if self._parametrize():
            placed = Identity.rotate(self.angle).scale(self.rx, self.ry)
            for step in range(1, _STEPS + 1):
                on_circle = self.center_point + cmath.rect(1, self.theta1 + self.theta_arc * step / _STEPS)
                pen.lineTo(placed.transformPoint((on_circle.real, on_circle.imag)))


def _contours(element: Any, *, side: float) -> tuple[tuple[Point, ...], ...]:
    """Return the outlines of an element, without a point twice in a row."""
    builder, pen = PathBuilder(), _Flat()
    builder.add_path_from_element(element)
    for path in builder.paths:
        parse_path(path, pen, arc_class=_Arc)
    return tuple(tuple((x / side, y / side) for (x, y), _ in itertools.groupby(contour)) for contour in pen.contours)


def _around(points: Sequence[Point], half: float) -> Iterator[tuple[Point, ...]]:
    """Yield the outlines of a line of twice that width: its corners are sharp, as those of SVG are."""
    closed = points[0] == points[-1]
    ways = [_way(one, other) for one, other in itertools.pairwise(points)]
    if closed:
        turns = zip([ways[-1], *ways], [*ways, ways[0]], strict=True)
    else:
        turns = zip([ways[0], *ways], [*ways, ways[-1]], strict=True)
    aside = [_aside(before, after, half) for before, after in turns]
    left, right = (
        tuple((x + side * over, y + side * down) for (x, y), (over, down) in zip(points, aside, strict=True))
        for side in (1, -1)
    )
    yield from (left, right[::-1]) if closed else ((*left, *right[::-1]),)


def _way(one: Point, other: Point) -> Point:
    length = math.dist(one, other)
    return (other[0] - one[0]) / length, (other[1] - one[1]) / length


def _aside(before: Point, after: Point, half: float) -> Point:
    """Return where the outline of a line is, seen from a point where it turns."""
    over, down = -before[1] - after[1], before[0] + after[0]
    length = math.hypot(over, down) or 1
    reach = half / max(length / 2, 1 / _MITER) / length
    return over * reach, down * reach


def _disc(centre: Point, radius: float) -> tuple[Point, ...]:
    turns = (math.tau * step / _STEPS for step in range(_STEPS))
    return tuple((centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns)


def _area(size: tuple[int, int], contours: Sequence[Sequence[Point]], *, even: bool) -> Image.Image:
    """Return what lies within: unless `even`, a contour within another is a hole where it turns the other way."""
    left = right = Image.new("L", size)
    for points in contours:
        one = Image.new("L", size)
        # For a polygon, Pillow counts from the middle of the first pixel.
        ImageDraw.Draw(one).polygon([(x - 0.5, y - 0.5) for x, y in points], fill=1)
        if _turn(points) < 0:
            left = ImageChops.add(left, one)
        else:
            right = ImageChops.add(right, one)
    times = ImageChops.add(left, right) if even else ImageChops.difference(left, right)
    return times.point([255 * (count % 2 if even else count > 0) for count in range(256)])


def _turn(points: Sequence[Point]) -> float:
    """Return twice the area within, below 0 where the contour turns left."""
    return sum(x * below - right * y for (x, y), (right, below) in zip(points, [*points[1:], points[0]], strict=True))
