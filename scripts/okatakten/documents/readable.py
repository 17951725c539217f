"""Whether all can read a PDF file that is a page of the kind document: what a screen reader needs is in it.

Sources: ISO 14289-1 (PDF/UA-1), 7.1, 7.2 and 7.3; ISO 32000-1, 14.7 (structure), 14.9.2 (language).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from okatakten.documents.libraries import pikepdf
from okatakten.written.advice import Hint

_TEXT: Final = "text"
_PICTURE: Final = "picture"
_SHOWS_TEXT: Final = {"Tj", "TJ", "'", '"'}
_DEEPEST: Final = 5
"""Forms within forms that are looked into."""
_MOST: Final = 1_000_000
"""Parts of a structure that are looked at: a thousand pages have some hundred thousand."""


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
    drawn = [_drawn(page.obj, page.resources, set()) for page in pdf.pages]
    in_tree = _pages_in_tree(root) if bool(root.get("/MarkInfo", {}).get("/Marked", False)) else set()
    if not all(page.obj.objgen in in_tree for page, has in zip(pdf.pages, drawn, strict=True) if has):
        yield Hint.PDF_UNTAGGED
    if not str(root.get("/Lang", "")).strip():
        yield Hint.PDF_NO_LANGUAGE
    title = str(pdf.docinfo.get("/Title", "")).strip()
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        title = title or str(meta.get("dc:title", "")).strip()
    if not title or not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield Hint.PDF_NO_TITLE
    without = [number for number, has in enumerate(drawn, start=1) if has == {_PICTURE}]
    if without:
        yield Hint.PDF_PICTURES.format(pages=_spans(without))


def _pages_in_tree(root: Any) -> set[tuple[int, int]]:
    """Return the pages that something in the tree of the structure stands on."""
    found, seen = set(), set()
    left = [root.get("/StructTreeRoot")]
    for _ in range(_MOST):
        if not left:
            break
        part = left.pop()
        if not isinstance(part, pikepdf.Object) or (part.is_indirect and part.objgen in seen):
            continue
        seen.add(part.objgen)
        if isinstance(part, pikepdf.Array):
            left.extend(part)
        elif isinstance(part, pikepdf.Dictionary):
            found |= {part["/Pg"].objgen} if "/Pg" in part else set()
            left.append(part.get("/K"))
    return found


def _drawn(part: Any, resources: Any, seen: set[tuple[int, int]], *, depth: int = 0) -> set[str]:
    """Return what a page, or a form that it shows, draws: text, pictures, both or neither."""
    try:
        steps = list(pikepdf.parse_content_stream(part))
    except pikepdf.PdfError:
        return set()
    found = {_TEXT for step in steps if str(step.operator) in _SHOWS_TEXT}
    found |= {_PICTURE for step in steps if str(step.operator) == "INLINE IMAGE"}
    shown = {str(step.operands[0]) for step in steps if str(step.operator) == "Do"}
    for name, each in dict(resources.get("/XObject", {})).items():
        if name not in shown or each.objgen in seen:
            continue
        seen.add(each.objgen)
        if each.get("/Subtype") == "/Image":
            found.add(_PICTURE)
        elif each.get("/Subtype") == "/Form" and depth < _DEEPEST:
            found |= _drawn(each, each.get("/Resources", resources), seen, depth=depth + 1)
    return found


def _spans(numbers: Sequence[int]) -> str:
    """Return numbers as `1, 4–9`."""
    spans = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *others = [number for _, number in run]
        spans.append(f"{first}–{others[-1]}" if others else str(first))
    return ", ".join(spans)
