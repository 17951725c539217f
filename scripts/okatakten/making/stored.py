"""Sound at an address: fetched and measured as a file is. What sounds right already may stay there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from okatakten import fetching
from okatakten.making.recording import measure_loudness, read_recording, sounds_right
from okatakten.making.running import Progress
from okatakten.model import AudioFile
from okatakten.podcast.audio import AUDIO_TYPES, read_audio
from okatakten.rules import slug_of
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from okatakten.written.values import address_hint, parse_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Sound that was fetched to `path`. `stored`: as it is at its address, if an app can play it from there."""

    path: Path
    stored: AudioFile | None


def fetch_sound(url: str, folder: Path, problems: Problems, *, line: int = 0, progress: Progress) -> Sound | None:
    """Fetch what stands at a public address to a folder; None with a problem if it cannot be had. Raises OSError."""
    address = parse_address(url) or ""
    if not address.startswith("https:"):
        expected = address_hint(url, secure=True)
        problems.add(Kind.NOT_AN_ADDRESS, line=line, field="audio_url", found=url, expected=expected)
        return None
    name = PurePosixPath(unquote(urlsplit(address).path))
    path = folder / f"{slug_of(name.stem)}{name.suffix.casefold()}"
    try:
        fetching.fetch_to(address, path, limit=fetching.AUDIO_LIMIT, progress=progress)
    except fetching.FetchError as error:
        problems.add(error.kind, line=line, field="audio_url", found=address, expected=error.expected)
        return None
    return Sound(path=path, stored=_as_it_is(address, path, suffix=name.suffix.casefold()))


def _as_it_is(address: str, path: Path, *, suffix: str) -> AudioFile | None:
    """Return the audio at its address, if it is what its name says and as loud as podcasts are."""
    facts = read_audio(path)
    if facts is None or facts.lack or facts.extension != suffix or suffix not in AUDIO_TYPES:
        return None
    unsaid = Problems("")
    recording = read_recording(path, unsaid)
    loudness = measure_loudness(recording, unsaid, progress=lambda _share: None) if recording else None
    if recording is None or loudness is None or not sounds_right(recording, loudness):
        return None
    return AudioFile(url=address, length=facts.length, media_type=AUDIO_TYPES[suffix], duration=facts.duration)
