"""Makes and changes episode folders: a new one from a recording, a corrected recording beside the old, a withdrawal.

Everything is made in a hidden folder beside the episode and put in place by renaming: whoever interrupts it, or pulls
the plug, leaves no half-made episode behind.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from errno import EEXIST
from pathlib import Path
from typing import Final

from okatakten.disk.write import replace_folder, write_atomically
from okatakten.making.captions import build_blank, take_captions
from okatakten.making.chapters import read_chapters, recorded_chapters, take_chapters
from okatakten.making.recording import (
    Loudness,
    Recording,
    RecordingError,
    encode_episode,
    find_pauses,
    measure_loudness,
    read_recording,
)
from okatakten.making.running import Progress
from okatakten.making.sides import AS_ONE, SIDES_SAID
from okatakten.making.stored import Sound
from okatakten.model import AudioFile, Chapter, Person, Transcript
from okatakten.podcast.audio import AUDIO_TYPES, audio_number, read_audio
from okatakten.podcast.folder import is_to_be_fetched
from okatakten.podcast.parts import read_persons
from okatakten.podcast.proof import transcript_notes
from okatakten.podcast.speakers import count_speakers
from okatakten.podcast.transcript import parse_transcript
from okatakten.podcast.webvtt import build_webvtt
from okatakten.rules import CAPTIONS, RECORDINGS, ROLE_WORDS, TRANSCRIPT_TOLERANCE, is_chapter_file
from okatakten.written.advice import Text
from okatakten.written.compose import compose_file
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.rewrite import write_field
from okatakten.written.text import Problems, read_text, split_front_matter
from okatakten.written.values import clock

EPISODES: Final = "podcast/episodes"
UPLOAD_LIMIT: Final = 25 * 2**20
"""Bytes that a Git host takes in a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody decides about a new episode. `published` carries a zone."""

    slug: str
    guid: str
    title: str
    summary: str
    published: datetime
    season: int | None = None
    number: int | None = None
    questions: tuple[int, ...] = ()
    persons: tuple[Person, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, for whoever is told about it. `blanks`: the transcript is still to be written.

    `speakers` are the cues that each has, in order of appearance; those of nobody who is named stand under "". `left`
    is what of the given did not come in, with its place.
    """

    folder: Path
    audio: Path | None = None
    recording: Recording | None = None
    duration: timedelta | None = None
    before: Loudness | None = None
    after: Loudness | None = None
    speakers: Mapping[str, int] = field(default_factory=dict)
    chapters: int = 0
    blanks: bool = False
    notes: tuple[Problem, ...] = ()
    left: tuple[Problem, ...] = ()


def make_episode(
    root: Path,
    plan: Plan,
    problems: Problems,
    *,
    recording: Path | None = None,
    stored: AudioFile | None = None,
    captions: Path | None = None,
    chapters: Path | None = None,
    progress: Progress,
) -> Made | None:
    """Make podcast/episodes/<slug>, or add problems and leave nothing.

    Without text, a transcript is made to be filled in, and the episode is a draft until that is done.
    """
    made = Made(folder=root / EPISODES / plan.slug, duration=stored.duration if stored else None)

    def fill(folder: Path, made: Made) -> Made:
        if recording is not None:
            made = _make_audio(recording, folder / "audio.mp3", problems, progress=progress, made=made)
        made = _make_transcript(captions, folder, problems, persons=plan.persons, progress=progress, made=made)
        made, listed = _make_chapters(chapters, recording, problems, made=made)
        complete = made.duration is not None and not made.blanks
        text = build_episode(plan, stored=stored, chapters=listed, draft=not complete)
        (folder / "episode.md").write_text(text, encoding="utf-8")
        return made

    return _fill_folder(made, fill)


def correct_episode(
    root: Path,
    slug: str,
    problems: Problems,
    *,
    recording: Path | None,
    captions: Path | None,
    progress: Progress,
    at_last: Callable[[], object] = lambda: None,
) -> Made | None:
    """Put corrected audio beside the old, under the next number, and the new transcript in place of the old one.

    What is published keeps its address and its bytes; the feed leads to the new file. `at_last` is called before the
    other files are taken over: what is written into the old folder between then and the return is lost.
    """
    target = root / EPISODES / slug

    def fill(folder: Path, made: Made) -> Made:
        if recording is not None:
            name = next_audio_name(target)
            made = _make_audio(recording, folder / name, problems, progress=progress, made=made)
        if captions is not None:
            persons = _persons(target)
            made = _make_transcript(captions, folder, problems, persons=persons, progress=progress, made=made)
        at_last()
        _copy_rest(target, folder)
        return made

    return _fill_folder(Made(folder=target, duration=_duration(target)), fill)


def prepare_episode(
    folder: Path,
    problems: Problems,
    *,
    plan: Plan,
    originals: Path,
    sound: Sound | None = None,
    progress: Progress,
    at_last: Callable[[], object] = lambda: None,
    stays_draft: bool = False,
) -> Made | None:
    """Make an episode of what somebody has put into its folder: a recording, a text and chapters.

    `plan` is used while there is no episode.md. Audio that is there already stays, and is corrected by the recording.
    What was put there goes to the folder `originals`, since only what is made from it is published. `sound` is what
    was fetched from the address in audio_url: a recording like any other, unless it may stay where it is. `at_last` is
    called as in `correct_episode`. `stays_draft`: a draft is one until somebody says that it shall come out.
    """
    recordings, texts, lists = uploads(folder)
    if _told_twice(folder, (recordings, texts, lists), problems, sound=sound):
        return None
    there = [*recordings, *texts, *lists]
    uploaded = {path.name for path in there}
    stored = sound.stored if sound else None
    sources = [*recordings, *([sound.path] if sound and not stored else [])]

    def fill(new: Path, made: Made) -> Made:
        made = replace(made, duration=stored.duration) if stored else made
        for recording in sources:
            name = next_audio_name(folder, without=uploaded)
            made = _make_audio(recording, new / name, problems, progress=progress, made=made)
        if texts or not (folder / "transcript.vtt").exists():
            text, persons = (texts[0] if texts else None), _persons(folder)
            made = _make_transcript(text, new, problems, persons=persons, progress=progress, made=made)
        listed: tuple[Chapter, ...] = ()
        if not _has_chapters(folder):
            made, listed = _make_chapters(next(iter(lists), None), next(iter(sources), None), problems, made=made)
        _keep_originals(there, originals)
        at_last()
        _copy_rest(folder, new, without=uploaded)
        if not (new / "episode.md").exists():
            (new / "episode.md").write_text(build_episode(plan, chapters=listed, draft=True), encoding="utf-8")
            return made
        _note_down(new / "episode.md", listed, sound)
        if not _is_complete(new):
            _set_draft(new / "episode.md", draft=True)
        elif not stays_draft and not _is_complete(folder, without=uploaded):
            _set_draft(new / "episode.md", draft=False)
        return made

    return _fill_folder(Made(folder=folder, duration=_duration(folder)), fill)


def _told_twice(folder: Path, files: Sequence[Sequence[Path]], problems: Problems, *, sound: Sound | None) -> bool:
    """Add a problem for each thing that stands in two places of a folder, and return whether there is any."""
    recordings, texts, lists = ([path.name for path in paths] for paths in files)
    recordings += ["audio_url"] if sound else []
    lists += ["chapters"] if lists and _has_chapters(folder) else []
    twice = [names for names in (recordings, texts, lists) if len(names) > 1]
    for names in twice:
        problems.add(Kind.UPLOADED_TWICE, expected=", ".join(names))
    return bool(twice)


def next_audio_name(folder: Path, *, without: Collection[str] = ()) -> str:
    """Return `audio.mp3` for the first audio of an episode, then `audio-2.mp3` and so on."""
    numbers = [number for path, number in numbered_audio(folder) if path.name not in without]
    return f"audio-{max(numbers) + 1}.mp3" if numbers else "audio.mp3"


def numbered_audio(folder: Path) -> list[tuple[Path, int]]:
    """Return the audio files of an episode with their numbers, the newest last."""
    found = [
        (path, number)
        for path in folder.iterdir()
        if path.suffix.casefold() in AUDIO_TYPES and (number := audio_number(path.name))
    ]
    return sorted(found, key=lambda pair: pair[1])


def withdraw_episode(root: Path, slug: str, *, day: date, reason: str | None) -> None:
    """Write into episode.md that the episode is withdrawn. Its files stay until somebody removes them."""
    path = root / EPISODES / slug / "episode.md"
    write_atomically(path, withdrawn(path.read_bytes().decode(), day=day, reason=reason).encode())


def withdrawn(text: str, *, day: date | None, reason: str | None) -> str:
    """Return an episode.md that says since when the episode is withdrawn, and why; no day: that it is not."""
    text = write_field(text, "withdrawn_reason", " ".join((reason or "").split()) or None)
    return write_field(text, "withdrawn", day.isoformat() if day else None)


def rename_episode(root: Path, slug: str, name: str, *, was_out: bool) -> None:
    """Give an episode's folder another name, and so its page another address.

    One that `was_out` leads on from its former address. Raises OSError, and then all is as it was.
    """
    folder, new = root / EPISODES / slug, root / EPISODES / name
    path = folder / "episode.md"
    before = path.read_bytes()
    if new.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(new))
    if was_out:
        write_atomically(path, moved(before.decode(), slug, name).encode())
    try:
        folder.rename(new)
    except OSError:
        write_atomically(path, before)
        raise


def moved(text: str, slug: str, name: str) -> str:
    """Return an episode.md that says one more name that its folder has had, and no longer the one that it has."""
    problems = Problems("episode.md")
    parts = split_front_matter(text, problems)
    fields = parse_fields(parts[0], problems, known=None) if parts else None
    former = fields.texts("former_slugs", example="") if fields else ()
    return write_field(text, "former_slugs", [*(each for each in former if each not in {slug, name}), slug])


def waiting_sound(folder: Path) -> tuple[str, int] | None:
    """Return the address of sound that is to be fetched and measured, and the line where it stands."""
    fields = _fields(folder)
    if fields is None or "withdrawn" in fields or not is_to_be_fetched(fields):
        return None
    return fields.text("audio_url") or "", fields.line_of("audio_url")


def uploads(folder: Path) -> tuple[list[Path], list[Path], list[Path]]:
    """Return the recordings, the texts and the chapters in an episode folder that are not yet what is published.

    Audio of the right name counts as a recording while nothing else has been made: somebody has uploaded it.
    """
    recordings, texts, lists = [], [], []
    fields = _fields(folder)
    made = (folder / "transcript.vtt").exists() or (fields is not None and not fields.flag("draft", default=False))
    for path in sorted(folder.iterdir()):
        name, suffix = path.name.casefold(), path.suffix.casefold()
        if not path.is_file() or name.startswith("."):
            continue
        if suffix in RECORDINGS and not (made and suffix in AUDIO_TYPES and audio_number(name)):
            recordings.append(path)
        elif is_chapter_file(name):
            lists.append(path)
        elif suffix in CAPTIONS and name != "transcript.vtt":
            texts.append(path)
    return recordings, texts, lists


def is_ready(folder: Path) -> bool:
    """Whether something new lies in an episode folder that can be made: a text alone needs audio to belong to."""
    recordings, texts, lists = uploads(folder)
    return bool(recordings or waiting_sound(folder) or ((texts or lists) and _duration(folder)))


def build_episode(
    plan: Plan, *, stored: AudioFile | None = None, chapters: Sequence[Chapter] = (), draft: bool = False
) -> str:
    """Return episode.md as a communicator goes on with it. `stored` is audio that stays in a media store."""
    fields = {
        "guid": plan.guid,
        "draft": draft or None,
        "title": plan.title,
        "summary": plan.summary,
        "published": plan.published,
        "season": plan.season,
        "episode": plan.number,
        "persons": [{"name": person.name, "role": ROLE_WORDS[person.role]} for person in plan.persons],
        "questions": plan.questions,
        "chapters": _chapter_fields(chapters),
        "audio_url": stored.url if stored else None,
        **_figures(stored),
    }
    return compose_file(fields, plan.notes or plan.summary)


def _figures(stored: AudioFile | None) -> dict[str, object]:
    if stored is None:
        return {}
    return {"audio_length": stored.length, "audio_type": stored.media_type, "audio_duration": stored.duration}


def _chapter_fields(chapters: Sequence[Chapter]) -> list[dict[str, object]]:
    return [{"start": chapter.start, "title": chapter.title} for chapter in chapters]


def _has_chapters(folder: Path) -> bool:
    fields = _fields(folder)
    return fields is not None and bool(fields.items("chapters", example=""))


def _note_down(path: Path, chapters: Sequence[Chapter], sound: Sound | None) -> None:
    """Write into an episode.md what was found: chapters, and of fetched sound its figures, or that it lies here now."""
    text = path.read_bytes().decode()
    if chapters:
        text = write_field(text, "chapters", _chapter_fields(chapters))
    if sound:
        stored = {"audio_url": sound.stored.url, **_figures(sound.stored)} if sound.stored else {"audio_url": None}
        for name, value in reversed(stored.items()):
            text = write_field(text, name, value)
    path.write_bytes(text.encode())


def _make_chapters(
    file: Path | None, recording: Path | None, problems: Problems, *, made: Made
) -> tuple[Made, tuple[Chapter, ...]]:
    """Return the chapters of a file, else those within the recording. Raises _NotMadeError when the file has none."""
    left: list[Problem] = []
    found: tuple[Chapter, ...] = ()
    if file is not None:
        own = _of(file, problems)
        found = read_chapters(file, own, Problems(own.file, left), duration=made.duration) or ()
        if not found:
            raise _NotMadeError
    elif recording is not None:
        written = recorded_chapters(recording)
        found = take_chapters(written, Problems(recording.name, left), duration=made.duration)
        # One that is all of it says nothing.
        found = found if len(found) > 1 else ()
    return replace(made, chapters=len(found), left=tuple(left)), found


class _NotMadeError(Exception):
    """What was given cannot be made into an episode; the problems say why."""


def _fill_folder(made: Made, fill: Callable[[Path, Made], Made]) -> Made | None:
    """Let `fill` make the folder anew beside the old one, and return what it made; None leaves all as it was."""
    _remove_left_over(made.folder.parent)
    result = made

    def make(new: Path) -> None:
        nonlocal result
        result = fill(new, made)

    try:
        replace_folder(made.folder, make=make)
    except _NotMadeError:
        return None
    return result


def _remove_left_over(episodes: Path) -> None:
    """Remove what a command left that was killed: nothing has been written to it for an hour."""
    for folder in episodes.glob(".*-new*"):
        newest = max((path.stat().st_mtime for path in (folder, *folder.rglob("*"))), default=0)
        if newest < time.time() - 3600:
            shutil.rmtree(folder, ignore_errors=True)


def _duration(folder: Path) -> timedelta | None:
    """Return how long the episode is: by its newest audio, or by the field that says so of audio in a media store."""
    fields = _fields(folder)
    if fields is not None and fields.text("audio_url", words=False):
        return fields.time("audio_duration")
    for path, _ in reversed(numbered_audio(folder)):
        facts = read_audio(path)
        if facts is not None:
            return facts.duration
    return None


def _fields(folder: Path) -> Fields | None:
    """Return the fields of episode.md as far as they can be read; what is wrong in them is for `check` to say."""
    unsaid = Problems("episode.md")
    path = folder / "episode.md"
    text = read_text(path, unsaid) if path.is_file() else None
    parts = split_front_matter(text, unsaid) if text is not None else None
    return parse_fields(parts[0], unsaid, known=None) if parts else None


def _set_draft(path: Path, *, draft: bool) -> None:
    """Make a draft of an episode that lacks its text; one that was a draft for want of its files is none any more."""
    path.write_bytes(write_field(path.read_bytes().decode(), "draft", draft or None).encode())


def _copy_rest(folder: Path, new: Path, *, without: Collection[str] = ()) -> None:
    """Copy what nothing new was made of. Last: somebody may have written in it while the audio was made."""
    for path in folder.iterdir():
        if path.name not in without and not (new / path.name).exists():
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, new / path.name)


def _keep_originals(files: Sequence[Path], folder: Path) -> None:
    """Keep what somebody uploaded: it may be the only one there is."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy2(path, folder / path.name)


def _is_complete(folder: Path, *, without: Collection[str] = ()) -> bool:
    """Whether there is audio and a transcript that is filled in."""
    transcript, fields = folder / "transcript.vtt", _fields(folder)
    stored = fields is not None and fields.text("audio_url", words=False) and not is_to_be_fetched(fields)
    heard = any(path.name not in without for path, _ in numbered_audio(folder))
    written = transcript.is_file() and Text.TO_FILL_IN not in transcript.read_text(encoding="utf-8", errors="replace")
    return bool((stored or heard) and written)


def _make_audio(recording: Path, target: Path, problems: Problems, *, progress: Progress, made: Made) -> Made:
    """Measure and encode. Raises _NotMadeError when there is nothing to make audio of."""
    own = _of(recording, problems)
    found = read_recording(recording, own)
    before = measure_loudness(found, own, progress=lambda share: progress(share / 3)) if found else None
    if found is None or before is None:
        raise _NotMadeError
    try:
        after = encode_episode(found, before, target, progress=lambda share: progress((1 + 2 * share) / 3))
    except RecordingError:
        own.add(Kind.RECORDING_UNREADABLE)
        raise _NotMadeError from None
    notes = (*made.notes, *_recording_notes(recording, found, before))
    return replace(
        made, audio=target, recording=found, duration=before.duration, before=before, after=after, notes=notes
    )


def _of(path: Path, problems: Problems) -> Problems:
    """Return the problems of one file, named with the folder that `problems` stands for if it lies in one."""
    folder = f"{problems.file}/" if problems.file.startswith(f"{EPISODES}/") else ""
    return Problems(folder + path.name, problems.found)


def _recording_notes(path: Path, recording: Recording, loudness: Loudness) -> Iterator[Problem]:
    if loudness.clipped:
        yield Problem(kind=Kind.RECORDING_CLIPPED, file=path.name)
    facts = read_audio(path)
    if facts is not None and facts.lack:
        yield Problem(kind=facts.lack, file=path.name, expected=facts.shortfall)
    if loudness.sides in SIDES_SAID:
        kind = Kind.RECORDING_MADE_MONO if loudness.sides in AS_ONE else Kind.RECORDING_SIDES_OPPOSED
        yield Problem(kind=kind, file=path.name, expected=SIDES_SAID[loudness.sides])
    if recording.has_film:
        yield Problem(kind=Kind.RECORDING_IS_FILM, file=path.name)


def _make_transcript(
    captions: Path | None,
    folder: Path,
    problems: Problems,
    *,
    persons: Sequence[Person],
    progress: Progress,
    made: Made,
) -> Made:
    """Write transcript.vtt from a text as it is, or one to fill in. Raises _NotMadeError when the text is no such."""
    duration = made.duration
    if duration is None:
        if captions is None:
            return made
        _of(captions, problems).add(Kind.AUDIO_MISSING)
        raise _NotMadeError
    if captions is None:
        blank = build_blank(duration, _find_pauses(made, progress=progress) if made.recording else ())
        (folder / "transcript.vtt").write_text(blank, encoding="utf-8")
        return replace(made, blanks=True)
    own, names = _of(captions, problems), [person.name for person in persons]
    found = take_captions(
        captions,
        own,
        duration=duration,
        persons=names,
        find_pauses=lambda: _find_pauses(made, progress=progress),
    )
    if found.cues and found.cues[-1].end > duration + TRANSCRIPT_TOLERANCE:
        own.add(Kind.TRANSCRIPT_TOO_LONG, found=clock(found.cues[-1].start), expected=clock(duration))
        raise _NotMadeError
    if not found.cues:
        raise _NotMadeError
    text = build_webvtt(found.cues, note=Text.APPROXIMATE_GUIDE if found.approximate else "")
    path = folder / "transcript.vtt"
    path.write_text(text, encoding="utf-8")
    cues = parse_transcript(text, Problems(path.name))
    written = Transcript(path=path, text=text, read=lambda: cues, approximate=found.approximate)
    notes = transcript_notes(written, file=path.name, persons=names, duration=duration)
    return replace(made, speakers=count_speakers(written.cues), notes=(*made.notes, *own.noted, *notes))


def _find_pauses(made: Made, *, progress: Progress) -> tuple[timedelta, ...]:
    """Return the pauses of the recording, or of the newest audio; none where they cannot be found."""
    recording, loudness = made.recording, made.before
    if recording is None and made.folder.is_dir() and (audio := numbered_audio(made.folder)):
        unsaid = Problems(audio[-1][0].name)
        recording = read_recording(audio[-1][0], unsaid)
        loudness = measure_loudness(recording, unsaid, progress=progress) if recording else None
    with suppress(RecordingError):
        if recording is not None and loudness is not None:
            return find_pauses(recording, loudness, progress=progress)
    return ()


def _persons(folder: Path) -> tuple[Person, ...]:
    fields = _fields(folder)
    return read_persons(fields) if fields is not None else ()
