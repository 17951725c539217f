"""What goes out of a show: the episodes that a site may publish, and the bytes of their audio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from okatakten.addresses import Site
from okatakten.disk.memory import newest_of_file
from okatakten.model import Blank, Episode, Published, PublishedEpisode, Release, Releases, Show, shallow
from okatakten.podcast.audio import PIECE, length_and_digest
from okatakten.podcast.tags import TAGGED, audio_bounds, build_tag
from okatakten.words.catalogue import Words


def build_published(show: Show, site: Site, releases: Releases) -> Published:
    """Return what a site publishes of the show: drafts, what waits and samples are left out where it shows none."""
    episodes = tuple(_publish(episode, site, releases) for episode in show.episodes if site.shows(episode))
    return Published(**shallow(show) | {"episodes": episodes}, releases=releases)


def _publish(episode: Episode, site: Site, releases: Releases) -> PublishedEpisode:
    released = releases[episode.audio.path] if episode.audio.path else None
    return PublishedEpisode(
        **shallow(episode),
        length=released.length if released else episode.audio.length,
        digest=released.digest if released else None,
        waiting=site.waits(episode),
    )


def build_releases(show: Show, *, words: Words) -> Releases:
    """Return the audio of all episodes, drafts too, as it is published the first time: tagged with today's texts.

    `words` are those of the show's language.
    """
    releases = {}
    for episode in show.episodes:
        for audio in (episode.audio, *episode.former_audio):
            if audio.path is not None:
                tag = build_tag(audio, episode, show, words=words) if audio.media_type == TAGGED else b""
                releases[audio.path] = release(audio.path, tag, private=audio.private)
    return releases


def release(path: Path, tag: bytes, *, private: tuple[Blank, ...]) -> Release:
    """Return a file as it is published: with the length and digest of the bytes that go out."""
    facts = path.stat()
    return _release(path, tag, private, facts.st_size, facts.st_mtime_ns)


def audio_length(path: Path) -> int:
    """Return how many bytes an MP3 has without its tags."""
    with path.open("rb") as file:
        start, end = audio_bounds(file)
    return end - start


def published_bytes(released: Release) -> Iterator[bytes]:
    """Yield what is published of a file, in pieces: the tag, and the audio without what is private."""
    path, tag, blanks = released.path, released.tag, released.private
    with path.open("rb") as file:
        start, end = audio_bounds(file) if tag else (0, file.seek(0, 2))
        file.seek(start)
        yield tag
        for place in range(start, end, PIECE):
            piece = file.read(min(PIECE, end - place))
            yield _blanked(piece, place, blanks) if blanks else piece


def _blanked(piece: bytes, place: int, blanks: Iterable[Blank]) -> bytes:
    """Return a piece of a file, which begins at `place`, with zeros for what is private."""
    changed = bytearray(piece)
    for blank in blanks:
        start, end = max(blank.start, place), min(blank.end, place + len(piece))
        if start < end:
            done = start - blank.start
            changed[start - place : end - place] = blank.head[done : done + end - start].ljust(end - start, b"\0")
    return bytes(changed)


@newest_of_file
def _release(path: Path, tag: bytes, private: tuple[Blank, ...], _size: int, _changed: int) -> Release:
    """Kept while the process lives: the site that is shown locally is built again and again."""
    released = Release(path=path, tag=tag, length=0, digest=None, private=private)
    length, digest = length_and_digest(published_bytes(released))
    return replace(released, length=length, digest=digest)
