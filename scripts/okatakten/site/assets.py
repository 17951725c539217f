"""Names that hold a hash of their content, so that browsers may keep what is behind them for good."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

HASHED: Final = "assets/hashed/"
"""A folder of their own: static hosts tell files apart by folder, not by the middle of a name."""

_NAMED: Final = {".css", ".js", ".svg", ".woff2"}
_COMMENT: Final = re.compile(r"/\*.*?\*/\s*|(?<=\n)[ \t]+", re.DOTALL)
"""What a style sheet tells those who work on it, and no browser. A string of ours holds neither."""
_URL: Final = re.compile(r'url\("([^"]+)"\)')


def name_assets(contents: Mapping[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Return the hashed address and the content of every asset, by its own address: `assets/site.css`.

    A style sheet names the hashed fonts, so a new font gives it a new name, too. KeyError: there is no such font.
    """
    named: dict[str, tuple[str, bytes]] = {}
    for path in sorted(contents, key=lambda path: (path.endswith(".css"), path)):
        if PurePosixPath(path).suffix in _NAMED:
            content = _with_hashed(contents[path], path, named) if path.endswith(".css") else contents[path]
            named[path] = (_hashed_path(path, content), content)
    return named


def _hashed_path(path: str, content: bytes) -> str:
    name = PurePosixPath(path)
    return f"{HASHED}{name.stem}.{hashlib.sha256(content).hexdigest()[:12]}{name.suffix}"


def _with_hashed(style: bytes, path: str, named: Mapping[str, tuple[str, bytes]]) -> bytes:
    def replace(match: re.Match[str]) -> str:
        address, _ = named[str(PurePosixPath(path).parent / match[1])]
        return f'url("{address.removeprefix(HASHED)}")'

    return _URL.sub(replace, _COMMENT.sub("", style.decode())).encode()
