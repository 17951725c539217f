"""Fetching from hosts good and bad: what is fetched is whole and the right one, and nothing inner is ever reached."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpcore
import pytest

from hosts import (
    HASTY,
    HERE,
    PATIENCE,
    Answer,
    Host,
    content,
    endless,
    file,
    hosting,
    raw,
    redirect,
    secure_hosting,
    status,
)
from okatakten.fetching import (
    FetchError,
    Reach,
    check_address,
    fetch_beginning,
    fetch_bytes,
    fetch_length,
    fetch_to,
    may_reach,
)
from okatakten.written.advice import ADVICE, Hint
from okatakten.written.problems import Kind
from okatakten.written.report import format_problem

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

DATA = bytes(range(256)) * 400
"""100 kB, no two neighbouring pieces of it alike."""
LIMIT = 10**6


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


def fails(url: str, *, reach: Reach = HERE, limit: int = LIMIT) -> Kind:
    with pytest.raises(FetchError) as caught:
        fetch_bytes(url, limit=limit, reach=reach)
    assert format_problem(caught.value.problem(url))
    return caught.value.kind


def test_a_file_is_fetched_whole_and_leaves_nothing_beside_it(host: Host, tmp_path: Path) -> None:
    host.answers["/a"] = file(DATA)
    shares: list[float] = []
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE, progress=shares.append)
    assert (tmp_path / "a").read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_cut_connection_is_gone_on_with_where_it_broke(host: Host, tmp_path: Path) -> None:
    host.answers["/a"] = file(DATA, cuts=iter([30_000, 30_000, len(DATA)]))
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA
    ranges = [headers.get("range") for _, headers in host.asked]
    assert ranges == [None, "bytes=30000-", "bytes=60000-"]
    assert host.asked[1][1]["if-range"] == '"1"'


def begin(host: Host, path: Path, *, size: int = 30_000, tag: str = '"1"') -> None:
    """Leave a part behind, as somebody who lost the connection does."""
    host.answers["/a"] = file(DATA, tag=tag, cuts=iter([size]))
    with pytest.raises(FetchError):
        fetch_to(f"{host.url}/a", path, limit=LIMIT, reach=replace(HERE, patience=replace(PATIENCE, attempts=1)))
    assert path.with_name("a.part").stat().st_size == size
    host.asked.clear()


def test_another_run_goes_on_with_what_the_last_one_left(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a")
    host.answers["/a"] = file(DATA)
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA
    assert [headers["range"] for _, headers in host.asked] == ["bytes=30000-"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(file(DATA[::-1], tag='"2"'), id="a host that says so"),
        pytest.param(content(DATA[::-1], ETag='"2"'), id="a host without ranges"),
    ],
)
def test_a_file_that_changed_is_fetched_from_its_beginning(host: Host, tmp_path: Path, answer: Answer) -> None:
    begin(host, tmp_path / "a")
    host.answers["/a"] = answer
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA[::-1]


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("bytes 5-99/102400", id="another start"),
        pytest.param("bytes 30000-99999/100000", id="another length"),
        pytest.param("rader 1-2/3", id="another unit"),
        pytest.param("", id="nothing said"),
    ],
)
def test_a_part_of_something_else_is_never_added(host: Host, tmp_path: Path, unit: str) -> None:
    begin(host, tmp_path / "a")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        part = status(206, {"Content-Range": unit, "ETag": '"1"'}, b"annat")
        (part if "Range" in handler.headers else content(DATA))(handler)

    host.answers["/a"] = answer
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_part_with_another_tag_is_never_added(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        unit = {"Content-Range": "bytes 30000-102399/102400", "ETag": '"2"'}
        (status(206, unit, DATA[:72_400]) if "Range" in handler.headers else content(DATA[::-1]))(handler)

    host.answers["/a"] = answer
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("size", [1, 10, 5000, len(DATA), len(DATA) + 1])
def test_no_more_than_the_beginning_is_asked_for_and_none_of_the_rest_waited_for(host: Host, size: int) -> None:
    host.answers["/a"] = file(DATA)
    assert fetch_beginning(f"{host.url}/a", size=size, reach=HERE) == DATA[:size]
    assert [headers["range"] for _, headers in host.asked] == [f"bytes=0-{size - 1}"]
    host.answers["/a"] = endless(b"HTTP/1.1 200 OK\r\n\r\n", DATA)
    assert fetch_beginning(f"{host.url}/a", size=size, reach=HERE) == (DATA * 2)[:size]


def test_the_part_of_another_address_is_not_gone_on_with(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a")
    host.answers["/b"] = file(DATA[::-1])
    fetch_to(f"{host.url}/b", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA[::-1]
    assert "range" not in host.asked[0][1]


@pytest.mark.parametrize("tag", ["", 'W/"1"', '"å"'])
def test_a_host_that_cannot_tell_its_files_apart_is_asked_for_all(host: Host, tmp_path: Path, tag: str) -> None:
    begin(host, tmp_path / "a", tag=tag)
    host.answers["/a"] = file(DATA, tag=tag)
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA
    assert "range" not in host.asked[0][1]


def test_a_part_that_was_whole_needs_nothing_more(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a", size=len(DATA) - 1)
    with (tmp_path / "a.part").open("ab") as part:
        part.write(DATA[-1:])
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA
    assert host.asked == []


@pytest.mark.parametrize(
    "facts", [b"", b"[]", b"{", b'{"url": 1}', b"\xff", b'{"url": "", "validator": 3, "total": "x"}']
)
def test_facts_of_a_part_that_cannot_be_read_are_not_trusted(host: Host, tmp_path: Path, facts: bytes) -> None:
    begin(host, tmp_path / "a")
    (tmp_path / "a.part.json").write_bytes(facts)
    host.answers["/a"] = file(DATA)
    fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert (tmp_path / "a").read_bytes() == DATA


def test_an_error_of_the_server_leaves_the_part_for_another_time(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a")
    host.answers["/a"] = status(503)
    with pytest.raises(FetchError) as caught:
        fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert caught.value.kind is Kind.FETCH_STATUS
    assert len(host.asked) == PATIENCE.attempts
    assert (tmp_path / "a.part").stat().st_size == 30_000


def test_a_file_that_is_gone_leaves_nothing(host: Host, tmp_path: Path) -> None:
    begin(host, tmp_path / "a")
    host.answers["/a"] = status(410)
    with pytest.raises(FetchError) as caught:
        fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert caught.value.kind is Kind.FETCH_NOT_FOUND
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "kind", "times"),
    [
        (404, Kind.FETCH_NOT_FOUND, 1),
        (410, Kind.FETCH_NOT_FOUND, 1),
        (401, Kind.FETCH_LOCKED, 1),
        (402, Kind.FETCH_LOCKED, 1),
        (403, Kind.FETCH_LOCKED, 1),
        (418, Kind.FETCH_STATUS, 1),
        (206, Kind.FETCH_STATUS, 1),
        (304, Kind.FETCH_STATUS, 1),
        (429, Kind.FETCH_STATUS, 3),
        (503, Kind.FETCH_STATUS, 3),
    ],
)
def test_an_answer_without_the_file_says_why(host: Host, code: int, kind: Kind, times: int) -> None:
    host.answers["/a"] = status(code)
    assert fails(f"{host.url}/a") is kind
    assert len(host.asked) == times


def test_a_server_that_recovers_is_not_an_error(host: Host) -> None:
    answers = iter([status(503), raw(b"not HTTP\r\n\r\n"), content(DATA)])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    host.answers["/a"] = answer
    assert fetch_bytes(f"{host.url}/a", limit=LIMIT, reach=HERE) == DATA


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(status(200, {"Content-Length": "9999999999"}), id="says so"),
        pytest.param(status(200, {"Content-Length": "9" * 15}), id="says so wildly"),
        pytest.param(endless(HEAD + b"\r\n", bytes(50_000)), id="a stream without an end"),
        pytest.param(endless(CHUNKED, b"C350\r\n" + bytes(50_000) + b"\r\n"), id="chunks without an end"),
    ],
)
def test_more_than_the_limit_is_not_fetched(host: Host, tmp_path: Path, answer: Answer) -> None:
    host.answers["/a"] = answer
    assert fails(f"{host.url}/a") is Kind.FETCH_TOO_LARGE
    with pytest.raises(FetchError) as caught:
        fetch_to(f"{host.url}/a", tmp_path / "a", limit=LIMIT, reach=HERE)
    assert caught.value.kind is Kind.FETCH_TOO_LARGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endless(HEAD + b"Content-Length: 900000\r\n\r\n", b"x", pause=0.02), id="a drip"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", pause=0.02), id="a drip of headers"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02), id="a promise again and again"),
    ],
)
def test_a_drip_is_not_waited_for(host: Host, answer: Answer) -> None:
    host.answers["/a"] = answer
    assert fails(f"{host.url}/a", reach=HASTY) is Kind.FETCH_TOO_SLOW
    assert len(host.asked) == 1


def test_silence_is_a_lost_connection(host: Host) -> None:
    host.answers["/a"] = endless(HEAD + b"Content-Length: 900000\r\n\r\n", b"x", pause=1)
    assert fails(f"{host.url}/a", reach=HASTY) is Kind.FETCH_NO_CONNECTION
    assert len(host.asked) == HASTY.patience.attempts


@pytest.mark.parametrize(
    "answer",
    [
        raw(b""),
        raw(b"\x00\xff\xfe"),
        raw(b"HTTP/1.1 999999 \r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n"),
        raw(HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhejsan"),
        raw(HEAD + b"Content-Length: 10\r\n\r\nhej"),
        raw(CHUNKED + b"ZZ\r\n"),
        raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000),
        content(b"\x1f\x8bnot packed at all", Content_Encoding="gzip"),
    ],
)
def test_nonsense_is_a_lost_connection(host: Host, answer: Answer) -> None:
    host.answers["/a"] = answer
    assert fails(f"{host.url}/a") is Kind.FETCH_NO_CONNECTION


def test_what_comes_after_the_length_that_was_said_is_left(host: Host) -> None:
    host.answers["/a"] = raw(HEAD + b"Content-Length: 3\r\n\r\nhej och mer")
    assert fetch_bytes(f"{host.url}/a", limit=LIMIT, reach=HERE) == b"hej"


def test_a_packed_answer_is_unpacked_but_not_beyond_the_limit(host: Host) -> None:
    host.answers["/a"] = content(gzip.compress(DATA), Content_Encoding="gzip")
    host.answers["/bomb"] = content(gzip.compress(bytes(50 * LIMIT)), Content_Encoding="gzip")
    assert fetch_bytes(f"{host.url}/a", limit=LIMIT, reach=HERE) == DATA
    assert host.asked[0][1]["accept-encoding"] == "identity"
    assert fails(f"{host.url}/bomb") is Kind.FETCH_TOO_LARGE


def test_the_length_is_known_without_fetching(host: Host) -> None:
    host.answers["/a"] = status(200, {"Content-Length": "900000000"})
    host.answers["/b"] = raw(HEAD + b"\r\nhej")
    assert fetch_length(f"{host.url}/a", reach=HERE) == 900_000_000
    assert fetch_length(f"{host.url}/b", reach=HERE) is None


def test_nobody_there_is_no_connection() -> None:
    with hosting() as gone:
        url = gone.url
    assert fails(f"{url}/a") is Kind.FETCH_NO_CONNECTION
    assert fails("http://finns-inte.invalid/", reach=replace(HERE, resolve=lambda _host, _port: [])) is (
        Kind.FETCH_NO_CONNECTION
    )


def test_a_few_redirects_are_followed_and_then_no_more(host: Host) -> None:
    for number in range(6):
        host.answers[f"/{number}"] = redirect(f"{number + 1}")
    host.answers["/6"] = host.answers["/åäö/ljud fil.mp3"] = content(DATA)
    assert fetch_bytes(f"{host.url}/1", limit=LIMIT, reach=HERE) == DATA
    assert fails(f"{host.url}/0") is Kind.FETCH_REDIRECTS
    host.answers["/loop"] = redirect("/loop")
    assert fails(f"{host.url}/loop") is Kind.FETCH_REDIRECTS


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://exempel.se/a",
        "data:audio/mpeg;base64,AAAA",
        "javascript:alert(1)",
        "gopher://127.0.0.1:25/",
        "http://namn:hemligt@exempel.se/",
        "http://[",
        "http://[::1%25lo]/",
        "http://a\x01b/",
        "http://exempel.se:99999/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
    ],
)
def test_a_redirect_leads_to_nothing_that_no_feed_needs(host: Host, location: str) -> None:
    """Not even with `allow_private`."""
    host.answers["/a"] = redirect(location)
    assert fails(f"{host.url}/a") is Kind.FETCH_REFUSED
    assert host.paths() == ["/a"]


PUBLIC_ADDRESS = "93.184.215.14"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make the loopback answer at a public address; return every address that is connected to."""
    connected: list[str] = []
    real = httpcore.SyncBackend.connect_tcp

    def connect_tcp(self: httpcore.SyncBackend, host: str, *arguments: Any) -> httpcore.NetworkStream:
        connected.append(host)
        assert host == PUBLIC_ADDRESS
        return real(self, "127.0.0.1", *arguments)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_tcp)
    return connected


def public(*names: str) -> Reach:
    """Return a reach in which each name leads first to a public address and then, asked again, to the machine itself."""
    left = {name: [PUBLIC_ADDRESS] for name in names}

    def resolve(host: str, port: int) -> list[str]:
        if host in left:
            return [left[host].pop() if left[host] else "127.0.0.1"]
        return list(HERE.resolve(host, port))

    return Reach(patience=replace(PATIENCE, attempts=1), resolve=resolve)


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(host: Host, internet: list[str]) -> None:
    host.answers["/a"] = content(DATA)
    url = host.url.replace("127.0.0.1", "media.exempel.se")
    assert fetch_bytes(f"{url}/a", limit=LIMIT, reach=public("media.exempel.se")) == DATA
    assert internet == [PUBLIC_ADDRESS]
    assert host.asked[0][1]["host"].startswith("media.exempel.se")


@pytest.mark.parametrize(
    "inner",
    ["127.0.0.1", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]",
     "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "localhost", "100.64.0.1", "192.168.1.1", "[fd00::1]",
     "[fec0::1]", "[::]", "224.0.0.1", "bytt.exempel.se"],
)  # fmt: skip
def test_a_redirect_from_the_internet_never_leads_to_an_inner_address(
    host: Host, internet: list[str], inner: str
) -> None:
    port = host.url.rpartition(":")[2]
    host.answers["/a"] = redirect(f"http://{inner}:{port}/hemligt")
    host.answers["/hemligt"] = content(b"hemligt")
    reach = public("media.exempel.se", "bytt.exempel.se")
    if inner == "bytt.exempel.se":
        reach.resolve(inner, 80)
    assert fails(f"http://media.exempel.se:{port}/a", reach=reach) is Kind.FETCH_REFUSED
    assert internet == [PUBLIC_ADDRESS]
    assert host.paths() == ["/a"]


def test_one_inner_address_among_public_ones_is_enough_to_refuse(internet: list[str]) -> None:
    reach = replace(public(), resolve=lambda _host, _port: [PUBLIC_ADDRESS, "10.0.0.7"])
    assert fails("http://blandat.exempel.se/", reach=reach) is Kind.FETCH_REFUSED
    assert internet == []


@pytest.mark.parametrize(
    ("address", "at_all", "openly"),
    [
        ("93.184.215.14", True, True),
        ("2a00:1450:400f:80a::200e", True, True),
        ("64:ff9b::5db8:d70e", True, True),
        ("2002:5db8:d70e::1", True, True),
        ("127.0.0.1", True, False),
        ("::1", True, False),
        ("10.1.2.3", True, False),
        ("172.16.0.1", True, False),
        ("192.168.0.1", True, False),
        ("100.64.0.1", True, False),
        ("198.18.0.1", True, False),
        ("240.0.0.1", True, False),
        ("255.255.255.255", True, False),
        ("fd12::1", True, False),
        ("fec0::1", True, False),
        ("2001::1", True, False),
        ("2001:db8::1", True, False),
        ("::7f00:1", True, False),
        ("64:ff9b:1::7f00:1", True, False),
        ("64:ff9b::a00:1", True, False),
        ("2002:a00:1::1", True, False),
        ("::ffff:10.0.0.1", True, False),
        ("192.0.0.8", True, False),
        ("192.0.0.170", True, False),
        ("192.88.99.1", True, False),
        ("203.0.113.9", True, False),
        ("3fff::1", True, False),
        ("3fff:fff:ffff::1", True, False),
        ("4000::1", True, False),
        ("5f00::1", True, False),
        ("100::1", True, False),
        ("2001:2::1", True, False),
        ("2001:20::1", True, False),
        ("::ffff:0:8.8.8.8", True, False),
        ("2001:200::1", True, True),
        ("168.63.129.17", True, True),
        ("100.100.100.201", True, False),
        ("fd00:ec3::1", True, False),
        ("100.100.100.200", False, False),
        ("168.63.129.16", False, False),
        ("192.0.0.192", False, False),
        ("169.254.170.2", False, False),
        ("fd00:ec2::254", False, False),
        ("fd00:ec2::23", False, False),
        ("fd20:ce::254", False, False),
        ("fd00:42::42", False, False),
        ("::ffff:168.63.129.16", False, False),
        ("::ffff:0:169.254.169.254", False, False),
        ("::a9fe:a9fe", False, False),
        ("64:ff9b::6464:64c8", False, False),
        ("64:ff9b:1::a9fe:a9fe", False, False),
        ("2002:a9fe:a9fe::1", False, False),
        ("2001:0:a9fe:a9fe::1", False, False),
        ("2001::5601:5601", False, False),
        ("0.1.2.3", False, False),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("ff0e::1", False, False),
    ],
)
def test_only_public_addresses_are_reached_openly(address: str, at_all: bool, openly: bool) -> None:
    assert may_reach(address, allow_private=True) is at_all
    assert may_reach(address, allow_private=False) is openly


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://exempel.se", "https://exempel.se/"),
        (" https://Exempel.SE/a b?c=å&d=%20#e ", "https://exempel.se/a%20b?c=%C3%A5&d=%20"),
        ("http://räksmörgås.se:8080/å", "http://xn--rksmrgs-5wao1o.se:8080/%C3%A5"),
        ("https://[2a00::1]:1/", "https://[2a00::1]:1/"),
        ("https://exempel.se/(a);b=1,2'", "https://exempel.se/(a);b=1,2'"),
    ],
)
def test_an_address_is_asked_for_in_ascii(written: str, asked: str) -> None:
    assert check_address(written) == asked


@pytest.mark.parametrize(
    "url",
    ["", "/etc/passwd", "file:///etc/passwd", "FTP://a.se/", "http://", "http:///a", "//a.se/", "http://a@b.se/",
     "http://:b@c.se/", "http://a b/", "http://a\\b/", "http://a..b/", "http://%31/", f"http://{'a' * 300}.se/",
     "http://[1:2/", "http://a:b/", "http://\udcff.se/", "http://" + "å" * 100 + ".se/", "http://a\x00.se/"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_address(url)
    assert caught.value.kind is Kind.FETCH_REFUSED


@pytest.mark.parametrize("name", ["metadata.google.internal", "METADATA.goog.", "metadata", "instance-data"])
def test_a_name_that_means_the_providers_own_data_is_refused(name: str) -> None:
    with pytest.raises(FetchError, match=Hint.ADDRESS_NEVER):
        fetch_bytes(f"http://{name}/latest/", limit=10, reach=replace(HERE, resolve=lambda _host, _port: ["10.0.0.1"]))


def test_a_redirect_and_a_name_never_lead_to_the_providers_own_data(host: Host) -> None:
    host.answers["/a"] = redirect("http://data.exempel.se/")
    reach = replace(HERE, resolve=lambda name, _port: ["168.63.129.16"] if "exempel" in name else [name])
    with pytest.raises(FetchError, match=Hint.ADDRESS_NEVER):
        fetch_bytes(f"{host.url}/a", limit=10, reach=reach)


@pytest.mark.parametrize(("address", "opens"), [("10.0.0.1", True), ("169.254.169.254", False)])
def test_only_for_what_it_opens_is_the_option_proposed(address: str, opens: bool) -> None:
    reach = replace(HERE, resolve=lambda _host, _port: [address], allow_private=False)
    with pytest.raises(FetchError) as caught:
        fetch_bytes("http://exempel.se/", limit=10, reach=reach)
    assert ("--allow-private" in str(caught.value)) is opens


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, [0, 0]),
        ({"Retry-After": "7"}, [7, 7]),
        ({"Retry-After": "60"}, [60, 60]),
        ({"Retry-After": "61"}, []),
        ({"Retry-After": "999999999"}, []),
        ({"Retry-After": "-5"}, [0, 0]),
        ({"Retry-After": "snart"}, [0, 0]),
        ({"Retry-After": "Wed, 05 Feb 2020 08:00:09 GMT", "Date": "Wed, 05 Feb 2020 08:00:00 GMT"}, [9, 9]),
        ({"Retry-After": "Wed, 05 Feb 2020 07:00:00 GMT", "Date": "Wed, 05 Feb 2020 08:00:00 GMT"}, [0, 0]),
        ({"Retry-After": "Wed, 05 Feb 2020 09:00:00 GMT", "Date": "Wed, 05 Feb 2020 08:00:00 GMT"}, []),
        ({"Retry-After": "Wed, 99 Feb 2020 08:00:00 GMT"}, [0, 0]),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_a_server_is_left_alone_as_long_as_it_asks(
    host: Host, code: int, headers: dict[str, str], seconds: list[float]
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    host.answers["/a"] = raw(f"HTTP/1.1 {code} Nej\r\nContent-Length: 0\r\n{lines}\r\n".encode())
    slept: list[float] = []
    with pytest.raises(FetchError) as caught:
        fetch_bytes(f"{host.url}/a", limit=10, reach=replace(HERE, sleep=slept.append))
    assert slept == seconds
    assert len(host.asked) == len(seconds) + 1
    assert ("minuter" in str(caught.value)) is (caught.value.wait >= 60)


def test_a_server_that_cannot_prove_who_it_is_gets_no_question(tmp_path: Path) -> None:
    with secure_hosting(tmp_path) as (secure, _):
        secure.answers["/a"] = content(DATA)
        assert fails(f"{secure.url}/a") is Kind.FETCH_CERTIFICATE
        assert secure.asked == []


def test_a_server_that_can_is_asked_and_cannot_send_us_out_of_tls(host: Host, tmp_path: Path) -> None:
    with secure_hosting(tmp_path) as (secure, trusting):
        secure.answers["/a"] = content(DATA)
        secure.answers["/b"] = redirect(f"{host.url}/a")
        assert fetch_bytes(f"{secure.url}/a", limit=LIMIT, reach=trusting) == DATA
        assert fails(f"{secure.url}/b", reach=trusting) is Kind.FETCH_REFUSED
        assert host.asked == []
        by_another_name = secure.url.replace("127.0.0.1", "localhost")
        assert fails(f"{by_another_name}/a", reach=trusting) is Kind.FETCH_CERTIFICATE


def test_every_way_to_fail_has_a_wording() -> None:
    assert {kind for kind in Kind if kind.startswith("fetch-")} <= set(ADVICE)
