"""What is new on the site, as JSON Feed and as RSS: the two say the same, and other people's parsers read it."""

from __future__ import annotations

import json
import shutil
from calendar import timegm
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
from lxml import etree

from okatakten.addresses import DEFAULT_SITE_URL, NEWS_JSON, NEWS_RSS, Site, card_path, read_site
from okatakten.model import DEFAULT_LOCALE, AudioFile, Locale, Page, Published, Show
from okatakten.site.editions import check_editions
from okatakten.site.news import NewsItem, build_json_feed, build_news, build_news_rss
from okatakten.site.project import Reading, read_project
from support import (
    CASES,
    NOW,
    OWN_SITE,
    PROJECT,
    SITE,
    WORDS,
    a_show,
    an_episode,
    copy_project,
    lay_out,
    parse,
    published,
    to_publish,
)

TODAY: Final = date(2026, 11, 21)


def a_page(name: str = "om.md", **values: Any) -> Page:
    defaults: dict[str, Any] = {"title": "Om", "text": "Text.", "description": "Om sidan.", "translation": None}
    return Page(locale=values.pop("locale", DEFAULT_LOCALE), name=name, **defaults | values)


def news(*pages: Page, show: Show | None = None, site: Site = SITE) -> tuple[NewsItem, ...]:
    return build_news(published(show or a_show(), site), pages, site=site, words=WORDS)


def own() -> tuple[Reading, Published, tuple[NewsItem, ...]]:
    """Return the project, its show and what is new in it."""
    reading = read_project(PROJECT)
    show = to_publish(PROJECT)
    return reading, show, build_news(show, reading.pages, site=OWN_SITE, words=WORDS)


def json_feed(show: Show, items: tuple[NewsItem, ...], *, site: Site = OWN_SITE) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(build_json_feed(items, show=show, site=site, words=WORDS))
    return read


def rss_feed(show: Show, items: tuple[NewsItem, ...], *, site: Site = OWN_SITE) -> Any:
    return feedparser.parse(build_news_rss(items, show=show, site=site, words=WORDS))


def is_absolute(address: object) -> bool:
    assert isinstance(address, str)
    return urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).netloc)


def test_episodes_and_pages_are_one_list_the_newest_first() -> None:
    episode = an_episode(published=datetime(2026, 11, 20, 12, tzinfo=UTC))
    items = news(
        a_page("aldre.md", news=date(2026, 11, 1)),
        a_page("ny.md", news=TODAY),
        a_page("tyst.md"),
        a_page("rapport.md", updated=date(2026, 11, 20), template="report.html"),
        show=a_show(episode),
    )
    assert [(item.url.removeprefix(SITE.url), item.tag) for item in items] == [
        ("ny/", "sida"),
        ("podd/avsnitt/", "avsnitt"),
        ("rapport/", "rapport"),
        ("aldre/", "sida"),
    ]


def test_a_page_is_told_of_in_its_own_words_in_the_morning_of_its_day() -> None:
    (item,) = news(a_page("resultat/index.md", news=date(2026, 7, 1), template="results.html", lead="Åtta frågor."))
    assert item == NewsItem(
        id="https://prov.example/resultat/#2026-07-01",
        url="https://prov.example/resultat/",
        title="Om",
        summary="Om sidan.",
        text="Åtta frågor.",
        published=datetime(2026, 7, 1, 7, tzinfo=ZoneInfo("Europe/Stockholm")),
        language=DEFAULT_LOCALE,
        tag="resultat",
        image="https://prov.example/resultat/card.png",
    )
    assert item.published.utcoffset() == timedelta(hours=2)


def test_a_day_that_has_not_come_waits_and_hides_no_earlier_one() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert news(a_page(news=tomorrow), a_page("rapport.md", updated=tomorrow)) == ()
    (item,) = news(a_page(news=tomorrow, updated=TODAY))
    assert item.published.date() == TODAY
    # The day has come, the morning has not.
    before_dawn = replace(SITE, now=datetime(2026, 11, 21, 5, 59, tzinfo=UTC))
    assert news(a_page(news=TODAY), site=before_dawn) == ()
    assert len(news(a_page(news=TODAY), site=replace(before_dawn, now=before_dawn.now + timedelta(minutes=1)))) == 1


def test_a_later_day_is_another_item_and_a_changed_text_the_same_one() -> None:
    ids = [
        news(page)[0].id
        for page in (
            a_page(news=date(2026, 11, 1)),
            a_page(news=date(2026, 11, 1), title="Annat", lead="Annat."),
            a_page(news=date(2026, 11, 2)),
            a_page("annan.md", news=date(2026, 11, 2)),
        )
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_drafts_samples_and_what_waits_are_left_out_as_in_the_podcast() -> None:
    show = a_show(
        an_episode(guid="ute", slug="ute"),
        an_episode(guid="utkast", draft=True),
        an_episode(guid="exempel", sample=True),
        an_episode(guid="vantar", published=NOW + timedelta(seconds=1)),
    )
    assert {item.id for item in news(show=show)} == {"ute#nytt", "exempel#nytt"}
    real = read_site({"SITE_URL": "https://okatakten.regionjh.se/", "SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))})
    assert [item.id for item in news(show=show, site=real)] == ["ute#nytt"]


def test_only_the_default_locale_tells_of_what_is_new() -> None:
    assert news(a_page(news=TODAY, locale=Locale("sma"))) == ()


def test_a_synthetic_voice_is_told_of() -> None:
    (item,) = news(show=a_show(an_episode(synthetic_voice=True, summary="Om inköp.")))
    assert (item.summary, item.text) == ("Om inköp.", "Om inköp. Avsnittet är inläst med talsyntes.")


def test_audio_in_a_media_store_keeps_its_address() -> None:
    stored = AudioFile(
        url="https://media.example/a.m4a", length=5, media_type="audio/x-m4a", duration=timedelta(seconds=9)
    )
    show = a_show(an_episode(audio=stored))
    (attachment,) = json_feed(show, news(show=show), site=SITE)["items"][0]["attachments"]
    assert attachment == {
        "url": "https://media.example/a.m4a",
        "mime_type": "audio/x-m4a",
        "size_in_bytes": 5,
        "duration_in_seconds": 9,
    }
    (entry,) = rss_feed(show, news(show=show), site=SITE).entries
    (enclosure,) = entry.enclosures
    assert (enclosure.href, enclosure.length, enclosure.type) == ("https://media.example/a.m4a", "5", "audio/x-m4a")


def test_the_json_keeps_to_json_feed_1_1() -> None:
    _, show, items = own()
    feed = json_feed(show, items)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    texts = ("title", "description", "user_comment", "language", "home_page_url", "feed_url", "icon")
    assert all(isinstance(feed[key], str) and feed[key] for key in texts)
    assert feed["feed_url"] == f"{DEFAULT_SITE_URL}nytt.json"
    assert all(is_absolute(feed[key]) for key in ("home_page_url", "feed_url", "icon"))
    assert feed["authors"] == [{"name": "Region Jämtland Härjedalen", "url": DEFAULT_SITE_URL}]
    assert "Medfinansieras av Europeiska unionen." in feed["description"]
    assert set(feed) == {"version", "authors", "items", *texts}
    assert len(feed["items"]) == len({item["id"] for item in feed["items"]}) == len(items)
    for item in feed["items"]:
        assert set(item) - {"attachments"} == {
            "id", "url", "title", "summary", "content_text", "image", "date_published", "tags", "language",
        }  # fmt: skip
        assert all(isinstance(item[key], str) and item[key] for key in item if key not in {"tags", "attachments"})
        assert is_absolute(item["url"])
        assert is_absolute(item["image"])
        assert datetime.fromisoformat(item["date_published"]).utcoffset() is not None
        assert item["date_published"][10] == "T"
        assert len(item["date_published"]) == len("2026-11-21T07:00:00+01:00")
        assert item["tags"]
        assert all(isinstance(tag, str) and tag for tag in item["tags"])
        for attachment in item.get("attachments", []):
            assert is_absolute(attachment["url"])
            assert attachment["mime_type"] == "audio/mpeg"
            assert isinstance(attachment["size_in_bytes"], int)
            assert isinstance(attachment["duration_in_seconds"], int)
    assert [bool(item.get("attachments")) for item in feed["items"]] == [bool(item.audio) for item in items]


def test_the_rss_says_whose_it_is_and_what_it_is_about() -> None:
    _, show, items = own()
    document = build_news_rss(items, show=show, site=OWN_SITE, words=WORDS)
    read: Any = feedparser.parse(document)
    assert not read.bozo
    assert read.version == "rss20"
    assert read.feed.title == "Öka takten: nytt på webbplatsen"
    assert (read.feed.link, read.feed.language) == (DEFAULT_SITE_URL, "sv")
    assert read.feed.publisher == "Region Jämtland Härjedalen"
    assert "Medfinansieras av Europeiska unionen." in read.feed.subtitle
    channel = etree.fromstring(document)[0]
    (own_link,) = channel.findall("{http://www.w3.org/2005/Atom}link")
    assert (own_link.get("rel"), own_link.get("href")) == ("self", f"{DEFAULT_SITE_URL}nytt.xml")
    assert own_link.get("type") == "application/rss+xml"
    assert channel.findtext("lastBuildDate") == channel.findtext("item/pubDate") == "Sat, 21 Nov 2026 07:00:00 +0100"
    assert {guid.get("isPermaLink") for guid in channel.iterfind("item/guid")} == {"false"}


def test_both_feeds_say_the_same_item_by_item() -> None:
    _, show, items = own()
    read = rss_feed(show, items)
    for entry, item in zip(read.entries, json_feed(show, items)["items"], strict=True):
        moment = datetime.fromtimestamp(timegm(entry.published_parsed), tz=UTC)
        assert moment == datetime.fromisoformat(item["date_published"])
        assert (entry.id, entry.link, entry.title) == (item["id"], item["url"], item["title"])
        assert entry.description == item["content_text"]
        assert [tag.term for tag in entry.tags] == item["tags"]
        assert [thumbnail["url"] for thumbnail in entry.media_thumbnail] == [item["image"]]
        enclosures = [(found.href, found.type, int(found.length)) for found in entry.enclosures]
        attachments = [(a["url"], a["mime_type"], a["size_in_bytes"]) for a in item.get("attachments", [])]
        assert enclosures == attachments


def test_the_same_news_are_the_same_bytes() -> None:
    texts = set()
    for _ in range(2):
        reading, show, _ = own()
        items = build_news(show, reversed(reading.pages), site=OWN_SITE, words=WORDS)
        rss = build_news_rss(items, show=show, site=OWN_SITE, words=WORDS)
        texts.add((rss, build_json_feed(items, show=show, site=OWN_SITE, words=WORDS)))
    assert len(texts) == 1


def test_no_news_make_valid_feeds() -> None:
    show = a_show()
    assert json_feed(show, ())["items"] == []
    read = rss_feed(show, ())
    assert (read.bozo, read.entries, read.version) == (False, [], "rss20")
    assert b"lastBuildDate" not in build_news_rss((), show=show, site=SITE, words=WORDS)


def test_every_address_in_the_feeds_is_in_the_built_site(site: Path) -> None:
    reading, show, items = own()
    assert (site / NEWS_RSS).read_bytes() == build_news_rss(items, show=show, site=OWN_SITE, words=WORDS)
    assert (site / NEWS_JSON).read_text("utf-8") == build_json_feed(items, show=show, site=OWN_SITE, words=WORDS)
    feed = json_feed(show, items)
    addresses = [feed["home_page_url"], feed["feed_url"], feed["icon"]]
    for item in feed["items"]:
        assert item["image"] == card_path(item["url"])
        addresses += [item["url"], item["image"], *(attachment["url"] for attachment in item.get("attachments", []))]
    paths = [address.removeprefix(DEFAULT_SITE_URL) for address in addresses]
    assert len(paths) > 10
    for path in paths:
        assert (site / path).is_file() or (site / path / "index.html").is_file(), path
    links = parse(site / "for-medier/index.html").xpath("//main//a/@href")
    assert {f"{DEFAULT_SITE_URL}nytt.xml", f"{DEFAULT_SITE_URL}nytt.json"} <= set(links)
    assert any(page.news for page in reading.pages)


def test_the_field_news_changes_no_revision_of_a_text(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    before = read_project(root)
    assert before.translations
    written = [page for page in before.pages if page.locale == DEFAULT_LOCALE and page.entry is None]
    for page in (root / "docs/sv" / each.name for each in written):
        text = page.read_text(encoding="utf-8").replace("\nnews: 2026-11-21\n", "\n")
        page.write_text(text.replace("---\n", "---\nnews: 2026-11-20\n", 1), encoding="utf-8")
    after = read_project(root)
    assert all(
        page.news == date(2026, 11, 20) for page in after.pages if page.locale == DEFAULT_LOCALE and not page.entry
    )
    assert after.translations == before.translations
    assert after.facts
    editions = check_editions(
        after.pages, questions=after.questions, facts=after.facts, catalogues=after.words, today=TODAY
    )
    assert editions == []


def test_a_translated_page_has_no_field_for_news(tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    for locale, more in (("sv", ""), ("sma", "source_revision: 00000000\nreviewed: nej\n")):
        folder = root / "docs" / locale
        folder.mkdir(exist_ok=True)
        text = f"---\ntitle: T\ndescription: D.\nnews: 2026-11-21\n{more}---\n\nText.\n"
        (folder / "om.md").write_text(text, encoding="utf-8")
    shutil.copy(PROJECT / "docs/sma/words.yml", root / "docs/sma")
    found = [(problem.file, problem.field) for problem in read_project(root).problems]
    assert found == [("docs/sma/om.md", "news")]
