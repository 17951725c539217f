"""What a film is, by what stands in its file: size, length, how it is coded, whether it plays while it is fetched.

Sources: ISO/IEC 14496-12 (boxes), ISO/IEC 14496-15, 5.3.3.1 (how H.264 is set up), ISO/IEC 14496-10, 7.3.2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Final

from okatakten.podcast.mp4 import HOLDING, Box, DamagedError, Reader

_SIMPLE: Final = {66, 77, 88}
"""Profiles of H.264 that know 8 bits and 4:2:0 only."""

_METADATA: Final = {b"uuid", b"XMP_", b"cprt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film: how its picture and sound are coded, as the four letters of its file; `sound` is empty where it has none.

    `width` and `height` are pixels as it is shown. `is_420`: 8 bits, 4:2:0, as all browsers play. `index_first`: what
    says where everything is comes before it all, so that it plays and seeks while it is fetched.
    """

    codec: str
    sound: str
    width: int
    height: int
    duration: timedelta
    is_420: bool
    index_first: bool


def read_film(file: BinaryIO) -> Film | None:
    """Return what a file is as a film; None where it is none."""
    reader = Reader(file)
    order: list[bytes] = []
    tracks: list[dict[bytes, bytes]] = []
    try:
        for box in reader.inside(0, reader.size):
            order.append(box.kind)
            if box.kind == b"moov":
                tracks = [reader.tables(trak) for trak in reader.inside(box.body, box.end) if trak.kind == b"trak"]
    except DamagedError:
        return None
    pictures = [track for track in tracks if track.get(b"hdlr", b"")[8:12] == b"vide"]
    sounds = [track for track in tracks if track.get(b"hdlr", b"")[8:12] == b"soun"]
    if not pictures or b"mdat" not in order:
        return None
    header, description = (pictures[0].get(name, b"") for name in (b"tkhd", b"stsd"))
    lasts = max((_seconds(track.get(b"mdhd", b"")) for track in (pictures[0], *sounds[:1])), default=0.0)
    codec = description[12:16].decode("latin-1")
    return Film(
        codec=codec,
        sound=sounds[0].get(b"stsd", b"")[12:16].decode("latin-1") if sounds else "",
        width=int.from_bytes(header[-8:-6]),
        height=int.from_bytes(header[-4:-2]),
        duration=timedelta(seconds=round(lasts, 3)),
        is_420=codec != "avc1" or _is_420(description),
        index_first=order.index(b"moov") < order.index(b"mdat"),
    )


def has_metadata(file: BinaryIO) -> bool:
    """Return whether an MP4 file says more than how it is played: place, day, device, names. True where it is none."""
    reader = Reader(file)
    try:
        held = list(_all_boxes(reader, 0, reader.size))
        told = any(_tells(reader, box) for box in held)
    except DamagedError:
        return True
    return told or not any(box.kind == b"moov" for box in held)


def _tells(reader: Reader, box: Box) -> bool:
    """Return whether a box is there to tell something. ffmpeg leaves an empty list of metadata in each file."""
    if box.kind == b"udta":
        return any(each.kind != b"meta" or _tells(reader, each) for each in reader.inside(box.body, box.end))
    if box.kind == b"meta":
        inner = reader.inside(box.body + 4, box.end)
        return any(each.kind != b"hdlr" and each.end > each.body for each in inner)
    return box.kind in _METADATA


def _all_boxes(reader: Reader, start: int, end: int) -> Iterator[Box]:
    for box in reader.inside(start, end):
        yield box
        if box.kind in HOLDING:
            yield from _all_boxes(reader, box.body, box.end)


def _seconds(header: bytes) -> float:
    """Return how long a track lasts, by its `mdhd`."""
    wide = header[:1] == b"\1"
    scale = int.from_bytes(header[20:24] if wide else header[12:16])
    return int.from_bytes(header[24:32] if wide else header[16:20]) / scale if scale else 0.0


def _is_420(description: bytes) -> bool:
    """Return whether a picture in H.264 has 8 bits and 4:2:0: in other profiles, as the end of `avcC` says."""
    place = description.find(b"avcC")
    if place < 0:
        return False
    setup = description[place + 4 :]
    if len(setup) < 6 or setup[1] in _SIMPLE:
        return True
    at = 5
    for mask in (0x1F, 0xFF):
        count, at = setup[at] & mask if at < len(setup) else 0, at + 1
        for _ in range(count):
            at += 2 + int.from_bytes(setup[at : at + 2])
    if at + 3 > len(setup) or setup[1] not in {100, 110, 122, 144}:
        return setup[1] == 100
    return setup[at] & 3 == 1 and setup[at + 1] & 7 == 0 and setup[at + 2] & 7 == 0
