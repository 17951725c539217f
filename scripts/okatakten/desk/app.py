"""The desk as an application: its pages, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from okatakten.desk import (
    clips,
    episodes,
    pages,
    pictures,
    preview,
    publishing,
    sound,
    transcript,
    translation,
    versions,
)
from okatakten.desk.guard import HERE, OPEN, TOKEN_HEADER, Guard, Guarded
from okatakten.desk.sending import Sender, Ways
from okatakten.desk.web import Desk, desk_of, page, person_of, refused
from okatakten.site.profile import read_profile

_LINKS: Final = (("/", "Avsnitt"), ("/sidor", "Sidor"), ("/oversattning", "Översättning"), ("/publicera", "Publicera"))
"""What the header leads to, as far as there is something."""
_CACHED: Final = {"cache-control": "private, max-age=60"}
_KINDS: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css"}


def build_app(root: Path, guard: Guard, *, ways: Ways | None = None) -> Guarded:
    """Return the desk of a project as an ASGI application. `ways` say what happens to what is published."""
    desk = Desk(root=root, guard=guard)
    modules = (episodes, sound, transcript, clips, preview, publishing, versions, pages, pictures, translation)
    routes = [
        *chain(*(module.routes() for module in modules)),
        Route(HERE, _here),
        Route("/inloggad", _entered),
        Route(f"{OPEN}{{name}}", _asset),
    ]
    there = {route.path for route in routes}
    desk.links = tuple(link for link in _LINKS if link[0] in there)
    shown = preview.Preview(desk)
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _http_error, 500: _broken},
        lifespan=lambda _app: _until_the_end(shown),
    )
    app.state.desk = desk
    app.state.sound = sound.Sound(desk)
    app.state.sender = Sender(desk.drafts, ways=ways or Ways(), is_owner=guard.proxy is None)
    app.state.preview = shown
    return Guarded(app, guard=guard, refuse=lambda status: refused(desk, status))


@asynccontextmanager
async def _until_the_end(shown: preview.Preview) -> AsyncIterator[None]:
    yield
    shown.end()


def _here(request: Request) -> Response:
    """Tell another start of the desk of this project that this is it: only who has its secret can answer so."""
    return PlainTextResponse(desk_of(request).guard.sign(f"here {request.query_params.get('fraga', '')}"))


def _entered(request: Request) -> Response:
    """Tell whoever signs in beside a page that they are in, and the page as whom."""
    answer = page(request, "entered.html")
    answer.headers[TOKEN_HEADER] = person_of(request).token
    return answer


def _asset(request: Request) -> Response:
    """Return a style sheet, script or font of the desk."""
    desk, name = desk_of(request), request.path_params["name"]
    own = {path.name: path for path in (Path(__file__).parent / "assets").iterdir()}
    own |= {path.name: path for path in (desk.root / "overrides/assets/fonts").glob("*.woff2")}
    profile = read_profile(desk.root, [])
    if name == "mark.svg" and profile:
        return Response(profile.mark, media_type=_KINDS[".svg"], headers=_CACHED)
    if name not in own:
        raise HTTPException(404)
    content = own[name].read_bytes()
    if own[name].suffix == ".css" and profile:
        content = profile.style(content.decode()).encode()
    return Response(content, media_type=_KINDS[own[name].suffix], headers=_CACHED)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refused(desk_of(request), error.status_code)


async def _broken(request: Request, _error: Exception) -> Response:
    return refused(desk_of(request), 500)
