"""The desk, run: a server of its own, bound to this machine or behind a proxy."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import token_hex

import uvicorn

from okatakten.desk.app import build_app
from okatakten.desk.guard import HERE, Guard
from okatakten.desk.sending import Ways


def serve_desk(
    root: Path,
    *,
    guard: Guard,
    bound: socket.socket,
    open_browser: bool,
    say: Callable[[str], None],
    ways: Ways | None = None,
) -> None:
    """Serve the desk of a project at a socket that is bound, until somebody ends it."""
    say(guard.address())
    if open_browser:
        webbrowser.open(guard.address())
    with suppress(KeyboardInterrupt):
        server_of(root, guard, ways=ways).run(sockets=[bound])


def server_of(root: Path, guard: Guard, *, ways: Ways | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        build_app(root, guard, ways=ways), log_level="warning", proxy_headers=False, server_header=False,
        date_header=False, timeout_graceful_shutdown=2, h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip
    return uvicorn.Server(config)


def is_open(guard: Guard, port: int) -> bool:
    """Return whether the desk of this project is what answers at a port of this machine. It is told no secret."""
    question = token_hex(16)
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", f"{HERE}?fraga={question}")
        return connection.getresponse().read(100).decode("latin-1") == guard.sign(f"here {question}")
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address. Raises OSError where it is taken."""
    bound = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.set_inheritable(True)
    return bound
