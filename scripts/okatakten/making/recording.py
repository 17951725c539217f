"""A recording as it left the recorder: what it is, how loud it is, and the MP3 that is made of it.

ffmpeg does the work. Loudness is that of EBU R 128, in LUFS, and true peak that of ITU-R BS.1770, in dBTP; a
difference in loudness is in LU, in peak or gain in dB.
"""

from __future__ import annotations

import errno
import math
import os
import re
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import mutagen
from mutagen.asf import ASF
from mutagen.wave import WAVE
from PIL import Image

from okatakten.making.ffmpeg import ffmpeg
from okatakten.making.ogg import breaks_off
from okatakten.making.running import Progress, run_program
from okatakten.making.sides import AS_ONE, FILTER, Sides, sides_of
from okatakten.making.wav import goes_on
from okatakten.podcast.audio import read_audio
from okatakten.podcast.sound import End
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from okatakten.written.values import clock

STEREO_LOUDNESS: Final = -16.0
MONO_LOUDNESS: Final = -19.0
"""LUFS. One channel played through two speakers is 3 LU louder than it measures, and so as loud as stereo."""
HIGHEST_PEAK: Final = -1.0
"""dBTP, in the MP3 as it is."""
LONGEST: Final = timedelta(hours=12)
SHORTEST_PAUSE: Final = timedelta(seconds=0.6)

_SILENCE: Final = -70.0
"""LUFS. The absolute gate of BS.1770: what is below counts as silence, and ffmpeg tells nothing lower."""
_AIMED_PEAK: Final = HIGHEST_PEAK - 0.1
"""dBTP. ffmpeg tells a tenth, so what it calls -1.0 may be more."""
_NEAR: Final = 0.4
"""LU. What is encoded may be this much off: half a unit, less what rounding takes."""
_RIGHT: Final = 1.0
"""LU. What is an MP3 already may be this much off before it is worth another loss."""
_ROUNDS: Final = 3
_LIKELY_OVERSHOOT: Final = 1.2
"""dB. How far an MP3 of 64 kbit/s mono or 128 kbit/s stereo seldom goes past what was put into it: another round costs
twice as much again."""
_LIMITER_RATE: Final = 96_000
"""Hertz. What is between these samples is seen in what comes out, and twice as many take twice the time."""
_LOST_IN_LAME: Final = 0.45
"""dB. LAME multiplies what it is given by 0.95."""
_PAUSE_BELOW: Final = 25.0
"""dB below the loudness. silencedetect looks at single samples, and those of noise reach 10 to 12 dB over its level:
a room that is 35 dB quieter than the voice is a pause."""

_SAMPLE_RATE: Final = 44_100
_BIT_RATES: Final = {1: 64_000, 2: 128_000}
_KEPT_BIT_RATES: Final = range(48_000, 192_001)
_KEPT_SAMPLE_RATES: Final = (_SAMPLE_RATE, 48_000)

# Only formats that hold everything in the one file. Playlists, concat, sdp, dash and numbered pictures open others.
_FORMATS: Final = "wav,w64,aiff,caf,au,flac,wv,ape,mp3,aac,amr,dss,ogg,mov,matroska,asf,avi,mpegts,mpeg,flv,dv,mxf"
# -guess_layout_max: three to many channels of no stated place are microphones, not a subwoofer to leave out.
_INPUT: Final = ("-protocol_whitelist", "file,pipe", "-format_whitelist", _FORMATS, "-guess_layout_max", "2")
_SOUND: Final = ("-vn", "-sn", "-dn")
_BARE: Final = (
    *("-map_metadata", "-1", "-map_chapters", "-1", "-id3v2_version", "0", "-write_id3v1", "0"),
    *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp3", "-y"),
)
"""An MP3 with sound and nothing else, without the time and the version of the program that wrote it."""
_EBUR128: Final = "ebur128=peak=true:framelog=verbose"
_NOWHERE: Final = ("-f", "null", "-")

# Metadata is indented further, or is not at the start of a line, so no title passes for one of these.
_INPUT_LINE = re.compile(r"\[info\] Input #0, (\S+), from ")
_DURATION_LINE = re.compile(r"\[info\]   Duration: (\d+):(\d\d):(\d\d\.\d+)")
_STREAM_LINE = re.compile(r"\[info\]   Stream #0:\d+.*?: (Audio|Video): (.*)")
_OUTPUT_LINE = re.compile(r"\[info\] Output #0, ")
_FRAME_LINE = re.compile(r"\[Parsed_ashowinfo_0 @ \w+\] \[info\] n:0 .* channels:(\d+) chlayout:(.+) rate:(\d+) ")
_ASTATS_LINE = re.compile(r"\[astats@whole @ \w+\] \[info\] [A-Z][A-Za-z ]+: ")
_EBUR128_LINE = re.compile(r"    (I|Peak): +\S+ (?:LUFS|dBFS)$")
_BRANCH_LINE = re.compile(r"\[ebur128@(\d) @ \w+\] \[info\] Summary:")
_SIDES_LINE = re.compile(r"\[ametadata@sides @ \w+\] \[info\] lavfi\.astats\.\d\.RMS_level=(\S+)")
_SILENCE_LINE = re.compile(r"\[(?:Parsed_)?silencedetect(?:_\d+)? @ \w+\] \[info\] silence_(?:start|end): (-?[\d.]+)")
_ESTIMATE_LINE = re.compile(r"\[(?:in#0\S*|mp3) @ \w+\] \[warning\] Estimating duration from bitrate")
_TELLING: Final = (
    *(_INPUT_LINE, _DURATION_LINE, _STREAM_LINE, _OUTPUT_LINE, _ESTIMATE_LINE),
    *(_FRAME_LINE, _ASTATS_LINE, _EBUR128_LINE, _BRANCH_LINE, _SIDES_LINE, _SILENCE_LINE),
)
_MEASURED: Final = ("Number of samples", "I", "Peak", "Peak level dB", "Flat factor", "Peak count")
"""How astats and ebur128 call what is read of them; `I` and `Peak` are the loudness and the true peak."""
_STILL: Final = ("(attached pic)", "(still image)")


_ALLOWANCE: Final = timedelta(seconds=2)
"""How much less there may be than a file says, where nothing has been counted."""
_COUNTED: Final = {"MP3", "MP4"}
"""What `read_audio` counts to the last frame, and says of it whether all is there."""


class RecordingError(Exception):
    """ffmpeg did not manage: the recording is damaged, or the disk is full. The message is ffmpeg's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A file with sound in it. What is said of the sound is about the first, if there are several.

    `sample_rate` is in hertz, `bit_rate` in bits per second (0: not told). `has_film` is a moving picture, not a cover.
    `has_places` tells whether channels say where they belong, such as front left, so that a mix can heed it. `is_mp3`
    is read from the bytes, not from the name. `duration` is what the file says, or what has been counted of it, and
    `as_one` the filter that makes one channel of two sides.
    """

    path: Path
    duration: timedelta
    channels: int
    sample_rate: int
    bit_rate: int
    has_places: bool
    has_film: bool
    is_mp3: bool
    as_one: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How loud a recording is: `integrated` in LUFS (EBU R 128), `true_peak` in dBTP (ITU-R BS.1770).

    `clipped` tells that the recording was distorted when it was made: peaks cut flat where the scale ends.
    `uniform` tells that it has the same sample rate and channels from beginning to end. `duration` is how long there
    was something to decode, and `sides` what left and right are to each other.
    """

    integrated: float
    true_peak: float
    clipped: bool
    uniform: bool
    duration: timedelta = timedelta()
    sides: Sides = Sides.STEREO

    @property
    def silent(self) -> bool:
        return self.integrated <= _SILENCE


def read_recording(path: Path, problems: Problems) -> Recording | None:
    """Return what the file is, or None with a problem if no episode can be made of it.

    Its first moment is decoded. Whether the rest can be is for `measure_loudness` to find.
    """
    try:
        length = path.stat().st_size if path.is_file() else None
    except OSError:
        length = None
    if not length:
        problems.add(Kind.RECORDING_MISSING if length is None else Kind.RECORDING_EMPTY)
        return None
    facts = read_audio(path)
    if facts is not None and facts.end is End.MISSING:
        problems.add(Kind.RECORDING_UNREADABLE, expected=facts.shortfall)
        return None
    log = _run(path, "-af", "ashowinfo", "-frames:a", "1", *_NOWHERE)
    counted = facts.duration if facts and facts.description in _COUNTED else None
    recording = _parse_recording(log, path, counted=counted)
    if recording is None:
        is_mute = {kind for kind, _ in _streams(log)} == {"Video"} or _is_picture(path)
        problems.add(Kind.RECORDING_WITHOUT_SOUND if is_mute else Kind.RECORDING_UNREADABLE)
        return None
    if recording.duration > LONGEST:
        problems.add(Kind.RECORDING_TOO_LONG, found=clock(recording.duration))
        return None
    if shortfall := _shortfall(recording):
        problems.add(Kind.RECORDING_UNREADABLE, expected=shortfall)
        return None
    return recording


def measure_loudness(recording: Recording, problems: Problems, *, progress: Progress) -> Loudness | None:
    """Return the loudness of all of it, or None with a problem if it is damaged on the way or has no sound."""
    try:
        loudness = _measure(recording, progress=progress)
    except RecordingError:
        problems.add(Kind.RECORDING_UNREADABLE)
        return None
    if recording.duration - loudness.duration > _ALLOWANCE and not _shows_more(recording):
        problems.add(Kind.RECORDING_UNREADABLE, expected=_ends_early(loudness.duration, recording.duration))
        return None
    if loudness.silent:
        problems.add(Kind.RECORDING_SILENT)
        return None
    return loudness


def encode_episode(recording: Recording, loudness: Loudness, target: Path, *, progress: Progress) -> Loudness:
    """Write `target`, an MP3 as loud as podcasts are, and return its loudness.

    It is written whole or not at all. A recording that is such an MP3 already keeps its sound to the bit. Raises
    RecordingError when ffmpeg cannot read or write, and OSError when the disk has no room.

    A recording of little but single knocks cannot be both loud enough and below the peak; then the peak is kept to.
    """
    new = target.with_name(f".{target.name}.new")
    _check_room(recording, target)
    try:
        if _is_right(recording, loudness):
            _check(
                _run(recording.path, "-c:a", "copy", *_BARE, f"file:{new}", to=recording.duration, progress=progress)
            )
            measured = loudness
        else:
            measured = _encode_until_right(*_as_one(recording, loudness), new, progress=progress)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
    progress(1.0)
    return replace(measured, clipped=loudness.clipped)


def find_pauses(recording: Recording, loudness: Loudness, *, progress: Progress) -> tuple[timedelta, ...]:
    """Return the middle of every pause of 0.6 seconds or more, counted from the first sound as in the episode.

    The silence before the first word and after the last is not a pause. Raises RecordingError when ffmpeg cannot read.
    """
    if not loudness.uniform:
        # The clock of the filters starts anew at each change.
        return ()
    threshold = min(loudness.integrated - _PAUSE_BELOW, 0)
    # Samples are counted: what is left out of a recording with gaps is left out of the episode too.
    chain = (
        f"{_mix(recording)},asetpts=N/SR/TB,silencedetect=noise={threshold:.1f}dB:d={SHORTEST_PAUSE.total_seconds()}"
    )
    log = _run(recording.path, "-af", chain, *_NOWHERE, to=recording.duration, progress=progress)
    _check(log)
    times = [timedelta(seconds=round(float(match[1]), 3)) for match in map(_SILENCE_LINE.match, log.lines) if match]
    ends = timedelta(seconds=0.1), loudness.duration - timedelta(seconds=0.1)
    pauses = zip(times[::2], times[1::2], strict=False)
    progress(1.0)
    return tuple(start + (end - start) / 2 for start, end in pauses if ends[0] < start and end < ends[1])


def _parse_recording(log: _Log, path: Path, *, counted: timedelta | None) -> Recording | None:
    """Return what ffmpeg tells of the file, if it has decoded anything."""
    frame = next(filter(None, map(_FRAME_LINE.match, log.lines)), None)
    opened = next(filter(None, map(_INPUT_LINE.match, log.lines)), None)
    if not frame or not opened:
        return None
    streams = _streams(log)
    sound = next(text for kind, text in streams if kind == "Audio")
    bit_rate = re.search(r", (\d+) kb/s", sound)
    return Recording(
        path=path,
        duration=counted or _duration(log, path),
        channels=int(frame[1]),
        sample_rate=int(frame[3]),
        bit_rate=int(bit_rate[1]) * 1000 if bit_rate else 0,
        # Otherwise such as `6 channels` or `ambisonic 1`, which ffmpeg knows no mix of.
        has_places=" " not in frame[2],
        has_film=any(kind == "Video" and not any(still in text for still in _STILL) for kind, text in streams),
        is_mp3=opened[1] == "mp3" and sound.startswith("mp3"),
    )


def _streams(log: _Log) -> list[tuple[str, str]]:
    """Return kind (`Audio` or `Video`) and description of each stream in the file."""
    output = next((number for number, line in enumerate(log.lines) if _OUTPUT_LINE.match(line)), None)
    return [(match[1], match[2]) for match in map(_STREAM_LINE.match, log.lines[:output]) if match]


def _duration(log: _Log, path: Path) -> timedelta:
    """Return what the file says; where it says nothing to rely on, it is read to its end."""
    told = next(filter(None, map(_DURATION_LINE.match, log.lines)), None)
    if told is None or goes_on(path) or any(map(_ESTIMATE_LINE.match, log.lines)):
        return _run(path, "-c:a", "copy", *_NOWHERE).end
    return timedelta(hours=int(told[1]), minutes=int(told[2]), seconds=float(told[3]))


def _is_picture(path: Path) -> bool:
    try:
        with Image.open(path):
            return True
    # Pillow raises many kinds of errors on what it does not know.
    except Exception:
        return False


def _shortfall(recording: Recording) -> str:
    """Say what is missing of a file that ffmpeg takes as it is; nothing where all of it is there."""
    if breaks_off(recording.path):
        return Hint.STOPS_WITHIN.format(heard=clock(recording.duration))
    declared = _declared_duration(recording.path)
    return _ends_early(recording.duration, declared) if declared - recording.duration > _ALLOWANCE else ""


def _declared_duration(path: Path) -> timedelta:
    """Return how long a WAV or WMA file says that it is, which ffmpeg keeps to itself when it is shorter; else zero.

    Sizes near the largest that fit stand for "not known yet", in files that were written in one go.
    """
    try:
        tags = mutagen.File(path)
        info = getattr(tags, "info", None)
        seconds, bit_rate = float(getattr(info, "length", 0)), int(getattr(info, "bitrate", 0))
    # mutagen lets struct, index and value errors of other and damaged files through.
    except Exception:
        return timedelta(0)
    is_known = isinstance(tags, (WAVE, ASF)) and seconds * bit_rate / 8 < 0x7FFF0000
    return timedelta(seconds=seconds if is_known else 0)


def _shows_more(recording: Recording) -> bool:
    """Return whether the picture of a film goes on after the sound, to the end that the file says it has."""
    if not recording.has_film:
        return False
    log = _run(recording.path, "-map", "0:v?", "-c", "copy", *_NOWHERE, streams=())
    return recording.duration - log.end <= _ALLOWANCE


def _ends_early(end: timedelta, duration: timedelta) -> str:
    return Hint.PLAYED_SHORTER.format(duration=clock(duration), heard=clock(end))


def _measure(recording: Recording, *, progress: Progress) -> Loudness:
    """Return the loudness of what there was to hear. Raises RecordingError when ffmpeg cannot read it."""
    figures = "measure_perchannel=none:measure_overall=Peak_level+Flat_factor+Peak_count+Number_of_samples"
    chain = f"astats@whole={figures},{_mix(recording)},{_EBUR128}"
    if recording.channels == 2:
        chain = f"asplit[sides][whole];[sides]{FILTER};[whole]{chain}"
    log = _run(recording.path, "-af", chain, *_NOWHERE, to=recording.duration, progress=progress)
    _check(log)
    told = [part for part in zip(*(_figures(log, name) for name in _MEASURED), strict=False) if part[0] > 0]
    if not told:
        raise RecordingError("ffmpeg decoded no sound")
    samples, loudnesses, peaks = ([part[number] for part in told] for number in range(3))
    heard = log.end
    if len(told) == 1:
        # Where nothing could be decoded the clock went on all the same, and a film may begin before its sound.
        heard = min(heard, timedelta(seconds=samples[0] / recording.sample_rate))
    levels = [float(match[1]) for match in map(_SIDES_LINE.match, log.lines) if match]
    return Loudness(
        integrated=_mean_loudness(loudnesses, weights=samples),
        true_peak=max(peaks),
        clipped=any(_is_clipped(*part[3:]) for part in told),
        uniform=len(told) == 1,
        duration=heard,
        sides=sides_of([*zip(*(iter(levels),) * 4, strict=False)]) if len(told) == 1 else Sides.STEREO,
    )


def _measure_again(episode: Recording, loudness: Loudness, *, progress: Progress) -> Loudness:
    """Return the loudness of what was made of a recording: what else was measured of it has not changed."""
    log = _run(episode.path, "-af", f"{_mix(episode)},{_EBUR128}", *_NOWHERE, to=episode.duration, progress=progress)
    _check(log)
    [integrated], [peak] = _figures(log, "I"), _figures(log, "Peak")
    return replace(loudness, integrated=integrated, true_peak=peak)


def _figures(log: _Log, name: str) -> list[float]:
    """Return the figures of that name: one, or one for each part where the sample rate or the channels change."""
    lines = (line for line in log.lines if _ASTATS_LINE.match(line) or _EBUR128_LINE.match(line))
    written = (re.search(rf"(?:\] |    ){re.escape(name)}: +(\S+)", line) for line in lines)
    return [float(match[1]) for match in written if match]


def _mean_loudness(parts: list[float], *, weights: list[float]) -> float:
    """Return the loudness of several parts together: near enough to start from, since the gate is left out."""
    power = sum(weight * 10 ** (max(_SILENCE, part) / 10) for part, weight in zip(parts, weights, strict=True))
    return round(10 * math.log10(power / sum(weights)), 1)


def _is_clipped(peak: float, flatness: float, count: float) -> bool:
    """Return whether peaks are cut flat at the end of the scale.

    `peak` is in dBFS, `flatness` in dB: how long the sound stays at its highest value each time, 0 for a single sample.
    A limiter gives less than 1, cut speech 20 and more. `count` is how many samples have that value.
    """
    return peak >= -0.1 and flatness >= 6 and count >= 50


def _goal(recording: Recording) -> float:
    return MONO_LOUDNESS if recording.channels == 1 else STEREO_LOUDNESS


def sounds_right(recording: Recording, loudness: Loudness) -> bool:
    """Return whether a recording is as loud as podcasts are, with no peak too high, from beginning to end."""
    return (
        recording.channels <= 2
        and loudness.uniform
        and loudness.sides in {Sides.STEREO, Sides.EQUAL, Sides.OPPOSED}
        and loudness.true_peak <= _AIMED_PEAK
        and abs(loudness.integrated - _goal(recording)) <= _RIGHT
    )


def _is_right(recording: Recording, loudness: Loudness) -> bool:
    """Return whether the recording is an MP3 that nothing is gained by encoding again."""
    return (
        recording.is_mp3
        and recording.sample_rate in _KEPT_SAMPLE_RATES
        and recording.bit_rate in _KEPT_BIT_RATES
        and sounds_right(recording, loudness)
    )


def _check_room(recording: Recording, target: Path) -> None:
    bytes_needed = recording.duration.total_seconds() * max(_KEPT_BIT_RATES) / 8
    if shutil.disk_usage(target.parent).free < bytes_needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))


def _as_one(recording: Recording, loudness: Loudness) -> tuple[Recording, Loudness]:
    """Return a recording and its loudness as one channel, where two sides are better so."""
    one = AS_ONE.get(loudness.sides)
    if one is None:
        return recording, loudness
    weaker = one.weaker if loudness.sides is Sides.APART else 0
    return (
        replace(recording, channels=1, as_one=one.filter),
        replace(loudness, integrated=loudness.integrated - one.weaker, true_peak=loudness.true_peak - weaker),
    )


def _encode_until_right(recording: Recording, loudness: Loudness, new: Path, *, progress: Progress) -> Loudness:
    """Encode, measure what came out, and correct gain and ceiling by what it missed, three times at most."""
    episode = replace(recording, path=new, channels=min(recording.channels, 2), sample_rate=_SAMPLE_RATE, as_one="")
    goal = _goal(recording)
    gain = goal - loudness.integrated
    ceiling = _AIMED_PEAK if loudness.true_peak + gain <= _AIMED_PEAK else _AIMED_PEAK - _LIKELY_OVERSHOOT
    tried: _Tried = []
    for number in range(_ROUNDS):
        # Most are right the first time: what is left of the way is then short.
        marks = [1 - 0.1**number * (1 - 0.9 * share) for share in (0, 0.7, 0.95, 1)]
        peak = min(loudness.true_peak + gain, ceiling)
        limit = ceiling if loudness.true_peak + gain > ceiling else None
        _encode(recording, new, gain=gain, limit=limit, progress=_within(progress, *marks[:2]))
        measured = _measure_again(episode, loudness, progress=_within(progress, *marks[1:3]))
        missing = goal - measured.integrated
        if measured.true_peak <= _AIMED_PEAK and abs(missing) <= _NEAR:
            break
        if limit is not None and missing > _NEAR and not tried:
            tried = _try_gains(recording, gain, limit=limit, progress=_within(progress, *marks[2:]))
        before = gain, ceiling
        gain = _corrected_gain(gain, missing, tried)
        if measured.true_peak > _AIMED_PEAK:
            ceiling = _AIMED_PEAK - (measured.true_peak - peak) - 0.3 * (number + 1)
        if (gain, ceiling) == before:
            break
    return measured


_Tried = list[tuple[float, float]]
"""Gains in dB, rising, and the loudness in LUFS that each gave."""


def _try_gains(recording: Recording, lowest: float, *, limit: float, progress: Progress) -> _Tried:
    """Return how loud the limiter lets it become, from the gain that was not enough upwards, in one reading."""
    gains = [lowest + more for more in (0, 1.5, 4, 8, 13, 20, 30)]
    branches = [
        f"[{number}]volume={gain:.2f}dB:precision=float,{_limiter(limit)},ebur128@{number}=framelog=verbose"
        for number, gain in enumerate(gains)
    ]
    split = f"{_mix(recording)},asplit={len(gains)}" + "".join(f"[{number}]" for number in range(len(gains)))
    chain = f"{split};{',anullsink;'.join(branches)}"
    log = _run(recording.path, "-af", chain, *_NOWHERE, to=recording.duration, progress=progress)
    _check(log)
    summaries = [int(match[1]) for match in map(_BRANCH_LINE.match, log.lines) if match]
    # Where the format changes on the way, each branch tells of every part.
    told: dict[float, list[float]] = {}
    for number, loudness in zip(summaries, _figures(log, "I"), strict=True):
        told.setdefault(gains[number], []).append(loudness)
    return sorted((gain, _mean_loudness(parts, weights=[1] * len(parts))) for gain, parts in told.items())


def _corrected_gain(gain: float, missing: float, tried: _Tried) -> float:
    """Return the gain that makes up for what is missing, in LU. Without a limiter, a dB more is a LU more."""
    if not tried:
        return gain + missing
    wanted = _read_off(gain, tried) + missing
    for (low, quiet), (high, loud) in pairwise(tried):
        if quiet < loud and wanted <= loud:
            return low + (high - low) * (wanted - quiet) / (loud - quiet)
    return max(tried, key=lambda pair: pair[1])[0]


def _read_off(gain: float, tried: _Tried) -> float:
    """Return how loud a gain between two that were tried would be."""
    for (low, quiet), (high, loud) in pairwise(tried):
        if gain <= high:
            return quiet + (loud - quiet) * (gain - low) / (high - low)
    return tried[-1][1]


def _encode(recording: Recording, new: Path, *, gain: float, limit: float | None, progress: Progress) -> None:
    """Write an MP3, with gain in dB and, if there is a limit in dBTP, a limiter that looks between the samples."""
    chain = [_mix(recording), f"volume={gain:.2f}dB:precision=float"]
    if limit is not None:
        chain += [f"aresample={_LIMITER_RATE}", _limiter(limit)]
    chain += [f"aresample={_SAMPLE_RATE}", f"volume={_LOST_IN_LAME}dB:precision=float", "aformat=sample_fmts=fltp"]
    channels = min(recording.channels, 2)
    rate = str(_BIT_RATES[channels])
    codec = ("-c:a", "libmp3lame", "-b:a", rate, "-compression_level", "2", "-ac", str(channels))
    arguments = ("-af", ",".join(chain), *codec, *_BARE, f"file:{new}")
    _check(_run(recording.path, *arguments, to=recording.duration, progress=progress))


def _limiter(limit: float) -> str:
    return f"alimiter=level=false:limit={10 ** (max(limit, -20) / 20):.6f}:attack=5:release=50:latency=true"


def _mix(recording: Recording) -> str:
    """Return the filter that gives one channel or two, in floating point: nothing is cut, whatever the gain."""
    if recording.as_one:
        return f"aformat=sample_fmts=fltp,{recording.as_one}"
    if recording.channels > 2 and not recording.has_places:
        everything = "+".join(f"c{number}" for number in range(recording.channels))
        return f"aformat=sample_fmts=fltp,pan=stereo|c0<{everything}|c1<{everything}"
    return f"aformat=sample_fmts=fltp:channel_layouts={'mono' if recording.channels == 1 else 'stereo'}"


def _within(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + share * (end - start))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """What ffmpeg said: the lines that tell something, the last error, how far it came, and its exit status."""

    lines: tuple[str, ...]
    last_error: str
    end: timedelta
    status: int


def _check(log: _Log) -> None:
    if log.status != 0:
        raise RecordingError(log.last_error or f"ffmpeg ended with status {log.status}")


def _run(
    path: Path,
    *arguments: str,
    to: timedelta = timedelta(0),
    progress: Progress = lambda _share: None,
    streams: tuple[str, ...] = _SOUND,
) -> _Log:
    """Run ffmpeg with the first sound in the file as input, and tell the share of `to` as it goes.

    Without `streams`, it is for the arguments to say what is taken.
    """
    command = [ffmpeg(), "-hide_banner", "-loglevel", "level+info"]
    command += [
        *_INPUT,
        *(("-ignore_length", "1") if goes_on(path) else ()),
        *streams,
        "-i",
        f"file:{path}",
    ]
    command += [*(("-map", "0:a:0") if streams else ()), *arguments]
    with TemporaryFile() as said:
        status, end = run_program(command, said, to=to, progress=progress)
        return _parse_log(said, end=end, status=status)


def _parse_log(said: IO[bytes], *, end: timedelta, status: int) -> _Log:
    lines, last_error = [], ""
    for raw in said:
        line = raw.decode(errors="replace").rstrip()
        if "[error] " in line or "[fatal] " in line:
            last_error = line
        elif any(pattern.match(line) for pattern in _TELLING):
            lines.append(line)
    return _Log(lines=tuple(lines), last_error=last_error, end=end, status=status)
