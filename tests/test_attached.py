"""PDF files that people put into docs/: what readers need stays, and nobody who made them is named."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import ExifTags, Image

from okatakten.documents import attached
from okatakten.documents.attached import build_pdf, check_pdfs, clean_pdf
from okatakten.written.advice import Hint, Trace
from okatakten.written.problems import Kind


def a_pdf(**options: Any) -> bytes:
    """Return a PDF that tells of those who made it: with a title, tags, a comment, a file in it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, T="Angla Agren", Contents="Se över", Rect=[0, 0, 9, 9]
    )
    page.Annots = pikepdf.Array([pdf.make_indirect(note)])
    page.PieceInfo = pikepdf.Dictionary(Program=pikepdf.Dictionary(Private="Angla"))
    page.Thumb = pdf.make_stream(b"Angla")
    pdf.Root.Lang = "sv"
    pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    pdf.attachments["lista.txt"] = b"Angla hemma"
    pdf.docinfo["/Author"] = "Angla Agren"
    pdf.docinfo["/Title"] = "En rapport"
    pdf.docinfo["/Producer"] = "Ett program"
    with pdf.open_metadata() as meta:
        meta["dc:title"] = "En rapport"
        meta["dc:creator"] = ["Angla Agren"]
        meta["{http://www.aiim.org/pdfua/ns/id/}part"] = "1"
    file = io.BytesIO()
    pdf.save(file, **options)
    return file.getvalue()


def test_a_pdf_of_others_keeps_its_title_and_language_and_tells_of_nobody() -> None:
    cleaned, traces = clean_pdf(a_pdf())
    assert clean_pdf(a_pdf())[0] == cleaned
    assert set(traces) == {Trace.NAME, Trace.DEVICE, Trace.WORDS, Trace.COPY, Trace.ATTACHED}
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        pdf.save(plain := io.BytesIO(), compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable,
                 stream_decode_level=pikepdf.StreamDecodeLevel.all)  # fmt: skip
        assert not re.search(rb"Angla|program|PieceInfo|Thumb", plain.getvalue())
        assert str(pdf.docinfo["/Title"]) == "En rapport"
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("sv", True)
        with pdf.open_metadata() as meta:
            assert (meta["dc:title"], meta["{http://www.aiim.org/pdfua/ns/id/}part"]) == ("En rapport", "1")
        assert str(pdf.pages[0].Annots[0].Contents) == "Se över"
    assert clean_pdf(cleaned)[1] == ()


def test_nothing_in_a_pdf_runs_and_its_links_stay() -> None:
    run = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    leads = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://regionjh.se/")
    then = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([0]), Next=pikepdf.Array([run]))
    page.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
            for action in (leads, then, pikepdf.Dictionary(S=pikepdf.Name.Launch, F="program"))
        ]
    )
    page.AA = pikepdf.Dictionary(O=run)
    pdf.Root.OpenAction = run
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", run])))
    pdf.save(file := io.BytesIO())
    cleaned, traces = clean_pdf(file.getvalue())
    assert traces == (Trace.SCRIPT,)
    with pikepdf.open(io.BytesIO(cleaned)) as read:
        assert not {"/OpenAction", "/AA"} & (set(read.Root.keys()) | set(read.pages[0].obj.keys()))
        assert "/JavaScript" not in read.Root.Names
        kept = [one.get("/A") for one in read.pages[0].Annots]
        assert [str(action.URI) if action else None for action in kept] == ["https://regionjh.se/", None, None]


def test_a_page_that_a_pdf_opens_at_stays() -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    pdf.Root.OpenAction = pikepdf.Array([page.obj, pikepdf.Name.Fit])
    pdf.save(file := io.BytesIO())
    with pikepdf.open(io.BytesIO(clean_pdf(file.getvalue())[0])) as read:
        assert "/OpenAction" in read.Root


def test_a_photograph_in_a_pdf_keeps_its_pixels_and_loses_its_place() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (63.0, 10.0, 30.0)})
    photo = io.BytesIO()
    Image.effect_noise((40, 30), 50).convert("RGB").save(photo, "JPEG", exif=exif, comment=b"Hemma")
    pdf = pikepdf.new()
    image = pikepdf.Stream(pdf, photo.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=40,
                           Height=30, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode)  # fmt: skip
    page = pdf.add_blank_page()
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    pdf.save(file := io.BytesIO())
    cleaned, traces = clean_pdf(file.getvalue())
    assert {Trace.PLACE, Trace.WORDS} <= set(traces)
    with pikepdf.open(io.BytesIO(cleaned)) as read:
        raw = read.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert b"Exif" not in raw
    assert b"Hemma" not in raw
    assert Image.open(io.BytesIO(raw)).tobytes() == Image.open(photo).tobytes()


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (a_pdf(encryption=pikepdf.Encryption(user="x", owner="y")), Hint.IS_LOCKED),
        (a_pdf(encryption=pikepdf.Encryption(owner="y")), Hint.IS_LOCKED),
        (a_pdf()[:200], Hint.PDF_DAMAGED),
        (b"", Hint.PDF_DAMAGED),
        (b"<html>", Hint.PDF_DAMAGED),
    ],
    ids=["locked", "locked for changes", "half", "empty", "a web page"],
)
def test_a_pdf_that_cannot_be_written_anew_is_published_as_it_is_and_told(
    content: bytes, hint: Hint, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs/a.PDF"
    path.write_bytes(content)
    assert build_pdf(path, cache=tmp_path / "cache") == content
    assert [(note.kind, note.expected) for note in check_pdfs(tmp_path)] == [(Kind.FILE_NOT_CLEANED, hint)]


def test_without_the_library_a_pdf_is_published_as_it_is_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "can_clean", lambda: False)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.pdf").write_bytes(a_pdf())
    assert [note.expected for note in check_pdfs(tmp_path)] == [Hint.PDF_NOT_OPENED]
