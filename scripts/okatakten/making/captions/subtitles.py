"""Lines with a start and an end, and below them what is said.

So look SubRip (SRT), which has no standard, WebVTT with liberties, and what Teams once exported to Word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from okatakten.making.captions.names import is_name, take_names_below
from okatakten.making.captions.said import (
    ARROW,
    TIME,
    Entry,
    Line,
    Said,
    as_entries,
    note_left_out,
    squeezed,
    tell,
    tell_headings,
)
from okatakten.podcast.webvtt import TIMING_EXAMPLE, spoken
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

HOW_TO_TIME: Final = Hint.TIMES.format(example=TIMING_EXAMPLE)

_SETTINGS: Final = r"(?:\s+(?:vertical|line|position|size|align|region|[XY][12]):\S*)+\s*$"
_TIMING = re.compile(
    r"(?:[0-9]{1,6}\s+)?(?P<name>(?:[^\s0-9].{0,59}?\s)??)\s*[\[(]?"
    rf"(?P<start>{TIME})\s*{ARROW}\s*(?P<end>{TIME})(?!\w|[:.,]\w)[\])]?(?:{_SETTINGS}|(?P<rest>.*))"
)
_UNPADDED = re.compile(r"[0-9]+:(?:[0-9]:[0-9]{1,2}|[0-9]{1,2}:[0-9])(?![0-9:]).*")
_NUMBER = re.compile(r"\s*[0-9]{1,7}\s*")
_UUID = re.compile(r"\s*[0-9a-f]{8}-[0-9a-f-]{27}(?:/[0-9-]+)?\s*", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
"""Places on the screen, as Advanced SubStation writes them."""


def find_timing(line: Line) -> re.Match[str] | None:
    has_arrow = any(arrow in line.text for arrow in ("->", "→", "\uf0e0"))
    match = _TIMING.match(squeezed(line.text)) if has_arrow else None
    return match if match and (not match["name"] or is_name(match["name"])) else None


def has_timings(lines: Iterable[Line]) -> bool:
    return any(find_timing(line) or _is_nearly_timing(line) for line in lines)


def _is_nearly_timing(line: Line) -> bool:
    return "-->" in line.text and bool(re.search(r"[0-9] ?: ?[0-9]", line.text)) and not find_timing(line)


def read_subtitles(lines: Sequence[Line], problems: Problems, *, is_webvtt: bool = False) -> list[Said]:
    for line in filter(_is_nearly_timing, lines):
        tell(Kind.TRANSCRIPT_UNREADABLE, line, problems, expected=HOW_TO_TIME)
    timings = {index: match for index, line in enumerate(lines) if (match := find_timing(line))}
    unpadded = any(_UNPADDED.fullmatch(match[name]) for match in timings.values() for name in ("start", "end"))
    headings, *blocks = _without_ids(lines, list(timings), is_webvtt=is_webvtt)
    if not is_webvtt:
        tell_headings(headings, problems)
        note_left_out(headings, problems)
    for line in (headings if timings else headings[:1]) if is_webvtt else ():
        if not _is_nearly_timing(line):
            tell(Kind.TRANSCRIPT_UNREADABLE, line, problems, expected=HOW_TO_TIME)
    found = ((lines[index], match, block) for (index, match), block in zip(timings.items(), blocks, strict=True))
    kind = Kind.TRANSCRIPT_UNREADABLE
    entries = as_entries(found, problems, kind=kind, expected=HOW_TO_TIME, unpadded=unpadded)
    if not is_webvtt:
        take_names_below(entries, is_likely=unpadded)
    return [said for entry in entries for said in _without_markup(entry)]


def _without_ids(lines: Sequence[Line], timings: Sequence[int], *, is_webvtt: bool) -> Iterator[list[Line]]:
    """Yield what stands before the first time and below each of them, without the number or id of the next.

    Blank lines are left out.
    """
    blocks = [list(lines[start + 1 : end]) for start, end in pairwise([-1, *timings, len(lines)])]
    # A blank line in front, so that the first number is parted from what comes before it, as all the others are.
    blocks[0].insert(0, Line(text=""))
    last_lines = [next((line for line in reversed(block) if not line.is_blank), Line(text="")) for block in blocks[:-1]]
    is_numbered = any(_is_parted(block) and _is_number(block[-1]) for block in blocks[:-1])
    # In some files every other line is blank, and then numbers are known by their order only.
    is_in_order = all(_is_number(line) and int(line.text) - n in {0, 1} for n, line in enumerate(last_lines))
    for block, last in zip(blocks, last_lines, strict=False):
        is_above = bool(block) and block[-1] is last
        is_id = is_above and (bool(_UUID.fullmatch(last.text)) or (is_webvtt and _is_parted(block)))
        if _is_number(last):
            is_id = is_id or is_in_order or (is_above and (is_numbered or _is_parted(block)))
        said = [line for line in block if not line.is_blank]
        yield said[:-1] if is_id else said
    yield [line for line in blocks[-1] if not line.is_blank]


def _is_parted(block: Sequence[Line]) -> bool:
    """Whether a blank line parts the last line of a block from those before it."""
    return len(block) > 1 and block[-2].is_blank and not block[-1].is_blank


def _is_number(line: Line) -> bool:
    return bool(_NUMBER.fullmatch(line.text))


def _without_markup(entry: Entry) -> Iterator[Said]:
    """Yield what each voice of a cue says; text outside of any voice is said by whoever the entry names."""
    for speaker, words in spoken(_OVERRIDE.sub("", "\n".join([entry.rest, *entry.more]))):
        texts = tuple(words.split("\n"))
        yield Said(line=entry.line, start=entry.start, end=entry.end, speaker=speaker or entry.name, texts=texts)
