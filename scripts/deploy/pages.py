"""The branch that GitHub Pages shows: the site at its root, and a preview per open pull request.

Always one single commit: hours of audio would otherwise pile up in its history, and a repository never gets smaller.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from deploy.branches import Entries, beginning_of, empty_file, entries_in, entries_of, fetch_commit, push, write_commit
from deploy.host import SCRATCH, HostError, git

BRANCH: Final = "gh-pages"
PREVIEWS: Final = "forhandsvisning/"
FEED: Final = "podd/feed.xml"
HASHED: Final = "assets/hashed/"
SETTLED: Final = timedelta(hours=1)
"""How long GitHub Pages, with the caches before it, may take to show what was published."""

ADDRESSES: Final = "podd/addresses.json"
PUBLISHED: Final = SCRATCH / "published"
"""As much as is needed here of the site that was published last."""

ATTEMPTS: Final = 10
"""How often others may be faster: they publish or preview at the same moment."""

_PODCAST: Final = "podd/"
_CNAME: Final = "CNAME"
"""A file that GitHub writes for a domain of one's own. Without it the domain would be gone."""


class Outcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OVERTAKEN = "overtaken"


def fetch_pages() -> str | None:
    """Return the newest commit of the branch; None before anything has been published."""
    return fetch_commit(BRANCH)


def read_feed(pages: str | None) -> Path | None:
    """Return the feed that was published last, as a file; None before the first time.

    Beside it lies what okatakten looks for there: the addresses, and the tags of the audio in files that hold no more.
    """
    from okatakten.podcast.keeping import TAG_LIMIT
    from okatakten.podcast.tags import tag_size

    entries = entries_of(pages)
    if FEED not in entries:
        return None
    shutil.rmtree(PUBLISHED, ignore_errors=True)
    for path, entry in entries.items():
        if path in {FEED, ADDRESSES}:
            _write(PUBLISHED / path, git("show", f"{pages}:{path}").encode(errors="surrogateescape"))
        elif path.startswith(_PODCAST) and path.endswith(".mp3"):
            beginning = beginning_of(entry, TAG_LIMIT)
            _write(PUBLISHED / path, beginning[: tag_size(beginning)])
    return PUBLISHED / FEED


def shows(pages: str, feed: Path) -> bool:
    """Return whether a feed is the one that was published last, byte by byte."""
    return entries_of(pages).get(FEED, "").endswith(git("hash-object", "--no-filters", str(feed)))


def published_at(pages: str) -> datetime:
    """Return when the branch last changed."""
    return datetime.fromtimestamp(int(git("show", "--no-patch", "--format=%ct", pages)), UTC)


def put_site(site: Path, *, over: str | None, now: datetime) -> Outcome:
    """Put a site at the root of the branch, over the commit that it was compared with."""
    before, new = entries_of(over), entries_in(site)
    kept = {path: entry for path, entry in before.items() if path == _CNAME or path.startswith(PREVIEWS)}
    kept |= _still_asked_for(new, before, over=over, now=now)
    return _put(kept | new, before, over=over, message="Publish the site")


def _still_asked_for(new: Entries, before: Entries, *, over: str | None, now: datetime) -> Entries:
    """Return the styles and scripts that pages in the caches before GitHub Pages ask for, until these have settled."""
    earlier = {path: entry for path, entry in before.items() if path.startswith(HASHED)}
    changed = any(path.startswith(HASHED) and path not in earlier for path in new)
    recent = over is not None and now - published_at(over) < SETTLED
    return earlier if changed or recent else {}


def put_preview(site: Path, number: int) -> None:
    """Put a preview where that of this pull request is, leaving the site and other previews alone."""
    folder = _folder(number)
    files = {folder + path: entry for path, entry in entries_in(site).items()}
    _replace_folder(folder, files, message=f"Preview pull request {number}")


def drop_preview(number: int) -> None:
    """Remove the preview of a pull request, if there is one."""
    _replace_folder(_folder(number), {}, message=f"Remove the preview of pull request {number}")


def _replace_folder(folder: str, files: Entries, *, message: str) -> None:
    for _ in range(ATTEMPTS):
        over = fetch_pages()
        before = entries_of(over)
        others = {path: entry for path, entry in before.items() if not path.startswith(folder)}
        if _put(others | files, before, over=over, message=message) is not Outcome.OVERTAKEN:
            return
    raise HostError(f"{BRANCH}: somebody else was faster {ATTEMPTS} times")


def _put(entries: Entries, before: Entries, *, over: str | None, message: str) -> Outcome:
    if not entries and not before:
        return Outcome.UNCHANGED
    # Without it, GitHub would build the site anew with Jekyll and leave out names that begin with _.
    entries = entries | {".nojekyll": empty_file()}
    if entries == before:
        return Outcome.UNCHANGED
    commit = write_commit(entries, message, parent=None)
    return Outcome.CHANGED if push(commit, BRANCH, over=over) else Outcome.OVERTAKEN


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _folder(number: int) -> str:
    return f"{PREVIEWS}{number}/"
