"""Text: lines with a time, and lines without, which go on with what the line before says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from okatakten.making.captions.names import NO_NAMES, is_name, take_names_above, take_names_below, take_names_beside
from okatakten.making.captions.said import ARROW, Line, Said, as_entries, in_turn, squeezed, tell_headings
from okatakten.making.captions.subtitles import has_timings, read_subtitles
from okatakten.written.text import Problems

_CLOCK: Final = r"(?:[0-9]{2}:[0-9]{2}:|[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,3})?(?![0-9])(?!:[0-9])"
_RANGE: Final = rf"(?P<start>{_CLOCK})(?:\s*(?:{ARROW}|[-–—])\s*(?P<end>{_CLOCK}))?"
_TIME_FIRST = re.compile(
    rf"(?:[-*•–]\s+)?[\[(]?\s*{_RANGE}(?:\s*[\])]\s*[:|–—-]?|\s*[:|,–—-](?=\s|$)|(?=\s|$))\s*(?P<name>)(?P<rest>.*)"
)
_NAME_FIRST = re.compile(
    rf"(?P<name>[^\s0-9\[(<].{{0,59}}?)(?P<gap>\s*:?\s*[\[(]\s*|\s*[:,|–—-]\s+|\s+){_RANGE}"
    r"\s*(?P<close>[\])]?)\s*(?P<colon>:?)(?=\s|$)\s*(?P<rest>.*)"
)
_WIDE_GAP = re.compile(r"\s*\t\s*|\s{2,}")
_STARTED = re.compile(
    r"(?P<name>.{1,60}?)\s(?:startade|stoppade|avslutade|started|stopped)\s(?:transkri|transcri|inspelning|recording)"
    r"\w{0,20}",
    re.IGNORECASE,
)
"""What Teams writes among what is said: who turned the transcription on."""


def read_lines(lines: Sequence[Line], problems: Problems) -> list[Said]:
    """Read lines of whatever kind: SRT, or text with times or without."""
    if has_timings(lines):
        return read_subtitles(lines, problems)
    # Markdown's bold, as chat programs write it, is no part of names and times.
    lines = [replace(line, text=line.text.replace("**", "")) for line in lines]
    lines = [line for line in lines if not _is_stage_direction(line.text.strip())]
    if times := find_times(lines):
        return _read_timed(lines, times, problems)
    return [
        Said(line=block[0], start=timedelta(0), texts=tuple(line.text for line in block), timed=False)
        for block in _paragraphs(lines)
    ]


def find_times(lines: Sequence[Line]) -> dict[int, re.Match[str]]:
    """Return, by the index of the line, where something new starts: a time first, or a name and then a time.

    A line that merely mentions a time is not taken for a name with one, unless the same words come back.
    """
    found, named = {}, {}
    for index, line in enumerate(lines):
        text = squeezed(line.text)
        if match := _TIME_FIRST.fullmatch(text):
            found[index] = match
        elif match := _NAME_FIRST.fullmatch(text):
            named[index] = match
    often = Counter(match["name"] for match in named.values() if match["name"].strip(" :").casefold() not in NO_NAMES)
    for index, match in named.items():
        is_set_apart = not match["rest"] or match["close"] or match["colon"] or ":" in match["gap"]
        is_header = not match["rest"] and _WIDE_GAP.fullmatch(match["gap"])
        if is_set_apart and (is_header or is_name(match["name"]) or often[match["name"]] > 1):
            found[index] = match
    return dict(sorted(found.items()))


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Return what stands between blank lines, or, without any such, the lines one by one."""
    blocks = [list(block) for is_blank, block in groupby(lines, key=attrgetter("is_blank")) if not is_blank]
    return [[line] for line in blocks[0]] if len(blocks) == 1 else blocks


def _is_stage_direction(text: str) -> bool:
    match = _STARTED.fullmatch(text)
    return match is not None and is_name(match["name"])


def _read_timed(lines: Sequence[Line], times: Mapping[int, re.Match[str]], problems: Problems) -> list[Said]:
    headings = [line for line in lines[: min(times)] if not line.is_blank]
    tell_headings(headings, problems)
    following = [*list(times)[1:], len(lines)]
    found = (
        (lines[index], match, lines[index + 1 : end])
        for (index, match), end in zip(times.items(), following, strict=True)
    )
    entries = as_entries(found, problems)
    take_names_beside(entries)
    take_names_above(entries, headings=[line.text.strip() for line in headings])
    take_names_below(entries, is_likely=len(entries) > 1)
    return list(in_turn(entries))
