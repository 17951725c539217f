"""The episodes: the list, and the form of each with the check's answers beside its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.editing import Forms, Sheet
from okatakten.desk.forms import EPISODE, NO, words_of
from okatakten.desk.guard import Role
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.disk.write import replace_folder, write_files
from okatakten.making.folders import EPISODES, Plan, build_episode
from okatakten.making.interview import plan_episode
from okatakten.written.problems import Problem
from okatakten.written.values import parse_date


def routes() -> list[Route]:
    return [
        Route("/", _episodes),
        Route("/avsnitt", _new_episode, methods=["POST"]),
        *Forms("/avsnitt/{slug}", _sheet).routes(),
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
        said = words_of(text)
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


def _state(said: Mapping[str, str], when: datetime | None, *, now: datetime) -> str:
    if said.get("withdrawn"):
        return State.GONE
    if said.get("draft", "").casefold() not in NO:
        return State.DRAFT
    return State.WAITING if when and when > now else State.OUT


def state_of(text: str, *, zone: ZoneInfo, now: datetime) -> tuple[str, datetime | None]:
    """Return the state of an episode by its file, and when it comes out."""
    said = words_of(text)
    when = parse_date(said.get("published", ""), zone=zone)
    return _state(said, when, now=now), when


def is_draft(desk: Desk, slug: str) -> bool:
    """Return whether an episode is a draft as it stands in the project: one that nobody has come to hear."""
    return _state(words_of(desk.drafts.saved(desk.file_of(slug)) or ""), None, now=datetime.now(UTC)) == State.DRAFT


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


def _to(slug: str) -> Response:
    return RedirectResponse(f"/avsnitt/{quote(slug, safe='')}", status_code=303)


def _sheet(desk: Desk, request: Request) -> Sheet:
    slug = request.path_params["slug"]
    return Sheet(
        file=desk.file_of(slug), address=f"/avsnitt/{quote(slug, safe='')}", template="episode.html",
        fields=lambda _text: EPISODE, around=f"{EPISODES}/{slug}/",
        show=lambda checked: {"slug": slug, "is_draft": is_draft(desk, slug), "names": _names(checked)},
    )  # fmt: skip


def _names(checked: Checked) -> list[str]:
    """Return who takes part in any episode, so that nobody writes a name twice in two ways."""
    return sorted({person.name for episode in checked.reading.episodes for person in episode.persons})


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
