"""Text: lines with a time, and lines without, which go on with what the line before says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from okatakten.making.captions.names import (
    NO_NAMES,
    find_names,
    is_label,
    is_name,
    take_names_above,
    take_names_below,
    take_names_beside,
)
from okatakten.making.captions.said import (
    ARROW,
    Line,
    Said,
    as_entries,
    in_turn,
    note_left_out,
    squeezed,
    tell_headings,
)
from okatakten.making.captions.subtitles import has_timings, read_subtitles
from okatakten.written.text import Problems
from okatakten.written.values import parse_time

_CLOCK: Final = r"(?:[0-9]{2}:[0-9]{2}:|[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,3})?(?![0-9])(?!:[0-9])"
_RANGE: Final = rf"(?P<start>{_CLOCK})(?:\s*(?:{ARROW}|[-–—])\s*(?P<end>{_CLOCK}))?"
_TIME_FIRST = re.compile(
    rf"(?:[-*•–]\s+)?[\[(]?\s*{_RANGE}(?:\s*[\])]\s*[:|–—-]?|\s*[:|,–—-](?=\s|$)|(?=\s|$))\s*(?P<name>)(?P<rest>.*)"
)
_NAME_FIRST = re.compile(
    rf"\[?(?P<name>[^\s0-9\[(<].{{0,59}}?)(?P<gap>\]\s+|\s*:?\s*[\[(]\s*|\s*[:,|–—-]\s+|\s+){_RANGE}"
    r"\s*(?P<close>[\])]?)\s*(?P<colon>:?)(?=\s|$)\s*(?P<rest>.*)"
)
_EDGE_TIME = re.compile(r"^\W*[0-9]{1,3}[:.][0-9]{2}(?![0-9])|(?<![0-9])[0-9]{1,3}[:.][0-9]{2}(?:-[0-9])?\W*$")
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
    note_left_out([line for line in lines if _is_stage_direction(line)], problems)
    lines = [line for line in lines if not _is_stage_direction(line)]
    if times := find_times(lines):
        return _read_timed(lines, times, problems)
    return _read_untimed(_paragraphs(lines))


def _read_untimed(blocks: Sequence[Sequence[Line]]) -> list[Said]:
    """Return what paragraphs say, with the names that stand alone above them."""
    headed = [block for block in blocks if len(block) > 1]
    names = find_names([(block[0].text.strip(), block[1].text.strip()) for block in headed], len(blocks))
    said = []
    for block in blocks:
        name = block[0].text.strip() if len(block) > 1 and block[0].text.strip() in names else ""
        texts = tuple(line.text for line in (block[1:] if name else block))
        said.append(
            Said(line=block[0], start=timedelta(0), speaker=name.strip(" :"), texts=texts, timed=False, goes_on=True)
        )
    return said


def find_times(lines: Sequence[Line]) -> dict[int, re.Match[str]]:
    """Return, by the index of the line, where something new starts: a time first, or a name and then a time.

    A line that merely mentions a time is not taken for a name with one, unless the same words come back, or what stands
    before the time may be what somebody is called and the times around it are before and after.
    """
    found, named = {}, {}
    for index, line in enumerate(lines):
        text = squeezed(line.text)
        if match := _TIME_FIRST.fullmatch(text):
            found[index] = match
        elif match := _NAME_FIRST.fullmatch(text):
            named[index] = match
    often = Counter(match["name"] for match in named.values() if match["name"].strip(" :").casefold() not in NO_NAMES)
    unsure = {}
    for index, match in named.items():
        is_set_apart = not match["rest"] or match["close"] or match["colon"] or ":" in match["gap"]
        is_header = not match["rest"] and _WIDE_GAP.fullmatch(match["gap"])
        if is_set_apart and (is_header or is_name(match["name"]) or often[match["name"]] > 1):
            found[index] = match
        elif is_set_apart and is_label(match["name"], any_case=True):
            unsure[index] = match
    if len(found) + len(unsure) > 1:
        found |= dict(_in_order(found, unsure))
    return dict(sorted(found.items()))


def find_lost_time(lines: Sequence[Line]) -> Line | None:
    """Return the first line that begins or ends with a time, where so many do that they must be those of the text."""
    lost = [line for line in lines if _EDGE_TIME.search(line.text.strip())]
    return lost[0] if len(lost) > 1 and len(lost) * 5 > len(lines) else None


def _in_order(
    found: Mapping[int, re.Match[str]], unsure: Mapping[int, re.Match[str]]
) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield those that are not sure whose time lies between those above and below, where names come first, too."""
    every = sorted({**found, **unsure}.items())
    matches = [None, *(match for _, match in every), None]
    for (index, match), before, after in zip(every, matches, matches[2:], strict=False):
        near = [one for one in (before, after) if one]
        times = [parse_time(one["start"]) for one in (before, match, after) if one]
        known = [time for time in times if time is not None]
        is_first_everywhere = bool(match["name"] and (match["close"] or match["colon"])) or all(
            one["name"] for one in near
        )
        if index in unsure and is_first_everywhere and len(known) == len(times) and known == sorted(known):
            yield index, match


def _paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Return what stands between blank lines, or, without any such, the lines one by one."""
    blocks = [list(block) for is_blank, block in groupby(lines, key=attrgetter("is_blank")) if not is_blank]
    return _under_names(blocks[0]) if len(blocks) == 1 else blocks


def _under_names(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines one by one, or together with the name that stands alone above them, where every other is one."""
    names = [is_label(line.text) for line in lines]
    is_rule = sum(names) > 1 and 3 * sum(names) >= len(lines) and not any(a and b for a, b in pairwise([*names, True]))
    blocks: list[list[Line]] = []
    for line, is_head in zip(lines, names, strict=True):
        if is_rule and blocks and not is_head and is_label(blocks[-1][0].text):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _is_stage_direction(line: Line) -> bool:
    match = _STARTED.fullmatch(line.text.strip())
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
    titles = [line.text.strip() for line in headings]
    take_names_above(entries, headings=titles)
    note_left_out(headings[: len(titles)], problems)
    take_names_below(entries, is_likely=len(entries) > 1)
    return list(in_turn(entries))
