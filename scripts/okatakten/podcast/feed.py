"""The feed: RSS 2.0 with the iTunes, podcast, content, Atom and Podlove namespaces, made with feedgen.

This is the only module that knows feedgen, and the only one that says channel, item and pubDate.
Sources: PSP-1 (podcast standards project), Apple Podcasts 823, the podcast namespace, RSS 2.0, WebSub (W3C).
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Final

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from okatakten.addresses import (
    FEED,
    PODCAST,
    Site,
    audio_path,
    chapters_path,
    cover_path,
    episode_path,
    picture_path,
    transcript_path,
)
from okatakten.model import Episode, EpisodeType, Person, Picture, Published, PublishedEpisode, Show, last_change
from okatakten.podcast.feed_view import XHTML, Notice, show_in_browsers
from okatakten.podcast.notes import absolute_links, render_notes, unwrap
from okatakten.rules import DESCRIPTION_LIMIT
from okatakten.words.catalogue import Words
from okatakten.written.values import clock, timestamp

ATOM: Final = "http://www.w3.org/2005/Atom"
ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST_NAMESPACE: Final = "https://podcastindex.org/namespace/1.0"
PODLOVE: Final = "http://podlove.org/simple-chapters"


class _ShowExtension(BaseExtension):  # type: ignore[misc]
    """Channel elements that feedgen lacks (podcast namespace) or writes in older words (itunes yes/no)."""

    show: Published
    site: Site
    words: Words

    def extend_ns(self) -> dict[str, str]:
        return {"podcast": PODCAST_NAMESPACE, "psc": PODLOVE, "xhtml": XHTML}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        channel, show = feed[0], self.show
        if not show.episodes:
            # feedgen stamps the time of the build when nothing else is known.
            _remove(channel, "lastBuildDate")
        _itunes(channel, "explicit", _true_false(show.explicit))
        if show.hub:
            etree.SubElement(channel, f"{{{ATOM}}}link", rel="hub", href=show.hub)
        if show.complete:
            _itunes(channel, "complete", "Yes")
        if show.block:
            _itunes(channel, "block", "Yes")
        cover = self.site.absolute(cover_path(show))
        etree.SubElement(channel, f"{{{ITUNES}}}image", href=cover)
        _podcast(channel, "guid", show.guid)
        _podcast(channel, "locked", "yes" if show.locked else "no", owner=show.owner_email)
        _podcast(channel, "medium", "podcast")
        _image(channel, show.cover, href=cover)
        if show.funding_url and show.funding_title:
            _podcast(channel, "funding", show.funding_title, url=show.funding_url)
        _persons(channel, show.persons)
        for trailer in (episode for episode in show.episodes if episode.type is EpisodeType.TRAILER):
            _trailer(channel, trailer, href=self.site.absolute(audio_path(trailer)))
        show_in_browsers(feed, _notice(show, self.site, self.words), at=FEED, language=show.language)
        return feed


class _EpisodeExtension(BaseEntryExtension):  # type: ignore[misc]
    """Item elements that feedgen lacks (podcast namespace, Podlove) or writes in older words."""

    episode: PublishedEpisode
    show: Show
    site: Site

    def extend_rss(self, item: etree._Element) -> etree._Element:
        episode, site = self.episode, self.site
        picture = episode.picture or self.show.cover
        picture_href = site.absolute(
            picture_path(episode, episode.picture) if episode.picture else cover_path(self.show)
        )
        _itunes(item, "explicit", _true_false(episode.explicit))
        etree.SubElement(item, f"{{{ITUNES}}}image", href=picture_href)
        if episode.transcript:
            transcript = site.absolute(transcript_path(episode))
            _podcast(item, "transcript", None, url=transcript, type="text/vtt", language=self.show.language)
        _alternate_enclosure(item, episode, href=site.absolute(audio_path(episode)))
        if episode.chapters:
            chapters_href = site.absolute(chapters_path(episode))
            _podcast(item, "chapters", None, url=chapters_href, type="application/json+chapters")
            chapters = etree.SubElement(item, f"{{{PODLOVE}}}chapters", version="1.2")
            for chapter in episode.chapters:
                start = timestamp(chapter.start)
                etree.SubElement(chapters, f"{{{PODLOVE}}}chapter", start=start, title=chapter.title)
        _image(item, picture, href=picture_href)
        _persons(item, episode.persons)
        if episode.synthetic_voice:
            _podcast(item, "txt", "true", purpose="ai-content")
        return item


def build_feed(show: Published, *, site: Site, words: Words) -> bytes:
    """Return the feed document (RSS 2.0, UTF-8) of every episode that is published, newest first.

    `words` are those of the show's language. The same values give the same bytes, whatever the time and the locale of
    the machine.
    """
    generator = FeedGenerator()
    generator.load_extension("podcast")
    generator.register_extension("okatakten", _ShowExtension, _EpisodeExtension, atom=False)
    generator.okatakten.show, generator.okatakten.site, generator.okatakten.words = show, site, words
    generator.title(show.title)
    generator.description(unwrap(show.description))
    # The last link becomes the channel's, so the self link goes first.
    generator.link(href=site.absolute(FEED), rel="self", type="application/rss+xml")
    generator.link(href=site.absolute(PODCAST), rel="alternate")
    generator.language(show.language)
    generator.copyright(show.copyright)
    generator.generator("okatakten")
    generator.image(url=site.absolute(cover_path(show)), title=show.title, link=site.absolute(PODCAST))
    generator.podcast.itunes_author(show.author)
    generator.podcast.itunes_owner(name=show.owner_name, email=show.owner_email)
    generator.podcast.itunes_type(show.type)
    for category in show.categories:
        generator.podcast.itunes_category({"cat": category.name, "sub": category.subcategory})
    if show.new_feed_url:
        generator.podcast.itunes_new_feed_url(show.new_feed_url)
    if show.episodes:
        generator.lastBuildDate(last_change(show))
    for episode in show.episodes:
        _add_item(generator.add_entry(order="append"), episode, show=show, site=site, words=words)
    document: bytes = generator.rss_str(pretty=True)
    return document


def build_description(episode: Episode, *, site: Site, words: Words) -> str:
    """Return the plain description: summary, chapters with times, and last the address of the text version.

    At most 4 000 bytes (Apple): chapters that do not fit are left out, the address never is. Plain text, since
    YouTube takes no HTML; Spotify and YouTube make chapters of the times.
    """
    ending = (
        f"{words['text_version' if episode.transcript else 'episode_page']}: {site.absolute(episode_path(episode))}"
    )
    synthetic = f"{words['synthetic_voice_notice']}\n\n" if episode.synthetic_voice else ""
    beginning = f"{episode.text.summary}\n\n{synthetic}"
    left = DESCRIPTION_LIMIT - len(f"{beginning}{ending}\n".encode())
    lines = []
    for chapter in episode.chapters:
        line = f"{clock(chapter.start)} {chapter.title}\n"
        left -= len(line.encode())
        if left < 0:
            break
        lines.append(line)
    chapters = "".join(lines) + "\n" if lines else ""
    return f"{beginning}{chapters}{ending}"


def build_content(episode: Episode, *, site: Site, words: Words) -> str:
    """Return the show notes as HTML with absolute links, ending with a link to the page and its text version."""
    page = site.absolute(episode_path(episode))
    notes = absolute_links(render_notes(episode.text.notes), base=page)
    link = words["read_text_version" if episode.transcript else "episode_page"]
    return f'{notes}\n<p><a href="{page}">{link}</a></p>'


def _add_item(item: FeedEntry, episode: PublishedEpisode, *, show: Show, site: Site, words: Words) -> None:
    item.okatakten.episode, item.okatakten.show, item.okatakten.site = episode, show, site
    item.title(episode.text.title)
    item.guid(episode.guid, permalink=False)
    item.link(href=site.absolute(episode_path(episode)))
    item.description(build_description(episode, site=site, words=words))
    item.content(build_content(episode, site=site, words=words), type="CDATA")
    audio = episode.audio
    item.enclosure(url=site.absolute(audio_path(episode)), length=str(episode.length), type=audio.media_type)
    item.pubDate(episode.published)
    item.podcast.itunes_duration(max(1, round(audio.duration.total_seconds())))
    item.podcast.itunes_episode_type(episode.type)
    if episode.season is not None:
        item.podcast.itunes_season(episode.season)
    if episode.number is not None:
        item.podcast.itunes_episode(episode.number)


def _notice(show: Show, site: Site, words: Words) -> Notice:
    return Notice(
        title=show.title,
        about=words["feed_opened"].text,
        how=words["subscribe_how"].text,
        address=site.absolute(FEED),
        link=words["listen_or_read"].text,
        href=site.absolute(PODCAST),
    )


def _podcast(parent: etree._Element, name: str, text: str | None, **attributes: str) -> None:
    element = etree.SubElement(parent, f"{{{PODCAST_NAMESPACE}}}{name}", attrib=attributes)
    element.text = text


def _itunes(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ITUNES}}}{name}").text = text


def _alternate_enclosure(parent: etree._Element, episode: PublishedEpisode, *, href: str) -> None:
    """Say what the bytes of the audio are, so that a change of them can be told; audio elsewhere is not looked into."""
    if episode.digest is None:
        return
    facts = {"type": episode.audio.media_type, "length": str(episode.length), "default": "true"}
    element = etree.SubElement(parent, f"{{{PODCAST_NAMESPACE}}}alternateEnclosure", attrib=facts)
    _podcast(element, "source", None, uri=href)
    _podcast(element, "integrity", None, type="sri", value=episode.digest)


def _image(parent: etree._Element, picture: Picture, *, href: str) -> None:
    element = etree.SubElement(parent, f"{{{PODCAST_NAMESPACE}}}image", href=href, alt=picture.alt)
    element.set("aspect-ratio", "1/1")
    element.set("width", str(picture.width))
    element.set("height", str(picture.height))
    element.set("type", picture.media_type)


def _persons(parent: etree._Element, persons: tuple[Person, ...]) -> None:
    for person in persons:
        attributes = {"role": person.role.value} | ({"href": person.href} if person.href else {})
        _podcast(parent, "person", person.name, **attributes)


def _trailer(parent: etree._Element, episode: PublishedEpisode, *, href: str) -> None:
    """Name a trailer for apps that play it before anybody follows the show; it is an item, too."""
    pubdate = format_datetime(episode.published)
    facts = {"url": href, "pubdate": pubdate, "length": str(episode.length), "type": episode.audio.media_type}
    _podcast(parent, "trailer", episode.text.title, **facts)


def _remove(parent: etree._Element, name: str) -> None:
    for element in parent.findall(name):
        parent.remove(element)


def _true_false(value: bool) -> str:
    return "true" if value else "false"
