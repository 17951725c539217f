"""Case folders: a tree as a communicator would write it, beside the problems or the feed that come of it.

A new case needs no Python: a folder under tests/cases with the files that differ from tests/cases/_valid, a
`removed.txt` naming those it lacks, and what should come out: `problems.txt`, `unfinished.txt` (what drafts lack),
`notes.txt` (what `check` says without stopping) or `feed.xml`. With a `table.csv` or `table.xlsx` the problems are those
of importing it, with a `published.xml` those of publishing after that feed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from okatakten.documents.reading import read_with_documents
from okatakten.model import DEFAULT_LOCALE
from okatakten.podcast.feed import build_feed
from okatakten.podcast.keeping import keep_audio
from okatakten.podcast.promise import check_overdue, check_promise
from okatakten.podcast.promised import read_promised
from okatakten.podcast.proof import proof_read
from okatakten.podcast.releases import build_releases
from okatakten.site.editions import check_editions
from okatakten.site.project import Reading
from okatakten.site.sharing import check_posts
from okatakten.translating.review import import_rows, read_translated_files
from okatakten.translating.tables import read_table
from okatakten.written.advice import ADVICE
from okatakten.written.problems import Kind, Problem
from okatakten.written.report import format_notes, format_report
from okatakten.written.text import Problems
from support import CASES, FIXED_GUID, NOW, SITE, WORDS, lay_out, to_publish

FOLDERS = sorted(path for path in CASES.iterdir() if not path.name.startswith("_"))


def read_case(case: Path, folder: Path) -> Reading:
    return read_with_documents(lay_out(case, folder), new_guid=lambda: FIXED_GUID)


def problems_of(case: Path, folder: Path, reading: Reading) -> list[Problem]:
    table = next(case.glob("table.*"), None)
    published = case / "published.xml"
    if published.exists():
        assert reading.show
        unreadable, feed = read_promised(str(published))
        found = [replace(problem, file=Path(problem.file).name) for problem in unreadable]
        if feed:
            show, releases = reading.show, build_releases(reading.show, words=WORDS)
            memory = folder / ".okatakten/tags"
            releases, unseen = keep_audio(show, releases, feed, source=str(published), memory=memory)
            found += [*unseen, *check_promise(show, releases, feed, site=SITE, root=folder)]
            found += check_overdue(show, feed, site=SITE)
        return found
    if table is None:
        return list(reading.problems)
    problems = Problems(table.name)
    rows = read_table(table, problems) or []
    files = read_translated_files(folder, reading)
    words = reading.words[DEFAULT_LOCALE]
    result = import_rows(files, rows, problems, words=words, reviewed=date(2026, 11, 21))
    assert not result.texts
    return problems.found


def notes_of(folder: Path, reading: Reading) -> list[Problem]:
    if reading.show is None or reading.facts is None:
        return list(reading.notes)
    editions = check_editions(
        reading.pages,
        questions=reading.questions,
        facts=reading.facts,
        catalogues=reading.words,
        today=NOW.date(),
    )
    posts = check_posts(reading.pages, reading.show, site=SITE, catalogues=reading.words, root=folder)
    return [*reading.notes, *proof_read(reading.show, site=SITE, root=folder), *posts, *editions]


@pytest.mark.parametrize("case", FOLDERS, ids=lambda case: case.name)
def test_a_tree_gives_what_stands_beside_it(case: Path, tmp_path: Path) -> None:
    reading = read_case(case, tmp_path)
    expected_problems, expected_unfinished, expected_notes, expected_feed = (
        case / name for name in ("problems.txt", "unfinished.txt", "notes.txt", "feed.xml")
    )
    if expected_problems.exists():
        report = format_report(problems_of(case, tmp_path, reading))
        assert report == expected_problems.read_text(encoding="utf-8")
        assert (reading.show is None) is not any([*case.glob("table.*"), *case.glob("published.xml")])
    else:
        assert reading.show is not None, format_report(reading.problems)
        assert expected_unfinished.exists() or expected_notes.exists() or expected_feed.exists()
    if expected_unfinished.exists():
        assert format_report(reading.unfinished) == expected_unfinished.read_text(encoding="utf-8")
    if expected_notes.exists():
        assert format_notes(notes_of(tmp_path, reading)) == expected_notes.read_text(encoding="utf-8")
    if expected_feed.exists():
        assert reading.show is not None
        feed = build_feed(to_publish(tmp_path, SITE), site=SITE, words=WORDS)
        assert feed.decode() == expected_feed.read_text(encoding="utf-8")


def test_every_kind_of_problem_has_a_case(tmp_path: Path) -> None:
    shown = set()
    for case in FOLDERS:
        reading = read_case(case, tmp_path / case.name)
        folder = tmp_path / case.name
        found = [*problems_of(case, folder, reading), *reading.unfinished, *notes_of(folder, reading)]
        shown |= {problem.kind for problem in found}
    # What only a command meets (a recording, an address, a feed that moves in) is shown by the tests of that command.
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    shown |= {kind for kind in Kind if f"Kind.{kind.name}" in tests}
    assert shown == set(Kind)


def test_every_kind_of_problem_has_a_wording_that_a_communicator_can_act_on() -> None:
    assert set(ADVICE) == set(Kind)
    for advice in ADVICE.values():
        said = advice.format(expected="EXEMPEL").strip()
        assert said[0].isupper()
        # A sentence, or what to write after a colon.
        assert said.endswith((".", "?")) or ":" in said or "EXEMPEL" in said, said
        assert not re.search(r"(?i)\b(?:the|error|invalid|missing|please|not|file|field|value)\b", said), said
        for word in ("ogiltig", "felaktig", "vänligen", "tyvärr", "glömt"):
            assert word not in advice.lower()
