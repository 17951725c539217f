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
from datetime import timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from yaml import MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.desk.cues import alike
from okatakten.rules import EPISODE_TYPES, ROLE_WORDS
from okatakten.written.nodes import compose_nodes
from okatakten.written.rewrite import UnwritableError, newline_of, node_at, write_at, write_rows
from okatakten.written.values import date_field, parse_date, parse_duration, time_field

Rows = tuple[Mapping[str, str], ...]
Value = str | bool | tuple[str, ...] | Rows

NOTES: Final = "notes"
"""The name of the text below the fields."""
WHOLE: Final = "hela-filen"
"""The name of a file that is written as it is, and not by its fields."""
NO: Final = frozenset({"", "false", "nej", "no"})
_YES: Final = frozenset({"true", "ja", "yes"})
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
_ENDING: Final = re.compile("\r\n|\r")
_LINE: Final = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ROW: Final = re.compile(r"(?P<field>[\w.-]+)-(?P<number>\d{1,3})-(?P<name>\w+)")


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

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where the value stands."""
        return path_of(self.name)


def path_of(name: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdecimal() else step for step in name.split("."))


POST: Final = (
    Field(
        name="post", label="Inlägg i sociala medier", sort=Sort.LONG,
        help="Två till fyra meningar. Länken kommer med av sig själv. Utan text blir det rubrik och sammanfattning.",
    ),
    Field(name="hashtags", label="Hashtaggar", sort=Sort.LINES, help="En på varje rad."),
)  # fmt: skip

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
    *POST,
)  # fmt: skip

CHAPTERS: Final = Field(
    name="chapters", label="Kapitel", sort=Sort.ROWS,
    parts=(Field(name="start", label="Tid"), Field(name="title", label="Rubrik")),
)  # fmt: skip
"""All that somebody changes at the desk in the file of an episode."""

WHOLE_FILE: Final = (Field(name=WHOLE, label="Filen som den är", sort=Sort.WHOLE),)


def field_of(name: str) -> Field | None:
    """Return the field of an episode's form that has a name."""
    return next((field for field in EPISODE if field.name == name), None)


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
        return _value_of(node_at(root, field.path), field)
    except LookupError:
        return _value_of(None, field)


def nodes_of(text: str) -> dict[str, Node]:
    """Return the fields of a file as they are written; none where they cannot be read."""
    root = root_of(text)
    pairs = root.value if isinstance(root, MappingNode) else []
    # Of a field that stands twice, the first one counts, as when it is read.
    return {str(key.value): value for key, value in reversed(pairs)}


def words_of(text: str) -> dict[str, str]:
    """Return the fields of a file that are texts."""
    return {name: str(node.value).strip() for name, node in nodes_of(text).items() if isinstance(node, ScalarNode)}


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


def lines_of(text: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """Return the first line of each field that is in a file, counted from 1, with its name."""
    root, first, found = root_of(text), _part(text)[1], []
    for name in names:
        with suppress(LookupError):
            found.append((node_at(root, path_of(name)).start_mark.line + first, name))
    return sorted(found)


def is_readable(text: str, *, with_text: bool = True) -> bool:
    """Return whether a file is text throughout, with fields that a form can show and change, and a text below them."""
    return bool(nodes_of(text)) and is_text(text) and (not with_text or bool(_FRONT.match(text)))


def is_text(text: str) -> bool:
    return not _NOT_TEXT.search(text)


def front_lines(text: str) -> int:
    """Return how many lines the fields of a file take, with those above and below them."""
    front = _FRONT.match(text)
    return len(front[0].splitlines()) if front else 0


def body_of(text: str) -> str:
    front = _FRONT.match(text)
    return plain_lines(text[front.end() :]).strip() if front else ""


def plain_lines(text: str) -> str:
    """Return a text with line ends as a program has them."""
    return _ENDING.sub("\n", text.removeprefix("\ufeff"))


def written(text: str, field: Field, value: Value) -> str:
    """Return a file with a field set to the value of a form: the same file where it says that already."""
    now = values_of(text, (field,))[field.name]
    if plain(field, now) == plain(field, value):
        return text
    if field.name == WHOLE:
        return with_lines(text, str(value))
    if field.name == NOTES:
        new = _with_body(text, str(value))
    elif field.sort is Sort.ROWS:
        before = [plain_row(field, row) for row in now if isinstance(row, Mapping)] if isinstance(now, tuple) else []
        new = write_rows(text, field.name, _as_rows(before), _as_rows(value))
    elif field.sort is Sort.ROW:
        return _with_row(text, field, now, value)
    elif field.sort is Sort.LINES:
        assert isinstance(value, tuple)
        new = _with_items(text, field.path, [str(item) for item in value])
    else:
        new = write_at(text, field.path, _as_field(field, value))
    if plain(field, values_of(new, (field,))[field.name]) != plain(field, value) or _rest(new, field) != _rest(
        text, field
    ):
        raise UnwritableError
    return new


def _with_row(text: str, field: Field, now: Value, value: Value) -> str:
    """Return a file with a row changed part by part, added below the others, or taken away."""
    old, new = plain(field, now), plain(field, value)
    assert isinstance(old, tuple)
    assert isinstance(new, tuple)
    if not old or not new:
        return write_at(text, field.path, dict(new[0]) if new else None)  # type: ignore[arg-type]
    for part in field.parts:
        said = new[0].get(part.name)  # type: ignore[union-attr]
        if said != old[0].get(part.name):  # type: ignore[union-attr]
            text = write_at(text, (*field.path, part.name), bool(said) if part.sort is Sort.FLAG else said)
    return text


def _with_items(text: str, path: tuple[str | int, ...], items: Sequence[str]) -> str:
    """Return a file with other items in a list: those that stay keep their bytes where each has its own line."""
    try:
        node = node_at(root_of(text), path)
    except LookupError:
        node = None
    if isinstance(node, SequenceNode) and node.value and items and not node.flow_style:
        before = [str(item.value) for item in node.value]
        with suppress(UnwritableError):
            changed = text
            for number in range(len(before) - 1, len(items) - 1, -1):
                changed = write_at(changed, (*path, number), None)
            for number, item in enumerate(items):
                if number >= len(before) or item != " ".join(before[number].split()):
                    changed = write_at(changed, (*path, number), item)
            return changed
    return write_at(text, path, items[0] if isinstance(node, ScalarNode) and len(items) == 1 else [*items] or None)


def all_of(text: str) -> dict[str, object]:
    """Return all that a file says, field by field, with the text below, as texts, lists and mappings of them."""
    return {name: _bare(node) for name, node in nodes_of(text).items()} | {NOTES: body_of(text)}


def _rest(text: str, field: Field) -> dict[str, object]:
    # What stands within another field is looked after where it is written.
    return {name: said for name, said in all_of(text).items() if name != field.path[0]}


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
        if field.sort is Sort.WHOLE:
            return value
        stays = field.sort in {Sort.MARKDOWN, Sort.LONG}
        return value.strip() if stays else _number_text(" ".join(value.split()), field)
    if field.sort in {Sort.CHECKS, Sort.LINES}:
        texts = tuple(text for each in value if (text := " ".join(str(each).split())))
        in_order = sorted({*texts}, key=lambda each: (each.isdecimal(), len(each), each))
        return texts if field.sort is Sort.LINES else tuple(in_order)
    rows = [each for each in value if isinstance(each, Mapping)]
    if field.sort is Sort.ROW:
        return tuple(_filled(field, each) for each in rows)
    return tuple(row for row in (plain_row(field, each) for each in rows) if row)


def plain_row(field: Field, row: Mapping[str, str]) -> Mapping[str, str]:
    """Return what is written in a row. Where there is nothing but a choice, which stands there always, it is none."""
    filled = _filled(field, row)
    chosen = {part.name for part in field.parts if part.sort is Sort.CHOICE}
    return filled if filled.keys() - chosen else {}


def _filled(field: Field, row: Mapping[str, str]) -> Mapping[str, str]:
    said = {part.name: " ".join(row.get(part.name, "").split()) for part in field.parts}
    for name in [part.name for part in field.parts if part.sort is Sort.FLAG]:
        said[name] = "true" if said[name].casefold() in _YES else ""
    time = _time_or(said["start"], "start") if field is CHAPTERS else ""
    if isinstance(time, timedelta):
        said["start"] = time_field(time)
    return {name: text for name, text in said.items() if text}


def as_sent(field: Field, value: Value, *, zone: ZoneInfo) -> Value:
    """Return what a form sends that shows a value and has not been touched: a day and a time have no seconds."""
    if field.sort is Sort.MOMENT:
        return moment_text(*moment_parts(str(value), zone=zone), zone=zone)
    return plain(field, value)


def told(field: Field, value: Value) -> str:
    """Return a value as somebody reads it beside a field: a row, or a text of several, on a line."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, str):
        return dict(field.choices).get(value, value)
    return "\n".join(_row_told(field, each) if isinstance(each, Mapping) else each for each in value)


def _row_told(field: Field, row: Mapping[str, str]) -> str:
    filled = _filled(field, row)
    parts = [(part, part.sort is Sort.FLAG or filled[part.name]) for part in field.parts if part.name in filled]
    return ", ".join(f"{part.label}: {told(part, value)}" for part, value in parts)


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
        return tuple(said for row in _rows_from(field, form) if (said := plain_row(field, row)))
    if field.sort is Sort.ROW:
        return plain(field, _rows_from(field, form) or ({},))
    text = plain_lines(form.get(name, ""))
    return plain(field, tuple(text.split("\n")) if field.sort is Sort.LINES else text)


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
            flag = any(part.name == found["name"] and part.sort is Sort.FLAG for part in field.parts)
            rows.setdefault(int(found["number"]), {})[found["name"]] = "true" if flag else value
    return tuple(row for _, row in sorted(rows.items()))


def _value_of(node: Node | None, field: Field) -> Value:
    if field.sort is Sort.FLAG:
        return isinstance(node, ScalarNode) and node.value.casefold() in _YES
    if field.sort in {Sort.CHECKS, Sort.LINES}:
        items = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(str(item.value) for item in items if isinstance(item, ScalarNode) and item.value)
    if field.sort in {Sort.ROWS, Sort.ROW}:
        items = node.value if isinstance(node, SequenceNode) else [node] if field.sort is Sort.ROW else []
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
    if field.sort is Sort.MOMENT and (moment := parse_date(str(value), zone=ZoneInfo("UTC"))):
        return moment if date_field(moment) == value else value
    if field.sort is Sort.LONG and "\n" in str(value):
        return f"{value}\n"
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


def with_lines(text: str, changed: str) -> str:
    """Return a file with other lines; those above and below the change keep their bytes."""
    mark = "\ufeff" * text.startswith("\ufeff")
    lines = _LINE.findall(text.removeprefix(mark))
    before, after = ([_ENDING.sub("\n", line) for line in some] for some in (lines, _LINE.findall(changed)))
    top, low = alike(before, after)
    middle = [line.replace("\n", newline_of(text)) for line in after[top : len(after) - low]]
    return mark + "".join([*lines[:top], *middle, *lines[len(lines) - low :]])
