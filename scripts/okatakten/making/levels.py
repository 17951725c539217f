"""How loud published audio is, measured once per file and remembered by what the file holds (EBU R 128)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Final

from okatakten.disk.memory import recall
from okatakten.making.ffmpeg import find_ffmpeg
from okatakten.making.recording import HIGHEST_PEAK, MONO_LOUDNESS, STEREO_LOUDNESS, measure_loudness, read_recording
from okatakten.making.sides import SIDES_SAID, Sides
from okatakten.model import Episode, Show
from okatakten.podcast.audio import digest_of
from okatakten.words.wording import decimal_text
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems

TOLERANCE: Final = 2.0
"""Loudness units that published audio may be off: nobody reaches for the volume for less."""

MEASUREMENT: Final = 2
"""Which way of measuring this is: another number when another would give other figures. Every ffmpeg measures alike, or
is not taken (`ffmpeg.generation_of`)."""

Level = tuple[float, float, int, str]
"""Integrated loudness in LUFS, true peak in dBTP, channels, and what the sides are to each other."""


def check_levels(show: Show, *, cache: Path, progress: Callable[[float], None]) -> tuple[list[Problem], bool]:
    """Return advice on audio that is too quiet, too loud, or peaks too high, and whether all of it was measured.

    Without ffmpeg, only what was measured before is. It is remembered in the folder `cache`, also when somebody
    interrupts.
    """
    # What the file in the folder holds, not what is published: a new title is no reason to measure anew.
    files = [(episode, digest_of(path)) for episode in show.episodes if (path := episode.audio.path)]
    levels = {digest: _recall(cache, digest, make=lambda: None) for _, digest in files}
    missing = {digest: path for episode, digest in files if (path := episode.audio.path) and levels[digest] is None}
    can_measure = not missing or find_ffmpeg() is not None
    for number, (digest, level) in enumerate(_measure_all(missing, cache=cache) if can_measure else (), start=1):
        levels[digest] = level
        progress(number / len(missing))
    return [note for episode, digest in files for note in _notes(episode, levels[digest])], can_measure


def _measure_all(paths: Mapping[str, Path], *, cache: Path) -> Iterable[tuple[str, Level | None]]:
    """Yield the level of each file by its digest, as it is measured, several at a time."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = {
            pool.submit(_recall, cache, digest, make=partial(_measure, path)): digest for digest, path in paths.items()
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _recall(cache: Path, digest: str, *, make: Callable[[], bytes | None]) -> Level | None:
    known = recall(cache, f"{MEASUREMENT} {digest}".encode(), make=make)
    return tuple(json.loads(known)) if known else None


def _measure(path: Path) -> bytes | None:
    problems = Problems(path.name)
    recording = read_recording(path, problems)
    loudness = measure_loudness(recording, problems, progress=lambda _share: None) if recording else None
    if recording is None or loudness is None:
        return None
    return json.dumps([loudness.integrated, loudness.true_peak, recording.channels, loudness.sides]).encode()


def _notes(episode: Episode, level: Level | None) -> Iterable[Problem]:
    if level is None or episode.audio.path is None:
        return
    integrated, peak, channels, sides = level
    target = MONO_LOUDNESS if channels == 1 else STEREO_LOUDNESS
    file = f"{episode.text.source.rpartition('/')[0]}/{episode.audio.path.name}"
    if abs(integrated - target) > TOLERANCE:
        expected = Hint.LOUDNESS.format(measured=decimal_text(integrated), target=decimal_text(target))
        yield Problem(kind=Kind.LOUDNESS_OFF_TARGET, file=file, expected=expected)
    if sides in SIDES_SAID:
        yield Problem(kind=Kind.SIDES_UNEVEN, file=file, expected=SIDES_SAID[Sides(sides)])
    if peak > HIGHEST_PEAK:
        yield Problem(kind=Kind.PEAKS_TOO_HIGH, file=file, expected=f"{decimal_text(peak)} dBTP")
