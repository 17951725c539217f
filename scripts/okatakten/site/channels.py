"""The channels in which the results were promised to be told, from docs/channels.yml, and what came out in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from okatakten.addresses import file_address
from okatakten.site.facts import Facts
from okatakten.site.kinds import KINDS
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text

CHANNELS: Final = "docs/channels.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What came out in a channel of others, on a day, at an absolute address."""

    day: date
    address: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel that the document with the id `source` promises.

    `own` is the address of it on the site, relative to it and empty for all of it; None where it is somebody else's.
    """

    name: str
    source: str
    own: str | None
    published: tuple[Post, ...]


def read_channels(root: Path, found: list[Problem], *, facts: Facts | None, today: date) -> tuple[Channel, ...]:
    """Return the channels in the order of their file; none where there is no such file."""
    problems = Problems(CHANNELS, found)
    text = read_text(root / CHANNELS, problems) if (root / CHANNELS).is_file() else None
    fields = parse_fields(text, problems, known=("channels",)) if text is not None else None
    if fields is None:
        return ()
    sources = [document.id for document in facts.documents] if facts else None
    return tuple(_channels(fields, sources=sources, addresses={*_addresses(root)}, today=today))


def _addresses(root: Path) -> Iterator[str]:
    """Yield the addresses that pages have or will have: one with slips in it is somewhere, too."""
    yield from ("", *(kind.path for kind in KINDS))
    for path in (root / "docs").rglob("*.md"):
        yield _address(file_address(path.relative_to(root / "docs").with_suffix("").as_posix()).removesuffix("index"))


def _address(written: str) -> str:
    return f"{written.strip('/')}/".lstrip("/")


def _channels(
    fields: Fields, *, sources: Sequence[str] | None, addresses: Collection[str], today: date
) -> Iterator[Channel]:
    known = ("name", "source", "own", "published")
    for entry in fields.mappings("channels", known=known, example="- name: Podden Öka takten"):
        name, source = entry.text("name", example="Podden Öka takten"), entry.text("source", example="ansokan")
        if source and sources is not None and source not in sources:
            otherwise = Hint.CHOOSE.format(choices=", ".join(sources))
            entry.problem(Kind.UNKNOWN_SOURCE, "source", expected=did_you_mean(source, sources, otherwise=otherwise))
        own = _own(entry, addresses)
        published = tuple(_posts(entry, today=today))
        if name and source:
            yield Channel(name=name, source=source, own=own, published=published)


def _own(entry: Fields, addresses: Collection[str]) -> str | None:
    written = entry.text("own", words=False)
    address = _address(written) if written else None
    if address is not None and address not in addresses:
        expected = did_you_mean(address, sorted(addresses), otherwise=Hint.OWN_ADDRESS)
        entry.problem(Kind.LINK_BROKEN, "own", expected=expected)
    return address


def _posts(entry: Fields, *, today: date) -> Iterator[Post]:
    for each in entry.mappings("published", known=("day", "address", "note"), example="- day: 2027-03-11"):
        day, address = each.day("day", example="2027-03-11"), each.address("address", example="https://exempel.se/a")
        note = each.text("note") or ""
        if day and day > today:
            each.problem(Kind.ENTRY_UNFIT, "day", expected=Hint.DAY_TO_COME)
        if day and address:
            yield Post(day=day, address=address, note=note)
