"""What happens as the podcast grows: no page grows with it, every episode is found, and the work is in proportion."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin

import html5lib
import pytest

from bench.corpus import make_episodes, write_ours
from okatakten.addresses import DEFAULT_SITE_URL
from okatakten.mkdocs.run import build_site
from okatakten.model import DEFAULT_LOCALE, EpisodeText, Locale, PublishedEpisode
from okatakten.podcast import folder
from okatakten.site import around, build, elsewhere, episode_page, lists, structure
from okatakten.site.lists import NEWEST, build_year_links, build_year_pages, find_years
from okatakten.site.project import Reading, read_project
from support import OWN_SITE, WORDS, a_show, address_of, an_episode, embeds_of, pages_of, parse, published, sitemap_of
from test_site import budget_of, first_view

MANY = 30
SMA = Locale("sma")


def written_with(root: Path, count: int, *, memory: Path) -> Reading:
    """Write a project with so many episodes, twelve a year, and return it as it is read."""
    root.mkdir(parents=True)
    (root / ".okatakten").symlink_to(memory)
    write_ours(root, make_episodes(count, apart=timedelta(days=30.4)))
    return read_project(root)


def built_with(root: Path, count: int, *, memory: Path) -> Path:
    """Build the site with so many episodes."""
    reading, site = written_with(root, count, memory=memory), root / "site"
    build_site(root / "mkdocs.yml", site_dir=site, reading=reading, site=OWN_SITE)
    return site


class Walked(tuple[PublishedEpisode, ...]):
    """Episodes that count how many times somebody goes through all of them."""

    __slots__ = ()
    times: ClassVar[int] = 0

    def __iter__(self) -> Iterator[PublishedEpisode]:
        Walked.times += 1
        return super().__iter__()


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all these sites have in common need not be made for each of them."""
    return tmp_path_factory.mktemp("memory")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, memory: Path) -> Path:
    return built_with(tmp_path_factory.mktemp("grown") / "project", MANY, memory=memory)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, memory: Path) -> Path:
    return built_with(tmp_path_factory.mktemp("small") / "project", NEWEST + 1, memory=memory)


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory, memory: Path) -> Path:
    return built_with(tmp_path_factory.mktemp("young") / "project", NEWEST, memory=memory)


def links_of(page: Path, site: Path) -> Iterator[str]:
    """Yield every address of the site that the main part of a page links to."""
    base = DEFAULT_SITE_URL + address_of(page, site)
    for href in parse(page).xpath("//main//a/@href"):
        address = urljoin(base, href).partition("#")[0]
        if address.startswith(DEFAULT_SITE_URL):
            yield address.removeprefix(DEFAULT_SITE_URL)


def years_of(site: Path) -> list[Path]:
    return sorted(site.glob("podd/ar/*/index.html"))


def slugs(count: int) -> set[str]:
    return {f"podd/avsnitt-{number}/" for number in range(1, count + 1)}


@pytest.mark.parametrize("name", ["index.html", "podd/index.html", "sok/index.html", "for-medier/index.html",
                                  "resultat/intresse/index.html", "sma/podd/index.html", "sma/index.html"])  # fmt: skip
def test_no_page_grows_with_the_podcast(grown: Path, small: Path, name: str) -> None:
    before, after = (site / name for site in (small, grown))
    tags = [[element.tag for element in parse(page).iter()] for page in (before, after)]
    # Where years are listed there is one more: an item, a link and, in another language, the mark of the word's own.
    assert len(tags[1]) - len(tags[0]) <= len(["li", "a", "span"]) * (len(years_of(grown)) - len(years_of(small)))
    # Numbers of episodes and years have other digits.
    assert abs(after.stat().st_size - before.stat().st_size) < 300


def test_every_episode_is_reached_from_the_podcast_page_by_way_of_its_year(grown: Path) -> None:
    podcast = set(links_of(grown / "podd/index.html", grown))
    assert len(podcast & slugs(MANY)) == NEWEST
    years = {address_of(page, grown) for page in years_of(grown)}
    assert len(years) == 3
    assert years <= podcast
    found = [set(links_of(page, grown)) & slugs(MANY) for page in years_of(grown)]
    assert set().union(*found) == slugs(MANY)
    assert sum(len(some) for some in found) == MANY


def test_without_scripts_the_search_page_leads_to_the_years_in_place_of_the_episodes(grown: Path) -> None:
    links = set(links_of(grown / "sok/index.html", grown))
    assert {address_of(page, grown) for page in years_of(grown)} <= links
    assert not links & slugs(MANY)


def test_years_lead_to_the_ones_before_and_after(grown: Path) -> None:
    addresses = [address_of(page, grown) for page in years_of(grown)]
    for older, newer in itertools.pairwise(addresses):
        assert newer in links_of(grown / older / "index.html", grown)
        assert older in links_of(grown / newer / "index.html", grown)
    assert addresses[0] not in links_of(grown / addresses[-1] / "index.html", grown)


def test_a_year_page_is_a_page_like_others(grown: Path) -> None:
    for page in years_of(grown):
        address = address_of(page, grown)
        tree = parse(page)
        assert address in sitemap_of(grown)
        assert tree.xpath("string(//h1)").strip() == f"Avsnitt från {address.split('/')[-2]}"
        assert (page.parent / "card.png").exists()
        assert '"BreadcrumbList"' in tree.xpath("string(//script[@type='application/ld+json'])")
        graph = json.loads(tree.xpath("string(//script[@type='application/ld+json'])"))["@graph"]
        assert DEFAULT_SITE_URL + "podd/" in str(graph)
        # Its episodes are found themselves.
        assert tree.xpath("//main/@data-search") == []


def test_pages_of_a_large_podcast_are_as_good_as_those_of_a_small_one(grown: Path) -> None:
    titles, descriptions = [], []
    for page in pages_of(grown):
        tree = parse(page)
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), page
        named = tree.xpath("//@aria-labelledby | //@aria-describedby | //@aria-controls")
        assert {target for value in named for target in value.split()} <= set(ids), page
        levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels[0] == 1, page
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), page
        parser = html5lib.HTMLParser()
        parser.parse(page.read_text(encoding="utf-8"))
        assert parser.errors == [], page
        titles.append(tree.findtext(".//title"))
        if page.name != "404.html":
            descriptions.append(tree.xpath("string(//meta[@name='description']/@content)"))
    assert len(titles) == len(set(titles))
    assert len(descriptions) == len(set(descriptions))


def test_every_first_view_keeps_its_budget(grown: Path) -> None:
    for page in [*pages_of(grown), *embeds_of(grown)]:
        assert first_view(grown, page) <= budget_of(page), page


def test_a_small_podcast_needs_no_years(young: Path) -> None:
    assert years_of(young) == []
    tree = parse(young / "podd/index.html")
    assert set(links_of(young / "podd/index.html", young)) >= slugs(NEWEST)
    assert tree.xpath("string(//h2[@id='site-avsnitt'])") == "Avsnitt"
    assert set(links_of(young / "sok/index.html", young)) >= slugs(NEWEST)


def test_a_year_exists_in_a_language_when_an_episode_of_it_does() -> None:
    text = EpisodeText(title="T", summary="S", notes="", source="e.sma.md")
    episodes = [
        an_episode(slug=f"e{n}", guid=str(n), published=datetime(2024 + n // 7, 1, 1 + n, tzinfo=UTC))
        for n in range(NEWEST + 1)
    ]
    translated = an_episode(slug="t", published=datetime(2024, 6, 1, tzinfo=UTC))
    show = a_show(*reversed(episodes), an_episode(slug="t", texts={**translated.texts, SMA: text},
                                                 published=datetime(2024, 6, 1, tzinfo=UTC)))  # fmt: skip
    assert find_years(show) == {2025: (DEFAULT_LOCALE,), 2024: (DEFAULT_LOCALE, SMA)}
    links = build_year_links(show, locale=SMA, words=WORDS)
    assert [(link.href, link.lang) for link in links] == [("podd/ar/2025/", "sv"), ("sma/podd/ar/2024/", "sma")]
    (page,) = build_year_pages(published(show), locale=SMA, catalogues={SMA: WORDS, DEFAULT_LOCALE: WORDS})
    assert (page.newer, page.older) == (links[0], None)
    assert {card.lang for card in page.cards} == {"sv", "sma"}


@pytest.mark.rebuild
def test_the_work_is_in_proportion_to_the_episodes(
    tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What costs most is done as many times for each episode of a large podcast as for each of a small one."""
    few = 14
    counts: dict[str, int] = {}

    def counted(module: object, name: str) -> None:
        original: Callable[..., object] = getattr(module, name)

        def call(*arguments: object, **named: object) -> object:
            counts[name] = counts.get(name, 0) + 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    for module, name in (
        (folder, "parse_transcript"), (episode_page, "build_turns"), (episode_page, "render_notes"), (episode_page, "build_card"), (lists, "build_card"),
        (build, "build_player_page"), (build, "make_card"), (build, "build_page_site"), (elsewhere, "build_sharing"),
        (around, "build_nav_item"), (structure, "_without_file"),
    ):  # fmt: skip
        counted(module, name)

    def work(count: int) -> dict[str, int]:
        counts.clear()
        built_with(tmp_path / str(count), count, memory=memory)
        return dict(counts)

    first, *more = (work(few + count) for count in range(4))
    each = {name: more[0][name] - first[name] for name in first}
    for times, counted_work in enumerate(more, start=1):
        assert {name: counted_work[name] - first[name] for name in first} == {
            name: each[name] * times for name in first
        }
    assert each["parse_transcript"] == each["build_turns"] == each["build_player_page"] == each["make_card"] == 1
    assert each["build_sharing"] == 1


@pytest.mark.rebuild
def test_no_page_goes_through_all_episodes(tmp_path: Path, memory: Path) -> None:
    """How many times that is done has nothing to do with how many pages there are."""

    def walks(count: int) -> int:
        root = tmp_path / str(count)
        reading = written_with(root, count, memory=memory)
        show = build.publish_first(reading, OWN_SITE)
        show = replace(show, episodes=Walked(show.episodes))
        Walked.times = 0
        build_site(root / "mkdocs.yml", site_dir=root / "site", reading=reading, site=OWN_SITE, show=show)
        return Walked.times

    assert walks(14) == walks(16) > 0
