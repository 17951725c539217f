"""Cover and episode pictures: square, RGB, JPEG or PNG, 1400 to 3000 pixels (Apple Podcasts)."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from okatakten.model import Picture
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, why_unopened

PICTURE_TYPES: Final = {"JPEG": ("image/jpeg", {".jpg", ".jpeg"}), "PNG": ("image/png", {".png"})}
SMALLEST: Final = 1400
LARGEST: Final = 3000
QUALITY: Final = 85
"""Of a small picture, as JPEG counts it."""


def read_picture(path: Path, problems: Problems, *, alt: str) -> Picture | None:
    """Return the picture, or None with problems of the file that `problems` stands for."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                width, height = image.size
                kind, mode = image.format or "", image.mode
                if width == height and SMALLEST <= width <= LARGEST:
                    image.load()
    except FileNotFoundError:
        problems.add(Kind.FILE_MISSING)
        return None
    # Pillow's decoders raise many kinds of errors on damaged files.
    except Exception:
        closed = why_unopened(path)
        problems.add(Kind.FILE_UNREADABLE if closed else Kind.PICTURE_UNREADABLE, expected=closed)
        return None
    fits = True
    media_type, extensions = PICTURE_TYPES.get(kind, ("", set()))
    if not media_type or mode != "RGB":
        expected = Hint.PICTURE_IS.format(format=kind, mode=mode)
        problems.add(Kind.PICTURE_WRONG_FORMAT, found=path.name, expected=expected)
        fits = False
    elif path.suffix.lower() not in extensions:
        expected = Hint.RENAME.format(content=kind, name=f"{path.stem}{min(extensions, key=len)}")
        problems.add(Kind.PICTURE_WRONG_FORMAT, found=path.name, expected=expected)
        fits = False
    if width != height or not SMALLEST <= width <= LARGEST:
        problems.add(Kind.PICTURE_WRONG_SIZE, found=f"{width} × {height}")
        fits = False
    if not fits:
        return None
    return Picture(path=path, alt=alt, width=width, height=height, media_type=media_type)


def build_small_picture(picture: Picture, *, size: int) -> bytes:
    """Return the picture as a JPEG of so many pixels each way, made once while the process lives."""
    facts = picture.path.stat()
    return _small_picture(picture.path, size, facts.st_size, facts.st_mtime_ns)


@cache
def _small_picture(path: Path, size: int, _length: int, _changed: int) -> bytes:
    written = BytesIO()
    with Image.open(path) as image:
        small = _upright(image).resize((size, size), Image.Resampling.LANCZOS)
        small.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture turned as the camera says (EXIF), or as it is where what the camera says is damaged."""
    image.load()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ImageOps.exif_transpose(image)
    # Pillow lets struct and value errors of damaged facts through.
    except Exception:
        return image
