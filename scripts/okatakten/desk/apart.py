"""The site of what is being written, built in a process of its own: what building holds of memory goes with it.

The process is told through its standard input what to do, and ends when that does, as when the desk is killed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from okatakten.mkdocs.live import LiveSite

IDLE: Final = 300.0
"""Seconds after which a process that nobody has asked anything is ended."""
BUILD: Final = "build"
FINISH: Final = "finish"


class BrokenOffError(Exception):
    """The process has ended before it was done."""


@dataclass(slots=True, kw_only=True)
class Apart:
    """Builds the site of the project in `tree` into `folder`, to be shown at `url`. One thing at a time.

    There is no `process` before anything is asked, and when nothing has been asked for a while.
    """

    tree: Path
    folder: Path
    url: str
    idle: float = IDLE
    process: subprocess.Popen[str] | None = None
    _asking: Lock = field(default_factory=Lock)
    _pause: Timer = field(default_factory=lambda: Timer(0, print))

    def ask(self, what: str) -> str:
        """Have something made of the site. Returns what is wrong, "" where nothing is. Raises BrokenOffError."""
        with self._asking:
            self._pause.cancel()
            said = self._answer(what)
            self._pause = Timer(self.idle, self._let_go)
            self._pause.daemon = True
            self._pause.start()
            return said

    def _answer(self, what: str) -> str:
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = _begin(self.tree, self.folder, self.url)
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(f"{what}\n")
            self.process.stdin.flush()
            return str(json.loads(self.process.stdout.readline()))
        except (OSError, ValueError):
            raise BrokenOffError from None

    def _let_go(self) -> None:
        with self._asking:
            self.end()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._pause.cancel()
        if self.process:
            with suppress(OSError), self.process:  # one that has ended can be told nothing more
                self.process.kill()
            self.process = None


def _begin(tree: Path, folder: Path, url: str) -> subprocess.Popen[str]:
    for left in folder.parent.glob(f".{folder.name}*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", __name__, str(tree), str(folder), url]
    return subprocess.Popen(  # noqa: S603 -- a list, and no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )


def main(tree: str, folder: str, url: str) -> None:
    """Do what lines of standard input say, until there are no more. Each is answered by what is wrong, as JSON."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr):
        from okatakten.mkdocs.live import LiveSite

        site = LiveSite(Path(tree, "mkdocs.yml"), folder=Path(folder), address="")
        site.url = url
        for line in sys.stdin:
            # Beside, so that the end of the input is seen at once, and ends what is being built.
            Thread(target=_do, args=(line.strip(), site, answers), daemon=True).start()


def _do(what: str, site: LiveSite, answers: TextIO) -> None:
    if what == BUILD or not site.is_there:
        site.build()
    if what == FINISH:
        site.finish()
    answers.write(f"{json.dumps(site.said)}\n")
    answers.flush()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(*sys.argv[1:])
