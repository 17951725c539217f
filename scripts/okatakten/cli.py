"""The command `okatakten`: what a communicator types. Everything it says is Swedish."""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import click

from okatakten.addresses import SettingError, Site, publishable, read_site
from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.problems import format_notes, format_report
from okatakten.read import STOCKHOLM, Reading, read_project

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
    "Missing argument": "Här saknas",
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
    reading = _read(root)
    assert reading.show is not None
    if reading.notes:
        click.echo(format_notes(reading.notes))
    click.echo(f"Allt är rätt: {len(reading.show.episodes)} avsnitt, {_languages(reading)}.")


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
    reading = _read(root)
    show = reading.show
    assert show is not None
    path = output or root / "site" / "podd" / "feed.xml"
    try:
        changed = write_atomically(path, build_feed(show, site=site, words=reading.words[DEFAULT_LOCALE]))
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
    if waiting := sum(translation.reviewed is None for translation in reading.translations):
        click.echo(f"Texter som ingen översättare har granskat: {waiting}. okatakten check säger vilka.")
    if stale := sum(translation.stale for translation in reading.translations):
        click.echo(f"Översättningar som är äldre än den svenska texten: {stale}. okatakten check säger vilka.")
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


@app.group(subcommand_metavar="KOMMANDO", options_metavar="", no_args_is_help=True)
def translation() -> None:
    """Skicka texter till en översättare som en tabell, och ta in tabellen igen."""


@translation.command("export", options_metavar="[VAL]")
@with_root
@click.argument("table", metavar="TABELL", type=click.Path(path_type=Path))
@click.option("--locale", metavar="SPRÅK", default="sma", show_default=True, help="Språkets kod.")
def export_table(root: Path, table: Path, locale: str) -> None:
    """Skriv alla texter på ett språk till TABELL, en fil som slutar på .xlsx (Excel) eller .csv."""
    from okatakten.review import build_rows, read_translated_files
    from okatakten.tables import SUFFIXES, build_table
    from okatakten.write import write_atomically

    reading = _read(root)
    others = [name for name in reading.words if name != DEFAULT_LOCALE]
    if locale not in others:
        _stop(f"Det finns inga texter på «{locale}». Välj språk med --locale: {', '.join(others) or 'inget finns än'}")
    if table.suffix.casefold() not in SUFFIXES:
        _stop(f"{table}: låt filens namn sluta på .xlsx eller .csv.")
    files = read_translated_files(root.resolve(), reading, locale=Locale(locale))
    rows = build_rows(files)
    try:
        if table.exists():
            _stop(f"{table} finns redan, och kan vara det som översättaren skrev i. Välj ett annat namn.")
        write_atomically(table, build_table(rows, suffix=table.suffix.casefold()))
    except OSError as error:
        _stop(f"{table}: tabellen går inte att skriva där ({error.strerror}).")
    click.echo(f"{table}: {len(rows)} rader ur {len(files)} filer. Skicka den till översättaren.")
    click.echo("Översättaren skriver i kolumnerna Översättning, Kommentar och Källor.")
    if silent := [row.place for row in rows if not row.swedish]:
        click.echo(
            f"Översättaren ser ingen svenska för {'; '.join(silent)}. Skriv den på raden under meningen, så här:"
        )
        click.echo("    <!-- svenska: Vad meningen betyder. -->")
    click.echo(f"När tabellen kommer tillbaka: okatakten translation import {table}")


@translation.command("import", options_metavar="[VAL]")
@with_root
@click.argument("table", metavar="TABELL", type=click.Path(path_type=Path))
@click.option(
    "--corrections",
    is_flag=True,
    help="Ta bara in ändringarna, utan att märka texterna som granskade av en översättare.",
)
@click.option("--unchanged", is_flag=True, help="Översättaren har gått igenom texterna och godkänt dem som de är.")
def import_table(root: Path, table: Path, corrections: bool, unchanged: bool) -> None:
    """Ta in en TABELL som en översättare har gått igenom, och märk texterna som granskade i dag."""
    from okatakten.fields import Problems
    from okatakten.review import import_rows, read_translated_files
    from okatakten.tables import read_table
    from okatakten.write import write_all

    reading = _read(root)
    project = root.resolve()
    problems = Problems(table.name)
    rows = read_table(table, problems)
    files = read_translated_files(project, reading)
    reviewed = None if corrections else datetime.now(STOCKHOLM).date()
    result = import_rows(files, rows or [], problems, words=reading.words[DEFAULT_LOCALE], reviewed=reviewed)
    if problems.found:
        _stop(format_report(problems.found) + "\nIngenting är ändrat på webbplatsen.")
    if result.untouched and not corrections and not unchanged:
        _stop(
            f"{table} säger detsamma som webbplatsen. Har översättaren gått igenom texterna och godkänt dem som de är? "
            f"Skriv då: okatakten translation import {table} --unchanged\nIngenting är ändrat på webbplatsen."
        )
    try:
        write_all({project / name: text.encode() for name, text in result.texts.items()})
    except OSError as error:
        _stop(f"{error.filename}: filen går inte att skriva ({error.strerror}). Rätta det och kör importen igen.")
    for name in result.texts:
        click.echo(f"{name}: {f'granskad {reviewed}' if reviewed else 'rättad'}")
    count = len(result.changed)
    click.echo(f"{count} {'ändrad mening' if count == 1 else 'ändrade meningar'}.")
    for old, new in result.changed:
        if not new.text:
            click.echo(f"Borttagen: {old.text}")
    for place, comment in result.remarks:
        click.echo(f"Kommentar till {place}: {comment}")
    if left := [file.name for file in files if file.name not in result.texts]:
        click.echo(f"Fanns inte i tabellen och är som förut: {', '.join(left)}")


def _read(root: Path) -> Reading:
    """Return what the files hold; with anything wrong in them, say all of it and stop."""
    reading = read_project(root.resolve())
    if reading.show is None:
        click.echo(format_report(reading.problems), nl=False, err=True)
        if not any((root / name).exists() for name in ("mkdocs.yml", "podcast/show.yml")):
            click.echo(
                f"\n{root.resolve()} är inte projektets mapp. Gå till den, eller skriv den efter --root.", err=True
            )
        sys.exit(1)
    return reading


def _languages(reading: Reading) -> str:
    """Return how many pages each language has, as `6 sidor på sv, 4 på sma`."""
    counts = {locale: sum(page.locale == locale for page in reading.pages) for locale in reading.words}
    first, *others = counts.items()
    return ", ".join([f"{first[1]} sidor på {first[0]}", *(f"{count} på {locale}" for locale, count in others)])


def _site() -> Site:
    try:
        return read_site(os.environ)
    except SettingError as error:
        _stop(str(error))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
