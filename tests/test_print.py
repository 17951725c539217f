"""Pages on paper: what Chromium prints, as the PDF that it makes of them, without any background."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Browser

from support import WORDS
from test_browser import addresses

pytestmark = pytest.mark.browser


def printed(browser: Browser, *pages: str) -> list[pymupdf.Document]:
    page = browser.new_page()
    made = []
    for address in pages:
        page.goto(address)
        made.append(pymupdf.open(stream=page.pdf(format="A4", print_background=False)))
    page.close()
    return made


def text_of(document: pymupdf.Document) -> str:
    return " ".join(" ".join(page.get_text() for page in document).split())


def ink(page: pymupdf.Page, word: str) -> float:
    """Return the share of dark dots in the mark before a word."""
    [box] = page.search_for(word)
    dots: bytes = page.get_pixmap(clip=(box.x0 - 24, box.y0, box.x0 - 2, box.y1), dpi=300, colorspace="gray").samples
    return sum(dot < 128 for dot in dots) / len(dots)


def test_how_far_a_question_is_answered_is_told_by_its_mark_on_paper_too(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    [style] = (site / "assets/hashed").glob("site.*.css")
    states = ("unknown", "partly", "answered")
    page.set_content("".join(f'<p class="site-status site-status--{state}">{state}</p>' for state in states))
    page.add_style_tag(path=style)
    [paper] = pymupdf.open(stream=page.pdf(print_background=False))
    page.close()
    unknown, partly, answered = (ink(paper, state) for state in states)
    assert 0 < unknown * 1.3 < partly < answered / 1.3


def test_an_episode_on_paper_has_its_text_and_no_player(browser: Browser, site_url: str) -> None:
    [episode] = printed(browser, f"{site_url}podd/atta-fragor/")
    text = text_of(episode)
    assert "Det projektet handlar ett annat exempelavsnitt om." in text
    for control in ("player_play", "player_forward", "player_speed", "player_share", "player_remember"):
        assert WORDS[control] not in text


def test_links_to_other_sites_say_their_address_on_paper(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}nationella-minoriteter/")
    outside = page.locator(".site-prose a[href^=http]").evaluate_all("links => links.map((link) => link.href)")
    page.close()
    [answer] = printed(browser, f"{site_url}nationella-minoriteter/")
    text = text_of(answer).replace(" ", "")
    assert outside
    assert [href for href in outside if href not in text] == []


def test_no_page_comes_out_blank(browser: Browser, site: Path, site_url: str) -> None:
    pages = addresses(site)
    for address, paper in zip(pages, printed(browser, *(site_url + page for page in pages)), strict=True):
        assert [number for number, page in enumerate(paper, start=1) if len(page.get_text().split()) < 3] == [], address
