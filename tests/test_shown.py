"""What a site shows of the kinds of page: no more than has come out, in every language, at addresses that are there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from PIL import Image

from okatakten.documents.reading import read_with_documents
from okatakten.mkdocs.run import BuildError, build_site
from okatakten.site.kinds import KINDS
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.showing import shown_at
from okatakten.site.project import Reading, read_project
from okatakten.site.shown import check_shown
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from support import (
    CASES,
    OWN_SITE,
    PROJECT,
    SITE,
    WORDS,
    copy_project,
    lay_out,
    parse,
    run,
    without_entries,
    write_page,
)

EVENT = {
    "title": "Marknadsdialog",
    "summary": "Inköpare möter företag.",
    "start": "2027-03-10 13:00",
    "end": "2027-03-10 15:30",
    "place": "Salen",
    "address": "Gatan 1, Östersund",
    "access": "Ramp.",
}
FILM = {
    "title": "En stol", "summary": "Den lagas.", "file": "Film.MP4", "captions": "Film.VTT", "visual": "syntolkas",
    "described": "Film.MP4", "poster": "Bild.PNG", "poster_alt": "En stol.",
}  # fmt: skip
IN_SAMI = {"title": "Goltelh", "summary": "S.", "source_revision": "00000000", "reviewed": "nej"}
REAL = replace(OWN_SITE, url="https://podd.exempel.se/", samples=False)
ROW = "  - {organisation: ALMI, when: 2027, how: samtal, about: krav}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(CASES / "_valid", tmp_path / "project")


def write_film(root: Path) -> None:
    page = write_page(root, "sv/filmer/stol/index.md", FILM)
    for old, new in (("film.mp4", "Film.MP4"), ("film.vtt", "Film.VTT")):
        shutil.copy(PROJECT / "docs/sv/filmer/en-stol" / old, page.with_name(new))
    Image.new("RGB", (640, 360)).save(page.with_name("Bild.PNG"))


def told(problems: Iterator[Problem] | tuple[Problem, ...] | list[Problem]) -> list[tuple[str, int, Kind, str]]:
    return [(each.file.removeprefix("docs/sv/"), each.line, each.kind, each.expected) for each in problems]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with pages of its own, built as at a real address in November 2026."""
    root = without_entries(copy_project(tmp_path_factory.mktemp("shown") / "project"))
    (root / "docs/kontakter.yml").write_text(f"kontakter:\n{ROW}{ROW}", encoding="utf-8")
    mention = "  - {medium: Bladet, title: Så, day: 2026-11-01, address: https://a.se/}\n"
    (root / "docs/i-medier.yml").write_text(f"i-medier:\n{mention}", encoding="utf-8")
    write_page(root, "sv/moten/kommande/index.md", EVENT)
    write_page(root, "sma/moten/kommande/index.md", IN_SAMI)
    cancelled = {"start": "2027-01-10", "end": "2027-01-10", "status": "inställt", "updated": "2026-11-01"}
    write_page(root, "sv/moten/installt/index.md", EVENT | cancelled)
    gone = {"title": "Hemligt", "summary": "S.", "withdrawn": "2026-11-20"}
    write_page(root, "sv/moten/borta/index.md", gone)
    write_page(root, "sv/moten/utkast/index.md", gone | {"draft": "true"})
    write_page(root, "sv/moten/exempel/index.md", gone | {"sample": "true"})
    write_page(root, "sv/moten/aldrig/index.md", gone | {"published": "2026-11-21"})
    write_film(root)
    write_page(root, "sma/filmer/stol/index.md", IN_SAMI)
    (root / "docs/assets/moten").mkdir(parents=True)
    Image.new("RGB", (64, 36)).save(root / "docs/assets/moten/bild.png")
    reading = read_project(root)
    assert reading.problems == ()
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=reading, site=REAL)
    return root / "site"


def test_a_page_that_never_came_out_is_not_told_of_when_it_is_withdrawn(built: Path) -> None:
    folders = {path.name for path in (built / "moten").iterdir() if path.is_dir()}
    assert folders == {"kommande", "installt", "borta"}


def test_only_kinds_that_there_is_something_of_have_a_list(built: Path) -> None:
    links = parse(built / "index.html").findall(".//nav[@aria-labelledby='site-mer-fran']//a")
    assert [link.get("href") for link in links] == ["moten/", "filmer/", "i-medier/", "kontakter/"]


def test_contacts_are_a_table_to_keep_and_nothing_else_is(built: Path) -> None:
    lines = (built / "kontakter/kontakter.csv").read_text(encoding="utf-8-sig").split("\n")
    assert lines == ["organisation;when;how;about", *["ALMI;2027;samtal;krav"] * 2, ""]
    assert not list((built / "i-medier").glob("*.csv"))
    # What is only to be looked up is no news.
    assert "ALMI" not in (built / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["", "sma/"])
def test_the_files_of_a_page_are_where_every_language_says_that_they_are(built: Path, locale: str) -> None:
    href = f"{locale}filmer/stol/"
    page = parse(built / href / "index.html")
    facts = page.xpath("//dl[@class='site-entry__facts']//a/@href")
    media = page.xpath("//video/@poster | //video//@src")
    assert (len(facts), len(media)) == (2, 3)
    (film,) = nodes_of(built / href / "index.html", "VideoObject")
    named = [film["contentUrl"], film["thumbnailUrl"], film["caption"]["contentUrl"]]
    for address in [*facts, *media, *named]:
        path = unquote(urlsplit(urljoin(REAL.url + href, address)).path)
        assert path.startswith("/filmer/stol/")
        assert (built / path[1:]).is_file(), address


def nodes_of(page: Path, kind: str) -> list[dict[str, Any]]:
    (graph,) = parse(page).findall(".//script[@type='application/ld+json']")
    return [node for node in json.loads(graph.text_content())["@graph"] if node["@type"] == kind]


def test_what_is_written_once_in_swedish_says_so_on_other_pages(built: Path) -> None:
    swedish, sami = (parse(built / f"{locale}moten/kommande/index.html") for locale in ("", "sma/"))
    marked = {each.text_content() for each in sami.xpath("//main//dd//span[@lang='sv']")}
    assert {"Salen, Gatan 1, Östersund", "Ramp."} <= marked
    assert not swedish.xpath("//main//dl//@lang")
    film = parse(built / "sma/filmer/stol/index.html")
    assert film.xpath("//video/@lang") == ["sv"]
    assert set(film.xpath("//main//p[span[@class='site-film__time']]/@lang")) == {"sv"}


@pytest.mark.parametrize(("page", "count"), [("index.html", 1), ("moten/index.html", 1), ("sma/index.html", 0)])
def test_a_card_of_a_cancelled_meeting_says_so(built: Path, page: str, count: int) -> None:
    strong = [each.text_content() for each in parse(built / page).xpath("//article//strong")]
    assert strong.count("Inställt") == count


def test_a_meeting_is_organised_and_a_film_is_published(built: Path) -> None:
    (event,) = nodes_of(built / "moten/kommande/index.html", "Event")
    (film,) = nodes_of(built / "filmer/stol/index.html", "VideoObject")
    assert event["organizer"] == film["publisher"] == {"@id": f"{REAL.url}#agare"}
    assert "publisher" not in event


def test_files_in_the_folder_of_assets_are_published_whatever_it_is_called(built: Path) -> None:
    assert (built / "assets/moten/bild.png").is_file()


@pytest.mark.parametrize(
    ("fields", "is_shown"),
    [
        ({}, True),
        ({"draft": "true"}, False),
        ({"published": "2027-01-01"}, False),
        ({"sample": "true"}, False),
        ({"withdrawn": "2026-11-20"}, False),
    ],
)
@pytest.mark.parametrize(
    "link", ["[mötet](moten/dialog/index.md)", "[planen](moten/dialog/plan.pdf)", "![Plan](moten/dialog/plan.png)"]
)
def test_a_link_to_what_the_site_does_not_show_is_told_with_its_line(
    root: Path, fields: dict[str, str], is_shown: bool, link: str
) -> None:
    page = write_page(root, "sv/moten/dialog/index.md", EVENT | fields)
    page.with_name("plan.pdf").write_bytes(b"%PDF-1.7")
    Image.new("RGB", (64, 36)).save(page.with_name("plan.png"))
    write_page(root, "sv/om.md", {"title": "Om", "description": "D."}, f"Text.\n\n{link}")
    reading = read_project(root)
    assert told(reading.problems) == []
    expected = [] if is_shown else [("om.md", 8, Kind.LINK_BROKEN, Hint.NOT_SHOWN)]
    assert told(check_shown(root, reading, site=REAL)) == expected


def test_what_waits_may_lead_to_what_waits(root: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        write_page(root, f"sv/moten/{one}/index.md", EVENT | {"published": "2027-01-01"}, f"[Se](../{other}/index.md).")
    assert check_shown(root, read_project(root), site=REAL) == []


def test_a_link_in_html_to_a_list_that_is_empty_is_told(root: Path) -> None:
    write_page(root, "sv/om.md", {"title": "Om", "description": "D."}, '<a href="../moten/">Möten</a>')
    assert [each[2] for each in told(read_project(root).problems)] == [Kind.LINK_BROKEN]
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"sample": "true"})
    reading = read_project(root)
    assert reading.problems == ()
    assert check_shown(root, reading, site=SITE) == []
    assert [each[2] for each in told(check_shown(root, reading, site=REAL))] == [Kind.LINK_BROKEN]


def test_what_is_taken_down_on_a_day_to_come_is_told_and_stays(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"withdrawn": "2026-11-22"})
    episode = root / "podcast/episodes/hallbara-inkop/episode.md"
    text = episode.read_text(encoding="utf-8").replace("---\n", "---\nwithdrawn: 2099-01-01\n", 1)
    episode.write_text(text, encoding="utf-8")
    reading = read_project(root)
    assert reading.problems == ()
    problems = check_shown(root, reading, site=SITE)
    assert [(problem.field, problem.found, problem.expected) for problem in problems] == [
        ("withdrawn", "2026-11-22", Hint.WITHDRAWN_AHEAD), ("withdrawn", "2099-01-01", Hint.WITHDRAWN_AHEAD),
    ]  # fmt: skip
    the_day = replace(SITE, now=datetime(2099, 1, 1, 12, tzinfo=UTC))
    assert check_shown(root, reading, site=the_day) == []


def test_check_and_build_say_the_same_of_what_is_not_shown(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"draft": "true"})
    page = root / "docs/sv/om.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n[Mötet](moten/dialog/index.md)\n", encoding="utf-8")
    code, _, error = run("check", "--root", str(root))
    assert code == 1
    assert Hint.NOT_SHOWN in error
    with pytest.raises(BuildError, match=r"om\.md"):
        build_site(root / "mkdocs.yml", site_dir=root / "site", reading=read_project(root), site=OWN_SITE)


@pytest.mark.parametrize("name", ["moten/plan.pdf", "moten/utan-sida/plan.pdf"])
def test_a_file_outside_the_folders_of_pages_is_told(root: Path, name: str) -> None:
    path = write_page(root, "sv/moten/dialog/index.md", EVENT).parents[2] / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    assert told(read_project(root).problems) == [(name, 0, Kind.ENTRY_MISPLACED, "moten/namn/plan.pdf")]


@pytest.mark.parametrize(
    ("slugs", "expected"),
    [("[dialog]", Hint.NAME_OWN.format(name="dialog")), ("[forr, forr]", Hint.NAME_TWICE.format(name="forr"))],
)
def test_a_former_name_is_another_name_and_stands_once(root: Path, slugs: str, expected: str) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"former_slugs": slugs})
    assert told(read_project(root).problems) == [("moten/dialog/index.md", 9, Kind.NOT_A_FORMER_SLUG, expected)]


def test_the_oldest_of_former_names_is_the_first_whatever_comes_after(root: Path) -> None:
    hrefs = set()
    for slug, former in (("a", ""), ("c", "[a]"), ("b", "[a, c]")):
        path = write_page(root, f"sv/moten/{slug}/index.md", EVENT | {"former_slugs": former})
        reading = read_project(root)
        assert reading.show
        (page,) = [page for page in reading.pages if page.entry]
        hrefs.add(shown_at(page, show=reading.show, site=SITE, words=WORDS).first_href)
        path.unlink()
    assert hrefs == {"moten/a/"}
    assert "det äldsta först" in " ".join((PROJECT / "podcast/README.md").read_text(encoding="utf-8").split())


def test_what_belongs_with_a_page_is_told_once_where_it_stands(root: Path) -> None:
    (root / "docs/sma").mkdir()
    shutil.copy(PROJECT / "docs/sma/words.yml", root / "docs/sma")
    write_page(root, "sv/moten/annat/index.md", EVENT | {"draft": "true", "start": ""})
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"summary": "verktyg", "related": "[moten/annat, verktyg]"})
    write_page(root, "sma/moten/dialog/index.md", IN_SAMI)
    assert told(read_project(root).problems) == [("moten/dialog/index.md", 9, Kind.LINK_BROKEN, Hint.RELATED)]


def test_what_belongs_with_a_draft_is_in_nobodys_way(root: Path) -> None:
    write_page(root, "sv/moten/dialog/index.md", EVENT | {"draft": "true", "related": "[moten/finns-inte]"})
    reading = read_project(root)
    assert reading.problems == ()
    assert ("moten/dialog/index.md", 10, Kind.LINK_BROKEN, Hint.RELATED) in told(reading.notes)


def test_a_document_has_its_pages_in_every_language(root: Path) -> None:
    (root / "docs/sma").mkdir()
    shutil.copy(PROJECT / "docs/sma/words.yml", root / "docs/sma")
    shutil.copytree(PROJECT / "docs/sv/dokument/exempelrapport", root / "docs/sv/dokument/rapport")
    write_page(root, "sma/dokument/rapport/index.md", IN_SAMI)
    pages = [page.entry.values.get("pages") for page in read_with_documents(root).pages if page.entry]
    assert len(pages) == 2
    assert len(set(pages)) == 1
    assert pages[0]


def test_a_kind_whose_words_are_missing_is_told(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    kind = PageKind(key="visit", folder="besok", fields=())
    KINDS.append(kind)
    try:
        reading: Reading = read_project(root)
    finally:
        KINDS.remove(kind)
    assert {problem.field for problem in reading.problems} == {"kind_visit", "kind_visit_list", "kind_visit_about"}
