"""The commands `okatakten translation`: texts to a translator and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from okatakten.commands.console import A_MOMENT, read_or_stop, stop, with_root, working
from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.rules import STOCKHOLM
from okatakten.written.advice import Reason
from okatakten.written.report import format_report

NOTHING_CHANGED: Final = "\nIngenting är ändrat på webbplatsen."


@click.group(subcommand_metavar="KOMMANDO", options_metavar="", no_args_is_help=True)
def translation() -> None:
    """Skicka texter till en översättare och ta in dem igen."""


@translation.command("export", options_metavar="[VAL]")
@with_root
@click.argument("table", metavar="TABELL", type=click.Path(path_type=Path))
@click.option("--locale", metavar="SPRÅK", default="sma", show_default=True, help="Språkets kod.")
def export_table(root: Path, table: Path, locale: str) -> None:
    """Skriv alla texter på ett språk till TABELL, en fil som slutar på .xlsx (Excel) eller .csv."""
    from okatakten.disk.write import write_atomically
    from okatakten.translating.review import build_rows, read_translated_files
    from okatakten.translating.tables import SUFFIXES, build_table

    reading = read_or_stop(root)
    others = [name for name in reading.words if name != DEFAULT_LOCALE]
    if locale not in others:
        stop(f"Det finns inga texter på «{locale}». Välj språk med --locale: {', '.join(others) or 'inget finns än'}")
    if table.suffix.casefold() not in SUFFIXES:
        stop(f"{table}: låt filens namn sluta på .xlsx eller .csv.")
    files = read_translated_files(root.resolve(), reading, locale=Locale(locale))
    rows = build_rows(files)
    with working(table, instead="Tabellen skrevs inte.", seconds=A_MOMENT):
        if table.exists():
            stop(Reason.TABLE_THERE.format(table=table))
        write_atomically(table, build_table(rows, suffix=table.suffix.casefold()))
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
    from okatakten.disk.write import write_all
    from okatakten.translating.review import import_rows, read_translated_files
    from okatakten.translating.tables import read_table
    from okatakten.written.text import Problems

    project = root.resolve()
    problems = Problems(table.name)
    with working(project / "podcast/episodes", instead=NOTHING_CHANGED, seconds=A_MOMENT):
        reading = read_or_stop(root)
        rows = read_table(table, problems)
        files = read_translated_files(project, reading)
        reviewed = None if corrections else datetime.now(STOCKHOLM).date()
        result = import_rows(files, rows or [], problems, words=reading.words[DEFAULT_LOCALE], reviewed=reviewed)
        if problems.found:
            stop(format_report(problems.found) + NOTHING_CHANGED)
        if result.untouched and not corrections and not unchanged:
            stop(Reason.TABLE_THE_SAME.format(table=table) + NOTHING_CHANGED)
        write_all({project / name: text.encode() for name, text in result.texts.items()})
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
