"""The desk's pages and translation in a browser: what is typed is kept before a button sends the form, and axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from desk import Sitter
from test_desk_browser import opened, saved
from test_desk_pages import draft

pytestmark = pytest.mark.browser
TEXT = "/oversattning/sma/sma~kontakt"


def test_what_is_being_typed_is_kept_before_a_row_is_added(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, "/sidor/kontakter.yml") as page:
        page.locator("[id='kontakter.1-0-how']").fill("besök")
        page.get_by_role("button", name="Ny rad").click()
        page.wait_for_url("**#rad-kontakter.*")
        assert page.evaluate("localStorage.length") == 0
    text = draft(sitter, "docs/kontakter.yml").read_text(encoding="utf-8")
    assert ("how: besök" in text, text.count('organisation: ""')) == (True, 1)


def test_enter_in_a_field_takes_no_row_away(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, "/sidor/kontakter.yml") as page:
        page.locator("[id='kontakter.1-0-how']").fill("besök")
        page.keyboard.press("Enter")
        saved(page)
    before = (sitter.root / "docs/kontakter.yml").read_text(encoding="utf-8")
    text = draft(sitter, "docs/kontakter.yml").read_text(encoding="utf-8")
    assert text.count("organisation:") == before.count("organisation:")


@pytest.mark.parametrize(("button", "text"), [("Behåll mitt", "Lohkh"), ("Ta deras", "Goltelh")])
def test_two_at_a_sentence_are_told_and_choose(browser: Browser, sitter: Sitter, button: str, text: str) -> None:
    with opened(browser, sitter, TEXT) as one, opened(browser, sitter, TEXT) as two:
        for page, said in ((one, "Goltelh"), (two, "Lohkh")):
            page.locator("#m3-text").fill(said)
            page.locator("#m3-text").blur()
            if page is one:
                saved(page)
        expect(two.get_by_role("alert")).to_contain_text("Där står nu: Goltelh", timeout=15_000)
        two.get_by_role("button", name=button).click()
        expect(two.get_by_role("alert")).to_have_count(0)
        expect(two.locator("#m3-text")).to_have_value(text)
    with opened(browser, sitter, TEXT) as page:
        expect(page.locator("#m3-text")).to_have_value(text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_has_anything_for_axe_to_say(browser: Browser, sitter: Sitter, scheme: str, width: int) -> None:
    file = sitter.root / "docs/sv/om.md"
    form = [(name, "Vår" if name == "title" else value) for name, value in sitter.form("/sidor/sv~om")]
    assert sitter.post("/sidor/sv~om", form).status == 303
    file.write_text(file.read_text(encoding="utf-8").replace("title: Om", "title: Deras", 1), encoding="utf-8")
    paths = ("/sidor", "/sidor/sv~om", "/sidor/sv~moten~marknadsdialog~index", "/sidor/kontakter.yml",
             "/sidor/facts.yml", "/sidor/sv~om/fil", "/oversattning/sma", TEXT)  # fmt: skip
    with opened(browser, sitter, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        for path in paths:
            page.goto(f"{sitter.origin}{path}")
            if path == "/sidor/sv~om":
                expect(page.get_by_role("button", name="Välj")).to_be_visible()
            found = Axe().run(page).response["violations"]
            assert [(path, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
