"""WebVTT as people bring it, with the liberties that Teams and others take, and one to fill in.

What is published is read by the block and to the letter (podcast/webvtt.py), so that nothing is lost unsaid. What
people bring is often WebVTT by its name only: without blank lines, with commas and names in the line of times, numbered
as SRT is. It is read by the line, as all subtitles are; what both know of the format stands in podcast/webvtt.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import Final

from okatakten.making.captions.said import Line, Said, as_lines
from okatakten.making.captions.subtitles import find_timing, read_subtitles
from okatakten.model import Cue
from okatakten.podcast.webvtt import NOT_SAID, build_webvtt
from okatakten.written.advice import Text
from okatakten.written.text import Problems
from okatakten.written.values import MILLISECOND

BLANK_SHORTEST: Final = timedelta(seconds=5)
BLANK_LONGEST: Final = timedelta(seconds=20)


def read_webvtt(text: str, problems: Problems) -> list[Said]:
    return read_subtitles(list(_without_notes(as_lines(text))), problems, is_webvtt=True)


def _without_notes(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, with blank ones for the header, comments, styles and regions.

    A cue goes on until a line that is empty: one of spaces does not end it.
    """
    is_cue, was_blank, is_timed = False, False, False
    for line in lines:
        is_timed = bool(find_timing(line)) or (is_timed and bool(line.text))
        if line.is_blank or is_timed:
            is_cue = True
        elif was_blank:
            is_cue = not NOT_SAID.match(line.text)
        was_blank = line.is_blank
        yield line if is_cue else replace(line, text="")


def build_blank(duration: timedelta, pauses: Sequence[timedelta]) -> str:
    """Return a WebVTT to fill in, with a cue for every stretch between pauses, and first how it is done."""
    cuts = [timedelta(0)]
    end = max(duration, MILLISECOND)
    for pause in sorted(pauses):
        if pause - cuts[-1] >= BLANK_SHORTEST and end - pause >= BLANK_SHORTEST:
            cuts.append(pause)
    cues = [
        Cue(start=start, end=stop, speaker="", text=Text.TO_FILL_IN)
        for stretch in pairwise([*cuts, end])
        for start, stop in pairwise(_cut_evenly(*stretch))
    ]
    return build_webvtt(cues, note=Text.TRANSCRIPT_GUIDE)


def _cut_evenly(start: timedelta, end: timedelta) -> list[timedelta]:
    pieces = ceil((end - start) / BLANK_LONGEST)
    return [start + (end - start) * number / pieces for number in range(pieces + 1)]
