"""A value set anew that stands within lists and other fields: all else stays as it was, to the byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yaml import MappingNode, Node, SequenceNode, YAMLError
from yaml.nodes import CollectionNode

from okatakten.written.compose import field_lines, scalar
from okatakten.written.nodes import compose_nodes
from okatakten.written.rewrite import _end_of, _fields_of, _line_end, _line_start, _place, _replaced, write_field

Path = Sequence[str | int]
"""Where a value stands: the name of a field, then names and numbers of what is in it."""


class UnwritableError(Exception):
    """A value stands so that it cannot be set without a change to something else."""


def write_at(text: str, path: Path, value: object) -> str:
    """Return a file with a value set that stands at a path. Raises UnwritableError.

    One number more than a list has items adds one, a text or a mapping. None takes an item away, and empties a field
    that is not one of the file itself.
    """
    if len(path) == 1:
        return write_field(text, str(path[0]), value)
    begin, end, newline = _fields_of(text)
    fields = text[begin:end]
    try:
        root = compose_nodes(fields)
        above, step = node_at(root, path[:-1]), path[-1]
        if step == 0 and (not above.value or not isinstance(above, CollectionNode)):
            return write_at(text, path[:-1], [value])
        changed = _set(fields, above, step, value, newline=newline)
        wanted = _plain(root)
        _put(wanted, path, value)
        if _plain(compose_nodes(changed)) != _nothing_for_empty(wanted):
            raise UnwritableError
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError):
        raise UnwritableError from None
    return text[:begin] + changed + text[end:]


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


def _set(fields: str, above: Any, step: str | int, value: object, *, newline: str) -> str:
    """Return the fields with an entry of a mapping or an item of a list set."""
    if isinstance(above, MappingNode):
        return _set_entry(fields, above, str(step), value, newline=newline)
    if above.flow_style or not isinstance(step, int):
        raise UnwritableError
    items, indent = above.value, " " * above.start_mark.column
    if step == len(items):
        return _add_lines(fields, items[-1], [indent + line for line in _item_lines(value)], newline=newline)
    start, end = items[step].start_mark.index, _last(fields, items[step])
    if value is None:
        if fields[_line_start(fields, start) : start].strip() != "-":
            raise UnwritableError
        return fields[: _line_start(fields, start)] + fields[_line_end(fields, end) :]
    return fields[:start] + scalar(value) + fields[end:]


def _set_entry(fields: str, above: MappingNode, name: str, value: object, *, newline: str) -> str:
    places = [_place(fields, key, node) for key, node in above.value if key.value == name]
    lines = field_lines(name, value) or [f'{name}: ""']
    if above.flow_style:
        inline = lines[0].removeprefix(f"{name}: ")
        if places:
            gap = " " * (places[0].start == places[0].colon)
            return fields[: places[0].start] + gap + inline + fields[places[0].end :]
        end = len(fields[: above.end_mark.index - 1].rstrip())
        return fields[:end] + ", " * bool(above.value) + f"{name}: {inline}" + fields[end:]
    indent = " " * above.start_mark.column
    if places:
        return _replaced(fields, places[0], name, lines, newline=newline + indent)
    return _add_lines(fields, above, [indent + line for line in lines], newline=newline)


def _last(fields: str, node: Any) -> int:
    """Return where the last value of a node ends: in it, what looks like a comment may be text."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        # What stands elsewhere, under an anchor, begins above.
        return _last(fields, last) if last.start_mark.index >= node.start_mark.index else _end_of(fields, node)
    return _end_of(fields, node)


def _item_lines(value: object) -> list[str]:
    """Return the lines of an item in a list; parts of it that are empty stand there to be filled in."""
    if not isinstance(value, Mapping):
        return [f"- {scalar(value)}"]
    entries = [line for name, part in value.items() for line in field_lines(name, part)]
    return [f"{'  ' if number else '- '}{entry}" for number, entry in enumerate(entries)]


def _add_lines(fields: str, last: Node, lines: list[str], *, newline: str) -> str:
    """Return the fields with lines below the last line of a node."""
    end = _line_end(fields, _last(fields, last))
    before = fields[:end] if fields[:end].endswith(("\n", "\r")) else fields[:end] + newline
    return before + "".join(line + newline for line in lines) + fields[end:]


def _plain(node: Any) -> Any:
    """Return what nodes hold: dicts, lists, and every value as text."""
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return [_plain(item) for item in node.value] if isinstance(node, SequenceNode) else str(node.value)


def _put(holds: Any, path: Path, value: object) -> None:
    for step in path[:-1]:
        holds = holds[step]
    if isinstance(holds, list) and value is None:
        del holds[int(path[-1])]
    elif isinstance(holds, list) and path[-1] == len(holds):
        holds.append(_as_text(value))
    else:
        holds[path[-1]] = _as_text(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_text(part) for name, part in value.items() if part is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_text(each) for each in value]
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _nothing_for_empty(holds: Any) -> Any:
    """Return what is left when the last item of a list is taken away: a field with nothing in it."""
    if isinstance(holds, dict):
        return {name: _nothing_for_empty(value) for name, value in holds.items()}
    return ([_nothing_for_empty(each) for each in holds] or "") if isinstance(holds, list) else holds
