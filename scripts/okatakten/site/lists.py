"""What lists show: episodes and questions as cards, the episodes of each year.

Values ready for the templates, which only place them. Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from okatakten.addresses import episode_path, local_path, year_path
from okatakten.model import (
    DEFAULT_LOCALE,
    Episode,
    EpisodeType,
    Locale,
    Page,
    Published,
    PublishedEpisode,
    Question,
    Show,
    Status,
)
from okatakten.words.catalogue import Catalogues, Word, Words
from okatakten.words.wording import date_text, dated_text, duration_text
from okatakten.written.values import duration_iso

NEWEST: Final = 12
"""Episodes that a list shows at most; when there are more, every year has a page with all of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeCard:
    """An episode in a list, in the page's language or else in the default one.

    `waiting` says, in a preview, when it is to be published.
    """

    title: str
    href: str
    lang: Locale
    date_iso: str
    date_text: str
    duration_text: str
    duration_iso: str
    summary: str
    number_text: str
    synthetic: bool
    sample: bool
    waiting: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCard:
    """A study question in a list, and what its own page says of it besides its text.

    `episodes` are the newest about it; `has_more`: there are others.
    """

    number: int
    title: str
    text: str
    href: str
    status: Status
    status_text: Word
    episodes: tuple[EpisodeCard, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLink:
    """The way to the episodes of a year; `lang` is the language of the page that it leads to."""

    year: int
    text: Word
    href: str
    lang: Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPage:
    """All episodes of a year, newest first. `title` and `description` are in the page's language or say theirs."""

    link: YearLink
    title: Word
    description: Word
    cards: tuple[EpisodeCard, ...]
    newer: YearLink | None
    older: YearLink | None


def show_summary(show: Show, *, locale: Locale) -> Word:
    """Return what the show is about, as a page in a locale says it."""
    return Word(show.summary, None if locale == DEFAULT_LOCALE else DEFAULT_LOCALE, page=locale)


def find_years(show: Show) -> dict[int, tuple[Locale, ...]]:
    """Return the years that have a page, newest first, and the locales that it exists in; none while episodes are few.

    The default locale has all of them, another one those with an episode that is translated to it.
    """
    years: dict[int, set[Locale]] = {}
    for episode in show.episodes if len(show.episodes) > NEWEST else ():
        years.setdefault(episode.published.year, set()).update(episode.texts)
    return {year: (DEFAULT_LOCALE, *sorted(years[year] - {DEFAULT_LOCALE})) for year in sorted(years, reverse=True)}


def build_year_links(show: Show, *, locale: Locale, words: Words) -> tuple[YearLink, ...]:
    """Return the ways to the episodes of each year, newest first: in the locale, or where it lacks the page, to it."""
    links = []
    for year, locales in find_years(show).items():
        lang = locale if locale in locales else DEFAULT_LOCALE
        text = words["episodes_of_year"].format(year=year)
        links.append(YearLink(year=year, text=text, href=local_path(year_path(year), locale=lang), lang=lang))
    return tuple(links)


def build_year_pages(show: Published, *, locale: Locale, catalogues: Catalogues) -> Iterable[YearPage]:
    """Yield the page of each year that exists in the locale, newest first."""
    words = catalogues[locale]
    links = build_year_links(show, locale=locale, words=words)
    episodes: dict[int, list[PublishedEpisode]] = {link.year: [] for link in links}
    for episode in show.episodes if links else ():
        episodes[episode.published.year].append(episode)
    for link, newer, older in zip(links, [None, *links], [*links[1:], None], strict=False):
        if link.lang == locale:
            yield YearPage(
                link=link,
                title=words["year_title"].format(show=show.title, year=link.year),
                description=words["year_description"].format(show=show.title, year=link.year),
                cards=tuple(build_card(one, locale=locale, catalogues=catalogues) for one in episodes[link.year]),
                newer=newer,
                older=older,
            )


def build_question_cards(
    show: Published, *, pages: Iterable[Page], locale: Locale, questions: Sequence[Question], catalogues: Catalogues
) -> tuple[QuestionCard, ...]:
    """Return the study questions that have a page in the locale, in order of number, with the episodes about them."""
    found = {page.question: page for page in pages if page.locale == locale and page.question is not None}
    words = catalogues[locale]
    about: dict[int, list[PublishedEpisode]] = {}
    for episode in show.episodes:
        for number in episode.questions:
            about.setdefault(number, []).append(episode)
    return tuple(
        QuestionCard(
            number=question.number,
            title=page.title,
            text=question.text,
            href=local_path(page.path, locale=locale),
            status=page.status,
            status_text=words[f"status_{page.status}"],
            episodes=tuple(
                build_card(episode, locale=locale, catalogues=catalogues)
                for episode in about.get(question.number, [])[:NEWEST]
            ),
            has_more=len(about.get(question.number, [])) > NEWEST,
        )
        for question in questions
        if (page := found.get(question.number)) and page.status
    )


def build_card(episode: PublishedEpisode, *, locale: Locale, catalogues: Catalogues) -> EpisodeCard:
    """Return the episode as it stands in a list, in the locale or, where it has no text in that, in the default one."""
    lang = locale if locale in episode.texts else DEFAULT_LOCALE
    words = catalogues[lang]
    text = episode.texts[lang]
    duration = episode.audio.duration
    return EpisodeCard(
        title=text.title,
        href=local_path(episode_path(episode), locale=lang),
        lang=lang,
        date_iso=episode.published.isoformat(),
        date_text=date_text(episode.published, words=words),
        duration_text=duration_text(duration, words=words),
        duration_iso=duration_iso(duration),
        summary=text.summary,
        number_text=_number_text(episode, words=words),
        synthetic=episode.synthetic_voice,
        sample=episode.sample,
        waiting=_waiting(episode, locale=lang, catalogues=catalogues) if episode.waiting else None,
    )


def _waiting(episode: Episode, *, locale: Locale, catalogues: Catalogues) -> Word:
    if episode.draft:
        return catalogues[locale]["draft"]
    time = f"{episode.published:%H.%M}"
    return dated_text("scheduled", episode.published, locale=locale, catalogues=catalogues, time=time)


def _number_text(episode: Episode, *, words: Words) -> str:
    if episode.type is not EpisodeType.FULL:
        return words[f"episode_{episode.type}"]
    if episode.number is None:
        return ""
    if episode.season is None:
        return words["episode_number"].format(episode=episode.number)
    return words["season_and_episode_number"].format(season=episode.season, episode=episode.number)
