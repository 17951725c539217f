"""What the check says of the project with its drafts, file by file, beside the fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from okatakten.addresses import Site
from okatakten.desk.drafts import Drafts
from okatakten.desk.forms import NOTES, Field, lines_of, nodes_of
from okatakten.podcast.podcast import Known
from okatakten.podcast.proof import proof_read
from okatakten.site.project import Reading, read_project
from okatakten.written.advice import Text, advise
from okatakten.written.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found at a `field` of a form, "" where it is of the file as a whole. `stops`: it cannot go out so.

    `line` counts from 1; 0 is no line.
    """

    file: str
    line: int
    field: str
    text: str
    found: str
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The project with its drafts, read at one moment."""

    reading: Reading
    answers: tuple[Answer, ...]

    def of(self, *files: str) -> list[Answer]:
        """Return what was found in files, or in folders that end in a stroke."""
        return [answer for answer in self.answers if any(_is_in(answer.file, name) for name in files)]


@dataclass(slots=True, kw_only=True)
class Checker:
    """Reads the project as it will be, in the folder `tree`, and keeps what it has read of folders that stay."""

    drafts: Drafts
    tree: Path
    known: Known = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def check(self, *, site: Site, now: datetime | None = None) -> Checked:
        """Return what the project with its drafts holds, and all that is to be said of it."""
        with self.lock:
            self.drafts.lay_out(self.tree)
            reading = read_project(self.tree, now=now, known=self.known)
            notes = list(reading.notes)
            if reading.show:
                notes += proof_read(reading.show, site=site, root=self.tree)
            fields: dict[str, list[tuple[int, str]]] = {}
            stops = [*_answers([*reading.problems, *reading.unfinished], self.drafts, fields, stops=True)]
            return Checked(reading=reading, answers=(*stops, *_answers(notes, self.drafts, fields, stops=False)))


def _answers(
    problems: Iterable[Problem], drafts: Drafts, fields: dict[str, list[tuple[int, str]]], *, stops: bool
) -> Iterable[Answer]:
    for problem in sorted(set(problems)):
        if problem.file not in fields:
            fields[problem.file] = _lines_of(drafts.text(problem.file) or "")
        said = advise(problem.kind, problem.expected)
        yield Answer(
            file=problem.file,
            line=problem.line,
            field=_field_at(problem, fields[problem.file]),
            text=said,
            found=problem.found,
            stops=stops,
        )


def _lines_of(text: str) -> list[tuple[int, str]]:
    """Return the first line of each field of a file, counted from 1, with its name."""
    return lines_of(text, [Field(name=name, label="") for name in nodes_of(text)])


def _field_at(problem: Problem, fields: list[tuple[int, str]]) -> str:
    """Return the field of the form that a problem stands at: a row of a list is a part of its field."""
    names = {name for _, name in fields}
    if problem.field in names or not problem.line:
        return problem.field
    above = [name for line, name in fields if line <= problem.line]
    return above[-1] if above else problem.field or NOTES


def _is_in(file: str, name: str) -> bool:
    return file.startswith(name) if name.endswith("/") else file == name


def found_text(answer: Answer) -> str:
    """Return what stands there, as the command says it."""
    return Text.FOUND.format(found=answer.found) if answer.found else ""
