"""Cover and episode pictures: square, RGB, JPEG or PNG, 1400 to 3000 pixels (Apple Podcasts)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

from PIL import Image

from okatakten.model import Picture
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, why_unopened

PICTURE_TYPES: Final = {"JPEG": ("image/jpeg", {".jpg", ".jpeg"}), "PNG": ("image/png", {".png"})}
SMALLEST: Final = 1400
LARGEST: Final = 3000


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
