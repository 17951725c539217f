"""TTML (W3C), as television and film services have it, also under the names DFXP, IMSC and EBU-TT."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from lxml import etree

from okatakten.making.captions.said import Line, Said, tell
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain

TTML_EXAMPLE: Final = '<p begin="00:00:05.000" end="00:00:09.500">Välkommen.</p>'
_CLOCK = re.compile(r"([0-9]{2,4}):([0-9]{2}):([0-9]{2})(?:(\.[0-9]{1,9})|:([0-9]{1,3})(?:\.[0-9]{1,3})?)?")
_OFFSET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|ms|m|s|f|t)")
_ROOT = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:\w+:)?tt[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_SECONDS: Final = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_DEPTH: Final = 50
_ID: Final = "{http://www.w3.org/XML/1998/namespace}id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How the file counts: frames and ticks in a second."""

    frames: Fraction
    ticks: Fraction

    def time(self, written: str | None) -> timedelta | None:
        """Return a clock time or an offset; None where there is none that can be read."""
        written = (written or "").strip()
        if match := _CLOCK.fullmatch(written):
            hours, minutes, seconds, fraction, frames = match.groups()
            whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
            return timedelta(seconds=float(whole + Fraction(fraction or 0) + Fraction(frames or 0) / self.frames))
        if match := _OFFSET.fullmatch(written):
            unit = {**_SECONDS, "f": 1 / self.frames, "t": 1 / self.ticks}[match[2]]
            seconds = Fraction(match[1]) * unit
            return timedelta(seconds=float(seconds)) if seconds < 10**7 else None
        return None


def is_ttml(text: str) -> bool:
    """Whether a text is XML whose first element is `tt`."""
    return bool(_ROOT.match(text))


def read_ttml(text: str, problems: Problems) -> list[Said]:
    """Return what the paragraphs say. The time of what stands inside counts from the beginning of what is around it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SHAPE.format(example=TTML_EXAMPLE))
        return []
    reader = _Reader(problems=problems, clock=_clock(root), agents=dict(_agents(root)))
    for body in root:
        if _name(body) == "body":
            reader.read(body, _Around())
    return reader.said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What holds for everything inside an element: when that begins and ends, who speaks, and how deep it lies."""

    start: timedelta = timedelta(0)
    end: timedelta | None = None
    speaker: str = ""
    depth: int = 0


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Gathers what is said."""

    problems: Problems
    clock: _Clock
    agents: Mapping[str, str]
    said: list[Said] = field(default_factory=list)

    def read(self, element: etree._Element, around: _Around) -> None:
        """Add what an element says, from where what is around it begins, and at most until that ends."""
        written = {name: element.get(name) for name in ("begin", "end", "dur")}
        times = {name: self.clock.time(value) for name, value in written.items()}
        words = plain(f"{written['begin'] or ''} {''.join(map(str, element.itertext()))}")
        line = Line(text=words, number=_line_of(element))
        if around.depth > _DEPTH or any(value and times[name] is None for name, value in written.items()):
            tell(Kind.TRANSCRIPT_UNREADABLE, line, self.problems, expected=Hint.SHAPE.format(example=TTML_EXAMPLE))
            return
        start, end = _span(times, around)
        speaker = _speaker(element, self.agents) or around.speaker
        inside = _Around(start=start, end=end, speaker=speaker, depth=around.depth + 1)
        parts = [child for child in element if _name(child) in {"div", "p"} or child.get("begin")]
        if _name(element) in {"p", "span"} and plain(text := _text(element, without=set(parts))):
            self.said.append(Said(line=line, start=start, end=end, speaker=speaker, texts=tuple(text.split("\n"))))
        for child in parts:
            self.read(child, inside)


def _span(times: Mapping[str, timedelta | None], around: _Around) -> tuple[timedelta, timedelta | None]:
    """Return start and end in the time of the whole; what has no end of its own ends with what is around it."""
    begin, end, length = times["begin"], times["end"], times["dur"]
    start = around.start + (begin or timedelta(0))
    if end is not None:
        return start, around.start + end
    return start, start + length if length is not None else around.end


def _text(element: etree._Element, *, without: Collection[etree._Element] = ()) -> str:
    """Return the text of a paragraph; `br` begins a new line."""
    parts = [_squeezed(element.text)]
    for child in element:
        if child not in without and _name(child) not in {"metadata", "set", "image"}:
            parts.append("\n" if _name(child) == "br" else _text(child))
        parts.append(_squeezed(child.tail))
    return "".join(parts)


def _line_of(element: etree._Element) -> int:
    line: Any = element.sourceline
    return line or 0


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _clock(root: etree._Element) -> _Clock:
    """Return how the file counts, by the attributes of its root in whatever edition of the name space."""
    values = {etree.QName(str(name)).localname: str(value) for name, value in root.attrib.items()}
    multiplier = re.fullmatch(r"([1-9][0-9]{0,5})[ :]([1-9][0-9]{0,5})", values.get("frameRateMultiplier", "").strip())
    rate = _positive(values.get("frameRate")) or Fraction(30)
    frames = rate * Fraction(int(multiplier[1]), int(multiplier[2])) if multiplier else rate
    ticks = _positive(values.get("tickRate")) or (frames if "frameRate" in values else Fraction(1))
    return _Clock(frames=frames, ticks=ticks)


def _positive(written: str | None) -> Fraction | None:
    return Fraction(int(written)) if written and re.fullmatch(r"[1-9][0-9]{0,9}", written.strip()) else None


def _agents(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the names of those who talk, by their ids."""
    for agent in root.iter():
        if _name(agent) == "agent":
            names = [plain("".join(map(str, name.itertext()))) for name in agent if _name(name) == "name"]
            yield agent.get(_ID, ""), next(filter(None, names), "")


def _speaker(element: etree._Element, agents: Mapping[str, str]) -> str:
    written = next((value for name, value in element.attrib.items() if etree.QName(str(name)).localname == "agent"), "")
    names = [agents.get(one, "") for one in str(written).split()]
    return ", ".join(names) if all(names) else str(written)


def _name(element: etree._Element) -> str:
    """Return what an element is called, whichever edition of the standard its name space is."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
