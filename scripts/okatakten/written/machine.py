"""What the machine says, in Swedish and with what to do: the operating system's errors, and who else is at work.

Sources: POSIX.1-2017 <errno.h>, System Error Codes of Windows.
"""

from __future__ import annotations

import errno
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from okatakten.disk.alone import BusyError
from okatakten.written.advice import Reason, Text

MACHINE_ERRORS: Final = (OSError, MemoryError, UnicodeEncodeError, BusyError)
"""What a command may meet that no file of a communicator's is at fault for."""

_REASONS: Final = {
    "ENOSPC": Reason.SYSTEM_FULL,
    "EDQUOT": Reason.SYSTEM_QUOTA,
    "EROFS": Reason.SYSTEM_READ_ONLY,
    "EACCES": Reason.SYSTEM_NO_RIGHT,
    "EPERM": Reason.SYSTEM_NO_RIGHT,
    "EBUSY": Reason.SYSTEM_IN_USE,
    "ETXTBSY": Reason.SYSTEM_IN_USE,
    "ENAMETOOLONG": Reason.SYSTEM_LONG_NAME,
    "EMFILE": Reason.SYSTEM_MANY_OPEN,
    "ENFILE": Reason.SYSTEM_MANY_OPEN,
    "EIO": Reason.SYSTEM_DAMAGED,
    "EFBIG": Reason.SYSTEM_LARGE_FILE,
    "ELOOP": Reason.SYSTEM_RING,
    "ENOTDIR": Reason.SYSTEM_FILE_ON_THE_WAY,
    "EISDIR": Reason.SYSTEM_FOLDER_THERE,
    "EEXIST": Reason.SYSTEM_OTHER_THERE,
    "ENOTEMPTY": Reason.SYSTEM_OTHER_THERE,
    "ENOENT": Reason.SYSTEM_GONE,
    "EXDEV": Reason.SYSTEM_OTHER_DISK,
    "EILSEQ": Reason.SYSTEM_STRANGE_NAME,
    "EINVAL": Reason.SYSTEM_STRANGE_NAME,
    "ENOMEM": Reason.SYSTEM_NO_MEMORY,
    "EAGAIN": Reason.SYSTEM_NO_MEMORY,
    "ESTALE": Reason.SYSTEM_AWAY,
    "ENXIO": Reason.SYSTEM_AWAY,
    "ENODEV": Reason.SYSTEM_AWAY,
    "ENOTCONN": Reason.SYSTEM_AWAY,
    "EHOSTDOWN": Reason.SYSTEM_AWAY,
    "ETIMEDOUT": Reason.SYSTEM_AWAY,
}
_OF_WINDOWS: Final = {
    32: Reason.SYSTEM_IN_USE, 33: Reason.SYSTEM_IN_USE, 39: Reason.SYSTEM_FULL, 112: Reason.SYSTEM_FULL,
    19: Reason.SYSTEM_READ_ONLY, 53: Reason.SYSTEM_AWAY, 64: Reason.SYSTEM_AWAY, 123: Reason.SYSTEM_STRANGE_NAME,
    206: Reason.SYSTEM_LONG_NAME, 1450: Reason.SYSTEM_NO_MEMORY,
}  # fmt: skip
"""What Windows says more exactly than in the words of POSIX."""
_OF_OURS: Final = re.compile(r"\.([0-9a-f]{16}\.new|(?P<name>.+)-(?:new|old)-[0-9a-f]{8})")
"""The names that what is being written has until it is in its place."""


def explain(error: BaseException) -> str:
    """Return where and why the machine could not do something, and what to do about it."""
    if isinstance(error, BusyError):
        return explain_busy(error, Reason.BUSY)
    place = _place(error)
    return f"{place}: {reason_of(error)}" if place else reason_of(error)


def explain_busy(busy: BusyError, reason: Reason) -> str:
    """Return a sentence that names who is at work, where, and since when."""
    who = str(Text.SOMEBODY)
    if worker := busy.worker:
        since = _clock(worker.since)
        who = Text.WORKER.format(work=worker.work, pid=worker.pid, host=worker.host, since=since)
    return reason.format(who=who, folder=busy.folder)


def reason_of(error: BaseException) -> str:
    """Return why the machine could not do something and what to do about it, but not where."""
    if isinstance(error, MemoryError):
        return Reason.SYSTEM_NO_MEMORY
    if isinstance(error, UnicodeError):
        return Reason.SYSTEM_STRANGE_NAME
    # Path.resolve says RuntimeError of links in a ring, and shutil.copytree has the errors that it met as text.
    name = "ELOOP" if isinstance(error, RuntimeError) else errno.errorcode.get(_number(error), "")
    if name == "ENOENT" and "temporary directory" in str(error):
        return Reason.SYSTEM_NO_TEMPORARY
    of_windows = _OF_WINDOWS.get(getattr(error, "winerror", None) or 0)
    code = name or type(error).__name__
    return of_windows or _REASONS.get(name) or Reason.SYSTEM_OTHER.format(code=code)


def _number(error: BaseException) -> int:
    """Return the number of an operating system's error; 0 where there is none."""
    number = getattr(error, "errno", None)
    if number is None and (found := re.search(r"\[Errno (\d+)\]", str(error))):
        number = int(found[1])
    return number or 0


def _place(error: BaseException) -> str:
    """Return the file that an error is about, under the name that it has or is to have; "" where none is named."""
    if isinstance(error, UnicodeEncodeError):
        return error.object.encode(errors="replace").decode()
    # Of two names, as when something is copied or moved, it is the second that is written to.
    named = getattr(error, "filename2", None) or getattr(error, "filename", None)
    if not isinstance(named, str | bytes) or not named:
        return ""
    path = Path(named.decode(errors="replace") if isinstance(named, bytes) else named)
    parts = [_OF_OURS.sub(lambda found: found["name"] or "", part) for part in path.parts]
    return str(Path(*parts)).encode(errors="replace").decode()


def _clock(since: str) -> str:
    """Return a time as the clock of this machine shows it."""
    try:
        return f"{datetime.fromisoformat(since).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return since
