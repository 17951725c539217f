"""Which pages the site has in one locale, and where each of them leads. Knows neither MkDocs nor Jinja.

`around` says what stands around a page's own content, `elsewhere` what is said of it in other places. Addresses are
relative to the site unless they are absolute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from okatakten.addresses import EMBED, PODCAST, SEARCH, Site, local_path, moved_paths, year_path
from okatakten.model import DEFAULT_LOCALE, Locale, Page, Published, Translation
from okatakten.site.episode_page import EpisodePlace, build_episode_places
from okatakten.site.facts import Facts
from okatakten.site.kinds.reading import rows_file
from okatakten.site.kinds.showing import KindList, build_left_entries, build_lists, find_list_versions
from okatakten.site.left import LeftPage, build_left_pages
from okatakten.site.lists import QuestionCard, YearPage, build_question_cards, build_year_pages, find_years
from okatakten.site.policy import audio_hosts
from okatakten.site.project import Reading
from okatakten.words.catalogue import CATALOGUE, Catalogues, Word, Words, as_word
from okatakten.words.languages import find_versions, unreviewed_catalogues
from okatakten.written.problems import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPage:
    """A page of the site in one locale. `path` is its address in the default locale, empty for the home page.

    `file` is what the site generator makes it of: one of docs/, which has been read (`own`), or one that is not there,
    for an episode (`embed`: its player for other sites), a year, the `entries` of a kind, or an address that something
    has `left`. `source` is the file to edit.
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
    entries: KindList | None = None

    @property
    def href(self) -> str:
        return local_path(self.path, locale=self.locale)

    @property
    def html(self) -> str:
        """The address of the file that it is."""
        return f"{self.href}index.html"

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
    def stands_alone(self) -> bool:
        """Whether it is made of itself and the frame that all such pages have in common (`build_frame`).

        Pages of docs/ and lists draw from all others.
        """
        return self.own is None and self.entries is None

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
    `taken_over`: the region stands for the texts. `audio_hosts` are where audio is that lives elsewhere.
    """

    show: Published
    site: Site
    locale: Locale
    catalogues: Catalogues
    facts: Facts
    versions: Mapping[str, tuple[Locale, ...]]
    unreviewed: tuple[Locale, ...]
    questions: tuple[QuestionCard, ...]
    lists: tuple[KindList, ...]
    pages: tuple[BuiltPage, ...]
    destinations: Mapping[str, BuiltPage]
    menu: tuple[BuiltPage, ...]
    footer: tuple[BuiltPage, ...]
    taken_over: bool
    audio_hosts: tuple[str, ...]

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
        """Return whether no translator has gone through a page.

        What has no text of its own, such as the 404 page (None) or a year, is made of the words, and goes with them.
        """
        own = page.translation if page else None
        return own.reviewed is None if own else self.locale in self.unreviewed

    def question_of(self, page: BuiltPage) -> QuestionCard | None:
        """Return the study question that a page answers."""
        number = page.own.question if page.own else None
        return next((card for card in self.questions if card.number == number), None)


def build_local_site(
    reading: Reading, show: Published, *, site: Site, locale: Locale, menu: Sequence[str]
) -> LocalSite:
    """Return the site in a locale.

    `menu` are the files of the main menu below the locale's folder; those that the locale lacks are left out.
    """
    assert reading.facts
    lists = tuple(
        build_lists(reading.pages, reading.rows, show=show, site=site, locale=locale, catalogues=reading.words)
    )
    pages = (
        *build_pages(show, pages=reading.pages, locale=locale, catalogues=reading.words),
        *_pages_of_kinds(lists, reading, locale=locale),
    )
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
            **find_list_versions(reading.pages, lists),
        },
        unreviewed=unreviewed_catalogues(reading.translations),
        questions=build_question_cards(
            show, pages=reading.pages, locale=locale, questions=reading.questions, catalogues=reading.words
        ),
        lists=lists,
        pages=pages,
        destinations=destinations,
        menu=in_menu,
        # Pages in a folder are reached from its index.md.
        footer=tuple(
            page for name, page in named.items() if "/" not in name and page not in in_menu and page.path != SEARCH
        ),
        taken_over=Point.TAKEN_OVER in reading.decided,
        audio_hosts=audio_hosts(show),
    )


def build_frame(local: LocalSite) -> LocalSite:
    """Return what stands around every page that stands alone: the site without its episodes, and without its texts.

    Such a page cannot show what is not there, so it can be new only when this is, or the page itself.
    """
    pages = {page.file: _as_linked(page) for page in local.pages if not page.stands_alone}
    destinations = {path: pages[page.file] for path, page in local.destinations.items() if page.file in pages}
    return replace(
        local,
        show=replace(local.show, episodes=(), withdrawn=(), releases={}),
        site=replace(local.site, now=datetime.min.replace(tzinfo=UTC)),
        versions={path: locales for path, locales in local.versions.items() if path in destinations},
        questions=tuple(replace(question, episodes=(), has_more=False) for question in local.questions),
        lists=(),
        pages=(),
        destinations=destinations,
        menu=tuple(pages[page.file] for page in local.menu),
        footer=tuple(pages[page.file] for page in local.footer),
    )


def _as_linked(page: BuiltPage) -> BuiltPage:
    """Return what the frame needs of a page: its names, its address, and whether it tells of results."""
    own = page.own and Page(
        locale=page.locale, name=page.own.name, title=page.title, text="", translation=None, sources=page.own.sources
    )
    return replace(page, own=own, description=Word(""), translation=None, entries=None)


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
            description=as_word(page.description),
            template=page.template,
            source=f"docs/{locale}/{page.name}",
            translation=page.translation,
            own=page,
        )
    for place in build_episode_places(show, locale=locale, catalogues=catalogues):
        card, source = place.card, place.text.source
        for href, template, embed in ((card.href, "episode.html", False), (card.href + EMBED, "embed.html", True)):
            built = _without_file(href, card.title, Word(card.summary), locale=locale, template=template, source=source)
            shown = replace(place, previous=None, next=None) if embed else place
            yield replace(built, translation=place.text.translation, place=shown, embed=embed)
    for year in build_year_pages(show, locale=locale, catalogues=catalogues):
        title, href, source = year.title.text, year.link.href, "podcast/episodes"
        built = _without_file(href, title, year.description, locale=locale, template="year.html", source=source)
        yield replace(built, year=year)
    for left in build_left_pages(show, locale=locale, catalogues=catalogues):
        yield _left_page(left, locale=locale)


def _pages_of_kinds(lists: Iterable[KindList], reading: Reading, *, locale: Locale) -> Iterator[BuiltPage]:
    """Yield the list of each kind, and what stands where entries were."""
    for each in lists:
        source = rows_file(each.kind) if each.kind.rows else f"docs/{locale}/{CATALOGUE}"
        href = local_path(each.path, locale=locale)
        title, template = str(each.title), each.kind.list_template
        built = _without_file(href, title, each.about, locale=locale, template=template, source=source)
        yield replace(built, entries=each)
    own, gone = ([page for page in pages if page.locale == locale] for pages in (reading.pages, reading.gone))
    for left in build_left_entries(gone, own, catalogues=reading.words):
        yield _left_page(left, locale=locale)


def _left_page(left: LeftPage, *, locale: Locale) -> BuiltPage:
    title, template = left.title, "withdrawn.html" if left.notice else "moved.html"
    built = _without_file(left.path, title, Word(title), locale=locale, template=template, source=left.source)
    return replace(built, left=left)


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
