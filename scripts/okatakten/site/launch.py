"""What is to be settled before the site gets its real address: decisions of docs/launch.yml, and what can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from okatakten.model import Show, Translation
from okatakten.written.advice import Hint
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind, Point, Problem
from okatakten.written.text import Problems, read_text
from okatakten.written.values import is_mail

LAUNCH: Final = "docs/launch.yml"
DECISIONS: Final = (
    Point.TAKEN_OVER, Point.EXISTING_FEED, Point.STATEMENT, Point.FUNDING, Point.LICENCE, Point.MARKS,
)  # fmt: skip
"""What nobody but the region can know: each is the day of a decision, in a field of that name."""
BLOCKING: Final = frozenset({Point.TAKEN_OVER, Point.EXISTING_FEED, Point.OWNER, Point.FEEDBACK, Point.DATA_PROTECTION})
"""What keeps a site from being published at a real address."""
FEEDBACK: Final = "tillganglighet"
DATA_PROTECTION: Final = "dataskydd"
"""The names of two addresses in mkdocs.yml."""
_OF_NOBODY: Final = (
    ".example", ".test", ".invalid", ".localhost", ".example.com", ".example.net", ".example.org", ".example.se",
    ".exempel.se",
)  # fmt: skip
"""Domains that are examples (RFC 2606), and those that the guides show addresses by."""
_DIGITS: Final = 7
"""At least, in the number of a phone with its country."""


def read_decisions(root: Path, found: list[Problem], *, today: date) -> frozenset[Point]:
    """Return what has been decided; nothing where there is no such file. A day to come decides nothing."""
    problems = Problems(LAUNCH, found)
    text = read_text(root / LAUNCH, problems) if (root / LAUNCH).is_file() else None
    fields = parse_fields(text, problems, known=DECISIONS) if text is not None else None
    days = {point: day for point in DECISIONS if fields and (day := fields.day(point))}
    for point, day in days.items():
        if fields and day > today:
            fields.problem(Kind.ENTRY_UNFIT, point, expected=Hint.DAY_TO_COME)
    return frozenset(point for point, day in days.items() if day <= today)


def leads_to_function(address: str | None) -> bool:
    """Return whether an address is that of a function. The front page of a site is that of everything, and of none."""
    parts = urlsplit(address or "")
    if parts.scheme == "tel":
        return sum(map(str.isdigit, parts.path)) >= _DIGITS
    if _is_of_nobody(parts.hostname or parts.path):
        return False
    return is_mail(parts.path) if parts.scheme == "mailto" else bool(parts.path.strip("/") or parts.query)


def _is_of_nobody(place: str) -> bool:
    """Return whether a host, or an address of mail, is nobody's."""
    return f".{place.lower().replace('@', '.')}".endswith(_OF_NOBODY)


def find_open(
    decided: frozenset[Point], *, show: Show, addresses: Mapping[str, str], translations: Iterable[Translation]
) -> tuple[Point, ...]:
    """Return what still stands in the way, what blocks first. `addresses` are those of mkdocs.yml, by name."""
    left = {*DECISIONS} - decided
    left |= set(_seen(show, addresses, translations))
    return tuple(point for point in Point if point in left)


def _seen(show: Show, addresses: Mapping[str, str], translations: Iterable[Translation]) -> Iterator[Point]:
    """Yield what the files themselves show to be open."""
    if _is_of_nobody(show.owner_email):
        yield Point.OWNER
    if not leads_to_function(addresses.get(FEEDBACK)):
        yield Point.FEEDBACK
    if not leads_to_function(addresses.get(DATA_PROTECTION)):
        yield Point.DATA_PROTECTION
    if any(translation.reviewed is None for translation in translations):
        yield Point.TRANSLATIONS
