"""Clips beside an episode: which there are, and whether its sound and words have been corrected since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from okatakten.model import AudioFile, Clip, Cue, Shape, Transcript
from okatakten.podcast.audio import digest_of
from okatakten.podcast.folder import Folder
from okatakten.rules import CLIP_SIZES
from okatakten.written.advice import Hint
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, read_text
from okatakten.written.values import clock, time_field

CLIPS: Final = "clips"
"""The folder in that of the episode."""
RECORD: Final = ".yml"
"""The ending of the file that says what a clip was made of."""
ENDINGS: Final = (".mp4", ".vtt", ".srt", ".png", ".txt", "-post.txt")
"""Those of the film, of its words for players and for networks, of a still, of what is seen and heard, of a post."""
QUOTE: Final = "-quote"
"""What the names of a quotation's pictures and text begin with, behind its own."""
QUOTE_ENDINGS: Final = (".png", "-wide.png", ".txt")
"""Those of a square picture, one that lies down, and of what they say."""
RECORDED: Final = ("start", "end", "shape", "sound", "words", "made_of")


def read_clips(folder: Folder, audio: AudioFile, transcript: Transcript | None) -> tuple[Clip, ...]:
    """Return the clips of an episode that are whole, with a note on each that is not, or not as the episode is now."""
    records = sorted((folder.path / CLIPS).glob(f"[!.]*{RECORD}"))
    clips = (_read_clip(path, folder, audio, transcript) for path in records)
    return tuple(sorted((clip for clip in clips if clip), key=lambda clip: (clip.start, clip.path.name)))


def _read_clip(path: Path, folder: Folder, audio: AudioFile, transcript: Transcript | None) -> Clip | None:
    problems = Problems(f"{folder.place}/{CLIPS}/{path.name}", folder.notes)
    before, text = len(folder.notes), read_text(path, problems)
    fields = parse_fields(text, problems, known=RECORDED) if text is not None else None
    if fields is None:
        return None
    start, end = fields.time("start"), fields.time("end")
    shape = fields.choice("shape", Shape, default=Shape.SQUARE)
    if start is None or end is None or not set(RECORDED) <= set(fields.nodes) or len(folder.notes) > before:
        problems.add(Kind.CLIP_UNFIT, expected=Hint.CLIP_FIELDS.format(fields=", ".join(RECORDED)))
        return None
    film = path.with_suffix(".mp4")
    command = Hint.CLIP_COMMAND.format(
        slug=folder.path.name, start=time_field(start), end=time_field(end), shape=shape, name=path.stem
    )
    if lost := [name for ending in ENDINGS if not (folder.path / CLIPS / (name := path.stem + ending)).is_file()]:
        problems.add(Kind.CLIP_UNFIT, expected=Hint.CLIP_FILE_MISSING.format(name=lost[0], command=command))
        return None
    now = {"sound": sound_of(audio), "words": words_of_span(transcript.cues if transcript else (), start, end)}
    changed = next((name for name, value in now.items() if fields.text(name) != value), "")
    if end > audio.duration:
        problems.add(Kind.CLIP_OLD, field="end", expected=Hint.CLIP_ENDS_LATE.format(length=clock(audio.duration)))
    elif changed:
        what = Hint.CLIP_OF_OTHER_SOUND if changed == "sound" else Hint.CLIP_OF_OTHER_WORDS
        problems.add(Kind.CLIP_OLD, expected=Hint.CLIP_AGAIN.format(changed=what, command=command))
    width, height = CLIP_SIZES[shape]
    return Clip(path=film, start=start, end=end, width=width, height=height, length=film.stat().st_size)


def file_of(film: Path, ending: str) -> Path:
    """Return one of the files of a clip, by how its name ends."""
    return film.with_name(film.stem + ending)


def cues_between(cues: Sequence[Cue], start: timedelta, end: timedelta) -> list[Cue]:
    """Return what is said at least in part between two times."""
    return [cue for cue in cues if cue.start < end and cue.end > start]


def words_of_span(cues: Sequence[Cue], start: timedelta, end: timedelta) -> str:
    """Return what stands for all that is said between two times, by whom and when."""
    said = [
        [time_field(cue.start), time_field(cue.end), cue.speaker, cue.text] for cue in cues_between(cues, start, end)
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def sound_of(audio: AudioFile) -> str:
    """Return what stands for the sound of an episode; for that in a media store, what is written of it."""
    return digest_of(audio.path) if audio.path else f"{audio.url} {audio.length}"
