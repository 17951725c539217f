"""Who may use the desk: everything that a request must be before anything of it is looked at.

On one's own machine, whoever has the key that the command wrote into the address; on a server, whom a proxy that we
trust says that it has signed in. Other pages in the same browser may send requests, too, and a name of somebody else's
may come to lead here (DNS rebinding): the host must be ours to the letter, and what changes something must come from
our own pages (OWASP, Cross-Site Request Forgery Prevention).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okatakten.disk.write import write_atomically

KEY: Final = "nyckel"
"""The parameter of the address that the browser is opened with."""
FORM_TOKEN: Final = "csrf"  # noqa: S105  # its name
TOKEN_HEADER: Final = "x-csrf"  # noqa: S105
SAFE: Final = {"GET", "HEAD"}
_YEAR: Final = 365 * 24 * 60 * 60
_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
        " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'self'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}
"""On every answer. What shows the site itself brings a policy of its own."""


class Role(StrEnum):
    """What somebody may do, as it is written in the file of people. Whoever may publish may write and translate."""

    WRITE = "skriva"
    TRANSLATE = "översätta"
    PUBLISH = "publicera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who sits at the desk. `token` is what forms and scripts of theirs carry."""

    name: str
    roles: frozenset[Role]
    token: str

    def may(self, role: Role) -> bool:
        return role in self.roles or Role.PUBLISH in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """What signs people in before us: its addresses, the header that names them, and what each of them may do."""

    addresses: frozenset[str]
    header: str
    people: Mapping[str, frozenset[Role]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules of one desk. `origins` are all that it is reached at, as browsers write them: scheme, host, port.

    `secret` lies in a file, so that whoever is in stays in when the program is started again. Without a `proxy`, it is
    also the key: `owner` is the name of whoever has it.
    """

    origins: tuple[str, ...]
    secret: str
    owner: str
    proxy: Proxy | None = None
    hosts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", frozenset(origin.partition("://")[2] for origin in self.origins))

    @property
    def cookie(self) -> str:
        """The name of our cookie: browsers do not keep those of two ports apart."""
        return "desk-" + self.origins[0].rpartition(":")[2].strip("/")

    def address(self) -> str:
        """Return what the browser is opened with."""
        return f"{self.origins[0]}/?{urlencode({KEY: self.secret})}" if not self.proxy else f"{self.origins[0]}/"

    def person(self, name: str, roles: frozenset[Role]) -> Person:
        token = hmac.new(self.secret.encode(), f"csrf {name}".encode(), sha256).hexdigest()
        return Person(name=name, roles=roles, token=token)

    def who(self, headers: Headers, peer: str) -> Person | None:
        """Return who sends a request, from the address `peer`; None for somebody whom we do not know."""
        if self.proxy:
            # Twice, one of them is not the proxy's.
            names = headers.getlist(self.proxy.header) if _plain(peer) in self.proxy.addresses else []
            name = names[0].strip().casefold() if len(names) == 1 else ""
            roles = self.proxy.people.get(name)
            return self.person(name, roles) if roles else None
        return self.person(self.owner, frozenset(Role)) if self._has_key(_cookie(headers, self.cookie)) else None

    def _has_key(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.secret.encode())

    def let_in(self, scope: Scope) -> Response | None:
        """Return the answer to whoever opens the address with the key: the page without it, and the key as a cookie."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if self.proxy or scope["method"] != "GET" or not self._has_key(query.get(KEY, [""])[0]):
            return None
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.cookie, self.secret, max_age=_YEAR, httponly=True, samesite="strict")
        return answer

    def refusal(self, scope: Scope, headers: Headers) -> int:
        """Return the status of the answer to a request that cannot be one of ours; 0 for one that can."""
        if headers.getlist("host") != [headers.get("host")] or headers["host"].lower() not in self.hosts:
            return 421
        if scope["method"] not in SAFE and headers.get("origin", "").lower() not in self.origins:
            return 403
        return 0


class Guarded:
    """An application behind its guard. A request that comes through carries `person` in its state."""

    def __init__(self, app: ASGIApp, *, guard: Guard, refuse: Callable[[int], Response]) -> None:
        self.app, self.guard, self.refuse = app, guard, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers, peer = Headers(scope=scope), (scope.get("client") or ("", 0))[0]
        answer: Response | None = None
        person = self.guard.who(headers, peer)
        if status := self.guard.refusal(scope, headers):
            answer = self.refuse(status)
        elif entering := self.guard.let_in(scope):
            answer = entering
        elif person is None:
            answer = self.refuse(401)
        elif scope["method"] not in SAFE and not _has_token(headers, person):
            answer = self.refuse(403)
        else:
            scope.setdefault("state", {})["person"] = person
        await (answer or self.app)(scope, receive, _with_headers(send))


def _has_token(headers: Headers, person: Person) -> bool:
    """Whether a script of ours sends this, or a form, whose token is in what it sends and compared there."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind == "application/x-www-form-urlencoded"
    return is_form or hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), person.token.encode())


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            more = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in given]
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sent


def read_secret(folder: Path) -> str:
    """Return the secret of the desk whose folder this is, which nobody but its owner may read. Raises OSError."""
    path = folder / "secret"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, secrets.token_urlsafe(32).encode())
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _plain(peer: str) -> str:
    """Return an IP address in one spelling: the same may come as IPv6, too."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    return str(getattr(address, "ipv4_mapped", None) or address)
