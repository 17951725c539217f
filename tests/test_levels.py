"""Advice on how loud published audio is: measured once for what a file holds, whatever it is called."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest

from okatakten.making import levels
from okatakten.making.levels import check_levels
from okatakten.model import AudioFile, Episode
from okatakten.written.problems import Kind, Problem
from support import a_show, an_episode


def an_mp3(path: Path, *, gain: float) -> Path:
    """Three seconds of pink noise; without gain about -24 LUFS."""
    noise = f"anoisesrc=d=3:c=pink:seed=1:a=0.5,volume={gain}dB"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        noise,
        "-ac",
        "1",
        "-b:a",
        "64k",
        path,
    ]
    subprocess.run(command, check=True)
    return path


def with_audio(path: Path, guid: str) -> Episode:
    audio = AudioFile(path=path, length=path.stat().st_size, media_type="audio/mpeg", duration=timedelta(seconds=3))
    return an_episode(guid=guid, audio=audio)


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    folder = tmp_path_factory.mktemp("ljud")
    return [with_audio(an_mp3(folder / f"{name}.mp3", gain=gain), name) for name, gain in (("tyst", -20), ("hog", 30))]


def notes(episodes: list[Episode], cache: Path) -> list[Problem]:
    found, is_measured = check_levels(a_show(*episodes), cache=cache, progress=lambda _share: None)
    assert is_measured
    return found


def test_too_quiet_and_too_high_are_told_with_what_they_should_be(episodes: list[Episode], tmp_path: Path) -> None:
    quiet, *loud = notes(episodes, tmp_path / "loudness")
    assert quiet.kind is Kind.LOUDNESS_OFF_TARGET
    assert quiet.expected.endswith(" LUFS, ska vara −19,0")
    assert {note.kind for note in loud} == {Kind.LOUDNESS_OFF_TARGET, Kind.PEAKS_TOO_HIGH}


def test_what_has_been_measured_is_not_measured_again(
    episodes: list[Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "loudness"
    first = notes(episodes, cache)
    monkeypatch.setattr(levels, "_measure", lambda path: pytest.fail(str(path)))
    assert notes(episodes, cache) == first
    elsewhere = [replace(episode, slug="annat", guid=f"{episode.guid}-2") for episode in episodes]
    assert len(notes(elsewhere, cache)) == len(first)


def test_what_was_measured_before_an_interruption_is_kept(episodes: list[Episode], tmp_path: Path) -> None:
    cache = tmp_path / "loudness"

    def interrupt(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_levels(a_show(*episodes), cache=cache, progress=interrupt)
    # Another that was under way may have come to its end.
    assert [*cache.iterdir()]


def test_without_ffmpeg_what_was_measured_before_is_told_all_the_same(
    episodes: list[Episode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, shares = tmp_path / "loudness", list[float]()
    first = notes(episodes[:1], cache)
    monkeypatch.setattr(levels, "find_ffmpeg", lambda: None)
    assert check_levels(a_show(*episodes), cache=cache, progress=shares.append) == (first, False)
    assert check_levels(a_show(*episodes[:1]), cache=cache, progress=shares.append) == (first, True)
    assert shares == []


def test_audio_that_only_one_ear_hears_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ena.mp3"
    sound = "anoisesrc=d=3:c=pink:seed=1:a=0.5,pan=stereo|c0=c0"
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", sound, path], check=True)
    told = {note.kind: note.expected for note in notes([with_audio(path, "ena")], tmp_path / "loudness")}
    assert told[Kind.SIDES_UNEVEN] == "Bara den ena sidan har ljud."
