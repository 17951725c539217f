"""A film as every browser plays it: H.264 with 8 bits and 4:2:0, AAC, its index first, and a picture of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from okatakten.making.ffmpeg import ffmpeg

HEIGHT: Final = 720
"""Pixels at most: enough on a desktop, and a minute is some 5 MB."""
_LEFT_OUT: Final = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")


def convert_film(source: Path, target: Path, *, poster: Path) -> bool:
    """Write a film and a picture from its third second. Returns False where the source cannot be read as a film.

    What the camera says of place, time and device is left out.
    """
    start = [ffmpeg(), "-nostdin", "-loglevel", "error", "-y", "-protocol_whitelist", "file,pipe"]
    scale = f"scale=-2:'min({HEIGHT},trunc(ih/2)*2)',format=yuv420p"
    film = [*start, "-i", f"file:{source}", "-map", "0:v:0", "-map", "0:a:0?", "-vf", scale, "-c:v", "libx264",
            "-profile:v", "high", "-crf", "23", "-preset", "slow", "-c:a", "aac", "-b:a", "96k", "-ac", "1",
            "-movflags", "+faststart", *_LEFT_OUT, f"file:{target}"]  # fmt: skip
    still = [*start, "-ss", "3", "-i", f"file:{target}", "-frames:v", "1", "-q:v", "4", *_LEFT_OUT, f"file:{poster}"]
    first = [part if part != "3" else "0" for part in still]
    if not _runs(film):
        return False
    return (_runs(still) and poster.exists()) or _runs(first)


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 -- a list, no shell
