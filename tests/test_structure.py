"""What the site is made of, as it is known without a site generator."""

from __future__ import annotations

import re

import pytest

from okatakten.model import DEFAULT_LOCALE, Page
from support import PROJECT


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("index.md", ""),
        ("om.md", "om/"),
        ("podd/index.md", "podd/"),
        ("resultat/behov.md", "resultat/behov/"),
        ("ordindex.md", "ordindex/"),
        ("å.md", "%C3%A5/"),
    ],
)
def test_a_page_has_the_address_of_its_file(name: str, path: str) -> None:
    assert Page(locale=DEFAULT_LOCALE, name=name, title="T", text="", translation=None).path == path


def test_one_module_knows_mkdocs_and_one_feedgen() -> None:
    importing: dict[str, set[str]] = {"mkdocs": set(), "feedgen": set()}
    for path in (PROJECT / "scripts/okatakten").glob("*.py"):
        for name in re.findall(r"(?m)^\s*(?:from|import) (mkdocs|feedgen)", path.read_text(encoding="utf-8")):
            importing[name].add(path.name)
    assert importing == {"mkdocs": {"plugin.py", "i18n.py"}, "feedgen": {"feed.py"}}
