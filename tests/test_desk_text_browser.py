"""The transcript at the desk in a real browser: by keyboard alone, on three hours of talk, counting work and not seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Route

from desk import Sitter, at_the_desk
from okatakten.desk.cues import parse_rows
from okatakten.disk.alone import trying
from okatakten.written.values import timestamp
from support import VALID, lay_out
from test_browser import AXE_OPTIONS, BEYOND
from test_desk_text import SLUG, THREE, change, listed, transcript, written

pytestmark = pytest.mark.browser
ROWS = 4000


def long_transcript() -> str:
    cues = [
        f"{timestamp(timedelta(seconds=2.7 * number))} --> {timestamp(timedelta(seconds=2.7 * number + 2.5))}\n"
        f"<v Röst {'AB'[number % 2]}>Det här är rad {number} av allt som sägs i ett långt samtal."
        for number in range(ROWS)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Sitter]:
    with at_the_desk(lay_out(VALID, tmp_path)) as sitter:
        transcript(sitter).write_text(THREE, encoding="utf-8", newline="")
        yield sitter


def opened(browser: Browser, desk: Sitter, path: str = "text", **how: Any) -> Page:
    """Open the page, with sound and a waveform."""
    context = browser.new_context(**how)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    audio = desk.root / f"podcast/episodes/{SLUG}/audio.mp3"
    page.route("**/ljud.mp3", lambda route: _with_sound(route, audio.read_bytes()))
    page.route("**/vagform", _with_peaks)
    page.goto(desk.origin + desk.address)
    page.goto(f"{desk.origin}/avsnitt/{SLUG}/{path}")
    return page


def _with_sound(route: Route, sound: bytes) -> None:
    start = int(route.request.headers.get("range", "bytes=0-").removeprefix("bytes=").split("-")[0])
    headers = {
        "content-type": "audio/mpeg",
        "accept-ranges": "bytes",
        "content-range": f"bytes {start}-{len(sound) - 1}/{len(sound)}",
    }
    route.fulfill(status=206, body=sound[start:], headers=headers)


def _with_peaks(route: Route) -> None:
    route.fulfill(body=bytes(range(40)), headers={"x-peaks-per-second": "20"})


def until(page: Page, said: str) -> None:
    """Wait until something is so. Playwright's own way is what the policy of the page forbids."""
    for _ in trying(20):
        if page.evaluate(said):
            return
    raise AssertionError(said)


def kept(page: Page) -> None:
    """Wait until all that was done is in the draft."""
    until(page, "/^Sparat/.test(document.getElementById('sagt').textContent)")


def texts(desk: Sitter) -> list[str]:
    return [row.text for row in parse_rows(written(desk)) or []]


def test_three_hours_are_corrected_by_keyboard_and_a_key_touches_nothing_but_its_field(
    browser: Browser, desk: Sitter
) -> None:
    transcript(desk).write_text(long_transcript(), encoding="utf-8", newline="")
    page = opened(browser, desk, viewport={"width": 1280, "height": 800})
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    page.locator(".desk-cue__text").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate("document.activeElement.id") == "rad-text"
    drawn = page.evaluate(
        "[...document.querySelectorAll('.desk-cue__said')].filter((each) => each.checkVisibility({contentVisibilityAuto: true})).length"
    )
    assert 0 < drawn < 200
    page.evaluate(
        """() => {
            window.touched = 0;
            new MutationObserver((all) => { touched += all.length; }).observe(document, {
                subtree: true, childList: true, attributes: true, characterData: true });
        }"""
    )
    page.keyboard.press("End")
    for _ in range(40):
        page.keyboard.press("x")
    assert page.evaluate("touched") <= 4
    page.keyboard.press("Control+s")
    kept(page)
    assert page.evaluate("touched") < 60
    assert len(sent) <= 3
    assert texts(desk)[1].endswith("samtal." + "x" * 40)
    after = written(desk)
    assert after.replace("x" * 40, "") == long_transcript()


def test_rows_are_parted_joined_named_and_doubted_by_keyboard_alone(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    press = page.keyboard.press
    page.locator(".desk-cue__text").first.focus()
    press("Enter")
    press("Home")
    for _ in range(3):
        press("ArrowRight")
    press("Enter")
    # One goes on writing in the second half at once.
    page.keyboard.type("Också ")
    press("Alt+2")
    kept(page)
    until(page, "document.querySelectorAll('.desk-cue').length === 4")
    press("Control+s")
    until(page, "document.getElementById('radform').closest('.desk-cue').dataset.who === 'Röst B'")
    kept(page)
    assert texts(desk) == ["Hej", "Också på dig.", "Hej själv.", "Då börjar vi."]
    press("Home")
    press("Backspace")
    until(page, "document.querySelectorAll('.desk-cue').length === 3")
    assert page.evaluate("document.activeElement.id") == "rad-text"
    press("End")
    page.keyboard.type("!")
    press("Control+s")
    kept(page)
    until(page, "document.querySelector('.desk-cue__said').textContent.endsWith('!')")
    assert texts(desk)[0] == "Hej Också på dig.!"
    page.locator("#rad-osaker").focus()
    press("Space")
    kept(page)
    page.wait_for_selector(".desk-cue__doubt", state="attached")
    assert "NOTE Osäkert" in written(desk)
    for _ in range(9):
        page.locator("#textsteg button[value=undo]").focus()
        press("Enter")
        until(page, "!/^Sparar/.test(document.getElementById('sagt').textContent)")
    assert written(desk) == THREE
    assert page.locator("#rad-text").input_value() == "Hej på dig."


def test_the_sound_follows_the_keys_and_they_can_be_turned_off(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    place = "document.getElementById('ljud').currentTime"
    until(page, "document.getElementById('ljud').readyState > 1")
    page.locator(".desk-cue__text").nth(1).click()
    page.keyboard.press("Control+Enter")
    until(page, "document.getElementById('ljud').currentTime >= 1")
    page.wait_for_selector(".desk-cue[data-playing]")
    assert page.evaluate("document.activeElement.id") == "rad-text"
    page.evaluate("document.getElementById('ljud').pause()")
    page.keyboard.press("Alt+j")
    assert page.evaluate(place) == 0
    page.keyboard.press("Alt++")
    assert page.evaluate("document.getElementById('ljud').playbackRate") == 1.25
    page.locator("[data-hear]").nth(1).click()
    until(page, "document.getElementById('ljud').currentTime >= 0.6")
    page.evaluate("document.getElementById('ljud').pause()")
    slider = page.locator("#plats")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") in {"0:01 av 0:02", "0:02 av 0:02"}
    page.keyboard.press("Home")
    assert page.evaluate(place) == 0
    page.get_by_text("Tangenter", exact=True).click()
    page.locator("#tangenter").uncheck()
    page.keyboard.press("Alt++")
    assert page.evaluate("document.getElementById('ljud').playbackRate") == 1.25


def set_key(page: Page, label: str, key: str) -> str:
    """Write another key for something, and return what is said of it."""
    box = page.get_by_label(label, exact=True)
    box.fill(key)
    box.press("Tab")
    return page.locator(f"#{box.get_attribute('id')}-svar").inner_text()


def speed(page: Page) -> float:
    return float(page.evaluate("document.getElementById('ljud').playbackRate"))


def test_a_key_is_another_one_when_somebody_wants_that_and_also_the_next_time(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    page.get_by_text("Tangenter", exact=True).click()
    assert set_key(page, "Fortare", " ctrl + alt gr") != ""
    assert set_key(page, "Fortare", "ctrl + å, f2") == ""
    assert page.get_by_label("Fortare", exact=True).input_value() == "Ctrl+Å, F2"
    assert page.locator("#sagt").inner_text() == "Fortare: Ctrl+Å, F2"
    page.keyboard.press("F2")
    assert speed(page) == 1  # in the list, no key means anything
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("F2")
    page.keyboard.press("Alt++")
    assert speed(page) == 1.25
    assert set_key(page, "Talare 1 till 9, i ordning", "Ctrl+1") == ""
    assert set_key(page, "Först i texten: slå ihop med raden före", "") == ""
    page.reload()
    page.locator(".desk-cue__text").nth(1).click()
    page.keyboard.press("Control+1")
    page.keyboard.press("F2")
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+s")
    kept(page)
    assert speed(page) == 1.25
    assert [row.speakers[0] for row in parse_rows(written(desk)) or []] == ["Röst A", "Röst A", "Röst A"]
    page.get_by_text("Tangenter", exact=True).click()
    page.get_by_role("button", name="Återställ").click()
    assert page.get_by_label("Fortare", exact=True).input_value() == "Alt++"
    page.reload()
    page.locator(".desk-cue__text").nth(1).click()
    page.keyboard.press("F2")
    assert speed(page) == 1
    page.keyboard.press("Alt++")
    assert speed(page) == 1.25


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("k", "En ensam tangent skriver"),
        ("Skift+K", "En ensam tangent skriver"),
        ("Enter", "En ensam tangent skriver"),
        ("Ctrl+Alt+K", "Alt Gr"),
        ("Alt Ctrl K", "Alt Gr"),
        ("F1", "hjälp och sökning"),
        ("Skift+F3", "hjälp och sökning"),
        ("Ctrl+V", "har webbläsaren redan"),
        ("Alt+J", "Alt+J är redan: 5 sekunder bakåt"),
        ("Ctrl+Enter", "Ctrl+Enter är redan: Nästa rad, och spela den"),
        ("Alt+5", "Alt+5 är redan: Talare 1 till 9, i ordning"),
        ("knapp", "Skriv tangenten så här"),
        ("Alt+", "Skriv tangenten så här"),
    ],
)
def test_a_key_that_would_be_in_the_way_is_refused_with_its_reason(
    browser: Browser, desk: Sitter, key: str, said: str
) -> None:
    page = opened(browser, desk)
    page.get_by_text("Tangenter", exact=True).click()
    answer = set_key(page, "Fortare", key)
    assert said in answer
    assert answer.endswith("Alt++ gäller.")
    assert page.locator("#sagt").inner_text() == answer
    assert page.get_by_label("Fortare", exact=True).get_attribute("aria-invalid") == "true"
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("Alt++")
    assert speed(page) == 1.25


def test_a_chapter_is_set_where_one_listens_and_dragged_on_the_wave(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    before = listed(desk)
    until(page, "document.getElementById('ljud').readyState > 0")
    page.locator("[data-chapter='1'] [data-do='remove']").click()
    kept(page)
    page.evaluate("document.getElementById('ljud').currentTime = 1.2")
    page.keyboard.press("Alt+c")
    until(page, "document.activeElement.name === 'chapters-1-title'")
    page.keyboard.type("Nytt")
    page.keyboard.press("Tab")
    kept(page)
    until(page, """document.querySelector('[data-chapter="1"]').dataset.title === 'Nytt'""")
    assert listed(desk) == [before[0], ("0:01", "Nytt")]
    box = page.locator("#vag").bounding_box()
    length = page.evaluate("document.getElementById('ljud').duration")
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / length, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=4)
    page.mouse.up()
    until(page, """document.querySelector('[data-chapter="1"]').dataset.start !== '0:01'""")
    [_, (start, _)] = listed(desk)
    assert float(start.removeprefix("0:0")) == pytest.approx(length * 0.75, abs=0.1)
    page.locator("[data-chapter='1'] [data-do='-1']").click()
    until(page, f"""document.querySelector('[data-chapter="1"]').dataset.start !== '{start}'""")
    assert float(listed(desk)[1][0].removeprefix("0:0")) == pytest.approx(length * 0.75 - 1, abs=0.1)


def test_who_comes_second_is_told_and_chooses(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    page.locator(".desk-cue__text").first.click()
    assert change(desk, "set", 0, text="Deras.").status == 200
    assert change(desk, "set", 2, text="Annat.").status == 200
    page.keyboard.press("End")
    page.keyboard.type(" Mitt.")
    page.keyboard.press("Control+s")
    alert = page.locator("[data-conflict]")
    alert.wait_for()
    assert alert.get_attribute("role") == "alert"
    assert "«Deras.»" in alert.inner_text()
    assert texts(desk) == ["Deras.", "Hej själv.", "Annat."]
    assert page.locator("#rad-text").input_value() == "Hej på dig. Mitt."
    assert page.locator(".desk-cue__said").nth(2).inner_text() == "Annat."
    page.get_by_role("button", name="Behåll mitt").click()
    kept(page)
    until(page, "document.querySelector('.desk-cue__said').textContent.includes('Mitt')")
    assert texts(desk) == ["Hej på dig. Mitt.", "Hej själv.", "Annat."]


def test_what_is_written_while_the_line_hangs_is_sent_when_it_is_back(browser: Browser, desk: Sitter) -> None:
    page = opened(browser, desk)
    page.locator(".desk-cue__text").first.click()
    hangs = "**/text"
    page.route(hangs, lambda route: route.abort() if route.request.method == "PATCH" else route.fallback())
    page.keyboard.press("End")
    page.keyboard.type(" Kvar.")
    page.keyboard.press("Alt+ArrowDown")
    until(page, "/^Ingen kontakt/.test(document.getElementById('sagt').textContent)")
    assert texts(desk)[0] == "Hej på dig."
    page.unroute(hangs)
    kept(page)
    assert texts(desk)[0] == "Hej på dig. Kvar."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_for_everybody(browser: Browser, desk: Sitter, width: int, scheme: Any) -> None:
    page = opened(browser, desk, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page.locator(".desk-cue__text").first.click()
    for summary in page.locator("summary").all():
        summary.click()
    options = {**AXE_OPTIONS, "rules": {"color-contrast-enhanced": {"enabled": False}}}
    assert [
        each["id"] + str(each["nodes"][0]["target"]) for each in Axe().run(page, options=options).response["violations"]
    ] == []
    assert page.evaluate(BEYOND) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input:not([type=hidden]), select, textarea, summary")].filter((each) => {
            const box = each.getBoundingClientRect();
            return each.checkVisibility() && box.width && (box.height < 24 || box.width < 24) && !each.matches(".desk-skip, p a");
        }).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert small == []
