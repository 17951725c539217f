"""Passing things on: what networks, search engines and other sites are told, and the fields that people copy from."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from PIL import Image
from playwright.sync_api import Browser, expect

from conftest import serving
from okatakten.addresses import DEFAULT_SITE_URL
from okatakten.mkdocs.run import build_site
from okatakten.model import OwnPost
from okatakten.site.project import read_project
from okatakten.site.sharing import (
    EMBED_HEIGHT,
    FACEBOOK_LIMIT,
    LINKEDIN_LIMIT,
    build_app_links,
    build_marks,
    build_posts,
    embed_code,
    post_ending,
    shorten,
)
from support import OWN_SITE, PROJECT, WORDS, address_of, copy_project, embeds_of, pages_of, parse
from test_browser import AXE_OPTIONS, ONE_LOOK

EPISODE: Final = "podd/atta-fragor/"
ENDING: Final = "Läs mer: https://a.se/\n\nMedfinansieras av Europeiska unionen."
PLAIN: Final = f"{DEFAULT_SITE_URL}assets/card.png"
PLAIN_ALT: Final = "Öka takten. Region Jämtland Härjedalen. Medfinansieras av Europeiska unionen"


def test_apps_are_opened_by_the_address_of_the_feed() -> None:
    links = {link.name: link.href for link in build_app_links("https://a.se/p/feed.xml", title="Å & b")}
    assert links == {
        "Apple Podcasts": "podcast://a.se/p/feed.xml",
        "AntennaPod": "https://antennapod.org/deeplink/subscribe?url=https%3A%2F%2Fa.se%2Fp%2Ffeed.xml&title=%C3%85%20%26%20b",
        "Overcast": "overcast://x-callback-url/add?url=https%3A%2F%2Fa.se%2Fp%2Ffeed.xml",
        "Pocket Casts": "pktc://subscribe/a.se/p/feed.xml",
    }


def test_copies_of_marks_are_named_after_the_show() -> None:
    marks = build_marks(cover="podd/cover-1.png", name="min-podd", words=WORDS)
    names = [mark.filename for mark in marks]
    assert names == ["eu-flagga.svg", "min-podd.svg", "min-podd-cover-1.png", "min-podd-bild.png"]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Ett. Två.", 9, "Ett. Två."),
        ("Ett. Två.", 8, "Ett."),
        ("Ett två tre", 8, "Ett två…"),
        ("Ett två tre", 7, "Ett…"),
        ("Ett, två tre", 8, "Ett…"),
        ("Upphandling", 5, "Upph…"),
        ("Kl. 7.30 börjar vi. Sen.", 19, "Kl. 7.30 börjar vi."),
        ("Text", 1, "…"),
        ("Text", 0, ""),
        ("Text", -5, ""),
    ],
)
def test_a_text_is_cut_at_a_sentence_or_else_at_a_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit=limit) == short


@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.integers(0, 60))
def test_a_post_is_never_longer_than_its_network_takes(title: str, summary: str, more: str, repeats: int) -> None:
    title, summary, more = title[:255], (summary * repeats)[:1000], more * repeats
    for post in build_posts(title=title, summary=summary, more=more, ending=ENDING, words=WORDS):
        limit = LINKEDIN_LIMIT if post.network == "LinkedIn" else FACEBOOK_LIMIT
        assert len(post.text) == post.length <= limit
        assert post.text.startswith(title)
        assert post.text.endswith(ENDING)


def test_what_somebody_wrote_stands_alone_before_the_ending() -> None:
    own = OwnPost(text="Ett stycke.\n\n" + "En mening till. " * 40 + "Slut.", hashtags=("inköp", "krav"))
    ending = post_ending(own, address="https://a.se/", spoken=False, words=WORDS)
    assert ending == f"{ENDING}\n\n#inköp #krav"
    linkedin, facebook = build_posts(title="T", summary="S.", more="M.", ending=ending, own=own.text, words=WORDS)
    assert linkedin.text == f"{own.text}\n\n{ending}"
    assert facebook.length <= FACEBOOK_LIMIT
    assert re.fullmatch(r"Ett stycke\.\n\n(?:En mening till\. ?)+\n\n", facebook.text.removesuffix(ending))


def test_the_longer_post_has_room_for_more() -> None:
    summary = "En mening om cirkulär upphandling. " * 20
    linkedin, facebook = build_posts(title="T", summary=summary.strip(), more="Kapitel: A.", ending=ENDING, words=WORDS)
    assert summary.strip() in linkedin.text
    assert "Kapitel: A." in linkedin.text
    assert "Kapitel" not in facebook.text
    assert facebook.text.split("\n\n")[1].endswith("upphandling.")
    assert 400 < facebook.length <= FACEBOOK_LIMIT


def test_the_code_to_embed_holds_any_title() -> None:
    (frame,) = html.fragment_fromstring(embed_code("https://a.se/?x=1&y=2", title='"<b>&'), create_parent=True)
    assert frame.get("src") == "https://a.se/?x=1&y=2"
    assert frame.get("title") == '"<b>&'


def test_every_page_says_to_networks_what_it_says_to_readers(site: Path) -> None:
    pictures = []
    for page in pages_of(site):
        tree = parse(page)
        if page.name == "404.html":
            assert tree.xpath("//meta[starts-with(@property, 'og:')]") == []
            continue
        graph = open_graph(tree)
        assert graph["og:title"] == [heading(tree)], page
        assert graph["og:description"] == tree.xpath("//meta[@name='description']/@content"), page
        assert graph["og:url"] == tree.xpath("//link[@rel='canonical']/@href")
        assert graph["og:url"] == [DEFAULT_SITE_URL + address_of(page, site)]
        assert graph["og:site_name"] == ["Öka takten"]
        others = {f"{lang}_SE" for lang in tree.xpath("//link[@hreflang]/@hreflang")} - {"x-default_SE"}
        locale = f"{tree.get('lang')}_SE"
        assert graph["og:locale"] == [locale]
        assert set(graph.get("og:locale:alternate", [])) == others - {locale}, page
        assert tree.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
        (picture,) = graph["og:image"]
        assert graph["og:image:type"] == ["image/png"]
        assert "Medfinansieras av Europeiska unionen" in graph["og:image:alt"][0]
        assert graph["og:image:alt"][0].count("Öka takten") == 1, page
        assert "\u00ad" not in page.read_text(encoding="utf-8").partition("</head>")[0], page
        content = (site / picture.removeprefix(DEFAULT_SITE_URL)).read_bytes()
        shown = Image.open(io.BytesIO(content))
        assert (shown.format, *shown.size) == ("PNG", 1200, 630)
        assert [str(side) for side in shown.size] == [*graph["og:image:width"], *graph["og:image:height"]]
        assert len(content) < 300_000
        if "noindex" in tree.xpath("//meta[@name='robots']/@content"):
            assert picture == PLAIN, page
            assert graph["og:image:alt"] == [PLAIN_ALT]
        else:
            assert picture == f"{DEFAULT_SITE_URL}{address_of(page, site)}card.png"
            assert heading(tree) in graph["og:image:alt"][0]
            pictures.append(content)
    assert len(pictures) == len(set(pictures)) > 20


def test_an_episode_says_to_search_engines_what_it_says_to_listeners(site: Path) -> None:
    for page in [page for page in pages_of(site) if re.search(r"podd/[^/]+/index.html$", page.as_posix())]:
        tree = parse(page)
        nodes = linked_data(tree)
        episode, series = nodes["PodcastEpisode"], nodes["PodcastSeries"]
        assert episode["name"] == heading(tree)
        assert episode["description"] == tree.xpath("string(//p[@class='site-title__lead'])")
        assert episode["url"] == tree.xpath("string(//link[@rel='canonical']/@href)")
        assert episode["datePublished"] == tree.xpath("string(//article//ul[@class='site-facts']//time/@datetime)")
        assert episode["partOfSeries"] == {"@id": series["@id"]}
        assert episode["publisher"] == {"@id": nodes["GovernmentOrganization"]["@id"]}
        assert episode["funder"] == {"@type": "Organization", "name": "Europeiska unionen"}
        audio = episode["associatedMedia"]
        assert audio["@type"] == "AudioObject"
        assert audio["contentUrl"] == urljoin(episode["url"], tree.xpath("string(//audio/source/@src)"))
        published = site / audio["contentUrl"].removeprefix(DEFAULT_SITE_URL)
        assert audio["contentSize"] == str(published.stat().st_size)
        assert audio["duration"] == tree.xpath("string((//article//ul[@class='site-facts']//time/@datetime)[2])")
        anchor, captions = audio["transcript"], audio["caption"]["contentUrl"]
        assert anchor == episode["url"] + "#textversion"
        assert tree.get_element_by_id("textversion") is not None
        assert (site / captions.removeprefix(DEFAULT_SITE_URL)).read_text("utf-8").startswith("WEBVTT")
        assert series["webFeed"] == tree.xpath("string(//link[@type='application/rss+xml']/@href)")
        assert {"name": series["name"], "url": series["url"]} == {
            "name": "Öka takten",
            "url": f"{DEFAULT_SITE_URL}podd/",
        }


def test_the_report_says_to_search_engines_what_it_says_to_readers(site: Path) -> None:
    tree = parse(site / "rapport/index.html")
    report = linked_data(tree)["Report"]
    files = tree.xpath("//ul[@class='site-downloads']//a")
    assert report["name"] == heading(tree)
    assert [(part["contentUrl"], part["encodingFormat"]) for part in report["encoding"]] == [
        (f"{DEFAULT_SITE_URL}rapport/{file.get('href')}", file.get("type")) for file in files
    ]
    assert len(files) == 2
    assert report["dateModified"] == str(
        next(page.updated for page in read_project(PROJECT).pages if page.name == "rapport.md")
    )
    assert report["funder"]["name"] == "Europeiska unionen"
    others = [page for page in pages_of(site) if "Report" in linked_data(parse(page))]
    assert sorted(others) == [site / "dokument/exempelrapport/index.html", site / "rapport/index.html"]


def test_breadcrumbs_lead_from_home_to_the_page_over_pages_that_exist(site: Path) -> None:
    for page in pages_of(site):
        tree = parse(page)
        nodes = linked_data(tree)
        if page.name == "404.html" or address_of(page, site) in {"", "sma/"}:
            assert "BreadcrumbList" not in nodes
            continue
        steps = nodes["BreadcrumbList"]["itemListElement"]
        assert [step["position"] for step in steps] == [*range(1, len(steps) + 1)]
        assert steps[0]["name"] == "Öka takten"
        assert steps[-1] == {
            "@type": "ListItem",
            "position": len(steps),
            "name": heading(tree),
            "item": DEFAULT_SITE_URL + address_of(page, site),
        }
        for step in steps:
            address = step["item"].removeprefix(DEFAULT_SITE_URL)
            assert parse(site / address / "index.html").get("lang") == tree.get("lang"), step
        assert len(steps) == (
            3 if re.search(r"(podd|resultat|moten|filmer|dokument|anteckningar)/[^/]+/$", address_of(page, site)) else 2
        ), page


def test_nothing_in_linked_data_ends_its_element(tmp_path: Path) -> None:
    copy_project(tmp_path)
    episode = tmp_path / "podcast/episodes/atta-fragor/episode.md"
    text = episode.read_text(encoding="utf-8")
    sly = "summary: \"</script><b>& 'x'\""
    episode.write_text(re.sub(r"(?m)^summary: .*$", sly, text), encoding="utf-8")
    site = tmp_path / "site"
    build_site(tmp_path / "mkdocs.yml", site_dir=site, reading=read_project(tmp_path), site=OWN_SITE)
    tree = parse(site / "podd/atta-fragor/index.html")
    assert linked_data(tree)["PodcastEpisode"]["description"] == "</script><b>& 'x'"
    assert open_graph(tree)["og:description"] == ["</script><b>& 'x'"]


def test_a_title_that_the_font_cannot_write_gets_the_picture_without_one(tmp_path: Path) -> None:
    copy_project(tmp_path)
    for path in (tmp_path / "docs/sv/resultat/index.md", tmp_path / "podcast/episodes/vad-det-ledde-till/episode.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^title: .*$", 'title: "Exempel: CO₂ 🎧"', text), encoding="utf-8")
    site = tmp_path / "site"
    built = build_site(tmp_path / "mkdocs.yml", site_dir=site, reading=read_project(tmp_path), site=OWN_SITE)
    for page in ("resultat/", "podd/vad-det-ledde-till/"):
        assert open_graph(parse(site / page / "index.html"))["og:image"] == [PLAIN]
        assert not (site / page / "card.png").exists()
    assert sum("delas får ingen rubrik, för dess typsnitt saknar ₂ 🎧." in note for note in built.notes) == 2
    # No place names a picture that is not there.
    for path in (path for path in site.rglob("*") if path.suffix in {".html", ".json", ".xml"}):
        for picture in re.findall(rf"{DEFAULT_SITE_URL}([\w/-]*card\.png)", path.read_text(encoding="utf-8")):
            assert (site / picture).is_file(), (path, picture)


def test_the_picture_of_an_unchanged_page_is_not_drawn_again(tmp_path: Path) -> None:
    copy_project(tmp_path)
    site = tmp_path / "site"
    reading = read_project(tmp_path)
    build_site(tmp_path / "mkdocs.yml", site_dir=site, reading=reading, site=OWN_SITE)
    first = (site / "om/card.png").read_bytes()
    other = io.BytesIO()
    Image.new("RGB", (1200, 630), "red").save(other, "PNG")
    # An older drawing of the same picture may be remembered, too.
    for remembered in (tmp_path / ".okatakten/cards").iterdir():
        if remembered.read_bytes().endswith(first):
            remembered.write_bytes(hashlib.sha256(other.getvalue()).digest() + other.getvalue())
    build_site(tmp_path / "mkdocs.yml", site_dir=tmp_path / "again", reading=reading, site=OWN_SITE)
    assert (tmp_path / "again/om/card.png").read_bytes() == other.getvalue()


def test_other_sites_find_the_player_and_its_code(site: Path) -> None:
    players = embeds_of(site)
    assert len(players) == 5
    for player in players:
        page = player.parents[1] / "index.html"
        text = page.read_text(encoding="utf-8")
        tree = parse(page)
        (link,) = tree.xpath("//link[@type='application/json+oembed']")
        # WordPress reads no further.
        assert text.index("application/json+oembed") < 150_000
        oembed = json.loads((site / link.get("href").removeprefix(DEFAULT_SITE_URL)).read_text(encoding="utf-8"))
        assert (oembed["version"], oembed["type"]) == ("1.0", "rich")
        assert oembed["title"] == link.get("title") == heading(tree)
        assert isinstance(oembed["width"], int)
        assert isinstance(oembed["height"], int)
        assert (oembed["thumbnail_width"], oembed["thumbnail_height"]) == (1200, 630)
        assert [oembed["thumbnail_url"]] == open_graph(tree)["og:image"]
        frame = html.fragment_fromstring(oembed["html"])
        assert frame.get("src") == DEFAULT_SITE_URL + address_of(player, site)
        assert frame.get("title") == f"Öka takten: {heading(tree)}"
        (code,) = tree.xpath("//*[@id='site-kod']/text()")
        assert code == oembed["html"]
        framed = parse(player)
        # Not to be found, and so no address to be found instead.
        assert framed.xpath("//link[@rel='canonical']/@href") == []
        assert framed.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert framed.get("lang") == tree.get("lang")
        assert len(framed.findall(".//h1")) == 1
        assert "Medfinansieras av Europeiska unionen" in framed.text_content()


def test_share_links_are_plain_addresses(site: Path) -> None:
    tree = parse(site / EPISODE / "index.html")
    address = f"{DEFAULT_SITE_URL}{EPISODE}"
    links = {link.text_content(): link for link in tree.xpath("//ul[@class='site-share__links']//a")}
    assert [*links] == ["LinkedIn", "Facebook", "E-post"]
    assert parse_qs(urlsplit(links["LinkedIn"].get("href")).query) == {"url": [address]}
    assert parse_qs(urlsplit(links["Facebook"].get("href")).query) == {"u": [address]}
    assert parse_qs(urlsplit(links["E-post"].get("href")).query) == {
        "subject": ["Exempel: Åtta frågor"],
        "body": [address],
    }
    assert tree.xpath("//*[@id='site-lank']/@value") == [address]


def test_partners_find_a_text_and_a_picture_for_every_result_and_episode(site: Path) -> None:
    tree = parse(site / "for-medier/index.html")
    offered = {entry.findtext("summary"): entry for entry in tree.iter("details")}
    shared = [page for page in pages_of(site) if parse(page).xpath("//section[@aria-labelledby='site-dela']")]
    swedish = [page for page in shared if parse(page).xpath("//textarea[contains(@id, 'site-inlagg')]")]
    assert not [page for page in swedish if address_of(page, site).startswith("sma/")]
    # Six questions with a post or an answer, the four episodes, the next project, four pages more and a sample of each kind.
    assert len(swedish) == 6 + 4 + 1 + 4 + 4
    assert set(offered) == {heading(parse(page)) for page in swedish}
    for page in swedish:
        entry = offered[heading(parse(page))]
        texts = entry.xpath(".//textarea[contains(@id, 'site-inlagg')]/text()")
        for text in texts:
            assert DEFAULT_SITE_URL + address_of(page, site) in text
            assert re.search(r"\n\nMedfinansieras av Europeiska unionen\.(?:\n\n(?:#\w+ ?)+)?$", text)
        labels = [" ".join(label.text_content().split()) for label in entry.iter("label")]
        networks = [("LinkedIn", "Facebook"), ("LinkedIn och Facebook",)][len(texts) == 1]
        expected = [f"Till {name} ({len(text)} tecken)" for name, text in zip(networks, texts, strict=True)]
        assert labels[: len(texts)] == expected
        (picture,) = entry.xpath("./p[@class='site-share__picture']/a/@href")
        assert (site / "for-medier" / picture).resolve().is_file()
        assert parse(page).xpath("//textarea[contains(@id, 'site-inlagg')]/text()") == texts


def test_links_on_the_page_for_partners_are_told_apart(site: Path) -> None:
    links = parse(site / "for-medier/index.html").xpath("//main//a")
    leads: dict[str, set[str]] = {}
    for link in links:
        leads.setdefault(" ".join(link.text_content().split()), set()).add(link.get("href"))
    assert {name: hrefs for name, hrefs in leads.items() if len(hrefs) > 1} == {}


def test_no_directory_is_claimed_that_the_show_does_not_name(site: Path) -> None:
    for page in pages_of(site):
        addresses = " ".join(parse(page).xpath("//@href | //@src | //@content"))
        assert not re.search(
            r"podcasts\.apple\.com|spotify|podcastaddict\.com|pca\.st|overcast\.fm|youtube|acast", addresses
        ), page
    assert "Podden finns också här" not in parse(site / "podd/index.html").text_content()


def test_directories_of_the_show_are_links_on_its_page(tmp_path: Path) -> None:
    copy_project(tmp_path)
    show = tmp_path / "podcast/show.yml"
    named = "\ndirectories:\n  - name: Apple Podcasts\n    url: https://podcasts.apple.com/se/podcast/id1\n"
    show.write_text(show.read_text(encoding="utf-8") + named, encoding="utf-8")
    site = tmp_path / "site"
    build_site(tmp_path / "mkdocs.yml", site_dir=site, reading=read_project(tmp_path), site=OWN_SITE)
    tree = parse(site / "podd/index.html")
    (link,) = tree.xpath("//ul[@aria-labelledby='site-kataloger']//a")
    assert (link.text_content(), link.get("href")) == ("Apple Podcasts", "https://podcasts.apple.com/se/podcast/id1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_camera_reads_the_code_of_the_podcast_page(browser: Browser, site_url: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site_url}podd/")
    code = page.get_by_role("img", name="QR-kod till")
    code.scroll_into_view_if_needed()
    shown = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    (read,) = zxingcpp.read_barcodes(shown)
    assert read.text == f"{DEFAULT_SITE_URL}podd/#site-folj"


def test_addresses_and_codes_are_copied_by_keyboard(browser: Browser, site_url: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    for address, field in (
        ("podd/", "site-flode"),
        (EPISODE, "site-lank"),
        ("resultat/behov/", "site-inlagg-1"),
        (EPISODE, "site-kod"),
    ):
        page.goto(site_url + address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        text = page.locator(f"#{field}").input_value()
        button = page.locator(f"[data-copy='#{field}']")
        assert button.inner_text() == "Kopiera"
        named = page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
        assert named == page.locator(f"label[for='{field}']").inner_text()
        button.press("Enter")
        expect(page.locator(f".site-copy:has(#{field}) [role=status]")).to_have_text("Kopierat")
        assert page.evaluate("navigator.clipboard.readText()") == text
        expect(button).to_be_focused()
    context.close()


def test_what_cannot_be_copied_is_marked_for_copying_by_hand(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{site_url}podd/")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('')); }")
    page.locator("[data-copy='#site-flode']").click()
    expect(page.locator(".site-copy:has(#site-flode) [role=status]")).to_have_text(
        "Det gick inte att kopiera. Texten är markerad: kopiera den själv."
    )
    assert page.evaluate("getSelection().toString()") == f"{DEFAULT_SITE_URL}podd/feed.xml"
    page.close()


def test_without_javascript_the_texts_are_there_and_no_button_is(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_url}for-medier/")
    page.locator("summary").last.click()
    assert page.locator("textarea:visible").count() == 2
    assert page.locator("[data-copy]:visible").count() == 0
    context.close()


def always(document: str) -> Any:
    """Return a site of somebody else's that answers everything with one page."""

    def answer(_environment: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [document.encode()]

    return answer


@pytest.mark.parametrize("width", [800, 336])
def test_a_player_on_another_site_plays_and_leads_home(browser: Browser, site: Path, site_url: str, width: int) -> None:
    (code,) = parse(site / EPISODE / "index.html").xpath("//*[@id='site-kod']/text()")
    document = (
        f"<!doctype html><title>Annan webbplats</title><h1>Nyheter</h1>{code.replace(DEFAULT_SITE_URL, site_url)}"
    )
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    with serving(always(document)) as address:
        page.goto(address)
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Spela").click()
        expect(frame.get_by_role("button", name="Pausa")).to_be_visible()
        framed = page.frames[1]
        framed.wait_for_function("() => document.querySelector('audio').currentTime > 0.1")
        assert framed.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.locator("iframe").bounding_box()["height"] == EMBED_HEIGHT  # type: ignore[index]
        with context.expect_page() as opened:
            frame.get_by_role("link", name="Exempel: Åtta frågor (ny flik)").press("Enter")
        assert opened.value.url == site_url + EPISODE
    context.close()
    assert wrong == []


def test_in_a_frame_that_may_not_open_windows_the_links_stay_in_it(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    document = (
        f'<!doctype html><title>A</title><iframe sandbox="allow-scripts" src="{site_url}{EPISODE}embed/"></iframe>'
    )
    with serving(always(document)) as address:
        page.goto(address)
        frame = page.frame_locator("iframe")
        frame.get_by_role("link", name="Exempel: Åtta frågor", exact=True).press("Enter")
        frame.get_by_role("heading", name="Textversion").wait_for()
    page.close()


@ONE_LOOK
def test_axe_has_nothing_to_say_of_players_and_opened_texts(
    browser: Browser, site_url: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 600}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for address in (f"{EPISODE}embed/", f"sma/{EPISODE}embed/", EPISODE, "for-medier/"):
        page.goto(site_url + address)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    context.close()


def open_graph(tree: html.HtmlElement) -> dict[str, list[str]]:
    """Return the Open Graph properties of a page, each with its values."""
    found: dict[str, list[str]] = {}
    for meta in tree.xpath("//meta[starts-with(@property, 'og:')]"):
        found.setdefault(meta.get("property"), []).append(meta.get("content"))
    return found


def linked_data(tree: html.HtmlElement) -> dict[str, Any]:
    """Return the nodes of a page's JSON-LD by type."""
    scripts = tree.xpath("//script[@type='application/ld+json']/text()")
    nodes = [node for script in scripts for node in json.loads(script)["@graph"]]
    assert len({node["@type"] for node in nodes}) == len(nodes)
    return {node["@type"]: node for node in nodes}


def heading(tree: html.HtmlElement) -> str:
    """Return the title of a page, without the places where it may break."""
    return " ".join(str(tree.xpath("string(//h1)")).replace("\N{SOFT HYPHEN}", "").split())


def test_clips_can_be_looked_at_and_taken_away_and_nothing_of_them_comes_before(site: Path) -> None:
    page, published = site / "podd/trailer/index.html", {*(site / "podd/trailer/klipp").iterdir()}
    (clips,) = parse(page).find_class("site-clips")
    (film,), (still,) = clips.iter("video"), clips.iter("img")
    assert (film.get("preload"), still.get("loading")) == ("none", "lazy")
    assert film.get("controls") is not None
    assert film.get("aria-label") == "Från 0:15 till 0:23, 1080 × 1080"
    assert page.parent.joinpath(film.get("poster")).resolve().stat().st_size < 100
    addresses = clips.xpath(".//a[@download]/@href | .//source/@src | .//track/@src | .//img/@src")
    assert {page.parent.joinpath(address).resolve() for address in addresses} == published
    partners = site / "for-medier/index.html"
    (files,) = parse(partners).find_class("site-clips__files")
    assert {partners.parent.joinpath(href).resolve() for href in files.xpath(".//a/@href")} == published
