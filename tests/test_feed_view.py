"""The feeds as somebody sees them who opens one in a browser, and as programs read them all the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import feedparser
import podcastparser
import pytest
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, Route

from okatakten.addresses import DEFAULT_SITE_URL, FEED, NEWS_RSS
from okatakten.importing.incoming import parse_feed
from okatakten.podcast.feed import build_feed
from okatakten.podcast.feed_view import XHTML
from okatakten.podcast.promised import parse_promised
from okatakten.site.project import read_project
from okatakten.written.text import Problems
from support import OWN_SITE, PROFILE, PROJECT, WORDS, published

FEEDS: Final = (FEED, NEWS_RSS)
SHOWN: Final = """() => [...document.querySelectorAll("*")].filter((element) => element.checkVisibility()
    && [...element.childNodes].some((node) => [3, 4].includes(node.nodeType) && node.data.trim())).map((element) => {
        let ground = element;
        while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
        return {
            place: `${element.parentElement.localName}/${element.nodeName}`,
            text: element.textContent.trim(),
            swedish: element.matches(":lang(sv)"),
            color: getComputedStyle(element).color,
            ground: getComputedStyle(ground).backgroundColor,
        };
    })"""
"""The elements with words that can be seen, and how."""


@pytest.fixture
def visit(browser: Browser, site_url: str) -> Iterator[Any]:
    """Open an address of the site itself, since a feed names its style sheet by that; the test server answers for it."""
    contexts: list[BrowserContext] = []

    def answer(route: Route) -> None:
        assert route.request.url.startswith(DEFAULT_SITE_URL)
        sent = route.fetch(url=site_url + route.request.url.removeprefix(DEFAULT_SITE_URL))
        route.fulfill(status=sent.status, headers=sent.headers, body=sent.body())

    def visit(address: str, **how: Any) -> Page:
        context = browser.new_context(**how)
        contexts.append(context)
        context.route("**", answer)
        page = context.new_page()
        page.goto(DEFAULT_SITE_URL + address, wait_until="networkidle")
        return page

    yield visit
    for context in contexts:
        # What is still on its way may take its time, and then nothing is asked any more.
        context.unroute_all(behavior="wait")
        context.close()


def test_a_feed_in_a_browser_says_what_it_is_and_what_it_holds(visit: Any) -> None:
    show = read_project(PROJECT).show
    assert show
    shown = visit(FEED).evaluate(SHOWN)
    said = [(element["place"], element["text"]) for element in shown]
    assert said[:6] == [
        ("div/xhtml:h1", show.title),
        ("div/xhtml:p", WORDS["feed_opened"]),
        ("div/xhtml:p", WORDS["subscribe_how"]),
        ("p/xhtml:code", f"{DEFAULT_SITE_URL}podd/feed.xml"),
        ("p/xhtml:a", WORDS["listen_or_read"]),
        ("channel/description", said[5][1]),
    ]
    assert "Medfinansieras av Europeiska unionen" in said[5][1]
    # Of an item its title and its text, and nothing else: its day is written for programs, in English.
    assert [place for place, _ in said[6:]] == ["item/title", "item/description"] * 4
    assert [text for place, text in said if place == "item/title"] == [episode.text.title for episode in show.episodes]
    assert all(element["swedish"] for element in shown)


def test_the_news_in_a_browser_say_what_they_are(visit: Any) -> None:
    said = [(element["place"], element["text"]) for element in visit(NEWS_RSS).evaluate(SHOWN)]
    assert ("div/xhtml:h1", "Öka takten: nytt på webbplatsen") in said
    assert ("div/xhtml:p", WORDS["news_feed_opened"]) in said
    assert ("p/xhtml:code", f"{DEFAULT_SITE_URL}nytt.xml") in said
    assert ("item/title", "Resultat: åtta frågor om cirkulär upphandling") in said
    assert {place for place, _ in said if place.startswith("item/")} == {
        "item/title",
        "item/description",
    }


@pytest.mark.parametrize(("feed", "leads_to"), [(FEED, "podd/"), (NEWS_RSS, "")])
def test_the_link_works_by_keyboard_and_shows_where_it_is(visit: Any, feed: str, leads_to: str) -> None:
    page: Page = visit(feed)
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(DEFAULT_SITE_URL + leads_to)
    assert page.locator("h1").is_visible()


def test_a_click_on_the_address_marks_all_of_it(visit: Any) -> None:
    page: Page = visit(FEED)
    box = page.evaluate("document.getElementsByTagName('xhtml:code')[0].getBoundingClientRect().toJSON()")
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] / 2)
    assert page.evaluate("getSelection().toString()") == f"{DEFAULT_SITE_URL}podd/feed.xml"


@pytest.mark.parametrize(
    ("feed", "scheme"),
    [
        (FEED, "light"),
        (NEWS_RSS, "dark"),
        pytest.param(FEED, "dark", marks=pytest.mark.browser),
        pytest.param(NEWS_RSS, "light", marks=pytest.mark.browser),
    ],
)
def test_a_feed_can_be_read_on_any_screen(visit: Any, feed: str, scheme: str) -> None:
    for width, phone in ((1280, False), (320, False), (320, True)):
        page: Page = visit(
            feed, viewport={"width": width, "height": 700}, color_scheme=scheme, is_mobile=phone, has_touch=phone
        )
        assert page.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [width, width]
        assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].map((font) => font.status))") == [
            "loaded"
        ]
        for element in page.evaluate(SHOWN):
            assert contrast(element["color"], element["ground"]) >= 7, element


def contrast(*colours: str) -> float:
    """Return the contrast of two colours as CSS computes them (WCAG 2.2, relative luminance)."""
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_shown_in_the_look_of_the_site_on_a_host_that_it_was_not_built_for(
    browser: Browser, site_url: str, feed: str
) -> None:
    context = browser.new_context(color_scheme="light")
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site_url + feed, wait_until="networkidle")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == f"rgb({', '.join(map(str, bytes.fromhex(PROFILE.light['ground'][1:])))})"
    assert asked[0] == site_url + feed
    assert f"{site_url}assets/feed.css" in asked
    assert all(address.startswith(site_url) for address in asked)
    context.close()


def with_and_without() -> tuple[bytes, bytes]:
    """Return the feed of the project, and the same without what it holds for browsers."""
    show = read_project(PROJECT).show
    assert show
    feed = build_feed(published(show, OWN_SITE), site=OWN_SITE, words=WORDS)
    plain = feed
    # The lines are left empty, since programs may say in which one something stands.
    for part in (rb"<\?xml-stylesheet .*?\?>", rb"<xhtml:div>.*</xhtml:div>"):
        plain = re.sub(part, lambda found: b"\n" * found[0].count(b"\n"), plain, flags=re.DOTALL)
    plain = plain.replace(f' xmlns:xhtml="{XHTML}"'.encode(), b"").replace(b' xml:lang="sv"', b"")
    assert len(plain) < len(feed) - 700
    assert b"xhtml" not in plain
    return feed, plain


def test_programs_read_the_same_with_and_without_what_is_for_browsers() -> None:
    feed, plain = with_and_without()
    read: list[Any] = [podcastparser.parse("https://prov.example/", io.BytesIO(document)) for document in (feed, plain)]
    assert read[0] == read[1]
    assert len(read[0]["episodes"]) == 4
    assert parse_promised(feed) == parse_promised(plain)
    moving_in = parse_feed(feed, Problems("feed.xml"))
    assert moving_in
    assert moving_in == parse_feed(plain, Problems("feed.xml"))


def test_feedparser_reads_the_same_and_the_language_of_each_text() -> None:
    feed, plain = (feedparser.parse(document) for document in with_and_without())
    assert not feed.bozo
    assert {key for key in feed.feed if key not in plain.feed} == {"xhtml_div", "xhtml_meta", "xhtml_h1", "xhtml_p",
                                                                  "xhtml_code", "xhtml_a"}  # fmt: skip
    ours = {key: value for key, value in feed.feed.items() if not key.startswith("xhtml_")}
    assert untold(ours) == untold(plain.feed)
    assert untold(feed.entries) == untold(plain.entries)
    assert feed.entries[0].title_detail.language == "sv"


def untold(value: Any) -> Any:
    """Return what feedparser read without the language of its parts, which only xml:lang tells."""
    if isinstance(value, dict):
        return {key: untold(part) for key, part in value.items() if not (key == "language" and "base" in value)}
    return [untold(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_begins_as_directories_ask_for_and_holds_one_div_of_xhtml(site: Path, feed: str) -> None:
    style = {FEED: "../assets/feed.css", NEWS_RSS: "assets/feed.css"}[feed]
    document = (site / feed).read_bytes()
    first, second, third = document.split(b"\n")[:3]
    assert first == b"<?xml version='1.0' encoding='UTF-8'?>"
    assert second == f'<?xml-stylesheet type="text/css" href="{style}"?>'.encode()
    assert third.startswith(b"<rss ")
    assert document.count(b"xmlns") == third.count(b"xmlns")
    rss = etree.fromstring(document)
    assert rss.nsmap["xhtml"] == XHTML
    (top,) = [child for child in rss[0] if child.tag.startswith(f"{{{XHTML}}}")]
    assert top.tag == f"{{{XHTML}}}div"
    assert [child.tag for child in rss[0]][:1] == ["title"]
    # Nothing in it goes by a name that a feed has, for programs that do not look at namespaces.
    names = {etree.QName(element).localname for element in top.iter()}
    assert not names & {etree.QName(element).localname for element in rss.iter() if element not in set(top.iter())}
    assert rss.xpath("//item//*[namespace-uri() = $xhtml]", xhtml=XHTML) == []
