"""The published feed, and what stands beside it, as values: what apps and links have been given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from okatakten.addresses import ADDRESSES, FEED
from okatakten.fetching import FEED_LIMIT, PUBLIC, FetchError, Reach, fetch_bytes
from okatakten.model import Release
from okatakten.written.advice import Hint
from okatakten.written.machine import reason_of
from okatakten.written.problems import Kind, Problem

NAMESPACES: Final = {"podcast": "https://podcastindex.org/namespace/1.0", "atom": "http://www.w3.org/2005/Atom"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedItem:
    """An item of the published feed. Addresses are relative to the site, `digest` is its `podcast:integrity`."""

    guid: str
    title: str
    published: str
    page: str
    audio: str
    length: int
    digest: str | None

    @property
    def moment(self) -> datetime | None:
        """Return when it was published; None where the feed does not say it in a way that is understood."""
        try:
            moment = parsedate_to_datetime(self.published)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedAudio:
    """What is known of the bytes at an address: `length` 0 and `digest` None are not known."""

    length: int
    digest: str | None

    def fits(self, release: Release) -> bool:
        """Return whether audio as it would be published is what was published; what is not settled may be."""
        if self.digest is not None:
            return release.digest in {self.digest, None}
        return not self.length or release.length == self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedFeed:
    """What apps and links have been given: the show's guid, its items, and every address that has to keep answering.

    `base` is the address of the site that the feed was made for. `addresses` says of audio what its digest is, and of
    all else None.
    """

    guid: str | None
    base: str
    items: tuple[PromisedItem, ...]
    addresses: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def newest(self) -> PromisedItem | None:
        """Return the item that was published last."""
        dated = [(item.moment, item) for item in self.items if item.moment]
        return max(dated, key=lambda pair: pair[0])[1] if dated else None

    @property
    def audio(self) -> Mapping[str, PromisedAudio]:
        """Return what is known of the audio at every address that may have some."""
        listed = {address: PromisedAudio(length=0, digest=digest) for address, digest in self.addresses.items()}
        return listed | {item.audio: PromisedAudio(length=item.length, digest=item.digest) for item in self.items}


def read_promised(source: str, *, reach: Reach = PUBLIC) -> tuple[list[Problem], PromisedFeed | None]:
    """Return the published feed that a file or an address holds; without one, a problem that says what to do.

    An address that answers 404 is no word that nothing has been published: whoever publishes first asks for no feed.
    """
    try:
        if source.startswith(("http://", "https://")):
            document = fetch_bytes(source, limit=FEED_LIMIT, reach=reach)
        else:
            document = Path(source).read_bytes()
    except FetchError as error:
        if error.kind is not Kind.FETCH_NOT_FOUND:
            return [error.problem(source)], None
        return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=Hint.NO_FEED_YET)], None
    except (OSError, ValueError) as error:  # ValueError: a name that no file has
        there = isinstance(error, OSError) and not isinstance(error, FileNotFoundError)
        expected = reason_of(error) if there else Hint.NO_SUCH_FILE
        return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=expected)], None
    published = parse_promised(document)
    if published is not None:
        return [], replace(published, addresses=_read_addresses(source, reach=reach))
    return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=Hint.FEED_NOT_OURS)], None


def _read_addresses(source: str, *, reach: Reach) -> dict[str, str | None]:
    """Return the addresses beside the feed; a feed from before there was such a file has none."""
    try:
        if source.startswith(("http://", "https://")):
            document = fetch_bytes(urljoin(source, ADDRESSES.rpartition("/")[2]), limit=FEED_LIMIT, reach=reach)
        else:
            document = Path(source).with_name(ADDRESSES.rpartition("/")[2]).read_bytes()
    except (OSError, FetchError):
        return {}
    return _parse_addresses(document)


def _parse_addresses(document: bytes) -> dict[str, str | None]:
    """Return the addresses that the file beside the feed holds."""
    try:
        addresses = json.loads(document)
    except ValueError:
        return {}
    digests = addresses if isinstance(addresses, dict) else {}
    return {address: digest if isinstance(digest, str) else None for address, digest in digests.items()}


def parse_promised(document: bytes, addresses: bytes | None = None) -> PromisedFeed | None:
    """Return what a feed made by `build_feed` promises; None for anything else. `addresses` is the file beside it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    channel = root.find("channel")
    own = channel.find("atom:link[@rel='self']", NAMESPACES) if channel is not None else None
    if channel is None or own is None:
        return None
    base = own.get("href", "").removesuffix(FEED)
    items = tuple(_item(item, base=base) for item in channel.iterfind("item"))
    return PromisedFeed(
        guid=channel.findtext("podcast:guid", None, NAMESPACES),
        base=base,
        items=items,
        addresses=_parse_addresses(addresses or b"{}"),
    )


def _item(item: etree._Element, *, base: str) -> PromisedItem:
    enclosure = item.find("enclosure")
    integrity = item.find("podcast:alternateEnclosure[@default='true']/podcast:integrity", NAMESPACES)
    length = enclosure.get("length", "") if enclosure is not None else ""
    return PromisedItem(
        guid=item.findtext("guid", "").strip(),
        title=item.findtext("title", ""),
        published=item.findtext("pubDate", ""),
        page=item.findtext("link", "").removeprefix(base),
        audio=enclosure.get("url", "").removeprefix(base) if enclosure is not None else "",
        length=int(length) if length.isdigit() else 0,
        digest=integrity.get("value") if integrity is not None else None,
    )
