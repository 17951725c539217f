"""What grows as a show does, step by step: `python scripts/bench/growth.py [--profile] [number of episodes ...]`.

Goes through what a build, a check and publishing do with the whole show, all but drawing pages and pictures, and prints
the CPU of each step, the bytes of each list, and how fast both grow: 1.0 is as fast as the number of episodes. Each
size has a process of its own.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import itertools
import json
import math
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

import brotli
import feedparser
import podcastparser

from bench.corpus import NOTES, make_episodes, write_ours
from bench.tables import figure, heading, line, machine, tell
from okatakten.addresses import ADDRESSES, FEED, NEWS_JSON, NEWS_RSS, Site, read_site
from okatakten.model import DEFAULT_LOCALE, Published
from okatakten.podcast.files import Content
from okatakten.podcast.promise import check_promise
from okatakten.podcast.promised import parse_promised
from okatakten.podcast.proof import proof_read
from okatakten.publish.plan import LocalFile, Memory, StoredObject, build_memory, build_plan, headers_for, settle
from okatakten.serve.serving import build_serving, headers_file, redirects_file
from okatakten.site.around import build_page_list, build_page_site
from okatakten.site.build import publish_first
from okatakten.site.elsewhere import build_page_facts, build_shared_pages, build_sitemap, with_listed_alternates
from okatakten.site.files import build_files, build_oembeds
from okatakten.site.project import Reading, read_project
from okatakten.site.sharing import check_posts
from okatakten.site.structure import LocalSite, build_local_site

DEFAULT_SIZES: Final = (1000, 3000, 10_000)
APART: Final = timedelta(hours=3)
"""Eight episodes a day: 30 000 of them have come out in ten years."""
LOOKED_AT: Final = 50
"""Pages whose values are made. They cost the same in a large show, unless each looks at all the others."""
CUES_OF_NOTES: Final = 7
"""Notes of about a hundred words, each their own: equal ones would weigh nothing when they are sent."""

WEIGHED: Final = {"feed": FEED, "promised addresses": ADDRESSES, "news, RSS": NEWS_RSS, "news, JSON": NEWS_JSON}


@dataclass(slots=True)
class Steps:
    """CPU seconds of steps that follow each other, and sizes of what they have made: bytes, or how many."""

    seconds: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    memory: int = 0
    last: float = field(default_factory=time.process_time)

    def end(self, name: str) -> None:
        self.seconds[name] = time.process_time() - self.last
        self.begin()

    def begin(self) -> None:
        """Begin a step here: what was done since the last one ended is none."""
        self.last = time.process_time()

    def weigh(self, name: str, content: Content) -> None:
        """Keep how large a file is as it lies, and as it is sent."""
        assert isinstance(content, bytes)
        self.sizes[f"{name}, bytes"] = len(content)
        self.sizes[f"{name}, gzip"] = len(gzip.compress(content, 6))
        self.sizes[f"{name}, Brotli"] = len(brotli.compress(content, quality=5))
        self.begin()


def write_show(root: Path, *, episodes: int) -> None:
    """Lay out this project with other episodes, each with notes of its own."""
    write_ours(root, make_episodes(episodes, apart=APART))
    for episode in make_episodes(episodes):
        path = root / "podcast/episodes" / episode.slug / "episode.md"
        notes = f"{' '.join(episode.cues[:CUES_OF_NOTES])}\n"
        path.write_text(path.read_text(encoding="utf-8").replace(NOTES, notes), encoding="utf-8")


def go_through(root: Path) -> Steps:
    """Return what the steps cost, and how large what they make is, for the project in a folder."""
    steps, site = Steps(), read_site({})
    reading = read_project(root)
    steps.end("read all files")
    show = publish_first(reading, site)
    steps.end("what is published")
    locals_ = [build_local_site(reading, show, site=site, locale=locale, menu=["index.md"]) for locale in reading.words]
    steps.end("which pages there are")
    files = _files(steps, reading, show, locals_, site=site)
    _pages(steps, locals_)
    _check(steps, reading, show, files, site=site, root=root)
    pages = [f"{page.href}index.html" for local in locals_ for page in local.pages]
    _publish(steps, [*files, *pages], now=site.now)
    feed = files[FEED]
    assert isinstance(feed, bytes)
    feedparser.parse(feed)
    steps.end("an app reads the feed: feedparser")
    podcastparser.parse(site.absolute(FEED), BytesIO(feed))
    steps.end("an app reads the feed: podcastparser")
    # Linux gives kilobytes, macOS bytes.
    steps.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024 if sys.platform == "linux" else 1)
    return steps


def _files(
    steps: Steps, reading: Reading, show: Published, locals_: Sequence[LocalSite], *, site: Site
) -> dict[str, Content]:
    """Make what lies beside the pages, and how to serve it all."""
    words = reading.words[DEFAULT_LOCALE]
    files = build_files(show, pages=reading.pages, site=site, words=words, card=b"")
    steps.end("feed, news, promised addresses, chapters")
    for local in locals_:
        files |= build_oembeds(local)
    steps.end("cards for sites that embed")
    for name, address in WEIGHED.items():
        steps.weigh(name, files[address])
    paths = [page.path for page in reading.pages]
    serving = build_serving(show, pages=paths, locales=reading.words, moved={}, hidden=(), preview=False)
    rules = headers_file(serving) + redirects_file(serving)
    steps.end("headers and redirects")
    steps.sizes["rules for headers"] = len(serving.rules)
    steps.sizes["_headers and _redirects, bytes"] = len(rules)
    return files


def _pages(steps: Steps, locals_: Sequence[LocalSite]) -> None:
    """Make what all pages are listed in, and what stands around some of them."""
    steps.begin()
    sitemap = list(with_listed_alternates([entry for local in locals_ for entry in build_sitemap(local)]))
    for local in locals_:
        build_page_list(local)
        build_shared_pages(local)
    steps.end("lists of all pages, the sitemap among them")
    pages = [page for local in locals_ for page in local.pages]
    steps.sizes["pages"] = len(pages)
    steps.sizes["addresses in the sitemap"] = len(sitemap)
    steps.sizes["episodes on the page of the fullest year"] = max(
        (len(page.year.cards) for page in pages if page.year), default=0
    )
    episodes = [page for page in pages if page.is_episode]
    steps.begin()
    for page in episodes[:: max(1, len(episodes) // LOOKED_AT)][:LOOKED_AT]:
        build_page_site(page, within=locals_[0])
        build_page_facts(page, files=(), within=locals_[0])
    steps.end(f"what stands around {LOOKED_AT} pages")


def _check(
    steps: Steps, reading: Reading, show: Published, files: Mapping[str, Content], *, site: Site, root: Path
) -> None:
    """Do what `okatakten check` does with the show, and with a feed that is out."""
    feed, addresses = files[FEED], files[ADDRESSES]
    assert reading.show
    assert isinstance(feed, bytes)
    assert isinstance(addresses, bytes)
    proof_read(reading.show, site=site, root=root)
    check_posts(reading.pages, reading.show, site=site, catalogues=reading.words, root=root)
    steps.end("check: advice")
    promised = parse_promised(feed, addresses)
    assert promised
    if broken := check_promise(reading.show, show.releases, promised, site=site, root=root):
        raise SystemExit(f"{len(broken)} promises are broken by what made them")
    steps.end("check: the promise to subscribers")


def _publish(steps: Steps, paths: Sequence[str], *, now: datetime) -> None:
    """Plan to send all files to an empty store, then one that has changed, then none when all but one are gone."""
    files = {path: _file(path) for path in paths}
    etags = dict.fromkeys(files, "etag")
    steps.begin()
    first = build_plan(files, {}, Memory(), promised=(), now=now)
    memory = settle(Memory(), first, etags, removed=True)
    steps.end("publish: plan of the first time")
    stored = {path: StoredObject(etag="etag", size=1) for path in files}
    changed = next(iter(files))
    again = build_plan(files | {changed: _file(changed, size=2)}, stored, memory, promised=(), now=now)
    if [file.path for file in again.send] != [changed]:
        raise SystemExit(f"{len(again.send)} files would be sent for one that has changed")
    settle(memory, again, etags, removed=True)
    steps.end("publish: plan of one change")
    late = now + timedelta(days=365)
    gone = build_plan({changed: files[changed]}, stored, memory, promised=(), now=late, grace=timedelta())
    settle(memory, gone, etags, removed=True)
    steps.end("publish: plan when all is gone")
    steps.sizes["files of the site but pictures and search"] = len(files)
    steps.weigh("what publishing remembers", build_memory(memory))


def _file(path: str, *, size: int = 1) -> LocalFile:
    return LocalFile(path=path, size=size, digest=f"{path}{size}", headers=headers_for(path))


def measure(episodes: int, *, profile: bool) -> Steps:
    """Return what the steps cost with so many episodes, in a process of its own; a profile of it is printed there."""
    with tempfile.TemporaryDirectory() as folder:
        tell(f"{episodes} episodes: writing")
        write_show(Path(folder), episodes=episodes)
        tell(f"{episodes} episodes: going through")
        command = [sys.executable, __file__, "--in", folder, *(["--profile"] if profile else [])]
        ended = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
        return Steps(**json.loads(ended.stdout))


def report(measured: Mapping[int, Steps]) -> Iterator[str]:
    """Yield the tables of CPU and of sizes."""
    memory = {episodes: {"peak of memory, MB": steps.memory / 10**6} for episodes, steps in measured.items()}
    seconds = {episodes: steps.seconds | memory[episodes] for episodes, steps in measured.items()}
    yield from _table("CPU s", seconds)
    yield ""
    yield from _table("size", {episodes: steps.sizes for episodes, steps in measured.items()})


def _table(what: str, measured: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    sizes = sorted(measured)
    steps = list(itertools.pairwise(sizes))
    yield from heading([what, *map(str, sizes), *(f"growth to {large}" for _, large in steps)], left={what})
    for name in measured[sizes[0]]:
        values = {size: measured[size][name] for size in sizes}
        growths = [exponent(values[small], values[large], times=large / small) for small, large in steps]
        yield line([name, *(figure(value, 1) for value in (*values.values(), *growths))])


def exponent(before: float, after: float, *, times: float) -> float | None:
    """Return the power of the number that something grows by; None where too little was measured to tell."""
    return math.log(after / before) / math.log(times) if before > 0 and after > 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description="What grows as a show does, step by step.")
    parser.add_argument("sizes", nargs="*", type=int, metavar="EPISODES", default=DEFAULT_SIZES)
    parser.add_argument("--profile", action="store_true", help="say which functions take the time")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        profiler = cProfile.Profile()
        steps: Steps = profiler.runcall(go_through, options.folder) if options.profile else go_through(options.folder)
        if options.profile:
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(40)
        print(json.dumps(asdict(steps)))
        return
    measured = {episodes: measure(episodes, profile=options.profile) for episodes in options.sizes}
    print(machine(), "", *report(measured), sep="\n")


if __name__ == "__main__":
    main()
