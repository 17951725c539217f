"""Chapters as people and programs write them, made into those of an episode. What does not fit is told, with its place.

A file is known by what is in it: JSON (podcast namespace, Podlove, ffprobe), XML (Podlove simple chapters, Hindenburg,
Matroska), ffmetadata, WebVTT, labels of Audacity, tables with a heading, CHAPTER01= and NAME=, and else lines with a
time and a title, as mp4chaps and YouTube have them.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from lxml import etree

from okatakten.making.ffmpeg import find_ffmpeg
from okatakten.model import Chapter
from okatakten.rules import TITLE_LIMIT
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, cut, plain, read_capped
from okatakten.written.values import clock, parse_seconds, rounded

FILE_LIMIT: Final = 10 * 10**6
"""Bytes."""
LINES_LIMIT: Final = 20_000
"""A text of more lines is no list of chapters."""
LINE_LIMIT: Final = 2000
CUE_LINES: Final = 10
"""Letters of a line, and lines of a title, that are read."""
LONGEST: Final = timedelta(hours=99)
"""The longest time that a field of an episode can hold, or nearly."""

_STARTS: Final = ("starttime", "start_time", "start", "time", "tid", "starttid", "chaptertimestart", "in")
_TITLES: Final = ("title", "titel", "name", "namn", "rubrik", "chapterstring", "marker name")
_MORE: Final = ("img", "image", "url", "href")
_FRAMES: Final = r"(?:(?<=\d:\d\d:\d\d)[:;]\d\d(?!\d))?"
"""What programs that cut film count after the seconds."""
_TIME: Final = rf"(?<![\d:])(?P<time>(?:\d{{1,3}}:)?\d{{1,3}}:\d{{2}}(?:[.,]\d{{1,9}})?){_FRAMES}"
_UNTIL: Final = rf"(?:\s*(?:[-–—]|-->)\s*(?:\d{{1,3}}:)?\d{{1,3}}:\d{{2}}(?:[.,]\d{{1,9}})?{_FRAMES})?"
_LABEL: Final = re.compile(r"\s*(?P<time>\d+(?:[.,]\d+)?)\t\d+(?:[.,]\d+)?(?:\t(?P<title>.*))?", re.ASCII)
_LINES: Final = (
    re.compile(rf"(?:\d+[.)]\s+)?[\s•·*–—-]*[(\[]?{_TIME}{_UNTIL}[)\]]?(?:[\s:|–—-]+(?P<title>.*))?", re.ASCII),
    re.compile(rf"(?P<title>.*[^\s:|–—-])[\s:|–—-]+[(\[]?{_TIME}[)\]]?\s*", re.ASCII),
)
_CUE: Final = re.compile(rf"{_TIME}\s+-->.*", re.ASCII)
_LINK: Final = re.compile(r"\s+<https?://[^\s<>]*>\s*")
_NUMBERED: Final = re.compile(r"CHAPTER(?P<number>\d+)(?P<name>NAME)?=(?P<value>.*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenChapter:
    """A chapter as it stands somewhere. `start` None: there is no time that can be read. `is_shown`: in lists of them.

    `written` is what a report shows of it, and `line` where that is, 0 where there are no lines. `has_more`: a picture
    or a link goes with it.
    """

    written: str
    start: timedelta | None
    title: str
    line: int = 0
    is_shown: bool = True
    has_more: bool = False


def read_chapters(
    path: Path, problems: Problems, notes: Problems, *, duration: timedelta | None
) -> tuple[Chapter, ...] | None:
    """Return the chapters of a file in any form that we know, or None with a problem where it has none.

    `notes` tell of single chapters that were left out. `duration` None: the audio is not known yet.
    """
    content = read_capped(path, problems, limit=FILE_LIMIT, kind=Kind.CHAPTERS_UNREADABLE)
    if content is None:
        return None
    chapters = take_chapters(parse_chapters(_decode(content)) or (), notes, duration=duration)
    if not chapters:
        problems.add(Kind.CHAPTERS_UNREADABLE)
    return chapters or None


def take_chapters(
    written: Iterable[WrittenChapter], problems: Problems, *, duration: timedelta | None
) -> tuple[Chapter, ...]:
    """Return the chapters as episodes have them, and a problem for each that cannot be one of them.

    They begin at 0:00, stand in order of time, and each has a title and begins before the audio ends.
    """
    fitting: dict[timedelta, Chapter] = {}
    for entry in written:
        start, title = rounded(entry.start or timedelta()), cut(plain(entry.title), TITLE_LIMIT)
        if start in fitting and fitting[start].title == title:
            continue
        if reason := _why_not(entry, title, fitting.get(start), duration=duration):
            problems.add(
                Kind.CHAPTER_LEFT_OUT, line=entry.line, field="chapters", found=cut(entry.written, 200), expected=reason
            )
        else:
            fitting[start] = Chapter(start=start, title=title)
    ordered = [fitting[start] for start in sorted(fitting)]
    if ordered and ordered[0].start >= timedelta(seconds=1):
        ordered.insert(0, Chapter(start=timedelta(), title=Text.FIRST_CHAPTER))
    return (replace(ordered[0], start=timedelta()), *ordered[1:]) if ordered else ()


def _why_not(entry: WrittenChapter, title: str, other: Chapter | None, *, duration: timedelta | None) -> str:
    """Return why an entry is no chapter of the episode; nothing when it is one."""
    if not entry.is_shown:
        return Hint.CHAPTER_HIDDEN
    if entry.start is None or entry.start >= LONGEST:
        return Hint.CHAPTER_WITHOUT_TIME
    if not title:
        return Hint.CHAPTER_WITHOUT_TITLE
    if duration is not None and rounded(entry.start) >= duration:
        return Hint.CHAPTER_AFTER_END.format(duration=clock(duration))
    return Hint.CHAPTER_AT_SAME_TIME.format(title=other.title) if other else ""


def parse_chapters(text: str) -> list[WrittenChapter] | None:
    """Return the chapters of a text in any form, in its order, or None where nothing in it has a time.

    What has no time or no title is among them, for whoever tells of it.
    """
    data = _parse_json(text) if text.lstrip().startswith(("{", "[")) else None
    found = _parse_text(text) if data is None else _of_json(data)
    is_empty = data == [] or (isinstance(data, dict) and data.get("chapters") == [])
    return found if is_empty or any(entry.start is not None for entry in found) else None


def _parse_text(text: str) -> list[WrittenChapter]:
    beginning, lines = text.lstrip(), text.splitlines()
    if beginning.startswith("<"):
        return _parse_xml(text)
    if len(lines) > LINES_LIMIT:
        return []
    if beginning.startswith(";FFMETADATA"):
        return list(_of_metadata(lines))
    if beginning.startswith("WEBVTT"):
        return list(_of_cues(lines))
    if any(_NUMBERED.match(line) for line in lines[:20]):
        return list(_of_numbered(lines))
    return _of_table(lines) or list(_of_lines(lines))


def _of_json(data: Any) -> list[WrittenChapter]:
    entries = data.get("chapters") if isinstance(data, dict) else data
    return [
        _of_entry(entry, number) for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1)
    ]


def chapter_of(element: etree._Element, line: int = 0) -> WrittenChapter:
    """Return the chapter that an element of XML is, by its attributes or the text of what stands in it."""
    values = {_local(child): child.text or "" for child in element.iter() if child is not element}
    values |= {str(name).rpartition("}")[2].lower(): str(value) for name, value in element.attrib.items()}
    return _from_values(values, line=line or element.sourceline or 0)  # type: ignore[arg-type]  # the stubs know ...


def recorded_chapters(path: Path) -> list[WrittenChapter]:
    """Return the chapters within a file of audio or film, as ffmpeg knows them; none where there is no ffmpeg."""
    program = find_ffmpeg()
    if program is None:
        return []
    command = [program, "-nostdin", "-loglevel", "quiet", "-protocol_whitelist", "file,pipe", "-i", f"file:{path}"]
    command += ["-f", "ffmetadata", "pipe:1"]
    said = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- a list, and no shell
    found = _of_metadata(said.stdout.decode(errors="replace").splitlines())
    return [replace(entry, line=0) for entry in found]


def _decode(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _of_entry(entry: Any, number: int) -> WrittenChapter:
    shown = f"{number}: {json.dumps(entry, ensure_ascii=False)}"
    if not isinstance(entry, dict):
        return WrittenChapter(written=shown, start=None, title="")
    values = {str(name).lower(): value for name, value in entry.items()}
    tags = values.get("tags")
    values |= tags if isinstance(tags, dict) else {}
    hidden = str(values.get("toc")).lower() == "false"
    return replace(_from_values(values), written=shown, is_shown=not hidden)


def _from_values(values: Mapping[str, Any], *, line: int = 0) -> WrittenChapter:
    start = next((values[name] for name in _STARTS if name in values), None)
    title = next((values[name] for name in _TITLES if values.get(name)), "")
    is_text = isinstance(title, (str, int, float))
    written = f"{'' if start is None else start} {title}".strip()
    return WrittenChapter(
        written=written,
        start=_as_time(start),
        title=str(title) if is_text else "",
        line=line,
        has_more=any(values.get(name) for name in _MORE),
    )


def _as_time(value: Any) -> timedelta | None:
    """Return the time of seconds or of a clock time; None for what is neither, or before the beginning."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        return parse_seconds(re.sub(rf"{_FRAMES}$", "", value.strip()))
    return timedelta(seconds=value) if 0 <= value < 10**6 else None


def _parse_xml(text: str) -> list[WrittenChapter]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        # As bytes, since a declaration may claim another encoding.
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    elements = () if root is None else root.iter()
    skipped = text[: text.find("?>")].count("\n") if text.lstrip().startswith("<?xml") else 0
    return [
        chapter_of(element, (element.sourceline or 0) + skipped)  # type: ignore[operator]  # the stubs know ...
        for element in elements
        if _local(element) in {"chapter", "marker", "chapteratom"}
    ]


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _of_metadata(lines: Iterable[str]) -> Iterator[WrittenChapter]:
    """Yield the chapters of ffmetadata: times count in the fraction of a second that TIMEBASE is."""
    values: dict[str, str] | None = None
    began = 0
    for number, line in enumerate([*lines, "[END]"], start=1):
        if re.fullmatch(r"\[\w+\]\s*", line):
            if values is not None:
                yield _timed(values, line=began)
            values, began = ({} if line.startswith("[CHAPTER]") else None), number
        elif values is not None and not line.startswith((";", "#")):
            name, _, value = line.partition("=")
            values[name.strip().lower()] = re.sub(r"\\(.)", r"\1", value)


def _timed(values: Mapping[str, str], *, line: int) -> WrittenChapter:
    written, base = values.get("start", "").strip(), values.get("timebase", "1/1000000000").partition("/")
    numbers = [part.strip() for part in (written, base[0], base[2])]
    is_known = all(re.fullmatch(r"\d{1,18}", part, re.ASCII) for part in numbers) and int(numbers[2])
    seconds = int(numbers[0]) * int(numbers[1]) / int(numbers[2]) if is_known else None
    return replace(_from_values({"start": seconds, "title": values.get("title", "")}, line=line))


def _of_cues(lines: list[str]) -> Iterator[WrittenChapter]:
    """Yield the chapters of a WebVTT file: the times of a cue, then its title up to the empty line."""
    for number, line in enumerate(lines, start=1):
        if match := _CUE.match(line.strip()):
            below = takewhile(str.strip, lines[number : number + CUE_LINES])
            title = " ".join(re.sub(r"<[^<>]*>", "", part) for part in below)
            yield _from_values({"start": match["time"], "title": title}, line=number)


def _of_numbered(lines: Iterable[str]) -> Iterator[WrittenChapter]:
    """Yield the chapters of `CHAPTER01=00:00:00.000` with `CHAPTER01NAME=Inledning`."""
    values: dict[str, dict[str, str]] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if match := _NUMBERED.fullmatch(line.strip()):
            places.setdefault(match["number"], number)
            values.setdefault(match["number"], {})["title" if match["name"] else "start"] = match["value"]
    yield from (_from_values(value, line=places[number]) for number, value in values.items())


def _of_table(lines: list[str]) -> list[WrittenChapter]:
    """Return the chapters of a table whose heading names a start and a title, as Reaper and Excel write them."""
    heading = lines[0] if lines else ""
    mark = max("\t;,", key=heading.count)
    names = [name.strip().strip('"').lower() for name in heading.split(mark)]
    if not (set(names) & set(_STARTS) and set(names) & set(_TITLES)):
        return []
    rows = csv.reader(lines[1:], delimiter=mark)
    try:
        return [
            _from_values(dict(zip(names, row, strict=False)), line=rows.line_num + 1)
            for row in rows
            if any(map(str.strip, row))
        ]
    except csv.Error:  # a cell that is longer than any title
        return []


def _of_lines(lines: Iterable[str]) -> Iterator[WrittenChapter]:
    for number, line in enumerate(lines, start=1):
        # Audacity puts the frequencies of a label on a line of their own.
        if not line.strip() or line.startswith("\\"):
            continue
        # Markdown's bold is no part of times, and a link goes with a title.
        short = _LINK.sub("", line[:LINE_LIMIT].replace("**", ""))
        match = _LABEL.fullmatch(short) or next((found for form in _LINES if (found := form.fullmatch(short))), None)
        values = match.groupdict() if match else {}
        entry = _from_values({"start": values.get("time"), "title": values.get("title")}, line=number)
        yield replace(entry, written=line.strip(), has_more=bool(_LINK.search(line)))
