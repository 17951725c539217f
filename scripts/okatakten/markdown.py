"""The Markdown of pages: what would be wrong with it, and how one page stands inside another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from okatakten.fields import Problems, nearest
from okatakten.problems import Kind
from okatakten.segments import Part, scan

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+\S")
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<address>[^)\s]+)[^)]*\)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<address>[^)\s]+)[^)]*\)")
_ADDRESS = re.compile(r"\]\((?P<address>[^)\s]+)")
_REFERENCE = re.compile(r"\s{0,3}\[[^\]]+\]:\s*(?P<address>\S+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#")


def check_markdown(text: str, path: Path, problems: Problems, *, docs: Path) -> None:
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
        if reference := _REFERENCE.match(line):
            hint = "Skriv adressen direkt efter länkens text, så här: [text](adress)"
            problems.add(Kind.LINK_BROKEN, line=number, found=reference[0], expected=hint)
        for image in _IMAGE.finditer(line):
            if not image["alt"].strip():
                problems.add(Kind.IMAGE_WITHOUT_ALT, line=number, found=image[0], expected=f"![…]({image['address']})")
            _check_address(image["address"], number, path, problems, docs=docs)
        for link in _LINK.finditer(line):
            _check_address(link["address"], number, path, problems, docs=docs)


def include(text: str, *, name: str, into: str, levels: int) -> str:
    """Return a page's text as it stands inside another page: headings lower by `levels`, links and pictures from there.

    `name` is the page's file and `into` the folder of the other, below the locale's.
    """
    lines = []
    for _, line, part in scan(f"---\n---\n{text}", catalogue=False):
        if part is Part.TEXT:
            moved = _ADDRESS.sub(lambda match: _moved(match, name=name, into=into), line)
            lines.append("#" * levels + moved if _HEADING.match(moved) else moved)
        elif part is Part.CODE:
            lines.append(line)
    return "\n".join(lines)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of the text below the fields with their numbers; code is none of it."""
    for number, line, part in scan(text, catalogue=False):
        if part is Part.TEXT:
            yield number, line


def _check_address(address: str, number: int, path: Path, problems: Problems, *, docs: Path) -> None:
    if _ELSEWHERE.match(address):
        return
    target = (path.parent / unquote(address.split("#", maxsplit=1)[0])).resolve()
    if target.is_file() and target.is_relative_to(docs.resolve()):
        return
    near = nearest(target.name, [other.name for other in sorted(path.parent.iterdir()) if other.is_file()])
    hint = f"Menade du {near}?" if near else "Skriv vägen till filen, från sidan du länkar på, så här: kontakt.md"
    problems.add(Kind.LINK_BROKEN, line=number, found=address, expected=hint)


def _moved(match: re.Match[str], *, name: str, into: str) -> str:
    address = match["address"]
    if address.startswith("#"):
        address = posixpath.basename(name) + address
    elif _ELSEWHERE.match(address):
        return match[0]
    moved = posixpath.relpath(posixpath.join("/", posixpath.dirname(name), address), posixpath.join("/", into))
    return f"]({moved}"
