"""What all pages of the desk share: the desk itself, who sits at it, what was sent, and pages made of templates."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo, available_timezones

from jinja2 import Environment, PackageLoader
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from okatakten.addresses import read_site
from okatakten.desk.answers import Checked, Checker, found_text
from okatakten.desk.drafts import Drafts
from okatakten.desk.forms import EPISODE, moment_parts, nodes_of, plain
from okatakten.desk.guard import FORM_TOKEN, Guard, Person, Role
from okatakten.desk.sheets import label
from okatakten.making.folders import EPISODES
from okatakten.rules import STOCKHOLM
from okatakten.written.values import parse_day

FOLDER: Final = ".desk"
FORM_LIMIT: Final = 2 * 2**20
"""Bytes of a form: the longest notes are a hundredth of it."""
MOST_FIELDS: Final = 20_000
"""Of a form: read in 30 ms. The words of a language are 1 500."""
_KEPT: Final = {"1": "Sparat", "undo": "Ångrat", "redo": "Gjort om", "granskat": "Sparat som granskat"}
"""What a page says that a form has led to, with `sparat` in its address."""
_TIMEZONE: Final = re.compile(r"""^timezone:\s*["']?([\w/+-]+)""", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Desk:
    """One desk for one project. `links` lead from its header, `seen` says who had which page open when."""

    root: Path
    guard: Guard
    drafts: Drafts = field(init=False)
    checker: Checker = field(init=False)
    pages: Environment = field(init=False)
    links: tuple[tuple[str, str], ...] = ()
    seen: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folder = self.root / FOLDER
        self.drafts = Drafts(self.root, folder)
        self.checker = Checker(drafts=self.drafts, tree=folder / "tree")
        self.pages = Environment(
            loader=PackageLoader("okatakten.desk"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.pages.tests["is_day"] = lambda value: parse_day(str(value)) is not None
        self.pages.globals.update(
            FIELDS=EPISODE, moment_parts=moment_parts, found_text=found_text, label=label, Role=Role, plain=plain
        )

    def check(self) -> Checked:
        """Return the project with its drafts, checked as it would be published now, drafts and what waits too."""
        site = replace(read_site({}), preview=True, samples=True, now=datetime.now(UTC))
        return self.checker.check(site=site)

    @property
    def zone(self) -> ZoneInfo:
        """The show's clock. What is to be kept does not wait for a check."""
        found = _TIMEZONE.search(self.drafts.text("podcast/show.yml") or "")
        return ZoneInfo(found[1]) if found and found[1] in available_timezones() else STOCKHOLM

    def slugs(self) -> list[str]:
        """Return the folders of episodes. What a request names is looked up here, and never joined to a path before."""
        above = self.root / EPISODES
        folders = [path for path in above.iterdir() if path.is_dir()] if above.is_dir() else []
        return sorted(path.name for path in folders if path.name[0] != "." and not path.is_symlink())

    def orphans(self) -> list[str]:
        """Return the drafts of files that are gone. Those of episodes that have another name now follow them."""
        for file in self.drafts.orphans():
            if file.startswith(f"{EPISODES}/") and (guid := _guid(self.drafts.base(file) or "")):
                places = (f"{EPISODES}/{slug}/{file.rpartition('/')[2]}" for slug in self.slugs())
                if new := next((place for place in places if _guid(self.drafts.saved(place) or "") == guid), None):
                    self.drafts.follow(file, new)
        return self.drafts.orphans()

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


def _guid(text: str) -> str:
    return str(getattr(nodes_of(text).get("guid"), "value", ""))


def desk_of(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def person_of(request: Request) -> Person:
    """Return who sends a request. Raises HTTPException for a form that `read_form` has not found to be one of ours."""
    if not request.state.is_ours:
        raise HTTPException(403)
    person = request.state.person
    assert isinstance(person, Person)
    return person


async def read_form(request: Request, role: Role) -> Any:
    """Return the form that is sent. Raises HTTPException for one that is not ours, too large, or not theirs to send."""
    content = await _read(request)
    if content.count(b"&") >= MOST_FIELDS:
        raise HTTPException(413)
    try:
        pairs = parse_qsl(content.decode(), keep_blank_values=True)
    except ValueError:
        raise HTTPException(400) from None
    form = FormData([*pairs])
    check_form(request, form, role)
    return form


def check_form(request: Request, form: FormData, role: Role) -> None:
    """Raise HTTPException for a form that is not one of ours, or not theirs to send."""
    token = request.state.person.token.encode()
    if not hmac.compare_digest(str(form.get(FORM_TOKEN, "")).encode(), token):
        raise HTTPException(403)
    request.state.is_ours = True
    if not person_of(request).may(role):
        raise HTTPException(403)


async def read_json(request: Request, role: Role) -> dict[str, Any]:
    if not person_of(request).may(role):
        raise HTTPException(403)
    try:
        sent = json.loads(await _read(request))
        json.dumps(sent, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(sent, dict):
        raise HTTPException(400)
    return sent


async def _read(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > FORM_LIMIT:
            raise HTTPException(413)
    return bytes(content)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    desk = desk_of(request)
    own = {"person": person_of(request), "path": request.url.path, "links": desk.links}
    kept = _KEPT.get(request.query_params.get("sparat", ""), "")
    html = desk.pages.get_template(template).render(**{"kept": kept, **own, **values})
    # Names of files that are no UTF-8 are shown with a question mark.
    return HTMLResponse(html.encode("utf-8", "replace"), status_code=status, headers={"cache-control": "no-store"})


def refused(desk: Desk, status: int) -> Response:
    html = desk.pages.get_template("refused.html").render(
        status=status, person=None, proxied=desk.guard.proxy is not None
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})
