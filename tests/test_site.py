"""The built site, read as its visitors' browsers read it."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest
from lxml import etree
from playwright.sync_api import Browser, ViewportSize

from bench import browse
from bench.browse import DESKTOP, PHONE
from conftest import _cannot_run
from okatakten.addresses import DEFAULT_SITE_URL, read_site
from okatakten.documents.reading import read_with_documents
from okatakten.mkdocs.run import build_site
from okatakten.podcast.feed import build_feed
from okatakten.site.project import read_project
from okatakten.written.problems import Point
from support import (
    OWN_SITE,
    PROJECT,
    WORDS,
    address_of,
    contents,
    copy_project,
    embeds_of,
    kinds_of,
    pages_of,
    parse,
    sitemap_of,
    to_publish,
)

SLUGS = ("atta-fragor", "trailer", "vad-det-ledde-till", "varfor-cirkular-upphandling")
LONG_EPISODE_BUDGET = 60_000
MANY_WORDS = 2500
SPOKEN = [
    word for path in sorted((PROJECT / "docs/sv").rglob("*.md")) for word in re.findall(r"\w+", path.read_text("utf-8"))
]
"""Words for a long transcript: not the same ones again and again, which would compress too well."""


def test_every_built_page_is_in_the_sitemap_or_waits_for_its_review(site: Path) -> None:
    assert sorted([*pages_of(site), *embeds_of(site)]) == sorted(site.rglob("*.html"))
    waiting = {page for page in pages_of(site) if "noindex" in parse(page).xpath("//meta[@name='robots']/@content")}
    listed = {site / address / "index.html" for address in sitemap_of(site)}
    assert listed == set(pages_of(site)) - waiting
    assert {site / "podd" / slug / "index.html" for slug in SLUGS} < listed


def test_every_page_has_what_everyone_needs(site: Path) -> None:
    titles = []
    for page in pages_of(site):
        tree = parse(page)
        assert tree.get("lang") == ("sma" if address_of(page, site).startswith("sma/") else "sv"), page
        assert len(tree.findall(".//h1")) == 1, page
        assert len(tree.findall(".//main")) == 1, page
        titles.append(tree.findtext(".//title"))
        assert tree.xpath("string(//meta[@name='description']/@content)"), page
        ids = [element.get("id") for element in tree.xpath("//*[@id]")]
        assert len(ids) == len(set(ids)), page
        named = tree.xpath("//@aria-labelledby | //@aria-describedby | //@aria-controls")
        assert {target for value in named for target in value.split()} <= set(ids), page
    assert len(titles) == len(set(titles))


def test_every_page_shows_the_emblem_once_above_its_content_and_says_that_it_is_early(site: Path) -> None:
    taken_over = Point.TAKEN_OVER in read_project(PROJECT).decided
    said = [] if taken_over else [WORDS["early_notice"].text]
    for page in pages_of(site):
        tree = parse(page)
        (flag,) = tree.xpath("//*[@class='site-eu']/svg[@class='site-eu__flag'][@role='img'][@aria-label]")
        assert flag.xpath("ancestor::header[@class='site-header']"), page
        notices = tree.xpath("//main/*[1][@class='site-early']//p")
        assert [notice.text_content() for notice in notices] == said, page
        marked = [lang for notice in notices for lang in notice.xpath("span/@lang")]
        assert marked == ([] if tree.get("lang") == "sv" else ["sv"] * len(said)), page
    for page in embeds_of(site):
        assert not parse(page).xpath("//*[@class='site-early']"), page


def test_descriptions_differ_and_html_is_well_formed(site: Path) -> None:
    descriptions = [str(parse(page).xpath("string(//meta[@name='description']/@content)")) for page in pages_of(site)]
    # The 404 pages are no search engine's business and share the show's.
    repeated = {text for text in descriptions if descriptions.count(text) > 1}
    assert len(repeated) <= 1
    for page in [*pages_of(site), *embeds_of(site)]:
        parser = html5lib.HTMLParser()
        parser.parse(page.read_text(encoding="utf-8"))
        assert parser.errors == [], page


@pytest.mark.browsers
def test_the_nu_checker_finds_nothing_in_pages_styles_and_drawings(site: Path) -> None:
    jar = PROJECT / ".venv/node/vnu/build/dist/vnu.jar"
    if not (shutil.which("java") and jar.exists()):
        _cannot_run("the Nu HTML checker is not installed: .ci/run puts it into .venv/node, and Java runs it")
    # Of our policy it sees only that files on a disk have no host; other tests are about that.
    unsaid = ["--filterpattern", ".*Content Security Policy.*"]
    options = ["--also-check-css", "--also-check-svg", "--Werror", "--stdout", *unsaid]
    files = [path for path in sorted(site.rglob("*")) if path.suffix in {".css", ".html", ".svg"}]
    command: list[str | Path] = ["java", "-jar", jar, *options, *files]
    checked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (checked.stdout, checked.returncode) == ("", 0)


def test_headings_come_in_order(site: Path) -> None:
    for page in pages_of(site):
        levels = [int(heading.tag[1]) for heading in parse(page).xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels[0] == 1, page
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), (page, levels)


def test_the_skip_link_is_the_first_link_of_every_page(site: Path) -> None:
    for page in pages_of(site):
        tree = parse(page)
        first = tree.xpath("//body//a[@href]")[0]
        (main,) = tree.xpath("//main")
        assert first.get("href") == f"#{main.get('id')}", page


def test_every_page_leads_podcast_apps_to_the_feed_and_readers_to_the_news(site: Path) -> None:
    for page in pages_of(site):
        links = parse(page).xpath("//link[@rel='alternate'][@type][not(contains(@type, 'oembed'))]")
        # Podcast apps take the first one.
        assert [(link.get("type"), link.get("href").removeprefix(DEFAULT_SITE_URL)) for link in links] == [
            ("application/rss+xml", "podd/feed.xml"),
            ("application/rss+xml", "nytt.xml"),
            ("application/feed+json", "nytt.json"),
        ], page
        titles = [link.get("title") for link in links]
        assert len(set(titles)) == len(titles), page
        assert all(titles), page


@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("index.html", {"Öka takten": "page"}),
        ("podd/index.html", {"Podden": "page"}),
        ("podd/atta-fragor/index.html", {"Podden": "true"}),
        ("sma/podd/atta-fragor/index.html", {"Goltelh": "true"}),
        ("resultat/behov/index.html", {"Resultat": "true"}),
        ("for-medier/index.html", {}),
    ],
)
def test_the_menu_says_where_one_is(site: Path, page: str, current: dict[str, str]) -> None:
    links = parse(site / page).xpath("//body/header//a[@aria-current]")
    assert {link.text_content().strip(): link.get("aria-current") for link in links} == current


def test_pages_have_one_address_and_the_404_page_none(site: Path) -> None:
    for page in pages_of(site):
        canonical = parse(page).xpath("//link[@rel='canonical']/@href")
        if page.name == "404.html":
            assert canonical == []
            assert parse(page).xpath("//meta[@name='robots']/@content") == ["noindex"]
        else:
            assert canonical == [urljoin(DEFAULT_SITE_URL, address_of(page, site))]


def test_nothing_is_inline_and_nothing_comes_from_another_host(site: Path) -> None:
    for page in [*pages_of(site), *embeds_of(site)]:
        tree = parse(page)
        assert tree.xpath("//script[not(@src)][not(@type='application/ld+json')] | //style | //*[@style]") == [], page
        assert tree.xpath("//*[@*[starts-with(name(), 'on')]]") == [], page
        fetched = tree.xpath("//script/@src | //img/@src | //audio/@src | //source/@src | //iframe/@src")
        fetched += tree.xpath("//link[not(@rel='canonical') and not(@rel='alternate')]/@href")
        assert [address for address in fetched if urlsplit(address).netloc] == [], page
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?(?:https?:)?//", text)
        assert "@import" not in text


def test_every_link_inside_the_site_has_a_target(site: Path) -> None:
    for page in [*pages_of(site), *embeds_of(site)]:
        base = DEFAULT_SITE_URL + address_of(page, site)
        tree = parse(page)
        for address in tree.xpath("//@href | //@src"):
            parts = urlsplit(urljoin(base, address))
            if f"{parts.scheme}://{parts.netloc}/" != DEFAULT_SITE_URL:
                continue
            target = site / unquote(parts.path).lstrip("/")
            target = target / "index.html" if parts.path.endswith("/") else target
            assert target.is_file(), (page, address)
            if parts.fragment and target.suffix == ".html":
                ids = parse(target).xpath("//@id")
                assert unquote(parts.fragment) in ids, (page, address)


def test_the_first_view_of_every_page_keeps_its_budget(site: Path) -> None:
    for page in [*pages_of(site), *embeds_of(site)]:
        assert first_view(site, page) <= budget_of(page), page


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_browser_fetches_no_more_than_the_budget_nothing_twice_and_nothing_for_nothing(
    browser: Browser, site: Path, size: ViewportSize
) -> None:
    pages = [*pages_of(site), *embeds_of(site)] if os.environ.get("ALL_PAGES") == "1" else kinds_of(site)
    for page in pages:
        fetched = browse.first_view(
            browser, site, page.relative_to(site).as_posix().removesuffix("index.html"), size=size
        )
        assert fetched
        assert fetched.sent <= budget_of(page), (page, fetched)
        assert (fetched.twice, fetched.needless, fetched.elsewhere) == ([], [], 0), page


def budget_of(page: Path) -> int:
    """Return how many bytes a page may cost, as Brotli sends them, with everything that a browser fetches to show it.

    A long text costs what it costs: each word beyond those that a page usually has, what a word said in an hour may.
    """
    tree = parse(page)
    home, sound, figures = (
        bool(tree.xpath(f"//*[contains(concat(@class, ' '), '{name} ')]"))
        for name in ("site-numbers", "site-player", "site-figure")
    )
    kilobytes = 36 if home and sound else 34 if sound else 28 if figures else 24
    (main,) = tree.xpath("//main")
    beyond = max(len(main.text_content().split()) - MANY_WORDS, 0)
    return kilobytes * 1000 + beyond * (LONG_EPISODE_BUDGET - 34_000) // 9000


def first_view(site: Path, page: Path) -> int:
    """Return the bytes that a browser fetches to show a page, as they are sent, on the widest screen."""
    tree = parse(page)
    base = page.parent if page.name != "404.html" else site
    shown = "//img[not(@loading)] | //img[@class='site-player__cover']"
    links = tree.xpath("//link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href")
    fetched = {page} | {
        _target(site, base, address)
        for address in [*links, *(image.get("src") for image in tree.xpath(shown)), *tree.xpath("//script/@src")]
    }
    (style,) = (path for path in fetched if path.name.startswith("site."))
    # The second font is for letters that no page of ours has (tests/test_look.py).
    fonts = re.findall(r'url\("(.*?\.woff2)"\)', style.read_text(encoding="utf-8"))
    return sum(len(browse.as_sent(path)) for path in {*fetched, style.parent / fonts[0]})


def test_an_episode_of_an_hour_keeps_its_budget(tmp_path: Path) -> None:
    copy_project(tmp_path)
    cues = [
        f"{start // 60:02}:{start % 60:02}.000 --> {(start + 6) // 60:02}:{(start + 6) % 60:02}.000\n"
        f"<v Röst {'AB'[start // 30 % 2]}>{' '.join(SPOKEN[(start * 7 + place * 13) % len(SPOKEN)] for place in range(15))}."
        for start in range(0, 3594, 6)
    ]
    folder = tmp_path / "podcast/episodes/atta-fragor"
    (folder / "audio.mp3").unlink()
    (folder / "transcript.vtt").write_text("WEBVTT\n\n" + "\n\n".join(cues) + "\n", encoding="utf-8")
    episode = folder / "episode.md"
    stored = "audio_url: https://prov.example/a.mp3\naudio_length: 1\naudio_type: audio/mpeg\naudio_duration: 60:00\n"
    episode.write_text(episode.read_text(encoding="utf-8").replace("season:", f"{stored}season:", 1), encoding="utf-8")
    site = tmp_path / "site"
    build_site(tmp_path / "mkdocs.yml", site_dir=site, reading=read_project(tmp_path), site=OWN_SITE)
    page = site / "podd/atta-fragor/index.html"
    assert len(parse(page).text_content().split()) > 9000
    assert first_view(site, page) <= LONG_EPISODE_BUDGET


def test_the_edit_note_names_a_file_that_exists(site: Path) -> None:
    for page in pages_of(site):
        second = page.read_text(encoding="utf-8").splitlines()[1]
        assert second.startswith("<!--"), page
        source = second.removesuffix("-->").strip().rsplit(" ", 1)[-1]
        assert (PROJECT / source).is_file(), (page, source)


def test_an_episode_page_holds_the_episode(site: Path) -> None:
    show = read_project(PROJECT).show
    assert show is not None
    for episode in show.episodes:
        tree = parse(site / "podd" / episode.slug / "index.html")
        text = " ".join(tree.text_content().split())
        assert tree.xpath("string(//h1)").strip() == episode.text.title
        (audio,) = tree.xpath("//audio")
        assert audio.get("controls") is not None
        assert audio.get("preload") == "none"
        sources = tree.xpath("//audio/@src | //audio/source/@src")
        assert [source.rsplit("/", 1)[-1] for source in sources] == ["audio.mp3"]
        assert episode.transcript
        for cue in episode.transcript.cues:
            assert cue.text in text
            assert cue.speaker in text
        for chapter in episode.chapters:
            assert chapter.title in text
        for source in episode.sources:
            assert source.title in text
        assert "talsyntes" in text.lower()


def test_a_link_past_the_transcript_comes_before_it(site: Path) -> None:
    tree = parse(site / "podd/atta-fragor/index.html")
    ids = tree.xpath("//@id")
    turns = [name for name in ids if name.startswith("t") and name[1:].isdigit()]
    order = {element: place for place, element in enumerate(tree.iter())}
    first, last = (order[tree.get_element_by_id(turns[place])] for place in (0, -1))
    past = [
        link
        for link in tree.xpath("//main//a[starts-with(@href, '#')]")
        if order[link] < first and order[tree.get_element_by_id(link.get("href")[1:])] > last
    ]
    assert len(past) == 1


def test_an_episodes_text_is_published_unchanged(site: Path) -> None:
    for slug in SLUGS:
        source, target = PROJECT / "podcast/episodes" / slug, site / "podd" / slug
        assert (target / "transcript.vtt").read_bytes() == (source / "transcript.vtt").read_bytes()
        chapters = target / "chapters.json"
        assert chapters.exists() == ("\nchapters:" in (source / "episode.md").read_text(encoding="utf-8"))
        assert not chapters.exists() or json.loads(chapters.read_text(encoding="utf-8"))["version"] == "1.2.0"
    assert not list(site.rglob("*.md"))
    assert not list(site.rglob("*.yml"))


def test_the_sites_feed_is_the_feed_of_the_folders_and_its_files_are_there(site: Path) -> None:
    show = to_publish(PROJECT)
    feed = (site / "podd/feed.xml").read_bytes()
    assert feed == build_feed(show, site=OWN_SITE, words=WORDS)
    tree = etree.fromstring(feed)
    addresses = {str(value) for element in tree.iter() for value in element.attrib.values()}
    addresses |= {str(element.text) for element in tree.iter("link", "url")}
    ours = [address.removeprefix(DEFAULT_SITE_URL) for address in addresses if address.startswith(DEFAULT_SITE_URL)]
    assert len(ours) > 10
    for path in ours:
        assert (site / path).is_file() or (site / path / "index.html").is_file(), path


def test_two_builds_are_the_same_to_the_byte(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        build_site(PROJECT / "mkdocs.yml", site_dir=tmp_path, reading=read_with_documents(PROJECT), site=OWN_SITE)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert contents(tmp_path) == contents(site)


def test_on_a_real_address_no_sample_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://okatakten.regionjh.se/podden")
    real = read_site({"SITE_URL": "https://okatakten.regionjh.se/podden"})
    build_site(PROJECT / "mkdocs.yml", site_dir=tmp_path, reading=read_project(PROJECT), site=real)
    assert b"<item>" not in (tmp_path / "podd/feed.xml").read_bytes()
    for page in [*tmp_path.rglob("*.html"), tmp_path / "nytt.xml", tmp_path / "nytt.json"]:
        assert "Exempel:" not in page.read_text(encoding="utf-8"), page
    assert [path.name for path in (tmp_path / "podd").iterdir() if path.is_dir()] == []
    assert "Det första avsnittet är på väg" in parse(tmp_path / "podd/index.html").text_content()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("podcast/episodes/atta-fragor/episode.md", "explicit:", "explicitt:", "Menade du explicit?"),
        # What only MkDocs notices.
        ("docs/sv/index.md", "## I korthet", "[Bort](finns-inte.md)", "finns-inte.md"),
    ],
)
def test_what_stops_a_build_publishes_nothing(project_copy: Path, file: str, old: str, new: str, said: str) -> None:
    (project_copy / "site").mkdir()
    (project_copy / "site/index.html").write_text("den förra", encoding="utf-8")
    path = project_copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    stopped = okatakten("build", root=project_copy, expect=1)
    assert said in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert contents(project_copy / "site") == {"index.html": "den förra".encode()}


@pytest.mark.server
def test_a_build_killed_at_any_moment_leaves_the_last_good_site(project_copy: Path) -> None:
    okatakten("build", root=project_copy)
    before = contents(project_copy / "site")
    home = project_copy / "docs/sv/index.md"
    home.write_text(home.read_text(encoding="utf-8").replace("## I korthet", "## Nytt"), encoding="utf-8")
    killed = 0
    for awaited in ("", "index.html", "podd/feed.xml"):
        process = subprocess.Popen(command("build"), cwd=project_copy, stdout=subprocess.DEVNULL)
        while process.poll() is None and not [*project_copy.glob(f".site-new-*/{awaited}")]:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
            assert contents(project_copy / "site") == before
    assert killed
    okatakten("build", root=project_copy)
    assert "Nytt" in (project_copy / "site/index.html").read_text(encoding="utf-8")
    assert not [*project_copy.glob(".site*")]


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "okatakten"), *arguments]


def okatakten(*arguments: str, root: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(command(*arguments), cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == expect, ended.stderr
    return ended


def _target(site: Path, base: Path, address: str) -> Path:
    return site / address.lstrip("/") if address.startswith("/") else Path(os.path.normpath(base / address))


def test_what_is_said_of_a_card_is_parted_by_more_than_its_look(site: Path) -> None:
    for page in pages_of(site):
        for facts in parse(page).xpath("//p[@class='site-facts']"):
            assert facts.text_content().split() == " ".join(facts.xpath(".//text()")).split(), page
