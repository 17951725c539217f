"""The figures as files, for those who tell others: each as SVG and as PNG, with source and licence written in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from okatakten.disk.memory import recall
from okatakten.rules import slug_of
from okatakten.site.figures import Figures, poster
from okatakten.site.figures.figure import Figure
from okatakten.site.figures.svg import Element
from okatakten.site.inserts import FIGURES
from okatakten.words.catalogue import Word, Words

FOLDER: Final = "diagram/"
FONT: Final = "assets/fonts/atkinson-hyperlegible-next.woff2"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFiles:
    """A figure as files. Addresses are relative to the site; `width` and `height` are pixels of it as SVG."""

    caption: Word
    svg_href: str
    png_href: str
    width: int
    height: int
    poster: Element


def build_figure_files(figures: Figures, *, owner: str, colours: Mapping[str, str]) -> Iterator[FigureFiles]:
    """Yield all figures that there is something to show in. `owner` is whom to name, `colours` are by their names."""
    words = figures.ground.words
    titles = {document.id: document.title for document in figures.ground.facts.documents}
    for insert, name in FIGURES.items():
        if figure := figures.figure(name):
            path = f"{FOLDER}{slug_of(insert.partition(' ')[2])}"
            notes = list(_notes(figure, titles, owner=owner, words=words))
            drawn = poster.draw_poster(figure, notes, colours=colours)
            yield FigureFiles(
                caption=figure.caption, svg_href=f"{path}.svg", png_href=f"{path}.png", poster=drawn,
                width=drawn.attributes["width"], height=drawn.attributes["height"],
            )  # fmt: skip


def build_figure_contents(
    files: Iterable[FigureFiles], *, font: bytes, colours: Mapping[str, str], cache: Path
) -> dict[str, bytes]:
    """Return the files by address. `font` and `colours` are those of the site; in `cache` pictures are remembered."""
    makers = version("pillow").encode() + Path(poster.__file__).read_bytes() + font
    contents: dict[str, bytes] = {}
    for each in files:
        drawing = str(each.poster).encode()
        make = partial(poster.draw_png, each.poster, font=font, colours=colours)
        contents |= {each.svg_href: drawing, each.png_href: recall(cache, makers + drawing, make=make)}
    return contents


def _notes(figure: Figure, titles: Mapping[str, str], *, owner: str, words: Words) -> Iterator[str]:
    """Yield what a figure is drawn from, as far as that is among the documents, and how it may be used."""
    if named := [titles[name] for name in figure.sources if name in titles]:
        yield words["figure_source"].format(documents="; ".join(named)).text
    yield words["figure_licence"].format(owner=owner).text
