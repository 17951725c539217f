"""The desk as an application: its pages, put together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from okatakten.desk import episodes, pages, translation
from okatakten.desk.guard import Guard, Guarded
from okatakten.desk.web import Desk, desk_of, refused
from okatakten.site.profile import read_profile

_CACHED: Final = {"cache-control": "private, max-age=60"}
_KINDS: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css"}


def build_app(root: Path, guard: Guard) -> Guarded:
    """Return the desk of a project as an ASGI application."""
    desk = Desk(root=root, guard=guard)
    app = Starlette(
        routes=[*episodes.routes(), *pages.routes(), *translation.routes(), Route("/utseende/{name}", _asset)],
        exception_handlers={HTTPException: _http_error, 500: _broken},
    )
    app.state.desk = desk
    return Guarded(app, guard=guard, refuse=lambda status: refused(desk, status))


def _asset(request: Request) -> Response:
    """Return a style sheet, script or font of the desk."""
    desk, name = desk_of(request), request.path_params["name"]
    own = {path.name: path for path in (Path(__file__).parent / "assets").iterdir()}
    own |= {path.name: path for path in (desk.root / "overrides/assets/fonts").glob("*.woff2")}
    if name not in own:
        raise HTTPException(404)
    content = own[name].read_bytes()
    if own[name].suffix == ".css" and (profile := read_profile(desk.root, [])):
        content = profile.style(content.decode()).encode()
    return Response(content, media_type=_KINDS[own[name].suffix], headers=_CACHED)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(desk_of(request), error.status_code)


async def _broken(request: Request, _error: Exception) -> Response:
    return refused(desk_of(request), 500)
