"""Puts the site where a server of one's own reads it: in place of a folder, which is a site of ours or nothing."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deploy import texts
from deploy.host import okatakten, what_blocks
from deploy.pages import FEED, HASHED

if TYPE_CHECKING:
    from okatakten.disk.alone import BusyError

KEPT: Final = timedelta(days=7)
"""How long styles and scripts stay when no page of the site asks for them any more."""

BUILT: Final = Path("site")
"""Where okatakten puts what it builds, in place of all that was there."""

_RULES: Final = "_nginx"
WORK: Final = "deploy folder"
PATIENCE: Final = 600.0
"""Seconds to wait for somebody who builds: a timer that gives up sends an alarm."""
_PROJECT: Final = Path(__file__).resolve().parents[2]


def publish_folder(folder: Path) -> int:
    """Build the site for nginx and put it in place of a folder that it shows, in one step.

    Settings that are wrong are all said before anything is built, and nothing is touched then.
    """
    # Not above: the jobs alarm and answer have this folder without okatakten.
    from okatakten.addresses import SettingError, read_public_site
    from okatakten.disk.alone import alone, trying
    from okatakten.written.machine import MACHINE_ERRORS

    wrong, address = [], ""
    try:
        address = read_public_site(os.environ).url
    except SettingError as error:
        wrong.append(str(error))
    wrong += check_folder(folder)
    if wrong:
        return _refuse("\n".join(wrong))
    try:
        # From the look at what is published to the exchange: what is built for one folder is not put into another.
        with (
            alone(BUILT, work=WORK, tries=trying(PATIENCE), told=_tell),
            alone(folder.resolve(), work=WORK, tries=trying(PATIENCE), told=_tell),
        ):
            return _build_and_put(folder, address=address)
    except MACHINE_ERRORS as error:
        return _refuse(_not_written(folder, error))


def _build_and_put(folder: Path, *, address: str) -> int:
    """Build the site, put it in place of the folder, and return the status. Raises OSError and BusyError."""
    from okatakten.disk.write import replace_folder

    feed = folder / FEED
    before = feed.read_bytes() if feed.exists() else None
    published = ("--published", str(feed.resolve())) if feed.exists() else ()
    built = okatakten("build", "--documents", "--nginx", *published, site=address)
    print(built.text)
    if not built.done:
        return 1
    if blocks := what_blocks(site=address):
        return _refuse(blocks)
    replace_folder(folder.resolve(), make=lambda new: _copy(BUILT, new, before=folder))
    if feed.read_bytes() != before:
        print(okatakten("notify", "--site", str(folder.resolve()), site=address).text, end="")
    return 0


def check_folder(folder: Path) -> list[str]:
    """Return why a folder cannot be replaced by the site; nothing when it is missing, empty, or a site of ours."""
    try:
        return [*_wrong_with(folder)]
    except (OSError, RuntimeError) as error:
        return [_not_written(folder, error)]


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
    elif _is_site(place) and not (place / FEED).is_file():
        yield texts.FOLDER_WITHOUT_FEED.format(folder=place, feed=FEED)
    elif place.exists() and not _is_site(place) and (other := min(place.iterdir(), default=None)):
        yield texts.FOLDER_OF_OTHERS.format(folder=place, other=other.name)
    else:
        _try_to_write_beside(place)


def _is_site(folder: Path) -> bool:
    return (folder / _RULES).is_dir()


def _try_to_write_beside(place: Path) -> None:
    """Make a folder where the new site is to be made, and remove it. Raises OSError where that cannot be done.

    Asking for the rights is not enough: nobody can write to /proc, and root may write to it.
    """
    above = next(path for path in place.parents if path.exists())
    try:
        Path(tempfile.mkdtemp(prefix=f".{place.name[:20]}-", dir=above)).rmdir()
    except OSError as error:
        # /proc says of a new folder that it is not there.
        number = errno.EACCES if error.errno == errno.ENOENT else error.errno
        raise OSError(number, error.strerror, str(above)) from None


def _tell(busy: BusyError) -> None:
    from okatakten.written.advice import Reason
    from okatakten.written.machine import explain_busy

    print(explain_busy(busy, Reason.WAITING), file=sys.stderr, flush=True)


def _not_written(folder: Path, error: BaseException) -> str:
    from okatakten.written.machine import explain

    said = explain(error)
    return texts.FOLDER_NOT_WRITTEN.format(folder=folder, reason=said[0].lower() + said[1:])


def _refuse(why: str) -> int:
    print(f"{why}\n\n{texts.FOLDER_UNTOUCHED}", file=sys.stderr)
    return 1


def _copy(site: Path, folder: Path, *, before: Path) -> None:
    """Copy the site. What is as `before` is the same file.

    So it keeps its time, of which servers make the ETag: apps fetch no feed anew, and audio is not written again.
    Styles and scripts that only earlier pages ask for stay as long as somebody may be looking at one.
    """
    from okatakten.addresses import missing_in

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
    if lost := missing_in(folder):
        raise FileNotFoundError(errno.ENOENT, "Not whole", str(site / lost[0]))


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
