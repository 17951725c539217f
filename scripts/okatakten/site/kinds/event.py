"""A meeting that people may come to: conference, market dialogue, webinar. Source: schema.org/Event, RFC 5545."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from okatakten.disk.memory import code, recall
from okatakten.model import Entry, EventStatus
from okatakten.rules import EVENT_STATUSES
from okatakten.site.kinds.kind import (
    Around,
    Fact,
    Field,
    Node,
    PageKind,
    Shown,
    Values,
    address,
    choice,
    clock_text,
    day,
    instant,
    moment,
    moment_text,
    past_day,
    text,
)
from okatakten.site.last import key_of
from okatakten.words.catalogue import as_word
from okatakten.words.wording import date_text
from okatakten.written.advice import Hint, Text
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind
from okatakten.written.values import is_mail, parse_address

CALENDAR: Final = "kalender.ics"
EPOCH: Final = date(2020, 1, 1)
"""A day before any meeting was changed: what calendars count changes from."""
_SCHEMA: Final = {EventStatus.CANCELLED: "EventCancelled", EventStatus.POSTPONED: "EventPostponed"}


def _register(fields: Fields, name: str, _example: str | None, _around: Around) -> str | None:
    """Return where to register: an address on the web, or a mail address as one."""
    written = fields.text(name, words=False)
    if written is None:
        return None
    mail = written.removeprefix("mailto:")
    if is_mail(mail):
        if "." in mail.partition("@")[0]:
            fields.note(Kind.ENTRY_UNFIT, name, expected=Hint.PERSONS_MAIL)
        return f"mailto:{mail}"
    found = parse_address(written)
    if found is None or not found.startswith("https:"):
        fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.REGISTER)
        return None
    return found


def _check(fields: Fields, values: Values, around: Around) -> None:
    start, end = values["start"], values["end"]
    if isinstance(start, datetime) != isinstance(end, datetime):
        fields.problem(Kind.ENTRY_UNFIT, "end", expected=Hint.CLOCK_AT_BOTH)
    elif instant(end, around.zone) < instant(start, around.zone):
        fields.problem(Kind.ENDS_BEFORE_START, "end", expected=str(start)[:16])
    if "link" not in values and not {"place", "address"} <= set(values):
        fields.problem(Kind.ENTRY_UNFIT, "place", expected=Hint.WHERE)
    last = values.get("register_by")
    if last and last > (start.date() if isinstance(start, datetime) else start):
        fields.problem(Kind.ENTRY_UNFIT, "register_by", expected=Hint.REGISTER_TOO_LATE)
    if "status" in values and "moved_from" in values:
        fields.problem(Kind.ENTRY_UNFIT, "status", expected=Hint.MOVED_OR_POSTPONED)
    if {"status", "moved_from"} & set(values) and "updated" not in values:
        fields.problem(Kind.FIELD_MISSING, "updated", expected=f"updated: {around.today}")
    has_been = _is_over(end, around.now) and "status" not in values
    if "outcome" in values and not has_been:
        fields.problem(Kind.ENTRY_UNFIT, "outcome", expected=Hint.OUTCOME_TOO_EARLY)
    elif has_been and "outcome" not in values:
        fields.note(Kind.ENTRY_UNFIT, "end", expected=Hint.OUTCOME)


def _is_past(entry: Entry, now: datetime) -> bool:
    return _is_over(entry.values["end"], now)


def _is_over(end: date | datetime, now: datetime) -> bool:
    return (end.astimezone(UTC) if isinstance(end, datetime) else end) < (
        now.astimezone(UTC) if isinstance(end, datetime) else now.date()
    )


def _when(entry: Entry, shown: Shown) -> Fact:
    start, end, words = entry.values["start"], entry.values["end"], shown.words
    written = moment_text(start, words=words)
    if isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date():
        written = f"{written}–{clock_text(end)}"
    elif end != start:
        written = words["day_to_day"].format(start=written, end=moment_text(end, words=words)).text
    return Fact(label=words["event_when"], text=written, iso=start.isoformat())


def _facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    values, words = entry.values, shown.words
    if outcome := values.get("outcome"):
        yield Fact(label=words["event_was"], text=outcome)
    if status := values.get("status"):
        yield Fact(label=words["event_status"], text=words[f"event_{status}"], strong=True)
    yield _when(entry, shown)
    if moved := values.get("moved_from"):
        yield Fact(label=words["event_moved_from"], text=moment_text(moved, words=words), iso=moved.isoformat())
    if place := values.get("place"):
        where = ", ".join(values[name] for name in ("place", "address") if name in values)
        yield Fact(label=words["event_place"], text=as_word(place).saying(where))
    if link := values.get("link"):
        yield Fact(label=words["event_link"], text=link, href=link)
    yield Fact(label=words["event_access"], text=values["access"])
    is_open = not _is_past(entry, shown.site.now) and "status" not in values
    if is_open and (register := values.get("register")):
        yield Fact(label=words["event_register"], text=register.removeprefix("mailto:"), href=register)
        if last := values.get("register_by"):
            yield Fact(label=words["event_register_by"], text=date_text(last, words=words), iso=last.isoformat())
    if is_open:
        yield Fact(label=words["event_calendar"], text=words["event_calendar_file"], href=f"{shown.href}{CALENDAR}")


def _node(entry: Entry, shown: Shown) -> Node:
    values = entry.values
    online, place = values.get("link"), values.get("place")
    mode = {(True, True): "Mixed", (True, False): "Online"}.get((bool(online), bool(place)), "Offline")
    status = _SCHEMA.get(values.get("status", ""), "EventRescheduled" if "moved_from" in values else "EventScheduled")
    places: list[Node] = []
    if place:
        places.append({"@type": "Place", "name": place, "address": values.get("address", "")})
    if online:
        places.append({"@type": "VirtualLocation", "url": online})
    node: Node = {
        "@type": "Event",
        "name": shown.title,
        "description": shown.description,
        "url": shown.url,
        "image": shown.picture,
        "startDate": values["start"].isoformat(),
        "endDate": values["end"].isoformat(),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode",
        "location": places[0] if len(places) == 1 else places,
    }
    return node | ({"previousStartDate": values["moved_from"].isoformat()} if "moved_from" in values else {})


_ANY_TIME: Final = datetime.min.replace(tzinfo=UTC)
"""When a site is built says nothing of its meetings."""


def _files(entry: Entry, shown: Shown, cache: Path) -> dict[str, bytes]:
    ever = replace(
        shown, site=replace(shown.site, now=datetime.min.replace(tzinfo=UTC))
    )  # it is the same whenever it is made
    made_of = code() + key_of(entry, ever).encode()
    return {CALENDAR: recall(cache / "calendars", made_of, make=lambda: build_calendar(entry, shown))}


def build_calendar(entry: Entry, shown: Shown) -> bytes:
    """Return a meeting as iCalendar (RFC 5545): times in UTC, a day's end on the day after, lines of 75 bytes at most.

    Its UID comes of what never changes, so that programs know a meeting again that is moved. SEQUENCE grows with the
    day of the last change, whatever that was: a meeting may be cancelled, and held after all.
    """
    # It takes as long to load as all that the rest of a small site is read with, and few sites have meetings.
    from icalendar import Calendar, Event

    values = entry.values
    updated = values.get("updated", EPOCH)
    days = [instant(day, shown.zone) for day in (updated, entry.published) if day]
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Oka takten//okatakten//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", str(uuid5(_namespace(shown.guid), shown.first_href)))
    event.add("dtstamp", max(days).astimezone(UTC))
    event.add("sequence", max((updated - EPOCH).days, 0))
    is_cancelled = values.get("status") == EventStatus.CANCELLED
    title = f"{shown.words['event_cancelled'].text.upper()}: {shown.title}" if is_cancelled else shown.title
    event.add("summary", _plain(title))
    event.add("description", _plain(f"{shown.description}\n{shown.url}"))
    event.add("url", shown.url)
    event.add("location", _plain(", ".join(values[name] for name in ("place", "address", "link") if name in values)))
    if "status" in values:
        event.add("status", "CANCELLED" if is_cancelled else "TENTATIVE")
    for name in ("start", "end"):
        value = values[name]
        whole = timedelta(days=1 if name == "end" else 0)
        event.add(f"dt{name}", value.astimezone(UTC) if isinstance(value, datetime) else value + whole)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _namespace(guid: str) -> UUID:
    try:
        return UUID(guid)
    except ValueError:
        return uuid5(NAMESPACE_URL, guid)


def _plain(written: str) -> str:
    return "".join(sign for sign in written if sign == "\n" or sign.isprintable())


EVENT: Final = PageKind(
    key="event",
    folder="moten",
    fields=(
        Field(name="start", about=Text.EVENT_START, example="2027-03-10 13:00", read=moment, needed=True),
        Field(name="end", about=Text.EVENT_END, example="2027-03-10 15:30", read=moment, needed=True),
        Field(name="place", about=Text.EVENT_PLACE, example="Påhittade salen", read=text, suggested=True),
        Field(name="address", about=Text.EVENT_ADDRESS, example="Exempelgatan 1, Östersund", read=text, suggested=True),
        Field(name="link", about=Text.EVENT_LINK, example="https://moten.exempel.se/rum", read=address),
        Field(name="access", about=Text.EVENT_ACCESS, example="Ramp och hörslinga.", read=text, needed=True),
        Field(name="register", about=Text.EVENT_REGISTER, example="https://exempel.se/anmalan", read=_register),
        Field(name="register_by", about=Text.EVENT_REGISTER_BY, example="2027-03-01", read=day),
        Field(
            name="status",
            about=Text.EVENT_STATUS,
            example="inställt",
            read=choice(EventStatus, EVENT_STATUSES),
            choices=tuple(EVENT_STATUSES),
        ),
        Field(name="moved_from", about=Text.EVENT_MOVED_FROM, example="2027-03-03 13:00", read=moment),
        Field(name="updated", about=Text.EVENT_UPDATED, example="2027-02-01", read=past_day),
        Field(name="outcome", about=Text.EVENT_OUTCOME, example="Femton företag kom.", read=text),
    ),
    check=_check,
    day=lambda entry: entry.values["start"],
    is_past=_is_past,
    facts=_facts,
    node=_node,
    files=_files,
)
