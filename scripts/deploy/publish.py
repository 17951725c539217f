"""Puts the site where it is read: at the root of the branch of GitHub Pages, or into a folder of one's own server."""

from __future__ import annotations

import filecmp
import os
import shutil
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy import texts
from deploy.host import Run, fence, okatakten, show, show_error
from deploy.pages import (
    ATTEMPTS,
    FEED,
    HASHED,
    PUBLISHED,
    SETTLED,
    Outcome,
    fetch_pages,
    published_at,
    put_site,
    read_feed,
    shows,
)

KEPT: Final = timedelta(days=7)
"""How long styles and scripts stay when no page of the site asks for them any more."""

LIVE_LIMIT: Final = 50 * 10**6
"""Bytes that a feed may have."""


def publish(run: Run) -> int:
    """Build the site and publish it, unless that would break what was published before.

    When nothing is new, see that the address of the site shows what was published.
    """
    for _ in range(ATTEMPTS):
        pages = fetch_pages()
        feed = read_feed(pages)
        built = okatakten("build", "--documents", *(("--published", str(feed)) if feed else ()), site=run.site)
        show(built.text)
        if not built.done:
            return _fail(run, built.text)
        outcome = put_site(Path("site"), over=pages, now=run.now)
        if outcome is Outcome.CHANGED:
            run.summarize(texts.BUILT_SUMMARY.format(said=fence(built.text)))
            run.summarize(texts.PUBLISHED.format(site=run.site))
            return 0
        if outcome is Outcome.UNCHANGED:
            assert pages
            run.summarize(texts.NOTHING_NEW)
            return _see_that_it_shows(run, pages)
        # Somebody published or previewed meanwhile. What they published must be kept, too: compare anew.
    return _fail(run, texts.OVERTAKEN)


def publish_folder(folder: Path) -> int:
    """Build the site for nginx and put it in place of a folder that it shows, in one step."""
    from okatakten.write import replace_folder

    feed = folder / FEED
    published = ("--published", str(feed.resolve())) if feed.exists() else ()
    built = okatakten("build", "--documents", "--nginx", *published, site=os.environ.get("SITE_URL", ""))
    print(built.text)
    if built.done:
        replace_folder(folder.resolve(), make=lambda new: _copy(Path("site"), new, before=folder))
    return 0 if built.done else 1


def _see_that_it_shows(run: Run, pages: str) -> int:
    """Compare the feed at the address of the site with the one in the branch.

    The branch has all that is due, or something would have been new. So only an address that shows something else can
    be behind, and only then is it worth measuring all audio, which `okatakten check` does.
    """
    published = published_at(pages)
    if run.now - published < SETTLED:
        return 0
    live, error = _fetch_live(run.site + FEED)
    if live is not None and shows(pages, live):
        return 0
    reason = texts.NOT_FOUND.format(address=run.site + FEED, error=error)
    if live is not None:
        reason = okatakten("check", "--published", str(live), site=run.site).text
    return _fail(run, texts.NOT_SHOWN.format(site=run.site, published=f"{published:%Y-%m-%d %H:%M} UTC", reason=reason))


def _fetch_live(address: str) -> tuple[Path | None, str]:
    """Return the feed at an address as a file, or else why there is none."""
    # Beside the feed that was published: what okatakten looks for there is the same.
    path = (PUBLISHED / FEED).with_name("live.xml")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            path.write_bytes(response.read(LIVE_LIMIT))
    except (OSError, ValueError) as error:
        return None, str(error)
    return path, ""


def _fail(run: Run, said: str) -> int:
    show_error(texts.ALARM, said)
    run.summarize(texts.BUILT_SUMMARY.format(said=fence(said)))
    run.hand_over("said", said)
    return 1


def _copy(site: Path, folder: Path, *, before: Path) -> None:
    """Copy the site. What is as `before` keeps its time, since servers make the ETag of it: apps fetch no feed anew.

    Styles and scripts that only earlier pages ask for stay as long as somebody may be looking at one.
    """
    shutil.copytree(site, folder, dirs_exist_ok=True)
    for path in site.rglob("*"):
        name = path.relative_to(site)
        # The time of a hashed file is when it was last part of a site.
        if path.is_file() and not name.is_relative_to(HASHED) and _same(path, before / name):
            shutil.copystat(before / name, folder / name)
    for path in (before / HASHED).glob("*"):
        young = time.time() - path.stat().st_mtime < KEPT.total_seconds()
        if young and not (folder / HASHED / path.name).exists():
            shutil.copy2(path, folder / HASHED)


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
