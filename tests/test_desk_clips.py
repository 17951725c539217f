"""Clips at the desk: made of what is being written, drafts until the episode comes out, made again and taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser

from desk import SECRET, Answer, Sitter, at_the_desk, served
from okatakten.desk.guard import Guard, Proxy, Role
from okatakten.desk.jobs import CLIPS_OF, State
from okatakten.disk.alone import trying
from okatakten.making.ffmpeg import film_ffmpeg
from okatakten.podcast.clips import CLIPS, ENDINGS, RECORD
from okatakten.podcast.films import read_film
from support import PROJECT, lay_out_sound
from test_browser import AXE_OPTIONS, BEYOND

SLUG = "trailer"
PLACE = f"/avsnitt/{SLUG}/klipp"
FOLDER = f"podcast/episodes/{SLUG}"
CLIP = {"gor": "film", "start": "0:03", "end": "0:06.5", "shape": "square"}
SAID = "Tänk om det som kommuner"
"""What is said then."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out_sound(tmp_path / "projekt")


@pytest.fixture
def desk(root: Path) -> Iterator[Sitter]:
    with at_the_desk(root) as sitter:
        yield sitter


def files(root: Path, above: str = "") -> set[str]:
    """Return what lies beside the clips of the episode, in the project or in `.desk/drafts/`."""
    return {path.name for path in (root / above / FOLDER / CLIPS).glob("*")}


def drafts(desk: Sitter) -> set[str]:
    return files(desk.root, ".desk/drafts")


def made(desk: Sitter, form: Mapping[str, str]) -> dict[str, Any]:
    """Ask for a clip, and return the job when it is over."""
    before = job_of(desk).get("version")
    assert desk.post(PLACE, form).status == 303
    for _ in trying(60):
        job = job_of(desk)
        if job.get("version") != before and job["state"] not in {State.WAITING, State.RUNNING}:
            return job
    raise AssertionError(job_of(desk))


def job_of(desk: Sitter) -> dict[str, Any]:
    path = desk.root / f".desk/jobs/{SLUG}{CLIPS_OF}.json"
    return dict(json.loads(path.read_bytes())) if path.exists() else {}


def correct(desk: Sitter, old: str, new: str) -> None:
    """Correct words of the transcript as a draft."""
    text = (desk.root / FOLDER / "transcript.vtt").read_text(encoding="utf-8")
    assert old in text
    seen = desk.get(f"/avsnitt/{SLUG}/text?hela").tree.xpath(
        "string(//form[@id='helform']//input[@name='seen']/@value)"
    )
    form = {"op": "whole", "seen": str(seen), "text": text.replace(old, new)}
    assert desk.post(f"/avsnitt/{SLUG}/text", form).status == 303


def shown(answer: Answer, name: str = "0-03") -> Any:
    """Return what the page shows of a clip or a quotation."""
    (section,) = answer.tree.xpath(f"//div[@id='lage']/section[.//*[contains(@src, '{name}.') or @value='{name}']]")
    return section


def a_saved_clip(root: Path) -> set[str]:
    """Put a whole clip of ours into the project."""
    shutil.copytree(PROJECT / FOLDER / CLIPS, root / FOLDER / CLIPS)
    return files(root)


@pytest.mark.audio
def test_a_clip_shows_the_words_as_they_are_being_written_and_comes_out_with_them(desk: Sitter) -> None:
    correct(desk, SAID, "Hör här: tänk om det som kommuner")
    job = made(desk, CLIP)
    assert (job["state"], job["wrong"]) == (State.DONE, [])
    assert job["told"][0].startswith("Klippet är klart: 0:03, 1080 × 1080")
    assert drafts(desk) == {f"0-03{ending}" for ending in (*ENDINGS, RECORD)}
    assert files(desk.root) == set()
    page = desk.get(PLACE)
    section = shown(page)
    assert section.xpath("string(.//video/@preload)") == "none"
    assert section.xpath(".//track[@kind='captions']")
    assert "#t=3" in section.xpath("string(.//textarea)")
    assert "Ett utkast." in section.text_content()
    assert not section.xpath(".//li[contains(@class, 'desk-answer')]")
    film = desk.get(f"{PLACE}/0-03.mp4")
    assert film.headers["content-type"] == "video/mp4"
    path = desk.root / "film.mp4"
    path.write_bytes(film.body)
    with path.open("rb") as file:
        facts = read_film(file)
    assert facts
    assert (facts.width, facts.height) == (1080, 1080)
    assert 5.9 < facts.duration.total_seconds() < 6.2
    captions = desk.get(f"{PLACE}/0-03.vtt")
    assert captions.headers["content-type"].startswith("text/vtt")
    assert "Hör här: tänk om" in " ".join(captions.text.split())
    for href in section.xpath(".//a[@download]/@href"):
        assert desk.get(str(href)).status == 200, href
    publish = desk.get(f"/avsnitt/{SLUG}/publicera").tree
    headings = [heading.text_content() for heading in publish.xpath("//h3")]
    assert headings == ["Klippet 0-03", "Textversionen", "Vad som händer hos den som lyssnar"]
    seen = str(publish.xpath("string(//input[@name='seen']/@value)"))
    assert desk.post(f"/avsnitt/{SLUG}/publicera", {"seen": seen, "nar": "nu"}).status == 303
    for _ in trying(30):
        if drafts(desk) == set():
            break
    assert files(desk.root) == {f"0-03{ending}" for ending in (*ENDINGS, RECORD)}
    assert (desk.root / FOLDER / CLIPS / "0-03.mp4").read_bytes() == film.body
    assert "Sparat i projektet." in shown(desk.get(PLACE)).text_content()


@pytest.mark.audio
def test_a_clip_of_words_that_are_corrected_since_says_so_and_is_made_again(desk: Sitter) -> None:
    made(desk, CLIP)
    correct(desk, SAID, "Hör här: tänk om det som kommuner")
    section = shown(desk.get(PLACE))
    (note,) = section.xpath(".//li[contains(@class, 'desk-answer')]")
    assert " ".join(note.text_content().split()) == (
        "Klippet är äldre än avsnittet. Texten har rättats sedan klippet gjordes. Lyssna, och gör om det."
    )
    (form,) = section.xpath(".//form[.//button[@name='gor']]")
    asked = dict(form.form_values())
    assert made(desk, {**asked, "gor": "film"})["told"][1:] == ["Det ersätter det som fanns."]
    section = shown(desk.get(PLACE))
    assert not section.xpath(".//li[contains(@class, 'desk-answer')]")
    assert "Hör här" in desk.get(f"{PLACE}/0-03.txt").text


@pytest.mark.audio
def test_a_quotation_is_two_pictures_with_what_they_say_and_can_be_taken_away(desk: Sitter) -> None:
    assert made(desk, {**CLIP, "gor": "citat", "end": "0:07"})["state"] == State.DONE
    assert drafts(desk) == {"0-03-quote.png", "0-03-quote-wide.png", "0-03-quote.txt"}
    section = shown(desk.get(PLACE), "0-03-quote")
    assert f"”{SAID}" in section.xpath("string(.//img/@alt)")
    (desk.root / "wide.png").write_bytes(desk.get(f"{PLACE}/0-03-quote-wide.png").body)
    with Image.open(desk.root / "wide.png") as image:
        assert image.size == (1200, 630)
    assert desk.post(PLACE, {"bort": "0-03-quote"}).status == 303
    assert drafts(desk) == set()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"end": "9:59"}, "Slutet, 9:59: Ljudet är 0:51 långt. Skriv en tid före dess slut."),
        ({"start": "strax"}, "Början, strax: "),
        ({"start": ""}, "Början: "),
        ({"end": "0:04"}, "Ett klipp är minst 3 sekunder"),
        ({"end": "0:02"}, "Slutet, 0:02: Klippet slutar inte efter att det börjar."),
        ({"name": "Å!"}, "Namnet, Å!: "),
        ({"gor": "citat", "end": "0:14"}, "Ett citat är av en enda, och här talar flera: Röst A, Röst B."),
    ],
)
def test_what_does_not_fit_is_said_and_the_form_keeps_what_was_written(
    desk: Sitter, form: dict[str, str], said: str
) -> None:
    asked = {**CLIP, "shape": "tall", **form}
    answer = desk.post(PLACE, asked)
    assert answer.status == 422
    (alert,) = answer.tree.xpath("//*[@role='alert']")
    assert said in alert.text_content()
    assert "--" not in alert.text_content()
    for name in ("start", "end"):
        assert answer.tree.xpath(f"string(//input[@id='{name}']/@value)") == asked[name]
    assert answer.tree.xpath("//input[@name='shape'][@checked]/@value") == ["tall"]
    assert job_of(desk) == {}


def test_half_a_sentence_is_told_with_the_times_of_the_whole(desk: Sitter) -> None:
    correct(desk, SAID, "Hör")
    notes = made(desk, {**CLIP, "end": "0:06"})["notes"]
    assert [note for note in notes if note.startswith("Klippet börjar eller slutar mitt i")]
    assert all("--from" not in note for note in notes)


def test_without_a_profile_or_an_episode_that_can_be_read_nothing_is_made(desk: Sitter) -> None:
    episode = desk.root / FOLDER / "episode.md"
    text = episode.read_text(encoding="utf-8")
    episode.write_text(text.replace("title:", "titel:", 1), encoding="utf-8")
    page = desk.get(PLACE)
    assert "Klipp går att göra när avsnittet är helt." in page.text
    assert page.tree.xpath("//section[@aria-labelledby='hindrar']//a")
    assert not page.tree.xpath("//button[@value='film']")
    assert desk.post(PLACE, CLIP).status == 400
    episode.write_text(text, encoding="utf-8")
    shutil.rmtree(desk.root / "overrides/profile")
    assert "overrides/profile/profile.yml" in desk.post(PLACE, CLIP).text


def test_a_clip_of_the_project_is_shown_and_taken_away_with_all_its_files(desk: Sitter) -> None:
    before = a_saved_clip(desk.root)
    (name,) = {Path(each).stem for each in before if each.endswith(RECORD)}
    (desk.root / FOLDER / CLIPS / f"{name}-wide.png").write_bytes(b"another one's")
    assert "Sparat i projektet." in shown(desk.get(PLACE), name).text_content()
    assert desk.post(PLACE, {"bort": name}).status == 303
    assert files(desk.root) == {f"{name}-wide.png"}


def test_a_clip_that_lacks_a_file_says_which_and_offers_to_make_it_again(desk: Sitter) -> None:
    a_saved_clip(desk.root)
    (path,) = (desk.root / FOLDER / CLIPS).glob("*.srt")
    path.unlink()
    section = shown(desk.get(PLACE), path.stem)
    assert f"{path.name} saknas bredvid. Gör om det." in section.text_content()
    assert section.xpath(".//button[@name='gor']")
    assert not section.xpath(".//video")


def test_only_who_may_publish_takes_a_published_clip_away(root: Path) -> None:
    a_saved_clip(root)
    proxy = Proxy(
        addresses=frozenset({"127.0.0.1"}), header="x-user", people={"bo@region.example": frozenset({Role.WRITE})}
    )
    with served(root) as probe:
        port = probe.port
    guard = Guard(origins=(f"http://127.0.0.1:{port}",), secret=SECRET, owner="anna", proxy=proxy)
    with served(root, guard=guard, port=port) as sitter:
        bo = replace(sitter, always={"X-User": "bo@region.example"})
        bo.enter()
        before = files(root)
        (name,) = {Path(each).stem for each in before if each.endswith(RECORD)}
        answer = bo.post(PLACE, {"bort": name})
        assert answer.status == 422
        assert "Be någon som får publicera" in answer.text
        assert files(root) == before


@pytest.mark.parametrize(
    "name", ["0-03.mp4", "..%2Fepisode.md", "%2Fetc%2Fpasswd", ".hemlig.txt", "annat.md", "lank.txt"]
)
def test_nothing_but_the_files_of_clips_is_given_out(desk: Sitter, name: str) -> None:
    folder = desk.root / FOLDER / CLIPS
    folder.mkdir()
    for own in (".hemlig.txt", "annat.md"):
        (folder / own).write_text("Inte här.", encoding="utf-8")
    (folder / "lank.txt").symlink_to(folder.parent / "episode.md")
    assert desk.get(f"{PLACE}/{name}").status == 404


def test_a_clip_that_a_killed_desk_was_at_is_told(root: Path) -> None:
    job = {"slug": SLUG + CLIPS_OF, "who": "anna", "state": State.RUNNING, "share": 0.4}
    (root / ".desk/jobs").mkdir(parents=True)
    (root / f".desk/jobs/{SLUG}{CLIPS_OF}.json").write_text(json.dumps(job), encoding="utf-8")
    with at_the_desk(root) as desk:
        page = desk.get(PLACE).tree
    assert page.xpath("string(//h2[@id='jobb'])") == "Arbetet avbröts"
    assert "Gör klippet igen." in page.xpath("string(//div[@id='lage'])")
    assert not page.xpath("//button[@value='om']")


@pytest.mark.audio
@pytest.mark.parametrize(("meanwhile", "wrong"), [("avbryt", "Avbrutet."), ("bort", "Avsnittet har bytt adress")])
def test_of_a_clip_that_is_broken_off_or_whose_episode_is_gone_nothing_is_left(
    desk: Sitter, meanwhile: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ffmpeg says how far it is before it goes on, so that it is broken off at its first word.
    real, waits = film_ffmpeg(), desk.root / "gå"
    program = desk.root / "ffmpeg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *film.mp4*) echo out_time_us=1; while [ ! -e "{waits}" ]; do sleep 0.05; done;'
        f' echo out_time_us=500000;; esac\nexec {real} "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr("okatakten.clips.film.film_ffmpeg", lambda: str(program))
    assert desk.post(PLACE, CLIP).status == 303
    for _ in trying(30):
        page = desk.get(PLACE)
        if "Klippet görs" in page.text and "strax" not in page.text:
            break
    assert page.tree.xpath("//head/noscript/meta[@http-equiv='refresh']")
    if meanwhile == "avbryt":
        assert desk.post(PLACE, {"gor": "avbryt"}).status == 303
    else:
        (desk.root / FOLDER).rename(desk.root / "annanstans")
    waits.touch()
    for _ in trying(30):
        if (job := job_of(desk))["state"] == State.FAILED:
            break
    assert job["wrong"][0].startswith(wrong)
    assert drafts(desk) == set()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_clip_is_marked_and_made_by_keyboard_and_its_page_has_no_barriers(
    browser: Browser, desk: Sitter, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(desk.origin + desk.address)
    page.goto(f"{desk.origin}/avsnitt/{SLUG}/text")
    page.locator(".desk-cue__text").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+m")
    page.keyboard.press("Alt+Shift+M")
    assert page.locator("#sagt").inner_text().startswith("Klipp från 0:02")
    page.get_by_role("button", name="Gör klipp …").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/klipp?start=0*")
    page.evaluate("document.getElementById('ljud').currentTime = 6.5")
    page.locator("[data-take=end]").focus()
    page.keyboard.press("Space")
    assert page.locator("#end").input_value() == "0:06.5"
    page.locator("#end").focus()
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.value"))
    assert reached[1:4] == ["square", "film", "citat"]
    page.get_by_role("button", name="Gör klippet").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#lage")
    for _ in trying(60):
        if page.locator("video").count():
            break
    assert page.locator("#jobb").inner_text() == "Klart"
    assert page.locator("#sagt").inner_text() == "Klart"
    page.locator("[data-copy]").focus()
    page.keyboard.press("Enter")
    for _ in trying(10):
        if (said := page.locator("#sagt").inner_text()) != "Klart":
            break
    assert said in {"Kopierat", "Texten är markerad. Kopiera den med Ctrl+C."}
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    assert [each["id"] + str(each["nodes"][0]["target"]) for each in found] == []
    assert page.evaluate(BEYOND) == []
    context.close()


@pytest.mark.browser
def test_without_scripts_a_clip_is_made_by_its_form(browser: Browser, desk: Sitter) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(desk.origin + desk.address)
    page.goto(f"{desk.origin}/avsnitt/{SLUG}/text")
    page.fill("#klipp-fran", "0:03")
    page.fill("#klipp-till", "0:06.5")
    page.click("#klippform >> text=Välj form")
    assert page.locator("button.desk-script:visible").count() == 0
    page.check("#form-landscape")
    page.click("text=Gör klippet")
    page.locator("video").wait_for(timeout=60_000)  # the page is loaded anew by itself
    assert drafts(desk) == {f"0-03-landscape{ending}" for ending in (*ENDINGS, RECORD)}
