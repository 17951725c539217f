"""What counting costs, and what others would count: `python scripts/bench/reach.py SITE [number of lines]`.

Writes a log of a year as nginx does, counts it, and once more three times as long, each in a process of its own. Then
counts the worked examples beside two other counters, read in their sources: OP3 (worker/backend/downloads.ts) counts
whoever asked for more than two bytes of a file on a day, by address, program and referrer; Castopod
(podcast_hit of its analytics helper) adds up what was asked for on a day, by address and program.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.tables import figure, heading, line, machine, tell
from okatakten.reach.agents import our_agents
from okatakten.reach.counting import WHOLE, Counting
from okatakten.reach.logs import Request
from okatakten.reach.places import Place, Places, Sort, needed, read_places
from okatakten.reach.reading import read_logs

LINES: Final = 500_000
BEGIN: Final = 1_770_000_000
YEAR: Final = 365 * 86400
AGENTS: Final = (
    "AntennaPod/3.4.0", "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)", "Podcasts/4025 CFNetwork/3826",
    "AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5_1 like Mac OS X; sv_se)", "Googlebot/2.1",
    *(f"Mozilla/5.0 (X11; Linux x86_64) Chrome/{number}.0 Safari/537.36" for number in range(100, 140)),
)  # fmt: skip
LENGTH: Final = 785_874
EPISODE: Final = Place(
    sort=Sort.EPISODE, name="a", needed=needed(LENGTH, start=44_180, end=LENGTH, seconds=(LENGTH - 44_180) / 6000),
    length=LENGTH,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("lines", type=int, nargs="?", default=LINES)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.count:
        print(json.dumps(_cost(given.site, given.count)))
        return
    tell(machine())
    with tempfile.TemporaryDirectory() as folder:
        _compare_sizes(given.site, given.lines, Path(folder) / "okatakten.log")
    _compare_counters()


def _compare_sizes(site: Path, lines: int, log: Path) -> None:
    titles = ["Counting", f"a log of {lines} lines", f"of {3 * lines}", "×"]
    print(*heading(titles, left={titles[0]}), sep="\n")
    costs = []
    for number in (lines, 3 * lines):
        _write_log(log, number, files=sorted(path.relative_to(site).as_posix() for path in site.rglob("*.*")))
        command = [sys.executable, __file__, str(site), "--count", str(log)]
        said = subprocess.run(command, capture_output=True, check=True).stdout
        costs.append({"MB of log": log.stat().st_size / 1e6, **json.loads(said)})
    for name, first in costs[0].items():
        print(line([name, *(figure(value, 1) for value in (first, costs[1][name], costs[1][name] / first))]))


def _write_log(log: Path, lines: int, *, files: Sequence[str]) -> None:
    chance = random.Random(1)
    with log.open("w", encoding="utf-8") as out:
        for number in range(lines):
            file = chance.choice(files)
            is_part = file.endswith((".mp3", ".mp4"))
            start, sent = chance.choice((0, 0, 200_000)), chance.randrange(1000, 600_000)
            when = datetime.fromtimestamp(BEGIN + number * YEAR // lines, UTC)
            said = {
                "time_iso8601": when.isoformat(), "remote_addr": f"10.{chance.randrange(9)}.{chance.randrange(256)}.7",
                "request_method": "GET", "uri": f"/{file}", "status": "206" if is_part else "200",
                "body_bytes_sent": str(sent), "http_user_agent": chance.choice(AGENTS), "referrer": "",
                "sent_http_content_range": f"bytes {start}-{start + sent - 1}/{LENGTH}" if is_part else "",
            }  # fmt: skip
            out.write(json.dumps(said) + "\n")


def _cost(site: Path, log: Path) -> dict[str, float]:
    counting = Counting(read_places(site, url="https://okatakten.example/"), our_agents())
    begin = time.process_time()
    (read,) = read_logs([log], counting, progress=lambda _: None)
    counting.count()
    seconds = time.process_time() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"CPU s": seconds, "lines per CPU s": read.lines / seconds, "memory, MB": memory}


@dataclass(slots=True, kw_only=True)
class OnePlace(Places):
    def find(self, path: str) -> Place | None:
        return EPISODE if path else None


def _asked(*parts: tuple[int, int], day: int = 1, agent: str = AGENTS[0], address: str = "192.0.2.1") -> list[Request]:
    """Return requests for parts of a file, from a byte to before another; all of it is no part."""
    return [
        Request(
            day, 0, address, agent, "", "GET", "/a", 200 if (start, stop) == (0, LENGTH) else 206, stop - start, start
        )
        for start, stop in parts
    ]


CASES: Final = {
    "A the whole file": _asked((0, LENGTH)),
    "B a probe, a part, later the rest": _asked((0, 2), (0, 200_000), (200_000, LENGTH)),
    "C the same part three times": _asked(*[(0, 150_000)] * 3),
    "D a byte short of a minute": _asked((0, EPISODE.needed - 1)),
    "F ten times, six programs, one address": [
        each for n in range(10) for each in _asked((0, LENGTH), agent=f"App/{n % 6}")
    ],
    "G two hosts of one IPv6 line, one of another": [
        each for host in ("2001:db8:1:2::1", "2001:db8:1:2::9", "2001:db8:1:3::1")
        for each in _asked((0, LENGTH), address=host)
    ],
    "H on three days": [each for day in (1, 2, 2, 3) for each in _asked((0, LENGTH), day=day)],
    "I either side of midnight": [*_asked((0, 250_000)), *_asked((250_000, 500_000), day=2)],
    "a probe and nothing else": _asked((0, 2)),
}  # fmt: skip
"""The worked examples that differ from each other; letters as in the tests (tests/test_reach.py)."""


def _compare_counters() -> None:
    print("", *heading(["Downloads", "ours", "as OP3", "as Castopod"], left={"Downloads"}), sep="\n")
    for name, requests in CASES.items():
        print(line([name, *(str(count(requests)) for count in (_ours, _as_op3, _as_castopod))]))


def _ours(requests: Iterable[Request]) -> int:
    counting = Counting(OnePlace(folder=Path(), host="", base="/"), our_agents())
    for request in requests:
        counting.add(request)
    return sum(figure.times for figure in counting.count().figures if figure.name == WHOLE)


def _as_op3(requests: Iterable[Request]) -> int:
    # A request for the first two bytes is kept as one, too, until a larger one takes its place.
    return len({(each.day, each.address, each.agent, each.referrer) for each in requests})


def _as_castopod(requests: Iterable[Request]) -> int:
    asked: dict[tuple[int, str, str], int] = {}
    for each in requests:
        if each.sent > 2:
            key = (each.day, each.address, each.agent)
            asked[key] = asked.get(key, 0) + each.sent
    return sum(size >= EPISODE.needed for size in asked.values())


if __name__ == "__main__":
    main()
