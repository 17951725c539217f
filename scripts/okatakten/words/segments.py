"""A translated file as its sentences, and back.

Each stands on a line of its own, with its notes on the lines below:

    Prosjekten leah 8 gyhtjelassh.
    <!-- svenska: Projektet har 8 frågor. -->
    <!-- källor: examples «Prosjekten leah 5 barkijh»; terms gyhtjelasse PlNom -->

Among the fields, and in a catalogue, the notes are YAML comments (`# svenska: …`). They are never published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from yaml import ScalarNode

from okatakten.words.catalogue import CATALOGUE
from okatakten.written.fields import Fields
from okatakten.written.nodes import SWEDISH
from okatakten.written.problems import Kind
from okatakten.written.revisions import REVIEW_FIELDS, revision_of
from okatakten.written.text import Problems

TEXT_FIELDS: Final = ("title", "nav_title", "description", "lead", "summary")
"""The fields of a page or an episode that hold text for readers."""

NOTE_LABELS: Final = {"svenska": "swedish", "källor": "sources", "kommentar": "comment", "granskad": "reviewed"}
"""What a note below a sentence begins with, and what of the sentence it says."""
_NOTE = rf"(?P<label>{'|'.join(NOTE_LABELS)}):\s*(?P<text>.*?)\s*"
_HTML_NOTE = re.compile(rf"\s*<!--\s*{_NOTE}-->\s*")
_YAML_NOTE = re.compile(rf"\s*#\s*{_NOTE}")
_FIELD = re.compile(r"(?P<key>[\w.]+):(?:\s+(?P<value>.*?))?\s*")
_LINE = re.compile(r"(?P<mark>\s*(?:(?:#{1,6}|[-*+>]|\d+\.)\s+)*)(?P<text>.*?)(?P<attributes>\s*\{[^{}]*\})?\s*")
_CODE = re.compile(r"\s*(?:```|~~~)")


class Form(StrEnum):
    """How a file is laid out: as fields with a text below them, or as nothing but fields."""

    PAGE = "page"
    CATALOGUE = "catalogue"


class Part(StrEnum):
    """What a line of a file belongs to."""

    FENCE = "fence"
    FIELD = "field"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A sentence of a translated file. `line` counts from 1; `key` is the field it is the value of, if any.

    `text` is empty where the Swedish word is shown instead. `reviewed` is the fingerprint that a translator approved
    while others of the file were not.
    """

    line: int
    key: str
    text: str
    swedish: str = ""
    sources: str = ""
    comment: str = ""
    reviewed: str = ""

    @property
    def fingerprint(self) -> str:
        """What the sentence and its meaning were; 8 hexadecimal digits."""
        return revision_of([self.key, self.text, self.swedish])


def form_of(file: str) -> Form:
    return Form.CATALOGUE if file.endswith(f"/{CATALOGUE}") else Form.PAGE


def without_notes(markdown: str) -> str:
    """Return the text as it is published: the notes gone, each with its line."""
    return "\n".join(line for line in markdown.split("\n") if not is_note(line))


def is_note(line: str) -> bool:
    """Return whether a line of a text is a note, which is never published."""
    return _HTML_NOTE.fullmatch(line) is not None


def revision_of_file(text: str, *, form: Form = Form.PAGE) -> str:
    """Return the revision of a translated file: of all in it but its notes and what its review left there."""
    kept = []
    for _, line, part in scan(text, form=form):
        if part is Part.FIELD:
            passed_over = line.lstrip().startswith("#") or line.partition(":")[0].strip() in REVIEW_FIELDS
        else:
            passed_over = part is Part.FENCE or _HTML_NOTE.fullmatch(line) is not None
        if line.strip() and not passed_over:
            kept.append(line)
    return revision_of(kept)


def read_segments(text: str, *, form: Form = Form.PAGE) -> list[Segment]:
    """Return the sentences of a translated file in order."""
    segments: list[Segment] = []
    below_segment = False
    lines = text.split("\n")
    for number, line, part in scan(text, form=form):
        if below_segment and (note := _note(line, part)):
            segments[-1] = _with_note(segments[-1], *note)
            continue
        segment = _segment(number, line, part, form=form, following=lines[number:])
        below_segment = segment is not None
        if segment:
            segments.append(segment)
    return segments


def read_paragraphs(text: str) -> list[Segment]:
    """Return the texts of a page in the default locale: the values of its fields, and each paragraph in one line."""
    paragraphs: list[Segment] = []
    open_paragraph = False
    for number, line, part in scan(text):
        if part is Part.FIELD:
            segment = _segment(number, line, part, form=Form.PAGE, following=[])
            paragraphs += [segment] if segment and segment.text else []
        elif part is not Part.TEXT or not line.strip() or _is_attributes(line):
            open_paragraph = False
        elif open_paragraph:
            paragraphs[-1] = replace(paragraphs[-1], text=f"{paragraphs[-1].text} {line.strip()}")
        else:
            paragraphs.append(Segment(line=number, key="", text=line.strip()))
            open_paragraph = True
    return paragraphs


def write_segments(text: str, segments: Iterable[Segment], *, form: Form = Form.PAGE) -> str:
    """Return the file with these sentences in place of those on the same lines, and their notes below them."""
    by_line = {segment.line: segment for segment in segments}
    lines: list[str] = []
    below_segment = False
    for number, line, part in scan(text, form=form):
        segment = by_line.get(number)
        if segment is not None:
            below_segment = True
            lines += segment_lines(line, segment)
        elif not (below_segment and _note(line, part)):
            below_segment = False
            lines.append(line)
    return "\n".join(lines)


def check_form(text: str, fields: Fields, problems: Problems, *, form: Form = Form.PAGE) -> None:
    """Add a problem for every field and note that a translator could not get back as it is: each has one line."""
    told = 0
    for number, line, part in scan(text, form=form):
        if part is Part.TEXT and line.count("<!--") > line.count("-->"):
            problems.add(Kind.NOTE_UNCLOSED, line=number, found=line)
        elif part is Part.FIELD and line.strip() and not line.lstrip().startswith("#"):
            field = _FIELD.fullmatch(line)
            node = fields.nodes.get(field["key"]) if field else None
            value = " ".join(node.value.split()) if isinstance(node, ScalarNode) else None
            as_it_stands = {None, unquote(field["value"] or "")} if field else set()
            if field and (field["key"] in REVIEW_FIELDS or field["value"] == SWEDISH or value in as_it_stands):
                continue
            # The lines that a field goes on over are told with its first.
            if field or told != number - 1:
                example = f"{field['key']}: {quote(value)}" if field and value else "namn: text"
                problems.add(Kind.NOT_ONE_LINE, line=number, found=line, expected=example)
            told = number


def scan(text: str, *, form: Form = Form.PAGE) -> Iterator[tuple[int, str, Part]]:
    """Yield every line with its number and what it belongs to."""
    in_fields = form is Form.CATALOGUE
    in_code = False
    for number, line in enumerate(text.split("\n"), start=1):
        ends = line.rstrip() == "---" or (in_fields and line.rstrip() == "...")
        if form is Form.PAGE and ends and (number == 1 or in_fields):
            in_fields = number == 1
            yield number, line, Part.FENCE
        elif in_fields:
            yield number, line, Part.FIELD
        else:
            fence = _CODE.match(line) is not None
            in_code ^= fence
            yield number, line, Part.CODE if in_code or fence else Part.TEXT


def _note(line: str, part: Part) -> tuple[str, str] | None:
    match = (_YAML_NOTE if part is Part.FIELD else _HTML_NOTE).fullmatch(line)
    return (match["label"], match["text"]) if match else None


def _with_note(segment: Segment, label: str, text: str) -> Segment:
    """Return the sentence with a note more; several of one kind become one."""
    name = NOTE_LABELS[label]
    noted: Any = {name: "; ".join(filter(None, [getattr(segment, name), text]))}
    return replace(segment, **noted)


def _segment(number: int, line: str, part: Part, *, form: Form, following: list[str]) -> Segment | None:
    """Return the sentence that a line holds, if any."""
    if part is Part.FIELD:
        field = _FIELD.fullmatch(line)
        key = field["key"] if field else ""
        if not field or key in REVIEW_FIELDS or (form is Form.PAGE and key not in TEXT_FIELDS):
            return None
        return Segment(line=number, key=key, text=unquote(field["value"] or ""))
    if part is not Part.TEXT or not is_sentence(line) or _is_marked(line, following):
        return None
    match = _LINE.fullmatch(line)
    assert match
    return Segment(line=number, key="", text=match["text"])


def segment_lines(line: str, segment: Segment) -> Iterator[str]:
    """Yield the sentence with the marks it had, then its notes; a sentence that was emptied goes with its notes."""
    if segment.key:
        yield f"{segment.key}: {quote(segment.text) if segment.text else SWEDISH}"
    elif segment.text:
        match = _LINE.fullmatch(line)
        assert match
        yield f"{match['mark']}{segment.text}{match['attributes'] or ''}"
    else:
        return
    opening, closing = ("# ", "") if segment.key else ("<!-- ", " -->")
    for label, name in NOTE_LABELS.items():
        if note := getattr(segment, name):
            yield f"{opening}{label}: {note}{closing}"


def is_sentence(line: str) -> bool:
    """Whether a line of text has words of its own that readers see."""
    visible = re.sub(r"<!--.*?-->|<[^>]*>|\[\[[^\]:]*(?:\]\]|:)", "", line)
    return bool(re.search(r"\w", visible)) and not _is_attributes(line) and not re.match(r"\s*\[[^\]]+\]:", line)


def _is_attributes(line: str) -> bool:
    return re.fullmatch(r"\s*\{.*\}\s*", line) is not None


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


def unquote(value: str) -> str:
    """Return the text of a YAML scalar on one line; empty for the Swedish word."""
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


def quote(value: str) -> str:
    """Return a YAML scalar that reads as the text."""
    plain = re.match(r"[^\W\d_]", value) and not re.search(r": |:$| #|[\x00-\x1f]", value)
    plain = plain and value.casefold() not in {"ja", "nej", "yes", "no", "true", "false", "null", "on", "off", "y", "n"}
    return value if plain else json.dumps(value, ensure_ascii=False)
