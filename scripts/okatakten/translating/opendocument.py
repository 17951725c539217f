"""A table saved as OpenDocument (.ods), as LibreOffice does: a cell or a row may stand for any number of equal ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from okatakten.translating.cells import CELL_LIMIT, LAST_COLUMN, LAST_ROW, Cell, Sheet, TooLargeError
from okatakten.written.advice import Hint, Text
from okatakten.written.text import composed

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_NOT_TEXT: Final = {
    "date": Hint.CELL_DATE, "time": Hint.CELL_DATE, "boolean": Hint.CELL_BOOLEAN, "percentage": Hint.CELL_DECIMAL,
    "currency": Hint.CELL_DECIMAL,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _OpenDocument:
    """A table of OpenDocument while it is read: a cell or a row may stand for any number of equal ones."""

    struck: frozenset[str]
    painted: Mapping[str, tuple[Hint, ...]]
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    row: int = 0

    def add_row(self, element: Any) -> None:
        repeated = _repeated(element, "rows")
        column = 0
        cells: dict[int, Cell] = {}
        for child in element:
            if child.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
                continue
            times = _repeated(child, "columns")
            cell = self.cell(child)
            if cell != Cell():
                held = cell != Cell(look=cell.look)
                if held and column + times > LAST_COLUMN:
                    raise TooLargeError
                cells |= dict.fromkeys(range(column + 1, min(column + times, LAST_COLUMN) + 1), cell)
            column += times
        held = any(cell != Cell(look=cell.look) for cell in cells.values())
        if held and (self.row + repeated > LAST_ROW or len(self.cells) + repeated * len(cells) > CELL_LIMIT):
            raise TooLargeError
        # Painted rows without words go on to the end of the sheet, and are told once.
        for number in range(self.row + 1, self.row + (repeated if held else 1) + 1):
            self.cells |= {(number, place): cell for place, cell in cells.items()}
        self.row += repeated

    def cell(self, element: Any) -> Cell:
        kind = element.get(f"{_OFFICE}value-type")
        notes = element.findall(f"{_OFFICE}annotation")
        text = "\n".join(_words(child) for child in element if child.tag in {f"{_TEXT}p", f"{_TEXT}h"})
        wrong = _NOT_TEXT.get(kind)
        if kind == "float" and not (element.get(f"{_OFFICE}value") or "").lstrip("-").isdecimal():
            wrong = Hint.CELL_DECIMAL
        if formula := element.get(f"{_TABLE}formula"):
            text, wrong = formula, Hint.CELL_FORMULA
        styles = {name for part in [element, *element.iter(f"{_TEXT}span")] if (name := _style(part))}
        spanned = [element.get(f"{_TABLE}number-{way}-spanned", "1") for way in ("columns", "rows")]
        unclear = Hint.CELL_STRUCK if text and styles & self.struck else ""
        if spanned != ["1", "1"]:
            unclear = Hint.CELLS_MERGED.format(cells=" × ".join(spanned))
        return Cell(
            text=composed(text),
            note=composed("; ".join(" ".join(map(_words, note.iter(f"{_TEXT}p"))) for note in notes)),
            wrong=wrong,
            unclear=unclear,
            look=tuple(sorted({look for name in styles for look in self.painted.get(name, ())})),
        )


def read_open_document(part: bytes, *, name: str) -> Sheet:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(part, parser)
    tables = list(root.iter(f"{_TABLE}table"))
    table = next((one for one in tables if one.get(f"{_TABLE}name") == name), tables[0])
    styles = {str(style.get(f"{_STYLE}name")): style for style in root.iter(f"{_STYLE}style")}
    struck = frozenset(key for key, style in styles.items() if _has_line_through(style))
    painted = {key: tuple(_open_look(style)) for key, style in styles.items()}
    reading = _OpenDocument(struck=struck, painted=painted)
    for row in _rows_of(table):
        reading.add_row(row)
    guide = set(Text.TABLE_GUIDE.splitlines())
    beside = [
        f"{Text.SHEET.format(name=other.get(f'{_TABLE}name'))}: {words}"
        for other in tables
        if other is not table
        for paragraph in other.iter(f"{_TEXT}p")
        if (words := _words(paragraph)) and words not in guide
    ]
    if next(table.iter(f"{_TABLE}shapes", f"{_DRAW}frame"), None) is not None:
        beside.append(Text.DRAWINGS)
    return Sheet(cells=reading.cells, beside=tuple(beside))


def _rows_of(table: Any) -> Iterator[Any]:
    """Yield the rows, also those in groups; what is remembered of changes is no row."""
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in {f"{_TABLE}{name}" for name in ("table-header-rows", "table-row-group", "table-rows")}:
            yield from _rows_of(child)


def _repeated(element: Any, way: str) -> int:
    written = element.get(f"{_TABLE}number-{way}-repeated", "1")
    if not written.isdecimal() or len(written) > 9:
        raise TooLargeError
    return int(written)


def _words(element: Any) -> str:
    """Return the text of a paragraph; spaces, tabs and breaks are elements."""
    if element.tag == f"{_TEXT}s":
        return " "
    inner = (element.text or "") + "".join(_words(child) + (child.tail or "") for child in element)
    if element.tag == f"{_OFFICE}annotation":
        return ""
    return " " if element.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"} else inner


def _style(element: Any) -> str | None:
    name = element.get(f"{_TABLE}style-name") or element.get(f"{_TEXT}style-name")
    return str(name) if name else None


def _has_line_through(style: Any) -> bool:
    return any(
        part.get(f"{_STYLE}text-line-through-style", "none") != "none"
        or part.get(f"{_STYLE}text-line-through-type", "none") != "none"
        for part in style.iter(f"{_STYLE}text-properties")
    )


def _open_look(style: Any) -> Iterator[Hint]:
    letters: Any = next(style.iter(f"{_STYLE}text-properties"), {})
    box: Any = next(style.iter(f"{_STYLE}table-cell-properties"), {})
    if (letters.get(f"{_FO}font-weight", "normal"), letters.get(f"{_FO}font-style", "normal")) != ("normal", "normal"):
        yield Hint.LOOK_LETTERS
    colors = {letters.get(f"{_FO}color", "#000000"), box.get(f"{_FO}background-color", "transparent")}
    if colors - {"#000000", "transparent"}:
        yield Hint.LOOK_COLOUR
