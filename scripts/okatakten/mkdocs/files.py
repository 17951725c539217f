"""Pages and files of ours, as MkDocs takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from okatakten.addresses import local_path
from okatakten.disk.memory import stamp_of
from okatakten.documents.attached import PDF, build_pdf
from okatakten.documents.documents import PARTS
from okatakten.model import DEFAULT_LOCALE
from okatakten.podcast.files import Content
from okatakten.site.build import Build, LocalBuild
from okatakten.site.last import LastSite, key_of
from okatakten.site.pictures import address_of, is_picture
from okatakten.site.places import is_hidden
from okatakten.site.profile import PROFILE
from okatakten.site.structure import BuiltPage
from okatakten.written.text import composed

Render = Callable[[BuiltPage, Mapping[str, Any]], str]
"""Returns a page that MkDocs does not make, filled in with these values beside those that every page has."""


def hand_over(local: LocalBuild, files: Files, *, config: MkDocsConfig, render: Render) -> None:
    """Add what MkDocs does not find in docs/ to its files, and take out what no page uses."""
    shown = [page for page in local.build.reading.pages if page.entry]
    assets = local.build.plain
    unused = [file for file in files if _is_unused(file) or file.src_uri in assets or is_hidden(file.src_uri, shown)]
    for file in unused:
        files.remove(file)
    _hand_over_given(local, files, config)
    for page in local.pages.values():
        if page.stands_alone:
            files.append(_made_file(page.html, _alone(page, local, render), config))
        elif not page.own:
            files.append(_page_file(page, config))
    for path, content in local.files().items():
        files.append(_file(path, content, config, build=local.build))
    for file in _link_targets(local, config):
        files.append(file)


def _hand_over_given(local: LocalBuild, files: Files, config: MkDocsConfig) -> None:
    """Let the files of docs/ that are no pages be published as readers need them, however their names are spelled."""
    docs = Path(config.docs_dir)
    for file in [file for file in files if file.abs_src_path and not file.is_documentation_page()]:
        path = Path(str(file.abs_src_path))
        if path.is_relative_to(docs):
            files.remove(file)
            for name in _spellings(PurePath(file.src_uri)):
                own = _made_file(name, partial(_write_given, path, build=local.build), config)
                own.dest_uri, own.inclusion = address_of(path, docs=docs), file.inclusion
                files.append(own)


def _write_given(path: Path, address: str, *, build: Build) -> None:
    """Write a file of docs/ as it is published."""
    if is_picture(path):
        build.write(address, build.images.get(path).content)
    elif path.suffix.lower() == PDF:
        build.write(address, build_pdf(path, cache=build.cache / "pdf"))
    else:
        build.write(address, path)


def _spellings(path: PurePath) -> set[str]:
    """Return the names that links may have for a file: as it is spelled, and with letters composed."""
    return {path.as_posix(), composed(path.as_posix())}


def _is_unused(file: File) -> bool:
    """Whether other things are made of a file, and it is not published itself."""
    return file.src_uri.startswith((PARTS, PROFILE))


def _alone(page: BuiltPage, local: LocalBuild, render: Render) -> Callable[[str], object]:
    """Return what writes the files of a page that stands alone."""
    return lambda _address: local.write_alone(page, render=partial(render, page))


def _page_file(page: BuiltPage, config: MkDocsConfig) -> File:
    """Return a page that is all template as a file for MkDocs."""
    file = File(page.file, None, config.site_dir, use_directory_urls=True)
    file.inclusion = InclusionLevel.NOT_IN_NAV
    GeneratedPage(page.title, file, config).meta = {"title": page.title}
    return file


class GeneratedPage(Page):
    """A page whose text is in its template: it has no file to read and no Markdown to render."""

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""


def _file(path: str, content: Content, config: MkDocsConfig, *, build: Build) -> File:
    """Return what is published beside the pages as a file for MkDocs."""
    if _stays(path, content, build.last):
        return _made_file(path, lambda _address: None, config)
    return _made_file(path, lambda address: build.write(address, content), config)


def _stays(path: str, content: Content, last: LastSite) -> bool:
    """Return whether what is published beside the pages is so already where the site is being built."""
    if not last.in_place:
        return False
    source = content if isinstance(content, Path) else None if isinstance(content, bytes) else content.path
    stamp = stamp_of(*([source] if source else []))
    return stamp is not None and last.stays(path, key_of(content, stamp))


def _made_file(path: str, make: Callable[[str], object], config: MkDocsConfig) -> File:
    file = _MadeFile(path, None, config.site_dir, use_directory_urls=True)
    file.make = make
    return file


class _MadeFile(File):
    """What is made when it is copied."""

    make: Callable[[str], object]

    def copy_file(self, dirty: bool = False) -> None:
        self.make(self.dest_uri)


def _link_targets(local: LocalBuild, config: MkDocsConfig) -> Iterator[File]:
    """Yield what pages in this locale may link to although MkDocs does not make it here.

    That is pages that stand alone, and what another locale builds: other languages and assets.

    Excluded from the build; static-i18n leaves them out altogether, so links to them would break.
    """
    locale, pages = local.local.locale, local.build.reading.pages
    paths = {f"{page.locale}/{page.name}": local_path(page.path, locale=page.locale) + "index.html"
             for page in pages if page.locale != locale}  # fmt: skip
    paths |= {page.file: page.html for page in local.pages.values() if page.stands_alone}
    if locale != DEFAULT_LOCALE:
        docs = Path(config.docs_dir)
        assets = sorted(path for path in docs.glob("assets/**/*") if path.is_file())
        paths |= {name: address_of(path, docs=docs) for path in assets for name in _spellings(path.relative_to(docs))}
    for source, target in paths.items():
        yield File(
            source, config.docs_dir, config.site_dir, use_directory_urls=True, dest_uri=target,
            inclusion=InclusionLevel.EXCLUDED,
        )  # fmt: skip
