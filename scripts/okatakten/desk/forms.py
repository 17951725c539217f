"""The fields of a file as a form, and what a form says written into the file: only what somebody has changed.

A field is named by where its value stands, with points between: `owner.email`, `funding.0`. A value of a form is text,
yes or no, a list of texts, or rows of texts by name. It is compared with what the file says, so that everything else in
the file, comments and spelling too, keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.rules import EPISODE_TYPES, ROLE_WORDS
from okatakten.written.nodes import compose_nodes
from okatakten.written.values import date_field, parse_date, parse_day
from okatakten.written.within import CannotWriteError, node_at, write_at

Rows = tuple[Mapping[str, str], ...]
Value = str | bool | tuple[str, ...] | Rows

NOTES: Final = "notes"
"""The name of the text below the fields."""
WHOLE: Final = "hela-filen"
"""The name of a file that is written as it is, and not by its fields."""
_SAME_WORD: Final = {str(kind): word for word, kind in EPISODE_TYPES.items()} | {
    str(role): word for role, word in ROLE_WORDS.items()
}
"""Files may say in the feed's words what a form says in Swedish."""
_FRONT: Final = re.compile(
    r"(\ufeff?---[ \t]*(?:\r\n|\r|\n))(.*?)^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL | re.MULTILINE
)
_ROW: Final = re.compile(r"(?P<field>[\w.-]+)-(?P<number>\d{1,3})-(?P<name>\w+)")
_LINE: Final = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
"""Stand for bytes that are no UTF-8 (drafts)."""


class Sort(StrEnum):
    """What a field of a form is filled in with.

    `TEXT` is one line, however long, `LONG` keeps its lines, of `LINES` each is an item. `ROWS` is a whole list, and
    `ROW` one item of a list, which is there until somebody takes it away. `WHOLE` is the file itself. `HEAD` and `ADD`
    hold nothing: a heading above fields, and a button for another item.
    """

    LINE = "line"
    TEXT = "text"
    LONG = "long"
    MARKDOWN = "markdown"
    WHOLE = "whole"
    LINES = "lines"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKS = "checks"
    FLAG = "flag"
    ROWS = "rows"
    ROW = "row"
    HEAD = "head"
    ADD = "add"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `choices` are values with the words for them, `parts` the fields of each row.

    `item`: it is one of a list, and may be taken away.
    """

    name: str
    label: str
    help: str = ""
    sort: Sort = Sort.LINE
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple[Field, ...] = ()
    needed: bool = False
    item: bool = False


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


WHOLE_FILE: Final = (Field(name=WHOLE, label="Filen som den är", sort=Sort.WHOLE),)


def path_of(name: str) -> tuple[str | int, ...]:
    """Return where the value of a field stands."""
    return tuple(int(step) if step.isdecimal() else step for step in name.split("."))


def values_of(text: str, fields: Sequence[Field] = EPISODE) -> dict[str, Value]:
    """Return what a file says in each field, whether or not it may be said there."""
    root = root_of(text)
    return {field.name: _value_in(text, root, field) for field in fields}


def _value_in(text: str, root: Node | None, field: Field) -> Value:
    if field.name == NOTES:
        return body_of(text)
    if field.name == WHOLE:
        return plain_lines(text)
    try:
        return _value_of(node_at(root, path_of(field.name)), field)
    except LookupError:
        return _value_of(None, field)


def nodes_of(text: str) -> dict[str, Node]:
    """Return the fields of a file as they are written; none where they cannot be read."""
    root = root_of(text)
    return {str(key.value): value for key, value in root.value} if isinstance(root, MappingNode) else {}


def lines_of(text: str, fields: Sequence[Field]) -> list[tuple[int, str]]:
    """Return the first line of each field that is in a file, counted from 1, with its name."""
    root, first, found = root_of(text), _part(text)[1], []
    for field in fields:
        with suppress(LookupError):
            found.append((node_at(root, path_of(field.name)).start_mark.line + first, field.name))
    return sorted(found)


def root_of(text: str) -> Node | None:
    """Return the fields of a file as one node; None where they cannot be read."""
    try:
        return compose_nodes(_part(text)[0])
    except (YAMLError, ValueError):
        return None


def _part(text: str) -> tuple[str, int]:
    """Return the fields of a file, which are all of it where it has no `---` above, and the line that they begin on."""
    front = _FRONT.match(text)
    if front:
        return front[2], 2
    return ("" if text.lstrip("\ufeff").startswith("---") else text.lstrip("\ufeff")), 1


def is_readable(text: str, *, with_text: bool = True) -> bool:
    """Return whether a file has fields that a form can show and change, and a text below them if it is to have one."""
    return bool(nodes_of(text)) and not _SURROGATES.search(text) and (not with_text or bool(_FRONT.match(text)))


def is_text(text: str) -> bool:
    """Return whether a file is text at all."""
    return not _SURROGATES.search(text)


def body_of(text: str) -> str:
    front = _FRONT.match(text)
    return plain_lines(text[front.end() :]).strip() if front else ""


def plain_lines(text: str) -> str:
    """Return a text with line ends as a program has them."""
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def written(text: str, field: Field, value: Value) -> str:
    """Return a file with a field set to the value of a form: the same file where it says that already."""
    now, path = values_of(text, (field,))[field.name], path_of(field.name)
    if same(now, value):
        return text
    if field.name == NOTES:
        return _with_body(text, str(value))
    if field.name == WHOLE:
        return with_lines(text, str(value))
    if field.sort is Sort.ROW:
        return _with_row(text, path, _row_of(now), _row_of(value), there=bool(now), staying=bool(value))
    if field.sort is Sort.LINES:
        return _with_items(text, path, [str(item) for item in value] if isinstance(value, tuple) else [])
    return write_at(text, path, _as_field(field, value))


def _row_of(value: Value) -> Mapping[str, str]:
    row = value[0] if isinstance(value, tuple) and value else {}
    return row if isinstance(row, Mapping) else {}


def _with_row(
    text: str,
    path: tuple[str | int, ...],
    now: Mapping[str, str],
    row: Mapping[str, str],
    *,
    there: bool,
    staying: bool,
) -> str:
    """Return a file with a row changed part by part, added below the others, or taken away."""
    if not (there and staying):
        return write_at(text, path, dict(row) if staying else None)
    for name in dict.fromkeys([*now, *row]):
        if not same(now.get(name, ""), row.get(name, "")):
            text = write_at(text, (*path, name), row.get(name) or None)
    return text


def _with_items(text: str, path: tuple[str | int, ...], items: Sequence[str]) -> str:
    """Return a file with other items in a list: those that stay keep their bytes where each has its own line."""
    try:
        node = node_at(root_of(text), path)
    except LookupError:
        node = None
    if isinstance(node, SequenceNode) and node.value and items and not node.flow_style:
        before = [str(item.value) for item in node.value]
        with suppress(CannotWriteError):
            changed = text
            for number in range(len(before) - 1, len(items) - 1, -1):
                changed = write_at(changed, (*path, number), None)
            for number, item in enumerate(items):
                if number >= len(before) or item != " ".join(before[number].split()):
                    changed = write_at(changed, (*path, number), item)
            return changed
    return write_at(text, path, items[0] if isinstance(node, ScalarNode) and len(items) == 1 else [*items] or None)


def same(one: Value, other: Value) -> bool:
    """Return whether two values say the same: how a day is spelled does not matter."""
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.split()) == " ".join(other.split()) if "\n" not in one + other else one == other
    return one == other


def value_from(field: Field, form: Mapping[str, str], *, checked: Sequence[str] = (), zone: ZoneInfo) -> Value:
    """Return what a form says in a field. `checked` are all values of its boxes. KeyError: it says nothing of a row."""
    name = field.name
    if field.sort is Sort.FLAG:
        return name in form
    if field.sort is Sort.CHECKS:
        return tuple(checked)
    if field.sort is Sort.MOMENT:
        return moment_text(form.get(f"{name}-day", ""), form.get(f"{name}-time", ""), zone=zone)
    if field.sort is Sort.ROWS:
        return _rows_from(field, form)
    if field.sort is Sort.ROW:
        if not any((found := _ROW.fullmatch(key)) and found["field"] == name for key in form):
            raise KeyError(name)
        return _rows_from(field, form) or ({},)
    return _text_from(field, plain_lines(form.get(name, "")))


def _text_from(field: Field, text: str) -> Value:
    if field.sort is Sort.LINES:
        return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())
    if field.sort is Sort.WHOLE:
        return text
    return text.strip() if field.sort in {Sort.MARKDOWN, Sort.LONG} else " ".join(text.split())


def moment_text(day: str, time: str, *, zone: ZoneInfo) -> str:
    """Return a day and a time of the show's clock as they are written in a file: with their offset then.

    A day without a time stays one.
    """
    written = " ".join(f"{day} {time}".split())
    moment = parse_date(written, zone=zone)
    return date_field(moment) if moment else written


def moment_parts(value: str, *, zone: ZoneInfo) -> tuple[str, str]:
    """Return the day and the time of the show's clock, as a browser takes them; nothing for what is none."""
    if parse_day(value):
        return value, ""
    moment = parse_date(value, zone=zone)
    local = moment.astimezone(zone) if moment else None
    return (f"{local:%Y-%m-%d}", f"{local:%H:%M}") if local else ("", "")


def is_moment(value: str, *, zone: ZoneInfo) -> datetime | None:
    return parse_date(value, zone=zone)


def _rows_from(field: Field, form: Mapping[str, str]) -> Rows:
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        if (found := _ROW.fullmatch(key)) and found["field"] == field.name:
            flag = any(part.name == found["name"] and part.sort is Sort.FLAG for part in field.parts)
            rows.setdefault(int(found["number"]), {})[found["name"]] = "true" if flag else " ".join(value.split())
    names = [part.name for part in field.parts]
    chosen = {part.name for part in field.parts if part.sort is Sort.CHOICE}
    # A row in which nothing is written but a choice that stood there is no row.
    filled = [row for _, row in sorted(rows.items()) if any(row.get(name) for name in names if name not in chosen)]
    return tuple({name: row[name] for name in names if row.get(name)} for row in filled)


def _value_of(node: Node | None, field: Field) -> Value:
    if field.sort is Sort.FLAG:
        return isinstance(node, ScalarNode) and node.value.casefold() in {"true", "ja", "yes"}
    if field.sort in {Sort.CHECKS, Sort.LINES}:
        items = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(str(item.value) for item in items if isinstance(item, ScalarNode) and item.value)
    if field.sort in {Sort.ROWS, Sort.ROW}:
        items = node.value if isinstance(node, SequenceNode) else [node]
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
    if field.sort is Sort.ROWS:
        assert isinstance(value, tuple)
        return [dict(row) for row in value if isinstance(row, Mapping)] or None
    if (
        field.sort is Sort.MOMENT
        and (moment := parse_date(str(value), zone=ZoneInfo("UTC")))
        and date_field(moment) == value
    ):
        return moment
    if field.sort is Sort.LONG and "\n" in str(value):
        return f"{value}\n"
    return (_number(str(value)) if field.sort is Sort.NUMBER else value) or None


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 9 else text


def _with_body(text: str, body: str) -> str:
    """Return a file with another text below its fields, which has the line ends of the file."""
    front = _FRONT.match(text)
    if front is None:
        return text
    newline = "\r\n" if front[1].endswith("\r\n") else "\r" if front[1].endswith("\r") else "\n"
    lines = newline.join(body.strip().split("\n"))
    return f"{text[: front.end()]}{newline}{lines}{newline}" if lines else text[: front.end()]


def _same_lines(some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> int:
    """Return how many lines are the same before the first that is not, however they end."""
    pairs = zip(some, others, strict=False)
    return sum(
        1 for _ in takewhile(lambda pair: pair[0][0] == pair[1][0] and bool(pair[0][1]) == bool(pair[1][1]), pairs)
    )


def with_lines(text: str, changed: str) -> str:
    """Return a file with other lines; those above and below the change keep their bytes."""
    mark = "\ufeff" * text.startswith("\ufeff")
    before = [(line[1], line[2]) for line in _LINE.finditer(text.removeprefix(mark)) if line[0]]
    after = [(line[1], line[2]) for line in _LINE.finditer(changed) if line[0]]
    newline = next((end for _, end in before if end), "\n")
    top = _same_lines(before, after)
    low = _same_lines(before[top:][::-1], after[top:][::-1])
    middle = [(line, newline if end else "") for line, end in after[top : len(after) - low]]
    return mark + "".join(line + end for line, end in [*before[:top], *middle, *before[len(before) - low :]])
