"""One at a time: whoever works in a folder holds its lock, which goes with the process, however that ends.

The lock is a file beside the folder that the operating system keeps locked, not one that is there: what a killed
process leaves stops nobody. Where a disk has no locks or nothing can be written, there is none, and who writes has
names of its own (`write`).
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

WITHIN: Final = "OKATAKTEN_WITHIN"
"""The variable by which a process lets those that it starts work in the folders that it holds."""

_OURSELVES: Final = secrets.token_hex(8)
_FAR: Final = 2**30
"""Windows keeps what is locked from being read, so a byte is locked that no lock file has."""

_held: ContextVar[frozenset[Path]] = ContextVar("_held", default=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who holds a lock: what is done, by which process of which machine, and since when (ISO 8601, with zone)."""

    work: str
    pid: int
    host: str
    since: str
    mark: str = _OURSELVES


class BusyError(Exception):
    """Somebody else is at work in a folder; `worker` None: it is not known who."""

    def __init__(self, folder: Path, worker: Worker | None) -> None:
        super().__init__(f"{folder}: {worker}")
        self.folder = folder
        self.worker = worker


def trying(seconds: float, *, pause: float = 0.1) -> Iterator[None]:
    """Yield once, and then again after each pause, for as many seconds as it makes sense to try."""
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        time.sleep(pause)
        yield


def within() -> dict[str, str]:
    """Return what has to be in the environment of a process that works for this one."""
    return {WITHIN: _OURSELVES}


@contextmanager
def alone(
    folder: Path,
    *,
    work: str = "",
    tries: Iterable[object] = (None,),
    told: Callable[[BusyError], object] = lambda _busy: None,
) -> Iterator[bool]:
    """Hold the lock of a folder, there or not, and yield whether there is one. Raises BusyError after all `tries`.

    `told` is called once when somebody has to be waited for. Who holds a lock already may take it again.
    """
    # Not Path.resolve, which fails where links lead in a circle.
    place = Path(os.path.realpath(folder.parent), folder.name)
    lock = place.with_name(f".{place.name}.lock")
    if lock in _held.get():
        yield True
        return
    try:
        file = _take(lock, place, work=work or Path(sys.argv[0]).name, tries=tries, told=told)
    except OSError:  # what is to be written there will say what is wrong, or the disk has no locks
        yield False
        return
    before = _held.set(_held.get() | {lock})
    try:
        yield True
    finally:
        _held.reset(before)
        if file:
            _give_back(file, lock)


def _take(
    lock: Path, folder: Path, *, work: str, tries: Iterable[object], told: Callable[[BusyError], object]
) -> BinaryIO | None:
    """Return the lock file, locked; None where the process that we work for holds it."""
    busy = BusyError(folder, None)
    for number, _ in enumerate(tries):
        if file := _lock(lock):
            _sign(file, work=work)
            return file
        busy = BusyError(folder, _read(lock))
        if busy.worker and busy.worker.mark == os.environ.get(WITHIN):
            return None
        if not number:
            told(busy)
    raise busy


def _lock(lock: Path) -> BinaryIO | None:
    """Return the lock file if nobody else has it. Raises OSError where nothing can be locked."""
    while True:
        file = _open(lock)
        try:
            if not _lock_file(file):
                file.close()
                return None
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), lock.stat()):
                    return file
        except OSError:
            file.close()
            raise
        file.close()  # it was taken away by who held it, before we locked it


def _open(lock: Path) -> BinaryIO:
    # A link that somebody put there would have us write over what it leads to.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.fdopen(os.open(lock, flags, 0o666), "r+b", buffering=0)
    except PermissionError:  # another user's: it can be locked all the same
        return lock.open("rb", buffering=0)


def _lock_file(file: BinaryIO) -> bool:
    """Return whether the file could be locked at once. Raises OSError where the disk has no locks."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR)
        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False
    import fcntl

    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _sign(file: BinaryIO, *, work: str) -> None:
    """Write down who is at work; a lock that cannot be signed is as good as another."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    worker = Worker(work=work, pid=os.getpid(), host=platform.node(), since=now)
    with suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(json.dumps(asdict(worker)).encode())


def _read(lock: Path) -> Worker | None:
    try:
        return Worker(**json.loads(lock.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _give_back(file: BinaryIO, lock: Path) -> None:
    """Take the lock file away while it is ours; on Windows nobody can before it is closed, and it may stay."""
    with suppress(OSError):
        lock.unlink()
    file.close()
    if sys.platform == "win32":
        with suppress(OSError):
            lock.unlink()
