"""From the files under podcast/ to a `Show`, with every problem of every file gathered on the way."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from okatakten.disk.memory import remember_in
from okatakten.model import (
    DEFAULT_LOCALE,
    Category,
    Chapter,
    Directory,
    Enclosure,
    Episode,
    EpisodeText,
    EpisodeType,
    Locale,
    Page,
    Person,
    Picture,
    Role,
    Show,
    ShowType,
    Source,
    Transcript,
    Translation,
    Withdrawn,
)
from okatakten.podcast.audio import AUDIO_TYPES, audio_number, read_audio
from okatakten.podcast.categories import CATEGORIES
from okatakten.podcast.pictures import read_picture
from okatakten.podcast.transcript import TO_FILL_IN, recall_transcript
from okatakten.site.content import check_places, read_pages
from okatakten.site.facts import Facts, read_facts
from okatakten.words.catalogue import Words, read_catalogues, read_words
from okatakten.words.languages import check_catalogues, find_locales
from okatakten.words.segments import without_notes
from okatakten.words.translations import check_translation, read_translation
from okatakten.written.fields import (
    Fields,
    Problems,
    nearest,
    parse_date,
    parse_fields,
    read_text,
    split_front_matter,
)
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import REVIEW_FIELDS, revision_of

SHOW_FIELDS: Final = (
    "guid", "title", "summary", "description", "author", "owner", "language", "timezone", "category", "explicit",
    "type", "copyright", "cover", "cover_alt", "locked", "funding", "new_feed_url", "complete", "block", "persons",
    "directories",
)  # fmt: skip
EPISODE_FIELDS: Final = (
    "guid", "title", "summary", "published", "season", "episode", "type", "explicit", "synthetic_voice", "sample",
    "persons", "questions", "chapters", "sources", "picture_alt",
    "audio_url", "audio_length", "audio_type", "audio_duration", "transcript_missing",
    "draft", "withdrawn", "withdrawn_reason", "former_slugs", "replaced_audio",
)  # fmt: skip
TRANSLATION_FIELDS: Final = ("title", "summary", *REVIEW_FIELDS)
QUESTION_FIELDS: Final = ("number", "slug", "text")

RECORDINGS: Final = {
    ".wav", ".wave", ".bwf", ".aif", ".aiff", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wma", ".caf",
    ".amr", ".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi",
}  # fmt: skip
"""How the names of recordings end that an episode can be made of."""
CAPTIONS: Final = {".vtt", ".srt", ".docx", ".txt"}
SAMPLE_PREFIX: Final = "Exempel:"
TITLE_LIMIT: Final = 255
SUMMARY_LIMIT: Final = 1000
PERSON_LIMIT: Final = 128
DESCRIPTION_LIMIT: Final = 4000
TRANSCRIPT_TOLERANCE: Final = timedelta(seconds=1)
"""How long after the end of the audio a transcript may end: captions linger."""

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
"""The zone of the show while its own is not known."""

ROLE_WORDS: Final = {
    Role.HOST: "programledare", Role.CO_HOST: "medprogramledare", Role.GUEST: "gäst", Role.NARRATOR: "berättare",
    Role.EDITOR: "redaktör", Role.PRODUCER: "producent",
}  # fmt: skip
"""What communicators call the roles in their files."""
ROLES: Final = {word: role for role, word in ROLE_WORDS.items()}
RESERVED_NAMES: Final = {
    "ar", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}  # fmt: skip
"""Where the pages of years are, and names that Windows gives to no file or folder."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TRANSLATION = re.compile(r"episode\.([a-z]{2,3})\.md")
_EPISODE_FILES = ("episode.md", "audio.mp3", "audio.m4a", "transcript.vtt", "picture.jpg", "picture.png")
_CHECKED_SUFFIXES = {".md", ".vtt", ".srt", ".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp3", ".m4a", ".wav"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of the study questions; `slug` is its address under /resultat/."""

    number: int
    slug: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the files hold. `show` is None while anything in them is wrong; `notes` never stop anything.

    `unfinished` are the problems of drafts: to be mended before publishing, and in nobody's way until then. `numbers`
    are the highest episode number of each season, `slugs` all names that have been addresses, whatever state the
    episodes are in. `zone` is the show's.
    """

    show: Show | None
    questions: tuple[Question, ...]
    words: Mapping[Locale, Words]
    facts: Facts | None
    pages: tuple[Page, ...]
    translations: tuple[Translation, ...]
    problems: tuple[Problem, ...]
    unfinished: tuple[Problem, ...]
    numbers: Mapping[int | None, int]
    slugs: frozenset[str]
    zone: ZoneInfo
    notes: tuple[Problem, ...]


def new_guid() -> str:
    """Return an id for a new episode: random, so that no address is ever part of it."""
    return str(uuid.uuid4())


def read_project(root: Path, *, new_guid: Callable[[], str] = new_guid) -> Reading:
    """Read `root`/podcast, the pages and the words. No error of the files raises; all become problems.

    What episodes hold is remembered in `root`/.okatakten/reading: their files are many and seldom change.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    locales = find_locales(root)
    files = read_catalogues(root, locales, problems)
    words = read_words(root, files)
    catalogues = tuple(check_catalogues(files, words, notes))
    questions = read_questions(root, problems)
    show, zone = _read_show(root, problems, new_guid=new_guid)
    facts = read_facts(root, problems)
    slugs = {question.number: question.slug for question in questions}
    pages = read_pages(root, locales, problems, notes, facts=facts, questions=slugs)
    check_places(root, locales, problems)
    readers = _read_episodes(root, notes, zone=zone, questions=questions, locales=locales, show=show, new_guid=new_guid)
    _check_strays(root, problems)
    unfinished: list[Problem] = []
    for reader in readers:
        (unfinished if reader.draft else problems).extend(reader.found)
    episodes = [reader.episode for reader in readers if reader.episode and not reader.found]
    withdrawn = tuple(reader.withdrawn for reader in readers if reader.withdrawn)
    newest_first = tuple(sorted(episodes, key=lambda episode: (episode.published, episode.guid), reverse=True))
    return Reading(
        show=None if show is None or problems else replace(show, episodes=newest_first, withdrawn=withdrawn),
        questions=questions,
        words=words,
        facts=facts,
        pages=pages,
        translations=_translations(pages, catalogues, newest_first),
        problems=tuple(sorted(set(problems))),
        unfinished=tuple(sorted(set(unfinished))),
        numbers=_highest_numbers(readers),
        slugs=frozenset(slug for reader in readers for slug in (reader.folder.name, *reader.former_slugs)),
        zone=zone,
        notes=tuple(sorted(set(notes))),
    )


def _check_strays(root: Path, problems: list[Problem]) -> None:
    """Add a problem for every recording or text that lies beside the episode folders and is so in none of them."""
    podcast = root / "podcast"
    folders = [path for path in podcast.glob("*") if path.is_dir() and path.name[0] != "."]
    for folder in (podcast, *folders):
        for path in sorted(folder.glob("*")):
            stray = path.is_file() and path.suffix.casefold() in RECORDINGS | CAPTIONS
            if stray and path.name[0] != ".":
                place = f"podcast/episodes/{slug_of(path.stem)}/"
                Problems(path.relative_to(root).as_posix(), problems).add(Kind.FILE_MISPLACED, expected=place)


def _highest_numbers(readers: Iterable[_EpisodeReader]) -> Mapping[int | None, int]:
    numbers: dict[int | None, int] = {}
    for reader in readers:
        if not reader.sample:
            numbers[reader.season] = max(numbers.get(reader.season, 0), reader.number or 0)
    return numbers


def _translations(
    pages: Iterable[Page], catalogues: Iterable[Translation], episodes: Iterable[Episode]
) -> tuple[Translation, ...]:
    """Return what is known of every text in another language than the default one."""
    texts = [text for episode in episodes for text in episode.texts.values()]
    found = [*(page.translation for page in pages), *catalogues, *(text.translation for text in texts)]
    return tuple(translation for translation in found if translation)


def read_questions(root: Path, problems: list[Problem]) -> tuple[Question, ...]:
    """Return the study questions of docs/questions.yml in order of number."""
    seen = Problems("docs/questions.yml", problems)
    text = read_text(root / "docs" / "questions.yml", seen)
    fields = parse_fields(text, seen, known=("questions",)) if text is not None else None
    if fields is None:
        return ()
    questions = []
    for entry in fields.mappings("questions", known=QUESTION_FIELDS, example="- number: 1"):
        number = entry.number("number", example="1")
        slug = entry.text("slug", example="intresse")
        words = entry.text("text", example="Hur ser intresset ut?")
        if number and slug and words:
            questions.append(Question(number=number, slug=slug, text=words))
    return tuple(sorted(questions, key=lambda question: question.number))


def _read_show(root: Path, found: list[Problem], *, new_guid: Callable[[], str]) -> tuple[Show | None, ZoneInfo]:
    """Return the show without its episodes, and the time zone that their dates are read in."""
    problems = Problems("podcast/show.yml", found)
    before = len(found)
    zone = STOCKHOLM
    text = read_text(root / "podcast" / "show.yml", problems)
    fields = parse_fields(text, problems, known=SHOW_FIELDS) if text is not None else None
    if fields is None:
        return None, zone
    timezone = fields.text("timezone", example="Europe/Stockholm")
    if timezone in available_timezones():
        zone = ZoneInfo(timezone)
    elif timezone:
        fields.problem(Kind.NOT_A_TIMEZONE, "timezone")
    owner = fields.mapping("owner", known=("name", "email"), required=True)
    funding = fields.mapping("funding", known=("title", "url"))
    email = owner.text("email", example="podd@exempel.se") if owner else None
    if owner and email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", email):
        owner.problem(Kind.NOT_AN_EMAIL, "email")
    language = fields.text("language", example="sv") or "sv"
    if not re.fullmatch(r"[a-z]{2}", language):
        fields.problem(Kind.NOT_A_CHOICE, "language", expected="sv")
    description = fields.text("description", example="Några meningar om podden.", lines=True)
    if description and len(description.encode()) > DESCRIPTION_LIMIT:
        fields.problem(Kind.TOO_LONG, "description", expected=_too_many_bytes(description), found="")
    title = _title(fields)
    values = {
        "guid": fields.guid("guid", new=new_guid, uuid_only=True),
        "title": title,
        "summary": fields.text("summary", example="En mening om vad podden handlar om."),
        "description": description,
        "author": fields.text("author", example="Region Jämtland Härjedalen", limit=TITLE_LIMIT),
        "owner_name": owner.text("name", example="Region Jämtland Härjedalen") if owner else None,
        "owner_email": email,
        "copyright": fields.text("copyright", example="2026 Region Jämtland Härjedalen"),
        "cover": _read_cover(root, fields, found),
        "categories": _categories(fields),
    }
    optional = {
        "language": Locale(language),
        "timezone": str(zone),
        "explicit": fields.flag("explicit"),
        "type": fields.choice("type", ShowType, default=ShowType.EPISODIC),
        "locked": fields.flag("locked", default=True),
        "funding_title": funding.text("title", example="Medfinansieras av …") if funding else None,
        "funding_url": funding.address("url", example="https://exempel.se/") if funding else None,
        "new_feed_url": fields.address("new_feed_url"),
        "complete": fields.flag("complete", default=False),
        "block": fields.flag("block", default=False),
        "persons": _persons(fields),
        "directories": _directories(fields),
    }
    if len(found) > before:
        return None, zone
    return Show(**values, **optional), zone  # type: ignore[arg-type]


def _directories(fields: Fields) -> tuple[Directory, ...]:
    """Return where the show is listed: what no line says is claimed nowhere."""
    directories = []
    for entry in fields.mappings("directories", known=("name", "url"), example="- name: Apple Podcasts"):
        name = entry.text("name", example="Apple Podcasts", limit=PERSON_LIMIT)
        url = entry.address("url", example="https://podcasts.apple.com/se/podcast/…", secure=True)
        if name and url:
            directories.append(Directory(name=name, url=url))
    return tuple(directories)


def _read_cover(root: Path, fields: Fields, found: list[Problem]) -> Picture | None:
    name = fields.text("cover", example="cover-1.png")
    alt = fields.text("cover_alt")
    if not name:
        return None
    if "/" in name or "\\" in name or not name.isascii():
        fields.problem(Kind.NOT_TEXT, "cover", expected="cover: cover-1.png")
        return None
    if not alt:
        fields.problem(Kind.PICTURE_WITHOUT_ALT, "cover", expected="cover_alt")
    return read_picture(root / "podcast" / name, Problems(f"podcast/{name}", found), alt=alt or "")


def _categories(fields: Fields) -> tuple[Category, ...]:
    """Return the categories, written as `Government` or `Business > Non-Profit`; at least one is needed."""
    every = [*CATEGORIES, *(f"{name} > {sub}" for name, subs in CATEGORIES.items() for sub in subs)]
    categories = []
    nodes = fields.items("category", example="- Government", single=True)
    if not nodes:
        fields.problem(Kind.FIELD_MISSING, "category", expected="category: [Government]")
    for node in nodes:
        entry = Fields({"category": node}, fields.problems, line=node.start_mark.line + 1)
        written = entry.text("category", example="Government")
        if written in every:
            name, _, sub = written.partition(" > ")
            categories.append(Category(name=name, subcategory=sub or None))
        elif written:
            near = nearest(written, every)
            hint = f"Menade du {near}?" if near else "Välj en av: " + ", ".join(CATEGORIES)
            entry.problem(Kind.UNKNOWN_CATEGORY, "category", expected=hint)
    return tuple(categories)


def _read_episodes(
    root: Path,
    notes: list[Problem],
    *,
    zone: ZoneInfo,
    questions: tuple[Question, ...],
    locales: Collection[Locale],
    show: Show | None,
    new_guid: Callable[[], str],
) -> list[_EpisodeReader]:
    folder = root / "podcast" / "episodes"
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    readers = []
    for path in folders:
        if path.name.startswith(".") or not any(path.iterdir()):
            continue
        reader = _EpisodeReader(root, path, notes, zone=zone, questions=questions, locales=locales, new_guid=new_guid)
        reader.read()
        readers.append(reader)
    # A draft that shares something with a finished episode is the one that has to change.
    _check_together(
        sorted(readers, key=lambda reader: reader.draft), serial=show is not None and show.type is ShowType.SERIAL
    )
    return readers


class _EpisodeReader:
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
        questions: tuple[Question, ...],
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
        self.memory = remember_in(root / ".okatakten" / "reading")
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
        self.fields = fields = parse_fields(parts[0], self.problems, known=EPISODE_FIELDS, memory=self.memory)
        if fields is None:
            return
        self.draft = fields.flag("draft", default=False)
        self.sample = fields.flag("sample", default=False)
        self.former_slugs = _former_slugs(fields)
        self.guid = fields.guid("guid", new=self.new_guid)
        self.season = fields.number("season")
        self.number = fields.number("episode")
        self.type = fields.choice("type", EpisodeType, default=EpisodeType.FULL)
        title = _title(fields)
        if fields.text("withdrawn"):
            self.withdrawn = self._withdrawn(fields, title=title)
            return
        if self.sample and title and not title.startswith(SAMPLE_PREFIX):
            fields.problem(Kind.SAMPLE_NOT_SAID, "title")
        summary = fields.text("summary", example="En eller två meningar om avsnittet.", limit=SUMMARY_LIMIT)
        published = fields.moment("published", zone=self.zone)
        explicit = fields.flag("explicit", default=False)
        synthetic_voice = fields.flag("synthetic_voice", default=False)
        persons = _persons(fields)
        numbers = fields.numbers("questions", lowest=1, highest=max((q.number for q in self.questions), default=1))
        sources = _sources(fields)
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
        cues = recall_transcript(text, problems, memory=self.memory) if text is not None else ()
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
            fields = parse_fields(parts[0], problems, known=TRANSLATION_FIELDS, memory=self.memory) if parts else None
            if text is None or parts is None or fields is None:
                continue
            title = _title(fields)
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


def _check_together(readers: Sequence[_EpisodeReader], *, serial: bool) -> None:
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


def is_slug(name: str) -> bool:
    """Whether a folder name makes an address as it stands."""
    return _SLUG.fullmatch(name) is not None and name not in RESERVED_NAMES


def slug_of(name: str) -> str:
    """Return a folder name that makes a good address: `Åtta frågor!` becomes `atta-fragor`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)) or "nytt-avsnitt"
    return f"{slug}-avsnitt" if slug in RESERVED_NAMES else slug


def clock(time: timedelta) -> str:
    """Return a duration as listeners read it: `4:05`, `1:02:03`."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _former_slugs(fields: Fields) -> tuple[str, ...]:
    slugs = fields.texts("former_slugs", example="[gammalt-namn]")
    for slug in slugs:
        if not _SLUG.fullmatch(slug):
            expected = f"former_slugs: [{slug_of(slug)}]"
            fields.problem(Kind.NOT_A_FORMER_SLUG, "former_slugs", found=slug, expected=expected)
    return slugs


def _title(fields: Fields) -> str | None:
    title = fields.text("title", example="Åtta frågor om upphandling", limit=TITLE_LIMIT)
    if title and ("<" in title or ">" in title):
        fields.problem(Kind.MARKUP_IN_TITLE, "title")
    return title


def _persons(fields: Fields) -> tuple[Person, ...]:
    persons = []
    for entry in fields.mappings("persons", known=("name", "role", "href"), example="- name: Namn"):
        name = entry.text("name", example="Region Jämtland Härjedalen", limit=PERSON_LIMIT)
        role = entry.choice("role", Role, default=Role.HOST, words=ROLES)
        href = entry.address("href")
        if name:
            persons.append(Person(name=name, role=role, href=href))
    return tuple(persons)


def _sources(fields: Fields) -> tuple[Source, ...]:
    sources = []
    for entry in fields.mappings("sources", known=("title", "url"), example='- title: "Dokumentets namn"'):
        title = entry.text("title", example="Dokumentets namn")
        url = entry.address("url")
        if title:
            sources.append(Source(title=title, url=url))
    return tuple(sources)


def _too_many_bytes(text: str) -> str:
    return f"Den är {len(text.encode())} byte och får vara högst {DESCRIPTION_LIMIT}."
