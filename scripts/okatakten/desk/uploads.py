"""Files that are being sent to the desk: each goes on where it broke off, and none is ever in memory.

In `.desk/uploads/`, two files for each: its bytes so far, and what it is. How many bytes there are is how far it has
come, so that a server that is killed knows afterwards what it had. The protocol is tus 1.0.0 (tus.io/protocols) with
creation and termination; an upload is named by what its file is, so that the same file finds it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from anyio import CancelScope, Lock
from starlette.concurrency import run_in_threadpool

from okatakten.disk.write import write_atomically
from okatakten.making.chapters import FILE_LIMIT
from okatakten.podcast.audio import audio_number
from okatakten.podcast.pictures import IMAGE_SUFFIXES
from okatakten.rules import CAPTIONS, RECORDINGS, slug_of
from okatakten.written.text import plain

DAYS_KEPT: Final = 7
ENDS: Final = 64 * 1024
"""Bytes at the beginning and at the end of a file that tell whether it is the same."""
SPARE: Final = 200 * 2**20
"""Bytes that are left free on the disk, whatever comes."""
_PIECE: Final = 2**20
_PATIENCE: Final = 10.0
"""Seconds after which whoever sends nothing more is taken for gone."""
_NAME_LETTERS: Final = 80


class Sort(StrEnum):
    """What is sent for an episode."""

    RECORDING = "ljud"
    TEXT = "text"
    CHAPTERS = "kapitel"
    PICTURE = "bild"


LIMITS: Final = {
    Sort.RECORDING: 16 * 10**9, Sort.TEXT: 50 * 10**6, Sort.CHAPTERS: FILE_LIMIT, Sort.PICTURE: 50 * 10**6,
}  # fmt: skip
"""Bytes. Twelve hours, the longest that an episode is made of, in the fattest form that recorders write."""
SUFFIXES: Final[dict[Sort, set[str]]] = {
    Sort.RECORDING: RECORDINGS, Sort.TEXT: CAPTIONS, Sort.CHAPTERS: set(), Sort.PICTURE: IMAGE_SUFFIXES,
}  # fmt: skip
"""How names may end; those of chapters as they like."""


class RefusedError(Exception):
    """An upload cannot go on: with the status of the answer, and why, in Swedish."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that is being sent, or has been. `date` and `ends` tell it from others of its name."""

    slug: str
    sort: Sort
    name: str
    length: int
    date: str = ""
    ends: str = ""
    who: str = ""

    @property
    def id(self) -> str:
        told = json.dumps([self.slug, self.sort, self.name, self.length, self.date, self.ends])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def own_name(self) -> str:
        """The name that it gets in the folder of its episode, where some names mean something."""
        stem, dot, suffix = self.name.rpartition(".")
        suffix = slug_of(suffix, default="txt")[:8]
        if self.sort is Sort.CHAPTERS:
            return f"kapitel.{suffix if dot and f'.{suffix}' not in RECORDINGS else 'txt'}"
        name = f"{slug_of(stem, default=str(self.sort))[:_NAME_LETTERS].strip('-')}.{suffix}"
        is_taken = audio_number(name) or name == "transcript.vtt" or name.startswith(("kapitel.", "chapters."))
        return f"ny-{name}" if is_taken else name


@dataclass(slots=True)
class _Writing:
    """Somebody who sends right now, and when something last came."""

    scope: CancelScope
    last: float = field(default_factory=time.monotonic)


class Uploads:
    """The uploads of one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writing: dict[str, _Writing] = {}
        self._locks: dict[str, Lock] = {}

    def of(self, slug: str) -> list[Upload]:
        """Return what is being sent, or lies here, for an episode: small things first."""
        return sorted((one for one in self._all() if one.slug == slug), key=lambda one: (one.sort, one.name))

    def find(self, slug: str, number: str) -> Upload:
        """Return the upload that a request names. Raises RefusedError."""
        for upload in self.of(slug):
            if upload.id == number:
                return upload
        raise RefusedError(404, "Det som skickades finns inte här längre. Skicka filen igen.")

    def path(self, upload: Upload) -> Path:
        return self.folder / upload.id

    def offset(self, upload: Upload) -> int:
        """Return how many bytes have come."""
        with suppress(OSError):
            return self.path(upload).stat().st_size
        return 0

    def is_whole(self, upload: Upload) -> bool:
        return self.offset(upload) == upload.length

    def free(self) -> int:
        """Return how many bytes may be taken of the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return max(shutil.disk_usage(self.folder).free - SPARE, 0)

    def begin(self, upload: Upload) -> Upload:
        """Begin an upload, or return the same one to go on with. Raises RefusedError, before anything is sent."""
        self.forget_old()
        check(upload)
        there = next((one for one in self.of(upload.slug) if one.id == upload.id), None)
        left = upload.length - (self.offset(there) if there else 0)
        if room(upload.sort, left) > self.free():
            raise RefusedError(507, f"{upload.name} får inte plats: disken har {size_text(self.free())} kvar.")
        if there is None:
            write_atomically(self._facts(upload), json.dumps(asdict(upload)).encode())
            self.path(upload).touch()
        return there or upload

    def remove(self, upload: Upload) -> None:
        if writing := self._writing.get(upload.id):
            writing.scope.cancel()
        for path in (self._facts(upload), self.path(upload)):
            path.unlink(missing_ok=True)

    def forget_old(self) -> None:
        """Take away what nobody has gone on with for a week."""
        oldest = time.time() - DAYS_KEPT * 24 * 60 * 60
        for path in self.folder.glob("*"):
            with suppress(OSError):
                data = path.with_suffix("")
                if (data if data.exists() else path).stat().st_mtime < oldest:
                    path.unlink()

    async def receive(self, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> None:
        """Write what comes behind what there is: all of it, however it ends. Raises RefusedError and OSError."""
        if (other := self._writing.get(upload.id)) and time.monotonic() - other.last < _PATIENCE:
            raise RefusedError(423, "Filen skickas redan, från en annan flik eller av någon annan.")
        if other:
            other.scope.cancel()
        async with self._locks.setdefault(upload.id, Lock()):
            with CancelScope() as scope:
                self._writing[upload.id] = writing = _Writing(scope)
                try:
                    await self._write(upload, offset, pieces, writing)
                finally:
                    del self._writing[upload.id]
            if scope.cancelled_caught:
                raise RefusedError(409, "Någon annan skickar filen nu, eller så är den borttagen.")

    async def _write(self, upload: Upload, offset: int, pieces: AsyncIterator[bytes], writing: _Writing) -> None:
        if self.offset(upload) != offset:
            raise RefusedError(409, "Filen fortsätter från ett annat ställe.")
        left, waiting = upload.length - offset, bytearray()
        with self.path(upload).open("r+b", buffering=0) as file:
            file.seek(offset)
            try:
                async for piece in pieces:
                    writing.last = time.monotonic()
                    left -= len(piece)
                    if left < 0:
                        raise RefusedError(413, "Filen är längre än den sade från början.")
                    waiting += piece
                    if len(waiting) >= _PIECE:
                        full, waiting = waiting, bytearray()
                        await run_in_threadpool(_write_all, file, full)
            finally:
                _write_all(file, waiting)
            await run_in_threadpool(os.fsync, file.fileno())

    async def keep(self, upload: Upload, read: Callable[[int], bytes]) -> None:
        """Take a whole file that a form has sent. Raises RefusedError and OSError."""
        upload = self.begin(upload)

        async def pieces() -> AsyncIterator[bytes]:
            while piece := await run_in_threadpool(read, _PIECE):
                yield piece

        # Not emptied: a job may be reading it by another name.
        self.path(upload).unlink(missing_ok=True)
        self.path(upload).touch()
        await self.receive(upload, 0, pieces())
        self.check_ends(upload)

    def check_ends(self, upload: Upload) -> None:
        """Take an upload away whose file was another when it was gone on with. Raises RefusedError."""
        if upload.ends and self.is_whole(upload) and ends_of(self.path(upload)) != upload.ends:
            self.remove(upload)
            raise RefusedError(460, f"{upload.name} ändrades medan den skickades. Skicka den igen.")

    def _facts(self, upload: Upload) -> Path:
        return self.folder / f"{upload.id}.json"

    def _all(self) -> Iterator[Upload]:
        for path in self.folder.glob("*.json"):
            with suppress(OSError, ValueError, TypeError, KeyError):
                told = json.loads(path.read_bytes())
                upload = Upload(**told | {"sort": Sort(told["sort"])})
                if self.path(upload).is_file():
                    yield upload


def check(upload: Upload) -> None:
    """Raise RefusedError for a file that nothing can be made of, or that is too large."""
    suffix = Path(upload.name).suffix.casefold()
    if SUFFIXES[upload.sort] and suffix not in SUFFIXES[upload.sort]:
        known = ", ".join(sorted(one.lstrip(".") for one in SUFFIXES[upload.sort]))
        raise RefusedError(415, f"{upload.name} går inte att använda här. Namnet ska sluta på något av: {known}.")
    if not 0 < upload.length <= LIMITS[upload.sort]:
        most = f"är för stor. Högst {size_text(LIMITS[upload.sort])}."
        raise RefusedError(413, f"{upload.name} {most if upload.length else 'är tom. Välj en annan fil.'}")


def room(sort: Sort, length: int) -> int:
    """Return how many bytes of the disk a file takes while an episode is made of it: its copy and the MP3 as well."""
    return length * 22 // 10 if sort is Sort.RECORDING else length


def read_metadata(header: str) -> dict[str, str]:
    """Return what `Upload-Metadata` says: names with values in base64. What cannot be read says nothing."""
    told = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        with suppress(NotBase64Error, UnicodeDecodeError, ValueError):
            told[name] = plain(b64decode(value.strip(), validate=True).decode())
    return told


def ends_of(path: Path) -> str:
    """Return the SHA-256 of the beginning and the end of a file."""
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(ENDS))
        file.seek(max(file.seek(0, 2) - ENDS, 0))
        digest.update(file.read(ENDS))
    return digest.hexdigest()


def read_length(header: str) -> int:
    """Return a number of bytes that a header says. Raises RefusedError."""
    if not re.fullmatch(r"\d{1,18}", header, re.ASCII):
        raise RefusedError(400, "Hur lång filen är ska stå i siffror.")
    return int(header)


def size_text(count: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}".replace(".", ",").replace(",0 ", " ")
    return f"{-(-count // 1000)} kB"


def _write_all(file: BinaryIO, content: bytes | bytearray) -> None:
    """Write all of it: a raw file may take less at a time."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
