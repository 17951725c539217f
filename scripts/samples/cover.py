"""Draw the cover of the podcast: `python scripts/samples/cover.py` writes `podcast/cover-1.png`.

A cover that is out in the world keeps its file name, since apps fetch a picture once per address. To change
it, draw `cover-2.png` and name that one in `podcast/show.yml`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "scripts" / "okatakten" / "assets" / "atkinson-hyperlegible-next-bold.ttf"
TARGET = ROOT / "podcast" / "cover-1.png"

SIDE = 3000
FINER = 2  # Drawn twice as large and scaled down, since Pillow draws polygons with jagged edges.

Point = tuple[float, float]

SKY = "#0d3f4a"
FAR = "#2f7480"
SNOW = "#f4f8f7"
NEAR = "#175863"
FOREST = "#0a2f38"
LAKE = "#072830"
RIPPLE = "#124a55"
WARM = "#f6b04d"

FAR_RIDGE = (
    (0, 2030), (260, 1900), (520, 1985), (900, 1760), (1180, 1905), (1500, 1790), (1790, 1950),
    (2230, 1700), (2560, 1880), (2780, 1800), (3000, 1910),
)  # fmt: skip
SNOW_CAPS = (
    ((900, 1760), (1044, 1834.6), (985, 1880), (925, 1832), (850, 1886), (748, 1850)),
    ((2230, 1700), (2414, 1800), (2345, 1862), (2265, 1792), (2175, 1870), (2028, 1815)),
)
NEAR_RIDGE = (
    (0, 2150), (330, 2065), (700, 2180), (1090, 2040), (1480, 2190), (1880, 2080), (2300, 2195), (2690, 2050),
    (3000, 2140),
)  # fmt: skip
FOREST_EDGE = ((0, 2270), (420, 2235), (950, 2290), (1500, 2240), (2150, 2295), (2600, 2240), (3000, 2275))
SHORE = 2330
RIPPLES = ((1250, 2400, 560), (1900, 2400, 320), (1480, 2450, 800))

RING_CENTRE = (2225, 665)
RING_RADIUS = 305
RING_WIDTH = 104
ARROW_REACH = 58  # How far an arrowhead goes outside the ring, on either side.
ARROW_ANGLE = 36.0
GAP = 16.0
ARROWS = 2


def draw_cover() -> Image.Image:
    """Return the cover, 3000 by 3000 pixels in RGB without transparency."""
    canvas = Image.new("RGB", (SIDE * FINER, SIDE * FINER), SKY)
    draw = ImageDraw.Draw(canvas)
    _draw_ring(draw)
    _fill(draw, _down_to_shore(FAR_RIDGE), FAR)
    for cap in SNOW_CAPS:
        _fill(draw, cap, SNOW)
    _fill(draw, _down_to_shore(NEAR_RIDGE), NEAR)
    _fill(draw, _down_to_shore(FOREST_EDGE), FOREST)
    _fill(draw, ((0, SHORE), (SIDE, SHORE), (SIDE, SIDE), (0, SIDE)), LAKE)
    for left, top, width in RIPPLES:
        _fill(draw, ((left, top), (left + width, top), (left + width, top + 12), (left, top + 12)), RIPPLE)
    _write(draw, "Öka", at=(204, 935), size=800, colour=SNOW)
    _write(draw, "takten", at=(210, 1580), size=800, colour=SNOW)
    _write(draw, "Podd om cirkulär upphandling", at=(216, 2690), size=176, colour=SNOW)
    _write(draw, "Region Jämtland Härjedalen", at=(216, 2862), size=124, colour=WARM)
    return canvas.resize((SIDE, SIDE), Image.Resampling.BOX)


def _down_to_shore(ridge: Iterable[Point]) -> tuple[Point, ...]:
    return (*ridge, (SIDE, SHORE), (0, SHORE))


def _draw_ring(draw: ImageDraw.ImageDraw) -> None:
    """Draw a circle of arrows, the same all the way round: what is used goes on being used."""
    turn = 360 / ARROWS
    for arrow in range(ARROWS):
        start = arrow * turn - 60 + GAP / 2
        neck = start + turn - GAP - ARROW_ANGLE
        outer = [_on_ring(angle, RING_WIDTH / 2) for angle in _steps(start, neck)]
        inner = [_on_ring(angle, -RING_WIDTH / 2) for angle in _steps(neck, start)]
        reach = RING_WIDTH / 2 + ARROW_REACH
        head = [_on_ring(neck, reach), _on_ring(neck + ARROW_ANGLE, 0), _on_ring(neck, -reach)]
        _fill(draw, (*outer, *head, *inner), WARM)


def _on_ring(degrees: float, outside: float) -> Point:
    angle = math.radians(degrees)
    radius = RING_RADIUS + outside
    return RING_CENTRE[0] + radius * math.cos(angle), RING_CENTRE[1] + radius * math.sin(angle)


def _steps(start: float, end: float, *, count: int = 90) -> list[float]:
    return [start + (end - start) * step / count for step in range(count + 1)]


def _fill(draw: ImageDraw.ImageDraw, points: Iterable[Point], colour: str) -> None:
    draw.polygon([(x * FINER, y * FINER) for x, y in points], fill=colour)


def _write(draw: ImageDraw.ImageDraw, text: str, *, at: Point, size: int, colour: str) -> None:
    """Write a line of text; `at` is the left end of its baseline."""
    font = ImageFont.truetype(FONT, size * FINER)
    draw.text((at[0] * FINER, at[1] * FINER), text, font=font, fill=colour, anchor="ls")


if __name__ == "__main__":
    draw_cover().save(TARGET, optimize=True)
