"""The search, in a real browser: what is found, what is fetched for it, and what happens when a piece does not come."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from okatakten.search import FOLDER
from support import parse
from test_browser import AXE_OPTIONS

pytestmark = pytest.mark.xdist_group("site")


def test_a_search_finds_pages_and_places_in_what_is_said(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text))
    page.goto(site_url)
    page.get_by_role("link", name="Sök", exact=True).press("Enter")
    page.get_by_label("Sök på sidorna").wait_for()
    page.keyboard.press("Tab")
    assert not [url for url in asked if "pagefind" in url]
    page.get_by_label("Sök på sidorna").fill("upphandlingen")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("träffar").wait_for()
    assert page.url == f"{site_url}sok/?q=upphandlingen"
    titles = page.locator(".site-hit__title").all_inner_texts()
    assert {"Om förstudien", "Exempel: Varför cirkulär upphandling?"} <= set(titles)
    place = page.locator(".site-hit__places a").first
    href = place.get_attribute("href") or ""
    assert re.fullmatch(r"/podd/[a-z-]+/#t\d+", href)
    sound = page.locator(".site-hit__places a").nth(1).get_attribute("href") or ""
    assert re.fullmatch(r"/podd/[a-z-]+/#t=\d+", sound)
    assert Axe().run(page, options=AXE_OPTIONS).response["violations"] == []
    place.press("Enter")
    page.wait_for_url("**/#t*")
    assert page.evaluate("document.querySelector(':target').className") == "site-turn"
    page.close()
    assert failed == []


def test_a_search_finds_both_languages_from_either_and_says_which(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    for address in ("sok/", "sma/sok/"):
        for query, lang in (("gyhtjelassh", "sma"), ("upphandlingskontoret", "sv")):
            page.goto(f"{site_url}{address}?q={query}")
            page.locator(".site-hit").first.wait_for()
            langs = page.locator(".site-hit").evaluate_all("hits => hits.map((hit) => hit.lang)")
            assert set(langs) == {lang}, (address, query)
    page.goto(f"{site_url}sok/?q=zzqxv")
    page.get_by_role("status").get_by_text("Inga träffar").wait_for()
    assert page.locator(".site-hit").count() == 0
    page.close()


def test_a_search_that_cannot_be_loaded_shows_all_pages(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.route("**/pagefind/**", lambda route: route.abort())
    page.goto(f"{site_url}sok/?q=krav")
    page.get_by_role("status").get_by_text("Sökningen gick inte att ladda.").wait_for()
    assert page.locator(".site-search__instead").is_visible()
    page.unroute("**/pagefind/**")
    page.get_by_role("button", name="Sök").press("Enter")
    page.locator(".site-hit").first.wait_for()
    assert not page.locator(".site-search__instead").is_visible()
    page.close()


def test_more_hits_are_shown_when_asked_for(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}sok/?q=och")
    page.locator(".site-hit").first.wait_for()
    status = page.get_by_role("status").inner_text()
    count = int(status.split()[0])
    assert count > page.locator(".site-hit").count() == 20
    page.get_by_role("button", name="Visa fler").press("Enter")
    page.locator(".site-hit").nth(14).wait_for()
    assert page.locator(".site-hit").count() == 15
    assert (
        page.locator(".site-hit").nth(5).get_by_role("link").first.evaluate("link => link === document.activeElement")
    )
    page.close()


def test_the_index_is_in_small_pieces(site: Path) -> None:
    pieces = [path.stat().st_size for path in (site / FOLDER / "index").iterdir()]
    assert sum(pieces) / len(pieces) < 15_000


def test_what_every_episode_repeats_is_not_searched(site: Path) -> None:
    fragments = [_fragment(path) for path in (site / FOLDER / "fragment").iterdir()]
    assert [page["url"] for page in fragments if "Europeiska unionens flagga" in page["meta"].values()] == []
    episodes = {page["url"]: page for page in fragments if re.fullmatch(r"/podd/[a-z-]+/", page["url"])}
    shown = parse(site / "podd/atta-fragor/index.html").xpath("string(//main)")
    for repeated in ("1,25 ×", "Platsen sparas", "Följ podden", "Textversion", "lyssna härifrån"):
        assert repeated in shown, repeated
        assert [url for url, page in episodes.items() if repeated in page["content"]] == []
    assert "/podd/atta-fragor/" in episodes


def _fragment(path: Path) -> dict[str, Any]:
    content = gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")
    parsed: dict[str, Any] = json.loads(content)
    return parsed
