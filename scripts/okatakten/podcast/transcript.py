"""WebVTT (W3C) transcripts: cues with speakers, and the speaker turns that people read."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError
from webvtt.models import Timestamp

from okatakten.disk.memory import Memory
from okatakten.model import Cue
from okatakten.written.problems import Kind
from okatakten.written.text import UNPUBLISHABLE, Problems

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>")
_TAG = re.compile(r"<[^<>]*>")
_NOT_A_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")

TO_FILL_IN: Final = "[Skriv här vad som sägs]"
"""Stands in a transcript that nobody has written yet."""
MICROSECOND: Final = timedelta(microseconds=1)
TIMING_EXAMPLE: Final = "00:00:05.000 --> 00:00:09.500"


def recall_transcript(text: str, problems: Problems, *, memory: Memory) -> tuple[Cue, ...]:
    """Return the cues of `parse_transcript`, from memory if the same text held no problem before."""

    def make() -> bytes | None:
        before = len(problems.found)
        cues = parse_transcript(text, problems)
        return None if len(problems.found) > before else _pack(cues)

    packed = memory.recall(text, make=make)
    return () if packed is None else _unpack(packed)


def parse_transcript(text: str, problems: Problems) -> tuple[Cue, ...]:
    """Return the cues; every block that is not one becomes a problem with its line, and no cue is lost unsaid."""
    before = len(problems.found)
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        problems.add(Kind.TRANSCRIPT_UNREADABLE, line=1, expected="Filens första rad ska vara WEBVTT.")
        return ()
    # Spaces alone part blocks for whoever looks at the file, though not for WebVTT.
    text = re.sub(r"(?m)^[ \t]+$", "", text)
    blocks = list(_cue_blocks(text))
    captions = _captions(text)
    if captions is None or len(captions) != len(blocks):
        odd = [(line, block) for line, block in blocks if len(_captions(f"WEBVTT\n\n{block}\n") or ()) != 1]
        for line, block in odd or [(1, "")]:
            problems.add(
                Kind.TRANSCRIPT_UNREADABLE,
                line=line,
                found=block,
                expected="Mellan två stycken står en tom rad, och varje stycke börjar med en rad med tider, så här: "
                + TIMING_EXAMPLE,
            )
        return ()
    cues: list[Cue] = []
    latest = timedelta(0)
    for (line, _), caption in zip(blocks, captions, strict=True):
        start, end = _time(caption.start_time), _time(caption.end_time)
        if end <= start or start < latest:
            problems.add(
                Kind.TRANSCRIPT_UNREADABLE,
                line=line,
                found=f"{caption.start} --> {caption.end}",
                expected="Slutet ska komma efter början, och styckena ska stå i tidsordning.",
            )
            continue
        latest = start
        cues.extend(
            Cue(start=start, end=end, speaker=speaker, text=words) for speaker, words in _spoken(caption.raw_text)
        )
    if not cues and len(problems.found) == before:
        problems.add(Kind.TRANSCRIPT_EMPTY)
    return tuple(cues)


def _pack(cues: Iterable[Cue]) -> bytes:
    rows = [(cue.start // MICROSECOND, cue.end // MICROSECOND, cue.speaker, cue.text) for cue in cues]
    return json.dumps(rows, ensure_ascii=False).encode()


def _unpack(packed: bytes) -> tuple[Cue, ...]:
    # Speakers return again and again: one string for each weighs less than one for each cue.
    return tuple(
        Cue(start=start * MICROSECOND, end=end * MICROSECOND, speaker=sys.intern(speaker), text=text)
        for start, end, speaker, text in json.loads(packed)
    )


def _cue_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield every block that ought to be a cue, with the line it starts on (from 1)."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line:
            block.append(line)
            continue
        start = number - len(block)
        if block and start > 1 and not _NOT_A_CUE.match(block[0]):
            yield start, "\n".join(block)
        block = []


def _captions(text: str) -> list[webvtt.Caption] | None:
    try:
        return [*webvtt.from_string(text, strict=True).captions]
    except (MalformedCaptionError, MalformedFileError, ValueError):
        return None


def _time(timestamp: Timestamp) -> timedelta:
    return timedelta(milliseconds=timestamp.in_milliseconds())


def _spoken(raw: str) -> Iterator[tuple[str, str]]:
    """Yield speaker and plain text of each voice span of a cue; text before any span has no speaker."""
    pieces = _VOICE.split(raw)
    speakers = ["", *pieces[1::2]]
    for speaker, piece in zip(speakers, pieces[::2], strict=True):
        words = _plain(_TAG.sub("", piece))
        if words:
            yield _plain(speaker or ""), words


def _plain(escaped: str) -> str:
    return " ".join(UNPUBLISHABLE.sub("", html.unescape(escaped)).split())
