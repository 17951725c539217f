"""Which languages the site has, what their catalogues were made from, and which pages exist in which."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from okatakten.addresses import SettingError
from okatakten.model import DEFAULT_LOCALE, Locale, Page, Show, Translation
from okatakten.words.catalogue import CATALOGUE, CatalogueFile, Catalogues, Words
from okatakten.words.segments import Form
from okatakten.words.translations import check_translation, read_translation
from okatakten.written.advice import Reason
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import revision_of
from okatakten.written.text import Problems, read_text

_LISTED: Final = re.compile(r"\s*- locale:\s*[\"']?(\w+)")
LOCALE: Final = re.compile(r"[a-z]{2,3}")


def language_name(locale: Locale) -> str | None:
    """Return what a language is called in itself, as CLDR knows it; None where it does not."""
    from babel import Locale as Known
    from babel import UnknownLocaleError

    try:
        name = Known.parse(locale).get_language_name(locale)
    except (UnknownLocaleError, ValueError):
        return None
    return f"{name[0].upper()}{name[1:]}" if name else None


def find_locales(root: Path) -> list[Locale]:
    """Return the locales that have a folder under docs/, with pages or words in it, the default one first."""
    docs = root / "docs"
    folders = sorted(path for path in docs.iterdir() if path.is_dir()) if docs.is_dir() else []
    others = [
        Locale(path.name)
        for path in folders
        if LOCALE.fullmatch(path.name)
        and path.name != DEFAULT_LOCALE
        and ((path / CATALOGUE).exists() or any(path.rglob("*.md")))
    ]
    return [DEFAULT_LOCALE, *others]


def check_locales(named: Sequence[str], *, folders: Collection[str], docs: Path) -> None:
    """Raise SettingError unless mkdocs.yml names just the languages that have a folder in `docs`, with a home page."""
    missing = [f"docs/{name}" for name in named if name not in folders]
    unnamed = [name for name in folders if name not in named]
    homeless = [f"docs/{name}/index.md" for name in folders if not (docs / name / "index.md").exists()]
    if missing:
        raise SettingError(Reason.LANGUAGE_WITHOUT_FOLDER, folders=", ".join(missing))
    if unnamed:
        raise SettingError(Reason.LANGUAGE_UNNAMED, folders=", ".join(unnamed))
    if homeless:
        raise SettingError(Reason.LANGUAGE_WITHOUT_HOME, files=", ".join(homeless))


def check_listing(root: Path) -> list[Problem]:
    """Return what `check_locales` would stop at in a project with a mkdocs.yml."""
    problems = Problems("mkdocs.yml")
    config = root / problems.file
    text = read_text(config, problems) if config.exists() else None
    if text is None:
        return problems.found
    lines = {
        number: match[1] for number, line in enumerate(text.split("\n"), start=1) if (match := _LISTED.match(line))
    }
    listed = list(lines.values())
    for locale in find_locales(root):
        if locale not in listed:
            problems.add(
                Kind.LANGUAGE_UNLISTED, line=max(lines, default=0), found=locale, expected=f"- locale: {locale}"
            )
    for number, name in lines.items():
        if listed.index(name) != list(lines).index(number):
            problems.add(Kind.FIELD_TWICE, line=number, field="locale", found=name)
    files = [f"docs/{name}/{file}" for name in dict.fromkeys(listed) for file in ("index.md", CATALOGUE)]
    missing = [file for file in files if not (root / file).exists()]
    return [*problems.found, *(Problem(kind=Kind.FILE_MISSING, file=file) for file in missing)]


def catalogue_source_revision(swedish: Words, translated: Iterable[str]) -> str:
    """Return the revision of the words that a catalogue translates, by key; those it shows in Swedish do not count."""
    return revision_of(f"{key}={swedish[key].text}" for key in sorted(translated))


def check_catalogues(
    files: Mapping[Locale, CatalogueFile], words: Catalogues, notes: list[Problem]
) -> Iterator[Translation]:
    """Yield where the words of each translated catalogue come from."""
    for locale, own in words.items():
        if locale == DEFAULT_LOCALE or not own:
            continue
        translated = [key for key, word in own.items() if word.lang is None]
        translation = read_translation(
            files[locale].text,
            files[locale].fields,
            locale=locale,
            source=f"docs/{DEFAULT_LOCALE}/{CATALOGUE}",
            source_revision=catalogue_source_revision(words[DEFAULT_LOCALE], translated),
            form=Form.CATALOGUE,
        )
        check_translation(translation, notes)
        yield translation


def unreviewed_catalogues(translations: Iterable[Translation]) -> tuple[Locale, ...]:
    """Return the locales with words that no translator has gone through."""
    catalogues = [translation for translation in translations if translation.file.endswith(f"/{CATALOGUE}")]
    return tuple(catalogue.locale for catalogue in catalogues if catalogue.reviewed is None)


def find_versions(pages: Iterable[Page], show: Show, *, podcast: str) -> Mapping[str, tuple[Locale, ...]]:
    """Return the locales that each page exists in, by its address in the default locale; episodes too."""
    versions: dict[str, tuple[Locale, ...]] = {}
    for page in pages:
        versions[page.path] = (*versions.get(page.path, ()), page.locale)
    for episode in show.episodes:
        others = sorted(locale for locale in episode.texts if locale != DEFAULT_LOCALE)
        versions[f"{podcast}{episode.slug}/"] = (DEFAULT_LOCALE, *others)
    return versions
