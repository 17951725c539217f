"""Share pictures: what stands beside a link to a page in social media and messages (Open Graph, 1200 × 630 pixels).

The picture is the cover of the podcast lying down: sky, fjäll and lake. The title stands in the sky, who it is from on
the lake. The longer the title, the lower the fjäll and the circle that sets behind them, so that all text stands on one
calm ground. Only the text differs from page to page; the rest is drawn once.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple, cast

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont, features

from okatakten.disk.memory import recall

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
QUIET: Final = "#cfe6e6"  # 9.2:1 on the sky, 11.8:1 on the lake; the warm yellow would be 6.6:1 on the sky
EU_BLUE: Final = "#003399"
EU_GOLD: Final = "#ffcc00"
_COLOURS: Final = (
    SKY, FAR, SNOW, NEAR, FOREST, LAKE, WARM, MARK_FJALL, MARK_LAKE, WHITE, QUIET, EU_BLUE, EU_GOLD,
)  # fmt: skip

_FONT: Final = Path(__file__).parent / "fonts" / "atkinson-hyperlegible-next-bold.ttf"
_STATEMENT_FONT: Final = Path(__file__).parents[3] / "overrides" / "documents" / "ubuntu-bold.woff2"
"""One of the fonts that Regulation (EU) 2021/1060 allows. Pillow cannot read its format, and a copy in another would be
a font of another name (Ubuntu font licence, "changing formats"), so it is unpacked in memory."""

_FINER: Final = 4  # Drawn four times as large and scaled down, since Pillow draws polygons with jagged edges.
_RISE: Final = 0.885
_FALL: Final = 0.205
"""From a baseline up to the top of Ô and down to the bottom of g, as parts of the size."""

_ROOM: Final = 8  # between a colour that is to be exact and any other, see _palette
_COMPRESSION: Final = 3  # half the work of zlib's usual 6, for a fifth more bytes
NOT_ON_PICTURE: Final = (
    "{file}: bilden som syns när sidan delas får ingen rubrik, för dess typsnitt saknar {signs}. Skriv titeln på ett "
    "annat sätt."
)


class Part(StrEnum):
    KIND = "kind"
    TITLE = "title"
    SHOW = "show"
    OWNER = "owner"
    STATEMENT = "statement"


_OWN: Final = frozenset({Part.KIND, Part.TITLE})
"""What differs from picture to picture. It stands in the sky, where there is nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a share picture says. Without a title it is the picture that any page may share."""

    title: str
    kind: str
    show: str
    owner: str
    eu_statement: str

    def plain(self) -> Card:
        """Return the picture without title: for a page whose translation nobody has reviewed, or see `can_write`."""
        return replace(self, title="", kind="")


class StatementError(ValueError):
    """The words beside the European emblem must be there in full, and cannot be written or have no room."""


class Box(NamedTuple):
    """In pixels from the top left corner; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; `x` and `y` are the left end of its baseline."""

    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text in place. `box` is what its letters cover; `whole` is False where some did not fit."""

    part: Part
    lines: tuple[Line, ...]
    size: int
    colour: str
    box: Box
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything stands. `rise` is how high the fjäll are above the shore."""

    rise: int
    blocks: tuple[Block, ...]
    mark: Box
    emblem: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a text may stand, and how large."""

    part: Part
    box: Box
    sizes: Sequence[int]
    colour: str
    centred: bool = False

    @property
    def width(self) -> int:
        return self.box.right - self.box.left

    def most_lines(self, size: int) -> int:
        height = self.box.bottom - self.box.top
        return 1 + math.floor((height - size * (_RISE + _FALL)) / _leading(size))


SHORE: Final = 496
MARK: Final = Box(60, 512, 134, 586)
EMBLEM: Final = Box(704, 511, 818, 587)
EMBLEM_BORDER: Final = 3  # a twenty-fifth of the emblem's height, as it stands on a coloured ground
_RISES: Final = (190, 134, 76, 36, 0)
_SKY_LEFT: Final = 28  # between a title and the highest peak
_GRAND: Final = 76  # lower fjäll have no snow, and behind them the circle has set

_KIND: Final = _Place(part=Part.KIND, box=Box(60, 50, 1140, 98), sizes=range(40, 19, -2), colour=QUIET)
_SKIES: Final = ((334, range(104, 67, -4)), (392, range(64, 51, -4)), (494, (49, 47, 44, 42, 40)))
"""As large as there is room for above high fjäll, or else above lower ones."""
_TITLES: Final = tuple(
    _Place(part=Part.TITLE, box=Box(60, 102, 1140, bottom), sizes=sizes, colour=WHITE) for bottom, sizes in _SKIES
)
_TITLES_ALONE: Final = tuple(
    replace(place, box=place.box._replace(top=top)) for place, top in zip(_TITLES, (58, 58, 44), strict=True)
)
_PLAIN: Final = _Place(part=Part.SHOW, box=Box(60, 66, 1140, 276), sizes=range(176, 39, -4), colour=WHITE)
_SHOW: Final = _Place(part=Part.SHOW, box=Box(156, 511, 680, 553), sizes=range(36, 11, -2), colour=WHITE)
_OWNER: Final = _Place(part=Part.OWNER, box=Box(156, 555, 690, 590), sizes=range(31, 11, -1), colour=QUIET)
_OWNER_ALONE: Final = _Place(
    part=Part.OWNER, box=Box(156, 508, 680, 590), sizes=range(30, 11, -1), colour=WHITE, centred=True
)
_STATEMENT: Final = _Place(
    part=Part.STATEMENT, box=Box(839, 508, 1150, 590), sizes=range(32, 11, -1), colour=WHITE, centred=True
)

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


def can_write(text: str) -> bool:
    """Return whether the font of titles has every letter of a text: another one would be shown as an empty box."""
    return not missing_letters(text)


def missing_letters(text: str) -> str:
    """Return the letters of a text that the font of titles lacks, in order."""
    return "".join(sorted(set("".join(_words(text))) - _letters(Part.TITLE)))


def draw_card(card: Card) -> bytes:
    """Return the picture as PNG. A title that cannot be written is left out, as is any other such text.

    Raises StatementError: the words beside the emblem are never left out.
    """
    layout = card_layout(card)
    own = [block for block in layout.blocks if block.part in _OWN]
    image = _ground(layout.rise, tuple(block for block in layout.blocks if block.part not in _OWN)).copy()
    for block in own:
        edges = _edges(layout.rise, block.colour)
        for letters, box in _placed(block):
            image.paste(letters.point(edges), box)
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=_COMPRESSION)
    return content.getvalue()


def make_card(card: Card, *, cache: Path) -> bytes:
    """Return the picture, from the folder `cache` if it has been drawn before."""
    return recall(cache, _makers() + repr(card).encode(), make=lambda: draw_card(card))


def card_layout(card: Card) -> Layout:
    """Return where everything stands on the picture. Raises StatementError."""
    if _writable(card.title, Part.TITLE):
        kind = _set(card.kind, _KIND)
        title = _set(card.title, *(_TITLES if kind else _TITLES_ALONE))
        if kind and title and not title.whole:
            # 255 of the widest letters: the title needs the line of its kind.
            kind, title = None, _set(card.title, *_TITLES_ALONE)
        blocks = [kind, title, _set(card.show, _SHOW), _set(card.owner, _OWNER)]
    else:
        blocks = [_set(card.show, _PLAIN), _set(card.owner, _OWNER_ALONE)]
    statement = _set(card.eu_statement, _STATEMENT)
    if not (statement and statement.whole):
        raise StatementError(card.eu_statement)
    placed = tuple(block for block in (*blocks, statement) if block)
    lowest = max((block.box.bottom for block in placed if block.part == Part.TITLE), default=0)
    rise = next((rise for rise in _RISES if lowest + _SKY_LEFT <= SHORE - rise), 0)
    return Layout(rise=rise, blocks=placed, mark=MARK, emblem=EMBLEM)


# Text

_SIGNS: Final = str.maketrans({
    "\u00ad": "", "\u2060": "", "\ufeff": "", "\u200b": " ", "\u2007": "\u00a0", "\u202f": "\u00a0",
    "\u2010": "-", "\u2011": "-",
})  # fmt: skip
"""What the font lacks and nobody would miss: marks of where a line may end, narrow spaces and other hyphens."""


def _words(text: str) -> list[str]:
    """Return the words of a text as they are written on a picture. A no-break space holds its words together."""
    plain = unicodedata.normalize("NFC", text).translate(_SIGNS)
    return [word for word in re.split(r"[^\S\u00a0]+", plain) if word.strip()]


def _writable(text: str, part: Part) -> bool:
    words = _words(text)
    return bool(words) and _letters(part).issuperset("".join(words))


@cache
def _letters(part: Part) -> frozenset[str]:
    with TTFont(_STATEMENT_FONT if part == Part.STATEMENT else _FONT) as font:
        return frozenset(map(chr, font.getBestCmap()))


@cache
def _statement_font() -> bytes:
    unpacked = io.BytesIO()
    with TTFont(_STATEMENT_FONT, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(unpacked)
    return unpacked.getvalue()


@cache
def _font(part: Part, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_statement_font()) if part == Part.STATEMENT else _FONT, size)


@lru_cache(maxsize=64)
def _set(text: str, *places: _Place) -> Block | None:
    """Return a text in the first place and size that have room for it in whole words; None if it cannot be written."""
    if not _writable(text, places[0].part):
        return None
    words = _words(text)
    for place in places:
        for size in place.sizes:
            lines = _wrap(words, _font(place.part, size), width=place.width, most=place.most_lines(size))
            if lines:
                return _block(lines, place, size=size)
    place, size = places[-1], places[-1].sizes[-1]
    font, most = _font(place.part, size), place.most_lines(size)
    for keep in (True, False):
        lines = _fill(words, font, width=place.width, keep=keep)
        if len(lines) <= most:
            return _block(lines, place, size=size)
    *lines, last = lines[:most]
    while not _width(f"{last}…", font) <= place.width:
        last = last[:-1]
    return _block([*lines, f"{last}…"], place, size=size, whole=False)


def _leading(size: int) -> int:
    """Return how far below each other lines stand: so far that a g above never touches an Ô."""
    return math.ceil(size * 1.12)


def _width(text: str, font: ImageFont.FreeTypeFont) -> float:
    """Return the width of a line, with the space around letters that belongs to them."""
    left, _, right, _ = font.getbbox(text, anchor="ls")
    return right - left


@lru_cache(maxsize=64)
def _shape(text: str, part: Part, size: int) -> tuple[Image.Image, Box]:
    """Return what is seen of a line, and where that is in relation to the left end of its baseline."""
    font = _font(part, size)
    left, top, right, bottom = (math.floor(edge) for edge in font.getbbox(text, anchor="ls"))
    mask = Image.new("L", (right - left + 2 * size, bottom - top + 2 * size), 0)
    x, y = size - left, size - top
    ImageDraw.Draw(mask).text((x, y), text, font=font, fill=255, anchor="ls")
    seen = Box(*(mask.getbbox() or (x, y, x, y)))
    return mask.crop(seen), Box(seen.left - x, seen.top - y, seen.right - x, seen.bottom - y)


def _wrap(words: Sequence[str], font: ImageFont.FreeTypeFont, *, width: int, most: int) -> list[str]:
    """Return as few lines as possible, of lengths as equal as possible; none where `most` lines have no room."""
    widths = [font.getlength(word) for word in words]
    space = font.getlength(" ")
    count = len(words)
    # For the words from each one on: lines, whether one short word is left over, unevenness, where the first line ends.
    best: list[tuple[float, float, float, int]] = [*[(math.inf, 0.0, 0.0, 0)] * count, (0, 0, 0, 0)]
    for start in reversed(range(count)):
        used = -space
        for end in range(start + 1, count + 1):
            used += space + widths[end - 1]
            if used > width:
                break
            lonely = start > 0 and end == count and end - start == 1 and used < width / 4
            lines, others, slack, _ = best[end]
            best[start] = min(best[start], (lines + 1, others + lonely, slack + (width - used) ** 2, end))
    if best[0][0] > most:
        return []
    wrapped, start = [], 0
    while start < count:
        end = best[start][3]
        wrapped.append(" ".join(words[start:end]))
        start = end
    return wrapped if all(_width(line, font) <= width for line in wrapped) else []


def _fill(words: Iterable[str], font: ImageFont.FreeTypeFont, *, width: int, keep: bool) -> list[str]:
    """Return lines with words broken at their ends: those wider than a line, or without `keep` any."""
    lines, line = [], ""
    for word in words:
        rest = word
        while rest:
            before = f"{line} " if line else ""
            if _width(before + rest, font) <= width:
                line, rest = before + rest, ""
                continue
            if not line or not (keep and _width(rest, font) <= width):
                head = _head(before, rest, font, width=width)
                line = before + head + _hyphen(head, rest) if head else line
                rest = rest[len(head) :]
            lines.append(line)
            line = ""
    return [*lines, line] if line else lines


def _head(before: str, word: str, font: ImageFont.FreeTypeFont, *, width: int) -> str:
    """Return what of a word has room at the end of a line, with the hyphen after it."""

    def width_to(end: int) -> int:
        return math.ceil(_width(before + word[:end] + _hyphen(word[:end], word), font))

    return word[: bisect_right(range(1, len(word)), width, key=width_to)]


def _hyphen(head: str, word: str) -> str:
    return "-" if head[-1:].isalpha() and word[len(head) : len(head) + 1].isalpha() else ""


def _block(texts: Sequence[str], place: _Place, *, size: int, whole: bool = True) -> Block:
    """Return lines in their place, aligned by what is seen of the letters and not by the space that belongs to them."""
    step = _leading(size)
    inks = [_shape(text, place.part, size)[1] for text in texts]
    if place.centred:
        cap = -_shape("H", place.part, size)[1].top
        spare = place.box.bottom - place.box.top - cap - step * (len(texts) - 1)
        first = place.box.top + round(spare / 2 + cap)
    else:
        first = place.box.top + math.ceil(size * _RISE)
    lines = tuple(
        Line(text=text, x=place.box.left - ink.left, y=first + step * number)
        for number, (text, ink) in enumerate(zip(texts, inks, strict=True))
    )
    box = Box(
        place.box.left,
        min(line.y + ink.top for line, ink in zip(lines, inks, strict=True)),
        max(line.x + ink.right for line, ink in zip(lines, inks, strict=True)),
        max(line.y + ink.bottom for line, ink in zip(lines, inks, strict=True)),
    )
    return Block(part=place.part, lines=lines, size=size, colour=place.colour, box=box, whole=whole)


# Picture


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


@cache
def _ground(rise: int, blocks: tuple[Block, ...]) -> Image.Image:
    """Return a picture in its few colours with all that others have, too. It is the same image every time."""
    image = draw_scene(rise).copy()
    for block in blocks:
        for letters, box in _placed(block):
            image.paste(block.colour, box, letters)
    return image.quantize(palette=_palette(rise), dither=Image.Dither.NONE)


@cache
def _edges(rise: int, colour: str) -> list[int]:
    """Return which of a picture's colours a pixel in the sky has that is covered by a letter to so many 255ths."""
    image = Image.new("RGB", (256, 1), SKY)
    image.paste(colour, (0, 0, 256, 1), Image.frombytes("L", (256, 1), bytes(range(256))))
    return list(image.quantize(palette=_palette(rise), dither=Image.Dither.NONE).tobytes())


def _placed(block: Block) -> Iterator[tuple[Image.Image, Box]]:
    """Yield how far a line's letters cover each pixel, and where that is."""
    for line in block.lines:
        letters, (left, top, right, bottom) = _shape(line.text, block.part, block.size)
        yield letters, Box(line.x + left, line.y + top, line.x + right, line.y + bottom)


@cache
def _palette(rise: int) -> Image.Image:
    """Return the 256 colours of a picture: its grounds, the edges of letters on them, and the commonest others.

    A picture weighs half as much with them and is written four times as fast, and nobody can see the difference.
    """
    counted = cast("list[tuple[int, tuple[int, ...]]]", draw_scene(rise).getcolors(WIDTH * HEIGHT))
    common = [colour for _, colour in sorted(counted, reverse=True)]
    edges = [
        tuple(round(one + (other - one) * step / 24) for one, other in zip(*map(_rgb, pair), strict=True))
        for pair in itertools.product((SKY, LAKE), (WHITE, QUIET))
        for step in range(25)
    ]
    exact = [_rgb(colour) for colour in _COLOURS]
    # Pillow looks colours up in steps of four: one that is to stay as it is needs room around it.
    apart = [colour for colour in (*edges, *common) if min(_distance(colour, other) for other in exact) > _ROOM]
    colours = list(dict.fromkeys([*exact, *apart]))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(itertools.chain.from_iterable(colours)))
    return palette


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(mine - yours) for mine, yours in zip(one, other, strict=True))


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@cache
def _makers() -> bytes:
    """Return what stands for the code, the fonts and the library: without Raqm, Pillow sets letters without kerning."""
    files = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in (Path(__file__), _FONT, _STATEMENT_FONT))
    return files + f"{version('pillow')} {features.check('raqm')}".encode()
