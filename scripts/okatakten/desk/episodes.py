"""The episodes: the list, and the form of each with the check's answers beside its fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.forms import (
    EPISODE,
    Field,
    Value,
    field_of,
    is_moment,
    is_readable,
    nodes_of,
    value_from,
    values_of,
    written,
)
from okatakten.desk.guard import Role
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.making.folders import EPISODES, Plan, build_episode
from okatakten.making.interview import plan_episode
from okatakten.written.problems import Problem


def routes() -> list[Route]:
    return [
        Route("/", _episodes),
        Route("/avsnitt", _new_episode, methods=["POST"]),
        Route("/avsnitt/{slug}", _episode),
        Route("/avsnitt/{slug}", _save_form, methods=["POST"]),
        Route("/avsnitt/{slug}", _save_field, methods=["PATCH"]),
        Route("/avsnitt/{slug}/svar", _answers),
        Route("/avsnitt/{slug}/angra", _give_up, methods=["POST"]),
    ]


class State:
    """The states of an episode, as the list says them."""

    DRAFT: Final = "Utkast"
    WAITING: Final = "Väntar"
    OUT: Final = "Publicerat"
    GONE: Final = "Borttaget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An episode in the list. `left` is what is still to be done on it, `changed` whether something is not saved."""

    slug: str
    title: str
    state: str
    when: datetime | None
    left: tuple[Answer, ...]
    changed: bool


def listed_episodes(desk: Desk, checked: Checked) -> list[Listed]:
    """Return the episodes, those that somebody works with first, then by day."""
    zone, now = checked.reading.zone, datetime.now(UTC)
    drafts = desk.drafts.files()
    found = []
    for slug in desk.slugs():
        folder, file = f"{EPISODES}/{slug}/", f"{EPISODES}/{slug}/episode.md"
        text = desk.drafts.text(file) or ""
        values = values_of(text)
        state, when = state_of(text, zone=zone, now=now)
        left = tuple(answer for answer in checked.of(folder) if answer.stops)
        changed = any(name.startswith(folder) for name in drafts)
        found.append(
            Listed(slug=slug, title=str(values["title"]) or slug, state=state, when=when, left=left, changed=changed)
        )
    order = [State.DRAFT, State.WAITING, State.OUT, State.GONE]
    return sorted(found, key=lambda each: (order.index(each.state), -(each.when.timestamp() if each.when else 0)))


def state_of(text: str, *, zone: ZoneInfo, now: datetime) -> tuple[str, datetime | None]:
    """Return the state of an episode by its file, and when it comes out."""
    when = is_moment(str(values_of(text)["published"]), zone=zone)
    said = _states(text)
    state = State.GONE if said["withdrawn"] else State.DRAFT if said["draft"] else State.OUT
    return State.WAITING if state == State.OUT and when and when > now else state, when


def _states(text: str) -> dict[str, bool]:
    nodes = nodes_of(text)
    return {
        name: str(getattr(nodes.get(name), "value", "")).casefold() not in {"", "false", "nej"}
        for name in ("draft", "withdrawn")
    }


async def _episodes(request: Request) -> Response:
    desk = desk_of(request)
    checked = await run_in_threadpool(desk.check)
    listed = await run_in_threadpool(listed_episodes, desk, checked)
    sought = request.query_params.get("q", "").strip()
    shown = [each for each in listed if sought.casefold() in each.title.casefold()]
    others = [answer for answer in checked.answers if answer.stops and not answer.file.startswith(f"{EPISODES}/")]
    return page(request, "episodes.html", episodes=shown, sought=sought, others=others, zone=checked.reading.zone)


async def _new_episode(request: Request) -> Response:
    """Begin an episode: a folder of its own with a draft in it, which is in nobody's way."""
    desk, form = desk_of(request), await read_form(request, Role.WRITE)
    answers = {name: str(form.get(name, "")) or None for name in ("title", "summary")}
    slug, problems = await run_in_threadpool(_begin, desk, answers)
    if slug is None:
        checked = await run_in_threadpool(desk.check)
        return page(
            request, "episodes.html", status=422, episodes=listed_episodes(desk, checked), sought="", others=[],
            zone=checked.reading.zone, wrong=problems, answers=answers,
        )  # fmt: skip
    return RedirectResponse(f"/avsnitt/{slug}", status_code=303)


def _begin(desk: Desk, answers: Mapping[str, str | None]) -> tuple[str | None, list[Problem]]:
    reading = desk.check().reading
    plan, problems = plan_episode(
        desk.root, reading, answers, questions=[question.number for question in reading.questions], ask=None,
        complain=lambda _problem: None, now=datetime.now(UTC),
    )  # fmt: skip
    if plan is None:
        return None, problems
    _write_plan(desk, plan)
    return plan.slug, []


def _write_plan(desk: Desk, plan: Plan) -> None:
    folder = desk.root / EPISODES / plan.slug
    folder.mkdir()
    (folder / "episode.md").write_text(build_episode(plan, draft=True), encoding="utf-8")


async def _episode(request: Request) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    checked = await run_in_threadpool(desk.check)
    return await run_in_threadpool(_show_episode, request, desk, slug, checked)


def _show_episode(
    request: Request,
    desk: Desk,
    slug: str,
    checked: Checked,
    *,
    status: int = 200,
    lost: Mapping[str, Any] | None = None,
) -> Response:
    file = desk.file_of(slug)
    overtaken = settle(desk, file)
    text = desk.drafts.text(file) or ""
    answers = checked.of(f"{EPISODES}/{slug}/")
    return page(
        request, "episode.html", status=status, slug=slug, file=file, values=values_of(text), seen=seen_of(text),
        answers=_by_field(answers, file), elsewhere=[each for each in answers if each.file != file],
        readable=is_readable(text), changed=file in desk.drafts.files(), questions=checked.reading.questions,
        zone=checked.reading.zone, others=desk.others_at(f"/avsnitt/{slug}", person_of(request)), overtaken=overtaken,
        lost=lost, whole=text,
    )  # fmt: skip


def settle(desk: Desk, file: str, *, ours_stand: bool = False) -> dict[str, tuple[Value, Value]]:
    """Move a draft upon the file where that has changed meanwhile: each field that somebody has changed at the desk.

    Returns the fields that have changed in both places, as they are in the file and as they are at the desk; these
    stay as they are at the desk, and as long as nobody says that `ours_stand` the draft is not moved.
    """
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(file):
            return {}
        base, draft, saved = desk.drafts.base(file) or "", desk.drafts.text(file) or "", desk.drafts.saved(file) or ""
        before, ours, theirs = values_of(base), values_of(draft), values_of(saved)
        both, moved = {}, saved
        for each in EPISODE:
            name = each.name
            if ours[name] == before[name]:
                continue
            if theirs[name] not in (before[name], ours[name]):
                both[name] = (theirs[name], ours[name])
            moved = written(moved, each, ours[name])
        if not both or ours_stand:
            desk.drafts.rebased(file, moved)
        return both


async def _save_form(request: Request) -> Response:
    """Keep what a form says, whole: for a browser without scripts. Others' changes in other fields stay."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form = desk.file_of(slug), await read_form(request, Role.WRITE)
    checked = await run_in_threadpool(desk.check)
    sent = {key: str(value) for key, value in form.multi_items()}
    boxes = {each.name: [str(value) for value in form.getlist(each.name)] for each in EPISODE}
    lost = {}
    with desk.drafts.one_at_a_time():
        settle(desk, file)
        for each in EPISODE:
            value = value_from(each, sent, checked=boxes[each.name], zone=checked.reading.zone)
            with suppress(KeyError):
                try:
                    _change(desk, file, each, value, seen=sent[f"{each.name}-seen"])
                except ConflictError:
                    lost[each.name] = value
    if lost:
        return _show_episode(request, desk, slug, await run_in_threadpool(desk.check), status=409, lost=lost)
    return RedirectResponse(f"/avsnitt/{slug}?{urlencode({'sparat': 1})}", status_code=303)


async def _save_field(request: Request) -> Response:
    """Keep one field: `{"field", "value"}`, with `If-Match` what it said when it was shown (412: it is not so now)."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    sent = await read_json(request, Role.WRITE)
    each = field_of(str(sent.get("field")))
    if each is None:
        raise HTTPException(400)
    zone = (await run_in_threadpool(desk.check)).reading.zone
    form = {str(key): str(value) for key, value in sent.get("value", [])}
    boxes = [str(value) for key, value in sent.get("value", []) if key == each.name]
    value = value_from(each, form, checked=boxes, zone=zone)
    try:
        seen = _change(desk, file, each, value, seen=request.headers.get("if-match", ""))
    except ConflictError as conflict:
        return JSONResponse({"theirs": conflict.theirs}, status_code=412)
    return JSONResponse({"seen": seen}, headers={"etag": seen})


def _change(desk: Desk, file: str, each: Field, value: Value, *, seen: str) -> str:
    """Keep a field of a draft, and return what stands for it now. ConflictError: it is not as it was seen."""
    with desk.drafts.one_at_a_time():
        text = desk.drafts.text(file) or ""
        now = values_of(text, (each,))[each.name]
        new = written(text, each, value)
        if new != text:
            if stands_for(_told(now)) != seen:
                raise ConflictError(_told(now))
            desk.drafts.write(file, new)
        return stands_for(_told(values_of(new, (each,))[each.name]))


async def _answers(request: Request) -> Response:
    """Return what the check says of an episode as it is now, by field; "" is the file as a whole."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    checked = await run_in_threadpool(desk.check)
    answers = checked.of(f"{EPISODES}/{slug}/")
    html = {
        name: desk.pages.get_template("answers.html").render(answers=of)
        for name, of in _by_field(answers, file).items()
    }
    others = desk.others_at(f"/avsnitt/{slug}", person_of(request))
    return JSONResponse({"answers": html, "left": sum(each.stops for each in answers), "others": others})


async def _give_up(request: Request) -> Response:
    """Give up what was written at the desk: the file in the project is as it was all the time."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    await read_form(request, Role.WRITE)
    await run_in_threadpool(desk.drafts.forget, file)
    return RedirectResponse(f"/avsnitt/{slug}", status_code=303)


def _by_field(answers: list[Answer], file: str) -> dict[str, list[Answer]]:
    """Return what was found in a file by the field of its form, what has no field under ""."""
    names = {each.name for each in EPISODE}
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.file == file:
            found.setdefault(answer.field if answer.field in names else "", []).append(answer)
    return found


def seen_of(text: str) -> dict[str, str]:
    """Return what stands for each field of a file as it is shown."""
    return {name: stands_for(_told(value)) for name, value in values_of(text).items()}


def _told(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
