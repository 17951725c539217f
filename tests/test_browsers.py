"""What visitors do most, in Firefox and in WebKit; Chromium has tests of its own for every part."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from browsers import Firefox, FirefoxWindow, WebKitWindow, Window, firefox, missing, webkit_window
from conftest import _cannot_run, serving
from okatakten.addresses import DEFAULT_SITE_URL, FEED, NEWS_RSS
from support import WORDS, address_of, kinds_of, static_files

pytestmark = pytest.mark.browsers

EPISODE: Final = "podd/atta-fragor/"
HEARD: Final = """(() => {
    const audio = document.querySelector("audio");
    return !audio.paused && audio.currentTime > %s && audio.currentTime < %s;
})()"""


@pytest.fixture(scope="session")
def _sound() -> None:
    """PulseAudio, which plays to nobody where there is no sound card. Unused, it leaves after as long as all tests take."""
    if absent := missing("pulseaudio"):
        _cannot_run(absent)
    subprocess.run(["pulseaudio", "--start", "--exit-idle-time=900"], capture_output=True, check=True)


@pytest.fixture(scope="session")
def running_firefox(tmp_path_factory: pytest.TempPathFactory, _sound: None) -> Iterator[Firefox]:
    if absent := missing("firefox-esr"):
        _cannot_run(absent)
    with firefox(tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture
def firefox_window(running_firefox: Firefox) -> Iterator[FirefoxWindow]:
    window = FirefoxWindow(running_firefox)
    yield window
    window.close()


@pytest.fixture
def webkitgtk_window(tmp_path: Path, _sound: None) -> Iterator[WebKitWindow]:
    if absent := missing("WebKitWebDriver", "Xvfb"):
        _cannot_run(absent)
    with webkit_window(tmp_path) as window:
        yield window


@pytest.fixture(params=["firefox_window", "webkitgtk_window"])
def window(request: pytest.FixtureRequest) -> Iterator[Window]:
    """A new window of each browser, whose console has nothing to say at the end."""
    opened: Window = request.getfixturevalue(request.param)
    yield opened
    assert opened.complaints() == []


def wait_until_heard(window: Window, *, after: float) -> None:
    """Wait until the sound plays on from a place, and nothing is said of its being late or missing."""
    window.wait_for(HEARD % (after, after + 20))
    window.wait_for("document.querySelector('.site-player__status').textContent === ''")


def test_an_episode_is_heard_from_all_its_places(window: Window, site_url: str) -> None:
    window.open(site_url + EPISODE)
    window.press("[data-do=play]")
    wait_until_heard(window, after=0)
    window.press("[data-do=forward]")
    wait_until_heard(window, after=31.5)  # longer than it takes until a late sound is told
    window.press(".site-chapters__play[data-start='76']")
    wait_until_heard(window, after=76)
    assert window.run("return document.querySelector('.site-chapters [aria-current]').dataset.start") == "76"
    window.press(".site-turn__play[data-start='63.5']")
    wait_until_heard(window, after=63.5)
    assert window.run("return document.querySelector('.site-transcript [aria-current]').textContent").startswith(
        "Fråga fem."
    )
    window.run(
        """const place = document.querySelector("[data-do=seek]");
        place.value = 120;
        place.dispatchEvent(new Event("change"));"""
    )
    wait_until_heard(window, after=120)
    window.press("[data-do=play]")
    assert window.run("return document.querySelector('audio').paused")


@pytest.mark.parametrize(("place", "name"), [("", "Spela"), ("sma/", "Goltelh")])
def test_an_address_with_a_time_starts_there_in_both_languages(
    window: Window, site_url: str, place: str, name: str
) -> None:
    window.open(f"{site_url}{place}{EPISODE}#t=1:02")
    window.wait_for("document.querySelector('.site-player__status').textContent !== ''")
    assert window.run("return document.querySelector('[data-part=now]').textContent") == "1:02"
    assert window.run("return document.querySelector('[data-when=paused]').textContent") == name
    window.press("[data-do=play]")
    wait_until_heard(window, after=62)


def test_a_search_finds_a_page_and_a_place_in_text_and_sound(window: Window, site_url: str) -> None:
    window.open(f"{site_url}sok/")
    window.write("#site-q", "upphandlingen")
    window.press(".site-search [type=submit]")
    window.wait_for("document.querySelector('.site-hit__places a')")
    read, listen = window.run("return [...document.querySelectorAll('.site-hit__places a')].map((link) => link.hash)")[
        :2
    ]
    window.press(".site-hit__places a")
    window.wait_for("document.querySelector(':target')?.classList.contains('site-turn')")
    assert window.run("return location.hash") == read
    window.open(f"{site_url}sok/?q=upphandlingen")
    window.wait_for("document.querySelector('.site-hit__places a')")
    window.press(".site-hit__places a:nth-of-type(2)")
    window.wait_for("document.querySelector('[data-do=play]')?.checkVisibility()")
    assert window.run("return location.hash") == listen
    window.press("[data-do=play]")
    wait_until_heard(window, after=int(re.sub(r"\D", "", listen)))


def test_the_player_is_heard_in_a_frame_of_another_site(window: Window, site_url: str, tmp_path: Path) -> None:
    frame = f'<!doctype html><html lang="sv"><title>x</title><iframe src="{site_url}{EPISODE}embed/" width="640" height="400"></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    with serving(static_files(tmp_path)) as other:
        window.open(other)
        window.enter_frame()
        window.wait_for("document.querySelector('[data-do=play]')?.checkVisibility()")
        window.press("[data-do=play]")
        wait_until_heard(window, after=0)
        window.press("[data-do=forward]")
        wait_until_heard(window, after=30)


@pytest.mark.parametrize("feed", [FEED, NEWS_RSS])
def test_a_feed_says_what_it_is(window: Window, site: Path, tmp_path: Path, feed: str) -> None:
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("*.mp3", "*.pdf"))
    with serving(static_files(tmp_path / "site")) as url:
        # Its style sheet is at an address of the site itself.
        text = (site / feed).read_text(encoding="utf-8").replace(DEFAULT_SITE_URL, url)
        (tmp_path / "site" / feed).write_text(text, encoding="utf-8")
        window.open(url + feed)
        window.wait_for("getComputedStyle(document.querySelector('item > guid')).display === 'none'")
        shown = """return ["channel > description", "item > title"].map(
            (name) => getComputedStyle(document.querySelector(name)).display)"""
        assert window.run(shown) == ["block", "block"]
        heading = "document.getElementsByTagName('xhtml:h1')[0]"
        assert window.run(f"return parseFloat(getComputedStyle({heading}).fontSize)") > 24
        window.press("*|a")
        window.wait_for("document.querySelector('main h1')?.checkVisibility()")


def test_every_kind_of_page_is_quiet_and_fits_its_window(window: Window, site: Path, site_url: str) -> None:
    for page in kinds_of(site):
        if page.name == "404.html":
            continue
        address = address_of(page, site)
        window.open(site_url + address)
        assert window.run("return document.querySelector('h1').checkVisibility()"), address
        assert window.run("return document.documentElement.scrollWidth <= innerWidth"), address


def test_a_sound_that_came_and_cannot_be_played_is_not_said_to_be_missing(site_url: str, tmp_path: Path) -> None:
    if absent := missing("firefox-esr"):
        _cannot_run(absent)
    # As on a machine without a sound card: for Firefox, the sound has no source then.
    with firefox(tmp_path, **{"media.cubeb.force_null_context": True}) as running:
        window = FirefoxWindow(running)
        window.open(site_url + EPISODE)
        window.press("[data-do=play]")
        window.wait_for("document.querySelector('.site-player__status').textContent !== ''")
        said = window.run("return document.querySelector('.site-player__status').textContent")
    assert said == WORDS["player_failed"]
    assert "hämta" not in said
