"""What is remembered between runs changes nothing but the time that they take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from okatakten.disk import memory
from okatakten.disk.memory import Memory, remember_in
from okatakten.mkdocs.run import build_site
from okatakten.model import Cue
from okatakten.podcast import transcript
from okatakten.podcast.transcript import parse_transcript, recall_transcript
from okatakten.site.project import Reading, read_project
from okatakten.written.text import Problems
from support import OWN_SITE, VALID, contents, copy_project, lay_out

SPOKEN = "WEBVTT\n\n00:01.500 --> 00:02.250\n<v Åsa>Hej &amp; hå.\n\n00:02.250 --> 01:00:00.001\n<v Bo>Ja!\n"


def a_memory(folder: Path, made_with: bytes = b"1") -> Memory:
    return Memory(folder=folder, made_with=made_with)


def counting(content: bytes | None = b"made") -> tuple[list[None], Callable[[], bytes | None]]:
    calls: list[None] = []

    def make() -> bytes | None:
        calls.append(None)
        return content

    return calls, make


def test_what_was_made_before_is_not_made_again(tmp_path: Path) -> None:
    calls, make = counting()
    assert [a_memory(tmp_path).recall("text", make=make) for _ in range(2)] == [b"made", b"made"]
    assert len(calls) == 1


def test_other_text_and_other_code_are_made_anew(tmp_path: Path) -> None:
    calls, make = counting()
    a_memory(tmp_path).recall("text", make=make)
    a_memory(tmp_path).recall("other text", make=make)
    a_memory(tmp_path, made_with=b"2").recall("text", make=make)
    assert len(calls) == 3


def test_none_is_not_remembered(tmp_path: Path) -> None:
    calls, make = counting(None)
    assert [a_memory(tmp_path).recall("text", make=make) for _ in range(2)] == [None, None]
    assert len(calls) == 2


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:-1] + b"!", lambda _: b""])
def test_a_damaged_memory_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    calls, make = counting()
    a_memory(tmp_path).recall("text", make=make)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert a_memory(tmp_path).recall("text", make=make) == b"made"
    assert len(calls) == 2
    assert a_memory(tmp_path).recall("text", make=make) == b"made"
    assert len(calls) == 2


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("not a folder", encoding="utf-8")
    _, make = counting()
    assert a_memory(folder).recall("text", make=make) == b"made"


def test_the_code_and_python_are_part_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {remember_in(tmp_path).made_with}
    package = tmp_path / "okatakten"
    (package / "disk").mkdir(parents=True)
    (package / "disk" / "memory.py").write_text("", encoding="utf-8")
    for change in (
        lambda: monkeypatch.setattr(memory, "__file__", str(package / "disk" / "memory.py")),
        lambda: (package / "transcript.py").write_text("", encoding="utf-8"),
        lambda: (package / "transcript.py").write_text("changed", encoding="utf-8"),
        lambda: monkeypatch.setattr("sys.version", "4"),
    ):
        change()
        memory._makers.cache_clear()
        names.add(remember_in(tmp_path).made_with)
    monkeypatch.undo()
    memory._makers.cache_clear()
    assert len(names) == 5


def test_cues_come_out_of_memory_as_they_went_in(tmp_path: Path) -> None:
    cues = parse_transcript(SPOKEN, Problems("t"))
    assert [cue.speaker for cue in cues] == ["Åsa", "Bo"]
    for _ in range(2):
        assert recall_transcript(SPOKEN, Problems("t"), memory=a_memory(tmp_path)) == cues
    assert len(list(tmp_path.iterdir())) == 1


def test_the_problems_of_a_transcript_are_told_every_time(tmp_path: Path) -> None:
    for _ in range(2):
        problems = Problems("t")
        recall_transcript(SPOKEN.replace("01:00:00.001", "00:02.000"), problems, memory=a_memory(tmp_path))
        assert len(problems.found) == 1


def test_reading_again_parses_only_the_transcripts_that_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(VALID, tmp_path)
    first = read_project(tmp_path)
    counted = []

    def counting_parse(text: str, problems: Problems) -> tuple[Cue, ...]:
        counted.append(text)
        return parse_transcript(text, problems)

    monkeypatch.setattr(transcript, "parse_transcript", counting_parse)
    assert read_project(tmp_path) == first
    assert counted == []
    (path,) = (tmp_path / "podcast/episodes").glob("*/transcript.vtt")
    path.write_text(path.read_text(encoding="utf-8").replace("\n\n00:", "\n\n\n00:", 1), encoding="utf-8")
    assert read_project(tmp_path) == first
    assert len(counted) == 1


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


@pytest.mark.rebuild
def test_a_rebuild_is_the_same_to_the_byte_as_a_build_from_nothing(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    before = built(root, tmp_path / "first")
    rounds = ((change_title, change_transcript, add_episode), (remove_episode, change_template, change_word))
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
