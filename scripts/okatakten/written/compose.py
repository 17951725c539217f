"""Fields as they are written, and episode files written for the first time: podcast/episode.py reads them back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from unicodedata import is_normalized

from okatakten.written.garbled import WIDTHLESS
from okatakten.written.values import date_field, is_nearly_uuid, is_uuid, time_field

_PLAIN: Final = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff:#\"'\[\]{}&*!|>%@`\\,?]*")
"""Text that YAML takes as it stands; the rest is put between quotation marks."""
_INVISIBLE: Final = re.compile(f"[\x7f-\x9f\u2028\u2029]|{WIDTHLESS.pattern}")
"""Characters that YAML wants escaped and JSON does not, and those that are passed over where they stand as they are."""
_BLOCK: Final = re.compile(r"\w[^\x00-\x1f]*(?:\n+[^\x00-\x20][^\x00-\x1f]*)+\n?")
"""Lines that may stand as they are below the name of their field."""
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def compose_file(fields: Mapping[str, object], body: str) -> str:
    """Return a file with the fields between two `---` lines, in the order given, and the text below.

    A value is text, a number, true or false, a time with zone, a duration, a list of numbers or texts, or a list of
    mappings. None, and a list without items, leave the field out.
    """
    lines = [line for name, value in fields.items() for line in field_lines(name, value)]
    return "\n".join(["---", *lines, "---", "", body.strip(), ""]).rstrip("\n") + "\n"


def field_lines(name: str, value: object) -> list[str]:
    """Return the lines of a field; none for a value that leaves it out."""
    if value is None or value == ():
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list(name, value)
    if isinstance(value, str) and _BLOCK.fullmatch(value) and not is_escaped(value):
        header = "|" if value.endswith("\n") else "|-"
        return [f"{name}: {header}", *(f"  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))]
    return [f"{name}: {scalar(value)}"]


def is_escaped(text: str) -> bool:
    """Return whether a text has signs that are not to be seen, and are written by their numbers."""
    return bool(_INVISIBLE.search(text)) or not is_normalized("NFC", text)


def _list(name: str, items: Sequence[object]) -> list[str]:
    if not items:
        return []
    if not isinstance(items[0], Mapping):
        return [f"{name}: [{', '.join(map(scalar, items))}]"]
    lines = [f"{name}:"]
    for item in items:
        assert isinstance(item, Mapping)
        entries = [entry for key, value in item.items() for entry in field_lines(key, value)]
        lines += [f"  {' ' if number else '-'} {entry}" for number, entry in enumerate(entries)]
    return lines


def scalar(value: object) -> str:
    """Return a value as YAML reads it back to the letter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return date_field(value)
    if isinstance(value, timedelta):
        return time_field(value)
    text = str(value)
    if (
        _PLAIN.fullmatch(text)
        and is_normalized("NFC", text)
        and not WIDTHLESS.search(text)
        and text == text.strip()
        and text != "null"
        and (is_uuid(text) or not is_nearly_uuid(text))
    ):
        return text
    return _escaped(text)


def quoted(text: str) -> str:
    """Return the text between quotation marks, in the way that is easiest to read."""
    if re.search(r'["\\]', text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _escaped(text)


def _escaped(text: str) -> str:
    # Decomposed letters are escaped, too, lest a reader or an editor puts them together.
    hidden = _INVISIBLE if is_normalized("NFC", text) else _NOT_ASCII
    return hidden.sub(lambda match: f"\\U{ord(match[0]):08x}", json.dumps(text, ensure_ascii=False))
