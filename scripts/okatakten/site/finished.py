"""The last look at a built site: every page as browsers get it, whatever it was made of and by whatever generator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from okatakten.site.allowed import PAGES, Allowed, Finding, Tag, judge, tags_of_page, twice
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind, Problem

_SOURCE: Final = re.compile(re.escape(Text.EDIT_NOTE).replace(r"\{source\}", r"(?P<source>\S+)"))
_ONCE: Final = re.compile(rb"<(html|head|title|body)[\s/>]", re.IGNORECASE)
"""What a page has one of. A browser adds the attributes of a second one to the first; libxml2 passes over it,
and over what stands in a title, which within a drawing may be anything."""
_POLICY: Final = ("http-equiv", "Content-Security-Policy")
_ELSEWHERE: Final = ("docs/sv/words.yml", "docs/facts.yml", "docs/questions.yml", "podcast/show.yml", "mkdocs.yml")
"""What pages draw from beside the file that each names."""


def check_finished(site: Path, *, root: Path, hosts: Iterable[str] = (), known: Collection[str] = ()) -> list[Problem]:
    """Return what no page may hold of a site that was built from the project in `root`, one page at a time.

    `hosts` are those of sound that lives elsewhere, `known` the addresses of pages that have been looked at before.
    Each problem is told of the file and line that it came from, as far as that can be found.
    """
    allowed = replace(PAGES, hosts=frozenset(hosts))
    found: dict[Problem, None] = {}
    for path in sorted(site.rglob("*.html")):
        if path.relative_to(site).as_posix().removesuffix("index.html") in known:
            continue
        content = path.read_bytes()
        findings = list(_findings(content, allowed))
        if findings:
            source = _SOURCE.search(content[:2000].decode(errors="replace"))
            file = source["source"] if source else path.relative_to(site).as_posix()
            found |= dict.fromkeys(_told(findings, root, file))
    return sorted(found)


def _findings(content: bytes, allowed: Allowed) -> Iterator[Finding]:
    try:
        tags = tags_of_page(content)
    except ValueError:
        yield Finding(kind=Kind.TOO_INVOLVED, found="")
        return
    yield from judge(tags, allowed)
    yield from twice(tags)
    yield from _unguarded(tags)
    for name, count in Counter(name.lower() for name in _ONCE.findall(content)).items():
        if count > 1:
            again = f"<{name.decode()}"
            yield Finding(kind=Kind.HTML_NOT_ALLOWED, found=again, needles=(again,))


def _unguarded(tags: list[Tag]) -> Iterator[Finding]:
    """Yield a finding where the policy does not stand before all that it is about."""
    first = next((tag for tag in tags if tag.name not in {"html", "head"}), None)
    name, value = _POLICY
    if first is None or first.name != "meta" or first.attributes.get(name) != value:
        yield Finding(kind=Kind.HTML_NOT_ALLOWED, found=f"<{first.name if first else 'html'}", needles=())


def _told(findings: Iterable[Finding], root: Path, file: str) -> Iterator[Problem]:
    for finding in findings:
        place, line = next(_places(finding, root, file), (file, 0))
        expected = Hint.AS_MARKDOWN if finding.kind is Kind.HTML_NOT_ALLOWED else finding.expected
        yield Problem(kind=finding.kind, file=place, line=line, found=finding.found, expected=expected)


def _places(finding: Finding, root: Path, file: str) -> Iterator[tuple[str, int]]:
    """Yield the files and lines that what was found may have come from."""
    locale = file.split("/")[1] if file.startswith("docs/") else ""
    for name in (file, f"docs/{locale}/words.yml", *_ELSEWHERE):
        lines = (root / name).read_text(encoding="utf-8", errors="replace") if (root / name).is_file() else ""
        for number, line in enumerate(lines.lower().split("\n"), start=1):
            if any(needle and needle in line for needle in finding.needles):
                yield name, number
