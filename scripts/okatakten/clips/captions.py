"""The words of a clip as they are drawn in it (ASS, for libass), and beside it (WebVTT, SubRip).

libass knows `{`, `}` and some letters behind a backslash as marks, and tells lines apart by no other sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from okatakten.clips.pictures import LABEL, Frame, bars
from okatakten.clips.said import SIZES, Page
from okatakten.model import Cue
from okatakten.podcast.webvtt import build_webvtt
from okatakten.site.lettering import Part, leading, width_of
from okatakten.site.lettering import font_of as drawn_font
from okatakten.site.profile import Paint
from okatakten.site.scene import Box
from okatakten.written.advice import Text
from okatakten.written.values import timestamp

FONT: Final = "Okatakten"
"""What the font is called in the film, so that none of the system's is taken in its place."""
_Row = tuple[str, timedelta, timedelta, str]
"""A style, from when to when, and what is drawn."""
_JOINER: Final = "\u2060"
_HEAD: Final = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Alignment
Style: Words,{font},{size:.2f},{text},{quiet},{text},{text},0,5
Style: Bars,{font},20,{warm},{warm},{warm},{warm},0,7

[Events]
Format: Layer, Start, End, Style, Text
"""


def build_vtt(pages: Iterable[Page]) -> str:
    """Return the words for players, with who says them."""
    return build_webvtt(_as_cue(page) for page in pages)


def build_srt(pages: Iterable[Page]) -> str:
    """Return the words for networks (SubRip): who speaks stands before the words, where that changes."""
    blocks, speaker = [], ""
    for number, page in enumerate(pages, start=1):
        who = f"{page.speaker}: " if page.speaker not in {"", speaker} else ""
        speaker = page.speaker
        times = " --> ".join(timestamp(time).replace(".", ",") for time in (page.start, page.end))
        blocks.append("\n".join((str(number), times, who + page.lines[0], *page.lines[1:], "")))
    return "\n".join(blocks)


def words_said(pages: Iterable[Page]) -> Iterator[str]:
    """Yield what is said, a line for each time that somebody else begins."""
    speaker, said = "", ""
    for page in pages:
        if said and page.speaker != speaker:
            yield f"{speaker}: {said}" if speaker else said
            said = ""
        speaker, said = page.speaker, f"{said} {text_of(page)}".strip()
    if said:
        yield f"{speaker}: {said}" if speaker else said


def text_of(page: Page) -> str:
    """Return the words of a page; what was hyphenated for the picture stays so."""
    return " ".join(page.lines)


def build_ass(
    frame: Frame,
    pages: Sequence[Page],
    peaks: Sequence[float],
    *,
    length: timedelta,
    end: timedelta,
    address: str,
    em: float,
    paint: Paint,
) -> str:
    """Return all that moves in a clip of a `length`: bars that fill, words, and from there to its `end` the address.

    `em` is how much larger than its letters libass counts the font.
    """
    colours = {name: _colour(getattr(paint, name)) for name in ("text", "quiet", "warm")}
    width, height = frame.size
    head = _HEAD.format(width=width, height=height, font=FONT, size=SIZES[0] * em, **colours)
    drawn = _shapes(bars(frame, peaks))
    left, top, right, bottom = frame.wave
    at_start, at_end = (f"\\clip({left},{top},{edge},{bottom})" for edge in (left, right))
    fills = f"\\t(0,{_milliseconds(length)},{at_end})"
    rows = [
        ("Bars", timedelta(), length, f"{{\\pos(0,0)\\c{colours['quiet']}\\alpha&H90&\\p1}}{drawn}"),
        ("Bars", timedelta(), length, f"{{\\pos(0,0){at_start}{fills}\\p1}}{drawn}"),
        *(row for page in pages for row in _rows(page, frame, em=em, quiet=colours["quiet"])),
        *_end_rows(frame, address, length, end, em=em, quiet=colours["quiet"]),
    ]
    return head + "".join(
        f"Dialogue: 0,{_time(start)},{_time(until)},{style},{text}\n" for style, start, until, text in rows
    )


def _rows(page: Page, frame: Frame, *, em: float, quiet: str) -> Iterator[_Row]:
    across, down = frame.middle
    lights = iter(page.lights)
    for number, line in enumerate(page.lines):
        words = line.split(" ")
        place = down + leading(page.size) * (number - (len(page.lines) - 1) / 2)
        shown = _lit(words, [*islice(lights, len(words))], page) if page.lights else escaped(line)
        yield "Words", page.start, page.end, f"{{\\pos({across},{place:g})\\fs{page.size * em:.2f}}}{shown}"
    if page.speaker:
        yield _label(page.speaker, frame, page.start, page.end, em=em, quiet=quiet)


def _lit(words: Sequence[str], lights: Sequence[timedelta], page: Page) -> str:
    """Return words that light one by one as they are said."""
    ends = [*lights[1:], page.end]
    waits = [
        (lights[0] - page.start, ""),
        *((end - light, word) for word, light, end in zip(words, lights, ends, strict=True)),
    ]
    spoken = (f"{{\\k{max(_milliseconds(wait) // 10, 0)}}}{escaped(word)}" for wait, word in waits)
    return next(spoken) + " ".join(spoken)


def _label(text: str, frame: Frame, start: timedelta, end: timedelta, *, em: float, quiet: str) -> _Row:
    place = f"\\an2\\pos({frame.middle[0]},{frame.label})"
    return "Words", start, end, f"{{{place}\\fs{LABEL * em:.2f}\\c{quiet}}}{escaped(text)}"


def _end_rows(frame: Frame, address: str, start: timedelta, end: timedelta, *, em: float, quiet: str) -> Iterator[_Row]:
    """Yield the last seconds: where the whole episode is, host and path on a line each."""
    across, down = frame.middle
    host, slash, path = re.sub("^https?://", "", address).partition("/")
    lines = [line for line in (host + slash, path) if line]
    fits = [size for size in range(SIZES[0], 19, -2) if all(_fits(line, size, frame) for line in lines)]
    size = next(iter(fits), 20)
    for number, line in enumerate(lines):
        place = down + leading(size) * (number - (len(lines) - 1) / 2)
        yield "Words", start, end, f"{{\\pos({across},{place:g})\\fs{size * em:.2f}}}{escaped(line)}"
    yield _label(Text.CLIP_WHOLE, frame, start, end, em=em, quiet=quiet)


def _fits(line: str, size: int, frame: Frame) -> bool:
    return width_of(line, drawn_font(Part.TITLE, size)) <= frame.width


def escaped(text: str) -> str:
    """Return a text in which libass finds no marks."""
    return re.sub(r"\\", rf"\\{_JOINER}", text).replace("{", r"\{").replace("}", r"\}").replace("\n", " ")


def _as_cue(page: Page) -> Cue:
    return Cue(start=page.start, end=page.end, speaker=page.speaker, text=text_of(page))


def _shapes(boxes: Iterable[Box]) -> str:
    return " ".join(
        f"m {left} {top} l {right} {top} {right} {bottom} {left} {bottom}" for left, top, right, bottom in boxes
    )


def _colour(colour: str) -> str:
    """Return a colour as ASS has it: blue, green, red."""
    return f"&H00{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def _time(time: timedelta) -> str:
    """Return a time as ASS has it, in hundredths."""
    hundredths = _milliseconds(time) // 10
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)
