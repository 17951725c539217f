"""The house of scripts/okatakten: who may import whom. The map in `okatakten/__init__.py` says what each room is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from support import PROJECT

PACKAGE = PROJECT / "scripts/okatakten"
STANDS_ON = {
    "disk": (),
    "written": ("disk",),
    "model": ("written",),
    "rules": ("model",),
    "addresses": ("model",),
    "fetching": ("model",),
    "words": ("rules", "addresses", "fetching"),
    "podcast": ("words",),
    "making": ("podcast",),
    "importing": ("making",),
    "search": ("disk",),
    "site": ("podcast",),
    "clips": ("site", "making"),
    "documents": ("site",),
    "translating": ("site",),
    "serve": ("site", "search"),
    "publish": ("serve",),
    "reach": ("serve", "documents"),
    "mkdocs": ("documents", "translating", "publish", "importing", "clips"),
    "desk": ("mkdocs",),
    "commands": ("desk", "reach"),
}
"""The rooms directly below each room, which may import from them and from all that they stand on."""
ONLY_IN = {
    "mkdocs": "mkdocs/",
    "properdocs": "mkdocs/",
    "mkdocs_static_i18n": "mkdocs/",
    "material": "mkdocs/",
    "feedgen": "podcast/feed.py",
    "boto3": "publish/store.py",
    "botocore": "publish/store.py",
    "weasyprint": "documents/pdf.py",
    "pikepdf": "documents/",
    "Stemmer": "search/words.py",
    "starlette": "desk/",
    "uvicorn": "desk/run.py",
}
"""Libraries that are to be replaced one day, and the only place that knows each."""


@cache
def below(room: str) -> frozenset[str]:
    """Return all rooms that a room may import from."""
    return frozenset(name for under in STANDS_ON[room] for name in (under, *below(under)))


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("okatakten", *parts)).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(module: str) -> Iterator[tuple[str, str]]:
    """Yield the modules that a module imports, inside functions too, each with the name that it takes from there."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole, "") if whole in MODULES else (node.module, alias.name)


def room_of(module: str) -> str:
    """Return the folder of a module, or its own name where it stands beside them; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def broken_rules(module: str) -> Iterator[str]:
    """Yield a sentence for each rule that the imports of a module break."""
    here, file = room_of(module), MODULES[module].relative_to(PROJECT).as_posix()
    for other, name in imports_of(module):
        library = other.partition(".")[0]
        place = ONLY_IN.get(library, "")
        if not file.removeprefix("scripts/okatakten/").startswith(place):
            yield f"{file} imports {library}, which only {place} may know."
        if library != "okatakten":
            continue
        there = room_of(other)
        if here not in {"", there} and there not in below(here):
            yield f"{file} imports {other}, but {here} may only import from {', '.join(sorted(below(here))) or 'nobody'}."
        private = [part for part in (*other.split(".")[2:], name) if part.startswith("_")]
        if here != there and private:
            yield f"{file} imports {private[0]} of {there}, which keeps it to itself."
        if other.startswith("okatakten.making.captions.") and not module.startswith("okatakten.making.captions"):
            yield f"{file} imports {other}; the face of that folder is okatakten.making.captions."


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_from_the_rooms_below_it(module: str) -> None:
    assert not list(broken_rules(module))


def test_every_room_has_its_place_in_the_house() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert rooms | files == set(STANDS_ON)


def test_modules_import_each_other_in_one_direction_only() -> None:
    graph = {
        module: {other for other, _ in imports_of(module) if other in MODULES and other != module} for module in MODULES
    }
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError with the modules of a circle
