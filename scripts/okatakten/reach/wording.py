"""What figures are called in tables, pictures and the report, and how many that is, with nobody singled out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from okatakten.reach.counting import Outcome
from okatakten.reach.places import Sort
from okatakten.words.wording import grouped_text

BASE: Final = 5
"""What is told to others is rounded to this; fewer are told as fewer, and never how many."""
_FEWER: Final = BASE / 2
"""How much fewer than BASE are in a picture, however many they are."""

SORT_WORDS: Final[Mapping[Sort, str]] = {
    Sort.EPISODE: "Avsnitt",
    Sort.CLIP: "Klipp",
    Sort.FILM: "Filmer",
    Sort.DOCUMENT: "Dokument",
    Sort.PAGE: "Sidor",
    Sort.PLAYER: "Spelare på andra webbplatser",
    Sort.FEED: "Flöden",
}
TIMES_WORDS: Final[Mapping[Sort, str]] = {
    Sort.EPISODE: "nedladdningar",
    Sort.CLIP: "nedladdningar",
    Sort.FILM: "nedladdningar",
    Sort.DOCUMENT: "nedladdningar",
    Sort.PAGE: "visningar",
    Sort.PLAYER: "visningar på andra webbplatser",
    Sort.FEED: "hämtningar av flöden",
}
PEOPLE_WORDS: Final[Mapping[Sort, str]] = {
    Sort.EPISODE: "lyssnare per dag, summerade",
    Sort.CLIP: "tittare per dag, summerade",
    Sort.FILM: "tittare per dag, summerade",
    Sort.DOCUMENT: "läsare per dag, summerade",
    Sort.PAGE: "läsare per dag, summerade",
    Sort.PLAYER: "läsare per dag, summerade",
    Sort.FEED: "följare per dag, summerade",
}
OUTCOME_WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.COUNTED: "räknade",
    Outcome.LITTLE: "för lite av filen",
    Outcome.PROBE: "bara en fråga om filen går att hämta i delar",
    Outcome.UNCHANGED: "hade redan det senaste",
    Outcome.BOT: "robotar",
    Outcome.WATCH: "klockor, som hämtar det telefonen har hämtat",
    Outcome.NO_AGENT: "sade inte vilket program det var",
    Outcome.PART_OF_PAGE: "det som sidor är gjorda av: bilder, stilar, skript",
    Outcome.ELSEWHERE: "adresser som webbplatsen inte har",
    Outcome.MOVED: "ledde vidare till en annan adress",
    Outcome.FAILED: "gick inte att hämta",
    Outcome.NOT_GET: "frågade utan att hämta",
}
LED_TO: Final = frozenset({Sort.PAGE, Sort.PLAYER})
"""What a host leads to; of the rest it is told which program fetched it."""
TABLE_WORDS: Final[Mapping[str, str]] = {
    "all": "alla",
    "days": "Dagar",
    "estimated": "ja",
    "lines": "Loggrader",
    "method": "Så räknas det",
    "sum": "summa",
    "unknown": "okänt",
    "weeks": "Veckor",
    "apps": "Program",
    "hosts": "Ledde hit",
}
WEEK_COLUMNS: Final = (
    "Vecka", "Dagar i veckan", "Vad", "Namn", "Adress", "Antal", "Antal av", "Nådda", "Nådda är", "Uppskattat",
)  # fmt: skip
DAY_COLUMNS: Final = ("Dag", *WEEK_COLUMNS[2:])
WAY_COLUMNS: Final = ("Vecka", "Vad", "way", "Antal", "Antal av", "Nådda", "Nådda är")
"""The third is what the sheet is called."""
LINE_COLUMNS: Final = ("Dag", "Vad som hände", "Rader")
PICTURE_WORDS: Final[Mapping[str, str]] = {
    "weeks": "Nedladdningar av avsnitt, vecka för vecka",
    "episode": "Nedladdningar av avsnitt, {period}",
    "clip": "Nedladdningar av klipp, {period}",
    "film": "Nedladdningar av filmer, {period}",
    "document": "Nedladdningar av dokument, {period}",
    "page": "Visningar av sidor, {period}",
    "player": "Visningar av spelaren på andra webbplatser, {period}",
    "feed": "Hämtningar av flöden, {period}",
    "apps": "Följare av flödena, efter program, i genomsnitt per dag",
    "some": "{week} ({days} av 7 dagar)",
    "none": "inte räknad",
    "hosts": "Visningar av sidor, efter webbplatsen som ledde dit, {period}",
    "note": "Talen är avrundade till närmaste {base}. Så räknas det: se rapporten.",
}
HEADS: Final[Mapping[str, str]] = {
    "week": "Vecka", "name": "Namn", "app": "Program", "host": "Webbplats", "times": "Antal",
    "followers": "Följare", "people": "Per dag, summerade",
}  # fmt: skip
REPORT_WORDS: Final[Mapping[str, str]] = {
    "title": "Hur långt {show} har nått",
    "unpublished": "inte publicerat",
    "published": "{count} st., {days}",
    "ends": "{first} till {last}",
    "no_day": "dag saknas",
    "elsewhere": "det räknas inte här",
    "none": "ingen än",
}
TITLE_WORDS: Final[Mapping[str, str]] = {
    "podd/feed.xml": "Poddens flöde",
    "nytt.xml": "Nyheter (RSS)",
    "nytt.json": "Nyheter (JSON)",
}
"""What the feeds are called, by address."""
FEWER: Final = "färre än {base}"


def rounded(number: int) -> float:
    """Return a number as a picture may show it: to the nearest BASE, and the same for all that are fewer."""
    if 0 < number < BASE:
        return _FEWER
    return (number + BASE // 2) // BASE * BASE


def said(number: int) -> str:
    """Return a number as others may read it."""
    return FEWER.format(base=BASE) if 0 < number < BASE else grouped_text(int(rounded(number)))


def week_of(day: date) -> str:
    """Return the week of a day (ISO 8601) as it is sorted: `2026-v48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-v{week:02}"


def period_text(first: date, last: date) -> str:
    return f"{first} – {last}"
