"""What is remembered between runs changes nothing but the time that they take."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from okatakten.disk import memory
from okatakten.disk.memory import forget, recall
from okatakten.mkdocs.templates import RememberedTemplates

DAY = 24 * 60 * 60


def counting(content: bytes | None = b"made") -> tuple[list[None], Callable[[], bytes | None]]:
    calls: list[None] = []

    def make() -> bytes | None:
        calls.append(None)
        return content

    return calls, make


def test_what_was_made_before_is_not_made_again(tmp_path: Path) -> None:
    calls, make = counting()
    assert [recall(tmp_path, b"text", make=make) for _ in range(2)] == [b"made", b"made"]
    assert recall(tmp_path, b"other text", make=make) == b"made"
    assert len(calls) == 2


def test_none_is_not_remembered(tmp_path: Path) -> None:
    calls, make = counting(None)
    assert [recall(tmp_path, b"text", make=make) for _ in range(2)] == [None, None]
    assert len(calls) == 2


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:-1] + b"!", lambda _: b""])
def test_a_damaged_memory_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    calls, make = counting()
    recall(tmp_path, b"text", make=make)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert [recall(tmp_path, b"text", make=make) for _ in range(2)] == [b"made", b"made"]
    assert len(calls) == 2


def test_a_memory_that_cannot_be_read_or_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    _, make = counting()
    assert recall(tmp_path / "file", b"text", make=make) == b"made"
    recall(tmp_path / "folder", b"text", make=make)
    (path,) = (tmp_path / "folder").iterdir()
    path.unlink()
    path.mkdir()
    assert recall(tmp_path / "folder", b"text", make=make) == b"made"


def test_what_nobody_has_asked_for_in_a_month_before_the_newest_is_forgotten(tmp_path: Path) -> None:
    calls, make = counting()
    for name, days in ((b"old", 31), (b"newer", 29), (b"asked for", 31), (b"newest", 0)):
        before = {*tmp_path.iterdir()}
        recall(tmp_path, name, make=make)
        (path,) = {*tmp_path.iterdir()} - before
        os.utime(path, (path.stat().st_mtime - days * DAY,) * 2)
    recall(tmp_path, b"asked for", make=make)
    memory._forget_old.cache_clear()
    recall(tmp_path, b"another", make=make)
    assert len(calls) == 5
    for name in (b"newer", b"asked for", b"newest", b"another"):
        recall(tmp_path, name, make=make)
    assert len(calls) == 5
    recall(tmp_path, b"old", make=make)
    assert len(calls) == 6


@pytest.mark.parametrize("damage", [lambda content: content, lambda content: content[:-1] + b"!", lambda _: b""])
def test_a_template_is_compiled_once_unless_what_is_remembered_is_damaged(
    tmp_path: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    original: Callable[..., object] = Environment.compile

    def compile_template(environment: Environment, source: str, *named: str) -> object:
        compiled.append(source)
        return original(environment, source, *named)

    monkeypatch.setattr(Environment, "compile", compile_template)

    def render(template: str) -> str:
        cache = RememberedTemplates(tmp_path)
        environment = Environment(loader=DictLoader({"page.html": template}), bytecode_cache=cache, autoescape=True)
        return environment.get_template("page.html").render(title="Öka takten")

    assert [render("{{ title }}") for _ in range(2)] == ["Öka takten"] * 2
    assert len(compiled) == 1
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    path.write_bytes(damage(before))
    assert render("{{ title }}") == "Öka takten"
    assert len(compiled) == (1 if damage(before) == before else 2)
    assert render("{{ title }}!") == "Öka takten!"


def test_what_can_be_read_and_not_touched_is_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, make = counting()
    recall(tmp_path, b"text", make=make)

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.utime", refuse)
    assert recall(tmp_path, b"text", make=make) == b"made"
    assert len(made) == 1


def test_what_builds_remember_is_forgotten_and_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    cache = tmp_path / "cache"
    for folder in (elsewhere, cache / "transcripts", cache / "loudness"):
        folder.mkdir(parents=True)
        (folder / "a").touch()
    (cache / "clock").touch()
    (cache / "last-site.json").touch()
    (cache / "cards").symlink_to(elsewhere)
    forget(cache)
    assert {path.name for path in cache.iterdir()} == {"clock", "loudness"}
    assert (elsewhere / "a").exists()
