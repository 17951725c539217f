"""Tables for translators as programs and people leave them: other forms, hostile sizes, and all that is said in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from okatakten.translating.tables import COLUMNS, Row, build_table, list_ranges, read_table
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

LINE = ["Språk", "Gïele", "", "", "docs/sma/index.md, rad 2", "v"]
ODS = """<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:automatic-styles><style:style style:name="struck">
<style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Blad1">{rows}</table:table>{more}
</office:spreadsheet></office:body></office:document-content>"""


def read(path: Path, content: bytes) -> tuple[list[Row] | None, list[Kind], list[str]]:
    """Return the rows of a table, the kinds of its problems and what is said beside."""
    path.write_bytes(content)
    problems, remarks = Problems(path.name), list[str]()
    return read_table(path, problems, remarks), [problem.kind for problem in problems.found], remarks


def workbook(change: Callable[[Any], object], *lines: list[str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [list(COLUMNS), LINE, *lines]:
        sheet.append(line)
    change(sheet)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def cell(text: str, attributes: str = "", inside: str = "") -> str:
    paragraph = f"<text:p>{escape(text)}</text:p>" if text else ""
    return f'<table:table-cell office:value-type="string" {attributes}>{inside}{paragraph}</table:table-cell>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def open_document(*rows: str, more: str = "") -> bytes:
    heading = row(*map(cell, COLUMNS))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS.format(rows=heading + "".join(rows), more=more))
    return output.getvalue()


def csv_of(*lines: list[str], delimiter: str = ";") -> bytes:
    return "\n".join(delimiter.join(line) for line in lines).encode()


@pytest.mark.parametrize(
    "content",
    [
        csv_of(list(COLUMNS), LINE),
        b"sep=;\r\n" + csv_of(list(COLUMNS), LINE),
        b"\xef\xbb\xbfsep=|\n" + csv_of(list(COLUMNS), LINE, delimiter="|"),
        csv_of(["Till översättaren; läs det här"], [], list(COLUMNS), LINE),
        csv_of([name.lower() for name in COLUMNS], LINE),
        csv_of([f"  {name.upper()} : " for name in COLUMNS], LINE),
        csv_of(list(COLUMNS[::-1]), LINE[::-1]),
        csv_of(["O\u0308versa\u0308ttning", *COLUMNS[:1], *COLUMNS[2:]], [LINE[1], LINE[0], *LINE[2:]]),
        csv_of([*COLUMNS, "", ""], [*LINE, "", ""]),
        open_document(row(*map(cell, LINE))),
        open_document(row(cell(LINE[0]), cell(LINE[1]), cell("", 'table:number-columns-repeated="2"'), *map(cell, LINE[4:]))),
        open_document("<table:table-row-group>", row(*map(cell, LINE)), "</table:table-row-group>"),
        open_document(
            row(*map(cell, LINE)),
            row(cell("", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048570"'),
        ),
        workbook(lambda sheet: sheet.insert_rows(1, 2)),
        workbook(lambda sheet: sheet.move_range("A1:F2", rows=3, cols=2)),
        workbook(lambda sheet: sheet.row_dimensions.__getitem__(1048576).__setattr__("height", 12.0)),
    ],
)  # fmt: skip
def test_a_table_that_can_be_understood_is_read(content: bytes, tmp_path: Path) -> None:
    rows, found, _ = read(tmp_path / "table", content)
    assert found == []
    assert rows is not None
    assert [one.cells for one in rows] == [tuple(LINE)]


def far_away(sheet: Any) -> None:
    sheet["XFD1048576"] = "x"


@pytest.mark.parametrize(
    "content",
    [
        workbook(far_away),
        workbook(lambda sheet: sheet.merged_cells.add("A3:XFD1048576")),
        open_document(row(cell("x", 'table:number-columns-repeated="1000000"'))),
        open_document(row(*map(cell, LINE), attributes='table:number-rows-repeated="1000000"')),
        open_document(row(*(cell("x"),) * 40, attributes='table:number-rows-repeated="40000"')),
        open_document(row(cell("x", 'table:number-columns-repeated="99999999999999999999"'))),
        csv_of(list(COLUMNS), *[LINE] * 60_000),
    ],
)
def test_a_table_that_says_it_is_enormous_is_not_believed(content: bytes, tmp_path: Path) -> None:
    rows, found, _ = read(tmp_path / "table", content)
    assert (rows, found) == (None, [Kind.TABLE_UNREADABLE])


@pytest.mark.parametrize(
    "inside", [b"<a/>" * 2_000_000, b"0" * 120_000_000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.xml"])
def test_what_is_packed_into_nothing_is_not_unpacked(inside: bytes, name: str, tmp_path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, inside if inside.startswith((b"<!", b"0")) else b"<r>" + inside + b"</r>")
    assert read(tmp_path / "table", output.getvalue())[:2] == (None, [Kind.TABLE_UNREADABLE])


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+46 63", "-Hej", "@a", "'=a", "''+a", "'sade hon", '=HYPERLINK("http://x.example")', "\uff1dA1", "a=b", "|", "-"],
)  # fmt: skip
def test_a_cell_of_csv_is_text_to_every_program_and_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    one = Row(number=2, swedish="S", text=text, comment=text, sources="", place="a.md, rad 1", version="v")
    content = build_table([one], suffix=".csv")
    assert not any(
        field.startswith(tuple("=+-@\uff1d")) for field in content.decode("utf-8-sig").replace('"', "").split(";")
    )
    assert read(tmp_path / "table.csv", content)[0] == [one]


def test_comments_on_cells_go_with_their_row_and_nobody_is_named(tmp_path: Path) -> None:
    threaded = (
        "[Threaded comment]\n\nYour version of Excel … Learn more: https://go.microsoft.com/fwlink/?linkid=870924\n\n"
        "Comment:\n    Är det rätt?"
    )

    def note(sheet: Any) -> None:
        sheet["B2"].comment = Comment("Namn Namnsson:\nBättre så", "Namn Namnsson")
        sheet["A2"].comment = Comment(threaded, "tc=1")
        sheet["B1"].comment = Comment("Hela kolumnen", "")

    rows, found, remarks = read(tmp_path / "table.xlsx", workbook(note))
    assert rows is not None
    assert (rows[0].comment, found) == ("Är det rätt?; Bättre så", [])
    assert remarks == ["Rad 1, Översättning: Hela kolumnen"]
    inside = "<office:annotation><dc:creator>Namn</dc:creator><text:p>Bättre så</text:p></office:annotation>"
    cells = [cell(LINE[0]), cell(LINE[1], inside=inside), *map(cell, LINE[2:])]
    rows, found, _ = read(tmp_path / "table.ods", open_document(row(*cells)))
    assert rows is not None
    assert ([(one.text, one.comment) for one in rows], found) == ([("Gïele", "Bättre så")], [])


def part_struck(sheet: Any) -> None:
    sheet["B2"] = CellRichText("Gïele ", TextBlock(InlineFont(strike=True), "gïele"))


def all_struck(sheet: Any) -> None:
    sheet["B2"].font = Font(strike=True)


@pytest.mark.parametrize(
    "content",
    [
        workbook(part_struck),
        workbook(all_struck),
        workbook(lambda sheet: sheet.merge_cells("B2:C2")),
        workbook(lambda sheet: sheet.merge_cells("B2:B3"), ["Två", "", "", "", "docs/sma/index.md, rad 3", "v"]),
        open_document(row(cell("S"), cell("G", 'table:style-name="struck"'), *map(cell, LINE[2:]))),
        open_document(row(cell("S"), cell("G", 'table:number-rows-spanned="2"'), *map(cell, LINE[2:]))),
    ],
)
def test_a_cell_in_which_it_is_unclear_what_counts_is_told(content: bytes, tmp_path: Path) -> None:
    assert Kind.CELL_UNCLEAR in read(tmp_path / "table", content)[1]


@pytest.mark.parametrize("value", ["=1+1", date(2026, 1, 2), 1.5, True, "#N/A"])
def test_what_excel_made_of_a_text_is_told(value: object, tmp_path: Path) -> None:
    _, found, _ = read(tmp_path / "table.xlsx", workbook(lambda sheet: sheet.__setitem__("B2", value)))
    assert found == [Kind.CELL_NOT_TEXT]


@pytest.mark.parametrize(
    ("kind", "value"), [("float", "1.5"), ("date", "2026-01-02"), ("boolean", "true"), ("percentage", "1")]
)
def test_what_another_program_made_of_a_text_is_told(kind: str, value: str, tmp_path: Path) -> None:
    odd = f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>x</text:p></table:table-cell>'
    content = open_document(row(cell("S"), odd, *map(cell, LINE[2:])))
    assert read(tmp_path / "table.ods", content)[1] == [Kind.CELL_NOT_TEXT]


def test_what_is_said_beside_the_rows_is_told_with_its_place(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["G1"], sheet["G2"] = "Fråga", "Vem äger?"
        sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")
        sheet["A3"].font = Font(bold=True)
        sheet.parent.create_sheet("Frågor")["A1"] = "Vad är en förstudie?"

    rows, found, remarks = read(
        tmp_path / "table.xlsx", workbook(change, ["Två", "", "", "", "docs/sma/a.md, rad 3", "v"])
    )
    assert rows is not None
    assert (len(rows), found) == (2, [])
    assert remarks == [
        "Rad 2, Fråga: Vem äger?",
        "Färg i kolumnen Översättning följer inte med: rad 2",
        "Fetstil, kursiv eller understrykning i kolumnen Svenska följer inte med: rad 3",
        "Bladet Frågor: Vad är en förstudie?",
    ]
    _, _, remarks = read(tmp_path / "table.csv", csv_of(["Hälsningar från översättaren"], list(COLUMNS), LINE))
    assert remarks == ["Rad 1, Svenska: Hälsningar från översättaren"]


def test_our_own_workbook_says_nothing_beside_its_rows(tmp_path: Path) -> None:
    one = Row(number=2, swedish="S", text="T", comment="", sources="", place="a.md, rad 1", version="v")
    assert read(tmp_path / "table.xlsx", build_table([one], suffix=".xlsx")) == ([one], [], [])


def test_letters_of_two_characters_become_one(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path / "table.csv", csv_of(list(COLUMNS), ["S", "Bi\u0308ejjie a\u0308j", *LINE[2:]]))
    assert rows is not None
    assert rows[0].text == "Bïejjie äj"


def test_rows_are_listed_as_ranges() -> None:
    assert list_ranges([2, 4, 5, 6, 9, 10]) == "2, 4–6, 9–10"
