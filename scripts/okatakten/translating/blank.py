"""A page, and a language, that nobody has translated yet: laid out as the Swedish one, with every text in Swedish."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from yaml import ScalarNode, SequenceNode

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.podcast.parts import POST_FIELDS
from okatakten.site.kinds import kind_at
from okatakten.site.kinds.reading import TRANSLATED
from okatakten.site.project import Reading
from okatakten.words.catalogue import CATALOGUE, OWN_WORDS
from okatakten.words.languages import catalogue_source_revision
from okatakten.words.segments import TEXT_FIELDS, Part, is_sentence, quote, scan
from okatakten.written.advice import Text
from okatakten.written.fields import parse_fields
from okatakten.written.nodes import SWEDISH
from okatakten.written.revisions import REVIEW_FIELDS
from okatakten.written.text import Problems, split_front_matter

NEVER_COPIED: Final = ("news", "keywords", *POST_FIELDS, *REVIEW_FIELDS)
"""Fields that a translated page has none of, or its own."""
HOME: Final = "index.md"
NO_REVISION: Final = "00000000"

_GOES_ON: Final = re.compile(r"\s*(?![#>|:]|[-*+]\s|\d+[.)]\s|\{|\[\[|<|!\[|\[[^\]]+\]:)\S")
"""A line that goes on with the paragraph above it."""
_LINK: Final = re.compile(r"(?<!!)\]\((?P<target>[^)\s]+)\)(?P<attributes>\{[^}]*\})?")


def blank_page(swedish: str, *, name: str, locale: Locale, has: Iterable[str]) -> str:
    """Return the Swedish page as a page of a locale, a paragraph on each line, its texts still Swedish.

    `name` is its file below the locale's folder; `has` are those that the locale has. A link to any other, and to a
    heading, which will be called otherwise, leads to the Swedish page.
    """
    lines = ["---", *_fields(swedish, set(has), name=name), "---"]
    body = [(line, part) for _, line, part in scan(swedish) if part in {Part.TEXT, Part.CODE}]
    text = "\n".join([*lines, *_paragraphs(body)])
    return _LINK.sub(lambda link: _lead(link, name=name, locale=locale, has=set(has)), text)


def blank_home(revision: str) -> str:
    """Return the home page of a language without words of its own, at a revision of the Swedish one."""
    fields = {"title": SWEDISH, "nav_title": SWEDISH, "template": "home.html", "description": SWEDISH, "lead": SWEDISH}
    review = f"source_revision: {revision}\nreviewed: nej"
    return "\n".join(["---", *(f"{key}: {value}" for key, value in fields.items()), review, "---", ""])


def blank_catalogue(swedish: str, *, name: str, revision: str) -> str:
    """Return the catalogue of a language that shows every word in Swedish but what it calls itself.

    Headings between the words stay, as comments; the comments of the Swedish one that tell of it do not.
    """
    lines = [f"source_revision: {revision}", "reviewed: nej"]
    for line in swedish.split("\n"):
        key = re.match(r"([\w.]+):", line)
        if key:
            lines.append(f"{key[1]}: {quote(name)}" if key[1] in OWN_WORDS else f"{key[1]}: {SWEDISH}")
        elif lines[2:] or not line.startswith("#"):
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def new_language_files(
    root: Path, reading: Reading, *, locale: Locale, name: str
) -> tuple[dict[Path, bytes], list[str]]:
    """Return the files of a new language, and what to do by hand, in Swedish."""
    home = next((page.revision for page in reading.pages if page.name == HOME), NO_REVISION)
    words = catalogue_source_revision(reading.words[DEFAULT_LOCALE], OWN_WORDS)
    swedish = (root / "docs" / DEFAULT_LOCALE / CATALOGUE).read_text(encoding="utf-8")
    folder, config = root / "docs" / locale, root / "mkdocs.yml"
    files = {
        folder / HOME: blank_home(home).encode(),
        folder / CATALOGUE: blank_catalogue(swedish, name=name, revision=words).encode(),
    }
    added = add_language(config.read_text(encoding="utf-8"), locale=locale, name=name) if config.exists() else None
    if added is None:
        return files, [Text.LANGUAGE_LINES.format(locale=locale, name=name)]
    return files | {config: added.encode()}, []


def add_language(config: str, *, locale: Locale, name: str) -> str | None:
    """Return mkdocs.yml with a language after the last one of it; None where its list is not found."""
    entries = list(re.finditer(r"^(?P<indent> *)- locale: *\S+.*\n(?:(?P=indent) +\S.*\n)*", config, re.MULTILINE))
    if not entries:
        return None
    last = entries[-1]
    entry = f'{last["indent"]}- locale: {locale}\n{last["indent"]}  name: "{name}"\n'
    return config[: last.end()] + entry + config[last.end() :]


def missing_pages(root: Path, *, locale: Locale) -> list[str]:
    """Return the Swedish pages that a locale lacks, by their files below its folder."""
    swedish, own = root / "docs" / DEFAULT_LOCALE, root / "docs" / locale
    names = [path.relative_to(swedish).as_posix() for path in sorted(swedish.rglob("*.md"))]
    return [name for name in names if not (own / name).exists()]


def _fields(swedish: str, has: set[str], *, name: str) -> Iterator[str]:
    """Yield the fields, each on a line: the texts, and what says how the page is laid out.

    What a page of a kind says beside its texts stands in the Swedish one, once.
    """
    of_kind = kind_at(name) is not None
    parts = split_front_matter(swedish, Problems(""))
    fields = parse_fields(parts[0], Problems(""), known=None) if parts else None
    for key, node in (fields.nodes if fields else {}).items():
        if key in NEVER_COPIED or (of_kind and key not in TRANSLATED):
            continue
        if isinstance(node, SequenceNode):
            items = [str(item.value) for item in node.value]
            kept = [item for item in items if key != "includes" or item in has]
            yield from [f"{key}: [{', '.join(kept)}]"] * bool(kept)
        elif isinstance(node, ScalarNode):
            value = " ".join(str(node.value).split())
            yield f"{key}: {_quoted(value) if key in TEXT_FIELDS else value}"
    yield f"source_revision: {NO_REVISION}"
    yield "reviewed: nej"


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("'", "''"))


def _paragraphs(lines: Iterable[tuple[str, Part]]) -> list[str]:
    """Return the lines with each paragraph, and each item of a list, on one."""
    joined: list[str] = []
    open_paragraph = False
    for line, part in lines:
        if part is Part.TEXT and open_paragraph and _GOES_ON.match(line):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
            open_paragraph = part is Part.TEXT and is_sentence(line) and not line.lstrip().startswith(("#", "|"))
    return joined


def _lead(link: re.Match[str], *, name: str, locale: Locale, has: set[str]) -> str:
    """Return where a link leads from the page in another language."""
    path, mark, _ = link["target"].partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|/", link["target"]) or (path and not path.endswith(".md")):
        return link[0]
    folder = posixpath.dirname(name)
    file = posixpath.normpath(posixpath.join(folder, path)) if path else name
    if file.startswith("../") or (file in has and not mark):
        return link[0]
    target = posixpath.relpath(f"{DEFAULT_LOCALE}/{file}", f"{locale}/{folder}".rstrip("/"))
    return f"]({target}{link['target'][len(path) :]}){{ hreflang={DEFAULT_LOCALE}{(link['attributes'] or '{ }')[1:]}"
