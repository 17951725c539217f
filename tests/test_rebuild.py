"""A rebuild gives the same bytes as a build from nothing, whatever has changed, and makes no page that has not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from okatakten.addresses import Site
from okatakten.documents.reading import read_with_documents
from okatakten.mkdocs import begin
from okatakten.mkdocs.run import build_site
from okatakten.site.last import Files, LastSite, read_last
from support import OWN_SITE, VALID, contents, copy_project, run, write_page

EPISODES = "podcast/episodes"
EIGHT, LED, WHY = (
    f"{EPISODES}/{name}" for name in ("atta-fragor", "vad-det-ledde-till", "varfor-cirkular-upphandling")
)


class ProvedSite(LastSite):
    """A last site that makes every page that is taken from it all the same, and compares."""

    def take(self, page: str, key: str, *, make: Callable[[], tuple[Files, bool]]) -> Files:
        files = super().take(page, key, make=make)
        assert page not in self.taken or make() == (files, True)
        return files


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project that has been built once, in a folder that every test finds as it was then."""

    root: Path
    kept: Path

    @property
    def last(self) -> LastSite:
        last = read_last(self.root / "site", cache=self.root / ".okatakten")
        return ProvedSite(folder=last.folder, keys=last.keys, files=last.files)

    def build(self, to: Path, *, site: Site = OWN_SITE, last: LastSite | None = None) -> dict[str, bytes]:
        reading = read_with_documents(self.root, now=site.now)
        assert reading.problems == (), reading.problems
        build_site(self.root / "mkdocs.yml", site_dir=to, reading=reading, site=site, last=last)
        return contents(to)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("rebuild")
    project = Project(root=folder / "project", kept=folder / "kept")
    copy_project(project.root)
    last = project.last
    project.build(project.root / "site", last=last)
    last.remember(project.root / ".okatakten")
    shutil.copytree(project.root, project.kept)
    return project


@pytest.fixture
def project(built: Project) -> Project:
    shutil.rmtree(built.root)
    # Times too: nothing may be known by the time of a file.
    shutil.copytree(built.kept, built.root)
    return built


def swap(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def add(name: str, content: bytes | str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def field(line: str, *, of: str = EIGHT) -> Callable[[Path], None]:
    return swap(f"{of}/episode.md", "season: 1\n", f"season: 1\n{line}\n")


def rename(root: Path) -> None:
    (root / EIGHT).rename(root / EPISODES / "fragorna")
    swap(f"{EPISODES}/fragorna/episode.md", "season: 1\n", "season: 1\nformer_slugs: [atta-fragor]\n")(root)


def copy_episode(root: Path) -> None:
    """Put in an episode like another one, as a communicator would copy a folder."""
    new = root / EPISODES / "nytt"
    shutil.copytree(root / EIGHT, new)
    text = (new / "episode.md").read_text(encoding="utf-8").replace("episode: 2", "episode: 99")
    guid = next(line for line in text.split("\n") if line.startswith("guid:"))
    (new / "episode.md").write_text(text.replace(guid, f"guid: {'1' * 8}-1111-4111-8111-{'1' * 12}"), encoding="utf-8")


def remove_language(root: Path) -> None:
    shutil.rmtree(root / "docs/sma")
    for path in root.glob("docs/sv/**/*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("../sma/index.md", "index.md"), encoding="utf-8")
    for path in root.glob(f"{EPISODES}/*/episode.sma.md"):
        path.unlink()
    swap("mkdocs.yml", "        - locale: sma\n          name: sydsamiska\n", "")(root)
    swap("docs/channels.yml", "    own: sma/\n", "")(root)


def add_language(root: Path) -> None:
    assert run("translation", "new", "en", "--root", str(root))[0] == 0
    swap(
        "mkdocs.yml",
        "        - locale: sma\n",
        "        - locale: en\n          name: engelska\n        - locale: sma\n",
    )(root)


def edit(name: str) -> Callable[[Path], object]:
    return lambda root: (root / "site" / name).write_bytes((root / "site" / name).read_bytes() + b" ")


def remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def of_another_version(root: Path) -> None:
    shutil.copytree(root / "site/podd/trailer", root / "site/podd/atta-fragor", dirs_exist_ok=True)


PAGE = "podd/atta-fragor/index.html"
CHANGES: dict[str, tuple[Callable[[Path], object], int]] = {
    "nothing": (lambda _root: None, 10),
    "title": (swap(f"{EIGHT}/episode.md", '"Exempel: Åtta', '"Exempel: Ny, åtta'), 4),
    "summary": (swap(f"{EIGHT}/episode.md", "summary: De", "summary: Alla de"), 4),
    "published": (swap(f"{EIGHT}/episode.md", "2026-11-09 07:00", "2026-11-09 08:00"), 4),
    "order": (swap(f"{EIGHT}/episode.md", "2026-11-09", "2026-11-01"), 3),
    "season": (swap(f"{EIGHT}/episode.md", "season: 1", "season: 2"), 4),
    "number": (swap(f"{EIGHT}/episode.md", "episode: 2", "episode: 7"), 4),
    "type": (swap(f"{EIGHT}/episode.md", "type: full", "type: bonus"), 4),
    "explicit": (swap(f"{EIGHT}/episode.md", "explicit: false", "explicit: true"), 6),
    "synthetic voice": (swap(f"{EIGHT}/episode.md", "synthetic_voice: true", "synthetic_voice: false"), 4),
    "person": (swap(f"{EIGHT}/episode.md", "Talsyntes (eSpeak NG)", "Talsyntes"), 6),
    "role": (swap(f"{EIGHT}/episode.md", "role: programledare", "role: gäst"), 6),
    "questions": (swap(f"{EIGHT}/episode.md", "[1, 2, 3, 4, 5, 6, 7, 8]", "[1, 2]"), 6),
    "chapter": (swap(f"{EIGHT}/episode.md", "title: Inledning", "title: Början"), 6),
    "source": (swap(f"{EIGHT}/episode.md", "(ansökan 490420)", "(490420)"), 6),
    "post": (swap(f"{EIGHT}/episode.md", "Åtta frågor om", "Fyra och fyra frågor om"), 6),
    "hashtags": (swap(f"{EIGHT}/episode.md", "hashtags: [cirkulärupphandling, ", "hashtags: ["), 6),
    "notes": (swap(f"{EIGHT}/episode.md", "\n\nHur kan", "\n\nJa, hur kan"), 6),
    "draft": (field("draft: true"), 4),
    "withdrawn": (field("withdrawn: 2026-11-20\nwithdrawn_reason: Fel inspelning."), 4),
    "translation": (swap(f"{EIGHT}/episode.sma.md", "Vuesiehtimmie: ", "Vuesiehtimmie: 8 "), 6),
    "transcript": (swap(f"{EIGHT}/transcript.vtt", " upphandling", " inköp"), 6),
    "times": (swap(f"{EIGHT}/transcript.vtt", "WEBVTT\n", "WEBVTT\n\nNOTE\nTiderna är ungefärliga.\n"), 6),
    "audio": (lambda root: shutil.copy(root / WHY / "audio.mp3", root / EIGHT / "audio.mp3"), 4),
    "picture": (
        lambda root: (
            shutil.copy(VALID / "podcast/cover-1.png", root / EIGHT / "picture.png"),
            field("picture_alt: En bild")(root),
        ),
        6,
    ),
    "new episode": (copy_episode, 7),
    "episode gone": (lambda root: shutil.rmtree(root / WHY), 6),
    "renamed episode": (rename, 4),
    "show": (swap("podcast/show.yml", "author: ", "author: Vi på "), 0),
    "template": (swap("overrides/episode.html", 'id="titel"', 'id="titel" data-new'), 0),
    "partial": (swap("overrides/partials/share.html", "<", "<!-- ny --><"), 0),
    "style": (swap("overrides/assets/site.css", "}", "color: red; }"), 0),
    "script": (swap("overrides/assets/player.js", "\n", "\n\n"), 0),
    "colour": (swap("overrides/profile/profile.yml", "#f6faf9", "#f7faf9"), 0),
    "word": (swap("docs/sv/words.yml", "text_version: Textversion", "text_version: Texten"), 0),
    "word of another language": (swap("docs/sma/words.yml", "language_name: ", "language_name: O "), 0),
    "question": (swap("docs/questions.yml", "text: ", "text: Ja, "), 0),
    "fact": (swap("docs/facts.yml", "request: RUN/532/2023", "request: RUN/533/2023"), 0),
    "text of a page": (swap("docs/sv/om.md", "\n\n", "\n\nEn mening till.\n\n"), 10),
    "name of a page": (swap("docs/sv/om.md", "title: ", "title: Allt "), 2),
    "new page": (lambda root: write_page(root, "sv/ny.md", {"title": "Ny", "description": "Ny sida."}) and None, 2),
    "decision": (swap("docs/launch.yml", "taken_over:", "taken_over: 2026-11-20"), 0),
    "setting": (swap("mkdocs.yml", "region: https://regionjh.se/", "region: https://regionjh.se/ny/"), 0),
    "language gone": (remove_language, 0),
    "new language": (add_language, 0),
}
"""What changes, and how many of the ten pages that stand alone are taken from the last site: an episode and its player, of
four and of one in South Sami. A title stands on the pages before and after, too, and each page has all languages."""


DAMAGE: dict[str, tuple[Callable[[Path], object], int]] = {
    "page edited": (edit(PAGE), 9),
    "share picture edited": (edit("podd/atta-fragor/card.png"), 9),
    "page gone": (remove(f"site/{PAGE}"), 9),
    "page of another": (of_another_version, 8),
    "half a site": (lambda root: shutil.rmtree(root / "site/podd"), 2),
    "no site": (lambda root: shutil.rmtree(root / "site"), 0),
    "record gone": (remove(".okatakten/last-site.json"), 0),
    "record cut": (swap(".okatakten/last-site.json", '"keys"', '"keys'), 0),
    "record empty": (add(".okatakten/last-site.json", ""), 0),
}
"""What may have become of the last site and its record, and how many pages are still what the record says."""


WHOLE = {
    "title",
    "transcript",
    "times",
    "new episode",
    "episode gone",
    "renamed episode",
    "word",
    "new page",
    "language gone",
}
"""Changes after which the whole site is compared, page by page and file by file: what is taken is compared each time."""


@pytest.mark.rebuild
@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_a_rebuild_is_a_build_from_nothing(project: Project, tmp_path: Path, name: str) -> None:
    change, taken = CHANGES[name]
    change(project.root)
    last = project.last
    again = project.build(tmp_path / "again", last=last)
    assert len(last.taken) == taken
    if name in WHOLE:
        shutil.rmtree(project.root / ".okatakten/transcripts")
        assert again == project.build(tmp_path / "fresh")


@pytest.mark.rebuild
@pytest.mark.parametrize("name", DAMAGE)
def test_a_site_that_somebody_changed_is_not_trusted(project: Project, tmp_path: Path, name: str) -> None:
    change, taken = DAMAGE[name]
    change(project.root)
    last = project.last
    assert project.build(tmp_path / "again", last=last) == contents(project.kept / "site")
    assert len(last.taken) == taken


@pytest.mark.rebuild
@pytest.mark.parametrize(
    ("site", "taken"),
    [
        (replace(OWN_SITE, url="https://annan.example/podd/"), 0),
        (replace(OWN_SITE, samples=False), 0),
        (replace(OWN_SITE, preview=True), 0),
        (replace(OWN_SITE, now=OWN_SITE.now + timedelta(days=1)), 10),
        (replace(OWN_SITE, now=OWN_SITE.now - timedelta(days=10)), 2),
    ],
)  # fmt: skip
def test_on_another_address_or_day_it_is_so_too(project: Project, tmp_path: Path, site: Site, taken: int) -> None:
    last = project.last
    project.build(tmp_path / "again", site=site, last=last)
    assert len(last.taken) == taken


@pytest.mark.rebuild
def test_a_line_of_code_makes_every_page_anew(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begin, "code", lambda: b"other code")
    last = project.last
    project.build(tmp_path / "again", last=last)
    assert last.taken == set()


@pytest.mark.rebuild
def test_a_build_says_what_is_new_and_can_make_all_anew(project: Project) -> None:
    def build(*options: str) -> str:
        status, said, _ = run("build", "--root", str(project.root), *options)
        assert status == 0
        return next(line for line in said.splitlines() if line.startswith("Sidor: "))

    pages = len(list((project.root / "site").rglob("*.html")))
    assert build() == f"Sidor: 0 nya eller ändrade, {pages} som förut."
    swap(f"{EIGHT}/transcript.vtt", " upphandling", " inköp")(project.root)
    assert build() == f"Sidor: 2 nya eller ändrade, {pages - 2} som förut."
    before = contents(project.root / "site")
    shutil.rmtree(project.root / WHY)
    assert build("--clean").endswith(", 2 borttagna.")
    assert project.last.keys.keys() < {page.removesuffix("index.html") for page in before}


@pytest.mark.rebuild
def test_files_that_are_as_they_were_are_linked(project: Project, tmp_path: Path) -> None:
    last, again = project.last, tmp_path / "again"
    names = project.build(again, last=last)
    written = {name for name in names if not (again / name).samefile(project.root / "site" / name)}
    assert not written & {name for page in last.taken for name in last.new_files[page]}
    others = {name for name in written if not name.endswith(".html")}
    assert others <= {"_headers", "_redirects", "sitemap.xml", "sitemap.xml.gz"}


@pytest.mark.rebuild
def test_a_build_that_fails_leaves_the_record_of_the_last_one(project: Project) -> None:
    record = (project.root / ".okatakten/last-site.json").read_bytes()
    swap(f"{EIGHT}/episode.md", "title:", "titel:")(project.root)
    assert run("build", "--root", str(project.root))[0] == 1
    assert (project.root / ".okatakten/last-site.json").read_bytes() == record


@pytest.mark.rebuild
def test_a_fault_in_a_template_is_told_with_its_file_and_line(project: Project) -> None:
    swap("overrides/episode.html", "{% block content %}", "{% block content %}\n{% if %}")(project.root)
    status, _, said = run("build", "--root", str(project.root))
    assert status == 1
    assert re.search(r"^overrides/episode.html, rad \d+\n    Här går mallen inte att läsa", said, re.MULTILINE)
