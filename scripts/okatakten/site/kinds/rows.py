"""Kinds that are rows of one file and one page: the project in media, whom it has talked with, tools to use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from okatakten.model import Entry
from okatakten.site.kinds.kind import Around, Fact, Field, PageKind, Shown, Values, address, day, text
from okatakten.words.wording import date_text
from okatakten.written.advice import Hint, Text
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind

_BORN: Final = r"\d\d(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])"
"""Year, month and day, to which a coordination number adds 60: of an organisation the third digit is 2 or more."""
_PERSONAL: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+\.\w"), Hint.NO_MAIL),
    (
        re.compile(rf"(?<!\d)(?:(?:19|20)?{_BORN}[-+ ]|(?:19|20){_BORN}|(?!0){_BORN})\d{{4}}(?!\d)", re.ASCII),
        Hint.NO_PERSONAL_NUMBER,
    ),
)
"""What tells of a person. Names no machine finds."""
_PHONE: Final = re.compile(r"(?<![\d/-])(?:\+46|0)(?:[ /()-]*\d){7,10}(?!\d)", re.ASCII)


def _mention_facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    values, words = entry.values, shown.words
    yield Fact(label=words["mention_medium"], text=values["medium"])
    yield Fact(label=words["note_day"], text=date_text(values["day"], words=words), iso=values["day"].isoformat())
    if archive := values.get("archive"):
        yield Fact(label=words["mention_archive"], text=archive, href=archive)


def _nameless(fields: Fields, name: str, example: str | None, around: Around) -> str | None:
    """Return a text that is not about a person."""
    written = text(fields, name, example, around)
    told = [hint for pattern, hint in _PERSONAL if pattern.search(written or "")]
    for hint in told:
        fields.problem(Kind.ENTRY_UNFIT, name, expected=hint)
    if not told and _PHONE.search(written or ""):
        fields.note(Kind.ENTRY_UNFIT, name, expected=Hint.MAYBE_PHONE)
    return written


def _contact_facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    for name in ("when", "how", "about"):
        yield Fact(label=shown.words[f"contact_{name}"], text=entry.values[name])


def _check_tool(fields: Fields, values: Values, _around: Around) -> None:
    if not {"file", "address"} & set(values):
        fields.problem(Kind.ENTRY_UNFIT, "file", expected=Hint.FILE_OR_ADDRESS)


def _asset(fields: Fields, name: str, _example: str | None, around: Around) -> str | None:
    """Return a file of docs/assets/, where the files of rows lie."""
    written = fields.text(name, words=False)
    if written is None:
        return None
    folder = around.folder / "assets"
    path = folder / written
    if ".." in written or not path.is_relative_to(folder) or not path.is_file():
        fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.FILE_NOT_IN_ASSETS)
        return None
    return f"assets/{written}"


def _tool_facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    yield Fact(label=shown.words["tool_for"], text=entry.values["for"])


MENTION: Final = PageKind(
    key="mention",
    folder="i-medier",
    rows=True,
    fields=(
        Field(name="medium", about=Text.MENTION_MEDIUM, example="Exempelbladet", read=text, needed=True),
        Field(name="title", about=Text.MENTION_TITLE, example="Så köper länet begagnat", read=text, needed=True),
        Field(name="day", about=Text.MENTION_DAY, example="2027-03-11", read=day, needed=True),
        Field(name="address", about=Text.MENTION_ADDRESS, example="https://exempel.se/a", read=address, needed=True),
        Field(name="archive", about=Text.MENTION_ARCHIVE, example="https://arkiv.exempel.se/a", read=address),
    ),
    link=lambda entry: str(entry.values["address"]),
    day=lambda entry: entry.values["day"],
    facts=_mention_facts,
)
CONTACT: Final = PageKind(
    key="contact",
    folder="kontakter",
    rows=True,
    fields=(
        Field(
            name="organisation", about=Text.CONTACT_ORGANISATION, example="Bergs kommun", read=_nameless, needed=True
        ),
        Field(name="when", about=Text.CONTACT_WHEN, example="februari 2027", read=_nameless, needed=True),
        Field(name="how", about=Text.CONTACT_HOW, example="samtal", read=_nameless, needed=True),
        Field(name="about", about=Text.CONTACT_ABOUT, example="krav på möbler", read=_nameless, needed=True),
    ),
    title=lambda entry: str(entry.values["organisation"]),
    facts=_contact_facts,
    list_template="contacts.html",
)
TOOL: Final = PageKind(
    key="tool",
    folder="verktyg",
    rows=True,
    fields=(
        Field(name="title", about=Text.TOOL_TITLE, example="Mall för krav på möbler", read=text, needed=True),
        Field(name="for", about=Text.TOOL_FOR, example="Att köpa in begagnade möbler.", read=text, needed=True),
        Field(name="file", about=Text.TOOL_FILE, example="mall.pdf", read=_asset),
        Field(name="address", about=Text.TOOL_ADDRESS, example="https://exempel.se/mall", read=address, suggested=True),
    ),
    check=_check_tool,
    link=lambda entry: str(entry.values.get("file") or entry.values["address"]),
    facts=_tool_facts,
)
