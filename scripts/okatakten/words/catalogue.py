"""The words of the interface: one catalogue per locale, docs/<locale>/words.yml, the same keys in each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Formatter
from typing import Final, Self

from yaml import ScalarNode

from okatakten.model import DEFAULT_LOCALE, Locale, Role, Status
from okatakten.words.scripts import other_direction
from okatakten.written.advice import Hint, Reason, ReasonError, did_you_mean
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.likest import nearest
from okatakten.written.nodes import SWEDISH
from okatakten.written.problems import Kind, Problem
from okatakten.written.revisions import REVIEW_FIELDS
from okatakten.written.text import Problems, read_text

CATALOGUE: Final = "words.yml"


class Word(str):
    """A word or sentence for readers, as text.

    `lang` is set when it is in another language than the page, and `dir` when that is written the other way.

    In the text of a page it marks itself (WCAG 3.1.2): `{{ word | e }}` asks for `__html__`. Where no element fits
    (an attribute, `<title>`) write `{{ word.text | e }}` and put `lang` beside it.
    """

    __slots__ = ("dir", "lang")
    lang: Locale | None
    dir: str | None

    def __new__(cls, text: str, lang: Locale | None = None, *, page: Locale = DEFAULT_LOCALE) -> Self:
        word = super().__new__(cls, text)
        word.lang = lang
        word.dir = other_direction(lang, page)
        return word

    def __html__(self) -> str:
        text = escape(self.text)
        written = f' dir="{self.dir}"' if self.dir else ""
        return f'<span lang="{self.lang}"{written}>{text}</span>' if self.lang else text

    @property
    def text(self) -> str:
        return str.__str__(self)

    def format(self, **named: object) -> Word:  # type: ignore[override]
        """Return the sentence with its `{placeholders}` filled in, still in its language."""
        return self.saying(self.text.format(**named))

    def saying(self, text: str) -> Word:
        """Return another text in the same language."""
        word = Word(text, self.lang)
        word.dir = self.dir
        return word


def as_word(text: str) -> Word:
    """Return the text as a word, in the language that it says or else that of the page."""
    return text if isinstance(text, Word) else Word(text)


class Words(dict[str, Word]):
    """The words of one locale by key."""

    @classmethod
    def of(cls, **texts: str) -> Self:
        """Return words that stand in no catalogue, each in the language of whoever gives it."""
        return cls({key: Word(text) for key, text in texts.items()})

    def __missing__(self, key: str) -> Word:
        raise WordMissingError(Reason.WORD_MISSING, file=f"docs/{DEFAULT_LOCALE}/{CATALOGUE}", key=key)


Catalogues = Mapping[Locale, Words]
"""The words of every locale."""


class WordMissingError(ReasonError):
    """A template or a module asks for a word that no catalogue has. Not a KeyError, which Jinja would take as blank."""


FILLED_IN: Final = {
    "date": {"day", "month", "year"},
    "duration_brief": {"seconds"},
    "duration_short": {"minutes", "seconds"},
    "duration_long": {"hours", "minutes"},
    "podcast_name": {"show"},
    "feed_title": {"show"},
    "news_title": {"show"},
    "news_feed_title": {"show", "format"},
    "question": {"number"},
    "episode_number": {"episode"},
    "season_and_episode_number": {"season", "episode"},
    "source_request": {"number"},
    "amount": {"amount"},
    "month_and_year": {"month", "year"},
    "list_end": {"first", "last"},
    "day_to_day": {"start", "end"},
    "share": {"percent", "name"},
    "scheduled": {"date", "time"},
    "withdrawn_notice": {"date"},
    "episodes_of_year": {"year"},
    "year_title": {"show", "year"},
    "year_description": {"show", "year"},
    "download_pdf": {"pages", "size"},
    "download_epub": {"size"},
    "pages_other": {"pages"},
    "document_updated": {"date"},
    "figure_alternative": {"number"},
    "document_figure": {"number"},
    "document_table": {"number"},
    "qr_code": {"address"},
    "card_question": {"number"},
    "post_for": {"network", "count"},
    "post_listen": {"address"},
    "post_read": {"address"},
    "kind_waits": {"date"},
    "page_withdrawn": {"date"},
    "date_and_clock": {"date", "clock"},
    "film_download_file": {"size"},
    "clip_film": {"size"},
    "clip_span": {"start", "end", "width", "height"},
    "document_file": {"size"},
    "document_exception_until": {"reason", "date"},
    "figure_boundaries": {"passed", "all"},
    "figure_map": {"talked", "all"},
    "figure_money": {"amount"},
    "figure_source": {"documents"},
    "figure_licence": {"owner"},
    "figure_towns": {"towns", "counties"},
}
"""The names in braces that words have, by key: what fills them in stands where the word is used."""
_ASKED_FOR = re.compile(r'(?<![\w/.])(?:words|catalogues\[\w+\])(?:\.(\w+)|\["([\w.]+)"\])')
OWN_WORDS: Final = ("language_name", "language_home")
"""What a language is called in itself: a Swedish word in its place would say that the language is Swedish."""
ASKED_FOR_BY_CODE: Final = {
    *FILLED_IN, *OWN_WORDS, "card_episode", "chapters", "decimal_mark", "eu_statement", "mark_cover", "mark_eu",
    "mark_plain", "mark_show", "share_by_mail", "not_found_title", "read_text_version", "site_tagline",
    "data_protection_link", "data_protection_unset", "feedback_unset",
    "clip_description", "clip_post", "clip_srt", "clip_still", "clip_vtt",
    "document_contents", "document_listen", "document_read_more", "draft", "episode_page", "epub_accessibility",
    "episode_bonus", "episode_trailer", "feed_link", "feed_opened", "foot_podcast", "foot_site",
    "footer_licence", "key_budget", "key_municipalities", "key_questions",
    "listen_or_read", "news_description", "news_feed_how", "news_feed_opened", "pages_one",
    "question_topic", "results",
    "subscribe_how", "to_home", *(f"news_tag_{kind}" for kind in ("brochure", "episode", "page", "report", "result")),
    "status", "figure_amount", "figure_circle", "figure_circular", "figure_county", "figure_decision", "figure_end",
    "figure_final_report", "figure_funder", "figure_funding", "figure_grant", "figure_group", "figure_limits",
    "figure_limits_kept", "figure_limits_passed", "figure_linear", "figure_map_not", "figure_map_talked",
    "figure_month_by_month", "figure_municipality", "figure_next_decision", "figure_next_project",
    "figure_not_said", "figure_number", "figure_of_questions", "figure_other_name", "figure_prestudy",
    "figure_question", "figure_questions", "figure_share", "figure_shares", "figure_start", "figure_step",
    "figure_step_buy", "figure_step_mend", "figure_step_reuse", "figure_step_take", "figure_step_throw",
    "figure_step_use", "figure_steps", "figure_steps_of_way", "figure_table", "figure_talks", "figure_timeline",
    "figure_town", "figure_undivided", "figure_way", "figure_what", "figure_where", "figure_year",
    *(f"status_{status}" for status in Status),
    *(f"municipality_{name}" for name in ("are", "berg", "bracke", "harjedalen", "krokom", "ostersund", "ragunda",
      "stromsund")),
    "kind_coming", "kind_been", "event_when", "event_place", "event_link", "event_access", "event_register",
    "event_register_by", "event_status", "event_cancelled", "event_postponed", "event_moved_from", "event_calendar",
    "event_calendar_file", "film_download", "film_described", "length", "note_day", "note_learned", "mention_medium",
    "mention_archive", "contact_organisation", "contact_when", "contact_how", "contact_about", "figure_contacts",
    "figure_count", "tool_for", "document_keep", "document_exception",
    "document_other", "document_other_ask", "event_was",
    *(f"month_{number}" for number in range(1, 13)), *(f"role_{role.replace('-', '_')}" for role in Role),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """A catalogue as it stands: its text, and its fields with their places."""

    text: str
    fields: Fields


def read_catalogues(root: Path, locales: Iterable[Locale], found: list[Problem]) -> Mapping[Locale, CatalogueFile]:
    """Return the catalogue of each locale that has one that can be read."""
    files = {}
    for locale in locales:
        path = root / "docs" / locale / CATALOGUE
        problems = Problems(path.relative_to(root).as_posix(), found)
        text = read_text(path, problems)
        fields = parse_fields(text, problems, known=None) if text is not None else None
        if text is not None and fields is not None:
            files[locale] = CatalogueFile(text=text, fields=fields)
    return files


def read_words(root: Path, files: Mapping[Locale, CatalogueFile], *, asked_for: Collection[str] = ()) -> Catalogues:
    """Return the words of each catalogue. The default locale's keys are the ones that all must have.

    `asked_for` are the keys that others ask for, beside the templates and what every site has.
    """
    if DEFAULT_LOCALE not in files:
        return {}
    swedish = files[DEFAULT_LOCALE].fields
    words = Words()
    for key in swedish.nodes:
        text = swedish.text(key, example="…")
        if text:
            words[key] = Word(text)
    for key, word in words.items():
        if placeholders(word) != FILLED_IN.get(key, set()):
            swedish.problem(Kind.PLACEHOLDERS_DIFFER, key, expected=list_placeholders(FILLED_IN.get(key, set())))
    for key in _asked_for(root, asked_for):
        if key not in swedish:
            swedish.problem(Kind.FIELD_MISSING, key, expected=f"{key}: …")
    catalogues: dict[Locale, Words] = {DEFAULT_LOCALE: words}
    for locale, file in files.items():
        if locale != DEFAULT_LOCALE:
            catalogues[locale] = _read_translated(file.fields, words, locale=locale)
    _check_names(catalogues, files)
    return catalogues


def _check_names(catalogues: Catalogues, files: Mapping[Locale, CatalogueFile]) -> None:
    """Add a problem where two languages have one name: all links to them would read the same."""
    for key in OWN_WORDS:
        named: dict[str, Locale] = {}
        for locale, words in catalogues.items():
            first = named.setdefault(words[key].casefold(), locale) if key in words else locale
            if first != locale:
                expected = f"docs/{first}/{CATALOGUE}"
                files[locale].fields.problem(Kind.LANGUAGE_NAME_TWICE, key, expected=expected)


def _read_translated(fields: Fields, swedish: Words, *, locale: Locale) -> Words:
    words = Words()
    values = _values(fields)
    meant = _check_keys(fields, values, swedish)
    for key, original in swedish.items():
        if key in meant:
            continue
        if key not in values:
            fields.problem(Kind.KEY_MISSING, key, expected=f"{key}: {SWEDISH}")
        elif (text := values[key]) is None and key in OWN_WORDS:
            fields.problem(Kind.TEXT_NEEDED, key, found=SWEDISH)
        elif text is None:
            words[key] = Word(original.text, DEFAULT_LOCALE, page=locale)
        elif not text:
            fields.problem(Kind.KEY_MISSING, key, expected=f"{key}: {SWEDISH}")
        else:
            words[key] = Word(text)
            if placeholders(text) != placeholders(original):
                fields.problem(Kind.PLACEHOLDERS_DIFFER, key, expected=list_placeholders(placeholders(original)))
    return words


def _check_keys(fields: Fields, values: Mapping[str, str | None], swedish: Words) -> set[str | None]:
    """Add a problem for every key that the Swedish catalogue lacks, and return the keys that they were meant to be."""
    meant = set()
    for key in values:
        if key not in swedish and key not in REVIEW_FIELDS:
            others = [other for other in swedish if other not in values]
            meant.add(nearest(key, others))
            fields.problem(Kind.WORD_UNKNOWN, key, expected=did_you_mean(key, others))
    return meant


def _values(fields: Fields) -> dict[str, str | None]:
    """Return the texts by key; None stands for the Swedish word."""
    values: dict[str, str | None] = {}
    for key, node in fields.nodes.items():
        swedish = isinstance(node, ScalarNode) and node.tag == SWEDISH
        values[key] = None if swedish else fields.text(key) or ""
    return values


def placeholders(text: str) -> set[str]:
    """Return the names in braces that are filled in when the site is built."""
    try:
        parts = [
            (name, spec or conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None
        ]
    except ValueError:
        return {"{"}
    # What comes after ! or : changes how a value is shown, and could make it endless.
    return {"{" if how else name for name, how in parts}


def list_placeholders(names: Iterable[str]) -> str:
    """Return the names as they are written, for a message."""
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or Hint.NONE


def _asked_for(root: Path, more: Collection[str] = ()) -> set[str]:
    """Return the keys of all words that the templates and this package ask for; none where there is no template."""
    templates = [path.read_text(encoding="utf-8") for path in sorted((root / "overrides").rglob("*.html"))]
    found = (_ASKED_FOR.findall(template) for template in templates)
    keys = {attribute or item for pairs in found for attribute, item in pairs}
    return keys | ASKED_FOR_BY_CODE | {*more} if templates else keys
