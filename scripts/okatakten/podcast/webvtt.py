"""WebVTT (W3C): the blocks that a file is made of, read to the letter, and cues written as we publish them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from okatakten.model import Cue
from okatakten.written.advice import Text
from okatakten.written.text import plain
from okatakten.written.values import MILLISECOND, parse_timestamp, rounded, timestamp

NOT_SAID: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
"""How a block begins that nobody says."""
WORD_TIME: Final = re.compile(r"<(?:[0-9]+:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]{1,3}>")
"""When the next word is said, inside a cue."""
TIMING_EXAMPLE: Final = "00:00:05.000 --> 00:00:09.500"

VOICE: Final = re.compile(r"</v\s*>|<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
"""Where a voice begins, with its name, and where it ends."""
_ONE_VOICE = re.compile(r"<v\s([^<>]*)>([^<]*)")
_MARK = re.compile(
    r"</?(?:[bcisu]|rt|ruby)(?:\.[^\s<>]*)?\s*/?>|</?font(?:\s+\w+\s*=[^<>]*)?>|</?lang(?:\.[^\s<>]*)?(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
"""All that WebVTT and SubRip know as marks. What else stands in angle brackets is text: `<ohörbart>`."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_STRETCH = re.compile(
    rf"(?P<mark>{VOICE.pattern}|{WORD_TIME.pattern}|(?i:{_MARK.pattern}))|(?P<line>(?i:{_BREAK.pattern}))"
    rf"|(?i:{_ENTITY.pattern})|[^<&]+|[<&]"
)
_DOUBT = re.compile(rf"NOTE\s+{Text.DOUBT}\b", re.IGNORECASE)
_ARROW: Final = "-->"
_SPACES = re.compile(r"^[ \t]+$", re.MULTILINE)
_ID = re.compile(r"\S*[0-9]\S*")
"""What is taken for the id of a cue where only spaces part it from a cue before."""
_TIME: Final = r"(?:[0-9]{2,}:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}"
_TIMING = re.compile(rf"\s*({_TIME})\s*{_ARROW}\s*({_TIME})(?=\s|$)(.*)", re.DOTALL)
_CUE = re.compile(rf"({_TIME}) {_ARROW} ({_TIME})\n(.*)", re.DOTALL)
"""Nearly every cue: times without id and settings, and what is said."""
_SETTINGS = re.compile(r"(?:\s+(?:vertical|line|position|size|align|region):\S+)*\s*")
"""Where a cue is on the screen. A player leaves out values that it does not know, and nothing that is said."""
_PART: Final = r"0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%"
_REGION_SETTINGS: Final = {
    "id": re.compile(".+", re.DOTALL),
    "width": re.compile(_PART),
    "lines": re.compile("[0-9]+"),
    "regionanchor": re.compile(f"{_PART},{_PART}"),
    "viewportanchor": re.compile(f"{_PART},{_PART}"),
    "scroll": re.compile("up"),
}


class Timed(NamedTuple):
    """What is said from `start` to `end`, with its marks."""

    start: timedelta
    end: timedelta
    text: str


class Block(NamedTuple):
    """A block that ought to be a cue, as it stands and where; `timed` is None when it is none."""

    line: int
    text: str
    timed: Timed | None = None


def parse_blocks(text: str) -> tuple[list[Block], bool]:
    """Return the blocks that ought to be cues, and whether all that stands beside them is as it should be."""
    blocks: list[Block] = []
    is_sound, is_after_cue = True, False
    for number, block in _parted(text):
        cue = _CUE.fullmatch(block)
        if cue and _ARROW not in cue[3] and (timed := _timed(*cue.groups())):
            blocks.append(Block(number, block, timed))
            is_after_cue = True
            continue
        lines = block.split("\n")
        if number > 1 and not NOT_SAID.match(lines[0]):
            blocks.append(Block(line=number, text=block, timed=_parse_cue(lines)))
        else:
            is_sound = is_sound and _is_aside(lines, is_after_cue=is_after_cue)
        is_after_cue = is_after_cue or _ARROW in block
    return blocks, is_sound


def spoken(text: str) -> list[tuple[str, str]]:
    """Return who speaks and the words, without marks, of each voice of a cue; outside of all voices nobody is named."""
    if "<" not in text:
        return [("", unescaped(text))]
    if only := _ONE_VOICE.fullmatch(text):
        return [("", ""), (_name(only[1]), unescaped(only[2]))]
    voices: list[tuple[str, str]] = []
    speakers, so_far = [""], 0
    for match in VOICE.finditer(text):
        voices.append((speakers[-1], without_marks(text[so_far : match.start()])))
        so_far = match.end()
        if match[0].startswith("</"):
            speakers = speakers[:-1] or [""]
        else:
            speakers.append(_name(match[1] or ""))
    return [*voices, (speakers[-1], without_marks(text[so_far:]))]


@lru_cache
def _name(written: str) -> str:
    return plain(unescaped(written))


def stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each mark, reference and stretch of text in a cue is, and what it says: a mark says nothing."""
    for match in _STRETCH.finditer(text):
        said = "" if match["mark"] else "\n" if match["line"] else unescaped(match[0])
        yield match.start(), match.end(), said


def without_marks(text: str) -> str:
    return unescaped(_MARK.sub("", WORD_TIME.sub("", _BREAK.sub("\n", text))) if "<" in text else text)


def unescaped(text: str) -> str:
    """Return the text with its character references read: only those that end in a semicolon, so that R&D stays."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def is_approximate(text: str) -> bool:
    """Whether a note says that the times are approximate, in whatever words around it."""
    notes = (block.casefold() for _, block in _parted(text) if block.startswith("NOTE"))
    return "NOTE" in text and any(Text.APPROXIMATE.casefold() in note for note in notes)


def doubtful_lines(text: str) -> list[int]:
    """Return the lines of the cues that somebody has marked: what is said there is not sure."""
    blocks = list(_parted(text)) if "NOTE" in text else []
    return [after for (_, block), (after, _) in pairwise(blocks) if _DOUBT.match(block)]


def voice_name(speaker: str) -> str:
    """Return a name as it stands in a voice."""
    # With the mark's own end, it would be an arrow, and the cue none.
    return re.sub("--$", "-&#45;", html.escape(plain(speaker), quote=False))


def build_webvtt(cues: Iterable[Cue], *, note: str = "") -> str:
    """Return the cues, which are in order of time, as our published transcripts look, with a note for whoever edits it.

    What XML cannot hold is left out, and so is a cue without text.
    """
    notes = [f"NOTE\n{note}"] if note else []
    return "\n\n".join(["WEBVTT", *notes, *(_build_cue(cue) for cue in cues if plain(cue.text))]) + "\n"


def _parted(text: str) -> Iterator[tuple[int, str]]:
    """Yield every block with the line it starts on (from 1)."""
    line, has_spaces = 1, _SPACES.search(text) is not None
    for part in text.split("\n\n"):
        block, first = part.strip("\n"), line + part.startswith("\n")
        if has_spaces and _SPACES.search(block):
            yield from _parted_by_spaces(block.split("\n"), first)
        elif block:
            yield first, block
        line += part.count("\n") + 2


def _parted_by_spaces(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    """Yield the blocks of lines none of which is empty; the first of them is that line of the file.

    A line of spaces parts blocks for whoever looks at the file. For WebVTT it does not: what follows it in a cue still
    belongs to the cue, unless that is a cue itself.
    """
    block: list[str] = []
    start = first
    is_apart = False
    for number, line in enumerate(lines):
        is_space = not line.strip(" \t")
        if block and is_apart and not is_space:
            is_new = _is_cue(lines[number : number + (2 if _ID.fullmatch(line) else 1)])
            if is_new or not _is_cue(block):
                yield start, "\n".join(block)
                block = []
        if not is_space:
            start = start if block else first + number
            block.append(line)
        is_apart = is_space
    if block:
        yield start, "\n".join(block)


def _is_cue(lines: Sequence[str]) -> bool:
    """Whether these lines begin a cue: with its times, or with an id and its times."""
    return any(_ARROW in line for line in lines[:2])


def _parse_cue(lines: Sequence[str]) -> Timed | None:
    """Return the cue, whose times stand first or below its id. Nothing else in it may hold an arrow."""
    has_id = _ARROW not in lines[0]
    times, *below = lines[has_id:] or [""]
    match = _TIMING.match(times)
    said = "\n".join(below)
    if not match or _ARROW in said:
        return None
    return _timed(match[1], match[2], said) if _SETTINGS.fullmatch(match[3]) else None


def _timed(start: str, end: str, said: str) -> Timed | None:
    begins, ends = parse_timestamp(start), parse_timestamp(end)
    return None if begins is None or ends is None else Timed(begins, ends, said)


def _is_aside(lines: Sequence[str], *, is_after_cue: bool) -> bool:
    """Whether a header, a note, a style or a region is one: it takes no cue for its own, and comes in time."""
    arrows = [index for index, line in enumerate(lines) if _ARROW in line]
    if lines[0].startswith("NOTE") and arrows in ([0], [1]):
        return not _TIMING.match(lines[arrows[0]])
    if arrows:
        return False
    is_region = lines[0].startswith("REGION") and not lines[0].removeprefix("REGION").strip(" \t\f")
    return not is_region or (not is_after_cue and _fit(" ".join(lines[1:]), _REGION_SETTINGS))


def _fit(written: str, known: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether these are settings that exist, each once and with a value that it can have."""
    settings = [setting.partition(":") for setting in re.split("[ \t\n\f\r]+", written) if setting]
    names = {name for name, _, _ in settings}
    return len(names) == len(settings) and all(
        name in known and known[name].fullmatch(value) for name, _, value in settings
    )


def _build_cue(cue: Cue) -> str:
    start = rounded(max(cue.start, timedelta(0)))
    end = max(rounded(cue.end), start + MILLISECOND)
    speaker = voice_name(cue.speaker)
    voice = f"<v {speaker}>" if speaker else ""
    return f"{timestamp(start)} --> {timestamp(end)}\n{voice}{html.escape(plain(cue.text), quote=False)}"
