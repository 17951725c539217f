"""Sound at the desk: uploads that go on where they broke off, jobs that make episodes, and what is heard and drawn."""

from __future__ import annotations

import errno
import getpass
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from okatakten.desk import uploads as uploads_module
from okatakten.desk.app import build_app
from okatakten.desk.drafts import Drafts
from okatakten.desk.guard import TOKEN_HEADER, Guard, Proxy, Role, read_secret
from okatakten.desk.jobs import State, is_out
from okatakten.desk.run import bind
from okatakten.desk.sound import FORM_FILE_LIMIT, Sound, read_peaks
from okatakten.desk.uploads import DAYS_KEPT, LIMITS, SUFFIXES, Sort, Upload, Uploads, ends_of, read_metadata
from okatakten.desk.web import Desk
from okatakten.disk.alone import trying
from okatakten.making.ffmpeg import ffmpeg
from okatakten.making.folders import correct_episode
from okatakten.podcast.mpeg import is_constant
from okatakten.written.text import Problems
from support import CASES, a_recording, lay_out
from test_browser import AXE_OPTIONS

SLUG = "hallbara-inkop"
"""The episode of the valid case, which is out."""
NEW = "ett-utkast"
PLACE = f"/avsnitt/{NEW}/ljud"
TUS = {"tus-resumable": "1.0.0"}
CHUNK = {**TUS, "content-type": "application/offset+octet-stream"}
TEXT = "00:00:00 Programledaren\nVälkommen.\n00:00:02 Gästen\nTack.\n".encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = lay_out(CASES / "a-valid-episode", tmp_path / "projekt")
    folder = root / "podcast/episodes" / NEW
    folder.mkdir()
    (folder / "episode.md").write_text(
        "---\nguid: 4f58f72a-66c7-42d4-ab65-9c24599dfdc8\ndraft: true\ntitle: Ett utkast\nsummary: Om utkast.\n"
        "published: 2026-05-04 07:00 +02:00\nepisode: 2\n---\n\nOm utkast.\n",
        encoding="utf-8",
    )
    return root


class Client:
    """A desk at work, and a browser that somebody is signed in with."""

    def __init__(self, guard: Guard, headers: Mapping[str, str]) -> None:
        self.port = int(guard.origins[0].rpartition(":")[2])
        self.headers = {"host": f"127.0.0.1:{self.port}", "origin": guard.origins[0], **headers}

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, HTTPMessage, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body=body, headers={**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def break_off(self, path: str, headers: Mapping[str, str], body: bytes, *, length: int) -> socket.socket:
        """Send less than what was promised, and return the connection, which is still open."""
        lines = {**self.headers, **headers, "content-length": str(length)}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        return connection

    def begin(self, name: str, content: bytes, sort: Sort = Sort.TEXT, slug: str = NEW) -> str:
        headers = {**TUS, "upload-length": str(len(content)), "upload-metadata": metadata(filename=name, sort=sort)}
        status, told, said = self.ask("POST", f"/avsnitt/{slug}/ljud", headers)
        assert status == 201, said
        return str(told["location"])

    def offset(self, place: str) -> int:
        status, told, _ = self.ask("HEAD", place, TUS)
        assert status == 200
        return int(told["upload-offset"])

    def go_on(self, place: str, content: bytes, *, offset: int = 0) -> int:
        return self.ask("PATCH", place, {**CHUNK, "upload-offset": str(offset)}, content[offset:])[0]

    def send(self, name: str, content: bytes, sort: Sort, slug: str = NEW) -> None:
        assert self.go_on(self.begin(name, content, sort, slug), content) == 204


def a_guard(root: Path, port: int, proxy: Proxy | None = None) -> Guard:
    return Guard(
        origins=(f"http://127.0.0.1:{port}",), secret=read_secret(root / ".desk"), owner=getpass.getuser(), proxy=proxy
    )  # fmt: skip


def a_browser(guard: Guard) -> Client:
    person = guard.person(guard.owner, frozenset(Role))
    return Client(guard, {"cookie": f"{guard.cookie}={guard.sign('cookie')}", TOKEN_HEADER: person.token})


def serving(root: Path, proxy: Proxy | None = None) -> Iterator[Guard]:
    bound = bind("127.0.0.1", 0)
    guard = a_guard(root, bound.getsockname()[1], proxy)
    server = uvicorn.Server(uvicorn.Config(build_app(root, guard), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield guard
    server.should_exit = True
    thread.join()
    bound.close()


@pytest.fixture
def client(root: Path) -> Iterator[Client]:
    for guard in serving(root):
        yield a_browser(guard)


def metadata(**told: str) -> str:
    return ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())


def files_of(root: Path, slug: str = NEW) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "podcast/episodes" / slug).iterdir()}


def sent(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in (root / ".desk/uploads").iterdir() if not path.suffix]


def job_of(root: Path, slug: str = NEW) -> dict[str, object]:
    """Return what a job has become, when it is over."""
    path = root / f".desk/jobs/{slug}.json"
    for _ in trying(60):
        if path.is_file() and (job := json.loads(path.read_bytes()))["state"] not in {"väntar", "pågår"}:
            return dict(job)
    raise AssertionError(path.read_text() if path.is_file() else "there is no job")


def test_an_upload_goes_on_after_breaks_at_any_place_and_has_the_same_bytes(client: Client, root: Path) -> None:
    chance = random.Random(5)
    content = chance.randbytes(3_000_000)
    place, breaks = client.begin("text.txt", content), 0
    for _ in trying(60, pause=0.01):
        offset = client.offset(place)
        if offset == len(content):
            break
        headers = {**CHUNK, "upload-offset": str(offset)}
        if breaks < 12:
            piece = content[offset : offset + chance.randrange(1, 300_000)]
            client.break_off(place, headers, piece, length=len(content) - offset).close()
            breaks += 1
        else:
            assert client.go_on(place, content, offset=offset) in {204, 409, 423}
    assert breaks == 12
    assert sent(root) == [content]


def begun(client: Client, content: bytes) -> str:
    """Begin an upload at a server that is only just starting."""
    for _ in trying(30):
        with suppress(OSError):
            return client.begin("text.txt", content)
    raise AssertionError


@pytest.mark.server
def test_a_server_that_is_killed_goes_on_with_what_it_had(root: Path) -> None:
    content = random.Random(6).randbytes(20_000_000)
    bound = bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    bound.close()
    command = [str(Path(sys.executable).parent / "okatakten"), "desk", "--no-browser", "--port", str(port)]
    client = a_browser(a_guard(root, port))
    known = 0
    for kill in (3_000_000, 11_000_000, None):
        with subprocess.Popen([*command, "--root", str(root)], stdout=subprocess.DEVNULL) as process:
            try:
                place = begun(client, content)
                offset = client.offset(place)
                assert known - 2**20 <= offset <= len(content)
                if not kill:
                    assert client.go_on(place, content, offset=offset) == 204
                    continue
                headers = {**CHUNK, "upload-offset": str(offset)}
                known = offset + kill
                with client.break_off(place, headers, content[offset:known], length=len(content) - offset):
                    for _ in trying(20, pause=0.01):
                        if client.offset(place) > known - 2**20:
                            break
            finally:
                process.kill()
    assert sent(root) == [content]


def test_the_same_file_in_another_tab_is_the_same_upload_and_waits(client: Client, root: Path) -> None:
    content = bytes(range(256)) * 4
    place = client.begin("text.txt", content)
    first = client.break_off(place, {**CHUNK, "upload-offset": "0"}, content[:10], length=len(content))
    for _ in trying(10, pause=0.01):
        status = client.go_on(place, content, offset=client.offset(place))
        if status == 423:
            break
    assert status == 423
    assert client.begin("text.txt", content) == place
    first.close()
    for _ in trying(10, pause=0.01):
        if client.go_on(place, content, offset=client.offset(place)) == 204:
            break
    assert sent(root) == [content]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"upload-offset": "1"}, 409),
        ({"upload-offset": "0", "tus-resumable": "0.2.2"}, 412),
        ({"upload-offset": "0", "content-type": "application/octet-stream"}, 415),
        ({"upload-offset": "-1"}, 400),
        ({}, 400),
        ({"upload-offset": "0", TOKEN_HEADER: ""}, 403),
        ({"upload-offset": "0", "origin": "http://elak.example"}, 403),
        ({"upload-offset": "0"}, 204),
    ],
)
def test_a_piece_that_does_not_fit_changes_nothing(client: Client, headers: dict[str, str], status: int) -> None:
    place = client.begin("text.txt", b"abcdef")
    assert client.ask("PATCH", place, {**CHUNK, **headers}, b"abc")[0] == status
    assert client.offset(place) == (3 if status == 204 else 0)


def test_more_than_was_said_is_refused(client: Client) -> None:
    place = client.begin("text.txt", b"abcdef")
    assert client.go_on(place, b"abcdefg") == 413


@pytest.mark.parametrize("sort", Sort)
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(client: Client, sort: Sort) -> None:
    name = "fil" + min(SUFFIXES[sort] or {".txt"})
    for length, status in ((LIMITS[sort] + 1, 413), (0, 413)):
        headers = {**TUS, "upload-length": str(length), "upload-metadata": metadata(filename=name, sort=sort)}
        assert client.ask("POST", PLACE, headers)[0] == status


def test_an_upload_can_be_given_up(client: Client, root: Path) -> None:
    place = client.begin("text.txt", b"abcdef")
    assert client.ask("DELETE", place, TUS)[0] == 204
    assert client.ask("HEAD", place, TUS)[0] == 404
    assert sent(root) == []


@pytest.mark.parametrize(
    "path",
    [
        f"{PLACE}/..%2F..%2Fsecret",
        f"{PLACE}/secret",
        "/avsnitt/..%2F..%2F.desk/ljud/secret",
        "/avsnitt/finns-inte/ljud/x",
    ],
)
def test_an_address_leads_to_no_other_file(client: Client, path: str) -> None:
    assert client.ask("HEAD", path, TUS)[0] == 404
    assert client.ask("DELETE", path, TUS)[0] == 404


@pytest.mark.parametrize(
    ("sort", "name", "own"),
    [
        (Sort.RECORDING, "../../../etc/Möte å – 1.WAV", "mote-a-1.wav"),
        (Sort.RECORDING, "C:\\Ljud\\audio.mp3", "ny-audio.mp3"),
        (Sort.RECORDING, "audio-7.mp3", "ny-audio-7.mp3"),
        (Sort.RECORDING, "con.wav", "con-avsnitt.wav"),
        (Sort.RECORDING, "kapitel.wav", "ny-kapitel.wav"),
        (Sort.RECORDING, "ord " * 100 + ".wav", "ord-" * 19 + "ord.wav"),
        (Sort.RECORDING, "\u202evaw.txt\x00.wav", "vaw-txt.wav"),
        (Sort.TEXT, "transcript.vtt", "ny-transcript.vtt"),
        (Sort.TEXT, "å.txt", "a.txt"),
        (Sort.TEXT, "☃.txt", "text.txt"),
        (Sort.CHAPTERS, "Marker.csv", "kapitel.csv"),
        (Sort.CHAPTERS, "kapitel", "kapitel.txt"),
        (Sort.CHAPTERS, "chapters.mp4", "kapitel.txt"),
    ],
)
def test_a_name_is_nobody_elses_in_the_folder(client: Client, root: Path, sort: Sort, name: str, own: str) -> None:
    client.begin(name, b"abc", sort)
    (upload,) = Uploads(root / ".desk/uploads").of(NEW)
    assert upload.own_name == own
    assert {path.parent for path in (root / ".desk/uploads").iterdir()} == {root / ".desk/uploads"}


@pytest.mark.parametrize("name", ["program.exe", "sida.html", "wav", "ljud.wav.js"])
def test_what_is_no_recording_is_refused(client: Client, name: str) -> None:
    headers = {**TUS, "upload-length": "3", "upload-metadata": metadata(filename=name, sort=Sort.RECORDING)}
    assert client.ask("POST", PLACE, headers)[0] == 415


@pytest.mark.parametrize(
    "told", ["", "filename", "filename !!!, sort ljud", "sort " + b64encode(b"annat").decode(), "sort \u00ff"]
)
def test_metadata_that_says_nothing_is_refused(client: Client, told: str) -> None:
    headers = {**TUS, "upload-length": "3", "upload-metadata": told}
    assert client.ask("POST", PLACE, headers)[0] == 400


def test_metadata_is_read_as_text() -> None:
    assert read_metadata(metadata(filename="Möte\n1.wav", sort="ljud")) == {"filename": "Möte 1.wav", "sort": "ljud"}


def test_a_full_disk_is_said_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10**9))
    headers = {"upload-length": str(10**9), "upload-metadata": metadata(filename="a.wav", sort=Sort.RECORDING)}
    status, _, said = client.ask("POST", PLACE, {**TUS, **headers})
    assert status == 507
    assert "disken har 790,3 MB kvar" in said.decode()
    assert "Fri plats: <strong>790,3 MB</strong>" in client.ask("GET", PLACE)[2].decode()


def test_a_disk_that_gets_full_is_said_and_what_came_stays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    place = client.begin("text.txt", b"abcdef")
    assert client.ask("PATCH", place, {**CHUNK, "upload-offset": "0"}, b"ab")[0] == 204

    def full(_file: object, content: bytes) -> None:
        if content:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(uploads_module, "_write_all", full)
        status, _, said = client.ask("PATCH", place, {**CHUNK, "upload-offset": "2"}, b"cdef")
    assert status == 507
    assert "Disken är full" in said.decode()
    assert client.offset(place) == 2


def test_a_file_that_changed_while_it_was_sent_is_not_taken(client: Client, root: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcdef")
    told = metadata(filename="text.txt", sort=Sort.TEXT, ends=ends_of(tmp_path / "a"))
    headers = {**TUS, "upload-length": "6", "upload-metadata": told}
    place = str(client.ask("POST", PLACE, headers)[1]["location"])
    assert client.go_on(place, b"abcdeX") == 460
    assert sent(root) == []
    place = str(client.ask("POST", PLACE, headers)[1]["location"])
    assert client.go_on(place, b"abcdef") == 204


def test_what_nobody_goes_on_with_is_gone_after_a_week(root: Path) -> None:
    uploads = Uploads(root / ".desk/uploads")
    old, fresh = (Upload(slug=NEW, sort=Sort.TEXT, name=name, length=3) for name in ("a.txt", "b.txt"))
    for upload in (old, fresh):
        uploads.begin(upload)
    long_ago = (datetime.now(UTC) - timedelta(days=DAYS_KEPT, hours=1)).timestamp()
    for path in (root / ".desk/uploads").glob(f"{old.id}*"):
        os.utime(path, (long_ago, long_ago))
    uploads.forget_old()
    assert uploads.of(NEW) == [fresh]
    assert len(list((root / ".desk/uploads").iterdir())) == 2


def test_a_translator_sends_nothing(root: Path) -> None:
    proxy = Proxy(
        addresses=frozenset({"127.0.0.1"}), header="x-user", people={"bo": frozenset({Role.TRANSLATE})}
    )  # fmt: skip
    for guard in serving(root, proxy):
        person = guard.person("bo", frozenset({Role.TRANSLATE}))
        client = Client(guard, {"x-user": "bo", TOKEN_HEADER: person.token})
        headers = {**TUS, "upload-length": "3", "upload-metadata": metadata(filename="a.txt", sort=Sort.TEXT)}
        assert client.ask("POST", PLACE, headers)[0] == 403
        status, _, said = client.ask("GET", PLACE)
        assert (status, b'type="file"' in said) == (200, False)


def test_who_may_only_write_changes_no_file_of_an_episode_that_is_out(root: Path) -> None:
    own = frozenset({Role.WRITE})
    proxy = Proxy(addresses=frozenset({"127.0.0.1"}), header="x-user", people={"bo": own})
    for guard in serving(root, proxy):
        client = Client(guard, {"x-user": "bo", TOKEN_HEADER: guard.person("bo", own).token})
        headers = {**TUS, "upload-length": "3", "upload-metadata": metadata(filename="a.png", sort=Sort.PICTURE)}
        assert client.ask("POST", f"/avsnitt/{SLUG}/ljud", headers)[0] == 403
        assert client.ask("POST", PLACE, headers)[0] == 201


def a_form(
    client: Client, files: Mapping[Sort, tuple[str, bytes]], *, token: str | None = None, slug: str = NEW
) -> tuple[int, bytes]:
    """Send files as a browser without scripts does."""
    token = client.headers[TOKEN_HEADER] if token is None else token
    parts = [f'--x\r\ncontent-disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'.encode()]
    for sort in Sort:
        name, content = files.get(sort, ("", b""))
        head = f'--x\r\ncontent-disposition: form-data; name="{sort}"; filename="{name}"\r\ncontent-type: a/b\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    headers = {"content-type": "multipart/form-data; boundary=x", TOKEN_HEADER: ""}
    status, _, said = client.ask("POST", f"/avsnitt/{slug}/ljud", headers, b"".join([*parts, b"--x--\r\n"]))
    return status, said


def test_a_form_without_scripts_sends_files_too(client: Client, root: Path) -> None:
    assert a_form(client, {Sort.TEXT: ("text.txt", TEXT)})[0] == 303
    assert sent(root) == [TEXT]
    assert "Texten och kapitlen väntar på inspelningen" in client.ask("GET", PLACE)[2].decode()


@pytest.mark.audio
@pytest.mark.parametrize("slug", [NEW, SLUG])
def test_of_a_recording_and_a_text_in_one_form_both_are_told(
    client: Client, root: Path, tmp_path: Path, slug: str
) -> None:
    recording = a_recording(tmp_path / "a.wav").read_bytes()
    files = {Sort.RECORDING: ("a.wav", recording), Sort.TEXT: ("text.txt", TEXT)}
    assert a_form(client, files, slug=slug)[0] == 303
    job = job_of(root, slug)
    assert [line.partition(" är klar")[0] for line in job["told"] if " är klar" in line] == ["Ljudet", "Texten"]  # type: ignore[attr-defined]
    assert sent(root) == []


def test_a_form_that_is_not_ours_sends_nothing(client: Client, root: Path) -> None:
    assert a_form(client, {Sort.TEXT: ("text.txt", TEXT)}, token="other")[0] == 403
    status, said = a_form(client, {Sort.RECORDING: ("a.exe", b"MZ")})
    assert status == 422
    assert "a.exe går inte att använda här" in said.decode()
    assert not (root / ".desk/uploads").exists() or sent(root) == []


def test_a_form_that_is_too_large_is_told_what_to_do(client: Client) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(FORM_FILE_LIMIT + 1)}
    connection = client.break_off(PLACE, headers, b"", length=FORM_FILE_LIMIT + 1)
    connection.close()
    with closing(HTTPConnection("127.0.0.1", client.port, timeout=30)) as request:
        request.putrequest("POST", PLACE, skip_host=True, skip_accept_encoding=True)
        for name, value in {**client.headers, **headers}.items():
            request.putheader(name, value)
        request.endheaders()
        answer = request.getresponse()
        assert answer.status == 413
        assert "Slå på JavaScript" in answer.read().decode()


def test_a_picture_takes_the_place_of_the_old_one_which_is_kept(client: Client, root: Path) -> None:
    folder = root / "podcast/episodes" / NEW
    (folder / "picture.png").write_bytes(b"old")
    client.send("Ny bild.JPG", b"new", Sort.PICTURE)
    assert {name: content for name, content in files_of(root).items() if name != "episode.md"} == {
        "picture.jpg": b"new"
    }
    assert (root / f".okatakten/originals/{NEW}/picture.png").read_bytes() == b"old"
    assert sent(root) == []


@pytest.mark.audio
def test_a_recording_and_a_text_become_an_episode_and_what_is_written_meanwhile_stays(
    client: Client, root: Path, tmp_path: Path
) -> None:
    file = f"podcast/episodes/{NEW}/episode.md"
    drafts = Drafts(root, root / ".desk")
    drafts.write(file, (drafts.saved(file) or "").replace("Om utkast.\npublished", "Skrivet vid bordet.\npublished"))
    recording = a_recording(tmp_path / "a.wav").read_bytes()
    client.send("text.txt", TEXT, Sort.TEXT)
    client.send("Marker.txt", b"00:00 Start\n00:02 Slut\n", Sort.CHAPTERS)
    assert not (root / ".desk/jobs").exists()
    client.send("Möte 1.wav", recording, Sort.RECORDING)
    events = client.ask("GET", "/handelser?sedan=1", {"accept": "text/event-stream"})
    assert events[1]["x-accel-buffering"] == "no"
    job = job_of(root)
    assert job["state"] == State.DONE, job
    assert any("Programledaren 1, Gästen 1" in line for line in list(job["told"]))  # type: ignore[call-overload]
    last = events[2].decode().strip().rpartition("data: ")[2]
    assert json.loads(last) == {"slug": NEW, "state": "klart", "share": 1.0, "atWork": False}
    made = files_of(root)
    assert set(made) == {"episode.md", "audio.mp3", "transcript.vtt"}
    assert "title: Start" in made["episode.md"].decode()
    assert "draft: true" in made["episode.md"].decode()  # until somebody publishes it
    written = drafts.text(file) or ""
    assert "Skrivet vid bordet." in written
    assert "title: Start" in written
    assert (root / f".okatakten/originals/{NEW}/mote-1.wav").read_bytes() == recording
    assert sent(root) == []
    status, told, peaks = client.ask("GET", f"/avsnitt/{NEW}/vagform")
    assert (status, told["x-peaks-per-second"], told["content-type"]) == (200, "20", "application/octet-stream")
    assert 79 <= len(peaks) <= 83
    status, told, part = client.ask("GET", f"{PLACE}.mp3", {"range": "bytes=100-199"})
    assert (status, part) == (206, made["audio.mp3"][100:200])
    assert "Texten är klar" in client.ask("GET", PLACE)[2].decode()


@pytest.mark.audio
def test_an_episode_that_is_out_gets_new_sound_beside_the_old(client: Client, root: Path, tmp_path: Path) -> None:
    before = files_of(root, SLUG)
    assert "Avsnittet är publicerat" in client.ask("GET", f"/avsnitt/{SLUG}/ljud")[2].decode()
    recording = a_recording(tmp_path / "a.wav").read_bytes()
    client.send("a.wav", recording, Sort.RECORDING, SLUG)
    job = job_of(root, SLUG)
    assert job["state"] == State.DONE, job
    after = files_of(root, SLUG)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"audio-2.mp3"}
    assert (root / f".okatakten/originals/{SLUG}/a.wav").read_bytes() == recording
    assert client.ask("GET", f"/avsnitt/{SLUG}/ljud.mp3")[2] == after["audio-2.mp3"]


@pytest.mark.audio
def test_a_text_that_takes_the_place_of_another_leaves_that_as_a_version(client: Client, root: Path) -> None:
    file = f"podcast/episodes/{SLUG}/transcript.vtt"
    corrected = (root / file).read_text(encoding="utf-8").replace("WEBVTT", "WEBVTT\n\nNOTE rättad", 1)
    (root / file).write_text(corrected, encoding="utf-8")
    client.send("ny.txt", TEXT, Sort.TEXT, SLUG)
    job = job_of(root, SLUG)
    assert job["state"] == State.DONE, job
    drafts = Drafts(root, root / ".desk")
    assert (root / file).read_text(encoding="utf-8") != corrected
    assert corrected in [drafts.version(file, each.number) for each in drafts.versions(file)]


@pytest.mark.audio
def test_what_no_episode_can_be_made_of_is_told_and_kept(client: Client, root: Path) -> None:
    before = files_of(root)
    client.send("trasig.wav", b"Det har ar ingen inspelning.", Sort.RECORDING)
    job = job_of(root)
    assert job["state"] == State.FAILED
    assert "trasig.wav: " in str(job["wrong"])
    assert files_of(root) == before
    assert sent(root) == [b"Det har ar ingen inspelning."]
    said = client.ask("GET", PLACE)[2].decode()
    assert "Börja om" in said
    number = re.search(r'name="bort" value="(\w+)"', said)
    assert number
    form = f"csrf={client.headers[TOKEN_HEADER]}&bort={number[1]}".encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.ask("POST", f"{PLACE}/jobb", kind, form)[0] == 303
    assert sent(root) == []


@pytest.mark.audio
def test_the_right_recording_comes_in_place_of_one_that_nothing_could_be_made_of(
    client: Client, root: Path, tmp_path: Path
) -> None:
    client.send("trasig.wav", b"Det har ar ingen inspelning.", Sort.RECORDING)
    assert job_of(root)["state"] == State.FAILED
    client.send("hel.wav", a_recording(tmp_path / "a.wav").read_bytes(), Sort.RECORDING)
    job = job_of(root)
    assert job["state"] == State.DONE, job
    assert sent(root) == []


@pytest.mark.audio
@pytest.mark.server
def test_a_server_killed_at_its_job_says_so_and_begins_again(root: Path, tmp_path: Path) -> None:
    recording = a_recording(tmp_path / "a.wav", seconds=600).read_bytes()
    before = files_of(root)
    bound = bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    bound.close()
    command = [str(Path(sys.executable).parent / "okatakten"), "desk", "--no-browser", "--port", str(port)]
    client = a_browser(a_guard(root, port))
    form = f"csrf={client.headers[TOKEN_HEADER]}&gor=om".encode()
    with subprocess.Popen([*command, "--root", str(root)], stdout=subprocess.DEVNULL) as process:
        try:
            begun(client, TEXT)
            client.send("a.wav", recording, Sort.RECORDING)
            place = client.begin("a.wav", recording, Sort.RECORDING)
            assert any("a.wav" in files_of(root) for _ in trying(20, pause=0.01))
            assert client.ask("DELETE", place, TUS)[0] == 409
        finally:
            process.kill()
    with subprocess.Popen([*command, "--root", str(root)], stdout=subprocess.DEVNULL) as process:
        try:
            begun(client, TEXT)
            assert "Arbetet avbröts" in client.ask("GET", PLACE)[2].decode()
            assert files_of(root) == before
            kind = {"content-type": "application/x-www-form-urlencoded"}
            assert client.ask("POST", f"{PLACE}/jobb", kind, form)[0] == 303
            job = job_of(root)
            assert job["state"] == State.DONE, job
        finally:
            process.kill()
    assert set(files_of(root)) == {"episode.md", "audio.mp3", "transcript.vtt"}


@pytest.mark.audio
def test_a_job_that_is_broken_off_leaves_all_as_it_was(client: Client, root: Path, tmp_path: Path) -> None:
    before = files_of(root)
    recording = a_recording(tmp_path / "a.wav", seconds=600).read_bytes()
    client.send("a.wav", recording, Sort.RECORDING)
    form = f"csrf={client.headers[TOKEN_HEADER]}&gor=avbryt".encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.ask("POST", f"{PLACE}/jobb", kind, form)[0] == 303
    job = job_of(root)
    assert (job["state"], "Avbrutet" in str(job["wrong"])) == (State.FAILED, True)
    assert files_of(root) == before
    assert sent(root) == [recording]


@pytest.mark.parametrize("was_done", [False, True], ids=["on the way", "at its end"])
def test_after_a_kill_a_job_says_what_became_of_it(root: Path, *, was_done: bool) -> None:
    uploads = Uploads(root / ".desk/uploads")
    upload = uploads.begin(Upload(slug=NEW, sort=Sort.RECORDING, name="a.wav", length=3))
    uploads.path(upload).write_bytes(b"abc")
    kept = root / f".okatakten/originals/{NEW}/a.wav"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"abc" if was_done else b"another")
    if not was_done:
        (root / "podcast/episodes" / NEW / "a.wav").hardlink_to(uploads.path(upload))
    (root / ".desk/jobs").mkdir()
    told = {"slug": NEW, "who": "Anna", "state": "pågår", "put": {"a.wav": upload.id}}
    (root / f".desk/jobs/{NEW}.json").write_text(json.dumps(told), encoding="utf-8")
    sound = Sound(Desk(root=root, guard=a_guard(root, 1)))
    job = sound.jobs.of(NEW)
    assert job
    assert job.state == (State.DONE if was_done else State.BROKEN)
    assert sent(root) == ([] if was_done else [b"abc"])
    assert set(files_of(root)) == {"episode.md"}


def test_nothing_is_taken_for_done_that_a_killed_job_had_only_planned(root: Path) -> None:
    uploads = Uploads(root / ".desk/uploads")
    upload = uploads.begin(Upload(slug=NEW, sort=Sort.RECORDING, name="a.wav", length=3))
    uploads.path(upload).write_bytes(b"abc")
    (root / ".desk/jobs").mkdir()
    told = {"slug": NEW, "who": "Anna", "state": "pågår", "put": {"a.wav": upload.id}}
    (root / f".desk/jobs/{NEW}.json").write_text(json.dumps(told), encoding="utf-8")
    Sound(Desk(root=root, guard=a_guard(root, 1)))
    assert sent(root) == [b"abc"]


@pytest.mark.parametrize(
    ("fields", "out"),
    [
        ("published: 2026-01-02 07:00 +01:00", True),
        ("published: 2026-01-02 07:00 +01:00\ndraft: true", False),
        ("published: 2026-01-02 07:00 +01:00\ndraft: no", True),
        ("published: 2999-01-02 07:00 +01:00", False),
        ("title: A", False),
    ],
)
def test_an_episode_is_out_when_its_time_has_come(fields: str, *, out: bool) -> None:
    assert is_out(f"---\n{fields}\n---\n") == out


@pytest.mark.audio
def test_peaks_are_twenty_a_second_and_show_the_pauses(tmp_path: Path) -> None:
    peaks = read_peaks(a_recording(tmp_path / "a.wav", seconds=10))
    assert len(peaks) == 200
    second = peaks[20:40]
    assert min(second[:13]) > 10
    assert max(second[15:19]) < 4


@pytest.mark.audio
def test_peaks_of_what_is_no_sound_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"nej")
    with pytest.raises(subprocess.CalledProcessError):
        read_peaks(tmp_path / "a.wav")


@pytest.mark.audio
def test_sound_of_changing_bit_rate_is_heard_as_a_copy_of_one(root: Path, tmp_path: Path) -> None:
    recording, path = a_recording(tmp_path / "a.wav"), root / f"podcast/episodes/{NEW}/audio.mp3"
    subprocess.run([ffmpeg(), "-v", "error", "-i", recording, "-q:a", "5", path], check=True)
    with path.open("rb") as file:
        assert not is_constant(file)
    sound = Sound(Desk(root=root, guard=a_guard(root, 1)))
    copy = sound.audio(NEW)
    assert copy
    assert copy.parent == root / ".desk/sound"
    with copy.open("rb") as file:
        assert is_constant(file)
    assert sound.audio(NEW) == copy
    made = copy.stat().st_mtime_ns
    assert sound.audio(NEW) == copy
    assert copy.stat().st_mtime_ns == made


PIECE = 8 * 2**20
"""Bytes that a page sends at a time."""


def at_the_desk(browser: Browser, guard: Guard, **options: Any) -> Page:
    """Return a page where somebody is signed in."""
    page = browser.new_context(**options).new_page()
    page.goto(guard.address())
    page.goto(guard.origins[0] + PLACE)
    return page


@pytest.mark.browser
def test_a_page_goes_on_after_a_line_that_breaks_and_a_reload(browser: Browser, root: Path, tmp_path: Path) -> None:
    content = random.Random(7).randbytes(4 * PIECE + 17)
    (tmp_path / "Det som sägs.txt").write_bytes(content)
    offsets: list[int] = []

    def pass_on(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 3 and route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    for guard in serving(root):
        page = at_the_desk(browser, guard)
        page.on("dialog", lambda dialog: dialog.accept())
        page.route(f"**{PLACE}/*", pass_on)
        page.set_input_files("#fil-text", tmp_path / "Det som sägs.txt")
        page.get_by_text("Ingen kontakt. Det fortsätter av sig självt.").first.wait_for()
        page.reload()
        page.get_by_text("% är här. Välj samma fil igen").wait_for()
        page.set_input_files("#fil-text", tmp_path / "Det som sägs.txt")
        page.get_by_text("Texten och kapitlen väntar på inspelningen").wait_for()
        assert "allt är här" in page.inner_text("#lage")
        assert page.locator("#sandningar li").count() == 0
        # Five pieces, the one that was not let through, and one that the reload may have broken off.
        assert offsets[:3] == [0, PIECE, 2 * PIECE]
        assert offsets[-1] == 4 * PIECE
        assert len(offsets) in {6, 7}
        page.context.close()
    assert sent(root) == [content]


@pytest.mark.browser
def test_without_scripts_files_are_sent_by_a_button(browser: Browser, root: Path, tmp_path: Path) -> None:
    (tmp_path / "Det som sägs.txt").write_bytes(TEXT)
    for guard in serving(root):
        page = at_the_desk(browser, guard, java_script_enabled=False)
        page.set_input_files("#fil-text", tmp_path / "Det som sägs.txt")
        page.get_by_role("button", name="Skicka").click()
        assert "Det som sägs.txt, 1 kB: allt är här." in page.inner_text("#lage")
        page.get_by_role("button", name="Ta bort Det som sägs.txt").click()
        assert "Det som sägs.txt" not in page.inner_text("main")
        page.context.close()
    assert sent(root) == []


@pytest.mark.browser
@pytest.mark.audio
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_job_is_followed_on_a_phone_and_axe_has_nothing_to_say(
    browser: Browser, root: Path, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    recording = a_recording(tmp_path / "Möte 1.wav", seconds=60)
    for guard in serving(root):
        page = at_the_desk(browser, guard, viewport={"width": 320, "height": 640}, color_scheme=scheme)
        page.set_input_files("#fil-ljud", recording)
        page.locator("#jobb-andel").wait_for()
        found = [Axe().run(page, options=AXE_OPTIONS)]
        page.get_by_role("heading", name="Klart").wait_for(timeout=60_000)
        assert "Ljudet är klart: 1:00" in page.inner_text("#lage")
        found += [Axe().run(page, options=AXE_OPTIONS)]
        assert [result.generate_report() for result in found if result.violations_count] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.locator("audio").evaluate(
            "audio => new Promise(done => { audio.oncanplay = done; audio.load(); audio.preload = 'auto' })"
        )
        assert round(page.locator("audio").evaluate("audio => audio.duration")) == 60
        page.context.close()


@pytest.mark.browser
def test_a_file_that_does_not_fit_is_told_before_anything_is_sent(
    browser: Browser, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=2**20 * 201))
    recording = a_recording(tmp_path / "a.wav", seconds=60)
    asked: list[str] = []
    for guard in serving(root):
        page = at_the_desk(browser, guard)
        page.on("request", lambda request: asked.append(request.method))
        page.set_input_files("#fil-ljud", recording)
        page.get_by_text("a.wav får inte plats. Den tar 4,2 MB, och 1 MB är fritt.").first.wait_for()
        assert asked == []
        page.context.close()


def test_what_is_written_until_the_last_moment_is_in_the_new_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(TEXT)
    episode = root / f"podcast/episodes/{SLUG}/episode.md"

    def write() -> None:
        episode.write_text(episode.read_text(encoding="utf-8") + "\nTill sist.\n", encoding="utf-8")

    made = correct_episode(
        root, SLUG, Problems(SLUG), recording=None, captions=tmp_path / "text.txt", progress=print, at_last=write
    )
    assert made
    assert episode.read_text(encoding="utf-8").endswith("Till sist.\n")
