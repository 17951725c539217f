"""Promised → published → reached: what came out in each channel that a document promises, and how far it got.

What the project itself knows is not written down a second time: its pages, episodes, meetings and interviews have their
days, and a page without one came when its file was first committed.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from okatakten.addresses import EMBED, Site, episode_path, local_path
from okatakten.model import DEFAULT_LOCALE, Page
from okatakten.reach.counting import WHOLE, Counted
from okatakten.reach.places import Sort
from okatakten.site.channels import Channel
from okatakten.site.kinds import KINDS, kind_of
from okatakten.site.project import Reading

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SECONDS: Final = 20
_OF_OTHERS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")

Reached = Mapping[str, Counter[Sort]]
"""How many times each sort of thing was fetched, by the address of the page that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that came out at an `address`, on a `day` if that is known.

    `path` is its page on the site; None where it is elsewhere, and nobody here can know who was reached.
    `unreviewed`: it is a translation that no translator has gone through.
    """

    title: str
    address: str
    day: date | None
    path: str | None = None
    note: str = ""
    unreviewed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A channel, the title of the document that promises it, and what came out in it, by day."""

    channel: Channel
    source: str
    items: tuple[Item, ...]


def find_kept(reading: Reading, site: Site, *, root: Path) -> list[Kept]:
    """Return what came out in each channel. An own thing belongs to the channel whose address is nearest above it."""
    assert reading.facts
    sources = {document.id: document.title for document in reading.facts.documents}
    own = list(_own(reading, site, first=_first_commits(root)))
    ends = sorted((channel.own for channel in reading.channels if channel.own is not None), key=len, reverse=True)
    kept = []
    for channel in reading.channels:
        items = [
            Item(title=post.note or channel.name, address=post.address, day=post.day) for post in channel.published
        ]
        items += [item for place, item in own if channel.own == next(filter(place.startswith, ends), None)]
        in_order = sorted(items, key=lambda item: (item.day or date.max, item.address))
        kept.append(Kept(channel=channel, source=sources[channel.source], items=tuple(in_order)))
    return kept


def _own(reading: Reading, site: Site, *, first: Mapping[str, date]) -> Iterator[tuple[str, Item]]:
    """Yield what the project has published itself, each with its place on the site."""
    assert reading.show
    for episode in filter(site.shows, reading.show.episodes):
        path = episode_path(episode)
        came = episode.published.astimezone(reading.zone).date()
        yield path, Item(title=episode.text.title, address=site.absolute(path), day=came, path=path)
    for page in reading.pages:
        if page.entry is None or (site.shows(page.entry) and _is_held(page, site.now)):
            path = local_path(page.path, locale=page.locale)
            unreviewed = page.translation is not None and page.translation.reviewed is None
            day = _day(page) or first.get(f"docs/{page.locale}/{page.name}")
            yield (
                path,
                Item(title=plain(page.title), address=site.absolute(path), day=day, path=path, unreviewed=unreviewed),
            )
    for rows in reading.rows.values():
        for entry in filter(site.shows, rows):
            kind = kind_of(entry.kind)
            if address := kind.link(entry):
                yield kind.path, Item(title=kind.title(entry), address=address, day=_plain_day(kind.day(entry)))


def _is_held(page: Page, now: datetime) -> bool:
    """Return whether a page with a time of its own has been: a meeting that is planned or cancelled is not told of."""
    assert page.entry
    is_past = kind_of(page.entry.kind).is_past
    return is_past is None or ("status" not in page.entry.values and is_past(page.entry, now))


def _day(page: Page) -> date | None:
    """Return the day that a page itself names."""
    return (page.entry and _plain_day(kind_of(page.entry.kind).day(page.entry))) or page.news or page.updated


def _plain_day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _first_commits(root: Path) -> dict[str, date]:
    """Return the day on which each file of docs/ was first committed; none where there is no Git."""
    own = {name: value for name, value in os.environ.items() if name not in _OF_OTHERS}
    command = ["git", "-c", "core.quotePath=off", "-C", str(root), "log", "--diff-filter=A", "--no-renames",
               "--relative", "--format=%cs", "--name-only", "--", "docs"]  # fmt: skip
    try:
        said = subprocess.run(command, env=own, capture_output=True, check=True, timeout=_SECONDS).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[str, date] = {}
    day = date.min
    for line in said.decode("utf-8", errors="replace").splitlines():  # the newest first, so that the oldest day stays
        if _DAY.fullmatch(line):
            day = date.fromisoformat(line)
        elif line:
            found[line] = day
    return found


def find_reached(counted: Counted) -> Reached:
    """Return how many times what belongs to each page was fetched: the page, and the files that lie beside it."""
    reached: dict[str, Counter[Sort]] = {}
    for figure in counted.figures:
        if figure.name != WHOLE:
            page = figure.name[: figure.name.rfind("/") + 1]
            reached.setdefault(page, Counter())[figure.sort] += figure.times
    return reached


def add_reached(items: Iterable[Item], reached: Reached) -> Counter[Sort] | None:
    """Return how many times some things were fetched together; None where all of them are elsewhere."""
    own = [reached.get(item.path, Counter()) for item in items if item.path is not None]
    return sum(own, Counter()) if own else None


def plain(title: str) -> str:
    """Return a title as it is looked for, without the places where it may be broken."""
    return title.replace("\N{SOFT HYPHEN}", "")


def find_titles(reading: Reading) -> dict[str, str]:
    """Return what pages are called, by address; the player of an episode is called what the episode is."""
    words = reading.words[DEFAULT_LOCALE]
    lists = {kind.path: words[f"kind_{kind.key}_list"].text for kind in KINDS}
    pages = {local_path(page.path, locale=page.locale): plain(page.title) for page in reading.pages}
    shown = reading.show.episodes if reading.show else ()
    episodes = {f"{episode_path(episode)}{more}": episode.text.title for episode in shown for more in ("", EMBED)}
    return lists | pages | episodes
