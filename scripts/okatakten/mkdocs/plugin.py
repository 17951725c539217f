"""The doorway to MkDocs, which runs the events once for every locale, and with `serve` again after each change.

An event fetches its arguments, calls the build and hands over the result. Only this folder imports MkDocs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from jinja2 import Environment, pass_context
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from okatakten.mkdocs.begin import Given, Kept, begin_build, is_done, locale_of
from okatakten.mkdocs.files import hand_over
from okatakten.mkdocs.templates import Lean, RememberedTemplates
from okatakten.model import DEFAULT_LOCALE
from okatakten.site.build import NOT_FOUND, Build, LocalBuild
from okatakten.site.structure import BuiltPage


class _NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """All settings stand in podcast/show.yml and in the environment."""


class OkataktenPlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]  # MkDocs leaves it untyped
    """Adds the podcast's pages and files to the site, and keeps its languages apart.

    `given` is what `build_site` builds; None: it is to be read here. `kept` is from before, where it is shown locally.
    """

    serving: bool = False
    given: Given | None = None
    kept: Kept | None = None
    build: Build | None = None
    local: LocalBuild
    lists: Mapping[str, Any]
    env: Environment

    def on_startup(self, *, command: str, dirty: bool) -> None:
        # MkDocs keeps a plugin for all that a process builds.
        self.serving, self.given, self.kept, self.build = command == "serve", None, None, None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a locale, and with the first one the build. Stops before MkDocs has cleaned anything."""
        locale = locale_of(config)
        if self.build is None or locale == DEFAULT_LOCALE:
            self.build = begin_build(config, given=self.given, kept=self.kept, serving=self.serving)
        self.local = self.build.begin(locale)
        config.site_url, config.nav = self.build.site.url, self.local.menu()
        # Every template of the theme is replaced by one of ours, and MkDocs need not look through what it has.
        config.theme.dirs = [str(config.theme.custom_dir)]
        config.theme.static_templates.add(NOT_FOUND)  # as Material does, and a theme without a name does not
        return config

    # After static-i18n (-100), which would otherwise move and rename what is added here.
    @event_priority(-200)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the episode pages and the podcast's files; take out what other things are made of."""
        hand_over(self.local, files, config=config, render=partial(self._render_alone, config=config))
        return files

    def _render_alone(self, page: BuiltPage, values: Mapping[str, Any], *, config: MkDocsConfig) -> str:
        """Return a page that stands alone, which MkDocs takes for a file like any other."""
        # All that such a template asks of MkDocs is where its page is, to lead from there to other addresses.
        place = File(page.file, None, config.site_dir, use_directory_urls=True)
        return self.env.get_template(page.template).render(page=place, base_url="", **values)

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put in what the page draws from elsewhere: other pages, facts, and the addresses of mkdocs.yml."""
        # MkDocs makes numbers, dates and false of titles such as 1:30, 2027-01-18 and Nej, and knows no language.
        page.meta = dict(self.local.fields(page.file.src_uri))
        return self.local.text(page.file.src_uri)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Let each picture of the page fit the screen."""
        return self.local.with_pictures(page.file.src_uri, html)

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give every template, 404 included, the words and the site."""
        self.env, self.lists = env, self.local.list_values()
        env.add_extension(Lean)
        env.trim_blocks = True  # nor is a line left empty that holds a block alone
        # Of the context, since Jinja would otherwise work it out when the template is compiled.
        env.filters["hashed"] = pass_context(lambda _context, asset: self.local.build.hashed(asset))
        env.bytecode_cache = RememberedTemplates(self.local.build.cache / "templates")
        env.globals.update(self.local.template_values(), serving=self.serving)
        return env

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Give a template without a page, such as the sitemap, what the whole site holds."""
        cast("dict[str, Any]", context).update(self.lists)
        return context

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Give the page its values."""
        values = cast("dict[str, Any]", context)
        values |= self.lists

        def render(name: str, more: Mapping[str, Any]) -> str:
            return self.env.get_template(name).render({**values, **more})

        values |= self.local.page_values(page.file.src_uri, render=render)
        return context

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Put the 404 page of each other language into its folder, where MkDocs would let it replace the first one."""
        address = self.local.address_of(template_name)
        if address == template_name:
            return output
        self.local.build.write(address, output.encode())
        return ""

    # After static-i18n, which builds the other languages in this event.
    @event_priority(-200)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Say what there is to say of a site that is shown locally: what is built to be published has its notes."""
        if self.serving and is_done(config):
            for note in self.local.build.notes:
                logging.getLogger("okatakten").warning(note)
