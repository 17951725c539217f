"""One value of a file set anew: every byte that is not its value stays, comments, quotation marks and line ends too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from yaml import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.written.compose import field_lines, scalar
from okatakten.written.nodes import compose_nodes

Path = Sequence[str | int]
"""Where a value stands: the name of a field, then names and numbers of what is in it."""
Row = Mapping[str, object]
_Edit = tuple[Path, object]

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE: Final = re.compile(r"\ufeff?---[ \t]*[\r\n]+")
_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_HEADER: Final = re.compile(r"[|>][-+\d]*(?P<comment>[ \t]+#[^\r\n]*)?")
_ALIAS: Final = re.compile(r"\s*\*\S+")


class UnwritableError(Exception):
    """A value stands so that it cannot be set without a change to something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """Where a field stands in a text: where its name begins, its colon ends, its value begins and ends."""

    name: int
    colon: int
    start: int
    end: int


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


def write_rows(text: str, name: str, before: Sequence[Row], after: Sequence[Row]) -> str:
    """Return a file in which a list of mappings that says `before` says `after`: all else in it stays, as comments.

    Both have what is to be compared of each row, in the order of the list. A list of which a row cannot be written by
    itself is written anew.
    """
    node = _node_in(text, [name])
    if before and after and isinstance(node, SequenceNode) and len(node.value) == len(before):
        with suppress(UnwritableError):
            return _edited(text, _changes(name, before, after))
    return write_field(text, name, [dict(row) for row in after] or None)


def write_at(text: str, path: Path, value: object) -> str:
    """Return a file with a value set that stands at a path. Raises UnwritableError.

    A mapping goes before the item of a list that has its number; one number more than there are items adds one. None
    takes an item away, and empties a field that is not one of the file itself.
    """
    if len(path) == 1:
        return write_field(text, str(path[0]), value)
    above = _node_in(text, path[:-1])
    if path[-1] == 0 and above and (not above.value or not isinstance(above, CollectionNode)):
        return write_at(text, path[:-1], [value])
    return _edited(text, [(path, "" if value is None and isinstance(path[-1], str) else value)])


def node_at(root: Node | None, path: Path) -> Any:
    """Return the node that stands at a path. Raises LookupError."""
    node: Any = root
    for step in path:
        if isinstance(node, MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, SequenceNode) and isinstance(step, int):
            node = node.value[step]
        else:
            node = None
        if node is None:
            raise LookupError(step)
    return node


def _node_in(text: str, path: Path) -> Any:
    """Return the node that stands at a path of a file; None where there is none."""
    begin, end, _ = _fields_of(text)
    with suppress(YAMLError, ValueError, LookupError):
        return node_at(compose_nodes(text[begin:end]), path)
    return None


def _changes(name: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[_Edit]:
    """Yield what makes rows say something else, the last first, so that the numbers of those above hold."""
    was, now = ([frozenset(row.items()) for row in rows] for rows in (before, after))
    for same, i1, i2, j1, j2 in reversed(SequenceMatcher(None, was, now, autojunk=False).get_opcodes()):
        if same != "equal":
            yield from _changes_from(name, i1, before[i1:i2], after[j1:j2])


def _changes_from(name: str, first: int, old: Sequence[Row], new: Sequence[Row]) -> Iterator[_Edit]:
    """Yield what makes the rows from number `first` on, which say `old`, say `new`."""
    partners = _partners(old, new)
    for number in reversed(range(len(old))):
        if number not in partners:
            yield (name, first + number), None
    for place, (row, partner) in enumerate(zip(new, partners, strict=True), start=first):
        if partner is None:
            yield (name, place), row
        else:
            was, now = old[partner], {part: said for part, said in row.items() if said != ""}
            # What goes goes last: a row of which nothing stands is none.
            parts = now | {part: None for part in was if part not in now}
            yield from (((name, place, part), said) for part, said in parts.items() if was.get(part) != said)


def _partners(old: Sequence[Row], new: Sequence[Row]) -> list[int | None]:
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


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    """Return a file with values set one after the other, and nothing else. Raises UnwritableError."""
    begin, end, newline = _fields_of(text)
    fields = text[begin:end]
    try:
        wanted = _plain(compose_nodes(fields))
        for path, value in edits:
            fields = _edit(fields, path, value, newline=newline)
            _put(wanted, path, value)
        if _plain(compose_nodes(fields)) != _nothing_for_empty(wanted):
            raise UnwritableError
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError):
        raise UnwritableError from None
    return text[:begin] + fields + text[end:]


def _edit(fields: str, path: Path, value: object, *, newline: str) -> str:
    above, step = node_at(compose_nodes(fields), path[:-1]), path[-1]
    if isinstance(above, MappingNode):
        return _set_entry(fields, above, str(step), value, newline=newline)
    if above.flow_style or not isinstance(step, int):
        raise UnwritableError
    if isinstance(value, Mapping) or step == len(above.value):
        return _add_item(fields, above, step, value, newline=newline)
    end = _last(fields, above.value[step])
    if value is None:
        return fields[: _dash_line(fields, above, step)] + fields[_line_end(fields, end) :]
    return fields[: above.value[step].start_mark.index] + scalar(value) + fields[end:]


def _set_entry(fields: str, above: MappingNode, name: str, value: object, *, newline: str) -> str:
    pairs = above.value
    place = next((_place(fields, key, node) for key, node in pairs if key.value == name), None)
    if value is None and place:
        return _without_entry(fields, above, place)
    lines = field_lines(name, value)
    if above.flow_style:
        inline = lines[0].removeprefix(f"{name}: ")
        if place:
            gap = " " * (place.start == place.colon)
            return fields[: place.start] + gap + inline + fields[place.end :]
        end = len(fields[: above.end_mark.index - 1].rstrip())
        return fields[:end] + ", " * bool(pairs) + f"{name}: {inline}" + fields[end:]
    indent = " " * above.start_mark.column
    if place:
        return _replaced(fields, place, name, lines, newline=newline + indent)
    end = _line_end(fields, _last(fields, above))
    return _with_lines(fields, end, [indent + line for line in lines], newline=newline)


def _without_entry(fields: str, above: MappingNode, place: _Field) -> str:
    if above.flow_style:
        raise UnwritableError
    if place.name == above.start_mark.index and len(above.value) > 1:  # the dash stands before it
        return fields[: place.name] + fields[above.value[1][0].start_mark.index :]
    return fields[: _line_start(fields, place.name)] + fields[_line_end(fields, place.end) :]


def _add_item(fields: str, above: SequenceNode, number: int, value: object, *, newline: str) -> str:
    """Return the fields with a new item, before which a number of items stand."""
    entries = [scalar(value)]
    if isinstance(value, Mapping):
        entries = [line for name, part in value.items() for line in field_lines(name, part)]
    indent = " " * above.start_mark.column
    lines = [f"{indent}{'  ' if at else '- '}{entry}" for at, entry in enumerate(entries)]
    # The comment above the first item may be of that one, so a new one goes above it.
    before = len(_without_comments(fields[: _dash_line(fields, above, 0)]))
    place = _line_end(fields, _last(fields, above.value[number - 1]) if number else before)
    return _with_lines(fields, place, lines, newline=newline)


def _dash_line(fields: str, above: SequenceNode, number: int) -> int:
    """Return where the line begins that has the dash of an item."""
    start = _line_start(fields, above.value[number].start_mark.index)
    while start and fields[start : start + above.start_mark.column + 1].lstrip(" ") != "-":
        start = _line_start(fields, start - 1)
    return start


def _last(fields: str, node: Any) -> int:
    """Return where the last value of a node ends: in it, what looks like a comment may be text."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        # What stands elsewhere, under an anchor, begins above.
        return _last(fields, last) if last.start_mark.index >= node.start_mark.index else _end_of(fields, node)
    return _end_of(fields, node)


def _plain(node: Any) -> Any:
    """Return what nodes hold: dicts, lists, and every value as text."""
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return [_plain(item) for item in node.value] if isinstance(node, SequenceNode) else str(node.value)


def _put(holds: Any, path: Path, value: object) -> None:
    last: Any = path[-1]
    for step in path[:-1]:
        holds = holds[step]
    if value is None:
        del holds[last]
    elif isinstance(holds, list) and (isinstance(value, Mapping) or last == len(holds)):
        holds.insert(last, _as_text(value))
    else:
        holds[last] = _as_text(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_text(part) for name, part in value.items() if part is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_text(each) for each in value]
    return value if isinstance(value, str) else scalar(value)


def _nothing_for_empty(holds: Any) -> Any:
    """Return what is left when the last item of a list is taken away: a field with nothing in it."""
    if isinstance(holds, dict):
        return {name: _nothing_for_empty(value) for name, value in holds.items()}
    return ([_nothing_for_empty(each) for each in holds] or "") if isinstance(holds, list) else holds


def _with_lines(fields: str, place: int, lines: Iterable[str], *, newline: str) -> str:
    ends = not place or fields[place - 1] in "\r\n"
    added = newline.join(lines)
    return fields[:place] + (added + newline if ends else newline + added) + fields[place:]


def _fields_of(text: str) -> tuple[int, int, str]:
    """Return where the fields of a file begin and end, and how its lines end."""
    opening = _FENCE.match(text)
    begin = opening.end() if opening else int(text.startswith("\ufeff"))
    ending = _END.search(text.replace("\r", "\n"), begin) if opening else None
    return begin, ending.start() if ending else len(text), newline_of(text)


def newline_of(text: str) -> str:
    """Return how the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"


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
    if set(kept) & {"\n", "\r"}:
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
    return _Field(name=key.start_mark.index, colon=colon, start=start, end=end)


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
        _Field(name=match.start(), colon=match.end("colon"), start=match.start("value"), end=match.end())
        for match in found
    ]


def _line_start(text: str, place: int) -> int:
    return max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1


def _line_end(text: str, place: int) -> int:
    match = _LINE.match(text, place)
    return match.end() if match else len(text)
