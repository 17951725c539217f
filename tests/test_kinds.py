"""Kinds of page that a communicator fills in: what is read of them, what is told, and where they are shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pikepdf
import pytest

from okatakten.documents.pdf import render_pdf
from okatakten.documents.readable import look_into
from okatakten.documents.reading import read_with_documents
from okatakten.making.ffmpeg import ffmpeg
from okatakten.mkdocs.run import build_site
from okatakten.podcast.films import has_metadata
from okatakten.site.kinds import KINDS, kind_of
from okatakten.site.kinds.blank import guide_table
from okatakten.site.kinds.kind import Fact, Field, PageKind, text
from okatakten.site.kinds.showing import entry_files, shown_at
from okatakten.site.project import Reading, read_project
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.values import DATE_EXAMPLE
from support import CASES, NOW, OWN_SITE, PROJECT, WORDS, copy_project, lay_out, parse, run, without_entries, write_page

EVENT = {
    "title": "Marknadsdialog",
    "summary": "Inköpare möter företag.",
    "start": "2027-03-10 13:00",
    "end": "2027-03-10 15:30",
    "place": "Salen",
    "address": "Gatan 1, Östersund",
    "access": "Ramp.",
}
REAL = replace(OWN_SITE, url="https://podd.exempel.se/", samples=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(CASES / "_valid", tmp_path / "project")


def told(reading: Reading) -> list[tuple[Kind, str, str]]:
    return [(problem.kind, problem.field, problem.expected) for problem in reading.problems]


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"start": ""}, Kind.FIELD_MISSING, "start"),
        ({"access": ""}, Kind.FIELD_MISSING, "access"),
        ({"summary": ""}, Kind.FIELD_MISSING, "summary"),
        ({"start": "10 mars"}, Kind.NOT_A_DATE, "start"),
        ({"start": "2027-03-28 02:30", "end": "2027-03-28 04:00"}, Kind.NOT_A_DATE, "start"),
        ({"end": "2027-03-10"}, Kind.ENTRY_UNFIT, "end"),
        ({"end": "2027-03-10 12:00"}, Kind.ENDS_BEFORE_START, "end"),
        ({"place": ""}, Kind.ENTRY_UNFIT, "place"),
        ({"address": ""}, Kind.ENTRY_UNFIT, "place"),
        ({"register": "ring oss"}, Kind.ENTRY_UNFIT, "register"),
        ({"register_by": "2027-03-11"}, Kind.ENTRY_UNFIT, "register_by"),
        ({"status": "kanske"}, Kind.NOT_A_CHOICE, "status"),
        ({"status": "uppskjutet", "moved_from": "2027-03-03"}, Kind.ENTRY_UNFIT, "status"),
        ({"place": "", "address": "", "link": "http://exempel.se"}, Kind.NOT_AN_ADDRESS, "link"),
        ({"related": "[podd/finns-inte]"}, Kind.LINK_BROKEN, "related"),
        ({"start": "20270310"}, Kind.NOT_A_DATE, "start"),
        ({"start": "2027-W11-3"}, Kind.NOT_A_DATE, "start"),
        ({"start": "0001-01-01", "end": "0001-01-01"}, Kind.ENTRY_UNFIT, "start"),
        ({"start": "9999-12-31", "end": "9999-12-31"}, Kind.ENTRY_UNFIT, "end"),
        ({"register_by": "20270301"}, Kind.NOT_A_DAY, "register_by"),
        ({"start": "2027-03-10 01:00+12:00", "register_by": "2027-03-10"}, Kind.ENTRY_UNFIT, "register_by"),
        ({"register": "a@b@c.se"}, Kind.ENTRY_UNFIT, "register"),
        ({"status": "inställt"}, Kind.FIELD_MISSING, "updated"),
        ({"moved_from": "2027-03-03 13:00"}, Kind.FIELD_MISSING, "updated"),
        ({"updated": "2099-01-01"}, Kind.ENTRY_UNFIT, "updated"),
        ({"outcome": "Det kom många."}, Kind.ENTRY_UNFIT, "outcome"),
        ({"plats": "Salen"}, Kind.UNKNOWN_FIELD, "plats"),
        ({"former_slugs": "[Å]"}, Kind.NOT_A_FORMER_SLUG, "former_slugs"),
    ],
)
def test_what_is_wrong_with_an_event_is_told_with_its_field(
    root: Path, changes: dict[str, str], kind: Kind, field: str
) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | changes)
    assert (kind, field) in [each[:2] for each in told(read_project(root, now=NOW))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"start": "2027-03-10", "end": "2027-03-11"},
        {"place": "", "address": "", "link": "https://moten.exempel.se/"},
        {"register": "moten@exempel.se", "register_by": "2027-03-10"},
        {"status": "inställt", "updated": "2026-11-01"},
        {"moved_from": "2027-03-03 13:00", "updated": "2026-11-01"},
        {"draft": "true", "start": ""},
    ],
)
def test_an_event_that_is_right_is_read(root: Path, changes: dict[str, str]) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | changes)
    assert told(read_project(root)) == []


def test_a_day_is_enough_where_a_day_is_meant(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"start": "10 mars", "end": "2027-03-10 25:00"})
    assert [each[1:] for each in told(read_project(root))] == [
        ("start", Hint.OR_A_DAY.format(example=DATE_EXAMPLE, day=DATE_EXAMPLE[:10])),
        ("end", Hint.NOT_IN_CALENDAR.format(example=DATE_EXAMPLE)),
    ]


def test_a_clock_time_is_that_of_the_show(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"start": "2027-03-10T12:00Z"})
    (page,) = [page for page in read_project(root).pages if page.entry]
    assert page.entry
    assert page.entry.values["start"].isoformat() == "2027-03-10T13:00:00+01:00"


def hints(reading: Reading) -> set[str]:
    return {note.expected for note in reading.notes}


def test_a_mail_address_that_may_be_a_persons_is_asked_about(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"register": "anna.ek@regionjh.se"})
    reading = read_project(root)
    assert told(reading) == []
    assert Hint.PERSONS_MAIL in hints(reading)


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        ({}, True),
        ({"outcome": "Det kom många."}, False),
        ({"status": "inställt", "updated": "2026-11-12"}, False),
        ({"end": "2027-03-10"}, False),
    ],
)
def test_after_a_meeting_somebody_is_to_say_how_it_was(root: Path, changes: dict[str, str], is_asked: bool) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"start": "2026-11-11", "end": "2026-11-11"} | changes)
    reading = read_project(root, now=NOW)
    assert told(reading) == []
    assert (Hint.OUTCOME in hints(reading)) is is_asked


def test_calendars_count_a_meetings_changes_by_their_days(root: Path) -> None:
    changes: list[dict[str, str]] = [
        {},
        {"status": "inställt", "updated": "2026-11-03"},
        {"updated": "2026-11-04"},
        {"moved_from": "2027-03-03 13:00", "updated": "2026-11-05"},
        {"moved_from": "2027-03-04 13:00", "updated": "2026-11-06"},
    ]
    events = []
    for change in changes:
        write_page(root, "sv/moten/dialog/index.md", EVENT | {"published": "2026-11-02"} | change)
        reading = read_project(root, now=NOW)
        assert reading.show
        (page,) = [page for page in reading.pages if page.entry]
        (content,) = entry_files(page, show=reading.show, site=REAL, words=WORDS, cache=root / ".okatakten").values()
        (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
        events.append((event.decoded("sequence"), event.decoded("dtstamp")))
    assert events == sorted(set(events))
    assert len({sequence for sequence, _ in events}) == len(changes)
    assert events[-1][1] < NOW


@pytest.mark.parametrize(
    ("summary", "is_told"),
    [
        ("Upphandlingsmyndighetens vägledningsdokument redovisar organisationernas förutsättningar.", False),
        ("Upphandlingsmyndighetens vägledningsdokument redovisar organisationernas förutsättningar att köpa.", True),
    ],
)
def test_a_summary_that_is_hard_to_read_is_told_by_its_own_name(root: Path, summary: str, is_told: bool) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"summary": summary})
    notes = [note for note in read_project(root).notes if note.kind is Kind.HARD_TO_READ]
    assert [(note.line, note.field, note.expected.split(":")[0]) for note in notes] == (
        [(3, "summary", "fältet summary")] if is_told else []
    )


@pytest.mark.parametrize("what", ["wrong", "draft", "nowhere"])
def test_what_belongs_together_is_told_once_where_it_stands(root: Path, what: str) -> None:
    (root / "docs/sma").mkdir(exist_ok=True)
    other = EVENT | {"draft": "true", "start": ""} if what == "draft" else EVENT
    if what != "nowhere":
        write_page(root, "sv/moten/annat/index.md", other)
    address = "moten/annatt" if what == "wrong" else "moten/annat"
    write_page(
        root, "sv/moten/dialog/index.md", {"summary": f"Mer om {address}."} | EVENT | {"related": f"[{address}]"}
    )
    wrong = [problem for problem in read_project(root).problems if problem.field == "related"]
    assert [problem.line for problem in wrong] == ([] if what == "draft" else [9])


def test_a_draft_that_lacks_something_is_in_nobodys_way_and_is_told(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"draft": "true", "start": ""})
    reading = read_project(root)
    assert Kind.FIELD_MISSING in {note.kind for note in reading.notes}
    assert not any(page.entry for page in reading.pages)


@pytest.mark.parametrize("name", ["moten/dialog.md", "moten/index.md", "moten/a/b/index.md"])
def test_a_page_of_a_kind_lies_in_a_folder_of_its_own(root: Path, name: str) -> None:
    write_page(root, f"sv/{name}", EVENT)
    assert told(read_project(root)) == [(Kind.ENTRY_MISPLACED, "", "moten/namn/index.md")]


@pytest.mark.parametrize(
    ("about", "hint"),
    [
        ("fråga anna.ek@exempel.se", Hint.NO_MAIL),
        ("19800101-1234", Hint.NO_PERSONAL_NUMBER),
        ("800101-1234", Hint.NO_PERSONAL_NUMBER),
        ("198001011234", Hint.NO_PERSONAL_NUMBER),
        ("8001011234", Hint.NO_PERSONAL_NUMBER),
        ("800101 1234", Hint.NO_PERSONAL_NUMBER),
        ("800161-1234", Hint.NO_PERSONAL_NUMBER),
        ("organisationsnummer 232100-0214", None),
        ("beslut 2024-03-11 om RUN/532/2023", None),
        ("7 708 400 kronor, 60 procent", None),
    ],
)
@pytest.mark.parametrize("when", ["2027", ""], ids=["whole", "with a field missing"])
def test_no_person_is_named_among_contacts(root: Path, about: str, hint: Hint | None, when: str) -> None:
    assert [each for each in told(with_contact(root, about, when=when)) if each[1] != "when"] == (
        [(Kind.ENTRY_UNFIT, "about", hint)] if hint else []
    )


@pytest.mark.parametrize(
    ("about", "is_asked"),
    [
        ("ring 070-123 45 67", True),
        ("ring 0701234567", True),
        ("ring +46 63 14 75 00", True),
        ("ring 063/14 75 00", True),
        ("2027-01-15 2027-02-03", False),
        ("RS 2026-01234567", False),
    ],
)
def test_what_may_be_a_phone_is_asked_about(root: Path, about: str, is_asked: bool) -> None:
    reading = with_contact(root, about)
    assert told(reading) == []
    assert (Hint.MAYBE_PHONE in {note.expected for note in reading.notes}) is is_asked


def with_contact(root: Path, about: str, *, when: str = "2027") -> Reading:
    row = f'  - {{organisation: Bergs kommun, when: "{when}", how: samtal, about: "{about}"}}\n'
    (root / "docs/kontakter.yml").write_text(f"kontakter:\n{row}", encoding="utf-8")
    return read_project(root)


def test_an_organisation_is_spelled_one_way(root: Path) -> None:
    rows = "".join(f"  - {{organisation: {name}, when: 2027, how: samtal, about: krav}}\n" for name in ("ALMI", "Almi"))
    (root / "docs/kontakter.yml").write_text(f"kontakter:\n{rows}", encoding="utf-8")
    assert told(read_project(root)) == [(Kind.ENTRY_UNFIT, "organisation", Hint.SPELLED_BEFORE.format(name="ALMI"))]


def test_a_former_name_that_another_page_has_is_told(root: Path) -> None:
    write_page(root, "sv/moten/a/index.md", EVENT)
    write_page(root, "sv/moten/b/index.md", EVENT | {"former_slugs": "[a]"})
    assert [each[0] for each in told(read_project(root))] == [Kind.PAGE_ADDRESS_TAKEN]


@pytest.mark.parametrize(
    ("row", "kind", "field"),
    [
        ("{medium: A, title: B, day: 2027-01-01}", Kind.FIELD_MISSING, "address"),
        ("{medium: A, title: B, day: igår, address: https://a.se/}", Kind.NOT_A_DAY, "day"),
        ("{medium: A, title: B, day: 2027-01-01, address: a.se}", Kind.NOT_AN_ADDRESS, "address"),
    ],
)
def test_what_is_wrong_with_a_mention_is_told_with_its_line(root: Path, row: str, kind: Kind, field: str) -> None:
    (root / "docs/i-medier.yml").write_text(f"i-medier:\n  - {row}\n", encoding="utf-8")
    (problem,) = read_project(root).problems
    assert (problem.kind, problem.field, problem.line, problem.file) == (kind, field, 2, "docs/i-medier.yml")


@pytest.mark.parametrize("file", ["/etc/hostname", "../questions.yml"])
def test_the_file_of_a_tool_is_the_sites(root: Path, file: str) -> None:
    (root / "docs/assets").mkdir(exist_ok=True)
    (root / "docs/verktyg.yml").write_text(f"verktyg:\n  - {{title: A, for: B, file: {file}}}\n", encoding="utf-8")
    assert (Kind.ENTRY_UNFIT, "file", Hint.FILE_NOT_IN_ASSETS) in told(read_project(root))


def test_a_tool_is_somewhere(root: Path) -> None:
    (root / "docs/verktyg.yml").write_text("verktyg:\n  - {title: A, for: B}\n", encoding="utf-8")
    assert told(read_project(root)) == [(Kind.ENTRY_UNFIT, "file", Hint.FILE_OR_ADDRESS)]


@pytest.fixture
def film(root: Path) -> Path:
    folder = root / "docs/sv/filmer/stol"
    shutil.copytree(PROJECT / "docs/sv/filmer/en-stol", folder)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        (b"avc1", b"hev1", Hint.FILM_NOT_H264.format(codec="hev1", file="docs/sv/filmer/stol/film.mp4")),
        (b"mp4a", b"Opus", Hint.FILM_NOT_AAC.format(file="docs/sv/filmer/stol/film.mp4")),
        (b"moov", b"free", Hint.FILM_UNREADABLE.format(file="docs/sv/filmer/stol/film.mp4")),
    ],
)
def test_a_film_that_not_all_can_play_is_told(root: Path, film: Path, old: bytes, new: bytes, hint: str) -> None:
    content = (film / "film.mp4").read_bytes()
    (film / "film.mp4").write_bytes(content.replace(old, new))
    assert [each[2] for each in told(read_project(root))] == [hint]


def test_a_film_whose_index_comes_last_is_told(root: Path, film: Path) -> None:
    content = (film / "film.mp4").read_bytes()
    start, end = content.index(b"moov") - 4, content.index(b"mdat") - 4
    (film / "film.mp4").write_bytes(content[:start] + content[end:] + content[start:end])
    assert [each[2] for each in told(read_project(root))] == [
        Hint.FILM_INDEX_LAST.format(file="docs/sv/filmer/stol/film.mp4")
    ]


def test_captions_go_on_to_the_end_of_a_film(root: Path, film: Path) -> None:
    (film / "film.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:25.000\nHej.\n", encoding="utf-8")
    assert [each[2] for each in told(read_project(root))] == [Hint.CAPTIONS_END.format(captions="0:25", film="0:10")]


def test_captions_are_read_as_strictly_as_a_transcript(root: Path, film: Path) -> None:
    (film / "film.vtt").write_text("WEBVTT\n\n00:05.000 --> 00:01.000\nHej.\n", encoding="utf-8")
    (problem,) = read_project(root).problems
    assert (problem.kind, problem.file) == (Kind.TRANSCRIPT_UNREADABLE, "docs/sv/filmer/stol/film.vtt")


def test_a_film_that_shows_more_than_it_says_has_another(root: Path, film: Path) -> None:
    page = film / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace("visual: sägs", "visual: syntolkas"), encoding="utf-8")
    assert [each[1] for each in told(read_project(root))] == ["described"]


def test_a_film_with_what_is_seen_in_words_is_looked_at_like_the_other(root: Path, film: Path) -> None:
    page = film / "index.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("visual:", "described: med.mp4\nvisual:"), encoding="utf-8"
    )
    (film / "med.mp4").write_bytes((film / "film.mp4").read_bytes().replace(b"avc1", b"hev1"))
    hint = Hint.FILM_NOT_H264.format(codec="hev1", file="docs/sv/filmer/stol/med.mp4")
    assert told(read_project(root)) == [(Kind.FILM_UNFIT, "described", hint)]


def test_a_film_without_a_length_is_told(root: Path, film: Path) -> None:
    content = re.sub(b"(mdhd.{16}).{4}", rb"\1" + b"\xff" * 4, (film / "film.mp4").read_bytes(), flags=re.DOTALL)
    (film / "film.mp4").write_bytes(content)
    hint = Hint.FILM_WITHOUT_LENGTH.format(file="docs/sv/filmer/stol/film.mp4")
    assert told(read_project(root)) == [(Kind.FILM_UNFIT, "file", hint)]


@pytest.mark.audio
def test_a_film_that_a_page_has_is_made_again_as_the_check_says(
    root: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (film / "film.mp4").rename(root / "film.mp4")
    subprocess.run([ffmpeg(), "-i", source, "-c", "copy", film / "film.mp4"], check=True, capture_output=True)
    (problem,) = read_project(root).problems
    monkeypatch.chdir(root)
    assert run(*problem.expected.partition("okatakten ")[2].split())[0] == 0
    assert read_project(root).problems == ()
    with (film / "film.mp4").open("rb") as made:
        assert not has_metadata(made)


def document(root: Path, pdf: pikepdf.Pdf | bytes, **fields: str) -> Reading:
    """Write a page of a document with a PDF, and read all."""
    path = write_page(root, "sv/dokument/rapport/index.md", {"title": "R", "summary": "S.", "file": "r.pdf", **fields})
    if isinstance(pdf, bytes):
        path.with_name("r.pdf").write_bytes(pdf)
    else:
        pdf.save(path.with_name("r.pdf"))
    return read_with_documents(root, now=NOW)


def a_pdf(*pages: str, tagged: bool = True) -> pikepdf.Pdf:
    """Return a PDF with a page for each that is drawn; the structure names them in marked content of its own."""
    pdf = pikepdf.new()
    image = pdf.make_stream(
        b"\x80", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray,
    )  # fmt: skip
    for drawn in pages:
        page = pdf.add_blank_page()
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = pdf.make_stream(drawn.encode())
    with pdf.open_metadata() as meta:
        meta["dc:title"] = "Rapport"
    pdf.Root.Lang = pikepdf.String("sv")
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    if tagged:
        element = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.P))
        element.K = pikepdf.Array(
            [
                pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=page.obj, MCID=0)
                for page, drawn in zip(pdf.pages, pages, strict=True)
                if drawn
            ]
        )
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot, K=element))
        element.P = pdf.Root.StructTreeRoot
    return pdf


WRITES, SHOWS = "BT (Hej.) Tj ET", "/Im0 Do"


@pytest.mark.parametrize(
    ("pdf", "expected"),
    [
        (lambda: a_pdf(WRITES, "", WRITES), []),
        (lambda: a_pdf(WRITES, "0 0 m 9 9 l S"), []),
        (lambda: a_pdf(WRITES, tagged=False), [Hint.PDF_UNTAGGED]),
        (lambda: a_pdf(WRITES, SHOWS, f"{WRITES} {SHOWS}"), [Hint.PDF_PICTURES.format(pages="2")]),
    ],
)
def test_a_pdf_is_judged_by_what_its_pages_draw(
    root: Path, pdf: Callable[[], pikepdf.Pdf], expected: list[str]
) -> None:
    assert [each[2] for each in told(document(root, pdf()))] == expected


def test_forms_that_share_each_other_are_looked_into_once(tmp_path: Path) -> None:
    pdf = a_pdf("/F0 Do")
    shared = pdf.make_indirect(pikepdf.Dictionary())
    for number in range(40):
        calls = " ".join(f"/F{other} Do" for other in range(40))
        shared[f"/F{number}"] = pdf.make_stream(
            calls.encode(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9],
            Resources=pikepdf.Dictionary(XObject=shared),
        )  # fmt: skip
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=shared)
    pdf.save(tmp_path / "a.pdf")
    assert look_into(tmp_path / "a.pdf")["pages"] == 1


def test_an_exception_excuses_what_a_file_lacks_until_its_day(root: Path) -> None:
    until = {"exception": "Skäl.", "mended_by": "2026-12-01"}
    (root / "docs/sv/tillganglighet.md").write_text("---\ntitle: T\ndescription: T.\n---\n\nText.\n", encoding="utf-8")
    reading = document(root, a_pdf(WRITES, tagged=False), **until)
    assert told(reading) == []
    unsaid = Hint.EXCEPTION_UNSAID.format(statement="docs/sv/tillganglighet.md", page="dokument/rapport/index.md")
    assert unsaid in hints(reading)
    assert Hint.EXCEPTION_PASSED not in hints(reading)
    assert reading.show
    (page,) = [page for page in reading.pages if page.entry]
    assert page.entry
    facts = kind_of("document").facts(page.entry, shown_at(page, show=reading.show, site=REAL, words=WORDS))
    assert [fact.href for fact in facts][-1] == "kontakt/"
    passed = document(root, a_pdf(WRITES, tagged=False), **until | {"mended_by": "2026-11-01"})
    assert Hint.EXCEPTION_PASSED in hints(passed)
    assert [each[2] for each in told(document(root, b"text", **until))] == [Hint.PDF_UNREADABLE]


def test_the_file_of_a_draft_is_in_nobodys_way(root: Path) -> None:
    reading = document(root, b"text", draft="true")
    assert told(reading) == []
    assert Hint.PDF_UNREADABLE in hints(reading)


PAGE = '<html lang="sv"><head><title>Rapport</title></head><body><h1>Rapport</h1><p>Text.</p></body></html>'


@pytest.mark.paper
def test_a_tagged_pdf_is_for_all(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_pdf(PAGE))
    assert look_into(path) == {"pages": 1, "wrong": []}


@pytest.mark.paper
@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("/StructTreeRoot", Hint.PDF_UNTAGGED),
        ("/Lang", Hint.PDF_NO_LANGUAGE),
        ("/ViewerPreferences", Hint.PDF_NO_TITLE),
    ],
)
def test_what_a_pdf_lacks_is_told(tmp_path: Path, key: str, hint: Hint) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_pdf(PAGE))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root[key]
        pdf.save(path)
    assert hint in look_into(path)["wrong"]


@pytest.mark.paper
def test_a_locked_or_empty_or_scanned_pdf_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with a_pdf(SHOWS, SHOWS) as pdf:
        pdf.save(path)
        assert Hint.PDF_PICTURES.format(pages="1–2") in look_into(path)["wrong"]
        pdf.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert look_into(path) == {"pages": 0, "wrong": [Hint.PDF_LOCKED]}
    path.write_bytes(b"%PDF-1.7 nothing")
    assert look_into(path) == {"pages": 0, "wrong": [Hint.PDF_UNREADABLE]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with an event in each state, built as at a real address in November 2026."""
    root = without_entries(copy_project(tmp_path_factory.mktemp("kinds") / "project"))
    write_page(root, "sv/moten/kommande/index.md", EVENT | {"related": "[moten/varit]", "published": "2026-11-02"})
    past = {"start": "2026-11-10", "end": "2026-11-10", "register": "moten@exempel.se", "former_slugs": "[forr]"}
    write_page(root, "sv/moten/varit/index.md", EVENT | past | {"outcome": "Det kom många."}, body="Välkommen.")
    write_page(root, "sv/moten/tyst/index.md", EVENT | {"start": "2026-11-11", "end": "2026-11-11"})
    write_page(root, "sv/moten/installt/index.md", EVENT | {"status": "inställt", "updated": "2026-11-12"})
    write_page(root, "sv/moten/flyttat/index.md", EVENT | {"moved_from": "2027-03-03 13:00", "updated": "2026-11-12"})
    write_page(root, "sv/moten/utkast/index.md", EVENT | {"draft": "true"})
    write_page(root, "sv/moten/vantar/index.md", EVENT | {"published": "2027-01-01"})
    write_page(root, "sv/moten/borta/index.md", {"title": "Borta", "summary": "S.", "withdrawn": "2026-11-20"})
    reading = read_project(root, now=NOW)
    assert reading.problems == ()
    site = root / "site"
    build_site(root / "mkdocs.yml", site_dir=site, reading=reading, site=REAL)
    return site


def test_samples_drafts_and_what_waits_are_not_on_a_real_site(built: Path) -> None:
    assert {path.name for path in (built / "moten").iterdir() if path.is_dir()} == {
        "kommande", "varit", "tyst", "installt", "flyttat", "borta", "forr",
    }  # fmt: skip
    assert not (built / "filmer").exists()
    assert not (built / "dokument").exists()
    assert "utkast" not in (built / "sitemap.xml").read_text(encoding="utf-8")


def test_an_address_that_an_entry_has_left_still_answers(built: Path) -> None:
    assert "moten/varit/" in (built / "moten/forr/index.html").read_text(encoding="utf-8")
    assert "togs bort den 20 november 2026" in (built / "moten/borta/index.html").read_text(encoding="utf-8")


def test_the_list_parts_what_is_to_come_from_what_has_been(built: Path) -> None:
    headings = [each.text_content() for each in parse(built / "moten/index.html").findall(".//main//h2")]
    assert headings == ["Kommande", "Har varit"]


def test_a_meeting_that_has_been_begins_with_how_it_was_if_somebody_has_said_so(built: Path) -> None:
    page = (built / "moten/varit/index.html").read_text(encoding="utf-8")
    assert page.index("Så blev det") < page.index("Det kom många.") < page.index("Välkommen.")
    assert "Så blev det" not in (built / "moten/tyst/index.html").read_text(encoding="utf-8")
    assert "moten@exempel.se" not in page
    assert "moten@" not in page
    assert 'href="../varit/"' in (built / "moten/kommande/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "status"),
    [("kommande", "EventScheduled"), ("installt", "EventCancelled"), ("flyttat", "EventRescheduled")],
)
def test_what_machines_read_of_a_meeting_says_how_it_stands(built: Path, name: str, status: str) -> None:
    (graph,) = parse(built / f"moten/{name}/index.html").findall(".//script[@type='application/ld+json']")
    (node,) = [node for node in json.loads(graph.text_content())["@graph"] if node["@type"] == "Event"]
    assert node["eventStatus"].endswith(status)
    assert node["startDate"] == "2027-03-10T13:00:00+01:00"
    assert ("previousStartDate" in node) is (name == "flyttat")


def events_of(path: Path) -> Any:
    (event,) = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    return event


def test_a_meeting_goes_into_a_calendar(built: Path) -> None:
    content = (built / "moten/kommande/kalender.ics").read_bytes()
    event = events_of(built / "moten/kommande/kalender.ics")
    assert event.decoded("dtstart") == datetime(2027, 3, 10, 12, tzinfo=UTC)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"VTIMEZONE" not in content
    assert b"METHOD:PUBLISH" in content
    assert str(events_of(built / "moten/installt/kalender.ics")["summary"]).startswith("INSTÄLLT: ")
    assert event["uid"] != events_of(built / "moten/flyttat/kalender.ics")["uid"]
    assert event.decoded("dtstamp") == datetime(2026, 11, 2, 6, tzinfo=UTC)


def test_a_whole_day_ends_on_the_next_in_a_calendar(built: Path) -> None:
    event = events_of(built / "moten/varit/kalender.ics")
    assert [str(event.decoded(name)) for name in ("dtstart", "dtend")] == ["2026-11-10", "2026-11-11"]


def test_a_meeting_keeps_its_id_in_calendars_when_its_folder_is_renamed(built: Path, tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    write_page(root, "sv/moten/nytt-namn/index.md", EVENT | {"former_slugs": "[kommande]"})
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=read_project(root), site=REAL)
    renamed = events_of(root / "site/moten/nytt-namn/kalender.ics")
    assert renamed["uid"] == events_of(built / "moten/kommande/kalender.ics")["uid"]


def test_what_is_published_is_in_the_feeds_and_on_the_home_page(built: Path) -> None:
    items = json.loads((built / "nytt.json").read_text(encoding="utf-8"))["items"]
    assert [item["tags"] for item in items if item["url"].endswith("/moten/kommande/")] == [["möte"]]
    assert "Marknadsdialog" in (built / "index.html").read_text(encoding="utf-8")


def test_a_further_kind_is_a_list_of_fields_and_a_few_words(tmp_path: Path) -> None:
    kind = PageKind(
        key="visit",
        folder="besok",
        fields=(Field(name="host", about=Text.NOTE_PLACE, example="Växjö", read=text, needed=True),),
        facts=lambda entry, shown: [Fact(label=shown.words["event_place"], text=entry.values["host"])],
    )
    KINDS.append(kind)
    try:
        root = copy_project(tmp_path / "project")
        for locale in ("sv", "sma"):
            words = root / "docs" / locale / "words.yml"
            named = "".join(
                f"kind_visit{part}: {'Besök' if locale == 'sv' else '!sv'}\n" for part in ("", "_list", "_about")
            )
            words.write_text(words.read_text(encoding="utf-8") + named, encoding="utf-8")
        write_page(root, "sv/besok/vaxjo/index.md", {"title": "Ett besök", "summary": "S.", "host": "Växjö"})
        reading = read_project(root)
        assert reading.problems == ()
        build_site(root / "mkdocs.yml", site_dir=root / "site", reading=reading, site=REAL)
    finally:
        KINDS.remove(kind)
    assert "Växjö" in (root / "site/besok/vaxjo/index.html").read_text(encoding="utf-8")
    assert "Ett besök" in (root / "site/besok/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_the_guide_has_the_fields_of_every_kind(kind: PageKind) -> None:
    assert guide_table(kind, words=WORDS) in (PROJECT / "podcast/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_the_command_begins_a_page_of_every_kind(root: Path, kind: PageKind) -> None:
    title = () if kind.rows else ("--title", "Ett prov")
    code, _, error = run("new", kind.key, *title, "--root", str(root))
    assert (code, error) == (0, "")
    reading = read_project(root)
    assert reading.problems == ()
    # A row is an example, and whole; what a page has yet to say is that which no example can stand for.
    needed = [field.name for field in kind.fields if field.needed and field.name in {"file", "captions"}]
    fields = [note.field for note in reading.notes if note.file.startswith(f"docs/sv/{kind.folder}/")]
    assert fields == ([] if kind.rows else needed)


ROW = "organisation: Bergs kommun\n{0}when: 2027\n{0}how: samtal\n{0}about: krav\n"


@pytest.mark.parametrize(
    ("before", "rows"),
    [
        ("", 1),
        ("# Bara en kommentar.\n", 1),
        ("kontakter:\n", 1),
        ("kontakter: []  # inga än\n", 1),
        ("kontakter: [\n]\n", 1),
        ("kontakter:\n- " + ROW.format("  "), 2),
        ("kontakter:\n  - " + ROW.format("    ") + "\n# Slut.\n", 2),
        ("kontakter:\n    - " + ROW.format("      "), 2),
    ],
)
def test_the_command_adds_a_row_to_a_file_however_it_is_written(root: Path, before: str, rows: int) -> None:
    (root / "docs/kontakter.yml").write_text(before, encoding="utf-8")
    assert run("new", "contact", "--root", str(root))[0] == 0
    reading = read_project(root)
    assert told(reading) == []
    assert len(reading.rows["contact"]) == rows


@pytest.mark.parametrize(
    "before",
    [b"kontakter:\n  - organisation: \xc5re\n", b"kontakter: [{organisation: A}]\n", b"kontakter: nej\n", b"a: [\n"],
)
def test_the_command_leaves_a_file_of_rows_that_it_cannot_add_to(root: Path, before: bytes) -> None:
    path = root / "docs/kontakter.yml"
    path.write_bytes(before)
    status, said, error = run("new", "contact", "--root", str(root))
    assert (status, said) == (1, "")
    assert "docs/kontakter.yml" in error
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["contact", "x.mov"], "x.mov"),
        (["contact", "--slug", "y"], "--slug"),
        (["event", "plan.pdf", "--title", "T"], "plan.pdf"),
        (["event", "--title", "T", "--season", "1"], "--season"),
        (["document", "x.docx", "--title", "T"], "slutar inte på .pdf"),
        (["event", "--title", "!!!"], "--slug namn"),
        (["inspelning.wav", "x.mov"], "x.mov"),
    ],
)
def test_the_command_writes_nothing_of_what_it_does_not_use(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    for name in ("x.mov", "plan.pdf", "x.docx", "inspelning.wav"):
        (root / name).write_bytes(b"x")
    before = sorted(root.rglob("*"))
    monkeypatch.chdir(root)
    status, _, error = run("new", *arguments)
    assert status == 1
    assert said in error
    assert sorted(path for path in root.rglob("*") if ".okatakten" not in path.parts) == before


def test_a_folder_with_the_name_of_a_kind_is_no_recording(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "event").mkdir()
    monkeypatch.chdir(root)
    assert run("new", "event", "--title", "Ett möte")[0] == 0
    assert (root / "docs/sv/moten/ett-mote/index.md").exists()
