"""What the site is made of, as it is known without a site generator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from okatakten.model import DEFAULT_LOCALE, Chapter, Page, Picture, Withdrawn
from okatakten.podcast.promise import promised_addresses
from okatakten.site.build import LocalBuild
from okatakten.site.files import build_files, build_oembeds
from okatakten.site.project import read_project
from okatakten.site.structure import build_local_site, build_pages
from support import FIXED_GUID, PROJECT, SITE, WORDS, a_show, an_episode, published

PICTURE = Picture(path=Path("picture.PNG"), alt="En bild", width=1, height=1, media_type="image/png")
MOVED = an_episode(
    slug="ny",
    former_slugs=("gammal", "aldst"),
    replaced_audio=("audio-0.mp3",),
    chapters=(Chapter(start=timedelta(0), title="Början"),),
    picture=PICTURE,
)
GONE = Withdrawn(
    slug="borta", guid=FIXED_GUID, titles={DEFAULT_LOCALE: "Borta"}, day=date(2026, 4, 1), reason=None, source="e.md",
    former_slugs=("forr",),
)  # fmt: skip
SHOW = published(a_show(MOVED, withdrawn=(GONE,)))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("index.md", ""),
        ("om.md", "om/"),
        ("podd/index.md", "podd/"),
        ("resultat/behov.md", "resultat/behov/"),
        ("ordindex.md", "ordindex/"),
    ],
)
def test_a_page_has_the_address_of_its_file(name: str, path: str) -> None:
    assert Page(locale=DEFAULT_LOCALE, name=name, title="T", text="", translation=None).path == path


@pytest.mark.parametrize("title", ["Nej", "1:30", "0123", "2027-01-18", "null"])
def test_templates_get_the_title_that_stands_there_and_no_number_or_date(title: str) -> None:
    own = Page(locale=DEFAULT_LOCALE, name="om.md", title=title, lead="1_000", text="", translation=None)
    pages = build_pages(SHOW, pages=[own], locale=DEFAULT_LOCALE, catalogues={DEFAULT_LOCALE: WORDS})
    nothing: Any = None
    local: Any = SimpleNamespace(show=SHOW, locale=DEFAULT_LOCALE)
    built = LocalBuild(
        build=nothing, local=local, frame=local, made_of="", pages={page.file: page for page in pages}, figures=nothing
    )
    assert built.fields("sv/om.md") == {"title": title, "lead": "1_000"}
    assert all(set(built.fields(file)) <= {"title", "template", "lead"} for file in built.pages)


def test_every_address_that_was_promised_is_answered_by_a_page_or_a_file() -> None:
    files = build_files(SHOW, pages=[], site=SITE, words=WORDS, card=b"card")
    pages = build_pages(SHOW, pages=[], locale=DEFAULT_LOCALE, catalogues={DEFAULT_LOCALE: WORDS})
    assert set(promised_addresses(SHOW)) - {page.href for page in pages} <= set(files)
    for folder in ("podd/ny/", "podd/gammal/", "podd/aldst/"):
        assert files[folder + "picture.png"] == PICTURE
        assert files[folder + "chapters.json"] == files["podd/ny/chapters.json"]
        # What is gone on purpose is answered for by what corrected it.
        assert files[folder + "audio-0.mp3"] == files[folder + "audio.mp3"] == SHOW.releases[Path("audio.mp3")]
    assert files["podd/borta/card.png"] == files["podd/forr/card.png"] == files["assets/card.png"]


def test_a_preview_tells_programs_only_what_is_published() -> None:
    waiting = an_episode(slug="sen", published=datetime(2030, 1, 1, tzinfo=UTC))
    show = a_show(waiting, MOVED, withdrawn=(GONE,))
    real, preview = (
        build_files(published(show, site), pages=[], site=site, words=WORDS, card=b"card")
        for site in (SITE, replace(SITE, preview=True))
    )
    for address in ("podd/feed.xml", "podd/addresses.json", "nytt.xml", "nytt.json"):
        assert preview[address] == real[address]
    assert "podd/sen/transcript.vtt" in preview


def test_the_player_of_a_moved_episode_is_found_where_it_was() -> None:
    files = build_oembeds(build_local_site(read_project(PROJECT), SHOW, site=SITE, locale=DEFAULT_LOCALE, menu=[]))
    assert set(files) == {f"podd/{slug}/oembed.json" for slug in ("ny", "gammal", "aldst")}
    assert len(set(files.values())) == 1


def test_a_menu_leaves_out_what_a_language_lacks_and_keeps_its_order() -> None:
    reading = read_project(PROJECT)
    sma = next(locale for locale in reading.words if locale != DEFAULT_LOCALE)
    menu = ["podd/index.md", "tillganglighet.md", "index.md"]
    site = build_local_site(reading, SHOW, site=SITE, locale=sma, menu=menu)
    assert [page.href for page in site.menu] == ["sma/podd/", "sma/"]
    assert not {page.file for page in site.menu} & {page.file for page in site.footer}
