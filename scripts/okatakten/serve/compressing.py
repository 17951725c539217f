"""Compressed copies beside the text files of a built site, for servers that send them as they are: `.gz` and `.br`."""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import brotli

TEXT: Final = {".html", ".css", ".js", ".json", ".xml", ".svg", ".vtt", ".srt", ".txt"}
"""All else is compressed already, also the pieces of the search index."""

AT_LEAST: Final = 250
"""Bytes; less is hardly shorter when it is compressed."""


_MAKERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    # Zopfli would save 3 % of gzip, for 150 times the work, for the few browsers that do not take Brotli.
    ".gz": lambda content: gzip.compress(content, 9, mtime=0),
    ".br": lambda content: brotli.compress(content, mode=brotli.MODE_TEXT, quality=11),
}


_READERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {".gz": gzip.decompress, ".br": brotli.decompress}


def compress_site(site: Path, *, before: Path) -> None:
    """Write the compressed copies. The same content gives the same bytes.

    A file that is the same in the site `before` has its copies from there: Brotli's best takes a second a megabyte.
    """
    # Both compressors leave Python's lock while they work.
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for _ in workers.map(lambda path: _compress(path, before / path.relative_to(site)), _text_files(site)):
            pass


def _holds(copy: Path, content: bytes) -> bool:
    """Return whether a compressed copy holds this: somebody may have changed it, or filled the disk."""
    try:
        return _READERS[copy.suffix](copy.read_bytes()) == content
    except (EOFError, OSError, zlib.error, brotli.error):
        return False


def _text_files(site: Path) -> Iterator[Path]:
    for path in sorted(site.rglob("*")):
        if path.suffix in TEXT and path.is_file() and path.stat().st_size >= AT_LEAST:
            yield path


def _compress(path: Path, before: Path) -> None:
    content = path.read_bytes()
    same = before.is_file() and before.read_bytes() == content
    for suffix, make in _MAKERS.items():
        copy, made = before.with_name(before.name + suffix), path.with_name(path.name + suffix)
        if same and copy.is_file() and _holds(copy, content):
            shutil.copyfile(copy, made)
        elif len(compressed := make(content)) < len(content):
            made.write_bytes(compressed)
