"""Texts in other languages beside the Swedish ones, sentence by sentence, and who has gone through them.

What is written goes the way of the table that a translator sends back (translating/review), one row at a time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.editing import OTHERS_TOO, OURS, THEIRS
from okatakten.desk.forms import plain_lines, with_lines
from okatakten.desk.guard import Role
from okatakten.desk.history import GitError, git
from okatakten.desk.pages import id_of, languages, title_of
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.model import DEFAULT_LOCALE
from okatakten.rules import STOCKHOLM
from okatakten.site.project import Reading
from okatakten.translating.blank import missing_pages
from okatakten.translating.files import TranslatedFile, build_rows, translated_file
from okatakten.translating.review import import_rows
from okatakten.words.segments import (
    TEXT_FIELDS,
    Segment,
    form_of,
    read_paragraphs,
    read_segments,
    without_notes,
    write_segments,
)
from okatakten.words.translations import read_translation
from okatakten.written.advice import Reviewer, advise
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.revisions import revision_of
from okatakten.written.text import Problems, split_front_matter

CELLS: Final = ("text", "sources", "comment")
_VERSIONS: Final = "60"
"""Of the Swedish file in Git, the newest first, among which the one is looked for that a text was made from."""


def routes() -> list[Route]:
    return [
        Route("/oversattning", _any_language),
        Route("/oversattning/{lang}", _language),
        Route("/oversattning/{lang}/{id}", _show),
        Route("/oversattning/{lang}/{id}", _save_form, methods=["POST"]),
        Route("/oversattning/{lang}/{id}", _save_sentence, methods=["PATCH"]),
        Route("/oversattning/{lang}/{id}/svar", _answers),
        Route("/oversattning/{lang}/{id}/granskad", _save_form, methods=["POST"]),
        Route("/oversattning/{lang}/{id}/angra", _give_up, methods=["POST"]),
        Route("/oversattning/{lang}/{id}/avgor", _decide, methods=["POST"]),
    ]


class State:
    """How far a sentence has come."""

    MISSING: Final = "Inte översatt, svenskan visas"
    WRITTEN: Final = "Skriven"
    DOUBTED: Final = "Ska granskas"
    STALE: Final = "Svenskan ändrad sedan"
    REVIEWED: Final = "Granskad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a text as it is shown. `seen` stands for what it says, `wrong` is what keeps it from being kept."""

    name: str
    segment: Segment
    state: str
    seen: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A Swedish paragraph that is not what it was: words before and now, each with whether it is another."""

    before: tuple[tuple[str, bool], ...]
    now: tuple[tuple[str, bool], ...]


def files_in(desk: Desk, reading: Reading, locale: str) -> list[TranslatedFile]:
    """Return the texts of a language as they are being written."""
    return [_file(desk, reading, each.file) for each in reading.translations if each.locale == locale]


def _file(desk: Desk, reading: Reading, name: str, *, text: str | None = None) -> TranslatedFile:
    """Return a text as it is being written, or as it is in `text`."""
    known = next(each for each in reading.translations if each.file == name)
    text = plain_lines((desk.drafts.text(name) if text is None else text) or "")
    swedish = plain_lines(desk.drafts.text(known.source) or "")
    file = translated_file(known, text, swedish=swedish, reading=reading)
    fields = _fields_of(text, name)
    translation = read_translation(
        text, fields, locale=known.locale, source=known.source, source_revision=known.source_revision, form=file.form
    )
    return replace(file, translation=translation)


def _fields_of(text: str, name: str = "") -> Fields:
    parts = split_front_matter(text, Problems(name)) if not name.endswith(".yml") else (text, "")
    fields = parse_fields(parts[0], Problems(name), known=None) if parts else None
    return fields or Fields({}, Problems(name), line=1)


def state_of(file: TranslatedFile, segment: Segment) -> str:
    if not segment.text:
        return State.MISSING
    if file.is_reviewed(segment):
        return State.REVIEWED
    if file.translation.stale:
        return State.STALE
    return State.DOUBTED if segment.reviewed or file.translation.edited else State.WRITTEN


def count(file: TranslatedFile) -> tuple[int, int]:
    """Return how many sentences of a text are reviewed, of those that are written."""
    written = [segment for segment in file.segments if segment.text]
    return sum(file.is_reviewed(segment) for segment in written), len(written)


def sentences_of(file: TranslatedFile, wrong: Mapping[int, list[str]]) -> list[Sentence]:
    return [
        Sentence(
            name=f"m{number}", segment=segment, state=state_of(file, segment), seen=_seen(segment),
            wrong=tuple(wrong.get(number, ())),
        )
        for number, segment in enumerate(file.segments)
    ]  # fmt: skip


def _seen(segment: Segment) -> str:
    return stands_for(json.dumps([segment.text, segment.sources, segment.comment]))


def _any_language(request: Request) -> Response:
    others = [locale for locale in desk_of(request).check().reading.words if locale != DEFAULT_LOCALE]
    if not others:
        raise HTTPException(404)
    return RedirectResponse(f"/oversattning/{others[0]}", status_code=303)


def _language(request: Request) -> Response:
    desk, locale = desk_of(request), request.path_params["lang"]
    checked = desk.check()
    if locale not in checked.reading.words or locale == DEFAULT_LOCALE:
        raise HTTPException(404)
    files = files_in(desk, checked.reading, locale)
    counts = [count(file) for file in files]
    listed = [
        {
            "address": f"/oversattning/{locale}/{quote(id_of(file.name))}", "file": file.translation,
            "title": title_of(file.name, file.text, checked), "reviewed": of[0], "written": of[1],
            "is_words": file.is_catalogue, "changed": file.name in desk.drafts.files(),
        }
        for file, of in zip(files, counts, strict=True)
    ]  # fmt: skip
    return page(
        request, "translation.html", locale=locale, names=languages(checked), files=listed,
        reviewed=sum(of for of, _ in counts), written=sum(of for _, of in counts),
        following=next((each["address"] for each in listed if each["reviewed"] != each["written"]), ""),
        missing=missing_pages(desk.checker.tree, locale=locale),
    )  # fmt: skip


def _found(request: Request) -> tuple[Desk, Reading, str]:
    """Return the project, and the file that an address names. Raises HTTPException."""
    desk = desk_of(request)
    reading = desk.check().reading
    locale, wanted = request.path_params["lang"], request.path_params["id"]
    names = {id_of(each.file): each.file for each in reading.translations if each.locale == locale}
    if wanted not in names or not desk.drafts.text(names[wanted]):
        raise HTTPException(404)
    return desk, reading, names[wanted]


def _show(
    request: Request, *, status: int = 200, lost: Mapping[str, tuple[str, str]] | None = None,
    told: Mapping[int, list[str]] | None = None,
) -> Response:  # fmt: skip
    desk, reading, name = _found(request)
    checked = desk.check()
    overtaken = settle(desk, reading, name)
    file = _file(desk, reading, name)
    address = _address(request)
    following = [each.translation.file for each in files_in(desk, reading, file.translation.locale) if _is_left(each)]
    after = next((each for each in following if each > name), next(iter(following), name))
    stale = file.translation.stale
    reviewed, of = count(file)
    return page(
        request, "sentences.html", status=status, address=address, form=address, id=quote(id_of(name)),
        file=file, locale=file.translation.locale,
        names=languages(checked), title=title_of(name, desk.drafts.text(name) or "", checked),
        sentences=sentences_of(file, {**complaints(desk, reading, file), **(told or {})}), reviewed=reviewed,
        written=of, changes=find_changes(desk, file) if stale else [], changed=name in desk.drafts.files(),
        following="" if after == name else f"/oversattning/{file.translation.locale}/{quote(id_of(after))}",
        others=desk.others_at(address, person_of(request)), lost=lost or {}, overtaken=overtaken, reviewers=[*Reviewer],
        saved=stands_for(desk.drafts.saved(name)), STATE=State,
    )  # fmt: skip


def _is_left(file: TranslatedFile) -> bool:
    reviewed, written = count(file)
    return reviewed < written


def _address(request: Request) -> str:
    return f"/oversattning/{request.path_params['lang']}/{quote(request.path_params['id'])}"


def complaints(desk: Desk, reading: Reading, file: TranslatedFile) -> dict[int, list[str]]:
    """Return what is wrong with the sentences as they are being written, beside those that stand in the project."""
    before = _file(desk, reading, file.name, text=desk.drafts.saved(file.name))
    if file.text == before.text or len(before.segments) != len(file.segments):
        return {}
    cells = {number: _cells(segment) for number, segment in enumerate(file.segments)}
    return written(before, cells, reading=reading)[1]


def _cells(segment: Segment) -> dict[str, str]:
    return {name: getattr(segment, name) for name in CELLS}


def written(
    file: TranslatedFile, cells: Mapping[int, Mapping[str, str]], *, reading: Reading, approved: Collection[int] = (),
    reviewer: Reviewer = Reviewer.TRANSLATOR,
) -> tuple[str, dict[int, list[str]]]:  # fmt: skip
    """Return a text with other sentences, and what is wrong with them. `approved` are those that are reviewed now.

    When all that is written is reviewed, the page is. What is wrong is kept as it is, and nothing is approved then.
    """
    rows = [replace(row, number=number) for number, row in enumerate(build_rows([file], states=True), start=1)]
    for number, cell in cells.items():
        stays = bool(rows[number].reviewed) and cell["text"] == rows[number].text
        rows[number] = replace(rows[number], **cell, reviewed=stays)  # type: ignore[arg-type]
    for number in approved:
        rows[number] = replace(rows[number], reviewed=bool(rows[number].text))
    problems = Problems(file.name)
    result = import_rows(
        [file], rows, problems, words=reading.words[DEFAULT_LOCALE], reviewer=reviewer,
        reviewed=datetime.now(STOCKHOLM).date() if approved else None, approved=None if approved else (),
    )  # fmt: skip
    if not problems.found:
        return result.texts.get(file.name, file.text), {}
    wrong: dict[int, list[str]] = {}
    for problem in problems.found:
        wrong.setdefault(problem.line - 1, []).append(advise(problem.kind, problem.expected))
    segments = [
        replace(segment, **cells[number], reviewed="")  # type: ignore[arg-type]
        for number, segment in enumerate(file.segments)
        if number in cells and _cells(segment) != cells[number]
    ]
    if file.is_catalogue:
        segments = [replace(segment, swedish="") for segment in segments]
    return write_segments(file.text, segments, form=file.form), wrong


def settle(
    desk: Desk, reading: Reading, name: str, choices: Mapping[str, str] | None = None
) -> list[tuple[str, str, str, str]]:
    """Move a draft upon the file where that has changed meanwhile, sentence by sentence.

    Returns the sentences that have changed in both places: name, number, as they are in the file and as they are at the
    desk; one without a name where sentences have come or gone. `choices` say for some which holds.
    """
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(name):
            return []
        saved = desk.drafts.saved(name) or ""
        base, ours, theirs = (
            _file(desk, reading, name, text=text or "")
            for text in (desk.drafts.base(name), desk.drafts.text(name), saved)
        )
        if not len(base.segments) == len(ours.segments) == len(theirs.segments):
            return [("", "", saved, ours.text)]
        both, cells = [], {}
        for number, (was, own, other) in enumerate(zip(base.segments, ours.segments, theirs.segments, strict=True)):
            if _cells(own) == _cells(was):
                continue
            choice = (choices or {}).get(f"m{number}")
            if _cells(other) not in (_cells(was), _cells(own)) and choice != OURS:
                if choice != THEIRS:
                    both.append((f"m{number}", f"Mening {number + 1}", _told(other), _told(own)))
                continue
            cells[number] = _cells(own)
        if not both:
            moved = written(theirs, cells, reading=reading)[0]
            desk.drafts.rebased(name, with_lines(saved, moved))
        return both


def keep(
    desk: Desk, reading: Reading, name: str, number: int, cell: Mapping[str, str], *, seen: str
) -> tuple[str, list[str]]:
    """Keep a sentence of a draft. Returns what stands for it now, and what is wrong with it. Raises ConflictError."""
    with desk.drafts.one_at_a_time():
        file = _file(desk, reading, name)
        segment = file.segments[number] if number < len(file.segments) else None
        if segment is None or (_seen(segment) != seen and _cells(segment) != cell):
            raise ConflictError(segment.text if segment else "")
        if not cell["text"] and segment.text and not segment.key:
            return _seen(segment), ["Den tomma meningen är inte sparad. Skriv en, eller ta bort den i filen."]
        if _cells(segment) == cell:
            return _seen(segment), []
        text, wrong = written(file, {number: cell}, reading=reading)
        desk.drafts.write(name, with_lines(desk.drafts.text(name) or "", text))
        return _seen(_file(desk, reading, name).segments[number]), wrong.get(number, [])


def _told(segment: Segment) -> str:
    return " · ".join(filter(None, _cells(segment).values()))


def _cell_from(name: str, form: Mapping[str, str]) -> dict[str, str]:
    """Return what a form says of a sentence: each cell is one line, and a note of a file has no -- in it."""
    said = {cell: " ".join(form[f"{name}-{cell}"].split()) for cell in CELLS}
    return {cell: text if cell == "text" else text.replace("--", "–") for cell, text in said.items()}


async def _save_sentence(request: Request) -> Response:
    sent = await read_json(request, Role.TRANSLATE)
    desk, reading, name = await run_in_threadpool(_found, request)
    field = str(sent.get("field"))
    try:
        form = {str(key): str(value) for key, value in sent["value"]}
        cell, number = _cell_from(field, form), int(field.removeprefix("m"))
    except (KeyError, TypeError, ValueError):
        raise HTTPException(400) from None
    seen = request.headers.get("if-match", "")
    try:
        now, wrong = await run_in_threadpool(keep, desk, reading, name, number, cell, seen=seen)
    except ConflictError as conflict:
        segments = (await run_in_threadpool(_file, desk, reading, name)).segments
        there = _seen(segments[number]) if number < len(segments) else ""
        return JSONResponse({"theirs": conflict.theirs, "seen": there}, status_code=412)
    if now == seen and wrong:
        return JSONResponse({"said": wrong[0]}, status_code=422)
    return JSONResponse({"seen": now}, headers={"etag": now})


def _keep_form(
    desk: Desk, reading: Reading, name: str, form: FormData
) -> tuple[dict[str, tuple[str, str]], dict[int, list[str]]]:
    """Keep all sentences of a form. Returns those that somebody else has changed, and what is wrong with others."""
    sent = {str(key): str(value) for key, value in form.multi_items()}
    lost: dict[str, tuple[str, str]] = {}
    wrong: dict[int, list[str]] = {}
    for number, segment in enumerate(_file(desk, reading, name).segments):
        field = f"m{number}"
        if f"{field}-seen" not in sent or any(f"{field}-{cell}" not in sent for cell in CELLS):
            continue
        cell = _cell_from(field, sent)
        if cell == _cells(segment):  # keep() reads the file anew: of the words of a language, for seven seconds
            continue
        try:
            told = keep(desk, reading, name, number, cell, seen=sent[f"{field}-seen"])[1]
            wrong |= {number: told} if told else {}
        except ConflictError:
            lost[field] = (OTHERS_TOO, cell["text"])
    return lost, wrong


async def _save_form(request: Request) -> Response:
    form = await read_form(request, Role.TRANSLATE)
    return await run_in_threadpool(_take_form, request, form)


def _take_form(request: Request, form: FormData) -> Response:
    """Keep a form, then note what is reviewed where a button says so: a sentence, or all that is written."""
    desk, reading, name = _found(request)
    lost, wrong = _keep_form(desk, reading, name, form)
    which = str(form.get("which", ""))
    if which and not lost and not wrong:
        try:
            reviewer = Reviewer(str(form.get("by") or Reviewer.TRANSLATOR))
            wrong = _approve(desk, reading, name, which, reviewer)
        except ValueError:
            raise HTTPException(400) from None
    if lost or wrong:
        return _show(request, status=409 if lost else 422, lost=lost, told=wrong)
    place = f"granskat#{_next_left(_file(desk, reading, name), which)}" if which else "1"
    return RedirectResponse(f"{_address(request)}?sparat={place}", status_code=303)


def _next_left(file: TranslatedFile, which: str) -> str:
    """Return the place of the sentence that is to be reviewed after another."""
    left = [number for number, segment in enumerate(file.segments) if segment.text and not file.is_reviewed(segment)]
    after = [number for number in left if which != "alla" and number > int(which[1:])]
    return next((f"m{number}" for number in after or left), "granskat")


def _approve(desk: Desk, reading: Reading, name: str, which: str, reviewer: Reviewer) -> dict[int, list[str]]:
    with desk.drafts.one_at_a_time():
        file = _file(desk, reading, name)
        wrong = complaints(desk, reading, file)
        numbers = range(len(file.segments)) if which == "alla" else [int(which.removeprefix("m"))]
        if any(number in wrong for number in numbers):
            return wrong
        if not all(number < len(file.segments) for number in numbers):
            raise ValueError(which)
        text, wrong = written(file, {}, reading=reading, approved=[*numbers], reviewer=reviewer)
        if not wrong:
            desk.drafts.write(name, with_lines(desk.drafts.text(name) or "", text))
        return wrong


def _answers(request: Request) -> Response:
    """Return the state of each sentence, and what is wrong with it."""
    desk, reading, name = _found(request)
    file = _file(desk, reading, name)
    wrong = complaints(desk, reading, file)
    template = desk.pages.get_template("state.html")
    html = {each.name: template.render(sentence=each) for each in sentences_of(file, wrong)}
    return JSONResponse({"answers": html, "others": desk.others_at(_address(request), person_of(request))})


async def _give_up(request: Request) -> Response:
    await read_form(request, Role.TRANSLATE)
    desk, _, name = await run_in_threadpool(_found, request)
    await run_in_threadpool(desk.drafts.give_up, name, who=person_of(request).name)
    return RedirectResponse(_address(request), status_code=303)


async def _decide(request: Request) -> Response:
    form = await read_form(request, Role.TRANSLATE)
    desk, reading, name = await run_in_threadpool(_found, request)
    if form.get("saved") == stands_for(desk.drafts.saved(name)):
        choices = {field: str(choice) for field, choice in form.items()}
        await run_in_threadpool(settle, desk, reading, name, choices)
    return RedirectResponse(_address(request), status_code=303)


def find_changes(desk: Desk, file: TranslatedFile) -> list[Change]:
    """Return the Swedish paragraphs that are not what they were when a text was made; none where that is not known."""
    source, now = file.translation.source, plain_lines(desk.drafts.text(file.translation.source) or "")
    made_from = _fields_of(file.text, file.name).text("source_revision", words=False) or ""
    keys = [segment.key for segment in file.segments if segment.text]
    before = next((text for text in _history(desk, source) if _revision(text, source, keys) == made_from), None)
    if before is None:
        return []
    old, new = ([each.text for each in _paragraphs(text, source)] for text in (before, now))
    found = []
    for same, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if same != "equal":
            found.append(_words_changed(" ".join(old[i1:i2]), " ".join(new[j1:j2])))
    return found


def _paragraphs(text: str, source: str) -> list[Segment]:
    return read_segments(text, form=form_of(source)) if source.endswith(".yml") else read_paragraphs(text)


def _words_changed(before: str, now: str) -> Change:
    old, new = before.split(), now.split()
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for same, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words in zip(sides, (old[i1:i2], new[j1:j2]), strict=True):
            side.extend([(" ".join(words), same != "equal")] * bool(words))
    return Change(before=tuple(sides[0]), now=tuple(sides[1]))


def _revision(text: str, source: str, keys: Collection[str]) -> str:
    """Return the revision of a Swedish text as its translations name it."""
    fields = _fields_of(text, source)
    if source.endswith(".yml"):
        return revision_of(f"{key}={fields.text(key)}" for key in sorted(keys))
    parts = split_front_matter(text, Problems(source))
    body = parts[1] if parts else ""
    if source.startswith("podcast/"):
        return revision_of([fields.text("title") or "", fields.text("summary") or "", body])
    return revision_of([*(fields.text(name) or "" for name in TEXT_FIELDS), without_notes(body)])


def _history(desk: Desk, file: str) -> Iterator[str]:
    """Yield a file as it has been, the newest first: here, and in Git where there is one."""
    texts = [desk.drafts.saved(file), desk.drafts.base(file)]
    texts += [desk.drafts.version(file, version.number) for version in desk.drafts.versions(file)]
    yield from (plain_lines(text) for text in texts if text)
    with suppress(GitError):
        for commit in git(desk.root, "log", "--format=%H", "--diff-filter=AM", "-n", _VERSIONS, "--", file).split():
            yield plain_lines(git(desk.root, "show", f"{commit}:./{file}"))
