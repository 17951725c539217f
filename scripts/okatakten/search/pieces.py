"""The terms of all pages → pieces by the beginning of the word.

A line of a piece is a term and the pages that it stands on, best described by an example: `kontor C3AA` stands on
page 0 at level 2, on page 4 (three pages are left out) at level 0 and on page 5 at level 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from okatakten.search.words import fold, stem

MOST_IN_PIECE: Final = 9_000
"""Letters; packed, about half of it is left."""
SHORTEST_ENDED: Final = 6
"""Letters of a word that can be found by its end alone: shorter ones are like too many others."""

Places = tuple[int, str, int]
"""How many pages come before the first that a term stands on, what is written from there on, and where that ends."""
Postings = dict[str, Places]

_SHORTEST_PART: Final = 3
_PREFIXES: Final = {"sam"}
"""What is a short word, and before another one is none: nobody who seeks «samer» means «samarbete»."""
_SHORTEST_END: Final = 4
_OF_COMPOUND: Final = 3
"""How much less a part weighs than the whole."""
_SURE: Final = 5
"""Letters of a part that is believed to be one whatever the other part is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of words that begin, or end, alike; no other piece has words between them. `start` is less than all."""

    start: str
    text: str


def of_page(terms: Sequence[str]) -> Iterator[tuple[str, Places]]:
    """Yield the terms of a single page; given are those of each level."""
    for letter, of_level in zip(_LETTERS, terms, strict=True):
        place = 0, letter, 1
        for term in of_level.split():
            yield term, place


def add_terms(postings: Postings, start: int, terms: Iterable[tuple[str, Places]]) -> None:
    """Add the terms of some pages to those of the `start` pages before them."""
    for term, (first, written, end) in terms:
        before = postings.get(term)
        if before is None:
            postings[term] = start + first, written, start + end
        else:
            left_out = start + first - before[2]
            postings[term] = before[0], f"{before[1]}{left_out or ''}{written}", start + end


def add_parts(postings: Postings, swedish: Collection[str]) -> Postings:
    """Return the same with what compounds are made of: who seeks «kontor» finds «upphandlingskontor», after the others.

    A part is a word that stands on some page, by itself or after another one and an s.
    """
    known = {*swedish, *(part for term in swedish for part in _linked_parts(term, swedish))}
    compounds: dict[str, list[str]] = {}
    for term in swedish:
        for part in _parts(term, known):
            compounds.setdefault(part, []).append(term)
    return postings | {part: _with_compounds(postings, part, of) for part, of in compounds.items()}


def word_pieces(postings: Postings) -> Iterator[Piece]:
    """Yield the pieces of all terms."""
    lines = sorted((fold(term), f"{term} {first or ''}{written}") for term, (first, written, _) in postings.items())
    yield from _cut(lines)


def end_pieces(postings: Postings) -> Iterator[Piece]:
    """Yield the pieces of long terms, each written backwards, by their end: for what is misspelt at its beginning."""
    backwards = ((fold(term)[::-1], term[::-1]) for term in postings if len(term) >= SHORTEST_ENDED)
    yield from _cut(sorted(backwards))


def _linked_parts(term: str, known: Collection[str]) -> Iterator[str]:
    """Yield what stands after a word and the s that links it: kontor in upphandlingskontor."""
    place = term.find("s", _SURE) + 1
    while 0 < place <= len(term) - _SHORTEST_END:
        if stem(term[: place - 1]) in known:
            yield stem(term[place:])
        place = term.find("s", place) + 1


def _parts(term: str, known: Collection[str]) -> Iterator[str]:
    """Yield the words that a compound ends in, and a short one that it begins with: long ones are found anyway."""
    for place in range(_SHORTEST_PART, len(term) - _SHORTEST_END + 1):
        end = term[place:]
        if end not in known:
            continue
        beginning = term[:place]
        if len(end) >= _SURE or stem(beginning) in known or stem(beginning.removesuffix("s")) in known:
            yield end
            if place == _SHORTEST_PART and beginning in known and beginning not in _PREFIXES:
                yield beginning


def _with_compounds(postings: Postings, part: str, compounds: Iterable[str]) -> Places:
    levels: dict[int, int] = {}
    for term in compounds:
        for page, level in _read(postings[term]):
            levels[page] = max(levels.get(page, 0), level // _OF_COMPOUND)
    levels.update(_read(postings.get(part, _NOWHERE)))
    return _written(sorted(levels.items()))


def _read(places: Places) -> list[tuple[int, int]]:
    """Return pages with their levels."""
    page, written, _ = places
    read = []
    for left_out, letter in _PLACE.findall(written):
        if left_out:
            page += int(left_out)
        read.append((page, _LEVEL[letter]))
        page += 1
    return read


def _written(levels: Sequence[tuple[int, int]]) -> Places:
    """Return what `_read` reads."""
    parts, expected = [], levels[0][0]
    for page, level in levels:
        parts.append(_LETTERS[level] if page == expected else f"{page - expected}{_LETTERS[level]}")
        expected = page + 1
    return levels[0][0], "".join(parts), expected


_LETTERS: Final = "ABCDEFGHIJKLMNOP"
_PLACE: Final = re.compile(rf"(\d*)([{_LETTERS}])")
_LEVEL: Final = {letter: level for level, letter in enumerate(_LETTERS)}
_NOWHERE: Final = (0, "", 0)


def _cut(lines: Sequence[tuple[str, str]], *, depth: int = 0, start: str = "") -> Iterator[Piece]:
    """Yield pieces of lines, which are sorted by their key. A change in one leaves the others as they are.

    Lines are parted by the first letter, then by the second, and so on, until they are few enough; small neighbours
    within one letter stay together.
    """
    together: list[tuple[str, str]] = []
    size = 0
    for key, group in groupby(lines, key=lambda line: line[0][: depth + 1]):
        alike = list(group)
        more = len(alike) + sum(len(text) for _, text in alike)
        if together and size + more > MOST_IN_PIECE:
            yield _piece(together, start)
            together, size, start = [], 0, key
        if more > MOST_IN_PIECE and alike[0][0] != alike[-1][0]:
            yield from _cut(alike, depth=depth + 1, start=start)
            start = f"{key}\uffff"
        else:
            together += alike
            size += more
    if together:
        yield _piece(together, start)


def _piece(lines: Iterable[tuple[str, str]], start: str) -> Piece:
    return Piece(start, "\n".join(text for _, text in lines))
