"""What the project has seen or heard, by date: a study visit, a meeting of a network, a law to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from okatakten.model import Entry
from okatakten.site.kinds.kind import Fact, Field, Node, PageKind, Shown, day, text, texts
from okatakten.words.wording import date_text
from okatakten.written.advice import Text


def _facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    values, words = entry.values, shown.words
    yield Fact(label=words["note_day"], text=date_text(values["day"], words=words), iso=values["day"].isoformat())
    if place := values.get("place"):
        yield Fact(label=words["event_place"], text=place)
    yield Fact(label=words["note_learned"], many=values["learned"])


def _node(entry: Entry, shown: Shown) -> Node:
    return {
        "@type": "Article",
        "headline": shown.title,
        "description": shown.description,
        "url": shown.url,
        "image": shown.picture,
        "dateCreated": entry.values["day"].isoformat(),
        **({"datePublished": entry.published.isoformat()} if entry.published else {}),
    }


NOTE: Final = PageKind(
    key="note",
    folder="anteckningar",
    fields=(
        Field(name="day", about=Text.NOTE_DAY, example="2027-02-11", read=day, needed=True),
        Field(name="place", about=Text.NOTE_PLACE, example="Växjö", read=text),
        Field(name="learned", about=Text.NOTE_LEARNED, example="Det går att köpa in trä.", read=texts, needed=True),
    ),
    day=lambda entry: entry.values["day"],
    facts=_facts,
    node=_node,
)
