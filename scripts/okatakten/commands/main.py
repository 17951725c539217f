"""The command `okatakten`: what a communicator types. Everything it says is Swedish."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import click

from okatakten.addresses import Site, missing_in
from okatakten.commands.clips import clip
from okatakten.commands.console import (
    READING,
    SwedishGroup,
    read_or_stop,
    show_progress,
    show_stages,
    site_or_stop,
    stop,
    stop_unless_project,
    with_root,
    working,
)
from okatakten.commands.desk import desk
from okatakten.commands.episodes import correct, import_episodes, new, prepare, withdraw
from okatakten.commands.launch import launch, launch_line
from okatakten.commands.publish import notify, publish
from okatakten.commands.reach import reach
from okatakten.commands.translation import translation
from okatakten.documents.reading import read_with_documents
from okatakten.model import DEFAULT_LOCALE, Published, Releases
from okatakten.site.editions import check_editions
from okatakten.site.last import Changed
from okatakten.site.project import Reading, read_project
from okatakten.words.languages import check_listing
from okatakten.written.advice import Reason
from okatakten.written.problems import Findings, Problem
from okatakten.written.report import Format, format_findings, format_problem, format_report

NOT_TO_SERVE_AT = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES, errno.EAFNOSUPPORT}

with_published = click.option(
    "--published",
    metavar="FLÖDE",
    help="Flödet som är publicerat nu: en fil eller en adress. Det som skulle svika dem som följer podden stoppas.",
)


@click.group(cls=SwedishGroup, subcommand_metavar="KOMMANDO", options_metavar="", no_args_is_help=True)
def app() -> None:
    """Podden och dess webbplats: kontrollera avsnitt, gör flödet och bygg sidorna."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show å should show a mark for it, not stop.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


COMMANDS = (
    new, prepare, correct, withdraw, import_episodes, clip, translation, launch, publish, notify, reach, desk,
)  # fmt: skip
for command in COMMANDS:
    app.add_command(command)


@app.command(options_metavar="[VAL]")
@with_root
@with_published
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    metavar="FORM",
    default=Format.TEXT.value,
    show_default=True,
    help="text, json (för program) eller github (visas på rätt rad i en pull request).",
)
def check(root: Path, published: str | None, form: str) -> None:
    """Säg vad som ska rättas och kan bli bättre. Ändrar inget."""
    site = site_or_stop()
    stop_unless_project(root)
    with show_stages() as say:
        say(READING)
        reading = read_with_documents(root.resolve())
    problems = sorted({*reading.problems, *check_listing(root.resolve())})
    notes = [*reading.notes]
    if reading.show is not None:
        from okatakten.documents.attached import check_pdfs
        from okatakten.making.levels import check_levels
        from okatakten.podcast.proof import proof_read
        from okatakten.site.sharing import check_posts
        from okatakten.site.shown import check_shown

        problems += check_shown(root.resolve(), reading, site=site)
        notes += proof_read(reading.show, site=site, root=root)
        notes += check_posts(reading.pages, reading.show, site=site, catalogues=reading.words, root=root)
        notes += check_pdfs(root.resolve())
        assert reading.facts is not None
        today = site.now.astimezone(reading.zone).date()
        notes += check_editions(
            reading.pages, questions=reading.questions, facts=reading.facts, catalogues=reading.words, today=today
        )
        with show_progress("Mäter ljudstyrkan") as progress:
            levels, is_measured = check_levels(reading.show, cache=root / ".okatakten" / "loudness", progress=progress)
        notes += levels
        if not is_measured:
            click.echo(Reason.NO_FFMPEG, err=True)
        if published:
            _, promised, overdue = _promise(reading, published, site=site, root=root)
            problems += [*promised.problems, *overdue]
            notes += promised.notes
    findings = Findings(problems=tuple(problems), unfinished=reading.unfinished, notes=tuple(notes))
    text = form == Format.TEXT
    click.echo(format_findings(findings, Format(form)), nl=False, err=text and bool(problems))
    if problems:
        sys.exit(1)
    if text:
        assert reading.show is not None
        if findings.unfinished or findings.notes:
            click.echo()
        right = "Det som ska publiceras är rätt" if reading.unfinished else "Allt är rätt"
        click.echo(f"{right}: {len(reading.show.episodes)} avsnitt, {_languages(reading)}.")
        if reading.unfinished:
            click.echo(f"Utkast med något kvar: {', '.join(_unfinished(reading))}.")
        if not site.is_example and (line := launch_line(reading, root=root)):
            click.echo(line)


@app.command(options_metavar="[VAL]")
@with_root
@with_published
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FIL",
    show_default="site/podd/feed.xml",
    help="Filen som flödet skrivs till.",
)
def feed(root: Path, published: str | None, output: Path | None) -> None:
    """Gör bara poddens flöde av avsnittens mappar."""
    from okatakten.disk.write import write_atomically
    from okatakten.podcast.clock import remember_clock
    from okatakten.podcast.feed import build_feed

    site = site_or_stop()
    instead = "Flödet skrevs inte."
    with working(root / "site", instead=instead):
        reading = read_or_stop(root)
        show = _show_to_publish(reading, published, site=site, root=root, instead=instead)
        path = output or root / "site" / "podd" / "feed.xml"
        changed = write_atomically(path, build_feed(show, site=site, words=reading.words[DEFAULT_LOCALE]))
        remember_clock(root, site.now)
    count = len(show.episodes)
    click.echo(f"{path}: {count} avsnitt, {'nytt' if changed else 'oförändrat'} flöde för {site.url}")


@app.command(options_metavar="[VAL]")
@with_root
@with_published
@click.option(
    "--preview", is_flag=True, help="Ta med utkast och det som väntar på sin dag, märkt, och dolt för sökmotorer."
)
@click.option("--documents", is_flag=True, help="Stanna om rapporten och broschyren inte går att göra som PDF.")
@click.option("--nginx", is_flag=True, help="Gör också det som nginx behöver: komprimerade filer och regler.")
@click.option("--clean", is_flag=True, help="Gör allt från början, också det som är som förut.")
def build(root: Path, published: str | None, *, preview: bool, documents: bool, nginx: bool, clean: bool) -> None:
    """Bygg hela webbplatsen i mappen site."""
    from okatakten.disk.memory import forget
    from okatakten.podcast.clock import remember_clock

    site = site_or_stop(preview=preview)
    instead = "Webbplatsen byggdes inte, och den förra finns kvar."
    # Whoever comes second reads what there is by then: an older site does not replace a newer one.
    with working(root / "site", instead=instead):
        if clean:
            forget(root / ".okatakten")
        reading = read_or_stop(root)
        show = _show_to_publish(reading, published, site=site, root=root, instead=instead)
        said = _build(reading, show, site=site, root=root, documents=documents, nginx=nginx, instead=instead)
        remember_clock(root, site.now)
    click.echo(f"{root / 'site'}: webbplatsen är klar för {site.url}")
    for line in [*said, *_translation_lines(reading), *_left_out(reading, site)]:
        click.echo(line)


def _build(
    reading: Reading, show: Published, *, site: Site, root: Path, documents: bool, nginx: bool, instead: str
) -> list[str]:
    """Build the site in place of the one before it, and return what is to be said of it. Stops where that fails."""
    # MkDocs takes half a second to load, and a tree with errors never needs it.
    from okatakten.disk.write import replace_folder, write_files
    from okatakten.documents.documents import why_no_pdf
    from okatakten.mkdocs.run import BuildError, build_site
    from okatakten.serve.compressing import compress_site
    from okatakten.serve.serving import nginx_files
    from okatakten.site.last import read_last

    project = root.resolve()
    cache = project / ".okatakten"
    last = read_last(project / "site", cache=cache)
    said: list[str] = []

    def make(folder: Path) -> None:
        built = build_site(
            project / "mkdocs.yml", site_dir=folder, reading=reading, show=show, site=site, last=last, say=say
        )
        if documents and not built.documents:
            raise BuildError(why_no_pdf())
        if nginx:
            say("Komprimerar …")
            write_files(folder, nginx_files(built.serving))
            compress_site(folder, before=project / "site")
        if lost := missing_in(folder):
            raise BuildError(Reason.SITE_NOT_WHOLE.format(files=", ".join(lost)))
        said.extend([_pages_line(built.changed), *built.notes])

    try:
        with show_stages() as say:
            replace_folder(project / "site", make=make)
    except BuildError as error:
        stop(f"{instead} Byggverktyget säger:\n\n{error}")
    last.remember(cache)
    return said


@app.command(options_metavar="[VAL]")
@with_root
@click.option(
    "--address", metavar="VÄRD:PORT", default="127.0.0.1:8000", show_default=True, help="Var webbplatsen visas."
)
def serve(root: Path, address: str) -> None:
    """Visa webbplatsen på den egna datorn.

    Sidan laddas om när något ändras. Avsluta med Ctrl+C.
    """
    host, _, port = address.rpartition(":")
    if not _is_host(host) or not port.isdecimal() or not 0 < int(port) < 2**16:
        stop(f"{address} är ingen adress på datorn. Skriv den så här: --address 127.0.0.1:8001")
    site_or_stop()
    stop_unless_project(root)
    # Whatever is wrong is shown in the browser, and is no reason not to begin.
    unfinished = read_project(root.resolve()).unfinished
    click.echo(format_findings(Findings(unfinished=unfinished), Format.TEXT), nl=False)
    from okatakten.mkdocs.live import serve_site

    click.echo(f"Webbplatsen visas på http://{address}/ om en stund. Avsluta med Ctrl+C.")
    try:
        serve_site(root.resolve() / "mkdocs.yml", address=address)
    except OSError as error:
        if error.errno not in NOT_TO_SERVE_AT:
            raise
        stop(f"{address} går inte att använda. Välj en annan, till exempel: --address 127.0.0.1:8001")


def _is_host(written: str) -> bool:
    """Return whether MkDocs can serve there: an IP address, or the machine's own name for itself."""
    try:
        return written == "localhost" or bool(ip_address(written))
    except ValueError:
        return False


def _show_to_publish(reading: Reading, published: str | None, *, site: Site, root: Path, instead: str) -> Published:
    """Return the show as it is published. Stop, saying what came of it, when that breaks a promise."""
    from okatakten.podcast.releases import build_published, build_releases

    assert reading.show is not None
    if not published:
        return build_published(reading.show, site, build_releases(reading.show, words=reading.words[DEFAULT_LOCALE]))
    releases, promised, overdue = _promise(reading, published, site=site, root=root)
    if promised.problems:
        stop(f"{format_report(promised.problems)}\n{instead}")
    for problem in promised.notes:
        click.echo(format_problem(problem), err=True)
    for problem in overdue:
        click.echo(f"Kommer ut nu: {problem.file}, som skulle ha kommit {problem.expected}")
    return build_published(reading.show, site, releases)


def _promise(reading: Reading, published: str, *, site: Site, root: Path) -> tuple[Releases, Findings, list[Problem]]:
    """Return the audio with what is out as it was, what would let subscribers down, and what they should have."""
    from okatakten.podcast.keeping import keep_audio
    from okatakten.podcast.promise import check_overdue, check_promise, check_stored_audio
    from okatakten.podcast.promised import read_promised
    from okatakten.podcast.releases import build_releases

    assert reading.show is not None
    show, releases = reading.show, build_releases(reading.show, words=reading.words[DEFAULT_LOCALE])
    with show_stages() as say:
        say("Jämför med det som är publicerat …")
        problems, feed = read_promised(published)
        if feed is None:
            return releases, Findings(problems=tuple(problems)), []
        real = replace(site, preview=False)
        releases, unseen = keep_audio(show, releases, feed, source=published, memory=root / ".okatakten" / "tags")
        stored = check_stored_audio(show, site=real, root=root)
    broken = check_promise(show, releases, feed, site=real, root=root)
    problems += [*unseen, *broken, *stored.problems]
    # Of what the clock has leapt over it is said already that it is late.
    told = {problem.file for problem in broken}
    overdue = [problem for problem in check_overdue(show, feed, site=real) if problem.file not in told]
    return releases, Findings(problems=tuple(problems), notes=stored.notes), overdue


def _translation_lines(reading: Reading) -> Iterator[str]:
    if waiting := sum(translation.reviewed is None for translation in reading.translations):
        yield f"Texter som ingen översättare har granskat: {waiting}. okatakten check säger vilka."
    if stale := sum(translation.stale for translation in reading.translations):
        yield f"Översättningar som är äldre än den svenska texten: {stale}. okatakten check säger vilka."


def _pages_line(changed: Changed) -> str:
    """Return what a build changed, beside the site before it."""
    new = "1 ny eller ändrad" if changed.new == 1 else f"{changed.new} nya eller ändrade"
    gone = f", {changed.gone} {'borttagen' if changed.gone == 1 else 'borttagna'}" if changed.gone else ""
    return f"Sidor: {new}, {changed.same} som förut{gone}."


def _left_out(reading: Reading, site: Site) -> list[str]:
    """Return a line on every sort of episode that was left out."""
    assert reading.show is not None
    left_out = [episode for episode in reading.show.episodes if not site.shows(episode)]
    waiting = [episode for episode in left_out if not episode.draft and episode.published > site.now]
    lines = [
        f"Väntar till {episode.published:%Y-%m-%d %H:%M}: {episode.text.title}. Webbplatsen behöver byggas om då."
        for episode in reversed(waiting)
    ]
    if drafts := [episode.slug for episode in left_out if episode.draft]:
        lines.append(f"Utkast som inte publiceras: {', '.join(drafts)}. Ta bort raden draft: true när de ska ut.")
    if unfinished := _unfinished(reading):
        lines.append(
            f"Utkast som inte går att visa än: {', '.join(unfinished)}. okatakten check säger vad som är kvar."
        )
    if samples := sum(episode.sample and not episode.draft and episode not in waiting for episode in left_out):
        lines.append(f"{samples} exempelavsnitt togs inte med. De visas bara på adresser som slutar på .example.")
    return lines


def _unfinished(reading: Reading) -> list[str]:
    """Return the folder names of drafts that lack something."""
    return sorted({problem.file.split("/")[2] for problem in reading.unfinished})


def _languages(reading: Reading) -> str:
    """Return how many pages each language has, as `6 sidor på sv, 4 på sma`."""
    counts = {locale: sum(page.locale == locale for page in reading.pages) for locale in reading.words}
    first, *others = counts.items()
    return ", ".join([f"{first[1]} sidor på {first[0]}", *(f"{count} på {locale}" for locale, count in others)])
