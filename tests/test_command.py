"""The command as it is typed, and the local server as it is used."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from okatakten.addresses import read_public_site
from okatakten.disk.write import replace_folder, update_folder, write_all, write_atomically, write_files
from okatakten.podcast.releases import published_bytes
from okatakten.serve.panel import add_panel
from support import CASES, PROJECT, VALID, contents, lay_out, run, to_publish

COMMAND = str(Path(sys.executable).parent / "okatakten")


def test_a_tree_in_order_is_said_to_be(tmp_path: Path) -> None:
    assert run("check", "--root", str(lay_out(CASES / "a-valid-episode", tmp_path))) == (
        0,
        (
            "Att tänka på: Ljudstyrkan avviker från den som poddappar räknar med (EBU R 128), så lyssnaren får ändra "
            "volymen. Gör om ljudet med okatakten correct innan avsnittet publiceras.\n"
            "    podcast/episodes/hallbara-inkop/audio.mp3 (−22,3 LUFS, ska vara −19,0)\n"
            "\n"
            "Att tänka på: Apple Podcasts och YouTube visar kapitel först när de är minst tre.\n"
            "    podcast/episodes/hallbara-inkop/episode.md (2)\n"
            "\n"
            "Allt är rätt: 1 avsnitt, 0 sidor på sv.\n"
        ),
        "",
    )


def test_a_tree_with_problems_gives_all_of_them_and_a_status(tmp_path: Path) -> None:
    case = CASES / "files-missing"
    expected = (case / "problems.txt").read_text(encoding="utf-8")
    for command in ("check", "feed", "build"):
        assert run(command, "--root", str(lay_out(case, tmp_path / command))) == (1, "", expected)
        assert not (tmp_path / command / "site").exists()


def test_an_empty_folder_gets_an_answer(tmp_path: Path) -> None:
    status, _, said = run("check", "--root", str(tmp_path))
    assert status == 1
    assert "är inte projektets mapp. Gå till den, eller skriv den efter --root." in said


def test_the_feed_is_made_alone(tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    feed = root / "site/podd/feed.xml"
    status, said, _ = run("feed", "--root", str(root), environment={"SITE_URL": "https://prov.example/"})
    assert status == 0
    assert "1 avsnitt, nytt flöde för https://prov.example/" in said
    assert feed.read_bytes() == (CASES / "a-valid-episode/feed.xml").read_bytes()
    _, said, _ = run("feed", "--root", str(root), environment={"SITE_URL": "https://prov.example/"})
    assert "oförändrat flöde" in said


def test_the_feed_can_be_made_without_loading_what_takes_long() -> None:
    large = {
        "mkdocs",
        "jinja2",
        "httpcore",
        "icalendar",
        "pikepdf",
        "weasyprint",
        "boto3",
        "docx",
        "openpyxl",
        "pysubs2",
    }
    code = f"import sys, okatakten.commands.main, okatakten.podcast.feed; sys.exit(str({large} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, encoding="utf-8").stderr
    assert said.strip() == "set()"


def test_a_feed_that_cannot_be_written_gets_an_answer(tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    status, _, said = run("feed", "--root", str(root), "--output", str(root / "podcast"))
    assert status == 1
    assert "går inte att skriva" in said


@pytest.mark.parametrize("written", ["okatakten", "https://", "ftp://a.se/", "https://a.se/?b", "https://å.se/"])
def test_an_address_that_is_none_stops_everything(written: str) -> None:
    for command in ("feed", "build", "serve"):
        status, _, said = run(command, "--root", str(PROJECT), environment={"SITE_URL": written})
        assert status == 1
        assert f"SITE_URL är «{written}»" in said
        # What is proposed can be published, too.
        read_public_site({"SITE_URL": said.split()[-1]})


def test_every_word_of_help_is_swedish() -> None:
    _, said, _ = run("--help")
    assert "Bygg hela webbplatsen" in said
    for word in ("Options", "Commands", "Usage", "Show this message", "default"):
        assert word not in said
        assert word not in run("feed", "--help")[1]


@pytest.mark.parametrize("command", [[], ["translation"]])
def test_no_line_in_a_list_of_commands_is_cut_off(command: list[str]) -> None:
    assert "..." not in run(*command, "--help")[1]


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["bild"], "Det finns inget kommando 'bild'."),
        (["build", "--rot"], "Det finns inget val '--rot'."),
        (["check", "podcast"], "Det här förstod kommandot inte: podcast"),
        (["feed", "--output"], "Efter '--output' ska ett värde stå."),
    ],
)
def test_a_command_that_slipped_is_answered_in_swedish(arguments: list[str], answer: str) -> None:
    status, _, said = run(*arguments)
    assert status == 2
    assert answer in said
    for word in ("Error", "Usage", "Try ", "No such", "mean"):
        assert word not in said


@pytest.mark.server
def test_a_port_that_is_taken_gets_an_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        status, _, said = run("serve", "--root", str(PROJECT), "--address", address)
    assert status == 1
    assert "Välj en annan, till exempel: --address 127.0.0.1:8001" in said


@pytest.mark.parametrize(
    "address", ["hej", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:x", ":8001", "127.0.0.1:-1", ""]
)
def test_what_is_no_address_to_serve_at_gets_an_answer(address: str) -> None:
    status, said, wrong = run("serve", "--root", str(PROJECT), "--address", address)
    assert (status, said) == (1, "")
    assert wrong.strip() == f"{address} är ingen adress på datorn. Skriv den så här: --address 127.0.0.1:8001".strip()


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    replace_folder(folder, make=lambda new: (new / "a").touch())
    inode = folder.stat().st_ino
    replace_folder(folder, make=lambda new: (new / "b").touch())
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert folder.stat().st_ino != inode

    def fails(new: Path) -> None:
        (new / "c").write_bytes(b"3")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace_folder(folder, make=fails)
    assert [path.name for path in folder.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_is_brought_up_to_date_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write_files(folder, {"a/same": "1", "a/other": "1", "b/gone": "1"})

    def make(new: Path) -> set[str]:
        write_files(new, {"a/other": "2", "c/d/new": "2"})
        return {"a/same"}

    def fails(new: Path) -> set[str]:
        make(new)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        update_folder(folder, make=fails)
    assert contents(folder) == {"a/same": b"1", "a/other": b"1", "b/gone": b"1"}
    update_folder(folder, make=make)
    assert contents(folder) == {"a/same": b"1", "a/other": b"2", "c/d/new": b"2"}
    assert not (folder / "b").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_that_is_as_before_is_linked_and_never_written_into(tmp_path: Path) -> None:
    before, new = tmp_path / "before", tmp_path / "new"
    write_files(before, {"a/same": "1", "a/other": "1", "a/longer": "12", "a/shorter": "1"})
    write_files(new, {"a/same": "1", "a/other": "2", "a/longer": "1", "a/shorter": "12", "b": ""}, before=before)
    expected = {"a/same": b"1", "a/other": b"2", "a/longer": b"1", "a/shorter": b"12", "b": b""}
    assert contents(new) == expected
    assert [name for name in expected if (new / name).stat().st_nlink > 1] == ["a/same"]
    write_files(new, {"a/same": "3"}, before=before)
    assert (before / "a/same").read_bytes() == b"1"
    write_files(new, {"a/same": "1"}, before=before)
    assert (new / "a/same").samefile(before / "a/same")
    write_files(new, {"a/same": "1"}, before=new)
    assert (new / "a/same").samefile(before / "a/same")


def _points_elsewhere(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.chmod(0o600), lambda path: path.chmod(0o000), _points_elsewhere, Path.unlink],
    ids=["others may not read it", "nobody may read it", "it is a link", "it is gone"],
)
def test_only_a_file_like_a_new_one_is_linked(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    before, new = tmp_path / "before", tmp_path / "new"
    write_files(before, {"a": "1"})
    mode = (before / "a").stat().st_mode
    spoil(before / "a")
    write_files(new, {"a": "1"}, before=before)
    assert (new / "a").lstat().st_mode == mode
    assert (new / "a").read_bytes() == b"1"


def test_a_file_is_written_where_the_disk_has_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_files(tmp_path / "before", {"a": "1"})
    write_files(tmp_path / "new", {"a": "1"}, before=tmp_path / "before")
    assert contents(tmp_path / "new") == {"a": b"1"}


def test_a_file_is_written_only_when_it_changes(tmp_path: Path) -> None:
    assert write_atomically(tmp_path / "a/b", b"1")
    assert not write_atomically(tmp_path / "a/b", b"1")
    assert write_atomically(tmp_path / "a/b", b"2")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    with pytest.raises(OSError, match="finns-inte"):
        write_all({tmp_path / "a": b"2", tmp_path / "finns-inte/b": b"2"})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"1")]
    write_all({tmp_path / "a": b"2", tmp_path / "b": b"3"})
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == [("a", b"2"), ("b", b"3")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("serve")
    shutil.copytree(VALID, root, dirs_exist_ok=True)
    for name in ("docs", "overrides"):
        shutil.copytree(PROJECT / name, root / name, dirs_exist_ok=True)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    return root


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[str]:
    with running(project) as address:
        yield address


@contextmanager
def running(project: Path) -> Iterator[str]:
    """Yield the address at which a project is shown, once something answers there. What is said goes to serve.log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = project / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [COMMAND, "serve", "--address", address], cwd=project, stdout=output, stderr=output, env=os.environ
        )
        try:
            until(lambda: fetch(f"http://{address}/podd/")[0] != 0, log)
            yield f"http://{address}/"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                # A shell lets what it runs in the background ignore SIGINT.
                process.kill()
                process.wait()


@pytest.mark.server
def test_the_local_server_lets_a_listener_seek(server: str, project: Path) -> None:
    release = next(iter(to_publish(project).releases.values()))
    audio = b"".join(published_bytes(release))
    url = f"{server}podd/hallbara-inkop/audio.mp3"
    for written, status, part, place in [
        ("", 200, audio, None),
        ("bytes=0-99", 206, audio[:100], f"bytes 0-99/{len(audio)}"),
        ("bytes=1000-", 206, audio[1000:], f"bytes 1000-{len(audio) - 1}/{len(audio)}"),
        ("bytes=-10", 206, audio[-10:], f"bytes {len(audio) - 10}-{len(audio) - 1}/{len(audio)}"),
        (f"bytes={len(audio)}-", 416, b"", f"bytes */{len(audio)}"),
        ("bytes=5-1", 200, audio, None),
        ("bytes=-", 200, audio, None),
        ("rader=1-2", 200, audio, None),
    ]:
        got_status, content, headers = fetch(url, {"Range": written} if written else {})
        assert (got_status, content, headers.get("Content-Range")) == (status, part, place), written
        assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.server
def test_the_local_server_can_be_searched(server: str) -> None:
    assert fetch(f"{server}search/entry.json")[0] == 200


@pytest.mark.server
def test_the_local_server_follows_episodes_content_templates_and_css(server: str, project: Path) -> None:
    changes = [
        ("podcast/episodes/hallbara-inkop/episode.md", "Hållbara inköp", "Gröna inköp", "podd/"),
        ("docs/sv/index.md", "## I korthet", "## Nytt stycke", ""),
        ("docs/sv/words.yml", "listen: Lyssna", "listen: Hör på", "podd/hallbara-inkop/"),
        ("docs/sma/kontakt.md", "## Viehkie", "## Bïevnesh", "sma/kontakt/"),
        ("overrides/podcast.html", "{{ words.episodes | e }}", "Alla delar", "podd/"),
        ("overrides/assets/site.css", "--site-measure: none", "--site-measure: 60ch", "assets/site.css"),
        ("overrides/profile/profile.yml", "#f6faf9", "#f6faf8", "assets/site.css"),
    ]
    for name, before, after, address in changes:
        path = project / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        wanted = after.removeprefix("## ").removeprefix("listen: ").encode()
        until(partial(shows, server + address, wanted), project / "serve.log")
    config = project / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("  - kontakt.md\n", ""), encoding="utf-8")
    menu = re.compile(rb"<header.*Kontakt.*</header>", re.DOTALL)
    until(lambda: (page := fetch(server)[1]) != b"" and not menu.search(page), project / "serve.log")


@pytest.mark.server
def test_the_local_server_shows_drafts_marked(server: str, project: Path) -> None:
    path = project / "podcast/episodes/hallbara-inkop/episode.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n", "---\ndraft: true\n", 1), encoding="utf-8")
    until(partial(shows, f"{server}podd/hallbara-inkop/", b">Utkast</strong>"), project / "serve.log")
    path.write_text(text, encoding="utf-8")
    until(lambda: not shows(f"{server}podd/hallbara-inkop/", b">Utkast</strong>"), project / "serve.log")


MISTAKES = {
    "podcast/episodes/hallbara-inkop/transcript.vtt": ("WEBVTT", "WEBTT", "Filens första rad ska vara WEBVTT."),
    "podcast/episodes/hallbara-inkop/episode.md": ("title:", "titel:", "episode.md, rad "),
    "docs/sv/words.yml": ("toc: ", "toc ", "docs/sv/words.yml"),
    "docs/sv/index.md": ("(om.md)", "(finns-inte.md)", "docs/sv/index.md"),
    "overrides/podcast.html": ("{% extends", "{% extnds", "overrides/podcast.html, rad "),
    "mkdocs.yml": ("custom_dir: overrides", "custom_dir: finns-inte", "Webbplatsen gick inte att bygga"),
}


@pytest.mark.server
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_shown_on_the_last_good_page_until_it_is_mended(server: str, project: Path, name: str) -> None:
    before, after, said = MISTAKES[name]
    path, log = project / name, project / "serve.log"
    text = path.read_text(encoding="utf-8")
    assert before in text
    pages = {address: fetch(server + address)[1] for address in ("", "podd/", "sma/kontakt/", "finns-inte/")}
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    until(partial(shows, server, b'role="alert"'), log)
    for address, page in pages.items():
        shown = fetch(server + address)[1].decode()
        assert said in shown
        title = re.search("<title.*?</title>", page.decode())
        assert title
        assert title[0] in shown
        assert not re.search("Aborted|Traceback|strict mode|Config value|Error", shown)
    assert fetch(f"{server}podd/feed.xml")[0] == 200
    assert fetch(f"{server}podd/feed.xml")[1].startswith(b"<?xml")
    path.write_text(text, encoding="utf-8")
    until(lambda: not shows(server, b'role="alert"'), log)


@pytest.mark.server
def test_what_is_wrong_from_the_beginning_is_shown_and_goes_when_it_is_mended(tmp_path: Path, project: Path) -> None:
    for name in ("docs", "overrides", "podcast"):
        shutil.copytree(project / name, tmp_path / name)
    shutil.copy(project / "mkdocs.yml", tmp_path)
    path = tmp_path / "podcast/show.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title:", "titel:", 1), encoding="utf-8")
    with running(tmp_path) as server:
        for address in ("", "podd/", "finns/inte/alls/"):
            page = fetch(server + address)[1].decode()
            assert "Webbplatsen går inte att visa än" in page
            assert "podcast/show.yml" in page
            assert "livereload(" in page
        path.write_text(text, encoding="utf-8")
        until(lambda: fetch(f"{server}podd/")[0] == 200 and not shows(server, b'role="alert"'), tmp_path / "serve.log")


def test_the_panel_holds_text_and_no_markup_of_others() -> None:
    page = add_panel(b'<html><BODY class="a"><p>Hej</p></BODY>'.lower(), '<script>alert("1")</script> & \\1')
    assert page.startswith(b'<html><body class="a"><style>')
    assert b"<script" not in page
    assert b"&lt;script&gt;" in page
    assert b"\\1" in page
    assert page.endswith(b"<p>hej</p></body>")


def fetch(url: str, headers: dict[str, str] | None = None, *, timeout: float = 10) -> tuple[int, bytes, dict[str, str]]:
    """Return status, content and headers; status 0 when nothing answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)
    except OSError:
        return 0, b"", {}


def shows(url: str, wanted: bytes) -> bool:
    return wanted in fetch(url)[1]


def until(holds: Callable[[], bool], log: Path) -> None:
    """Wait for what must come; give up after a minute with what the server said."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8"))
