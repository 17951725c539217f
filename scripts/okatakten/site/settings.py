"""What mkdocs.yml says that pages show: the main menu, and addresses that any page may link to by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from yaml import MappingNode, ScalarNode, SequenceNode

from okatakten.addresses import DEFAULT_SITE_URL, NEWS_JSON, NEWS_RSS
from okatakten.model import DEFAULT_LOCALE
from okatakten.site.allowed import AUTHORS, leads
from okatakten.written.advice import Hint
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text

SETTINGS: Final = "mkdocs.yml"
NEWS: Final = {"nytt-rss": NEWS_RSS, "nytt-json": NEWS_JSON}
"""The addresses of our own that pages may name, relative to the site."""


def read_addresses(root: Path, found: list[Problem], *, files: Collection[str]) -> Mapping[str, str]:
    """Return the addresses by name, adding a problem for each that leads nowhere, and for what is no page in the menu.

    `files` are those below docs/. A project that another site generator builds has none of this.
    """
    problems = Problems(SETTINGS, found)
    ours = {name: DEFAULT_SITE_URL + path for name, path in NEWS.items()}
    text = read_text(root / SETTINGS, problems) if (root / SETTINGS).is_file() else None
    fields = parse_fields(text, problems, known=None) if text is not None else None
    if fields is None:
        return ours
    menu = fields.nodes.get("nav")
    for entry in menu.value if isinstance(menu, SequenceNode) else []:
        # Words beside the files are told when the build begins, in every language.
        name = str(entry.value) if isinstance(entry, ScalarNode) else ""
        if name and f"{DEFAULT_LOCALE}/{name}" not in files:
            line = entry.start_mark.line + 1
            problems.add(Kind.LINK_BROKEN, line=line, field="nav", found=name, expected=Hint.PAGE_FILE)
    addresses = dict(ours)
    for name, node in _pairs(dict(_pairs(fields.nodes.get("extra"))).get("addresses")):
        addresses[name] = address = str(node.value)
        if not leads(address, AUTHORS.schemes):
            line = node.start_mark.line + 1
            problems.add(Kind.LINK_BROKEN, line=line, field=name, found=address, expected=Hint.LINK_SCHEME)
    return addresses


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    for key, value in node.value if isinstance(node, MappingNode) else []:
        yield str(key.value), value


def references(addresses: Mapping[str, str]) -> str:
    """Return the Markdown by which a page may name addresses: `[Regionen][region]`. Its own names come after it."""
    return "".join(f"[{name}]: {address}\n" for name, address in addresses.items())
