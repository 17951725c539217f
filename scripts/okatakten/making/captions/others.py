"""Subtitles of older programs, as pysubs2 reads them: Advanced SubStation, MicroDVD, MPL2 and SAMI."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Final

from okatakten.making.captions.said import Line, Said
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

_FORMS: Final = {
    "ass": re.compile(r"\s*(?:;[^\n]*\n\s*)*\[script info\]", re.IGNORECASE),
    "microdvd": re.compile(r"\s*\{[0-9]+\}\{[0-9]*\}"),
    "mpl2": re.compile(r"\s*\[[0-9]+\]\[[0-9]*\]"),
    "sami": re.compile(r"\s*<sami\b", re.IGNORECASE),
}
"""How texts of each form begin."""
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")


def find_form(text: str) -> str | None:
    """Return which of the forms a text has, as pysubs2 calls it."""
    return next((form for form, pattern in _FORMS.items() if pattern.match(text)), None)


def read_other(text: str, form: str, problems: Problems) -> list[Said]:
    """Return what the lines say, in the words that stand there: only marks of style are left out."""
    from pysubs2 import SSAFile, UnknownFPSError

    is_older = form == "ass" and "[v4 styles]" in text.lower()
    try:
        events = SSAFile.from_string(text, format_="ssa" if is_older else form).events
    except UnknownFPSError:
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.COUNTS_FRAMES)
        return []
    except Exception:  # pysubs2 raises what its readers and the HTML parser raise
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SAVE_AS_SUBTITLES)
        return []
    if form == "sami":
        # What is shown stays until the next is; pysubs2 guesses how long it takes to read.
        for earlier, later in pairwise(events):
            earlier.end = later.start
    said = []
    for number, event in enumerate(events, start=1):
        texts = _OVERRIDE.sub("", event.text).replace(r"\h", " ").replace(r"\N", "\n").replace(r"\n", "\n").split("\n")
        if event.is_comment or event.is_drawing:
            continue
        line = Line(text=" ".join(texts), where=f"text {number}")
        start, end = timedelta(milliseconds=event.start), timedelta(milliseconds=event.end)
        said.append(Said(line=line, start=start, end=end, speaker=event.name, texts=tuple(texts)))
    return said
