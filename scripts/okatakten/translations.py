"""Texts in another language: what they were made from, who has looked at them, and their parts.

A translated file (a page, an episode's text, a catalogue) keeps every sentence on a line of its own. Comments on the
lines below it say what it means, where its words come from and what a reviewer said:

    Prosjekten leah 8 gyhtjelassh.
    <!-- svenska: Projektet har 8 frågor. -->
    <!-- källor: examples «Prosjekten leah 5 barkijh»; terms gyhtjelasse PlNom -->

Among the fields, and in a catalogue, the same is written as YAML comments (`# svenska: …`). The comments are never
published.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from okatakten.fields import Fields, Problems
from okatakten.model import Locale, Translation
from okatakten.problems import Kind, Problem
from okatakten.words import REVIEW_FIELDS, SWEDISH

TEXT_FIELDS: Final = ("title", "nav_title", "description", "lead", "summary")
"""The fields of a page or an episode that hold text for readers."""

FOREIGN_LETTERS: Final = {Locale("sma"): {"æ": "ä", "Æ": "Ä", "ø": "ö", "Ø": "Ö"}}
"""Letters that a language's text has elsewhere but not here, with those used here. In Sweden ä and ö."""

_NOTE = re.compile(r"\s*(?:<!--|#)\s*(?P<label>svenska|källor|kommentar):\s*(?P<text>.*?)\s*(?:-->)?\s*")
_FIELD = re.compile(r"(?P<key>[\w.]+):(?:\s+(?P<value>.*?))?\s*")
_LINE = re.compile(r"(?P<mark>\s*(?:(?:#{1,6}|[-*+>]|\d+\.)\s+)*)(?P<text>.*?)(?P<attributes>\s*\{[^{}]*\})?\s*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_OTHERS = re.compile(r"«[^»]*»|”[^”]*”|\]\([^)]*\)|<[^>]*>|https?:\S+")
"""What is not in the page's own language or spelling: quotations, and the addresses of links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A sentence of a translated file. `line` counts from 1; `key` is the field it is the value of, if any.

    `text` is empty where a catalogue shows the Swedish word instead.
    """

    line: int
    key: str
    text: str
    swedish: str
    sources: str
    comment: str

    @property
    def fingerprint(self) -> str:
        """What the sentence and its meaning were; 8 hexadecimal digits."""
        return revision_of([self.key, self.text, self.swedish])


def revision_of(texts: Iterable[str]) -> str:
    """Return the revision of a text: 8 hexadecimal digits that change when any of its words does."""
    words = "\n".join(" ".join(text.split()) for text in texts)
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def revision_of_file(text: str, *, catalogue: bool = False) -> str:
    """Return the revision of a translated file: of all in it but its notes and what its review left there."""
    lines = []
    in_fields = catalogue
    for number, line in enumerate(text.split("\n"), start=1):
        if not catalogue and line.rstrip() == "---":
            in_fields = number == 1
        elif in_fields:
            comment = line.lstrip().startswith("#")
            if not comment and line.partition(":")[0].strip() not in REVIEW_FIELDS:
                lines.append(line)
        elif not _is_html_note(line):
            lines.append(line)
    return revision_of(line for line in lines if line.strip())


def without_notes(markdown: str) -> str:
    """Return the text as it is published: the notes gone, each with its line."""
    return "\n".join(line for line in markdown.split("\n") if not _is_html_note(line))


def read_translation(
    fields: Fields, *, locale: Locale, source: str, source_revision: str, revision: str
) -> Translation:
    """Return what the fields say of where a text comes from. Problems are added for what is missing or does not fit."""
    made_from = fields.text("source_revision", example=source_revision)
    if made_from and not re.fullmatch(r"[0-9a-f]{8}", made_from):
        fields.problem(Kind.NOT_A_REVISION, "source_revision", expected=source_revision)
    written = fields.text("reviewed", example="nej")
    reviewed = _parse_review(written or "nej")
    if reviewed is None:
        fields.problem(Kind.NOT_A_REVIEW, "reviewed")
    on, of = reviewed or (None, None)
    return Translation(
        locale=locale,
        file=fields.problems.file,
        source=source,
        source_revision=source_revision,
        stale=made_from != source_revision,
        reviewed=on if of == revision else None,
        edited=on is not None and of != revision,
    )


def check_translation(translation: Translation, notes: list[Problem]) -> None:
    """Add what a reviewer should know of the text; none of it stops a build."""
    problems = Problems(translation.file, notes)
    if translation.stale:
        now = f"{translation.source}: {translation.source_revision}"
        problems.add(Kind.TRANSLATION_STALE, field="source_revision", expected=now)
    if translation.edited:
        problems.add(Kind.TRANSLATION_EDITED, field="reviewed")
    elif translation.reviewed is None:
        problems.add(Kind.TRANSLATION_UNREVIEWED, field="reviewed")


def check_letters(text: str, problems: Problems, *, locale: Locale) -> None:
    """Add a problem for every line with a letter that the language is not written with in Sweden."""
    letters = FOREIGN_LETTERS.get(locale, {})
    for number, line in enumerate(text.split("\n"), start=1):
        own = "" if _NOTE.fullmatch(line) else _OTHERS.sub("", _COMMENT.sub("", line))
        wrong = [word for word in re.findall(r"\w+", own) if any(letter in word for letter in letters)]
        if wrong:
            right = [_respell(word, letters) for word in wrong]
            problems.add(Kind.WRONG_LETTER, line=number, found=" ".join(wrong), expected=" ".join(right))


def _respell(word: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in word)


def read_segments(text: str, *, catalogue: bool = False) -> list[Segment]:
    """Return the sentences of a translated file in order. A catalogue is all fields, a page has text below them."""
    segments: list[Segment] = []
    in_fields = catalogue
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        note = _NOTE.fullmatch(line)
        if not catalogue and line.rstrip() == "---":
            in_fields = number == 1
        elif note and segments and (in_fields or _is_html_note(line)):
            segments[-1] = _with_note(segments[-1], note["label"], note["text"])
        elif in_fields:
            field = _FIELD.fullmatch(line)
            if field and field["key"] not in REVIEW_FIELDS and (catalogue or field["key"] in TEXT_FIELDS):
                segments.append(_segment(number, field["key"], _unquote(field["value"] or "")))
        elif _is_sentence(line) and not _is_marked(line, lines[number:]):
            match = _LINE.fullmatch(line)
            assert match
            segments.append(_segment(number, "", match["text"]))
    return segments


def write_segments(text: str, segments: Iterable[Segment]) -> str:
    """Return the file with these sentences in place of those on the same lines, and their notes below them."""
    by_line = {segment.line: segment for segment in segments}
    lines: list[str] = []
    rewriting = False
    for number, line in enumerate(text.split("\n"), start=1):
        segment = by_line.get(number)
        if segment is not None:
            rewriting = True
            lines += _segment_lines(line, segment)
        elif not (rewriting and _NOTE.fullmatch(line)):
            rewriting = False
            lines.append(line)
    return "\n".join(lines)


def write_field(text: str, key: str, value: str) -> str:
    """Return the file with a field set to a value; the field stands there already."""
    return re.sub(rf"^{key}:.*$", f"{key}: {value}", text, count=1, flags=re.MULTILINE)


def _with_note(segment: Segment, label: str, text: str) -> Segment:
    if label == "svenska":
        return replace(segment, swedish=text)
    return replace(segment, sources=text) if label == "källor" else replace(segment, comment=text)


def _segment(line: int, key: str, text: str) -> Segment:
    return Segment(line=line, key=key, text=text, swedish="", sources="", comment="")


def _segment_lines(line: str, segment: Segment) -> Iterator[str]:
    """Yield the sentence with the marks it had, then its notes; a sentence that was emptied goes with its notes."""
    if segment.key:
        yield f"{segment.key}: {_quote(segment.text) if segment.text else SWEDISH}"
    elif segment.text:
        match = _LINE.fullmatch(line)
        assert match
        yield f"{match['mark']}{segment.text}{match['attributes'] or ''}"
    else:
        return
    opening, closing = ("# ", "") if segment.key else ("<!-- ", " -->")
    notes = {"svenska": segment.swedish, "källor": segment.sources, "kommentar": segment.comment}
    for label, note in notes.items():
        if note:
            yield f"{opening}{label}: {note}{closing}"


def _is_html_note(line: str) -> bool:
    return line.lstrip().startswith("<!--") and _NOTE.fullmatch(line) is not None


def _is_sentence(line: str) -> bool:
    return bool(re.search(r"\w", line)) and not re.match(r"\s*(?:[<{|]|\[[^\]]+\]:|```)", line)


def _is_marked(line: str, following: list[str]) -> bool:
    """Whether the line, or the paragraph that goes on below it, says that it is in another language."""
    if re.fullmatch(r"[\s*+-]*\*[^*]+\*+\{.*\blang=.*\}\s*", line):
        return True
    for later in following:
        if not later.strip():
            return False
        if re.match(r"\s*\{.*\blang=", later):
            return True
    return False


def _parse_review(written: str) -> tuple[date | None, str | None] | None:
    """Return the day and the revision of a review, nothing for `nej`, or None for what is neither."""
    if written.casefold() in {"nej", "no", "false"}:
        return None, None
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2}) +([0-9a-f]{8})", written)
    try:
        return (date.fromisoformat(match[1]), match[2]) if match else None
    except ValueError:
        return None


def _unquote(value: str) -> str:
    if value == SWEDISH:
        return ""
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _quote(value: str) -> str:
    """Return a YAML scalar that reads as the text."""
    plain = re.match(r"[^\W\d_]", value) and not re.search(r": |:$| #|[\x00-\x1f]", value)
    plain = plain and value.casefold() not in {"ja", "nej", "yes", "no", "true", "false", "null", "on", "off", "y", "n"}
    return value if plain else json.dumps(value, ensure_ascii=False)
