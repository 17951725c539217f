"""Passing things on: apps to follow the show in, links to share a page with, players for other sites, ready posts.

Every link is a plain address: nothing is fetched from anyone before somebody presses it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from okatakten.addresses import MARK, PLAIN_CARD, PODCAST, Site, clip_path, episode_path, local_path
from okatakten.model import NO_POST, Episode, OwnPost, Page, Show
from okatakten.words.catalogue import Catalogues, Word, Words
from okatakten.words.wording import list_text, size_text
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import problem_at
from okatakten.written.values import clock

EMBED_WIDTH: Final = 640
EMBED_HEIGHT: Final = 470
"""Pixels of the frame around the player on another site; enough for one from 320 pixels wide."""
LINKEDIN_LIMIT: Final = 3000
"""Characters of a post that LinkedIn takes."""
FACEBOOK_LIMIT: Final = 477
"""About as many characters as Facebook shows before it folds a post, according to guides of others."""
LIMITS: Final = {"LinkedIn": LINKEDIN_LIMIT, "Facebook": FACEBOOK_LIMIT}
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-ZÅÄÖ]|\s*$)")  # and not an abbreviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A name and an address."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A text for a network, ready to paste; `network` is its name (or their names), `length` the text's characters."""

    network: str
    text: str

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a page offers those who pass it on. `address` is absolute; `embed_code` is there where something plays."""

    address: str
    links: tuple[Link, ...]
    posts: tuple[Post, ...]
    embed_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFile:
    """One of the files of a clip, to take away."""

    label: Word
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedClip:
    """A clip to look at, and its files, the film first. Addresses are relative to the site."""

    title: Word
    width: int
    height: int
    src: str
    captions: str
    still: str
    files: tuple[ClipFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPage:
    """A page that is passed on, with its picture. Addresses are relative to the site, `picture_name` is for a copy."""

    title: str
    href: str
    picture_href: str
    picture_name: str
    sharing: Sharing
    clips: tuple[SharedClip, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark or picture to use elsewhere, and the name that a copy gets. `shown`: it is small enough to stand there."""

    label: Word
    href: str
    filename: str
    shown: bool


def build_marks(*, cover: str, name: str, words: Words) -> tuple[Mark, ...]:
    """Return the marks and pictures for those who tell others.

    `cover` is the address of the show's picture, `name` what the names of copies begin with.
    """
    files = {
        "mark_eu": ("assets/eu.svg", "eu-flagga.svg"),
        "mark_show": (MARK, f"{name}.svg"),
        "mark_cover": (cover, f"{name}-{cover.rpartition('/')[2]}"),
        "mark_plain": (PLAIN_CARD, f"{name}-bild.png"),
    }
    return tuple(
        Mark(label=words[key], href=href, filename=filename, shown=href.endswith(".svg"))
        for key, (href, filename) in files.items()
    )


def build_clips(episode: Episode, *, words: Words) -> tuple[SharedClip, ...]:
    """Return the clips of an episode. Nothing of them is fetched before somebody asks for it."""
    shared = []
    for clip in episode.clips:
        labels = {
            ".mp4": words["clip_film"].format(size=size_text(clip.length, words=words)),
            ".srt": words["clip_srt"],
            ".vtt": words["clip_vtt"],
            "-post.txt": words["clip_post"],
            ".txt": words["clip_description"],
            ".png": words["clip_still"],
        }
        hrefs = {ending: clip_path(episode, clip, ending) for ending in labels}
        shared.append(
            SharedClip(
                title=words["clip_span"].format(
                    start=clock(clip.start), end=clock(clip.end), width=str(clip.width), height=str(clip.height)
                ),
                width=clip.width,
                height=clip.height,
                src=hrefs[".mp4"],
                captions=hrefs[".vtt"],
                still=hrefs[".png"],
                files=tuple(ClipFile(label=label, href=hrefs[ending]) for ending, label in labels.items()),
            )
        )
    return tuple(shared)


def build_app_links(feed: str, *, title: str) -> tuple[Link, ...]:
    """Return links that open the show in apps that take any feed by its address, listed there or not.

    The addresses are the apps' own: Apple's scheme, Overcast's x-callback-url, Pocket Casts' pktc and AntennaPod's deep
    link, which is a page on the web that says what to do where the app is missing.
    """
    bare = feed.removeprefix(f"{urlsplit(feed).scheme}://")
    return (
        Link(name="Apple Podcasts", href=f"podcast://{bare}"),
        Link(name="AntennaPod", href=f"https://antennapod.org/deeplink/subscribe?url={_encode(feed)}&title={_encode(title)}"),
        Link(name="Overcast", href=f"overcast://x-callback-url/add?url={_encode(feed)}"),
        Link(name="Pocket Casts", href=f"pktc://subscribe/{bare}"),
    )  # fmt: skip


def build_sharing(
    *,
    address: str,
    title: str,
    summary: str,
    more: str = "",
    show: str,
    words: Words,
    posts: bool,
    own: OwnPost = NO_POST,
    embed: str | None = None,
) -> Sharing:
    """Return what a page offers those who pass it on.

    `posts` asks for ready texts, and `more` is what those that have room for it say, too; `own` is what somebody wrote
    instead, and `embed` the absolute address of the player alone.
    """
    links = (
        Link(name="LinkedIn", href=f"https://www.linkedin.com/sharing/share-offsite/?url={_encode(address)}"),
        Link(name="Facebook", href=f"https://www.facebook.com/sharer/sharer.php?u={_encode(address)}"),
        Link(name=words["share_by_mail"], href=f"mailto:?subject={_encode(title)}&body={_encode(address)}"),
    )
    return Sharing(
        address=address,
        links=links,
        posts=build_posts(
            title=title,
            summary=summary,
            more=more,
            ending=post_ending(own, address=address, spoken=embed is not None, words=words),
            own=own.text,
            words=words,
        )
        if posts
        else (),
        embed_code=embed_code(embed, title=f"{show}: {title}") if embed else None,
    )


def post_ending(own: OwnPost, *, address: str, spoken: bool, words: Words) -> str:
    """Return what every post ends with: where it leads, who pays (Regulation (EU) 2021/1060, article 50), hashtags."""
    read = words["post_listen" if spoken else "post_read"].format(address=address).text
    return _paragraphs(read, f"{words['eu_statement'].text}.", " ".join(f"#{word}" for word in own.hashtags))


def build_posts(*, title: str, summary: str, more: str, ending: str, own: str = "", words: Words) -> tuple[Post, ...]:
    """Return the posts of a page, each as long as its network shows or takes; a text that is too long loses its end.

    What somebody wrote (`own`) stands alone before the `ending`; else the title and the summary do.
    """
    texts = {"LinkedIn": own or _paragraphs(summary, more), "Facebook": own or summary}
    title = "" if own else title
    networks: dict[str, list[str]] = {}
    for network, text in texts.items():
        room = LIMITS[network] - len(_paragraphs(title, ending)) - len("\n\n")
        networks.setdefault(_paragraphs(title, shorten(text, limit=room), ending), []).append(network)
    return tuple(Post(network=list_text(names, words=words), text=text) for text, names in networks.items())


def check_posts(pages: Iterable[Page], show: Show, *, site: Site, catalogues: Catalogues, root: Path) -> list[Problem]:
    """Return advice on every post that somebody wrote and that a network does not show or take as it is."""
    texts = [(page.post, page.path, page.locale, f"docs/{page.locale}/{page.name}") for page in pages]
    for episode in show.episodes:
        path = episode_path(episode)
        texts += [(text.post, path, locale, text.source) for locale, text in episode.texts.items()]
    notes = []
    for own, path, locale, file in (each for each in texts if each[0].text):
        address, spoken = site.absolute(local_path(path, locale=locale)), path.startswith(PODCAST) and path != PODCAST
        ending = post_ending(own, address=address, spoken=spoken, words=catalogues[locale])
        length = len(_paragraphs(own.text, ending))
        over = [
            Hint.OF_NETWORK.format(name=name, count=length, limit=most)
            for name, most in LIMITS.items()
            if length > most
        ]
        if over:
            notes.append(problem_at(root, file, Kind.POST_SHORTENED, "post", expected=", ".join(over)))
    return notes


def shorten(text: str, *, limit: int) -> str:
    """Return as much of a text as fits into `limit` characters: whole sentences, or else whole words and «…»."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= limit]
    if ends and ends[-1] >= limit / 2:
        return text[: ends[-1]]
    cut = text[: limit - 1]
    if not text[limit - 1].isspace():
        cut = cut.rpartition(" ")[0] or cut
    return f"{cut.rstrip(' ,;:–')}…"


def embed_code(address: str, *, title: str) -> str:
    """Return the HTML that shows a player on another site. `address` is the player's, absolute."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{EMBED_HEIGHT}" '
        f'loading="lazy" allow="clipboard-write" style="border:0;max-width:{EMBED_WIDTH}px"></iframe>'
    )


def build_oembed(*, embed: str, title: str, show: str, owner: str, home: str, picture: str, size: Sequence[int]) -> str:
    """Return an oEmbed 1.0 document (oembed.com, 2.3) of type rich. All addresses are absolute, `size` is pixels."""
    width, height = size
    document = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "author_name": owner,
        "provider_name": show,
        "provider_url": home,
        "thumbnail_url": picture,
        "thumbnail_width": width,
        "thumbnail_height": height,
        "html": embed_code(embed, title=f"{show}: {title}"),
        "width": EMBED_WIDTH,
        "height": EMBED_HEIGHT,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _encode(text: str) -> str:
    return quote(text, safe="")
