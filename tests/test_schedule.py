"""Drafts, what waits for its day, what has moved and what is gone: on the built site, and what subscribers were promised."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from conftest import serving
from okatakten.addresses import FEED, Site
from okatakten.fetching import Patience, Reach
from okatakten.mkdocs.run import build_site
from okatakten.model import AudioFile, Cue
from okatakten.podcast.feed import build_feed
from okatakten.podcast.promise import check_overdue, check_promise, check_stored_audio
from okatakten.podcast.promised import parse_promised, read_promised
from okatakten.podcast.proof import lix, spoken_share
from okatakten.site.project import read_project
from okatakten.written.problems import Findings, Kind, Problem
from okatakten.written.report import Format, format_findings
from support import (
    FIXED_GUID,
    OWN_SITE,
    WORDS,
    a_cue,
    a_show,
    an_episode,
    copy_project,
    embeds_of,
    parse,
    published,
    releases_of,
    run,
    sitemap_of,
    static_files,
)
from test_browser import AXE_OPTIONS, ONE_LOOK

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

BEFORE = datetime(2027, 1, 18, 5, 59, tzinfo=UTC)
AFTER = datetime(2027, 1, 18, 6, 0, tzinfo=UTC)
SECRET = "Hemligt tills dagen kommer"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with an episode that waits, a draft, one that was renamed and corrected, and one that is gone."""
    root = copy_project(tmp_path_factory.mktemp("tider"))
    episodes = root / "podcast/episodes"
    add(episodes, "vantar", title=f"Exempel: {SECRET}", published="2027-01-18 07:00")
    add(episodes, "utkast", title="Exempel: Utkastet", published="2026-11-20 07:00", more="draft: true")
    renamed = add(
        episodes,
        "nytt-namn",
        title="Exempel: Flyttat",
        published="2026-11-19 07:00",
        more="former_slugs: [gammalt-namn]",
    )
    shutil.copy(renamed / "audio.mp3", renamed / "audio-2.mp3")
    silent = add(
        episodes, "utan-text", title="Exempel: Utan text", published="2026-11-17 07:00", more="transcript_missing: true"
    )
    (silent / "transcript.vtt").unlink()
    gone = add(
        episodes,
        "borta",
        title="Exempel: Borta",
        published="2026-11-18 07:00",
        more="withdrawn: 2026-11-19\nwithdrawn_reason: Fel uppgift.",
    )
    (gone / "audio.mp3").unlink()
    return root


def add(episodes: Path, slug: str, *, title: str, published: str, more: str = "") -> Path:
    folder = episodes / slug
    shutil.copytree(episodes / "atta-fragor", folder)
    (folder / "episode.sma.md").unlink()
    text = (
        f'---\nguid: guid-{slug}\ntitle: "{title}"\nsummary: {SECRET}.\npublished: {published}\nsample: true\n'
        f"questions: [1]\n{more}\n---\n\nText.\n"
    )
    (folder / "episode.md").write_text(text, encoding="utf-8")
    return folder


def a_copy(root: Path, folder: Path) -> Path:
    """Return a copy of the project that a test may change."""
    return shutil.copytree(root, folder / "kopia", ignore=shutil.ignore_patterns("site"))


def a_published_copy(root: Path, folder: Path) -> tuple[Path, Path]:
    """Return such a copy, and the part of its site that was published with the feed."""
    copy = a_copy(root, folder)
    assert run("build", "--root", str(copy))[0] == 0
    return copy, shutil.copytree(copy / "site/podd", folder / "publicerat")


def built(root: Path, folder: Path, site: Site) -> Path:
    build_site(root / "mkdocs.yml", site_dir=folder, reading=read_project(root), site=site)
    return folder


@pytest.fixture(scope="module")
def before(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(root, tmp_path_factory.mktemp("fore"), replace(OWN_SITE, now=BEFORE))


@pytest.fixture(scope="module")
def after(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(root, tmp_path_factory.mktemp("efter"), replace(OWN_SITE, now=AFTER))


@pytest.fixture(scope="module")
def preview(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(root, tmp_path_factory.mktemp("forhandsvisning"), replace(OWN_SITE, now=BEFORE, preview=True))


def test_until_its_minute_an_episode_is_nowhere(before: Path) -> None:
    assert not (before / "podd/vantar").exists()
    for path in before.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".xml", ".json", ".vtt", ".txt"}:
            text = path.read_text(encoding="utf-8")
            assert "podd/vantar" not in text, path
            assert f"Exempel: {SECRET}" not in text, path
    fragments = len([*before.glob("search/pages/*")])
    searched = [address for address in sitemap_of(before) if address != "sok/"]
    assert fragments == len(searched) + sma_pages(before)


def sma_pages(site: Path) -> int:
    """Return how many pages wait for their review: searched, but not in the sitemap. Search is not."""
    return len({*site.glob("sma/**/index.html")} - {*embeds_of(site)}) - 1


def test_at_its_minute_an_episode_is_everywhere(after: Path) -> None:
    assert f"Exempel: {SECRET}" in parse(after / "podd/vantar/index.html").text_content()
    for name in ("podd/index.html", "resultat/intresse/index.html"):
        links = parse(after / name).xpath("//main//a/@href")
        assert any(link.endswith("vantar/") for link in links), name
    for name in (FEED, "sitemap.xml"):
        assert "podd/vantar/" in (after / name).read_text(encoding="utf-8"), name


def test_a_draft_is_in_no_site_but_a_preview(before: Path, after: Path, preview: Path) -> None:
    assert not (before / "podd/utkast").exists()
    assert not (after / "podd/utkast").exists()
    assert "Utkast" in parse(preview / "podd/utkast/index.html").text_content()


def test_a_preview_shows_what_waits_marked_and_hidden_from_search_engines(preview: Path) -> None:
    listed = parse(preview / "podd/index.html").text_content()
    assert "Publiceras 18 januari 2027 klockan 07.00" in listed
    assert "Publiceras 18 januari 2027 klockan 07.00" in parse(preview / "podd/vantar/index.html").text_content()
    for page in preview.rglob("*.html"):
        assert parse(page).xpath("//meta[@name='robots']/@content") == ["noindex"], page
        assert "Förhandsvisning." in parse(page).text_content(), page
    assert sitemap_of(preview) == []
    feed = (preview / FEED).read_text(encoding="utf-8")
    assert "guid-vantar" not in feed
    assert "guid-utkast" not in feed


def test_a_renamed_folder_leaves_a_page_that_leads_on_and_files_that_answer(before: Path) -> None:
    old = parse(before / "podd/gammalt-namn/index.html")
    assert old.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../nytt-namn/"]
    assert old.xpath("//main//a/@href") == ["../nytt-namn/"]
    assert old.xpath("//link[@rel='canonical']/@href") == ["https://okatakten.example/podd/nytt-namn/"]
    assert old.xpath("//meta[@name='robots']/@content") == ["noindex"]
    for name in ("audio.mp3", "audio-2.mp3", "transcript.vtt"):
        assert (before / "podd/gammalt-namn" / name).read_bytes() == (before / "podd/nytt-namn" / name).read_bytes()
    assert (before / "podd/gammalt-namn/card.png").read_bytes() == (before / "podd/nytt-namn/card.png").read_bytes()
    assert (before / "podd/gammalt-namn/oembed.json").read_bytes() == (
        before / "podd/nytt-namn/oembed.json"
    ).read_bytes()
    framed = parse(before / "podd/gammalt-namn/embed/index.html")
    assert framed.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../../nytt-namn/embed/"]
    assert "gammalt-namn" not in (before / "sitemap.xml").read_text(encoding="utf-8")
    assert "gammalt-namn" not in (before / FEED).read_text(encoding="utf-8")


def test_a_withdrawn_episode_says_so_at_its_address(before: Path) -> None:
    text = " ".join(parse(before / "podd/borta/index.html").xpath("string(//main)").split())
    assert "Exempel: Borta" in text
    assert "Avsnittet togs bort den 19 november 2026. Fel uppgift." in text
    assert sorted(path.name for path in (before / "podd/borta").iterdir()) == ["card.png", "embed", "index.html"]
    assert parse(before / "podd/borta/embed/index.html").xpath("//header | //footer") == []
    framed = " ".join(parse(before / "podd/borta/embed/index.html").xpath("string(//main)").split())
    assert "Avsnittet togs bort den 19 november 2026. Fel uppgift." in framed
    assert "podd/borta" not in (before / "sitemap.xml").read_text(encoding="utf-8")
    assert "Borta" not in parse(before / "podd/index.html").text_content()


@ONE_LOOK
def test_axe_has_nothing_to_say_of_what_waits_has_moved_or_is_gone(
    browser: Browser, preview: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    # An answer without content keeps the browser where it is: on the page that leads on.
    page.route("**/podd/nytt-namn/", lambda route: route.fulfill(status=204))
    with serving(static_files(preview)) as url:
        for address in (
            "podd/",
            "podd/vantar/",
            "podd/utkast/",
            "podd/borta/",
            "podd/utan-text/",
            "podd/gammalt-namn/",
        ):
            page.goto(url + address)
            found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
            assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    context.close()


def test_a_sentence_and_the_date_in_it_are_in_one_language(root: Path, tmp_path: Path) -> None:
    copy = a_copy(root, tmp_path)
    path = copy / "podcast/episodes/atta-fragor/episode.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n", "---\nwithdrawn: 2026-11-19\n", 1), encoding="utf-8")
    page = parse(built(copy, tmp_path / "borta", OWN_SITE) / "sma/podd/atta-fragor/index.html")
    assert page.get("lang") == "sma"
    notice = " ".join(page.xpath("string(//main//*[@lang='sv' and contains(., 'togs bort')])").split())
    assert notice == "Avsnittet togs bort den 19 november 2026."
    path.write_text(text.replace("published: 2026-11-09", "published: 2027-01-18"), encoding="utf-8")
    waiting = replace(OWN_SITE, preview=True)
    listed = parse(built(copy, tmp_path / "vantar", waiting) / "sma/podd/atta-fragor/index.html")
    assert listed.xpath("string(//ul[@class='site-facts']//strong/*[@lang='sv'])") == (
        "Publiceras 18 januari 2027 klockan 07.00"
    )


def test_a_build_says_what_waits_and_until_when(root: Path) -> None:
    status, said, _ = run("build", "--root", str(root), environment={"SOURCE_DATE_EPOCH": str(int(BEFORE.timestamp()))})
    assert status == 0
    assert f"Väntar till 2027-01-18 07:00: Exempel: {SECRET}" in said
    assert "Utkast som inte publiceras: utkast." in said
    _, said, _ = run("check", "--root", str(root))
    assert "FÖRSENAT: avsnittet är ett utkast" in said


def test_a_broken_promise_stops_the_build_and_the_last_site_stays(root: Path, tmp_path: Path) -> None:
    copy = a_copy(root, tmp_path)
    assert run("build", "--root", str(copy))[0] == 0
    feed = shutil.copy(copy / "site" / FEED, tmp_path / "publicerat.xml")
    stood = (copy / "site" / FEED).read_bytes()
    assert run("build", "--root", str(copy), "--published", str(feed))[0] == 0
    (copy / "podcast/episodes/nytt-namn").rename(copy / "podcast/episodes/nyare-namn")
    status, _, said = run("build", "--root", str(copy), "--published", str(feed))
    assert status == 1
    assert "Lägg till: former_slugs: [nytt-namn]" in said
    assert "den förra finns kvar" in said
    assert (copy / "site" / FEED).read_bytes() == stood
    path = copy / "podcast/episodes/nyare-namn/episode.md"
    text = path.read_text(encoding="utf-8").replace("[gammalt-namn]", "[gammalt-namn, nytt-namn]")
    path.write_text(text, encoding="utf-8")
    assert run("build", "--root", str(copy), "--published", str(feed))[0] == 0
    assert (copy / "site/podd/nytt-namn/audio-2.mp3").exists()


def test_audio_of_the_same_length_is_known_by_its_bytes(root: Path, tmp_path: Path) -> None:
    copy, published = a_published_copy(root, tmp_path)
    audio = copy / "podcast/episodes/atta-fragor/audio.mp3"
    content = bytearray(audio.read_bytes())
    content[-1] ^= 1
    audio.write_bytes(content)
    status, _, said = run("build", "--root", str(copy), "--published", str(published / "feed.xml"))
    assert status == 1
    assert "podcast/episodes/atta-fragor/audio.mp3" in said
    assert "lägg den nya bredvid med namnet audio-2.mp3" in said


def test_an_address_that_left_the_feed_long_ago_still_has_to_answer(root: Path, tmp_path: Path) -> None:
    copy, published = a_published_copy(root, tmp_path)
    path = copy / "podcast/episodes/nytt-namn/episode.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("former_slugs: [gammalt-namn]\n", ""), encoding="utf-8")
    shutil.rmtree(copy / "podcast/episodes/borta")
    status, _, said = run("build", "--root", str(copy), "--published", str(published / "feed.xml"))
    assert status == 1
    assert "podcast/episodes/gammalt-namn" in said
    assert "podcast/episodes/borta" in said


def test_audio_that_moves_to_a_media_store_keeps_answering_here(root: Path, tmp_path: Path) -> None:
    copy, published = a_published_copy(root, tmp_path)
    path = copy / "podcast/episodes/nytt-namn/episode.md"
    stored = "audio_url: https://a.invalid/a.mp3\naudio_length: 9\naudio_type: audio/mpeg\naudio_duration: 2:40\n"
    path.write_text(path.read_text(encoding="utf-8").replace("---\n", f"---\n{stored}", 1), encoding="utf-8")
    assert run("build", "--root", str(copy))[0] == 0
    assert (copy / "site/podd/nytt-namn/audio-2.mp3").exists()
    (path.parent / "audio-2.mp3").unlink()
    path.write_text(
        path.read_text(encoding="utf-8").replace("---\n", "---\nreplaced_audio: [audio-2.mp3]\n", 1), encoding="utf-8"
    )
    reading = read_project(copy)
    assert reading.show
    _, feed = read_promised(str(published / "feed.xml"))
    assert feed
    found = check_promise(reading.show, releases_of(reading.show), feed, site=OWN_SITE, root=copy)
    # Under its name and under the one it had before.
    assert [problem.kind for problem in found] == [Kind.AUDIO_ADDRESS_LOST, Kind.ADDRESS_LOST]


def test_what_should_have_come_out_is_told_loudly(root: Path, tmp_path: Path) -> None:
    run("feed", "--root", str(root), "--output", str(tmp_path / "feed.xml"))
    later = {"SOURCE_DATE_EPOCH": str(int(AFTER.timestamp()) + 3 * 3600)}
    status, _, said = run("check", "--root", str(root), "--published", str(tmp_path / "feed.xml"), environment=later)
    assert status == 1
    assert "FÖRSENAT: avsnittet skulle ha kommit ut 2027-01-18 07:00 +01:00" in said
    status, said, _ = run("check", "--root", str(root), "--published", str(tmp_path / "feed.xml"))
    assert status == 0
    assert "FÖRSENAT: avsnittet skulle ha kommit ut" not in said


def test_our_own_feed_is_what_was_promised() -> None:
    show = a_show(an_episode(slug="ett"))
    feed = parse_promised(build_feed(published(show, OWN_SITE), site=OWN_SITE, words=WORDS))
    assert feed
    assert feed.guid == show.guid
    (item,) = feed.items
    assert (item.guid, item.page, item.audio) == (FIXED_GUID, "podd/ett/", "podd/ett/audio.mp3")
    assert check_overdue(show, feed, site=OWN_SITE) == []


def test_a_sample_that_would_vanish_is_told_by_its_field(tmp_path: Path) -> None:
    show = a_show(an_episode(slug="ett", sample=True))
    (tmp_path / show.episodes[0].text.source).write_text("---\nsample: true\n---\n", encoding="utf-8")
    feed = parse_promised(build_feed(published(show, OWN_SITE), site=OWN_SITE, words=WORDS))
    assert feed
    [found] = check_promise(show, releases_of(show), feed, site=replace(OWN_SITE, samples=False), root=tmp_path)
    assert (found.kind, found.field) == (Kind.EPISODE_UNPUBLISHED, "sample")


def test_a_site_that_moves_to_another_address_breaks_no_promise(root: Path) -> None:
    reading = read_project(root)
    assert reading.show
    feed = parse_promised(build_feed(published(reading.show, OWN_SITE), site=OWN_SITE, words=WORDS))
    assert feed
    moved = replace(OWN_SITE, url="https://regionjh.se/podden/")
    assert check_promise(reading.show, releases_of(reading.show), feed, site=moved, root=root) == []


@pytest.mark.parametrize(
    "document", [b"", b"<html></html>", b"<rss/>", b"\xff\xfe", b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss>&a;</rss>"]
)
def test_what_is_no_feed_of_ours_promises_nothing(document: bytes) -> None:
    assert parse_promised(document) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", 0),
        ("Vi talar om inköp.", 4),
        ("Vi talar. Om inköp.", 2),
        ("Upphandlingsmyndigheten undersöker förutsättningar.", 3 + 100),
    ],
)
def test_lix_counts_words_sentences_and_long_words(text: str, level: float) -> None:
    assert lix(text) == level


def test_text_that_overlaps_counts_once() -> None:
    cues: tuple[Cue, ...] = (a_cue(0, 10), a_cue(5, 20), a_cue(30, 200))
    assert spoken_share(cues, an_episode().audio.duration) == pytest.approx((20 + 60) / 90)


def test_findings_are_told_to_programs_and_to_github() -> None:
    problem = Problem(
        kind=Kind.UNQUOTED_COLON, file="a,b.md", line=3, field="title", found="A: 100 %", expected='title: "A: 100 %"'
    )
    note = Problem(kind=Kind.TRANSCRIPT_OWED, file="c.md")
    standing = Problem(kind=Kind.TRANSLATION_UNREVIEWED, file="d.md")
    findings = Findings(problems=(problem,), notes=(note, standing))
    found = json.loads(format_findings(findings, Format.JSON))
    assert found["problems"][0]["line"] == 3
    assert found["problems"][0]["message"].endswith('title: "A: 100 %"')
    assert [one["kind"] for one in found["notes"]] == ["transcript-owed", "translation-unreviewed"]
    # GitHub shows ten notices, so what has been so for months is left out there.
    error, notice = format_findings(findings, Format.GITHUB).splitlines()
    assert error.startswith("::error file=a%2Cb.md,line=3,title=title::Där står: A: 100 %25%0ATexten har ett kolon.")
    assert notice.startswith("::notice file=c.md,line=1,title=transcript-owed::Avsnittet har ingen textversion.")


def test_the_clock_can_be_set_and_a_clock_that_is_none_is_answered() -> None:
    status, _, said = run("feed", environment={"SOURCE_DATE_EPOCH": "i går"})
    assert status == 1
    assert "SOURCE_DATE_EPOCH är «i går»" in said


def test_audio_in_a_media_store_that_is_gone_or_changed_is_told(tmp_path: Path) -> None:
    def store(environment: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        there = environment["PATH_INFO"] in {"/ratt.mp3", "/bytt.mp3"}
        content = b"x" * 1000
        status = "200 OK" if there else "503 Nere" if environment["PATH_INFO"] == "/nere.mp3" else "404 Borta"
        start_response(status, [("Content-Length", str(len(content))), ("Content-Type", "audio/mpeg")])
        return [content]

    (tmp_path / "e.md").write_text("---\naudio_url: x\naudio_length: 1\n---\n", encoding="utf-8")
    with serving(store) as url:
        episodes = [
            an_episode(
                guid=name,
                audio=AudioFile(
                    url=f"{url}{name}.mp3", length=length, media_type="audio/mpeg", duration=timedelta(seconds=9)
                ),
            )
            for name, length in (("ratt", 1000), ("bytt", 999), ("borta", 1000), ("nere", 1000))
        ]
        reach = Reach(allow_private=True, patience=Patience(attempts=1))
        found = check_stored_audio(a_show(*episodes), site=OWN_SITE, root=tmp_path, reach=reach)
    assert [problem.kind for problem in found.problems] == [Kind.STORED_AUDIO_CHANGED, Kind.STORED_AUDIO_GONE]
    assert [(problem.line, problem.field) for problem in found.problems] == [(3, "audio_length"), (2, "audio_url")]
    assert [note.kind for note in found.notes] == [Kind.STORED_AUDIO_NOT_SEEN]


def test_the_published_feed_may_be_an_address(root: Path) -> None:
    reading = read_project(root)
    assert reading.show
    feed = build_feed(published(reading.show, OWN_SITE), site=OWN_SITE, words=WORDS)

    def host(environment: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        there = environment["PATH_INFO"] == "/podd/feed.xml"
        start_response("200 OK" if there else "404 Borta", [("Content-Type", "application/rss+xml")])
        return [feed if there else b""]

    with serving(host) as url:
        reach = Reach(allow_private=True, patience=Patience(attempts=1))
        assert read_promised(f"{url}podd/feed.xml", reach=reach) == ([], parse_promised(feed))
        (problem,), _ = read_promised(f"{url}annat.xml", reach=reach)
        assert problem.kind is Kind.FEED_NOT_COMPARABLE
        assert "Kör då utan --published." in problem.expected
    (problem,), _ = read_promised(f"{url}podd/feed.xml", reach=reach)
    assert problem.kind is Kind.FETCH_NO_CONNECTION
    (problem,), _ = read_promised(f"{url}podd/feed.xml")
    assert problem.kind is Kind.FETCH_REFUSED
