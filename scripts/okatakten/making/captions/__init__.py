"""Transcripts as people have them, made into the WebVTT that we publish.

`content` decides the format, by what is in a file and not by its name. Each format has a reader: `webvtt`, `subtitles`
(SRT), `text` with times, `word`, and `podcast` for the JSON and HTML of the podcast namespace. They all give what is
`said`, with the `names` of those who talk. Of that `cues` makes cues.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from okatakten.making.captions.content import read_content, read_said
from okatakten.making.captions.cues import as_cues
from okatakten.making.captions.said import TIME_EXAMPLE, tell
from okatakten.making.captions.webvtt import build_blank
from okatakten.model import Cue
from okatakten.podcast.webvtt import WORD_TIME
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

_WORD_TIME = re.compile(WORD_TIME.pattern.encode())

__all__ = ["build_blank", "read_captions"]


def read_captions(path: Path, problems: Problems, *, duration: timedelta, untimed: bool = False) -> tuple[Cue, ...]:
    """Return the cues of a transcript in any format that we know; nothing when there is a problem.

    With `untimed`, a text without any times is taken too: each paragraph may then be said at any time of the audio.
    """
    before = len(problems.found)
    content = read_content(path, problems)
    said = read_said(content, path.suffix.lower(), problems) if content is not None else []
    if said and not said[0].timed and not untimed:
        tell(Kind.CAPTIONS_WITHOUT_TIMES, said[0].line, problems, expected=TIME_EXAMPLE)
    by_word = bool(_WORD_TIME.search(content or b""))
    cues = as_cues(said, problems, duration=duration, by_word=by_word)
    if len(problems.found) > before:
        return ()
    if not cues:
        problems.add(Kind.TRANSCRIPT_EMPTY)
    return cues
