"""Dates, amounts and lists, said with the words of a locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from okatakten.model import Locale
from okatakten.words.catalogue import Catalogues, Word, Words


def date_text(moment: date, *, words: Words) -> str:
    """Return the date in words, as `2 november 2026`.

    From the catalogue and not from CLDR, which has only the beginnings of South Sami: its date would be «2026 M11 2».
    """
    return words["date"].format(day=moment.day, month=words[f"month_{moment.month}"], year=moment.year)


def dated_text(key: str, day: date, *, locale: Locale, catalogues: Catalogues, **values: str) -> Word:
    """Return a sentence with a date in it, both in one language: that of the catalogue the sentence comes from."""
    sentence = catalogues[locale][key]
    return sentence.format(date=date_text(day, words=catalogues[sentence.lang or locale]), **values)


def amount_text(amount: int, *, words: Words) -> str:
    """Return whole kronor in groups of three, as `1 860 000 kr`."""
    return words["amount"].format(amount=grouped_text(amount)).text


def grouped_text(number: int) -> str:
    """Return a whole number in groups of three, as `1 860 000`."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def millions_text(amount: int, *, words: Words) -> str:
    """Return whole kronor as millions with two decimals at most, as `1,86`."""
    return f"{amount / 1e6:.2f}".rstrip("0").rstrip(".").replace(".", words["decimal_mark"])


def percent_text(value: float, *, words: Words) -> str:
    """Return `3,4 %`, with the decimal mark of the locale."""
    return f"{value:g}".replace(".", words["decimal_mark"]) + "\N{NO-BREAK SPACE}%"


def month_text(day: date, *, words: Words) -> str:
    """Return `juli 2024`."""
    return words["month_and_year"].format(month=words[f"month_{day.month}"], year=day.year).text


def period_text(start: date, end: date, *, words: Words) -> str:
    """Return `juli 2024 – april 2025`."""
    return f"{month_text(start, words=words)} – {month_text(end, words=words)}"


def duration_text(duration: timedelta, *, words: Words) -> str:
    """Return `51 s`, `2 min 5 s`, or from an hour on `1 h 2 min`: in words of the locale."""
    seconds = round(duration.total_seconds())
    if seconds < 60:
        return words["duration_brief"].format(seconds=seconds)
    if seconds < 3600:
        return words["duration_short"].format(minutes=seconds // 60, seconds=seconds % 60)
    minutes = round(seconds / 60)
    return words["duration_long"].format(hours=minutes // 60, minutes=minutes % 60)


def list_text(names: Sequence[str], *, words: Words) -> str:
    """Return names as `a, b och c`."""
    *others, last = names
    return words["list_end"].format(first=", ".join(others), last=last).__html__() if others else escape(last)


def size_text(size: int, *, words: Words) -> str:
    """Return a number of bytes as `310 kB` or `1,2 MB`; a kB is 1 000 bytes, as in the SI."""
    if size < 999_500:
        return f"{max(round(size / 1000), 1)}\N{NO-BREAK SPACE}kB"
    return f"{size / 1e6:.1f}\N{NO-BREAK SPACE}MB".replace(".", words["decimal_mark"])


def decimal_text(value: float) -> str:
    """Return a number with one decimal, as it is written in Swedish: `−19,0`."""
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}").replace(".", ",")
