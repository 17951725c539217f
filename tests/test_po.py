"""The same sentences as a PO file: what translation programs read, write and break."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okatakten.model import Locale
from okatakten.site.project import read_project
from okatakten.translating.po import build_po, read_po
from okatakten.translating.tables import Row
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed
from support import copy_project, run

SENTENCE = "Prosjekten leah 8 gyhtjelassh."
PAGE = "docs/sma/kontakt.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def export(project: Path, name: str = "table.po") -> Path:
    table = project.parent / name
    status, _, complaint = run("translation", "export", str(table), "--root", str(project))
    assert (status, complaint) == (0, "")
    return table


def take_in(project: Path, table: Path, *options: str) -> tuple[int, str, str]:
    return run("translation", "import", str(table), "--root", str(project), *options)


def change(table: Path, *, pages: str, approve: bool) -> None:
    """Approve the sentences of the pages whose context begins so, or take the approval back, as a program does."""
    file = polib.pofile(str(table), wrapwidth=0)
    for entry in file:
        if (entry.msgctxt or "").startswith(pages) and entry.msgstr:
            entry.flags = [] if approve else ["fuzzy"]
    file.save()


def notes_of(project: Path) -> list[tuple[str, Kind]]:
    return [(note.file, note.kind) for note in read_project(project).notes]


def read(path: Path, content: bytes) -> tuple[list[Row] | None, list[tuple[Kind, int]]]:
    path.write_bytes(content)
    problems = Problems(path.name)
    return read_po(path, problems), [(problem.kind, problem.line) for problem in problems.found]


def test_what_no_translator_has_approved_is_fuzzy_and_the_file_says_where_each_sentence_stands(project: Path) -> None:
    file = polib.pofile(str(export(project)))
    assert file.metadata["Language"] == "sma"
    assert not any("@" in value or "20" in value for value in file.metadata.values())
    assert all(entry.fuzzy is bool(entry.msgstr) for entry in file)
    entry = next(entry for entry in file if entry.msgstr == SENTENCE)
    assert re.fullmatch(r"docs/sma/index\.md, rad \d+ \([0-9a-f]{8}-[0-9a-f]{8}\)", entry.msgctxt)
    assert entry.msgid == "Projektet har 8 frågor."
    assert "Källor: ordboken:" in entry.tcomment
    assert (
        "docs/sv/index.md, title: Inköp som gör att saker används längre"
        in next(e for e in file if "sma/index.md, title" in e.msgctxt).comment
    )


def test_a_file_that_comes_back_unchanged_changes_nothing(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()}
    status, _, complaint = take_in(project, export(project))
    assert status == 1
    assert "säger detsamma som webbplatsen" in complaint
    assert {path: path.read_bytes() for path in before} == before


def test_a_page_of_which_every_sentence_is_approved_is_reviewed_and_no_other(project: Path) -> None:
    table = export(project)
    change(table, pages=PAGE, approve=True)
    status, said, _ = take_in(project, table)
    assert status == 0
    assert f"{PAGE}: granskad" in said
    assert "sma: 7 av 33 sidor och avsnitt finns, 1 är granskade." in said
    assert PAGE not in dict(notes_of(project))
    assert len(notes_of(project)) == 7
    entries = polib.pofile(str(export(project, "again.po")))
    assert {entry.fuzzy for entry in entries if entry.msgctxt.startswith(PAGE)} == {False}


def test_a_sentence_that_is_approved_before_its_page_stays_so(project: Path) -> None:
    table = export(project)
    file = polib.pofile(str(table), wrapwidth=0)
    next(entry for entry in file if entry.msgstr == SENTENCE and "index.md" in entry.msgctxt).flags = []
    file.save()
    assert take_in(project, table)[0] == 0
    assert ("docs/sma/index.md", Kind.TRANSLATION_UNREVIEWED) in notes_of(project)
    again = polib.pofile(str(export(project, "again.po")))
    assert [entry.msgstr for entry in again if entry.msgstr and not entry.fuzzy] == [SENTENCE]
    swedish = project / "docs/sv/index.md"
    swedish.write_text(swedish.read_text(encoding="utf-8") + "\nNytt.\n", encoding="utf-8")
    later = polib.pofile(str(export(project, "later.po")))
    assert all(entry.fuzzy for entry in later if entry.msgstr)


def test_a_doubt_takes_back_the_review_of_its_page(project: Path) -> None:
    table = export(project)
    change(table, pages="docs/sma", approve=True)
    assert take_in(project, table)[0] == 0
    table = export(project, "again.po")
    change(table, pages=f"{PAGE}, title", approve=False)
    assert take_in(project, table)[0] == 0
    assert (PAGE, Kind.TRANSLATION_UNREVIEWED) in notes_of(project)
    again = polib.pofile(str(export(project, "last.po")))
    doubted = [entry.msgctxt for entry in again if entry.fuzzy and entry.msgctxt.startswith(PAGE)]
    assert [context.partition(" (")[0] for context in doubted] == [f"{PAGE}, title"]


def test_texts_comments_and_sources_come_in_from_a_program(project: Path) -> None:
    table = export(project)
    file = polib.pofile(str(table), wrapwidth=78)
    entry = next(entry for entry in file if entry.msgstr == SENTENCE and "index.md" in entry.msgctxt)
    entry.msgstr, entry.tcomment = "Prosjekten leah gaektsie\ngyhtjelassh.", "Räkneord -- utskrivet\nKällor: ordboken"
    file.save()
    assert take_in(project, table)[0] == 0
    text = (project / "docs/sma/index.md").read_text(encoding="utf-8")
    assert (
        "Prosjekten leah gaektsie gyhtjelassh.\n<!-- svenska: Projektet har 8 frågor. -->\n"
        "<!-- källor: ordboken -->\n<!-- kommentar: Räkneord – utskrivet -->" in text
    )


ENTRY = 'msgctxt "docs/sma/om.md, rad 2 (0a)"\nmsgid "Om"\nmsgstr "Bïjre"\n'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [(Kind.TABLE_UNREADABLE, 0)]),
        (b"\n\n", [(Kind.TABLE_UNREADABLE, 0)]),
        (b'msgid ""\nmsgstr "Language: sma\\n"\n', [(Kind.TABLE_UNREADABLE, 0)]),
        (ENTRY.encode() + b'\nmsgid "a"b"\nmsgstr "c"\n', [(Kind.TABLE_UNREADABLE, 5)]),
        (ENTRY.encode() + b"\nhej\n", [(Kind.TABLE_UNREADABLE, 5)]),
        (ENTRY.encode() + b'\nmsgstr "c"\n', [(Kind.TABLE_UNREADABLE, 5)]),
        (ENTRY.encode() + b'\nmsgid "ej avslutad\n', [(Kind.TABLE_UNREADABLE, 5)]),
        (ENTRY.encode("latin-1"), [(Kind.TABLE_UNREADABLE, 3)]),
        (b"PK\x03\x04\x00", [(Kind.TABLE_UNREADABLE, 1)]),
        (b"\x00\x01\x02", [(Kind.TABLE_UNREADABLE, 1)]),
        (b"Svenska;\xc3\x96vers\xc3\xa4ttning\n", [(Kind.TABLE_UNREADABLE, 1)]),
        (
            b'msgctxt "a (0a)"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n',
            [(Kind.TABLE_UNREADABLE, 1)],
        ),
        (ENTRY.encode() + b'msgid "utan msgstr"\n', [(Kind.TABLE_UNREADABLE, 4)]),
        (b"/etc/passwd", [(Kind.TABLE_UNREADABLE, 1)]),
    ],
)
def test_a_broken_file_is_told_with_its_line(content: bytes, found: list[tuple[Kind, int]], tmp_path: Path) -> None:
    assert read(tmp_path / "a.po", content)[1] == found


@pytest.mark.parametrize(
    "content",
    [
        ENTRY,
        ENTRY.replace("\n", "\r\n"),
        "\ufeff" + ENTRY,
        ENTRY.rstrip(),
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n' + ENTRY,
        ENTRY.replace('msgstr "Bïjre"', 'msgstr ""\n"Bïj"\n"re"'),
        ENTRY.replace("ï", "i\u0308"),
        '#, fuzzy, c-format\n#| msgid "Förr"\n#: docs/sma/om.md:2\n' + ENTRY,
        ENTRY + '\n#~ msgid "Borta"\n#~ msgstr "Bort"\n',
    ],
)  # fmt: skip
def test_a_file_from_any_program_is_read(content: str, tmp_path: Path) -> None:
    rows, found = read(tmp_path / "a.po", content.encode())
    assert found == []
    assert rows is not None
    assert [(row.swedish, row.text, row.place, row.version) for row in rows] == [
        ("Om", "Bïjre", "docs/sma/om.md, rad 2", "0a")
    ]


LINE = st.text(max_size=40).map(lambda text: composed(" ".join(text.split()))) | st.sampled_from(
    ['"', "\\", "\\n", "%s", "#, fuzzy", "#~ a", "msgid", "a\\", "=1", "(ingenting)", "(v)"]
)


@pytest.mark.random
@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.tuples(LINE, LINE, LINE, LINE, st.booleans()), min_size=1, max_size=4))
def test_sentences_come_back_as_they_went(
    texts: list[tuple[str, str, str, str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [
        Row(
            number=0, swedish=swedish, text=text, comment="" if comment.startswith("Källor:") else comment, sources=sources,
            place=f"docs/sma/om.md, rad {number}", version="0123abcd-0123abcd", reviewed=bool(text) and reviewed,
        )
        for number, (swedish, text, comment, sources, reviewed) in enumerate(texts)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("po") / "a.po"
    path.write_bytes(build_po(rows, locale=Locale("sma")))
    problems = Problems(path.name)
    read_rows = read_po(path, problems)
    assert problems.found == []
    assert read_rows is not None
    for one, other in zip(rows, read_rows, strict=True):
        assert (other.place, other.version, other.reviewed) == (one.place, one.version, one.reviewed)
        assert (other.text, other.comment, other.sources) == (one.text, one.comment, one.sources)
        assert other.swedish == one.swedish.replace("(ingenting)", "")
