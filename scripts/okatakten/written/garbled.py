"""Text that came to harm on the way: saved in one encoding and opened in another, copied as HTML, or turned around."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Final

from okatakten.written.problems import Kind
from okatakten.written.text import UNPUBLISHABLE

_OTHER_ENCODINGS: Final = ("cp1252", "mac_roman", "cp850", "cp437")
"""What UTF-8 is taken for on Windows, on a Mac, and in a window for commands."""
_LETTERS: Final = "åäöÅÄÖéÉèÈëüÜïÏæøÆØáàçñßÃ¤¥¶Â–—‘’“”„…«»·§°´½•\N{NO-BREAK SPACE}"
"""What is in texts here that is not ASCII."""
WIDTHLESS: Final = re.compile("[\u200b\u2060\ufeff]")
"""Spaces without width, as they come with text from web pages: nobody sees them, or means them, as a soft hyphen is."""
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that let a text stand in another order than it is written: what is read is not what stands there."""
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")
_LOST = re.compile(r"(?<=\w)\N{REPLACEMENT CHARACTER}(?=\w)")


def damage_of(text: str) -> tuple[Kind, str] | None:
    """Return why a text cannot be published as it is, and what to write where that is known; None if it can."""
    if text.isascii() and text.isprintable() and "&" not in text:
        return None
    if UNPUBLISHABLE.search(text) or _TURNING.search(text):
        return Kind.STRANGE_CHARACTER, ""
    whole = degarble(text)
    return None if whole == text else (Kind.GARBLED_TEXT, whole)


def degarble(text: str) -> str:
    """Return the text as it was, as far as it can be known: `VÃ¤lkommen` was `Välkommen`, `R&amp;D` was `R&D`.

    A letter within a word that is gone for good becomes `…`. Text that is whole comes back as it is.
    """
    if _ENTITY.search(text):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return _LOST.sub("…", mend_letters(text))


def mend_letters(text: str) -> str:
    """Return the text with its letters as they were, though they were taken for others more than once."""
    for _ in range(0 if text.isascii() else 3):
        text, count = _garbled().subn(lambda found: _were()[found[0]], text)
        if not count:
            break
    return text


@cache
def _were() -> dict[str, str]:
    """Return the letters by what they are taken for."""
    taken: dict[str, str] = {}
    for encoding in _OTHER_ENCODINGS:
        for letter in _LETTERS:
            # Where an encoding has no character for a byte, programs take that of Latin-1.
            seen = "".join(_decode(byte, encoding) for byte in letter.encode())
            for reading in (seen, letter.encode().decode("latin-1")):
                if len(reading) > 1:
                    taken.setdefault(reading, letter)
    return taken


@cache
def _garbled() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_were(), key=len, reverse=True))))


def _decode(byte: int, encoding: str) -> str:
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)
