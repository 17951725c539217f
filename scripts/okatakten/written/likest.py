"""The likest of several words: what somebody meant whose finger slipped."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def nearest(word: str, choices: Sequence[str]) -> str | None:
    """Return the choice most like the word, if any is like it at all; case does not count."""
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    matches = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None
