"""What a published MP3 says of itself: title, show and chapters, in a tag in front of the audio (ID3v2.3).

No picture: in front of the audio, however small, it makes Chromium fetch a minute of sound before it plays. Apps take
it from the feed, and the lock screen from the page.

The file in the episode folder is never changed: what is published is a new tag, and then that file without its own.
Sources: ID3v2.3.0 (the frames), ID3v2.4.0 structure 3.1 and 3.4 (how long a tag is), ID3v2 Chapter Frame Addendum 1.0,
ID3v1, APEv2 (what may stand behind the audio).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO, Final

from mutagen import id3

from okatakten.model import AudioFile, Chapter, Episode, Show
from okatakten.words.catalogue import Words
from okatakten.written.values import milliseconds

TAGGED: Final = "audio/mpeg"
"""The one media type that gets a tag: MPEG-4 keeps such things in among the audio's own tables."""

LANGUAGES: Final = {
    "sv": "swe", "nb": "nob", "nn": "nno", "no": "nor", "da": "dan", "fi": "fin", "is": "isl", "fo": "fao",
    "se": "sme", "kl": "kal", "en": "eng",
}  # fmt: skip
"""ISO 639-2 by ISO 639-1, for the languages that a show of the Nordic countries may be in."""
UNKNOWN_LANGUAGE: Final = "und"

CHAPTERS_LIMIT: Final = 255
"""Chapters in a table of contents, which counts them in one byte (addendum, 3.2)."""
NO_OFFSET: Final = 0xFFFFFFFF
"""Instead of a place in bytes: the times are to be used (addendum, 3.1)."""

HEADER: Final = 10
_V1: Final = 128
_APE: Final = 32
_TAGS: Final = 1000
"""More at either end are somebody's joke."""
_LYRICS: Final = 1 << 16
"""The most bytes of lyrics (Lyrics3 v2) that are looked through for their end."""


def build_tag(audio: AudioFile, episode: Episode, show: Show, *, words: Words) -> bytes:
    """Return the tag of an episode's audio. The same values give the same bytes; it holds no address, no padding."""
    language = LANGUAGES.get(show.language, show.language if len(show.language) == 3 else UNKNOWN_LANGUAGE)
    published = episode.published
    utf16 = id3.Encoding.UTF16
    frames = [
        id3.TIT2(encoding=utf16, text=episode.text.title),
        id3.TALB(encoding=utf16, text=show.title),
        id3.TPE1(encoding=utf16, text=show.author),
        id3.TCON(encoding=utf16, text="Podcast"),
        id3.TLAN(encoding=utf16, text=language),
        # The recording date of 2.3 is a year and, apart from it, day and month, in letters of one byte (3.3).
        id3.TYER(encoding=id3.Encoding.LATIN1, text=f"{published:%Y}"),
        id3.TDAT(encoding=id3.Encoding.LATIN1, text=f"{published:%d%m}"),
        id3.TCOP(encoding=utf16, text=show.copyright),
        id3.COMM(encoding=utf16, lang=language, desc="", text=str(words["eu_statement"])),
        *_chapter_frames(episode, audio),
    ]
    # One by one: mutagen would sort them, and chapters by the length of their titles.
    body = b"".join(_frame_bytes(frame) for frame in frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


def tag_size(beginning: bytes) -> int:
    """Return how many bytes a tag takes, header and footer included, of which these are the first; 0 for no tag."""
    marked = len(beginning) >= HEADER and beginning.startswith(b"ID3")
    if not marked or max(beginning[3:5]) == 0xFF or max(beginning[6:10]) > 0x7F:
        return 0
    size = sum(byte << shift for byte, shift in zip(beginning[6:10], (21, 14, 7, 0), strict=True))
    has_footer = beginning[3] >= 4 and beginning[5] & 0x10
    return HEADER + size + (HEADER if has_footer else 0)


def audio_bounds(file: BinaryIO) -> tuple[int, int]:
    """Return where the audio of an MP3 begins and ends, without the tags before and behind it.

    A tag that says it is longer than the file is none: nothing is taken away that might be audio.
    """
    start, end = 0, file.seek(0, 2)
    for _ in range(_TAGS):
        if not 0 < (size := tag_size(_read(file, start, HEADER))) < end - start:
            break
        start += size
    for _ in range(_TAGS):
        if not 0 < (size := _size_behind(file, end)) < end - start:
            break
        end -= size
    return start, end


def inner_tag_size(file: BinaryIO, place: int, end: int) -> int:
    """Return how many bytes the tag takes that begins here, between two frames; 0 for no tag, or one past the end."""
    beginning = _read(file, place, _APE)
    size = tag_size(beginning[:HEADER])
    if beginning.startswith(b"TAG"):
        size = _V1
    elif beginning.startswith(b"APETAGEX") and len(beginning) == _APE:
        size = _APE + int.from_bytes(beginning[12:16], "little")
    elif beginning.startswith(b"LYRICSBEGIN"):
        size = _read(file, place, _LYRICS).find(b"LYRICS200") + len("LYRICS200")
        size = size if size > len("LYRICS200") else 0
    return size if size <= end - place else 0


def _size_behind(file: BinaryIO, end: int) -> int:
    """Return how many bytes the tag takes that ends here; 0 for no tag."""
    if end >= _V1 and _read(file, end - _V1, 3) == b"TAG":
        return _V1
    footer = _read(file, end - _APE, _APE) if end >= _APE else b""
    if not footer.startswith(b"APETAGEX"):
        return 0
    # Its size counts the items and the footer, but not the header that there may be (APEv2).
    size, flags = (int.from_bytes(footer[place : place + 4], "little") for place in (12, 20))
    return size + (_APE if flags >> 31 else 0) if size >= _APE else 0


def _read(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _chapter_frames(episode: Episode, audio: AudioFile) -> Iterator[id3.Frame]:
    """Yield the table of contents and its chapters; each ends where the next one begins (addendum, 3.1 and 3.2)."""
    duration = audio.duration
    # Audio that has been replaced may be shorter than the one that the chapters are for.
    chapters = [chapter for chapter in episode.chapters if chapter.start < duration][:CHAPTERS_LIMIT]
    if not chapters:
        return
    names = [f"chp{number}" for number in range(len(chapters))]
    flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])
    ends = [*(chapter.start for chapter in chapters[1:]), duration]
    for name, chapter, end in zip(names, chapters, ends, strict=True):
        yield _chapter_frame(chapter, name=name, end=end)


def _chapter_frame(chapter: Chapter, *, name: str, end: timedelta) -> id3.Frame:
    return id3.CHAP(
        element_id=name,
        start_time=milliseconds(chapter.start),
        end_time=milliseconds(end),
        start_offset=NO_OFFSET,
        end_offset=NO_OFFSET,
        sub_frames=[id3.TIT2(encoding=id3.Encoding.UTF16, text=chapter.title)],
    )


def _frame_bytes(frame: id3.Frame) -> bytes:
    tags, written = id3.ID3(), BytesIO()
    tags.add(frame)
    tags.save(written, v1=0, v2_version=3, padding=lambda _info: 0)
    return written.getvalue()[HEADER:]
