"""Word documents (Office Open XML): from Teams, from Word's own Transcribe, and written by hand, also in tables."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from okatakten.making.captions.said import INVISIBLE, Line, Said, note_left_out, tell_headings
from okatakten.making.captions.subtitles import find_timing
from okatakten.making.captions.table import Row, has_times, read_table
from okatakten.making.captions.text import find_times, read_lines
from okatakten.written.text import Problems

_OOXML: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL = (f"{_OOXML}{name}" for name in ("p", "tbl", "tr", "tc"))
_WRITTEN: Final = {f"{_OOXML}tab": "\t", f"{_OOXML}br": "\n", f"{_OOXML}cr": "\n", f"{_OOXML}noBreakHyphen": "-"}
_UNWRITTEN: Final = {
    *(f"{_OOXML}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "drawing", "pict", "object")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
"""What the line of a document does not show: settings, tracked deletions, pictures."""


def open_body(content: bytes) -> etree._Element:
    """Return what is written in a document. Raises anything when it is damaged."""
    from docx import Document

    body: etree._Element = Document(io.BytesIO(content)).element.body
    return body


def read_body(body: etree._Element, problems: Problems) -> list[Said]:
    """Read the tables that have times, or else the paragraphs and what stands in tables, as lines."""
    lines: list[Line] = []
    aside: list[Row] = []
    tables: list[list[Row]] = []
    number = 0
    for block in _outermost(body, _PARAGRAPH, _TABLE):
        if block.tag == _PARAGRAPH:
            text = _written(block)
            number += bool(text.strip())
            lines += _split(text, where=f"stycke {number}")
        else:
            rows = _rows(block)
            (tables.append if has_times(rows) else aside.extend)(rows)
    unruled = [line for row in aside for line in _split("\n".join(filter(None, row.cells)), where=row.line.where)]
    if tables:
        tell_headings([*lines, *unruled], problems)
        note_left_out([line for line in (*lines, *unruled) if not line.is_blank], problems)
        return [said for rows in tables for said in read_table(rows, problems)]
    if _has_times(unruled):
        tell_headings(lines, problems)
        note_left_out([line for line in lines if not line.is_blank], problems)
        return read_lines(unruled, problems)
    if _has_times(lines):
        tell_headings(unruled, problems)
        note_left_out(unruled, problems)
        return read_lines(lines, problems)
    return [*read_lines(lines, problems), *(read_table(aside, problems) if aside else ())]


def _has_times(lines: Sequence[Line]) -> bool:
    return bool(find_times(lines)) or any(map(find_timing, lines))


def _outermost(element: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """Yield the elements below this one that have such a tag, but none inside another of them."""
    walk = etree.iterwalk(element, events=("start",))
    for _, child in walk:
        if child is not element and child.tag in tags:
            yield child
            walk.skip_subtree()


def _written(paragraph: etree._Element) -> str:
    """Return the text of a paragraph, with the insertions that are tracked and without the deletions."""
    written = ""
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _UNWRITTEN:
            walk.skip_subtree()
        elif element.tag == f"{_OOXML}t":
            written += element.text or ""
        elif element.tag == f"{_OOXML}sym":
            written += "\uf0e0" if element.get(f"{_OOXML}char", "").upper() == "F0E0" else ""
        else:
            written += _WRITTEN.get(str(element.tag), "")
    return INVISIBLE.sub("", written)


def _split(text: str, *, where: str) -> list[Line]:
    return [Line(text=line, where=where) for line in text.split("\n")]


def _rows(table: etree._Element) -> list[Row]:
    """Return the rows of a table that have text, as one would write them without it: `Name: text`."""
    found = []
    for number, row in enumerate(_outermost(table, _ROW), start=1):
        cells = tuple("\n".join(map(_written, _outermost(cell, _PARAGRAPH))).strip() for cell in _outermost(row, _CELL))
        if any(cells):
            written = ": ".join(filter(None, cells))
            found.append(Row(line=Line(text=written, where=f"tabellens rad {number}"), cells=cells))
    return found
