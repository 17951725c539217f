"""The facts that several pages show, from docs/facts.yml: documents, time, money, activities, municipalities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from okatakten.site.county import PLACES
from okatakten.words.wording import grouped_text
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text

FACTS: Final = "docs/facts.yml"
FIELDS: Final = (
    "documents", "start", "end", "budget", "funding", "activities", "municipalities", "talked_with", "follow_up",
    "circularity", "boundaries", "small_towns", "exchange_steps", "authority", "final_report",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that the site stands on. Who has no `url` to it may ask the issuer for it, by the number `request`."""

    id: str
    title: str
    number: str | None
    issuer: str
    date: date | None
    url: str | None
    request: str | None


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
class Share:
    """A part of a budget, in whole percent."""

    name: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """The project that came after the pre-study, as planned. `budget` is whole kronor."""

    start: date
    end: date
    budget: int
    funding: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circularity:
    """How much of an economy is circular, in percent, in a year."""

    name: str
    percent: float
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """The limits of the planet, and how many of them all are passed."""

    passed: int
    all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county with the small towns in it."""

    name: str
    towns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The body that supervises accessibility; `url` is where a fault is reported to it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was planned, as the documents say it. `budget` is whole kronor.

    `talked_with` are the municipalities that the region talked with before.
    `final_report` is the day when the final report was added to the documents; None while it is not among them.
    """

    documents: tuple[Document, ...]
    start: date
    end: date
    budget: int
    funding: tuple[Cost, ...]
    activities: tuple[Activity, ...]
    municipalities: tuple[str, ...]
    talked_with: tuple[str, ...]
    follow_up: FollowUp | None
    circularity: tuple[Circularity, ...]
    boundaries: Boundaries | None
    small_towns: tuple[County, ...]
    exchange_steps: tuple[str, ...]
    authority: Authority | None
    final_report: date | None

    @property
    def undivided(self) -> int:
        """What of the budget is for none of the activities."""
        return self.budget - sum(activity.amount for activity in self.activities)


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
    funding = tuple(_costs(fields, "funding", amount="amount", most=budget))
    activities = tuple(_activities(fields, start=start, end=end, budget=budget))
    municipalities = tuple(_names(fields, "municipalities", known=tuple(PLACES)))
    talked_with = tuple(_names(fields, "talked_with", known=municipalities))
    follow_up = _follow_up(fields)
    circularity = tuple(_circularity(fields))
    boundaries = _boundaries(fields)
    small_towns = tuple(_small_towns(fields))
    exchange_steps = fields.texts("exchange_steps", example="- Kartlägga")
    authority = _authority(fields)
    final_report = fields.day("final_report")
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
        talked_with=talked_with,
        follow_up=follow_up,
        circularity=circularity,
        boundaries=boundaries,
        small_towns=small_towns,
        exchange_steps=exchange_steps,
        authority=authority,
        final_report=final_report,
    )  # fmt: skip


def _documents(fields: Fields) -> Iterator[Document]:
    known = ("id", "title", "number", "issuer", "date", "url", "request")
    for entry in fields.mappings("documents", known=known, example="- id: ansokan"):
        name = entry.text("id", example="ansokan")
        title = entry.text("title", example="Dokumentets namn")
        issuer = entry.text("issuer", example="Region Jämtland Härjedalen")
        if name and title and issuer:
            yield Document(
                id=name, title=title, number=entry.text("number"), issuer=issuer, date=entry.day("date"),
                url=entry.address("url"), request=entry.text("request", words=False),
            )  # fmt: skip


def _names(fields: Fields, name: str, *, known: Sequence[str]) -> Iterator[str]:
    """Yield the names of a list of municipalities; another one would have no place on the map."""
    for entry in fields.each(name, example="- Berg"):
        written = entry.text(name, example="- Berg")
        if written and written not in known:
            otherwise = Hint.CHOOSE.format(choices=", ".join(known) or Hint.NONE)
            entry.problem(Kind.UNKNOWN_MUNICIPALITY, name, expected=did_you_mean(written, known, otherwise=otherwise))
        elif written:
            yield written


def _costs(fields: Fields, name: str, *, amount: str, most: int | None) -> Iterator[Cost]:
    for entry in fields.mappings(name, known=("name", amount), example="- name: Dialogsamtal"):
        label = entry.text("name", example="Dialogsamtal")
        value = entry.number(amount, example="149506")
        if value and most and value > most:
            entry.problem(Kind.OVER_BUDGET, amount, expected=grouped_text(most))
        if label and value:
            yield Cost(name=label, amount=value)


def _activities(fields: Fields, *, start: date | None, end: date | None, budget: int | None) -> Iterator[Activity]:
    """Yield the activities; those outside the whole period or budget could not stand in a figure."""
    left = budget or 0
    known = ("name", "start", "end", "cost", "parts")
    for entry in fields.mappings("activities", known=known, example="- name: Genomförande"):
        name = entry.text("name", example="Genomförande")
        first, last = entry.day("start", example="2024-07-01"), entry.day("end", example="2025-04-30")
        amount = entry.number("cost", example="149506")
        parts = tuple(_costs(entry, "parts", amount="cost", most=amount))
        if first and last and last < first:
            entry.problem(Kind.ENDS_BEFORE_START, "end", expected=first.isoformat())
        for field, day in (("start", first), ("end", last)):
            if day and start and end and start <= end and not start <= day <= end:
                entry.problem(Kind.OUTSIDE_PERIOD, field, expected=f"{start} – {end}")
        if budget and amount and amount > left:
            entry.problem(Kind.OVER_BUDGET, "cost", expected=grouped_text(max(left, 0)))
        left -= amount or 0
        if name and first and last and amount:
            yield Activity(name=name, start=first, end=last, amount=amount, parts=parts)


def _follow_up(fields: Fields) -> FollowUp | None:
    entry = fields.mapping("follow_up", known=("start", "end", "budget", "funding"))
    if entry is None:
        return None
    start, end = entry.day("start", example="2025-08-01"), entry.day("end", example="2028-11-30")
    budget = entry.number("budget", example="7708400")
    shares = []
    for share in entry.mappings("funding", known=("name", "percent"), example="- name: Region Jämtland Härjedalen"):
        name = share.text("name", example="Region Jämtland Härjedalen")
        percent = share.number("percent", highest=100, example="60")
        if name and percent:
            shares.append(Share(name=name, percent=percent))
    if start and end and end < start:
        entry.problem(Kind.ENDS_BEFORE_START, "end", expected=start.isoformat())
    return FollowUp(start=start, end=end, budget=budget, funding=tuple(shares)) if start and end and budget else None


def _circularity(fields: Fields) -> Iterator[Circularity]:
    for entry in fields.mappings("circularity", known=("name", "percent", "year"), example="- name: Sverige"):
        name, year = entry.text("name", example="Sverige"), entry.number("year", example="2023")
        percent = entry.percent("percent", example="3,4")
        if name and year and percent is not None:
            yield Circularity(name=name, percent=percent, year=year)


def _boundaries(fields: Fields) -> Boundaries | None:
    entry = fields.mapping("boundaries", known=("passed", "all"))
    all_ = entry.number("all", example="9") if entry else None
    passed = entry.number("passed", highest=all_, lowest=0, example="6") if entry and all_ else None
    return Boundaries(passed=passed, all=all_) if all_ and passed is not None else None


def _small_towns(fields: Fields) -> Iterator[County]:
    for entry in fields.mappings("small_towns", known=("county", "towns"), example="- county: Dalarna"):
        name = entry.text("county", example="Dalarna")
        towns = entry.texts("towns", example="- Leksand")
        if not towns:
            entry.problem(Kind.FIELD_MISSING, "towns", expected="towns: [Leksand]")
        if name and towns:
            yield County(name=name, towns=towns)


def _authority(fields: Fields) -> Authority | None:
    entry = fields.mapping("authority", known=("name", "url"))
    name = entry.text("name", example="Myndigheten för digital förvaltning (Digg)") if entry else None
    url = entry.address("url", example="https://www.digg.se/tdosanmalan") if entry else None
    return Authority(name=name, url=url) if name and url else None
