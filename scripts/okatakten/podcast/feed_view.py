"""What somebody sees who opens a feed in a browser: what it is, what to do with it, and what it holds.

Browsers are giving XSLT up, so this is CSS (overrides/assets/feed.css) and one `xhtml:div` in the channel, since
CSS makes no links. W3C's feed validator takes a div in a channel, under that prefix, whatever it holds (extension.py:
do_xhtml_div); in an item it would be misplaced. Apps skip it: none of its elements is called what a feed's own are.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final

from lxml import etree

from okatakten.addresses import FEED_STYLE

XHTML: Final = "http://www.w3.org/1999/xhtml"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_VIEWPORT: Final = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
"""Without it a phone lays the feed out as wide as a desk and shows it small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a feed says of itself to whoever opens it. `address` is its own, `href` the page for people."""

    title: str
    about: str
    how: str
    address: str
    link: str
    href: str


def show_in_browsers(rss: etree._Element, notice: Notice, *, at: str, language: str) -> None:
    """Add a style sheet, the language and the notice to a feed whose root declares the prefix `xhtml`.

    `at` is the address of the feed, relative to the site. The style sheet is named as seen from there (W3C, Associating
    Style Sheets with XML documents): only browsers ask for it, and they have the feed from where it lies, which may be
    a host of previews or a machine of one's own. An absolute address would lead away from there.
    """
    style = f'type="text/css" href="{posixpath.relpath(FEED_STYLE, posixpath.dirname(at))}"'
    rss.addprevious(etree.ProcessingInstruction("xml-stylesheet", style))
    rss.set(_LANGUAGE, language)
    # After the title, which some programs take to be the first element.
    rss[0].insert(1, _build_notice(notice))


def _build_notice(notice: Notice) -> etree._Element:
    notice_element = etree.Element(f"{{{XHTML}}}div", nsmap={"xhtml": XHTML})
    _add(notice_element, "meta", **_VIEWPORT)
    for name, text in (("h1", notice.title), ("p", notice.about), ("p", notice.how)):
        _add(notice_element, name, text)
    _add(_add(notice_element, "p"), "code", notice.address)
    _add(_add(notice_element, "p"), "a", notice.link, href=notice.href)
    return notice_element


def _add(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{XHTML}}}{name}", attrib=attributes)
    element.text = text
    return element
