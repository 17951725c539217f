"""The player in a real browser: heard, seeked, followed, shared and remembered, by mouse, keyboard and address."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from support import PROJECT, parse
from test_browser import AXE_OPTIONS, ONE_LOOK

EPISODE: Final = "podd/atta-fragor/"
SCRIPT_BUDGET: Final = 8_000
CHAPTER: Final = "0:57 Fråga 4 till 6: projektets form"
SHIFTS: Final = """() => {
    window.shifts = [];
    const since = performance.now();
    new PerformanceObserver((list) => window.shifts.push(
        ...list.getEntries().filter((entry) => entry.startTime > since).map((entry) => entry.value)
    )).observe({type: "layout-shift"});
}"""


@pytest.fixture
def page(browser: Browser, site_url: str) -> Iterator[Page]:
    """The page of an episode, in a browser that nobody has used before."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(site_url + EPISODE)
    yield page
    context.close()
    assert wrong == []


def test_the_player_is_heard_seeked_and_stopped_by_keyboard_alone(page: Page) -> None:
    play = page.get_by_role("button", name="Spela")
    tab_to(page, play)
    page.keyboard.press("Enter")
    wait_for_time(page, at_least=0.1)
    expect(page.get_by_role("button", name="Pausa")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Spela")).to_be_focused()
    assert state(page)["paused"]
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="Plats i ljudet")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Framåt 30 s")).to_be_focused()
    before = state(page)["time"]
    page.keyboard.press("Enter")
    assert state(page)["time"] == pytest.approx(before + 30, abs=0.1)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert state(page)["time"] == pytest.approx(before + 15, abs=0.1)
    slider = page.get_by_role("slider", name="Plats i ljudet")
    page.keyboard.press("Shift+Tab")
    expect(slider).to_be_focused()
    for key, time in (
        ("ArrowRight", 20),
        ("ArrowUp", 25),
        ("ArrowLeft", 20),
        ("PageUp", 80),
        ("PageDown", 20),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        assert state(page)["time"] == pytest.approx(time + before * (key != "Home"), abs=0.3), key
    page.keyboard.press("End")
    assert state(page)["time"] == pytest.approx(154.1, abs=0.5)
    assert slider.get_attribute("aria-valuetext") == "2 min 34 s (2 min 34 s)"


def test_the_slider_is_dragged_and_asks_for_sound_only_when_let_go(page: Page) -> None:
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=0.1)
    page.get_by_role("button", name="Pausa").click()
    page.evaluate("window.seeks = 0; document.querySelector('audio').addEventListener('seeking', () => window.seeks++)")
    box = page.get_by_role("slider").bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.down()
    for place in (0.2, 0.4, 0.6, 0.75):
        page.mouse.move(box["x"] + box["width"] * place, box["y"] + box["height"] / 2)
    assert page.evaluate("window.seeks") == 0
    assert page.locator("[data-part=now]").inner_text() == "1:56"
    page.mouse.up()
    page.wait_for_function("() => window.seeks === 1")
    assert state(page)["time"] == pytest.approx(116, abs=3)


def test_the_speed_is_chosen_before_and_while_it_plays(page: Page) -> None:
    speed = page.get_by_label("Hastighet")
    assert speed.locator("option").all_inner_texts() == ["0,75 ×", "1 ×", "1,25 ×", "1,5 ×", "1,75 ×", "2 ×"]
    speed.select_option("1.5")
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=0.1)
    assert state(page)["rate"] == 1.5
    speed.select_option("2")
    assert state(page)["rate"] == 2


def test_a_chapter_plays_from_its_start_and_pauses_when_pressed_again(page: Page) -> None:
    page.get_by_role("link", name=f"{CHAPTER} lyssna härifrån").press("Enter")
    wait_for_time(page, at_least=57.1)
    assert state(page)["time"] < 65
    current = page.locator(".site-chapters [aria-current]")
    assert current.count() == 1
    assert current.get_attribute("data-start") == "57"
    expect(page.get_by_text("Kapitel: Fråga 4 till 6: projektets form")).to_be_visible()
    # The link that was pressed pauses, for as long as it plays from there; every other one leads to its own time.
    page.get_by_role("link", name="1:16 Fråga 7 och 8: lärdomar och företag lyssna härifrån").press("Enter")
    wait_for_time(page, at_least=76.1)
    page.get_by_role("link", name=f"{CHAPTER} lyssna härifrån").press("Enter")
    page.wait_for_function("() => document.querySelector('audio').currentTime < 65")
    page.get_by_role("link", name=f"{CHAPTER} pausa").press("Enter")
    expect(page.get_by_role("link", name=f"{CHAPTER} lyssna härifrån")).to_be_focused()
    assert state(page)["paused"]
    assert page.url.endswith(EPISODE)


def test_the_transcript_plays_from_where_it_stands_and_shows_what_is_said(page: Page) -> None:
    link = page.get_by_role("link", name="1:03 lyssna härifrån")
    link.press("Enter")
    wait_for_time(page, at_least=63.6)
    assert page.locator(".site-transcript [aria-current]").inner_text().startswith("Fråga fem.")
    expect(page.get_by_role("link", name="1:03 pausa")).to_be_focused()
    page.evaluate("document.querySelector('audio').currentTime = 70")
    page.wait_for_function(
        "() => document.querySelector('.site-transcript [aria-current]').textContent.startsWith('Fråga sex.')"
    )
    assert page.locator(".site-transcript [aria-current]").count() == 1
    # A screen reader is left to its listener: nothing that changes while the sound plays is a live region.
    live = page.locator("[aria-live], [role=status], [role=alert], [role=log], [role=timer], output")
    assert set(live.all_inner_texts()) <= {"", "Ljudet hämtas …"}
    slider = page.get_by_role("slider")
    said = slider.get_attribute("aria-valuetext")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 71")
    assert slider.get_attribute("aria-valuetext") == said


def test_the_text_follows_the_sound_until_the_reader_scrolls(page: Page) -> None:
    show_options(page)
    follow = page.get_by_role("button", name="Följ med i texten")
    assert follow.get_attribute("aria-pressed") == "false"
    follow.press("Enter")
    page.get_by_role("button", name="Spela").press("Enter")
    wait_for_time(page, at_least=0.1)
    page.evaluate("document.querySelector('audio').currentTime = 120")
    spoken = page.locator(".site-transcript [aria-current]")
    page.wait_for_function("() => document.querySelector('.site-transcript [aria-current]')?.dataset.said > 110")
    expect(spoken).to_be_in_viewport(ratio=1)
    assert follow.get_attribute("aria-pressed") == "true"
    page.mouse.move(640, 300)
    page.mouse.wheel(0, -5000)
    expect(follow).to_have_attribute("aria-pressed", "false")
    page.evaluate("document.querySelector('audio').currentTime = 62.2")
    page.wait_for_function(
        "() => document.querySelector('.site-transcript [aria-current]').textContent.startsWith('Fråga fyra.')"
    )
    expect(spoken).not_to_be_in_viewport()


def test_the_player_stays_in_sight_without_covering_what_has_the_focus(page: Page) -> None:
    links = page.locator(".site-turn__play:not([tabindex])")
    links.first.scroll_into_view_if_needed()
    links.first.press("Enter")
    controls = page.locator(".site-player__controls--docked")
    expect(controls).to_be_in_viewport(ratio=1)
    # The next link lies behind the player.
    second = links.nth(1)
    second.evaluate(
        "link => scrollBy({top: link.getBoundingClientRect().bottom - innerHeight + 5, behavior: 'instant'})"
    )
    assert bottom_of(second) > top_of(controls)
    links.first.evaluate("link => link.focus({preventScroll: true})")
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    page.wait_for_function(
        """() => document.activeElement.getBoundingClientRect().bottom
            <= document.querySelector(".site-player__controls--docked").getBoundingClientRect().top"""
    )
    page.keyboard.press("Control+End")
    footer = page.locator(".site-footer__small")
    expect(footer).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        """() => document.querySelector(".site-footer__small").getBoundingClientRect().bottom
            <= document.querySelector(".site-player__controls--docked").getBoundingClientRect().top"""
    )
    # Not by a key: on a slow machine one is lost while the page still scrolls.
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    expect(page.locator(".site-player__controls--docked")).to_have_count(0)


def test_an_address_with_a_time_starts_there_when_asked_to_play(browser: Browser, site_url: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for fragment, seconds in (
        ("t=72", 72),
        ("t=1:12", 72),
        ("t=npt:0:01:12.5", 72.5),
        ("t=72,90", 72),
        ("t=9999", 154.1),
    ):
        page.goto("about:blank")
        asked.clear()
        page.goto(f"{site_url}{EPISODE}#{fragment}")
        minutes, rest = divmod(int(seconds), 60)
        assert page.locator("[data-part=now]").inner_text() == f"{minutes}:{rest:02}", fragment
        assert page.locator(".site-player__status").inner_text() == f"Börjar vid {minutes}:{rest:02}."
        expect(page.get_by_role("button", name="Spela")).to_be_in_viewport()
        assert page.get_by_role("slider").get_attribute("aria-valuetext") == f"{minutes} min {rest} s (2 min 34 s)"
        assert state(page)["paused"]
        assert not [url for url in asked if url.endswith(".mp3")]
        if seconds < 100:
            page.get_by_role("button", name="Spela").click()
            wait_for_time(page, at_least=seconds + 0.1)
            assert state(page)["time"] < seconds + 10
    page.close()


def test_an_address_with_another_fragment_starts_from_the_beginning(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    for fragment in ("t=", "t=abc", "t72", "t=-5"):
        page.goto("about:blank")
        page.goto(f"{site_url}{EPISODE}#{fragment}")
        assert page.locator("[data-part=now]").inner_text() == "0:00", fragment
    page.close()


def test_a_time_in_the_address_moves_the_player_of_an_open_page(page: Page) -> None:
    page.evaluate("location.hash = 't=30'")
    expect(page.locator("[data-part=now]")).to_have_text("0:30")


def test_the_link_to_this_moment_is_copied_and_leads_back_to_it(page: Page, site_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site_url}{EPISODE}?utm_source=brev#t=72")
    show_options(page)
    page.get_by_role("button", name="Dela härifrån").press("Enter")
    expect(page.locator(".site-player__status")).to_have_text("Länken är kopierad. Den börjar vid 1:12.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site_url}{EPISODE}#t=72"
    page.goto(copied)
    assert page.locator("[data-part=now]").inner_text() == "1:12"


def test_where_nothing_can_be_copied_the_link_is_shown(page: Page, site_url: str) -> None:
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('')); }")
    show_options(page)
    page.get_by_role("button", name="Dela härifrån").click()
    link = page.locator(".site-player__status a")
    expect(link).to_have_text(f"{site_url}{EPISODE}#t=0")
    assert link.get_attribute("href") == f"{site_url}{EPISODE}#t=0"


def test_nothing_is_remembered_before_the_listener_asks(page: Page) -> None:
    page.get_by_role("button", name="Spela").click()
    page.get_by_role("button", name="Framåt 30 s").click()
    wait_for_time(page, at_least=30.1)
    page.get_by_role("button", name="Pausa").click()
    page.reload()
    assert stored(page) is None
    assert page.locator("[data-part=now]").inner_text() == "0:00"
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


def test_the_place_is_remembered_when_asked_for_and_forgotten_by_the_same_box(page: Page, site_url: str) -> None:
    show_options(page)
    box = page.get_by_role("checkbox", name="Kom ihåg var jag slutade lyssna")
    assert not box.is_checked()
    described = page.locator(f"#{box.get_attribute('aria-describedby')}").inner_text()
    assert described == "Platsen sparas bara i din webbläsare. Ta bort krysset, så glöms alla avsnitt."
    box.press("Space")
    assert stored(page) == {}
    page.get_by_role("link", name=CHAPTER).click()
    wait_for_time(page, at_least=57.1)
    page.get_by_role("button", name="Pausa").click()
    assert [*stored(page)] == ["atta-fragor"]
    assert 57 <= stored(page)["atta-fragor"] <= 62
    page.goto(f"{site_url}podd/vad-det-ledde-till/")
    show_options(page)
    assert page.get_by_role("checkbox", name="Kom ihåg").is_checked()
    assert page.locator("[data-part=now]").inner_text() == "0:00"
    page.goto(site_url + EPISODE)
    expect(page.locator("[data-part=now]")).to_have_text(re.compile("0:5[7-9]|1:0[0-2]"))
    show_options(page)
    page.get_by_role("checkbox", name="Kom ihåg").uncheck()
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert page.locator("[data-part=now]").inner_text() == "0:00"


def test_what_is_forgotten_in_one_window_stays_forgotten_in_the_other(page: Page) -> None:
    show_options(page)
    page.get_by_role("checkbox", name="Kom ihåg").check()
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=0.1)
    page.evaluate("localStorage.clear()")
    page.get_by_role("button", name="Pausa").click()
    expect(page.get_by_role("checkbox", name="Kom ihåg")).not_to_be_checked()
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_keeps_nothing_offers_no_memory(browser: Browser, site_url: str) -> None:
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError'); }})"
    )
    page = context.new_page()
    page.goto(site_url + EPISODE)
    show_options(page)
    assert not page.get_by_role("checkbox", name="Kom ihåg").is_visible()
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=0.1)
    page.get_by_role("button", name="Pausa").click()
    context.close()


@pytest.mark.parametrize("width", [320, pytest.param(768, marks=pytest.mark.browser), 1280])
def test_nothing_moves_when_the_player_takes_over(browser: Browser, site_url: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 3000})
    page = context.new_page()
    page.route("**/player.*.js", lambda route: route.abort())
    page.goto(site_url + EPISODE)
    page.evaluate("document.fonts.ready")
    without = page.locator("#ljudets-text").bounding_box()
    page.locator("audio[controls]").wait_for()  # for a while, ours is waited for
    assert not page.get_by_role("button", name="Spela").is_visible()
    page.unroute("**/player.*.js")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/player.*.js", hold)
    page.goto(site_url + EPISODE, wait_until="commit")
    page.locator(".site-footer").wait_for()
    page.evaluate("document.fonts.ready")
    page.wait_for_function("() => document.querySelector('audio').checkVisibility()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    # A browser tells late of what has moved before.
    page.evaluate(SHIFTS)
    held[0].continue_()
    page.get_by_role("button", name="Spela").wait_for()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.shifts") == []
    assert page.locator("#ljudets-text").bounding_box() == without
    context.close()


@ONE_LOOK
def test_axe_has_nothing_to_say_while_it_plays(
    browser: Browser, site_url: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(site_url + EPISODE)
    page.locator(".site-turn__play:not([tabindex])").nth(1).click()
    wait_for_time(page, at_least=63.6)
    page.locator(".site-footer").scroll_into_view_if_needed()
    expect(page.locator(".site-player__controls--docked")).to_be_visible()
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_lock_screen_names_the_episode_and_moves_it(browser: Browser, site_url: str) -> None:
    context = browser.new_context()
    context.add_init_script(
        """window.actions = {};
        const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
        navigator.mediaSession.setActionHandler = (name, act) => { window.actions[name] = act; set(name, act); };
        const tell = navigator.mediaSession.setPositionState.bind(navigator.mediaSession);
        navigator.mediaSession.setPositionState = (state) => { window.told = state; tell(state); };"""
    )
    page = context.new_page()
    page.goto(site_url + EPISODE)
    shown = page.evaluate(
        "(({title, artist, album, artwork}) => [title, artist, album, artwork[0].src])(navigator.mediaSession.metadata)"
    )
    assert shown == [
        "Exempel: Åtta frågor", "Region Jämtland Härjedalen", "Öka takten", f"{site_url}podd/cover-1.png",
    ]  # fmt: skip
    page.evaluate("window.actions.play()")
    wait_for_time(page, at_least=0.1)
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    page.evaluate("window.actions.pause()")
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"
    for action, details, time in (
        ("seekto", {"seekTime": 40}, 40), ("seekforward", {}, 70), ("seekbackward", {}, 55), ("seekbackward", {"seekOffset": 5}, 50),
        ("nexttrack", {}, 57), ("nexttrack", {}, 76), ("previoustrack", {}, 57),
    ):  # fmt: skip
        page.evaluate("([action, details]) => window.actions[action](details)", [action, details])
        assert state(page)["time"] == pytest.approx(time, abs=0.1), action
        assert page.evaluate("window.told.position") == pytest.approx(time, abs=0.1), action
    page.get_by_label("Hastighet").select_option("2")
    told = page.evaluate("window.told")
    assert (told["playbackRate"], told["duration"]) == (2, pytest.approx(154.1, abs=0.5))
    context.close()


def test_sound_that_does_not_come_is_said_and_can_be_tried_again(page: Page) -> None:
    page.route("**/audio.mp3", lambda route: route.abort())
    page.evaluate("location.hash = 't=30'")
    page.get_by_label("Hastighet").select_option("1.5")
    page.get_by_role("button", name="Spela").click()
    expect(page.locator(".site-player__status")).to_have_text(
        "Ljudet går inte att spela just nu. Försök igen om en stund, eller läs avsnittet som text."
    )
    page.unroute("**/audio.mp3")
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=30.1)
    assert page.locator(".site-player__status").inner_text() == ""
    assert state(page)["rate"] == 1.5


def test_a_sound_that_is_late_is_said_to_be_on_its_way_until_somebody_pauses(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/audio.mp3", hold)
    page.get_by_role("button", name="Spela").click()
    status = page.locator(".site-player__status")
    expect(status).to_have_text("Ljudet hämtas …")
    page.get_by_role("button", name="Pausa").click()
    expect(status).to_have_text("")
    page.get_by_role("button", name="Spela").click()
    expect(status).to_have_text("Ljudet hämtas …")
    for route in held:
        route.continue_()
    expect(status).to_have_text("")


def test_a_sound_that_plays_is_not_said_to_be_on_its_way_whatever_the_browser_says(page: Page) -> None:
    page.get_by_role("button", name="Spela").click()
    wait_for_time(page, at_least=0.1)
    waited = page.evaluate(
        """() => {
            const audio = document.querySelector("audio");
            audio.dispatchEvent(new Event("waiting"));
            return audio.currentTime;
        }"""
    )
    # Longer than it takes until a late sound is told.
    wait_for_time(page, at_least=waited + 1.5)
    assert page.locator(".site-player__status").inner_text() == ""


def test_the_room_that_the_player_takes_is_kept_clear_when_the_window_changes(page: Page) -> None:
    page.locator(".site-turn__play").last.click()
    controls = page.locator(".site-player__controls--docked")
    expect(controls).to_be_visible()
    for width, height in ((500, 800), (320, 700), (640, 400), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            """() => {
                const controls = document.querySelector(".site-player__controls");
                const fixed = getComputedStyle(controls).position === "fixed";
                return (document.body.style.paddingBlockEnd || "0px") === `${fixed ? controls.offsetHeight : 0}px`;
            }"""
        )


def test_a_browser_that_is_too_old_keeps_its_own_player(browser: Browser, site_url: str) -> None:
    context = browser.new_context()
    context.add_init_script("delete Array.prototype.findLast")
    page = context.new_page()
    page.goto(site_url + EPISODE)
    page.locator("audio[controls]").wait_for()
    assert not page.get_by_role("button", name="Spela").is_visible()
    assert page.locator(".site-turn__play").first.evaluate("link => link.pathname").endswith("/audio.mp3")
    context.close()


def test_on_paper_the_text_stands_and_the_player_does_not(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator(".site-player").is_visible()
    assert page.get_by_text("Det projektet handlar ett annat exempelavsnitt om.").is_visible()


def test_the_south_sami_page_has_the_same_player_with_its_own_words(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}sma/{EPISODE}#t=30")
    play = page.get_by_role("button", name="Goltelh")
    assert play.locator("[data-when=paused] [lang]").count() == 0
    play.click()
    wait_for_time(page, at_least=30.1)
    pause = page.get_by_role("button", name="Pausa")
    assert pause.locator("[lang=sv]").inner_text() == "Pausa"
    show_options(page)
    page.get_by_role("button", name="Dela härifrån").click()
    page.locator(".site-player__status").get_by_text("Länken").wait_for()
    assert page.locator(".site-player__status [lang=sv]").count() >= 1
    page.close()


def test_the_scripts_keep_their_budget_and_no_other_page_loads_them(site: Path) -> None:
    scripts = [PROJECT / "overrides/assets" / name for name in ("copy.js", "player.js")]
    assert sum(len(gzip.compress(script.read_bytes(), 6)) for script in scripts) <= SCRIPT_BUDGET
    loaded = parse(site / EPISODE / "index.html").xpath("//script/@src")
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", Path(src).name) for src in loaded] == ["copy.js", "player.js"]
    assert parse(site / "om/index.html").xpath("//script/@src") == []
    # What decides over the page is known to be ours: no library, nothing that writes HTML or code from text.
    for script in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|document\.write|eval\(|new Function|import", script.read_text("utf-8")
        )


def show_options(page: Page) -> None:
    page.locator(".site-player__more summary").click()


def state(page: Page) -> dict[str, Any]:
    """Return what the audio element does: time in seconds, paused, rate."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const audio = document.querySelector("audio");
            return {time: audio.currentTime, paused: audio.paused, rate: audio.playbackRate};
        }"""
    )
    return found


def top_of(element: Locator) -> float:
    """Return how far below the top of the window an element begins, in pixels."""
    box = element.bounding_box()
    assert box
    return box["y"]


def bottom_of(element: Locator) -> float:
    """Return how far below the top of the window an element ends, in pixels."""
    box = element.bounding_box()
    assert box
    return box["y"] + box["height"]


def wait_for_time(page: Page, *, at_least: float) -> None:
    page.wait_for_function("(time) => document.querySelector('audio').currentTime >= time", arg=at_least)


def stored(page: Page) -> Any:
    return json.loads(page.evaluate("localStorage.getItem('okatakten-positions')") or "null")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as a keyboard user does."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("never reached")


UNTIL_METADATA: Final = """(address) => new Promise((resolve) => {
    const audio = new Audio(address);
    audio.addEventListener("loadedmetadata", () => { audio.src = ""; resolve(); });
    audio.preload = "auto";
})"""


def test_the_length_is_known_after_few_bytes_of_sound(browser: Browser, site_url: str) -> None:
    """On a line of 400 kbit/s, so that no more comes than the browser asks for; a picture in front takes 400 kB."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site_url}robots.txt")
    connection = context.new_cdp_session(page)
    connection.send("Network.enable")
    line = {"offline": False, "latency": 0, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    connection.send("Network.emulateNetworkConditions", line)
    fetched: list[int] = []
    connection.on("Network.dataReceived", lambda event: fetched.append(event["dataLength"]))
    page.evaluate(UNTIL_METADATA, f"{site_url}{EPISODE}audio.mp3")
    while not fetched:  # what came is told in its own time
        page.wait_for_timeout(10)
    context.close()
    assert sum(fetched) <= 64_000
