"""The pages of a project together: whether what they say and link to fits into one site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from okatakten.addresses import local_path
from okatakten.model import Entry, Locale, Page, Question, Show
from okatakten.podcast.notes import NOTE_TAGS, written_notes
from okatakten.site.allowed import AUTHORS, ids_of, judge, tags_of, twice
from okatakten.site.content import ReadPage
from okatakten.site.facts import Facts
from okatakten.site.kinds.reading import check_related
from okatakten.site.lists import QuestionCard
from okatakten.site.markup import Around, check_markup, page_tags
from okatakten.site.page_text import build_text, find_parts
from okatakten.site.places import check_addresses, check_files, find_files, site_addresses
from okatakten.site.settings import read_addresses
from okatakten.words.catalogue import Catalogues, Word
from okatakten.words.segments import without_notes
from okatakten.written.advice import Hint
from okatakten.written.problems import Problem
from okatakten.written.text import Problems, composed, problem_at

_NOTES: Final = replace(
    AUTHORS,
    elements={name: frozenset({"href"} if name == "a" else ()) for name in NOTE_TAGS},
    everywhere=frozenset({"lang", "id"}),
    beginnings=(),
)
"""What the text of an episode may hold."""


def check_pages(
    root: Path,
    read: Sequence[ReadPage],
    found: list[Problem],
    notes: list[Problem],
    *,
    locales: Collection[Locale],
    facts: Facts | None,
    questions: Iterable[Question],
    words: Catalogues,
    slugs: Collection[str],
    rows: Mapping[str, Sequence[Entry]],
) -> None:
    """Add a problem for all that the build would stop at, or leave out: files, addresses, and the text of each page.

    `slugs` are all names that have been addresses of episodes, `rows` those of kinds of page, by kind.
    """
    pages, files, texts = [each.page for each in read], find_files(root), tuple(questions)
    addressed = read_addresses(root, found, files=files)
    check_files(files, locales, found)
    check_addresses(root, pages, files, slugs=slugs, found=found)
    addresses = site_addresses(root, pages, files, slugs=slugs, rows=rows)
    check_related(pages, addresses, found, notes, root=root, files=files)
    by_file = {f"{page.locale}/{page.name}": page for page in pages}
    # What pages draw from elsewhere can be put in only while it is right.
    whole = not found

    @cache
    def ids(file: str) -> Sequence[str] | None:
        page = by_file.get(file)
        if page is None or facts is None or not whole:
            return None if page is None or page.includes else own_ids(page)
        cards = _cards(texts, [other for other in pages if other.locale == page.locale])
        text = build_text(
            page, pages=pages, questions=cards, facts=facts, words=words[page.locale], addresses=addressed
        )
        tags = page_tags(text)
        if page.includes and tags is not None:
            found.extend(
                problem_at(root, f"docs/{file}", finding.kind, "includes", found=finding.found)
                for finding in twice(tags)
            )
        return None if tags is None else ids_of(tags)

    repeated = {part for page in pages for part in find_parts(page, pages)}
    # A link is composed when it is read, however the name of its file is spelled.
    published = [composed(name) for name in files if not name.endswith(".yml")]
    for each in read:
        file = f"{each.page.locale}/{each.page.name}"
        around = Around(
            page=file, address=local_path(each.page.path, locale=each.page.locale), files=published,
            addresses=addresses, ids=ids, addressed=addressed, repeated=each.page in repeated,
        )  # fmt: skip
        check_markup(each.text, Problems(f"docs/{file}", found), around=around)


def check_notes(root: Path, show: Show, notes: list[Problem]) -> None:
    """Add advice for all that somebody wrote into the text of an episode and nobody gets to see."""
    for text in (text for episode in show.episodes for text in episode.texts.values()):
        findings = list(judge(tags_of(written_notes(text.notes)), _NOTES))
        lines = (root / text.source).read_text(encoding="utf-8-sig").lower().split("\n") if findings else []
        for finding in findings:
            numbered = list(enumerate(lines, start=1))
            places = (number for needle in finding.needles for number, line in numbered if needle in line)
            expected = finding.expected or Hint.NOTES_HOLD
            Problems(text.source, notes).add(finding.kind, line=next(places, 0), found=finding.found, expected=expected)


def own_ids(page: Page) -> list[str] | None:
    """Return what links within a page lead to that it says itself; None where it cannot be known."""
    tags = page_tags(without_notes(page.text))
    return None if tags is None else ids_of(tags)


def _cards(questions: Iterable[Question], pages: Iterable[Page]) -> list[QuestionCard]:
    """Return the questions that have a page, as far as their text goes into others."""
    own = {page.question: page for page in pages if page.question is not None and page.status}
    return [
        QuestionCard(
            number=question.number, title="", text=question.text, href="", status=page.status, status_text=Word(""),
            episodes=(), has_more=False,
        )
        for question in questions
        if (page := own.get(question.number)) and page.status
    ]  # fmt: skip
