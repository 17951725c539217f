"""What is being written, kept beside the project until it is saved into it: no word is lost, and no file half changed.

In `.desk/`, which no Git sees: `drafts/` has each file as it is being written under its own name, `bases/` what it was
when somebody began. When the file itself has changed meanwhile, by whoever works in an editor or by `git pull`, the
draft is moved upon it, field by field; where both changed the same, both are told. `versions/` has what was saved over.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Final

from okatakten.disk.write import write_all, write_atomically

VERSIONS: Final = 20
"""Of each file: as many as somebody might want to go back to without a history of Git."""


class ConflictError(Exception):
    """Somebody else has changed the same meanwhile. `theirs` is what stands there now."""

    def __init__(self, theirs: str) -> None:
        super().__init__(theirs)
        self.theirs = theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A file as it was until `when`, when `who` saved over it."""

    number: str
    who: str
    when: datetime


class Drafts:
    """The drafts of one project. All methods may be called by several threads, and files are named from `root`."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self._lock = RLock()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Let nobody else write a draft meanwhile: what is read and written within is of one moment."""
        with self._lock:
            yield

    def text(self, file: str) -> str | None:
        """Return a file as it is being written, or as it stands; None where there is none."""
        return _read(self._draft(file)) if self._draft(file).is_file() else self.saved(file)

    def saved(self, file: str) -> str | None:
        """Return a file as it stands in the project."""
        return _read(self.root / file)

    def base(self, file: str) -> str | None:
        """Return what a draft began from."""
        return _read(self.folder / "bases" / file)

    def write(self, file: str, text: str) -> None:
        """Keep a file as it is being written. Back to what stands in the project, there is no draft any more."""
        with self._lock:
            saved = self.saved(file)
            if text == saved:
                self.forget(file)
                return
            if not self._draft(file).is_file():
                write_atomically(self.folder / "bases" / file, _bytes(saved or ""))
            write_atomically(self._draft(file), _bytes(text))

    def put(self, file: str, arrived: Path) -> None:
        """Keep a file that is new, as it came: a picture or a film. It is moved there."""
        with self._lock:
            self._draft(file).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / "bases" / file, b"")
            arrived.replace(self._draft(file))

    def path(self, file: str) -> Path:
        """Return where a file lies as it is being written, or as it stands."""
        return self._draft(file) if self._draft(file).is_file() else self.root / file

    def forget(self, file: str) -> None:
        """Give a draft up."""
        with self._lock:
            for path in (self._draft(file), self.folder / "bases" / file):
                path.unlink(missing_ok=True)

    def files(self) -> list[str]:
        """Return the files that are being written."""
        above = self.folder / "drafts"
        return sorted(
            path.relative_to(above).as_posix()
            for path in above.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        )

    def is_overtaken(self, file: str) -> bool:
        """Return whether a file has changed in the project since its draft was begun."""
        return self._draft(file).is_file() and (self.saved(file) or "") != (self.base(file) or "")

    def rebased(self, file: str, text: str) -> None:
        """Keep a draft that has been moved upon what stands in the project now."""
        with self._lock:
            write_atomically(self.folder / "bases" / file, _bytes(self.saved(file) or ""))
            self.write(file, text)

    def save(self, files: list[str], *, who: str) -> list[str]:
        """Write drafts into the project, all or none, and keep what they replace. Returns which there were.

        Raises ConflictError with the name of a file that has changed in the project meanwhile, and OSError.
        """
        with self._lock:
            for file in files:
                if self.is_overtaken(file):
                    raise ConflictError(file)
            there = [file for file in files if self._draft(file).is_file()]
            for file in there:
                self._keep(file, who=who)
            for file in there:
                (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            write_all({self.root / file: self._draft(file).read_bytes() for file in there})
            for file in there:
                self.forget(file)
            return there

    def _keep(self, file: str, *, who: str) -> None:
        saved = self.saved(file)
        if saved is None:
            return
        folder = self.folder / "versions" / file
        now = datetime.now(UTC)
        kept = json.dumps({"who": who, "when": now.isoformat(), "text": saved}, ensure_ascii=False)
        write_atomically(folder / f"{now:%Y%m%d%H%M%S%f}.json", kept.encode())
        for old in sorted(folder.glob("*.json"))[:-VERSIONS]:
            old.unlink(missing_ok=True)

    def versions(self, file: str) -> list[Version]:
        """Return the versions that are kept of a file, the newest first."""
        found = []
        for path in sorted((self.folder / "versions" / file).glob("*.json"), reverse=True):
            with suppress(OSError, ValueError, KeyError, TypeError):
                kept = json.loads(path.read_bytes())
                when = datetime.fromisoformat(kept["when"])
                found.append(Version(number=path.stem, who=str(kept["who"]), when=when))
        return found

    def version(self, file: str, number: str) -> str | None:
        """Return the text of a version; None where there is no such one."""
        for path in (self.folder / "versions" / file).glob("*.json"):
            if path.stem == number:
                with suppress(OSError, ValueError, KeyError, TypeError):
                    return str(json.loads(path.read_bytes())["text"])
        return None

    def lay_out(self, folder: Path) -> None:
        """Let a folder hold the project with its drafts, to be read and built from there.

        Files that are as they stand in the project are links to them: sound is large. What is there already stays, so
        that whoever has read it knows it by its times.
        """
        with self._lock:
            drafts = self.files()
            sources = {name: self.root / name for name in self._names()} | {name: self._draft(name) for name in drafts}
            for name in {path.relative_to(folder).as_posix() for path in _files_in(folder)}.difference(sources):
                (folder / name).unlink()
            for name, source in sources.items():
                place = folder / name
                if place.is_file() and place.samefile(source):
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                place.unlink(missing_ok=True)
                _link_or_copy(source, place)
        for above, _, _ in os.walk(folder, topdown=False):
            with suppress(OSError):  # something is in it
                Path(above).rmdir()

    def _names(self) -> Iterator[str]:
        """Yield the files that a project is read and built from."""
        for place in ("docs", "overrides", "podcast", "mkdocs.yml"):
            yield from (path.relative_to(self.root).as_posix() for path in _files_in(self.root / place))

    def _draft(self, file: str) -> Path:
        return self.folder / "drafts" / file


def stands_for(text: str | None) -> str:
    """Return what tells whether a text is as somebody saw it, for `If-Match` (RFC 9110, 8.8.3)."""
    return hashlib.sha256(_bytes(text or "")).hexdigest()[:32]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")


def _read(path: Path) -> str | None:
    """Return a text as it is, line ends and what is no UTF-8 too."""
    try:
        return path.read_bytes().decode("utf-8", errors="surrogateescape")
    except OSError:
        return None


def _files_in(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for above, folders, files in os.walk(place):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(above, name) for name in files)


def _link_or_copy(path: Path, to: Path) -> None:
    try:
        to.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, to)
