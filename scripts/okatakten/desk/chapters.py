"""Chapters, set while one listens: one change at a time to those that are in the file now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from okatakten.desk.cues import RefusedError
from okatakten.desk.drafts import ConflictError, stands_for
from okatakten.desk.forms import CHAPTERS, Rows, is_readable, values_of, written
from okatakten.making.chapters import WrittenChapter, parse_chapters, take_chapters
from okatakten.written.advice import Text, advise
from okatakten.written.text import Problems, plain
from okatakten.written.values import parse_duration, time_field

Row = Mapping[str, str]


def rows_of(text: str) -> Rows:
    """Return the chapters of an episode's file as they are written."""
    rows = values_of(text, (CHAPTERS,))[CHAPTERS.name]
    return tuple(row for row in rows if isinstance(row, Mapping)) if isinstance(rows, tuple) else ()


def seen_of(row: Row | Sequence[Row]) -> str:
    """Return what tells whether a chapter, or all of them, are as somebody saw them."""
    return stands_for(json.dumps(row, ensure_ascii=False))[:16]


def changed(text: str, sent: Mapping[str, str], *, duration: timedelta | None) -> tuple[str, list[str]]:
    """Return an episode's file with a change to its chapters, and what is to be said of it.

    Raises ConflictError where a chapter is not as it was seen, and RefusedError for what cannot be done.
    """
    if not is_readable(text):
        raise RefusedError
    rows, said = list(rows_of(text)), list[str]()
    op = sent.get("op")
    if op == "add":
        rows = _with(rows, _time(sent.get("start", "")), plain(sent.get("title", "")))
    elif op == "import":
        rows, said = _imported(rows, sent, duration=duration)
    else:
        number = next((n for n, row in enumerate(rows) if seen_of(row) == sent.get("seen")), None)
        if number is None:
            raise ConflictError("")
        if op == "set":
            start = _time(sent["start"]) if "start" in sent else None
            title = {"title": plain(sent["title"])} if "title" in sent else {}
            rows[number] = {**rows[number], **({} if start is None else {"start": time_field(start)}), **title}
        elif op == "remove":
            del rows[number]
        elif op == "shift":
            rows[number:] = [_shifted(row, sent.get("by", "")) for row in rows[number:]]
        else:
            raise RefusedError
    return written(text, CHAPTERS, _in_order(rows)), said


def with_all(text: str, rows: Rows, *, seen: str) -> str:
    """Return an episode's file with the chapters of a form. ConflictError: they were not as they are now."""
    now = rows_of(text)
    if rows != now and seen_of(now) != seen:
        raise ConflictError("\n".join(f"{row.get('start', '')} {row.get('title', '')}" for row in now))
    return written(text, CHAPTERS, _in_order(rows))


def _with(rows: list[Row], start: timedelta, title: str) -> list[Row]:
    if any(parse_duration(row.get("start", "")) == start for row in rows):
        raise RefusedError
    first = [{"start": "0:00", "title": Text.FIRST_CHAPTER}] if not rows and start else []
    return [*first, *rows, {"start": time_field(start), "title": title or Text.NEW_CHAPTER}]


def _imported(
    rows: Sequence[Row], sent: Mapping[str, str], *, duration: timedelta | None
) -> tuple[list[Row], list[str]]:
    """Return the chapters with those of a list, in any form, among them; instead of them only where that is asked."""
    found, notes = parse_chapters(sent.get("list", "").lstrip("\ufeff")), Problems("")
    if not found:
        raise RefusedError
    kept = [] if sent.get("replace") == "1" else list(rows)
    there = [
        WrittenChapter(written="", start=parse_duration(row.get("start", "")), title=row.get("title", ""))
        for row in kept
    ]
    new = take_chapters([*there, *found], notes, duration=duration)
    starts = {each.start for each in there}
    added = [{"start": time_field(each.start), "title": each.title} for each in new if each.start not in starts]
    said = [f"«{note.found}»: {advise(note.kind, note.expected)}" for note in notes.found if note.found]
    return [*kept, *added], said


def _shifted(row: Row, by: str) -> Row:
    start = parse_duration(row.get("start", ""))
    try:
        moved = start + timedelta(seconds=float(by.replace(",", "."))) if start is not None else None
    except (ValueError, OverflowError):
        raise RefusedError from None
    return row if moved is None else {**row, "start": time_field(max(moved, timedelta()))}


def _in_order(rows: Sequence[Row]) -> Rows:
    """Return the chapters by time; what is no time stays behind what it stood behind."""
    keyed, latest = [], timedelta()
    for row in rows:
        time = parse_duration(row.get("start", ""))
        latest = latest if time is None else time
        keyed.append((latest, row))
    return tuple(row for _, row in sorted(keyed, key=lambda pair: pair[0]))


def _time(written_time: str) -> timedelta:
    time = parse_duration(written_time)
    if time is None:
        raise RefusedError
    return time
