"""What subscribers were promised, beside what the cases and the tests of tags and of the schedule show."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from okatakten.addresses import episode_path
from okatakten.model import DEFAULT_LOCALE, Episode, EpisodeText
from okatakten.podcast.promise import check_promise
from okatakten.podcast.promised import PromisedFeed, PromisedItem
from okatakten.written.problems import Kind
from support import SITE, a_show, an_episode, releases_of


def at(slug: str, guid: str, root: Path) -> Episode:
    """Return an episode with its file."""
    source = f"podcast/episodes/{slug}/episode.md"
    (root / source).parent.mkdir(parents=True)
    (root / source).write_text(f"guid: {guid}\n", encoding="utf-8")
    text = EpisodeText(title="Titel", summary="S.", notes="N.", source=source)
    return an_episode(slug=slug, guid=guid, texts={DEFAULT_LOCALE: text})


def an_item(episode: Episode, *, guid: str | None = None) -> PromisedItem:
    page = episode_path(episode)
    return PromisedItem(
        guid=guid or episode.guid, title=episode.text.title, published="", page=page, audio=f"{page}audio.mp3", length=0,
        digest=None,
    )  # fmt: skip


def test_what_was_promised_is_looked_up_and_not_searched_for(tmp_path: Path) -> None:
    """A feed as long as it gets, half of it with ids that are nowhere now and addresses that are gone."""
    steps = {count: _steps_for(count, tmp_path / str(count)) for count in (100, 200)}
    assert steps[200] < 2.2 * steps[100]


def _steps_for(count: int, root: Path) -> int:
    episodes = [at(f"avsnitt-{number}", f"{number}", root) for number in range(count)]
    items = [an_item(episode, guid=f"x{episode.guid}" if int(episode.guid) % 2 else None) for episode in episodes]
    gone = {f"podd/borta-{number}/": None for number in range(count)}
    feed = PromisedFeed(guid=None, base=SITE.url, items=tuple(items), addresses=gone)
    show = a_show(*episodes)
    releases = releases_of(show)
    steps = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"  # the rounds of a loop on one line, too
        return trace

    sys.settrace(trace)
    try:
        found = check_promise(show, releases, feed, site=SITE, root=root)
    finally:
        sys.settrace(None)
    kinds = [problem.kind for problem in found]
    assert kinds.count(Kind.GUID_CHANGED) == count // 2
    assert kinds.count(Kind.ADDRESS_LOST) == count
    return steps


def test_a_problem_of_one_episode_hides_no_lost_address_of_another(tmp_path: Path) -> None:
    """Their names begin alike."""
    episode = at("avsnitt-10", "new", tmp_path)
    published = PromisedFeed(
        guid=None, base=SITE.url, items=(an_item(episode, guid="old"),), addresses={"podd/avsnitt-1/": None}
    )
    show = a_show(episode)
    problems = check_promise(show, releases_of(show), published, site=SITE, root=tmp_path)
    assert [problem.kind for problem in problems] == [Kind.GUID_CHANGED, Kind.ADDRESS_LOST]
