"""What pages draw from the facts: `[[budget]]` in a text, `[[diagram kostnader]]` on a line of its own.

`[[utan slutrapport: …]]` is shown until the final report is among the documents, `[[med slutrapport: …]]` from then on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from okatakten.site.facts import Facts, FollowUp
from okatakten.site.launch import DATA_PROTECTION, FEEDBACK, leads_to_function
from okatakten.words.catalogue import Words
from okatakten.words.segments import Part, scan
from okatakten.words.wording import amount_text, date_text, list_text, period_text
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.problems import Kind
from okatakten.written.text import Problems


def _follow_up(show: Callable[[FollowUp, Words], str]) -> Callable[..., str]:
    """Return an insert of the project that followed."""

    def insert(facts: Facts, *, words: Words) -> str:
        assert facts.follow_up
        return show(facts.follow_up, words)

    return insert


def literal(text: str) -> str:
    """Return the Markdown of a text that shows it as it is written, whatever its characters mean there or in HTML."""
    plain = re.sub(r"&(?=#?\w+;)", "&amp;", str.__str__(text)).replace("<", "&lt;").replace(">", "&gt;")
    return _as_text(plain)


def _as_text(html: str) -> str:
    """Return Markdown that becomes this HTML: nothing in it is a mark of Markdown."""
    return re.sub(r"^(\s*\d*)([#+.)-])", r"\1\\\2", re.sub(r"([\\`*_{}\[\]|!])", r"\\\1", html))


def _days(project: FollowUp, words: Words) -> str:
    start, end = (date_text(day, words=words) for day in (project.start, project.end))
    return _as_text(words["day_to_day"].format(start=start, end=end).__html__())


def _shares(project: FollowUp, words: Words) -> str:
    shares = [words["share"].format(percent=share.percent, name=share.name) for share in project.funding]
    return _as_text(list_text(shares, words=words))


def _authority(facts: Facts, *, words: Words) -> str:  # noqa: ARG001  # a name needs no words
    assert facts.authority
    return f"[{literal(facts.authority.name)}](<{facts.authority.url}>)"


def _data_protection(addresses: Mapping[str, str], *, words: Words) -> str:
    address = addresses.get(DATA_PROTECTION)
    if not leads_to_function(address):
        return literal(words["data_protection_unset"])
    return f"[{literal(words['data_protection_link'])}](<{address}>)"


def _feedback(addresses: Mapping[str, str], *, words: Words) -> str:
    return "" if leads_to_function(addresses.get(FEEDBACK)) else literal(words["feedback_unset"])


def _groups(facts: Facts, *, words: Words) -> str:
    return literal(
        ", ".join(
            f"{activity.name.casefold()} {amount_text(activity.amount, words=words)}" for activity in facts.activities
        )
    )


def _highest(facts: Facts) -> int:
    return max(part.amount for activity in facts.activities for part in activity.parts)


INSERTS: Final[Mapping[str, Callable[..., str]]] = {
    "tid": lambda facts, words: literal(period_text(facts.start, facts.end, words=words)),
    "budget": lambda facts, words: literal(amount_text(facts.budget, words=words)),
    "kommuner": lambda facts, words: _as_text(list_text(facts.municipalities, words=words)),
    "gruppkostnader": _groups,
    "summa": lambda facts, words: literal(amount_text(sum(each.amount for each in facts.activities), words=words)),
    "högsta kostnad": lambda facts, words: literal(amount_text(_highest(facts), words=words)),
    "nästa tid": _follow_up(_days),
    "nästa budget": _follow_up(lambda project, words: literal(amount_text(project.budget, words=words))),
    "nästa finansiering": _follow_up(_shares),
    "tillsynsmyndighet": _authority,
}
"""By name, as it stands within [[ ]]."""
FIGURES: Final = {
    "diagram karta": "map",
    "diagram frågor": "questions",
    "diagram tidslinje": "timeline",
    "diagram kostnader": "money",
    "diagram finansiering": "funding",
    "diagram kretslopp": "circle",
    "diagram andelar": "shares",
    "diagram gränser": "boundaries",
    "diagram småstäder": "towns",
    "diagram steg": "steps",
}
"""The figures of site/figures, by the name of their insert."""
Draw = Callable[[str], str]
"""Returns a figure by its name, or what stands for it."""
BY_ADDRESS: Final[Mapping[str, Callable[..., str]]] = {
    "dataskyddsombudet": _data_protection,
    "utan meddelandefunktion": _feedback,
}
"""Those that go by what mkdocs.yml says of an address."""

NEEDS: Final[Mapping[str, tuple[str, Callable[[Facts], object]]]] = {
    "kommuner": ("municipalities", lambda facts: facts.municipalities),
    "gruppkostnader": ("activities", lambda facts: facts.activities),
    "summa": ("activities", lambda facts: facts.activities),
    "högsta kostnad": ("parts", lambda facts: any(activity.parts for activity in facts.activities)),
    "nästa tid": ("follow_up", lambda facts: facts.follow_up),
    "nästa budget": ("follow_up", lambda facts: facts.follow_up),
    "nästa finansiering": ("follow_up", lambda facts: facts.follow_up and facts.follow_up.funding),
    "tillsynsmyndighet": ("authority", lambda facts: facts.authority),
    "diagram tidslinje": ("activities", lambda facts: facts.activities),
    "diagram kostnader": ("activities", lambda facts: facts.activities),
    "diagram karta": ("municipalities", lambda facts: facts.municipalities),
    "diagram finansiering": ("funding", lambda facts: facts.funding),
    "diagram andelar": ("circularity", lambda facts: facts.circularity),
    "diagram gränser": ("boundaries", lambda facts: facts.boundaries),
    "diagram småstäder": ("small_towns", lambda facts: facts.small_towns),
    "diagram steg": ("exchange_steps", lambda facts: facts.exchange_steps),
}
"""The list of docs/facts.yml that an insert shows, and whether it holds anything."""
CONDITIONS: Final[Mapping[str, Callable[[Facts], bool]]] = {
    "utan slutrapport": lambda facts: facts.final_report is None,
    "med slutrapport": lambda facts: facts.final_report is not None,
}
"""When a text within [[ ]] is shown, by what stands before its colon. Other inserts and links may stand in it."""
_INSERT = re.compile(r"\[\[(?P<name>[^\[\]:\n]+)\]\]")
_CONDITION = re.compile(
    r"\[\[\s*(?P<name>[^\[\]:\n]+?)\s*:(?:\s*(?P<text>(?:\[\[[^\[\]:\n]+\]\]|(?!\[\[|\]\]).)*)\]\])?"
)
"""A condition, and the text that it is for: None where that does not end on the same line."""
_ONLY_MARKS = re.compile(r"(?:\s|[-*+>#]|\d+\.)*")


def outline(name: str) -> str:
    """Return what stands for a figure where only links to it are of interest."""
    return f'<figure id="figur-{name}"></figure>'


def fill_in(markdown: str, *, facts: Facts, words: Words, addresses: Mapping[str, str], figure: Draw = outline) -> str:
    """Return the text with its facts in place. `check_inserts` has seen to it that all are known.

    `addresses` are those of mkdocs.yml, by name; `figure` returns what stands for a figure.
    """

    def fill(name: str) -> str:
        if name in FIGURES:
            return figure(FIGURES[name])
        by_address = BY_ADDRESS.get(name)
        return by_address(addresses, words=words) if by_address else INSERTS[name](facts, words=words)

    shown = "\n".join(_fulfilled(markdown.split("\n"), facts))
    return _INSERT.sub(lambda match: fill(match["name"].strip()), shown)


def _fulfilled(lines: Iterable[str], facts: Facts) -> Iterator[str]:
    """Yield the lines as they read today. One that had nothing else goes with its text, also where it is of a list."""
    for line in lines:
        shown = _CONDITION.sub(lambda match: match["text"] if CONDITIONS[match["name"]](facts) else "", line)
        if shown == line or not _ONLY_MARKS.fullmatch(shown):
            yield shown


def check_inserts(text: str, problems: Problems, *, facts: Facts | None) -> None:
    """Add a problem for every name within [[ ]] that there is no fact for. `facts` is None where they have problems."""
    for number, line, part in scan(text):
        for match in _INSERT.finditer(line):
            name = match["name"].strip()
            kind, expected = _problem_of(name, line, part, facts)
            if kind:
                problems.add(kind, line=number, found=match[0], expected=expected)
        for match in _CONDITION.finditer(line):
            name = match["name"]
            if name not in CONDITIONS:
                otherwise = Hint.CHOOSE.format(choices=", ".join(f"[[{key}: …]]" for key in CONDITIONS))
                expected = did_you_mean(name, list(CONDITIONS), shown="[[{}: …]]", otherwise=otherwise)
                problems.add(Kind.UNKNOWN_INSERT, line=number, found=match[0], expected=expected)
            elif part is Part.FIELD or match["text"] is None:
                problems.add(Kind.CONDITION_MISPLACED, line=number, found=match[0], expected=f"[[{name}: …]]")


def _problem_of(name: str, line: str, part: Part, facts: Facts | None) -> tuple[Kind | None, str]:
    """Return what is wrong with an insert on a line, and what fits."""
    known = [*INSERTS, *BY_ADDRESS, *FIGURES]
    if name not in known:
        otherwise = Hint.CHOOSE.format(choices=", ".join(f"[[{key}]]" for key in known))
        return Kind.UNKNOWN_INSERT, did_you_mean(name, known, shown="[[{}]]", otherwise=otherwise)
    alone = line.strip() == f"[[{name}]]"
    if part is Part.FIELD or (name in FIGURES and not alone):
        return Kind.INSERT_MISPLACED, f"[[{name}]]"
    field, holds = NEEDS.get(name, ("", bool))
    if facts and field and not holds(facts):
        return Kind.FIGURE_WITHOUT_DATA, field
    return None, ""
