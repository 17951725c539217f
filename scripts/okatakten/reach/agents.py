"""Which program has asked, and whether somebody sat at it, told apart as podcasting does (opawg/user-agents-v2)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from okatakten.written.advice import Reason, ReasonError

MOST: Final = 100_000
"""Programs that are remembered while logs are read: an attacker may invent as many as there are lines."""
LONGEST: Final = 1000
"""Letters of a program's name that are looked at."""


class Sort(StrEnum):
    """What a program is. The first list that knows it decides, in this order."""

    WATCH = "watch"
    BOT = "bot"
    APP = "app"
    LIBRARY = "library"
    BROWSER = "browser"
    UNKNOWN = "unknown"
    NONE = "none"


class Agent(NamedTuple):
    """A program by its name, empty for one that no list knows, and what it is."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    name: str
    sort: Sort
    pattern: re.Pattern[str]


WATCH: Final = re.compile(r"^atc/.*watchOS|\(null\)/\(null\) watchOS|\(null\) watchOS/")
"""Apple Watch fetches again what the phone has fetched (IAB Podcast Measurement Guidelines, 8.1)."""

_OURS: Final = (
    (Sort.BOT, "Applebot", r"Applebot/"),
    (Sort.BOT, "Bing", r"bingbot/|BingPreview/"),
    (Sort.BOT, "Facebook", r"facebookexternalhit|Facebot|meta-externalagent|facebookcatalog"),
    (Sort.BOT, "Google", r"Googlebot|Google-|Feedfetcher-Google|GoogleOther|Mediapartners-Google"),
    (Sort.BOT, "LinkedIn", r"LinkedInBot/"),
    (Sort.BOT, "Mastodon", r"Mastodon/"),
    (Sort.BOT, "Apple Podcasts", r"\biTMS\b|\bitms\b|itunesstored"),
    (Sort.BOT, "Podcast Index", r"Podcastindex\.org/|PodcastIndex"),
    (Sort.BOT, "Internet Archive", r"archive\.org|Archive-It|special_archiver"),
    (Sort.BOT, "HTTP", r"^(?:curl|libcurl|Wget|aria2|python-|Python|PycURL|Go-http-client|axios|node|undici)"),
    (Sort.BOT, "HTTP", r"^(?:got[ /]|HTTP|Guzzle|Java/|Ruby|libwww-perl|Lavf/|reqwest|http\.rb)"),
    (Sort.BOT, "HTTP", r"okhttp|Apache-HttpClient"),
    (Sort.BOT, "Chromium", r"HeadlessChrome|PhantomJS"),
    (Sort.APP, "Apple Podcasts", r"^Podcast(?:s|er)?/|Podcasts/\d.*(?:CFNetwork|Darwin)|^Balados/"),
    (Sort.APP, "AntennaPod", r"^AntennaPod/|antennapod"),
    (Sort.APP, "Castbox", r"^Cast[Bb]ox"),
    (Sort.APP, "Castro", r"^Castro[ /]"),
    (Sort.APP, "castget", r"^castget"),
    (Sort.APP, "Downcast", r"Downcast/"),
    (Sort.APP, "Fountain", r"^Fountain"),
    (Sort.APP, "gPodder", r"[gG]Podder"),
    (Sort.APP, "iTunes", r"^iTunes/"),
    (Sort.APP, "newsboat", r"^newsboat"),
    (Sort.APP, "Overcast", r"Overcast/"),
    (Sort.APP, "Player FM", r"Player ?FM"),
    (Sort.APP, "Pocket Casts", r"Pocket ?Casts"),
    (Sort.APP, "Podcast Addict", r"Podcast ?Addict"),
    (Sort.APP, "Podcast Guru", r"Podcast ?Guru"),
    (Sort.APP, "Podimo", r"Podimo"),
    (Sort.APP, "Podverse", r"Podverse"),
    (Sort.APP, "Spotify", r"^Spotify/"),
    (Sort.APP, "VLC", r"VLC/"),
    (Sort.LIBRARY, "AppleCoreMedia", r"^AppleCoreMedia/"),
    (Sort.LIBRARY, "Android", r"stagefright/|ExoPlayer|^Dalvik/|AndroidDownloadManager"),
    (Sort.LIBRARY, "GStreamer", r"GStreamer|^gvfs|^libsoup"),
    (Sort.BOT, "", r"(?i)bots?\b|bot[/ ;)]|crawl|spider|slurp|scrap|preview|monitor|uptime|validator|archiver|fetcher"),
    (Sort.BOT, "", r"feedburner|^Mozilla/5\.0$|\+https?://"),
    (Sort.BROWSER, "Edge", r"Edg(?:e|A|iOS)?/"),
    (Sort.BROWSER, "Opera", r"OPR/|Opera/"),
    (Sort.BROWSER, "Firefox", r"Firefox/|FxiOS/"),
    (Sort.BROWSER, "Chrome", r"Chrome/|CriOS/"),
    (Sort.BROWSER, "Safari", r"AppleWebKit.*Safari/|AppleWebKit.*Mobile/"),
)  # fmt: skip
"""The common ones, in order. Longer lists are given by `--agents`."""

_SORTS: Final = {"bots": Sort.BOT, "apps": Sort.APP, "libraries": Sort.LIBRARY, "browsers": Sort.BROWSER}
_FEEDS: Final = "rss-ua"
_SUBSCRIBERS: Final = re.compile(r"(\d{1,7}) (?:subscribers?|readers?|followers?)\b", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Agents:
    """A list of programs; `source` says which, empty for ours, and `digest` (SHA-256, 12 digits) in which version."""

    patterns: tuple[Pattern, ...]
    source: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    _known: dict[str, Agent] = field(default_factory=dict, repr=False)
    _known_feeds: dict[str, str] = field(default_factory=dict, repr=False)

    def find(self, said: str) -> Agent:
        """Return the program that a User-Agent names."""
        said = said[:LONGEST]  # what is remembered has a limit, too
        agent = self._known.get(said)
        if agent is None:
            if len(self._known) >= MOST:
                self._known.clear()
            agent = self._known[said] = self._look(said)
        return agent

    def _look(self, said: str) -> Agent:
        if said.strip() in {"", "-"}:
            return Agent("", Sort.NONE)
        if WATCH.search(said):
            return Agent("Apple Watch", Sort.WATCH)
        found = next((each for each in self.patterns if each.pattern.search(said)), None)
        return Agent(found.name, found.sort) if found else Agent("", Sort.UNKNOWN)

    def reader(self, said: str) -> str:
        """Return what reads a feed, by the list for feeds, if there is one, and else by the other."""
        return next((name for part, name in self.feeds if part in said), "") or self.find(said).name

    @property
    def digest(self) -> str:
        whole = json.dumps([[each.name, each.sort, each.pattern.pattern] for each in self.patterns] + [*self.feeds])
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


def subscribers(said: str) -> int:
    """Return how many follow a feed through a service, where it says so; 0 where it does not."""
    found = _SUBSCRIBERS.search(said)
    return int(found[1]) if found else 0


def our_agents() -> Agents:
    """Return the list that ships with the command."""
    return Agents(patterns=tuple(Pattern(name=n, sort=s, pattern=re.compile(p)) for s, n, p in _OURS))


def read_agents(place: Path) -> Agents:
    """Return the lists of a folder: bots, apps, libraries, browsers (opawg/user-agents-v2) and rss-ua, as JSON.

    The four are needed, by names that begin so. Raises ReasonError for what is no such list, and OSError.
    """
    files = {path.name.split(".")[0]: path for path in sorted(place.glob("*.json"))} if place.is_dir() else {}
    if missing := [name for name in _SORTS if name not in files]:
        raise ReasonError(Reason.NO_AGENTS, place=place, missing=", ".join(f"{name}.json" for name in missing))
    patterns = tuple(pattern for name, sort in _SORTS.items() for pattern in _patterns(files[name], sort))
    feeds = (
        tuple((str(each["pattern"]), str(each["name"])) for each in _entries(files[_FEEDS])) if _FEEDS in files else ()
    )
    return Agents(patterns=patterns, source=place.name, feeds=feeds)


def _patterns(file: Path, sort: Sort) -> Iterator[Pattern]:
    for each in _entries(file):
        try:
            pattern = re.compile(str(each["pattern"]))
        except re.error:
            raise ReasonError(Reason.UNREADABLE_AGENTS, file=file, found=each["pattern"]) from None
        # What libraries do by themselves nobody hears.
        yield Pattern(name=str(each["name"]), sort=Sort.BOT if each.get("category") == "bot" else sort, pattern=pattern)


def _entries(file: Path) -> list[Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        entries = list(said["entries"] if isinstance(said, dict) else said)
        is_list = all(each["pattern"] and each["name"] for each in entries)
    except (ValueError, KeyError, TypeError, RecursionError):
        is_list = False
    if not is_list:
        raise ReasonError(Reason.UNREADABLE_AGENTS, file=file, found="")
    return entries
