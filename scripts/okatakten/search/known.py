"""What was made for the index before, in one file: a site has many pages, and a file for each would take longer."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from okatakten.disk.write import write_atomically

_DIGEST: Final = hashlib.sha256().digest_size


class Known:
    """Things by what they are made of. All are made again where the file is damaged, or of other code.

    What is not asked for stays until there is more of it than of what is: pages that are built for one address and
    then for another are known for both.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _read(path)
        self._asked: dict[str, bytes] = {}

    def recall(self, made_of: bytes, *, make: Callable[[], bytes]) -> bytes:
        """Return what `make` returns, or returned when the same was made of the same before."""
        name = hashlib.sha256(made_of).hexdigest()
        known = self._before.get(name)
        self._asked[name] = content = make() if known is None else known
        return content

    def keep(self) -> None:
        """Write down what was made, for the next time."""
        if self._asked.keys() <= self._before.keys():
            return
        others = {name: content for name, content in self._before.items() if name not in self._asked}
        room, ends = sum(map(len, self._asked.values())), accumulate(map(len, others.values()))
        staying = {name: others[name] for name, end in zip(others, ends, strict=True) if end <= room}
        parts = _parts(self._asked | staying)
        with suppress(OSError):  # it is made anew the next time
            write_atomically(self._path, b"".join((*parts, _sign(*parts))))


def _read(path: Path) -> dict[str, bytes]:
    with suppress(OSError):
        signed = path.read_bytes()
        if _sign(memoryview(signed)[:-_DIGEST]) == signed[-_DIGEST:]:
            return parted_files(signed)
    return {}


def _sign(*parts: bytes | memoryview) -> bytes:
    made_by = _maker().copy()
    for part in parts:
        made_by.update(part)
    return made_by.digest()


@cache
def _maker() -> hashlib._Hash:
    """Return what stands for all that makes the index: what other code has written is not known."""
    made_by = hashlib.sha256(f"{sys.version} {version('pystemmer')}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        made_by.update(hashlib.sha256(path.read_bytes()).digest())
    return made_by


def joined_files(contents: dict[str, bytes]) -> bytes:
    """Return some contents, by their names, as one."""
    return b"".join(_parts(contents))


def _parts(contents: dict[str, bytes]) -> list[bytes]:
    lengths = {name: len(content) for name, content in contents.items()}
    return [json.dumps(lengths).encode(), b"\n", *contents.values()]


def parted_files(joined: bytes) -> dict[str, bytes]:
    """Return the contents that `joined_files` has made one of; something may follow them."""
    first = joined.index(b"\n") + 1
    lengths = json.loads(joined[:first])
    ends = pairwise(accumulate(lengths.values(), initial=first))
    return {name: joined[start:end] for name, (start, end) in zip(lengths, ends, strict=True)}
