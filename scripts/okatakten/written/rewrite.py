"""One field of a file set anew: every byte that is not its value stays, comments, quotation marks and line ends too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from yaml import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.written.compose import field_lines
from okatakten.written.nodes import compose_nodes

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE: Final = re.compile(r"\ufeff?---[ \t]*[\r\n]+")
_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_HEADER: Final = re.compile(r"[|>][-+\d]*(?P<comment>[ \t]+#[^\r\n]*)?")
_ALIAS: Final = re.compile(r"\s*\*\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """Where a field stands in a text: where its name begins, its colon ends, its value begins and ends.

    `below`: the value begins on a line below the name.
    """

    name: int
    colon: int
    start: int
    end: int
    below: bool


def write_field(text: str, name: str, value: object) -> str:
    """Return a file with a field set to a value, put first where there is none; None removes it.

    The file has fields between two `---` lines, or nothing but fields. A value is what `compose_file` takes.
    """
    begin, end, newline = _fields_of(text)
    lines = field_lines(name, value)
    return text[:begin] + _rewrite(text[begin:end], name, lines, newline=newline) + text[end:]


def copy_field(text: str, name: str, other: str) -> str:
    """Return a file with a field as it is written in another file, whatever it holds; without it if that has none."""
    begin, end, newline = _fields_of(text)
    start, stop, _ = _fields_of(other)
    fields, source = text[begin:end], other[start:stop]
    here, there = _find(fields, name), _find(source, name)
    if not there:
        return text[:begin] + _rewrite(fields, name, [], newline=newline) + text[end:]
    value = newline.join(re.split("\r\n|\r|\n", source[there[0].colon : there[0].end]))
    above, below = (fields[: here[0].colon], fields[here[0].end :]) if here else (f"{name}:", f"{newline}{fields}")
    return text[:begin] + above + value + below + text[end:]


def write_rows(
    text: str, name: str, before: Sequence[Mapping[str, object]], after: Sequence[Mapping[str, object]]
) -> str:
    """Return a file in which a list of mappings that says `before` says `after`: all else in it stays, as comments.

    Both have what is to be compared of each row, in the order of the list. A list between brackets is written anew.
    """
    begin, end, newline = _fields_of(text)
    fields = text[begin:end]
    if not before or not after or len(_Rows.of(fields, name)) != len(before):
        return write_field(text, name, [dict(row) for row in after] or None)
    steps = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=False).get_opcodes()
    for same, i1, i2, j1, j2 in reversed(steps):
        if same != "equal":
            fields = _change_rows(fields, name, i1, before[i1:i2], after[j1:j2], newline=newline)
    return text[:begin] + fields + text[end:]


def _key(row: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(row.items()))


def _change_rows(
    fields: str,
    name: str,
    first: int,
    old: Sequence[Mapping[str, object]],
    new: Sequence[Mapping[str, object]],
    *,
    newline: str,
) -> str:
    """Return fields in which the rows from number `first` on, which say `old`, say `new`."""
    partners = _partners(old, new)
    for number in reversed(range(len(old))):
        if number not in partners:
            fields = _Rows.of(fields, name).without(first + number)
    place = first
    for row, partner in zip(new, partners, strict=True):
        if partner is None:
            fields = _Rows.of(fields, name).with_row(place, row, newline=newline)
        else:
            for part in old[partner].keys() | row.keys():
                if old[partner].get(part) != row.get(part):
                    fields = _Rows.of(fields, name).with_part(place, part, row.get(part), newline=newline)
        place += 1
    return fields


def _partners(old: Sequence[Mapping[str, object]], new: Sequence[Mapping[str, object]]) -> list[int | None]:
    """Return which old row each new one has come of: the one that it has most in common with, in order."""
    if len(old) == len(new):
        return list(range(len(old)))
    partners: list[int | None] = []
    first = 0
    for row in new:
        common = [
            (sum(row.get(part) == said for part, said in old[number].items()), -number)
            for number in range(first, len(old))
        ]
        most, number = max(common, default=(0, 0))
        partners.append(-number if most else None)
        first = 1 - number if most else first
    return partners


@dataclass(frozen=True, slots=True)
class _Rows:
    """The mappings of a list, each on lines of its own. No rows: there is no such list."""

    fields: str
    name: str
    column: int
    rows: tuple[MappingNode, ...]

    @classmethod
    def of(cls, fields: str, name: str) -> _Rows:
        try:
            root = compose_nodes(fields)
        except (YAMLError, ValueError):
            root = None
        pairs = root.value if isinstance(root, MappingNode) else []
        value = next((value for key, value in pairs if isinstance(key, ScalarNode) and key.value == name), None)
        if not isinstance(value, SequenceNode) or value.flow_style:
            return cls(fields, name, 0, ())
        rows = tuple(row for row in value.value if isinstance(row, MappingNode))
        starts = [row.start_mark.index for row in rows]
        # What stands elsewhere, under an anchor, begins before the one above it, or twice at the same place.
        plain = starts == sorted(set(starts)) and starts[:1] >= [value.start_mark.index]
        whole = all(row.value and not row.flow_style for row in rows)
        return cls(fields, name, value.start_mark.column, rows if plain and whole else ())

    def __len__(self) -> int:
        return len(self.rows)

    def _begin(self, number: int) -> int:
        """Return where the line of the dash of a row begins."""
        start = _line_start(self.fields, self.rows[number].start_mark.index)
        while start and self.fields[start : start + self.column + 1].lstrip(" ") != "-":
            start = _line_start(self.fields, start - 1)
        return start

    def _end(self, number: int) -> int:
        """Return where the last line of a row ends."""
        return _line_end(self.fields, _place(self.fields, *self.rows[number].value[-1]).end)

    def without(self, number: int) -> str:
        return self.fields[: self._begin(number)] + self.fields[self._end(number) :]

    def with_row(self, number: int, row: Mapping[str, object], *, newline: str) -> str:
        """Return the fields with a new row, before which a number of rows stand."""
        entries = [line for part, said in row.items() for line in field_lines(part, said)]
        lines = [f"{' ' * self.column}{'  ' if at else '- '}{entry}{newline}" for at, entry in enumerate(entries)]
        if not self.rows:
            return _rewrite(
                self.fields, self.name, [f"{self.name}:", *(line.rstrip() for line in lines)], newline=newline
            )
        # The comment above the first row may be of that row, so a new one goes above it.
        place = self._end(number - 1) if number else _line_end(self.fields, _find(self.fields, self.name)[0].colon)
        return _with_lines(self.fields, place, "".join(lines), newline=newline)

    def with_part(self, number: int, part: str, said: object, *, newline: str) -> str:
        """Return the fields with a part of a row that says something else, or nothing."""
        row, fields = self.rows[number], self.fields
        pairs = [(key, value) for key, value in row.value if isinstance(key, ScalarNode)]
        at = next((at for at, (key, _) in enumerate(pairs) if key.value == part), None)
        if at is None:
            line = f"{' ' * row.start_mark.column}{field_lines(part, said)[0]}{newline}"
            return _with_lines(fields, self._end(number), line, newline=newline)
        place = _place(fields, *pairs[at])
        if said not in (None, ""):  # a time may be 0:00
            return _replaced(fields, place, part, field_lines(part, said), newline=newline)
        if at == 0 and len(pairs) > 1:  # the dash stands before it
            return fields[: place.name] + fields[pairs[1][0].start_mark.index :]
        return fields[: _line_start(fields, place.name)] + fields[_line_end(fields, place.end) :]


def _with_lines(fields: str, place: int, lines: str, *, newline: str) -> str:
    ends = not place or fields[place - 1] in "\r\n"
    return fields[:place] + (lines if ends else newline + lines.rstrip("\r\n")) + fields[place:]


def _fields_of(text: str) -> tuple[int, int, str]:
    """Return where the fields of a file begin and end, and how its lines end."""
    opening = _FENCE.match(text)
    begin = opening.end() if opening else int(text.startswith("\ufeff"))
    ending = _END.search(text.replace("\r", "\n"), begin) if opening else None
    newline = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
    return begin, ending.start() if ending else len(text), newline


def _rewrite(fields: str, name: str, lines: list[str], *, newline: str) -> str:
    places = _find(fields, name)
    if not lines:
        for place in reversed(places):
            fields = fields[: _line_start(fields, place.name)] + fields[_line_end(fields, place.end) :]
        return fields
    if not places:
        return newline.join([*lines, fields])
    return _replaced(fields, places[0], name, lines, newline=newline)


def _replaced(fields: str, place: _Field, name: str, lines: list[str], *, newline: str) -> str:
    """Return fields with the value at a place replaced by that of these lines, and the comment behind it kept.

    `newline` brings what its lines are set in by.
    """
    inline = lines[0].removeprefix(f"{name}:")
    more = "".join(newline + line if line else newline.rstrip(" ") for line in lines[1:])
    kept = fields[place.colon : place.start]
    if place.below:
        # Between the name and a value below it there is nothing but comments.
        kept = fields[place.colon : _line_start(fields, place.start)].rstrip("\r\n")
    elif header := _HEADER.match(fields, place.start):
        kept = header["comment"] or ""
    elif inline and kept:
        inline, kept = kept + inline[1:], ""
    return fields[: place.colon] + inline + kept.rstrip(" \t") + more + fields[place.end :]


def _find(fields: str, name: str) -> list[_Field]:
    """Return where a field stands, every time that it does; where the fields cannot be read, by their lines."""
    try:
        root = compose_nodes(fields)
    except (YAMLError, ValueError):
        return _find_by_line(fields, name)
    pairs = root.value if isinstance(root, MappingNode) else []
    return [_place(fields, key, value) for key, value in pairs if isinstance(key, ScalarNode) and key.value == name]


def _place(fields: str, key: Node, value: Node) -> _Field:
    colon = fields.index(":", key.end_mark.index) + 1
    start, end = value.start_mark.index, value.end_mark.index
    if start < colon and (alias := _ALIAS.match(fields, colon)):
        start, end = alias.end() - len(alias[0].lstrip()), alias.end()
    else:
        end = _end_of(fields, value)
    below = "\n" in fields[colon:start].replace("\r", "\n")
    return _Field(name=key.start_mark.index, colon=colon, start=start, end=end, below=below)


def _end_of(fields: str, node: Node) -> int:
    """Return where a value ends: before the comments on lines that follow it."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, CollectionNode) and not node.flow_style:
        return int(start + len(_without_comments(fields[start:end])))
    return int(start + len(fields[start:end].rstrip()))


def _without_comments(block: str) -> str:
    """Return the lines of a block without the comments that follow it."""
    lines = _LINE.findall(block)
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "".join(lines).rstrip()


def _find_by_line(fields: str, name: str) -> list[_Field]:
    found = re.finditer(rf"^{re.escape(name)}(?P<colon>:)[ \t]*(?P<value>[^\r\n]*)", fields, re.MULTILINE)
    return [
        _Field(name=match.start(), colon=match.end("colon"), start=match.start("value"), end=match.end(), below=False)
        for match in found
    ]


def _line_start(text: str, place: int) -> int:
    return max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1


def _line_end(text: str, place: int) -> int:
    match = _LINE.match(text, place)
    return match.end() if match else len(text)
