"""Jobs: what was sent becomes sound, text and chapters of an episode, one at a time, while somebody does other things.

So do its clips (`begin`), under a name of their own. In `.desk/jobs/` stands what became of the last job of each name,
so that a server that was killed can say so.
"""

from __future__ import annotations

import json
import logging
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Final

from okatakten.desk.answers import said_of
from okatakten.desk.editing import settle
from okatakten.desk.forms import NO, nodes_of, words_of
from okatakten.desk.uploads import RefusedError, Sort, Upload, Uploads, size_text
from okatakten.desk.web import FOLDER, Desk
from okatakten.disk.alone import alone, trying
from okatakten.disk.write import write_atomically
from okatakten.making.folders import EPISODES, Made, Plan, correct_episode, numbered_audio, prepare_episode
from okatakten.making.interview import suggest_time
from okatakten.making.running import Progress
from okatakten.podcast.pictures import IMAGE_SUFFIXES
from okatakten.rules import STOCKHOLM, new_guid
from okatakten.words.wording import decimal_text
from okatakten.written.advice import Reason, ReasonError
from okatakten.written.machine import MACHINE_ERRORS, explain
from okatakten.written.problems import Problem
from okatakten.written.text import Problems
from okatakten.written.values import parse_date, time_field

ORIGINALS: Final = ".okatakten/originals"
CLIPS_OF: Final = ".klipp"
"""What the name of the jobs that make an episode's clips ends in, behind its slug."""
_KEPT: Final = " Det du skickade finns kvar här."
_PATIENCE: Final = 120.0
"""Seconds to wait for a command that changes episodes, too."""


class State(StrEnum):
    WAITING = "väntar"
    RUNNING = "pågår"
    DONE = "klart"
    FAILED = "gick inte"
    BROKEN = "avbröts"


@dataclass(slots=True, kw_only=True)
class Job:
    """A job of an episode: how far it is, and in the end what to tell. `put` are files that it laid into its folder.

    `told` is what was made, `wrong` what stopped it, `notes` what could be better. `version` grows with each change.
    """

    slug: str
    who: str
    state: State = State.WAITING
    share: float = 0.0
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    put: dict[str, str] = field(default_factory=dict)
    when: str = ""
    version: int = 0

    @property
    def is_at_work(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}


Do = Callable[[Job, Progress], None]
"""What a job does that makes something else than the sound and text of an episode: it tells by the job."""


class _CancelledError(Exception):
    """Somebody has broken a job off."""


class Jobs:
    """The jobs of one desk. One thread does them, in order; `finish` is called in it with the slug of what is done."""

    def __init__(self, desk: Desk, uploads: Uploads, *, finish: Callable[[str], object] = lambda _slug: None) -> None:
        self.desk, self.uploads, self.finish = desk, uploads, finish
        self.folder = desk.root / FOLDER / "jobs"
        self.jobs: dict[str, Job] = {}
        self._versions = count(time.time_ns() // 10**6)  # of a server that is started again they are larger
        self._cancelled: set[str] = set()
        self._queue: queue.SimpleQueue[tuple[str, Do | None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._recover()

    def of(self, slug: str) -> Job | None:
        return self.jobs.get(slug)

    def changed_since(self, version: int) -> list[Job]:
        return sorted((job for job in self.jobs.values() if job.version > version), key=lambda job: job.version)

    def is_at_work(self, slug: str) -> bool:
        return (job := self.jobs.get(slug)) is not None and job.is_at_work

    def are_at_work(self) -> bool:
        return any(job.is_at_work for job in self.jobs.values())

    def take(self, upload: Upload) -> None:
        """Do what is to be done with a file that has come: a picture gets its place, of the rest an episode is made."""
        if upload.sort is Sort.PICTURE:
            self._place_picture(upload)
            return
        if (job := self.of(upload.slug)) and job.state is State.FAILED:
            # It comes in place of the one that nothing could be made of.
            for other in self._lies_here(upload.slug):
                if other.sort is upload.sort and other.id != upload.id:
                    self.uploads.remove(other)
        self.submit(upload.slug, upload.who)

    def submit(self, slug: str, who: str) -> None:
        """Let an episode be made of what lies here for it; a text alone waits for the sound that it belongs to."""
        with self._lock:
            if self._lies_here(slug) and not self._lacks_sound(slug):
                self._wait(slug, who, None)

    def begin(self, name: str, who: str, do: Do) -> None:
        """Let something else be done, when its turn has come."""
        with self._lock:
            self._wait(name, who, do)

    def _wait(self, name: str, who: str, do: Do | None) -> None:
        if not self.is_at_work(name):
            self._keep(Job(slug=name, who=who))
        self._queue.put((name, do))
        if self._thread is None or not self._thread.is_alive():
            # A daemon: whoever ends the server does not wait for an hour of sound, and ffmpeg ends with it.
            self._thread = threading.Thread(target=self._work, daemon=True, name="jobs")
            self._thread.start()

    def cancel(self, slug: str) -> None:
        if self.is_at_work(slug):
            self._cancelled.add(slug)

    def remove(self, upload: Upload) -> None:
        """Take a file away that was sent. Raises RefusedError for one that a job is made of."""
        if self.is_at_work(upload.slug) and upload.sort is not Sort.PICTURE and self.uploads.is_whole(upload):
            raise RefusedError(409, "Filen används just nu. Avbryt arbetet först.")
        self.uploads.remove(upload)

    def waits_for_sound(self, slug: str) -> bool:
        return bool(self._lies_here(slug)) and self._lacks_sound(slug)

    def _lies_here(self, slug: str) -> list[Upload]:
        return [one for one in self.uploads.of(slug) if one.sort is not Sort.PICTURE and self.uploads.is_whole(one)]

    def _lacks_sound(self, slug: str) -> bool:
        has_sound = newest_audio(self._place(slug)) or "audio_url" in nodes_of(self._saved(slug))
        return not has_sound and all(one.sort is not Sort.RECORDING for one in self._lies_here(slug))

    def _work(self) -> None:
        while True:
            slug, do = self._queue.get()
            job = self.jobs[slug]
            uploads = self._lies_here(slug)
            if not do and not uploads:  # the job before took them, too
                continue
            job = Job(slug=slug, who=job.who, state=State.RUNNING)
            self._keep(job)
            try:
                if do:
                    do(job, self._progress(job))
                else:
                    self._make_alone(job, uploads)
            except _CancelledError:
                job.wrong = [f"Avbrutet.{'' if do else _KEPT}"]
            except ReasonError as error:
                job.wrong = [str(error)]
            except MACHINE_ERRORS as error:
                job.wrong = [explain(error)]
            except Exception:
                logging.getLogger(__name__).exception("a job has failed")
                job.wrong = [f"Något gick fel i programmet.{'' if do else _KEPT} Försök igen."]
            if job.wrong:
                self._take_back(job)
            job.state = State.FAILED if job.wrong else State.DONE
            self._keep(job)
            self._cancelled.discard(slug)
            if not job.wrong and not do:
                with suppress(Exception):  # it is made when it is asked for
                    self.finish(slug)

    def _make_alone(self, job: Job, uploads: list[Upload]) -> None:
        with alone(self.desk.root / EPISODES, work="okatakten desk", tries=trying(_PATIENCE)), ExitStack() as quiet:
            self._make(job, uploads, quiet)

    def _make(self, job: Job, uploads: list[Upload], quiet: ExitStack) -> None:
        """Make an episode of uploads. `quiet` keeps drafts from being saved while its other files are taken over."""
        slug, file = job.slug, f"{EPISODES}/{job.slug}/episode.md"
        folder, originals = self._place(slug), self.desk.root / ORIGINALS / slug
        fields = nodes_of(self._saved(slug))
        by_sort = {sort: [one for one in uploads if one.sort is sort] for sort in Sort}
        if "withdrawn" in fields:
            raise ReasonError(Reason.EPISODE_WITHDRAWN)
        if "audio_url" in fields and by_sort[Sort.RECORDING]:
            raise ReasonError(Reason.AUDIO_IN_STORE)
        problems = Problems(f"{EPISODES}/{slug}")

        def at_last() -> None:
            quiet.enter_context(self.desk.drafts.one_at_a_time())
            self._keep_replaced(job, uploads)

        progress = self._progress(job)
        one_of_each = all(len(some) <= 1 for some in by_sort.values())
        if is_out(self._saved(slug)) and one_of_each and not by_sort[Sort.CHAPTERS]:
            with self._named(uploads) as named:
                recording, text = (named.get(sort) for sort in (Sort.RECORDING, Sort.TEXT))
                made = correct_episode(
                    self.desk.root, slug, problems, recording=recording, captions=text, progress=progress,
                    at_last=at_last,
                )  # fmt: skip
                if made:
                    originals.mkdir(parents=True, exist_ok=True)
                    for path in named.values():
                        path.replace(_free(originals / path.name))
        else:
            for upload in uploads:
                path = _free(folder / upload.own_name)
                job.put[path.name] = upload.id
                self._keep(job)
                _link(self.uploads.path(upload), path)
            made = prepare_episode(
                folder, problems, plan=_plan(slug), originals=_unused(originals, job.put), progress=progress,
                at_last=at_last, stays_draft=True,
            )  # fmt: skip
        job.notes = [*map(_said, problems.noted)]
        if made is None:
            job.wrong = [*map(_said, problems.found)] or ["Det gick inte att göra något av filerna."]
            return
        for upload in uploads:
            self.uploads.remove(upload)
        settle(self.desk, file)
        job.told, job.notes = [*_told(made)], [*map(_said, (*made.left, *sorted(set(made.notes))))]

    def _keep_replaced(self, job: Job, uploads: list[Upload]) -> None:
        """Keep a transcript as a version where a text takes its place: somebody may have corrected it."""
        if any(one.sort is Sort.TEXT for one in uploads):
            self.desk.drafts.keep_saved(f"{EPISODES}/{job.slug}/transcript.vtt", who=job.who)

    @contextmanager
    def _named(self, uploads: list[Upload]) -> Iterator[dict[Sort, Path]]:
        """Yield files under their own names, of which what they are is read, in a folder that nobody looks into."""
        work = self.desk.root / FOLDER / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        named = {upload.sort: work / upload.own_name for upload in uploads}
        try:
            for upload in uploads:
                _link(self.uploads.path(upload), named[upload.sort])
            yield named
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _progress(self, job: Job) -> Progress:
        def progress(share: float) -> None:
            if job.slug in self._cancelled:
                raise _CancelledError
            if int(share * 100) != int(job.share * 100):
                job.share = share
                self._number(job)

        return progress

    def _place_picture(self, upload: Upload) -> None:
        """Put a picture into its episode; what it replaces is kept."""
        folder, originals = self._place(upload.slug), self.desk.root / ORIGINALS / upload.slug
        path = folder / f"picture.{upload.own_name.rpartition('.')[2]}"
        originals.mkdir(parents=True, exist_ok=True)
        for old in [path for path in folder.iterdir() if _is_picture(path)]:
            self.desk.drafts.forget(f"{EPISODES}/{upload.slug}/{old.name}")  # cut, of the one that goes
            old.replace(_free(originals / old.name))
        self.uploads.path(upload).replace(path)
        self.uploads.remove(upload)

    def _take_back(self, job: Job) -> None:
        """Let the folder of an episode be without what a job put there, which lies in `.desk/` still."""
        ids = {upload.id for upload in self.uploads.of(job.slug)}
        for name, number in job.put.items():
            if number in ids:
                (self._place(job.slug) / name).unlink(missing_ok=True)
        job.put = {}

    def _recover(self) -> None:
        """Read what became of the jobs of the last server: those that it was at are broken off."""
        for path in sorted(self.folder.glob("*.json")):
            with suppress(OSError, ValueError, TypeError, KeyError):
                told = json.loads(path.read_bytes())
                job = Job(**told | {"state": State(told["state"]), "version": next(self._versions)})
                if job.slug != path.stem or job.slug.removesuffix(CLIPS_OF) not in self.desk.slugs():
                    continue
                self.jobs[job.slug] = job
                if not job.is_at_work:
                    continue
                job.state = State.DONE if self._was_done(job) else State.BROKEN
                self._take_back(job)
                self._keep(job)

    def _was_done(self, job: Job) -> bool:
        """Return whether a job was at its end when its server was, and remove the uploads that were made use of.

        What it put into the folder goes from there when the new folder takes its place, and is among the originals.
        """
        used = [
            (name, one) for name, number in job.put.items() for one in self.uploads.of(job.slug) if one.id == number
        ]
        for name, upload in used:
            kept = (self.desk.root / ORIGINALS / job.slug).rglob(name)
            if (self._place(job.slug) / name).exists() or upload.length not in {path.stat().st_size for path in kept}:
                return False
        for _, upload in used:
            self.uploads.remove(upload)
        return bool(used)

    def _keep(self, job: Job) -> None:
        job.when = datetime.now(UTC).isoformat(timespec="seconds")
        self._number(job)
        self.jobs[job.slug] = job
        with suppress(OSError):  # what is to be told is in memory, too
            write_atomically(self.folder / f"{job.slug}.json", json.dumps(asdict(job), ensure_ascii=False).encode())

    def _number(self, job: Job) -> None:
        job.version = next(self._versions)

    def _place(self, slug: str) -> Path:
        return self.desk.root / EPISODES / slug

    def _saved(self, slug: str) -> str:
        return self.desk.drafts.saved(f"{EPISODES}/{slug}/episode.md") or ""


def is_out(text: str) -> bool:
    """Return whether the file of an episode says that it is public: no draft, and its time has come."""
    said = words_of(text)
    moment = parse_date(said.get("published", ""), zone=STOCKHOLM)
    return said.get("draft", "").casefold() in NO and moment is not None and moment <= datetime.now(UTC)


def newest_audio(folder: Path) -> Path | None:
    """Return the audio of an episode that is heard."""
    found = numbered_audio(folder)
    return found[-1][0] if found else None


def _plan(slug: str) -> Plan:
    """Return what a folder without episode.md begins with."""
    published = suggest_time(datetime.now(UTC), zone=STOCKHOLM)
    title = slug.replace("-", " ").capitalize()
    return Plan(slug=slug, guid=new_guid(), title=title, summary="", published=published)


def _told(made: Made) -> Iterator[str]:
    if made.audio and made.before and made.after and made.duration:
        length = time_field(timedelta(seconds=round(made.duration.total_seconds())))
        size = size_text((made.folder / made.audio.name).stat().st_size)
        yield f"Ljudet är klart: {length}, {size}."
        yield (
            f"Styrkan är {decimal_text(made.after.integrated)} LUFS med toppar på {decimal_text(made.after.true_peak)} "
            f"dBTP. Inspelningen hade {decimal_text(made.before.integrated)} LUFS."
        )
    if made.speakers:
        who = ", ".join(f"{name or 'utan namn'} {count}" for name, count in made.speakers.items())
        yield f"Texten är klar. Så många stycken har var och en: {who}."
    if made.blanks:
        yield "Texten har tider men inga ord. Avsnittet är ett utkast tills du har skrivit vad som sägs."
    if made.chapters:
        yield f"Kapitel: {made.chapters}."


def _said(problem: Problem) -> str:
    name = problem.file.rpartition("/")[2]
    place = f"{name}, rad {problem.line}" if problem.line else name
    return f"{place}: {said_of(problem)}"


def _is_picture(path: Path) -> bool:
    return path.stem.casefold() == "picture" and path.suffix.casefold() in IMAGE_SUFFIXES


def _unused(originals: Path, names: dict[str, str]) -> Path:
    """Return the folder of originals, or one in it where a file of the same name is kept there already."""
    if any((originals / name).exists() for name in names):
        return originals / f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    return originals


def _free(path: Path) -> Path:
    """Return a path that nothing has yet: with a number where there is such a file."""
    number, free = 2, path
    while free.exists():
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return free


def _link(path: Path, to: Path) -> None:
    try:
        to.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, to)
