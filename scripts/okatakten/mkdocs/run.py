"""MkDocs, run: to build the site once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import TemplateSyntaxError
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from okatakten.addresses import Site
from okatakten.disk.write import write_files
from okatakten.mkdocs.begin import Given
from okatakten.mkdocs.plugin import OkataktenPlugin
from okatakten.model import Published
from okatakten.search.index import build_search
from okatakten.serve.serving import HEADERS_FILE, REDIRECTS_FILE, Serving, build_serving, headers_file, redirects_file
from okatakten.site.build import Build, Say, content_date, publish_first
from okatakten.site.finished import check_finished
from okatakten.site.last import Changed, LastSite
from okatakten.site.policy import audio_hosts
from okatakten.site.project import Reading
from okatakten.words.catalogue import WordMissingError
from okatakten.written.advice import Text
from okatakten.written.report import format_report

EPOCH: Final = "SOURCE_DATE_EPOCH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of a build: whether there are PDF files, what to say of it in Swedish, how to serve it, what is new."""

    documents: bool
    notes: tuple[str, ...]
    serving: Serving
    changed: Changed


class BuildError(Exception):
    """The site could not be built; the text says why."""


def build_site(
    config_file: Path,
    *,
    site_dir: Path,
    reading: Reading,
    site: Site,
    show: Published | None = None,
    last: LastSite | None = None,
    say: Say = lambda _stage: None,
) -> Built:
    """Build the whole site into an empty folder. Raises BuildError, and warnings count as errors.

    What the files hold has been read already, so that the problems of a tree can be shown before MkDocs is loaded.
    `show` is what goes out of it, unless it goes out for the first time. Pages that have not changed are taken from the
    `last` site, if there is one. `say` is told, in Swedish, what is being done.
    """
    last = last or LastSite(folder=site_dir)
    given = Given(reading=reading, show=show or publish_first(reading, site), site=site, say=say, last=last)
    with warnings_of_mkdocs() as warnings, _dated(content_date(given.show)):
        try:
            made = _run(config_file, site_dir=site_dir, given=given)
            say(Text.MAKING_SEARCH)
            build_search(site_dir, memory=made.cache / "search", before=last.folder)
        except (MkDocsException, WordMissingError, SystemExit) as error:
            raise BuildError("\n".join([*warnings, str(error)])) from None
        except TemplateSyntaxError as error:
            raise BuildError(told(error, config_file.parent)) from None
    say(Text.CHECKING_PAGES)
    if wrong := check_finished(site_dir, root=config_file.parent, hosts=audio_hosts(given.show), known=last.taken):
        raise BuildError(format_report(wrong))
    serving = how_to_serve(made)
    write_files(site_dir, {HEADERS_FILE: headers_file(serving), REDIRECTS_FILE: redirects_file(serving)})
    return Built(documents=made.complete, notes=tuple(made.notes), serving=serving, changed=last.count(site_dir))


def how_to_serve(build: Build) -> Serving:
    """Return how the site that was built is to be served."""
    return build_serving(
        build.show,
        pages=build.written_paths(),
        locales=build.reading.words,
        moved={page.path: page.href for page in build.left_pages() if not page.notice},
        hidden=build.hidden,
        preview=build.site.preview,
    )


def _run(config_file: Path, *, site_dir: Path, given: Given) -> Build:
    """Let MkDocs build, and return what has been built."""
    config = load_config(str(config_file), site_dir=str(site_dir), strict=True)
    plugin = config.plugins["okatakten"]
    assert isinstance(plugin, OkataktenPlugin)
    config.plugins.on_startup(command="build", dirty=False)
    plugin.given = given
    build(config)
    config.plugins.on_shutdown()
    assert plugin.build
    return plugin.build


def told(error: TemplateSyntaxError, root: Path) -> str:
    """Return what is wrong in a template of the project in `root`, with its file and line."""
    file = Path(error.filename or error.name or "")
    name = file.relative_to(root) if file.is_relative_to(root) else file
    return Text.TEMPLATE_UNREADABLE.format(file=name.as_posix(), line=error.lineno, said=error.message)


@contextmanager
def warnings_of_mkdocs() -> Iterator[list[str]]:
    """Yield what MkDocs warns about meanwhile, to be shown if the build stops for it."""
    handler, logger = _Warnings(), logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


@contextmanager
def _dated(seconds: int) -> Iterator[None]:
    """Let what MkDocs makes meanwhile be of one date, in seconds since 1970: it asks the environment."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = str(seconds)
    try:
        yield
    finally:
        del os.environ[EPOCH]
        if before is not None:
            os.environ[EPOCH] = before


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
