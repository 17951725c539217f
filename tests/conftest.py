"""Fixtures that cost something, and what is said about tests that could not run."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, NoReturn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from desk import Sitter, at_the_desk
from hosts import Host, secure_hosting
from okatakten.desk.sending import Ways
from okatakten.documents.reading import read_with_documents
from okatakten.mkdocs.run import build_site
from okatakten.model import DEFAULT_LOCALE
from okatakten.serve.ranges import accept_ranges
from okatakten.site.project import read_project
from okatakten.translating.review import build_rows, import_rows, read_translated_files
from okatakten.written.text import Problems
from support import NOW, OWN_SITE, PROJECT, copy_project, static_files

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


# What lands is judged by the same examples each time. Everyone else's random tests look in new places at every run.
hypothesis.settings.register_profile("landing", derandomize=True)
if os.environ.get("REQUIRE_ALL") == "1":
    hypothesis.settings.load_profile("landing")


# What Chromium makes ready for a person: a process for the next tab, which costs more than most tests of a page, and all
# that Playwright switches off, whose list this one replaces.
NOT_FOR_TESTS = (
    "SpareRendererForSitePerProcess", "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a test that fails says what it asked for."""


@contextlib.contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """Serve on a free port of the loopback and yield the address."""
    with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: browsers and sounds are waited for more than they cost.

    What `make test-all` runs beside that works hard, and processes that are killed at a moment need theirs.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if os.environ.get("ALL_PAGES") else cores + 1


@pytest.fixture(scope="session", autouse=True)
def _neutral_environment() -> Iterator[None]:
    """No test sees the address that the machine happens to build for."""
    patch = pytest.MonkeyPatch()
    for name in ("BEFORE_LAUNCH", "SITE_URL", "SAMPLES"):
        patch.delenv(name, raising=False)
    patch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project's own site, built as `make site` builds it: once for all workers, so nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    # A worker's folder lies in that of the whole run; a run without workers has nobody to share with.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = folder.with_suffix(".new")
            build_site(PROJECT / "mkdocs.yml", site_dir=new, reading=read_with_documents(PROJECT), site=OWN_SITE)
            new.rename(folder)
    before = _digest(folder)
    yield folder
    assert _digest(folder) == before, "a test has changed the site that all tests share"


def _digest(folder: Path) -> str:
    """Return what stands for every name and every byte in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """The built site over HTTP, with range requests."""
    with serving(accept_ranges(static_files(site))) as url:
        yield url


@pytest.fixture
def reviewed_project(tmp_path: Path) -> Path:
    """A copy of the project in which a translator has gone through every text."""
    root = copy_project(tmp_path)
    reading = read_project(root)
    files = read_translated_files(root, reading)
    words = reading.words[DEFAULT_LOCALE]
    problems = Problems("table")
    result = import_rows(files, build_rows(files), problems, words=words, reviewed=date(2026, 11, 21))
    assert problems.found == []
    assert result.untouched
    for name, text in result.texts.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel of the package, what requirements.lock names, and nothing else."""
    folder = tmp_path_factory.mktemp("outside")
    python = folder / "environment/bin/python"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=PROJECT, capture_output=True, check=True)
    venv.create(folder / "environment", with_pip=False)
    [wheel] = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel)], check=True)
    [packages] = folder.glob("environment/lib/python*/site-packages")
    for name in re.findall(r"(?m)^([\w.-]+)(?:\[.*\])?==", (PROJECT / "requirements.lock").read_text(encoding="utf-8")):
        with suppress(PackageNotFoundError):  # not for this system
            for place in {file.parts[0] for file in files(name) or () if file.parts[0] not in {"..", "__pycache__"}}:
                (packages / place).symlink_to(Path(sysconfig.get_path("purelib"), place))
    return python


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the machine's own, else the one that playwright has fetched."""
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(executable).exists():
            _cannot_run("Chromium is not installed")
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
                     f"--disable-features={','.join(NOT_FOR_TESTS)}"]  # fmt: skip
        chromium = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield chromium
        chromium.close()


def _cannot_run(reason: str) -> NoReturn:
    """Skip, naming what is missing; with REQUIRE_ALL=1 nothing may be missing."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def sitter(tmp_path: Path) -> Iterator[Sitter]:
    """Return the owner of a desk of their own, at a copy of the project."""
    with at_the_desk(copy_project(tmp_path / "projekt")) as owner:
        yield owner


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Host, Ways]]:
    """A public site that what the desk runs can reach, too: to them this machine is the internet."""
    with secure_hosting(tmp_path) as (host, reach):
        [authority] = tmp_path.glob("*.pem")
        certificate = tmp_path / "internet" / "sitecustomize.py"
        certificate.parent.mkdir()
        certificate.write_text(
            "import ssl\nfrom okatakten import fetching\n"
            f"fetching.PUBLIC = fetching.Reach(allow_private=True, tls=ssl.create_default_context(cafile={str(authority)!r}))\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("PYTHONPATH", f"{certificate.parent}{os.pathsep}{PROJECT / 'scripts'}")
        monkeypatch.setenv("SITE_URL", f"{host.url}/")
        monkeypatch.setenv("SAMPLES", "1")
        monkeypatch.setenv("BEFORE_LAUNCH", "1")
        yield host, Ways(reach=replace(reach, patience=replace(reach.patience, attempts=1)), pause=0.1, patience=3)
