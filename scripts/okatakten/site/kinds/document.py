"""A file to read and keep, such as the final report. What a PDF needs for all to read it, documents/ looks after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from okatakten.addresses import CONTACT
from okatakten.model import Entry
from okatakten.site.kinds.kind import Around, Fact, Field, Node, PageKind, Shown, Values, day, file, text
from okatakten.words.wording import date_text, size_text
from okatakten.written.advice import Hint, Text
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind

SIZE_LIMIT: Final = 20_000_000
"""Bytes: more takes minutes on a poor line."""


def _check(fields: Fields, values: Values, around: Around) -> None:
    values["size"] = (around.folder / values["file"]).stat().st_size
    if values["size"] > SIZE_LIMIT:
        fields.problem(Kind.PDF_UNFIT, "file", expected=Hint.PDF_TOO_LARGE.format(limit=SIZE_LIMIT // 10**6))
    if ("exception" in values) != ("mended_by" in values):
        name = "exception" if "mended_by" in values else "mended_by"
        fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.EXCEPTION)
    if "mended_by" in values and values["mended_by"] < around.today:
        fields.note(Kind.ENTRY_UNFIT, "mended_by", expected=Hint.EXCEPTION_PASSED)


def _facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    values, words = entry.values, shown.words
    size = size_text(values["size"], words=words)
    count = values.get("pages", 0)
    pages = words["pages_one" if count == 1 else "pages_other"].format(pages=count).text if count else ""
    label = words["download_pdf"].format(pages=pages, size=size) if count else words["document_file"].format(size=size)
    yield Fact(label=words["document_keep"], text=label, href=shown.href + values["file"].lower())
    if exception := values.get("exception"):
        mended = date_text(values["mended_by"], words=words)
        yield Fact(
            label=words["document_exception"],
            text=words["document_exception_until"].format(reason=exception, date=mended),
        )
        yield Fact(label=words["document_other"], text=words["document_other_ask"], href=CONTACT)


def _node(entry: Entry, shown: Shown) -> Node:
    encoding = {
        "@type": "MediaObject",
        "contentUrl": shown.url + entry.values["file"].lower(),
        "encodingFormat": "application/pdf",
        "contentSize": str(entry.values["size"]),
    }
    return {
        "@type": "Report",
        "name": shown.title,
        "description": shown.description,
        "url": shown.url,
        "image": shown.picture,
        "encoding": encoding,
        **({"datePublished": entry.published.isoformat()} if entry.published else {}),
    }


DOCUMENT: Final = PageKind(
    key="document",
    folder="dokument",
    fields=(
        Field(name="file", about=Text.DOCUMENT_FILE, example="rapport.pdf", read=file(".pdf"), needed=True),
        Field(name="exception", about=Text.DOCUMENT_EXCEPTION, example="Leverantören taggar om den.", read=text),
        Field(name="mended_by", about=Text.DOCUMENT_MENDED_BY, example="2027-06-30", read=day),
    ),
    check=_check,
    facts=_facts,
    node=_node,
)
