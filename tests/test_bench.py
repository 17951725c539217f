"""The benchmark compares sites with the same contents, and says what it could not measure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench import feed
from bench.corpus import SOUGHT, WORDS, make_episode, make_episodes, write_hugo, write_material, write_ours
from bench.listeners import Hall
from bench.load import OVER_HTTP, Amount, Slow, find_missing, make_site, measure, mistakes
from bench.load import report as report_load
from bench.peers import Row, report
from bench.server import _ASIDE, CONFIGURATION, run_nginx, write_certificate
from bench.tables import figure
from bench.visits import Ask, Visit, parse_visit, plan_polls, plan_readers, visit
from conftest import _cannot_run
from okatakten.podcast.feed import build_feed

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
