"""Clips and quotations of an episode: made of what is being written, as drafts that come out with the episode."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.addresses import read_site
from okatakten.clips.asked import Around, Wanted, read_span, want_clip
from okatakten.clips.making import find_sound, make_clip
from okatakten.clips.quote import Quote, make_quote, want_quote
from okatakten.desk.answers import Answer, Checked, said_of
from okatakten.desk.forms import values_of, words_of
from okatakten.desk.guard import Role
from okatakten.desk.jobs import CLIPS_OF, Do, Job, State, is_out, newest_audio
from okatakten.desk.publishing import place_of, what_stops
from okatakten.desk.sound import sound_of
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form
from okatakten.fetching import FetchError
from okatakten.making.folders import EPISODES
from okatakten.making.running import Progress
from okatakten.model import DEFAULT_LOCALE, Episode, Shape
from okatakten.podcast.clips import CLIPS, ENDINGS, QUOTE, QUOTE_ENDINGS, RECORD
from okatakten.rules import CLIP_SIZES
from okatakten.site.sharing import SharedClip, build_clips
from okatakten.words.wording import size_text
from okatakten.written.advice import Reason, ReasonError, Text
from okatakten.written.problems import Problem
from okatakten.written.text import Problems
from okatakten.written.values import clock

SHAPES: Final = {
    Shape.SQUARE: "Kvadrat, passar överallt", Shape.PORTRAIT: "Stående, för flödet i telefonen",
    Shape.TALL: "Hög, för hela telefonen", Shape.LANDSCAPE: "Liggande, som en film",
}  # fmt: skip
KINDS: Final = {
    ".mp4": "video/mp4", ".vtt": "text/vtt; charset=utf-8", ".srt": "application/x-subrip; charset=utf-8",
    ".png": "image/png", ".txt": "text/plain; charset=utf-8",
}  # fmt: skip
"""The files of clips, and what browsers take them for."""
_FIELDS: Final = {"--from": "Början", "--to": "Slutet", "--name": "Namnet"}
_OPTIONS: Final = re.compile(r"--from (\S+) --to (\S+)")
_WITHOUT_TRANSCRIPT: Final = (
    "Avsnittet har ingen text, och ett klipp visar det som sägs. Lägg till den under «Ljud och filer»."
)
_GONE: Final = "Avsnittet har bytt adress eller tagits bort. Gör klippet igen på dess sida."
_IS_OUT: Final = "Klippet är publicerat. Be någon som får publicera att ta bort det."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A clip or a quotation that there is, by the name that its files begin with.

    `shared` is a clip that is whole, `asked` what makes it again, `is_draft` whether it is not saved yet.
    """

    name: str
    text: str
    post: str = ""
    shared: SharedClip | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    answers: Sequence[Answer] = ()
    is_draft: bool


def routes() -> list[Route]:
    place = "/avsnitt/{slug}/klipp"
    return [Route(place, _page), Route(place, _post, methods=["POST"]), Route(f"{place}/{{name}}", _file)]


def _files(desk: Desk, slug: str) -> dict[str, str]:
    """Return the files beside an episode's clips, by their names, those not saved yet too."""
    desk.file_of(slug)
    above = f"{EPISODES}/{slug}/{CLIPS}/"
    saved = [path.name for path in (desk.root / above).glob("[!.]*") if path.is_file() and not path.is_symlink()]
    drafts = [file.removeprefix(above) for file in desk.drafts.files() if file.startswith(above)]
    return {name: above + name for name in sorted({*saved, *drafts})}


def _page(request: Request) -> Response:
    return _show(request, given=request.query_params)


def _show(request: Request, *, given: Mapping[str, str], status: int = 200, wrong: Sequence[str] = ()) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    file, checked = desk.file_of(slug), desk.check()
    stops = what_stops(desk, checked, f"{EPISODES}/{slug}/")
    return page(
        request, "clips.html", status=status, slug=slug, title=values_of(desk.drafts.text(file) or "")["title"] or slug,
        key=slug + CLIPS_OF, job=sound_of(request).jobs.of(slug + CLIPS_OF), State=State, given=given, wrong=wrong,
        query=_query(given), shapes=SHAPES, sizes=CLIP_SIZES, clips=_clips(desk, checked, slug), stops=stops,
        quotes=_quotes(desk, slug), place_of=place_of, episode=_episode(checked, slug),
        audio=newest_audio(desk.root / EPISODES / slug),
    )  # fmt: skip


def _episode(checked: Checked, slug: str) -> Episode | None:
    """Return an episode as it is being written; None where it cannot be read now."""
    reading = checked.reading
    return next((each for each in reading.episodes if each.slug == slug), None) if reading.show else None


def _clips(desk: Desk, checked: Checked, slug: str) -> list[Shown]:
    files, episode = _files(desk, slug), _episode(checked, slug)
    shared = dict[str, SharedClip]()
    if episode:
        built = build_clips(episode, words=checked.reading.words[DEFAULT_LOCALE])
        shared = {clip.path.stem: each for clip, each in zip(episode.clips, built, strict=True)}
    return [
        Shown(
            name=(stem := name.removesuffix(RECORD)), shared=shared.get(stem), answers=checked.of(file),
            asked=words_of(desk.drafts.text(file) or ""), text=_text(desk, files, f"{stem}.txt"),
            post=_text(desk, files, f"{stem}-post.txt"), is_draft=file in desk.drafts.files(),
        )
        for name, file in files.items() if name.endswith(RECORD)
    ]  # fmt: skip


def _quotes(desk: Desk, slug: str) -> list[Shown]:
    files = _files(desk, slug)
    stems = [name.removesuffix(".png") for name in files if name.endswith(f"{QUOTE}.png")]
    drafts = desk.drafts.files()
    return [
        Shown(name=stem, text=_text(desk, files, f"{stem}.txt"), is_draft=files[f"{stem}.png"] in drafts)
        for stem in stems
        if stem + RECORD not in files
    ]


def _text(desk: Desk, files: Mapping[str, str], name: str) -> str:
    return (desk.drafts.text(files[name]) or "").strip() if name in files else ""


def _file(request: Request) -> Response:
    desk, name = desk_of(request), request.path_params["name"]
    files = _files(desk, request.path_params["slug"])
    if name not in files or Path(name).suffix not in KINDS:
        raise HTTPException(404)
    headers = {"cache-control": "private, no-cache"}
    return FileResponse(desk.drafts.path(files[name]), media_type=KINDS[Path(name).suffix], headers=headers)


async def _post(request: Request) -> Response:
    """Make a clip or a quotation, break that off, or take one away."""
    form = await read_form(request, Role.WRITE)
    return await run_in_threadpool(_answer, request, {str(name): str(value) for name, value in form.items()})


def _answer(request: Request, form: Mapping[str, str]) -> Response:
    desk, slug, jobs = desk_of(request), request.path_params["slug"], sound_of(request).jobs
    files, wrong = _files(desk, slug), []
    if form.get("gor") == "avbryt":
        jobs.cancel(slug + CLIPS_OF)
    elif name := form.get("bort"):
        if not person_of(request).may(Role.PUBLISH) and is_out(desk.drafts.saved(desk.file_of(slug)) or ""):
            wrong = [_IS_OUT] if any((desk.root / file).exists() for file in _of(name, files)) else []
        if not wrong:
            _remove(desk, _of(name, files))
    else:
        problems = Problems(f"{EPISODES}/{slug}")
        try:
            do = _asked(desk, slug, form, problems)
            wrong = [*map(_said, problems.found)]
        except ReasonError as error:
            wrong = [_WITHOUT_TRANSCRIPT if error.reason is Reason.CLIP_WITHOUT_TRANSCRIPT else str(error)]
        if not wrong and do:
            jobs.begin(slug + CLIPS_OF, person_of(request).name, do)
    if wrong:
        return _show(request, given=form, status=422, wrong=wrong)
    return RedirectResponse(f"/avsnitt/{slug}/klipp?{_query(form)}#lage", status_code=303)


def _query(given: Mapping[str, str]) -> str:
    """Return what fills the form in again, in an address."""
    return urlencode({name: given[name] for name in ("start", "end", "shape") if name in given})


def _of(name: str, files: Mapping[str, str]) -> list[str]:
    """Return the files of a clip or a quotation, that first without which it is none."""
    endings = (RECORD, *ENDINGS) if name + RECORD in files else QUOTE_ENDINGS
    return [files[name + ending] for ending in endings if name + ending in files]


def _remove(desk: Desk, files: Sequence[str]) -> None:
    with desk.drafts.one_at_a_time():
        for file in files:
            desk.drafts.forget(file)
            (desk.root / file).unlink(missing_ok=True)


def _asked(desk: Desk, slug: str, form: Mapping[str, str], problems: Problems) -> Do | None:
    """Return what makes what a form asks for, or None with what does not fit. Raises ReasonError."""
    checked = desk.check()
    episode = _episode(checked, slug)
    if episode is None or form.get("shape", Shape.SQUARE) not in [*Shape]:
        raise HTTPException(400)
    around = Around.of(checked.reading, read_site(os.environ))
    span = read_span(form.get("start", ""), form.get("end", ""), episode, problems)
    if span is None:
        return None
    name, shape = form.get("name") or None, Shape(form.get("shape", Shape.SQUARE))
    if form.get("gor") == "citat":
        quote = want_quote(episode, span, name=name, problems=problems)
        return partial(_make_quote, quote=quote, desk=desk, around=around, problems=problems) if quote else None
    clip = want_clip(episode, span, shape=shape, name=name, problems=problems)
    return partial(_make_clip, clip=clip, desk=desk, around=around, problems=problems) if clip else None


def _make_clip(job: Job, progress: Progress, *, desk: Desk, clip: Wanted, around: Around, problems: Problems) -> None:
    with TemporaryDirectory() as named:
        folder, memory = Path(named) / CLIPS, desk.root / ".okatakten" / "clips"
        audio = partial(find_sound, clip.episode, Path(named), progress=lambda _share: progress(0))
        try:
            make_clip(clip, around, folder, audio=audio, memory=memory, progress=progress)
        except FetchError as error:
            job.wrong = [str(error)]
            return
        size = size_text((folder / f"{clip.name}.mp4").stat().st_size, words=around.words)
        width, height = CLIP_SIZES[clip.shape]
        told = f"Klippet är klart: {clock(clip.length)}, {width} × {height}, {size}. Titta på det, också utan ljud."
        _keep(desk, clip.episode.slug, folder, job, told=told)
    job.notes = [*map(_said, problems.noted), *_of_address(around)]


def _make_quote(job: Job, _progress: Progress, *, desk: Desk, quote: Quote, around: Around, problems: Problems) -> None:
    with TemporaryDirectory() as named:
        make_quote(quote, around, Path(named), problems=problems)
        job.wrong = [*map(_said, problems.found)]
        _keep(desk, quote.episode.slug, Path(named), job, told="Citatet är klart, som kvadrat och som liggande bild.")
    job.notes = [*_of_address(around)]


def _of_address(around: Around) -> list[str]:
    return [Text.CLIP_EXAMPLE.format(url=around.site.url)] if around.site.is_example else []


def _keep(desk: Desk, slug: str, made: Path, job: Job, *, told: str) -> None:
    """Keep the files that were made as drafts, the record last, unless the episode is another one by now."""
    with desk.drafts.one_at_a_time():
        if slug not in desk.slugs():
            job.wrong = [_GONE]
            return
        paths = sorted(made.iterdir(), key=lambda path: path.suffix == RECORD)
        files = {f"{EPISODES}/{slug}/{CLIPS}/{path.name}": path for path in paths}
        before = any(desk.drafts.path(file).is_file() for file in files)
        job.told = [told, *(["Det ersätter det som fanns."] if before else [])]
        for file, path in files.items():
            desk.drafts.write(file, path.read_bytes().decode(errors="surrogateescape"))


def _said(problem: Problem) -> str:
    where = ", ".join(filter(None, [_FIELDS.get(problem.field, ""), problem.found]))
    text = _OPTIONS.sub(r"från \1 till \2", said_of(problem))
    return f"{where}: {text}" if where else text
