"""Letters that were broken when a text in UTF-8 was read as something else: `VÃ¤lkommen` was `Välkommen`."""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = "åäöÅÄÖéÉèÈüÜæÆøØàáëïñçß–—’‘”“„…«»·°´½§\xa0"
"""What Swedish texts have beyond ASCII. Other pairs of letters may be meant as they stand."""


def _readings(letter: str) -> set[str]:
    """Return how a letter looks where its bytes are read as those of Windows, of Latin-1 or of an old Mac."""
    written = letter.encode()
    windows = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in written)
    return {windows, written.decode("latin-1"), written.decode("mac_roman")}


_BROKEN: Final = {reading: letter for letter in _LETTERS for reading in _readings(letter)}
_PATTERN: Final = re.compile("|".join(sorted(map(re.escape, _BROKEN), key=len, reverse=True)))


def mend_letters(text: str) -> str:
    """Return the text with its letters as they were, however often they were broken."""
    for _ in range(3):
        mended = _PATTERN.sub(lambda match: _BROKEN[match[0]], text)
        if mended == text:
            break
        text = mended
    return text
