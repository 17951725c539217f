"""Putting things out: what will be different in words, what is in the way, and then one button.

Also what somebody may want afterwards: to go back to how it was, another address, and to take an episode away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.addresses import PODCAST, local_path
from okatakten.desk.answers import Answer, Checked, found_text
from okatakten.desk.differences import Difference, differences
from okatakten.desk.editing import settle
from okatakten.desk.episodes import State, state_of
from okatakten.desk.forms import field_of, nodes_of, values_of
from okatakten.desk.guard import Role
from okatakten.desk.history import GitError, History, find_history
from okatakten.desk.pages import address_of
from okatakten.desk.sending import Sender, Sending, Step, why
from okatakten.desk.sound import sound_of
from okatakten.desk.versions import go_back, history_of, shown_versions
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.disk.alone import alone, trying
from okatakten.making.folders import EPISODES, moved, rename_episode, uploads, withdrawn
from okatakten.podcast.audio import AUDIO_TYPES
from okatakten.podcast.clips import CLIPS, QUOTE, RECORD
from okatakten.rules import is_slug, slug_of
from okatakten.written.machine import MACHINE_ERRORS
from okatakten.written.rewrite import write_field
from okatakten.written.values import parse_date

OTHERS: Final = "_annat"
"""The key of all that is no episode: no folder of an episode is called so."""
_NOT_NOW: Final = (
    "Avsnittet publiceras just nu, eller så väntar något som har skickats under Ljud och filer. Vänta tills det är "
    "klart, eller ta bort det, och byt adress sedan."
)
_CHANGED: Final = "Det har ändrats sedan du öppnade sidan. Läs igenom igen."
_CHANGED_SINCE: Final = "Det har ändrats sedan du tryckte på Publicera. Läs igenom, och publicera igen."
_UNPUBLISHED: Final = "Här finns ändringar som inte är publicerade. Publicera dem eller släng dem först."
_PLACES: Final = ("docs", "podcast", "overrides", "mkdocs.yml")
_SAID_OF_FILES: Final = {"A": "Filen är ny.", "M": "Filen är ändrad.", "D": "Filen tas bort."}
_OF_CLIPS: Final = {RECORD: "Film, textning, beskrivning och inlägg", f"{QUOTE}.png": "Bilder med ett citat"}
"""What one of their files stands for: of the others nothing is said."""
_TITLES: Final = {
    "episode.md": "Uppgifter och text", "transcript.vtt": "Textversionen",
    "picture.jpg": "Bilden", "picture.png": "Bilden", "audio.mp3": "Ljudet",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that is to be put out: how it differs, and whether it was changed at the desk or elsewhere."""

    file: str
    differences: tuple[Difference, ...]
    is_ours: bool = False
    is_new: bool = False

    @property
    def title(self) -> str:
        """What an episode's file is called by whoever never sees it."""
        above, _, name = self.file.rpartition("/")
        if above.endswith(f"/{CLIPS}"):
            return f"Klippet {name.rpartition('.')[0]}"
        return _TITLES.get(name, name)


class _RefusedError(Exception):
    """What is asked for is not done; the text says why in Swedish."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


def routes() -> list[Route]:
    episode, others = "/avsnitt/{slug}/publicera", "/publicera"
    return [
        Route(episode, _show),
        Route(others, _show_others),
        Route(f"{episode}/lage", _state),
        Route(f"{others}/lage", _state),
        Route("/avsnitt/{slug}/mer", _show_more),
        _form(episode, _put_out, _show),
        _form(others, _put_out_others, _show_others),
        _form(f"{episode}/igen", _again, _show),
        _form(f"{others}/igen", _again, _show_others),
        _form(f"{episode}/ge-plats", _give_way, _show),
        _form(f"{others}/ge-plats", _give_way, _show_others),
        _form(f"{episode}/vart", _keep_ours, _show, role=Role.WRITE),
        _form("/avsnitt/{slug}/mer", _go_back, _show_more, role=Role.WRITE),
        _form("/avsnitt/{slug}/adress", _rename, _show_more),
        _form("/avsnitt/{slug}/ta-bort", _withdraw, _show_more),
    ]


def _form(
    path: str, do: Callable[[Request, Any], str], show: Callable[..., Response], *, role: Role = Role.PUBLISH
) -> Route:
    """Return what takes a form. `do` is done while nobody else writes, and says which page comes then."""

    def answer(request: Request, form: Any) -> Response:
        try:
            with desk_of(request).drafts.one_at_a_time():
                return RedirectResponse(do(request, form), status_code=303)
        except _RefusedError as refused:
            status, said = refused.status, str(refused)
        except (GitError, *MACHINE_ERRORS) as error:
            status, said = 409, why(error)
        request.state.given = form
        return show(request, status=status, said=said)

    async def take(request: Request) -> Response:
        return await run_in_threadpool(answer, request, await read_form(request, role))

    return Route(path, take, methods=["POST"])


def sender_of(request: Request) -> Sender:
    sender = request.app.state.sender
    assert isinstance(sender, Sender)
    return sender


def changes_in(desk: Desk, history: History | None, *places: str) -> list[Change]:
    """Return the files in some places that are not as they were put out last: drafts, and what lies there new."""
    drafts = [file for file in desk.drafts.files() if file.startswith(places)]
    elsewhere = history.changed(*places) if history else {}
    found = []
    for file in sorted({*drafts, *elsewhere} - _uploads(desk, places)):
        old = _last(desk, history, file)
        what = _SAID_OF_FILES[elsewhere.get(file, "M" if old else "A")]
        if f"/{CLIPS}/" in file:
            said = [Difference(what=words, said=what) for end, words in _OF_CLIPS.items() if file.endswith(end)]
        elif file.endswith((".md", ".vtt", ".yml")):
            said = differences(file, old, desk.drafts.text(file))
        else:
            said = [Difference(what=file.rpartition("/")[2], said=what)]
        is_new = elsewhere.get(file) == "A"
        found.append(Change(file=file, differences=tuple(said), is_ours=file in drafts, is_new=is_new))
    return found


def _last(desk: Desk, history: History | None, file: str) -> str | None:
    """Return a file as it was put out last."""
    return history.text(file) if history else desk.drafts.saved(file)


def _uploads(desk: Desk, places: tuple[str, ...]) -> set[str]:
    """Return what somebody has put into episodes' folders and nothing has been made of yet."""
    slugs = [slug for slug in desk.slugs() if f"{EPISODES}/{slug}/".startswith(places)]
    paths = [path for slug in slugs for files in uploads(desk.root / EPISODES / slug) for path in files]
    return {path.relative_to(desk.root).as_posix() for path in paths}


def what_stops(desk: Desk, checked: Checked, *places: str) -> list[Answer]:
    """Return what keeps what is in some places from being put out: its own, and what is wrong in the project itself."""
    wrong = {problem.file for problem in checked.reading.problems}.difference(desk.drafts.files())
    return [each for each in checked.answers if each.stops and (each.file.startswith(places) or each.file in wrong)]


def place_of(answer: Answer) -> str:
    """Return where at the desk an answer is to be mended; "" where there is no such place."""
    if not answer.file.startswith(f"{EPISODES}/"):
        return address_of(answer.file)
    slug, _, name = answer.file.removeprefix(f"{EPISODES}/").partition("/")
    if name.startswith(f"{CLIPS}/"):
        return f"/avsnitt/{slug}/klipp"
    if name.endswith(".vtt") or answer.field == "chapters":
        return f"/avsnitt/{slug}/text"
    if name.endswith(".md") and answer.field:
        return f"/avsnitt/{slug}{f'#svar-{answer.field}' if field_of(answer.field) else ''}"
    return f"/avsnitt/{slug}/ljud"


def _show(request: Request, *, status: int = 200, said: str = "") -> Response:
    """Return the page where an episode is put out."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    both = settle(desk, file)
    checked = desk.check()
    history, git = history_of(desk)
    changes = changes_in(desk, history, f"{EPISODES}/{slug}/")
    text, now = desk.drafts.text(file) or "", datetime.now(UTC)
    old = _last(desk, history, file)
    state, when = state_of(text, zone=checked.reading.zone, now=now)
    was = state_of(old, zone=checked.reading.zone, now=now)[0] if old else State.DRAFT
    overtaken = [each.file for each in changes if desk.drafts.is_overtaken(each.file)]
    return page(
        request, "publish.html", status=status, slug=slug, title=_title(text, slug), state=state, was=was, when=when,
        now=now, changes=changes, stops=what_stops(desk, checked, f"{EPISODES}/{slug}/"), place_of=place_of,
        seen=_seen(desk, changes), zone=checked.reading.zone, said=said, git=git, overtaken=overtaken, both=both,
        kinds=_kinds(changes), **_how_far(request),
    )  # fmt: skip


def _title(text: str, slug: str) -> str:
    return str(values_of(text)["title"]) or slug


def _how_far(request: Request) -> dict[str, Any]:
    """Return how far it has come with what is put out last on a page, and what others have sent in between."""
    sender, (key, above) = sender_of(request), _key(request)
    # In this order: what is kept when nobody is at work any more is what came of it.
    at_work, is_busy = sender.is_at_work(key), sender.is_busy(key)
    sending = sender.state(key)
    theirs = []
    if sending and sending.both and (history := history_of(desk_of(request))[0]):
        for file in sending.both:
            said = differences(file, history.text(file), history.text(file, "FETCH_HEAD"))
            theirs.append(Change(file=file, differences=tuple(said)))
    return {
        "sending": sending, "at_work": at_work, "is_busy": is_busy, "url": sender.url(), "theirs": theirs,
        "above": above,
    }  # fmt: skip


def _kinds(changes: Iterable[Change]) -> set[str]:
    """Return what sorts of things change, for what is said of each."""
    kinds = set()
    for change in changes:
        if f"/{CLIPS}/" in change.file:
            continue
        suffix = f".{change.file.rpartition('.')[2]}"
        named = {difference.what for difference in change.differences}
        kinds |= {"transcript"} if suffix == ".vtt" else {"audio"} if suffix in AUDIO_TYPES else set()
        kinds |= {"day"} if "Publiceras" in named else set()
        kinds |= {"text"} if suffix == ".md" and named - {"Publiceras"} else set()
    return kinds


def _seen(desk: Desk, changes: Iterable[Change]) -> str:
    return desk.drafts.stands_for(change.file for change in changes)


def _put_out(request: Request, form: Any) -> str:
    """Put an episode out: now, on its day, or as it has been changed."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    _stop_if_busy(request)
    both = settle(desk, file)
    if both or _seen(desk, changes_in(desk, history_of(desk)[0], f"{EPISODES}/{slug}/")) != form.get("seen"):
        raise _RefusedError(409, _CHANGED)
    published = _moment(form, desk.check().reading.zone)
    text = write_field(desk.drafts.text(file) or "", "draft", None)
    return _begin(request, write_field(text, "published", published) if published else text, verb="Publicera")


def _stop_if_busy(request: Request) -> None:
    if sender_of(request).is_busy(_key(request)[0]):
        raise _RefusedError(409, "Det publiceras redan. Vänta tills det är klart.")


def _moment(form: Mapping[str, object], zone: ZoneInfo) -> datetime | None:
    """Return the time that a form says, None for the one that stands in the file."""
    now = datetime.now(zone).replace(second=0, microsecond=0)
    if form.get("nar") == "nu":
        return now
    if form.get("nar") != "dag":
        return None
    moment = parse_date(f"{form.get('dag', '')} {form.get('tid', '')}", zone=zone)
    if moment is None:
        raise _RefusedError(422, "Den tiden finns inte. Välj en dag och ett klockslag, svensk tid.")
    if moment <= now:
        raise _RefusedError(422, "Den tiden har redan varit. Välj «Nu», eller en senare tid.")
    return moment


def _begin(request: Request, text: str, *, verb: str) -> str:
    """Keep an episode.md as it is to come out, and put the episode out unless something is in the way."""
    desk, slug, sender = desk_of(request), request.path_params["slug"], sender_of(request)
    file, folder = desk.file_of(slug), f"{EPISODES}/{slug}/"
    before = desk.drafts.text(file) or ""
    desk.drafts.write(file, text)
    checked = desk.check()
    if stops := what_stops(desk, checked, folder):
        desk.drafts.write(file, before)
        told = " ".join(f"{found_text(each)} {each.text}".strip() for each in stops)
        raise _RefusedError(422, f"Något hindrar. Rätta det först. {told}")
    title, (state, _) = _title(text, slug), state_of(text, zone=checked.reading.zone, now=datetime.now(UTC))
    files = (change.file for change in changes_in(desk, history_of(desk)[0], folder))
    steps = sender.steps(seen=state in {State.OUT, State.GONE})
    return _start(request, slug, subject=f"{verb} «{title}»", files=files, steps=steps, words=title)


def _start(request: Request, slug: str, *, files: Iterable[str], words: str, **more: Any) -> str:
    """Put an episode out, and return the page that tells how far it has come."""
    person = person_of(request)
    sending = Sending(key=slug, who=person.name, page=f"{PODCAST}{slug}/", files=tuple(files), words=words, **more)
    sender_of(request).start(sending, person)
    return f"/avsnitt/{slug}/publicera#lage"


def _state(request: Request) -> Response:
    """Return how far it has come, to stand in the page."""
    desk = desk_of(request)
    html = desk.pages.get_template("sending.html").render(
        person=person_of(request), zone=desk.check().reading.zone, **_how_far(request)
    )
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _key(request: Request) -> tuple[str, str]:
    """Return what is put out, and the address of its page."""
    if "slug" not in request.path_params:
        return OTHERS, "/publicera"
    slug = request.path_params["slug"]
    desk_of(request).file_of(slug)
    return slug, f"/avsnitt/{slug}/publicera"


def _again(request: Request, _form: object) -> str:
    """Go on where it stopped."""
    sender, (key, above) = sender_of(request), _key(request)
    sending = sender.state(key)
    if sending and sending.left and not sender.start(sending, person_of(request)):
        raise _RefusedError(409, _CHANGED_SINCE)
    return f"{above}#lage"


def _keep_ours(request: Request, _form: object) -> str:
    """Let what stands at the desk be what holds, where the files have changed elsewhere."""
    desk, slug = desk_of(request), request.path_params["slug"]
    settle(desk, desk.file_of(slug), ours_stand=True)
    for other in desk.drafts.files():
        if other.startswith(f"{EPISODES}/{slug}/") and desk.drafts.is_overtaken(other):
            desk.drafts.rebased(other, desk.drafts.text(other) or "")
    return f"/avsnitt/{slug}/publicera"


def _give_way(request: Request, _form: object) -> str:
    """Take what others have sent into the project, and what was to be put out back to the desk, upon it."""
    desk, sender, (key, above) = desk_of(request), sender_of(request), _key(request)

    def keep(files: Mapping[str, tuple[str | None, str | None]]) -> None:
        drafts = desk.drafts.files()
        for file, (base, text) in files.items():
            if text is not None:
                # Somebody may have gone on writing since.
                now = desk.drafts.text(file) if file in drafts else None
                desk.drafts.resume(file, text if now is None else now, base=base or "")

    history, sending = find_history(desk.root), sender.state(key)
    if history and sending and sending.both and not sender.is_at_work(key):
        history.give_way(keep)
        sender.forget(key)
    return above


def _texts(desk: Desk, slug: str) -> list[str]:
    names = [path.name for path in (desk.root / EPISODES / slug).iterdir() if path.suffix in {".md", ".vtt"}]
    return [f"{EPISODES}/{slug}/{name}" for name in sorted(names)]


def _show_more(request: Request, *, status: int = 200, said: str = "") -> Response:
    """Return the page of what somebody may want afterwards."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file = desk.file_of(slug)
    zone = desk.check().reading.zone
    text = desk.drafts.text(file) or ""
    state, _ = state_of(desk.drafts.saved(file) or "", zone=zone, now=datetime.now(UTC))
    return page(
        request, "more.html", status=status, slug=slug, title=_title(text, slug), state=state, zone=zone, said=said,
        **shown_versions(request, _texts(desk, slug), role=Role.WRITE),
        given=getattr(request.state, "given", {}), reason=getattr(nodes_of(text).get("withdrawn_reason"), "value", ""),
    )  # fmt: skip


def _go_back(request: Request, form: Any) -> str:
    desk, slug = desk_of(request), request.path_params["slug"]
    desk.file_of(slug)
    go_back(desk, _texts(desk, slug), form, who=person_of(request).name)
    return f"/avsnitt/{slug}/publicera"


def _rename(request: Request, form: Any) -> str:
    """Give an episode another address. One that has come out leads on from the former one."""
    desk, slug, sender = desk_of(request), request.path_params["slug"], sender_of(request)
    text, reading = desk.drafts.saved(desk.file_of(slug)) or "", desk.check().reading
    name = _new_address(str(form.get("adress", "")), slug, text, taken=reading.slugs.union(desk.slugs()))
    history = history_of(desk)[0]
    was_out = state_of(text, zone=reading.zone, now=datetime.now(UTC))[0] in {State.OUT, State.GONE}
    is_noted = history is not None and history.text(desk.file_of(slug)) is not None
    old, new = f"{EPISODES}/{slug}", f"{EPISODES}/{name}"
    with alone(desk.root / EPISODES, work="okatakten desk", tries=trying(5)):
        if sender.is_busy(slug) or sound_of(request).uploads.of(slug):
            raise _RefusedError(409, _NOT_NOW)
        if was_out and history and set(history.changed(f"{old}/")) - _uploads(desk, (f"{old}/",)):
            raise _RefusedError(409, _UNPUBLISHED)  # they would come out with the folder, and nobody has seen them
        rename_episode(desk.root, slug, name, was_out=was_out)
        desk.drafts.rename(old, new)
        draft, base = (f"{new}/episode.md" in desk.drafts.files()), desk.drafts.base(f"{new}/episode.md") or ""
        if draft and was_out:
            now = moved(desk.drafts.text(f"{new}/episode.md") or "", slug, name)
            desk.drafts.resume(f"{new}/episode.md", now, base=moved(base, slug, name))
    if not was_out and not is_noted:
        return f"/avsnitt/{name}/publicera"
    title, steps = _title(text, slug), sender.steps(seen=was_out)
    changed = history.changed(old, new) if history else ()
    return _start(
        request, name, subject=f"Byt adress på «{title}»", words=title, steps=steps if was_out else steps[:3],
        files=sorted(set(changed) - _uploads(desk, (f"{new}/",))), done=((Step.SAVED, datetime.now(UTC).isoformat()),),
    )  # fmt: skip


def _new_address(asked: str, slug: str, text: str, *, taken: frozenset[str]) -> str:
    """Return the name that somebody asks for. An episode may have one again that it has had."""
    name = slug_of(asked)
    if not asked.strip() or not is_slug(name) or name == slug:
        raise _RefusedError(422, "Skriv en annan adress.")
    own = {slug, *(str(each.value) for each in getattr(nodes_of(text).get("former_slugs"), "value", []))}
    if name in taken - own:
        raise _RefusedError(422, f"Adressen {name} är redan ett avsnitts.")
    return name


def _withdraw(request: Request, form: Any) -> str:
    """Take an episode that has come out away, or let it be there again."""
    desk, slug, undone = desk_of(request), request.path_params["slug"], "aterta" in form
    file = desk.file_of(slug)
    _stop_if_busy(request)
    settle(desk, file)
    zone = desk.check().reading.zone
    text = desk.drafts.text(file) or ""
    state, _ = state_of(desk.drafts.saved(file) or "", zone=zone, now=datetime.now(UTC))
    if state != (State.GONE if undone else State.OUT):
        raise _RefusedError(409, "Avsnittet är inte publicerat.")
    # What Git would not take of a withdrawal is no reason against undoing it.
    if changes_in(desk, None if undone else history_of(desk)[0], f"{EPISODES}/{slug}/"):
        raise _RefusedError(409, _UNPUBLISHED)
    day, reason = (None, None) if undone else (datetime.now(zone).date(), str(form.get("skal", "")))
    return _begin(request, withdrawn(text, day=day, reason=reason), verb="Återta" if undone else "Ta bort")


def _show_others(request: Request, *, status: int = 200, said: str = "") -> Response:
    """Return the page where all is put out that is no episode."""
    desk = desk_of(request)
    history, git = history_of(desk)
    checked = desk.check()
    changes, slugs = _apart(desk, history)
    episodes = [(slug, _title(desk.drafts.text(desk.file_of(slug)) or "", slug)) for slug in slugs]
    return page(
        request, "others.html", status=status, changes=changes, episodes=episodes, git=git, said=said,
        stops=what_stops(desk, checked, *(change.file for change in changes)), place_of=place_of,
        zone=checked.reading.zone, seen=_seen(desk, changes), **_how_far(request),
    )  # fmt: skip


def _apart(desk: Desk, history: History | None) -> tuple[list[Change], list[str]]:
    """Return the changes that belong to no episode, and the episodes that have any."""
    for file in desk.drafts.files():
        if file.endswith((".md", ".yml")):
            settle(desk, file)
    folders = {f"{EPISODES}/{slug}/": slug for slug in desk.slugs()}
    changes = changes_in(desk, history, *_PLACES)
    changed = {each.file for each in changes}
    slugs = [slug for folder, slug in folders.items() if any(file.startswith(folder) for file in changed)]
    return [each for each in changes if not each.file.startswith((*folders,))], slugs


def _put_out_others(request: Request, form: Any) -> str:
    """Put out what has been chosen of pages, facts and words."""
    desk, sender, person = desk_of(request), sender_of(request), person_of(request)
    _stop_if_busy(request)
    changes, _ = _apart(desk, history_of(desk)[0])
    chosen = [change.file for change in changes if change.file in form.getlist("fil")]
    checked = desk.check()
    if form.get("seen") != _seen(desk, changes):
        raise _RefusedError(409, _CHANGED)
    if not chosen:
        raise _RefusedError(422, "Välj minst en fil.")
    if what_stops(desk, checked, *chosen):
        raise _RefusedError(422, "Något hindrar. Rätta det först.")
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
    return "/publicera#lage"
