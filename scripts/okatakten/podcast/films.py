"""What a film is, by what stands in its file: size, length, how it is coded, whether it plays while it is fetched.

Sources: ISO/IEC 14496-12 (boxes), ISO/IEC 14496-15, 5.3.3.1 (how H.264 is set up), ISO/IEC 14496-10, 7.3.2.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Final

from okatakten.model import Blank
from okatakten.podcast.mp4 import DamagedError, Reader
from okatakten.podcast.private import private_parts

_SIMPLE: Final = {66, 77, 88}
"""Profiles of H.264 that know 8 bits and 4:2:0 only."""

_LONGEST: Final = 86_400.0
"""Seconds: a track that says more does not know."""
_OF_FFMPEG: Final = {
    b"VideoHandler\0",
    b"SoundHandler\0",
    b"udta\0\0\0\x35meta\0\0\0\0\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl" + bytes(9) + b"\0\0\0\x08ilst",
}
"""What ffmpeg writes in every film, which tells of nobody: names of tracks, and an empty list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film: how its picture and sound are coded, as the four letters of its file; `sound` is empty where it has none.

    `width` and `height` are pixels as it is shown. `is_420`: 8 bits, 4:2:0, as all browsers play. `index_first`: what
    says where everything is comes before it all, so that it plays and seeks while it is fetched. `duration` is 0 where
    the file does not say it, as in one that is made of fragments.
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
    lasts = max(_seconds(track.get(b"mdhd", b"")) for track in (pictures[0], *sounds[:1]))
    width, height = int.from_bytes(header[-8:-6]), int.from_bytes(header[-4:-2])
    is_turned = not any(header[-44:-40]) and any(header[-40:-36])  # by its matrix: a phone that was held upright
    codec = description[12:16].decode("latin-1")
    return Film(
        codec=codec,
        sound=sounds[0].get(b"stsd", b"")[12:16].decode("latin-1") if sounds else "",
        width=height if is_turned else width,
        height=width if is_turned else height,
        duration=timedelta(seconds=round(lasts, 3)),
        is_420=codec != "avc1" or _is_420(description),
        index_first=order.index(b"moov") < order.index(b"mdat"),
    )


def has_metadata(file: BinaryIO) -> bool:
    """Return whether an MP4 file says more than how it is played: place, day, device, names. True where it is none."""
    reader = Reader(file)
    try:
        told = {_beginning(file, blank) for blank in private_parts(file)} - _OF_FFMPEG
        movies = [box for box in reader.inside(0, reader.size) if box.kind == b"moov"]
        inner = [box for movie in movies for box in reader.inside(movie.body, movie.end)]
        headers = [reader.bytes_of(box) for box in inner if box.kind == b"mvhd"]
        tracks = [reader.tables(box) for box in inner if box.kind == b"trak"]
    except DamagedError:
        return True
    headers += [track.get(name, b"") for track in tracks for name in (b"tkhd", b"mdhd")]
    return bool(told) or not movies or any(map(_is_dated, headers))


def _beginning(file: BinaryIO, blank: Blank) -> bytes:
    file.seek(blank.start)
    return file.read(min(blank.end - blank.start, 100))


def _is_dated(header: bytes) -> bool:
    """Return whether the header of a film or a track says when it was made."""
    return any(header[4 : 20 if header[:1] == b"\1" else 12])


def _seconds(header: bytes) -> float:
    """Return how long a track lasts, by its `mdhd`; 0 where it does not say it, or says that it does not know."""
    start, width = (20, 8) if header[:1] == b"\1" else (12, 4)
    scale, lasts = int.from_bytes(header[start : start + 4]), header[start + 4 : start + 4 + width]
    known = bool(scale) and lasts != b"\xff" * width
    seconds = int.from_bytes(lasts) / scale if known else 0.0
    return seconds if seconds <= _LONGEST else 0.0


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
