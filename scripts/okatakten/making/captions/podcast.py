"""The JSON and HTML of the podcast namespace (transcripts.md in Podcastindex-org/podcast-namespace)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from lxml import etree

from okatakten.making.captions.said import TIME, Entry, Line, Said, in_turn, tell, tell_headings
from okatakten.making.captions.text import read_lines
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain
from okatakten.written.values import parse_time

JSON_EXAMPLE: Final = '{"segments": [{"startTime": 65.5, "speaker": "Programledaren", "body": "Välkommen."}]}'
_SECONDS = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,9})?")
_BLOCKS: Final = {
    "address", "article", "aside", "blockquote", "body", "cite", "dd", "div", "dl", "dt", "figcaption", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "td", "th", "time", "tr", "ul",
}  # fmt: skip
_UNSAID: Final = {"head", "title", "script", "style", "template", "noscript"}


def parse_json(text: str) -> Any:
    """Return what JSON says, and None when it is not JSON."""
    try:
        return json.loads(text) if text.lstrip()[:1] in {"{", "["} else None
    except (ValueError, RecursionError):
        return None


def read_json(data: Any, problems: Problems) -> list[Said]:
    """Read segments; those of Whisper say start, end and text instead."""
    segments = data.get("segments") if isinstance(data, dict) else data
    if not isinstance(segments, list) or not all(isinstance(segment, dict) for segment in segments):
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SHAPE.format(example=JSON_EXAMPLE))
        return []
    said = []
    for number, segment in enumerate(segments, start=1):
        text = _words(segment, "body") or _words(segment, "text")
        start, end = (_seconds(segment.get(f"{name}Time", segment.get(name))) for name in ("start", "end"))
        line = Line(text=text, where=f"segment {number}")
        if start is None:
            tell(Kind.TRANSCRIPT_UNREADABLE, line, problems, expected=Hint.SHAPE.format(example=JSON_EXAMPLE))
        elif text:
            said.append(Said(line=line, start=start, end=end, speaker=_words(segment, "speaker"), texts=(text,)))
    return said


def _words(segment: Mapping[str, Any], name: str) -> str:
    value = segment.get(name)
    return plain(value) if isinstance(value, str) else ""


def _seconds(value: Any) -> timedelta | None:
    """Return a time in seconds, as a number or in digits, or as a clock time."""
    written = f"{value:.3f}" if isinstance(value, float) else str(value).strip()
    return timedelta(seconds=float(written)) if _SECONDS.fullmatch(written) else parse_time(written)


def read_html(text: str, problems: Problems) -> list[Said]:
    """Read speakers (`cite`), times (`time`) and paragraphs (`p`); without such times, the lines of the page."""
    parts = list(_parts(text))
    if not any(tag == "time" for tag, _ in parts):
        spaced = [line for _, part in parts for line in (part, replace(part, text=""))]
        return read_lines(spaced, problems)
    entries: list[Entry] = []
    name, start, is_new = "", None, True
    for tag, line in parts:
        if tag == "cite":
            name, is_new = line.text, True
        elif tag == "time":
            start, is_new = parse_time(line.text), True
            if start is None:
                tell(Kind.NOT_A_TIME, line, problems)
        elif start is None:
            tell_headings([line], problems)
        elif is_new:
            entries.append(Entry(line=line, start=start, end=None, name=name.strip(" :"), rest=line.text))
            is_new = False
        else:
            entries[-1].more.append(line.text)
    return list(in_turn(entries))


def _parts(text: str) -> Iterator[tuple[str, Line]]:
    """Yield each block of text with its tag: `cite`, `time`, or `p` for all others."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root: etree._Element | None = etree.fromstring(text.encode(), parser)
    if root is None:
        return
    tag, words, number = "p", "", 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        role = _role(element)
        if role:
            yield from ((tag, Line(text=line.strip(), number=number)) for line in words.split("\n") if line.strip())
            tag, words, number = (role if event == "start" else "p"), "", element.sourceline or 0
        if event == "start" and element.tag in _UNSAID:
            walk.skip_subtree()
        elif event == "start":
            words += ("\n" if element.tag == "br" else "") + re.sub(r"\s+", " ", element.text or "")
        else:
            words += re.sub(r"\s+", " ", element.tail or "")


def _inner_text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _role(element: etree._Element) -> str:
    """Return what a block is, and nothing for what stands in a line.

    A `cite` in the middle of a paragraph is the title of a book, and not every `time` is one of the audio.
    """
    if element.tag == "time":
        return "time" if re.fullmatch(TIME, _inner_text(element)) else ""
    if element.tag == "cite":
        parent = element.getparent()
        is_name = parent is None or parent.tag != "p" or _inner_text(element).endswith(":")
        return "cite" if is_name else ""
    return "p" if element.tag in _BLOCKS else ""
