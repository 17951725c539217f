"""A page as PDF that screen readers can read (PDF/UA-1, ISO 14289-1).

WeasyPrint 70 lays the pages out and tags them. What its tags lack is put right here: where it makes them, each is
marked (`_mark`) with what only that place knows; the rest is done to the finished file.

- The language of parts is lost (WCAG 3.1.2), and header cells have no Scope (Kozea/WeasyPrint#2508): `_mark`.
- Links are described by their address and not by their words (ISO 14289-1, 7.18.5): `_mark`.
- What goes on over a page break becomes several elements, and the head of a table is said anew on every page
  (Kozea/WeasyPrint#2903): `_join`.
- A float that goes on to the next page is read at the end of what stands there, and as a part of nothing: `_take_home`.
- Every line of text is an element of its own (Kozea/WeasyPrint#2482): `_join`.
- A paragraph in an item of a list stands beside the item's body and not in it (ISO 32000-1, table 336): `_gather_body`.
- A link over two lines, or with an element in it, is several to the keyboard, and none asks to be printed
  (Kozea/WeasyPrint#185; ISO 32000-1, 12.5.3): `_mend_link`.
- Figures say that they are somewhere else: pixels from the top, not points from the bottom (ISO 32000-1, table 344):
  `_place_figure`.
- Running heads are tagged and not artifacts (Kozea/WeasyPrint#1836): `_make_artifacts`.

documents.py does what has to be done before: a figure's caption is a paragraph, a header cell names its scope, and a
list within an item does not leave it (Kozea/WeasyPrint#2482). A decoration is a CSS background and never an image
(Kozea/WeasyPrint#2550). When WeasyPrint does one of these itself, tests/test_documents.py passes without the part that
does it here. One thing is left as it is: the marks of lists are painted after the rest of the page, while their tags
stand where they belong.
"""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.util import find_spec
from io import BytesIO, StringIO
from typing import Any, Final, cast

from PIL import ImageFile

from okatakten.documents.libraries import pikepdf

VARIANT: Final = "pdf/ua-1"
PRINTED: Final = 4
"""The flag of an annotation that is printed with the page (ISO 32000-1, table 165)."""
POINTS: Final = 0.75
"""Points in a CSS pixel."""
_ORIGIN: Final = "/Origin"
"""Our own key, gone again when the file is saved: the number of the element that a tag comes from."""
_SCOPES: Final = {"row": "/Row", "rowgroup": "/Row", "col": "/Column", "colgroup": "/Column"}
_CELLS: Final = ("/TD", "/TH")
_OF_TABLES: Final = ("/TBody", "/TR", *_CELLS)
_REPEATED: Final = ("/THead", "/TFoot")


class LibrariesMissingError(Exception):
    """The system has no Pango, which WeasyPrint needs, or the extra `documents` is not installed."""


def is_installed() -> bool:
    """Return whether the extra `documents` is there: without it, nothing else in this module can be called."""
    return all(map(find_spec, ("pikepdf", "weasyprint")))


def render_pdf(html: str) -> bytes:
    """Return the PDF of an HTML document that holds all it needs: fonts and pictures as data addresses.

    The same document gives the same bytes. Raises LibrariesMissingError.
    """
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"data"}))
    with _no_clock():
        tagged = document.write_pdf(pdf_variant=VARIANT)
    with pikepdf.open(BytesIO(tagged)) as pdf:
        tree: Any = pdf.Root.StructTreeRoot
        moved = _take_home(tree.K[0]) | _join(tree.K[0])
        for element in list(elements(tree.K[0])):
            if mend := _MENDERS.get(str(element.S)):
                mend(element, pdf)
        _correct_parents(pdf, moved)
        _make_artifacts(pdf, {element.objgen for element in elements(tree.K[0])})
        for made in pdf.objects:
            if isinstance(made, pikepdf.Dictionary) and _ORIGIN in made:
                del made[_ORIGIN]
        file = BytesIO()
        pdf.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def count_pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def elements(top: Any) -> Iterator[Any]:
    """Yield a structure element and all below it, in reading order."""
    yield top
    for kid in top.get("/K", ()):
        if _is_element(kid):
            yield from elements(kid)


@contextmanager
def _no_clock() -> Iterator[None]:
    """Let fontTools date the fonts that it makes smaller 1970, and not now (reproducible-builds.org)."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if given is not None:
            os.environ["SOURCE_DATE_EPOCH"] = given


@cache
def _weasyprint() -> Any:
    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        # What is missing is said by whoever calls, and in Swedish.
        with redirect_stdout(StringIO()):
            import weasyprint
            from weasyprint.formatting_structure.boxes import InlineLevelBox
            from weasyprint.pdf import tags
    except OSError as error:  # a shared library that cffi did not find
        raise LibrariesMissingError(str(error)) from None
    finally:
        # WeasyPrint lets Pillow take half a picture for a whole one, everywhere; the pictures of episodes are checked.
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of CSS that only drawings know
    tags._build_box_tree = _mark(tags._build_box_tree, inline=InlineLevelBox)  # noqa: SLF001  # no other place to ask
    return weasyprint


def _mark(build: Callable[..., Iterator[Any]], *, inline: type) -> Callable[..., Iterator[Any]]:
    """Return the maker of tags, with what only it knows added: origin, language, scopes of headers, words of links."""
    import pydyf

    def marked(box: Any, *arguments: Any) -> Iterator[Any]:
        source = getattr(box, "_box", box)
        for tag in build(box, *arguments):
            # The tags of what is in the body pass here once more, as those of the body.
            if source.element is not None and _ORIGIN[1:] not in tag:
                tag[_ORIGIN[1:]] = id(source.element)
                if language := source.element.get("lang"):
                    tag["Lang"] = pydyf.String(language)
                    if tag["S"] == "/NonStruct":
                        tag["S"] = "/Span" if isinstance(source, inline) else "/Div"
                if tag["S"] == "/TH" and "A" in tag:
                    tag["A"]["Scope"] = _SCOPES.get(source.element.get("scope"), "/Column")
                if source.link_annotation:
                    source.link_annotation["Contents"] = pydyf.String(_text(source.element).strip())
            yield tag

    return marked


def _text(source: Any) -> str:
    """Return the words of an element, with those that stand for its pictures."""
    own = [source.text or "", *(part for child in source for part in (_text(child), child.tail or ""))]
    return re.sub(r"\s+", " ", "".join([source.get("alt") or "", *own]))


def _is_element(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and "/S" in kid


def _take_home(top: Any) -> dict[tuple[int, int], Any]:
    """Put what is left of a float, at the end of another page, into its first part. Returns what `_join` does."""
    firsts: dict[int, Any] = {}
    for element in elements(top):
        if _ORIGIN in element:
            firsts.setdefault(int(element[_ORIGIN]), element)
    kids, moved = [], {}
    for kid in top.K:
        first = firsts[int(kid[_ORIGIN])] if _ORIGIN in kid else kid
        if first.P.objgen == top.objgen:
            kids.append(kid)
            continue
        for part in kid.K:
            part.P = first
            first.K.append(part)
        moved[kid.objgen] = first
    top.K = pikepdf.Array(kids)
    return moved


def _join(element: Any) -> dict[tuple[int, int], Any]:
    """Make one of elements that came from one, and text of elements that are only a line of text.

    Returns what stands for each element that is gone, by its number in the file.
    """
    kids, moved = _kids_in_one_piece(element)
    for kid in kids:
        if _is_element(kid):
            moved |= _join(kid)
    kids = [kid for kid in kids if not _is_element(kid) or len(kid.K) or kid.S in _CELLS]
    if all(_is_element(kid) and _ORIGIN not in kid for kid in kids):
        moved |= {kid.objgen: element for kid in kids}
        kids = [_content(part, kid) for kid in kids for part in kid.K]
    element.K = pikepdf.Array(kids)
    return moved


def _kids_in_one_piece(element: Any) -> tuple[list[Any], dict[tuple[int, int], Any]]:
    """Return an element's kids with the later parts of each in the first, and what stands for those that are gone."""
    moved: dict[tuple[int, int], Any] = {}
    kids: list[Any] = []
    grown: dict[tuple[int, int], tuple[Any, list[Any]]] = {}
    waiting = deque(element.K)
    while waiting:
        kid = waiting.popleft()
        if not _is_element(kid):
            kids.append(kid)
        elif kid.S == element.S == "/Link":  # what CSS adds to a link
            waiting.extendleft(reversed([_content(part, kid) for part in kid.K]))
            moved[kid.objgen] = element
        elif kid.S in _REPEATED and any(_is_element(other) and other.S == kid.S for other in kids):
            _forget_links(kid)  # said again on the next page, for the eyes
        elif first := _first_part(kid, kids):
            _, parts = grown.setdefault(first.objgen, (first, [_content(part, first) for part in first.K]))
            parts += [_content(part, kid) for part in kid.K]
            moved[kid.objgen] = first
        else:
            kids.append(kid)
    for first, parts in grown.values():
        first.K = pikepdf.Array(parts)
        for part in parts:
            if _is_element(part):
                part.P = first
    return kids, moved


def _first_part(kid: Any, before: Sequence[Any]) -> Any | None:
    """Return the element that goes on in this one: the one just before it, or a part of a table further up."""
    others = reversed(before) if kid.S in _OF_TABLES else before[-1:]
    return next((other for other in others if _ORIGIN in kid and _are_one(other, kid)), None)


def _forget_links(element: Any) -> None:
    for part in elements(element):
        for kid in part.K:
            if not isinstance(kid, int) and kid.get("/Type") == "/OBJR":
                kid.Pg.Annots.remove(kid.Obj)


def _gather_body(item: Any, pdf: pikepdf.Pdf) -> None:
    """Put all that an item of a list holds beside its mark into one body (ISO 32000-1, table 336)."""
    marks = [kid for kid in item.K if kid.S == "/Lbl"]
    others = [kid for kid in item.K if kid.S != "/Lbl"]
    if [str(kid.S) for kid in others] in ([], ["/LBody"]):
        return
    body = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.LBody, P=item, Pg=item.Pg))
    for kid in others:
        kid.P = body
        if kid.S == "/LBody":  # words beside paragraphs
            kid.S = pikepdf.Name.P
    body.K = pikepdf.Array(others)
    item.K = pikepdf.Array([*marks, body])


def _content(part: Any, owner: Any) -> Any:
    """Return a kid as it can stand in any element: content (a number) names the page that it is on."""
    if not isinstance(part, int):
        return part
    return pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=owner.Pg, MCID=part)


def _are_one(one: Any, other: Any) -> bool:
    return _is_element(one) and one.get(_ORIGIN) == other.get(_ORIGIN) and one.S == other.S


def _correct_parents(pdf: pikepdf.Pdf, moved: Mapping[tuple[int, int], Any]) -> None:
    """Let the tree that leads from content to its element lead to what there is now (ISO 32000-1, 14.7.4.4).

    The annotation that is left of a link belongs to the element that is left of it.
    """

    def now(element: Any) -> Any:
        while element.objgen in moved:
            element = moved[element.objgen]
        return element

    tree: Any = pdf.Root.StructTreeRoot
    numbers = tree.ParentTree.Nums
    known = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    kept: dict[int, Any] = {}
    for sheet in pdf.pages:
        kept[int(sheet.StructParents)] = pikepdf.Array([now(element) for element in known[int(sheet.StructParents)]])
        for annotation in sheet.get("/Annots", ()):
            kept[int(annotation.StructParent)] = known[int(annotation.StructParent)]
    tree.ParentTree.Nums = pikepdf.Array([part for number in sorted(kept) for part in (number, kept[number])])


def _make_artifacts(pdf: pikepdf.Pdf, reachable: set[tuple[int, int]]) -> None:
    """Make artifacts of marked content that belongs to no element of the tree: the heads and feet of pages."""
    tree: Any = pdf.Root.StructTreeRoot
    numbers = tree.ParentTree.Nums
    for page, parents in zip(pdf.pages, numbers[1::2], strict=False):
        loose = {number for number, element in enumerate(parents) if element.objgen not in reachable}
        artifact = [pikepdf.Name.Artifact, pikepdf.Dictionary(Type=pikepdf.Name.Pagination)]
        instructions: list[Any] = [
            pikepdf.ContentStreamInstruction(artifact, operator)
            if str(operator) == "BDC" and operands[1].get("/MCID") in loose
            else pikepdf.ContentStreamInstruction(operands, operator)
            for operands, operator in cast("Iterable[tuple[Any, Any]]", pikepdf.parse_content_stream(page))
        ]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
        for number in loose:
            parents[number] = None


def _mend_link(link: Any, _pdf: pikepdf.Pdf) -> None:
    """Make one link of the annotations that a link has on a page: one for each line and for each element within it."""
    places: dict[tuple[int, int], list[Any]] = {}
    for element in list(elements(link)):
        for kid in [kid for kid in element.K if not isinstance(kid, int) and kid.get("/Type") == "/OBJR"]:
            annotations = places.setdefault(kid.Pg.objgen, [])
            annotations.append(kid.Obj)
            if len(annotations) > 1:
                element.K.remove(kid)
                kid.Pg.Annots.remove(kid.Obj)
    for first, *others in places.values():
        boxes = [_box(annotation) for annotation in (first, *others)]
        outer = [box for box in boxes if not any(_is_within(box, other) for other in boxes)]
        left, bottom, right, top = zip(*boxes, strict=True)
        if any(element.S == "/Figure" for element in elements(link)) and not any(map(_is_content, link.K)):
            link.Alt = first.Contents  # a picture that is pressed
        first.F = int(first.get("/F", 0)) | PRINTED
        first.Rect = pikepdf.Array([min(left), min(bottom), max(right), max(top)])
        if len(outer) > 1:
            # Upper corners first, as readers expect them, and not around as the table says.
            corners = [[x0, y1, x1, y1, x0, y0, x1, y0] for x0, y0, x1, y1 in outer]
            first.QuadPoints = pikepdf.Array([side for corner in corners for side in corner])


def _place_figure(figure: Any, _pdf: pikepdf.Pdf) -> None:
    """Say where a figure is in points from the lower left corner, and not in CSS pixels from the upper one."""
    left, top, right, bottom = (float(side) * POINTS for side in figure.A.BBox)
    height = float(figure.Pg.MediaBox[3])
    figure.A.BBox = pikepdf.Array([left, height - bottom, right, height - top])


def _lean_on_scope(cell: Any, _pdf: pikepdf.Pdf) -> None:
    """Let go of the names of header cells, some of which stood on other pages: Scope says the same."""
    if "/Headers" in cell.A:
        del cell.A.Headers


def _box(annotation: Any) -> list[float]:
    """Return left, bottom, right and top, whichever corners the rectangle is written with."""
    x0, y0, x1, y1 = (float(side) for side in annotation.Rect)
    return [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]


def _is_content(kid: Any) -> bool:
    """Return whether a kid is something on a page, and neither an element nor an annotation."""
    return isinstance(kid, int) or kid.get("/Type") == "/MCR"


def _is_within(box: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether a box lies within another one, which is not the same box."""
    return box != other and all(
        (inner >= outer - 1) if side < 2 else (inner <= outer + 1)
        for side, (inner, outer) in enumerate(zip(box, other, strict=True))
    )


_MENDERS: Final[Mapping[str, Callable[[Any, pikepdf.Pdf], None]]] = {
    "/LI": _gather_body,
    "/Link": _mend_link,
    "/Figure": _place_figure,
    "/TD": _lean_on_scope,
}
"""What is done to an element of a kind when the tree has been joined."""
