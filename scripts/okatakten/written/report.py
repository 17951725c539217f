"""What was found, for whoever is to read it: a person, a program, or the pages of a Git host."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from okatakten.written.advice import Text, advise
from okatakten.written.problems import Findings, Kind, Problem

SHOWN: Final = 50
"""Problems that are told in full. Nobody mends more in one go, and the next ones are shown after these."""
FILES_SHOWN: Final = 20
"""Files that stand below one advice."""
_JOINER: Final = "\u200d"
"""Makes one picture of several emoji."""
_LIMITS: Final = {"file": 200, "field": 80, "found": 120, "expected": 1200}
"""Letters of what strangers may have written; a summary that is proposed anew must fit."""


def format_problem(problem: Problem) -> str:
    """Return the problem as a communicator reads it: place, what stands there, what to write."""
    told = _one_line(problem)
    place = told.file
    if told.line:
        place += Text.AT_LINE.format(line=told.line)
    if told.field:
        place += Text.AT_FIELD.format(field=told.field)
    lines = [place]
    if told.found:
        lines.append("    " + Text.FOUND.format(found=told.found))
    lines.append("    " + advise(told.kind, told.expected))
    return "\n".join(lines)


def format_report(problems: Iterable[Problem]) -> str:
    """Return the problems sorted by file and line, ending with a count of all. No problems gives an empty string."""
    ordered = sorted(set(problems))
    if not ordered:
        return ""
    rest = ordered[SHOWN:]
    more = [Text.MORE_TO_CORRECT.format(things=_things(rest), files=_files(rest))] if rest else []
    count = Text.TO_CORRECT.format(things=_things(ordered), files=_files(ordered))
    return "\n\n".join([*map(format_problem, ordered[:SHOWN]), *more, count]) + "\n"


def _things(problems: Sequence[Problem]) -> str:
    return Text.ONE_THING if len(problems) == 1 else Text.THINGS.format(count=len(problems))


def _files(problems: Sequence[Problem]) -> str:
    files = len({problem.file for problem in problems})
    return Text.ONE_FILE if files == 1 else Text.FILES.format(count=files)


class Format(StrEnum):
    """Who is to read what was found: a person, a program, or GitHub, which shows it beside the line."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


STANDING: Final = {Kind.TRANSLATION_UNREVIEWED}
"""What is so for months, whatever is changed. GitHub shows ten notices, and these would hide the others."""


def format_findings(findings: Findings, form: Format) -> str:
    """Return all that was found, ending with a line break; in text, nothing at all when there is nothing."""
    if form is Format.JSON:
        found = {name: [_as_json(problem) for problem in every] for name, every in _sorted(findings).items()}
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if form is Format.GITHUB:
        levels = {"problems": "error", "unfinished": "warning", "notes": "notice"}
        told = replace(findings, notes=tuple(note for note in findings.notes if note.kind not in STANDING))
        # Of each level GitHub shows ten.
        levelled = ((levels[name], every[:SHOWN]) for name, every in _sorted(told).items())
        lines = [_as_github(problem, level) for level, every in levelled for problem in every]
        return "".join(f"{line}\n" for line in lines)
    parts = []
    if findings.unfinished:
        parts.append(f"{Text.DRAFTS}\n\n{format_report(findings.unfinished)}")
    if findings.notes and not findings.problems:
        parts.append(format_notes(findings.notes))
    if findings.problems:
        parts.append(format_report(findings.problems))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _sorted(findings: Findings) -> dict[str, list[Problem]]:
    every = {"problems": findings.problems, "unfinished": findings.unfinished, "notes": findings.notes}
    return {name: sorted(set(problems)) for name, problems in every.items()}


def _as_json(problem: Problem) -> dict[str, object]:
    told = _one_line(problem)
    return {
        "file": told.file,
        "line": told.line,
        "field": told.field,
        "kind": told.kind.value,
        "found": told.found,
        "message": _in_full(told),
    }


def _as_github(problem: Problem, level: str) -> str:
    """Return a workflow command (GitHub Actions), which has escapes of its own."""
    told = _one_line(problem)
    place = {"file": told.file, "line": str(told.line or 1), "title": told.field or told.kind.value}
    properties = ",".join(f"{name}={_escape(value, ':,')}" for name, value in place.items())
    message = "\n".join([*(line.strip() for line in format_problem(told).splitlines()[1:-1]), _in_full(told)])
    return f"::{level} {properties}::{_escape(message, '')}"


def _in_full(problem: Problem) -> str:
    """Return the sentence, and after it what holds in this case where the sentence has no place for it."""
    said = advise(problem.kind, problem.expected)
    return said if not problem.expected or problem.expected in said else f"{said} ({problem.expected})"


def _escape(text: str, marks: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for mark in marks:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text


def format_notes(notes: Iterable[Problem]) -> str:
    """Return what could be better, by kind: one advice, and the files that it is about. None of it stops anything."""
    by_advice: dict[str, list[str]] = {}
    for note in sorted(set(notes)):
        told = _one_line(note)
        detail = f" ({told.expected})" if told.expected else ""
        by_advice.setdefault(advise(note.kind), []).append(f"    {told.file}{detail}")
    blocks = ([Text.TO_CONSIDER.format(advice=advice), *_first(files), ""] for advice, files in by_advice.items())
    return "\n".join(line for block in blocks for line in block)


def _first(files: Sequence[str]) -> list[str]:
    rest = len(files) - FILES_SHOWN
    return [*files[:FILES_SHOWN], *([f"    {Text.MORE.format(count=rest)}"] if rest > 0 else [])]


def _one_line(problem: Problem) -> Problem:
    """Return the problem with nothing in it that could pass for another line, or that nobody would want to read."""
    texts: dict[str, Any] = {name: _shorten(getattr(problem, name), limit=limit) for name, limit in _LIMITS.items()}
    return replace(problem, **texts)


def _shorten(text: str, *, limit: int) -> str:
    """Return the text on one line, what cannot be seen by its number, cut where it gets too long to read."""
    line = " ".join("".join(map(_visible, text[: 4 * limit])).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _visible(char: str) -> str:
    if char.isprintable() or char == _JOINER:
        return char
    return " " if char.isspace() else f"\\u{ord(char):04x}"
