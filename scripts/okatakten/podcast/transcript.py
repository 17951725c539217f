"""Transcripts as they are published: cues with speakers, from WebVTT."""

from __future__ import annotations

import re
from datetime import timedelta

from okatakten.model import Cue
from okatakten.podcast.rolling import Shown, unrolled
from okatakten.podcast.webvtt import TIMING_EXAMPLE, WORD_TIME, Block, parse_blocks, spoken
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed, plain
from okatakten.written.values import timestamp


def parse_transcript(text: str, problems: Problems) -> tuple[Cue, ...]:
    """Return the cues; every block that is not one becomes a problem with its line, and no cue is lost unsaid."""
    before = len(problems.found)
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        problems.add(Kind.TRANSCRIPT_UNREADABLE, line=1, expected=Hint.FIRST_LINE)
        return ()
    text = composed(text)
    blocks, is_sound = parse_blocks(text)
    odd = [block for block in blocks if block.timed is None]
    for block in odd or [Block(line=1, text="")] * (not is_sound):
        problems.add(
            Kind.TRANSCRIPT_UNREADABLE,
            line=block.line,
            found=block.text,
            expected=Hint.BLOCKS.format(example=TIMING_EXAMPLE),
        )
    cues: list[Cue] = []
    shown: list[Shown] = []
    latest = timedelta(0)
    for block in blocks:
        if block.timed is None:
            continue
        start, end, marked = block.timed
        voices = spoken(marked)
        shown.append(Shown(start, end, tuple([words for _, words in voices])))
        if end <= start or start < latest:
            problems.add(
                Kind.TRANSCRIPT_UNREADABLE,
                line=block.line,
                found=f"{timestamp(start)} --> {timestamp(end)}",
                expected=Hint.TIMES_IN_ORDER,
            )
            continue
        latest = start
        for speaker, words in voices:
            if words and (said := plain(words)):
                cues.append(Cue(start=start, end=end, speaker=speaker, text=said, line=block.line))
    if not cues and len(problems.found) == before:
        problems.add(Kind.TRANSCRIPT_EMPTY)
    by_word = WORD_TIME.search(text) is not None and any(WORD_TIME.search(block.text) for block in blocks)
    # Every line stands several times, as in the captions that YouTube makes.
    if unrolled(shown, by_word=by_word):
        problems.add(Kind.TRANSCRIPT_ROLLING, line=blocks[0].line)
    return () if odd or not is_sound else tuple(cues)
