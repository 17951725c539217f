"""The report for the funder: what was promised, what came out, how far it reached, and how that was counted."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader

from okatakten.addresses import Site
from okatakten.documents.documents import data_address, inline_file, inline_svg, make_pdf, parse_document
from okatakten.model import DEFAULT_LOCALE, Show
from okatakten.reach.counting import WHOLE, Counted
from okatakten.reach.days import Method
from okatakten.reach.pictures import build_picture, draw_figures
from okatakten.reach.places import Sort
from okatakten.reach.promised import Item, Kept, add_reached, find_kept, find_reached, find_titles
from okatakten.reach.summing import Period, period_of, totals_of
from okatakten.reach.wording import BASE, PEOPLE_WORDS, REPORT_WORDS, SORT_WORDS, TIMES_WORDS, TITLE_WORDS, said
from okatakten.site.figures import Figure
from okatakten.site.lettering import STATEMENT_FONT
from okatakten.site.profile import Profile
from okatakten.site.project import Reading
from okatakten.words.catalogue import Word
from okatakten.words.wording import list_text

PICTURES: Final = "bilder"
ALL_FILES: Final = (
    "rapport.html", "rapport.pdf", "rapport.txt",
    *(f"{PICTURES}/{name}.svg" for name in ("weeks", *Sort, "hosts", "apps")),
)  # fmt: skip
"""All that a report may be made of. What there is nothing to tell of is not there."""
_HTML: Final = "rapport.html"
_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_CHARSET: Final = '<meta charset="utf-8">'


def find_names(counted: Counted, reading: Reading | None) -> dict[str, str]:
    """Return what places are called, by address: a file is called what its page is, and what sort of file it is."""
    titles = find_titles(reading) if reading else {}
    named = {}
    for name in {figure.name for figure in counted.figures} - {WHOLE}:
        page, _, file = name.rpartition("/")
        title = titles.get(f"{page}/" if page else "")
        if title and file:
            title = f"{title} ({file.rpartition('.')[2].upper()})"
        if title or name in TITLE_WORDS:
            named[name] = TITLE_WORDS.get(name) or str(title)
    return named


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is told of how far a project reached, from figures of at least one day. `reading` has no problem in it."""

    counted: Counted
    methods: Counter[Method]
    reading: Reading
    site: Site
    root: Path

    @property
    def show(self) -> Show:
        assert self.reading.show
        return self.reading.show

    @property
    def profile(self) -> Profile:
        assert self.reading.profile
        return self.reading.profile

    @cached_property
    def period(self) -> Period:
        return period_of(self.counted)

    @cached_property
    def figures(self) -> Sequence[Figure]:
        return list(draw_figures(self.counted, find_names(self.counted, self.reading), self.period))

    def files(self) -> dict[str, bytes]:
        """Return the files but for the PDF, by their paths."""
        owner = self.show.author
        pictures = {
            f"{PICTURES}/{figure.name}.svg": build_picture(figure, owner=owner, colours=self.profile.light)
            for figure in self.figures
        }
        text = _environment(self.root).get_template("rapport.txt").render(self._values)
        return {_HTML: _with_policy(self._html()).encode(), "rapport.txt": text.encode(), **pictures}

    def pdf(self) -> bytes:
        """Return the report on paper. Raises LibrariesMissingError."""
        root = parse_document(self._html(printed=True), address=self.site.url, read=Path)
        return make_pdf(root, cache=self.root / ".okatakten" / "reach", words=self.reading.words[DEFAULT_LOCALE])

    def _html(self, *, printed: bool = False) -> str:
        page = _environment(self.root).get_template(_HTML).render(self._values, printed=printed)
        # All that the figures say is to be seen at once, also on the paper of a browser.
        return self.profile.on_paper(page).replace("<details ", "<details open ")

    @cached_property
    def _values(self) -> dict[str, Any]:
        """What the templates show."""
        words = self.reading.words[DEFAULT_LOCALE]
        title = REPORT_WORDS["title"].format(show=self.show.title)
        theme = self.root / "overrides"
        assert self.reading.facts
        funders = [source.name for source in self.reading.facts.funding]
        reached = find_reached(self.counted)
        kept = find_kept(self.reading, self.site, root=self.root)
        return {
            "title": title, "owner": self.show.author, "period": self.period, "words": words,
            "channels": [_channel(each, reached) for each in kept], "sums": list(_sums(self.counted)),
            "figures": self.figures, "drawings": [figure.html(words=words) for figure in self.figures],
            "method": method_lines(self.counted, self.methods), "unknown": _lines("okant.txt"),
            # What the document of every page has.
            "locale": DEFAULT_LOCALE, "default_locale": DEFAULT_LOCALE, "direction": "ltr",
            "catalogues": self.reading.words, "page": {"meta": {"title": Word(title)}},
            "site": {"name": Word(self.show.title), "owner": self.show.author, "description": Word(title)},
            "document": {"updated": self.period.last, "funders": list_text(funders, words=words) if funders else ""},
            "inline": lambda name: inline_file(theme / name),
            "inline_svg": lambda drawing: inline_svg(self.profile.on_paper(drawing)),
            "mark": data_address(self.profile.mark.encode(), "image/svg+xml"),
            "statement_font": inline_file(STATEMENT_FONT),
        }  # fmt: skip


def method_lines(counted: Counted, methods: Counter[Method]) -> list[str]:
    """Return how figures were counted, a paragraph each."""
    estimated = sorted({SORT_WORDS[each.sort].lower() for each in counted.figures if each.estimated})
    return _lines("metod.txt", period=period_of(counted), methods=sorted(methods.items()), base=BASE,
                  estimated=", ".join(estimated))  # fmt: skip


def _lines(template: str, **values: Any) -> list[str]:
    return [line for line in _environment().get_template(template).render(values).splitlines() if line]


def _environment(root: Path | None = None) -> Environment:
    """Return the templates, and those of the project's other documents."""
    loaders = [PackageLoader("okatakten.reach"), *([FileSystemLoader(root / "overrides")] if root else [])]
    made = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=lambda name: name == _HTML,  # noqa: S701 -- the others escape what they show themselves
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # On the web a file has its digest in its address; here it stands in the document itself.
    made.filters |= {"hashed": str, "url": lambda name: inline_file((root or Path()) / "overrides" / name)}
    return made


def _with_policy(page: str) -> str:
    """Return a page that says what may be in it: its own styles, and nothing that runs or comes from elsewhere."""
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    policy = (
        f"default-src 'none'; style-src {styles}; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    more = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    more += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return page.replace(_CHARSET, f"{_CHARSET}\n{more}", 1)


def _sums(counted: Counted) -> Iterable[Mapping[str, str]]:
    """Yield what was reached in all, for each sort of thing."""
    for sort in Sort:
        if whole := totals_of(counted, sort).get(WHOLE):
            yield {
                "sort": SORT_WORDS[sort],
                "times": f"{said(whole.times)} {TIMES_WORDS[sort]}",
                "people": f"{said(whole.people)} {PEOPLE_WORDS[sort]}",
            }


def _channel(kept: Kept, reached: Mapping[str, Counter[Sort]]) -> dict[str, Any]:
    return {
        "name": kept.channel.name,
        "source": kept.source,
        "published": _published(kept),
        "reached": _reached(kept.items, reached) if kept.items else "",
        "out": [
            {"title": item.title, "address": item.address, "unreviewed": item.unreviewed,
             "day": item.day or REPORT_WORDS["no_day"], "reached": _reached([item], reached)}
            for item in kept.items
        ],
    }  # fmt: skip


def _published(kept: Kept) -> str:
    if not kept.items:
        return REPORT_WORDS["unpublished"]
    days = sorted({str(item.day) for item in kept.items if item.day})
    ends = REPORT_WORDS["ends"].format(first=days[0], last=days[-1]) if len(days) > 1 else "".join(days)
    return REPORT_WORDS["published"].format(count=len(kept.items), days=ends or REPORT_WORDS["no_day"])


def _reached(items: Iterable[Item], reached: Mapping[str, Counter[Sort]]) -> str:
    """Return how far some things got, rounded from the whole."""
    counts = add_reached(items, reached)
    if counts is None:
        return REPORT_WORDS["elsewhere"]
    return (
        ", ".join(f"{said(counts[sort])} {TIMES_WORDS[sort]}" for sort in Sort if counts[sort]) or REPORT_WORDS["none"]
    )
