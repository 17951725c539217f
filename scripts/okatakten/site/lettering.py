"""Letters on pictures: a text is set in the first place and size that have room for it, in whole words if they fit."""

from __future__ import annotations

import io
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from okatakten.site.profile import Paint
from okatakten.site.scene import Box
from okatakten.written.text import composed

_FONTS: Final = Path(__file__).parent / "fonts"
FONT: Final = _FONTS / "atkinson-hyperlegible-next-bold.ttf"
STATEMENT_FONT: Final = _FONTS / "ubuntu-bold.woff2"
"""One of the fonts that Regulation (EU) 2021/1060 allows. Pillow cannot read its format, and a copy in another would be
a font of another name (Ubuntu font licence, "changing formats"), so it is unpacked in memory."""

_RISE: Final = 0.885
_FALL: Final = 0.205
"""From a baseline up to the top of Ô and down to the bottom of g, as parts of the size."""


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
class Place:
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
        return 1 + math.floor((height - size * (_RISE + _FALL)) / leading(size))


def can_write(text: str) -> bool:
    """Return whether the font of titles has every letter of a text: another one would be shown as an empty box."""
    return not missing_letters(text)


def missing_letters(text: str) -> str:
    """Return the letters of a text that the font of titles lacks, in order."""
    return "".join(sorted(set("".join(words_of(text))) - letters_of(Part.TITLE)))


_SIGNS: Final = str.maketrans({
    "\u00ad": "", "\u2060": "", "\ufeff": "", "\u200b": " ", "\u2007": "\u00a0", "\u202f": "\u00a0",
    "\u2010": "-", "\u2011": "-",
})  # fmt: skip
"""What the font lacks and nobody would miss: marks of where a line may end, narrow spaces and other hyphens."""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are written on a picture. A no-break space holds its words together."""
    plain = composed(text).translate(_SIGNS)
    return [word for word in re.split(r"[^\S\u00a0]+", plain) if word.strip()]


def is_writable(text: str, part: Part) -> bool:
    words = words_of(text)
    return bool(words) and letters_of(part).issuperset("".join(words))


@cache
def letters_of(part: Part) -> frozenset[str]:
    with TTFont(STATEMENT_FONT if part == Part.STATEMENT else FONT) as font:
        return frozenset(map(chr, font.getBestCmap()))


@cache
def _statement_font() -> bytes:
    unpacked = io.BytesIO()
    with TTFont(STATEMENT_FONT, recalcTimestamp=False) as font:
        font.flavor = None
        font.save(unpacked)
    return unpacked.getvalue()


@cache
def font_of(part: Part, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_statement_font()) if part == Part.STATEMENT else FONT, size)


@lru_cache(maxsize=64)
def set_text(text: str, *places: Place) -> Block | None:
    """Return a text in the first place and size that have room for it in whole words; None if it cannot be written."""
    if not is_writable(text, places[0].part):
        return None
    words = words_of(text)
    for place in places:
        for size in place.sizes:
            lines = wrap(words, font_of(place.part, size), width=place.width, most=place.most_lines(size))
            if lines:
                return _block(lines, place, size=size)
    place, size = places[-1], places[-1].sizes[-1]
    font, most = font_of(place.part, size), place.most_lines(size)
    for keep in (True, False):
        lines = fill(words, font, width=place.width, keep=keep)
        if len(lines) <= most:
            return _block(lines, place, size=size)
    *lines, last = lines[:most]
    while not width_of(f"{last}…", font) <= place.width:
        last = last[:-1]
    return _block([*lines, f"{last}…"], place, size=size, whole=False)


def leading(size: int) -> int:
    """Return how far below each other lines stand: so far that a g above never touches an Ô."""
    return math.ceil(size * 1.12)


def width_of(text: str, font: ImageFont.FreeTypeFont) -> float:
    """Return the width of a line, with the space around letters that belongs to them."""
    left, _, right, _ = font.getbbox(text, anchor="ls")
    return right - left


@lru_cache(maxsize=64)
def shape_of(text: str, part: Part, size: int) -> tuple[Image.Image, Box]:
    """Return what is seen of a line, and where that is in relation to the left end of its baseline."""
    font = font_of(part, size)
    left, top, right, bottom = (math.floor(edge) for edge in font.getbbox(text, anchor="ls"))
    mask = Image.new("L", (right - left + 2 * size, bottom - top + 2 * size), 0)
    x, y = size - left, size - top
    ImageDraw.Draw(mask).text((x, y), text, font=font, fill=255, anchor="ls")
    seen = Box(*(mask.getbbox() or (x, y, x, y)))
    return mask.crop(seen), Box(seen.left - x, seen.top - y, seen.right - x, seen.bottom - y)


def wrap(words: Sequence[str], font: ImageFont.FreeTypeFont, *, width: int, most: int) -> list[str]:
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
    return wrapped if all(width_of(line, font) <= width for line in wrapped) else []


def fill(words: Iterable[str], font: ImageFont.FreeTypeFont, *, width: int, keep: bool) -> list[str]:
    """Return lines with words broken at their ends: those wider than a line, or without `keep` any."""
    lines, line = [], ""
    for word in words:
        rest = word
        while rest:
            before = f"{line} " if line else ""
            if width_of(before + rest, font) <= width:
                line, rest = before + rest, ""
                continue
            if not line or not (keep and width_of(rest, font) <= width):
                head = _head(before, rest, font, width=width)
                line = before + head + _hyphen(head, rest) if head else line
                rest = rest[len(head) :]
            lines.append(line)
            line = ""
    return [*lines, line] if line else lines


def _head(before: str, word: str, font: ImageFont.FreeTypeFont, *, width: int) -> str:
    """Return what of a word has room at the end of a line, with the hyphen after it."""

    def width_to(end: int) -> int:
        return math.ceil(width_of(before + word[:end] + _hyphen(word[:end], word), font))

    return word[: bisect_right(range(1, len(word)), width, key=width_to)]


def _hyphen(head: str, word: str) -> str:
    return "-" if head[-1:].isalpha() and word[len(head) : len(head) + 1].isalpha() else ""


def _block(texts: Sequence[str], place: Place, *, size: int, whole: bool = True) -> Block:
    """Return lines in their place, aligned by what is seen of the letters and not by the space that belongs to them."""
    step = leading(size)
    inks = [shape_of(text, place.part, size)[1] for text in texts]
    if place.centred:
        cap = -shape_of("H", place.part, size)[1].top
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


def placed(block: Block) -> Iterator[tuple[Image.Image, Box]]:
    """Yield how far a line's letters cover each pixel, and where that is."""
    for line in block.lines:
        letters, (left, top, right, bottom) = shape_of(line.text, block.part, block.size)
        yield letters, Box(line.x + left, line.y + top, line.x + right, line.y + bottom)
