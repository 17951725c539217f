"""What a page may fetch and run (Content Security Policy, level 3): the one source of what stands in it and on it.

Every page says it itself, since many a host sends no headers. What a page cannot say, who may frame it, is added by
`serve`, for the hosts that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from okatakten.model import Show

_HOST: Final = re.compile(r"[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)


def audio_hosts(show: Show) -> tuple[str, ...]:
    """Return where audio is that lives elsewhere, as `https://media.exempel.se`."""
    parts = (urlsplit(episode.audio.url) for episode in show.episodes if episode.audio.url)
    hosts = ((part.scheme, part.netloc.rpartition("@")[2]) for part in parts)
    return tuple(sorted({f"{scheme}://{host}" for scheme, host in hosts if _HOST.fullmatch(host)}))


def page_policy(*, media: Iterable[str] = (), search: bool = False) -> str:
    """Return what a page may fetch and run. `media` are hosts of audio beside our own; `search`: it is that page."""
    sources = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "media-src": " ".join(["'self'", *media]),
        "connect-src": "'self'" if search else "'none'",
        "worker-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def common_policy(*, media: Iterable[str] = ()) -> str:
    """Return what holds for every answer that no rule names: nothing inline runs, and nothing comes from elsewhere.

    It allows all that any page of ours does, as Cloudflare adds the page's own to it. Styles are free, and there is no
    default for the rest, because viewers of PDF bring their own.
    """
    sources = {
        "script-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "media-src": " ".join(["'self'", *media]),
        "connect-src": "'self'",
        "frame-src": "'self'",
        "object-src": "'self'",
        "worker-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in sources.items())
