"""The build: what goes into the site, and what each page of it is made of. Knows no site generator.

A generator begins one `Build` of all locales and takes a `LocalBuild` of each from it, the default one first: its
pages, the files beside them, and then for every page its text and its values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from okatakten.addresses import Site, card_path, cover_path, local_path
from okatakten.model import DEFAULT_LOCALE, Locale, Published, Show, last_change
from okatakten.podcast.files import Content, write_content
from okatakten.podcast.releases import build_published, build_releases
from okatakten.rules import slug_of
from okatakten.site.around import build_page_list, build_page_site
from okatakten.site.cards import Card, make_card
from okatakten.site.elsewhere import (
    SitemapEntry,
    build_page_facts,
    build_shared_page,
    build_shared_pages,
    build_sitemap,
    with_listed_alternates,
)
from okatakten.site.entry_page import build_entry_page
from okatakten.site.episode_page import build_episode_page, build_player_page
from okatakten.site.figures import Figures, Ground, PageFigures
from okatakten.site.figures.downloads import FONT, FigureFiles, build_figure_contents, build_figure_files
from okatakten.site.files import build_files, build_oembeds
from okatakten.site.key_figures import build_key_figures
from okatakten.site.kinds.showing import entry_files, newest_cards
from okatakten.site.last import LastSite, key_of
from okatakten.site.left import LeftPage
from okatakten.site.lettering import missing_letters
from okatakten.site.metadata import Download, PageHead, build_head, build_share_card
from okatakten.site.page_text import build_text
from okatakten.site.pictures import PageImages
from okatakten.site.podcast_page import build_podcast_page
from okatakten.site.profile import Profile
from okatakten.site.project import Reading
from okatakten.site.settings import NEWS, references
from okatakten.site.sharing import build_marks
from okatakten.site.structure import BuiltPage, LocalSite, build_frame, build_local_site
from okatakten.words.catalogue import Word, as_word
from okatakten.words.scripts import direction, other_direction
from okatakten.written.advice import Reason, Text

NOT_FOUND: Final = "404.html"
Say = Callable[[str], None]
"""Is told, in Swedish, what is being done."""
Render = Callable[[str, Mapping[str, Any]], str]
"""Returns a template of overrides/, by its name, filled in with these values beside those that every page has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """The files of a page by address, relative to the site, the links to them, and what to say of them in Swedish.

    `complete` is False where there is no PDF for want of libraries.
    """

    files: Mapping[str, bytes]
    links: tuple[Download, ...]
    notes: tuple[str, ...]
    complete: bool


class MakeDownloads(Protocol):
    """Makes the files of a page. Is given to a build by those who stand above it: the site knows no PDF."""

    def __call__(self, page: BuiltPage, *, within: LocalSite, render: Render) -> Downloads: ...


@dataclass(slots=True, kw_only=True)
class Build:
    """One build of all locales: what it is made of, and what it has come to know so far.

    `show` is what goes out of what has been read, `say` is told what is being done. `menu` are the files of the main
    menu below the folder of any locale. `addresses` are those elsewhere that pages name, by name. `profile` is how it
    all looks, `plain` the assets by their addresses; `assets` are address and content of those that are published
    under a name with its hash, too. `images` are the pictures of docs/. `folder` is where the site is built, `cache`
    where it is remembered what is slow to make.

    `last` is the site before this one, and `made_with` stands for code, templates, assets and settings: for all that
    every page is made of, beside what has been read.

    `locals` are the locales that have begun, `sitemap` has their pages. `notes` is what to say of the pages, in
    Swedish, each thing once, `hidden` the addresses of files that search engines are not to show; `complete` is False
    when one is missing.
    """

    reading: Reading
    show: Published
    site: Site
    say: Say
    menu: Sequence[str]
    addresses: Mapping[str, str]
    profile: Profile
    plain: Mapping[str, bytes]
    assets: Mapping[str, tuple[str, bytes]]
    folder: Path
    cache: Path
    last: LastSite
    made_with: bytes
    make_downloads: MakeDownloads
    images: PageImages
    locals: list[LocalSite] = field(default_factory=list)
    sitemap: list[SitemapEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    complete: bool = True

    def begin(self, locale: Locale) -> LocalBuild:
        """Return the part of the build that a locale is."""
        local = build_local_site(self.reading, self.show, site=self.site, locale=locale, menu=self.menu)
        self.locals.append(local)
        self.sitemap += build_sitemap(local)
        pages = {page.file: page for page in local.pages}
        frame = build_frame(local)
        made_of = key_of(self.made_with, frame, self.reading.questions)
        return LocalBuild(
            build=self, local=local, frame=frame, made_of=made_of, pages=pages, figures=self._figures(local)
        )

    def _figures(self, local: LocalSite) -> Figures:
        """Return the figures of a locale. One without pages of the questions shows those of the default one."""
        asked = local if local.questions else self.locals[0]
        ground = Ground(
            facts=local.facts, questions=asked.questions, asked_in=asked.locale, locale=local.locale,
            catalogues=local.catalogues,
        )  # fmt: skip
        return Figures(ground=ground)

    def hashed(self, asset: str) -> str:
        """Return the address of an asset with its hash. KeyError: there is no such file.

        Under its plain name, it stays for pages that were built before.
        """
        return self.assets[asset][0]

    def draw(self, card: Card) -> bytes:
        """Return a share picture."""
        return make_card(card, paint=self.profile.paint(), cache=self.cache / "cards")

    def write(self, address: str, content: Content) -> None:
        """Write a file into the site, where its address leads."""
        path, before = self.folder / address, self.last.folder / address
        write_content(path, content, before=before, cache=self.cache / "pictures")

    def note(self, *said: str) -> None:
        """Add what to say of a page, unless it has been said."""
        self.notes += [one for one in said if one not in self.notes]

    def written_paths(self) -> list[str]:
        """Return the addresses of the pages of docs/ in all locales and of their lists, relative to the site."""
        written = [local_path(page.path, locale=page.locale) for page in self.reading.pages]
        return [*written, *(each.href for local in self.locals for each in local.lists)]

    def left_pages(self) -> list[LeftPage]:
        """Return what stands in all locales at the addresses that something has left."""
        return [page.left for local in self.locals for page in local.pages if page.left]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalBuild:
    """One locale of a build. `pages` are all of its pages, by the file that the generator makes them of.

    `frame` is what those have in common that stand alone, and `made_of` stands for it and all that does not vary.

    Asked for a page that the locale does not have, it raises KeyError; WordMissingError names a word that is missing.
    """

    build: Build
    local: LocalSite
    frame: LocalSite
    made_of: str
    pages: Mapping[str, BuiltPage]
    figures: Figures

    def menu(self) -> list[str]:
        """Return the files of the main menu. A page that is not written in a language is not in its menu either."""
        return [page.own.name for page in self.local.menu if page.own]

    def files(self) -> dict[str, Content]:
        """Return the files beside the pages by address, relative to the site. The default locale has those of all."""
        local = self.local
        files: dict[str, Content] = {**build_oembeds(local)}
        for page in (page.own for page in local.pages if page.own):
            files |= entry_files(page, show=local.show, site=local.site, words=local.words, cache=self.build.cache)
        files |= {each.table_href: each.table for each in local.lists if each.table}
        if self.local.locale == DEFAULT_LOCALE:
            pages, words = self.build.reading.pages, self.local.words
            card = self.build.draw(build_share_card(None, show=self.local.show, words=words))
            files |= build_files(self.local.show, pages=pages, site=self.local.site, words=words, card=card)
            files |= {**self.build.plain, **dict(self.build.assets.values())}
            font, cache = self.build.plain[FONT], self.build.cache / "figures"
            colours = self.build.profile.light
            files |= build_figure_contents(self._figure_files(), font=font, colours=colours, cache=cache)
        return files

    def _figure_files(self) -> list[FigureFiles]:
        return list(build_figure_files(self.figures, owner=self.local.show.author, colours=self.build.profile.light))

    def text(self, file: str) -> str:
        """Return the Markdown of a page, with what it draws from elsewhere; empty for one that is all template."""
        own, local = self.pages[file].own, self.local
        if own is None:
            return ""
        pages = self.build.reading.pages
        text = build_text(
            own, pages=pages, questions=local.questions, facts=local.facts, words=local.words,
            addresses=self.build.addresses, figure=PageFigures(self.figures, self.pages[file].href).__getitem__,
        )  # fmt: skip
        news = {name: local.site.absolute(path) for name, path in NEWS.items()}
        return f"{references(news | dict(self.build.addresses))}\n{text}"

    def fields(self, file: str) -> dict[str, str]:
        """Return what templates and the generator take from the fields of a page: the text that stands there."""
        page, show = self.pages[file], self.local.show
        title = as_word(page.own.title if page.own else page.title)
        if title == show.title and show.language != self.local.locale:
            title = Word(title, show.language, page=self.local.locale)
        values = {"title": title, "lead": page.own.lead if page.own else "", "template": page.template}
        return {name: value for name, value in values.items() if value}

    def _dir_of(self, lang: Locale) -> str:
        """Return the attribute of a text in a language, where it is written the other way than the page."""
        way = other_direction(lang, self.local.locale)
        return f' dir="{way}"' if way else ""

    def with_pictures(self, file: str, html: str) -> str:
        """Return the content of a page with pictures that fit the screen, whose copies are written into the site."""
        build = self.build
        return build.images.put_in(html, href=self.pages[file].href, file=file, write=build.write)

    def template_values(self) -> dict[str, Any]:
        """Return what every template is given, that of the 404 page included."""
        local = self.frame
        return {
            "words": local.words,
            "catalogues": local.catalogues,
            "locale": local.locale,
            "direction": direction(local.locale),
            "dir_of": self._dir_of,
            "default_locale": DEFAULT_LOCALE,
            "marks": build_marks(cover=cover_path(local.show), name=slug_of(local.show.title), words=local.words),
            "site": build_page_site(None, within=local),
            "unreviewed_catalogues": local.unreviewed,
            "profile": self.build.profile,
        }

    def list_values(self) -> dict[str, Any]:
        """Return what templates draw from the whole site. Pages that stand alone are not given it."""
        local = self.local
        return {
            "podcast": build_podcast_page(
                local.show, site=local.site, locale=local.locale, catalogues=local.catalogues
            ),
            "questions": local.questions,
            "all_shared": build_shared_pages(local),
            "all_pages": build_page_list(local),
            "key_figures": build_key_figures(local),
            "kind_lists": local.lists,
            "figure_files": self._figure_files(),
            "newest": newest_cards(local.lists, now=local.site.now),
            "sitemap": list(with_listed_alternates(self.build.sitemap)),
        }

    def page_values(self, file: str, *, render: Render) -> dict[str, Any]:
        """Return what the template of a page is given beside that. Writes the page's own files and picture.

        Made when the page is, since the values of all pages at once would be a large memory.
        """
        page, build = self.pages[file], self.build
        build.say(Text.MAKING_PAGE.format(page=page.href))
        values = self._values(page, self.local) | {"figures": PageFigures(self.figures, page.href)}
        if page.is_download:
            values["documents"] = self._write_downloads(page, lambda name, more: render(name, {**values, **more}))
        if page.is_destination:
            values["head"], cards, _ = self._describe(page, self.local, files=values.get("documents", ()))
            for address, content in cards.items():
                build.write(address, content)
        return values

    def write_alone(self, page: BuiltPage, *, render: Callable[[Mapping[str, Any]], str]) -> None:
        """Write the files of a page that stands alone into the site: as they were, unless something has changed."""
        build, versions = self.build, self.local.versions.get(page.path)
        key = key_of(self.made_of, page, versions)
        files = build.last.take(page.href, key, make=lambda: self._make_alone(page, versions, render=render))
        for address, content in files.items():
            build.write(address, content)

    def _make_alone(
        self, page: BuiltPage, versions: tuple[Locale, ...] | None, *, render: Callable[[Mapping[str, Any]], str]
    ) -> tuple[dict[str, bytes], bool]:
        """Return the files of a page that stands alone, and whether there is nothing to be said of it again."""
        self.build.say(Text.MAKING_PAGE.format(page=page.href))
        more = {page.path: versions} if versions else {}
        within = replace(self.frame, versions={**self.frame.versions, **more})
        values = self._values(page, within)
        cards: dict[str, bytes] = {}
        is_noted = False
        if page.is_destination:
            values["head"], cards, is_noted = self._describe(page, within)
        return {page.html: render(values).encode(errors="xmlcharrefreplace"), **cards}, not is_noted

    def address_of(self, template: str) -> str:
        """Return where a template without a page is published: each locale has a 404 page of its own."""
        return local_path(template, locale=self.local.locale) if template == NOT_FOUND else template

    def _values(self, page: BuiltPage, within: LocalSite) -> dict[str, Any]:
        """Return what the page itself shows. What it does not have is not among it."""
        show, words = within.show, within.words
        values: dict[str, Any] = {
            "site": build_page_site(page, within=within),
            "year": page.year,
            "entries": page.entries,
            "entry": build_entry_page(page.own, within=within) if page.own and page.own.entry else None,
            "question": within.question_of(page),
            "shared": build_shared_page(page, within=within),
        }
        if page.left:
            values["withdrawn" if page.left.notice else "moved"] = page.left
        if page.place and page.embed:
            values["episode"] = build_player_page(page.place.episode, card=page.place.card, show=show, words=words)
        elif page.place:
            hrefs = {card.number: card.href for card in within.questions}
            asked = self.build.reading.questions
            values["episode"] = build_episode_page(
                page.place, show=show, words=words, questions=asked, question_hrefs=hrefs
            )
        return {name: value for name, value in values.items() if value is not None}

    def _write_downloads(self, page: BuiltPage, render: Render) -> tuple[Download, ...]:
        """Write the files of a page into the site, and return the links to them."""
        made = self.build.make_downloads(page, within=self.local, render=render)
        for address, content in made.files.items():
            self.build.write(address, content)
        self.build.hidden += made.files if self.local.is_unreviewed(page) else ()
        self.build.note(*made.notes)
        self.build.complete &= made.complete
        return made.links

    def _describe(
        self, page: BuiltPage, within: LocalSite, *, files: Sequence[Download] = ()
    ) -> tuple[PageHead, dict[str, bytes], bool]:
        """Return what machines read about the page, its share pictures by address, and whether that was noted."""
        facts = build_page_facts(page, files=files, within=within)
        card = build_share_card(facts, show=within.show, words=within.words)
        missing = "" if facts.plain else missing_letters(facts.title)
        if missing:
            self.build.note(Reason.CARD_LACKS_LETTERS.format(file=page.source, letters=" ".join(missing)))
        cards = {}
        if card.title:
            content = self.build.draw(card)
            cards = {card_path(path): content for path in (page.href, *page.former_hrefs)}
        owner = self.build.addresses.get("region")
        head = build_head(facts, show=within.show, site=within.site, words=within.words, owner_address=owner)
        return head, cards, bool(missing)


def publish_first(reading: Reading, site: Site) -> Published:
    """Return the show as it goes out the first time, with today's texts in its audio."""
    assert reading.show
    return build_published(reading.show, site, build_releases(reading.show, words=reading.words[DEFAULT_LOCALE]))


def content_date(show: Show) -> int:
    """Return when the newest episode was published, in seconds since 1970; 0 while there is none.

    This is the date of the site: builds of the same content on different days are the same.
    """
    return int(last_change(show).timestamp()) if show.episodes else 0
