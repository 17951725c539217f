"""A built site → the files of its search index."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

from okatakten.disk.memory import recall
from okatakten.disk.write import write_files
from okatakten.search.pieces import Piece, Postings, add_page, add_parts, end_pieces, word_pieces
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page as it is remembered: its language, the level of each of its terms, and its record, packed."""

    lang: str
    levels: dict[str, int]
    record: bytes


def build_search(site: Path, *, memory: Path, before: Path | None = None) -> None:
    """Add the index of every page with `data-search` to a built site. `memory`: what was read of pages before.

    Files that are the same in the site `before` are linked from there.
    """
    files, records = _Files(), list[str]()
    postings, swedish = Postings(), set[str]()
    for number, page in enumerate(_pages(site, memory)):
        records.append(files.add(RECORDS, page.record))
        add_page(postings, number, page.levels)
        if page.lang == STEMS_OF:
            swedish.update(page.levels)
    postings = add_parts(postings, swedish)
    tables = [records[start : start + _RECORDS_IN_TABLE] for start in range(0, len(records), _RECORDS_IN_TABLE)]
    entry = {
        "pages": len(records),
        "in_table": _RECORDS_IN_TABLE,
        "tables": [files.add(PIECES, _packed(json.dumps(table, separators=(",", ":")).encode())) for table in tables],
        "words": files.add_pieces(word_pieces(postings)),
        "ends": files.add_pieces(end_pieces(postings)),
    }
    files.contents[ENTRY] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    write_files(site, files.contents, before=before)


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


def _pages(site: Path, memory: Path) -> Iterator[_Page]:
    """Yield the pages that are searched, by their addresses."""
    paths = {path.relative_to(site).as_posix().removesuffix("index.html"): path for path in site.rglob("*.html")}
    for address, path in sorted(paths.items()):
        if main := main_of(path.read_bytes()):
            yield _page(main, quote(address), memory)


def _page(main: bytes, address: str, memory: Path) -> _Page:
    def make() -> bytes:
        read = read_page(main, address=address)
        return json.dumps([read.lang, read.levels], ensure_ascii=False).encode() + b"\n" + _packed(read.record)

    known, _, record = recall(memory, _maker() + address.encode() + b"\n" + main, make=make).partition(b"\n")
    lang, levels = json.loads(known)
    return _Page(lang=lang, levels=levels, record=record)


def _packed(content: bytes) -> bytes:
    # The headers of gzip differ from one system to the next. Beyond this level, a tenth is won for twice the time.
    return zlib.compress(content, 4)


@cache
def _maker() -> bytes:
    """Return what stands for the code that reads pages."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    code = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)
    return code + version("pystemmer").encode()
