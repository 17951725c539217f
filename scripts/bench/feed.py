"""Print what a long feed costs beside lxml alone making the same bytes: `.venv/bin/python scripts/bench/feed.py`.

Every item has notes of its own, which both make of Markdown. Ours checks values, works out addresses and knows feedgen;
the other is given every element as it is to stand there.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from lxml import etree

from bench.corpus import START, make_episodes, write_ours
from okatakten.addresses import DEFAULT_SITE_URL, Site
from okatakten.model import DEFAULT_LOCALE, Published
from okatakten.podcast.feed import build_content, build_description, build_feed
from okatakten.podcast.notes import written_notes
from okatakten.site.build import publish_first
from okatakten.site.project import read_project
from okatakten.words.catalogue import Words

COUNT = 2000
ROUNDS = 5
SITE = Site(url=DEFAULT_SITE_URL, samples=True, now=START + timedelta(days=10 * COUNT))
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@dataclass(frozen=True, slots=True)
class Part:
    """An element as it stands in a feed."""

    tag: str
    facts: dict[str, str]
    text: str | None
    parts: tuple[Part, ...]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    ours, plain = measure(count)
    print(f"{count} items: {ours:.2f} CPU s, lxml alone {plain:.2f}; ratio {ours / plain:.2f}")


def measure(count: int = COUNT) -> tuple[float, float]:
    """Return the seconds of CPU that the feed of many episodes takes, and that lxml alone does."""
    show, words = a_show(count)
    document = build_feed(show, site=SITE, words=words)
    around, channel = taken_apart(document)
    ours = fastest(lambda: build_feed(show, site=SITE, words=words), document)
    return ours, fastest(lambda: put_together(around, channel, texts(show, words)), document)


def a_show(count: int) -> tuple[Published, Words]:
    """Return a show of many episodes with notes of their own, and the words of its language."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        write_ours(root, make_episodes(1))
        reading = read_project(root)
        show = publish_first(reading, SITE)
    (first,) = show.episodes
    episodes = (
        replace(
            first,
            slug=f"avsnitt-{number}",
            guid=str(number),
            number=number,
            published=START + timedelta(days=number),
            texts={DEFAULT_LOCALE: replace(first.text, notes=f"{first.text.notes}\n\nFråga {number} av **{count}**.")},
        )
        for number in range(count, 0, -1)
    )
    return replace(show, episodes=tuple(episodes)), reading.words[DEFAULT_LOCALE]


def texts(show: Published, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the description and the notes of every item."""
    for episode in show.episodes:
        yield build_description(episode, site=SITE, words=words), build_content(episode, site=SITE, words=words)


def taken_apart(document: bytes) -> tuple[etree._Element, Part]:
    """Return the root of a feed with what stands before it and nothing in it, and its channel."""
    root = etree.fromstring(document, etree.XMLParser(remove_blank_text=True))
    channel = _part(root[0])
    root.remove(root[0])
    return root, channel


def _part(element: etree._Element) -> Part:
    parts = tuple(_part(child) for child in element if isinstance(child.tag, str))
    return Part(str(element.tag), dict(element.attrib), element.text, parts)  # type: ignore[arg-type]


def put_together(around: etree._Element, channel: Part, texts: Iterator[tuple[str, str]]) -> bytes:
    """Return the feed with these texts in its items."""
    root = etree.fromstring(etree.tostring(around.getroottree()))
    _put(root, channel, texts)
    return etree.tostring(root.getroottree(), pretty_print=True, encoding="UTF-8", xml_declaration=True)


def _put(parent: etree._Element, part: Part, texts: Iterator[tuple[str, str]]) -> None:
    element = etree.SubElement(parent, part.tag, part.facts)
    if part.tag == "item":
        description, content = next(texts)
    for one in part.parts:
        if part.tag == "item" and one.tag == "description":
            etree.SubElement(element, one.tag).text = description
        elif part.tag == "item" and one.tag == CONTENT:
            etree.SubElement(element, one.tag).text = etree.CDATA(content)
        else:
            _put(element, one, texts)
    if not part.parts:
        element.text = part.text


def fastest(make: Callable[[], bytes], expected: bytes) -> float:
    """Return the seconds of CPU that it took, the best of several times, with nothing remembered."""
    times = []
    for _ in range(ROUNDS):
        written_notes.cache_clear()
        before = time.process_time()
        made = make()
        times.append(time.process_time() - before)
        assert made == expected
    return min(times)


if __name__ == "__main__":
    main()
