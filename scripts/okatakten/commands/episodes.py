"""The commands that make and change episodes: new, prepare, correct, withdraw, import."""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import click

from okatakten.commands.console import (
    A_MOMENT,
    command,
    or_stop,
    say_above,
    show_progress,
    site_or_stop,
    stop,
    stop_unless_ffmpeg,
    stop_unless_project,
    with_root,
    working,
)
from okatakten.commands.kinds import make_entry
from okatakten.model import AudioFile
from okatakten.rules import CAPTIONS, STOCKHOLM, is_slug, new_guid, slug_of
from okatakten.site.kinds import KINDS
from okatakten.site.project import read_project
from okatakten.words.wording import decimal_text
from okatakten.written.advice import Asked, Reason, did_you_mean
from okatakten.written.problems import Kind, Problem
from okatakten.written.report import format_notes, format_problem, format_report
from okatakten.written.text import Problems, read_text
from okatakten.written.values import DATE_EXAMPLE, date_field, time_field

if TYPE_CHECKING:
    from okatakten.making.folders import Made, Plan
    from okatakten.making.stored import Sound

UNANSWERED: Final = {None, "", "_No response_"}
"""How GitHub says, in English, that a question was left without an answer."""
NOTHING_CHANGED: Final = "\nIngenting är ändrat."
PUBLISH: Final = "Publicera: spara mappen i projektet (commit och push)."

FORM_FIELDS: Final = {
    "Titel": "title",
    "Sammanfattning": "summary",
    "Publiceras": "published",
    "Avsnittets nummer": "episode",
    "Säsong": "season",
    "Medverkande": "person",
    "Frågor": "questions",
    "Ljudets adress": "recording",
    "Om avsnittet": "notes",
    "Adress på webbplatsen": "slug",
}
"""The headings of the form «Nytt avsnitt» (.github/ISSUE_TEMPLATE), and the option that each answer is."""

with_transcript = click.option(
    "--transcript",
    type=click.Path(path_type=Path),
    metavar="FIL",
    help="Det som sägs, som text: VTT (också från Teams), SRT, Word, text, CSV, TTML med flera, helst med tider.",
)


@click.command(options_metavar="[VAL]")
@with_root
@click.argument("recording", metavar="[INSPELNING]", required=False)
@click.argument("file", metavar="[FIL]", required=False, type=click.Path(path_type=Path))
@with_transcript
@click.option(
    "--chapters",
    type=click.Path(path_type=Path),
    metavar="FIL",
    help="Kapitlen: text med tid och rubrik på varje rad, eller en fil från Audacity, Hindenburg, Podlove med flera.",
)
@click.option("--title", metavar="TEXT", help="Titeln, utan nummer och poddens namn.")
@click.option("--summary", metavar="TEXT", help="En eller två meningar om avsnittet.")
@click.option("--published", metavar="TID", help=f"När det ska komma ut, till exempel {DATE_EXAMPLE}.")
@click.option("--season", metavar="TAL", help="Säsong; 0 för ingen.")
@click.option("--episode", metavar="TAL", help="Avsnittets nummer; 0 för inget.")
@click.option("--slug", metavar="NAMN", help="Mappens namn, som blir adressen: a–z, siffror och bindestreck.")
@click.option("--questions", metavar="TAL", help="Förstudiens frågor som avsnittet handlar om, till exempel 1,8.")
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="NAMN:ROLL",
    help="Medverkande, till exempel Namn:gäst. Får stå flera gånger.",
)
@click.option(
    "--form", "form", type=click.Path(path_type=Path), metavar="FIL", help="Svaren i formuläret «Nytt avsnitt»."
)
@click.option("--yes", is_flag=True, help="Fråga ingenting: ta förslagen.")
def new(
    *,
    root: Path,
    recording: str | None,
    file: Path | None,
    transcript: Path | None,
    chapters: Path | None,
    form: Path | None,
    yes: bool,
    **given: Any,
) -> None:
    """Gör ett nytt avsnitt av en INSPELNING, eller en ny sida.

    INSPELNING är en fil, eller en adress som ljudet hämtas från.

    Ljudet mäts, får rätt styrka och blir MP3. Har ljud på en adress redan rätt styrka ligger det kvar där. Det du inte
    skriver som val frågar kommandot om.

    Skriver du document, event, film, note, mention, tool eller contact i stället blir det en sida av det slaget, ett
    utkast att fylla i. FIL är filmen eller dokumentet.
    """
    kind = next((kind for kind in KINDS if kind.key == recording and not Path(recording).is_file()), None)
    if kind:
        stop_unless_project(root)
        with changing(root.resolve()):
            unused = {"person": given.pop("persons"), "transcript": transcript, "chapters": chapters, "form": form}
            make_entry(root.resolve(), kind, file, given=given | unused)
        return
    if file:
        stop(f"{file} används inte: ett avsnitt har en inspelning. Ta bort det och kör kommandot igen.")
    from okatakten.making.folders import EPISODES, make_episode
    from okatakten.making.interview import plan_episode

    root = root.resolve()
    stop_unless_project(root)
    fetched = Path(click.get_current_context().with_resource(tempfile.TemporaryDirectory()))
    answers = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in given.items()}
    answers["person"] = answers.pop("persons")
    if form is not None:
        answers = _read_form(form) | {name: value for name, value in answers.items() if value}
        recording = recording or answers.pop("recording", None)
    elif recording is None:
        stop("Skriv inspelningen efter new, så här: okatakten new inspelning.wav")
    if recording:
        stop_unless_ffmpeg()
    problems = Problems(recording or "new")
    path, stored = _find_audio(recording, problems, fetched) if recording else (None, None)
    if problems.found:
        stop(format_report(problems.found) + NOTHING_CHANGED)
    ask = _ask if not yes and form is None and is_at_terminal() else None
    places = {option: f"Frågan «{heading}»" for heading, option in FORM_FIELDS.items()} if form else {}
    # Whoever is asked may take all day, and keeps nobody waiting.
    with changing(root) if ask is None else nullcontext():
        # A mistake in another episode is in nobody's way here.
        reading = read_project(root)
        plan, wrong = plan_episode(
            root,
            reading,
            answers,
            questions=[question.number for question in reading.questions],
            ask=ask,
            complain=_complain,
            now=datetime.now(STOCKHOLM),
            places=places,
        )
        if plan is None:
            stop("\n\n".join(map(format_problem, wrong)) + f"\n{NOTHING_CHANGED}")
        with changing(root), show_progress("Gör ljudet") as progress:
            if (root / EPISODES / plan.slug).exists():
                stop(Reason.EPISODE_MADE_MEANWHILE.format(folder=f"{EPISODES}/{plan.slug}") + NOTHING_CHANGED)
            made = make_episode(
                root, plan, problems, recording=path, stored=stored, captions=transcript, chapters=chapters,
                progress=progress,
            )  # fmt: skip
    if made is None:
        stop(format_report(problems.found) + NOTHING_CHANGED)
    _tell(root, made, published=plan.published, transcript=transcript)


@click.command(options_metavar="[VAL]")
@with_root
def prepare(root: Path) -> None:
    """Gör klart avsnitt som har laddats upp.

    Inspelningar och texter i mapparna under podcast/episodes blir ljud och textversion.
    """
    root = root.resolve()
    with changing(root):
        _prepare_all(root)


def _prepare_all(root: Path) -> None:
    from okatakten.making.folders import EPISODES, Plan, is_ready
    from okatakten.making.interview import suggest_season, suggest_time

    place = root / EPISODES
    folders = [path for path in sorted(place.glob("*")) if path.is_dir() and path.name[0] != "."]
    waiting = [folder for folder in folders if is_ready(folder)]
    if not waiting:
        click.echo("Ingen ny inspelning eller text hittades i mapparna under podcast/episodes.")
        return
    stop_unless_ffmpeg()
    reading = read_project(root)
    season = suggest_season(reading)
    number = reading.numbers.get(season or None, 0)
    failed = []
    for found in waiting:
        folder = _as_address(found)
        title = folder.name.replace("-", " ").capitalize()
        published = suggest_time(datetime.now(STOCKHOLM), zone=reading.zone)
        number += 1
        plan = Plan(slug=folder.name, guid=new_guid(), title=title, summary="", published=published,
                    season=season or None, number=number)  # fmt: skip
        problems = Problems(f"{EPISODES}/{folder.name}")
        originals = root / ".okatakten" / "originals" / folder.name
        made = _prepare(folder, problems, plan=plan, originals=originals)
        if made is None:
            failed += problems.found
            continue
        _tell(root, made, published=None, transcript=None)
        if originals.is_dir():
            click.echo(f"Det som lades i mappen är flyttat till {originals.relative_to(root).as_posix()}.")
    if failed:
        stop(format_report(failed))


def _prepare(folder: Path, problems: Problems, *, plan: Plan, originals: Path) -> Made | None:
    """Return what was made of what waits in a folder, or None and problems."""
    from okatakten.making.folders import prepare_episode, waiting_sound

    with tempfile.TemporaryDirectory() as fetched:
        waiting = waiting_sound(folder)
        own = Problems(f"{problems.file}/episode.md", problems.found)
        sound = _fetch_sound(waiting[0], Path(fetched), own, line=waiting[1]) if waiting else None
        if waiting and sound is None:
            return None
        with show_progress(folder.name) as progress:
            return prepare_episode(folder, problems, plan=plan, originals=originals, sound=sound, progress=progress)


@click.command(options_metavar="[VAL]")
@with_root
@click.argument("slug", metavar="AVSNITT")
@click.argument("recording", metavar="[INSPELNING]", required=False, type=click.Path(path_type=Path))
@with_transcript
def correct(root: Path, slug: str, recording: Path | None, transcript: Path | None) -> None:
    """Rätta ljud eller textversion i ett AVSNITT.

    AVSNITT är mappens namn. Det nya ljudet läggs bredvid det gamla och får en egen adress. Avsnittet behåller sitt id.
    """
    from okatakten.making.folders import EPISODES, correct_episode

    root = root.resolve()
    existing(root, slug)
    fields = (root / EPISODES / slug / "episode.md").read_text(encoding="utf-8", errors="replace")
    if re.search(r"(?m)^withdrawn:", fields):
        stop(Reason.EPISODE_WITHDRAWN)
    if re.search(r"(?m)^audio_url:", fields) and recording is not None:
        stop(Reason.AUDIO_IN_STORE)
    if recording is None and transcript is None:
        stop("Skriv den rättade inspelningen efter avsnittet, eller den rättade texten efter --transcript.")
    if recording:
        stop_unless_ffmpeg()
    problems = Problems(str(recording or transcript))
    with changing(root), show_progress("Gör ljudet") as progress:
        made = correct_episode(root, slug, problems, recording=recording, captions=transcript, progress=progress)
    if made is None:
        stop(format_report(problems.found) + NOTHING_CHANGED)
    _tell(root, made, published=None, transcript=transcript, corrected=True)


@click.command(options_metavar="[VAL]")
@with_root
@click.argument("slug", metavar="AVSNITT")
@click.option("--reason", metavar="TEXT", help="Varför, i en mening. Visas på avsnittets sida.")
@click.option("--yes", is_flag=True, help="Fråga ingenting.")
def withdraw(root: Path, slug: str, reason: str | None, yes: bool) -> None:
    """Ta bort ett publicerat AVSNITT ur podden.

    AVSNITT är mappens namn. Adressen finns kvar och säger att avsnittet är borttaget. Är det redan borttaget skriver
    kommandot in ett annat skäl.
    """
    from okatakten.making.folders import EPISODES, withdraw_episode

    root = root.resolve()
    existing(root, slug)
    # It may be urgent: a mistake in another file does not wait in its way.
    reading = read_project(root)
    gone = next((gone for gone in reading.withdrawn if gone.slug == slug), None)
    site = site_or_stop()
    episode = next((found for found in reading.episodes if found.slug == slug and site.shows(found)), None)
    if episode is None and gone is None:
        unread = slug not in reading.slugs
        wrong = [problem for problem in reading.problems if unread or f"{EPISODES}/{slug}/" in problem.file]
        stop(format_report(wrong) + NOTHING_CHANGED if wrong else Reason.EPISODE_NOT_PUBLISHED)
    asked = is_at_terminal() and not yes
    if reason is None and asked:
        reason = _ask(Asked.WITHDRAWN_REASON, (gone and gone.reason) or "")
    if gone is not None and not reason:
        stop(Reason.EPISODE_WITHDRAWN_ALREADY)
    if episode is not None and asked and not _is_yes(_ask(Asked.WITHDRAW.format(title=episode.text.title), "nej")):
        stop(NOTHING_CHANGED.strip())
    with changing(root):
        today = datetime.now(STOCKHOLM).date()
        withdraw_episode(root, slug, day=gone.day if gone else today, reason=reason)
    _tell_withdrawn(f"{EPISODES}/{slug}", again=gone is not None, reason=reason)
    click.echo(PUBLISH)
    if reading.problems:
        click.echo(f"Webbplatsen publiceras först när det som är fel på andra ställen är rättat: {command()} check")


def _tell_withdrawn(folder: str, *, again: bool, reason: str | None) -> None:
    if again:
        click.echo(f"{folder}: det nya skälet visas nästa gång webbplatsen publiceras.")
        return
    click.echo(f"{folder}: avsnittet är borttaget ur podden nästa gång webbplatsen publiceras.")
    click.echo("Mappen ska vara kvar: den bevarar avsnittets id och adress.")
    click.echo("Ljud och text i mappen publiceras inte längre. Ta bort dem också om de inte får sparas.")
    click.echo(
        "Appar som redan har hämtat ljudet har det kvar. Det som ligger på YouTube och andra ställen tar du bort där."
    )
    if not reason:
        click.echo(f"Skälet kan skrivas senare: {command()} withdraw {PurePosixPath(folder).name} --reason TEXT")


@click.command("import", options_metavar="[VAL]")
@with_root
@click.argument("feed", metavar="FLÖDE")
@click.option("--leave-audio", is_flag=True, help="Låt ljudet ligga kvar där det är. Det hämtas bara för att mätas.")
@click.option("--allow-private", is_flag=True, help="Hämta också från adresser i det egna nätet.")
def import_episodes(root: Path, feed: str, leave_audio: bool, allow_private: bool) -> None:
    """Hämta alla avsnitt ur en annan podds FLÖDE.

    FLÖDE är en fil eller en adress.

    Avsnitten behåller sina id. Avbryts hämtningen fortsätter den där den slutade när du kör kommandot igen.
    """
    from okatakten.importing.importing import import_feed

    root = root.resolve()
    with show_progress("Hämtar") as progress:
        progress(0)
        result = import_feed(
            feed, root, allow_private=allow_private, leave_audio=leave_audio, progress=progress, say=say_above
        )
    for problem in (*result.problems, *result.differences):
        click.echo("\n" + format_problem(problem))
    click.echo(f"\nHämtade avsnitt: {len(result.taken)}. Fanns redan: {len(result.skipped)}.")
    if not result.taken and not result.skipped:
        sys.exit(1)
    if result.later:
        click.echo(f"Återstår: {result.later}. Kör samma kommando igen, så fortsätter det.")
    if result.redirects:
        click.echo(
            "\nBe den gamla poddens tjänst att skicka vidare (301) härifrån, till samma ställe på den nya adressen:"
        )
        for old, new_path in result.redirects:
            click.echo(f"  {old} -> {new_path}")
    click.echo("\nGör nu så här: okatakten check säger vad som återstår att rätta och skriva.")


def changing(root: Path) -> AbstractContextManager[None]:
    """Let nobody else change episodes and texts meanwhile: who comes second would know nothing of the first."""
    return working(root / "podcast/episodes", instead=NOTHING_CHANGED, seconds=A_MOMENT)


def _as_address(folder: Path) -> Path:
    """Return the folder under a name that makes an address; one that somebody uploaded may be called anything."""
    target = folder.with_name(slug_of(folder.name))
    if is_slug(folder.name) or (folder / "episode.md").exists() or target.exists():
        return folder
    return folder.rename(target)


def existing(root: Path, slug: str) -> None:
    """Stop unless there is such an episode folder."""
    from okatakten.making.folders import EPISODES

    if not is_slug(slug) or not (root / EPISODES / slug / "episode.md").is_file():
        folders = (root / EPISODES).iterdir() if (root / EPISODES).is_dir() else ()
        near = did_you_mean(slug, sorted(path.name for path in folders if path.name[0] != "."))
        stop(Reason.NO_SUCH_EPISODE.format(folder=f"{EPISODES}/{slug}", near=near).rstrip())


def _ask(question: str, suggestion: str) -> str:
    answer: str = click.prompt(question, default=suggestion, show_default=bool(suggestion))
    return answer


def is_at_terminal() -> bool:
    """Return whether there is somebody who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _is_yes(answer: str) -> bool:
    return answer.strip().casefold() in {"j", "ja"}


def _complain(problem: Problem) -> None:
    click.echo("\n".join(format_problem(problem).splitlines()[1:]))


def _read_form(path: Path) -> dict[str, str]:
    """Return the answers of a form on GitHub: a heading per question, and its answer below."""
    problems = Problems(path.name)
    text = read_text(path, problems)
    if text is None:
        stop(format_report(problems.found))
    # Only its own questions part the form: an answer may have headings, too.
    parts = re.split(rf"(?m)^### ({'|'.join(map(re.escape, FORM_FIELDS))})[ \t]*$", text)[1:]
    answers: dict[str, str] = {}
    for heading, answer in zip(parts[::2], parts[1::2], strict=True):
        answers.setdefault(heading, answer.strip())
    # Whoever answers a form names a file of the machine that reads it at most by mistake.
    address = answers.get("Ljudets adress")
    if address not in UNANSWERED and not str(address).startswith("https://"):
        wrong = Problem(kind=Kind.NOT_AN_ADDRESS, file="Frågan «Ljudets adress»", found=str(address))
        stop(format_problem(wrong) + f"\n{NOTHING_CHANGED}")
    return {
        option: answers[heading] for heading, option in FORM_FIELDS.items() if answers.get(heading) not in UNANSWERED
    }


def _find_audio(recording: str, problems: Problems, fetched: Path) -> tuple[Path | None, AudioFile | None]:
    """Return the recording to make audio of, fetched if it is an address, or the audio that stays at its address."""
    if re.match(r"https?://", recording, re.IGNORECASE):
        sound = _fetch_sound(recording, fetched, problems)
        return (None, None) if sound is None else (None, sound.stored) if sound.stored else (sound.path, None)
    path = Path(recording)
    if not path.is_file():
        problems.add(Kind.RECORDING_MISSING)
    elif path.suffix.casefold() in CAPTIONS:
        problems.add(Kind.RECORDING_IS_TEXT)
    return path, None


def _fetch_sound(url: str, folder: Path, problems: Problems, *, line: int = 0) -> Sound | None:
    from okatakten.making.stored import fetch_sound

    with or_stop(NOTHING_CHANGED), show_progress("Hämtar ljudet") as progress:
        return fetch_sound(url, folder, problems, line=line, progress=progress)


def _tell(
    root: Path, made: Made, *, published: datetime | None, transcript: Path | None, corrected: bool = False
) -> None:
    """Say what was made, what could be better, and what to do next."""
    from okatakten.making.folders import UPLOAD_LIMIT

    place = made.folder.relative_to(root).as_posix()
    click.echo(f"{place}: klart.")
    steps = []
    if made.audio and made.before and made.after and made.duration:
        size = (made.folder / made.audio.name).stat().st_size
        length = time_field(timedelta(seconds=round(made.duration.total_seconds())))
        click.echo(
            f"  {made.audio.name}: {length}, {decimal_text(size / 10**6)} MB, "
            f"{decimal_text(made.after.integrated)} LUFS, topp {decimal_text(made.after.true_peak)} dBTP "
            f"(inspelningen: {decimal_text(made.before.integrated)} LUFS)"
        )
        if size > UPLOAD_LIMIT:
            steps.append(_how_to_store(made, size))
    if made.speakers:
        count = sum(made.speakers.values())
        pieces = f"{count} {'stycke' if count == 1 else 'stycken'}"
        click.echo(f"  transcript.vtt: {pieces} ur {transcript.name if transcript else 'texten'}")
        click.echo(f"  Så många stycken har var och en: {_who(made)}")
    if made.blanks:
        click.echo("  transcript.vtt: tider att fylla i")
        steps.append(
            f"Skriv vad som sägs i {place}/transcript.vtt, och ta sedan bort raden draft: true ur episode.md. "
            "Det är ett utkast tills dess."
        )
    if made.chapters:
        click.echo(f"  episode.md: {made.chapters} kapitel")
    if published:
        click.echo(f"  episode.md: publiceras {date_field(published)}")
    for problem in made.left:
        click.echo("\n" + format_problem(problem))
    if made.notes:
        click.echo("\n" + format_notes(made.notes).rstrip())
    to_write = f"avsnittstexten, {'' if made.chapters else 'kapitlen, '}medverkande"
    steps += [
        f"Läs igenom {place}/transcript.vtt och kapitlen i episode.md: stämmer tiderna med ljudet?"
        if corrected
        else f"Öppna {place}/episode.md: skriv {to_write} och källorna.",
        f"Kontrollera: {command()} check",
        f"Titta och lyssna: {command()} serve",
        PUBLISH,
    ]
    click.echo("\nGör nu så här:")
    for number, step in enumerate(steps, start=1):
        click.echo(f"  {number}. {step}")


def _who(made: Made) -> str:
    """Return everyone who talks and how much; communicators see at once who is missing or too many."""
    return ", ".join(f"{name or 'ingen som är namngiven'} {count}" for name, count in made.speakers.items())


def _how_to_store(made: Made, size: int) -> str:
    assert made.audio
    assert made.duration
    return (
        f"{made.audio.name} är större än 25 MB. Lägg den i mediebanken, ta bort den ur mappen och skriv i episode.md:\n"
        f"       audio_url: https://adressen/till/{made.audio.name}\n"
        f"       audio_length: {size}\n"
        f"       audio_type: audio/mpeg\n"
        f"       audio_duration: {time_field(made.duration)}"
    )
