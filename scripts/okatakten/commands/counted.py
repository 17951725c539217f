"""What `okatakten reach` does: logs are counted and told of, and what is kept becomes tables, pictures and a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click

from okatakten.addresses import Site, missing_in
from okatakten.commands.console import command, show_progress, show_stages, stop
from okatakten.reach.agents import Agents, our_agents, read_agents
from okatakten.reach.counting import Counted, Counting, Outcome
from okatakten.reach.days import Method, Smaller, date_of, read_days, read_methods, write_days
from okatakten.reach.logs import Request
from okatakten.reach.places import Places, read_places
from okatakten.reach.reading import LogRead, find_logs, read_logs
from okatakten.reach.wording import OUTCOME_WORDS
from okatakten.words.wording import grouped_text
from okatakten.written.advice import Reason

NOTHING_DONE: Final = "Inget är räknat, och det som räknats förut är kvar."
MOST: Final = 0.9
"""Of what was sent, the part that leads nowhere in the site when it is the log of another one."""
_ZIP: Final = b"PK\x03\x04"
_FIND: Final = frozenset({Outcome.COUNTED, Outcome.LITTLE, Outcome.PROBE, Outcome.PART_OF_PAGE, Outcome.BOT,
                          Outcome.WATCH, Outcome.NO_AGENT, Outcome.UNCHANGED})  # fmt: skip
"""What becomes of a line only where its address is one of the site."""


class Watched(Counting):
    """A counting that knows the first and the last moment of the logs, and an address that the site does not have."""

    def __init__(self, places: Places, agents: Agents) -> None:
        super().__init__(places, agents)
        self._site = places
        self.moments: tuple[int, int] | None = None
        self.strange = ""

    def add(self, request: Request) -> None:
        first, last = self.moments or (request.moment, request.moment)
        self.moments = min(first, request.moment), max(last, request.moment)
        if not self.strange and request.status in {200, 206} and self._site.name_of(request.path) is None:
            self.strange = "".join(filter(str.isprintable, request.path))[:80]
        super().add(request)


def count(given: Sequence[Path], folder: Path, built: Path, *, site: Site, agents: Path | None, replace: bool) -> None:
    """Count what logs say, keep it day by day, and tell what became of every line."""
    if missing_in(built):
        stop(Reason.SITE_NOT_BUILT.format(folder=built))
    paths = _find_logs(given)
    listed = read_agents(agents) if agents else our_agents()
    counting = Watched(read_places(built, url=site.url), listed)
    with show_progress("Läser loggarna") as progress:
        progress(0)
        read = read_logs(paths, counting, progress=progress)
    counted = counting.count()
    _tell_logs(read, counting)
    _tell_lines(read, counted, counting, site=site)
    if not counted.lines:
        stop(f"Ingen rad i loggarna går att läsa. {NOTHING_DONE}")
    method = Method(version("okatakten"), listed.source, listed.digest)
    _tell_kept(write_days(folder, counted, method=method, replace=replace))
    if any(figure.estimated for figure in counted.figures):
        click.echo("Någon logg säger inte vilka delar av filerna som skickades (bytes). Där är talen uppskattade.")


def _find_logs(given: Iterable[Path]) -> list[Path]:
    """Return the logs that were named. Stop where one is not there, or is none before it is read."""
    for path in given:
        if not path.exists():
            stop(f"{path} finns inte. Skriv var loggen ligger, eller mappen med loggar. {NOTHING_DONE}")
    paths = find_logs(given)
    if not paths:
        stop(f"Det finns inga loggar i {', '.join(map(str, given))}. {NOTHING_DONE}")
    for path in paths:
        with path.open("rb") as file:
            if file.read(len(_ZIP)) == _ZIP:
                stop(f"{path} är en zip-fil. Packa upp den först, och skriv mappen. {NOTHING_DONE}")
    return paths


def _tell_logs(read: Sequence[LogRead], counting: Watched) -> None:
    """Tell of each log that was not read to its end, line by line; never what stands there."""
    for log in read:
        if log.same_as:
            click.echo(f"{log.path} börjar likadant som {log.same_as} och är inte räknad en gång till.")
        elif log.lines == 0:
            click.echo(f"{log.path} är tom, eller går inte att packa upp.")
        elif log.unreadable == log.lines:
            click.echo(f"{log.path} är ingen logg av något slag som kommandot känner: ingen rad går att läsa.")
        elif log.unreadable:
            more = " och fler" if log.unreadable > len(log.places) else ""
            numbers = ", ".join(map(str, log.places))
            click.echo(
                f"{log.path}, rad {numbers}{more}: går inte att läsa som rader i en logg ({log.unreadable} st.)."
            )
        if log.broken and log.lines:
            click.echo(f"{log.path} tar slut för tidigt. Det som går att läsa av den är räknat.")
    if counting.moments:
        first, last = (f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}" for moment in counting.moments)
        click.echo(f"Loggarna går från {first} till {last} (UTC).")


def _tell_lines(read: Sequence[LogRead], counted: Counted, counting: Watched, *, site: Site) -> None:
    """Tell what became of all lines, as a table with its sum."""
    lines: Counter[Outcome] = Counter()
    for each in counted.lines:
        lines[each.outcome] += each.lines
    rows = {OUTCOME_WORDS[outcome]: lines[outcome] for outcome in Outcome}
    rows |= {
        "säger hur loggen ska läsas": sum(log.about for log in read),
        "går inte att läsa": sum(log.unreadable for log in read),
    }
    of_all = sum(log.lines for log in read)
    click.echo(f"Så här gick det för loggarnas {grouped_text(of_all)} rader:")
    for words, count in rows.items():
        if count:
            click.echo(f"{grouped_text(count):>14}  {words}")
    click.echo(f"{grouped_text(sum(rows.values())):>14}  tillsammans, av {grouped_text(of_all)}")
    of_site = sum(lines[outcome] for outcome in _FIND)
    if lines[Outcome.ELSEWHERE] > MOST * (of_site + lines[Outcome.ELSEWHERE]):
        click.echo(
            "Nästan inget av det som loggarna handlar om finns på webbplatsen. Är de för en annan, eller är SITE_URL "
            f"en annan än {site.url}? Så här ser en adress i dem ut: {counting.strange}"
        )


def _tell_kept(smaller: Sequence[Smaller]) -> None:
    for day in smaller:
        click.echo(
            f"{day.day} har {grouped_text(day.lines)} rader nu och hade {grouped_text(day.before)} förra gången. "
            "Dagen är kvar som den var. Ska den räknas om ändå: --replace"
        )


def write(folder: Path, root: Path, *, site: Site) -> None:
    """Make tables, pictures and report of all days that are kept, each file whole or not at all."""
    counted = read_days(folder)
    if not counted.lines:
        stop(f"Inga dagar är räknade i {folder}. Skriv var loggarna ligger: {command()} reach loggar/")
    # openpyxl, Jinja and the project take a second to read, and no figure waits for them.
    from okatakten.disk.write import write_all
    from okatakten.documents.documents import why_no_pdf
    from okatakten.documents.pdf import LibrariesMissingError
    from okatakten.reach.report import ALL_FILES, PICTURES, Report, find_names, method_lines
    from okatakten.reach.tables import build_csv, build_workbook
    from okatakten.site.project import read_project

    methods = read_methods(folder)
    with show_stages() as say:
        say("Gör tabeller, bilder och rapport …")
        reading = read_project(root.resolve(), now=site.now)
        is_whole = reading.show is not None and reading.profile is not None
        names = find_names(counted, reading if is_whole else None)
        contents = {
            "spridning.csv": build_csv(counted, names),
            "spridning.xlsx": build_workbook(counted, names, method=method_lines(counted, methods)),
        }
        if is_whole:
            report = Report(counted=counted, methods=methods, reading=reading, site=site, root=root.resolve())
            contents |= report.files()
            with suppress(LibrariesMissingError):
                contents["rapport.pdf"] = report.pdf()
        for name in contents:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_all({folder / name: content for name, content in contents.items()})
        # What is not made anew would tell other figures.
        for old in {*ALL_FILES} - {*contents}:
            (folder / old).unlink(missing_ok=True)
    days = sorted({each.day for each in counted.lines})
    click.echo(f"Räknade dagar: {len(days)}, från {date_of(days[0])} till {date_of(days[-1])}. I {folder} ligger nu:")
    for name in sorted(name for name in contents if "/" not in name):
        click.echo(f"    {name}")
    if not is_whole:
        click.echo("Rapporten och bilderna görs av projektets filer, som saknas här eller har något att rätta: "
                   f"{command()} check säger vad. Sidor heter sin adress i tabellerna så länge.")  # fmt: skip
        return
    if any("/" in name for name in contents):
        click.echo(f"    {PICTURES}/: bilder att använda på andra ställen")
    if "rapport.pdf" not in contents:
        click.echo(f"Rapporten är inte gjord som PDF. {why_no_pdf()}")
