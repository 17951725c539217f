"""The Markdown of pages: what would be wrong with it, and how one page stands inside another.

A text is rendered as it will be, and what comes of it is looked at: nothing depends on how somebody wrote it.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

from okatakten.addresses import PODCAST, file_address
from okatakten.model import DEFAULT_LOCALE
from okatakten.site.allowed import AUTHORS, FETCHING, Finding, Tag, as_read, each, is_here, judge, shown, tags_of, twice
from okatakten.site.rendering import MARK, MISSING, render
from okatakten.site.settings import references
from okatakten.words.segments import Part, is_note, scan
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.problems import Kind
from okatakten.written.text import Problems, composed

_HEADING = re.compile(r"#{1,6}")
_UNDERLINE = re.compile(r"(?:=+|-+) *")
_ADDRESS = re.compile(r"(?P<code>`+).*?(?P=code)|\]\((?P<address><[^>\n]*>|[^)\s]+)")
_REFERENCE = re.compile(r" {0,3}\[[^\]\n]+\]:\s*\S+")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
_SITE: Final = "https://site.example/mapp/"
"""An address of a site that lies in a folder, for addresses that would climb out of it."""

DEEPEST: Final = 20
"""Lists and quotations within each other. Python's stack holds some 200, and less while a page is built."""
OPEN_MARKS: Final = 100
"""Brackets that are open at once in a paragraph: for each of them, Markdown looks through the rest."""
_OUR_IDS: Final = "site-"
"""Begins every id in overrides/ of what stands around a text."""
LOOKS: Final = 200
"""How often a text is rendered at most to find out the lines of what is wrong with it."""
_LEVEL = re.compile(r"[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))")
_BRACKETS: Final = {"[": "]", "(": ")", "<": ">"}
_NEVER_NEST: Final = {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "rt", "rp", "colgroup",
    "br", "hr", "wbr", "img", "source", "track", "col",
}  # fmt: skip
"""What ends without being told to."""
_CROSSING: Final = {"a", "b", "code", "em", "i", "s", "small", "strong", "u"}
"""What browsers let end after what it stands in: `<b><i></b></i>` (HTML, "adoption agency")."""


class Line(NamedTuple):
    """A line of a file, with its number and what it belongs to."""

    number: int
    text: str
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the links of a page may lead to.

    `page` is its file below docs/, `address` where it is published. `files` are all files below docs/ that are, and
    `addresses` all that the site answers to, relative to it. `ids` gives those of a page by its file, or None where
    they cannot be known. `addressed` are the addresses that all pages may name. The links of a
    page that another one repeats (`repeated`) have their addresses in place.
    """

    page: str
    address: str
    files: Collection[str]
    addresses: Collection[str]
    ids: Callable[[str], Sequence[str] | None]
    addressed: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False


def check_markup(text: str, problems: Problems, *, around: Around) -> None:
    """Add a problem for all that a page may not hold, for skipped heading levels, and for links that lead nowhere.

    The title is the page's h1, so its headings begin with `##`.
    """
    lines = lines_of(text)
    if around.repeated:
        for line in lines:
            if line.part is Part.TEXT and (reference := _REFERENCE.match(line.text)):
                problems.add(Kind.LINK_BROKEN, line=line.number, found=reference[0], expected=Hint.LINK_IN_PLACE)
    involved = too_involved(lines)
    findings: list[Finding] = []
    if involved is None:
        try:
            findings = list(_look(lines, around))
        except RecursionError:
            involved = 0
    if involved is not None:
        problems.add(Kind.TOO_INVOLVED, line=involved)
    for number, finding in _placed(lines, findings, around):
        problems.add(finding.kind, line=number, found=finding.found, expected=finding.expected)


def lines_of(text: str) -> list[Line]:
    """Return what is published of a file, below its fields: the notes of translators are gone, each with its line."""
    return [Line(*line) for line in scan(text) if line[2] in {Part.TEXT, Part.CODE} and not is_note(line[1])]


def page_tags(markdown: str) -> list[Tag] | None:
    """Return the tags that a text without fields becomes; None where it is too involved to be rendered."""
    lines = lines_of(f"---\n---\n{markdown}")
    try:
        return _rendered(lines) if too_involved(lines) is None else None
    except RecursionError:
        return None


def too_involved(lines: Iterable[Line]) -> int | None:
    """Return the first line that lies too deep in lists or brackets to be rendered, if any."""
    opened = dict.fromkeys(_BRACKETS, 0)
    for number, text, part in lines:
        if not text.strip() or part is not Part.TEXT:
            opened = dict.fromkeys(_BRACKETS, 0)
            continue
        if _depth(text) > DEEPEST:
            return number
        for opening, closing in _BRACKETS.items():
            for sign in re.findall(rf"[\{opening}\{closing}]", text):
                opened[opening] = max(opened[opening] + (1 if sign == opening else -1), 0)
                if opened[opening] > OPEN_MARKS:
                    return number
    return None


def _depth(text: str) -> int:
    """Return how many lists and quotations a line lies in, by what stands before its text."""
    marks, end = 0, 0
    while match := _LEVEL.match(text, end):
        marks, end = marks + 1, match.end()
    rest = text[end:].lstrip()
    indented = len(text.expandtabs(4)) - len(text.expandtabs(4).lstrip())
    return max(marks, indented // 4) if rest else 0


def include(text: str, *, name: str, into: str, levels: int) -> str:
    """Return a page's text as it stands inside another page: headings lower by `levels`, links and pictures from there.

    `name` is the page's file and `into` the folder of the other, below the locale's.
    """
    # With empty fields before it, so that a rule (---) on its first line is not taken for them.
    lines = lines_of(f"---\n---\n{text}")
    kept: list[str] = []
    begins, underlined = True, False
    for line, after in zip(lines, [*lines[1:], Line(0, "", Part.TEXT)], strict=True):
        moved = _ADDRESS.sub(lambda match: _moved(match, name=name, into=into), line.text)
        heading = _HEADING.match(moved)
        if line.part is Part.CODE:
            kept.append(line.text)
        elif heading:
            kept.append("#" * min(levels, 6 - len(heading[0])) + moved)
        elif begins and moved.strip() and _UNDERLINE.fullmatch(after.text):
            kept.append("#" * (levels + 1 + after.text.startswith("-")) + f" {moved.strip()}")
        elif not (underlined and _UNDERLINE.fullmatch(line.text)):
            kept.append(moved)
        underlined = begins and not heading and bool(moved.strip())
        begins = bool(heading) or not moved.strip()
    return "\n".join(kept)


def _moved(match: re.Match[str], *, name: str, into: str) -> str:
    if not match["address"]:
        return match[0]
    address = match["address"].strip("<>")
    if address.startswith("#"):
        address = posixpath.basename(name) + address
    elif _ELSEWHERE.match(address):
        return match[0]
    moved = posixpath.relpath(posixpath.join("/", posixpath.dirname(name), address), posixpath.join("/", into))
    return f"](<{moved}>" if match["address"].startswith("<") else f"]({moved}"


def _rendered(lines: Iterable[Line], before: str = "") -> list[Tag]:
    return list(tags_of(render(f"{before}\n" + "\n".join(line.text for line in lines))))


def _look(lines: Iterable[Line], around: Around) -> Iterator[Finding]:
    """Yield what is wrong with what some lines become. RecursionError: they are nested too deeply."""
    tags = _rendered(lines, references(around.addressed))
    yield from _nesting(tags)
    yield from _headings(tags)
    for finding in judge([_unmarked(tag) for tag in tags], AUTHORS):
        fits = {Kind.IMAGE_ELSEWHERE: f"{_to_assets(around)}/bild.png", Kind.HTML_NOT_ALLOWED: Hint.AS_MARKDOWN}
        yield replace(finding, expected=fits.get(finding.kind, finding.expected))
    yield from twice(tags)
    yield from _ours(tags)
    for tag in tags:
        yield from _pictures(tag)
        yield from _links(tag, around)


def _unmarked(tag: Tag) -> Tag:
    """Return a tag as somebody wrote it."""
    return tag._replace(
        attributes={name: value for name, value in tag.attributes.items() if name not in {MARK, MISSING}}
    )


def _to_assets(around: Around) -> str:
    return posixpath.relpath("assets", posixpath.dirname(around.page))


def _nesting(tags: Iterable[Tag]) -> Iterator[Finding]:
    """Yield what begins and never ends, or ends without having begun, and what lies too deep to be gone down into."""
    opened: list[Tag] = []
    for tag in tags:
        if tag.name in _NEVER_NEST:
            continue
        if not tag.ends:
            opened.append(tag)
        elif any(tag.name == other.name for other in opened):
            crossed = []
            while (inner := opened.pop()).name != tag.name:
                if inner.name in _CROSSING:
                    crossed.append(inner)
                else:
                    yield from _unended(inner)
            opened += reversed(crossed)
        else:
            end = f"</{tag.name}>"
            yield Finding(kind=Kind.TAG_ALONE, found=end, expected=Hint.TAG_ENDS_NOTHING, needles=(end[:-1],))
        if len(opened) > OPEN_MARKS:
            yield Finding(kind=Kind.TOO_INVOLVED, found=f"<{tag.name}>", needles=(f"<{tag.name}",))
            return
    for tag in opened:
        yield from _unended(tag)


def _unended(tag: Tag) -> Iterator[Finding]:
    if tag.name in AUTHORS.elements:
        ends = Hint.TAG_ENDS.format(end=f"</{tag.name}>")
        yield Finding(kind=Kind.TAG_ALONE, found=shown(_unmarked(tag)), expected=ends, needles=(f"<{tag.name}",))


def _headings(tags: Iterable[Tag]) -> Iterator[Finding]:
    level = 1
    for tag in tags:
        if not tag.ends and re.fullmatch("h[1-6]", tag.name):
            marks = int(tag.name[1])
            if marks > level + 1 or marks == 1:
                right = "#" * (2 if marks == 1 else level + 1)
                needles = ("#" * marks, f"<{tag.name}")
                yield Finding(kind=Kind.HEADING_SKIPPED, found="", expected=right, needles=needles)
            level = max(marks, 2)


def _ours(tags: Iterable[Tag]) -> Iterator[Finding]:
    """Yield every id that the page around a text may have itself."""
    for tag in tags:
        name = tag.attributes.get("id", "")
        if name.startswith(_OUR_IDS):
            yield Finding(kind=Kind.ID_TWICE, found=name, needles=(name.lower(), "#"))


def _pictures(tag: Tag) -> Iterator[Finding]:
    """Yield a finding for a picture without text; `alt=""` in HTML says that it has nothing to tell."""
    text = tag.attributes.get("alt", "").strip()
    if tag.name == "img" and not text and (MARK in tag.attributes or "alt" not in tag.attributes):
        source = tag.attributes.get("src", "")
        needles = (source.lower(), "![", "<img")
        yield Finding(kind=Kind.IMAGE_WITHOUT_ALT, found=f"![]({source})", expected=f"![…]({source})", needles=needles)


def _links(tag: Tag, around: Around) -> Iterator[Finding]:
    """Yield a finding for each address of a tag that is one of ours and leads to nothing, or that nobody has given."""
    if unknown := tag.attributes.get(MISSING):
        fits = did_you_mean(unknown, list(around.addressed), shown="[{}]", otherwise=Hint.LINK_IN_PLACE)
        needles = (f"][{unknown.lower()}]",)
        yield Finding(kind=Kind.LINK_BROKEN, found=f"[{unknown}]", expected=fits, needles=needles)
    for name, value in tag.attributes.items() if tag.name in AUTHORS.elements else ():
        if name not in FETCHING and (tag.name, name) != ("a", "href"):
            continue
        for address in each(name, value):
            if not is_here(address):
                continue
            written = MARK in tag.attributes and name != "srcset"
            otherwise = Hint.LINK_AS_MARKDOWN if tag.name == "a" else Hint.FILE_PATH
            expected = _file_missing(address, around) if written else _address_missing(address, around, otherwise)
            if expected is not None:
                yield Finding(
                    kind=Kind.LINK_BROKEN, found=address, expected=expected, needles=(address.lower() or "]()",)
                )


def _file_missing(address: str, around: Around) -> str | None:
    """Return what fits instead of an address that is the way to a file; None if it leads to one."""
    parts = urlsplit(address)
    if not parts.path:
        nowhere = None if address else Hint.LINK_PATH
        return nowhere if not parts.fragment else _id_missing(parts.fragment, around.page, around)
    target = _target(unquote(parts.path), around)
    if parts.path.startswith(("/", "\\")) or target not in around.files:
        # What a name of a file may have, an address may not: # and ? end it, and a browser reads %20 as a space.
        by_name = _target(address, around) in around.files
        return Hint.WRITTEN_AS.format(address=quote(address)) if by_name else _meant(address, target, around)
    if not parts.fragment or not target.endswith(".md"):
        return None
    return _id_missing(parts.fragment, target, around, written=parts.path)


def _target(way: str, around: Around) -> str:
    """Return the file that a way from the page leads to."""
    return composed(posixpath.normpath(posixpath.join(posixpath.dirname(around.page), way)))


def _meant(address: str, target: str, around: Around) -> str:
    return _page_meant(address, target, around) or _file_meant(target, around)


def _page_meant(address: str, target: str, around: Around) -> str:
    """Return what fits instead of an address of a page, or of a file that a page is made of, that is no way to it."""
    here, default = posixpath.dirname(around.page), f"{DEFAULT_LOCALE}/"
    way = urlsplit(as_read(address)).path
    published = unquote(urlsplit(urljoin(_SITE + around.address, address)).path).removeprefix(urlsplit(_SITE).path)
    for name in (way.strip("/"), published.strip("/"), _as_published(target)):
        file = next((file for file in (f"{default}{name}.md", f"{default}{name}/index.md") if file in around.files), "")
        if file and name:
            return Hint.MEANT.format(possibility=posixpath.relpath(file, here))
        if name and f"{name}/" in around.addresses:
            return Hint.LINK_AS_HTML.format(address=posixpath.relpath(f"/{name}", f"/{around.address}") + "/")
    return ""


def _as_published(target: str) -> str:
    """Return where what a file is about would be published, if it has a page."""
    target = re.sub(r"^(?:\.\./)*podcast/episodes/([^/]+)/episode\.md$", rf"{PODCAST}\1", target)
    return re.sub(r"(?:/index)?\.md$", "", target.removeprefix(f"{DEFAULT_LOCALE}/"))


def _file_meant(target: str, around: Around) -> str:
    here = posixpath.dirname(around.page)
    beside = [posixpath.basename(file) for file in around.files if posixpath.dirname(file) == here]
    if meant := did_you_mean(posixpath.basename(target), sorted(beside)):
        return meant
    named = sorted(file for file in around.files if posixpath.basename(file) == posixpath.basename(target))
    return Hint.MEANT.format(possibility=posixpath.relpath(named[0], here)) if len(named) == 1 else Hint.LINK_PATH


def _id_missing(anchor: str, page: str, around: Around, *, written: str = "") -> str | None:
    """Return what fits instead of an anchor that a page lacks; None if it has it. What templates add is not known.

    `written` is what stands before the anchor.
    """
    ids = around.ids(page)
    if ids is None or anchor in ids:
        return None
    shown = f"{written}#{{}}"
    otherwise = Hint.KNOWN_HEADINGS.format(headings=", ".join(ids) or Hint.NONE)
    return did_you_mean(anchor, ids, shown=shown, otherwise=otherwise)


def _address_missing(address: str, around: Around, otherwise: str) -> str | None:
    """Return what fits instead of an address in HTML, which is left as it is; None if the site answers to it."""
    address = as_read(address)
    if address.startswith("#"):
        return None if address in {"#", "#top"} else _id_missing(address[1:], around.page, around)
    whole = urlsplit(urljoin(_SITE + around.address, address))
    path = unquote(whole.path).removeprefix(urlsplit(_SITE).path)
    if path != unquote(whole.path) and {path, f"{path}/"} & set(around.addresses):
        return None
    file = _target(unquote(urlsplit(address).path), around)
    if file.endswith(".md") or file not in around.files:
        return otherwise
    return Hint.MEANT.format(possibility=posixpath.relpath("/" + file_address(file), "/" + around.address))


def _placed(lines: Sequence[Line], findings: Sequence[Finding], around: Around) -> Iterator[tuple[int, Finding]]:
    """Yield each finding with its line: that of the first paragraph with which it comes.

    The text is rendered up to a paragraph, again and again; 0 is the line of what never comes so.
    """
    ends = [0, *(n for n, line in enumerate(lines) if line.part is Part.TEXT and not line.text.strip()), len(lines)]
    left, looks = Counter(findings), iter(range(LOOKS))

    def narrow(low: int, high: int, before: Counter[Finding], after: Counter[Finding]) -> Iterator[tuple[int, Finding]]:
        new = (after - before) & left
        middle = (low + high) // 2
        if new and middle > low and next(looks, None) is not None:
            between = Counter(_look(lines[: ends[middle]], around))
            yield from narrow(low, middle, before, between)
            yield from narrow(middle, high, between, after)
        elif new:
            left.subtract(new)
            yield from _within(lines[ends[low] : ends[high]], new)

    yield from narrow(0, len(ends) - 1, Counter(), Counter(findings)) if findings else ()
    yield from ((0, finding) for finding in left.elements())


def _within(lines: Sequence[Line], findings: Counter[Finding]) -> Iterator[tuple[int, Finding]]:
    """Yield each finding with the line of a paragraph that its needle stands on, or else with the first one."""
    first = next((line for line in lines if line.text.strip()), lines[0] if lines else Line(0, "", Part.TEXT))
    for finding, count in findings.items():
        places = next(filter(None, (_places(lines, needle) for needle in finding.needles)), [first])
        for number in range(count):
            line = places[min(number, len(places) - 1)]
            yield line.number, finding if finding.found else replace(finding, found=line.text.strip())


def _places(lines: Iterable[Line], needle: str) -> list[Line]:
    return [line for line in lines for _ in range(line.text.lower().count(needle))] if needle else []
