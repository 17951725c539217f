"""What a site costs as it grows, beside two peers: `python scripts/bench/peers.py [number of episodes ...]`.

Builds the same show with this project, with Material for MkDocs as it comes, and with Hugo followed by Pagefind, and
prints Markdown tables of what each costs to build, to build again and to visit, and which goals hold. `make bench`
installs Hugo and runs it.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Final

from lxml import html
from playwright.sync_api import Browser

from bench.browse import PATIENCE, Search, first_hit, first_view, open_browser
from bench.changes import Values, changes_of, measure_changes
from bench.corpus import SOUGHT, WORDS, Episode, make_episode, make_episodes, write_hugo, write_material, write_ours
from bench.feed import measure as measure_feed
from bench.goals import Goal, build_goals, feed_goal, goals_table, serve_goals, sound_goals, view_goals
from bench.serve import measure_saves
from bench.sound import first_sound
from bench.tables import environment, figure, heading, line, machine, tell
from bench.views import weigh_views, write_project

DEFAULT_SIZES: Final = (10, 100, 1000, 3000)
CPU_LIMIT: Final = 1200
STEADY: Final = 100
"""Up to so many episodes a build is run three times, and the cheapest counts: others use the machine, too."""

KEPT: Final = """# What building and visiting cost

`make bench` wrote this; [README.md](README.md) says what is measured and how."""

BIN: Final = Path(sys.executable).parent
CHILD: Final = Path(__file__).parent / "child.py"
BYTES: Final = {"home": "home kB", "episode": "episode kB", "search": "search kB"}
COLUMNS: Final = {"cpu": "CPU s", "memory": "peak MB", "output": "output MB", "feed": "feed kB", **BYTES}
UNITS: Final = {"cpu": 1, "memory": 10**6, "output": 10**6, "feed": 1000, "home": 1000, "episode": 1000, "search": 1000}

NOW: Final = str(int(time.time()))
"""All builds of a run are of one moment: a day that begins meanwhile would change what is compared."""
SAVES: Final = (200, 5)
"""How often a title is saved while the site is shown, with 3 episodes and with 1 000."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A way to make the site: `made` is everything that a build leaves, the site itself first."""

    name: str
    write: Callable[[Path, Iterable[Episode]], None]
    commands: Sequence[Sequence[str | Path]]
    made: Sequence[str]
    main: str
    search: Search
    feed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one site of one size costs. A value that is missing could not be measured, `notes` says why."""

    episodes: int
    name: str
    values: Values
    elsewhere: int | None = None
    note: str = ""


class OverLimitError(Exception):
    """A build used all the CPU seconds it was given."""


def peers() -> tuple[Peer, Peer, Peer]:
    try:
        # The program itself: the command that the package installs starts a Python first.
        hugo = Path(str(distribution("hugo").locate_file("hugo/binaries/hugo")))
    except PackageNotFoundError:
        raise SystemExit("Hugo is missing: make bench installs it.") from None
    ours = Peer(
        name="ours",
        write=write_ours,
        commands=[[BIN / "okatakten", "build"]],
        made=["site", ".okatakten"],
        feed="podd/feed.xml",
        main=".//main",
        search=Search(address="sok/?q={}", hit=".site-search__results > li"),
    )
    material = Peer(
        name="Material",
        write=write_material,
        commands=[[sys.executable, "-m", "mkdocs", "build"]],
        made=["site"],
        main=".//article",
        search=Search(address="", field=".md-search__input", hit=".md-search-result__item"),
    )
    hugo_pagefind = Peer(
        name="Hugo + Pagefind",
        write=write_hugo,
        commands=[[hugo], [sys.executable, "-m", "pagefind", "--site", "public"]],
        made=["public", "resources"],
        feed="podd/feed.xml",
        main=".//main",
        search=Search(address="sok/", field=".pagefind-ui__search-input", hit=".pagefind-ui__result"),
    )
    return ours, material, hugo_pagefind


def measure(command: Sequence[str | Path], root: Path, *, limit: int) -> Values:
    """Run a command in a folder and return CPU seconds and peak bytes of memory, its children's included."""
    surroundings = environment()
    surroundings["SOURCE_DATE_EPOCH"] = NOW
    child = [sys.executable, "-I", "-S", CHILD, str(limit), *command]
    ended = subprocess.run(child, cwd=root, env=surroundings, capture_output=True, encoding="utf-8", check=True)
    cost: Values = json.loads(ended.stdout)
    status = cost.pop("status")
    if status == -signal.SIGXCPU or (status and cost["cpu"] >= limit):
        raise OverLimitError
    if status:
        raise SystemExit(f"{' '.join(map(str, command))}: {status}\n{ended.stderr}")
    return cost


def build(peer: Peer, root: Path, *, limit: int) -> Values:
    """Build a site as if for the first time. Commands add up in CPU; the hungriest says the memory."""
    for name in peer.made:
        shutil.rmtree(root / name, ignore_errors=True)
    costs = [measure(command, root, limit=limit) for command in peer.commands]
    return {"cpu": sum(cost["cpu"] for cost in costs), "memory": max(cost["memory"] for cost in costs)}


def measure_size(episodes: int, folder: Path, browser: Browser | None, *, limit: int) -> list[Row]:
    """Return what each peer costs with so many episodes, and what this project costs after one change."""
    everyone = peers()
    costs: dict[str, list[Values]] = {peer.name: [] for peer in everyone}
    over = set()
    for peer in everyone:
        tell(f"{episodes} episodes, {peer.name}: writing")
        root = folder / peer.name
        root.mkdir()
        peer.write(root, make_episodes(episodes))
    for _ in range(3 if episodes <= STEADY else 1):
        for peer in everyone:
            if peer.name in over:
                continue
            tell(f"{episodes} episodes, {peer.name}: building")
            try:
                costs[peer.name].append(build(peer, folder / peer.name, limit=limit))
            except OverLimitError:
                over.add(peer.name)
    rows = []
    for peer in everyone:
        if peer.name in over:
            rows.append(Row(episodes=episodes, name=peer.name, values={}, note=f"stopped after {limit} s of CPU"))
            continue
        site = folder / peer.name / peer.made[0]
        check_words(peer, site, episodes=episodes)
        cheapest = min(costs[peer.name], key=lambda cost: cost["cpu"])
        rows.append(
            visit(peer, site, browser, Row(episodes=episodes, name=peer.name, values=cheapest | weigh(peer, site)))
        )
        tell(" ".join(cells(rows[-1])))
    ours = everyone[0]
    return rows if ours.name in over else [*rows, *measure_again(ours, folder / ours.name, episodes, limit=limit)]


def measure_again(ours: Peer, root: Path, episodes: int, *, limit: int) -> Iterable[Row]:
    """Yield what this project costs when its site is there already, and what the feed alone does."""
    (command,) = ours.commands

    def again() -> Values:
        return measure(command, root, limit=limit)

    tell(f"{episodes} episodes, {ours.name}: changing")
    times, changes = (3 if episodes <= STEADY else 1), changes_of(make_episode(episodes))
    clean = functools.partial(build, ours, root, limit=limit)
    for name, costs in measure_changes(root, changes, times=times, again=again, clean=clean).items():
        cheapest = min(costs, key=lambda cost: cost["cpu"])
        yield Row(episodes=episodes, name=f"{ours.name}, {name}", values=cheapest)
        tell(f"{episodes} episodes, {ours.name}, {name}: {cheapest['cpu']:.2f} CPU s")
    feed = measure([BIN / "okatakten", "feed"], root, limit=limit)
    yield Row(episodes=episodes, name=f"{ours.name}, feed only", values=feed)


def weigh(peer: Peer, site: Path) -> Values:
    """Return the bytes of a built site and of its feed."""
    values: Values = {"output": sum(path.stat().st_size for path in site.rglob("*") if path.is_file())}
    if peer.feed:
        values["feed"] = (site / peer.feed).stat().st_size
    return values


def visit(peer: Peer, site: Path, browser: Browser | None, row: Row) -> Row:
    """Add what a browser fetches: the home page, an episode, and a search."""
    if browser is None:
        return row
    visits = {
        "home": first_view(browser, site, ""),
        "episode": first_view(browser, site, f"podd/{make_episode(1).slug}/"),
        "search": first_hit(browser, site, peer.search, query=SOUGHT),
    }
    values = row.values | {name: fetched.sent for name, fetched in visits.items() if fetched}
    missing = [name for name, fetched in visits.items() if not fetched]
    note = f"{' and '.join(missing)} took more than {PATIENCE} s" if missing else ""
    elsewhere = visits["home"].elsewhere if visits["home"] else None
    return Row(episodes=row.episodes, name=row.name, values=values, elsewhere=elsewhere, note=note)


def check_words(peer: Peer, site: Path, *, episodes: int) -> None:
    """Stop unless every episode has a page, and the first, middle and last one hold all that is said in them."""
    if (pages := len(list(site.glob("podd/avsnitt-*/index.html")))) != episodes:
        raise SystemExit(f"{peer.name}: {pages} pages of {episodes} episodes")
    for number in {1, (episodes + 1) // 2, episodes}:
        episode = make_episode(number)
        page = html.fromstring((site / "podd" / episode.slug / "index.html").read_text(encoding="utf-8"))
        main = page.find(peer.main)
        if main is None:
            raise SystemExit(f"{peer.name}: {episode.slug} has no {peer.main}")
        shown, said = Counter(words(" ".join(map(str, main.itertext())))), Counter(words(" ".join(episode.cues)))
        if said.total() != WORDS or (missing := said - shown):
            raise SystemExit(f"{peer.name}: {missing.total()} of {WORDS} words are missing in {episode.slug}")
        tell(f"{peer.name}, {episode.slug}: {shown.total()} words, all {WORDS} of the transcript among them")


def words(text: str) -> Iterable[str]:
    return (word.strip(".,:") for word in text.split())


def report(rows: Sequence[Row], goals: Sequence[Goal] = ()) -> str:
    """Return the tables: goals, costs, ratios, growth."""
    tables = (costs_table(rows), ratios_table(rows), growth_table(rows))
    return "\n\n".join(["\n".join(table) for table in ([goals_table(goals)] if goals else []) + [*tables]])


def costs_table(rows: Sequence[Row]) -> Iterable[str]:
    yield from heading(["episodes", "site", *COLUMNS.values(), "requests elsewhere", "note"], left={"site", "note"})
    yield from (line(cells(row)) for row in rows)


def cells(row: Row) -> list[str]:
    elsewhere = "–" if row.elsewhere is None else str(row.elsewhere)
    figures = [figure(row.values.get(column), UNITS[column]) for column in COLUMNS]
    return [str(row.episodes), row.name, *figures, elsewhere, row.note]


def ratios_table(rows: Sequence[Row]) -> Iterable[str]:
    yield from heading(["episodes", "ratio", *(name.rsplit(" ", 1)[0] for name in COLUMNS.values())], left={"ratio"})
    of = {(row.episodes, row.name): row.values for row in rows}
    for episodes in sizes_of(rows):
        own = [name for size, name in of if size == episodes and name.startswith("ours")]
        for name, peer in [(own[0], "Material"), *((name, "Hugo + Pagefind") for name in own)]:
            figures = quotients(of[episodes, name], of[episodes, peer])
            yield line([str(episodes), f"{name} / {peer}", *figures])


def growth_table(rows: Sequence[Row]) -> Iterable[str]:
    titles = ["episodes", "times", "site", *(name.rsplit(" ", 1)[0] for name in COLUMNS.values())]
    yield from heading(titles, left={"site"})
    of = {(row.episodes, row.name): row.values for row in rows}
    sizes = sizes_of(rows)
    for before, after in itertools.pairwise(sizes):
        for name in dict.fromkeys(row.name for row in rows):
            figures = quotients(of.get((after, name), {}), of.get((before, name), {}))
            yield line([f"{before} → {after}", f"{after / before:g}", name, *figures])


def sizes_of(rows: Sequence[Row]) -> list[int]:
    return sorted({row.episodes for row in rows})


def quotients(values: Values, others: Values) -> list[str]:
    return [
        figure(values[column] / others[column] if values.get(column) and others.get(column) else None, 1)
        for column in COLUMNS
    ]


def measure_goals(rows: Sequence[Row], browser: Browser | None) -> Iterable[Goal]:
    """Yield every goal, with what was measured of it: what is of a size that was not built stays unknown."""
    yield from build_goals({(row.episodes, row.name): row.values for row in rows})
    tell("goals: feed")
    yield feed_goal(measure_feed())
    tell("goals: saving while the site is shown")
    few, many = SAVES
    is_large = any(row.episodes == 1000 for row in rows)
    yield from serve_goals(measure_saves(3, saves=few), measure_saves(1000, saves=many) if is_large else None)
    tell("goals: pages and sound of the project")
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder))
        measure([BIN / "okatakten", "build"], Path(folder), limit=CPU_LIMIT)
        yield from view_goals(weigh_views(browser, Path(folder) / "site") if browser else {})
        heard = first_sound(browser, Path(folder) / "site", "podd/atta-fragor/") if browser else None
        yield from sound_goals((heard.first, heard.bytes_known) if heard else None)


def where_measured(browser: Browser | None) -> str:
    versions = (f"{name} {version(name)}" for name in ("mkdocs", "mkdocs-material", "hugo", "pagefind"))
    return machine(
        *versions, f"Chromium {browser.version}" if browser else "no Chromium, so nothing is known about visits"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a site costs as it grows, beside two peers.")
    parser.add_argument("sizes", nargs="*", type=int, metavar="EPISODES", default=DEFAULT_SIZES)
    parser.add_argument("--limit", type=int, default=CPU_LIMIT, help="seconds of CPU that a command may use")
    parser.add_argument("--write", type=Path, metavar="FILE", help="a file that takes the tables, too, after each size")
    options = parser.parse_args()
    rows: list[Row] = []
    with open_browser() as browser:
        where = where_measured(browser)
        for episodes in options.sizes:
            with tempfile.TemporaryDirectory() as folder:
                rows += measure_size(episodes, Path(folder), browser, limit=options.limit)
            keep(options.write, where, report(rows))
        tables = report(rows, [*measure_goals(rows, browser)])
    keep(options.write, where, tables)
    print(f"{where}\n\n{tables}")


def keep(path: Path | None, where: str, tables: str) -> None:
    if path:
        path.write_text(f"{KEPT}\n\n{where}\n\n{tables}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
