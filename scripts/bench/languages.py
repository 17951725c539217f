"""What there is in each language: pages, words and keys; and which word forms a list of attested ones lacks.

    .venv/bin/python scripts/bench/languages.py [WORDS.TSV]

The list has a word form first on each line, with æ where this site writes ä.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.project import Reading, read_project
from okatakten.translating.review import read_translated_files
from okatakten.words.segments import read_paragraphs

PROJECT = Path(__file__).parents[2]
# Not words of the language: what is marked as Swedish, addresses and attributes, elements, placeholders.
NOT_WORDS = re.compile(r"\*[^*]+\*+\{[^}]*\}|\]\([^)]*\)|\]\[[^\]]*\]|\{[^}]*\}|<[^>]*>")
FORM = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def texts_of(reading: Reading, locale: Locale) -> dict[str, list[str]]:
    """Return the texts of each file of a locale, as its readers see them."""
    if locale != DEFAULT_LOCALE:
        files = read_translated_files(PROJECT, reading, locale=locale)
        return {file.name: [segment.text for segment in file.segments] for file in files}
    pages = sorted((PROJECT / "docs" / locale).rglob("*.md"))
    texts = {
        path.relative_to(PROJECT).as_posix(): [part.text for part in read_paragraphs(path.read_text(encoding="utf-8"))]
        for path in pages
    }
    return texts | {f"docs/{locale}/words.yml": [word.text for word in reading.words[locale].values()]}


def forms_of(texts: list[str]) -> list[str]:
    return [form.casefold() for text in texts for form in FORM.findall(NOT_WORDS.sub(" ", text))]


def main(word_list: Path | None) -> None:
    reading = read_project(PROJECT)
    print(f"{'file':60} words")
    for locale, words in reading.words.items():
        pages = sum(page.locale == locale for page in reading.pages)
        own = sum(word.lang is None for word in words.values())
        texts = texts_of(reading, locale)
        counted = {name: len(forms_of(parts)) for name, parts in texts.items()}
        total = sum(counted.values())
        print(f"{locale}: {pages} pages, {total} words, {len(words)} keys, {own} in the language itself")
        for name, count in counted.items():
            print(f"  {name:58} {count:5}")
        if word_list is not None and locale == "sma":
            attested = {line.split("\t")[0].casefold() for line in word_list.read_text(encoding="utf-8").splitlines()}
            report(Counter(form for parts in texts.values() for form in forms_of(parts)), attested)


def report(forms: Counter[str], attested: set[str]) -> None:
    """Print the share of forms in the list, and those that are not."""
    missing = {form: count for form, count in forms.items() if form.replace("ä", "æ") not in attested}
    found, running = len(forms) - len(missing), forms.total() - sum(missing.values())
    print(f"  word forms: {found} of {len(forms)} attested ({found / len(forms):.1%})")
    print(f"  running words: {running} of {forms.total()} ({running / forms.total():.1%})")
    for form, count in sorted(missing.items()):
        print(f"    {form} ({count})")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
