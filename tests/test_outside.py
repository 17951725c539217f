"""The package without this folder: its wheel, in an environment of its own, on a podcast that lies elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import feedparser
import pytest

import okatakten
from okatakten.podcast.audio import digest_of
from support import CASES, PROJECT, lay_out


@pytest.fixture
def podcast(tmp_path: Path) -> Path:
    """A show with an episode, and nothing of the site."""
    root = lay_out(CASES / "a-valid-episode", tmp_path / "podden")
    (root / "mkdocs.yml").unlink(missing_ok=True)
    return root


def run_in(folder: Path, *command: str | Path) -> str:
    """Run a program in a folder and return what it says; it does well."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["SITE_URL"] = "https://prov.example/"
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_wheel_is_what_is_loaded_and_it_has_all_that_belongs_to_it(outside: Path, tmp_path: Path) -> None:
    said = run_in(tmp_path, outside, "-c", "import okatakten; print(okatakten.__file__)")
    package = Path(said.strip()).parent
    assert package.is_relative_to(outside.parents[1])
    files = {path.relative_to(package.parent).as_posix() for path in package.parent.rglob("*") if path.is_file()}
    assert "okatakten/py.typed" in files
    assert {path.rpartition("/")[2] for path in files if ".dist-info/licenses/" in path} == {
        "LICENSE", "LICENSE-CONTENT", "OFL.txt", "UFL.txt",
    }  # fmt: skip
    own = PROJECT / "scripts/okatakten/desk"
    lying = [path for folder in ("assets", "templates") for path in (own / folder).iterdir()]
    assert {f"okatakten/desk/{path.relative_to(own).as_posix()}" for path in lying} <= files
    assert not [path for path in files if path.startswith(("deploy", "bench", "samples"))]


def test_a_podcast_elsewhere_is_checked_and_its_feed_is_made(outside: Path, podcast: Path) -> None:
    command = outside.with_name("okatakten")
    assert "Så här: okatakten" in run_in(podcast, command, "--help")
    assert "Allt är rätt: 1 avsnitt" in run_in(podcast, command, "check")
    assert "1 avsnitt, nytt flöde" in run_in(podcast, command, "feed")
    assert (podcast / "site/podd/feed.xml").read_bytes() == (CASES / "a-valid-episode/feed.xml").read_bytes()


def test_without_its_extra_the_desk_says_what_installs_it(outside: Path, podcast: Path) -> None:
    command = outside.with_name("okatakten")
    result = subprocess.run([command, "desk"], cwd=podcast, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 1
    assert "make desk" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def example() -> str:
    """What the readme of the package shows."""
    (example,) = re.findall(r"(?s)```python\n(.*?)```", (PROJECT / "scripts/okatakten/README.md").read_text("utf-8"))
    return str(example)


def test_the_example_of_the_readme_makes_what_its_feed_says(outside: Path, podcast: Path, example: str) -> None:
    shutil.rmtree(podcast / "docs")
    run_in(podcast, outside, "-c", example)
    feed = podcast / "ut/podd/feed.xml"
    audio = podcast / "ut/podd/hallbara-inkop/audio.mp3"
    (entry,) = feedparser.parse(feed.read_bytes()).entries
    assert entry.enclosures[0].href == "https://podd.exempel.se/podd/hallbara-inkop/audio.mp3"
    assert int(entry.enclosures[0].length) == audio.stat().st_size
    assert digest_of(audio).encode() in feed.read_bytes()
    before = audio.read_bytes()
    edit_fields(podcast, "title", "En ny titel")
    run_in(podcast, outside, "-c", example)
    assert "En ny titel" in feed.read_text(encoding="utf-8")
    assert audio.read_bytes() == before


def test_the_example_of_the_readme_breaks_no_promise(outside: Path, podcast: Path, example: str) -> None:
    run_in(podcast, outside, "-c", example)
    before = (podcast / "ut/podd/feed.xml").read_bytes()
    edit_fields(podcast, "guid", "en-annan")
    again = subprocess.run([outside, "-c", example], cwd=podcast, capture_output=True, encoding="utf-8", check=False)
    assert again.returncode == 1
    assert "fältet guid" in again.stderr
    assert "Traceback" not in again.stderr
    assert (podcast / "ut/podd/feed.xml").read_bytes() == before


def edit_fields(podcast: Path, field: str, value: str) -> None:
    episode = podcast / "podcast/episodes/hallbara-inkop/episode.md"
    text = re.sub(f"(?m)^{field}: .*$", f"{field}: {value}", episode.read_text(encoding="utf-8"))
    episode.write_text(text, encoding="utf-8")


def test_every_public_name_is_there() -> None:
    assert {name for name in okatakten.__all__ if getattr(okatakten, name, None)} == set(okatakten.__all__)
    assert set(okatakten.__all__) == {name for names in okatakten._PLACES.values() for name in names}


def test_a_picture_to_share_is_drawn_with_the_fonts_of_the_package(outside: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from okatakten.site.cards import Card, make_card\n"
        "from okatakten.site.profile import Paint\n"
        "names = 'sky cover text quiet far snow near forest lake ripple warm'.split()\n"
        'mark = \'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>\'\n'
        "paint = Paint(**dict.fromkeys(names, '#0000ff'), mark=mark)\n"
        "card = Card(title='Lokala företag', kind='Avsnitt 1', show='Podden', owner='Regionen', eu_statement='Med stöd')\n"
        "Path('card.png').write_bytes(make_card(card, paint=paint, cache=Path('cache')))"
    )
    run_in(tmp_path, outside, "-c", code)
    assert (tmp_path / "card.png").read_bytes().startswith(b"\x89PNG")
