"""What a real Chromium fetches of a built site.

The server compresses text, as hosts do, and counts the bytes it sends; headers are not among them.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import mimetypes
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

COMPRESSED: Final = {".html", ".css", ".js", ".json", ".xml", ".svg", ".wasm", ".txt", ".map"}
PATIENCE: Final = 180
"""Seconds. Material reads an index of many megabytes before it answers."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one visit cost: bytes from the site, and requests to other hosts, which are not answered."""

    sent: int
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a visitor searches. Without a `field` the address itself asks."""

    address: str
    hit: str
    field: str | None = None


@dataclass(slots=True)
class Counter:
    folder: Path
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser | None]:
    """Yield the machine's own Chromium, else the one that playwright has fetched, else nothing."""
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(executable).exists():
            yield None
            return
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


def first_view(browser: Browser, site: Path, address: str) -> Fetched | None:
    """Open a page as a first-time visitor, and wait until it has all it wants. None when that takes too long."""
    with open_site(browser, site) as (page, url, counter, elsewhere), contextlib.suppress(TooLate):
        page.goto(url + address, wait_until="networkidle")
        return Fetched(counter.sent, len(elsewhere))
    return None


def first_hit(browser: Browser, site: Path, search: Search, *, query: str) -> Fetched | None:
    """Open the page that searches, and search. None when no hit comes."""
    with open_site(browser, site) as (page, url, counter, elsewhere), contextlib.suppress(TooLate):
        page.goto(url + search.address.format(query), wait_until="networkidle" if search.field else "load")
        if search.field:
            # Material shows its results to whoever stands in the field, and looks at it when a key is let go of.
            page.click(search.field)
            page.fill(search.field, query)
            page.press(search.field, "End")
        page.wait_for_selector(search.hit)
        return Fetched(counter.sent, len(elsewhere))
    return None


@contextlib.contextmanager
def open_site(browser: Browser, site: Path) -> Iterator[tuple[Page, str, Counter, list[str]]]:
    """Yield a new visitor's page, the address of the site, what is sent, and the requests to other hosts."""
    counter, elsewhere = Counter(site), list[str]()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, counter))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    context = browser.new_context()
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.on(
        "request",
        lambda request: None if request.url.startswith((url, "data:", "blob:")) else elsewhere.append(request.url),
    )
    try:
        yield page, url, counter, elsewhere
    finally:
        context.close()
        server.shutdown()
        server.server_close()
        thread.join()


class _Host(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, counter: Counter, *arguments: object) -> None:
        self.counter = counter
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        wanted = unquote(urlsplit(self.path).path)
        path = self.counter.folder / (wanted.lstrip("/") + ("index.html" if wanted.endswith("/") else ""))
        found = path.is_file()
        body = _as_sent(path) if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if found and path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with self.counter.lock:
            self.counter.sent += len(body)
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the table does."""


@functools.lru_cache(maxsize=256)
def _as_sent(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.compress(content, 6) if path.suffix in COMPRESSED else content
