"""Öka takten: episode folders in, podcast feed and pages out. Start here.

Files flow one way: read (values and problems) → model → feed, pages, files. Each room imports only from those above it
in this list, and tests/test_house.py says in a sentence where one does not; the right column says what it is for.

    disk/         whole or not at all, one at a time, and what is slow remembered
    written/      what people write, with line numbers, and every Swedish sentence about it
    model         what a show, an episode, a page is; then rules (limits, roles, names), addresses (where everything is
                  published) and fetching (from servers of others)
    words/        the words of the interface, and its languages
    podcast/      an episode folder → feed, audio, chapters, and what subscribers were promised
    making/       a recording → an episode folder; importing/ stands on it: somebody else's feed → episode folders
    search/       a built site → the pieces of its search index
    site/         docs/ and the show → pages, before any site generator
    clips/        some seconds of an episode → a film or a quotation to post
    documents/    a page → PDF and EPUB                     translating/  texts to a translator and back
    serve/        headers, redirects, packed copies         publish/      a built site → an object store
    reach/        logs of servers → who was reached, and the report for the funder
    mkdocs/       the doorway to MkDocs, and nothing but it
    desk/         the same files as forms in the browser; what it does are calls that commands make, too
    commands/     what a communicator types

To add a **field** of an episode: `EpisodeFields` in model, `EPISODE_FIELDS` and a line in podcast/episode, the guide
in podcast/README.md; of a page: `Page` in model, site/content. A **message**: `Kind` in written/problems, its
sentence in written/advice, a folder in tests/cases; what fits (`Hint`) and why something was not done (`Reason`) are
a line there, and no Swedish stands elsewhere but what commands say of themselves. A **kind of page** that is filled
in: a `PageKind` in site/kinds, its words, and a template where entry.html does not do. A **figure**: site/figures, what
it is drawn from in site/facts, its words, and its name in site/inserts. A **format** of transcripts:
`CAPTIONS` in rules, making/captions; of feeds: podcast/feed; of files beside the pages: podcast/files or site/files.
A **language**: docs/<locale>/ with index.md and words.yml, two lines in mkdocs.yml (`okatakten translation new`).
What a **colour** is for: `NAMES` in site/profile, overrides/profile/profile.yml.

The names below are for others too: they read a podcast, make its feed and files and check that it breaks no promise,
without a site around it. README.md in this folder shows how.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from okatakten.addresses import Site, read_site
    from okatakten.model import Episode, Published, Show
    from okatakten.podcast.feed import build_feed
    from okatakten.podcast.files import build_podcast_files, write_podcast_files
    from okatakten.podcast.keeping import keep_audio
    from okatakten.podcast.podcast import PodcastReading, read_podcast
    from okatakten.podcast.promise import check_promise
    from okatakten.podcast.promised import read_promised
    from okatakten.podcast.releases import build_published, build_releases
    from okatakten.words.catalogue import Words
    from okatakten.written.problems import Problem
    from okatakten.written.report import format_report

__all__ = [
    "Episode", "PodcastReading", "Problem", "Published", "Show", "Site", "Words", "build_feed", "build_podcast_files",
    "build_published", "build_releases", "check_promise", "format_report", "keep_audio", "read_podcast",
    "read_promised", "read_site", "write_podcast_files",
]  # fmt: skip

_PLACES: Final = {
    "addresses": ("Site", "read_site"),
    "model": ("Episode", "Published", "Show"),
    "podcast.feed": ("build_feed",),
    "podcast.files": ("build_podcast_files", "write_podcast_files"),
    "podcast.keeping": ("keep_audio",),
    "podcast.podcast": ("PodcastReading", "read_podcast"),
    "podcast.promise": ("check_promise",),
    "podcast.promised": ("read_promised",),
    "podcast.releases": ("build_published", "build_releases"),
    "words.catalogue": ("Words",),
    "written.problems": ("Problem",),
    "written.report": ("format_report",),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for: no command waits for libraries that it does not use (PEP 562)."""
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"okatakten.{module}"), name)
    raise AttributeError(name)
