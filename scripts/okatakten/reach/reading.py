"""Logs → requests that are counted, with what could not be read of them, each told with its file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from okatakten.reach.counting import Counting
from okatakten.reach.logs import Lines, Reader, UnreadableError, open_log

SHOWN: Final = 5
"""Lines of each log that are named when they cannot be read; the rest is a number."""
_STEP: Final = 20_000
_SAME: Final = 20
"""Lines by which a log is known again when it is given twice, packed and not."""


@dataclass(slots=True, kw_only=True)
class LogRead:
    """What was read of a log.

    Of its `lines`, `about` only say how to read it, and `unreadable` are no line of one; `places` is where the first of
    those stand. `broken`: the file ends before its end. `same_as`: it begins as that log does, and was not counted.
    """

    path: Path
    lines: int = 0
    about: int = 0
    unreadable: int = 0
    places: list[int] = field(default_factory=list)
    broken: bool = False
    same_as: Path | None = None


def find_logs(given: Iterable[Path]) -> list[Path]:
    """Return the logs that were named, and all in the folders that were, in order of their names. Raises OSError."""
    found: dict[Path, Path] = {}
    for place in given:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if not path.is_dir() and not path.name.startswith("."):
                found.setdefault(path.resolve(), path)
    return [*found.values()]


def read_logs(logs: Iterable[Path], counting: Counting, *, progress: Callable[[float], None]) -> list[LogRead]:
    """Add the requests of logs, in any order. Raises OSError.

    A line that cannot be read is left out and told of, without what it says: it may hold an address.
    """
    logs = list(logs)
    sizes = [max(1, path.stat().st_size) for path in logs]
    longest: dict[bytes, Path] = {}  # of those that begin in the same way: that which was written to last
    for path in sorted(logs, key=lambda path: path.stat().st_mtime, reverse=True):
        longest.setdefault(_start(path), path)
    read: list[LogRead] = []
    for number, path in enumerate(logs):
        before = sum(sizes[:number])
        with open_log(path) as lines:
            counted = longest[_start(path)]
            one = LogRead(path=path, same_as=None if counted == path else counted)
            if one.same_as is None:
                _read(lines, one, counting, lambda: progress((before + lines.read) / sum(sizes)))  # noqa: B023 -- at once
        read.append(one)
    return read


def _start(path: Path) -> bytes:
    """Return what tells a log from all others: how it begins. An empty one is like no other."""
    with open_log(path) as lines:
        first = [line for line, _ in zip(lines, range(_SAME), strict=False)]
    return hashlib.blake2b(b"".join(first)).digest() if first else str(path).encode()


def _read(lines: Lines, one: LogRead, counting: Counting, progress: Callable[[], None]) -> None:
    reader = Reader()
    for line in lines:
        one.lines += 1
        try:
            request = reader.parse(line)
        except UnreadableError:
            one.unreadable += 1
            one.places += [one.lines] if len(one.places) < SHOWN else []
            continue
        if request is None:
            one.about += 1
        else:
            counting.add(request)
        if one.lines % _STEP == 0:
            progress()
    one.broken = lines.broken
