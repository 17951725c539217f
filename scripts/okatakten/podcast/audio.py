"""What an audio file really is: read from its bytes, never from its name."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final

import mutagen
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4

PIECE: Final = 1 << 20
"""Bytes that are read of a file at a time."""
AUDIO_TYPES: Final = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a"}
"""Media type by file name extension, as Apple Podcasts lists them."""


_NAME = re.compile(r"audio(?:-(\d{1,4}))?\.(?:mp3|m4a|wav|flac|ogg|aac)")


def audio_number(name: str) -> int | None:
    """Return which audio of an episode a file name is: 1 for `audio.mp3`, 2 for `audio-2.mp3`, which corrects it."""
    match = _NAME.fullmatch(name.casefold())
    return int(match[1] or 1) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """Length in bytes, duration, and the extension that fits the content (`.mp3`, `.m4a`, else empty)."""

    length: int
    duration: timedelta
    extension: str
    description: str


def digest_of(path: Path) -> str:
    """Return the file's SHA-384 as `sha384-…` in base64 (Subresource Integrity, as `podcast:integrity` wants it)."""
    facts = path.stat()
    return _digest(path, facts.st_size, facts.st_mtime_ns)


@cache
def _digest(path: Path, _size: int, _changed: int) -> str:
    """Kept while the process lives: the site that is shown locally is built again and again."""
    with path.open("rb") as file:
        return length_and_digest(iter(partial(file.read, PIECE), b""))[1]


def length_and_digest(pieces: Iterable[bytes]) -> tuple[int, str]:
    """Return how many bytes the pieces are together, and the SHA-384 of them all as `digest_of` writes it."""
    length, digest = 0, hashlib.sha384()
    for piece in pieces:
        length += len(piece)
        digest.update(piece)
    return length, "sha384-" + b64encode(digest.digest()).decode()


def read_audio(path: Path) -> AudioFacts | None:
    """Return the facts of an audio file, or None when nothing in it can be played."""
    try:
        length = path.stat().st_size
        tags = mutagen.File(path)
        info = getattr(tags, "info", None)
        seconds = float(getattr(info, "length", 0))
    # mutagen lets struct, index and value errors of damaged files through.
    except Exception:
        return None
    if tags is None or not 0 < seconds < 10**6:
        return None
    extension = ""
    if isinstance(tags, MP3):
        if getattr(info, "sketchy", False):
            return None
        extension = ".mp3"
    elif isinstance(tags, MP4) and str(getattr(info, "codec", "")).startswith(("mp4a", "alac")):
        extension = ".m4a"
    return AudioFacts(
        length=length,
        duration=timedelta(milliseconds=round(seconds * 1000)),
        extension=extension,
        description=type(tags).__name__,
    )
