"""What visitors ask for, and wrk to ask for it as fast as it is answered.

A plan is a list of requests, each with its right answer, made of the built site.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

VISIT: Final = Path(__file__).parent / "wrk/visit.lua"
FEED: Final = "/podd/feed.xml"
VISITS: Final = 200
FETCHED: Final = {"stylesheet", "icon", "preload"}
SHORT: Final = 2_000_000
"""Bytes. wrk takes a whole answer into memory, and the heaviest audio would be all that it has time for."""

BROWSER: Final = "gzip, deflate, br"
POLLERS: Final = (("both", "gzip", 9), ("tag", BROWSER, 4), ("date", "gzip", 3), ("never", "gzip", 2), ("never", "", 2))
"""What of the last answer apps send back, what they take, and how many of twenty do: a guess, with new subscribers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request and its right answer, `length` bytes of body as sent. `condition` is explained in visit.lua."""

    kind: str
    path: str
    length: int
    status: int = 200
    condition: str = "never"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        headers = "|".join(f"{name}: {value}" for name, value in self.headers.items())
        return "\t".join([self.kind, self.path, self.condition, str(self.status), str(self.length), headers])


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of a plan: answers and bytes by kind and status, wrong answers by what they were, p99 in seconds."""

    answers: Mapping[tuple[str, int], int]
    sent: Mapping[tuple[str, int], int]
    wrong: Mapping[str, int]
    broken: Mapping[str, int]
    seconds: float
    p99: float
    cpu: float = 0

    @property
    def count(self) -> int:
        return sum(self.answers.values())

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def errors(self) -> int:
        return sum(self.wrong.values()) + sum(self.broken.values())


def plan_readers(site: Path) -> list[Ask]:
    """Return visits to pages: every other one by somebody who comes for the first time and fetches all it needs."""
    chance = random.Random(0)
    asked: list[Ask] = []
    pages = ["/", "/podd/", "/resultat/"] * (VISITS // 20) + pages_of(site)
    for visit in range(VISITS):
        page = chance.choice(pages)
        coding = "gzip" if visit % 10 == 9 else BROWSER
        asked.append(ask_for(page, kind="page", site=site, coding=coding))
        if visit % 2 == 0:
            asked += [ask_for(path, kind="asset", site=site, coding=coding) for path in assets_of(site, page)]
    return asked


def ask_for(path: str, *, kind: str, site: Path, coding: str, condition: str = "never") -> Ask:
    """Return a request for a file by somebody who takes these codings."""
    headers = {"Accept-Encoding": coding} if coding else {}
    return Ask(kind=kind, path=path, length=sent_length(site, path, coding), condition=condition, headers=headers)


def plan_polls(site: Path) -> list[Ask]:
    """Return polls of the feed, as many of a sort as there are such apps, in an order of their own."""
    polls = []
    for condition, coding, share in POLLERS:
        kind = "first poll" if condition == "never" else "poll"
        polls += [ask_for(FEED, kind=kind, site=site, coding=coding, condition=condition)] * share
    random.Random(0).shuffle(polls)
    return polls


def plan_listeners(site: Path) -> list[Ask]:
    """Return parts of audio: probes, the whole from the start, seeks, pieces, and the tail that old tags stand in."""
    chance = random.Random(0)
    parts: list[Ask] = []
    for audio in sorted(site.glob("podd/*/audio.mp3")):
        length = audio.stat().st_size
        if length > SHORT:
            continue
        starts = [chance.randrange(length // 10, length) for _ in range(3)]
        path = f"/{audio.relative_to(site).as_posix()}"
        for kind, part, count in (
            ("probe", "bytes=0-1", 2),
            ("probe", "bytes=0-1", 2),
            ("from the start", "bytes=0-", length),
            *(("seek", f"bytes={start}-", length - start) for start in starts),
            ("piece", "bytes=65536-131071", 65536),
            ("tail", "bytes=-128", 128),
        ):
            parts.append(Ask(kind=kind, path=path, length=count, status=206, headers={"Range": part}))
    chance.shuffle(parts)
    return parts


def pages_of(site: Path) -> list[str]:
    """Return the path of every page in the sitemap."""
    tree = etree.parse(site / "sitemap.xml")
    return [urlsplit(str(found.text)).path for found in tree.iter("{*}loc")]


def assets_of(site: Path, page: str) -> list[str]:
    """Return the paths of what a browser fetches to show a page: styles, scripts, pictures, and the fonts of styles."""
    tree = html.fromstring(file_of(site, page).read_bytes())
    links = (link.get("href") for link in tree.iter("link") if link.get("rel") in FETCHED)
    sources = (element.get("src") for element in tree.iter("script", "img"))
    paths = [urlsplit(urljoin(page, address)).path for address in (*links, *sources) if address]
    for path in [path for path in paths if path.endswith(".css")]:
        text = file_of(site, path).read_text(encoding="utf-8")
        paths += [urljoin(path, address) for address in re.findall(r"""url\(["']?([^"')]+\.woff2)""", text)]
    return list(dict.fromkeys(paths))


def file_of(site: Path, path: str) -> Path:
    return site / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))


def sent_length(site: Path, path: str, coding: str) -> int:
    """Return the bytes of the copy that nginx is to send to whoever takes these codings."""
    whole = file_of(site, path)
    names = [f"{whole.name}.{suffix}" for suffix, name in (("br", "br"), ("gz", "gzip")) if name in coding]
    copies = (whole.with_name(name) for name in [*names, whole.name])
    return next(copy.stat().st_size for copy in copies if copy.exists())


def visit(url: str, plan: Sequence[Ask], *, connections: int, seconds: int) -> Visit:
    """Ask for a plan over and over, as fast as the answers come."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as file:
        file.writelines(f"{ask}\n" for ask in plan)
        file.flush()
        many = str(connections)
        options = ["--threads", many, "--connections", many, "--duration", f"{seconds}s", "--timeout", "10s"]
        command: list[str | Path] = ["wrk", *options, "--script", VISIT, url, "--", file.name, many]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ended.returncode:
        raise SystemExit(ended.stdout + ended.stderr)
    return parse_visit(ended.stdout)


def parse_visit(said: str) -> Visit:
    """Read what visit.lua says at the end."""
    answers: Counter[tuple[str, int]] = Counter()
    sent: Counter[tuple[str, int]] = Counter()
    wrong: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    seconds = p99 = 0.0
    for row in said.splitlines():
        match row.split("\t"):
            case ["answer", kind, status, count, length]:
                answers[kind, int(status)] += int(count)
                sent[kind, int(status)] += int(length)
            case ["wrong", path, text, count]:
                wrong[f"{path}: {text}"] += int(count)
            case ["socket", name, count] if int(count):
                broken[f"socket: {name}"] += int(count)
            case ["took", microseconds, latency]:
                seconds, p99 = int(microseconds) / 10**6, float(latency) / 10**6
    if not seconds:
        raise SystemExit(f"wrk has not said how it went:\n{said}")
    return Visit(answers=answers, sent=sent, wrong=wrong, broken=broken, seconds=seconds, p99=p99)
