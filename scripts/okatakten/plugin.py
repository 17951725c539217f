"""The doorway to MkDocs: the only module that imports it.

Each event fetches its arguments, calls pure functions and hands over the result. MkDocs runs the events once for
every locale, so each must give the same result the second time.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

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
from mkdocs.utils.templates import TemplateContext

from okatakten.addresses import (
    FEED,
    SettingError,
    Site,
    audio_name,
    chapters_path,
    cover_path,
    episode_path,
    picture_path,
    publishable,
    read_site,
    transcript_path,
)
from okatakten.chapters import build_json_chapters
from okatakten.feed import build_feed, last_change
from okatakten.model import DEFAULT_LOCALE, Episode, Locale, Show
from okatakten.pages import EpisodePage, build_episode_pages, build_podcast_page
from okatakten.problems import format_report
from okatakten.ranges import accept_ranges
from okatakten.read import Reading, read_project
from okatakten.words import load_words


class BuildError(Exception):
    """The site could not be built; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link of the main menu."""

    title: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSite:
    """What every page says about the site it belongs to."""

    name: str
    owner: str
    canonical: str | None
    feed_url: str
    feed_title: str
    home_href: str
    nav: tuple[NavItem, ...]
    robots: str | None
    edit_note: str
    description: str


class _NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """All settings stand in podcast/show.yml and in the environment."""


class OkataktenPlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """Adds the podcast's pages and files to the site."""

    reading: Reading | None = None
    serving = False

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the project, once for all locales. Stops before MkDocs has cleaned anything."""
        if self.reading is None or self.serving:
            self.reading = read_project(Path(config.config_file_path).parent)
        if self.reading.show is None:
            raise Abort(format_report(self.reading.problems))
        try:
            self.site = read_site(os.environ)
        except SettingError as error:
            raise Abort(str(error)) from None
        if self.serving:
            self.site = replace(self.site, url=config.site_url or self.site.url, samples=True)
        config.site_url = self.site.url
        self.show = publishable(self.reading.show, self.site)
        self.locale = Locale(str(config.theme["language"] or DEFAULT_LOCALE))
        self.pages: dict[str, EpisodePage] = {}
        self.podcast = build_podcast_page(self.show, locale=self.locale)
        return config

    # After static-i18n (-100), which would otherwise move and rename what is added here.
    @event_priority(-200)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the episode pages and the podcast's files; take out the parts of Material that no page uses."""
        assert self.reading is not None
        for file in list(files):
            if _is_unused_material(file):
                files.remove(file)
        for page in build_episode_pages(self.show, locale=self.locale, questions=self.reading.questions):
            file = _page_file(page, config)
            self.pages[file.src_uri] = page
            files.append(file)
        if self.locale == DEFAULT_LOCALE:
            for file in _podcast_files(self.show, self.site, config):
                files.append(file)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self.nav = tuple((page.title, page.url) for page in nav.pages if page.file.src_uri not in self.pages)
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give every template, 404 included, the words and the site."""
        env.globals.update(
            words=load_words(self.locale),
            locale=self.locale,
            podcast=self.podcast,
            site=self._page_site(None, config),
        )
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the page its values."""
        values = cast("dict[str, Any]", context)
        values["site"] = self._page_site(page, config)
        episode = self.pages.get(page.file.src_uri)
        if episode is not None:
            values["episode"] = episode
        return context

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Let listeners seek while the site is shown locally."""
        server.set_app(accept_ranges(server.get_app()))  # type: ignore[arg-type]
        return server

    def _page_site(self, page: Page | None, config: MkDocsConfig) -> PageSite:
        episode = self.pages.get(page.file.src_uri) if page else None
        meta: Mapping[str, Any] = page.meta if page else {}
        source = episode.source if episode else f"docs/{page.file.src_uri}" if page else "overrides/404.html"
        words = load_words(self.locale)
        here = page.url if page else None
        description = episode.card.summary if episode else str(meta.get("description", self.show.summary))
        return PageSite(
            name=self.show.title,
            owner=self.show.author,
            canonical=page.canonical_url if page else None,
            feed_url=self.site.absolute(FEED),
            feed_title=words["feed_title"].format(show=self.show.title),
            home_href=".",
            nav=tuple(NavItem(title=title, href=url, current=url == here) for title, url in self.nav),
            robots=None if page else "noindex",
            edit_note=words["edit_note"].format(source=source).replace("--", "- -"),
            description=description,
        )


def build_site(config_file: Path, *, site_dir: Path, reading: Reading) -> None:
    """Build the whole site into an empty folder. Raises BuildError, and warnings count as errors.

    What the files hold has been read already, so that the problems of a tree can be shown before MkDocs is loaded.
    """
    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    given_date = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        # MkDocs dates the sitemap. The content's date makes builds on different days the same.
        os.environ["SOURCE_DATE_EPOCH"] = given_date or _content_date(reading)
        config = load_config(str(config_file), site_dir=str(site_dir), strict=True)
        plugin = config.plugins["okatakten"]
        assert isinstance(plugin, OkataktenPlugin)
        plugin.reading = reading
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise BuildError("\n".join([*warnings.messages, str(error)])) from None
    finally:
        logger.removeHandler(warnings)
        os.environ.pop("SOURCE_DATE_EPOCH")
        if given_date:
            os.environ["SOURCE_DATE_EPOCH"] = given_date


def serve_site(config_file: Path, *, address: str) -> None:
    """Show the site at `address` (host:port) and rebuild it when content, templates or CSS change.

    Raises BuildError when the first build fails, OSError when the address is taken.
    """
    # MkDocs says in English what it is doing, and that it failed; what failed is said by the exception, in Swedish.
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("mkdocs.livereload").setLevel(logging.CRITICAL)
    try:
        serve(str(config_file), dev_addr=address)
    except (MkDocsException, SystemExit) as error:
        raise BuildError(str(error)) from None


def _content_date(reading: Reading) -> str:
    """Return when the newest episode was published, in seconds since 1970; 0 while there is none."""
    show = reading.show
    return str(int(last_change(show).timestamp())) if show and show.episodes else "0"


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns about, to be shown if the build stops for it."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _is_unused_material(file: File) -> bool:
    """Material's scripts and styles, 3 MB: base.html of ours uses none of them."""
    inside = file.src_dir is not None and Path(file.src_dir).parts[-2:] == ("material", "templates")
    return inside and not file.is_documentation_page()


def _page_file(page: EpisodePage, config: MkDocsConfig) -> File:
    """Return an episode page as a file for MkDocs. Its text is in the template: Markdown has been read already."""
    front_matter = {"title": page.card.title, "template": "episode.html"}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front_matter.items()]
    file = File(f"{page.card.href.rstrip('/')}.md", None, config.site_dir, use_directory_urls=True)
    file.content_string = "\n".join(["---", *lines, "---", ""])
    file.inclusion = InclusionLevel.NOT_IN_NAV
    return file


def _podcast_files(show: Show, site: Site, config: MkDocsConfig) -> list[File]:
    """Return the feed, the cover and every episode's own files."""
    texts = {FEED: build_feed(show, site=site).decode()}
    copies = {cover_path(show): show.cover.path}
    for episode in show.episodes:
        copies |= _copies(episode)
        if episode.chapters:
            texts[chapters_path(episode)] = build_json_chapters(episode.chapters)
    return [
        *(_text_file(path, text, config) for path, text in texts.items()),
        *(_copied_file(path, source, config) for path, source in copies.items()),
    ]


def _copies(episode: Episode) -> dict[str, Path]:
    copies = {transcript_path(episode): episode.transcript.path}
    if episode.enclosure.path is not None:
        copies[episode_path(episode) + audio_name(episode.enclosure)] = episode.enclosure.path
    if episode.picture is not None:
        copies[picture_path(episode, episode.picture)] = episode.picture.path
    return copies


def _text_file(path: str, text: str, config: MkDocsConfig) -> File:
    file = File(path, None, config.site_dir, use_directory_urls=True)
    file.content_string = text
    return file


def _copied_file(path: str, source: Path, config: MkDocsConfig) -> File:
    file = File(path, None, config.site_dir, use_directory_urls=True)
    file.abs_src_path = str(source)
    return file
