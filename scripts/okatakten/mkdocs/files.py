"""Pages and files of ours, as MkDocs takes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from okatakten.addresses import local_path
from okatakten.documents.documents import PARTS
from okatakten.model import DEFAULT_LOCALE, Release
from okatakten.podcast.files import Content
from okatakten.podcast.releases import write_release
from okatakten.site.build import LocalBuild
from okatakten.site.structure import BuiltPage


def hand_over(local: LocalBuild, files: Files, *, config: MkDocsConfig) -> None:
    """Add what MkDocs does not find in docs/ to its files, and take out what no page uses."""
    for file in [file for file in files if _is_unused(file)]:
        files.remove(file)
    for page in local.pages.values():
        if not page.own:
            files.append(_page_file(page, config))
    for path, content in local.files().items():
        files.append(_file(path, content, config))
    for file in _link_targets(local, config):
        files.append(file)


def _is_unused(file: File) -> bool:
    """Material's scripts and styles, 3 MB that base.html of ours does not use, and what only documents are made of."""
    of_material = file.src_dir is not None and Path(file.src_dir).parts[-2:] == ("material", "templates")
    return (of_material and not file.is_documentation_page()) or file.src_uri.startswith(PARTS)


def _page_file(page: BuiltPage, config: MkDocsConfig) -> File:
    """Return a page that is all template as a file for MkDocs."""
    file = File(page.file, None, config.site_dir, use_directory_urls=True)
    file.inclusion = InclusionLevel.NOT_IN_NAV
    _GeneratedPage(page.title, file, config).meta = {"title": page.title}
    return file


class _GeneratedPage(Page):
    """A page whose text is in its template: it has no file to read and no Markdown to render."""

    def read_source(self, config: MkDocsConfig) -> None:
        self.markdown = ""

    def render(self, config: MkDocsConfig, files: Files) -> None:
        self.content = ""


def _file(path: str, content: Content, config: MkDocsConfig) -> File:
    """Return what is published beside the pages as a file for MkDocs."""
    kind = _AudioFile if isinstance(content, Release) else File
    file = kind(path, None, config.site_dir, use_directory_urls=True)
    if isinstance(content, bytes):
        file.content_bytes = content
    elif isinstance(content, Path):
        file.abs_src_path = str(content)
    elif isinstance(file, _AudioFile):
        file.release = content
    return file


class _AudioFile(File):
    """Audio, which is copied as it is published: with its tag."""

    release: Release

    def copy_file(self, dirty: bool = False) -> None:
        write_release(self.release, Path(self.abs_dest_path))


def _link_targets(local: LocalBuild, config: MkDocsConfig) -> Iterator[File]:
    """Yield what pages in this locale may link to although another locale builds it: other languages and assets.

    Excluded from the build; static-i18n leaves them out altogether, so links to them would break.
    """
    locale, pages = local.local.locale, local.build.reading.pages
    paths = {f"{page.locale}/{page.name}": local_path(page.path, locale=page.locale) + "index.html"
             for page in pages if page.locale != locale}  # fmt: skip
    if locale != DEFAULT_LOCALE:
        docs = Path(config.docs_dir)
        assets = (path.relative_to(docs).as_posix() for path in docs.glob("assets/**/*") if path.is_file())
        paths |= {path: path for path in sorted(assets)}
    for source, target in paths.items():
        yield File(
            source, config.docs_dir, config.site_dir, use_directory_urls=True, dest_uri=target,
            inclusion=InclusionLevel.EXCLUDED,
        )  # fmt: skip
