"""Speak the sample manuscripts with eSpeak NG: `python scripts/samples/speak.py [slug ...]`.

A manuscript is `scripts/samples/<slug>.txt`, in UTF-8, one thing a line; empty lines are skipped:

    # Kapitelrubrik                        a chapter starts with the next cue
    Röst A: En mening. En till.            one cue: who speaks, a colon, at most two sentences
    (paus)                                 time to think before the next cue

How the voice is to say a word that it would get wrong stands in `pronunciation.tsv`: numbers, names, abbreviations, and
words whose stress it misses, in the phonemes of eSpeak NG. Before and after what is said there is a short melody, made
here too. Written are `audio.mp3` and `transcript.vtt` in `podcast/episodes/<slug>/`; how the sound measures and the
chapters, with the times to put into `episode.md`, are printed. The same manuscript and the same versions of eSpeak NG
and ffmpeg give the same bytes.
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
PRONUNCIATION = MANUSCRIPTS / "pronunciation.tsv"
EPISODES = ROOT / "podcast" / "episodes"

# Two variants of the Swedish voice, an octave apart and equally loud, so that the speakers can be told apart by ear.
# The speed is as eSpeak NG counts it; in these manuscripts, with long words and pauses, 130 to 150 words a minute.
VOICES = {
    "Röst A": ("-v", "sv+f3", "-p", "52", "-a", "76", "-s", "180"),
    "Röst B": ("-v", "sv+m3", "-p", "40", "-a", "100", "-s", "176"),
}
RATE = 22_050  # What eSpeak NG writes.
MELODY_PAUSE_SECONDS = 0.6  # Between the melody and what is said: it is never heard under the voices.
SENTENCE_PAUSE_SECONDS = 0.35
ANSWER_PAUSE_SECONDS = 0.5
TURN_PAUSE_SECONDS = 0.7
THOUGHT_PAUSE_SECONDS = 1.5
CHAPTER_PAUSE_SECONDS = 1.3  # At least: a chapter starts on a whole second, since that is what `episode.md` can say.
MAX_SENTENCES = 2
PAUSE = "(paus)"
QUIET = 100  # Samples below this, of 32 768, count as silence at the ends of a cue.

TARGET_LUFS = -19.0
TOLERANCE_LU = 0.1
ROUNDS = 5
# Four times 44.1 kHz, so that the limiter sees the peaks between the samples; MP3 adds some of its own.
LIMITER = "aresample=176400,volume={gain:.3f}dB,alimiter=limit=-3dB:level=false:latency=true,aresample=44100"
# -write_xing makes the header give the duration; untagged, the file says nothing of versions or dates.
MP3 = ("-ac", "1", "-ar", "44100", "-c:a", "libmp3lame", "-b:a", "48k", "-write_xing", "1")
UNTAGGED = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")

# Two fifths and a third, as on a plucked string: up to begin with, the same way down to end.
MELODY = (293.66, 440.0, 659.26, 739.99)
NOTE_APART_SECONDS = 0.28
NOTE_RINGS_SECONDS = 1.5
OVERTONES = (1.0, 0.32, 0.1, 0.04)
MELODY_LEVEL = 0.13  # Of full scale, for one note: softer than the voices.

SAID = {
    word.casefold(): phonemes
    for word, phonemes in (row.split("\t") for row in PRONUNCIATION.read_text(encoding="utf-8").splitlines())
}
LONGEST_FIRST = sorted(map(re.escape, SAID), key=len, reverse=True)
SAID_OTHERWISE = re.compile(rf"(?<!\w)(?:{'|'.join(LONGEST_FIRST)})(?!\w)", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.?!])(?:\s+|$)")


class ManuscriptError(Exception):
    """Something the writer of a manuscript can put right; the text is Swedish and names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One cue of a manuscript; `chapter` is the heading it opens, or empty. `waits`: after a pause for thought."""

    speaker: str
    text: str
    chapter: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A line with the seconds between which it is heard."""

    line: Line
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Integrated loudness in LUFS, and the true peak in dBTP."""

    loudness: float
    peak: float


def parse_manuscript(text: str, *, name: str) -> tuple[Line, ...]:
    """Return the cues of a manuscript; `name` is the file, for messages."""
    lines: list[Line] = []
    chapter, waits = "", False
    for number, row in enumerate(map(str.strip, text.splitlines()), start=1):
        if row.startswith("# "):
            chapter = row.removeprefix("# ").strip()
        elif row == PAUSE:
            waits = True
        elif row:
            lines.append(_parse_cue(row, chapter=chapter, waits=waits, place=f"{name}, rad {number}"))
            chapter, waits = "", False
    if not lines:
        raise ManuscriptError(f"{name}: Manuset är tomt. Skriv en rad så här: Röst A: Hej och välkommen.")
    return tuple(lines)


def _parse_cue(row: str, *, chapter: str, waits: bool, place: str) -> Line:
    speaker, colon, said = row.partition(":")
    if not colon or speaker not in VOICES:
        raise ManuscriptError(f"{place}: Börja raden med # och en rubrik eller med {' eller '.join(VOICES)}:")
    text = said.strip()
    if not 1 <= len(SENTENCE_END.findall(text)) <= MAX_SENTENCES:
        raise ManuscriptError(f"{place}: Skriv en eller två meningar på raden. Dela en längre rad i flera.")
    return Line(speaker=speaker, text=text, chapter=chapter, waits=waits)


def spoken_text(text: str) -> str:
    """Return a text as the voice is to be given it."""
    return SAID_OTHERWISE.sub(lambda found: f"[[{SAID[found[0].casefold()]}]]", text)


def speak(line: Line, *, espeak: str) -> array.array[int]:
    """Return the line as 16-bit samples, its sentences with a pause between."""
    audio: array.array[int] = array.array("h")
    for sentence in filter(None, SENTENCE_END.split(spoken_text(line.text))):
        audio.extend(_silence(SENTENCE_PAUSE_SECONDS) if audio else ())
        audio.extend(_speak_sentence(sentence, voice=VOICES[line.speaker], espeak=espeak))
    return audio


def _speak_sentence(sentence: str, *, voice: Sequence[str], espeak: str) -> array.array[int]:
    """Return a sentence without the silence that eSpeak NG leaves at the ends."""
    command = [espeak, *voice, "-b", "1", "--stdin", "--stdout"]
    spoken = subprocess.run(command, input=sentence.encode(), capture_output=True, check=True).stdout
    # The header of a piped WAV names no length, so everything after it is samples.
    with wave.open(io.BytesIO(spoken)) as heard:
        frames = heard.readframes(len(spoken))
    samples = array.array("h", frames)
    loud = [place for place, sample in enumerate(samples) if abs(sample) > QUIET]
    return samples[loud[0] : loud[-1] + 1]


def play_melody(notes: Sequence[float]) -> array.array[int]:
    """Return the melody as 16-bit samples: each note is plucked and rings out over the next ones."""
    seconds = NOTE_APART_SECONDS * (len(notes) - 1) + NOTE_RINGS_SECONDS
    return array.array("h", (round(32_767 * _melody_at(place / RATE, notes)) for place in range(round(seconds * RATE))))


def _melody_at(time: float, notes: Sequence[float]) -> float:
    """Return how far the strings are out, of full scale, so many seconds into the melody."""
    played = ((time - NOTE_APART_SECONDS * number, pitch) for number, pitch in enumerate(notes))
    return MELODY_LEVEL * sum(_note_at(since, pitch) for since, pitch in played if 0 <= since < NOTE_RINGS_SECONDS)


def _note_at(since: float, pitch: float) -> float:
    """Return a note so many seconds after the pluck: the higher an overtone, the sooner it is gone."""
    plucked = 1 - math.exp(-since / 0.006)
    rings = plucked * (1 - since / NOTE_RINGS_SECONDS)
    return rings * sum(
        strength * math.exp(-3 * number * since) * math.sin(math.tau * number * pitch * since)
        for number, strength in enumerate(OVERTONES, start=1)
    )


def speak_all(lines: Sequence[Line], *, espeak: str) -> tuple[array.array[int], tuple[Timed, ...]]:
    """Return everything said, with pauses between and the melody around it, and when each line is heard."""
    audio = play_melody(MELODY)
    timed: list[Timed] = []
    for line in lines:
        audio.extend(_pause_before(line, timed[-1].line if timed else None, heard=len(audio)))
        start = len(audio) / RATE
        audio.extend(speak(line, espeak=espeak))
        timed.append(Timed(line=line, start=start, end=len(audio) / RATE))
    audio.extend(_silence(MELODY_PAUSE_SECONDS))
    audio.extend(play_melody(MELODY[::-1]))
    return audio, tuple(timed)


def _pause_before(line: Line, last: Line | None, *, heard: int) -> array.array[int]:
    if last is None:
        return _silence(MELODY_PAUSE_SECONDS)
    if line.chapter:
        return _silence_to_chapter(heard)
    if line.waits:
        return _silence(THOUGHT_PAUSE_SECONDS)
    return _silence(ANSWER_PAUSE_SECONDS if last.text.endswith("?") else TURN_PAUSE_SECONDS)


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
    """Return the chapters as front matter; the first starts at 0:00, as apps want it. Empty where there are none."""
    rows = []
    for cue in timed:
        if cue.line.chapter:
            seconds = round(cue.start) if cue is not timed[0] else 0
            rows += [f"  - start: {seconds // 60}:{seconds % 60:02}", f'    title: "{cue.line.chapter}"']
    return "\n".join(["chapters:", *rows, ""]) if rows else ""


def words_per_minute(timed: Sequence[Timed]) -> float:
    """Return how many words are said in a minute, pauses included, numbers counted as they are said."""
    words = sum(len(spoken_text(cue.line.text).split()) for cue in timed)
    return 60 * words / (timed[-1].end - timed[0].start)


def write_audio(samples: array.array[int], target: Path, *, ffmpeg: str) -> Level:
    """Write the samples as MP3 and return its level, measured in the MP3 itself."""
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.wav"
        with wave.open(str(raw), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples.tobytes())
        level = measure_level(raw, ffmpeg=ffmpeg)
        gain = 0.0
        for _ in range(ROUNDS):
            gain += TARGET_LUFS - level.loudness
            chain = ["-af", LIMITER.format(gain=gain), *MP3, *UNTAGGED]
            _run([ffmpeg, "-y", "-i", str(raw), *chain, str(target)])
            level = measure_level(target, ffmpeg=ffmpeg)
            if abs(TARGET_LUFS - level.loudness) <= TOLERANCE_LU:
                break
    return level


def measure_level(audio: Path, *, ffmpeg: str) -> Level:
    """Return how loud the audio is (ITU-R BS.1770), as ffmpeg's loudnorm measures it."""
    report = _run([ffmpeg, "-i", str(audio), "-af", "loudnorm=print_format=json", "-f", "null", "-"])
    measured = json.loads(report[report.rindex("{") : report.rindex("}") + 1])
    return Level(loudness=float(measured["input_i"]), peak=float(measured["input_tp"]))


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
    audio = folder / "audio.mp3"
    level = write_audio(samples, audio, ffmpeg=ffmpeg)
    (folder / "transcript.vtt").write_text(build_transcript(timed), encoding="utf-8")
    return (
        f"{slug}: {len(samples) / RATE:.1f} s, {words_per_minute(timed):.0f} words a minute, "
        f"{level.loudness:.1f} LUFS, {level.peak:.1f} dBTP, {audio.stat().st_size} bytes\n{build_chapters(timed)}"
    )


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
