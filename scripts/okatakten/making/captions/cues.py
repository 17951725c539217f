"""From what is said to cues: in order of time, each with an end, and with those who talk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from okatakten.making.captions.names import is_name
from okatakten.making.captions.said import Said, tell
from okatakten.model import Cue
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, plain
from okatakten.written.values import MILLISECOND, rounded, timestamp

WITHOUT_END: Final = timedelta(seconds=1)
"""How long a cue is that starts where the audio has ended."""

_NAMED = re.compile(r"(?:[-–—]\s*)?(?P<name>[^\W\d_][^:.!?,;\"«»<>\[\]]{0,39}?)\s?:(?:\s+(?P<words>.*))?")
_DASH = re.compile(r"[-–—]\s*(?=[^\W\d_])")


def as_cues(said: Iterable[Said], problems: Problems, *, duration: timedelta) -> tuple[Cue, ...]:
    """Return cues in order of time, none without text."""
    said = [one for one in map(_cleaned, said) if one.text]
    _check_order(said, problems)
    parts = _with_speakers(sorted(said, key=attrgetter("start")))
    return tuple(sorted(_timed([part for part in parts if part.text], duration=duration), key=attrgetter("start")))


def _cleaned(said: Said) -> Said:
    """Return it as plain text, without empty lines and, when it would take no time, without an end."""
    end = said.end if said.end != said.start else None
    return replace(said, end=end, speaker=plain(said.speaker), texts=tuple(filter(None, map(plain, said.texts))))


def _check_order(said: Sequence[Said], problems: Problems) -> None:
    """Tell times that come too early. Those who talk at the same time may come in any order."""
    for one in said:
        if one.end is not None and one.end < one.start:
            tell(Kind.CAPTIONS_OUT_OF_ORDER, one.line, problems, expected=Hint.END_AFTER_START)
    for earlier, later in pairwise(said):
        is_at_once = later.end is not None and later.end > earlier.start
        if later.start < earlier.start and not is_at_once:
            before = timestamp(earlier.start).removesuffix(".000")
            expected = Hint.BEGINS_BEFORE.format(before=before)
            tell(Kind.CAPTIONS_OUT_OF_ORDER, later.line, problems, expected=expected)


def _with_speakers(said: Sequence[Said]) -> list[Said]:
    """Return one for each who talks: by the names that lines begin with, and by the dashes of a dialogue.

    A name is written where the speaker changes, so it holds until the next one.
    """
    names = set() if any(one.speaker for one in said) else _find_names(said)
    parts: list[Said] = []
    speaker = ""
    for one in said:
        for name, texts in _turns(one.texts, names):
            speaker = name if name is not None else speaker
            parts.append(replace(one, speaker=one.speaker or speaker, texts=texts))
    return parts


def _find_names(said: Sequence[Said]) -> set[str]:
    """Return the names that lines begin with (`Gästen: Tack.`), when they are so many that they must be names."""
    counts = Counter(name for one in said for text in one.texts if (name := _name_before(text)))
    firsts = [_name_before(one.texts[0]) for one in said]
    returning = {name for name, count in counts.items() if count > 2 or (count > 1 and is_name(name))}
    if 2 * sum(map(bool, firsts)) >= len(firsts):
        return returning | set(filter(is_name, counts))
    return returning if firsts[0] in returning else set()


def _name_before(text: str) -> str:
    match = _NAMED.fullmatch(text)
    return match["name"] if match else ""


def _turns(texts: Sequence[str], names: set[str]) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Yield who talks, and the lines. The name is None when nobody new does, and empty when someone unknown does."""
    is_dialogue = sum(bool(_DASH.match(text)) for text in texts) > 1
    name: str | None = None
    lines: list[str] = []
    for text in texts:
        named = _NAMED.fullmatch(text)
        dash = _DASH.match(text)
        if named and named["name"] in names:
            turn: tuple[str | None, str] = named["name"], named["words"] or ""
        elif dash and is_dialogue:
            turn = "", f"– {text[dash.end() :]}"
        else:
            lines.append(text)
            continue
        if lines:
            yield name, tuple(lines)
        name, lines = turn[0], [turn[1]]
    yield name, tuple(lines)


def _timed(said: Iterable[Said], *, duration: timedelta) -> Iterator[Cue]:
    """Yield cues that all have an end. What starts together shares the time until the next, by length of text."""
    groups = [(start, list(group)) for start, group in groupby(said, key=attrgetter("start"))]
    starts = [start for start, _ in groups]
    for (start, group), following in zip(groups, [*starts[1:], duration], strict=False):
        until = min(following, duration) if start < duration else following
        stretch = until - start if until > start else WITHOUT_END
        length = sum(len(one.text) for one in group if one.timed and one.end is None)
        so_far = 0
        for one in group:
            begin, end = start, one.end or start + stretch
            if one.timed and one.end is None:
                begin = start + stretch * so_far / length
                so_far += len(one.text)
                end = start + stretch * so_far / length
            begin = rounded(begin)
            yield Cue(start=begin, end=max(rounded(end), begin + MILLISECOND), speaker=one.speaker, text=one.text)
