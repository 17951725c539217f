"""The command that makes clips and quotations of an episode, to post elsewhere."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from okatakten.commands.console import read_or_stop, show_progress, site_or_stop, stop, with_root
from okatakten.commands.episodes import NOTHING_CHANGED, changing, existing
from okatakten.fetching import FetchError
from okatakten.model import Episode, Shape
from okatakten.podcast.clips import CLIPS
from okatakten.rules import CLIP_SIZES
from okatakten.words.wording import size_text
from okatakten.written.advice import Reason, ReasonError, Text
from okatakten.written.report import format_notes, format_report
from okatakten.written.text import Problems
from okatakten.written.values import clock

if TYPE_CHECKING:
    from okatakten.clips.asked import Around

Span = tuple[timedelta, timedelta]


@click.command(options_metavar="[VAL]")
@with_root
@click.argument("slug", metavar="AVSNITT")
@click.option(
    "--from", "start", metavar="TID", required=True, help="När klippet börjar i avsnittet, till exempel 1:12."
)
@click.option("--to", "end", metavar="TID", required=True, help="När det slutar.")
@click.option(
    "--shape",
    type=click.Choice([shape.value for shape in Shape]),
    metavar="FORM",
    default=Shape.SQUARE.value,
    show_default=True,
    help="square (1080 × 1080), portrait (1080 × 1350), tall (1080 × 1920) eller landscape (1920 × 1080).",
)
@click.option("--name", metavar="NAMN", help="Vad filerna ska heta. Annars när klippet börjar: 1-12.")
@click.option("--quote", is_flag=True, help="Gör en bild av det som sägs, ett citat, i stället för en film.")
def clip(*, root: Path, slug: str, start: str, end: str, shape: str, name: str | None, quote: bool) -> None:
    """Gör ett klipp att dela ur ett AVSNITT.

    AVSNITT är mappens namn. Klippet är en film för LinkedIn och Facebook, med det som sägs i bilden, så att den går att
    följa utan ljud. Bredvid läggs textning, en beskrivning, ett inlägg och en stillbild.
    """
    from okatakten.clips.asked import Around, read_span

    root = root.resolve()
    existing(root, slug)
    site, reading = site_or_stop(), read_or_stop(root)
    episode = next((episode for episode in reading.episodes if episode.slug == slug), None)
    if episode is None:
        is_gone = any(gone.slug == slug for gone in reading.withdrawn)
        stop(Reason.EPISODE_WITHDRAWN if is_gone else format_report(reading.unfinished))
    problems = Problems(episode.text.source.rpartition("/")[0])
    try:
        around = Around.of(reading, site)
        span = read_span(start, end, episode, problems)
        _stop_if_wrong(problems)
        assert span
        with changing(root):
            if quote:
                _quote(root, episode, span, around, name=name, problems=problems)
            else:
                _clip(root, episode, span, around, shape=Shape(shape), name=name, problems=problems)
    except ReasonError as error:
        stop(f"{error}{NOTHING_CHANGED}")
    if site.is_example:
        click.echo("\n" + Text.CLIP_EXAMPLE.format(url=site.url))


def _clip(
    root: Path, episode: Episode, span: Span, around: Around, *, shape: Shape, name: str | None, problems: Problems
) -> None:
    from okatakten.clips.asked import want_clip
    from okatakten.clips.making import make_clip

    wanted = want_clip(episode, span, shape=shape, name=name, problems=problems)
    _stop_if_wrong(problems)
    assert wanted
    folder = root / problems.file / CLIPS
    film = folder / f"{wanted.name}.mp4"
    before = film.exists()
    with tempfile.TemporaryDirectory() as fetched, show_progress("Gör klippet") as progress:
        audio = partial(_audio, episode, Path(fetched), problems)
        memory = root / ".okatakten" / "clips"
        is_new = make_clip(wanted, around, folder, audio=audio, memory=memory, progress=progress)
    width, height = CLIP_SIZES[shape]
    said = "klart, i stället för det som fanns" if before else "klart"
    said = said if is_new else "fanns redan och är som det ska"
    click.echo(f"{film.relative_to(root).as_posix()}: {said}.")
    click.echo(f"  {clock(wanted.length)}, {width} × {height}, {size_text(film.stat().st_size, words=around.words)}")
    if problems.noted:
        click.echo("\n" + format_notes(problems.noted).rstrip())
    steps = (
        "Titta på filmen, också utan ljud.",
        f"Lägg ut filmen med texten i {wanted.name}-post.txt, och {wanted.name}.srt som textning där det går.",
        f"Skriv det som står i {wanted.name}.txt som beskrivning, för den som inte ser filmen.",
        "Spara mappen i projektet (commit och push), så finns klippet på avsnittets sida också.",
    )
    click.echo("\n".join(["\nGör nu så här:", *(f"  {number}. {step}" for number, step in enumerate(steps, start=1))]))


def _quote(root: Path, episode: Episode, span: Span, around: Around, *, name: str | None, problems: Problems) -> None:
    from okatakten.clips.quote import make_quote, want_quote

    wanted = want_quote(episode, span, name=name, problems=problems)
    _stop_if_wrong(problems)
    assert wanted
    made = make_quote(wanted, around, root / problems.file / CLIPS, problems=problems)
    _stop_if_wrong(problems)
    for path in made:
        click.echo(path.relative_to(root).as_posix())
    click.echo("Lägg ut en av bilderna. Det som står i textfilen skriver du som beskrivning av den.")


def _stop_if_wrong(problems: Problems) -> None:
    if problems.found:
        stop(format_report(problems.found) + NOTHING_CHANGED)


def _audio(episode: Episode, folder: Path, problems: Problems) -> Path:
    """Return the sound of an episode, fetched where it lives in a media store."""
    from okatakten.clips.making import find_sound

    try:
        with show_progress("Hämtar ljudet") as progress:
            return find_sound(episode, folder, progress=progress)
    except FetchError as error:
        problems.add(error.kind, field="audio_url", found=episode.audio.url or "", expected=error.expected)
        stop(format_report(problems.found) + NOTHING_CHANGED)
