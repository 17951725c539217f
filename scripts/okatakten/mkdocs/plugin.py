"""The doorway to MkDocs: the only module that imports it.

Each event fetches its arguments, calls pure functions and hands over the result. MkDocs runs the events once for
every locale, so each must give the same result the second time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

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
    CONTACT,
    NEWS_JSON,
    NEWS_RSS,
    PODCAST,
    SettingError,
    Site,
    card_path,
    cover_path,
    local_path,
    read_site,
)
from okatakten.disk.write import write_files
from okatakten.documents.documents import (
    PARTS,
    build_facts,
    inline_file,
    inline_svg,
    make_downloads,
    why_no_pdf,
)
from okatakten.model import DEFAULT_LOCALE, Locale, Published, Release, Show, last_change
from okatakten.model import Page as SitePage
from okatakten.podcast.releases import build_published, build_releases, write_release
from okatakten.rules import slug_of
from okatakten.serve.ranges import accept_ranges
from okatakten.serve.serving import HEADERS_FILE, REDIRECTS_FILE, Serving, build_serving, headers_file, redirects_file
from okatakten.site.assets import name_assets
from okatakten.site.cards import NOT_ON_PICTURE, STATEMENT_FONT, make_card, missing_letters
from okatakten.site.files import Content, build_files, build_oembeds
from okatakten.site.metadata import build_card, build_head
from okatakten.site.pages import build_episode_page, build_left_pages, build_player_page, build_podcast_page, build_text
from okatakten.site.project import Reading, read_project
from okatakten.site.search import SearchError, build_search
from okatakten.site.sharing import build_marks
from okatakten.site.structure import (
    BuiltPage,
    Download,
    SitemapEntry,
    build_local_site,
    build_page_facts,
    build_page_list,
    build_page_site,
    build_shared_page,
    build_shared_pages,
    build_sitemap,
    with_listed_alternates,
)
from okatakten.words.catalogue import WordMissingError
from okatakten.words.languages import check_locales
from okatakten.written.report import format_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: whether there are PDF files, what to say of them in Swedish, and how to serve it all."""

    documents: bool
    notes: tuple[str, ...]
    serving: Serving


class BuildError(Exception):
    """The site could not be built; the text says why."""


class _NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """All settings stand in podcast/show.yml and in the environment."""


class OkataktenPlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """Adds the podcast's pages and files to the site, and keeps its languages apart."""

    reading: Reading | None = None
    show: Published | None = None
    given_site: Site | None = None
    serving = False
    libraries_missing = False
    say: Callable[[str], None] = staticmethod(lambda _stage: None)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the project, once for all locales. Stops before MkDocs has cleaned anything."""
        root = Path(config.config_file_path).parent
        languages: Any = config.plugins.get("okatakten_i18n")
        if languages is None:
            raise Abort("mkdocs.yml: under plugins saknas okatakten_i18n, med språken. Lägg det före okatakten.")
        locale = Locale(languages.locale)
        first = locale == DEFAULT_LOCALE
        if self.reading is None or (self.serving and first):
            self.reading = read_project(root)
        if self.reading.show is None:
            raise Abort(format_report(self.reading.problems))
        try:
            self.site = self.given_site or read_site(os.environ, preview=self.serving)
            check_locales(languages.locales, folders=self.reading.words, docs=root / "docs")
        except SettingError as error:
            raise Abort(str(error)) from None
        if self.serving:
            self.site = replace(self.site, url=config.site_url or self.site.url, samples=True)
        config.site_url = self.site.url
        if first:
            self.sitemap: list[SitemapEntry] = []
            self.document_notes: list[str] = []
            self.hidden_files: list[str] = []
            self.menu = _nav_files(config)
        if self.show is None or (self.serving and first):
            self.show = _publish_first(self.reading, self.site)
        self.local = build_local_site(self.reading, self.show, site=self.site, locale=locale, menu=self.menu)
        self.pages = {page.file: page for page in self.local.pages}
        # A page that is not written in a language is not in its menu either.
        config.nav = [page.own.name for page in self.local.menu if page.own]
        return config

    # After static-i18n (-100), which would otherwise move and rename what is added here.
    @event_priority(-200)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the episode pages and the podcast's files; take out the parts of Material that no page uses."""
        assert self.reading is not None
        self.assets = name_assets(_read_assets(config))
        for file in [file for file in files if _is_unused(file)]:
            files.remove(file)
        for page in self.local.pages:
            if not page.own:
                files.append(_page_file(page, config))
        contents: dict[str, Content] = {**build_oembeds(self.local)}
        if self.local.locale == DEFAULT_LOCALE:
            words = self.local.words
            contents |= build_files(self.local.show, pages=self.reading.pages, site=self.site, words=words)
            contents |= dict(self.assets.values())
        for path, content in contents.items():
            files.append(_file(path, content, config))
        for file in _link_targets(self.reading.pages, self.local.locale, config):
            files.append(file)
        return files

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put in what the page draws from elsewhere: other pages, facts, and the addresses of mkdocs.yml."""
        assert self.reading is not None
        own, local = self.pages[page.file.src_uri].own, self.local
        if own is None:
            return markdown
        pages = self.reading.pages
        text = build_text(own, pages=pages, questions=local.questions, facts=local.facts, words=local.words)
        own_addresses = {"nytt-rss": self.site.absolute(NEWS_RSS), "nytt-json": self.site.absolute(NEWS_JSON)}
        addresses = own_addresses | config.extra.get("addresses", {})
        return "\n".join([text, "", *(f"[{name}]: {url}" for name, url in addresses.items())])

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give every template, 404 included, the words and the site."""
        self.env = env
        show, locale, catalogues = self.local.show, self.local.locale, self.local.catalogues
        # Under its plain name, an asset stays for pages that were built before.
        env.filters["hashed"] = lambda path: self.assets[path][0]
        self.sitemap += build_sitemap(self.local)
        env.globals.update(
            words=self.local.words,
            catalogues=catalogues,
            locale=locale,
            default_locale=DEFAULT_LOCALE,
            podcast=build_podcast_page(show, site=self.site, locale=locale, catalogues=catalogues),
            questions=self.local.questions,
            all_shared=build_shared_pages(self.local),
            marks=build_marks(cover=cover_path(show), name=slug_of(show.title), words=self.local.words),
            all_pages=build_page_list(self.local),
            site=build_page_site(None, within=self.local),
            unreviewed_catalogues=self.local.unreviewed,
            sitemap=list(with_listed_alternates(self.sitemap)),
        )
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the page its values."""
        values = cast("dict[str, Any]", context)
        built = self.pages[page.file.src_uri]
        self.say(f"Gör sidan /{built.href} …")
        values["site"] = build_page_site(built, within=self.local)
        values |= self._content(built)
        if built.is_download:
            values["documents"] = self._write_downloads(built, values, config=config)
        if built.is_destination:
            values |= self._describe(built, files=values.get("documents", ()), config=config)
        return context

    def _content(self, page: BuiltPage) -> dict[str, Any]:
        """Return what the page shows: made when the page is, since all of them at once would be a large memory."""
        assert self.reading is not None
        show, words = self.local.show, self.local.words
        values: dict[str, Any] = {
            "year": page.year,
            "question": self.local.question_of(page),
            "shared": build_shared_page(page, within=self.local),
        }
        if page.left:
            values["withdrawn" if page.left.notice else "moved"] = page.left
        if page.place and page.embed:
            values["episode"] = build_player_page(page.place, show=show, words=words)
        elif page.place:
            hrefs = {card.number: card.href for card in self.local.questions}
            values["episode"] = build_episode_page(
                page.place, show=show, words=words, questions=self.reading.questions, question_hrefs=hrefs
            )
        return {name: value for name, value in values.items() if value is not None}

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Put the 404 page of each other language into its folder, where MkDocs would let it replace the first one."""
        if template_name != "404.html" or self.local.locale == DEFAULT_LOCALE:
            return output
        write_file(output.encode(), str(Path(config.site_dir) / self.local.locale / template_name))
        return ""

    # After static-i18n, which builds the other languages in this event.
    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Make the index of the site that is shown locally; build_site makes that of the site to be published."""
        if self.serving:
            build_search(Path(config.site_dir))
            for note in [why_no_pdf()] * self.libraries_missing + self.document_notes:
                logging.getLogger("okatakten").warning(note)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Let listeners seek while the site is shown locally."""
        server.set_app(accept_ranges(server.get_app()))  # type: ignore[arg-type]
        return server

    def how_to_serve(self) -> Serving:
        """Return how the site that was built is to be served."""
        assert self.reading is not None
        show, catalogues = self.local.show, self.reading.words
        left = [page for locale in catalogues for page in build_left_pages(show, locale=locale, catalogues=catalogues)]
        return build_serving(
            show,
            pages=[local_path(page.path, locale=page.locale) for page in self.reading.pages],
            locales=catalogues,
            moved={page.path: page.href for page in left if not page.notice},
            hidden=self.hidden_files,
            preview=self.site.preview,
        )

    def _write_downloads(
        self, page: BuiltPage, values: dict[str, Any], *, config: MkDocsConfig
    ) -> tuple[Download, ...]:
        """Write the files of a page into the site, and return the links to them."""
        assert page.own
        local = self.local
        facts = build_facts(
            page.own,
            site=self.site,
            contact=local.nearest(CONTACT),
            podcast=local.nearest(PODCAST) if local.show.episodes else None,
            funders=[source.name for source in local.facts.funding],
            catalogues=local.catalogues,
        )

        def theme(name: str) -> Path:
            return next(path for folder in config.theme.dirs if (path := Path(folder, name)).is_file())

        parts = {"document": facts, "inline": lambda name: inline_file(theme(name)), "inline_svg": inline_svg}
        parts["statement_font"] = inline_file(STATEMENT_FONT)
        made = make_downloads(
            page.own,
            self.env.get_template(f"{PARTS}{page.template}").render(values | parts),
            address=facts.address,
            in_site=lambda address: Path(config.site_dir, unquote(address.removeprefix(self.site.url))),
            theme=theme,
            cache=_memory(config) / "documents",
            words=local.words,
        )
        for path, content in made.files.items():
            _write(path, content, config)
        self.hidden_files += made.files if local.is_unreviewed(page) else ()
        self.document_notes += made.notes
        self.libraries_missing |= not made.complete
        return made.links

    def _describe(self, page: BuiltPage, *, files: Iterable[Download], config: MkDocsConfig) -> dict[str, Any]:
        """Return what machines read about the page, and write its share picture into the site."""
        local = self.local
        facts = build_page_facts(page, files=files, within=local)
        card = build_card(facts, show=local.show, words=local.words)
        if missing := "" if facts.plain else missing_letters(facts.title):
            self.document_notes.append(NOT_ON_PICTURE.format(file=page.source, signs=" ".join(missing)))
        if card.title:
            content = make_card(card, cache=_memory(config) / "cards")
            for path in (page.href, *page.former_hrefs):
                _write(card_path(path), content, config)
        address = config.extra.get("addresses", {}).get("region")
        return {"head": build_head(facts, show=local.show, site=self.site, words=local.words, owner_address=address)}


def build_site(
    config_file: Path,
    *,
    site_dir: Path,
    reading: Reading,
    site: Site,
    show: Published | None = None,
    say: Callable[[str], None] = lambda _stage: None,
) -> Built:
    """Build the whole site into an empty folder. Raises BuildError, and warnings count as errors.

    What the files hold has been read already, so that the problems of a tree can be shown before MkDocs is loaded.
    `show` is what goes out of it, unless it goes out for the first time. `say` is told, in Swedish, what is being done.
    """
    show = show or _publish_first(reading, site)
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    given_date = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        # MkDocs dates the sitemap. The content's date makes builds on different days the same.
        os.environ["SOURCE_DATE_EPOCH"] = _content_date(show)
        config = load_config(str(config_file), site_dir=str(site_dir), strict=True)
        plugin = config.plugins["okatakten"]
        assert isinstance(plugin, OkataktenPlugin)
        plugin.reading, plugin.show, plugin.given_site, plugin.say = reading, show, site, say
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
        say("Gör sökregistret …")
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


def _publish_first(reading: Reading, site: Site) -> Published:
    """Return the show as it goes out the first time, with today's texts in its audio."""
    assert reading.show is not None
    return build_published(reading.show, site, build_releases(reading.show, words=reading.words[DEFAULT_LOCALE]))


def _content_date(show: Show) -> str:
    """Return when the newest episode was published, in seconds since 1970; 0 while there is none."""
    return str(int(last_change(show).timestamp())) if show.episodes else "0"


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns about, to be shown if the build stops for it."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _write(address: str, content: bytes, config: MkDocsConfig) -> None:
    """Write a file into the site, where its address leads."""
    write_file(content, str(Path(config.site_dir, address)))


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


def _nav_files(config: MkDocsConfig) -> list[str]:
    """Return the files of the main menu. Stops at a word beside a file: every language has its own, in the page."""
    files = config.nav or []
    if not all(isinstance(file, str) for file in files):
        raise Abort("mkdocs.yml: skriv bara filernas namn under nav. Ordet i menyn är sidans fält nav_title.")
    return cast("list[str]", list(files))


def _link_targets(pages: Iterable[SitePage], locale: Locale, config: MkDocsConfig) -> Iterator[File]:
    """Yield what pages in this locale may link to although another locale builds it: other languages and assets.

    Excluded from the build; static-i18n leaves them out altogether, so links to them would break.
    """
    paths = {f"{page.locale}/{page.name}": local_path(page.path, locale=page.locale) + "index.html"
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


def _page_file(page: BuiltPage, config: MkDocsConfig) -> File:
    """Return a generated page as a file for MkDocs."""
    file = File(page.file, None, config.site_dir, use_directory_urls=True)
    file.inclusion = InclusionLevel.NOT_IN_NAV
    _GeneratedPage(page.title, file, config).meta = {"title": page.title, "template": page.template}
    return file


class _GeneratedPage(Page):
    """A page whose text is in its template: it has no file to read and no Markdown to render."""

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""


def _file(path: str, content: Content, config: MkDocsConfig) -> File:
    """Return what is published beside the pages as a file for MkDocs."""
    kind = _AudioFile if isinstance(content, Release) else File
    file = kind(path, None, config.site_dir, use_directory_urls=True)
    if isinstance(content, bytes):
        file.content_bytes = content
    elif isinstance(content, Path):
        file.abs_src_path = str(content)
    elif isinstance(file, _AudioFile):
        file.release = content
    return file


class _AudioFile(File):
    """Audio, which is copied as it is published: with its tag."""

    release: Release

    def copy_file(self, dirty: bool = False) -> None:
        write_release(self.release, Path(self.abs_dest_path))
