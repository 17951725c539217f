"""The site as it is shown locally: built again whenever something changes, with what is wrong on the last good page.

What is slow and whoever writes does not look at, the files of pages and the search, is made when nothing has been saved
for a while, or when somebody asks for it; until then the last ones stay.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Timer
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jinja2 import TemplateSyntaxError
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer

from okatakten.disk.write import replace_folder, update_folder, write_files
from okatakten.documents.documents import MEDIA_TYPES
from okatakten.mkdocs.begin import Kept, StoppedError
from okatakten.mkdocs.plugin import OkataktenPlugin
from okatakten.mkdocs.run import told, warnings_of_mkdocs
from okatakten.search.index import FOLDER, build_search
from okatakten.serve.panel import empty_page, show_panel
from okatakten.serve.ranges import accept_ranges
from okatakten.site.last import LastSite
from okatakten.words.catalogue import WordMissingError
from okatakten.written.advice import Text
from okatakten.written.machine import MACHINE_ERRORS, explain

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PAUSE: Final = 5
"""Seconds without a save after which what is slow is made, too."""
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
        site = LiveSite(config_file, folder=Path(place) / "site", address=address)
        site.folder.mkdir()
        server = LiveReloadServer(
            builder=site.save, host=host, port=int(port), root=str(site.folder), mount_path=site.mount
        )
        site.server = server
        server.error_handler = site.error_page
        application = server.get_app()
        assert application
        shown = show_panel(site.finish_for(application), said=lambda: site.said, page=site.page)
        server.set_app(accept_ranges(shown))
        site.save()
        for path in site.watched():
            server.watch(str(path))
        try:
            server.serve()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            pass
        finally:
            server.shutdown()
            site.stop()


class LiveSite:
    """The site in its folder, as it was when it could be built last, and what has been wrong since."""

    server: LiveReloadServer

    def __init__(self, config_file: Path, *, folder: Path, address: str) -> None:
        self.config_file = config_file
        self.folder = folder
        self.said = ""
        self.is_there = False
        self._kept = Kept(last=LastSite(folder=folder, in_place=True))
        self._building, self._finishing = Lock(), Lock()
        self._is_late = False
        self._pause = Timer(0, self.finish)
        config = self._config(folder)
        self.mount = urlsplit((config.site_url if config else None) or "/").path
        self.url = f"http://{address}{self.mount}"

    def build(self) -> None:
        """Build the site anew, or keep the one that is there and what is wrong. Never raises, or MkDocs would hang."""
        with self._building:
            self._try(self._build)
        self._is_late = True

    def save(self) -> None:
        """Build the site, and finish it when nothing has been saved for a while."""
        self._pause.cancel()
        self.build()
        self._pause = Timer(_PAUSE, self.finish)
        self._pause.daemon = True
        self._pause.start()

    def finish(self) -> None:
        """Make what was left when the site was built: the files of its pages that are slow to make, and the search."""
        with self._finishing:
            if not self._is_late:
                return
            self._is_late = False
            with self._building:
                if self._kept.late:
                    self._kept.whole = True
                    self._try(self._build)
            if not self.said:
                self._try(self._build_search)

    def finish_for(self, application: WSGIApplication) -> WSGIApplication:
        """Return the application, which finishes the site before it answers with what may have been left."""
        late = re.compile(rf"{re.escape(self.mount)}(?:{re.escape(FOLDER)}.*|.*\.(?:{'|'.join(MEDIA_TYPES)}))")

        def finished(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if late.fullmatch(environment["PATH_INFO"]):
                self.finish()
            return application(environment, start_response)

        return finished

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being made."""
        self._pause.cancel()
        with self._finishing:
            self._is_late = False

    def _try(self, make: Callable[[], None]) -> None:
        """Make something of the site, or say what is wrong."""
        with warnings_of_mkdocs() as warnings:
            try:
                make()
            except (StoppedError, WordMissingError) as error:
                self._tell(str(error))
            except (MkDocsException, SystemExit) as error:
                self._tell(_in_swedish("\n".join([*warnings, str(error)])))
            except TemplateSyntaxError as error:
                self._tell(told(error, self.config_file.parent))
            except MACHINE_ERRORS as error:
                self._tell(explain(error))
            except Exception:
                traceback.print_exc()
                self._tell(str(Text.NOT_BUILT))

    def _tell(self, said: str) -> None:
        self.said = said
        sys.stderr.write(f"{said}\n")
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

    def _build(self) -> None:
        before, self._kept.late = self._kept.last, False
        self._kept.last = LastSite(folder=self.folder, keys=before.new_keys, files=before.new_files, in_place=True)
        try:
            update_folder(self.folder, make=self._make)
        except OSError:
            # Some of what is new may have come into its place: what stays is not known any more.
            self._kept.last = LastSite(folder=self.folder, in_place=True)
            raise
        except BaseException:
            self._kept.last = before
            raise
        finally:
            self._kept.whole = False
        self.said, self.is_there = "", True

    def _make(self, folder: Path) -> set[str]:
        """Build what is new of the site into a folder, and return which files stay beside that."""
        config = load_config(str(self.config_file), site_dir=str(folder))
        plugin = config.plugins["okatakten"]
        assert isinstance(plugin, OkataktenPlugin)
        config.plugins.on_startup(command="serve", dirty=False)
        plugin.kept = self._kept
        config.site_url = self.url
        build(config, serve_url=self.url)
        search = (path.relative_to(self.folder).as_posix() for path in self.folder.glob(f"{FOLDER}**/*"))
        return {*self._kept.last.staying, *search}

    def _build_search(self) -> None:
        """Make the index of the pages as they are now. A save need not wait for it: it is made of a copy of them."""
        with TemporaryDirectory(dir=self.folder.parent) as place:
            copy = Path(place)
            with self._building:
                for page in self.folder.rglob("*.html"):
                    write_files(copy, {page.relative_to(self.folder).as_posix(): page.read_bytes()})
            build_search(copy, memory=self.config_file.parent / ".okatakten" / "search")
            with self._building:
                replace_folder(self.folder / FOLDER, make=partial(_copy_folder, copy / FOLDER))


def _copy_folder(folder: Path, to: Path) -> None:
    shutil.copytree(folder, to, dirs_exist_ok=True)


def _in_swedish(said: str) -> str:
    """Return what can be said of what MkDocs says in English: where it is."""
    files = sorted({found[1] for found in _PAGE.finditer(said)})
    return Text.NOT_BUILT_FOR.format(files=", ".join(files)) if files else str(Text.NOT_BUILT)
