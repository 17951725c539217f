"""The pictures of the guide. Each carries the words that it shows, so that it is known when it has grown old."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from textwrap import indent
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import FloatRect, Locator

from support import PROJECT

PICTURES: Final = PROJECT / "podcast/guide"
LOOK: Final[dict[str, Any]] = {
    "viewport": {"width": 960, "height": 1100}, "color_scheme": "light", "reduced_motion": "reduce",
    "locale": "sv-SE", "timezone_id": "Europe/Stockholm",
}  # fmt: skip
"""How the browser looks at what is shown. A picture is as wide, and at most as high."""
_CARRIES: Final = "Description"
_EDGE: Final = 12
_COLOURS: Final = 64
_VARIES: Final = {r"\n *- /url: .*": "", r"−\d+,\d": "−19,0", r"(?m) +$": ""}
"""What stands otherwise for each port, each program that measures sound, and each editor."""
# A browser writes days and times in its own language, whatever the page's is, and that of the tests has English only.
_IN_SWEDISH: Final = "document.querySelectorAll('[type=date], [type=time]').forEach((each) => { each.type = 'text'; })"


def hold(name: str, *parts: Locator) -> None:
    """Hold that a picture of the guide has the words that parts of a page have now, which `make guide` takes anew."""
    words = "\n".join(words_of(part) for part in parts)
    path = PICTURES / f"{name}.png"
    if os.environ.get("KEEP") == "1":
        _take(path, words, parts)
    with Image.open(path) as picture:
        kept = picture.info.get(_CARRIES)
    assert kept == words, f"{path.name} is old: run make guide, and look at what it shows and what the guide says of it"


def hold_said(said: str, *, guide: str) -> None:
    """Hold that the guide shows what a command says, in a step of a list."""
    lines = indent(said.strip("\n"), " " * 7)
    assert _steady(lines) in _steady(guide), f"write into podcast/README.md what the command says now:\n{lines}"


def words_of(part: Locator) -> str:
    """Return what is read and heard of a part, with what it is to a screen reader."""
    return _steady(part.aria_snapshot())


def _steady(words: str) -> str:
    for pattern, instead in _VARIES.items():
        words = re.sub(pattern, instead, words)
    return words


def _take(path: Path, words: str, parts: tuple[Locator, ...]) -> None:
    page = parts[0].page
    page.evaluate(_IN_SWEDISH)
    taken = page.screenshot(clip=_around(parts), animations="disabled")
    carried = PngInfo()
    carried.add_itxt(_CARRIES, words, lang="sv", zip=True)
    with Image.open(io.BytesIO(taken)) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True, pnginfo=carried)


def _around(parts: tuple[Locator, ...]) -> FloatRect:
    """Return the full width of what is seen of the page where some parts of it stand."""
    boxes = [box for part in parts if (box := part.bounding_box())]
    top = max(0, min(box["y"] for box in boxes) - _EDGE)
    bottom = min(LOOK["viewport"]["height"], max(box["y"] + box["height"] for box in boxes) + _EDGE)
    return {"x": 0, "y": top, "width": LOOK["viewport"]["width"], "height": bottom - top}
