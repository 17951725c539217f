"""What somebody says as a picture to post: a square, and one that lies down as those of links do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from okatakten.clips.asked import Around, check_letters, check_name, name_of
from okatakten.clips.pictures import draw_quote
from okatakten.clips.said import sentences_between
from okatakten.disk.write import write_all
from okatakten.model import Episode, Shape
from okatakten.podcast.clips import QUOTE, QUOTE_ENDINGS
from okatakten.site.cards import Card, card_layout, draw_card
from okatakten.site.episode_page import seconds_text
from okatakten.site.lettering import Part
from okatakten.written.advice import Hint, Reason, ReasonError, Text
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from okatakten.written.values import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What is said, between quotation marks, `by` whom and where; `stem` begins the names of its files."""

    episode: Episode
    start: timedelta
    text: str
    by: str
    stem: str


def want_quote(
    episode: Episode, span: tuple[timedelta, timedelta], *, name: str | None, problems: Problems
) -> Quote | None:
    """Return what one person says between two times, or None with what does not fit. Raises ReasonError."""
    if episode.transcript is None:
        raise ReasonError(Reason.CLIP_WITHOUT_TRANSCRIPT, slug=episode.slug)
    sentences = sentences_between(episode.transcript.cues, *span)
    speakers = list(dict.fromkeys(speaker for speaker, _ in sentences))
    stem, start = f"{name or name_of(span[0], Shape.SQUARE)}{QUOTE}", clock(span[0])
    text = f"”{' '.join(sentence for _, sentence in sentences)}”"
    check_name(stem, problems)
    check_letters(episode, [(0, text), *((0, speaker) for speaker in speakers)], problems)
    if not speakers:
        problems.add(Kind.QUOTE_EMPTY)
    elif len(speakers) > 1:
        problems.add(Kind.QUOTE_OF_SEVERAL, found=text, expected=", ".join(speakers))
    if problems.found:
        return None
    said = Text.QUOTE_BY if speakers[0] else Text.QUOTE_BY_NOBODY
    by = said.format(speaker=speakers[0], start=start, title=episode.text.title)
    return Quote(episode=episode, start=span[0], text=text, by=by, stem=stem)


def make_quote(quote: Quote, around: Around, folder: Path, *, problems: Problems) -> list[Path]:
    """Write the pictures and their text; nothing, with a problem, where the words have no room."""
    square = draw_quote(around.said(quote.episode), quote.text, quote.by, paint=around.paint)
    wide = _wide(quote, around)
    if square is None or wide is None:
        length = Hint.QUOTE_LETTERS.format(count=len(quote.text))
        problems.add(Kind.QUOTE_TOO_LONG, found=quote.text, expected=length)
        return []
    contents = dict(zip(QUOTE_ENDINGS, (square, wide, _description(quote, around).encode()), strict=True))
    folder.mkdir(exist_ok=True)
    made = {folder / f"{quote.stem}{ending}": content for ending, content in contents.items()}
    write_all(made)
    return [*made]


def _wide(quote: Quote, around: Around) -> bytes | None:
    """Return a quotation as a share picture."""
    said = around.said(quote.episode)
    card = Card(title=quote.text, kind=quote.by, show=said.show, owner=around.show.author, eu_statement=said.statement)
    whole = all(block.whole for block in card_layout(card).blocks if block.part is Part.TITLE)
    return draw_card(card, paint=around.paint) if whole else None


def _description(quote: Quote, around: Around) -> str:
    said = around.said(quote.episode)
    about = Text.QUOTE_ABOUT.format(show=said.show, title=said.title, start=clock(quote.start))
    address = f"{around.address(quote.episode)}#t={seconds_text(quote.start)}"
    return f"{about}\n\n{quote.text}\n\n{quote.by}\n\n{address}\n"
