"""Share pictures: what stands beside a link to a page in social media and messages (Open Graph, 1200 × 630 pixels).

The picture is the cover of the podcast lying down: sky, fjäll and lake. The title stands in the sky, who it is from on
the lake. The longer the title, the lower the fjäll and the circle that sets behind them, so that all text stands on one
calm ground. Only the text differs from page to page; the rest (`scene`) is drawn once.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, cast

from PIL import Image, features

from okatakten.disk.memory import recall
from okatakten.site import lettering, scene
from okatakten.site import mark as marks
from okatakten.site.lettering import FONT, STATEMENT_FONT, Block, Ink, Part, Place, is_writable, placed, set_text
from okatakten.site.mark import read_mark
from okatakten.site.profile import EU_BLUE, EU_GOLD, WHITE, Paint
from okatakten.site.scene import EMBLEM, HEIGHT, MARK, SHORE, WIDTH, Box, draw_scene

_ROOM: Final = 8  # between a colour that is to be exact and any other, see _palette
_COMPRESSION: Final = zlib.Z_RLE  # a third of the work of zlib's usual way, for a quarter more bytes
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
class Layout:
    """Where everything stands. `rise` is how high the fjäll are above the shore."""

    rise: int
    blocks: tuple[Block, ...]
    mark: Box
    emblem: Box


_RISES: Final = (190, 134, 76, 36, 0)
_SKY_LEFT: Final = 28  # between a title and the highest peak

_KIND: Final = Place(part=Part.KIND, box=Box(60, 50, 1140, 98), sizes=range(40, 19, -2), ink=Ink.QUIET)
_SKIES: Final = ((334, range(104, 67, -4)), (392, range(64, 51, -4)), (494, (49, 47, 44, 42, 40)))
"""As large as there is room for above high fjäll, or else above lower ones."""
_TITLES: Final = tuple(
    Place(part=Part.TITLE, box=Box(60, 102, 1140, bottom), sizes=sizes, ink=Ink.TEXT) for bottom, sizes in _SKIES
)
_TITLES_ALONE: Final = tuple(
    replace(place, box=place.box._replace(top=top)) for place, top in zip(_TITLES, (58, 58, 44), strict=True)
)
_PLAIN: Final = Place(part=Part.SHOW, box=Box(60, 66, 1140, 276), sizes=range(176, 39, -4), ink=Ink.TEXT)
_SHOW: Final = Place(part=Part.SHOW, box=Box(156, 511, 680, 553), sizes=range(36, 11, -2), ink=Ink.TEXT)
_OWNER: Final = Place(part=Part.OWNER, box=Box(156, 555, 690, 590), sizes=range(31, 11, -1), ink=Ink.QUIET)
_OWNER_ALONE: Final = Place(
    part=Part.OWNER, box=Box(156, 508, 680, 590), sizes=range(30, 11, -1), ink=Ink.TEXT, centred=True
)
_STATEMENT: Final = Place(
    part=Part.STATEMENT, box=Box(839, 508, 1150, 590), sizes=range(32, 11, -1), ink=Ink.TEXT, centred=True
)


def draw_card(card: Card, *, paint: Paint) -> bytes:
    """Return the picture as PNG. A title that cannot be written is left out, as is any other such text.

    Raises StatementError: the words beside the emblem are never left out.
    """
    layout = card_layout(card)
    own = [block for block in layout.blocks if block.part in _OWN]
    image = _ground(layout.rise, tuple(block for block in layout.blocks if block.part not in _OWN), paint).copy()
    for block in own:
        edges = _edges(layout.rise, block.ink, paint)
        for letters, box in placed(block):
            image.paste(letters.point(edges), box)
    content = io.BytesIO()
    image.save(content, "PNG", compress_type=_COMPRESSION)
    return content.getvalue()


def make_card(card: Card, *, paint: Paint, cache: Path) -> bytes:
    """Return the picture, from the folder `cache` if it has been drawn before."""
    return recall(cache, _makers() + repr((card, paint)).encode(), make=lambda: draw_card(card, paint=paint))


def card_layout(card: Card) -> Layout:
    """Return where everything stands on the picture. Raises StatementError."""
    if is_writable(card.title, Part.TITLE):
        kind = set_text(card.kind, _KIND)
        title = set_text(card.title, *(_TITLES if kind else _TITLES_ALONE))
        if kind and title and not title.whole:
            # 255 of the widest letters: the title needs the line of its kind.
            kind, title = None, set_text(card.title, *_TITLES_ALONE)
        blocks = [kind, title, set_text(card.show, _SHOW), set_text(card.owner, _OWNER)]
    else:
        blocks = [set_text(card.show, _PLAIN), set_text(card.owner, _OWNER_ALONE)]
    statement = set_text(card.eu_statement, _STATEMENT)
    if not (statement and statement.whole):
        raise StatementError(card.eu_statement)
    placed = tuple(block for block in (*blocks, statement) if block)
    lowest = max((block.box.bottom for block in placed if block.part == Part.TITLE), default=0)
    rise = next((rise for rise in _RISES if lowest + _SKY_LEFT <= SHORE - rise), 0)
    return Layout(rise=rise, blocks=placed, mark=MARK, emblem=EMBLEM)


# Picture


@lru_cache(maxsize=8)
def _ground(rise: int, blocks: tuple[Block, ...], paint: Paint) -> Image.Image:
    """Return a picture in its few colours with all that others have, too. It is the same image every time."""
    image = draw_scene(rise, paint).copy()
    for block in blocks:
        for letters, box in placed(block):
            image.paste(block.ink.of(paint), box, letters)
    return image.quantize(palette=_palette(rise, paint), dither=Image.Dither.NONE)


@lru_cache(maxsize=16)
def _edges(rise: int, ink: Ink, paint: Paint) -> list[int]:
    """Return which of a picture's colours a pixel in the sky has that is covered by a letter to so many 255ths."""
    image = Image.new("RGB", (256, 1), paint.sky)
    image.paste(ink.of(paint), (0, 0, 256, 1), Image.frombytes("L", (256, 1), bytes(range(256))))
    return list(image.quantize(palette=_palette(rise, paint), dither=Image.Dither.NONE).tobytes())


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
    modules = Path(__file__), Path(lettering.__file__), Path(scene.__file__), Path(marks.__file__)
    files = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in (*modules, FONT, STATEMENT_FONT))
    return files + f"{version('pillow')} {features.check('raqm')}".encode()
