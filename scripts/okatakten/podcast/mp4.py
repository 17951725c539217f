"""How long the sound in an MP4 file is, by the samples that are there: a header may be wrong or of a part.

Sources: ISO/IEC 14496-12 (boxes, sample tables, fragments, edit lists).
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from typing import BinaryIO, Final

from okatakten.podcast.sound import TOLERANCE, End, Sound, duration_of

PLAYED: Final = {b"mp4a", b"alac"}
"""How the sound is coded that podcast apps play (AAC and Apple Lossless)."""
HOLDING: Final = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf"}
"""Boxes that hold others, and nothing else."""
_FIRST: Final = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"pnot"}
_TABLES: Final = {b"tkhd", b"mdhd", b"hdlr", b"stsd", b"stts", b"stsz", b"stsc", b"stco", b"co64", b"elst"}
_TRACK_FIELDS: Final = {0x1: 8, 0x2: 4, 0x8: 4, 0x10: 4}
"""Bytes of what a fragment may say of all its samples, by flag: where they begin, how they are coded, length, size."""
_LARGEST: Final = 1 << 26
"""Bytes of a table: twelve hours of sound take 10 MB."""
_MOST: Final = 2_000_000
"""Boxes in a file: an hour in fragments of a tenth of a second has 300 000."""
_DEEPEST: Final = 8
_AAC: Final = 1024
"""Samples in a frame of AAC: twice as many, or a few less, by its kind."""


class DamagedError(ValueError):
    """The boxes are none that a player could follow."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where it begins, where what it holds begins and ends, and where it says that it ends."""

    kind: bytes
    start: int
    body: int
    end: int
    told_end: int


@dataclass(slots=True)
class _Track:
    """A track of sound: how it is coded, and how long its samples last, in fractions of a second by `timescale`.

    `samples` are how many its tables and fragments name, `there` how many of them are in the file. `deltas` are how
    many last how long, `edits` what is played of it: how long, by the scale of the whole, and from where. `lasts`
    is how long its fragments are together, `gap` how much more lies between them.
    """

    number: int
    codec: bytes
    timescale: int
    rate: int
    deltas: list[tuple[int, int]]
    edits: list[tuple[int, int]]
    samples: int = 0
    there: int = 0
    lasts: int = 0
    gap: int = 0

    def seconds(self, samples: int) -> tuple[float, int]:
        """Return how long so many samples last, and how many parts of a second the times of the track are in."""
        lasts, left, scale = 0, samples, self.timescale or self.rate or 1
        for count, delta in self.deltas:
            lasts += min(count, left) * delta
            left -= min(count, left)
            if not left:
                break
        by_frames = samples * _AAC / self.rate if self.codec == b"mp4a" and self.rate else lasts / scale
        # A frame is 960 to 2048 samples long: a table that says something else is not about this sound.
        is_right = 0.9 * by_frames <= lasts / scale <= 2.2 * by_frames
        return (lasts / scale, scale) if is_right else (by_frames, self.rate)

    def played(self, samples: int, *, scale: int, is_fragmented: bool) -> float:
        """Return how long it is played: edit lists leave out a beginning, or all but what somebody has chosen."""
        seconds, own_scale = self.seconds(samples)
        if not scale or not self.edits:
            return seconds
        # How long is known of the first fragment at most.
        edits = [(0, self.edits[0][1])] if is_fragmented else self.edits
        rests = [max(seconds - start / own_scale, 0) for _, start in edits]
        spans = [min(span / scale, rest) if span else rest for (span, _), rest in zip(edits, rests, strict=True)]
        return sum(spans) or seconds


def is_mp4(beginning: bytes) -> bool:
    """Return whether a file that begins so is MP4, by its first box."""
    return beginning[4:8] in _FIRST


def count_mp4(file: BinaryIO) -> tuple[bytes, Sound | None]:
    """Return how the first sound in the file is coded and how long it is; None where there is none to play.

    Raises DamagedError.
    """
    return Reader(file).sound() or (b"", None)


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes from here to there; what lies behind one that has no size cannot be found."""
    while start + 8 <= end:
        file.seek(start)
        header = file.read(16)
        size, body = int.from_bytes(header[:4]), start + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16]), start + 16
        elif size == 0:
            size = end - start
        if size < body - start or len(header) < body - start:
            return
        yield Box(header[4:8], start, body, min(start + size, end), start + size)
        start += size


class Reader:
    """One reading of an MP4 file, in the order of its boxes. `told` are seconds that a file in fragments says."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, 2)
        self.left = _MOST
        self.scale = 0
        self.tracks: list[_Track] = []
        self.defaults: dict[int, tuple[int, int]] = {}
        self.told = 0.0

    def sound(self) -> tuple[bytes, Sound] | None:
        """Raises DamagedError."""
        fragments, stops = [], False
        for box in self.inside(0, self.size):
            stops = box.told_end > self.size
            if box.kind == b"moov":
                self._read_movie(box)
            elif box.kind == b"moof":
                fragments.append(box)
            elif box.kind == b"sidx":
                self.told = max(self.told, _index_seconds(self.bytes_of(box)))
        track = next((track for track in self.tracks if track.codec in PLAYED), next(iter(self.tracks), None))
        if track is None:
            return None
        for box in fragments:
            self._read_fragment(box, track)
        return self._sound_of(track, is_fragmented=bool(fragments), stops=stops)

    def _sound_of(self, track: _Track, *, is_fragmented: bool, stops: bool) -> tuple[bytes, Sound] | None:
        """Return the sound of a track. `stops`: the last box says that it is longer than the file."""
        heard, whole = (
            track.played(count, scale=self.scale, is_fragmented=is_fragmented) for count in (track.there, track.samples)
        )
        if not heard:
            return None
        gap = track.gap / track.timescale if track.timescale else 0
        told = max(whole, self.told if is_fragmented else 0, heard + gap)
        is_more = told - heard > TOLERANCE.total_seconds()
        end = End.UNSURE if is_more else End.THERE
        # Fragments that were to follow one that is cut are nowhere named.
        if whole - heard > TOLERANCE.total_seconds() or (is_fragmented and stops and track.there < track.samples):
            end = End.MISSING
        return track.codec, Sound(duration=duration_of(heard), end=end, told=duration_of(told) if is_more else None)

    def inside(self, start: int, end: int) -> Iterator[Box]:
        """Yield the boxes from here to there. Raises DamagedError when there are more than any file has."""
        for box in boxes(self.file, start, end):
            self.left -= 1
            if self.left < 0:
                raise DamagedError
            yield box

    def bytes_of(self, box: Box) -> bytes:
        """Return what a box holds. Raises DamagedError when it is longer than any table."""
        if box.end - box.body > _LARGEST:
            raise DamagedError
        self.file.seek(box.body)
        return self.file.read(box.end - box.body)

    def _tree(self, box: Box, *, depth: int = 0) -> Iterator[Box]:
        """Yield all boxes below one that hold no others, in order."""
        for inner in self.inside(box.body, box.end):
            if inner.kind not in HOLDING:
                yield inner
            elif depth < _DEEPEST:
                yield from self._tree(inner, depth=depth + 1)

    def _read_movie(self, movie: Box) -> None:
        for box in self.inside(movie.body, movie.end):
            if box.kind == b"mvhd":
                self.scale = _scale_of(self.bytes_of(box))
            elif box.kind == b"trak":
                self._read_track(box)
            elif box.kind == b"mvex":
                self._read_defaults(box)

    def _read_defaults(self, extends: Box) -> None:
        for box in self.inside(extends.body, extends.end):
            content = self.bytes_of(box)
            if box.kind == b"trex":
                self.defaults[_number(content, 4)] = _number(content, 12), _number(content, 16)
            elif box.kind == b"mehd" and self.scale:
                self.told = max(self.told, _number(content, 4, 8 if content[:1] == b"\1" else 4) / self.scale)

    def tables(self, trak: Box) -> dict[bytes, bytes]:
        """Return what the tables of a track hold, by their kind."""
        tables: dict[bytes, bytes] = {}
        for box in self._tree(trak):
            if box.kind in _TABLES:
                tables.setdefault(box.kind, self.bytes_of(box))
        return tables

    def _read_track(self, trak: Box) -> None:
        tables = self.tables(trak)
        if tables.get(b"hdlr", b"")[8:12] != b"soun":
            return
        header, description = tables.get(b"tkhd", b""), tables.get(b"stsd", b"")
        track = _Track(
            number=_number(header, 20 if header[:1] == b"\1" else 12),
            codec=description[12:16],
            timescale=_scale_of(tables.get(b"mdhd", b"")),
            rate=_number(description, 40) >> 16,
            deltas=_pairs(tables.get(b"stts", b"")[8:]),
            edits=_edits(tables.get(b"elst", b"")),
        )
        for place, sizes in chunks(tables):
            track.samples += sizes.count
            track.there += sizes.fitting(self.size - place)
        self.tracks.append(track)

    def _read_fragment(self, fragment: Box, track: _Track) -> None:
        for box in self.inside(fragment.body, fragment.end):
            if box.kind == b"traf":
                self._read_runs(box, track, base=fragment.start)

    def _read_runs(self, traf: Box, track: _Track, *, base: int) -> None:
        delta, size = self.defaults.get(track.number, (0, 0))
        after = base
        for box in self.inside(traf.body, traf.end):
            content = self.bytes_of(box)
            if box.kind == b"tfhd":
                if _number(content, 4) != track.number:
                    return
                fields = _optional(content, flags=_number(content, 1, 3), start=8, fields=_TRACK_FIELDS)
                base, delta, size = fields[0x1] or base, fields[0x8] or delta, fields[0x10] or size
                after = base
            elif box.kind == b"tfdt":
                began = _number(content, 4, 8 if content[:1] == b"\1" else 4)
                track.gap = max(track.gap, began - track.lasts if track.lasts else 0)
            elif box.kind == b"trun":
                after = self._read_run(content, track, base=base, after=after, delta=delta, size=size)

    def _read_run(self, run: bytes, track: _Track, *, base: int, after: int, delta: int, size: int) -> int:
        """Count a run of samples; return where its bytes end."""
        flags, count = _number(run, 1, 3), _number(run, 4)
        place = base + (_number(run, 8) + (1 << 31)) % (1 << 32) - (1 << 31) if flags & 0x1 else after
        columns = [flag for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag]
        start, width = 8 + 4 * (flags & 0x1) + (flags & 0x4), len(columns) or 1
        table = _numbers(run[start : start + 4 * width * count], 4) if columns else ()
        count = len(table) // width if columns else count
        each = table[columns.index(0x200) :: width][:count] if 0x200 in columns else ()
        sizes = _Sizes(count, size, each)
        deltas = [(1, lasts) for lasts in table[::width][:count]] if 0x100 in columns else [(count, delta)]
        track.deltas += deltas
        track.lasts += sum(number * lasts for number, lasts in deltas)
        track.samples += count
        track.there += sizes.fitting(self.size - place)
        return place + sizes.total


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Bytes of samples that follow each other: of `each`, or of `count` that are all of one `size`."""

    count: int
    size: int = 0
    each: Sequence[int] = ()

    @property
    def total(self) -> int:
        return sum(self.each) if self.each else self.count * self.size

    def fitting(self, room: int) -> int:
        """Return how many of them fit into so many bytes, the first ones."""
        if self.total <= room:
            return self.count if self.total else 0
        if self.each:
            return bisect_right([*accumulate(self.each)], room)
        return max(room, 0) // self.size


def chunks(tables: Mapping[bytes, bytes]) -> Iterator[tuple[int, _Sizes]]:
    """Yield where each chunk of a track begins, and the sizes of its samples, by the tables of the track."""
    sizes, wide = tables.get(b"stsz", b""), b"co64" in tables
    size, left = _number(sizes, 4), _number(sizes, 8)
    each = _numbers(sizes[12:], 4) if not size else ()
    left = left if size else min(left, len(each))
    places = _numbers(tables.get(b"co64" if wide else b"stco", b"")[8:], 8 if wide else 4)
    done = 0
    for place, named in zip(places, _per_chunk(tables.get(b"stsc", b"")[8:]), strict=False):
        count = min(named, left - done)
        if count <= 0:
            return
        yield place, _Sizes(count, size, each[done : done + count])
        done += count


def _per_chunk(table: bytes) -> Iterator[int]:
    """Yield how many samples each chunk has; the last number holds for all that follow."""
    numbers = _numbers(table, 4)
    runs = [*zip(numbers[::3], numbers[1::3], strict=False)]
    for (first, count), (after, _) in pairwise(runs):
        yield from repeat(count, max(after - first, 0))
    if runs:
        yield from repeat(runs[-1][1])


def _edits(table: bytes) -> list[tuple[int, int]]:
    """Return what an edit list plays: how long, and from where. Silence that it puts in is no sound."""
    wide = table[:1] == b"\1"
    count, width = _number(table, 4), 20 if wide else 12
    half = 8 if wide else 4
    entries = (table[place : place + width] for place in range(8, min(len(table), 8 + width * count), width))
    found = [(_number(entry, 0, half), _number(entry, half, half)) for entry in entries]
    return [(span, start) for span, start in found if not start >> (half * 8 - 1)]


def _index_seconds(index: bytes) -> float:
    """Return how long all is that a segment index lists."""
    start, scale = 28 if index[:1] == b"\1" else 20, _number(index, 8)
    count = _number(index, start + 2, 2)
    return sum(_numbers(index[start + 4 : start + 4 + 12 * count], 4)[1::3]) / scale if scale else 0.0


def _scale_of(header: bytes) -> int:
    """Return how many parts a second has, by the header of a film or a track."""
    return _number(header, 20 if header[:1] == b"\1" else 12)


def _pairs(table: bytes) -> list[tuple[int, int]]:
    numbers = _numbers(table, 4)
    return [*zip(numbers[::2], numbers[1::2], strict=False)]


def _optional(content: bytes, *, flags: int, start: int, fields: Mapping[int, int]) -> dict[int, int]:
    """Return fields that are there by their flags, one behind the other; 0 for those that are not."""
    values = dict.fromkeys(fields, 0)
    for flag, width in fields.items():
        if flags & flag:
            values[flag] = _number(content, start, width)
            start += width
    return values


def _number(content: bytes, place: int, width: int = 4) -> int:
    """Return a number; 0 where the box ends before it."""
    return int.from_bytes(content[place : place + width]) if place + width <= len(content) else 0


def _numbers(content: bytes, width: int) -> Sequence[int]:
    numbers = array("I" if width == 4 else "Q", content[: len(content) // width * width])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
