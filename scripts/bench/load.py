"""What the server bears: `python scripts/bench/load.py [--write FILE]`, which `make load` runs.

Builds a site, serves it with nginx as scripts/deploy sets it up, and puts readers, feed pollers and listeners on it:
with wrk, as fast as it answers, and with many slow listeners who stay. Prints Markdown tables, and ends with an error
when any answer was not the right one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Final

import imageio_ffmpeg

from bench.corpus import PROJECT, make_episodes, write_ours
from bench.listeners import Hall, listening
from bench.server import BROTLI, NGINX, free_ports, run_nginx, write_certificate
from bench.tables import figure, heading, line, machine, tell
from bench.visits import Ask, Visit, plan_listeners, plan_polls, plan_readers, visit

SAMPLES: Final = PROJECT / "podcast/episodes"
SPOKEN: Final = SAMPLES / "atta-fragor/audio.mp3"
RATE: Final = 6000
"""Bytes a second of the sample audio: 48 kbit/s."""
MINUTES: Final = 20
"""How long the episode is that slow listeners hear; the corpus has transcripts of as much."""
BESIDE: Final = """
    server {{ listen 127.0.0.1:{bare}; root {folder}; }}
    server {{
        listen 127.0.0.1:{ruleless};
        root {site};
        index index.html;
        types {{ include {site}/_nginx/types; }}
        gzip_static on;
        brotli_static on;
    }}
"""
"""What the site is compared with: one small file, and the same files without redirects, headers and other rules."""
OVER_HTTP: Final = [
    ("default https://$server_name;", 'default "";'),
    ("limit_conn okatakten_at_once 200;", ""),
    ("/okatakten.log okatakten;", "/okatakten.log okatakten buffer=64k;"),
]
"""Nothing leads from http to https, so that the rules are measured and not TLS, and all may come from one address."""

KEPT: Final = """# What the server bears

`make load` wrote this; [README.md](README.md) says what is measured and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """What slow listeners cost: `stayed` in seconds, memory in bytes, CPU in cores; readers without and beside them."""

    hall: Hall
    stayed: float
    memory: int
    kernel: int
    cpu: float
    client: float
    alone: Sequence[Visit]
    beside: Sequence[Visit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much load: rounds of `seconds` with so many connections, and `listeners` who hear `rate` bytes a second."""

    rounds: int
    seconds: int
    connections: int
    listeners: int
    rate: int
    stay: int


def make_site(root: Path, *, episodes: int) -> Path:
    """Write a show with the project's own sample episodes and a longer one, and build it for nginx."""
    write_ours(root, make_episodes(episodes))
    for folder in SAMPLES.iterdir():
        shutil.copytree(folder, root / "podcast/episodes" / folder.name)
    longest = root / f"podcast/episodes/avsnitt-{episodes}/episode.md"
    ffmpeg, audio = imageio_ffmpeg.get_ffmpeg_exe(), str(longest.parent / "audio.mp3")
    repeated = ["-v", "error", "-stream_loop", "-1", "-i", str(SPOKEN), "-t", str(MINUTES * 60)]
    subprocess.run([ffmpeg, *repeated, "-map", "0:a", "-c", "copy", audio], check=True)
    fields = longest.read_text(encoding="utf-8").splitlines(keepends=True)
    longest.write_text("".join(field for field in fields if not field.startswith("audio_")), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in {"SITE_URL", "SAMPLES"}}
    command = [str(Path(sys.executable).parent / "okatakten"), "build", "--nginx"]
    built = subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False)
    if built.returncode:
        raise SystemExit(built.stdout + built.stderr)
    return root / "site"


def measure_rounds(
    loads: Mapping[str, tuple[str, Sequence[Ask]]], *, pid: int, amount: Amount
) -> dict[str, list[Visit]]:
    """Put each load on the server in turn, and again: what else the machine does then hits all alike."""
    visits: dict[str, list[Visit]] = {name: [] for name in loads}
    for number in range(1, amount.rounds + 1):
        for name, (url, plan) in loads.items():
            tell(f"round {number} of {amount.rounds}: {name}")
            visits[name].append(watched_visit(url, plan, pid=pid, amount=amount))
    return visits


def watched_visit(url: str, plan: Sequence[Ask], *, pid: int, amount: Amount) -> Visit:
    before = cpu_of(pid)
    visited = visit(url, plan, connections=amount.connections, seconds=amount.seconds)
    return replace(visited, cpu=cpu_of(pid) - before)


def measure_slow(
    secure: int, path: str, load: tuple[str, Sequence[Ask]], *, length: int, pid: int, amount: Amount
) -> Slow:
    """Let slow listeners hear one file while readers come, and readers alone before and after."""
    url, plan = load

    def read_rounds(when: str) -> list[Visit]:
        tell(f"readers, {when} {amount.listeners} slow listeners")
        return [watched_visit(url, plan, pid=pid, amount=amount) for _ in range(amount.rounds)]

    alone = read_rounds("before")
    memory, kernel = memory_of(pid), kernel_memory()
    tell(f"{amount.listeners} slow listeners arrive")
    with listening(secure, path, length=length, count=amount.listeners, rate=amount.rate) as hall:
        start, cpu, client = time.monotonic(), cpu_of(pid), time.process_time()
        time.sleep(amount.seconds)
        cpu, client = (
            (now - then) / amount.seconds for now, then in ((cpu_of(pid), cpu), (time.process_time(), client))
        )
        beside = read_rounds("beside")
        time.sleep(max(0, start + amount.stay - time.monotonic()))
        memory, kernel = memory_of(pid) - memory, kernel_memory() - kernel
        stayed = time.monotonic() - start
        tell("slow listeners take the rest")
    alone += read_rounds("after")
    return Slow(
        hall=hall, stayed=stayed, memory=memory, kernel=kernel, cpu=cpu, client=client, alone=alone, beside=beside
    )


def workers_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that nginx's workers have used so far."""
    rows = (Path(f"/proc/{worker}/stat").read_text(encoding="utf-8") for worker in workers_of(pid))
    ticks = sum(sum(map(int, row.rpartition(")")[2].split()[11:13])) for row in rows)
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> int:
    """Return the bytes that nginx's workers hold."""
    rows = (Path(f"/proc/{worker}/statm").read_text(encoding="ascii") for worker in workers_of(pid))
    return sum(int(row.split()[1]) for row in rows) * os.sysconf("SC_PAGE_SIZE")


def kernel_memory() -> int:
    """Return the bytes that the kernel holds for all connections of the machine."""
    found = re.search(r"^TCP:.* mem (\d+)", Path("/proc/net/sockstat").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) * os.sysconf("SC_PAGE_SIZE") if found else 0


def report(visits: Mapping[str, Sequence[Visit]], slow: Slow | None) -> str:
    tables = [loads_table(visits), answers_table(visits), *([slow_table(slow)] if slow else [])]
    return "\n\n".join("\n".join(table) for table in tables)


def loads_table(visits: Mapping[str, Sequence[Visit]]) -> Iterable[str]:
    """Yield what each load is in relation to the first one, round by round."""
    titles = ["load", "answers / s, ratio", "CPU of nginx an answer, ratio", "p99 ms", "kB an answer", "304 %", "wrong"]
    yield from heading(titles, left={"load"})
    bare = next(iter(visits.values()))
    for name, rounds in visits.items():
        count = sum(one.count for one in rounds)
        unchanged = sum(number for one in rounds for (_, status), number in one.answers.items() if status == 304)
        yield line(
            [
                name,
                spread(one.rate / other.rate for one, other in zip(rounds, bare, strict=True) if other.rate),
                spread(cost(one) / cost(other) for one, other in zip(rounds, bare, strict=True) if cost(other)),
                figure(median(one.p99 for one in rounds), 0.001),
                figure(sum(sum(one.sent.values()) for one in rounds) / count, 1000) if count else "–",
                f"{100 * unchanged / count:.1f}" if unchanged else "–",
                str(sum(one.errors for one in rounds)),
            ]
        )


def answers_table(visits: Mapping[str, Sequence[Visit]]) -> Iterable[str]:
    yield from heading(["load", "kind", "status", "answers", "bytes each"], left={"load", "kind"})
    for name, rounds in visits.items():
        answers = sum((Counter(one.answers) for one in rounds), Counter())
        sent = sum((Counter(one.sent) for one in rounds), Counter())
        for (kind, status), count in sorted(answers.items()):
            yield line([name, kind, str(status), str(count), f"{sent[kind, status] / count:.0f}"])


def slow_table(slow: Slow) -> Iterable[str]:
    hall = slow.hall
    yield from heading(["slow listeners", "at once"], left={"slow listeners"})
    alone, beside = (median(one.rate for one in visits) for visits in (slow.alone, slow.beside))
    costs = [median(map(cost, visits)) for visits in (slow.alone, slow.beside)]
    for title, value in (
        ("came", str(hall.count)),
        ("got every byte", str(hall.served)),
        ("failed", str(hall.count - hall.served)),
        ("seconds of sound that came more than a second late", str(hall.stalled)),
        ("longest wait for a second of sound, s", figure(hall.late, 1)),
        ("stayed for, s", figure(slow.stayed, 1)),
        ("memory of nginx for each, kB", figure(slow.memory / hall.count, 1000)),
        ("memory of the kernel for each, both ends, kB", figure(slow.kernel / hall.count, 1000)),
        ("CPU of nginx for all, % of a core", figure(slow.cpu, 0.01)),
        ("CPU of the listeners' own program, % of a core", figure(slow.client, 0.01)),
        ("answers / s to readers, ratio to readers alone", figure(beside / alone if alone else None, 1)),
        (
            "CPU of nginx for an answer to readers, with that for the listeners, ratio",
            figure(costs[1] / costs[0] if costs[0] else None, 1),
        ),
        ("wrong answers to readers", str(sum(one.errors for one in (*slow.alone, *slow.beside)))),
    ):
        yield line([title, value])


def cost(visited: Visit) -> float:
    """Return the CPU seconds of nginx for an answer."""
    return visited.cpu / visited.count if visited.count else 0


def spread(values: Iterable[float]) -> str:
    """Return the median, and the least and the greatest of several values."""
    found = sorted(values)
    return f"{figure(median(found), 1)} ({figure(found[0], 1)}–{figure(found[-1], 1)})" if found else "–"


def mistakes(visits: Mapping[str, Sequence[Visit]], slow: Slow | None) -> Counter[str]:
    """Return everything that was not as it should be, and how often."""
    every = [one for rounds in visits.values() for one in rounds]
    found: Counter[str] = Counter()
    if slow:
        every += [*slow.alone, *slow.beside]
        found.update({f"slow listener: {text}": count for text, count in slow.hall.errors.items()})
        if unknown := slow.hall.count - slow.hall.served - slow.hall.errors.total():
            found["slow listener: nobody knows what became of it"] = unknown
        if slow.hall.stalled:
            found["slow listener: a second of sound came late"] = slow.hall.stalled
    for one in every:
        found.update(one.wrong)
        found.update(one.broken)
    found.update(
        {f"no answer in a round: {name}": 1 for name, rounds in visits.items() if not all(r.count for r in rounds)}
    )
    return found


def measure(site: Path, folder: Path, *, amount: Amount) -> tuple[dict[str, list[Visit]], Slow | None]:
    """Serve a built site, and return what it bears."""
    bare, ruleless = free_ports(2)
    (folder / "small.txt").write_text("hej\n", encoding="ascii")
    beside = BESIDE.format(bare=bare, ruleless=ruleless, folder=folder, site=site)
    readers = plan_readers(site)
    small = [Ask(kind="file", path="/small.txt", length=4)]
    with run_nginx(site, folder, certificate=write_certificate(folder), changes=OVER_HTTP, beside=beside) as running:
        url = f"http://127.0.0.1:{running.plain}"
        loads = {
            "one small file, bare server": (f"http://127.0.0.1:{bare}", small),
            "readers": (url, readers),
            "readers, the same files without rules": (f"http://127.0.0.1:{ruleless}", readers),
            "feed pollers": (url, plan_polls(site)),
            "listeners, parts of audio": (url, plan_listeners(site)),
        }
        visits = measure_rounds(loads, pid=running.pid, amount=amount)
        slow = None
        if amount.listeners:
            audio = max(site.glob("podd/*/audio.mp3"), key=lambda path: path.stat().st_size)
            slow = measure_slow(
                running.secure,
                f"/{audio.relative_to(site).as_posix()}",
                (url, readers),
                length=audio.stat().st_size,
                pid=running.pid,
                amount=amount,
            )
    return visits, slow


def find_missing() -> str | None:
    """Say what is not installed, and how it is had on Debian and Ubuntu."""
    if not shutil.which("wrk"):
        return "wrk is not installed: apt-get install wrk"
    if NGINX is None or not BROTLI.exists():
        return "nginx with brotli_static is not installed: apt-get install nginx-light libnginx-mod-http-brotli-static"
    if not shutil.which("openssl"):
        return "openssl is not installed: apt-get install openssl"
    return None


def version_of(*command: str | Path) -> str:
    """Return the version that a program says it has, wherever it says it."""
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    found = re.search(r"\d+\.\d+[\w.-]*", said.stdout + said.stderr)
    return found[0] if found else "?"


def main() -> None:
    parser = argparse.ArgumentParser(description="What the server bears.")
    parser.add_argument("--episodes", type=int, default=100, help="episodes of the corpus, beside the project's own")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of a round of one load")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--listeners", type=int, default=1000, help="slow listeners at once")
    parser.add_argument("--rate", type=int, default=RATE, help="bytes a second that a slow listener hears")
    parser.add_argument(
        "--stay", type=int, default=90, help="seconds that slow listeners hear before they take the rest"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="a file that takes the tables, too")
    options = vars(parser.parse_args())
    episodes, write = options.pop("episodes"), options.pop("write")
    amount = Amount(**options)
    if missing := find_missing():
        raise SystemExit(missing)
    # Whoever stops this, or closes its terminal, stops nginx.
    for told in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        tell(f"building a site of {episodes} episodes")
        site = make_site(Path(folder), episodes=episodes)
        (prefix := Path(folder) / "nginx").mkdir()
        visits, slow = measure(site, prefix, amount=amount)
    where = machine(
        f"nginx {version_of(str(NGINX), '-v')}",
        f"wrk {version_of('wrk', '--version')}",
        f"{episodes} episodes",
        f"{amount.connections} connections",
        f"{amount.rounds} rounds of {amount.seconds} s",
        f"slow listeners at {amount.rate} bytes/s",
    )
    text = f"{where}\n\n{report(visits, slow)}"
    print(text)
    if wrong := mistakes(visits, slow):
        raise SystemExit("\n".join(f"{count} × {what}" for what, count in wrong.most_common()))
    if write:
        write.write_text(f"{KEPT}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
