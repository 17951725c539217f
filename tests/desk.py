"""The desk of a copied project, served on a free port of this machine, and somebody who sits at it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from lxml import html

from okatakten.desk.guard import FORM_TOKEN, TOKEN_HEADER, Guard
from okatakten.desk.run import bind, server_of
from okatakten.desk.sending import Ways
from okatakten.disk.alone import trying

SECRET = "nyckeln-till-provet-" + "x" * 20
OWNER = "anna"

Pairs = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the desk answered. `headers` have small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def tree(self) -> Any:
        return html.document_fromstring(self.text)


@dataclass(slots=True, kw_only=True)
class Sitter:
    """Somebody at the desk: what a browser sends, unless a test says otherwise. None leaves a header out."""

    port: int
    root: Path
    address: str = "/"
    always: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    token: str = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """Send a request, headers as a browser would have them but for those that are given."""
        meant: dict[str, str | None] = {"Host": self.origin[7:], "Cookie": self.cookie or None, **self.always}
        if method not in {"GET", "HEAD"}:
            meant["Origin"] = self.origin
        meant |= headers or {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in meant.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.getheaders()},
                body=answer.read(),
            )
        finally:
            connection.close()

    def enter(self) -> Answer:
        """Open the address that the command prints, as the browser does, and take the token from the first page."""
        if not self.always:
            answer = self.get(self.address)
            self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        page = self.get("/")
        found = re.search(r'name="csrf" content="([^"]+)"', page.text)
        self.token = found[1] if found else ""
        return page

    def get(self, path: str, headers: Mapping[str, str | None] | None = None) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(
        self, path: str, form: Pairs = (), headers: Mapping[str, str | None] | None = None, *, token: bool = True
    ) -> Answer:
        """Send a form, with the token of the page that it stands on."""
        pairs = [*(form.items() if isinstance(form, Mapping) else form)]
        content = urlencode([*([(FORM_TOKEN, self.token)] if token else []), *pairs]).encode()
        return self.send(
            "POST", path, content, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        )

    def form(self, path: str, changes: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
        """Return what the autosaved form of a page would send, with some of it filled in otherwise."""
        [form] = self.get(path).tree.xpath("//form[@data-autosave]")
        # A browser passes over the first line break of a text, and lxml does not.
        values = {name: value.removeprefix("\n") for name, value in form.form_values() if name != FORM_TOKEN}
        boxes = [(one.name, one.get("value", "on")) for one in form.xpath(".//input[@type='checkbox'][@checked]")]
        pairs = {**values, **(changes or {})}
        return [*((name, value) for name, value in pairs.items() if name not in dict(boxes)), *boxes]

    def patch(
        self, path: str, what: object, headers: Mapping[str, str | None] | None = None, *, token: bool = True
    ) -> Answer:
        """Send JSON, as a script of the desk does."""
        own: dict[str, str | None] = {
            "Content-Type": "application/json",
            TOKEN_HEADER: self.token if token else None,
            **(headers or {}),
        }
        return self.send("PATCH", path, json.dumps(what).encode(), own)

    def change(self, slug: str, name: str, value: str, *, seen: str | None = None) -> Answer:
        """Fill in one field of an episode, as the script does; `seen` stands for what it said before."""
        if seen is None:
            seen = self.seen(slug, name)
        return self.patch(f"/avsnitt/{slug}", {"field": name, "value": [[name, value]]}, {"If-Match": seen})

    def seen(self, slug: str, name: str) -> str:
        """Return what stands for a field as the form shows it now."""
        return str(self.get(f"/avsnitt/{slug}").tree.xpath(f"string(//input[@name='{name}-seen']/@value)"))


@contextmanager
def served(
    root: Path, *, guard: Guard | None = None, port: int = 0, ways: Ways | None = None, owner: str = OWNER
) -> Iterator[Sitter]:
    """Serve the desk of a project until the block ends, and give its owner, who has not entered yet."""
    bound = bind("127.0.0.1", port)
    port = bound.getsockname()[1]
    guard = guard or Guard(origins=(f"http://127.0.0.1:{port}", f"http://localhost:{port}"), secret=SECRET, owner=owner)
    server = server_of(root, guard, ways=ways)
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        for _ in trying(30):
            if server.started or not thread.is_alive():
                break
        assert server.started
        yield Sitter(port=port, root=root, address=guard.address().removeprefix(guard.origins[0]))
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


@contextmanager
def at_the_desk(root: Path, *, ways: Ways | None = None) -> Iterator[Sitter]:
    """Serve the desk of a project, and give its owner, who sits at it."""
    with served(root, ways=ways) as sitter:
        sitter.enter()
        yield sitter
