"""The results on the built site: what the pages draw from the facts, and what they say of their sources."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from okatakten.site.allowed import ids_of
from okatakten.site.around import build_source
from okatakten.site.facts import Facts, read_facts
from okatakten.site.inserts import fill_in
from okatakten.site.markup import include, page_tags
from okatakten.site.page_text import build_text
from okatakten.site.project import Reading, read_project
from okatakten.words.segments import read_segments, write_segments
from support import PROJECT, WORDS, address_of, copy_project, pages_of, parse, run

REPORT_MISSING = re.compile(
    r"[Ss]lutrapport\w*[^.]*(?:ingår inte|inte bland|saknas|finns inte|läggs till)|Reektehtse ij leah daesnie"
)
"""A sentence that says that the final report is not among the documents."""
REPORT_ADDED = date(2027, 1, 15)


def facts() -> Facts:
    read = read_facts(PROJECT, [])
    assert read is not None
    return read


def reading() -> Reading:
    return read_project(PROJECT)


def test_every_question_has_a_page_with_its_text_status_and_sources(site: Path) -> None:
    questions = reading().questions
    assert len(questions) == 8
    for question in questions:
        tree = parse(site / "resultat" / question.slug / "index.html")
        text = " ".join(tree.text_content().split())
        assert f"Fråga {question.number}: {question.text}" in text
        (status,) = tree.xpath("//main//header/p[contains(@class, 'site-status')]")
        assert status.text_content() in {
            f"Status: {WORDS[f'status_{name}']}" for name in ("answered", "partly", "unknown")
        }
        assert tree.xpath("//main//aside//li"), question.slug
        assert [heading.text for heading in tree.xpath("//main//h2")][:2] == [
            "Det här säger dokumenten",
            "Det här framgår inte",
        ]


def test_the_list_of_questions_and_the_home_page_lead_to_all_of_them(site: Path) -> None:
    slugs = [question.slug for question in reading().questions]
    for page, begin in ((site / "resultat/index.html", ""), (site / "index.html", "resultat/")):
        links = [link.get("href") for link in parse(page).xpath("//main//ol//a")]
        assert [link for link in links if link.startswith(begin)] == [f"{begin}{slug}/" for slug in slugs]


def test_an_episode_and_its_questions_lead_to_each_other(site: Path) -> None:
    found = reading()
    assert found.show is not None
    slugs = {question.number: question.slug for question in found.questions}
    for episode in found.show.episodes:
        links = parse(site / "podd" / episode.slug / "index.html").xpath("//main//a/@href")
        for number in episode.questions:
            assert f"../../resultat/{slugs[number]}/" in links
            back = parse(site / "resultat" / slugs[number] / "index.html").xpath("//main//article//a/@href")
            assert f"../../podd/{episode.slug}/" in back


def test_pages_name_the_documents_that_they_stand_on(site: Path) -> None:
    titles = {document.id: document.title for document in facts().documents}
    pages = [page for page in reading().pages if page.sources]
    assert len(pages) >= 14
    for page in pages:
        named = [item.text_content() for item in parse(site / page.path / "index.html").xpath("//main//aside//li")]
        assert len(named) == len(page.sources)
        for name, text in zip(page.sources, named, strict=True):
            assert text.startswith(titles[name])


def test_the_report_repeats_the_pages_that_it_is_made_of_with_its_contents_first(site: Path) -> None:
    tree = parse(site / "rapport/index.html")
    text = " ".join(tree.text_content().split())
    found = reading()
    parts = [
        page
        for page in found.pages
        if page.locale == "sv" and (page.question or page.name in {"om.md", "fortsattning.md"})
    ]
    assert len(parts) == 10
    for page in parts:
        own = parse(site / page.path / "index.html")
        for paragraph in own.xpath("//div[@class='site-prose']/p | //main/article/p"):
            assert " ".join(paragraph.text_content().split()) in text, page.name
    targets = {link.removeprefix("#") for link in tree.xpath("//nav[@class='site-toc']//a/@href")}
    assert targets == set(tree.xpath("//main//h2[not(ancestor::nav)][not(ancestor::aside)]/@id | //main//h3/@id")) - {
        "site-dela"
    }
    assert "Förstudiens slutrapport ingår inte" in text


def test_one_fact_turns_off_every_sentence_that_says_that_the_final_report_is_missing() -> None:
    found = reading()
    texts: dict[bool, dict[str, str]] = {}
    for added in (False, True):
        own = replace(facts(), final_report=REPORT_ADDED if added else None)
        texts[added] = {
            f"{page.locale}/{page.name}": " ".join(
                [
                    *(page.title, page.description, page.lead),
                    build_text(
                        page, pages=found.pages, questions=(), facts=own, words=found.words[page.locale], addresses={}
                    ),
                ]
            )
            for page in found.pages
        }
    named = {name for name, text in texts[False].items() if REPORT_MISSING.search(" ".join(text.split()))}
    assert named == {
        "sv/index.md", "sv/broschyr.md", "sv/for-medier.md", "sv/om-webbplatsen.md", "sv/rapport.md",
        "sv/resultat/index.md", "sma/index.md", "sma/broschyr.md",
    }  # fmt: skip
    assert not {name for name, text in texts[True].items() if REPORT_MISSING.search(" ".join(text.split()))}
    assert not [word for words in found.words.values() for word in words.values() if REPORT_MISSING.search(word)]


@pytest.mark.rebuild
def test_a_site_with_the_final_report_says_nowhere_that_it_lacks_it(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    with (root / "docs/facts.yml").open("a", encoding="utf-8") as file:
        file.write(f"\nfinal_report: {REPORT_ADDED}\n")
    status, _, wrong = run("build", "--root", str(root))
    assert status == 0, wrong
    for page in pages_of(root / "site"):
        # What an episode says was true when it was recorded.
        if "/podd/" not in f"/{address_of(page, root / 'site')}":
            text = " ".join(parse(page).xpath("string(//main)").split())
            assert not REPORT_MISSING.search(text), page


@pytest.mark.parametrize(
    ("written", "without", "with_it"),
    [
        ("A. [[utan slutrapport: B.]] C.", "A. B. C.", "A.  C."),
        ("A.\n[[utan slutrapport: B.]]\nC.", "A.\nB.\nC.", "A.\nC."),
        ("- A\n- [[utan slutrapport: B]]\n- C", "- A\n- B\n- C", "- A\n- C"),
        ("## [[med slutrapport: A]]", "", "## A"),
        ("[[utan slutrapport: A.]][[ med slutrapport : B.]]", "A.", "B."),
        ("[[utan slutrapport: Se [A](b.md), om [[tid]].]]", "Se [A](b.md), om juli 2024 – april 2025.", ""),
        ("A.\n\n- \n\nB.", "A.\n\n- \n\nB.", "A.\n\n- \n\nB."),
    ],
)
def test_a_text_with_a_condition_leaves_nothing_behind(written: str, without: str, with_it: str) -> None:
    for added, expected in ((None, without), (REPORT_ADDED, with_it)):
        own = replace(facts(), final_report=added)
        assert fill_in(written, facts=own, words=WORDS, addresses={}).replace("\xa0", " ") == expected


def test_a_text_with_a_condition_goes_to_a_translator_and_back() -> None:
    text = (PROJECT / "docs/sma/index.md").read_text(encoding="utf-8")
    segments = read_segments(text)
    (conditional,) = (segment for segment in segments if segment.text.startswith("[["))
    assert (conditional.text, conditional.swedish) == (
        "[[utan slutrapport: Reektehtse ij leah daesnie.]]", "Rapporten finns inte här.",
    )  # fmt: skip
    assert write_segments(text, segments) == text


def test_a_source_leads_to_its_document_or_says_how_to_ask_for_it(site: Path) -> None:
    (first, *_) = parse(site / "om/index.html").xpath("//main//aside//li")
    assert first.text_content().endswith("Region Jämtland Härjedalen. Du kan begära ut dokumentet. Ange RUN/532/2023.")
    own = [replace(document, url="https://regionjh.se/a.pdf") for document in facts().documents]
    assert [build_source(document, words=WORDS).request for document in own] == [None] * len(own)


def test_no_figure_of_the_facts_is_written_by_hand_where_it_could_disagree(site: Path) -> None:
    text = " ".join(parse(site / "om/index.html").text_content().split())
    for amount in (facts().budget, *(source.amount for source in facts().funding)):
        assert f"{amount:,} kr".replace(",", " ") in text
    assert "juli 2024 – april 2025" in text
    markdown = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "docs/sv").rglob("*.md"))
    assert not re.search(
        r"1[ \u00a0]?860[ \u00a0]?000|744[ \u00a0]?000|449[ \u00a0]?506|7[ \u00a0]?708|november 2028|digg\.se", markdown
    )


def test_nothing_is_left_of_what_is_filled_in(site: Path) -> None:
    for page in pages_of(site):
        assert "[[" not in parse(page).text_content(), page


def test_the_footer_leads_to_what_the_menu_does_not(site: Path) -> None:
    tree = parse(site / "index.html")
    menu = tree.xpath("//body/header//li/a[not(@hreflang)]/@href")
    footer = tree.xpath("//footer//li/a/@href")
    assert menu == ["resultat/", "podd/", "om/", "kontakt/"]
    assert tree.xpath("//footer//h2/text()") == ["Resultat", "Podden", "Om webbplatsen"]
    assert {"tillganglighet/", "om-webbplatsen/", "nationella-minoriteter/"} < set(footer)
    assert [link for link in footer if link.startswith("resultat/")] == ["resultat/"]
    for page in pages_of(site):
        if not address_of(page, site).startswith("sma/"):
            assert parse(page).xpath("//footer//a[text()='Tillgänglighetsredogörelse']"), page


def test_a_page_inside_another_has_lower_headings_and_links_from_there() -> None:
    text = "## Rubrik\n\n[a](../kontakt.md) [b](behov.md#x) [c](https://a.se/) ![d](bild.png) [e](#rubrik)\n\n```\n## kod\n```"
    moved = include(text, name="resultat/intresse.md", into="", levels=2)
    assert "#### Rubrik" in moved
    assert "[a](kontakt.md) [b](resultat/behov.md#x) [c](https://a.se/) ![d](resultat/bild.png)" in moved
    assert "[e](resultat/intresse.md#rubrik)" in moved
    assert "```\n## kod\n```" in moved


def test_a_heading_has_the_id_that_links_are_checked_against(site: Path) -> None:
    for page in reading().pages:
        if page.includes or page.locale != "sv":
            continue
        ids = parse(site / page.path / "index.html").xpath("//main//*/@id")
        assert set(ids_of(page_tags(page.text) or [])) <= set(ids), page.name
