"""Told at once: a hub hears of the feed when all can see it, and never keeps anybody from publishing."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from lxml import etree

from hosts import HASTY as TEST_HASTY
from hosts import HERE, Host, content, hosting, status
from okatakten.fetching import Reach
from okatakten.podcast.feed import build_feed
from okatakten.publish import hub as module
from okatakten.publish.hub import HASTY, SECONDS, Told, tell_hub
from support import SITE, WORDS, a_show, published, run


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


def a_feed(host: Host) -> bytes:
    """Return a feed of that host's, which names a hub there."""
    site = replace(SITE, url=f"{host.url}/")
    return build_feed(published(a_show(hub=f"{host.url}/hub"), site), site=site, words=WORDS)


def test_the_feed_names_its_hub_and_one_address_of_its_own() -> None:
    feed = build_feed(published(a_show(hub="https://hubb.example/")), site=SITE, words=WORDS)
    links = etree.fromstring(feed).findall("channel/{http://www.w3.org/2005/Atom}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("self", f"{SITE.url}podd/feed.xml"), ("hub", "https://hubb.example/"),
    ]  # fmt: skip


def test_without_a_hub_nobody_is_asked() -> None:
    assert tell_hub(build_feed(published(a_show()), site=SITE, words=WORDS)).told is Told.NO_HUB
    assert tell_hub(b"skr\xc3\xa4p").told is Told.NO_HUB


def test_a_hub_is_told_which_feed_is_new_when_all_can_see_it(host: Host) -> None:
    feed = a_feed(host)
    host.answers |= {"/podd/feed.xml": content(feed), "/hub": status(204)}
    assert tell_hub(feed, reach=HERE).told is Told.TOLD
    assert [parse_qs(sent.decode()) for sent in host.sent] == [
        {"hub.mode": ["publish"], "hub.url": [f"{host.url}/podd/feed.xml"]}
    ]


@pytest.mark.parametrize("seen", [content(b"<rss/>"), status(404)])
def test_a_hub_is_not_told_of_a_feed_that_nobody_sees_yet(host: Host, seen: object) -> None:
    host.answers |= {"/podd/feed.xml": seen, "/hub": status(204)}  # type: ignore[dict-item]
    answer = tell_hub(a_feed(host), reach=HERE)
    assert answer.told in {Told.NOT_YET, Told.REFUSED}
    assert not host.sent


def test_what_is_not_seen_yet_can_be_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.01)
    feed = a_feed(host)
    older = iter([content(b"<rss/>"), status(500), *[content(feed)] * 9])
    host.answers |= {"/podd/feed.xml": lambda handler: next(older)(handler), "/hub": status(202)}  # noqa: PLW0108
    reach = replace(HERE, patience=replace(HERE.patience, attempts=1))
    assert tell_hub(feed, wait=60, reach=reach).told is Told.TOLD


def test_a_hub_that_stumbles_is_asked_again(host: Host) -> None:
    feed = a_feed(host)
    answers = iter([status(503), status(204)])
    host.answers |= {"/podd/feed.xml": content(feed), "/hub": lambda handler: next(answers)(handler)}  # noqa: PLW0108 -- the next one each time
    assert tell_hub(feed, reach=HERE).told is Told.TOLD
    assert len(host.sent) == 2


@pytest.mark.parametrize("code", [400, 404, 500])
def test_what_a_hub_answers_is_told(host: Host, code: int) -> None:
    feed = a_feed(host)
    host.answers |= {"/podd/feed.xml": content(feed), "/hub": status(code)}
    answer = tell_hub(feed, reach=HERE)
    assert (answer.told, answer.hub) == (Told.REFUSED, f"{host.url}/hub")
    assert answer.why


def test_a_hub_that_says_nothing_is_left_alone(host: Host) -> None:
    feed = a_feed(host)
    host.answers |= {"/podd/feed.xml": content(feed), "/hub": lambda _: time.sleep(2)}
    assert tell_hub(feed, reach=TEST_HASTY).told is Told.REFUSED


def test_a_name_server_that_hangs_keeps_nobody_waiting(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    hanging = Reach(allow_private=True, resolve=lambda _host, _port: time.sleep(30) or [])  # type: ignore[func-returns-value]
    assert tell_hub(a_feed(host), reach=hanging).told is Told.SILENT


def test_the_patience_with_a_hub_fits_into_its_limit() -> None:
    patience = HASTY.patience
    once = patience.connect + patience.silence
    assert once * patience.attempts + patience.longest_pause <= SECONDS * 2
    assert SECONDS <= 10


def test_the_command_says_what_came_of_it_and_does_not_fail(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("", encoding="utf-8")
    status_of, _, said = run("notify", "--root", str(tmp_path))
    assert (status_of, "Kör okatakten build först" in said) == (1, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        site = replace(SITE, url=f"http://127.0.0.1:{taken.getsockname()[1]}/")
        feed = build_feed(published(a_show(hub=f"{site.url}hub"), site), site=site, words=WORDS)
        (tmp_path / "site/podd").mkdir(parents=True)
        (tmp_path / "site/podd/feed.xml").write_bytes(feed)
        status_of, _, said = run("notify", "--root", str(tmp_path))
    assert status_of == 0
    assert "Avsnitten är publicerade ändå" in said
    (tmp_path / "site/podd/feed.xml").write_bytes(build_feed(published(a_show()), site=SITE, words=WORDS))
    status_of, said, _ = run("notify", "--root", str(tmp_path))
    assert (status_of, "Det byggda flödet har ingen hubb" in said) == (0, True)
