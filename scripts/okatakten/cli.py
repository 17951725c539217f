"""The command `okatakten`: what a communicator types. Everything it says is Swedish."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click

from okatakten.addresses import SettingError, Site, publishable, read_site
from okatakten.problems import format_report
from okatakten.read import Reading, read_project

Command = TypeVar("Command", bound=Callable[..., object])

CLICK_WORDS: Final = {
    "Usage:": "Så här:",
    "Options": "Val",
    "Commands": "Kommandon",
    "Show this message and exit.": "Visa den här hjälpen.",
    "default: {default}": "annars: {default}",
    "Error: {message}": "{message}",
    "Try '{command} {option}' for help.": "Skriv «{command} {option}» för hjälp.",
    "No such command {name!r}.": "Det finns inget kommando {name!r}.",
    "No such option {name!r}.": "Det finns inget val {name!r}.",
    "Did you mean {possibility}?": "Menade du {possibility}?",
    "Did you mean one of: {possibilities}?": "Menade du något av: {possibilities}?",
    "(Did you mean one of: {possibilities}?)": "Menade du något av: {possibilities}?",
    "Option {name!r} requires an argument.": "Efter {name!r} ska ett värde stå.",
    "Option {name!r} does not take a value.": "Efter {name!r} ska inget värde stå.",
    "Got unexpected extra argument ({args})": "Det här förstod kommandot inte: {args}",
    "Got unexpected extra arguments ({args})": "Det här förstod kommandot inte: {args}",
    "Aborted!": "Avbrutet.",
}
"""What click says, in Swedish. It asks gettext for every word, and ships no Swedish of its own."""


def _swedish(domain: str, message: str) -> str:  # noqa: ARG001
    return CLICK_WORDS.get(message, message)


def _swedish_number(domain: str, msgid1: str, msgid2: str, n: int) -> str:
    return _swedish(domain, msgid1 if n == 1 else msgid2)


# Every look-up of gettext ends here; a compiled catalogue would be a built file in the repository.
gettext.dgettext = _swedish
gettext.dngettext = _swedish_number


def with_root(command: Command) -> Command:
    """Add the option that names the project's folder."""
    option = click.option(
        "--root",
        type=click.Path(path_type=Path),
        metavar="MAPP",
        default=Path(),
        show_default="mappen du står i",
        help="Projektets mapp.",
    )
    return option(command)


@click.group(subcommand_metavar="KOMMANDO", options_metavar="", no_args_is_help=True)
def app() -> None:
    """Podden Öka takten: kontrollera avsnitt, gör flödet och bygg webbplatsen."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show å should show a mark for it, not stop.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@app.command(options_metavar="[VAL]")
@with_root
def check(root: Path) -> None:
    """Kontrollera podden och alla avsnitt. Ändrar ingenting."""
    show = _read(root).show
    assert show is not None
    click.echo(f"Allt är rätt: {len(show.episodes)} avsnitt.")


@app.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FIL",
    show_default="site/podd/feed.xml",
    help="Filen som flödet skrivs till.",
)
def feed(root: Path, output: Path | None) -> None:
    """Gör bara poddens flöde av avsnittens mappar."""
    from okatakten.feed import build_feed
    from okatakten.write import write_atomically

    site = _site()
    show = _read(root).show
    assert show is not None
    path = output or root / "site" / "podd" / "feed.xml"
    try:
        changed = write_atomically(path, build_feed(show, site=site))
    except OSError as error:
        _stop(f"{path}: flödet går inte att skriva där ({error.strerror}). Välj en annan fil med --output.")
    count = len(publishable(show, site).episodes)
    click.echo(f"{path}: {count} avsnitt, {'nytt' if changed else 'oförändrat'} flöde för {site.url}")


@app.command(options_metavar="[VAL]")
@with_root
def build(root: Path) -> None:
    """Bygg hela webbplatsen i mappen site."""
    site = _site()
    reading = _read(root)
    assert reading.show is not None
    # MkDocs takes half a second to load, and a tree with errors never needs it.
    from okatakten.plugin import BuildError, build_site
    from okatakten.write import replace_folder

    project = root.resolve()
    try:
        replace_folder(
            project / "site", make=lambda new: build_site(project / "mkdocs.yml", site_dir=new, reading=reading)
        )
    except BuildError as error:
        _stop(f"Webbplatsen byggdes inte, och den förra finns kvar. Byggverktyget säger:\n\n{error}")
    click.echo(f"{root / 'site'}: webbplatsen är klar för {site.url}")
    if left_out := len(reading.show.episodes) - len(publishable(reading.show, site).episodes):
        click.echo(f"{left_out} exempelavsnitt togs inte med. De visas bara på adresser som slutar på .example.")


@app.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--address", metavar="VÄRD:PORT", default="127.0.0.1:8000", show_default=True, help="Var webbplatsen visas."
)
def serve(root: Path, address: str) -> None:
    """Visa webbplatsen på den egna datorn.

    Sidan laddas om när något ändras. Avsluta med Ctrl+C.
    """
    _site()
    _read(root)
    from okatakten.plugin import BuildError, serve_site

    click.echo(f"Webbplatsen visas på http://{address}/ om en stund. Avsluta med Ctrl+C.")
    try:
        serve_site(root.resolve() / "mkdocs.yml", address=address)
    except BuildError as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{address} går inte att använda ({error.strerror}). Välj en annan med --address, till exempel :8001.")


def _read(root: Path) -> Reading:
    """Return what the files hold; with anything wrong in them, say all of it and stop."""
    reading = read_project(root.resolve())
    if reading.show is None:
        click.echo(format_report(reading.problems), nl=False, err=True)
        sys.exit(1)
    return reading


def _site() -> Site:
    try:
        return read_site(os.environ)
    except SettingError as error:
        _stop(str(error))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
