"""The municipalities as a map of tiles, filled where the region talked with them before the pre-study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from okatakten.rules import slug_of
from okatakten.site.county import PLACES
from okatakten.site.figures.figure import SIZE, WIDTH, Figure, Ground, fit, label, labels, link, on_circle, shape
from okatakten.site.figures.svg import Element, Point
from okatakten.words.catalogue import Word

_TILE: Final = WIDTH / 3
_ROW: Final = 92
_RADIUS: Final = 59
_TALKS: Final = "om/#samtalen-fore-forstudien"
_ALL: Final = "om/#malgrupper"


def draw_map(ground: Ground) -> Figure | None:
    """Return the map; None without municipalities."""
    facts, words = ground.facts, ground.words
    if not facts.municipalities:
        return None
    ways = {True: _TALKS, False: _ALL}
    said = {True: words["figure_map_talked"], False: words["figure_map_not"]}
    drawing, rows = [], []
    # From the north-west, row by row: in the order of the eye.
    for name in sorted(facts.municipalities, key=lambda name: PLACES[name][::-1]):
        names, talked = _names(name, ground), name in facts.talked_with
        drawing.append(_tile(name, names, ground, href=ways[talked], said=said[talked]))
        others = [other for other in names if other != name]
        rows.append([ground.word(name), others[0] if others else "–", said[talked]])
    height = (max(row for _, row in PLACES.values()) * _ROW) + 2 * _RADIUS + 2
    return Figure(
        name="map",
        caption=words["figure_map"].format(talked=len(facts.talked_with), all=len(facts.municipalities)),
        height=height,
        drawing=[*drawing, *_legend(said, top=height - 58)],
        heads=[words["figure_municipality"], words["figure_other_name"], words["figure_talks"]],
        rows=rows,
        sources=("ansokan",),
    )


def _names(name: str, ground: Ground) -> list[Word]:
    """Return what a municipality is called: first in the language of the page, then in others that have a name."""
    key = f"municipality_{slug_of(name)}"
    locales = sorted(ground.catalogues, key=lambda locale: locale != ground.locale)
    named = {locale: ground.catalogues[locale][key] for locale in locales}
    return [ground.word(word.text, locale) for locale, word in named.items() if word.lang is None]


def _tile(name: str, names: list[Word], ground: Ground, *, href: str, said: Word) -> Element:
    column, row = PLACES[name]
    talked = name in ground.facts.talked_with
    x, y = (column + 0.5) * _TILE, row * _ROW + _RADIUS + 1
    kinds = ("on",) if talked else ()
    # Within a link whose name is in another language, what is in the page's own says so.
    first, *others = [name if name.lang or not said.lang else Word(name.text, ground.locale) for name in names[:2]]
    lines = [label(x, y + (-3 if others else 6), first, "strong", *kinds, anchor="middle")]
    lines += [label(x, y + 18, other, *kinds, anchor="middle") for other in others]
    spoken = said.saying(f"{', '.join(names)}: {said.text}")
    return link(href, spoken, shape(_hexagon((x, y), _RADIUS), "solid" if talked else "track"), *lines)


def _hexagon(centre: Point, radius: float) -> Iterator[Point]:
    return (on_circle(centre, radius, turn) for turn in range(30, 390, 60))


def _legend(said: dict[bool, Word], *, top: float) -> Iterator[Element]:
    left = 1.15 * _TILE
    for talked, word in said.items():
        yield shape(_hexagon((left + 8, top - SIZE / 3), 10), "solid" if talked else "track")
        lines = fit(word, WIDTH - left - 26)
        yield from labels(left + 26, top, lines)
        top += len(lines) * 20 + 8
