"""All that a project holds, and whether its PDF files are for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from okatakten.model import DEFAULT_LOCALE, Page
from okatakten.rules import new_guid
from okatakten.site.project import Reading, read_project


def read_with_documents(root: Path, *, new_guid: Callable[[], str] = new_guid, now: datetime | None = None) -> Reading:
    """Return what all files of a project hold, its PDF files among them. See `read_project`."""
    reading = read_project(root, new_guid=new_guid, now=now)
    if not any(map(_is_document, reading.pages)):
        return reading
    # The library that looks into them is large, and few projects need it.
    from okatakten.documents.readable import look_at

    problems, notes = list(reading.problems), list(reading.notes)
    pages = [look_at(page, root, problems, notes) if _is_document(page) else page for page in reading.pages]
    return replace(
        reading,
        pages=tuple(pages),
        problems=tuple(sorted(problems)),
        notes=tuple(sorted(notes)),
        show=None if problems else reading.show,
    )


def _is_document(page: Page) -> bool:
    return page.entry is not None and page.entry.kind == "document" and page.locale == DEFAULT_LOCALE
