"""Dates, times and addresses as people write them, and as they are written for people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2})[:.](\d{2})(?::(\d{2}))?\s*(Z|[+-]\d{1,2}:?\d{2})?", re.ASCII
)
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?", re.ASCII)
_TIMESTAMP = re.compile(r"(?:(\d{2,10}):)?([0-5]\d):([0-5]\d)\.(\d{3})", re.ASCII)
MILLISECOND: Final = timedelta(milliseconds=1)
"""What WebVTT can tell apart."""
DATE_EXAMPLE: Final = "2027-01-18 07:00"


def parse_duration(written: str) -> timedelta | None:
    """Return a clock time such as `4:05`, `1:02:03` or `0:09,5`, or None if it is not one."""
    match = _TIME.fullmatch(written.strip())
    if not match:
        return None
    hours, minutes, seconds, fraction = match.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    return timedelta(
        hours=int(hours or 0),
        minutes=int(minutes),
        seconds=int(seconds),
        milliseconds=int((fraction or "0").ljust(3, "0")),
    )


def parse_timestamp(written: str) -> timedelta | None:
    """Return a time of WebVTT (W3C) such as `00:05.000` or `01:02:03.500`, or None if it is not one."""
    match = _TIMESTAMP.fullmatch(written)
    if not match:
        return None
    hours, minutes, seconds, milliseconds = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return timedelta(seconds=whole, milliseconds=int(milliseconds))


def parse_date(written: str, *, zone: ZoneInfo) -> datetime | None:
    """Return the point in time, in `zone` unless an offset is written; None if there is no such time.

    A clock time that the change to summer time skips does not exist.
    """
    match = _DATE.fullmatch(written.strip())
    if not match:
        return None
    *numbers, offset = match.groups()
    try:
        moment = datetime(*(int(number or 0) for number in numbers), tzinfo=_parse_offset(offset) or zone)  # type: ignore[arg-type,misc]
        there_and_back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    except (ValueError, OverflowError):
        return None
    return moment if there_and_back.replace(tzinfo=None) == moment.replace(tzinfo=None) else None


def date_hint(written: str) -> str:
    """Return what to write in place of something that is no date and time: as near to it as can be told."""
    if _DATE.fullmatch(written.strip()):
        return f"{DATE_EXAMPLE}. Den tiden finns inte i kalendern."
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written.strip()):
        return f"{written.strip()} 07:00"
    return DATE_EXAMPLE


def _parse_offset(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written == "Z":
        return UTC
    hours, minutes = written[1:].replace(":", "").rjust(4, "0")[:2], written[-2:]
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if written[0] == "-" else ahead)


def parse_address(written: str) -> str | None:
    """Return an absolute https or http address in ASCII, or None (RFC 3986; Apple wants ASCII)."""
    written = written.strip()
    if not written.isascii() or re.search(r"[\s<>\"{}|\\^`\x00-\x1f\x7f]", written):
        return None
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        return None
    host = re.fullmatch(r"[\w.-]+|[\da-f:.]+", parts.hostname or "", re.ASCII)
    return written if parts.scheme in {"http", "https"} and host else None


def date_field(moment: datetime) -> str:
    """Return `2027-01-18 07:00 +01:00`."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
    offset = moment.strftime("%z")
    return f"{text} {offset[:3]}:{offset[3:5]}"


def time_field(time: timedelta) -> str:
    """Return `4:05`, `1:02:03` or, where it is not whole seconds, `4:05.250`."""
    milliseconds = round(time.total_seconds() * 1000) % 1000
    text = clock(timedelta(milliseconds=round(time.total_seconds() * 1000)))
    return f"{text}.{milliseconds:03}" if milliseconds else text


def clock(time: timedelta) -> str:
    """Return a duration as listeners read it: `4:05`, `1:02:03`."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def timestamp(time: timedelta) -> str:
    """Return `01:02:03.500`, as WebVTT (W3C) writes it; what is less than a millisecond is left out."""
    seconds, milliseconds = divmod(time // MILLISECOND, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def rounded(time: timedelta) -> timedelta:
    """Return the time to the nearest millisecond."""
    return MILLISECOND * round(time / MILLISECOND)
