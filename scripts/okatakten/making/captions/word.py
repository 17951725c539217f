"""Word documents (Office Open XML): from Teams, from Word's own Transcribe, and written by hand, also in tables."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from okatakten.making.captions.names import is_name
from okatakten.making.captions.said import ARROW, INVISIBLE, TIME, Line, Said, squeezed, tell_headings
from okatakten.making.captions.subtitles import find_timing
from okatakten.making.captions.text import find_times, read_lines
from okatakten.written.text import Problems
from okatakten.written.values import parse_time

_OOXML: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL = (f"{_OOXML}{name}" for name in ("p", "tbl", "tr", "tc"))
_WRITTEN: Final = {f"{_OOXML}tab": "\t", f"{_OOXML}br": "\n", f"{_OOXML}cr": "\n", f"{_OOXML}noBreakHyphen": "-"}
_UNWRITTEN: Final = {
    *(f"{_OOXML}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "drawing", "pict", "object")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
"""What the line of a document does not show: settings, tracked deletions, pictures."""
_TIME_CELL = re.compile(rf"[\[(]?\s*(?P<start>{TIME})(?:\s*(?:{ARROW}|[-–—])\s*(?P<end>{TIME}))?\s*[\])]?")


def open_body(content: bytes) -> etree._Element:
    """Return what is written in a document. Raises anything when it is damaged."""
    from docx import Document

    body: etree._Element = Document(io.BytesIO(content)).element.body
    return body


def read_body(body: etree._Element, problems: Problems) -> list[Said]:
    """Read the tables that have times, or else the paragraphs and what stands in tables, as lines."""
    lines: list[Line] = []
    aside: list[Line] = []
    tables: list[Line] = []
    number = 0
    for block in _outermost(body, _PARAGRAPH, _TABLE):
        if block.tag == _PARAGRAPH:
            text = _written(block)
            number += bool(text.strip())
            lines += _split(text, where=f"stycke {number}")
        else:
            rows = [
                line
                for row, cells in enumerate(_rows(block), start=1)
                for line in _split(_as_text(cells), where=f"tabellens rad {row}")
            ]
            (tables if _has_times(rows) else aside).extend(rows)
    if tables or _has_times(lines):
        tell_headings([*lines, *aside] if tables else aside, problems)
        return read_lines(tables or lines, problems)
    return read_lines([*lines, *aside], problems)


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


def _rows(table: etree._Element) -> list[list[str]]:
    return [
        ["\n".join(map(_written, _outermost(cell, _PARAGRAPH))).strip() for cell in _outermost(row, _CELL)]
        for row in _outermost(table, _ROW)
    ]


def _as_text(cells: Sequence[str]) -> str:
    """Return a row of a table as it would be written without one: first the time, then `Name: text`."""
    said = [cell for place, cell in enumerate(cells) if cell and not (place == 0 and cell.isdigit())]
    times = []
    if place := next((place for place, cell in enumerate(said, start=1) if _TIME_CELL.fullmatch(squeezed(cell))), 0):
        start, end = (parse_time(cell.strip("[( )]")) for cell in [*said[place - 1 :], ""][:2])
        times = [said.pop(place - 1)]
        if start is not None and end is not None:
            # What is no later than the start is a length.
            until = said.pop(place - 1)
            times += [until] if end > start else []
    if len(said) == 2 and is_name(said[0]):
        said = [": ".join(said)]
    return "\n".join([*filter(None, [" – ".join(time.strip("[( )]") for time in times)]), *said])
