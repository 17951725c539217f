"""The Markdown of pages as HTML, as any site generator of ours renders it: mkdocs.yml names the same extensions."""

from __future__ import annotations

import re
from functools import cache
from threading import Lock
from typing import Final
from xml.etree import ElementTree as ET

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

EXTENSIONS: Final = (
    "toc", "tables", "fenced_code", "attr_list", "md_in_html", "sane_lists", "okatakten.site.rendering:Alignment",
)  # fmt: skip
"""The first three are those that MkDocs brings by itself."""
MARK: Final = "data-written"
"""Stands on links and pictures that were written as Markdown, which the site generator leads to the right address."""
MISSING: Final = "data-missing"
"""Stands where a text names an address that nobody has given: readers would see the brackets."""
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_ALIGNED: Final = "text-align: "
_ONE_AT_A_TIME: Final = Lock()


def render(markdown: str) -> str:
    """Return the HTML of a text. RecursionError: it is nested too deeply."""
    with _ONE_AT_A_TIME:  # the parser keeps what it reads, and the desk has several threads
        return _parser().reset().convert(markdown)


@cache
def _parser() -> Markdown:
    return Markdown(extensions=[*EXTENSIONS, _Marks()])


class Alignment(Extension):
    """Columns of tables that stand right or in the middle, by class: a style in the page is refused by its policy.

    A comment (`<!-- ring Eva först -->`) is for those who write, and anybody could read it in the page that is sent.
    """

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # the name is Python-Markdown's
        # Before `raw_html` (30), which puts back what was set aside as HTML.
        md.postprocessors.register(_CommentsProcessor(md), "site-comments", 35)
        md.treeprocessors.register(_AlignmentProcessor(md), "site-alignment", 4)


class _CommentsProcessor(Postprocessor):
    def run(self, text: str) -> str:
        for number, block in enumerate(self.md.htmlStash.rawHtmlBlocks):
            if isinstance(block, str):
                self.md.htmlStash.rawHtmlBlocks[number] = _COMMENT.sub("<!-- -->", block)
        return text


class _AlignmentProcessor(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        for cell in root.iter():
            style = cell.get("style", "")
            if cell.tag in {"th", "td"} and style.startswith(_ALIGNED):
                del cell.attrib["style"]
                side = style.removeprefix(_ALIGNED).rstrip(";")
                cell.set("class", " ".join(filter(None, [cell.get("class"), f"site-{side}"])))


class _Marks(Extension):
    """Marks links and pictures of Markdown, to tell them from those that somebody wrote as HTML."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_MarksProcessor(md), "site-marks", 0)
        # After all others: what is left of a link is one without an address.
        md.inlinePatterns.register(_MissingProcessor(r"\]\[(\w[^\]\n]*)\]", md), "site-missing", 1)


class _MissingProcessor(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[ET.Element, int, int]:  # type: ignore[override]  # noqa: N802
        missing = ET.Element("a")
        missing.set(MISSING, m[1])
        return missing, m.start(0), m.end(0)


class _MarksProcessor(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            address = element.get("href" if element.tag == "a" else "src")
            # An address by mail is written in references, against those who collect them.
            if element.tag in {"a", "img"} and element.get(MISSING) is None and AMP_SUBSTITUTE not in (address or ""):
                element.set(MARK, "")
