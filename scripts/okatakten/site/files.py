"""What is published beside the pages of the site."""

from __future__ import annotations

from collections.abc import Iterable

from okatakten.addresses import (
    EMBED,
    FOLLOW,
    FOLLOW_CODE,
    NEWS_JSON,
    NEWS_RSS,
    OEMBED,
    PLAIN_CARD,
    PODCAST,
    Site,
    card_path,
    moved_paths,
)
from okatakten.model import Page, Published
from okatakten.podcast.files import Content, build_podcast_files
from okatakten.site.metadata import share_picture
from okatakten.site.news import build_json_feed, build_news, build_news_rss
from okatakten.site.qr import qr_code
from okatakten.site.scene import HEIGHT, WIDTH
from okatakten.site.sharing import build_oembed
from okatakten.site.structure import LocalSite
from okatakten.words.catalogue import Words


def build_files(show: Published, *, pages: Iterable[Page], site: Site, words: Words, card: bytes) -> dict[str, Content]:
    """Return every file beside the pages by its address, relative to the site, but for those of one locale.

    `words` are those of the default locale, `card` is the picture that any page may share.
    """
    news = build_news(show.for_programs, pages, site=site, words=words)
    files = build_podcast_files(show, site=site, words=words) | {
        FOLLOW_CODE: qr_code(site.absolute(FOLLOW)),
        NEWS_JSON: build_json_feed(news, show=show, site=site, words=words).encode(),
        NEWS_RSS: build_news_rss(news, show=show, site=site, words=words),
    }
    gone = [path for episode in show.withdrawn for path in (f"{PODCAST}{episode.slug}/", *moved_paths(episode))]
    return files | dict.fromkeys([PLAIN_CARD, *map(card_path, gone)], card)


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
