"""The day that a document names as its own, and whether its words are still those of that day."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from okatakten.model import Page, Question
from okatakten.site.facts import Facts
from okatakten.site.figures import Figures, Ground
from okatakten.site.inserts import fill_in
from okatakten.words.catalogue import Catalogues
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
        shown = _shown(page, own, questions=texts, facts=facts, catalogues=catalogues)
        revision = revision_of(shown)
        problems = Problems(f"docs/{page.locale}/{page.name}", notes)
        if page.updated > today or page.edition != revision:
            kind = Kind.DOCUMENT_AHEAD if page.updated > today else Kind.DOCUMENT_CHANGED
            problems.add(kind, field="updated", expected=f"updated: {today} {revision}")
    return notes


def _shown(
    document: Page, pages: Iterable[Page], *, questions: Mapping[int, str], facts: Facts, catalogues: Catalogues
) -> Iterator[str]:
    """Yield all that a document says and that somebody can change: its own words, those it repeats, and the facts."""
    locale = document.locale
    ground = Ground(facts=facts, questions=(), asked_in=locale, locale=locale, catalogues=catalogues)
    words, figure = catalogues[locale], Figures(ground=ground).text
    yield from (document.title, document.lead, *document.sources, *(source.name for source in facts.funding))
    yield from (str(facts.budget), *facts.municipalities, *facts.talked_with)
    for page in pages:
        if page == document or _is_part(page, document):
            text = fill_in(without_notes(page.text), facts=facts, addresses={}, words=words, figure=figure)
            yield from (page.title, text)
        if page.question is not None:
            yield from (questions.get(page.question, ""), str(page.status))


def _is_part(page: Page, document: Page) -> bool:
    """Return whether a document repeats a page. With the list of questions come the pages of its folder."""
    folders = [posixpath.dirname(name) for name in document.includes if name.endswith("/index.md")]
    return page.name in document.includes or posixpath.dirname(page.name) in folders
