"""Captions that roll: film services show each line twice or more, and every cue repeats what it has pushed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple

OVERLAP_LIMIT: Final = 100
"""Words that a cue may repeat."""
GAP: Final = timedelta(seconds=0.5)
"""What is said again after a longer pause is said again, unless it has been pushed up by a new line."""


class Shown(NamedTuple):
    """What is on the screen from `start` to `end`, line by line or voice by voice, without marks."""

    start: timedelta
    end: timedelta
    pieces: tuple[str, ...]


def unrolled(shown: Sequence[Shown], *, by_word: bool = False) -> list[tuple[str, ...]] | None:
    """Return what is new in the pieces of each cue, every word once; None when the captions do not roll.

    They roll when at least half of the cues begin with what the one before ends with and some go on from there: a line
    that is said again on purpose is no such. `by_word`: the cues tell when each word is said, as rolling captions do.
    """
    lines = [" ".join(one.pieces) for one in shown]
    repeated = [
        count
        if (count := _overlap(before, after)) and (later.start - earlier.end <= GAP or _is_pushed_up(earlier, later))
        else 0
        for (earlier, before), (later, after) in pairwise(zip(shown, lines, strict=True))
    ]
    growing = sum(0 < count < len(after.split()) for count, after in zip(repeated, lines[1:], strict=True))
    if growing < (1 if by_word else 2) or 2 * sum(map(bool, repeated)) < len(repeated):
        return None
    return [_without(one.pieces, count) for one, count in zip(shown, [0, *repeated], strict=True)]


def _is_pushed_up(earlier: Shown, later: Shown) -> bool:
    """Whether the last line of a cue is the first of the next one, with a new line below."""
    before, after = (
        [line.split() for piece in one.pieces for line in piece.split("\n") if line.strip()] for one in (earlier, later)
    )
    return bool(before) and len(after) > 1 and before[-1] == after[0]


def _overlap(earlier: str, later: str) -> int:
    """Return how many words, at most, the earlier text ends and the later one begins with."""
    last = earlier.rsplit(maxsplit=1)[-1:]
    if not last or last[0] not in later:
        return 0
    before, after = earlier.split(), later.split()
    most = min(len(before), len(after), OVERLAP_LIMIT)
    ends = (count for count in range(most, 0, -1) if after[count - 1] == before[-1])
    return next((count for count in ends if before[-count:] == after[:count]), 0)


def _without(pieces: Sequence[str], count: int) -> tuple[str, ...]:
    """Return the pieces without the first `count` words of all of them."""
    left = []
    for piece in pieces:
        words = piece.split()
        left.append(" ".join(words[count:]))
        count = max(count - len(words), 0)
    return tuple(left)
