"""Cover and episode pictures. What is published is square, RGB, JPEG or PNG, 1400 to 3000 pixels (Apple Podcasts).

A picture that is so already is published to the byte. Any other is made so, where that takes no choice; how one that is
not square becomes so is for the communicator to say, in a field (`Crop`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from okatakten.disk.memory import recall
from okatakten.model import Crop, Picture
from okatakten.podcast.images import (
    ImageFacts,
    ImageUnreadableError,
    decode,
    digest_of,
    encode,
    facts_of,
    flatten,
    recall_facts,
)
from okatakten.rules import CROP_WORDS
from okatakten.written.advice import Hint
from okatakten.written.machine import reason_of
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

PICTURE_TYPES: Final = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
"""By the ending of what is published; any other picture is published as `.jpg`."""
IMAGE_SUFFIXES: Final = {*PICTURE_TYPES, ".jpe", ".jfif", ".webp", ".avif", ".gif"}
"""Endings of files that are pictures and can be published."""
MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_KINDS: Final = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
PAGE_SIZE: Final = 384
"""Pixels each way of the copy that an episode's page shows, twice as many as it is wide there (overrides/assets/)."""
COVER_SIZE: Final = 192
"""The same for the cover that stands beside the player."""
SMALLEST: Final = 1400
LARGEST: Final = 3000
LEAST: Final = SMALLEST // 2
"""Pixels from which a picture may be enlarged, where somebody asks for it: each becomes four at most."""
_CENTRES: Final = {
    Crop.LEFT: (0.0, 0.5), Crop.TOP: (0.5, 0.0), Crop.MIDDLE: (0.5, 0.5), Crop.RIGHT: (1.0, 0.5),
    Crop.BOTTOM: (0.5, 1.0),
}  # fmt: skip


def read_picture(
    path: Path,
    problems: Problems,
    *,
    alt: str,
    crop: Crop | None = None,
    field: str = "",
    notes: Problems | None = None,
    cache: Path | None = None,
) -> Picture | None:
    """Return the picture, or None with problems of the file that `problems` stands for.

    `field` is what says how it is cropped; `notes` is told what it holds that is not published. What has been looked at
    before is remembered in the folder `cache`, if any.
    """
    try:
        facts = recall_facts(path, cache=cache) if cache else facts_of(path)
    except FileNotFoundError:
        problems.add(Kind.FILE_MISSING)
        return None
    except OSError as error:
        problems.add(Kind.FILE_UNREADABLE, expected=reason_of(error))
        return None
    except ImageUnreadableError as error:
        problems.add(Kind.PICTURE_UNREADABLE, expected=error.hint)
        return None
    if expected := _misfit(facts, crop, field=field):
        problems.add(Kind.PICTURE_WRONG_SIZE, found=f"{facts.width} × {facts.height}", expected=expected)
        return None
    if notes and facts.moves:
        notes.add(Kind.PICTURE_STILL)
    if notes and facts.traces:
        notes.add(Kind.FILE_CLEANED, expected=", ".join(facts.traces))
    side = _side(facts, crop)
    kind = PICTURE_TYPES.get(path.suffix.lower(), "JPEG")
    whole = facts.is_plain and facts.format == kind and facts.width == facts.height == side
    return Picture(path=path, alt=alt, width=side, height=side, media_type=MEDIA_TYPES[kind], crop=crop, is_ready=whole)


def build_picture(picture: Picture, *, cache: Path | None = None) -> bytes:
    """Return the picture as it is published, from the folder `cache`, if any, where it has been made before."""
    if picture.is_ready:
        return picture.path.read_bytes()
    kind = _KINDS[picture.media_type]

    def make() -> bytes:
        return encode(flatten(_square(picture, size=picture.width)), kind, fine=kind == "WEBP")

    made_of = digest_of(picture.path) + digest_of(Path(__file__)) + f"{picture.crop} {picture.width} {kind}".encode()
    return recall(cache, made_of, make=make) if cache else make()


def page_copy(picture: Picture, *, size: int = PAGE_SIZE) -> Picture:
    """Return the picture as pages show it: a few kilobytes, where apps take all of it. `size` in pixels each way."""
    return replace(picture, width=size, height=size, media_type=MEDIA_TYPES["WEBP"], is_ready=False)


def _square(picture: Picture, *, size: int) -> Image.Image:
    image = decode(picture.path, least=LARGEST)
    if picture.crop is Crop.WHOLE:
        # The colour that the picture has on average is at home in it.
        edge = tuple(flatten(image).resize((1, 1), Image.Resampling.BOX).tobytes())
        return ImageOps.pad(image, (size, size), Image.Resampling.LANCZOS, color=edge)
    return ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS, centering=_CENTRES[picture.crop or Crop.MIDDLE])


def _side(facts: ImageFacts, crop: Crop | None) -> int:
    """Return how large the published picture is, in pixels each way."""
    side = max(facts.width, facts.height) if crop is Crop.WHOLE else min(facts.width, facts.height)
    return min(max(side, SMALLEST), LARGEST)


def _misfit(facts: ImageFacts, crop: Crop | None, *, field: str) -> str:
    """Return what to do with a picture that cannot become square by itself, or is too small; "" if it fits."""
    short, long = sorted((facts.width, facts.height))
    side = long if crop is Crop.WHOLE else short
    if side < LEAST:
        return Hint.PICTURE_TOO_SMALL.format(side=side, least=LEAST)
    if crop:
        return ""
    if short < long:
        return _how_to_crop(facts, field=field)
    return Hint.PICTURE_MAY_GROW.format(field=field, choice=CROP_WORDS[Crop.MIDDLE]) if side < SMALLEST else ""


def _how_to_crop(facts: ImageFacts, *, field: str) -> str:
    wide = facts.width > facts.height
    first, last = (Crop.LEFT, Crop.RIGHT) if wide else (Crop.TOP, Crop.BOTTOM)
    return Hint.PICTURE_TO_CROP.format(
        field=field,
        choice=CROP_WORDS[Crop.MIDDLE],
        cut=abs(facts.width - facts.height) // 2,
        where=Hint.CUT_SIDES if wide else Hint.CUT_ENDS,
        first=CROP_WORDS[first],
        last=CROP_WORDS[last],
        whole=CROP_WORDS[Crop.WHOLE],
    )
