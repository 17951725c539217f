"""Dates and times as people and programs write them in feeds. Sources: RFC 2822, ISO 8601, and what there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from okatakten.model import Chapter
from okatakten.written.values import parse_seconds

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan januari january", "feb februari february", "mar mars march", "apr april", "maj may", "jun juni june",
         "jul juli july", "aug augusti august", "sep sept september", "okt oct oktober october", "nov november",
         "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ZONES: Final = {
    "z": 0, "gmt": 0, "ut": 0, "utc": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2,
    "eet": 2, "eest": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
"""Hours ahead of UTC (RFC 2822 4.3, and those of Europe)."""
_CLOCK: Final = (
    r"(?:[T\s,]+(?:kl\.?\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[A-Za-z]{1,5})?\s*(?P<offset>[+-]\d{1,2}:?(?:\d{2})?)?\s*(?:\([^)]*\))?)?"
)
_DATES: Final = tuple(
    re.compile(pattern + _CLOCK, re.IGNORECASE)
    for pattern in (
        r"(?:[^\W\d]{2,12}\.?,?\s*)?(?P<day>\d{1,2})[\s.-]+(?P<month>[a-zåäö]{3,12})\.?[\s,.-]+(?P<year>\d{4}|\d{2})",
        r"(?:[^\W\d]{2,12}\.?,?\s+)?(?P<month>[a-z]{3,12})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
        r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})",
    )
)
TIME_LINE: Final = re.compile(
    r"[\s•·*–—-]*[(\[]?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d{2})(?=[\s)\]:|–—-])[)\]]?\s*[-–—:|]?\s*(?P<title>\S.*)",
    re.ASCII,
)


def parse_moment(written: str) -> datetime | None:
    """Return the point in time of a sloppy RFC 2822 or ISO 8601 date, or None.

    Without a zone it is UTC, as apps read it. Two-digit years are of this century below 70 (RFC 2822 4.3: below 50).
    """
    written = " ".join(written[:100].split())
    match = next((match for pattern in _DATES if (match := pattern.fullmatch(written))), None)
    if match is None:
        return None
    parts = match.groupdict()
    month = int(parts["month"]) if parts["month"].isdecimal() else _MONTHS.get(parts["month"].casefold())
    year = int(parts["year"]) + (0 if len(parts["year"]) == 4 else 2000 if int(parts["year"]) < 70 else 1900)
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    zone = _zone(parts["zone"], parts["offset"])
    if month is None or zone is None or not 1970 <= year <= 2100:
        return None
    try:
        clock = hour, int(parts["minute"] or 0), min(int(parts["second"] or 0), 59)
        moment = datetime(year, month, int(parts["day"]), *clock, tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_times(text: str) -> tuple[Chapter, ...]:
    """Return the chapters that a description lists: a time first on a line, then a title.

    Two lines will do where the first is 0:00, three elsewhere; they have to be in order of time.
    """
    matches = [match for line in text.split("\n") if (match := TIME_LINE.fullmatch(line))]
    chapters = [Chapter(start=parse_seconds(match["time"]) or timedelta(), title=match["title"]) for match in matches]
    starts = [chapter.start for chapter in chapters]
    enough = len(chapters) >= (3 if starts and starts[0] else 2)
    return tuple(chapters) if enough and starts == sorted(set(starts)) else ()


def _zone(name: str | None, offset: str | None) -> timezone | None:
    """Return the zone of `GMT`, `+0200` or `GMT+1`; None for one that nobody knows."""
    ahead = _ZONES.get((name or "utc").casefold())
    if ahead is None:
        return None
    digits = (offset or "")[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    difference = timedelta(hours=int(hours or 0), minutes=int(minutes)) * (-1 if (offset or "").startswith("-") else 1)
    total = timedelta(hours=ahead) + difference
    return timezone(total) if abs(total) < timedelta(hours=24) else None
