"""To disk: whole or not at all, so that the last good output stays whatever happens."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def replace_folder(folder: Path, *, make: Callable[[Path], None]) -> None:
    """Let `make` fill a new, empty folder and put it in place of the old one.

    The two change places in one step: a process killed at any moment leaves the old folder or the new one, whole.
    When `make` raises, the old one stands untouched. Raises OSError where a file is held by another program.
    """
    _put_back(folder)
    new = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        make(new)
        _change_places(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def write_atomically(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all, and return whether that changed it."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return True


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Write files, by their paths below a folder, into it. Text becomes UTF-8."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files, in place of those that are there. Raises OSError before any of them has changed.

    All are written beside the old ones first; what is left then is renaming. Killed during that, some are new.
    """
    new = {path: path.with_name(f".{path.name}.new") for path in contents}
    try:
        for path, beside in new.items():
            beside.write_bytes(contents[path])
        for path, beside in new.items():
            beside.replace(path)
    finally:
        for beside in new.values():
            beside.unlink(missing_ok=True)


def _change_places(new: Path, old: Path) -> None:
    """Exchange two folders. Linux does it in one step; elsewhere the old one is moved aside for a moment."""
    if not old.exists():
        new.rename(old)
        return
    if not _exchange(new, old):
        aside = _aside(old)
        shutil.rmtree(aside, ignore_errors=True)
        old.rename(aside)
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-old")


def _put_back(folder: Path) -> None:
    """Put a folder back that was moved aside by something that was killed before the new one was in place."""
    if not folder.exists() and _aside(folder).exists():
        _aside(folder).rename(folder)


def _exchange(one: Path, other: Path) -> bool:
    """Return whether renameat2(2) of Linux exchanged the two; no other way does it without a gap."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    result: int = renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return result == 0
