"""How long an MP3 is, counted frame by frame: its headers may be missing, of a part, or wrong.

Sources: ISO/IEC 11172-3 2.4.1.3 and 13818-3 (headers of frames; MPEG 2.5 goes on from there), the Xing and LAME headers
as LAME writes them, the VBRI header of Fraunhofer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import BinaryIO, Final

from okatakten.model import Blank
from okatakten.podcast.sound import TOLERANCE, End, Sound, duration_of
from okatakten.podcast.tags import audio_bounds, inner_tag_size

_VERSIONS: Final = {3: 1, 2: 2, 0: 4}
"""By the bits of a header, what the sample rates of MPEG 1, 2 and 2.5 are divided by."""
_RATES: Final = (44_100, 48_000, 32_000)
_LAYERS: Final = {3: 1, 2: 2, 1: 3}
_KILOBITS: Final = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By version (1, or 2 for all later ones) and layer; layer III of the later ones has the rates of layer II."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the first three bytes of a frame say: its length in bytes, its samples, and their rate in hertz."""

    length: int
    samples: int
    rate: int


def _frames() -> Iterator[tuple[bytes, _Frame]]:
    """Yield every beginning that a frame can have. Those of free format say no length, and no player takes them."""
    for version, layer, protected, kilobits, rate, padded, private in product(
        _VERSIONS, _LAYERS, (0, 1), range(1, 15), range(3), (0, 1), (0, 1)
    ):
        number, hertz = _LAYERS[layer], _RATES[rate] // _VERSIONS[version]
        generation = 1 if version == 3 else 2
        bits = _KILOBITS[generation, min(number, 2 if generation == 2 else 3)][kilobits - 1] * 1000
        slot = 4 if number == 1 else 1
        samples = 384 if number == 1 else 576 if number == 3 and generation == 2 else 1152
        length = (samples // 8 * bits // slot // hertz + padded) * slot
        header = (0xFF, 0xE0 | version << 3 | layer << 1 | protected, kilobits << 4 | rate << 2 | padded << 1 | private)
        yield bytes(header), _Frame(length, samples, hertz)


FRAMES: Final = dict(_frames())
_LENGTHS: Final = {header: frame.length for header, frame in FRAMES.items()}
_BEGINNING: Final = re.compile(rb"\xff[\xe2-\xe7\xf2-\xff][\x10-\xeb]|ID3|APETAGEX|LYRICSBEGIN")
_LONGEST: Final = len("LYRICSBEGIN") - 1
_NOTHING: Final = bytes(7)
"""What stands in the header for the whole where a frame says how its sound is coded."""
_SAME: Final = bytes((0xFF, 0xFE, 0x0C))
"""The bits that stay from frame to frame of the same sound: version, layer and sample rate."""
_IN_A_ROW: Final = 3
"""Frames that must follow each other for a beginning to count as one, where it was looked for."""
_FIRST: Final = 1 << 11
_WINDOW: Final = 1 << 20
"""Bytes that are read at a time: more and more, so that much that is damaged costs no more than what is whole."""
_HEADER: Final = 200
"""Bytes of a frame within which its header for the whole, if it has one, stands."""
_UNKNOWN: Final = 0xFFFFFFFF
"""What some programs write for a number that they do not know yet."""
_PARTS: Final = 1000
_DOUBTFUL: Final = 100_000
"""So many beginnings of frames that are none are no sound, but somebody's joke."""


@dataclass(slots=True)
class _Part:
    """Sound from one header for the whole to the next, or to the end: `frames` and `length` in bytes by the header.

    `unheard` are samples that players leave out, `strange` the bytes that are neither frames nor tags. `counts` are the
    frames by their beginnings.
    """

    place: int
    frames: int = 0
    length: int = 0
    unheard: int = 0
    strange: int = 0
    end: int = 0
    counts: Counter[bytes] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        samples: Counter[int] = Counter()
        for header, count in self.counts.items():
            samples[FRAMES[header].rate] += FRAMES[header].samples * count
        if not samples:
            return 0.0
        rate, most = samples.most_common(1)[0]
        samples[rate] -= self.unheard if self.unheard < most else 0
        return sum(count / rate for rate, count in samples.items())

    @property
    def told(self) -> float:
        """Seconds that the header says."""
        header = next(iter(self.counts), None)
        return self.frames * FRAMES[header].samples / FRAMES[header].rate if header else 0.0


def count_mp3(file: BinaryIO) -> Sound | None:
    """Return how long the sound is, or None for what is no MP3."""
    start, end = audio_bounds(file)
    if _read(file, start, 3) == b"ID3":
        # A tag that says it is longer than the file: players look for sound behind it.
        return None
    walk = _Walk(file, end=end)
    walk.run(start)
    seconds = sum(part.seconds for part in walk.parts)
    if not seconds or walk.strange > 0.9 * (end - start):
        return None
    # Where there are tags behind the sound, somebody had all of it.
    stops = walk.is_cut and end == file.seek(0, 2)
    missing, states = 0.0, set[End]()
    for part in walk.parts:
        state = _end_of(part, stops=stops and part is walk.parts[-1])
        states.add(state)
        missing += max(part.told - part.seconds, 0) if state is not End.THERE else 0
    worst = max(states, key=[*End].index)
    told = duration_of(seconds + missing) if missing > TOLERANCE.total_seconds() else None
    return Sound(duration=duration_of(seconds), end=worst, told=told, private=tuple(walk.tags))


def is_constant(file: BinaryIO) -> bool:
    """Return whether all frames of an MP3 have one bit rate, so that a place in the file is a moment of the sound."""
    start, end = audio_bounds(file)
    walk = _Walk(file, end=end)
    walk.run(start)
    return len({header[2] >> 4 for part in walk.parts for header, count in part.counts.items() if count}) == 1


def _end_of(part: _Part, *, stops: bool) -> End:
    """Return whether the end of a part is there. `stops`: its last frame is cut, as where a transfer has broken off."""
    missing, tolerance = part.told - part.seconds, TOLERANCE.total_seconds()
    if part.frames and abs(missing) <= tolerance:
        return End.THERE
    if missing <= 0:
        # Nothing says how much there should be.
        return End.UNSURE if stops or part.strange > tolerance * _second(part) else End.THERE
    if part.length > part.end - part.place + part.strange + _HEADER:
        # Frames and bytes of one measure, and more of both than there are; no header that is wrong.
        fits = 0.9 < part.length / part.told / _second(part) < 1.1
        return End.MISSING if stops or fits else End.UNSURE
    # As many bytes as there should be, and some that are no sound: what was there is damaged.
    if part.strange > missing / 2 * _second(part):
        return End.MISSING
    # As many bytes as there should be, and all are sound: the header is wrong.
    return End.THERE if part.length else End.UNSURE


def _second(part: _Part) -> float:
    """Return how many bytes a second of it takes."""
    length = sum(FRAMES[header].length * count for header, count in part.counts.items())
    return length / (part.seconds or 1)


class _Walk:
    """One reading of an MP3, from frame to frame."""

    def __init__(self, file: BinaryIO, *, end: int) -> None:
        self.file = file
        self.end = end
        self.parts: list[_Part] = []
        self.tags: list[Blank] = []
        self.is_cut = False
        self.doubtful = 0

    @property
    def strange(self) -> int:
        return sum(part.strange for part in self.parts)

    def run(self, place: int) -> None:
        """Count every frame from here to the end."""
        self.parts = [_Part(place=place)]
        while (place := self._find(place)) < self.end:
            place = self._follow(place)
            self.parts[-1].end = place

    def _follow(self, place: int) -> int:
        """Count frames for as long as one follows the other; return where the last one ends.

        What costs is here: some 140 000 frames in an hour.
        """
        counts, window, base, at, limit, size = self.parts[-1].counts, b"", place, 0, 0, _FIRST
        while True:
            if at >= limit:
                base, at, size = base + at, 0, min(2 * size, _WINDOW)
                window = _read(self.file, base, min(size, self.end - base))
                limit = max(len(window) - _HEADER, 1) if base + len(window) < self.end else len(window)
            header = window[at : at + 3]
            length = _LENGTHS.get(header, 0)
            if not length or base + at + length > self.end:
                return base + at
            is_empty = window[at + 6 : at + 13] == _NOTHING
            if (is_empty or not counts) and self._begins(base + at, window[at : at + _HEADER]):
                counts = self.parts[-1].counts
                counts[header] += 0
            else:
                counts[header] += 1
            at += length

    def _begins(self, place: int, frame: bytes) -> bool:
        """Return whether a frame is no sound, but the header of what follows; then another part has begun."""
        told = _parse_header(frame)
        if told is None:
            return False
        counted = self.parts[-1]
        begun = _Part(place=place, frames=told[0], length=told[1], unheard=told[2], end=place)
        if len(self.parts) == _PARTS:
            return False
        if counted.counts:
            counted.end = place
            self.parts.append(begun)
        else:
            begun.strange = counted.strange
            self.parts[-1] = begun
        return True

    def _find(self, place: int) -> int:
        """Return where frames go on, past tags and past what is nothing; the end where they do not."""
        while (size := inner_tag_size(self.file, place, self.end)) and self._goes_on():
            self.tags.append(Blank(start=place, end=place + size))
            place += size
        rest = self.end - place
        header = _read(self.file, place, 3)
        self.is_cut = 0 < rest < _LENGTHS.get(header, 0) or (0 < rest < 3 and header[0] == 0xFF)
        if not rest or self.is_cut:
            return self.end
        found, tags = self._search(place)
        self.parts[-1].strange += found - place - tags
        return found

    def _goes_on(self) -> bool:
        self.doubtful += 1
        return self.doubtful <= _DOUBTFUL

    def _search(self, place: int) -> tuple[int, int]:
        """Return where the next frame begins, and how many bytes of tags were passed."""
        size, tags, past = _FIRST, 0, place
        while place < self.end:
            size = min(2 * size, _WINDOW)
            window = _read(self.file, place, min(size, self.end - place))
            for match in _BEGINNING.finditer(window):
                at = place + match.start()
                if at < past:
                    continue
                if inner := inner_tag_size(self.file, at, self.end):
                    past = at + inner
                    tags += inner
                    self.tags.append(Blank(start=at, end=past))
                elif self._is_frame(at, match[0]):
                    return at, tags
                if not self._goes_on():
                    return self.end, tags
            # What begins at the end of a window is looked at once more.
            place = max(place + len(window) - _LONGEST, past) if place + len(window) < self.end else self.end
        return self.end, tags

    def _is_frame(self, place: int, first: bytes) -> bool:
        """Return whether others of the same sound follow a frame, or the end of all sound."""
        header = first
        for number in range(_IN_A_ROW):
            length = _LENGTHS.get(header, 0)
            if not length or any((a ^ b) & bits for a, b, bits in zip(header, first, _SAME, strict=True)):
                return False
            place += length
            if place >= self.end:
                return number > 0
            header = _read(self.file, place, 3)
            if len(header) < 3 or inner_tag_size(self.file, place, self.end):
                return number > 0
        return True


def _parse_header(frame: bytes) -> tuple[int, int, int] | None:
    """Return frames, bytes and unheard samples as a header for the whole says them, or None if a frame is sound."""
    if len(frame) < _HEADER:
        return None
    if frame[36:40] == b"VBRI":
        return _number(frame, 50), _number(frame, 46), 0
    at = next((at for at in (36, 21, 13) if frame[at : at + 4] in {b"Xing", b"Info"}), None)
    if at is None:
        return None
    flags, at, numbers = frame[at + 7], at + 8, [0, 0]
    for number in range(2):
        if flags >> number & 1:
            numbers[number] = _number(frame, at)
            at += 4
    at += 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1)
    delays = int.from_bytes(frame[at + 21 : at + 24]) if frame[at : at + 4] == b"LAME" else 0
    return numbers[0], numbers[1], (delays >> 12) + (delays & 0xFFF)


def _number(frame: bytes, place: int) -> int:
    number = int.from_bytes(frame[place : place + 4])
    return 0 if number == _UNKNOWN else number


def _read(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)
