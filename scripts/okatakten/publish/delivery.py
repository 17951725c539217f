"""From the folder of a built site into a store: reads both, lets `publishing` plan, and does what the plan says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from okatakten.addresses import ADDRESSES, FEED
from okatakten.podcast.promised import PromisedFeed, parse_promised
from okatakten.publish.plan import (
    GRACE,
    MEMORY,
    LocalFile,
    Memory,
    Plan,
    build_memory,
    build_plan,
    check_built,
    claim,
    headers_for,
    is_packed,
    is_published,
    parse_memory,
    settle,
    to_look_at,
)
from okatakten.publish.store import PART, Store
from okatakten.written.advice import Reason, ReasonError
from okatakten.written.values import date_field

AT_ONCE: Final = 8
"""Requests on their way at a time: most files are small, and most of the time is waiting."""

Value = TypeVar("Value")
Result = TypeVar("Result")


class NotPublishableError(ReasonError):
    """The folder must not be published as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """The files of a built site, what its feed promises, and the packed copies that are left out."""

    folder: Path
    files: Mapping[str, LocalFile]
    feed: PromisedFeed
    packed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Present:
    """What the store holds now."""

    etags: Mapping[str, str]
    memory: Memory
    plan: Plan


def read_built(folder: Path, *, url: str) -> BuiltSite:
    """Return the site that was built in a folder. Raises NotPublishableError unless it was built for `url`."""
    feed_file, home = folder / FEED, folder / "index.html"
    if not feed_file.is_file() or not home.is_file():
        raise NotPublishableError(Reason.SITE_NOT_BUILT, folder=folder)
    addresses = folder / ADDRESSES
    feed = parse_promised(feed_file.read_bytes(), addresses.read_bytes() if addresses.is_file() else None)
    if feed is None:
        raise NotPublishableError(Reason.SITE_OF_OTHERS, file=feed_file)
    if feed.base != url:
        raise NotPublishableError(Reason.SITE_FOR_ANOTHER_ADDRESS, folder=folder, built=feed.base, url=url)
    if re.search(r'<meta name="robots" content="noindex', home.read_text(encoding="utf-8")):
        raise NotPublishableError(Reason.SITE_IS_PREVIEW, folder=folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    among = set(names)
    files = [_read_file(folder, name) for name in names if is_published(name, among=among)]
    return BuiltSite(
        folder=folder,
        files={file.path: file for file in files},
        feed=feed,
        packed=tuple(name for name in names if is_packed(name, among=among)),
    )


def plan_site(
    site: BuiltSite,
    store: Store,
    *,
    now: datetime,
    grace: timedelta = GRACE,
    forget: Collection[str] = (),
    published: PromisedFeed | None = None,
) -> Plan:
    """Return what publishing would do. Raises NotPublishableError where it would break what was published.

    That is what the store's own feed says, unless `published` is given. Writes nothing. Raises StoreError.
    """
    return _compare(site, store, now=now, grace=grace, forget=forget, published=published).plan


def publish_site(
    site: BuiltSite,
    store: Store,
    *,
    now: datetime,
    grace: timedelta = GRACE,
    forget: Collection[str] = (),
    published: PromisedFeed | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Plan:
    """Put the site into the store and return what was done. Raises StoreError and NotPublishableError.

    What is there is compared anew under the lock. Broken off at any moment, it goes on when it is called again.
    """
    with store.locked():
        present = _compare(site, store, now=now, grace=grace, forget=forget, published=published)
        plan, memory = present.plan, present.memory
        remembered = build_memory(memory)

        def remember(memory: Memory) -> None:
            nonlocal remembered
            if (content := build_memory(memory)) != remembered:
                store.write(MEMORY, content)
                remembered = content

        remember(claim(memory, plan))
        if any(file.size > PART for file in plan.send):
            store.abort_uploads()
        etags = {**present.etags, **_send(site, store, plan, progress=progress)}
        remember(settle(memory, plan, etags, removed=False))
        for path in plan.remove:
            store.remove(path)
        remember(settle(memory, plan, etags, removed=True))
    return plan


def _compare(
    site: BuiltSite,
    store: Store,
    *,
    now: datetime,
    grace: timedelta,
    forget: Collection[str],
    published: PromisedFeed | None,
) -> _Present:
    stored = store.list_objects()
    memory = parse_memory(store.read(MEMORY))
    if published is None and FEED in stored:
        published = parse_promised(store.read(FEED) or b"", store.read(ADDRESSES) if ADDRESSES in stored else None)
        if published is None:
            raise NotPublishableError(Reason.PROMISE_UNREADABLE, file=FEED)
    newest = published.newest.moment if published and published.newest else None
    if newest and newest > now:
        day = date_field(now.astimezone(newest.tzinfo))
        raise NotPublishableError(Reason.CLOCK_BEHIND, now=day, newest=date_field(newest))
    if published and (broken := check_built(site.feed, published)):
        raise NotPublishableError(Reason.PROMISE_BROKEN, broken="\n    ".join(broken), feed=f"{site.feed.base}{FEED}")
    found = _each(lambda path: (path, store.look(path, stored[path])), to_look_at(site.files, stored, memory))
    stored |= dict(found)
    promised = site.feed.addresses
    plan = build_plan(site.files, stored, memory, promised=promised, now=now, grace=grace, forget=forget)
    if astray := sorted(set(forget) - set(plan.remove)):
        raise NotPublishableError(Reason.NOT_TO_REMOVE, addresses=", ".join(astray))
    return _Present(etags={path: entry.etag for path, entry in stored.items()}, memory=memory, plan=plan)


def _send(site: BuiltSite, store: Store, plan: Plan, *, progress: Callable[[float], None]) -> dict[str, str]:
    """Send what the plan says, one group after another, and return the ETags."""
    total = sum(file.size for file in plan.send)
    sent = 0

    def count(size: int) -> None:
        nonlocal sent
        sent += size
        progress(sent / max(1, total))

    def send(file: LocalFile) -> tuple[str, str]:
        return file.path, store.send(file, folder=site.folder, progress=count)

    etags: dict[str, str] = {}
    for group in plan.groups:
        etags |= _each(send, group)
    return etags


def _each(do: Callable[[Value], Result], values: Iterable[Value]) -> list[Result]:
    """Do something with several values at a time. The first that fails keeps the rest from being begun."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(do, value) for value in values]
        try:
            return [future.result() for future in as_completed(running)]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _read_file(folder: Path, name: str) -> LocalFile:
    path = folder / name
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return LocalFile(path=name, size=path.stat().st_size, digest=digest, headers=headers_for(name))
