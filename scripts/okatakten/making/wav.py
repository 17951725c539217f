"""Whether a WAV file holds more sound than it says: its recorder lost its power before it wrote how much there is.

Sources: Multimedia Programming Interface (RIFF), EBU Tech 3306 (RF64).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

_HEADER: Final = 8
_UNKNOWN: Final = 0xFFFFFFFF
"""The size stands in the chunk `ds64`, or nowhere."""
_CHUNKS: Final = 1000


def goes_on(path: Path) -> bool:
    """Return whether what lies behind the sound, as far as that is said, is sound too, and no other chunks."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            told = _told_end(file, end)
            # A chunk of an odd length has a byte more, which some programs forget.
            return told is not None and told < end and not any(_ends(file, place, end) for place in (told, told + 1))
    except OSError:
        return False


def _told_end(file: BinaryIO, end: int) -> int | None:
    """Return where the sound ends as the file says; None where it does not say, or is no WAV."""
    file.seek(0)
    beginning = file.read(12)
    if beginning[:4] not in {b"RIFF", b"RF64", b"BW64"} or beginning[8:] != b"WAVE":
        return None
    large = 0
    for kind, place, size in _chunks(file, 12, end):
        if kind == b"ds64":
            file.seek(place + _HEADER)
            large = int.from_bytes(file.read(8), "little")
        elif kind == b"data":
            known = large if size == _UNKNOWN else size
            return place + known if known or beginning[:4] != b"RIFF" else None
    return None


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, place of what it holds, and size of each chunk."""
    for _ in range(_CHUNKS):
        file.seek(start)
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return
        size = int.from_bytes(header[4:], "little")
        yield header[:4], start + _HEADER, size
        start += _HEADER + size + size % 2
        if start >= end:
            return


def _ends(file: BinaryIO, start: int, end: int) -> bool:
    """Return whether nothing but chunks or a tag, or no more than a chunk's header, is left."""
    file.seek(start)
    if file.read(3) in {b"ID3", b"TAG", b"APE"}:
        return True
    left = start
    for kind, place, size in _chunks(file, start, end):
        if not all(0x20 <= byte < 0x7F for byte in kind):
            break
        left = place + size
    return end - left <= _HEADER
