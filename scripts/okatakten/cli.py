"""The command `okatakten`: what a communicator types. Everything it says is Swedish."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from okatakten.addresses import SettingError, Site, publishable, read_site
from okatakten.problems import format_report
from okatakten.read import Reading, read_project

app = typer.Typer(
    name="okatakten",
    help="Podden Öka takten: kontrollera avsnitt, gör flödet och bygg webbplatsen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Root = Annotated[
    Path, typer.Option("--root", help="Projektets mapp.", envvar="OKATAKTEN_ROOT", show_default="mappen du står i")
]


@app.command()
def check(root: Root = Path()) -> None:
    """Kontrollera podden och alla avsnitt. Ändrar ingenting."""
    show = _read(root).show
    assert show is not None
    count = len(show.episodes)
    typer.echo(f"Allt är rätt: {count} avsnitt.")


@app.command()
def feed(
    root: Root = Path(),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Filen som flödet skrivs till.", show_default="site/podd/feed.xml"),
    ] = None,
) -> None:
    """Gör poddens flöde av avsnittens mappar."""
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
    typer.echo(f"{path}: {count} avsnitt, {'nytt' if changed else 'oförändrat'} flöde för {site.url}")


@app.command()
def build(root: Root = Path()) -> None:
    """Bygg hela webbplatsen i mappen site."""
    # MkDocs takes half a second to load, and a tree with errors never needs it.
    from okatakten.plugin import BuildError, build_site
    from okatakten.write import replace_folder

    site = _site()
    reading = _read(root)
    assert reading.show is not None
    folder = root.resolve() / "site"
    try:
        replace_folder(
            folder, make=lambda new: build_site(root.resolve() / "mkdocs.yml", site_dir=new, reading=reading)
        )
    except BuildError as error:
        _stop(f"Webbplatsen byggdes inte, och den förra finns kvar. Byggverktyget säger:\n\n{error}")
    typer.echo(f"{root / 'site'}: webbplatsen är klar för {site.url}")
    published = len(publishable(reading.show, site).episodes)
    if left_out := len(reading.show.episodes) - published:
        typer.echo(f"{left_out} exempelavsnitt togs inte med, eftersom adressen är på riktigt.")


@app.command()
def serve(
    root: Root = Path(),
    address: Annotated[str, typer.Option("--address", help="Adress och port.")] = "127.0.0.1:8000",
) -> None:
    """Visa webbplatsen på den egna datorn. Sidan laddas om när något ändras. Avsluta med Ctrl+C."""
    from okatakten.plugin import serve_site

    _site()
    _read(root)
    serve_site(root.resolve() / "mkdocs.yml", address=address)


def _read(root: Path) -> Reading:
    """Return what the files hold; with anything wrong in them, say all of it and stop."""
    reading = read_project(root.resolve())
    if reading.show is None:
        typer.echo(format_report(reading.problems), nl=False, err=True)
        raise typer.Exit(1)
    return reading


def _site() -> Site:
    try:
        return read_site(os.environ)
    except SettingError as error:
        _stop(str(error))


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(1)
