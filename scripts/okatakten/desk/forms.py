"""The fields of an episode as a form, and what a form says written into the file: only what somebody has changed.

A value of a form is text, yes or no, a list of numbers, or rows of texts by name. It is compared with what the file
says, so that everything else in the file, comments and spelling too, keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.rules import EPISODE_TYPES, ROLE_WORDS
from okatakten.written.nodes import compose_nodes
from okatakten.written.rewrite import write_field, write_rows
from okatakten.written.values import date_field, parse_date, parse_duration

Rows = tuple[Mapping[str, str], ...]
Value = str | bool | tuple[str, ...] | Rows

NOTES: Final = "notes"
"""The name of the text below the fields."""
_SAME_WORD: Final = {str(kind): word for word, kind in EPISODE_TYPES.items()} | {
    str(role): word for role, word in ROLE_WORDS.items()
}
"""Files may say in the feed's words what a form says in Swedish."""
_FRONT: Final = re.compile(
    r"(\ufeff?---[ \t]*(?:\r\n|\r|\n))(.*?)^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL | re.MULTILINE
)
_NOT_TEXT: Final = re.compile("[\ud800-\udfff]")
"""What is not UTF-8, as it is read and written back to the byte."""
_DEEPEST: Final = 4
"""No field has more in it; aliases may make a text endless."""
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)?\s*(\d\d:\d\d)?")
_ROW: Final = re.compile(r"(?P<field>\w+)-(?P<number>\d{1,3})-(?P<name>\w+)")


class Sort(StrEnum):
    """What a field of a form is filled in with."""

    LINE = "line"
    TEXT = "text"
    MARKDOWN = "markdown"
    MOMENT = "moment"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKS = "checks"
    FLAG = "flag"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `choices` are values with the words for them, `parts` the fields of each row."""

    name: str
    label: str
    help: str = ""
    sort: Sort = Sort.LINE
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple[Field, ...] = ()
    needed: bool = False


EPISODE: Final = (
    Field(name="title", label="Rubrik", help="Utan nummer och poddens namn.", needed=True),
    Field(
        name="summary", label="Sammanfattning", sort=Sort.TEXT, needed=True,
        help="En eller två meningar. Visas i listor och appar.",
    ),
    Field(
        name="published", label="Publiceras", sort=Sort.MOMENT, needed=True,
        help="Dag och klockslag i poddens tid. Dessförinnan syns avsnittet ingenstans.",
    ),
    Field(name="season", label="Säsong", sort=Sort.NUMBER),
    Field(name="episode", label="Nummer", sort=Sort.NUMBER),
    Field(
        name="type", label="Slag", sort=Sort.CHOICE,
        choices=tuple((word, word.capitalize()) for word in EPISODE_TYPES),
    ),
    Field(
        name="persons", label="Medverkande", sort=Sort.ROWS,
        parts=(
            Field(name="name", label="Namn"),
            Field(
                name="role", label="Roll", sort=Sort.CHOICE,
                choices=tuple((word, word.capitalize()) for word in ROLE_WORDS.values()),
            ),
            Field(name="href", label="Webbadress"),
        ),
    ),
    Field(name="questions", label="Förstudiens frågor", sort=Sort.CHECKS, help="De som avsnittet handlar om."),
    Field(
        name="sources", label="Källor", sort=Sort.ROWS, help="Dokumenten som avsnittet bygger på.",
        parts=(Field(name="title", label="Namn"), Field(name="url", label="Webbadress")),
    ),
    Field(
        name=NOTES, label="Om avsnittet", sort=Sort.MARKDOWN,
        help="Några stycken om vad lyssnaren får veta. **Fet stil**, listor och [länkar](https://exempel.se/) går bra.",
    ),
    Field(name="picture_alt", label="Vad bilden visar", help="Om avsnittet har en egen bild."),
    Field(name="synthetic_voice", label="Rösten är en talsyntes", sort=Sort.FLAG),
    Field(name="explicit", label="Passar inte barn", sort=Sort.FLAG),
)  # fmt: skip

CHAPTERS: Final = Field(
    name="chapters", label="Kapitel", sort=Sort.ROWS,
    parts=(Field(name="start", label="Tid"), Field(name="title", label="Rubrik")),
)  # fmt: skip
"""All that somebody changes at the desk in the file of an episode."""


def field_of(name: str) -> Field | None:
    """Return the field of an episode's form that has a name."""
    return next((field for field in EPISODE if field.name == name), None)


def values_of(text: str, fields: Sequence[Field] = EPISODE) -> dict[str, Value]:
    """Return what a file says in each field, whether or not it may be said there."""
    nodes = nodes_of(text)
    values: dict[str, Value] = {}
    for field in fields:
        values[field.name] = body_of(text) if field.name == NOTES else _value_of(nodes.get(field.name), field)
    return values


def nodes_of(text: str) -> dict[str, Node]:
    """Return the fields of a file as they are written; none where they cannot be read."""
    front = _FRONT.match(text)
    try:
        root = compose_nodes(front[2]) if front else None
    except (YAMLError, ValueError):
        root = None
    pairs = root.value if isinstance(root, MappingNode) else []
    # Of a field that stands twice, the first one counts, as when it is read.
    return {str(key.value): value for key, value in reversed(pairs)}


def is_readable(text: str) -> bool:
    """Return whether a file has fields that a form can show and change, and is text throughout."""
    return bool(nodes_of(text)) and not _NOT_TEXT.search(text)


def front_lines(text: str) -> int:
    """Return how many lines the fields of a file take, with those above and below them."""
    front = _FRONT.match(text)
    return len(front[0].splitlines()) if front else 0


def body_of(text: str) -> str:
    front = _FRONT.match(text)
    return text[front.end() :].replace("\r\n", "\n").replace("\r", "\n").strip() if front else ""


def written(text: str, field: Field, value: Value) -> str:
    """Return a file with a field set to the value of a form: the same file where it says that already."""
    now = values_of(text, (field,))[field.name]
    if plain(field, now) == plain(field, value):
        return text
    if field.name == NOTES:
        new = _with_body(text, str(value))
    elif field.sort is Sort.ROWS:
        before = [plain_row(field, row) for row in now if isinstance(row, Mapping)] if isinstance(now, tuple) else []
        new = write_rows(text, field.name, _as_rows(before), _as_rows(value))
    else:
        new = write_field(text, field.name, _as_field(field, value))
    if plain(field, values_of(new, (field,))[field.name]) != plain(field, value) or _rest(new, field) != _rest(
        text, field
    ):
        raise UnwritableError
    return new


class UnwritableError(Exception):
    """A file is written so that a field of it cannot be changed by itself."""


def all_of(text: str) -> dict[str, object]:
    """Return all that a file says, field by field, with the text below, as texts, lists and mappings of them."""
    return {name: _bare(node) for name, node in nodes_of(text).items()} | {NOTES: body_of(text)}


def _rest(text: str, field: Field) -> dict[str, object]:
    return {name: said for name, said in all_of(text).items() if name != field.name}


def _bare(node: Node, depth: int = 0) -> object:
    if depth > _DEEPEST:
        return ""
    if isinstance(node, MappingNode):
        return {str(key.value): _bare(value, depth + 1) for key, value in node.value}
    return [_bare(each, depth + 1) for each in node.value] if isinstance(node, SequenceNode) else str(node.value)


def plain(field: Field, value: Value) -> Value:
    """Return a value as a form sends it where nobody has touched it, so that neither spelling nor spaces matter."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.strip() if field.sort is Sort.MARKDOWN else _number_text(" ".join(value.split()), field)
    if field.sort is Sort.CHECKS:
        return tuple(
            sorted({str(each).strip() for each in value}, key=lambda each: (each.isdecimal(), len(each), each))
        )
    return tuple(row for row in (plain_row(field, each) for each in value if isinstance(each, Mapping)) if row)


def plain_row(field: Field, row: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is written in a row. Where there is nothing but a choice, which stands there always, it is none."""
    said = {part.name: " ".join(row.get(part.name, "").split()) for part in field.parts}
    chosen = {part.name for part in field.parts if part.sort is Sort.CHOICE}
    filled = {name: text for name, text in said.items() if text}
    return filled if filled.keys() - chosen else {}


def as_sent(field: Field, value: Value, *, zone: ZoneInfo) -> Value:
    """Return what a form sends that shows a value and has not been touched: a day and a time have no seconds."""
    if field.sort is Sort.MOMENT:
        return moment_text(*moment_parts(str(value), zone=zone), zone=zone)
    return plain(field, value)


def told(value: Value) -> str:
    """Return a value as somebody reads it beside a field."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, str):
        return value
    rows = [", ".join(row.values()) if isinstance(row, Mapping) else row for row in value]
    return "; ".join(rows)


def _number_text(text: str, field: Field) -> str:
    return str(_number(text)) if field.sort is Sort.NUMBER else text


def value_from(field: Field, form: Mapping[str, str], *, checked: Sequence[str] = (), zone: ZoneInfo) -> Value:
    """Return what a form says in a field. `checked` are all values of its boxes."""
    name = field.name
    if field.sort is Sort.FLAG:
        return name in form
    if field.sort is Sort.CHECKS:
        return plain(field, tuple(checked))
    if field.sort is Sort.MOMENT:
        return moment_text(form.get(f"{name}-day", ""), form.get(f"{name}-time", ""), zone=zone)
    if field.sort is Sort.ROWS:
        return _rows_from(field, form)
    return plain(field, form.get(name, "").replace("\r\n", "\n").replace("\r", "\n"))


def moment_text(day: str, time: str, *, zone: ZoneInfo) -> str:
    """Return a day and a time of the show's clock as they are written in a file: with their offset then."""
    written = " ".join(f"{day} {time}".split())
    moment = parse_date(written, zone=zone)
    return date_field(moment) if moment else written


def moment_parts(value: str, *, zone: ZoneInfo) -> tuple[str, str]:
    """Return the day and the time of the show's clock, as a browser takes them; nothing for what is none."""
    if moment := parse_date(value, zone=zone):
        local = moment.astimezone(zone)
        return f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    written = _DAY.fullmatch(value.strip())
    return (written[1] or "", written[2] or "") if written else ("", "")


def _rows_from(field: Field, form: Mapping[str, str]) -> Rows:
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        if (found := _ROW.fullmatch(key)) and found["field"] == field.name:
            rows.setdefault(int(found["number"]), {})[found["name"]] = " ".join(value.split())
    return tuple(said for _, row in sorted(rows.items()) if (said := plain_row(field, row)))


def _value_of(node: Node | None, field: Field) -> Value:
    if field.sort is Sort.FLAG:
        return isinstance(node, ScalarNode) and node.value.casefold() in {"true", "ja", "yes"}
    if field.sort is Sort.CHECKS:
        items = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(str(item.value) for item in items if isinstance(item, ScalarNode) and item.value)
    if field.sort is Sort.ROWS:
        items = node.value if isinstance(node, SequenceNode) else []
        return tuple(
            {str(key.value): _in_swedish(value, key) for key, value in item.value if isinstance(value, ScalarNode)}
            for item in items
            if isinstance(item, MappingNode)
        )
    text = str(node.value).strip() if isinstance(node, ScalarNode) else ""
    return _SAME_WORD.get(text, text) if field.sort is Sort.CHOICE else text


def _in_swedish(value: ScalarNode, key: Node) -> str:
    text = str(value.value)
    return _SAME_WORD.get(text, text) if key.value == "role" else text


def _as_field(field: Field, value: Value) -> object:
    """Return a value as `compose_file` takes it; None leaves the field out."""
    if field.sort is Sort.FLAG:
        return value or None
    if field.sort is Sort.CHECKS:
        assert isinstance(value, tuple)
        return [_number(str(each)) for each in value] or None
    return (_number(str(value)) if field.sort is Sort.NUMBER else value) or None


def _as_rows(value: object) -> list[dict[str, object]]:
    rows = value if isinstance(value, list | tuple) else ()
    return [{key: _time_or(text, key) for key, text in row.items()} for row in rows if isinstance(row, Mapping)]


def _time_or(text: str, key: str) -> timedelta | str:
    """Return a time as one, which is written without quotation marks, and all else as it is."""
    time = parse_duration(text) if key == "start" else None
    return text if time is None else time


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 9 else text


def _with_body(text: str, body: str) -> str:
    """Return a file with another text below its fields, which has the line ends of the file."""
    front = _FRONT.match(text)
    if front is None:
        return text
    newline = "\r\n" if front[1].endswith("\r\n") else "\n"
    old = text[front.end() :]
    above = old[: len(old) - len(old.lstrip())] if old.strip() else newline
    lines = newline.join(body.strip().split("\n"))
    end = "" if front[0].endswith(("\n", "\r")) else newline
    return f"{text[: front.end()]}{end}{above}{lines}{newline}" if lines else text[: front.end()]
