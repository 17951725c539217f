"""How hard a text is to read, by C. H. Björnsson's LIX (1968): up to 30 is easy, 40 as in a newspaper, 50 official.

LIX is the words of a mean sentence plus the share of words longer than six letters, in percent. A sentence ends at
. ! ? or : with a space or nothing after it, and where a paragraph, a heading, an item of a list or a row of a table
ends. A word is what stands between spaces and has a letter or digit; one with a hyphen is one word. What is shown of a
link is its text; code, figures and the names of facts filled in later are not counted as sentences of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_LONG: Final = 6
_WORD: Final = re.compile(r"\w+(?:[-'’:/.,]\w+)*")
_END: Final = re.compile(r"[.!?:…]+[»”\"')*_]*(?:\s|$)")
_BEGINS: Final = re.compile(r"\s*(?:#{1,6}\s|[-*+>|]\s|\d+[.)]\s|\[\[diagram|\{|<)")
_MARKS: Final = re.compile(r"<[^>]*>|\]\([^)]*\)|\]\[[^\]]*\]|\{[^{}]*\}|\[\[[^\]:]*:|[\[\]*`|#]")


def lix(markdown: str) -> int | None:
    """Return the LIX of a text below its fields, as a whole number; None where it has no words."""
    sentences = list(_sentences(markdown))
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    long = sum(len(re.sub(r"[\W\d_]", "", word)) > _LONG for word in words)
    return round(len(words) / len(sentences) + 100 * long / len(words))


def count_words(markdown: str) -> int:
    return sum(len(sentence) for sentence in _sentences(markdown))


def _sentences(markdown: str) -> Iterator[list[str]]:
    """Yield the words of each sentence."""
    for block in _blocks(markdown.split("\n")):
        for sentence in _END.split(_MARKS.sub(" ", block)):
            if words := _WORD.findall(sentence):
                yield words


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Yield each paragraph, heading, item and row in one line."""
    block = ""
    for line in lines:
        if not line.strip() or _BEGINS.match(line):
            yield block
            block = ""
        block = f"{block} {line.strip()}" if not line.lstrip().startswith("[[diagram") else ""
    yield block
