"""What every command shares: Swedish words, the project's folder, and how to stop."""

from __future__ import annotations

import contextlib
import gc
import gettext
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from okatakten.addresses import SettingError, Site, read_site
from okatakten.disk.alone import alone, trying
from okatakten.documents.reading import read_with_documents
from okatakten.site.project import Reading
from okatakten.written.advice import Hint, Reason
from okatakten.written.machine import MACHINE_ERRORS, explain, explain_busy
from okatakten.written.report import format_report

READING: Final = "Läser podden och sidorna …"
PATIENCE: Final = 120.0
"""Seconds to wait for somebody who builds or publishes: as a rule longer than that takes."""
A_MOMENT: Final = 5.0
"""Seconds to wait for somebody who changes texts; an import may take hours."""

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
    "Did you mean {possibility}?": Hint.MEANT,
    "Did you mean one of: {possibilities}?": Hint.MEANT_ONE_OF,
    "(Did you mean one of: {possibilities}?)": Hint.MEANT_ONE_OF,
    "Option {name!r} requires an argument.": "Efter {name!r} ska ett värde stå.",
    "Option {name!r} does not take a value.": "Efter {name!r} ska inget värde stå.",
    "Got unexpected extra argument ({args})": "Det här förstod kommandot inte: {args}",
    "Missing argument": "Här saknas",
    "Missing option": "Här saknas valet",
    "required": "behövs",
    "Invalid value for {param_hint}: {message}": "{param_hint}: {message}",
    "{value!r} is not one of {choices}.": "{value!r} går inte. Välj ett av {choices}.",
    "{value!r} is not a valid {number_type}.": "{value!r} går inte. Skriv ett helt tal.",
    "{value} is not in the range {range}.": "{value} går inte. Skriv ett tal: {range}.",
    "Got unexpected extra arguments ({args})": "Det här förstod kommandot inte: {args}",
    "{name} {filename!r} is not readable.": "{filename!r} får inte läsas av den som kör kommandot. Ge rätt till det.",
    "Aborted!": "Avbrutet.",
}
"""What click says, in Swedish. It asks gettext for every word, and ships no Swedish of its own."""


class SwedishGroup(click.Group):
    """Commands that speak Swedish, where click has something to say."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        with _in_swedish():
            return super().main(*arguments, **named)

    def invoke(self, context: click.Context) -> Any:
        """Run a command. What the machine could not do is said in Swedish, whatever command it was."""
        with or_stop(""):
            return super().invoke(context)


@contextlib.contextmanager
def _in_swedish() -> Iterator[None]:
    """Let gettext answer with the words of click meanwhile: a compiled catalogue would be a built file in Git."""

    def swedish(domain: str, message: str) -> str:  # noqa: ARG001
        return CLICK_WORDS.get(message, message)

    def swedish_number(domain: str, msgid1: str, msgid2: str, n: int) -> str:
        return swedish(domain, msgid1 if n == 1 else msgid2)

    before = gettext.dgettext, gettext.dngettext
    # Every look-up ends in one of these two.
    gettext.dgettext, gettext.dngettext = swedish, swedish_number
    try:
        yield
    finally:
        gettext.dgettext, gettext.dngettext = before


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


def read_or_stop(root: Path) -> Reading:
    """Return what the files hold; with anything wrong in them, say all of it and stop."""
    # What is read stays to the end: to look through it for garbage again and again would cost more with each episode.
    gc.disable()
    with show_stages() as say:
        say(READING)
        reading = read_with_documents(root.resolve())
    gc.freeze()
    gc.enable()
    if reading.show is None:
        stop_unless_project(root)
        click.echo(format_report(reading.problems), nl=False, err=True)
        sys.exit(1)
    return reading


def stop_unless_project(root: Path) -> None:
    """Stop when the folder has nothing of the project in it."""
    if not any((root / name).exists() for name in ("mkdocs.yml", "podcast/show.yml")):
        stop(Reason.NOT_A_PROJECT.format(folder=root.resolve()))


def stop_unless_ffmpeg() -> None:
    """Stop when there is nothing on the machine that measures sound and makes MP3."""
    from okatakten.making.ffmpeg import FfmpegMissingError, ffmpeg

    try:
        ffmpeg()
    except FfmpegMissingError as error:
        stop(str(error))


def command() -> str:
    """Return how this command was started, to be written before what to do next."""
    return sys.argv[0] if "okatakten" in Path(sys.argv[0]).name else "okatakten"


@contextlib.contextmanager
def or_stop(instead: str) -> Iterator[None]:
    """Stop with what the machine could not do and what to do about it, and with what came of it."""
    try:
        yield
    except BrokenPipeError:  # whoever read what is said has had enough, which click knows
        raise
    except MACHINE_ERRORS as error:
        stop("\n".join(line for line in (explain(error), instead.strip("\n")) if line))


@contextlib.contextmanager
def working(folder: Path, *, instead: str, seconds: float = PATIENCE) -> Iterator[None]:
    """Work alone in a folder, or stop with what the machine says. Who is at work there is waited for, and named."""
    with (
        or_stop(instead),
        alone(
            folder,
            work=click.get_current_context().command_path,
            tries=trying(seconds),
            told=lambda busy: click.echo(explain_busy(busy, Reason.WAITING), err=True),
        ),
    ):
        yield


@contextlib.contextmanager
def show_progress(label: str) -> Iterator[Callable[[float], None]]:
    """Yield a function that takes how much is done, 0 to 1. Shows a bar on a terminal, from the first call on."""
    bar = click.progressbar(length=1000, label=label, file=sys.stderr, show_eta=False)
    shown = False

    def progress(share: float) -> None:
        nonlocal shown
        if not shown and sys.stderr.isatty():
            bar.__enter__()
            shown = True
        if shown:
            bar.update(max(0, round(share * 1000) - bar.pos))

    try:
        yield progress
    finally:
        if shown:
            bar.__exit__(None, None, None)


@contextlib.contextmanager
def show_stages() -> Iterator[Callable[[str], None]]:
    """Yield a function that takes what is being done. On a terminal it stands in a line that is gone afterwards."""
    shown = sys.stderr.isatty()

    def say(stage: str) -> None:
        if shown:
            room = shutil.get_terminal_size().columns - 2  # a line that wraps could not be taken back
            click.echo(f"\r\x1b[K{stage[:room]}", nl=False, err=True)

    try:
        yield say
    finally:
        say("")


def say_above(line: str) -> None:
    """Say something while a bar is shown: it stands where the bar was, and the bar comes again below."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(line)


def site_or_stop(*, preview: bool = False) -> Site:
    """Return the site that the environment describes, or stop with what is wrong in it."""
    try:
        return read_site(os.environ, preview=preview)
    except SettingError as error:
        stop(str(error))


def stop(message: str) -> NoReturn:
    """Say why nothing was done, and end with status 1."""
    with contextlib.suppress(OSError):  # where nothing can be said, the status says it
        click.echo(message, err=True)
    sys.exit(1)
