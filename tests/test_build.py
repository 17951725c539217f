"""The build as it is without a site generator, and what running one leaves behind."""

from __future__ import annotations

import gettext
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config

from okatakten.documents import pdf
from okatakten.mkdocs.run import BuildError, build_site
from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.build import Build, Downloads, Render, content_date, publish_first
from okatakten.site.figures.downloads import FONT
from okatakten.site.last import LastSite
from okatakten.site.pictures import find_images
from okatakten.site.project import read_project
from okatakten.site.structure import BuiltPage, LocalSite
from support import OWN_SITE, PROFILE, PROJECT, a_show, an_episode, run

SMA = Locale("sma")


def make_downloads(page: BuiltPage, *, within: LocalSite, render: Render) -> Downloads:
    text = render(page.template, {"document": within.locale})
    return Downloads(files={f"{page.href}fil.txt": text.encode()}, links=(), notes=("Pango saknas.",), complete=False)


def render(name: str, values: Mapping[str, Any]) -> str:
    return f"{name} {values['document']} {values['site'].name}"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    reading = read_project(PROJECT)
    return Build(
        reading=reading,
        show=publish_first(reading, OWN_SITE),
        site=OWN_SITE,
        say=lambda _stage: None,
        menu=["index.md", "resultat/index.md"],
        addresses={"region": "https://region.example/"},
        profile=PROFILE,
        plain={"assets/site.css": b"a {}", FONT: (PROJECT / "overrides" / FONT).read_bytes()},
        assets={"assets/site.css": ("assets/hashed/site.1.css", b"a{}")},
        folder=tmp_path / "site",
        cache=tmp_path / "cache",
        last=LastSite(folder=tmp_path / "site"),
        made_with=b"",
        images=find_images(PROJECT / "docs", cache=tmp_path / "cache"),
        make_downloads=make_downloads,
    )


def test_the_package_builds_pages_without_a_site_generator() -> None:
    script = "import sys, okatakten.site.build; print([name for name in sys.modules if name.startswith('mkdocs')])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert ended.stdout == "[]\n"


def test_every_page_of_every_locale_has_its_values_and_its_text(build: Build) -> None:
    for locale in build.reading.words:
        local = build.begin(locale)
        for file, page in local.pages.items():
            values = local.page_values(file, render=render)
            assert values["site"].source == page.source
            assert ("head" in values) is page.is_destination
            assert ("episode" in values) is (page.place is not None)
            assert bool(local.text(file)) is (page.own is not None)
            assert (build.folder / page.href / "card.png").exists() is (page.is_destination and locale != SMA)
    assert "[region]: https://region.example/" in build.begin(DEFAULT_LOCALE).text("sv/om.md")


def test_what_all_locales_share_is_among_the_files_of_the_default_one(build: Build) -> None:
    swedish, sami = (build.begin(locale).files() for locale in (DEFAULT_LOCALE, SMA))
    assert (swedish["assets/hashed/site.1.css"], swedish["assets/site.css"]) == (b"a{}", b"a {}")
    assert build.hashed("assets/site.css") == "assets/hashed/site.1.css"
    assert "podd/feed.xml" in swedish
    assert all(path.startswith("sma/") for path in sami)


def test_files_to_download_are_written_and_what_is_said_of_them_is_said_once(build: Build) -> None:
    local = build.begin(DEFAULT_LOCALE)
    for file in ("sv/rapport.md", "sv/broschyr.md"):
        assert local.page_values(file, render=render)["documents"] == ()
    assert (build.folder / "rapport/fil.txt").read_text(encoding="utf-8") == "report.html sv Öka takten"
    assert (build.notes, build.complete, build.hidden) == (["Pango saknas."], False, [])
    build.begin(SMA).page_values("sma/broschyr.md", render=render)
    assert build.hidden == ["sma/broschyr/fil.txt"]  # no translator has gone through it


def test_the_sitemap_of_a_locale_has_the_pages_of_those_before_it(build: Build, reviewed_project: Path) -> None:
    build.reading = read_project(reviewed_project)
    swedish, both = (
        [entry.href for entry in build.begin(locale).list_values()["sitemap"]] for locale in (DEFAULT_LOCALE, SMA)
    )
    assert both[: len(swedish)] == swedish
    assert f"{OWN_SITE.url}sma/" in both[len(swedish) :]


def test_a_menu_lacks_the_pages_that_a_language_lacks(build: Build) -> None:
    build.menu = ["index.md", "tillganglighet.md"]
    assert [build.begin(locale).menu() for locale in (DEFAULT_LOCALE, SMA)] == [build.menu, ["index.md"]]


def test_each_locale_has_a_404_page_in_its_folder(build: Build) -> None:
    swedish, sami = build.begin(DEFAULT_LOCALE), build.begin(SMA)
    assert [one.address_of("404.html") for one in (swedish, sami)] == ["404.html", "sma/404.html"]
    assert sami.address_of("sitemap.xml") == "sitemap.xml"


def test_a_site_is_as_old_as_its_newest_episode() -> None:
    old, new = (an_episode(published=datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 9))
    assert content_date(a_show(new, old)) == int(datetime(2026, 3, 9, tzinfo=UTC).timestamp())
    assert content_date(a_show()) == 0


@pytest.mark.parametrize("before", [None, "", "7"])
def test_a_build_leaves_the_process_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if before is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", before)
    (tmp_path / "mkdocs.yml").write_text("site_name: Öka takten\n", encoding="utf-8")
    handlers = logging.getLogger("mkdocs").handlers.copy()
    with pytest.raises(BuildError, match="docs_dir"):
        build_site(tmp_path / "mkdocs.yml", site_dir=tmp_path / "site", reading=read_project(PROJECT), site=OWN_SITE)
    assert os.environ.get("SOURCE_DATE_EPOCH") == before
    assert logging.getLogger("mkdocs").handlers == handlers


def test_a_command_speaks_swedish_and_leaves_the_words_of_others_alone() -> None:
    before = gettext.dgettext, gettext.dngettext
    assert "Visa den här hjälpen." in run("--help")[1]
    assert (gettext.dgettext, gettext.dngettext) == before
    assert gettext.gettext("Show this message and exit.") == "Show this message and exit."


def test_the_notes_of_a_site_that_is_shown_locally_are_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf, "is_installed", lambda: False)
    config = load_config(str(PROJECT / "mkdocs.yml"), site_dir=str(tmp_path))
    config.plugins.on_startup(command="serve", dirty=False)
    with caplog.at_level(logging.WARNING, logger="okatakten"):
        build_with_mkdocs(config)
    config.plugins.on_shutdown()
    assert len(caplog.records) == 1
