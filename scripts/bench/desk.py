"""What the desk costs: `python scripts/bench/desk.py [number of episodes] [seconds of sound]`.

Opens a show at the desk, idles, lists, opens a form and saves fields; then sends a recording by tus, waits until it is
an episode, and asks for other pages meanwhile. Reads of /proc, so only Linux knows.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from itertools import count, cycle
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Final

from lxml import html

from bench.corpus import PROJECT, make_episodes, write_ours
from bench.server import free_ports
from bench.tables import environment, figure, heading, line, machine, tell
from okatakten.making.ffmpeg import ffmpeg

IDLE: Final = 20
"""Seconds that the desk is let alone."""
SAVES: Final = 20
TICK: Final = 0.1
ASKED: Final = 20
"""Ticks after which a page is asked for while a recording is worked upon."""
PIECE: Final = 8 * 2**20
"""Bytes of a recording in one request, as the desk's own script has them."""
SLUG: Final = "en-timme"
FORM: Final = "/avsnitt/avsnitt-1"
_TUS: Final = {"tus-resumable": "1.0.0"}
_MB: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk at work, and a browser that somebody is signed in with."""

    pid: int
    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[Mapping[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path, body, {**self.headers, **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= 400:
                raise SystemExit(f"{method} {path}: {answer.status}\n{content.decode(errors='replace')[:500]}")
            return {name.lower(): value for name, value in answer.getheaders()}, content
        finally:
            connection.close()

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds of the desk itself, and of what it has started and waited for, which is ffmpeg."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        own, theirs = (sum(map(int, fields[at : at + 2])) / os.sysconf("SC_CLK_TCK") for at in (11, 13))
        return own, theirs

    def cost(self, do: Callable[[], object]) -> float:
        """Return the CPU seconds that something takes, with what is done for it afterwards."""
        before = sum(self.cpu())
        do()
        time.sleep(0.2)
        return sum(self.cpu()) - before

    def children(self) -> Iterator[int]:
        for path in Path(f"/proc/{self.pid}/task").glob("*/children"):
            with suppress(OSError):
                yield from map(int, path.read_text(encoding="ascii").split())


def memory(pid: int, row: str) -> int:
    """Return the memory of a process in bytes: VmRSS now, VmHWM at most since it began; 0 of one that is gone."""
    with suppress(OSError, ProcessLookupError):
        if found := re.search(rf"{row}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8")):
            return int(found[1]) * 1024
    return 0


@contextmanager
def opened(root: Path) -> Iterator[Desk]:
    """Open the desk of a project, and enter it by the address that it prints."""
    (port,) = free_ports(1)
    command = [str(Path(sys.executable).parent / "okatakten"), "desk", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(command, cwd=root, env=environment(), stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stdout is not None
        address = next(row.strip() for row in process.stdout if row.startswith("http"))
        desk = Desk(pid=process.pid, port=port, headers={"Origin": f"http://127.0.0.1:{port}"})
        told, _ = desk.ask(address.partition(str(port))[2])
        desk.headers["Cookie"] = told["set-cookie"].partition(";")[0]
        yield desk
    finally:
        process.terminate()
        process.wait(timeout=60)


def measure_pages(desk: Desk) -> Iterator[tuple[str, float, float]]:
    """Yield what the desk costs whoever writes: what it is, the figure, its unit."""
    yield "memory before anybody has come, MB", memory(desk.pid, "VmRSS"), _MB
    yield "the list, first time, CPU s", desk.cost(lambda: desk.ask("/")), 1
    yield "the list again, CPU s", desk.cost(lambda: desk.ask("/")), 1
    yield "a form, first time, CPU s", desk.cost(lambda: desk.ask(FORM)), 1
    yield "the form again, CPU s", desk.cost(lambda: desk.ask(FORM)), 1
    costs = [desk.cost(partial(save, desk, f"Sparat {number} gånger")) for number in range(SAVES)]
    yield f"a field saved, median of {SAVES}, CPU s", median(costs), 1
    yield "memory now, MB", memory(desk.pid, "VmRSS"), _MB
    yield "let alone, % of a core", desk.cost(lambda: time.sleep(IDLE)) / IDLE, 0.01


def save(desk: Desk, title: str) -> None:
    """Fill in the title of an episode as the script does, which also asks for what the desk says of it."""
    tree = html.document_fromstring(desk.ask(FORM)[1])
    desk.headers["X-CSRF"] = str(tree.xpath("string(//meta[@name='csrf']/@content)"))
    seen = str(tree.xpath("string(//input[@name='title-seen']/@value)"))
    body = json.dumps({"field": "title", "value": [["title", title]]}).encode()
    desk.ask(FORM, "PATCH", body, {"Content-Type": "application/json", "If-Match": seen})


def weigh(desk: Desk, path: str) -> tuple[int, int]:
    """Return the bytes of a page with its styles and scripts, as they are sent and with gzip."""
    _, page = desk.ask(path, headers={"Accept-Encoding": "gzip"})
    tree = html.document_fromstring(page)
    links = [*tree.iterfind(".//link[@rel='stylesheet']"), *tree.iterfind(".//script[@src]")]
    parts = [str(link.get("href") or link.get("src")) for link in links]
    answers = [page, *(desk.ask(part, headers={"Accept-Encoding": "gzip"})[1] for part in parts)]
    return sum(map(len, answers)), sum(len(gzip.compress(one, mtime=0)) for one in answers)


def write_recording(path: Path, *, seconds: int) -> None:
    """Make a recording of speech, 48 kHz in stereo, of an episode that is heard again and again."""
    speech = PROJECT / "podcast/episodes/atta-fragor/audio.mp3"
    command = [ffmpeg(), "-nostdin", "-loglevel", "error", "-stream_loop", "-1", "-i", str(speech), "-t", str(seconds)]
    subprocess.run([*command, "-ac", "2", "-ar", "48000", str(path)], check=True)


def send(desk: Desk, recording: Path) -> None:
    """Send a recording by tus, in pieces, and never the whole of it in memory."""
    told = ",".join(
        f"{key} {b64encode(said.encode()).decode()}" for key, said in (("filename", recording.name), ("sort", "ljud"))
    )
    length = {"Upload-Length": str(recording.stat().st_size), "Upload-Metadata": told}
    place = desk.ask(f"/avsnitt/{SLUG}/ljud", "POST", headers={**_TUS, **length})[0]["location"]
    with recording.open("rb") as file:
        while piece := file.read(PIECE):
            at = {"Upload-Offset": str(file.tell() - len(piece)), "Content-Type": "application/offset+octet-stream"}
            desk.ask(place, "PATCH", piece, {**_TUS, **at})


def measure_recording(desk: Desk, root: Path, recording: Path) -> Iterator[tuple[str, float, float]]:
    """Yield what a recording costs from its first byte until it is an episode."""
    sender = Thread(target=send, args=(desk, recording), daemon=True)
    sender.start()
    yield from meanwhile(desk, "sending", sender.is_alive)
    job = root / f".desk/jobs/{SLUG}.json"
    yield from meanwhile(desk, "making", lambda: not is_over(job))
    yield "most memory of the desk, MB", memory(desk.pid, "VmHWM"), _MB


def meanwhile(desk: Desk, what: str, goes_on: Callable[[], bool]) -> Iterator[tuple[str, float, float]]:
    """Ask for a page now and then while something goes on, and yield what that costs and how long pages take."""
    waits, largest, pages = [0.0], 0, cycle(("/", FORM, f"/avsnitt/{SLUG}/ljud"))
    before, begun = desk.cpu(), time.monotonic()
    for tick in count():
        if not goes_on():
            break
        if tick % ASKED == 0:
            asked = time.monotonic()
            desk.ask(next(pages))
            waits.append(time.monotonic() - asked)
        largest = max([largest, *(memory(pid, "VmHWM") for pid in desk.children())])
        time.sleep(TICK)
    own, theirs = (after - earlier for after, earlier in zip(desk.cpu(), before, strict=True))
    yield f"{what}, CPU s of the desk, with {len(waits) - 1} pages beside", own, 1
    if largest:
        yield f"{what}, CPU s of ffmpeg", theirs, 1
        yield "most memory of one ffmpeg, MB", largest, _MB
    yield f"{what}, wall s", time.monotonic() - begun, 1
    yield "longest answer meanwhile, ms", max(waits), 0.001


def is_over(job: Path) -> bool:
    """Return whether a job is done, or stop when it did not go."""
    told = json.loads(job.read_bytes()) if job.exists() else {"state": "väntar"}
    if told["state"] in {"gick inte", "avbröts"}:
        raise SystemExit("\n".join(told["wrong"]))
    return bool(told["state"] == "klart")


def write_show(root: Path, *, episodes: int) -> None:
    """Lay out this project with so many episodes of the corpus, and a draft without sound."""
    root.mkdir()
    write_ours(root, make_episodes(episodes))
    folder = root / "podcast/episodes" / SLUG
    folder.mkdir()
    fields = "guid: 4f58f72a-66c7-42d4-ab65-9c24599dfdc8\ndraft: true\ntitle: En timme\nsummary: Ett uppmätt avsnitt.\n"
    text = f"---\n{fields}published: 2026-05-04 07:00 +02:00\nepisode: {episodes + 1}\n---\n\nOm ljud.\n"
    (folder / "episode.md").write_text(text, encoding="utf-8")


def main() -> None:
    episodes, seconds = (int(argument) for argument in (*sys.argv[1:], *("300", "3600")[len(sys.argv) - 1 :]))
    tell(machine())
    with tempfile.TemporaryDirectory() as folder:
        root, recording = Path(folder) / "show", Path(folder) / "inspelning.wav"
        write_show(root, episodes=episodes)
        print(*heading([f"{episodes} episodes", "figure"], left={f"{episodes} episodes"}), sep="\n")
        with opened(root) as desk:
            for title, value, unit in measure_pages(desk):
                print(line([title, figure(value, unit)]), flush=True)
            for title, path in {"list": "/", "form": FORM, "text": f"{FORM}/text"}.items():
                sent, packed = weigh(desk, path)
                print(
                    line([f"first view of a {title}, kB as sent, with gzip", f"{sent / 1000:.1f}, {packed / 1000:.1f}"])
                )
            if seconds:
                write_recording(recording, seconds=seconds)
                print(line([f"a recording of {seconds} s, MB", figure(recording.stat().st_size, _MB)]))
                for title, value, unit in measure_recording(desk, root, recording):
                    print(line([title, figure(value, unit)]), flush=True)


if __name__ == "__main__":
    main()
