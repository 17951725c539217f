"""The picture that share pictures have behind their text: sky, fjäll and lake, with the show's mark and the emblem."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

from okatakten.site.mark import draw_mark, read_mark
from okatakten.site.profile import EU_BLUE, EU_GOLD, WHITE, Paint

Point = tuple[float, float]

WIDTH: Final = 1200
HEIGHT: Final = 630
ICON: Final = 180
"""The sides of the mark on the screen of a phone (Apple: Configuring Web Applications)."""

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


@lru_cache(maxsize=8)
def draw_scene(rise: int, paint: Paint) -> Image.Image:
    """Return all of the picture but its text. It is the same image every time: draw on a copy."""
    image = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), paint.sky)
    draw = ImageDraw.Draw(image)
    far = _raised(_FAR_RIDGE, rise)
    if rise >= _GRAND:
        _draw_ring(draw, (_RING_X, SHORE - rise + 40), paint.warm)
    _fill_shape(draw, _down_to_shore(far), paint.far)
    for peak in _SNOWY if rise >= _GRAND else ():
        _fill_shape(draw, _snow(*far[peak - 1 : peak + 2]), paint.snow)
    _fill_shape(draw, _down_to_shore(_raised(_NEAR_RIDGE, rise)), paint.near)
    _fill_shape(draw, _down_to_shore(_raised(_FOREST_EDGE, rise)), paint.forest)
    _fill_box(draw, Box(0, SHORE, WIDTH, HEIGHT), paint.lake)
    _draw_mark(image, MARK, paint.mark)
    _draw_emblem(draw, EMBLEM)
    return image.reduce(_FINER)


def draw_icon(paint: Paint) -> Image.Image:
    """Return the mark as phones show it among their apps, whose corners they round themselves."""
    image = Image.new("RGB", (ICON * _FINER, ICON * _FINER), paint.sky)
    draw_mark(image, read_mark(paint.mark))
    return image.reduce(_FINER)


def _draw_ring(draw: ImageDraw.ImageDraw, centre: Point, colour: str) -> None:
    """Draw the circle of arrows of the cover, which sets behind the fjäll as the sun does."""
    for start in (-58, 122):
        outer = _arc(centre, _RING_RADIUS + _RING_WIDTH / 2, start, start + 128)
        inner = _arc(centre, _RING_RADIUS - _RING_WIDTH / 2, start + 128, start)
        head = (
            _on_circle(centre, _RING_RADIUS + _RING_WIDTH * 1.05, start + 128),
            _on_circle(centre, _RING_RADIUS, start + 164),
            _on_circle(centre, _RING_RADIUS - _RING_WIDTH * 1.05, start + 128),
        )
        _fill_shape(draw, (*outer, *head, *inner), colour)


def _snow(left: Point, peak: Point, right: Point) -> tuple[Point, ...]:
    """Return the snow on a peak, jagged below."""
    over, under = _between(peak, left, 0.4), _between(peak, right, 0.46)
    x, y = peak
    low = max(over[1], under[1]) - y
    return (
        peak, under, (x + (under[0] - x) * 0.56, y + low * 1.22), (x + (under[0] - x) * 0.16, y + low * 0.74),
        (x + (over[0] - x) * 0.34, y + low * 1.3), over,
    )  # fmt: skip


def _draw_mark(image: Image.Image, box: Box, mark: str) -> None:
    """Draw the show's mark on what the picture has there."""
    place = Box(*(edge * _FINER for edge in box))
    part = image.crop(place)
    draw_mark(part, read_mark(mark))
    image.paste(part, place)


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
