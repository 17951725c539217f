"""The desk: who may ask, drafts, forms and the episodes, as requests."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

import pytest

from desk import OWNER, SECRET, Answer, Sitter, at_the_desk, served
from okatakten.desk.drafts import VERSIONS, ConflictError, Drafts
from okatakten.desk.forms import (
    EPISODE,
    Sort,
    Value,
    as_sent,
    field_of,
    moment_parts,
    value_from,
    values_of,
    written,
)
from okatakten.desk.guard import Guard, Proxy, Role, read_secret
from okatakten.desk.run import is_open
from okatakten.desk.web import FORM_LIMIT, MOST_FIELDS
from okatakten.written.rewrite import UnwritableError
from support import copy_project, run

SLUG = "atta-fragor"
FILE = f"podcast/episodes/{SLUG}/episode.md"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitter]:
    """Return the owner of a desk that tests share: they change nothing that others look at."""
    with at_the_desk(copy_project(tmp_path_factory.mktemp("desk") / "projekt")) as owner:
        yield owner


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path, tmp_path / ".desk")


def put(drafts: Drafts, file: str, text: str | bytes) -> None:
    path = drafts.root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


# Who may ask.


def test_nobody_comes_in_without_the_key_and_the_page_that_says_so_has_its_looks(anna: Sitter) -> None:
    stranger = Sitter(port=anna.port, root=anna.root)
    assert [
        stranger.get(path).status for path in ("/", f"/avsnitt/{SLUG}", f"/avsnitt/{SLUG}/svar", "/finns-inte")
    ] == [401] * 4
    assert stranger.change(SLUG, "title", "x", seen="").status == 401
    assert [stranger.get(f"/utseende/{name}").status for name in ("desk.css", "mark.svg")] == [200, 200]
    assert Answer.text.fget(stranger.get("/")).count(SECRET) == 0  # type: ignore[attr-defined]


def test_the_key_of_the_address_becomes_a_cookie_and_is_gone_from_the_address(anna: Sitter) -> None:
    answer = Sitter(port=anna.port, root=anna.root).get(anna.address)
    assert (answer.status, answer.headers["location"], answer.headers["cache-control"]) == (303, "/", "no-store")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert SECRET not in cookie + anna.address
    assert cookie.partition("=")[2].partition(";")[0] not in anna.address


@pytest.mark.parametrize("change", ["", "0", "9" * 12 + "-", "x-"])
def test_a_key_that_was_thought_up_opens_nothing(anna: Sitter, change: str) -> None:
    path, _, key = anna.address.partition("=")
    until, _, signed = key.partition("-")
    given = f"{change}{signed}" if change.endswith("-") else f"{until}{change}-{signed[:-1] if not change else signed}"
    assert Sitter(port=anna.port, root=anna.root).get(f"{path}={given}").status == 401


def test_a_key_of_yesterday_opens_nothing(anna: Sitter) -> None:
    guard = Guard(origins=("http://127.0.0.1:1",), secret=SECRET, owner=OWNER)
    old = "202001010000"
    assert Sitter(port=anna.port, root=anna.root).get(f"/?nyckel={old}-{guard.sign(f'key {old}')}").status == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "127.0.0.1:{port}.", "", None]
)
def test_a_host_that_is_not_ours_to_the_letter_is_refused(anna: Sitter, host: str | None) -> None:
    given = host.format(port=anna.port) if host else host
    assert anna.get("/", {"Host": given}).status in {400, 421}
    assert anna.get(anna.address, {"Host": given}).status in {400, 421}


@pytest.mark.parametrize(
    "origin", ["null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1:1", None]
)
def test_what_changes_something_comes_from_our_own_pages(anna: Sitter, origin: str | None) -> None:
    given = {"Origin": origin.format(port=anna.port) if origin else None}
    assert anna.post("/avsnitt", {"title": "x", "summary": "y"}, given).status == 403
    sent = {"field": "title", "value": [["title", "x"]]}
    assert anna.patch(f"/avsnitt/{SLUG}", sent, {**given, "If-Match": anna.seen(SLUG, "title")}).status == 403


def test_a_request_without_the_token_is_refused_whatever_it_calls_itself(anna: Sitter) -> None:
    assert anna.post("/avsnitt", {"title": "x", "summary": "y"}, token=False).status == 403
    assert anna.post("/avsnitt", {"csrf": "x", "title": "x"}, token=False).status == 403
    sent, seen = {"field": "title", "value": [["title", "x"]]}, anna.seen(SLUG, "title")
    for kind in (
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
    ):
        answer = anna.patch(f"/avsnitt/{SLUG}", sent, {"If-Match": seen, "Content-Type": kind}, token=False)
        assert answer.status == 403
    assert anna.seen(SLUG, "title") == seen


def test_a_cookie_of_another_desk_opens_nothing(anna: Sitter) -> None:
    other = Guard(origins=(anna.origin,), secret="en annan nyckel som är lång nog för en", owner=OWNER)
    stranger = Sitter(port=anna.port, root=anna.root, cookie=f"{other.cookie}={other.sign('cookie')}")
    assert stranger.get("/").status == 401
    for cookie in (f"{other.cookie}=", f"{other.cookie}={SECRET}", "x" * 5000, f'{other.cookie}="\\', "å=ä"):
        stranger.cookie = cookie.encode().decode("latin-1")
        assert stranger.get("/").status == 401


def test_a_desk_with_a_secret_that_can_be_guessed_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="guessed"):
        Guard(origins=("http://127.0.0.1:1",), secret="", owner=OWNER)
    (tmp_path / "secret").write_text("")
    assert len(read_secret(tmp_path)) >= 32
    assert read_secret(tmp_path) == read_secret(tmp_path)
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_what_a_form_or_a_script_sends_has_its_limits_and_nonsense_is_no_error_of_ours(anna: Sitter) -> None:
    assert anna.post("/avsnitt", {"title": "x" * FORM_LIMIT}).status == 413
    assert anna.post("/avsnitt", [("x", "y")] * MOST_FIELDS).status == 413
    assert anna.patch(f"/avsnitt/{SLUG}", "x" * FORM_LIMIT).status == 413
    nonsense: tuple[object, ...] = (
        [], "x", 1, {}, {"field": "guid", "value": []}, {"field": "title"}, {"field": "title", "value": 7},
        {"field": "title", "value": [["title"]]}, {"field": "title", "value": [["title", "\ud800"]]},
    )  # fmt: skip
    for sent in nonsense:
        assert anna.patch(f"/avsnitt/{SLUG}", sent).status == 400
    own = {"Content-Type": "application/json", "x-csrf": anna.token}
    assert anna.send("PATCH", f"/avsnitt/{SLUG}", b"[" * 100_000, own).status == 400


def test_a_form_whose_length_is_not_said_has_its_limit_too(anna: Sitter) -> None:
    head = (
        f"POST /avsnitt HTTP/1.1\r\nHost: {anna.origin[7:]}\r\nOrigin: {anna.origin}\r\nCookie: {anna.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", anna.port)) as line:
        line.sendall(head.encode())
        for _ in range(FORM_LIMIT // 2**18 + 1):
            line.sendall(f"{2**18:x}\r\n".encode() + b"x" * 2**18 + b"\r\n")
        assert line.recv(100).split()[1] == b"413"


@pytest.mark.parametrize(
    "path",
    [
        "/avsnitt/..",
        "/avsnitt/%2e%2e",
        "/avsnitt/..%2f..",
        "/avsnitt/.dold",
        "/utseende/..%2fguard.py",
        "/utseende/guard.py",
        "/avsnitt/%00",
    ],
)
def test_names_of_requests_lead_nowhere_but_to_what_is_listed(anna: Sitter, path: str) -> None:
    assert anna.get(path).status == 404


def test_every_page_keeps_others_out_and_is_kept_nowhere(anna: Sitter) -> None:
    for path in ("/", f"/avsnitt/{SLUG}", "/finns-inte"):
        headers = anna.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
        assert "server" not in headers


def test_somebody_whom_a_proxy_signs_in_may_what_is_written_for_them(tmp_path: Path) -> None:
    people = {"anna": frozenset({Role.WRITE}), "bo": frozenset({Role.TRANSLATE})}
    guard = Guard(
        origins=("https://skrivbord.example",), secret=SECRET, owner="",
        proxy=Proxy(addresses=frozenset({"127.0.0.1"}), header="x-user", people=people),
    )  # fmt: skip
    with served(copy_project(tmp_path / "projekt"), guard=guard) as sitter:
        sitter.always = {"Host": "skrivbord.example", "X-User": "Anna"}
        sitter.enter()
        origin = {"Origin": "https://skrivbord.example"}
        sent = {"field": "title", "value": [["title", "Nytt"]]}
        seen = {"If-Match": sitter.seen(SLUG, "title")}
        bo = Sitter(port=sitter.port, root=sitter.root, always={**sitter.always, "X-User": "bo"})
        bo.enter()
        assert bo.patch(f"/avsnitt/{SLUG}", sent, origin | seen).status == 403
        assert bo.post("/avsnitt", {"title": "x", "summary": "y"}, origin).status == 403
        bo.token = sitter.token
        assert bo.patch(f"/avsnitt/{SLUG}", sent, origin | seen).status == 403
        assert sitter.patch(f"/avsnitt/{SLUG}", sent, origin | seen).status == 200
        assert bo.get(f"/avsnitt/{SLUG}/svar").json["others"] == ["anna"]
        sitter.always["X-User"] = "cilla"
        assert sitter.get("/").status == 401


# Drafts.


def test_a_draft_that_says_what_the_file_says_is_none(drafts: Drafts) -> None:
    put(drafts, "a.md", "ett\r\n")
    drafts.write("a.md", "två\r\n")
    assert drafts.files() == ["a.md"]
    drafts.write("a.md", "ett\r\n")
    assert drafts.files() == []


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00rad\r\n", "\ufeffåäö\r\n".encode(), b"\xe5\xe4\xf6", b"", b"a\rb\nc"]
)
def test_bytes_stay_as_they_are_through_draft_version_and_back(drafts: Drafts, content: bytes) -> None:
    put(drafts, "a.md", content)
    text = drafts.text("a.md")
    assert text is not None
    drafts.write("a.md", f"{text}mer")
    drafts.save(["a.md"], who="anna")
    assert (drafts.root / "a.md").read_bytes() == content + b"mer"
    [version] = drafts.versions("a.md")
    drafts.write("a.md", drafts.version("a.md", version.number) or "")
    drafts.save(["a.md"], who="bo")
    assert (drafts.root / "a.md").read_bytes() == content
    assert [each.who for each in drafts.versions("a.md")] == ["bo", "anna"]


def test_what_somebody_else_has_saved_meanwhile_is_not_written_over(drafts: Drafts) -> None:
    put(drafts, "a.md", "ett")
    put(drafts, "b.md", "ett")
    drafts.write("a.md", "vårt")
    drafts.write("b.md", "vårt")
    put(drafts, "b.md", "deras")
    with pytest.raises(ConflictError):
        drafts.save(["a.md", "b.md"], who="anna")
    assert (drafts.saved("a.md"), drafts.saved("b.md"), drafts.text("b.md")) == ("ett", "deras", "vårt")


def test_a_save_that_was_killed_between_two_files_goes_on(drafts: Drafts) -> None:
    for name in ("a.md", "b.md"):
        put(drafts, name, "ett")
        drafts.write(name, "två")
    put(drafts, "a.md", "två")  # what a killed save leaves
    assert drafts.save(["a.md", "b.md"], who="anna") == ["a.md", "b.md"]
    assert (drafts.saved("a.md"), drafts.saved("b.md"), drafts.files()) == ("två", "två", [])


def test_versions_are_kept_in_order_though_the_clock_goes_back(drafts: Drafts) -> None:
    put(drafts, "a.md", "0")
    future = drafts.folder / "versions/a.md/99990101000000000000.json"
    future.parent.mkdir(parents=True)
    future.write_text(json.dumps({"who": "x", "when": "9999-01-01T00:00:00+00:00", "text": "y"}))
    (future.parent / "99990101000000000001.json").write_text("{halv")
    for number in range(1, VERSIONS + 6):
        drafts.write("a.md", str(number))
        drafts.save(["a.md"], who="anna")
    kept = [drafts.version("a.md", each.number) for each in drafts.versions("a.md")]
    assert kept == [str(number) for number in range(VERSIONS + 4, 4, -1)]


def test_what_is_given_up_is_kept_as_a_version(drafts: Drafts) -> None:
    put(drafts, "a.md", "ett")
    drafts.write("a.md", "mycket arbete")
    drafts.give_up("a.md", who="bo")
    [version] = drafts.versions("a.md")
    assert (drafts.text("a.md"), drafts.version("a.md", version.number)) == ("ett", "mycket arbete")


def test_a_draft_of_a_file_that_was_deleted_is_kept_and_hinders_nothing(drafts: Drafts) -> None:
    put(drafts, "podcast/episodes/a/episode.md", "ett")
    drafts.write("podcast/episodes/a/episode.md", "två")
    shutil.rmtree(drafts.root / "podcast/episodes/a")
    assert drafts.orphans() == ["podcast/episodes/a/episode.md"]
    drafts.lay_out(drafts.folder / "tree")
    assert not list((drafts.folder / "tree").rglob("episode.md"))
    with pytest.raises(ConflictError):
        drafts.save(drafts.orphans(), who="anna")
    assert drafts.text("podcast/episodes/a/episode.md") == "två"


def test_the_tree_follows_files_that_come_change_and_go(drafts: Drafts) -> None:
    tree = drafts.folder / "tree"

    def there() -> dict[str, str]:
        return {path.relative_to(tree).as_posix(): path.read_text() for path in tree.rglob("*") if path.is_file()}

    put(drafts, "docs/a", "fil")
    put(drafts, "docs/b.md", "b")
    put(drafts, "docs/.dold/c.md", "c")
    first = drafts.lay_out(tree)
    assert there() == {"docs/a": "fil", "docs/b.md": "b"}
    assert drafts.lay_out(tree) == first
    (drafts.root / "docs/a").unlink()
    put(drafts, "docs/a/inne.md", "a")
    drafts.write("docs/b.md", "utkast")
    assert drafts.lay_out(tree) != first
    assert there() == {"docs/a/inne.md": "a", "docs/b.md": "utkast"}
    shutil.rmtree(drafts.root / "docs/a")
    put(drafts, "docs/a", "fil igen")
    (drafts.root / "docs/lank").symlink_to("/etc/passwd")
    drafts.forget("docs/b.md")
    drafts.lay_out(tree)
    assert (tree / "docs/lank").is_symlink()
    (drafts.root / "docs/lank").unlink()
    drafts.lay_out(tree)
    assert there() == {"docs/a": "fil igen", "docs/b.md": "b"}


def test_a_disk_without_links_has_copies_and_copies_each_once(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(path: Path, to: Path) -> None:
        raise OSError(path, to)

    monkeypatch.setattr(Path, "hardlink_to", no_link)
    put(drafts, "docs/b.md", "b")
    drafts.lay_out(drafts.folder / "tree")
    first = (drafts.folder / "tree/docs/b.md").stat()
    drafts.lay_out(drafts.folder / "tree")
    assert (drafts.folder / "tree/docs/b.md").stat() == first


def test_a_link_in_the_project_is_not_read(drafts: Drafts, tmp_path: Path) -> None:
    outside = tmp_path / "utanför"
    outside.write_text("hemligt")
    (drafts.root / "a.md").symlink_to(outside)
    assert drafts.text("a.md") is None


WRITER = """
import sys
from pathlib import Path
from okatakten.desk.drafts import Drafts
drafts = Drafts(Path(sys.argv[1]), Path(sys.argv[1]) / ".desk")
number = int((drafts.text("docs/a.md") or "0").split()[0])
while True:
    number += 1
    drafts.write("docs/a.md", f"{number} " + "ord " * 5000)
    if number % 3 == 0:
        drafts.save(["docs/a.md"], who="anna")
    print(number, flush=True)
"""


@pytest.mark.server
def test_whoever_is_killed_at_any_moment_has_lost_nothing_that_was_kept(drafts: Drafts) -> None:
    chance = random.Random(21)
    put(drafts, "docs/a.md", "0 " + "ord " * 5000)
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(drafts.root)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        last = int(process.stdout.readline())
        sleep(chance.random() / 20)
        process.kill()
        told, _ = process.communicate()
        last = int((told.split() or [str(last)])[-1])
        text = drafts.text("docs/a.md") or ""
        assert int(text.split()[0]) in {last, last + 1}
        assert text.count("ord ") == 5000
        assert (drafts.saved("docs/a.md") or "").count("ord ") == 5000
        assert not drafts.is_overtaken("docs/a.md")


# Forms.

HANDWRITTEN = {
    "plain": "title: Rubrik\nsummary: Kort\n",
    "comments": "# överst\ntitle: Rubrik  # en kommentar\n# mitt i\nsummary: Kort\n",
    "quotes": "title: 'Rubrik'\nsummary: \"Kort: och gott\"\n",
    "block": "title: Rubrik\nsummary: |\n  Rad ett\n  rad två\n",
    "folded": "title: Rubrik\nsummary: >-\n  Rad ett\n  rad två\n\n  ny\n",
    "over lines": "title: Rubrik\n  på två rader\nsummary: Kort\n",
    "anchor": "title: &t Rubrik\nsummary: *t\n",
    "flow": "title: Rubrik\npersons: [{name: Anna, role: gäst}, {name: Bo, role: host}]\nquestions: [8, 1,\n  3]\n",
    "lists": "title: Rubrik\npersons:\n- name: Anna # hon\n  role:   gäst\n# om Bo\n- role: host\n  name: 'Bo'\nquestions:\n  - 3\n  - 1\n",
    "empty values": "title:\nsummary: # kort\nseason:\nepisode: ~\npersons:\n",
    "twice": "title: Ett\ntitle: Två\nsummary: Kort\n",
    "words": "title: Rubrik\nexplicit: nej\nsynthetic_voice: Ja\ntype: full\n",
    "day": "title: Rubrik\npublished: 2026-11-09T07:00:30+01:00\n",
    "no day": "title: Rubrik\npublished: nästa vecka\n",
    "more parts": "title: Rubrik\npersons:\n  - name: Anna  Ek\n    role: gäst\n    bild: a.jpg\n  - Bo\nsources:\n  - title: Ett\n",
    "unknown": "titel: Rubrik\nsummary: Kort\nquestions: [99]\nseason: '01'\nepisode: två\n",
    "tabs and spaces": "title:    Rubrik   \nsummary:   'Kort  och'  \n",
}  # fmt: skip
CHANGES: dict[str, Value] = {
    "title": "Ny: rubrik", "summary": "Ny # text", "published": "2026-12-24 15:00 +01:00", "season": "2", "episode": "3",
    "type": "bonus", "persons": ({"name": "Anna", "role": "gäst"}, {"name": "Nya", "role": "berättare"}), "questions": ("1", "2"),
    "sources": ({"title": "Källa", "url": "https://k.se/"},), "notes": "Nytt stycke.\n\n- ett\n- två", "picture_alt": "En sjö",
    "synthetic_voice": True, "explicit": True, "post": "Ett stycke.\n\nEtt till.", "hashtags": ("inköp", "återbruk"),
}  # fmt: skip


def file_of(fields: str, newline: str = "\n", bom: str = "") -> str:
    return f"{bom}---\nguid: x # id\n{fields}former_slugs: [a,  b] # förr\n---\n\n  Text \n\nmed **fet**.\n\n".replace(
        "\n", newline
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("fields", HANDWRITTEN.values(), ids=HANDWRITTEN)
def test_a_field_that_is_changed_says_so_and_every_other_line_keeps_its_bytes(
    fields: str, newline: str, bom: str
) -> None:
    text = file_of(fields, newline, bom)
    for name, value in CHANGES.items():
        field = field_of(name)
        assert field is not None
        try:
            new = written(text, field, value)
        except UnwritableError:  # an anchor that others refer to
            assert (fields, name) == (HANDWRITTEN["anchor"], "title")
            continue
        assert as_sent(field, values_of(new)[name], zone=STOCKHOLM) == as_sent(field, value, zone=STOCKHOLM)
        for each in EPISODE:
            if each.name != name:
                assert values_of(new)[each.name] == values_of(text)[each.name]
        if name != "notes":
            comments = [line for line in text.split(newline) if line.lstrip().startswith("#")]
            assert [line for line in new.split(newline) if line.lstrip().startswith("#")] == comments
            assert new.partition("former_slugs:")[2] == text.partition("former_slugs:")[2]


@pytest.mark.parametrize("fields", HANDWRITTEN.values(), ids=HANDWRITTEN)
def test_a_form_that_nobody_has_touched_changes_nothing(fields: str, sitter: Sitter) -> None:
    path = sitter.root / FILE
    path.write_bytes(file_of(fields).encode())
    for changes in ({}, {"picture_alt": "En sjö"}):
        answer = sitter.post(f"/avsnitt/{SLUG}", sitter.form(f"/avsnitt/{SLUG}", changes))
        assert (answer.status, answer.headers["location"]) == (303, f"/avsnitt/{SLUG}?sparat=1")
        draft = sitter.root / ".desk/drafts" / FILE
        assert draft.is_file() == bool(changes)
    assert draft.read_text(encoding="utf-8") == f"---\npicture_alt: En sjö\n{file_of(fields)[4:]}"
    assert path.read_bytes() == file_of(fields).encode()


def test_what_cannot_be_written_by_itself_is_told_and_not_written(sitter: Sitter) -> None:
    (sitter.root / FILE).write_text(file_of(HANDWRITTEN["anchor"]), encoding="utf-8")
    assert sitter.change(SLUG, "title", "Ny").status == 422
    answer = sitter.post(f"/avsnitt/{SLUG}", sitter.form(f"/avsnitt/{SLUG}", {"title": "Min rubrik"}))
    assert answer.status == 409
    assert "Min rubrik" in answer.text
    assert not (sitter.root / ".desk/drafts" / FILE).exists()


@pytest.mark.parametrize(
    ("day", "time", "text"),
    [
        ("2026-03-28", "07:00", "2026-03-28 07:00 +01:00"),
        ("2026-03-29", "07:00", "2026-03-29 07:00 +02:00"),
        ("2026-03-29", "02:30", "2026-03-29 02:30"),  # there is no such time: the check says so
        ("2026-10-25", "02:30", "2026-10-25 02:30 +02:00"),
        ("2026-11-09", "", "2026-11-09"),
        ("", "07:00", "07:00"),
        ("", "", ""),
    ],
)
def test_a_day_and_a_time_are_of_the_show_s_clock_and_half_of_it_is_kept(day: str, time: str, text: str) -> None:
    field = field_of("published")
    assert field is not None
    value = value_from(field, {"published-day": day, "published-time": time}, zone=STOCKHOLM)
    assert value == text
    assert moment_parts(text, zone=STOCKHOLM) == (day, time)


def test_fields_of_every_sort_are_in_the_table_of_changes() -> None:
    assert {field.sort for field in EPISODE} <= set(Sort)
    assert {field.name for field in EPISODE} == set(CHANGES)


# Episodes.


def test_who_takes_part_in_an_episode_is_suggested_in_the_others(sitter: Sitter) -> None:
    form = {"persons-0-name": "Anna Ek", "persons-0-role": "gäst", "persons-0-href": ""}
    sitter.post(f"/avsnitt/{SLUG}", sitter.form(f"/avsnitt/{SLUG}", form))
    tree = sitter.get("/avsnitt/trailer").tree
    [listed] = set(tree.xpath("//input[starts-with(@name, 'persons-')][contains(@name, '-name')]/@list"))
    assert "Anna Ek" in tree.xpath(f"//datalist[@id='{listed}']/option/@value")


def test_a_field_is_kept_as_soon_as_it_is_sent_and_the_file_in_the_project_stays(sitter: Sitter) -> None:
    before = (sitter.root / FILE).read_bytes()
    assert sitter.change(SLUG, "title", "Åtta svar").status == 200
    assert 'value="Åtta svar"' in sitter.get(f"/avsnitt/{SLUG}").text
    assert "Ändrat här" in sitter.get("/").text
    assert (sitter.root / FILE).read_bytes() == before
    draft = sitter.root / ".desk/drafts" / FILE
    assert draft.read_text(encoding="utf-8") == before.decode().replace('"Exempel: Åtta frågor"', "Åtta svar")
    assert sitter.post(f"/avsnitt/{SLUG}/angra").status == 303
    assert not draft.exists()


def test_the_same_sent_twice_is_kept_once_and_what_another_has_written_is_told(sitter: Sitter) -> None:
    seen = sitter.seen(SLUG, "title")
    first = sitter.change(SLUG, "title", "Ett", seen=seen)
    assert sitter.change(SLUG, "title", "Ett", seen=seen).json == first.json  # the answer was lost on its way
    second = sitter.change(SLUG, "title", "Två", seen=seen)
    assert (second.status, second.json["theirs"]) == (412, "Ett")
    assert sitter.change(SLUG, "title", "Två", seen=second.json["seen"]).status == 200


def test_two_who_send_the_whole_form_keep_each_other_s_fields(sitter: Sitter) -> None:
    page = f"/avsnitt/{SLUG}"
    mine, theirs = sitter.form(page, {"title": "Min"}), sitter.form(page, {"summary": "Deras", "title": "Också"})
    assert sitter.post(page, mine).status == 303
    answer = sitter.post(page, theirs)
    assert answer.status == 409
    assert "Också" in answer.text
    shown = dict(sitter.form(page))
    assert (shown["title"], shown["summary"]) == ("Min", "Deras")


def test_fields_that_are_sent_at_once_are_all_kept(sitter: Sitter) -> None:
    sent = {"title": "Rubriken", "summary": "Kort", "season": "7", "picture_alt": "En sjö", "notes": "Nytt."}
    seen = {name: sitter.seen(SLUG, name) for name in sent}
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda pair: sitter.change(SLUG, *pair, seen=seen[pair[0]]), sent.items()))
    assert {answer.status for answer in answers} == {200}
    assert dict(sitter.form(f"/avsnitt/{SLUG}")).items() >= sent.items()


def test_a_pull_that_changes_other_fields_goes_together_with_what_is_written(sitter: Sitter) -> None:
    path = sitter.root / FILE
    sitter.change(SLUG, "title", "Vår rubrik")
    pulled = (
        path.read_text(encoding="utf-8")
        .replace("start: 0:37", "start: 0:38 # rättat")
        .replace("season: 1", "season: 2")
    )
    path.write_text(pulled, encoding="utf-8")
    assert dict(sitter.form(f"/avsnitt/{SLUG}")).items() >= {"title": "Vår rubrik", "season": "2"}.items()
    draft = (sitter.root / ".desk/drafts" / FILE).read_text(encoding="utf-8")
    assert draft == pulled.replace('"Exempel: Åtta frågor"', "Vår rubrik")


def test_a_draft_of_fields_that_no_form_has_is_moved_upon_what_was_pulled_too(sitter: Sitter) -> None:
    path, drafts = sitter.root / FILE, Drafts(sitter.root, sitter.root / ".desk")
    text = path.read_text(encoding="utf-8")
    drafts.write(
        FILE,
        text.replace("start: 0:37", "start: 0:39").replace("hashtags: [cirkulärupphandling, JämtlandHärjedalen]\n", ""),
    )
    pulled = text.replace("season: 1", "season: 2")
    path.write_text(pulled, encoding="utf-8")
    assert sitter.get(f"/avsnitt/{SLUG}").status == 200
    now = drafts.text(FILE) or ""
    assert ("0:39" in now, "season: 2" in now, "hashtags" in now) == (True, True, False)
    assert not drafts.is_overtaken(FILE)


@pytest.mark.parametrize(("choice", "title"), [("mitt", "Vår rubrik"), ("deras", "Deras rubrik")])
def test_a_pull_that_changes_the_same_field_is_told_and_somebody_chooses(
    sitter: Sitter, choice: str, title: str
) -> None:
    path = sitter.root / FILE
    sitter.change(SLUG, "title", "Vår rubrik")
    sitter.change(SLUG, "season", "5")
    path.write_text(path.read_text(encoding="utf-8").replace("Exempel: Åtta frågor", "Deras rubrik"), encoding="utf-8")
    page = sitter.get(f"/avsnitt/{SLUG}")
    assert page.text.count("Deras rubrik") == 1
    saved = page.tree.xpath("string(//input[@name='saved']/@value)")
    assert sitter.post(f"/avsnitt/{SLUG}/avgor", {"saved": "gammalt", "title": choice}).status == 303
    assert "avgor" in sitter.get(f"/avsnitt/{SLUG}").text
    sitter.post(f"/avsnitt/{SLUG}/avgor", {"saved": saved, "title": choice})
    assert "avgor" not in sitter.get(f"/avsnitt/{SLUG}").text
    assert dict(sitter.form(f"/avsnitt/{SLUG}")).items() >= {"title": title, "season": "5"}.items()


@pytest.mark.parametrize(
    ("before", "ours", "theirs", "shown"),
    [
        (
            "role: okänd", "role: gäst\n    href: https://a.exempel/", "role: programledare",
            ["Namn: Anna Ek, Roll: Gäst, Webbadress: https://a.exempel/", "Namn: Anna Ek, Roll: Programledare"],
        ),
        ("hashtags: [a, b]", "hashtags: [a, c]", "hashtags: [a, d, e]", ["c", "d\ne"]),
        ("hashtags: [a, b]", "hashtags: [a, b, c]", "hashtags: [a]", ["b\nc", "Inget utöver det som är lika."]),
        ("hashtags: [a, b]", "hashtags: [b, a]", "hashtags: []", ["b\na", "ingenting"]),
        ("x: {title: a, url: b}", "x: {title: c, url: b}", "x: {title: d, url: b}", ["Rubrik: c", "Rubrik: d"]),
    ],
)  # fmt: skip
def test_what_both_have_changed_is_told_in_words(
    sitter: Sitter, before: str, ours: str, theirs: str, shown: list[str]
) -> None:
    path, drafts = sitter.root / FILE, Drafts(sitter.root, sitter.root / ".desk")
    where = "persons:\n  - name: Anna Ek\n    " if before.startswith("role") else ""
    text = path.read_text(encoding="utf-8").replace("---\n", f"---\n{where}{before}\n", 1)
    drafts.write(FILE, text.replace(before, ours))
    drafts.resume(FILE, text.replace(before, ours), base=text)
    path.write_text(text.replace(before, theirs), encoding="utf-8")
    page = sitter.get(f"/avsnitt/{SLUG}")
    assert page.tree.xpath("//form[contains(@action, '/avgor')]//label/span/text()") == shown


@pytest.mark.parametrize(
    "content",
    [
        b"---\ntitle: \xe5\n---\n",
        b"---\n<<<<<<< HEAD\ntitle: a\n=======\n---\n",
        b"",
        b"text utan falt",
        b"---\ntitle: a\n---\n\xff\n",
    ],
)
def test_a_file_that_is_no_fields_is_shown_as_it_is_and_not_written(sitter: Sitter, content: bytes) -> None:
    path = sitter.root / FILE
    sitter.change(SLUG, "title", "Vår rubrik")
    path.write_bytes(content)
    assert sitter.get(f"/avsnitt/{SLUG}").text.count("går inte att läsa som fält") == 1
    assert 'value="Vår rubrik"' in sitter.get(f"/avsnitt/{SLUG}").text
    assert sitter.get("/").status == 200
    sitter.post(f"/avsnitt/{SLUG}/angra")
    assert sitter.get(f"/avsnitt/{SLUG}").text.count("går inte att läsa som fält") == 1
    assert sitter.change(SLUG, "title", "x", seen="").status == 422
    assert sitter.get(f"/avsnitt/{SLUG}/svar").status == 200
    assert path.read_bytes() == content


def test_a_draft_follows_an_episode_that_was_renamed_and_waits_where_it_was_deleted(sitter: Sitter) -> None:
    folder = (sitter.root / FILE).parent
    sitter.change(SLUG, "title", "Vår rubrik")
    folder.rename(folder.with_name("atta-svar"))
    assert sitter.get(f"/avsnitt/{SLUG}").status == 404
    assert "Vår rubrik" in sitter.get("/").text
    assert 'value="Vår rubrik"' in sitter.get("/avsnitt/atta-svar").text
    shutil.rmtree(folder.with_name("atta-svar"))
    page = sitter.get("/")
    assert "title: Vår rubrik" in page.tree.xpath("string(//pre)")
    sitter.post("/kvarglomt", {"fil": "podcast/episodes/atta-svar/episode.md"})
    assert "Vår rubrik" not in sitter.get("/").text


def test_a_new_episode_is_a_draft_and_the_same_one_twice_is_told(sitter: Sitter) -> None:
    form = {"title": "Återbruk i skolan", "summary": "Hur en skola valde begagnat."}
    answer = sitter.post("/avsnitt", form)
    assert (answer.status, answer.headers["location"]) == (303, "/avsnitt/aterbruk-i-skolan")
    folder = sitter.root / "podcast/episodes/aterbruk-i-skolan"
    assert "draft: true" in (folder / "episode.md").read_text(encoding="utf-8")
    assert "Återbruk i skolan" in sitter.get("/?lage=Utkast").text
    before = (folder / "episode.md").read_bytes()
    again = sitter.post("/avsnitt", form)
    assert again.status in {303, 422}
    assert (folder / "episode.md").read_bytes() == before
    empty = sitter.post("/avsnitt", {"title": "", "summary": "Bara det här"})
    assert empty.status == 422
    assert "Bara det här" in empty.text


def test_a_draft_that_never_came_out_can_be_taken_away_and_back_and_nothing_else(sitter: Sitter) -> None:
    sitter.post("/avsnitt", {"title": "Försöket", "summary": "Ett försök."})
    sitter.change("forsoket", "summary", "Ändrat och inte sparat.")
    folder = sitter.root / "podcast/episodes/forsoket"
    (folder / "audio.mp3").write_bytes(b"ljud")
    assert sitter.post("/avsnitt/forsoket/tabort").status == 303
    assert not folder.exists()
    page = sitter.get("/")
    assert "Försöket" not in page.text
    name = page.tree.xpath("string(//input[@name='namn']/@value)")
    assert sitter.post("/borttaget", {"namn": "../drafts"}).status == 409
    assert sitter.post("/borttaget", {"namn": name}).headers["location"] == "/avsnitt/forsoket"
    assert (folder / "audio.mp3").read_bytes() == b"ljud"
    assert sitter.post(f"/avsnitt/{SLUG}/tabort").status == 409
    assert (sitter.root / FILE).is_file()


def test_the_list_is_sought_chosen_and_sorted(anna: Sitter) -> None:
    def titles(query: str) -> list[str]:
        return [str(each) for each in anna.get(f"/{query}").tree.xpath("//tbody//a/text()")]

    assert len(titles("")) == len(anna.get("/").tree.xpath("//tbody/tr")) > 2
    assert titles("?q=%C3%85TTA") == ["Exempel: Åtta frågor"]
    assert titles("?q=finns+inte") == titles("?lage=Borttaget") == []
    assert titles("?ordning=rubrik") == sorted(
        titles(""), key=lambda title: title.casefold().translate(str.maketrans("åäö", "{|}"))
    )
    assert sorted(titles("?ordning=dag")) == sorted(titles("?ordning=%00")) == sorted(titles(""))


@pytest.mark.parametrize("name", ["Ä b#c?d%25", "x'\"<b>"])
def test_a_folder_with_any_name_has_its_page(sitter: Sitter, name: str) -> None:
    folder = (sitter.root / FILE).parent
    folder.rename(folder.with_name(name))
    [href] = [href for href in sitter.get("/").tree.xpath("//tbody//a/@href") if SLUG not in href and "%" in href]
    assert sitter.get(href).status == 200
    answer = sitter.post(href, sitter.form(href, {"title": "Ny"}))
    assert answer.headers["location"] == f"{href}?sparat=1"
    assert "Sparat" in sitter.get(answer.headers["location"]).tree.xpath("string(//*[@role='status'])")


def test_answers_stand_at_their_fields(sitter: Sitter) -> None:
    def at(name: str) -> str:
        return str(sitter.get(f"/avsnitt/{SLUG}").tree.xpath(f"string(//*[@id='svar-{name}'])"))

    sitter.change(SLUG, "title", "")
    sitter.patch(
        f"/avsnitt/{SLUG}",
        {"field": "sources", "value": [["sources-0-url", "ingen adress"]]},
        {"If-Match": sitter.seen(SLUG, "sources")},
    )
    assert "Rätta" in at("title")
    assert "ingen adress" in at("sources")
    assert "ingen adress" not in at("title")
    sitter.change(SLUG, "notes", "season: 3\n\nText.")
    assert at("notes")
    answers = sitter.get(f"/avsnitt/{SLUG}/svar").json["answers"]
    assert {"title", "sources", "notes"} <= set(answers)


def test_a_project_without_episodes_has_a_list(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "projekt")
    shutil.rmtree(root / "podcast/episodes")
    with at_the_desk(root) as owner:
        assert "Börja med det första" in owner.get("/").text
        assert owner.post("/avsnitt", {"title": "Det första", "summary": "Ett avsnitt."}).status == 303


def test_what_lies_at_the_desk_is_neither_built_nor_checked(sitter: Sitter) -> None:
    before = run("check", "--root", str(sitter.root))
    sitter.change(SLUG, "title", "")
    sitter.post("/avsnitt", {"title": "x", "summary": "y"})
    sitter.post("/avsnitt/x/tabort")
    assert run("check", "--root", str(sitter.root)) == before


def test_a_second_start_finds_the_desk_of_its_own_project_only(anna: Sitter) -> None:
    own = Guard(origins=(anna.origin,), secret=SECRET, owner=OWNER)
    assert is_open(own, anna.port)
    assert not is_open(Guard(origins=(anna.origin,), secret="x" * 40, owner=OWNER), anna.port)
    assert not is_open(own, 9)
