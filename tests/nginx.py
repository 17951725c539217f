"""A real nginx on the loopback, with scripts/deploy/nginx.conf as it stands but for domain, folder, ports and certificate."""

from __future__ import annotations

import contextlib
import getpass
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hosts import make_certificate
from support import PROJECT

CONFIGURATION = PROJECT / "scripts/deploy/nginx.conf"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
FOLDER = "/srv/okatakten/www"

_ASIDE = """\
{module}
daemon off;
{user}
pid {prefix}/nginx.pid;
error_log {prefix}/error.log;
worker_processes 1;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    include {prefix}/okatakten.conf;
}}
"""
"""What Debian's own nginx.conf is on a server."""


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
    assert NGINX
    secure, plain = _free_ports()
    _write_configuration(site, prefix, secure=secure, plain=plain)
    process = subprocess.Popen([NGINX, "-p", str(prefix), "-c", "nginx.conf", "-e", f"{prefix}/error.log"])
    try:
        _wait(secure, process, prefix)
        yield Nginx(url=f"https://127.0.0.1:{secure}/", plain=f"http://127.0.0.1:{plain}/")
    finally:
        process.terminate()
        process.wait(timeout=20)


def _write_configuration(site: Path, prefix: Path, *, secure: int, plain: int) -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    changes = [
        (r"listen 80;", f"listen 127.0.0.1:{plain};", 1),
        (r"listen 443 ssl", f"listen 127.0.0.1:{secure} ssl", 1),
        (r"listen \[::\]:[^;]*;", "", 2),
        (r"(ssl_certificate(?:_key)?) [^;]*;", rf"\1 {make_certificate(prefix)};", 2),
        (re.escape(FOLDER), str(site), 15),
    ]
    if not BROTLI.exists():
        changes.append((r"brotli_static on;", "", 1))
    for pattern, instead, times in changes:
        text, count = re.subn(pattern, instead, text)
        assert count == times, (pattern, count)
    (prefix / "okatakten.conf").write_text(text, encoding="utf-8")
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    # A worker of root's would be nobody, who may not read the folders of tests.
    user = "user root;" if getpass.getuser() == "root" else ""
    (prefix / "nginx.conf").write_text(_ASIDE.format(prefix=prefix, module=module, user=user), encoding="utf-8")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for taken in (one, other):
            taken.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait(port: int, process: subprocess.Popen[bytes], prefix: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, (prefix / "error.log").read_text(encoding="utf-8")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError((prefix / "error.log").read_text(encoding="utf-8"))
