"""The clock of the machine: behind what is published, or far ahead of what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from okatakten.podcast.clock import REMEMBERED
from okatakten.podcast.promise import check_promise
from okatakten.podcast.promised import parse_promised
from okatakten.site.project import read_project
from okatakten.written.problems import Kind
from support import CASES, NOW, SITE, lay_out, releases_of, run

OUT = datetime(2026, 3, 31, 5, tzinfo=UTC)
"""When the episode of the valid case came out."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with an episode that is out, one that waits until 2027-01-18, and a feed that has the first."""
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    first = root / "podcast/episodes/hallbara-inkop"
    waiting = root / "podcast/episodes/framtid"
    waiting.mkdir()
    for path in first.iterdir():
        (waiting / path.name).write_bytes(path.read_bytes())
    text = (first / "episode.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("guid:", "published:", "episode:"))]
    lines[1:1] = ["guid: 22222222-2222-4222-8222-222222222222", "published: 2027-01-18 07:00"]
    (waiting / "episode.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    status, _, said = run("feed", "--root", str(root), "--output", str(root / "feed.xml"))
    assert (status, said) == (0, "")
    return root


def feed_at(root: Path, now: datetime) -> tuple[int, str]:
    """Return the status of a new feed that is compared with the published one, and what is said."""
    status, said, wrong = run(
        "feed", "--root", str(root), "--published", str(root / "feed.xml"), "--output", str(root / "new.xml"),
        environment={"SOURCE_DATE_EPOCH": str(int(now.timestamp()))},
    )  # fmt: skip
    return status, said + wrong


@pytest.mark.parametrize("now", [OUT - timedelta(seconds=1), OUT - timedelta(days=9), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_clock_that_is_behind_what_is_published_is_the_reason_and_nothing_else(root: Path, now: datetime) -> None:
    status, said = feed_at(root, now)
    assert status == 1
    assert "datorns klocka säger att det är " + f"{now:%Y-%m-%d}" in said
    assert "1 sak att rätta" in said
    assert not (root / "new.xml").exists()


def test_an_episode_that_is_put_off_is_no_fault_of_the_clock(root: Path) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-03-31", "2027-03-31"), encoding="utf-8")
    status, said = feed_at(root, NOW)
    assert status == 1
    assert "Skriv tillbaka tiden då det kom ut: 2026-03-31 07:00 +02:00." in said
    assert "klocka" not in said
    assert "SAMPLES" not in said


@pytest.mark.parametrize("days", [60, 365, 4000])
def test_a_clock_far_ahead_does_not_let_out_all_that_waits(root: Path, days: int) -> None:
    now = NOW + timedelta(days=days + 31)
    status, said = feed_at(root, now)
    assert status == 1
    assert f"Datorns klocka säger att det är {now:%Y-%m-%d}" in said
    assert "podcast/episodes/framtid/episode.md" in said
    assert "1 sak att rätta" in said
    assert not (root / "new.xml").exists()
    assert feed_at(root, NOW)[0] == 0
    assert feed_at(root, now)[0] == 1
    (root / REMEMBERED).unlink()
    assert feed_at(root, now)[0] == 0


def test_at_its_time_or_some_weeks_late_an_episode_comes_out(root: Path) -> None:
    (root / REMEMBERED).write_text("hej", encoding="utf-8")
    for now in (NOW, datetime(2027, 1, 18, 6, tzinfo=UTC), datetime(2027, 2, 10, tzinfo=UTC)):
        assert feed_at(root, now)[0] == 0
    assert "framtid" in (root / "new.xml").read_text(encoding="utf-8")


def test_old_episodes_that_come_in_are_not_taken_for_waiting(root: Path) -> None:
    path = root / "podcast/episodes/framtid/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace("2027-01-18", "2024-01-18"), encoding="utf-8")
    assert feed_at(root, NOW)[0] == 0
    assert feed_at(root, NOW + timedelta(days=400))[0] == 0


def test_the_kinds_of_what_the_clock_does(root: Path) -> None:
    show = read_project(root).show
    feed = parse_promised((root / "feed.xml").read_bytes())
    assert show
    assert feed
    for now, kinds in {
        OUT - timedelta(days=1): [Kind.CLOCK_BEHIND],
        NOW + timedelta(days=99): [Kind.CLOCK_LEAPT],
    }.items():
        site = replace(SITE, now=now)
        assert [problem.kind for problem in check_promise(show, releases_of(show), feed, site=site, root=root)] == kinds
