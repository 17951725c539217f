"""From all files of a project to what they hold, with every problem of every file gathered on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from okatakten.model import Entry, Page, Question, shallow
from okatakten.podcast.podcast import Known, PodcastReading, read_podcast
from okatakten.rules import STOCKHOLM, is_slug, new_guid, slug_of
from okatakten.site.channels import Channel, read_channels
from okatakten.site.content import read_pages
from okatakten.site.facts import Facts, read_facts
from okatakten.site.kinds import words_of_kinds
from okatakten.site.kinds.reading import check_exceptions, read_rows
from okatakten.site.launch import read_decisions
from okatakten.site.links import check_notes, check_pages
from okatakten.site.pictures import check_pictures
from okatakten.site.places import check_plain
from okatakten.site.profile import Profile, read_profile
from okatakten.words.catalogue import Catalogues, read_catalogues, read_words
from okatakten.words.languages import check_catalogues, find_locales
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind, Point, Problem
from okatakten.written.text import Problems, read_text

QUESTION_FIELDS: Final = ("number", "slug", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(PodcastReading):
    """What all files of a project hold: the podcast, and what its site says beside it.

    `rows` are those of kinds of page, by kind, `gone` the pages that are withdrawn after they had come out. `profile`
    is how it looks, `channels` those in which the results were promised to be told.
    """

    questions: tuple[Question, ...]
    words: Catalogues
    facts: Facts | None
    pages: tuple[Page, ...]
    rows: Mapping[str, tuple[Entry, ...]]
    gone: tuple[Page, ...]
    decided: frozenset[Point]
    profile: Profile | None
    channels: tuple[Channel, ...]


def read_project(
    root: Path, *, new_guid: Callable[[], str] = new_guid, now: datetime | None = None, known: Known | None = None
) -> Reading:
    """Read `root`/podcast, the pages and the words. No error of the files raises; all become problems.

    `now` is what days are compared with that must have come; None: the clock says it. `known`: see
    `read_podcast`.
    """
    now = now or datetime.now(UTC)
    problems: list[Problem] = []
    notes: list[Problem] = []
    check_plain(root, problems)
    if problems:
        return _unread(problems)
    locales = find_locales(root)
    files = read_catalogues(root, locales, problems)
    words = read_words(root, files, asked_for=words_of_kinds())
    catalogues = tuple(check_catalogues(files, words, notes))
    questions = read_questions(root, problems)
    facts = read_facts(root, problems)
    profile = read_profile(root, problems)
    slugs = {question.number: question.slug for question in questions}
    podcast = read_podcast(root, locales=locales, questions=slugs, new_guid=new_guid, known=known)
    today = now.astimezone(podcast.zone).date()
    decided = read_decisions(root, problems, today=today)
    read = read_pages(root, locales, problems, notes, facts=facts, questions=slugs, zone=podcast.zone, now=now)
    pages = tuple(each.page for each in read)
    channels = read_channels(root, problems, facts=facts, today=today)
    rows = read_rows(root, problems, notes, zone=podcast.zone, now=now)
    check_exceptions(pages, notes, root=root)
    gone = tuple(page for page in pages if page.entry and page.entry.withdrawn)
    staying = tuple(page for page in pages if page not in gone)
    check_pictures(root, problems, notes)
    check_pages(
        root, read, problems, notes, locales=locales, facts=facts, questions=questions, words=words,
        slugs=podcast.slugs, rows=rows,
    )  # fmt: skip
    if podcast.show:
        check_notes(root, podcast.show, notes)
    of_pages = (page.translation for page in pages if page.translation)
    of_all = {
        "show": None if problems else podcast.show,
        "translations": (*of_pages, *catalogues, *podcast.translations),
        "problems": tuple(sorted({*problems, *podcast.problems})),
        "notes": tuple(sorted({*notes, *podcast.notes})),
    }
    return Reading(
        **shallow(podcast) | of_all,
        questions=questions,
        words=words,
        facts=facts,
        pages=staying,
        rows=rows,
        gone=tuple(page for page in gone if _came_out(page)),
        decided=decided,
        profile=profile,
        channels=channels,
    )


def _came_out(page: Page) -> bool:
    """Return whether a page that is withdrawn has been there for anybody to see."""
    entry = page.entry
    assert entry
    assert entry.withdrawn
    return not entry.draft and (entry.published is None or entry.published.date() <= entry.withdrawn)


def _unread(problems: list[Problem]) -> Reading:
    """Return the reading of a project that none of the files is opened of."""
    return Reading(
        show=None, translations=(), problems=tuple(problems), unfinished=(), notes=(), numbers={}, slugs=frozenset(),
        zone=STOCKHOLM, episodes=(), withdrawn=(), questions=(), words={}, facts=None, pages=(), rows={}, gone=(),
        decided=frozenset(), profile=None, channels=(),
    )  # fmt: skip


def read_questions(root: Path, problems: list[Problem]) -> tuple[Question, ...]:
    """Return the study questions of docs/questions.yml in order of number."""
    seen = Problems("docs/questions.yml", problems)
    text = read_text(root / "docs" / "questions.yml", seen)
    fields = parse_fields(text, seen, known=("questions",)) if text is not None else None
    if fields is None:
        return ()
    questions = []
    seen_numbers: dict[int, str] = {}
    for entry in fields.mappings("questions", known=QUESTION_FIELDS, example="- number: 1"):
        number = entry.number("number", example="1")
        slug = entry.text("slug", example="intresse")
        words = entry.text("text", example="Hur ser intresset ut?")
        if slug and not is_slug(slug):
            entry.problem(Kind.NOT_A_SLUG, "slug", expected=f"slug: {slug_of(slug)}")
        if other := seen_numbers.get(number or 0):
            entry.problem(Kind.QUESTION_TWICE, "number", expected=other)
        elif number and slug and words:
            seen_numbers[number] = slug
            questions.append(Question(number=number, slug=slug, text=words))
    return tuple(sorted(questions, key=lambda question: question.number))
