"""From podcast/show.yml to a `Show` without its episodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from okatakten.model import Category, Directory, Locale, Picture, Show, ShowType
from okatakten.podcast.categories import CATEGORIES
from okatakten.podcast.parts import read_crop, read_persons, read_title
from okatakten.podcast.pictures import IMAGE_SUFFIXES, read_picture
from okatakten.rules import (
    DESCRIPTION_LIMIT,
    PERSON_LIMIT,
    SHOW_TYPES,
    STOCKHOLM,
    TITLE_LIMIT,
    find_file,
    is_file_name,
    slug_of,
)
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text

SHOW_FIELDS: Final = (
    "guid", "title", "summary", "description", "author", "owner", "language", "timezone", "category", "explicit",
    "type", "copyright", "cover", "cover_alt", "cover_crop", "locked", "funding", "new_feed_url", "hub",
    "complete", "block", "persons", "directories",
)  # fmt: skip

"""What the cover may be called: it is a part of an address that every app has."""


def read_show(
    root: Path, found: list[Problem], notes: list[Problem], *, new_guid: Callable[[], str]
) -> tuple[Show | None, ZoneInfo]:
    """Return the show without its episodes, and the time zone that their dates are read in."""
    problems = Problems("podcast/show.yml", found)
    before = len(found)
    zone = STOCKHOLM
    text = read_text(root / "podcast" / "show.yml", problems)
    fields = parse_fields(text, problems, known=SHOW_FIELDS) if text is not None else None
    if fields is None:
        return None, zone
    timezone = fields.text("timezone", example="Europe/Stockholm", words=False)
    if timezone in available_timezones():
        zone = ZoneInfo(timezone)
    elif timezone:
        fields.problem(Kind.NOT_A_TIMEZONE, "timezone")
    owner = fields.mapping("owner", known=("name", "email"), required=True)
    funding = fields.mapping("funding", known=("title", "url"))
    email = owner.text("email", example="podd@exempel.se", words=False) if owner else None
    if owner and email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", email):
        owner.problem(Kind.NOT_AN_EMAIL, "email")
    language = fields.text("language", example="sv", words=False) or "sv"
    if not re.fullmatch(r"[a-z]{2}", language):
        fields.problem(Kind.NOT_A_CHOICE, "language", expected="sv")
    description = fields.text("description", example="Några meningar om podden.", lines=True)
    if description and (count := len(description.encode())) > DESCRIPTION_LIMIT:
        expected = Hint.TOO_MANY_BYTES.format(count=count, limit=DESCRIPTION_LIMIT)
        fields.problem(Kind.TOO_LONG, "description", expected=expected, found="")
    title = read_title(fields)
    values = {
        "guid": fields.guid("guid", new=new_guid, uuid_only=True),
        "title": title,
        "summary": fields.text("summary", example="En mening om vad podden handlar om."),
        "description": description,
        "author": fields.text("author", example="Region Jämtland Härjedalen", limit=TITLE_LIMIT),
        "owner_name": owner.text("name", example="Region Jämtland Härjedalen") if owner else None,
        "owner_email": email,
        "copyright": fields.text("copyright", example="2026 Region Jämtland Härjedalen"),
        "cover": _read_cover(root, fields, found, notes),
        "categories": _categories(fields),
    }
    optional = {
        "language": Locale(language),
        "timezone": str(zone),
        "explicit": fields.flag("explicit"),
        "type": fields.choice("type", ShowType, default=ShowType.EPISODIC, words=SHOW_TYPES),
        "locked": fields.flag("locked", default=True),
        "funding_title": funding.text("title", example="Medfinansieras av …") if funding else None,
        "funding_url": funding.address("url", example="https://exempel.se/") if funding else None,
        "new_feed_url": fields.address("new_feed_url"),
        "hub": fields.address("hub", secure=True),
        "complete": fields.flag("complete", default=False),
        "block": fields.flag("block", default=False),
        "persons": read_persons(fields),
        "directories": _directories(fields),
    }
    if len(found) > before:
        return None, zone
    return Show(**values, **optional), zone  # type: ignore[arg-type]


def _directories(fields: Fields) -> tuple[Directory, ...]:
    """Return where the show is listed: what no line says is claimed nowhere."""
    directories = []
    for entry in fields.mappings("directories", known=("name", "url"), example="- name: Apple Podcasts"):
        name = entry.text("name", example="Apple Podcasts", limit=PERSON_LIMIT)
        url = entry.address("url", example="https://podcasts.apple.com/se/podcast/…", secure=True)
        if name and url:
            directories.append(Directory(name=name, url=url))
    return tuple(directories)


def _read_cover(root: Path, fields: Fields, found: list[Problem], notes: list[Problem]) -> Picture | None:
    name = fields.text("cover", example="cover-1.png", words=False)
    alt = fields.text("cover_alt")
    if not name:
        return None
    if not is_file_name(name):
        stem, suffix = PurePath(name).stem, PurePath(name).suffix.lower()
        meant = f"{slug_of(stem)}{suffix if suffix in IMAGE_SUFFIXES else '.jpg'}"
        fields.problem(Kind.NOT_A_FILE_NAME, "cover", expected=meant if is_file_name(meant) else "cover-1.png")
        return None
    if not alt:
        fields.problem(Kind.PICTURE_WITHOUT_ALT, "cover", expected="cover_alt")
    place = f"podcast/{name}"
    return read_picture(
        find_file(root / place), Problems(place, found), alt=alt or "", crop=read_crop(fields, "cover_crop"),
        field="cover_crop", notes=Problems(place, notes), cache=root / ".okatakten" / "pictures",
    )  # fmt: skip


def _categories(fields: Fields) -> tuple[Category, ...]:
    """Return the categories, written as `Government` or `Business > Non-Profit`; at least one is needed."""
    every = [*CATEGORIES, *(f"{name} > {sub}" for name, subs in CATEGORIES.items() for sub in subs)]
    categories = []
    nodes = fields.items("category", example="- Government", single=True)
    if not nodes:
        fields.problem(Kind.FIELD_MISSING, "category", expected="category: [Government]")
    for node in nodes:
        entry = Fields({"category": node}, fields.problems, line=node.start_mark.line + 1)
        written = entry.text("category", example="Government", words=False)
        if written in every:
            name, _, sub = written.partition(" > ")
            categories.append(Category(name=name, subcategory=sub or None))
        elif written:
            otherwise = Hint.CHOOSE.format(choices=", ".join(CATEGORIES))
            expected = did_you_mean(written, every, otherwise=otherwise)
            entry.problem(Kind.UNKNOWN_CATEGORY, "category", expected=expected)
    return tuple(categories)
