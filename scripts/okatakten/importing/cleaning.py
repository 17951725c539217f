"""Text that somebody else wrote, as HTML or plain: made plain words, or the Markdown that our show notes are.

What comes in is hostile until cleaned (nh3); what goes out is what `render_notes` reads.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any, Final, Literal
from urllib.parse import quote

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from markdownify import MarkdownConverter

from okatakten.importing.times import TIME_LINE
from okatakten.podcast.notes import NOTE_TAGS
from okatakten.written.text import UNPUBLISHABLE, composed, cut
from okatakten.written.values import parse_address

MARKUP_LIMIT: Final = 100_000
"""Characters of show notes that are read: as much as is said in two hours."""
TAG_LIMIT: Final = 6_000
"""Tags that are read as HTML; with more of them the words are all that is taken."""

TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_BLOCK: Final = re.compile(
    r"<(?:/?(?:p|div|ul|ol|li|h[1-6]|blockquote|pre|table|tr|section|article|dl|dt|dd|figure|hr)|br)\b[^<>]*>",
    re.IGNORECASE,
)
_FORMATTING: Final = re.compile(r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\s[^<>]*>", re.IGNORECASE)
_MORE: Final = re.compile(
    r"<(?:img|picture|svg|table|iframe|object|embed|video|audio|canvas|form|math)\b", re.IGNORECASE
)
_REMOVED: Final = {"script", "style", "iframe", "object", "template", "title"}
_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']")
_LINE_START: Final = re.compile(r"^(\s*)(?:([#+>-])|(=)|(\d{1,9})(?=\.(?:\s|$)))")
_SPECIAL: Final = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)")
_LOOKS_LIKE_ENTITY: Final = re.compile(r"&(?=\w+;|#)")


def parse_notes(markup: str, *, base: str = "") -> str:
    """Return foreign HTML or plain text as Markdown that `render_notes` makes the same text and links of.

    What show notes may not hold is gone: scripts, pictures, styles. Headings all get one level, so that none is
    skipped. Nothing in the result starts a heading, a list or an insert that the source did not have.
    """
    # HTML repeats open formatting in every paragraph, up to three times each if nothing tells it apart: with
    # attributes that nobody needs a few kilobytes would become gigabytes.
    markup = _FORMATTING.sub(r"<\1>", _as_html(UNPUBLISHABLE.sub("", markup[:MARKUP_LIMIT])))
    try:
        clean = _clean(markup, url_relative=("rewrite_with_base", base) if parse_address(base) else "deny")
    except ValueError:  # an address that no browser could resolve anything against
        clean = _clean(markup, url_relative="deny")
    try:
        if clean.count("<") > 2 * TAG_LIMIT:
            raise RecursionError  # noqa: TRY301
        soup = BeautifulSoup(clean, "html.parser")
        for element in soup.find_all(["a", "b", "i", "strong", "em", "code"]):
            if not element.get_text(strip=True) or (element.name == "a" and not element.get("href")):
                element.unwrap()
        soup.smooth()
        markdown = str(_Notes(bullets="-", heading_style="atx").convert_soup(soup))
    except RecursionError:  # nested deeper than any text is: its words are what is left
        markdown = str(
            _Notes().convert_soup(BeautifulSoup(_paragraphs(html.escape(plain_text(markup))), "html.parser"))
        )
    return re.sub(r"[ \t]*\n\s*\n(?=[ \t]*\S)", "\n\n", markdown).strip()


def has_more(markup: str) -> bool:
    """Return whether a text has more than words and links: pictures, tables, what is embedded or plays."""
    return _MORE.search(markup[:MARKUP_LIMIT]) is not None


def _clean(markup: str, *, url_relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> str:
    return nh3.clean(
        markup,
        tags=NOTE_TAGS | {"h1", "h6", "div", "section", "article", "tr", "td", "th", "dt", "dd"},
        clean_content_tags=_REMOVED,
        attributes={"a": {"href"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        url_relative=url_relative,
    )


def plain_text(markup: str) -> str:
    """Return the words of HTML or plain text, a line for each paragraph, without markup and empty lines."""
    text = markup[:MARKUP_LIMIT]
    if TAG.search(text):
        if _BLOCK.search(text):
            text = _BLOCK.sub(lambda match: f"\n{match[0]}", " ".join(text.split()))
        if text.count("<") > TAG_LIMIT:
            text = re.sub(r"<[^<>]*>", " ", text)
        else:
            text = nh3.clean(_FORMATTING.sub(r"<\1>", text), tags=set(), clean_content_tags=_REMOVED)
    lines = (" ".join(line.split()) for line in composed(UNPUBLISHABLE.sub("", html.unescape(text))).split("\n"))
    return "\n".join(line for line in lines if line)


def summarise(markup: str, *, length: int = 300, limit: int = 1000) -> str:
    """Return the beginning of a text in plain words: `length` characters or so, ending with a sentence.

    Lines of chapters and lines that are little more than an address are left out.
    """
    lines = [line for line in plain_text(markup).split("\n") if not TIME_LINE.fullmatch(line) and not _is_address(line)]
    text = " ".join(lines)
    if len(text) <= length:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?…][\"”»)]?(?= [^a-zåäö])", text[: limit + 2])]
    within = [end for end in ends if length / 5 <= end <= length]
    end = within[-1] if within else next((end for end in ends if length < end <= limit), None)
    return text[:end] if end else cut(text, length)


def _is_address(line: str) -> bool:
    """Return whether a line is an address with at most a few words before it."""
    return sum(len(match[0]) for match in _LINK.finditer(line)) * 2 > len(line)


def _as_html(markup: str) -> str:
    """Return the markup as HTML with paragraphs, whether its maker wrote HTML, plain text or a little of both."""
    if markup.count("<") > TAG_LIMIT:
        return _paragraphs(html.escape(plain_text(markup)))
    if not TAG.search(markup):
        words = html.escape(html.unescape(markup), quote=False)
        return _paragraphs(_LINK.sub(lambda match: f'<a href="{match[0]}">{match[0]}</a>', words))
    return markup if _BLOCK.search(markup) else _paragraphs(markup)


def _paragraphs(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return "".join(f"<p>{paragraph.strip().replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


class _Notes(MarkdownConverter):
    """Makes Markdown that Python-Markdown, without extensions for tables and fences, reads as it was meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._items = Counter[int]()

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text = str(super().process_text(el, parent_tags=parent_tags))  # type: ignore[misc]  # the stubs lack it
        if parent_tags and "_noformat" in parent_tags:
            return text
        text = text.replace("\n", " ")
        text = text.lstrip(" ") if _is_break(el.previous_sibling) else text
        text = text.rstrip(" ") if _is_break(el.next_sibling) else text
        return _LINE_START.sub(_escape_start, text, count=1) if _starts_line(el.previous_sibling) else text

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = _SPECIAL.sub(lambda match: "\\" + match[0], _LOOKS_LIKE_ENTITY.sub("&amp;", text))
        return text.replace("<", "&lt;")

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href = str(el.get("href") or "").strip()
        words = text.strip()
        if not words or not href or "_noformat" in parent_tags:
            return text
        if el.get_text() == href and _LINK.fullmatch(href):
            return f"<{href}>"
        address = re.sub(r"&(#?\w+);", r"&\1%3B", quote(href, safe="/%:=&?~#+!$,;'@*"))
        return f"{' ' * text.startswith(' ')}[{words}]({address}){' ' * text.endswith(' ')}"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        words = " ".join(text.split())
        if not words:
            return ""
        return f" **{words}** " if {"li", "_inline", "blockquote"} & parent_tags else f"\n\n## {words}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        lines = text.strip().split("\n")
        numbered = el.parent is not None and el.parent.name == "ol"
        # Asking each item for those before it would take a minute for a list of some ten thousand.
        self._items[id(el.parent)] += 1
        mark = f"{self._items[id(el.parent)]}. " if numbered else "- "
        # Python-Markdown wants four spaces before what belongs to an item.
        return "\n".join([mark + lines[0], *(f"    {line}" if line.strip() else "" for line in lines[1:])]) + "\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        lines = el.get_text().strip("\n").split("\n")
        return "\n\n" + "\n".join(f"    {line}" for line in lines) + "\n\n"

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{' '.join(text.split())}\n\n"

    convert_dt = convert_dd = convert_tr

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f" {text.strip()} "

    convert_th = convert_td


def _is_break(beside: PageElement | None) -> bool:
    return isinstance(beside, Tag) and beside.name == "br"


def _starts_line(before: PageElement | None) -> bool:
    """Return whether text after this sibling can come first on a line."""
    return before is None or (isinstance(before, Tag) and before.name not in {"a", "b", "i", "strong", "em", "code"})


def _escape_start(match: re.Match[str]) -> str:
    space, sign, equals, number = match.groups()
    return f"{space}\\{sign}" if sign else f"{space}&#61;" if equals else f"{space}{number}\\"
