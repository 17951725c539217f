"""Whether all can read a PDF file that is a page of the kind document: what a screen reader needs is in it.

Sources: ISO 14289-1 (PDF/UA-1), 7.1, 7.2 and 7.3; ISO 32000-1, 14.7 (structure), 14.9.2 (language).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from okatakten.disk.memory import recall
from okatakten.documents.attached import can_clean
from okatakten.model import Page
from okatakten.podcast.images import digest_of
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import problem_at

with suppress(ModuleNotFoundError):  # whoever asks hears of it from `can_clean`
    import pikepdf

_SHOWS_TEXT: Final = {"Tj", "TJ", "'", '"'}
_DEEPEST: Final = 5
"""Forms within forms that are looked into for text."""


def look_at(page: Page, root: Path, problems: list[Problem], notes: list[Problem]) -> Page:
    """Return the page of a document with the number of pages of its file, or a problem for what readers lack there."""
    assert page.entry
    source = f"docs/{page.locale}/{page.name}"
    name = page.entry.values.get("file")
    path = (root / source).parent / str(name)
    if name is None or not path.is_file():
        return page
    if not can_clean():
        notes.append(problem_at(root, source, Kind.PDF_UNFIT, "file", expected=Hint.PDF_NOT_LOOKED_INTO))
        return page
    made_of = digest_of(path) + Path(__file__).read_bytes()
    found = json.loads(recall(root / ".okatakten/pdf", made_of, make=lambda: json.dumps(look_into(path)).encode()))
    excused = "exception" in page.entry.values
    problems += [
        problem_at(root, source, Kind.PDF_UNFIT, "file", expected=hint)
        for hint in found["wrong"]
        if not excused or hint == Hint.PDF_LOCKED
    ]
    return replace(page, entry=replace(page.entry, values={**page.entry.values, "pages": found["pages"]}))


def look_into(path: Path) -> dict[str, Any]:
    """Return how many pages a PDF file has, and in Swedish what those lack in it who read by ear or touch."""
    try:
        with pikepdf.open(BytesIO(path.read_bytes())) as pdf:
            if pdf.is_encrypted:
                return {"pages": len(pdf.pages), "wrong": [Hint.PDF_LOCKED]}
            return {"pages": len(pdf.pages), "wrong": list(_wrong_in(pdf))}
    except pikepdf.PasswordError:
        return {"pages": 0, "wrong": [Hint.PDF_LOCKED]}
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, RecursionError):
        return {"pages": 0, "wrong": [Hint.PDF_UNREADABLE]}


def _wrong_in(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    marked = bool(root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in root
    if not marked or len(_pages_in_tree(pdf)) < len(pdf.pages):
        yield Hint.PDF_UNTAGGED
    if not str(root.get("/Lang", "")).strip():
        yield Hint.PDF_NO_LANGUAGE
    title = str(pdf.docinfo.get("/Title", "")).strip()
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        title = title or str(meta.get("dc:title", "")).strip()
    if not title or not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield Hint.PDF_NO_TITLE
    without = [number for number, page in enumerate(pdf.pages, start=1) if not _has_text(page.obj, depth=0)]
    if without:
        yield Hint.PDF_PICTURES.format(pages=_spans(without))


def _pages_in_tree(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    """Return the pages that something in the tree of the structure stands on."""
    held = (part for part in pdf.objects if isinstance(part, pikepdf.Dictionary) and "/Pg" in part)
    return {part["/Pg"].objgen for part in held}


def _has_text(part: Any, *, depth: int) -> bool:
    """Return whether a page, or a form that it shows, writes any text."""
    try:
        operators = {str(part_of.operator) for part_of in pikepdf.parse_content_stream(part)}
    except pikepdf.PdfError:
        return False
    if operators & _SHOWS_TEXT:
        return True
    forms: Mapping[str, Any] = part.get("/Resources", {}).get("/XObject", {})
    return depth < _DEEPEST and any(
        _has_text(form, depth=depth + 1) for form in dict(forms).values() if str(form.get("/Subtype", "")) == "/Form"
    )


def _spans(numbers: Sequence[int]) -> str:
    """Return numbers as `1, 4–9`."""
    spans = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *others = [number for _, number in run]
        spans.append(f"{first}–{others[-1]}" if others else str(first))
    return ", ".join(spans)
