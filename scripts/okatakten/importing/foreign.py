"""XML from somebody else: decoded and parsed, whatever it claims to be. No entity of its own is ever known.

A document type is cut away before libxml2 sees anything, so nothing can grow, be fetched or be read from a file.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from lxml import etree

from okatakten.written.text import UNPUBLISHABLE

_ENCODINGS: Final = re.compile(r"utf-|iso8859|cp125|ascii|mac-|koi8", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ROOT: Final = re.compile(r"<(?:[\w.-]{1,20}:)?(?:rss|feed|rdf|channel)(?=[\s>])", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?", re.ASCII)
_BY_NUMBER: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'"}
"""libxml2 drops `&amp;` and `&lt;` after the first damage, but not these."""


def decode(document: bytes) -> str:
    """Return the text of a document, whatever it says of its own encoding: UTF-8 that can be read is UTF-8."""
    for mark, encoding in _MARKS:
        if document.startswith(mark):
            return document.decode(encoding, "replace").lstrip("\ufeff")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.match(document)
    try:
        encoding = codecs.lookup(declared[1].decode() if declared else "utf-8").name
    except LookupError:
        encoding = "utf-8"
    if encoding.startswith("utf-") or not _ENCODINGS.match(encoding):
        # What is not UTF-8 within it was pasted from, or all of it is, the Windows encoding of western Europe.
        return document.decode("utf-8", "okatakten-western").lstrip("\ufeff")
    return document.decode("cp1252" if encoding == "iso8859-1" else encoding, "replace")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("okatakten-western", _as_western)


def parse_tree(text: str) -> tuple[etree._Element | None, int]:
    """Return the root element, None where there is none of a feed, and the line of the first damage, 0 without any."""
    start = _ROOT.search(text)
    if start is None:
        return None, 0
    # What comes before, a document type with entities above all, is never read; only its lines are counted.
    source = "\n" * text.count("\n", 0, start.start()) + "".join(_with_plain_references(text[start.start() :]))
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(source.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, 0
    return root, next((entry.line for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL), 0)


def _with_plain_references(text: str) -> Iterator[str]:
    """Yield the document with every reference outside CDATA replaced by its character; stray ampersands are escaped."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0:
        yield _REFERENCE.sub(_plain_reference, text[position:start])
        end = text.find("]]>", start)
        position = len(text) if end < 0 else end + 3
        yield text[start:position]
    yield _REFERENCE.sub(_plain_reference, text[position:])


def _plain_reference(match: re.Match[str]) -> str:
    """Return the character that a reference of HTML or XML stands for; one that nobody knows stands for itself."""
    name = match[1]
    known = name is not None and (name.startswith("#") or f"{name};" in html5)
    return UNPUBLISHABLE.sub("", html.unescape(match[0]) if known else match[0]).translate(_BY_NUMBER)
