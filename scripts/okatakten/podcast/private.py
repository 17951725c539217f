"""What an M4A holds that is nobody's business: where it was recorded, with what, by whom, and pictures.

It is published as zeros in boxes of the same size that players skip (`free`), so that no byte of sound moves. Sources:
ISO/IEC 14496-12 (`udta`, `meta`, `uuid`, `free`), QuickTime File Format (metadata, timed metadata).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import BinaryIO, Final

from okatakten.model import Blank
from okatakten.podcast.mp4 import HOLDING, Box, Reader, chunks

_TOLD: Final = {b"udta", b"meta", b"uuid"}
_NEEDED: Final = {
    b"": {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"ssix", b"mfra"},
    b"moov": {b"mvhd", b"iods", b"trak", b"mvex"},
    b"trak": {b"tkhd", b"tref", b"edts", b"mdia"},
}
"""Boxes that sound is played by, at the top of the file and in others; makers of phones have some of their own."""
_LEFT_OVER: Final = {b"free", b"skip", b"wide"}
"""Where a program left room, it may have left what stood there before."""
_MEANT: Final = {b"soun", b"vide", b"text", b"sbtl", b"subt"}
"""Tracks that are meant for whoever listens; others say where the recorder was at each moment."""
_CHAPTERS: Final = b"chpl"
_PADDING: Final = b"iTunSMPB"
"""How much silence the encoder has put before the sound and behind it, which players leave out."""
_NAME_OF_TRACK: Final = 24
"""Where the name of a track begins in its `hdlr`: some programs write there who or what recorded it, and when."""
_DEEPEST: Final = 8
_LARGEST: Final = 1 << 24


def private_parts(file: BinaryIO) -> tuple[Blank, ...]:
    """Return what is not to be published of an MP4 file: all it says of itself but chapters. Raises DamagedError."""
    reader = Reader(file)
    boxes = [*reader.inside(0, reader.size)]
    behind = boxes[-1].end if boxes else 0
    # Some phones put more behind all boxes.
    rest = [Blank(start=behind, end=reader.size)] if behind < reader.size else []
    found = [*_private_boxes(reader, b"", 0, reader.size), *_private_samples(reader), *rest]
    return tuple(sorted(found, key=lambda blank: blank.start))


def _private_boxes(reader: Reader, kind: bytes, start: int, end: int, *, depth: int = 0) -> Iterator[Blank]:
    """Yield what is private of a box of that kind; b"" is the whole file."""
    for box in reader.inside(start, end):
        if box.kind == b"trak" and reader.tables(box).get(b"hdlr", b"")[8:12] not in _MEANT:
            yield _freed(reader, box)
        elif box.kind in HOLDING and depth < _DEEPEST:
            yield from _private_boxes(reader, box.kind, box.body, box.end, depth=depth + 1)
        elif box.kind in _TOLD:
            yield from _told(reader, box)
        elif box.kind == b"hdlr" and not _is_large(box) and any(reader.bytes_of(box)[_NAME_OF_TRACK:]):
            yield Blank(start=box.body + _NAME_OF_TRACK, end=box.end)
        elif box.kind in _LEFT_OVER:
            if _is_large(box) or any(reader.bytes_of(box)):
                yield Blank(start=box.body, end=box.end)
        elif kind in _NEEDED and box.kind not in _NEEDED[kind]:
            yield _freed(reader, box)


def _is_large(box: Box) -> bool:
    """Return whether a box is too large to hold chapters, or to be looked into."""
    return box.end - box.body > _LARGEST


def _told(reader: Reader, box: Box) -> Iterator[Blank]:
    """Yield what of a box is private: all, but for chapters and the silence of the encoder if it holds them."""
    content = b"" if _is_large(box) else reader.bytes_of(box)
    if box.kind == b"uuid" or not (_CHAPTERS in content or _PADDING in content):
        yield _freed(reader, box)
        return
    skipped = 4 if box.kind == b"meta" and content[4:8] != b"hdlr" else 0
    for inner in reader.inside(box.body + skipped, box.end):
        if inner.kind in {_CHAPTERS, b"hdlr"}:
            continue
        if inner.kind == b"----" and _PADDING in reader.bytes_of(inner):
            continue
        if inner.kind in {b"meta", b"ilst"} and _PADDING in reader.bytes_of(inner):
            yield from _told(reader, inner)
        else:
            yield _freed(reader, inner)


def _private_samples(reader: Reader) -> Iterator[Blank]:
    """Yield the bytes of tracks that are private, but for those that a track that is played has, too."""
    tracks = [reader.tables(trak) for movie in _of(reader, b"moov", 0, reader.size)
              for trak in _of(reader, b"trak", movie.body, movie.end)]  # fmt: skip
    heard, private = list[tuple[int, int]](), list[tuple[int, int]]()
    for tables in tracks:
        spans = heard if tables.get(b"hdlr", b"")[8:12] in _MEANT else private
        spans += [(place, place + sizes.total) for place, sizes in chunks(tables)]
    heard.sort()
    for start, end in private:
        number = bisect_left(heard, (end,))
        if start < end <= reader.size and not (number and heard[number - 1][1] > start):
            yield Blank(start=start, end=end)


def _of(reader: Reader, kind: bytes, start: int, end: int) -> Iterator[Box]:
    return (box for box in reader.inside(start, end) if box.kind == kind)


def _freed(reader: Reader, box: Box) -> Blank:
    """Return what makes of a box one of the same size that players skip."""
    reader.file.seek(box.start + 8)
    return Blank(start=box.start + 4, end=box.end, head=b"free" + reader.file.read(box.body - box.start - 8))
