"""Before launch: what the region decides, what can be seen in the files, and what waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okatakten.model import DEFAULT_LOCALE, Locale, Translation
from okatakten.site.around import build_page_site
from okatakten.site.inserts import fill_in
from okatakten.site.launch import BLOCKING, DECISIONS, LAUNCH, find_open, leads_to_function, read_decisions
from okatakten.site.project import read_project
from okatakten.site.structure import build_local_site
from okatakten.written.advice import POINTS, Hint
from okatakten.written.problems import Kind, Point, Problem
from support import PROJECT, SITE, VALID, WORDS, a_show, an_episode, lay_out, published, run

ALL = frozenset(DECISIONS)
DAY = date(2026, 12, 31)
ADDRESSES = {"tillganglighet": "https://regionen.se/tillganglighet", "dataskydd": "mailto:ombudet@regionen.se"}
SHOW = a_show(owner_email="podd@regionen.se")
UNREVIEWED = Translation(
    locale=Locale("sma"), file="docs/sma/om.md", source="docs/sv/om.md", source_revision="0", stale=False, reviewed=None,
    edited=False,
)  # fmt: skip
REAL = {"SITE_URL": "https://podd.regionen.se/"}


def decide(root: Path, *points: Point) -> None:
    """Write the decisions that have been taken, and what the other files say when all is ready."""
    lines = [f"{point}: 2026-11-01\n" for point in points]
    (root / LAUNCH).write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A small project that nothing stands in the way of."""
    root = lay_out(VALID, tmp_path)
    decide(root, *DECISIONS)
    show = root / "podcast/show.yml"
    show.write_text(show.read_text(encoding="utf-8").replace("prov.example", "regionen.se"), encoding="utf-8")
    lines = "".join(f"    {name}: {address}\n" for name, address in ADDRESSES.items())
    (root / "mkdocs.yml").write_text(
        f"extra:\n  addresses:\n{lines}plugins:\n  - okatakten_i18n:\n      languages:\n        - locale: sv\n",
        encoding="utf-8",
    )
    (root / "docs/sv/index.md").write_text("---\ntitle: Provet\ndescription: Ett prov.\n---\n", encoding="utf-8")
    return root


def test_nothing_is_decided_where_nothing_says_so(tmp_path: Path) -> None:
    found: list[Problem] = []
    assert read_decisions(tmp_path, found, today=DAY) == frozenset()
    assert not found
    assert read_decisions(PROJECT, found, today=DAY) == frozenset()
    assert not found


def test_a_decision_is_a_day_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = "taken_over: 2026-12-01\nmarks: ja\nfunding:\nlicense: 2026-12-02\n"
    (tmp_path / LAUNCH).write_text(text, encoding="utf-8")
    found: list[Problem] = []
    # A slip of the finger is told, and what was meant is read.
    assert read_decisions(tmp_path, found, today=DAY) == {Point.TAKEN_OVER, Point.LICENCE}
    told = [(problem.kind, problem.line, problem.field, problem.found) for problem in sorted(found)]
    assert told == [(Kind.NOT_A_DAY, 2, "marks", "ja"), (Kind.UNKNOWN_FIELD, 4, "license", "")]


def test_what_is_to_be_decided_is_not_decided(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / LAUNCH).write_text("taken_over: 2027-01-01\nmarks: 2026-12-31\n", encoding="utf-8")
    found: list[Problem] = []
    assert read_decisions(tmp_path, found, today=DAY) == {Point.MARKS}
    assert [(problem.line, problem.field, problem.expected) for problem in found] == [
        (1, "taken_over", Hint.DAY_TO_COME)
    ]


def test_with_all_decided_nothing_is_open() -> None:
    assert find_open(ALL, show=SHOW, addresses=ADDRESSES, translations=()) == ()


@pytest.mark.parametrize("point", DECISIONS)
def test_each_decision_that_is_missing_is_open(point: Point) -> None:
    assert find_open(ALL - {point}, show=SHOW, addresses=ADDRESSES, translations=()) == (point,)


def test_what_the_files_show_is_not_asked() -> None:
    show = a_show(owner_email="podd@okatakten.example")
    left = find_open(ALL, show=show, addresses={"tillganglighet": "https://regionjh.se/"}, translations=[UNREVIEWED])
    assert left == (Point.OWNER, Point.FEEDBACK, Point.DATA_PROTECTION, Point.TRANSLATIONS)


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        (None, False),
        ("", False),
        ("https://regionjh.se", False),
        ("https://regionjh.se/", False),
        ("https://regionjh.se/tillganglighet", True),
        ("https://regionjh.se/?sida=12", True),
        ("https://prov.example/form", False),
        ("mailto:funktion@regionjh.se", True),
        ("mailto:", False),
        ("mailto:funktion@prov.example", False),
        ("kontakt/", True),
        ("https://www.example.com/form", False),
        ("https://prov.test/form", False),
        ("https://exempel.se/x", False),
        ("mailto:@", False),
        ("mailto:@regionjh.se", False),
        ("mailto:funktion@regionjh", False),
        ("mailto:a@example.com", False),
        ("mailto:a@exempel.se", False),
        ("tel:+46", False),
        ("tel:+4663147500", True),
    ],
)
def test_the_front_page_of_a_site_is_no_function(address: str | None, leads: bool) -> None:
    assert leads_to_function(address) is leads


def test_what_blocks_comes_first_and_every_point_says_what_to_do() -> None:
    assert list(POINTS) == list(Point)
    assert [point in BLOCKING for point in Point] == [True] * 5 + [False] * 5
    for step in POINTS.values():
        assert not step.what.endswith(".")
        assert step.why.endswith(".")
        assert step.who
        assert (
            "docs/" in step.write or "podcast/" in step.write or "mkdocs.yml" in step.write or "okatakten" in step.write
        )


def test_launch_says_what_is_open_and_who_decides() -> None:
    status, said, error = run("launch", "--root", str(PROJECT))
    assert (status, error) == (1, "")
    assert "1. Regionen har inte granskat texterna" in said
    assert "Beslutar: projektägaren." in said
    assert "Skriv dagen i docs/launch.yml, så här: taken_over: 2026-12-01" in said
    assert said.splitlines()[-1].startswith("Kvar före lanseringen: 10. Av dem hindrar 5")


def test_launch_ends_well_when_nothing_blocks(ready: Path) -> None:
    assert run("launch", "--root", str(ready)) == (0, "Allt är klart för en riktig adress.\n", "")
    decide(ready, *DECISIONS[:-1])
    status, said, _ = run("launch", "--root", str(ready))
    assert status == 0
    assert "Det här hindrar inget" in said
    assert "Av dem hindrar 0" in said


def test_check_names_it_on_a_real_address_only(ready: Path) -> None:
    decide(ready)
    line = "Kvar före lanseringen: 6, varav 2 hindrar. Kör okatakten launch."
    assert line not in run("check", "--root", str(ready))[1]
    assert line in run("check", "--root", str(ready), environment=REAL)[1]
    decide(ready, *DECISIONS)
    assert "lanseringen" not in run("check", "--root", str(ready), environment=REAL)[1]


def test_publishing_before_launch_needs_a_word_of_its_own(ready: Path) -> None:
    decide(ready, Point.EXISTING_FEED)
    given = REAL | {"PUBLISH_BUCKET": "prov"}
    arguments = ("publish", "--root", str(ready))
    status, said, error = run(*arguments, environment=given)
    assert (status, said) == (1, "")
    assert "https://podd.regionen.se/ är en riktig adress" in error
    assert "Regionen har inte granskat texterna och tagit över webbplatsen\n" in error
    assert "--before-launch" in error
    assert error.endswith("Ingenting är publicerat.\n")
    # With it, and where nothing blocks, the command goes on to what it looks at next.
    decide(ready, *DECISIONS)
    for more, environment in ((["--before-launch"], {}), ([], {"BEFORE_LAUNCH": "1"}), ([], {})):
        _, _, error = run(*arguments, *more, environment=given | environment)
        assert "webbplatsen är inte byggd" in error


@pytest.mark.parametrize("decided", [frozenset(), frozenset({Point.TAKEN_OVER})])
def test_the_notice_stands_on_every_page_until_the_region_has_taken_over(decided: frozenset[Point]) -> None:
    reading = replace(read_project(PROJECT), decided=decided)
    show = published(a_show(an_episode()))
    local = build_local_site(reading, show, site=SITE, locale=DEFAULT_LOCALE, menu=[])
    without = {page.file for page in local.pages if not build_page_site(page, within=local).early}
    # There is no room for it in a frame on another site.
    assert without == {page.file for page in local.pages if decided or page.embed}
    assert build_page_site(None, within=local).early is not bool(decided)


def test_pages_say_what_is_missing_until_an_address_is_chosen() -> None:
    facts: Any = None
    text = "[[dataskyddsombudet]]|[[utan meddelandefunktion]]"
    before = fill_in(text, facts=facts, words=WORDS, addresses={"tillganglighet": "https://regionjh.se/"})
    assert before == f"{WORDS['data_protection_unset'].text}|{WORDS['feedback_unset'].text}"
    after = fill_in(text, facts=facts, words=WORDS, addresses=ADDRESSES)
    assert after == f"[{WORDS['data_protection_link'].text}](<mailto:ombudet@regionen.se>)|"
