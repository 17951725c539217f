"""What is being written, kept beside the project until it is saved into it: no word is lost, and no file half changed.

In `.desk/`, which no Git sees and nobody else reads: `drafts/` has each file as it is being written under its own name,
`bases/` what it was when somebody began. When the file itself has changed meanwhile, by whoever works in an editor or
by `git pull`, the draft is moved upon it, field by field; where both changed the same, both are told. `versions/` has
what was saved over or given up, `steps/` what can be taken back (`steps`), `removed/` the folders that were taken away.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Final

from okatakten.disk.write import write_all, write_atomically

VERSIONS: Final = 20
"""Of each file: as many as somebody might want to go back to without a history of Git."""
_TEXTS: Final = (".md", ".vtt", ".yml")
"""Files that versions are kept of. Of a picture, what it was cut from is."""

Stamp = tuple[tuple[str, int, int, int], ...]
"""What files are at a moment, each with its node, time and size."""


class ConflictError(Exception):
    """Somebody else has changed the same meanwhile. `theirs` is what stands there now."""

    def __init__(self, theirs: str) -> None:
        super().__init__(theirs)
        self.theirs = theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A file as it was: in a commit, or until `when`, when `who` saved over it and said nothing of it."""

    number: str
    who: str
    when: datetime
    subject: str = ""


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
        """Return a file as it stands in the project; what a link leads to is no part of that."""
        return None if (self.root / file).is_symlink() else _read(self.root / file)

    def base(self, file: str) -> str | None:
        """Return what a draft began from."""
        return _read(self.folder / "bases" / file)

    def write(self, file: str, text: str) -> None:
        """Keep a file as it is being written. Back to what stands in the project, there is no draft any more."""
        with self._lock:
            saved = self.saved(file)
            if text == (saved or ""):
                self.forget(file)
                return
            # Killed in the middle of saving, a draft is left that says what the file says by now.
            if _read(self._draft(file)) in {None, saved}:
                self._begin(file, saved)
            write_atomically(self._draft(file), _bytes(text))

    def _begin(self, file: str, saved: str | None) -> None:
        """Keep what a draft begins from; nothing where its folder is new as well."""
        if (self.root / file).parent.is_dir():
            write_atomically(self.folder / "bases" / file, _bytes(saved or ""))
        else:
            (self.folder / "bases" / file).unlink(missing_ok=True)

    def put(self, file: str, arrived: Path) -> None:
        """Keep a file that is new, as it came: a picture or a film. It is moved there."""
        with self._lock:
            self._draft(file).parent.mkdir(parents=True, exist_ok=True)
            self._begin(file, None)
            arrived.replace(self._draft(file))

    def path(self, file: str) -> Path:
        """Return where a file lies as it is being written, or as it stands."""
        return self._draft(file) if self._draft(file).is_file() else self.root / file

    def whole(self, file: str) -> Path:
        """Return the folder of what a picture was cut from, each named by the SHA-256 of what it became."""
        return self.folder / "whole" / file

    def forget(self, file: str) -> None:
        """Have no draft of a file any more."""
        with self._lock:
            for path in (self._draft(file), self.folder / "bases" / file):
                path.unlink(missing_ok=True)

    def give_up(self, file: str, *, who: str) -> None:
        """Let a file be as it stands in the project, and keep what was written as a version: two may write at it."""
        with self._lock:
            if self._draft(file).is_file():
                self._keep(file, self.text(file), who=who)
            self.forget(file)

    def stands_for(self, files: Iterable[str], *, is_saved: bool = False) -> str:
        """Return what tells whether files are as somebody saw them: as they are being written, or in the project."""
        seen = hashlib.sha256()
        for file in files:
            path = self.root / file if is_saved else self.path(file)
            seen.update(f"{file}\0{_digest(path)}\0".encode(errors="surrogateescape"))
        return seen.hexdigest()[:32]

    def orphans(self) -> list[str]:
        """Return the drafts of files that are gone, or whose folder is: deleted or renamed while somebody wrote."""
        return [
            file
            for file in self.files()
            if not (self.root / file).is_file()
            and (base := self.base(file)) is not None
            and (base or not (self.root / file).parent.is_dir())
        ]

    def follow(self, file: str, new: str) -> None:
        """Let a draft be one of the file that is called so now, unless that has a draft."""
        with self._lock:
            if not self._draft(new).is_file():
                write_atomically(self.folder / "bases" / new, _bytes(self.base(file) or ""))
                write_atomically(self._draft(new), self._draft(file).read_bytes())
                self.forget(file)

    def take_away(self, folder: str, *, who: str) -> None:
        """Take a folder out of the project, with its drafts, and keep it. Raises OSError."""
        with self._lock:
            for file in self.files():
                if file.startswith(f"{folder}/"):
                    self.give_up(file, who=who)
            kept = self.folder / "removed" / f"{Path(folder).name}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            (self.root / folder).rename(kept)

    def taken(self) -> list[str]:
        """Return the folders that are kept, the newest first, each with a number behind its name."""
        kept = (path.name for path in (self.folder / "removed").glob("*-*") if path.is_dir())
        return sorted(kept, key=lambda name: name.rpartition("-")[2], reverse=True)

    def bring_back(self, name: str, folder: str) -> None:
        """Put a folder back. Raises OSError where there is one again."""
        with self._lock:
            if (self.root / folder).exists():
                raise FileExistsError(folder)
            (self.folder / "removed" / name).rename(self.root / folder)

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
        saved, draft = self.saved(file), self._draft(file)
        return draft.is_file() and saved != _read(draft) and (saved or "") != (self.base(file) or "")

    def rebased(self, file: str, text: str) -> None:
        """Keep a draft that has been moved upon what stands in the project now."""
        with self._lock:
            # Killed in between, what others have changed is taken for ours, and is the same as theirs.
            self.write(file, text)
            if self._draft(file).is_file():
                write_atomically(self.folder / "bases" / file, _bytes(self.saved(file) or ""))

    def resume(self, file: str, text: str, *, base: str) -> None:
        """Keep a file as somebody has written it on another base than what stands in the project now."""
        with self._lock:
            write_atomically(self.folder / "bases" / file, _bytes(base))
            write_atomically(self._draft(file), _bytes(text))

    def rename(self, old: str, new: str) -> None:
        """Take what is kept of the files of a folder along when the folder has got another name."""
        with self._lock:
            for file in [file for file in self.files() if file.startswith(f"{new}/")]:
                self.give_up(file, who="")
            for above in ("bases", "drafts", "versions", "whole", "steps"):
                # One by one: another episode may have been called so before.
                for path in [path for path in (self.folder / above / old).rglob("*") if path.is_file()]:
                    place = self.folder / above / new / path.relative_to(self.folder / above / old)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(place)

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
                self._keep(file, self.saved(file), who=who)
            for file in there:
                (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            write_all({self.root / file: self._draft(file).read_bytes() for file in there})
            for file in there:
                self.forget(file)
            return there

    def keep_saved(self, file: str, *, who: str) -> None:
        """Keep a file as it stands in the project as a version."""
        with self._lock:
            self._keep(file, self.saved(file), who=who)

    def keep(self, file: str, *, who: str) -> None:
        """Keep a file as it is being written as a version: something else is to take its place."""
        with self._lock:
            self._keep(file, self.text(file), who=who)

    def _keep(self, file: str, text: str | None, *, who: str) -> None:
        if text is None or not file.endswith(_TEXTS):
            return
        folder = self.folder / "versions" / file
        now = datetime.now(UTC)
        there = sorted(folder.glob("*.json"))
        # The clock of a machine may go back; the newest stays the last.
        number = max(int(f"{now:%Y%m%d%H%M%S%f}"), *(int(path.stem) + 1 for path in there if path.stem.isdecimal()), 0)
        kept = json.dumps({"who": who, "when": now.isoformat(), "text": text})
        write_atomically(folder / f"{number}.json", kept.encode())
        for old in there[: 1 - VERSIONS]:
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

    def lay_out(self, folder: Path) -> Stamp:
        """Let a folder hold the project with its drafts, to be read and built from there. Returns what it is made of.

        Files that are as they stand in the project are links to them: sound is large. What is there already stays, so
        that whoever has read it knows it by its times. What vanishes meanwhile is not there.
        """
        with self._lock:
            gone = self.orphans()
            sources = {name: self.root / name for name in self._names()}
            sources |= {name: self._draft(name) for name in self.files() if name not in gone}
            for name in {path.relative_to(folder).as_posix() for path in _files_in(folder)}.difference(sources):
                (folder / name).unlink()
            for above, _, _ in os.walk(folder, topdown=False):
                with suppress(OSError):  # something is in it
                    Path(above).rmdir()
            stamp = []
            for name, source in sources.items():
                with suppress(FileNotFoundError):
                    stamp.append((name, *_link_or_copy(source, folder / name)))
            return tuple(stamp)

    def _names(self) -> Iterator[str]:
        """Yield the files that a project is read and built from."""
        for place in ("docs", "overrides", "podcast", "mkdocs.yml"):
            yield from (path.relative_to(self.root).as_posix() for path in _files_in(self.root / place))

    def _draft(self, file: str) -> Path:
        return self.folder / "drafts" / file


def stands_for(text: str | None) -> str:
    """Return what tells whether a text is as somebody saw it, for `If-Match` (RFC 9110, 8.8.3)."""
    return hashlib.sha256(_bytes(text or "")).hexdigest()[:32]


def _digest(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


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
        yield from (path for name in folders if (path := Path(above, name)).is_symlink())


def _link_or_copy(path: Path, to: Path) -> tuple[int, int, int]:
    """Let a file be the same as another, and return what tells whether that has changed."""
    stat = path.lstat()
    try:
        there = to.lstat()
        same = os.path.samestat(there, stat) or (there.st_mtime_ns, there.st_size) == (stat.st_mtime_ns, stat.st_size)
    except OSError:
        same = False
    if not same:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.unlink(missing_ok=True)
        try:
            to.hardlink_to(path)
        except OSError:  # this disk has no links
            shutil.copy2(path, to, follow_symlinks=False)
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
