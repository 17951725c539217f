"""Review without Git: the sentences of a language go out as a table, to a translator, and come back.

One row is one sentence. The columns Svenska, Plats and Version say what it is; the others are the translator's. Version
holds the revision of the Swedish text and the fingerprint of the sentence when the table was made, so that a table
never replaces a text that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Final

from okatakten.model import DEFAULT_LOCALE, Locale, Translation
from okatakten.rules import SUMMARY_LIMIT, TITLE_LIMIT
from okatakten.site.project import Reading
from okatakten.translating.tables import COLUMNS, Row
from okatakten.words.catalogue import OWN_WORDS, Words, list_placeholders, placeholders
from okatakten.words.languages import catalogue_source_revision
from okatakten.words.segments import (
    TEXT_FIELDS,
    Form,
    Segment,
    form_of,
    read_paragraphs,
    read_segments,
    revision_of_file,
    write_segments,
)
from okatakten.words.translations import check_letters
from okatakten.written.advice import Hint
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind
from okatakten.written.revisions import revision_of
from okatakten.written.rewrite import write_field
from okatakten.written.text import UNPUBLISHABLE, Problems, split_front_matter

SWEDISH, TEXT, COMMENT, SOURCES, PLACE, VERSION = COLUMNS

LIMITS: Final = {"title": TITLE_LIMIT, "summary": SUMMARY_LIMIT}
"""Characters, by field."""
_PLACE = re.compile(r"(?P<file>.+?), (?:rad (?P<line>\d+)|(?P<key>[\w.]+))")
_VERSION = re.compile(r"(?P<source>[0-9a-f]{8})-(?P<fingerprint>[0-9a-f]{8})")
_MARKUP = re.compile(r"\]\([^)]*\)|\]\[[^\]]*\]|\{[^{}]*\}|</?\w[^>]*>|\|")
"""Addresses of links, attributes, elements and the walls of a table: what a sentence must keep as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedFile:
    """A file in another language than the default one, as it stands now.

    `source_segments` are the paragraphs of the Swedish file; the words of a catalogue have theirs beside them.
    """

    translation: Translation
    text: str
    segments: tuple[Segment, ...]
    source_segments: tuple[Segment, ...]

    @property
    def name(self) -> str:
        return self.translation.file

    @property
    def form(self) -> Form:
        return form_of(self.name)

    @property
    def is_catalogue(self) -> bool:
        return self.form is Form.CATALOGUE

    def source_revision(self, segment: Segment) -> str:
        """Return the revision of the Swedish text. In a catalogue each word has its own."""
        return revision_of([segment.swedish]) if self.is_catalogue else self.translation.source_revision

    def place(self, segment: Segment) -> str:
        return _place(self.name, segment)

    def source_place(self, segment: Segment) -> str:
        return _place(self.translation.source, segment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a table makes of the files: their new texts by name, and the sentences as they were and as they are.

    `remarks` are comments on Swedish sentences, with their places: no file keeps them. `untouched`: the table says
    what the files say already, comments and sources included.
    """

    texts: Mapping[str, str]
    changed: tuple[tuple[Segment, Segment], ...]
    remarks: tuple[tuple[str, str], ...]
    untouched: bool


def read_translated_files(root: Path, reading: Reading, *, locale: Locale | None = None) -> list[TranslatedFile]:
    """Return the files of a locale (all locales: None): pages, words, episodes."""
    files = []
    for translation in reading.translations:
        if locale not in {None, translation.locale}:
            continue
        text = (root / translation.file).read_text(encoding="utf-8-sig")
        form = form_of(translation.file)
        segments = read_segments(text, form=form)
        source: list[Segment] = []
        if form is Form.CATALOGUE:
            swedish = reading.words[DEFAULT_LOCALE]
            segments = [replace(segment, swedish=swedish[segment.key].text) for segment in segments]
        else:
            source = read_paragraphs((root / translation.source).read_text(encoding="utf-8-sig"))
        files.append(
            TranslatedFile(translation=translation, text=text, segments=tuple(segments), source_segments=tuple(source))
        )
    return files


def build_rows(files: Iterable[TranslatedFile]) -> list[Row]:
    """Return a row for every sentence, and after each page one for every paragraph of the Swedish page."""
    rows = []
    for file in files:
        rows += [
            Row(
                number=0,
                swedish=segment.swedish,
                text=segment.text,
                comment=segment.comment,
                sources=segment.sources,
                place=file.place(segment),
                version=f"{file.source_revision(segment)}-{segment.fingerprint}",
            )
            for segment in file.segments
        ]
        rows += [
            Row(
                number=0, swedish=segment.text, text="", comment="", sources="", place=file.source_place(segment),
                version=file.translation.source_revision,
            )
            for segment in file.source_segments
        ]  # fmt: skip
    return rows


def import_rows(
    files: Sequence[TranslatedFile], rows: Sequence[Row], problems: Problems, *, words: Words, reviewed: date | None
) -> Import:
    """Return the files' new texts, reviewed on that day (None: corrections only). Any problem makes them useless.

    `words` are the default locale's.
    """
    before = len(problems.found)
    by_name = {file.name: file for file in files}
    by_source = {file.translation.source: file for file in files}
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        place = _PLACE.fullmatch(row.place)
        name = place["file"] if place else ""
        if name not in by_name and name not in by_source:
            problems.add(Kind.CELL_CHANGED, line=row.number, field=PLACE, found=row.place)
        elif name in by_source and row.text:
            file = by_source[name]
            problems.add(Kind.NEW_SENTENCE, line=row.number, field=TEXT, found=row.text, expected=file.name)
        else:
            rows_of.setdefault(name, []).append(row)
    merged = {}
    for name, file in by_name.items():
        if name in rows_of:
            merged[name] = _merge(file, rows_of[name], rows_of.get(file.translation.source, []), problems)
    if len(problems.found) > before:
        return Import(texts={}, changed=(), remarks=(), untouched=False)
    pairs = [pair for name, segments in merged.items() for pair in zip(by_name[name].segments, segments, strict=True)]
    return Import(
        texts={name: _write(by_name[name], new, words=words, reviewed=reviewed) for name, new in merged.items()},
        changed=tuple((old, new) for old, new in pairs if old.text != new.text),
        remarks=tuple((row.place, row.comment) for name in by_source for row in rows_of.get(name, []) if row.comment),
        untouched=all(old == new for old, new in pairs),
    )


def _merge(file: TranslatedFile, rows: Sequence[Row], source_rows: Sequence[Row], problems: Problems) -> list[Segment]:
    """Return the file's sentences with what the rows say of them; as they were where a row has a problem.

    `source_rows` are the Swedish paragraphs that the translator had to look at.
    """
    known, older = _split_by_age(file, rows, problems)
    matched, unknown = _match(file, known)
    new: dict[int, Segment] = {}
    for segment, row in matched:
        new[segment.line] = replace(segment, text=row.text, sources=_note(row.sources), comment=_note(row.comment))
        if row.swedish != _plain(segment.swedish):
            problems.add(Kind.CELL_CHANGED, line=row.number, field=SWEDISH, found=row.swedish)
        _check_text(row, new[segment.line], old=segment, file=file, problems=problems)
    left = [segment for segment in file.segments if segment.line not in new]
    for row in unknown:
        # An emptied sentence that is not there any more was taken away by an earlier import.
        if row.text or left:
            problems.add(Kind.ROW_CHANGED, line=row.number, found=row.text, expected=_now(row, file))
    if older:
        _tell_older(file, older, source_rows, problems)
    else:
        seen = {row.place for row in source_rows}
        gone = [] if unknown else [file.place(segment) for segment in left]
        gone += [place for segment in file.source_segments if (place := file.source_place(segment)) not in seen]
        if gone:
            problems.add(Kind.ROWS_MISSING, expected="; ".join(gone))
    return [new.get(segment.line, segment) for segment in file.segments]


def _tell_older(file: TranslatedFile, older: Sequence[Row], source_rows: Sequence[Row], problems: Problems) -> None:
    """Add a problem for every Swedish text that was another when the table was made, with what it is now."""
    if file.is_catalogue:
        now = {file.place(segment): segment.swedish for segment in file.segments}
        changed: list[tuple[Row | None, str | None]] = [
            (row, f"{file.translation.source}: {now.get(row.place, Hint.NOTHING)}") for row in older
        ]
    else:
        texts = {_plain(segment.text): file.source_place(segment) for segment in file.source_segments}
        before = {row.swedish for row in source_rows}
        gone = [row for row in source_rows if row.swedish not in texts]
        new = [f"{place}: {text}" for text, place in texts.items() if text not in before]
        changed = list(zip_longest(gone, new)) or [(older[0], file.translation.source)]
    for row, text in changed:
        problems.add(
            Kind.ROW_OF_OLDER_SWEDISH,
            line=row.number if row else 0,
            found=row.swedish if row else "",
            expected=text or f"{file.translation.source}: {Hint.NOTHING}",
        )


def _split_by_age(file: TranslatedFile, rows: Iterable[Row], problems: Problems) -> tuple[list[Row], list[Row]]:
    """Return the rows that come from the Swedish text as it is, and those that come from an older one."""
    now = {file.source_revision(segment) for segment in file.segments}
    known: list[Row] = []
    older: list[Row] = []
    for row in rows:
        version = _VERSION.fullmatch(row.version)
        if version is None:
            problems.add(Kind.CELL_CHANGED, line=row.number, field=VERSION, found=row.version)
        else:
            (known if version["source"] in now else older).append(row)
    return known, older


def _match(file: TranslatedFile, rows: Iterable[Row]) -> tuple[list[tuple[Segment, Row]], list[Row]]:
    """Return each sentence with its row, and the rows that belong to none.

    A row's sentence is the one that it was made from, wherever that stands now; else one that has the row's text
    already, from an earlier import of the table.
    """
    matched: list[tuple[Segment, Row]] = []
    left = {segment.line: segment for segment in file.segments}
    for key_of_row, key_of_segment in (
        (lambda row: row.version.partition("-")[2], lambda segment: segment.fingerprint),
        (lambda row: (row.text, row.swedish), lambda segment: (segment.text, _plain(segment.swedish))),
    ):
        waiting: dict[object, list[Segment]] = {}
        for segment in left.values():
            waiting.setdefault(key_of_segment(segment), []).append(segment)
        unknown = []
        for row in rows:
            same = waiting.get(key_of_row(row), [])
            if same:
                segment = next((segment for segment in same if file.place(segment) == row.place), same[0])
                same.remove(segment)
                del left[segment.line]
                matched.append((segment, row))
            else:
                unknown.append(row)
        rows = unknown
    return matched, unknown


def _now(row: Row, file: TranslatedFile) -> str:
    """Return what stands now in a row's place."""
    texts = [segment.text for segment in file.segments if file.place(segment) == row.place]
    return f"{row.place}: {texts[0] if texts else Hint.NOTHING}"


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
        if len(new.text) > (limit := LIMITS.get(new.key, len(new.text))) and not file.is_catalogue:
            found.append((Kind.TOO_LONG, Hint.TOO_MANY_LETTERS.format(count=len(new.text), limit=limit)))
        found += _placeholder_problems(new, old) if file.is_catalogue else _markup_problems(new, old)
        found += () if new.text == old.text or _reads_back(file, new) else [(Kind.MARKUP_AT_START, "")]
    for kind, expected in found:
        problems.add(kind, line=row.number, field=TEXT, found=row.text, expected=expected)
    letters = Problems(problems.file)
    check_letters(new.text, letters, locale=file.translation.locale)
    for wrong in letters.found:
        problems.add(wrong.kind, line=row.number, field=TEXT, found=wrong.found, expected=wrong.expected)


def _title_problems(new: Segment) -> Iterator[tuple[Kind, str]]:
    if "<" in new.text or ">" in new.text:
        yield Kind.MARKUP_IN_TITLE, ""


def _placeholder_problems(new: Segment, old: Segment) -> Iterator[tuple[Kind, str]]:
    wanted = placeholders(old.swedish)
    if placeholders(new.text) != wanted:
        yield Kind.PLACEHOLDERS_DIFFER, list_placeholders(wanted)


def _markup_problems(new: Segment, old: Segment) -> Iterator[tuple[Kind, str]]:
    wanted = sorted(_MARKUP.findall(old.text))
    if sorted(_MARKUP.findall(new.text)) != wanted:
        yield Kind.MARKUP_CHANGED, " ".join(wanted) or Hint.NO_MARKUP


def _reads_back(file: TranslatedFile, segment: Segment) -> bool:
    """Whether the sentence, once written, is read as the same sentence: `1. b.` would begin a list."""
    text = write_segments(file.text, [segment], form=file.form)
    same = [s for s in read_segments(text, form=file.form) if s.line == segment.line]
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
    text = write_segments(file.text, segments, form=file.form)
    if reviewed is None:
        return text
    source_revision = file.translation.source_revision
    if file.is_catalogue:
        source_revision = catalogue_source_revision(words, [segment.key for segment in segments if segment.text])
    text = write_field(text, "source_revision", source_revision)
    revision = revision_of_file(text, form=file.form)
    return write_field(text, "reviewed", f"{reviewed.isoformat()} {revision}")


def _place(name: str, segment: Segment) -> str:
    return f"{name}, {segment.key}" if segment.key else f"{name}, rad {segment.line}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _note(text: str) -> str:
    """Return the text so that it can stand in a comment of HTML."""
    return re.sub(r"-{2,}", "–", _plain(text)).rstrip("-")
