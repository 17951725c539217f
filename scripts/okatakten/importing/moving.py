"""One episode after the other, from a feed to a folder among ours.

Each is made in a folder of its own under podcast/.import and gets its place in one step when it is finished. Killed at
any moment, no half-made episode stands among the others, and the next run goes on from what has been fetched.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import mutagen

from okatakten.disk.write import write_atomically
from okatakten.fetching import (
    AUDIO_LIMIT,
    PICTURE_LIMIT,
    TEXT_LIMIT,
    FetchError,
    Progress,
    Reach,
    fetch_bytes,
    fetch_to,
)
from okatakten.importing.cleaning import MARKUP_LIMIT, has_more, parse_notes, plain_text, summarise
from okatakten.importing.foreign import decode
from okatakten.importing.incoming import IncomingEpisode, IncomingFeed, Link
from okatakten.importing.times import parse_times
from okatakten.making.captions import read_captions
from okatakten.making.chapters import (
    WrittenChapter,
    parse_chapters,
    recorded_chapters,
    take_chapters,
)
from okatakten.model import Chapter, Crop, Cue, EpisodeType, Person, Picture
from okatakten.podcast.audio import AUDIO_TYPES, AudioFacts, read_audio
from okatakten.podcast.pictures import read_picture
from okatakten.podcast.sound import End
from okatakten.podcast.transcript import parse_transcript
from okatakten.podcast.webvtt import build_webvtt
from okatakten.rules import (
    CROP_WORDS,
    EPISODE_TYPES,
    ROLE_WORDS,
    STOCKHOLM,
    TRANSCRIPT_TOLERANCE,
    new_guid,
    slug_of,
)
from okatakten.written.advice import Hint, Text, advise
from okatakten.written.compose import compose_file
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.machine import MACHINE_ERRORS, explain
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text, split_front_matter
from okatakten.written.values import clock, parse_address, time_field

EPISODES: Final = "podcast/episodes"
WORKPLACE: Final = "podcast/.import"
SLUG_LIMIT: Final = 60
GIVEN_UP: Final = 3
"""After so many failures in a row a server is not asked again. After the first, each file is asked for only once."""
BUSY_FOR: Final = timedelta(minutes=15)
"""When to try again, where the server does not say."""
FILES_TRIED: Final = 3
TRANSCRIPTS_TRIED: Final = 5
_TEXT_TYPES: Final = {
    "text/vtt": ".vtt", "application/x-subrip": ".srt", "application/srt": ".srt", "text/srt": ".srt",
    "application/json": ".json", "text/html": ".html", "text/plain": ".txt",
}  # fmt: skip
"""Extension by media type of a transcript, the best first: what has times and speakers before what has not."""
_UNTIMED: Final = {".html", ".txt"}
_LATER: Final = {Kind.FETCH_NO_CONNECTION, Kind.FETCH_TOO_SLOW, Kind.FETCH_STATUS}
"""What may go better another time, so that what has been fetched is kept."""

Value = TypeVar("Value")
Source = Callable[[IncomingEpisode, "_Audio"], Sequence[WrittenChapter]]
Say = Callable[[str], object]


@dataclass(slots=True)
class _Known:
    """What the episodes that are here have taken: ids, folder names, numbers, addresses of audio."""

    guids: dict[str, str] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    numbers: dict[tuple[int | None, int], str] = field(default_factory=dict)
    audio: set[str] = field(default_factory=set)

    def add(self, slug: str, fields: Fields) -> None:
        self.slugs |= {slug.casefold(), *fields.texts("former_slugs", example="")}
        guid, number = fields.guid("guid", new=new_guid), fields.number("episode")
        if guid:
            self.guids.setdefault(guid, slug)
        full = fields.choice("type", EpisodeType, default=EpisodeType.FULL, words=EPISODE_TYPES) is EpisodeType.FULL
        if number and full and not fields.flag("sample", default=False):
            self.numbers.setdefault((fields.number("season"), number), f"{EPISODES}/{slug}")
        if address := fields.text("audio_url", words=False):
            self.audio.add(address)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Audio:
    """Audio that was fetched to `path` and measured. With `fields`, which say so, it stays at its address."""

    duration: timedelta
    path: Path
    fields: Mapping[str, object] = field(default_factory=dict)


class _NoChaptersError(Exception):
    """A file that should have chapters has none."""


class _LeftOutError(Exception):
    """An episode cannot be taken; why has been said."""


class Mover:
    """Moves the episodes of one feed in, and keeps what came of it."""

    def __init__(self, root: Path, feed: IncomingFeed, *, name: str, reach: Reach, leave_audio: bool) -> None:
        self.root = root
        self.feed = feed
        self.name = name
        self.reach = reach
        self.leave_audio = leave_audio
        self.known = _read_known(root)
        self.zone = _read_zone(root)
        self.workplace = root / WORKPLACE
        self.unreached: Counter[str] = Counter()
        self.busy: dict[str, timedelta] = {}
        self.waiting: Counter[str] = Counter()
        self.taken: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.found: list[Problem] = []
        self.without_transcript: list[str] = []
        self.undescribed: list[str] = []
        self.poorer_notes: list[str] = []
        self.poorer_chapters: list[str] = []
        self.later = 0

    def move(self, *, progress: Progress, say: Say) -> None:
        """Take every episode that is not here. A disk that is full or closed ends it, with what is done so far."""
        known = self.known.guids
        self.skipped = {episode.guid: known[episode.guid] for episode in self.feed.episodes if episode.guid in known}
        waiting = sorted(
            (episode for episode in reversed(self.feed.episodes) if episode.guid not in known),
            key=lambda episode: episode.published or datetime.max.replace(tzinfo=UTC),
        )
        say(Text.FEED_HAS.format(count=len(self.feed.episodes), there=len(self.skipped)))
        self.later = len(waiting)
        try:
            self.workplace.mkdir(exist_ok=True)
            for number, episode in enumerate(waiting):
                host = _host_of(episode.audio.url)
                if host in self.busy and not self._is_fetched(episode):
                    self.waiting[host] += 1
                    continue
                say(Text.TAKING.format(number=number + 1, count=len(waiting), title=episode.title))
                self.later -= not self._take(episode, progress=partial(_share, progress, number, len(waiting)))
                progress((number + 1) / len(waiting))
        except MACHINE_ERRORS as error:
            self.found.append(Problem(kind=Kind.IMPORT_NOT_WRITTEN, file=WORKPLACE, expected=explain(error)))
        if not self.later:
            shutil.rmtree(self.workplace, ignore_errors=True)

    def remarks(self) -> Iterator[Problem]:
        """Yield what many episodes have in common, once: hundreds of them may have come in."""
        for kind, name, slugs in (
            (Kind.IMPORT_TRANSCRIPT_MISSING, "transcript_missing", self.without_transcript),
            (Kind.IMPORT_PICTURE_ALT, "picture_alt", self.undescribed),
            (Kind.IMPORT_NOTES_CLEANED, "", self.poorer_notes),
            (Kind.IMPORT_CHAPTER_PARTS_LEFT, "chapters", self.poorer_chapters),
        ):
            if slugs:
                yield Problem(kind=kind, file=EPISODES, field=name, found=", ".join(slugs), expected=str(len(slugs)))
        for host, count in sorted(self.waiting.items()):
            minutes = math.ceil(self.busy[host] / timedelta(minutes=1))
            expected = Hint.HOST_LATER.format(count=count, minutes=minutes)
            yield Problem(kind=Kind.IMPORT_HOST_BUSY, file=self.name, found=host, expected=expected)

    def _take(self, episode: IncomingEpisode, *, progress: Progress) -> bool:
        """Make the episode's folder and put it in its place; return whether another run may do better.

        Raises OSError.
        """
        work = self._work(episode)
        facts = work.with_name(f"{work.name}.json")
        told = json.dumps({"guid": episode.guid, "audio": episode.audio.url}).encode()
        if not facts.is_file() or facts.read_bytes() != told:
            shutil.rmtree(work, ignore_errors=True)
        work.mkdir(exist_ok=True)
        write_atomically(facts, told)
        problems = Problems(episode.place(self.name), self.found)
        later = False
        try:
            slug = self._make(episode, work, problems, progress=progress)
        except _LeftOutError:
            pass
        except FetchError as error:
            later = error.kind in _LATER
            outcome = Hint.LEFT_OUT_FOR_NOW if later else Hint.LEFT_OUT
            problem = error.problem(problems.file, field="enclosure", found=episode.audio.url)
            self.found.append(replace(problem, line=episode.line, expected=f"{error.expected} {outcome}".strip()))
        else:
            (self.root / EPISODES).mkdir(exist_ok=True)
            work.rename(self.root / EPISODES / slug)
            self.taken[episode.guid] = slug
        if not later:
            shutil.rmtree(work, ignore_errors=True)
            facts.unlink()
        return later

    def _work(self, episode: IncomingEpisode) -> Path:
        return self.workplace / hashlib.sha256(episode.guid.encode()).hexdigest()[:16]

    def _is_fetched(self, episode: IncomingEpisode) -> bool:
        work = self._work(episode)
        return any((work / f"audio{suffix}").is_file() for suffix in AUDIO_TYPES)

    def _make(self, episode: IncomingEpisode, work: Path, problems: Problems, *, progress: Progress) -> str:
        """Fill the folder and return the name that it is to have. Raises _LeftOutError, FetchError and OSError."""
        audio = self._audio(episode, work, problems, progress=progress)
        slug = free_slug(episode.title, taken=self.known.slugs)
        ours = Problems(f"{EPISODES}/{slug}/episode.md", problems.found)
        made = [] if audio.fields else [audio.path]
        transcript = self._transcript(episode, work, ours, duration=audio.duration)
        picture = self._picture(episode, work, problems)
        made += [path for path in (transcript, picture and picture.path) if path]
        alt = episode.picture_alt or Text.PICTURE_OF.format(title=episode.title)
        fields: dict[str, object] = {
            "guid": episode.guid,
            "title": episode.title,
            "summary": summarise(episode.summary) or summarise(episode.notes) or episode.title,
            "published": episode.published and episode.published.astimezone(self.zone),
            "season": episode.season,
            "episode": self._number(episode, ours),
            "type": None if episode.type is EpisodeType.FULL else episode.type.value,
            "explicit": episode.explicit or None,
            "persons": [_person_fields(person) for person in episode.persons],
            "chapters": [
                {"start": chapter.start, "title": chapter.title}
                for chapter in self._chapters(episode, audio, ours, slug=slug)
            ],
            "picture_alt": alt if picture else None,
            "picture_crop": CROP_WORDS[picture.crop] if picture and picture.crop else None,
            **audio.fields,
            "transcript_missing": None if transcript else True,
            "draft": True if episode.published is None else None,
        }
        if has_more(episode.notes):
            self.poorer_notes.append(slug)
        if len(episode.notes) > MARKUP_LIMIT:
            ours.add(Kind.IMPORT_NOTES_CUT, expected=str(MARKUP_LIMIT))
        if not transcript:
            self.without_transcript.append(slug)
        if picture and not episode.picture_alt:
            self.undescribed.append(slug)
        text = compose_file(fields, parse_notes(episode.notes, base=episode.page or ""))
        write_atomically(work / "episode.md", text.encode())
        for path in work.iterdir():
            if path not in {work / "episode.md", *made}:
                path.unlink()
        read = _parse_fields(text)
        assert read is not None
        self.known.add(slug, read)
        return slug

    def _fetch(self, url: str, call: Callable[[Reach], Value]) -> Value:
        """Return what `call` fetches, unless its server has not answered for some time. Raises FetchError."""
        host = _host_of(url)
        if host in self.busy:
            raise FetchError(Kind.FETCH_NO_CONNECTION)
        hasty = replace(self.reach.patience, attempts=1)
        try:
            value = call(replace(self.reach, patience=hasty) if self.unreached[host] else self.reach)
        except FetchError as error:
            self._remember(host, error)
            raise
        self.unreached[host] = 0
        return value

    def _remember(self, host: str, error: FetchError) -> None:
        """Count a failure of the server itself, and let it alone when there are many, or when it asks for that."""
        if not error.again and error.kind is not Kind.FETCH_TOO_SLOW:
            return
        self.unreached[host] += 1
        if self.unreached[host] >= GIVEN_UP or error.wait > self.reach.patience.longest_pause:
            self.busy[host] = timedelta(seconds=error.wait) or BUSY_FOR

    def _bytes(self, url: str, *, limit: int) -> bytes:
        return self._fetch(url, lambda reach: fetch_bytes(url, limit=limit, reach=reach))

    def _audio(self, episode: IncomingEpisode, work: Path, problems: Problems, *, progress: Progress) -> _Audio:
        """Return the audio, fetched or left where it is: the first of its files that can be published.

        Raises _LeftOutError, FetchError and OSError.
        """
        passed_over: list[Problem] = []
        failed = None
        for link in episode.files[:FILES_TRIED]:
            found = Problems(problems.file)
            try:
                audio = self._fetched_audio(link, work, found, line=episode.line, progress=progress)
            except FetchError as error:
                failed = failed or error
                continue
            if audio:
                problems.found += found.found
                return self._left_there(audio, link, problems, line=episode.line) if self.leave_audio else audio
            passed_over += found.found
        if failed and (failed.kind in _LATER or not passed_over):
            raise failed
        problems.found += passed_over[:1]
        raise _LeftOutError

    def _fetched_audio(
        self, link: Link, work: Path, problems: Problems, *, line: int, progress: Progress
    ) -> _Audio | None:
        """Return the audio at an address, or None and a problem when its bytes are none that can be published."""
        path = next((path for path in (work / f"audio{suffix}" for suffix in AUDIO_TYPES) if path.is_file()), None)
        if path is None:
            path = work / "audio.mp3"
            self._fetch(
                link.url,
                lambda reach: fetch_to(link.url, work / "audio.mp3", limit=AUDIO_LIMIT, reach=reach, progress=progress),
            )
        facts = read_audio(path)
        if facts is None or not facts.extension:
            expected = _what_it_is(path, facts)
            problems.add(Kind.IMPORT_NOT_AUDIO, line=line, field="enclosure", found=link.url, expected=expected)
            path.unlink()
            return None
        if facts.lack:
            is_missing = facts.end is End.MISSING
            outcome = f"{facts.shortfall} {Hint.LEFT_OUT if is_missing else ''}".rstrip()
            problems.add(facts.lack, line=line, field="enclosure", found=link.url, expected=outcome)
            if is_missing:
                path.unlink()
                return None
        return _Audio(path=path.rename(path.with_suffix(facts.extension)), duration=facts.duration)

    def _left_there(self, audio: _Audio, link: Link, problems: Problems, *, line: int) -> _Audio:
        """Return audio as it stays at its address, or as it is and a note where apps could not fetch it from there."""
        url = parse_address(link.url) or ""
        fits = PurePosixPath(url.partition("?")[0]).suffix.casefold() == audio.path.suffix
        if url.startswith("https:") and fits and url not in self.known.audio:
            fields = {
                "audio_url": url,
                "audio_length": audio.path.stat().st_size,
                "audio_type": AUDIO_TYPES[audio.path.suffix],
                "audio_duration": audio.duration,
            }
            return replace(audio, fields=fields)
        reason = Hint.SAME_AUDIO if url in self.known.audio else Hint.AUDIO_ADDRESS
        problems.add(Kind.IMPORT_AUDIO_FETCHED, line=line, field="enclosure", found=link.url, expected=reason)
        return audio

    def _number(self, episode: IncomingEpisode, ours: Problems) -> int | None:
        """Return the number, unless another episode of the season has it already."""
        if episode.number is None or episode.type is not EpisodeType.FULL:
            return episode.number
        other = self.known.numbers.get((episode.season, episode.number))
        if other:
            ours.add(Kind.IMPORT_NUMBER_TAKEN, field="episode", found=str(episode.number), expected=other)
        return None if other else episode.number

    def _chapters(self, episode: IncomingEpisode, audio: _Audio, ours: Problems, *, slug: str) -> tuple[Chapter, ...]:
        """Return the chapters of the first source that has any that fit, and say what of it did not come in."""
        failed, left = "", Problems(ours.file)
        sources: tuple[Source, ...] = (self._listed_chapters, _feed_chapters, _tagged_chapters, _described_chapters)
        for source in sources:
            try:
                written = source(episode, audio)
            except (FetchError, _NoChaptersError) as error:
                failed = str(error)
                continue
            found = Problems(ours.file)
            words = (replace(entry, title=plain_text(entry.title)) for entry in written)
            chapters = take_chapters(words, found, duration=audio.duration)
            if len(chapters) > 1 or any(chapter.start for chapter in chapters):
                if any(entry.has_more for entry in written):
                    self.poorer_chapters.append(slug)
                ours.found += found.found
                return chapters
            left.found += found.found
        ours.found += left.found
        if failed and episode.chapters_url:
            ours.add(Kind.IMPORT_CHAPTERS_LEFT, field="chapters", found=episode.chapters_url, expected=failed)
        return ()

    def _listed_chapters(self, episode: IncomingEpisode, _audio: _Audio) -> Sequence[WrittenChapter]:
        """Return the chapters of the file that the feed names. Raises FetchError, and _NoChaptersError for another."""
        url = episode.chapters_url
        found = parse_chapters(decode(self._bytes(url, limit=TEXT_LIMIT))) if url else []
        if found is None:
            raise _NoChaptersError(Hint.CHAPTERS_NOWHERE)
        return found

    def _transcript(self, episode: IncomingEpisode, work: Path, ours: Problems, *, duration: timedelta) -> Path | None:
        """Return the transcript, written as WebVTT, from the best of the files that can be fetched and read."""
        reason = ""
        for link in _by_preference(episode.transcripts, language=self.feed.language)[:TRANSCRIPTS_TRIED]:
            found = Problems(link.url)
            try:
                content = self._bytes(link.url, limit=TEXT_LIMIT)
            except FetchError as error:
                reason = reason or str(error)
                continue
            source = work / f"captions{_text_suffix(link)}"
            source.write_bytes(content)
            cues = read_captions(source, found, duration=duration, untimed=source.suffix in _UNTIMED)
            within = cues_within(cues, duration=duration)
            text = build_webvtt(within)
            is_written = not any(Text.TO_FILL_IN in cue.text for cue in within)
            if not found.found and parse_transcript(text, found) and is_written:
                if cues[-1].end > duration + TRANSCRIPT_TOLERANCE:
                    ours.add(Kind.IMPORT_TRANSCRIPT_CUT, found=clock(cues[-1].end), expected=clock(duration))
                write_atomically(work / "transcript.vtt", text.encode())
                return work / "transcript.vtt"
            reason = reason or next(map(_advice, found.found), "")
        if reason:
            ours.add(Kind.IMPORT_TRANSCRIPT_LEFT, expected=reason)
        return None

    def _picture(self, episode: IncomingEpisode, work: Path, problems: Problems) -> Picture | None:
        """Return the episode's own picture, if it has one that can be used: all of it where it is not square."""
        url = episode.picture
        if not url or url == self.feed.picture:
            return None
        found = Problems(url)
        try:
            content = self._bytes(url, limit=PICTURE_LIMIT)
        except FetchError as error:
            found.found.append(error.problem(url))
        else:
            # Whatever it is, its name says PNG or JPEG; read_picture knows the rest from its bytes.
            path = work / ("picture.png" if content.startswith(b"\x89PNG") else "picture.jpg")
            path.write_bytes(content)
            for crop in (None, Crop.WHOLE):
                if picture := read_picture(path, found, alt="-", crop=crop):
                    return picture
        problems.add(
            Kind.IMPORT_PICTURE_LEFT,
            line=episode.line,
            field="itunes:image",
            found=url,
            expected=_advice(found.found[-1]),
        )
        return None


def free_slug(title: str, *, taken: Iterable[str]) -> str:
    """Return the folder name of an episode: of its title, not too long, and nobody's yet."""
    words = slug_of(title)
    if len(words) > SLUG_LIMIT:
        words = words[: SLUG_LIMIT + 1].rpartition("-")[0] or words[:SLUG_LIMIT]
    base = slug_of(words)
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def cues_within(cues: Iterable[Cue], *, duration: timedelta) -> tuple[Cue, ...]:
    """Return what is said while the audio lasts."""
    within = (replace(cue, end=min(cue.end, duration)) for cue in cues)
    return tuple(cue for cue in within if cue.start < cue.end)


def _parse_fields(text: str) -> Fields | None:
    problems = Problems("")
    parts = split_front_matter(text, problems)
    return parse_fields(parts[0], problems, known=None) if parts else None


def read_fields(path: Path) -> Fields | None:
    """Return the fields of a file, whatever is wrong in it: the check tells of that."""
    text = read_text(path, Problems(""))
    if text is None:
        return None
    return parse_fields(text, Problems(""), known=None) if path.suffix == ".yml" else _parse_fields(text)


def _read_zone(root: Path) -> ZoneInfo:
    fields = read_fields(root / "podcast" / "show.yml")
    written = fields.text("timezone", words=False) if fields else None
    return ZoneInfo(written) if written in available_timezones() and written else STOCKHOLM


def _read_known(root: Path) -> _Known:
    known = _Known()
    folder = root / EPISODES
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        known.slugs.add(path.name.casefold())
        fields = read_fields(path / "episode.md") if path.is_dir() else None
        if fields:
            known.add(path.name, fields)
    return known


def _share(progress: Progress, done: int, count: int, share: float) -> None:
    progress((done + share) / count)


def _advice(problem: Problem) -> str:
    return advise(problem.kind, problem.expected)


def _what_it_is(path: Path, facts: AudioFacts | None) -> str:
    with path.open("rb") as file:
        beginning = file.read(500).lstrip().lower()
    if not beginning:
        return Hint.IS_EMPTY
    if beginning.startswith((b"<!doctype", b"<html", b"<?xml")):
        return Hint.IS_WEB_PAGE
    return Hint.IS_OF_TYPE.format(type=facts.description) if facts else Hint.IS_SILENT


def _person_fields(person: Person) -> Mapping[str, object]:
    return {"name": person.name, "role": ROLE_WORDS[person.role], "href": person.href}


def _feed_chapters(episode: IncomingEpisode, _audio: _Audio) -> Sequence[WrittenChapter]:
    return episode.chapters


def _tagged_chapters(_episode: IncomingEpisode, audio: _Audio) -> Sequence[WrittenChapter]:
    """Return the chapters in the audio file: frames of ID3 (CHAP), or what ffmpeg finds in MP4."""
    if audio.path.suffix == ".m4a":
        return recorded_chapters(audio.path)
    try:
        frames = mutagen.File(audio.path).tags.getall("CHAP")
        return [_of_frame(frame) for frame in frames]
    # Tags of other programs: mutagen lets many kinds of errors through.
    except Exception:
        return ()


def _of_frame(frame: Any) -> WrittenChapter:
    start = timedelta(milliseconds=frame.start_time)
    title = str(next(iter(frame.sub_frames.getall("TIT2")), ""))
    return WrittenChapter(written=f"{time_field(start)} {title}".strip(), start=start, title=title)


def _described_chapters(episode: IncomingEpisode, _audio: _Audio) -> Sequence[WrittenChapter]:
    found = parse_times(plain_text(episode.notes)) or parse_times(plain_text(episode.summary))
    return [
        WrittenChapter(written=f"{time_field(chapter.start)} {chapter.title}", start=chapter.start, title=chapter.title)
        for chapter in found
    ]


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _text_suffix(link: Link) -> str:
    """Return how the name of a transcript is to end; an address may end in more than any file can be called."""
    return _TEXT_TYPES.get(link.media_type) or PurePosixPath(link.url.partition("?")[0]).suffix.lower()[:10]


def _by_preference(links: Iterable[Link], *, language: str) -> list[Link]:
    """Return the transcripts, in the show's language first, and of those the best kind first; last what may be one."""
    suffixes = list(dict.fromkeys(_TEXT_TYPES.values()))
    spoken = language.lower().partition("-")[0]
    return sorted(
        links,
        key=lambda link: (
            bool(link.language and spoken) and link.language.partition("-")[0] != spoken,
            suffixes.index(suffix) if (suffix := _text_suffix(link)) in suffixes else len(suffixes),
        ),
    )
