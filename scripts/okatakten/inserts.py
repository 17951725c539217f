"""What pages draw from the facts: `[[budget]]` in a text, `[[diagram kostnader]]` on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from okatakten.facts import Facts
from okatakten.fields import Problems, nearest
from okatakten.figures import amount_text, costs_figure, funding_figure, period_text, timeline_figure
from okatakten.problems import Kind
from okatakten.words import Words


def _municipalities(facts: Facts, *, words: Words) -> str:  # noqa: ARG001  # names need no words
    *others, last = facts.municipalities
    return f"{', '.join(others)} och {last}" if others else last


def _groups(facts: Facts, *, words: Words) -> str:
    return ", ".join(
        f"{activity.name.casefold()} {amount_text(activity.amount, words=words)}" for activity in facts.activities
    )


INSERTS: Final[Mapping[str, Callable[..., str]]] = {
    "tid": lambda facts, words: period_text(facts.start, facts.end, words=words),
    "budget": lambda facts, words: amount_text(facts.budget, words=words),
    "kommuner": _municipalities,
    "gruppkostnader": _groups,
    "diagram tidslinje": timeline_figure,
    "diagram kostnader": costs_figure,
    "diagram finansiering": funding_figure,
}
"""By name, as it stands within [[ ]]."""

NEEDS: Final = {
    "kommuner": "municipalities",
    "gruppkostnader": "activities",
    "diagram tidslinje": "activities",
    "diagram kostnader": "activities",
    "diagram finansiering": "funding",
}
"""The list of docs/facts.yml that an insert shows; it must hold something."""
_INSERT = re.compile(r"\[\[(?P<name>[^\[\]]+)\]\]")


def fill_in(markdown: str, *, facts: Facts, words: Words) -> str:
    """Return the text with its facts in place. `check_inserts` has seen to it that all are known."""
    return _INSERT.sub(lambda match: INSERTS[match["name"].strip()](facts, words=words), markdown)


def check_inserts(text: str, problems: Problems, *, facts: Facts | None) -> None:
    """Add a problem for every name within [[ ]] that there is no fact for. `facts` is None where they have problems."""
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _INSERT.finditer(line):
            name = match["name"].strip()
            if facts and name in NEEDS and not getattr(facts, NEEDS[name]):
                problems.add(Kind.FIGURE_WITHOUT_DATA, line=number, found=match[0], expected=NEEDS[name])
            if name not in INSERTS:
                near = nearest(name, list(INSERTS))
                hint = f"Menade du [[{near}]]?" if near else "Välj bland: " + ", ".join(f"[[{key}]]" for key in INSERTS)
                problems.add(Kind.UNKNOWN_INSERT, line=number, found=match[0], expected=hint)
