"""What is installed: no more than each task needs, in the same versions for all of them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, PackagePath, files, packages_distributions
from pathlib import Path

import pytest

from support import PROJECT

LOCKS = sorted(PROJECT.glob("requirements*.lock"))
PACKAGE = PROJECT / "scripts/okatakten"
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONAL = PROJECT_FILE["project"]["optional-dependencies"]
EXTRAS = {
    "documents/pdf.py": "documents",
    "publish/store.py": "publish",
}
"""The modules that load what only an extra brings; those of the desk may."""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(lock: Path) -> dict[str, str]:
    found = re.findall(r"(?m)^([\w.-]+)==([^ ;]+)", lock.read_text(encoding="utf-8"))
    return {canonical(name): version for name, version in found}


_brought = cache(packages_distributions)
"""Asks every installed package once."""


def loaded_by(path: Path) -> set[str]:
    """Return the distributions that a module imports from, in functions, too."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    others = names - sys.stdlib_module_names - {"okatakten", "__future__"}
    return {canonical(_brought()[name][0]) for name in others}


def installed(name: str) -> list[PackagePath]:
    """Return the files of a package, or none where it is not for this system."""
    try:
        return files(name) or []
    except PackageNotFoundError:
        return []


def test_what_two_locks_name_is_the_same() -> None:
    assert len(LOCKS) == 5
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in pins_of(lock).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_has_hashes_and_no_addresses(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    entries = [number for number, line in enumerate(lines) if not line.startswith((" ", "#"))]
    assert entries
    assert all(lines[number + 1].startswith("    --hash=sha256:") for number in entries)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (
            "requirements.lock",
            [*PROJECT_FILE["project"]["dependencies"], *PROJECT_FILE["dependency-groups"]["install"]],
        ),
        ("requirements-documents.lock", OPTIONAL["documents"]),
        ("requirements-publish.lock", OPTIONAL["publish"]),
        ("requirements-desk.lock", OPTIONAL["desk"]),
        ("requirements-dev.lock", PROJECT_FILE["dependency-groups"]["dev"]),
    ],
)
def test_a_lock_has_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    asked = dict(re.sub(r"\[.*\]", "", pin).split("==") for pin in wanted)
    pins = pins_of(PROJECT / lock)
    assert {canonical(name): version for name, version in asked.items()}.items() <= pins.items()


def test_make_site_installs_all_that_the_package_loads_and_the_extras_their_own() -> None:
    site = pins_of(PROJECT / "requirements.lock").keys()
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        extra = "desk" if name.startswith("desk/") else EXTRAS.get(name)
        more = pins_of(PROJECT / f"requirements-{extra}.lock").keys() if extra else set()
        assert loaded_by(path) - site <= more, path
        assert name not in EXTRAS or loaded_by(path) - site


def test_make_site_installs_at_most_70_packages_and_400_mb() -> None:
    names = [*pins_of(PROJECT / "requirements.lock"), "pip", "okatakten"]
    assert len(names) <= 70
    paths = [file.locate() for name in names for file in installed(name) if file.suffix != ".pyc"]
    assert sum(Path(str(path)).stat().st_size for path in paths) < 400 * 2**20


@pytest.mark.parametrize(
    ("target", "locks"),
    [
        ("site", [""]),
        ("documents", ["", "-documents"]),
        ("publish-tools", ["", "-publish"]),
        ("desk", ["", "-desk"]),
        ("test", ["", "-documents", "-publish", "-desk", "-dev"]),
    ],
)
def test_a_target_installs_what_it_needs(target: str, locks: list[str], tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", *(lock.name for lock in LOCKS)):
        (tmp_path / name).symlink_to(PROJECT / name)
    said = subprocess.run(
        ["make", "--dry-run", target], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert re.findall(r"--require-hashes --requirement requirements(.*)\.lock", said) == locks
