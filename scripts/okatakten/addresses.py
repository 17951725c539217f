"""Where everything is published. The contract with the outside: an address here never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from okatakten.fields import parse_address
from okatakten.model import Enclosure, Episode, Picture, Show

DEFAULT_SITE_URL = "https://okatakten.example/"
PODCAST = "podd/"
RESULTS = "resultat/"
SEARCH = "sok/"
FEED = "podd/feed.xml"


class SettingError(ValueError):
    """A setting of the environment that no site can be built with; the text is Swedish and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site being built: its absolute address ending in `/`, and whether sample episodes belong in it."""

    url: str
    samples: bool

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path relative to the site (or of an address that is absolute already)."""
        return urljoin(self.url, path)


def read_site(environment: Mapping[str, str]) -> Site:
    """Return the site that SITE_URL and SAMPLES describe. Raises SettingError for an address that is none.

    Samples belong on an address under `.example` (RFC 2606: nobody's) and wherever SAMPLES=1 asks for them.
    """
    written = environment.get("SITE_URL", "").strip() or DEFAULT_SITE_URL
    url = parse_address(written)
    parts = urlsplit(url or "")
    if url is None or parts.query or parts.fragment:
        raise SettingError(f"SITE_URL är «{written}». Skriv hela adressen till webbplatsen, så här: {DEFAULT_SITE_URL}")
    url = url if url.endswith("/") else url + "/"
    samples = environment.get("SAMPLES") == "1" or (parts.hostname or "").endswith(".example")
    return Site(url=url, samples=samples)


def publishable(show: Show, site: Site) -> Show:
    """Return the show with the episodes that this site may publish."""
    if site.samples:
        return show
    return replace(show, episodes=tuple(episode for episode in show.episodes if not episode.sample))


def episode_path(episode: Episode) -> str:
    """Return the address of the episode page, relative to the site: `podd/<slug>/`."""
    return f"{PODCAST}{episode.slug}/"


def audio_path(episode: Episode) -> str:
    """Return the address of the audio: relative to the site, or absolute when it lives in a media store."""
    enclosure = episode.enclosure
    return enclosure.url or episode_path(episode) + audio_name(enclosure)


def audio_name(enclosure: Enclosure) -> str:
    """Return the public file name of audio in the folder: lower case, whatever the folder says."""
    return enclosure.filename.lower()


def transcript_path(episode: Episode) -> str:
    return episode_path(episode) + "transcript.vtt"


def chapters_path(episode: Episode) -> str:
    return episode_path(episode) + "chapters.json"


def picture_path(episode: Episode, picture: Picture) -> str:
    return episode_path(episode) + picture.path.name.lower()


def cover_path(show: Show) -> str:
    return PODCAST + show.cover.path.name
