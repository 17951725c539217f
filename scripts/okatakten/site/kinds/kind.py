"""What a kind of page is: the fields that somebody fills in, how they are read, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from okatakten.addresses import Site
from okatakten.model import DEFAULT_LOCALE, Entry, Locale
from okatakten.words.catalogue import Word, Words
from okatakten.words.wording import date_text
from okatakten.written.advice import Hint, Text
from okatakten.written.fields import Choice, Fields
from okatakten.written.problems import Kind
from okatakten.written.text import composed
from okatakten.written.values import DATE_EXAMPLE, date_hint, parse_date, parse_day

Day = TypeVar("Day", bound=date)
MORNING: Final = time(7)
"""When a day begins on which something is published, as for all that is new (site/news)."""
YEARS: Final = range(2000, 2101)
"""What days of pages and rows may lie in: whatever is before or after is a slip."""
Node = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page of a kind is read beside: the zone of the show, the time, and the folder of the page's files."""

    zone: ZoneInfo
    now: datetime
    folder: Path

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a kind. `read` returns its value, or None and a problem; `about` says in Swedish what to write.

    One that is `suggested` is not needed, but something in its place. `choices` are all that may stand there.
    """

    name: str
    about: Text
    example: str
    read: Callable[[Fields, str, str | None, Around], Any]
    needed: bool = False
    suggested: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a page says of itself in few words. `href` leads there, relative to the site unless it is absolute.

    `iso` is the same for programs: a date, or a date and a time. `many` stand as a list below each other. What is
    `strong` stands in lists, too: nobody is to come to a meeting that is cancelled.
    """

    label: Word
    text: str | Word = ""
    href: str = ""
    iso: str = ""
    many: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where an entry is shown: on the page at `href`, relative to the site, in the language of `words`.

    `first_href` is the address that its page had first, `guid` the show's id: both never change. `files_href` is where
    the files beside the page lie: with the one in the default language, whatever the `locale` of this one.
    """

    words: Words
    site: Site
    zone: ZoneInfo
    title: str
    description: str
    href: str
    locale: Locale = DEFAULT_LOCALE
    files_href: str = ""
    first_href: str = ""
    guid: str = ""
    picture: str = ""

    @property
    def url(self) -> str:
        return self.site.absolute(self.href)

    def file_href(self, name: str) -> str:
        """Return the address of a file beside the page, which is published as it is spelled."""
        return quote(composed(self.files_href + name))


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """A kind of page, or of rows in one file (`rows`) that are shown as one page.

    Pages lie in docs/<locale>/<folder>/<slug>/index.md, rows in docs/<folder>.yml under the same word; `folder` is the
    address of the list, too. `key` names its words: kind_<key>, kind_<key>_list and kind_<key>_about. `check` adds a
    problem for what does not fit together, `day` is what the list is sorted by, `is_past` parts it, `facts` are what
    page and list show, `node` is its JSON-LD, `files` lie beside the page, and the last argument is where they are
    remembered. `in_newest`: the home page tells of it.
    `table`: its rows are a figure and a file, too. `pdf` is the field with a PDF that all must be able to read.
    `convert`: of the file for a new page a film is made that every browser plays.
    """

    key: str
    folder: str
    fields: tuple[Field, ...]
    rows: bool = False
    check: Callable[[Fields, Values, Around], object] = _nothing
    title: Callable[[Entry], str] = lambda entry: str(entry.values.get("title", ""))
    link: Callable[[Entry], str] = lambda _entry: ""
    day: Callable[[Entry], date | datetime | None] = lambda entry: entry.published.date() if entry.published else None
    is_past: Callable[[Entry, datetime], bool] | None = None
    facts: Callable[[Entry, Shown], Iterable[Fact]] = _nothing
    node: Callable[[Entry, Shown], Node] | None = None
    files: Callable[[Entry, Shown, Path], Mapping[str, bytes]] = lambda _entry, _shown, _cache: {}
    template: str = "entry.html"
    list_template: str = "entries.html"
    in_newest: bool = True
    table: bool = False
    pdf: str = ""
    convert: bool = False

    @property
    def path(self) -> str:
        """The address of its list, relative to the site in a locale."""
        return f"{self.folder}/"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


def read_values(fields: Fields, kind: PageKind, *, around: Around) -> Values:
    """Return what stands in the fields of a kind, by name. What is missing or does not fit becomes a problem."""
    before = len(fields.problems.found)
    read = {
        field.name: field.read(fields, field.name, field.example if field.needed else None, around)
        for field in kind.fields
    }
    values = {name: value for name, value in read.items() if value is not None and value != ()}
    if len(fields.problems.found) == before:
        kind.check(fields, values, around)
    return values


def text(fields: Fields, name: str, example: str | None, _around: Around) -> str | None:
    return fields.text(name, example=example)


def texts(fields: Fields, name: str, example: str | None, _around: Around) -> tuple[str, ...]:
    """Return a list, or a single text as a list of one."""
    items = fields.items(name, example=f"- {example}", single=True)
    found = [Fields({name: node}, fields.problems, line=fields.line).text(name) for node in items]
    if not items and example is not None and name not in fields.nodes:
        fields.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {example}")
    return tuple(one for one in found if one)


def day(fields: Fields, name: str, example: str | None, _around: Around) -> date | None:
    return _in_years(fields, name, fields.day(name, example=example))


def past_day(fields: Fields, name: str, example: str | None, around: Around) -> date | None:
    """Return a day that has come: what is done, and not what is planned."""
    found = day(fields, name, example, around)
    if found is None or found <= around.today:
        return found
    fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.DAY_TO_COME)
    return None


def moment(fields: Fields, name: str, example: str | None, around: Around) -> date | datetime | None:
    """Return a day, or a day and a clock time in the zone of the show."""
    written = fields.text(name, example=example, words=False)
    if written is None:
        return None
    found = parse_day(written) or parse_date(written, zone=around.zone)
    if found is None:
        hint = date_hint(written)
        day_too = Hint.OR_A_DAY.format(example=hint, day=DATE_EXAMPLE[:10]) if hint == DATE_EXAMPLE else hint
        fields.problem(Kind.NOT_A_DATE, name, expected=day_too)
    found = _in_years(fields, name, found)
    return found.astimezone(around.zone) if isinstance(found, datetime) else found


def _in_years(fields: Fields, name: str, found: Day | None) -> Day | None:
    if found is None or found.year in YEARS:
        return found
    fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.YEARS.format(first=YEARS[0], last=YEARS[-1]))
    return None


def address(fields: Fields, name: str, example: str | None, _around: Around) -> str | None:
    return fields.address(name, example=example, secure=True)


def file(*suffixes: str) -> Callable[[Fields, str, str | None, Around], str | None]:
    """Return what reads the name of a file beside the page, which ends in one of these."""

    def read(fields: Fields, name: str, example: str | None, around: Around) -> str | None:
        written = fields.text(name, example=example, words=False)
        if written is None:
            return None
        if Path(written).name != written or not written.lower().endswith(suffixes):
            fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.FILE_BESIDE.format(endings=", ".join(suffixes)))
        elif not (around.folder / written).is_file():
            fields.problem(Kind.ENTRY_UNFIT, name, expected=Hint.FILE_NOT_BESIDE)
        else:
            return written
        return None

    return read


def choice(
    choices: type[Choice], words: Mapping[str, Choice]
) -> Callable[[Fields, str, str | None, Around], Choice | None]:
    """Return what reads one of the choices, written as a word for it; None where nothing is written."""

    def read(fields: Fields, name: str, example: str | None, _around: Around) -> Choice | None:
        written = fields.text(name, example=example, words=False)
        return fields.choice(name, choices, default=next(iter(choices)), words=words) if written else None

    return read


def instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """Return the point in time of a value, a day at its beginning."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(0), zone)


def moment_text(value: date | datetime, *, words: Words) -> str:
    """Return a day, or a day and a clock time, in words: `10 mars 2027 klockan 13.00`."""
    written = date_text(value, words=words)
    if not isinstance(value, datetime):
        return written
    return words["date_and_clock"].format(date=written, clock=clock_text(value)).text


def clock_text(value: datetime) -> str:
    return f"{value:%H.%M}"
