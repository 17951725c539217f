"""How it will look: the real site of what is being written, at the desk."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from desk import Answer, Sitter, at_the_desk
from okatakten.desk.apart import BUILD, FINISH, Apart
from okatakten.desk.drafts import Drafts
from okatakten.desk.guard import Guard
from okatakten.desk.preview import Preview, headers_of
from okatakten.desk.web import Desk
from okatakten.disk.alone import trying
from okatakten.search.index import FOLDER as SEARCH
from support import copy_project

SLUG = "atta-fragor"
FOLDER = f"podcast/episodes/{SLUG}/"
SHOWN = f"/visning/podd/{SLUG}/"


def shown(sitter: Sitter, path: str) -> Answer:
    """Open a page, and go where it leads while it is being made."""
    answer = sitter.get(path)
    while leads := answer.headers.get("refresh"):
        answer = sitter.get(urljoin(path, leads.partition("url=")[2]))
    return answer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def a_desk(root: Path) -> Desk:
    return Desk(root=root, guard=Guard(origins=("http://x",), secret="x" * 32, owner=""))


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitter]:
    root = copy_project(tmp_path_factory.mktemp("preview") / "project")
    with at_the_desk(root) as someone:
        yield someone


def test_the_page_is_the_sites_own_with_what_is_being_written(sitter: Sitter) -> None:
    page = shown(sitter, f"/avsnitt/{SLUG}/visa")
    assert page.tree.xpath("//iframe/@src") == [SHOWN]
    assert sitter.change(SLUG, "title", "Exempel: Under arbete").status == 200
    answer = shown(sitter, SHOWN)
    assert answer.tree.xpath("string(//h1)").strip() == "Exempel: Under arbete"
    assert "Under arbete" not in (sitter.root / FOLDER / "episode.md").read_text(encoding="utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    for address in answer.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src | //main//img/@src"):
        assert sitter.get(urljoin(SHOWN, address)).status == 200, address
    assert sitter.get(f"{SHOWN}card.png").headers["content-type"] == "image/png"


def test_the_search_is_there_and_what_is_not_is_told_by_the_sites_own_page(sitter: Sitter) -> None:
    assert shown(sitter, SHOWN).status == 200
    assert sitter.get(f"/visning/{SEARCH}entry.json").status == 200
    missing = shown(sitter, "/visning/finns-inte/")
    assert missing.status == 404
    assert "Öka takten" in missing.text
    assert sitter.get(f"/visning/podd/{SLUG}").headers["location"] == SHOWN


def test_sound_is_sent_in_parts(sitter: Sitter) -> None:
    shown(sitter, SHOWN)
    part = sitter.get(f"{SHOWN}audio.mp3", {"Range": "bytes=100-199"})
    assert (part.status, len(part.body)) == (206, 100)
    assert part.headers["content-type"] == "audio/mpeg"
    assert sitter.get(f"{SHOWN}audio.mp3", {"Range": "bytes=999999999-"}).status == 416


def test_only_scripts_of_the_templates_are_sent_as_scripts(sitter: Sitter) -> None:
    own = shown(sitter, SHOWN).tree.xpath("//script/@src")
    assert own
    assert all("javascript" in sitter.get(urljoin(SHOWN, address)).headers["content-type"] for address in own)
    headers = headers_of(Preview(a_desk(sitter.root)), "assets/elak.js", "assets/elak.js")
    assert headers["content-type"] == "text/plain; charset=utf-8"


def test_what_is_wrong_stands_above_the_last_good_page(sitter: Sitter) -> None:
    shown(sitter, SHOWN)
    drafts = Drafts(sitter.root, sitter.root / ".desk")
    drafts.write("docs/facts.yml", "[")
    page = shown(sitter, f"/avsnitt/{SLUG}/visa")
    assert "docs/facts.yml" in page.tree.xpath("string(//section[@aria-labelledby='fel'])")
    assert page.tree.xpath("//iframe")
    drafts.forget("docs/facts.yml")
    assert not shown(sitter, f"/avsnitt/{SLUG}/visa").tree.xpath("//section[@aria-labelledby='fel']")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/sidor/sv~om/visa", "/visning/om/"),
        ("/sidor/sv~index/visa", "/visning/"),
        ("/sidor/sv~moten~marknadsdialog~index/visa", "/visning/moten/marknadsdialog/"),
        ("/sidor/kontakter.yml/visa", "/visning/kontakter/"),
        ("/sidor/facts.yml/visa", "/visning/"),
        ("/sidor/facts.yml/visa?sida=mal/", "/visning/mal/"),
        ("/sidor/facts.yml/visa?sida=../mkdocs.yml", "/visning/"),
        ("/sidor/questions.yml/visa?sida=resultat/behov/", "/visning/resultat/behov/"),
        ("/sidor/launch.yml/visa", "/visning/"),
        ("/sidor/podcast~show.yml/visa", "/visning/podd/"),
        ("/sidor/sv~words.yml/visa", "/visning/"),
        ("/sidor/sma~words.yml/visa", "/visning/sma/"),
        ("/sidor/sma~kontakt/visa", "/visning/sma/kontakt/"),
    ],
)
def test_what_is_written_leads_to_the_page_that_shows_it(sitter: Sitter, path: str, address: str) -> None:
    page = shown(sitter, path)
    assert page.tree.xpath("//iframe/@src") == [address]
    assert page.tree.xpath(f"//a[@href='{path.partition('?')[0]}'][@aria-current='page']")
    assert shown(sitter, address).status == 200
    written = page.tree.xpath("//nav[@aria-label='Sidan']//a/@href")[0]
    assert path.partition("?")[0] in sitter.get(written).tree.xpath("//nav[@aria-label='Sidan']//a/@href")


def test_a_page_of_docs_shows_what_is_being_written_and_its_file_stays(sitter: Sitter) -> None:
    before = (sitter.root / "docs/sv/om.md").read_text(encoding="utf-8")
    assert sitter.post("/sidor/sv~om", sitter.form("/sidor/sv~om", {"title": "Om det nya"})).status == 303
    page = shown(sitter, shown(sitter, "/sidor/sv~om/visa").tree.xpath("//iframe/@src")[0])
    assert page.tree.xpath("string(//h1)").strip() == "Om det nya"
    assert (sitter.root / "docs/sv/om.md").read_text(encoding="utf-8") == before
    assert sitter.post("/sidor/sv~om/angra").status == 303


def test_whoever_must_wait_is_told_at_once_and_led_on(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okatakten.desk.preview._PATIENCE", 0.0)
    sitter.change(SLUG, "summary", "En annan mening.")
    page = sitter.get(f"/avsnitt/{SLUG}/visa?bredd=dator")
    assert page.tree.xpath("string(//h1)") == "Sidan görs …"
    assert page.headers["refresh"] == "0; url=?bredd=dator&vanta=1"
    framed = sitter.get(SHOWN)
    assert (framed.tree.xpath("//header"), framed.headers["refresh"]) == ([], "0; url=?vanta=1")
    assert shown(sitter, f"/avsnitt/{SLUG}/visa?bredd=dator").tree.xpath("//iframe[@class[contains(., 'wide')]]")
    assert "En annan mening." in shown(sitter, SHOWN).text


def test_the_process_that_builds_ends_when_nobody_asks_and_is_begun_anew(project: Path) -> None:
    apart = Apart(tree=project, folder=project / ".desk/preview/site", url="http://x/visning/", idle=0)
    for what in (BUILD, FINISH):
        assert apart.ask(what) == ""
        for _ in trying(60):
            if apart.process is None:
                break
        assert apart.process is None
    assert (apart.folder / "podd" / SLUG / "index.html").is_file()
    assert (apart.folder / SEARCH / "entry.json").is_file()


def test_when_building_is_broken_off_that_is_said_and_the_next_look_builds(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = Preview(a_desk(project))
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", shutil.which("false"))
        assert preview.build(patience=120)
    assert (preview.said.partition(".")[0], dict(preview.files)) == ("Något gick fel när sidan gjordes", {})
    assert preview.build(patience=120)
    assert (preview.said, "index.html" in preview.files) == ("", True)
    preview.end()


KILLED = """
import os, signal, sys
from pathlib import Path
from threading import Thread
from okatakten.desk.apart import BUILD, Apart
from okatakten.disk.alone import trying
project = Path(sys.argv[1])
apart = Apart(tree=project, folder=project / ".desk/preview/site", url="http://x/")
Thread(target=apart.ask, args=[BUILD], daemon=True).start()
for _ in trying(60):
    if list(apart.folder.parent.glob(".site-*/*")):
        print("bygger", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_desk_that_is_killed_while_it_builds_leaves_nothing_running(project: Path) -> None:
    # The process has the same standard error: it is read to its end when both are gone.
    done = subprocess.run([sys.executable, "-c", KILLED, project], capture_output=True, timeout=90, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"bygger\n")
    assert not (project / ".desk/preview/site/index.html").exists()
    apart = Apart(tree=project, folder=project / ".desk/preview/site", url="http://x/")
    assert apart.ask(BUILD) == ""
    apart.end()
    assert [path.name for path in apart.folder.parent.iterdir()] == ["site"]


def test_posts_are_folded_where_their_network_folds_them(sitter: Sitter) -> None:
    tree = shown(sitter, f"/avsnitt/{SLUG}/visa").tree
    networks = tree.xpath("//h2[starts-with(@id, 'inlagg-')]/text()")
    assert networks == ["Inlägget på LinkedIn", "Inlägget på Facebook"]
    (folded,) = tree.xpath("//details")  # of LinkedIn: Facebook shows all of it
    assert "#cirkulärupphandling" in folded.text_content()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_publishing_and_previewing_are_for_everybody(
    sitter: Sitter, browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    sitter.change(SLUG, "summary", f"En sammanfattning för {scheme} och {width}.")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    name, _, value = sitter.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": sitter.origin}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        own = [f"/avsnitt/{SLUG}/{path}" for path in ("publicera", "mer", "visa", "visa?bredd=dator&sken=morkt")]
        for path in (*own, "/sidor/sv~om/visa", "/sidor/facts.yml/visa", "/sidor/sv~om/mer"):
            page.goto(f"{sitter.origin}{path}")
            page.get_by_role("heading", name="Sidan görs").wait_for(state="hidden")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page, context={"exclude": [["iframe"]]}).response["violations"]
            assert not found, [(each["id"], each["nodes"][0]["html"]) for each in found]
        page.goto(f"{sitter.origin}/avsnitt/{SLUG}/publicera")
        # By keyboard alone.
        button = page.get_by_role("button", name="Publicera ändringarna")
        for _ in range(40):
            if button.evaluate("one => one === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("Klart.").wait_for()
        assert f"för {scheme} och {width}" in (sitter.root / FOLDER / "episode.md").read_text(encoding="utf-8")
        assert not [each for each in wrong if "favicon" not in each and "404" not in each]
    finally:
        context.close()
