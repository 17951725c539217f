"""What the check says of the project with its drafts, file by file, beside the fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from yaml import CollectionNode

from okatakten.addresses import Site
from okatakten.desk.drafts import Drafts
from okatakten.desk.forms import NOTES, front_lines, lines_of, nodes_of
from okatakten.podcast.podcast import Known
from okatakten.podcast.proof import Noted, proof_read
from okatakten.site.project import Reading, read_project
from okatakten.written.advice import Text, advise
from okatakten.written.problems import Kind, Problem

_AT_THE_DESK: Final = {
    Kind.FIELD_MISSING: "Skriv något här. Fältet behövs.",
    Kind.AUDIO_MISSING: "Ljudet saknas. Lämna in inspelningen under «Ljud och filer».",
    Kind.TRANSCRIPT_MISSING: (
        "Textversionen saknas. Lämna in den under «Ljud och filer». "
        "Lagen om tillgänglighet kräver att allt som sägs också går att läsa."
    ),
    Kind.PICTURE_WRONG_SIZE: (
        "Bilden ska vara kvadratisk och minst 1400 bildpunkter bred. "
        "Ett avsnitts bild beskär du under «Ljud och filer»."
    ),
    Kind.PICTURE_WITHOUT_ALT: "Bilden saknar beskrivning. Skriv vad den visar, för den som inte ser den.",
    Kind.TIMES_APPROXIMATE: (
        "Textversionens tider är ungefärliga, för texten hade inga. Sidan säger det till läsaren. Har du lyssnat och "
        "rättat tiderna? Tryck på «Tiderna är rätta nu» under «Text och kapitel»."
    ),
    Kind.WORDS_UNSURE: (
        "Det är inte säkert vad som sägs i de här styckena: någon har märkt dem. Lyssna och rätta under «Text och "
        "kapitel». Ta sedan bort krysset vid «Osäker»."
    ),
}
"""What is said otherwise to whoever sees no folder."""
_COMMAND: Final = re.compile(r": okatakten clip .*")
"""What makes a clip again: at the desk, a button does."""


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
    noted: Noted = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    last: tuple[object, Checked] | None = None

    def check(self, *, site: Site, now: datetime | None = None) -> Checked:
        """Return what the project with its drafts holds, and all that is to be said of it.

        What is as it was is not read again within the minute.
        """
        with ExitStack() as stack:
            # In this order: who checks while nobody else may write has the drafts already.
            with self.drafts.one_at_a_time():
                stack.enter_context(self.lock)
                laid_out = self.drafts.lay_out(self.tree)
            minute = (now or datetime.now(UTC)).replace(second=0, microsecond=0)
            made_of = laid_out, replace(site, now=minute)
            if self.last and self.last[0] == made_of:
                return self.last[1]
            reading = read_project(self.tree, now=now, known=self.known)
            notes = list(reading.notes)
            if reading.show:
                notes += proof_read(reading.show, site=site, root=self.tree, noted=self.noted)
            places: dict[str, _Places] = {}
            stops = [*_answers([*reading.problems, *reading.unfinished], self.drafts, places, stops=True)]
            checked = Checked(reading=reading, answers=(*stops, *_answers(notes, self.drafts, places, stops=False)))
            self.last = made_of, checked
            return checked


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the fields of a file are: the line that each begins on, counted from 1, and where the text below begins.

    Where there is no text below, that is 0.
    """

    fields: tuple[tuple[int, str], ...]
    lists: frozenset[str]
    below: int

    @classmethod
    def of(cls, text: str) -> _Places:
        nodes = nodes_of(text)
        lists = frozenset(name for name, node in nodes.items() if isinstance(node, CollectionNode))
        above = front_lines(text)
        return cls(tuple(lines_of(text, [*nodes])), lists, above + 1 if above else 0)

    def field_of(self, problem: Problem) -> str:
        """Return the field of the form that a problem stands at: a row of a list is a part of its field."""
        above = [name for line, name in self.fields if line <= (problem.line or 0)]
        if not above:
            return problem.field
        if self.below and problem.line and problem.line >= self.below:
            return NOTES
        return above[-1] if above[-1] in self.lists else problem.field or above[-1]


def _answers(
    problems: Iterable[Problem], drafts: Drafts, places: dict[str, _Places], *, stops: bool
) -> Iterable[Answer]:
    for problem in sorted(set(problems)):
        if problem.file not in places:
            has_fields = problem.file.endswith((".md", ".yml"))
            places[problem.file] = _Places.of((drafts.text(problem.file) or "") if has_fields else "")
        yield Answer(
            file=problem.file,
            line=problem.line,
            field=places[problem.file].field_of(problem),
            text=said_of(problem),
            found=problem.found,
            stops=stops,
        )


def said_of(problem: Problem) -> str:
    """Return what is said of a problem at the desk."""
    return _AT_THE_DESK.get(problem.kind) or _COMMAND.sub(".", advise(problem.kind, problem.expected))


def _is_in(file: str, name: str) -> bool:
    return file.startswith(name) if name.endswith("/") else file == name


def found_text(answer: Answer) -> str:
    """Return what stands there, as a sentence before what is said of it."""
    return f"{Text.FOUND.format(found=answer.found)}." if answer.found else ""
