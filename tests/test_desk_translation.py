"""Translations at the desk: sentence by sentence, and nothing is reviewed that somebody has not gone through."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from desk import Sitter
from okatakten.desk import translation
from okatakten.desk.guard import Guard, Person, Role
from test_desk_pages import checked_once, draft, drafts, form_of

__all__ = ["checked_once"]  # a fixture
PAGE, FILE = "/oversattning/sma/sma~kontakt", "docs/sma/kontakt.md"


def patch(sitter: Sitter, number: int, *, seen: str | None = None, **cells: str) -> Any:
    form = dict(form_of(sitter, PAGE))
    name = f"m{number}"
    value = [[f"{name}-{cell}", cells.get(cell, form[f"{name}-{cell}"])] for cell in ("text", "sources", "comment")]
    return sitter.patch(PAGE, {"field": name, "value": value}, {"If-Match": seen or form[f"{name}-seen"]})


def states(sitter: Sitter) -> list[str]:
    return [str(each).strip() for each in sitter.get(PAGE).tree.xpath("//fieldset//*[@class='desk-state']/text()")]


def review(sitter: Sitter, which: str, **more: str) -> Any:
    return sitter.post(f"{PAGE}/granskad", [*form_of(sitter, PAGE), ("which", which), *more.items()])


@pytest.mark.usefixtures("checked_once")
def test_every_text_that_is_opened_and_saved_is_as_it_was(sitter: Sitter) -> None:
    found = dict.fromkeys(str(each) for each in sitter.get("/oversattning/sma").tree.xpath("//tbody//a/@href"))
    assert len(found) > 6
    for address in found:
        assert (address, sitter.post(address, form_of(sitter, address)).status) == (address, 303)
        assert (address, drafts(sitter)) == (address, [])


def test_without_scripts_the_page_says_what_was_done_and_reads_anew_only_what_has_changed(
    sitter: Sitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[int] = []
    keep = translation.keep

    def noted(desk: Any, reading: Any, name: str, number: int, *cell: Any, **seen: Any) -> Any:
        kept.append(number)
        return keep(desk, reading, name, number, *cell, **seen)

    monkeypatch.setattr(translation, "keep", noted)
    for address, which, said in ((PAGE, [], "Sparat"), (f"{PAGE}/granskad", [("which", "m3")], "Sparat som granskat")):
        form = [(name, "Goltelh" if name == "m3-text" else value) for name, value in form_of(sitter, PAGE)]
        answer = sitter.post(address, [*form, *which])
        page = sitter.get(answer.headers["location"].partition("#")[0])
        assert page.tree.xpath("string(//*[@role='status'])") == said
    assert kept == [3]


def test_each_side_says_its_language(sitter: Sitter) -> None:
    tree = sitter.get(PAGE).tree
    assert set(tree.xpath("//fieldset//textarea/@lang")) == {"sma"}
    assert set(tree.xpath("//fieldset//p/@lang")) == {"sv"}
    assert "0 av 9 granskade" in sitter.get(PAGE).text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_sentence_changes_its_line_and_its_notes_and_nothing_else(sitter: Sitter, newline: str) -> None:
    before = (sitter.root / FILE).read_bytes().replace(b"\n", newline.encode())
    (sitter.root / FILE).write_bytes(before)
    assert patch(sitter, 3, text="Goltelh", comment="Ur ett prov").status == 200
    expected = before.replace(b"## Viehkie", b"## Goltelh")
    note = f"<!-- källor: Satni, Oahpa -->{newline}".encode()
    expected = expected.replace(note, note + f"<!-- kommentar: Ur ett prov -->{newline}".encode())
    assert draft(sitter, FILE).read_bytes() == expected


def test_states_follow_what_is_written_and_reviewed(sitter: Sitter) -> None:
    assert set(states(sitter)) == {"Skriven"}
    assert review(sitter, "m0").headers["location"] == f"{PAGE}?sparat=granskat#m1"
    assert states(sitter)[:2] == ["Granskad", "Skriven"]
    assert "reviewed: nej" in draft(sitter, FILE).read_text(encoding="utf-8")
    assert patch(sitter, 0, text="Gaskesadth").status == 200
    assert states(sitter)[0] in {"Ska granskas", "Skriven"}
    answer = review(sitter, "alla", by="språkcentrum")
    assert answer.headers["location"] == f"{PAGE}?sparat=granskat#granskat"
    assert set(states(sitter)) == {"Granskad"}
    text = draft(sitter, FILE).read_text(encoding="utf-8")
    assert "språkcentrum" in text
    assert "granskad:" not in text
    assert "9 av 9 granskade" in sitter.get(PAGE).text
    assert patch(sitter, 4, text="Datne maahtah mijjem").status == 200
    found = states(sitter)
    assert (found[4] != "Granskad", found[5]) == (True, "Granskad")
    assert "reviewed: nej" in draft(sitter, FILE).read_text(encoding="utf-8")


def test_a_review_is_what_the_command_takes_for_one(sitter: Sitter) -> None:
    review(sitter, "alla")
    translations = sitter.get("/oversattning/sma").text
    assert "Granskad 20" in translations


def test_the_swedish_words_that_have_changed_are_shown_as_they_were_and_are(sitter: Sitter) -> None:
    swedish = sitter.root / "docs/sv/kontakt.md"
    before = swedish.read_text(encoding="utf-8")
    swedish.write_text(before.replace("Besöksadress: Studentplan 3", "Besöksadress: Studentplan 4"), encoding="utf-8")
    assert set(states(sitter)) == {"Svenskan ändrad sedan"}
    assert "finns inte kvar här" in sitter.get(PAGE).text
    kept = sitter.root / ".desk/versions/docs/sv/kontakt.md/1.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"who": "a", "when": "2026-01-01T00:00:00+00:00", "text": before}), encoding="utf-8")
    tree = sitter.get(PAGE).tree
    assert tree.xpath("//del/text()") == ["3,"]
    assert tree.xpath("//ins/text()") == ["4,"]
    assert review(sitter, "m2").status == 303
    assert states(sitter)[1:4] == ["Svenskan ändrad sedan", "Granskad", "Svenskan ändrad sedan"]
    review(sitter, "alla")
    assert set(states(sitter)) == {"Granskad"}


def test_the_swedish_is_looked_for_in_git_too(sitter: Sitter) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@exempel.se", *words], cwd=sitter.root, check=True,
                       capture_output=True)  # fmt: skip

    git("init")
    git("add", "docs")
    git("commit", "-m", "a")
    swedish = sitter.root / "docs/sv/kontakt.md"
    swedish.write_text(swedish.read_text(encoding="utf-8").replace("Box 654", "Box 655"), encoding="utf-8")
    assert sitter.get(PAGE).tree.xpath("//del/text()") == ["654,"]


def test_two_people_at_a_sentence_are_told(sitter: Sitter) -> None:
    old = dict(form_of(sitter, PAGE))["m3-seen"]
    assert patch(sitter, 3, text="Goltelh").status == 200
    assert patch(sitter, 4, text="Datne maahtah").status == 200
    answer = patch(sitter, 3, text="Lohkh", seen=old)
    assert (answer.status, answer.json["theirs"]) == (412, "Goltelh")
    form = [(name, {"m3-text": "Lohkh", "m3-seen": old}.get(name, value)) for name, value in form_of(sitter, PAGE)]
    answer = sitter.post(PAGE, form)
    assert (answer.status, "Lohkh" in answer.text) == (409, True)
    assert "## Goltelh" in draft(sitter, FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(("choice", "text"), [("mitt", "Goltelh"), ("deras", "Lohkh")])
def test_a_file_that_changes_in_the_project_meanwhile_keeps_both(sitter: Sitter, choice: str, text: str) -> None:
    assert patch(sitter, 3, text="Goltelh").status == 200
    file = sitter.root / FILE
    file.write_text(file.read_text(encoding="utf-8").replace("Saemien gïele", "Saemien"), encoding="utf-8")
    form = dict(form_of(sitter, PAGE))
    assert (form["m3-text"], form["m6-text"]) == ("Goltelh", "Saemien")
    file.write_text(file.read_text(encoding="utf-8").replace("Viehkie", "Lohkh"), encoding="utf-8")
    page = sitter.get(PAGE)
    assert "Lohkh" in page.tree.xpath("string(//label[@for='m3-deras'])")
    assert dict(form_of(sitter, PAGE))["m3-text"] == "Goltelh"
    saved = page.tree.xpath("string(//input[@name='saved']/@value)")
    assert sitter.post(f"{PAGE}/avgor", {"saved": "gammalt", "m3": choice}).status == 303
    assert sitter.get(PAGE).tree.xpath("//form[contains(@action, '/avgor')]")
    assert sitter.post(f"{PAGE}/avgor", {"saved": saved, "m3": choice}).status == 303
    page = sitter.get(PAGE)
    assert not page.tree.xpath("//form[contains(@action, '/avgor')]")
    form = dict(form_of(sitter, PAGE))
    assert (form["m3-text"], form["m6-text"]) == (text, "Saemien")


def test_what_is_wrong_is_kept_and_told_and_never_reviewed(sitter: Sitter) -> None:
    assert patch(sitter, 5, text="Jïemhten Herjedaelien Dajve").status == 200
    assert dict(form_of(sitter, PAGE))["m5-text"] == "Jïemhten Herjedaelien Dajve"
    assert "Rätta" in sitter.get(f"{PAGE}/svar").json["answers"]["m5"]
    assert review(sitter, "alla").status == 422
    assert "reviewed: nej" in draft(sitter, FILE).read_text(encoding="utf-8")


def test_an_emptied_sentence_is_told_and_stands(sitter: Sitter) -> None:
    answer = patch(sitter, 3, text="")
    assert answer.status == 422
    assert drafts(sitter) == []
    assert patch(sitter, 1, text="").status == 200
    assert "nav_title: !sv" in draft(sitter, FILE).read_text(encoding="utf-8")


def test_who_only_writes_reads_translations_and_reviews_none(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Guard.person

    def writer(guard: Guard, name: str, _roles: frozenset[Role]) -> Person:
        return whole(guard, name, frozenset({Role.WRITE}))

    form = form_of(sitter, PAGE)
    monkeypatch.setattr(Guard, "person", writer)
    page = sitter.get(PAGE)
    assert (page.status, page.tree.xpath("//form[@data-autosave]")) == (200, [])
    assert sitter.post(PAGE, form).status == 403
    assert sitter.post(f"{PAGE}/granskad", [*form, ("which", "alla")]).status == 403
    assert drafts(sitter) == []


@pytest.mark.parametrize(
    "sent", [{"field": "m99", "value": []}, {"field": "title", "value": [["a", "b"]]}, {"field": "m1"}, {"value": 1}]
)
def test_what_is_no_sentence_is_refused(sitter: Sitter, sent: object) -> None:
    assert sitter.patch(PAGE, sent, {"If-Match": "a"}).status == 400
    assert sitter.post(f"{PAGE}/granskad", [("which", "m99")]).status == 400
    assert sitter.post(f"{PAGE}/granskad", [("which", "alla"), ("by", "Eva")]).status == 400
