"""The ffmpeg that recordings are measured and made into MP3 with: the system's own, else that of imageio-ffmpeg."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Final

from okatakten.written.advice import Reason, ReasonError

_TRIED: Final = 63
"""The libavformat of ffmpeg 9. 5.1 and 7.0 measure as well, but are silent on a FLAC file that is damaged inside, and
the limiter of 7.0 breaks off at times."""
_TONE: Final = "sine=frequency=997:sample_rate=48000:duration=1"
"""One channel with an eighth of full scale as its peak, -18.1 dBFS, and its loudness is its mean power (BS.1770)."""
_CHAIN: Final = "ashowinfo,ebur128=peak=true:framelog=verbose,alimiter=level=false:latency=true"
_MEASURED: Final = ("chlayout:mono rate:48000 ", "I:         -21.1 LUFS", "Peak:      -18.1 dBFS")


_OF_FILMS: Final = {"libx264": "libx264", "AAC": "aac", "libass": "ass"}
"""What makes a film of a clip, and what ffmpeg calls it."""


class FfmpegMissingError(ReasonError):
    """Neither the system nor imageio-ffmpeg has an ffmpeg that can do what is needed."""


def ffmpeg() -> str:
    """Return the program to run. Raises FfmpegMissingError."""
    found = find_ffmpeg()
    if found is None:
        raise FfmpegMissingError(Reason.NO_FFMPEG)
    return found


@cache
def find_ffmpeg() -> str | None:
    """Return the first ffmpeg that is as new as the one that was tried, else the newest; None if none is fit."""
    fit = {program: generation for program in _candidates() if (generation := generation_of(program))}
    return max(fit, key=lambda program: min(fit[program], _TRIED), default=None)


@cache
def film_ffmpeg() -> str:
    """Return the first program that makes films with words in them. Raises FfmpegMissingError with what it lacks."""
    lacks = {program: _lacking(program) for program in _candidates() if generation_of(program)}
    if not lacks:
        raise FfmpegMissingError(Reason.NO_FFMPEG)
    program = min(lacks, key=lambda each: len(lacks[each]))
    if lacks[program]:
        raise FfmpegMissingError(Reason.FFMPEG_WITHOUT, parts=", ".join(lacks[program]))
    return program


def _lacking(program: str) -> list[str]:
    """Return what of a film an ffmpeg cannot make, as those call it who install it."""
    has = [
        subprocess.run([program, "-hide_banner", f"-{what}"], capture_output=True, check=False, text=True).stdout  # noqa: S603 -- a list, and no shell
        for what in ("encoders", "filters")
    ]
    return [name for name, part in _OF_FILMS.items() if not re.search(rf"(?m)^ \S+ +{part} ", "".join(has))]


def generation_of(program: str) -> int:
    """Return the libavformat of an ffmpeg that measures a tone right, in words that we read, and makes MP3; else 0."""
    command = [program, "-nostdin", "-hide_banner", "-f", "lavfi", "-i", _TONE, "-af", _CHAIN]
    command += ["-c:a", "libmp3lame", "-f", "null", "-"]
    try:
        result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- a list, and no shell
    except OSError:
        return 0
    said = result.stderr.decode(errors="replace")
    version = re.search(r"encoder +: Lavf(\d+)\.", said)
    right = result.returncode == 0 and all(figure in said for figure in _MEASURED)
    return int(version[1]) if version and right else 0


def _candidates() -> Iterator[str]:
    if system := shutil.which("ffmpeg"):
        yield system
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        yield get_ffmpeg_exe()
    except (ImportError, RuntimeError):  # it brings none for this machine
        return
