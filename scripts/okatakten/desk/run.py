"""The desk, run: a server of its own, bound to this machine or behind a proxy."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from okatakten.desk.app import build_app
from okatakten.desk.guard import Guard
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
    config = uvicorn.Config(
        build_app(root, guard, ways=ways), log_level="warning", proxy_headers=False, server_header=False,
        date_header=False, timeout_graceful_shutdown=2, h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip
    say(guard.address())
    if open_browser:
        webbrowser.open(guard.address())
    uvicorn.Server(config).run(sockets=[bound])


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address. Raises OSError where it is taken."""
    bound = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.set_inheritable(True)
    return bound
