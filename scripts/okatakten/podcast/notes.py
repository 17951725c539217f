"""Show notes: Markdown in, safe HTML out, the same for the page and for the feed."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from threading import Lock
from typing import Final
from urllib.parse import urljoin

import nh3
from markdown import Markdown

from okatakten.written.text import UNPUBLISHABLE

NOTE_TAGS: Final = {
    "p", "br", "ol", "ul", "li", "a", "strong", "em", "b", "i", "blockquote", "code", "pre", "h2", "h3", "h4", "h5",
}  # fmt: skip
"""What show notes may hold: text, lists and links. Pictures and tables do not survive in podcast apps."""
_ONE_AT_A_TIME: Final = Lock()


def render_notes(markdown: str) -> str:
    """Return the notes as HTML. A heading `##` becomes h3, since the notes stand under a heading of the page."""
    html: str = nh3.clean(
        written_notes(markdown), tags=NOTE_TAGS, attributes={"a": {"href"}, "*": {"lang"}}, link_rel=None
    )
    # A character reference such as &#8; has become its character by now.
    return UNPUBLISHABLE.sub("", html).strip()


@lru_cache(maxsize=4096)
def written_notes(markdown: str) -> str:
    """Return the HTML that somebody wrote, with all that `render_notes` leaves out: to be looked at, never shown.

    The same notes are looked at, stand on a page and in the feed.
    """
    with _ONE_AT_A_TIME:  # the parser keeps what it reads, and the desk has several threads
        return _parser().reset().convert(markdown)


@cache
def _parser() -> Markdown:
    return Markdown(extensions=["sane_lists", "toc"], extension_configs={"toc": {"baselevel": 2, "marker": ""}})


def unwrap(text: str) -> str:
    """Return plain text with one line per paragraph: a line break in the file is not one for the listener."""
    return re.sub(r"[ \t]*(?<!\n)\n(?!\n)[ \t]*", " ", text)


def absolute_links(html: str, *, base: str) -> str:
    """Return the HTML with every link absolute, since a podcast app knows no page to be relative to."""

    def absolute(link: re.Match[str]) -> str:
        try:
            return f"{link[1]}{urljoin(base, link[2])}{link[3]}"
        except ValueError:  # an address such as http://[ leads nowhere, wherever it starts
            return link[0]

    return re.sub(r'(<a href=")([^"]*)(")', absolute, html)
