"""What stands around a page's own content: title, menu, foot, the ways to other languages, its sources.

Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from okatakten.addresses import FEED, PODCAST, RESULTS, SEARCH, Site, local_path
from okatakten.model import DEFAULT_LOCALE, Locale, Show
from okatakten.site.content import QUESTION
from okatakten.site.facts import Document
from okatakten.site.lists import show_summary
from okatakten.site.news import NewsLink, build_news_links, tag_key
from okatakten.site.policy import page_policy
from okatakten.site.structure import BuiltPage, LocalSite
from okatakten.words.catalogue import Catalogues, Word, Words, as_word
from okatakten.words.wording import date_text
from okatakten.written.advice import Text

FIRST: Final = (RESULTS, PODCAST)
"""The pages of the menu that are always in sight."""
SOFT_HYPHEN: Final = "\N{SOFT HYPHEN}"
"""Says where a long title may break on a page; a browser's tab and other places show it or stumble over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link to a page of the site: in the menu, the footer or the list of all pages.

    `current` is a value of aria-current: `page` for the page itself, `true` for one that the page lies under.
    """

    title: str
    href: str
    current: Literal["page", "true"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FootGroup:
    """Links that stand together in the foot of every page."""

    title: Word
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """A link to the page in another language, or to that language's home where it has no such page."""

    lang: Locale
    text: Word
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """A translation for `<link rel="alternate" hreflang>`; `href` is absolute."""

    hreflang: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document that a page stands on, with its address or how to ask for it."""

    text: str
    url: str | None
    request: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSite:
    """What every page says about the site it belongs to. Addresses are relative to the site; alternates absolute.

    `nav` is the menu that there is room for on a phone, `nav_more` the rest of it; the name of the site leads home.
    `policy` is what it may fetch and run. `early`: nobody has taken over the texts yet, and there is room to say so.
    """

    policy: str
    name: Word
    owner: str
    canonical: str | None
    feed_url: str
    feed_title: Word
    news_feeds: tuple[NewsLink, ...]
    home_href: str
    podcast_href: str
    podcast_lang: Locale
    results_href: str
    results_lang: Locale
    search: NavItem | None
    searchable: bool
    kind: Word
    nav_title: str
    keywords: tuple[str, ...]
    title: Word
    description: Word
    at_home: bool
    nav: tuple[NavItem, ...]
    nav_more: tuple[NavItem, ...]
    footer: tuple[FootGroup, ...]
    languages: tuple[LanguageLink, ...]
    alternates: tuple[Alternate, ...]
    sources: tuple[Source, ...]
    early: bool
    preview: bool
    unreviewed: bool
    stale: bool
    robots: str | None
    source: str
    edit_note: str


def build_page_site(page: BuiltPage | None, *, within: LocalSite) -> PageSite:
    """Return the values for a page, or for the 404 page of the locale (None)."""
    show, site, locale, words = within.show, within.site, within.locale, within.words
    source = page.source if page else "overrides/404.html"
    search = within.destinations.get(SEARCH)
    unreviewed = within.is_unreviewed(page)
    # The 404 page is shown at any address, so its links begin at the root of the host.
    home = "." if page else urlsplit(site.url).path
    return PageSite(
        policy=page_policy(search=True) if page and page is search else page_policy(media=within.audio_hosts),
        name=Word(show.title, show.language if show.language != locale else None, page=locale),
        owner=show.author,
        canonical=_canonical(page, site=site),
        feed_url=site.absolute(FEED),
        feed_title=words["feed_title"].format(show=show.title),
        news_feeds=build_news_links(show, site=site, words=words),
        home_href=local_path("", locale=locale) or home,
        podcast_href=within.nearest(PODCAST),
        podcast_lang=within.locale_of(PODCAST),
        results_href=within.nearest(RESULTS),
        results_lang=within.locale_of(RESULTS),
        search=build_nav_item(search, here=page) if search else None,
        searchable=page is not None and not (page.year or page is search) and page.is_destination,
        kind=_kind(page, words=words),
        nav_title=page.nav_title if page else "",
        keywords=page.own.keywords if page and page.own else (),
        title=build_title(page, show=show, words=words),
        description=page.description if page else show_summary(show, locale=locale),
        at_home=page is not None and page.path == "",
        nav=tuple(build_nav_item(other, here=page) for other in within.menu if other.path in FIRST),
        nav_more=tuple(build_nav_item(other, here=page) for other in within.menu if other.path not in {"", *FIRST}),
        footer=tuple(_foot(page, within=within)),
        languages=build_language_links(
            page.path if page else None,
            home=home,
            locale=locale,
            versions=within.versions,
            catalogues=within.catalogues,
        ),
        alternates=build_alternates(page.path, versions=within.versions, site=site) if page else (),
        sources=tuple(_sources(page, within=within)) if page else (),
        early=not within.taken_over and (page is None or page.is_destination),
        preview=site.preview,
        unreviewed=unreviewed,
        stale=page is not None and page.translation is not None and page.translation.stale,
        robots="noindex" if page is None or unreviewed or site.preview or not page.is_destination else None,
        source=source,
        edit_note=Text.EDIT_NOTE.format(source=source).replace("--", "- -"),
    )


def _kind(page: BuiltPage | None, *, words: Words) -> Word:
    """Return what a page is, as a search says it."""
    tag = "news_tag_episode" if page and page.is_episode else tag_key(page.own if page else None)
    return words[tag]


def _canonical(page: BuiltPage | None, *, site: Site) -> str | None:
    """Return the absolute address that a page is known by; None for what is at no address, or only in frames."""
    if page is None or page.embed:
        return None
    return site.absolute(page.left.href if page.left else page.href)


def build_title(page: BuiltPage | None, *, show: Show, words: Words) -> Word:
    """Return what the browser's tab says: the page and then the site, on the home page the other way round."""
    if page is None:
        word = words["not_found_title"]
        return Word(f"{word.text} – {show.title}", word.lang)
    if page.path == "":
        tagline = words["site_tagline"]
        return Word(f"{show.title} – {tagline.text}", tagline.lang)
    if page.year:
        return page.year.title
    title = as_word(page.title.replace(SOFT_HYPHEN, ""))
    if page.embed:
        return title.saying(f"{show.title}: {title}")
    topic = words["question_topic"]
    is_asked = page.template == QUESTION and topic.lang == title.lang
    about = [topic.text] if is_asked and topic.text not in title.casefold() else []
    return title.saying(" – ".join([title, *about, show.title]))


def build_nav_item(page: BuiltPage, *, here: BuiltPage | None) -> NavItem:
    """Return the link to a page as it stands on the page `here`; None: on one that is none of the others."""
    under = here is not None and page.opens_folder and here.href.startswith(page.href)
    current: Literal["page", "true"] | None = "page" if page is here else "true" if under else None
    return NavItem(title=page.nav_title, href=page.href, current=current)


def _foot(here: BuiltPage | None, *, within: LocalSite) -> Iterator[FootGroup]:
    """Yield the results, the podcast and the rest: a page that stands on documents tells of results."""
    words = within.words
    groups: dict[str, list[NavItem]] = {"results": [], "foot_podcast": [], "foot_site": []}
    for page in (*within.menu, *within.footer):
        is_result = page.own and page.own.sources
        key = "foot_podcast" if page.path == PODCAST else "results" if is_result else "foot_site"
        if page.path:
            groups[key].append(build_nav_item(page, here=here))
    groups["foot_podcast"].append(NavItem(title=words["feed_link"], href=FEED, current=None))
    for key, items in groups.items():
        if items:
            yield FootGroup(title=words[key], items=tuple(items))


def build_page_list(within: LocalSite) -> list[NavItem]:
    """Return all pages but the one that lists them, with each year instead of its episodes where years have a page."""
    pages = within.destinations.values()
    has_years = any(page.year for page in pages)
    listed = (page for page in pages if page.path != SEARCH and not (has_years and page.is_episode))
    return [build_nav_item(page, here=None) for page in listed]


def build_language_links(
    path: str | None, *, home: str, locale: Locale, versions: Mapping[str, tuple[Locale, ...]], catalogues: Catalogues
) -> tuple[LanguageLink, ...]:
    """Return the ways to the other languages from a page (its address in the default locale; None: the 404 page).

    `versions` are the locales that each page exists in, `home` is the address of the default one. Each link is in its
    own language.
    """
    links = []
    for other, words in catalogues.items():
        if other == locale:
            continue
        exists = path is not None and other in versions.get(path, ())
        text = words["language_name"] if exists else words["language_home"]
        href = local_path(path if path and exists else "", locale=other) or home
        links.append(LanguageLink(lang=other, text=text, href=href))
    return tuple(links)


def build_alternates(path: str, *, versions: Mapping[str, tuple[Locale, ...]], site: Site) -> tuple[Alternate, ...]:
    """Return all versions of a page with itself among them, and the default for other readers; none if it is alone."""
    locales = versions.get(path, ())
    if len(locales) < 2:
        return ()
    alternates = [Alternate(hreflang=locale, href=site.absolute(local_path(path, locale=locale))) for locale in locales]
    default = site.absolute(local_path(path, locale=DEFAULT_LOCALE))
    return (*alternates, Alternate(hreflang="x-default", href=default))


def _sources(page: BuiltPage, *, within: LocalSite) -> Iterator[Source]:
    """Yield the documents that a page stands on."""
    documents = {document.id: document for document in within.facts.documents}
    for name in page.own.sources if page.own else ():
        yield build_source(documents[name], words=within.words)


def build_source(document: Document, *, words: Words) -> Source:
    """Return a document as it is named among sources: title, number, issuer and date."""
    parts = [document.title, document.number, document.issuer]
    if document.date:
        parts.append(date_text(document.date, words=words))
    asked = document.request and not document.url
    return Source(
        text=", ".join(part for part in parts if part),
        url=document.url,
        request=words["source_request"].format(number=document.request) if asked else None,
    )
