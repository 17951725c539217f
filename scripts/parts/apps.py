"""Programs that follow a podcast: they take the feed by its address, list its episodes and fetch the sound."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from parts.part import Ground, Part, ask_node, hold, run

MADE_FROM: Final = {
    "podcastTranscripts": "podd/*/transcript.vtt",
    "podcastChapters": "podd/*/chapters.json",
    "podcastPeople": "podd/*/oembed.json",
}
"""Of what an episode has each is told: all have persons."""


SAY_VERSION: Final = "import gpodder; print(gpodder.__version__)"


def gpodder(ground: Ground) -> str:
    own = {"GPODDER_HOME": str(ground.folder), "GPODDER_DOWNLOAD_DIR": str(ground.folder / "heard")}
    run("gpo", "subscribe", ground.feed, more=own)
    run("gpo", "download", more=own)
    rows = read_rows(ground.folder / "Database", "SELECT title, guid, url, mime_type, total_time FROM episode")
    items = ground.items()
    hold(rows, sorted((i.title, i.guid, i.url, i.media_type, i.duration) for i in items), "its episodes")
    heard = hold_sound(ground, (ground.folder / "heard").rglob("*.mp3"))
    return f"{len(rows)} episodes with titles, ids and durations, {heard} fetched whole"


def newsboat(ground: Ground) -> str:
    (ground.folder / "urls").write_text(f"{ground.feed}\n{ground.url}nytt.xml\n", encoding="utf-8")
    (ground.folder / "config").touch()
    places = [
        f"--{name}-file={ground.folder / file}"
        for name, file in (("url", "urls"), ("cache", "cache.db"), ("config", "config"))
    ]
    run("newsboat", *places, "--execute=reload", more={"HOME": str(ground.folder)})
    asked = "SELECT title, guid, enclosure_url, enclosure_type FROM rss_item WHERE feedurl LIKE '%/podd/feed.xml'"
    rows = read_rows(ground.folder / "cache.db", asked)
    hold(rows, sorted((i.title, i.guid, i.url, i.media_type) for i in ground.items()), "its episodes")
    news = read_rows(ground.folder / "cache.db", "SELECT title FROM rss_item WHERE feedurl LIKE '%nytt.xml'")
    hold(len(news), len(json.loads(ground.bytes_of(f"{ground.url}nytt.json"))["items"]), "news")
    return f"{len(rows)} episodes with sound, {len(news)} news"


def podget(ground: Ground) -> str:
    (ground.folder / "serverlist").write_text(f"{ground.feed} Podd Prov\n", encoding="utf-8")
    # The rest it sets as it comes, with what it fetches below the home folder.
    run("podget", "--dir_config", ground.folder, more={"HOME": str(ground.folder)})
    # It calls a file what its address ends in.
    names = {item.url.rpartition("/")[2] for item in ground.items()}
    hold(len(names), len(ground.items()), f"files, all called {', '.join(names)}, so that one takes another's place")
    return f"{hold_sound(ground, (ground.folder / 'POD').rglob('*.mp3'))} episodes fetched whole"


def partytime(ground: Ground) -> str:
    (ground.folder / "feed.xml").write_bytes(ground.bytes_of(ground.feed))
    read = json.loads(ask_node("partytime.mjs", str(ground.folder / "feed.xml")))
    items = ground.items()
    found = [(each["title"], each["guid"], each["enclosure"]["url"], each["duration"]) for each in read["items"]]
    hold(sorted(found), sorted((i.title, i.guid, i.url, i.duration) for i in items), "its episodes")
    for part in ("podcastTranscripts", "podcastChapters", "podcastPeople"):
        hold(sum(part in each for each in read["items"]), len(list(ground.site.glob(MADE_FROM[part]))), part)
    hold(bool(read.get("guid")), True, "the show's guid")
    return f"{len(found)} episodes with transcripts, chapters and persons, the show's guid {read['guid']}"


def read_rows(database: Path, asked: str) -> list[tuple[object, ...]]:
    """Return what a database of SQLite says, sorted."""
    with closing(sqlite3.connect(database)) as opened:
        return sorted(opened.execute(asked).fetchall())


def hold_sound(ground: Ground, files: Iterable[Path]) -> int:
    """Return how many files there are, when they are the sound of all episodes, byte for byte."""
    fetched = [path.read_bytes() for path in files]
    hold(sorted(map(len, fetched)), sorted(item.length for item in ground.items()), "bytes fetched")
    hold(set(fetched) == {ground.bytes_of(item.url) for item in ground.items()}, True, "the same bytes")
    return len(fetched)


PARTS = (
    Part(
        name="gPodder",
        command=["/usr/bin/python3", "-c", SAY_VERSION],
        apt="gpodder",
        check=gpodder,
    ),
    Part(name="newsboat", command=["newsboat", "--version"], apt="newsboat", check=newsboat),
    Part(name="podget", command=["podget", "--version"], apt="podget", check=podget),
    Part(name="partytime", command=[], npm="podcast-partytime@5.0.0", check=partytime),
)
