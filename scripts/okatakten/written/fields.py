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
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from yaml import CollectionNode, MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.written.advice import Hint
from okatakten.written.compose import quoted
from okatakten.written.garbled import damage_of
from okatakten.written.likest import nearest
from okatakten.written.nodes import TextNode, clean, compose_nodes, repair, tell_unreadable
from okatakten.written.problems import Kind
from okatakten.written.text import UNPUBLISHABLE, Problems
from okatakten.written.values import (
    DATE_EXAMPLE,
    address_hint,
    date_hint,
    is_nearly_uuid,
    is_uuid,
    parse_address,
    parse_date,
    parse_day,
    parse_duration,
)

Choice = TypeVar("Choice", bound=StrEnum)

_MAPPED_WORDS: Final = {"ja": True, "true": True, "yes": True, "nej": False, "false": False, "no": False}
_QUOTES: Final = "\"'“”„‟‘’«» "
"""What somebody may have put around a number or a date; none of it can be a part of one."""
_LIKENED: Final = 50
"""Unknown fields that are compared with the known ones: so many are no slips of a finger, and it takes its time."""
FIELDS_LIMIT: Final = 500_000
"""Characters, fifty times as many as the largest file of fields has."""
_NOTHING: Final = {"~", "null"}
"""How YAML writes that there is no value."""
_NUMBER = re.compile(r"\d+|\d{1,3}(?:[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]\d{3})+", re.ASCII)


def parse_fields(yaml_text: str, problems: Problems, *, known: Sequence[str] | None) -> Fields | None:
    """Return the fields of a mapping, or None when not even the rest can be read. `known` None takes any field.

    What YAML would stumble over is told, then read as the text it was meant to be, so that all other problems show as
    well.
    """
    if len(yaml_text) > FIELDS_LIMIT:
        problems.add(Kind.TEXT_TOO_LARGE, line=1, expected=f"{FIELDS_LIMIT // 1000} kB")
        return None
    text = clean(yaml_text, problems)
    try:
        try:
            node = compose_nodes(text)
        except YAMLError:
            text = "\n".join(repair(text.split("\n"), problems, known=known))
            node = compose_nodes(text)
    except MarkedYAMLError as error:
        tell_unreadable(text.split("\n"), error, problems)
        return None
    except (YAMLError, ValueError):
        problems.add(Kind.UNREADABLE_FIELDS, line=1)
        return None
    if node is None:
        return Fields({}, problems, line=1)
    if not isinstance(node, MappingNode):
        problems.add(Kind.UNREADABLE_FIELDS, line=node.start_mark.line + 1)
        return None
    return read_mapping(node, problems, known=known)


def check_end(text: str, body: str, problems: Problems, *, known: Sequence[str]) -> None:
    """Add a problem where the text below the fields begins with a field: they ended above it."""
    first = body.split("\n", 1)[0]
    name = first.partition(":")[0]
    if name in known and re.match(r"\w+:(?:\s|$)", first):
        line = len(text.split("\n")) - len(text[text.rindex(body) :].split("\n")) + 1
        problems.add(Kind.FIELD_OUTSIDE, line=line, field=name, found=first)


def read_mapping(node: MappingNode, problems: Problems, *, known: Sequence[str] | None) -> Fields:
    """Return the known fields of a mapping node; unknown and repeated ones become problems."""
    nodes: dict[str, Node] = {}
    unknown = 0
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else ""
        line = key.start_mark.line + 1
        if name in nodes:
            problems.add(Kind.FIELD_TWICE, line=line, field=name)
        elif known is None or name in known:
            nodes[name] = value
        else:
            unknown += 1
            near = nearest(name, known) if unknown <= _LIKENED else None
            all_known = Hint.KNOWN_FIELDS.format(fields=", ".join(known))
            expected = Hint.MEANT.format(possibility=near) if near else all_known
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
        written = _as_written(self.nodes.get(name))
        self.problems.add(
            kind,
            line=self.line_of(name),
            field=name,
            found=written if found is None else found,
            expected=expected,
        )

    def note(self, kind: Kind, name: str, *, expected: str) -> None:
        """Add what stops nothing, at a field."""
        found = _as_written(self.nodes.get(name))
        self.problems.note(kind, line=self.line_of(name), field=name, found=found, expected=expected)

    def text(
        self,
        name: str,
        *,
        example: str | None = None,
        limit: int | None = None,
        lines: bool = False,
        words: bool = True,
    ) -> str | None:
        """Return one line of text, or with `lines` the lines as they stand.

        Without `words` the value is of a kind that has no # in it: what begins with one is a comment.
        """
        if example is None and name not in self.nodes:
            return None
        value = self._read(name, example=example, words=words)
        if value == "" and example is not None:
            self.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {example}")
        if not value:
            return None
        value = value if lines else " ".join(value.split())
        return value if self._is_whole(name, value, limit=limit) else None

    def _read(self, name: str, *, words: bool, example: str | None = None) -> str | None:
        """Return what stands there, "" where nothing does; None and a problem where it cannot be read as it stands."""
        node = self.nodes.get(name)
        if node is not None and not isinstance(node, ScalarNode):
            self._not_text(name, node, example=example, words=words)
            return None
        misread = node.misread if isinstance(node, TextNode) else None
        if misread and (words or misread.kind is Kind.UNCLOSED_QUOTE):
            self.problem(misread.kind, name, found=misread.found, expected=misread.expected)
            return None
        return _value(node) if words else _value(node).strip(_QUOTES)

    def _is_whole(self, name: str, value: str, *, limit: int | None) -> bool:
        """Whether a text can be published as it is; else that is told."""
        if damage := damage_of(value):
            self.problem(damage[0], name, expected=damage[1])
        elif limit is not None and len(value) > limit:
            self.problem(Kind.TOO_LONG, name, expected=Hint.TOO_MANY_LETTERS.format(count=len(value), limit=limit))
        else:
            return True
        return False

    def _not_text(self, name: str, node: Node, *, example: str | None, words: bool) -> None:
        """Tell that a list or fields stand where text belongs: brackets, as a rule, that were meant as they are."""
        found = _in_brackets(node) if re.search(r"\w", _in_brackets(node)) else ""
        meant = found and (quoted(found) if words else found.strip("[]{}").split(", ")[0])
        self.problem(Kind.NOT_TEXT, name, found=found, expected=f"{name}: {meant or example or 'text'}")

    def choice(
        self, name: str, choices: type[Choice], *, default: Choice, words: Mapping[str, Choice] = MappingProxyType({})
    ) -> Choice:
        """Return one of the choices, written as its value or, where there are any, as a word for it."""
        written = self.text(name, words=False)
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
        written = self.text(name, example="false" if default is None else None, words=False)
        if written is None:
            return bool(default)
        value = _MAPPED_WORDS.get(written.casefold())
        if value is None:
            self.problem(Kind.NOT_A_CHOICE, name, expected=Hint.YES_OR_NO)
        return bool(value)

    def number(self, name: str, *, lowest: int = 1, highest: int = 10**15, example: str | None = None) -> int | None:
        written = self.text(name, example=example, words=False)
        if written is None:
            return None
        compact = "".join(written.split()) if _NUMBER.fullmatch(written) else ""
        if compact and len(compact) <= 16 and lowest <= int(compact) <= highest:
            return int(compact)
        within = Hint.AT_LEAST if highest == 10**15 else Hint.BETWEEN
        self.problem(Kind.NOT_A_NUMBER, name, expected=within.format(lowest=lowest, highest=highest))
        return None

    def percent(self, name: str, *, example: str) -> float | None:
        """Return a part of a hundred, with or without decimals, as `3,4`."""
        written = self.text(name, example=example, words=False)
        if written is None:
            return None
        plain = written.replace(",", ".").removesuffix("%").strip()
        if re.fullmatch(r"\d{1,3}(?:\.\d+)?", plain) and float(plain) <= 100:
            return float(plain)
        self.problem(Kind.NOT_A_PERCENT, name, expected=f"{name}: {example}")
        return None

    def moment(self, name: str, *, zone: ZoneInfo) -> datetime | None:
        written = self.text(name, example=DATE_EXAMPLE, words=False)
        if written is None:
            return None
        moment = parse_date(written, zone=zone)
        if moment is None:
            self.problem(Kind.NOT_A_DATE, name, expected=date_hint(written))
        return moment

    def day(self, name: str, *, example: str | None = None) -> date | None:
        """Return a date written as `2024-07-01`."""
        written = self.text(name, example=example, words=False)
        if written is None:
            return None
        found = parse_day(written)
        if found is None:
            self.problem(Kind.NOT_A_DAY, name)
        return found

    def time(self, name: str, *, example: str | None = None) -> timedelta | None:
        written = self.text(name, example=example, words=False)
        if written is None:
            return None
        value = parse_duration(written)
        if value is None:
            self.problem(Kind.NOT_A_TIME, name)
        return value

    def address(self, name: str, *, example: str | None = None, secure: bool = False) -> str | None:
        """Return an absolute address; `secure` ones are https only, since apps refuse to fetch others."""
        written = self.text(name, example=example, words=False)
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
        # Behind a whole UUID stands a comment; in any other id it may be a part of it. Whatever looks garbled in one
        # is how apps know it.
        value = self._read(name, words=not is_uuid(_as_written(self.nodes.get(name))))
        if value is None:
            return None
        if not value:
            if uuid_only:
                self.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {new()}")
            else:
                self.problem(Kind.GUID_MISSING, name, expected=new())
            return None
        node = self.nodes[name]
        written = str(node.value).strip()
        if UNPUBLISHABLE.search(written):
            self.problem(Kind.STRANGE_CHARACTER, name)
            return None
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
        nodes = self.items(name, example=f"[{lowest}, 2]", single=True)
        if isinstance(self.nodes.get(name), ScalarNode):
            nodes = [TextNode("", part, node.start_mark) for node in nodes for part in _as_written(node).split(",")]
        for node in nodes:
            number = Fields({name: node}, self.problems, line=self.line).number(name, lowest=lowest, highest=highest)
            if number is not None and number not in numbers:
                numbers.append(number)
        return tuple(numbers)

    def texts(self, name: str, *, example: str) -> tuple[str, ...]:
        """Return a list of texts on one line each."""
        return tuple(text for entry in self.each(name, example=example) if (text := entry.text(name, example=example)))

    def each(self, name: str, *, example: str) -> list[Fields]:
        """Return each item of a list as the only one of its field, for problems on its own line."""
        return [Fields({name: node}, self.problems, line=self.line) for node in self.items(name, example=example)]

    def items(self, name: str, *, example: str, single: bool = False) -> Sequence[Node]:
        """Return the items of a list; with `single`, one item need not be written as a list."""
        node = self.nodes.get(name)
        if node is None or (isinstance(node, ScalarNode) and not _value(node)):
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
        absent = node is None or (isinstance(node, ScalarNode) and not _value(node))
        if required or not absent:
            below = ", ".join(f"{field}: …" for field in known)
            self.problem(Kind.FIELDS_BELOW, name, expected=Hint.FIELDS_BELOW.format(name=name, fields=below))
        return None


def _as_written(node: Node | None) -> str:
    """Return a value with what YAML passes over."""
    if isinstance(node, TextNode) and node.misread and not node.misread.comment:
        return node.misread.found
    return str(node.value) if isinstance(node, ScalarNode) else ""


def _in_brackets(node: Node) -> str:
    """Return a list or fields on one line as they stand; nothing for what stands on lines of its own."""
    if isinstance(node, ScalarNode):
        return _as_written(node)
    if not (isinstance(node, CollectionNode) and node.flow_style):
        return ""
    if isinstance(node, MappingNode):
        entries = [f"{_in_brackets(key)}: {_in_brackets(value)}".removesuffix(": ") for key, value in node.value]
        return f"{{{', '.join(entries)}}}"
    return f"[{', '.join(map(_in_brackets, node.value))}]"


def _value(node: Node | None) -> str:
    """Return the text of a value; none where it says, in the words of YAML, that there is none."""
    value = _as_written(node).strip()
    return "" if value in _NOTHING and isinstance(node, ScalarNode) and not node.style else value
