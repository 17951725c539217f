"""What a file is: its text, and the reader of its format."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from okatakten.making.captions.others import find_form, read_other
from okatakten.making.captions.podcast import parse_json, read_html, read_json
from okatakten.making.captions.said import INVISIBLE, Said, as_lines
from okatakten.making.captions.table import find_rows, read_table
from okatakten.making.captions.text import read_lines
from okatakten.making.captions.ttml import is_ttml, read_ttml
from okatakten.making.captions.webvtt import read_webvtt
from okatakten.making.captions.word import open_body, read_body
from okatakten.written.advice import Hint
from okatakten.written.garbled import mend_letters
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, read_capped

TEXT_LIMIT: Final = 10 * 10**6
"""Bytes; everything said in a day is a fifth of it."""
LINE_LIMIT: Final = 200_000
PACKAGE_LIMIT: Final = 50 * 10**6
"""Bytes of a Word document when it is unpacked, pictures included."""

_PASSWORD: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS: Final = {
    b"\xd0\xcf\x11\xe0": Hint.IS_OLD_WORD,
    b"%PDF": Hint.IS_PDF,
    b"{\\rtf": Hint.IS_RTF,
}
"""How files begin from which the text cannot be had, and what they are called."""
_OTHER_PACKAGES: Final = {
    "content.xml": Hint.IS_OPEN_DOCUMENT,
    "xl/workbook.xml": Hint.IS_WORKBOOK,
    "ppt/presentation.xml": Hint.IS_PRESENTATION,
    "Index/Document.iwa": Hint.IS_PAGES,
}
_OLD_ENCODING: Final = (".srt", ".txt", ".csv", ".tsv", ".ass", ".ssa", ".sub", ".smi", ".sami")
"""Files that Windows programs still save as Windows-1252; the other formats are always UTF-8."""
_WEBVTT = re.compile(r"\s*WEBVTT(?:[ \t\n]|$)")
_SBV = re.compile(r"(?m)^([0-9]+:[0-9]{2}:[0-9]{2}\.[0-9]{3}),([0-9]+:[0-9]{2}:[0-9]{2}\.[0-9]{3})[ \t]*$")
"""The line of times in the captions that YouTube calls SBV."""
_DROP_FRAME = re.compile(r"(?<![\d:;])(\d\d)[:;](\d\d)[:;](\d\d);(\d\d)(?![\d:;])", re.ASCII)
"""A time with frames that are counted as American television does: a semicolon parts no columns there."""
_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body|main|article|section|div|cite|time|p|h[1-6])\b", re.IGNORECASE)


def read_content(path: Path, problems: Problems) -> bytes | None:
    content = read_capped(path, problems, limit=PACKAGE_LIMIT, kind=Kind.CAPTIONS_UNREADABLE)
    if content is not None and len(content) > TEXT_LIMIT and not content.startswith((b"PK", *_OTHER_FORMATS)):
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.TOO_LARGE)
        return None
    return content


def read_said(content: bytes, suffix: str, problems: Problems) -> list[Said]:
    other = next((name for start, name in _OTHER_FORMATS.items() if content.startswith(start)), None)
    if other:
        problems.add(Kind.CAPTIONS_OTHER_FORMAT, expected=Hint.IS_LOCKED if _PASSWORD in content else other)
        return []
    if content.startswith(b"PK"):
        return _read_package(content, problems)
    text = _decode(content, suffix, problems)
    return _read_text(text, suffix, problems) if text is not None else []


def _read_package(content: bytes, problems: Problems) -> list[Said]:
    """Read what is zipped, as Word documents are."""
    try:
        with ZipFile(io.BytesIO(content)) as package:
            sizes = {part.filename: part.file_size for part in package.infolist()}
        other = next((name for part, name in _OTHER_PACKAGES.items() if part in sizes), None)
        is_bomb = sum(sizes.values()) > PACKAGE_LIMIT
        body = None if other or is_bomb else open_body(content)
    except Exception:  # python-docx raises what zipfile, its XML parser and its own readers raise
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SAVE_AS_TEXT)
        return []
    if body is not None:
        return read_body(body, problems)
    kind = Kind.CAPTIONS_OTHER_FORMAT if other else Kind.CAPTIONS_UNREADABLE
    problems.add(kind, expected=other or Hint.TOO_LARGE)
    return []


def _decode(content: bytes, suffix: str, problems: Problems) -> str | None:
    """Return the text with line feeds only, without byte order mark."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", errors="replace") if suffix in _OLD_ENCODING and not is_utf_16 else "\ufffd"
        if "\ufffd" in text:
            problems.add(Kind.WRONG_ENCODING, line=content[: error.start].count(b"\n") + 1)
            return None
    mended = mend_letters(text)
    if mended != text:
        problems.note(Kind.LETTERS_MENDED)
    text = re.sub("\r\n?|[\v\u2028\u2029]", "\n", INVISIBLE.sub("", mended))
    if "\0" in text or text.count("\n") > LINE_LIMIT:
        problems.add(Kind.CAPTIONS_UNREADABLE, expected=Hint.SAVE_AS_TEXT if "\0" in text else Hint.TOO_LARGE)
        return None
    return text


def _read_text(text: str, suffix: str, problems: Problems) -> list[Said]:
    if _WEBVTT.match(text):
        return read_webvtt(text, problems)
    if is_ttml(text):
        return read_ttml(text, problems)
    if form := find_form(text):
        return read_other(text, form, problems)
    data = parse_json(text)
    if data is not None or suffix == ".json":
        return read_json(data, problems)
    return _read_written(text, suffix, problems)


def _read_written(text: str, suffix: str, problems: Problems) -> list[Said]:
    """Read what people may write by hand, too: a page, a table of values, or lines."""
    if suffix in {".html", ".htm"} or _HTML.match(text):
        return read_html(text, problems)
    text = _DROP_FRAME.sub(r"\1:\2:\3:\4", text)
    if rows := find_rows(text):
        return read_table(rows, problems)
    return read_lines(as_lines(_SBV.sub(r"\1 --> \2", text)), problems)
