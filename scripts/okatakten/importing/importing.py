"""An existing podcast moves in: every episode of its feed becomes a folder, with its id, audio, text and chapters.

What belongs to the show as a whole is not written; what differs is told, and where old addresses should lead.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from okatakten.addresses import FEED, PODCAST
from okatakten.disk.alone import BusyError, alone
from okatakten.fetching import FEED_LIMIT, PUBLIC, FetchError, Progress, Reach, fetch_bytes
from okatakten.importing.incoming import EPISODE_LIMIT, IncomingFeed, parse_feed
from okatakten.importing.moving import EPISODES, Mover, Say, read_fields
from okatakten.rules import TITLE_LIMIT
from okatakten.written.advice import Hint
from okatakten.written.fields import Fields
from okatakten.written.machine import explain, reason_of
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, cut

PAGES: Final = 100
"""How many pages of older episodes a feed may be continued on."""

GUID_NAMESPACE: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""What the podcast namespace makes a show's id of, from the address of its first feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did. `taken` and `skipped` are folder names: of new episodes, and of those that were there.

    `problems` tell what could not be taken and what to look at; their files are the feed, an episode of it, or a file
    of ours. `differences` are those between the feed's show and podcast/show.yml. `redirects` are old addresses and
    where each should lead (301), relative to our site; the old feed, first of them, should also name ours as its
    `itunes:new-feed-url`. `later` counts episodes that another run may fetch.
    """

    taken: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    differences: tuple[Problem, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    later: int = 0


def import_feed(
    source: str,
    root: Path,
    *,
    allow_private: bool = False,
    leave_audio: bool = False,
    progress: Progress = lambda _share: None,
    say: Say = lambda _line: None,
    reach: Reach = PUBLIC,
) -> ImportResult:
    """Make a folder of every episode in a feed, a file or an address, that is not here yet; oldest first.

    `leave_audio` keeps audio at its address where apps can fetch it there. `progress` is told how much of all is done,
    `say` a Swedish line for each episode. Nothing that goes wrong with feed, server or disk raises.
    """
    reach = replace(reach, allow_private=reach.allow_private or allow_private)
    source = re.sub(r"^(?:feed|itpc|pcast|podcast):(?://)?(?=https?:|\w)", _as_https, source.strip())
    problems = Problems(source)
    if not (root / "podcast").is_dir():
        expected = Hint.NO_PODCAST.format(root=root)
        return ImportResult(problems=(Problem(kind=Kind.IMPORT_NOT_WRITTEN, file="podcast", expected=expected),))
    is_address = re.match(r"https?:", source, re.IGNORECASE) is not None
    document = _read_source(source, problems, reach=reach)
    feed = parse_feed(document, problems, base=source if is_address else "") if document is not None else None
    if feed is None:
        return ImportResult(problems=tuple(problems.found))
    feed = _with_older_pages(feed, problems, reach=reach)
    try:
        # What is here is read under the lock: nobody else takes a name or an episode meanwhile.
        with alone(root / EPISODES, work="okatakten import"):
            mover = Mover(root, feed, name=source, reach=reach, leave_audio=leave_audio)
            mover.move(progress=progress, say=say)
    except BusyError as busy:
        busy_with = Problem(kind=Kind.IMPORT_BUSY, file=EPISODES, expected=explain(busy))
        return ImportResult(problems=(*problems.found, busy_with), later=len(feed.episodes))
    # What was only remarked on when an episode came in is not said again when it is there.
    there = {(episode.place(source), episode.line) for episode in feed.episodes if episode.guid in mover.skipped}
    found = [problem for problem in problems.found if (problem.file, problem.line) not in there]
    if feed.new_address and feed.new_address not in {source, feed.address}:
        found.append(Problem(kind=Kind.IMPORT_MOVED, file=source, field="new-feed-url", expected=feed.new_address))
    if feed.left and mover.taken:
        found.append(Problem(kind=Kind.IMPORT_ELEMENTS_LEFT, file=source, expected=feed.left))
    own = feed.address or (source if is_address else "")
    return ImportResult(
        taken=tuple(mover.taken.values()),
        skipped=tuple(mover.skipped.values()),
        problems=(*found, *mover.found, *mover.remarks()),
        differences=tuple(compare_show(feed, root, address=own)),
        redirects=tuple(_redirects(feed, mover.taken | mover.skipped, address=own)),
        later=mover.later,
    )


def compare_show(feed: IncomingFeed, root: Path, *, address: str) -> Iterator[Problem]:
    """Yield where podcast/show.yml says other things of the show than its feed. `address` is the feed's first one.

    The id comes first: it is what apps know the show by. A feed without one has the one that is made of its address.
    """
    fields = read_fields(root / "podcast" / "show.yml")
    named = urlsplit(address).scheme in {"http", "https"}
    of_address = str(uuid.uuid5(GUID_NAMESPACE, re.sub(r"^https?://|/+$", "", address))) if named else ""
    theirs = {
        "guid": feed.guid.lower() or of_address,
        "title": feed.title,
        "description": feed.description,
        "author": feed.author,
        "language": feed.language.lower().partition("-")[0],
        "type": feed.type,
        "explicit": "true" if feed.explicit else "",
        "category": next(iter(feed.categories), ""),
    }
    for name, value in theirs.items():
        ours = _ours(fields, name) if fields else ""
        if value and value.casefold() != ours.casefold():
            kind = Kind.IMPORT_GUID_OF_SHOW if name == "guid" else Kind.IMPORT_SHOW_DIFFERS
            line = fields.line_of(name) if fields and name in fields else 0
            shown = cut(value, TITLE_LIMIT)
            yield Problem(kind=kind, file="podcast/show.yml", line=line, field=name, found=ours, expected=shown)
    if feed.picture and not (fields and feed.picture.endswith(f"/{_ours(fields, 'cover')}")):
        line = fields.line_of("cover") if fields and "cover" in fields else 0
        yield Problem(
            kind=Kind.IMPORT_COVER_LEFT, file="podcast/show.yml", line=line, field="cover", expected=feed.picture
        )


def _as_https(match: re.Match[str]) -> str:
    """Return the address behind `feed:https://…` or `itpc://…`, as old links to podcasts are written."""
    return "" if re.match(r"https?:", match.string[match.end() :]) else "https://"


def _read_source(source: str, problems: Problems, *, reach: Reach) -> bytes | None:
    if re.match(r"[a-z][a-z0-9+.-]*://", source, re.IGNORECASE):
        try:
            return fetch_bytes(source, limit=FEED_LIMIT, reach=reach)
        except FetchError as error:
            problems.found.append(error.problem(source))
            return None
    path = Path(source)
    try:
        if path.is_file() and path.stat().st_size <= FEED_LIMIT:
            return path.read_bytes()
        hint = Hint.FILE_LARGER.format(limit=FEED_LIMIT // 10**6) if path.is_file() else Hint.NO_SUCH_FILE
    except (OSError, ValueError) as error:  # ValueError: a name that no file has
        hint = reason_of(error) if isinstance(error, OSError) else Hint.NO_SUCH_FILE
    problems.add(Kind.IMPORT_NO_FEED, expected=hint)
    return None


def _with_older_pages(feed: IncomingFeed, problems: Problems, *, reach: Reach) -> IncomingFeed:
    """Return the feed with the episodes of the pages that it is continued on."""
    episodes = {episode.guid: episode for episode in feed.episodes}
    url, fetched = feed.following, 0
    while url and fetched < PAGES and len(episodes) < EPISODE_LIMIT:
        try:
            document = fetch_bytes(url, limit=FEED_LIMIT, reach=reach)
        except FetchError as error:
            problems.found.append(error.problem(problems.file, field="atom:link", found=url))
            break
        page = parse_feed(document, problems, base=url)
        new = [episode for episode in page.episodes if episode.guid not in episodes] if page else []
        episodes |= {episode.guid: episode for episode in new}
        fetched += 1
        # A page that brings nothing new leads round in a circle.
        url = page.following if page and new else ""
    return replace(feed, episodes=tuple(episodes.values()))


def _ours(fields: Fields, name: str) -> str:
    """Return a field of show.yml as text: of a list its first."""
    nodes = fields.items(name, example="", single=True)
    value = getattr(nodes[0], "value", "") if nodes else ""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _redirects(feed: IncomingFeed, slugs: Mapping[str, str], *, address: str) -> Iterator[tuple[str, str]]:
    """Yield old addresses and where they should lead. A page that many episodes share leads nowhere in particular."""
    if address:
        yield address, FEED
    pages = Counter(episode.page for episode in feed.episodes)
    for episode in feed.episodes:
        if episode.page and pages[episode.page] == 1 and episode.guid in slugs:
            yield episode.page, f"{PODCAST}{slugs[episode.guid]}/"
