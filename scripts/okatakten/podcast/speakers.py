"""Who speaks in a transcript, how often, and where that is not sure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from okatakten.model import Cue
from okatakten.written.advice import Hint

SHOWN: Final = 10
"""Lines that are named one by one."""

_BY_PROGRAM = re.compile(
    r"(?:speaker|talare|spk|person|guest|host)[ _-]?[0-9]+|(?:speaker|talare) [a-z]"
    r"|(?:unknown|unidentified|okänd|oidentifierad|namnlös)(?: .*)?|\?+",
    re.IGNORECASE,
)
"""What programs call those whose names they do not know."""
_NO_SPEECH = re.compile(r"\s*(?:[\[(♪*][^\])]*[\])♪*]|[♪♫\s]+)\s*")


def count_speakers(cues: Sequence[Cue]) -> Counter[str]:
    """Return how many cues each has, in order of appearance; those of nobody are counted under ""."""
    return Counter(cue.speaker for cue in cues)


def nameless_cues(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues in which somebody speaks without a name though others have one."""
    if not any(cue.speaker for cue in cues):
        return []
    return [cue for cue in cues if not cue.speaker and not _NO_SPEECH.fullmatch(cue.text)]


def unlisted(speakers: Collection[str], persons: Collection[str]) -> list[str]:
    """Return the speakers that are none of the persons of the episode, where any of them is."""
    strangers = [name for name in speakers if name and not is_one_of(name, persons)]
    return strangers if len(strangers) < len([name for name in speakers if name]) else []


def is_one_of(name: str, persons: Collection[str]) -> bool:
    """Whether a name is that of a person, as it stands, in part, or with more: `Erik`, `Erik Ek, Bräcke kommun`."""
    words = _words(name)
    return any(words and theirs and (words <= theirs or theirs <= words) for theirs in map(_words, persons))


def doubts(cues: Sequence[Cue], persons: Collection[str]) -> list[str]:
    """Return what is not sure about who speaks, in Swedish; nothing where all is."""
    speakers = count_speakers(cues)
    by_program = [name for name in speakers if _BY_PROGRAM.fullmatch(name)]
    strangers = [name for name in unlisted(speakers, persons) if name not in by_program]
    nameless = nameless_cues(cues)
    return [
        *([Hint.NAMELESS.format(lines=at_lines(nameless))] if nameless else []),
        *([Hint.NAMED_BY_PROGRAM.format(names=", ".join(by_program))] if by_program else []),
        *([Hint.NOT_AMONG_PERSONS.format(names=", ".join(strangers))] if strangers else []),
    ]


def at_lines(cues: Sequence[Cue]) -> str:
    """Return the lines of the first cues, and how many more there are."""
    shown = ", ".join(str(cue.line) for cue in cues[:SHOWN])
    return Hint.MORE.format(shown=shown, count=len(cues) - SHOWN) if len(cues) > SHOWN else shown


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))
