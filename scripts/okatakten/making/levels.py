"""How loud published audio is, measured once per file and remembered by what the file holds (EBU R 128)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from okatakten.disk.write import write_atomically
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
    """Return advice on every episode whose audio is too quiet, too loud, or peaks too high."""
    known = _read_cache(cache)
    # What the file in the folder holds, not what is published: a new title is no reason to measure anew.
    files = [(episode, digest_of(episode.audio.path)) for episode in show.episodes if episode.audio.path]
    missing = {digest: episode for episode, digest in files if digest not in known}
    try:
        for number, (digest, level) in enumerate(_measure(missing), start=1):
            known[digest] = level
            progress(number / len(missing))
    finally:
        # What has been measured is kept when somebody interrupts.
        if missing:
            write_atomically(cache, json.dumps(known, sort_keys=True).encode())
    return [note for episode, digest in files for note in _notes(episode, known.get(digest))]


def _measure(episodes: Mapping[str, Episode]) -> Iterable[tuple[str, Level]]:
    """Yield the level of each file by its digest, as it is measured, several at a time."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = {pool.submit(_level, episode): digest for digest, episode in episodes.items()}
        try:
            for future in as_completed(futures):
                if level := future.result():
                    yield futures[future], level
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _level(episode: Episode) -> Level | None:
    path = episode.audio.path
    assert path
    problems = Problems(path.name)
    recording = read_recording(path, problems)
    loudness = measure_loudness(recording, problems, progress=lambda _share: None) if recording else None
    if recording is None or loudness is None:
        return None
    return loudness.integrated, loudness.true_peak, recording.channels


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


def _read_cache(path: Path) -> dict[str, Level]:
    """Return what was measured before; a cache that cannot be read is made anew."""
    try:
        entries = json.loads(path.read_bytes())
        return {str(digest): (float(i), float(p), int(c)) for digest, (i, p, c) in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
