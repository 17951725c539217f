"""The desk in a real browser: by keyboard alone, offline and back, two people, without scripts, and axe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect

from desk import SECRET, Sitter, served
from okatakten.desk.guard import Guard, Proxy, Role
from okatakten.disk.alone import trying
from support import copy_project

pytestmark = pytest.mark.browser
SLUG = "atta-fragor"


@contextmanager
def opened(browser: Browser, sitter: Sitter, path: str = "/", **more: Any) -> Iterator[Page]:
    """Open the desk by the address that the command prints, and fail for any error that a page meets."""
    context = browser.new_context(**more)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.goto(f"{sitter.origin}{sitter.address}")
    page.goto(f"{sitter.origin}{path}")
    yield page
    context.close()
    assert [error for error in errors if not error.startswith("Failed to load resource")] == []


def until(page: Page, said: str) -> None:
    """Wait until a page says yes to something; its policy forbids the polling of Playwright."""
    for _ in trying(20):
        if page.evaluate(said):
            return
    pytest.fail(said)


def saved(page: Page) -> None:
    expect(page.get_by_role("status")).to_contain_text("Sparat", timeout=15_000)
    until(page, "localStorage.length === 0")


def tab_to(page: Page, label: str) -> None:
    """Press Tab until a field with a label has the focus: whoever has no mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if (
            page.evaluate(
                "document.activeElement.labels?.[0]?.textContent.trim() ?? document.activeElement.textContent.trim()"
            )
            == label
        ):
            return
    pytest.fail(f"no way to {label}")


def test_a_new_user_fills_in_an_episode_by_keyboard_alone_and_finds_all_of_it_again(
    browser: Browser, sitter: Sitter
) -> None:
    with opened(browser, sitter) as page:
        tab_to(page, "Rubrik")
        page.keyboard.type("Återbruk i skolan")
        tab_to(page, "Sammanfattning, en eller två meningar")
        page.keyboard.type("Hur en skola valde begagnade möbler.")
        tab_to(page, "Börja")
        page.keyboard.press("Enter")
        page.wait_for_url("**/avsnitt/aterbruk-i-skolan")
        tab_to(page, "Säsong")
        page.keyboard.type("2")
        tab_to(page, "Lägg till rad")
        page.keyboard.press("Enter")
        page.keyboard.type("Anna Ek")
        page.keyboard.press("Tab")
        page.keyboard.press("g")
        tab_to(page, "Om avsnittet")
        page.keyboard.press("Control+End")
        page.keyboard.type("\n\nSkolan **sparade**.")
        page.keyboard.press("Control+s")
        saved(page)
        page.reload()
        assert page.get_by_label("Säsong").input_value() == "2"
        assert "Skolan **sparade**." in page.get_by_label("Om avsnittet").input_value()
        names = [
            each.input_value() for each in page.get_by_role("group", name="Medverkande").get_by_label("Namn").all()
        ]
        assert names[-2:] == ["Anna Ek", ""]
        assert page.locator('[name="persons-0-role"]').input_value() == "gäst"
    text = (sitter.root / ".desk/drafts/podcast/episodes/aterbruk-i-skolan/episode.md").read_text(encoding="utf-8")
    assert "persons:\n  - name: Anna Ek\n    role: gäst\n" in text


def test_a_row_is_taken_away_and_back(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.get_by_role("button", name="Ta bort Ansökan om stöd").click()
        saved(page)
        draft = sitter.root / f".desk/drafts/podcast/episodes/{SLUG}/episode.md"
        assert "Ansökan om stöd" not in draft.read_text(encoding="utf-8")
        expect(page.get_by_role("button", name="Ta tillbaka raden")).to_be_focused()
        page.keyboard.press("Enter")
        until(page, "localStorage.length === 0")
        expect(page.get_by_role("button", name="Ta bort Ansökan om stöd")).to_be_focused()
        page.reload()
        assert page.locator('[name="sources-0-title"]').input_value().startswith("Ansökan om stöd")


def test_what_is_written_without_contact_is_sent_when_it_is_back(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.context.set_offline(True)
        page.get_by_label("Rubrik").fill("På tåget")
        expect(page.get_by_role("status")).to_contain_text("Ingen kontakt", timeout=15_000)
        page.get_by_label("Sammanfattning").fill("Skrivet utan nät.")
        page.context.set_offline(False)
        saved(page)
        assert sitter.seen(SLUG, "title") == page.locator('[name="title-seen"]').input_value()
        shown = dict(sitter.form(f"/avsnitt/{SLUG}"))
        assert (shown["title"], shown["summary"]) == ("På tåget", "Skrivet utan nät.")


def test_what_could_not_be_sent_before_the_browser_was_closed_is_sent_the_next_time(
    browser: Browser, sitter: Sitter
) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.route(
            "**/avsnitt/*", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
        )
        page.get_by_label("Rubrik").fill("Innan locket stängdes")
        page.locator('[name="sources-2-title"]').fill("En ny källa")
        page.locator('[name="sources-2-title"]').blur()
        until(page, "JSON.parse(Object.values(localStorage)[0] ?? '[]').length === 2")
        again = page.context.new_page()
        page.close(run_before_unload=False)
        again.goto(f"{sitter.origin}/avsnitt/{SLUG}")
        saved(again)
        shown = dict(sitter.form(f"/avsnitt/{SLUG}"))
        assert (shown["title"], shown["sources-2-title"]) == ("Innan locket stängdes", "En ny källa")


def test_who_is_signed_out_keeps_the_text_signs_in_beside_and_it_is_sent(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.context.clear_cookies()
        page.get_by_label("Rubrik").fill("Utloggad")
        expect(page.get_by_role("status")).to_contain_text("Du är inte inloggad längre", timeout=15_000)
        page.context.new_page().goto(f"{sitter.origin}{sitter.address}")
        saved(page)
        assert dict(sitter.form(f"/avsnitt/{SLUG}"))["title"] == "Utloggad"


SIGNED_OUT = {
    "leads away": {"status": 302, "headers": {"location": "https://inloggning.example/"}},
    "401": {"status": 401, "body": "<p>Logga in</p>", "content_type": "text/html"},
    "403": {"status": 403, "body": "<p>Logga in</p>", "content_type": "text/html"},
    "shows its page": {"status": 200, "body": "<p>Logga in</p>", "content_type": "text/html"},
}


@pytest.mark.parametrize("place", ["", "/text"])
@pytest.mark.parametrize("answer", SIGNED_OUT)
def test_who_a_proxy_signs_out_goes_on_by_a_link_and_loses_nothing(
    browser: Browser, sitter: Sitter, answer: str, place: str
) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}{place}") as page:
        status = page.locator("#sagt")
        page.context.route(
            lambda address: "/utseende/" not in address,
            lambda route: route.fulfill(
                **(SIGNED_OUT["401"] if route.request.is_navigation_request() else SIGNED_OUT[answer])
            ),
        )
        name = "Rubrik" if not place else "Ny rubrik"
        if place:
            page.get_by_label("Ny tid").fill("0:02")
        page.get_by_label(name).fill("Utloggad")
        page.keyboard.press("Enter")
        expect(status).to_contain_text("Du är inte inloggad längre", timeout=15_000)
        link = page.get_by_role("link", name="Logga in i ett nytt fönster")
        link.focus()
        with page.context.expect_page() as beside:
            page.keyboard.press("Enter")
        expect(beside.value.get_by_text("Logga in")).to_be_visible()
        assert page.get_by_label(name).input_value() == "Utloggad"
        page.context.unroute_all()
        beside.value.reload()
        expect(beside.value.get_by_role("heading", level=1)).to_have_text("Du är inloggad")
        expect(status).to_contain_text("Inloggad igen. Sparat", timeout=15_000)
        expect(link).to_be_hidden()
    draft = sitter.root / f".desk/drafts/podcast/episodes/{SLUG}/episode.md"
    assert "title: Utloggad" in draft.read_text(encoding="utf-8")


def test_what_somebody_may_not_do_is_no_reason_to_sign_in(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.route(
            "**/avsnitt/*",
            lambda route: route.fulfill(status=403) if route.request.method == "PATCH" else route.continue_(),
        )
        page.get_by_label("Rubrik").fill("Får inte")
        expect(page.get_by_role("status")).to_contain_text("Du får inte spara här", timeout=15_000)
        assert page.locator("#inloggning").is_hidden()
        page.unroute("**/avsnitt/*")
        saved(page)


@contextmanager
def at_a_department(folder: Path) -> Iterator[Sitter]:
    """Serve a desk that anna and bo write at, each as a proxy says who it is."""
    people = {name: frozenset({Role.WRITE}) for name in ("anna", "bo")}
    root = copy_project(folder / "projekt")
    with served(root) as sitter:
        origin = sitter.origin
    guard = Guard(
        origins=(origin,), secret=SECRET, owner="",
        proxy=Proxy(addresses=frozenset({"127.0.0.1"}), header="x-user", people=people),
    )  # fmt: skip
    with served(root, guard=guard, port=sitter.port) as sitter:
        yield sitter


def test_what_one_has_written_is_not_sent_as_somebody_else(browser: Browser, tmp_path: Path) -> None:
    with (
        at_a_department(tmp_path) as sitter,
        opened(browser, sitter, f"/avsnitt/{SLUG}", extra_http_headers={"x-user": "anna"}) as page,
    ):
        page.context.set_extra_http_headers({"x-user": "bo"})
        page.get_by_label("Rubrik").fill("Annas")
        expect(page.locator("#inloggning")).to_contain_text("Logga in som anna", timeout=15_000)
        page.context.set_extra_http_headers({"x-user": "anna"})
        saved(page)


@pytest.mark.parametrize(("choice", "title"), [("Behåll mitt", "Min"), ("Ta deras", "Deras")])
def test_two_people_see_each_other_and_choose_where_both_have_written(
    browser: Browser, tmp_path: Path, choice: str, title: str
) -> None:
    with at_a_department(tmp_path) as sitter:
        path = f"/avsnitt/{SLUG}"
        with (
            opened(browser, sitter, path, extra_http_headers={"x-user": "anna"}) as anna,
            opened(browser, sitter, path, extra_http_headers={"x-user": "bo"}) as bo,
        ):
            expect(bo.locator("#andra")).to_contain_text("anna")
            bo.get_by_label("Rubrik").fill("Deras")
            bo.get_by_label("Säsong").fill("4")
            saved(bo)
            anna.get_by_label("Sammanfattning").fill("Annas.")
            anna.get_by_label("Rubrik").fill("Min")
            expect(anna.get_by_role("alert")).to_contain_text("Där står nu: Deras", timeout=15_000)
            anna.get_by_role("button", name=choice).click()
            until(anna, "localStorage.length === 0")
            expect(anna.get_by_role("alert")).to_have_count(0)
            anna.reload()
            assert anna.get_by_label("Rubrik").input_value() == title
            assert anna.get_by_label("Sammanfattning").input_value() == "Annas."
            assert anna.get_by_label("Säsong").input_value() == "4"


def test_who_leaves_with_something_unsaved_is_asked(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"/avsnitt/{SLUG}") as page:
        page.context.set_offline(True)
        page.get_by_label("Rubrik").fill("Inte sparat")
        asked: list[str] = []

        def dismiss(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.close(run_before_unload=True)
        page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        page.context.set_offline(False)
        saved(page)


def test_without_scripts_everything_can_be_written_and_kept(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, java_script_enabled=False) as page:
        page.get_by_label("Rubrik").last.fill("Utan skript")
        page.get_by_label("Sammanfattning").fill("Det går.")
        page.get_by_role("button", name="Börja").click()
        page.get_by_label("Dag").fill("2027-01-15")
        page.get_by_label("Klockslag").fill("07:00")
        page.get_by_role("group", name="Medverkande").get_by_label("Namn").last.fill("Anna Ek")
        page.get_by_label("1.").check()
        page.get_by_role("button", name="Spara", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Sparat")
        assert page.get_by_label("Dag").input_value() == "2027-01-15"
        assert page.get_by_label("1.").is_checked()
        page.get_by_text("Ta bort utkastet").click()
        page.get_by_role("button", name="Ta bort", exact=True).click()
        page.get_by_text("Borttagna utkast (1)").click()
        page.get_by_role("button", name="Ta tillbaka").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Utan skript")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_the_desk_has_anything_for_axe_to_say(
    browser: Browser, sitter: Sitter, scheme: str, width: int
) -> None:
    file = sitter.root / f"podcast/episodes/{SLUG}/episode.md"
    sitter.post("/avsnitt", {"title": "Borta", "summary": "Bort."})
    sitter.post("/avsnitt/borta/tabort")
    sitter.change(SLUG, "title", "")
    sitter.change(SLUG, "season", "9")
    file.write_text(file.read_text(encoding="utf-8").replace("season: 1", "season: 3"), encoding="utf-8")
    with opened(browser, sitter, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        for path in ("/", "/?q=finns+inte", f"/avsnitt/{SLUG}", "/avsnitt/trailer", "/finns-inte"):
            page.goto(f"{sitter.origin}{path}")
            for summary in page.locator("summary").all():
                summary.click()
            found = Axe().run(page).response["violations"]
            assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            small = """[...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, nav a")]
                .map((one) => one.getBoundingClientRect()).filter((box) => box.width && (box.width < 24 || box.height < 24)).length"""
            assert page.evaluate(small) == 0
