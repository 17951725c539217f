"""Who talks: how names are known, and where they stand when not on the line with the time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from okatakten.making.captions.said import Entry

NAME_LIMIT: Final = 60
"""Characters."""
LABEL_WORDS: Final = 8
NO_NAMES: Final = {
    "klockan", "kl", "tid", "tiden", "start", "slut", "längd", "datum", "time", "duration", "date",
    "jag", "du", "han", "hon", "hen", "det", "den", "vi", "ni", "ja", "nej", "hej", "tack", "okej", "precis",
    "alltså", "dessutom", "däremot", "exempelvis", "notera", "obs",
}  # fmt: skip
NO_LABELS: Final = {
    *NO_NAMES, "dem", "man", "mig", "dig", "oss", "er", "sig", "detta", "denna", "dessa", "vad", "hur", "varför",
    "när", "är", "var", "blir", "blev", "har", "hade", "ska", "skulle", "kan", "kunde", "vill", "ville", "måste", "får",
    "fick", "gör", "gjorde", "säger", "sa", "sade", "tror", "tycker", "tänker", "vet", "ser", "heter", "kommer",
    "finns", "fanns", "att", "inte", "så", "men", "nu", "då", "här", "där", "eller", "bara", "också", "ju", "om", "som",
}  # fmt: skip
"""Words of sentences: where one of them stands before a colon, nobody is called so."""
_PARTICLES: Final = {"af", "av", "da", "de", "del", "den", "der", "och", "till", "van", "von"}

_SPELLED_OUT = re.compile(r"(?:[0-9]{1,4} (?:tim|hour|min|sek|sec)[a-z]{0,8} ?){1,3}", re.IGNORECASE)
"""The time once more in words, for screen readers, where a transcript is copied from Teams."""
_NICKNAME = re.compile(r"[\"“”«»](\w+)[\"“”«»](?=\s)")
_PHONE = re.compile(r"\+?[0-9][0-9 *()-]{5,}")
"""Who takes part in a meeting by telephone."""
_SENTENCE_END = re.compile(r"[^\W\d_]{4,}\. |[!?…;\"“”«»]|[.,:]$")
"""What ends a sentence, and no abbreviation or initial."""


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


def is_label(text: str, *, any_case: bool = False) -> bool:
    """Whether a text may be what someone who talks is called where such a name is expected.

    That is much: `Extern gäst`, `Erik Ek, Bräcke kommun`, `Kommunalråd i Åre`, `SPEAKER_00`, `2:e vice ordförande`,
    `"Kalle" Berg`, a telephone number, but no part of a sentence.
    """
    text = _NICKNAME.sub(r"\1", text.strip())
    first = next(filter(str.isalpha, text), "")
    words = [word.strip("(),.").casefold() for word in text.split()]
    return is_name(text) or (
        0 < len(words) <= LABEL_WORDS
        and len(text) <= NAME_LIMIT
        and (first.isupper() or (bool(first) and (any_case or text[0].isdigit())) or bool(_PHONE.fullmatch(text)))
        and not _SENTENCE_END.search(text)
        and NO_LABELS.isdisjoint(words)
    )


def take_names_below(entries: Sequence[Entry], *, is_likely: bool) -> None:
    """Where each time stands alone and a name alone below it, move the name into the entry.

    If that is not likely in such a file, the names must come back again and again.
    """
    alone = [entry for entry in entries if entry.is_time_alone and entry.more]
    found = [(entry.more[0], entry.more[1]) for entry in alone if len(entry.more) > 1]
    names = Counter(name for name, _ in found)
    if is_likely or (len(names) * 2 <= names.total() == len(alone) and all(map(is_label, names))):
        _take(
            alone,
            {id(entry): entry.more for entry in alone if len(entry.more) > 1},
            at=0,
            names=find_names(found, len(alone)),
        )


def take_names_beside(entries: Sequence[Entry]) -> None:
    """Where a name is all that stands beside a time, with what is said below (`00:00:03 Talare 1`), move it."""
    nameless = [entry for entry in entries if not entry.name]
    beside = [entry for entry in nameless if entry.rest]
    found = [(entry.rest, entry.more[0]) for entry in beside if entry.more]
    # One word beside one of many times is said, and by nobody whose name is known.
    names = find_names(found, max(len(nameless), 1))
    returning = {name for name, count in Counter(name for name, _ in found).items() if count > 1}
    for entry in beside:
        if entry.more and entry.rest in names | returning:
            entry.name, entry.rest = entry.rest, ""
        else:
            entry.is_unsure = bool(names)


def take_names_above(entries: Sequence[Entry], *, headings: list[str]) -> None:
    """Where each time stands alone and a name alone above it (as text copied from Teams does), move the name."""
    above = [(headings, True), *((entry.more, bool(entry.rest)) for entry in entries)]
    alone = [(entry, *before) for entry, before in zip(entries, above, strict=False) if entry.is_time_alone]
    for _, lines, _ in alone:
        if lines and _SPELLED_OUT.fullmatch(lines[-1]):
            lines.pop()
    if all(lines and (len(lines) > 1 or may_be_empty) for _, lines, may_be_empty in alone):
        found = [(lines[-1], entry.more[0] if entry.more else "") for entry, lines, _ in alone]
        places = {id(entry): lines for entry, lines, _ in alone}
        _take([entry for entry, _, _ in alone], places, at=-1, names=find_names(found, len(alone)))


def find_names(found: Sequence[tuple[str, str]], places: int) -> set[str]:
    """Return what is a name of all that stands where names may stand, each with the line that follows it.

    Most of the places have to look so: like the name of a person, again and again the same, or with a new sentence
    after it, where a line that is merely broken goes on in lower case.
    """
    counts = Counter(name for name, _ in found)
    likely = sum(
        is_name(name) or counts[name] > 1 or (is_label(name) and not following[:1].islower())
        for name, following in found
    )
    return {name for name in counts if is_label(name) or counts[name] > 1} if 2 * likely > places else set()


def _take(entries: Sequence[Entry], places: Mapping[int, list[str]], *, at: int, names: Collection[str]) -> None:
    """Move the names from the lines where they stand into the entries, or leave open who talks where there is none."""
    for entry in entries if names else ():
        lines = places.get(id(entry), [])
        if lines and lines[at] in names:
            entry.name = lines.pop(at)
        else:
            entry.is_unsure = True
