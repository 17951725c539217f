"""The JSON and HTML of the podcast namespace (transcripts.md in Podcastindex-org/podcast-namespace)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
_SEGMENTS: Final = ("segments", "transcription", "utterances", "monologues")
"""Where programs keep what was said."""
_TEXT: Final = ("body", "text", "transcript")
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
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
    """Read segments, as the podcast namespace, Whisper and other speech recognition write them."""
    segments, names = _find_segments(data)
    if segments is None or not all(isinstance(segment, dict) for segment in segments):
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SHAPE.format(example=JSON_EXAMPLE))
        return []
    unit = _unit(segments)
    said = []
    for number, segment in enumerate(segments, start=1):
        text = next(filter(None, (_words(segment, key) for key in _TEXT)), "") or _joined_words(segment)
        start, end = _span(segment, unit=unit)
        line = Line(text=text, where=f"segment {number}")
        if start is None:
            tell(Kind.TRANSCRIPT_UNREADABLE, line, problems, expected=Hint.SHAPE.format(example=JSON_EXAMPLE))
        elif text:
            speaker = _words(segment, "speaker") or _words(segment, "speaker_label")
            turn = " [SPEAKER_TURN]" if segment.get("speaker_turn_next") is True and "SPEAKER_TURN" not in text else ""
            said.append(
                Said(line=line, start=start, end=end, speaker=names.get(speaker, speaker), texts=(text + turn,))
            )
    return said


def _find_segments(data: Any) -> tuple[list[Any] | None, Mapping[str, str]]:
    """Return the list of segments wherever it stands, and the names of speakers that are known by an id."""
    inner = data.get("results") if isinstance(data, dict) and isinstance(data.get("results"), dict) else data
    if not isinstance(inner, dict):
        return (inner if isinstance(inner, list) else None), {}
    speakers = [one for one in _list(inner.get("speakers")) if isinstance(one, dict)]
    names = {str(one.get("spkid", one.get("id"))): _words(one, "name") for one in speakers if _words(one, "name")}
    return next((inner[key] for key in _SEGMENTS if isinstance(inner.get(key), list)), None), names


def _speaker(segment: Mapping[str, Any], names: Mapping[str, str]) -> str:
    written = _words(segment, "speaker") or _words(segment, "speaker_label")
    return names.get(written) or (f"speaker {written}" if written.isdigit() else written)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _unit(segments: Sequence[Mapping[str, Any]]) -> timedelta:
    """Return what times count: seconds, or milliseconds where all are whole and far apart for their words."""
    times = [(segment.get("start"), segment.get("end"), segment) for segment in segments]
    spans = [
        (end - start, len((_words(segment, "text") or _words(segment, "transcript")).split()))
        for start, end, segment in times
        if isinstance(start, int) and isinstance(end, int)
    ]
    is_milliseconds = (
        len(spans) == len(times) and sum(span for span, _ in spans) > 50 * sum(count for _, count in spans) > 0
    )
    return timedelta(milliseconds=1) if is_milliseconds else timedelta(seconds=1)


def _span(segment: Mapping[str, Any], *, unit: timedelta) -> tuple[timedelta | None, timedelta | None]:
    """Return when a segment starts and ends, by its own times or else by those of its words."""
    within = segment.get("timestamps")
    if isinstance(within, dict):
        return _time(within.get("from")), _time(within.get("to"))
    start, end = (_time(segment.get(f"{name}Time", segment.get(name)), unit=unit) for name in ("start", "end"))
    words = [word for word in _list(segment.get("words")) if isinstance(word, dict)]
    if start is None and words and "start" not in segment and "startTime" not in segment:
        return _time(words[0].get("start")), _time(words[-1].get("end"))
    return start, end


def _joined_words(segment: Mapping[str, Any]) -> str:
    """Return the words of a segment that has no text of its own."""
    words = [word for word in _list(segment.get("words")) if isinstance(word, dict)]
    return plain(" ".join(_words(word, "text") or _words(word, "word") for word in words))


def _words(segment: Mapping[str, Any], name: str) -> str:
    value = segment.get(name)
    return plain(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _time(value: Any, *, unit: timedelta = timedelta(seconds=1)) -> timedelta | None:
    """Return a time as a number of units, in digits too, or a clock time."""
    written = f"{value:.3f}" if isinstance(value, float) else str(value).strip()
    return unit * float(written) if _SECONDS.fullmatch(written) else parse_time(written)


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
