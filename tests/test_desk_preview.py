"""How it will look: the real site of what is being written, at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from desk import Sitter, at_the_desk
from okatakten.desk.drafts import Drafts
from okatakten.desk.guard import Guard
from okatakten.desk.preview import Preview, headers_of
from okatakten.desk.web import Desk
from support import copy_project

SLUG = "atta-fragor"
FOLDER = f"podcast/episodes/{SLUG}/"
SHOWN = f"/visning/podd/{SLUG}/"


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitter]:
    root = copy_project(tmp_path_factory.mktemp("preview") / "project")
    with at_the_desk(root) as someone:
        yield someone


def test_the_page_is_the_sites_own_with_what_is_being_written(sitter: Sitter) -> None:
    page = sitter.get(f"/avsnitt/{SLUG}/visa")
    assert page.tree.xpath("//iframe/@src") == [SHOWN]
    assert sitter.change(SLUG, "title", "Exempel: Under arbete").status == 200
    shown = sitter.get(SHOWN)
    assert shown.tree.xpath("string(//h1)").strip() == "Exempel: Under arbete"
    assert "Under arbete" not in (sitter.root / FOLDER / "episode.md").read_text(encoding="utf-8")
    assert shown.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    for address in shown.tree.xpath("//link[@rel='stylesheet']/@href | //script/@src | //main//img/@src"):
        assert sitter.get(urljoin(SHOWN, address)).status == 200, address
    assert sitter.get(f"{SHOWN}card.png").headers["content-type"] == "image/png"


def test_the_search_is_there_and_what_is_not_is_told_by_the_sites_own_page(sitter: Sitter) -> None:
    assert sitter.get(SHOWN).status == 200
    assert sitter.get("/visning/sok/entry.json").status in {200, 404}
    missing = sitter.get("/visning/finns-inte/")
    assert missing.status == 404
    assert "Öka takten" in missing.text
    assert sitter.get(f"/visning/podd/{SLUG}").headers["location"] == SHOWN


def test_sound_is_sent_in_parts(sitter: Sitter) -> None:
    sitter.get(SHOWN)
    part = sitter.get(f"{SHOWN}audio.mp3", {"Range": "bytes=100-199"})
    assert (part.status, len(part.body)) == (206, 100)
    assert part.headers["content-type"] == "audio/mpeg"
    assert sitter.get(f"{SHOWN}audio.mp3", {"Range": "bytes=999999999-"}).status == 416


def test_only_scripts_of_the_templates_are_sent_as_scripts(sitter: Sitter) -> None:
    own = sitter.get(SHOWN).tree.xpath("//script/@src")
    assert own
    assert all("javascript" in sitter.get(urljoin(SHOWN, address)).headers["content-type"] for address in own)
    preview = Preview(Desk(root=sitter.root, guard=Guard(origins=("http://x",), secret="x" * 32, owner="")))
    headers = headers_of(preview, "assets/elak.js", "assets/elak.js")
    assert headers["content-type"] == "text/plain; charset=utf-8"


def test_what_is_wrong_stands_above_the_last_good_page(sitter: Sitter) -> None:
    sitter.get(SHOWN)
    drafts = Drafts(sitter.root, sitter.root / ".desk")
    drafts.write("docs/facts.yml", "[")
    page = sitter.get(f"/avsnitt/{SLUG}/visa")
    assert "docs/facts.yml" in page.tree.xpath("string(//section[@aria-labelledby='fel'])")
    assert page.tree.xpath("//iframe")
    drafts.forget("docs/facts.yml")
    assert not sitter.get(f"/avsnitt/{SLUG}/visa").tree.xpath("//section[@aria-labelledby='fel']")


def test_posts_are_folded_where_their_network_folds_them(sitter: Sitter) -> None:
    tree = sitter.get(f"/avsnitt/{SLUG}/visa").tree
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
        for path in ("publicera", "mer", "visa", "visa?bredd=dator&sken=morkt"):
            page.goto(f"{sitter.origin}/avsnitt/{SLUG}/{path}")
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
