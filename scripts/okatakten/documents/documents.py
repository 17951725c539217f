"""Pages as files to keep, print and read elsewhere: one HTML document becomes a PDF, and for the report an EPUB.

What a document needs is put into it, so that it is all there is to know: the same document gives the same bytes, and
one that has been made before is taken from where it is remembered.
"""

from __future__ import annotations

import base64
import copy
import io
import mimetypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import unquote, urljoin
from xml.etree import ElementTree as ET

import tinyhtml5
from fontTools.ttLib import TTFont

from okatakten.addresses import CONTACT, PODCAST, local_path
from okatakten.disk.memory import recall
from okatakten.documents import pdf
from okatakten.documents.epub import build_epub
from okatakten.model import DEFAULT_LOCALE, REPORT, Locale, Page, Picture
from okatakten.podcast.images import decode, encode
from okatakten.podcast.pictures import build_picture
from okatakten.rules import slug_of
from okatakten.site.build import Downloads, Render
from okatakten.site.key_figures import KeyFigure, build_key_figures
from okatakten.site.lettering import STATEMENT_FONT
from okatakten.site.metadata import Download
from okatakten.site.pictures import KINDS, WIDTHS
from okatakten.site.profile import Profile
from okatakten.site.qr import qr_code
from okatakten.site.structure import BuiltPage, LocalSite
from okatakten.words.catalogue import Word, Words
from okatakten.words.wording import dated_text, list_text, size_text
from okatakten.written.advice import Reason

Element = ET.Element
MEDIA_TYPES: Final = {"pdf": "application/pdf", "epub": "application/epub+zip"}
SVG: Final = "{http://www.w3.org/2000/svg}"
PARTS: Final = "documents/"
"""What the files to download are made of (overrides/documents/): no page fetches it."""
STYLE: Final = f"{PARTS}epub.css"
FONT: Final = "assets/fonts/atkinson-hyperlegible-next.woff2"
COVER_TYPE: Final = "image/jpeg"
COVER_SIZE: Final = 360
"""Pixels each way of the cover on paper: 35 mm at 260 to the inch."""
_SEEN_BY_BROWSERS_ONLY: Final = ("loading", "decoding", "srcset", "sizes")
_MAKERS: Final = ("weasyprint", "pydyf", "pikepdf", "fonttools", "tinyhtml5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address on paper: in words, and as a code for the camera of a phone."""

    label: Word
    address: str
    code: str
    alternative: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a document says of itself. Addresses are absolute, since it is read away from the site.

    `cover` is the picture of the podcast, of which `cover_alt` says what it shows.
    """

    address: str
    contact: str
    updated: date
    updated_text: Word
    funders: str
    keys: tuple[KeyFigure, ...]
    cover: str
    cover_alt: Word
    ways: tuple[Way, ...]


def make_downloads(
    page: BuiltPage,
    *,
    within: LocalSite,
    render: Render,
    profile: Profile,
    theme: Path,
    folders: Sequence[Path],
    cache: Path,
) -> Downloads:
    """Return the files of a page. `render` fills in the template of its document.

    `profile` is how they look, `theme` the folder overrides/, `folders` those where the site is built, with the
    pictures that the page shows; in `cache` PDF files are remembered.
    """
    assert page.own
    facts = build_facts(page.own, within=within, cache=cache)
    values = {
        "document": facts,
        "inline": lambda name: inline_file(theme / name),
        "inline_svg": lambda drawing: inline_svg(profile.on_paper(drawing)),
        "mark": data_address(profile.mark.encode(), "image/svg+xml"),
        "statement_font": inline_file(STATEMENT_FONT),
    }
    root = parse_document(
        profile.on_paper(render(f"{PARTS}{page.template}", values)),
        address=facts.address,
        read=lambda address: _find(unquote(address.removeprefix(within.site.url)), folders),
    )
    return _make_files(page.own, root, address=facts.address, within=within, profile=profile, theme=theme, cache=cache)


def _find(name: str, folders: Sequence[Path]) -> Path:
    """Return a file in the first folder that has it, or where it should be."""
    paths = [folder / name for folder in folders]
    return next(filter(Path.is_file, paths), paths[0])


def build_facts(page: Page, *, within: LocalSite, cache: Path) -> DocumentFacts:
    """Return what the document of a page says of itself. It leads to the podcast once there is an episode."""
    assert page.updated
    site, words, show = within.site, within.words, within.show
    podcast = within.nearest(PODCAST) if show.episodes else None
    ways = {"document_listen": podcast, "document_read_more": local_path("", locale=page.locale)}
    funders = [source.name for source in within.facts.funding]
    return DocumentFacts(
        address=site.absolute(local_path(page.path, locale=page.locale)),
        contact=site.absolute(within.nearest(CONTACT)),
        updated=page.updated,
        updated_text=dated_text("document_updated", page.updated, locale=page.locale, catalogues=within.catalogues),
        funders=list_text(funders, words=within.catalogues[DEFAULT_LOCALE]) if funders else "",
        keys=build_key_figures(within),
        cover=_inline_cover(show.cover, cache=cache),
        cover_alt=Word(show.cover.alt, show.language if show.language != page.locale else None, page=page.locale),
        ways=tuple(
            _way(words[key], site.absolute(path), words=words) for key, path in ways.items() if path is not None
        ),
    )


def _inline_cover(cover: Picture, *, cache: Path) -> str:
    """Return the cover of the podcast as it is printed, small: a picture within the document."""
    copy_of = replace(cover, width=COVER_SIZE, height=COVER_SIZE, media_type=COVER_TYPE, is_ready=False)
    return data_address(build_picture(copy_of, cache=cache), COVER_TYPE)


def _make_files(
    page: Page, root: Element, *, address: str, within: LocalSite, profile: Profile, theme: Path, cache: Path
) -> Downloads:
    """Return the files of a page, made of its document, which is at `address` on the web."""
    words, contents = within.words, {}
    with suppress(pdf.LibrariesMissingError):
        contents["pdf"] = make_pdf(root, cache=cache, words=words)
    if page.template == REPORT:
        assert page.updated
        css = profile.on_paper((theme / STYLE).read_text(encoding="utf-8"))
        contents["epub"] = build_epub(root, address=address, modified=page.updated, css=css, words=words)
    files = {document_path(page, kind=kind, show=within.show.title): content for kind, content in contents.items()}
    notes: list[str] = [] if "pdf" in contents else [why_no_pdf()]
    file = f"docs/{page.locale}/{page.name}"
    pages = _count_pages(contents["pdf"], cache=cache) if "pdf" in contents else 0
    if page.max_pages and pages > page.max_pages:
        notes.append(Reason.DOCUMENT_TOO_LONG.format(file=file, pages=pages, most=page.max_pages))
    if missing := missing_characters(root, (theme / FONT).read_bytes()):
        notes.append(Reason.DOCUMENT_LACKS_LETTERS.format(file=file, letters=" ".join(missing)))
    return Downloads(
        files=files,
        links=tuple(build_download(path, content, pages=pages, words=words) for path, content in files.items()),
        notes=tuple(notes),
        complete="pdf" in contents,
    )


def document_path(page: Page, *, kind: str, show: str) -> str:
    """Return the address of a page's file, relative to the site: `rapport/oka-takten-rapport.pdf`."""
    path = local_path(page.path, locale=page.locale)
    name = "-".join([slug_of(show), PurePath(page.path).name, *([page.locale] if page.translation else [])])
    return f"{path}{name}.{kind}"


def _count_pages(content: bytes, *, cache: Path) -> int:
    counted = cache.with_name("page-counts")
    return int(recall(counted, content, make=lambda: str(pdf.count_pages(content)).encode()))


def build_download(path: str, content: bytes, *, pages: int, words: Words) -> Download:
    """Return the link to a file, with its size and, for a PDF, its `pages`."""
    kind = PurePath(path).suffix[1:]
    values = {"size": size_text(len(content), words=words)}
    if kind == "pdf":
        values["pages"] = words["pages_one" if pages == 1 else "pages_other"].format(pages=pages)
    return Download(href=path, media_type=MEDIA_TYPES[kind], label=words[f"download_{kind}"].format(**values))


def _way(label: Word, address: str, *, words: Words) -> Way:
    return Way(
        label=label,
        address=address,
        code=data_address(qr_code(address), "image/svg+xml"),
        alternative=words["qr_code"].format(address=address),
    )


def why_no_pdf() -> Reason:
    """Return what is missing where PDF files could not be made, and what to do about it."""
    return Reason.NO_PANGO if pdf.is_installed() else Reason.NO_DOCUMENTS


def data_address(content: bytes, media_type: str) -> str:
    """Return the address that is the content itself (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def inline_file(path: Path) -> str:
    media_type = mimetypes.guess_type(path.name)[0] or f"font/{path.suffix[1:]}"
    return data_address(path.read_bytes(), media_type)


def _inline_image(path: Path) -> str:
    """Return the address that is a picture itself, as JPEG where a reading app might not know its format (EPUB 3.3)."""
    if path.suffix.lower() == ".avif":
        return data_address(encode(decode(path, least=WIDTHS[-1]), "JPEG"), "image/jpeg")
    kind = KINDS.get(path.suffix.lower())
    return data_address(path.read_bytes(), f"image/{kind.lower()}") if kind else inline_file(path)


def _keep_one_image(picture: Element) -> None:
    """Put in place of a picture its image: what else a browser may choose lies on the web."""
    image, tail = picture.find("img"), picture.tail
    assert image is not None
    attributes = dict(image.attrib)
    picture.clear()
    picture.tag, picture.tail = "img", tail
    picture.attrib.update(attributes)


def _open_figures(root: Element) -> None:
    """Let the table of each figure be seen, and its drawing lead nowhere: on paper nothing can be pressed."""
    for figure in root.iter("figure"):
        for details in figure.findall("details"):
            figure[:] = [
                part for child in figure for part in (child.iterfind("table") if child is details else [child])
            ]
        for drawing in figure.iter(f"{SVG}svg"):
            drawing.attrib = {
                "viewBox": drawing.get("viewBox", ""),
                "class": drawing.get("class", ""),
                "aria-hidden": "true",
            }
            for link in drawing.iter(f"{SVG}a"):
                link.tag, link.attrib = f"{SVG}g", {}


def inline_svg(drawing: str) -> str:
    """Return the address of a drawing that stands in HTML: as a picture it must name its namespace."""
    return data_address(drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1).encode(), "image/svg+xml")


def parse_document(html: str, *, address: str, read: Callable[[str], Path]) -> Element:
    """Return an HTML document that can leave the site: links lead to it from anywhere, pictures are inside.

    `address` is where the document is on the web; `read` gives the file of an absolute address of the site.
    """
    root: Element = tinyhtml5.parse(html, namespace_html_elements=False)
    _drop_comments(root)
    for link in root.iter("a"):
        href = link.get("href")
        if href is not None and not href.startswith("#"):
            link.set("href", urljoin(address, href))
    for head in root.iter("thead"):
        for cell in head.iter("th"):
            cell.attrib.setdefault("scope", "col")
    for cell in root.iter("th"):
        cell.attrib.setdefault("scope", "row")
    _open_figures(root)
    for picture in root.iter("picture"):
        _keep_one_image(picture)
    for image in root.iter("img"):
        for name in _SEEN_BY_BROWSERS_ONLY:
            image.attrib.pop(name, None)
        source = image.get("src", "")
        if not source.startswith("data:"):
            image.set("src", _inline_image(read(urljoin(address, source))))
    return root


def make_pdf(root: Element, *, cache: Path, words: Words) -> bytes:
    """Return the document as PDF, from `cache` if it has been made before. Raises LibrariesMissingError."""
    if not pdf.is_installed():
        raise pdf.LibrariesMissingError
    printed = copy.deepcopy(root)
    _set_figures(printed, words=words)
    _keep_lists_in_items(printed)
    html = _as_html(printed)
    makers = "".join(version(maker) for maker in _MAKERS)
    made_of = html.encode() + makers.encode() + Path(pdf.__file__).read_bytes()
    return recall(cache, made_of, make=lambda: pdf.render_pdf(html))


def missing_characters(root: Element, font: bytes) -> str:
    """Return the characters of a document that its font lacks, in order: a PDF must bring the letters that it shows."""
    body = root.find("body")
    assert body is not None
    signs = set("".join(body.itertext()))
    return "".join(sorted(sign for sign in signs if sign.isprintable() and ord(sign) not in _letters(font)))


@cache
def _letters(font: bytes) -> frozenset[int]:
    return frozenset(TTFont(io.BytesIO(font)).getBestCmap())


def _drop_comments(root: Element) -> None:
    for parent in list(root.iter()):
        for place, child in reversed(list(enumerate(parent))):
            if not isinstance(child.tag, str):
                before = parent[place - 1] if place else None
                parent.remove(child)
                if before is None:
                    parent.text = (parent.text or "") + (child.tail or "")
                else:
                    before.tail = (before.tail or "") + (child.tail or "")


def _keep_lists_in_items(root: Element) -> None:
    """Put what an item of a list holds into one block, where the item holds a list: WeasyPrint would move that out."""
    for item in root.iter("li"):
        if any(child.tag in {"ul", "ol"} for child in item):
            block = ET.Element("div")
            block.text, item.text = item.text, None
            block[:] = list(item)
            item[:] = [block]


def _as_html(root: Element) -> str:
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)  # which parsing puts back
    return "<!doctype html>\n" + ET.tostring(root, encoding="unicode", method="html")


def _set_figures(root: Element, *, words: Words) -> None:
    """Number the figures, give every drawing its text and its styles, and let the tables stand in the appendix.

    On the web the drawing is hidden from screen readers, as the table says the same. In a PDF it cannot be hidden, and
    a caption would have to belong to the drawing or the table alone: it becomes a paragraph. Without an appendix the
    drawing says itself what its table says.
    """
    styles = "".join(style.text or "" for style in root.iter("style") if style.get("class") == "site-drawing")
    appendix = next((part for part in root.iter("section") if part.get("class") == "appendix"), None)
    figures = [figure for figure in root.iter("figure") if figure.find("figcaption") is not None]
    for number, figure in enumerate(figures, start=1):
        caption, table = figure.find("figcaption"), figure.find("table")
        assert caption is not None
        text = Word(_said(caption), next((Locale(part.get("lang", "")) for part in caption.iter("span")), None))
        if table is not None:
            figure.remove(table)
            text = text.saying(
                ". ".join([text.text, *(", ".join(map(_said, row)) for row in table.iterfind("tbody/tr"))])
            )
        if table is not None and appendix is not None:
            text = words["figure_alternative"].format(number=number)
            heading = copy.deepcopy(caption)
            _make_caption(heading, words["document_table"].format(number=number), name=f"tabell-{number}")
            appendix.extend([heading, table])
        _make_caption(caption, words["document_figure"].format(number=number), name=f"figur-{number}")
        for drawing in figure.iter(f"{SVG}svg"):
            title, style = ET.Element(f"{SVG}title"), ET.Element(f"{SVG}style")
            title.text, style.text = text.text, styles
            drawing[:0] = [title, style]
            if text.lang:
                drawing.set("lang", text.lang)
        # A box of its own, which goes on to the next page as a whole where there is no room for it.
        whole = ET.Element("div", {"class": "figure__whole"})
        whole[:], figure[:] = list(figure), [whole]


def _said(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _make_caption(caption: Element, label: Word, *, name: str) -> None:
    """Make a paragraph of a caption, with a label before its words."""
    number = ET.Element("span", {"class": "caption__number"} | ({"lang": label.lang} if label.lang else {}))
    number.text, number.tail, caption.text = label.text, f" {caption.text or ''}", None
    caption.insert(0, number)
    caption.tag, caption.attrib = "p", {"class": "caption", "id": name}
