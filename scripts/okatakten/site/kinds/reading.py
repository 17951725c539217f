"""From the fields of a page or a row to an entry of its kind, with every problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from okatakten.model import DEFAULT_LOCALE, Entry, Page
from okatakten.podcast.parts import POST_FIELDS
from okatakten.site.kinds import KINDS
from okatakten.site.kinds.kind import MORNING, Around, PageKind, moment, read_values, slugs
from okatakten.written.advice import Hint
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, problem_at, read_text

COMMON: Final = (
    "title", "summary", "published", "draft", "sample", "related", "former_slugs", "withdrawn", "withdrawn_reason",
    "sources", *POST_FIELDS,
)  # fmt: skip
"""Fields of every page of a kind."""
STATEMENT: Final = "tillganglighet.md"
TRANSLATED: Final = ("title", "summary")
"""Those of its page in another language: the rest stands in the Swedish one, once."""


def read_entry(fields: Fields, kind: PageKind, *, around: Around, notes: list[Problem]) -> Entry | None:
    """Return what the fields of a page of a kind hold. Of one that is withdrawn, no more is asked.

    None: it is a draft that is not filled in yet. What it lacks is added to `notes`, since it is in nobody's way.
    """
    found = fields.problems.found
    before = len(found)
    gone = fields.day("withdrawn")
    entry = Entry(
        kind=kind.key,
        values={} if gone else read_values(fields, kind, around=around),
        published=_published(fields, around),
        draft=fields.flag("draft", default=False),
        sample=fields.flag("sample", default=False),
        related=fields.texts("related", example="- podd/atta-fragor"),
        former_slugs=slugs(fields, "former_slugs", None, around),
        withdrawn=gone,
        reason=fields.text("withdrawn_reason"),
    )
    if entry.draft and len(found) > before:
        notes += found[before:]
        del found[before:]
        return None
    return entry


def _published(fields: Fields, around: Around) -> datetime | None:
    value = moment(fields, "published", None, around)
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, MORNING, around.zone)


def rows_file(kind: PageKind) -> str:
    return f"docs/{kind.folder}.yml"


def read_rows(
    root: Path, found: list[Problem], notes: list[Problem], *, zone: ZoneInfo, now: datetime
) -> Mapping[str, tuple[Entry, ...]]:
    """Return the rows of every kind that has any, in the order of its file."""
    rows: dict[str, tuple[Entry, ...]] = {}
    for kind in KINDS:
        if not kind.rows or not (root / rows_file(kind)).exists():
            continue
        problems = Problems(rows_file(kind), found, notes)
        text = read_text(root / rows_file(kind), problems)
        fields = parse_fields(text, problems, known=(kind.folder,)) if text is not None else None
        if fields is None:
            continue
        around, entries = Around(zone=zone, now=now, folder=root / "docs"), []
        spelled: dict[str, str] = {}
        for each in fields.mappings(kind.folder, known=(*kind.names, "sample"), example=f"- {kind.fields[0].name}: …"):
            sample = each.flag("sample", default=False)
            entries.append(Entry(kind=kind.key, values=read_values(each, kind, around=around), sample=sample))
            _check_spelling(each, kind.fields[0].name, spelled)
        rows[kind.key] = tuple(entries)
    return rows


def _check_spelling(row: Fields, name: str, spelled: dict[str, str]) -> None:
    """Add a problem for what another row spells with other capitals: it would be counted as something else."""
    written = row.text(name)
    first = spelled.setdefault(written.casefold(), written) if written else written
    if first != written:
        row.problem(Kind.ENTRY_UNFIT, name, expected=Hint.SPELLED_BEFORE.format(name=first))


def check_related(pages: Iterable[Page], addresses: frozenset[str], found: list[Problem], *, root: Path) -> None:
    """Add a problem for each page that another says belongs with it, and that is nowhere. A draft lacks something."""
    for page in pages:
        for address in page.entry.related if page.entry and page.locale == DEFAULT_LOCALE else ():
            draft = root / "docs" / DEFAULT_LOCALE / address.strip("/") / "index.md"
            if f"{address.strip('/')}/" not in addresses and not draft.is_file():
                file = f"docs/{page.locale}/{page.name}"
                hint = Hint.RELATED
                found.append(problem_at(root, file, Kind.LINK_BROKEN, "related", found=address, expected=hint))


def check_exceptions(pages: Iterable[Page], notes: list[Problem], *, root: Path) -> None:
    """Add advice for each document that not all can read, and that the accessibility statement says nothing of."""
    own = [page for page in pages if page.locale == DEFAULT_LOCALE]
    said = next((page.text for page in own if page.name == STATEMENT), None)
    for page in own:
        if page.entry and "exception" in page.entry.values and said is not None and page.name not in said:
            file = f"docs/{page.locale}/{page.name}"
            hint = Hint.EXCEPTION_UNSAID.format(statement=f"docs/{page.locale}/{STATEMENT}", page=page.name)
            notes.append(problem_at(root, file, Kind.ENTRY_UNFIT, "exception", expected=hint))
