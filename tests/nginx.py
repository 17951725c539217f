"""Asking a real nginx, which scripts/bench/server.py starts with the project's configuration."""

from __future__ import annotations

import contextlib
import http.client
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.server import run_nginx
from hosts import make_certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx:
    """The site over TLS at `url`, and what stands on the port of http at `plain`; both end in `/`."""

    url: str
    plain: str

    def ask(
        self, path: str, *, method: str = "GET", plain: bool = False, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for a path just as it is written, without following anything."""
        netloc = urlsplit(self.plain if plain else self.url).netloc
        # The certificate is one that nobody vouches for.
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        connection = (
            http.client.HTTPConnection(netloc, timeout=20)
            if plain
            else http.client.HTTPSConnection(netloc, timeout=20, context=tls)
        )
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(status=answer.status, headers=answer.headers, content=answer.read())
        finally:
            connection.close()


@contextlib.contextmanager
def serving_with_nginx(site: Path, prefix: Path) -> Iterator[Nginx]:
    """Serve a built site from a folder of this user's, and stop."""
    with run_nginx(site, prefix, certificate=make_certificate(prefix)) as running:
        yield Nginx(url=f"https://127.0.0.1:{running.secure}/", plain=f"http://127.0.0.1:{running.plain}/")
