"""The table that goes to a translator and comes back, as it is typed and as Excel and others leave it."""

from __future__ import annotations

import csv
import functools
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.project import Reading, read_project
from okatakten.translating.review import TranslatedFile, build_rows, import_rows, read_translated_files
from okatakten.translating.tables import COLUMNS, LOCKED, SHEET, Row, build_table, read_table
from okatakten.words.segments import read_segments, write_segments
from okatakten.written.advice import Text
from okatakten.written.problems import Kind
from okatakten.written.report import format_report
from okatakten.written.text import Problems
from support import PROJECT, copy_project, run

SUFFIXES = pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
SENTENCE = "Prosjekten leah 8 gyhtjelassh."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def export(project: Path, suffix: str) -> Path:
    table = project.parent / f"table{suffix}"
    status, said, complaint = run("translation", "export", str(table), "--root", str(project))
    assert (status, complaint) == (0, "")
    assert "rader ur 8 filer" in said
    assert "ser ingen svenska" not in said
    return table


def edit(table: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change every row of a table as its program would, and save it."""
    if table.suffix == ".xlsx":
        workbook = load_workbook(table)
        sheet = workbook[SHEET]
        for number, line in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
            for column, value in enumerate(change([str(cell or "") for cell in line]), start=1):
                sheet.cell(row=number, column=column, value=value)
        workbook.save(table)
    else:
        text = table.read_text(encoding="utf-8-sig")
        heading, *lines = csv.reader(io.StringIO(text), delimiter=";" if text.startswith("Svenska;") else ",")
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heading, *map(change, lines)])  # with commas, and no byte order mark


def texts_of(project: Path) -> dict[str, str]:
    paths = [*project.glob("docs/**/*"), *project.glob("podcast/episodes/*/*.md")]
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.suffix in {".md", ".yml"}
    }


@SUFFIXES
def test_a_table_that_comes_back_unchanged_marks_every_text_reviewed(project: Path, suffix: str) -> None:
    before = texts_of(project)
    table = str(export(project, suffix))
    status, _, complaint = run("translation", "import", table, "--root", str(project))
    assert status == 1
    assert "säger detsamma som webbplatsen" in complaint
    assert texts_of(project) == before
    status, said, _ = run("translation", "import", table, "--root", str(project), "--unchanged")
    assert status == 0
    assert "0 ändrade meningar." in said
    after = texts_of(project)
    for name, text in after.items():
        reviewed = re.sub(r"^reviewed: \d{4}-\d{2}-\d{2} [0-9a-f]{8}$", "reviewed: nej", text, flags=re.MULTILINE)
        assert reviewed == before[name]
        assert (text != before[name]) is ("sma" in name)
    reading = read_project(project)
    assert reading.notes == ()
    assert all(translation.reviewed and not translation.stale for translation in reading.translations)
    assert "granskad" in said


@SUFFIXES
def test_what_a_translator_writes_is_put_in_its_place_and_nowhere_else(project: Path, suffix: str) -> None:
    table = export(project, suffix)
    before = (project / "docs/sma/index.md").read_text(encoding="utf-8")

    def change(line: list[str]) -> list[str]:
        if line[1] == SENTENCE and line[4].startswith("docs/sma/index.md"):
            return [line[0], "Prosjekten leah  gaektsie\ngyhtjelassh.", "Räkneord -- skrivet ut", *line[3:]]
        return line

    edit(table, change)
    status, said, _ = run("translation", "import", str(table), "--root", str(project))
    assert status == 0
    assert "1 ändrad mening." in said
    after = (project / "docs/sma/index.md").read_text(encoding="utf-8")
    new = "Prosjekten leah gaektsie gyhtjelassh."
    added = set(after.split("\n")) - set(before.split("\n"))
    assert {line for line in added if not line.startswith("reviewed:")} == {
        new,
        "<!-- kommentar: Räkneord – skrivet ut -->",
    }
    assert set(before.split("\n")) - set(after.split("\n")) == {SENTENCE, "reviewed: nej"}


def test_corrections_are_taken_in_without_a_review(project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [line[0], line[1].replace("leah 8", "leah gaektsie"), *line[2:]])
    status, said, _ = run("translation", "import", str(table), "--root", str(project), "--corrections")
    assert status == 0
    assert "granskad" not in said
    text = (project / "docs/sma/index.md").read_text(encoding="utf-8")
    assert "Prosjekten leah gaektsie gyhtjelassh." in text
    assert "reviewed: nej" in text


def test_a_word_is_filled_in_and_another_taken_back_to_swedish(project: Path) -> None:
    def change(line: list[str]) -> list[str]:
        swedish = {"Talsyntes": "Gïele", "Källor": ""}
        return [line[0], swedish[line[0]], *line[2:]] if line[0] in swedish else line

    table = export(project, ".csv")
    edit(table, change)
    assert run("translation", "import", str(table), "--root", str(project))[0] == 0
    words = read_project(project).words[Locale("sma")]
    assert (words["synthetic_voice"], words["synthetic_voice"].lang) == ("Gïele", None)
    assert (words["sources"], words["sources"].lang) == ("Källor", DEFAULT_LOCALE)
    assert "docs/sma/words.yml" not in {note.file for note in read_project(project).notes}


def test_a_table_can_be_imported_again_and_after_lines_have_moved(project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [line[0], line[1].replace("leah 8", "leah gaektsie"), "Bra!", *line[3:]])
    moved = project / "docs/sma/index.md"
    moved.write_text(moved.read_text(encoding="utf-8").replace("## Tjïelth", "\n\n## Tjïelth"), encoding="utf-8")
    assert run("translation", "import", str(table), "--root", str(project), "--unchanged")[0] == 0
    before = texts_of(project)
    status, _, complaint = run("translation", "import", str(table), "--root", str(project))
    assert status == 1
    assert "säger detsamma som webbplatsen" in complaint
    assert run("translation", "import", str(table), "--root", str(project), "--unchanged")[0] == 0
    assert texts_of(project) == before


def test_the_translator_of_a_stale_page_sees_its_new_swedish(project: Path) -> None:
    page = project / "docs/sv/kontakt.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nRing inte på lördagar.\n", encoding="utf-8")
    table = export(project, ".csv")

    def remark(line: list[str]) -> list[str]:
        return [*line[:2], "Saknas på sydsamiska", *line[3:]] if "lördagar" in line[0] else line

    edit(table, remark)
    status, said, _ = run("translation", "import", str(table), "--root", str(project), "--unchanged")
    assert status == 0
    assert re.search(r"Kommentar till docs/sv/kontakt\.md, rad \d+: Saknas på sydsamiska", said)
    assert read_project(project).notes == ()


def test_a_table_without_the_new_swedish_reviews_nothing(project: Path) -> None:
    page = project / "docs/sv/kontakt.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nRing inte på lördagar.\n", encoding="utf-8")
    table = export(project, ".csv")
    edit(table, lambda line: [""] * 6 if "lördagar" in line[0] else line)
    status, _, complaint = run("translation", "import", str(table), "--root", str(project), "--unchanged")
    assert status == 1
    assert re.search(r"Rader saknas i tabellen\..* docs/sv/kontakt\.md, rad \d+", complaint)


def test_a_sentence_that_is_emptied_goes_and_is_named(project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [line[0], "" if line[1] == SENTENCE else line[1], *line[2:]])
    status, _, complaint = run("translation", "import", str(table), "--root", str(project))
    assert status == 1  # the summary of an episode cannot be empty
    assert "Här behövs en egen text på språket." in complaint
    edit(table, lambda line: [line[0], line[1] or (SENTENCE if line[4].endswith("sma.md, summary") else ""), *line[2:]])
    status, said, _ = run("translation", "import", str(table), "--root", str(project))
    assert status == 0
    assert f"Borttagen: {SENTENCE}" in said
    assert SENTENCE not in (project / "docs/sma/index.md").read_text(encoding="utf-8")


@SUFFIXES
def test_one_corrected_cell_reviews_its_page_and_no_other(project: Path, suffix: str) -> None:
    table = export(project, suffix)
    edit(table, lambda line: [line[0], "Viehkie jïh raeriestimmie" if line[1] == "Viehkie" else line[1], *line[2:]])
    status, said, _ = run("translation", "import", str(table), "--root", str(project))
    assert status == 0
    assert "docs/sma/kontakt.md: granskad" in said
    assert "Där är inget ändrat, och märkningen är som förut: docs/sma/broschyr.md" in said
    unreviewed = {note.file for note in read_project(project).notes}
    assert "docs/sma/kontakt.md" not in unreviewed
    assert len(unreviewed) == 7


def test_a_page_is_marked_by_name_and_who_reviewed_it_is_a_role(project: Path) -> None:
    table = str(export(project, ".csv"))
    arguments = ["translation", "import", table, "--root", str(project), "--page", "docs/sma/om.md"]
    assert "docs/sma/om.md finns inte i tabellen. Välj bland: docs/sma/broschyr.md" in run(*arguments)[2]
    arguments[-1] = "docs/sma/kontakt.md"
    assert run(*arguments, "--by", "Namn Namnsson")[0] == 2
    assert run(*arguments, "--by", "språkcentrum")[0] == 0
    text = (project / "docs/sma/kontakt.md").read_text(encoding="utf-8")
    assert re.search(r"^reviewed: \d{4}-\d{2}-\d{2} [0-9a-f]{8} språkcentrum$", text, re.MULTILINE)
    said = run("translation", "status", "--root", str(project))[1]
    assert re.search(r"docs/sma/kontakt\.md: granskad [\d-]+ \(språkcentrum\)", said)
    assert "docs/sma/om.md" not in said
    assert "sma: 7 av 33 sidor och avsnitt finns, 1 är granskade." in said


def test_a_person_is_no_role(project: Path) -> None:
    page = project / "docs/sma/kontakt.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("reviewed: nej", "reviewed: 2026-11-21 0a1b2c3d Namn Namnsson"), encoding="utf-8")
    assert [problem.kind for problem in read_project(project).problems] == [Kind.NOT_A_REVIEW]


def test_how_far_a_language_has_come_is_said_with_what_has_changed_since(reviewed_project: Path) -> None:
    page = reviewed_project / "docs/sv/kontakt.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nNytt.\n", encoding="utf-8")
    said = run("translation", "status", "--root", str(reviewed_project))[1]
    assert "sma: 7 av 33 sidor och avsnitt finns, 7 är granskade." in said
    assert "Meningar och ord: 146 av 419 är översatta, 137 är granskade." in said
    assert (
        "docs/sma/kontakt.md: granskad 2026-11-21 (översättare), 0 av 9 meningar granskade, svenskan har ändrats"
        in said
    )


STARS = "Prosjekten nomme «*Cirkulär upphandling*{ lang=sv }»."


@pytest.mark.parametrize(
    "text",
    [
        STARS.replace("*", ""),
        STARS.replace("*{ lang=sv }", "*"),
        STARS.replace("lang=sv", "lang=en"),
        STARS.replace("*C", "C"),
        STARS.replace("{ lang=sv }", "{lang=sv"),
        STARS.replace("*Cirkulär upphandling*", "** Cirkulär upphandling **"),
        STARS.replace("*Cirkulär upphandling*{ lang=sv }", "Cirkulär upphandling"),
        STARS + " <b>x</b>",
        STARS + " [a](https://x.example)",
        STARS + " `kod`",
    ],
)
def test_a_mark_that_is_lost_in_a_table_is_told_in_its_row(text: str, project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [line[0], text if line[1] == STARS else line[1], *line[2:]])
    status, _, complaint = run("translation", "import", str(table), "--root", str(project))
    assert status == 1
    assert re.search(r"rad \d+, fältet Översättning\n    Där står: Prosjekten", complaint)
    assert "Här ska finnas: *Cirkulär upphandling*{ lang=sv }" in complaint


def test_a_translator_may_say_that_one_more_name_is_swedish(project: Path) -> None:
    table = export(project, ".csv")
    more = STARS.replace("»", "», *Region*{ lang=sv }")
    edit(table, lambda line: [line[0], more if line[1] == STARS else line[1], *line[2:]])
    assert run("translation", "import", str(table), "--root", str(project))[0] == 0


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda line: [f"{line[0]} Ny.", *line[1:]], "fältet Svenska\n    Där står: Går något"),
        (lambda line: ["Går inte.", *line[1:]], "Där stod: Går något"),
    ],
)
def test_swedish_that_is_corrected_in_a_table_is_told_and_not_lost(
    change: Callable[[list[str]], list[str]], answer: str, project: Path
) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: change(line) if line[0].startswith("Går något") else line)
    status, _, complaint = run("translation", "import", str(table), "--root", str(project), "--unchanged")
    assert status == 1
    assert answer in complaint


def test_a_row_that_a_translator_added_is_told(project: Path) -> None:
    table = export(project, ".csv")
    with table.open("a", encoding="utf-8") as file:
        file.write("Ny mening;Orre raajese;;;;\r\n")
    status, _, complaint = run("translation", "import", str(table), "--root", str(project))
    assert status == 1
    assert "Där står: Orre raajese\n    Raden hör inte till någon översatt mening." in complaint


def test_a_comment_on_a_sentence_that_is_taken_away_is_said(project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [line[0], "", "Fel", *line[3:]] if line[1] == "Viehkie" else line)
    status, said, _ = run("translation", "import", str(table), "--root", str(project))
    assert status == 0
    assert re.search(r"Kommentar till docs/sma/kontakt\.md, rad \d+: Fel", said)


def test_letters_of_two_characters_are_no_change(project: Path) -> None:
    table = export(project, ".csv")
    edit(table, lambda line: [unicodedata.normalize("NFD", value) for value in line])
    status, _, complaint = run("translation", "import", str(table), "--root", str(project))
    assert (status, "säger detsamma som webbplatsen" in complaint) == (1, True)


def test_a_text_edited_after_its_review_is_no_longer_reviewed(reviewed_project: Path) -> None:
    assert read_project(reviewed_project).notes == ()
    path = reviewed_project / "docs/sma/kontakt.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Satni, Oahpa -->", "Satni -->"), encoding="utf-8")
    assert read_project(reviewed_project).notes == ()
    path.write_text(text.replace("## Viehkie", "## Viehkie jïh bïevnesh"), encoding="utf-8")
    assert [(note.kind, note.file) for note in read_project(reviewed_project).notes] == [
        (Kind.TRANSLATION_EDITED, "docs/sma/kontakt.md")
    ]


def test_swedish_that_changes_makes_its_translations_stale_and_a_table_of_it_useless(project: Path) -> None:
    table = export(project, ".xlsx")
    page, words = project / "docs/sv/kontakt.md", project / "docs/sv/words.yml"
    page.write_text(page.read_text(encoding="utf-8").replace("Går något", "Om något"), encoding="utf-8")
    words.write_text(words.read_text(encoding="utf-8").replace("\nlisten: Lyssna", "\nlisten: Hör"), encoding="utf-8")
    stale = [note.file for note in read_project(project).notes if note.kind is Kind.TRANSLATION_STALE]
    assert stale == ["docs/sma/kontakt.md", "docs/sma/words.yml"]
    before = texts_of(project)
    status, said, complaint = run("translation", "import", str(table), "--root", str(project))
    assert (status, said) == (1, "")
    assert "Där står: Går något ändå inte att läsa" in complaint
    assert re.search(r"Nu står i docs/sv/kontakt\.md, rad \d+: Om något ändå inte går att läsa", complaint) is None
    assert re.search(r"Nu står i docs/sv/kontakt\.md, rad \d+: Om något ändå inte att läsa", complaint)
    assert "Nu står i docs/sv/words.yml: Hör" in complaint
    assert "3 saker att rätta" not in complaint
    assert "Ingenting är ändrat på webbplatsen." in complaint
    assert texts_of(project) == before


def test_a_word_shown_in_swedish_makes_no_catalogue_stale(project: Path) -> None:
    for locale, value in (("sv", "Ett nytt ord"), ("sma", "!sv")):
        with (project / "docs" / locale / "words.yml").open("a", encoding="utf-8") as file:
            file.write(f"new_word: {value}\n")
    assert [note.kind for note in read_project(project).notes if note.file.endswith("words.yml")] == [
        Kind.TRANSLATION_UNREVIEWED
    ]


def test_a_table_that_is_there_already_is_not_written_over(project: Path) -> None:
    table = export(project, ".csv")
    before = table.read_bytes()
    status, _, said = run("translation", "export", str(table), "--root", str(project))
    assert status == 1
    assert "finns redan" in said
    assert table.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["export", "table.pdf"], "låt filens namn sluta på .xlsx eller .csv"),
        (["export", "table.csv", "--locale", "fi"], "Välj språk med --locale: sma"),
        (["export", "finns/inte/men/görs.csv", "--locale", "sv"], "Välj språk med --locale: sma"),
        (["import", "saknas.csv"], "Filen finns inte"),
        (["import", "docs"], "Filen finns inte"),
        (["import"], "Här saknas 'TABELL'."),
    ],
)
def test_a_translation_command_that_slipped_is_answered_in_swedish(
    arguments: list[str], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    status, _, said = run("translation", *arguments)
    assert status in {1, 2}
    assert answer in said
    assert "Missing" not in said


def test_a_workbook_lets_only_the_translators_columns_be_written_in(project: Path) -> None:
    workbook = load_workbook(export(project, ".xlsx"))
    assert workbook.sheetnames == [Text.TABLE_GUIDE_NAME, SHEET]
    sheet = workbook[SHEET]
    assert sheet.protection.sheet
    for line in sheet.iter_rows(min_row=2):
        for cell, name in zip(line, COLUMNS, strict=True):
            assert cell.protection.locked is (name in LOCKED)
            assert cell.data_type in {"s", "inlineStr", "n"}
            assert cell.alignment.wrap_text


@SUFFIXES
def test_a_table_reads_back_as_it_was_written(suffix: str, tmp_path: Path) -> None:
    texts = ["=1+1", "-Hej", "@a", "a;b,c d", 'Sade "hej"', "äöïåÄÖÏÅ «»–", "", "007", "1. b."]
    rows = [a_row(number, text) for number, text in enumerate(texts, start=2)]
    path = tmp_path / f"table{suffix}"
    path.write_bytes(build_table(rows, suffix=suffix))
    problems = Problems(path.name)
    assert read_table(path, problems) == rows
    assert problems.found == []


def test_numbers_blank_rows_and_empty_columns_of_a_workbook_are_read(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([*COLUMNS, None, " "])
    sheet.append(["Två", 2, None, None, "docs/sma/index.md, rad 2", "v"])
    sheet.append([None] * 6)
    sheet.append(["Tre", "gulme"])
    path = tmp_path / "table.xlsx"
    workbook.save(path)
    rows = read_table(path, Problems(path.name))
    assert rows is not None
    assert [(row.number, row.text, row.version) for row in rows] == [(2, "2", "v"), (4, "gulme", "")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", Kind.COLUMNS_CHANGED),
        (b"PK\x03\x04", Kind.TABLE_UNREADABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.TABLE_UNREADABLE),
        (";".join(COLUMNS).encode("cp1252"), Kind.TABLE_UNREADABLE),
        (b"\xff\xfe\x00", Kind.TABLE_UNREADABLE),
        (b"%PDF-1.7\n", Kind.COLUMNS_CHANGED),
        (";".join(COLUMNS[::-1]).encode(), Kind.TABLE_UNREADABLE),
    ],
)
def test_what_is_no_table_gets_an_answer(content: bytes, kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    problems = Problems(path.name)
    assert read_table(path, problems) is None
    assert [problem.kind for problem in problems.found] == [kind]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_saved_by_another_program_is_read(encoding: str, delimiter: str, tmp_path: Path) -> None:
    row = ["Språk", "Gïele", "", "", "docs/sma/index.md, rad 2", "v"]
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=delimiter).writerows([COLUMNS, row])
    path = tmp_path / "table.csv"
    path.write_bytes(output.getvalue().encode(encoding))
    rows = read_table(path, Problems(path.name))
    assert rows is not None
    assert [row.text for row in rows] == ["Gïele"]


ODD = st.text(max_size=40) | st.sampled_from([
    "# Hej", "- Hej", "1. Hej", "<!-- svenska: Hej -->", "---", "!sv", "nej", "ja", "a: b", "[a](b)", "{ #a }", '"a', "'a'",
    "> a", "```", "    kod", "| a | b |", "key: value", "*a*", "{show}", "{", "&a", "%", "@a", "a #b", "\N{NO-BREAK SPACE}", "null",
])  # fmt: skip


@functools.cache
def exported() -> tuple[Reading, list[TranslatedFile]]:
    reading = read_project(PROJECT)
    return reading, read_translated_files(PROJECT, reading)


@pytest.mark.random
@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), text=ODD, comment=ODD)
@example(place=0, text="a\\", comment="-->")
def test_whatever_is_written_in_a_table_is_answered_or_reads_back(place: int, text: str, comment: str) -> None:
    reading, files = exported()
    rows = build_rows(files)
    translated = [number for number, row in enumerate(rows) if "sma" in row.place]
    place = translated[place % len(translated)]
    text, comment = (" ".join(value.split()) for value in (text, comment))
    rows[place] = replace(rows[place], text=text, comment=comment)
    problems = Problems("table.csv")
    result = import_rows(files, rows, problems, words=reading.words[DEFAULT_LOCALE], reviewed=None)
    if problems.found:
        assert format_report(problems.found)
        return
    file, old = next((file, old) for file in files for old in file.segments if file.place(old) == rows[place].place)
    after = read_segments(result.texts[file.name], form=file.form)
    expected = [text if segment is old else segment.text for segment in file.segments]
    assert [segment.text for segment in after] == [value for value in expected if value or file.is_catalogue]


def test_a_file_is_written_back_as_it_was() -> None:
    for file in exported()[1]:
        segments = [replace(segment, swedish="") for segment in file.segments] if file.is_catalogue else file.segments
        assert write_segments(file.text, segments, form=file.form) == file.text


def a_row(number: int, text: str) -> Row:
    return Row(number=number, swedish="S", text=text, comment="", sources="", place="a.md, rad 1", version="v")
