"""The pages, rows and facts: the list, the form of each, and its text as it will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.editing import BY_HAND, Forms, Sheet, fields_of, save, seen_of, show
from okatakten.desk.episodes import State
from okatakten.desk.forms import NO, WHOLE_FILE, Field, path_of, words_of, written
from okatakten.desk.guard import Role
from okatakten.desk.sheets import ROWS, SHOW, TITLES, empty_row, fields_of_file, is_form, is_whole
from okatakten.desk.web import Desk, desk_of, page, read_form
from okatakten.making.folders import EPISODES
from okatakten.model import DEFAULT_LOCALE
from okatakten.podcast.images import LARGEST
from okatakten.rules import is_slug, slug_of
from okatakten.site.kinds import KINDS, kind_at
from okatakten.site.kinds.blank import blank_page
from okatakten.site.kinds.document import SIZE_LIMIT as PDF_LIMIT
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.reading import rows_file
from okatakten.site.pictures import DRAWING
from okatakten.site.pictures import KINDS as PICTURES
from okatakten.site.places import PUBLISHED
from okatakten.words.catalogue import CATALOGUE
from okatakten.written.rewrite import UnwritableError, write_at
from okatakten.written.values import parse_date, parse_day

ASSETS: Final = "docs/assets"
LIMITS: Final = {**dict.fromkeys((*PICTURES, DRAWING), 30 * 10**6), ".pdf": PDF_LIMIT}
MOST: Final = 500 * 10**6
"""Bytes of a film or a recording; pictures and PDFs are smaller."""


def routes() -> list[Route]:
    return [
        Route("/sidor", _pages),
        Route("/sidor", _new_entry, methods=["POST"]),
        *Forms("/sidor/{id}", _sheet).routes(),
        *Forms("/sidor/{id}/fil", _whole_sheet).routes(),
        Route("/sidor/{id}/rad", _change_rows, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file in the list. `group` is its kind, `left` what is still to be done, `changed` that it is not saved."""

    address: str
    title: str
    group: str
    locale: str
    state: str
    left: tuple[Answer, ...]
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A file that a page shows: a picture that can be cut, or any that is not saved yet."""

    file: str
    name: str
    is_picture: bool
    is_new: bool


def files_of(desk: Desk) -> dict[str, str]:
    """Return the files that have a form, by what they are called in addresses."""
    docs = desk.root / "docs"
    there = {path.relative_to(desk.root).as_posix() for path in [*docs.rglob("*.md"), *docs.glob("*.yml")]}
    there |= {path.relative_to(desk.root).as_posix() for path in docs.glob(f"*/{CATALOGUE}")}
    there |= {file for file in desk.drafts.files() if file.startswith("docs/") and file.endswith((".md", ".yml"))}
    shown = sorted(file for file in there if not any(part.startswith(".") for part in file.split("/")))
    return {id_of(file): file for file in [*shown, SHOW]}


def id_of(file: str) -> str:
    return file.removeprefix("docs/").removesuffix(".md").replace("/", "~")


def address_of(file: str) -> str:
    """Return where at the desk a file of docs/ or the show's is written; "" for one that has no form."""
    if file != SHOW and not (file.startswith("docs/") and file.endswith((".md", ".yml"))):
        return ""
    locale = locale_of(file)
    return (
        f"/oversattning/{locale}/{quote(id_of(file))}" if locale != DEFAULT_LOCALE else f"/sidor/{quote(id_of(file))}"
    )


def file_at(desk: Desk, request: Request) -> str:
    """Return the file that an address names. Raises HTTPException."""
    file = files_of(desk).get(request.path_params["id"])
    if file is None:
        raise HTTPException(404)
    return file


def listed_pages(desk: Desk, checked: Checked) -> list[Listed]:
    """Return the files that have a form: pages by kind, then what they draw from."""
    drafts, found = desk.drafts.files(), []
    for file in files_of(desk).values():
        text = desk.drafts.text(file) or ""
        locale = locale_of(file)
        around = [file, file.removesuffix("index.md")] if _kind(file) else [file]
        found.append(
            Listed(
                address=address_of(file),
                title=title_of(file, text, checked), group=_group(file, checked), locale=locale,
                state=_state(file, text, checked), changed=file in drafts,
                left=tuple(answer for answer in checked.of(*around) if answer.stops),
            )
        )  # fmt: skip
    order = {kind: number for number, kind in enumerate(["Sidor", *(_name(kind, checked) for kind in KINDS)])}
    return sorted(found, key=lambda each: (each.locale != DEFAULT_LOCALE, each.locale, order.get(each.group, 99)))


def title_of(file: str, text: str, checked: Checked) -> str:
    """Return what a file is called in lists."""
    if PurePosixPath(file).name == CATALOGUE:
        return "Ord i knappar, rubriker och meddelanden"
    if kind := ROWS.get(file):
        return _name(kind, checked)
    title = words_of(text).get("title", "").replace("\xad", "") if file.endswith(".md") else ""
    return TITLES.get(file) or title or file.removeprefix("docs/")


def _name(kind: PageKind, checked: Checked) -> str:
    words = checked.reading.words.get(DEFAULT_LOCALE)
    return words[f"kind_{kind.key}_list"].text if words else kind.folder


def _kind(file: str) -> PageKind | None:
    return kind_at("/".join(file.split("/")[2:])) if file.startswith("docs/") and file.endswith(".md") else None


def _group(file: str, checked: Checked) -> str:
    if kind := ROWS.get(file) or _kind(file):
        return _name(kind, checked)
    return "Sidor" if file.endswith(".md") else "Uppgifter"


def _state(file: str, text: str, checked: Checked) -> str:
    if not file.endswith(".md"):
        return ""
    said, zone, now = words_of(text), checked.reading.zone, datetime.now(UTC)
    published = said.get("published", "")
    day, moment = parse_day(published), parse_date(published, zone=zone)
    is_later = (day and day > now.astimezone(zone).date()) or (moment and moment > now)
    states = (("withdrawn", "Borttagen"), ("draft", State.DRAFT), ("sample", "Exempel"))
    found = (state for name, state in states if said.get(name, "").casefold() not in NO)
    return next(found, State.WAITING if is_later else "Publicerad")


async def _pages(request: Request) -> Response:
    return await _show_list(request)


async def _show_list(request: Request, *, status: int = 200, **values: Any) -> Response:
    desk, query = desk_of(request), request.query_params
    checked = await run_in_threadpool(desk.check)
    listed = await run_in_threadpool(listed_pages, desk, checked)
    sought, group, locale = query.get("q", "").strip(), query.get("slag", ""), query.get("sprak", "")
    found = [
        each
        for each in listed
        if sought.casefold() in each.title.casefold() and group in {"", each.group} and locale in {"", each.locale}
    ]
    return page(
        request, "pages.html", status=status, pages=found, sought=sought, group=group, locale=locale,
        groups=list(dict.fromkeys(each.group for each in listed)),
        kinds=[(kind, _name(kind, checked)) for kind in KINDS],
        locales=list(dict.fromkeys(each.locale for each in listed)), names=languages(checked), **values,
    )  # fmt: skip


def languages(checked: Checked) -> dict[str, str]:
    """Return what each language calls itself."""
    return {str(locale): words["language_name"].text for locale, words in checked.reading.words.items()}


async def _new_entry(request: Request) -> Response:
    """Begin a page of a kind as a draft, as the command does, or a row in the file of a kind that has rows."""
    desk, form = desk_of(request), await read_form(request, Role.WRITE)
    kind = next((kind for kind in KINDS if kind.key == form.get("kind")), None)
    if kind is None:
        raise HTTPException(400)
    title = " ".join(str(form.get("title", "")).split())
    slug = slug_of(title, default="")
    file = rows_file(kind) if kind.rows else f"docs/{DEFAULT_LOCALE}/{kind.folder}/{slug}/index.md"
    wrong = ""
    if not kind.rows and not (title and is_slug(slug)):
        wrong = "Skriv en rubrik med bokstäver eller siffror i: den blir sidans adress."
    elif not kind.rows and (id_of(file) in files_of(desk) or (desk.root / file).parent.exists()):
        wrong = f"Det finns redan en sida med den adressen: {kind.folder}/{slug}. Skriv en annan rubrik."
    if wrong:
        return await _show_list(request, status=422, wrong=wrong, title=title, chosen=kind.key)
    await run_in_threadpool(_begin, desk, kind, file, title)
    return RedirectResponse(f"/sidor/{quote(id_of(file))}", status_code=303)


def _begin(desk: Desk, kind: PageKind, file: str, title: str) -> None:
    with desk.drafts.one_at_a_time():
        if kind.rows:
            text = desk.drafts.text(file) or f"{kind.folder}:\n"
            desk.drafts.write(file, _with_row(file, text, kind.folder))
        elif desk.drafts.text(file) is None:
            desk.drafts.write(file, blank_page(kind, title=title, given={}))


def _with_row(file: str, text: str, name: str) -> str:
    """Return a file with a row to be filled in. Raises UnwritableError, HTTPException for what is no list of it."""
    row = empty_row(file, text, name)
    if row is None:
        raise HTTPException(400)
    return write_at(text, (*path_of(name), _rows_in(fields_of_file(file, text), name)), row)


def _rows_in(fields: Sequence[Field], name: str) -> int:
    return sum(each.item and each.name.rpartition(".")[0] == name for each in fields)


def _sheet(desk: Desk, request: Request) -> Sheet:
    file = file_at(desk, request)
    address = f"/sidor/{quote(id_of(file))}"
    names = [each.split("/")[-1] for each in beside(desk, file)]
    kind = _kind(file)

    def more(checked: Checked) -> Mapping[str, Any]:
        return {
            "id": quote(id_of(file)), "title": title_of(file, desk.drafts.text(file) or "", checked),
            "group": _group(file, checked), "kind": kind or ROWS.get(file), "as_file": f"{address}/fil",
            "is_page": file.endswith(".md"),
            "limits": {"pictures": LIMITS[DRAWING] // 10**6, "pdf": PDF_LIMIT // 10**6, "films": MOST // 10**6,
                       "pixels": LARGEST // 10**6},
            "takes": ",".join(PUBLISHED), "pictures": _pictures_of(desk, file),
        }  # fmt: skip

    return Sheet(
        file=file, address=address, template="page.html", show=more,
        fields=lambda text: fields_of_file(file, text, beside=names) if is_form(file, text) and not is_whole(file)
        else WHOLE_FILE,
        around=file.removesuffix("index.md") if kind else "",
    )  # fmt: skip


def _whole_sheet(desk: Desk, request: Request) -> Sheet:
    """A file as it stands, for what no form has a field for."""
    sheet = _sheet(desk, request)
    return replace(sheet, address=f"{sheet.address}/fil", fields=lambda _text: WHOLE_FILE, around="")


async def _change_rows(request: Request) -> Response:
    """Keep the form, then add a row to a list or take one away."""
    desk = desk_of(request)
    sheet, form = _sheet(desk, request), await read_form(request, Role.WRITE)
    add, remove, to = str(form.get("add", "")), str(form.get("remove", "")), ""
    is_meant = not remove or await run_in_threadpool(_is_as_seen, desk, sheet, form, remove)
    lost = await run_in_threadpool(save, desk, sheet, form)
    if not is_meant:
        raise HTTPException(409)
    if not lost:
        try:
            to = await run_in_threadpool(_rows_changed, desk, sheet, add, remove)
        except UnwritableError:
            lost = {remove or add: (BY_HAND, "")}
    if lost:
        return await run_in_threadpool(show, request, sheet, status=409, lost=lost)
    return RedirectResponse(f"{sheet.address}?sparat=1{to}", status_code=303)


def _is_as_seen(desk: Desk, sheet: Sheet, form: Mapping[str, object], row: str) -> bool:
    """Return whether a row is the one that somebody saw in its place: pressed twice, the next one stands there."""
    fields, text = fields_of(desk, sheet)
    own = [each for each in fields if f"{each.name}.".startswith(f"{row}.")]
    now = seen_of(text, own, zone=desk.zone)
    return all(form.get(f"{name}-seen", seen) == seen for name, seen in now.items())


def _rows_changed(desk: Desk, sheet: Sheet, add: str, remove: str) -> str:
    with desk.drafts.one_at_a_time():
        fields, text = fields_of(desk, sheet)
        if add:
            name = add.removesuffix(".ny")
            desk.drafts.write(sheet.file, _with_row(sheet.file, text, name))
            return f"#rad-{name}.{_rows_in(fields, name)}"
        row = next((each for each in fields if each.name == remove and each.item), None)
        if row is None:
            raise HTTPException(400)
        desk.drafts.write(sheet.file, written(text, row, ()))
        return ""


def locale_of(file: str) -> str:
    return file.split("/")[1] if file.count("/") > 1 and file.startswith("docs/") else DEFAULT_LOCALE


def folder_of(file: str) -> PurePosixPath:
    """Return where the files of a page lie: beside one of a kind, else with those of all pages."""
    return PurePosixPath(file).parent if _kind(file) else PurePosixPath(ASSETS)


def beside(desk: Desk, file: str) -> list[str]:
    return [each for each in shown_files(desk) if PurePosixPath(each).parent == folder_of(file)]


def shown_files(desk: Desk) -> list[str]:
    """Return the files that are published beside pages, and pictures of episodes, those not saved yet too."""
    above = {"docs/": PUBLISHED, f"{EPISODES}/": PICTURES}
    paths = (path for folder in above for path in (desk.root / folder).rglob("*"))
    there = {path.relative_to(desk.root).as_posix() for path in paths if path.is_file() and not path.is_symlink()}
    return sorted(
        file
        for file in there.union(desk.drafts.files())
        if any(file.startswith(folder) and file.lower().endswith(tuple(ends)) for folder, ends in above.items())
        and not any(part.startswith(".") for part in file.split("/"))
    )


def _pictures_of(desk: Desk, file: str) -> list[Shown]:
    """Return the files that are shown below a form: the pictures that it names, and what is not saved yet."""
    text, own = desk.drafts.text(file) or "", beside(desk, file)
    found = []
    for each in shown_files(desk):
        path = PurePosixPath(each)
        is_picture, is_new = path.suffix.lower() in PICTURES, each in own and desk.drafts.saved(each) is None
        if is_new or (is_picture and path.name in text):
            found.append(Shown(file=each, name=path.name, is_picture=is_picture, is_new=is_new))
    return found
