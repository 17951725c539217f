"""What circular means: the two ways of using things, how circular the world is, and the limits of the planet."""

from __future__ import annotations

import math
from typing import Final

from okatakten.site.figures.figure import SIZE, WIDTH, Figure, Ground, arrow, box, dot, label, on_circle
from okatakten.site.figures.svg import Element
from okatakten.words.wording import percent_text

_LINEAR: Final = ("take", "use", "throw")
_CIRCULAR: Final = ("buy", "use", "mend", "reuse")
_TOP: Final = 32
_WIDE, _HIGH, _APART = 96, 48, 32
_CENTRE: Final = (217, 136)
_RING: Final = 66
_DISC: Final = 36
_SQUARE: Final = 140


def draw_circle(ground: Ground) -> Figure:
    """Return the line that ends as waste beside the circle that does not end."""
    words = ground.words
    said = {step: words[f"figure_step_{step}"] for step in {*_LINEAR, *_CIRCULAR}}
    drawing: list[Element] = [
        label(_WIDE / 2, SIZE, words["figure_linear"], "strong", anchor="middle"),
        label(_CENTRE[0], SIZE, words["figure_circular"], "strong", anchor="middle"),
        dot(*_CENTRE, _RING, "line"),
    ]
    for number, step in enumerate(_LINEAR):
        top = _TOP + number * (_HIGH + _APART)
        last = step == _LINEAR[-1]
        drawing.append(box(1, top, _WIDE - 2, _HIGH, "hollow" if last else "track"))
        drawing.append(label(_WIDE / 2, top + _HIGH / 2 + 6, said[step], anchor="middle"))
        if not last:
            drawing.append(arrow(_WIDE / 2, top + _HIGH + _APART / 2, 90))
    for number, step in enumerate(_CIRCULAR):
        turn = number * 360 / len(_CIRCULAR) - 90
        x, y = on_circle(_CENTRE, _RING, turn)
        drawing.append(dot(x, y, _DISC, "solid"))
        drawing.append(label(x, y + 6, said[step], "on", anchor="middle"))
        drawing.append(arrow(*on_circle(_CENTRE, _RING, turn + 45), turn + 135, size=9))
    ways = {"figure_linear": _LINEAR, "figure_circular": _CIRCULAR}
    return Figure(
        name="circle",
        caption=words["figure_circle"],
        height=_CENTRE[1] + _RING + _DISC + 2,
        drawing=drawing,
        heads=[words["figure_way"], words["figure_steps_of_way"]],
        rows=[[words[way], ", ".join(said[step] for step in steps)] for way, steps in ways.items()],
        sources=("ansokan",),
    )


def draw_shares(ground: Ground) -> Figure | None:
    """Return how circular places are, each as a part of a square; None where that is not known."""
    words, shares = ground.words, ground.facts.circularity
    if not shares:
        return None
    apart = WIDTH / len(shares)
    side = min(_SQUARE, apart - 12)
    drawing: list[Element] = []
    for place, share in enumerate(shares):
        left, inner = place * apart + 1, side * math.sqrt(share.percent / 100)
        drawing += [
            box(left, 1, side, side, "track"),
            box(left, 1 + side - inner, inner, inner, "warm"),
            label(left, side + 40, percent_text(share.percent, words=words), "strong", "large"),
            label(left, side + 64, ground.word(f"{share.name} {share.year}")),
        ]
    return Figure(
        name="shares",
        caption=words["figure_shares"],
        height=side + 70,
        drawing=drawing,
        heads=[words["figure_where"], words["figure_share"], words["figure_year"]],
        rows=[[ground.word(each.name), percent_text(each.percent, words=words), str(each.year)] for each in shares],
        sources=("cireko",),
    )


def draw_boundaries(ground: Ground) -> Figure | None:
    """Return how many limits of the planet are passed; None where that is not known."""
    words, limits = ground.words, ground.facts.boundaries
    if limits is None:
        return None
    apart = WIDTH / limits.all
    radius = min(apart / 2 - 2, 20)
    return Figure(
        name="boundaries",
        caption=words["figure_boundaries"].format(passed=limits.passed, all=limits.all),
        height=2 * radius + 4,
        drawing=[
            dot((number + 0.5) * apart, radius + 2, radius, "warm" if number < limits.passed else "track")
            for number in range(limits.all)
        ],
        heads=[words["figure_limits"], words["figure_count"]],
        rows=[
            [words["figure_limits_passed"], str(limits.passed)],
            [words["figure_limits_kept"], str(limits.all - limits.passed)],
        ],
        sources=("cireko",),
    )
