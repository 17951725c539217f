"""The search index of a built site, made by Pagefind: pieces that the search page fetches when somebody searches.

All languages go into one index, so that a search finds both whatever page it is made from; each hit says its language.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Final

from okatakten.written.advice import Reason

FOLDER: Final = "pagefind"
STEMS_OF: Final = "sv"
"""Whose endings the search knows. Words of other languages are found as they are written."""

_PIECE: Final = "2000"
"""Places of words in a piece of the index. Pagefind's own 20 000 make a piece 60 kB and more, since it does not count
words with å, ä and ö (https://github.com/Pagefind/pagefind/issues/1211). The setting has no documentation, and a test
notices when it is gone."""

_UNUSED: Final = ("*-ui.*", "*-highlight.js", "pagefind-worker.js", "wasm.unknown.pagefind")
"""What comes with the index and is never fetched: ready-made search pages, since ours is overrides/search.html and its
script, another thread, and the words of languages that we do not have."""


_PACKED: Final = {".pf_fragment", ".pf_index", ".pf_meta", ".pf_filter", ".pf_sort", ".pagefind"}


class SearchError(Exception):
    """The index could not be made; the text says why."""


def build_search(site: Path) -> None:
    """Add the index of every page with `data-pagefind-body` to a built site. Raises SearchError."""
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", STEMS_OF, "--silent"]
    settings = os.environ | {"PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": _PIECE}
    ended = subprocess.run(  # noqa: S603
        command, env=settings, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    entry = site / FOLDER / "pagefind-entry.json"
    if ended.returncode or not entry.exists():
        raise SearchError(Reason.SEARCH_NOT_MADE.format(said=(ended.stderr or ended.stdout).strip()))
    for pattern in _UNUSED:
        for path in (site / FOLDER).glob(pattern):
            path.unlink()
    _check_whole(site / FOLDER)
    # Its keys come in another order in every run.
    content = json.loads(entry.read_text(encoding="utf-8"))
    entry.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")


def _check_whole(index: Path) -> None:
    """Raise OSError where a file has less in it than it should: on a full disk, Pagefind says that all went well."""
    for path in index.rglob("*.*"):
        if not _is_whole(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _is_whole(path: Path) -> bool:
    content = path.read_bytes()
    if path.suffix == ".js":  # a module, whose last statement says what it exports
        return b"export{" in content[-500:] and content.rstrip().endswith(b"};")
    try:
        return len(gzip.decompress(content) if path.suffix in _PACKED else content) > 0
    except (EOFError, OSError, zlib.error):
        return False
