"""The Markdown of pages: what would be wrong with it, and how one page stands inside another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from markdown.extensions.toc import slugify

from okatakten.site.pictures import find_image
from okatakten.words.segments import Part, scan
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+\S")
_IMAGE = re.compile(
    r"""!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\])*)\]
    \(\s*(?:<(?P<marked>[^<>]+)>|(?P<plain>(?:[^()"']|\([^()]*\)|(?<!\s)["'])+?))
    (?:\s+(?:"[^"]*"|'[^']*'))?\s*\)""",
    re.VERBOSE,
)
"""A picture. Python-Markdown takes spaces and brackets in its address, as names of files have them."""
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<address>[^)\s]+)[^)]*\)")
_HTML = re.compile(
    r"<(?:script|style|img|iframe|object|embed|form|link|meta|base)\b[^>]*>?|<[^>]*\s(?:style|on\w+)\s*=[^>]*>?",
    re.IGNORECASE,
)
"""What would bring scripts and styles into the page, or pictures without text."""
_ADDRESS = re.compile(r"\]\((?P<mark><?)(?P<address>[^)\s]+)")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]+\]:\s*(?P<address>\S+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#")


def check_markup(text: str, path: Path, problems: Problems, *, docs: Path) -> None:
    """Add a problem for skipped heading levels, images without text and links to pages that are not there.

    The title is the page's h1, so its headings begin with `##`.
    """
    level = 1
    for number, line in _lines(text):
        heading = _HEADING.match(line)
        if heading:
            marks = len(heading["marks"])
            if marks > level + 1 or marks == 1:
                right = "#" * (2 if marks == 1 else level + 1)
                problems.add(Kind.HEADING_SKIPPED, line=number, found=line, expected=right)
            level = max(marks, 2)
        if html := _HTML.search(line):
            problems.add(Kind.HTML_NOT_ALLOWED, line=number, found=html[0])
        if reference := _REFERENCE.match(line):
            problems.add(Kind.LINK_BROKEN, line=number, found=reference[0], expected=Hint.LINK_IN_PLACE)
        for image in _IMAGE.finditer(line):
            address = image["marked"] or image["plain"]
            if not image["alt"].strip():
                problems.add(Kind.IMAGE_WITHOUT_ALT, line=number, found=image[0], expected=f"![…]({address})")
            if _ELSEWHERE.match(address):
                home = posixpath.relpath((docs / "assets").as_posix(), path.parent.as_posix())
                problems.add(Kind.IMAGE_ELSEWHERE, line=number, found=address, expected=f"{home}/bild.png")
            _check_address(address, number, path, problems, docs=docs)
        for link in _LINK.finditer(line):
            _check_address(link["address"], number, path, problems, docs=docs)


def include(text: str, *, name: str, into: str, levels: int) -> str:
    """Return a page's text as it stands inside another page: headings lower by `levels`, links and pictures from there.

    `name` is the page's file and `into` the folder of the other, below the locale's.
    """
    lines = []
    # With empty fields before it, so that a rule (---) on its first line is not taken for them.
    for _, line, part in scan(f"---\n---\n{text}"):
        if part is Part.TEXT:
            moved = _ADDRESS.sub(lambda match: _moved(match, name=name, into=into), line)
            lines.append("#" * levels + moved if _HEADING.match(moved) else moved)
        elif part is Part.CODE:
            lines.append(line)
    return "\n".join(lines)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of the text below the fields with their numbers; code is none of it."""
    for number, line, part in scan(text):
        if part is Part.TEXT:
            yield number, line


def _check_address(address: str, number: int, path: Path, problems: Problems, *, docs: Path) -> None:
    if _ELSEWHERE.match(address):
        return
    name, _, anchor = address.partition("#")
    target = find_image((path.parent / unquote(name)).resolve())
    if target.is_file() and target.is_relative_to(docs.resolve()):
        if anchor and target.suffix == ".md":
            _check_anchor(address, unquote(anchor), target, number, problems)
        return
    if find_image(path.parent / address).is_file():
        # What a name of a file may have, an address may not: # and ? end it, and a browser reads %20 as a space.
        problems.add(
            Kind.LINK_BROKEN, line=number, found=address, expected=Hint.WRITTEN_AS.format(address=quote(address))
        )
        return
    others = [other.name for other in sorted(path.parent.iterdir()) if other.is_file()]
    expected = did_you_mean(target.name, others, otherwise=Hint.LINK_PATH)
    problems.add(Kind.LINK_BROKEN, line=number, found=address, expected=expected)


def _check_anchor(address: str, anchor: str, target: Path, number: int, problems: Problems) -> None:
    """Add a problem unless the page has such a heading; what its template adds is not known here."""
    text = target.read_text(encoding="utf-8-sig", errors="replace")
    headings = [heading_id(line) for _, line in _lines(text) if _HEADING.match(line)]
    if anchor not in headings:
        otherwise = Hint.KNOWN_HEADINGS.format(headings=", ".join(headings))
        expected = did_you_mean(anchor, headings, shown=f"{target.name}#{{}}", otherwise=otherwise)
        problems.add(Kind.LINK_BROKEN, line=number, found=address, expected=expected)


def heading_id(line: str) -> str:
    """Return the id that Python-Markdown's toc gives a heading: `## Språk och kultur` is `sprak-och-kultur`."""
    return slugify(re.sub(r"^#+\s*|[*_`]|\{[^}]*\}|\]\([^)]*\)|[\[\]]", "", line).strip(), "-")


def _moved(match: re.Match[str], *, name: str, into: str) -> str:
    address = match["address"]
    if address.startswith("#"):
        address = posixpath.basename(name) + address
    elif _ELSEWHERE.match(address):
        return match[0]
    moved = posixpath.relpath(posixpath.join("/", posixpath.dirname(name), address), posixpath.join("/", into))
    return f"]({match['mark']}{moved}"
