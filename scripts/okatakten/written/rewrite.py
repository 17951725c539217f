"""One field of a file set anew: every byte that is not its value stays, comments, quotation marks and line ends too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yaml import CollectionNode, MappingNode, Node, ScalarNode, YAMLError

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
    """Return the fields with other lines in the place of one. `newline` brings what its lines are set in by."""
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
