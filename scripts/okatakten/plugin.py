"""The doorway to MkDocs: the only module that imports it.

Each event fetches its arguments, calls pure functions and hands over the result. MkDocs runs the events once for
every locale, so each must give the same result the second time.
"""

from __future__ import annotations

import itertools
import logging
import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast
from urllib.parse import unquote, urlsplit

from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.commands.serve import serve
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file
from mkdocs.utils.templates import TemplateContext

from okatakten.addresses import (
    ADDRESSES,
    CONTACT,
    FEED,
    FOLLOW,
    FOLLOW_CODE,
    NEWS_JSON,
    NEWS_RSS,
    PLAIN_CARD,
    PODCAST,
    RESULTS,
    SEARCH,
    SettingError,
    Site,
    card_path,
    chapters_path,
    cover_path,
    episode_path,
    moved_paths,
    picture_path,
    publishable,
    read_site,
    transcript_path,
    year_path,
)
from okatakten.assets import name_assets
from okatakten.cards import HEIGHT, NOT_ON_PICTURE, WIDTH, draw_card, make_card, missing_letters
from okatakten.chapters import build_json_chapters
from okatakten.content import REPORT
from okatakten.documents import NO_PANGO, PARTS, Download, build_facts, inline_file, inline_svg, make_downloads
from okatakten.feed import build_feed, last_change
from okatakten.inserts import fill_in
from okatakten.languages import check_locales, find_versions, local_path, unreviewed_catalogues
from okatakten.markup import include
from okatakten.metadata import Crumb, FileFacts, PageFacts, build_card, build_head, share_picture
from okatakten.model import DEFAULT_LOCALE, Enclosure, Episode, Locale, Show, Translation
from okatakten.model import Page as SitePage
from okatakten.news import NewsLink, build_json_feed, build_news, build_news_links, build_news_rss
from okatakten.pages import (
    Alternate,
    EpisodePage,
    EpisodePlace,
    LanguageLink,
    LeftPage,
    YearPage,
    build_alternates,
    build_episode_page,
    build_episode_places,
    build_language_links,
    build_left_pages,
    build_player_page,
    build_podcast_page,
    build_question_cards,
    build_year_pages,
    document_text,
    find_years,
)
from okatakten.problems import format_report
from okatakten.promise import audio_addresses, build_addresses
from okatakten.ranges import accept_ranges
from okatakten.read import Reading, read_project, slug_of
from okatakten.search import SearchError, build_search
from okatakten.segments import without_notes
from okatakten.serving import HEADERS_FILE, REDIRECTS_FILE, Serving, build_serving, headers_file, redirects_file
from okatakten.sharing import EMBED, OEMBED, SharedPage, build_marks, build_oembed, build_sharing, qr_code
from okatakten.tags import tag_audio, write_audio
from okatakten.words import Word, WordMissingError, Words
from okatakten.write import write_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: whether there are PDF files, what to say of them in Swedish, and how to serve it all."""

    documents: bool
    notes: tuple[str, ...]
    serving: Serving


class BuildError(Exception):
    """The site could not be built; the text says why."""


NEWEST: Final = 10
"""Episodes with ready posts on the page for partners; every episode has its own on its page, too."""
EDIT_NOTE: Final = "Den här sidan skapas automatiskt. Ändra i {source}"
"""Opens every built page; for whoever edits, so in Swedish on all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link to a page of the site: in the menu, the footer or the list of all pages.

    `current` is a value of aria-current: `page` for the page itself, `true` for one that the page lies under.
    """

    title: str
    href: str
    current: Literal["page", "true"] | None


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


class _NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """All settings stand in podcast/show.yml and in the environment."""


class OkataktenPlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """Adds the podcast's pages and files to the site, and keeps its languages apart."""

    reading: Reading | None = None
    given_site: Site | None = None
    serving = False
    libraries_missing = False

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the project, once for all locales. Stops before MkDocs has cleaned anything."""
        root = Path(config.config_file_path).parent
        languages: Any = config.plugins.get("okatakten_i18n")
        if languages is None:
            raise Abort("mkdocs.yml: under plugins saknas okatakten_i18n, med språken. Lägg det före okatakten.")
        self.locale = Locale(languages.locale)
        first = self.locale == DEFAULT_LOCALE
        if self.reading is None or (self.serving and first):
            self.reading = read_project(root)
        if self.reading.show is None:
            raise Abort(format_report(self.reading.problems))
        show = tag_audio(self.reading.show, words=self.reading.words[DEFAULT_LOCALE])
        self.reading = replace(self.reading, show=show)
        try:
            self.site = self.given_site or read_site(os.environ, preview=self.serving)
            check_locales(languages.locales, folders=self.reading.words, docs=root / "docs")
        except SettingError as error:
            raise Abort(str(error)) from None
        if self.serving:
            self.site = replace(self.site, url=config.site_url or self.site.url, samples=True)
        config.site_url = self.site.url
        self.words = self.reading.words[self.locale]
        self.show = publishable(show, self.site)
        years = {year_path(year): locales for year, locales in find_years(self.show).items()}
        self.versions = {**find_versions(self.reading.pages, self.show, podcast=PODCAST), **years}
        self.translations = {translation.file: translation for translation in self.reading.translations}
        self.unreviewed = unreviewed_catalogues(self.reading.translations)
        self.site_pages = {(page.locale, page.name): page for page in self.reading.pages}
        self.questions = build_question_cards(
            self.show,
            pages=self.reading.pages,
            locale=self.locale,
            questions=self.reading.questions,
            catalogues=self.reading.words,
        )
        self.episodes: dict[str, EpisodePlace] = {}
        self.left: dict[str, LeftPage] = {}
        self.embeds: dict[str, EpisodePlace] = {}
        self.years: dict[str, YearPage] = {}
        self.podcast = build_podcast_page(self.show, site=self.site, locale=self.locale, catalogues=self.reading.words)
        if first:
            self.sitemap: list[SitemapEntry] = []
            self.document_notes: list[str] = []
            self.moved: dict[str, str] = {}
            self.hidden_files: list[str] = []
            self.nav_files = _nav_files(config)
        # A page that is not written in a language is not in its menu either.
        folder = root / "docs" / self.locale
        config.nav = [name for name in self.nav_files if (folder / name).exists()]
        return config

    # After static-i18n (-100), which would otherwise move and rename what is added here.
    @event_priority(-200)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the episode pages and the podcast's files; take out the parts of Material that no page uses."""
        assert self.reading is not None
        self.assets = name_assets(_read_assets(config))
        for file in [file for file in files if _is_unused(file)]:
            files.remove(file)
        for place in build_episode_places(self.show, locale=self.locale, catalogues=self.reading.words):
            for file in self._episode_files(place, config):
                files.append(file)
        for year in build_year_pages(self.show, locale=self.locale, catalogues=self.reading.words):
            file = _page_file(year.link.href, title=year.title.text, template="year.html", config=config)
            self.years[file.src_uri] = year
            files.append(file)
        for left in build_left_pages(self.show, locale=self.locale, catalogues=self.reading.words):
            template = "withdrawn.html" if left.notice else "moved.html"
            file = _page_file(left.path, title=left.title, template=template, config=config)
            self.left[file.src_uri] = left
            files.append(file)
            if not left.notice:
                self.moved[left.path] = left.href
        if self.locale == DEFAULT_LOCALE:
            words = self.reading.words[self.locale]
            for file in (
                *_podcast_files(self.show, self.site, words, config),
                *_news_files(self.show, self.reading.pages, self.site, words, config),
                *_plain_cards(self.show, words, config),
                *(_bytes_file(path, content, config) for path, content in self.assets.values()),
            ):
                files.append(file)
        for file in _link_targets(self.reading.pages, self.locale, config):
            files.append(file)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav = [page for page in nav.pages if page.file.src_uri not in self.episodes]
        return nav

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put in what the page draws from elsewhere: other pages, facts, and the addresses of mkdocs.yml."""
        assert self.reading is not None
        if isinstance(page, _GeneratedPage):
            return markdown
        own = self._site_page(page)
        text = without_notes(markdown)
        if own is not None and own.includes:
            text = "\n\n".join([text, *(self._included(name, into=own) for name in own.includes)])
        assert self.reading.facts is not None
        text = fill_in(text, facts=self.reading.facts, words=self.words)
        own_addresses = {"nytt-rss": self.site.absolute(NEWS_RSS), "nytt-json": self.site.absolute(NEWS_JSON)}
        addresses = own_addresses | config.extra.get("addresses", {})
        return "\n".join([text, "", *(f"[{name}]: {url}" for name, url in addresses.items())])

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give every template, 404 included, the words and the site."""
        assert self.reading is not None
        self.env = env
        # Under its plain name, an asset stays for pages that were built before.
        env.filters["hashed"] = lambda path: self.assets[path][0]
        instead = {*self.left, *self.embeds}
        built = [
            file.page
            for file in files.documentation_pages()
            if file.page and file.inclusion is not InclusionLevel.EXCLUDED and file.src_uri not in instead
        ]
        # The footer leads to the pages that stand beside the menu's; those in a folder are reached from its index.md.
        self.search_pages = [page for page in built if self._path(page) == SEARCH]
        beside = [page for page in built if page not in self.nav and page not in self.search_pages]
        others = [page for page in beside if page.file.src_uri not in self.episodes]
        self.footer = [page for page in others if page.file.src_uri.count("/") == 1]
        self.built = {self._path(page): page for page in built}
        # A list of all pages has the years in it when there are pages of years, and they have the episodes.
        listed = [page for page in built if not (self.years and page.file.src_uri in self.episodes)]
        for page in built:
            if not self._is_unreviewed(page) and not self.site.preview:
                lastmod = page.update_date if self.show.episodes else None
                href = self.site.absolute(self._url(page))
                self.sitemap.append(SitemapEntry(href=href, lastmod=lastmod, alternates=self._alternates(page)))
        env.globals.update(
            words=self.words,
            catalogues=self.reading.words,
            locale=self.locale,
            default_locale=DEFAULT_LOCALE,
            podcast=self.podcast,
            questions=self.questions,
            all_shared=self._newest_shared(),
            marks=build_marks(cover=cover_path(self.show), name=slug_of(self.show.title), words=self.words),
            all_pages=_nav_items((page for page in listed if page not in self.search_pages), here=None),
            site=self._page_site(None),
            unreviewed_catalogues=self.unreviewed,
            sitemap=list(_with_listed_alternates(self.sitemap)),
        )
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the page its values."""
        values = cast("dict[str, Any]", context)
        values["site"] = self._page_site(page)
        name = page.file.src_uri
        if name in self.episodes:
            values["episode"] = self._episode_page(self.episodes[name])
        if name in self.embeds:
            values["episode"] = build_player_page(self.embeds[name], show=self.show, words=self.words)
        if name in self.years:
            values["year"] = self.years[name]
        shared = self._shared_page(page)
        if shared is not None:
            values["shared"] = shared
        left = self.left.get(page.file.src_uri)
        if left is not None:
            values["withdrawn" if left.notice else "moved"] = left
        own = self._site_page(page)
        if own is not None and own.question is not None:
            values["question"] = next(card for card in self.questions if card.number == own.question)
        if own is not None and own.updated is not None:
            values["documents"] = self._write_downloads(own, values, config=config)
        if left is None and name not in self.embeds:
            self._describe(page, values, config=config)
        return context

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Put the 404 page of each other language into its folder, where MkDocs would let it replace the first one."""
        if template_name != "404.html" or self.locale == DEFAULT_LOCALE:
            return output
        write_file(output.encode(), str(Path(config.site_dir) / self.locale / template_name))
        return ""

    # After static-i18n, which builds the other languages in this event.
    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Make the index of the site that is shown locally; build_site makes that of the site to be published."""
        if self.serving:
            build_search(Path(config.site_dir))
            for note in [NO_PANGO] * self.libraries_missing + self.document_notes:
                logging.getLogger("okatakten").warning(note)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Let listeners seek while the site is shown locally."""
        server.set_app(accept_ranges(server.get_app()))  # type: ignore[arg-type]
        return server

    def how_to_serve(self) -> Serving:
        """Return how the site that was built is to be served."""
        assert self.reading is not None
        return build_serving(
            self.show,
            pages=[local_path(page.path, locale=page.locale) for page in self.reading.pages],
            locales=self.reading.words,
            moved=self.moved,
            hidden=self.hidden_files,
            preview=self.site.preview,
        )

    def _write_downloads(self, page: SitePage, values: dict[str, Any], *, config: MkDocsConfig) -> tuple[Download, ...]:
        """Write the files of a page into the site, and return the links to them."""
        assert self.reading is not None
        assert self.reading.facts is not None
        facts = build_facts(
            page,
            site=self.site,
            contact=local_path(CONTACT, locale=self._locale_of(CONTACT)),
            podcast=local_path(PODCAST, locale=self._locale_of(PODCAST)) if self.show.episodes else None,
            funders=[source.name for source in self.reading.facts.funding],
            catalogues=self.reading.words,
        )

        def theme(name: str) -> Path:
            return next(path for folder in config.theme.dirs if (path := Path(folder, name)).is_file())

        parts = {"document": facts, "inline": lambda name: inline_file(theme(name)), "inline_svg": inline_svg}
        made = make_downloads(
            page,
            self.env.get_template(f"{PARTS}{page.template}").render(values | parts),
            address=facts.address,
            in_site=lambda address: Path(config.site_dir, unquote(address.removeprefix(self.site.url))),
            theme=theme,
            cache=_memory(config) / "documents",
            words=self.words,
        )
        for path, content in made.files.items():
            _write(path, content, config)
        self.hidden_files += made.files if self._is_unreviewed(values["page"]) else ()
        self.document_notes += made.notes
        self.libraries_missing |= not made.complete
        return made.links

    def _describe(self, page: Page, values: dict[str, Any], *, config: MkDocsConfig) -> None:
        """Give the page what machines read about it, and write its share picture into the site."""
        facts = self._page_facts(page, files=values.get("documents", ()))
        address = config.extra.get("addresses", {}).get("region")
        values["head"] = build_head(facts, show=self.show, site=self.site, words=self.words, owner_address=address)
        card = build_card(facts, show=self.show, words=self.words)
        if missing := "" if facts.plain else missing_letters(facts.title):
            source = values["site"].source
            self.document_notes.append(NOT_ON_PICTURE.format(file=source, signs=" ".join(missing)))
        if not card.title:
            return
        cache = _memory(config) / "cards"
        shown = self.episodes.get(page.file.src_uri)
        for path in (facts.href, *(self._former_hrefs(shown) if shown else ())):
            _write(card_path(path), make_card(card, cache=cache), config)

    def _page_facts(self, page: Page, *, files: Iterable[Download]) -> PageFacts:
        own, path = self._site_page(page), self._path(page)
        place = self.episodes.get(page.file.src_uri)
        episode = place.episode if place else None
        kind = ""
        if episode:
            kind = " ".join([self.words["card_episode"].text, *([str(episode.number)] if episode.number else [])])
        elif own and own.question:
            kind = self.words["card_question"].format(number=own.question).text
        return PageFacts(
            title=str(page.meta.get("title", page.title)),
            description=self._description(page).text,
            href=self._url(page),
            locale=self.locale,
            locales=self.versions.get(path, ()),
            kind=kind,
            plain=self._is_unreviewed(page),
            trail=tuple(self._trail(path)),
            is_podcast=path == PODCAST,
            episode=episode,
            updated=own.updated if own and page.meta.get("template") == REPORT else None,
            files=tuple(FileFacts(href=self.site.absolute(file.href), media_type=file.media_type) for file in files),
        )

    def _trail(self, path: str) -> Iterator[Crumb]:
        """Yield the pages above a page: the home page, and the page of the folder that it lies in."""
        for above in ("", f"{path.split('/', maxsplit=1)[0]}/"):
            page = self.built.get(above)
            if page and path != above and path:
                name = str(page.meta.get("nav_title", page.title)) if above else self.show.title
                yield Crumb(name=name, href=self.site.absolute(self._url(page)))

    def _shared_page(self, page: Page) -> SharedPage | None:
        """Return how to pass on an episode, the answer to a question or a document; None: another page."""
        own, shown = self._site_page(page), self.episodes.get(page.file.src_uri)
        question = next((card for card in self.questions if own and card.number == own.question), None)
        if not (shown or question or (own and own.updated) or self._path(page) in {PODCAST, RESULTS}):
            return None
        title, href = str(page.meta.get("title", page.title)), self._url(page)
        more = ""
        if shown and shown.episode.chapters:
            more = "\n".join(
                [f"{self.words['chapters']}:", *(f"– {chapter.title}" for chapter in shown.episode.chapters)]
            )
        elif question:
            more = f"{self.words['question'].format(number=question.number)} {question.text} {question.status_text}."
        plain = self._is_unreviewed(page)
        return SharedPage(
            title=title,
            href=href,
            picture_href=share_picture(title, href, plain=plain),
            picture_name=f"{self._path(page).strip('/').replace('/', '-')}.png",
            sharing=build_sharing(
                address=self.site.absolute(href),
                title=title,
                summary=self._description(page).text,
                more=more,
                show=self.show.title,
                words=self.words,
                posts=not plain,
                embed=self.site.absolute(href + EMBED) if shown else None,
            ),
        )

    def _newest_shared(self) -> list[SharedPage]:
        """Return what the page for partners offers: the documents and results, and the newest episodes."""
        questions = [card.href for card in self.questions]
        pages = [page for page in self.built.values() if page.file.src_uri not in self.episodes]
        others = {shared.href: shared for page in pages if (shared := self._shared_page(page))}
        documents = [shared for href, shared in others.items() if href not in questions]
        newest = itertools.islice((page for page in self.built.values() if page.file.src_uri in self.episodes), NEWEST)
        episodes = [shared for page in newest if (shared := self._shared_page(page))]
        return [*documents, *(others[href] for href in questions), *episodes]

    def _former_hrefs(self, place: EpisodePlace) -> Iterator[str]:
        """Yield the addresses that an episode's page had before its folder was renamed."""
        for former in moved_paths(place.episode):
            yield local_path(former, locale=self.locale)

    def _episode_files(self, place: EpisodePlace, config: MkDocsConfig) -> Iterator[File]:
        """Yield the page of an episode, its player for other sites, and what such sites read."""
        href, title = place.card.href, place.card.title
        file = _page_file(href, title=title, template="episode.html", config=config)
        self.episodes[file.src_uri] = place
        player = _page_file(href + EMBED, title=title, template="embed.html", config=config)
        self.embeds[player.src_uri] = place
        yield from (file, player, *self._oembed_files(place, config))

    def _oembed_files(self, place: EpisodePlace, config: MkDocsConfig) -> Iterator[File]:
        """Yield what sites that embed a page read, also where it was before its folder was renamed."""
        translation, card = place.text.translation, place.card
        plain = any((translation and not translation.reviewed, self.locale in self.unreviewed))
        text = build_oembed(
            embed=self.site.absolute(card.href + EMBED),
            title=card.title,
            show=self.show.title,
            owner=self.show.author,
            home=self.site.url,
            picture=self.site.absolute(share_picture(card.title, card.href, plain=plain)),
            size=(WIDTH, HEIGHT),
        )
        for folder in (card.href, *self._former_hrefs(place)):
            yield _text_file(folder + OEMBED, text, config)

    def _locale_of(self, path: str) -> Locale:
        """Return the locale being built if it has the page, and else the default one."""
        return self.locale if self.locale in self.versions.get(path, ()) else DEFAULT_LOCALE

    def _site_page(self, page: Page) -> SitePage | None:
        locale, _, name = page.file.src_uri.partition("/")
        return self.site_pages.get((Locale(locale), name))

    def _included(self, name: str, *, into: SitePage) -> str:
        """Return a page as a part of another one; the list of questions brings the pages of the questions with it."""
        folder, to = posixpath.dirname(name), posixpath.dirname(into.name)
        page = self.site_pages[self.locale, name]
        here = [other for other in self.site_pages.values() if other.locale == self.locale]
        parts = [f"## {page.title}", include(_body(page), name=name, into=to, levels=1)]
        for card in self.questions:
            own = next(other for other in here if other.question == card.number)
            if posixpath.dirname(own.name) == folder and page.name.endswith("index.md"):
                heading = self.words["question"].format(number=card.number)
                parts += [
                    f"### {heading} {card.text}",
                    f"**{card.status_text}.**",
                    include(_body(own), name=own.name, into=to, levels=2),
                ]
        return "\n\n".join(parts)

    def _page_site(self, page: Page | None) -> PageSite:
        """Return the values for a page, or for the 404 page of the locale."""
        assert self.reading is not None
        place = self._place(page)
        left = self.left.get(page.file.src_uri) if page else None
        embedded = page is not None and page.file.src_uri in self.embeds
        year = page is not None and page.file.src_uri in self.years
        generated = place.text if place else left
        source = generated.source if generated else f"docs/{page.file.src_uri}" if page else "overrides/404.html"
        source = "podcast/episodes" if year else source
        path = self._path(page) if page else None
        translation = self._translation(page) if page else None
        own = self._site_page(page) if page else None
        repeats = own is not None and own.updated is not None  # the report and the brochure say what other pages say
        unreviewed = self._is_unreviewed(page)
        podcast_lang, results_lang = self._locale_of(PODCAST), self._locale_of(RESULTS)
        # The 404 page is shown at any address, so its links begin at the root of the host.
        home = "." if page else urlsplit(self.site.url).path
        return PageSite(
            name=Word(self.show.title, self.show.language if self.show.language != self.locale else None),
            owner=self.show.author,
            canonical=None
            if embedded or page is None
            else self.site.absolute(left.href)
            if left
            else page.canonical_url,
            feed_url=self.site.absolute(FEED),
            feed_title=self.words["feed_title"].format(show=self.show.title),
            news_feeds=build_news_links(self.show, site=self.site, words=self.words),
            home_href=local_path("", locale=self.locale) or home,
            podcast_href=local_path(PODCAST, locale=podcast_lang),
            podcast_lang=podcast_lang,
            results_href=local_path(RESULTS, locale=results_lang),
            results_lang=results_lang,
            search=next(iter(_nav_items(self.search_pages, here=page)), None),
            searchable=page is not None and not (left or embedded or repeats or year or page in self.search_pages),
            title=self._title(page),
            description=self._description(page),
            nav=_nav_items(self.nav, here=page),
            footer=_nav_items(self.footer, here=page),
            languages=build_language_links(
                path, home=home, locale=self.locale, versions=self.versions, catalogues=self.reading.words
            ),
            alternates=self._alternates(page) if page else (),
            sources=self._sources(page) if page else (),
            preview=self.site.preview,
            unreviewed=unreviewed,
            stale=translation is not None and translation.stale,
            robots="noindex" if page is None or unreviewed or left or embedded or self.site.preview else None,
            source=source,
            edit_note=EDIT_NOTE.format(source=source).replace("--", "- -"),
        )

    def _place(self, page: Page | None) -> EpisodePlace | None:
        """Return the episode that a page or a player for other sites is about."""
        name = page.file.src_uri if page else ""
        return self.episodes.get(name) or self.embeds.get(name)

    def _episode_page(self, place: EpisodePlace) -> EpisodePage:
        """Return what the page shows: made when the page is, since all of them at once would be a large memory."""
        assert self.reading is not None
        hrefs = {card.number: card.href for card in self.questions}
        return build_episode_page(
            place, show=self.show, words=self.words, questions=self.reading.questions, question_hrefs=hrefs
        )

    def _sources(self, page: Page) -> tuple[str, ...]:
        """Return the documents that a page stands on, as they are named."""
        assert self.reading is not None
        own, facts = self._site_page(page), self.reading.facts
        if own is None or facts is None:
            return ()
        documents = {document.id: document for document in facts.documents}
        return tuple(document_text(documents[name], words=self.words) for name in own.sources)

    def _title(self, page: Page | None) -> Word:
        """Return what the browser's tab says: the page and then the site, on the home page the other way round."""
        if page is None:
            word = self.words["not_found_title"]
            return Word(f"{word.text} – {self.show.title}", word.lang)
        if self._path(page) == "":
            tagline = self.words["site_tagline"]
            return Word(f"{self.show.title} – {tagline.text}", tagline.lang)
        title = str(page.meta.get("title", page.title))
        if page.file.src_uri in self.years:
            return self.years[page.file.src_uri].title
        if page.file.src_uri in self.embeds:
            return Word(f"{self.show.title}: {title}")
        return Word(f"{title} – {self.show.title}")

    def _description(self, page: Page | None) -> Word:
        place = self._place(page)
        if place is not None:
            return Word(place.card.summary)
        if page and page.file.src_uri in self.years:
            return self.years[page.file.src_uri].description
        if page and page.file.src_uri in self.left:
            return Word(self.left[page.file.src_uri].title)
        return Word(str(page.meta["description"])) if page else self.podcast.summary

    def _url(self, page: Page) -> str:
        return "" if page.url in {".", "./"} else page.url

    def _path(self, page: Page) -> str:
        """Return the page's address in the default locale; empty for the home page."""
        url = self._url(page)
        return url if self.locale == DEFAULT_LOCALE else url.removeprefix(f"{self.locale}/")

    def _alternates(self, page: Page) -> tuple[Alternate, ...]:
        return build_alternates(self._path(page), versions=self.versions, site=self.site)

    def _translation(self, page: Page) -> Translation | None:
        place = self._place(page)
        return place.text.translation if place else self.translations.get(f"docs/{page.file.src_uri}")

    def _is_unreviewed(self, page: Page | None) -> bool:
        """Whether a page, or the 404 page of the locale, has text that no translator has gone through."""
        translation = self._translation(page) if page else None
        own = translation is not None and translation.reviewed is None
        return own or self.locale in self.unreviewed


def build_site(config_file: Path, *, site_dir: Path, reading: Reading, site: Site) -> Built:
    """Build the whole site into an empty folder. Raises BuildError, and warnings count as errors.

    What the files hold has been read already, so that the problems of a tree can be shown before MkDocs is loaded.
    """
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    given_date = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        # MkDocs dates the sitemap. The content's date makes builds on different days the same.
        os.environ["SOURCE_DATE_EPOCH"] = _content_date(reading, site)
        config = load_config(str(config_file), site_dir=str(site_dir), strict=True)
        plugin = config.plugins["okatakten"]
        assert isinstance(plugin, OkataktenPlugin)
        plugin.reading, plugin.given_site = reading, site
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
        build_search(site_dir)
        serving = plugin.how_to_serve()
        write_files(site_dir, {HEADERS_FILE: headers_file(serving), REDIRECTS_FILE: redirects_file(serving)})
    except (MkDocsException, WordMissingError, SearchError, SystemExit) as error:
        raise BuildError("\n".join([*warnings.messages, str(error)])) from None
    finally:
        logger.removeHandler(warnings)
        os.environ.pop("SOURCE_DATE_EPOCH")
        if given_date:
            os.environ["SOURCE_DATE_EPOCH"] = given_date
    return Built(documents=not plugin.libraries_missing, notes=tuple(plugin.document_notes), serving=serving)


def serve_site(config_file: Path, *, address: str) -> None:
    """Show the site at `address` (host:port) and rebuild it when content, templates or CSS change.

    Raises BuildError when the first build fails, OSError when the address is taken.
    """
    # MkDocs says in English what it is doing, and that it failed; what failed is said by the exception, in Swedish.
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("mkdocs.livereload").setLevel(logging.CRITICAL)
    try:
        serve(str(config_file), dev_addr=address)
    except (MkDocsException, WordMissingError, SystemExit) as error:
        raise BuildError(str(error)) from None


def _content_date(reading: Reading, site: Site) -> str:
    """Return when the newest episode was published, in seconds since 1970; 0 while there is none."""
    show = publishable(reading.show, site) if reading.show else None
    return str(int(last_change(show).timestamp())) if show and show.episodes else "0"


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns about, to be shown if the build stops for it."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _write(address: str, content: bytes, config: MkDocsConfig) -> None:
    """Write a file into the site, where its address leads."""
    write_file(content, str(Path(config.site_dir, unquote(address))))


def _memory(config: MkDocsConfig) -> Path:
    """Return the folder for what is slow to make."""
    return Path(config.config_file_path).parent / ".okatakten"


def _is_unused(file: File) -> bool:
    """Material's scripts and styles, 3 MB that base.html of ours does not use, and what only documents are made of."""
    of_material = file.src_dir is not None and Path(file.src_dir).parts[-2:] == ("material", "templates")
    return (of_material and not file.is_documentation_page()) or file.src_uri.startswith(PARTS)


def _read_assets(config: MkDocsConfig) -> dict[str, bytes]:
    """Return what lies in overrides/assets/ by its address."""
    assert config.theme.custom_dir
    theme = Path(config.theme.custom_dir)
    files = [path for path in theme.glob("assets/**/*") if path.is_file()]
    return {path.relative_to(theme).as_posix(): path.read_bytes() for path in files}


def _body(page: SitePage) -> str:
    return without_notes(page.text)


def _nav_files(config: MkDocsConfig) -> list[str]:
    """Return the files of the main menu. Stops at a word beside a file: every language has its own, in the page."""
    files = config.nav or []
    if not all(isinstance(file, str) for file in files):
        raise Abort("mkdocs.yml: skriv bara filernas namn under nav. Ordet i menyn är sidans fält nav_title.")
    return cast("list[str]", list(files))


def _nav_items(pages: Iterable[Page], *, here: Page | None) -> tuple[NavItem, ...]:
    return tuple(
        NavItem(
            title=str(page.meta.get("nav_title", page.title)),
            href=page.url,
            current="page" if page is here else "true" if here and _lies_under(here, page) else None,
        )
        for page in pages
    )


def _lies_under(page: Page, other: Page) -> bool:
    """Whether a page is in the folder that another one opens; all pages of a language are in its home's."""
    opens_folder = other.file.name == "index" and other.file.src_uri.count("/") > 1
    return opens_folder and page.url.startswith(other.url)


def _with_listed_alternates(sitemap: Sequence[SitemapEntry]) -> Iterator[SitemapEntry]:
    """Yield the pages of the sitemap, each with those of its versions that are in it, too; none where it is alone."""
    listed = {entry.href for entry in sitemap}
    for entry in sitemap:
        alternates = tuple(alternate for alternate in entry.alternates if alternate.href in listed)
        # One of them is the default for other readers.
        yield replace(entry, alternates=alternates if len(alternates) > 2 else ())


def _link_targets(pages: Iterable[SitePage], locale: Locale, config: MkDocsConfig) -> Iterator[File]:
    """Yield what pages in this locale may link to although another locale builds it: other languages and assets.

    Excluded from the build; static-i18n leaves them out altogether, so links to them would break.
    """
    paths = {f"{page.locale}/{page.name}": unquote(local_path(page.path, locale=page.locale)) + "index.html"
             for page in pages if page.locale != locale}  # fmt: skip
    if locale != DEFAULT_LOCALE:
        docs = Path(config.docs_dir)
        assets = (path.relative_to(docs).as_posix() for path in docs.glob("assets/**/*") if path.is_file())
        paths |= {path: path for path in sorted(assets)}
    for source, target in paths.items():
        yield File(
            source, config.docs_dir, config.site_dir, use_directory_urls=True, dest_uri=target,
            inclusion=InclusionLevel.EXCLUDED,
        )  # fmt: skip


def _page_file(path: str, *, title: str, template: str, config: MkDocsConfig) -> File:
    """Return a generated page as a file for MkDocs."""
    file = File(f"{path.rstrip('/')}.md", None, config.site_dir, use_directory_urls=True)
    file.inclusion = InclusionLevel.NOT_IN_NAV
    _GeneratedPage(title, file, config).meta = {"title": title, "template": template}
    return file


class _GeneratedPage(Page):
    """A page whose text is in its template: it has no file to read and no Markdown to render."""

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""


def _podcast_files(show: Show, site: Site, words: Words, config: MkDocsConfig) -> list[File]:
    """Return the feed, the cover and every episode's own files."""
    real = replace(site, preview=False)
    texts = {
        FEED: build_feed(show, site=real, words=words).decode(),
        ADDRESSES: build_addresses(show, site=real),
        FOLLOW_CODE: qr_code(site.absolute(FOLLOW)).decode(),
    }
    copies = {cover_path(show): show.cover.path}
    audio: dict[str, Enclosure] = {}
    for episode in show.episodes:
        copies |= _copies(episode)
        audio |= _audio(episode)
        if episode.chapters:
            name = chapters_path(episode).removeprefix(episode_path(episode))
            for folder in (episode_path(episode), *moved_paths(episode)):
                texts[folder + name] = build_json_chapters(episode.chapters)
    return [
        *(_text_file(path, text, config) for path, text in texts.items()),
        *(_copied_file(path, source, config) for path, source in copies.items()),
        *(_audio_file(path, enclosure, config) for path, enclosure in audio.items()),
    ]


def _news_files(show: Show, pages: Iterable[SitePage], site: Site, words: Words, config: MkDocsConfig) -> list[File]:
    """Return what is new, for partners: in a preview, too, only what is published."""
    real = replace(site, preview=False)
    items = build_news(show, pages, site=real, words=words)
    texts = {
        NEWS_JSON: build_json_feed(items, show=show, site=real, words=words),
        NEWS_RSS: build_news_rss(items, show=show, site=real, words=words).decode(),
    }
    return [_text_file(path, text, config) for path, text in texts.items()]


def _copies(episode: Episode) -> dict[str, Path]:
    """Return text and picture by address: where they are now, and where they were before the folder was renamed."""
    folder = episode_path(episode)
    copies = {}
    if episode.transcript is not None:
        copies[transcript_path(episode)] = episode.transcript.path
    if episode.picture is not None:
        copies[picture_path(episode, episode.picture)] = episode.picture.path
    moved = moved_paths(episode)
    return copies | {old + name.removeprefix(folder): path for old in moved for name, path in copies.items()}


def _audio(episode: Episode) -> dict[str, Enclosure]:
    """Return what answers at each address of the site that has, or has had, the episode's audio."""
    addresses = audio_addresses(episode).items()
    # What is gone on purpose is answered for by what corrected it.
    return {address: behind or episode.enclosure for address, behind in addresses if address.startswith(PODCAST)}


def _plain_cards(show: Show, words: Words, config: MkDocsConfig) -> Iterator[File]:
    """Yield the picture of pages without one of their own, also where withdrawn episodes had theirs."""
    content = draw_card(build_card(None, show=show, words=words))
    gone = [path for episode in show.withdrawn for path in (f"{PODCAST}{episode.slug}/", *moved_paths(episode))]
    for path in (PLAIN_CARD, *map(card_path, gone)):
        yield _bytes_file(path, content, config)


def _text_file(path: str, text: str, config: MkDocsConfig) -> File:
    file = File(path, None, config.site_dir, use_directory_urls=True)
    file.content_string = text
    return file


def _bytes_file(path: str, content: bytes, config: MkDocsConfig) -> File:
    file = File(path, None, config.site_dir, use_directory_urls=True)
    file.content_bytes = content
    return file


def _copied_file(path: str, source: Path, config: MkDocsConfig) -> File:
    file = File(path, None, config.site_dir, use_directory_urls=True)
    file.abs_src_path = str(source)
    return file


def _audio_file(path: str, enclosure: Enclosure, config: MkDocsConfig) -> File:
    file = _AudioFile(path, None, config.site_dir, use_directory_urls=True)
    file.enclosure = enclosure
    return file


class _AudioFile(File):
    """Audio, which is copied as it is published: with its tag."""

    enclosure: Enclosure

    def copy_file(self, dirty: bool = False) -> None:
        write_audio(self.enclosure, Path(self.abs_dest_path))
