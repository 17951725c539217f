"""YAML as nodes that know where they stand, and what of a text YAML would take for something else.

YAML reads `del #2` as `del`, `!Nytt avsnitt` as `avsnitt` and `&Co AB` as `AB`, all without a word. Where no word of a
file may vanish, such a value is told with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import yaml
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError

from okatakten.written.compose import quoted
from okatakten.written.garbled import WIDTHLESS, degarble
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

# In C where PyYAML was built with it: 20 times as fast, with the same events.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST: Final = 100
"""Levels. Nobody writes a tenth of them, and the time that PyYAML takes grows with their square."""
_YAML_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML 1.1 and to PyYAML, though to no editor, which would move every line number below."""
_OTHER_SPACES: Final = re.compile(r"^[^\S\t\n]+|(?<=[:-])[^\S\t\n]+", re.MULTILINE)
"""What looks like the spaces that YAML asks for: some of them may be of another kind."""
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that YAML takes nowhere (YAML 1.1, 5.1)."""
SWEDISH: Final = "!sv"
"""Stands where a translation has no text of its own yet, and shows the Swedish one."""
_TAG_OF_TEXT: Final = "tag:yaml.org,2002:str"

_FIELD = re.compile(r"(?P<before>\s*(?:- +)*(?:[\w.-]+ *: +|- +))(?P<value>\S.*?)\s*")
_FIELD_WITHOUT_SPACE = re.compile(r"(?P<before>\s*(?:- +)*(?P<key>\w+)):(?P<value>[^\s:/].*)")
_BLOCK = re.compile(r"(?P<indent>\s*(?:- +)*)(?:[\w.-]+ *:)? *[|>][-+\d]*\s*(?:#.*)?")
_OPEN_QUOTE = re.compile(r"""\s*(?:- +)*(?:[\w.-]+: +)?(?:"(?:[^"\\]|\\.)*|'(?:[^']|'')*)$""")
_OPEN_BRACKET = re.compile(r"\[[^\]]*|\{[^}]*|\[.*\{.*")
"""A list or fields within brackets that go on below, or too much for one line to be told what was meant."""
_LIKE_A_FIELD = re.compile(r"(?P<indent>\s*)(?:- +)?[A-Za-z_][\w.]*:(?:\s|$)")
_BEGINS = ("while scanning a simple key", "while parsing a flow")
"""What PyYAML was at when it stumbled: those of which the beginning is the line to mend."""
_COLON = re.compile(r":(?:\s|$)")
_CURLY = re.compile("[“”„‟‘’](?P<text>[^“”„‟‘’]*)[“”‘’]")
_AROUND = re.compile(r"""(["'])(?P<text>(?:(?!\1).)*(?:(?:(?<=\s)\1|\1(?=\w)).*)?)\1""")
"""Quotation marks around a text with such marks, or apostrophes, in it: not a quotation at each end."""
_OTHER_DASH = re.compile(r"(?P<before>\s*)[–—•·*](?P<after>\s+\S.*)")
_COMMENT_WITHIN = re.compile(r"\s*#\w")
_LOST_ESCAPE = re.compile(r"\\[NLP_]|\b[A-Za-z]:\\(?!\\)")
"""A path of Windows between double quotation marks, where `\\t` and `\\n` are something else than a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """That YAML reads a value otherwise than it stands: all of it as `found`, and what to write.

    `comment`: what YAML passes over would be a comment, which beside a number or a date it is.
    """

    kind: Kind
    found: str
    expected: str
    comment: bool = False


class TextNode(ScalarNode):
    """A value, with what YAML makes of it where that is something else."""

    misread: Misread | None = None


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet, and its nodes so far. `flow`: it stands between brackets."""

    node: Node | None
    children: list[Node]
    flow: bool

    @property
    def is_at_value(self) -> bool:
        """Whether what comes is the value of a field."""
        return len(self.children) % 2 == 1 and isinstance(self.node, MappingNode)


def compose_nodes(yaml_text: str) -> Node | None:
    """Return the root node. Raises YAMLError and, for what is no text, ValueError."""
    # One character for one: every mark is a place in the text as it was given.
    yaml_text = _YAML_BREAKS.sub(" ", yaml_text)
    tree = _Tree(yaml_text.split("\n"))
    events: Iterator[Any] = yaml.parse(yaml_text, Loader=_LOADER)
    for event in events:
        tree.take(event)
    return tree.root()


class _Tree:
    """The nodes of a document, put together here.

    PyYAML would call itself for every level, so that a hundred thousand brackets end the process, and it takes a
    repeated anchor, which is legal and means nothing here, for a mistake.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.anchors: dict[str, Node] = {}
        self.used: set[str] = set()
        self.below = [_Open(None, [], flow=False)]

    def root(self) -> Node | None:
        for name in self.used:
            # An anchor that something refers to is one, and no word.
            node = self.anchors[name]
            if isinstance(node, TextNode):
                node.misread = None
        return next(iter(self.below[0].children), None)

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent) and len(self.below) <= _DEEPEST:
            self._add(event, self._text(event))
            return
        if isinstance(event, yaml.CollectionEndEvent):
            closed = self.below.pop()
            if isinstance(closed.node, MappingNode):
                closed.node.value = list(zip(closed.children[::2], closed.children[1::2], strict=True))
            if closed.node is not None:
                closed.node.end_mark = event.end_mark
            return
        second = isinstance(event, yaml.DocumentStartEvent) and self.below[0].children
        if second or len(self.below) > _DEEPEST:
            raise MarkedYAMLError(problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._refer(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            kind: Any = SequenceNode if isinstance(event, yaml.SequenceStartEvent) else MappingNode
            node = kind(event.tag, [], event.start_mark, event.end_mark, event.flow_style)
            self._add(event, node)
            self.below.append(_Open(node, node.value, flow=self.below[-1].flow or bool(event.flow_style)))

    def _refer(self, event: Any) -> None:
        """Add, for an alias, the node that began where its anchor stands; without one it is a word with a star."""
        if event.anchor in self.anchors:
            self.used.add(event.anchor)
            self.below[-1].children.append(self.anchors[event.anchor])
            return
        parent = self.below[-1]
        place = _Place(self.lines, event, parent.children[-1] if parent.is_at_value else None, parent.flow)
        word = TextNode(_TAG_OF_TEXT, f"*{event.anchor}", event.start_mark, event.end_mark)
        word.misread = place.misread(word.value)
        parent.children.append(word)

    def _add(self, event: Any, node: Node) -> None:
        self.below[-1].children.append(node)
        if event.anchor:
            self.anchors[event.anchor] = node

    def _text(self, event: Any) -> TextNode:
        node = TextNode(event.tag, event.value, event.start_mark, event.end_mark, event.style or "")
        parent = self.below[-1]
        key = parent.children[-1] if parent.is_at_value else None
        if (key or not isinstance(parent.node, MappingNode)) and not _is_simple(event, key, self.lines):
            node.misread = _misread(_Place(self.lines, event, key, parent.flow))
        return node


def _is_simple(event: Any, key: Node | None, lines: Sequence[str]) -> bool:
    """Whether nothing is near a value that could be misread, as in nearly every line."""
    number = event.end_mark.line
    if event.anchor or event.tag or event.start_mark.line != number or number >= len(lines):
        return False
    if key and key.end_mark.line != number:
        return False
    line, below = lines[number], lines[number + 1] if number + 1 < len(lines) else ""
    return "#" not in line and "\\" not in line and not ("#" in below and below.lstrip().startswith("#"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: behind `key`, or as an item of a list."""

    lines: Sequence[str]
    event: Any
    key: Node | None
    flow: bool

    @property
    def after(self) -> str:
        """What stands behind it on its last line."""
        end = self.event.end_mark
        return self.lines[end.line][end.column :] if end.line < len(self.lines) else ""

    @property
    def written(self) -> str:
        """All of it as it stands, on one line."""
        start, end = self.event.start_mark, self.event.end_mark
        last = self.lines[end.line][: end.column] if end.line < len(self.lines) else ""
        lines = [*self.lines[start.line : end.line], last]
        lines[0] = lines[0][start.column :]
        return " ".join(line.strip() for line in lines).strip()

    @property
    def before(self) -> str:
        """What stands behind the colon of its key, when it begins on a line below."""
        if self.key is None or self.key.end_mark.line == self.event.start_mark.line:
            return ""
        return self.lines[self.key.end_mark.line][self.key.end_mark.column :].strip().removeprefix(":")

    @property
    def below(self) -> str:
        """The lines below that begin with # as if the text went on there: further in than its key."""
        if self.flow or self.key is None:
            return ""
        indent, words = self.key.start_mark.column, []
        # By number: a copy of all that follows would cost more with every line.
        for number in range(self.event.end_mark.line + 1, len(self.lines)):
            line = self.lines[number]
            if not _COMMENT_WITHIN.match(line) or len(line) - len(line.lstrip()) <= indent:
                break
            words.append(line.strip())
        return " ".join(words)

    def misread(self, said: str) -> Misread:
        return Misread(kind=Kind.UNQUOTED_SIGN, found=said, expected=self._quoted(said))

    def commented(self, said: str, *, value: bool = True) -> Misread:
        """Return that a part of it, or all that stands there when it has no `value`, is a comment."""
        return Misread(kind=Kind.COMMENT_IN_TEXT, found=said, expected=self._quoted(said), comment=value)

    def _quoted(self, said: str) -> str:
        name = f"{self.key.value}: " if isinstance(self.key, ScalarNode) else "" if self.flow else "- "
        return name + quoted(said)


def _misread(place: _Place) -> Misread | None:
    """Return what of a value YAML would not read as the text that stands there."""
    event, written = place.event, place.written
    if event.tag == SWEDISH and not event.value:
        return None
    if event.anchor or event.tag not in {None, _TAG_OF_TEXT}:
        return place.misread(written)
    if event.style in {"'", '"'}:
        return _misread_quotation(place)
    if event.style:
        header = place.lines[event.start_mark.line][event.start_mark.column :].strip()
        return place.misread(header) if not event.value and re.search(r"\w", header) else None
    return _misread_comment(place)


def _misread_quotation(place: _Place) -> Misread | None:
    event, written = place.event, place.written
    indent = place.key.start_mark.column if place.key is not None else 0
    for line in place.lines[event.start_mark.line + 1 : event.end_mark.line + 1]:
        field = _LIKE_A_FIELD.match(line)
        if field and len(field["indent"]) <= indent:
            found = place.lines[event.start_mark.line].strip()
            return Misread(kind=Kind.UNCLOSED_QUOTE, found=found, expected="")
    if event.style == '"' and _LOST_ESCAPE.search(written):
        return place.misread(written[1:-1])
    # With a space before it, what follows a closing quotation mark is a comment.
    return place.misread(event.value + place.after.rstrip()) if place.after.startswith("#") else None


def _misread_comment(place: _Place) -> Misread | None:
    value, before, after = place.written, place.before.strip(), place.after.strip()
    if not value:
        # Where nothing stands, a comment says what could: `title: # så kort som möjligt`.
        return place.commented(after, value=False) if _COMMENT_WITHIN.match(after) else None
    if _COMMENT_WITHIN.match(before):
        return place.commented(f"{before} {value}", value=False)
    if after.startswith("#"):
        return place.commented(value + place.after.rstrip())
    return place.commented(f"{value} {place.below}") if place.below else None


def repair(lines: Sequence[str], problems: Problems, *, known: Sequence[str] | None) -> list[str]:
    """Return the lines of a text that YAML does not take, with what was meant in place of what it stumbles over.

    Each line is tried on its own, and told: the work grows with the length of the text, however much is wrong in it.
    """
    repaired: list[str] = []
    block: int | None = None
    for number, line in enumerate(lines, start=1):
        if number <= len(repaired):
            continue
        if block is not None and (not line.strip() or _indent(line) > block):
            repaired.append(line)
            continue
        header = _BLOCK.fullmatch(line)
        block = len(header["indent"]) if header else None
        more = [] if header else _goes_on(line, (lines[below] for below in range(number, len(lines))))
        whole = " ".join([line.rstrip(), *(below.strip() for below in more)])
        repaired += [line if header else _repair_line(whole, number, problems, known=known), *("" for _ in more)]
    return repaired


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _goes_on(line: str, below: Iterable[str]) -> list[str]:
    """Return the lines that a text without quotation marks goes on over, if there is a colon in one of them."""
    field = _FIELD.fullmatch(line)
    if not field or field["value"][0] in "\"'[{":
        return []
    more = list(takewhile(lambda text: text.strip() and _indent(text) > _indent(line), below))
    stops = any(_LIKE_A_FIELD.match(text) or text.lstrip().startswith("- ") for text in more)
    return more if any(map(_COLON.search, more)) and not stops else []


def _repair_line(line: str, number: int, problems: Problems, *, known: Sequence[str] | None) -> str:
    field = _FIELD_WITHOUT_SPACE.fullmatch(line)
    if field and field["key"] in (known or ()):
        meant = f"{field['before']}: {field['value']}"
        problems.add(Kind.UNREADABLE_FIELDS, line=number, found=line.strip())
        return _repair_line(meant, number, problems, known=None)
    if dash := _OTHER_DASH.fullmatch(line):
        line = f"{dash['before']}-{dash['after']}"
        problems.add(Kind.NOT_A_LIST, line=number, found=dash[0].strip(), expected=line.strip())
    field = _FIELD.fullmatch(line)
    if not field or not re.search(r"\w", field["value"]) or _is_value(field["value"]):
        return line
    value = field["value"]
    meant = field["before"] + _quote_value(value)
    kind = Kind.UNQUOTED_COLON if _COLON.search(value) else Kind.UNQUOTED_SIGN
    name = field["before"].strip(" -:")
    problems.add(kind, line=number, field=name, found=value, expected=meant.strip())
    return meant


def _is_value(value: str) -> bool:
    """Whether YAML takes a value, or takes it for the beginning of one that goes on below."""
    goes_on = _OPEN_QUOTE.fullmatch(value) or _OPEN_BRACKET.fullmatch(value)
    try:
        return bool(goes_on) or isinstance(compose_nodes(f"k: {value}"), MappingNode)
    except YAMLError:
        return False


def _quote_value(value: str) -> str:
    """Return a value as it can stand. Quotation marks of a word processor around it were meant for these."""
    if around := _CURLY.fullmatch(value) or _AROUND.fullmatch(value):
        return quoted(around["text"])
    if value[0] == "[" and value[-1] == "]":
        return f"[{', '.join(quoted(item.strip()) for item in value[1:-1].split(','))}]"
    return quoted(value)


def tell_unreadable(lines: Sequence[str], error: MarkedYAMLError, problems: Problems) -> None:
    """Add a problem for what could not be repaired: where it begins."""
    begins = error.context_mark if str(error.context).startswith(_BEGINS) else None
    mark = begins or error.problem_mark or error.context_mark
    index = min(mark.line if mark else 0, len(lines) - 1)
    index = next((number for number in range(index, -1, -1) if lines[number].strip()), index)
    open_quotes = (number for number, line in enumerate(lines[: index + 1]) if _OPEN_QUOTE.fullmatch(line))
    first = next(open_quotes, None)
    kind = Kind.UNREADABLE_FIELDS if first is None else Kind.UNCLOSED_QUOTE
    line = index if first is None else first
    problems.add(kind, line=line + 1, found=lines[line].strip())


def clean(yaml_text: str, problems: Problems) -> str:
    """Return the text without what nobody sees; a character that YAML takes nowhere is told.

    Every line stays where it is.
    """
    text = _YAML_BREAKS.sub(" ", WIDTHLESS.sub("", yaml_text))
    text = _OTHER_SPACES.sub(lambda match: " " * len(match[0]), text)
    if not _UNREADABLE.search(text):
        return text
    lines = text.split("\n")
    return "\n".join(_clean_line(line, number, problems) for number, line in enumerate(lines, start=1))


def _clean_line(line: str, number: int, problems: Problems) -> str:
    if not _UNREADABLE.search(line):
        return line
    whole = degarble(line)
    if _UNREADABLE.search(whole):
        problems.add(Kind.STRANGE_CHARACTER, line=number, found=line.strip())
        return _UNREADABLE.sub(" ", line)
    problems.add(Kind.GARBLED_TEXT, line=number, found=line.strip(), expected=whole.strip())
    return whole
