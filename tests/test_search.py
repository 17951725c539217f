"""The search, in a real browser: what is found, what is fetched for it, and what happens when a piece does not come."""

from __future__ import annotations

import itertools
import json
import re
import zlib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from bench.search import OURS, ask, read_questions
from okatakten.search.index import ENTRY, FOLDER, PIECES, RECORDS
from support import parse
from test_browser import AXE_OPTIONS

RECORDS_OF_HITS: Final = f"**/{RECORDS}*"
INDEX: Final = f"**/{PIECES}*"
ALL: Final = f"**/{FOLDER}**"
COMMON: Final = "och"
"""A word of more pages than are shown at once."""


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
    assert not [url for url in asked if FOLDER in url]
    page.get_by_label("Sök på sidorna").fill("upphandlingen")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("träffar").wait_for()
    assert page.url == f"{site_url}sok/?q=upphandlingen"
    page.get_by_role("button", name="Visa fler").press("Enter")
    page.locator(".site-hit").nth(9).wait_for()
    titles = page.locator(".site-hit__title").all_inner_texts()
    assert {"Om förstudien", "Exempel: Varför cirkulär upphandling?"} <= set(titles)
    place = page.locator(".site-hit__places a").first
    name = re.compile(r"^Läs från \d+:\d\d, Exempel: Varför cirkulär upphandling\?$")
    assert page.get_by_role("link", name=name).count()
    marks = page.locator("mark").all_inner_texts()
    assert [mark for mark in marks if not (mark[0].isalnum() and mark[-1].isalnum())] == []
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


FINDS: Final = {
    "rapport": ("rapport/", "Rapport"), "broschyr": ("broschyr/", "Broschyr"), "resultat": ("resultat/", "Resultat"),
    "press": ("for-medier/", "Sida"), "partner": ("for-medier/", "Sida"), "logotyp": ("for-medier/", "Sida"),
    "kontakt": ("kontakt/", "Sida"), "e-post": ("kontakt/", "Sida"), "telefon": ("kontakt/", "Sida"),
    "rennäring": ("mal/", "Sida"), "renskötsel": ("mal/", "Sida"), "poddavsnitt": ("podd/", "Sida"),
    "tillgänglighetsredogörelse": ("tillganglighet/", "Sida"), "pengar": ("resultat/resurser/", "Resultat"),
    "företag": ("inkopare-och-foretag/", "Sida"), "hållbara inköpsprocesser": ("fortsattning/", "Sida"),
}  # fmt: skip
"""What visitors look for, the page that comes first, and what the hit says it is."""


def test_what_visitors_look_for_comes_first_and_says_what_it_is(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    found = {}
    for query in FINDS:
        page.goto(f"{site_url}sok/?{urlencode({'q': query})}")
        first = page.locator(".site-hit").first
        first.wait_for()
        href = first.get_by_role("link").first.get_attribute("href") or ""
        found[query] = (href.removeprefix("/"), first.locator(".site-hit__kind").inner_text())
    page.close()
    assert found == FINDS


def test_every_question_has_its_hits_and_no_others(browser: Browser, site: Path) -> None:
    questions = read_questions()
    assert len(questions) >= 100
    answers = ask(browser, site, "sok/", OURS, questions)
    assert [answer for answer in answers if answer.missing or answer.wrong] == []


def test_an_excerpt_is_one_text_before_between_and_after_its_marks(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}sok/?q=upphandlingen")
    page.locator(".site-hit").nth(4).wait_for()
    kinds = page.locator(".site-hit__text").evaluate_all(
        "texts => texts.map((text) => [...text.childNodes].map((node) => node.nodeName))"
    )
    page.close()
    assert {name for nodes in kinds for name in nodes} == {"#text", "MARK"}
    assert all(one != next_one for nodes in kinds for one, next_one in itertools.pairwise(nodes))


def test_a_search_finds_both_languages_from_either_and_says_which(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    for address in ("sok/", "sma/sok/"):
        for query, lang in (("gyhtjelassh", "sma"), ("upphandlingskontoret", "sv")):
            page.goto(f"{site_url}{address}?q={query}")
            page.locator(".site-hit").first.wait_for()
            langs = page.locator(".site-hit").evaluate_all("hits => hits.map((hit) => hit.lang)")
            assert set(langs) == {lang}, (address, query)
    page.close()


def test_a_search_without_hits_says_what_was_sought_and_shows_all_pages(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    for sought in ("zzqxv", "<b>zz$&qxv</b>"):
        page.goto(f"{site_url}sok/?{urlencode({'q': sought})}")
        page.get_by_role("status").get_by_text(f"Inga träffar på «{sought}».").wait_for()
        assert page.locator(".site-hit").count() == 0
        assert page.locator(".site-search__instead").get_by_role("link", name="Om förstudien", exact=True).is_visible()
        assert not page.get_by_text("Sökningen behöver JavaScript.").is_visible()
    page.get_by_label("Sök på sidorna").fill("")
    page.keyboard.press("Enter")
    page.locator(".site-search__instead").wait_for(state="hidden")
    page.close()


def test_hits_that_are_only_like_what_was_sought_are_told_so(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    for sought in (
        "upphandlingarnas", "krav upphandling", "CIRKULAR", "RSS-flöde", '"cirkulär upphandling"', "av", "återbruk", "rennäring",
        "renskötsel",
    ):  # fmt: skip
        page.goto(f"{site_url}sok/?{urlencode({'q': sought})}")
        page.locator(".site-hit").first.wait_for()
        assert re.fullmatch(r"1 träff|\d+ träffar", page.get_by_role("status").inner_text()), sought
    for sought in ("njaalme", "ångvält", "zåtta"):
        page.goto(f"{site_url}sok/?{urlencode({'q': sought})}")
        page.get_by_role("status").get_by_text(f"Inga träffar på «{sought}». Här är alla sidor i stället.").wait_for()
        assert page.locator(".site-hit").count() == 0
        assert page.locator(".site-search__instead").is_visible()
    for sought in ("upphndling", "upphndling krav"):
        page.goto(f"{site_url}sok/?{urlencode({'q': sought})}")
        page.locator(".site-hit").first.wait_for()
        assert page.get_by_role("status").inner_text() == f"Inga träffar på «{sought}». Det här liknar:"
    page.close()


def test_without_scripts_the_search_page_says_why_it_lists_all_pages(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}sok/")
    assert page.get_by_text("Sökningen behöver JavaScript.").is_visible()
    context.close()


def test_a_search_that_cannot_be_loaded_shows_all_pages(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.route(ALL, lambda route: route.abort())
    page.goto(f"{site_url}sok/?q=krav")
    page.get_by_role("status").get_by_text("Sökningen gick inte att ladda.").wait_for()
    assert page.locator(".site-search__instead").is_visible()
    assert not page.get_by_text("Sökningen behöver JavaScript.").is_visible()
    page.unroute(ALL)
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
    page.locator(".site-hit").nth(4).wait_for()
    assert count > page.locator(".site-hit").count() == 5
    # Until all of the first hits have come, the button moves away from under the pointer.
    page.wait_for_load_state("networkidle")
    # Who clicks twice asks once.
    page.get_by_role("button", name="Visa fler").dblclick()
    page.locator(".site-hit").nth(14).wait_for()
    page.wait_for_load_state("networkidle")
    assert page.locator(".site-hit").count() == 15
    assert (
        page.locator(".site-hit").nth(5).get_by_role("link").first.evaluate("link => link === document.activeElement")
    )
    page.close()


def test_the_first_hit_shows_before_the_others_have_come_and_stays_where_it_is(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    held = _hold(page)
    page.add_init_script(
        """document.addEventListener("DOMContentLoaded", () => {
            const status = document.querySelector("[role=status]");
            window.said = [];
            new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true});
        })"""
    )
    page.goto(f"{site_url}sok/?q={COMMON}")
    page.get_by_role("status").get_by_text("Träffarna hämtas").wait_for()
    _wait_for_requests(page, held, 1)
    assert page.locator(".site-hit").count() == 0
    held.pop().continue_()
    page.locator(".site-hit").wait_for()
    first = page.locator(".site-hit").first.bounding_box()
    _wait_for_requests(page, held, 4)
    # The last of them comes first, and waits for its turn.
    held.pop().continue_()
    page.wait_for_function(_COME, arg=2)
    assert page.locator(".site-hit").count() == 1
    assert not page.get_by_role("button", name="Visa fler").is_visible()
    for route in held:
        route.continue_()
    page.get_by_role("button", name="Visa fler").wait_for()
    assert page.locator(".site-hit").count() == 5
    assert page.locator(".site-hit").first.bounding_box() == first
    fetching, said = page.evaluate("said")
    assert fetching == "Träffarna hämtas"
    assert re.fullmatch(r"\d+ träffar", said)
    page.close()


def test_hits_that_do_not_come_are_told_once_and_fetched_again(browser: Browser, site_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    failing = {0, 3}

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) - 1 in failing:
            route.fulfill(status=404, content_type="text/html", body="<h1>Finns inte</h1>")
        else:
            route.continue_()

    page.route(RECORDS_OF_HITS, answer)
    hits = page.locator(".site-hit")
    again = page.get_by_role("button", name="Försök igen")
    for address in ("sok/", "sma/sok/"):
        asked.clear()
        page.goto(f"{site_url}{address}?q={COMMON}")
        again.wait_for()
        assert hits.count() == 3
        assert page.locator(".site-search__missing").inner_text() == "2 av träffarna gick inte att hämta."
        said = page.get_by_role("status").inner_text()
        assert re.fullmatch(r"2 av träffarna gick inte att hämta. \d+ träffar", said)
        assert not page.locator(".site-search__instead").is_visible()
        assert Axe().run(page, options=AXE_OPTIONS).response["violations"] == []
    assert page.locator(".site-search__missing [lang=sv]").count() == 1
    again.press("Enter")
    page.get_by_role("button", name="Visa fler").wait_for()
    assert hits.count() == 5
    assert asked[5:] == [asked[0], asked[3]]
    assert hits.nth(3).get_by_role("link").first.evaluate("link => link === document.activeElement")
    assert page.locator(".site-search__missing").inner_text() == ""
    assert re.fullmatch(r"\d+ träffar", page.get_by_role("status").inner_text())
    context.close()


@pytest.mark.parametrize("also", [RECORDS_OF_HITS, ALL])
def test_next_hits_that_do_not_come_leave_the_others_and_a_button(browser: Browser, site_url: str, also: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}sok/?q={COMMON}")
    more, again = (page.get_by_role("button", name=name) for name in ("Visa fler", "Försök igen"))
    more.wait_for()
    shown = page.locator(".site-hit").all_inner_texts()
    page.route(also, lambda route: route.abort())
    more.press("Enter")
    for _ in range(2):
        page.get_by_role("status").get_by_text("10 av träffarna gick inte att hämta.").wait_for()
        assert page.locator(".site-hit").all_inner_texts() == shown
        assert again.evaluate("button => button === document.activeElement")
        page.get_by_role("status").evaluate("status => status.replaceChildren()")
        again.press("Enter")
    again.wait_for()
    page.unroute(also)
    again.press("Enter")
    page.locator(".site-hit").nth(14).wait_for()
    assert page.locator(".site-hit").all_inner_texts()[:5] == shown
    more.wait_for()
    assert page.locator(".site-search__missing").inner_text() == ""
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("pieces", [f"**/{ENTRY}", INDEX, RECORDS_OF_HITS])
def test_a_line_that_hangs_ends_as_one_that_breaks(browser: Browser, site_url: str, pieces: str) -> None:
    page = browser.new_page()
    page.add_init_script(_TIME_IS_OURS)
    held = _hold(page, pieces)
    page.goto(f"{site_url}sok/?q={COMMON}")
    _wait_for_requests(page, held, 1)
    status = page.get_by_role("status")
    status.get_by_text("Träffarna hämtas" if pieces == RECORDS_OF_HITS else "Sökningen laddas").wait_for()
    page.evaluate("timeIsUp()")
    if pieces == RECORDS_OF_HITS:
        _wait_for_requests(page, held, 5)
        page.evaluate("timeIsUp()")
    status.get_by_text("Sökningen gick inte att ladda.").wait_for()
    assert page.locator(".site-search__instead").is_visible()
    assert set(page.evaluate("limits")) == {20_000}
    page.unroute(pieces)
    page.get_by_role("button", name="Sök").press("Enter")
    page.locator(".site-hit").nth(4).wait_for()
    page.close()


@pytest.mark.parametrize("pieces", [f"**/{ENTRY}", INDEX, RECORDS_OF_HITS])
def test_a_search_that_lacks_a_piece_does_not_say_that_there_are_no_hits(
    browser: Browser, site_url: str, pieces: str
) -> None:
    page = browser.new_page()
    page.route(pieces, lambda route: route.abort())
    page.goto(f"{site_url}sok/?q={COMMON}")
    page.get_by_role("status").get_by_text("Sökningen gick inte att ladda.").wait_for()
    assert page.locator(".site-search__instead").is_visible()
    assert page.locator(".site-hit").count() == 0
    page.unroute(pieces)
    page.get_by_role("button", name="Sök").press("Enter")
    page.locator(".site-hit__title").nth(4).wait_for()
    page.close()


def test_two_searches_that_wait_for_one_piece_both_know_that_it_did_not_come(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    held = _hold(page, INDEX)
    page.goto(f"{site_url}sok/?q=upphandling")
    _wait_for_requests(page, held, 1)
    page.get_by_label("Sök på sidorna").fill("upphandlingen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=upphandlingen")
    held[0].abort()
    page.get_by_role("status").get_by_text("Sökningen gick inte att ladda.").wait_for()
    page.close()


def test_who_types_on_gets_the_last_search_and_the_earlier_one_stops(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    held = _hold(page, most=2)
    page.goto(f"{site_url}sok/?q={COMMON}")
    page.get_by_role("status").get_by_text("Träffarna hämtas").wait_for()
    page.get_by_label("Sök på sidorna").fill("gyhtjelassh")
    page.keyboard.press("Enter")
    _wait_for_requests(page, held, 2)
    outdated, wanted = held
    wanted.continue_()
    page.locator(".site-hit").first.wait_for()
    outdated.continue_()
    page.wait_for_function(_COME, arg=2)
    page.wait_for_load_state("networkidle")
    hits = page.locator(".site-hit")
    hits.nth(int(page.get_by_role("status").inner_text().split()[0]) - 1).wait_for()
    assert set(hits.evaluate_all("hits => hits.map((hit) => hit.lang)")) == {"sma"}
    assert str(hits.count()) == page.get_by_role("status").inner_text().split()[0]
    assert page.evaluate(_RECORDS_COME) == hits.count() + 1
    page.close()


def test_a_search_fetches_small_pieces_and_nothing_lies_beside_them_in_vain(
    browser: Browser, site: Path, site_url: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("?")[0].removeprefix(f"{site_url}{FOLDER}")))
    page.goto(f"{site_url}sok/?q=upphandlingen")
    page.locator(".site-hit").first.wait_for()
    page.close()
    assert {path.name for path in (site / FOLDER).iterdir() if path.is_file()} == {Path(ENTRY).name}
    pieces = {path.name: path.stat().st_size for path in (site / PIECES).iterdir()}
    assert max(pieces.values()) <= 6_000
    assert (
        sum(path.partition("/")[0] == "index" for path in asked) == 2
    )  # the piece of the word, and the names of records


def test_what_every_episode_repeats_is_not_searched(site: Path) -> None:
    records = [_record(path) for path in (site / RECORDS).iterdir()]
    episodes = {page["url"]: page for page in records if re.fullmatch(r"podd/[a-z-]+/", page["url"])}
    shown = parse(site / "podd/atta-fragor/index.html").xpath("string(//main)")
    for repeated in ("1,25 ×", "Platsen sparas", "Följ podden", "Textversion", "lyssna härifrån"):
        assert repeated in shown, repeated
        assert [url for url, page in episodes.items() if repeated in page["text"]] == []
    assert "podd/atta-fragor/" in episodes


_RECORDS_COME: Final = """performance.getEntriesByType("resource")
    .filter((entry) => entry.name.includes("/search/pages/")).length"""
_COME: Final = f"(count) => {_RECORDS_COME} >= count"


_TIME_IS_OURS: Final = """
window.limits = [];
const running = [];
AbortSignal.timeout = (limit) => {
    limits.push(limit);
    running.push(new AbortController());
    return running.at(-1).signal;
};
window.timeIsUp = () => running.forEach((controller) => controller.abort());
"""
"""What is limited in time ends when the test says so."""


def _hold(page: Page, pieces: str = RECORDS_OF_HITS, *, most: int = 100) -> list[Route]:
    """Let the first pieces that are asked for not come, and return them."""
    held: list[Route] = []
    page.route(pieces, lambda route: held.append(route) if len(held) < most else route.continue_())
    return held


def _wait_for_requests(page: Page, held: list[Route], count: int) -> None:
    while len(held) < count:
        page.wait_for_timeout(20)


def _record(path: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(zlib.decompress(path.read_bytes()))
    return parsed


def test_what_finds_pages_may_come_at_the_second_try(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.route("**/finding.*", lambda route: route.abort(), times=1)
    page.goto(f"{site_url}sok/?q=rapport")
    page.locator(".site-search__instead").wait_for()
    assert page.locator(".site-hit").count() == 0
    page.get_by_label("Sök på sidorna").press("Enter")
    page.locator(".site-hit").first.wait_for()
    assert not page.locator(".site-search__instead").is_visible()
    page.close()


def test_pieces_of_an_earlier_site_are_not_asked_for_twice(browser: Browser, site: Path, site_url: str) -> None:
    """Its entry may be in a cache when its pieces are gone."""
    entry = json.loads((site / ENTRY).read_bytes())
    for name in ("tables", "words", "ends"):
        entry[name] = [[*piece[:-1], "0" * 12] if isinstance(piece, list) else "0" * 12 for piece in entry[name]]
    page = browser.new_page()
    page.route(f"**/{ENTRY}", lambda route: route.fulfill(json=entry), times=1)
    page.goto(f"{site_url}sok/?q=rapport")
    page.locator(".site-hit").first.wait_for()
    assert not page.locator(".site-search__instead").is_visible()
    page.close()
