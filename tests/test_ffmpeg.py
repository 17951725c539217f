"""Which ffmpeg measures recordings: the system's own where it can, else the one that is installed with the rest."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from okatakten.making import recording
from okatakten.making.ffmpeg import FfmpegMissingError, ffmpeg, find_ffmpeg
from support import VALID, lay_out, run

BROUGHT = imageio_ffmpeg.get_ffmpeg_exe()
NOTHING = "exec false"
AS_IT_IS = f'exec {BROUGHT} "$@"'
OLD = f'{BROUGHT} "$@" 2>&1 | sed s/Lavf63/Lavf59/ >&2'


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    find_ffmpeg.cache_clear()
    yield
    find_ffmpeg.cache_clear()


def put_first(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the system an ffmpeg."""
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return str(program)


def test_the_systems_own_goes_before_the_one_that_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = put_first(tmp_path, AS_IT_IS, monkeypatch)
    assert ffmpeg() == program


@pytest.mark.parametrize(
    "script",
    [
        NOTHING,
        OLD,
        f'{BROUGHT} "$@" 2>&1 | sed s/-21.1/-20.4/ >&2',
        f'{BROUGHT} "$@" 2>&1 | sed "s/Peak: .*/Peak: -18.1 dBTP/" >&2',
        f'case "$*" in *libmp3lame*) exit 1;; esac; {AS_IT_IS}',
    ],
    ids=["does nothing", "old", "measures otherwise", "has other words", "makes no MP3"],
)
def test_one_that_cannot_do_it_as_well_is_passed_over(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_first(tmp_path, script, monkeypatch)
    assert ffmpeg() == BROUGHT


def test_an_old_one_is_better_than_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    program = put_first(tmp_path, OLD, monkeypatch)
    assert ffmpeg() == program


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (recording._SILENCE_LINE, "[silencedetect @ 0x557e29652e00] [info] silence_start: 3"),
        (recording._SILENCE_LINE, "[Parsed_silencedetect_2 @ 0x557e29652e00] [info] silence_start: 3"),
        (recording._ESTIMATE_LINE, "[mp3 @ 0x55af] [warning] Estimating duration from bitrate, this may be inaccurate"),
        (
            recording._ESTIMATE_LINE,
            "[in#0/mp3 @ 0x55] [warning] Estimating duration from bitrate, this may be inaccurate",
        ),
    ],
)
def test_what_an_old_one_says_otherwise_is_understood(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.match(line)


@pytest.fixture
def _no_ffmpeg(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    put_first(tmp_path_factory.mktemp("programs"), NOTHING, monkeypatch)


@pytest.mark.usefixtures("_no_ffmpeg")
def test_without_any_whoever_has_a_recording_is_told_what_to_install(tmp_path: Path) -> None:
    root = lay_out(VALID, tmp_path)
    episode = root / "podcast/episodes/hallbara-inkop"
    sound = root / "inspelning.wav"
    (episode / "audio.mp3").rename(sound)
    before = sorted((root / "podcast").rglob("*"))
    for arguments in (["new", str(sound), "--yes"], ["correct", "hallbara-inkop", str(sound)]):
        status, _, complaint = run(*arguments, "--root", str(root))
        assert status == 1
        assert complaint.startswith("Ljudet går inte att mäta: ffmpeg saknas på datorn")
    assert sorted((root / "podcast").rglob("*")) == before
    (episode / "inspelning.wav").write_bytes(sound.read_bytes())
    assert "ffmpeg saknas" in run("prepare", "--root", str(root))[2]
    with pytest.raises(FfmpegMissingError):
        ffmpeg()


@pytest.mark.usefixtures("_no_ffmpeg")
def test_without_any_all_but_loudness_is_checked(tmp_path: Path) -> None:
    root = lay_out(VALID, tmp_path)
    status, said, complaint = run("check", "--root", str(root))
    assert status == 0
    assert "Allt är rätt" in said
    assert complaint.startswith("Ljudet går inte att mäta: ffmpeg saknas på datorn")
