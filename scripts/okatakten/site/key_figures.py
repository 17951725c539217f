"""What was planned in a few large figures, as home and the documents show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from okatakten.site.structure import LocalSite
from okatakten.words.catalogue import Word
from okatakten.words.wording import millions_text


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A number that is written large, and what it is of."""

    figure: str
    label: Word


def build_key_figures(within: LocalSite) -> tuple[KeyFigure, ...]:
    """Return how many questions there were, for how many municipalities, for how much money."""
    return tuple(_key_figures(within))


def _key_figures(within: LocalSite) -> Iterator[KeyFigure]:
    facts, words = within.facts, within.words
    for key, count in {"key_questions": len(within.questions), "key_municipalities": len(facts.municipalities)}.items():
        if count:
            yield KeyFigure(figure=str(count), label=words[key])
    yield KeyFigure(figure=millions_text(facts.budget, words=words), label=words["key_budget"])
