"""The benchmark compares sites with the same contents, and says what it could not measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import SOUGHT, WORDS, make_episode, make_episodes, write_hugo, write_material, write_ours
from bench.peers import Row, report
from bench.tables import figure


def test_every_form_of_an_episode_holds_the_same_words(tmp_path: Path) -> None:
    said = " ".join(make_episode(2).cues).split()
    assert len(said) == WORDS
    for write, written in (
        (write_ours, "podcast/episodes/avsnitt-2/transcript.vtt"),
        (write_material, "docs/podd/avsnitt-2.md"),
        (write_hugo, "content/podd/avsnitt-2.md"),
    ):
        root = tmp_path / write.__name__
        root.mkdir()
        write(root, make_episodes(2))
        found = iter((root / written).read_text(encoding="utf-8").replace(">", " ").split())
        assert all(word in found for word in said), written


def test_the_word_that_is_sought_is_said_in_every_tenth_episode() -> None:
    with_it = [number for number in range(1, 31) if SOUGHT in " ".join(make_episode(number).cues).lower()]
    assert with_it == [1, 11, 21]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(None, 1, "–"), (0.0037241, 1, "0.0037"), (0.123, 1, "0.12"), (12.34, 1, "12.3"), (12_345_678, 1000, "12346")],
)
def test_a_figure_has_digits_that_mean_something_or_is_a_dash(value: float | None, unit: int, text: str) -> None:
    assert figure(value, unit) == text


def test_what_was_stopped_is_a_row_with_a_reason_and_no_ratio() -> None:
    stopped = "stopped after 1200 s of CPU"
    tables = report(
        [
            Row(episodes=10, name="ours", values={"cpu": 3.0}),
            Row(episodes=10, name="Material", values={}, note=stopped),
            Row(episodes=10, name="Hugo + Pagefind", values={"cpu": 2.0}),
            Row(episodes=100, name="ours", values={"cpu": 6.0}),
            Row(episodes=100, name="Material", values={"cpu": 9.0}),
            Row(episodes=100, name="Hugo + Pagefind", values={"cpu": 4.0}),
        ]
    ).splitlines()
    assert f"| 10 | Material | – | – | – | – | – | – | – | – | {stopped} |" in tables
    assert "| 10 | ours / Material | – | – | – | – | – | – | – |" in tables
    assert "| 100 | ours / Hugo + Pagefind | 1.50 | – | – | – | – | – | – |" in tables
    assert "| 10 → 100 | 10 | ours | 2.00 | – | – | – | – | – | – |" in tables
    assert "| 10 → 100 | 10 | Material | – | – | – | – | – | – | – |" in tables
