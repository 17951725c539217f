"""The pictures of docs/: what is wrong with them, and what becomes of each: a file, copies, an element of a page.

A picture keeps its address and its format there, at a size that pages need. Beside it lie copies in WebP in a few
widths, under names with their hash, of which a browser takes the one that fits. The file itself is never changed.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from okatakten.addresses import file_address
from okatakten.disk.memory import recall
from okatakten.podcast.films import has_metadata
from okatakten.podcast.images import (
    TALLEST,
    ImageUnreadableError,
    decode,
    digest_of,
    encode,
    is_drawn,
    recall_facts,
    scale,
)
from okatakten.rules import slug_of
from okatakten.site.assets import HASHED
from okatakten.site.drawings import clean_drawing, find_faults
from okatakten.written.advice import Hint, Trace
from okatakten.written.machine import reason_of
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, composed

KINDS: Final = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".webp": "WEBP", ".avif": "AVIF",
    ".gif": "GIF",
}  # fmt: skip
"""The format that a picture is published in, by the ending of its name, whatever is inside."""
DRAWING: Final = ".svg"
NOT_OF_THE_WEB: Final = {
    **dict.fromkeys((".heic", ".heif"), Hint.PICTURE_IS_HEIC),
    **dict.fromkeys(
        (".tif", ".tiff", ".bmp", ".jp2", ".psd", ".dng", ".cr2", ".nef", ".arw"), Hint.PICTURE_OF_OTHER_KIND
    ),
}
"""What to do with pictures that no browser shows."""
_TOLD: Final = (".mp4", ".webm", ".m4a", ".mp3")
"""What may tell where, when and with what it was recorded, and is published as it is."""
WIDTHS: Final = (400, 800, 1200, 1600)
"""Pixels. A phone's page is 320 to 430 wide, at two or three pixels each; the text column is 560 at most."""
SIZES: Final = "(min-width: 38rem) 35rem, calc(100vw - 2.5rem)"
"""How wide a picture stands in a page (overrides/assets/site.css), for the browser to choose by before it knows."""
COLUMN: Final = 560
"""Pixels that a width in per cent is of."""
FIRST_SCREEN: Final = 600
"""Letters before a picture that a phone shows without scrolling; what comes later is fetched when it is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A picture as it is published: its size in pixels, its content, and by width the copies that weigh less."""

    width: int
    height: int
    content: bytes
    smaller: Mapping[int, tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImages:
    """The pictures of docs/ by the address of each; in `cache`, what is made of them is remembered."""

    docs: Path
    cache: Path
    files: Mapping[str, Path]

    def get(self, path: Path) -> PageImage:
        """Return a picture. Raises ImageUnreadableError, OSError."""
        return _make_image(path, cache=self.cache)

    def put_in(self, html: str, *, href: str, file: str, write: Callable[[str, bytes], object]) -> str:
        """Return a page's content with each picture of ours as one that fits the screen.

        `href` is the page's address and `file` its name in docs/; `write` is given address and content of each copy.
        """
        parts, end = [], 0
        for image in _images(html):
            path, source = self._find(image.attributes.get("src") or "", href=href, file=file)
            if path is None:
                continue
            made = self.get(path)
            for address, content in made.smaller.values():
                write(address, content)
            parts += [html[end : image.start], _element(made, image, source=source, href=href)]
            end = image.end
        return "".join([*parts, html[end:]])

    def _find(self, source: str, *, href: str, file: str) -> tuple[Path | None, str]:
        """Return the file of a picture and its address from the page. HTML may name it as it lies beside the page's."""
        split = urlsplit(source)
        if split.scheme or split.netloc or not split.path:
            return None, source
        name = composed(unquote(split.path))
        address = _join(posixpath.dirname(href), name)
        if address in self.files:
            return self.files[address], source
        beside = address_of(self.docs / _join(posixpath.dirname(file), name), docs=self.docs)
        return self.files.get(beside), quote(posixpath.relpath(beside, href or "."))


def find_images(docs: Path, *, cache: Path) -> PageImages:
    """Return the pictures of docs/."""
    files = {address_of(path, docs=docs): path for path in files_of(docs) if is_picture(path)}
    return PageImages(docs=docs, cache=cache, files=files)


def is_picture(path: Path) -> bool:
    """Return whether a file is published as a picture, by its name."""
    return path.suffix.lower() in {*KINDS, DRAWING}


def address_of(path: Path, *, docs: Path) -> str:
    """Return where a file of docs/ is published: below its language, letters composed."""
    return file_address(composed(path.relative_to(docs).as_posix()))


def check_pictures(root: Path, problems: list[Problem], notes: list[Problem]) -> None:
    """Add a problem for every picture of docs/ that cannot be shown, and a note on what other files may tell."""
    for path in files_of(root / "docs"):
        place = path.relative_to(root).as_posix()
        told = Problems(place, notes)
        if is_picture(path):
            _check_picture(path, Problems(place, problems), told, cache=root / ".okatakten" / "pictures")
        elif path.suffix.lower() in _TOLD and not _tells_nothing(path):
            told.add(Kind.FILE_NOT_CLEANED, expected=Hint.RECORDING_TELLS)


def _tells_nothing(path: Path) -> bool:
    """Return whether a film holds only what is seen and heard of it."""
    with path.open("rb") as film:
        return path.suffix.lower() == ".mp4" and not has_metadata(film)


def files_of(docs: Path) -> list[Path]:
    """Return the files of docs/ that may be published; MkDocs passes over those that begin with a dot."""
    return [
        path
        for path in sorted(docs.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(docs).parts)
    ]


def _check_picture(path: Path, wrong: Problems, notes: Problems, *, cache: Path) -> None:
    traces: tuple[Trace, ...]
    try:
        if path.suffix.lower() == DRAWING:
            content = path.read_bytes()
            for line, what in find_faults(content):
                wrong.add(Kind.HTML_NOT_ALLOWED, line=line, found=what, expected=Hint.SAVE_AS_DRAWING)
            _, _, traces = clean_drawing(content)
        else:
            facts = recall_facts(path, cache=cache)
            traces = facts.traces
            if facts.moves:
                notes.add(Kind.PICTURE_STILL)
    except ImageUnreadableError as error:
        wrong.add(Kind.PICTURE_UNREADABLE, expected=error.hint)
    except OSError as error:
        wrong.add(Kind.FILE_UNREADABLE, expected=reason_of(error))
    else:
        if traces:
            notes.add(Kind.FILE_CLEANED, expected=", ".join(traces))


def _make_image(path: Path, *, cache: Path) -> PageImage:
    """Return a picture as it is published."""
    suffix = path.suffix.lower()
    if suffix == DRAWING:
        content, (width, height), _ = clean_drawing(path.read_bytes())
        return PageImage(width=width, height=height, content=content, smaller={})
    kind, facts, digest = KINDS[suffix], recall_facts(path, cache=cache), digest_of(path)
    drawn = is_drawn(facts.format)
    width = min(facts.width, WIDTHS[-1])
    height = max(1, round(facts.height * width / facts.width))

    def make(kind: str, wide: int) -> bytes:
        def encoded() -> bytes:
            return encode(scale(decode(path, least=WIDTHS[-1]), width=wide), kind, drawn=drawn)

        return recall(cache, digest + f"{kind} {wide}".encode(), make=encoded)

    content = make(kind, width)
    original = path.read_bytes()
    if facts.is_plain and (facts.format, facts.width) == (kind, width) and len(original) <= len(content):
        content = original
    widths = [wide for wide in WIDTHS if wide < width] + [width] if height <= TALLEST else []
    copies = {wide: make("WEBP", wide) for wide in widths}
    smaller = {wide: (_copy_path(path, wide, copy), copy) for wide, copy in _lighter(copies, than=content)}
    return PageImage(width=width, height=height, content=content, smaller=smaller)


def _lighter(copies: Mapping[int, bytes], *, than: bytes) -> list[tuple[int, bytes]]:
    """Return the copies that weigh less than the picture and any wider copy: a drawing made smaller can weigh more."""
    kept: list[tuple[int, bytes]] = []
    for wide, copy in sorted(copies.items(), reverse=True):
        if len(copy) < len(kept[-1][1] if kept else than):
            kept.append((wide, copy))
    return kept[::-1]


def _copy_path(path: Path, width: int, content: bytes) -> str:
    return f"{HASHED}{slug_of(path.stem)}-{width}.{hashlib.sha256(content).hexdigest()[:12]}.webp"


# In a page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Image:
    """An `img` of a page: where it stands in the HTML, and how many letters stand before it."""

    start: int
    end: int
    attributes: dict[str, str | None]
    letters: int


class _Images(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[_Image] = []
        self._letters, self._inside = 0, 0
        self._lines = [0]
        for line in html.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside += tag == "picture"
        if tag == "img" and not self._inside:
            line, column = self.getpos()
            start = self._lines[line - 1] + column
            end = start + len(self.get_starttag_text() or "")
            self.found.append(_Image(start=start, end=end, attributes=dict(attrs), letters=self._letters))
            self._letters += FIRST_SCREEN  # no second picture is in sight

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "picture"

    def handle_data(self, data: str) -> None:
        self._letters += len(data)


def _images(html: str) -> Iterator[_Image]:
    yield from _Images(html).found


def _element(made: PageImage, image: _Image, *, source: str, href: str) -> str:
    """Return the element of a picture: with its size, so that nothing jumps, and what a browser may take instead."""
    width, height, sizes = _room(made, image.attributes)
    attributes = image.attributes | {"src": source, "width": str(width), "height": str(height)}
    late = {} if image.letters < FIRST_SCREEN else {"loading": "lazy"}
    tag = _tag("img", {**late, "decoding": "async", **attributes})
    if not made.smaller:
        return tag
    start = href or "."
    listed = ", ".join(f"{posixpath.relpath(to, start)} {wide}w" for wide, (to, _) in made.smaller.items())
    return f"<picture>{_tag('source', {'type': 'image/webp', 'srcset': listed, 'sizes': sizes})}{tag}</picture>"


def _room(made: PageImage, attributes: Mapping[str, str | None]) -> tuple[int, int, str]:
    """Return the width and height of a picture in pixels, as its writer says or as large as it is, and `sizes`."""
    written = (attributes.get("width") or "").strip().removesuffix("px")
    percent = written.removesuffix("%")
    if written.isdecimal() and int(written):
        width = int(written)
    elif percent.isdecimal() and int(percent):
        width = max(1, COLUMN * min(int(percent), 100) // 100)
    else:
        return made.width, made.height, SIZES
    return width, max(1, round(made.height * width / made.width)), f"(min-width: 38rem) {width}px, calc(100vw - 2.5rem)"


def _tag(name: str, attributes: Mapping[str, str | None]) -> str:
    written = (key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{' '.join([name, *written])}>"


def _join(folder: str, name: str) -> str:
    return PurePosixPath(posixpath.normpath(posixpath.join("/", folder, name))).relative_to("/").as_posix()
