"""From the files under podcast/ to a `Show`, with every problem of every file gathered on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.model import (
    DEFAULT_LOCALE,
    Chapter,
    Enclosure,
    Episode,
    EpisodeText,
    EpisodeType,
    Locale,
    Picture,
    Transcript,
    Withdrawn,
)
from okatakten.podcast.audio import AUDIO_TYPES, audio_number, read_audio
from okatakten.podcast.parts import read_persons, read_sources, read_title
from okatakten.podcast.pictures import read_picture
from okatakten.podcast.transcript import TO_FILL_IN, parse_transcript
from okatakten.rules import (
    CAPTIONS,
    RECORDINGS,
    SAMPLE_PREFIX,
    SLUG,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    TRANSCRIPT_TOLERANCE,
    is_slug,
    slug_of,
)
from okatakten.words.segments import without_notes
from okatakten.words.translations import check_translation, read_translation
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import REVIEW_FIELDS, revision_of
from okatakten.written.text import Problems, nearest, read_text, split_front_matter
from okatakten.written.values import clock, parse_date

EPISODE_FIELDS: Final = (
    "guid", "title", "summary", "published", "season", "episode", "type", "explicit", "synthetic_voice", "sample",
    "persons", "questions", "chapters", "sources", "picture_alt",
    "audio_url", "audio_length", "audio_type", "audio_duration", "transcript_missing",
    "draft", "withdrawn", "withdrawn_reason", "former_slugs", "replaced_audio",
)  # fmt: skip
TRANSLATION_FIELDS: Final = ("title", "summary", *REVIEW_FIELDS)


_TRANSLATION = re.compile(r"episode\.([a-z]{2,3})\.md")
_EPISODE_FILES = ("episode.md", "audio.mp3", "audio.m4a", "transcript.vtt", "picture.jpg", "picture.png")
_CHECKED_SUFFIXES = {".md", ".vtt", ".srt", ".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp3", ".m4a", ".wav"}


class EpisodeReader:
    """Reads one episode folder. Keeps what it found, and the fields that must differ between episodes.

    After `read` there is an `episode` unless a file has a problem, or what is left of one that was `withdrawn`.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        notes: list[Problem],
        *,
        zone: ZoneInfo,
        questions: Collection[int],
        locales: Collection[Locale],
        new_guid: Callable[[], str],
    ) -> None:
        self.folder = folder
        self.place = folder.relative_to(root).as_posix()
        self.found: list[Problem] = []
        self.notes = notes
        self.zone = zone
        self.questions = questions
        self.locales = [locale for locale in locales if locale != DEFAULT_LOCALE]
        self.new_guid = new_guid
        # Any case is clear enough: Audio.MP3 is audio.mp3.
        self.files = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
        self.problems = self._problems("episode.md")
        self.fields: Fields | None = None
        self.guid: str | None = None
        self.season: int | None = None
        self.number: int | None = None
        self.type = EpisodeType.FULL
        self.audio_url: str | None = None
        self.former_slugs: tuple[str, ...] = ()
        self.replaced_audio: tuple[str, ...] = ()
        self.draft = False
        self.sample = False
        self.episode: Episode | None = None
        self.withdrawn: Withdrawn | None = None

    def read(self) -> None:
        self._check_names()
        text = read_text(self.files.get("episode.md", self.folder / "episode.md"), self.problems)
        parts = split_front_matter(text, self.problems) if text is not None else None
        if parts is None:
            return
        self.fields = fields = parse_fields(parts[0], self.problems, known=EPISODE_FIELDS)
        if fields is None:
            return
        self.draft = fields.flag("draft", default=False)
        self.sample = fields.flag("sample", default=False)
        self.former_slugs = _former_slugs(fields)
        self.guid = fields.guid("guid", new=self.new_guid)
        self.season = fields.number("season")
        self.number = fields.number("episode")
        self.type = fields.choice("type", EpisodeType, default=EpisodeType.FULL)
        title = read_title(fields)
        if fields.text("withdrawn"):
            self.withdrawn = self._withdrawn(fields, title=title)
            return
        if self.sample and title and not title.startswith(SAMPLE_PREFIX):
            fields.problem(Kind.SAMPLE_NOT_SAID, "title")
        summary = fields.text("summary", example="En eller två meningar om avsnittet.", limit=SUMMARY_LIMIT)
        published = fields.moment("published", zone=self.zone)
        explicit = fields.flag("explicit", default=False)
        synthetic_voice = fields.flag("synthetic_voice", default=False)
        persons = read_persons(fields)
        numbers = fields.numbers("questions", lowest=1, highest=max(self.questions, default=1))
        sources = read_sources(fields)
        self.replaced_audio = self._replaced_audio(fields)
        enclosure = self._enclosure(fields)
        former_audio = self._former_audio(enclosure)
        chapters = self._chapters(fields, enclosure)
        transcript = self._transcript(enclosure, missing=fields.flag("transcript_missing", default=False))
        picture = self._picture(fields)
        translations = self._translations(revision_of([title or "", summary or "", parts[1]]))
        if self.found:
            return
        assert self.guid
        assert title
        assert summary
        assert published
        assert enclosure
        self.episode = Episode(
            slug=self.folder.name,
            guid=self.guid,
            published=published,
            season=self.season,
            number=self.number,
            type=self.type,
            explicit=explicit,
            synthetic_voice=synthetic_voice,
            sample=self.sample,
            enclosure=enclosure,
            transcript=transcript,
            texts={
                DEFAULT_LOCALE: EpisodeText(
                    title=title, summary=summary, notes=parts[1], source=f"{self.place}/episode.md"
                ),
                **translations,
            },
            chapters=chapters,
            persons=persons,
            questions=numbers,
            sources=sources,
            picture=picture,
            draft=self.draft,
            former_slugs=self.former_slugs,
            former_audio=former_audio,
            replaced_audio=self.replaced_audio,
        )

    def _withdrawn(self, fields: Fields, *, title: str | None) -> Withdrawn | None:
        """Return what is left of an episode that was withdrawn: its files may be there or be gone."""
        day = fields.day("withdrawn")
        reason = fields.text("withdrawn_reason")
        published = parse_date(fields.text("published") or "", zone=self.zone)
        never = self.draft or (published is not None and day is not None and published.date() > day)
        if never or not (day and title and self.guid):
            return None
        translations = self._translations(revision_of([title, fields.text("summary") or "", ""]))
        return Withdrawn(
            slug=self.folder.name,
            guid=self.guid,
            titles={DEFAULT_LOCALE: title, **{locale: text.title for locale, text in translations.items()}},
            day=day,
            reason=reason,
            source=f"{self.place}/episode.md",
            former_slugs=self.former_slugs,
        )

    def _lacks(self, path: Path) -> bool:
        """Whether the folder has nothing yet of what an uploaded file would become: then that is said instead."""
        if path.suffix.casefold() in CAPTIONS:
            return "transcript.vtt" not in self.files
        return not self._audio_files()

    def _problems(self, name: str) -> Problems:
        return Problems(f"{self.place}/{name}", self.found)

    def _check_names(self) -> None:
        if not is_slug(self.folder.name):
            proposal = slug_of(self.folder.name)
            Problems(self.place, self.found).add(Kind.BAD_FOLDER_NAME, found=self.folder.name, expected=proposal)
        translations = [f"episode.{locale}.md" for locale in self.locales]
        for name, path in self.files.items():
            known = name in _EPISODE_FILES or name in translations or name == "picture.jpeg"
            if known or path.suffix.casefold() not in _CHECKED_SUFFIXES or audio_number(name):
                continue
            if path.suffix.casefold() in RECORDINGS | CAPTIONS and self._lacks(path):
                continue
            files = [*_EPISODE_FILES, *translations]
            near = nearest(name, files)
            hint = f"Menade du {near}?" if near else "Filer som hör till: " + ", ".join(files)
            self._problems(path.name).add(Kind.UNKNOWN_FILE, expected=hint)

    def _audio_files(self) -> list[Path]:
        """Return the audio files, the newest last: audio.mp3, then audio-2.mp3, which corrects it."""
        numbered = [(number, path) for name, path in self.files.items() if (number := audio_number(name))]
        return [path for _, path in sorted(numbered)]

    def _replaced_audio(self, fields: Fields) -> tuple[str, ...]:
        names = fields.texts("replaced_audio", example="[audio.mp3]")
        for name in names:
            if not audio_number(name) or name in self.files:
                fields.problem(Kind.NOT_REPLACED_AUDIO, "replaced_audio", found=name)
        return names

    def _enclosure(self, fields: Fields) -> Enclosure | None:
        files = self._audio_files()
        numbers = [audio_number(path.name) or 0 for path in files]
        self.audio_url = fields.address("audio_url", secure=True)
        stored = fields.text("audio_url") is not None
        if len(set(numbers)) < len(files):
            self.problems.add(Kind.AUDIO_TWICE, expected=", ".join(path.name for path in files))
            return None
        if stored:
            return self._stored_audio(fields)
        if not files:
            waiting = [path for path in self.files.values() if path.suffix.casefold() in RECORDINGS]
            for path in waiting:
                self._problems(path.name).add(Kind.UPLOAD_NOT_PREPARED)
            if not waiting:
                self.problems.add(Kind.AUDIO_MISSING)
            return None
        before = (
            {f"audio{number}" for number in ("", *(f"-{n}" for n in range(2, numbers[-1])))} if numbers[-1] > 1 else ()
        )
        there = {path.stem.casefold() for path in files} | {Path(name).stem for name in self.replaced_audio}
        for name in sorted(set(before) - there):
            self.problems.add(Kind.AUDIO_NUMBER_MISSING, expected=f"{name}.mp3")
        return self._local_audio(files[-1])

    def _former_audio(self, enclosure: Enclosure | None) -> tuple[Enclosure, ...]:
        """Return the files that other audio has replaced: they keep answering."""
        if enclosure is None:
            return ()
        found = [self._local_audio(path) for path in self._audio_files() if path != enclosure.path]
        return tuple(former for former in found if former)

    def _local_audio(self, path: Path) -> Enclosure | None:
        """Return audio in the folder, measured."""
        problems = self._problems(path.name)
        suffix = path.suffix.casefold()
        if suffix not in AUDIO_TYPES:
            problems.add(Kind.AUDIO_OTHER_TYPE, expected="Podden tar MP3 och M4A. Exportera inspelningen som MP3.")
            return None
        facts = read_audio(path)
        if facts is None:
            problems.add(Kind.AUDIO_UNREADABLE)
            return None
        if facts.extension != suffix:
            rename = f"Döp om den till audio{facts.extension}" if facts.extension else "Exportera den som MP3."
            problems.add(Kind.AUDIO_OTHER_TYPE, expected=f"Innehållet är {facts.description}. {rename}")
            return None
        return Enclosure(
            path=path,
            length=facts.length,
            media_type=AUDIO_TYPES[suffix],
            duration=facts.duration,
        )

    def _stored_audio(self, fields: Fields) -> Enclosure | None:
        """Return audio that lives in a media store: what cannot be measured here is written in the fields."""
        length = fields.number("audio_length", example="14500000")
        duration = fields.time("audio_duration", example="24:05")
        media_type = fields.text("audio_type", example="audio/mpeg")
        if media_type and media_type not in AUDIO_TYPES.values():
            fields.problem(Kind.NOT_A_CHOICE, "audio_type", expected=", ".join(AUDIO_TYPES.values()))
        suffix = Path((self.audio_url or "").split("?")[0]).suffix.casefold()
        if self.audio_url and suffix not in AUDIO_TYPES:
            fields.problem(Kind.NOT_AN_ADDRESS, "audio_url", expected="Den ska sluta på .mp3 eller .m4a.")
        elif self.audio_url and media_type in AUDIO_TYPES.values() and AUDIO_TYPES[suffix] != media_type:
            fields.problem(Kind.NOT_A_CHOICE, "audio_type", expected=AUDIO_TYPES[suffix])
        if not (self.audio_url and length and duration and media_type):
            return None
        return Enclosure(url=self.audio_url, length=length, media_type=media_type, duration=duration)

    def _chapters(self, fields: Fields, enclosure: Enclosure | None) -> tuple[Chapter, ...]:
        chapters: list[Chapter] = []
        for entry in fields.mappings("chapters", known=("start", "title"), example='- start: "0:00"'):
            start = entry.time("start", example="0:00")
            title = entry.text("title", example="Kapitlets rubrik", limit=TITLE_LIMIT)
            if start is None or title is None:
                continue
            if not chapters and start:
                entry.problem(Kind.CHAPTERS_NOT_FROM_ZERO, "start")
            if chapters and start <= chapters[-1].start:
                entry.problem(Kind.CHAPTERS_OUT_OF_ORDER, "start", expected=clock(chapters[-1].start))
            if enclosure and start >= enclosure.duration:
                entry.problem(Kind.CHAPTER_PAST_END, "start", expected=clock(enclosure.duration))
            chapters.append(Chapter(start=start, title=title))
        return tuple(chapters)

    def _transcript(self, enclosure: Enclosure | None, *, missing: bool) -> Transcript | None:
        path = self.files.get("transcript.vtt")
        if path is None:
            waiting = [path for path in self.files.values() if path.suffix.casefold() in CAPTIONS]
            for path in waiting:
                self._problems(path.name).add(Kind.UPLOAD_NOT_PREPARED)
            if waiting:
                return None
            if missing:
                Problems(self.problems.file, self.notes).add(Kind.TRANSCRIPT_OWED)
            else:
                self.problems.add(Kind.TRANSCRIPT_MISSING)
            return None
        problems = self._problems(path.name)
        text = read_text(path, problems)
        cues = parse_transcript(text, problems) if text is not None else ()
        if not cues:
            return None
        last = cues[-1]
        if blanks := sum(TO_FILL_IN in cue.text for cue in cues):
            problems.add(Kind.TRANSCRIPT_NOT_FILLED_IN, expected=str(blanks))
        if enclosure and last.end > enclosure.duration + TRANSCRIPT_TOLERANCE:
            problems.add(Kind.TRANSCRIPT_TOO_LONG, found=clock(last.end), expected=clock(enclosure.duration))
        return Transcript(path=path, cues=cues)

    def _picture(self, fields: Fields) -> Picture | None:
        path = next((path for name, path in self.files.items() if name.startswith("picture.")), None)
        if path is None:
            return None
        alt = fields.text("picture_alt")
        if not alt:
            fields.problem(Kind.PICTURE_WITHOUT_ALT, "picture_alt", expected="picture_alt")
        return read_picture(path, self._problems(path.name), alt=alt or "")

    def _translations(self, source_revision: str) -> Mapping[Locale, EpisodeText]:
        texts = {}
        for name, path in self.files.items():
            match = _TRANSLATION.fullmatch(name)
            if not match or match[1] not in self.locales:
                continue
            locale = Locale(match[1])
            problems = self._problems(path.name)
            text = read_text(path, problems)
            parts = split_front_matter(text, problems) if text is not None else None
            fields = parse_fields(parts[0], problems, known=TRANSLATION_FIELDS) if parts else None
            if text is None or parts is None or fields is None:
                continue
            title = read_title(fields)
            summary = fields.text("summary", example="…", limit=SUMMARY_LIMIT)
            notes = without_notes(parts[1]).strip()
            source = f"{self.place}/episode.md"
            translation = read_translation(text, fields, locale=locale, source=source, source_revision=source_revision)
            check_translation(translation, self.notes)
            if title and summary:
                texts[locale] = EpisodeText(
                    title=title, summary=summary, notes=notes, source=problems.file, translation=translation
                )
        return texts


def check_together(readers: Sequence[EpisodeReader], *, serial: bool) -> None:
    """Add a problem to every episode that shares what must be its own with an earlier one."""
    seen: dict[tuple[object, ...], str] = {}
    for reader in readers:
        numbered = reader.type is EpisodeType.FULL and reader.number is not None
        unique: dict[Kind, tuple[str, object]] = {
            Kind.GUID_TWICE: ("guid", reader.guid),
            Kind.SLUG_TWICE: ("", reader.folder.name.casefold()),
            # Samples are never published together with real episodes, which begin at 1 all the same.
            Kind.NUMBER_TWICE: ("episode", (reader.season, reader.number, reader.sample) if numbered else None),
            Kind.AUDIO_ADDRESS_TWICE: ("audio_url", reader.audio_url),
        }
        for kind, (name, value) in unique.items():
            if value is None:
                continue
            other = seen.setdefault((kind, value), reader.place)
            if other == reader.place:
                continue
            if reader.fields is not None and name:
                reader.fields.problem(kind, name, expected=other)
            else:
                Problems(reader.place, reader.found).add(kind, expected=other)
        if serial and reader.fields is not None and reader.type is EpisodeType.FULL and reader.number is None:
            reader.fields.problem(Kind.NUMBER_NEEDED, "episode", expected="episode: 1")
    slugs = {reader.folder.name: reader.place for reader in readers}
    for reader in readers:
        for slug in reader.former_slugs:
            other = slugs.setdefault(slug, f"{reader.place} (former_slugs)")
            if reader.fields is not None and not other.startswith(f"{reader.place} "):
                reader.fields.problem(Kind.ADDRESS_TAKEN, "former_slugs", found=slug, expected=other)


def _former_slugs(fields: Fields) -> tuple[str, ...]:
    slugs = fields.texts("former_slugs", example="[gammalt-namn]")
    for slug in slugs:
        if not SLUG.fullmatch(slug):
            expected = f"former_slugs: [{slug_of(slug)}]"
            fields.problem(Kind.NOT_A_FORMER_SLUG, "former_slugs", found=slug, expected=expected)
    return slugs
