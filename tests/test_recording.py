"""Recordings of every kind become episodes that are equally loud. ffmpeg makes them, and measures on its own after."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import imageio_ffmpeg
import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okatakten.making.recording import (
    Loudness,
    Recording,
    RecordingError,
    _is_right,
    encode_episode,
    find_pauses,
    measure_loudness,
    read_recording,
)
from okatakten.making.sides import Sides
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

SPEECH = "anoisesrc=d=6:c=pink:a=0.5:r=48000:seed=3,lowpass=f=3000,tremolo=f=4:d=0.9,tremolo=f=0.4:d=0.8"
OTHER_SPEECH = SPEECH.replace("seed=3", "seed=4")
STEREO = f"{SPEECH}[a];{OTHER_SPEECH},volume=-8dB[b];[a][b]amerge,pan=stereo|c0=c0+0.7*c1|c1=0.7*c0+c1"
KNOCKS = "aevalsrc=if(lt(mod(t\\,2)\\,0.08)\\,0.95*exp(-60*mod(t\\,2))*sin(2*PI*180*t)\\,0):d=6:s=48000"
FILM = ("-f", "lavfi", "-i", "testsrc=d=6:s=64x64:r=10")
COVER = ("-f", "lavfi", "-i", "testsrc=d=0.1:s=64x64:r=10", "-map", "0", "-map", "1", "-disposition:v", "attached_pic",
         "-c:v", "png")  # fmt: skip
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def ffmpeg(*arguments: str | Path) -> str:
    """Run ffmpeg, and return what it says."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-nostats", "-y", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stderr


def a_recording(path: Path, *arguments: str | Path, sound: str = SPEECH) -> Path:
    """Make a recording of the sound, in the format that the name and the arguments say."""
    ffmpeg("-f", "lavfi", "-i", sound, *arguments, path)
    return path


def read(path: Path) -> Recording:
    problems = Problems(path.name)
    found = read_recording(path, problems)
    assert found, problems.found
    return found


def measured(path: Path) -> tuple[Recording, Loudness]:
    found, problems = read(path), Problems(path.name)
    loudness = measure_loudness(found, problems, progress=ignore)
    assert loudness, problems.found
    return found, loudness


def problems_of(path: Path) -> list[tuple[Kind, str]]:
    """Return what reading and measuring finds, and what is said about it."""
    problems = Problems(path.name)
    found = read_recording(path, problems)
    loudness = measure_loudness(found, problems, progress=ignore) if found else None
    assert (loudness is None) is bool(problems.found)
    return [(problem.kind, problem.expected or problem.found) for problem in problems.found]


def episode_of(path: Path, target: Path) -> Loudness:
    shares: list[float] = []
    after = encode_episode(*measured(path), target, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert list(target.parent.glob(".*")) == []
    return after


def ebur128(path: Path) -> tuple[float, float]:
    """Return integrated loudness in LUFS and true peak in dBTP, as ffmpeg measures the file with no options of ours."""
    said = ffmpeg("-i", path, "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-")
    return float(re.findall(r" I: +(\S+) LUFS", said)[-1]), float(re.findall(r"Peak: +(\S+) dBFS", said)[-1])


def frames_of(path: Path) -> list[str]:
    """Return a checksum of every MP3 frame."""
    checksums = path.with_suffix(".md5")
    ffmpeg("-i", path, "-map", "0:a:0", "-c", "copy", "-f", "framemd5", checksums)
    return [line.split()[-1] for line in checksums.read_text().splitlines() if line[0] != "#"]


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def ignore(share: float) -> None:
    assert 0 <= share <= 1


@dataclass(frozen=True)
class Case:
    arguments: tuple[str, ...] = ()
    sound: str = SPEECH
    name: str = "ljud.wav"
    channels: int = 1


CASES = {
    "quiet mono": Case(sound=f"{SPEECH},volume=-35dB"),
    "loud stereo": Case(sound=f"{STEREO},volume=22dB,alimiter=level=false", channels=2),
    "quiet speech with loud knocks": Case(
        sound=f"{SPEECH},volume=-12dB[a];{KNOCKS}[b];[a][b]amix=normalize=0", arguments=("-c:a", "pcm_s24le")
    ),
    "in need of a limiter, stereo": Case(
        sound=f"{SPEECH}[a];{OTHER_SPEECH}[b];[a][b]amerge", arguments=("-ar", "44100"), channels=2
    ),
    "5.1": Case(sound=f"{SPEECH},aformat=channel_layouts=5.1", channels=2),
    "8 bits at 22 kHz": Case(arguments=("-c:a", "pcm_u8", "-ar", "22050")),
    "24 bits at 96 kHz": Case(arguments=("-c:a", "pcm_s24le", "-ar", "96000")),
    "floating point past full scale": Case(sound=f"{SPEECH},volume=20dB", arguments=("-c:a", "pcm_f32le")),
    "m4a": Case(name="ljud.m4a"),
    "mp3 with a cover": Case(name="ljud.mp3", arguments=COVER),
    "mp3 of 320 kbit/s": Case(name="ljud.mp3", sound=f"{SPEECH},volume=11.8dB", arguments=("-b:a", "320k")),
    "film": Case(name="film.mp4", arguments=(*FILM, "-c:v", "mpeg4")),
    "recorded in a browser, so without a duration": Case(
        name="ljud.webm", arguments=("-f", "webm", "-live", "1"), sound=STEREO, channels=2
    ),
    "opus under another name": Case(name="ljud.wav", arguments=("-c:a", "libopus", "-f", "ogg")),
    "flac": Case(name="ljud.flac"),
}


@pytest.mark.audio
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_an_episode_is_as_loud_as_podcasts_are(case: Case, tmp_path: Path) -> None:
    source = a_recording(tmp_path / case.name, *case.arguments, "-metadata", "title=hemligt", sound=case.sound)
    target = tmp_path / "audio.mp3"
    told = episode_of(source, target)
    loudness, peak = ebur128(target)
    assert loudness == pytest.approx(-19 if case.channels == 1 else -16, abs=0.5)
    assert peak <= -1
    assert (told.integrated, told.true_peak) == pytest.approx((loudness, peak), abs=0.11)
    audio = mutagen.File(target)
    assert audio is not None
    assert audio.tags is None
    assert (audio.info.channels, audio.info.sample_rate) == (case.channels, 44100)
    assert audio.info.bitrate == pytest.approx(64000 if case.channels == 1 else 128000, abs=1)
    assert audio.info.length == pytest.approx(6, abs=0.1)
    assert b"hemligt" not in target.read_bytes()


@pytest.mark.audio
def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "ljud.wav", sound=f"{SPEECH},volume=-20dB")
    checksums = []
    for name in ("en.mp3", "två.mp3"):
        episode_of(source, tmp_path / name)
        checksums.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert checksums[0] == checksums[1]


def test_little_but_knocks_stays_below_the_peak(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "knack.wav", sound=KNOCKS)
    episode_of(source, tmp_path / "audio.mp3")
    assert ebur128(tmp_path / "audio.mp3")[1] <= -1


def test_an_mp3_that_is_right_keeps_its_frames_and_loses_its_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode_of(a_recording(tmp_path / "ljud.wav"), tmp_path / "rätt.mp3")
    frames = frames_of(tmp_path / "rätt.mp3")
    tags = ("-metadata", "title=hemligt", "-write_id3v1", "1")
    ffmpeg("-i", tmp_path / "rätt.mp3", *COVER, "-c:a", "copy", *tags, tmp_path / "märkt.mp3")
    item = struct.pack("<II", 7, 0) + b"Title\0hemligt"
    with (tmp_path / "märkt.mp3").open("ab") as file:
        file.write(item + b"APETAGEX" + struct.pack("<IIII8x", 2000, len(item) + 32, 1, 0))

    def encode(*_: object, **__: object) -> NoReturn:
        pytest.fail("encoded again")

    monkeypatch.setattr("okatakten.making.recording._encode", encode)
    episode_of(tmp_path / "märkt.mp3", tmp_path / "audio.mp3")
    assert frames_of(tmp_path / "audio.mp3") == frames
    content = (tmp_path / "audio.mp3").read_bytes()
    assert not any(trace in content for trace in (b"hemligt", b"APETAGEX", b"ID3", b"PNG"))


RIGHT = Recording(
    path=Path("ljud.mp3"),
    duration=timedelta(minutes=5),
    channels=1,
    sample_rate=44100,
    bit_rate=64000,
    has_places=True,
    has_film=False,
    is_mp3=True,
)
RIGHT_LOUDNESS = Loudness(integrated=-19, true_peak=-1.5, clipped=False, uniform=True)


@pytest.mark.parametrize(
    ("change", "loudness_change", "kept"),
    [
        ({}, {}, True),
        ({"sample_rate": 48000, "bit_rate": 48000}, {"integrated": -20.0}, True),
        ({"channels": 2, "bit_rate": 192000}, {"integrated": -15.0}, True),
        ({"is_mp3": False}, {}, False),
        ({"sample_rate": 22050}, {}, False),
        ({"bit_rate": 320000}, {}, False),
        ({"bit_rate": 32000}, {}, False),
        ({"channels": 2}, {}, False),
        ({}, {"integrated": -20.1}, False),
        ({}, {"true_peak": -1.0}, False),
        ({}, {"uniform": False}, False),
    ],
)
def test_only_an_mp3_that_is_right_is_kept(
    change: dict[str, int], loudness_change: dict[str, float], kept: bool
) -> None:
    recording, loudness = replace(RIGHT, **change), replace(RIGHT_LOUDNESS, **loudness_change)  # type: ignore[arg-type]
    assert _is_right(recording, loudness) is kept


def test_microphones_on_channels_of_their_own_are_all_heard(tmp_path: Path) -> None:
    """A recorder says nothing about where its channels belong; the fourth of six is no subwoofer."""
    tones = [200, 400, 800, 1200, 1600, 2400]
    inputs = [part for tone in tones for part in ("-f", "lavfi", "-i", f"sine=f={tone}:d=3:r=48000")]
    ffmpeg(*inputs, "-filter_complex", f"amerge=inputs={len(tones)}", "-f", "s16le", tmp_path / "sex.raw")
    source = tmp_path / "sex.wav"
    with wave.open(str(source), "wb") as sound:
        sound.setparams((len(tones), 2, 48000, 0, "NONE", ""))
        sound.writeframes((tmp_path / "sex.raw").read_bytes())
    episode_of(source, tmp_path / "audio.mp3")
    levels = []
    for tone in tones:
        said = ffmpeg("-i", tmp_path / "audio.mp3", "-af", f"bandpass=f={tone}:w=20,volumedetect", "-f", "null", "-")
        levels.append(float(re.findall(r"mean_volume: (\S+) dB", said)[-1]))
    assert max(levels) - min(levels) < 3


@pytest.mark.audio
def test_a_recording_that_changes_its_format_on_the_way_is_measured_as_one(tmp_path: Path) -> None:
    pause = "volume=0:enable='between(t,2,4)'"
    one = a_recording(tmp_path / "ett.mp3", "-ar", "44100", sound=f"{SPEECH},{pause}")
    two = a_recording(tmp_path / "två.mp3", "-ar", "48000", "-ac", "2", sound=f"{OTHER_SPEECH},{pause}")
    (tmp_path / "båda.mp3").write_bytes(one.read_bytes() + two.read_bytes())
    found, loudness = measured(tmp_path / "båda.mp3")
    assert not loudness.uniform
    assert found.duration.total_seconds() == pytest.approx(12, abs=0.3)
    episode_of(tmp_path / "båda.mp3", tmp_path / "audio.mp3")
    assert ebur128(tmp_path / "audio.mp3")[0] == pytest.approx(-19, abs=0.5)
    assert find_pauses(found, loudness, progress=ignore) == ()


@pytest.mark.parametrize(
    ("sound", "clipped"),
    [
        (f"{SPEECH},volume=25dB", True),
        ("sine=f=300:d=3,volume=40dB", True),
        (f"{SPEECH},volume=25dB,alimiter=level=false:limit=1", False),
        (SPEECH, False),
        ("aevalsrc=0.3*sgn(sin(2*PI*200*t)):d=3", False),
    ],
    ids=["speech", "sine", "limited", "as it should be", "a square wave"],
)
def test_a_clipped_recording_is_told_from_a_loud_one(sound: str, clipped: bool, tmp_path: Path) -> None:
    _, loudness = measured(a_recording(tmp_path / "ljud.wav", "-c:a", "pcm_s16le", sound=sound))
    assert loudness.clipped is clipped


VOICE = "anoisesrc=d=12:c=pink:a=0.4:r=48000:seed=3,lowpass=f=3000"
OTHER_VOICE = VOICE.replace("seed=3", "seed=4")
TURNS = f"{VOICE},volume=0:enable='lt(mod(t,6),3)'[a];{OTHER_VOICE},volume=0:enable='gte(mod(t,6),3)'[b];[a][b]amerge"
ONE_AND_NOTHING = f"{VOICE}[a];anoisesrc=d=12:a=0.0003:r=48000:seed=9[b];[a][b]amerge"
SIDES = {
    "one side of noise that nobody hears": (ONE_AND_NOTHING, Sides.LEFT, 1),
    "one silent side": (f"{VOICE},pan=stereo|c1=c0", Sides.RIGHT, 1),
    "both the same": (f"{VOICE},pan=stereo|c0=c0|c1=c0", Sides.EQUAL, 1),
    "one upside down": (f"{VOICE},pan=stereo|c0=c0|c1=-1*c0", Sides.OPPOSITE, 1),
    "one upside down and weaker": (f"{VOICE},pan=stereo|c0=c0|c1=-0.5*c0", Sides.OPPOSED, 2),
    "two voices, one on each side": (TURNS, Sides.APART, 1),
    "two voices, heard a little on the other side": (
        f"{TURNS},pan=stereo|c0=c0+0.1*c1|c1=0.1*c0+c1", Sides.APART, 1
    ),
    "two voices, both in the middle": (f"{TURNS},pan=stereo|c0=c0+0.7*c1|c1=0.7*c0+c1", Sides.STEREO, 2),
    "the same, one side weaker": (f"{VOICE},pan=stereo|c0=c0|c1=0.5*c0", Sides.STEREO, 2),
    "music": (f"{VOICE}[a];{OTHER_VOICE}[b];[a][b]amerge", Sides.STEREO, 2),
    "one voice on the left, a guest for two seconds on the right": (
        f"{VOICE}[a];{OTHER_VOICE},volume=0:enable='lt(t,10)'[b];[a][b]amerge", Sides.STEREO, 2
    ),
}  # fmt: skip


@pytest.mark.audio
@pytest.mark.parametrize("name", SIDES)
def test_what_belongs_on_both_sides_is_heard_on_both(name: str, tmp_path: Path) -> None:
    sound, sides, channels = SIDES[name]
    recording, loudness = measured(a_recording(tmp_path / "ljud.wav", sound=sound))
    assert (recording.channels, loudness.sides) == (2, sides)
    after = encode_episode(recording, loudness, tmp_path / "audio.mp3", progress=ignore)
    assert read(tmp_path / "audio.mp3").channels == channels
    assert after.integrated == pytest.approx(-19 if channels == 1 else -16, abs=0.5)
    assert after.true_peak <= -1


def test_an_mp3_of_equal_sides_that_is_right_keeps_its_sound() -> None:
    stereo = replace(RIGHT, channels=2, bit_rate=128_000)
    for sides, kept in {Sides.EQUAL: True, Sides.LEFT: False, Sides.OPPOSITE: False, Sides.APART: False}.items():
        assert _is_right(stereo, replace(RIGHT_LOUDNESS, integrated=-16, sides=sides)) is kept


@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.mkv", "film.webm", "film.avi", "film.ts"])
def test_a_film_whose_picture_goes_on_is_as_long_as_its_sound(name: str, tmp_path: Path) -> None:
    """As every meeting is that somebody leaves before the picture ends."""
    codec = "libvpx" if name.endswith("webm") else "mpeg4"
    film = ("-f", "lavfi", "-i", "testsrc=d=20:s=64x64:r=5", "-c:v", codec)
    recording, loudness = measured(a_recording(tmp_path / name, *film))
    assert recording.has_film
    assert loudness.duration.total_seconds() == pytest.approx(6, abs=0.2)


@pytest.mark.parametrize("name", ["film.mkv", "film.webm"])
def test_a_film_that_broke_off_is_told_from_one_whose_picture_goes_on(name: str, tmp_path: Path) -> None:
    codec = "libvpx" if name.endswith("webm") else "mpeg4"
    film = ("-f", "lavfi", "-i", "testsrc=d=12:s=64x64:r=5", "-c:v", codec)
    whole = a_recording(tmp_path / name, *film, sound=SPEECH.replace("d=6", "d=12")).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    [(kind, expected)] = problems_of(tmp_path / name)
    assert kind is Kind.RECORDING_UNREADABLE
    assert expected.startswith("Av 0:12 går bara 0:0")


def test_a_film_is_not_a_cover_and_a_title_is_neither(tmp_path: Path) -> None:
    title = "title=x\n  Stream #0:7: Video: h264\n[info]   Stream #0:8: Video: h264"
    assert read(a_recording(tmp_path / "film.mov", *FILM, "-c:v", "mpeg4")).has_film
    assert not read(a_recording(tmp_path / "omslag.m4a", *COVER, "-f", "mp4")).has_film
    assert not read(a_recording(tmp_path / "titel.mp3", "-metadata", title)).has_film


NAMES = ["-i.wav", "--.wav", "med mellanslag åäö.wav", "100%.wav", "%03d.wav", "l'été.wav", "concat:a|b.wav",
         "file:a.wav", "http:a.wav", "*.wav", "$(x);&.wav", "utan-ändelse", "«‰».WAV"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    a_recording(tmp_path / "ljud.wav", sound="sine=d=1").rename(tmp_path / name)
    target = Path(name + ".mp3")
    encode_episode(*measured(Path(name)), target, progress=ignore)
    assert names_in(tmp_path) == {name, target.name}
    audio = mutagen.File(target)
    assert audio is not None
    assert audio.info.length == pytest.approx(1, abs=0.1)


def test_what_is_no_recording_is_told(tmp_path: Path) -> None:
    (tmp_path / "mapp.wav").mkdir()
    contents = {
        "tom.wav": b"",
        "text.wav": "Det här är en text, inte ett ljud.\n".encode() * 99,
        "text.mp3": "Det här är en text, inte ett ljud.\n".encode() * 99,
        "brus.mp3": b"".join(hashlib.sha256(bytes([number])).digest() for number in range(255)),
        "rubrik.wav": a_recording(tmp_path / "hel.wav").read_bytes()[:30],
        "noll.wav": bytes(5000),
        "bild.svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    ffmpeg(*FILM, "-frames:v", "1", tmp_path / "bild.png")
    ffmpeg(*FILM, "-frames:v", "1", tmp_path / "bild.jpg")
    ffmpeg(*FILM, "-c:v", "mpeg4", tmp_path / "stum.mp4")
    expected = {
        "finns inte.wav": Kind.RECORDING_MISSING,
        "mapp.wav": Kind.RECORDING_MISSING,
        "x" * 300: Kind.RECORDING_MISSING,
        "tom.wav": Kind.RECORDING_EMPTY,
        **{name: Kind.RECORDING_UNREADABLE for name in contents if name != "tom.wav"},
        "bild.png": Kind.RECORDING_WITHOUT_SOUND,
        "bild.jpg": Kind.RECORDING_WITHOUT_SOUND,
        "stum.mp4": Kind.RECORDING_WITHOUT_SOUND,
    }
    assert {name: problems_of(tmp_path / name) for name in expected} == {
        name: [(kind, "")] for name, kind in expected.items()
    }


@pytest.mark.parametrize("name", ["spellista.wav", "spellista.m3u8", "spellista.mp3"])
@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile ljud.wav\n",
        "ffconcat version 1.0\nfile 'file:{folder}/ljud.wav'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nljud.wav\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/ljud.wav\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><BaseURL>ljud.wav</BaseURL></MPD>',
    ],
    ids=["concat", "concat-absolute", "hls", "hls-network", "sdp", "dash"],
)
def test_a_playlist_in_disguise_leads_to_no_other_file(name: str, text: str, tmp_path: Path) -> None:
    a_recording(tmp_path / "ljud.wav", sound="sine=d=1")
    (tmp_path / name).write_text(text.format(folder=tmp_path), encoding="utf-8")
    assert problems_of(tmp_path / name) == [(Kind.RECORDING_UNREADABLE, "")]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ljud.wav", ()),
        ("ljud.aiff", ()),
        ("ljud.mp3", ()),
        ("ljud.flac", ()),
        ("ljud.wma", ()),
        ("ljud.m4a", ("-movflags", "+faststart")),
        ("ljud.webm", ()),
    ],
)
def test_a_recording_that_ends_too_early_is_told(name: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    whole = a_recording(tmp_path / name, *arguments, sound=SPEECH.replace("d=6", "d=12")).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    [(kind, expected)] = problems_of(tmp_path / name)
    assert kind is Kind.RECORDING_UNREADABLE
    assert re.fullmatch(r"Av 0:12 går bara 0:0[56] att spela upp\.", expected)


@pytest.mark.parametrize(("name", "codec"), [("ljud.ogg", "libvorbis"), ("ljud.opus", "libopus")])
def test_an_ogg_file_that_breaks_off_is_told_and_a_whole_one_is_not(name: str, codec: str, tmp_path: Path) -> None:
    whole = a_recording(tmp_path / name, "-c:a", codec).read_bytes()
    assert problems_of(tmp_path / name) == []
    for length in (len(whole) // 2, len(whole) - 5, whole.rindex(b"OggS") + 9):
        (tmp_path / name).write_bytes(whole[:length])
        [(kind, expected)] = problems_of(tmp_path / name)
        assert kind is Kind.RECORDING_UNREADABLE
        assert re.fullmatch(r"Filen tar slut mitt i ljudet, efter 0:0[1-6]\.", expected)


def test_a_recording_that_is_damaged_in_the_middle_is_told(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "ljud.flac", sound=SPEECH.replace("d=6", "d=12"))
    whole = path.read_bytes()
    third = len(whole) // 3
    path.write_bytes(whole[:third] + bytes(third) + whole[2 * third :])
    [(kind, expected)] = problems_of(path)
    assert kind is Kind.RECORDING_UNREADABLE
    assert expected.startswith("Av 0:12 går bara 0:0")


@pytest.mark.parametrize("arguments", [(), ("-rf64", "always"), ("-c:a", "pcm_s24le", "-ac", "4")])
@pytest.mark.parametrize("told", [0, 0xFFFFFFFF, 4096, 4097, 288_000])
def test_a_wav_file_that_never_learned_its_size_is_whole(told: int, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """As from a recorder that ran out of power, or a program that wrote to a pipe."""
    path = a_recording(tmp_path / "ljud.wav", *arguments)
    content = bytearray(path.read_bytes())
    size, width = (content.index(b"ds64") + 16, 8) if b"ds64" in content else (content.index(b"data") + 4, 4)
    content[size : size + width] = told.to_bytes(width, "little")
    path.write_bytes(content)
    recording, loudness = measured(path)
    assert loudness.duration == recording.duration == timedelta(seconds=6)


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST" + struct.pack("<I", 2000) + bytes(2000) + b"note" + struct.pack("<I", 3) + bytes(3),
        b"ID3\x04\0\0\0\0\x10\0" + b"noise" * 500,
        b"TAG".ljust(128, b"x"),
        b"\0LIST" + struct.pack("<I", 9) + bytes(9),
        b"LIST" + struct.pack("<I", 4000) + bytes(2000),
    ],
)
def test_what_stands_behind_the_sound_of_a_wav_file_is_not_heard(behind: bytes, tmp_path: Path) -> None:
    path = a_recording(tmp_path / "ljud.wav")
    path.write_bytes(path.read_bytes() + behind)
    assert measured(path)[1].duration == timedelta(seconds=6)


@pytest.mark.parametrize("frames", [0, 10, 40 * 230])
def test_an_mp3_with_a_header_that_is_wrong_is_whole(frames: int, tmp_path: Path) -> None:
    path = a_recording(tmp_path / "ljud.mp3")
    content = bytearray(path.read_bytes())
    place = content.index(b"Info") + 8
    content[place : place + 4] = struct.pack(">I", frames)
    path.write_bytes(content)
    recording, loudness = measured(path)
    assert recording.duration.total_seconds() == pytest.approx(6, abs=0.1)
    assert loudness.duration.total_seconds() == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(("sound", "silent"), [("anullsrc=d=3", True), ("sine=d=3,volume=-70dB", True),
                                               ("sine=d=3,volume=-40dB", False)])  # fmt: skip
def test_a_recording_without_anything_to_hear_is_told(sound: str, silent: bool, tmp_path: Path) -> None:
    path = a_recording(tmp_path / "ljud.wav", "-c:a", "pcm_s24le", sound=sound)
    assert problems_of(path) == ([(Kind.RECORDING_SILENT, "")] if silent else [])


def test_a_recording_of_more_than_twelve_hours_is_told(tmp_path: Path) -> None:
    path = tmp_path / "glömd.wav"
    hours = 13 * 3600 * 8000
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 1, 8000, hours, "NONE", ""))
        sound.writeframesraw(bytes(8000))
        # The rest is a hole in the file, which takes no room.
        sound._file.truncate(44 + hours)  # type: ignore[attr-defined]
        sound._datawritten = hours  # type: ignore[attr-defined]
    assert problems_of(path) == [(Kind.RECORDING_TOO_LONG, "13:00:00")]


def test_pauses_are_found_in_a_room_with_some_noise(tmp_path: Path) -> None:
    quiet = "volume=0:enable='between(t,0,1)+between(t,3,4)+between(t,5,5.3)+between(t,7,9)+between(t,11,12)'"
    room = "anoisesrc=d=12:c=pink:a=0.001:r=48000:seed=7"
    speech = "anoisesrc=d=12:c=pink:a=0.5:r=48000:seed=3"
    path = a_recording(tmp_path / "ljud.wav", sound=f"{speech},{quiet}[a];{room}[b];[a][b]amix=normalize=0")
    middles = find_pauses(*measured(path), progress=ignore)
    assert [middle.total_seconds() for middle in middles] == pytest.approx([3.5, 8], abs=0.05)


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, loudness = measured(a_recording(tmp_path / "ljud.wav", sound="sine=d=1"))
    monkeypatch.setattr("okatakten.making.recording.shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(OSError, match="space"):
        encode_episode(found, loudness, tmp_path / "audio.mp3", progress=ignore)
    assert names_in(tmp_path) == {"ljud.wav"}


def test_a_recording_that_goes_away_leaves_the_old_episode(tmp_path: Path) -> None:
    source = a_recording(tmp_path / "ljud.wav", sound="sine=d=1")
    found, loudness = measured(source)
    source.unlink()
    (tmp_path / "audio.mp3").write_bytes(b"det gamla")
    with pytest.raises(RecordingError, match="No such file"):
        encode_episode(found, loudness, tmp_path / "audio.mp3", progress=ignore)
    assert (tmp_path / "audio.mp3").read_bytes() == b"det gamla"
    assert names_in(tmp_path) == {"audio.mp3"}


def a_long_recording(path: Path) -> Path:
    return a_recording(path, "-c:a", "pcm_s16le", sound="anoisesrc=d=1200:r=48000:a=0.1")


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def eventually(condition: Callable[[], bool]) -> bool:
    """Return whether it comes true within some seconds."""
    for _ in range(400):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.audio
@linux_only
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_ends_ffmpeg_and_leaves_nothing(interruption: type[BaseException], tmp_path: Path) -> None:
    found = read(a_long_recording(tmp_path / "lång.wav"))
    loudness = Loudness(integrated=-25, true_peak=-10, clipped=False, uniform=True)
    others = children_of(os.getpid())

    def progress(share: float) -> None:
        assert share < 0.5
        raise interruption

    with pytest.raises(interruption):
        encode_episode(found, loudness, tmp_path / "audio.mp3", progress=progress)
    assert children_of(os.getpid()) == others
    assert names_in(tmp_path) == {"lång.wav"}


KILLED = """
import sys
from pathlib import Path
from okatakten.written.fields import Problems
from okatakten.making.recording import Loudness, encode_episode, read_recording
found = read_recording(Path(sys.argv[1]), Problems("x"))
loudness = Loudness(integrated=-25, true_peak=-10, clipped=False, uniform=True)
encode_episode(found, loudness, Path(sys.argv[2]), progress=lambda share: print(share, flush=True))
"""


@pytest.mark.audio
@linux_only
def test_ffmpeg_does_not_outlive_a_process_that_is_killed(tmp_path: Path) -> None:
    source = a_long_recording(tmp_path / "lång.wav")
    command = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "audio.mp3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        [child] = children_of(process.pid)
        assert is_running(child)
        process.kill()
        process.wait()
    assert eventually(lambda: not is_running(child))
    # It was stopped: a whole episode of 20 minutes is larger.
    assert (tmp_path / ".audio.mp3.new").stat().st_size < 20 * 60 * 64000 / 8


def is_running(pid: int) -> bool:
    """Return whether the process lives. One whose parent is gone may wait for a while to be reaped."""
    try:
        return b"ffmpeg" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.random
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(min_size=1, max_size=300),
    header=st.sampled_from([b"", b"RIFF\x24\0\0\0WAVEfmt ", b"ID3\4\0", b"OggS", b"fLaC"]),
)
def test_random_recordings_are_answered(tmp_path: Path, content: bytes, header: bytes) -> None:
    path = tmp_path / "slump.wav"
    path.write_bytes(header + content)
    problems = Problems(path.name)
    found = read_recording(path, problems)
    assert (found is None) is bool(problems.found)
