"""How a language is written: which way, and where it is most at home, as CLDR knows it."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

from babel.core import get_global

from okatakten.model import Locale

_FROM_THE_RIGHT: Final = {"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
"""Scripts (ISO 15924) that living languages are written with from right to left."""


@cache
def direction(locale: Locale) -> Literal["ltr", "rtl"]:
    """Return which way a language is written, as `dir` of HTML says it."""
    return "rtl" if _FROM_THE_RIGHT.intersection(_subtags(locale)) else "ltr"


def other_direction(lang: Locale | None, page: Locale) -> Literal["ltr", "rtl"] | None:
    """Return which way a text in another language than its page is written, if that is another way than the page's."""
    return direction(lang) if lang and direction(lang) != direction(page) else None


def territory(locale: Locale) -> str | None:
    """Return the country where most readers of the language live, such as `NO`; None where it is not known."""
    subtags = _subtags(locale)
    return subtags[-1] if len(subtags) == 3 else None  # language, script and territory


def _subtags(locale: Locale) -> list[str]:
    likely = get_global("likely_subtags").get(locale, "")
    return str(likely).split("_")
