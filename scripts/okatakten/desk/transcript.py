"""By ear: the transcript beside the sound, row by row, with the waveform and the chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.desk import chapters, cues
from okatakten.desk.cues import RefusedError, Row, find_row, parse_rows
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.editing import settle
from okatakten.desk.forms import CHAPTERS, Rows, value_from, values_of
from okatakten.desk.guard import Role
from okatakten.desk.steps import Made, take_step
from okatakten.desk.web import Desk, desk_of, page, person_of, read_form, read_json
from okatakten.making.folders import EPISODES
from okatakten.podcast.webvtt import is_approximate
from okatakten.rules import STOCKHOLM
from okatakten.written.rewrite import newline_of
from okatakten.written.text import plain
from okatakten.written.values import clock, parse_duration, time_field


def routes() -> list[Route]:
    return [
        Route("/avsnitt/{slug}/text", _page),
        Route("/avsnitt/{slug}/text", _post, methods=["POST"]),
        Route("/avsnitt/{slug}/text", _patch, methods=["PATCH"]),
        Route("/avsnitt/{slug}/text/lage", _state),
        Route("/avsnitt/{slug}/kapitel", _post_chapters, methods=["POST"]),
        Route("/avsnitt/{slug}/kapitel", _patch_chapters, methods=["PATCH"]),
    ]


Sent = Mapping[str, str]


def settle_cues(desk: Desk, file: str) -> bool:
    """Move a draft upon the file where that has changed meanwhile. Returns whether both changed the same lines."""
    with desk.drafts.one_at_a_time():
        if not desk.drafts.is_overtaken(file):
            return False
        base, ours, theirs = desk.drafts.base(file) or "", desk.drafts.text(file) or "", desk.drafts.saved(file) or ""
        moved = cues.merged(base, ours, theirs)
        if moved is not None:
            desk.drafts.rebased(file, moved)
        return moved is None


def change(desk: Desk, file: str, sent: Sent, *, who: str) -> Made:
    """Make one change to a transcript as it is being written.

    Raises ConflictError where what was changed is not as it was seen, and RefusedError for what cannot be done.
    """

    def make(text: str) -> Made:
        return _of_whole(text, sent, saved=desk.drafts.saved(file) or "") or _of_row(text, sent)

    with desk.drafts.one_at_a_time():
        settle_cues(desk, file)
        if sent.get("op") == "mine":
            desk.drafts.rebased(file, desk.drafts.text(file) or "")
        return take_step(desk.drafts, file, sent.get("op", ""), make, who=who)


def _of_whole(text: str, sent: Sent, *, saved: str) -> Made | None:
    """Return what a change to the file as a whole makes of it; None for one to a row."""
    op, after = sent.get("op"), text
    if op == "begin" and not text:
        after = cues.BEGUN
    elif op == "whole":
        after = sent.get("text", "").replace("\r\n", "\n").replace("\n", newline_of(text))
        if after != text and sent.get("seen") != stands_for(text):
            raise ConflictError(text)
    elif op == "theirs":
        after = saved
    elif op == "exact":
        after = cues.exact(text)
    elif op == "rename":
        after = cues.renamed(text, _rows(text), plain(sent.get("from", "")), plain(sent.get("to", "")))
    elif op != "mine":
        return None
    return Made(before=text, after=after)


def _of_row(text: str, sent: Sent) -> Made:
    op, rows, number = sent.get("op"), _rows(text), _number(sent.get("row", ""))
    if op == "add" and number < 0:
        return _made(text, rows, range(0), cues.with_new(text, rows, -1), number=0)
    found = find_row(rows, number, sent.get("seen", ""))
    if found is None:
        raise ConflictError(rows[number].text if 0 <= number < len(rows) else "")
    if "next" in sent and found + 1 < len(rows) and rows[found + 1].seen != sent["next"]:
        raise ConflictError(rows[found + 1].text)
    if op == "remove":
        return _made(text, rows, range(found, found + 1), cues.without(text, rows, found), number=found)
    # What is written in the row is kept, whatever else is done with it.
    after, number = _set(text, found, sent)
    rows = _rows(after)
    if op == "join":
        made = _made(after, rows, range(number, number + 2), cues.joined(after, rows, number), number=number)
    elif op == "add":
        made = _made(after, rows, range(number + 1, number + 1), cues.with_new(after, rows, number), number=number + 1)
    elif op == "set":
        made = Made(before=text, after=after, number=number)
    else:
        raise HTTPException(400)
    return replace(made, before=text)


def _set(text: str, number: int, sent: Sent) -> tuple[str, int]:
    """Set what is sent of a row: its times, who speaks, whether it is sure, its words, parted at the ends of lines.

    Returns the file, and which row is the last of those that it is now.
    """
    given, before = text, _rows(text)
    row = before[number]
    start, end = (_time(sent.get(name), was) for name, was in zip(("start", "end"), row.timed[:2], strict=True))
    if (start, end) != row.timed[:2]:
        text = cues.with_times(text, row, start, end)
    if "speaker" in sent and plain(sent["speaker"]) != ", ".join(row.speakers):
        text = cues.with_speaker(text, _rows(text)[number], sent["speaker"])
    if "doubt" in sent:
        text = cues.with_doubt(text, _rows(text)[number], doubtful=sent["doubt"] == "1")
    lines = [line for line in map(plain, sent.get("text", row.text).splitlines()) if line]
    if " ".join(lines) != row.text:
        text = cues.with_text(text, _rows(text)[number], " ".join(lines))
    first = number
    for line in lines[:-1]:
        text = cues.parted(text, _rows(text)[number], len(line), when=_time(sent.get("when"), None))
        number += 1
    if not cues.is_only_in(range(first, first + 1), given, before, text, _rows(text)):
        raise RefusedError
    return text, number


def _made(text: str, rows: Sequence[Row], touched: range, after: str, *, number: int) -> Made:
    """Return a change, when nothing has changed but what it is about."""
    if not cues.is_only_in(touched, text, rows, after, _rows(after)):
        raise RefusedError
    return Made(before=text, after=after, number=number)


def _rows(text: str) -> tuple[Row, ...]:
    rows = parse_rows(text)
    if rows is None:
        raise RefusedError
    return rows


def _number(written: str) -> int:
    return int(written) if written.lstrip("-").isdecimal() and len(written) < 7 else 0


Default = TypeVar("Default", timedelta, None)


def _time(written: str | None, default: Default) -> timedelta | Default:
    time = parse_duration(written) if written else None
    if written and time is None:
        raise RefusedError
    return default if time is None else time


def change_chapters(desk: Desk, file: str, sent: Sent, *, who: str, duration: timedelta | None) -> Sequence[str]:
    """Make one change to the chapters of an episode as it is being written, and return what is to be said of it."""

    def make(text: str) -> Made:
        if sent.get("op") == "all":
            return Made(before=text, after=chapters.with_all(text, value_from_rows(sent), seen=sent.get("seen", "")))
        after, said = chapters.changed(text, sent, duration=duration)
        return Made(before=text, after=after, said=said)

    with desk.drafts.one_at_a_time():
        settle(desk, file)
        return take_step(desk.drafts, file, sent.get("op", ""), make, who=who).said


def value_from_rows(sent: Sent) -> Rows:
    rows = value_from(CHAPTERS, sent, zone=STOCKHOLM)
    return tuple(row for row in rows if isinstance(row, Mapping)) if isinstance(rows, tuple) else ()


def _file(desk: Desk, slug: str) -> str:
    desk.file_of(slug)
    return f"{EPISODES}/{slug}/transcript.vtt"


async def _page(request: Request) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    _file(desk, slug)
    return await run_in_threadpool(_show, request, desk, slug)


def _show(request: Request, desk: Desk, slug: str, *, status: int = 200, number: int = -1, **more: Any) -> Response:
    checked, me, asked = desk.check(), person_of(request), request.query_params
    file, episode_file = _file(desk, slug), desk.file_of(slug)
    overtaken = settle_cues(desk, file)
    settle(desk, episode_file)
    text, episode = desk.drafts.text(file), desk.drafts.text(episode_file) or ""
    rows = parse_rows(text) if text is not None else ()
    number = _number(asked.get("rad", "-1")) if number < 0 else number
    is_whole, shown = rows is None or "hela" in asked or "whole" in more, _showable(text or "")
    return page(
        request, "text.html", status=status, slug=slug, title=values_of(episode)["title"] or slug, rows=rows,
        is_there=text is not None, chosen=number if rows and 0 <= number < len(rows) else None,
        names=_names(rows or ()), listed=chapters.rows_of(episode), seen_of=chapters.seen_of,
        text=shown if is_whole else None,
        text_seen=stands_for(text or ""), is_foreign=shown != (text or ""), time_field=time_field, clock=clock,
        approximate=is_approximate(text or ""), overtaken=overtaken, changed=file in desk.drafts.files(),
        answers=checked.of(file),
        chapter_answers=[each for each in checked.of(episode_file) if each.field == CHAPTERS.name],
        others=desk.others_at(f"/avsnitt/{slug}/text", me), **more,
    )  # fmt: skip


def _names(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.speakers if name))


def _showable(text: str) -> str:
    """Return a text as it can be shown: what is no UTF-8 in the encodings of old programs."""
    content = text.encode("utf-8", errors="surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return content.decode("utf-16" if is_wide else "cp1252", errors="replace")


async def _post(request: Request) -> Response:
    """Make a change that a form says."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, form = _file(desk, slug), await read_form(request, Role.WRITE)
    sent = {"op": "set", **{str(key): str(value) for key, value in form.items()}}
    if sent["op"] in {"set", "join", "add"}:
        sent["doubt"] = "1" if "doubt" in form else "0"
    return await run_in_threadpool(_answer_post, request, desk, slug, file, sent)


def _answer_post(request: Request, desk: Desk, slug: str, file: str, sent: Sent) -> Response:
    number = _number(sent.get("row", ""))
    try:
        made = change(desk, file, sent, who=person_of(request).name)
    except ConflictError as conflict:
        lost = {"lost": sent.get("text", ""), "theirs": _showable(conflict.theirs)}
        return _show(
            request, desk, slug, status=409, number=number, **lost, **({"whole": 1} if sent["op"] == "whole" else {})
        )
    except RefusedError:
        return _show(request, desk, slug, status=422, number=number, lost=sent.get("text", ""), refused=sent["op"])
    place = f"&rad={made.number}#rad-{made.number}" if sent["op"] in {"set", "join", "add"} else ""
    return RedirectResponse(f"/avsnitt/{slug}/text?{_done(sent)}{place}", status_code=303)


def _done(sent: Sent) -> str:
    return f"sparat={sent['op'] if sent['op'] in {'undo', 'redo'} else '1'}"


async def _patch(request: Request) -> Response:
    """Make a change that a script says; `seen` is the row as it saw it (412: it is not so now)."""
    desk, slug = desk_of(request), request.path_params["slug"]
    file, sent = _file(desk, slug), await read_json(request, Role.WRITE)
    sent = {**{str(key): str(value) for key, value in sent.items()}, "seen": request.headers.get("if-match", "")}
    return await run_in_threadpool(_answer_patch, request, desk, file, sent)


def _answer_patch(request: Request, desk: Desk, file: str, sent: Sent) -> Response:
    try:
        made = change(desk, file, sent, who=person_of(request).name)
    except ConflictError as conflict:
        return JSONResponse({"theirs": _showable(conflict.theirs)}, status_code=412)
    except RefusedError:
        return JSONResponse({"refused": sent.get("op")}, status_code=422)
    before, after = parse_rows(made.before) or (), parse_rows(made.after) or ()
    seen, now = [row.seen for row in before], [row.seen for row in after]
    start = next(
        (n for n, (one, other) in enumerate(zip(seen, now, strict=False)) if one != other), min(len(seen), len(now))
    )
    kept = 0
    while kept < min(len(seen), len(now)) - start and seen[-1 - kept] == now[-1 - kept]:
        kept += 1
    return JSONResponse({
        "was": stands_for(made.before), "is": stands_for(made.after), "out": seen[start : len(seen) - kept],
        "after": seen[start - 1] if start else "", "focus": made.number - start,
        "html": _rows_html(desk, after[start : len(after) - kept]), "names": _names(after),
    })  # fmt: skip


def _rows_html(desk: Desk, rows: Sequence[Row]) -> str:
    return desk.pages.get_template("rows.html").render(
        rows=rows, clock=clock, time_field=time_field, chosen=None, fresh=True
    )


async def _state(request: Request) -> Response:
    """Return how the transcript is now: what stands for it, who else is there, what the check says of it.

    With `rader`, its rows, too: others have changed some of them.
    """
    desk, slug = desk_of(request), request.path_params["slug"]
    return await run_in_threadpool(_answer_state, request, desk, _file(desk, slug), slug)


def _answer_state(request: Request, desk: Desk, file: str, slug: str) -> Response:
    text = desk.drafts.text(file) or ""
    state: dict[str, Any] = {
        "is": stands_for(text), "others": desk.others_at(f"/avsnitt/{slug}/text", person_of(request)),
    }  # fmt: skip
    if "rader" in request.query_params:
        state["html"] = _rows_html(desk, parse_rows(text) or ())
    if "svar" in request.query_params:
        state["answers"] = desk.pages.get_template("answers.html").render(answers=desk.check().of(file))
    return JSONResponse(state)


async def _post_chapters(request: Request) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    form = await read_form(request, Role.WRITE)
    sent = {"op": "all", **{str(key): str(value) for key, value in form.items()}}
    return await run_in_threadpool(_answer_chapters, request, desk, slug, sent, by_script=False)


async def _patch_chapters(request: Request) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    sent = {str(key): str(value) for key, value in (await read_json(request, Role.WRITE)).items()}
    sent["seen"] = request.headers.get("if-match", "")
    return await run_in_threadpool(_answer_chapters, request, desk, slug, sent, by_script=True)


def _answer_chapters(request: Request, desk: Desk, slug: str, sent: Sent, *, by_script: bool) -> Response:
    file, who = desk.file_of(slug), person_of(request).name
    status, more = 200, dict[str, Any]()
    try:
        more["said"] = change_chapters(desk, file, sent, who=who, duration=_duration(desk, slug, sent))
    except ConflictError as conflict:
        status, more = (
            412 if by_script else 409,
            {"chapters_theirs": conflict.theirs, "chapters_lost": value_from_rows(sent)},
        )
    except RefusedError:
        status, more = 422, {"chapters_refused": sent.get("op"), "lost_list": sent.get("list", "")}
    if not by_script:
        if status == 200 and not more["said"]:
            return RedirectResponse(f"/avsnitt/{slug}/text?{_done(sent)}#kapitel", status_code=303)
        return _show(request, desk, slug, status=status, **more)
    listed = chapters.rows_of(desk.drafts.text(file) or "")
    html = desk.pages.get_template("chapters.html").render(listed=listed, seen_of=chapters.seen_of)
    answer = {"html": html, "said": more.get("said", ()), "seen": chapters.seen_of(listed)}
    return JSONResponse(answer, status_code=status)


def _duration(desk: Desk, slug: str, sent: Sent) -> timedelta | None:
    """Return how long the audio is, where that decides something: chapters that come from elsewhere must be within."""
    show = desk.check().reading.show if sent.get("op") == "import" else None
    return next((each.audio.duration for each in show.episodes if each.slug == slug), None) if show else None
