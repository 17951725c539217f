"""Transcripts as they are published: cues with speakers, from WebVTT."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

from okatakten.model import Cue
from okatakten.podcast.webvtt import TIMING_EXAMPLE, VOICE, Block, parse_blocks
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain
from okatakten.written.values import timestamp

_TAG = re.compile(r"<[^<>]*>")


def parse_transcript(text: str, problems: Problems) -> tuple[Cue, ...]:
    """Return the cues; every block that is not one becomes a problem with its line, and no cue is lost unsaid."""
    before = len(problems.found)
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        problems.add(Kind.TRANSCRIPT_UNREADABLE, line=1, expected=Hint.FIRST_LINE)
        return ()
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
    latest = timedelta(0)
    for block in blocks:
        timed = block.timed
        if timed is None:
            continue
        if timed.end <= timed.start or timed.start < latest:
            problems.add(
                Kind.TRANSCRIPT_UNREADABLE,
                line=block.line,
                found=f"{timestamp(timed.start)} --> {timestamp(timed.end)}",
                expected=Hint.TIMES_IN_ORDER,
            )
            continue
        latest = timed.start
        cues.extend(
            Cue(start=timed.start, end=timed.end, speaker=speaker, text=words) for speaker, words in _spoken(timed.text)
        )
    if not cues and len(problems.found) == before:
        problems.add(Kind.TRANSCRIPT_EMPTY)
    return () if odd or not is_sound else tuple(cues)


def _spoken(raw: str) -> Iterator[tuple[str, str]]:
    """Yield speaker and plain text of each voice span of a cue; text before any span has no speaker."""
    pieces = VOICE.split(raw)
    speakers = ["", *pieces[1::2]]
    for speaker, piece in zip(speakers, pieces[::2], strict=True):
        words = plain(html.unescape(_TAG.sub("", piece)))
        if words:
            yield plain(html.unescape(speaker or "")), words
