"""A build of ours, begun with what MkDocs has been told: the settings of mkdocs.yml, and whether it serves."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from okatakten.addresses import SettingError, Site, read_site
from okatakten.disk.memory import code
from okatakten.documents.documents import make_downloads
from okatakten.documents.reading import read_with_documents
from okatakten.model import Locale, Published
from okatakten.podcast.podcast import Known
from okatakten.site.assets import name_assets, with_profile
from okatakten.site.build import Build, Downloads, MakeDownloads, Render, Say, publish_first
from okatakten.site.last import LastSite
from okatakten.site.pictures import find_images
from okatakten.site.project import Reading
from okatakten.site.shown import check_shown, show_only
from okatakten.site.structure import BuiltPage, LocalSite
from okatakten.words.languages import check_locales
from okatakten.written.advice import Reason
from okatakten.written.report import format_report


class StoppedError(Abort):
    """The build stops for what the text says in Swedish; what MkDocs itself says is English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is to be built, read and settled before MkDocs is run, and the `last` site. `say` is told what is done."""

    reading: Reading
    show: Published
    site: Site
    say: Say
    last: LastSite


@dataclass(slots=True, kw_only=True)
class Kept:
    """What a site that is shown locally keeps from one build to the next: `last`, episodes that have been read, files.

    `downloads` are the files of pages by the page's address. They are slow to make, and a build that is not `whole`
    takes the last ones: those are `late` then.
    """

    last: LastSite
    episodes: Known = field(default_factory=dict)
    downloads: dict[str, Downloads] = field(default_factory=dict)
    whole: bool = True
    late: bool = False

    def make_downloads(self, page: BuiltPage, *, make: MakeDownloads, within: LocalSite, render: Render) -> Downloads:
        """Return the files of a page as `make` makes them, or the last ones."""
        if self.whole or page.href not in self.downloads:
            self.downloads[page.href] = make(page, within=within, render=render)
        else:
            self.late = True
        return self.downloads[page.href]


def begin_build(config: MkDocsConfig, *, given: Given | None, kept: Kept | None, serving: bool) -> Build:
    """Return a new build of the project that mkdocs.yml stands in, which is read unless it is `given`.

    What is `kept` is not made again. Raises StoppedError, which says in Swedish what is wrong.
    """
    root = Path(config.config_file_path).parent
    if config.theme.custom_dir is None:
        raise StoppedError(Reason.NO_TEMPLATES)
    theme = Path(config.theme.custom_dir)
    folder, cache = Path(config.site_dir), root / ".okatakten"
    reading = given.reading if given else read_with_documents(root, known=kept.episodes if kept else None)
    if reading.show is None:
        raise StoppedError(format_report(reading.problems))
    try:
        site = given.site if given else read_site(os.environ, preview=serving)
        check_locales(_languages(config).locales, folders=reading.words, docs=root / "docs")
    except SettingError as error:
        raise StoppedError(str(error)) from None
    if serving:
        site = replace(site, url=config.site_url or site.url, samples=True)
    if wrong := check_shown(root, reading, site=site):
        raise StoppedError(format_report(wrong))
    assert reading.profile
    assets = with_profile(_read_assets(theme), reading.profile, cache=cache / "icon")
    last = given.last if given else kept.last if kept else LastSite(folder=folder)
    make: MakeDownloads = partial(
        make_downloads, profile=reading.profile, theme=theme, cache=cache / "documents",
        folders=[folder, last.folder] if last.in_place else [folder],
    )  # fmt: skip
    return Build(
        reading=show_only(reading, site),
        show=given.show if given else publish_first(reading, site),
        site=site,
        say=given.say if given else lambda _stage: None,
        menu=_menu(config),
        addresses=config.extra.get("addresses", {}),
        profile=reading.profile,
        plain=assets,
        assets=name_assets(assets),
        folder=folder,
        cache=cache,
        last=last,
        made_with=_made_with(config, theme, serving=serving),
        images=find_images(root / "docs", cache=cache / "pictures"),
        make_downloads=partial(kept.make_downloads, make=make) if kept else make,
    )


def locale_of(config: MkDocsConfig) -> Locale:
    """Return the locale that is being built. Raises StoppedError where nothing says which."""
    return Locale(_languages(config).locale)


def is_done(config: MkDocsConfig) -> bool:
    """Return whether all locales are built: static-i18n builds the others in the last event of the first one."""
    return not _languages(config).building


def _languages(config: MkDocsConfig) -> Any:
    languages = config.plugins.get("okatakten_i18n")
    if languages is None:
        raise StoppedError(Reason.LANGUAGES_MISSING)
    return languages


def _menu(config: MkDocsConfig) -> list[str]:
    """Return the files of the main menu. Stops at a word beside a file: every language has its own, in the page."""
    files = config.nav or []
    if not all(isinstance(file, str) for file in files):
        raise StoppedError(Reason.MENU_WITH_WORDS)
    return cast("list[str]", list(files))


def _made_with(config: MkDocsConfig, theme: Path, *, serving: bool) -> bytes:
    """Return what stands for all that pages are made with: code, libraries, settings, templates and assets."""
    folders = [Path(folder) for folder in sys.path if folder]
    # By the names of their folders, name-version.dist-info: reading what stands in those takes long.
    libraries = sorted({path.name for folder in folders for path in folder.glob("*.dist-info")})
    files = [Path(config.config_file_path), *sorted(path for path in theme.rglob("*") if path.is_file())]
    contents = b"".join(sha256(path.read_bytes()).digest() for path in files)
    return sha256(code() + contents + repr((files, libraries, serving, config.site_url)).encode()).digest()


def _read_assets(theme: Path) -> dict[str, bytes]:
    """Return what is to be published of overrides/assets/ by its name in overrides/; a README is for whoever edits."""
    files = [path for path in theme.glob("assets/**/*") if path.is_file() and path.suffix != ".md"]
    return {path.relative_to(theme).as_posix(): path.read_bytes() for path in files}
