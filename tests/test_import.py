"""A podcast moves in: the same episodes come out, whoever made the feed, and nothing in one can do harm."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from calendar import timegm
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid5
from xml.sax.saxutils import escape, quoteattr

import feedparser
import imageio_ffmpeg
import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from hosts import (
    HASTY,
    HERE,
    Host,
    chapter_tags,
    content,
    endless,
    file,
    hosting,
    mp3,
    raw,
    redirect,
    secure_hosting,
    status,
)
from okatakten.addresses import Site
from okatakten.fetching import PUBLIC, Reach
from okatakten.importing.cleaning import TAG_LIMIT, parse_notes, plain_text, summarise
from okatakten.importing.importing import GUID_NAMESPACE, ImportResult, import_feed
from okatakten.importing.incoming import EPISODE_LIMIT, IncomingFeed, parse_feed
from okatakten.importing.moving import cues_within, free_slug
from okatakten.importing.times import parse_moments, parse_times
from okatakten.making.chapters import take_chapters
from okatakten.model import Show
from okatakten.podcast.feed import build_feed
from okatakten.podcast.notes import render_notes
from okatakten.podcast.promise import check_promise
from okatakten.podcast.promised import parse_promised
from okatakten.podcast.releases import build_releases
from okatakten.rules import SUMMARY_LIMIT
from okatakten.site.project import read_project
from okatakten.written.advice import ADVICE
from okatakten.written.problems import Kind
from okatakten.written.report import format_problem, format_report
from okatakten.written.text import Problems, cut
from okatakten.written.values import parse_seconds
from support import CASES, SITE, VALID, WORDS, a_cue, counted, lay_out, published, run
from test_sound import FRAME as MP3_FRAME
from test_sound import header as mp3_header

FEEDS = Path(__file__).parent / "feeds"
MAKERS = sorted(path.stem for path in FEEDS.glob("*.xml") if "." not in path.stem)
COVER = (VALID / "podcast/cover-1.png").read_bytes()
SMALL = (CASES / "pictures-that-do-not-fit/podcast/episodes/hallbara-inkop/picture.png").read_bytes()
SOUND = mp3(65)
PORT = "127.0.0.1:PORT"
PLACE = f"http://{PORT}"
CHAPTERS = json.dumps(
    {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0, "title": "Hej"},
            {"startTime": 20.5, "title": "Mitt i"},
            {"startTime": 30, "title": "En bild bara", "toc": False},
            {"startTime": 70, "title": "Efter slutet"},
        ],
    }
).encode()
VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n<v Anna>Hej.\n\n00:00:05.000 --> 00:01:04.000\n<v Bo>Hej.\n"
SRT = b"1\r\n00:00:00,000 --> 00:00:04,000\r\nAnna: Hej.\r\n\r\n2\r\n00:00:05,000 --> 00:01:04,000\r\nBo: Hej.\r\n"
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Anna", "startTime": 0, "endTime": 4, "body": "Hej."},
            {"speaker": "Bo", "startTime": 5, "endTime": 64, "body": "Hej."},
        ],
    }
).encode()
HTML = b"<cite>Anna:</cite><time>0:00</time><p>Hej.</p><cite>Bo:</cite><time>0:05</time><p>Hej.</p>"

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
)

watched: list[tuple[str, Any]] | None = None
"""What is written and connected to, while somebody wants to know."""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if watched is None:
        return
    if event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        watched.append(("file", arguments[0]))
    elif event in {"os.mkdir", "os.remove", "os.rmdir", "os.rename"}:
        # A path may be relative to an open folder, the last of the arguments.
        folder = Path(f"/proc/self/fd/{arguments[-1]}").readlink() if arguments[-1] >= 0 else Path()
        paths = arguments[: 2 if event == "os.rename" else 1]
        watched.extend(("file", str(folder / path)) for path in paths)
    elif event == "socket.connect":
        watched.append(("host", arguments[1][0]))


sys.addaudithook(_watch)


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A valid project without episodes."""
    root = lay_out(VALID, tmp_path / "projekt")
    shutil.rmtree(root / "podcast/episodes/hallbara-inkop")
    return root


@pytest.fixture(scope="session")
def m4a(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """65 seconds of silence in AAC."""
    path = tmp_path_factory.mktemp("m4a") / "a.m4a"
    silence = ["-f", "lavfi", "-i", "anullsrc=r=22050:cl=mono", "-t", "65"]
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", *silence, "-c:a", "aac", "-b:a", "16k", str(path)], check=True)
    return path.read_bytes()


def offer(host: Host, name: str, *, m4a: bytes = b"") -> bytes:
    """Let the host serve a feed of tests/feeds and all it points to, and return the feed."""
    files = {".mp3": SOUND, ".m4a": m4a, ".vtt": VTT, ".srt": SRT, "text.json": JSON, ".html": HTML}
    files |= {"kapitel.json": CHAPTERS, "bild.png": COVER, "liten.png": SMALL, "66a0/media.mp3": mp3(20)}
    document = b""
    for page, path in (("", "/feed.xml"), (".page2", "/feed2.xml")):
        if (FEEDS / f"{name}{page}.xml").exists():
            part = (FEEDS / f"{name}{page}.xml").read_text(encoding="utf-8")
            part = part.replace(PLACE, host.url)
            host.answers[path] = content(part.encode(), "application/rss+xml")
            document += part.encode()
    for path in re.findall(rf"{re.escape(host.url)}(/[^\"'<>\s?]*)", document.decode()):
        for ending, data in files.items():
            if path.endswith(ending):
                host.answers[path] = file(data)
    return document


def move(host: Host, root: Path, *, reach: Reach = HERE, **options: Any) -> ImportResult:
    return import_feed(f"{host.url}/feed.xml", root, reach=reach, **options)


def an_item(number: int = 1, **parts: str) -> str:
    """Return an RSS item that is whole; `title`, `guid`, `date`, `audio` or `more` replace a part of it, as XML."""
    parts = {
        "title": f"<title>Avsnitt {number}</title>",
        "guid": f"<guid>id-{number}</guid>",
        "date": f"<pubDate>Tue, {number % 28 + 1:02} Mar 2026 05:00:00 +0000</pubDate>",
        "audio": f'<enclosure url="URL/{number}.mp3" length="1" type="audio/mpeg"/>',
        "more": "",
    } | parts
    return f"<item>{''.join(parts.values())}</item>"


def a_feed(*items: str, channel: str = "") -> str:
    head = "<title>Provpodden</title><language>sv</language>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {NAMESPACES}><channel>{head}{channel}{"".join(items)}</channel></rss>'


def serve(host: Host, feed: str | bytes, *, episodes: int = 3) -> None:
    """Let the host serve a feed, and audio at /1.mp3, /2.mp3 …"""
    document = feed.encode() if isinstance(feed, str) else feed
    host.answers["/feed.xml"] = content(document.replace(b"URL", host.url.encode()), "application/rss+xml")
    for number in range(1, episodes + 1):
        host.answers.setdefault(f"/{number}.mp3", file(mp3(3)))


def show_of(root: Path) -> Show:
    """Return the show, which nothing is wrong with."""
    reading = read_project(root)
    assert reading.show is not None, format_report(reading.problems)
    return reading.show


def kinds(result: ImportResult) -> list[Kind]:
    return [problem.kind for problem in result.problems]


def left_over(root: Path) -> list[str]:
    """Return what is in podcast/ that no episode and no show has."""
    podcast = root / "podcast"
    return sorted(path.name for path in podcast.iterdir() if path.name not in {"show.yml", "cover-1.png", "episodes"})


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seconds(written: str) -> int:
    *more, last = map(int, written.split(":"))
    for power, part in enumerate(reversed(more), start=1):
        last += part * [1, 60, 3600][power]
    return last


def told(entry: Any) -> dict[str, object]:
    """Return what an app knows of an episode, as feedparser reads it."""
    return {
        "guid": entry.id,
        "title": unescape(entry.title),
        "date": timegm(entry.published_parsed if "published_parsed" in entry else entry.updated_parsed),
        "duration": seconds(entry.itunes_duration),
        "season": entry.get("itunes_season"),
        "episode": entry.get("itunes_episode"),
        "type": entry.get("itunes_episodetype", "full"),
        "explicit": bool(entry.get("itunes_explicit")),
    }


def persons(document: bytes) -> list[tuple[str, str]]:
    root = etree.fromstring(document)
    return [(str(person.text), person.get("role", "")) for person in root.iterfind(".//item/{*}person")]


@pytest.mark.parametrize("maker", MAKERS)
def test_the_feed_of_every_maker_gives_the_same_episodes(maker: str, host: Host, root: Path, m4a: bytes) -> None:
    old = offer(host, maker, m4a=m4a)
    result = move(host, root)
    show = show_of(root)
    new = build_feed(published(show, SITE), site=SITE, words=WORDS)
    entries = [entry for page in re.split(rb"(?=<\?xml version)", old) for entry in feedparser.parse(page).entries]
    assert [told(entry) for entry in feedparser.parse(new).entries] == [told(entry) for entry in entries]
    assert result.taken
    assert persons(new) == [
        person for page in re.split(rb"(?=<\?xml version)", old) if page.strip() for person in persons(page)
    ]
    assert left_over(root) == []
    assert written_of(show, root).replace(host.url, PLACE) == (FEEDS / f"{maker}.md").read_text(encoding="utf-8")
    assert report_of(result, host) == (FEEDS / f"{maker}.txt").read_text(encoding="utf-8")


def written_of(show: Show, root: Path) -> str:
    """Return the files that came of a feed, newest first."""
    return "\n".join((root / episode.text.source).read_text(encoding="utf-8") for episode in show.episodes)


def report_of(result: ImportResult, host: Host) -> str:
    """Return what is said of an import, the same on every port. An id that is made of the address is the address."""
    report = "\n\n".join(format_problem(problem) for problem in (*result.problems, *result.differences)) + "\n"
    address = f"{host.url.removeprefix('http://')}/feed.xml"
    return report.replace(str(uuid5(GUID_NAMESPACE, address)), address).replace(host.url.removeprefix("http://"), PORT)


def test_a_second_run_takes_nothing_and_asks_only_for_the_feed(host: Host, root: Path) -> None:
    offer(host, "buzzsprout")
    first = move(host, root)
    before = tree(root)
    host.asked.clear()
    second = move(host, root)
    assert second.taken == ()
    assert second.skipped == first.taken == ("hallbara-inkop",)
    assert second.problems == ()
    assert host.paths() == ["/feed.xml"]
    assert tree(root) == before


def test_our_own_feed_comes_back_as_it_went_out(host: Host, root: Path, tmp_path: Path) -> None:
    show = show_of(lay_out(CASES / "an-episode-with-its-own-picture", tmp_path / "annan"))
    document = build_feed(published(show), site=Site(url=f"{host.url}/", samples=True, now=SITE.now), words=WORDS)
    folder = tmp_path / "annan/podcast/episodes/hallbara-inkop"
    for path in ("audio.mp3", "transcript.vtt", "picture.png"):
        host.answers[f"/podd/hallbara-inkop/{path}"] = file((folder / path).read_bytes())
    host.answers["/feed.xml"] = content(document)
    result = move(host, root)
    (new,), (old,) = show_of(root).episodes, show.episodes
    assert (new.guid, new.published, new.season, new.number) == (old.guid, old.published, old.season, old.number)
    assert (new.text.title, new.text.summary) == (old.text.title, old.text.summary)
    assert (new.chapters, new.persons) == (old.chapters, old.persons)
    assert new.transcript
    assert old.transcript
    assert new.transcript.cues == old.transcript.cues
    assert new.picture
    assert old.picture
    assert new.picture.alt == old.picture.alt
    assert result.problems == ()
    assert result.differences == ()
    assert result.redirects == (
        (f"{host.url}/podd/feed.xml", "podd/feed.xml"),
        (f"{host.url}/podd/hallbara-inkop/", "podd/hallbara-inkop-annat/"),
    )


def test_the_command_takes_a_feed_in_and_says_what_is_left_to_do(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1)))
    feed = f"{host.url}/feed.xml"
    status, said, _ = run("import", feed, "--root", str(root))
    assert status == 1
    assert "Hämtade avsnitt: 0." in said
    assert (host.asked, left_over(root)) == ([], [])
    status, said, _ = run("import", feed, "--root", str(root), "--allow-private")
    assert status == 0
    assert "Hämtade avsnitt: 1. Fanns redan: 0." in said
    assert "okatakten check säger vad som återstår" in said
    assert run("check", "--root", str(root))[0] == 0
    assert "Hämtade avsnitt: 0. Fanns redan: 1." in run("import", feed, "--root", str(root), "--allow-private")[1]


def test_the_show_is_left_alone_and_its_differences_told(host: Host, root: Path) -> None:
    before = (root / "podcast/show.yml").read_bytes()
    channel = '<podcast:guid>3A1f2c4e-0000-5000-8000-1234567890ab</podcast:guid><itunes:type>serial</itunes:type><itunes:category text="Arts"><itunes:category text="Books"/></itunes:category><itunes:new-feed-url>https://nytt.example/</itunes:new-feed-url>'
    channel += '<description>Om upphandling.</description><itunes:image href="https://gammal.example/omslag.jpg"/>'
    serve(host, a_feed(an_item(), channel=channel))
    result = move(host, root)
    assert (root / "podcast/show.yml").read_bytes() == before
    assert [(problem.field, problem.expected) for problem in result.differences] == [
        ("guid", "3a1f2c4e-0000-5000-8000-1234567890ab"),
        ("description", "Om upphandling."),
        ("type", "serial"),
        ("category", "Arts > Books"),
        ("cover", "https://gammal.example/omslag.jpg"),
    ]
    assert result.differences[0].kind is Kind.IMPORT_GUID_OF_SHOW
    assert result.differences[-1].kind is Kind.IMPORT_COVER_LEFT
    assert {problem.kind for problem in result.differences[1:-1]} == {Kind.IMPORT_SHOW_DIFFERS}
    assert result.differences[0].line == 1
    assert Kind.IMPORT_MOVED in kinds(result)


def test_a_show_without_an_id_has_the_one_of_its_address(root: Path, tmp_path: Path) -> None:
    """The example of the podcast namespace."""
    link = '<atom:link rel="self" href="https://podnews.net/rss/"/>'
    (tmp_path / "feed.xml").write_text(a_feed(channel=link), encoding="utf-8")
    result = import_feed(str(tmp_path / "feed.xml"), root)
    assert result.differences[0].expected == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_a_feed_may_be_a_file_and_its_address_may_be_old_fashioned(host: Host, root: Path, tmp_path: Path) -> None:
    serve(host, a_feed(an_item(1), an_item(2)))
    path = tmp_path / "flöde.rss"
    path.write_text(a_feed(an_item(1)).replace("URL", host.url), encoding="utf-8")
    assert import_feed(str(path), root, reach=HERE).taken == ("avsnitt-1",)
    assert import_feed(f"feed:{host.url}/feed.xml", root, reach=HERE).taken == ("avsnitt-2",)


@pytest.mark.parametrize(
    "source",
    ["", ".", "/", "/etc", "finns-inte.xml", "/dev/zero", "a\0b", "x" * 5000, "file:///etc/passwd", "http://", "feed:",
     "http://[", "ftp://a.se/", "C:\\flöde.xml", "http://a:b@c.se/"],
)  # fmt: skip
def test_a_feed_that_is_not_there_is_answered(root: Path, source: str) -> None:
    result = import_feed(source, root)
    assert len(result.problems) == 1
    assert format_problem(result.problems[0])


def test_inner_addresses_are_reached_only_when_allowed(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item()))
    assert kinds(import_feed(f"{host.url}/feed.xml", root)) == [Kind.FETCH_REFUSED]
    assert host.asked == []
    assert import_feed(f"{host.url}/feed.xml", root, allow_private=True).taken == ("avsnitt-1",)


def test_progress_is_told_and_never_goes_back(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1), an_item(2)))
    shares: list[float] = []
    lines: list[str] = []
    move(host, root, progress=shares.append, say=lines.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert lines == ["Avsnitt i flödet: 2. Finns redan: 0.", "1 av 2: Avsnitt 1", "2 av 2: Avsnitt 2"]


# What becomes of the parts of an episode.


def the_episode(host: Host, root: Path, **parts: str) -> Any:
    serve(host, a_feed(an_item(1, **parts)))
    move(host, root)
    (episode,) = show_of(root).episodes
    return episode


def result_of(host: Host, root: Path, **parts: str) -> ImportResult:
    serve(host, a_feed(an_item(1, **parts)))
    return move(host, root)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            '<podcast:chapters url="URL/k.json"/><psc:chapters><psc:chapter start="1" title="Annat"/></psc:chapters>',
            "Hej",
        ),
        (
            '<podcast:chapters url="URL/saknas"/><psc:chapters><psc:chapter start="0" title="A"/><psc:chapter start="2" title="B"/></psc:chapters>',
            "A",
        ),
        ("<description>0:00 Ett\n(0:01) Två\n0:02 - Tre</description>", "Ett"),
        ("<description>0:00 Ett\n0:02 Två\n0:01 Tre</description>", ""),
        ("<description>Klockan\n19:00 Konsert\n20:00 Mat</description>", ""),
        ('<podcast:chapters url="URL/text"/>', ""),
    ],
)
def test_chapters_come_from_the_first_place_that_has_any(host: Host, root: Path, more: str, expected: str) -> None:
    host.answers["/k.json"] = content(
        json.dumps({"chapters": [{"startTime": 0, "title": "Hej"}, {"startTime": 2.5, "title": "Då"}]}).encode()
    )
    host.answers["/text"] = content(b"inga kapitel")
    chapters = the_episode(host, root, more=more).chapters
    assert (chapters[0].title if chapters else "") == expected


def test_chapters_come_from_the_audio_file(host: Host, root: Path) -> None:
    host.answers["/1.mp3"] = file(mp3(3, tags=chapter_tags((1500, "Sedan"), (0, "Först: åäö"))))
    chapters = the_episode(host, root).chapters
    assert [(chapter.start.total_seconds(), chapter.title) for chapter in chapters] == [
        (0, "Först: åäö"),
        (1.5, "Sedan"),
    ]


def test_chapters_that_cannot_be_fetched_are_told(host: Host, root: Path) -> None:
    result = result_of(host, root, more='<podcast:chapters url="URL/saknas"/>')
    assert Kind.IMPORT_CHAPTERS_LEFT in kinds(result)


@pytest.mark.parametrize("ending", ["vtt", "srt", "json", "html"])
def test_a_transcript_is_taken_in_every_format(host: Host, root: Path, ending: str) -> None:
    types = {
        "vtt": "text/vtt",
        "srt": "application/x-subrip; charset=utf-8",
        "json": "application/json",
        "html": "TEXT/HTML",
    }
    contents = {"vtt": VTT, "srt": SRT, "json": JSON, "html": HTML}
    host.answers["/text"] = content(
        contents[ending]
        .replace(b"00:01:04", b"00:00:03")
        .replace(b"64", b"3")
        .replace(b"05", b"01")
        .replace(b"5", b"1")
        .replace(b"04", b"01")
        .replace(b"4", b"1")
    )
    episode = the_episode(host, root, more=f'<podcast:transcript url="URL/text" type="{types[ending]}"/>')
    assert [(cue.speaker, cue.text) for cue in episode.transcript.cues] == [("Anna", "Hej."), ("Bo", "Hej.")]


def test_the_best_transcript_that_can_be_had_is_taken(host: Host, root: Path) -> None:
    host.answers["/sv.srt"] = content(b"1\n00:00:00,000 --> 00:00:02,000\nP\xc3\xa5 svenska.\n")
    host.answers["/trasig.vtt"] = content(b"<html>")
    links = "".join(f'<podcast:transcript url="URL/{name}" type="{kind}" language="{language}"/>' for name, kind, language in [
        ("en.vtt", "text/vtt", "en"), ("saknas.vtt", "text/vtt", "sv"), ("sv.srt", "application/srt", "sv-SE"),
        ("trasig.vtt", "text/vtt", ""), ("bild", "image/png", "sv")])  # fmt: skip
    episode = the_episode(host, root, more=links)
    assert [cue.text for cue in episode.transcript.cues] == ["På svenska."]
    assert "/en.vtt" not in host.paths()
    assert sorted(path.name for path in (root / "podcast/episodes/avsnitt-1").iterdir()) == [
        "audio.mp3",
        "episode.md",
        "transcript.vtt",
    ]


def test_a_transcript_is_cut_where_the_audio_ends(host: Host, root: Path) -> None:
    host.answers["/t.vtt"] = content(VTT)
    result = result_of(host, root, more='<podcast:transcript url="URL/t.vtt" type="text/vtt"/>')
    assert kinds(result) == [Kind.IMPORT_TRANSCRIPT_CUT]
    (episode,) = show_of(root).episodes
    assert episode.transcript
    assert [cue.text for cue in episode.transcript.cues] == ["Hej."]


def test_what_is_said_after_the_end_is_left() -> None:
    cues = cues_within([a_cue(0, 2), a_cue(2, 9), a_cue(5, 6)], duration=timedelta(seconds=5))
    assert cues == (a_cue(0, 2), a_cue(2, 5))


def test_an_episode_without_a_transcript_says_so_and_can_be_published(host: Host, root: Path) -> None:
    host.answers["/t.vtt"] = content(b"ingen text")
    serve(host, a_feed(an_item(1, more='<podcast:transcript url="URL/t.vtt" type="text/vtt"/>'), an_item(2)))
    left, missing = move(host, root).problems
    assert (left.kind, left.file) == (Kind.IMPORT_TRANSCRIPT_LEFT, "podcast/episodes/avsnitt-1/episode.md")
    assert (missing.kind, missing.found) == (Kind.IMPORT_TRANSCRIPT_MISSING, "avsnitt-1, avsnitt-2")
    assert [episode.transcript for episode in show_of(root).episodes] == [None, None]
    assert Kind.TRANSCRIPT_OWED in {note.kind for note in read_project(root).notes}


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        (COVER, True),
        (SMALL, False),
        (b"<html>", False),
        (b"", False),
        (COVER[:200], False),
        (b"\x89PNG" + bytes(99), False),
    ],
)
def test_a_picture_is_taken_if_it_fits(host: Host, root: Path, data: bytes, fits: bool) -> None:
    host.answers["/bild"] = content(data)
    result = result_of(host, root, more='<itunes:image href="URL/bild"/>')
    (episode,) = show_of(root).episodes
    assert (episode.picture is not None) is fits
    assert {Kind.IMPORT_PICTURE_ALT, Kind.IMPORT_PICTURE_LEFT} & set(kinds(result)) == {
        Kind.IMPORT_PICTURE_ALT if fits else Kind.IMPORT_PICTURE_LEFT
    }
    if episode.picture:
        assert episode.picture.alt == "Bild till avsnittet Avsnitt 1"


def test_the_picture_of_the_show_is_not_each_episodes_own(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(more='<itunes:image href="URL/o.png"/>'), channel='<itunes:image href="URL/o.png"/>'))
    host.answers["/o.png"] = content(COVER)
    move(host, root)
    assert show_of(root).episodes[0].picture is None
    assert "/o.png" not in host.paths()


def test_roles_become_ours(host: Host, root: Path) -> None:
    more = "".join(
        f"<podcast:person role={quoteattr(role)} href={quoteattr(href)}>{name}</podcast:person>"
        for name, role, href in [("A", "Host", "https://a.se/"), ("B", "co-host", "javascript:1"), ("C", "", ""),
                                 ("D", "Cover Art Designer", ""), ("", "guest", ""), ("E" * 200, "Narrator", "")]
    )  # fmt: skip
    serve(host, a_feed(an_item(more=more)))
    result = move(host, root)
    (episode,) = show_of(root).episodes
    assert [(person.name[:3], person.role.value, person.href) for person in episode.persons] == [
        ("A", "host", "https://a.se/"), ("B", "co-host", None), ("C", "host", None), ("D", "guest", None),
        ("EEE", "narrator", None),
    ]  # fmt: skip
    assert [problem.found for problem in result.problems if problem.kind is Kind.IMPORT_ROLE_UNKNOWN] == [
        "D: Cover Art Designer"
    ]


def test_two_episodes_do_not_get_the_same_number(host: Host, root: Path) -> None:
    number = "<itunes:season>1</itunes:season><itunes:episode>1</itunes:episode>"
    trailer = f"{number}<itunes:episodeType>trailer</itunes:episodeType>"
    serve(host, a_feed(an_item(1, more=number), an_item(2, more=number), an_item(3, more=trailer)))
    result = move(host, root)
    assert {episode.slug: episode.number for episode in show_of(root).episodes} == {
        "avsnitt-1": 1, "avsnitt-2": None, "avsnitt-3": 1,
    }  # fmt: skip
    (problem,) = (problem for problem in result.problems if problem.kind is Kind.IMPORT_NUMBER_TAKEN)
    assert problem.expected == "podcast/episodes/avsnitt-1"


def test_an_episode_without_a_date_waits_as_a_draft(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1, date="<pubDate>i går</pubDate>"), an_item(2)))
    result = move(host, root)
    assert result.taken == ("avsnitt-2", "avsnitt-1")
    reading = read_project(root)
    assert reading.show
    assert [episode.slug for episode in reading.show.episodes] == ["avsnitt-2"]
    assert {problem.field for problem in reading.unfinished} == {"published"}
    assert Kind.IMPORT_NO_DATE in kinds(result)


def test_without_an_id_the_address_of_the_audio_is_it(host: Host, root: Path) -> None:
    result = result_of(host, root, guid="")
    assert show_of(root).episodes[0].guid == f"{host.url}/1.mp3"
    assert Kind.IMPORT_GUID_MISSING in kinds(result)
    assert move(host, root).taken == ()


def test_explicit_is_the_shows_unless_the_episode_says_otherwise(host: Host, root: Path) -> None:
    items = (
        an_item(1),
        an_item(2, more="<itunes:explicit>clean</itunes:explicit>"),
        an_item(3, more="<itunes:explicit>Yes</itunes:explicit>"),
    )
    serve(host, a_feed(*items, channel="<itunes:explicit>yes</itunes:explicit>"))
    move(host, root)
    assert [episode.explicit for episode in reversed(show_of(root).episodes)] == [True, False, True]


@pytest.mark.parametrize(
    ("audio", "expected"),
    [
        ("", Kind.IMPORT_NO_AUDIO),
        ("<enclosure/>", Kind.IMPORT_NO_AUDIO),
        ('<enclosure url="URL/a.mp4" type="video/mp4"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/a.mov"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/a.m3u8" type="application/x-mpegURL"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/a" type="application/vnd.apple.mpegurl"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/a.jpg" type="image/jpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/a.pdf" type="application/pdf"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/sida" type="audio/mpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/tom.mp3" type="audio/mpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/ett.mp3" type="audio/mpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/wav.mp3" type="audio/mpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/brus.mp3" type="audio/mpeg"/>', Kind.IMPORT_NOT_AUDIO),
        ('<enclosure url="URL/halv.mp3" type="audio/mpeg"/>', Kind.AUDIO_ENDS_EARLY),
        ('<enclosure url="URL/borta.mp3" type="audio/mpeg"/>', Kind.FETCH_NOT_FOUND),
        ('<enclosure url="URL/betalt.mp3" type="audio/mpeg"/>', Kind.FETCH_LOCKED),
        ('<enclosure url="file:///etc/passwd" type="audio/mpeg"/>', Kind.FETCH_REFUSED),
        ('<enclosure url="/etc/passwd" type="audio/mpeg"/>', Kind.FETCH_NOT_FOUND),
        ('<enclosure url="http://169.254.169.254/a.mp3" type="audio/mpeg"/>', Kind.FETCH_REFUSED),
    ],
)
def test_an_episode_without_audio_of_ours_is_left_and_told(host: Host, root: Path, audio: str, expected: Kind) -> None:
    wav = (
        b"RIFF"
        + (36 + 8000).to_bytes(4, "little")
        + b"WAVEfmt \x10\0\0\0\1\0\1\0"
        + b"\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data"
        + (8000).to_bytes(4, "little")
        + bytes(8000)
    )
    half = mp3_header(400, 38_592) + MP3_FRAME * 200
    host.answers |= {
        "/sida": content(b"<!DOCTYPE html><title>Nej</title>" + b"<p>Ljudet finns inte.</p>" * 1000, "audio/mpeg"),
        "/tom.mp3": content(b"", "audio/mpeg"), "/ett.mp3": content(b"\xff", "audio/mpeg"), "/wav.mp3": content(wav),
        "/halv.mp3": content(half),
        "/brus.mp3": content(random.Random(1).randbytes(50_000)), "/betalt.mp3": status(402),
    }  # fmt: skip
    serve(host, a_feed(an_item(1, audio=audio), an_item(2)))
    result = move(host, root)
    assert result.taken == ("avsnitt-2",)
    (problem,) = (problem for problem in result.problems if problem.field == "enclosure")
    assert problem.kind is expected
    assert "avsnittet «Avsnitt 1»" in problem.file
    assert "togs inte med" in format_problem(problem)
    assert left_over(root) == []


def test_the_first_audio_among_enclosures_is_the_episodes(host: Host, root: Path) -> None:
    audio = '<enclosure url="URL/a.mp4" type="video/mp4"/><enclosure url="URL/1.mp3"/><enclosure url="URL/2.mp3"/>'
    assert the_episode(host, root, audio=audio).audio.duration > timedelta()
    assert "/2.mp3" not in host.paths()


def test_audio_is_what_its_bytes_say(host: Host, root: Path, m4a: bytes) -> None:
    host.answers["/1.mp3"] = file(m4a)
    assert the_episode(host, root).audio.media_type == "audio/x-m4a"


# Audio that stays where it is.


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[Host, Reach]]:
    """A media store over TLS, with audio."""
    with secure_hosting(tmp_path) as (store, reach):
        store.answers["/ett.mp3"] = content(mp3(3))
        yield store, reach


@pytest.mark.parametrize(
    ("url", "stays"),
    [("STORE/ett.MP3?a=1", True), ("STORE/ljud.m4a", True), ("STORE/ljud", False), ("STORE/ett.m4a", False), ("URL/1.mp3", False)],
)  # fmt: skip
def test_audio_may_stay_where_apps_can_fetch_it_and_is_measured_all_the_same(  # noqa: PLR0917  # fixtures
    host: Host, store: tuple[Host, Reach], root: Path, m4a: bytes, url: str, stays: bool
) -> None:
    for name, sound in (("ett.MP3", mp3(3)), ("ljud.m4a", m4a), ("ljud", mp3(3)), ("ett.m4a", mp3(3))):
        store[0].answers[f"/{name}"] = content(sound)
    address = url.replace("STORE", store[0].url)
    more = "<itunes:duration>1:05:00</itunes:duration>"
    serve(host, a_feed(an_item(1, audio=f'<enclosure url="{address}" length="99"/>', more=more)))
    result = move(host, root, reach=store[1], leave_audio=True)
    audio = show_of(root).episodes[0].audio
    assert (Kind.IMPORT_AUDIO_FETCHED in kinds(result), audio.url) == (not stays, address if stays else None)
    assert audio.duration < timedelta(minutes=2)
    assert audio.length > 99
    left = {path.name for path in (root / "podcast/episodes/avsnitt-1").iterdir()} - {"episode.md"}
    assert bool(left) is not stays


def test_two_episodes_do_not_share_audio_that_stays(host: Host, store: tuple[Host, Reach], root: Path) -> None:
    parts = {"audio": f'<enclosure url="{store[0].url}/ett.mp3"/>', "more": "<itunes:duration>3</itunes:duration>"}
    serve(host, a_feed(an_item(1, **parts), an_item(2, **parts)))
    result = move(host, root, reach=store[1], leave_audio=True)
    assert [episode.audio.url is None for episode in reversed(show_of(root).episodes)] == [False, True]
    assert Kind.IMPORT_AUDIO_FETCHED in kinds(result)


def test_audio_that_is_gone_is_not_left_where_it_was(host: Host, store: tuple[Host, Reach], root: Path) -> None:
    audio = f'<enclosure url="{store[0].url}/borta.mp3" length="99"/>'
    serve(host, a_feed(an_item(1, audio=audio, more="<itunes:duration>65</itunes:duration>")))
    result = move(host, root, reach=store[1], leave_audio=True)
    assert (result.taken, kinds(result)) == ((), [Kind.FETCH_NOT_FOUND])


# Words.


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Åtta frågor!", "atta-fragor"),
        ("../../x", "x"),
        ("C:\\Windows\\system32", "c-windows-system32"),
        ("CON", "con-avsnitt"),
        ("Lpt1.", "lpt1-avsnitt"),
        ("🎙️🔥", "nytt-avsnitt"),
        ("", "nytt-avsnitt"),
        ("finns", "finns-3"),
        ("ord " * 40, "-".join(["ord"] * 15)),
        ("å" * 300, "a" * 60),
    ],
)
def test_a_title_gives_a_folder_name(written: str, slug: str) -> None:
    assert free_slug(written, taken={"finns", "finns-2"}) == slug


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>  A\n B </title>", "A B"),
        ("<title>Q&amp;amp;A &amp;lt;b&amp;gt;fet&amp;lt;/b&amp;gt;</title>", "Q&A fet"),
        ("<title><![CDATA[<b>A</b> &amp; B -> C]]></title>", "A & B - C"),
        ("<title>&#8;A&#x202e;B&#150;C</title>", "AB–C"),
        ("<title/>", "Avsnitt 2026-03-02"),
        ("", "Avsnitt 2026-03-02"),
        (f"<title>{'ord ' * 100}</title>", "ord " * 62 + "ord…"),
        ("<title>--- guid: x</title>", "--- guid: x"),
        ("<title>! *a &amp;b: |\t- {}</title>", "! *a &b: | - {}"),
        ('<title>"a" \\x41 ’</title>', '"a" \\x41 ’'),
    ],
)
def test_a_title_is_words_and_comes_back_as_they_are(host: Host, root: Path, written: str, title: str) -> None:
    assert the_episode(host, root, title=written).text.title == title


NOTES = [
    ("<p>a</p><p>b &amp; c</p>", "a\n\nb & c"),
    ("a\n\nb\nc", "a\n\nb  \nc"),
    ("a <b>b</b>\n\nc", "a **b**\n\nc"),
    ("---\nguid: x\n---", "\\---  \nguid: x  \n\\---"),
    ("[[budget]] ![x](y) <b>*</b>", "\\[\\[budget\\]\\] !\\[x\\](y) **\\***"),
    ("# ett\n> två\n+ tre\n4. fyra\n===", "\\# ett  \n\\> två  \n\\+ tre  \n4\\. fyra  \n&#61;=="),
    ("<script>alert(1)</script><style>p{}</style><p onclick='x'>a<img src=x onerror=y></p><iframe>b</iframe>", "a"),
    ("<a href='javascript:alert(1)'>a</a> <a href='data:x'>b</a> <a>c</a>", "a b c"),
    ("<a href='https://x.se/a (b)?c=1&amp;d=2'>e [f]</a>", "[e \\[f\\]](https://x.se/a%20%28b%29?c=1&d=2)"),
    ("Se https://x.se/a_b.", "Se <https://x.se/a_b>."),
    ("<div>a<div>b</div></div><table><tr><td>c</td><td>d</td></tr></table>", "a\n\nb\n\nc d"),
    ("<h1>a</h1><h6>b</h6>", "## a\n\n## b"),
    ("<ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>", "- a\n    1. b\n    2. c"),
    ("&amp;copy; &lt;b&gt;", "&amp;copy; &lt;b>"),
    ("<p>&amp;#1 &amp;#35;</p>", "&amp;#1 &amp;#35;"),
    ("\x00\x08a\ufffe", "a"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "markdown"), NOTES)
def test_foreign_notes_become_markdown(markup: str, markdown: str) -> None:
    assert parse_notes(markup) == markdown


@pytest.mark.parametrize(("markup", "_markdown"), NOTES)
def test_notes_say_the_same_when_they_are_rendered(markup: str, _markdown: str) -> None:
    rendered = render_notes(parse_notes(markup))
    words = re.sub(r"\s+", "", plain_text(re.sub(r"[^\t\n\x20-\ufffd]|\ufffe", "", markup)))
    assert re.sub(r"\s+", "", plain_text(rendered)) == words
    assert not re.search(r"<(?:script|style|img|iframe|hr)|onclick|javascript:|data:", rendered)


@pytest.mark.parametrize(
    "base", ["", "sida", "ftp://x.se/", "javascript:x", "http://127.0.%P/", "http://256.256.256.256/"]
)
def test_a_link_from_a_page_without_a_real_address_becomes_its_words(base: str) -> None:
    assert parse_notes("<p><a href='b'>a</a> <a href='https://x.se/'>c</a></p>", base=base) == "a [c](https://x.se/)"


@pytest.mark.random
@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab \n#*_`[]()<>&;!-+=1.>|\\~:'\"{}/"), max_size=60))
def test_plain_words_survive_whatever_signs_stand_in_them(text: str) -> None:
    markup = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    page = html.fragment_fromstring(render_notes(parse_notes(markup)), create_parent=True)
    assert "".join(page.text_content().split()) == "".join(text.split())
    assert {element.tag for element in page.iter()} <= {"div", "p"}


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>" * 5000 + "djup",
        "<div>" * (TAG_LIMIT - 1) + "djup",
        "<ul><li>" * 600 + "djup",
        "<ol>" + "<li>djup" * (TAG_LIMIT - 2),
        "<p>" + "".join(f"<b id={n}>" for n in range(2900)) + "<p>djup" * 2900,
        "<p>" + "<b><i><u><s><tt><em><big><code><font><nobr><small><strike><strong>" * 3 + "<p>djup" * 5900,
        "<a href=x>" * 3000 + "<p>djup" * 2900,
        "<p>djup" * TAG_LIMIT * 2,
    ],
    ids=lambda markup: markup[:12],
)
def test_nested_and_multiplied_markup_is_words_in_the_end(markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    clean = nh3.clean

    def measured(*arguments: Any, **named: Any) -> str:
        lengths.append(len(text := clean(*arguments, **named)))
        return text

    monkeypatch.setattr(nh3, "clean", measured)
    notes, calls = counted(lambda: parse_notes(markup))
    assert "djup" in notes[-30:]
    # The work is in proportion to the markup, and so is what is made of it on the way: HTML has each tag three times.
    assert calls < 60 * len(markup)
    assert max(lengths) < 100 * len(markup)


def test_a_text_of_a_thousand_paragraphs_keeps_its_markup() -> None:
    markup = "<p><strong class='vem'>Anna:</strong> Hej.</p>" * 1000
    assert parse_notes(markup) == "\n\n".join(["**Anna:** Hej."] * 1000)


def test_notes_without_an_end_are_cut_and_told(host: Host, root: Path) -> None:
    result = result_of(host, root, more=f"<description>{'ord ' * 30_000}</description>")
    assert Kind.IMPORT_NOTES_CUT in kinds(result)


@pytest.mark.parametrize(
    ("markup", "summary"),
    [
        ("<p>Kort.</p>", "Kort."),
        (
            "En mening här som är lång nog för att räknas som en. " * 10,
            ("En mening här som är lång nog för att räknas som en. " * 5).strip(),
        ),
        ("ord " * 200, "ord " * 73 + "ord…"),
        ("Lång " + "a " * 200 + "slut. Mer text här.", "Lång " + "a " * 200 + "slut."),
        ("Om detta.\n0:00 Början\n1:00 Slut\nTextversion: https://prov.example/podd/x/", "Om detta."),
        ("", ""),
    ],
)
def test_a_summary_is_the_first_sentences(markup: str, summary: str) -> None:
    assert summarise(markup) == summary
    assert len(summary) <= SUMMARY_LIMIT


def test_a_cut_text_keeps_its_words() -> None:
    assert cut("ett två tre", 11) == "ett två tre"
    assert cut("ett två tre", 10) == "ett två…"
    assert cut("x" * 20, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue, 31 Mar 2026 07:00:00 +0200", "2026-03-31T05:00:00"),
        ("Tue, 31 Mar 2026 05:00:00 GMT", "2026-03-31T05:00:00"),
        ("Tue, 31 Mar 2026 05:00:00", "2026-03-31T05:00:00"),
        ("31 Mar 26 05:00 Z", "2026-03-31T05:00:00"),
        ("31 Mar 99 05:00 UT", "1999-03-31T05:00:00"),
        ("tisdag, 31 mars 2026 07:00:00 CEST", "2026-03-31T05:00:00"),
        ("tis 31 mars 2026 kl. 06.00 GMT+1", "2026-03-31T05:00:00"),
        ("Tues, 31-March-2026 06:00:00 +01:00", "2026-03-31T05:00:00"),
        ("Lör, 31 okt 2026 06:00 CET", "2026-10-31T05:00:00"),
        ("March 31, 2026 1:00 AM EDT", "2026-03-31T05:00:00"),
        ("Tuesday, March 31, 2026 12:30 pm", "2026-03-31T12:30:00"),
        ("Tue, 31 Mar 2026 05:00:00 -0000 (UTC)", "2026-03-31T05:00:00"),
        ("2026-03-31T05:00:00Z", "2026-03-31T05:00:00"),
        ("2026-03-31 07:00:00.123+02:00", "2026-03-31T05:00:00"),
        ("2026-03-31", "2026-03-31T00:00:00"),
        ("20260331T050000Z", "2026-03-31T05:00:00"),
        ("20260331", "2026-03-31T00:00:00"),
        ("2026-03-31T07:00:00.123+02", "2026-03-31T05:00:00"),
        ("2026-03-31T07:00+02:00[Europe/Stockholm]", "2026-03-31T05:00:00"),
        ("2026-W14-2", "2026-03-31T00:00:00"),
        ("2026/03/31 05:00", "2026-03-31T05:00:00"),
        ("31.03.2026 05:00", "2026-03-31T05:00:00"),
        ("31/03/2026 - 05:00", "2026-03-31T05:00:00"),
        ("03/31/2026", "2026-03-31T00:00:00"),
        ("Tue, 05/06/2025 - 00:00", "2025-05-06T00:00:00"),
        ("tor 05/06/2025", "2025-06-05T00:00:00"),
        ("05/05/2025", "2025-05-05T00:00:00"),
        ("03/04/2024", None),
        ("03-04-2024 10:00", None),
        ("Sunday, June 30, 2013 - 00:00", "2013-06-30T00:00:00"),
        ("Mon, 02 May 1960 09:05:01 +0100", "1960-05-02T08:05:01"),
        ("Do, 01 Dez 2016 10:00:00 +0100", "2016-12-01T09:00:00"),
        ("Mo, 07 Mär 2016 10:00:00 +0100", "2016-03-07T09:00:00"),
        ("mer., 05 févr. 2020 08:00:00 +0100", "2020-02-05T07:00:00"),
        ("5 de febrero de 2020", "2020-02-05T00:00:00"),
        ("ons. 5. feb. 2020 kl. 08.00", "2020-02-05T08:00:00"),
        ("onsdagen den 5:e februari 2020", "2020-02-05T00:00:00"),
        ("February 5th, 2020 at 8 PM EST", "2020-02-06T01:00:00"),
        ("Wed Feb  5 08:00:00 2020", "2020-02-05T08:00:00"),
        ("Wed Feb  5 08:00:00 CET 2020", "2020-02-05T07:00:00"),
        ("Wed Feb 05 2020 08:00:00 GMT+0100 (Central European Standard Time)", "2020-02-05T07:00:00"),
        ("Wed, 5 Feb 2020 8:00:00 AEST", "2020-02-04T22:00:00"),
        ("Wed, 05 Feb 2020 08:00:00 A", "2020-02-05T08:00:00"),
        ("Wed, 05 Feb 2020 08:00:00 J", None),
        ("Wed, 05 Feb 2020 08:00:00 IST", None),
        ("Wed, 05 Feb 2020 24:00:00 GMT", "2020-02-06T00:00:00"),
        ("Wed, 05 Feb 2020 24:01:00 GMT", None),
        ("Wed, 05 Feb 2020 23:59:60 GMT", "2020-02-05T23:59:59"),
        ("Wed, 05 Feb 2020 08:00:00 Europe/Stockholm", "2020-02-05T07:00:00"),
        ("Wed, 05 Aug 2020 08:00:00 europe/stockholm", "2020-08-05T06:00:00"),
        ("Wed, 05 Feb 2020 08:00:00 Europe/Atlantis", None),
        ("Wed, 05 Feb 2020 08:00:00 Etc/GMT+1", None),
        ("Wednesday, 05-Feb-20 08:00:00 GMT", "2020-02-05T08:00:00"),
        ("1580889600", "2020-02-05T08:00:00"),
        ("1580889600000", "2020-02-05T08:00:00"),
        ("202002050800", None),
        ("202025", None),
        ("05/02/20", None),
        ("Tue, 32 Mar 2026 05:00:00 GMT", None),
        ("Tue, 31 Mar 2026 25:00:00 GMT", None),
        ("Tue, 31 Brumaire 2026 05:00:00 GMT", None),
        ("Tue, 31 Mar 2026 05:00:00 XYZ", None),
        ("Tue, 31 Mar 2026 05:00:00 +9999", None),
        ("31 Mar 0001", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("", None),
        ("1" * 100_000, None),
    ],
)
def test_a_date_is_read_however_sloppy(written: str, moment: str | None) -> None:
    meant = parse_moments(written)
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert (meant[0] if len(meant) == 1 else None) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("65", 65), (" 1:05 ", 65), ("01:01:05", 3665), ("65.5", 65.5), ("0:59,5", 59.5), ("00:75:00", 4500), ("", None),
     ("-5", None), ("1:2:3:4", None), ("en timme", None), ("٣", None), ("9" * 50, None)],
)  # fmt: skip
def test_a_duration_is_read_in_every_form(written: str, expected: float | None) -> None:
    assert parse_seconds(written) == (None if expected is None else timedelta(seconds=expected))


def test_times_in_a_text_are_chapters_only_when_they_look_like_it() -> None:
    assert [one.title for one in parse_times("0:00 Ett\n• 1:00 – Två\n[1:02:03] Tre")] == ["Ett", "Två", "Tre"]
    assert [one.title for one in parse_times("1:00 Ett\n2:00 Två\n3:00: Tre")] == ["Ett", "Två", "Tre"]
    for text in (
        "1:00 Ett\n2:00 Två",
        "0:00 Ett",
        "0:00 Ett\n0:00 Två",
        "0:00Ett\n1:00Två",
        "Den 0:00 a\nDen 1:00 b",
        "",
    ):
        assert parse_times(text) == ()


# Feeds as bytes.


def parsed(document: str | bytes) -> IncomingFeed:
    problems = Problems("flöde")
    feed = parse_feed(document.encode() if isinstance(document, str) else document, problems, base="https://a.se/")
    assert feed is not None, problems
    return feed


SWEDISH = a_feed(an_item(title="<title>Åsa – på ön</title>"))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(SWEDISH.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + SWEDISH.encode(), id="UTF-8 with a mark"),
        pytest.param(SWEDISH.encode("utf-16"), id="UTF-16 with a mark, called UTF-8"),
        pytest.param(SWEDISH.replace("UTF-8", "UTF-16").encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(SWEDISH.encode("utf-16-be"), id="UTF-16 the other way round"),
        pytest.param(SWEDISH.encode("utf-32"), id="UTF-32"),
        pytest.param(SWEDISH.encode("cp1252"), id="Windows-1252, called UTF-8"),
        pytest.param(SWEDISH.replace("UTF-8", "windows-1252").encode("cp1252"), id="Windows-1252"),
        pytest.param(SWEDISH.replace("UTF-8", "ISO-8859-1").encode("cp1252"), id="Windows-1252, called Latin-1"),
        pytest.param(SWEDISH.replace("UTF-8", "iso-8859-1").encode(), id="UTF-8, called Latin-1"),
        pytest.param(SWEDISH.replace("UTF-8", "finns-inte").encode("cp1252"), id="an encoding that nobody knows"),
        pytest.param(SWEDISH.replace("UTF-8", "zlib").encode(), id="an encoding that is none of text"),
        pytest.param(SWEDISH.replace("Åsa", "\x00Å&#x0;sa\x0b").replace("\ufffd", "").encode(), id="characters of no text"),
        pytest.param(SWEDISH.replace("Åsa – på ön", "&Aring;sa &ndash; p&aring; &ouml;n").encode(), id="entities of HTML"),
        pytest.param(SWEDISH.replace("Åsa – på ön", "<![CDATA[Åsa – på ön]]>").encode(), id="CDATA"),
        pytest.param(SWEDISH.replace("<?xml", "\n\n <?xml").encode(), id="empty lines first"),
        pytest.param(b"PHP Warning: x<br />\n" + SWEDISH.encode(), id="a warning first"),
        pytest.param(SWEDISH.replace("<rss", "<!DOCTYPE rss PUBLIC 'x' 'http://127.0.0.1:1/x.dtd' [<!ENTITY å 'b'>]><rss").encode(), id="a document type"),
        pytest.param(SWEDISH.replace("</channel></rss>", "").encode(), id="cut off"),
    ],
)  # fmt: skip
def test_letters_are_read_in_every_encoding(document: bytes) -> None:
    title = parsed(document).episodes[0].title
    assert title.replace("\ufffd", "") == "Åsa – på ön"


def test_a_stray_byte_and_a_stray_ampersand_spoil_nothing_else() -> None:
    document = (
        a_feed(an_item(1, more="<link>https://a.se/?a=1&b=2&copy=3</link>")).replace("Avsnitt 1", "Å & \xff é").encode()
    )
    episode = parsed(document.replace(b"\xc3\xa9", b"\xe9")).episodes[0]
    assert (episode.title, episode.page) == ("Å & ÿ é", "https://a.se/?a=1&b=2&copy=3")


@pytest.mark.parametrize(
    ("prefix", "namespace"),
    [
        ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
        ("itunes", "http://www.itunes.com/DTDs/Podcast-1.0.dtd"),
        ("itunes", "https://itunes.com/dtds/podcast-1.0.dtd/"),
        ("i", "HTTP://WWW.ITUNES.COM/DTDS/PODCAST-1.0.DTD"),
        ("itunes", None),
    ],
)
def test_a_namespace_is_known_however_it_is_written(prefix: str, namespace: str | None) -> None:
    declared = f'xmlns:{prefix}="{namespace}"' if namespace else ""
    feed = f"<rss {declared}><channel>{an_item(more=f'<{prefix}:season>3</{prefix}:season>')}</channel></rss>"
    assert parsed(feed).episodes[0].season == 3


@pytest.mark.parametrize(
    "namespace",
    ["https://podcastindex.org/namespace/1.0", "https://podcastindex.org/namespace/1.0/",
     "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
     "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"],
)  # fmt: skip
def test_both_names_of_the_podcast_namespace_are_known(namespace: str) -> None:
    person = "<p:person role='guest'>A</p:person>"
    feed = f'<rss xmlns:p="{namespace}"><channel>{an_item(more=person)}</channel></rss>'
    assert [person.name for person in parsed(feed).episodes[0].persons] == ["A"]


@pytest.mark.parametrize(
    "document",
    [
        f'<rss version="0.92"><channel>{an_item()}</channel></rss>',
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>{an_item()}</rdf:RDF>',
        f"<RSS><channel>{an_item()}</channel></RSS>",
        f'<rss xmlns="http://backend.userland.com/rss2"><channel>{an_item()}</channel></rss>',
        f"<channel>{an_item()}</channel>",
    ],
)
def test_older_kinds_of_rss_are_read(document: str) -> None:
    assert [episode.guid for episode in parsed(document).episodes] == ["id-1"]


def test_two_items_with_one_id_are_one_episode() -> None:
    problems = Problems("flöde")
    feed = parse_feed(a_feed(an_item(1), an_item(2, guid="<guid> id-1\n</guid>"), an_item(3)).encode(), problems)
    assert feed
    assert [episode.title for episode in feed.episodes] == ["Avsnitt 1", "Avsnitt 3"]
    assert [(problem.kind, problem.expected) for problem in problems.found] == [(Kind.IMPORT_GUID_TWICE, "Avsnitt 1")]


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        (b"", "Skriv adressen"),
        (
            b"<html><head><link rel=alternate type='application/rss+xml' href='/feed?a=1&amp;b'></head>",
            "finns här: /feed?a=1&b",
        ),
        (b"<!DOCTYPE html><p>Hej", "webbsida"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "Skriv adressen"),
        (b"<rss", "Skriv adressen"),
        (bytes(1000), "Skriv adressen"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(document: bytes, hint: str) -> None:
    problems = Problems("flöde")
    assert parse_feed(document, problems) is None
    (problem,) = problems.found
    assert problem.kind is Kind.IMPORT_NO_FEED
    assert hint in problem.expected


PIECES = st.sampled_from([
    "<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<guid>", "</guid>", "<![CDATA[", "]]>", "<!--", "-->",
    "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;", "&#0;", "&#x110000;", "&amp;", "&", "<", ">", '"', "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "<entry>", "<link rel='enclosure' href='http://[' type='audio/mpeg'/>", "<enclosure url='http://a.se/b.mp3' type='audio/mpeg' length='9e9'/>",
    "<pubDate>", "</pubDate>", "<itunes:image href='http://[::'/>", "<itunes:duration>9:9:9:9</itunes:duration>", "<psc:chapters>",
    "<psc:chapter start='99999999999999999'/>", "<media:group>", "<media:content url='x'/>", "<podcast:person role='x'>", "<?xml version='1.0' encoding='utf-7'?>",
    "<a:b c:d='e'/>", "<title xmlns='x'>", "\x00", "\ud7ff", "\ufffe", "--->", "<?php", "<itunes:category text='a'>", "\x0c",
])  # fmt: skip
FEED_LIKE = st.lists(PIECES | st.text(max_size=6), max_size=40).map(
    lambda pieces: "<rss><channel><item>" + "".join(pieces)
)


@pytest.mark.random
@settings(max_examples=400, deadline=None)
@given(text=FEED_LIKE)
def test_anything_like_a_feed_is_answered(text: str) -> None:
    answered(text.encode("utf-8", "surrogatepass"))


@pytest.mark.random
@settings(max_examples=300, deadline=None)
@given(
    document=st.binary(max_size=300),
    whole=st.booleans(),
    place=st.floats(0, 1),
    cut_away=st.integers(0, 80),
    maker=st.sampled_from(MAKERS),
)
def test_any_bytes_and_damaged_feeds_are_answered(
    document: bytes, whole: bool, place: float, cut_away: int, maker: str
) -> None:
    original = (FEEDS / f"{maker}.xml").read_bytes()
    start = int(place * len(original))
    answered(document if whole else original[:start] + document[:60] + original[start + cut_away :])


def answered(document: bytes) -> None:
    problems = Problems("flöde")
    feed = parse_feed(document, problems, base="https://a.se/feed")
    assert feed is not None or problems.found
    for problem in problems.found:
        assert format_problem(problem)
    for episode in feed.episodes if feed else ():
        parse_notes(episode.notes, base=episode.page or "")
        summarise(episode.summary)
        take_chapters(episode.chapters, Problems("flöde.xml"), duration=timedelta(minutes=5))
        free_slug(episode.title, taken=())


@pytest.mark.random
@settings(max_examples=40, deadline=None)
@given(
    text=st.text(max_size=40),
    name=st.sampled_from(["title", "guid", "description", "person", "summary", "chapter", "href"]),
)
def test_any_text_in_any_place_gives_an_episode_that_can_be_read(
    text: str, name: str, loopback: Host, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = lay_out(VALID, tmp_path_factory.mktemp("text"))
    inside = escape(
        "".join(
            char for char in text if char >= " " and not 0xD800 <= ord(char) < 0xE000 and char not in "\ufffe\uffff"
        )
    )
    texts = dict.fromkeys(["title", "guid", "description", "person", "summary", "chapter", "href"], "a") | {
        name: inside
    }
    more = (f"<description>{texts['description']}</description><itunes:summary>{texts['summary']}</itunes:summary>"
            f"<podcast:person role='guest' href={quoteattr(texts['href'])}>{texts['person']}</podcast:person>"
            f"<psc:chapters><psc:chapter start='0' title={quoteattr(texts['chapter'])}/><psc:chapter start='1' title='b'/></psc:chapters>")  # fmt: skip
    serve(
        loopback,
        a_feed(an_item(1, title=f"<title>{texts['title']}</title>", guid=f"<guid>{texts['guid']}</guid>", more=more)),
    )
    result = move(loopback, root)
    show_of(root)
    assert result.taken
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Host]:
    with hosting() as host:
        yield host


# Hostile feeds.


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a billion laughs": a_feed(an_item(title="<title>&l9;</title>")).replace("<rss", f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><rss'),
    "a long entity many times": a_feed(an_item(title=f"<title>{'&a;' * 50_000}</title>")).replace("<rss", f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]><rss'),
    "a file as an entity": a_feed(an_item(title="<title>A&x;</title>")).replace("<rss", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss'),
    "a file as a parameter": a_feed(an_item()).replace("<rss", '<!DOCTYPE r [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><rss'),
    "another document included": a_feed(an_item(more='<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>')),
    "a title out of the folder": a_feed(an_item(title="<title>../../../../x</title>")),
    "a title of Windows": a_feed(an_item(title="<title>C:\\Windows\\x</title>"), an_item(2, title="<title>CON</title>"), an_item(3, title="<title>nul.md</title>")),
    "a title of dots": a_feed(an_item(title="<title>..</title>"), an_item(2, title="<title>.</title>"), an_item(3, title="<title>/</title>")),
    "a very long title": a_feed(an_item(title=f"<title>{'å' * 100_000}</title>")),
    "a title of signs": a_feed(an_item(title="<title>🎙️🔥</title>"), an_item(2, title="<title>💥</title>")),
    "an id out of the folder": a_feed(an_item(guid="<guid>../../../../etc/passwd</guid>")),
    "an id that is YAML": a_feed(an_item(1, guid="<guid>x\": !!python/object/apply:os.system ['touch x']</guid>"), an_item(2, guid="<guid>*a</guid>"), an_item(3, guid="<guid>{a:b}</guid>")),
    "an id of lines": a_feed(an_item(1, guid="<guid>a&#10;title: x&#10;---&#10;b</guid>"), an_item(2, guid="<guid>---</guid>")),
    "a very long id": a_feed(an_item(guid=f"<guid>{'x' * 200_000}</guid>")),
    "fields in the notes": a_feed(an_item(more="<description>---\nguid: x\n---\n&lt;script&gt;alert(1)&lt;/script&gt; [[budget]]</description>")),
    "names out of the folder": a_feed(an_item(audio='<enclosure url="URL/../../1.mp3" type="audio/mpeg"/>', more='<podcast:transcript url="URL/%2e%2e/text.vtt" type="text/vtt"/><itunes:image href="URL/../x.php"/>')),
    "elements in elements": a_feed(an_item(more="<a>" * 100_000), an_item(2)),
    "elements beside each other": a_feed(an_item(more="<a/>" * 100_000), an_item(2)),
    "attributes without an end": a_feed(an_item(more="<a " + " ".join(f"b{n}='c'" for n in range(50_000)) + "/>")),
    "CDATA without an end": a_feed(an_item(more="<![CDATA[" * 100_000)),
    "ampersands": a_feed(an_item(more=f"<description>{'&' * 500_000}</description>")),
    "tags without an end": a_feed(an_item(more=f"<description>{'&lt;p' * 200_000}</description>")),
    "comments without an end": a_feed(an_item(more="<!--" * 100_000)),
    "formatting that multiplies": a_feed(an_item(more="<description>" + escape("<p>" + "".join(f"<b id={n}>" for n in range(2900)) + "<p>x" * 2900) + "</description>")),
    "an address of control characters": a_feed(an_item(audio='<enclosure url="URL/1.mp3&#10;Host: x&#13;&#10;X: y" type="audio/mpeg"/>')),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_gets_an_answer_and_touches_nothing_else(name: str, host: Host, root: Path) -> None:
    global watched  # noqa: PLW0603
    serve(host, HOSTILE[name])
    # What an earlier test of this process left is cleared away now, and not while somebody watches.
    gc.collect()
    watched = []
    try:
        result, calls = counted(lambda: move(host, root))
    finally:
        seen, watched = watched, None
    assert calls < 200_000 + 20 * len(HOSTILE[name])
    assert result.taken or result.problems
    outside = {
        path for kind, path in seen if kind == "file" and not Path(path).resolve().is_relative_to(root / "podcast")
    }
    assert outside <= {os.devnull}
    assert {place for kind, place in seen if kind == "host"} <= {"127.0.0.1"}
    assert all(path.startswith("/") and "etc" not in path for path in host.paths())
    show = show_of(root)
    assert len(show.episodes) == len(result.taken)
    assert all(re.fullmatch(r"[a-z0-9-]{1,70}", episode.slug) for episode in show.episodes)
    feed = build_feed(published(show), site=SITE, words=WORDS).decode()
    assert "root:" not in feed
    assert "<script" not in feed
    for problem in result.problems:
        assert len(format_problem(problem)) < 2000


def test_a_hundred_thousand_items_get_an_answer(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(a_feed(*(an_item(number, audio="") for number in range(100_000))), encoding="utf-8")
    result, calls = counted(lambda: import_feed(str(path), root))
    assert calls < 40 * 100_000
    assert kinds(result).count(Kind.IMPORT_TOO_MANY) == 1
    assert kinds(result).count(Kind.IMPORT_NO_AUDIO) == EPISODE_LIMIT


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            endless(b"HTTP/1.1 200 OK\r\n\r\n", bytes(10**6)), Kind.FETCH_TOO_LARGE, id="a feed without an end"
        ),
        pytest.param(
            endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<", pause=0.02), Kind.FETCH_TOO_SLOW, id="a feed that drips"
        ),
        pytest.param(redirect("/feed.xml"), Kind.FETCH_REDIRECTS, id="a feed that is always elsewhere"),
        pytest.param(redirect("file:///etc/passwd"), Kind.FETCH_REFUSED, id="a feed that is a file"),
        pytest.param(redirect("http://169.254.169.254/"), Kind.FETCH_REFUSED, id="a feed that is a secret"),
        pytest.param(status(500), Kind.FETCH_STATUS, id="a server that fails"),
        pytest.param(content(b"<html><title>Logga in</title>"), Kind.IMPORT_NO_FEED, id="a login page"),
    ],
)
def test_a_hostile_server_gets_an_answer(host: Host, root: Path, answer: Any, expected: Kind) -> None:
    host.answers["/feed.xml"] = answer
    result = move(host, root, reach=HASTY)
    assert kinds(result) == [expected]
    assert left_over(root) == []


def test_audio_without_an_end_is_not_waited_for(host: Host, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okatakten.importing.moving.AUDIO_LIMIT", 5 * 10**6)
    serve(host, a_feed(an_item(1), an_item(2), an_item(3)))
    host.answers["/1.mp3"] = endless(b"HTTP/1.1 200 OK\r\n\r\n", mp3(60))
    host.answers["/2.mp3"] = endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"\0", pause=0.02)
    result = move(host, root, reach=HASTY)
    assert result.taken == ("avsnitt-3",)
    assert [kind for kind in kinds(result) if kind.startswith("fetch")] == [Kind.FETCH_TOO_LARGE, Kind.FETCH_TOO_SLOW]
    assert result.later == 1
    # What came too slowly is kept for another time; what was too much is not.
    assert len([path for path in (root / "podcast/.import").iterdir() if path.is_dir()]) == 1


def test_a_server_that_never_answers_is_given_up(host: Host, root: Path) -> None:
    with hosting() as gone:
        dead = gone.url
    items = [an_item(number, audio=f'<enclosure url="{dead}/{number}.mp3"/>') for number in range(1, 21)]
    serve(host, a_feed(*items, an_item(21)), episodes=21)
    asked: list[str] = []

    def resolve(name: str, port: int) -> list[str]:
        asked.append(f"{name}:{port}")
        return [name]

    result = move(host, root, reach=replace(HERE, resolve=resolve))
    assert result.taken == ("avsnitt-21",)
    assert result.later == 20
    assert asked.count(dead.removeprefix("http://")) == HERE.patience.attempts + 2


def test_a_disk_that_cannot_be_written_is_answered(host: Host, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(host, a_feed(an_item(1), an_item(2)))

    def full(_path: Path, _content: bytes) -> bool:
        raise OSError(28, "No space left on device", "podcast/.import")

    monkeypatch.setattr("okatakten.importing.moving.write_atomically", full)
    result = move(host, root)
    assert kinds(result) == [Kind.IMPORT_NOT_WRITTEN]
    assert (result.taken, result.later) == ((), 2)


# Killed, and started again.


def break_off(host: Host, root: Path, *, after: int | None = None, seconds: float | None = None) -> bool:
    """Run the import in a process that is killed; return whether it was done before that.

    `after` counts what it does to files and folders, so that every moment between two of these can be hit.
    """
    child = os.fork()
    if not child:
        # A process made of one with threads may hang; it must not hang us.
        signal.alarm(20)
        left = [after or -1]

        def count(event: str, _arguments: tuple[Any, ...]) -> None:
            if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir"}:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            move(host, root)
        finally:
            os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, state = os.waitpid(child, 0)
    return os.WIFEXITED(state)


@pytest.fixture
def slow_host(host: Host) -> Host:
    """A host with three episodes and all that belongs to them, which takes its time over the audio."""
    serve_slowly(host, 1, 2, 3, more='<itunes:image href="URL/b.png"/>')
    return host


def serve_slowly(host: Host, *numbers: int, more: str = "", pause: float = 0.0005) -> None:
    more += '<podcast:chapters url="URL/k.json"/><podcast:transcript url="URL/t.vtt" type="text/vtt"/>'
    serve(host, a_feed(*(an_item(number, title="<title>Samma titel</title>", more=more) for number in numbers)))
    for number in numbers:
        sound = mp3(60, tags=chapter_tags((0, str(number))))
        host.answers[f"/{number}.mp3"] = file(sound, tag=f'"{number}"', pace=lambda: time.sleep(pause))
    host.answers["/k.json"] = content(CHAPTERS)
    host.answers["/t.vtt"] = content(VTT.replace(b"01:04", b"00:50"))
    host.answers["/b.png"] = content(COVER)


@pytest.mark.server
@pytest.mark.parametrize("by", ["events", "time"])
def test_killed_at_any_moment_it_goes_on_to_the_same_result(
    slow_host: Host, root: Path, tmp_path: Path, by: str
) -> None:
    whole = shutil.copytree(root, tmp_path / "ostört")
    assert move(slow_host, whole).taken == ("samma-titel", "samma-titel-2", "samma-titel-3")
    expected = tree(whole)
    # Nobody asks for the rest of one that is whole.
    size = (whole / "podcast/episodes/samma-titel/audio.mp3").stat().st_size
    slow_host.asked.clear()
    chance = random.Random(4711)
    begun = False
    for _ in range(80):
        begun |= any(
            0 < part.stat().st_size < size for part in root.rglob("*.mp3.part") if Path(f"{part}.json").is_file()
        )
        after = chance.randint(1, 60) if by == "events" else None
        done = break_off(slow_host, root, after=after, seconds=None if after else chance.uniform(0, 0.15))
        for name, data in tree(root / "podcast/episodes").items():
            assert expected[f"podcast/episodes/{name}"] == data
        for folder in (root / "podcast/episodes").iterdir():
            assert len(list(folder.iterdir())) == 4
        if done:
            break
    move(slow_host, root)
    assert tree(root) == expected
    assert left_over(root) == []
    if begun:
        assert any("range" in headers for path, headers in slow_host.asked if path.endswith(".mp3"))


@pytest.mark.server
def test_every_single_moment_can_be_the_last(host: Host, root: Path, tmp_path: Path) -> None:
    """Killed before each thing that it does to a file, one after the other: the next run makes the rest."""
    serve_slowly(host, 1, pause=0)
    whole = shutil.copytree(root, tmp_path / "ostört")
    move(host, whole)
    expected = tree(whole)
    for after in range(1, 200):
        one = shutil.copytree(root, tmp_path / str(after))
        done = break_off(host, one, after=after)
        move(host, one)
        assert tree(one) == expected, after
        shutil.rmtree(one)
        if done:
            return
    pytest.fail("never done")


def test_audio_that_changed_address_in_between_is_fetched_anew(host: Host, root: Path) -> None:
    host.answers["/1.mp3"] = file(mp3(60), cuts=iter([50_000, 50_000, 50_000]))
    serve(host, a_feed(an_item(1)))
    first = move(host, root, reach=replace(HERE, patience=replace(HERE.patience, attempts=1)))
    assert (first.taken, first.later) == ((), 1)
    assert kinds(first) == [Kind.FETCH_NO_CONNECTION]
    serve(host, a_feed(an_item(1, audio='<enclosure url="URL/2.mp3"/>')))
    assert move(host, root).taken == ("avsnitt-1",)
    assert (root / "podcast/episodes/avsnitt-1/audio.mp3").read_bytes() == mp3(3)


def test_two_imports_do_not_write_into_each_other(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1)))
    with (root / "podcast/.episodes.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = move(host, root)
    assert (kinds(busy), busy.taken, busy.later) == ([Kind.IMPORT_BUSY], (), 1)
    assert move(host, root).taken == ("avsnitt-1",)


def test_a_folder_that_is_no_project_is_left_as_it_is(host: Host, tmp_path: Path) -> None:
    serve(host, a_feed(an_item(1)))
    assert kinds(move(host, tmp_path)) == [Kind.IMPORT_NOT_WRITTEN]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_feed_gives_what_can_be_read_and_says_where_it_broke(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1), "\n<item><b></item>", an_item(2, title="<title>A &lt;3 B</title>")))
    result = move(host, root)
    assert result.taken == ("avsnitt-1", "a-3-b")
    assert [(problem.kind, problem.line) for problem in result.problems[:3]] == [
        (Kind.IMPORT_DAMAGED, 3),
        (Kind.IMPORT_NO_AUDIO, 3),
        (Kind.IMPORT_TITLE_CLEANED, 3),
    ]


def test_nothing_else_is_imported_than_what_is_not_there(host: Host, root: Path) -> None:
    folder = root / "podcast/episodes/gammalt"
    shutil.copytree(VALID / "podcast/episodes/hallbara-inkop", folder)
    text = (folder / "episode.md").read_text(encoding="utf-8")
    text = text.replace("guid: 5e8f1c9a-6a55-4f0e-9b1d-2f6c0f7e1a11", "guid: id-1\nformer_slugs: [avsnitt-2]")
    (folder / "episode.md").write_text(text, encoding="utf-8")
    serve(
        host, a_feed(an_item(1), an_item(2, more="<itunes:season>1</itunes:season><itunes:episode>1</itunes:episode>"))
    )
    result = move(host, root)
    assert (result.taken, result.skipped) == (("avsnitt-2-2",), ("gammalt",))
    assert Kind.IMPORT_NUMBER_TAKEN in kinds(result)
    show_of(root)


def test_every_problem_of_an_import_says_what_to_do() -> None:
    for kind in Kind:
        if kind.startswith("import-"):
            assert ADVICE[kind][-1] in ".?}"


def test_public_addresses_are_all_that_is_reached_unless_asked_for() -> None:
    assert not PUBLIC.allow_private


# Ids are facts.


@pytest.mark.parametrize(
    "guid",
    ["45896 at https://podd.example", "a  b", "a\tb", "rad ett\nrad två", "https://podd.example/?p=1&q=<2>", "Avsnitt 1",
     "abcdefgh-1234-1234-1234-1234567890ab", "5e8f1c9a-6a55-4f0e-9b1d-2f6c0f7e1a1", "5E8F1C9A-6A55-4F0E-9B1D-2F6C0F7E1A11",
     "tag:podd.example,2020:1", "'", '"', "#1", "- a", "null", "true", "1.0", "~", "a: b", "a #b", "{a}", "\\n",
     "a\u0308", "\u212b", "😀 a\u0308", "a\u2028b", "x" * 5000, "0", "!a", "&a", "*a", "%a", "@a", "---"],
)  # fmt: skip
def test_any_id_is_kept_for_ever(host: Host, root: Path, guid: str) -> None:
    serve(host, a_feed(an_item(1, guid=f'<guid isPermaLink="false">\n {escape(guid)} \n</guid>')))
    assert move(host, root).taken == ("avsnitt-1",)
    show = show_of(root)
    assert show.episodes[0].guid == guid
    document = build_feed(published(show, SITE), site=SITE, words=WORDS)
    item = etree.fromstring(document).find(".//item")
    assert item is not None
    assert item.findtext("guid") == guid
    promised = parse_promised(document)
    assert promised is not None
    assert promised.items[0].guid == guid
    found = check_promise(show, build_releases(show, words=WORDS), promised, site=SITE, root=root)
    assert Kind.EPISODE_LOST not in {problem.kind for problem in found}
    assert not [problem for problem in found if problem.field == "guid"]
    assert move(host, root).taken == ()


def test_an_id_that_changed_is_told_as_it_is_to_be_written(host: Host, root: Path) -> None:
    serve(host, a_feed(an_item(1, guid="<guid>a: b #c</guid>")))
    move(host, root)
    show = show_of(root)
    promised = parse_promised(build_feed(published(show, SITE), site=SITE, words=WORDS))
    assert promised is not None
    path = root / "podcast/episodes/avsnitt-1/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace('guid: "a: b #c"', "guid: annat"), encoding="utf-8")
    changed = show_of(root)
    found = check_promise(changed, build_releases(changed, words=WORDS), promised, site=SITE, root=root)
    assert [problem.expected for problem in found if problem.field == "guid"] == ['"a: b #c"']


# The file among several.

OGG = b"OggS" + bytes(2000)


@pytest.mark.parametrize(
    "audio",
    [
        '<enclosure url="URL/a.ogg" type="audio/ogg"/><enclosure url="URL/1.mp3" type="audio/mpeg"/>',
        '<enclosure url="URL/a.ogg"/><enclosure url="URL/1.mp3"/>',
        '<enclosure url="URL/a" type="audio/opus"/><enclosure url="URL/1.mp3?x=.ogg"/>',
        '<enclosure url="URL/a.mp4" type="video/mp4"/><enclosure url="URL/1.mp3"/>',
        '<enclosure url="URL/a"/><enclosure url="URL/1.mp3" type="audio/mpeg; charset=utf-8"/>',
        '<enclosure url="URL/a.mp3"/><enclosure url="URL/1.mp3"/>',
        '<enclosure url="URL/saknas.mp3"/><enclosure url="URL/1.mp3"/>',
        '<enclosure url="URL/a.mp3" type="audio/mpeg"/><media:content url="URL/1.mp3" type="audio/mpeg"/>',
        '<enclosure url="URL/a.ogg" type="audio/ogg"/><media:group><media:content url="URL/1.mp3"/></media:group>',
        "<enclosure>URL/1.mp3</enclosure>",
        '<enclosure type="audio/mpeg">\n URL/1.mp3 \n</enclosure>',
        '<enclosure href="URL/1.mp3"/>',
        '<enclosure url="URL/1.mp3" type="application/octet-stream"/>',
        '<atom:link rel="enclosure" href="URL/1.mp3" type="audio/mpeg"/>',
        '<enclosure url="URL/a.webm" type="video/webm"/><podcast:alternateEnclosure type="audio/mpeg"><podcast:source uri="ipfs://a"/><podcast:source uri="URL/1.mp3"/></podcast:alternateEnclosure>',
        '<enclosure url="URL/a.opus" type="audio/ogg"/><podcast:alternateEnclosure type="audio/ogg"><podcast:source uri="URL/1.mp3" contentType="audio/mpeg"/></podcast:alternateEnclosure>',
        '<media:content url="URL/bild" medium="image"/><media:content url="URL/1.mp3" medium="audio"/>',
    ],
)
def test_the_file_that_can_be_published_is_taken(host: Host, root: Path, audio: str) -> None:
    host.answers |= {path: content(OGG) for path in ("/a.ogg", "/a", "/a.mp3", "/a.opus", "/bild")}
    result = result_of(host, root, audio=audio)
    (episode,) = show_of(root).episodes
    assert (episode.audio.filename, episode.audio.length) == ("audio.mp3", len(mp3(3)))
    assert not [problem for problem in result.problems if problem.field == "enclosure"]
    assert left_over(root) == []


@pytest.mark.parametrize(
    "date",
    ["<pubDate>snart</pubDate><dc:date>2013-06-30T00:00:00Z</dc:date>",
     "<pubDate>03/04/2024</pubDate><atom:published>2013-06-30</atom:published>",
     "<dcterms:issued>2013-06-30</dcterms:issued>", "<pubDate>Sunday, June 30, 2013 - 00:00</pubDate>"],
)  # fmt: skip
def test_the_first_date_that_says_when_is_taken(host: Host, root: Path, date: str) -> None:
    feed = a_feed(an_item(1, date=date)).replace(
        "<rss", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    )
    serve(host, feed)
    move(host, root)
    assert show_of(root).episodes[0].published == datetime(2013, 6, 30, tzinfo=UTC)


def test_a_date_with_two_meanings_is_told_with_both(host: Host, root: Path) -> None:
    result = result_of(host, root, date="<pubDate>03/04/2024 10:00</pubDate>")
    (problem,) = (problem for problem in result.problems if problem.kind is Kind.IMPORT_NO_DATE)
    assert "2024-03-04 10:00 +00:00, 2024-04-03 10:00 +00:00" in problem.expected
    assert "draft: true" in (root / "podcast/episodes/avsnitt-1/episode.md").read_text(encoding="utf-8")


# Nothing is lost without a word.


def test_one_chapter_that_cannot_be_read_is_told_and_the_others_come_in(host: Host, root: Path) -> None:
    host.answers["/k.json"] = content(
        b'{"chapters": [{"startTime": "00:00:00", "title": "A"}, {"startTime": "sen", "title": "B"}, {"startTime": "0:02", "title": "C", "url": "https://a.example/"}]}'
    )
    result = result_of(host, root, more='<podcast:chapters url="URL/k.json"/>')
    assert [chapter.title for chapter in show_of(root).episodes[0].chapters] == ["A", "C"]
    (left,) = (problem for problem in result.problems if problem.kind is Kind.CHAPTER_LEFT_OUT)
    assert '"sen"' in left.found
    assert left.file == "podcast/episodes/avsnitt-1/episode.md"
    assert Kind.IMPORT_CHAPTER_PARTS_LEFT in kinds(result)


@pytest.mark.parametrize(
    ("more", "kind", "expected"),
    [
        ('<podcast:location geo="geo:63,14">Åre</podcast:location>', Kind.IMPORT_ELEMENTS_LEFT, "podcast:location (1)"),
        ('<podcast:season name="Vår">1</podcast:season>', Kind.IMPORT_ELEMENTS_LEFT, "podcast:season name (1)"),
        ("<content:encoded>&lt;p&gt;Hej &lt;iframe src='x'/&gt;&lt;/p&gt;</content:encoded>", Kind.IMPORT_NOTES_CLEANED, "1"),
        ('<podcast:transcript url="URL/t" type="application/x-eget"/>', Kind.IMPORT_TRANSCRIPT_LEFT, ""),
    ],
)  # fmt: skip
def test_what_has_no_place_here_is_told(host: Host, root: Path, more: str, kind: Kind, expected: str) -> None:
    host.answers["/t"] = content(b"%PDF-1.7")
    result = result_of(host, root, more=more)
    (problem,) = (problem for problem in result.problems if problem.kind is kind)
    assert expected in problem.expected


@pytest.mark.parametrize("name", ["t", f"t.{'v' * 300}"])
def test_a_transcript_whose_type_says_nothing_is_known_by_its_content(host: Host, root: Path, name: str) -> None:
    host.answers |= {f"/{name}": content(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHej.\n")}
    more = f'<podcast:transcript url="URL/{name}" type="application/octet-stream"/>'
    assert the_episode(host, root, more=more).transcript


# A host that is busy.


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (status(503), HERE.patience.attempts + 2),
        (status(429), HERE.patience.attempts + 2),
        (status(500), HERE.patience.attempts + 2),
        (status(502), HERE.patience.attempts + 2),
        (status(504), HERE.patience.attempts + 2),
        (status(503, {"Retry-After": "1800"}), 1),
        (status(429, {"Retry-After": "0"}), HERE.patience.attempts + 2),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalv"), HERE.patience.attempts + 2),
    ],
)
def test_a_host_that_is_busy_is_left_alone_and_gone_on_with_later(
    host: Host, root: Path, answer: Any, asked: int
) -> None:
    with hosting() as busy:
        items = [an_item(n, audio=f'<enclosure url="{busy.url}/{n}.mp3" type="audio/mpeg"/>') for n in range(2, 22)]
        serve(host, a_feed(*items, an_item(1)))
        busy.answers |= {f"/{n}.mp3": answer for n in range(2, 22)}
        result = move(host, root)
        assert (result.taken, result.later) == (("avsnitt-1",), 20)
        assert len(busy.asked) == asked
        (told,) = (problem for problem in result.problems if problem.kind is Kind.IMPORT_HOST_BUSY)
        assert told.found == busy.url.removeprefix("http://")
        assert ("30 minuter" in told.expected) is (asked == 1)
        assert sorted(path.name for path in (root / "podcast/episodes").iterdir()) == ["avsnitt-1"]
        busy.answers |= {f"/{n}.mp3": file(mp3(3)) for n in range(2, 22)}
        again = move(host, root)
    assert (len(again.taken), again.later, left_over(root)) == (20, 0, [])


def test_a_host_that_dies_half_way_loses_nothing_that_came(host: Host, root: Path) -> None:
    sound = mp3(60)
    host.answers["/1.mp3"] = file(sound, cuts=iter([10_000, 0, 0, 0]))
    serve(host, a_feed(an_item(1)))
    assert (move(host, root).later, list((root / "podcast").glob("episodes/*"))) == (1, [])
    host.answers["/1.mp3"] = file(sound)
    host.asked.clear()
    assert move(host, root).taken == ("avsnitt-1",)
    assert dict(host.asked)["/1.mp3"]["range"] == "bytes=10000-"
    assert (root / "podcast/episodes/avsnitt-1/audio.mp3").read_bytes() == sound
