"""Fetching from servers of others: only what is public, only so much of it, and never for ever.

A host name is looked up once and the connection goes to the address that was checked, so that a name which changes
its mind in between (DNS rebinding) leads nowhere else. Sources: RFC 9110 (redirects, ranges, waiting), and IANA's
registries of special-purpose addresses (RFC 6890).
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import math
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from okatakten.disk.write import write_atomically
from okatakten.written.advice import Hint, advise
from okatakten.written.problems import Kind, Problem

if TYPE_CHECKING:
    # It takes a while to load, and most commands fetch nothing.
    import httpcore

FEED_LIMIT: Final = 50 * 10**6
PICTURE_LIMIT: Final = 20 * 10**6
TEXT_LIMIT: Final = 10 * 10**6
AUDIO_LIMIT: Final = 10**9
"""The most bytes of each kind. An hour of audio is about 60 MB."""

REDIRECTS: Final = 5
ADDRESSES: Final = 4
"""How many addresses of one host are tried."""

PROGRESS_WORTH_A_NEW_START: Final = 10**6
"""After so many bytes a cut connection counts as the first one again."""

RETRIED: Final = {429, 500, 502, 503, 504}
_MOVED: Final = {301, 302, 303, 307, 308}
_AGENT: Final = "okatakten (podcast)"

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)
_UNIT = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)", re.ASCII)


def _networks(*written: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(map(ipaddress.ip_network, written))


_METADATA: Final = _networks(
    "169.254.0.0/16", "fe80::/10",  # link-local: nearly every provider, and tasks of AWS (169.254.170.2)
    "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",  # Alibaba, Azure, Oracle
    "fd00:ec2::/32", "fd20:ce::/64", "fd00:42::/64",  # AWS, Google, Scaleway
)  # fmt: skip
"""Where the machine's own provider tells secrets to whoever asks: never reached, whatever is allowed."""
_METADATA_NAMES: Final = {
    "metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.com", "metadata.azure.internal",
    "metadata.tencentyun.com", "metadata.oraclecloud.com", "instance-data", "instance-data.ec2.internal",
}  # fmt: skip
_NOBODYS: Final = _networks("0.0.0.0/8", "224.0.0.0/4", "::/128", "ff00::/8")
_SPECIAL: Final = _networks(
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)  # fmt: skip
"""What is not for everybody, in IPv4 and within 2000::/3; of IPv6 no more than that is in use (IANA)."""
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_LEADING: Final = (("::ffff:0:0/96", 0), ("64:ff9b::/96", 0), ("2002::/16", 80))
"""IPv6 that leads to the IPv4 address within it, with the bits behind that: RFC 4291, RFC 6052, RFC 3056."""
_HOLDING: Final = (("::/96", 0), ("::ffff:0:0:0/96", 0), ("64:ff9b:1::/48", 0), ("2001::/32", 64), ("2001::/32", 0))
"""IPv6 that may lead there, too. Teredo (RFC 4380) turns the last of its addresses over."""

Value = TypeVar("Value")
IPAddress: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

Progress = Callable[[float], None]
"""Told how much has come, 0 to 1, when the server says how much there is."""

Resolve = Callable[[str, int], Sequence[str]]
"""From host and port to IP addresses as text. Raises OSError where there are none."""


class FetchError(Exception):
    """Why something was not fetched. `expected` goes into the sentence of `kind`: a number, a limit, a hint.

    `again` tells whether the same may work in a moment, `wait` how many seconds the server wants to be left alone.
    """

    def __init__(self, kind: Kind, expected: str = "", *, again: bool = False, wait: float = 0) -> None:
        super().__init__(advise(kind, expected))
        self.kind = kind
        self.expected = expected
        self.again = again
        self.wait = wait

    def problem(self, file: str, *, field: str = "", found: str = "") -> Problem:
        """Return what a communicator is told of it; `file` is the address, or the feed where it stands."""
        return Problem(kind=self.kind, file=file, field=field, found=found, expected=self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait; all times are seconds.

    `connect` for a connection, `silence` for the next byte. In every `window` at least `rate` bytes per second have to
    come: audio that arrives slower than it is played (128 kbit/s) would take all night. A connection that is cut is
    tried `attempts` times in all, after a `pause` that doubles, or as long as the server asks for but no longer than
    `longest_pause`: a server that wants more is left alone.
    """

    connect: float = 15
    silence: float = 30
    window: float = 60
    rate: int = 16_000
    attempts: int = 4
    pause: float = 1
    longest_pause: float = 60


def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be reached, and how. `allow_private` opens inner networks: a region's own media store.

    `tls` None trusts the roots of the system and of certifi. `sleep` waits so many seconds.
    """

    allow_private: bool = False
    patience: Patience = field(default_factory=Patience)
    resolve: Resolve = resolve_host
    tls: ssl.SSLContext | None = None
    sleep: Callable[[float], object] = time.sleep


PUBLIC: Final = Reach()


def fetch_bytes(url: str, *, limit: int, reach: Reach = PUBLIC) -> bytes:
    """Return what stands at an address, at most `limit` bytes of it, unpacked where it came packed.

    Raises FetchError.
    """

    def once() -> bytes:
        with _open(url, reach=reach) as response:
            _check_status(response)
            _check_length(_length(response), limit=limit)
            return b"".join(_unpacked(response, limit=limit))

    return _insist(once, reach=reach)


def post_form(url: str, fields: Mapping[str, str], *, reach: Reach = PUBLIC) -> None:
    """Send a form to an address, which has to answer that it has taken it (2xx). Raises FetchError."""
    content = urlencode(fields).encode()

    def once() -> None:
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", str(len(content)))]
        with _open(url, reach=reach, headers=headers, content=content) as response:
            if not 200 <= response.status < 300:
                _check_status(response)

    _insist(once, reach=reach)


def fetch_length(url: str, *, reach: Reach = PUBLIC) -> int | None:
    """Return how many bytes an address would give, or None where the server does not say. Raises FetchError."""

    def once() -> int | None:
        # Some hosts answer HEAD with an error; the answer is closed before its content comes.
        with _open(url, reach=reach) as response:
            _check_status(response)
            return _length(response)

    return _insist(once, reach=reach)


def fetch_beginning(url: str, *, size: int, reach: Reach = PUBLIC) -> bytes:
    """Return the first `size` bytes of what stands at an address, fewer where it ends before. Raises FetchError."""

    def once() -> bytes:
        beginning = bytearray()
        with _open(url, reach=reach, headers=[("Range", f"bytes=0-{size - 1}")]) as response:
            if response.status != 206:
                _check_status(response)
            # A server that knows no ranges sends it all; the answer is closed when there is enough of it.
            for received in response.iter_stream():
                beginning += received
                if len(beginning) >= size:
                    break
        return bytes(beginning[:size])

    return _insist(once, reach=reach)


def fetch_to(
    url: str, path: Path, *, limit: int, reach: Reach = PUBLIC, progress: Progress = lambda _share: None
) -> None:
    """Fetch a file whole or not at all: it grows as `path`.part and gets its name last.

    A `.part` of the same address is gone on with, if the server can tell that the file is still the same one (ETag or
    Last-Modified, RFC 9110 13.1.5); else the file is fetched from its beginning. Raises FetchError, and OSError where
    the disk does.
    """
    part = _Part(path, url=url)

    def once() -> None:
        begun = part.begun()
        if begun is not None and begun.size == begun.total:
            return
        with _open(url, reach=reach, headers=begun.headers if begun else ()) as response:
            if begun is not None and response.status in {206, 416} and not begun.goes_on(response):
                part.discard()
                raise FetchError(Kind.FETCH_NO_CONNECTION, again=True)
            if begun is None or response.status != 206:
                _check_status(response)
                begun = None
            part.receive(response, begun=begun, limit=limit, progress=progress)

    try:
        _insist(once, reach=reach, size=part.size)
    except FetchError as error:
        if error.kind not in {Kind.FETCH_NO_CONNECTION, Kind.FETCH_TOO_SLOW, Kind.FETCH_STATUS}:
            part.discard()
        raise
    part.finish()


def check_address(url: str) -> str:
    """Return an address in ASCII as a request needs it. Raises FetchError for what is not fetched: files, passwords."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        name = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_UNREADABLE) from None
    if parts.scheme not in {"http", "https"}:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_NOT_OF_WEB)
    if parts.username is not None or parts.password is not None:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_WITH_LOGIN)
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_UNREADABLE)
    if name.rstrip(".").lower() in _METADATA_NAMES:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_NEVER)
    place = f"[{name}]" if ":" in name else name
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
    query = quote(parts.query, safe="/%:=&?~+!$,;'@()*[]")
    return urlunsplit((parts.scheme, place if port is None else f"{place}:{port}", path, query, ""))


def may_reach(address: str, *, allow_private: bool) -> bool:
    """Return whether an IP address may be connected to.

    What an address carries within it counts. Where a provider tells secrets to its machines is never reached: a media
    store of one's own is elsewhere.
    """
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    held = (turned for within in _within(ip, _HOLDING) for turned in (within, _turned(within)))
    if _is_in(ip, _METADATA + _NOBODYS) or any(_is_in(other, _METADATA) for other in held):
        return False
    for target in _within(ip, _LEADING):
        return may_reach(str(target), allow_private=allow_private)
    is_public = not _is_in(ip, _SPECIAL) and (ip.version == 4 or ip in _UNICAST)
    return is_public or allow_private


def _is_in(ip: IPAddress, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(ip in network for network in networks)


def _within(ip: IPAddress, table: Iterable[tuple[str, int]]) -> Iterator[ipaddress.IPv4Address]:
    return (
        ipaddress.IPv4Address(int(ip) >> shift & 0xFFFFFFFF)
        for network, shift in table
        if ip in ipaddress.ip_network(network)
    )


def _turned(ip: ipaddress.IPv4Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) ^ 0xFFFFFFFF)


class _Pace:
    """Ends a transfer that comes too slowly: in every window there is a number of bytes that has to come."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._begin()

    def _begin(self) -> None:
        self.ends = time.monotonic() + self.patience.window
        self.missing = self.patience.rate * self.patience.window

    def received(self, count: int) -> None:
        self.missing -= count

    def left(self) -> float:
        """Return the seconds that are left of the window. Raises FetchError when it was too slow."""
        left = self.ends - time.monotonic()
        if left > 0:
            return left
        if self.missing > 0:
            raise FetchError(Kind.FETCH_TOO_SLOW)
        self._begin()
        return self.patience.window


class _PacedStream:
    """A connection that keeps to a pace, before and after TLS: a NetworkStream of httpcore."""

    def __init__(self, stream: httpcore.NetworkStream, pace: _Pace) -> None:
        self._stream = stream
        self._pace = pace

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        import httpcore

        left = self._pace.left()
        try:
            data = self._stream.read(max_bytes, left if timeout is None else min(timeout, left))
        except httpcore.ReadTimeout:
            self._pace.left()
            raise
        self._pace.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _PacedStream:
        return _PacedStream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._pace)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Backend:
    """Connects to addresses that have been checked, and to nothing else: a NetworkBackend of httpcore."""

    def __init__(self, reach: Reach, pace: _Pace) -> None:
        self._reach = reach
        self._pace = pace

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> _PacedStream:
        import httpcore

        try:
            addresses = self._reach.resolve(host, port)
        except (OSError, ValueError) as error:  # ValueError: a name that no resolver takes
            raise httpcore.ConnectError(str(error)) from error
        if not all(may_reach(address, allow_private=self._reach.allow_private) for address in addresses):
            ours = all(may_reach(address, allow_private=True) for address in addresses)
            raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_WITHIN if ours else Hint.ADDRESS_NEVER)
        failed: Exception = httpcore.ConnectError("no address")
        for address in addresses[:ADDRESSES]:
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _PacedStream(stream, self._pace)
        raise failed


@cache
def _roots() -> ssl.SSLContext:
    import httpcore

    return httpcore.default_ssl_context()


@contextlib.contextmanager
def _open(
    url: str, *, reach: Reach, headers: Iterable[tuple[str, str]] = (), content: bytes | None = None
) -> Iterator[httpcore.Response]:
    """Yield the answer of the last of a few addresses; what goes wrong, then or while it is read, is a FetchError.

    `content` is sent by POST.
    """
    import httpcore

    patience = reach.patience
    pace = _Pace(patience)
    timeout = {"connect": patience.connect, "read": patience.silence, "write": patience.silence, "pool": None}
    asked: list[tuple[bytes | str, bytes | str]] = [
        ("User-Agent", _AGENT),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        *headers,
    ]
    try:
        for _ in range(REDIRECTS + 1):
            url = check_address(url)
            backend = cast("httpcore.NetworkBackend", _Backend(reach, pace))
            pool = httpcore.ConnectionPool(ssl_context=reach.tls or _roots(), network_backend=backend)
            with (
                pool,
                pool.stream(
                    "GET" if content is None else "POST",
                    url,
                    headers=asked,
                    content=content,
                    extensions={"timeout": timeout},
                ) as response,
            ):
                location = _header(response, "location")
                if response.status not in _MOVED or not location:
                    yield response
                    return
            url = _next(url, location)
        raise FetchError(Kind.FETCH_REDIRECTS, f"{REDIRECTS}.")
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
            raise FetchError(Kind.FETCH_CERTIFICATE) from error
        raise FetchError(Kind.FETCH_NO_CONNECTION, again=True) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _next(url: str, location: str) -> str:
    """Return where an answer sends us. Raises FetchError when that would leave TLS."""
    try:
        following = urljoin(url, location)
    except ValueError:
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_UNREADABLE) from None
    if url.startswith("https:") and following.startswith("http:"):
        raise FetchError(Kind.FETCH_REFUSED, Hint.ADDRESS_LEAVES_TLS)
    return following


def _insist(once: Callable[[], Value], *, reach: Reach, size: Callable[[], int] = lambda: 0) -> Value:
    """Return what `once` does, called again after a pause when it says that it may help."""
    patience = reach.patience
    failures, reached = 0, size()
    while True:
        try:
            return once()
        except FetchError as error:
            if size() >= reached + PROGRESS_WORTH_A_NEW_START:
                failures, reached = 0, size()
            failures += 1
            if not error.again or failures >= patience.attempts or error.wait > patience.longest_pause:
                raise
            pause = max(error.wait, patience.pause * 2 ** (failures - 1))
        reach.sleep(pause)


def _check_status(response: httpcore.Response) -> None:
    status = response.status
    if status in {404, 410}:
        raise FetchError(Kind.FETCH_NOT_FOUND)
    if status in {401, 402, 403}:
        raise FetchError(Kind.FETCH_LOCKED)
    if status != 200:
        wait = _wait(response) if status in RETRIED else 0
        asks = Hint.SERVER_ASKS_TO_WAIT.format(minutes=math.ceil(wait / 60)) if wait >= 60 else ""
        raise FetchError(Kind.FETCH_STATUS, f"{status}. {asks}".strip(), again=status in RETRIED, wait=wait)


def _wait(response: httpcore.Response) -> float:
    """Return how many seconds the server asks to be left alone, by its own clock; 0 where it says nothing of it."""
    written = _header(response, "retry-after").strip()
    if re.fullmatch(r"\d{1,9}", written, re.ASCII):
        return int(written)
    then, now = (_as_date(text) for text in (written, _header(response, "date")))
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds()) if then else 0


def _as_date(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_length(length: int | None, *, limit: int) -> None:
    if length is not None and length > limit:
        raise FetchError(Kind.FETCH_TOO_LARGE, f"{limit // 10**6} MB.")


def _header(response: httpcore.Response, name: str) -> str:
    """Return the value of a header, empty where there is none. Servers write å in either encoding."""
    value = next((value for key, value in response.headers if key.lower() == name.encode()), b"")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _length(response: httpcore.Response) -> int | None:
    """Return how many bytes follow, as the server says. Raises nothing: a server can say anything."""
    written = "" if _header(response, "transfer-encoding") else _header(response, "content-length")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None


def _unpacked(response: httpcore.Response, *, limit: int) -> Iterator[bytes]:
    """Yield the content. Some servers pack it although asked not to, and a little can unpack to very much."""
    packed = _header(response, "content-encoding").strip().casefold() in {"gzip", "x-gzip", "deflate"}
    unpacker = zlib.decompressobj(wbits=47) if packed else None
    left = limit
    for received in response.iter_stream():
        data = received
        if unpacker:
            try:
                data = unpacker.decompress(received, left + 1)
            except zlib.error:
                raise FetchError(Kind.FETCH_NO_CONNECTION, again=True) from None
        left -= len(data)
        if left < 0:
            raise FetchError(Kind.FETCH_TOO_LARGE, f"{limit // 10**6} MB.")
        yield data


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What there is of a file: `size` bytes of the one that `validator` names; `total` where the server said it."""

    size: int
    validator: str
    total: int | None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return ("Range", f"bytes={self.size}-"), ("If-Range", self.validator)

    def goes_on(self, response: httpcore.Response) -> bool:
        """Return whether the answer is the rest of the same file."""
        unit = _UNIT.fullmatch(_header(response, "content-range"))
        if response.status != 206 or unit is None or int(unit[1]) != self.size:
            return False
        same_total = self.total is None or unit[2] == str(self.total)
        return same_total and _validator(response) in {"", self.validator}


class _Part:
    """A file on its way: `<name>.part`, and beside it `<name>.part.json`, which says whose part it is.

    The facts are written before the first byte, so that a process killed at any moment leaves nothing that could be
    taken for a part of something else.
    """

    def __init__(self, path: Path, *, url: str) -> None:
        self.path = path
        self.url = url
        self.part = path.with_name(f"{path.name}.part")
        self.facts = path.with_name(f"{path.name}.part.json")

    def size(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def begun(self) -> _Begun | None:
        """Return what there is to go on from, if anything can be gone on from."""
        try:
            facts = json.loads(self.facts.read_text(encoding="utf-8"))
            url, validator, total = facts["url"], facts["validator"], facts["total"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        size = self.size()
        if url != self.url or not size or not validator:
            return None
        return _Begun(size=size, validator=str(validator), total=total if isinstance(total, int) else None)

    def receive(self, response: httpcore.Response, *, begun: _Begun | None, limit: int, progress: Progress) -> None:
        """Write what comes. Raises FetchError when it is too much, or less than the server said."""
        size = begun.size if begun else 0
        length = _length(response)
        total = begun.total if begun and begun.total is not None else None if length is None else size + length
        _check_length(total, limit=limit)
        if begun is None:
            self._begin(validator=_validator(response), total=total)
        # Unbuffered: what has come stays, whenever the process ends.
        with self.part.open("ab", buffering=0) as file:
            for data in response.iter_stream():
                size += len(data)
                _check_length(size, limit=limit)
                file.write(data)
                if total:
                    progress(min(1.0, size / total))
        if total is not None and size != total:
            raise FetchError(Kind.FETCH_NO_CONNECTION, again=True)

    def _begin(self, *, validator: str, total: int | None) -> None:
        self.part.unlink(missing_ok=True)
        facts = {"url": self.url, "validator": validator, "total": total}
        write_atomically(self.facts, json.dumps(facts).encode())

    def discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self.facts.unlink(missing_ok=True)

    def finish(self) -> None:
        if not self.part.exists():
            self.part.touch()
        self.part.replace(self.path)
        self.facts.unlink(missing_ok=True)


def _validator(response: httpcore.Response) -> str:
    """Return what tells this version of the file from others: a strong ETag, else when it was changed; else nothing."""
    tag = _header(response, "etag")
    validator = tag if tag.startswith('"') else _header(response, "last-modified")
    return validator if re.fullmatch(r"[\x20-\x7e]{1,500}", validator) else ""
