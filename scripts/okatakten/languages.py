"""Which languages the site has, and which pages exist in each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from okatakten.facts import Facts
from okatakten.fields import Fields, Problems, parse_fields, read_text, split_front_matter
from okatakten.inserts import check_inserts
from okatakten.markdown import check_markdown
from okatakten.model import DEFAULT_LOCALE, Locale, Page, Show, Status, Translation
from okatakten.problems import Kind, Problem
from okatakten.revisions import revision_of
from okatakten.segments import TEXT_FIELDS, without_notes
from okatakten.translations import check_translation, read_translation
from okatakten.words import CATALOGUE, REVIEW_FIELDS, Words

PAGE_FIELDS: Final = ("title", "nav_title", "description", "template", "lead", "sources", "question", "status",
               "includes")  # fmt: skip
QUESTION: Final = "question.html"
TEMPLATES: Final = ("home.html", "podcast.html", "results.html", QUESTION, "report.html", "search.html")
"""What a page may be laid out by instead of as plain text (overrides/)."""
_LOCALE = re.compile(r"[a-z]{2,3}")


def find_locales(root: Path) -> list[Locale]:
    """Return the locales that have a folder under docs/, with pages or words in it, the default one first."""
    docs = root / "docs"
    folders = sorted(path for path in docs.iterdir() if path.is_dir()) if docs.is_dir() else []
    others = [
        Locale(path.name)
        for path in folders
        if _LOCALE.fullmatch(path.name)
        and path.name != DEFAULT_LOCALE
        and ((path / CATALOGUE).exists() or any(path.rglob("*.md")))
    ]
    return [DEFAULT_LOCALE, *others]


def check_places(root: Path, locales: Collection[Locale], found: list[Problem]) -> None:
    """Add a problem for every page that no language owns: MkDocs would stop at it, or publish it without its fields."""
    for path in sorted((root / "docs").rglob("*.md")):
        if path.relative_to(root / "docs").parts[0] not in locales:
            Problems(path.relative_to(root).as_posix(), found).add(Kind.PAGE_OUTSIDE_LANGUAGES)


def read_pages(
    root: Path, locales: Iterable[Locale], found: list[Problem], notes: list[Problem], *, facts: Facts | None
) -> tuple[Page, ...]:
    """Return every page of docs/. Fields are checked here: MkDocs drops them all without a word over one colon."""
    pages = []
    revisions: dict[str, str] = {}
    for locale in locales:
        folder = root / "docs" / locale
        for path in sorted(folder.rglob("*.md")):
            problems = Problems(path.relative_to(root).as_posix(), found)
            name = path.relative_to(folder).as_posix()
            translated = locale != DEFAULT_LOCALE
            read = _read_fields(path, problems, known=PAGE_FIELDS + REVIEW_FIELDS * translated)
            if translated and name not in revisions:
                twin = (root / "docs" / DEFAULT_LOCALE / name).relative_to(root).as_posix()
                if not (root / twin).exists():
                    problems.add(Kind.PAGE_WITHOUT_TWIN, expected=twin)
                continue
            if read is None:
                continue
            fields, text, body = read
            check_inserts(text, problems, facts=facts)
            check_markdown(text, path, problems, docs=root / "docs")
            translation = None
            if translated:
                source = f"docs/{DEFAULT_LOCALE}/{name}"
                translation = read_translation(
                    text, fields, locale=locale, source=source, source_revision=revisions[name]
                )
                check_translation(translation, notes)
            else:
                values = [fields.text(field) or "" for field in TEXT_FIELDS]
                revisions[name] = revision_of([*values, without_notes(body)])
            pages.append(_page(fields, body, locale=locale, name=name, translation=translation))
    return tuple(pages)


def _read_fields(path: Path, problems: Problems, *, known: tuple[str, ...]) -> tuple[Fields, str, str] | None:
    """Return the fields of a page, all its text and the text below the fields."""
    text = read_text(path, problems)
    parts = split_front_matter(text, problems) if text is not None else None
    fields = parse_fields(parts[0], problems, known=known) if parts else None
    if text is None or parts is None or fields is None:
        return None
    title = fields.text("title", example="Sidans rubrik")
    if title and ("<" in title or ">" in title):
        fields.problem(Kind.MARKUP_IN_TITLE, "title")
    fields.text("description", example="En mening om vad sidan handlar om.")
    template = fields.text("template")
    if template and template not in TEMPLATES:
        fields.problem(Kind.NOT_A_CHOICE, "template", expected=", ".join(TEMPLATES))
    return fields, text, parts[1]


def _page(fields: Fields, body: str, *, locale: Locale, name: str, translation: Translation | None) -> Page:
    question = fields.number("question")
    status = fields.choice("status", Status, default=Status.UNKNOWN) if question else None
    if question is None and fields.text("template") == QUESTION:
        fields.problem(Kind.FIELD_MISSING, "question", expected="question: 1")
    if question:
        if fields.text("template") != QUESTION:
            fields.problem(Kind.FIELD_MISSING, "template", expected=f"template: {QUESTION}", found="")
        fields.text("status", example=Status.PARTLY)
        if not fields.texts("sources", example="- ansokan"):
            fields.problem(Kind.FIELD_MISSING, "sources", expected="sources: [ansokan]")
    return Page(
        locale=locale,
        name=name,
        title=fields.text("title") or "",
        text=body,
        translation=translation,
        sources=fields.texts("sources", example="- ansokan"),
        includes=fields.texts("includes", example="- om.md"),
        question=question,
        status=status,
    )


def check_facts_of_pages(
    pages: Collection[Page], found: list[Problem], *, documents: Collection[str], questions: Mapping[int, str]
) -> None:
    """Check that pages name pages, documents and questions that exist, and that every question has its page.

    `questions` are the addresses of the study questions by number.
    """
    names = {(page.locale, page.name) for page in pages}
    for page in pages:
        problems = Problems(f"docs/{page.locale}/{page.name}", found)
        for name in page.includes:
            if (page.locale, name) not in names or name == page.name:
                problems.add(Kind.LINK_BROKEN, field="includes", found=name, expected="Skriv sidans fil, så här: om.md")
        for name in page.sources:
            if name not in documents:
                listed = ", ".join(documents)
                problems.add(Kind.UNKNOWN_SOURCE, field="sources", found=name, expected=f"Välj bland: {listed}")
    _check_questions([page for page in pages if page.locale == DEFAULT_LOCALE], found, questions=questions)


def _check_questions(pages: Iterable[Page], found: list[Problem], *, questions: Mapping[int, str]) -> None:
    asked: dict[int, str] = {}
    for page in pages:
        if page.question is None:
            continue
        problems = Problems(f"docs/{page.locale}/{page.name}", found)
        other = asked.setdefault(page.question, problems.file)
        if other != problems.file:
            problems.add(Kind.QUESTION_TWICE, field="question", found=str(page.question), expected=other)
        if page.question not in questions:
            listed = ", ".join(map(str, questions))
            problems.add(Kind.UNKNOWN_QUESTION, field="question", found=str(page.question), expected=listed)
    # A site without any page of a question has none to miss.
    folder = next(iter(asked.values()), "").rpartition("/")[0]
    for number, slug in questions.items():
        if asked and number not in asked:
            Problems(f"{folder}/{slug}.md", found).add(Kind.QUESTION_WITHOUT_PAGE, expected=str(number))


def catalogue_source_revision(swedish: Words, translated: Iterable[str]) -> str:
    """Return the revision of the words that a catalogue translates, by key; those it shows in Swedish do not count."""
    return revision_of(f"{key}={swedish[key].text}" for key in sorted(translated))


def check_catalogues(
    root: Path, catalogues: Mapping[Locale, Words], found: list[Problem], notes: list[Problem]
) -> Iterator[Translation]:
    """Yield where the words of each translated catalogue come from."""
    for locale, words in catalogues.items():
        path = root / "docs" / locale / CATALOGUE
        if locale == DEFAULT_LOCALE or not words:
            continue
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8-sig")
        fields = parse_fields(text, Problems(file), known=None)
        assert fields is not None
        fields.problems = Problems(file, found)
        swedish = catalogues[DEFAULT_LOCALE]
        translated = [key for key, word in words.items() if word.lang is None]
        translation = read_translation(
            text,
            fields,
            locale=locale,
            source=f"docs/{DEFAULT_LOCALE}/{CATALOGUE}",
            source_revision=catalogue_source_revision(swedish, translated),
            catalogue=True,
        )
        check_translation(translation, notes)
        yield translation


def local_path(path: str, *, locale: Locale) -> str:
    """Return the address of a page in a locale: the default one stands at the root, `podd/` and `sma/podd/`."""
    return path if locale == DEFAULT_LOCALE else f"{locale}/{path}"


def find_versions(pages: Iterable[Page], show: Show, *, podcast: str) -> Mapping[str, tuple[Locale, ...]]:
    """Return the locales that each page exists in, by its address in the default locale; episodes too."""
    versions: dict[str, tuple[Locale, ...]] = {}
    for page in pages:
        versions[page.path] = (*versions.get(page.path, ()), page.locale)
    for episode in show.episodes:
        others = sorted(locale for locale in episode.texts if locale != DEFAULT_LOCALE)
        versions[f"{podcast}{episode.slug}/"] = (DEFAULT_LOCALE, *others)
    return versions
