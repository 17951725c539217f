"""The pages of docs/: what they hold, and whether it fits together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.model import DEFAULT_LOCALE, REPORT, Entry, Locale, Page, Status, Translation
from okatakten.podcast.parts import POST_FIELDS, read_post
from okatakten.rules import DEVICE_NAMES, LEAD_LIX_LIMIT, LIX_LIMIT, LIX_WORDS, STATUSES
from okatakten.site.facts import Facts
from okatakten.site.inserts import check_inserts
from okatakten.site.kinds import kind_at
from okatakten.site.kinds.kind import Around, PageKind
from okatakten.site.kinds.reading import COMMON, TRANSLATED, read_entry
from okatakten.words.catalogue import Word
from okatakten.words.segments import TEXT_FIELDS, without_notes
from okatakten.words.translations import check_translation, read_translation
from okatakten.written.advice import Hint
from okatakten.written.fields import Fields, check_end, parse_fields
from okatakten.written.nodes import SWEDISH
from okatakten.written.problems import Kind, Problem
from okatakten.written.readability import lix
from okatakten.written.revisions import REVIEW_FIELDS, parse_stamp, revision_of
from okatakten.written.text import Problems, read_text, split_front_matter

PAGE_FIELDS: Final = (
    "title", "nav_title", "description", "template", "lead", "sources", "question", "status", "includes", "updated",
    "max_pages", "keywords", *POST_FIELDS,
)  # fmt: skip
NEWS_FIELDS: Final = ("news",)
"""Fields of a page in the default locale only: what is new is told of once, in that."""
QUESTION: Final = "question.html"
DOCUMENTS: Final = (REPORT, "brochure.html")
"""Templates of pages that are files to download, too."""
TEMPLATES: Final = ("home.html", "podcast.html", "results.html", QUESTION, *DOCUMENTS, "partner.html", "search.html")
"""What a page may be laid out by instead of as plain text (overrides/)."""
_IN_FOLDER: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+/index\.md")
"""Where a page of a kind lies: in a folder of its own, beside its files."""
_ADDRESS: Final = re.compile(r"(?:[a-z0-9-]+/)*[a-z0-9-]+\.md")


PAGE_LIMIT: Final = 200_000
"""Bytes of a page: a hundred pages of a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page, and all the text of its file."""

    page: Page
    text: str


def read_pages(
    root: Path,
    locales: Iterable[Locale],
    found: list[Problem],
    notes: list[Problem],
    *,
    facts: Facts | None,
    questions: Mapping[int, str],
    zone: ZoneInfo,
    now: datetime,
) -> tuple[ReadPage, ...]:
    """Return every page of docs/. Fields are checked here: MkDocs drops them all without a word over one colon.

    `questions` are the addresses of the study questions by number; `facts` is None where they have problems.
    """
    pages = []
    revisions: dict[str, str] = {}
    swedish: dict[str, Mapping[str, str]] = {}
    entries: dict[str, Entry | None] = {}
    for locale in locales:
        folder = root / "docs" / locale
        for path in sorted(folder.rglob("*.md")):
            problems = Problems(path.relative_to(root).as_posix(), found, notes)
            name = path.relative_to(folder).as_posix()
            kind = kind_at(name)
            if not _is_placed(name, kind, problems, is_folder=path.is_dir()):
                continue
            translated = locale != DEFAULT_LOCALE
            known = _known(kind, translated=translated)
            read = _read_fields(path, problems, known=known, swedish=swedish.get(name, {}) if translated else None)
            if translated and name not in revisions:
                twin = (root / "docs" / DEFAULT_LOCALE / name).relative_to(root).as_posix()
                if not (root / twin).exists():
                    problems.add(Kind.PAGE_WITHOUT_TWIN, expected=twin)
                continue
            if read is None:
                continue
            fields, text, body = read
            check_inserts(text, problems, facts=facts)
            translation = None
            if translated:
                source = f"docs/{DEFAULT_LOCALE}/{name}"
                translation = read_translation(
                    text, fields, locale=locale, source=source, source_revision=revisions[name]
                )
                check_translation(translation, notes)
            else:
                swedish[name] = {field: fields.text(field) or "" for field in TEXT_FIELDS}
                revisions[name] = revision_of([*swedish[name].values(), without_notes(body)])
            page = _page(fields, body, locale=locale, name=name, translation=translation)
            if kind and not translated:
                around = Around(zone=zone, now=now, folder=path.parent)
                entries[name] = read_entry(fields, kind, around=around, notes=notes)
            whole = _of_kind(page, fields, kind, entries.get(name))
            if whole is None:
                continue
            page = replace(whole, revision=revisions[name])
            _check_readability(fields, page)
            _check_names(fields, page, folder, facts=facts, questions=questions)
            pages.append(ReadPage(page=page, text=text))
    _check_questions([read.page for read in pages if read.page.locale == DEFAULT_LOCALE], found, questions=questions)
    return tuple(pages)


def _is_placed(name: str, kind: PageKind | None, problems: Problems, *, is_folder: bool) -> bool:
    """Return whether a page lies where it gets an address from, as it should; else that is told."""
    if is_folder or not _ADDRESS.fullmatch(name) or not DEVICE_NAMES.isdisjoint(name[:-3].split("/")):
        problems.add(Kind.BAD_PAGE_NAME, found=name, expected="arsbok.md")
    elif kind and not _IN_FOLDER.fullmatch(name):
        problems.add(Kind.ENTRY_MISPLACED, found=name, expected=f"{kind.folder}/namn/index.md")
    else:
        return True
    return False


def _known(kind: PageKind | None, *, translated: bool) -> tuple[str, ...]:
    """Return the fields that a page may have."""
    if kind:
        return (*TRANSLATED, *REVIEW_FIELDS) if translated else (*COMMON, *kind.names)
    return PAGE_FIELDS + (REVIEW_FIELDS if translated else NEWS_FIELDS)


def _of_kind(page: Page, fields: Fields, kind: PageKind | None, entry: Entry | None) -> Page | None:
    """Return a page with what it is as one of a kind: its summary stands for description and lead.

    None: it is a draft that is not filled in yet.
    """
    if kind is None or entry is None:
        return page if kind is None else None
    summary = _word(fields, "summary", locale=page.locale)
    published = entry.published if page.locale == DEFAULT_LOCALE else None
    news = published.date() if published else None
    return replace(page, description=summary, lead=summary, template=kind.template, news=news, entry=entry)


def _read_fields(
    path: Path, problems: Problems, *, known: tuple[str, ...], swedish: Mapping[str, str] | None
) -> tuple[Fields, str, str] | None:
    """Return the fields of a page, all its text and the text below the fields.

    `swedish` are the texts that a translated page may show instead of its own; None: it is the Swedish page.
    """
    if (size := path.stat().st_size) > PAGE_LIMIT:
        problems.add(Kind.TOO_LONG, expected=Hint.TOO_MANY_BYTES.format(count=size, limit=PAGE_LIMIT))
        return None
    text = read_text(path, problems)
    parts = split_front_matter(text, problems) if text is not None else None
    fields = parse_fields(parts[0], problems, known=known) if parts else None
    if text is None or parts is None or fields is None:
        return None
    for name, node in fields.nodes.items() if swedish is not None else ():
        if node.tag == SWEDISH and name in TEXT_FIELDS:
            node.value = (swedish or {}).get(name, "")
    check_end(text, parts[1], problems, known=known)
    title = fields.text("title", example="Sidans rubrik")
    if title and ("<" in title or ">" in title):
        fields.problem(Kind.MARKUP_IN_TITLE, "title")
    fields.text("summary" if "summary" in known else "description", example="En mening om vad sidan handlar om.")
    template = fields.text("template", words=False)
    if template and template not in TEMPLATES:
        fields.problem(Kind.NOT_A_CHOICE, "template", expected=", ".join(TEMPLATES))
    return fields, text, parts[1]


def _page(fields: Fields, body: str, *, locale: Locale, name: str, translation: Translation | None) -> Page:
    question = fields.number("question")
    status = fields.choice("status", Status, default=Status.UNKNOWN, words=STATUSES) if question else None
    if question is None and fields.text("template", words=False) == QUESTION:
        fields.problem(Kind.FIELD_MISSING, "question", expected="question: 1")
    if question:
        if fields.text("template", words=False) != QUESTION:
            fields.problem(Kind.FIELD_MISSING, "template", expected=f"template: {QUESTION}", found="")
        partly = next(word for word, status in STATUSES.items() if status is Status.PARTLY)
        fields.text("status", example=partly, words=False)
        if not fields.texts("sources", example="- ansokan"):
            fields.problem(Kind.FIELD_MISSING, "sources", expected="sources: [ansokan]")
    document = fields.text("template", words=False) in DOCUMENTS
    lead = fields.text("lead", example="En eller två meningar om vad det är." if document else None)
    updated, edition = _read_updated(fields) if document else (None, "")
    return Page(
        locale=locale,
        name=name,
        title=_word(fields, "title", locale=locale),
        text=body,
        translation=translation,
        nav_title=_word(fields, "nav_title", locale=locale),
        sources=fields.texts("sources", example="- ansokan"),
        includes=fields.texts("includes", example="- om.md"),
        question=question,
        status=status,
        description=_word(fields, "description", locale=locale),
        template=fields.text("template", words=False) or "",
        lead=_word(fields, "lead", locale=locale) if lead else "",
        news=fields.day("news"),
        updated=updated,
        edition=edition,
        max_pages=fields.number("max_pages") if document else None,
        post=read_post(fields),
        keywords=fields.texts("keywords", example=Hint.KEYWORDS),
    )


def _word(fields: Fields, name: str, *, locale: Locale) -> Word:
    """Return the text of a field in its language."""
    node = fields.nodes.get(name)
    borrowed = node is not None and node.tag == SWEDISH
    return Word(fields.text(name) or "", DEFAULT_LOCALE if borrowed else None, page=locale)


def _read_updated(fields: Fields) -> tuple[date | None, str]:
    """Return the day that a document names as its own, and the revision of its words on that day."""
    written = fields.text("updated", example="2026-11-21", words=False)
    stamp = parse_stamp(written) if written else None
    if written and not stamp:
        fields.problem(Kind.NOT_A_STAMP, "updated")
    return stamp or (None, "")


def _check_readability(fields: Fields, page: Page) -> None:
    """Add advice where the Swedish of a question's page, or of what a page begins with, is hard to read."""
    if page.locale != DEFAULT_LOCALE:
        return
    name = "summary" if page.entry else "lead"
    for text, limit, field in ((page.text if page.question else "", LIX_LIMIT, ""), (page.lead, LEAD_LIX_LIMIT, name)):
        if len(text.split()) >= LIX_WORDS and (value := lix(text)) > limit:
            told = Hint.LIX.format(value=value, limit=limit)
            if field:
                fields.note(Kind.HARD_TO_READ, field, expected=Hint.OF_FIELD.format(field=field, told=told))
            else:
                fields.problems.note(Kind.HARD_TO_READ, expected=told)


def _check_names(
    fields: Fields, page: Page, folder: Path, *, facts: Facts | None, questions: Mapping[int, str]
) -> None:
    """Add a problem for every page, document and question that the page names and that is not there."""
    for name in page.includes:
        if not (folder / name).is_file() or name == page.name:
            fields.problem(Kind.LINK_BROKEN, "includes", found=name, expected=Hint.PAGE_FILE)
    documents = [document.id for document in facts.documents] if facts else page.sources
    for name in page.sources:
        if name not in documents:
            expected = Hint.CHOOSE.format(choices=", ".join(documents))
            fields.problem(Kind.UNKNOWN_SOURCE, "sources", found=name, expected=expected)
    if page.question is not None and page.question not in questions:
        fields.problem(Kind.UNKNOWN_QUESTION, "question", expected=", ".join(map(str, questions)) or Hint.NONE)


def _check_questions(pages: Iterable[Page], found: list[Problem], *, questions: Mapping[int, str]) -> None:
    """Add a problem unless every study question has one page."""
    asked: dict[int, str] = {}
    for page in pages:
        if page.question is None:
            continue
        problems = Problems(f"docs/{page.locale}/{page.name}", found)
        other = asked.setdefault(page.question, problems.file)
        if other != problems.file:
            problems.add(Kind.QUESTION_TWICE, field="question", found=str(page.question), expected=other)
    # A site without any page of a question has none to miss.
    folder = next(iter(asked.values()), "").rpartition("/")[0]
    for number, slug in questions.items():
        if asked and number not in asked:
            Problems(f"{folder}/{slug}.md", found).add(Kind.QUESTION_WITHOUT_PAGE, expected=str(number))
