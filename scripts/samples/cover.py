"""Draw the cover of a podcast whose name is two words: `python scripts/samples/cover.py cover-2.png "Podd om …"`.

Its name and owner are those of `podcast/show.yml`, its colours those of `overrides/profile/`. A cover that is out in
the world keeps its file and its name, since apps fetch a picture once per address: a new one is a new file beside it,
which `podcast/show.yml` then names.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from okatakten.model import Show
from okatakten.site.profile import Paint
from okatakten.site.project import read_project

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "scripts" / "okatakten" / "site" / "fonts" / "atkinson-hyperlegible-next-bold.ttf"
FOLDER = ROOT / "podcast"

SIDE = 3000
FINER = 2  # Drawn twice as large and scaled down, since Pillow draws polygons with jagged edges.

Point = tuple[float, float]

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


def draw_cover(show: Show, about: str, *, paint: Paint) -> Image.Image:
    """Return the cover, 3000 by 3000 pixels in RGB without transparency; `about` is the line below the name."""
    canvas = Image.new("RGB", (SIDE * FINER, SIDE * FINER), paint.cover)
    draw = ImageDraw.Draw(canvas)
    _draw_ring(draw, paint.warm)
    _fill(draw, _down_to_shore(FAR_RIDGE), paint.far)
    for cap in SNOW_CAPS:
        _fill(draw, cap, paint.snow)
    _fill(draw, _down_to_shore(NEAR_RIDGE), paint.near)
    _fill(draw, _down_to_shore(FOREST_EDGE), paint.forest)
    _fill(draw, ((0, SHORE), (SIDE, SHORE), (SIDE, SIDE), (0, SIDE)), paint.lake)
    for left, top, width in RIPPLES:
        _fill(draw, ((left, top), (left + width, top), (left + width, top + 12), (left, top + 12)), paint.ripple)
    first, second = show.title.split()
    _write(draw, first, at=(204, 935), size=800, colour=paint.snow)
    _write(draw, second, at=(210, 1580), size=800, colour=paint.snow)
    _write(draw, about, at=(216, 2690), size=176, colour=paint.snow)
    _write(draw, show.author, at=(216, 2862), size=124, colour=paint.warm)
    return canvas.resize((SIDE, SIDE), Image.Resampling.BOX)


def _down_to_shore(ridge: Iterable[Point]) -> tuple[Point, ...]:
    return (*ridge, (SIDE, SHORE), (0, SHORE))


def _draw_ring(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """Draw a circle of arrows, the same all the way round: what is used goes on being used."""
    turn = 360 / ARROWS
    for arrow in range(ARROWS):
        start = arrow * turn - 60 + GAP / 2
        neck = start + turn - GAP - ARROW_ANGLE
        outer = [_on_ring(angle, RING_WIDTH / 2) for angle in _steps(start, neck)]
        inner = [_on_ring(angle, -RING_WIDTH / 2) for angle in _steps(neck, start)]
        reach = RING_WIDTH / 2 + ARROW_REACH
        head = [_on_ring(neck, reach), _on_ring(neck + ARROW_ANGLE, 0), _on_ring(neck, -reach)]
        _fill(draw, (*outer, *head, *inner), colour)


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


def main(name: str, about: str) -> None:
    """Write a cover into podcast/. Raises FileExistsError: one that is there is never drawn over."""
    reading = read_project(ROOT)
    assert reading.show
    assert reading.profile
    with (FOLDER / name).open("xb") as file:
        draw_cover(reading.show, about, paint=reading.profile.paint()).save(file, "PNG", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
