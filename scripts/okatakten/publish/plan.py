"""What to send to an object store, in which order, and what to remove when. Data in, data out.

An object store has no folder that changes places in one step, so the order keeps the promise instead: at every moment,
all that the feed and the pages lead to is there. New addresses come before what is changed to name them, and what the
site no longer has stays for a time of grace, since pages in a cache or a browser still ask for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, Final

from okatakten.addresses import ADDRESSES, PODCAST
from okatakten.podcast.audio import AUDIO_TYPES
from okatakten.podcast.promised import PromisedFeed
from okatakten.search.index import ENTRY, FOLDER
from okatakten.serve.serving import FOR_GOOD, is_for_good, media_type
from okatakten.written.advice import Hint

OWN: Final = ".okatakten/"
"""Where publishing keeps what it needs to remember, in the store itself: the next one may come from another machine."""
MEMORY: Final = f"{OWN}publish.json"
LOCK: Final = f"{OWN}lock.json"

GRACE: Final = timedelta(days=7)
PACKED: Final = (".gz", ".br")


class Sort(Enum):
    """What an object is to the order of publishing."""

    MEDIA = auto()
    ASSET = auto()
    SEARCH = auto()
    PAGE = auto()
    SEARCH_ENTRY = auto()
    HOME = auto()
    NOT_FOUND = auto()
    LIST = auto()
    FEED = auto()


ORDER: Final = (
    (Sort.MEDIA, True),
    (Sort.MEDIA, False),
    (Sort.ASSET, True),
    (Sort.ASSET, False),
    (Sort.SEARCH, True),
    (Sort.SEARCH, False),
    # Nothing leads to a new page yet, so it may wait for those that it leads to.
    (Sort.PAGE, True),
    (Sort.SEARCH_ENTRY, True),
    (Sort.HOME, True),
    (Sort.NOT_FOUND, True),
    (Sort.LIST, True),
    (Sort.FEED, True),
    # Now every address answers, and what was there already may be changed to lead to the new ones. The entry file of
    # the search names pages, so it is no asset.
    (Sort.SEARCH_ENTRY, False),
    (Sort.PAGE, False),
    (Sort.HOME, False),
    (Sort.NOT_FOUND, False),
    (Sort.LIST, False),
    (Sort.FEED, False),
)
"""What is sent when: its sort, and whether its address is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """What a store is to say of an object when somebody asks for it."""

    content_type: str
    cache_control: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file of the built site. `path` is relative to it, `digest` the SHA-256 of its bytes."""

    path: str
    size: int
    digest: str
    headers: Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object as the store lists it. `digest` and `headers` are known only when it has been looked at."""

    etag: str
    size: int
    digest: str | None = None
    headers: Headers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What earlier publishing left word of.

    `objects` are those it has put there, with the mark of what they were then (`mark_of`), or "" while that is not
    settled; all else in the store is somebody else's and never removed. `gone` says when the site no longer had an
    object.
    """

    objects: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, in this order: send the groups one after another, then remove.

    `old` are the objects of ours that the site no longer has. `gone` says since when nobody needs those of them that
    may be removed, `left` is audio among them: it stays until somebody asks for it to be removed.
    """

    groups: tuple[tuple[LocalFile, ...], ...]
    unchanged: tuple[LocalFile, ...]
    remove: tuple[str, ...]
    old: tuple[str, ...]
    gone: Mapping[str, datetime]
    left: tuple[str, ...]

    @property
    def send(self) -> tuple[LocalFile, ...]:
        return tuple(file for group in self.groups for file in group)

    @property
    def waiting(self) -> dict[str, datetime]:
        """Return what is to be removed another day, and since when nobody needs it."""
        due = set(self.remove)
        return {path: since for path, since in self.gone.items() if path not in due}


_SOON: Final = "public, max-age=300"
_HOUR: Final = "public, max-age=3600"
# Bytes that never change at their address. Not a year: audio can be withdrawn.
_LONG: Final = "public, max-age=2592000, immutable"
_ASSETS: Final = {".css", ".js", ".woff2"}


def sort_of(path: str) -> Sort:
    """Return what a file of the site is to the order of publishing."""
    name = PurePosixPath(path).name
    if _is_feed(path):
        return Sort.FEED
    if path in {"sitemap.xml", ADDRESSES, "robots.txt"}:
        return Sort.LIST
    if path.endswith(".html"):
        return {"index.html": Sort.HOME}.get(path, Sort.NOT_FOUND if name == "404.html" else Sort.PAGE)
    if path.startswith(FOLDER):
        return Sort.SEARCH_ENTRY if path == ENTRY else Sort.SEARCH
    return Sort.ASSET if path.startswith("assets/") or PurePosixPath(path).suffix in _ASSETS else Sort.MEDIA


def headers_for(path: str) -> Headers:
    """Return what the store is to say of a file of the site. Types are those of every host (serving.py).

    A CDN answers by itself for as long as it is told, so times are short where nginx would be asked each time.
    """
    cache_control = _HOUR
    if is_for_good(f"/{path}"):
        cache_control = FOR_GOOD
    elif PurePosixPath(path).suffix in AUDIO_TYPES:
        cache_control = _LONG
    elif sort_of(path) not in {Sort.MEDIA, Sort.ASSET, Sort.SEARCH}:
        cache_control = _SOON
    return Headers(content_type=media_type(f"/{path}"), cache_control=cache_control)


def is_published(path: str, *, among: Collection[str]) -> bool:
    """Return whether a file of the site is one to send: not hidden, no rules of a host, no packed copy of another."""
    hidden = any(part.startswith((".", "_")) and part != ".well-known" for part in PurePosixPath(path).parts)
    return not hidden and not is_packed(path, among=among)


def is_packed(path: str, *, among: Collection[str]) -> bool:
    """Return whether a file is the packed copy of another: an object store would not choose between the two."""
    return path.endswith(PACKED) and path.rpartition(".")[0] in among


def mark_of(file: LocalFile, *, etag: str) -> str:
    """Return a mark of a file as it was put into the store: the same as long as bytes, headers and object are."""
    parts = (etag, file.digest, file.headers.content_type, file.headers.cache_control)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def to_look_at(files: Mapping[str, LocalFile], stored: Mapping[str, StoredObject], memory: Memory) -> list[str]:
    """Return the objects that may be what the site has, though nobody remembers: those have to be asked for."""
    return [
        path
        for path, file in files.items()
        if path in stored
        and stored[path].size == file.size
        and memory.objects.get(path) != mark_of(file, etag=stored[path].etag)
    ]


def build_plan(
    files: Mapping[str, LocalFile],
    stored: Mapping[str, StoredObject],
    memory: Memory,
    *,
    promised: Collection[str],
    now: datetime,
    grace: timedelta = GRACE,
    forget: Collection[str] = (),
) -> Plan:
    """Return what makes the store hold the site. `promised` addresses and audio are never removed on their own.

    `forget` is audio that somebody asks to have removed at once.
    """
    unchanged = tuple(file for path, file in files.items() if _is_there(file, stored.get(path), memory))
    there = {file.path for file in unchanged}

    def place(file: LocalFile) -> int:
        return ORDER.index((sort_of(file.path), file.path not in stored))

    send = sorted(
        (file for file in files.values() if file.path not in there), key=lambda file: (place(file), file.path)
    )
    old = tuple(path for path in stored if path in memory.objects and path not in files)
    unneeded = [path for path in old if not _is_kept(path, promised)]
    left = tuple(sorted(path for path in unneeded if _is_audio(path) and path not in forget))
    gone = {path: memory.gone.get(path, now) for path in unneeded if not _is_audio(path)}
    due = [path for path, since in gone.items() if now - since >= grace]
    due += [path for path in unneeded if _is_audio(path) and path in forget]
    # Pages go before what they lead to.
    remove = sorted(due, key=lambda path: (-ORDER.index((sort_of(path), False)), path))
    return Plan(
        groups=tuple(tuple(group) for _, group in groupby(send, key=place)),
        unchanged=unchanged,
        remove=tuple(remove),
        old=old,
        gone=gone,
        left=left,
    )


def claim(memory: Memory, plan: Plan) -> Memory:
    """Return the memory to leave before anything is sent: what comes there from now on is ours."""
    return Memory(objects={file.path: "" for file in plan.send} | dict(memory.objects), gone=memory.gone)


def settle(memory: Memory, plan: Plan, etags: Mapping[str, str], *, removed: bool) -> Memory:
    """Return the memory to leave when the site is in the store, whether what is due has been removed or not yet.

    `etags` are of all that the site has.
    """
    files = {file.path: mark_of(file, etag=etags[file.path]) for file in (*plan.send, *plan.unchanged)}
    due = set(plan.remove) if removed else set()
    old = {path: memory.objects[path] for path in plan.old if path not in due}
    return Memory(objects=files | old, gone={path: since for path, since in plan.gone.items() if path in old})


def build_memory(memory: Memory) -> bytes:
    """Return the memory as the object that is kept in the store."""
    gone = {path: since.isoformat() for path, since in memory.gone.items()}
    return (json.dumps({"gone": gone, "objects": dict(memory.objects)}, indent=0, sort_keys=True) + "\n").encode()


def parse_memory(document: bytes | None) -> Memory:
    """Return what an object says is remembered; nothing, where it says nothing that is understood."""
    try:
        found: Any = json.loads(document or b"{}")
        gone = {str(path): datetime.fromisoformat(since) for path, since in found.get("gone", {}).items()}
        objects = {str(path): str(mark) for path, mark in found.get("objects", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return Memory()
    return Memory(objects=objects, gone={path: since for path, since in gone.items() if since.tzinfo})


def check_built(built: PromisedFeed, published: PromisedFeed) -> list[str]:
    """Return, in Swedish, what a built site would break of what is published. `okatakten build` says how to mend it."""
    said = []
    if published.guid and published.guid != built.guid:
        said.append(Hint.SHOW_GUID_BROKEN.format(guid=published.guid))
    said += _broken_items(built, published)
    audio = _digests(built)
    for address, digest in _digests(published).items():
        if audio.get(address, digest) != digest:
            said.append(Hint.AUDIO_BROKEN.format(address=address))
    return said


def _digests(feed: PromisedFeed) -> dict[str, str]:
    """Return the digest of all audio that has one, by address."""
    known = [*feed.addresses.items(), *((item.audio, item.digest) for item in feed.items)]
    return {address: digest for address, digest in known if digest}


def _broken_items(built: PromisedFeed, published: PromisedFeed) -> Iterator[str]:
    guids = {item.guid for item in built.items}
    alive = {item.page for item in built.items}
    for item in published.items:
        # The page of an episode that is withdrawn keeps answering, and says so.
        if item.guid not in guids and (item.page not in built.addresses or item.page in alive):
            yield Hint.EPISODE_BROKEN.format(title=item.title, page=item.page)
    for address in published.addresses:
        page = f"{PODCAST}{address.removeprefix(PODCAST).split('/')[0]}/"
        withdrawn = address != page and page in built.addresses and page not in alive
        if address not in built.addresses and not withdrawn:
            yield Hint.ADDRESS_BROKEN.format(address=address)


def _is_feed(path: str) -> bool:
    return path == f"{PODCAST}feed.xml" or PurePosixPath(path).stem == "nytt"


def _is_audio(path: str) -> bool:
    return PurePosixPath(path).suffix in AUDIO_TYPES


def _is_kept(path: str, promised: Collection[str]) -> bool:
    return path in promised or path.removesuffix("index.html") in promised


def _is_there(file: LocalFile, stored: StoredObject | None, memory: Memory) -> bool:
    if stored is None:
        return False
    if memory.objects.get(file.path) == mark_of(file, etag=stored.etag):
        return True
    return stored.digest == file.digest and stored.headers == file.headers
