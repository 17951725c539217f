"""What is published beside the pages: the feeds, and all that belongs to the show and its episodes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from okatakten.addresses import (
    ADDRESSES,
    EMBED,
    FEED,
    FOLLOW,
    FOLLOW_CODE,
    NEWS_JSON,
    NEWS_RSS,
    OEMBED,
    PLAIN_CARD,
    PODCAST,
    Site,
    card_path,
    chapters_path,
    cover_path,
    episode_path,
    moved_paths,
    picture_path,
    transcript_path,
)
from okatakten.model import Episode, Page, Published, Release, Releases
from okatakten.podcast.chapters import build_json_chapters
from okatakten.podcast.feed import build_feed
from okatakten.podcast.promise import audio_addresses, build_addresses
from okatakten.site.cards import draw_card
from okatakten.site.metadata import build_share_card, share_picture
from okatakten.site.news import build_json_feed, build_news, build_news_rss
from okatakten.site.qr import qr_code
from okatakten.site.scene import HEIGHT, WIDTH
from okatakten.site.sharing import build_oembed
from okatakten.site.structure import LocalSite
from okatakten.words.catalogue import Words

Content = bytes | Path | Release
"""What a file holds, the file that it is a copy of, or audio, which is written with its tag (`write_release`)."""


def build_files(show: Published, *, pages: Iterable[Page], site: Site, words: Words) -> dict[str, Content]:
    """Return every file beside the pages by its address, relative to the site, but for those of one locale.

    `words` are those of the default locale.
    """
    files: dict[str, Content] = {cover_path(show): show.cover.path, FOLLOW_CODE: qr_code(site.absolute(FOLLOW))}
    files |= _feeds(show.for_programs, pages=pages, site=site, words=words)
    for episode in show.episodes:
        files |= _episode_files(episode, show.releases)
    card = draw_card(build_share_card(None, show=show, words=words))
    gone = [path for episode in show.withdrawn for path in (f"{PODCAST}{episode.slug}/", *moved_paths(episode))]
    return files | dict.fromkeys([PLAIN_CARD, *map(card_path, gone)], card)


def _feeds(show: Published, *, pages: Iterable[Page], site: Site, words: Words) -> dict[str, bytes]:
    """Return what programs read."""
    news = build_news(show, pages, site=site, words=words)
    return {
        FEED: build_feed(show, site=site, words=words),
        ADDRESSES: build_addresses(show).encode(),
        NEWS_JSON: build_json_feed(news, show=show, site=site, words=words).encode(),
        NEWS_RSS: build_news_rss(news, show=show, site=site, words=words),
    }


def _episode_files(episode: Episode, releases: Releases) -> dict[str, Content]:
    """Return the files of an episode where they are now, and where they were before its folder was renamed."""
    folder = episode_path(episode)
    files: dict[str, Content] = {}
    if episode.transcript is not None:
        files[transcript_path(episode)] = episode.transcript.path
    if episode.picture is not None:
        files[picture_path(episode, episode.picture)] = episode.picture.path
    if episode.chapters:
        files[chapters_path(episode)] = build_json_chapters(episode.chapters).encode()
    moved = moved_paths(episode)
    files |= {old + path.removeprefix(folder): content for old in moved for path, content in files.items()}
    for address, behind in audio_addresses(episode).items():
        if address.startswith(PODCAST):
            # What is gone on purpose is answered for by what corrected it.
            path = (behind or episode.audio).path
            assert path
            files[address] = releases[path]
    return files


def build_oembeds(within: LocalSite) -> dict[str, bytes]:
    """Return what sites that embed a page read, by address: also where it was before its folder was renamed."""
    site, show = within.site, within.show
    files: dict[str, bytes] = {}
    for page in within.pages:
        if page.is_episode:
            picture = share_picture(page.title, page.href, plain=within.is_unreviewed(page))
            text = build_oembed(
                embed=site.absolute(page.href + EMBED),
                title=page.title,
                show=show.title,
                owner=show.author,
                home=site.url,
                picture=site.absolute(picture),
                size=(WIDTH, HEIGHT),
            )
            files |= {folder + OEMBED: text.encode() for folder in (page.href, *page.former_hrefs)}
    return files
