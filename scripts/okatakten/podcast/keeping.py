"""Audio that is out keeps its bytes: an app that has it would never fetch it again for the sake of a new title.

What was published is known by its digest. Only the tag can differ, if it is the same audio, and the tag that gives that
digest is found where it costs least: in today's texts, in the folder of remembered tags, or in what is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from okatakten.addresses import PODCAST
from okatakten.disk.write import write_atomically
from okatakten.fetching import PUBLIC, FetchError, Reach, fetch_beginning
from okatakten.model import Episode, Release, Releases, Show
from okatakten.podcast.promise import audio_addresses, beside
from okatakten.podcast.promised import PromisedAudio, PromisedFeed
from okatakten.podcast.releases import audio_length, release
from okatakten.podcast.tags import tag_size
from okatakten.written.problems import Kind, Problem

TAG_LIMIT: Final = 10**6
"""The most bytes of a published tag that are looked at: it may hold a small picture, as tags once did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What was published: its audio by address, the file or address of its feed, and the folder of remembered tags."""

    audio: Mapping[str, PromisedAudio]
    source: str
    memory: Path
    reach: Reach

    def beginning(self, address: str, *, size: int) -> bytes:
        """Return the first bytes of audio in the site that the feed belongs to. Raises FetchError."""
        name = address.removeprefix(PODCAST)
        if self.source.startswith(("http://", "https://")):
            return fetch_beginning(urljoin(self.source, name), size=size, reach=self.reach)
        try:
            with (Path(self.source).parent / name).open("rb") as file:
                return file.read(size)
        except OSError as error:
            raise FetchError(Kind.FETCH_NOT_FOUND) from error


def keep_audio(
    show: Show, releases: Releases, feed: PromisedFeed, *, source: str, memory: Path, reach: Reach = PUBLIC
) -> tuple[Releases, list[Problem]]:
    """Return the releases with the audio that is out as it was published, and a problem for what could not be seen.

    `releases` are those of today's texts (`build_releases`). Audio that has itself changed stays as it is, for
    `check_promise` to find, and what could not be looked at is not settled. `source` is the file or address of the
    published feed, `memory` the folder of tags.
    """
    past = _Past(audio=feed.audio, source=source, memory=memory, reach=reach)
    with ThreadPoolExecutor(max_workers=8) as pool:
        kept = [*pool.map(lambda episode: _keep_episode(episode, releases, past), show.episodes)]
    problems = [problem for _, found in kept for problem in found]
    return {**releases, **{released.path: released for settled, _ in kept for released in settled}}, problems


def _keep_episode(episode: Episode, releases: Releases, past: _Past) -> tuple[list[Release], list[Problem]]:
    """Return the releases of an episode's audio that was promised."""
    promised: dict[Path, str] = {}
    for address, audio in audio_addresses(episode).items():
        if audio and audio.path and address in past.audio:
            known = promised.setdefault(audio.path, address)
            if past.audio[known].digest is None and past.audio[address].digest:
                promised[audio.path] = address
    kept, problems = [], []
    for path, address in promised.items():
        try:
            kept.append(_keep(releases[path], address, past))
        except FetchError as error:
            file = beside(episode.text.source, path.name)
            problems.append(Problem(kind=Kind.AUDIO_NOT_SEEN, file=file, found=address, expected=str(error)))
            kept.append(replace(releases[path], digest=None))
    return kept, problems


def _keep(today: Release, address: str, past: _Past) -> Release:
    """Return a file with the tag that it was published with, or as it came where no tag gives what was published.

    What is private in it may have been published, too, before it was left out.
    """
    audio = past.audio[address]
    private = dict.fromkeys((today.private, ()))
    found = (release(today.path, tag, private=each) for tag in _tags(today, address, past) for each in private)
    return next((kept for kept in found if audio.fits(kept)), today)


def _tags(today: Release, address: str, past: _Past) -> Iterator[bytes]:
    """Yield the tags that the file may have been published with, those that cost least first."""
    audio = past.audio[address]
    yield today.tag
    if not today.tag:
        return
    yield b""
    remembered = past.memory / (audio.digest or "unknown").replace("/", "_")
    if remembered.is_file():
        yield remembered.read_bytes()
    size = audio.length - audio_length(today.path) if audio.length else TAG_LIMIT
    if size <= 0:
        # Shorter than the audio alone: it was another one.
        return
    there = past.beginning(address, size=min(size, TAG_LIMIT))
    tag = there[: tag_size(there)]
    if audio.digest and any(audio.fits(release(today.path, tag, private=each)) for each in {today.private, ()}):
        # A memory that cannot be written costs a request next time, no more.
        with suppress(OSError):
            write_atomically(remembered, tag)
    yield tag
