"""Review without Git: the sentences of a language go out as a table, to a translator, and come back.

One row is one sentence. The columns Plats, Svenska and Version say what it is; the others are the translator's. Version
holds the revision of the Swedish text and the fingerprint of the sentence when the table was made, so that a table
never replaces a text that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from okatakten.fields import UNPUBLISHABLE, Problems, parse_fields, split_front_matter
from okatakten.languages import catalogue_source_revision
from okatakten.model import DEFAULT_LOCALE, Locale, Translation
from okatakten.problems import Kind
from okatakten.read import TITLE_LIMIT, Reading
from okatakten.tables import COLUMNS, Row
from okatakten.translations import (
    TEXT_FIELDS,
    Segment,
    check_letters,
    read_segments,
    revision_of,
    revision_of_file,
    write_field,
    write_segments,
)
from okatakten.words import CATALOGUE, OWN_WORDS, Words, placeholders

PLACE, SWEDISH, TEXT, SOURCES, COMMENT, VERSION = COLUMNS

_PLACE = re.compile(r"(?P<file>.+), rad (?P<line>\d+)")
_VERSION = re.compile(r"(?P<source>[0-9a-f]{8})-(?P<fingerprint>[0-9a-f]{8})")
_MARKUP = re.compile(r"\]\([^)]*\)|\]\[[^\]]*\]|\{[^{}]*\}|</?\w[^>]*>")
"""Addresses of links, attributes and elements: what a sentence must keep as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedFile:
    """A file in another language than the default one, as it stands now."""

    translation: Translation
    text: str
    segments: tuple[Segment, ...]

    @property
    def name(self) -> str:
        return self.translation.file

    @property
    def is_catalogue(self) -> bool:
        return self.name.endswith(f"/{CATALOGUE}")

    def version(self, segment: Segment) -> str:
        """Return what a row says of where it comes from. In a catalogue each word has its own Swedish revision."""
        source = revision_of([segment.swedish]) if self.is_catalogue else self.translation.source_revision
        return f"{source}-{segment.fingerprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a table makes of the files: their new texts by name, and how many sentences have other words."""

    texts: Mapping[str, str]
    changed: int


def read_translated_files(root: Path, reading: Reading, *, locale: Locale | None = None) -> list[TranslatedFile]:
    """Return the files of a locale (all locales: None) in the order of the site: home, other pages, words, episodes."""
    files = []
    for translation in reading.translations:
        if locale not in {None, translation.locale}:
            continue
        text = (root / translation.file).read_text(encoding="utf-8-sig")
        is_catalogue = translation.file.endswith(f"/{CATALOGUE}")
        segments = read_segments(text, catalogue=is_catalogue)
        if is_catalogue:
            swedish = reading.words[DEFAULT_LOCALE]
            segments = [replace(segment, swedish=swedish[segment.key].text) for segment in segments]
        files.append(TranslatedFile(translation=translation, text=text, segments=tuple(segments)))
    return files


def build_rows(files: Iterable[TranslatedFile]) -> list[Row]:
    """Return a row for every sentence."""
    return [
        Row(
            number=0,
            place=_place(file, segment),
            swedish=segment.swedish,
            text=segment.text,
            sources=segment.sources,
            comment=segment.comment,
            version=file.version(segment),
        )
        for file in files
        for segment in file.segments
    ]


def import_rows(
    files: Sequence[TranslatedFile], rows: Sequence[Row], problems: Problems, *, words: Words, reviewed: date | None
) -> Import:
    """Return the files' new texts, reviewed on that day (None: corrections only). Any problem makes them useless.

    `words` are the default locale's.
    """
    before = len(problems.found)
    known = {file.name: file for file in files}
    kept: dict[str, list[Segment]] = {}
    older: dict[str, list[int]] = {}
    changed = 0
    for row in rows:
        found = _find(row, known, problems)
        if found is None:
            continue
        file, segment = found
        if any(other.line == segment.line for other in kept.setdefault(file.name, [])):
            problems.add(Kind.CELL_CHANGED, line=row.number, field=PLACE, found=row.place)
            continue
        kept[file.name].append(segment)
        if not _is_from_this_text(row, file, segment, problems, older):
            continue
        new = replace(segment, text=row.text, sources=_note(row.sources), comment=_note(row.comment))
        _check_text(row, new, old=segment, file=file, problems=problems)
        kept[file.name][-1] = new
        changed += new.text != segment.text
    for name, numbers in older.items():
        problems.add(Kind.ROW_OF_OLDER_SWEDISH, line=numbers[0], found=_ranges(numbers),
                     expected=known[name].translation.source)  # fmt: skip
    for name, segments in kept.items():
        lines = {segment.line for segment in segments}
        if missing := [_place(known[name], s) for s in known[name].segments if s.line not in lines]:
            problems.add(Kind.ROWS_MISSING, expected="; ".join(missing))
    if len(problems.found) > before:
        return Import(texts={}, changed=0)
    texts = {name: _write(known[name], segments, words=words, reviewed=reviewed) for name, segments in kept.items()}
    return Import(texts=texts, changed=changed)


def _find(row: Row, known: Mapping[str, TranslatedFile], problems: Problems) -> tuple[TranslatedFile, Segment] | None:
    """Return the sentence that a row is about."""
    place = _PLACE.fullmatch(row.place)
    file = known.get(place["file"]) if place else None
    if place is None or file is None:
        problems.add(Kind.CELL_CHANGED, line=row.number, field=PLACE, found=row.place)
        return None
    segment = next((segment for segment in file.segments if segment.line == int(place["line"])), None)
    if segment is None:
        problems.add(Kind.ROW_CHANGED, line=row.number, found=row.text, expected=row.place)
        return None
    return file, segment


def _is_from_this_text(
    row: Row, file: TranslatedFile, segment: Segment, problems: Problems, older: dict[str, list[int]]
) -> bool:
    """Whether the table was made when both texts were as they are now; `older` gathers the rows of older Swedish."""
    version = _VERSION.fullmatch(row.version)
    now = _VERSION.fullmatch(file.version(segment))
    assert now
    if version is None:
        problems.add(Kind.CELL_CHANGED, line=row.number, field=VERSION, found=row.version)
    elif version["source"] != now["source"]:
        older.setdefault(file.name, []).append(row.number)
    elif version["fingerprint"] != now["fingerprint"]:
        problems.add(Kind.ROW_CHANGED, line=row.number, found=row.text, expected=f"{row.place}: {segment.text}")
    elif row.swedish != _plain(segment.swedish):
        problems.add(Kind.CELL_CHANGED, line=row.number, field=SWEDISH, found=row.swedish)
    else:
        return True
    return False


def _check_cells(row: Row, new: Segment, problems: Problems) -> None:
    """Add what no text of the site may hold."""
    for name, value in ((TEXT, new.text), (SOURCES, new.sources), (COMMENT, new.comment)):
        if UNPUBLISHABLE.search(value):
            problems.add(Kind.STRANGE_CHARACTER, line=row.number, field=name, found=value)
        # What a program writes for a letter that it could not read.
        if "\N{REPLACEMENT CHARACTER}" in value:
            problems.add(Kind.WRONG_ENCODING, line=row.number, field=name, found=value)


def _check_text(row: Row, new: Segment, *, old: Segment, file: TranslatedFile, problems: Problems) -> None:
    """Add what is wrong with what the translator wrote."""
    _check_cells(row, new, problems)
    needed = new.key in (OWN_WORDS if file.is_catalogue else TEXT_FIELDS)
    found: list[tuple[Kind, str]] = []
    if not new.text:
        found += [(Kind.TEXT_NEEDED, "")] * needed
    else:
        found += _title_problems(new) if new.key == "title" else ()
        found += _placeholder_problems(new, old) if file.is_catalogue else _markup_problems(new, old)
        found += () if _reads_back(file, new) else [(Kind.MARKUP_AT_START, "")]
    for kind, expected in found:
        problems.add(kind, line=row.number, field=TEXT, found=row.text, expected=expected)
    letters = Problems(problems.file)
    check_letters(new.text, letters, locale=file.translation.locale)
    for wrong in letters.found:
        problems.add(wrong.kind, line=row.number, field=TEXT, found=wrong.found, expected=wrong.expected)


def _title_problems(new: Segment) -> Iterator[tuple[Kind, str]]:
    if "<" in new.text or ">" in new.text:
        yield Kind.MARKUP_IN_TITLE, ""
    if len(new.text) > TITLE_LIMIT:
        yield Kind.TOO_LONG, f"Den får ha högst {TITLE_LIMIT} tecken."


def _placeholder_problems(new: Segment, old: Segment) -> Iterator[tuple[Kind, str]]:
    wanted = placeholders(old.swedish)
    if placeholders(new.text) != wanted:
        yield Kind.PLACEHOLDERS_DIFFER, ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "inga"


def _markup_problems(new: Segment, old: Segment) -> Iterator[tuple[Kind, str]]:
    wanted = sorted(_MARKUP.findall(old.text))
    if sorted(_MARKUP.findall(new.text)) != wanted:
        yield Kind.MARKUP_CHANGED, " ".join(wanted) or "inga sådana tecken"


def _reads_back(file: TranslatedFile, segment: Segment) -> bool:
    """Whether the sentence, once written, is read as the same sentence: `1. b.` would begin a list."""
    text = write_segments(file.text, [segment])
    same = [s for s in read_segments(text, catalogue=file.is_catalogue) if s.line == segment.line]
    if [s.text for s in same] != [segment.text]:
        return False
    if not segment.key:
        return True
    fields = text if file.is_catalogue else (split_front_matter(text, Problems("")) or ("",))[0]
    parsed = parse_fields(fields, Problems(""), known=None)
    return parsed is not None and parsed.text(segment.key, lines=True) == segment.text


def _write(file: TranslatedFile, segments: Sequence[Segment], *, words: Words, reviewed: date | None) -> str:
    """Return the file's new text with what its fields say of the review."""
    if file.is_catalogue:
        # The Swedish word stands in the Swedish catalogue, and nowhere else.
        segments = [replace(segment, swedish="") for segment in segments]
    text = write_segments(file.text, segments)
    if reviewed is None:
        return text
    source_revision = file.translation.source_revision
    if file.is_catalogue:
        source_revision = catalogue_source_revision(words, [segment.key for segment in segments if segment.text])
    text = write_field(text, "source_revision", source_revision)
    revision = revision_of_file(text, catalogue=file.is_catalogue)
    return write_field(text, "reviewed", f"{reviewed.isoformat()} {revision}")


def _place(file: TranslatedFile, segment: Segment) -> str:
    return f"{file.name}, rad {segment.line}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _note(text: str) -> str:
    """Return the text so that it can stand in a comment of HTML."""
    return re.sub(r"-{2,}", "–", _plain(text)).rstrip("-")


def _ranges(numbers: Sequence[int]) -> str:
    """Return rows as they are said: `rad 2–5, 9`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return "rad " + ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
