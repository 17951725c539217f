"""What every part has: how it is found and installed, and what it is shown."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

PROJECT: Final = Path(__file__).parents[2]
NODE: Final = PROJECT / ".venv/node/parts"
"""Where `make parts-tools` puts what comes from npm."""
ASKED: Final = Path(__file__).parent / "asked"
"""What is said to parts in their own languages."""
ITUNES: Final = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PATIENCE: Final = 120
"""Seconds that a program may take."""


class WrongError(Exception):
    """The part did not do what a person would need of it; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An episode as the feed says it; `length` is bytes, `duration` seconds."""

    title: str
    guid: str
    url: str
    length: int
    media_type: str
    duration: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A built site that is served at `url`, and a folder of the part's own."""

    site: Path
    url: str
    folder: Path

    @property
    def feed(self) -> str:
        return f"{self.url}podd/feed.xml"

    def items(self) -> list[Item]:
        """Return the episodes of the feed, as it lies in the site."""
        return [_item(each) for each in etree.parse(self.site / "podd/feed.xml").iter("item")]

    def episode(self) -> str:
        """Return the address of the page of an episode."""
        return f"{self.url}podd/atta-fragor/"

    def bytes_of(self, url: str) -> bytes:
        return (self.site / url.removeprefix(self.url)).read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something of others. `check` says what it saw, or raises WrongError; `command` makes it say its version."""

    name: str
    command: Sequence[str]
    check: Callable[[Ground], str]
    apt: str = ""
    npm: str = ""

    def version(self) -> str | None:
        """Return the version that is installed; None where there is none."""
        if self.npm:
            return installed(self.npm)
        try:
            said = run(*self.command, may_fail=True)
        except FileNotFoundError:
            return None
        found = re.search(r"\d+(?:\.\d+)+[\w.~+-]*", said)
        return found[0] if found else None

    @property
    def source(self) -> str:
        """Say how it is installed."""
        return f"npm {self.npm}" if self.npm else f"apt {self.apt}" if self.apt else "no apt, npm or pip package has it"


def installed(package: str) -> str | None:
    """Return the version of a package of npm that `make parts-tools` has installed."""
    described = NODE / "node_modules" / package.rpartition("@")[0] / "package.json"
    found = re.search(r'"version": *"([^"]+)"', described.read_text("utf-8")) if described.exists() else None
    return found[1] if found else None


def run(
    *command: str | Path, more: Mapping[str, str] | None = None, cwd: Path | None = None, may_fail: bool = False
) -> str:
    """Return what a program says. Raises WrongError where it fails, unless it may."""
    done = subprocess.run(
        command, env=_environment(more), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=PATIENCE, check=False,
    )  # fmt: skip
    if done.returncode and not may_fail:
        raise WrongError(
            f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(done.stdout.split())[-400:]}"
        )
    return done.stdout


@contextlib.contextmanager
def running(*command: str | Path, more: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, and stop it."""
    quiet = subprocess.DEVNULL
    own = _environment(more)
    with subprocess.Popen(command, env=own, stdin=quiet, stdout=quiet, stderr=quiet) as server:
        try:
            yield server
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Wait until somebody listens on a port of the loopback."""
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise WrongError(f"nobody listens on {port}")


def ask_node(script: str, *arguments: str) -> str:
    """Return what a script of `asked` says, with the packages of npm that are installed."""
    # Asked from the folder of the packages, since Node looks for them from where a script lies.
    return run("node", "--input-type=module", "--eval", (ASKED / script).read_text("utf-8"), "--", *arguments, cwd=NODE)


def hold(found: object, wanted: object, what: str) -> None:
    """Raise WrongError where something is not as it should be."""
    if found != wanted:
        raise WrongError(f"{what}: {found!r:.300} and not {wanted!r:.300}")


def fetch(url: str, **headers: str) -> tuple[Mapping[str, str], bytes]:
    """Return the headers and the content of an address."""
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return answer.headers, answer.read()


def build_site(url: str, folder: Path) -> Path:
    """Build the project's own site for an address, with its sample episodes and documents, and return its folder."""
    for name in ("docs", "overrides", "podcast"):
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copy(PROJECT / "mkdocs.yml", folder)
    own = {"SITE_URL": url, "SAMPLES": "1"}
    run(Path(sys.executable).parent / "okatakten", "build", "--nginx", "--documents", "--root", folder, more=own)
    return folder / "site"


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """Return the environment of a program; servers lie where not everybody looks."""
    return {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin", **(more or {})}


def _item(item: etree._Element) -> Item:
    enclosure = item.find("enclosure")
    assert enclosure is not None
    return Item(
        title=item.findtext("title", ""),
        guid=item.findtext("guid", ""),
        url=enclosure.get("url", ""),
        length=int(enclosure.get("length", "0")),
        media_type=enclosure.get("type", ""),
        duration=int(item.findtext(f"{ITUNES}duration", "0")),
    )
