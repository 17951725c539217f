"""Puts the site where GitHub Pages reads it: at the root of its branch."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Final

from deploy import texts
from deploy.host import Run, fence, okatakten, show, show_error, what_blocks
from deploy.pages import (
    ATTEMPTS,
    FEED,
    PUBLISHED,
    SETTLED,
    Outcome,
    fetch_pages,
    published_at,
    put_site,
    read_feed,
    shows,
)

NOTICED: Final = 300
"""Seconds in which what is pushed is seen by all, as a rule; a hub, where there is one, is told then."""
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
        if blocks := what_blocks(site=run.site):
            return _fail(run, blocks)
        outcome = put_site(Path("site"), over=pages, now=run.now)
        if outcome is Outcome.CHANGED:
            run.summarize(texts.BUILT_SUMMARY.format(said=fence(built.text)))
            run.summarize(texts.PUBLISHED.format(site=run.site))
            show(okatakten("notify", "--wait", str(NOTICED), site=run.site).text)
            return 0
        if outcome is Outcome.UNCHANGED:
            assert pages
            run.summarize(texts.NOTHING_NEW)
            return _see_that_it_shows(run, pages)
        # Somebody published or previewed meanwhile. What they published must be kept, too: compare anew.
    return _fail(run, texts.OVERTAKEN)


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
