"""The command that says what stands in the way of a real address: launch. `check` and `publish` ask it, too."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from okatakten.addresses import Site
from okatakten.commands.console import read_or_stop, stop, with_root
from okatakten.site.launch import BLOCKING, find_open
from okatakten.site.project import Reading
from okatakten.site.settings import read_addresses
from okatakten.written.advice import POINTS, Reason, Text
from okatakten.written.problems import Point

BEFORE_LAUNCH: Final = "BEFORE_LAUNCH"
"""The variable that is 1 where a site is to be published although something blocks it."""


@click.command(options_metavar="[VAL]")
@with_root
def launch(root: Path) -> None:
    """Säg vad som återstår innan webbplatsen får sin riktiga adress.

    Ändrar inget.
    """
    left = open_points(read_or_stop(root), root=root)
    blocking, others = _parted(left)
    for heading, points in ((Text.LAUNCH_BLOCKED, blocking), (Text.LAUNCH_OPEN, others)):
        if points:
            click.echo(f"{heading}\n\n{_worded(points, after=left.index(points[0]))}\n")
    count = Text.LAUNCH_COUNT.format(left=len(left), blocking=len(blocking))
    click.echo(count if left else Text.LAUNCH_READY)
    sys.exit(1 if blocking else 0)


def open_points(reading: Reading, *, root: Path) -> tuple[Point, ...]:
    """Return what still stands in the way, what blocks first."""
    assert reading.show
    # What is wrong in the settings has been told as a problem of the project.
    addresses = read_addresses(root.resolve(), [], files=())
    return find_open(reading.decided, show=reading.show, addresses=addresses, translations=reading.translations)


def launch_line(reading: Reading, *, root: Path) -> str:
    """Return how much is open, in one line; empty where nothing is."""
    left = open_points(reading, root=root)
    return Text.LAUNCH_SEE.format(left=len(left), blocking=len(_parted(left)[0])) if left else ""


def stop_before_launch(root: Path, *, site: Site, instead: str) -> None:
    """Stop, and say what was done instead, where something blocks a real address and nobody has said to go on."""
    if os.environ.get(BEFORE_LAUNCH) == "1":
        return
    blocking, _ = _parted(open_points(read_or_stop(root), root=root))
    if blocking:
        points = "\n    ".join(POINTS[point].what for point in blocking)
        stop(Reason.BEFORE_LAUNCH.format(site=site.url, points=points, word="--before-launch") + instead)


def _parted(points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    return [point for point in points if point in BLOCKING], [point for point in points if point not in BLOCKING]


def _worded(points: Sequence[Point], *, after: int) -> str:
    steps = ((number, POINTS[point]) for number, point in enumerate(points, start=after + 1))
    return "\n\n".join(
        Text.LAUNCH_POINT.format(number=number, what=step.what, why=step.why, who=step.who, write=step.write)
        for number, step in steps
    )
