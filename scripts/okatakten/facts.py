"""The facts that several pages show, from docs/facts.yml: documents, time, money, activities, municipalities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from okatakten.fields import Fields, Problems, parse_fields, read_text
from okatakten.problems import Kind, Problem

FACTS: Final = "docs/facts.yml"
FIELDS: Final = ("documents", "start", "end", "budget", "funding", "activities", "municipalities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that the site stands on."""

    id: str
    title: str
    number: str | None
    issuer: str
    date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A named amount, in whole kronor."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A group of planned activities. `end` is its last day; the parts need not add up to the amount."""

    name: str
    start: date
    end: date
    amount: int
    parts: tuple[Cost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was planned, as the documents say it. `budget` is whole kronor."""

    documents: tuple[Document, ...]
    start: date
    end: date
    budget: int
    funding: tuple[Cost, ...]
    activities: tuple[Activity, ...]
    municipalities: tuple[str, ...]


def read_facts(root: Path, found: list[Problem]) -> Facts | None:
    """Return the facts, or None with problems."""
    problems = Problems(FACTS, found)
    before = len(found)
    text = read_text(root / FACTS, problems)
    fields = parse_fields(text, problems, known=FIELDS) if text is not None else None
    if fields is None:
        return None
    documents = tuple(_documents(fields))
    start, end = fields.day("start", example="2024-07-01"), fields.day("end", example="2025-04-30")
    budget = fields.number("budget", example="1860000")
    funding = tuple(_costs(fields, "funding", amount="amount"))
    activities = tuple(_activities(fields, start=start, end=end))
    municipalities = fields.texts("municipalities", example="- Berg")
    if start and end and end < start:
        fields.problem(Kind.ENDS_BEFORE_START, "end", expected=start.isoformat())
    if len(found) > before:
        return None
    assert start
    assert end
    assert budget
    return Facts(
        documents=documents, start=start, end=end, budget=budget, funding=funding, activities=activities,
        municipalities=municipalities,
    )  # fmt: skip


def _documents(fields: Fields) -> Iterator[Document]:
    for entry in fields.mappings(
        "documents", known=("id", "title", "number", "issuer", "date"), example="- id: ansokan"
    ):
        name = entry.text("id", example="ansokan")
        title = entry.text("title", example="Dokumentets namn")
        issuer = entry.text("issuer", example="Region Jämtland Härjedalen")
        if name and title and issuer:
            yield Document(id=name, title=title, number=entry.text("number"), issuer=issuer, date=entry.day("date"))


def _costs(fields: Fields, name: str, *, amount: str) -> Iterator[Cost]:
    for entry in fields.mappings(name, known=("name", amount), example="- name: Dialogsamtal"):
        label = entry.text("name", example="Dialogsamtal")
        value = entry.number(amount, example="149506")
        if label and value:
            yield Cost(name=label, amount=value)


def _activities(fields: Fields, *, start: date | None, end: date | None) -> Iterator[Activity]:
    """Yield the activities; those outside the whole period could not stand on its time line."""
    known = ("name", "start", "end", "cost", "parts")
    for entry in fields.mappings("activities", known=known, example="- name: Genomförande"):
        name = entry.text("name", example="Genomförande")
        first, last = entry.day("start", example="2024-07-01"), entry.day("end", example="2025-04-30")
        amount = entry.number("cost", example="149506")
        parts = tuple(_costs(entry, "parts", amount="cost"))
        if first and last and last < first:
            entry.problem(Kind.ENDS_BEFORE_START, "end", expected=first.isoformat())
        for field, day in (("start", first), ("end", last)):
            if day and start and end and start <= end and not start <= day <= end:
                entry.problem(Kind.OUTSIDE_PERIOD, field, expected=f"{start} – {end}")
        if name and first and last and amount:
            yield Activity(name=name, start=first, end=last, amount=amount, parts=parts)
