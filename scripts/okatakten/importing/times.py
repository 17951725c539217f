"""Dates and times as people and programs write them in feeds. Sources: RFC 2822, ISO 8601, and what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from okatakten.model import Chapter
from okatakten.written.text import composed
from okatakten.written.values import parse_seconds

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan januari january janvier januar ene enero gen gennaio tammi tammikuu",
         "feb februari february févr février fév febr februar febrero febbraio helmi helmikuu",
         "mar mars march mär märz mrz maart mrt marzo maalis maaliskuu",
         "apr april avr avril abr abril aprile huhti huhtikuu",
         "maj may mai mei mayo mag maggio touko toukokuu",
         "jun juni june juin junio giu giugno kesä kesäkuu",
         "jul juli july juil juillet julio lug luglio heinä heinäkuu",
         "aug augusti august août aoû augustus ago agosto elo elokuu",
         "sep sept september septembre septiembre settembre set syys syyskuu",
         "okt oktober oct october octobre octubre ott ottobre loka lokakuu",
         "nov november novembre noviembre marras marraskuu",
         "dec december dez dezember déc décembre des desember dic diciembre dicembre joulu joulukuu"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""Months in Swedish, English, German, French, Norwegian, Danish, Dutch, Spanish, Italian and Finnish."""
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(("mon mån", "tue tis", "wed ons", "thu tor", "fri fre", "sat lör", "sun sön"))
    for name in names.split()
}
_ZONES: Final = {
    "gmt": 0, "ut": 0, "utc": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2,
    "mesz": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "eat": 3, "pkt": 5, "sgt": 8, "hkt": 8, "awst": 8, "jst": 9,
    "kst": 9, "acst": 9.5, "aest": 10, "acdt": 10.5, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "adt": -3,
    "nst": -3.5, "ast": -4, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
    "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip
"""Hours ahead of UTC. Letters that stand for zones of several countries, such as IST, are none."""
_CLOCK: Final = (
    r"(?:(?:T|[\s,]+(?:(?:kl\.?|at|um|à|-|–)\s*)?)"
    r"(?P<hour>\d{1,2})(?:(?P<mark>[:.])?(?P<minute>\d{2})(?:[:.]?(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?)?"
)
_ZONE: Final = (
    r"(?:\s*(?P<name>(?:[a-z]{1,5}(?![a-z/])|[a-z]+(?:/[a-z_+-]+)+))?\s*(?P<offset>[+-]\d{1,2}:?(?:\d{2})?)?"
    r"\s*(?:\([^)]*\)|\[[^\]]*\])?)?"
)
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|:e|:a|\.)?"
_WEEKDAY: Final = r"(?:(?:den\s+)?(?P<weekday>[^\W\d]{2,12}\b)\.?,?\s*(?:den\s+)?)?"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WEEKDAY}{_DAY}[\s.-]+(?:(?:de|of)\s+)?(?P<month>[^\W\d]{{3,12}})\.?[\s,.-]+(?:de\s+)?(?P<year>\d{{4}}|\d{{2}})"
        + _CLOCK + _ZONE,
        rf"{_WEEKDAY}(?P<month>[^\W\d]{{3,12}})\.?\s+{_DAY},?\s+(?P<year>\d{{4}})" + _CLOCK + _ZONE,
        rf"{_WEEKDAY}(?P<month>[^\W\d]{{3,12}})\.?\s+{_DAY}{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
        rf"{_WEEKDAY}(?P<year>\d{{4}})(?P<part>[-/.])(?P<month>\d{{1,2}})(?P=part)(?P<day>\d{{1,2}})" + _CLOCK + _ZONE,
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _CLOCK + _ZONE,
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}})" + _CLOCK + _ZONE,
    )
)  # fmt: skip
_EITHER_WAY: Final = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?P<part>[/-])(?P<month>\d{{1,2}})(?P=part)(?P<year>\d{{4}}){_CLOCK}{_ZONE}",
    re.IGNORECASE,
)
"""Day and month, or month and day: who wrote it knows."""
_SINCE_1970: Final = re.compile(r"(1\d{9})(?:\d{3}|\.\d+)?", re.ASCII)
"""Seconds or milliseconds of the years from 2001 to 2033."""
TIME_LINE: Final = re.compile(
    r"[\s•·*–—-]*[(\[]?(?P<time>(?:\d{1,2}:)?\d{1,2}:\d{2})(?=[\s)\]:|–—-])[)\]]?\s*[-–—:|]?\s*(?P<title>\S.*)",
    re.ASCII,
)


def parse_moments(written: str) -> tuple[datetime, ...]:
    """Return every point in time that a date may mean: two for 03/04/2024, which is of March or of April.

    Without a zone it is UTC, as apps read it. Two-digit years are of this century below 70 (RFC 2822 4.3: below 50).
    """
    written = composed(" ".join(written[:100].split())).replace("−", "-")
    if match := _SINCE_1970.fullmatch(written):
        return (datetime.fromtimestamp(int(match[1]), UTC),)
    match = next((match for pattern in _DATES if (match := pattern.fullmatch(written))), None)
    readings = [match.groupdict()] if match else [*_readings(written)]
    moments = {moment for parts in readings if (moment := _moment(parts))}
    return tuple(sorted(moments)) or _week(written)


def _readings(written: str) -> Iterator[dict[str, str | None]]:
    """Yield both readings of a date that does not say which number is the month, or the one that its weekday allows."""
    match = _EITHER_WAY.fullmatch(written)
    if match is None:
        return
    parts = match.groupdict()
    readings = [parts, parts | {"day": parts["month"], "month": parts["day"]}]
    weekday = _WEEKDAYS.get((parts["weekday"] or "")[:3].casefold())
    fitting = [one for one in readings if (moment := _moment(one | {"name": None, "offset": None})) and
               moment.weekday() == weekday]  # fmt: skip
    yield from fitting or readings


def _week(written: str) -> tuple[datetime, ...]:
    """Return the day of `2020-W06-3` (ISO 8601)."""
    try:
        return (datetime.fromisoformat(written).replace(tzinfo=UTC),) if re.match(r"\d{4}-?W", written) else ()
    except ValueError:
        return ()


def _moment(parts: Mapping[str, str | None]) -> datetime | None:
    month, year = parts["month"] or "", parts["year"] or ""
    number = int(month) if month.isdecimal() else _MONTHS.get(month.casefold())
    whole = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    zone = _zone(parts["name"], parts["offset"])
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    elif parts["hour"] and not parts["minute"]:
        return None  # 8 is no clock time, 8 am is one
    midnight = (hour, minute, second) == (24, 0, 0)
    if number is None or zone is None or not 1900 <= whole <= 2100:
        return None
    try:
        clock = (0, 0, 0) if midnight else (hour, minute, min(second, 59) if second <= 60 else second)
        moment = datetime(whole, number, int(parts["day"] or 0), *clock, tzinfo=zone)
        return (moment + timedelta(days=midnight)).astimezone(UTC)
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


def _zone(name: str | None, offset: str | None) -> tzinfo | None:
    """Return the zone of `GMT`, `+0200`, `GMT+1` or `Europe/Stockholm`; None for one that nobody knows.

    A single letter is UTC: RFC 822 had their signs wrong, so that they say nothing (RFC 2822 4.3).
    """
    folded = (name or "utc").casefold()
    if "/" in folded:
        known = next((zone for zone in available_timezones() if zone.casefold() == folded), None)
        return ZoneInfo(known) if known and not offset else None
    ahead = 0 if len(folded) == 1 and folded != "j" else _ZONES.get(folded)
    if ahead is None:
        return None
    digits = (offset or "")[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    difference = timedelta(hours=int(hours or 0), minutes=int(minutes)) * (-1 if (offset or "").startswith("-") else 1)
    total = timedelta(hours=ahead) + difference
    return timezone(total) if abs(total) < timedelta(hours=24) else None
