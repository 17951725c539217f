"""The files of an episode folder: which there are, and what audio, transcript, picture and translations hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final

from okatakten.disk.memory import code, recall
from okatakten.model import AudioFile, Cue, EpisodeText, Locale, Picture, Transcript
from okatakten.podcast.audio import AUDIO_TYPES, audio_number, read_audio
from okatakten.podcast.parts import POST_FIELDS, read_crop, read_post, read_title
from okatakten.podcast.pictures import IMAGE_SUFFIXES, read_picture
from okatakten.podcast.sound import End
from okatakten.podcast.transcript import parse_transcript
from okatakten.podcast.webvtt import is_approximate
from okatakten.rules import (
    CAPTIONS,
    RECORDINGS,
    SUMMARY_LIMIT,
    TRANSCRIPT_TOLERANCE,
    folded,
    is_chapter_file,
    is_slug,
    slug_of,
)
from okatakten.words.segments import without_notes
from okatakten.words.translations import check_translation, read_translation
from okatakten.written.advice import Hint, Text, did_you_mean
from okatakten.written.fields import Fields, check_end, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import REVIEW_FIELDS
from okatakten.written.text import Problems, read_text, split_front_matter, why_unopened
from okatakten.written.values import clock

TRANSLATION_FIELDS: Final = ("title", "summary", *POST_FIELDS, *REVIEW_FIELDS)

_TRANSLATION = re.compile(r"episode\.([a-z]{2,3})\.md")
_EPISODE_FILES = ("episode.md", "audio.mp3", "audio.m4a", "transcript.vtt", "picture.jpg", "picture.png")
_PICTURES = {f"picture{suffix}" for suffix in IMAGE_SUFFIXES}
_APPROXIMATE, _EXACT = b"approximate", b"exact"
_CHECKED_SUFFIXES = {".md", ".vtt", ".srt", ".mp3", ".m4a", ".wav", *IMAGE_SUFFIXES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """An episode folder. `place` is its name relative to the project, `locales` those that texts are translated into.

    `names` are those of all its files, in order. `files` are by name in lower case: any case is clear enough, Audio.MP3
    is audio.mp3. `memory` is where it is kept what has been found of transcripts and pictures, `found` are the problems
    of all its files.
    """

    path: Path
    place: str
    memory: Path
    names: Sequence[str]
    files: Mapping[str, Path]
    locales: Collection[Locale]
    found: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def problems(self, name: str) -> Problems:
        """Return what gathers the problems of one of the files."""
        return Problems(f"{self.place}/{name}", self.found)

    @property
    def audio_files(self) -> list[Path]:
        """The audio files, the newest last: audio.mp3, then audio-2.mp3, which corrects it."""
        numbered = [(number, path) for name, path in self.files.items() if (number := audio_number(name))]
        return [path for _, path in sorted(numbered)]

    def waiting(self, suffixes: Collection[str]) -> list[Path]:
        """Return uploaded files of a sort that nothing has been made of yet, with a problem for each."""
        paths = [
            path
            for name, path in self.files.items()
            if path.suffix.casefold() in suffixes and not is_chapter_file(name)
        ]
        for path in paths:
            self.problems(path.name).add(Kind.UPLOAD_NOT_PREPARED)
        return paths


def check_names(folder: Folder) -> None:
    """Add a problem for a folder name that is no address, and for files of one name or that belong to no episode."""
    name = folder.path.name
    if not is_slug(name):
        Problems(folder.place, folder.found).add(Kind.BAD_FOLDER_NAME, found=name, expected=slug_of(name))
    for own in folder.names:
        if (other := folder.files[folded(own)]).name != own:
            folder.problems(own).add(Kind.FILE_TWICE, expected=other.name)
    known = [*_EPISODE_FILES, *(f"episode.{locale}.md" for locale in folder.locales)]
    for file, path in folder.files.items():
        suffix = path.suffix.casefold()
        if is_chapter_file(file):
            folder.problems(path.name).add(Kind.UPLOAD_NOT_PREPARED)
            continue
        if file in known or file in _PICTURES or suffix not in _CHECKED_SUFFIXES or audio_number(file):
            continue
        # What an uploaded file would become may be lacking: then that is said instead.
        lacking = "transcript.vtt" not in folder.files if suffix in CAPTIONS else not folder.audio_files
        if suffix in RECORDINGS | CAPTIONS and lacking:
            continue
        expected = did_you_mean(file, known, otherwise=Hint.KNOWN_FILES.format(files=", ".join(known)))
        folder.problems(path.name).add(Kind.UNKNOWN_FILE, expected=expected)


def read_audio_file(folder: Folder, fields: Fields, *, replaced: Collection[str]) -> AudioFile | None:
    """Return the audio that is heard: the newest in the folder, or what the fields say of audio in a media store.

    `replaced` are the names of files that are gone on purpose.
    """
    for name in replaced:
        if not audio_number(name) or name in folder.files:
            fields.problem(Kind.NOT_REPLACED_AUDIO, "replaced_audio", found=name)
    files, own = folder.audio_files, fields.problems
    numbers = [audio_number(path.name) or 0 for path in files]
    is_stored = fields.text("audio_url", words=False) is not None
    stored = _stored_audio(fields) if is_stored else None
    if len(set(numbers)) < len(files):
        own.add(Kind.AUDIO_TWICE, expected=", ".join(path.name for path in files))
        return None
    if is_stored:
        return stored
    if not files:
        if not folder.waiting(RECORDINGS):
            own.add(Kind.AUDIO_MISSING)
        return None
    before = {f"audio{number}" for number in ("", *(f"-{n}" for n in range(2, numbers[-1])))} if numbers[-1] > 1 else ()
    there = {path.stem.casefold() for path in files} | {Path(name).stem for name in replaced}
    for name in sorted(set(before) - there):
        own.add(Kind.AUDIO_NUMBER_MISSING, expected=f"{name}.mp3")
    return _local_audio(files[-1], folder)


def read_former_audio(folder: Folder, audio: AudioFile | None) -> tuple[AudioFile, ...]:
    """Return the files that other audio has replaced: they keep answering."""
    if audio is None:
        return ()
    found = [_local_audio(path, folder) for path in folder.audio_files if path != audio.path]
    return tuple(former for former in found if former)


def _local_audio(path: Path, folder: Folder) -> AudioFile | None:
    """Return audio in the folder, measured."""
    problems = folder.problems(path.name)
    suffix = path.suffix.casefold()
    if suffix not in AUDIO_TYPES:
        problems.add(Kind.AUDIO_OTHER_TYPE, expected=Hint.EXPORT)
        return None
    facts = read_audio(path)
    if facts is None:
        closed = why_unopened(path)
        problems.add(Kind.FILE_UNREADABLE if closed else Kind.AUDIO_UNREADABLE, expected=closed)
        return None
    if facts.extension != suffix:
        cure = Hint.RENAME if facts.extension else Hint.EXPORT_AGAIN
        expected = cure.format(content=facts.description, name=f"audio{facts.extension}")
        problems.add(Kind.AUDIO_OTHER_TYPE, expected=expected)
        return None
    if facts.lack:
        is_missing = facts.end is End.MISSING
        told = problems if is_missing else Problems(problems.file, folder.notes)
        told.add(facts.lack, expected=facts.shortfall)
        if is_missing:
            return None
    if any(blank.head for blank in facts.private):
        Problems(problems.file, folder.notes).add(Kind.AUDIO_TELLS)
    return AudioFile(
        path=path,
        length=facts.length,
        media_type=AUDIO_TYPES[suffix],
        duration=facts.duration,
        private=facts.private,
    )


def is_to_be_fetched(fields: Fields) -> bool:
    """Return whether there is an address of sound and no more: it has to be fetched and measured."""
    return fields.text("audio_url") is not None and not {"audio_length", "audio_type", "audio_duration"} & set(
        fields.nodes
    )


def _stored_audio(fields: Fields) -> AudioFile | None:
    """Return audio that lives in a media store: what cannot be measured here is written in the fields."""
    url = fields.address("audio_url", secure=True)
    if is_to_be_fetched(fields):
        if url:
            fields.problem(Kind.UPLOAD_NOT_PREPARED, "audio_url")
        return None
    length = fields.number("audio_length", example="14500000")
    duration = fields.time("audio_duration", example="24:05")
    media_type = fields.text("audio_type", example="audio/mpeg", words=False)
    if media_type and media_type not in AUDIO_TYPES.values():
        fields.problem(Kind.NOT_A_CHOICE, "audio_type", expected=", ".join(AUDIO_TYPES.values()))
    suffix = Path((url or "").split("?")[0]).suffix.casefold()
    if url and suffix not in AUDIO_TYPES:
        fields.problem(Kind.NOT_AN_ADDRESS, "audio_url", expected=Hint.AUDIO_ADDRESS)
    elif url and media_type in AUDIO_TYPES.values() and AUDIO_TYPES[suffix] != media_type:
        fields.problem(Kind.NOT_A_CHOICE, "audio_type", expected=AUDIO_TYPES[suffix])
    if not (url and length and duration and media_type):
        return None
    return AudioFile(url=url, length=length, media_type=media_type, duration=duration)


def read_transcript(folder: Folder, audio: AudioFile | None, *, missing: bool) -> Transcript | None:
    """Return the transcript. `missing`: the fields say that there is none, which is noted and no problem.

    Of a text that is in order beside audio of that length this is remembered, and its cues are not read.
    """
    path = folder.files.get("transcript.vtt")
    if path is None:
        if folder.waiting(CAPTIONS):
            return None
        own = folder.problems("episode.md")
        if missing:
            Problems(own.file, folder.notes).add(Kind.TRANSCRIPT_OWED)
        else:
            own.add(Kind.TRANSCRIPT_MISSING)
        return None
    problems = folder.problems(path.name)
    text = read_text(path, problems)
    if text is None:
        return None
    read = cache(partial(parse_transcript, text, problems))
    duration = audio.duration if audio else None
    found = len(problems.found)

    def judge() -> bytes | None:
        _check_cues(read(), problems, duration=duration)
        return None if len(problems.found) > found else _APPROXIMATE if is_approximate(text) else _EXACT

    judged = recall(folder.memory / "transcripts", code() + f"{duration}\n{text}".encode(), make=judge)
    if judged is None and not read():
        return None
    approximate = is_approximate(text) if judged is None else judged == _APPROXIMATE
    return Transcript(path=path, text=text, read=read, approximate=approximate)


def _check_cues(cues: Sequence[Cue], problems: Problems, *, duration: timedelta | None) -> None:
    if blanks := sum(Text.TO_FILL_IN in cue.text for cue in cues):
        problems.add(Kind.TRANSCRIPT_NOT_FILLED_IN, expected=str(blanks))
    if cues and duration and cues[-1].end > duration + TRANSCRIPT_TOLERANCE:
        problems.add(Kind.TRANSCRIPT_TOO_LONG, found=clock(cues[-1].end), expected=clock(duration))


def read_episode_picture(folder: Folder, fields: Fields) -> Picture | None:
    """Return the episode's own picture, if it has one."""
    paths = [path for name, path in folder.files.items() if name.startswith("picture.")]
    if not paths:
        return None
    path = paths[0]
    if len(paths) > 1:
        expected = ", ".join(path.name for path in paths)
        folder.problems(path.name).add(Kind.UPLOADED_TWICE, expected=expected)
    alt = fields.text("picture_alt")
    if not alt:
        fields.problem(Kind.PICTURE_WITHOUT_ALT, "picture_alt", expected="picture_alt")
    return read_picture(
        path, folder.problems(path.name), alt=alt or "", crop=read_crop(fields, "picture_crop"), field="picture_crop",
        notes=Problems(f"{folder.place}/{path.name}", folder.notes), cache=folder.memory / "pictures",
    )  # fmt: skip


def read_translations(folder: Folder, *, source_revision: str) -> dict[Locale, EpisodeText]:
    """Return the texts in other locales. `source_revision` is that of the Swedish text as it stands now."""
    texts = {}
    for name, path in folder.files.items():
        match = _TRANSLATION.fullmatch(name)
        if not match or match[1] not in folder.locales:
            continue
        locale = Locale(match[1])
        problems = folder.problems(path.name)
        text = read_text(path, problems)
        parts = split_front_matter(text, problems) if text is not None else None
        fields = parse_fields(parts[0], problems, known=TRANSLATION_FIELDS) if parts else None
        if text is None or parts is None or fields is None:
            continue
        check_end(text, parts[1], problems, known=TRANSLATION_FIELDS)
        title = read_title(fields)
        summary = fields.text("summary", example="…", limit=SUMMARY_LIMIT)
        post = read_post(fields)
        source = f"{folder.place}/episode.md"
        translation = read_translation(text, fields, locale=locale, source=source, source_revision=source_revision)
        check_translation(translation, folder.notes)
        if title and summary:
            notes = without_notes(parts[1]).strip()
            texts[locale] = EpisodeText(
                title=title, summary=summary, notes=notes, source=problems.file, translation=translation, post=post
            )
    return texts
