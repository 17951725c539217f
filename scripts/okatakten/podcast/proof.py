"""Proof-reading: what would make an episode better. None of it stops anything.

Sources: LIX (C. H. Björnsson, 1968), Apple Podcasts 5482 and 1691, YouTube 13525207 (titles), EBU R 128 (loudness).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.addresses import Site
from okatakten.model import Cue, Episode, Show, Transcript
from okatakten.podcast.speakers import at_lines, doubts
from okatakten.podcast.webvtt import doubtful_lines
from okatakten.rules import SAMPLE_PREFIX
from okatakten.written.advice import Hint
from okatakten.written.garbled import mend_letters
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import problem_at

LIX_LIMIT: Final = 50
"""From here on a text counts as hard to read."""
LIX_WORDS: Final = 8
"""With fewer words a single long one decides."""
SHARE_LIMIT: Final = 0.7
"""Speech with its pauses covers more of an episode than this; music and silence explain a little less."""
TITLE_SHOWN: Final = 100
"""Characters of a title on YouTube."""
CHAPTERS_NEEDED: Final = 3

_WORD = re.compile(r"[^\W\d_]+(?:[-\N{RIGHT SINGLE QUOTATION MARK}'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)")
_NUMBER = re.compile(
    r"^\s*(?:#\s*\d+|(?:avsnitt|avs\.?|del|episod|ep\.?|s\d+\s*e)\s*#?\d+)\b|^\s*\d+\s*[.:)–-]\s", re.IGNORECASE
)

_UNSAID = re.compile(
    r"\b(?:transcribed|captions?|subtitles?|subtitled|translated) by\b|\bamara\.org|\botter\.ai|\bstina hedin"
    r"|^\W*(?:undertext\w*|textning\w*|översättning|svensktextning\w*)\s*(?::|av\b|från\b)|\bsvensktextning\.nu"
    r"|\bthanks? (?:you )?for watching|\btack för att (?:du|ni) (?:har )?titta",
    re.IGNORECASE,
)
"""What speech recognition has learnt from subtitles and writes into silence, and how programs sign their work."""


Noted = dict[str, tuple[object, Sequence[Problem]]]
"""What was said of transcripts by their files, each with what it was said of."""


def proof_read(show: Show, *, site: Site, root: Path, noted: Noted | None = None) -> list[Problem]:
    """Return advice on every episode's text, in the order of the show.

    Transcripts that are as they were are not read again if they are `noted`, which comes to hold those of now.
    """
    noted = {} if noted is None else noted
    return [note for episode in show.episodes for note in _notes(episode, show, site=site, root=root, noted=noted)]


def lix(text: str) -> float:
    """Return the readability of a Swedish text: words per sentence plus the percentage of words over six letters."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def spoken_share(cues: tuple[Cue, ...], duration: timedelta) -> float:
    """Return how much of the audio has text, 0 to 1; cues that overlap count once."""
    covered, reached = timedelta(), timedelta()
    for cue in cues:
        end = min(cue.end, duration)
        covered += max(end - max(cue.start, reached), timedelta())
        reached = max(reached, end)
    return covered / duration


def _notes(episode: Episode, show: Show, *, site: Site, root: Path, noted: Noted) -> Iterator[Problem]:
    source, title = episode.text.source, episode.text.title
    if episode.draft:
        yield problem_at(
            root, source, Kind.DRAFT_OVERDUE if episode.published < site.now else Kind.DRAFT_READY, "draft"
        )
    local = episode.published.astimezone(ZoneInfo(show.timezone))
    if local.utcoffset() != episode.published.utcoffset():
        yield problem_at(root, source, Kind.OFFSET_NOT_LOCAL, "published", expected=f"{local:%H.%M}")
    for kind in _title_kinds(title, show):
        yield problem_at(root, source, kind, "title")
    level = lix(episode.text.summary)
    if level > LIX_LIMIT and len(_WORD.findall(episode.text.summary)) >= LIX_WORDS:
        yield problem_at(root, source, Kind.SUMMARY_HARD_TO_READ, "summary", expected=f"LIX {level:.0f}")
    if episode.chapters and len(episode.chapters) < CHAPTERS_NEEDED:
        yield problem_at(root, source, Kind.CHAPTERS_TOO_FEW, "chapters", expected=str(len(episode.chapters)))
    if episode.transcript:
        file = f"{source.rpartition('/')[0]}/{episode.transcript.path.name}"
        persons, duration = [person.name for person in episode.persons], episode.audio.duration
        made_of = episode.transcript, persons, duration
        if file not in noted or noted[file][0] != made_of:
            notes = transcript_notes(episode.transcript, file=file, persons=persons, duration=duration)
            noted[file] = made_of, tuple(notes)
        yield from noted[file][1]


def transcript_notes(
    transcript: Transcript, *, file: str, persons: Collection[str], duration: timedelta
) -> Iterator[Problem]:
    """Yield what could be better in what is to be read of an episode."""
    cues = transcript.cues
    share = spoken_share(cues, duration)
    if share < SHARE_LIMIT:
        expected = Hint.SHARE_OF_AUDIO.format(share=f"{round((1 - share) * 100)} %")
        yield Problem(kind=Kind.TRANSCRIPT_SHORT, file=file, expected=expected)
    if transcript.approximate:
        yield Problem(kind=Kind.TIMES_APPROXIMATE, file=file)
    if unsure := doubts(cues, persons):
        yield Problem(kind=Kind.SPEAKERS_UNSURE, file=file, expected="; ".join(unsure))
    lines = doubtful_lines(transcript.text)
    if doubtful := [cue for cue in cues if cue.line in lines]:
        expected = Hint.AT_LINES.format(lines=at_lines(doubtful))
        yield Problem(kind=Kind.WORDS_UNSURE, file=file, expected=expected)
    if unsaid := [cue for cue in cues if _UNSAID.search(cue.text)]:
        yield Problem(kind=Kind.TRANSCRIPT_NOT_SAID, file=file, expected=Hint.AT_LINES.format(lines=at_lines(unsaid)))
    if broken := [cue for cue in cues if mend_letters(cue.text) != cue.text]:
        word = next(word for word in broken[0].text.split() if mend_letters(word) != word)
        expected = Hint.STANDS_INSTEAD.format(broken=word, mended=mend_letters(word), lines=at_lines(broken))
        yield Problem(kind=Kind.LETTERS_BROKEN, file=file, expected=expected)


def _title_kinds(title: str, show: Show) -> Iterator[Kind]:
    bare = title.removeprefix(SAMPLE_PREFIX).strip()
    if bare.casefold().startswith(show.title.casefold()) and bare.casefold() != show.title.casefold():
        yield Kind.TITLE_WITH_SHOW
    if _NUMBER.match(bare):
        yield Kind.TITLE_WITH_NUMBER
    if len(title) > TITLE_SHOWN:
        yield Kind.TITLE_CUT_BY_APPS
    if len(_WORD.findall(bare)) > 1 and bare.isupper():
        yield Kind.TITLE_IN_CAPITALS
