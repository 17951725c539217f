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
from okatakten.model import Enclosure, Episode, Show
from okatakten.podcast.promise import audio_addresses, beside
from okatakten.podcast.promised import PublishedAudio, PublishedFeed
from okatakten.podcast.tags import TAGGED, audio_length, tag_size, with_tag
from okatakten.written.advice import ADVICE
from okatakten.written.problems import Kind, Problem

TAG_LIMIT: Final = 10**6
"""The most bytes of a published tag that are looked at: it holds one small picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What was published: its audio by address, the file or address of its feed, and the folder of remembered tags."""

    audio: Mapping[str, PublishedAudio]
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
    show: Show, published: PublishedFeed, *, source: str, memory: Path, reach: Reach = PUBLIC
) -> tuple[Show, list[Problem]]:
    """Return the show with the audio that is out as it was published, and a problem for what could not be looked at.

    `show` has the tags of today's texts (`tag_audio`). Audio that has itself changed stays as it is, for
    `check_promise` to find, and what could not be looked at is not settled. `source` is the file or address of the
    published feed, `memory` the folder of tags.
    """
    past = _Past(audio=published.audio, source=source, memory=memory, reach=reach)
    with ThreadPoolExecutor(max_workers=8) as pool:
        kept = [*pool.map(lambda episode: _keep_episode(episode, past), show.episodes)]
    problems = [problem for _, found in kept for problem in found]
    return replace(show, episodes=tuple(episode for episode, _ in kept)), problems


def _keep_episode(episode: Episode, past: _Past) -> tuple[Episode, list[Problem]]:
    addresses = audio_addresses(episode)
    problems = []

    def keep(enclosure: Enclosure) -> Enclosure:
        promised = [address for address, behind in addresses.items() if behind is enclosure and address in past.audio]
        if not promised or enclosure.media_type != TAGGED:
            return enclosure
        address = next((address for address in promised if past.audio[address].digest), promised[0])
        try:
            return _keep(enclosure, address, past)
        except FetchError as error:
            expected = ADVICE[error.kind].format(expected=error.expected).strip()
            file = beside(episode.text.source, enclosure.filename)
            problems.append(Problem(kind=Kind.AUDIO_NOT_SEEN, file=file, found=address, expected=expected))
            return replace(enclosure, digest=None)

    former = tuple(map(keep, episode.former_audio))
    return replace(episode, enclosure=keep(episode.enclosure), former_audio=former), problems


def _keep(enclosure: Enclosure, address: str, past: _Past) -> Enclosure:
    """Return a file with the tag that it was published with, or as it came where no tag gives what was published."""
    audio = past.audio[address]
    found = (with_tag(enclosure, tag) for tag in _tags(enclosure, address, past))
    return next((kept for kept in found if audio.fits(kept)), enclosure)


def _tags(enclosure: Enclosure, address: str, past: _Past) -> Iterator[bytes]:
    """Yield the tags that the file may have been published with, those that cost least first."""
    audio = past.audio[address]
    yield enclosure.tag
    yield b""
    remembered = past.memory / (audio.digest or "unknown").replace("/", "_")
    if remembered.is_file():
        yield remembered.read_bytes()
    size = audio.length - audio_length(enclosure) if audio.length else TAG_LIMIT
    if size <= 0:
        # Shorter than the audio alone: it was another one.
        return
    there = past.beginning(address, size=min(size, TAG_LIMIT))
    tag = there[: tag_size(there)]
    if audio.digest and audio.fits(with_tag(enclosure, tag)):
        # A memory that cannot be written costs a request next time, no more.
        with suppress(OSError):
            write_atomically(remembered, tag)
    yield tag
