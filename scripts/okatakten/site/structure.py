"""How the pages of the site hang together in one locale: what each is called, and what leads from one to another.

This is what stands around a page's own content, and what is said of the page elsewhere. Knows neither MkDocs nor Jinja.
Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final, Literal
from urllib.parse import urlsplit

from okatakten.addresses import (
    EMBED,
    FEED,
    PODCAST,
    RESULTS,
    SEARCH,
    Site,
    local_path,
    moved_paths,
    year_path,
)
from okatakten.model import DEFAULT_LOCALE, REPORT, Locale, Page, Published, Show, Translation, last_change
from okatakten.site.facts import Document, Facts
from okatakten.site.metadata import Crumb, FileFacts, PageFacts, share_picture
from okatakten.site.news import NewsLink, build_news_links
from okatakten.site.pages import (
    Catalogues,
    EpisodePlace,
    LeftPage,
    QuestionCard,
    YearPage,
    build_episode_places,
    build_left_pages,
    build_question_cards,
    build_year_pages,
    find_years,
    show_summary,
)
from okatakten.site.project import Reading
from okatakten.site.sharing import SharedPage, build_sharing
from okatakten.words.catalogue import Word, Words
from okatakten.words.languages import find_versions, unreviewed_catalogues
from okatakten.words.wording import date_text

NEWEST: Final = 10
"""Episodes with ready posts on the page for partners; every episode has its own on its page, too."""
EDIT_NOTE: Final = "Den här sidan skapas automatiskt. Ändra i {source}"
"""Opens every built page; for whoever edits, so in Swedish on all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPage:
    """A page of the site in one locale. `path` is its address in the default locale, empty for the home page.

    `file` is what the site generator makes it of: one of docs/, which has been read (`own`), or one that is not there,
    for an episode (`embed`: its player for other sites), a year, or an address that an episode has `left`. `source` is
    the file to edit.
    """

    file: str
    path: str
    locale: Locale
    title: str
    nav_title: str
    description: Word
    template: str
    source: str
    translation: Translation | None = None
    own: Page | None = None
    place: EpisodePlace | None = None
    embed: bool = False
    year: YearPage | None = None
    left: LeftPage | None = None

    @property
    def href(self) -> str:
        return local_path(self.path, locale=self.locale)

    @property
    def former_hrefs(self) -> tuple[str, ...]:
        """The addresses that an episode's page had before its folder was renamed."""
        former = moved_paths(self.place.episode) if self.place else ()
        return tuple(local_path(path, locale=self.locale) for path in former)

    @property
    def is_episode(self) -> bool:
        return self.place is not None and not self.embed

    @property
    def is_destination(self) -> bool:
        """Whether links lead here: not to what stands in a frame elsewhere, or where an episode was."""
        return not (self.embed or self.left)

    @property
    def is_download(self) -> bool:
        """Whether it is a file to download, too: it says again what other pages say."""
        return self.own is not None and self.own.updated is not None

    @property
    def opens_folder(self) -> bool:
        """Whether other pages lie under it; those in no folder lie under none."""
        folder = self.own.name.rpartition("/")[0] if self.own else ""
        return bool(folder) and self.path == f"{folder}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSite:
    """The site in one locale: all that its pages say of it, and of each other.

    `versions` are the locales that each page exists in. They and `destinations`, the pages that links lead to, go by
    the address in the default locale. `unreviewed` are the locales whose words no translator has gone through.
    """

    show: Published
    site: Site
    locale: Locale
    catalogues: Catalogues
    facts: Facts
    versions: Mapping[str, tuple[Locale, ...]]
    unreviewed: tuple[Locale, ...]
    questions: tuple[QuestionCard, ...]
    pages: tuple[BuiltPage, ...]
    destinations: Mapping[str, BuiltPage]
    menu: tuple[BuiltPage, ...]
    footer: tuple[BuiltPage, ...]

    @property
    def words(self) -> Words:
        return self.catalogues[self.locale]

    def locale_of(self, path: str) -> Locale:
        """Return the locale if it has the page, and else the default one."""
        return self.locale if self.locale in self.versions.get(path, ()) else DEFAULT_LOCALE

    def nearest(self, path: str) -> str:
        """Return the address of a page, in the locale where it exists in that."""
        return local_path(path, locale=self.locale_of(path))

    def is_unreviewed(self, page: BuiltPage | None) -> bool:
        """Return whether a page, or the 404 page (None), has text that no translator has gone through."""
        own = page.translation if page else None
        return self.locale in self.unreviewed or (own is not None and own.reviewed is None)

    def question_of(self, page: BuiltPage) -> QuestionCard | None:
        """Return the study question that a page answers."""
        number = page.own.question if page.own else None
        return next((card for card in self.questions if card.number == number), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link to a page of the site: in the menu, the footer or the list of all pages.

    `current` is a value of aria-current: `page` for the page itself, `true` for one that the page lies under.
    """

    title: str
    href: str
    current: Literal["page", "true"] | None


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
class SitemapEntry:
    """A page that search engines may show, with its translations; addresses are absolute."""

    href: str
    lastmod: str | None
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSite:
    """What every page says about the site it belongs to. Addresses are relative to the site; alternates absolute."""

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
    title: Word
    description: Word
    nav: tuple[NavItem, ...]
    footer: tuple[NavItem, ...]
    languages: tuple[LanguageLink, ...]
    alternates: tuple[Alternate, ...]
    sources: tuple[str, ...]
    preview: bool
    unreviewed: bool
    stale: bool
    robots: str | None
    source: str
    edit_note: str


def build_local_site(
    reading: Reading, show: Published, *, site: Site, locale: Locale, menu: Sequence[str]
) -> LocalSite:
    """Return the site in a locale.

    `menu` are the files of the main menu below the locale's folder; those that the locale lacks are left out.
    """
    assert reading.facts
    pages = tuple(build_pages(show, pages=reading.pages, locale=locale, catalogues=reading.words))
    destinations = {page.path: page for page in pages if page.is_destination}
    named = {page.own.name: page for page in pages if page.own}
    in_menu = tuple(named[name] for name in menu if name in named)
    return LocalSite(
        show=show,
        site=site,
        locale=locale,
        catalogues=reading.words,
        facts=reading.facts,
        versions={
            **find_versions(reading.pages, show, podcast=PODCAST),
            **{year_path(year): locales for year, locales in find_years(show).items()},
        },
        unreviewed=unreviewed_catalogues(reading.translations),
        questions=build_question_cards(
            show, pages=reading.pages, locale=locale, questions=reading.questions, catalogues=reading.words
        ),
        pages=pages,
        destinations=destinations,
        menu=in_menu,
        # Pages in a folder are reached from its index.md.
        footer=tuple(
            page for name, page in named.items() if "/" not in name and page not in in_menu and page.path != SEARCH
        ),
    )


def build_pages(
    show: Published, *, pages: Iterable[Page], locale: Locale, catalogues: Catalogues
) -> Iterator[BuiltPage]:
    """Yield every page of a locale, those of docs/ first, each folder's before those of the folders in it."""
    for page in sorted((page for page in pages if page.locale == locale), key=_folder_first):
        yield BuiltPage(
            file=f"{locale}/{page.name}",
            path=page.path,
            locale=locale,
            title=page.title,
            nav_title=page.nav_title or page.title,
            description=Word(page.description),
            template=page.template,
            source=f"docs/{locale}/{page.name}",
            translation=page.translation,
            own=page,
        )
    for place in build_episode_places(show, locale=locale, catalogues=catalogues):
        card, source = place.card, place.text.source
        for href, template, embed in ((card.href, "episode.html", False), (card.href + EMBED, "embed.html", True)):
            built = _without_file(href, card.title, Word(card.summary), locale=locale, template=template, source=source)
            yield replace(built, translation=place.text.translation, place=place, embed=embed)
    for year in build_year_pages(show, locale=locale, catalogues=catalogues):
        title, href, source = year.title.text, year.link.href, "podcast/episodes"
        built = _without_file(href, title, year.description, locale=locale, template="year.html", source=source)
        yield replace(built, year=year)
    for left in build_left_pages(show, locale=locale, catalogues=catalogues):
        title, template = left.title, "withdrawn.html" if left.notice else "moved.html"
        built = _without_file(left.path, title, Word(title), locale=locale, template=template, source=left.source)
        yield replace(built, left=left)


def _folder_first(page: Page) -> tuple[list[str], bool, str]:
    """Return what pages are sorted by: what opens a folder, the other pages in it, then the folders in it."""
    folder, _, name = page.name.rpartition("/")
    return folder.split("/") if folder else [], name != "index.md", name


def _without_file(href: str, title: str, description: Word, *, locale: Locale, template: str, source: str) -> BuiltPage:
    return BuiltPage(
        file=f"{href.rstrip('/')}.md",
        path=href if locale == DEFAULT_LOCALE else href.removeprefix(f"{locale}/"),
        locale=locale,
        title=title,
        nav_title=title,
        description=description,
        template=template,
        source=source,
    )


def build_page_site(page: BuiltPage | None, *, within: LocalSite) -> PageSite:
    """Return the values for a page, or for the 404 page of the locale (None)."""
    show, site, locale, words = within.show, within.site, within.locale, within.words
    source = page.source if page else "overrides/404.html"
    search = within.destinations.get(SEARCH)
    unreviewed = within.is_unreviewed(page)
    # The 404 page is shown at any address, so its links begin at the root of the host.
    home = "." if page else urlsplit(site.url).path
    return PageSite(
        name=Word(show.title, show.language if show.language != locale else None),
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
        searchable=page is not None and not (page.is_download or page.year or page is search) and page.is_destination,
        title=build_title(page, show=show, words=words),
        description=page.description if page else show_summary(show, locale=locale),
        nav=tuple(build_nav_item(other, here=page) for other in within.menu),
        footer=tuple(build_nav_item(other, here=page) for other in within.footer),
        languages=build_language_links(
            page.path if page else None,
            home=home,
            locale=locale,
            versions=within.versions,
            catalogues=within.catalogues,
        ),
        alternates=build_alternates(page.path, versions=within.versions, site=site) if page else (),
        sources=tuple(_sources(page, within=within)) if page else (),
        preview=site.preview,
        unreviewed=unreviewed,
        stale=page is not None and page.translation is not None and page.translation.stale,
        robots="noindex" if page is None or unreviewed or site.preview or not page.is_destination else None,
        source=source,
        edit_note=EDIT_NOTE.format(source=source).replace("--", "- -"),
    )


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
    return Word(f"{show.title}: {page.title}" if page.embed else f"{page.title} – {show.title}")


def build_nav_item(page: BuiltPage, *, here: BuiltPage | None) -> NavItem:
    """Return the link to a page as it stands on the page `here`; None: on one that is none of the others."""
    under = here is not None and page.opens_folder and here.href.startswith(page.href)
    current: Literal["page", "true"] | None = "page" if page is here else "true" if under else None
    return NavItem(title=page.nav_title, href=page.href, current=current)


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


def build_sitemap(within: LocalSite) -> list[SitemapEntry]:
    """Return what search engines may show of a locale; of a preview, nothing."""
    if within.site.preview:
        return []
    changed = last_change(within.show).astimezone(UTC).date().isoformat() if within.show.episodes else None
    return [
        SitemapEntry(
            href=within.site.absolute(page.href),
            lastmod=changed,
            alternates=build_alternates(page.path, versions=within.versions, site=within.site),
        )
        for page in within.destinations.values()
        if not within.is_unreviewed(page)
    ]


def with_listed_alternates(sitemap: Sequence[SitemapEntry]) -> Iterator[SitemapEntry]:
    """Yield the pages of the sitemap, each with those of its versions that are in it, too; none where it is alone."""
    listed = {entry.href for entry in sitemap}
    for entry in sitemap:
        alternates = tuple(alternate for alternate in entry.alternates if alternate.href in listed)
        # One of them is the default for other readers.
        yield replace(entry, alternates=alternates if len(alternates) > 2 else ())


def build_page_facts(page: BuiltPage, *, files: Iterable[Download], within: LocalSite) -> PageFacts:
    """Return a page as those see it who link to it. `files` are what it can be kept as."""
    words, question = within.words, within.question_of(page)
    episode = page.place.episode if page.place else None
    kind = words["card_question"].format(number=question.number).text if question else ""
    if episode:
        kind = " ".join([words["card_episode"].text, *([str(episode.number)] if episode.number else [])])
    return PageFacts(
        title=page.title,
        description=page.description.text,
        href=page.href,
        locale=within.locale,
        locales=within.versions.get(page.path, ()),
        kind=kind,
        plain=within.is_unreviewed(page),
        trail=tuple(_trail(page, within=within)),
        is_podcast=page.path == PODCAST,
        episode=episode,
        updated=page.own.updated if page.own and page.template == REPORT else None,
        files=tuple(FileFacts(href=within.site.absolute(file.href), media_type=file.media_type) for file in files),
    )


def _trail(page: BuiltPage, *, within: LocalSite) -> Iterator[Crumb]:
    """Yield the pages above a page: the home page, and the page of the folder that it lies in."""
    for path in ("", f"{page.path.split('/', maxsplit=1)[0]}/"):
        above = within.destinations.get(path)
        if above and page.path not in {"", path}:
            yield Crumb(name=above.nav_title if path else within.show.title, href=within.site.absolute(above.href))


def build_shared_page(page: BuiltPage, *, within: LocalSite) -> SharedPage | None:
    """Return how to pass on an episode, the answer to a question or a document; None: another page."""
    words, question = within.words, within.question_of(page)
    if not (page.is_episode or question or page.is_download or page.path in {PODCAST, RESULTS}):
        return None
    more = ""
    if page.place and page.place.episode.chapters:
        more = "\n".join([f"{words['chapters']}:", *(f"– {chapter.title}" for chapter in page.place.episode.chapters)])
    elif question:
        more = f"{words['question'].format(number=question.number)} {question.text} {question.status_text}."
    plain = within.is_unreviewed(page)
    return SharedPage(
        title=page.title,
        href=page.href,
        picture_href=share_picture(page.title, page.href, plain=plain),
        picture_name=f"{page.path.strip('/').replace('/', '-')}.png",
        sharing=build_sharing(
            address=within.site.absolute(page.href),
            title=page.title,
            summary=page.description.text,
            more=more,
            show=within.show.title,
            words=words,
            posts=not plain,
            embed=within.site.absolute(page.href + EMBED) if page.is_episode else None,
        ),
    )


def build_shared_pages(within: LocalSite) -> list[SharedPage]:
    """Return what the page for partners offers: the documents and results, and the newest episodes."""
    pages = within.destinations.values()
    answers = {card.number: page for page in pages if (card := within.question_of(page))}
    results = [answers[number] for number in sorted(answers)]
    episodes = [page for page in pages if page.is_episode]
    others = [page for page in pages if not (page.is_episode or within.question_of(page))]
    found = (build_shared_page(page, within=within) for page in [*others, *results, *episodes[:NEWEST]])
    return [shared for shared in found if shared]


def _sources(page: BuiltPage, *, within: LocalSite) -> Iterator[str]:
    """Yield the documents that a page stands on, as they are named."""
    documents = {document.id: document for document in within.facts.documents}
    for name in page.own.sources if page.own else ():
        yield document_text(documents[name], words=within.words)


def document_text(document: Document, *, words: Words) -> str:
    """Return a document as it is named among sources: title, number, issuer and date."""
    parts = [document.title, document.number, document.issuer]
    if document.date:
        parts.append(date_text(document.date, words=words))
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that a page offers."""

    href: str
    media_type: str
    label: Word
