"""All that a project holds, and whether its PDF files are for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from okatakten.disk.memory import recall
from okatakten.model import DEFAULT_LOCALE, Page
from okatakten.podcast.images import digest_of
from okatakten.podcast.podcast import Known
from okatakten.rules import new_guid
from okatakten.site.kinds import kind_of
from okatakten.site.project import Reading, read_project
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import problem_at

_READABLE: Final = Path(__file__).with_name("readable.py")
_NEVER_EXCUSED: Final = {Hint.PDF_LOCKED, Hint.PDF_UNREADABLE}


def read_with_documents(
    root: Path, *, new_guid: Callable[[], str] = new_guid, now: datetime | None = None, known: Known | None = None
) -> Reading:
    """Return what all files of a project hold, its PDF files among them. See `read_project`."""
    reading = read_project(root, new_guid=new_guid, now=now, known=known)
    if not any(map(_has_pdf, reading.pages)):
        return reading
    problems, notes = list(reading.problems), list(reading.notes)
    seen = {page.name: _look_at(page, root, problems, notes) for page in reading.pages if _has_pdf(page)}
    # A page in another language shows the same file.
    pages = [replace(page, entry=seen[page.name].entry) if page.name in seen else page for page in reading.pages]
    return replace(
        reading,
        pages=tuple(pages),
        problems=tuple(sorted(problems)),
        notes=tuple(sorted(notes)),
        show=None if problems else reading.show,
    )


def _has_pdf(page: Page) -> bool:
    return page.entry is not None and bool(kind_of(page.entry.kind).pdf) and page.locale == DEFAULT_LOCALE


def _look_at(page: Page, root: Path, problems: list[Problem], notes: list[Problem]) -> Page:
    """Return the page of a document with the number of pages of its file, or a problem for what readers lack there."""
    assert page.entry
    source = f"docs/{page.locale}/{page.name}"
    name = page.entry.values.get("file")
    path = (root / source).parent / str(name)
    if name is None or not path.is_file():
        return page
    if find_spec("pikepdf") is None:
        notes.append(problem_at(root, source, Kind.PDF_UNFIT, "file", expected=Hint.PDF_NOT_LOOKED_INTO))
        return page
    made_of = digest_of(path) + _READABLE.read_bytes() + "".join(Hint).encode()
    found = json.loads(recall(root / ".okatakten/pdf", made_of, make=lambda: _look_into(path)))
    excused = "exception" in page.entry.values
    told = notes if page.entry.draft else problems
    told += [
        problem_at(root, source, Kind.PDF_UNFIT, "file", expected=hint)
        for hint in found["wrong"]
        if not excused or hint in _NEVER_EXCUSED
    ]
    return replace(page, entry=replace(page.entry, values={**page.entry.values, "pages": found["pages"]}))


def _look_into(path: Path) -> bytes:
    # The library that looks into PDF files is large, and what it finds is remembered.
    from okatakten.documents.readable import look_into

    return json.dumps(look_into(path)).encode()
