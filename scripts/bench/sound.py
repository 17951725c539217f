"""Print how soon a phone at 400 kbit/s plays: `.venv/bin/python scripts/bench/sound.py SITE [EPISODE…]`.

Chromium presses play on the page of each episode, and asks for parts of the sound as it likes.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from bench.browse import PHONE, SLOW, open_browser, visit
from bench.tables import figure, heading, line

_FOLLOW: Final = """() => {
  const audio = document.querySelector("audio");
  const once = (element, name) => new Promise((come) => {
    element.addEventListener(name, () => { told(name); come(performance.now()); }, { capture: true, once: true });
  });
  const play = document.querySelector("[data-do=play]");
  window.heard = Promise.all([once(play, "click"), once(audio, "loadedmetadata"), once(audio, "playing")]);
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Seconds from a press on play until the length is known and until it plays, and the bytes that came by then."""

    known: float
    first: float
    bytes_known: int
    bytes_first: int


def first_sound(browser: Browser, site: Path, address: str) -> Heard:
    """Open the page of an episode on a slow line, press play, and wait for the sound."""
    with visit(browser, site, PHONE) as (page, url, *_):
        lengths: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        page.goto(url + address, wait_until="networkidle")
        session.send("Network.emulateNetworkConditions", SLOW)
        come = _count(session, ".mp3")
        page.expose_function("told", lambda name: lengths.setdefault(name, sum(come.values())))
        page.evaluate(_FOLLOW)
        page.click("[data-do=play]")
        pressed, known, first = page.evaluate("() => heard")
    return Heard(
        known=(known - pressed) / 1000, first=(first - pressed) / 1000,
        bytes_known=lengths["loadedmetadata"], bytes_first=lengths["playing"],
    )  # fmt: skip


def _count(session: Any, ending: str) -> Mapping[str, int]:
    """Return the bytes that come for addresses with an ending, by request, as they come."""
    come: dict[str, int] = {}

    def begin(event: dict[str, Any]) -> None:
        if event["request"]["url"].split("#")[0].endswith(ending):
            come[event["requestId"]] = 0

    def add(event: dict[str, Any]) -> None:
        if event["requestId"] in come:
            come[event["requestId"]] += event["dataLength"]

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.dataReceived", add)
    return come


def main() -> None:
    parser = argparse.ArgumentParser(description="How soon a phone on a slow line plays an episode.")
    parser.add_argument("site", type=Path)
    parser.add_argument("episodes", nargs="*", metavar="PAGE", help="its address; without any, all of the podcast")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    pages = options.episodes or sorted(
        f"{path.parent.relative_to(options.site).as_posix()}/" for path in options.site.glob("podd/*/audio.mp3")
    )
    with open_browser() as browser:
        if browser is None:
            raise SystemExit("Chromium is missing.")
        titles = ["episode", "length known s", "kB by then", "first sound s", "kB by then"]
        print(*heading(titles, left={"episode"}), sep="\n")
        for address in pages:
            runs = [first_sound(browser, options.site, address) for _ in range(options.runs)]
            print(line([address, *_medians(runs)]), flush=True)


def _medians(runs: Sequence[Heard]) -> Iterator[str]:
    yield figure(statistics.median(run.known for run in runs), 1)
    yield figure(statistics.median(run.bytes_known for run in runs), 1000)
    yield figure(statistics.median(run.first for run in runs), 1)
    yield figure(statistics.median(run.bytes_first for run in runs), 1000)


if __name__ == "__main__":
    main()
