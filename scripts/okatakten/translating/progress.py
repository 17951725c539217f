"""How far each language has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.project import Reading
from okatakten.translating.files import TranslatedFile, read_translated_files


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
        yield f"{self.locale}: {len(texts)} av {self.swedish} sidor och avsnitt finns, {reviewed} är granskade."
        yield f"    Meningar och ord: {len(written)} av {len(sentences)} är översatta, {approved} är granskade."
        for file in self.files if by_file else ():
            yield f"    {file.name}: {_state(file)}"


def read_progress(root: Path, reading: Reading) -> list[Progress]:
    """Return how far each language but the default one has come."""
    assert reading.show is not None
    swedish = sum(page.locale == DEFAULT_LOCALE for page in reading.pages) + len(reading.show.episodes)
    return [
        Progress(locale=locale, swedish=swedish, files=tuple(read_translated_files(root, reading, locale=locale)))
        for locale in reading.words
        if locale != DEFAULT_LOCALE
    ]


def _state(file: TranslatedFile) -> str:
    """Return what a file says of itself."""
    translation = file.translation
    written = [segment for segment in file.segments if segment.text]
    approved = sum(file.is_reviewed(segment) for segment in written)
    said = []
    if translation.reviewed:
        said.append(f"granskad {translation.reviewed} ({translation.reviewer})")
    elif translation.edited:
        said.append("ändrad efter granskningen")
    else:
        said.append("inte granskad")
    if approved < len(written):
        said.append(f"{approved} av {len(written)} meningar granskade")
    if empty := len(file.segments) - len(written):
        said.append(f"{empty} på svenska")
    if translation.stale:
        said.append("svenskan har ändrats sedan dess")
    return ", ".join(said)
