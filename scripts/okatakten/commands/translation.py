"""The commands `okatakten translation`: texts to a translator and back, a new language, and how far each has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from okatakten.commands.console import A_MOMENT, read_or_stop, stop, with_root, working
from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.rules import STOCKHOLM
from okatakten.written.advice import Reason, Reviewer, Text
from okatakten.written.report import format_report

if TYPE_CHECKING:
    from okatakten.translating.files import TranslatedFile
    from okatakten.translating.review import Import
    from okatakten.translating.tables import Row
    from okatakten.written.text import Problems

NOTHING_CHANGED: Final = f"\n{Text.NOTHING_CHANGED}"
ALL: Final = "alla"
"""Instead of the names of pages: every one that the language lacks."""


@click.group(subcommand_metavar="KOMMANDO", options_metavar="", no_args_is_help=True)
def translation() -> None:
    """Skicka texter till en översättare och ta in dem igen."""


@translation.command("export", options_metavar="[VAL]")
@with_root
@click.argument("table", metavar="TABELL", type=click.Path(path_type=Path))
@click.option("--locale", metavar="SPRÅK", default="sma", show_default=True, help="Språkets kod.")
@click.option(
    "--new",
    "wanted",
    metavar="SIDA",
    multiple=True,
    help=f"Ta med en svensk sida som språket saknar, till exempel om.md, så att tabellen kan skapa den. {ALL}: alla.",
)
def export_table(root: Path, table: Path, locale: str, wanted: tuple[str, ...]) -> None:
    """Skriv alla texter på ett språk till en TABELL.

    Filens namn slutar på .xlsx (Excel), .csv eller .po.
    """
    from okatakten.disk.write import write_atomically
    from okatakten.translating.po import SUFFIX, build_po
    from okatakten.translating.review import build_rows, read_translated_files
    from okatakten.translating.tables import SUFFIXES, build_table

    reading = read_or_stop(root)
    others = [name for name in reading.words if name != DEFAULT_LOCALE]
    if locale not in others:
        stop(f"Det finns inga texter på «{locale}». Välj språk med --locale: {', '.join(others) or 'inget finns än'}")
    suffix = table.suffix.casefold()
    if suffix not in {*SUFFIXES, SUFFIX}:
        stop(f"{table}: låt filens namn sluta på .xlsx eller .csv, eller på .po.")
    new = _new_pages(root, wanted, locale=Locale(locale))
    files = read_translated_files(root.resolve(), reading, locale=Locale(locale), new=new)
    rows = build_rows(files, states=suffix == SUFFIX)
    with working(table, instead="Tabellen skrevs inte.", seconds=A_MOMENT):
        if table.exists():
            stop(Reason.TABLE_THERE.format(table=table))
        content = build_po(rows, locale=Locale(locale)) if suffix == SUFFIX else build_table(rows, suffix=suffix)
        write_atomically(table, content)
    click.echo(f"{table}: {len(rows)} rader ur {len(files)} filer. Skicka den till översättaren.")
    if suffix != SUFFIX:
        click.echo("Översättaren skriver i kolumnerna Översättning, Kommentar och Källor.")
    if silent := [row.place for row in rows if not row.swedish]:
        click.echo(
            f"Översättaren ser ingen svenska för {'; '.join(silent)}. Skriv den på raden under meningen, så här:"
        )
        click.echo("    <!-- svenska: Vad meningen betyder. -->")
    click.echo(f"När tabellen kommer tillbaka: okatakten translation import {table}")


def _new_pages(root: Path, wanted: Iterable[str], *, locale: Locale) -> list[str]:
    """Return the files of the pages that are to be made. Stops at one that the language has, or nobody has."""
    from okatakten.translating.blank import missing_pages

    missing = missing_pages(root.resolve(), locale=locale)
    names = missing if ALL in wanted else [name.removeprefix(f"docs/{DEFAULT_LOCALE}/") for name in wanted]
    for name in names:
        if name not in missing:
            stop(f"{name}: välj en svensk sida som {locale} saknar: {', '.join(missing) or 'ingen saknas'}")
    return [f"docs/{locale}/{name}" for name in names]


@translation.command("import", options_metavar="[VAL]")
@with_root
@click.argument("table", metavar="TABELL", type=click.Path(path_type=Path))
@click.option(
    "--corrections",
    is_flag=True,
    help="Ta bara in ändringarna, utan att märka texterna som granskade av en översättare.",
)
@click.option("--unchanged", is_flag=True, help="Översättaren har gått igenom alla texter, också dem utan ändringar.")
@click.option(
    "--page",
    "pages",
    metavar="FIL",
    multiple=True,
    help="Märk just den här filen som granskad, till exempel docs/sma/om.md, och inte de andra.",
)
@click.option(
    "--by",
    metavar="ROLL",
    type=click.Choice([role.value for role in Reviewer]),
    default=Reviewer.TRANSLATOR.value,
    show_default=True,
    help=f"Vem som har granskat: {', '.join(Reviewer)}. Skriv ingens namn.",
)
def import_table(
    *, root: Path, table: Path, corrections: bool, unchanged: bool, pages: tuple[str, ...], by: str
) -> None:
    """Ta in en TABELL som en översättare har fyllt i.

    Den är en fil som slutar på .xlsx, .ods, .csv eller .po.

    De sidor där något är ändrat märks som granskade i dag. I en PO-fil är det de sidor där ingen mening är fuzzy.
    """
    from okatakten.translating.review import import_rows, named_files, read_translated_files
    from okatakten.written.text import Problems

    problems = Problems(table.name)
    remarks: list[str] = []
    with working(root.resolve() / "podcast/episodes", instead=NOTHING_CHANGED, seconds=A_MOMENT):
        reading = read_or_stop(root)
        rows = _read(table, problems, remarks)
        named = named_files(rows)
        files = read_translated_files(root.resolve(), reading, new=named)
        translated = [file.name for file in files if file.name in named]
        for page in pages:
            if page not in translated:
                stop(f"{page} finns inte i tabellen. Välj bland: {', '.join(translated)}{NOTHING_CHANGED}")
        reviewed = None if corrections else datetime.now(STOCKHOLM).date()
        result = import_rows(
            files,
            rows,
            problems,
            words=reading.words[DEFAULT_LOCALE],
            reviewed=reviewed,
            approved=pages or (translated if unchanged else None),
            reviewer=Reviewer(by),
        )
        if problems.found:
            stop(format_report(problems.found) + NOTHING_CHANGED)
        if result.untouched and not (corrections or unchanged or pages):
            _say("Det här lästes inte:", remarks)
            stop(Reason.TABLE_THE_SAME.format(table=table) + NOTHING_CHANGED)
        _write(root.resolve(), result)
    _say_files(result, files, reviewed=reviewed)
    _say_sentences(result)
    _say("Det här lästes inte:", remarks)
    if reviewed:
        _say_progress(root, locales={file.translation.locale for file in files if file.name in result.texts})


def _read(table: Path, problems: Problems, remarks: list[str]) -> list[Row]:
    from okatakten.translating.po import SUFFIX, read_po
    from okatakten.translating.tables import read_table

    read = read_po if table.suffix.casefold() == SUFFIX else read_table
    return read(table, problems, remarks) or []


def _write(root: Path, result: Import) -> None:
    from okatakten.disk.write import write_all

    for name in result.texts:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    write_all({root / name: text.encode() for name, text in result.texts.items()})


def _say_files(result: Import, files: Sequence[TranslatedFile], *, reviewed: date | None) -> None:
    """Say of each file what has become of it."""
    same = []
    for file in files:
        made = " (ny sida)" if file.is_new else ""
        text = result.texts.get(file.name)
        if file.name in result.reviewed:
            click.echo(f"{file.name}: granskad {reviewed}{made}")
        elif text is not None and text != file.text:
            click.echo(f"{file.name}: {'rättad' if reviewed is None else 'ändrad, inte granskad'}{made}")
        elif text is not None:
            same.append(file.name)
    if same:
        click.echo(f"Där är inget ändrat, och märkningen är som förut: {', '.join(same)}")
    if same and reviewed:
        click.echo("Är de också granskade? Kör importen igen med --unchanged, eller med --page FIL för någon av dem.")
    if left := [file.name for file in files if file.name not in result.texts and not file.is_new]:
        click.echo(f"Fanns inte i tabellen och är som förut: {', '.join(left)}")


def _say_sentences(result: Import) -> None:
    """Say what has become of the sentences."""
    count = len(result.changed)
    click.echo(f"{count} {'ändrad mening' if count == 1 else 'ändrade meningar'}.")
    for old, new in result.changed:
        if not new.text:
            click.echo(f"Borttagen: {old.text}")
    for place, comment in result.remarks:
        click.echo(f"Kommentar till {place}: {comment}")
    _say("Inte översatt, och inte med på den nya sidan:", [f"{place}: {text}" for place, text in result.left_out])


def _say(heading: str, lines: list[str]) -> None:
    if lines:
        click.echo(heading)
    for line in lines:
        click.echo(f"    {line}")


@translation.command("status", options_metavar="[VAL]")
@with_root
def show_status(root: Path) -> None:
    """Säg hur långt varje språk har kommit.

    Hur många sidor och meningar som finns och är granskade, och var svenskan har ändrats sedan dess.
    """
    _say_progress(root, locales=None)


def _say_progress(root: Path, *, locales: Collection[Locale] | None) -> None:
    """Say how far languages have come; None: every one, file by file."""
    from okatakten.translating.progress import read_progress

    for progress in read_progress(root.resolve(), read_or_stop(root)):
        if locales is None or progress.locale in locales:
            click.echo("\n".join(progress.lines(by_file=locales is None)))


@translation.command("new", options_metavar="[VAL]")
@with_root
@click.argument("locale", metavar="SPRÅK")
@click.option("--name", metavar="NAMN", help="Vad språket heter på språket självt, så som det står i länken dit.")
def new_language(root: Path, locale: str, name: str | None) -> None:
    """Gör ett nytt SPRÅK, med en kod som nb eller ar.

    Mappen, startsidan, orden och raderna i mkdocs.yml görs. Allt står på svenska, märkt som svenska, tills
    det är översatt.
    """
    from okatakten.disk.write import write_all
    from okatakten.translating.blank import new_language_files
    from okatakten.words.languages import LOCALE, language_name

    reading = read_or_stop(root)
    if not LOCALE.fullmatch(locale):
        stop(f"«{locale}» är ingen kod för ett språk. Skriv två eller tre små bokstäver, till exempel nb eller ar.")
    if locale in reading.words:
        stop(f"{locale} finns redan, i mappen docs/{locale}.")
    name = " ".join((name or language_name(Locale(locale)) or "").split())
    if not name:
        stop(f"Skriv vad språket heter på språket självt, så här: okatakten translation new {locale} --name Namn")
    taken = {words["language_name"].casefold(): other for other, words in reading.words.items()}
    if name.casefold() in taken:
        stop(f"{taken[name.casefold()]} heter också «{name}». Skriv ett annat namn med --name.")
    project = root.resolve()
    files, said = new_language_files(project, reading, locale=Locale(locale), name=name)
    with working(project / "podcast/episodes", instead=NOTHING_CHANGED, seconds=A_MOMENT):
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_all(files)
    for path in files:
        click.echo(f"Skriven: {path.relative_to(project).as_posix()}")
    for line in said:
        click.echo(line)
    click.echo(f"Nästa steg: okatakten translation export {locale}.xlsx --locale {locale} --new {ALL}")
