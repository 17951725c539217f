"""Putting things out: what will be different in words, what is in the way, and then one button.

Also what somebody may want afterwards: to go back to how it was, another address, and to take an episode away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from yaml import Node

from okatakten.addresses import PODCAST, local_path
from okatakten.desk.answers import Answer, Checked, found_text
from okatakten.desk.differences import Difference, differences
from okatakten.desk.drafts import VERSIONS, stands_for
from okatakten.desk.editing import settle
from okatakten.desk.episodes import State, state_of
from okatakten.desk.forms import field_of, nodes_of, values_of
from okatakten.desk.guard import Person, Role
from okatakten.desk.history import GitError, History, find_history
from okatakten.desk.pages import address_of
from okatakten.desk.sending import Sender, Sending, Step, said_by_git
from okatakten.desk.sound import sound_of
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.disk.alone import alone, trying
from okatakten.making.folders import EPISODES, moved, rename_episode, uploads, withdrawn
from okatakten.podcast.audio import AUDIO_TYPES
from okatakten.rules import STOCKHOLM, is_slug, slug_of
from okatakten.written.machine import MACHINE_ERRORS, explain
from okatakten.written.rewrite import write_field
from okatakten.written.values import parse_date

OTHERS: Final = "_annat"
"""The key of all that is no episode: no folder of an episode is called so."""
_STAYS: Final = ("guid", "published", "draft", "withdrawn", "withdrawn_reason", "former_slugs")
"""Fields that going back to an earlier text leaves as they are: what has come out has come out."""
_NOT_NOW: Final = (
    "Avsnittet publiceras just nu, eller så väntar något som har skickats under Ljud och filer. Vänta tills det är "
    "klart, eller ta bort det, och byt adress sedan."
)
_PLACES: Final = ("docs", "podcast", "overrides", "mkdocs.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that is to be put out: how it differs, and whether it was changed at the desk or elsewhere."""

    file: str
    differences: tuple[Difference, ...]
    is_ours: bool
    is_new: bool

    @property
    def title(self) -> str:
        """What an episode's file is called by whoever never sees it."""
        name = self.file.rpartition("/")[2]
        return {"episode.md": "Uppgifter och text", "transcript.vtt": "Textversionen"}.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A file as it was: who left it so, and when."""

    number: str
    who: str
    when: datetime
    subject: str


def routes() -> list[Route]:
    above = "/avsnitt/{slug}/"
    return [
        Route(f"{above}publicera", _episode),
        Route(f"{above}publicera", _put_out, methods=["POST"]),
        Route(f"{above}publicera/lage", _state),
        Route(f"{above}publicera/igen", _again, methods=["POST"]),
        Route(f"{above}publicera/vart", _keep_ours, methods=["POST"]),
        Route(f"{above}publicera/ge-plats", _give_way, methods=["POST"]),
        Route(f"{above}mer", _more),
        Route(f"{above}mer", _go_back, methods=["POST"]),
        Route(f"{above}adress", _rename, methods=["POST"]),
        Route(f"{above}ta-bort", _withdraw, methods=["POST"]),
        Route("/publicera", _others),
        Route("/publicera", _put_out_others, methods=["POST"]),
        Route("/publicera/lage", _state),
        Route("/publicera/igen", _again, methods=["POST"]),
        Route("/publicera/ge-plats", _give_way, methods=["POST"]),
    ]


def sender_of(request: Request) -> Sender:
    sender = request.app.state.sender
    assert isinstance(sender, Sender)
    return sender


def changes_in(desk: Desk, history: History | None, *places: str) -> list[Change]:
    """Return the files in some places that are not as they were put out last: drafts, and what lies there new."""
    drafts = [file for file in desk.drafts.files() if file.startswith(places)]
    elsewhere = history.changed(*places) if history else {}
    raw = {path.relative_to(desk.root).as_posix() for path in _uploads(desk, places)}
    found = []
    for file in sorted({*drafts, *elsewhere} - raw):
        old = history.text(file) if history else desk.drafts.saved(file)
        new = desk.drafts.text(file)
        said = (
            differences(file, old, new)
            if file.endswith((".md", ".vtt", ".yml"))
            else [
                Difference(what=file.rpartition("/")[2], said=_SAID_OF_FILES[elsewhere.get(file, "M" if old else "A")])
            ]
        )
        ours = file in drafts
        found.append(Change(file=file, differences=tuple(said), is_ours=ours, is_new=elsewhere.get(file) == "A"))
    return found


_SAID_OF_FILES: Final = {"A": "Filen är ny.", "M": "Filen är ändrad.", "D": "Filen tas bort."}


def _uploads(desk: Desk, places: Iterable[str]) -> list[Any]:
    """Return what somebody has put into episodes' folders and nothing has been made of yet."""
    slugs = [slug for slug in desk.slugs() if f"{EPISODES}/{slug}/".startswith(tuple(places))]
    return [path for slug in slugs for files in uploads(desk.root / EPISODES / slug) for path in files]


def what_stops(desk: Desk, checked: Checked, folder: str) -> list[Answer]:
    """Return what keeps what is in a folder from being put out: its own, and what is wrong in the project itself."""
    wrong = {problem.file for problem in checked.reading.problems}.difference(desk.drafts.files())
    return [
        answer
        for answer in checked.answers
        if answer.stops and (answer.file.startswith(folder) or answer.file in wrong)
    ]


def place_of(answer: Answer) -> str:
    """Return where at the desk an answer is to be mended; "" where there is no such place."""
    if not answer.file.startswith(f"{EPISODES}/"):
        return address_of(answer.file)
    slug, _, name = answer.file.removeprefix(f"{EPISODES}/").partition("/")
    if name.endswith(".vtt") or answer.field == "chapters":
        return f"/avsnitt/{slug}/text"
    if name.endswith(".md") and answer.field:
        return f"/avsnitt/{slug}{f'#svar-{answer.field}' if field_of(answer.field) else ''}"
    return f"/avsnitt/{slug}/ljud"


async def _episode(request: Request) -> Response:
    desk_of(request).file_of(request.path_params["slug"])
    return await run_in_threadpool(_show, request)


def _show(request: Request, *, status: int = 200, said: str = "") -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    file, folder = desk.file_of(slug), f"{EPISODES}/{slug}/"
    both = settle(desk, file)
    checked = desk.check()
    history, git = _history(desk)
    changes = changes_in(desk, history, folder)
    text, now = desk.drafts.text(file) or "", datetime.now(UTC)
    old = history.text(file) if history else desk.drafts.saved(file)
    state, when = state_of(text, zone=checked.reading.zone, now=now)
    was = state_of(old, zone=checked.reading.zone, now=now)[0] if old else State.DRAFT
    overtaken = [each.file for each in changes if desk.drafts.is_overtaken(each.file)]
    return page(
        request, "publish.html", status=status, slug=slug, title=str(values_of(text)["title"]) or slug, state=state,
        was=was, when=when, now=now, changes=changes, stops=what_stops(desk, checked, folder), place_of=place_of,
        seen=_seen(desk, changes), zone=checked.reading.zone, said=said, git=git, overtaken=overtaken, both=both,
        kinds=_kinds(changes), above=f"/avsnitt/{slug}/publicera", **_how_far(request, slug),
    )  # fmt: skip


def _history(desk: Desk) -> tuple[History | None, str]:
    """Return the project's history, and what Git says where it cannot give it."""
    try:
        return find_history(desk.root), ""
    except GitError as error:
        return None, said_by_git(str(error))


def _how_far(request: Request, key: str) -> dict[str, Any]:
    sender = sender_of(request)
    sending = sender.state(key)
    theirs: list[Change] = []
    history = find_history(sender.root) if sending and sending.both else None
    for file in sending.both if sending and history else ():
        said = differences(file, history.text(file), history.text(file, "FETCH_HEAD")) if history else []
        theirs.append(Change(file=file, differences=tuple(said), is_ours=False, is_new=False))
    return {"sending": sending, "at_work": sender.is_at_work(key), "url": sender.url(), "theirs": theirs}


def _kinds(changes: Iterable[Change]) -> set[str]:
    """Return what sorts of things change, for what is said of each."""
    kinds = set()
    for change in changes:
        suffix = f".{change.file.rpartition('.')[2]}"
        named = {difference.what for difference in change.differences}
        kinds |= {"transcript"} if suffix == ".vtt" else {"audio"} if suffix in AUDIO_TYPES else set()
        kinds |= {"day"} if "Publiceras" in named else set()
        kinds |= {"text"} if suffix == ".md" and named - {"Publiceras"} else set()
    return kinds


async def _put_out(request: Request) -> Response:
    """Put an episode out: now, on its day, or as it has been changed."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form, person = desk.file_of(slug), await read_form(request, Role.PUBLISH), person_of(request)

    def put_out() -> Response:
        with desk.drafts.one_at_a_time():
            both, history = settle(desk, file), _history(desk)[0]
            if both or _seen(desk, changes_in(desk, history, f"{EPISODES}/{slug}/")) != form.get("seen"):
                return _show(request, status=409, said="Det har ändrats sedan du öppnade sidan. Läs igenom igen.")
            zone = desk.check().reading.zone
            before = desk.drafts.text(file) or ""
            published, wrong = _moment(form, zone)
            if wrong:
                return _show(request, status=422, said=wrong)
            text = write_field(before, "draft", None)
            text = write_field(text, "published", published) if published else text
            return _begin(request, person, text, before=before, verb="Publicera")

    return await run_in_threadpool(put_out)


def _moment(form: Mapping[str, object], zone: ZoneInfo) -> tuple[datetime | None, str]:
    """Return the time that a form says, None for the one that stands in the file, and what is wrong with it."""
    now = datetime.now(zone).replace(second=0, microsecond=0)
    if form.get("nar") == "nu":
        return now, ""
    if form.get("nar") != "dag":
        return None, ""
    moment = parse_date(f"{form.get('dag', '')} {form.get('tid', '')}", zone=zone)
    if moment is None:
        return None, "Den tiden finns inte. Välj en dag och ett klockslag, svensk tid."
    if moment <= now:
        return None, "Den tiden har redan varit. Välj «Nu», eller en senare tid."
    return moment, ""


def _begin(request: Request, person: Person, text: str, *, before: str, verb: str) -> Response:
    """Keep an episode.md as it is to come out, and put the episode out unless something is in the way."""
    desk, slug, sender = desk_of(request), request.path_params["slug"], sender_of(request)
    file, folder = desk.file_of(slug), f"{EPISODES}/{slug}/"
    if sender.is_busy(slug):
        return _show(request, status=409, said="Avsnittet håller redan på att publiceras.")
    desk.drafts.write(file, text)
    checked = desk.check()
    if stops := what_stops(desk, checked, folder):
        desk.drafts.write(file, before)
        told = " ".join(f"{found_text(each)} {each.text}".strip() for each in stops)
        return _show(request, status=422, said=f"Något hindrar. Rätta det först. {told}")
    history, _ = _history(desk)
    title = str(values_of(text)["title"])
    state, _ = state_of(text, zone=checked.reading.zone, now=datetime.now(UTC))
    sender.start(
        Sending(
            key=slug, subject=f"{verb} «{title}»", who=person.name, page=f"{PODCAST}{slug}/", words=title,
            files=tuple(change.file for change in changes_in(desk, history, folder)),
            steps=sender.steps(seen=state in {State.OUT, State.GONE}),
        ),
        person,
    )  # fmt: skip
    return RedirectResponse(f"/avsnitt/{slug}/publicera#lage", status_code=303)


async def _state(request: Request) -> Response:
    """Return how far it has come, to stand in the page."""
    return await run_in_threadpool(_told, request)


def _told(request: Request) -> Response:
    desk, person = desk_of(request), person_of(request)
    key, above = _key(request)
    html = desk.pages.get_template("sending.html").render(
        person=person, above=above, zone=desk.check().reading.zone, **_how_far(request, key)
    )
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _key(request: Request) -> tuple[str, str]:
    """Return what is put out, and the address of its page."""
    if "slug" not in request.path_params:
        return OTHERS, "/publicera"
    slug = request.path_params["slug"]
    desk_of(request).file_of(slug)
    return slug, f"/avsnitt/{slug}/publicera"


async def _again(request: Request) -> Response:
    """Go on where it stopped."""
    await read_form(request, Role.PUBLISH)
    key, above = _key(request)
    sender = sender_of(request)
    if (sending := sender.state(key)) and sending.left:
        await run_in_threadpool(sender.start, sending, person_of(request))
    return RedirectResponse(f"{above}#lage", status_code=303)


async def _keep_ours(request: Request) -> Response:
    """Let what stands at the desk be what holds, where the files have changed elsewhere."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    await read_form(request, Role.WRITE)

    def keep() -> None:
        settle(desk, file, ours_stand=True)
        for other in desk.drafts.files():
            if other.startswith(f"{EPISODES}/{slug}/") and desk.drafts.is_overtaken(other):
                desk.drafts.rebased(other, desk.drafts.text(other) or "")

    await run_in_threadpool(keep)
    return RedirectResponse(f"/avsnitt/{slug}/publicera", status_code=303)


async def _give_way(request: Request) -> Response:
    """Take what others have sent into the project, and what was to be put out back to the desk, upon it."""
    desk, sender = desk_of(request), sender_of(request)
    await read_form(request, Role.PUBLISH)
    key, above = _key(request)

    def keep(files: Mapping[str, tuple[str | None, str | None]]) -> None:
        for file, (base, text) in files.items():
            if text is not None:
                # Somebody may have gone on writing since.
                now = desk.drafts.text(file) if file in desk.drafts.files() else None
                desk.drafts.resume(file, text if now is None else now, base=base or "")

    def give_way() -> None:
        history, sending = find_history(desk.root), sender.state(key)
        if history and sending and sending.both and not sender.is_at_work(key):
            with desk.drafts.one_at_a_time():
                history.give_way(keep)
            sender.forget(key)

    try:
        await run_in_threadpool(give_way)
    except GitError:
        raise HTTPException(409) from None
    return RedirectResponse(above, status_code=303)


def versions_of(desk: Desk, history: History | None, file: str) -> list[Version]:
    """Return a file's earlier versions, the newest first: those of Git, or those that the desk keeps."""
    noted = history.commits(file, most=VERSIONS) if history else []
    listed = [Version(number=each.number, who=each.who, when=each.when, subject=each.subject) for each in noted]
    kept = desk.drafts.versions(file)
    listed += [
        Version(number=each.number, who=each.who, when=each.when, subject=f"Före ändringen av {each.who}")
        for each in kept
    ]
    return sorted(listed, key=lambda each: each.when, reverse=True)


def _text_of(desk: Desk, history: History | None, file: str, number: str) -> str:
    """Return the text of a version that is in the list. Raises HTTPException for another one."""
    if number not in {version.number for version in versions_of(desk, history, file)}:
        raise HTTPException(404)
    text = desk.drafts.version(file, number)
    text = history.text(file, number) if text is None and history else text
    if text is None:
        raise HTTPException(404)
    return text


def _texts(desk: Desk, slug: str) -> list[str]:
    names = [path.name for path in (desk.root / EPISODES / slug).iterdir() if path.suffix in {".md", ".vtt"}]
    return [f"{EPISODES}/{slug}/{name}" for name in sorted(names)]


async def _more(request: Request) -> Response:
    desk_of(request).file_of(request.path_params["slug"])
    return await run_in_threadpool(_show_more, request)


def _show_more(request: Request, *, status: int = 200, said: str = "", **more: str) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    history, git = _history(desk)
    zone = desk.check().reading.zone
    files = {name: versions_of(desk, history, name) for name in _texts(desk, slug)}
    chosen, number = request.query_params.get("fil", ""), request.query_params.get("version", "")
    shown: list[Difference] = []
    if chosen and chosen not in files:
        raise HTTPException(404)
    if chosen:
        shown = differences(chosen, desk.drafts.text(chosen), _back(desk, history, chosen, number))
    text = desk.drafts.text(file) or ""
    state, _ = state_of(desk.drafts.saved(file) or "", zone=zone, now=datetime.now(UTC))
    return page(
        request, "more.html", status=status, slug=slug, title=str(values_of(text)["title"]) or slug, files=files,
        chosen=chosen, number=number, shown=shown, state=state, zone=zone, said=said, git=git, given=more,
        reason=getattr(nodes_of(text).get("withdrawn_reason"), "value", ""),
    )  # fmt: skip


def _back(desk: Desk, history: History | None, file: str, number: str) -> str:
    """Return a file as it was, but for what stays whatever is undone."""
    text, now = _text_of(desk, history, file, number), desk.drafts.text(file) or ""
    if not file.endswith("/episode.md") or not nodes_of(text):
        return text
    fields = nodes_of(now)
    for name in _STAYS:
        if _value(nodes_of(text).get(name)) != (value := _value(fields.get(name))):
            moment = parse_date(str(value), zone=STOCKHOLM) if name == "published" else None
            text = write_field(text, name, moment or value)
    return text


def _value(node: Node | None) -> object:
    """Return a value as `write_field` takes it."""
    if node is None or isinstance(node.value, list):
        return [str(each.value) for each in node.value] if node else None
    return {"true": True, "false": False}.get(node.value, node.value)


async def _go_back(request: Request) -> Response:
    """Let a file be as it was, as a draft: nothing comes out before somebody has looked at it."""
    desk, slug = desk_of(request), request.path_params["slug"]
    desk.file_of(slug)
    form = await read_form(request, Role.WRITE)
    file, number = str(form.get("fil")), str(form.get("version"))

    def go_back() -> None:
        if file not in _texts(desk, slug):
            raise HTTPException(404)
        history, _ = _history(desk)
        with desk.drafts.one_at_a_time():
            text = _back(desk, history, file, number)
            desk.drafts.keep(file, who=person_of(request).name)
            desk.drafts.write(file, text)

    await run_in_threadpool(go_back)
    return RedirectResponse(f"/avsnitt/{slug}/publicera", status_code=303)


async def _rename(request: Request) -> Response:
    """Give an episode another address. One that has come out leads on from the former one."""
    desk, slug, sender = desk_of(request), request.path_params["slug"], sender_of(request)
    file, form, person = desk.file_of(slug), await read_form(request, Role.PUBLISH), person_of(request)
    asked = str(form.get("adress", "")).strip()
    name = slug_of(asked)

    def rename() -> Response:
        reading = desk.check().reading
        text = desk.drafts.saved(file) or ""
        own = {slug, *(str(each.value) for each in getattr(nodes_of(text).get("former_slugs"), "value", []))}
        if not asked or not is_slug(name) or name == slug:
            return _show_more(request, status=422, said="Skriv en annan adress.", adress=asked)
        if name in (reading.slugs | {*desk.slugs()}) - own:
            return _show_more(request, status=422, said=f"Adressen {name} är redan ett avsnitts.", adress=asked)
        history, _ = _history(desk)
        state, _ = state_of(text, zone=reading.zone, now=datetime.now(UTC))
        was_out = state in {State.OUT, State.GONE}
        is_noted = history is not None and history.text(file) is not None
        old, new = f"{EPISODES}/{slug}", f"{EPISODES}/{name}"
        try:
            with desk.drafts.one_at_a_time(), alone(desk.root / EPISODES, work="okatakten desk", tries=trying(5)):
                if sender.is_busy(slug) or sound_of(request).uploads.of(slug):
                    return _show_more(request, status=409, said=_NOT_NOW, adress=asked)
                rename_episode(desk.root, slug, name, was_out=was_out)
                desk.drafts.rename(old, new)
                draft, base = (f"{new}/episode.md" in desk.drafts.files()), desk.drafts.base(f"{new}/episode.md") or ""
                if draft and was_out:
                    now = moved(desk.drafts.text(f"{new}/episode.md") or "", slug, name)
                    desk.drafts.resume(f"{new}/episode.md", now, base=moved(base, slug, name))
        except MACHINE_ERRORS as error:
            return _show_more(request, status=409, said=explain(error), adress=asked)
        if was_out or is_noted:
            title = str(values_of(text)["title"])
            steps = sender.steps(seen=was_out)
            sending = Sending(
                key=name, subject=f"Byt adress på «{title}»", who=person.name, page=f"{PODCAST}{name}/", words=title,
                files=tuple(_renamed(desk, history, old, new)), steps=steps if was_out else tuple(steps[:3]),
                done=((Step.SAVED, datetime.now(UTC).isoformat()),),
            )  # fmt: skip
            sender.start(sending, person)
        return RedirectResponse(f"/avsnitt/{name}/publicera", status_code=303)

    return await run_in_threadpool(rename)


def _renamed(desk: Desk, history: History | None, old: str, new: str) -> Iterable[str]:
    raw = {path.relative_to(desk.root).as_posix() for path in _uploads(desk, (f"{new}/",))}
    return sorted(set(history.changed(old, new)) - raw) if history else []


async def _withdraw(request: Request) -> Response:
    """Take an episode that has come out away, or let it be there again."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form, person = desk.file_of(slug), await read_form(request, Role.PUBLISH), person_of(request)
    reason, undone = str(form.get("skal", "")), "aterta" in form

    def withdraw() -> Response:
        with desk.drafts.one_at_a_time():
            settle(desk, file)
            zone = desk.check().reading.zone
            text = desk.drafts.text(file) or ""
            state, _ = state_of(desk.drafts.saved(file) or "", zone=zone, now=datetime.now(UTC))
            if state != (State.GONE if undone else State.OUT):
                return _show_more(request, status=409, said="Avsnittet är inte publicerat.")
            if any(name.startswith(f"{EPISODES}/{slug}/") for name in desk.drafts.files()):
                said = "Här finns ändringar som inte är publicerade. Publicera dem eller släng dem först."
                return _show_more(request, status=409, said=said, skal=reason)
            day = None if undone else datetime.now(zone).date()
            new = withdrawn(text, day=day, reason=None if undone else reason)
            return _begin(request, person, new, before=text, verb="Återta" if undone else "Ta bort")

    return await run_in_threadpool(withdraw)


async def _others(request: Request) -> Response:
    return await run_in_threadpool(_show_others, request)


def _show_others(request: Request, *, status: int = 200, said: str = "") -> Response:
    desk = desk_of(request)
    history, git = _history(desk)
    checked = desk.check()
    changes, episodes = _apart(desk, history)
    return page(
        request, "others.html", status=status, changes=changes, episodes=episodes, git=git, said=said,
        stops=_stop_others(checked), place_of=place_of, zone=checked.reading.zone, above="/publicera",
        seen=_seen(desk, changes), **_how_far(request, OTHERS),
    )  # fmt: skip


def _apart(desk: Desk, history: History | None) -> tuple[list[Change], list[str]]:
    """Return the changes that belong to no episode, and the episodes that have any."""
    for file in desk.drafts.files():
        if file.endswith((".md", ".yml")):
            settle(desk, file)
    changes = changes_in(desk, history, *_PLACES)
    in_episodes = {each.file.split("/")[2] for each in changes if each.file.startswith(f"{EPISODES}/")}
    return [each for each in changes if not each.file.startswith(f"{EPISODES}/")], sorted(in_episodes)


def _seen(desk: Desk, changes: Iterable[Change]) -> str:
    def of(file: str) -> object:
        path = desk.drafts.path(file)
        is_text = file.endswith((".md", ".vtt", ".yml")) or not path.is_file()
        return desk.drafts.text(file) if is_text else (path.stat().st_size, path.stat().st_mtime_ns)

    return stands_for("".join(f"{change.file}\0{of(change.file)}\0" for change in changes))


def _stop_others(checked: Checked) -> list[Answer]:
    wrong = {problem.file for problem in checked.reading.problems}
    return [answer for answer in checked.answers if answer.stops and answer.file in wrong]


async def _put_out_others(request: Request) -> Response:
    """Put out what has been chosen of pages, facts and words."""
    desk, sender = desk_of(request), sender_of(request)
    form, person = await read_form(request, Role.PUBLISH), person_of(request)
    asked = {str(value) for value in form.getlist("fil")}

    def put_out() -> Response:
        with desk.drafts.one_at_a_time():
            return put_out_chosen()

    def put_out_chosen() -> Response:
        if sender.is_busy(OTHERS):
            return _show_others(request, status=409, said="Något publiceras redan. Vänta tills det är klart.")
        history, _ = _history(desk)
        changes, _ = _apart(desk, history)
        chosen = [change.file for change in changes if change.file in asked]
        if form.get("seen") != _seen(desk, changes):
            return _show_others(request, status=409, said="Det har ändrats sedan du öppnade sidan. Läs igenom igen.")
        if not chosen:
            return _show_others(request, status=422, said="Välj minst en fil.")
        checked, drafts = desk.check(), desk.drafts.files()
        if any(answer.file in chosen or answer.file not in drafts for answer in _stop_others(checked)):
            return _show_others(request, status=422, said="Något hindrar. Rätta det först.")
        pages = {f"docs/{each.locale}/{each.name}": each for each in checked.reading.pages}
        first = next((pages[file] for file in chosen if file in pages), None)
        names = ", ".join(name.removeprefix("docs/") for name in chosen[:3])
        more = f" och {len(chosen) - 3} till" if len(chosen) > 3 else ""
        sending = Sending(
            key=OTHERS, subject=f"Ändra {names}{more}", who=person.name, files=tuple(chosen),
            steps=sender.steps(seen=first is not None), words=first.title if first else "",
            page=local_path(first.path, locale=first.locale) if first else "",
        )  # fmt: skip
        sender.start(sending, person)
        return RedirectResponse(f"/publicera?{urlencode({'klart': 1})}#lage", status_code=303)

    return await run_in_threadpool(put_out)
