"""A trailer: shown first and by itself, never as the newest episode, and named to apps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from okatakten.model import DEFAULT_LOCALE, Episode, EpisodeType
from okatakten.site.lists import NEWEST, build_card
from okatakten.site.podcast_page import PodcastPage, build_podcast_page
from okatakten.site.project import read_project
from support import SITE, WORDS, a_show, an_episode, copy_project, parse, published

CATALOGUES = {DEFAULT_LOCALE: WORDS}


def an_episode_of(day: int, kind: EpisodeType = EpisodeType.FULL, number: int | None = None) -> Episode:
    return an_episode(
        slug=f"avsnitt-{day}", guid=str(day), published=datetime(2026, 1, day, tzinfo=UTC), type=kind, number=number
    )


def page_of(*episodes: Episode) -> PodcastPage:
    newest_first = sorted(episodes, key=lambda episode: episode.published, reverse=True)
    return build_podcast_page(published(a_show(*newest_first)), site=SITE, locale=DEFAULT_LOCALE, catalogues=CATALOGUES)


def test_a_trailer_is_never_the_newest_episode() -> None:
    page = page_of(an_episode_of(1), an_episode_of(2), an_episode_of(3, EpisodeType.TRAILER))
    assert page.trailer
    assert (page.trailer.slug, page.trailer.card.href) == ("avsnitt-3", "podd/avsnitt-3/")
    assert page.newest
    assert page.newest.slug == "avsnitt-2"
    assert [card.href for card in page.cards] == ["podd/avsnitt-2/", "podd/avsnitt-1/"]


def test_the_newest_trailer_is_shown_first_and_older_ones_stand_last() -> None:
    trailers = [an_episode_of(day, EpisodeType.TRAILER) for day in (2, 4)]
    page = page_of(an_episode_of(1), an_episode_of(3), *trailers)
    assert page.trailer
    assert page.trailer.slug == "avsnitt-4"
    assert [card.href for card in page.cards] == ["podd/avsnitt-3/", "podd/avsnitt-1/", "podd/avsnitt-2/"]


def test_a_podcast_may_have_nothing_but_a_trailer_or_none() -> None:
    only = page_of(an_episode_of(1, EpisodeType.TRAILER))
    assert only.trailer
    assert (only.newest, only.cards) == (None, ())
    assert page_of(an_episode_of(1)).trailer is None


def test_a_trailer_takes_no_episodes_place_among_the_newest() -> None:
    page = page_of(an_episode_of(31, EpisodeType.TRAILER), *(an_episode_of(day + 1) for day in range(NEWEST)))
    assert len(page.cards) == NEWEST


def test_the_podcast_page_plays_the_trailer_and_home_the_newest_episode(site: Path) -> None:
    for page, slug, kicker in (
        ("podd", "trailer", WORDS["episode_trailer"]), ("", "vad-det-ledde-till", WORDS["newest_episode"]),
    ):  # fmt: skip
        tree = parse(site / page / "index.html")
        assert tree.xpath("//*[@data-episode]/@data-episode") == [slug]
        assert tree.xpath("string(//*[@class='site-latest__kicker'])").startswith(kicker)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (EpisodeType.FULL, "Avsnitt 4"), (EpisodeType.TRAILER, "Trailer"), (EpisodeType.BONUS, "Bonusavsnitt"),
    ],
)  # fmt: skip
def test_a_card_says_what_is_no_numbered_episode(kind: EpisodeType, said: str) -> None:
    (episode,) = published(a_show(an_episode_of(1, kind, number=4))).episodes
    assert build_card(episode, locale=DEFAULT_LOCALE, catalogues=CATALOGUES).number_text == said


def test_a_trailer_that_came_first_does_not_settle_how_episodes_are_numbered(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    fields = root / "podcast/episodes/trailer/episode.md"
    written = fields.read_text(encoding="utf-8")
    fields.write_text(written.replace("sample: true\n", "").replace('"Exempel: ', '"'), encoding="utf-8")
    assert read_project(root).numbers == {}


def test_a_trailer_is_an_episode_without_number_to_search_engines_and_in_its_picture(site: Path) -> None:
    page = parse(site / "podd/trailer/index.html")
    told = page.xpath("string(//script[@type='application/ld+json'])")
    assert '"@type":"PodcastEpisode"' in told
    assert "episodeNumber" not in told
    assert page.xpath("string(//meta[@property='og:image:alt']/@content)").startswith("Trailer")
