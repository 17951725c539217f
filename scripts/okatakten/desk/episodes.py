"""The episodes: the list, and the form of each with the check's answers beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.editing import Forms, Sheet
from okatakten.desk.forms import EPISODE, moment_parts, nodes_of, values_of
from okatakten.desk.guard import Role
from okatakten.desk.web import Desk, desk_of, page, read_form
from okatakten.making.folders import EPISODES, Plan, build_episode
from okatakten.making.interview import plan_episode
from okatakten.written.problems import Problem


def routes() -> list[Route]:
    return [
        Route("/", _episodes),
        Route("/avsnitt", _new_episode, methods=["POST"]),
        *Forms("/avsnitt/{slug}", _sheet).routes(),
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
        day, time = moment_parts(str(values["published"]), zone=zone)
        when = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=zone) if day and time else None
        said = states_of(text)
        state = State.GONE if said["withdrawn"] else State.DRAFT if said["draft"] else State.OUT
        if state == State.OUT and when and when > now:
            state = State.WAITING
        left = tuple(answer for answer in checked.of(folder) if answer.stops)
        changed = any(name.startswith(folder) for name in drafts)
        found.append(
            Listed(slug=slug, title=str(values["title"]) or slug, state=state, when=when, left=left, changed=changed)
        )
    order = [State.DRAFT, State.WAITING, State.OUT, State.GONE]
    return sorted(found, key=lambda each: (order.index(each.state), -(each.when.timestamp() if each.when else 0)))


def states_of(text: str) -> dict[str, bool]:
    nodes = nodes_of(text)
    return {
        name: str(getattr(nodes.get(name), "value", "")).casefold() not in {"", "false", "nej"}
        for name in ("draft", "withdrawn", "sample")
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


def _sheet(desk: Desk, request: Request) -> Sheet:
    slug = request.path_params["slug"]
    return Sheet(
        file=desk.file_of(slug), address=f"/avsnitt/{slug}", template="episode.html", fields=lambda _text: EPISODE,
        around=f"{EPISODES}/{slug}/", show=lambda _checked: {"slug": slug},
    )  # fmt: skip
