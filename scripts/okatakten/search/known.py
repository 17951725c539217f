"""What was made for the index before, in one file: a site has many pages, and a file for each would take longer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from okatakten.disk.write import write_atomically

_DIGEST: Final = hashlib.sha256().digest_size


class Known:
    """Things by what they are made of. Damaged, or of other things, they are made again.

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
        room = sum(map(len, self._asked.values()))
        kept = self._asked | {
            name: content
            for (name, content), end in zip(others.items(), accumulate(map(len, others.values())), strict=True)
            if end <= room
        }
        content = joined_files(kept)
        with suppress(OSError):  # it is made anew the next time
            write_atomically(self._path, hashlib.sha256(content).digest() + content)


def _read(path: Path) -> dict[str, bytes]:
    with suppress(OSError):
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
            return parted_files(content[_DIGEST:])
    return {}


def joined_files(contents: dict[str, bytes]) -> bytes:
    """Return some contents, by their names, as one."""
    lengths = {name: len(content) for name, content in contents.items()}
    return b"".join((json.dumps(lengths).encode(), b"\n", *contents.values()))


def parted_files(joined: bytes) -> dict[str, bytes]:
    """Return the contents that `joined_files` has made one of."""
    head, _, contents = joined.partition(b"\n")
    lengths = json.loads(head)
    ends = pairwise(accumulate(lengths.values(), initial=0))
    return {name: contents[start:end] for name, (start, end) in zip(lengths, ends, strict=True)}
