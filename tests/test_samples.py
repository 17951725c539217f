"""The sample episodes: the manuscript, the sound, the transcript and the fields say the same, and are well spoken."""

from __future__ import annotations

import array
import math
import subprocess
from datetime import timedelta
from functools import cache

import imageio_ffmpeg
import pytest

from okatakten.model import Cue, Episode, EpisodeType
from okatakten.site.project import read_project
from samples.speak import (
    EPISODES,
    MANUSCRIPTS,
    MELODY,
    MELODY_PAUSE_SECONDS,
    RATE,
    VOICES,
    Line,
    Timed,
    measure_level,
    parse_manuscript,
    play_melody,
    words_per_minute,
)
from support import PROJECT

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SLUGS = sorted(path.stem for path in MANUSCRIPTS.glob("*.txt"))
WINDOW = 0.05
SILENT = -60.0
"""RMS in dB of full scale: what is said is some 40 dB louder."""


@cache
def episodes() -> dict[str, Episode]:
    show = read_project(PROJECT).show
    assert show
    return {episode.slug: episode for episode in show.episodes if episode.sample}


@cache
def lines_of(slug: str) -> tuple[Line, ...]:
    path = MANUSCRIPTS / f"{slug}.txt"
    return parse_manuscript(path.read_text(encoding="utf-8"), name=path.name)


def cues_of(slug: str) -> tuple[Cue, ...]:
    transcript = episodes()[slug].transcript
    assert transcript
    return transcript.cues


@cache
def sound_of(slug: str) -> array.array[int]:
    command = [
        FFMPEG,
        "-v",
        "error",
        "-i",
        str(EPISODES / slug / "audio.mp3"),
        "-ac",
        "1",
        "-ar",
        str(RATE),
        "-f",
        "s16le",
        "-",
    ]
    return array.array("h", subprocess.run(command, capture_output=True, check=True).stdout)


def level_at(slug: str, start: float, seconds: float = WINDOW) -> float:
    """Return how loud the sound is from a time on: RMS in dB of full scale."""
    part = sound_of(slug)[round(start * RATE) : round((start + seconds) * RATE)]
    return 10 * math.log10(max(sum(sample * sample for sample in part) / len(part) / 32_768**2, 1e-12))


def is_silent(slug: str, start: float, end: float) -> bool:
    """Return whether nothing is heard in between, but for what MP3 smears at the edges."""
    steps = range(round((end - start) / WINDOW) - 2)
    return all(level_at(slug, start + WINDOW * (step + 1)) < SILENT for step in steps)


def test_every_sample_has_a_manuscript() -> None:
    assert sorted(episodes()) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_read_is_the_manuscript(slug: str) -> None:
    lines = lines_of(slug)
    assert [(cue.speaker, cue.text) for cue in cues_of(slug)] == [(line.speaker, line.text) for line in lines]
    assert {line.speaker for line in lines} == set(VOICES)
    chapters = episodes()[slug].chapters
    assert [chapter.title for chapter in chapters] == [line.chapter for line in lines if line.chapter]
    starts = [cue.start for cue, line in zip(cues_of(slug), lines, strict=True) if line.chapter]
    assert [chapter.start for chapter in chapters] == [timedelta(0), *starts[1:]][: len(starts)]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_begins_with_what_the_listener_gets_and_then_says_once_what_it_is(slug: str) -> None:
    first, *more = (cue.text for cue in cues_of(slug))
    assert "exempel" not in first
    assert [text.count("talsyntes") for text in more if "talsyntes" in text] == [1]
    assert all("exempel" in text for text in more if "talsyntes" in text)
    assert "talsyntes" not in first


@pytest.mark.parametrize("slug", SLUGS)
def test_each_line_is_heard_when_the_transcript_says_with_silence_around_it(slug: str) -> None:
    cues = cues_of(slug)
    for cue, following in zip(cues, [*cues[1:], None], strict=True):
        start, end = cue.start.total_seconds(), cue.end.total_seconds()
        after = following.start.total_seconds() if following else end + MELODY_PAUSE_SECONDS
        assert level_at(slug, start, 0.2) > SILENT, start
        assert level_at(slug, end - 0.2, 0.2) > SILENT, end
        assert after - end >= 0.45
        assert is_silent(slug, end, after), end


@pytest.mark.parametrize("slug", SLUGS)
def test_the_melody_is_heard_before_and_after_what_is_said(slug: str) -> None:
    melody, cues = play_melody(MELODY), cues_of(slug)
    seconds = len(melody) / RATE
    assert seconds <= 3
    begins, ends = cues[0].start.total_seconds(), cues[-1].end.total_seconds()
    assert begins == pytest.approx(seconds + MELODY_PAUSE_SECONDS, abs=0.002)
    assert is_silent(slug, seconds, begins)
    assert len(sound_of(slug)) / RATE == pytest.approx(ends + MELODY_PAUSE_SECONDS + seconds, abs=0.05)
    loudest = max(level_at(slug, begins + step, 1) for step in range(10))
    for start in (0.1, ends + MELODY_PAUSE_SECONDS + 0.1):
        assert SILENT < level_at(slug, start, 1) < loudest


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_is_said_calmly_and_as_loud_as_what_is_mono_is_to_be(slug: str) -> None:
    timed = [
        Timed(line=line, start=cue.start.total_seconds(), end=cue.end.total_seconds())
        for line, cue in zip(lines_of(slug), cues_of(slug), strict=True)
    ]
    assert 130 <= words_per_minute(timed) <= 150
    level = measure_level(EPISODES / slug / "audio.mp3", ffmpeg=FFMPEG)
    assert level.loudness == pytest.approx(-19, abs=0.2)
    assert level.peak < -1


def test_the_trailer_takes_a_minute_at_most_and_has_no_number() -> None:
    trailer = episodes()["trailer"]
    assert trailer.type is EpisodeType.TRAILER
    assert 40 <= trailer.audio.duration.total_seconds() <= 60
    assert (trailer.season, trailer.number) == (None, None)
    assert trailer.published < min(episode.published for episode in episodes().values() if episode is not trailer)
