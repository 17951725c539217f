"""A built page → what the search knows of it: its words, and a record that the search page shows hits from.

Templates mark what is searched. `data-search="sv"` stands on the `main` of a page and says its language,
`data-search-ignore` on what several pages repeat or is in another language. What is for the search alone finds the page
and is never shown: `data-search-about` describes it, `data-search-names` is what people call it, and in that
`data-search-kind` says what sort of page it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from okatakten.search.words import terms_of

LEVELS: Final = 16
"""How well a word tells what a page is about, in steps."""

_ON: Final = "data-search"
_IGNORE: Final = "data-search-ignore"
_ABOUT: Final = "data-search-about"
_NAMES: Final = "data-search-names"
_KIND: Final = "data-search-kind"
_MAIN: Final = re.compile(rf'<main\b[^>]*\b{_ON}="([^"]+)".*</main>'.encode(), re.DOTALL)
_SILENT: Final = frozenset((
    "audio", "button", "form", "iframe", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "video",
))  # fmt: skip
_INLINE: Final = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
))  # fmt: skip
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4"))
_PARSER: Final = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
_TURN: Final = re.compile(r"t\d+(-\d+)?")
_ENDS: Final = (".", "!", "?", ":", ";", ",", "…", "–")

# How much a word weighs: in the title or in what people call the page, in what is said about it, in a heading. In the
# text it is at most 1, less the longer the text is (BM25, for which 400 words are an ordinary page).
_NAMES_WEIGH, _ABOUT_WEIGHS, _HEADING_WEIGHS, _MOST = 2.0, 0.8, 0.5, 4.3
_ORDINARY, _OFTEN = 400, 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the index keeps of a page: for each level the terms that have it, and the record as JSON."""

    terms: list[str]
    record: bytes


def main_of(page: bytes) -> tuple[str, bytes]:
    """Return the language and the part of a page that is searched, all that `read_page` looks at; nothing of others."""
    found = _MAIN.search(page)
    return (found[1].decode(), found[0]) if found else ("", b"")


def read_page(main: bytes, *, address: str) -> Read:
    """Return what is searched in a page, whose `main_of` this is."""
    root = etree.fromstring(main, _PARSER).find("body/main")
    assert root is not None
    walk = _Walk()
    walk.enter(root)
    walk.end_block()
    lang = root.get(_ON, "")
    kind = root.find(f".//*[@{_KIND}]")
    record = {
        "url": address,
        "title": next(iter(walk.headings), ""),
        "lang": lang,
        "kind": "" if kind is None else " ".join("".join(map(str, kind.itertext())).split()),
        "kind_lang": lang if kind is None else kind.get("lang", lang),
        "text": " ".join(walk.words),
        "turns": walk.turns,
    }
    return Read(
        terms=walk.terms(lang),
        record=json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode(),
    )


class _Walk:
    """A way through a page, block by block."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.turns: list[tuple[str, int]] = []
        self.about: list[str] = []
        self.names: list[str] = []
        self.headings: list[str] = []
        self._block: list[str] = []
        self._into = self.words

    def enter(self, element: etree._Element) -> None:
        """Go through an element and all in it, but not what follows it."""
        tag = element.tag
        if tag in _SILENT or element.get(_IGNORE) is not None:
            return
        if tag in _INLINE:
            self._go_through(element)
            return
        self.end_block()
        outside = self._into
        if element.get(_ABOUT) is not None:
            self._into = self.about
        elif element.get(_NAMES) is not None:
            self._into = self.names
        elif _TURN.fullmatch(name := element.get("id", "")):
            self.turns.append((name, len(self.words)))
        self._go_through(element)
        if tag in _HEADINGS:
            self.headings.append(" ".join("".join(self._block).split()))
        self.end_block()
        self._into = outside

    def _go_through(self, element: etree._Element) -> None:
        if text := element.text:
            self._block.append(text)
        for child in element:
            self.enter(child)
            if text := child.tail:
                self._block.append(text)

    def end_block(self) -> None:
        """Let what comes be another sentence."""
        if not self._block:
            return
        words = "".join(self._block).replace("\xad", "").split()
        self._block.clear()
        if not words:
            return
        if not words[-1].endswith(_ENDS):
            words[-1] += "."
        self._into += words

    def terms(self, lang: str) -> list[str]:
        """Return the terms of the page, for each level those that tell so well what the page is about; none at 0."""
        counts = _count(self.words, lang)
        length = _OFTEN * (0.4 + 0.6 * len(self.words) / _ORDINARY)
        weights = {count: count / (count + length) for count in {0, *counts.values()}}
        more: dict[str, float] = {}
        names = [*self.headings[:1], *self.names]
        for words, weight in ((names, _NAMES_WEIGH), (self.about, _ABOUT_WEIGHS), (self.headings, _HEADING_WEIGHS)):
            for term in _count(words, lang):
                more[term] = more.get(term, 0) + weight
        found: list[list[str]] = [[] for _ in range(LEVELS)]
        for term, weight in more.items():
            found[_level(weight + weights[counts.pop(term, 0)])].append(term)
        of_count = {count: found[_level(weight)] for count, weight in weights.items()}
        for term, count in counts.items():
            of_count[count].append(term)
        return [" ".join(terms) for terms in found]


def _level(weight: float) -> int:
    return max(1, min(LEVELS - 1, round(weight / _MOST * LEVELS)))


def _count(words: Iterable[str], lang: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    known = terms_of(lang)
    for word, count in Counter(words).items():
        for term in known[word]:
            counts[term] = counts.get(term, 0) + count
    return counts
