"""How far each language has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.project import Reading
from okatakten.translating.files import TranslatedFile, read_translated_files
from okatakten.written.advice import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The files of a language, and how many Swedish pages and episodes it could have."""

    locale: Locale
    swedish: int
    files: tuple[TranslatedFile, ...]

    def lines(self, *, by_file: bool) -> Iterator[str]:
        """Yield what to say of it, in Swedish; with `by_file`, of each file too."""
        texts = [file for file in self.files if not file.is_catalogue]
        sentences = [(file, segment) for file in self.files for segment in file.segments]
        written = [(file, segment) for file, segment in sentences if segment.text]
        approved = sum(file.is_reviewed(segment) for file, segment in written)
        reviewed = sum(file.translation.reviewed is not None for file in texts)
        yield Text.PROGRESS_PAGES.format(locale=self.locale, there=len(texts), swedish=self.swedish, reviewed=reviewed)
        yield Text.PROGRESS_SENTENCES.format(written=len(written), count=len(sentences), approved=approved)
        for file in self.files if by_file else ():
            yield Text.PROGRESS_FILE.format(file=file.name, said=", ".join(_states(file)))


def read_progress(root: Path, reading: Reading) -> list[Progress]:
    """Return how far each language but the default one has come."""
    assert reading.show is not None
    swedish = sum(page.locale == DEFAULT_LOCALE for page in reading.pages) + len(reading.show.episodes)
    return [
        Progress(locale=locale, swedish=swedish, files=tuple(read_translated_files(root, reading, locale=locale)))
        for locale in reading.words
        if locale != DEFAULT_LOCALE
    ]


def _states(file: TranslatedFile) -> Iterator[str]:
    """Yield what there is to say of a file."""
    translation = file.translation
    written = [segment for segment in file.segments if segment.text]
    approved = sum(file.is_reviewed(segment) for segment in written)
    if translation.reviewed:
        yield Text.PROGRESS_REVIEWED.format(day=translation.reviewed, reviewer=translation.reviewer)
    else:
        yield Text.PROGRESS_EDITED if translation.edited else Text.PROGRESS_UNREVIEWED
    if approved < len(written):
        yield Text.PROGRESS_APPROVED.format(approved=approved, written=len(written))
    if empty := len(file.segments) - len(written):
        yield Text.PROGRESS_SWEDISH.format(count=empty)
    if translation.stale:
        yield Text.PROGRESS_STALE
