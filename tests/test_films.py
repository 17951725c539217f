"""What a film is and tells, by the boxes of its file."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest

from okatakten.podcast.films import has_metadata, read_film
from support import PROJECT

FILM = (PROJECT / "docs/sv/filmer/en-stol/film.mp4").read_bytes()
LENGTH = FILM.index(b"mdhd") + 4 + 16
"""Where the header of the first track, and of what is not known, says how long it lasts."""


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def changed(place: int, content: bytes, film: bytes = FILM) -> bytes:
    return film[:place] + content + film[place + len(content) :]


def of_one_track(header: bytes) -> bytes:
    """Return a film of a picture without samples, with an `mdhd` of its own."""
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    media = box(b"mdia", box(b"mdhd", header) + handler)
    return box(b"ftyp", b"isom") + box(b"moov", box(b"trak", box(b"tkhd", bytes(84)) + media)) + box(b"mdat")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (struct.pack(">4xIIII4x", 0, 0, 1000, 5000), 5),
        (struct.pack(">4xIIII4x", 0, 0, 1000, 0), 0),
        (struct.pack(">4xIIII4x", 0, 0, 0, 5000), 0),
        (struct.pack(">4xIIII4x", 0, 0, 1000, 2**32 - 1), 0),
        (struct.pack(">B3xQQIQ4x", 1, 0, 0, 1000, 5000), 5),
        (struct.pack(">B3xQQIQ4x", 1, 0, 0, 1, 2**64 - 1), 0),
        (struct.pack(">B3xQQIQ4x", 1, 0, 0, 1, 2**63), 0),
        (b"", 0),
    ],
)
def test_a_film_that_does_not_say_how_long_it_is_has_no_length(header: bytes, seconds: int) -> None:
    film = read_film(BytesIO(of_one_track(header)))
    assert film is not None
    assert film.duration.total_seconds() == seconds


@pytest.mark.parametrize("kind", [b"moov", b"trak", b"udta"])
def test_boxes_within_boxes_end_somewhere(kind: bytes) -> None:
    film = b""
    for _ in range(2000):
        film = box(kind, film)
    assert read_film(BytesIO(box(b"moov", film) + box(b"mdat"))) is None
    has_metadata(BytesIO(film))


def test_a_film_of_a_phone_that_was_held_upright_is_taller_than_wide() -> None:
    matrix = FILM.index(b"tkhd") + 4 + 40
    one, none = struct.pack(">i", 1 << 16), bytes(4)
    turned = none + one + none + struct.pack(">i", -(1 << 16)) + none
    film = read_film(BytesIO(changed(matrix, turned)))
    assert film is not None
    assert (film.width, film.height) == (360, 640)


def with_box(content: bytes) -> bytes:
    """Return the film with a box more, last in its `moov`; nothing it plays is found by it any more."""
    start = FILM.index(b"moov") - 4
    size = int.from_bytes(FILM[start : start + 4])
    return FILM[:start] + box(b"moov", FILM[start + 8 : start + size] + content) + FILM[start + size :]


def test_a_film_that_ffmpeg_made_tells_of_nobody() -> None:
    assert not has_metadata(BytesIO(FILM))


@pytest.mark.parametrize(
    "film",
    [
        changed(FILM.index(b"mvhd") + 8, b"\xe0\0\0\1"),
        changed(FILM.index(b"mdhd") + 8, b"\xe0\0\0\1"),
        changed(FILM.index(b"VideoHandler"), b"Annas telefo"),
        with_box(box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"meta" + bytes(13)) + box(b"gpmd", b"63.17")))),
        with_box(box(b"GPS ", b"63.17")),
        FILM + box(b"free", b"Anna"),
        FILM + box(b"uuid", b"Anna"),
        b"no film",
    ],
)
def test_a_film_that_tells_more_than_it_shows_is_known(film: bytes) -> None:
    assert has_metadata(BytesIO(film))
