"""What is published of a podcast: its feed, and all that belongs to the show and its episodes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from okatakten.addresses import (
    ADDRESSES,
    FEED,
    PODCAST,
    Site,
    chapters_path,
    clip_path,
    cover_copy_path,
    cover_path,
    episode_path,
    moved_paths,
    picture_copy_path,
    picture_path,
    transcript_path,
)
from okatakten.disk.write import replace_folder, write_pieces
from okatakten.model import Episode, Picture, Published, Release, Releases
from okatakten.podcast.audio import read_pieces
from okatakten.podcast.chapters import build_json_chapters
from okatakten.podcast.clips import ENDINGS, file_of
from okatakten.podcast.feed import build_feed
from okatakten.podcast.pictures import COVER_SIZE, build_picture, page_copy
from okatakten.podcast.promise import audio_addresses, build_addresses
from okatakten.podcast.releases import published_bytes
from okatakten.words.catalogue import Words

Content = bytes | Path | Release | Picture
"""What a file holds, the file that it is a copy of, or what is made when it is written: tagged audio, a picture."""


def build_podcast_files(show: Published, *, site: Site, words: Words) -> dict[str, Content]:
    """Return every file of the podcast by its address, relative to the site. `words` are those of its language."""
    for_programs = show.for_programs
    files: dict[str, Content] = {
        cover_path(show): show.cover,
        cover_copy_path(show): page_copy(show.cover, size=COVER_SIZE),
        FEED: build_feed(for_programs, site=site, words=words),
        ADDRESSES: build_addresses(for_programs).encode(),
    }
    for episode in show.episodes:
        files |= _episode_files(episode, show.releases)
    return files


def write_podcast_files(files: Mapping[str, Content], folder: Path, *, cache: Path | None = None) -> None:
    """Put the files, by their addresses, in place of what a folder holds: all of them, or none. Raises OSError.

    In the folder `cache`, if there is one, pictures are remembered.
    """

    def make(new: Path) -> None:
        for address, content in files.items():
            write_content(new / address, content, cache=cache)

    replace_folder(folder, make=make)


def write_content(path: Path, content: Content, *, before: Path | None = None, cache: Path | None = None) -> None:
    """Write a file as it is published, or link the file `before` where that is the same. Raises OSError.

    In the folder `cache`, if there is one, pictures are remembered.
    """
    if isinstance(content, Release):
        write_pieces(path, partial(published_bytes, content), before=before)
    elif isinstance(content, Path):
        write_pieces(path, partial(read_pieces, content), before=before)
    else:
        made = build_picture(content, cache=cache) if isinstance(content, Picture) else content
        write_pieces(path, lambda: (made,), before=before)


def _episode_files(episode: Episode, releases: Releases) -> dict[str, Content]:
    """Return the files of an episode where they are now, and where they were before its folder was renamed."""
    folder = episode_path(episode)
    files: dict[str, Content] = {}
    if episode.transcript is not None:
        files[transcript_path(episode)] = episode.transcript.path
    if episode.picture is not None:
        files[picture_path(episode, episode.picture)] = episode.picture
        files[picture_copy_path(episode)] = page_copy(episode.picture)
    if episode.chapters:
        files[chapters_path(episode)] = build_json_chapters(episode.chapters).encode()
    for clip in episode.clips:
        files |= {clip_path(episode, clip, ending): file_of(clip.path, ending) for ending in ENDINGS}
    moved = moved_paths(episode)
    files |= {old + path.removeprefix(folder): content for old in moved for path, content in files.items()}
    for address, behind in audio_addresses(episode).items():
        if address.startswith(PODCAST):
            # What is gone on purpose is answered for by what corrected it.
            path = (behind or episode.audio).path
            assert path
            files[address] = releases[path]
    return files
