"""Transcripts as people have them, made into the WebVTT that we publish.

`content` decides the format, by what is in a file and not by its name. Each format has a reader: `webvtt`, `subtitles`
(SRT), `text` with times, `word`, `table` (in Word and as CSV), `ttml`, `podcast` for the JSON and HTML of the podcast
namespace, and `others` for what pysubs2 knows. They all give what is `said`, with the `names` of those who talk. Of
that `cues` makes cues, and `untimed` gives times to a text that has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from okatakten.making.captions.content import read_content, read_said
from okatakten.making.captions.cues import as_cues
from okatakten.making.captions.said import TIME_EXAMPLE, Said, tell
from okatakten.making.captions.text import find_lost_time
from okatakten.making.captions.untimed import lay_over
from okatakten.making.captions.webvtt import build_blank
from okatakten.model import Cue
from okatakten.podcast.webvtt import WORD_TIME, is_approximate
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

_WORD_TIME = re.compile(WORD_TIME.pattern.encode())

__all__ = ["Captions", "build_blank", "read_captions", "take_captions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """What a transcript in any format says. `approximate`: it has no times of its own, or says so itself."""

    cues: tuple[Cue, ...]
    approximate: bool = False


def read_captions(path: Path, problems: Problems, *, duration: timedelta, untimed: bool = False) -> tuple[Cue, ...]:
    """Return the cues of a transcript in any format that we know; nothing when there is a problem.

    With `untimed`, a text without any times is taken too: each paragraph may then be said at any time of the audio.
    """
    before = len(problems.found)
    said, by_word = _read(path, problems)
    if said and not said[0].timed and not untimed:
        tell(Kind.CAPTIONS_WITHOUT_TIMES, said[0].line, problems, expected=TIME_EXAMPLE)
    cues = as_cues(said, problems, duration=duration, by_word=by_word)
    return _unless_problems(cues, problems, before=before)


def take_captions(
    path: Path,
    problems: Problems,
    *,
    duration: timedelta,
    persons: Collection[str],
    find_pauses: Callable[[], Sequence[timedelta]],
) -> Captions:
    """Return the cues of a transcript that somebody has for audio of that length; none when there is a problem.

    A text without times is laid over the audio, by the length of its paragraphs and the pauses between them. A text
    where times stand that cannot be read is not. `persons` are the names of those who are heard, if known.
    """
    before = len(problems.found)
    said, by_word = _read(path, problems)
    is_untimed = bool(said) and not said[0].timed
    if is_untimed and (line := find_lost_time([one.line for one in said])):
        tell(Kind.CAPTIONS_WITHOUT_TIMES, line, problems, expected=TIME_EXAMPLE)
    cues = as_cues(said, problems, duration=duration, persons=persons, by_word=by_word)
    if is_untimed and len(problems.found) == before:
        cues = lay_over(cues, duration=duration, pauses=find_pauses())
    is_marked = path.suffix.lower() == ".vtt" and is_approximate(path.read_text(encoding="utf-8", errors="replace"))
    return Captions(cues=_unless_problems(cues, problems, before=before), approximate=is_untimed or is_marked)


def _read(path: Path, problems: Problems) -> tuple[list[Said], bool]:
    """Return what is said, and whether cues tell when each word is."""
    content = read_content(path, problems)
    if content is None:
        return [], False
    return read_said(content, path.suffix.lower(), problems), bool(_WORD_TIME.search(content))


def _unless_problems(cues: tuple[Cue, ...], problems: Problems, *, before: int) -> tuple[Cue, ...]:
    """Return the cues, or nothing where this file has problems; none at all is one."""
    if not cues and len(problems.found) == before:
        problems.add(Kind.TRANSCRIPT_EMPTY)
    return cues if len(problems.found) == before else ()
