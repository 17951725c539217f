"""What stands at the addresses that episodes have left: those that have moved, and those that are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from okatakten.addresses import EMBED, PODCAST, local_path, moved_paths
from okatakten.model import Locale, Show
from okatakten.words.catalogue import Catalogues, Word
from okatakten.words.wording import dated_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftPage:
    """What stands at an address that an episode has left: the way to where it is now, or word that it is withdrawn.

    `framed`: it stands where the player for other sites was.
    """

    path: str
    title: str
    source: str
    href: str
    notice: Word | None = None
    reason: str | None = None
    framed: bool = False


def build_left_pages(show: Show, *, locale: Locale, catalogues: Catalogues) -> Iterable[LeftPage]:
    """Yield a page for every address that an episode had, or that a withdrawn one has."""
    for episode in show.episodes:
        text = episode.texts.get(locale)
        for old, new in moved_paths(episode).items() if text else ():
            assert text is not None
            path, href = (local_path(address, locale=locale) for address in (old, new))
            for player in ("", EMBED):
                yield LeftPage(path=path + player, title=text.title, source=text.source, href=href + player)
    for gone in show.withdrawn:
        title = gone.titles.get(locale)
        if title is None:
            continue
        notice = dated_text("withdrawn_notice", gone.day, locale=locale, catalogues=catalogues)
        for address in (f"{PODCAST}{gone.slug}/", *moved_paths(gone)):
            href = local_path(address, locale=locale)
            for path in (href, href + EMBED):
                yield LeftPage(
                    path=path,
                    title=title,
                    source=gone.source,
                    href=href,
                    notice=notice,
                    reason=gone.reason,
                    framed=path != href,
                )
