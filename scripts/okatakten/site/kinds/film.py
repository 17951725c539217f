"""A short film with captions. Sources: schema.org/VideoObject, ISO/IEC 14496-12 and -15, Digg: Erbjud textning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from okatakten.model import Entry, Visual
from okatakten.podcast.films import Film, read_film
from okatakten.podcast.transcript import parse_transcript
from okatakten.rules import VISUALS
from okatakten.site.kinds.kind import Around, Fact, Field, Node, PageKind, Shown, Values, choice, file, text
from okatakten.words.wording import duration_text, size_text
from okatakten.written.advice import Hint, Text
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, read_text
from okatakten.written.values import clock, duration_iso

SILENCE: Final = timedelta(seconds=10)
"""How long before the end of a film its captions may end: a last picture, or music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said in a film at a time, for those who read it."""

    clock: str
    speaker: str
    text: str


def _check(fields: Fields, values: Values, around: Around) -> None:
    film = _read(fields, "file", values, around)
    if "described" in values:
        _read(fields, "described", values, around)
    elif values["visual"] is Visual.DESCRIBED:
        fields.problem(Kind.ENTRY_UNFIT, "described", expected=Hint.FILM_DESCRIBED)
    if film is None:
        return
    values["length"], values["width"], values["height"] = film.duration, film.width, film.height
    values["size"] = (around.folder / values["file"]).stat().st_size
    _check_captions(fields, values, around, duration=film.duration)


def _read(fields: Fields, name: str, values: Values, around: Around) -> Film | None:
    """Return the film that a field names; None where it is none, or does not say how long it is."""
    with (around.folder / values[name]).open("rb") as content:
        film = read_film(content)
    hints = (
        (film is None, Hint.FILM_UNREADABLE),
        (film is not None and not film.duration, Hint.FILM_WITHOUT_LENGTH),
        (film is not None and film.codec != "avc1", Hint.FILM_NOT_H264),
        (film is not None and not film.is_420, Hint.FILM_NOT_420),
        (film is not None and film.sound not in {"", "mp4a"}, Hint.FILM_NOT_AAC),
        (film is not None and not film.index_first, Hint.FILM_INDEX_LAST),
    )
    if wrong := next((hint for is_so, hint in hints if is_so), None):
        codec, place = film.codec if film else "", Path(fields.problems.file).with_name(values[name])
        fields.problem(Kind.FILM_UNFIT, name, expected=wrong.format(codec=codec, file=place.as_posix()))
    return film if film and film.duration else None


def _check_captions(fields: Fields, values: Values, around: Around, *, duration: timedelta) -> None:
    path = around.folder / values["captions"]
    place = Path(fields.problems.file).with_name(path.name).as_posix()
    seen = Problems(place, fields.problems.found)
    written = read_text(path, seen)
    cues = parse_transcript(written, seen) if written is not None else ()
    if not cues:
        return
    ends = max(cue.end for cue in cues)
    if not duration - SILENCE <= ends <= duration + SILENCE:
        told = Hint.CAPTIONS_END.format(captions=clock(ends), film=clock(duration))
        fields.problem(Kind.FILM_UNFIT, "captions", expected=told)
    values["said"] = tuple(Line(clock=clock(cue.start), speaker=cue.speaker or "", text=cue.text) for cue in cues)


def _facts(entry: Entry, shown: Shown) -> Iterator[Fact]:
    values, words = entry.values, shown.words
    yield Fact(label=words["length"], text=duration_text(values["length"], words=words))
    size = size_text(values["size"], words=words)
    yield Fact(
        label=words["film_download"],
        text=words["film_download_file"].format(size=size),
        href=shown.file_href(values["file"]),
    )
    if described := values.get("described"):
        yield Fact(label=words["film_described"], text=described, href=shown.file_href(described))


def _node(entry: Entry, shown: Shown) -> Node:
    values = entry.values
    captions = {
        "@type": "MediaObject",
        "contentUrl": shown.site.absolute(shown.file_href(values["captions"])),
        "encodingFormat": "text/vtt",
        "inLanguage": "sv",
    }
    return {
        "@type": "VideoObject",
        "name": shown.title,
        "description": shown.description,
        "thumbnailUrl": shown.site.absolute(shown.file_href(values["poster"])) if "poster" in values else shown.picture,
        "contentUrl": shown.site.absolute(shown.file_href(values["file"])),
        "encodingFormat": "video/mp4",
        "duration": duration_iso(values["length"]),
        "caption": captions,
        "transcript": f"{shown.url}#textversion",
        **({"uploadDate": entry.published.isoformat()} if entry.published else {}),
    }


FILM: Final = PageKind(
    key="film",
    folder="filmer",
    fields=(
        Field(name="file", about=Text.FILM_FILE, example="film.mp4", read=file(".mp4"), needed=True),
        Field(name="captions", about=Text.FILM_CAPTIONS, example="film.vtt", read=file(".vtt"), needed=True),
        Field(
            name="visual",
            about=Text.FILM_VISUAL,
            example="sägs",
            read=choice(Visual, VISUALS),
            needed=True,
            choices=tuple(VISUALS),
        ),
        Field(name="described", about=Text.FILM_DESCRIBED, example="film-syntolkad.mp4", read=file(".mp4")),
        Field(name="poster", about=Text.FILM_POSTER, example="film.jpg", read=file(".jpg", ".jpeg", ".png", ".webp")),
        Field(name="poster_alt", about=Text.FILM_POSTER_ALT, example="En stol i en verkstad.", read=text),
    ),
    check=_check,
    facts=_facts,
    node=_node,
    template="film.html",
    convert=True,
)
