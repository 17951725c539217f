"""What subscribers were promised: nothing that the last published feed holds may change its identity or go missing.

An app knows an episode by its guid and fetches audio where the enclosure was (RSS 2.0; Apple Podcasts: a guid never
changes, and changed audio gets a new address).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from okatakten.addresses import (
    ADDRESSES,
    FEED,
    PODCAST,
    Site,
    audio_path,
    episode_path,
    moved_paths,
    public_name,
)
from okatakten.fetching import FEED_LIMIT, PUBLIC, FetchError, Reach, fetch_bytes, fetch_length
from okatakten.model import AudioFile, Episode, Published, Release, Releases, Show
from okatakten.podcast.releases import build_published
from okatakten.written.problems import Findings, Kind, Problem
from okatakten.written.text import problem_at
from okatakten.written.values import date_field

NAMESPACES: Final = {"podcast": "https://podcastindex.org/namespace/1.0", "atom": "http://www.w3.org/2005/Atom"}
LATE: Final = timedelta(hours=2)
"""How long after its time an episode may be missing before it counts as overdue: sites are rebuilt now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    """An item of the published feed. Addresses are relative to the site, `digest` is its `podcast:integrity`."""

    guid: str
    title: str
    published: str
    page: str
    audio: str
    length: int
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAudio:
    """What is known of the bytes at an address: `length` 0 and `digest` None are not known."""

    length: int
    digest: str | None

    def fits(self, release: Release) -> bool:
        """Return whether audio as it would be published is what was published; what is not settled may be."""
        if self.digest is not None:
            return release.digest in {self.digest, None}
        return not self.length or release.length == self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFeed:
    """What apps and links have been given: the show's guid, its items, and every address that has to keep answering.

    `base` is the address of the site that the feed was made for. `addresses` says of audio what its digest is, and of
    all else None.
    """

    guid: str | None
    base: str
    items: tuple[PublishedItem, ...]
    addresses: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def audio(self) -> Mapping[str, PublishedAudio]:
        """Return what is known of the audio at every address that may have some."""
        listed = {address: PublishedAudio(length=0, digest=digest) for address, digest in self.addresses.items()}
        return listed | {item.audio: PublishedAudio(length=item.length, digest=item.digest) for item in self.items}


def read_published(source: str, *, reach: Reach = PUBLIC) -> tuple[list[Problem], PublishedFeed | None]:
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
        hint = "Det finns inget flöde på adressen. Är det första gången något publiceras? Kör då utan --published."
        return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=hint)], None
    except OSError:
        hint = "Filen finns inte. Skriv en fil eller en adress."
        return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=hint)], None
    published = parse_published(document)
    if published is not None:
        return [], replace(published, addresses=_read_addresses(source, reach=reach))
    hint = "Det är inte ett flöde som okatakten har gjort."
    return [Problem(kind=Kind.FEED_NOT_COMPARABLE, file=source, expected=hint)], None


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
    """Return the addresses that the file beside the feed holds. They were once a list."""
    try:
        addresses = json.loads(document)
    except ValueError:
        return {}
    if isinstance(addresses, list):
        return dict.fromkeys(map(str, addresses))
    digests = addresses if isinstance(addresses, dict) else {}
    return {address: digest if isinstance(digest, str) else None for address, digest in digests.items()}


def parse_published(document: bytes, addresses: bytes | None = None) -> PublishedFeed | None:
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
    return PublishedFeed(
        guid=channel.findtext("podcast:guid", None, NAMESPACES),
        base=base,
        items=items,
        addresses=_parse_addresses(addresses or b"{}"),
    )


def _item(item: etree._Element, *, base: str) -> PublishedItem:
    enclosure = item.find("enclosure")
    integrity = item.find("podcast:alternateEnclosure[@default='true']/podcast:integrity", NAMESPACES)
    length = enclosure.get("length", "") if enclosure is not None else ""
    return PublishedItem(
        guid=item.findtext("guid", "").strip(),
        title=item.findtext("title", ""),
        published=item.findtext("pubDate", ""),
        page=item.findtext("link", "").removeprefix(base),
        audio=enclosure.get("url", "").removeprefix(base) if enclosure is not None else "",
        length=int(length) if length.isdigit() else 0,
        digest=integrity.get("value") if integrity is not None else None,
    )


def check_promise(show: Show, releases: Releases, feed: PublishedFeed, *, site: Site, root: Path) -> list[Problem]:
    """Return a problem for everything in the published feed that this show would break.

    `show` holds drafts, too, and `releases` its audio as it would be published (`keep_audio`).
    """
    problems = []
    if feed.guid and feed.guid != show.guid:
        problems.append(problem_at(root, "podcast/show.yml", Kind.SHOW_GUID_CHANGED, "guid", expected=feed.guid))
    audio = feed.audio
    for item in feed.items:
        problems += _check_item(item, show, releases, audio, site=site, root=root)
    return [*problems, *_lost_addresses(build_published(show, site, releases), feed, site=site, told=problems)]


def check_overdue(show: Show, feed: PublishedFeed, *, site: Site) -> list[Problem]:
    """Return a problem for every episode whose time came more than `LATE` ago and that nobody has been given."""
    given = {name for item in feed.items for name in (item.guid, item.page)}
    return [
        Problem(
            kind=Kind.EPISODE_OVERDUE,
            file=episode.text.source,
            field="published",
            expected=date_field(episode.published),
        )
        for episode in show.episodes
        if site.shows(episode)
        and not given & {episode.guid, episode_path(episode)}
        and episode.published < site.now - LATE
    ]


def check_stored_audio(show: Show, *, site: Site, root: Path, reach: Reach = PUBLIC) -> Findings:
    """Ask for every audio file in a media store: what is gone or another one is a problem, no answer a note."""
    stored = [episode for episode in show.episodes if site.shows(episode) and episode.audio.url]
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = [*pool.map(lambda episode: _stored_audio_problem(episode, root=root, reach=reach), stored)]
    problems = [problem for problem in found if problem]
    return Findings(
        problems=tuple(problem for problem in problems if problem.kind is not Kind.STORED_AUDIO_NOT_SEEN),
        notes=tuple(problem for problem in problems if problem.kind is Kind.STORED_AUDIO_NOT_SEEN),
    )


def _stored_audio_problem(episode: Episode, *, root: Path, reach: Reach) -> Problem | None:
    source, audio = episode.text.source, episode.audio
    try:
        length = fetch_length(audio.url or "", reach=reach)
    except FetchError as error:
        if error.kind is Kind.FETCH_NOT_FOUND:
            return problem_at(root, source, Kind.STORED_AUDIO_GONE, "audio_url")
        return problem_at(root, source, Kind.STORED_AUDIO_NOT_SEEN, "audio_url", expected=error.problem("").expected)
    if length is not None and length != audio.length:
        return problem_at(root, source, Kind.STORED_AUDIO_CHANGED, "audio_length", expected=str(length))
    return None


def _check_item(
    item: PublishedItem,
    show: Show,
    releases: Releases,
    audio: Mapping[str, PublishedAudio],
    *,
    site: Site,
    root: Path,
) -> Iterator[Problem]:
    episode = next((episode for episode in show.episodes if episode.guid == item.guid), None)
    gone = next((gone for gone in show.withdrawn if gone.guid == item.guid), None)
    if gone is not None:
        if item.page not in {f"{PODCAST}{gone.slug}/", *moved_paths(gone)}:
            yield _address_lost(item, root, gone.source)
        return
    if episode is None:
        yield _lost(item, show, root=root)
        return
    source = episode.text.source
    if not site.shows(episode):
        left_out = episode.sample and not site.samples
        name = "draft" if episode.draft else "sample" if left_out else "published"
        yield problem_at(root, source, Kind.EPISODE_UNPUBLISHED, name, expected=_as_field(item.published))
        return
    at_home = item.page in {episode_path(episode), *moved_paths(episode)}
    addresses = audio_addresses(episode)
    heard = item.audio in addresses
    if not at_home and not heard and item.title != episode.text.title:
        yield problem_at(root, source, Kind.GUID_REUSED, "guid", expected=f"{item.title} ({item.page})")
        return
    if not at_home:
        yield _address_lost(item, root, source)
    elif not heard and _is_ours(item):
        name = item.audio.rsplit("/", 1)[-1]
        yield problem_at(root, source, Kind.AUDIO_ADDRESS_LOST, "", found=urljoin(site.url, item.audio), expected=name)
    changed = {
        file.filename: Path(address).suffix
        for address, file in addresses.items()
        if file and file.path and address in audio and not audio[address].fits(releases[file.path])
    }
    for name, suffix in changed.items():
        expected = f"audio-{len(episode.former_audio) + 2}{suffix}"
        yield Problem(kind=Kind.AUDIO_CHANGED, file=beside(source, name), expected=expected)


def audio_addresses(episode: Episode) -> dict[str, AudioFile | None]:
    """Return the audio behind every address at which the episode's audio answers; None: not looked into.

    That is audio in a media store, and a corrected file that answers in place of one that is gone on purpose.
    """
    folder = episode_path(episode)
    audio: dict[str, AudioFile | None] = {audio_path(episode): episode.audio if episode.audio.path else None}
    audio |= {folder + public_name(former.filename): former for former in episode.former_audio}
    if episode.audio.path is not None:
        audio |= {folder + name: None for name in episode.replaced_audio}
    moved = {
        old + address.removeprefix(folder): behind
        for old in moved_paths(episode)
        for address, behind in audio.items()
        if address.startswith(folder)
    }
    return audio | moved


def promised_addresses(show: Published) -> dict[str, str | None]:
    """Return every address of an episode that has to keep answering once it is published, relative to the site.

    With the digest of the audio there; None for pages, and for audio that may become another one.
    """
    addresses: dict[str, str | None] = {}
    for episode in show.episodes:
        addresses |= dict.fromkeys([episode_path(episode), *moved_paths(episode)])
        for address, audio in audio_addresses(episode).items():
            if address.startswith(PODCAST):
                addresses[address] = show.releases[audio.path].digest if audio and audio.path else None
    for gone in show.withdrawn:
        addresses |= dict.fromkeys([f"{PODCAST}{gone.slug}/", *moved_paths(gone)])
    return addresses


def build_addresses(show: Published) -> str:
    """Return the promised addresses as the file that is published beside the feed, for the next build to keep to."""
    return json.dumps(promised_addresses(show), indent=1, sort_keys=True) + "\n"


def _lost_addresses(show: Published, feed: PublishedFeed, *, site: Site, told: list[Problem]) -> Iterator[Problem]:
    """Yield a problem for each address that would stop answering, but for those of episodes with a problem already.

    Audio of an episode that is withdrawn is gone on purpose.
    """
    kept, gone = set(promised_addresses(show)), show.withdrawn
    withdrawn = [f"{PODCAST}{episode.slug}/" for episode in gone]
    withdrawn += [old for episode in gone for old in moved_paths(episode)]
    current = {item.page for item in feed.items} | {item.audio for item in feed.items}
    for address in feed.addresses:
        if address in kept or address in current or address.startswith(tuple(withdrawn)):
            continue
        slug = address.removeprefix(PODCAST).split("/")[0]
        if not any(problem.file.startswith(f"podcast/episodes/{slug}") for problem in told):
            yield Problem(kind=Kind.ADDRESS_LOST, file=f"podcast/episodes/{slug}", found=site.absolute(address))


def _as_field(date: str) -> str:
    """Return an RFC 2822 date as it is written in episode.md."""
    try:
        return date_field(parsedate_to_datetime(date))
    except ValueError:
        return date


def _lost(item: PublishedItem, show: Show, *, root: Path) -> Problem:
    """Return the problem of a guid that is nowhere: its episode has another one now, or is gone."""
    for episode in show.episodes:
        if item.page in {episode_path(episode), *moved_paths(episode)} or item.audio in audio_addresses(episode):
            return problem_at(root, episode.text.source, Kind.GUID_CHANGED, "guid", expected=item.guid)
    slug = item.page.removeprefix(PODCAST).strip("/")
    return Problem(kind=Kind.EPISODE_LOST, file=f"podcast/episodes/{slug}", expected=item.title)


def _address_lost(item: PublishedItem, root: Path, source: str) -> Problem:
    slug = item.page.removeprefix(PODCAST).strip("/")
    return problem_at(root, source, Kind.PAGE_ADDRESS_LOST, "former_slugs", expected=slug)


def _is_ours(item: PublishedItem) -> bool:
    return item.audio.startswith(PODCAST)


def beside(source: str, name: str) -> str:
    """Return the name of a file in the folder of an episode, relative to the project."""
    return f"{source.rpartition('/')[0]}/{name}"
