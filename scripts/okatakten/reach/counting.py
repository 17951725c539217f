"""Requests → figures for each day, and what became of every line (IAB Podcast Measurement Guidelines 2.3).

A download is a listener who got the beginning of an episode and a minute of its sound, in however many pieces, on one
day (UTC). A listener is an address and a program; of IPv6, 64 bits of the address. Both become a number by a salt of
the day that nobody ever sees: it lives in memory and is gone when the logs are read. What does not fit in memory goes
to a file without a name, which the system takes away with the process.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address
from itertools import groupby
from typing import Final, NamedTuple, TypeVar

from okatakten.reach.agents import Agents, subscribers
from okatakten.reach.agents import Sort as AgentSort
from okatakten.reach.logs import Request
from okatakten.reach.places import Place, Places, Sort

Thing = TypeVar("Thing")

WHOLE: Final = "*"
"""Instead of the name of a place: all places of that sort together."""
AT_ONCE: Final = 100_000
"""Pieces that are held in memory before they are put away."""
_SALT: Final = 16
_NETWORK: Final = 64
_PROBE: Final = 2
"""Bytes that a player asks for to learn whether it may ask for parts (`bytes=0-1`)."""
_SERVICE: Final = 0
"""Instead of a listener: a service that fetches a feed for others."""
_STORE: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE piece (day, owner, listener, way, file, start, stop, lines);
    CREATE TABLE reached (day, owner, listener, way, times, estimated);
    CREATE TABLE owner (id INTEGER PRIMARY KEY, sort, name);
    CREATE TABLE way (id INTEGER PRIMARY KEY, name);
"""
_FIGURES: Final = """
    SELECT day, sort, name, sum(times), count(DISTINCT nullif(listener, 0)), max(estimated), owner.id
    FROM reached JOIN owner ON reached.owner = owner.id GROUP BY day, owner.id
"""
_SUMS: Final = """
    SELECT day, sort, '*', sum(times), count(DISTINCT nullif(listener, 0)), max(estimated), 0
    FROM reached JOIN owner ON reached.owner = owner.id GROUP BY day, sort
"""
_WAYS: Final = """
    SELECT day, sort, way.name, sum(times), count(DISTINCT nullif(listener, 0)), way.id
    FROM reached JOIN owner ON reached.owner = owner.id JOIN way ON reached.way = way.id GROUP BY day, sort, way.id
"""


class Outcome(StrEnum):
    """What became of a line: each has exactly one."""

    COUNTED = "counted"
    LITTLE = "little"
    PROBE = "probe"
    UNCHANGED = "unchanged"
    BOT = "bot"
    WATCH = "watch"
    NO_AGENT = "no-agent"
    PART_OF_PAGE = "part-of-page"
    ELSEWHERE = "elsewhere"
    MOVED = "moved"
    FAILED = "failed"
    NOT_GET = "not-get"


class Figure(NamedTuple):
    """What was counted of a place on a day, or of all of a sort where `name` is WHOLE.

    `day` counts from 1970-01-01. `times`: downloads of a file, views of a page, fetches of a feed. `people`: listeners,
    readers or followers that day, each once. `estimated`: of some downloads only the amount is known, not which parts
    of the file it was.
    """

    day: int
    sort: Sort
    name: str
    times: int
    people: int
    estimated: bool


class WayFigure(NamedTuple):
    """What was counted on a day of a sort that came in one way; the other fields are those of a figure.

    `way` is the program that files and feeds were fetched with, and the host that led to a page; empty: nobody knows.
    """

    day: int
    sort: Sort
    way: str
    times: int
    people: int


class LineFigure(NamedTuple):
    """How many lines of a day had an outcome."""

    day: int
    outcome: Outcome
    lines: int


class Counted(NamedTuple):
    """All that was counted, in order of days."""

    figures: list[Figure]
    ways: list[WayFigure]
    lines: list[LineFigure]


class Counting:
    """Takes requests in any order, and counts when all are there."""

    def __init__(self, places: Places, agents: Agents) -> None:
        self._places, self._agents = places, agents
        self._salts: dict[int, bytes] = {}
        self._lines: Counter[tuple[int, Outcome]] = Counter()
        self._owners: dict[tuple[Sort, str], int] = {}
        self._files: dict[Place, int] = {}
        self._ways: dict[str, int] = {}
        self._told: dict[tuple[int, int, int], int] = {}
        """The followers that a service says it fetches a feed for, by day, feed and way."""
        self._pieces: dict[tuple[int, ...], list[list[int]]] = {}
        self._held = 0
        # With an empty name, SQLite keeps a file that has no name on the disk.
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.executescript(_STORE)

    def add(self, request: Request) -> None:
        """Take a request."""
        place = self._places.find(request.path)
        if outcome := self._refused(request, place):
            self._lines[request.day, outcome] += 1
        elif place is not None:
            self._keep(request, place)

    def _refused(self, request: Request, place: Place | None) -> Outcome | None:
        """Return why a request does not count; None for one that may."""
        if request.method != "GET":
            return Outcome.NOT_GET
        if request.status not in {200, 206} and (request.status != 304 or place is None or place.sort.is_file):
            return _OF_STATUS.get(request.status, Outcome.FAILED)
        if place is None:
            return Outcome.ELSEWHERE if self._places.name_of(request.path) is None else Outcome.PART_OF_PAGE
        sort = self._agents.find(request.agent).sort
        if sort in _OF_AGENT and not (sort is AgentSort.BOT and place.sort is Sort.FEED):
            return _OF_AGENT[sort]
        is_probe = place.sort.is_file and not request.first and request.sent <= _PROBE < place.length
        return Outcome.PROBE if is_probe else None

    def _keep(self, request: Request, place: Place) -> None:
        """Keep which bytes of what somebody got, together with those that they touch."""
        owner = _number(self._owners, (place.sort, place.name))
        way, is_service = self._way(request, place, owner)
        listener = _SERVICE if is_service else self._listener(request)
        start, stop = _span(request) if place.sort.is_file else (0, 0)
        pieces = self._pieces.setdefault((request.day, owner, listener, way, _number(self._files, place)), [])
        last = pieces[-1] if pieces else None
        if last and 0 <= last[0] <= start <= last[1]:
            last[1] = max(last[1], stop)
            last[2] += 1
            return
        pieces.append([start, stop, 1])
        self._held += 1
        if self._held >= AT_ONCE:
            self._put_away()

    def _way(self, request: Request, place: Place, owner: int) -> tuple[int, bool]:
        """Return how something was reached, and if by a service: robots fetch feeds for others, some say how many."""
        if place.sort is not Sort.FEED:
            from_outside = request.referrer if request.referrer != self._places.host else ""
            way = self._agents.find(request.agent).name if place.sort.is_file else from_outside
            return _number(self._ways, way), False
        app, told = _number(self._ways, self._agents.reader(request.agent)), subscribers(request.agent)
        is_service = told > 0 or self._agents.find(request.agent).sort is AgentSort.BOT
        if is_service:
            key = (request.day, owner, app)
            self._told[key] = max(told, self._told.get(key, 0))
        return app, is_service

    def _listener(self, request: Request) -> int:
        salt = self._salts.get(request.day) or self._salts.setdefault(request.day, secrets.token_bytes(_SALT))
        who = f"{_network(request.address)}\n{request.agent}".encode("utf-8", errors="surrogatepass")
        return int.from_bytes(blake2b(who, digest_size=8, key=salt).digest(), signed=True) or 1

    def _put_away(self) -> None:
        rows = ((*key, *piece) for key, pieces in self._pieces.items() for piece in pieces)
        self._insert("piece", rows, columns=8)
        self._pieces.clear()
        self._held = 0

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]], *, columns: int) -> None:
        self._store.execute("BEGIN")
        self._store.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)  # noqa: S608 -- ours
        self._store.execute("COMMIT")

    def count(self) -> Counted:
        """Return the figures of all that was added. What they were counted from is gone then."""
        self._put_away()
        self._insert("owner", ((key, sort, name) for (sort, name), key in self._owners.items()), columns=3)
        self._insert("way", ((key, name) for name, key in self._ways.items()), columns=2)
        self._insert("reached", self._reached(), columns=6)
        counted = Counted(
            sorted(self._figures()),
            sorted(self._way_figures()),
            sorted(LineFigure(day, outcome, lines) for (day, outcome), lines in self._lines.items()),
        )
        self._store.close()
        self._salts.clear()
        return counted

    def _reached(self) -> Iterator[tuple[int, int, int, int, int, bool]]:
        """Yield who was reached by what on a day, and count the lines of those and of the others."""
        files = list(self._files)
        pieces = self._store.execute("SELECT * FROM piece ORDER BY day, owner, listener, way, file, start")
        for (day, owner, listener, way), of_all in groupby(pieces, key=lambda row: row[:4]):
            times, estimated = 0, False
            for file, of_file in groupby(of_all, key=lambda row: row[4]):
                place, spans = files[file - 1], [row[5:] for row in of_file]
                lines = sum(span[2] for span in spans)
                enough, is_estimated = _is_enough(spans, place) if place.sort.is_file else (True, False)
                self._lines[day, Outcome.COUNTED if enough else Outcome.LITTLE] += lines
                if enough:
                    times = 1 if place.sort.is_file else lines
                    estimated = estimated or is_estimated
            if times:
                yield day, owner, listener, way, times, estimated

    def _figures(self) -> Iterator[Figure]:
        told: Counter[tuple[int, int]] = Counter()
        for (day, owner, _), followers in self._told.items():
            told[day, owner] += followers
            told[day, 0] += followers
        for query in (_FIGURES, _SUMS):
            for day, sort, name, times, people, estimated, owner in self._store.execute(query):
                more = told[day, owner] if sort == Sort.FEED else 0
                yield Figure(day, Sort(sort), name, times, people + more, bool(estimated))

    def _way_figures(self) -> Iterator[WayFigure]:
        told: Counter[tuple[int, int]] = Counter()
        for (day, _, way), followers in self._told.items():
            told[day, way] += followers
        for day, sort, name, times, people, way in self._store.execute(_WAYS):
            more = told[day, way] if sort == Sort.FEED else 0
            yield WayFigure(day, Sort(sort), name, times, people + more)


_OF_STATUS: Final = dict.fromkeys((301, 302, 303, 307, 308), Outcome.MOVED) | {304: Outcome.UNCHANGED}
_OF_AGENT: Final = {
    AgentSort.BOT: Outcome.BOT, AgentSort.WATCH: Outcome.WATCH, AgentSort.NONE: Outcome.NO_AGENT,
}  # fmt: skip


def _number(numbers: dict[Thing, int], thing: Thing) -> int:
    """Return the number of a thing, for a new one the next from 1 on."""
    return numbers.setdefault(thing, len(numbers) + 1)


def _span(request: Request) -> tuple[int, int]:
    """Return where the bytes of an answer begin and end; from -1 where nobody knows, and then how many."""
    return (-1, request.sent) if request.first is None else (request.first, request.first + request.sent)


def _is_enough(spans: list[tuple[int, int, int]], place: Place) -> tuple[bool, bool]:
    """Return whether bytes of a file, in order, make a download, each byte once; and whether that is an estimate."""
    known = end = 0
    for start, stop, _ in spans:
        if start >= 0 and stop > end:
            known += stop - max(start, end)
            end = stop
    guessed = sum(stop for start, stop, _ in spans if start < 0)
    return known + guessed >= place.needed, known < place.needed


@lru_cache(maxsize=65_536)
def _network(address: str) -> str:
    """Return of an address what makes a listener: all of IPv4, and of IPv6 what one line or household has."""
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(whole.ipv4_mapped or int(whole) >> _NETWORK)
