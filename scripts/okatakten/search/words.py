"""Words as they are searched for. `overrides/assets/search.js` does the same with what somebody types."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import Stemmer

STEMS_OF: Final = "sv"
"""Whose endings the search knows. Words of other languages are found as they are written."""

_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LETTERS: Final = str.maketrans({"æ": "a", "ø": "o", "đ": "d", "ŋ": "n", "ß": "ss"})
"""What Unicode does not take apart into a letter and a mark. South Sami writes æ and ø in Norway, ä and ö in Sweden."""
_swedish: Final = Stemmer.Stemmer("swedish")


def tokens(text: str) -> list[str]:
    """Return the words of a text in small letters; of `e-post`, both its parts and `epost`."""
    words: list[str] = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    joined = [word for word in words if "-" in word]
    if not joined:
        return words
    parts = [part for word in joined for part in word.split("-")]
    return [*parts, *(word.replace("-", "") for word in words)]


@cache
def fold(word: str) -> str:
    """Return a word as those write it who lack its letters: a for å and ä, i for ï."""
    letters = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def stem(word: str) -> str:
    """Return a Swedish word without its endings: `kontoret` and `kontor` are the same then, after two and one."""
    shorter = str(_swedish.stemWord(word))
    return shorter if shorter == word else stem(shorter)


@cache
def terms(word: str, lang: str) -> tuple[str, ...]:
    """Return what a word of a page stands under in the index: without its ending, also as it comes without dots."""
    if lang != STEMS_OF:
        return (word,)
    by_letters, folded = stem(word), stem(fold(word))
    return (by_letters,) if fold(by_letters) == folded else (by_letters, folded)
