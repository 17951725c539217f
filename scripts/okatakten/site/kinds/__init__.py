"""The kinds of page that somebody fills in. A further one is a `PageKind` here, its words, and perhaps a template."""

from __future__ import annotations

from typing import Final

from okatakten.site.kinds.document import DOCUMENT
from okatakten.site.kinds.event import EVENT
from okatakten.site.kinds.film import FILM
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.note import NOTE
from okatakten.site.kinds.rows import CONTACT, MENTION, TOOL

KINDS: Final[list[PageKind]] = [DOCUMENT, EVENT, FILM, NOTE, MENTION, TOOL, CONTACT]
"""In the order in which the site names them."""


def kind_of(key: str) -> PageKind:
    return next(kind for kind in KINDS if kind.key == key)


def words_of_kinds() -> set[str]:
    """Return the keys of the words that every kind has."""
    return {f"kind_{kind.key}{part}" for kind in KINDS for part in ("", "_list", "_about")}


def kind_at(name: str) -> PageKind | None:
    """Return the kind of the page that a file is, by its name below the folder of a locale; None: a page of text."""
    folder = name.partition("/")[0]
    return next((kind for kind in KINDS if kind.folder == folder and not kind.rows), None)
