"""The branch that GitHub Pages shows: the site at its root, and a preview per open pull request.

Always one single commit: hours of audio would otherwise pile up in its history, and a repository never gets smaller.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from deploy.branches import Entries, empty_file, entries_in, entries_of, fetch_commit, push, write_commit
from deploy.host import SCRATCH, HostError, git

BRANCH: Final = "gh-pages"
PREVIEWS: Final = "forhandsvisning/"
FEED: Final = "podd/feed.xml"
ADDRESSES: Final = "podd/addresses.json"
ATTEMPTS: Final = 10
"""How often others may be faster: they publish or preview at the same moment."""

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
    """Return the feed that was published last, as a file; None before the first time."""
    if FEED not in entries_of(pages):
        return None
    SCRATCH.mkdir(exist_ok=True)
    path = SCRATCH / "published.xml"
    path.write_text(git("show", f"{pages}:{FEED}"), encoding="utf-8", errors="surrogateescape")
    # okatakten looks for it beside the feed.
    beside = path.with_name(ADDRESSES.rpartition("/")[2])
    beside.unlink(missing_ok=True)
    if ADDRESSES in entries_of(pages):
        beside.write_text(git("show", f"{pages}:{ADDRESSES}"), encoding="utf-8")
    return path


def shows(pages: str, feed: Path) -> bool:
    """Return whether a feed is the one that was published last, byte by byte."""
    return entries_of(pages).get(FEED, "").endswith(git("hash-object", "--no-filters", str(feed)))


def published_at(pages: str) -> datetime:
    """Return when the branch last changed."""
    return datetime.fromtimestamp(int(git("show", "--no-patch", "--format=%ct", pages)), UTC)


def put_site(site: Path, *, over: str | None) -> Outcome:
    """Put a site at the root of the branch, over the commit that it was compared with."""
    before = entries_of(over)
    kept = {path: entry for path, entry in before.items() if path == _CNAME or path.startswith(PREVIEWS)}
    return _put(entries_in(site) | kept, before, over=over, message="Publish the site")


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


def _folder(number: int) -> str:
    return f"{PREVIEWS}{number}/"
