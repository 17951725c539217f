"""What the documents of two related projects tell: where the one was to work, and how the other one."""

from __future__ import annotations

from typing import Final

from okatakten.site.figures.figure import (
    LEADING,
    SIZE,
    WIDTH,
    Figure,
    Ground,
    box,
    dot,
    fit,
    label,
    labels,
    strokes,
)
from okatakten.site.figures.svg import Element

_TOWN: Final = 36
_STEP: Final = 20
"""The radius of the number of a step."""


def draw_towns(ground: Ground) -> Figure | None:
    """Return the towns, each in the column of its county; None where there are none."""
    words, counties = ground.words, ground.facts.small_towns
    if not counties:
        return None
    width = WIDTH / len(counties)
    drawing: list[Element] = []
    for place, county in enumerate(counties):
        middle = (place + 0.5) * width
        drawing.append(label(middle, SIZE, ground.word(county.name), "strong", anchor="middle"))
        for number, town in enumerate(county.towns):
            top = 26 + number * (_TOWN + 8)
            drawing.append(box(place * width + 3, top, width - 6, _TOWN, "track"))
            drawing.append(label(middle, top + _TOWN / 2 + 6, ground.word(town), anchor="middle"))
    towns = [(town, county.name) for county in counties for town in county.towns]
    return Figure(
        name="towns",
        caption=words["figure_towns"].format(towns=len(towns), counties=len(counties)),
        height=26 + max(len(county.towns) for county in counties) * (_TOWN + 8),
        drawing=drawing,
        heads=[words["figure_town"], words["figure_county"]],
        rows=[[ground.word(town), ground.word(county)] for town, county in towns],
        sources=("cireko",),
    )


def draw_steps(ground: Ground) -> Figure | None:
    """Return the steps, one after the other; None where there are none."""
    words, steps = ground.words, ground.facts.exchange_steps
    if not steps:
        return None
    drawing: list[Element] = []
    top = 0.0
    for number, step in enumerate(steps, start=1):
        lines = fit(ground.word(step), WIDTH - 56)
        height = max(len(lines) * LEADING, 2 * _STEP) + 16
        middle = top + _STEP + 1
        if number < len(steps):
            drawing.append(strokes(((_STEP + 1, middle), (_STEP + 1, middle + height))))
        drawing.append(dot(_STEP + 1, middle, _STEP, "solid"))
        drawing.append(label(_STEP + 1, middle + 6, str(number), "strong", "on", anchor="middle"))
        drawing += labels(56, middle + 6 - (len(lines) - 1) * LEADING / 2, lines)
        top += height
    return Figure(
        name="steps",
        caption=words["figure_steps"],
        height=top,
        drawing=drawing,
        heads=[words["figure_number"], words["figure_step"]],
        rows=[[str(number), ground.word(step)] for number, step in enumerate(steps, start=1)],
        sources=("interreg",),
    )
