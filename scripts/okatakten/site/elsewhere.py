"""What is said of pages in other places: to search engines, and to those who link to a page or pass it on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Final

from okatakten.addresses import EMBED, PODCAST, RESULTS
from okatakten.model import NO_POST, REPORT, Entry, EpisodeType, OwnPost, Status, last_change
from okatakten.site.around import SOFT_HYPHEN, Alternate, build_alternates
from okatakten.site.entry_page import entry_node
from okatakten.site.kinds import kind_of
from okatakten.site.metadata import Crumb, Download, PageFacts, share_picture
from okatakten.site.sharing import SharedPage, build_clips, build_sharing
from okatakten.site.structure import BuiltPage, LocalSite
from okatakten.words.wording import date_text

NEWEST: Final = 10
"""Episodes with ready posts on the page for partners; every episode has its own on its page, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """A page that search engines may show, with its translations; addresses are absolute."""

    href: str
    lastmod: str | None
    alternates: tuple[Alternate, ...]


def build_sitemap(within: LocalSite) -> list[SitemapEntry]:
    """Return what search engines may show of a locale; of a preview, nothing."""
    if within.site.preview:
        return []
    changed = last_change(within.show).astimezone(UTC).date().isoformat() if within.show.episodes else None
    return [
        SitemapEntry(
            href=within.site.absolute(page.href),
            lastmod=changed,
            alternates=build_alternates(page.path, versions=within.versions, site=within.site),
        )
        for page in within.destinations.values()
        if not within.is_unreviewed(page)
    ]


def with_listed_alternates(sitemap: Sequence[SitemapEntry]) -> Iterator[SitemapEntry]:
    """Yield the pages of the sitemap, each with those of its versions that are in it, too; none where it is alone."""
    listed = {entry.href for entry in sitemap}
    for entry in sitemap:
        alternates = tuple(alternate for alternate in entry.alternates if alternate.href in listed)
        # One of them is the default for other readers.
        yield replace(entry, alternates=alternates if len(alternates) > 2 else ())


def build_page_facts(page: BuiltPage, *, files: Iterable[Download], within: LocalSite) -> PageFacts:
    """Return a page as those see it who link to it. `files` are what it can be kept as."""
    words, question = within.words, within.question_of(page)
    episode = page.place.episode if page.place else None
    kind = words["card_question"].format(number=question.number).text if question else ""
    if episode:
        is_full = episode.type is EpisodeType.FULL
        named = words["card_episode" if is_full else f"episode_{episode.type}"].text
        kind = " ".join([named, *([str(episode.number)] if is_full and episode.number else [])])
    entry = page.own.entry if page.own else None
    if entry:
        kind = _kind_line(entry, within=within)
    plain = within.is_unreviewed(page)
    picture = within.site.absolute(share_picture(str(page.title), page.href, plain=plain))
    return PageFacts(
        title=page.title.replace(SOFT_HYPHEN, ""),
        description=page.description.text,
        href=page.href,
        locale=within.locale,
        locales=within.versions.get(page.path, ()),
        kind=kind,
        plain=plain,
        trail=tuple(_trail(page, within=within)),
        is_podcast=page.path == PODCAST,
        episode=episode,
        updated=page.own.updated if page.own and page.template == REPORT else None,
        files=tuple(files),
        node=entry_node(page, within=within, picture=picture),
    )


def _kind_line(entry: Entry, *, within: LocalSite) -> str:
    """Return what stands above the title in the picture of an entry: its kind, and its day."""
    kind, words = kind_of(entry.kind), within.words
    day = kind.day(entry)
    return ", ".join([words[f"kind_{kind.key}"].text, *([date_text(day, words=words)] if day else [])])


def _trail(page: BuiltPage, *, within: LocalSite) -> Iterator[Crumb]:
    """Yield the pages above a page: the home page, and the page of the folder that it lies in."""
    for path in ("", f"{page.path.split('/', maxsplit=1)[0]}/"):
        above = within.destinations.get(path)
        if above and page.path not in {"", path}:
            yield Crumb(name=above.nav_title if path else within.show.title, href=within.site.absolute(above.href))


def build_shared_page(page: BuiltPage, *, within: LocalSite) -> SharedPage | None:
    """Return how to pass on an episode, the answer to a question, a document or a page with a post; None: another page.

    Without a post of somebody's, a question that has no answer has none: it would promise what is not there.
    """
    words, question, own = within.words, within.question_of(page), _own_post(page)
    is_entry = page.own is not None and page.own.entry is not None
    if not (page.is_episode or question or is_entry or page.is_download or page.path in {PODCAST, RESULTS} or own.text):
        return None
    more = ""
    if page.place and page.place.episode.chapters:
        more = "\n".join([f"{words['chapters']}:", *(f"– {chapter.title}" for chapter in page.place.episode.chapters)])
    elif question:
        more = f"{words['question'].format(number=question.number)} {question.text} {question.status_text}."
    plain = within.is_unreviewed(page)
    return SharedPage(
        title=str(page.title),
        href=page.href,
        picture_href=share_picture(page.title, page.href, plain=plain),
        picture_name=f"{page.path.strip('/').replace('/', '-')}.png",
        sharing=build_sharing(
            address=within.site.absolute(page.href),
            title=page.title,
            summary=page.description.text,
            more=more,
            show=within.show.title,
            words=words,
            posts=not plain and (bool(own.text) or not question or question.status is not Status.UNKNOWN),
            own=own,
            embed=within.site.absolute(page.href + EMBED) if page.is_episode else None,
        ),
        clips=build_clips(page.place.episode, words=words) if page.is_episode and page.place else (),
    )


def _own_post(page: BuiltPage) -> OwnPost:
    """Return what somebody wrote for networks about a page or an episode."""
    if page.is_episode and page.place:
        return page.place.text.post
    return page.own.post if page.own else NO_POST


def build_shared_pages(within: LocalSite) -> list[SharedPage]:
    """Return what the page for partners offers with ready posts: documents, results and the newest episodes."""
    pages = within.destinations.values()
    answers = {card.number: page for page in pages if (card := within.question_of(page))}
    results = [answers[number] for number in sorted(answers)]
    episodes = [page for page in pages if page.is_episode]
    others = [page for page in pages if not (page.is_episode or within.question_of(page))]
    found = (build_shared_page(page, within=within) for page in [*others, *results, *episodes[:NEWEST]])
    return [shared for shared in found if shared and shared.sharing.posts]
