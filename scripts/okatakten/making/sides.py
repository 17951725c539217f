"""What the two sides of a recording have to do with each other: a voice should come from both.

One in the left ear only is hard to hear, and where one side is the other turned upside down, a telephone with a single
loudspeaker is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from okatakten.written.advice import Hint

FILTER: Final = (
    "aresample=8000,pan=4c|c0=c0|c1=c1|c2=0.5*c0+0.5*c1|c3=0.5*c0-0.5*c1,asetnsamples=8000,"
    "astats=metadata=1:reset=1:measure_perchannel=RMS_level:measure_overall=none,ametadata@sides=print,anullsink"
)
"""Has ffmpeg tell, second by second and in dB, how strong left, right, their sum and their difference are.

What a voice has below 4 kHz is enough for that, and costs a fifth."""

_SILENT: Final = -60.0
"""dBFS. What is never stronger than this is no voice."""
_FAR: Final = 35.0
"""dB. What is this much weaker, at its strongest, than the other is on the whole adds nothing to it."""
_ONE_SIDED: Final = 12.0
"""dB between the sides while one person speaks into a microphone of their own that is heard on one side only."""
_QUIET: Final = 30.0
"""dB below the strongest second: nobody speaks."""


class Sides(StrEnum):
    """How left and right belong together."""

    STEREO = "stereo"
    EQUAL = "equal"
    LEFT = "left"
    RIGHT = "right"
    OPPOSITE = "opposite"
    OPPOSED = "opposed"
    """Not wholly opposite: no side can be left out, and the sum is weak."""
    APART = "apart"
    """One voice on each side."""


@dataclass(frozen=True, slots=True)
class AsOne:
    """How two sides become one channel (the filter), and how much weaker that is than both together, in dB."""

    filter: str
    weaker: float


AS_ONE: Final = {
    Sides.EQUAL: AsOne("pan=mono|c0=c0", 3.0),
    Sides.LEFT: AsOne("pan=mono|c0=c0", 0.0),
    Sides.RIGHT: AsOne("pan=mono|c0=c1", 0.0),
    Sides.OPPOSITE: AsOne("pan=mono|c0=c0", 3.0),
    Sides.APART: AsOne("pan=mono|c0=0.5*c0+0.5*c1", 6.0),
}
"""What becomes one channel. The others stay as they are."""
SIDES_SAID: Final = {
    Sides.LEFT: Hint.SIDE_SILENT,
    Sides.RIGHT: Hint.SIDE_SILENT,
    Sides.OPPOSITE: Hint.SIDES_OPPOSITE,
    Sides.OPPOSED: Hint.SIDES_OPPOSITE,
    Sides.APART: Hint.SIDES_APART,
}
"""What a listener would notice."""


def sides_of(seconds: Sequence[tuple[float, float, float, float]]) -> Sides:
    """Return what the sides are to each other, from the levels in dB that `FILTER` has told."""
    if not seconds:
        return Sides.STEREO
    left, right, both, between = ([_power(level) for level in levels] for levels in zip(*seconds, strict=True))
    found = {
        Sides.LEFT: _is_nothing(right, beside=left),
        Sides.RIGHT: _is_nothing(left, beside=right),
        Sides.EQUAL: _is_nothing(between, beside=both),
        Sides.OPPOSITE: _is_nothing(both, beside=between),
        Sides.OPPOSED: sum(both) < sum(between) / 2,
        Sides.APART: _is_apart([levels[:2] for levels in seconds]),
    }
    return next((sides for sides, is_so in found.items() if is_so), Sides.STEREO)


def _power(level: float) -> float:
    return 10 ** (max(level, -200) / 10)


def _is_nothing(side: Sequence[float], *, beside: Sequence[float]) -> bool:
    """Return whether a side has never anything to say beside the other."""
    strongest, whole = max(side), sum(beside) / len(beside)
    return strongest < whole and (strongest < _power(_SILENT) or strongest < whole * _power(-_FAR))


def _is_apart(seconds: Sequence[tuple[float, float]]) -> bool:
    """Return whether the sides take turns: most of the time one is heard alone, and each has its share of that."""
    heard = max(max(pair) for pair in seconds) - _QUIET
    spoken = [left - right for left, right in seconds if max(left, right) > heard]
    lefts, rights = (sum(sign * difference > _ONE_SIDED for difference in spoken) for sign in (1, -1))
    return lefts + rights > 0.6 * len(spoken) and min(lefts, rights) > 0.05 * len(spoken)
