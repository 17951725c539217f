"""What was found, for whoever is to read it: a person, a program, or the pages of a Git host."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from okatakten.written.advice import Text, advise
from okatakten.written.problems import Findings, Kind, Problem


def format_problem(problem: Problem) -> str:
    """Return the problem as a communicator reads it: place, what stands there, what to write."""
    place = problem.file
    if problem.line:
        place += Text.AT_LINE.format(line=problem.line)
    if problem.field:
        place += Text.AT_FIELD.format(field=problem.field)
    lines = [place]
    if problem.found:
        lines.append("    " + Text.FOUND.format(found=_shorten(problem.found)))
    lines.append("    " + advise(problem.kind, problem.expected))
    return "\n".join(lines)


def format_report(problems: Iterable[Problem]) -> str:
    """Return all problems sorted by file and line, ending with a count. No problems gives an empty string."""
    ordered = sorted(set(problems))
    if not ordered:
        return ""
    things, files = len(ordered), len({problem.file for problem in ordered})
    count = Text.TO_CORRECT.format(
        things=Text.ONE_THING if things == 1 else Text.THINGS.format(count=things),
        files=Text.ONE_FILE if files == 1 else Text.FILES.format(count=files),
    )
    return "\n\n".join([*map(format_problem, ordered), count]) + "\n"


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
        lines = [_as_github(problem, levels[name]) for name, every in _sorted(told).items() for problem in every]
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
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "kind": problem.kind.value,
        "found": problem.found,
        "message": _in_full(problem),
    }


def _as_github(problem: Problem, level: str) -> str:
    """Return a workflow command (GitHub Actions), which has escapes of its own."""
    place = {"file": problem.file, "line": str(problem.line or 1), "title": problem.field or problem.kind.value}
    properties = ",".join(f"{name}={_escape(value, ':,')}" for name, value in place.items())
    message = "\n".join([*(line.strip() for line in format_problem(problem).splitlines()[1:-1]), _in_full(problem)])
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
        detail = f" ({note.expected})" if note.expected else ""
        by_advice.setdefault(advise(note.kind), []).append(f"    {note.file}{detail}")
    blocks = ([Text.TO_CONSIDER.format(advice=advice), *files, ""] for advice, files in by_advice.items())
    return "\n".join(line for block in blocks for line in block)


def _shorten(text: str, *, limit: int = 120) -> str:
    """Return the text on one line without control characters, cut where it gets too long to read."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
