"""From what is said to cues: in order of time, each with an end, and with those who talk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from okatakten.making.captions.names import is_label, is_name
from okatakten.making.captions.said import SPEAKER_TURN, Said, tell
from okatakten.model import Cue
from okatakten.podcast.rolling import Shown, unrolled
from okatakten.podcast.speakers import is_one_of
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed, plain
from okatakten.written.values import MILLISECOND, rounded, timestamp

WITHOUT_END: Final = timedelta(seconds=1)
"""How long a cue is that starts where the audio has ended."""

RULE: Final = 0.5
"""How many of all begin with a name where it is the rule that they do, and so others may be called anything."""
STRICT_RULE: Final = 0.75
"""And where a name may begin in lower case, too: `vd på Möbler`."""
WORDS_A_SECOND: Final = 2
"""Slowly: how long a cue is at most that takes no time in a file where the others do."""
SHORT: Final = 2
"""Words on average, below which cues are single words and are put together to lines."""
LINE_LIMIT: Final = 80
"""Characters of such a line."""

_TURN = re.compile(r">{2,3}\s*|(?:&gt;){2,3}\s*")
_NAMED = re.compile(
    r"(?:[-–—]\s*)?(?P<name>(?:[0-9]{1,2}:[ae]\s)?[^\s:!?<>\[\]()–—-][^:!?<>]{0,59}?)\s?:(?:\s+(?P<words>.*))?"
    r"|(?:[-–—]\s*)?[\[(](?P<marked>[^\W\d_][^\[\]():]{0,59})[\])]\s?:\s*(?P<after>.*)"
    r"|(?:[-–—]\s*)?[\[(](?P<numbered>(?:speaker|talare|röst|person|spk)[ _-]?\w{1,4})[\])]\s*(?P<rest>.*)",
    re.IGNORECASE,
)
"""`Gästen: Tack.`, `[SPEAKER_00]: Tack.` (WhisperX) and `(speaker 0) Tack.` (whisper.cpp)."""
_BEFORE_COLON = re.compile(r".{1,120}?:\s+\S")
_SENTENCE_END = re.compile(r"[.!?…][\"”»)]*\s*$")
_DASH = re.compile(r"[-–—]\s*(?=[^\W\d_])")


def as_cues(
    said: Iterable[Said],
    problems: Problems,
    *,
    duration: timedelta,
    persons: Collection[str] = (),
    by_word: bool = False,
) -> tuple[Cue, ...]:
    """Return cues in order of time, none without text.

    `persons` are the names of those who are heard, if known. `by_word`: the cues tell when each word is said.
    """
    said = [one for one in map(_cleaned, _turned(said)) if one.text]
    _check_order(said, problems)
    said = _joined(_unrolled(sorted(said, key=attrgetter("start")), by_word=by_word))
    parts = _with_speakers([one for one in said if one.text], persons=persons)
    return tuple(sorted(_timed([part for part in parts if part.text], duration=duration), key=attrgetter("start")))


def _cleaned(said: Said) -> Said:
    """Return it as plain text with composed letters, without empty lines."""
    texts = (composed(plain(text)) for text in said.texts)
    return replace(said, speaker=composed(plain(said.speaker)), texts=tuple(filter(None, texts)))


def _turned(said: Iterable[Said]) -> Iterator[Said]:
    """Yield it with the mark of a new speaker where he begins: whisper.cpp writes it at the end of the one before."""
    is_turn = False
    for one in said:
        text = "\n".join(one.texts).strip()
        texts = tuple(f"{'>> ' * is_turn}{text.replace(SPEAKER_TURN, ' ')}".split("\n"))
        is_turn = SPEAKER_TURN in text
        yield replace(one, texts=texts)


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


def _unrolled(said: list[Said], *, by_word: bool) -> list[Said]:
    """Return it with every word once, where captions roll."""
    shown = [Shown(start=one.start, end=one.end or one.start, pieces=one.texts) for one in said]
    texts = unrolled(shown, by_word=by_word) if all(one.end is not None for one in said) else None
    return said if texts is None else [replace(one, texts=new) for one, new in zip(said, texts, strict=True)]


def _joined(said: list[Said]) -> list[Said]:
    """Return single words, as some programs time them, as lines that end with a sentence, a pause or the speaker."""
    said = [one for one in said if one.text]
    if len(said) < 2 or any(one.end is None or not one.timed for one in said):
        return said
    if sum(len(one.text.split()) for one in said) >= SHORT * len(said) or not _is_spelled_out(said):
        return said
    lines = [said[0]]
    for one in said[1:]:
        last = lines[-1]
        goes_on = last.speaker == one.speaker and last.end is not None and one.start - last.end <= timedelta(seconds=1)
        if goes_on and len(last.text) < LINE_LIMIT and not _SENTENCE_END.search(last.text):
            lines[-1] = replace(last, end=one.end, texts=(f"{last.text} {one.text}",))
        else:
            lines.append(one)
    return lines


def _is_spelled_out(said: Sequence[Said]) -> bool:
    """Whether most of what is said begins or ends in the middle of a sentence, and nobody is named in it."""
    is_parted = 2 * sum(one.text[0].islower() or one.text[-1].isalpha() for one in said) > len(said) > 10
    return is_parted and not any(_name_before(one.text) or _TURN.match(one.text) for one in said)


def _with_speakers(said: Sequence[Said], *, persons: Collection[str]) -> list[Said]:
    """Return one for each who talks: by the names that lines begin with, and by the dashes of a dialogue.

    A name is written where the speaker changes, so it holds until the next one. What may be a name and is none that is
    known leaves open who talks: nobody's words are given to the one before.
    """
    own = {one.speaker for one in said if one.speaker}
    names = _find_names(said, known={*own, *persons})
    parts: list[Said] = []
    speaker = ""
    is_each = not own and all(_BEFORE_COLON.match(one.texts[0]) for one in said)
    for one in said:
        speaker = one.speaker or (speaker if one.goes_on or not own else "")
        is_open = bool(names - own) if not own else one.goes_on
        is_new = not parts or bool(_SENTENCE_END.search(parts[-1].text))
        # Where the file says who talks, a name that is said is no speaker.
        usable = names if one.goes_on or not one.speaker else ()
        for name, texts in _turns(one.texts, usable, is_open=is_open, is_new=is_new, is_each=is_each):
            speaker = name if name is not None else speaker
            parts.append(replace(one, speaker=speaker, texts=texts))
    return parts


def _find_names(said: Sequence[Said], *, known: Collection[str]) -> set[str]:
    """Return the names that lines begin with (`Gästen: Tack.`), when they are so many that they must be names."""
    counts = Counter(name for one in said for text in one.texts if (name := _name_before(text)))
    firsts = [_name_before(one.texts[0]) for one in said if not one.speaker]
    names = {name for one in said for text in one.texts if (name := _mark_before(text))}
    names |= {name for name in counts if is_name(name) and is_one_of(name, known)}
    returning = {name for name, count in counts.items() if count > 2 or (count > 1 and is_name(name))}
    beside = [_name_before(one.texts[0]) for one in said if one.goes_on and not one.speaker]
    is_called = bool(beside) and is_name(beside[0]) and " " in beside[0]
    if is_called or len(list(filter(is_label, beside))) > 1:
        names |= set(filter(is_label, beside))
    share = sum(map(bool, firsts)) / max(len(firsts), 1)
    if share >= RULE:
        return names | returning | {name for name in counts if is_label(name, any_case=share >= STRICT_RULE)}
    return names | returning if firsts and firsts[0] in returning else names


def _match(text: str) -> re.Match[str] | None:
    return _NAMED.fullmatch(_TURN.sub("", text, count=1) if _TURN.match(text) else text)


def _name_before(text: str) -> str:
    match = _match(text)
    return (match["name"] or match["marked"] or match["numbered"]) if match else ""


def _mark_before(text: str) -> str:
    """Return the name that a text begins with where its form says that it is one."""
    match = _match(text)
    if not match:
        return ""
    name = match["name"] if _TURN.match(text) else None
    return match["marked"] or match["numbered"] or (name if name and is_label(name, any_case=True) else "")


def _turns(
    texts: Sequence[str], names: Collection[str], *, is_open: bool, is_new: bool, is_each: bool
) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Yield who talks, and the lines. The name is None when nobody new does, and empty when someone unknown does.

    `is_open`: what may be a name and is not known as one is someone unknown. `is_new`: a sentence begins here.
    `is_each`: all begin with who talks, so that what stands there is somebody, whatever it looks like.
    """
    is_dialogue = sum(bool(_DASH.match(text)) for text in texts) > 1
    name: str | None = None
    lines: list[str] = []
    for text in texts:
        is_new = is_new if not lines else bool(_SENTENCE_END.search(lines[-1]))
        match, dash, turn = _match(text), _DASH.match(text), _TURN.match(text)
        begin = _name_before(text)
        if match and begin in names:
            new: tuple[str | None, str] = begin, match["words"] or match["after"] or match["rest"] or ""
        elif turn:
            new = "", f"– {text[turn.end() :]}"
        elif dash and is_dialogue:
            new = "", f"– {text[dash.end() :]}"
        elif (is_open and begin and is_label(begin, any_case=is_new)) or (
            is_each and not lines and text is texts[0] and _BEFORE_COLON.match(text)
        ):
            new = "", text
        else:
            lines.append(text)
            continue
        if lines:
            yield name, tuple(lines)
        name, lines = new[0], [new[1]]
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
            begin, end = start, start + stretch if one.end is None else one.end
            if one.timed and one.end is None:
                begin = start + stretch * so_far / length
                so_far += len(one.text)
                end = start + stretch * so_far / length
            elif one.timed and end <= start:
                end = start + min(stretch, timedelta(seconds=1 + len(one.text.split()) / WORDS_A_SECOND))
            begin = rounded(begin)
            yield Cue(start=begin, end=max(rounded(end), begin + MILLISECOND), speaker=one.speaker, text=one.text)
