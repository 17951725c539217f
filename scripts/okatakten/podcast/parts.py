"""The parts that a show and its episodes share: titles, people, sources."""

from __future__ import annotations

import re
from typing import Final

from okatakten.model import Crop, OwnPost, Person, Role, Source
from okatakten.rules import CROPS, PERSON_LIMIT, RESERVED_NAMES, ROLES, TITLE_LIMIT, is_slug, slug_of
from okatakten.written.advice import Hint
from okatakten.written.fields import Fields
from okatakten.written.problems import Kind

POST_FIELDS: Final = ("post", "hashtags")
"""Fields of pages and episodes in every language: a post is written for its readers, and never translated."""
_HASHTAG: Final = re.compile(r"#?(?P<word>[^\W_]*[^\W\d_][^\W_]*)")
_NOBODY: Final = re.compile(
    r"(?:unknown|unidentified|okänd|oidentifierad)(?: \w+)?|(?:speaker|talare)(?:[ _]?(?:\d+|[a-z]))?|namn|name",
    re.IGNORECASE,
)
"""What programs that write down speech call somebody whom they do not know, and what stands in examples."""


def read_title(fields: Fields) -> str | None:
    title = fields.text("title", example="Åtta frågor om upphandling", limit=TITLE_LIMIT)
    if title and ("<" in title or ">" in title):
        fields.problem(Kind.MARKUP_IN_TITLE, "title")
    return title


def read_former_slugs(fields: Fields, *, own: str) -> tuple[str, ...]:
    """Return what a folder was called before, the oldest name first. `own` is what it is called now.

    Under that name stands the page itself: what leads on from there would lead to itself, for ever.
    """
    names: list[str] = []
    for slug in fields.texts("former_slugs", example="[gammalt-namn]"):
        known = {**dict.fromkeys(RESERVED_NAMES, Hint.NAME_RESERVED), **dict.fromkeys(names, Hint.NAME_TWICE),
                 own: Hint.NAME_OWN}  # fmt: skip
        if is_slug(slug) and slug not in known:
            names.append(slug)
        else:
            expected = known.get(slug, Hint.FORMER_SLUG).format(name=slug, slug=slug_of(slug))
            fields.problem(Kind.NOT_A_FORMER_SLUG, "former_slugs", found=slug, expected=expected)
    return tuple(names)


def read_crop(fields: Fields, name: str) -> Crop | None:
    """Return what is kept of a picture that is not square; None where nobody has said."""
    return fields.choice(name, Crop, default=Crop.MIDDLE, words=CROPS) if fields.text(name) else None


def read_persons(fields: Fields) -> tuple[Person, ...]:
    persons = []
    for entry in fields.mappings("persons", known=("name", "role", "href"), example='- {name: "Namn", role: gäst}'):
        name = entry.text("name", example="Region Jämtland Härjedalen", limit=PERSON_LIMIT)
        role = entry.choice("role", Role, default=Role.HOST, words=ROLES)
        href = entry.address("href")
        if name and _NOBODY.fullmatch(name):
            entry.problem(Kind.NOT_A_NAME, "name")
        elif name:
            persons.append(Person(name=name, role=role, href=href))
    return tuple(persons)


def read_sources(fields: Fields) -> tuple[Source, ...]:
    sources = []
    for entry in fields.mappings("sources", known=("title", "url"), example='- {title: "Dokumentets namn"}'):
        title = entry.text("title", example="Dokumentets namn")
        url = entry.address("url")
        if title:
            sources.append(Source(title=title, url=url))
    return tuple(sources)


def read_post(fields: Fields) -> OwnPost:
    """Return the post of a page or an episode; its hashtags may be written with or without their sign."""
    words = []
    for entry in fields.each("hashtags", example=Hint.HASHTAGS):
        written = entry.text("hashtags") or ""
        if match := _HASHTAG.fullmatch(written):
            words.append(match["word"])
        elif written:
            kept = "".join(re.findall(r"[^\W_]", written))
            entry.problem(Kind.NOT_A_HASHTAG, "hashtags", expected=kept if _HASHTAG.fullmatch(kept) else Hint.HASHTAG)
    return OwnPost(text=fields.text("post", lines=True) or "", hashtags=tuple(dict.fromkeys(words)))
