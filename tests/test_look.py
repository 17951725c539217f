"""What a visitor gets on the first screen, in a real browser: a header that leaves room, and something to hear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page, expect

from support import PROJECT
from test_browser import addresses
from test_player import EPISODE, state, wait_for_time

FONTS: Final = PROJECT / "overrides/assets/fonts"
PHONE: Final = {"width": 360, "height": 640}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280])
@pytest.mark.parametrize("address", ["", "sma/", EPISODE, "resultat/"])
def test_the_header_leaves_room_for_the_page(browser: Browser, site_url: str, width: int, address: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(site_url + address)
    box = page.locator(".site-header").bounding_box()
    page.close()
    assert box
    assert box["height"] <= 100


@pytest.mark.parametrize(("address", "most"), [("", 560), ("podd/", 560), (EPISODE, 400), ("sma/", 560)])
def test_the_sound_can_be_started_on_the_first_screen(phone: Page, site_url: str, address: str, most: int) -> None:
    phone.goto(site_url + address)
    box = phone.locator(".site-player__button--play").bounding_box()
    assert box
    assert box["y"] <= most


def test_a_long_title_leaves_the_sound_on_the_first_screen(phone: Page, site_url: str) -> None:
    phone.route("**/atta-fragor/", lambda route: route.fulfill(
        body=re.sub(r'(<h1 id="titel")>[^<]*', r'\1 class="site-title__long">' + "Upphandling i länet " * 7, route.fetch().text()),
        content_type="text/html",
    ))  # fmt: skip
    phone.goto(site_url + EPISODE)
    box = phone.locator(".site-player__button--play").bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("address", ["", "podd/", "sma/"])
def test_the_newest_episode_plays_where_it_is_shown(phone: Page, site_url: str, address: str) -> None:
    phone.goto(site_url + address)
    phone.locator(".site-player__button--play").click()
    wait_for_time(phone, at_least=0.1)
    phone.locator(".site-footer").scroll_into_view_if_needed()
    docked = phone.locator(".site-player__controls--docked")
    expect(docked.locator(".site-player__title")).to_be_visible()
    docked.get_by_role("button", name="Pausa").click()
    assert state(phone)["paused"]


def test_every_time_of_the_transcript_plays_and_the_keyboard_passes_by_most_of_them(phone: Page, site_url: str) -> None:
    phone.goto(site_url + EPISODE)
    assert phone.locator(".site-turn").count() == phone.locator(".site-turn__play").count()
    added = phone.locator(".site-turn__play[tabindex='-1']")
    added.nth(2).click()
    start = float(added.nth(2).get_attribute("data-start") or "nan")
    wait_for_time(phone, at_least=start)
    assert state(phone)["time"] < start + 5


def test_the_chapter_that_plays_is_seen_on_the_bar(phone: Page, site_url: str) -> None:
    phone.goto(site_url + EPISODE)
    phone.locator(".site-chapters__play").nth(1).click()
    wait_for_time(phone, at_least=1)
    marks = phone.locator(".site-player__chapters rect")
    assert marks.count() == phone.locator(".site-chapters__play").count()
    assert [mark.get_attribute("data-current") is not None for mark in marks.all()].index(True) == 1


def test_the_menu_opens_on_a_phone_without_a_script(browser: Browser, site_url: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site_url)
    contact = page.locator("header").get_by_role("link", name="Kontakt")
    expect(contact).not_to_be_visible()
    page.get_by_role("button", name="Meny").press("Enter")
    expect(contact).to_be_visible()
    page.keyboard.press("Escape")
    expect(contact).not_to_be_visible()
    context.close()


def test_no_page_of_ours_needs_the_letters_of_the_second_font(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in ("", EPISODE, "sma/", "resultat/behov/"):
        page.goto(site_url + address)
        page.evaluate("document.fonts.ready")
    page.close()
    assert {Path(url).name.split(".")[0] for url in asked if url.endswith(".woff2")} == {
        "atkinson-hyperlegible-next-swedish"
    }


def test_the_two_fonts_have_every_letter_between_them() -> None:
    style = (PROJECT / "overrides/assets/site.css").read_text(encoding="utf-8")
    whole = set(TTFont(FONTS / "atkinson-hyperlegible-next.woff2").getBestCmap())
    ours = set(TTFont(FONTS / "atkinson-hyperlegible-next-swedish.woff2").getBestCmap())
    first, second = (_letters(ranges) for ranges in re.findall(r"unicode-range: ([^;]+);", style))
    assert first == ours
    assert first | second == whole
    assert not first & second


def _letters(ranges: str) -> set[int]:
    ends = (part.strip().removeprefix("U+").split("-") for part in ranges.split(","))
    return {letter for end in ends for letter in range(int(end[0], 16), int(end[-1], 16) + 1)}


@pytest.mark.browser
def test_what_stands_in_a_column_begins_at_the_same_edge(browser: Browser, site: Path, site_url: str) -> None:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    for address in addresses(site):
        page.goto(site_url + address)
        lefts = page.evaluate(
            """() => [...document.querySelectorAll("main h1, main h2, main > * > p, main .site-notice, main video, main dl")]
                .filter((each) => each.checkVisibility() && !each.closest(
                    ".site-hidden, .site-card, .site-latest, .site-hero, .site-toc, .site-sources, .site-episode__facts, .site-embed"
                ) && each.getClientRects().length && getComputedStyle(each).position !== "absolute")
                .map((each) => Math.round(each.getBoundingClientRect().left))"""
        )
        assert len(set(lefts)) <= 1, (address, lefts)
    page.close()
