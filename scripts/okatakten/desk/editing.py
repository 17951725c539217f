"""A file as a form, kept field by field while somebody writes: what episodes and pages share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.forms import (
    NOTES,
    WHOLE,
    WHOLE_FILE,
    Field,
    Sort,
    Value,
    all_of,
    as_sent,
    is_text,
    lines_of,
    path_of,
    plain,
    plain_lines,
    told,
    value_from,
    values_of,
    written,
)
from okatakten.desk.guard import Role
from okatakten.desk.sheets import fields_of_file, is_form, label, label_of
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.making.folders import EPISODES
from okatakten.written.rewrite import UnwritableError, copy_field

OURS: Final = "mitt"
THEIRS: Final = "deras"
OTHERS_TOO: Final = "Någon annan har ändrat här medan du skrev. Det som står i fältet är deras."
Both = dict[str, tuple[str, str]]
BY_HAND: Final = "Så som fältet är skrivet i filen går det inte att ändra här. Ändra det i en textredigerare."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file that is written as a form at an address. `fields` are those of its text.

    Answers of all files in `around` are shown, too. `show` gives the template more of its own.
    """

    file: str
    address: str
    template: str
    fields: Callable[[str], Sequence[Field]]
    around: str = ""
    show: Callable[[Checked], Mapping[str, Any]] = field(default=lambda _checked: {})


class Forms:
    """The routes of all files that are found at addresses of one form: `path`, with what `find` looks up in it."""

    def __init__(self, path: str, find: Callable[[Desk, Request], Sheet]) -> None:
        self.path, self.find = path, find

    def routes(self) -> list[Route]:
        return [
            Route(self.path, self.show),
            Route(self.path, self.save_form, methods=["POST"]),
            Route(self.path, self.save_field, methods=["PATCH"]),
            Route(f"{self.path}/svar", self.answers),
            Route(f"{self.path}/angra", self.give_up, methods=["POST"]),
            Route(f"{self.path}/avgor", self.decide, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await run_in_threadpool(show, request, self.find(desk_of(request), request))

    async def save_form(self, request: Request) -> Response:
        """Keep what a form says, whole: for a browser without scripts. Others' changes in other fields stay."""
        desk = desk_of(request)
        sheet, form = self.find(desk, request), await read_form(request, Role.WRITE)
        lost = await run_in_threadpool(save, desk, sheet, form)
        if lost:
            return await run_in_threadpool(show, request, sheet, status=409, lost=lost)
        return RedirectResponse(f"{sheet.address}?sparat=1", status_code=303)

    async def save_field(self, request: Request) -> Response:
        """Keep one field: `{"field", "value"}`, with `If-Match` what it said when it was shown (412: not so now)."""
        desk = desk_of(request)
        sheet, sent = self.find(desk, request), await read_json(request, Role.WRITE)
        fields = _filled_in(fields_of(desk, sheet)[0])
        each = next((each for each in fields if each.name == str(sent.get("field"))), None)
        try:
            pairs = [(str(key), str(value)) for key, value in sent["value"]]
        except (KeyError, TypeError, ValueError):
            raise HTTPException(400) from None
        if each is None:
            raise HTTPException(400)
        boxes = [value for key, value in pairs if key == each.name]
        value = value_from(each, dict(pairs), checked=boxes, zone=desk.zone)
        seen = request.headers.get("if-match", "")
        try:
            now = await run_in_threadpool(change, desk, sheet.file, each, value, seen=seen)
        except ConflictError as conflict:
            theirs = values_of(desk.drafts.text(sheet.file) or "", (each,))[each.name]
            return JSONResponse({"theirs": conflict.theirs, "seen": _seen(each, theirs, zone=desk.zone)}, 412)
        except UnwritableError:
            return JSONResponse({"said": BY_HAND}, status_code=422)
        return JSONResponse({"seen": now}, headers={"etag": now})

    async def answers(self, request: Request) -> Response:
        """Return what the check says of a file as it is now, by field; "" is the file as a whole."""
        desk = desk_of(request)
        sheet = self.find(desk, request)
        checked = await run_in_threadpool(desk.check)
        fields, text = fields_of(desk, sheet)
        found, template = _answers_of(sheet, checked), desk.pages.get_template("answers.html")
        html = {
            name: template.render(answers=of, by_line=fields == WHOLE_FILE)
            for name, of in _by_field(found, sheet.file, fields, text).items()
        }
        others = desk.others_at(sheet.address, person_of(request))
        return JSONResponse({"answers": html, "left": sum(each.stops for each in found), "others": others})

    async def give_up(self, request: Request) -> Response:
        """Give up what was written at the desk: the file in the project is as it was all the time."""
        desk = desk_of(request)
        sheet = self.find(desk, request)
        await read_form(request, Role.WRITE)
        await run_in_threadpool(desk.drafts.give_up, sheet.file, who=person_of(request).name)
        return RedirectResponse(sheet.address, status_code=303)

    async def decide(self, request: Request) -> Response:
        """Take what was chosen where a file has changed both here and elsewhere, unless it has changed once more."""
        desk = desk_of(request)
        sheet, form = self.find(desk, request), await read_form(request, Role.WRITE)
        if form.get("saved") == stands_for(desk.drafts.saved(sheet.file)):
            choices = {name: str(choice) for name, choice in form.items()}
            await run_in_threadpool(settle, desk, sheet.file, choices)
        return RedirectResponse(sheet.address, status_code=303)


def show(
    request: Request, sheet: Sheet, *, status: int = 200, lost: Mapping[str, tuple[str, str]] | None = None
) -> Response:
    """Return the page of a form. `lost` is what could not be kept of it: why, and what was written."""
    desk, file = desk_of(request), sheet.file
    checked = desk.check()
    overtaken = settle(desk, file)
    fields, text = fields_of(desk, sheet)
    answers, zone, whole = _answers_of(sheet, checked), checked.reading.zone, fields == WHOLE_FILE
    return page(
        request, sheet.template, status=status, sheet=sheet, file=file, fields=fields, values=values_of(text, fields),
        seen=seen_of(text, fields, zone=zone), answers=_by_field(answers, file, fields, text), whole=whole, text=text,
        elsewhere=[each for each in answers if each.file != file], is_text=is_text(text),
        readable=is_text(text) if whole else is_form(file, text), changed=file in desk.drafts.files(),
        questions=checked.reading.questions, zone=zone, others=desk.others_at(sheet.address, person_of(request)),
        overtaken=[(name, label_of(file, text, name), *both) for name, both in overtaken.items()],
        saved=stands_for(desk.drafts.saved(file)), lost=lost or {}, **sheet.show(checked),
    )  # fmt: skip


def fields_of(desk: Desk, sheet: Sheet) -> tuple[Sequence[Field], str]:
    """Return the fields of a form, and the text of its file."""
    text = desk.drafts.text(sheet.file) or ""
    return sheet.fields(text), text


def _filled_in(fields: Sequence[Field]) -> list[Field]:
    return [each for each in fields if each.sort not in {Sort.HEAD, Sort.ADD}]


def settle(desk: Desk, file: str, choices: Mapping[str, str] | None = None, *, ours_stand: bool = False) -> Both:
    """Move a draft upon the file where that has changed meanwhile: each field that somebody has changed at the desk.

    Returns the fields that have changed in both places, as they read in the file and at the desk, "" for a file that
    cannot be read as fields any more; these stay as they are at the desk. `choices` say for some which holds: `OURS` or
    `THEIRS`; of all others ours do where they are to stand.
    """
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(file):
            return {}
        texts = [text or "" for text in (desk.drafts.base(file), desk.drafts.text(file), desk.drafts.saved(file))]
        _, draft, saved = texts
        fields = _settled(file, texts)
        if fields is None:
            return {"": (saved, draft)}
        choice = defaultdict[str, str](lambda: OURS if ours_stand else "", choices or {})
        merged, both = _merged(texts, fields, choice)
        if WHOLE not in fields:
            decided = [name for name in (*(choices or {}), *both) if name in fields]
            merged, more = _kept(texts, merged, choice, decided=decided)
            both |= more
        if not both:
            desk.drafts.rebased(file, merged)
        return both


def _merged(texts: Sequence[str], fields: Mapping[str, Field], choice: Mapping[str, str]) -> tuple[str, Both]:
    """Return what is saved with the fields that the draft has changed, and those that both have."""
    _, draft, moved = texts
    before, ours, theirs = (_parts(text, fields) for text in texts)
    both: Both = {}
    for name in [name for name in ours | before if ours.get(name) != before.get(name)]:
        mine, other = _said(draft, name, fields), _said(texts[2], name, fields)
        if theirs.get(name) not in (before.get(name), ours.get(name)) and mine != other:
            if choice[name] == THEIRS:
                continue
            if choice[name] != OURS:
                both[name] = _both(texts, name, fields)
        try:
            moved = _with(moved, name, mine, fields, draft)
        except UnwritableError:
            both[name] = _both(texts, name, fields)
    return moved, both


def _kept(texts: Sequence[str], merged: str, choice: Mapping[str, str], *, decided: Sequence[str]) -> tuple[str, Both]:
    """Return a merged file with what only we have changed and no field holds, and what stands among others' changes."""
    base, draft, saved = texts
    both: Both = {}
    for name in _lost(*texts, merged, decided=[path_of(name) for name in decided]):
        is_theirs_too = all_of(saved).get(name) != all_of(base).get(name)
        if is_theirs_too and choice[name] != OURS:
            if choice[name] != THEIRS:
                both[name] = _both(texts, name, {})
            continue
        try:
            merged = _with(merged, name, "", {}, draft)
        except UnwritableError:
            both[name] = _both(texts, name, {})
    return merged, both


def _settled(file: str, texts: Sequence[str]) -> dict[str, Field] | None:
    """Return the fields by which a file is settled, of its base, its draft and what is saved; None where it cannot be.

    A list that has other rows in one of them is settled as one.
    """
    _, draft, saved = texts
    if not is_form(file, draft) or not is_form(file, saved):
        is_whole = not file.startswith(f"{EPISODES}/") and is_text(draft) and is_text(saved)
        return {WHOLE: WHOLE_FILE[0]} if is_whole else None
    there = [{each.name: each for each in _filled_in(fields_of_file(file, text))} for text in texts]
    known = there[0] | there[2] | there[1]
    apart = {path_of(name)[0] for name in known if not all(name in each for each in there)}
    return {name: each for name, each in known.items() if each.path[0] not in apart}


def _parts(text: str, fields: Mapping[str, Field]) -> dict[str, object]:
    """Return what a file says in each field, and in all others of it."""
    if WHOLE in fields:
        return {WHOLE: plain_lines(text)}
    said = all_of(text)
    found = {name: _at(said, each.path) for name, each in fields.items()}
    above = {each.path[0] for each in fields.values()}
    return {name: part for name, part in found.items() if part is not None} | {
        name: part for name, part in said.items() if name not in above
    }


def _at(said: object, path: Sequence[str | int]) -> object:
    for step in path:
        if isinstance(said, dict):
            said = said.get(step)
        else:
            said = said[step] if isinstance(said, list) and isinstance(step, int) and step < len(said) else None
    return said


def _lost(*texts: str, decided: Sequence[tuple[str | int, ...]]) -> list[str]:
    """Return the fields in which a merged file is not as only we have changed it, but for those that are decided."""
    before, ours, theirs, merged = (dict(_leaves(all_of(text))) for text in texts)
    changed = [path for path in ours | before if ours.get(path) != before.get(path) == theirs.get(path)]
    lost = [path for path in changed if merged.get(path) != ours.get(path)]
    return [*dict.fromkeys(str(path[0]) for path in lost if not any(path[: len(each)] == each for each in decided))]


def _leaves(said: object, *path: str | int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(said, dict | list):
        for step, part in said.items() if isinstance(said, dict) else enumerate(said):
            yield from _leaves(part, *path, step)
    else:
        yield path, " ".join(str(said).split())


def _said(text: str, name: str, fields: Mapping[str, Field]) -> Value:
    """Return what a file says in a field, as it is shown."""
    if each := fields.get(name):
        return plain(each, values_of(text, (each,))[name])
    said = all_of(text).get(name, "")
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _both(texts: Sequence[str], name: str, fields: Mapping[str, Field]) -> tuple[str, str]:
    """Return what a field says in the file and at the desk, in words, without the lines that both have."""
    _, draft, saved = texts
    theirs, ours = (_in_words(text, name, fields).split("\n") for text in (saved, draft))
    if sorted(theirs) == sorted(ours):
        return "\n".join(theirs), "\n".join(ours)
    return _without(theirs, ours), _without(ours, theirs)


def _without(some: Sequence[str], others: Sequence[str]) -> str:
    left = [line for line in some if line not in others]
    return "\n".join(left) if left else "Inget utöver det som är lika."


def _in_words(text: str, name: str, fields: Mapping[str, Field]) -> str:
    if each := fields.get(name):
        return told(each, values_of(text, (each,))[name])
    return _listed(all_of(text).get(name, ""))


def _listed(said: object, between: str = "\n") -> str:
    """Return a list, or fields below one, as somebody reads them: an item on a line, each field by its name."""
    if isinstance(said, dict):
        return between.join(f"{label(name)}: {_listed(part, ', ')}" for name, part in said.items())
    return between.join(_listed(part, ", ") for part in said) if isinstance(said, list) else str(said)


def _with(text: str, name: str, value: Value, fields: Mapping[str, Field], source: str) -> str:
    """Return a file with a field set to what another file says there: one of the form, or any other."""
    if each := fields.get(name):
        return written(text, each, value)
    new, said = copy_field(text, name, source), all_of(source).get(name)
    if all_of(new) != {key: kept for key, kept in {**all_of(text), name: said}.items() if kept is not None}:
        raise UnwritableError
    return new


def save(desk: Desk, sheet: Sheet, form: FormData) -> dict[str, tuple[str, str]]:
    """Keep the fields that somebody has touched. Returns those that could not be, with why and what was written."""
    sent = {key: str(value) for key, value in form.multi_items()}
    lost = {}
    with desk.drafts.one_at_a_time():
        settle(desk, sheet.file)
        for each in _filled_in(fields_of(desk, sheet)[0]):
            seen = sent.get(f"{each.name}-seen", "")
            boxes = [str(value) for value in form.getlist(each.name)]
            value = value_from(each, sent, checked=boxes, zone=desk.zone)
            if not seen or stands_for(_told(value)) == seen:
                continue
            try:
                change(desk, sheet.file, each, value, seen=seen)
            except ConflictError:
                lost[each.name] = (OTHERS_TOO, told(each, value))
            except UnwritableError:
                lost[each.name] = (BY_HAND, told(each, value))
    return lost


def change(desk: Desk, file: str, each: Field, value: Value, *, seen: str) -> str:
    """Keep a field of a draft, and return what stands for it now. ConflictError: it is not as it was seen."""
    with desk.drafts.one_at_a_time():
        zone, text = desk.zone, desk.drafts.text(file) or ""
        if not (is_text(text) if each.name == WHOLE else is_form(file, text)):
            raise UnwritableError
        now = values_of(text, (each,))[each.name]
        if plain(each, value) != as_sent(each, now, zone=zone):
            if _seen(each, now, zone=zone) != seen:
                raise ConflictError(told(each, now))
            text = written(text, each, value)
            desk.drafts.write(file, text)
        return _seen(each, values_of(text, (each,))[each.name], zone=zone)


def _by_field(answers: Sequence[Answer], file: str, fields: Sequence[Field], text: str) -> dict[str, list[Answer]]:
    """Return what was found in a file by the field of its form, what has no field under "".

    What is said of a list, or of fields below one, is told at the part of it that the line is in.
    """
    names = {each.name for each in fields}
    lines = lines_of(text, [each.name for each in fields if each.name != NOTES])
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.file == file:
            above = [name for line, name in lines if line <= answer.line and path_of(name)[0] == answer.field]
            name = above[-1] if above else answer.field if answer.field in names else ""
            found.setdefault(WHOLE if fields == WHOLE_FILE else name, []).append(answer)
    return found


def _answers_of(sheet: Sheet, checked: Checked) -> list[Answer]:
    return checked.of(sheet.file, *filter(None, [sheet.around]))


def seen_of(text: str, fields: Sequence[Field], *, zone: ZoneInfo) -> dict[str, str]:
    """Return what stands for each field of a file as it is shown."""
    values = values_of(text, fields)
    return {each.name: _seen(each, values[each.name], zone=zone) for each in fields}


def _seen(each: Field, value: Value, *, zone: ZoneInfo) -> str:
    return stands_for(_told(as_sent(each, value, zone=zone)))


def _told(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
