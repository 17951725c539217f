"""Pictures as people have them, made ready to be seen: opened with care, upright, in sRGB, and nothing but the picture.

What a phone or a program has written beside it (where, when and by whom, small copies, comments) never gets further
than `facts_of`, which says that it is there.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from okatakten.disk.memory import recall
from okatakten.written.advice import Hint, Trace

READABLE: Final = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
"""Formats that are opened, whatever a file is called. Pillow opens MPO, several pictures of a phone in one, as JPEG."""
LARGEST: Final = 120_000_000
"""Pixels of a picture that is opened: the cameras of phones have 108 million, and a file of 100 kB can ask for more."""
TALLEST: Final = 16_383
"""Pixels each way that WebP can hold."""
_QUALITY: Final = {"JPEG": 82, "WEBP": 76, "AVIF": 60}
_FINE: Final = 42
"""On a screen of any kind, a cover of this quality looks like one of 76 and has two thirds of its bytes."""
_DRAWN: Final = {"PNG", "GIF"}
"""Formats of drawings and screens, whose edges lossy WebP would blur; a photograph is much larger without loss."""
_TRACES: Final[dict[Trace, frozenset[int]]] = {
    Trace.NAME: frozenset({
        ExifTags.Base.Artist, ExifTags.Base.Copyright, ExifTags.Base.XPAuthor, ExifTags.Base.CameraOwnerName,
        ExifTags.Base.HostComputer,
    }),
    Trace.DEVICE: frozenset({
        ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.BodySerialNumber, ExifTags.Base.LensModel,
        ExifTags.Base.LensSerialNumber, ExifTags.Base.Software, ExifTags.Base.MakerNote, ExifTags.Base.DateTime,
        ExifTags.Base.DateTimeOriginal, ExifTags.Base.DateTimeDigitized,
    }),
    Trace.WORDS: frozenset({
        ExifTags.Base.ImageDescription, ExifTags.Base.UserComment, ExifTags.Base.XPTitle, ExifTags.Base.XPComment,
        ExifTags.Base.XPKeywords, ExifTags.Base.XPSubject, ExifTags.Base.ImageID, ExifTags.Base.ImageUniqueID,
    }),
}  # fmt: skip
"""What the fields of EXIF tell of."""
_XMP_NAMES: Final = (b"dc:creator", b"dc:rights", b"photoshop:Credit", b"photoshop:AuthorsPosition", b"Iptc4xmpCore:")
_TECHNICAL: Final = {"icc_profile", "transparency", "duration", "loop", "background", "gamma", "dpi", "version", "exif"}
_SIDEWAYS: Final = {5, 6, 7, 8}
"""Orientations of EXIF that make the width the height."""
_PNG_END: Final = b"IEND\xaeB`\x82"
_SCAN: Final = 0xDA
_TELLING: Final = {0xE1, 0xED, 0xFE}
"""Markers of JPEG before what tells of the picture (ITU-T T.81, B.2.4): APP1, APP13 and COM."""
_HEIF: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What a picture is: pixels as it is seen upright, format, what it tells beside the picture, whether it moves.

    `is_plain`: the file holds an upright picture in RGB and nothing else.
    """

    width: int
    height: int
    format: str
    traces: tuple[Trace, ...]
    moves: bool
    is_plain: bool


Source = Path | BytesIO
"""Where a picture is: in a file, or in something else that holds it."""


class ImageUnreadableError(Exception):
    """A file cannot be opened as a picture; the hint says why, and what to do."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


def facts_of(source: Source) -> ImageFacts:
    """Return what a picture is, after a look at all of it. Raises ImageUnreadableError, OSError."""
    with opened(source) as image:
        # Read whole, so that one that is cut off is found; at an eighth of its size where the format can.
        width, height = image.size
        image.draft(None, (1, 1))
        image.load()
        exif = _exif(image)
        if exif.get(ExifTags.Base.Orientation) in _SIDEWAYS:
            width, height = height, width
        traces = tuple(_traces(image, exif))
        return ImageFacts(
            width=width,
            height=height,
            format="JPEG" if image.format == "MPO" else image.format or "",
            traces=traces,
            moves=image.format != "MPO" and getattr(image, "is_animated", False),
            is_plain=not traces and not exif and _is_bare(image, source),
        )


def recall_facts(path: Path, *, cache: Path) -> ImageFacts:
    """Return what a picture is, from the folder `cache` if it has been looked at before. Raises as `facts_of` does."""

    def look() -> bytes:
        return json.dumps(asdict(facts_of(path))).encode()

    found = json.loads(recall(cache, digest_of(path) + "".join(Trace).encode(), make=look))
    return ImageFacts(**found | {"traces": tuple(map(Trace, found["traces"]))})


@contextmanager
def opened(source: Source) -> Iterator[Image.Image]:
    """Yield a picture. Whatever goes wrong with it, then or later, is raised as ImageUnreadableError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(source, formats=READABLE) as image:
                _stop_if_too_large(image)
                yield image
    except ImageUnreadableError:
        raise
    except Image.DecompressionBombError:
        raise ImageUnreadableError(Hint.PICTURE_TOO_LARGE.format(size=Hint.TOO_MANY_PIXELS)) from None
    except UnidentifiedImageError:
        raise ImageUnreadableError(_what_else(source)) from None
    # Pillow's decoders raise many kinds of errors on damaged files; those of the system have a number.
    except Exception as error:
        if getattr(error, "errno", None):
            raise
        raise ImageUnreadableError(Hint.PICTURE_DAMAGED) from None


def _stop_if_too_large(image: Image.Image) -> None:
    if image.width * image.height > LARGEST:
        raise ImageUnreadableError(Hint.PICTURE_TOO_LARGE.format(size=f"{image.width} × {image.height}"))


def decode(source: Source, *, least: int) -> Image.Image:
    """Return a picture upright, in sRGB, as RGB or RGBA, of at least so many pixels each way if it has as many.

    Raises ImageUnreadableError, OSError.
    """
    with opened(source) as image:
        image.draft(None, (least, least))
        image.load()
        profile = image.info.get("icc_profile")
        return _in_srgb(_eight_bits(_upright(image)), profile)


def scale(image: Image.Image, *, width: int) -> Image.Image:
    """Return a picture so many pixels wide; as it is where it is no wider."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def encode(image: Image.Image, kind: str, *, drawn: bool = False, fine: bool = False) -> bytes:
    """Return a picture as a file of a format that can be read, with nothing beside it.

    `drawn`: it is a drawing or a screen, to be kept without loss where that costs little. `fine`: it has twice as many
    pixels each way as the place where it is shown.
    """
    options: dict[str, Any] = {"quality": _FINE if fine else _QUALITY[kind]} if kind in _QUALITY else {}
    if kind == "JPEG":
        return saved(flatten(image), kind, optimize=True, progressive=True, **options)
    if kind == "WEBP":
        lossy = saved(image, kind, method=6, **options)
        whole = saved(image, kind, method=4, lossless=True) if drawn else b""
        return whole if whole and len(whole) <= 1.5 * len(lossy) else lossy
    if kind == "AVIF":
        # With more than one thread, the bytes depend on the machine.
        return saved(image, kind, speed=8, max_threads=1, autotiling=False, **options)
    return saved(image, kind, optimize=True)


def is_drawn(kind: str) -> bool:
    """Return whether a format is one of drawings and screens."""
    return kind in _DRAWN


def flatten(image: Image.Image) -> Image.Image:
    """Return a picture without transparency: on white."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def strip_jpeg(content: bytes) -> bytes:
    """Return a JPEG without EXIF, XMP, IPTC and comments, its pixels untouched; as it is where its parts do not fit."""
    kept, place = [content[:2]], 2
    while content[place : place + 1] == b"\xff" and place + 4 <= len(content):
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if marker == _SCAN:
            return b"".join([*kept, content[place:]])
        if marker not in _TELLING:
            kept.append(content[place : place + 2 + length])
        place += 2 + length
    return content


def digest_of(source: Source) -> bytes:
    """Return what stands for a file, and for all that makes something of it here."""
    return _makers() + hashlib.sha256(_content(source)).digest()


@cache
def _makers() -> bytes:
    return hashlib.sha256(Path(__file__).read_bytes()).digest() + version("pillow").encode()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the pixels of a picture as a file, with these options of Pillow's and nothing beside them."""
    content = BytesIO()
    # A new picture of the same pixels: Pillow would write again what came with the file.
    Image.frombytes(image.mode, image.size, image.tobytes()).save(content, kind, **options)
    return content.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture turned as the camera says (EXIF), or as it is where what the camera says is damaged."""
    try:
        return ImageOps.exif_transpose(image)
    # Pillow lets struct and value errors of damaged facts through.
    except Exception:
        return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of 16 bits a pixel, which Pillow would cut off at white, in 8."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture as RGB or RGBA in the colours of the web."""
    sees_through = "A" in image.getbands() or "transparency" in image.info
    alpha = image.convert("RGBA").getchannel("A") if sees_through else None
    if image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("L" if image.mode == "LA" else "RGB")
    converted = _converted(image, profile) if profile else None
    result = converted or image.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        result.putalpha(alpha)
    return result


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Return a picture out of the colours of its profile; None where that is damaged or of another sort of picture."""
    with suppress(Exception):  # as many kinds as there are ways to damage a profile
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return None


def _exif(image: Image.Image) -> Any:
    with suppress(Exception):
        return image.getexif()
    return Image.Exif()


def _traces(image: Image.Image, exif: Any) -> Iterator[Trace]:
    """Yield what a picture tells beside what it shows, each thing once, the most delicate first."""
    fields = _fields(exif)
    xmp = bytes(image.info.get("xmp") or b"")
    words = {str(key) for key, value in image.info.items() if isinstance(value, str | bytes)} - _TECHNICAL
    tells: dict[Trace, Callable[[], bool]] = {
        Trace.PLACE: lambda: _has(exif, ExifTags.IFD.GPSInfo) or b"GPSLatitude" in xmp,
        Trace.NAME: lambda: bool(fields & _TRACES[Trace.NAME]) or any(name in xmp for name in _XMP_NAMES),
        Trace.DEVICE: lambda: bool(fields & _TRACES[Trace.DEVICE]),
        Trace.WORDS: lambda: bool(fields & _TRACES[Trace.WORDS]) or bool(words) or "photoshop" in image.info,
        Trace.COPY: lambda: _has(exif, ExifTags.IFD.IFD1) or image.format == "MPO",
    }
    yield from (trace for trace, is_told in tells.items() if is_told())


def _is_bare(image: Image.Image, source: Source) -> bool:
    """Return whether a file is nothing but its pixels in RGB, as far as its format lets that be known."""
    if image.mode != "RGB" or "icc_profile" in image.info or getattr(image, "is_animated", False):
        return False
    if image.format == "PNG":
        # Programs that crop a picture in place may leave the rest of it behind the end.
        return not getattr(image, "private_chunks", ()) and _content(source).endswith(_PNG_END)
    return image.format == "JPEG" and all(name in {"APP0", "APP14"} for name, _ in getattr(image, "applist", ()))


def _content(source: Source) -> bytes:
    return source.getvalue() if isinstance(source, BytesIO) else source.read_bytes()


def _fields(exif: Any) -> set[int]:
    """Return the fields of EXIF that say something."""
    own = dict(exif)
    with suppress(Exception):
        own |= exif.get_ifd(ExifTags.IFD.Exif)
    return {field for field, value in own.items() if value not in ("", b"", None)}


def _has(exif: Any, part: ExifTags.IFD) -> bool:
    with suppress(Exception):
        return bool(exif.get_ifd(part))
    return False


def _what_else(source: Source) -> str:
    """Return what to do with a file that is no picture that is read here."""
    begins = _content(source)[:64]
    if begins[4:8] == b"ftyp" and begins[8:12] in _HEIF:
        return Hint.PICTURE_IS_HEIC
    if not begins:
        return Hint.PICTURE_IS_EMPTY
    return Hint.PICTURE_OF_OTHER_KIND
