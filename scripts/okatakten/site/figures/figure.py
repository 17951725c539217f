"""What all figures are made of: a drawing that a phone can show, a sentence on what it shows, and a table of the same.

Colours are classes in overrides/assets/site.css, so that a figure follows light and dark, print and forced colours. A
drawing is narrow and its letters large: on a screen of 320 px they are 14 px high.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.facts import Facts
from okatakten.site.figures.svg import Element, Point, element
from okatakten.site.lists import QuestionCard
from okatakten.words.catalogue import Catalogues, Word, Words, as_word

WIDTH: Final = 320
SIZE: Final = 16
"""Of letters."""
LEADING: Final = 20
FONT: Final = Path(__file__).parent.parent / "fonts" / "atkinson-hyperlegible-next-bold.ttf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the figures of a language are drawn from; the questions may be `asked_in` another one."""

    facts: Facts
    questions: Sequence[QuestionCard]
    asked_in: Locale
    locale: Locale
    catalogues: Catalogues

    @property
    def words(self) -> Words:
        return self.catalogues[self.locale]

    def word(self, text: str, lang: Locale = DEFAULT_LOCALE) -> Word:
        """Return a text in the language of the documents or another one, as it stands on a page; a word as it is."""
        if isinstance(text, Word):
            return text
        return Word(text, None if lang == self.locale else lang, page=self.locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure. `name` stands in ids, classes and file names, `sources` are ids of the documents that it comes from."""

    name: str
    caption: Word
    height: float
    drawing: Sequence[Element]
    heads: Sequence[Word]
    rows: Sequence[Sequence[str]]
    sources: Sequence[str] = ()

    def html(self, *, words: Words) -> str:
        """Return the figure for a page. Who hears it has the links of the drawing, or else its table."""
        linked = any(part.tag == "a" for top in self.drawing for part in top.walk())
        shown: Mapping[str, str] = {"role": "group"} if linked else {"aria_hidden": "true"}
        drawing = element(
            "svg", *self.drawing, class_="site-figure__drawing", viewBox=f"0 0 {WIDTH} {math.ceil(self.height)}",
            focusable="false", data_search_ignore="", **shown,
        )  # fmt: skip
        caption = self.caption.__html__()
        lines = [
            f'<figure class="site-figure site-figure--{self.name}" aria-labelledby="figur-{self.name}">',
            f'<figcaption id="figur-{self.name}">{caption}</figcaption>',
            str(drawing),
            '<details class="site-figure__table">',
            f'<summary>{words["figure_table"].__html__()}<span class="site-hidden">: {caption}</span></summary>',
            f'<table class="site-table site-table--{self.name}" aria-labelledby="figur-{self.name}">',
            "<thead><tr>" + "".join(f'<th scope="col">{head.__html__()}</th>' for head in self.heads) + "</tr></thead>",
            "<tbody>",
            *(_table_row(row) for row in self.rows),
            "</tbody>",
            "</table>",
            "</details>",
            "</figure>",
        ]
        return "\n".join(lines)


def _table_row(cells: Sequence[str]) -> str:
    first, *others = (as_word(cell).__html__() for cell in cells)
    return f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"


def label(x: float, y: float, text: str, *kinds: str, anchor: str | None = None) -> Element:
    """Return a line of text; `x` and `y` are where its baseline begins, or as the `anchor` says.

    The kinds are `strong`, `large`, `quiet` and `on`: on a shape that is `solid`.
    """
    word = as_word(text)
    classes = classed("label", *kinds)
    return element("text", word.text, class_=classes, x=x, y=y, text_anchor=anchor, lang=word.lang, dir=word.dir)


def labels(x: float, y: float, lines: Iterable[str], *kinds: str, anchor: str | None = None) -> Iterator[Element]:
    """Yield lines of text, one below the other."""
    for number, line in enumerate(lines):
        yield label(x, y + number * LEADING, line, *kinds, anchor=anchor)


def shape(points: Iterable[Point], *kinds: str) -> Element:
    """Return a shape of corners. Kinds: `full`, `warm`, `hollow`, `track`, or `solid` for text."""
    corners = list(points)
    return element("path", class_=classed(*kinds), d=[[*corners, corners[0]]])


def box(x: float, y: float, width: float, height: float, *kinds: str) -> Element:
    """Return a rectangle."""
    return element("rect", class_=classed(*kinds), x=x, y=y, width=width, height=height)


def dot(x: float, y: float, radius: float, *kinds: str) -> Element:
    """Return a circle."""
    return element("circle", class_=classed(*kinds), cx=x, cy=y, r=radius)


def strokes(*ends: tuple[Point, Point]) -> Element:
    """Return straight lines between two points each."""
    return element("path", class_=classed("line"), d=[list(each) for each in ends])


def link(href: str, name: Word, *parts: Element) -> Element:
    """Return a part of a drawing that leads to a page of the site; `name` is what a screen reader says.

    An attribute, since a `<title>` is shown as a tip over what the pointer is on; `lang` beside it is about it, too.
    """
    return element("a", *parts, href=href, aria_label=name.text, lang=name.lang, dir=name.dir)


def arrow(x: float, y: float, degrees: float, size: float = 7) -> Element:
    """Return the head of an arrow that points that way; 0 is to the right, 90 down."""
    return shape((on_circle((x, y), size, degrees + turn) for turn in (0, 130, 230)), "text")


def segment(centre: Point, inner: float, outer: float, angles: tuple[float, float]) -> list[Point]:
    """Return the corners of a part of a ring between two angles in degrees; 0 is at the top."""
    start, end = angles
    steps = max(round((end - start) / 8), 2)
    turns = [start - 90 + (end - start) * step / steps for step in range(steps + 1)]
    return [on_circle(centre, outer, turn) for turn in turns] + [
        on_circle(centre, inner, turn) for turn in reversed(turns)
    ]


def on_circle(centre: Point, radius: float, degrees: float) -> Point:
    """Return a point of a circle; 0 degrees is to the right, 90 down."""
    angle = math.radians(degrees)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def classed(*kinds: str) -> str:
    """Return the classes of a kind of shape or text."""
    return " ".join(f"site-figure__{kind}" for kind in kinds)


def fit(text: str, width: float, *, size: float = SIZE) -> list[str]:
    """Return a text as lines that are no wider than `width`, unless one word is."""
    lines: list[str] = []
    for word in as_word(text).text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size=size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [as_word(text).saying(each) for each in lines]


def width_of(text: str, *, size: float = SIZE) -> float:
    """Return how wide a line of text is in bold letters, the widest that a figure has."""
    return _font().getlength(as_word(text).text) * size / 100


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, 100)
