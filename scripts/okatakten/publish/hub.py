"""Tells a hub that the feed is new: apps which follow it there need not ask again and again (WebSub, W3C).

How a publisher tells a hub is left open there; what hubs take is the form of its forerunner (PubSubHubbub 0.4, 7.1). A
hub fetches the feed when it is told, so it is told when all can see the new one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from lxml import etree

from okatakten.fetching import FEED_LIMIT, FetchError, Patience, Reach, fetch_bytes, post_form
from okatakten.podcast.feed import ATOM

SECONDS: Final = 10.0
"""The longest that telling may take when nothing has to be waited for, whatever a hub or a name server does."""
HASTY: Final = Reach(
    allow_private=True, patience=Patience(connect=3, silence=3, window=4, attempts=2, pause=0.5, longest_pause=1)
)
_PAUSE: Final = 5.0


class Told(StrEnum):
    """What came of it. NO_HUB: the feed names none. NOT_YET: all can see another feed than ours."""

    TOLD = "told"
    NO_HUB = "no-hub"
    NOT_YET = "not-yet"
    REFUSED = "refused"
    SILENT = "silent"


class Answer(NamedTuple):
    """What came of telling `hub`; `why` is Swedish, where there is more to say."""

    told: Told
    hub: str = ""
    why: str = ""


def tell_hub(feed: bytes, *, wait: float = 0, reach: Reach = HASTY) -> Answer:
    """Tell the hub that a feed names, once its public address gives these bytes; for that, `wait` so many seconds.

    Raises nothing and ends in time: whoever publishes has published, whatever a hub does.
    """
    hub, topic = _links(feed)
    if not (hub and topic):
        return Answer(Told.NO_HUB)
    answers: list[Answer] = []
    # Looking up a name has no limit of its own; a thread that hangs there goes with the process.
    asking = threading.Thread(
        target=lambda: answers.append(_tell(hub, topic, feed, wait=wait, reach=reach)), daemon=True
    )
    asking.start()
    asking.join(wait + SECONDS)
    return answers[0] if answers else Answer(Told.SILENT, hub)


def _links(feed: bytes) -> tuple[str, str]:
    """Return the addresses of the hub of a feed and of the feed itself, as it says them; empty where it does not."""
    try:
        root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return "", ""
    links = {link.get("rel", ""): link.get("href", "") for link in root.iterfind(f"channel/{{{ATOM}}}link")}
    return links.get("hub", ""), links.get("self", "")


def _tell(hub: str, topic: str, feed: bytes, *, wait: float, reach: Reach) -> Answer:
    try:
        if not _is_seen(lambda: fetch_bytes(topic, limit=FEED_LIMIT, reach=reach) == feed, wait=wait):
            return Answer(Told.NOT_YET, hub)
        post_form(hub, {"hub.mode": "publish", "hub.url": topic}, reach=reach)
    except FetchError as error:
        return Answer(Told.REFUSED, hub, str(error))
    return Answer(Told.TOLD, hub)


def _is_seen(look: Callable[[], bool], *, wait: float) -> bool:
    end = time.monotonic() + wait
    while True:
        try:
            seen = look()
        except FetchError:
            if time.monotonic() + _PAUSE > end:
                raise
            seen = False
        if seen or time.monotonic() + _PAUSE > end:
            return seen
        time.sleep(_PAUSE)
