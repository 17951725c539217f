"""Logs of servers, line by line: nginx (ours and the common «combined»), Amazon CloudFront and S3, packed or not."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple
from urllib.parse import unquote, urlsplit

LONGEST: Final = 64 * 1024
"""Bytes of a line; what is longer is no line of a log."""
LARGEST: Final = 2**50
"""Bytes of a file; no server has sent more."""
HEADERS: Final = 1024
"""Bytes that the headers of an answer may take, where a log counts them together with the rest (CloudFront)."""

_COMBINED: Final = re.compile(
    r'(?P<address>\S+) (?:\S+ \S+ )?\[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" '
    r"(?P<status>\d{3}) (?P<sent>\d+|-)"
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_S3: Final = re.compile(
    r"[0-9a-f]{64} (?P<bucket>\S+) \[(?P<time>[^\]]+)\] (?P<address>\S+) \S+ \S+ (?P<operation>\S+) (?P<key>\S+) "
    r'(?:"(?P<request>[^"]*)"|-) (?P<status>\d{3}|-) \S+ (?P<sent>\d+|-) \S+ \S+ \S+ '
    r'(?:"(?P<referrer>[^"]*)"|-) (?:"(?P<agent>[^"]*)"|-)'
)
_ESCAPED: Final = re.compile(r"\\x([0-9a-fA-F]{2})|\\(.)")
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/")
_ASKED: Final = re.compile(r"bytes=(\d+)-(\d*)$")
_OPENERS: Final[Mapping[bytes, Callable[[BinaryIO], Any]]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}
_NAME: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+")
_LONGEST_NAME: Final = 253
"""Letters of the name of a host (RFC 1035, 2.3.4)."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Request(NamedTuple):
    """One answer of a server.

    `day` counts from 1970-01-01, in UTC, and `moment` is seconds since then. `referrer` is the host that led there, and
    no more of its address. `sent` is bytes of the file, from `first`; None: the log does not say where they stand.
    """

    day: int
    moment: int
    address: str
    agent: str
    referrer: str
    method: str
    path: str
    status: int
    sent: int
    first: int | None


class UnreadableError(ValueError):
    """A line that is no line of a log."""


class Lines:
    """The lines of one log, as bytes; `read` is how far into the file they go. `broken`: it ends before its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.broken = False

    @property
    def read(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[bytes]:
        unpacked = _unpacked(self._file)
        try:
            while line := unpacked.readline(LONGEST):
                yield line
                while not line.endswith(b"\n") and len(line) == LONGEST:  # the rest of what is no line
                    line = unpacked.readline(LONGEST)
        except (EOFError, OSError, lzma.LZMAError, zlib.error):
            self.broken = True


def _unpacked(file: BinaryIO) -> Any:
    start = file.read(8)
    file.seek(0)
    return next((opener(file) for magic, opener in _OPENERS.items() if start.startswith(magic)), file)


@contextmanager
def open_log(path: Path) -> Iterator[Lines]:
    """Open a log, packed with gzip, bzip2 or xz or not at all. Raises OSError."""
    with path.open("rb") as file:
        yield Lines(file)


class Reader:
    """Lines of one log → requests. A log may change its form on the way, as when a server was set up anew."""

    def __init__(self) -> None:
        self._fields: list[str] = []

    def parse(self, line: bytes) -> Request | None:
        """Return the request of a line; None for one that only says how the others are to be read. UnreadableError."""
        text = line.decode("utf-8", errors="replace").strip("\r\n \0")
        if not text:
            return None
        try:
            if text[0] == "#":
                self._directive(text)
                return None
            request = self._request(text)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise UnreadableError from error
        if not all(0 <= place < LARGEST for place in (request.sent, request.first or 0)):
            raise UnreadableError
        return request

    def _request(self, text: str) -> Request:
        if text[0] == "{":
            return _of_json(json.loads(text))
        if "\t" in text and self._fields:
            return _of_cloudfront(dict(zip(self._fields, text.split("\t"), strict=True)))
        found = _S3.match(text)
        return _of_s3(found) if found else _of_combined(text)

    def _directive(self, text: str) -> None:
        """Take the names of the columns (W3C Extended Log File Format)."""
        name, _, value = text[1:].partition(":")
        if name == "Fields":
            self._fields = value.split()
        elif name not in {"Version", "Software", "Date", "Remark", "Start-Date", "End-Date"}:
            raise UnreadableError


def _of_json(said: Mapping[str, str | int]) -> Request:
    """Return the request of a line as scripts/deploy/nginx.conf has nginx write them."""
    status = int(said["status"])
    return Request(
        *_iso(str(said["time_iso8601"])),
        address=str(said["remote_addr"]),
        agent=str(said.get("http_user_agent", "")),
        referrer=host_of(str(said.get("referrer", ""))),
        method=str(said["request_method"]),
        path=_path(str(said["uri"])),
        status=status,
        sent=int(said["body_bytes_sent"]),
        first=_first(status, str(said.get("sent_http_content_range", "")), str(said.get("http_range", ""))),
    )


def _first(status: int, answered: str, asked: str) -> int | None:
    if status != 206:
        return 0
    if found := _RANGE.match(answered):
        return int(found[1])
    return int(found[1]) if (found := _ASKED.match(asked)) else None


def _of_combined(text: str) -> Request:
    found = _COMBINED.match(text)
    if found is None:
        raise UnreadableError
    method, path = _asked(_plain(found["request"]))
    return Request(
        *_common(found["time"]),
        address=found["address"],
        agent=_plain(found["agent"] or ""),
        referrer=host_of(found["referrer"] or ""),
        method=method,
        path=path,
        status=(status := int(found["status"])),
        sent=_number(found["sent"]),
        first=None if status == 206 else 0,
    )


def _of_s3(found: re.Match[str]) -> Request:
    """Return the request of a line of an S3 server access log, which has no range."""
    operation, _, rest = found["operation"].partition(".")
    status = _number(found["status"])
    return Request(
        *_common(found["time"]),
        address=found["address"],
        agent=found["agent"] or "",
        referrer=host_of(found["referrer"] or ""),
        method=rest.partition(".")[0] if operation == "REST" else operation,
        path=f"/{unquote(unquote(found['key']))}",  # it is encoded twice
        status=status,
        sent=_number(found["sent"]),
        first=None if status == 206 else 0,
    )


def _of_cloudfront(said: Mapping[str, str]) -> Request:
    """Return the request of a line of a CloudFront standard log."""
    status, whole, length = (_number(said.get(name, "-")) for name in ("sc-status", "sc-bytes", "sc-content-len"))
    start = said.get("sc-range-start", "-")
    return Request(
        *_iso(f"{said['date']}T{said['time']}+00:00"),
        address=said["c-ip"],
        agent=unquote(unquote(said.get("cs(User-Agent)", "-"))),
        referrer=host_of(unquote(said.get("cs(Referer)", "-"))),
        method=said["cs-method"],
        path=_path(said["cs-uri-stem"]),
        status=status,
        sent=length if length and whole >= length else max(0, whole - HEADERS),
        first=int(start) if start.isdigit() else None if status == 206 else 0,
    )


@lru_cache(maxsize=4096)
def host_of(referrer: str) -> str:
    """Return the host of the page that led there; empty where none is said, or an address in place of a name."""
    with suppress(ValueError):
        host = urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname or ""
        return host.removeprefix("www.") if len(host) <= _LONGEST_NAME and _NAME.fullmatch(host) else ""
    return ""


def _asked(request: str) -> tuple[str, str]:
    """Return the method and the path of a request line; what is none has no method."""
    method, _, rest = request.partition(" ")
    return (method, _path(rest.rpartition(" ")[0] or rest)) if method.isupper() and rest else ("", "")


def _path(address: str) -> str:
    path = address.partition("?")[0]
    if not path.startswith("/"):  # a whole address, as to a proxy
        path = "/" + path.partition("://")[2].partition("/")[2]
    return unquote(path)


def _plain(text: str) -> str:
    r"""Return what nginx (`\x22`) and Apache (`\"`) have escaped, as it was."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text) if "\\" in text else text


def _number(text: str) -> int:
    return 0 if text == "-" else int(text)


@lru_cache(maxsize=4096)
def _iso(text: str) -> tuple[int, int]:
    return _day(datetime.fromisoformat(text))


@lru_cache(maxsize=4096)
def _common(text: str) -> tuple[int, int]:
    """Return the day and the moment of `10/Nov/2026:22:00:00 +0100`."""
    date, hour, minute, rest = text.split(":")
    day, month, year = date.split("/")
    second, zone = rest.split(" ")
    stamp = f"{year}-{_MONTHS.index(month) + 1:02}-{day:0>2}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}"
    return _day(datetime.fromisoformat(stamp))


def _day(when: datetime) -> tuple[int, int]:
    if when.tzinfo is None:
        raise UnreadableError
    moment = int(when.astimezone(UTC).timestamp())
    return moment // 86400, moment
