"""How hard a text is to read, and that what answers the questions of the pre-study is not."""

from __future__ import annotations

import pytest

from okatakten.model import DEFAULT_LOCALE
from okatakten.rules import LEAD_LIX_LIMIT, LIX_LIMIT
from okatakten.site.project import read_project
from okatakten.written.problems import Kind
from okatakten.written.readability import lix
from support import PROJECT


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("[[diagram kostnader]]\n\n***", 0),
        ("Hunden ser katten.", 3),
        # Six letters are not long, seven are; a number is a word but never a long one.
        ("abcdef abcdefg", 2 + 50),
        ("7708400 abcdefg", 2 + 50),
        ("Den kostar 3,4 procent 2023-01-01.", 5 + 20),
        # Where a sentence ends, and where it does not.
        ("Ett. Två! Tre? Fyra: fem", 1),
        ("Ett två\ntre fyra", 4),
        ("## Ett två\ntre fyra", 2),
        ("Ett två:\n\n- tre fyra\n- fem sex\n1. sju åtta", 2),
        ("| Ett två | tre |\n|---|---|\n| fyra | fem sex |", 3),
        # What is shown of a link, of a mark and of a condition is its text.
        ("**Läs** [mer om det](../upphandling.md#rubrik) här.{ lang=sma }", 5),
        ("[[utan slutrapport: Den finns inte.]]", 3),
        ("Det tar [[tid]] i år.", 5),
    ],
)
def test_the_lix_of_a_text_is_its_mean_sentence_and_its_share_of_long_words(text: str, value: int) -> None:
    assert lix(text) == value


def test_what_answers_a_question_and_what_a_page_begins_with_are_easy_enough_to_read() -> None:
    reading = read_project(PROJECT)
    pages = [page for page in reading.pages if page.locale == DEFAULT_LOCALE]
    assert {page.name: lix(page.text) for page in pages if page.question and lix(page.text) > LIX_LIMIT} == {}
    assert {page.name: lix(page.lead) for page in pages if lix(page.lead) > LEAD_LIX_LIMIT} == {}
    assert not [note for note in reading.notes if note.kind is Kind.HARD_TO_READ]
