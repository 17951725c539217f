"""The machine at its worst: two at once, and a disk that is full or closed at every step."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.folder import publish_folder
from deploy.host import Said
from okatakten.disk.write import replace_folder, write_all, write_atomically, write_files
from okatakten.written.advice import Reason
from support import CASES, contents, copy_project, lay_out, run

COMMAND = str(Path(sys.executable).with_name("okatakten"))
KILL = -1
"""In place of an error: the process ends there and then."""
ADDRESS = {"SITE_URL": "https://podd.exempel.se/"}


@dataclass
class Disk:
    """A disk that answers what is written below a folder with an error, from a step on. `steps` counts them."""

    folder: Path
    number: int
    steps: int = 0
    works_until: float = float("inf")

    def refuses(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raise the error. Called by Python before it opens, makes or renames something (PEP 578)."""
        path, *more = arguments or ("",)
        writes = event in {"os.mkdir", "os.rename", "os.link"}
        if event == "open" and not isinstance(path, int):
            flags = more[1] if len(more) > 1 and isinstance(more[1], int) else 0
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes and isinstance(path, str | bytes | Path) and os.fsdecode(path).startswith(str(self.folder)):
            self.steps += 1
            if self.steps > self.works_until and self.number == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.steps > self.works_until:
                raise OSError(self.number, os.strerror(self.number), os.fsdecode(path))


_disk: Disk | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _disk is not None:
        _disk.refuses(event, arguments)


sys.addaudithook(_watch)  # none can be taken away again


@contextmanager
def failing(folder: Path, *, after: float, number: int = errno.ENOSPC) -> Iterator[Disk]:
    """Let everything that is written below a folder fail after so many steps."""
    global _disk  # noqa: PLW0603
    _disk = Disk(folder=folder, number=number, works_until=after)
    try:
        yield _disk
    finally:
        _disk = None


def every_step(folder: Path, do: Callable[[], object], *, number: int) -> Iterator[bool]:
    """Do something again and again, each time failing one step later, until it is done; yield whether it was."""
    for after in range(1000):
        done = True
        with failing(folder, after=after, number=number):
            try:
                do()
            except OSError as error:
                done = False
                if error.errno != number:
                    raise
        yield done
        if done:
            return


def killed_after(folder: Path, after: float, do: Callable[[], object]) -> bool:
    """Do something in a process of its own that ends at a step below a folder; return whether it did end there."""
    child = os.fork()
    if not child:
        with failing(folder, after=after, number=KILL), suppress(OSError):
            do()
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE, errno.EIO, errno.EDQUOT])
def test_a_folder_is_the_old_or_the_new_at_every_step(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a").write_bytes(b"1")

    def make(new: Path) -> None:
        (new / "podd").mkdir()
        (new / "podd/a").write_bytes(b"2")
        (new / "b").write_bytes(b"2")

    steps = 0
    for done in every_step(tmp_path, lambda: replace_folder(folder, make=make), number=number):
        steps += 1
        assert contents(folder) == ({"podd/a": b"2", "b": b"2"} if done else {"a": b"1"})
        assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert steps > 4


@pytest.mark.server
@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_is_whole_when_its_writer_is_killed_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr("okatakten.disk.write._exchange", lambda *_: False)
    folder = tmp_path / "site"
    replace_folder(folder, make=lambda new: write_files(new, {"a": "1", "podd/a": "1"}))
    for after in range(100):
        was_killed = killed_after(
            tmp_path,
            after,
            lambda: replace_folder(folder, make=lambda new: write_files(new, {"b": "2", "podd/b": "2"})),
        )

        def look(_new: Path) -> None:
            assert set(contents(folder)) in ({"a", "podd/a"}, {"b", "podd/b"})
            raise ZeroDivisionError

        # Whoever comes next puts back what was moved aside, and clears away the rest.
        with pytest.raises(ZeroDivisionError):
            replace_folder(folder, make=look)
        assert [path.name for path in tmp_path.iterdir()] == ["site"]
        if not was_killed:
            break
    assert after > 4


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_files_are_all_old_or_all_new_at_every_step(tmp_path: Path, number: int) -> None:
    old = {tmp_path / "a": b"1", tmp_path / "b": b"1"}
    new = dict.fromkeys(old, b"2")
    write_all(old)
    for done in every_step(tmp_path, lambda: write_all(new), number=number):
        found = contents(tmp_path)
        # What has begun to be renamed on a disk that fails there cannot be taken back.
        assert set(found) == {"a", "b"}
        assert not done or set(found.values()) == {b"2"}
    for _ in every_step(tmp_path, lambda: write_atomically(tmp_path / "a", b"3"), number=number):
        assert contents(tmp_path)["a"] in {b"2", b"3"}
        assert set(contents(tmp_path)) == {"a", "b"}


def to_deploy(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out a project whose new site is built, and a folder `www` that an older one is published in."""
    for name, mark in (("project/site", "ny"), ("www", "gammal")):
        for file in ("index.html", "podd/feed.xml", "_nginx/a.conf", "assets/hashed/a.css"):
            path = root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(mark, encoding="utf-8")
    (root / "www/assets/hashed/b.css").write_text("äldre", encoding="utf-8")
    monkeypatch.chdir(root / "project")
    monkeypatch.setenv("SITE_URL", ADDRESS["SITE_URL"])
    monkeypatch.setenv("BEFORE_LAUNCH", "1")
    monkeypatch.setattr("deploy.folder.okatakten", lambda *_, **__: Said(done=True, result="", messages=""))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_published_folder_is_the_old_or_the_new_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    to_deploy(tmp_path, monkeypatch)
    before = contents(tmp_path / "www")
    for after in range(100):
        with failing(tmp_path, after=after, number=number):
            status = publish_folder(tmp_path / "www")
        said = capsys.readouterr().err
        if status == 0:
            break
        assert contents(tmp_path / "www") == before
        assert "Ingenting är publicerat" in said
        assert "disken" in said.lower()
    assert after > 8
    assert set(contents(tmp_path / "www")) == set(before)
    assert contents(tmp_path / "www")["podd/feed.xml"] == b"ny"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project", "www"]


@pytest.mark.parametrize("lost", ["index.html", "podd/feed.xml"])
def test_a_site_that_is_not_whole_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lost: str
) -> None:
    for name in ("project/site", "www"):
        for file in ("index.html", "podd/feed.xml", "_nginx/a.conf"):
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")
    (tmp_path / "project/site" / lost).unlink()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("SITE_URL", ADDRESS["SITE_URL"])
    monkeypatch.setenv("BEFORE_LAUNCH", "1")
    monkeypatch.setattr("deploy.folder.okatakten", lambda *_, **__: Said(done=True, result="", messages=""))
    before = contents(tmp_path / "www")
    assert publish_folder(tmp_path / "www") == 1
    assert f"site/{lost}" in capsys.readouterr().err
    assert contents(tmp_path / "www") == before


def test_a_published_folder_that_lost_its_feed_is_told_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "www/_nginx").mkdir(parents=True)
    monkeypatch.setenv("SITE_URL", ADDRESS["SITE_URL"])
    monkeypatch.setenv("BEFORE_LAUNCH", "1")
    assert publish_folder(tmp_path / "www") == 1
    assert "flytta undan hela mappen och kör kommandot igen" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EMFILE])
def test_a_check_changes_nothing_and_needs_no_room(tmp_path: Path, number: int) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path / "p")
    before = contents(root)
    with failing(root, after=0, number=number) as disk:
        status, said, wrong = run("check", "--root", str(root))
    assert (status, wrong) == (0, "")
    assert "Allt är rätt" in said
    assert disk.number == number
    assert contents(root) == before


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "Disken är full"),
        (errno.EROFS, "går bara att läsa"),
        (errno.EACCES, "behöver få läsa och skriva"),
    ],
)
def test_every_command_that_writes_says_what_the_disk_says(tmp_path: Path, number: int, said: str) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path / "p")
    before = contents(root)
    for arguments in (
        ("feed",),
        ("feed", "--output", str(root / "a/b.xml")),
        ("withdraw", "hallbara-inkop", "--reason", "Fel."),
        ("translation", "export", str(root / "t.csv"), "--locale", "sma"),
        ("build",),
    ):
        with failing(root, after=0, number=number):
            status, _, wrong = run(*arguments, "--root", str(root))
        assert status == 1
        assert said in wrong or "Välj språk" in wrong, arguments
        assert "Traceback" not in wrong
        assert not re.search(r"Errno|No space|denied|Read-only", wrong)
        assert contents(root) == before


@pytest.mark.server
def test_a_published_folder_is_whole_when_its_writer_is_killed_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_deploy(tmp_path, monkeypatch)
    www = tmp_path / "www"
    old = contents(www)
    for after in range(100):
        was_killed = killed_after(tmp_path, after, lambda: publish_folder(www))
        left = tmp_path / "left"
        # What stands where a server would read it, but for the moment in which one folder is moved aside for another.
        found = contents(www) if www.exists() else old
        assert found == old or found["podd/feed.xml"] == b"ny"
        assert set(found) == set(old)
        if not was_killed:
            break
        shutil.copytree(tmp_path, left)
        monkeypatch.chdir(left / "project")
        assert publish_folder(left / "www") == 0
        assert contents(left / "www")["podd/feed.xml"] == b"ny"
        assert not [path for path in left.iterdir() if path.is_dir() and path.name not in {"project", "www"}]
        monkeypatch.chdir(tmp_path / "project")
        shutil.rmtree(left)
    assert after > 8


@pytest.mark.rebuild
def test_a_build_that_is_killed_at_any_step_leaves_the_last_good_site(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "p")
    assert run("build", "--root", str(root))[0] == 0
    before = contents(root / "site")
    with failing(root, after=float("inf")) as counted:
        assert run("build", "--root", str(root))[0] == 0
    for after in sorted(random.Random(KILL).sample(range(counted.steps), 8)):
        assert killed_after(root, after, lambda: run("build", "--root", str(root)))
        assert contents(root / "site") == before
    assert run("build", "--root", str(root))[0] == 0
    assert contents(root / "site") == before
    assert not [path for path in root.glob(".site*") if path.is_dir()]


@pytest.mark.rebuild
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_build_that_fails_at_any_step_leaves_the_last_good_site(tmp_path: Path, number: int) -> None:
    root = copy_project(tmp_path / "p")
    assert run("build", "--root", str(root))[0] == 0
    before = contents(root / "site")
    with failing(root, after=float("inf")) as counted:
        assert run("build", "--root", str(root))[0] == 0
    # The last three remember the day, which a build can do without.
    for after in sorted(random.Random(number).sample(range(counted.steps - 3), 6)):
        with failing(root, after=after, number=number):
            status, _, wrong = run("build", "--root", str(root))
        assert (status, contents(root / "site") == before) == (1, True), after
        assert "Disken" in wrong
        assert "den förra finns kvar" in wrong
    assert run("build", "--root", str(root))[0] == 0
    assert contents(root / "site") == before
    assert not [*root.glob(".site*")]


def started(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, *arguments], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        env=os.environ | ADDRESS,
    )  # fmt: skip


@pytest.mark.rebuild
def test_of_two_builds_at_any_distance_both_are_whole_and_one_says_that_it_waited(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "p")
    begun = time.monotonic()
    started(root, "build").communicate()
    lasted = time.monotonic() - begun
    before = contents(root / "site")
    chosen = random.Random(1)
    for _ in range(4):
        first = started(root, "build")
        time.sleep(chosen.random() * lasted)
        second = started(root, "build")
        said = [process.communicate()[0] for process in (first, second)]
        assert (first.returncode, second.returncode) == (0, 0), said
        assert contents(root / "site") == before
        assert [path.name for path in root.glob(".*")] == [".okatakten"]
        if "arbetar i" in said[1]:
            assert f"process {first.pid}" in said[1]


@pytest.mark.rebuild
def test_a_build_and_a_deployment_at_once_leave_both_folders_whole(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "p")
    www = tmp_path / "www"
    environment = os.environ | ADDRESS | {"PYTHONPATH": str(Path("scripts").resolve())}

    def deploy() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy", "folder", str(www)], cwd=root, env=environment, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    first = deploy()
    first.communicate()
    if first.returncode:
        pytest.skip("no PDF here")
    whole = contents(www)
    for distance in (0, 0.5, 1.5):
        deployment = deploy()
        time.sleep(distance)
        build = started(root, "build")
        said = [process.communicate()[0] for process in (deployment, build)]
        assert (deployment.returncode, build.returncode) == (0, 0), said
        assert "arbetar i" in "".join(said)
        assert contents(www) == whole
        assert (root / "site/index.html").is_file()
        shutil.rmtree(root / "site")


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_folder_that_may_not_be_opened_is_told_and_not_passed_over(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path / "p")
    closed = root / "docs/assets"
    closed.mkdir(exist_ok=True)
    scandir = os.scandir

    def refusing(path: Any = ".") -> Any:
        if Path(os.fsdecode(path)) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    status, said, wrong = run(command, "--root", str(root))
    assert status == 1
    assert f"{closed}: {Reason.SYSTEM_NO_RIGHT}" in said + wrong
