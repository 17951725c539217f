"""What HTML a page may hold: a list for what people write, and one for the finished page with what templates add.

All that is in neither list is told. The lists know elements, their attributes, and for every attribute that leads or
fetches which addresses it may hold (HTML Living Standard; WHATWG URL for how a browser reads an address).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

from lxml import etree
from tinyhtml5.constants import Token as Html
from tinyhtml5.tokenizer import HTMLTokenizer

from okatakten.written.advice import Hint
from okatakten.written.problems import Kind

FILM: Final = "video"
_CAPTIONS: Final = "captions"


class Tag(NamedTuple):
    """A start tag, or an end tag without attributes, as a browser reads it: lower case, references resolved."""

    name: str
    attributes: Mapping[str, str]
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with some HTML. `needles` are what of it may stand in the source, in lower case, best first."""

    kind: Kind
    found: str
    expected: str = ""
    needles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The elements with the attributes that each may have, and those that all may have, by name or by beginning.

    `schemes` are those of the addresses that links may lead to, `hosts` those elsewhere that sound may come from, as
    `https://media.exempel.se`.
    """

    elements: Mapping[str, frozenset[str]]
    everywhere: frozenset[str]
    beginnings: tuple[str, ...]
    schemes: frozenset[str]
    hosts: frozenset[str] = frozenset()

    def takes(self, element: str, attribute: str) -> bool:
        return (
            attribute in self.elements[element] or attribute in self.everywhere or attribute.startswith(self.beginnings)
        )

    def fetches(self, element: str, address: str) -> bool:
        """Return whether an element may fetch an address: one here, or for sound one of the hosts."""
        host = "/".join(address.split("/")[:3])
        return is_here(address) or (element in {"audio", "source"} and host in self.hosts)


def _elements(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the elements by name, from lines of names with the attributes that all of a line have."""
    return {name: frozenset(attributes.split()) for names, attributes in table.items() for name in names.split()}


_TEXT: Final = {
    "p br hr wbr h1 h2 h3 h4 h5 h6 ul dl dt dd pre code kbd samp var em strong b i u s mark small sub sup": "",
    "abbr cite dfn span div section article aside figure figcaption address bdi bdo ruby rt rp summary caption": "",
    "table thead tbody tfoot tr picture": "",
    "ol": "start type reversed",
    "li": "value",
    "blockquote q": "cite",
    "ins del": "cite datetime",
    "time": "datetime",
    "details": "open",
    "colgroup col": "span",
    "th td": "colspan rowspan headers scope abbr",
    "a": "href hreflang type download name",
    "img": "src srcset sizes alt width height loading decoding",
    FILM: "src poster width height controls preload playsinline",
    "audio": "src controls preload",
    "source": "src srcset sizes type media width height",
    "track": "src kind srclang label default",
}
AUTHORS: Final = Allowed(
    elements=_elements(_TEXT),
    everywhere=frozenset({"id", "class", "lang", "dir", "title", "translate", "role"}),
    beginnings=("aria-",),
    schemes=frozenset({"https", "http", "mailto", "tel"}),
)
"""What somebody may write on a page, as Markdown or HTML. Nothing in it runs, asks for anything or looks like ours."""
_TEMPLATES: Final = {
    "html body head title main header footer nav template": "",
    "meta": "charset name property content media http-equiv",
    "link": "rel href hreflang type title as crossorigin media sizes",
    "script": "src type defer",
    "a": "href hreflang type download target",
    "form": "",
    "label": "for",
    "button": "type popovertarget",
    "div": "popover",
    "input": "type name value min max step maxlength readonly checked autocomplete spellcheck",
    "textarea": "rows readonly spellcheck",
    "select": "",
    "option": "value selected",
    "svg": "viewbox preserveaspectratio focusable width height fill",
    "g text circle path polygon rect line": "points x y x1 x2 y1 y2 cx cy r rx width height d fill stroke transform "
    "text-anchor stroke-width stroke-dasharray stroke-linecap",
}
PAGES: Final = Allowed(
    elements=_elements(_TEXT | _TEMPLATES),
    everywhere=AUTHORS.everywhere | {"hidden", "tabindex"},
    beginnings=("aria-", "data-"),
    # With those that open the show in an app.
    schemes=AUTHORS.schemes | {"podcast", "overcast", "pktc"},
)
"""What a finished page may hold: that, and what our templates put around it."""

LEADING: Final = {("a", "href"), ("blockquote", "cite"), ("q", "cite"), ("ins", "cite"), ("del", "cite")}
FETCHING: Final = {"src", "srcset", "poster"}
_LINKS_THAT_LEAD: Final = {"canonical", "alternate"}
_LINKS_THAT_FETCH: Final = {"stylesheet", "icon", "apple-touch-icon", "preload"}
_GUARDED: Final = {"meta", "link", "script", "input"}
_HTTP_EQUIV: Final = {"content-security-policy", "refresh"}
_READABLE: Final = re.compile(r"[\w./#?=&,+-]*", re.ASCII)
"""An address that no reader stumbles over. There are many, and reading one takes its time."""
_DATA_SCRIPTS: Final = {"application/ld+json"}
_ATTRIBUTE: Final = r' ([a-z-]+)="([^"&<>\0\r]*)"'
_PLAIN_TAG: Final = re.compile(rf"<(/?)([a-z][a-z0-9]*)((?:{_ATTRIBUTE})*) ?/?>")
"""A tag that nobody could read in two ways, as Markdown makes them."""


def tags_of(html: str) -> Iterator[Tag]:
    """Yield the tags of a piece of HTML, those that a tree would leave out (a second `<body>`) as well.

    Content that a parser would take as raw (`<style>`, `<textarea>`) is read as tags, too: what people write has none.
    """
    plain = list(_PLAIN_TAG.finditer(html))
    if len(plain) == html.count("<"):
        for tag in plain:
            attributes: dict[str, str] = {}
            for name, value in re.findall(_ATTRIBUTE, tag[3]) if tag[3] and not tag[1] else ():
                attributes.setdefault(name, value)  # a browser takes the first one
            yield Tag(tag[2], attributes, ends=bool(tag[1]))
        return
    for token in HTMLTokenizer(html):
        if token["type"] in {Html.START_TAG, Html.EMPTY_TAG}:
            yield Tag(token["name"], dict(token["data"]))
        elif token["type"] == Html.END_TAG:
            yield Tag(token["name"], {}, ends=True)


def tags_of_page(content: bytes) -> list[Tag]:
    """Return the tags of a whole page as libxml2 reads them: fast, and without those that a tree leaves out.

    Of end tags, only those of films are among them.

    Raises ValueError for a page that is too deep to be read to its end.
    """
    gathered = _Tags()
    # The stubs ask for `data` and `comment`, too; without them, lxml does not stop at every text.
    parser = etree.HTMLParser(target=cast("Any", gathered), huge_tree=True, encoding="utf-8")
    parser.feed(content)
    parser.close()
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise ValueError("too deep")
    return gathered.tags


class _Tags:
    """Gathers what libxml2 tells of a page. Of text and comments, which show themselves, it is told nothing."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def start(self, tag: Any, attrib: Any) -> None:
        self.tags.append(Tag(tag, attrib))

    def end(self, tag: Any) -> None:
        if tag == FILM:
            self.tags.append(Tag(FILM, {}, ends=True))

    def close(self) -> None:
        """End; lxml asks for it."""


def judge(tags: Iterable[Tag], allowed: Allowed) -> Iterator[Finding]:
    """Yield what of some tags is not allowed: elements, attributes, addresses, films without captions."""
    silent = False
    safe: dict[tuple[str, ...], bool] = {}
    for tag in [*tags, Tag(FILM, {}, ends=True)]:
        if silent and tag.name == FILM:
            yield Finding(kind=Kind.FILM_WITHOUT_CAPTIONS, found=f"<{FILM}>", needles=(f"<{FILM}",))
        if tag.name == FILM:
            silent = not tag.ends
        elif tag.name == "track" and tag.attributes.get("kind", "").lower() == _CAPTIONS and tag.attributes.get("src"):
            silent = False
        if tag.ends:
            continue
        # Most tags look alike, with attributes in which nothing can stand that matters.
        look = (tag.name, *tag.attributes)
        if look not in safe:
            safe[look] = _is_safe(tag, allowed)
        if not safe[look]:
            yield from _judge_tag(tag, allowed)


def _is_safe(tag: Tag, allowed: Allowed) -> bool:
    """Return whether a tag with these attributes is allowed whatever stands in them."""
    return (
        tag.name in allowed.elements
        and tag.name not in _GUARDED
        and not any((tag.name, name) in LEADING or name in FETCHING for name in tag.attributes)
        and all(allowed.takes(tag.name, name) for name in tag.attributes)
    )


def _judge_tag(tag: Tag, allowed: Allowed) -> Iterator[Finding]:
    if tag.name not in allowed.elements or not _is_harmless(tag):
        needles = (f"<{tag.name}", *(value.lower() for value in tag.attributes.values() if len(value) > 3))
        yield Finding(kind=Kind.HTML_NOT_ALLOWED, found=shown(tag), needles=needles)
        return
    for name, value in tag.attributes.items():
        if not allowed.takes(tag.name, name):
            yield Finding(kind=Kind.HTML_NOT_ALLOWED, found=_written(name, value), needles=(name,))
        elif (tag.name, name) in LEADING and not leads(value, allowed.schemes):
            yield Finding(kind=Kind.LINK_BROKEN, found=value, expected=Hint.LINK_SCHEME, needles=(value.lower(),))
        elif name in FETCHING and (
            away := next((one for one in each(name, value) if not allowed.fetches(tag.name, one)), None)
        ):
            yield Finding(kind=Kind.IMAGE_ELSEWHERE, found=away, needles=(away.lower(),))


def shown(tag: Tag) -> str:
    """Return a start tag as somebody may have written it."""
    return f"<{' '.join([tag.name, *(_written(name, value) for name, value in tag.attributes.items())])}>"


def _written(name: str, value: str) -> str:
    return f'{name}="{value}"' if value else name


def _is_harmless(tag: Tag) -> bool:
    """Return whether an element that templates alone use does what they use it for, and nothing else."""
    if tag.name not in _GUARDED:
        return True
    values = {name: value.strip().lower() for name, value in tag.attributes.items()}
    match tag.name:
        case "meta" if "http-equiv" in values:
            refresh = re.fullmatch(r"0; url=(.*)", tag.attributes.get("content", ""))
            return values["http-equiv"] in _HTTP_EQUIV and (
                values["http-equiv"] != "refresh" or (refresh is not None and is_here(refresh[1]))
            )
        case "link":
            kind, address = values.get("rel", ""), tag.attributes.get("href", "")
            return (kind in _LINKS_THAT_LEAD and leads(address, AUTHORS.schemes)) or (
                kind in _LINKS_THAT_FETCH and is_here(address)
            )
        case "script":
            return "src" in values or values.get("type") in _DATA_SCRIPTS
        case "input":
            return values.get("type") != "image"
    return True


def each(name: str, value: str) -> list[str]:
    """Return the addresses that an attribute holds: `srcset` has several, each with its width."""
    if name != "srcset":
        return [value]
    return [part.split()[0] for part in value.split(",") if part.split()]


def as_read(address: str) -> str:
    """Return an address as a browser reads it: spaces around it and breaks in it mean nothing, a backslash is `/`."""
    return re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33))))).replace("\\", "/")


def scheme_of(address: str) -> str:
    """Return the scheme of an address in lower case; empty for one that begins where the page is."""
    if ":" not in address:
        return ""
    match = re.match(r"([a-z][a-z0-9+.-]*):", as_read(address), re.IGNORECASE)
    return match[1].lower() if match else ""


def leads(address: str, schemes: Collection[str]) -> bool:
    """Return whether a link may lead to an address: one of these schemes, or a page here."""
    scheme = scheme_of(address)
    return (not scheme or scheme in schemes) and _is_readable(address)


def is_here(address: str) -> bool:
    """Return whether an address is one of the site itself, so that nobody else learns who reads it."""
    return not scheme_of(address) and not as_read(address).startswith("//") and _is_readable(address)


def _is_readable(address: str) -> bool:
    if _READABLE.fullmatch(address):
        return True
    try:
        urlsplit(as_read(address))
    except ValueError:
        return False
    return True


def twice(tags: Iterable[Tag]) -> Iterator[Finding]:
    """Yield every id that stands a second time."""
    seen: set[str] = set()
    for tag in tags:
        name = tag.attributes.get("id")
        if name is not None:
            if name in seen:
                yield Finding(kind=Kind.ID_TWICE, found=name, needles=(name.lower(),))
            seen.add(name)


def ids_of(tags: Iterable[Tag]) -> list[str]:
    """Return what links within a page lead to."""
    return [tag.attributes[key] for tag in tags for key in ("id", "name") if tag.attributes.get(key)]
