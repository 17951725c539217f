"""How loud published audio is, measured once per file and remembered by what the file holds (EBU R 128)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from okatakten.disk.memory import recall
from okatakten.making.recording import HIGHEST_PEAK, MONO_LOUDNESS, STEREO_LOUDNESS, measure_loudness, read_recording
from okatakten.model import Episode, Show
from okatakten.podcast.audio import digest_of
from okatakten.words.wording import decimal_text
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems

TOLERANCE: Final = 2.0
"""Loudness units that published audio may be off: nobody reaches for the volume for less."""

Level = tuple[float, float, int]
"""Integrated loudness in LUFS, true peak in dBTP, and channels."""


def check_levels(show: Show, *, cache: Path, progress: Callable[[float], None]) -> list[Problem]:
    """Return advice on every episode whose audio is too quiet, too loud, or peaks too high.

    What has been measured is remembered in the folder `cache`, also when somebody interrupts.
    """
    # What the file in the folder holds, not what is published: a new title is no reason to measure anew.
    files = [(episode, digest_of(path)) for episode in show.episodes if (path := episode.audio.path)]
    levels: dict[str, Level | None] = {}
    paths = {digest: path for episode, digest in files if (path := episode.audio.path)}
    for digest, level in _levels(paths, cache=cache):
        levels[digest] = level
        progress(len(levels) / len(paths))
    return [note for episode, digest in files for note in _notes(episode, levels[digest])]


def _levels(paths: Mapping[str, Path], *, cache: Path) -> Iterable[tuple[str, Level | None]]:
    """Yield the level of each file by its digest, as it is known, several at a time."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = {pool.submit(_level, path, digest, cache=cache): digest for digest, path in paths.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _level(path: Path, digest: str, *, cache: Path) -> Level | None:
    known = recall(cache, digest.encode(), make=lambda: _measure(path))
    return tuple(json.loads(known)) if known else None


def _measure(path: Path) -> bytes | None:
    problems = Problems(path.name)
    recording = read_recording(path, problems)
    loudness = measure_loudness(recording, problems, progress=lambda _share: None) if recording else None
    if recording is None or loudness is None:
        return None
    return json.dumps([loudness.integrated, loudness.true_peak, recording.channels]).encode()


def _notes(episode: Episode, level: Level | None) -> Iterable[Problem]:
    if level is None or episode.audio.path is None:
        return
    integrated, peak, channels = level
    target = MONO_LOUDNESS if channels == 1 else STEREO_LOUDNESS
    file = f"{episode.text.source.rpartition('/')[0]}/{episode.audio.path.name}"
    if abs(integrated - target) > TOLERANCE:
        expected = Hint.LOUDNESS.format(measured=decimal_text(integrated), target=decimal_text(target))
        yield Problem(kind=Kind.LOUDNESS_OFF_TARGET, file=file, expected=expected)
    if peak > HIGHEST_PEAK:
        yield Problem(kind=Kind.PEAKS_TOO_HIGH, file=file, expected=f"{decimal_text(peak)} dBTP")
