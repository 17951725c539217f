"""What holds for every episode, wherever it comes from: limits, roles, names and the zone."""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.model import Crop, EpisodeType, EventStatus, Role, Shape, ShowType, Status, Visual

RECORDINGS: Final = {
    ".wav", ".wave", ".bwf", ".aif", ".aiff", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wma", ".caf",
    ".amr", ".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi",
}  # fmt: skip
"""How the names of recordings end that an episode can be made of."""
CAPTIONS: Final = {
    ".vtt", ".srt", ".sbv", ".docx", ".txt", ".csv", ".tsv", ".ttml", ".dfxp", ".ass", ".ssa", ".sub", ".smi",
}  # fmt: skip
"""And those of texts that its transcript can be made of."""
CHAPTER_FILES: Final = {"kapitel", "chapters"}
"""What a file of chapters is called, whatever its name ends in."""
SAMPLE_PREFIX: Final = "Exempel:"
TITLE_LIMIT: Final = 255
SUMMARY_LIMIT: Final = 1000
PERSON_LIMIT: Final = 128
DESCRIPTION_LIMIT: Final = 4000
"""Bytes, where the other limits are characters."""
LIX_LIMIT: Final = 45
LEAD_LIX_LIMIT: Final = 40
"""How hard the page of a question, and what a page begins with, may be to read (written/readability)."""
LIX_WORDS: Final = 6
"""Of fewer words, one long one decides."""
TRANSCRIPT_TOLERANCE: Final = timedelta(seconds=1)
"""How long after the end of the audio a transcript may end: captions linger."""
STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
"""The zone of the show while its own is not known."""
ROLE_WORDS: Final = {
    Role.HOST: "programledare", Role.CO_HOST: "medprogramledare", Role.GUEST: "gäst", Role.NARRATOR: "berättare",
    Role.EDITOR: "redaktör", Role.PRODUCER: "producent",
}  # fmt: skip
"""What communicators call the roles in their files."""
ROLES: Final = {word: role for role, word in ROLE_WORDS.items()}
STATUSES: Final = {"besvarad": Status.ANSWERED, "delvis": Status.PARTLY, "framgår inte": Status.UNKNOWN}
EPISODE_TYPES: Final = {"vanligt": EpisodeType.FULL, "trailer": EpisodeType.TRAILER, "bonus": EpisodeType.BONUS}
SHOW_TYPES: Final = {"fristående": ShowType.EPISODIC, "i ordning": ShowType.SERIAL}
EVENT_STATUSES: Final = {"inställt": EventStatus.CANCELLED, "uppskjutet": EventStatus.POSTPONED}
VISUALS: Final = {"sägs": Visual.SAID, "syntolkas": Visual.DESCRIBED}
"""Words for the values of fields; those of the model are read, too."""
CROP_WORDS: Final = {
    Crop.MIDDLE: "mitten", Crop.LEFT: "vänster", Crop.RIGHT: "höger", Crop.TOP: "överst", Crop.BOTTOM: "nederst",
    Crop.WHOLE: "hela",
}  # fmt: skip
"""What communicators call the part of a picture that is kept."""
CROPS: Final = {word: crop for crop, word in CROP_WORDS.items()}
CLIP_SIZES: Final = {
    Shape.SQUARE: (1080, 1080), Shape.PORTRAIT: (1080, 1350), Shape.TALL: (1080, 1920), Shape.LANDSCAPE: (1920, 1080),
}  # fmt: skip
"""Pixels, across and down."""
DEVICE_NAMES: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""Names that Windows gives to no file or folder, whatever stands behind a dot."""
RESERVED_NAMES: Final = {"ar", "index", *DEVICE_NAMES}
"""With where the pages of years are, and the page above all episodes."""
_FILE_NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*\.[A-Za-z0-9]+", re.ASCII)
NAME_LIMIT: Final = 120
"""Letters of a folder's name: file systems take 255, with all that is put around it."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def new_guid() -> str:
    """Return an id for a new episode: random, so that no address is ever part of it."""
    return str(uuid.uuid4())


def is_slug(name: str) -> bool:
    """Whether a folder name makes an address as it stands."""
    return SLUG.fullmatch(name) is not None and name not in RESERVED_NAMES and len(name) <= NAME_LIMIT


def is_chapter_file(name: str) -> bool:
    """Whether a file in an episode folder is by its name one of chapters."""
    stem, _, suffix = name.casefold().rpartition(".")
    return stem in CHAPTER_FILES and f".{suffix}" not in RECORDINGS


def is_file_name(name: str) -> bool:
    """Whether the name of a file makes an address as it stands, on every system."""
    return _FILE_NAME.fullmatch(name) is not None and name.partition(".")[0].casefold() not in DEVICE_NAMES


def find_file(path: Path) -> Path:
    """Return the file that is meant: letters may be decomposed (as a Mac spells them) and of another case."""
    same = [other for other in sorted(path.parent.glob("*")) if folded(other.name) == folded(path.name)]
    return path if path in same or not same else same[0]


def folded(name: str) -> str:
    """Return a name so that two are equal where some file system takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def slug_of(name: str, *, default: str = "nytt-avsnitt") -> str:
    """Return a folder name that makes a good address: `Åtta frågor!` becomes `atta-fragor`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:NAME_LIMIT].strip("-") or default
    return f"{slug}-avsnitt" if slug in RESERVED_NAMES else slug
