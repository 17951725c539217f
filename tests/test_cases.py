"""Case folders: a tree as a communicator would write it, beside the problems or the feed that come of it.

A new case needs no Python: a folder under tests/cases with the files that differ from tests/cases/_valid, a
`removed.txt` naming those it lacks, and `problems.txt` or `feed.xml` with what should come out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from okatakten.feed import build_feed
from okatakten.problems import ADVICE, Kind, format_report
from okatakten.read import Reading, read_project
from support import CASES, FIXED_GUID, SITE, lay_out

FOLDERS = sorted(path for path in CASES.iterdir() if not path.name.startswith("_"))


def read_case(case: Path, folder: Path) -> Reading:
    return read_project(lay_out(case, folder), new_guid=lambda: FIXED_GUID)


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_a_tree_gives_the_feed_or_the_problems_beside_it(case: Path, tmp_path: Path) -> None:
    reading = read_case(case, tmp_path)
    expected_problems = case / "problems.txt"
    if expected_problems.exists():
        assert format_report(reading.problems) == expected_problems.read_text(encoding="utf-8")
        assert reading.show is None
    else:
        assert reading.show is not None, format_report(reading.problems)
        assert build_feed(reading.show, site=SITE).decode() == (case / "feed.xml").read_text(encoding="utf-8")


def test_every_kind_of_problem_has_a_case(tmp_path: Path) -> None:
    shown = {problem.kind for case in FOLDERS for problem in read_case(case, tmp_path / case.name).problems}
    assert shown == set(Kind)


def test_every_kind_of_problem_has_a_wording_that_a_communicator_can_act_on() -> None:
    assert set(ADVICE) == set(Kind)
    for advice in ADVICE.values():
        for word in ("ogiltig", "felaktig", "vänligen", "tyvärr", "glömt"):
            assert word not in advice.lower()
