"""What is remembered between runs changes nothing but the time that they take."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from okatakten.disk import memory
from okatakten.disk.memory import recall
from okatakten.mkdocs.run import build_site
from okatakten.mkdocs.templates import RememberedTemplates
from okatakten.site.project import Reading, read_project
from support import OWN_SITE, contents, copy_project

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


def change_title(root: Path) -> None:
    replace_in(root / "podcast/episodes/atta-fragor/episode.md", 'title: "Exempel:', 'title: "Exempel: Ny')


def change_transcript(root: Path) -> None:
    replace_in(root / "podcast/episodes/atta-fragor/transcript.vtt", " upphandling", " inköp")


def add_episode(root: Path) -> None:
    """Put in an episode like another one, with other audio, as a communicator would copy a folder."""
    folder = root / "podcast/episodes/nytt"
    folder.mkdir()
    old = root / "podcast/episodes/atta-fragor"
    text = (old / "episode.md").read_text(encoding="utf-8")
    for name in ("audio.mp3", "transcript.vtt"):
        (folder / name).write_bytes((old / name).read_bytes())
    lines = [line for line in text.splitlines() if not line.startswith(("guid:", "episode:"))]
    lines[1:1] = ["guid: 11111111-1111-4111-8111-111111111111", "episode: 99"]
    (folder / "episode.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def remove_episode(root: Path) -> None:
    for path in (root / "podcast/episodes/vad-det-ledde-till").iterdir():
        path.unlink()


def change_template(root: Path) -> None:
    replace_in(root / "overrides/episode.html", 'id="titel"', 'id="titel" data-new')


def change_script(root: Path) -> None:
    """Every page names it by its hash, which a template must not remember."""
    replace_in(root / "overrides/assets/player.js", "\n", "\n\n")


def change_word(root: Path) -> None:
    replace_in(root / "docs/sv/words.yml", "text_version: Textversion", "text_version: Texten")


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def built(root: Path, target: Path) -> dict[str, bytes]:
    reading: Reading = read_project(root)
    assert reading.problems == ()
    build_site(root / "mkdocs.yml", site_dir=target, reading=reading, site=OWN_SITE)
    return contents(target)


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


@pytest.mark.rebuild
def test_a_rebuild_is_the_same_to_the_byte_as_a_build_from_nothing(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    before = built(root, tmp_path / "first")
    rounds = (
        (change_title, change_transcript, add_episode),
        (remove_episode, change_template, change_script, change_word),
    )
    for number, changes in enumerate(rounds):
        for change in changes:
            change(root)
        again = built(root, tmp_path / f"again-{number}")
        (root / ".okatakten").rename(tmp_path / f"forgotten-{number}")
        fresh = built(root, tmp_path / f"fresh-{number}")
        assert again == fresh, changes
        assert again != before, changes
        before = again
        # What was remembered before all changes goes on being there.
        for path in (tmp_path / f"forgotten-{number}").rglob("*"):
            target = root / ".okatakten" / path.relative_to(tmp_path / f"forgotten-{number}")
            if path.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())


def test_what_can_be_read_and_not_touched_is_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, make = counting()
    recall(tmp_path, b"text", make=make)

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.utime", refuse)
    assert recall(tmp_path, b"text", make=make) == b"made"
    assert len(made) == 1
