"""What subscribers were promised: nothing that the last published feed holds may change its identity or go missing.

An app knows an episode by its guid and fetches audio where the enclosure was (RSS 2.0; Apple Podcasts: a guid never
changes, and changed audio gets a new address).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from okatakten.addresses import PODCAST, Site, audio_path, episode_path, moved_paths, public_name
from okatakten.fetching import PUBLIC, FetchError, Reach, fetch_length
from okatakten.model import AudioFile, Episode, Published, Releases, Show, Withdrawn
from okatakten.podcast.clock import check_clock
from okatakten.podcast.promised import PromisedAudio, PromisedFeed, PromisedItem
from okatakten.podcast.releases import build_published
from okatakten.written.advice import Hint
from okatakten.written.compose import scalar
from okatakten.written.problems import Findings, Kind, Problem
from okatakten.written.text import problem_at
from okatakten.written.values import date_field

LATE: Final = timedelta(hours=2)
"""How long after its time an episode may be missing before it counts as overdue: sites are rebuilt now and then."""


def check_promise(show: Show, releases: Releases, feed: PromisedFeed, *, site: Site, root: Path) -> list[Problem]:
    """Return a problem for everything in the published feed that this show would break.

    `show` holds drafts, too, and `releases` its audio as it would be published (`keep_audio`).
    """
    problems = []
    if feed.guid and feed.guid != show.guid:
        problems.append(problem_at(root, "podcast/show.yml", Kind.SHOW_GUID_CHANGED, "guid", expected=feed.guid))
    episodes = {episode.guid: episode for episode in show.episodes}
    withdrawn = {gone.guid: gone for gone in show.withdrawn}
    at_address = {
        address: episode for episode in show.episodes for address in [*_pages(episode), *audio_addresses(episode)]
    }
    audio = feed.audio
    for item in feed.items:
        if gone := withdrawn.get(item.guid):
            problems += [_address_lost(item, root, gone.source)] if item.page not in _pages(gone) else []
        elif (episode := episodes.get(item.guid)) is None:
            problems.append(_lost(item, at_address.get(item.page) or at_address.get(item.audio), root=root))
        elif not site.shows(episode):
            problems += _unpublished(item, episode, site=site, root=root)
        else:
            problems += _check_item(item, episode, releases, audio, site=site, root=root)
    problems += check_clock(show, feed, site=site, root=root)
    return [*problems, *_lost_addresses(build_published(show, site, releases), feed, site=site, told=problems)]


def check_overdue(show: Show, feed: PromisedFeed, *, site: Site) -> list[Problem]:
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


def _unpublished(item: PromisedItem, episode: Episode, *, site: Site, root: Path) -> Iterator[Problem]:
    """Yield the problem of a published episode that is left out, with a sentence for each reason that it has."""
    cures = {}
    if episode.draft:
        cures["draft"] = str(Hint.DRAFT_AGAIN)
    if episode.sample and not site.samples:
        cures["sample"] = str(Hint.SAMPLE_LEFT_OUT)
    # The day that it came out lies ahead only where the clock is wrong, which is said once (`check_clock`).
    if episode.published > site.now and episode.published != item.moment:
        cures["published"] = Hint.DAY_PUT_OFF.format(day=_as_field(item))
    if cures:
        name, expected = next(iter(cures)), " ".join(cures.values())
        yield problem_at(root, episode.text.source, Kind.EPISODE_UNPUBLISHED, name, expected=expected)


def _check_item(
    item: PromisedItem,
    episode: Episode,
    releases: Releases,
    audio: Mapping[str, PromisedAudio],
    *,
    site: Site,
    root: Path,
) -> Iterator[Problem]:
    source = episode.text.source
    at_home = item.page in _pages(episode)
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


def _pages(episode: Episode | Withdrawn) -> list[str]:
    """Return every address at which the page answers."""
    return [f"{PODCAST}{episode.slug}/", *moved_paths(episode)]


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
        addresses |= dict.fromkeys(_pages(episode))
        for address, audio in audio_addresses(episode).items():
            if address.startswith(PODCAST):
                addresses[address] = show.releases[audio.path].digest if audio and audio.path else None
    for gone in show.withdrawn:
        addresses |= dict.fromkeys(_pages(gone))
    return addresses


def build_addresses(show: Published) -> str:
    """Return the promised addresses as the file that is published beside the feed, for the next build to keep to."""
    return json.dumps(promised_addresses(show), indent=1, sort_keys=True) + "\n"


def _lost_addresses(show: Published, feed: PromisedFeed, *, site: Site, told: list[Problem]) -> Iterator[Problem]:
    """Yield a problem for each address that would stop answering, but for those of episodes with a problem already.

    Audio of an episode that is withdrawn is gone on purpose.
    """
    kept = set(promised_addresses(show))
    withdrawn = {page for gone in show.withdrawn for page in _pages(gone)}
    told_of = {"/".join(problem.file.split("/")[:3]) for problem in told}
    current = {item.page for item in feed.items} | {item.audio for item in feed.items}
    for address in feed.addresses:
        slug = address.removeprefix(PODCAST).split("/")[0]
        if address in kept or address in current or f"{PODCAST}{slug}/" in withdrawn:
            continue
        file = f"podcast/episodes/{slug}"
        if file not in told_of:
            yield Problem(kind=Kind.ADDRESS_LOST, file=file, found=site.absolute(address))


def _as_field(item: PromisedItem) -> str:
    """Return when an item was published as it is written in episode.md."""
    return date_field(item.moment) if item.moment else item.published


def _lost(item: PromisedItem, now: Episode | None, *, root: Path) -> Problem:
    """Return the problem of a guid that is nowhere: its episode has another one `now`, or is gone."""
    if now is not None:
        return problem_at(root, now.text.source, Kind.GUID_CHANGED, "guid", expected=scalar(item.guid))
    slug = item.page.removeprefix(PODCAST).strip("/")
    return Problem(kind=Kind.EPISODE_LOST, file=f"podcast/episodes/{slug}", expected=item.title)


def _address_lost(item: PromisedItem, root: Path, source: str) -> Problem:
    slug = item.page.removeprefix(PODCAST).strip("/")
    return problem_at(root, source, Kind.PAGE_ADDRESS_LOST, "former_slugs", expected=slug)


def _is_ours(item: PromisedItem) -> bool:
    return item.audio.startswith(PODCAST)


def beside(source: str, name: str) -> str:
    """Return the name of a file in the folder of an episode, relative to the project."""
    return f"{source.rpartition('/')[0]}/{name}"
