"""The last site as a store of pages: one that is made of the same as then is taken from there, and not made again.

A page is known by its key, which stands for all that it is made of. The record of a build, which lies beside what is
remembered, holds the keys of its pages and what was in their files: a file that is not so any more is not taken,
whoever edited it, and neither is any of a site without a record.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from okatakten.disk.memory import code
from okatakten.disk.write import write_atomically
from okatakten.model import Transcript

_RECORD: Final = "last-site.json"

Files = Mapping[str, bytes]
"""The files of a page by address, relative to the site."""
Digests = dict[str, str]
"""What is in files, by their addresses: SHA-256."""


@dataclass(slots=True, kw_only=True)
class LastSite:
    """The last site and the one that is being built.

    `keys` are those of pages then, by their addresses, and `files` what was in the files of each; `new_keys` and
    `new_files` are those of now. `taken` are the addresses of pages that are as they were.

    `in_place`: the new site comes into the same folder, where nobody else writes. What is taken stays there.
    """

    folder: Path
    keys: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Digests] = field(default_factory=dict)
    new_keys: dict[str, str] = field(default_factory=dict)
    new_files: dict[str, Digests] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    in_place: bool = False

    @property
    def staying(self) -> set[str]:
        """The addresses of files that are not written again."""
        return {name for page in self.taken for name in self.new_files[page]} if self.in_place else set()

    def stays(self, file: str, key: str) -> bool:
        """Return whether a file beside the pages, which `key` stands for, stays where it is."""
        return self.in_place and not self.take(file, key, make=lambda: ({file: b""}, True))

    def take(self, page: str, key: str, *, make: Callable[[], tuple[Files, bool]]) -> Files:
        """Return the files of a page: those of the last site, unless they stay there, or else what `make` returns.

        That says, too, whether they may be taken the next time.
        """
        is_same = self.keys.get(page) == key
        if is_same and self.in_place:
            self.taken.add(page)
            self.new_keys[page], self.new_files[page] = key, self.files[page]
            return {}
        files = self._unchanged(page) if is_same else None
        if files is not None:
            self.taken.add(page)
            may = True
        else:
            files, may = make()
        if may:
            self.new_keys[page] = key
            self.new_files[page] = {name: _digest(content) for name, content in files.items()}
        return files

    def _unchanged(self, page: str) -> Files | None:
        """Return the files of a page as the last build wrote them; None: they are not so any more."""
        with suppress(OSError):
            paths = {name: self.folder / name for name in self.files[page]}
            if not all(map(os.path.isfile, paths.values())):
                return None
            files = {name: path.read_bytes() for name, path in paths.items()}
            if all(_digest(content) == self.files[page][name] for name, content in files.items()):
                return files
        return None

    def count(self, site: Path) -> Changed:
        """Return how many pages of the site that is built are new."""
        names = _pages_of(site)
        taken = {f"{page}index.html" for page in self.taken}
        same = sum(name in taken or _is_same(site / name, self.folder / name) for name in names)
        return Changed(new=len(names) - same, same=same, gone=len(_pages_of(self.folder) - names))

    def remember(self, cache: Path) -> None:
        """Keep the record of the site that has taken the place of the last one."""
        with suppress(OSError):  # all is made anew the next time
            record = json.dumps({"keys": self.new_keys, "files": self.new_files}, sort_keys=True).encode()
            write_atomically(cache / _RECORD, _signed(record) + b"\n" + record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How many pages are new or have changed, how many are as they were, and how many there are no more."""

    new: int
    same: int
    gone: int


def read_last(folder: Path, *, cache: Path) -> LastSite:
    """Return the site in a folder with the record of its build; without one, nothing is taken from it."""
    with suppress(OSError):
        known, _, record = (cache / _RECORD).read_bytes().partition(b"\n")
        if known == _signed(record):
            return LastSite(folder=folder, **json.loads(record))
    return LastSite(folder=folder)


def key_of(*made_of: Any) -> str:
    """Return what stands for these values: SHA-256 of all that they hold. They may hold no sets."""
    written = BytesIO()
    pickler = _Values(written, protocol=5)
    pickler.fast = True  # equal values are written alike, whether or not they are one and the same object
    pickler.dump(made_of)
    return hashlib.sha256(written.getbuffer()).hexdigest()


class _Values(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        # Its cues come of its text, and are not read for this.
        return (str, (obj.text, str(obj.path), obj.approximate)) if isinstance(obj, Transcript) else NotImplemented


def _pages_of(site: Path) -> set[str]:
    top = len(site.as_posix()) + 1
    folders = ((Path(above).as_posix()[top:], names) for above, _, names in os.walk(site))
    return {f"{folder}/{name}".lstrip("/") for folder, names in folders for name in names if name.endswith(".html")}


def _is_same(one: Path, other: Path) -> bool:
    """Return whether a page is as another one; what cannot be read is not."""
    with suppress(OSError):
        return other.is_file() and one.read_bytes() == other.read_bytes()
    return False


def _signed(record: bytes) -> bytes:
    """Return what stands for a record as this version of the code writes it: of another, nothing is believed."""
    return hashlib.sha256(code() + record).hexdigest().encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
