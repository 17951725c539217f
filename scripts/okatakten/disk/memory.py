"""What is slow to make and always comes out the same, remembered in `.okatakten/` from one run to the next.

A remembered thing is named by everything that it is made of, the code that makes it among it: it can be missing or
damaged, and is then made again, but it cannot be out of date.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from okatakten.disk.write import write_atomically

_DIGEST: Final = hashlib.sha256().digest_size
_DAYS_KEPT: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A folder of remembered things. `made_with` stands for the code that makes them.

    A folder that is None remembers nothing.
    """

    folder: Path | None
    made_with: bytes

    def recall(self, made_of: str, *, make: Callable[[], bytes | None]) -> bytes | None:
        """Return what `make` returns, from the folder if the same was made of the same before. None is not kept."""
        if self.folder is None:
            return make()
        path = self.folder / hashlib.sha256(self.made_with + made_of.encode()).hexdigest()[:32]
        with suppress(OSError):
            content = path.read_bytes()
            if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
                return content[_DIGEST:]
        made = make()
        if made is not None:
            with suppress(OSError):  # it is made anew the next time
                _forget_old(self.folder)
                write_atomically(path, hashlib.sha256(made).digest() + made)
        return made


FORGETFUL: Final = Memory(folder=None, made_with=b"")


def remember_in(folder: Path) -> Memory:
    """Return the memory of this code in a folder, which need not be there."""
    return Memory(folder=folder, made_with=_makers())


@cache
def _makers() -> bytes:
    """Return what stands for this package and Python: whatever changes in them, nothing is recalled."""
    code = b"".join(
        hashlib.sha256(path.read_bytes()).digest() for path in sorted(Path(__file__).parents[1].rglob("*.py"))
    )
    return code + sys.version.encode()


@cache
def _forget_old(folder: Path) -> None:
    """Forget what was made long before the newest, once in a process: what is still used is made again."""
    times = {path: path.stat().st_mtime for path in folder.glob("*")}
    oldest = max(times.values(), default=0) - _DAYS_KEPT * 24 * 60 * 60
    for path, time in times.items():
        if time < oldest:
            path.unlink(missing_ok=True)
