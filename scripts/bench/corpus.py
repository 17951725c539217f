"""The show that is measured, and how it is written down for each site generator.

Every episode has a transcript of 3 000 words of a made-up language whose words are as unevenly common as those of
Swedish: text that repeats itself would compress to nothing, and give a search index without words. The same number of
an episode is the same text every time. Audio lives elsewhere, so that no disk is measured.
"""

from __future__ import annotations

import itertools
import random
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
VALID: Final = PROJECT / "tests" / "cases" / "_valid"
HUGO: Final = Path(__file__).parent / "hugo"
WORDS: Final = 3000
WORDS_PER_CUE: Final = 15
SECONDS_PER_CUE: Final = 6
CUES_PER_TURN: Final = 4
VOCABULARY: Final = 20_000
SOUGHT: Final = "cykelverkstad"
"""A word that is said once in every tenth episode, beginning with the first, and in no other."""
START: Final = datetime(2015, 1, 1, 6, tzinfo=UTC)
CHAPTERS: Final = (("0:00", "Början"), ("10:00", "Mitten"))
NOTES: Final = "Avsnittet handlar om **inköp**.\n\n- ett\n- två\n"
SITE_TITLE: Final = "Provpodden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode of the corpus; `cues` are what is said, `WORDS_PER_CUE` words each."""

    number: int
    published: datetime
    cues: tuple[str, ...]

    @property
    def slug(self) -> str:
        return f"avsnitt-{self.number}"

    @property
    def guid(self) -> str:
        return str(uuid.UUID(int=self.number))

    @property
    def title(self) -> str:
        return f"Avsnitt {self.number}: cirkulära inköp"

    @property
    def summary(self) -> str:
        return f"Ett uppmätt avsnitt, nummer {self.number}."

    @property
    def audio_url(self) -> str:
        return f"https://media.example/{self.number}.mp3"

    def turns(self) -> Iterator[tuple[str, str]]:
        """Yield who speaks and what is said until the other one does."""
        for turn, start in enumerate(range(0, len(self.cues), CUES_PER_TURN)):
            yield f"Röst {'AB'[turn % 2]}", " ".join(self.cues[start : start + CUES_PER_TURN])


def make_episodes(count: int, *, apart: timedelta = timedelta(days=1)) -> Iterator[Episode]:
    return (make_episode(number, published=START + apart * number) for number in range(1, count + 1))


def make_episode(number: int, *, published: datetime = START) -> Episode:
    words = random.Random(number).choices(_WORDS, cum_weights=_WEIGHTS, k=WORDS)
    if number % 10 == 1:
        words[WORDS // 2] = SOUGHT
    cues = (" ".join(words[start : start + WORDS_PER_CUE]) for start in range(0, WORDS, WORDS_PER_CUE))
    return Episode(number=number, published=published, cues=tuple(f"{cue.capitalize()}." for cue in cues))


def _make_vocabulary() -> tuple[str, ...]:
    """Return words of one to five syllables, the short ones first."""
    syllables = ["".join(parts) for parts in itertools.product("bdfghklmnprstv", "aeiouåäö", ("", "n", "r", "s"))]
    chance = random.Random(0)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        count = 1 + min(4, len(words) * 5 // VOCABULARY + (len(words) > len(syllables) // 2))
        words["".join(chance.choices(syllables, k=count))] = None
    return tuple(words)


_WORDS: Final = _make_vocabulary()
_WEIGHTS: Final = tuple(itertools.accumulate(rank**-1.1 for rank in range(1, VOCABULARY + 1)))
"""Zipf's law, as steep as in speech: the second word is about half as common as the first, the third a third."""


def transcript(episode: Episode) -> str:
    """Return what is said as WebVTT."""
    blocks = ["WEBVTT"]
    for place, cue in enumerate(episode.cues):
        start, end = clock(place * SECONDS_PER_CUE), clock((place + 1) * SECONDS_PER_CUE)
        blocks.append(f"{start} --> {end}\n<v Röst {'AB'[place // CUES_PER_TURN % 2]}>{cue}")
    return "\n\n".join(blocks) + "\n"


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def write_ours(root: Path, episodes: Iterable[Episode]) -> None:
    """Lay out this project with other episodes."""
    for name in ("docs", "overrides"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    (root / "podcast").mkdir()
    for name in ("show.yml", "cover-1.png"):
        shutil.copy(VALID / "podcast" / name, root / "podcast")
    for episode in episodes:
        folder = root / "podcast" / "episodes" / episode.slug
        folder.mkdir(parents=True)
        _write(folder / "episode.md", _OURS.format(episode=episode, chapters=_OURS_CHAPTERS, notes=NOTES))
        _write(folder / "transcript.vtt", transcript(episode))


def write_material(root: Path, episodes: Iterable[Episode]) -> None:
    """Lay out a project of Material for MkDocs as its guide begins one, with the episodes in no menu."""
    _write(root / "mkdocs.yml", _MATERIAL)
    _write(root / "docs/index.md", f"# {SITE_TITLE}\n\n[Alla avsnitt](podd/index.md)\n")
    listed = []
    for episode in episodes:
        _write(root / "docs/podd" / f"{episode.slug}.md", f"# {episode.title}\n\n{_markdown(episode)}")
        listed.append(f"- {episode.published:%Y-%m-%d} [{episode.title}]({episode.slug}.md)  \n  {episode.summary}\n")
    _write(root / "docs/podd/index.md", "# Avsnitt\n\n" + "".join(reversed(listed)))


def write_hugo(root: Path, episodes: Iterable[Episode]) -> None:
    """Lay out a project of Hugo with the plain templates beside this file."""
    shutil.copytree(HUGO, root, dirs_exist_ok=True)
    _write(root / "content/_index.md", f"---\ntitle: {SITE_TITLE}\n---\n")
    _write(root / "content/podd/_index.md", "---\ntitle: Avsnitt\n---\n")
    _write(root / "content/sok.md", "---\ntitle: Sök\nlayout: search\n---\n")
    for episode in episodes:
        text = _HUGO.format(episode=episode) + _markdown(episode)
        _write(root / "content/podd" / f"{episode.slug}.md", text)


def _markdown(episode: Episode) -> str:
    """Return what a page says below its title: the same for every generator that has Markdown only."""
    chapters = "".join(f"- {start} {title}\n" for start, title in CHAPTERS)
    turns = "\n\n".join(f"**{speaker}** {text}" for speaker, text in episode.turns())
    return (
        f'{episode.summary}\n\n<audio controls preload="none" src="{episode.audio_url}"></audio>\n\n'
        f"## Om avsnittet\n\n{NOTES}\n## Kapitel\n\n{chapters}\n## Källor\n\n- Ett dokument\n\n"
        f"## Textversion\n\n{turns}\n"
    )  # fmt: skip


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


_OURS: Final = """---
guid: {episode.guid}
title: "{episode.title}"
summary: {episode.summary}
published: {episode.published:%Y-%m-%d %H:%M} +00:00
season: 1
episode: {episode.number}
questions: [1]
audio_url: {episode.audio_url}
audio_length: 9600000
audio_type: audio/mpeg
audio_duration: 20:00
chapters:
{chapters}sources:
  - title: Ett dokument
---
{notes}"""
_OURS_CHAPTERS: Final = "".join(f"  - start: {start}\n    title: {title}\n" for start, title in CHAPTERS)

_MATERIAL: Final = f"""site_name: {SITE_TITLE}
site_url: https://okatakten.example/
theme:
  name: material
  language: sv
nav:
  - index.md
  - podd/index.md
not_in_nav: |
  podd/avsnitt-*.md
"""

_HUGO: Final = """---
title: "{episode.title}"
summary: {episode.summary}
date: {episode.published:%Y-%m-%dT%H:%M:%S}Z
guid: {episode.guid}
audio_url: {episode.audio_url}
audio_length: 9600000
---
"""
