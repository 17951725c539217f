"""The text of a page, with what it draws from elsewhere in it: other pages, and facts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from okatakten.model import Page
from okatakten.site.facts import Facts
from okatakten.site.inserts import Draw, fill_in, literal, outline
from okatakten.site.lists import QuestionCard
from okatakten.site.markup import include
from okatakten.words.catalogue import Words
from okatakten.words.segments import without_notes


def build_text(
    page: Page,
    *,
    pages: Iterable[Page],
    questions: Iterable[QuestionCard],
    facts: Facts,
    words: Words,
    addresses: Mapping[str, str],
    figure: Draw = outline,
) -> str:
    """Return the Markdown of a page with what it draws from elsewhere in it: other pages, and facts.

    `pages` may be those of all locales; `questions` and `words` are those of the page's, `addresses` those of
    mkdocs.yml.
    """
    here = [other for other in pages if other.locale == page.locale]
    parts = [without_notes(page.text)]
    for name in page.includes:
        parts += _included(next(other for other in here if other.name == name), page, here, questions, words)
    return fill_in("\n\n".join(parts), facts=facts, words=words, addresses=addresses, figure=figure)


def find_parts(page: Page, pages: Iterable[Page]) -> list[Page]:
    """Return the pages that a page repeats: those that it names, and with a list of questions the pages of these."""
    here = [other for other in pages if other.locale == page.locale]
    lists = {posixpath.dirname(name) for name in page.includes if name.endswith("index.md")}
    return [
        other
        for other in here
        if other.name in page.includes or (other.question is not None and posixpath.dirname(other.name) in lists)
    ]


def _included(
    page: Page, into: Page, here: Iterable[Page], questions: Iterable[QuestionCard], words: Words
) -> Iterator[str]:
    """Yield a page as a part of another one; the list of questions brings the pages of the questions with it."""
    folder, to = posixpath.dirname(page.name), posixpath.dirname(into.name)
    yield f"## {literal(page.title)}"
    yield include(without_notes(page.text), name=page.name, into=to, levels=1)
    for card in questions if page.name.endswith("index.md") else ():
        own = next(other for other in here if other.question == card.number)
        if posixpath.dirname(own.name) == folder:
            yield f"### {literal(words['question'].format(number=card.number))} {literal(card.text)}"
            yield f"{literal(card.status_text)}\n{{: .site-status .site-status--{card.status} }}"
            yield include(without_notes(own.text), name=own.name, into=to, levels=2)
