"""What must be decided about a new episode: asked for, taken from options, or suggested. One parser per answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from okatakten.making.folders import EPISODES, Plan
from okatakten.model import Person, Role
from okatakten.podcast.podcast import PodcastReading
from okatakten.rules import PERSON_LIMIT, ROLES, SUMMARY_LIMIT, TITLE_LIMIT, is_slug, new_guid, slug_of
from okatakten.written.advice import Asked, Hint
from okatakten.written.garbled import damage_of
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems
from okatakten.written.values import date_field, date_hint, parse_date

Value = TypeVar("Value")
Ask = Callable[[str, str], str]
"""Puts a question with a suggestion to a person and returns the answer."""


def plan_episode(
    root: Path,
    reading: PodcastReading,
    answers: Mapping[str, str | None],
    *,
    questions: Collection[int],
    ask: Ask | None,
    complain: Callable[[Problem], None],
    now: datetime,
    places: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Plan | None, list[Problem]]:
    """Return what is decided about a new episode, or else all problems of the answers.

    `answers` are those given as options, by name; `places` says what each was called where it was given. Without `ask`
    nobody is there, and suggestions are taken.
    """
    zone = reading.zone
    highest = max(questions, default=1)
    given = _Interview(answers, ask=ask, complain=complain, places=places)
    title = given.get("title", Asked.TITLE, _title)
    summary = given.get("summary", Asked.SUMMARY, _summary)
    published = given.get(
        "published",
        Asked.PUBLISHED,
        lambda text, problems: _moment(text, problems, zone=zone),
        suggestion=date_field(suggest_time(now, zone=zone)),
    )
    season = given.get("season", Asked.SEASON, _number, suggestion=str(suggest_season(reading)))
    number = given.get(
        "episode",
        Asked.NUMBER,
        _number,
        suggestion=str(reading.numbers.get(season or None, 0) + 1),
    )
    slug = given.get(
        "slug",
        Asked.SLUG,
        lambda text, problems: _slug(text, problems, root=root, taken=reading.slugs),
        suggestion=slug_of(title) if title else "",
    )
    answered = given.get(
        "questions",
        Asked.QUESTIONS.format(highest=highest),
        lambda text, problems: _questions(text, problems, highest=highest),
        needed=False,
    )
    persons = given.get("person", Asked.PERSONS, _persons, needed=False)
    if given.problems or title is None or summary is None or published is None or slug is None:
        return None, given.problems
    plan = Plan(
        slug=slug,
        guid=new_guid(),
        title=title,
        summary=summary,
        published=published,
        season=season or None,
        number=number or None,
        questions=answered or (),
        persons=persons or (),
        notes=answers.get("notes") or "",
    )
    return plan, []


def suggest_season(reading: PodcastReading) -> int:
    """Return the latest season; 1 for the first episode, 0 where episodes have none."""
    return max((season for season in reading.numbers if season), default=0 if None in reading.numbers else 1)


def suggest_time(now: datetime, *, zone: ZoneInfo) -> datetime:
    """Return seven o'clock on the next weekday that is at least a day away."""
    day = now.astimezone(zone).date() + timedelta(days=2)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 7, tzinfo=zone)


@dataclass(slots=True)
class _Interview:
    """Takes each answer from the options, from a person, or from the suggestion, until it fits."""

    answers: Mapping[str, str | None]
    ask: Ask | None
    complain: Callable[[Problem], None]
    places: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def get(
        self,
        name: str,
        question: str,
        parse: Callable[[str, Problems], Value | None],
        *,
        suggestion: str = "",
        needed: bool = True,
    ) -> Value | None:
        """Return a value that fits. None: it may be left out and was, or there is a problem now."""
        written = self.answers.get(name)
        while True:
            asking = self.ask if not written else None
            text = (asking(question, suggestion) if asking else written or suggestion).strip()
            found = Problems(self.places.get(name, f"--{name}"))
            value = parse(text, found) if text else None
            if not text and needed:
                found.add(Kind.ANSWER_NEEDED, expected=question)
            if not found.found:
                return value
            if asking is None:
                self.problems += found.found
                return None
            for problem in found.found:
                self.complain(problem)


def _line(text: str, problems: Problems, *, limit: int) -> str | None:
    """Return a text on one line."""
    line = " ".join(text.split())
    if damage := damage_of(line):
        problems.add(damage[0], found=line, expected=damage[1])
        return None
    if len(line) > limit:
        problems.add(Kind.TOO_LONG, found=line, expected=Hint.TOO_MANY_LETTERS.format(count=len(line), limit=limit))
        return None
    return line


def _title(text: str, problems: Problems) -> str | None:
    title = _line(text, problems, limit=TITLE_LIMIT)
    if title and ("<" in title or ">" in title):
        problems.add(Kind.MARKUP_IN_TITLE, found=title)
    return title


def _summary(text: str, problems: Problems) -> str | None:
    return _line(text, problems, limit=SUMMARY_LIMIT)


def _moment(text: str, problems: Problems, *, zone: ZoneInfo) -> datetime | None:
    value = parse_date(text, zone=zone)
    if value is None:
        problems.add(Kind.NOT_A_DATE, found=text, expected=date_hint(text))
    return value


def _number(text: str, problems: Problems) -> int | None:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        problems.add(Kind.NOT_A_NUMBER, found=text, expected=Hint.AT_LEAST.format(lowest=0))
        return None
    return int(text)


def _slug(text: str, problems: Problems, *, root: Path, taken: Collection[str]) -> str | None:
    if not is_slug(text):
        problems.add(Kind.NOT_A_SLUG, found=text, expected=slug_of(text))
    elif text in taken or (root / EPISODES / text).exists():
        problems.add(Kind.ADDRESS_TAKEN, found=text, expected=f"{EPISODES}/{text}")
    return text


def _questions(text: str, problems: Problems, *, highest: int) -> tuple[int, ...]:
    numbers = re.findall(r"[^\s,]+", text)
    if not all(re.fullmatch(r"[0-9]{1,3}", number) and 1 <= int(number) <= highest for number in numbers):
        expected = Hint.SEVERAL_BETWEEN.format(lowest=1, highest=highest)
        problems.add(Kind.NOT_A_NUMBER, found=text, expected=expected)
        return ()
    return tuple(dict.fromkeys(map(int, numbers)))


def _persons(text: str, problems: Problems) -> tuple[Person, ...]:
    """Return names with roles, in Swedish or as in episode.md; a name without a role is a host's."""
    persons = []
    for entry in re.split(r"[,\n]", text):
        name, _, written = (part.strip() for part in entry.partition(":"))
        role = ROLES.get(written.casefold(), written.casefold())
        if (role and role not in list(Role)) or ROLES.get(name.casefold(), name.casefold()) in list(Role):
            expected = Hint.NAME_AND_ROLE.format(roles=", ".join(ROLES))
            problems.add(Kind.NOT_A_CHOICE, found=entry.strip(), expected=expected)
        elif name and _line(name, problems, limit=PERSON_LIMIT):
            persons.append(Person(name=name, role=Role(role or Role.HOST)))
    return tuple(persons)
