"""A host on the loopback, as good or as bad as a test wants it."""

from __future__ import annotations

import contextlib
import re
import shutil
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bench.server import write_certificate
from okatakten.fetching import Patience, Reach

Answer = Callable[[BaseHTTPRequestHandler], None]

PATIENCE = Patience(connect=5, silence=5, window=5, rate=1, attempts=3, pause=0)
"""Enough for a loopback under load, and no pauses."""
HERE = Reach(allow_private=True, patience=PATIENCE)
HASTY = Reach(
    allow_private=True, patience=Patience(connect=2, silence=0.3, window=0.4, rate=10_000, attempts=2, pause=0)
)


@dataclass(slots=True)
class Host:
    """`url` has no slash at its end; `answers` are by path, `asked` is every request so far: path and headers.

    `sent` is what came with those that sent something.
    """

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked may have left in the middle."""


@contextlib.contextmanager
def hosting(wrap: Callable[[ThreadingHTTPServer], None] = lambda _server: None) -> Iterator[Host]:
    """Serve on a free port. `wrap` may put TLS around the server's socket."""
    host = Host(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            host.sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_GET(self) -> None:
            host.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.close_connection = True
            answer = host.answers.get(self.path.partition("?")[0], status(404))
            with contextlib.suppress(OSError):
                answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        wrap(server)
        host.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield host
        server.shutdown()
        thread.join()


def make_certificate(folder: Path) -> Path:
    """Return a file with a certificate for the loopback and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    return write_certificate(folder)


@contextlib.contextmanager
def secure_hosting(folder: Path) -> Iterator[tuple[Host, Reach]]:
    """Serve over TLS, with a certificate that nobody vouches for but the reach that comes with it."""
    path = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def wrap(server: ThreadingHTTPServer) -> None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)

    with hosting(wrap) as host:
        host.url = host.url.replace("http:", "https:")
        yield host, replace(HERE, tls=ssl.create_default_context(cafile=str(path)))


def status(code: int, headers: Mapping[str, str] | None = None, content: bytes = b"") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def redirect(location: str, code: int = 302) -> Answer:
    return status(code, {"Location": location})


def content(data: bytes, media_type: str = "application/octet-stream", **headers: str) -> Answer:
    """Answer with the whole, whatever part was asked for."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status(200, {"Content-Type": media_type, **named}, data)


def file(
    data: bytes, *, tag: str = '"1"', cuts: Iterator[int] | None = None, pace: Callable[[], object] | None = None
) -> Answer:
    """Answer as a good host of audio does: parts on request, if the file is still the same.

    `cuts` says after how many bytes each answer breaks off; `pace` is called between pieces of 4 kB.
    """

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(asked[1]) if asked and handler.headers.get("If-Range", tag) == tag else 0
        if start >= len(data) > 0:
            return status(416, {"Content-Range": f"bytes */{len(data)}"})(handler)
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(data) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.end_headers()
        end = min(len(data), start + next(cuts)) if cuts else len(data)
        for place in range(start, end, 4096):
            handler.wfile.write(data[place : min(place + 4096, end)])
            if pace:
                pace()
        return None

    return answer


class Shown(dict[str, Answer]):
    """The public site as it lies where the desk puts it."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        super().__init__()
        self.read = read

    def get(self, path: str, otherwise: Any = None) -> Any:
        found = self.read(unquote(path[1:]) + ("index.html" if path.endswith("/") else ""))
        return otherwise if found is None else content(found, "text/html")


def in_folder(folder: Path) -> Callable[[str], bytes | None]:
    return lambda name: (folder / name).read_bytes() if (folder / name).is_file() else None


def raw(data: bytes) -> Answer:
    """Answer with bytes that need not be HTTP."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)

    return answer


def endless(beginning: bytes, piece: bytes, *, pause: float = 0) -> Answer:
    """Answer for as long as somebody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(beginning)
        for _ in repeat(None):
            handler.wfile.write(piece)
            handler.wfile.flush()
            if pause:
                time.sleep(pause)

    return answer


def mp3(seconds: float = 2, *, tags: bytes = b"") -> bytes:
    """Return silence: MPEG-1 Layer III, 32 kbit/s, 44.1 kHz, mono, in frames of 1152 samples (ISO 11172-3)."""
    frame = b"\xff\xfb\x10\xc0" + bytes(100)
    return tags + frame * max(1, round(seconds * 44_100 / 1152))


def chapter_tags(*chapters: tuple[int, str]) -> bytes:
    """Return an ID3v2.3 tag of chapters: start in milliseconds, and title."""

    def frame(name: bytes, body: bytes) -> bytes:
        return name + struct.pack(">IH", len(body), 0) + body

    frames = b""
    for number, (start, title) in enumerate(chapters):
        times = struct.pack(">IIII", start, start + 1000, 0xFFFFFFFF, 0xFFFFFFFF)
        named = frame(b"TIT2", b"\x01" + title.encode("utf-16"))
        frames += frame(b"CHAP", f"k{number}".encode() + b"\0" + times + named)
    size = len(frames)
    syncsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + syncsafe + frames
