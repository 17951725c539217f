"""How hard a text is to read, by C. H. Björnsson's LIX (1968): up to 30 is easy, 40 as in a newspaper, 50 official.

LIX is the words of a mean sentence plus the share of words longer than six letters, in percent. A sentence ends at
. ! ? or : with a space or nothing after it, and where a paragraph, a heading, an item of a list or a row of a table
ends. A word is what stands between spaces and has a letter or digit; one with a hyphen is one word. What is shown of a
link is its text; a figure is not counted, and a fact that is filled in later counts as its name.
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


def lix(markdown: str) -> int:
    """Return the LIX of a text below its fields, as a whole number; 0 where it has no words."""
    sentences = list(_sentences(markdown))
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0
    long = sum(len(re.sub(r"[\W\d_]", "", word)) > _LONG for word in words)
    return round(len(words) / len(sentences) + 100 * long / len(words))


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
        if not line.strip() or _BEGINS.match(line) or block.startswith(" #"):
            yield block
            block = ""
        block = f"{block} {line.strip()}" if not line.lstrip().startswith("[[diagram") else ""
    yield block
