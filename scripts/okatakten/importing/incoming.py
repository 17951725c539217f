"""A feed that somebody else made, read into frozen values; nothing is fetched and nothing written.

RSS 2.0, 0.9x and 1.0, and Atom with enclosures (RFC 4287), with the namespaces that podcasts use (podcast namespace,
Apple 823, Podlove simple chapters, Media RSS), spelled as their makers spell them.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import PurePosixPath
from typing import Final, TypeAlias
from urllib.parse import urljoin, urlsplit

from lxml import etree

from okatakten.importing.cleaning import MARKUP_LIMIT, TAG, plain_text
from okatakten.importing.foreign import decode, parse_tree
from okatakten.importing.times import parse_moments
from okatakten.making.chapters import WrittenChapter, chapter_of
from okatakten.model import EpisodeType, Person, Role
from okatakten.rules import PERSON_LIMIT, TITLE_LIMIT
from okatakten.written.advice import Hint, Text
from okatakten.written.problems import Kind
from okatakten.written.text import UNPUBLISHABLE, Problems, composed, cut
from okatakten.written.values import date_field, parse_address, parse_seconds

EPISODE_LIMIT: Final = 10_000
"""More episodes than any show has; a feed with more is an attack or a mistake."""

Elements: TypeAlias = "Mapping[str, Sequence[etree._Element]]"  # noqa: SLF001  # lxml has no other name for it
"""The children of an element by name: `title`, `itunes:duration`."""

_PREFIXES: Final = {
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "purl.org/rss/1.0/modules/content": "content",
    "podlove.org/simple-chapters": "psc",
    "search.yahoo.com/mrss": "media",
    "w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dc",
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "w3.org/1999/02/22-rdf-syntax-ns": "",
}
"""Namespaces in lower case, without scheme, www and a last slash or hash."""

_ROLES: Final = {
    "": Role.HOST, "cohost": Role.CO_HOST, "co host": Role.CO_HOST, "audio editor": Role.EDITOR,
    "executive producer": Role.PRODUCER, "senior producer": Role.PRODUCER, "associate producer": Role.PRODUCER,
    **{role.value: role for role in Role},
}  # fmt: skip
_EXPLICIT: Final = {"true", "yes", "explicit", "1"}
_UNSEEN: Final = re.compile(f"{UNPUBLISHABLE.pattern}|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no title needs: control characters, and those that turn the direction of what follows."""
_DATES: Final = ("pubdate", "atom:published", "dc:date", "dc:issued", "dc:created", "atom:issued", "atom:created",
                 "atom:updated", "published", "updated", "date")  # fmt: skip
_PUBLISHABLE: Final = {
    "audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg-3", "audio/x-mpeg", "audio/mpg",
    "audio/m4a", "audio/x-m4a", "audio/mp4", ".mp3", ".m4a",
}  # fmt: skip
"""Media types and ends of names of what the podcast can publish."""
_READ: Final = {
    "title", "guid", "link", "description", "enclosure", "content:encoded", "itunes:title", "itunes:summary",
    "itunes:subtitle", "itunes:duration", "itunes:season", "itunes:episode", "itunes:episodetype", "itunes:explicit",
    "itunes:image", "podcast:season", "podcast:episode", "podcast:chapters", "podcast:transcript", "podcast:image",
    "podcast:alternateenclosure", "psc:chapters", "media:content", "media:group", "media:thumbnail", "atom:content",
    "atom:summary", "atom:title", "atom:id", "atom:link", *_DATES,
}  # fmt: skip
"""What is read of an episode, whether or not it comes in."""
_READ_OF_SHOW: Final = {
    "title", "link", "description", "language", "dc:language", "item", "image", "itunes:image", "itunes:category",
    "itunes:explicit", "itunes:type", "itunes:new-feed-url", "itunes:author", "itunes:summary", "itunes:subtitle",
    "itunes:owner", "copyright", "podcast:guid", "podcast:image", "podcast:locked", "podcast:medium", "podcast:funding",
    "atom:title", "atom:link", "atom:entry", "atom:id", "atom:subtitle", "atom:author", "atom:logo", "atom:icon",
    "managingeditor", "media:thumbnail",
}  # fmt: skip
_OF_PROGRAMS: Final = {
    "generator", "docs", "ttl", "cloud", "lastbuilddate", "webmaster", "rating", "skiphours", "skipdays", "textinput",
    "li", "seq", "items", "podcast:podping", "podcast:updatefrequency", "podcast:txt", "itunes:block", "podcast:block",
    "itunes:keywords", "itunes:author", "atom:generator", "atom:rights", "itunes:order", "comments", "author",
    "dc:creator", "dc:publisher", "dc:rights", "media:rating", "media:credit", "media:copyright", "media:keywords",
    "media:category", "media:title", "media:description", "atom:author", "category", "source", "atom:category",
    "itunes:isclosedcaptioned",
} | set(_DATES)  # fmt: skip
"""What programs say to programs, or what is said again elsewhere: nobody misses it."""
_PARTS: Final = {"podcast:season": "name", "podcast:person": "img"}
"""Attributes that say more than what is read of their elements."""
_SOUND: Final = {".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac"}
_FILM: Final = {".mp4", ".m4v", ".mov", ".webm", ".avi", ".mkv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file that the feed points to. `media_type` is in lower case and without parameters, and may be empty.

    `length` is what the feed says of it, in bytes; not always true.
    """

    url: str
    media_type: str = ""
    language: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEpisode:
    """An episode as its feed tells it. `notes` and `summary` are HTML or plain text, as they stand.

    `published` None: no date can be read. `files` have its audio, the one that can be published first.
    `chapters` are those in the feed itself, in its order; `chapters_url` is a file of others.
    """

    guid: str
    title: str
    published: datetime | None
    files: tuple[Link, ...]
    duration: timedelta | None
    page: str | None
    notes: str
    summary: str
    season: int | None
    number: int | None
    type: EpisodeType
    explicit: bool
    persons: tuple[Person, ...]
    chapters: tuple[WrittenChapter, ...]
    chapters_url: str | None
    transcripts: tuple[Link, ...]
    picture: str | None
    picture_alt: str | None
    line: int

    @property
    def audio(self) -> Link:
        """What is the audio by all that the feed says."""
        return self.files[0]

    def place(self, feed: str) -> str:
        """Return how a problem names the episode: its feed and its title."""
        return _place(feed, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFeed:
    """What a feed holds, newest first as a rule. Empty text where it says nothing.

    `address` is where the feed says it lives, `new_address` where it says it has moved to, and `following` the feed of
    older episodes that continues it (RFC 5005 3). `left` names what there is besides, and nothing is made of.
    """

    title: str
    description: str
    author: str
    guid: str
    language: str
    address: str
    new_address: str
    following: str
    type: str
    explicit: bool
    categories: tuple[str, ...]
    picture: str | None
    left: str
    episodes: tuple[IncomingEpisode, ...]


def parse_feed(document: bytes, problems: Problems, *, base: str = "") -> IncomingFeed | None:
    """Return what a feed holds, or None and a problem where there is no feed. `base` is its own address.

    Episodes that cannot be taken, without audio or with the id of another, are left out, each with a problem.
    """
    text = UNPUBLISHABLE.sub("", decode(document))
    root, damaged = parse_tree(text)
    if root is None:
        problems.add(Kind.IMPORT_NO_FEED, expected=_what_it_is(text))
        return None
    if damaged:
        problems.add(Kind.IMPORT_DAMAGED, line=damaged)
    channel = next((element for element in root.iter() if _name(element) in {"channel", "atom:feed"}), root)
    elements = _children(channel)
    found = [element for element in root.iter() if _name(element) in {"item", "atom:entry"}]
    if len(found) > EPISODE_LIMIT:
        problems.add(Kind.IMPORT_TOO_MANY, found=str(len(found)), expected=str(EPISODE_LIMIT))
    explicit = _text(elements, "itunes:explicit").casefold() in _EXPLICIT
    links = {link.get("rel"): _absolute(base, link.get("href")) or "" for link in elements.get("atom:link", ())}
    categories = elements.get("itunes:category", ())
    return IncomingFeed(
        title=_line(_text(elements, "title", "atom:title")),
        description=" ".join(plain_text(_markup(elements, "description", "itunes:summary", "atom:subtitle")).split()),
        author=_line(_text(elements, "itunes:author", "managingeditor", "atom:author")),
        guid=_text(elements, "podcast:guid"),
        language=_text(elements, "language", "dc:language") or _language(channel),
        address=links.get("self", ""),
        new_address=_text(elements, "itunes:new-feed-url"),
        following=links.get("next", ""),
        type=_text(elements, "itunes:type").casefold(),
        explicit=explicit,
        categories=tuple(path for category in categories for path in _categories(category)),
        picture=_picture(elements, base=base)[0],
        left=_left(channel, found[:EPISODE_LIMIT]),
        episodes=tuple(_episodes(found[:EPISODE_LIMIT], problems, base=base, explicit=explicit)),
    )


@cache
def _canonical(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    written, _, name = local.rpartition(":")  # an undeclared prefix stays part of the name
    place = re.sub(r"^\{?(?:[a-z]+:)?(?://)?(?:www\.)?|[/#]+$", "", namespace.lower())
    known = _PREFIXES.get(place, "?" if "rss" not in place and namespace else "")
    prefix = written.lower() if written and not namespace else known
    return f"{prefix}:{name.lower()}" if prefix else name.lower()


def _name(element: etree._Element) -> str:
    """Return `title`, `itunes:duration`, `?:other`: lower case, with the prefix that the namespace ought to have."""
    return _canonical(element.tag) if isinstance(element.tag, str) else ""


def _children(element: etree._Element) -> Elements:
    children: dict[str, list[etree._Element]] = {}
    for child in element:
        name = _name(child)
        children.setdefault(name, []).append(child)
        if name == "media:group":
            for inner in child:
                children.setdefault(_name(inner), []).append(inner)
    return children


def _text(elements: Elements, *names: str) -> str:
    """Return the first of the elements that says anything."""
    for name in names:
        for element in elements.get(name, ()):
            text = "".join(map(str, element.itertext())).strip()
            if text:
                return text
    return ""


def _markup(elements: Elements, *names: str) -> str:
    """Return the first of the elements that says anything, as HTML: escaped, in CDATA, or as elements of XHTML."""
    for name in names:
        for element in elements.get(name, ()):
            if len(element):
                inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
                markup = html.escape(element.text or "") + inner
            else:
                markup = element.text or ""
                if name.startswith("atom:") and element.get("type", "text") in {"text", "text/plain"}:
                    markup = html.escape(markup, quote=False)
            if markup.strip():
                return markup.strip()
    return ""


def _language(element: etree._Element) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""


def _left(channel: etree._Element, found: Iterable[etree._Element]) -> str:
    """Return what nothing is made of, by name, and how often it is there: `podcast:soundbite (12)`."""
    of_show = (name for name in map(_name, channel) if name not in _READ_OF_SHOW)
    of_episodes = (name for element in found for name in _unread(element))
    counted = Counter(
        name for name in (*of_show, *of_episodes) if ":" in name and name[0] != "?" and name not in _OF_PROGRAMS
    )
    return ", ".join(f"{name} ({count})" for name, count in sorted(counted.items()))


def _unread(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name in _PARTS and child.get(_PARTS[name]):
            yield f"{name} {_PARTS[name]}"
        if name not in _READ and name != "podcast:person":
            yield name


def _line(text: str) -> str:
    return composed(" ".join(text.split()))


def _absolute(base: str, address: str | None) -> str | None:
    try:
        return urljoin(base, address.strip()) or None if address else None
    except ValueError:
        return None


def _categories(element: etree._Element) -> Iterator[str]:
    """Yield `Business` or, for each category within it, `Business > Careers`."""
    name = _line(element.get("text") or "")
    within = [_line(child.get("text") or "") for child in element if _name(child) == "itunes:category"]
    yield from (f"{name} > {other}" for other in within) if within else (name,)


def _what_it_is(text: str) -> str:
    """Return what can be said of a document that is no feed; a web page often knows where the feed is."""
    if not re.search(r"<html|<!doctype html", text[:5000], re.IGNORECASE):
        return Hint.FEED_BEGINS
    for link in re.findall(r"<link\b[^<>]*>", text[:MARKUP_LIMIT], re.IGNORECASE):
        href = re.search(r"href\s*=\s*[\"']?([^\"'\s>]+)", link, re.IGNORECASE)
        if href and re.search(r"application/(?:rss|atom)\+xml", link, re.IGNORECASE):
            return Hint.WEB_PAGE_WITH_FEED.format(address=html.unescape(href[1]))
    return Hint.WEB_PAGE


def _place(feed: str, title: str) -> str:
    return Text.EPISODE_OF_FEED.format(feed=feed, title=cut(title, 80))


def _episodes(
    found: Iterable[etree._Element], problems: Problems, *, base: str, explicit: bool
) -> Iterator[IncomingEpisode]:
    seen: dict[str, str] = {}
    for element in found:
        episode = _episode(element, problems, base=base, explicit=explicit)
        if episode is None:
            continue
        if episode.guid in seen:
            other = seen[episode.guid]
            Problems(episode.place(problems.file), problems.found).add(
                Kind.IMPORT_GUID_TWICE, line=episode.line, field="guid", found=episode.guid, expected=other
            )
            continue
        seen[episode.guid] = episode.title
        yield episode


def _episode(element: etree._Element, feed: Problems, *, base: str, explicit: bool) -> IncomingEpisode | None:
    """Return an episode, or None and a problem for one that has nothing to listen to."""
    elements = _children(element)
    line: int = element.sourceline or 0  # type: ignore[assignment]  # the stubs know it as ...
    written = _line(_text(elements, "title", "atom:title", "itunes:title"))
    date, moments = _date(elements)
    published = moments[0] if len(moments) == 1 else None
    title = clean_title(written) or (Text.UNTITLED_OF.format(day=published.date()) if published else Text.UNTITLED)
    problems = Problems(_place(feed.file, title), feed.found)
    files = _files(elements, problems, base=base, line=line)
    if not files:
        return None
    if title != _line(html.unescape(html.unescape(written))):
        problems.add(Kind.IMPORT_TITLE_CLEANED, line=line, field="title", found=written, expected=title)
    guid = _text(elements, "guid", "atom:id")
    if not guid:
        guid = _line(files[0].url)
        problems.add(Kind.IMPORT_GUID_MISSING, line=line, field="guid", expected=guid)
    if published is None:
        either = Hint.EITHER_DATE.format(dates=", ".join(map(date_field, moments))) if moments else ""
        problems.add(Kind.IMPORT_NO_DATE, line=line, field="pubDate", found=date, expected=either)
    summary = _markup(elements, "itunes:summary", "itunes:subtitle", "description", "atom:summary", "content:encoded",
                      "atom:content")  # fmt: skip
    said_explicit = _text(elements, "itunes:explicit").casefold()
    picture, alt = _picture(elements, base=base)
    chapters = [child for one in elements.get("psc:chapters", ()) for child in one if _name(child) == "psc:chapter"]
    chapters_url = next((link.get("url") for link in elements.get("podcast:chapters", ())), None)
    kind = _text(elements, "itunes:episodetype").casefold()
    return IncomingEpisode(
        guid=guid,
        title=title,
        published=published,
        files=files,
        duration=parse_seconds(_text(elements, "itunes:duration")),
        page=_page(elements, base=base),
        notes=_markup(elements, "content:encoded", "atom:content", "description", "atom:summary", "itunes:summary"),
        summary=summary,
        season=_number(_text(elements, "itunes:season", "podcast:season")),
        number=_number(_text(elements, "itunes:episode", "podcast:episode")),
        type=EpisodeType(kind) if kind in set(EpisodeType) else EpisodeType.FULL,
        explicit=said_explicit in _EXPLICIT if said_explicit else explicit,
        persons=tuple(_persons(elements, problems, line=line)),
        chapters=tuple(map(chapter_of, chapters)),
        chapters_url=_absolute(base, chapters_url),
        transcripts=tuple(_transcripts(elements, base=base)),
        picture=picture,
        picture_alt=alt,
        line=line,
    )


def clean_title(written: str) -> str:
    """Return a title without markup, `<`, `>` and what is too long; `&amp;` written twice is read twice."""
    title = _line(html.unescape(TAG.sub("", html.unescape(written))))
    title = _line(_UNSEEN.sub("", TAG.sub("", title)).replace("<", " ").replace(">", " "))
    return cut(title, TITLE_LIMIT)


def _date(elements: Elements) -> tuple[str, tuple[datetime, ...]]:
    """Return the first date that says when, or else the first that is written, with all that it may mean."""
    written = [text for name in _DATES if (text := _text(elements, name))]
    readings = [(text, parse_moments(text)) for text in written]
    clear = (reading for reading in readings if len(reading[1]) == 1)
    return next(clear, None) or next((one for one in readings if one[1]), (next(iter(written), ""), ()))


def _files(elements: Elements, problems: Problems, *, base: str, line: int) -> tuple[Link, ...]:
    """Return what may be the audio, likeliest first; nothing and a problem where there is none to take."""
    links = [*_links(elements, base=base)]
    sounds = sorted((link for link in links if not _not_audio(link)), key=_unlikeness)
    if not sounds and links:
        problems.add(Kind.IMPORT_NOT_AUDIO, line=line, field="enclosure", found=links[0].url,
                     expected=_not_audio(links[0]))  # fmt: skip
    elif not sounds:
        problems.add(Kind.IMPORT_NO_AUDIO, line=line, field="enclosure")
    return tuple(sounds)


def _links(elements: Elements, *, base: str) -> Iterator[Link]:
    """Yield every file that the item says is it, in any of the words for that; the same address once."""
    atom = (link for link in elements.get("atom:link", ()) if link.get("rel") == "enclosure")
    others = [one for one in elements.get("media:content", ()) if one.get("medium") not in {"image", "document"}]
    alternates = elements.get("podcast:alternateenclosure", ())
    sources = [(source, parent) for parent in alternates for source in parent if _name(source) == "podcast:source"]
    plain = [(element, element) for element in (*elements.get("enclosure", ()), *atom)]
    seen = set()
    for element, parent in [*plain, *sources, *((one, one) for one in others)]:
        own, shared = _attributes(element), _attributes(parent)
        address = next((own[name] for name in ("url", "href", "uri") if own.get(name)), (element.text or "").strip())
        url = _absolute(base, address)
        if url and url not in seen:
            seen.add(url)
            kind = own.get("contenttype") or shared.get("type")
            size = _number(shared.get("length") or shared.get("filesize") or "")
            yield Link(url=url, media_type=_media_type(kind), length=size)


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _unlikeness(link: Link) -> int:
    """Return 0 for what can be published by type and name, 1 by one of them, 2 if unsure, 3 for other audio."""
    suffix = _suffix(link)
    fits = [text in _PUBLISHABLE for text in (link.media_type, suffix)]
    return 0 if all(fits) else 1 if any(fits) else 3 if suffix in _SOUND or link.media_type.startswith("audio/") else 2


def _suffix(link: Link) -> str:
    try:
        return PurePosixPath(urlsplit(link.url).path).suffix.lower()
    except ValueError:
        return ""


def _media_type(written: str | None) -> str:
    return (written or "").partition(";")[0].strip().lower()


def _not_audio(link: Link) -> str:
    """Return what a link plainly is when it is not audio; what says nothing is found out from its bytes."""
    suffix = _suffix(link)
    kind = link.media_type.partition("/")[0]
    if "mpegurl" in link.media_type or suffix in {".m3u8", ".m3u"}:
        return Hint.IS_STREAM
    if suffix in _SOUND or kind == "audio":
        return ""
    if suffix in _FILM or kind == "video":
        return Hint.IS_FILM
    return Hint.IS_OF_TYPE.format(type=link.media_type) if kind in {"image", "text"} or suffix == ".pdf" else ""


def _page(elements: Elements, *, base: str) -> str | None:
    links = (link.get("href") for link in elements.get("atom:link", ()) if link.get("rel", "alternate") == "alternate")
    return _absolute(base, _text(elements, "link") or next(links, None))


def _picture(elements: Elements, *, base: str) -> tuple[str | None, str | None]:
    """Return the address of a picture and what it shows, where the feed says so."""
    for element in elements.get("podcast:image", ()):
        if url := _absolute(base, element.get("href")):
            return url, _line(element.get("alt") or "") or None
    for name, attribute in (("itunes:image", "href"), ("media:thumbnail", "url")):
        for element in elements.get(name, ()):
            if url := _absolute(base, element.get(attribute) or (element.text or "").strip()):
                return url, None
    return None, None


def _number(written: str) -> int | None:
    """Return a number from 1, or None."""
    written = written.strip()
    return int(written) or None if written.isascii() and written.isdigit() and len(written) <= 15 else None


def _persons(elements: Elements, problems: Problems, *, line: int) -> Iterator[Person]:
    for element in elements.get("podcast:person", ()):
        name = cut(_line("".join(map(str, element.itertext()))), PERSON_LIMIT)
        written = _line(element.get("role") or "")
        role = _ROLES.get(written.casefold())
        if not name:
            continue
        if role is None:
            problems.add(Kind.IMPORT_ROLE_UNKNOWN, line=line, field="podcast:person", found=f"{name}: {written}")
        yield Person(name=name, role=role or Role.GUEST, href=parse_address(element.get("href") or ""))


def _transcripts(elements: Elements, *, base: str) -> Iterator[Link]:
    for element in elements.get("podcast:transcript", ()):
        if url := _absolute(base, element.get("url")):
            language = (element.get("language") or "").strip().lower()
            yield Link(url=url, media_type=_media_type(element.get("type")), language=language)
