"""Whether the clock of the machine can be right: what is to come out today depends on it, and cannot be taken back.

A day before the newest published episode is none. A day long after the last build may be one, but when episodes that
were waiting then would all come out late, somebody has to say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from okatakten.addresses import PODCAST, Site
from okatakten.disk.write import write_atomically
from okatakten.model import Show
from okatakten.podcast.promised import PromisedFeed
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import problem_at
from okatakten.written.values import date_field

REMEMBERED: Final = ".okatakten/clock"
"""When the project was last built, in a file: deleting it is the word of somebody that the day is right."""
LONG: Final = timedelta(days=31)


def check_clock(show: Show, feed: PromisedFeed, *, site: Site, root: Path) -> list[Problem]:
    """Return a problem where the clock is behind what is published, or has leapt over what was waiting."""
    behind = _behind(show, feed, site=site, root=root)
    return [behind] if behind else [*_leapt(show, feed, site=site, root=root)]


def remember_clock(root: Path, now: datetime) -> None:
    """Remember when the project was built, unless nothing can be written."""
    with suppress(OSError):
        write_atomically(root / REMEMBERED, f"{now.isoformat()}\n".encode())


def _behind(show: Show, feed: PromisedFeed, *, site: Site, root: Path) -> Problem | None:
    item = feed.newest
    if item is None or item.moment is None or item.moment <= site.now:
        return None
    said = date_field(site.now.astimezone(item.moment.tzinfo))
    for episode in show.episodes:
        if episode.guid == item.guid:
            return problem_at(root, episode.text.source, Kind.CLOCK_BEHIND, "published", expected=said)
    folder = f"podcast/episodes/{item.page.removeprefix(PODCAST).strip('/')}"
    return Problem(kind=Kind.CLOCK_BEHIND, file=folder, expected=said)


def _leapt(show: Show, feed: PromisedFeed, *, site: Site, root: Path) -> Iterator[Problem]:
    last = _last_build(root)
    if last is None or site.now - last < LONG:
        return
    given = {name for item in feed.items for name in (item.guid, item.page)}
    for episode in show.episodes:
        waited = last < episode.published < site.now - LONG and site.shows(episode)
        if waited and not given & {episode.guid, f"{PODCAST}{episode.slug}/"}:
            said = date_field(site.now.astimezone(episode.published.tzinfo))
            yield problem_at(root, episode.text.source, Kind.CLOCK_LEAPT, "published", expected=said)


def _last_build(root: Path) -> datetime | None:
    """Return when the project was last built; None where nobody knows."""
    with suppress(OSError, ValueError):
        last = datetime.fromisoformat((root / REMEMBERED).read_text(encoding="utf-8").strip())
        return last if last.tzinfo else None
    return None
