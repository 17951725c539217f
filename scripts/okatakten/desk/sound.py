"""Sound in and out: what is sent for an episode, how its making goes, what is heard of it and how that looks."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import IO, Any, Final, TypeVar

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from okatakten.desk.forms import values_of
from okatakten.desk.guard import Role
from okatakten.desk.jobs import Job, Jobs, State, is_out, newest_audio
from okatakten.desk.pages import shown_files
from okatakten.desk.uploads import (
    LIMITS,
    SUFFIXES,
    RefusedError,
    Sort,
    Upload,
    Uploads,
    read_length,
    read_metadata,
    room,
    size_text,
)
from okatakten.desk.web import FOLDER, Desk, check_form, desk_of, page, person_of, read_form
from okatakten.disk.memory import newest_of_file, recall
from okatakten.making.ffmpeg import FfmpegMissingError, ffmpeg
from okatakten.making.folders import EPISODES
from okatakten.podcast.audio import digest_of, read_audio
from okatakten.podcast.mpeg import is_constant
from okatakten.written.machine import explain, reason_of
from okatakten.written.values import time_field

Made = TypeVar("Made")

PEAKS_PER_SECOND: Final = 20
FORM_FILE_LIMIT: Final = 200 * 10**6
"""Bytes of a form with files, for a browser without scripts: it cannot go on with what has broken off."""
_TUS: Final = "1.0.0"
_TUS_HEADERS: Final = {"tus-resumable": _TUS, "cache-control": "no-store"}
_CHUNK: Final = "application/offset+octet-stream"
_SAMPLES: Final = 400
"""Of which a peak is the largest: at 8 000 a second, twenty peaks."""
_AMPLITUDES: Final = bytes(min(abs(value - 128) * 2, 255) for value in range(256))
_SILENCE: Final = 15.0
"""Seconds after which something is sent, so that nobody on the way takes the connection for dead."""
_SEEN_EVERY: Final = 0.5
_DAYS_KEPT: Final = 30


def routes() -> list[Route]:
    place = "/avsnitt/{slug}/ljud"
    return [
        Route("/handelser", _events),
        Route(f"{place}.mp3", _play),
        Route("/avsnitt/{slug}/vagform", _peaks),
        Route(place, _page),
        Route(place, _begin, methods=["POST"]),
        Route(place, _abilities, methods=["OPTIONS"]),
        Route(f"{place}/jobb", _decide, methods=["POST"]),
        Route(f"{place}/{{id}}", _upload, methods=["HEAD", "PATCH", "DELETE"]),
    ]


class Sound:
    """The sound of one desk: what comes, what is made of it, and what is kept for being heard."""

    def __init__(self, desk: Desk) -> None:
        self.root, self.folder = desk.root, desk.root / FOLDER
        self.uploads = Uploads(self.folder / "uploads")
        self.jobs = Jobs(desk, self.uploads, finish=self.peaks)
        self._lock = Lock()

    def audio(self, slug: str) -> Path | None:
        """Return the file that is heard, at one bit rate: of others, browsers find moments only nearly."""
        path = newest_audio(self.root / EPISODES / slug)
        if path is None or (path.suffix.casefold() == ".mp3" and _is_constant(path, *_stamp(path))):
            return path
        with self._lock:
            copy = self.folder / "sound" / f"{hashlib.sha256(digest_of(path).encode()).hexdigest()[:32]}.mp3"
            if not copy.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                new = copy.with_name(f".{token_hex(8)}.mp3")
                try:
                    with _decoded(path, "-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100", "-f", "mp3", str(new)):
                        pass
                    new.replace(copy)
                    _forget_old(copy.parent)
                finally:
                    new.unlink(missing_ok=True)
            return copy

    def peaks(self, slug: str) -> bytes | None:
        """Return how loud the sound is, twenty times a second, 0 to 255; None where there is none."""
        path = self.audio(slug)
        if path is None:
            return None
        with self._lock:
            made_of = f"{PEAKS_PER_SECOND} {digest_of(path)}".encode()
            return recall(self.folder / "peaks", made_of, make=lambda: read_peaks(path))


def read_peaks(path: Path) -> bytes:
    """Return the peaks of a file, which is decoded piece by piece. Raises CalledProcessError."""
    peaks, rest = bytearray(), b""
    with _decoded(path, "-ac", "1", "-ar", str(_SAMPLES * PEAKS_PER_SECOND), "-f", "u8", "pipe:1") as decoded:
        while piece := decoded.read(_SAMPLES * 256):
            samples = rest + piece.translate(_AMPLITUDES)
            whole = len(samples) - len(samples) % _SAMPLES
            peaks += bytes(max(samples[at : at + _SAMPLES]) for at in range(0, whole, _SAMPLES))
            rest = samples[whole:]
    return bytes(peaks + bytes([max(rest)] if rest else []))


@contextmanager
def _decoded(path: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Yield what ffmpeg makes of a file, as it makes it. Raises CalledProcessError at the end where it could not."""
    sources = ["-protocol_whitelist", "file,pipe", "-i", f"file:{path}", "-map", "0:a:0", "-map_metadata", "-1"]
    command = [ffmpeg(), "-nostdin", "-v", "error", *sources, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603 -- a list
        assert process.stdout
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        if status := process.wait():
            raise subprocess.CalledProcessError(status, "ffmpeg")


def _forget_old(folder: Path) -> None:
    oldest = time.time() - _DAYS_KEPT * 24 * 60 * 60
    for path in folder.glob("*.mp3"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


@newest_of_file
def _is_constant(path: Path, _size: int, _changed: int) -> bool:
    with path.open("rb") as file:
        return is_constant(file)


def sound_of(request: Request) -> Sound:
    sound = request.app.state.sound
    assert isinstance(sound, Sound)
    return sound


def _slug(request: Request) -> str:
    """Return the episode that a request names. Raises HTTPException where there is none."""
    slug: str = request.path_params["slug"]
    desk_of(request).file_of(slug)
    return slug


def _page(request: Request) -> Response:
    return _show(request, _slug(request))


def _show(request: Request, slug: str, *, status: int = 200, refused: Iterable[str] = ()) -> Response:
    desk, sound = desk_of(request), sound_of(request)
    audio = newest_audio(desk.root / EPISODES / slug)
    facts = read_audio(audio) if audio else None
    free = sound.uploads.free()
    files = [
        {"upload": one, "whole": sound.uploads.is_whole(one), "share": _share(sound.uploads.offset(one), one.length)}
        for one in sound.uploads.of(slug)
    ]
    return page(
        request, "sound.html", status=status, slug=slug, title=values_of(_text(desk, slug))["title"] or slug,
        job=sound.jobs.of(slug), waits_for_sound=sound.jobs.waits_for_sound(slug), files=files, free=free,
        refused=list(refused), audio=audio, duration=facts and _round_time(facts.duration), size_text=size_text,
        is_out=is_out(desk.drafts.saved(desk.file_of(slug)) or ""), limits=LIMITS, suffixes=SUFFIXES, Sort=Sort,
        pictures=[each for each in shown_files(desk) if each.startswith(f"{EPISODES}/{slug}/picture.")],
        form_limit=FORM_FILE_LIMIT, recording_room=room(Sort.RECORDING, 1000) / 1000, State=State,
    )  # fmt: skip


def _text(desk: Desk, slug: str) -> str:
    return desk.drafts.text(desk.file_of(slug)) or ""


def _round_time(duration: timedelta) -> str:
    return time_field(timedelta(seconds=round(duration.total_seconds())))


def _share(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0


async def _begin(request: Request) -> Response:
    """Begin an upload (tus: creation), or take the files of a form."""
    if "tus-resumable" not in request.headers:
        return await _take_form(request)
    try:
        upload = _asked(request)
        sound_of(request).uploads.begin(upload)
    except RefusedError as error:
        return _refusal(error)
    except OSError as error:
        return _refusal(RefusedError(507, explain(error)))
    if sound_of(request).uploads.is_whole(upload):
        await run_in_threadpool(sound_of(request).jobs.take, upload)
    place = f"/avsnitt/{upload.slug}/ljud/{upload.id}"
    return Response(status_code=201, headers={**_TUS_HEADERS, "location": place})


def _asked(request: Request) -> Upload:
    """Return the upload that somebody wants to begin. Raises RefusedError."""
    _check_tus(request)
    told = read_metadata(request.headers.get("upload-metadata", ""))
    length = read_length(request.headers.get("upload-length", ""))
    try:
        sort = Sort(told["sort"])
    except (KeyError, ValueError):
        raise RefusedError(400, "Det framgår inte vad filen är.") from None
    upload = Upload(
        slug=_slug(request), sort=sort, name=_plain_name(told.get("filename", "")), length=length,
        date=told.get("date", "")[:100], ends=told.get("ends", "")[:100], who=person_of(request).name,
    )  # fmt: skip
    _check_may(request, upload.slug)
    return upload


def _check_may(request: Request, slug: str) -> None:
    """Raise RefusedError for whoever may not put out what is put out by itself: files of an episode that is out."""
    desk = desk_of(request)
    if is_out(desk.drafts.saved(desk.file_of(slug)) or "") and not person_of(request).may(Role.PUBLISH):
        raise RefusedError(403, "Avsnittet är publicerat. Be någon som får publicera att lämna in filen.")


def _plain_name(name: str) -> str:
    """Return the last part of a name, whatever else a browser or somebody else writes before it."""
    return name.replace("\\", "/").rpartition("/")[2][-200:].strip() or "fil"


async def _abilities(request: Request) -> Response:
    _slug(request)
    told = {
        "tus-version": _TUS,
        "tus-extension": "creation,termination",
        "tus-max-size": str(LIMITS[Sort.RECORDING]),
    }
    return Response(status_code=204, headers={**_TUS_HEADERS, **told})


async def _upload(request: Request) -> Response:
    """Say how far an upload is, go on with it, or give it up (tus: HEAD, PATCH, DELETE)."""
    sound, slug = sound_of(request), _slug(request)
    try:
        _check_tus(request)
        upload = sound.uploads.find(slug, request.path_params["id"])
        if request.method == "DELETE":
            sound.jobs.remove(upload)
            return Response(status_code=204, headers=_TUS_HEADERS)
        if request.method == "PATCH":
            await _go_on(request, sound, upload)
        told = {"upload-offset": str(sound.uploads.offset(upload)), "upload-length": str(upload.length)}
        if request.method == "PATCH" and sound.uploads.is_whole(upload):
            await run_in_threadpool(sound.uploads.check_ends, upload)
            await run_in_threadpool(sound.jobs.take, upload)
    except RefusedError as error:
        return _refusal(error)
    return Response(status_code=204 if request.method == "PATCH" else 200, headers={**_TUS_HEADERS, **told})


async def _go_on(request: Request, sound: Sound, upload: Upload) -> None:
    """Write what a request sends. Raises RefusedError."""
    if request.headers.get("content-type") != _CHUNK:
        raise RefusedError(415, f"Filen ska skickas som {_CHUNK}.")
    offset = read_length(request.headers.get("upload-offset", ""))
    if int(request.headers.get("content-length") or 0) > upload.length - offset:
        raise RefusedError(413, "Filen är längre än den sade från början.")
    try:
        await sound.uploads.receive(upload, offset, request.stream())
    except ClientDisconnect:
        raise RefusedError(400, "Förbindelsen bröts.") from None  # nobody hears it
    except OSError as error:
        raise RefusedError(
            507, f"{upload.name} fick inte plats eller gick inte att skriva: {reason_of(error)}"
        ) from None


def _check_tus(request: Request) -> None:
    if not person_of(request).may(Role.WRITE):
        raise RefusedError(403, "Du får inte skicka filer hit.")
    if request.headers.get("tus-resumable") != _TUS:
        raise RefusedError(412, f"Filer skickas med tus {_TUS}.")


def _refusal(error: RefusedError) -> Response:
    more = {"tus-version": _TUS} if error.status == 412 else {}
    return PlainTextResponse(error.why, status_code=error.status, headers={**_TUS_HEADERS, **more})


async def _take_form(request: Request) -> Response:
    """Take files that a form sends, each to the disk as it comes."""
    sound, slug = sound_of(request), _slug(request)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > FORM_FILE_LIMIT:
        why = f"Det är mer än {size_text(FORM_FILE_LIMIT)}. Slå på JavaScript i webbläsaren, så går större filer bra."
        request.state.is_ours = True  # whosever it is: nothing is read of it, and nothing done
        return await run_in_threadpool(_show, request, slug, status=413, refused=[why])
    refused, kept = [], []
    async with request.form(max_fields=8, max_files=len(Sort)) as form:
        check_form(request, form, Role.WRITE)
        person = person_of(request)
        for sort in Sort:
            sent = form.get(sort)
            if isinstance(sent, UploadFile) and sent.filename:
                name, size = _plain_name(sent.filename), sent.size or 0
                upload = Upload(slug=slug, sort=sort, name=name, length=size, who=person.name)
                try:
                    _check_may(request, slug)
                    await sound.uploads.keep(upload, sent.file.read)
                    kept.append(upload)
                except RefusedError as error:
                    refused.append(error.why)
                except OSError as error:
                    refused.append(explain(error))
    # All together, when all are here: one job makes the episode of them, and tells of each.
    for upload in kept:
        try:
            await run_in_threadpool(sound.jobs.take, upload)
        except OSError as error:
            refused.append(explain(error))
    if refused:
        return await run_in_threadpool(_show, request, slug, status=422, refused=refused)
    return RedirectResponse(f"/avsnitt/{slug}/ljud", status_code=303)


async def _decide(request: Request) -> Response:
    """Take a file away, break a job off, or begin it again."""
    sound, slug = sound_of(request), _slug(request)
    form = await read_form(request, Role.WRITE)
    if gone := str(form.get("bort", "")):
        try:
            sound.jobs.remove(sound.uploads.find(slug, gone))
        except RefusedError as error:
            return await run_in_threadpool(_show, request, slug, status=error.status, refused=[error.why])
    elif form.get("gor") == "avbryt":
        sound.jobs.cancel(slug)
    elif form.get("gor") == "om":
        await run_in_threadpool(sound.jobs.submit, slug, person_of(request).name)
    return RedirectResponse(f"/avsnitt/{slug}/ljud", status_code=303)


async def _events(request: Request) -> Response:
    """Tell how jobs go, while any does (Server-Sent Events, WHATWG HTML 9.2)."""
    jobs = sound_of(request).jobs
    said = request.headers.get("last-event-id", "") or request.query_params.get("sedan", "")
    seen = int(said) if said.isdecimal() and len(said) < 19 else 0

    async def events() -> AsyncIterator[str]:
        nonlocal seen
        silent = 0.0
        yield "retry: 3000\n\n"
        while not await request.is_disconnected():
            at_work = jobs.are_at_work()
            for job in jobs.changed_since(seen):
                seen, silent = job.version, 0.0
                yield f"id: {job.version}\ndata: {json.dumps(_event(job), ensure_ascii=False)}\n\n"
            if not at_work:
                return
            if silent >= _SILENCE:
                silent = 0.0
                yield ": kvar\n\n"
            await anyio.sleep(_SEEN_EVERY)
            silent += _SEEN_EVERY

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


def _event(job: Job) -> dict[str, Any]:
    told = asdict(job)
    return {name: told[name] for name in ("slug", "state", "share")} | {"atWork": job.is_at_work}


async def _made(request: Request, make: Callable[[str], Made | None]) -> Made:
    """Return what is made of the sound of an episode. Raises HTTPException where there is none, or none that sounds."""
    try:
        made = await run_in_threadpool(make, _slug(request))
    except (subprocess.CalledProcessError, FfmpegMissingError):
        raise HTTPException(422) from None
    if made is None:
        raise HTTPException(404)
    return made


async def _play(request: Request) -> Response:
    path = await _made(request, sound_of(request).audio)
    return FileResponse(path, media_type="audio/mpeg", headers={"cache-control": "private, no-cache"})


async def _peaks(request: Request) -> Response:
    peaks = await _made(request, sound_of(request).peaks)
    headers = {"cache-control": "private, no-cache", "x-peaks-per-second": str(PEAKS_PER_SECOND)}
    return Response(peaks, media_type="application/octet-stream", headers=headers)
