"""WebVTT (W3C): the blocks that a file is made of, read to the letter, and cues written as we publish them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from okatakten.model import Cue
from okatakten.written.text import plain
from okatakten.written.values import MILLISECOND, parse_timestamp, rounded, timestamp

NOT_SAID: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
"""How a block begins that nobody says."""
VOICE: Final = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
TIMING_EXAMPLE: Final = "00:00:05.000 --> 00:00:09.500"

_ARROW: Final = "-->"
_TIME: Final = r"(?:[0-9]{2,}:)?[0-9]{2}:[0-9]{2}\.[0-9]{3}"
_TIMING = re.compile(rf"\s*({_TIME})\s*{_ARROW}\s*({_TIME})(?=\s|$)(.*)", re.DOTALL)
_PART: Final = r"0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%"
_CUE_SETTINGS: Final = {
    "vertical": re.compile("rl|lr"),
    "line": re.compile(rf"(?:{_PART}|-?[0-9]+)(?:,(?:start|center|end))?"),
    "position": re.compile(rf"{_PART}(?:,(?:line-left|center|line-right))?"),
    "size": re.compile(_PART),
    "align": re.compile("start|center|end|left|right"),
    "region": re.compile(rf"(?:(?!{_ARROW}).)+", re.DOTALL),
}
_REGION_SETTINGS: Final = {
    "id": re.compile(".+", re.DOTALL),
    "width": re.compile(_PART),
    "lines": re.compile("[0-9]+"),
    "regionanchor": re.compile(f"{_PART},{_PART}"),
    "viewportanchor": re.compile(f"{_PART},{_PART}"),
    "scroll": re.compile("up"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What is said from `start` to `end`, with its marks."""

    start: timedelta
    end: timedelta
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block that ought to be a cue, as it stands and where; `timed` is None when it is none."""

    line: int
    text: str
    timed: Timed | None = None


def parse_blocks(text: str) -> tuple[list[Block], bool]:
    """Return the blocks that ought to be cues, and whether all that stands beside them is as it should be."""
    blocks: list[Block] = []
    is_sound, is_after_cue = True, False
    for number, block in _parted(text):
        lines = block.split("\n")
        if number > 1 and not NOT_SAID.match(lines[0]):
            blocks.append(Block(line=number, text=block, timed=_parse_cue(lines)))
        else:
            is_sound = is_sound and _is_aside(lines, is_after_cue=is_after_cue)
        is_after_cue = is_after_cue or _ARROW in block
    return blocks, is_sound


def build_webvtt(cues: Iterable[Cue]) -> str:
    """Return the cues, which are in order of time, as our published transcripts look.

    What XML cannot hold is left out, and so is a cue without text.
    """
    return "\n\n".join(["WEBVTT", *(_build_cue(cue) for cue in cues if plain(cue.text))]) + "\n"


def _parted(text: str) -> Iterator[tuple[int, str]]:
    """Yield every block with the line it starts on (from 1).

    Spaces alone part blocks for whoever looks at the file, though not for WebVTT.
    """
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip(" \t"):
            block.append(line)
        elif block:
            yield number - len(block), "\n".join(block)
            block = []


def _parse_cue(lines: Sequence[str]) -> Timed | None:
    """Return the cue, whose times stand first or below its id. Nothing else in it may hold an arrow."""
    has_id = _ARROW not in lines[0]
    times, *below = lines[has_id:] or [""]
    match = _TIMING.match(times)
    said = "\n".join(below)
    if not match or _ARROW in said:
        return None
    start, end = parse_timestamp(match[1]), parse_timestamp(match[2])
    if start is None or end is None or not (match[3] == "" or _fit(match[3], _CUE_SETTINGS)):
        return None
    return Timed(start=start, end=end, text=said)


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
    speaker = html.escape(plain(cue.speaker), quote=False)
    voice = f"<v {speaker}>" if speaker else ""
    return f"{timestamp(start)} --> {timestamp(end)}\n{voice}{html.escape(plain(cue.text), quote=False)}"
