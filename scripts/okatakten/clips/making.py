"""A clip, written beside its episode with all that goes with it: made once, as long as nothing changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from okatakten import fetching
from okatakten.clips.asked import Around, Wanted
from okatakten.clips.captions import build_ass, build_srt, build_vtt, words_said
from okatakten.clips.film import END, em, make_film, read_peaks
from okatakten.clips.pictures import bar_count, draw_ground, draw_still, frame_of
from okatakten.disk.memory import code, recall
from okatakten.disk.write import write_all
from okatakten.making.running import Progress
from okatakten.model import Episode
from okatakten.podcast.clips import ENDINGS, RECORD, sound_of, words_of_span
from okatakten.site.episode_page import seconds_text
from okatakten.site.sharing import build_posts, post_ending
from okatakten.written.advice import Text
from okatakten.written.values import clock, time_field


def make_clip(
    wanted: Wanted, around: Around, folder: Path, *, audio: Callable[[], Path], memory: Path, progress: Progress
) -> bool:
    """Write a clip and what goes with it into a folder, and return whether anything was made.

    `audio` returns the sound when it is needed. The film is remembered in the folder `memory`. Raises FilmError and
    OSError.
    """
    key = _key_of(wanted, around)
    record = _record(wanted, key).encode()
    path = folder / f"{wanted.name}{RECORD}"
    files = {ending: folder / f"{wanted.name}{ending}" for ending in ENDINGS}
    if path.is_file() and path.read_bytes() == record and all(file.is_file() for file in files.values()):
        return False
    contents = _contents(wanted, around, audio(), key=key, memory=memory, progress=progress)
    folder.mkdir(exist_ok=True)
    # The record last: without it, nothing of a clip is shown.
    write_all({files[ending]: content for ending, content in contents.items()} | {path: record})
    return True


def find_sound(episode: Episode, folder: Path, *, progress: Progress) -> Path:
    """Return the sound of an episode, fetched into a folder where it lives in a media store. Raises FetchError."""
    if episode.audio.path:
        return episode.audio.path
    assert episode.audio.url
    fetching.fetch_to(episode.audio.url, folder / "audio", limit=fetching.AUDIO_LIMIT, progress=progress)
    return folder / "audio"


def _key_of(wanted: Wanted, around: Around) -> str:
    """Return what stands for all that a clip is made of."""
    episode = wanted.episode
    made_of = (
        wanted.start, wanted.end, wanted.shape, wanted.pages, sound_of(episode.audio), around.said(episode),
        around.address(episode), _post(wanted, around), around.paint,
    )  # fmt: skip
    return hashlib.sha256(code() + repr(made_of).encode()).hexdigest()[:32]


def _record(wanted: Wanted, key: str) -> str:
    """Return what a clip was made of, as `podcast/clips` reads it."""
    transcript = wanted.episode.transcript
    assert transcript
    values = {
        "start": f'"{time_field(wanted.start)}"',
        "end": f'"{time_field(wanted.end)}"',
        "shape": wanted.shape,
        "sound": f'"{sound_of(wanted.episode.audio)}"',
        "words": f'"{words_of_span(transcript.cues, wanted.start, wanted.end)}"',
        "made_of": f'"{key}"',
    }
    return "\n".join([Text.CLIP_RECORD, *(f"{name}: {value}" for name, value in values.items()), ""])


def _contents(
    wanted: Wanted, around: Around, audio: Path, *, key: str, memory: Path, progress: Progress
) -> Mapping[str, bytes]:
    frame, paint = frame_of(wanted.shape), around.paint
    ground = draw_ground(wanted.shape, around.said(wanted.episode), paint=paint)
    peaks = read_peaks(audio, start=wanted.start, length=wanted.length, count=bar_count(frame))

    def film() -> bytes:
        words = build_ass(
            frame, wanted.pages, peaks, length=wanted.length, end=wanted.length + END,
            address=around.address(wanted.episode), em=em(), paint=paint,
        )  # fmt: skip
        return make_film(audio, ground, words, start=wanted.start, length=wanted.length, progress=progress)

    return {
        ".mp4": recall(memory, key.encode(), make=film),
        ".vtt": build_vtt(wanted.pages).encode(),
        ".srt": build_srt(wanted.pages).encode(),
        ".png": draw_still(ground, frame, next(iter(wanted.pages), None), peaks, paint=paint),
        ".txt": _description(wanted, around).encode(),
        "-post.txt": _post(wanted, around).encode(),
    }


def _description(wanted: Wanted, around: Around) -> str:
    """Return what is seen and heard, for those who do not see or hear it."""
    said, episode = around.said(wanted.episode), wanted.episode
    seconds = round((wanted.length + END).total_seconds())
    about = Text.CLIP_ABOUT.format(
        seconds=seconds, title=said.title, show=said.show, start=clock(wanted.start), end=clock(wanted.end)
    )
    seen = Text.CLIP_SEEN.format(statement=said.statement, address=around.address(episode))
    notice = [f"{said.notice}."] if said.notice else []
    heard = [*words_said(wanted.pages)] or [Text.CLIP_NOTHING_SAID]
    return "\n\n".join([about, *notice, seen, "\n".join([Text.CLIP_HEARD, *heard])]) + "\n"


def _post(wanted: Wanted, around: Around) -> str:
    """Return a post that leads to where the clip begins, as short as all networks show it."""
    text, words = wanted.episode.text, around.words
    address = f"{around.address(wanted.episode)}#t={seconds_text(wanted.start)}"
    ending = post_ending(text.post, address=address, spoken=True, words=words)
    posts = build_posts(title=text.title, summary=text.summary, more="", ending=ending, own=text.post.text, words=words)
    return min((post.text for post in posts), key=len) + "\n"
