"""From the files under podcast/ to a `Show`, with every problem of every file gathered on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from okatakten.disk.memory import stamp_of
from okatakten.model import (
    DEFAULT_LOCALE,
    Episode,
    EpisodeType,
    Locale,
    Show,
    ShowType,
    Translation,
    Withdrawn,
)
from okatakten.podcast.clips import CLIPS
from okatakten.podcast.episode import ReadEpisode, Surroundings, check_together, read_episode
from okatakten.podcast.show import read_show
from okatakten.rules import CAPTIONS, RECORDINGS, new_guid, slug_of
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems

Known = dict[Path, tuple[object, ReadEpisode]]
"""Episodes that have been read by their folders, each with what it depends on: its files, and what they are read by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastReading:
    """What the files of the podcast hold. `show` is None while anything in them is wrong; `notes` never stop anything.

    `unfinished` are the problems of drafts: to be mended before publishing, and in nobody's way until then. `numbers`
    are the highest episode number of each season, `slugs` all names that have been addresses, whatever state the
    episodes are in. `zone` is the show's. `episodes` and `withdrawn` have nothing wrong in them, whatever is elsewhere.
    """

    show: Show | None
    translations: tuple[Translation, ...]
    problems: tuple[Problem, ...]
    unfinished: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    numbers: Mapping[int | None, int]
    slugs: frozenset[str]
    zone: ZoneInfo
    episodes: tuple[Episode, ...]
    withdrawn: tuple[Withdrawn, ...]


def read_podcast(
    root: Path,
    *,
    locales: Collection[Locale] = (DEFAULT_LOCALE,),
    questions: Collection[int] = (),
    new_guid: Callable[[], str] = new_guid,
    known: Known | None = None,
) -> PodcastReading:
    """Read `root`/podcast. No error of the files raises; all become problems.

    `locales` are the languages that episodes may be translated into, `questions` the numbers that they may answer.
    Folders whose files are as they were are not read again if they are `known`, which comes to hold those of now.
    """
    problems: list[Problem] = []
    notes: list[Problem] = []
    show, zone = read_show(root, problems, notes, new_guid=new_guid)
    around = Surroundings(root=root, zone=zone, questions=questions, locales=locales, new_guid=new_guid)
    read = _read_episodes(root, around, known=known)
    # A draft that shares something with a finished episode is the one that has to change.
    published_first = sorted(read, key=lambda episode: episode.values.draft)
    check_together(published_first, serial=show is not None and show.type is ShowType.SERIAL)
    _check_strays(root, problems)
    unfinished: list[Problem] = []
    for each in read:
        (unfinished if each.values.draft else problems).extend(each.folder.found)
        notes += each.folder.notes
    episodes = [each.episode for each in read if each.episode and not each.folder.found]
    newest_first = tuple(sorted(episodes, key=lambda episode: (episode.published, episode.guid), reverse=True))
    withdrawn = tuple(each.withdrawn for each in read if each.withdrawn)
    texts = [text for episode in newest_first for text in episode.texts.values()]
    return PodcastReading(
        show=None if show is None or problems else replace(show, episodes=newest_first, withdrawn=withdrawn),
        translations=tuple(text.translation for text in texts if text.translation),
        problems=tuple(sorted(set(problems))),
        unfinished=tuple(sorted(set(unfinished))),
        notes=tuple(sorted(set(notes))),
        numbers=_highest_numbers(read),
        slugs=frozenset(slug for each in read for slug in (each.folder.path.name, *each.values.former_slugs)),
        zone=zone,
        episodes=newest_first,
        withdrawn=withdrawn,
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, in order of name; nothing where there is none."""
    return sorted(os.scandir(folder), key=attrgetter("name")) if folder.is_dir() else []


def _read_episodes(root: Path, around: Surroundings, *, known: Known | None) -> list[ReadEpisode]:
    read: list[ReadEpisode] = []
    now: Known = {}
    for above in _entries(root / "podcast" / "episodes"):
        folder = Path(above.path)
        entries = [] if above.name.startswith(".") else _entries(folder)
        if not entries:
            continue
        names = tuple(entry.name for entry in entries)
        # Nobody asks for stamps of files where nothing stays.
        stamp = None if known is None else stamp_of(*(folder / name for name in names), *folder.glob(f"{CLIPS}/*"))
        made_of, each = (known or {}).get(folder, (None, None))
        if stamp is None or each is None or made_of != (names, stamp, around):
            each = read_episode(folder, around, names=[entry.name for entry in entries if entry.is_file()])
            made_of = names, stamp, around
        else:
            each.folder.found.clear()  # what it shared with others then
        if stamp is not None and not each.folder.found:
            now[folder] = made_of, each
        read.append(each)
    if known is not None:
        known.clear()
        known |= now
    return read


def _check_strays(root: Path, problems: list[Problem]) -> None:
    """Add a problem for every recording or text that lies beside the episode folders and is so in none of them."""
    podcast = root / "podcast"
    folders = [path for path in podcast.glob("*") if path.is_dir() and path.name[0] != "."]
    for folder in (podcast, *folders):
        for path in sorted(folder.glob("*")):
            stray = path.suffix.casefold() in RECORDINGS | CAPTIONS and path.is_file()
            if stray and path.name[0] != ".":
                place = f"podcast/episodes/{slug_of(path.stem)}/"
                Problems(path.relative_to(root).as_posix(), problems).add(Kind.FILE_MISPLACED, expected=place)


def _highest_numbers(read: Iterable[ReadEpisode]) -> Mapping[int | None, int]:
    numbers: dict[int | None, int] = {}
    for values in (each.values for each in read if each.values.type is EpisodeType.FULL and not each.values.sample):
        numbers[values.season] = max(numbers.get(values.season, 0), values.number or 0)
    return numbers
