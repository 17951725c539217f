"""What a real Chromium fetches of a built site: `.venv/bin/python scripts/bench/browse.py SITE [--slow]`.

The server compresses text with Brotli, as hosts do, and counts the bytes it sends; headers are not among them.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import mimetypes
import re
import shutil
import statistics
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import brotli
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from bench.tables import figure, heading, line
from okatakten.serve.compressing import AT_LEAST, TEXT

PATIENCE: Final = 180
"""Seconds. Material reads an index of many megabytes before it answers."""
PHONE: Final = ViewportSize(width=390, height=844)
DESKTOP: Final = ViewportSize(width=1280, height=720)
SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""A phone at the edge of its network: 400 kbit/s, and 400 ms there and back."""

_PART: Final = re.compile(r"bytes=(\d+)-(\d*)")

_NEEDLESS: Final = """() => [...document.images].filter((image) => image.currentSrc && !image.getClientRects().length)
  .map((image) => image.currentSrc)"""
"""The pictures that no one sees."""

_FIRST_SCREEN: Final = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const part = document.createRange();
  part.setStart(document.documentElement, 0);
  while (walker.nextNode()) {
    const place = document.createRange();
    place.selectNode(walker.currentNode);
    const { top, height } = place.getBoundingClientRect();
    if (height && top >= 0 && top < innerHeight) part.setEndAfter(walker.currentNode.lastChild ?? walker.currentNode);
  }
  const written = document.createElement("div");
  written.append(part.cloneContents());
  return written.innerHTML;
}"""

_PAINTED: Final = """() => new Promise((told) => {
  new PerformanceObserver((list) => told([
    performance.getEntriesByName("first-contentful-paint")[0].startTime, list.getEntries().at(-1).startTime,
  ])).observe({ type: "largest-contentful-paint", buffered: true });
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one visit cost: bytes from the site by address, and requests to other hosts, which are not answered.

    `twice` was fetched more than once, `needless` without being seen.
    """

    files: Mapping[str, int]
    elsewhere: int
    twice: Sequence[str] = ()
    needless: Sequence[str] = ()

    @property
    def sent(self) -> int:
        return sum(self.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a visitor searches. Without a `field` the address itself asks."""

    address: str
    hit: str
    field: str | None = None


@dataclass(slots=True)
class _Counter:
    folder: Path
    sent: list[tuple[str, int]] = field(default_factory=list)


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


def first_view(browser: Browser, site: Path, address: str, *, size: ViewportSize = DESKTOP) -> Fetched | None:
    """Open a page as a first-time visitor, and wait until it has all it wants. None when that takes too long."""
    with visit(browser, site, size) as (page, url, counter, elsewhere), contextlib.suppress(TooLate):
        page.goto(url + address, wait_until="networkidle")
        return _fetched(counter, elsewhere, [urlsplit(each).path for each in page.evaluate(_NEEDLESS)])
    return None


def first_screen(browser: Browser, site: Path, address: str, *, size: ViewportSize) -> int:
    """Return the bytes of the page, compressed, up to the end of its first screen, and of its styles."""
    with visit(browser, site, size) as (page, url, counter, _):
        page.goto(url + address, wait_until="networkidle")
        part = brotli.compress(page.evaluate(_FIRST_SCREEN).encode(), quality=11)
        return len(part) + sum(length for path, length in counter.sent if path.endswith(".css"))


def first_paint(browser: Browser, site: Path, address: str, *, runs: int = 5) -> tuple[float, float]:
    """Return after how many seconds a slow phone shows something, and the largest part: medians."""
    paints = []
    for _ in range(runs):
        with visit(browser, site, PHONE) as (page, url, _counter, _elsewhere):
            page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
            page.goto(url + address, wait_until="networkidle")
            paints.append(page.evaluate(_PAINTED))
    first, largest = (statistics.median(times) / 1000 for times in zip(*paints, strict=True))
    return first, largest


def first_hit(browser: Browser, site: Path, search: Search, *, query: str) -> Fetched | None:
    """Open the page that searches, and search. None when no hit comes."""
    with visit(browser, site, DESKTOP) as (page, url, counter, elsewhere), contextlib.suppress(TooLate):
        page.goto(url + search.address.format(query), wait_until="networkidle" if search.field else "load")
        if search.field:
            # Material shows its results to whoever stands in the field, and looks at it when a key is let go of.
            page.click(search.field)
            page.fill(search.field, query)
            page.press(search.field, "End")
        page.wait_for_selector(search.hit)
        return _fetched(counter, elsewhere)
    return None


def _fetched(counter: _Counter, elsewhere: Sequence[str], needless: Sequence[str] = ()) -> Fetched:
    times = Counter(path for path, _ in counter.sent)
    twice = [path for path, count in times.items() if count > 1]
    seldom = [path for path in needless if path in times]
    return Fetched(files=dict(counter.sent), elsewhere=len(elsewhere), twice=twice, needless=seldom)


@contextlib.contextmanager
def visit(browser: Browser, site: Path, size: ViewportSize) -> Iterator[tuple[Page, str, _Counter, list[str]]]:
    """Yield a page of a new browser, the address of the site, what is sent of it, and what others are asked."""
    counter, elsewhere = _Counter(site), list[str]()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Host, counter))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    context = browser.new_context(viewport=size)
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

    def __init__(self, counter: _Counter, *arguments: object) -> None:
        self.counter = counter
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        wanted = unquote(urlsplit(self.path).path)
        path = self.counter.folder / (wanted.lstrip("/") + ("index.html" if wanted.endswith("/") else ""))
        found = path.is_file()
        body = as_sent(path) if found else b""
        part = _PART.fullmatch(self.headers.get("Range", "")) if found else None
        start, end = (int(part[1]), min(int(part[2] or len(body)) + 1, len(body))) if part else (0, len(body))
        self.send_response(206 if part else 200 if found else 404)
        if part:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.send_header("Content-Type", media_type + "; charset=utf-8" * media_type.startswith("text/"))
        self.send_header("Content-Length", str(end - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "max-age=600")
        if found and body != path.read_bytes():
            self.send_header("Content-Encoding", "br")
        self.end_headers()
        self.counter.sent.append((self.path, end - start))
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body[start:end])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the table does."""


@functools.lru_cache(maxsize=256)
def as_sent(path: Path) -> bytes:
    """Return a file of a site as it goes over the line."""
    content = path.read_bytes()
    if path.suffix not in TEXT or len(content) < AT_LEAST:
        return content
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))


KINDS: Final = {
    "page": ".html", "styles": ".css", "scripts": ".js", "font": ".woff2", "pictures": ".svg .png .webp .jpg",
}  # fmt: skip


def weights(fetched: Fetched) -> Iterator[int]:
    """Yield the bytes by kind of file, as in KINDS, and all together."""
    for ends in KINDS.values():
        yield sum(length for path, length in fetched.files.items() if (Path(path).suffix or ".html") in ends)
    yield fetched.sent


def main() -> None:
    parser = argparse.ArgumentParser(description="What pages of a built site cost those who open them.")
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="its address; without any, one of every kind")
    parser.add_argument("--slow", action="store_true", help="also say when a phone on a slow line shows them")
    options = parser.parse_args()
    titles = ["page", "px", *(f"{kind} kB" for kind in KINDS), "all kB", "requests", "first screen kB"]
    with open_browser() as browser:
        if browser is None:
            raise SystemExit("Chromium is missing.")
        rows = heading([*titles, *(["shows s", "largest s"] if options.slow else []), "note"], left={"page", "note"})
        print(*rows, sep="\n")
        for address in options.pages or _one_of_each_kind(options.site):
            for size in (PHONE, DESKTOP):
                print(line(_row(browser, options.site, address, size=size, slow=options.slow)), flush=True)


def _one_of_each_kind(site: Path) -> list[str]:
    """Return the address of the largest page of each folder and of those below it, which are of one kind."""
    kinds: dict[tuple[str, int], str] = {}
    for path in sorted(site.rglob("*.html"), key=lambda path: path.stat().st_size):
        address = path.relative_to(site).as_posix().removesuffix("index.html")
        kinds[address.split("/")[0], address.count("/")] = address
    return sorted(kinds.values())


def _row(browser: Browser, site: Path, address: str, *, size: ViewportSize, slow: bool) -> list[str]:
    fetched = first_view(browser, site, address, size=size)
    if fetched is None:
        return [address, str(size["width"]), f"more than {PATIENCE} s"]
    screen = first_screen(browser, site, address, size=size)
    times: Sequence[float] = first_paint(browser, site, address) if slow and size is PHONE else ()
    figures = [figure(value, 1000) for value in (*weights(fetched), screen)]
    figures.insert(-1, str(len(fetched.files)))
    notes = [f"{path} twice" for path in fetched.twice] + [f"{path} for nothing" for path in fetched.needless]
    return [
        address or "home", str(size["width"]), *figures, *(figure(time, 1) for time in times),
        *(["", ""] if slow and not times else []), ", ".join(notes),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
