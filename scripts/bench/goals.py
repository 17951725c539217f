"""Whether the project is as fast as it means to be: each goal, what was measured, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.serve import Saves
from bench.tables import figure, heading, line

Costs = Mapping[tuple[int, str], Mapping[str, float]]
"""What a site of so many episodes costs, by its number and name."""

OURS, PEER = "ours", "Hugo + Pagefind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is to be at most so much. `measured` is None where it was not, or could not be."""

    name: str
    at_most: float
    measured: float | None

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        return "held" if self.measured <= self.at_most else f"{figure(self.measured / self.at_most, 1)} times too much"


def build_goals(costs: Costs) -> Iterator[Goal]:
    """Yield what a build may cost in relation to the peer's, which begins from nothing each time."""
    for episodes in (1000, 3000):
        yield _build_goal(costs, episodes, OURS, at_most=1.5, name="from nothing")
    for change in ("one title", "one transcript"):
        yield _build_goal(costs, 1000, f"{OURS}, {change}", at_most=0.5, name=change)
    # Half of what it was when the goal was set: 2.18 CPU s to 0.27 on one machine, and 4.7 to 0.58 on another.
    yield _build_goal(costs, 10, f"{OURS}, nothing changed", at_most=4, name="nothing changed")
    memory = costs.get((1000, OURS), {}).get("memory")
    yield Goal(name="1 000 episodes, peak memory, MB", at_most=400, measured=None if memory is None else memory / 10**6)


def _build_goal(costs: Costs, episodes: int, site: str, *, at_most: float, name: str) -> Goal:
    ours, peer = (costs.get((episodes, one), {}).get("cpu") for one in (site, PEER))
    measured = ours / peer if ours is not None and peer else None
    number = f"{episodes:,}".replace(",", " ")
    return Goal(name=f"{number} episodes, {name}: CPU / {PEER}", at_most=at_most, measured=measured)


def feed_goal(cpu: tuple[float, float]) -> Goal:
    """Return what the feed may cost in relation to lxml that makes the same bytes."""
    ours, lxml = cpu
    return Goal(name="feed of 2 000 episodes: CPU / lxml", at_most=1.5, measured=ours / lxml)


def serve_goals(few: Saves, many: Saves | None) -> Iterator[Goal]:
    """Yield what a save may cost whoever writes, in a show of 3 episodes and of 1 000."""
    yield Goal(name="make serve, 3 episodes: CPU s from a save to the page", at_most=1, measured=few.cpu)
    measured = None if many is None else many.cpu
    yield Goal(name="make serve, 1 000 episodes: CPU s from a save to the page", at_most=3, measured=measured)
    for what, times in zip(("CPU", "memory"), few.growth, strict=True):
        name = f"make serve, 3 episodes: {what} of the last saves of {len(few.saves)} / of the first"
        yield Goal(name=name, at_most=1.1, measured=times)


def view_goals(heaviest: Mapping[str, tuple[str, int]]) -> Iterator[Goal]:
    """Yield what the first view of each kind of page may weigh: the heaviest of its kind counts."""
    for kind, at_most in BUDGETS.items():
        page, weight = heaviest.get(kind, ("", None))
        name = f"first view, {kind}{f' ({page})' if page else ''}: kB"
        yield Goal(name=name, at_most=at_most, measured=None if weight is None else weight / 1000)


def sound_goals(first: tuple[float, int] | None) -> Iterator[Goal]:
    """Yield how soon there may be sound on a slow line, and after how many bytes its length is known."""
    seconds, sent = first or (None, None)
    yield Goal(name="first sound at 400 kbit/s: s", at_most=1.5, measured=seconds)
    yield Goal(name="sound before its length is known: kB", at_most=64, measured=None if sent is None else sent / 1000)


BUDGETS = {"home": 36, "episode": 34, "an hour's transcript": 60, "with figures": 28, "other": 24}
"""kB (1 000 bytes) with Brotli, all that the browser fetches."""


def goals_table(goals: Iterable[Goal]) -> Iterator[str]:
    yield from heading(["goal", "measured", "at most", "verdict"], left={"goal", "verdict"})
    for goal in goals:
        yield line([goal.name, figure(goal.measured, 1), f"{goal.at_most:g}", goal.verdict])
