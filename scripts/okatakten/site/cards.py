"""Share pictures: what stands beside a link to a page in social media and messages (Open Graph, 1200 × 630 pixels).

The picture is the cover of the podcast lying down: sky, fjäll and lake. The title stands in the sky, who it is from on
the lake. The longer the title, the lower the fjäll and the circle that sets behind them, so that all text stands on one
calm ground. Only the text differs from page to page; the rest (`scene`) is drawn once.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, cast

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont, features

from okatakten.disk.memory import recall
from okatakten.site import mark as marks
from okatakten.site import scene
from okatakten.site.mark import read_mark
from okatakten.site.profile import EU_BLUE, EU_GOLD, WHITE, Paint
from okatakten.site.scene import EMBLEM, HEIGHT, MARK, SHORE, WIDTH, Box, draw_scene
from okatakten.written.text import composed

_FONTS: Final = Path(__file__).parent / "fonts"
_FONT: Final = _FONTS / "atkinson-hyperlegible-next-bold.ttf"
STATEMENT_FONT: Final = _FONTS / "ubuntu-bold.woff2"
"""One of the fonts that Regulation (EU) 2021/1060 allows. Pillow cannot read its format, and a copy in another would be
a font of another name (Ubuntu font licence, "changing formats"), so it is unpacked in memory."""

_RISE: Final = 0.885
_FALL: Final = 0.205
"""From a baseline up to the top of Ô and down to the bottom of g, as parts of the size."""

_ROOM: Final = 8  # between a colour that is to be exact and any other, see _palette
_COMPRESSION: Final = zlib.Z_RLE  # a third of the work of zlib's usual way, for a quarter more bytes


class Ink(StrEnum):
    """Which of a picture's colours a text has: the warm one stands out too little."""

    TEXT = "text"
    QUIET = "quiet"

    def of(self, paint: Paint) -> str:
        return str(getattr(paint, self))


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
    ink: Ink
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
    ink: Ink
    centred: bool = False

    @property
    def width(self) -> int:
        return self.box.right - self.box.left

    def most_lines(self, size: int) -> int:
        height = self.box.bottom - self.box.top
        return 1 + math.floor((height - size * (_RISE + _FALL)) / _leading(size))


_RISES: Final = (190, 134, 76, 36, 0)
_SKY_LEFT: Final = 28  # between a title and the highest peak

_KIND: Final = _Place(part=Part.KIND, box=Box(60, 50, 1140, 98), sizes=range(40, 19, -2), ink=Ink.QUIET)
_SKIES: Final = ((334, range(104, 67, -4)), (392, range(64, 51, -4)), (494, (49, 47, 44, 42, 40)))
"""As large as there is room for above high fjäll, or else above lower ones."""
_TITLES: Final = tuple(
    _Place(part=Part.TITLE, box=Box(60, 102, 1140, bottom), sizes=sizes, ink=Ink.TEXT) for bottom, sizes in _SKIES
)
_TITLES_ALONE: Final = tuple(
    replace(place, box=place.box._replace(top=top)) for place, top in zip(_TITLES, (58, 58, 44), strict=True)
)
_PLAIN: Final = _Place(part=Part.SHOW, box=Box(60, 66, 1140, 276), sizes=range(176, 39, -4), ink=Ink.TEXT)
_SHOW: Final = _Place(part=Part.SHOW, box=Box(156, 511, 680, 553), sizes=range(36, 11, -2), ink=Ink.TEXT)
_OWNER: Final = _Place(part=Part.OWNER, box=Box(156, 555, 690, 590), sizes=range(31, 11, -1), ink=Ink.QUIET)
_OWNER_ALONE: Final = _Place(
    part=Part.OWNER, box=Box(156, 508, 680, 590), sizes=range(30, 11, -1), ink=Ink.TEXT, centred=True
)
_STATEMENT: Final = _Place(
    part=Part.STATEMENT, box=Box(839, 508, 1150, 590), sizes=range(32, 11, -1), ink=Ink.TEXT, centred=True
)


def can_write(text: str) -> bool:
    """Return whether the font of titles has every letter of a text: another one would be shown as an empty box."""
    return not missing_letters(text)


def missing_letters(text: str) -> str:
    """Return the letters of a text that the font of titles lacks, in order."""
    return "".join(sorted(set("".join(_words(text))) - _letters(Part.TITLE)))


def draw_card(card: Card, *, paint: Paint) -> bytes:
    """Return the picture as PNG. A title that cannot be written is left out, as is any other such text.

    Raises StatementError: the words beside the emblem are never left out.
    """
    layout = card_layout(card)
    own = [block for block in layout.blocks if block.part in _OWN]
    image = _ground(layout.rise, tuple(block for block in layout.blocks if block.part not in _OWN), paint).copy()
    for block in own:
        edges = _edges(layout.rise, block.ink, paint)
        for letters, box in _placed(block):
            image.paste(letters.point(edges), box)
    content = io.BytesIO()
    image.save(content, "PNG", compress_type=_COMPRESSION)
    return content.getvalue()


def make_card(card: Card, *, paint: Paint, cache: Path) -> bytes:
    """Return the picture, from the folder `cache` if it has been drawn before."""
    return recall(cache, _makers() + repr((card, paint)).encode(), make=lambda: draw_card(card, paint=paint))


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
    plain = composed(text).translate(_SIGNS)
    return [word for word in re.split(r"[^\S\u00a0]+", plain) if word.strip()]


def _writable(text: str, part: Part) -> bool:
    words = _words(text)
    return bool(words) and _letters(part).issuperset("".join(words))


@cache
def _letters(part: Part) -> frozenset[str]:
    with TTFont(STATEMENT_FONT if part == Part.STATEMENT else _FONT) as font:
        return frozenset(map(chr, font.getBestCmap()))


@cache
def _statement_font() -> bytes:
    unpacked = io.BytesIO()
    with TTFont(STATEMENT_FONT, recalcTimestamp=False) as font:
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
    return Block(part=place.part, lines=lines, size=size, ink=place.ink, box=box, whole=whole)


# Picture


@lru_cache(maxsize=8)
def _ground(rise: int, blocks: tuple[Block, ...], paint: Paint) -> Image.Image:
    """Return a picture in its few colours with all that others have, too. It is the same image every time."""
    image = draw_scene(rise, paint).copy()
    for block in blocks:
        for letters, box in _placed(block):
            image.paste(block.ink.of(paint), box, letters)
    return image.quantize(palette=_palette(rise, paint), dither=Image.Dither.NONE)


@lru_cache(maxsize=16)
def _edges(rise: int, ink: Ink, paint: Paint) -> list[int]:
    """Return which of a picture's colours a pixel in the sky has that is covered by a letter to so many 255ths."""
    image = Image.new("RGB", (256, 1), paint.sky)
    image.paste(ink.of(paint), (0, 0, 256, 1), Image.frombytes("L", (256, 1), bytes(range(256))))
    return list(image.quantize(palette=_palette(rise, paint), dither=Image.Dither.NONE).tobytes())


def _placed(block: Block) -> Iterator[tuple[Image.Image, Box]]:
    """Yield how far a line's letters cover each pixel, and where that is."""
    for line in block.lines:
        letters, (left, top, right, bottom) = _shape(line.text, block.part, block.size)
        yield letters, Box(line.x + left, line.y + top, line.x + right, line.y + bottom)


@lru_cache(maxsize=8)
def _palette(rise: int, paint: Paint) -> Image.Image:
    """Return the 256 colours of a picture: its grounds, the edges of letters on them, and the commonest others.

    A picture weighs half as much with them and is written four times as fast, and nobody can see the difference.
    """
    counted = cast("list[tuple[int, tuple[int, ...]]]", draw_scene(rise, paint).getcolors(WIDTH * HEIGHT))
    common = [colour for _, colour in sorted(counted, reverse=True)]
    edges = [
        tuple(round(one + (other - one) * step / 24) for one, other in zip(*map(_rgb, pair), strict=True))
        for pair in itertools.product((paint.sky, paint.lake), (paint.text, paint.quiet))
        for step in range(25)
    ]
    exact = [_rgb(colour) for colour in exact_colours(paint)]
    # Pillow looks colours up in steps of four: one that is to stay as it is needs room around it.
    apart = [colour for colour in (*edges, *common) if min(_distance(colour, other) for other in exact) > _ROOM]
    colours = list(dict.fromkeys([*exact, *apart]))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(itertools.chain.from_iterable(colours)))
    return palette


def exact_colours(paint: Paint) -> tuple[str, ...]:
    """Return the colours that are the same in a picture as where they were chosen."""
    drawn = (paint.sky, paint.far, paint.snow, paint.near, paint.forest, paint.lake, paint.warm)
    mark = (shape.colour for shape in read_mark(paint.mark))
    return tuple(dict.fromkeys([*drawn, *mark, WHITE, EU_BLUE, EU_GOLD, paint.text, paint.quiet]))


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(mine - yours) for mine, yours in zip(one, other, strict=True))


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@cache
def _makers() -> bytes:
    """Return what stands for the code, the fonts and the library: without Raqm, Pillow sets letters without kerning."""
    paths = Path(__file__), Path(scene.__file__), Path(marks.__file__), _FONT, STATEMENT_FONT
    files = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)
    return files + f"{version('pillow')} {features.check('raqm')}".encode()
