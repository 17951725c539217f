"""The episodes: the list, and the form of each with the check's answers beside its fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from yaml import ScalarNode

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.forms import (
    EPISODE,
    Field,
    UnwritableError,
    Value,
    all_of,
    as_sent,
    field_of,
    is_readable,
    nodes_of,
    plain,
    told,
    value_from,
    values_of,
    written,
)
from okatakten.desk.guard import Role
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.disk.write import replace_folder, write_files
from okatakten.making.folders import EPISODES, Plan, build_episode
from okatakten.making.interview import plan_episode
from okatakten.written.problems import Problem
from okatakten.written.rewrite import write_field
from okatakten.written.values import parse_date


def routes() -> list[Route]:
    return [
        Route("/", _episodes),
        Route("/avsnitt", _new_episode, methods=["POST"]),
        Route("/avsnitt/{slug}", _episode),
        Route("/avsnitt/{slug}", _save_form, methods=["POST"]),
        Route("/avsnitt/{slug}", _save_field, methods=["PATCH"]),
        Route("/avsnitt/{slug}/svar", _answers),
        Route("/avsnitt/{slug}/angra", _give_up, methods=["POST"]),
        Route("/avsnitt/{slug}/avgor", _decide, methods=["POST"]),
        Route("/avsnitt/{slug}/tabort", _take_away, methods=["POST"]),
        Route("/borttaget", _bring_back, methods=["POST"]),
        Route("/kvarglomt", _drop_orphan, methods=["POST"]),
    ]


class State:
    """The states of an episode, as the list says them."""

    DRAFT: Final = "Utkast"
    WAITING: Final = "Väntar"
    OUT: Final = "Publicerat"
    GONE: Final = "Borttaget"


STATES: Final = (State.DRAFT, State.WAITING, State.OUT, State.GONE)
_LETTERS: Final = str.maketrans("åäö", "{|}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An episode in the list. `left` is what is still to be done on it, `changed` whether something is not saved."""

    slug: str
    title: str
    state: str
    when: datetime | None
    left: tuple[Answer, ...]
    changed: bool


ORDERS: Final[Mapping[str, tuple[str, Callable[[Listed], Any]]]] = {
    "": ("Det du arbetar med först", lambda _each: 0),
    "dag": ("Senaste dagen först", lambda each: -(each.when.timestamp() if each.when else float("inf"))),
    "rubrik": ("Rubrik, A till Ö", lambda each: each.title.casefold().translate(_LETTERS)),
    "kvar": ("Mest kvar att göra först", lambda each: -len(each.left)),
}
"""How the list may be sorted, by what stands for it in the address."""


def listed_episodes(desk: Desk, checked: Checked) -> list[Listed]:
    """Return the episodes, those that somebody works with first, then by day."""
    zone, now = checked.reading.zone, datetime.now(UTC)
    drafts = desk.drafts.files()
    left: dict[str, list[Answer]] = {}
    for answer in checked.answers:
        if answer.stops:
            left.setdefault(answer.file.removeprefix(f"{EPISODES}/").partition("/")[0], []).append(answer)
    found = []
    for slug in desk.slugs():
        text = desk.drafts.text(f"{EPISODES}/{slug}/episode.md") or ""
        said = _words_of(text)
        when = parse_date(said.get("published", ""), zone=zone)
        found.append(
            Listed(
                slug=slug,
                title=said.get("title") or slug,
                state=_state(said, when, now=now),
                when=when,
                left=tuple(left.get(slug, ())),
                changed=any(name.startswith(f"{EPISODES}/{slug}/") for name in drafts),
            )
        )
    return sorted(found, key=lambda each: (STATES.index(each.state), -(each.when.timestamp() if each.when else 0)))


def _words_of(text: str) -> dict[str, str]:
    return {name: str(node.value).strip() for name, node in nodes_of(text).items() if isinstance(node, ScalarNode)}


def _state(said: Mapping[str, str], when: datetime | None, *, now: datetime) -> str:
    if said.get("withdrawn"):
        return State.GONE
    if said.get("draft", "").casefold() not in {"", "false", "nej", "no"}:
        return State.DRAFT
    return State.WAITING if when and when > now else State.OUT


def state_of(text: str, *, zone: ZoneInfo, now: datetime) -> tuple[str, datetime | None]:
    """Return the state of an episode by its file, and when it comes out."""
    said = _words_of(text)
    when = parse_date(said.get("published", ""), zone=zone)
    return _state(said, when, now=now), when


def is_draft(desk: Desk, slug: str) -> bool:
    """Return whether an episode is a draft as it stands in the project: one that nobody has come to hear."""
    return _state(_words_of(desk.drafts.saved(desk.file_of(slug)) or ""), None, now=datetime.now(UTC)) == State.DRAFT


async def _episodes(request: Request) -> Response:
    return await run_in_threadpool(_show_episodes, request)


def _show_episodes(request: Request, *, status: int = 200, **more: object) -> Response:
    """Return the list: those whose titles have what is sought, in a state, in an order."""
    desk, query = desk_of(request), request.query_params
    orphans = desk.orphans()
    checked = desk.check()
    listed = listed_episodes(desk, checked)
    sought, state, order = query.get("q", "").strip(), query.get("lage", ""), query.get("ordning", "")
    shown = [each for each in listed if sought.casefold() in each.title.casefold() and state in {"", each.state}]
    shown.sort(key=ORDERS.get(order, ("", lambda _each: 0))[1])
    others = [answer for answer in checked.answers if answer.stops and not answer.file.startswith(f"{EPISODES}/")]
    return page(
        request, "episodes.html", status=status, episodes=shown, all=len(listed), sought=sought, state=state,
        states=STATES, order=order, orders=ORDERS, others=others, zone=checked.reading.zone,
        taken=[(name, name.rpartition("-")[0]) for name in desk.drafts.taken()],
        orphans=[(file, desk.drafts.text(file)) for file in orphans], **more,
    )  # fmt: skip


async def _new_episode(request: Request) -> Response:
    """Begin an episode: a folder of its own with a draft in it, which is in nobody's way."""
    desk, form = desk_of(request), await read_form(request, Role.WRITE)
    answers = {name: str(form.get(name, "")) or None for name in ("title", "summary")}
    slug, problems = await run_in_threadpool(_begin, desk, answers)
    if slug is None:
        return await run_in_threadpool(_show_episodes, request, status=422, wrong=problems, answers=answers)
    return _to(slug)


def _begin(desk: Desk, answers: Mapping[str, str | None]) -> tuple[str | None, list[Problem]]:
    with desk.drafts.one_at_a_time():
        reading = desk.check().reading
        plan, problems = plan_episode(
            desk.root, reading, answers, questions=[question.number for question in reading.questions], ask=None,
            complain=lambda _problem: None, now=datetime.now(UTC),
        )  # fmt: skip
        if plan is not None and not (desk.root / EPISODES / plan.slug).exists():
            _write_plan(desk, plan)
        return plan.slug if plan else None, problems


def _write_plan(desk: Desk, plan: Plan) -> None:
    text = build_episode(plan, draft=True)
    place = desk.root / EPISODES / plan.slug
    replace_folder(place, make=lambda new: write_files(new, {"episode.md": text}))


def _to(slug: str, *, said: str = "") -> Response:
    return RedirectResponse(f"/avsnitt/{quote(slug, safe='')}{said}", status_code=303)


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
    lost: Mapping[str, tuple[str, str]] | None = None,
) -> Response:
    file = desk.file_of(slug)
    overtaken = settle(desk, file)
    text = desk.drafts.text(file) or ""
    answers = checked.of(f"{EPISODES}/{slug}/")
    zone = checked.reading.zone
    labels = {each.name: each.label for each in EPISODE}
    return page(
        request, "episode.html", status=status, slug=slug, file=file, values=values_of(text),
        seen=seen_of(text, zone=zone), answers=_by_field(answers, file),
        elsewhere=[each for each in answers if each.file != file], readable=is_readable(text),
        changed=file in desk.drafts.files(), questions=checked.reading.questions, zone=zone,
        others=desk.others_at(f"/avsnitt/{slug}", person_of(request)), lost=lost or {}, whole=text,
        overtaken=[(name, labels.get(name, name), *map(told, both)) for name, both in overtaken.items()],
        saved=stands_for(desk.drafts.saved(file)), is_draft=is_draft(desk, slug),
        kept="sparat" in request.query_params and not lost,
    )  # fmt: skip


def settle(
    desk: Desk, file: str, choices: Mapping[str, str] | None = None, *, ours_stand: bool = False
) -> dict[str, tuple[Value, Value]]:
    """Move a draft upon the file where that has changed meanwhile: each field that somebody has changed at the desk.

    Returns the fields that have changed in both places, as they are in the file and as they are at the desk, and "" for
    a file that cannot be read as fields any more; these stay as they are at the desk. `choices` say for some which
    holds: `OURS` or `THEIRS`; of all others ours do where they are to stand.
    """
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(file):
            return {}
        base, draft, saved = desk.drafts.base(file) or "", desk.drafts.text(file) or "", desk.drafts.saved(file) or ""
        if not is_readable(saved) or not is_readable(draft):
            return {"": (saved, draft)}
        before, ours, theirs = all_of(base), all_of(draft), all_of(saved)
        moved, both = saved, dict[str, tuple[Value, Value]]()
        for name in [name for name in ours | before if ours.get(name) != before.get(name)]:
            mine, other = _said(draft, name), _said(saved, name)
            if theirs.get(name) not in (before.get(name), ours.get(name)) and mine != other:
                if (choices or {}).get(name) == THEIRS:
                    continue
                if (choices or {}).get(name) != OURS and not ours_stand:
                    both[name] = (other, mine)
            try:
                moved = _with(moved, name, mine, ours.get(name))
            except UnwritableError:
                both[name] = (other, mine)
        if not both:
            desk.drafts.rebased(file, moved)
        return both


OURS: Final = "mitt"
THEIRS: Final = "deras"


def _said(text: str, name: str) -> Value:
    """Return what a file says in a field, as it is shown."""
    if each := field_of(name):
        return plain(each, values_of(text, (each,))[name])
    said = all_of(text).get(name, "")
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _with(text: str, name: str, value: Value, said: object) -> str:
    """Return a file with a field set to what another file says there: one of the form, or any other."""
    if each := field_of(name):
        return written(text, each, value)
    new = write_field(text, name, said or None)
    if all_of(new) != {key: kept for key, kept in {**all_of(text), name: said}.items() if kept or key != name}:
        raise UnwritableError
    return new


async def _decide(request: Request) -> Response:
    """Take what was chosen where a file has changed both here and elsewhere, unless it has changed once more."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form = desk.file_of(slug), await read_form(request, Role.WRITE)
    if form.get("saved") == stands_for(desk.drafts.saved(file)):
        await run_in_threadpool(settle, desk, file, {name: str(choice) for name, choice in form.items()})
    return _to(slug)


async def _save_form(request: Request) -> Response:
    """Keep what a form says, whole: for a browser without scripts. Others' changes in other fields stay."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form = desk.file_of(slug), await read_form(request, Role.WRITE)
    lost = await run_in_threadpool(_keep_form, desk, file, form)
    if lost:
        checked = await run_in_threadpool(desk.check)
        return await run_in_threadpool(_show_episode, request, desk, slug, checked, status=409, lost=lost)
    return _to(slug, said="?sparat=1")


def _keep_form(desk: Desk, file: str, form: FormData) -> dict[str, tuple[str, str]]:
    """Keep the fields that somebody has touched. Returns those that could not be, with why and what was written."""
    sent = {key: str(value) for key, value in form.multi_items()}
    lost = {}
    with desk.drafts.one_at_a_time():
        settle(desk, file)
        for each in EPISODE:
            seen = sent.get(f"{each.name}-seen", "")
            boxes = [str(value) for value in form.getlist(each.name)]
            value = value_from(each, sent, checked=boxes, zone=desk.zone)
            if not seen or stands_for(_told(value)) == seen:
                continue
            try:
                _change(desk, file, each, value, seen=seen)
            except ConflictError:
                lost[each.name] = (OTHERS_TOO, told(value))
            except UnwritableError:
                lost[each.name] = (BY_HAND, told(value))
    return lost


OTHERS_TOO: Final = "Någon annan har ändrat här medan du skrev. Det som står i fältet är deras."
BY_HAND: Final = "Så som fältet är skrivet i filen går det inte att ändra här. Ändra det i en textredigerare."


async def _save_field(request: Request) -> Response:
    """Keep one field: `{"field", "value"}`, with `If-Match` what it said when it was shown (412: it is not so now)."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    sent = await read_json(request, Role.WRITE)
    each = field_of(str(sent.get("field")))
    try:
        pairs = [(str(key), str(value)) for key, value in sent["value"]]
    except (KeyError, TypeError, ValueError):
        raise HTTPException(400) from None
    if each is None:
        raise HTTPException(400)
    boxes = [value for key, value in pairs if key == each.name]
    value = value_from(each, dict(pairs), checked=boxes, zone=desk.zone)
    try:
        seen = await run_in_threadpool(_change, desk, file, each, value, seen=request.headers.get("if-match", ""))
    except ConflictError as conflict:
        now = _seen(each, values_of(desk.drafts.text(file) or "", (each,))[each.name], zone=desk.zone)
        return JSONResponse({"theirs": conflict.theirs, "seen": now}, status_code=412)
    except UnwritableError:
        return JSONResponse({"said": BY_HAND}, status_code=422)
    return JSONResponse({"seen": seen}, headers={"etag": seen})


def _change(desk: Desk, file: str, each: Field, value: Value, *, seen: str) -> str:
    """Keep a field of a draft, and return what stands for it now. ConflictError: it is not as it was seen."""
    with desk.drafts.one_at_a_time():
        zone, text = desk.zone, desk.drafts.text(file) or ""
        if not is_readable(text):
            raise UnwritableError
        now = values_of(text, (each,))[each.name]
        if plain(each, value) != as_sent(each, now, zone=zone):
            if _seen(each, now, zone=zone) != seen:
                raise ConflictError(told(now))
            text = written(text, each, value)
            desk.drafts.write(file, text)
        return _seen(each, values_of(text, (each,))[each.name], zone=zone)


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
    await run_in_threadpool(desk.drafts.give_up, file, who=person_of(request).name)
    return _to(slug)


async def _take_away(request: Request) -> Response:
    """Take a draft out of the project that never came out. It is kept, sound and all."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    await read_form(request, Role.WRITE)
    if not is_draft(desk, slug):
        raise HTTPException(409)
    await run_in_threadpool(desk.drafts.take_away, file.rpartition("/")[0], who=person_of(request).name)
    return RedirectResponse("/", status_code=303)


async def _bring_back(request: Request) -> Response:
    desk, form = desk_of(request), await read_form(request, Role.WRITE)
    name = str(form.get("namn", ""))
    slug = name.rpartition("-")[0]
    if name not in desk.drafts.taken() or slug in desk.slugs():
        raise HTTPException(409)
    await run_in_threadpool(desk.drafts.bring_back, name, f"{EPISODES}/{slug}")
    return _to(slug)


async def _drop_orphan(request: Request) -> Response:
    desk, form = desk_of(request), await read_form(request, Role.WRITE)
    file = str(form.get("fil", ""))
    if file in desk.orphans():
        await run_in_threadpool(desk.drafts.give_up, file, who=person_of(request).name)
    return RedirectResponse("/", status_code=303)


def _by_field(answers: list[Answer], file: str) -> dict[str, list[Answer]]:
    """Return what was found in a file by the field of its form, what has no field under ""."""
    names = {each.name for each in EPISODE}
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.file == file:
            found.setdefault(answer.field if answer.field in names else "", []).append(answer)
    return found


def seen_of(text: str, *, zone: ZoneInfo) -> dict[str, str]:
    """Return what stands for each field of a file as it is shown."""
    values = values_of(text)
    return {each.name: _seen(each, values[each.name], zone=zone) for each in EPISODE}


def _seen(each: Field, value: Value, *, zone: ZoneInfo) -> str:
    return stands_for(_told(as_sent(each, value, zone=zone)))


def _told(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
