"""A file as a form, kept field by field while somebody writes: what episodes and pages share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk.answers import Answer, Checked
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.forms import (
    EPISODE,
    WHOLE_FILE,
    Field,
    Sort,
    Value,
    is_readable,
    is_text,
    lines_of,
    moment_parts,
    value_from,
    values_of,
    written,
)
from okatakten.desk.guard import Role
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.written.within import CannotWriteError

NOT_AS_FIELD = "Det går inte att ändra just här som fält utan att annat i filen ändras. Ändra i filen som den är."


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
        ]

    async def show(self, request: Request) -> Response:
        desk = desk_of(request)
        sheet = self.find(desk, request)
        checked = await run_in_threadpool(desk.check)
        return await run_in_threadpool(show, request, sheet, checked)

    async def save_form(self, request: Request) -> Response:
        """Keep what a form says, whole: for a browser without scripts. Others' changes in other fields stay."""
        desk = desk_of(request)
        sheet, form = self.find(desk, request), await read_form(request, Role.WRITE)
        lost = await run_in_threadpool(save, desk, sheet, form)
        if lost:
            checked = await run_in_threadpool(desk.check)
            return await run_in_threadpool(show, request, sheet, checked, status=409, lost=lost)
        return RedirectResponse(f"{sheet.address}?{urlencode({'sparat': 1})}", status_code=303)

    async def save_field(self, request: Request) -> Response:
        """Keep one field: `{"field", "value"}`, with `If-Match` what it said when it was shown (412: not so now)."""
        desk = desk_of(request)
        sheet, sent = self.find(desk, request), await read_json(request, Role.WRITE)
        given = sent.get("value")
        pairs = (
            [(str(pair[0]), str(pair[1])) for pair in given if isinstance(pair, list) and len(pair) == 2]
            if (isinstance(given, list))
            else []
        )
        seen = request.headers.get("if-match", "")
        try:
            now = await run_in_threadpool(_save_one, desk, sheet, str(sent.get("field")), pairs, seen)
        except ConflictError as conflict:
            return JSONResponse({"theirs": conflict.theirs}, status_code=412)
        except CannotWriteError:
            return JSONResponse({"told": NOT_AS_FIELD}, status_code=422)
        return JSONResponse({"seen": now}, headers={"etag": now})

    async def answers(self, request: Request) -> Response:
        """Return what the check says of a file as it is now, by field; "" is the file as a whole."""
        desk = desk_of(request)
        sheet = self.find(desk, request)
        checked = await run_in_threadpool(desk.check)
        fields, _ = fields_of(desk, sheet)
        found, answers = _answers_of(sheet, checked), desk.pages.get_template("answers.html")
        html = {
            name: answers.render(answers=of, by_line=fields == WHOLE_FILE)
            for name, of in by_field(found, sheet.file, fields, desk.drafts.text(sheet.file) or "").items()
        }
        others = desk.others_at(sheet.address, person_of(request))
        return JSONResponse({"answers": html, "left": sum(each.stops for each in found), "others": others})

    async def give_up(self, request: Request) -> Response:
        """Give up what was written at the desk: the file in the project is as it was all the time."""
        desk = desk_of(request)
        sheet = self.find(desk, request)
        await read_form(request, Role.WRITE)
        await run_in_threadpool(desk.drafts.forget, sheet.file)
        return RedirectResponse(sheet.address, status_code=303)


def show(
    request: Request, sheet: Sheet, checked: Checked, *, status: int = 200, lost: Mapping[str, Any] | None = None
) -> Response:
    """Return the page of a form. `lost` is what was sent of fields that somebody else had changed."""
    desk = desk_of(request)
    overtaken = settle(desk, sheet.file, sheet.fields)
    fields, text = fields_of(desk, sheet)
    answers = _answers_of(sheet, checked)
    return page(
        request, sheet.template, status=status, sheet=sheet, fields=fields, values=values_of(text, fields),
        seen=seen_of(text, fields), answers=by_field(answers, sheet.file, fields, text),
        elsewhere=[each for each in answers if each.file != sheet.file], whole=fields == WHOLE_FILE,
        is_text=is_text(text), changed=sheet.file in desk.drafts.files(), questions=checked.reading.questions,
        zone=checked.reading.zone, others=desk.others_at(sheet.address, person_of(request)), overtaken=overtaken,
        lost=lost or {}, **sheet.show(checked),
    )  # fmt: skip


def fields_of(desk: Desk, sheet: Sheet) -> tuple[Sequence[Field], str]:
    """Return the fields of a form and the text of its file: the file itself where its fields cannot be read."""
    text = desk.drafts.text(sheet.file) or ""
    if not is_text(text):
        return (), text
    fields = sheet.fields(text)
    return (fields if is_readable(text, with_text=sheet.file.endswith(".md")) else WHOLE_FILE), text


def settle(
    desk: Desk, file: str, fields: Callable[[str], Sequence[Field]] = lambda _text: EPISODE
) -> dict[str, tuple[Value, Value]]:
    """Move a draft upon the file where that has changed meanwhile: each field that somebody has changed at the desk.

    Returns the fields that have changed in both places, as they are in the file and as they are at the desk; these
    stay as they are at the desk.
    """
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(file):
            return {}
        base, draft, saved = desk.drafts.base(file) or "", desk.drafts.text(file) or "", desk.drafts.saved(file) or ""
        with_text = file.endswith(".md")
        readable = all(is_readable(text, with_text=with_text) for text in (base, draft, saved))
        known = {each.name: each for text in (base, draft, saved) for each in fields(text)} if readable else {}
        among = tuple(known.values()) or WHOLE_FILE
        before, ours, theirs = values_of(base, among), values_of(draft, among), values_of(saved, among)
        both, moved = {}, saved
        for each in among:
            name = each.name
            if ours[name] == before[name]:
                continue
            if theirs[name] not in (before[name], ours[name]):
                both[name] = (theirs[name], ours[name])
            else:
                try:
                    moved = written(moved, each, ours[name])
                except CannotWriteError:
                    both[name] = (theirs[name], ours[name])
        if not both:
            desk.drafts.rebased(file, moved)
        return both


def save(desk: Desk, sheet: Sheet, form: Any) -> dict[str, Value]:
    """Keep what a form says. Returns what could not be kept, since somebody else has changed the same."""
    zone = desk.check().reading.zone
    sent = {str(key): str(value) for key, value in form.multi_items()}
    lost: dict[str, Value] = {}
    with desk.drafts.one_at_a_time():
        settle(desk, sheet.file, sheet.fields)
        for each in fields_of(desk, sheet)[0]:
            boxes = [str(value) for value in form.getlist(each.name)]
            with suppress(KeyError):
                value = value_from(each, sent, checked=boxes, zone=zone)
                try:
                    change(desk, sheet.file, each, value, seen=sent[f"{each.name}-seen"], zone=zone)
                except (ConflictError, CannotWriteError):
                    lost[each.name] = value
    return lost


def _save_one(desk: Desk, sheet: Sheet, name: str, pairs: list[tuple[str, str]], seen: str) -> str:
    zone = desk.check().reading.zone
    each = next((each for each in fields_of(desk, sheet)[0] if each.name == name), None)
    if each is None:
        raise HTTPException(400)
    try:
        value = value_from(each, dict(pairs), checked=[given for key, given in pairs if key == name], zone=zone)
    except KeyError:
        raise HTTPException(400) from None
    return change(desk, sheet.file, each, value, seen=seen, zone=zone)


def change(desk: Desk, file: str, each: Field, value: Value, *, seen: str, zone: ZoneInfo) -> str:
    """Keep a field of a draft, and return what stands for it now. ConflictError: it is not as it was seen."""
    with desk.drafts.one_at_a_time():
        text = desk.drafts.text(file) or ""
        now = values_of(text, (each,))[each.name]
        # The same moment may be spelled without its offset.
        is_same = each.sort is Sort.MOMENT and moment_parts(str(now), zone=zone) == moment_parts(str(value), zone=zone)
        new = text if is_same and value else written(text, each, value)
        if new != text:
            if stands_for(told(now)) != seen:
                raise ConflictError(told(now))
            desk.drafts.write(file, new)
        return stands_for(told(values_of(new, (each,))[each.name]))


def by_field(answers: Sequence[Answer], file: str, fields: Sequence[Field], text: str) -> dict[str, list[Answer]]:
    """Return what was found in a file by the field of its form, what has no field under "".

    What is said of a list, or of fields below one, is told at the part of it that the line is in.
    """
    names, lines = {each.name for each in fields}, lines_of(text, fields)
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.file == file:
            above = [name for line, name in lines if line <= answer.line and name.split(".")[0] == answer.field]
            name = above[-1] if above else answer.field if answer.field in names else ""
            found.setdefault(WHOLE_FILE[0].name if fields == WHOLE_FILE else name, []).append(answer)
    return found


def _answers_of(sheet: Sheet, checked: Checked) -> list[Answer]:
    return checked.of(sheet.file, *filter(None, [sheet.around]))


def seen_of(text: str, fields: Sequence[Field] = EPISODE) -> dict[str, str]:
    """Return what stands for each field of a file as it is shown."""
    return {name: stands_for(told(value)) for name, value in values_of(text, fields).items()}


def told(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
