"""The desk on a server: who comes in by the proxy and nobody else, and every request that somebody might try."""

from __future__ import annotations

import getpass
import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from bench.server import NGINX, free_ports
from desk import Sitter, served
from hosts import hosting, make_certificate, status
from okatakten.desk.guard import Guard, Proxy, Role
from okatakten.desk.people import ServerError, guard_of_server, read_people
from okatakten.disk.alone import trying
from support import PROJECT, copy_project, run

CONFIGURATION = PROJECT / "scripts/deploy/desk"
NAME = "skrivbord.okatakten.example"
ORIGIN = f"https://{NAME}"
ANNA, BO = "anna@region.example", "bo@region.example"
PEOPLE = {ANNA: frozenset({Role.PUBLISH}), BO: frozenset({Role.WRITE})}
SECRET = "en-hemlighet-som-ingen-kan-gissa-sig-till"
SLUG = "atta-fragor"
FILE = f"podcast/episodes/{SLUG}/episode.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("desk") / "project")


@pytest.fixture(scope="module")
def sitter(root: Path) -> Iterator[Sitter]:
    """Serve a desk behind a proxy on this machine, and give Anna as the proxy sends her on."""
    guard = guard_of_server(hosts=(NAME,), proxies=("127.0.0.1",), people=PEOPLE, header="X-Desk-User", secret=SECRET)
    with served(root, guard=guard) as someone:
        someone.always = {"Host": NAME, "X-Desk-User": ANNA}
        someone.enter()
        assert someone.token
        yield someone


def raw(port: int, request: bytes, *, breaks_off: bool = False) -> bytes:
    """Send bytes as they are, and return the answer; nothing where the connection is closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.settimeout(20)
        try:
            connection.sendall(request)
            if breaks_off:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))
        except (BrokenPipeError, ConnectionResetError):
            return b""


def code(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_people_are_read_with_what_each_may_do() -> None:
    text = (CONFIGURATION / "people.yml").read_text(encoding="utf-8")
    assert read_people(text) == {ANNA: {Role.PUBLISH}, BO: {Role.WRITE, Role.TRANSLATE}}
    assert read_people("Anna@Region.example: skriva") == {ANNA: {Role.WRITE}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nämner ingen"),
        ("anna@region.example: []", "nämner ingen"),
        ("anna: [skriva]", "Rad 1"),
        (f"{ANNA}: [skriva]\nAnna@region.example: [publicera]", "Rad 2"),
        (f"{ANNA}: [publisera]", "Menade du publicera?"),
        (f"{ANNA}: [skriva", "går inte att läsa"),
        ("- anna", "nämner ingen"),
    ],
)
def test_a_file_of_people_that_is_none_is_told_of(text: str, said: str) -> None:
    with pytest.raises(ServerError, match=re.escape(said)):
        read_people(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--address", "0.0.0.0"],
        ["--address", "::"],
        ["--address", "192.168.1.2", "--host", NAME],
        ["--host", NAME],
        ["--host", NAME, "--proxy", "127.0.0.1"],
        ["--proxy", "127.0.0.1"],
        ["--host", NAME, "--proxy", "nginx", "--people", "people.yml"],
        ["--host", f"https://{NAME}/", "--proxy", "127.0.0.1", "--people", "people.yml"],
        ["--host", "*", "--proxy", "127.0.0.1", "--people", "people.yml"],
        ["--folder", "/srv/x", "--store"],
    ],
)
def test_without_name_proxy_and_people_it_serves_nobody_but_this_machine(root: Path, arguments: list[str]) -> None:
    people = str(CONFIGURATION / "people.yml")
    given = [people if each == "people.yml" else each for each in arguments]
    status, _, said = run("desk", "--root", str(root), "--no-browser", *given)
    assert status == 1
    assert said.strip()
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"X-Desk-User": " Anna@Region.example "}, 200),
        ({"X-Desk-User": None}, 401),
        ({"X-Desk-User": ""}, 401),
        ({"X-Desk-User": "okand@region.example"}, 401),
        ({"X-Desk-User": f"{ANNA}, {BO}"}, 401),
        ({"X-Desk-User": None, "X-Forwarded-User": ANNA}, 401),
        ({"X-Desk-User": None, "Cookie": f"desk-{NAME}={SECRET}"}, 401),
        ({"Host": None}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": f"{NAME}:444"}, 421),
        ({"Host": f"{NAME}."}, 421),
        ({"Host": f"elak.{NAME}"}, 421),
        ({"Host": f"{NAME}@elak.example"}, 421),
        ({"Host": "elak.example", "X-Forwarded-Host": NAME}, 421),
        ({"Host": NAME.upper()}, 200),
    ],
)
def test_only_whom_the_proxy_names_comes_in_and_only_by_our_name(
    sitter: Sitter, headers: dict[str, str | None], expected: int
) -> None:
    answer = sitter.get("/publicera", headers)
    # A request without a host is none (RFC 9112, 3.2), which the server says before us.
    assert answer.status == expected or (expected == 421 and "Host" in headers and answer.status == 400)
    assert (ANNA in answer.text) is (expected == 200)


def test_nobody_comes_in_from_anywhere_but_the_proxy(root: Path) -> None:
    proxy = Proxy(addresses=frozenset({"10.0.0.1"}), header="x-desk-user", people=PEOPLE)
    with served(root, guard=Guard(origins=(ORIGIN,), secret=SECRET, owner="", proxy=proxy)) as other:
        other.always = {"Host": NAME, "X-Desk-User": ANNA, "X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1"}
        assert other.get("/").status == 401
        assert other.get(f"/?nyckel={SECRET}").status == 401


@pytest.mark.parametrize("twice", ["X-Desk-User: anna@region.example", "Host: skrivbord.okatakten.example"])
def test_a_header_that_comes_twice_is_nobodys(sitter: Sitter, twice: str) -> None:
    request = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Desk-User: {BO}\r\n{twice}\r\nConnection: close\r\n\r\n"
    assert code(raw(sitter.port, request.encode())) in {400, 401, 421}


@pytest.mark.parametrize(
    "origin", [None, "null", "http://skrivbord.okatakten.example", "https://elak.example", f"{ORIGIN}:444"]
)
@pytest.mark.parametrize(
    "path", [f"/avsnitt/{SLUG}", f"/avsnitt/{SLUG}/publicera", f"/avsnitt/{SLUG}/ta-bort", "/publicera"]
)
def test_a_form_from_elsewhere_changes_nothing(sitter: Sitter, root: Path, path: str, origin: str | None) -> None:
    before = (root / FILE).read_bytes()
    assert sitter.post(path, {"seen": "", "skal": "x"}, {"Origin": origin}).status == 403
    assert (root / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "form", [{}, {"csrf": ""}, {"csrf": "fel"}, {"csrf": "å"}, {"csrf": SECRET}, {"seen": "1"}]
)  # fmt: skip
def test_a_form_without_its_token_changes_nothing(sitter: Sitter, form: dict[str, str]) -> None:
    for path in (f"/avsnitt/{SLUG}/publicera", f"/avsnitt/{SLUG}/adress", f"/avsnitt/{SLUG}/ta-bort", "/publicera"):
        assert sitter.post(path, form, {"Origin": ORIGIN}, token=False).status == 403, path


def test_the_token_of_one_is_not_that_of_another(sitter: Sitter) -> None:
    of_bo = {"Origin": ORIGIN, "X-Desk-User": BO}
    assert sitter.post(f"/avsnitt/{SLUG}", {}, of_bo).status == 403


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "CONNECT", "PROPFIND", "X"])
def test_a_method_that_nothing_takes_is_refused(sitter: Sitter, method: str) -> None:
    for path in ("/", f"/avsnitt/{SLUG}/publicera", "/visning/"):
        request = f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nX-Desk-User: {ANNA}\r\nConnection: close\r\n\r\n"
        assert code(raw(sitter.port, request.encode())) in {400, 403, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/visning/../../mkdocs.yml",
        "/visning/%2e%2e/%2e%2e/mkdocs.yml",
        "/visning/..%2f..%2fmkdocs.yml",
        "/visning/%5c..%5cmkdocs.yml",
        "/visning//etc/passwd",
        "/visning/%00",
        "/visning/index.html%00.png",
        "/visning/.okatakten/",
        "/utseende/..%2fguard.py",
        "/utseende/%2e%2e/guard.py",
        "/avsnitt/../publicera",
        "/avsnitt/..%2f..%2f/publicera",
        "/avsnitt/%2e%2e/mer",
        "/avsnitt/.desk/mer",
        "/avsnitt/atta-fragor%00/mer",
        f"/avsnitt/{SLUG}/mer?fil=../../../../etc/passwd&version=1",
        f"/avsnitt/{SLUG}/mer?fil={FILE}&version=--output=x",
        f"/avsnitt/{SLUG}/mer?fil={FILE}&version=HEAD",
        "/sidor/sv~om/mer?fil=mkdocs.yml&version=1",
        "/sidor/sv~om/mer?fil=docs/sv/om.md&version=HEAD",
        "/sidor/..~..~mkdocs/visa",
    ],
)
def test_no_path_leads_out_of_what_is_listed(sitter: Sitter, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okatakten.desk.preview.Preview.build", lambda _self, **_: True)
    monkeypatch.setattr("okatakten.desk.preview.Preview.finish", lambda _self: None)
    request = f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nX-Desk-User: {ANNA}\r\nConnection: close\r\n\r\n"
    answer = raw(sitter.port, request.encode())
    assert code(answer) in {400, 404}
    assert b"root:" not in answer
    assert b"site_name" not in answer


def test_a_form_that_is_too_much_is_refused(sitter: Sitter) -> None:
    path, form = f"/avsnitt/{SLUG}/publicera", {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
    assert sitter.send("POST", path, b"a=" + b"a" * (3 * 2**20), form).status == 413
    many = "&".join(f"f{number}=1" for number in range(3000)).encode()
    assert sitter.send("POST", path, many, form).status in {400, 403, 413}
    assert sitter.send("POST", path, b"csrf=" + b"%ff" * 9, form).status == 403


def test_headers_without_end_and_bodies_that_stop_harm_nobody(sitter: Sitter) -> None:
    start = f"POST /avsnitt/{SLUG}/publicera HTTP/1.1\r\nHost: {NAME}\r\nX-Desk-User: {ANNA}\r\nOrigin: {ORIGIN}\r\n"
    assert code(raw(sitter.port, start.encode() + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n")) in {0, 400, 431}
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    assert code(raw(sitter.port, f"{start}{kind}Content-Length: 1000\r\n\r\ncsrf=".encode(), breaks_off=True)) in {
        0,
        400,
        403,
    }
    assert code(raw(sitter.port, f"{start}{kind}Content-Length: x\r\n\r\n".encode())) in {0, 400}
    # While one sends nothing more, another is answered.
    with socket.create_connection(("127.0.0.1", sitter.port)) as waiting:
        waiting.sendall(f"{start}{kind}Content-Length: 1000\r\n\r\ncsrf=".encode())
        assert sitter.get("/publicera").status == 200


# With nginx before it, as it is on a server.


@contextmanager
def behind_nginx(root: Path, place: Path) -> Iterator[tuple[int, Path]]:
    """Serve the desk behind the nginx of scripts/deploy/desk, with a sign-in that believes a cookie."""

    def sign_in(request: BaseHTTPRequestHandler) -> None:
        found = re.search(r"session=([\w@.]+)", request.headers.get("Cookie", ""))
        assert not request.headers.get("X-Desk-User")
        status(202 if found else 401, {"X-Auth-Request-Email": found[1]} if found else {})(request)

    [port] = free_ports(1)
    certificate = make_certificate(place)
    guard = guard_of_server(hosts=(NAME,), proxies=("127.0.0.1",), people=PEOPLE, header="X-Desk-User", secret=SECRET)
    with served(root, guard=guard) as sitter, hosting() as login:
        login.answers["/oauth2/auth"] = sign_in
        text = (CONFIGURATION / "nginx.conf").read_text(encoding="utf-8")
        changes = [
            (r"server 127\.0\.0\.1:8765;", f"server 127.0.0.1:{sitter.port};"),
            (r"server 127\.0\.0\.1:4180;", f"server {login.url.removeprefix('http://')};"),
            (r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            (r"listen \[::\]:[^;]*;", ""),
            (r"ssl_certificate [^;]*;", f"ssl_certificate {certificate};"),
            (r"ssl_certificate_key [^;]*;", f"ssl_certificate_key {certificate};"),
        ]
        for pattern, instead in changes:
            text, count = re.subn(pattern, instead, text)
            assert count == 1, pattern
        user = "user root;" if getpass.getuser() == "root" else ""
        paths = "".join(
            f"{name} {place}/{name};" for name in
            ("client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path")
        )  # fmt: skip
        (place / "nginx.conf").write_text(
            f"daemon off;{user}pid {place}/pid;error_log {place}/error.log;events {{}}"
            f"http {{ access_log off; {paths}\n{text}\n}}",
            encoding="utf-8",
        )
        assert NGINX
        process = subprocess.Popen([NGINX, "-p", str(place), "-c", "nginx.conf", "-e", f"{place}/error.log"])
        try:
            for _ in trying(20):
                assert process.poll() is None, (place / "error.log").read_text(encoding="utf-8")
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    continue
            yield port, place
        finally:
            process.terminate()
            process.wait(timeout=20)


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], str]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.request(method, path, body, {"Host": NAME, **headers})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, named, answer.read().decode("utf-8", errors="replace")
    finally:
        connection.close()


@pytest.mark.server
def test_behind_nginx_whoever_is_signed_in_comes_in_as_who_they_are(root: Path, tmp_path: Path) -> None:
    if NGINX is None:
        pytest.skip("nginx is not installed")
    before = (root / FILE).read_bytes()
    anna, bo = {"Cookie": f"session={ANNA}"}, {"Cookie": f"session={BO}"}
    with behind_nginx(root, tmp_path) as (port, _):
        status, headers, text = ask(port, "GET", "/publicera", anna)
        assert (status, ANNA in text) == (200, True)
        assert headers["strict-transport-security"]
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        token = re.search(r'name="csrf" content="([^"]+)"', text)
        assert token

        # What a browser says of who it is, is not what the desk hears.
        status, _, text = ask(port, "GET", "/publicera", {**bo, "X-Desk-User": ANNA})
        assert (status, BO in text, ANNA in text) == (200, True, False)
        assert ask(port, "GET", "/", {"X-Desk-User": ANNA, "Sec-Fetch-Mode": "navigate"})[0] == 302
        assert ask(port, "GET", "/", {"X-Desk-User": ANNA, "Sec-Fetch-Mode": "cors"})[0] == 401
        assert ask(port, "GET", "/", {"Cookie": "session=okand@region.example"})[0] == 401
        assert ask(port, "GET", "/oauth2/auth", anna)[0] == 404

        # A form from a page that was left open is not led away from: what was written stays in the browser.
        form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Mode": "navigate", "Origin": ORIGIN}
        path, sent = f"/avsnitt/{SLUG}/publicera", f"csrf={token[1]}&seen=x".encode()
        status, _, text = ask(port, "POST", path, form, sent)
        assert (status, "Logga in i en ny flik" in text) == (401, True)
        assert ask(port, "POST", path, {**form, **bo}, sent)[0] == 403
        assert ask(port, "POST", path, {**form, **anna, "Origin": "https://elak.example"}, sent)[0] == 403
        assert ask(port, "POST", path, {**form, **anna}, sent)[0] == 409  # it is hers, and the page is an old one
        assert ask(port, "POST", path, {**form, **anna}, b"a" * (4 * 2**20))[0] == 413
        assert (root / FILE).read_bytes() == before

        # Of any size: the desk says what it takes, not nginx.
        big = ask(port, "POST", "/ljud", {**anna, "Origin": ORIGIN, "X-CSRF": token[1]}, b"a" * (4 * 2**20))
        assert big[0] in {400, 404, 405, 412, 415}, big
        for path in ("/visning/%2e%2e/%2e%2e/mkdocs.yml", "/utseende/..%2f..%2fguard.py", "/avsnitt/%2e%2e%2f/mer"):
            assert ask(port, "GET", path, anna)[0] in {400, 404}, path
        assert ask(port, "TRACE", "/", anna)[0] == 405
        assert ask(port, "GET", "/", {**anna, "X-A": "a" * 60_000})[0] in {400, 431, 494}


def test_the_service_has_the_options_that_the_command_knows() -> None:
    text = (CONFIGURATION / "okatakten-desk.service").read_text(encoding="utf-8")
    status, said, _ = run("desk", "--help")
    assert status == 0
    line = re.search(r"ExecStart=(.*)", text)
    assert line
    for option in re.findall(r"--[a-z-]+", line[1]):
        assert option in said
