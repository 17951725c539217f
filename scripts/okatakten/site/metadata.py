"""What machines read about a page: Open Graph for networks that show links, JSON-LD for search engines.

Both say what the page says, and nothing else. Sources: ogp.me, the guides of Facebook and LinkedIn, schema.org.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from okatakten.addresses import (
    FEED,
    OEMBED,
    PLAIN_CARD,
    PODCAST,
    Site,
    audio_path,
    card_path,
    cover_path,
    episode_path,
    transcript_path,
)
from okatakten.model import Locale, PublishedEpisode, Show
from okatakten.site.cards import Card
from okatakten.site.lettering import can_write
from okatakten.site.scene import HEIGHT, WIDTH
from okatakten.words.catalogue import Word, Words
from okatakten.words.scripts import territory
from okatakten.written.values import duration_iso

EU: Final = "Europeiska unionen"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePicture:
    """The picture that a shared link shows: absolute address, pixels, and what stands in it."""

    href: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGraph:
    """The properties of a page (ogp.me); addresses are absolute, `locale` is like `sv_SE`."""

    type: str
    title: str
    description: str
    url: str
    site_name: str
    locale: str | None
    alternates: tuple[str, ...]
    picture: SharePicture
    audio: str | None = None
    audio_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """What machines read about a page; `oembed_href` is absolute."""

    graph: OpenGraph
    json_ld: str
    oembed_href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """A step on the way to a page; `href` is absolute."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A page as a file to keep: its address relative to the site, media type, and the words of the link to it."""

    href: str
    media_type: str
    label: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A page as those see it who link to it. `href` is relative to the site, empty for the home page.

    `locales` are those that the page exists in; `kind` is the line above the title in its picture; a page that is
    `plain` has no picture of its own. `trail` leads to the page, itself not included. `updated` and `files` belong to a
    report, `node` is the JSON-LD of what else the page is about.
    """

    title: str
    description: str
    href: str
    locale: Locale
    locales: tuple[Locale, ...]
    kind: str
    plain: bool
    trail: tuple[Crumb, ...]
    is_podcast: bool = False
    episode: PublishedEpisode | None = None
    updated: date | None = None
    files: tuple[Download, ...] = ()
    node: Node | None = None


def share_picture(title: str, href: str, *, plain: bool) -> str:
    """Return the address of the picture that is shown with a page, relative to the site. `href` is the page's."""
    return PLAIN_CARD if plain or not can_write(title) else card_path(href)


def build_share_card(page: PageFacts | None, *, show: Show, words: Words) -> Card:
    """Return what the picture of a page shows; None: of all pages without one of their own."""
    card = Card(
        title=page.title if page else "",
        kind=page.kind if page else "",
        show=show.title,
        owner=show.author,
        eu_statement=words["eu_statement"].text,
    )
    has_own = page is not None and share_picture(page.title, page.href, plain=page.plain) != PLAIN_CARD
    return card if has_own else card.plain()


def build_head(page: PageFacts, *, show: Show, site: Site, words: Words, owner_address: str | None) -> PageHead:
    """Return what machines read about a page. `owner_address` is the website of the show's author."""
    card = build_share_card(page, show=show, words=words)
    picture = site.absolute(share_picture(page.title, page.href, plain=page.plain))
    href = site.absolute(page.href)
    shown = (card.kind, card.title, card.show if card.show not in card.title else "", card.owner, card.eu_statement)
    graph = OpenGraph(
        type="article" if page.trail else "website",
        title=page.title,
        description=page.description,
        url=href,
        site_name=show.title,
        locale=_territory(page.locale),
        alternates=tuple(
            name for locale in page.locales if locale != page.locale and (name := _territory(locale)) is not None
        ),
        picture=SharePicture(
            href=picture,
            width=WIDTH,
            height=HEIGHT,
            alt=". ".join(filter(None, shown)),
        ),
        audio=site.absolute(audio_path(page.episode)) if page.episode else None,
        audio_type=page.episode.audio.media_type if page.episode else None,
    )
    nodes = [organization(show, site=site, address=owner_address)]
    if page.trail:
        nodes.append(breadcrumbs([*page.trail, Crumb(name=page.title, href=href)]))
    if page.is_podcast or page.episode:
        nodes.append(podcast_series(show, site=site))
    if page.episode:
        nodes.append(
            podcast_episode(page.episode, show, locale=page.locale, site=site, href=page.href, picture=picture)
        )
    if page.node:
        role = "organizer" if page.node["@type"] == "Event" else "publisher"
        nodes.append(page.node | _published(site, role=role))
    if page.updated:
        nodes.append(report(page, site=site, picture=picture))
    return PageHead(
        graph=graph,
        json_ld=write_json_ld(nodes),
        oembed_href=site.absolute(page.href + OEMBED) if page.episode else None,
    )


def _territory(locale: Locale) -> str | None:
    """Return the locale with its territory, as Open Graph wants it; None for a language that CLDR places nowhere."""
    country = territory(locale)
    return f"{locale}_{country}" if country else None


def write_json_ld(nodes: Iterable[Node]) -> str:
    """Return the nodes as one JSON-LD document that can stand in a script element: nothing in it can close that."""
    graph = json.dumps(
        {"@context": "https://schema.org", "@graph": list(nodes)}, ensure_ascii=False, separators=(",", ":")
    )
    return graph.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def organization(show: Show, *, site: Site, address: str | None) -> Node:
    """Return the public body behind the site. `address` is that of its own website."""
    node = {"@type": "GovernmentOrganization", "@id": _owner(site), "name": show.author}
    return node | ({"url": address} if address else {})


def breadcrumbs(crumbs: Sequence[Crumb]) -> Node:
    steps = [
        {"@type": "ListItem", "position": position, "name": crumb.name, "item": crumb.href}
        for position, crumb in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def podcast_series(show: Show, *, site: Site) -> Node:
    return {
        "@type": "PodcastSeries",
        "@id": _series(site),
        "name": show.title,
        "description": show.summary,
        "url": site.absolute(PODCAST),
        "webFeed": site.absolute(FEED),
        "image": site.absolute(cover_path(show)),
        "inLanguage": show.language,
        **_published(site),
    }


def podcast_episode(
    episode: PublishedEpisode, show: Show, *, locale: Locale, site: Site, href: str, picture: str
) -> Node:
    """Return an episode as its page in a locale tells of it; what is said in the audio is in the show's language."""
    text, duration = episode.texts[locale], duration_iso(episode.audio.duration)
    page = site.absolute(href)
    audio: Node = {
        "@type": "AudioObject",
        "contentUrl": site.absolute(audio_path(episode)),
        "encodingFormat": episode.audio.media_type,
        "contentSize": str(episode.length),
        "duration": duration,
        "inLanguage": show.language,
    }
    if episode.transcript:
        captions = {
            "@type": "MediaObject",
            "contentUrl": site.absolute(transcript_path(episode)),
            "encodingFormat": "text/vtt",
            "inLanguage": show.language,
        }
        # An address is a text (schema.org/URL): the words themselves would double the weight of the page.
        audio |= {
            "transcript": f"{page}#textversion",
            "caption": captions,
            "accessibilityFeature": ["transcript"],
        }
    node: Node = {
        "@type": "PodcastEpisode",
        "@id": f"{site.absolute(episode_path(episode))}#avsnitt",
        "name": text.title,
        "description": text.summary,
        "url": page,
        "image": picture,
        "datePublished": episode.published.isoformat(),
        "timeRequired": duration,
        "inLanguage": locale,
        "partOfSeries": {"@id": _series(site)},
        "associatedMedia": audio,
        **_published(site),
    }
    if episode.number is not None:
        node["episodeNumber"] = episode.number
    if episode.season is not None:
        node["partOfSeason"] = {"@type": "PodcastSeason", "seasonNumber": episode.season}
    return node


def report(page: PageFacts, *, site: Site, picture: str) -> Node:
    """Return a page that is a report, with the files that it can be kept as."""
    assert page.updated
    encodings = [
        {"@type": "MediaObject", "contentUrl": site.absolute(file.href), "encodingFormat": file.media_type}
        for file in page.files
    ]
    return {
        "@type": "Report",
        "name": page.title,
        "description": page.description,
        "url": site.absolute(page.href),
        "image": picture,
        "dateModified": page.updated.isoformat(),
        "inLanguage": page.locale,
        "license": LICENCE,
        **({"encoding": encodings} if encodings else {}),
        **_published(site),
    }


def _published(site: Site, *, role: str = "publisher") -> Node:
    """Return who publishes a work (of a meeting: holds it) and who pays for it together with them."""
    return {role: {"@id": _owner(site)}, "funder": {"@type": "Organization", "name": EU}}


def _owner(site: Site) -> str:
    return f"{site.url}#agare"


def _series(site: Site) -> str:
    return f"{site.absolute(PODCAST)}#podden"
