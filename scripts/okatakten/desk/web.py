"""What all pages of the desk share: the desk itself, who sits at it, what was sent, and pages made of templates."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from okatakten.addresses import read_site
from okatakten.desk.answers import Checked, Checker, found_text
from okatakten.desk.drafts import Drafts
from okatakten.desk.forms import EPISODE, moment_parts
from okatakten.desk.guard import FORM_TOKEN, Guard, Person, Role
from okatakten.making.folders import EPISODES
from okatakten.written.values import parse_day

FOLDER: Final = ".desk"
FORM_LIMIT: Final = 2 * 2**20
"""Bytes of a form: the longest notes are a hundredth of it."""
MOST_FIELDS: Final = 2_000


@dataclass(slots=True, kw_only=True)
class Desk:
    """One desk for one project. `seen` says who had which page open when, by its address."""

    root: Path
    guard: Guard
    drafts: Drafts = field(init=False)
    checker: Checker = field(init=False)
    pages: Environment = field(init=False)
    seen: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.root / FOLDER
        self.drafts = Drafts(self.root, folder)
        self.checker = Checker(drafts=self.drafts, tree=folder / "tree")
        self.pages = Environment(
            loader=PackageLoader("okatakten.desk"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.pages.tests["is_day"] = lambda value: parse_day(str(value)) is not None
        self.pages.globals.update(FIELDS=EPISODE, moment_parts=moment_parts, found_text=found_text, Role=Role)

    def check(self) -> Checked:
        """Return the project with its drafts, checked as it would be published now, drafts and what waits too."""
        site = replace(read_site({}), preview=True, samples=True, now=datetime.now(UTC))
        return self.checker.check(site=site)

    def slugs(self) -> list[str]:
        """Return the folders of episodes. What a request names is looked up here, and never joined to a path before."""
        above = self.root / EPISODES
        return sorted(path.name for path in above.iterdir() if path.is_dir() and path.name[0] != ".")

    def file_of(self, slug: str) -> str:
        """Return the file that the form of an episode changes. Raises HTTPException where there is no such episode."""
        if slug not in self.slugs():
            raise HTTPException(404)
        return f"{EPISODES}/{slug}/episode.md"

    def others_at(self, page: str, person: Person) -> list[str]:
        """Note that somebody has a page open, and return who else had it in the last minute."""
        now = datetime.now(UTC)
        there = {name: when for name, when in self.seen.get(page, {}).items() if (now - when).total_seconds() < 60}
        self.seen[page] = there | {person.name: now}
        return sorted(name for name in there if name != person.name)


def desk_of(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def person_of(request: Request) -> Person:
    person = request.state.person
    assert isinstance(person, Person)
    return person


async def read_form(request: Request, role: Role) -> Any:
    """Return the form that is sent. Raises HTTPException for one that is not ours, too large, or not theirs to send."""
    person = person_of(request)
    if int(request.headers.get("content-length") or 0) > FORM_LIMIT:
        raise HTTPException(413)
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    if not hmac.compare_digest(str(form.get(FORM_TOKEN, "")).encode(), person.token.encode()) or not person.may(role):
        raise HTTPException(403)
    return form


async def read_json(request: Request, role: Role) -> dict[str, Any]:
    if not person_of(request).may(role):
        raise HTTPException(403)
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > FORM_LIMIT:
            raise HTTPException(413)
    try:
        sent = json.loads(content)
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(sent, dict):
        raise HTTPException(400)
    return sent


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    desk, person = desk_of(request), person_of(request)
    html = desk.pages.get_template(template).render(person=person, path=request.url.path, **values)
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def refused(desk: Desk, status: int) -> Response:
    html = desk.pages.get_template("refused.html").render(
        status=status, person=None, proxied=desk.guard.proxy is not None
    )
    return HTMLResponse(html, status_code=status)
