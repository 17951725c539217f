"""The picture that share pictures have behind their text: sky, fjäll and lake, with the show's mark and the emblem."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

Point = tuple[float, float]

WIDTH: Final = 1200
HEIGHT: Final = 630

SKY: Final = "#0b3b47"
FAR: Final = "#2f7480"
SNOW: Final = "#f4f8f7"
NEAR: Final = "#175863"
FOREST: Final = "#0a2f38"
LAKE: Final = "#072830"
WARM: Final = "#f6b04d"
MARK_FJALL: Final = "#cfe6e6"
MARK_LAKE: Final = "#5aa0a8"
WHITE: Final = "#ffffff"
EU_BLUE: Final = "#003399"
EU_GOLD: Final = "#ffcc00"
COLOURS: Final = (SKY, FAR, SNOW, NEAR, FOREST, LAKE, WARM, MARK_FJALL, MARK_LAKE, WHITE, EU_BLUE, EU_GOLD)

_FINER: Final = 4  # Drawn four times as large and scaled down, since Pillow draws polygons with jagged edges.


class Box(NamedTuple):
    """In pixels from the top left corner; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int


SHORE: Final = 496
MARK: Final = Box(60, 512, 134, 586)
EMBLEM: Final = Box(704, 511, 818, 587)
EMBLEM_BORDER: Final = 3  # a twenty-fifth of the emblem's height, as it stands on a coloured ground
_GRAND: Final = 76  # lower fjäll have no snow, and behind them the circle has set

_FAR_RIDGE: Final = (
    (0, 0.42), (95, 0.62), (180, 0.46), (322, 0.86), (438, 0.52), (530, 0.66), (640, 0.44), (770, 0.7), (862, 0.47),
    (1010, 1), (1118, 0.6), (1200, 0.72),
)  # fmt: skip
_NEAR_RIDGE: Final = (
    (0, 0.24), (130, 0.4), (275, 0.2), (430, 0.42), (590, 0.19), (745, 0.38), (900, 0.2), (1065, 0.42), (1200, 0.24),
)  # fmt: skip
_FOREST_EDGE: Final = ((0, 0.11), (170, 0.17), (380, 0.08), (600, 0.16), (860, 0.07), (1040, 0.17), (1200, 0.1))
_SNOWY: Final = (3, 9)  # which points of the far ridge

_RING_X: Final = 876
_RING_RADIUS: Final = 44
_RING_WIDTH: Final = 15


@cache
def draw_scene(rise: int) -> Image.Image:
    """Return all of the picture but its text. It is the same image every time: draw on a copy."""
    image = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), SKY)
    draw = ImageDraw.Draw(image)
    far = _raised(_FAR_RIDGE, rise)
    if rise >= _GRAND:
        _draw_ring(draw, (_RING_X, SHORE - rise + 40))
    _fill_shape(draw, _down_to_shore(far), FAR)
    for peak in _SNOWY if rise >= _GRAND else ():
        _fill_shape(draw, _snow(*far[peak - 1 : peak + 2]), SNOW)
    _fill_shape(draw, _down_to_shore(_raised(_NEAR_RIDGE, rise)), NEAR)
    _fill_shape(draw, _down_to_shore(_raised(_FOREST_EDGE, rise)), FOREST)
    _fill_box(draw, Box(0, SHORE, WIDTH, HEIGHT), LAKE)
    _draw_mark(draw, MARK)
    _draw_emblem(draw, EMBLEM)
    return image.reduce(_FINER)


def _draw_ring(draw: ImageDraw.ImageDraw, centre: Point) -> None:
    """Draw the circle of arrows of the cover, which sets behind the fjäll as the sun does."""
    for start in (-58, 122):
        outer = _arc(centre, _RING_RADIUS + _RING_WIDTH / 2, start, start + 128)
        inner = _arc(centre, _RING_RADIUS - _RING_WIDTH / 2, start + 128, start)
        head = (
            _on_circle(centre, _RING_RADIUS + _RING_WIDTH * 1.05, start + 128),
            _on_circle(centre, _RING_RADIUS, start + 164),
            _on_circle(centre, _RING_RADIUS - _RING_WIDTH * 1.05, start + 128),
        )
        _fill_shape(draw, (*outer, *head, *inner), WARM)


def _snow(left: Point, peak: Point, right: Point) -> tuple[Point, ...]:
    """Return the snow on a peak, jagged below."""
    over, under = _between(peak, left, 0.4), _between(peak, right, 0.46)
    x, y = peak
    low = max(over[1], under[1]) - y
    return (
        peak, under, (x + (under[0] - x) * 0.56, y + low * 1.22), (x + (under[0] - x) * 0.16, y + low * 0.74),
        (x + (over[0] - x) * 0.34, y + low * 1.3), over,
    )  # fmt: skip


def _draw_mark(draw: ImageDraw.ImageDraw, box: Box) -> None:
    """Draw the show's mark, overrides/assets/mark.svg."""
    unit = (box.right - box.left) / 64

    def placed(*points: Point) -> tuple[Point, ...]:
        return tuple((box.left + x * unit, box.top + y * unit) for x, y in points)

    _fill_box(draw, box, SKY, radius=14 * unit)
    _fill_shape(draw, placed((8, 46), (22, 27), (30, 37), (40, 21), (56, 46)), MARK_FJALL)
    _fill_shape(draw, placed((8, 46), (56, 46), (56, 50), (8, 50)), MARK_LAKE)
    centre = 31.84, 30.71  # of the arc of radius 20 from (16.4, 18) to (49.6, 21.5)
    start, end = 219.4, 332.6
    _fill_shape(draw, placed(*_arc(centre, 22.25, start, end), *_arc(centre, 17.75, end, start)), WARM)
    for angle in (start, end):
        _fill_shape(draw, placed(*_arc(_on_circle(centre, 20, angle), 2.25, 0, 360)), WARM)
    _fill_shape(draw, placed((9.5, 17.5), (21.8, 21.7), (13, 29.3)), WARM)


def _draw_emblem(draw: ImageDraw.ImageDraw, box: Box) -> None:
    """Draw the European emblem as its rules describe it, like overrides/assets/eu.svg, with a white border."""
    left, top, right, bottom = box
    edge = EMBLEM_BORDER
    _fill_box(draw, Box(left - edge, top - edge, right + edge, bottom + edge), WHITE)
    _fill_box(draw, box, EU_BLUE)
    centre, height = ((left + right) / 2, (top + bottom) / 2), bottom - top
    for hour in range(12):
        star = _on_circle(centre, height / 3, hour * 30)
        points = [_on_circle(star, height / 18 * (1, 0.381966)[tip % 2], tip * 36 - 90) for tip in range(10)]
        _fill_shape(draw, points, EU_GOLD)


def _raised(ridge: Iterable[Point], rise: int) -> list[Point]:
    return [(x, SHORE - height * rise) for x, height in ridge]


def _down_to_shore(ridge: Iterable[Point]) -> tuple[Point, ...]:
    return (*ridge, (WIDTH, SHORE), (0, SHORE))


def _between(one: Point, other: Point, part: float) -> Point:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _on_circle(centre: Point, radius: float, degrees: float) -> Point:
    angle = math.radians(degrees)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _arc(centre: Point, radius: float, start: float, end: float, *, steps: int = 60) -> list[Point]:
    return [_on_circle(centre, radius, start + (end - start) * step / steps) for step in range(steps + 1)]


def _fill_shape(draw: ImageDraw.ImageDraw, points: Iterable[Point], colour: str) -> None:
    # For a polygon, Pillow counts from the middle of the first pixel.
    draw.polygon([(x * _FINER - 0.5, y * _FINER - 0.5) for x, y in points], fill=colour)


def _fill_box(draw: ImageDraw.ImageDraw, box: Box, colour: str, *, radius: float = 0) -> None:
    # Of a rectangle, Pillow draws the last pixels, too.
    left, top, right, bottom = (edge * _FINER for edge in box)
    draw.rounded_rectangle((left, top, right - 1, bottom - 1), radius=radius * _FINER, fill=colour)
