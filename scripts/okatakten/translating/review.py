"""Review without Git: the sentences of a language go out as a table, to a translator, and come back.

One row is one sentence. The columns Svenska, Plats and Version say what it is; the others are the translator's. Version
holds the revision of the Swedish text and the fingerprint of the sentence when the table was made, so that a table
never replaces a text that it does not know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import Final

from lxml import html
from markdown import Markdown

from okatakten.rules import SUMMARY_LIMIT, TITLE_LIMIT
from okatakten.translating.files import TranslatedFile, build_rows, read_translated_files
from okatakten.translating.tables import COLUMNS, Row
from okatakten.words.catalogue import OWN_WORDS, Words, list_placeholders, placeholders
from okatakten.words.languages import catalogue_source_revision
from okatakten.words.segments import (
    TEXT_FIELDS,
    Segment,
    read_segments,
    revision_of_file,
    segment_lines,
    write_segments,
)
from okatakten.words.translations import check_letters, review_stamp
from okatakten.written.advice import Hint, Reviewer
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind
from okatakten.written.rewrite import write_field
from okatakten.written.text import UNPUBLISHABLE, Problems, split_front_matter

__all__ = ["Import", "TranslatedFile", "build_rows", "import_rows", "read_translated_files"]

SWEDISH, TEXT, COMMENT, SOURCES, PLACE, VERSION = COLUMNS

LIMITS: Final = {"title": TITLE_LIMIT, "summary": SUMMARY_LIMIT}
"""Characters, by field."""
_PLACE: Final = re.compile(r"(?P<file>.+?), (?:rad (?P<line>\d+)|(?P<key>[\w.]+))")
_VERSION = re.compile(r"(?P<source>[0-9a-f]{8})-(?P<fingerprint>[0-9a-f]{8})")
_MARKUP = re.compile(r"\[\[[^\]:]*(?:\]\]|:)|\]\]|\]\([^)]*\)|\]\[[^\]]*\]|\{[^{}]*\}|</?\w[^>]*>|\|")
"""Addresses of links, attributes, elements and the walls of a table: what a sentence must keep as it was."""
_SHOWN = re.compile(rf"(?:\*+[^*]+\*+|`[^`]+`)(?:\{{[^{{}}]*\}})?|{_MARKUP.pattern}")
_LANGUAGE_MARK = re.compile(r"\{\s*:?\s*lang=[\w-]+\s*\}")
"""A translator may say that a name is in another language, where the Swedish page had no need to."""
_BLOCKS: Final = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "ul"}
"""What the beginning of a line makes of it, which is asked for elsewhere."""
_TOLD: Final = ("alt", "title")
"""Attributes that hold text for readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a table makes of the files: their new texts by name, and the sentences as they were and as they are.

    `reviewed` are the files that a translator has approved as they are now. `remarks` are comments that no file keeps,
    with the place that they are about. `left_out` are places and Swedish texts that a page made anew lacks.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    reviewed: tuple[str, ...] = ()
    changed: tuple[tuple[Segment, Segment], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    untouched: bool = False


def import_rows(
    files: Sequence[TranslatedFile],
    rows: Sequence[Row],
    problems: Problems,
    *,
    words: Words,
    reviewed: date | None,
    approved: Collection[str] | None = None,
    reviewer: Reviewer = Reviewer.TRANSLATOR,
) -> Import:
    """Return the files' new texts, reviewed on that day (None: corrections only). Any problem makes them useless.

    A review is of a file: of those that are `approved`; None: of those that the rows change or, where rows say whether
    they are reviewed, of those of which all are. `words` are the default locale's.
    """
    before = len(problems.found)
    by_name = {file.name: file for file in files}
    rows_of = _sort_rows(files, rows, problems)
    merged = {}
    for name, file in by_name.items():
        if name in rows_of and not (file.is_new and not any(row.text for row in rows_of[name])):
            merged[name] = _merge(file, rows_of[name], rows_of.get(file.translation.source, []), problems)
    if len(problems.found) > before:
        return Import()
    pairs = [
        (by_name[name], *pair) for name, new in merged.items() for pair in zip(by_name[name].segments, new, strict=True)
    ]
    same = not any(_differs(old, new) for _, old, new in pairs)
    if approved is None and same and not _has_states(rows):
        approved = list(merged)
    elif approved is None:
        approved = [name for name in merged if _is_approved(by_name[name], merged[name], rows_of[name])]
    stamp = review_stamp(reviewed, reviewer) if reviewed else ""
    texts = {
        name: _write(by_name[name], new, words=words, review=stamp if name in approved else "")
        for name, new in merged.items()
    }
    settled = not _has_states(rows) or all(text == by_name[name].text for name, text in texts.items())
    return Import(
        texts=texts,
        reviewed=tuple(name for name in texts if stamp and name in approved),
        changed=tuple((old, new) for _, old, new in pairs if old.text != new.text),
        remarks=tuple(_remarks(files, rows_of, pairs)),
        left_out=tuple((file.place(old), old.swedish) for file, old, new in pairs if file.is_new and not new.text),
        untouched=same and settled,
    )


def _differs(old: Segment, new: Segment) -> bool:
    return replace(old, reviewed="") != replace(new, reviewed="")


def _has_states(rows: Iterable[Row]) -> bool:
    """Whether rows say of themselves if they are reviewed."""
    return any(row.reviewed is not None for row in rows)


def named_files(rows: Iterable[Row]) -> list[str]:
    """Return the files that rows are about, Swedish ones too."""
    return list(dict.fromkeys(place["file"] for row in rows if (place := _PLACE.fullmatch(row.place))))


def _sort_rows(files: Sequence[TranslatedFile], rows: Sequence[Row], problems: Problems) -> dict[str, list[Row]]:
    """Return the rows by the file that they are about. A problem is added for each that is about none."""
    names = {file.name for file in files}
    wanted = named_files(rows)
    by_source = {file.translation.source: file for file in files if file.name in wanted}
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        place = _PLACE.fullmatch(row.place)
        name = place["file"] if place else ""
        if not row.place and not row.version:
            problems.add(Kind.NEW_SENTENCE, line=row.number, found=row.text or row.swedish, expected=Hint.ITS_PAGE)
        elif name not in names and name not in by_source:
            problems.add(Kind.CELL_CHANGED, line=row.number, field=PLACE, found=row.place, expected=Hint.NEW_TABLE)
        elif name in by_source and row.text:
            file = by_source[name]
            problems.add(Kind.NEW_SENTENCE, line=row.number, field=TEXT, found=row.text, expected=file.name)
        else:
            rows_of.setdefault(name, []).append(row)
    return rows_of


def _is_approved(file: TranslatedFile, new: Sequence[Segment], rows: Sequence[Row]) -> bool:
    """Whether the rows say that a translator has gone through the file since its last review."""
    differs = any(_differs(old, segment) for old, segment in zip(file.segments, new, strict=True))
    if not _has_states(rows):
        return any(old.text != segment.text for old, segment in zip(file.segments, new, strict=True))
    written = [row for row in rows if row.text]
    # A review that holds keeps its day.
    is_news = differs or file.translation.reviewed is None or file.translation.stale
    return is_news and bool(written) and all(row.reviewed for row in written)


def _remarks(
    files: Iterable[TranslatedFile],
    rows_of: Mapping[str, Sequence[Row]],
    pairs: Iterable[tuple[TranslatedFile, Segment, Segment]],
) -> Iterator[tuple[str, str]]:
    """Yield the comments that no file keeps: on Swedish sentences, and on those that are taken away."""
    for name in dict.fromkeys(file.translation.source for file in files):
        yield from ((row.place, row.comment) for row in rows_of.get(name, []) if row.comment)
    for file, old, new in pairs:
        if new.comment and not new.text and not new.key:
            yield file.place(old), new.comment


def _merge(file: TranslatedFile, rows: Sequence[Row], source_rows: Sequence[Row], problems: Problems) -> list[Segment]:
    """Return the file's sentences with what the rows say of them; as they were where a row has a problem.

    `source_rows` are the Swedish paragraphs that the translator had to look at.
    """
    known, older = _split_by_age(file, rows, problems)
    matched, unknown = _match(file, known)
    new: dict[int, Segment] = {}
    for segment, row in matched:
        new[segment.line] = _merged(segment, row, file=file)
        if row.swedish != _plain(segment.swedish):
            problems.add(
                Kind.CELL_CHANGED, line=row.number, field=SWEDISH, found=row.swedish, expected=_stood(segment.swedish)
            )
        _check_text(row, new[segment.line], old=segment, file=file, problems=problems)
    left = [segment for segment in file.segments if segment.line not in new]
    for row in unknown:
        # An emptied sentence that is not there any more was taken away by an earlier import.
        if row.text or left:
            problems.add(Kind.ROW_CHANGED, line=row.number, found=row.text, expected=_now(row, file))
    if older:
        _tell_older(file, older, source_rows, problems)
    else:
        _check_source_rows(file, source_rows, problems)
        seen = {row.place for row in source_rows}
        gone = [] if unknown else [file.place(segment) for segment in left]
        if not _has_states(rows):  # which PO has, and no rows for them
            gone += [place for segment in file.source_segments if (place := file.source_place(segment)) not in seen]
        if gone:
            problems.add(Kind.ROWS_MISSING, expected="; ".join(gone))
    return [new.get(segment.line, segment) for segment in file.segments]


def _merged(segment: Segment, row: Row, *, file: TranslatedFile) -> Segment:
    """Return a sentence with what its row says."""
    new = replace(segment, text=row.text, sources=_note(row.sources), comment=_note(row.comment))
    if row.reviewed is None:
        return replace(new, reviewed="" if new.text != segment.text else segment.reviewed)
    return replace(new, reviewed=file.approval(new) if row.reviewed and row.text else "")


def _check_source_rows(file: TranslatedFile, rows: Sequence[Row], problems: Problems) -> None:
    """Add a problem for every Swedish paragraph that somebody has rewritten: it is not taken from a table."""
    now = {file.source_place(segment): _plain(segment.text) for segment in file.source_segments}
    for row in rows:
        if row.place in now and row.swedish != now[row.place]:
            problems.add(
                Kind.CELL_CHANGED, line=row.number, field=SWEDISH, found=row.swedish, expected=_stood(now[row.place])
            )


def _stood(text: str) -> str:
    return Hint.STOOD.format(text=_plain(text) or Hint.NOTHING)


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
            problems.add(Kind.CELL_CHANGED, line=row.number, field=VERSION, found=row.version, expected=Hint.NEW_TABLE)
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
        # What stands in Swedish already may go on doing so.
        found += [(Kind.TEXT_NEEDED, "")] * (needed and bool(old.text))
    else:
        found += _title_problems(new) if new.key == "title" else ()
        if len(new.text) > (limit := LIMITS.get(new.key, len(new.text))) and not file.is_catalogue:
            found.append((Kind.TOO_LONG, Hint.TOO_MANY_LETTERS.format(count=len(new.text), limit=limit)))
        found += _placeholder_problems(new, old) if file.is_catalogue else _markup_problems(new, old, file=file)
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


def _markup_problems(new: Segment, old: Segment, *, file: TranslatedFile) -> Iterator[tuple[Kind, str]]:
    """Yield a problem where a link, a mark of language or another element is not as it was."""
    line = file.text.split("\n")[old.line - 1]
    before, after = (_line(line, replace(old, text=text)) for text in (old.text or old.swedish, new.text))
    wanted, found = (Counter(_MARKUP.findall(text)) for text in (before, after))
    if not new.key:
        wanted, found = wanted + _elements(before), found + _elements(after)
    more = [mark for mark in found - wanted if not _says_language(mark)]
    if wanted - found or more:
        yield Kind.MARKUP_CHANGED, " ".join(_SHOWN.findall(before)) or Hint.NO_MARKUP


def _line(line: str, segment: Segment) -> str:
    """Return a line with another sentence, its list marks and attributes kept; the value alone for a field."""
    return segment.text if segment.key else next(segment_lines(line, segment), "")


def _says_language(mark: str | tuple[str, ...]) -> bool:
    if isinstance(mark, str):
        return _LANGUAGE_MARK.fullmatch(mark) is not None
    return mark[0] in {"em", "strong", "span", "cite"} and all(name.startswith("lang=") for name in mark[1:])


def _elements(line: str) -> Counter[str | tuple[str, ...]]:
    """Return what a line becomes in HTML, but for its words: elements with their attributes."""
    root = html.fragment_fromstring(_markdown().reset().convert(line), create_parent="div")
    return Counter(
        (element.tag, *sorted(f"{name}={value}" for name, value in element.attrib.items() if name not in _TOLD))
        for element in root.iterdescendants()
        if isinstance(element.tag, str) and element.tag not in _BLOCKS
    )


@cache
def _markdown() -> Markdown:
    return Markdown(extensions=["attr_list", "md_in_html", "sane_lists"])


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


def _write(file: TranslatedFile, segments: Sequence[Segment], *, words: Words, review: str) -> str:
    """Return the file's new text with what its fields say of the review; empty: there was none."""
    # The Swedish word, or field, that is shown instead stands in the Swedish file, and nowhere else.
    segments = [
        replace(segment, swedish="") if file.is_catalogue or (segment.key and not segment.text) else segment
        for segment in segments
    ]
    if file.is_new:
        segments = [replace(segment, swedish=_note(segment.swedish)) for segment in segments]
    holds = file.translation.reviewed is not None and not file.translation.stale
    if review or (holds and all(segment.reviewed for segment in segments if segment.text)):
        segments = [replace(segment, reviewed="") for segment in segments]
    text = write_segments(file.text, segments, form=file.form)
    source_revision = file.translation.source_revision
    if file.is_new:
        text = write_field(_without_gaps(text), "source_revision", source_revision)
    if not review:
        # A sentence that is in doubt again takes the review of its page with it.
        doubted = file.translation.reviewed is not None and any(segment.reviewed for segment in segments)
        return write_field(text, "reviewed", "nej") if doubted else text
    if file.is_catalogue:
        source_revision = catalogue_source_revision(words, [segment.key for segment in segments if segment.text])
    text = write_field(text, "source_revision", source_revision)
    return write_field(text, "reviewed", review.format(revision=revision_of_file(text, form=file.form)))


def _without_gaps(text: str) -> str:
    """Return the text of a page without the blank lines that sentences have left."""
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _note(text: str) -> str:
    """Return the text so that it can stand in a comment of HTML."""
    return re.sub(r"-{2,}", "–", _plain(text)).rstrip("-")
