"""The same sentences as a PO file, which most translation programs know (gettext).

An entry has the place and the version of its sentence as context; `fuzzy` says that no translator has approved it. Its
notes are the translator's: what begins with «Källor:» are sources, the rest is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polib

from okatakten.model import Locale
from okatakten.translating.tables import SIZE_LIMIT, Row
from okatakten.words.segments import NOTE_LABELS
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed, read_capped

SUFFIX: Final = ".po"
SOURCES: Final = next(f"{label.capitalize()}:" for label, name in NOTE_LABELS.items() if name == "sources")
_CONTEXT: Final = re.compile(r"(?P<place>.*) \((?P<version>[0-9a-f-]*)\)", re.DOTALL)
_SAID_LINE: Final = re.compile(r"line (\d+)")
_STRING: Final = re.compile(r'(?:(?P<key>msgctxt|msgid|msgid_plural|msgstr)(?:\[\d+\])?\s*)?"(?:[^"\\]|\\.)*"\s*')
_BEFORE: Final = {
    "msgctxt": {"", "msgstr"}, "msgid": {"", "msgctxt", "msgstr"}, "msgid_plural": {"msgid"},
    "msgstr": {"msgid", "msgid_plural", "msgstr"},
}  # fmt: skip
"""What a part of an entry comes after; msgstr comes once for every number."""


def build_po(rows: Iterable[Row], *, locale: Locale) -> bytes:
    """Return the sentences as a PO file. A Swedish page stands as a note at the first sentence made from it."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    file.header = Text.PO_GUIDE
    first: polib.POEntry | None = None
    page = ""
    for row in rows:
        if row.reviewed is None:  # a paragraph of the Swedish page, after the sentences made from it
            assert first is not None
            first.comment = "\n".join(filter(None, [first.comment, f"{row.place}: {row.swedish}"]))
            continue
        entry = _entry(row)
        if row.place.partition(", ")[0] != page:
            page, first = row.place.partition(", ")[0], entry
        file.append(entry)
    return str(file).encode()


def _entry(row: Row) -> polib.POEntry:
    notes = [row.comment, f"{SOURCES} {row.sources}" if row.sources else ""]
    return polib.POEntry(
        msgctxt=f"{row.place} ({row.version})",
        msgid=row.swedish or Hint.NOTHING,
        msgstr=row.text,
        tcomment="\n".join(filter(None, notes)),
        flags=["fuzzy"] if row.text and not row.reviewed else [],
    )


def read_po(path: Path, problems: Problems, remarks: list[str] | None = None) -> list[Row] | None:
    """Return the sentences of a PO file; None with a problem when it cannot be read. See `read_table`."""
    content = read_capped(path, problems, limit=SIZE_LIMIT, kind=Kind.TABLE_UNREADABLE)
    text = _decode(content, problems) if content is not None else None
    if text is None:
        return None
    if broken := _find_broken(text):
        problems.add(Kind.TABLE_UNREADABLE, line=broken, expected=Hint.PO_BROKEN)
        return None
    try:
        file = polib.pofile(text, wrapwidth=0)
    except (OSError, ValueError, IndexError, UnicodeError) as error:
        line = _SAID_LINE.search(str(error))
        problems.add(Kind.TABLE_UNREADABLE, line=int(line[1]) if line else 0, expected=Hint.PO_BROKEN)
        return None
    rows = [_row(entry, problems) for entry in file if not entry.obsolete]
    if not rows:
        problems.add(Kind.TABLE_UNREADABLE, expected=Hint.PO_BROKEN)
        return None
    if remarks is not None:
        remarks += [
            Text.PO_OBSOLETE.format(line=entry.linenum or 1, said=entry.msgstr) for entry in file.obsolete_entries()
        ]
    return rows


def _decode(content: bytes, problems: Problems) -> str | None:
    """Return the text; a line feed at its end, or polib would look for a file of that name."""
    try:
        return composed(content.decode("utf-8-sig")).replace("\r\n", "\n").replace("\r", "\n") + "\n"
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.add(Kind.TABLE_UNREADABLE, line=line, expected=Hint.PO_NOT_UTF_8)
        return None


def _find_broken(text: str) -> int:
    """Return the first line that is no part of an entry; 0 where there is none. polib passes over some of them."""
    before, last = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        string = _STRING.fullmatch(line.strip())
        begun = string["key"] or "" if string else ""
        key = begun or before
        if not string or not key or (begun in _BEFORE and before not in _BEFORE[begun]):
            return number
        before, last = key, number
    return 0 if before in {"", "msgstr"} else last


def _row(entry: polib.POEntry, problems: Problems) -> Row:
    """Return a sentence. A problem is added for what a sentence of ours cannot be, such as one in several numbers."""
    if entry.msgid_plural:
        problems.add(Kind.TABLE_UNREADABLE, line=entry.linenum or 1, found=entry.msgid_plural, expected=Hint.PO_PLURAL)
    context = _CONTEXT.fullmatch(entry.msgctxt or "")
    lines = [" ".join(line.split()) for line in entry.tcomment.split("\n")]
    sources = [line.removeprefix(SOURCES).strip() for line in lines if line.startswith(SOURCES)]
    return Row(
        number=entry.linenum or 1,
        swedish="" if entry.msgid == Hint.NOTHING else _plain(entry.msgid),
        text=_plain(entry.msgstr),
        comment="; ".join(line for line in lines if line and not line.startswith(SOURCES)),
        sources="; ".join(filter(None, sources)),
        place=context["place"] if context else entry.msgctxt or "",
        version=context["version"] if context else "",
        reviewed=bool(entry.msgstr) and not entry.fuzzy,
    )


def _plain(text: str) -> str:
    return " ".join(text.split())
