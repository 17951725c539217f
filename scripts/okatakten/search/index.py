"""A built site → the files of its search index."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from okatakten.disk.write import write_files
from okatakten.search.known import Known, joined_files, parted_files
from okatakten.search.pieces import Piece, Postings, add_parts, add_terms, end_pieces, of_page, word_pieces
from okatakten.search.reading import main_of, read_page
from okatakten.search.words import STEMS_OF

FOLDER: Final = "search/"
ENTRY: Final = f"{FOLDER}entry.json"
"""Names all other files: the one address that stays the same while its content changes."""
PIECES: Final = f"{FOLDER}index/"
RECORDS: Final = f"{FOLDER}pages/"
SUFFIX: Final = ".piece"
"""Not .gz: a host that knows what that is would unpack it, or say that it did."""

_RECORDS_IN_TABLE: Final = 500
_PAGES_IN_BLOCK: Final = 50
"""At least, and mostly twice. Of such a block, the terms are put together anew where a page has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that is searched: its address and language, where it lies, and what stands for all that is read of it."""

    address: str
    lang: str
    path: Path
    digest: bytes


def build_search(site: Path, *, memory: Path, before: Path | None = None) -> None:
    """Add the index of every page with `data-search` to a built site. `memory`: what was made of pages before.

    Files that are the same in the site `before` are linked from there.
    """
    pages, known = [*_pages(site)], Known(memory / "index")
    files = known.recall(b"all" + _digests(pages), make=lambda: joined_files(_index(*_gather(pages, known, memory))))
    known.keep()
    write_files(site, parted_files(files), before=before)


def _gather(pages: Iterable[_Page], known: Known, memory: Path) -> tuple[list[bytes], Postings, set[str]]:
    """Return the records of all pages, packed, their terms with where they stand, and those of Swedish pages."""
    read = Known(memory / "pages")
    records, postings, swedish = list[bytes](), Postings(), set[str]()
    for block in _blocks(pages):
        contents = [read.recall(page.digest, make=partial(_read, page)).split(b"\n", 1) for page in block]
        of_block = known.recall(b"terms" + _digests(block), make=partial(_terms_of, (terms for terms, _ in contents)))
        terms, *places = json.loads(of_block)
        add_terms(postings, len(records), zip(terms, zip(*places, strict=True), strict=True))
        records += [record for _, record in contents]
        if block[0].lang == STEMS_OF:
            swedish.update(terms)
    read.keep()
    return records, postings, swedish


def _index(packed: Iterable[bytes], postings: Postings, swedish: Collection[str]) -> dict[str, bytes]:
    """Return the files of an index."""
    files = _Files()
    records = [files.add(RECORDS, record) for record in packed]
    postings = add_parts(postings, swedish)
    tables = [records[start : start + _RECORDS_IN_TABLE] for start in range(0, len(records), _RECORDS_IN_TABLE)]
    entry = {
        "pages": len(records),
        "in_table": _RECORDS_IN_TABLE,
        "tables": [files.add(PIECES, _packed(json.dumps(table, separators=(",", ":")).encode())) for table in tables],
        "words": files.add_pieces(word_pieces(postings)),
        "ends": files.add_pieces(end_pieces(postings)),
    }
    return files.contents | {ENTRY: json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()}


class _Files:
    """The files of an index, each under a name that is made of its content."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def add(self, folder: str, content: bytes) -> str:
        name = hashlib.sha256(content).hexdigest()[:12]
        self.contents[f"{folder}{name}{SUFFIX}"] = content
        return name

    def add_pieces(self, pieces: Iterable[Piece]) -> list[tuple[str, str]]:
        return [(piece.start, self.add(PIECES, _packed(piece.text.encode()))) for piece in pieces]


def _pages(site: Path) -> Iterator[_Page]:
    """Yield the pages that are searched, by their addresses."""
    paths = {path.relative_to(site).as_posix().removesuffix("index.html"): path for path in site.rglob("*.html")}
    for name, path in sorted(paths.items()):
        lang, main = main_of(path.read_bytes())
        if main:
            address = quote(name)
            digest = hashlib.sha256(b"".join((address.encode(), b"\n", main))).digest()
            yield _Page(address=address, lang=lang, path=path, digest=digest)


def _digests(pages: Iterable[_Page]) -> bytes:
    return b"".join(page.digest for page in pages)


def _blocks(pages: Iterable[_Page]) -> list[list[_Page]]:
    """Return the pages in blocks of one language. A page that is new or gone leaves most other blocks as they are.

    So it is said by the address of a page, not by how many are before it, whether a block can begin there.
    """
    blocks: list[list[_Page]] = []
    for page in pages:
        begins = hashlib.sha256(page.address.encode()).digest()[0] % _PAGES_IN_BLOCK == 0
        if not blocks or page.lang != blocks[-1][0].lang or (begins and len(blocks[-1]) >= _PAGES_IN_BLOCK):
            blocks.append([])
        blocks[-1].append(page)
    return blocks


def _read(page: _Page) -> bytes:
    """Return the terms of a page and its record, packed."""
    _, main = main_of(page.path.read_bytes())
    read = read_page(main, address=page.address)
    return json.dumps(read.terms, ensure_ascii=False).encode() + b"\n" + _packed(read.record)


def _terms_of(pages: Iterable[bytes]) -> bytes:
    """Return the terms of some pages, and a list of each part of their places. Given are the terms of each page."""
    postings = Postings()
    for number, terms in enumerate(pages):
        add_terms(postings, number, of_page(json.loads(terms)))
    return json.dumps([[*postings], *zip(*postings.values(), strict=True)], ensure_ascii=False).encode()


def _packed(content: bytes) -> bytes:
    # The headers of gzip differ from one system to the next. Beyond this level, a tenth is won for twice the time.
    return zlib.compress(content, 4)
