"""What is new on the site, for partners to show on theirs: one list, as JSON Feed 1.1 and as RSS 2.0.

Every published episode, and every page that names a day on which it is new (`news`) or was changed (`updated`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from email.utils import format_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from okatakten.addresses import NEWS_JSON, NEWS_RSS, Site, audio_path, cover_path, episode_path
from okatakten.model import DEFAULT_LOCALE, Locale, Page, Published, PublishedEpisode, Show
from okatakten.podcast.feed_view import XHTML, Notice, show_in_browsers
from okatakten.site.metadata import share_picture
from okatakten.words.catalogue import Word, Words

JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
ATOM: Final = "http://www.w3.org/2005/Atom"
MEDIA: Final = "http://search.yahoo.com/mrss/"
MEDIA_TYPES: Final = {NEWS_RSS: "application/rss+xml", NEWS_JSON: "application/feed+json"}
PAGE_TAG: Final = "news_tag_page"
TAGS: Final = {
    "report.html": "news_tag_report",
    "brochure.html": "news_tag_brochure",
    "question.html": "news_tag_result",
    "results.html": "news_tag_result",
}
"""The word for what a page is, by its template; any other one is a page."""
MORNING: Final = time(7)
"""When a day is told of, in the show's time zone: midnight there is still the day before in most other zones, this hour
the same day from San Francisco to Tokyo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The audio of an episode. `length` is bytes, `seconds` its duration."""

    url: str
    media_type: str
    length: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """Something new. `id` never comes back for another news item; `url` and `image` are absolute."""

    id: str
    url: str
    title: str
    summary: str
    text: str
    published: datetime
    language: Locale
    tag: str
    image: str
    audio: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsLink:
    """One of the feeds, for `<link rel="alternate">`."""

    media_type: str
    title: Word
    href: str


def build_news_links(show: Show, *, site: Site, words: Words) -> tuple[NewsLink, ...]:
    """Return the feeds as every page names them, with words of the page's language."""
    formats = {NEWS_RSS: "RSS", NEWS_JSON: "JSON"}
    return tuple(
        NewsLink(
            media_type=MEDIA_TYPES[path],
            title=words["news_feed_title"].format(show=show.title, format=name),
            href=site.absolute(path),
        )
        for path, name in formats.items()
    )


def build_news(show: Published, pages: Iterable[Page], *, site: Site, words: Words) -> tuple[NewsItem, ...]:
    """Return what there is to tell of, newest first. `words` are those of the default locale, which it is told in."""
    items = [_episode_item(episode, site=site, words=words) for episode in show.episodes]
    for page in pages:
        if page.locale == DEFAULT_LOCALE:
            items += _page_items(page, zone=ZoneInfo(show.timezone), site=site, words=words)
    return tuple(sorted(items, key=lambda item: (item.published, item.id), reverse=True))


def _episode_item(episode: PublishedEpisode, *, site: Site, words: Words) -> NewsItem:
    text, audio, path = episode.text, episode.audio, episode_path(episode)
    synthetic = f" {words['synthetic_voice_notice']}" if episode.synthetic_voice else ""
    return NewsItem(
        # Some readers know an item by its id alone, whatever feed it is in, and the podcast's feed has this one, too.
        id=f"{episode.guid}#nytt",
        url=site.absolute(path),
        title=text.title,
        summary=text.summary,
        text=text.summary + synthetic,
        published=episode.published,
        language=DEFAULT_LOCALE,
        tag=words["news_tag_episode"].text,
        image=site.absolute(share_picture(episode.text.title, path, plain=False)),
        audio=Attachment(
            url=site.absolute(audio_path(episode)),
            media_type=audio.media_type,
            length=episode.length,
            seconds=max(1, round(audio.duration.total_seconds())),
        ),
    )


def _page_items(page: Page, *, zone: ZoneInfo, site: Site, words: Words) -> Iterator[NewsItem]:
    """Yield the page under the latest of its days that has come: a later day makes it a new item."""
    mornings = [datetime.combine(day, MORNING, zone) for day in (page.news, page.updated) if day]
    come = [morning for morning in mornings if morning <= site.now]
    if not come:
        return
    url = site.absolute(page.path)
    yield NewsItem(
        id=f"{url}#{max(come).date()}",
        url=url,
        title=page.title,
        summary=page.description,
        text=page.lead or page.description,
        published=max(come),
        language=page.locale,
        tag=words[tag_key(page)].text.casefold(),
        image=site.absolute(share_picture(page.title, page.path, plain=False)),
    )


def tag_key(page: Page | None) -> str:
    """Return the key of the word for what a page is."""
    if page and page.entry:
        return f"kind_{page.entry.kind}"
    return TAGS.get(page.template if page else "", PAGE_TAG)


def build_json_feed(items: Sequence[NewsItem], *, show: Show, site: Site, words: Words) -> str:
    """Return the list as JSON Feed 1.1, ending with a line break. The same values give the same text."""
    feed = {
        "version": JSON_FEED,
        "title": words["news_title"].format(show=show.title).text,
        "home_page_url": site.url,
        "feed_url": site.absolute(NEWS_JSON),
        "description": _description(words),
        "user_comment": f"{words['news_feed_opened']} {words['news_feed_how']}",
        "icon": site.absolute(cover_path(show)),
        "authors": [{"name": show.author, "url": site.url}],
        "language": DEFAULT_LOCALE,
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _json_item(item: NewsItem) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "content_text": item.text,
        "image": item.image,
        "date_published": item.published.isoformat(timespec="seconds"),
        "tags": [item.tag],
        "language": item.language,
    }
    if item.audio:
        values["attachments"] = [
            {
                "url": item.audio.url,
                "mime_type": item.audio.media_type,
                "size_in_bytes": item.audio.length,
                "duration_in_seconds": item.audio.seconds,
            }
        ]
    return values


def build_news_rss(items: Sequence[NewsItem], *, show: Show, site: Site, words: Words) -> bytes:
    """Return the list as RSS 2.0, UTF-8. The same values give the same bytes."""
    title = words["news_title"].format(show=show.title).text
    rss = etree.Element("rss", nsmap={"atom": ATOM, "dc": DUBLIN_CORE, "media": MEDIA, "xhtml": XHTML}, version="2.0")
    channel = etree.SubElement(rss, "channel")
    for name, text in {
        "title": title,
        "link": site.url,
        "description": _description(words),
        "language": DEFAULT_LOCALE,
        "copyright": show.copyright,
        f"{{{DUBLIN_CORE}}}publisher": show.author,
        "docs": "http://www.rssboard.org/rss-specification",
        "generator": "okatakten",
    }.items():
        _add(channel, name, text)
    own = {"href": site.absolute(NEWS_RSS), "rel": "self", "type": MEDIA_TYPES[NEWS_RSS]}
    etree.SubElement(channel, f"{{{ATOM}}}link", attrib=own)
    if items:
        _add(channel, "lastBuildDate", format_datetime(items[0].published))
    for item in items:
        _add_item(channel, item)
    notice = Notice(
        title=title,
        about=words["news_feed_opened"].text,
        how=words["news_feed_how"].text,
        address=site.absolute(NEWS_RSS),
        link=words["to_home"].text,
        href=site.url,
    )
    show_in_browsers(rss, notice, at=NEWS_RSS, language=DEFAULT_LOCALE)
    return etree.tostring(rss.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add_item(channel: etree._Element, item: NewsItem) -> None:
    element = etree.SubElement(channel, "item")
    for name, text in {
        "title": item.title,
        "link": item.url,
        "pubDate": format_datetime(item.published),
        "description": item.text,
        "category": item.tag,
    }.items():
        _add(element, name, text)
    _add(element, "guid", item.id).set("isPermaLink", "false")
    if item.audio:
        facts = {"url": item.audio.url, "length": str(item.audio.length), "type": item.audio.media_type}
        etree.SubElement(element, "enclosure", attrib=facts)
    etree.SubElement(element, f"{{{MEDIA}}}thumbnail", url=item.image)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _description(words: Words) -> str:
    """Return what the feed is about, and who pays for it: the statement that the Union asks for."""
    return f"{words['news_description']} {words['eu_statement']}."
