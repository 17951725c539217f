"""A real nginx on the loopback: scripts/deploy/nginx.conf but for its domain, folder, ports and certificate."""

from __future__ import annotations

import contextlib
import getpass
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONFIGURATION: Final = Path(__file__).parents[1] / "deploy/nginx.conf"
BROTLI: Final = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
NGINX: Final = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
FOLDER: Final = "/srv/okatakten/www"

_ASIDE: Final = """\
{module}
daemon off;
{user}
pid {prefix}/nginx.pid;
error_log {prefix}/error.log;
worker_processes 1;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
    sendfile on;
    tcp_nopush on;
    access_log off;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    include {prefix}/okatakten.conf;
    {beside}
}}
"""
"""What Debian's own nginx.conf is on a server, with the connections that scripts/deploy/README.md gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An nginx that answers: the ports of TLS and of http, and the number of the process that its workers belong to."""

    secure: int
    plain: int
    pid: int


class NotStartedError(Exception):
    """nginx has stopped, and says why."""


@contextlib.contextmanager
def run_nginx(
    site: Path,
    prefix: Path,
    *,
    certificate: Path,
    changes: Sequence[tuple[str, str]] = (),
    beside: str = "",
    ports: tuple[int, int] | None = None,
) -> Iterator[Running]:
    """Serve a built site from a folder of this user's, and stop.

    `certificate` is a file with a key, too. `changes` are further texts of the configuration and what stands in their
    place; `beside` is what else the server has, and `ports` those of TLS and http, else any.
    """
    assert NGINX
    secure, plain = ports or free_ports(2)
    _write_configuration(site, prefix, secure=secure, plain=plain, certificate=certificate, changes=changes)
    # A worker of root's would be nobody, who may not read the folders of tests.
    user = "user root;" if getpass.getuser() == "root" else ""
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    aside = _ASIDE.format(prefix=prefix, module=module, user=user, beside=beside)
    (prefix / "nginx.conf").write_text(aside, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-p", str(prefix), "-c", "nginx.conf", "-e", f"{prefix}/error.log"])
    try:
        _wait(secure, process, prefix)
        yield Running(secure=secure, plain=plain, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def write_certificate(folder: Path) -> Path:
    """Write a certificate for the loopback, which nobody vouches for, and its key into one file."""
    path = folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-keyout", str(path)]
    made = subprocess.run(["openssl", "req", "-x509", *key, *subject, "-out", "-"], capture_output=True, check=True)
    path.write_bytes(path.read_bytes() + made.stdout)
    return path


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def _write_configuration(
    site: Path, prefix: Path, *, secure: int, plain: int, certificate: Path, changes: Sequence[tuple[str, str]]
) -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    expected = [
        (r"listen 80;", f"listen 127.0.0.1:{plain};", 1),
        (r"listen 443 ssl", f"listen 127.0.0.1:{secure} ssl", 1),
        (r"listen \[::\]:[^;]*;", "", 2),
        (r"(ssl_certificate(?:_key)?) [^;]*;", rf"\1 {certificate};", 2),
        (re.escape(FOLDER), str(site), 15),
        (r"/srv/okatakten/open|/var/log/nginx", str(prefix), 3),
        *((re.escape(written), instead, 1) for written, instead in changes),
    ]
    if not BROTLI.exists():
        expected.append((r"brotli_static on;", "", 1))
    for pattern, instead, times in expected:
        text, count = re.subn(pattern, instead, text)
        assert count == times, (pattern, count)
    (prefix / "okatakten.conf").write_text(text, encoding="utf-8")


def _wait(port: int, process: subprocess.Popen[bytes], prefix: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise NotStartedError((prefix / "error.log").read_text(encoding="utf-8"))
