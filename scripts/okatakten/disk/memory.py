"""What is slow to make and always comes out the same, remembered in `.okatakten/` from one run to the next.

A remembered thing is named by everything that it is made of, what makes it among it: it can be missing or damaged, and
is then made again, but it cannot be out of date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import time_ns
from typing import Final, TypeVar

from okatakten.disk.write import write_atomically

Content = TypeVar("Content", bytes, bytes | None)
Made = TypeVar("Made")

_DIGEST: Final = hashlib.sha256().digest_size
_DAYS_KEPT: Final = 30
_NOT_OF_PAGES: Final = {"clips", "clock", "loudness", "tags"}
_SETTLED: Final = 2 * 10**9
"""Nanoseconds that some disks do not tell apart."""


def recall(folder: Path, made_of: bytes, *, make: Callable[[], Content]) -> Content:
    """Return what `make` returns, from the folder of its kind if the same was made of the same before.

    None is not remembered.
    """
    path = folder / hashlib.sha256(made_of).hexdigest()[:32]
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
            with suppress(OSError):  # it may be somebody else's
                os.utime(path)
            return content[_DIGEST:]
    made = make()
    if made is not None:
        with suppress(OSError):  # it is made anew the next time
            _forget_old(folder)
            write_atomically(path, hashlib.sha256(made).digest() + made)
    return made


def forget(cache: Path) -> None:
    """Forget what builds have remembered. Raises OSError.

    The clock stays, which is no memory of theirs, and what took long: what was fetched, measured by listening, filmed.
    """
    for path in cache.glob("*"):
        if path.name not in _NOT_OF_PAGES:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def stamp_of(*paths: Path) -> tuple[object, ...] | None:
    """Return what tells whether files are as they were, without reading them; None: that cannot be told.

    One that has just been written might be written once more within the time that a disk tells apart.
    """
    try:
        facts = [path.stat() for path in paths]
    except OSError:
        return None
    if any(each.st_mtime_ns > time_ns() - _SETTLED for each in facts):
        return None
    return tuple((each.st_size, each.st_mtime_ns, each.st_ctime_ns, each.st_ino) for each in facts)


def newest_of_file(make: Callable[..., Made]) -> Callable[..., Made]:
    """Let what is made of a file be kept while the process lives: of each file, what came of it last."""
    known: dict[Path, tuple[object, Made]] = {}

    def get(path: Path, *made_of: object) -> Made:
        if path not in known or known[path][0] != made_of:
            known[path] = made_of, make(path, *made_of)
        return known[path][1]

    return get


@cache
def code() -> bytes:
    """Return what stands for all code of the package, and for the Python that runs it: 32 bytes.

    What is remembered under it is made again by whoever changes a line.
    """
    package = Path(__file__).parents[1]
    made_by = hashlib.sha256(sys.version.encode())
    for path in sorted(path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        made_by.update(path.relative_to(package).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return made_by.digest()


@cache
def _forget_old(folder: Path) -> None:
    """Forget what was last asked for long before the newest, once in a process."""
    times = {path: path.stat().st_mtime for path in folder.glob("*")}
    oldest = max(times.values(), default=0) - _DAYS_KEPT * 24 * 60 * 60
    for path, time in times.items():
        if time < oldest:
            path.unlink(missing_ok=True)
