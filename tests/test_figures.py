"""The results as pictures: what they show, that they follow the facts, and that everybody can read and use them."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import brotli
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from lxml import etree, html
from PIL import Image, ImageColor
from playwright.sync_api import Browser

from okatakten.model import DEFAULT_LOCALE, Locale, Status
from okatakten.site.county import PLACES
from okatakten.site.facts import Boundaries, Circularity, Cost, County, Facts
from okatakten.site.figures import FIGURES, Figure, Figures, Ground, PageFigures
from okatakten.site.figures.downloads import build_figure_files
from okatakten.site.figures.figure import SIZE, WIDTH, shape, width_of
from okatakten.site.figures.poster import draw_png
from okatakten.site.figures.svg import Element, element
from okatakten.site.inserts import FIGURES as INSERTS
from okatakten.site.lists import QuestionCard
from okatakten.site.project import Reading, read_project
from okatakten.words.wording import amount_text
from support import PROFILE, PROJECT, address_of, pages_of, parse

SMA = Locale("sma")
MOST_BYTES = 3_000
MOST_OF_A_PAGE = 10_000
"""Bytes that Brotli makes of a page with figures, without what all pages share."""
FONT_FILE = "overrides/assets/fonts/atkinson-hyperlegible-next.woff2"
READ: Reading = read_project(PROJECT)


def ground(*, locale: Locale = DEFAULT_LOCALE, statuses: Sequence[Status] = (), **facts: Any) -> Ground:
    """Return what the project's figures are drawn from, with some facts and the statuses of questions changed."""
    assert READ.facts
    words = READ.words[DEFAULT_LOCALE]
    own = {page.question: page for page in READ.pages if page.locale == DEFAULT_LOCALE}
    cards = []
    for place, question in enumerate(READ.questions):
        page = own[question.number]
        status = statuses[place] if statuses else page.status
        assert status
        cards.append(
            QuestionCard(
                number=question.number, title=page.title, text=question.text, href=page.path, status=status,
                status_text=words[f"status_{status}"], episodes=(), has_more=False,
            )
        )  # fmt: skip
    return Ground(
        facts=replace(READ.facts, **facts), questions=cards, asked_in=DEFAULT_LOCALE, locale=locale,
        catalogues=READ.words,
    )  # fmt: skip


def drawn(name: str, **values: Any) -> Figure:
    figure = FIGURES[name](ground(**values))
    assert figure
    return figure


def shapes(figure: Figure, kind: str) -> list[Element]:
    """Return the shapes of a kind, in order."""
    every = (part for top in figure.drawing for part in top.walk())
    return [part for part in every if f"site-figure__{kind}" in str(part.attributes.get("class", "")).split()]


def texts(figure: Figure) -> str:
    return " ".join(str(part.parts[0]) for top in figure.drawing for part in top.walk() if part.tag == "text")


def facts() -> Facts:
    assert READ.facts
    return READ.facts


def test_an_element_escapes_what_it_is_given_and_rounds_its_numbers() -> None:
    written = element("text", 'a < b & "c"', x=1 / 3, y=2, class_='"x"', text_anchor=None, d=[[(1.26, 2.0), (0, 0.26)]])
    assert str(written) == '<text x="0.3" y="2" class="&quot;x&quot;" d="M1.3 2l-1.3-1.7">a &lt; b &amp; "c"</text>'
    assert str(element("a", written, href="?a&b")).startswith('<a href="?a&amp;b"><text ')


def corners(path: str) -> Iterator[tuple[float, float]]:
    """Yield the points of a path, read by somebody else."""
    pen = RecordingPen()
    parse_path(path, pen)
    yield from (point for _, points in pen.value for point in points)


def test_a_shape_is_written_as_it_was_drawn() -> None:
    points = [(10.04, 20.0), (0.0, 20.0), (0.0, -0.26), (10.04, 3.0)]
    written = str(shape(points))
    start, *others = corners(written.split('"')[3])
    assert start == others.pop() == (10.0, 20.0)
    assert others == [(0.0, 20.0), (0.0, pytest.approx(-0.3)), (10.0, pytest.approx(3.0))]
    moved = str(shape([(x + 7, y + 9) for x, y in points]))
    assert written.split("l", 2)[2] == moved.split("l", 2)[2]


@pytest.mark.parametrize("locale", [DEFAULT_LOCALE, SMA])
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_small_and_all_of_it_lies_within_its_drawing(name: str, locale: Locale) -> None:
    figure = drawn(name, locale=locale)
    written = figure.html(words=READ.words[locale])
    assert len(gzip.compress(written.encode())) < MOST_BYTES
    drawing = re.search(r"<svg.*</svg>", written, re.DOTALL)
    assert drawing
    assert "style" not in drawing[0]
    for each in etree.fromstring(drawing[0]).iter():
        places = list(corners(each.get("d", "")))
        if each.tag in {"rect", "text"}:
            places = [(float(each.get("x", 0)), float(each.get("y", 0)))]
            if each.tag == "rect":
                (x, y) = places[0]
                places.append((x + float(each.get("width", 0)), y + float(each.get("height", 0))))
            elif each.get("text-anchor") is None:
                places.append((places[0][0] + width_of(each.text or ""), places[0][1]))
        if each.tag == "circle":
            x, y, radius = (float(each.get(name, 0)) for name in ("cx", "cy", "r"))
            places = [(x - radius, y - radius), (x + radius, y + radius)]
        for x, y in places:
            assert 0 <= x <= WIDTH + 1, etree.tostring(each)
            assert 0 <= y <= figure.height, etree.tostring(each)


def test_letters_are_large_enough_on_a_phone() -> None:
    css = (PROJECT / "overrides/assets/site.css").read_text(encoding="utf-8")
    sizes = [float(size) for size in re.findall(r"\.site-figure__\w+ \{[^}]*font-size: ([\d.]+)px", css)]
    # A page of 320 px has 280 for its text.
    assert sizes
    assert min([*sizes, SIZE]) * 280 / WIDTH >= 14


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_in_its_table_what_it_draws(name: str) -> None:
    figure = drawn(name)
    tree: Any = html.fromstring(figure.html(words=READ.words[DEFAULT_LOCALE]))
    (table,) = tree.xpath("./details/table")
    assert table.get("aria-labelledby") == tree.xpath("./figcaption")[0].get("id") == tree.get("aria-labelledby")
    rows = table.xpath("./tbody/tr")
    assert len(rows) == len(figure.rows) > 0
    assert {len(row) for row in rows} == {len(figure.heads)}
    assert str(figure.caption) in tree.xpath("string(./details/summary)")


def test_the_map_fills_whom_the_region_has_talked_with_and_every_tile_leads_on() -> None:
    figure = drawn("map")
    talked = {part.attributes["aria-label"] for part in figure.drawing if part.tag == "a" and shapes_in(part, "solid")}
    assert {name for name in facts().municipalities if any(label.startswith(name) for label in talked)} == set(
        facts().talked_with
    )
    links = [part for part in figure.drawing if part.tag == "a"]
    assert len(links) == len(facts().municipalities) == 8
    assert len(shapes(drawn("map", talked_with=("Krokom",)), "solid")) == 2  # one of them in the legend
    assert str(drawn("map", talked_with=("Krokom",)).caption).startswith("Regionen talade med 1 av länets 8")


def shapes_in(part: Element, kind: str) -> bool:
    return any(f"site-figure__{kind}" in str(each.attributes.get("class", "")).split() for each in part.walk())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Krokom", "Åre"), ("Krokom", "Strömsund"), ("Åre", "Berg"), ("Berg", "Härjedalen"), ("Bräcke", "Ragunda")],
)
def test_neighbours_touch_on_the_map(one: str, other: str) -> None:
    (x, y), (other_x, other_y) = PLACES[one], PLACES[other]
    assert (abs(x - other_x), abs(y - other_y)) in {(1, 0), (0.5, 1)}


def test_the_map_lies_as_the_county_does() -> None:
    assert max(PLACES, key=lambda name: PLACES[name][1]) == "Härjedalen"
    assert PLACES["Åre"][0] < PLACES["Östersund"][0] < PLACES["Ragunda"][0]
    assert PLACES["Strömsund"][1] < PLACES["Östersund"][1] < PLACES["Bräcke"][1]


def test_names_on_the_map_begin_with_the_language_of_the_page_and_say_theirs() -> None:
    for locale, first, second, lang in ((DEFAULT_LOCALE, "Åre", "Ååre", "sma"), (SMA, "Ååre", "Åre", "sv")):
        links = [part for part in drawn("map", locale=locale).drawing if part.tag == "a"]
        written = [[part for part in link.walk() if part.tag == "text"] for link in links]
        (names,) = (each for each in written if first in {part.parts[0] for part in each})
        assert [part.parts[0] for part in names] == [first, second]
        # The name of the link is in Swedish, so on other pages their own language is said, too.
        assert [part.attributes.get("lang") for part in names] == [locale if locale == SMA else None, lang]
    # Nobody has published South Sami names of these two.
    assert [len([part for part in link.walk() if part.tag == "text"]) for link in links].count(1) == 2


@pytest.mark.parametrize(("status", "full"), [(Status.ANSWERED, 8), (Status.PARTLY, 8), (Status.UNKNOWN, 0)])
def test_the_ring_is_as_full_as_the_questions_are_answered(status: Status, full: int) -> None:
    figure = drawn("questions", statuses=[status] * 8)
    links = [part for part in figure.drawing if part.tag == "a"]
    assert [link.attributes["href"] for link in links] == [card.href for card in ground().questions]
    assert sum(shapes_in(link, "full") for link in links) == full
    assert f"{READ.words[DEFAULT_LOCALE][f'status_{status}']}: 8" in texts(figure)
    for link, card in zip(links, ground().questions, strict=True):
        assert link.attributes["aria-label"].startswith(f"Fråga {card.number}: {card.title}")
        assert "?." not in link.attributes["aria-label"]


def test_a_half_answered_question_is_filled_half_way() -> None:
    reach = {}
    for status in (Status.ANSWERED, Status.PARTLY):
        (first, *_) = (part for part in drawn("questions", statuses=[status] * 8).drawing if part.tag == "a")
        track, full = (part.attributes["d"][0] for part in first.walk() if part.tag == "path")
        reach[status] = [max(-y for _, y in points) - min(-y for _, y in points) for points in (track, full)]
    assert reach[Status.ANSWERED][0] == reach[Status.ANSWERED][1] > reach[Status.PARTLY][1]


def test_the_money_is_drawn_to_scale_and_what_no_document_divides_is_computed() -> None:
    figure = drawn("money")
    bars = [part for part in figure.drawing if part.tag == "rect" and part.attributes["x"] == 114]
    amounts = [part.amount for activity in facts().activities for part in activity.parts]
    left = facts().budget - sum(activity.amount for activity in facts().activities)
    assert left == 117_120
    left = 117_000  # the budget is a round sum
    assert [bar.attributes["height"] for bar in bars] == pytest.approx(
        [amount * 400 / facts().budget for amount in [*amounts, left]]
    )
    assert figure.rows[-1][0] == "Inte fördelat i dokumenten, omkring"
    assert figure.rows[-1][-1] == amount_text(left, words=READ.words[DEFAULT_LOCALE])
    whole = drawn("money", budget=facts().budget - 117_120)
    assert "Inte fördelat" not in texts(whole)
    assert len(whole.rows) == len(figure.rows) - 1


def test_flows_lead_from_everybody_who_pays_to_everything_that_is_paid() -> None:
    three = (*facts().funding, Cost(name="En till", amount=1000))
    activities = len(facts().activities) + 1
    parts = sum(len(activity.parts) for activity in facts().activities) + 1
    assert len(shapes(drawn("money", funding=three), "flow")) == 3 + activities + parts


def test_the_time_line_shows_days_where_they_are_and_what_is_missing_as_hollow() -> None:
    figure = drawn("timeline")
    bars = [(bar.attributes["x"], bar.attributes["width"]) for bar in shapes(figure, "full")]
    # March 2024 to November 2028 are 57 months, July 2024 to April 2025 ten.
    assert bars[0] == pytest.approx((4 * WIDTH / 57, 10 * WIDTH / 57))
    assert bars[1] == pytest.approx((17 * WIDTH / 57, 40 * WIDTH / 57))
    assert bars[2:4] == [(0, WIDTH)] * 2
    assert bars[4] == pytest.approx((8 * WIDTH / 10, 2 * WIDTH / 10))
    assert len(shapes(figure, "hollow")) == 2
    added = drawn("timeline", final_report=date(2026, 1, 15))
    assert len(shapes(added, "hollow")) == 1
    assert "15 januari 2026" in texts(added)
    assert len(shapes(drawn("timeline", follow_up=None), "hollow")) == 1


def test_a_share_is_a_part_of_the_area() -> None:
    figure = drawn("shares", circularity=(Circularity(name="Sverige", percent=25, year=2023),))
    (whole,), (part,) = shapes(figure, "track"), shapes(figure, "warm")
    assert part.attributes["height"] / whole.attributes["height"] == pytest.approx(0.5)
    assert "25\N{NO-BREAK SPACE}%" in texts(figure)
    assert "3,4\N{NO-BREAK SPACE}%" in texts(drawn("shares"))


def test_limits_that_are_passed_are_filled() -> None:
    figure = drawn("boundaries", boundaries=Boundaries(passed=7, all=9))
    assert (len(shapes(figure, "warm")), len(shapes(figure, "track"))) == (7, 2)
    assert str(figure.caption) == "7 av 9 planetära gränser är överskridna"


def test_towns_stand_in_their_counties_and_steps_in_their_order() -> None:
    counties = (County(name="Skåne", towns=("Tomelilla",)), County(name="Halland", towns=("Hyltebruk",)))
    figure = drawn("towns", small_towns=counties)
    assert [list(row) for row in figure.rows] == [["Tomelilla", "Skåne"], ["Hyltebruk", "Halland"]]
    assert str(figure.caption).startswith("2 småstäder i 2 län")
    assert texts(drawn("steps", exchange_steps=("A", "B"))) == "1 A 2 B"


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("map", {"municipalities": ()}),
        ("money", {"activities": ()}),
        ("timeline", {"activities": ()}),
        ("funding", {"funding": ()}),
        ("shares", {"circularity": ()}),
        ("boundaries", {"boundaries": None}),
        ("towns", {"small_towns": ()}),
        ("steps", {"exchange_steps": ()}),
    ],
)
def test_there_is_no_figure_of_what_is_not_known(name: str, lacking: dict[str, Any]) -> None:
    assert not Figures(ground=ground(**lacking)).html(name)


def test_links_of_a_figure_lead_from_wherever_it_stands() -> None:
    figures = Figures(ground=ground())
    assert 'href="om/#' in PageFigures(figures, "")["map"]
    assert 'href="../../om/#' in PageFigures(figures, "sma/resultat/")["map"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_to_use_elsewhere_needs_no_style_and_says_where_it_is_from(name: str) -> None:
    figures = Figures(ground=ground())
    (files,) = (
        each
        for each in build_figure_files(figures, owner="Regionen", colours=PROFILE.light)
        if each.caption == drawn(name).caption
    )
    drawing = etree.fromstring(str(files.poster))
    assert not drawing.xpath("//@class | //@style | //@href | //@aria-label")
    said = " ".join(map(str, drawing.itertext()))
    assert {*files.caption.split(), "Källa:", "Regionen,", "CC", "BY", "4.0"} <= set(said.split())
    for each in drawing.iter("{*}path", "{*}rect", "{*}circle", "{*}text"):
        assert each.get("fill") or each.get("stroke")


def test_the_picture_of_a_figure_has_its_shapes_and_is_the_same_each_time() -> None:
    font = (PROJECT / FONT_FILE).read_bytes()
    (files,) = (
        each
        for each in build_figure_files(Figures(ground=ground()), owner="Regionen", colours=PROFILE.light)
        if "andelar" in each.png_href
    )
    content = draw_png(files.poster, font=font, colours=PROFILE.light)
    assert content == draw_png(files.poster, font=font, colours=PROFILE.light)
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.size == (files.width * 3 // 2, files.height * 3 // 2)
    shapes = {
        element.attributes["fill"]: element.attributes for element in files.poster.walk() if element.tag == "rect"
    }
    (inner,) = (part for part in files.poster.walk() if part.tag == "svg" and "x" in part.attributes)
    warm = shapes[PROFILE.light["accent"]]
    middle = [
        (inner.attributes[axis] + warm[axis] + warm[side] / 2) * 3 for axis, side in (("x", "width"), ("y", "height"))
    ]
    assert picture.getpixel((round(middle[0]), round(middle[1]))) == ImageColor.getrgb(PROFILE.light["accent"])
    assert picture.getpixel((2, 2)) == (255, 255, 255)


def test_all_that_is_drawn_has_its_colours_on_pages_and_on_paper() -> None:
    every = (part for name in FIGURES for top in drawn(name).drawing for part in top.walk())
    used = {name for part in every for name in str(part.attributes.get("class", "")).split()}
    for file in ("overrides/assets/site.css", "overrides/documents/document.html", "overrides/documents/epub.css"):
        css = (PROJECT / file).read_text(encoding="utf-8")
        assert used - {"site-figure__quiet"} <= set(re.findall(r"\.(site-figure__\w+)", css)), file


def test_partners_can_take_every_figure_as_a_file(site: Path) -> None:
    links = parse(site / "for-medier/index.html").xpath("//ul[@class='site-figures']//a")
    names = [" ".join(link.text_content().split()) for link in links]
    assert len(links) == len(set(names)) == 2 * len(INSERTS)
    for link in links:
        content = (site / "for-medier" / link.get("href")).resolve().read_bytes()
        assert content.startswith(b"<svg" if link.get("href").endswith(".svg") else b"\x89PNG")


def test_figures_are_read_on_a_phone_by_keyboard_and_in_the_colours_of_the_reader(
    browser: Browser, site_url: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, forced_colors="active")
    page = context.new_page()
    for address in ("om/", "mal/", "andra-projekt/", "resultat/", "resultat/intresse/"):
        page.goto(site_url + address)
        seen: dict[str, Any] = page.evaluate(
            """() => {
                const drawings = [...document.querySelectorAll(".site-figure__drawing")];
                const texts = drawings.flatMap((drawing) => [...drawing.querySelectorAll("text")]);
                const scale = (text) => text.ownerSVGElement.getScreenCTM().a;
                const own = getComputedStyle(document.body).color;
                const style = (name) => [...document.querySelectorAll(`.site-figure__${name}`)].map(
                    (shape) => getComputedStyle(shape).fill);
                return {
                    letters: Math.min(...texts.map((text) => scale(text) * parseFloat(getComputedStyle(text).fontSize))),
                    wide: document.documentElement.scrollWidth,
                    filled: [...new Set([...style("full"), ...style("solid")])],
                    own,
                };
            }"""
        )
        assert seen["letters"] >= 14
        assert seen["wide"] <= 320
        assert seen["filled"] in ([seen["own"]], [])
    links = page.locator(".site-figure__drawing a")
    links.first.focus()
    for place in range(links.count()):
        assert links.nth(place).evaluate("(link) => link === document.activeElement")
        assert links.nth(place).evaluate("(link) => getComputedStyle(link).outlineStyle") != "none"
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/om/#*")
    context.close()


def test_no_two_links_to_different_pictures_read_the_same(site: Path) -> None:
    links = parse(site / "for-medier/index.html").xpath("//main//a[@download]")
    named: dict[str, str] = {}
    for link in links:
        assert named.setdefault(link.text_content(), link.get("href")) == link.get("href")


def test_a_page_with_figures_is_light(site: Path) -> None:
    for page in ("om", "mal", "andra-projekt", "resultat", "resultat/intresse"):
        assert len(brotli.compress((site / page / "index.html").read_bytes())) < MOST_OF_A_PAGE, page


def test_every_figure_has_an_insert_and_templates_ask_for_no_other() -> None:
    assert set(INSERTS.values()) <= set(FIGURES)
    templates = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "overrides").rglob("*.html"))
    assert set(re.findall(r"\bfigures\.(\w+)", templates)) <= set(FIGURES)


def test_every_link_of_a_figure_leads_to_a_place_that_is_there(site: Path) -> None:
    seen = 0
    for page in pages_of(site):
        for link in parse(page).xpath("//svg//a/@href"):
            path, _, place = link.partition("#")
            target = (page.parent / path / "index.html").resolve()
            assert target.is_file(), (address_of(page, site), link)
            assert not place or parse(target).xpath(f"//*[@id='{place}']"), (address_of(page, site), link)
            seen += 1
    assert seen
