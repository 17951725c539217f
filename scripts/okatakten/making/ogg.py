"""Whether an Ogg file breaks off in the middle of a page: neither ffmpeg nor mutagen says so.

Source: RFC 3533, section 6 (the header of a page).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

_MARK: Final = b"OggS"
_HEADER: Final = 27
"""Bytes of a header up to the lengths of the segments; the last one of them counts those."""
_LARGEST: Final = 1 << 17
"""Bytes of two pages, a little more than there can be."""


def breaks_off(path: Path) -> bool:
    """Return whether the last page of an Ogg file is not all there. What stands behind a whole one is no sound."""
    with path.open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            return False
        file.seek(max(file.seek(0, 2) - _LARGEST, 0))
        content = file.read()
    place = content.rfind(_MARK)
    page = content[place:]
    lengths = page[_HEADER : _HEADER + page[_HEADER - 1]] if len(page) >= _HEADER else b""
    is_told = len(page) >= _HEADER and len(lengths) == page[_HEADER - 1]
    return place >= 0 and not (is_told and len(page) >= _HEADER + len(lengths) + sum(lengths))
