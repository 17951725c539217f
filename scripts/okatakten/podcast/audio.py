"""What an audio file really is: read from its bytes, never from its name."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import mutagen

from okatakten.disk.memory import newest_of_file
from okatakten.model import Blank
from okatakten.podcast.mp4 import PLAYED, DamagedError, count_mp4, is_mp4
from okatakten.podcast.mpeg import count_mp3
from okatakten.podcast.private import private_parts
from okatakten.podcast.sound import End, Sound, duration_of
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.values import clock

PIECE: Final = 1 << 20
"""Bytes that are read of a file at a time."""
AUDIO_TYPES: Final = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a"}
"""Media type by file name extension, as Apple Podcasts lists them."""
_LONGEST: Final = timedelta(seconds=10**6)

_NAME = re.compile(r"audio(?:-(\d{1,4}))?\.(?:mp3|m4a|wav|flac|ogg|aac)")


def audio_number(name: str) -> int | None:
    """Return which audio of an episode a file name is: 1 for `audio.mp3`, 2 for `audio-2.mp3`, which corrects it."""
    match = _NAME.fullmatch(name.casefold())
    return int(match[1] or 1) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """Length in bytes, duration, and the extension that fits the content (`.mp3`, `.m4a`, else empty).

    `end` is whether the end of the sound is there, `told` how long the file says that it is where that is more.
    `private` is what of it is not to be published.
    """

    length: int
    duration: timedelta
    extension: str
    description: str
    end: End
    told: timedelta | None
    private: tuple[Blank, ...]

    @property
    def lack(self) -> Kind | None:
        """The kind of problem, or of note, that the end of the sound is."""
        return {End.MISSING: Kind.AUDIO_ENDS_EARLY, End.UNSURE: Kind.AUDIO_END_UNSURE}.get(self.end)

    @property
    def shortfall(self) -> str:
        """Say what is missing of the sound, or may be; nothing where all of it is there."""
        if self.end is End.THERE:
            return ""
        if self.told is None:
            return Hint.STOPS_WITHIN.format(heard=clock(self.duration))
        return Hint.PLAYED_SHORTER.format(duration=clock(self.told), heard=clock(self.duration))


def digest_of(path: Path) -> str:
    """Return the file's SHA-384 as `sha384-…` in base64 (Subresource Integrity, as `podcast:integrity` wants it)."""
    facts = path.stat()
    return _digest(path, facts.st_size, facts.st_mtime_ns)


@newest_of_file
def _digest(path: Path, _size: int, _changed: int) -> str:
    """Kept while the process lives: the site that is shown locally is built again and again."""
    return length_and_digest(read_pieces(path))[1]


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield what a file holds, in pieces."""
    with path.open("rb") as file:
        yield from iter(partial(file.read, PIECE), b"")


def length_and_digest(pieces: Iterable[bytes]) -> tuple[int, str]:
    """Return how many bytes the pieces are together, and the SHA-384 of them all as `digest_of` writes it."""
    length, digest = 0, hashlib.sha384()
    for piece in pieces:
        length += len(piece)
        digest.update(piece)
    return length, "sha384-" + b64encode(digest.digest()).decode()


def read_audio(path: Path) -> AudioFacts | None:
    """Return the facts of an audio file, or None when nothing in it can be played.

    All of it is gone through, which costs as much as its digest: 0.1 s of CPU for an hour of MP3.
    """
    try:
        facts = path.stat()
    except OSError:
        return None
    return _read_audio(path, facts.st_size, facts.st_mtime_ns)


@newest_of_file
def _read_audio(path: Path, _size: int, _changed: int) -> AudioFacts | None:
    """Kept while the process lives: the site that is shown locally is built again and again."""
    try:
        with path.open("rb") as file:
            length = file.seek(0, 2)
            file.seek(0)
            kind, extension, sound = _read_sound(path, file)
    except OSError:
        return None
    if sound is None or not timedelta() < sound.duration < _LONGEST:
        return None
    return AudioFacts(
        length=length,
        duration=sound.duration,
        extension=extension,
        description=kind,
        end=sound.end,
        told=sound.told,
        private=sound.private,
    )


def _read_sound(path: Path, file: BinaryIO) -> tuple[str, str, Sound | None]:
    """Return what kind of file it is, the extension that fits what podcast apps play, and its sound."""
    if is_mp4(file.read(8)):
        try:
            codec, sound = count_mp4(file)
            return "MP4", ".m4a" if codec in PLAYED else "", sound and replace(sound, private=private_parts(file))
        except DamagedError:
            return "MP4", "", None
    kind, seconds = _ask_mutagen(path)
    if kind not in {"MP3", ""}:
        return kind, "", Sound(duration=duration_of(seconds))
    return "MP3", ".mp3", count_mp3(file)


def _ask_mutagen(path: Path) -> tuple[str, float]:
    """Return what a file says that it is, and how long; nothing where it says nothing."""
    try:
        found = mutagen.File(path)
        return ("", 0) if found is None else (type(found).__name__, min(float(found.info.length), 10**6))
    # mutagen lets struct, index and value errors of damaged files through.
    except Exception:
        return "", 0
