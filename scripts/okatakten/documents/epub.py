"""A document as EPUB 3.3 (W3C), for reading apps and Braille displays, with what EPUB Accessibility 1.1 asks it to say.

A chapter is a file: the title page, and one for every heading of the second level. Made here and not with a library:
EbookLib writes the time of the making into its files, and the same document has to give the same bytes.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast
from xml.etree import ElementTree as ET

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # the stubs lack it

from okatakten.words.catalogue import Words

XHTML: Final = "http://www.w3.org/1999/xhtml"
SVG: Final = "http://www.w3.org/2000/svg"
TITLE: Final = "title.xhtml"
OPS: Final = "http://www.idpf.org/2007/ops"
OPF: Final = "http://www.idpf.org/2007/opf"
DC: Final = "http://purl.org/dc/elements/1.1/"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
CONTAINER: Final = "urn:oasis:names:tc:opendocument:xmlns:container"
ACCESSIBILITY: Final = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    *(
        ("accessibilityFeature", feature)
        for feature in (
            "alternativeText", "displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents",
            "unlocked",
        )
    ),
    ("accessibilityHazard", "none"),
)  # fmt: skip
"""What every document of ours is (EPUB Accessibility 1.1, section 2; the terms are those of schema.org)."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment of a zip file, instead of the clock."""
_SEEN_BY_SCREEN_ONLY: Final = ("focusable", "data-search-ignore")

_X = ElementMaker(namespace=XHTML, nsmap={None: XHTML, "epub": OPS})
_P = ElementMaker(namespace=OPF, nsmap={None: OPF, "dc": DC})
_D = ElementMaker(namespace=DC, nsmap={"dc": DC})
_C = ElementMaker(namespace=CONTAINER, nsmap={None: CONTAINER})


@dataclass(slots=True, kw_only=True)
class Chapter:
    """A file of the book: what stands in it, and its headings of the second and third level as (id, words)."""

    name: str
    title: str
    parts: list[ET.Element] = field(default_factory=list)
    headings: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def drawn(self) -> bool:
        return any(next(part.iter(f"{{{SVG}}}svg"), None) is not None for part in self.parts)


def build_epub(root: ET.Element, *, address: str, modified: date, css: str, words: Words) -> bytes:
    """Return the document as an EPUB. `address` is where it is on the web, `css` how it looks.

    The body holds `header` (the title page) and `main`, with what is left out here: `nav`, which an EPUB has in a file
    of its own, and the appendix, since the tables stand by their figures.
    """
    chapters = _chapters(root)
    places = {
        element.get("id"): chapter.name for chapter in chapters for part in chapter.parts for element in part.iter()
    }
    language = root.get("lang", "")
    files = {
        "META-INF/container.xml": _container(),
        "EPUB/package.opf": _package(root, chapters, address=address, modified=modified, words=words),
        "EPUB/nav.xhtml": _nav(chapters, language=language, words=words),
        **{f"EPUB/{chapter.name}": _page(chapter, language=language, places=places) for chapter in chapters},
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        # First and as it is, so that what kind of file this is can be read at its beginning (EPUB 3.3, 4.2.6.3).
        book.writestr(zipfile.ZipInfo("mimetype", _EPOCH), "application/epub+zip")
        texts = {name: _xml(tree) for name, tree in files.items()} | {"EPUB/style.css": css.encode()}
        for name, text in texts.items():
            book.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED, compresslevel=9)
    return content.getvalue()


def _chapters(root: ET.Element) -> list[Chapter]:
    body = root.find("body")
    assert body is not None
    chapters = [Chapter(name=TITLE, title=_words(next(root.iter("h1"))))]
    for part in _parts(body):
        heading = next(part.iter("h2"), None)
        if heading is not None:
            chapters.append(Chapter(name=f"chapter-{len(chapters)}.xhtml", title=_words(heading)))
        chapters[-1].parts.append(part)
        chapters[-1].headings += [
            (int(element.tag[1]), element.get("id", ""), _words(element))
            for element in part.iter()
            if element.tag in {"h2", "h3"}
        ]
    return chapters


def _parts(body: ET.Element) -> Iterator[ET.Element]:
    for part in body:
        if part.tag == "main":
            yield from _parts(part)
        elif part.tag != "nav" and part.get("class") != "appendix":
            yield part


def _words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _page(chapter: Chapter, *, language: str, places: Mapping[str | None, str]) -> Any:
    body = _X.body(*(_foreign(part, places) for part in chapter.parts))
    return _document(chapter.title, body, language=language)


def _document(title: str, body: Any, *, language: str) -> Any:
    head = _X.head(_X.title(title), _X.link(rel="stylesheet", href="style.css"))
    return _X.html({"lang": language, LANG: language}, head, body)


def _foreign(element: ET.Element, places: Mapping[str | None, str]) -> Any:
    """Return an element of the HTML document as XHTML: in its namespace, and with links that find their chapter."""
    tag = element.tag if element.tag.startswith("{") else f"{{{XHTML}}}{element.tag}"
    result: Any = etree.Element(tag, nsmap=cast("dict[str, str]", {None: etree.QName(tag).namespace}))
    for name, value in element.items():
        if name in _SEEN_BY_SCREEN_ONLY:
            continue
        linked = name == "href" and value.startswith("#")
        # The top of the page, and what the document leaves out, are where it begins.
        here = places.get(value[1:])
        result.set(name, value if not linked else here + value if here else TITLE)
        if name == "lang":
            result.set(LANG, value)
    result.text = element.text
    for child in element:
        own = _foreign(child, places)
        own.tail = child.tail
        result.append(own)
    return result


def _nav(chapters: Sequence[Chapter], *, language: str, words: Words) -> Any:
    contents = words["document_contents"].text
    items = []
    for chapter in chapters:
        below = [
            _X.li(_X.a(text, href=f"{chapter.name}#{anchor}")) for level, anchor, text in chapter.headings if level == 3
        ]
        items.append(_X.li(_X.a(chapter.title, href=chapter.name), *([_X.ol(*below)] if below else [])))
    nav = _X.nav({f"{{{OPS}}}type": "toc", "role": "doc-toc"}, _X.h1(contents), _X.ol(*items))
    return _document(contents, _X.body(nav), language=language)


def _package(root: ET.Element, chapters: Sequence[Chapter], *, address: str, modified: date, words: Words) -> Any:
    about = {element.get("name"): element.get("content", "") for element in root.iter("meta")}
    facts: Iterable[tuple[str, str]] = (
        ("title", chapters[0].title),
        ("language", root.get("lang", "")),
        ("creator", about["author"]),
        ("publisher", about["author"]),
        ("description", about["description"]),
        ("source", address),
        ("rights", words["footer_licence"].text),
        ("date", modified.isoformat()),
    )
    meta = [
        ("dcterms:modified", f"{modified.isoformat()}T00:00:00Z"),
        *((f"schema:{name}", value) for name, value in ACCESSIBILITY),
        ("schema:accessibilitySummary", words["epub_accessibility"].text),
    ]
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, address).urn
    return _P.package(
        {
            "version": "3.0",
            "unique-identifier": "id",
            LANG: root.get("lang", ""),
        },
        _P.metadata(
            _D.identifier(identifier, id="id"),
            *(_D(name, value) for name, value in facts),
            *(_P.meta(value, property=name) for name, value in meta),
        ),
        _P.manifest(*_manifest(chapters)),
        _P.spine(*(_P.itemref(idref=_id(chapter)) for chapter in chapters)),
    )


def _manifest(chapters: Sequence[Chapter]) -> Iterator[Any]:
    yield _P.item({"id": "nav", "href": "nav.xhtml", "media-type": "application/xhtml+xml", "properties": "nav"})
    yield _P.item({"id": "style", "href": "style.css", "media-type": "text/css"})
    for chapter in chapters:
        drawn = {"properties": "svg"} if chapter.drawn else {}
        yield _P.item({"id": _id(chapter), "href": chapter.name, "media-type": "application/xhtml+xml", **drawn})


def _id(chapter: Chapter) -> str:
    return chapter.name.removesuffix(".xhtml")


def _container() -> Any:
    file = {"full-path": "EPUB/package.opf", "media-type": "application/oebps-package+xml"}
    return _C.container({"version": "1.0"}, _C.rootfiles(_C.rootfile(file)))


def _xml(tree: Any) -> bytes:
    doctype = "<!DOCTYPE html>\n" if tree.tag == f"{{{XHTML}}}html" else ""
    text: str = etree.tostring(tree, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}{text}\n'.encode()
