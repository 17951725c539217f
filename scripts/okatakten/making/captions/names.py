"""Who talks: how names are known, and where they stand when not on the line with the time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from okatakten.making.captions.said import Entry

NAME_LIMIT: Final = 60
"""Characters."""
NO_NAMES: Final = {
    "klockan", "kl", "tid", "tiden", "start", "slut", "längd", "datum", "time", "duration", "date",
    "jag", "du", "han", "hon", "hen", "det", "den", "vi", "ni", "de", "ja", "nej", "hej", "tack", "okej", "precis",
}  # fmt: skip
_PARTICLES: Final = {"af", "av", "da", "de", "del", "den", "der", "och", "till", "van", "von"}

_SPELLED_OUT = re.compile(r"(?:[0-9]{1,4} (?:tim|hour|min|sek|sec)[a-z]{0,8} ?){1,3}", re.IGNORECASE)
"""The time once more in words, for screen readers, where a transcript is copied from Teams."""


def is_name(text: str) -> bool:
    """Whether a text looks like the name of someone who talks: `Röst A`, `Gästen`, `Anna von Bok (gäst)`."""
    text, words = text.strip(), text.split()
    return (
        0 < len(words) <= 5
        and len(text) <= NAME_LIMIT
        and text[0].isalpha()
        and text[-1] not in ".!?…,;:"
        and NO_NAMES.isdisjoint((text.casefold(), words[0].casefold()))
        and all(
            word[0].isupper() or word[0] in "([" or (word.isdigit() and len(word) < 4) or word in _PARTICLES
            for word in words
        )
    )


def take_names_below(entries: Sequence[Entry], *, is_likely: bool) -> None:
    """Where each time stands alone and a name alone below it, move the name into the entry.

    If that is not likely in such a file, the names must come back again and again.
    """
    alone = [entry for entry in entries if entry.is_time_alone and entry.more]
    names = Counter(entry.more[0] for entry in alone if len(entry.more) > 1)
    if is_likely:
        fits = all(is_name(name) or count > 1 for name, count in names.items())
    else:
        fits = len(names) * 2 <= names.total() and all(map(is_name, names))
    if fits and all(entry.more[0] in names for entry in alone):
        for entry in alone:
            entry.name = entry.more.pop(0)


def take_names_beside(entries: Sequence[Entry]) -> None:
    """Where a name is all that stands beside a time, with what is said below (`00:00:03 Talare 1`), move it."""
    nameless = [entry for entry in entries if not entry.name]
    beside = [entry for entry in nameless if entry.rest]
    names = Counter(entry.rest for entry in beside if entry.more and is_name(entry.rest))
    # One word beside one of many times is said, and by nobody whose name is known.
    is_rule = all(is_name(entry.rest) for entry in beside) and names.total() * 2 > len(nameless)
    for entry in beside:
        if (is_rule and names[entry.rest]) or (entry.more and names[entry.rest] > 1):
            entry.name, entry.rest = entry.rest, ""


def take_names_above(entries: Sequence[Entry], *, headings: list[str]) -> None:
    """Where each time stands alone and a name alone above it (as text copied from Teams does), move the name."""
    above = [(headings, True), *((entry.more, bool(entry.rest)) for entry in entries)]
    alone = [(entry, *before) for entry, before in zip(entries, above, strict=False) if entry.is_time_alone]
    for _, lines, _ in alone:
        if lines and _SPELLED_OUT.fullmatch(lines[-1]):
            lines.pop()
    names = Counter(lines[-1] for _, lines, _ in alone if lines)
    if all(
        lines and (len(lines) > 1 or may_be_empty) and (is_name(lines[-1]) or names[lines[-1]] > 1)
        for _, lines, may_be_empty in alone
    ):
        for entry, lines, _ in alone:
            entry.name = lines.pop()
