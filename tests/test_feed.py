"""The feed, read back with other people's parsers."""

from __future__ import annotations

import io
import json
import locale
from calendar import timegm
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
import pytest
from lxml import etree

from okatakten.addresses import Site, read_site
from okatakten.model import AudioFile, Category, Chapter, EpisodeType, Person, Role, Show, ShowType
from okatakten.podcast.chapters import build_json_chapters
from okatakten.podcast.feed import ITUNES, PODCAST_NAMESPACE, PODLOVE, build_description, build_feed
from okatakten.rules import DESCRIPTION_LIMIT
from okatakten.site.project import read_project
from support import CASES, PROJECT, SITE, WORDS, a_show, an_episode, lay_out, published

NAMESPACES = {
    "itunes": ITUNES,
    "podcast": PODCAST_NAMESPACE,
    "psc": PODLOVE,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}


def samples() -> Show:
    show = read_project(PROJECT).show
    assert show is not None
    return show


def channel_of(show: Show, *, site: Site = SITE) -> etree._Element:
    channel = etree.fromstring(build_feed(published(show, site), site=site, words=WORDS)).find("channel")
    assert channel is not None
    return channel


def texts(element: etree._Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall(path, NAMESPACES)]


def attributes(element: etree._Element, path: str) -> list[dict[str, str]]:
    return [dict(found.attrib) for found in element.findall(path, NAMESPACES)]  # type: ignore[arg-type]


def test_feedparser_reads_back_what_the_model_holds() -> None:
    show = samples()
    read: Any = feedparser.parse(build_feed(published(show), site=SITE, words=WORDS))
    assert not read.bozo
    assert (read.feed.title, read.feed.link, read.feed.language) == (show.title, f"{SITE.url}podd/", show.language)
    assert len(read.entries) == len(show.episodes) == 4
    for entry, episode in zip(read.entries, show.episodes, strict=True):
        assert entry.title == episode.text.title
        assert entry.id == episode.guid
        assert entry.link == f"{SITE.url}podd/{episode.slug}/"
        assert datetime.fromtimestamp(timegm(entry.published_parsed), tz=UTC) == episode.published
        (enclosure,) = entry.enclosures
        assert int(enclosure.length) == episode.audio.length
        assert enclosure.type == episode.audio.media_type
        assert enclosure.href == f"{SITE.url}podd/{episode.slug}/audio.mp3"
        assert int(entry.itunes_duration) == round(episode.audio.duration.total_seconds())
        told = (entry.get("itunes_season"), entry.get("itunes_episode"))
        assert told == tuple(number and str(number) for number in (episode.season, episode.number))
        assert entry.itunes_episodetype == episode.type


def test_podcastparser_reads_back_what_the_model_holds() -> None:
    show = samples()
    # podcastparser knows the podcast namespace by the address of its document only, an alias of the name in use.
    alias = b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    document = build_feed(published(show), site=SITE, words=WORDS).replace(PODCAST_NAMESPACE.encode(), alias)
    read = podcastparser.parse(f"{SITE.url}podd/feed.xml", io.BytesIO(document))
    assert read["title"] == show.title
    assert read["explicit"] is False
    assert read["itunes_owner"] == {"name": show.owner_name, "email": show.owner_email}
    for entry, episode in zip(read["episodes"], show.episodes, strict=True):
        assert entry["guid"] == episode.guid
        assert entry["title"] == episode.text.title
        assert entry["published"] == int(episode.published.timestamp())
        assert entry["total_time"] == round(episode.audio.duration.total_seconds())
        assert entry["enclosures"][0]["file_size"] == episode.audio.length
        assert entry["transcript_url"] == f"{SITE.url}podd/{episode.slug}/transcript.vtt"
        assert [(chapter["start"], chapter["title"]) for chapter in entry.get("chapters", [])] == [
            (chapter.start.total_seconds(), chapter.title) for chapter in episode.chapters
        ]


def test_the_channel_holds_all_that_directories_ask_for() -> None:
    person = Person(name="Programledare", role=Role.HOST, href="https://prov.example/")
    show = a_show(
        an_episode(),
        categories=(Category(name="Government"), Category(name="Society & Culture", subcategory="Documentary")),
        funding_title="Medfinansieras av Europeiska unionen",
        funding_url="https://prov.example/eu",
        persons=(person,),
    )
    channel = channel_of(show)
    assert attributes(channel, "atom:link") == [
        {"href": "https://prov.example/podd/feed.xml", "rel": "self", "type": "application/rss+xml"}
    ]
    assert texts(channel, "itunes:explicit") == ["false"]
    assert texts(channel, "itunes:author") == ["En organisation"]
    assert texts(channel, "itunes:owner/itunes:email") == ["podd@prov.example"]
    assert attributes(channel, "itunes:category") == [{"text": "Government"}, {"text": "Society & Culture"}]
    assert attributes(channel, "itunes:category/itunes:category") == [{"text": "Documentary"}]
    assert attributes(channel, "itunes:image") == [{"href": "https://prov.example/podd/cover-1.png"}]
    assert texts(channel, "podcast:guid") == [show.guid]
    assert texts(channel, "podcast:locked") == ["yes"]
    assert texts(channel, "podcast:funding") == ["Medfinansieras av Europeiska unionen"]
    assert texts(channel, "podcast:person") == ["Programledare"]
    assert attributes(channel, "podcast:image")[0]["alt"] == "Omslag"
    assert texts(channel, "image/link") == texts(channel, "link") == ["https://prov.example/podd/"]
    assert texts(channel, "image/title") == texts(channel, "title")
    assert texts(channel, "copyright") == ["2026 En organisation"]


def test_what_holds_only_in_some_situations_is_left_out_in_others() -> None:
    plain = channel_of(a_show())
    names = ("itunes:complete", "itunes:block", "itunes:new-feed-url", "podcast:funding", "podcast:person", "item")
    assert [plain.findall(name, NAMESPACES) for name in names] == [[]] * len(names)
    special = channel_of(a_show(complete=True, block=True, new_feed_url="https://ny.example/f", type=ShowType.SERIAL))
    assert texts(special, "itunes:complete") == texts(special, "itunes:block") == ["Yes"]
    assert texts(special, "itunes:new-feed-url") == ["https://ny.example/f"]
    assert texts(special, "itunes:type") == ["serial"]


def test_an_item_holds_all_that_apps_read() -> None:
    episode = an_episode(
        season=2,
        number=7,
        explicit=True,
        synthetic_voice=True,
        type=EpisodeType.BONUS,
        persons=(Person(name="Talsyntes", role=Role.NARRATOR),),
        chapters=(Chapter(start=timedelta(0), title="A & B"), Chapter(start=timedelta(seconds=61.5), title="C")),
    )
    (item,) = channel_of(a_show(episode, persons=(Person(name="Annan", role=Role.HOST),))).findall("item")
    assert attributes(item, "guid") == [{"isPermaLink": "false"}]
    assert texts(item, "itunes:explicit") == ["true"]
    assert texts(item, "itunes:episodeType") == ["bonus"]
    assert (texts(item, "itunes:season"), texts(item, "itunes:episode")) == (["2"], ["7"])
    assert attributes(item, "podcast:transcript") == [
        {"url": "https://prov.example/podd/avsnitt/transcript.vtt", "type": "text/vtt", "language": "sv"}
    ]
    assert attributes(item, "podcast:chapters") == [
        {"url": "https://prov.example/podd/avsnitt/chapters.json", "type": "application/json+chapters"}
    ]
    assert attributes(item, "psc:chapters/psc:chapter") == [
        {"start": "00:00:00.000", "title": "A & B"},
        {"start": "00:01:01.500", "title": "C"},
    ]
    # The item's persons replace the channel's wholly.
    assert texts(item, "podcast:person") == ["Talsyntes"]
    assert [(found.get("purpose"), found.text) for found in item.findall("podcast:txt", NAMESPACES)] == [
        ("ai-content", "true")
    ]


def test_show_notes_are_html_with_absolute_links_and_nothing_that_runs() -> None:
    notes = "## Rubrik\n\n[Hem](../../) [Ut](https://a.example/?b&c)\n\n<script>alert(1)</script><img src=x onerror=y>"
    (item,) = channel_of(a_show(an_episode(notes=notes))).findall("item")
    (content,) = texts(item, "content:encoded")
    assert content is not None
    assert "<h3>Rubrik</h3>" in content
    assert '<a href="https://prov.example/">Hem</a>' in content
    assert "script" not in content
    assert "onerror" not in content
    assert 'href="https://prov.example/podd/avsnitt/"' in content


@pytest.mark.parametrize("notes", ["&#8;", "[a](http://[)", "<p>&#xFFFF;", "[a](javascript:alert)", "\\x00 &#0;"])
def test_odd_show_notes_still_make_a_feed(notes: str) -> None:
    (item,) = channel_of(a_show(an_episode(notes=notes))).findall("item")
    (content,) = texts(item, "content:encoded")
    assert content is not None
    assert "javascript:" not in content


def test_a_description_keeps_within_its_limit_and_ends_with_the_address_of_the_text() -> None:
    chapters = tuple(Chapter(start=timedelta(seconds=n), title="Å" * 200) for n in range(60))
    episode = an_episode(summary="S" * 1000, chapters=chapters)
    description = build_description(episode, site=SITE, words=WORDS)
    assert len(description.encode()) <= DESCRIPTION_LIMIT
    assert "0:00 ÅÅÅ" in description
    assert description.endswith("Textversion: https://prov.example/podd/avsnitt/")


def test_json_chapters_follow_their_specification() -> None:
    chapters = (Chapter(start=timedelta(0), title="Början"), Chapter(start=timedelta(seconds=1.5), title="Slut"))
    assert json.loads(build_json_chapters(chapters)) == {
        "version": "1.2.0",
        "chapters": [{"startTime": 0, "title": "Början"}, {"startTime": 1.5, "title": "Slut"}],
    }


def test_dates_are_english_in_any_locale_of_the_machine() -> None:
    before = build_feed(published(samples()), site=SITE, words=WORDS)
    available = [name for name in ("sv_SE.UTF-8", "de_DE.UTF-8", "C.UTF-8") if _can_set(name)]
    assert available
    for name in available:
        locale.setlocale(locale.LC_ALL, name)
        try:
            assert build_feed(published(samples()), site=SITE, words=WORDS) == before
        finally:
            locale.setlocale(locale.LC_ALL, "")
    assert b"<pubDate>Mon, 16 Nov 2026 07:00:00 +0100</pubDate>" in before


def test_the_feed_says_when_its_content_changed_not_when_it_was_built() -> None:
    newest = datetime(2026, 5, 1, 12, tzinfo=UTC)
    show = a_show(an_episode(published=newest), an_episode())
    assert texts(channel_of(show), "lastBuildDate") == ["Fri, 01 May 2026 12:00:00 +0000"]
    assert texts(channel_of(a_show()), "lastBuildDate") == []


def test_all_episodes_are_in_one_feed() -> None:
    episodes = [an_episode(guid=f"g-{number}", slug=f"s-{number}") for number in range(250)]
    assert len(channel_of(a_show(*episodes)).findall("item")) == 250


def test_samples_are_published_on_example_addresses_only() -> None:
    show = a_show(an_episode(sample=True), an_episode(guid="riktigt"))
    real = read_site({"SITE_URL": "https://okatakten.regionjh.se"})
    assert [episode.guid for episode in published(show, real).episodes] == ["riktigt"]
    for site in (read_site({}), read_site({"SITE_URL": "https://a.se/", "SAMPLES": "1"})):
        assert len(published(show, site).episodes) == 2
    assert not read_site({"SITE_URL": "https://example.se/okatakten.example/"}).samples


def test_a_site_below_a_path_keeps_the_path_in_every_address() -> None:
    site = read_site({"SITE_URL": "https://prov.example/okatakten"})
    channel = channel_of(a_show(an_episode()), site=site)
    addresses = [
        value for element in channel.iter() for value in element.attrib.values() if str(value).startswith("http")
    ]
    assert addresses
    assert all(str(value).startswith("https://prov.example/okatakten/podd/") for value in addresses)


def test_audio_in_a_media_store_keeps_its_address(tmp_path: Path) -> None:
    show = read_project(lay_out(CASES / "audio-in-a-media-store", tmp_path)).show
    assert show is not None
    (episode,) = show.episodes
    assert episode.audio == AudioFile(
        url="https://media.prov.example/avsnitt-1.m4a",
        length=14_500_000,
        media_type="audio/x-m4a",
        duration=timedelta(minutes=24, seconds=5),
    )


def _can_set(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_ALL, "")
    return True
