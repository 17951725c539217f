"""The desk's pages, rows and facts: opened and saved they are the same, and a change is a change of one place."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from yaml import MappingNode, ScalarNode, SequenceNode

from desk import Sitter
from okatakten.desk import pages
from okatakten.desk.answers import Checked
from okatakten.desk.drafts import Drafts
from okatakten.desk.guard import Guard, Person, Role
from okatakten.desk.sheets import fields_of_file, label
from okatakten.desk.versions import go_back
from okatakten.desk.web import Desk
from okatakten.site.content import NEWS_FIELDS, PAGE_FIELDS
from okatakten.site.facts import FIELDS
from okatakten.site.kinds import KINDS
from okatakten.site.launch import DECISIONS
from okatakten.written.nodes import compose_nodes
from okatakten.written.rewrite import UnwritableError, node_at, write_at
from support import PROJECT

GUARD = Guard(origins=("http://x",), secret="x" * 32, owner="")
FACTS = sorted([*PROJECT.glob("docs/*.yml"), PROJECT / "podcast/show.yml"])


def form_of(sitter: Sitter, address: str) -> list[tuple[str, str]]:
    """Return what a browser would send of a page's form. It leaves out the line break that begins a text area."""
    [form] = sitter.get(address).tree.xpath("//form[@data-autosave]")
    for area in form.xpath(".//textarea"):
        area.text = (area.text or "").removeprefix("\n")
    pairs = [(name, value) for name, value in form.form_values() if name != "csrf"]
    return [(name, value) for name, value in pairs]


def draft(sitter: Sitter, file: str) -> Path:
    return sitter.root / ".desk/drafts" / file


def drafts(sitter: Sitter) -> list[str]:
    folder = sitter.root / ".desk/drafts"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def seen(sitter: Sitter, address: str, name: str) -> str:
    return dict(form_of(sitter, address))[f"{name}-seen"]


def change(sitter: Sitter, address: str, name: str, *cells: tuple[str, str], at: str | None = None) -> Any:
    match = seen(sitter, address, name) if at is None else at
    return sitter.patch(address, {"field": name, "value": [[*cell] for cell in cells]}, {"If-Match": match})


def addresses(sitter: Sitter) -> list[str]:
    links = sitter.get("/sidor").tree.xpath("//tbody//a/@href")
    return [str(link) for link in links if str(link).startswith("/sidor/")]


@pytest.fixture
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the project be checked once only, where nothing is to change."""
    check, known = Desk.check, list[Checked]()

    def once(desk: Desk) -> Checked:
        if not known:
            known.append(check(desk))
        return known[0]

    monkeypatch.setattr(Desk, "check", once)


@pytest.mark.usefixtures("checked_once")
def test_every_form_that_is_opened_and_saved_leaves_every_file_as_it_is(sitter: Sitter) -> None:
    found = addresses(sitter)
    assert len(found) > 30
    for address in found:
        assert (address, sitter.post(address, form_of(sitter, address)).status) == (address, 303)
        assert (address, drafts(sitter)) == (address, [])
    for name in ("sv~om", "facts.yml", "podcast~show.yml"):
        assert sitter.post(f"/sidor/{name}/fil", form_of(sitter, f"/sidor/{name}/fil")).status == 303
    assert drafts(sitter) == []


def test_every_field_has_a_word_in_swedish() -> None:
    names = {field.name for kind in KINDS for field in kind.fields} | {*PAGE_FIELDS, *NEWS_FIELDS, *FIELDS, *DECISIONS}
    assert [name for name in names if label(name) == name] == []


def test_a_field_that_is_changed_changes_nothing_else(sitter: Sitter) -> None:
    file, address = "docs/sv/moten/marknadsdialog/index.md", "/sidor/sv~moten~marknadsdialog~index"
    answer = change(sitter, address, "start", ("start-day", "2027-03-10"), ("start-time", "14:00"))
    assert answer.status == 200
    before = (sitter.root / file).read_text(encoding="utf-8")
    assert draft(sitter, file).read_text(encoding="utf-8") == before.replace("10 13:00", "10 14:00 +01:00")


def test_what_the_check_says_of_a_row_stands_at_that_row(sitter: Sitter) -> None:
    cells = [(f"kontakter.2-0-{name}", value) for name, value in (
        ("organisation", "Ragunda kommun"), ("when", "före förstudien"), ("how", ""), ("about", "upphandling"))]  # fmt: skip
    assert change(sitter, "/sidor/kontakter.yml", "kontakter.2", *cells).status == 200
    told = sitter.get("/sidor/kontakter.yml/svar").json["answers"]
    assert list(told) == ["kontakter.2"]
    assert "Rätta" in told["kontakter.2"]


def test_a_row_is_changed_added_and_taken_away_and_the_others_keep_their_bytes(sitter: Sitter) -> None:
    file = "docs/kontakter.yml"
    before = (sitter.root / file).read_text(encoding="utf-8").replace("Åre kommun", "'Åre kommun' # Åre")
    (sitter.root / file).write_text(before, encoding="utf-8")
    cells = [(f"kontakter.1-0-{name}", value) for name, value in (
        ("organisation", "Härjedalens kommun"), ("when", "före förstudien"), ("how", "besök"), ("about", "upphandling som verktyg"))]  # fmt: skip
    assert change(sitter, "/sidor/kontakter.yml", "kontakter.1", *cells).status == 200
    first, _, rest = before.partition("Härjedalens kommun")
    changed = first + "Härjedalens kommun" + rest.replace("how: samtal", "how: besök", 1)
    assert draft(sitter, file).read_text(encoding="utf-8") == changed
    form = form_of(sitter, "/sidor/kontakter.yml")
    answer = sitter.post("/sidor/kontakter.yml/rad", [*form, ("add", "kontakter")])
    assert answer.headers["location"].startswith("/sidor/kontakter.yml?sparat=1#rad-kontakter.")
    added = changed.rstrip("\n") + '\n  - organisation: ""\n    when: ""\n    how: ""\n    about: ""\n'
    assert draft(sitter, file).read_text(encoding="utf-8") == added
    number = added.count("organisation:") - 1
    form = form_of(sitter, "/sidor/kontakter.yml")
    assert sitter.post("/sidor/kontakter.yml/rad", [*form, ("remove", f"kontakter.{number}")]).status == 303
    assert draft(sitter, file).read_text(encoding="utf-8") == changed


def test_what_is_typed_is_kept_when_a_row_is_added(sitter: Sitter) -> None:
    form = [(name, "Tidningen" if name == "i-medier.0-0-medium" else value) for name, value in
            form_of(sitter, "/sidor/i-medier.yml")]  # fmt: skip
    assert sitter.post("/sidor/i-medier.yml/rad", [*form, ("add", "i-medier")]).status == 303
    text = draft(sitter, "docs/i-medier.yml").read_text(encoding="utf-8")
    assert "medium: Tidningen" in text
    assert text.count("- medium:") == 2


def test_two_people_at_a_page_are_told_and_nobody_is_overwritten(sitter: Sitter) -> None:
    address = "/sidor/sv~om"
    old = seen(sitter, address, "title")
    assert change(sitter, address, "title", ("title", "Deras")).status == 200
    assert change(sitter, address, "description", ("description", "Ny beskrivning.")).status == 200
    answer = change(sitter, address, "title", ("title", "Våra"), at=old)
    assert (answer.status, answer.json["theirs"]) == (412, "Deras")
    form = [(name, {"title-seen": old, "title": "Våra"}.get(name, value)) for name, value in form_of(sitter, address)]
    answer = sitter.post(address, form)
    assert answer.status == 409
    assert "Våra" in answer.text
    text = draft(sitter, "docs/sv/om.md").read_text(encoding="utf-8")
    assert "title: Deras" in text
    assert "description: Ny beskrivning." in text


def test_rows_that_have_moved_are_not_taken_for_each_other(sitter: Sitter) -> None:
    address = "/sidor/kontakter.yml"
    form = dict(form_of(sitter, address))
    old = form["kontakter.5-seen"]
    sitter.post(f"{address}/rad", [*form.items(), ("remove", "kontakter.0")])
    cells = [(name, value) for name, value in form.items() if name.startswith("kontakter.5-0")]
    answer = change(sitter, address, "kontakter.5", *cells[:-1], (cells[-1][0], "annat"), at=old)
    assert answer.status == 412


def test_a_file_that_changes_in_the_project_meanwhile_is_moved_under_the_draft(sitter: Sitter) -> None:
    address, file = "/sidor/kontakter.yml", sitter.root / "docs/kontakter.yml"
    cells = [(name, value) for name, value in form_of(sitter, address) if name.startswith("kontakter.3-0")]
    change(sitter, address, "kontakter.3", *cells[:-1], (cells[-1][0], "annat"))
    file.write_text(file.read_text(encoding="utf-8").replace("Bergs kommun", "Bergs nya kommun"), encoding="utf-8")
    assert "Bergs nya kommun" in sitter.get(address).text
    text = draft(sitter, "docs/kontakter.yml").read_text(encoding="utf-8")
    assert ("Bergs nya kommun" in text, "about: annat" in text) == (True, True)


ROW = [("kontakter.3-0-organisation", "Åre kommun"), ("kontakter.3-0-when", "före förstudien"),
       ("kontakter.3-0-how", "samtal"), ("kontakter.3-0-about", "annat")]  # fmt: skip


@pytest.mark.parametrize(("choice", "about"), [("mitt", "annat"), ("deras", "något")])
def test_a_pull_that_changes_the_same_row_is_told_and_somebody_chooses(sitter: Sitter, choice: str, about: str) -> None:
    address, file = "/sidor/kontakter.yml", sitter.root / "docs/kontakter.yml"
    assert change(sitter, address, "kontakter.3", *ROW).status == 200
    text = file.read_text(encoding="utf-8")
    above, _, below = text.partition("Åre kommun")
    pulled = above.replace("Bergs kommun", "Bergs nya kommun") + "Åre kommun" + below.replace(
        "about: upphandling som verktyg", "about: något # rättat", 1
    )  # fmt: skip
    file.write_text(pulled, encoding="utf-8")
    page = sitter.get(address)
    assert page.tree.xpath("//form[contains(@action, '/avgor')]//legend/text()") == ["Åre kommun"]
    shown = page.tree.xpath("//form[contains(@action, '/avgor')]//span/text()")
    assert [text.rpartition(", ")[2] for text in shown] == ["Om vad: annat", "Om vad: något"]
    saved = page.tree.xpath("string(//input[@name='saved']/@value)")
    assert sitter.post(f"{address}/avgor", {"saved": "gammalt", "kontakter.3": choice}).status == 303
    assert "avgor" in sitter.get(address).text
    assert sitter.post(f"{address}/avgor", {"saved": saved, "kontakter.3": choice}).status == 303
    assert "avgor" not in sitter.get(address).text
    there = draft(sitter, "docs/kontakter.yml") if choice == "mitt" else file
    assert there.read_text(encoding="utf-8") == pulled.replace("något", about)
    assert draft(sitter, "docs/kontakter.yml").exists() == (choice == "mitt")


@pytest.mark.parametrize("choice", ["mitt", "deras"])
def test_a_list_that_has_got_other_rows_is_settled_as_one(sitter: Sitter, choice: str) -> None:
    address, file = "/sidor/kontakter.yml", sitter.root / "docs/kontakter.yml"
    sitter.post(f"{address}/rad", [*form_of(sitter, address), ("remove", "kontakter.0")])
    ours = draft(sitter, "docs/kontakter.yml").read_text(encoding="utf-8")
    assert "Bergs" not in ours
    pulled = file.read_text(encoding="utf-8").replace("Åre kommun", "Åre nya kommun")
    file.write_text(pulled, encoding="utf-8")
    page = sitter.get(address)
    assert page.tree.xpath("//form[contains(@action, '/avgor')]//legend/text()") == ["kontakter"]
    shown = page.tree.xpath("//form[contains(@action, '/avgor')]//span/text()")
    rest = "När: före förstudien, Hur: samtal, Om vad: upphandling som verktyg"
    assert shown == [
        f"Organisation: Åre kommun, {rest}",
        f"Organisation: Bergs kommun, {rest}\nOrganisation: Åre nya kommun, {rest}",
    ]
    saved = page.tree.xpath("string(//input[@name='saved']/@value)")
    sitter.post(f"{address}/avgor", {"saved": saved, "kontakter": choice})
    assert "avgor" not in sitter.get(address).text
    there = draft(sitter, "docs/kontakter.yml")
    assert (there.read_text(encoding="utf-8") if there.exists() else pulled) == (ours if choice == "mitt" else pulled)


def test_what_no_form_has_is_moved_upon_what_was_pulled_too(sitter: Sitter) -> None:
    address, file = "/sidor/kontakter.yml", sitter.root / "docs/kontakter.yml"
    text = file.read_text(encoding="utf-8").replace(
        "organisation: Åre kommun\n", "organisation: Åre kommun\n    anm: a\n"
    )
    file.write_text(text, encoding="utf-8")
    whole = text.replace("anm: a", "anm: b")
    assert change(sitter, f"{address}/fil", "hela-filen", ("hela-filen", whole)).status == 200
    file.write_text(text.replace("Bergs kommun", "Bergs nya kommun"), encoding="utf-8")
    page = sitter.get(address)
    assert page.tree.xpath("//form[contains(@action, '/avgor')]//legend/text()") == ["kontakter"]
    saved = page.tree.xpath("string(//input[@name='saved']/@value)")
    sitter.post(f"{address}/avgor", {"saved": saved, "kontakter": "mitt"})
    assert draft(sitter, "docs/kontakter.yml").read_text(encoding="utf-8") == whole


def test_what_cannot_be_written_by_itself_is_told_and_not_written(sitter: Sitter) -> None:
    file = sitter.root / "docs/sv/om.md"
    file.write_text("---\ntitle: &t Om\ndescription: *t\n---\n\nText.\n", encoding="utf-8")
    assert change(sitter, "/sidor/sv~om", "title", ("title", "Ny")).json["said"]
    form = [(name, "Min rubrik" if name == "title" else value) for name, value in form_of(sitter, "/sidor/sv~om")]
    answer = sitter.post("/sidor/sv~om", form)
    assert (answer.status, "Min rubrik" in answer.text, drafts(sitter)) == (409, True, [])


def test_of_a_field_that_stands_twice_the_first_counts(sitter: Sitter) -> None:
    file = sitter.root / "docs/sv/om.md"
    file.write_text("---\ntitle: Ett\ntitle: Två\ndescription: Kort\n---\n\nText.\n", encoding="utf-8")
    assert dict(form_of(sitter, "/sidor/sv~om"))["title"] == "Ett"
    assert change(sitter, "/sidor/sv~om", "title", ("title", "Tre")).status == 200
    assert "title: Tre\ntitle: Två\n" in draft(sitter, "docs/sv/om.md").read_text(encoding="utf-8")


def test_a_heading_and_a_button_hold_nothing(sitter: Sitter) -> None:
    for name in ("kontakter", "owner"):
        address = "/sidor/kontakter.yml" if name == "kontakter" else "/sidor/podcast~show.yml"
        sent = {"field": name, "value": [[name, "x"]]}
        assert sitter.patch(address, sent, {"If-Match": ""}).status == 400


def test_a_new_page_is_checked_and_no_orphan_though_its_folder_is_not_there_yet(sitter: Sitter) -> None:
    sitter.post("/sidor", {"kind": "event", "title": "Vårens möte"})
    assert drop(sitter, "sv~moten~varens-mote~index", "om.png", a_picture()).status == 200
    assert not sitter.get("/").tree.xpath("//*[@id='kvarglomt']")
    address = "/sidor/sv~moten~varens-mote~index"
    assert change(sitter, address, "start", ("start-day", ""), ("start-time", "25:61")).status == 200
    assert "25:61" in sitter.get(f"{address}/svar").json["answers"]["start"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_page_with_broken_fields_is_written_as_a_file(sitter: Sitter, newline: str) -> None:
    text = f'\ufeff---{newline}title: "a{newline}---{newline}{newline}Text.{newline}'
    (sitter.root / "docs/sv/om.md").write_bytes(text.encode())
    page = sitter.get("/sidor/sv~om")
    [area] = page.tree.xpath("//textarea")
    assert area.text.removeprefix("\n") == text.lstrip("\ufeff").replace("\r\n", "\n")
    assert "Rad " in page.text
    whole = area.text.removeprefix("\n").replace('"a', "Om")
    assert change(sitter, "/sidor/sv~om", "hela-filen", ("hela-filen", whole)).status == 200
    assert draft(sitter, "docs/sv/om.md").read_bytes() == text.replace('"a', "Om").encode()
    assert sitter.get("/sidor/sv~om").tree.xpath("//input[@id='title']/@value") == ["Om"]


def test_a_file_that_is_no_text_is_told_and_not_touched(sitter: Sitter) -> None:
    (sitter.root / "docs/sv/om.md").write_bytes(b"---\ntitle: \xe5\n---\n")
    page = sitter.get("/sidor/sv~om")
    assert page.status == 200
    assert "UTF-8" in page.text
    assert sitter.post("/sidor/sv~om", []).status == 303
    assert drafts(sitter) == []


def test_a_new_page_of_a_kind_is_begun_as_the_command_does(sitter: Sitter) -> None:
    answer = sitter.post("/sidor", {"kind": "event", "title": "Vårens möte"})
    assert answer.headers["location"] == "/sidor/sv~moten~varens-mote~index"
    text = draft(sitter, "docs/sv/moten/varens-mote/index.md").read_text(encoding="utf-8")
    assert text.startswith("---\ntitle: Vårens möte\n")
    assert "Utkast" in sitter.get(f"/sidor?q={quote('vårens')}").text
    assert sitter.post("/sidor", {"kind": "event", "title": "Vårens möte"}).status == 422
    assert sitter.post("/sidor", {"kind": "event", "title": "!"}).status == 422
    assert sitter.post("/sidor", {"kind": "annat", "title": "a"}).status == 400
    assert sitter.post("/sidor", {"kind": "contact", "title": ""}).headers["location"] == "/sidor/kontakter.yml"


def a_picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(content, "PNG")
    return content.getvalue()


def drop(sitter: Sitter, page: str, name: str, content: bytes, *, token: bool = True) -> Any:
    headers: dict[str, str | None] = {"x-name": quote(name), "content-type": "application/octet-stream"}
    return sitter.send("POST", f"/sidor/{page}/filer", content, headers | ({"x-csrf": sitter.token} if token else {}))


def test_a_picture_is_kept_beside_its_page_under_a_name_that_nothing_else_has(sitter: Sitter) -> None:
    answer = drop(sitter, "sv~om", "Min bild.PNG", a_picture())
    assert (answer.json["file"], answer.json["link"]) == ("docs/assets/min-bild.png", "../assets/min-bild.png")
    assert drop(sitter, "sv~om", "min bild.png", a_picture()).json["file"] == "docs/assets/min-bild-2.png"
    assert sitter.get("/filer/docs/assets/min-bild.png").body == a_picture()
    beside = drop(sitter, "sv~moten~marknadsdialog~index", "../../../om.png", a_picture()).json
    assert (beside["file"], beside["link"]) == ("docs/sv/moten/marknadsdialog/om.png", "om.png")
    assert sitter.post("/sidor/sv~om/filer/bort", {"file": "docs/assets/min-bild-2.png"}).status == 303
    assert "docs/assets/min-bild-2.png" not in drafts(sitter)


def test_a_file_that_is_not_published_or_too_large_is_refused(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drop(sitter, "sv~om", "a.html", b"<script>").status == 422
    assert drop(sitter, "sv~om", "a.png", b"").status == 422
    assert drop(sitter, "sv~om", "a.png", a_picture(), token=False).status == 403
    assert "desk-answer--stops" in drop(sitter, "sv~om", "b.png", b"no picture").json["answers"]
    monkeypatch.setitem(pages.LIMITS, ".png", 10)
    assert drop(sitter, "sv~om", "c.png", a_picture()).status == 413
    assert [file for file in drafts(sitter) if not file.endswith("b.png")] == []
    assert list((sitter.root / ".desk/uploads").iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "/sidor/..~..~mkdocs", "/sidor/%2e%2e%2fmkdocs.yml", "/filer/docs/../mkdocs.yml", "/filer/mkdocs.yml",
        "/filer/.desk/secret", "/filer//etc/passwd", "/sidor/words.yml", "/sidor/sv", "/oversattning/sma/sv~om",
        "/oversattning/sv", "/oversattning/..%2fsv",
    ],
)  # fmt: skip
def test_an_address_that_is_in_no_list_leads_nowhere(sitter: Sitter, path: str) -> None:
    assert sitter.get(path).status == 404


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("docs/sv/om.md", "title: Om", "title: Vi om", "RubrikFörut: Vi om"),
        ("docs/sv/moten/marknadsdialog/index.md", "10 13:00", "10 14:00", "BörjarFörut: 2027-03-10 14:00"),
        ("docs/kontakter.yml", "Åre kommun", "Åre stad", "Förut: Organisation: Åre stad, När: före"),
        ("docs/facts.yml", "744000", "745000", "745000"),
        ("docs/sv/words.yml", "search: ", "search: Leta eller ", "Leta eller"),
        ("docs/sma/kontakt.md", "title: ", "title: A ", "RubrikFörut: A"),
        ("podcast/show.yml", "timezone: ", "complete: nej\ntimezone: ", "Avslutad: Nej"),
    ],
)
@pytest.mark.usefixtures("checked_once")
def test_a_file_goes_back_to_how_it_was_as_a_draft(sitter: Sitter, file: str, old: str, new: str, said: str) -> None:
    mine, before = Drafts(sitter.root, sitter.root / ".desk"), (sitter.root / file).read_text(encoding="utf-8")
    address = f"/sidor/{pages.id_of(file)}/mer"
    assert "Det finns ingen tidigare version än." in sitter.get(address).text
    assert old in before
    mine.write(file, before.replace(old, new, 1))
    mine.save([file], who="bo")
    [link] = sitter.get(address).tree.xpath("//section[@aria-labelledby='var']//a/@href")
    page = sitter.get(link)
    assert said in " ".join(page.tree.xpath("string(//section[@aria-labelledby='tillbaka'])").split())
    [form] = page.tree.xpath("//form[.//input[@name='version']]")
    fields = {name: value for name, value in form.form_values() if name != "csrf"}
    assert sitter.post(form.action, {**fields, "version": "1"}).status == 404
    assert sitter.post(form.action, {**fields, "fil": "docs/sv/rapport.md"}).status == 404
    answer = sitter.post(form.action, fields)
    assert (answer.status, answer.headers["location"]) == (303, pages.address_of(file))
    assert draft(sitter, file).read_text(encoding="utf-8") == before
    assert new in (sitter.root / file).read_text(encoding="utf-8")


def test_a_page_that_came_out_meanwhile_stays_out_when_its_text_goes_back(sitter: Sitter) -> None:
    file = "docs/sv/moten/marknadsdialog/index.md"
    mine, out = Drafts(sitter.root, sitter.root / ".desk"), (sitter.root / file).read_text(encoding="utf-8")
    waiting = out.replace("---\n", "---\ndraft: true\nformer_slugs: [gammalt]\n", 1).replace("10 13:00", "10 15:00")
    (sitter.root / file).write_text(waiting, encoding="utf-8")
    mine.write(file, out)
    mine.save([file], who="bo")
    [version] = mine.versions(file)
    go_back(Desk(root=sitter.root, guard=GUARD), [file], {"fil": file, "version": version.number}, who="bo")
    assert mine.text(file) == out.replace("10 13:00", "10 15:00")


def test_who_only_translates_reads_pages_and_changes_none(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Guard.person

    def translator(guard: Guard, name: str, _roles: frozenset[Role]) -> Person:
        return whole(guard, name, frozenset({Role.TRANSLATE}))

    old = seen(sitter, "/sidor/sv~om", "title")
    monkeypatch.setattr(Guard, "person", translator)
    page = sitter.get("/sidor/sv~om")
    assert (page.status, page.tree.xpath("//form[@data-autosave]")) == (200, [])
    assert change(sitter, "/sidor/sv~om", "title", ("title", "a"), at=old).status == 403
    assert sitter.post("/sidor", {"kind": "event", "title": "a"}).status == 403
    assert drop(sitter, "sv~om", "a.png", a_picture()).status == 403
    assert sitter.post("/sidor/sv~om/mer", {"fil": "docs/sv/om.md", "version": "1"}).status == 403
    assert sitter.post("/sidor/sma~kontakt/mer", {"fil": "docs/sma/kontakt.md", "version": "1"}).status == 404
    assert drafts(sitter) == []


def scalars(node: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Yield the path of every value, with its node."""
    if isinstance(node, ScalarNode):
        yield path, node
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from scalars(value, (*path, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from scalars(item, (*path, number))


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.name)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_within_a_list_is_set_and_only_its_span_changes(path: Path, newline: str) -> None:
    text = path.read_text(encoding="utf-8").replace("\n", newline)
    for where, node in scalars(compose_nodes(text)):
        if len(where) > 1 and node.value:
            try:
                new = write_at(text, where, "ett nytt: värde")
            except UnwritableError:
                assert isinstance(where[-1], int)  # within brackets
                continue
            start, end = node.start_mark.index, node.end_mark.index
            assert (new[:start], new[len(new) - len(text) + end :]) == (text[:start], text[end:])
            assert node_at(compose_nodes(new), where).value == "ett nytt: värde"


WITHIN = "# ett\na:\n  # två\n  - b: 1 # tre\n    c: 'x'\n  # fyra\n  - {b: 2, c: y}  # fem\n  - b: |\n      å\n      # ä\n\n# sex\nd: 7\n"


@pytest.mark.parametrize(
    ("where", "value", "old", "new"),
    [
        (("a", 0, "b"), "5", "b: 1 # tre", "b: 5 # tre"),
        (("a", 0, "b"), None, "b: 1 # tre", 'b: "" # tre'),
        (("a", 0, "d"), "z", "    c: 'x'\n", "    c: 'x'\n    d: z\n"),
        (("a", 1, "c"), "å, ä", "c: y", 'c: "å, ä"'),
        (("a", 1, "d"), "z", "c: y}", "c: y, d: z}"),
        (("a", 2, "b"), "ö", "b: |\n      å\n      # ä\n", "b: ö\n"),
        (("a", 2, "b"), "ö\nü\n", "      å\n      # ä\n", "      ö\n      ü\n"),
        (("a", 0), None, "  - b: 1 # tre\n    c: 'x'\n", ""),
        (("a", 1), None, "  - {b: 2, c: y}  # fem\n", ""),
        (("a", 3), {"b": "", "c": "w"}, "      # ä\n", '      # ä\n  - b: ""\n    c: w\n'),
    ],
)  # fmt: skip
def test_all_but_what_is_set_stays(where: tuple[str | int, ...], value: object, old: str, new: str) -> None:
    assert write_at(WITHIN, where, value) == WITHIN.replace(old, new)
    fenced = f"---\r\n{WITHIN}---\n\na: 1\n".replace("\r\n", "\n").replace("\n", "\r\n")
    expected = f"---\n{WITHIN.replace(old, new)}---\n\na: 1\n".replace("\n", "\r\n")
    assert write_at(fenced, where, value) == expected


def test_the_last_item_leaves_its_field_and_the_first_comes_below_it() -> None:
    assert write_at("a:\n  - b: 1\nc: 2\n", ("a", 0), None) == "a:\nc: 2\n"
    assert write_at("a:\nc: 2\n", ("a", 0), {"b": "1"}) == "a:\n  - b: 1\nc: 2\n"
    assert write_at("a: []\n", ("a", 0), {"b": "1"}) == "a:\n  - b: 1\n"


@pytest.mark.parametrize(
    ("text", "where", "value"),
    [
        ("a: [{b: 1}]\n", ("a", 1), {"b": "2"}),
        ("a: [{b: 1}]\n", ("a", 0), None),
        ("a: &x {b: 1}\nc: *x\n", ("c", "b"), "2"),
        ("a:\n  b: 1\n  b: 2\n", ("a", "b"), "3"),
        ("a: 1\n", ("a", "b"), "2"),
        ('a: "b\n', ("a", "b"), "2"),
    ],
)
def test_what_cannot_be_set_by_itself_is_refused(text: str, where: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(UnwritableError):
        write_at(text, where, value)


def test_the_answers_are_json_for_the_script(sitter: Sitter) -> None:
    answer = sitter.get("/sidor/sv~om/svar")
    assert set(json.loads(answer.text)) == {"answers", "left", "others"}


def test_a_button_pressed_twice_takes_one_row_away(sitter: Sitter) -> None:
    address = "/sidor/facts.yml"
    form = [*form_of(sitter, address), ("remove", "documents.1")]
    assert sitter.post(f"{address}/rad", form).status == 303
    once = draft(sitter, "docs/facts.yml").read_bytes()
    assert sitter.post(f"{address}/rad", form).status == 409
    assert draft(sitter, "docs/facts.yml").read_bytes() == once


@pytest.mark.parametrize("file", sorted(path.name for path in (PROJECT / "docs").glob("*.yml")))
def test_every_field_of_a_file_of_rows_has_a_swedish_name(file: str) -> None:
    text = (PROJECT / "docs" / file).read_text(encoding="utf-8")
    fields = [each for field in fields_of_file(f"docs/{file}", text) for each in (field, *field.parts)]
    assert not [each.name for each in fields if each.label == each.name.rpartition(".")[2]]
