"""The files in other languages, as the rows of a table see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from okatakten.model import DEFAULT_LOCALE, Locale, Page, Translation
from okatakten.site.project import Reading
from okatakten.translating.blank import blank_page
from okatakten.translating.tables import Row
from okatakten.words.segments import Form, Segment, form_of, read_paragraphs, read_segments
from okatakten.written.revisions import revision_of
from okatakten.written.text import Problems, read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedFile:
    """A file in another language than the default one, as it stands now.

    `source_segments` are the paragraphs of the Swedish file; the words of a catalogue have theirs beside them. A file
    that `is_new` is not there yet: its text is laid out as the Swedish one, and no sentence has a text of its own.
    """

    translation: Translation
    text: str
    segments: tuple[Segment, ...]
    source_segments: tuple[Segment, ...]
    is_new: bool = False

    @property
    def name(self) -> str:
        return self.translation.file

    @property
    def form(self) -> Form:
        return form_of(self.name)

    @property
    def is_catalogue(self) -> bool:
        return self.form is Form.CATALOGUE

    def source_revision(self, segment: Segment) -> str:
        """Return the revision of the Swedish text. In a catalogue each word has its own."""
        return revision_of([segment.swedish]) if self.is_catalogue else self.translation.source_revision

    def place(self, segment: Segment) -> str:
        return _place(self.name, segment)

    def source_place(self, segment: Segment) -> str:
        return _place(self.translation.source, segment)

    def is_reviewed(self, segment: Segment) -> bool:
        """Whether a translator has approved the sentence as it stands: with its page, or by itself before that."""
        of_page = self.translation.reviewed is not None and not self.translation.stale
        return of_page or segment.reviewed == self.approval(segment)

    def approval(self, segment: Segment) -> str:
        """Return what is noted at a sentence that is approved before its page is."""
        return f"{self.source_revision(segment)}-{segment.fingerprint}"


def read_translated_files(
    root: Path, reading: Reading, *, locale: Locale | None = None, new: Collection[str] = ()
) -> list[TranslatedFile]:
    """Return the files of a locale (all locales: None): pages, words, episodes.

    `new` are pages that are not there yet, as `docs/en/om.md`: those with a Swedish page and a language come last.
    """
    files = [
        translated_file(
            translation, _read(root / translation.file), swedish=_read(root / translation.source), reading=reading
        )
        for translation in reading.translations
        if locale in {None, translation.locale}
    ]
    return [*files, *_new_files(root, reading, new)]


def translated_file(translation: Translation, text: str, *, swedish: str, reading: Reading) -> TranslatedFile:
    """Return a file of a locale with its sentences. `swedish` is the text of the Swedish one."""
    form = form_of(translation.file)
    segments = read_segments(text, form=form)
    source: list[Segment] = []
    if form is Form.CATALOGUE:
        words = reading.words[DEFAULT_LOCALE]
        segments = [replace(segment, swedish=words[segment.key].text) for segment in segments]
    else:
        source = read_paragraphs(swedish)
        borrowed = {segment.key: segment.text for segment in source if segment.key}
        segments = [
            replace(segment, swedish=borrowed.get(segment.key, "")) if _is_borrowed(segment) else segment
            for segment in segments
        ]
    return TranslatedFile(translation=translation, text=text, segments=tuple(segments), source_segments=tuple(source))


def _is_borrowed(segment: Segment) -> bool:
    """Whether a field of a page shows the Swedish text."""
    return bool(segment.key) and not segment.text


def _new_files(root: Path, reading: Reading, new: Collection[str]) -> Iterator[TranslatedFile]:
    """Yield the pages among the names that can be made: of a Swedish page, in a language of the site."""
    for locale in reading.words:
        own = {page.name for page in reading.pages if page.locale == locale}
        wanted = {
            page.name: page
            for page in reading.pages
            if page.locale == DEFAULT_LOCALE != locale and page.name not in own and f"docs/{locale}/{page.name}" in new
        }
        for name, page in wanted.items():
            yield _new_file(root, page, locale=locale, has=own | {name, *wanted})


def _new_file(root: Path, page: Page, *, locale: Locale, has: Collection[str]) -> TranslatedFile:
    source = f"docs/{DEFAULT_LOCALE}/{page.name}"
    text = blank_page(_read(root / source), name=page.name, locale=locale, has=has)
    translation = Translation(
        locale=locale,
        file=f"docs/{locale}/{page.name}",
        source=source,
        source_revision=page.revision,
        stale=False,
        reviewed=None,
        edited=False,
    )
    segments = [replace(segment, text="", swedish=segment.text) for segment in read_segments(text)]
    return TranslatedFile(translation=translation, text=text, segments=tuple(segments), source_segments=(), is_new=True)


def _read(path: Path) -> str:
    """Return the text of a file that has been read already, with its problems."""
    return read_text(path, Problems("")) or ""


def build_rows(files: Iterable[TranslatedFile], *, states: bool = False) -> list[Row]:
    """Return a row for every sentence, and after each page one for every paragraph of the Swedish page.

    With `states`, a sentence says whether it is reviewed.
    """
    rows = []
    for file in files:
        rows += [
            Row(
                number=0,
                swedish=segment.swedish,
                text=segment.text,
                comment=segment.comment,
                sources=segment.sources,
                place=file.place(segment),
                version=file.approval(segment),
                reviewed=bool(segment.text) and file.is_reviewed(segment) if states else None,
            )
            for segment in file.segments
        ]
        rows += [
            Row(
                number=0, swedish=segment.text, text="", comment="", sources="", place=file.source_place(segment),
                version=file.translation.source_revision,
            )
            for segment in file.source_segments
        ]  # fmt: skip
    return rows


def _place(name: str, segment: Segment) -> str:
    return f"{name}, {segment.key}" if segment.key else f"{name}, rad {segment.line}"
