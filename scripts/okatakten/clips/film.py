"""ffmpeg at work on a clip: H.264 and AAC in an MP4 that networks play by themselves.

The same bytes each time on the same kind of machine: threads are counted, scaling is exact, nothing tells the time.
"""

from __future__ import annotations

import subprocess
from array import array
from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

from fontTools.ttLib import TTFont
from PIL import Image

from okatakten.clips.captions import FONT as NAME
from okatakten.making.ffmpeg import film_ffmpeg
from okatakten.making.running import Progress, run_program
from okatakten.site.lettering import FONT
from okatakten.written.advice import Reason, ReasonError

END: Final = timedelta(seconds=2.5)
"""How long the address stands after what is said."""
_FPS: Final = 15
_RATE: Final = 8000
_STILL: Final = (
    f"scale=flags=accurate_rnd+bitexact+full_chroma_int:out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    f"loop=-1:1:0,fps={_FPS},setpts=N/({_FPS}*TB),ass=words.ass:fontsdir=.,"
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
)
_VIDEO: Final = (
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high", "-threads", "2",
)  # fmt: skip
_AUDIO: Final = ("-c:a", "aac", "-b:a", "96k", "-ac", "1", "-ar", "44100")
_BARE: Final = (
    "-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn",
    "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart",
)  # fmt: skip
"""Two streams and nothing else: what else a film holds makes networks refuse it or show a wrong length."""
_FADE: Final = 0.04
"""Seconds: so short that no letter is lost, and long enough that a cut does not crack."""
_FAMILY: Final = {1: NAME, 2: "Regular", 3: NAME, 4: NAME, 6: NAME, 16: NAME, 17: "Regular"}


class FilmError(ReasonError):
    """ffmpeg did not manage. The message has what it says."""


def make_film(
    audio: Path, ground: Image.Image, words: str, *, start: timedelta, length: timedelta, progress: Progress
) -> bytes:
    """Return the film: the picture, what moves on it (ASS), and the sound from `start`. Raises FilmError."""
    whole, seconds = length + END, length.total_seconds()
    fades = (
        f"afade=t=in:d={_FADE},afade=t=out:st={seconds - _FADE:.3f}:d={_FADE},apad=whole_dur={whole.total_seconds()}"
    )
    with TemporaryDirectory() as named:
        # Plain names in a folder of its own: in filters, quotes and colons of a path are marks.
        folder = Path(named)
        ground.save(folder / "ground.png", compress_level=1)
        (folder / "words.ass").write_text(words, encoding="utf-8")
        (folder / "words.ttf").write_bytes(_font())
        command = [film_ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", "-protocol_whitelist", "file,pipe"]
        command += ["-filter_threads", "1", "-i", "ground.png"]
        command += ["-ss", f"{start.total_seconds():.3f}", "-t", f"{seconds:.3f}", "-i", f"file:{audio.resolve()}"]
        command += ["-vf", _STILL, "-af", fades, "-t", f"{whole.total_seconds():.3f}", *_VIDEO, *_AUDIO, *_BARE]
        with TemporaryFile() as said:
            status, _ = run_program([*command, "film.mp4"], said, to=whole, progress=progress, folder=folder)
            if status:
                raise FilmError(Reason.CLIP_NOT_MADE, said=said.read().decode(errors="replace").strip()[-500:])
        return (folder / "film.mp4").read_bytes()


def read_peaks(audio: Path, *, start: timedelta, length: timedelta, count: int) -> list[float]:
    """Return how loud the sound is in so many equal parts of the span, from 0 to 1. Raises FilmError."""
    command = [film_ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe"]
    command += ["-ss", f"{start.total_seconds():.3f}", "-t", f"{length.total_seconds():.3f}"]
    command += ["-i", f"file:{audio.resolve()}", "-map", "0:a:0", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-"]
    result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- a list, and no shell
    samples = array("h", result.stdout[: len(result.stdout) // 2 * 2])
    if result.returncode or not samples:
        raise FilmError(Reason.CLIP_NOT_MADE, said=result.stderr.decode(errors="replace").strip()[-500:])
    places = [len(samples) * number // count for number in range(count + 1)]
    peaks = [sum(map(abs, samples[first:last])) / max(last - first, 1) for first, last in pairwise(places)]
    return [peak / max(*peaks, 1) for peak in peaks]


@cache
def em() -> float:
    """Return how much larger than its letters libass counts the font: from the top of the highest to the lowest."""
    with TTFont(FONT) as font:
        return float((font["OS/2"].usWinAscent + font["OS/2"].usWinDescent) / font["head"].unitsPerEm)


@cache
def _font() -> bytes:
    """Return the font of titles under a name of its own."""
    content = BytesIO()
    with TTFont(FONT, recalcTimestamp=False) as font:
        for number, name in _FAMILY.items():
            font["name"].setName(name, number, 3, 1, 0x409)
        font["OS/2"].usWeightClass = 400
        font.save(content)
    return content.getvalue()
