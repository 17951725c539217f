"""What somebody begins with who adds a page or a row of a kind: its fields with examples, and what they are for."""

from __future__ import annotations

from okatakten.site.kinds.kind import Field, PageKind
from okatakten.words.catalogue import Words
from okatakten.written.advice import Text
from okatakten.written.compose import scalar


def blank_page(kind: PageKind, *, title: str, given: dict[str, str]) -> str:
    """Return a draft of a page with all fields of its kind. `given` are values that are known, by field."""
    lines = ["---", f"title: {scalar(title)}", f"summary: {Text.ENTRY_SUMMARY}", "draft: true"]
    for field in kind.fields:
        lines += _lines(field, given.get(field.name))
    return "\n".join([*lines, f"# {Text.ENTRY_PUBLISHED}", "# published: 2027-01-15", "---", "", Text.ENTRY_TEXT, ""])


def blank_row(kind: PageKind) -> str:
    """Return a row with the needed fields of its kind, as it is written in the file of its rows."""
    needed = [f"{field.name}: {scalar(field.example)}" for field in kind.fields if field.needed or field.suggested]
    return "\n".join([f"  - {needed[0]}", *(f"    {line}" for line in needed[1:]), "    sample: true", ""])


def _lines(field: Field, given: str | None) -> list[str]:
    written = f"{field.name}: {given if given is not None else field.example}"
    return [f"# {field.about}", written if field.needed or field.suggested or given is not None else f"# {written}"]


def guide_table(kind: PageKind, *, words: Words) -> str:
    """Return the fields of a kind as a table for the guide, in Markdown."""
    head = [f"**{words[f'kind_{kind.key}'].text}** (`okatakten new {kind.key}`)", "", Text.GUIDE_COLUMNS]
    rows = [
        f"| `{field.name}`{Text.GUIDE_NEEDED if field.needed else ''} | {field.about} | `{field.example}` |"
        for field in kind.fields
    ]
    return "\n".join([*head, "|---|---|---|", *rows, ""])
