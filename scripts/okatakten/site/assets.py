"""What lies in overrides/assets/, as it is published.

Names that hold a hash of their content let browsers keep what is behind them for good.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

import rcssmin
import rjsmin

from okatakten.addresses import MARK, TOUCH_ICON
from okatakten.disk.memory import code, recall
from okatakten.site.profile import PLACE, Paint, Profile
from okatakten.site.scene import draw_icon

HASHED: Final = "assets/hashed/"
"""A folder of their own: static hosts tell files apart by folder, not by the middle of a name."""

_NAMED: Final = {".css", ".js", ".png", ".svg", ".woff2"}
_EVERYWHERE: Final = "assets/site.css"
"""Stands on every page, and has the values of style sheets with no place for their own."""
_TOO_INVOLVED: Final = re.compile(r"\$\{[^}]*`|\b(?:await|case|delete|do|else|in|of|typeof|void|yield)\s*/(?![/*])")
"""What rjsmin takes for something else: a text within a text, and a regular expression after a word."""


def _shorter_script(script: str) -> str:
    return script if _TOO_INVOLVED.search(script) else str(rjsmin.jsmin(script))


_SHORTER: Final = {".css": rcssmin.cssmin, ".js": _shorter_script}
"""Take out what styles and scripts tell those who work on them, and no browser."""
_URL: Final = re.compile(r'url\("([^"]+)"\)')


def with_profile(contents: Mapping[str, bytes], profile: Profile, *, cache: Path) -> dict[str, bytes]:
    """Return the assets by their addresses as they are published: in the colours of the profile, and with its mark.

    In the folder `cache` the icon is remembered.
    """
    styles = {path: content.decode() for path, content in contents.items() if _is_style(path)}
    beside = "".join(style for style in styles.values() if PLACE not in style)
    styled = {
        path: profile.style(style, beside=beside if path == _EVERYWHERE else "").encode()
        for path, style in styles.items()
    }
    paint = profile.paint()
    icon = recall(cache, code() + repr(paint).encode(), make=lambda: _icon(paint))
    return {**contents, **styled, MARK: profile.mark.encode(), TOUCH_ICON: icon}


def _icon(paint: Paint) -> bytes:
    icon = BytesIO()
    draw_icon(paint).save(icon, "PNG", optimize=True)
    return icon.getvalue()


def name_assets(contents: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Return the hashed address and the content of every asset, by its own address: `assets/site.css`.

    A style sheet names the hashed fonts, so a new font gives it a new name, too. Styles and scripts are as short as
    browsers need them. KeyError: there is no such font.
    """
    named: dict[str, tuple[str, bytes]] = {}
    for path in sorted(contents, key=lambda path: (_is_style(path), path)):
        if PurePosixPath(path).suffix in _NAMED:
            content = _with_hashed(contents[path], path, named) if _is_style(path) else contents[path]
            if shorter := _SHORTER.get(PurePosixPath(path).suffix):
                content = shorter(content.decode()).encode()
            named[path] = (_hashed_path(path, content), content)
    return named


def _is_style(path: str) -> bool:
    return path.endswith(".css")


def _hashed_path(path: str, content: bytes) -> str:
    name = PurePosixPath(path)
    return f"{HASHED}{name.stem}.{hashlib.sha256(content).hexdigest()[:12]}{name.suffix}"


def _with_hashed(style: bytes, path: str, named: Mapping[str, tuple[str, bytes]]) -> bytes:
    def replace(match: re.Match[str]) -> str:
        address, _ = named[str(PurePosixPath(path).parent / match[1])]
        return f'url("{quote(address.removeprefix(HASHED))}")'

    return _URL.sub(replace, style.decode()).encode()
