"""What a site costs as it grows: `python scripts/bench/episodes.py [number of episodes ...]`.

Generates shows with transcripts of 3 000 words each, builds the feed and the whole site of each in a process of its
own, and prints a Markdown table with CPU seconds, peak memory and output size, and the growth from row to row. A
growth of 1.0 is linear: so many times the episodes, so many times the cost.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VALID = PROJECT / "tests" / "cases" / "_valid"
DEFAULT_SIZES = (10, 100, 1000, 3000)
WORDS = 3000
WORDS_PER_CUE = 15
SECONDS_PER_CUE = 6
START = datetime(2020, 1, 1, 6, tzinfo=UTC)
TEXT = "En upphandling kan ställa krav som gör att saker används längre, delas oftare och lagas i länet."
SPOKEN = TEXT.rstrip(".").split()

EPISODE = """---
guid: {guid}
title: "Avsnitt {number}: cirkulära inköp"
summary: Ett uppmätt avsnitt, nummer {number}.
published: {published:%Y-%m-%d %H:%M} +00:00
season: 1
episode: {number}
questions: [1]
audio_url: https://media.example/{number}.mp3
audio_length: 9600000
audio_type: audio/mpeg
audio_duration: 20:00
chapters:
  - start: 0:00
    title: Början
  - start: 10:00
    title: Mitten
sources:
  - title: Ett dokument
---
Avsnittet handlar om **inköp**.

- ett
- två
"""


def generate(root: Path, *, episodes: int) -> None:
    """Lay out a project with so many episodes. Their audio lives elsewhere, so that no disk is measured."""
    for name in ("docs", "overrides"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    (root / "podcast").mkdir()
    for name in ("show.yml", "cover-1.png"):
        shutil.copy(VALID / "podcast" / name, root / "podcast")
    for number in range(1, episodes + 1):
        folder = root / "podcast" / "episodes" / f"avsnitt-{number}"
        folder.mkdir(parents=True)
        values = {"guid": uuid.UUID(int=number), "number": number, "published": START + timedelta(hours=number)}
        (folder / "episode.md").write_text(EPISODE.format(**values), encoding="utf-8")
        (folder / "transcript.vtt").write_text(transcript(number), encoding="utf-8")


def transcript(number: int) -> str:
    """Return a WebVTT transcript of 3 000 words in which two speakers take turns."""
    blocks = ["WEBVTT"]
    for cue in range(WORDS // WORDS_PER_CUE):
        words = " ".join(SPOKEN[(number + cue + word) % len(SPOKEN)] for word in range(WORDS_PER_CUE))
        start, end = clock(cue * SECONDS_PER_CUE), clock((cue + 1) * SECONDS_PER_CUE)
        blocks.append(f"{start} --> {end}\n<v Röst {'AB'[cue // 4 % 2]}>{words.capitalize()}.")
    return "\n\n".join(blocks) + "\n"


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def measure(command: str, root: Path) -> dict[str, float]:
    """Run one command of okatakten in a process of its own and return CPU seconds and peak memory in MB."""
    script = f"import runpy, sys; sys.argv = ['okatakten', '{command}']; from okatakten.cli import app; app()"
    process = subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    # Linux gives kilobytes, macOS bytes.
    unit = 1024 if sys.platform == "linux" else 1
    return {"cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * unit / 10**6}


def size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 10**6


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or list(DEFAULT_SIZES)
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};")
    print(f"transcripts of {WORDS} words, audio elsewhere.\n")
    print("| episodes | feed CPU s | site CPU s | growth | peak MB | site MB | feed kB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    rows: list[dict[str, float]] = []
    for episodes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            generate(root, episodes=episodes)
            feed, site = measure("feed", root), measure("build", root)
            row = {"episodes": episodes, "feed": feed["cpu"], "site": site["cpu"], "memory": site["memory"]}
            row |= {"size": size(root / "site"), "feed_size": (root / "site/podd/feed.xml").stat().st_size / 1000}
        growth = ""
        if rows:
            before = rows[-1]
            growth = f"{row['site'] / before['site'] / (row['episodes'] / before['episodes']):.2f}"
        rows.append(row)
        print(
            f"| {episodes} | {row['feed']:.1f} | {row['site']:.1f} | {growth} | {row['memory']:.0f} "
            f"| {row['size']:.1f} | {row['feed_size']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
