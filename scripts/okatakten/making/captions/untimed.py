"""A text without times, laid over the audio: by the length of its paragraphs, and cut where the audio has a pause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Final

from okatakten.model import Cue
from okatakten.written.values import MILLISECOND, rounded

CUE_LIMIT: Final = 240
"""Characters of a cue: a long paragraph is parted where its sentences end."""
NEAR: Final = timedelta(seconds=8)
"""How far a cut may be moved to a pause, and at most half of what lies on either side of it."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def lay_over(cues: Sequence[Cue], *, duration: timedelta, pauses: Sequence[timedelta]) -> tuple[Cue, ...]:
    """Return the cues one after the other, each for as long as its share of the text, from pause to pause."""
    parts = [part for cue in cues for part in _parted(cue)]
    ends = list(accumulate(len(part.text) + 1 for part in parts))
    if not ends:
        return ()
    even = [timedelta(0), *(duration * end / ends[-1] for end in ends)]
    starts = [rounded(start) for start in _at_pauses(even, sorted(pauses))]
    return tuple(
        replace(part, start=start, end=max(end, start + MILLISECOND))
        for part, (start, end) in zip(parts, pairwise(starts), strict=True)
    )


def _at_pauses(cuts: Sequence[timedelta], pauses: Sequence[timedelta]) -> Iterator[timedelta]:
    """Yield the cuts in order, each moved to the nearest pause where one is near."""
    latest = cuts[0]
    yield latest
    for before, cut, after in zip(cuts, cuts[1:], cuts[2:], strict=False):
        reach = min(NEAR, (cut - before) / 2, (after - cut) / 2)
        place = bisect_left(pauses, cut)
        near = [pause for pause in pauses[max(place - 1, 0) : place + 1] if abs(pause - cut) <= reach]
        latest = max(latest, min(near, key=lambda pause: abs(pause - cut), default=cut))
        yield latest
    yield cuts[-1]


def _parted(cue: Cue) -> Iterable[Cue]:
    """Yield a cue in pieces of whole sentences."""
    piece = ""
    for sentence in _SENTENCE.split(cue.text):
        if piece and len(piece) + len(sentence) > CUE_LIMIT:
            yield replace(cue, text=piece)
            piece = ""
        piece = f"{piece} {sentence}".strip()
    if piece:
        yield replace(cue, text=piece)
