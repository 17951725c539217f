"""To disk: one at a time, whole or not at all, and what the operating system says in Swedish."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial, partialmethod
from pathlib import Path

import pytest
from PIL import Image

from okatakten.disk.alone import BusyError, alone, within
from okatakten.disk.write import replace_folder, write_atomically
from okatakten.site.project import read_project
from okatakten.written.machine import explain
from okatakten.written.problems import Kind
from support import CASES, lay_out, run

HOLDER = """
import os, signal, sys
from pathlib import Path
from okatakten.disk.alone import alone
with alone(Path(sys.argv[1]), work="okatakten build"):
    print("har", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Return a process that holds the lock of a folder until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "har\n"
    return process


def test_whoever_comes_second_is_told_who_is_at_work_and_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    folder, told = tmp_path / "site", list[BusyError]()
    with holder(folder) as process:
        with pytest.raises(BusyError) as busy, alone(folder, tries=range(3), told=told.append):
            pytest.fail("two at once")
        assert len(told) == 1
        assert busy.value.worker
        assert (busy.value.worker.work, busy.value.worker.pid) == ("okatakten build", process.pid)
        process.kill()
    with alone(folder) as locked:
        assert locked
    assert list(tmp_path.iterdir()) == []


def test_who_waits_gets_the_turn(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with holder(folder) as process:

        def tries() -> Iterator[None]:
            yield
            process.communicate()
            yield

        with alone(folder, tries=tries()) as locked:
            assert locked


def test_a_lock_file_that_somebody_left_stops_nobody(tmp_path: Path) -> None:
    for content in (b"", b"{}", b"null", b"\xff", json.dumps({"pid": 1}).encode()):
        (tmp_path / ".site.lock").write_bytes(content)
        with alone(tmp_path / "site") as locked:
            assert locked
    (tmp_path / ".site.lock").mkdir()
    with alone(tmp_path / "site") as locked:
        assert not locked


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_lock_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "min-fil"
    precious.write_text("viktigt", encoding="utf-8")
    (tmp_path / ".site.lock").symlink_to(precious)
    with alone(tmp_path / "site") as locked:
        assert not locked
    assert precious.read_text(encoding="utf-8") == "viktigt"


def test_two_threads_do_not_meet_and_who_holds_a_lock_may_take_it_again(tmp_path: Path) -> None:
    refused = []

    def second() -> None:
        try:
            with alone(tmp_path / "site"):
                pass
        except BusyError as busy:
            refused.append(busy)

    with alone(tmp_path / "site"), alone(tmp_path / "site") as locked:
        assert locked
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_a_process_that_works_for_the_holder_may_work_in_the_folder(tmp_path: Path) -> None:
    code = HOLDER.replace("sys.stdin.read()", "")
    with alone(tmp_path / "site"):
        for environment, status in ((within(), 0), ({}, 1)):
            done = subprocess.run(
                [sys.executable, "-c", code, str(tmp_path / "site")],
                env=os.environ | environment, capture_output=True, check=False,
            )  # fmt: skip
            assert done.returncode == status


def test_a_disk_without_locks_is_written_to_under_names_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", none)
    names = set()

    def make(new: Path) -> None:
        names.add(new.name)
        (new / "a").touch()
        if len(names) < 2:
            replace_folder(tmp_path / "site", make=make)

    replace_folder(tmp_path / "site", make=make)
    assert len(names) == 2
    assert [path.name for path in tmp_path.iterdir() if path.name != ".site.lock"] == ["site"]


def test_a_folder_that_somebody_is_replacing_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    replace_folder(folder, make=lambda new: (new / "a").touch())
    with holder(folder), pytest.raises(BusyError):
        replace_folder(folder, make=lambda new: (new / "b").touch())
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_what_a_killed_process_left_is_put_back_or_removed(tmp_path: Path) -> None:
    for name in (".site-new-1", ".site-new-2", ".site-old-3"):
        (tmp_path / name).mkdir()
    (tmp_path / ".site-old-3/kept").touch()

    def fails(_new: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace_folder(tmp_path / "site", make=fails)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["site", "site/kept"]


@pytest.mark.parametrize(("says", "after", "written"), [(32, 2, True), (5, 1, True), (5, 9, False), (19, 1, False)])
def test_a_file_that_a_program_has_open_for_a_moment_is_written_once_it_has_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: int, after: int, written: bool
) -> None:
    replace, refused = Path.replace, list[Path]()

    def refusing(self: Path, target: Path) -> Path:
        if len(refused) < after:
            refused.append(target)
            error = PermissionError(13, "Access is denied")
            error.winerror = says  # type: ignore[attr-defined]
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    if written:
        assert write_atomically(tmp_path / "a", b"1", tries=range(5))
    else:
        with pytest.raises(PermissionError):
            write_atomically(tmp_path / "a", b"1", tries=range(5))
    assert [path.name for path in tmp_path.iterdir()] == ["a"] * written


def test_two_who_write_one_file_at_once_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_bytes = Path.write_bytes

    def slow(self: Path, content: bytes) -> int:
        done = write_bytes(self, content)
        if content == b"1":
            write_atomically(tmp_path / "a", b"2")
        return done

    monkeypatch.setattr(Path, "write_bytes", slow)
    assert write_atomically(tmp_path / "a", b"1")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"1")]


def test_a_killed_holder_leaves_a_lock_file_and_no_lock(tmp_path: Path) -> None:
    with holder(tmp_path / "site") as process:
        process.send_signal(signal.SIGKILL)
    assert (tmp_path / ".site.lock").exists()
    with holder(tmp_path / "site"):
        pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Disken är full."),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "a"), "a: Det utrymme du får använda på disken"),
        (OSError(errno.EROFS, "Read-only file system", "/srv/www"), "/srv/www: Disken går bara att läsa"),
        (PermissionError(errno.EACCES, "Permission denied", "a"), "a: Den som kör kommandot behöver få läsa"),
        (PermissionError(errno.EPERM, "Operation not permitted", b"a"), "a: Den som kör kommandot behöver få läsa"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a"), "a: Namnet är för långt"),
        (OSError(errno.EMFILE, "Too many open files", "a"), "a: Datorn har så många filer öppna"),
        (OSError(errno.EIO, "Input/output error", "a"), "a: Disken svarar med ett fel."),
        (OSError(errno.ELOOP, "Too many levels of symbolic links", "a"), "a: Länkar leder i en ring."),
        (RuntimeError("Symlink loop from 'a'"), "Länkar leder i en ring."),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a/b"), "a/b: Något på vägen dit är en fil"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "a"), "a: Det är en mapp"),
        (OSError(errno.ENOTEMPTY, "Directory not empty", "a"), "a: Det finns redan något annat"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "Datorns minne räcker inte."),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "Datorns minne räcker inte."),
        (MemoryError(), "Datorns minne räcker inte."),
        (OSError(errno.EFBIG, "File too large"), "Filen blir större"),
        (OSError(errno.ESTALE, "Stale file handle", "a"), "a: Disken svarar inte."),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a"), "a: Det finns inte"),
        (
            FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
            "Det finns ingen mapp för",
        ),
        (OSError(errno.EPROTO, "Protocol error", "a"), "a: Datorn kan inte läsa eller skriva här (EPROTO)."),
        (OSError("Error reading file"), "Datorn kan inte läsa eller skriva här (OSError)."),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]), "Disken är full."),
        (UnicodeEncodeError("utf-8", "n\udce4mn.png", 1, 2, "surrogates not allowed"), "n?mn.png: Namnet har tecken"),
        (OSError(errno.EACCES, "Permission denied", "/p/.site-new-0a1b2c3d/podd/a.mp3"), "/p/site/podd/a.mp3: Den som"),
        (OSError(errno.EACCES, "Permission denied", "/p/.0123456789abcdef.new"), "/p: Den som kör"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_the_operating_system_says_is_swedish_and_says_what_to_do(error: Exception, said: str) -> None:
    answer = explain(error)
    assert answer.startswith(said)
    assert not re.search(
        r"(?i)\b(?:no|not|file|error|denied|too|read|directory|errno)\b", answer.replace("OSError", "")
    )


@pytest.mark.parametrize(
    ("number", "said"), [(5, "Den som kör"), (32, "Ett annat program"), (112, "Disken är full"), (123, "Namnet har")]
)
def test_windows_says_more_exactly_what_it_is(number: int, said: str) -> None:
    error = PermissionError(errno.EACCES, "Access is denied", "a")
    error.winerror = number  # type: ignore[attr-defined]
    assert explain(error).startswith(f"a: {said}")


@pytest.mark.parametrize(
    "name",
    [
        "docs/questions.yml",
        "podcast/episodes/hallbara-inkop/episode.md",
        "podcast/cover-1.png",
        "docs/assets/plan.svg",
        "docs/assets/karta.png",
    ],
)
def test_a_file_that_is_there_and_cannot_be_opened_is_not_called_missing_or_damaged(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).touch()

    def refuse(path: Path | str, *rest: object, do: Callable[..., object], **options: object) -> object:
        if path == root / name:
            raise PermissionError(errno.EACCES, "no", str(path))
        return do(path, *rest, **options)

    monkeypatch.setattr(Path, "read_bytes", partialmethod(refuse, do=Path.read_bytes))
    monkeypatch.setattr(Image, "open", partial(refuse, do=Image.open))
    found = [problem for problem in read_project(root).problems if problem.file == name]
    assert [problem.kind for problem in found] == [Kind.FILE_UNREADABLE]
    assert (
        "Filen finns men går inte att läsa. Den som kör kommandot behöver få läsa"
        in run("check", "--root", str(root))[2]
    )
