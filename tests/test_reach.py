"""Who was reached: the worked examples of the counting rules, the logs of each kind of server, and what they leave out."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import random
import shutil
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from okatakten.reach.agents import Agents, Sort, our_agents, read_agents, subscribers
from okatakten.reach.counting import WHOLE, Counted, Counting, Outcome
from okatakten.reach.days import read_days, write_days
from okatakten.reach.logs import Reader, Request, UnreadableError, host_of
from okatakten.reach.places import Place, Places, needed, read_places
from okatakten.reach.places import Sort as PlaceSort
from okatakten.reach.reading import LogRead, find_logs, read_logs
from okatakten.written.advice import ReasonError

LENGTH, TAG, RATE = 785_874, 44_180, 6_000
NEEDED = 404_180
AUDIO = Place(
    sort=PlaceSort.EPISODE, name="podd/a/",
    needed=needed(LENGTH, start=TAG, end=LENGTH, seconds=(LENGTH - TAG) / RATE), length=LENGTH,
)  # fmt: skip
SHORT = Place(
    sort=PlaceSort.EPISODE, name="podd/b/", needed=needed(284_180, start=TAG, end=284_180, seconds=40), length=284_180
)
OTHERS = {
    "/": Place(sort=PlaceSort.PAGE, name=""),
    "/podd/feed.xml": Place(sort=PlaceSort.FEED, name="podd/feed.xml"),
    "/podd/a/audio.mp3": AUDIO,
    "/podd/b/audio.mp3": SHORT,
}
APP = "AntennaPod/3.4.0"


@dataclass(slots=True, kw_only=True)
class SomePlaces(Places):
    """Places that are simply there."""

    folder: Path = Path()
    host: str = "okatakten.example"
    base: str = "/"
    places: dict[str, Place] = field(default_factory=lambda: dict(OTHERS))

    def find(self, path: str) -> Place | None:
        return self.places.get(path)

    def name_of(self, path: str) -> str | None:
        return path if path.startswith("/assets/") else None


def a_request(**given: object) -> Request:
    """Return a request for all of the episode, but for what is given; `at` is when."""
    at = given.pop("at", "2026-11-02T12:00:00+00:00")
    moment = int(datetime.fromisoformat(str(at)).timestamp())
    values: dict[str, object] = {
        "day": moment // 86400, "moment": moment, "address": "192.0.2.1", "agent": APP, "referrer": "", "method": "GET",
        "path": "/podd/a/audio.mp3", "status": 206, "sent": LENGTH, "first": 0,
    }  # fmt: skip
    return Request(**{**values, **given})  # type: ignore[arg-type]


def a_part(first: int, stop: int, **given: object) -> Request:
    return a_request(first=first, sent=stop - first, **given)


def count(requests: Iterable[Request], agents: Agents | None = None) -> Counted:
    counting = Counting(SomePlaces(), agents or our_agents())
    for request in requests:
        counting.add(request)
    return counting.count()


def downloads(counted: Counted, name: str = WHOLE) -> int:
    return sum(figure.times for figure in counted.figures if figure.name == name)


def outcomes(counted: Counted) -> dict[Outcome, int]:
    found: Counter[Outcome] = Counter()
    for line in counted.lines:
        found[line.outcome] += line.lines
    return dict(found)


def test_a_download_is_what_stands_before_the_sound_and_a_minute_of_it() -> None:
    assert AUDIO.needed == NEEDED
    assert SHORT.needed == SHORT.length


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        pytest.param([a_request(status=200)], 1, id="A whole file"),
        pytest.param([a_part(0, 2), a_part(0, 200_000), a_part(200_000, LENGTH)], 1, id="B probe, a part, the rest later"),
        pytest.param([a_part(0, 150_000)] * 3, 0, id="C the same part three times"),
        pytest.param([a_part(0, NEEDED - 1)], 0, id="D cut a byte too early"),
        pytest.param([a_part(0, NEEDED)], 1, id="D cut just after"),
        pytest.param([a_request(status=200, agent=f"App/{n % 6}") for n in range(10)], 6, id="F ten of six programs"),
        pytest.param(
            [a_request(address=at) for at in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")], 2,
            id="G two hosts of one line, one of another",
        ),
        pytest.param(
            [a_request(at=at) for at in (
                "2026-11-02T22:00:00+00:00", "2026-11-03T03:00:00+00:00", "2026-11-03T22:15:00+00:00",
                "2026-11-04T23:15:00+00:00",
            )], 3, id="H three days",
        ),
        pytest.param(
            [a_part(0, 250_000, at="2026-11-02T23:59:00+00:00"), a_part(250_000, 500_000, at="2026-11-03T00:01:00+00:00")],
            0, id="I over midnight",
        ),
        pytest.param([a_part(0, 284_179, path="/podd/b/audio.mp3")], 0, id="J less than all of a short one"),
        pytest.param([a_part(0, 284_180, path="/podd/b/audio.mp3")], 1, id="J all of a short one"),
        pytest.param([a_request(status=200, sent=NEEDED - 1)], 0, id="whole file asked for, cut"),
        pytest.param([a_part(300_000, LENGTH), a_part(0, 310_000)], 1, id="out of order, overlapping"),
        pytest.param([a_part(0, 300_000), a_part(400_000, 510_000)], 1, id="with a hole"),
        pytest.param([a_request(address="::ffff:192.0.2.1"), a_request()], 1, id="IPv4 in IPv6"),
    ],
)  # fmt: skip
def test_downloads_are_counted_by_the_rules(requests: Sequence[Request], expected: int) -> None:
    for order in (list(requests), list(reversed(requests))):
        counted = count(order)
        assert downloads(counted) == expected
        assert sum(outcomes(counted).values()) == len(requests)


@pytest.mark.parametrize(
    ("request_", "outcome"),
    [
        (a_request(method="HEAD"), Outcome.NOT_GET),
        (a_request(method=""), Outcome.NOT_GET),
        (a_request(status=304, sent=0), Outcome.UNCHANGED),
        (a_request(status=404), Outcome.FAILED),
        (a_request(status=416), Outcome.FAILED),
        (a_request(status=301), Outcome.MOVED),
        (a_request(agent="atc/1.0 watchOS/10.3 model/Watch6,1"), Outcome.WATCH),
        (a_request(agent="(null)/(null) watchOS/8.3 model/Watch6,1 hwp/t8301"), Outcome.WATCH),
        (a_request(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), Outcome.BOT),
        (a_request(agent="curl/8.5.0"), Outcome.BOT),
        (a_request(agent=""), Outcome.NO_AGENT),
        (a_request(agent="-"), Outcome.NO_AGENT),
        (a_part(0, 2), Outcome.PROBE),
        (a_request(path="/assets/site.css"), Outcome.PART_OF_PAGE),
        (a_request(path="/wp-login.php", status=200), Outcome.ELSEWHERE),
        (a_request(path="/wp-login.php", status=404), Outcome.FAILED),
    ],
)
def test_what_does_not_count_says_why(request_: Request, outcome: Outcome) -> None:
    counted = count([request_])
    assert outcomes(counted) == {outcome: 1}
    assert not counted.figures


def test_where_a_log_has_no_ranges_bytes_are_added_and_the_figure_is_called_an_estimate() -> None:
    counted = count([a_request(first=None, sent=250_000), a_request(first=None, sent=250_000)])
    assert [(figure.times, figure.estimated) for figure in counted.figures] == [(1, True), (1, True)]
    known = count([a_part(0, NEEDED), a_request(first=None, sent=10)])
    assert not any(figure.estimated for figure in known.figures)


def test_a_page_that_had_not_changed_was_read_all_the_same() -> None:
    hosts = ("partner.example", "okatakten.example", "")
    counted = count(a_request(path="/", status=status, referrer=host) for status in (200, 304) for host in hosts)
    assert [(figure.name, figure.times, figure.people) for figure in counted.figures] == [("", 6, 1), (WHOLE, 6, 1)]
    assert {(way.way, way.times) for way in counted.ways} == {("", 4), ("partner.example", 2)}


def test_feeds_are_counted_by_program_and_services_by_what_they_say() -> None:
    feed = {"path": "/podd/feed.xml", "status": 304}
    counted = count(
        [
            *(
                a_request(agent="Overcast/1.0 Podcast Sync (12 subscribers; feed-id=1; +http://overcast.fm/)", **feed)
                for _ in "ab"
            ),
            a_request(agent="Overcast/1.0 Podcast Sync (14 subscribers; feed-id=1; +http://overcast.fm/)", **feed),
            *(a_request(address=f"192.0.2.{n}", **feed) for n in range(3)),
            a_request(agent="iTMS", **feed),
        ]
    )
    assert {(way.way, way.times, way.people) for way in counted.ways} == {
        ("Overcast", 3, 14), ("AntennaPod", 3, 3), ("Apple Podcasts", 1, 0),
    }  # fmt: skip
    assert {(figure.times, figure.people) for figure in counted.figures} == {(7, 17)}


@pytest.mark.parametrize(
    ("said", "number"), [("1 subscriber", 1), ("x (250 readers; y)", 250), ("3 followers", 3), ("AB/2", 0)]
)
def test_a_service_may_say_how_many_it_fetches_for(said: str, number: int) -> None:
    assert subscribers(said) == number


def test_memory_does_not_decide_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put away in pieces is counted as what was kept whole."""
    chance = random.Random(1)
    requests = [
        a_part(
            start := 100_000 * chance.randrange(8),
            start + 100_000,
            address=f"192.0.2.{chance.randrange(9)}",
            agent=f"A/{n % 3}",
        )
        for n in range(2000)
    ]
    whole = count(requests)
    monkeypatch.setattr("okatakten.reach.counting.AT_ONCE", 7)
    assert count(requests) == whole
    assert downloads(whole)


# Logs

IN_JSON = json.dumps(
    {
        "time_iso8601": "2026-11-02T13:00:00+01:00", "remote_addr": "192.0.2.1", "request_method": "GET",
        "uri": "/podd/a/audio.mp3", "status": "206", "body_bytes_sent": "300",
        "sent_http_content_range": f"bytes 100-599/{LENGTH}", "http_user_agent": APP, "referrer": "partner.example",
    }
)  # fmt: skip
COMBINED = (
    '192.0.2.1 - - [02/Nov/2026:13:00:00 +0100] "GET /podd/a/audio.mp3?x=1 HTTP/2.0" {} 300 "https://www.partner.example/a" "'
    + APP
    + '"'
)
OLD_OURS = '192.0.2.0 [02/Nov/2026:13:00:00 +0100] "GET /podd/a/audio.mp3 HTTP/1.1" 200 300 "-" "' + APP + '"'
FRONT = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query sc-content-len sc-range-start sc-range-end"
OF_FRONT = "2026-11-02\t12:00:00\tARN1\t{}\t192.0.2.1\tGET\td1.cloudfront.net\t/podd/a/audio.mp3\t206\thttps://partner.example/\tAntennaPod%2F3.4.0\t-\t500\t100\t599"
OF_S3 = (
    "a" * 64
    + ' hink [02/Nov/2026:12:00:00 +0000] 192.0.2.1 - 3E57 REST.GET.OBJECT podd/a/audio.mp3 "GET /hink/podd/a/audio.mp3 HTTP/1.1" 206 - 300 785874 30 29 "https://partner.example/" "'
    + APP
    + '" - id SigV4 - - s3 TLSv1.3 - -'
)


def read(*lines: str) -> Request | None:
    reader = Reader()
    return [reader.parse(line.encode()) for line in lines][-1]


@pytest.mark.parametrize(
    ("lines", "first", "sent", "status"),
    [
        pytest.param([IN_JSON], 100, 300, 206, id="ours"),
        pytest.param([COMBINED.format(206)], None, 300, 206, id="combined, a part"),
        pytest.param([COMBINED.format(200)], 0, 300, 200, id="combined"),
        pytest.param(["#Version: 1.0", FRONT, OF_FRONT.format(900)], 100, 500, 206, id="CloudFront"),
        pytest.param([FRONT, OF_FRONT.format(400)], 100, 0, 206, id="CloudFront, cut"),
        pytest.param([OF_S3], None, 300, 206, id="S3"),
    ],
)
def test_logs_of_each_kind_of_server_say_the_same(lines: list[str], first: int | None, sent: int, status: int) -> None:
    expected = a_request(first=first, sent=sent, status=status, referrer="partner.example")
    assert read(*lines) == expected


def test_a_log_of_networks_is_read_too() -> None:
    assert read(OLD_OURS) == a_request(address="192.0.2.0", status=200, sent=300)


@pytest.mark.parametrize(
    "line",
    [
        "en rad", "{", "{}", "[1]", '{"status": 1e999}', IN_JSON[:60], COMBINED.format(200)[:40], "\x00\x01\x02", "#", "# hej",
        OF_FRONT.format(1), '192.0.2.1 - - [02/Foo/2026:13:00:00 +0100] "GET / HTTP/1.1" 200 1',
        IN_JSON.replace('"300"', f'"{"9" * 30}"'), IN_JSON.replace('"300"', '"-1"'),
        IN_JSON.replace("bytes 100-", f"bytes {'9' * 30}-"), COMBINED.format(200).replace(" 300 ", f" {'9' * 30} "),
        IN_JSON.replace("+01:00", ""), IN_JSON.replace("2026-11-02", "2026-13-02"), "[" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_line_of_a_log_is_told(line: str) -> None:
    with pytest.raises(UnreadableError):
        read(line)


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.energikontor.example:8443/a?vem=jag", "energikontor.example"),
        ("partner.example", "partner.example"),
        ("android-app://com.exempel.mejl/", "com.exempel.mejl"),
        ("http://192.0.2.7/", ""),
        ("http://[2001:db8::1]/", ""),
        ("http://0x7f000001/", ""),
        ("http://localhost/", ""),
        ("-", ""),
        ("", ""),
        ("//[", ""),
        (f"https://{'a.' * 200}example/", ""),
        ("Kalle Karlsson", ""),
    ],
)
def test_of_what_led_here_only_a_name_of_a_host_is_read(referrer: str, host: str) -> None:
    assert host_of(referrer) == host


def test_what_servers_escape_is_read_as_it_was() -> None:
    line = (
        COMBINED.format(200).replace(APP, r"A\x22B\\C \"D").replace("/podd/a/audio.mp3?x=1", "/podd/%C3%A5/audio.mp3")
    )
    request = read(line)
    assert request
    assert (request.agent, request.path) == ('A"B\\C "D', "/podd/å/audio.mp3")


def counted_from(logs: Iterable[Path]) -> tuple[Counted, list[LogRead]]:
    counting = Counting(SomePlaces(), our_agents())
    said = read_logs(logs, counting, progress=lambda _: None)
    return counting.count(), said


@pytest.mark.parametrize(
    ("ending", "pack"), [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_a_log_may_be_packed(tmp_path: Path, ending: str, pack: type[bytes]) -> None:
    log = tmp_path / f"a.log{ending}"
    log.write_bytes(pack("\n".join([COMBINED.format(200)] * 3).encode()))
    counted, _ = counted_from([log])
    assert outcomes(counted) == {Outcome.LITTLE: 3}


def test_of_a_log_that_breaks_off_what_is_there_is_counted(tmp_path: Path) -> None:
    log = tmp_path / "a.log.gz"
    chance = random.Random(2)
    lines = [COMBINED.format(200).replace("192.0.2.1", f"192.0.2.{chance.randrange(99)}") for _ in range(3000)]
    packed = gzip.compress("\n".join(lines).encode())
    log.write_bytes(packed[: len(packed) * 2 // 3])
    counted, (said,) = counted_from([log])
    assert said.broken
    assert 1000 < sum(outcomes(counted).values()) < 3000
    assert sum(outcomes(counted).values()) + said.unreadable == said.lines


def test_every_line_is_counted_or_told_of(tmp_path: Path) -> None:
    lines = [
        "#Version: 1.0",
        FRONT,
        IN_JSON,
        "skräp",
        COMBINED.format(200),
        "",
        OF_S3,
        OF_FRONT.format(900),
        "{",
        "x" * 200_000,
        OLD_OURS,
    ]
    log = tmp_path / "a.log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    counted, (said,) = counted_from([log])
    assert (said.lines, said.about, said.unreadable, said.places) == (11, 3, 3, [4, 9, 10])
    assert sum(outcomes(counted).values()) == 5


def test_logs_of_two_servers_out_of_order_are_one(tmp_path: Path) -> None:
    parts = [a_part(0, 200_000), a_part(200_000, LENGTH)]
    for name, part, more in (("en", parts[1], "x"), ("två", parts[0], "y")):
        line = json.loads(IN_JSON) | {
            "sent_http_content_range": f"bytes {part.first}-{LENGTH - 1}/{LENGTH}", "body_bytes_sent": part.sent,
        }  # fmt: skip
        (tmp_path / name).write_text(json.dumps(line | {"more": more}) + "\n", encoding="utf-8")
    counted, _ = counted_from(find_logs([tmp_path]))
    assert downloads(counted) == 1


def test_of_a_log_given_twice_the_later_copy_is_counted(tmp_path: Path) -> None:
    lines = [COMBINED.format(200), IN_JSON] * 20
    for name, text, changed in (("a.log.gz", lines[:30], 1), ("b.log", lines, 2)):
        content = "\n".join(text).encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        os.utime(tmp_path / name, (changed, changed))
    counted, (first, second) = counted_from(find_logs([tmp_path, tmp_path / "b.log"]))
    assert (first.same_as, second.same_as) == (tmp_path / "b.log", None)
    assert sum(outcomes(counted).values()) == 40


# Programs


@pytest.mark.parametrize(
    ("agent", "name", "sort"),
    [
        ("AntennaPod/3.4.0", "AntennaPod", Sort.APP),
        ("Overcast/3.0 (+http://overcast.fm/; iOS podcast app)", "Overcast", Sort.APP),
        ("Pocket Casts", "Pocket Casts", Sort.APP),
        ("Shifty Jelly Pocket Casts, Android v7.5", "Pocket Casts", Sort.APP),
        ("Podimo/2.45 build 3 (Linux;Android 14)", "Podimo", Sort.APP),
        ("Podcasts/4025.610.1 CFNetwork/3826 Darwin/24.6.0", "Apple Podcasts", Sort.APP),
        ("Spotify/8.8.12 Android/33 (SM-A536B)", "Spotify", Sort.APP),
        ("AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5_1 like Mac OS X; sv_se)", "AppleCoreMedia", Sort.LIBRARY),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome", Sort.BROWSER),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", Sort.BROWSER),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36", "Chromium", Sort.BOT),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Facebook", Sort.BOT),
        ("LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "LinkedIn", Sort.BOT),
        ("NågonBot/1.0 (+https://exempel.se)", "", Sort.BOT),
        ("NågotHemsnickrat 7", "", Sort.UNKNOWN),
        ("x" * 100_000, "", Sort.UNKNOWN),
    ],
)  # fmt: skip
def test_programs_are_told_apart(agent: str, name: str, sort: Sort) -> None:
    assert our_agents().find(agent) == (name, sort)


def test_what_long_names_of_programs_take_of_memory_has_a_limit() -> None:
    agents = our_agents()
    tracemalloc.start()
    for number in range(200):
        agents.find(f"{number} {'x' * 60_000}")
    assert tracemalloc.get_traced_memory()[0] < 1_000_000
    tracemalloc.stop()


def write_lists(folder: Path, **more: object) -> None:
    lists: dict[str, object] = {
        "bots": {"entries": [{"name": "B", "pattern": "^Bot"}]},
        "apps": {"entries": [{"name": "A", "pattern": "App/"}]},
        "libraries": {
            "entries": [{"name": "L", "pattern": "^lib", "category": "bot"}, {"name": "M", "pattern": "^mib"}]
        },
        "browsers": {"entries": [{"name": "W", "pattern": "Moz"}]},
    }
    for name, content in (lists | more).items():
        (folder / f"{name}.runtime.json").write_text(
            content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
        )


def test_a_list_of_podcasting_decides_in_its_order_when_it_is_given(tmp_path: Path) -> None:
    write_lists(tmp_path, **{"rss-ua": [{"pattern": "iTMS", "name": "Apple, katalogen", "slug": "itms"}]})
    agents = read_agents(tmp_path)
    found = {said: agents.find(said).sort for said in ("Bot App/1", "App/1 Moz", "libx", "mibx", "Mozilla", "annat")}
    assert [*found.values()] == [Sort.BOT, Sort.APP, Sort.BOT, Sort.LIBRARY, Sort.BROWSER, Sort.UNKNOWN]
    assert (agents.reader("iTMS"), agents.reader("App/1")) == ("Apple, katalogen", "A")
    digest = agents.digest
    write_lists(tmp_path, apps={"entries": [{"name": "A", "pattern": "Appen/"}]})
    assert read_agents(tmp_path).digest != digest


@pytest.mark.parametrize(
    "content", ["{", "[]x", '{"entries": [{"name": "A"}]}', '{"entries": [{"name": "A", "pattern": "("}]}', '"x"']
)
def test_a_list_that_is_none_is_told(tmp_path: Path, content: str) -> None:
    write_lists(tmp_path, apps=content)
    with pytest.raises(ReasonError, match=r"apps\.runtime\.json"):
        read_agents(tmp_path)


def test_lists_that_lack_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReasonError, match=r"bots\.json, apps\.json, libraries\.json, browsers\.json"):
        read_agents(tmp_path)


# Days


def test_a_day_is_replaced_by_a_new_counting_of_it_but_not_by_half_of_it(tmp_path: Path) -> None:
    whole = count([a_request(status=200, agent=f"A/{n}") for n in range(4)])
    assert not write_days(tmp_path, whole)
    half = count([a_request(status=200, agent=f"A/{n}") for n in range(2)])
    (smaller,) = write_days(tmp_path, half)
    assert (smaller.lines, smaller.before) == (2, 4)
    assert read_days(tmp_path) == whole
    assert not write_days(tmp_path, half, replace=True)
    assert read_days(tmp_path) == half


def test_days_are_kept_beside_each_other(tmp_path: Path) -> None:
    days = [count([a_request(at=f"2026-11-0{n}T00:00:00+00:00")]) for n in (2, 3)]
    for of_day in reversed(days):
        write_days(tmp_path, of_day)
    assert read_days(tmp_path).figures == [*days[0].figures, *days[1].figures]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"figures": [["x", "y", 1, 1, false]], "ways": [], "lines": []}'])
def test_a_day_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "dagar").mkdir()
    (tmp_path / "dagar/2026-11-02.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReasonError, match=r"2026-11-02\.json"):
        read_days(tmp_path)


def test_nobody_can_be_found_in_what_is_kept(tmp_path: Path) -> None:
    addresses = ["192.0.2.77", "2001:db8:1234:5678:9abc::1"]
    counting = Counting(SomePlaces(), our_agents())
    for address in addresses:
        counting.add(a_request(address=address, status=200, agent="EgenApp/1 (Kalle)"))
    salts = [*counting._salts.values()]
    write_days(tmp_path, counting.count())
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (
        *(address.encode() for address in addresses),
        b"2001:db8",
        b"Kalle",
        *salts,
        *(salt.hex().encode() for salt in salts),
    ):
        assert secret not in kept
    assert not counting._salts


# Places


@pytest.mark.parametrize(
    ("path", "sort", "name"),
    [
        ("/", PlaceSort.PAGE, ""),
        ("/index.html", PlaceSort.PAGE, ""),
        ("/om/", PlaceSort.PAGE, "om/"),
        ("/sma/", PlaceSort.PAGE, "sma/"),
        ("/podd/trailer/", PlaceSort.PAGE, "podd/trailer/"),
        ("/podd/trailer/embed/", PlaceSort.PLAYER, "podd/trailer/embed/"),
        ("/podd/trailer/audio.mp3", PlaceSort.EPISODE, "podd/trailer/"),
        ("/podd/feed.xml", PlaceSort.FEED, "podd/feed.xml"),
        ("/nytt.json", PlaceSort.FEED, "nytt.json"),
        ("/rapport/oka-takten-rapport.epub", PlaceSort.DOCUMENT, "rapport/oka-takten-rapport.epub"),
        ("/filmer/en-stol/film.mp4", PlaceSort.FILM, "filmer/en-stol/film.mp4"),
    ],
)
def test_addresses_of_the_site_are_told_apart(site: Path, path: str, sort: PlaceSort, name: str) -> None:
    place = read_places(site, url="https://okatakten.example/").find(path)
    assert place
    assert (place.sort, place.name) == (sort, name)
    assert bool(place.needed) is sort.is_file
    assert place.needed <= place.length


@pytest.mark.parametrize(
    "path", ["/404.html", "/podd/trailer", "/finns-inte/", "/../etc/passwd", "//", "", "/card.png"]
)
def test_other_addresses_are_no_places(site: Path, path: str) -> None:
    assert read_places(site, url="https://okatakten.example/").find(path) is None


def test_a_site_may_stand_below_the_root_of_its_domain(site: Path) -> None:
    places = read_places(site, url="https://www.region.example/oka-takten/")
    assert places.host == "region.example"
    assert places.find("/om/") is None
    assert (places.find("/oka-takten/om/") or OTHERS["/"]).name == "om/"


def test_what_was_fetched_at_an_earlier_address_counts_where_it_is_now(site: Path, tmp_path: Path) -> None:
    made = tmp_path / "site"
    shutil.copytree(site, made)
    (made / "_redirects").write_text("# x\n/podd/forr/ /podd/trailer/ 301\n", encoding="utf-8")
    found = read_places(made, url="https://okatakten.example/").find("/podd/forr/audio.mp3")
    assert found
    assert found.name == "podd/trailer/"
