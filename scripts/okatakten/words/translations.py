"""Texts in another language: what they were made from, who has looked at them, and how they are spelled."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from okatakten.model import Locale, Translation
from okatakten.words.segments import NOTE_LABELS, Form, check_form, revision_of_file
from okatakten.written.advice import Reviewer
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import parse_stamp
from okatakten.written.text import Problems

FOREIGN_LETTERS: Final = {Locale("sma"): {"æ": "ä", "Æ": "Ä", "ø": "ö", "Ø": "Ö"}}
"""Letters that a language's text has elsewhere but not here, with those used here. In Sweden ä and ö."""

_NOTES = re.compile(rf"<!--.*?-->|^\s*#\s*(?:{'|'.join(NOTE_LABELS)}):.*")
_OTHERS = re.compile(r"«[^»]*»|”[^”]*”|\]\([^)]*\)|<[^>]*>|https?:\S+")
"""What is not in the page's own language or spelling: quotations, and the addresses of links."""


def review_stamp(day: date, reviewer: Reviewer) -> str:
    """Return what `reviewed` says, with a place for the revision. The role is written where it is not the usual one."""
    role = "" if reviewer is Reviewer.TRANSLATOR else f" {reviewer}"
    return f"{day.isoformat()} {{revision}}{role}"


def read_translation(
    text: str, fields: Fields, *, locale: Locale, source: str, source_revision: str, form: Form = Form.PAGE
) -> Translation:
    """Return what a file says of where its text comes from. Problems are added for what is missing or does not fit.

    `source` is the Swedish file and `source_revision` its revision as it stands now.
    """
    problems = fields.problems
    check_form(text, fields, problems, form=form)
    check_letters(text, problems, locale=locale)
    made_from = fields.text("source_revision", example=source_revision, words=False)
    if made_from and not re.fullmatch(r"[0-9a-f]{8}", made_from):
        fields.problem(Kind.NOT_A_REVISION, "source_revision", expected=source_revision)
    written = fields.text("reviewed", example="nej", words=False)
    reviewed = _parse_review(written or "nej")
    if reviewed is None:
        fields.problem(Kind.NOT_A_REVIEW, "reviewed")
    on, of, reviewer = reviewed or (None, None, "")
    revision = revision_of_file(text, form=form)
    return Translation(
        locale=locale,
        file=problems.file,
        source=source,
        source_revision=source_revision,
        stale=made_from != source_revision,
        reviewed=on if of == revision else None,
        edited=on is not None and of != revision,
        reviewer=reviewer,
    )


def check_translation(translation: Translation, notes: list[Problem]) -> None:
    """Add what a reviewer should know of the text; none of it stops a build."""
    problems = Problems(translation.file, notes)
    if translation.stale:
        now = f"{translation.source}: {translation.source_revision}"
        problems.add(Kind.TRANSLATION_STALE, field="source_revision", expected=now)
    if translation.edited:
        problems.add(Kind.TRANSLATION_EDITED, field="reviewed")
    elif translation.reviewed is None:
        problems.add(Kind.TRANSLATION_UNREVIEWED, field="reviewed")


def check_letters(text: str, problems: Problems, *, locale: Locale) -> None:
    """Add a problem for every line with a letter that the language is not written with in Sweden."""
    letters = FOREIGN_LETTERS.get(locale, {})
    for number, line in enumerate(text.split("\n"), start=1):
        own = _OTHERS.sub("", _NOTES.sub("", line))
        wrong = [word for word in re.findall(r"\w+", own) if any(letter in word for letter in letters)]
        if wrong:
            right = [_respell(word, letters) for word in wrong]
            problems.add(Kind.WRONG_LETTER, line=number, found=" ".join(wrong), expected=" ".join(right))


def _respell(word: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in word)


def _parse_review(written: str) -> tuple[date | None, str | None, str] | None:
    """Return the day, the revision and the role of a review, nothing for `nej`, or None for what is neither."""
    if written.casefold() in {"nej", "no", "false"}:
        return None, None, ""
    stamp_text, _, role = written.partition(" ")[2].partition(" ")
    stamp = parse_stamp(f"{written.partition(' ')[0]} {stamp_text}".strip())
    reviewer = role.strip() or Reviewer.TRANSLATOR
    return (*stamp, reviewer) if stamp and stamp[1] and reviewer in set(Reviewer) else None
