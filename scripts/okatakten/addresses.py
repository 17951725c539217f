"""Where everything is published. The contract with the outside: an address here never changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import urljoin, urlsplit

from okatakten.model import DEFAULT_LOCALE, Clip, Entry, Episode, Locale, Picture, Show, Withdrawn
from okatakten.written.advice import Reason, ReasonError
from okatakten.written.values import parse_address

EMBED: Final = "embed/"
OEMBED: Final = "oembed.json"


DEFAULT_SITE_URL = "https://okatakten.example/"
ADVISED_SITE_URL = "https://podd.exempel.se/"
"""What answers show an address by: the default one could not be published."""
PODCAST = "podd/"
YEARS = "podd/ar/"
"""Above the pages of each year. An episode's own address is one step long, so no folder name can take one of them."""
RESULTS = "resultat/"
SEARCH = "sok/"
CONTACT = "kontakt/"
HOME = "index.html"
FEED = "podd/feed.xml"
FOLLOW = "podd/#site-folj"
FOLLOW_CODE = "podd/folj.svg"
NEWS_RSS = "nytt.xml"
NEWS_JSON = "nytt.json"
FEED_STYLE = "assets/feed.css"
"""What browsers show the feeds by."""
MARK = "assets/mark.svg"
TOUCH_ICON = "assets/touch-icon.png"
"""The mark as a picture, for the screens of phones."""
ADDRESSES = "podd/addresses.json"
PLAIN_CARD = "assets/card.png"
"""The share picture of pages that have none of their own."""

_BELOW = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*/?")
"""A path in which nothing has to be worked out. There are forty to every episode."""


class SettingError(ReasonError):
    """A setting of the environment that no site can be built with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site being built: its absolute address ending in `/`, and what belongs in it.

    `now` is when it is built: an episode whose time comes later is left out. `samples` takes the sample episodes in. A
    `preview` takes in drafts and what waits for its time, marked, and asks search engines to stay away.
    """

    url: str
    samples: bool
    now: datetime
    preview: bool = False

    @property
    def is_example(self) -> bool:
        """Whether the address is nobody's, for trying things out."""
        return is_of_nobody(urlsplit(self.url).hostname or "")

    def absolute(self, path: str) -> str:
        """Return the absolute address of a path relative to the site (or of an address that is absolute already)."""
        return _folder(self.url) + path if _BELOW.fullmatch(path) else urljoin(self.url, path)

    def waits(self, one: Episode | Entry) -> bool:
        """Return whether something is not to be published yet: a draft, or its time has not come."""
        return one.draft or (one.published is not None and one.published > self.now)

    def shows(self, one: Episode | Entry) -> bool:
        """Return whether an episode, or an entry of a kind of page, belongs in this site."""
        return (self.samples or not one.sample) and (self.preview or not self.waits(one))


@cache
def _folder(url: str) -> str:
    return urljoin(url, ".")


def is_of_nobody(host: str) -> bool:
    """Return whether a host, or an address of mail, is an example (RFC 2606)."""
    return host.endswith(".example")


def read_site(environment: Mapping[str, str], *, preview: bool = False) -> Site:
    """Return the site that SITE_URL and SAMPLES describe. Raises SettingError for an address that is none.

    Samples belong on an address under `.example` (RFC 2606: nobody's) and wherever SAMPLES=1 asks for them.
    SOURCE_DATE_EPOCH (reproducible-builds.org) stands in for the clock, in seconds since 1970.
    """
    written = environment.get("SITE_URL", "").strip() or DEFAULT_SITE_URL
    url = parse_address(written)
    parts = urlsplit(url or "")
    if url is None or parts.query or parts.fragment:
        raise SettingError(Reason.SITE_ADDRESS_UNREADABLE, written=written, advised=ADVISED_SITE_URL)
    url = url if url.endswith("/") else url + "/"
    samples = environment.get("SAMPLES") == "1" or is_of_nobody(parts.hostname or "")
    return Site(url=url, samples=samples, now=_now(environment), preview=preview)


def read_public_site(environment: Mapping[str, str]) -> Site:
    """Return the site of SITE_URL for all to see. Raises SettingError, a line for each thing that is wrong.

    What is published has its own, encrypted address: it is never the default one.
    """
    written = environment.get("SITE_URL", "").strip()
    if not written:
        raise SettingError(Reason.SITE_ADDRESS_MISSING, advised=ADVISED_SITE_URL)
    site = read_site(environment)
    parts, wrong = urlsplit(site.url), []
    if parts.scheme != "https":
        wrong.append(Reason.SITE_ADDRESS_OPEN)
    if is_of_nobody(parts.hostname or ""):
        wrong.append(Reason.SITE_ADDRESS_OF_NOBODY)
    if wrong:
        raise SettingError(*wrong, written=written)
    return site


def _now(environment: Mapping[str, str]) -> datetime:
    epoch = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise SettingError(Reason.NOT_AN_EPOCH, written=epoch) from None


def missing_in(folder: Path) -> list[str]:
    """Return what the folder of a site lacks of that which every site has."""
    return [name for name in (HOME, FEED) if not (folder / name).is_file()]


def episode_path(episode: Episode) -> str:
    """Return the address of the episode page, relative to the site: `podd/<slug>/`."""
    return f"{PODCAST}{episode.slug}/"


def year_path(year: int) -> str:
    """Return the address of the page with the episodes of a year, relative to the site: `podd/ar/2025/`."""
    return f"{YEARS}{year}/"


def audio_path(episode: Episode) -> str:
    """Return the address of the audio: relative to the site, or absolute when it lives in a media store."""
    return episode.audio.url or episode_path(episode) + public_name(episode.audio.filename)


def public_name(file: str | PurePath) -> str:
    """Return the public name of a file in the folder: lower case, whatever the folder says."""
    return PurePath(file).name.lower()


def moved_paths(episode: Episode | Withdrawn) -> dict[str, str]:
    """Return where the page used to be and where it is now, relative to the site."""
    return {f"{PODCAST}{slug}/": f"{PODCAST}{episode.slug}/" for slug in episode.former_slugs}


def transcript_path(episode: Episode) -> str:
    return episode_path(episode) + "transcript.vtt"


def chapters_path(episode: Episode) -> str:
    return episode_path(episode) + "chapters.json"


def clip_path(episode: Episode, clip: Clip, ending: str) -> str:
    """Return the address of one of the files of a clip, by how its name ends: `podd/<slug>/klipp/1-12.mp4`."""
    return f"{episode_path(episode)}klipp/{clip.path.stem}{ending}"


def picture_path(episode: Episode, picture: Picture) -> str:
    return episode_path(episode) + _picture_name(public_name(picture.path))


def picture_copy_path(episode: Episode) -> str:
    """Return the address of the small copy that the episode's page shows."""
    return episode_path(episode) + "picture-384.webp"


def card_path(path: str) -> str:
    """Return the address of a page's share picture. `path` is the page's."""
    return f"{path}card.png"


def cover_path(show: Show) -> str:
    return PODCAST + _picture_name(show.cover.path.name)


def cover_copy_path(show: Show) -> str:
    """Return the address of the small copy of the cover that stands beside the player."""
    return f"{PODCAST}{PurePath(show.cover.path.name).stem}-192.webp"


def _picture_name(name: str) -> str:
    """Return what a cover or an episode picture is called where it is published, as JPEG unless it is PNG."""
    return name if name.lower().endswith((".jpg", ".jpeg", ".png")) else str(PurePath(name).with_suffix(".jpg"))


def local_path(path: str, *, locale: Locale) -> str:
    """Return the address of a page in a locale: the default one stands at the root, `podd/` and `sma/podd/`."""
    return path if locale == DEFAULT_LOCALE else f"{locale}/{path}"


def file_address(name: str) -> str:
    """Return where a file below docs/ that is no page is published."""
    return name.removeprefix(f"{DEFAULT_LOCALE}/")
