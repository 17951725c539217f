"""To disk: whole or not at all, so that the last good output stays whatever happens."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from glob import escape
from pathlib import Path
from stat import S_IFREG
from typing import Final, TypeVar

from okatakten.disk.alone import alone, trying

Made = TypeVar("Made")

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_HELD_OPEN: Final = {5, 32}
"""What Windows says when another program, such as one that looks for viruses, has a file open for a moment."""
_PATIENCE: Final = 2.0


def replace_folder(folder: Path, *, make: Callable[[Path], None]) -> None:
    """Let `make` fill a new, empty folder and put it in place of the old one.

    The two change places in one step: a process killed at any moment leaves the old folder or the new one, whole.
    When `make` raises, the old one stands untouched. Raises BusyError where somebody else is replacing it, and OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder) as locked:
        if locked:
            _clear_up(folder)
        new = _beside(folder, "new")
        new.mkdir()
        try:
            make(new)
            _change_places(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def update_folder(folder: Path, *, make: Callable[[Path], Collection[str]]) -> None:
    """Let `make` fill a new, empty folder with what is new in another one, and say which files stay as they are there.

    When `make` raises, nothing has changed; after an OSError, something may have. What is new comes into its place file
    by file, pages last, and then what neither is new nor stays is taken away: no page ever lacks what it shows.
    """
    new = _beside(folder, "new")
    new.mkdir()
    try:
        staying = make(new)
        made = {path.relative_to(new): path for path in new.rglob("*") if path.is_file()}
        for name in made:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        for name, path in sorted(made.items(), key=lambda each: each[0].suffix == ".html"):
            _move(path, folder / name)
        _remove_others(folder, {*made, *map(Path, staying)})
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _remove_others(folder: Path, names: Collection[Path]) -> None:
    """Take away all files of a folder but these, and the folders that hold nothing then."""
    there = {Path(above, name).relative_to(folder) for above, _, files in os.walk(folder) for name in files}
    for gone in there.difference(names):
        (folder / gone).unlink()
        for above in [*gone.parents][:-1]:
            with suppress(OSError):  # something else is in it
                (folder / above).rmdir()


def write_atomically(path: Path, content: bytes, *, tries: Iterable[object] | None = None) -> bool:
    """Write a file whole or not at all, and return whether that changed it. `tries`: of putting it in its place."""
    if path.is_file() and path.read_bytes() == content:
        return False
    new = _new_file(path)
    with _beside_it(path, new):
        _make_way(new, lambda: new.write_bytes(content))
        _move(new, path, tries=tries)
    return True


def write_files(folder: Path, contents: Mapping[str, str | bytes], *, before: Path | None = None) -> None:
    """Write files, by their paths below a folder, into it. Text becomes UTF-8.

    A file that is the same in the folder `before` is linked from there.
    """
    for name, content in contents.items():
        pieces = (content.encode() if isinstance(content, str) else content,)
        write_pieces(folder / name, partial(iter, pieces), before=before and before / name)


def write_pieces(path: Path, pieces: Callable[[], Iterable[bytes]], *, before: Path | None = None) -> None:
    """Write what `pieces` returns into a file, or link the file `before`, where it holds the same: that costs a tenth.

    A file that is there already makes way and is not written into: it may be another's, too.
    """
    if before and _holds(before, pieces()) and (before == path or _make_way(path, lambda: _link(before, path))):
        return
    with _make_way(path, lambda: path.open("xb")) as file:
        file.writelines(pieces())


def _holds(path: Path, pieces: Iterable[bytes]) -> bool:
    """Return whether this is a file like a new one, with this content; what cannot be read is none."""
    try:
        if os.lstat(path).st_mode != S_IFREG | _rights_of_new():
            return False
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return all(os.read(file, len(piece)) == piece for piece in pieces) and not os.read(file, 1)
        finally:
            os.close(file)
    except OSError:
        return False


@cache
def _rights_of_new() -> int:
    """Return the rights of a new file: somebody may have been asked to let others read what comes."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _link(before: Path, path: Path) -> bool:
    """Give a file another name, and return whether it has got one."""
    try:
        os.link(before, path)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:  # this disk has no links
        return False
    return True


def _make_way(path: Path, make: Callable[[], Made]) -> Made:
    """Return what `make` returns, once it finds the folder of a new file, and no other file in its place."""
    try:
        return make()
    except FileExistsError:
        path.unlink()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    return make()


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files, in place of those that are there. Raises OSError before any of them has changed.

    All are written beside the old ones first; what is left then is renaming. Killed during that, some are new.
    """
    with ExitStack() as stack:
        new = {path: _new_file(path) for path in contents}
        for path, beside in new.items():
            stack.enter_context(_beside_it(path, beside))
            beside.write_bytes(contents[path])
        for path, beside in new.items():
            _move(beside, path)


@contextmanager
def _beside_it(path: Path, new: Path) -> Iterator[None]:
    """Take the new file away whatever happens, and let an error that names it or none name the file that it is for."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, OSError) and error.filename in {None, str(new)}:
            error.filename = str(path)
        with suppress(OSError):  # what went wrong before says it better
            new.unlink(missing_ok=True)
        raise


def _new_file(path: Path) -> Path:
    """Return a name beside a file that nobody else has: two who write it at once do not meet."""
    return path.with_name(f".{secrets.token_hex(8)}.new")


def _beside(folder: Path, what: str) -> Path:
    """Return a name of one's own beside a folder. Programs of somebody who was killed may still write under theirs."""
    return folder.with_name(f".{folder.name}-{what}-{secrets.token_hex(4)}")


def _move(new: Path, place: Path, *, tries: Iterable[object] | None = None) -> None:
    """Give a file or folder its name; try for two seconds where Windows says that something has it open."""
    held: OSError | None = None
    for _ in trying(_PATIENCE) if tries is None else tries:
        try:
            new.replace(place)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD_OPEN:
                raise
            held = error
        else:
            return
    if held:
        raise held


def _change_places(new: Path, old: Path) -> None:
    """Exchange two folders. Linux does it in one step; elsewhere the old one is moved aside for a moment."""
    if not old.exists():
        _move(new, old)
        return
    if not _exchange(new, old):
        aside = _beside(old, "old")
        _move(old, aside)
        try:
            _move(new, old)
        except OSError:
            aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _clear_up(folder: Path) -> None:
    """Put a folder back that was moved aside, and remove what else somebody left who was killed."""
    left = [*folder.parent.glob(f".{escape(folder.name)}-old*"), *folder.parent.glob(f".{escape(folder.name)}-new*")]
    for path in left:
        if not folder.exists() and path.name.startswith(f".{folder.name}-old"):
            path.rename(folder)
        shutil.rmtree(path, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Return whether renameat2(2) of Linux exchanged the two; no other way does it without a gap."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    result: int = renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return result == 0
