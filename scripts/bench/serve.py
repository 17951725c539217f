"""What a save costs whoever writes: `python scripts/bench/serve.py [number of episodes] [number of saves]`.

Shows a show with `okatakten serve`, saves the title of an episode again and again, and waits each time until the page
in the browser says it. Reads of /proc, so only Linux knows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.corpus import make_episode, make_episodes, write_ours
from bench.server import free_ports
from bench.tables import environment, figure, heading, line, machine, tell

PATIENCE: Final = 600
"""Seconds that a page may take to say what was saved."""
SEVERAL: Final = 20
"""Saves that make the first and the last figure of growth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """What one save cost until the page said it: CPU and wall seconds, and the memory (bytes) that is held then."""

    cpu: float
    wall: float
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saves:
    """The saves of one server, in order."""

    saves: Sequence[Save]

    @property
    def cpu(self) -> float:
        return median(save.cpu for save in self.saves)

    @property
    def wall(self) -> float:
        return median(save.wall for save in self.saves)

    @property
    def growth(self) -> tuple[float, float]:
        """How many times more CPU and memory the last saves take than the first ones."""
        first, last = self.saves[:SEVERAL], self.saves[-SEVERAL:]
        return (
            median(save.cpu for save in last) / median(save.cpu for save in first),
            median(save.memory for save in last) / median(save.memory for save in first),
        )


def measure_saves(episodes: int, *, saves: int) -> Saves:
    """Return what saves cost while a show of so many episodes is shown."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "show"
        root.mkdir()
        write_ours(root, make_episodes(episodes))
        (port,) = free_ports(1)
        command = [str(Path(sys.executable).parent / "okatakten"), "serve", "--address", f"127.0.0.1:{port}"]
        surroundings = environment()
        surroundings["TMPDIR"] = folder  # where it builds, and leaves what it has built when it is stopped
        with (root.parent / "said").open("w+", encoding="utf-8") as said:
            process = subprocess.Popen(command, cwd=root, env=surroundings, stdout=said, stderr=said)
            try:
                return Saves(saves=_save(root, process, port=port, saves=saves))
            except TimeoutError:
                raise SystemExit(f"okatakten serve: not shown\n{(root.parent / 'said').read_text('utf-8')}") from None
            finally:
                process.terminate()
                process.wait(timeout=60)


def _save(root: Path, process: subprocess.Popen[bytes], *, port: int, saves: int) -> list[Save]:
    newest = make_episode(1)
    path = root / "podcast/episodes" / newest.slug / "episode.md"
    text = path.read_text(encoding="utf-8")
    address = f"http://127.0.0.1:{port}/podd/{newest.slug}/"
    _wait_for(newest.title, address, process)
    done = []
    for number in range(1, saves + 1):
        title = f"Sparat {number} gånger"
        cpu, wall = _cpu(process.pid), time.monotonic()
        path.write_text(text.replace(newest.title, title), encoding="utf-8")
        _wait_for(title, address, process)
        wall = time.monotonic() - wall
        done.append(Save(cpu=_cpu(process.pid) - cpu, wall=wall, memory=_memory(process.pid)))
    return done


def _wait_for(text: str, address: str, process: subprocess.Popen[bytes]) -> None:
    """Ask for a page until it says something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                if text in answer.read().decode():
                    return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise TimeoutError


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process, and of those that it has started and waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    rows = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("VmRSS"))


def table(measured: Sequence[tuple[int, Saves]]) -> Sequence[str]:
    """Return what the saves cost, a row for each size."""
    titles = ["episodes", "saves", "CPU s a save", "wall s", "CPU, last / first", "memory MB", "memory, last / first"]
    rows = heading(titles, left=set())
    for episodes, saves in measured:
        cpu, memory = saves.growth
        figures = [(saves.cpu, 1), (saves.wall, 1), (cpu, 1), (saves.saves[-1].memory, 10**6), (memory, 1)]
        rows.append(line([str(episodes), str(len(saves.saves)), *(figure(value, unit) for value, unit in figures)]))
    return rows


def main() -> None:
    episodes, saves = (int(argument) for argument in (*sys.argv[1:], *("3", "200")[len(sys.argv) - 1 :]))
    tell(machine())
    print("\n".join(table([(episodes, measure_saves(episodes, saves=saves))])))


if __name__ == "__main__":
    main()
