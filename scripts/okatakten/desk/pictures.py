"""Pictures and other files of pages: dropped at the desk and shown, and pictures cut.

A picture that is cut stays under its name. What it was cut from lies in `.desk/whole/`, named by what it became: cut
again it is cut from that, and the whole can be had back whether or not the cut one has been saved.
"""

from __future__ import annotations

import hashlib
import posixpath
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_hex
from threading import Lock
from typing import Final
from urllib.parse import quote, unquote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Checked
from okatakten.desk.guard import Role
from okatakten.desk.pages import (
    LIMITS,
    MOST,
    address_of,
    beside,
    file_at,
    files_of,
    folder_of,
    id_of,
    shown_files,
    title_of,
)
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.making.folders import EPISODES
from okatakten.podcast.images import (
    ImageFacts,
    ImageUnreadableError,
    decode,
    facts_of,
    flatten,
    recall_facts,
    saved,
    scale,
)
from okatakten.rules import slug_of
from okatakten.site.pictures import DRAWING, KINDS
from okatakten.site.places import PUBLISHED
from okatakten.written.advice import advise
from okatakten.written.problems import Kind

WIDEST: Final = 3200
"""Pixels of a picture that has been cut: no place on the site shows half as many."""
SHAPES: Final = {
    "": "Bildens egen form", "16:9": "16:9, bred: bild före en film", "3:2": "3:2, som de flesta kameror",
    "4:3": "4:3, som de flesta telefoner", "1:1": "1:1, kvadrat: ett avsnitts bild",
    "3:4": "3:4, stående",
}  # fmt: skip
_QUALITY: Final = 92
"""Nothing is seen of it, and the site makes its own copies of what is cut."""
_ROUNDED: Final = 0.1
"""Per cent by which a number may be past the edge: the form shows them rounded."""
_NO_PICTURE: Final = "{name} går inte att beskära. Det går med bilder som slutar på {endings}."
_ONLY_SHOWN: Final = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox"
_ONE: Final = Lock()
"""Held by who cuts: a large picture takes a gigabyte of memory."""


def routes() -> list[Route]:
    return [
        Route("/sidor/{id}/filer", _take_file, methods=["POST"]),
        Route("/sidor/{id}/filer/bort", _give_up_file, methods=["POST"]),
        Route("/filer/{name:path}", _file),
        Route("/bilder/{name:path}", _picture),
        Route("/bilder/{name:path}", _change_picture, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is kept of a picture: from where and how wide, in per cent, and how many times as wide as high."""

    left: float
    top: float
    width: float
    ratio: float


def read_cut(form: Mapping[str, object], *, wide: float) -> tuple[Cut, dict[str, str]]:
    """Return what a form keeps of a picture that is `wide` times as wide as high, and what is wrong with its fields.

    A field without a number says as much as there is room for, or in the middle.
    """
    shape, wrong = str(form.get("form", "")), dict[str, str]()
    if shape not in SHAPES:
        wrong["form"], shape = "Välj en av formerna i listan.", ""

    def percent(name: str, *, least: float = 0, most: float, otherwise: float) -> float:
        said = str(form.get(name, "")).strip()
        try:
            value = float(said.replace(",", ".").removesuffix("%") or otherwise)
        except ValueError:
            value = -1
        if least <= value <= most + _ROUNDED:
            return min(value, most)
        wrong[name] = f"Där står: {said[:40]}. Skriv ett tal från {_said(least)} till {_said(most)}, eller inget alls."
        return otherwise

    across, down = map(int, shape.split(":")) if shape else (wide, 1)
    ratio = across / down
    widest = min(100, 100 * ratio / wide)
    width = percent("bredd", least=min(1, widest), most=widest, otherwise=widest)
    beside, below = 100 - width, max(0.0, 100 - width * wide / ratio)
    left = percent("vanster", most=beside, otherwise=beside / 2)
    top = percent("ovan", most=below, otherwise=below / 2)
    return Cut(left=left, top=top, width=width, ratio=ratio), wrong


def _said(number: float) -> str:
    return f"{number:.4g}".replace(".", ",")


def cut_out(whole: Path, cut: Cut, *, kind: str) -> bytes:
    """Return what is kept of a picture as a file of a format, with nothing beside it. Raises ImageUnreadableError."""
    image = decode(whole, least=round(100 * WIDEST / cut.width))
    width = max(1, round(image.width * cut.width / 100))
    height = max(1, min(image.height, round(width / cut.ratio)))
    left = min(round(image.width * cut.left / 100), image.width - width)
    top = min(round(image.height * cut.top / 100), image.height - height)
    kept = scale(image.crop((left, top, left + width, top + height)), width=WIDEST)
    return saved(flatten(kept) if kind == "JPEG" else kept, kind, quality=_QUALITY)


def keep_cut(desk: Desk, file: str, cut: Cut) -> None:
    """Keep a picture cut as a draft, and what it was cut from. Raises ImageUnreadableError."""
    with _ONE:
        whole = whole_of(desk, file)
        content = cut_out(whole, cut, kind=KINDS[PurePosixPath(file).suffix.lower()])
        # Still alone: what comes next has to find this picture cut, or it would take the cut one for the whole.
        with desk.drafts.one_at_a_time():
            _keep(desk, file, content, whole=whole)


def _keep(desk: Desk, file: str, content: bytes, *, whole: Path) -> None:
    folder = desk.drafts.whole(file)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(whole, new := folder / token_hex(8))
    new.replace(folder / hashlib.sha256(content).hexdigest())
    desk.drafts.write(file, content.decode(errors="surrogateescape"))
    used = {_digest(path) for path in (desk.drafts.path(file), desk.root / file) if path.is_file()}
    for path in folder.iterdir():
        if path.name not in used:
            path.unlink()


def put_back(desk: Desk, file: str) -> None:
    """Let a picture be whole again; where somebody has exchanged it in the project meanwhile, be that."""
    with desk.drafts.one_at_a_time():
        if desk.drafts.base(file) and desk.drafts.is_overtaken(file):
            desk.drafts.forget(file)
        else:
            desk.drafts.write(file, whole_of(desk, file).read_bytes().decode(errors="surrogateescape"))


def whole_of(desk: Desk, file: str) -> Path:
    """Return where a picture lies as it was before it was cut."""
    path = desk.drafts.path(file)
    kept = desk.drafts.whole(file) / _digest(path)
    return kept if kept.is_file() else path


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def _picture(request: Request) -> Response:
    return await run_in_threadpool(_show, request, request.query_params)


async def _change_picture(request: Request) -> Response:
    """Cut a picture, or let it be whole again."""
    form = await read_form(request, Role.WRITE)
    return await run_in_threadpool(_changed, request, form)


def _changed(request: Request, form: Mapping[str, object]) -> Response:
    desk = desk_of(request)
    file, kept = _named(desk, request), ""
    facts, _ = _look(desk, file)
    if facts is None:
        return _show(request, form, status=422)
    if "hela" in form:
        put_back(desk, file)
    else:
        cut, wrong = read_cut(form, wide=facts.width / facts.height)
        if wrong:
            return _show(request, form, status=422, wrong=wrong)
        keep_cut(desk, file, cut)
        said = {"vanster": f"{cut.left:g}", "ovan": f"{cut.top:g}", "bredd": f"{cut.width:g}"}
        kept = f"?{urlencode({'form': form.get('form', '')} | said)}#nu"
    return RedirectResponse(f"/bilder/{quote(file)}{kept}", status_code=303)


def _show(
    request: Request, form: Mapping[str, object], *, status: int = 200, wrong: Mapping[str, str] | None = None
) -> Response:
    desk = desk_of(request)
    file = _named(desk, request)
    facts, told = _look(desk, file)
    checked, path = desk.check(), desk.drafts.path(file)
    is_cut = facts is not None and whole_of(desk, file) != path
    return page(
        request, "picture.html", status=status, file=file, name=PurePosixPath(file).name, facts=facts, told=told,
        shapes=SHAPES, given=form or ({"form": "1:1"} if file.startswith(f"{EPISODES}/") else {}), wrong=wrong or {},
        now=facts_of(path) if is_cut else None, answers=checked.of(file), places=_places(desk, file, checked),
        overtaken=bool(desk.drafts.base(file)) and desk.drafts.is_overtaken(file), widest=WIDEST,
    )  # fmt: skip


def _look(desk: Desk, file: str) -> tuple[ImageFacts | None, str]:
    """Return what a picture is as a whole, or why it cannot be cut."""
    path = PurePosixPath(file)
    if path.suffix.lower() not in KINDS:
        return None, _NO_PICTURE.format(name=path.name, endings=", ".join(KINDS))
    try:
        return recall_facts(whole_of(desk, file), cache=desk.checker.tree / ".okatakten/pictures"), ""
    except ImageUnreadableError as error:
        return None, advise(Kind.PICTURE_UNREADABLE, error.hint)


def _places(desk: Desk, file: str, checked: Checked) -> list[tuple[str, str]]:
    """Return where at the desk a picture belongs: the addresses and titles of what shows it."""
    if file.startswith(f"{EPISODES}/"):
        return [(f"/avsnitt/{file.split('/')[2]}/ljud", "Ljud och filer")]
    texts = {each: desk.drafts.text(each) or "" for each in files_of(desk).values()}
    name = PurePosixPath(file).name
    return [(address_of(each), title_of(each, text, checked)) for each, text in texts.items() if name in text]


def _named(desk: Desk, request: Request) -> str:
    """Return the file that an address names. Raises HTTPException."""
    name = str(request.path_params["name"])
    if name not in shown_files(desk):
        raise HTTPException(404)
    return name


async def _file(request: Request) -> Response:
    """Return a file as it is now, or the picture that it was cut from."""
    desk = desk_of(request)
    name = await run_in_threadpool(_named, desk, request)
    path = await run_in_threadpool(whole_of, desk, name) if "hela" in request.query_params else desk.drafts.path(name)
    headers = {"content-security-policy": _ONLY_SHOWN, "cache-control": "no-store"}
    return FileResponse(path, headers=headers, filename=PurePosixPath(name).name, content_disposition_type="inline")


async def _take_file(request: Request) -> Response:
    """Keep a file that is dropped: beside its page, or among those of all pages. What is wrong with it is told."""
    desk, person = desk_of(request), person_of(request)
    file = file_at(desk, request)
    if not person.may(Role.WRITE):
        raise HTTPException(403)
    given = PurePosixPath(unquote(request.headers.get("x-name", "")))
    suffix, limit = given.suffix.lower(), LIMITS.get(given.suffix.lower(), MOST)
    if suffix not in PUBLISHED:
        told = f"Filen slutar på {suffix or 'ingenting'}. Välj en av dem här: {', '.join(PUBLISHED)}"
        return JSONResponse({"told": told}, status_code=422)
    arriving = desk.drafts.folder / "uploads" / token_hex(8)
    arriving.parent.mkdir(parents=True, exist_ok=True)
    try:
        size = 0
        with arriving.open("wb") as target:
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    told = f"Filen är större än {limit // 10**6} MB. Spara den mindre och försök igen."
                    return JSONResponse({"told": told}, status_code=413)
                await run_in_threadpool(target.write, part)
        if not size:
            return JSONResponse({"told": "Filen är tom."}, status_code=422)
        place = await run_in_threadpool(
            _put, desk, folder_of(file), slug_of(given.stem, default="fil"), suffix, arriving
        )
    finally:
        arriving.unlink(missing_ok=True)
    checked = await run_in_threadpool(desk.check)
    found = checked.of(place)
    answers = desk.pages.get_template("answers.html").render(answers=found)
    link = posixpath.relpath(place, posixpath.dirname(file))
    return JSONResponse({"file": place, "name": PurePosixPath(place).name, "link": link, "answers": answers,
                         "picture": suffix in {*KINDS, DRAWING}, "cut": suffix in KINDS})  # fmt: skip


async def _give_up_file(request: Request) -> Response:
    """Take away a file that somebody has dropped, and that is not saved yet."""
    desk = desk_of(request)
    file, form = file_at(desk, request), await read_form(request, Role.WRITE)
    given = str(form.get("file"))
    if given in beside(desk, file) and desk.drafts.saved(given) is None:
        await run_in_threadpool(desk.drafts.forget, given)
        shutil.rmtree(desk.drafts.whole(given), ignore_errors=True)
    return RedirectResponse(f"/sidor/{quote(id_of(file))}", status_code=303)


def _put(desk: Desk, folder: PurePosixPath, stem: str, suffix: str, arrived: Path) -> str:
    """Keep a file under a name that nothing else has: whoever has the old one must not see another in its place."""
    with desk.drafts.one_at_a_time():
        there = {name.casefold() for name in [*shown_files(desk)]}
        names = (f"{folder}/{stem}{f'-{number}' if number else ''}{suffix}" for number in (0, *range(2, 10**4)))
        place = next(name for name in names if name.casefold() not in there)
        desk.drafts.put(place, arrived)
        return place
