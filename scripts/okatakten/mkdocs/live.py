"""The site as it is shown locally: built again whenever something changes, with what is wrong on the last good page."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer

from okatakten.disk.write import replace_folder
from okatakten.mkdocs.begin import StoppedError
from okatakten.mkdocs.run import warnings_of_mkdocs
from okatakten.serve.panel import empty_page, show_panel
from okatakten.serve.ranges import accept_ranges
from okatakten.words.catalogue import WordMissingError
from okatakten.written.advice import Text
from okatakten.written.machine import MACHINE_ERRORS, explain

_WATCHED: Final = ("docs", "overrides", "podcast", "mkdocs.yml")
_PAGE: Final = re.compile(r"'([\w./-]+\.(?:md|html|css|yml))'")
"""How MkDocs names a file in what it says."""


def serve_site(config_file: Path, *, address: str) -> None:
    """Show the site at `address` (host:port) and build it again when content, templates or CSS change.

    What is wrong is shown in the browser, too, and never ends it. Raises OSError when the address is taken.
    """
    # MkDocs says in English what it is doing.
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    for name in ("mkdocs", "mkdocs.livereload"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    host, _, port = address.rpartition(":")
    with TemporaryDirectory(prefix="okatakten-") as place:
        site = _Live(config_file, folder=Path(place) / "site", address=address)
        site.folder.mkdir()
        server = LiveReloadServer(
            builder=site.build, host=host, port=int(port), root=str(site.folder), mount_path=site.mount
        )
        site.server = server
        server.error_handler = site.error_page
        application = server.get_app()
        assert application
        shown = show_panel(application, said=lambda: site.said, page=site.page)
        server.set_app(accept_ranges(shown))
        site.build()
        for path in site.watched():
            server.watch(str(path))
        try:
            server.serve()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            pass
        finally:
            server.shutdown()


class _Live:
    """The site in its folder, as it was when it could be built last, and what has been wrong since."""

    server: LiveReloadServer

    def __init__(self, config_file: Path, *, folder: Path, address: str) -> None:
        self.config_file = config_file
        self.folder = folder
        self.said = ""
        self.is_there = False
        config = self._config(folder)
        self.mount = urlsplit((config.site_url if config else None) or "/").path
        self.url = f"http://{address}{self.mount}"

    def build(self) -> None:
        """Build the site anew, or keep the one that is there and what is wrong. Never raises, or MkDocs would hang."""
        with warnings_of_mkdocs() as warnings:
            try:
                replace_folder(self.folder, make=self._make)
            except (StoppedError, WordMissingError) as error:
                self.said = str(error)
            except (MkDocsException, SystemExit) as error:
                self.said = _in_swedish("\n".join([*warnings, str(error)]))
            except MACHINE_ERRORS as error:
                self.said = explain(error)
            except Exception:
                traceback.print_exc()
                self.said = str(Text.NOT_BUILT)
            else:
                self.said, self.is_there = "", True
        if self.said:
            sys.stderr.write(f"{self.said}\n")
            sys.stderr.flush()

    def page(self) -> bytes | None:
        """Return the page for all addresses while there is no site; None when there is one."""
        return None if self.is_there else self._reloading(empty_page())

    def error_page(self, code: int) -> bytes | None:
        """Return the site's own page for an address that is none, or what may come to be one."""
        path = self.folder / f"{code}.html"
        return self._reloading(path.read_bytes()) if path.is_file() else None

    def _reloading(self, page: bytes) -> bytes:
        """Return a page with the script that loads it again, which the server adds only to files that it finds."""
        epoch = self.server._visible_epoch  # noqa: SLF001
        scripted: bytes = self.server._inject_js_into_html(page, epoch)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return scripted

    def watched(self) -> Iterator[Path]:
        """Yield the files and folders that the site is made of."""
        root = self.config_file.parent
        config = self._config(self.folder)
        named = {Path(config.docs_dir), self.config_file, *map(Path, config.watch)} if config else set()
        yield from sorted(named | {root / name for name in _WATCHED if (root / name).exists()})

    def _config(self, folder: Path) -> MkDocsConfig | None:
        """Return the settings; None where they are what is wrong, which the build says."""
        try:
            return load_config(str(self.config_file), site_dir=str(folder))
        except (MkDocsException, SystemExit):
            return None

    def _make(self, folder: Path) -> None:
        config = load_config(str(self.config_file), site_dir=str(folder))
        config.plugins.on_startup(command="serve", dirty=False)
        config.site_url = self.url
        build(config, serve_url=self.url)


def _in_swedish(said: str) -> str:
    """Return what can be said of what MkDocs says in English: where it is."""
    files = sorted({found[1] for found in _PAGE.finditer(said)})
    return Text.NOT_BUILT_FOR.format(files=", ".join(files)) if files else str(Text.NOT_BUILT)
