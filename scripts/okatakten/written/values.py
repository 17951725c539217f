"""Dates, times and addresses as people write them, and as they are written for people."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from okatakten.written.advice import Hint

_DATE = re.compile(
    r"(\d{4})[-–](\d{1,2})[-–](\d{1,2})(?:,? +(?:kl\.? *)?|T)"
    r"(\d{1,2})[:.](\d{2})(?::(\d{2}))?\s*(Z|[+-]\d{1,2}:?\d{2})?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?", re.ASCII)
_TIME_WITH_DOTS = re.compile(r"(?:(\d{1,2})\.)?(\d{1,2})\.(\d{2})()", re.ASCII)
_TIMESTAMP = re.compile(r"(?:(\d{2,10}):)?([0-5]\d):([0-5]\d)\.(\d{3})", re.ASCII)
_SPOKEN_TIME = re.compile(r"(-?)(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?", re.ASCII)
_FRAMES = re.compile(r"(?<=\d{2}:\d{2}:\d{2}):\d{2}", re.ASCII)
"""What film programs count below the second; how many make one is not told."""
_SECONDS = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:[.,]\d{1,9})?)", re.ASCII)
_NOT_IN_ADDRESS = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f\x7f]")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NEARLY_UUID = re.compile(r"[0-9a-zA-Z]{7,9}(?:-[0-9a-zA-Z]{3,5}){3}-[0-9a-zA-Z]{10,14}")
MILLISECOND: Final = timedelta(milliseconds=1)
"""What WebVTT can tell apart."""
DATE_EXAMPLE: Final = "2027-01-18 07:00"


def parse_duration(written: str) -> timedelta | None:
    """Return a clock time such as `4:05`, `4.05`, `1:02:03`, `0:09,5` or `0`, or None if it is not one."""
    written = written.strip()
    match = _TIME.fullmatch(written) or _TIME_WITH_DOTS.fullmatch(written)
    if match is None:
        return timedelta(0) if written == "0" else None
    return _as_time(*match.groups())


@lru_cache
def parse_timestamp(written: str) -> timedelta | None:
    """Return a time of WebVTT (W3C) such as `00:05.000` or `01:02:03.500`, or None if it is not one.

    Where a cue ends, the next one often begins.
    """
    match = _TIMESTAMP.fullmatch(written)
    if not match:
        return None
    hours, minutes, seconds, thousandths = match.groups("0")
    return timedelta(0, (int(hours) * 60 + int(minutes)) * 60 + int(seconds), 1000 * int(thousandths))


def parse_time(written: str, *, unpadded: bool = False) -> timedelta | None:
    """Return a time of a transcript, whoever wrote it: `1:05`, `00:01:05,250` or `100:00:00.000`. None if it is none.

    `unpadded` is how Teams writes: without leading zeros, so that `0:0:6.90` is 90 milliseconds past the sixth second.
    A time before the beginning (Teams has them) is the beginning.
    """
    match = _SPOKEN_TIME.fullmatch(_FRAMES.sub("", written))
    if not match:
        return None
    sign, hours, minutes, seconds, fraction = match.groups()
    time = _as_time(hours, minutes, seconds, (fraction or "").rjust(3, "0") if unpadded else fraction)
    return timedelta(0) if time is not None and sign else time


def parse_seconds(written: str) -> timedelta | None:
    """Return a time as feeds have it: seconds, `m:ss` or `h:mm:ss`, with or without a fraction; None if it is none."""
    match = _SECONDS.fullmatch(written.strip())
    if not match:
        return None
    hours, minutes, seconds = match.groups()
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0), seconds=float(seconds.replace(",", ".")))


def _as_time(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> timedelta | None:
    """Return the time that these digits are; more than 59 seconds, or minutes beside hours, are none."""
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return timedelta(0, whole, 1000 * int((fraction or "").ljust(3, "0")[:3]))


def parse_day(written: str) -> date | None:
    """Return a day written as `2024-07-01`; None for what is none, or is another way that ISO 8601 knows."""
    try:
        return date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        return None


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
        return Hint.NOT_IN_CALENDAR.format(example=DATE_EXAMPLE)
    if parse_day(written.strip()):
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


def is_mail(written: str) -> bool:
    """Return whether something is an address of mail, such as `podd@exempel.se`."""
    return _MAIL.fullmatch(written) is not None


def parse_address(written: str) -> str | None:
    """Return an absolute https or http address in ASCII, or None (RFC 3986; Apple wants ASCII).

    It has no user name and no password: what is written here is published.
    """
    written = written.strip()
    if not written.isascii() or _NOT_IN_ADDRESS.search(written):
        return None
    try:
        parts = urlsplit(written)
        is_reachable = "@" not in parts.netloc and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        return None
    is_of_web = parts.scheme in {"http", "https"} and is_reachable
    return parts.scheme + written[len(parts.scheme) :] if is_of_web else None


def address_hint(written: str, *, secure: bool = False) -> str:
    """Return what to write in place of something that is no address, or why it is none, as far as can be told."""
    written = written.strip()
    try:
        parts = urlsplit(written if "//" in written else f"https://{written}")
        host, port = parts.hostname or "", parts.port
        name = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return ""
    if "@" in parts.netloc:
        # Without // and without a password it is somebody's e-mail address.
        login = parts.netloc.rpartition("@")[0]
        return Hint.ADDRESS_WITH_LOGIN if "//" in written or ":" in login.removeprefix("mailto:") else ""
    place = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    path, query = (quote(part, safe="/%:=&?~+!$,;'@()*") for part in (parts.path, parts.query))
    scheme = "https" if secure or not parts.scheme else parts.scheme
    meant = parse_address(urlunsplit((scheme, place, path, query, quote(parts.fragment))))
    return Hint.SHAPE.format(example=meant) if meant and "." in name and " " not in name else ""


def _is_host(name: str) -> bool:
    if ":" not in name:
        return _HOST.fullmatch(name) is not None and len(name) <= 253
    return isinstance(ip_address(name), IPv6Address) and "%" not in name


def is_uuid(written: str) -> bool:
    return _UUID.fullmatch(written) is not None


def is_nearly_uuid(written: str) -> bool:
    """Return whether a text has the shape of a UUID, with a sign more or less here and there."""
    return _NEARLY_UUID.fullmatch(written) is not None


def date_field(moment: datetime) -> str:
    """Return `2027-01-18 07:00 +01:00`."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")
    offset = moment.strftime("%z")
    return f"{text} {offset[:3]}:{offset[3:5]}"


def time_field(time: timedelta) -> str:
    """Return `4:05`, `1:02:03` or, where it is not whole seconds, `4:05.250`."""
    whole, fraction = divmod(milliseconds(time), 1000)
    text = clock(timedelta(seconds=whole))
    return f"{text}.{fraction:03}" if fraction else text


def clock(time: timedelta) -> str:
    """Return a duration as listeners read it: `4:05`, `1:02:03`."""
    hours, minutes, seconds = _split(int(time.total_seconds()))
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def timestamp(time: timedelta) -> str:
    """Return `01:02:03.500`, as WebVTT (W3C) and the normal play time of chapters (RFC 2326, 3.6) are written."""
    whole, fraction = divmod(milliseconds(time), 1000)
    hours, minutes, seconds = _split(whole)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"


def duration_iso(duration: timedelta) -> str:
    """Return an ISO 8601 duration such as `PT2M5S`, for `<time datetime>`."""
    parts = zip(_split(round(duration.total_seconds())), "HMS", strict=True)
    return "PT" + ("".join(f"{value}{unit}" for value, unit in parts if value) or "0S")


def milliseconds(time: timedelta) -> int:
    return round(time / MILLISECOND)


def rounded(time: timedelta) -> timedelta:
    """Return the time to the nearest millisecond."""
    return MILLISECOND * milliseconds(time)


def _split(seconds: int) -> tuple[int, int, int]:
    """Return hours, minutes and seconds."""
    return seconds // 3600, seconds // 60 % 60, seconds % 60


_GUARDED = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""Beginnings that a program takes for a formula, behind any guards that stand there already."""


def with_guard(text: str) -> str:
    """Return the text as CSV may hold it: `'` before what would be a formula (OWASP, CSV injection)."""
    return f"'{text}" if _GUARDED.match(text) else text


def without_guard(text: str) -> str:
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
