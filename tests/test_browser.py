"""The site in a real browser: heard, seeked, used by keyboard, and scanned on every page of the sitemap."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from support import PROFILE, PROJECT, address_of, kinds_of, pages_of

EPISODE: Final = "podd/atta-fragor/"
AXE_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "cat.color"]
# Contrast of 7:1 is a budget of ours; axe keeps the rule off unless asked.
AXE_OPTIONS: Final = {
    "runOnly": AXE_RULES,
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}
OTHER_LOOKS: Final = [
    pytest.param(1280, "dark", marks=pytest.mark.browser),
    pytest.param(320, "light", marks=pytest.mark.browser),
]
# Each day every kind of page is seen in every width and every colour; other tests see theirs in one.
EVERY_LOOK: Final = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark"), *OTHER_LOOKS])
ONE_LOOK: Final = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), pytest.param(320, "dark", marks=pytest.mark.browser), *OTHER_LOOKS]
)

BEYOND: Final = """() => {
    const scrolls = (element) => element !== document.body && (/auto|scroll/.test(getComputedStyle(element).overflowX)
        || scrolls(element.parentElement));
    return [...document.querySelectorAll("body :not(.site-hidden, .site-hidden *, .site-skip, svg *)")].filter((element) =>
        element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(element.parentElement)
    ).map((element) => `${element.localName}.${element.className}`);
}"""
"""The elements that reach beyond the right edge of the window, but for what can be scrolled for itself."""


def addresses(site: Path) -> list[str]:
    """Return the address of a page of every kind (with ALL_PAGES=1 of every page), and one that leads nowhere."""
    pages = pages_of(site) if os.environ.get("ALL_PAGES") == "1" else kinds_of(site)
    return [address_of(page, site) for page in pages if page.name != "404.html"] + ["finns/inte/"]


def test_an_episode_plays_and_seeks(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    ranges: list[str] = []
    page.on("request", lambda request: ranges.append(request.headers.get("range", "")))
    page.goto(site_url + EPISODE)
    played: dict[str, Any] = page.evaluate(
        """async () => {
            const audio = document.querySelector("audio");
            const once = (name) => new Promise((done, fail) => {
                audio.addEventListener(name, done, {once: true});
                audio.addEventListener("error", () => fail(audio.error), {once: true});
            });
            audio.muted = true;
            await audio.play();
            await once("timeupdate");
            const started = audio.currentTime;
            audio.currentTime = 120;
            await once("seeked");
            await once("timeupdate");
            return {started, at: audio.currentTime, duration: audio.duration, seekable: audio.seekable.end(0)};
        }"""
    )
    page.close()
    assert 0 <= played["started"] < 30
    assert played["at"] >= 120
    assert played["duration"] == pytest.approx(154.1, abs=0.5)
    assert played["seekable"] == pytest.approx(played["duration"], abs=0.5)
    assert any(value.startswith("bytes=") for value in ranges)


@EVERY_LOOK
def test_no_page_has_anything_for_axe_to_say(
    browser: Browser, site: Path, site_url: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for address in addresses(site):
        page.goto(site_url + address)
        found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], address
        # Nobody scrolls sideways, also at 320 px (WCAG 1.4.10).
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "text"),
    [
        pytest.param((390, 844), "200%", id="text at 200 % on a phone"),
        pytest.param((320, 256), "100%", id="zoom at 400 %"),
    ],
)
def test_large_text_makes_nobody_scroll_sideways(
    browser: Browser, site: Path, site_url: str, size: tuple[int, int], text: str
) -> None:
    """WCAG 1.4.4 and 1.4.10: 1280 pixels at 400 % are 320 by 256."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
    page = context.new_page()
    for address in [*addresses(site), f"{EPISODE}embed/"]:
        page.goto(site_url + address)
        page.add_style_tag(content=f":root {{ font-size: {text}; }}")
        assert page.evaluate(BEYOND) == [], address
    context.close()


def test_nothing_is_stored_and_nothing_is_asked_of_other_hosts(browser: Browser, site: Path, site_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: failed.append(message.text))
    for address in addresses(site)[:-1]:
        page.goto(site_url + address)
        stored = page.evaluate("[document.cookie, localStorage.length, sessionStorage.length, indexedDB.databases()]")
        assert stored[:3] == ["", 0, 0], address
    context.close()
    assert [url for url in asked if not url.startswith(site_url)] == []
    assert failed == []


@pytest.mark.browser
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    browser: Browser, site: Path, site_url: str
) -> None:
    page = browser.new_page()
    for address in addresses(site):
        page.goto(site_url + address)
        page.keyboard.press("Tab")
        assert _focused(page)["text"] == "Hoppa till innehållet", address
        assert page.locator(":focus").bounding_box()["y"] >= 0  # type: ignore[index]
        reached = [_focused(page)["place"]]
        for _ in range(200):
            page.keyboard.press("Tab")
            focused = _focused(page)
            if focused["tag"] == "BODY" or focused["place"] == reached[0]:
                break
            assert focused["outline"] != "none", (address, focused)
            reached.append(focused["place"])
        # Controls inside the player are one place for the page.
        order = [place for place, following in itertools.pairwise([*reached, ""]) if place != following]
        expected = page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, :is(audio, video)[controls], [tabindex='0']")]
                .filter((element) => element.checkVisibility({visibilityProperty: true}) && element.tabIndex >= 0).map((element) => place(element));
            function place(element) { return [...document.querySelectorAll("*")].indexOf(element).toString(); }"""
        )
        assert order == expected, address
    page.close()


def test_the_skip_link_leads_to_the_content(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(site_url + EPISODE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "site-innehall"
    page.keyboard.press("Tab")
    assert _focused(page)["text"] == "Podden Öka takten"
    page.close()


def test_without_javascript_the_search_page_lists_all_pages(browser: Browser, site: Path, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}sok/")
    assert page.get_by_text("Sökningen behöver JavaScript.").is_visible()
    assert not page.get_by_role("search").is_visible()
    links = page.locator(".site-search__instead a").count()
    context.close()
    swedish = [
        page for page in pages_of(site) if page.name != "404.html" and not address_of(page, site).startswith("sma/")
    ]
    assert links == len(swedish) - 1


@pytest.mark.browser
def test_all_but_the_search_and_the_player_is_the_same_without_javascript(
    browser: Browser, site: Path, site_url: str
) -> None:
    contexts = [browser.new_context(java_script_enabled=enabled) for enabled in (True, False)]
    pages = [context.new_page() for context in contexts]
    for address in addresses(site):
        if address.endswith("sok/"):
            continue
        said = []
        for page in pages:
            page.goto(site_url + address)
            page.evaluate(
                "for (const part of document.querySelectorAll("
                "'.site-player, [data-copy], .site-turn__play[tabindex] [data-part]')) part.remove()"
            )
            said.append(page.locator("body").inner_text())
        assert said[0] == said[1], address
        assert len(said[1]) > 200, address
    for context in contexts:
        context.close()


def test_the_link_past_the_transcript_leads_past_it(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(site_url + EPISODE)
    page.get_by_role("link", name="Hoppa över textversionen").press("Enter")
    page.keyboard.press("Tab")
    assert _focused(page)["text"].startswith("Exempel:")
    page.close()


def test_without_scripts_everything_is_there(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + EPISODE)
    assert page.locator("audio[controls]").is_visible()
    assert not page.get_by_role("button", name="Spela").is_visible()
    assert page.get_by_text("Det projektet handlar ett annat exempelavsnitt om.").is_visible()
    page.get_by_role("link", name="Läs Fråga 4 till 6: projektets form").click()
    assert page.url.endswith("#t57")
    sound = page.get_by_role("link", name="0:57 Fråga 4 till 6: projektets form lyssna härifrån")
    assert sound.evaluate("link => link.href") == f"{site_url}{EPISODE}audio.mp3#t=57"
    context.close()


def test_lines_of_text_hold_at_most_75_characters(browser: Browser, site: Path, site_url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for address in addresses(site):
        page.goto(site_url + address)
        page.evaluate("document.fonts.ready")
        longest = page.evaluate(
            """() => Math.max(...[...document.querySelectorAll("main p, main li")].flatMap((element) => {
                const range = document.createRange();
                const lines = new Map();
                const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
                for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    if (element.querySelector("li")?.contains(node)) continue;
                    if (node.parentElement.closest(".site-hidden")) continue;
                    for (let place = 0; place < node.length; place++) {
                        range.setStart(node, place);
                        range.setEnd(node, place + 1);
                        const box = range.getBoundingClientRect();
                        if (box.width) lines.set(Math.round(box.bottom / 8), (lines.get(Math.round(box.bottom / 8)) ?? 0) + 1);
                    }
                }
                return [...lines.values(), 0];
            }))"""
        )
        # The search page has no text before somebody searches.
        assert (0 if address.endswith("sok/") else 1) <= longest <= 75, address
    page.close()


def test_funding_is_seen_first_on_a_phone_and_on_a_desktop(browser: Browser, site_url: str) -> None:
    for path, (width, height) in itertools.product(("", "om/", "sma/"), ((320, 640), (390, 844), (1280, 800))):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(site_url + path)
        flag, mark = (page.locator(name).first.bounding_box() for name in (".site-eu__flag", ".site-header__mark"))
        text = page.locator(".site-eu__text").bounding_box()
        page.close()
        assert flag
        assert text
        assert max(flag["y"] + flag["height"], text["y"] + text["height"]) <= height
        assert flag["height"] >= max(38, mark["height"] if mark else 0)


def _focused(page: Page) -> dict[str, str]:
    focused: dict[str, str] = page.evaluate(
        """() => {
            const element = document.activeElement;
            return {
                tag: element.tagName,
                place: [...document.querySelectorAll("*")].indexOf(element).toString(),
                text: element.textContent.trim(),
                outline: getComputedStyle(element).outlineStyle,
            };
        }"""
    )
    return focused


def test_a_clip_that_has_not_begun_has_the_form_of_its_still(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    poster = (PROJECT / "overrides/assets/clear.svg").read_text(encoding="utf-8").replace('"', "'")
    page.set_content(
        f"""<div class="site-clips__film"><img alt="" width="1080" height="1920">
        <video width="1080" height="1920" preload="none" controls poster="data:image/svg+xml,{poster}"></video></div>"""
    )
    page.add_style_tag(content=PROFILE.style((PROJECT / "overrides/assets/site.css").read_text(encoding="utf-8")))
    page.wait_for_timeout(200)
    film, still = (page.locator(name).bounding_box() for name in ("video", "img"))
    assert film == still
    assert film
    assert film["height"] == pytest.approx(film["width"] * 16 / 9, rel=0.02)
    page.close()


def test_a_film_and_a_picture_fit_a_phone_and_keep_off_the_heading_above(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.set_content(
        """<main class="site-main"><article class="site-prose"><h2>Film</h2><video width="1920" height="1080"></video></article>
        <section class="site-listen"><h2>Lyssna</h2><picture><img class="site-listen__picture" alt="" width="1600" height="1600">
        </picture></section></main>"""
    )
    css = (PROJECT / "overrides/assets/site.css").read_text(encoding="utf-8")
    page.add_style_tag(content=PROFILE.style(css))
    for name in ("video", "picture"):
        box, heading = page.locator(name).bounding_box(), page.locator(f"h2:has(+ {name})").bounding_box()
        assert box
        assert heading
        assert 0 < box["width"] <= 320
        assert box["y"] >= heading["y"] + heading["height"] + 8
    video = page.locator("video").bounding_box()
    assert video
    assert video["width"] / video["height"] == pytest.approx(16 / 9, rel=0.02)
    page.close()
