"""The command that tells who was reached: reach."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from okatakten.commands.console import site_or_stop, stop, with_root, working
from okatakten.written.advice import ReasonError

NOT_HERE: Final = ("site", "docs", "podcast", "overrides", "scripts", "tests")
"""Folders of the project whose files are published, or are somebody's own."""


@click.command(options_metavar="[VAL]")
@click.argument("logs", metavar="[LOGGAR]…", nargs=-1, type=click.Path(path_type=Path))
@with_root
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="MAPP",
    show_default="spridning i projektets mapp",
    help="Mappen som talen, tabellerna och rapporten ligger i.",
)
@click.option(
    "--site",
    "built",
    type=click.Path(path_type=Path),
    metavar="MAPP",
    show_default="site i projektets mapp",
    help="Den byggda webbplatsen som loggarna är för.",
)
@click.option(
    "--agents",
    type=click.Path(path_type=Path),
    metavar="MAPP",
    help="Mapp med listorna över program ur opawg/user-agents-v2. Annars kommandots egen lista.",
)
@click.option("--replace", is_flag=True, help="Räkna om också dagar som nu har färre rader än förra gången.")
def reach(
    logs: tuple[Path, ...], *, root: Path, out: Path | None, built: Path | None, agents: Path | None, replace: bool
) -> None:
    """Räkna i serverns loggar hur många ni har nått.

    Av talen blir tabeller, bilder och en rapport till finansiären.

    LOGGAR är filer eller mappar, packade eller inte. Utan dem görs allt om av de dagar som redan är räknade.
    """
    site, folder = site_or_stop(), (out or root / "spridning")
    _stop_where_not_to_write(root, folder, built or root / "site")
    # What counts takes a tenth of a second to load, and no other command needs it.
    from okatakten.commands.counted import NOTHING_DONE, count, write

    try:
        with working(folder, instead=NOTHING_DONE):
            if logs:
                count(logs, folder, built or root / "site", site=site, agents=agents, replace=replace)
            write(folder, root, site=site)
    except ReasonError as error:
        stop(f"{error}\n{NOTHING_DONE}")


def _stop_where_not_to_write(root: Path, folder: Path, built: Path) -> None:
    """Stop where the exact figures would be published, or stand among files of others."""
    place = folder.resolve()
    for no in [built.resolve(), *(root.resolve() / name for name in NOT_HERE)]:
        if place.is_relative_to(no):
            stop(f"{folder} ligger i {no.name}. Välj en mapp som inte publiceras: --out spridning")
    if place in {root.resolve(), *root.resolve().parents}:
        stop(f"{folder} har annat i sig än spridningen. Välj en egen mapp: --out spridning")
    if folder.exists() and not folder.is_dir():
        stop(f"{folder} är en fil. Välj en mapp: --out spridning")
