"""What is wrong on one site at one time: links to what it does not show, and what is taken down on a day to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from okatakten.addresses import Site, local_path
from okatakten.model import Page
from okatakten.site.kinds.showing import shown_pages, shown_rows
from okatakten.site.markup import Around, check_markup
from okatakten.site.places import find_files, is_hidden, site_addresses
from okatakten.site.project import Reading
from okatakten.site.settings import read_addresses
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, composed, problem_at, read_text


def show_only(reading: Reading, site: Site) -> Reading:
    """Return a project with the pages and rows that belong in a site, and no others."""
    return replace(
        reading,
        pages=shown_pages(reading.pages, site),
        rows=shown_rows(reading.rows, site),
        gone=shown_pages(reading.gone, site),
    )


def check_shown(root: Path, reading: Reading, *, site: Site) -> list[Problem]:
    """Return the problems that a project without any has on this site, today."""
    today = site.now.astimezone(reading.zone).date()
    return sorted([*_withdrawn_ahead(root, reading, today), *_links_to_hidden(root, reading, site)])


def _withdrawn_ahead(root: Path, reading: Reading, today: date) -> Iterator[Problem]:
    days = {_file(page): page.entry.withdrawn for page in reading.gone if page.entry and not page.translation}
    episodes = reading.show.withdrawn if reading.show else ()
    for file, day in {**days, **{episode.source: episode.day for episode in episodes}}.items():
        if day and day > today:
            yield problem_at(root, file, Kind.ENTRY_UNFIT, "withdrawn", expected=Hint.WITHDRAWN_AHEAD)


def _links_to_hidden(root: Path, reading: Reading, site: Site) -> Iterator[Problem]:
    files, here = find_files(root), show_only(reading, site)
    shown = [name for name in files if not is_hidden(name, here.pages)]
    if len(files) == len(shown) and here == reading:
        return
    everywhere, addresses = (
        site_addresses(root, [*some.pages, *some.gone], names, slugs=reading.slugs, rows=some.rows)
        for some, names in ((reading, files), (here, shown))
    )
    if (len(files), everywhere) == (len(shown), addresses):
        return
    addressed = read_addresses(root, [], files=files)
    for page in here.pages:
        problems = Problems(_file(page))
        around = Around(
            page=f"{page.locale}/{page.name}", address=local_path(page.path, locale=page.locale),
            files=[composed(name) for name in shown], addresses=addresses, ids=lambda _page: None, addressed=addressed,
        )  # fmt: skip
        check_markup(read_text(root / problems.file, problems) or "", problems, around=around)
        yield from (replace(problem, expected=Hint.NOT_SHOWN) for problem in problems.found)


def _file(page: Page) -> str:
    return f"docs/{page.locale}/{page.name}"
