"""Who may use the desk: everything that a request must be before anything of it is looked at.

On one's own machine, whoever has the key that the command wrote into the address; on a server, whom a proxy that we
trust says that it has signed in. Other pages in the same browser may send requests, too, and a name of somebody else's
may come to lead here (DNS rebinding): the host must be ours to the letter, and what changes something must come from
our own pages (OWASP, Cross-Site Request Forgery Prevention).
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
OPEN: Final = "/utseende/"
"""Where style sheets and such are, which the page of somebody who is not signed in needs, too."""
HERE: Final = f"{OPEN}skrivbordet"
"""Where a desk says which one it is."""
_KEY_LASTS: Final = timedelta(hours=12)
"""What is left of the address, in a history or a list of processes, opens nothing the day after."""
FORM_TOKEN: Final = "csrf"  # noqa: S105  # its name
TOKEN_HEADER: Final = "x-csrf"  # noqa: S105
SAFE: Final = {"GET", "HEAD"}
_SHORTEST: Final = 32
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

    def __post_init__(self) -> None:
        if len(self.secret) < _SHORTEST:
            raise ValueError("a secret that can be guessed")

    @property
    def cookie(self) -> str:
        """The name of our cookie: browsers do not keep those of two ports apart."""
        return "desk-" + self.origins[0].rpartition(":")[2].strip("/")

    def address(self) -> str:
        """Return what the browser is opened with."""
        until = f"{datetime.now(UTC) + _KEY_LASTS:%Y%m%d%H%M}"
        key = urlencode({KEY: f"{until}-{self.sign(f'key {until}')}"})
        return f"{self.origins[0]}/" if self.proxy else f"{self.origins[0]}/?{key}"

    def sign(self, what: str) -> str:
        """Return what only a desk of this project can say of something."""
        return hmac.new(self.secret.encode(), what.encode(), sha256).hexdigest()

    def person(self, name: str, roles: frozenset[Role]) -> Person:
        return Person(name=name, roles=roles, token=self.sign(f"csrf {name}"))

    def who(self, headers: Headers, peer: str) -> Person | None:
        """Return who sends a request, from the address `peer`; None for somebody whom we do not know."""
        if self.proxy:
            # Twice, one of them is not the proxy's.
            names = headers.getlist(self.proxy.header) if _plain(peer) in self.proxy.addresses else []
            name = names[0].strip().casefold() if len(names) == 1 else ""
            roles = self.proxy.people.get(name)
            return self.person(name, roles) if roles else None
        is_owner = _same(_cookie(headers, self.cookie), self.sign("cookie"))
        return self.person(self.owner, frozenset(Role)) if is_owner else None

    def _is_key(self, given: str) -> bool:
        until, _, signed = given.partition("-")
        return _same(signed, self.sign(f"key {until}")) and until >= f"{datetime.now(UTC):%Y%m%d%H%M}"

    def let_in(self, scope: Scope) -> Response | None:
        """Return the answer to whoever opens the address with the key: the page without it, and the key as a cookie."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if self.proxy or scope["method"] != "GET" or not self._is_key(query.get(KEY, [""])[0]):
            return None
        answer = RedirectResponse("/", status_code=303)
        # Lax: the address may stand in a chat, too, and what a link can do changes nothing.
        answer.set_cookie(self.cookie, self.sign("cookie"), max_age=_YEAR, httponly=True, samesite="lax")
        answer.headers["cache-control"] = "no-store"
        return answer

    def refusal(self, scope: Scope, headers: Headers) -> int:
        """Return the status of the answer to a request that cannot be one of ours; 0 for one that can."""
        hosts = [host.lower() for host in headers.getlist("host")]
        if len(hosts) != 1 or hosts[0] not in {origin.partition("://")[2] for origin in self.origins}:
            return 421
        origins = headers.getlist("origin")
        if scope["method"] not in SAFE and (len(origins) != 1 or origins[0].lower() not in self.origins):
            return 403
        return 0


class Guarded:
    """An application behind its guard. A request that comes through carries in its state `person`, and `is_ours`.

    A form is ours when `read_form` has found its token, everything else by now.
    """

    def __init__(self, app: ASGIApp, *, guard: Guard, refuse: Callable[[int], Response]) -> None:
        self.app, self.guard, self.refuse = app, guard, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers, peer = Headers(scope=scope), (scope.get("client") or ("", 0))[0]
        answer: Response | None = None
        person, is_form = self.guard.who(headers, peer), False
        if status := self.guard.refusal(scope, headers):
            answer = self.refuse(status)
        elif entering := self.guard.let_in(scope):
            answer = entering
        elif person is None and not (scope["method"] in SAFE and scope["path"].startswith(OPEN)):
            answer = self.refuse(401)
        elif person and scope["method"] not in SAFE and not (is_form := _is_form(scope, headers)):
            answer = None if _same(headers.get(TOKEN_HEADER, ""), person.token) else self.refuse(403)
        scope.setdefault("state", {}).update(person=person, is_ours=not is_form)
        await (answer or self.app)(scope, receive, _with_headers(send))


def _is_form(scope: Scope, headers: Headers) -> bool:
    """Whether this is a form of a page, whose token is in what it sends."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] == "POST" and kind in {"application/x-www-form-urlencoded", "multipart/form-data"}


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


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
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, outside = folder / "secret", folder / ".gitignore"
    if not outside.is_file():
        write_atomically(outside, b"*\n")
    secret = path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""
    if len(secret) < _SHORTEST:
        secret = secrets.token_urlsafe(32)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret)
    return secret


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
