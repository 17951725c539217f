"""What the page of an entry of a kind shows beside its text, and its JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from okatakten.model import Page
from okatakten.site.kinds import kind_of
from okatakten.site.kinds.kind import Fact, Node
from okatakten.site.kinds.showing import shown_at, words_of_waiting
from okatakten.site.structure import BuiltPage, LocalSite
from okatakten.words.catalogue import Word, as_word


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """The way to a page that belongs with an entry, relative to the site."""

    title: Word
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """An entry as its page shows it. `values` are those of its kind, for a template of its own.

    `list_href` leads to all of its kind.
    """

    kind: Word
    list_title: Word
    list_href: str
    summary: Word
    facts: tuple[Fact, ...]
    values: Mapping[str, Any]
    related: tuple[RelatedLink, ...]
    sample: bool
    waiting: Word | None


def build_entry_page(page: Page, *, within: LocalSite) -> EntryPage:
    """Return what the page of an entry shows; a page that belongs with it is named where the site has it."""
    entry, words = page.entry, within.words
    assert entry
    kind = kind_of(entry.kind)
    shown = shown_at(page, show=within.show, site=within.site, words=words)
    named = (f"{address.strip('/')}/" for address in entry.related)
    return EntryPage(
        kind=words[f"kind_{kind.key}"],
        list_title=words[f"kind_{kind.key}_list"],
        list_href=within.nearest(kind.path),
        summary=as_word(page.description),
        facts=tuple(kind.facts(entry, shown)),
        values=entry.values,
        related=tuple(
            RelatedLink(title=as_word(other.title), href=other.href)
            for address in named
            if (other := within.destinations.get(address))
        ),
        sample=entry.sample,
        waiting=words_of_waiting(entry, shown),
    )


def entry_node(page: BuiltPage, *, within: LocalSite, picture: str) -> Node | None:
    """Return the JSON-LD of an entry; None where its kind has none. `picture` is absolute."""
    own = page.own
    if own is None or own.entry is None:
        return None
    make = kind_of(own.entry.kind).node
    shown = shown_at(own, show=within.show, site=within.site, words=within.words, picture=picture)
    return make(own.entry, shown) | {"inLanguage": own.locale} if make else None
