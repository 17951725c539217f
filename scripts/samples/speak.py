"""Speak the sample manuscripts with eSpeak NG: `python scripts/samples/speak.py [slug ...]`.

A manuscript is `scripts/samples/<slug>.txt`, in UTF-8, one thing a line; empty lines are skipped:

    # Kapitelrubrik                        a chapter starts with the next cue
    Röst A: En mening. En till.            one cue: who speaks, a colon, at most two sentences
    Röst B: Priset är [[60 %|sextio procent]].   what is read, then what the voice is to say

Written are `audio.mp3` and `transcript.vtt` in `podcast/episodes/<slug>/`; the chapters, with the times to
put into `episode.md`, are printed. The same manuscript and the same versions of eSpeak NG and ffmpeg give
the same bytes.
"""

from __future__ import annotations

import array
import io
import json
import math
import re
import shutil
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from imageio_ffmpeg import get_ffmpeg_exe

ROOT = Path(__file__).resolve().parents[2]
MANUSCRIPTS = Path(__file__).resolve().parent
EPISODES = ROOT / "podcast" / "episodes"

# Two variants of the Swedish voice with different pitch, so that the speakers can be told apart by ear.
VOICES = {
    "Röst A": ("-v", "sv+f3", "-p", "52"),
    "Röst B": ("-v", "sv+m3", "-p", "38"),
}
WORDS_PER_MINUTE = "160"  # As eSpeak NG counts; in these manuscripts, with their long words, about 135.
RATE = 22_050  # What eSpeak NG writes.
LEAD_SECONDS = 0.4
PAUSE_SECONDS = 0.6
CHAPTER_PAUSE_SECONDS = 1.2  # At least: a chapter starts on a whole second, since that is what `episode.md` can say.
MAX_SENTENCES = 2
QUIET = 100  # Samples below this, of 32 768, count as silence at the ends of a cue.

TARGET_LUFS = -19.0
TOLERANCE_LU = 0.1
ROUNDS = 5
# Four times 44.1 kHz, so that the limiter sees the peaks between the samples; MP3 adds some of its own.
LIMITER = "aresample=176400,volume={gain:.3f}dB,alimiter=limit=-3dB:level=false:latency=true,aresample=44100"
# -write_xing makes the header give the duration; untagged, the file says nothing of versions or dates.
MP3 = ("-ac", "1", "-ar", "44100", "-c:a", "libmp3lame", "-b:a", "48k", "-write_xing", "1")
UNTAGGED = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")

SAID_OTHERWISE = re.compile(r"\[\[(?P<text>[^|\]]+)\|(?P<spoken>[^|\]]+)\]\]")
SENTENCE_END = re.compile(r"[.?!](?=\s|$)")


class ManuscriptError(Exception):
    """Something the writer of a manuscript can put right; the text is Swedish and names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cue of a manuscript; `chapter` is the heading it opens, or empty."""

    speaker: str
    text: str
    spoken: str
    chapter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A line with the seconds between which it is heard."""

    line: Line
    start: float
    end: float


def parse_manuscript(text: str, *, name: str) -> tuple[Line, ...]:
    """Return the cues of a manuscript; `name` is the file, for messages."""
    lines: list[Line] = []
    chapter = ""
    for number, row in enumerate(map(str.strip, text.splitlines()), start=1):
        if row.startswith("# "):
            chapter = row.removeprefix("# ").strip()
        elif row:
            lines.append(_parse_cue(row, chapter=chapter, place=f"{name}, rad {number}"))
            chapter = ""
    if not lines:
        raise ManuscriptError(f"{name}: Manuset är tomt. Skriv en rad så här: Röst A: Hej och välkommen.")
    return tuple(lines)


def _parse_cue(row: str, *, chapter: str, place: str) -> Line:
    speaker, colon, said = row.partition(":")
    if not colon or speaker not in VOICES:
        raise ManuscriptError(f"{place}: Börja raden med # och en rubrik eller med {' eller '.join(VOICES)}:")
    text = SAID_OTHERWISE.sub(r"\g<text>", said).strip()
    if not 1 <= len(SENTENCE_END.findall(text)) <= MAX_SENTENCES:
        raise ManuscriptError(f"{place}: Skriv en eller två meningar på raden. Dela en längre rad i flera.")
    return Line(
        speaker=speaker,
        text=text,
        spoken=SAID_OTHERWISE.sub(r"\g<spoken>", said).strip(),
        chapter=chapter,
    )


def speak(line: Line, *, espeak: str) -> array.array[int]:
    """Return the line as 16-bit samples, without the silence that eSpeak NG leaves at the ends."""
    command = [espeak, *VOICES[line.speaker], "-s", WORDS_PER_MINUTE, "-b", "1", "--stdin", "--stdout"]
    spoken = subprocess.run(command, input=line.spoken.encode(), capture_output=True, check=True).stdout
    # The header of a piped WAV names no length, so everything after it is samples.
    with wave.open(io.BytesIO(spoken)) as heard:
        frames = heard.readframes(len(spoken))
    samples = array.array("h", frames)
    loud = [place for place, sample in enumerate(samples) if abs(sample) > QUIET]
    return samples[loud[0] : loud[-1] + 1]


def speak_all(lines: Sequence[Line], *, espeak: str) -> tuple[array.array[int], tuple[Timed, ...]]:
    """Return everything said with pauses between, and when each line is heard."""
    audio = _silence(LEAD_SECONDS)
    timed: list[Timed] = []
    for line in lines:
        if timed:
            audio.extend(_silence_to_chapter(len(audio)) if line.chapter else _silence(PAUSE_SECONDS))
        start = len(audio) / RATE
        audio.extend(speak(line, espeak=espeak))
        timed.append(Timed(line=line, start=start, end=len(audio) / RATE))
    audio.extend(_silence(LEAD_SECONDS))
    return audio, tuple(timed)


def _silence(seconds: float) -> array.array[int]:
    return array.array("h", bytes(2 * round(seconds * RATE)))


def _silence_to_chapter(heard: int) -> array.array[int]:
    """Return the silence that makes what follows `heard` samples start on a whole second."""
    start = math.ceil(heard / RATE + CHAPTER_PAUSE_SECONDS)
    return array.array("h", bytes(2 * (start * RATE - heard)))


def build_transcript(timed: Sequence[Timed]) -> str:
    """Return the lines as WebVTT."""
    cues = (
        f"{_clock(cue.start)} --> {_clock(cue.end)}\n<v {cue.line.speaker}>{escape(cue.line.text, quote=False)}\n"
        for cue in timed
    )
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    # Rounded down, so that the last cue never ends after the audio.
    minutes, millis = divmod(int(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{millis // 1000:02}.{millis % 1000:03}"


def build_chapters(timed: Sequence[Timed]) -> str:
    """Return the chapters as front matter; the first starts at 0:00, as apps want it."""
    rows = ["chapters:"]
    for cue in timed:
        if cue.line.chapter:
            seconds = round(cue.start) if cue is not timed[0] else 0
            rows += [f"  - start: {seconds // 60}:{seconds % 60:02}", f'    title: "{cue.line.chapter}"']
    return "\n".join(rows)


def write_audio(samples: array.array[int], target: Path, *, ffmpeg: str) -> float:
    """Write the samples as MP3 and return its loudness in LUFS, measured in the MP3 itself."""
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.wav"
        with wave.open(str(raw), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples.tobytes())
        loudness = measure_loudness(raw, ffmpeg=ffmpeg)
        gain = 0.0
        for _ in range(ROUNDS):
            gain += TARGET_LUFS - loudness
            chain = ["-af", LIMITER.format(gain=gain), *MP3, *UNTAGGED]
            _run([ffmpeg, "-y", "-i", str(raw), *chain, str(target)])
            loudness = measure_loudness(target, ffmpeg=ffmpeg)
            if abs(TARGET_LUFS - loudness) <= TOLERANCE_LU:
                break
    return loudness


def measure_loudness(audio: Path, *, ffmpeg: str) -> float:
    """Return the integrated loudness in LUFS (ITU-R BS.1770), as ffmpeg's loudnorm measures it."""
    report = _run([ffmpeg, "-i", str(audio), "-af", "loudnorm=print_format=json", "-f", "null", "-"])
    return float(json.loads(report[report.rindex("{") : report.rindex("}") + 1])["input_i"])


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    return done.stderr.decode(errors="replace")


def make_episode(slug: str, *, espeak: str, ffmpeg: str) -> str:
    """Write the audio and the transcript of one episode and return what to tell about it."""
    manuscript = MANUSCRIPTS / f"{slug}.txt"
    if not manuscript.is_file():
        raise ManuscriptError(f"{manuscript.relative_to(ROOT)}: Manuset finns inte. Lägg det där.")
    name = str(manuscript.relative_to(ROOT))
    lines = parse_manuscript(manuscript.read_text(encoding="utf-8"), name=name)
    samples, timed = speak_all(lines, espeak=espeak)
    folder = EPISODES / slug
    folder.mkdir(parents=True, exist_ok=True)
    loudness = write_audio(samples, folder / "audio.mp3", ffmpeg=ffmpeg)
    (folder / "transcript.vtt").write_text(build_transcript(timed), encoding="utf-8")
    return f"{slug}: {len(samples) / RATE:.1f} s, {loudness:.1f} LUFS\n{build_chapters(timed)}\n"


def main(slugs: Sequence[str]) -> int:
    """Make the episodes named, or all that have a manuscript; return the exit code."""
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        print("Programmet espeak-ng saknas. Installera det så här: apt install espeak-ng", file=sys.stderr)
        return 1
    try:
        for slug in slugs or sorted(manuscript.stem for manuscript in MANUSCRIPTS.glob("*.txt")):
            print(make_episode(slug, espeak=espeak, ffmpeg=get_ffmpeg_exe()))
    except ManuscriptError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
