"""The day that a document names as its own, and whether its words are still those of that day."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from okatakten.model import Page, Question
from okatakten.site.facts import Facts
from okatakten.site.inserts import fill_in
from okatakten.words.catalogue import Catalogues, Words
from okatakten.words.segments import without_notes
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import revision_of
from okatakten.written.text import Problems


def check_editions(
    pages: Sequence[Page],
    *,
    questions: Iterable[Question],
    facts: Facts,
    catalogues: Catalogues,
    today: date,
) -> list[Problem]:
    """Return advice on every document whose words are others than on the day that it names, or whose day is to come."""
    notes: list[Problem] = []
    texts = {question.number: question.text for question in questions}
    for page in pages:
        if page.updated is None:
            continue
        own = [other for other in pages if other.locale == page.locale]
        shown = _shown(page, own, questions=texts, facts=facts, words=catalogues[page.locale])
        revision = revision_of(shown)
        problems = Problems(f"docs/{page.locale}/{page.name}", notes)
        if page.updated > today or page.edition != revision:
            kind = Kind.DOCUMENT_AHEAD if page.updated > today else Kind.DOCUMENT_CHANGED
            problems.add(kind, field="updated", expected=f"updated: {today} {revision}")
    return notes


def _shown(
    document: Page, pages: Iterable[Page], *, questions: Mapping[int, str], facts: Facts, words: Words
) -> Iterator[str]:
    """Yield all that a document says and that somebody can change: its own words, those it repeats, and the facts."""
    yield from (document.title, document.lead, *document.sources)
    yield from (str(facts.budget), *facts.municipalities, *facts.talked_with)
    for activity in facts.activities:
        yield from (activity.name, str(activity.amount))
        yield from (f"{part.name} {part.amount}" for part in activity.parts)
    yield from (f"{source.name} {source.amount}" for source in facts.funding)
    for page in pages:
        if page == document or _is_part(page, document):
            yield from (page.title, fill_in(without_notes(page.text), facts=facts, addresses={}, words=words))
        if page.question is not None:
            yield from (questions.get(page.question, ""), str(page.status))


def _is_part(page: Page, document: Page) -> bool:
    """Return whether a document repeats a page. With the list of questions come the pages of its folder."""
    folders = [posixpath.dirname(name) for name in document.includes if name.endswith("/index.md")]
    return page.name in document.includes or posixpath.dirname(page.name) in folders
