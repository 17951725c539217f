"""The site as it is shown locally, save by save, without the server around it."""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from okatakten.disk import memory, write
from okatakten.disk.write import write_files
from okatakten.documents import documents
from okatakten.mkdocs import live
from okatakten.mkdocs.live import LiveSite
from okatakten.podcast import podcast
from okatakten.search.index import ENTRY
from okatakten.site.build import LocalBuild
from support import contents, copy_project

pytestmark = pytest.mark.rebuild

EPISODE = "podcast/episodes/atta-fragor/episode.md"
PAGE = "podd/atta-fragor/index.html"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose files have not been written just now, and whose remembered things are there."""
    root = copy_project(tmp_path_factory.mktemp("live") / "project")
    a_site(root, root.with_name("first")).build()
    return root


@pytest.fixture
def root(kept: Path, tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(kept, root)
    for path in root.rglob("*"):
        os.utime(path, (10**9, 10**9))
    return root


def a_site(root: Path, folder: Path) -> LiveSite:
    folder.mkdir()
    return LiveSite(root / "mkdocs.yml", folder=folder, address="127.0.0.1:8000")


def index_of(pages: Path, **_more: object) -> None:
    """Stand in for the search: the index names the pages that it is made of."""
    found = {path.relative_to(pages).as_posix(): path.read_bytes() for path in pages.rglob("*.html")}
    write_files(pages, {ENTRY: sha256(repr(sorted(found.items())).encode()).hexdigest()})


def swap(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rename(root: Path) -> None:
    (root / EPISODE).parent.rename(root / "podcast/episodes/fragorna")
    swap(root, "podcast/episodes/fragorna/episode.md", "season: 1\n", "season: 1\nformer_slugs: [atta-fragor]\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "title": lambda root: swap(root, EPISODE, '"Exempel: Åtta', '"Exempel: Ny, åtta'),
    "transcript": lambda root: swap(root, "podcast/episodes/atta-fragor/transcript.vtt", "<v ", "<v Ny "),
    "audio": lambda root: shutil.copy(
        root / "podcast/episodes/atta-fragor/audio.mp3", root / "podcast/episodes/trailer/audio.mp3"
    ),
    "page": lambda root: swap(root, "docs/sv/index.md", "## I korthet", "## Nytt stycke"),
    "word": lambda root: swap(root, "docs/sv/words.yml", "listen: Lyssna", "listen: Hör på"),
    "style": lambda root: swap(root, "overrides/assets/site.css", "--site-measure: none", "--site-measure: 60ch"),
    "draft": lambda root: swap(root, EPISODE, "season: 1\n", "season: 1\ndraft: true\n"),
    "removed": lambda root: shutil.rmtree((root / EPISODE).parent),
    "renamed": rename,
}


def test_save_by_save_the_site_is_what_it_would_be_from_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "build_search", index_of)
    site = a_site(root, tmp_path / "site")
    site.build()
    podcast = tmp_path / "podcast"
    shutil.copytree(root / "podcast", podcast)
    for name, change in CHANGES.items():
        change(root)
        site.build()
        anew = a_site(root, tmp_path / name)
        anew.build()
        assert (site.said, anew.said) == ("", ""), name
        shown, whole = contents(site.folder), contents(anew.folder)
        late = {file for file in whole if file.endswith((".pdf", ".epub"))}
        may_differ = {ENTRY} | late | {f"{file.rpartition('/')[0]}/index.html" for file in late}
        assert {file for file in shown.keys() | whole.keys() if shown.get(file) != whole.get(file)} <= may_differ, name
        site.finish()
        anew.finish()
        assert contents(site.folder) == contents(anew.folder), name
        shutil.rmtree(root / "podcast")
        shutil.copytree(podcast, root / "podcast")


def test_a_save_makes_what_has_changed_and_no_more(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(root, tmp_path / "site")
    site.build()
    before = {path: path.stat().st_ino for path in site.folder.rglob("*") if path.is_file()}
    read = counting(monkeypatch, podcast, "read_episode", lambda path, _around: path.name)
    made = counting(monkeypatch, LocalBuild, "_make_alone", lambda _build, page, _versions: page.href)
    swap(root, EPISODE, '"Exempel: Åtta', '"Exempel: Ny, åtta')
    site.build()
    assert read == ["atta-fragor"]
    assert "podd/atta-fragor/" in made
    assert len(made) == 6  # in two languages, with the player, and both neighbours
    assert "Ny, åtta" in (site.folder / PAGE).read_text(encoding="utf-8")
    same = {path for path, inode in before.items() if path.stat().st_ino == inode}
    sound = {path for path in (site.folder / "podd").glob("*/*.*") if path.suffix in {".mp3", ".vtt"}}
    assert {path for path in sound if path.parent.name != "atta-fragor"} <= same
    assert {path.parent.name for path in same if path.name == "index.html"} >= {"trailer", "embed"}


def counting(monkeypatch: pytest.MonkeyPatch, of: object, name: str, says: Callable[..., str]) -> list[str]:
    """Return what a function is called with from now on."""
    called: list[str] = []
    function = getattr(of, name)

    def count(*given: object, **more: object) -> object:
        called.append(says(*given))
        return function(*given, **more)

    monkeypatch.setattr(of, name, count)
    return called


def test_what_has_just_been_written_is_never_taken_for_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "episode.md"
    path.write_text("a", encoding="utf-8")
    assert memory.stamp_of(path) is None
    assert memory.stamp_of(tmp_path / "finns-inte") is None
    os.utime(path, (10**9, 10**9))
    stamp = memory.stamp_of(path)
    assert stamp is not None
    path.write_text("b", encoding="utf-8")
    os.utime(path, (10**9, 10**9))
    assert memory.stamp_of(path) not in {None, stamp}


def test_documents_and_search_wait_until_they_are_asked_for(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "build_search", index_of)
    indexed = counting(monkeypatch, live, "build_search", str)
    made = counting(monkeypatch, documents, "make_pdf", lambda _root: "")
    site = a_site(root, tmp_path / "site")

    def ask(path: str) -> bytes:
        site.finish_for(lambda _environment, _start: [])({"PATH_INFO": f"{site.mount}{path}"}, lambda *_: print)
        return (site.folder / path).read_bytes()

    site.build()
    first = len(made)
    assert first
    for path in (PAGE, "podd/feed.xml", "index.html"):
        ask(path)
    assert (len(indexed), len(made)) == (0, first)
    entry = ask(ENTRY)
    assert (len(indexed), len(made)) == (1, first)
    pdf = next(site.folder.rglob("oka-takten-*.pdf")).relative_to(site.folder)
    before = (site.folder / pdf).read_bytes()
    page = root / f"docs/sv/{pdf.parent}.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n\nEtt helt nytt stycke.\n", encoding="utf-8")
    site.build()
    assert "Ett helt nytt stycke." in (site.folder / pdf).with_name("index.html").read_text(encoding="utf-8")
    assert (site.folder / pdf).read_bytes() == before
    assert (site.folder / ENTRY).read_bytes() == entry
    assert ask(pdf.as_posix()) != before
    assert ask(ENTRY) != entry
    assert len(indexed) == 2


def test_what_is_wrong_changes_nothing_of_what_is_shown(root: Path, tmp_path: Path) -> None:
    site = a_site(root, tmp_path / "site")
    site.build()
    before = contents(site.folder)
    for name, old, new in [
        (EPISODE, "title:", "titel:"),
        ("docs/sv/index.md", "(om.md)", "(finns-inte.md)"),
        ("overrides/podcast.html", "{% extends", "{% extnds"),
    ]:
        swap(root, name, old, new)
        site.build()
        assert site.said
        assert contents(site.folder) == before
        swap(root, name, new, old)
    site.build()
    assert site.said == ""
    assert contents(site.folder) == before


def test_when_a_save_came_into_its_place_by_half_no_page_is_believed_to_be_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = a_site(root, tmp_path / "site")
    site.build()
    before = contents(site.folder)
    move = write._move

    def fail(new: Path, place: Path, **named: Any) -> None:
        move(new, place, **named)
        if place == site.folder / PAGE:
            raise OSError(ENOSPC, "full", str(place))

    swap(root, EPISODE, '"Exempel: Åtta', '"Exempel: Ny, åtta')
    with monkeypatch.context() as patch:
        patch.setattr(write, "_move", fail)
        site.build()
    assert site.said
    assert "Ny, åtta" in (site.folder / PAGE).read_text(encoding="utf-8")
    swap(root, EPISODE, '"Exempel: Ny, åtta', '"Exempel: Åtta')
    site.build()
    assert contents(site.folder) == before


def test_a_save_while_the_search_is_made_is_not_waited_for_and_indexed_after_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = a_site(root, tmp_path / "site")
    indexed: list[bool] = []

    def index(pages: Path, **_more: object) -> None:
        indexed.append("Ny, åtta" in (pages / PAGE).read_text(encoding="utf-8"))
        index_of(pages)
        if len(indexed) == 1:
            swap(root, EPISODE, '"Exempel: Åtta', '"Exempel: Ny, åtta')
            site.build()

    monkeypatch.setattr(live, "build_search", index)
    site.build()
    site.finish()
    site.finish()
    assert indexed == [False, True]


def test_saves_leave_nothing_behind(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "build_search", index_of)
    site = a_site(root, tmp_path / "site")

    def save(number: int) -> tuple[Counter[str], int, list[Path]]:
        """Save a title and something that is wrong, and return what there is then: objects, open files, files."""
        for old, new in [("title:", "titel:"), ("titel:", "title:"), ("Exempel: ", f"Exempel: {number} ")]:
            swap(root, EPISODE, old, new)
            os.utime(root / EPISODE, (10**9, 10**9))  # as if it had not been just now
            site.build()
        site.finish()
        swap(root, EPISODE, f"Exempel: {number} ", "Exempel: ")
        gc.collect()
        objects = Counter(type(each).__qualname__ for each in gc.get_objects() if type(each).__module__ in HEAVY)
        return (
            objects,
            len(list(Path("/proc/self/fd").iterdir())),
            sorted([*tmp_path.iterdir(), *site.folder.rglob("*")]),
        )

    save(1)
    assert save(2) == save(3) == save(4)


HEAVY = {
    "jinja2.environment", "mkdocs.config.defaults", "mkdocs.structure.files", "okatakten.model", "okatakten.site.build",
    "okatakten.site.last", "okatakten.site.project", "okatakten.site.structure", "threading",
}  # fmt: skip
"""Where the large objects of a build come from."""
