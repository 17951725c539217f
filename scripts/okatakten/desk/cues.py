"""Cues of a transcript as rows, each in its own place in the file: what changes one leaves every other byte."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Final

from okatakten.desk.drafts import stands_for
from okatakten.podcast.webvtt import (
    VOICE,
    Timed,
    doubtful_lines,
    parse_blocks,
    spoken,
    stretches,
    unescaped,
    voice_name,
)
from okatakten.written.advice import Text
from okatakten.written.rewrite import newline_of
from okatakten.written.text import UNPUBLISHABLE, plain
from okatakten.written.values import rounded, timestamp

BEGUN: Final = "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n\n"
"""A transcript that somebody begins at the desk."""
_SHORTEST: Final = timedelta(seconds=2)
"""How long a row is that is put where there is no pause for it."""
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_TIMES: Final = re.compile(r"[0-9:.]+(?=\s*-->)|(?<=-->)(\s*)[0-9:.]+")
_GAP: Final = re.compile(r"(?:(?:\r\n|\r|\n)[ \t]*)*\Z")
_NOT_UTF_8: Final = re.compile("[\udc80-\udcff]")
_NAME: Final = re.compile(r"</?([a-z]+)")


class RefusedError(Exception):
    """A change that cannot be made where it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A cue. It stands from `begin` to `end`, what is said in it from `body` on, its times at `times`.

    `first` is where what belongs to it begins: the note that it is not sure, or the cue itself.
    """

    first: int
    begin: int
    times: int
    body: int
    end: int
    source: str
    timed: Timed
    doubtful: bool

    @property
    def said(self) -> str:
        """What is said, marks and all, as it stands in the file."""
        return self.source[self.body - self.begin :]

    @property
    def text(self) -> str:
        """What is said, as it is read."""
        return _read(self.said)

    @property
    def speakers(self) -> list[str]:
        """Who speaks, in turn; the one whose voice it is where nothing is said yet."""
        voices = list(spoken(self.said))
        return list(dict.fromkeys(name for name, words in voices if plain(words))) or [voices[-1][0]]

    @property
    def seen(self) -> str:
        """What tells whether the row is as somebody saw it."""
        return stands_for(self.source + "?" * self.doubtful)[:16]


@lru_cache(maxsize=4)
def parse_rows(text: str) -> tuple[Row, ...] | None:
    """Return the cues of a transcript; None for one whose blocks cannot be told apart: it is to be mended as a text."""
    places = [match.span(1) for match in _LINE.finditer(text)]
    lines = [text[start:end] for start, end in places]
    clean = "\n".join(lines).lstrip("\ufeff")
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", clean) or _NOT_UTF_8.search(clean):
        return None
    blocks, is_sound = parse_blocks(clean)
    doubtful = set(doubtful_lines(clean))
    rows = []
    for block in blocks:
        if block.timed is None:
            return None
        # Lines of spaces within a cue are no lines of the block.
        own: list[int] = []
        number = block.line - 1
        while len(own) <= block.text.count("\n"):
            own += [number] if lines[number].strip(" \t") else []
            number += 1
        times = next(number for number in own if "-->" in lines[number])
        below = times + 1 if own[-1] > times else None
        first, end = _note_before(lines, own[0]) if block.line in doubtful else own[0], places[own[-1]][1]
        rows.append(
            Row(
                first=places[first][0], begin=places[own[0]][0], times=places[times][0],
                body=places[below][0] if below else end, end=end, source=text[places[own[0]][0] : end],
                timed=block.timed, doubtful=block.line in doubtful,
            )
        )  # fmt: skip
    return tuple(rows) if is_sound else None


def _note_before(lines: Sequence[str], number: int) -> int:
    while not lines[number - 1].strip(" \t"):
        number -= 1
    while number > 0 and lines[number - 1].strip(" \t"):
        number -= 1
    return number


def find_row(rows: Sequence[Row], number: int, seen: str) -> int | None:
    """Return which row is the one that somebody saw as the `number`th: others may have put rows before it."""
    found = [index for index, row in enumerate(rows) if row.seen == seen]
    return min(found, key=lambda index: abs(index - number), default=None)


def with_text(text: str, row: Row, said: str) -> str:
    """Return the file with other words in a row. Marks and what is said as before keep their place."""
    new = plain(said)
    for body in (_spliced(row.said, new), _lead(row.said) + html.escape(new, quote=False)):
        if _read(body) == new:
            return _with_said(text, row, body)
    raise RefusedError


def with_speaker(text: str, row: Row, name: str) -> str:
    """Return the file with another who says what is said in a row; "" is nobody who is named."""
    voice, names = voice_name(name), [match for match in VOICE.finditer(row.said) if match[0][1] != "/"]
    if voice and len(names) == len(row.speakers) == 1 and row.speakers[0]:
        start, end = names[0].span(1)
        return _with_said(text, row, row.said[:start] + voice + row.said[end:])
    return _with_said(text, row, f"<v {voice}>" * bool(voice) + VOICE.sub("", row.said))


def with_times(text: str, row: Row, start: timedelta, end: timedelta) -> str:
    """Return the file with other times of a row; a time that stays keeps its spelling."""
    if end <= start:
        raise RefusedError
    line = _line_of_times(text[row.times : row.body], row.timed, start, end)
    return text[: row.times] + line + text[row.body :]


def _line_of_times(line: str, before: Timed, start: timedelta, end: timedelta) -> str:
    meant = iter([(before.start, start), (before.end, end)])

    def written(match: re.Match[str]) -> str:
        was, time = next(meant)
        return match[0] if was == time else (match[1] or "") + _as_in(match[0], time)

    return _TIMES.sub(written, line, count=2)


def parted(text: str, row: Row, at: int, *, when: timedelta | None = None) -> str:
    """Return the file with a row made two at a place in its words: then, or in proportion where it is not told."""
    shown = _shown(row.said)
    if not 0 < at < len(shown):
        raise RefusedError
    start, end, _ = row.timed
    moment = rounded(when if when is not None else start + (end - start) * at / len(shown))
    if not start < moment < end:
        raise RefusedError
    place = shown[at - 1][1]
    while closing := re.match(r"</[^<>]*>", row.said[place:]):
        place += closing.end()
    before, after = row.said[:place].rstrip(), row.said[place:].lstrip()
    opened = _open_marks(before)
    # What nothing closes later on needs no end here either.
    ended = "".join(f"</{name}>" for name, _ in reversed(opened) if f"</{name}" in after)
    line = text[row.times : row.body]
    first = text[row.begin : row.times] + _line_of_times(line, row.timed, start, moment) + before + ended
    second = _line_of_times(line, row.timed, moment, end) + "".join(mark for _, mark in opened) + after
    return text[: row.begin] + first + newline_of(text) * 2 + second + text[row.end :]


def joined(text: str, rows: Sequence[Row], number: int) -> str:
    """Return the file with a row and the next one made one. Two who speak keep their voices."""
    if number + 1 >= len(rows):
        raise RefusedError
    one, two = rows[number : number + 2]
    first, second = one.said.rstrip(), two.said.strip()
    if one.speakers == two.speakers and len(one.speakers) == 1:
        ending = re.search(r"</v\s*>$", first)
        first = first[: ending.start()] if ending else first
        second = VOICE.sub("", second)
        body = f"{first} {second}".rstrip() + (ending[0] if ending else "")
    else:
        ended = "".join(f"</{name}>" for name, _ in _open_marks(first) if name == "v")
        body = newline_of(text).join(filter(None, (first + ended, second)))
    rest = without(text, rows, number + 1)
    rest = _with_said(rest, one, body)
    rest = with_times(rest, one, one.timed.start, max(one.timed.end, two.timed.end))
    return with_doubt(rest, one, doubtful=one.doubtful or two.doubtful)


def without(text: str, rows: Sequence[Row], number: int) -> str:
    """Return the file without a row, its note of doubt and the gap before it: what follows keeps its own."""
    row = rows[number]
    gap = _GAP.search(text[: row.first])
    assert gap
    return text[: gap.start()] + text[row.end :]


def with_new(text: str, rows: Sequence[Row], number: int) -> str:
    """Return the file with an empty row after another, -1 before all, in the pause that is there."""
    line = newline_of(text)
    start = rows[number].timed.end if number >= 0 else timedelta()
    following = rows[number + 1].timed.start if number + 1 < len(rows) else start
    cue = f"{timestamp(start)} --> {timestamp(following if following > start else start + _SHORTEST)}"
    if number < 0 and rows:
        return f"{text[: rows[0].first]}{cue}{line}{line}{text[rows[0].first :]}"
    end = rows[number].end if rows else len(text.rstrip())
    return f"{text[:end]}{line}{line}{cue}{text[end:] or line}"


def with_doubt(text: str, row: Row, *, doubtful: bool) -> str:
    """Return the file with the note before a row that it is not sure what is said, or without it."""
    if doubtful == row.doubtful:
        return text
    line = newline_of(text)
    # Below a line of spaces, a note would belong to the cue above.
    gap = "" if text[: row.first].endswith(line * 2) else line
    note = f"{gap}NOTE {Text.DOUBT}{line}{line}" if doubtful else ""
    return text[: row.first] + note + text[row.begin :]


def renamed(text: str, rows: Sequence[Row], old: str, new: str) -> str:
    """Return the file with another name of a speaker, everywhere."""
    name = voice_name(new)
    if not name or not old:
        raise RefusedError
    for row in reversed(rows):
        for match in reversed(list(VOICE.finditer(row.said))):
            if match[1] and plain(unescaped(match[1])) == old:
                start, end = row.body + match.start(1), row.body + match.end(1)
                text = text[:start] + name + text[end:]
    return text


def exact(text: str) -> str:
    """Return the file without the note that its times are approximate."""
    note = re.compile(r"(?<![^\r\n])NOTE[^\r\n]*(?:(?:\r\n|\r|\n)[^\r\n]+)*(?:[ \t]*(?:\r\n|\r|\n))*")
    return note.sub(lambda match: "" if Text.APPROXIMATE.casefold() in match[0].casefold() else match[0], text)


def is_only_in(touched: range, text: str, rows: Sequence[Row], new: str, new_rows: Sequence[Row]) -> bool:
    """Whether no row but those that are touched has changed, and nothing that stands between rows."""
    before, after = [row.source for row in rows], [row.source for row in new_rows]
    left = len(before) - touched.stop
    return (
        before[: touched.start] == after[: touched.start]
        and (left <= 0 or before[-left:] == after[-left:])
        and _between(text, rows) == _between(new, new_rows)
    )


def _between(text: str, rows: Sequence[Row]) -> str:
    places = [0, *(place for row in rows for place in (row.first, row.end)), len(text)]
    return plain(" ".join(text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)))


def merged(base: str, ours: str, theirs: str) -> str | None:
    """Return a text with what two have changed in it, each elsewhere; None where both changed the same lines."""
    lines = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    changes = [
        (start, end, side[low:high])
        for side in lines[1:]
        for kind, start, end, low, high in SequenceMatcher(None, lines[0], side).get_opcodes()
        if kind != "equal"
    ]
    changes.sort(key=lambda change: change[:2])
    if any(after[0] <= before[1] and before != after for before, after in pairwise(changes)):
        return None
    for start, end, new in reversed([change for index, change in enumerate(changes) if change not in changes[:index]]):
        lines[0][start:end] = new
    return "".join(lines[0])


def _read(said: str) -> str:
    return plain("".join(words for _, _, words in stretches(said)))


def _shown(said: str) -> list[tuple[int, int, str]]:
    """Return the signs that are read of a cue, one space for many, with their places in it."""
    shown: list[tuple[int, int, str]] = []
    for start, end, words in stretches(said):
        is_plain = words == said[start:end]
        for index, sign in enumerate(words):
            place = (start + index, start + index + 1) if is_plain else (start if index == 0 else end, end)
            if UNPUBLISHABLE.match(sign):
                continue
            if not sign.isspace():
                shown.append((*place, sign))
            elif shown and shown[-1][2] != " ":
                shown.append((*place, " "))
    return shown[:-1] if shown and shown[-1][2] == " " else shown


def _spliced(said: str, new: str) -> str:
    shown = _shown(said)
    old = "".join(sign for _, _, sign in shown)
    start, kept = alike(old, new)
    removed = shown[start : len(old) - kept]
    place = shown[start - 1][1] if start else shown[0][0] if shown else len(_lead(said))
    added = html.escape(new[start : len(new) - kept], quote=False)
    if removed:
        place = removed[0][0]
    for begin, end, _ in reversed(removed):
        said = said[:begin] + said[end:]
    return said[:place] + added + said[place:]


def alike(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Return how many signs, or lines, two texts have in common, first and last; none is counted twice."""
    start = _common(one, other)
    most = min(len(one), len(other)) - start
    return start, min(_common(one[::-1], other[::-1]), most)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _lead(said: str) -> str:
    """Return the voice that a cue begins with."""
    match = VOICE.match(said)
    return match[0] if match else ""


def _with_said(text: str, row: Row, said: str) -> str:
    line = newline_of(text) if text[row.body - 1 : row.body] not in {"\n", "\r"} and said else ""
    return text[: row.body] + line + said + text[row.end :]


def _open_marks(said: str) -> list[tuple[str, str]]:
    """Return the marks that are open at the end, each with its name."""
    opened: list[tuple[str, str]] = []
    for start, end, sign in stretches(said):
        mark = said[start:end]
        if sign or not (name := _NAME.match(mark.lower())):
            continue
        if not mark.startswith("</"):
            opened.append((name[1], mark))
        elif any(name[1] == other for other, _ in opened):
            while opened.pop()[0] != name[1]:
                pass
    return opened


def _as_in(spelled: str, time: timedelta) -> str:
    """Return a time as the one before was written: without hours, where that had none and this needs none."""
    written = timestamp(max(time, timedelta()))
    return written[3:] if spelled.count(":") == 1 and written.startswith("00:") else written
