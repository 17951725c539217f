"""How long sound is that can be heard, beside what its file says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from okatakten.model import Blank

TOLERANCE: Final = timedelta(seconds=1)
"""How much less there may be than a file says: encoders count their own silence, and round."""


class End(StrEnum):
    """Whether the end of the sound is there: a header may be wrong, and a file may have been cut off."""

    THERE = "there"
    UNSURE = "unsure"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Sound whose parts were counted: its `duration` is what can be heard.

    `told` is what the file says, where its end is not there or may not be; None where it says nothing. `private` is
    what of the file is not to be published.
    """

    duration: timedelta
    end: End = End.THERE
    told: timedelta | None = None
    private: tuple[Blank, ...] = ()


def duration_of(seconds: float) -> timedelta:
    """Return a time in whole milliseconds, which is what feeds and chapters count in."""
    return timedelta(milliseconds=round(seconds * 1000))
