"""What pages show of the kinds: the facts of an entry, cards in lists, and which entries a site holds at all."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from okatakten.addresses import Site, local_path
from okatakten.model import DEFAULT_LOCALE, Entry, Locale, Page, Show
from okatakten.site.figures.bars import counts_figure
from okatakten.site.kinds import KINDS, kind_of
from okatakten.site.kinds.kind import Fact, PageKind, Shown, instant, moment_text
from okatakten.site.left import LeftPage
from okatakten.words.catalogue import Catalogues, Word, Words, as_word
from okatakten.words.wording import dated_text
from okatakten.written.values import with_guard

NEWEST: Final = 3
"""Entries that the home page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCard:
    """An entry in a list. `href` is relative to the site unless it is absolute, empty where there is nothing to open.

    `waiting` says, in a preview, that it is not published yet, `status` what whoever sees the card has to know.
    """

    title: Word
    href: str
    kind: Word
    date_iso: str
    date_text: str
    summary: Word
    facts: tuple[Fact, ...]
    sample: bool
    status: str | Word
    waiting: Word | None
    order: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryGroup:
    """A part of a list, under its heading if there are several."""

    heading: Word | None
    cards: tuple[EntryCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindList:
    """The page of all entries of a kind; `path` is its address in the default locale, `href` in its own.

    `figure` shows as HTML how often each name stands in rows, `table` is a CSV of them, at `table_href`.
    """

    kind: PageKind
    path: str
    title: Word
    about: Word
    href: str
    groups: tuple[EntryGroup, ...]
    figure: str = ""
    table_href: str = ""
    table: bytes = b""

    @property
    def cards(self) -> tuple[EntryCard, ...]:
        return tuple(card for group in self.groups for card in group.cards)


def shown_pages(pages: Iterable[Page], site: Site) -> tuple[Page, ...]:
    """Return the pages that belong in a site: no samples at a real address, and nothing that waits for its day."""
    return tuple(page for page in pages if page.entry is None or site.shows(page.entry))


def shown_rows(rows: Mapping[str, Sequence[Entry]], site: Site) -> dict[str, tuple[Entry, ...]]:
    """Return the rows that belong in a site, by kind; a kind without any is not among them."""
    shown = {key: tuple(entry for entry in entries if site.shows(entry)) for key, entries in rows.items()}
    return {key: entries for key, entries in shown.items() if entries}


def shown_at(page: Page, *, show: Show, site: Site, words: Words, picture: str = "") -> Shown:
    """Return where the entry of a page is shown. `picture` is the absolute address of its share picture."""
    assert page.entry
    folder = page.path.split("/")[0]
    first = next(iter(page.entry.former_slugs), page.path.split("/")[1])
    return Shown(
        words=words,
        site=site,
        zone=ZoneInfo(show.timezone),
        title=str(page.title),
        description=str(page.description),
        href=local_path(page.path, locale=page.locale),
        locale=page.locale,
        files_href=page.path,
        first_href=f"{folder}/{first}/",
        guid=show.guid,
        picture=picture,
    )


def facts_of(entry: Entry, shown: Shown) -> tuple[Fact, ...]:
    """Return what an entry says of itself in few words; what is written once, in Swedish, says so on other pages."""
    written = {name: _as_written(value, shown.locale) for name, value in entry.values.items()}
    return tuple(kind_of(entry.kind).facts(replace(entry, values=written), shown))


def _as_written(value: Any, locale: Locale) -> Any:
    if isinstance(value, tuple):
        return tuple(_as_written(one, locale) for one in value)
    is_text = type(value) is str and locale != DEFAULT_LOCALE
    return Word(value, DEFAULT_LOCALE, page=locale) if is_text else value


def entry_files(page: Page, *, show: Show, site: Site, words: Words, cache: Path) -> dict[str, bytes]:
    """Return the files that are made beside the page of an entry, by address. In `cache` they are remembered."""
    if page.entry is None:
        return {}
    shown = shown_at(page, show=show, site=site, words=words)
    files = kind_of(page.entry.kind).files(page.entry, shown, cache)
    return {shown.href + name: content for name, content in files.items()}


def build_lists(
    pages: Iterable[Page],
    rows: Mapping[str, Sequence[Entry]],
    *,
    show: Show,
    site: Site,
    locale: Locale,
    catalogues: Catalogues,
) -> Iterator[KindList]:
    """Yield the list of every kind that has something in it; the rows are in the default language."""
    words = catalogues[locale]
    own = [page for page in pages if page.locale == locale and page.entry]
    for kind in KINDS:
        entries = [(page.entry, shown_at(page, show=show, site=site, words=words)) for page in own
                   if page.entry and page.entry.kind == kind.key]  # fmt: skip
        if locale == DEFAULT_LOCALE:
            entries += [(entry, _row(entry, kind, show=show, site=site, words=words))
                        for entry in rows.get(kind.key, ())]  # fmt: skip
        cards = [(entry, _card(entry, kind, shown)) for entry, shown in entries]
        if cards:
            yield KindList(
                kind=kind,
                path=kind.path,
                href=local_path(kind.path, locale=locale),
                title=words[f"kind_{kind.key}_list"],
                about=words[f"kind_{kind.key}_about"],
                groups=tuple(_groups(kind, cards, site=site, words=words)),
                **(_as_table(kind, [entry for entry, _ in cards], words=words) if kind.table else {}),
            )


def _as_table(kind: PageKind, entries: Sequence[Entry], *, words: Words) -> dict[str, Any]:
    """Return rows as a picture and as a file: UTF-8 with a mark and semicolons, as Swedish spreadsheets read it."""
    counts = Counter(kind.title(entry) for entry in entries)
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(kind.names)
    writer.writerows([with_guard(str(entry.values.get(name, ""))) for name in kind.names] for entry in entries)
    return {
        "figure": counts_figure(counts, words=words) if any(count > 1 for count in counts.values()) else "",
        "table_href": f"{kind.path}{kind.folder}.csv",
        "table": file.getvalue().encode("utf-8-sig"),
    }


def find_list_versions(pages: Iterable[Page], lists: Iterable[KindList]) -> dict[str, tuple[Locale, ...]]:
    """Return the locales that the list of each kind exists in, by its address in the default one."""
    entries = [(page.locale, page.entry.kind) for page in pages if page.entry]
    return {
        each.path: tuple(dict.fromkeys([DEFAULT_LOCALE, *(of for of, kind in entries if kind == each.kind.key)]))
        for each in lists
    }


def newest_cards(lists: Iterable[KindList], *, now: datetime) -> tuple[EntryCard, ...]:
    """Return what the home page shows: what is to come, the nearest first, and then the newest."""
    cards = [card for each in lists if each.kind.in_newest for card in each.cards]
    coming = sorted((card for card in cards if card.order > now), key=lambda card: card.order)
    past = sorted((card for card in cards if card.order <= now), key=lambda card: card.order, reverse=True)
    return tuple([*coming[:2], *past][:NEWEST])


def build_left_entries(gone: Iterable[Page], pages: Iterable[Page], *, catalogues: Catalogues) -> Iterator[LeftPage]:
    """Yield what stands where entries were before their folder was renamed, or before they were withdrawn."""
    for page in [*pages, *gone]:
        entry = page.entry
        if entry is None:
            continue
        folder, source = page.path.split("/")[0], f"docs/{page.locale}/{page.name}"
        href = local_path(page.path, locale=page.locale)
        left = [local_path(f"{folder}/{slug}/", locale=page.locale) for slug in entry.former_slugs]
        notice = None
        if entry.withdrawn:
            left.append(href)
            notice = dated_text("page_withdrawn", entry.withdrawn, locale=page.locale, catalogues=catalogues)
        for path in left:
            yield LeftPage(
                path=path, title=str(page.title), source=source, href=href, notice=notice, reason=entry.reason
            )


def _row(entry: Entry, kind: PageKind, *, show: Show, site: Site, words: Words) -> Shown:
    return Shown(
        words=words, site=site, zone=ZoneInfo(show.timezone), title=kind.title(entry), description="", href=kind.path
    )


def _card(entry: Entry, kind: PageKind, shown: Shown) -> EntryCard:
    day = kind.day(entry)
    facts = facts_of(entry, shown)
    return EntryCard(
        title=as_word(shown.title),
        href=kind.link(entry) if kind.rows else shown.href,
        kind=shown.words[f"kind_{kind.key}"],
        date_iso=day.isoformat() if day else "",
        date_text=moment_text(day, words=shown.words) if day else "",
        summary=as_word(shown.description),
        facts=facts,
        sample=entry.sample,
        status=next((fact.text for fact in facts if fact.strong), ""),
        waiting=words_of_waiting(entry, shown),
        order=instant(day or datetime(1970, 1, 1, tzinfo=shown.zone), shown.zone),
    )


def words_of_waiting(entry: Entry, shown: Shown) -> Word | None:
    """Return what a preview says of what is not published yet."""
    if not shown.site.waits(entry):
        return None
    if entry.draft or entry.published is None:
        return shown.words["draft"]
    return shown.words["kind_waits"].format(date=moment_text(entry.published, words=shown.words))


def _groups(
    kind: PageKind, cards: Sequence[tuple[Entry, EntryCard]], *, site: Site, words: Words
) -> Iterator[EntryGroup]:
    """Yield the parts of a list: what is to come, the nearest first, and what has been; or all of it, newest first."""
    if kind.is_past is None:
        given = kind.rows and all(kind.day(entry) is None for entry, _ in cards)
        ordered = [card for _, card in cards]
        yield EntryGroup(
            heading=None,
            cards=tuple(ordered if given else sorted(ordered, key=lambda card: card.order, reverse=True)),
        )
        return
    past = [card for entry, card in cards if kind.is_past(entry, site.now)]
    coming = [card for entry, card in cards if not kind.is_past(entry, site.now)]
    parts = ((coming, "kind_coming", False), (past, "kind_been", True))
    for part, key, newest_first in parts:
        if part:
            ordered = sorted(part, key=lambda card: card.order, reverse=newest_first)
            yield EntryGroup(heading=words[key], cards=tuple(ordered))
