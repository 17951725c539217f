"""YAML fields with line numbers: every value is read as the text that stands there, nothing is guessed.

YAML alone would turn `1:05` into a number and `no` into false, so the nodes are read, not the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import yaml
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.problems import Kind
from okatakten.written.text import UNPUBLISHABLE, Problems, nearest
from okatakten.written.values import (
    DATE_EXAMPLE,
    address_hint,
    date_hint,
    is_nearly_uuid,
    is_uuid,
    parse_address,
    parse_date,
    parse_duration,
)

Choice = TypeVar("Choice", bound=StrEnum)

_MAPPED_WORDS: Final = {"ja": True, "true": True, "yes": True, "nej": False, "false": False, "no": False}
_COLON_IN_VALUE = re.compile(r"^(?P<key>\s*(?:- +)?[A-Za-z0-9_.]+: +)(?P<value>[^\"'\s|>&*#\[{].*:(?: .*)?)$")
_OPEN_QUOTE = re.compile(r"""\s*(?:- +)?[A-Za-z0-9_.]+: +(?:"(?:[^"\\]|\\.)*|'[^']*)$""")

# In C where PyYAML was built with it: 20 times as fast, with the same events.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NODES: Final = {
    yaml.ScalarEvent: ScalarNode,
    yaml.SequenceStartEvent: SequenceNode,
    yaml.MappingStartEvent: MappingNode,
}
_DEEPEST: Final = 100
"""Levels. Nobody writes a tenth of them, and the time that PyYAML takes grows with their square."""
_YAML_BREAKS: Final = dict.fromkeys((0x85, 0x2028, 0x2029), " ")
"""Line breaks to YAML 1.1 and to PyYAML, though to no editor, which would move every line number below."""


def parse_fields(yaml_text: str, problems: Problems, *, known: Sequence[str] | None) -> Fields | None:
    """Return the fields of a mapping, or None when not even the rest can be read. `known` None takes any field.

    An unquoted colon is told, then read as the text it was meant to be, so that all other problems show as well.
    """
    lines = yaml_text.split("\n")
    for _ in lines:
        try:
            node = _compose("\n".join(lines))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            index = min(mark.line if mark else 0, len(lines) - 1)
            colon = _COLON_IN_VALUE.match(lines[index])
            if not colon:
                open_quotes = (number for number, line in enumerate(lines[: index + 1]) if _OPEN_QUOTE.match(line))
                first = next(open_quotes, None)
                if first is None:
                    problems.add(Kind.UNREADABLE_FIELDS, line=index + 1, found=lines[index])
                else:
                    problems.add(Kind.UNCLOSED_QUOTE, line=first + 1, found=lines[first])
                return None
            lines[index] = quoted = colon["key"] + '"' + colon["value"].rstrip().replace('"', '\\"') + '"'
            problems.add(
                Kind.UNQUOTED_COLON,
                line=index + 1,
                field=colon["key"].strip(" -:"),
                found=colon["value"],
                expected=quoted.strip(),
            )
        except (YAMLError, ValueError):
            problems.add(Kind.UNREADABLE_FIELDS, line=1)
            return None
        else:
            if node is None:
                return Fields({}, problems, line=1)
            if not isinstance(node, MappingNode):
                problems.add(Kind.UNREADABLE_FIELDS, line=node.start_mark.line + 1)
                return None
            return read_mapping(node, problems, known=known)
    problems.add(Kind.UNREADABLE_FIELDS, line=1)
    return None


def _compose(yaml_text: str) -> Node | None:
    """Return the root node. Raises YAMLError and, for what is no text, ValueError.

    The nodes are put together here: PyYAML would call itself for every level, so that a hundred thousand brackets end
    the process, and it takes a repeated anchor, which is legal and means nothing here, for a mistake.
    """
    anchors: dict[str, Node] = {}
    roots: list[Node] = []
    below: list[tuple[Node | None, list[Node]]] = [(None, roots)]
    events: Iterator[Any] = yaml.parse(yaml_text.translate(_YAML_BREAKS), Loader=_LOADER)
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            parent, children = below.pop()
            if isinstance(parent, MappingNode):
                parent.value = list(zip(children[::2], children[1::2], strict=True))
            continue
        if (isinstance(event, yaml.DocumentStartEvent) and roots) or len(below) > _DEEPEST:
            raise MarkedYAMLError(problem_mark=event.start_mark)
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _as_node(event, anchors)
        below[-1][1].append(node)
        if not isinstance(node, ScalarNode) and not isinstance(event, yaml.AliasEvent):
            below.append((node, node.value))
    return roots[0] if roots else None


def _as_node(event: Any, anchors: dict[str, Node]) -> Node:
    """Return the node that begins here or, for an alias, the one that began where its anchor stands."""
    kind: Any = _NODES.get(type(event))
    if kind is None and event.anchor not in anchors:
        raise MarkedYAMLError(problem_mark=event.start_mark)
    if kind is None:
        return anchors[event.anchor]
    is_scalar = kind is ScalarNode
    quotes = {"style": event.style} if is_scalar else {}
    node: Node = kind(event.tag, event.value if is_scalar else [], event.start_mark, **quotes)
    if event.anchor:
        anchors[event.anchor] = node
    return node


def read_mapping(node: MappingNode, problems: Problems, *, known: Sequence[str] | None) -> Fields:
    """Return the known fields of a mapping node; unknown and repeated ones become problems."""
    nodes: dict[str, Node] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else ""
        line = key.start_mark.line + 1
        if name in nodes:
            problems.add(Kind.FIELD_TWICE, line=line, field=name)
        elif known is None or name in known:
            nodes[name] = value
        else:
            near = nearest(name, known)
            expected = did_you_mean(name, known, otherwise=Hint.KNOWN_FIELDS.format(fields=", ".join(known)))
            problems.add(Kind.UNKNOWN_FIELD, line=line, field=name, expected=expected)
            # What was nearly written right is not also called missing.
            if near and near not in nodes:
                nodes[near] = value
    return Fields(nodes, problems, line=node.start_mark.line + 1)


@dataclass(slots=True)
class Fields:
    """The fields of one mapping. Each method returns a value that fits, or None and a problem.

    `example` is what a right value looks like; a field with an example and no value is required.
    """

    nodes: dict[str, Node]
    problems: Problems
    line: int

    def __contains__(self, name: str) -> bool:
        return name in self.nodes

    def line_of(self, name: str) -> int:
        node = self.nodes.get(name)
        return node.start_mark.line + 1 if node is not None else self.line

    def problem(self, kind: Kind, name: str, *, expected: str = "", found: str | None = None) -> None:
        node = self.nodes.get(name)
        written = str(node.value) if isinstance(node, ScalarNode) else ""
        self.problems.add(
            kind,
            line=self.line_of(name),
            field=name,
            found=written if found is None else found,
            expected=expected,
        )

    def text(
        self, name: str, *, example: str | None = None, limit: int | None = None, lines: bool = False
    ) -> str | None:
        """Return one line of text, or with `lines` the lines as they stand."""
        node = self.nodes.get(name)
        value = str(node.value).strip() if isinstance(node, ScalarNode) else ""
        if node is not None and not isinstance(node, ScalarNode):
            self.problem(Kind.NOT_TEXT, name, expected=f"{name}: {example or 'text'}")
            return None
        if not value:
            if example is not None:
                self.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {example}")
            return None
        if UNPUBLISHABLE.search(value):
            self.problem(Kind.STRANGE_CHARACTER, name)
            return None
        if not lines:
            value = " ".join(value.split())
        if limit is not None and len(value) > limit:
            self.problem(Kind.TOO_LONG, name, expected=Hint.TOO_MANY_LETTERS.format(count=len(value), limit=limit))
            return None
        return value

    def choice(
        self, name: str, choices: type[Choice], *, default: Choice, words: Mapping[str, Choice] = MappingProxyType({})
    ) -> Choice:
        """Return one of the choices, written as its value or, where there are any, as a word for it."""
        written = self.text(name)
        if written is None:
            return default
        for choice in choices:
            if choice == written.casefold():
                return choice
        if written.casefold() in words:
            return words[written.casefold()]
        self.problem(Kind.NOT_A_CHOICE, name, expected=", ".join(words or choices))
        return default

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """Return true or false; without default the field is required."""
        written = self.text(name, example="false" if default is None else None)
        if written is None:
            return bool(default)
        value = _MAPPED_WORDS.get(written.casefold())
        if value is None:
            self.problem(Kind.NOT_A_CHOICE, name, expected=Hint.YES_OR_NO)
        return bool(value)

    def number(self, name: str, *, lowest: int = 1, highest: int = 10**15, example: str | None = None) -> int | None:
        written = self.text(name, example=example)
        if written is None:
            return None
        compact = written.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        if compact.isascii() and compact.isdigit() and len(compact) <= 16 and lowest <= int(compact) <= highest:
            return int(compact)
        within = Hint.AT_LEAST if highest == 10**15 else Hint.BETWEEN
        self.problem(Kind.NOT_A_NUMBER, name, expected=within.format(lowest=lowest, highest=highest))
        return None

    def moment(self, name: str, *, zone: ZoneInfo) -> datetime | None:
        written = self.text(name, example=DATE_EXAMPLE)
        if written is None:
            return None
        moment = parse_date(written, zone=zone)
        if moment is None:
            self.problem(Kind.NOT_A_DATE, name, expected=date_hint(written))
        return moment

    def day(self, name: str, *, example: str | None = None) -> date | None:
        """Return a date written as `2024-07-01`."""
        written = self.text(name, example=example)
        if written is None:
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.problem(Kind.NOT_A_DAY, name)
            return None

    def time(self, name: str, *, example: str | None = None) -> timedelta | None:
        written = self.text(name, example=example)
        if written is None:
            return None
        value = parse_duration(written)
        if value is None:
            self.problem(Kind.NOT_A_TIME, name)
        return value

    def address(self, name: str, *, example: str | None = None, secure: bool = False) -> str | None:
        """Return an absolute address; `secure` ones are https only, since apps refuse to fetch others."""
        written = self.text(name, example=example)
        if written is None:
            return None
        address = parse_address(written)
        if address is None or (secure and not address.startswith("https:")):
            self.problem(Kind.NOT_AN_ADDRESS, name, expected=address_hint(written, secure=secure))
            return None
        return address

    def guid(self, name: str, *, new: Callable[[], str], uuid_only: bool = False) -> str | None:
        """Return an id as it stands. A show's is a UUID; an episode's may be any text, since it may be imported.

        What is nearly a UUID has lost a sign, unless it stands in quotation marks: then it is known to be so.
        """
        if name not in self or not self.text(name):
            if uuid_only:
                self.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {new()}")
            else:
                self.problem(Kind.GUID_MISSING, name, expected=new())
            return None
        node = self.nodes[name]
        written = str(node.value).strip()
        slipped = uuid_only or (is_nearly_uuid(written) and not getattr(node, "style", None))
        if slipped and not is_uuid(written):
            expected = new() if uuid_only else Hint.GUID_AS_IT_IS.format(new=new())
            self.problem(Kind.NOT_A_GUID, name, expected=expected)
            return None
        return written

    def mappings(self, name: str, *, known: Sequence[str], example: str) -> Iterator[Fields]:
        """Yield each mapping of a list; what is not a list of mappings becomes a problem."""
        for node in self.items(name, example=example):
            if isinstance(node, MappingNode):
                yield read_mapping(node, self.problems, known=known)
            else:
                line = node.start_mark.line + 1
                found = str(node.value) if isinstance(node, ScalarNode) else ""
                self.problems.add(Kind.NOT_A_LIST, line=line, field=name, found=found, expected=example)

    def numbers(self, name: str, *, lowest: int, highest: int) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        numbers = []
        for node in self.items(name, example=f"[{lowest}, 2]", single=True):
            number = Fields({name: node}, self.problems, line=self.line).number(name, lowest=lowest, highest=highest)
            if number is not None and number not in numbers:
                numbers.append(number)
        return tuple(numbers)

    def texts(self, name: str, *, example: str) -> tuple[str, ...]:
        """Return a list of texts on one line each."""
        entries = [Fields({name: node}, self.problems, line=self.line) for node in self.items(name, example=example)]
        return tuple(text for entry in entries if (text := entry.text(name, example=example)))

    def items(self, name: str, *, example: str, single: bool = False) -> Sequence[Node]:
        """Return the items of a list; with `single`, one item need not be written as a list."""
        node = self.nodes.get(name)
        if node is None or (isinstance(node, ScalarNode) and not node.value):
            return ()
        if isinstance(node, SequenceNode):
            return list(node.value)
        if single and isinstance(node, ScalarNode):
            return [node]
        self.problem(Kind.NOT_A_LIST, name, expected=example)
        return ()

    def mapping(self, name: str, *, known: Sequence[str], required: bool = False) -> Fields | None:
        """Return the fields below a field."""
        node = self.nodes.get(name)
        if isinstance(node, MappingNode):
            return read_mapping(node, self.problems, known=known)
        absent = node is None or (isinstance(node, ScalarNode) and not node.value)
        if required or not absent:
            below = ", ".join(f"{field}: …" for field in known)
            self.problem(Kind.FIELDS_BELOW, name, expected=Hint.FIELDS_BELOW.format(name=name, fields=below))
        return None
