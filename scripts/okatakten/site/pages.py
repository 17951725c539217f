"""What pages show of episodes, questions and each other: values ready for the templates, which only place them.

Knows neither MkDocs nor Jinja. Addresses are relative to the site unless they are absolute.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from okatakten.addresses import (
    EMBED,
    FEED,
    FOLLOW,
    FOLLOW_CODE,
    PODCAST,
    Site,
    audio_path,
    cover_path,
    episode_path,
    local_path,
    moved_paths,
    picture_path,
    public_name,
    transcript_path,
    year_path,
)
from okatakten.model import (
    DEFAULT_LOCALE,
    Chapter,
    Cue,
    Episode,
    EpisodeText,
    Locale,
    Page,
    Question,
    Show,
    Status,
)
from okatakten.podcast.notes import render_notes
from okatakten.site.facts import Facts
from okatakten.site.inserts import fill_in
from okatakten.site.markup import include
from okatakten.site.sharing import Link, build_app_links
from okatakten.words.catalogue import Word, Words
from okatakten.words.segments import without_notes
from okatakten.words.wording import date_text, dated_text, duration_text, size_text
from okatakten.written.values import clock, duration_iso

Catalogues = Mapping[Locale, Words]

TURN_AT_MOST = timedelta(minutes=1)
LINKS_APART = timedelta(minutes=1)
"""Time between two turns that are links to the sound, at least: whoever tabs through a page meets them all."""
NEWEST = 12
"""Episodes that a list shows at most; when there are more, every year has a page with all of its own."""
PARAGRAPH_AT_LEAST = 280
"""Characters after which a paragraph of a long turn may end at the next full stop."""


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
class Audio:
    """The audio as the page offers it. `seconds` is its duration; `picture` is what a phone shows while it plays."""

    src: str
    type: str
    size_text: str
    filename: str
    seconds: str
    clock: str
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterLink:
    """A chapter: the address where its sound begins, and the turn of the transcript; None if nothing more is said."""

    start: str
    start_text: str
    title: str
    href: str
    turn_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A few sentences of a turn, and when the first of them is said."""

    start: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says in a row, for at most about a minute and within one chapter.

    `chapters` are the titles of those that begin here. `href` is where the sound of the turn begins; None where an
    earlier turn of the same minute has it, as a quick dialogue would have hundreds.
    """

    id: str
    start: str
    start_text: str
    start_iso: str
    speaker: str
    paragraphs: tuple[Paragraph, ...]
    chapters: tuple[str, ...]
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A study question that the episode is about; `href` is its page, where the locale has one."""

    number: int
    text: str
    href: str | None


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
class PersonLine:
    """Someone who is heard, with the role in words."""

    name: str
    role_text: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A document that the episode stands on."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """The episode's own picture."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePlace:
    """An episode among the others of a locale, whose page is still to be made: thousands of these weigh little."""

    episode: Episode
    card: EpisodeCard
    previous: EpisodeCard | None
    next: EpisodeCard | None

    @property
    def text(self) -> EpisodeText:
        """The episode's text in the locale."""
        return self.episode.texts[self.card.lang]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerPage:
    """An episode's player for other sites. `has_text`: all that is said stands on the episode's own page."""

    slug: str
    card: EpisodeCard
    audio: Audio
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """Everything about one episode, in one locale."""

    slug: str
    card: EpisodeCard
    audio: Audio
    notes_html: str
    sources: tuple[SourceLine, ...]
    chapters: tuple[ChapterLink, ...]
    questions: tuple[QuestionLine, ...]
    persons: tuple[PersonLine, ...]
    synthetic: bool
    turns: tuple[Turn, ...]
    spoken_lang: Locale
    transcript_src: str | None
    picture: PagePicture | None
    previous: EpisodeCard | None
    next: EpisodeCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftPage:
    """What stands at an address that an episode has left: the way to where it is now, or word that it is withdrawn.

    `framed`: it stands where the player for other sites was.
    """

    path: str
    title: str
    source: str
    href: str
    notice: Word | None = None
    reason: str | None = None
    framed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodcastPage:
    """The podcast as a whole: what home and the podcast page show. `description_html` is empty in other languages.

    `apps` open the show by the address of its feed; `directories` are where it is listed. `code_href` is a QR code of
    `code_address`, the place on the podcast page from which a phone goes on. `cards` are the newest episodes, `years`
    the ways to all of them when there are more.
    """

    summary: Word
    description_html: str
    feed_href: str
    apps: tuple[Link, ...]
    directories: tuple[Link, ...]
    code_href: str
    code_address: str
    cards: tuple[EpisodeCard, ...]
    years: tuple[YearLink, ...]


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


def build_podcast_page(show: Show, *, site: Site, locale: Locale, catalogues: Catalogues) -> PodcastPage:
    """Return the podcast page of a show that holds just the episodes to be published."""
    in_default = locale == DEFAULT_LOCALE
    apps = build_app_links(site.absolute(FEED), title=show.title)
    return PodcastPage(
        summary=show_summary(show, locale=locale),
        description_html=render_notes(show.description) if in_default else "",
        feed_href=FEED,
        apps=tuple(app for app in apps if app.name not in {directory.name for directory in show.directories}),
        directories=tuple(Link(name=directory.name, href=directory.url) for directory in show.directories),
        code_href=FOLLOW_CODE,
        code_address=site.absolute(FOLLOW),
        cards=tuple(build_card(episode, locale=locale, catalogues=catalogues) for episode in show.episodes[:NEWEST]),
        years=build_year_links(show, locale=locale, words=catalogues[locale]),
    )


def show_summary(show: Show, *, locale: Locale) -> Word:
    """Return what the show is about, as a page in a locale says it."""
    return Word(show.summary, None if locale == DEFAULT_LOCALE else DEFAULT_LOCALE)


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


def build_year_pages(show: Show, *, locale: Locale, catalogues: Catalogues) -> Iterable[YearPage]:
    """Yield the page of each year that exists in the locale, newest first."""
    words = catalogues[locale]
    links = build_year_links(show, locale=locale, words=words)
    episodes: dict[int, list[Episode]] = {link.year: [] for link in links}
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


def build_episode_places(show: Show, *, locale: Locale, catalogues: Catalogues) -> Iterable[EpisodePlace]:
    """Yield every episode that has a text in the locale, newest first."""
    episodes = [episode for episode in show.episodes if locale in episode.texts]
    cards = [build_card(episode, locale=locale, catalogues=catalogues) for episode in episodes]
    for episode, card, previous, following in zip(episodes, cards, [*cards[1:], None], [None, *cards], strict=False):
        yield EpisodePlace(episode=episode, card=card, previous=previous, next=following)


def build_player_page(place: EpisodePlace, *, show: Show, words: Words) -> PlayerPage:
    """Return the player of an episode. `words` are those of its locale."""
    return PlayerPage(
        slug=place.episode.slug,
        card=place.card,
        audio=_audio(place.episode, show=show, words=words),
        has_text=place.episode.transcript is not None,
    )


def build_episode_page(
    place: EpisodePlace,
    *,
    show: Show,
    words: Words,
    questions: Iterable[Question],
    question_hrefs: Mapping[int, str],
) -> EpisodePage:
    """Return the page of an episode. `words` are those of its locale.

    `question_hrefs` are the addresses of the study questions that have a page, by number.
    """
    episode = place.episode
    asked = {question.number: question for question in questions}
    cues = episode.transcript.cues if episode.transcript else ()
    turns = build_turns(cues, chapters=episode.chapters, audio=audio_path(episode))
    return EpisodePage(
        slug=episode.slug,
        card=place.card,
        audio=_audio(episode, show=show, words=words),
        notes_html=render_notes(place.text.notes),
        sources=tuple(SourceLine(title=source.title, url=source.url) for source in episode.sources),
        chapters=tuple(_chapter_links(episode, turns)),
        questions=tuple(
            QuestionLine(number=number, text=asked[number].text, href=question_hrefs.get(number))
            for number in episode.questions
            if number in asked
        ),
        persons=tuple(
            PersonLine(name=person.name, role_text=words[f"role_{person.role.replace('-', '_')}"], href=person.href)
            for person in episode.persons or show.persons
        ),
        synthetic=episode.synthetic_voice,
        turns=tuple(turn for turn, _ in turns),
        spoken_lang=show.language,
        transcript_src=transcript_path(episode) if episode.transcript else None,
        picture=_picture(episode),
        previous=place.previous,
        next=place.next,
    )


def build_left_pages(show: Show, *, locale: Locale, catalogues: Catalogues) -> Iterable[LeftPage]:
    """Yield a page for every address that an episode had, or that a withdrawn one has."""
    for episode in show.episodes:
        text = episode.texts.get(locale)
        for old, new in moved_paths(episode).items() if text else ():
            assert text is not None
            path, href = (local_path(address, locale=locale) for address in (old, new))
            for player in ("", EMBED):
                yield LeftPage(path=path + player, title=text.title, source=text.source, href=href + player)
    for gone in show.withdrawn:
        title = gone.titles.get(locale)
        if title is None:
            continue
        notice = dated_text("withdrawn_notice", gone.day, locale=locale, catalogues=catalogues)
        for address in (f"{PODCAST}{gone.slug}/", *moved_paths(gone)):
            href = local_path(address, locale=locale)
            for path in (href, href + EMBED):
                yield LeftPage(
                    path=path,
                    title=title,
                    source=gone.source,
                    href=href,
                    notice=notice,
                    reason=gone.reason,
                    framed=path != href,
                )


def build_question_cards(
    show: Show, *, pages: Iterable[Page], locale: Locale, questions: Sequence[Question], catalogues: Catalogues
) -> tuple[QuestionCard, ...]:
    """Return the study questions that have a page in the locale, in order of number, with the episodes about them."""
    found = {page.question: page for page in pages if page.locale == locale and page.question is not None}
    words = catalogues[locale]
    about: dict[int, list[Episode]] = {}
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


def build_text(
    page: Page, *, pages: Iterable[Page], questions: Iterable[QuestionCard], facts: Facts, words: Words
) -> str:
    """Return the Markdown of a page with what it draws from elsewhere in it: other pages, and facts.

    `pages` may be those of all locales; `questions` and `words` are those of the page's.
    """
    here = [other for other in pages if other.locale == page.locale]
    parts = [without_notes(page.text)]
    for name in page.includes:
        parts += _included(next(other for other in here if other.name == name), page, here, questions, words)
    return fill_in("\n\n".join(parts), facts=facts, words=words)


def _included(
    page: Page, into: Page, here: Iterable[Page], questions: Iterable[QuestionCard], words: Words
) -> Iterator[str]:
    """Yield a page as a part of another one; the list of questions brings the pages of the questions with it."""
    folder, to = posixpath.dirname(page.name), posixpath.dirname(into.name)
    yield f"## {page.title}"
    yield include(without_notes(page.text), name=page.name, into=to, levels=1)
    for card in questions if page.name.endswith("index.md") else ():
        own = next(other for other in here if other.question == card.number)
        if posixpath.dirname(own.name) == folder:
            yield f"### {words['question'].format(number=card.number)} {card.text}"
            yield f"**{card.status_text}.**"
            yield include(without_notes(own.text), name=own.name, into=to, levels=2)


def _picture(episode: Episode) -> PagePicture | None:
    picture = episode.picture
    if picture is None:
        return None
    src = picture_path(episode, picture)
    return PagePicture(src=src, alt=picture.alt, width=picture.width, height=picture.height)


def build_card(episode: Episode, *, locale: Locale, catalogues: Catalogues) -> EpisodeCard:
    """Return the episode as it stands in a list, in the locale or, where it has no text in that, in the default one."""
    lang = locale if locale in episode.texts else DEFAULT_LOCALE
    words = catalogues[lang]
    text = episode.texts[lang]
    duration = episode.enclosure.duration
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
        waiting=_waiting(episode, locale=lang, catalogues=catalogues) if episode.unpublished else None,
    )


def _waiting(episode: Episode, *, locale: Locale, catalogues: Catalogues) -> Word:
    if episode.draft:
        return catalogues[locale]["draft"]
    time = f"{episode.published:%H.%M}"
    return dated_text("scheduled", episode.published, locale=locale, catalogues=catalogues, time=time)


def build_turns(cues: Sequence[Cue], *, chapters: Sequence[Chapter], audio: str) -> list[tuple[Turn, timedelta]]:
    """Return the transcript as speaker turns with their exact start times. `audio` is the address of the sound.

    A turn ends where the speaker changes, a chapter begins, or a minute has passed.
    """
    groups: list[list[Cue]] = []
    starts = [chapter.start for chapter in chapters]
    for cue in cues:
        first = groups[-1][0] if groups else None
        same = (
            first is not None
            and cue.speaker == first.speaker
            and cue.start - first.start < TURN_AT_MOST
            and not any(first.start < start <= cue.start for start in starts)
        )
        if same:
            groups[-1].append(cue)
        else:
            groups.append([cue])
    used: set[str] = set()
    waiting = list(chapters)
    linked: timedelta | None = None
    turns = []
    for group in groups:
        start = group[0].start
        begun = [chapter for chapter in waiting if chapter.start <= start]
        del waiting[: len(begun)]
        links = linked is None or start - linked >= LINKS_APART
        linked = start if links else linked
        href = f"{audio}#t={seconds_text(start)}" if links else None
        turns.append((_turn(group, used, chapters=tuple(chapter.title for chapter in begun), href=href), start))
    return turns


def seconds_text(time: timedelta) -> str:
    """Return a time as a Media Fragment names it (W3C Media Fragments URI 1.0, 4.2.1): `72`, or `72.4`."""
    return f"{time.total_seconds():.1f}".removesuffix(".0")


def _turn(cues: Sequence[Cue], used: set[str], *, chapters: tuple[str, ...], href: str | None) -> Turn:
    start = cues[0].start
    plain = f"t{int(start.total_seconds())}"
    number, name = 1, plain
    while name in used:
        number += 1
        name = f"{plain}-{number}"
    used.add(name)
    return Turn(
        id=name,
        start=seconds_text(start),
        start_text=clock(start),
        start_iso=duration_iso(timedelta(seconds=int(start.total_seconds()))),
        speaker=cues[0].speaker,
        paragraphs=tuple(_paragraphs(cues)),
        chapters=chapters,
        href=href,
    )


def _paragraphs(cues: Sequence[Cue]) -> Iterable[Paragraph]:
    said: list[Cue] = []
    for cue in cues:
        said.append(cue)
        if sum(len(cue.text) for cue in said) >= PARAGRAPH_AT_LEAST and cue.text.endswith((".", "!", "?", "”", "»")):
            yield _paragraph(said)
            said = []
    if said:
        yield _paragraph(said)


def _paragraph(cues: Sequence[Cue]) -> Paragraph:
    return Paragraph(start=seconds_text(cues[0].start), text=" ".join(cue.text for cue in cues))


def _chapter_links(episode: Episode, turns: Sequence[tuple[Turn, timedelta]]) -> Iterable[ChapterLink]:
    for chapter in episode.chapters:
        at_or_after = (turn for turn, start in turns if start >= chapter.start)
        turn = next(at_or_after, None)
        yield ChapterLink(
            start=seconds_text(chapter.start),
            start_text=clock(chapter.start),
            title=chapter.title,
            href=f"{audio_path(episode)}#t={seconds_text(chapter.start)}",
            turn_id=turn.id if turn else None,
        )


def _audio(episode: Episode, *, show: Show, words: Words) -> Audio:
    enclosure = episode.enclosure
    return Audio(
        src=audio_path(episode),
        type="audio/mp4" if enclosure.media_type == "audio/x-m4a" else enclosure.media_type,
        size_text=size_text(enclosure.length, words=words),
        filename=public_name(enclosure.filename),
        seconds=seconds_text(enclosure.duration),
        clock=clock(timedelta(seconds=round(enclosure.duration.total_seconds()))),
        picture=picture_path(episode, episode.picture) if episode.picture else cover_path(show),
    )


def _number_text(episode: Episode, *, words: Words) -> str:
    if episode.number is None:
        return ""
    if episode.season is None:
        return words["episode_number"].format(episode=episode.number)
    return words["season_and_episode_number"].format(season=episode.season, episode=episode.number)
