"""Whoever waits sees on a terminal what is being done. A log holds nothing of it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from support import CASES, PROJECT, copy_project, lay_out

COMMAND = Path(sys.executable).with_name("okatakten")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
FEED = CASES / "a-valid-episode/feed.xml"


def on_a_terminal(arguments: Sequence[str | Path], *, columns: int = 80) -> tuple[list[str], str]:
    """Run the command with a terminal for its messages: what stood in its lines, one after another, and what is left."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen([COMMAND, *arguments], stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 4096):
                said += part
        except OSError:  # how Linux says that nobody writes any more
            pass
        process.communicate()
    os.close(ours)
    lines = said.decode().split("\r\x1b[K")
    return lines, lines[-1]


def test_a_build_says_on_a_terminal_which_page_it_makes_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    lines, left = on_a_terminal(["build", "--root", root, "--nginx"], columns=30)
    assert lines[1] == "Läser podden och sidorna …"
    assert "Gör sidan /resultat/behov/ …" in lines
    assert lines.index("Gör sidan /sma/podd/ …") < lines.index("Gör sökregistret …") < lines.index("Komprimerar …")
    assert max(map(len, lines)) < 30
    assert left == ""


@pytest.mark.parametrize(
    ("command", "stages"),
    [
        (["check"], ["Läser podden och sidorna …", ""]),
        (["feed"], ["Läser podden och sidorna …", ""]),
        (
            ["feed", "--published", str(FEED)],
            ["Läser podden och sidorna …", "", "Jämför med det som är publicerat …", ""],
        ),
    ],
)
def test_reading_and_comparing_are_said(command: list[str], stages: list[str], tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    lines, _ = on_a_terminal([*command, "--root", root])
    # After the last of them, a bar begins.
    assert [line.partition("\r")[0] for line in lines[1:]] == stages


def test_what_comes_while_a_bar_is_shown_has_a_line_of_its_own() -> None:
    code = (
        "from okatakten.commands.console import say_above, show_progress\n"
        "with show_progress('Hämtar') as progress:\n"
        "    progress(0.5)\n"
        "    say_above('Ett avsnitt')\n"
    )
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", code], stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    assert re.search(r"Hämtar .* 50%[^\n]*\r\x1b\[KEtt avsnitt\r\n", said)


@pytest.mark.parametrize("command", [["build"], ["check"], ["feed", "--published", str(FEED)]])
def test_without_a_terminal_there_is_no_control_character(command: list[str], tmp_path: Path) -> None:
    root = copy_project(tmp_path) if command == ["build"] else lay_out(CASES / "a-valid-episode", tmp_path)
    result = subprocess.run([COMMAND, *command, "--root", root], capture_output=True, encoding="utf-8", check=False)
    assert result.stdout
    assert not CONTROL.search(result.stdout + result.stderr)
    assert "…" not in result.stderr


def test_make_says_in_swedish_what_it_does_and_what_to_do_next(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", *(lock.name for lock in PROJECT.glob("requirements*.lock"))):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("pip", "okatakten"):
        (tmp_path / ".venv/bin" / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / ".venv/bin" / name).chmod(0o755)
    said = subprocess.run(
        ["make", "--no-print-directory", "site", "PYTHON=true"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert said.stderr == ""
    assert said.stdout.splitlines() == [
        "Installerar det som webbplatsen byggs med i mappen .venv. Det tar en minut eller två, bara den här gången.",
        "Titta på den: make serve. Se vad som kan bli bättre: .venv/bin/okatakten check",
    ]
