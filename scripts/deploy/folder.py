"""Puts the site where a server of one's own reads it: in place of a folder, which is a site of ours or nothing."""

from __future__ import annotations

import errno
import filecmp
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy import texts
from deploy.host import okatakten
from deploy.pages import FEED, HASHED

KEPT: Final = timedelta(days=7)
"""How long styles and scripts stay when no page of the site asks for them any more."""

BUILT: Final = Path("site")
"""Where okatakten puts what it builds, in place of all that was there."""

_RULES: Final = "_nginx"
_PROJECT: Final = Path(__file__).resolve().parents[2]


def publish_folder(folder: Path) -> int:
    """Build the site for nginx and put it in place of a folder that it shows, in one step.

    Settings that are wrong are all said before anything is built, and nothing is touched then.
    """
    # Not above: the jobs alarm and answer have this folder without okatakten.
    from okatakten.addresses import SettingError, read_public_site
    from okatakten.disk.write import replace_folder

    wrong, address = [], ""
    try:
        address = read_public_site(os.environ).url
    except SettingError as error:
        wrong.append(str(error))
    wrong += check_folder(folder)
    if wrong:
        return _refuse("\n".join(wrong))
    feed = folder / FEED
    published = ("--published", str(feed.resolve())) if feed.exists() else ()
    built = okatakten("build", "--documents", "--nginx", *published, site=address)
    print(built.text)
    if not built.done:
        return 1
    try:
        replace_folder(folder.resolve(), make=lambda new: _copy(BUILT, new, before=folder))
    except OSError as error:
        return _refuse(texts.FOLDER_NOT_WRITTEN.format(folder=folder, reason=_reason(error)))
    return 0


def check_folder(folder: Path) -> list[str]:
    """Return why a folder cannot be replaced by the site; nothing when it is missing, empty, or a site of ours."""
    try:
        return [*_wrong_with(folder)]
    except (OSError, RuntimeError) as error:
        return [texts.FOLDER_NOT_WRITTEN.format(folder=folder, reason=_reason(error))]


def _wrong_with(folder: Path) -> Iterator[str]:
    place = folder.resolve()
    project = next((path for path in (Path.cwd(), _PROJECT) if path.is_relative_to(place)), None)
    if project:
        yield texts.FOLDER_OF_PROJECT.format(folder=place, project=project)
    elif place.is_relative_to(BUILT.resolve()):
        yield texts.FOLDER_OF_BUILD.format(folder=place)
    elif place.exists() and not place.is_dir():
        yield texts.FOLDER_IS_FILE.format(folder=place)
    elif place.is_mount():
        yield texts.FOLDER_IS_DISK.format(folder=place)
    elif place.exists() and not _is_site(place) and (other := min(place.iterdir(), default=None)):
        yield texts.FOLDER_OF_OTHERS.format(folder=place, other=other.name)
    else:
        _try_to_write_beside(place)


def _is_site(folder: Path) -> bool:
    return (folder / _RULES).is_dir() and (folder / FEED).is_file()


def _try_to_write_beside(place: Path) -> None:
    """Make a folder where the new site is to be made, and remove it. Raises OSError where that cannot be done.

    Asking for the rights is not enough: nobody can write to /proc, and root may write to it.
    """
    above = next(path for path in place.parents if path.exists())
    try:
        Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=above)).rmdir()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(above)) from None


def _reason(error: Exception) -> str:
    """Return what the system says, in Swedish where it is something that an operator can meet."""
    # Path.resolve raises RuntimeError where links lead in a circle; copytree makes texts of the errors that it met.
    number = errno.ELOOP if isinstance(error, RuntimeError) else getattr(error, "errno", None)
    if number is None and (found := re.search(r"\[Errno (\d+)\]", str(error))):
        number = int(found[1])
    where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    return texts.REASONS.get(errno.errorcode.get(number or 0, ""), str(error)) + where


def _refuse(why: str) -> int:
    print(f"{why}\n\n{texts.FOLDER_UNTOUCHED}", file=sys.stderr)
    return 1


def _copy(site: Path, folder: Path, *, before: Path) -> None:
    """Copy the site. What is as `before` is the same file.

    So it keeps its time, of which servers make the ETag: apps fetch no feed anew, and audio is not written again.
    Styles and scripts that only earlier pages ask for stay as long as somebody may be looking at one.
    """

    def put(source: str, target: str) -> None:
        name = Path(source).relative_to(site)
        old = before / name
        if not _same(Path(source), old):
            shutil.copy2(source, target)
            return
        try:
            os.link(old, target)
        except OSError:  # not every file system has links
            shutil.copy2(old, target)
        if name.is_relative_to(HASHED):
            os.utime(target)  # when it was last part of a site

    shutil.copytree(site, folder, dirs_exist_ok=True, copy_function=put)
    for path in (before / HASHED).glob("*"):
        young = time.time() - path.stat().st_mtime < KEPT.total_seconds()
        if young and not (folder / HASHED / path.name).exists():
            shutil.copy2(path, folder / HASHED)


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
