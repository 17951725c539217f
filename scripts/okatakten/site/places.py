"""What the folders of a project may hold, which address everything gets, and where two would get the same one."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from okatakten.addresses import (
    EMBED,
    FEED,
    FOLLOW_CODE,
    MARK,
    NEWS_JSON,
    NEWS_RSS,
    PLAIN_CARD,
    PODCAST,
    TOUCH_ICON,
    YEARS,
    card_path,
    file_address,
    local_path,
)
from okatakten.model import DEFAULT_LOCALE, Entry, Locale, Page
from okatakten.rules import DEVICE_NAMES, folded, slug_of
from okatakten.site.channels import CHANNELS
from okatakten.site.facts import FACTS
from okatakten.site.kinds import KINDS as PAGE_KINDS
from okatakten.site.kinds import kind_at, kind_of
from okatakten.site.kinds.reading import rows_file
from okatakten.site.launch import LAUNCH
from okatakten.site.pictures import DRAWING, KINDS, NOT_OF_THE_WEB, files_of
from okatakten.site.profile import DRAWN
from okatakten.words.catalogue import CATALOGUE
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems

FOLDERS: Final = ("docs", "podcast", "overrides", "mkdocs.yml")
"""What a site is built of."""
ASSETS: Final = "assets/"
QUESTIONS: Final = "docs/questions.yml"
PUBLISHED: Final = (*KINDS, DRAWING, ".pdf", ".epub", ".vtt", ".mp3", ".m4a", ".mp4", ".webm")
"""How the names of files end that may lie beside the pages: nothing in them is run, and of an SVG only what draws."""
_STRANGE: Final = re.compile(r'[\x00-\x1f"*:<>?\\|\ud800-\udfff]|^ |[ .]$')
_EMACS: Final = ".#"
"""Begins the links that an editor leaves beside what it has open; they lead nowhere, and nothing of ours reads them."""


def check_plain(root: Path, found: list[Problem]) -> None:
    """Add a problem for all that is no plain file or folder, opening none of it.

    A link would publish what it leads to, whatever that is, and from a pipe nothing may ever come.
    """
    for entry in _everything(root):
        is_plain = entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)
        if not is_plain and not entry.name.startswith(_EMACS):
            what = Hint.IS_LINK if entry.is_symlink() else Hint.IS_NO_FILE
            place = Path(entry.path).relative_to(root).as_posix()
            Problems(place, found).add(Kind.NOT_A_PLAIN_FILE, expected=what)


def _everything(root: Path) -> Iterator[os.DirEntry[str]]:
    """Yield all that a site is built of. Goes through no link. Raises OSError for a folder that may not be opened.

    What looks for files later passes over such a folder, and the site would lack what is in it.
    """
    left = [entry for entry in os.scandir(root) if entry.name in FOLDERS] if root.is_dir() else []
    while left:
        entry = left.pop()
        yield entry
        if entry.is_dir(follow_symlinks=False):
            left += os.scandir(entry.path)


def find_files(root: Path) -> tuple[str, ...]:
    """Return the files below docs/ that MkDocs sees: those that are hidden it leaves out."""
    docs = root / "docs"
    return tuple(path.relative_to(docs).as_posix() for path in files_of(docs))


def check_files(files: Iterable[str], locales: Collection[Locale], found: list[Problem]) -> None:
    """Add a problem for every file below docs/ that is not to be published, or would be under no good address."""
    known = {CHANNELS, FACTS, LAUNCH, QUESTIONS, *(f"docs/{locale}/{CATALOGUE}" for locale in locales)}
    known |= {rows_file(kind) for kind in PAGE_KINDS if kind.rows}
    files = tuple(files)
    for name in files:
        path = PurePosixPath(name)
        problems = Problems(f"docs/{name}", found)
        if problems.file in known:
            continue
        homeless = path.parts[0] not in locales
        if path.suffix == ".md":
            if homeless:
                problems.add(Kind.PAGE_OUTSIDE_LANGUAGES)
        elif hint := NOT_OF_THE_WEB.get(path.suffix.lower()):
            problems.add(Kind.PICTURE_WRONG_FORMAT, expected=hint)
        elif path.suffix.lower() not in PUBLISHED:
            problems.add(Kind.FILE_NOT_PUBLISHED, expected=Hint.KINDS_PUBLISHED.format(kinds=", ".join(PUBLISHED)))
        elif homeless and not name.startswith(ASSETS):
            problems.add(Kind.FILE_NOT_PUBLISHED, expected=Hint.MOVE_TO_ASSETS)
        elif not homeless and is_loose(path, files):
            problems.add(Kind.ENTRY_MISPLACED, found=name, expected=f"{path.parts[1]}/namn/{path.name}")
        elif _STRANGE.search(path.name) or path.name.partition(".")[0].casefold() in DEVICE_NAMES:
            problems.add(Kind.NOT_A_FILE_NAME, expected=f"{slug_of(path.stem)}{path.suffix.lower()}")


def is_loose(path: PurePosixPath, files: Collection[str]) -> bool:
    """Return whether a file lies among the pages of a kind, but not in the folder of one of them."""
    page = "/".join((DEFAULT_LOCALE, *path.parts[1:3], "index.md"))
    return kind_at("/".join(path.parts[1:])) is not None and page not in files


def is_hidden(name: str, shown: Iterable[Page]) -> bool:
    """Return whether a file below docs/ lies in the folder of an entry that is not among the pages that are shown."""
    locale, _, below = name.partition("/")
    if f"{locale}/" == ASSETS or kind_at(below) is None:
        return False
    return not any(below.startswith(page.name.removesuffix("index.md")) for page in shown if page.entry)


def check_addresses(
    root: Path, pages: Iterable[Page], files: Iterable[str], *, slugs: Iterable[str], found: list[Problem]
) -> None:
    """Add a problem for every page and file whose address something else has: one of the two would be gone unsaid.

    `slugs` are all names that have been addresses of episodes.
    """
    pages = tuple(pages)
    locales = {DEFAULT_LOCALE: None} | {page.locale: None for page in pages}
    taken = dict(_taken(root, locales, slugs=slugs))
    taken |= {local_path(kind.path, locale=locale): Hint.LIST_OF_KIND for kind in PAGE_KINDS for locale in locales}
    folders = dict(_taken_folders(locales))
    for page in sorted(pages, key=lambda page: (page.locale != DEFAULT_LOCALE, page.locale, page.name)):
        address, file = local_path(page.path, locale=page.locale), f"docs/{page.locale}/{page.name}"
        _take(address, file, taken, folders=folders, of=page.locale, found=found)
        taken[folded(card_path(address))] = Hint.SHARE_PICTURE
    for page in pages:
        for slug in page.entry.former_slugs if page.entry else ():
            address = local_path(f"{page.path.split('/')[0]}/{slug}/", locale=page.locale)
            _take(address, f"docs/{page.locale}/{page.name}", taken, folders=folders, of=page.locale, found=found)
    for name in files:
        if not name.endswith((".md", ".yml")):
            _take(file_address(name), f"docs/{name}", taken, folders=folders, of=name.partition("/")[0], found=found)


def _take(
    address: str, file: str, taken: dict[str, str], *, folders: dict[str, str], of: str, found: list[Problem]
) -> None:
    """Note that a file has an address, or add a problem where something else has it."""
    within = (owner for folder, owner in folders.items() if address.startswith(folder) and owner != f"docs/{of}/")
    owner = taken.get(folded(address)) or next(within, file)
    if owner == file:
        taken[folded(address)] = file
    else:
        Problems(file, found).add(Kind.PAGE_ADDRESS_TAKEN, found=f"/{address}", expected=owner)


def site_addresses(
    root: Path,
    pages: Collection[Page],
    files: Iterable[str],
    *,
    slugs: Iterable[str],
    rows: Mapping[str, Sequence[Entry]],
) -> frozenset[str]:
    """Return all that the site answers to and that somebody may link to, relative to it.

    `rows` are those of kinds of page, by kind: a kind that there is nothing of has no list.
    """
    of_pages = {local_path(page.path, locale=page.locale) for page in pages}
    of_files = {file_address(name) for name in files if not name.endswith((".md", ".yml"))}
    locales = dict.fromkeys(page.locale for page in pages)
    entries = [(page.entry, page.locale) for page in pages if page.entry and not page.entry.withdrawn]
    entries += [(row, DEFAULT_LOCALE) for of_kind in rows.values() for row in of_kind]
    of_lists = {local_path(kind_of(entry.kind).path, locale=locale) for entry, locale in entries}
    return frozenset({*of_pages, *of_files, *of_lists, *dict(_taken(root, locales, slugs=slugs))})


def _taken(root: Path, locales: Iterable[Locale], *, slugs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of all but pages, each with what has it."""
    yield from ((address, PODCAST) for address in (FEED, NEWS_RSS, NEWS_JSON))
    yield PLAIN_CARD, Hint.SHARE_PICTURE
    yield FOLLOW_CODE, PODCAST
    yield from ((PODCAST + path.name, f"podcast/{path.name}") for path in sorted((root / "podcast").glob("*.*")))
    for path in sorted((root / "overrides/assets").rglob("*")):
        yield path.relative_to(root / "overrides").as_posix(), path.relative_to(root).as_posix()
    yield from ((address, DRAWN) for address in (MARK, TOUCH_ICON))
    for slug in sorted(slugs):
        owner, names = f"podcast/episodes/{slug}/", []
        try:
            names = [entry.name for entry in os.scandir(root / owner)]
        except OSError:
            owner = Hint.FORMER_ADDRESS
        for locale in locales:
            page = local_path(f"{PODCAST}{slug}/", locale=locale)
            yield from ((page + each, owner) for each in ("", EMBED))
        yield from ((f"{PODCAST}{slug}/{name.lower()}", owner) for name in names)


def _taken_folders(locales: Iterable[Locale]) -> Iterator[tuple[str, str]]:
    """Yield the folders of the site that are not for pages of a language, each with what has it."""
    yield "search/", Hint.SEARCH_INDEX
    yield ASSETS, f"docs/{ASSETS}"
    for locale in locales:
        yield local_path(YEARS, locale=locale), Hint.YEAR_PAGES
        if locale != DEFAULT_LOCALE:
            yield f"{locale}/", f"docs/{locale}/"
