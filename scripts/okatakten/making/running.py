"""ffmpeg at work: how far it has come is told, and it goes when we go."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

Progress = Callable[[float], None]
"""Told, now and then, how large a share is done: from 0 to 1, never less than the last time."""

_PR_SET_PDEATHSIG: Final = 1


def run_program(
    command: Sequence[str], said: IO[bytes], *, to: timedelta, progress: Progress, folder: Path | None = None
) -> tuple[int, timedelta]:
    """Run ffmpeg in a folder; return its status and how far it came, of `to`. What it says goes to the file `said`."""
    program, *arguments = command
    end = timedelta(0)
    # A file takes whatever ffmpeg says, however much, so that it never waits for us to read.
    with _started([program, "-nostdin", "-nostats", "-progress", "pipe:1", *arguments], said, folder) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                written = re.match(rb"out_time_us=(\d+)", line)
                if written and timedelta(microseconds=int(written[1])) > end:
                    end = timedelta(microseconds=int(written[1]))
                    progress(min(end / to, 1.0) if to else 0.0)
            status = process.wait()
        finally:
            # Interrupted, or `progress` raised: ffmpeg goes too, and is waited for. Otherwise it is gone already.
            process.kill()
            process.wait()
    said.seek(0)
    return status, end


def _started(command: Sequence[str], said: IO[bytes], folder: Path | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- a list, and no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        cwd=folder,
        # No window of its own for a moment, on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 -- one call into the kernel, looked up before the fork
    )


def _die_with_parent() -> Callable[[], None] | None:
    """Return what asks Linux, in the child, to end it should this process be killed. Elsewhere it reads to the end."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask
