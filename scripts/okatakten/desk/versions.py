"""How files were: what Git has and what the desk keeps, how that differs from now, and back to it as a draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.differences import Difference, differences
from okatakten.desk.drafts import VERSIONS, Version
from okatakten.desk.forms import all_of, nodes_of
from okatakten.desk.guard import Role
from okatakten.desk.history import GitError, History, find_history
from okatakten.desk.pages import address_of, file_at, id_of, locale_of, title_of
from okatakten.desk.sending import said_by_git
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.model import DEFAULT_LOCALE
from okatakten.written.rewrite import copy_field

_STAYS: Final = ("guid", "published", "draft", "withdrawn", "withdrawn_reason", "former_slugs")
"""Fields that going back to an earlier text leaves as they are: what has come out has come out."""


def routes() -> list[Route]:
    return [Route("/sidor/{id}/mer", _page), Route("/sidor/{id}/mer", _page_back, methods=["POST"])]


def history_of(desk: Desk) -> tuple[History | None, str]:
    """Return the project's history, and what Git says where it cannot give it."""
    try:
        return find_history(desk.root), ""
    except GitError as error:
        return None, said_by_git(str(error))


def versions_of(desk: Desk, history: History | None, file: str) -> list[Version]:
    """Return a file's earlier versions, the newest first: those of Git, and those that the desk keeps."""
    noted = history.versions(file, most=VERSIONS) if history else []
    return sorted([*noted, *desk.drafts.versions(file)], key=lambda each: each.when, reverse=True)


def _text_of(desk: Desk, history: History | None, file: str, number: str) -> str:
    """Return the text of a version that is in the list. Raises HTTPException for another one."""
    is_listed = any(version.number == number for version in versions_of(desk, history, file))
    text = desk.drafts.version(file, number) if is_listed else None
    text = history.text(file, number) if is_listed and text is None and history else text
    if text is None:
        raise HTTPException(404)
    return text


def _back(desk: Desk, history: History | None, file: str, number: str) -> str:
    """Return a file as it was, but for what stays whatever is undone."""
    text = _text_of(desk, history, file, number)
    texts = (desk.drafts.text(file) or "", desk.drafts.saved(file) or "")
    now = next((each for each in texts if nodes_of(each)), "")
    if file.endswith(".md") and nodes_of(text) and now:
        for name in _STAYS:
            if all_of(text).get(name) != all_of(now).get(name):
                text = copy_field(text, name, now)
    return text


def shown_versions(request: Request, files: Collection[str], *, role: Role) -> dict[str, Any]:
    """Return what a page shows of how files were. Who may go back has a role."""
    desk, query = desk_of(request), request.query_params
    history, git = history_of(desk)
    chosen, number = query.get("fil", ""), query.get("version", "")
    if chosen and chosen not in files:
        raise HTTPException(404)
    shown: list[Difference] = []
    if chosen:
        shown = differences(chosen, desk.drafts.text(chosen), _back(desk, history, chosen, number))
    versions = {name: versions_of(desk, history, name) for name in files}
    return {"files": versions, "chosen": chosen, "number": number, "shown": shown, "git": git, "role": role}


def go_back(desk: Desk, files: Collection[str], form: Mapping[str, object], *, who: str) -> None:
    """Let a file be as it was, as a draft: nothing comes out before somebody has looked at it."""
    file, number = str(form.get("fil")), str(form.get("version"))
    if file not in files:
        raise HTTPException(404)
    history, _ = history_of(desk)
    with desk.drafts.one_at_a_time():
        text = _back(desk, history, file, number)
        desk.drafts.keep(file, who=who)
        desk.drafts.write(file, text)


async def _page(request: Request) -> Response:
    file_at(desk_of(request), request)
    return await run_in_threadpool(_show_page, request)


def _show_page(request: Request) -> Response:
    desk = desk_of(request)
    checked, file = desk.check(), file_at(desk, request)
    return page(
        request, "more.html", title=title_of(file, desk.drafts.text(file) or "", checked), id=quote(id_of(file)),
        form=address_of(file), zone=checked.reading.zone, **shown_versions(request, [file], role=_role(file)),
    )  # fmt: skip


def _role(file: str) -> Role:
    """Return what somebody must be allowed to do, to change a file of docs/."""
    return Role.WRITE if locale_of(file) == DEFAULT_LOCALE else Role.TRANSLATE


async def _page_back(request: Request) -> Response:
    desk = desk_of(request)
    file = file_at(desk, request)
    form = await read_form(request, _role(file))
    await run_in_threadpool(go_back, desk, [file], form, who=person_of(request).name)
    return RedirectResponse(address_of(file), status_code=303)
