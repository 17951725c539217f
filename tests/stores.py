"""An object store on the loopback, a proxy that breaks the way to it, and what must hold of what is in it."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import boto3
from lxml import html
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from okatakten.publish.plan import LOCK, MEMORY
from okatakten.publish.store import Patience, Store
from okatakten.search.index import ENTRY, PIECES, RECORDS, SUFFIX

KEYS = {"AWS_ACCESS_KEY_ID": "prov", "AWS_SECRET_ACCESS_KEY": "prov", "AWS_REGION": "eu-north-1"}
BUCKET = "prov"
ONCE = Patience(connect=5, silence=5, attempts=1)
"""One try of everything, so that a test sees what comes of a request that failed."""
HASTY = Patience(connect=5, silence=0.3, attempts=1)


class Fault(Enum):
    """What happens to a request on its way."""

    CUT_ON_THE_WAY = auto()
    CUT_AFTER = auto()
    SILENCE = auto()
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()


Answer = tuple[int, str]
"""Status, and the store's code for it."""


Whole = tuple[int, Mapping[str, str], bytes]
"""Status, headers and content."""


@dataclass(frozen=True, slots=True)
class Request:
    number: int
    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def writes(self) -> bool:
        """Whether it changes what readers see."""
        return self.method in {"PUT", "POST", "DELETE"} and not self.path.startswith(".okatakten/")


@dataclass(slots=True)
class StoreHost:
    """A store behind a proxy. `break_at` says what befalls a request; `after` is called when one reached the store."""

    url: str
    break_at: Callable[[Request], Fault | Answer | None] = lambda _request: None
    after: Callable[[Request], None] = lambda _request: None
    victim: int = 0
    requests: list[Request] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def reset(self) -> None:
        """Forget all objects and requests, and break nothing."""
        self.calm()
        if BUCKET not in self.backend.buckets:
            self.backend.create_bucket(BUCKET, "eu-north-1")
        bucket = self.backend.buckets[BUCKET]
        bucket.keys.clear()
        bucket.multiparts.clear()

    def keep(self) -> list[tuple[str, bytes, dict[str, str]]]:
        """Return all that the store holds, for `restore`."""
        return [(path, key.value, dict(key.metadata)) for path, key in self.stored().items()]

    def restore(self, kept: Iterable[tuple[str, bytes, dict[str, str]]]) -> None:
        """Put back what `keep` returned, and break nothing."""
        self.reset()
        for path, value, metadata in kept:
            self.backend.put_object(BUCKET, path, value).set_metadata(metadata, replace=True)

    def calm(self) -> None:
        self.break_at, self.after, self.victim = (lambda _request: None), (lambda _request: None), 0
        self.requests.clear()

    def store(self, *, prefix: str = "", patience: Patience = ONCE) -> Store:
        return Store(bucket=BUCKET, endpoint=self.url, prefix=prefix, patience=patience)

    def objects(self) -> dict[str, bytes]:
        """Return the bytes of every object by path, without those that publishing keeps for itself."""
        return {path: key.value for path, key in self.stored().items() if path not in {LOCK, MEMORY}}

    def stored(self) -> dict[str, Any]:
        return dict(self.backend.buckets[BUCKET].keys.items())

    @property
    def backend(self) -> Any:
        """The store itself, past the proxy."""
        return s3_backends["123456789012"]["aws"]

    def uploads(self) -> list[str]:
        """Return the objects of which only parts are there."""
        return [upload.key_name for upload in self.backend.buckets[BUCKET].multiparts.values()]

    def age_lock(self, by: timedelta) -> None:
        """Let time pass for the lock."""
        if LOCK in self.stored():
            self.stored()[LOCK].last_modified -= by

    def writes(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests if request.writes]


@contextlib.contextmanager
def storing() -> Iterator[StoreHost]:
    """Run a store and the proxy before it, each on a free port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    with _Server(("127.0.0.1", 0), _Proxy) as server:
        server.host = StoreHost(url=f"http://127.0.0.1:{server.server_port}")
        server.behind = moto.get_host_and_port()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.host
        server.shutdown()
        thread.join()
    moto.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: StoreHost
    behind: tuple[str, int]
    one_at_a_time = threading.Lock()
    """So that the store is looked at after every single request."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked may have been killed."""


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def relay(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.one_at_a_time:
            fault, answer = self.pass_on(content)
        if fault is Fault.SILENCE:
            time.sleep(HASTY.silence * 2)
        if fault is Fault.KILLED_AFTER:
            os.kill(self.server.host.victim, signal.SIGKILL)
        if answer is None or isinstance(fault, Fault):
            self.close_connection = True
        else:
            self.say(*answer)

    def pass_on(self, content: bytes) -> tuple[Fault | Answer | None, Whole | None]:
        """Return what befell the request, and what was answered, if anything was."""
        host, parts = self.server.host, urlsplit(self.path)
        path = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        request = Request(len(host.requests) + 1, self.command, path, parts.query, dict(self.headers))
        host.requests.append(request)
        fault = host.break_at(request)
        if isinstance(fault, tuple):
            # As Amazon's S3 writes it.
            said = f"<Error><Code>{fault[1]}</Code><Message>{fault[1]}</Message></Error>".encode()
            return fault, (fault[0], {"Content-Type": "application/xml", "Content-Length": str(len(said))}, said)
        if fault is Fault.KILLED_BEFORE:
            os.kill(host.victim, signal.SIGKILL)
        if fault in {Fault.CUT_ON_THE_WAY, Fault.KILLED_BEFORE, Fault.SILENCE}:
            return fault, None
        answer = self.forward(content)
        try:
            host.after(request)
        except Exception as error:
            host.failed.append(error)
        return fault, answer

    def forward(self, content: bytes) -> Whole:
        with contextlib.closing(http.client.HTTPConnection(*self.server.behind, timeout=30)) as connection:
            headers = {name: value for name, value in self.headers.items() if name != "Expect"}
            connection.request(self.command, self.path, content, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def say(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {"connection", "transfer-encoding"}:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = relay  # noqa: N815  # as http.server wants them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


_RUNNER = """
import json, os, sys
from okatakten.commands.main import app
import okatakten.publish.delivery  # and with it boto3: once for all that are killed
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.environ.update(order["environment"])
        try:
            app(order["arguments"])
        except SystemExit as ended:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code or 0)
        os._exit(70)
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass(slots=True)
class Runner:
    """Starts the command in a process of its own, again and again, without loading everything each time."""

    process: subprocess.Popen[str]
    said: Path

    def run(self, host: StoreHost, *arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
        """Return the status, negative for the signal that killed it, and what was said."""
        order = {"arguments": arguments, "environment": {**environment}, "said": str(self.said)}
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        assert pipe_in
        assert pipe_out
        # It has to be known before the first request whom to kill.
        held = threading.Event()
        broken = host.break_at

        def wait(request: Request) -> Fault | Answer | None:
            assert held.wait(10)
            return broken(request)

        host.break_at = wait
        print(json.dumps(order), file=pipe_in, flush=True)
        host.victim = int(pipe_out.readline())
        held.set()
        print(file=pipe_in, flush=True)
        status = os.waitstatus_to_exitcode(int(pipe_out.readline()))
        return status, self.said.read_text(encoding="utf-8")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Runner]:
    with subprocess.Popen(
        [sys.executable, "-c", _RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Runner(process, folder / "said.txt")
        assert process.stdin
        process.stdin.close()


def boto_client(host: StoreHost) -> Any:
    """Return a client of somebody else's, straight through the proxy."""
    return boto3.session.Session().client("s3", endpoint_url=host.url)


def missing(objects: Mapping[str, bytes], *, url: str, known: Iterable[str] = ()) -> set[tuple[str, str]]:
    """Return everything that somebody can be led to and that is not there: from where, and what.

    Readers come to the feeds, the sitemap, the home page and the 404 page, and to all pages that they `know`, and go
    on from page to page.
    """
    feeds = [path for path in objects if path.endswith("/feed.xml") or PurePosixPath(path).stem == "nytt"]
    doors = [*feeds, "sitemap.xml", "index.html", "404.html", "podd/addresses.json", ENTRY]
    # Whoever has never published has told nobody of the address.
    doors = [path for path in [*doors, *known] if path in objects]
    if "index.html" not in objects:
        doors = [path for path in doors if path != ENTRY]
    seen, lacking = set(doors), set()
    while doors:
        path = doors.pop()
        for other in links_of(path, objects[path], url):
            if other not in objects:
                lacking.add((path, other))
            elif other not in seen:
                seen.add(other)
                doors.append(other)
    return lacking


@cache
def links_of(path: str, content: bytes, url: str) -> frozenset[str]:
    """Return the files of the site that a file leads to."""
    found: set[str] = set()
    if path.endswith(".html"):
        found |= {
            link for _, attribute, link, _ in html.HtmlElement.iterlinks(html.document_fromstring(content)) if attribute
        }
        found |= {text for text in re.findall(r'content="([^"]*)"', content.decode()) if text.startswith(url)}
    elif path.endswith(".css"):
        found |= set(re.findall(r"url\(['\"]?([^)'\"]+)", content.decode()))
    elif path == "podd/addresses.json":
        found |= {url + address for address in json.loads(content)}
    elif path == ENTRY:
        named = json.loads(content)
        names = [*named["tables"], *(name for _, name in named["words"] + named["ends"])]
        found |= {f"index/{name}{SUFFIX}" for name in names}
    elif path.startswith(PIECES):
        text = zlib.decompress(content).decode()
        # A table of records; other pieces lead nowhere.
        found |= {f"../pages/{name}{SUFFIX}" for name in (json.loads(text) if text.startswith("[") else ())}
    elif path.startswith(RECORDS):
        found |= {urljoin(url, json.loads(zlib.decompress(content))["url"])}
    elif path.endswith((".xml", ".json")):
        found |= set(re.findall(re.escape(url) + r"[^\s\"'<>&\\]*", content.decode()))
    return frozenset(_files(path, found, url))


def _files(path: str, links: Iterable[str], url: str) -> Iterator[str]:
    for link in links:
        address = urljoin(url + path.removesuffix("index.html"), link).partition("#")[0].partition("?")[0]
        if address.startswith(url):
            file = unquote(address.removeprefix(url))
            yield file + "index.html" if file.endswith("/") or not file else file
