"""The benchmark compares sites with the same contents, and says what it could not measure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench import feed
from bench.changes import Change, changes_of, measure_changes
from bench.corpus import SOUGHT, WORDS, make_episode, make_episodes, write_hugo, write_material, write_ours
from bench.goals import BUDGETS, Goal, build_goals, feed_goal, serve_goals, sound_goals, view_goals
from bench.growth import Steps, exponent, go_through, write_show
from bench.growth import report as report_growth
from bench.listeners import Hall
from bench.load import OVER_HTTP, Amount, Slow, find_missing, make_site, measure, mistakes
from bench.load import report as report_load
from bench.peers import Row, report
from bench.serve import Save, Saves, measure_saves
from bench.server import _ASIDE, CONFIGURATION, run_nginx, write_certificate
from bench.tables import figure
from bench.views import HOUR, kind_of, write_project
from bench.visits import Ask, Visit, parse_visit, plan_polls, plan_readers, visit
from conftest import _cannot_run
from okatakten.podcast.feed import build_feed
from okatakten.site.project import read_project

SAID = """Running 1s test @ http://127.0.0.1:8080
  2 threads and 2 connections
  Socket errors: connect 0, read 1, write 0, timeout 0
Requests/sec:   1000.00
answer\tpoll\t304\t90\t0
answer\tpoll\t200\t2\t6000
answer\tfirst poll\t200\t6\t24000
answer\tfirst poll\t500\t2\t340
wrong\t/podd/feed.xml\t500 with 170 bytes, not 200 with 4000\t2
socket\tconnect\t0
socket\tread\t1
took\t2000000\t1500
"""
"""What wrk and visit.lua print: two of a hundred answers were wrong, and a connection broke."""


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


def test_the_long_feed_is_one_that_lxml_can_make_to_the_byte() -> None:
    show, words = feed.a_show(3)
    document = build_feed(show, site=feed.SITE, words=words)
    around, channel = feed.taken_apart(document)
    said = list(feed.texts(show, words))
    assert len(set(said)) == 3
    assert feed.put_together(around, channel, iter(said)) == document


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
            Row(episodes=10, name="ours, one title", values={"cpu": 1.0}),
            Row(episodes=100, name="ours", values={"cpu": 6.0}),
            Row(episodes=100, name="Material", values={"cpu": 9.0}),
            Row(episodes=100, name="Hugo + Pagefind", values={"cpu": 4.0}),
        ],
        [Goal(name="one", at_most=0.5, measured=0.25)],
    ).splitlines()
    assert "| one | 0.25 | 0.5 | held |" in tables
    assert "| 10 | ours, one title / Hugo + Pagefind | 0.50 | – | – | – | – | – | – |" in tables
    assert f"| 10 | Material | – | – | – | – | – | – | – | – | {stopped} |" in tables
    assert "| 10 | ours / Material | – | – | – | – | – | – | – |" in tables
    assert "| 100 | ours / Hugo + Pagefind | 1.50 | – | – | – | – | – | – |" in tables
    assert "| 10 → 100 | 10 | ours | 2.00 | – | – | – | – | – | – |" in tables
    assert "| 10 → 100 | 10 | Material | – | – | – | – | – | – | – |" in tables


def _written(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_every_change_is_one_and_is_taken_back_whole(tmp_path: Path) -> None:
    write_ours(tmp_path, make_episodes(2))
    before = _written(tmp_path)
    for change in changes_of(make_episode(2)):
        change.apply(tmp_path)
        assert (_written(tmp_path) != before) is bool(change.file), change.name
        change.apply(tmp_path, back=True)
        assert _written(tmp_path) == before, change.name


def test_a_change_that_finds_nothing_to_change_stops(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Ett")
    with pytest.raises(SystemExit, match=r"a\.md does not hold Två"):
        Change(name="one", file="a.md", written="Två", instead="Tre").apply(tmp_path)


CHANGES = (Change(name="nothing changed"), Change(name="one", file="a.md", written="Ett", instead="Två"))


def _measure_changes(root: Path, *, kept: Sequence[str] = ()) -> tuple[dict[str, int], int]:
    """Measure builds that copy a text; upon the last site, `kept` are the texts that they take for what was there."""
    cleaned = 0

    def build(*, clean: bool) -> dict[str, float]:
        nonlocal cleaned
        cleaned += clean
        text = (root / "a.md").read_text()
        if clean or text not in kept:
            (root / "site/index.html").write_text(text)
        return {"cpu": 1}

    (root / "site").mkdir()
    (root / "a.md").write_text("Ett")
    (root / "site/index.html").write_text("Ett")
    costs = measure_changes(
        root, CHANGES, times=2, again=lambda: build(clean=False), clean=lambda: build(clean=True)
    )  # fmt: skip
    return {name: len(each) for name, each in costs.items()}, cleaned


def test_a_change_and_its_taking_back_are_each_measured_and_compared_with_a_clean_build_once(tmp_path: Path) -> None:
    assert _measure_changes(tmp_path) == ({"nothing changed": 2, "one": 4}, 1)
    assert (tmp_path / "a.md").read_text() == "Ett"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (["Två"], "one: the site is as before"),
        (["Ett"], r"one, taken back: 1 files are not those of a build from nothing: index\.html"),
    ],
)
def test_a_site_that_is_not_that_of_a_clean_build_is_no_result(tmp_path: Path, kept: Sequence[str], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        _measure_changes(tmp_path, kept=kept)


def test_a_goal_is_held_or_missed_by_so_much_or_not_measured() -> None:
    assert [Goal(name="", at_most=2, measured=value).verdict for value in (2.0, 3.0, None)] == [
        "held", "1.50 times too much", "not measured",
    ]  # fmt: skip


def test_goals_of_builds_are_in_relation_to_the_peer_of_the_same_size() -> None:
    costs = {
        (10, "Hugo + Pagefind"): {"cpu": 0.5},
        (10, "ours, nothing changed"): {"cpu": 1.0},
        (1000, "Hugo + Pagefind"): {"cpu": 20.0},
        (1000, "ours"): {"cpu": 35.0, "memory": 380e6},
        (1000, "ours, one title"): {"cpu": 5.0},
        (3000, "ours"): {"cpu": 99.0},
    }
    measured = {goal.name: (goal.measured, goal.verdict) for goal in build_goals(costs)}
    assert measured == {
        "1 000 episodes, from nothing: CPU / Hugo + Pagefind": (1.75, "1.17 times too much"),
        "3 000 episodes, from nothing: CPU / Hugo + Pagefind": (None, "not measured"),
        "1 000 episodes, one title: CPU / Hugo + Pagefind": (0.25, "held"),
        "1 000 episodes, one transcript: CPU / Hugo + Pagefind": (None, "not measured"),
        "10 episodes, nothing changed: CPU / Hugo + Pagefind": (2, "held"),
        "1 000 episodes, peak memory, MB": (380, "held"),
    }


def test_goals_of_feed_and_sound_are_held_or_missed_each_for_itself() -> None:
    assert feed_goal((3.0, 2.0)).verdict == "held"
    assert feed_goal((3.2, 2.0)).measured == 1.6
    assert [goal.verdict for goal in sound_goals((1.0, 128_000))] == ["held", "2.00 times too much"]
    assert [goal.verdict for goal in sound_goals(None)] == ["not measured"] * 2


def test_growth_is_the_last_saves_beside_the_first() -> None:
    saves = Saves(saves=[Save(cpu=1 + number // 20, wall=1, memory=100 + number // 20 * 5) for number in range(60)])
    assert saves.growth == (3, 1.1)
    held = {goal.name.partition(": ")[2]: goal.verdict for goal in serve_goals(saves, None)}
    assert held == {
        "CPU s from a save to the page": "not measured",
        "CPU of the last saves of 60 / of the first": "2.73 times too much",
        "memory of the last saves of 60 / of the first": "held",
    }


def test_every_page_has_a_budget_and_every_budget_a_page() -> None:
    figure_there = '<figure class="site-figure site-figure--map">'
    pages = {
        "": "home", "sma/": "home", "podd/atta-fragor/": "episode", f"podd/{HOUR.slug}/": "an hour's transcript",
        "podd/": "other", "mal/": "with figures",
    }  # fmt: skip
    found = [kind_of(address, figure_there if address == "mal/" else "") for address in pages]
    assert found == list(pages.values())
    assert set(found) == set(BUDGETS)
    goals = list(view_goals({"home": ("", 30_000), "other": ("podd/", 48_000)}))
    assert [goal.verdict for goal in goals] == [
        "held", "not measured", "not measured", "not measured", "2.00 times too much",
    ]  # fmt: skip


def test_the_hour_is_an_hour_of_text_in_a_project_that_can_be_built(tmp_path: Path) -> None:
    write_project(tmp_path)
    reading = read_project(tmp_path)
    assert reading.show, reading.problems
    (hour,) = (episode for episode in reading.show.episodes if episode.slug == HOUR.slug)
    assert hour.transcript
    assert hour.transcript.cues[-1].end == hour.audio.duration == timedelta(hours=1)
    assert len(reading.show.episodes) > 1


def test_what_grows_is_measured_step_by_step(tmp_path: Path) -> None:
    write_show(tmp_path, episodes=3)
    steps = go_through(tmp_path)
    assert steps.sizes["feed, bytes"] > steps.sizes["feed, gzip"] > 0
    assert steps.sizes["pages"] > 2 * 3
    assert steps.sizes["files of the site but pictures and search"] > steps.sizes["pages"]
    tables = list(report_growth({3: steps}))
    assert len([row for row in tables if row.startswith("| publish: ")]) == 3
    assert steps.seconds["read all files"] > 0


def test_growth_is_told_as_a_power_of_the_number() -> None:
    assert exponent(1.0, 100.0, times=10) == 2
    assert exponent(1.0, 10.0, times=10) == 1
    assert exponent(0, 1.0, times=10) is None
    rows = list(report_growth({10: Steps(seconds={"a": 1}), 100: Steps(seconds={"a": 100}, sizes={})}))
    assert "| a | 1.00 | 100 | 2.00 |" in rows


@pytest.mark.rebuild
def test_what_a_save_costs_is_known_when_the_page_says_it() -> None:
    measured = measure_saves(1, saves=2)
    assert len(measured.saves) == 2
    assert measured.cpu > 0
    assert measured.saves[0].memory > 0


def test_what_wrk_says_is_read_with_all_that_went_wrong() -> None:
    polled = parse_visit(SAID)
    assert polled.answers == {("poll", 304): 90, ("poll", 200): 2, ("first poll", 200): 6, ("first poll", 500): 2}
    assert (polled.count, polled.rate, polled.p99) == (100, 50, 0.0015)
    assert polled.wrong == {"/podd/feed.xml: 500 with 170 bytes, not 200 with 4000": 2}
    assert polled.broken == {"socket: read": 1}
    assert polled.errors == 3


def test_a_wrk_that_says_nothing_is_no_result() -> None:
    with pytest.raises(SystemExit, match="unable to connect"):
        parse_visit("unable to connect to 127.0.0.1:1 Connection refused\n")


def test_the_tables_of_a_load_hold_ratios_shares_and_mistakes() -> None:
    bare = Visit(
        answers={("file", 200): 1000}, sent={("file", 200): 4000}, wrong={}, broken={}, seconds=2, p99=0.001, cpu=0.1
    )
    polled = replace(parse_visit(SAID), cpu=0.02)
    slow = Slow(
        hall=Hall(count=10, served=7, stalled=1, late=1.5, errors=Counter({"closed": 2})),
        stayed=60,
        memory=1_000_000,
        kernel=2_000_000,
        cpu=0.05,
        client=0.2,
        alone=[bare],
        beside=[replace(bare, seconds=4)],
    )
    visits = {"bare": [bare, bare], "pollers": [polled, polled]}
    tables = report_load(visits, slow).splitlines()
    assert "| bare | 1.00 (1.00–1.00) | 1.00 (1.00–1.00) | 1.00 | 0.004 | – | 0 |" in tables
    assert "| pollers | 0.10 (0.10–0.10) | 2.00 (2.00–2.00) | 1.50 | 0.30 | 90.0 | 6 |" in tables
    assert "| pollers | first poll | 500 | 4 | 170 |" in tables
    assert "| failed | 3 |" in tables
    assert "| memory of nginx for each, kB | 100 |" in tables
    assert "| answers / s to readers, ratio to readers alone | 0.50 |" in tables
    assert mistakes(visits, slow) == {
        "/podd/feed.xml: 500 with 170 bytes, not 200 with 4000": 4,
        "socket: read": 2,
        "slow listener: closed": 2,
        "slow listener: nobody knows what became of it": 1,
        "slow listener: a second of sound came late": 1,
    }
    assert mistakes({"bare": [bare]}, None) == {}
    besides = mistakes({}, replace(slow, hall=Hall(count=0), beside=[polled]))
    assert besides == {"/podd/feed.xml: 500 with 170 bytes, not 200 with 4000": 2, "socket: read": 1}


def test_a_server_that_never_answers_is_told_of() -> None:
    silent = Visit(answers={}, sent={}, wrong={}, broken={}, seconds=2, p99=0)
    slow = Slow(hall=Hall(count=1), stayed=1, memory=0, kernel=0, cpu=0, client=0, alone=[silent], beside=[silent])
    assert "| bare | – | – | 0 | – | – | 0 |" in report_load({"bare": [silent]}, slow).splitlines()
    assert mistakes({"bare": [silent]}, None) == {"no answer in a round: bare": 1}


def test_a_server_that_is_set_up_as_the_guide_says_is_what_is_measured() -> None:
    guide = CONFIGURATION.with_name("README.md").read_text(encoding="utf-8")
    for setting in (r"worker_connections \d+;", r"worker_rlimit_nofile \d+;"):
        (written,) = set(re.findall(setting, guide))
        assert written in _ASIDE
    # The kernel takes minutes of speech at once, and nginx is to wait for as long.
    (minutes,) = re.findall(r"send_timeout (\d+)m;", CONFIGURATION.read_text(encoding="utf-8"))
    assert int(minutes) >= 5


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with audio of its own, as it is built to be measured."""
    if missing := find_missing():
        _cannot_run(missing)
    return make_site(tmp_path_factory.mktemp("load"), episodes=2)


@pytest.mark.server
def test_readers_pollers_and_listeners_all_get_what_they_ask_for(loaded: Path, tmp_path: Path) -> None:
    amount = Amount(rounds=1, seconds=1, connections=4, listeners=20, rate=6000, stay=1)
    visits, slow = measure(loaded, tmp_path, amount=amount)
    # On a busy machine, sound may come late; all else is right however long it takes.
    assert [what for what in mistakes(visits, slow) if "came late" not in what] == []
    assert slow
    assert (slow.hall.served, slow.hall.count) == (20, 20)
    statuses = {name: {status for _, status in one.answers} for name, (one,) in visits.items()}
    assert list(statuses.values()) == [{200}, {200}, {200}, {200, 304}, {206}]
    (polled,) = visits["feed pollers"]
    # Each connection asks once for every coding before it knows what it has seen.
    assert polled.answers["poll", 200] <= 4 * 2
    assert polled.answers["poll", 304] > polled.answers["first poll", 200] > polled.answers["poll", 200]
    assert all(f"| {name} |" in report_load(visits, slow) for name in visits)


@pytest.mark.server
@pytest.mark.parametrize(
    ("path", "spoil", "said"),
    [
        ("/om/", lambda file: file.unlink(), "404 with"),
        ("/om/", lambda file: file.write_bytes(file.read_bytes()[:100]), "200 with 100 bytes"),
        ("/kontakt/", lambda _file: None, "500 with"),
    ],
)
def test_a_wrong_answer_is_counted(
    loaded: Path, tmp_path: Path, path: str, spoil: Callable[[Path], object], said: str
) -> None:
    page = loaded / path.strip("/") / "index.html"
    content = page.read_bytes()
    plan = [
        Ask(kind="page", path="/", length=(loaded / "index.html").stat().st_size),
        Ask(kind="page", path=path, length=len(content)),
    ]
    failing = [*OVER_HTTP, ("index index.html;", "index index.html; location = /kontakt/ { return 500; }")]
    try:
        spoil(page)
        with run_nginx(loaded, tmp_path, certificate=write_certificate(tmp_path), changes=failing) as running:
            visited = visit(f"http://127.0.0.1:{running.plain}", plan, connections=2, seconds=1)
    finally:
        page.write_bytes(content)
    (what,) = visited.wrong
    assert what.startswith(f"{path}: {said}")
    assert what.endswith(f"not 200 with {len(content)}")
    # Every other answer was right.
    assert 0 < visited.errors <= visited.count / 2 + 2


@pytest.mark.server
def test_a_plan_holds_what_visitors_fetch(loaded: Path) -> None:
    paths = {ask.path for ask in plan_readers(loaded)}
    assert {"/", "/podd/"} < paths
    assert {Path(path).suffix for path in paths} >= {"", ".css", ".js", ".svg", ".woff2"}
    assert Counter(ask.condition for ask in plan_polls(loaded)) == {"both": 9, "tag": 4, "never": 4, "date": 3}
