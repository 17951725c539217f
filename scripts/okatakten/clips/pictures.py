"""The picture that the words of a clip stand on, a still of it, and a quotation as a picture of its own.

From above: the show's mark and name, the title of the episode, the words, the sound as bars, the European emblem. What
the networks lay their own over is left free: of a square the lowest fifth, of a whole phone more, above as well.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from okatakten.clips.said import Page
from okatakten.model import Shape
from okatakten.rules import CLIP_SIZES
from okatakten.site.cards import StatementError
from okatakten.site.lettering import Block, Ink, Part, Place, font_of, leading, placed, set_text
from okatakten.site.mark import draw_mark, read_mark
from okatakten.site.profile import Paint
from okatakten.site.scene import EMBLEM, EMBLEM_BORDER, SHORE, WIDTH, Box, draw_scene

_FREE: Final = {Shape.SQUARE: (52, 216), Shape.PORTRAIT: (66, 270), Shape.TALL: (270, 672), Shape.LANDSCAPE: (52, 216)}
"""Pixels that are left free, above and below."""
_SIDE: Final = {Shape.SQUARE: 64, Shape.PORTRAIT: 64, Shape.TALL: 66, Shape.LANDSCAPE: 160}
_RISES: Final = {Shape.LANDSCAPE: 76}
_RISE: Final = 134
"""How high the fjäll are, of those that `draw_scene` knows."""
_SKY: Final = 16
"""Pixels above them: the circle that sets behind them is a little higher."""
_MARK: Final = 84
_TITLE: Final = 136
_WAVE: Final = 92
_GAP: Final = 26
LABEL: Final = 40
"""The size of the letters of the name of who speaks."""
_FINER: Final = 4
_BAR: Final = (8, 6)
"""Pixels of a bar, and between two."""
_COLOURS: Final = 96
_QUOTE_SIZES: Final = range(84, 39, -4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where everything stands in a picture of a shape; `words` is for two lines, with the speaker's name above."""

    size: tuple[int, int]
    mark: Box
    names: Box
    title: Box
    words: Box
    wave: Box
    emblem: Box
    statement: Box
    shore: int

    @property
    def width(self) -> int:
        """The pixels that a line may have."""
        return self.words.right - self.words.left

    @property
    def middle(self) -> tuple[int, int]:
        """The point that the two lines stand around."""
        return (self.words.left + self.words.right) // 2, (self.words.top + LABEL + self.words.bottom) // 2

    @property
    def label(self) -> int:
        """How far down the name of who speaks stands, on its baseline."""
        return self.middle[1] - leading(76) - _GAP


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fjall:
    """What of a share picture is taken, and how high that is across the whole of a clip."""

    rise: int
    box: Box
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a picture says beside the words of the clip. `notice` stands below the show's name."""

    show: str
    title: str
    notice: str
    statement: str


def frame_of(shape: Shape) -> Frame:
    """Return where everything stands."""
    width, height = CLIP_SIZES[shape]
    top, free = _FREE[shape]
    left, right = _SIDE[shape], width - _SIDE[shape]
    bottom = height - free
    emblem_width, emblem_height = (EMBLEM.right - EMBLEM.left, EMBLEM.bottom - EMBLEM.top)
    foot = bottom - emblem_height - EMBLEM_BORDER
    names = top + _MARK + _GAP
    wave = foot - _GAP - EMBLEM_BORDER - _WAVE
    beside = left + emblem_width + 2 * EMBLEM_BORDER + 22
    return Frame(
        size=(width, height),
        mark=Box(left, top, left + _MARK, top + _MARK),
        names=Box(left + _MARK + 22, top, right, top + _MARK),
        title=Box(left, names, right, names + _TITLE),
        words=Box(left, names + _TITLE + _GAP, right, wave - _GAP),
        wave=Box(left, wave, right, wave + _WAVE),
        emblem=Box(left + EMBLEM_BORDER, foot, left + EMBLEM_BORDER + emblem_width, foot + emblem_height),
        statement=Box(beside, foot, right, foot + emblem_height),
        shore=bottom + 24 + _fjall(shape).height,
    )


def draw_ground(shape: Shape, said: Said, *, paint: Paint) -> Image.Image:
    """Return all of the picture that stands still. Raises StatementError, as share pictures do."""
    frame = frame_of(shape)
    image = Image.new("RGB", frame.size, paint.sky)
    place = _fjall(shape)
    strip = (
        draw_scene(place.rise, paint).crop(place.box).resize((frame.size[0], place.height), Image.Resampling.LANCZOS)
    )
    image.paste(strip, (0, frame.shore - place.height))
    image.paste(paint.lake, (0, frame.shore, *frame.size))
    _paste_mark(image, frame.mark, paint)
    emblem = draw_scene(0, paint).crop(_around(EMBLEM))
    image.paste(emblem, _around(frame.emblem))
    for block in _blocks(frame, said):
        write(image, block, paint)
    return image


def write(image: Image.Image, block: Block, paint: Paint) -> None:
    """Write a text that has been set."""
    for letters, box in placed(block):
        image.paste(block.ink.of(paint), box, letters)


def bars(frame: Frame, peaks: Sequence[float]) -> list[Box]:
    """Return the sound as bars, from left to right; `peaks` are from 0 to 1."""
    width, gap = _BAR
    middle, half = (frame.wave.top + frame.wave.bottom) // 2, (frame.wave.bottom - frame.wave.top) // 2
    heights = [max(round(half * peak), 3) for peak in peaks]
    lefts = range(frame.wave.left, frame.wave.right, width + gap)
    return [Box(left, middle - high, left + width, middle + high) for left, high in zip(lefts, heights, strict=False)]


def bar_count(frame: Frame) -> int:
    """Return how many bars there is room for."""
    return (frame.wave.right - frame.wave.left + _BAR[1]) // sum(_BAR)


def draw_still(ground: Image.Image, frame: Frame, page: Page | None, peaks: Sequence[float], *, paint: Paint) -> bytes:
    """Return the beginning of a clip as PNG."""
    image = ground.copy()
    draw = ImageDraw.Draw(image)
    for left, top, right, bottom in bars(frame, peaks):
        draw.rectangle((left, top, right - 1, bottom - 1), fill=paint.warm)
    across, down = frame.middle
    if page:
        font, step = font_of(Part.TITLE, page.size), leading(page.size)
        first = down - step * (len(page.lines) - 1) / 2
        for number, line in enumerate(page.lines):
            draw.text((across, first + step * number), line, font=font, fill=paint.text, anchor="mm")
        draw.text((across, frame.label), page.speaker, font=font_of(Part.TITLE, LABEL), fill=paint.quiet, anchor="ms")
    return as_png(image)


def draw_quote(said: Said, quote: str, by: str, *, paint: Paint) -> bytes | None:
    """Return a quotation as a square picture, in PNG; None where it has no room."""
    frame = frame_of(Shape.SQUARE)
    ground = draw_ground(Shape.SQUARE, Said(show=said.show, title="", notice=said.notice, statement=said.statement),
                         paint=paint)  # fmt: skip
    box = Box(frame.title.left, frame.title.top + 20, frame.title.right, frame.wave.bottom - 70)
    words = set_text(quote, Place(part=Part.TITLE, box=box, sizes=_QUOTE_SIZES, ink=Ink.TEXT, centred=True))
    below = Box(box.left, box.bottom + 18, box.right, frame.wave.bottom)
    speaker = set_text(by, Place(part=Part.KIND, box=below, sizes=range(38, 21, -2), ink=Ink.QUIET))
    if not (words and words.whole):
        return None
    for block in (words, speaker):
        if block:
            write(ground, block, paint)
    return as_png(ground)


def as_png(image: Image.Image) -> bytes:
    """Return a picture in few colours, which nobody sees, as PNG."""
    content = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def _blocks(frame: Frame, said: Said) -> list[Block]:
    """Return the texts in place. What cannot be written was told before, but the statement is never left out."""
    middle = (frame.names.top + frame.names.bottom) // 2
    above, below = frame.names._replace(bottom=middle + 6), frame.names._replace(top=middle + 12)
    show = Place(
        part=Part.SHOW, box=above if said.notice else frame.names, sizes=range(44, 19, -2), ink=Ink.TEXT, centred=True
    )
    notice = Place(part=Part.OWNER, box=below, sizes=range(30, 17, -2), ink=Ink.QUIET)
    title = Place(part=Part.TITLE, box=frame.title, sizes=range(56, 23, -2), ink=Ink.QUIET)
    statement = set_text(
        said.statement,
        Place(part=Part.STATEMENT, box=frame.statement, sizes=range(40, 15, -2), ink=Ink.TEXT, centred=True),
    )
    if not (statement and statement.whole):
        raise StatementError(said.statement)
    others = (set_text(said.show, show), set_text(said.notice, notice), set_text(said.title, title))
    return [*(block for block in others if block), statement]


def _fjall(shape: Shape) -> _Fjall:
    rise = _RISES.get(shape, _RISE)
    box = Box(0, SHORE - rise - _SKY, WIDTH, SHORE)
    return _Fjall(rise=rise, box=box, height=round((rise + _SKY) * CLIP_SIZES[shape][0] / WIDTH))


def _paste_mark(image: Image.Image, box: Box, paint: Paint) -> None:
    mark = image.crop(box).resize((_MARK * _FINER, _MARK * _FINER))
    draw_mark(mark, read_mark(paint.mark))
    image.paste(mark.reduce(_FINER), box)


def _around(box: Box) -> Box:
    edge = EMBLEM_BORDER
    return Box(box.left - edge, box.top - edge, box.right + edge, box.bottom + edge)
