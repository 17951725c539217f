"""The guide as somebody follows it: every step at the desk, with its picture, and what form and command say.

`make guide` takes the pictures anew. Look at them, and at what podcast/README.md says of them, before they are committed.
"""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
import yaml
from click.testing import CliRunner
from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect

from desk import Sitter, served
from guide import LOOK, PICTURES, hold, hold_said
from hosts import Host, Shown, in_folder
from okatakten.commands import episodes
from okatakten.commands.main import app
from okatakten.desk.sending import Ways
from okatakten.making import interview
from okatakten.written.readability import lix
from support import PROJECT, a_recording, contents, copy_project
from test_desk_browser import opened, saved, until

GUIDE: Final = (PROJECT / "podcast/README.md").read_text(encoding="utf-8")
FIVE_MINUTES: Final = (PROJECT / "podcast/fem-minuter.md").read_text(encoding="utf-8")
FORM: Final = PROJECT / ".github/ISSUE_TEMPLATE/nytt-avsnitt.yml"
SAMPLES: Final = {"atta-fragor", "trailer", "vad-det-ledde-till", "varfor-cirkular-upphandling"}
SAMPLE: Final = PROJECT / "podcast/episodes/trailer"
TITLE: Final = "Öka takten på en minut"
SUMMARY: Final = "Vad avsnitten handlar om, och vem de är till för."
PLACE: Final = "/avsnitt/oka-takten-pa-en-minut"
CHAPTERS: Final = "0:00 Inledning\n0:15 Vem avsnitten är för\n0:35 Så hör du dem\n"


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is suggested be the same every day."""
    monkeypatch.setattr(interview, "suggest_time", lambda *_, **__: datetime.fromisoformat("2027-01-18T07:00+01:00"))


@pytest.fixture
def desk(browser: Browser, shown: tuple[Host, Ways], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The desk of a copy of the project, which puts what it publishes where the public sees it."""
    host, ways = shown
    public = tmp_path / "publikt"
    host.answers = Shown(in_folder(public))
    monkeypatch.delenv("SOURCE_DATE_EPOCH")  # what is published now is out when the site is built
    root = copy_project(tmp_path / "projekt")
    for folder in (root / "podcast/episodes").iterdir():
        if folder.name not in SAMPLES:
            shutil.rmtree(folder)
    with (
        served(root, ways=replace(ways, build=True, folder=public, patience=30), owner="redaktör") as sitter,
        opened(browser, sitter, **LOOK) as page,
    ):
        page.set_default_timeout(20_000)
        page.clock.set_fixed_time(datetime.fromisoformat("2027-01-11T14:02+01:00"))
        yield page


@pytest.mark.browser
@pytest.mark.audio
@pytest.mark.server
def test_the_pictures_of_the_desk_have_the_words_that_it_has_now(desk: Page, tmp_path: Path) -> None:
    begin(desk)
    fill_in(desk)
    send_recording(desk, tmp_path)
    correct(desk)
    preview(desk)
    publish(desk)


def begin(desk: Page) -> None:
    desk.get_by_label("Rubrik", exact=True).fill(TITLE)
    desk.get_by_label("Sammanfattning").fill(SUMMARY)
    hold("1-lista", desk.get_by_role("banner"), desk.get_by_role("main"))
    desk.get_by_role("button", name="Börja").click()
    desk.wait_for_url(f"**{PLACE}")


def fill_in(desk: Page) -> None:
    desk.get_by_label("Nummer", exact=True).fill("4")
    desk.get_by_label("Om avsnittet").fill("Det här får du höra i avsnitten.")
    desk.get_by_label("Sammanfattning").fill("")
    desk.keyboard.press("Control+s")
    saved(desk)
    title, summary = (desk.locator(f"[data-field={name}]") for name in ("title", "summary"))
    expect(summary.get_by_role("listitem")).to_be_visible()
    desk.evaluate("scrollTo(0, 0)")
    parts = (desk.get_by_role("heading", level=1), desk.get_by_role("navigation", name="Avsnittet"))
    hold(
        "2-falt",
        desk.get_by_role("banner"),
        desk.get_by_role("status").first,
        *parts,
        desk.get_by_role("region"),
        title,
        summary,
    )
    desk.get_by_label("Sammanfattning").fill(SUMMARY)
    saved(desk)


DROP = """files => {
  const data = new DataTransfer();
  for (const [name, content] of files)
    data.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
"""All of an episode dropped at once, the recording first: the text and the chapters have to be there before its end."""


def send_recording(desk: Page, folder: Path) -> None:
    (folder / "kapitel.txt").write_text(CHAPTERS, encoding="utf-8")
    shutil.copy(SAMPLE / "transcript.vtt", folder / "text.vtt")
    shutil.copy(SAMPLE / "audio.mp3", folder / "inspelning.mp3")
    desk.get_by_role("link", name="Ljud och filer").click()
    state = desk.locator("#lage")
    desk.wait_for_url("**/ljud", wait_until="load")
    names = ("inspelning.mp3", "kapitel.txt", "text.vtt")
    desk.evaluate(DROP, [[name, b64encode((folder / name).read_bytes()).decode()] for name in names])
    expect(desk.get_by_role("heading", name="Klart")).to_be_visible(timeout=60_000)
    tabs = desk.get_by_role("navigation", name="Avsnittet")
    hold("3-ljud", desk.get_by_role("heading", level=1), tabs, state)


def correct(desk: Page) -> None:
    with desk.expect_response("**/vagform") as waveform:
        desk.get_by_role("link", name="Text och kapitel").click()
    waveform.value.finished()
    sound, chapters = (desk.get_by_role("region", name=name) for name in ("Ljudet", "Kapitel"))
    expect(sound.locator("output")).to_have_text("0:00 av 0:51")
    to_the_top(chapters)
    hold("4-kapitel", sound, chapters)
    desk.get_by_role("link", name="Köper du in").click()
    expect(desk.locator("#rad-text")).to_be_focused()
    text = desk.get_by_role("region", name="Text")
    to_the_top(text)
    hold("5-text", sound, text)


def to_the_top(part: Locator) -> None:
    """Scroll until a part begins below the sound, which stays in sight."""
    part.evaluate("(part) => scrollBy(0, part.getBoundingClientRect().top - spelare.offsetHeight - 40)")
    part.page.mouse.move(0, 0)


def preview(desk: Page) -> None:
    desk.get_by_role("link", name="Förhandsvisa").click()
    page = desk.frame_locator("iframe")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(TITLE, timeout=60_000)
    section = desk.get_by_role("region", name="Sidan", exact=True)
    section.evaluate("(section) => section.scrollIntoView()")
    hold("6-visa", section, page.get_by_role("banner"), title)


def publish(desk: Page) -> None:
    desk.get_by_role("link", name="Publicera …").click()
    desk.get_by_label("Den dag och tid").check()
    hold("7-annorlunda", desk.get_by_role("main"))
    desk.get_by_label("Nu", exact=True).check()
    desk.get_by_role("button", name="Publicera").click()
    expect(desk.get_by_text("Klart.")).to_be_visible(timeout=180_000)
    desk.evaluate("for (const each of document.querySelectorAll('#lage time')) each.textContent = '14.02'")
    hold("8-syns", desk.get_by_role("heading", level=1), desk.locator("#lage"))


@pytest.mark.audio
def test_the_guide_shows_what_the_command_asks_and_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_project(tmp_path / "projekt")
    for slug in SAMPLES:
        shutil.rmtree(root / "podcast/episodes" / slug)
    text = Document()
    for paragraph in ("0:00 Programledaren", "Välkommen.", "0:10 Gästen", "Tack."):
        text.add_paragraph(paragraph)
    text.save(str(tmp_path / "text.docx"))
    a_recording(tmp_path / "inspelning.wav", seconds=30)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(episodes, "is_at_terminal", lambda: True)
    answers = ["Lokala företag", "Vad som händer när kraven skärps.", "", "1", "4", "", "8", ""]
    result = CliRunner().invoke(
        app,
        ["new", "inspelning.wav", "--transcript", "text.docx", "--root", "projekt"],
        input="\n".join(answers) + "\n",
    )
    assert result.exit_code == 0
    hold_said(result.output, guide=GUIDE)


def test_the_guide_lists_the_form_as_it_is() -> None:
    fields = [part for part in yaml.safe_load(FORM.read_text(encoding="utf-8"))["body"] if part["type"] != "markdown"]
    lines = [
        f"{number}. **{field['attributes']['label']}**{' (behövs)' if field.get('validations', {}).get('required') else ''}: "
        f"{field['attributes']['description'].strip()}"
        for number, field in enumerate(fields, 1)
    ]
    assert re.findall(r"(?m)^\d+\. .+", GUIDE.partition("### Rutorna i formuläret")[2].partition("\n#")[0]) == lines


def test_every_picture_of_the_guide_is_small_shown_and_told_in_words() -> None:
    shown = {address: words for words, address in re.findall(r"!\[(.*?)\]\((guide/\S+)\)", GUIDE)}
    assert sorted(shown) == [f"guide/{path.name}" for path in sorted(PICTURES.iterdir())]
    assert all(30 < len(words) < 300 for words in shown.values())
    sizes = [path.stat().st_size for path in PICTURES.iterdir()]
    assert max(sizes) <= 60_000
    assert sum(sizes) <= 600_000


@pytest.mark.browser
def test_a_newcomer_does_the_five_things_of_the_page_and_all_is_as_before(browser: Browser, sitter: Sitter) -> None:
    before = contents(sitter.root / "podcast")
    named = iter(re.findall("«(.+?)»", FIVE_MINUTES))
    with opened(browser, sitter) as page:
        page.set_default_timeout(60_000)  # the first preview is made of the whole site
        page.get_by_role("link", name=next(named)).click()
        page.get_by_role("link", name=next(named)).click()
        page.get_by_role("button", name=next(named), exact=True).click()
        until(page, "ljud.currentTime > 0")
        page.get_by_role("link", name=next(named)).click()
        title = page.get_by_label(next(named), exact=True)
        was = title.input_value()
        title.press("End")
        title.press_sequentially(" idag")
        expect(page.get_by_role("status")).to_contain_text(next(named), timeout=15_000)
        page.get_by_role("link", name=next(named)).click()
        shown = page.frame_locator("iframe").get_by_role("heading", level=1)
        expect(shown).to_have_text(f"{was} idag", timeout=60_000)
        page.get_by_role("link", name=next(named)).click()
        page.get_by_role("button", name=next(named)).click()
        expect(page.get_by_label("Rubrik", exact=True)).to_have_value(was)
    assert next(named, None) is None
    assert contents(sitter.root / "podcast") == before
    assert not [path for path in (sitter.root / ".desk/drafts").rglob("*") if path.is_file()]


def test_the_page_for_newcomers_is_easy_to_read_and_found() -> None:
    assert lix(FIVE_MINUTES) <= 30
    assert "`make desk`" in FIVE_MINUTES
    assert "\ndesk:" in (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert "](fem-minuter.md)" in GUIDE
    assert "](podcast/fem-minuter.md)" in (PROJECT / "README.md").read_text(encoding="utf-8")
