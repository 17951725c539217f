"""The study questions as a ring: each is full, half or empty as far as the documents answer it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from okatakten.model import Status
from okatakten.site.figures.figure import (
    SIZE,
    WIDTH,
    Figure,
    Ground,
    fit,
    label,
    labels,
    link,
    on_circle,
    segment,
    shape,
)
from okatakten.site.figures.svg import Element, Point
from okatakten.site.lists import QuestionCard
from okatakten.words.catalogue import Word

_CENTRE: Final = (WIDTH / 2, 150)
_INNER: Final = 66
_OUTER: Final = 122
_GAP: Final = 3
"""Degrees between two questions."""
_FILLED: Final = {Status.ANSWERED: 1.0, Status.PARTLY: 0.5, Status.UNKNOWN: 0.0}


def draw_ring(ground: Ground) -> Figure | None:
    """Return the ring; None without questions."""
    words, cards = ground.words, ground.questions
    if not cards:
        return None
    turn = 360 / len(cards)
    drawing = [_question(card, place * turn, turn, ground) for place, card in enumerate(cards)]
    legend = list(_legend(ground))
    return Figure(
        name="questions",
        caption=words["figure_questions"],
        height=_CENTRE[1] * 2 + 4 + _legend_height(ground),
        drawing=[
            *drawing,
            label(_CENTRE[0], _CENTRE[1] + 4, str(len(cards)), "strong", "large", anchor="middle"),
            label(_CENTRE[0], _CENTRE[1] + 26, words["figure_of_questions"], anchor="middle"),
            *legend,
        ],
        heads=[words["figure_number"], words["figure_question"], words["status"]],
        rows=[[str(card.number), ground.word(card.title, ground.asked_in), _status(card, ground)] for card in cards],
        sources=("ansokan", "beslut", "fortsattning"),
    )


def _question(card: QuestionCard, start: float, turn: float, ground: Ground) -> Element:
    number = ground.catalogues[ground.asked_in]["question"].format(number=card.number)
    title = card.title if card.title.endswith("?") else f"{card.title}."
    spoken = ground.word(f"{number.text} {title} {card.status_text.text}", ground.asked_in)
    x, y = on_circle(_CENTRE, _OUTER + 17, start + turn / 2 - 90)
    return link(
        card.href,
        spoken,
        *_part(card.status, _CENTRE, angles=(start + _GAP / 2, start + turn - _GAP / 2), radii=(_INNER, _OUTER)),
        label(x, y + SIZE / 3, str(card.number), "strong", anchor="middle"),
    )


def _status(card: QuestionCard, ground: Ground) -> Word:
    return ground.words[f"status_{card.status}"]


def _part(
    status: Status, centre: Point, *, angles: tuple[float, float], radii: tuple[float, float]
) -> Iterator[Element]:
    """Yield a part of a ring, filled from the middle as far as its status says."""
    inner, outer = radii
    yield shape(segment(centre, inner, outer, angles), "track")
    if filled := _FILLED[status]:
        yield shape(segment(centre, inner, inner + (outer - inner) * filled, angles), "full")


def _legend_height(ground: Ground) -> float:
    return sum(len(fit(line, WIDTH - 34)) * 20 + 8 for line in _counted(ground).values())


def _counted(ground: Ground) -> dict[Status, str]:
    """Return what each status is called, and how many questions have it."""
    own = [card.status for card in ground.questions]
    words = {status: ground.words[f"status_{status}"] for status in _FILLED}
    return {status: word.saying(f"{word.text}: {own.count(status)}") for status, word in words.items()}


def _legend(ground: Ground) -> Iterator[Element]:
    y = _CENTRE[1] * 2 + 16
    for status, text in _counted(ground).items():
        yield from _part(status, (13, y + 26), angles=(-18, 18), radii=(22, 40))
        lines = fit(text, WIDTH - 34)
        yield from labels(34, y, lines)
        y += len(lines) * 20 + 8
