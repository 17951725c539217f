"""Kinds of page that a communicator fills in: what is read of them, what is told, and where they are shown."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest

from okatakten.documents.pdf import render_pdf
from okatakten.documents.readable import look_into
from okatakten.mkdocs.run import build_site
from okatakten.site.kinds import KINDS
from okatakten.site.kinds.blank import guide_table
from okatakten.site.kinds.kind import Fact, Field, PageKind, text
from okatakten.site.project import Reading, read_project
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from support import CASES, OWN_SITE, PROJECT, WORDS, copy_project, lay_out, parse, run

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


def write(root: Path, name: str, fields: dict[str, str], body: str = "Text.") -> Path:
    path = root / "docs/sv" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}: {value}" for key, value in fields.items() if value]
    path.write_text("\n".join(["---", *lines, "---", "", body, ""]), encoding="utf-8")
    return path


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
        ({"plats": "Salen"}, Kind.UNKNOWN_FIELD, "plats"),
        ({"former_slugs": "[Å]"}, Kind.NOT_A_FORMER_SLUG, "former_slugs"),
    ],
)
def test_what_is_wrong_with_an_event_is_told_with_its_field(
    root: Path, changes: dict[str, str], kind: Kind, field: str
) -> None:
    write(root, "moten/dialog/index.md", EVENT | changes)
    assert (kind, field) in [each[:2] for each in told(read_project(root))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"start": "2027-03-10", "end": "2027-03-11"},
        {"place": "", "address": "", "link": "https://moten.exempel.se/"},
        {"register": "moten@exempel.se", "register_by": "2027-03-10"},
        {"status": "inställt"},
        {"moved_from": "2027-03-03 13:00"},
        {"draft": "true", "start": ""},
    ],
)
def test_an_event_that_is_right_is_read(root: Path, changes: dict[str, str]) -> None:
    write(root, "moten/dialog/index.md", EVENT | changes)
    assert told(read_project(root)) == []


def test_a_draft_that_lacks_something_is_in_nobodys_way_and_is_told(root: Path) -> None:
    write(root, "moten/dialog/index.md", EVENT | {"draft": "true", "start": ""})
    reading = read_project(root)
    assert Kind.FIELD_MISSING in {note.kind for note in reading.notes}
    assert not any(page.entry for page in reading.pages)


@pytest.mark.parametrize("name", ["moten/dialog.md", "moten/index.md", "moten/a/b/index.md"])
def test_a_page_of_a_kind_lies_in_a_folder_of_its_own(root: Path, name: str) -> None:
    write(root, name, EVENT)
    assert told(read_project(root)) == [(Kind.ENTRY_MISPLACED, "", "moten/namn/index.md")]


@pytest.mark.parametrize(
    ("about", "hint"),
    [
        ("fråga anna.ek@exempel.se", Hint.NO_MAIL),
        ("ring 070-123 45 67", Hint.NO_PHONE),
        ("ring +46 63 14 75 00", Hint.NO_PHONE),
        ("19800101-1234", Hint.NO_PERSONAL_NUMBER),
        ("800101-1234", Hint.NO_PERSONAL_NUMBER),
        ("beslut 2024-03-11 om RUN/532/2023", None),
        ("7 708 400 kronor, 60 procent", None),
    ],
)
def test_no_person_is_named_among_contacts(root: Path, about: str, hint: Hint | None) -> None:
    row = f'  - {{organisation: Bergs kommun, when: 2027, how: samtal, about: "{about}"}}\n'
    (root / "docs/kontakter.yml").write_text(f"kontakter:\n{row}", encoding="utf-8")
    assert [each[2] for each in told(read_project(root))] == ([hint] if hint else [])


def test_an_organisation_is_spelled_one_way(root: Path) -> None:
    rows = "".join(f"  - {{organisation: {name}, when: 2027, how: samtal, about: krav}}\n" for name in ("ALMI", "Almi"))
    (root / "docs/kontakter.yml").write_text(f"kontakter:\n{rows}", encoding="utf-8")
    assert told(read_project(root)) == [(Kind.ENTRY_UNFIT, "organisation", Hint.SPELLED_BEFORE.format(name="ALMI"))]


def test_a_former_name_that_another_page_has_is_told(root: Path) -> None:
    write(root, "moten/a/index.md", EVENT)
    write(root, "moten/b/index.md", EVENT | {"former_slugs": "[a]"})
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
        (b"avc1", b"hev1", Hint.FILM_NOT_H264.format(codec="hev1", file="film.mp4")),
        (b"mp4a", b"Opus", Hint.FILM_NOT_AAC.format(file="film.mp4")),
        (b"moov", b"free", Hint.FILM_UNREADABLE.format(file="film.mp4")),
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
    assert [each[2] for each in told(read_project(root))] == [Hint.FILM_INDEX_LAST.format(file="film.mp4")]


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
    import pikepdf

    path = tmp_path / "a.pdf"
    path.write_bytes(render_pdf(PAGE))
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root[key]
        pdf.save(path)
    assert hint in look_into(path)["wrong"]


@pytest.mark.paper
def test_a_locked_or_empty_or_scanned_pdf_is_told(tmp_path: Path) -> None:
    import pikepdf

    path = tmp_path / "a.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.add_blank_page()
        pdf.save(path)
        assert Hint.PDF_PICTURES.format(pages="1–2") in look_into(path)["wrong"]
        pdf.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert look_into(path) == {"pages": 0, "wrong": [Hint.PDF_LOCKED]}
    path.write_bytes(b"%PDF-1.7 nothing")
    assert look_into(path) == {"pages": 0, "wrong": [Hint.PDF_UNREADABLE]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with an event in each state, built as at a real address in November 2026."""
    root = copy_project(tmp_path_factory.mktemp("kinds") / "project")
    write(root, "moten/kommande/index.md", EVENT | {"related": "[moten/varit]", "published": "2026-11-02"})
    past = {"start": "2026-11-10", "end": "2026-11-10", "register": "moten@exempel.se", "former_slugs": "[forr]"}
    write(root, "moten/varit/index.md", EVENT | past, body="Det kom många.")
    write(root, "moten/installt/index.md", EVENT | {"status": "inställt"})
    write(root, "moten/flyttat/index.md", EVENT | {"moved_from": "2027-03-03 13:00"})
    write(root, "moten/utkast/index.md", EVENT | {"draft": "true"})
    write(root, "moten/vantar/index.md", EVENT | {"published": "2027-01-01"})
    write(root, "moten/borta/index.md", {"title": "Borta", "summary": "S.", "withdrawn": "2026-11-20"})
    reading = read_project(root)
    assert reading.problems == ()
    site = root / "site"
    build_site(root / "mkdocs.yml", site_dir=site, reading=reading, site=REAL)
    return site


def test_samples_drafts_and_what_waits_are_not_on_a_real_site(built: Path) -> None:
    assert {path.name for path in (built / "moten").iterdir() if path.is_dir()} == {
        "kommande", "varit", "installt", "flyttat", "borta", "forr",
    }  # fmt: skip
    assert not (built / "filmer").exists()
    assert not (built / "dokument").exists()
    assert "utkast" not in (built / "sitemap.xml").read_text(encoding="utf-8")


def test_an_empty_kind_shows_nothing(built: Path) -> None:
    home = parse(built / "index.html")
    assert [link.get("href") for link in home.findall(".//nav[@aria-labelledby='site-mer-fran']//a")] == [
        "moten/", "kontakter/",
    ]  # fmt: skip


def test_an_address_that_an_entry_has_left_still_answers(built: Path) -> None:
    assert "moten/varit/" in (built / "moten/forr/index.html").read_text(encoding="utf-8")
    assert "togs bort den 20 november 2026" in (built / "moten/borta/index.html").read_text(encoding="utf-8")


def test_the_list_parts_what_is_to_come_from_what_has_been(built: Path) -> None:
    headings = [each.text_content() for each in parse(built / "moten/index.html").findall(".//main//h2")]
    assert headings == ["Kommande", "Har varit"]


def test_a_meeting_that_has_been_begins_with_how_it_was(built: Path) -> None:
    page = (built / "moten/varit/index.html").read_text(encoding="utf-8")
    assert page.index("Så blev det") < page.index("Det kom många.") < page.index("site-entry__facts")
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
    assert int(events_of(built / "moten/flyttat/kalender.ics")["sequence"]) > int(event["sequence"])


def test_a_whole_day_ends_on_the_next_in_a_calendar(built: Path) -> None:
    event = events_of(built / "moten/varit/kalender.ics")
    assert [str(event.decoded(name)) for name in ("dtstart", "dtend")] == ["2026-11-10", "2026-11-11"]


def test_a_meeting_keeps_its_id_in_calendars_when_its_folder_is_renamed(built: Path, tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    write(root, "moten/nytt-namn/index.md", EVENT | {"former_slugs": "[kommande]"})
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=read_project(root), site=REAL)
    renamed = events_of(root / "site/moten/nytt-namn/kalender.ics")
    assert renamed["uid"] == events_of(built / "moten/kommande/kalender.ics")["uid"]


def test_what_is_published_is_in_the_feeds_and_on_the_home_page(built: Path) -> None:
    items = json.loads((built / "nytt.json").read_text(encoding="utf-8"))["items"]
    assert [item["tags"] for item in items if item["url"].endswith("/moten/kommande/")] == [["möte"]]
    assert "Marknadsdialog" in (built / "index.html").read_text(encoding="utf-8")


def test_contacts_are_a_table_to_keep(built: Path) -> None:
    lines = (built / "kontakter/kontakter.csv").read_text(encoding="utf-8-sig").split("\n")
    assert lines[0].strip() == "organisation;when;how;about"
    assert len(lines) == 8 + 2


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
        write(root, "besok/vaxjo/index.md", {"title": "Ett besök", "summary": "S.", "host": "Växjö"})
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
    code, _, error = run("new", kind.key, "--title", "Ett prov", "--root", str(root))
    assert (code, error) == (0, "")
    assert read_project(root).problems == ()
