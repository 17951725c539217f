"""What an address of the site is: an episode, a page, a document, a feed; and how much of a file is a download.

Read from the built site, so that the command also runs on a server that has nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from okatakten.addresses import EMBED, FEED, NEWS_JSON, NEWS_RSS, PODCAST
from okatakten.podcast.audio import AUDIO_TYPES, read_audio
from okatakten.podcast.films import read_film
from okatakten.podcast.tags import audio_bounds
from okatakten.reach.logs import host_of
from okatakten.serve.serving import NOT_FOUND, REDIRECTS_FILE

MINUTE: Final = 60
"""Seconds of sound that make a download (IAB Podcast Measurement Guidelines, 5.5.3)."""
FILMS: Final = frozenset({".mp4", ".webm"})
DOCUMENTS: Final = frozenset({".pdf", ".epub"})
_INDEX: Final = "index.html"


class Sort(StrEnum):
    """What is counted, each for itself."""

    EPISODE = "episode"
    CLIP = "clip"
    FILM = "film"
    DOCUMENT = "document"
    PAGE = "page"
    PLAYER = "player"
    FEED = "feed"

    @property
    def is_file(self) -> bool:
        """Whether it may come in pieces, of which there must be enough."""
        return self in {Sort.EPISODE, Sort.CLIP, Sort.FILM, Sort.DOCUMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something of the site that is counted, at the address `name` relative to it: an episode by that of its page.

    Of a file, `needed` are the bytes that make a download, and `length` all that it has; 0 for what is no file.
    """

    sort: Sort
    name: str
    needed: int = 0
    length: int = 0


@dataclass(slots=True, kw_only=True)
class Places:
    """The places of a built site in `folder`, by the path of a request; its own address is of a `host` and `base`."""

    folder: Path
    host: str
    base: str
    files: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, Place | None] = field(default_factory=dict)

    def find(self, path: str) -> Place | None:
        """Return the place at a path; None for what pages are made of, and for what there is not."""
        name = self.name_of(path)
        if name is None:
            return None
        if name not in self._known:
            self._known[name] = self._look(name)
        return self._known[name]

    def name_of(self, path: str) -> str | None:
        """Return the file of the site at a path, today's for one that has moved; None where there is none."""
        if not path.startswith(self.base):
            return None
        name = path[len(self.base) :]
        for old, new in self.moved.items():
            if name == old or (old.endswith("/") and name.startswith(old)):
                name = new + name.removeprefix(old)
        if name == "" or name.endswith("/"):
            name += _INDEX
        return name if name in self.files else None

    def _look(self, name: str) -> Place | None:
        file = PurePosixPath(name)
        ending = file.suffix.lower()
        if name in {FEED, NEWS_RSS, NEWS_JSON}:
            return Place(sort=Sort.FEED, name=name)
        if file.name == _INDEX:
            folder = name.removesuffix(_INDEX)
            return Place(sort=Sort.PLAYER if folder.endswith(f"/{EMBED}") else Sort.PAGE, name=folder)
        if ending in AUDIO_TYPES and name.startswith(PODCAST):
            return _place_of_audio(self.folder / name, f"{file.parent}/")
        if ending in FILMS:
            return _place_of_film(self.folder / name, name)
        return _place_of_document(self.folder / name, name) if ending in DOCUMENTS else None


def read_places(folder: Path, *, url: str) -> Places:
    """Return the places of a built site, whose address is `url`. Raises OSError."""
    files = (Path(above, name).relative_to(folder).as_posix() for above, _, names in os.walk(folder) for name in names)
    kept = frozenset(name for name in files if PurePosixPath(name).name != NOT_FOUND)
    host, base = host_of(url), urlsplit(url).path
    return Places(folder=folder, host=host, base=base, files=kept, moved=dict(_moved(folder / REDIRECTS_FILE)))


def _moved(file: Path) -> Iterator[tuple[str, str]]:
    """Yield where something was, and where it is."""
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            old, *rest = line.split() or [""]
            if old.startswith("/") and rest and rest[0].startswith("/"):
                yield old[1:], rest[0][1:]


def _place_of_audio(path: Path, page: str) -> Place:
    length = path.stat().st_size
    facts = read_audio(path)
    with path.open("rb") as file:
        start, end = audio_bounds(file) if path.suffix.lower() == ".mp3" else (0, length)
    seconds = facts.duration.total_seconds() if facts else 0
    return Place(
        sort=Sort.EPISODE, name=page, needed=needed(length, start=start, end=end, seconds=seconds), length=length
    )


def needed(length: int, *, start: int, end: int, seconds: float) -> int:
    """Return the bytes of a file that make a download: all up to the sound, and a minute of it, or all of that."""
    if seconds < MINUTE:
        return length
    return min(length, start + ceil(MINUTE * (end - start) / seconds))


def _place_of_film(path: Path, name: str) -> Place:
    length = path.stat().st_size
    with path.open("rb") as file:
        film = read_film(file)
    seconds = film.duration.total_seconds() if film else 0
    return Place(
        sort=Sort.CLIP if name.startswith(PODCAST) else Sort.FILM, name=name,
        needed=needed(length, start=0, end=length, seconds=seconds), length=length,
    )  # fmt: skip


def _place_of_document(path: Path, name: str) -> Place:
    length = path.stat().st_size
    return Place(sort=Sort.DOCUMENT, name=name, needed=length, length=length)
