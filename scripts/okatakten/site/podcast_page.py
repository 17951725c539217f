"""The podcast as a whole: what home and the podcast page show of it.

Values ready for the templates, which only place them. Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okatakten.addresses import FEED, FOLLOW, FOLLOW_CODE, Site
from okatakten.model import DEFAULT_LOCALE, EpisodeType, Locale, Published, PublishedEpisode
from okatakten.podcast.notes import render_notes
from okatakten.site.episode_page import PlayerPage, build_player_page
from okatakten.site.lists import NEWEST, EpisodeCard, YearLink, build_card, build_year_links, show_summary
from okatakten.site.sharing import Link, build_app_links
from okatakten.words.catalogue import Catalogues, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastPage:
    """What home and the podcast page show. `description_html` is empty in other languages than the default one.

    `newest` is the newest episode and `trailer` the newest trailer, each with its player. `cards` are the newest
    episodes and then older trailers, `years` the ways to all of them when there are more. `apps` open the show by the
    address of its feed; `directories` are where it is listed. `code_href` is a QR code of `code_address`, the place on
    the podcast page from which a phone goes on.
    """

    summary: Word
    description_html: str
    feed_href: str
    apps: tuple[Link, ...]
    directories: tuple[Link, ...]
    code_href: str
    code_address: str
    newest: PlayerPage | None
    trailer: PlayerPage | None
    cards: tuple[EpisodeCard, ...]
    years: tuple[YearLink, ...]


def build_podcast_page(show: Published, *, site: Site, locale: Locale, catalogues: Catalogues) -> PodcastPage:
    """Return what home and the podcast page show of it."""
    in_default = locale == DEFAULT_LOCALE
    trailers = [episode for episode in show.episodes if episode.type is EpisodeType.TRAILER]
    others = [episode for episode in show.episodes if episode.type is not EpisodeType.TRAILER]
    listed = [*others, *trailers[1:]][:NEWEST]
    apps = build_app_links(site.absolute(FEED), title=show.title)
    return PodcastPage(
        summary=show_summary(show, locale=locale),
        description_html=render_notes(show.description) if in_default else "",
        feed_href=FEED,
        apps=tuple(app for app in apps if app.name not in {directory.name for directory in show.directories}),
        directories=tuple(Link(name=directory.name, href=directory.url) for directory in show.directories),
        code_href=FOLLOW_CODE,
        code_address=site.absolute(FOLLOW),
        newest=_player(others, show=show, locale=locale, catalogues=catalogues),
        trailer=_player(trailers, show=show, locale=locale, catalogues=catalogues),
        cards=tuple(build_card(episode, locale=locale, catalogues=catalogues) for episode in listed),
        years=build_year_links(show, locale=locale, words=catalogues[locale]),
    )


def _player(
    episodes: Sequence[PublishedEpisode], *, show: Published, locale: Locale, catalogues: Catalogues
) -> PlayerPage | None:
    """Return the player of the first of some episodes."""
    if not episodes:
        return None
    card = build_card(episodes[0], locale=locale, catalogues=catalogues)
    return build_player_page(episodes[0], card=card, show=show, words=catalogues[card.lang])
