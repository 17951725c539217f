"""Words as they are searched for. `overrides/assets/finding.js` does the same with what somebody types."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import Stemmer

STEMS_OF: Final = "sv"
"""Whose endings the search knows. Words of other languages are found as they are written."""

_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MARK: Final = re.compile("[\u0300-\u036f]")
_LETTERS: Final = str.maketrans({"æ": "a", "ø": "o", "đ": "d", "ŋ": "n", "ß": "ss"})
"""What Unicode does not take apart into a letter and a mark. South Sami writes æ and ø in Norway, ä and ö in Sweden."""
_MOST_KNOWN: Final = 100_000
_swedish: Final = Stemmer.Stemmer("swedish")


def tokens(text: str) -> list[str]:
    """Return the words of a text in small letters; of `e-post`, both its parts and `epost`."""
    plain = text.replace("\xad", "").replace("\u2010", "-").replace("\u2011", "-")
    words: list[str] = _WORD.findall(unicodedata.normalize("NFC", plain).lower())
    joined = [word for word in words if "-" in word]
    if not joined:
        return words
    parts = [part for word in joined for part in word.split("-")]
    return [*parts, *(word.replace("-", "") for word in words)]


@cache
def fold(word: str) -> str:
    """Return a word as those write it who lack its letters: a for å and ä, i for ï."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return letters if letters.isascii() else _MARK.sub("", letters)


@cache
def stem(word: str) -> str:
    """Return a Swedish word without its endings: `kontoret` and `kontor` are the same then, after two and one."""
    while (shorter := str(_swedish.stemWord(word))) != word:
        word = shorter
    return word


class Terms(dict[str, tuple[str, ...]]):
    """What the words of a text stand under in the index: without endings, also as they come without dots."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self.lang = lang

    def __missing__(self, text: str) -> tuple[str, ...]:
        if len(self) > _MOST_KNOWN:
            self.clear()
        words = tokens(text)
        found = (term for word in words for term in _swedish_terms(word)) if self.lang == STEMS_OF else words
        self[text] = made = tuple(found)
        return made


terms_of: Final = cache(Terms)
"""The terms of texts in a language."""


@cache
def _swedish_terms(word: str) -> tuple[str, ...]:
    stemmed, plain = stem(word), stem(fold(word))
    return (stemmed,) if fold(stemmed) == plain else (stemmed, plain)
