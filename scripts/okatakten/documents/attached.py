"""PDF files that people put into docs/: published without what they tell of those who made them.

What readers need stays: pages, tags, language, title, and what standard a file keeps to (PDF/UA, PDF/A). A file that is
signed or locked is published as it is, since any change would break it. Sources: ISO 32000-1, 12.5.6.2 (who wrote a
comment), 12.6.4 (what runs), 14.3 (metadata), 14.5 (what programs keep for themselves).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from okatakten.disk.memory import recall
from okatakten.documents.libraries import pikepdf
from okatakten.podcast.images import ImageUnreadableError, digest_of, facts_of, strip_jpeg
from okatakten.site.pictures import files_of
from okatakten.written.advice import Hint, Trace
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems

# It tells of damaged metadata in English, with a traceback; what cannot be read of them is left out anyway.
logging.getLogger("pikepdf").setLevel(logging.CRITICAL)

PDF: Final = ".pdf"
_KEPT: Final = (
    "{http://www.aiim.org/pdfua/ns/id/}part", "{http://www.aiim.org/pdfua/ns/id/}rev",
    "{http://www.aiim.org/pdfa/ns/id/}part", "{http://www.aiim.org/pdfa/ns/id/}conformance",
    "{http://www.aiim.org/pdfa/ns/id/}rev", "{http://purl.org/dc/elements/1.1/}title",
)  # fmt: skip
"""What is said in XMP of the document and not of people."""
_NAMES: Final = {"/Author", "/Company", "/Manager"}
_DEVICE: Final = {"/Creator", "/Producer", "/CreationDate", "/ModDate"}
_COMMENTS: Final = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/FileAttachment", "/Redact",
}  # fmt: skip
"""Annotations whose `/T` is the name of a person (table 170)."""
_RUN: Final = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE",
    "/RichMediaExecute",
}  # fmt: skip
"""Actions that do more than lead somewhere."""
_JPEGS: Final = ("/DCTDecode", ["/DCTDecode"])
_OF_PROGRAMS: Final = ("/Metadata", "/PieceInfo", "/LastModified")


class PdfKeptError(Exception):
    """A PDF file is published as it is; the hint says why."""

    def __init__(self, hint: Hint) -> None:
        super().__init__(hint)
        self.hint = hint


def can_clean() -> bool:
    """Return whether the library is there that PDF files are written anew with."""
    return find_spec("pikepdf") is not None


def check_pdfs(root: Path) -> list[Problem]:
    """Return a note on every PDF file of docs/ that tells more than it shows, or is published with that."""
    notes: list[Problem] = []
    for path in files_of(root / "docs"):
        if path.suffix.lower() == PDF:
            seen = Problems(path.relative_to(root).as_posix(), notes)
            _note_on(path, seen, cache=root / ".okatakten" / "pdf")
    return notes


def _note_on(path: Path, seen: Problems, *, cache: Path) -> None:
    def tell() -> bytes:
        return json.dumps(clean_pdf(path.read_bytes())[1]).encode()

    try:
        told = json.loads(recall(cache, _made_of(path, "".join(Trace).encode()), make=tell))
    except PdfKeptError as error:
        seen.add(Kind.FILE_NOT_CLEANED, expected=error.hint)
    else:
        if told:
            seen.add(Kind.FILE_CLEANED, expected=", ".join(told))


def build_pdf(path: Path, *, cache: Path) -> bytes:
    """Return a PDF file as it is published, from the folder `cache` if it has been made before."""
    try:
        return recall(cache, _made_of(path, b"file"), make=lambda: clean_pdf(path.read_bytes())[0])
    except PdfKeptError:
        return path.read_bytes()


def clean_pdf(content: bytes) -> tuple[bytes, tuple[Trace, ...]]:
    """Return a PDF file without what it tells of people and programs, and what that was. Raises PdfKeptError."""
    if not can_clean():
        raise PdfKeptError(Hint.PDF_NOT_OPENED)
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise PdfKeptError(Hint.IS_LOCKED)
            if _is_signed(pdf):
                raise PdfKeptError(Hint.PDF_SIGNED)
            found = {*_clean_about(pdf), *_clean_attached(pdf), *_clean_objects(pdf)}
            file = BytesIO()
            pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError:
        raise PdfKeptError(Hint.IS_LOCKED) from None
    # pikepdf raises errors of its own, of Python and of qpdf on damaged files.
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, RecursionError):
        raise PdfKeptError(Hint.PDF_DAMAGED) from None
    return file.getvalue(), tuple(trace for trace in Trace if trace in found)


def _made_of(path: Path, what: bytes) -> bytes:
    return what + digest_of(path) + Path(__file__).read_bytes() + str(can_clean()).encode()


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    form: Any = pdf.Root.get("/AcroForm", {})
    return bool(int(form.get("/SigFlags", 0)) & 1)


def _clean_about(pdf: pikepdf.Pdf) -> Iterator[Trace]:
    """Leave of what the file says of itself its title and the standard that it keeps to."""
    about = {str(key): value for key, value in pdf.docinfo.items() if str(value).strip()}
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        kept = {key: meta[key] for key in _KEPT if key in meta}
        had_names = any(key.endswith(("}creator", "}Author", "}contributor")) for key in meta)
        had_more = bool(set(meta) - set(kept))
    if pdf.docinfo:
        del pdf.docinfo
    if "/Metadata" in pdf.Root:
        del pdf.Root.Metadata
    title = str(about.pop("/Title", "") or kept.get(_KEPT[-1], ""))
    if title:
        pdf.docinfo["/Title"] = title
    if kept or title:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
            for key, value in (kept | ({_KEPT[-1]: title} if title else {})).items():
                meta[key] = value
    if _NAMES & set(about) or had_names:
        yield Trace.NAME
    if _DEVICE & set(about):
        yield Trace.DEVICE
    if had_more or set(about) - _NAMES - _DEVICE:
        yield Trace.WORDS


def _clean_attached(pdf: pikepdf.Pdf) -> Iterator[Trace]:
    """Take out files and scripts within the file: no page shows them."""
    names: Any = pdf.Root.get("/Names", {})
    if "/JavaScript" in names:
        yield Trace.SCRIPT
        del names["/JavaScript"]
    if "/EmbeddedFiles" in names or "/AF" in pdf.Root:
        yield Trace.ATTACHED
    for holder, key in ((names, "/EmbeddedFiles"), (pdf.Root, "/AF")):
        if key in holder:
            del holder[key]


def _clean_objects(pdf: pikepdf.Pdf) -> Iterator[Trace]:
    """Take out of all parts what programs keep for themselves, who commented, and small copies of pages."""
    yield from _clean_actions(pdf.Root)
    for part in pdf.objects:
        if not isinstance(part, pikepdf.Dictionary | pikepdf.Stream) or part.objgen == pdf.Root.objgen:
            continue
        of_programs = [key for key in _OF_PROGRAMS if key in part]
        if of_programs:
            yield Trace.WORDS
        for key in of_programs:
            del part[key]
        if "/Thumb" in part:
            yield Trace.COPY
            del part["/Thumb"]
        if isinstance(part, pikepdf.Stream) and part.get("/Filter") in _JPEGS:
            yield from _clean_photo(part)
        yield from _clean_actions(part)
        for comment in _comments_of(part):
            yield Trace.NAME
            del comment["/T"]


def _clean_actions(part: Any) -> Iterator[Trace]:
    """Take out what runs when a part, or an annotation of a page, is opened, seen or pressed. Links stay."""
    for one in (part, *_annotations_of(part)):
        for key in ("/OpenAction", "/AA", "/A"):
            if key in one and (key == "/AA" or _runs(one[key])):
                yield Trace.SCRIPT
                del one[key]


def _runs(action: Any) -> bool:
    """Return whether an action, or one that comes after it, does more than lead somewhere."""
    if not isinstance(action, pikepdf.Dictionary):
        return False
    after = action.get("/Next", ())
    return str(action.get("/S", "")) in _RUN or any(
        _runs(each) for each in (after if isinstance(after, pikepdf.Array) else [after])
    )


def _clean_photo(part: Any) -> Iterator[Trace]:
    """Take out of a photograph what the camera wrote into it: programs put it into a PDF as it is."""
    photo = part.read_raw_bytes()
    stripped = strip_jpeg(photo)
    if stripped != photo:
        with suppress(ImageUnreadableError):
            yield from facts_of(BytesIO(photo)).traces
        part.write(stripped, filter=part.Filter, decode_parms=part.get("/DecodeParms"))


def _annotations_of(part: Any) -> Iterator[Any]:
    held = part.get("/Annots", ())
    yield from (one for one in (held if isinstance(held, pikepdf.Array) else ()) if isinstance(one, pikepdf.Dictionary))


def _comments_of(part: Any) -> Iterator[Any]:
    """Yield the annotations that a part is or, as a page, holds, where they name who wrote them."""
    for one in (part, *_annotations_of(part)):
        if isinstance(one, pikepdf.Dictionary) and str(one.get("/Subtype", "")) in _COMMENTS and "/T" in one:
            yield one
