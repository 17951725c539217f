"""How the site is to be served: which headers stand on which answers, and which addresses lead on to others.

The one source for every host. `_headers` and `_redirects` are for hosts that read them (Netlify, Cloudflare Pages), the
files of `nginx_files` are what scripts/deploy/nginx.conf includes. For a header that differs from path to path, no two
rules hold for the same path, since Cloudflare joins the values of all rules that hold: only the policy of all that no
rule names stands beside that of a page, which allows less. Netlify takes the one of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from okatakten.addresses import EMBED, FEED, PODCAST, SEARCH, YEARS, local_path
from okatakten.model import DEFAULT_LOCALE, Locale, Show
from okatakten.podcast.audio import AUDIO_TYPES
from okatakten.search.index import PIECES, RECORDS, SUFFIX
from okatakten.site.assets import HASHED
from okatakten.site.policy import audio_hosts, common_policy, page_policy

NEWS: Final = "nytt"
HEADERS_FILE: Final = "_headers"
REDIRECTS_FILE: Final = "_redirects"
NGINX_FOLDER: Final = "_nginx/"
NOT_FOUND: Final = "404.html"

CLOUDFLARE_RULES: Final = 100
CLOUDFLARE_LINE: Final = 2000
CLOUDFLARE_REDIRECTS: Final = 2000
"""What Cloudflare Pages takes of each; a redirect may have 1 000 characters. Netlify names no limits."""

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".jfif": "image/jpeg",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".gz": "application/gzip",
    # Of the search index; its script unpacks them itself.
    SUFFIX: "application/octet-stream",
    **AUDIO_TYPES,
}
"""Media type by the end of a name. nginx knows no others; other hosts have tables of their own, which agree."""

CACHE: Final = "Cache-Control"
POLICY: Final = "Content-Security-Policy"
ROBOTS: Final = "X-Robots-Tag"
TYPE: Final = "Content-Type"

FOR_GOOD: Final = "public, max-age=31536000, immutable"
ASK: Final = "no-cache"
"""On all other answers of nginx: keep it, and ask each time whether it is still the newest. Static hosts say as much by
themselves, and could not be told otherwise without a rule for every path."""

EVERYWHERE: Final = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # The player plays, and the buttons beside addresses and posts copy; on other sites as far as these allow it.
    "Permissions-Policy": "autoplay=(self), clipboard-write=(self), accelerometer=(), camera=(), display-capture=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    # All is public and nothing here knows who asks, so everything may be used elsewhere: feeds, audio, transcripts and
    # chapters in players on the web, cards, and the parts of an embedded player, whose origin is null in a sandbox.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
HEADERS: Final = (*EVERYWHERE, CACHE, POLICY, ROBOTS)
"""Every header that a rule may name, but for the type."""

ALL: Final = "/*"
_SLUG: Final = ":slug/"
_YEAR: Final = ":year/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Headers on every answer at a path: `:name` stands for a part between two `/`, `*` at the end for any rest."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """All that a host needs to know. `redirects` are by the address that was left; `others` have their own 404 page."""

    rules: tuple[Rule, ...]
    redirects: Mapping[str, str]
    others: tuple[Locale, ...]


_HASHED_FOLDERS: Final = (HASHED, PIECES, RECORDS)
_NAMED_TYPES: Final = {
    FEED: "application/rss+xml; charset=utf-8",
    f"{NEWS}.xml": "application/rss+xml; charset=utf-8",
    f"{NEWS}.json": "application/feed+json",
    f"{PODCAST}{_SLUG}chapters.json": "application/json+chapters",
    f"{PODCAST}{_SLUG}transcript.vtt": TYPES[".vtt"],
}
FILE_RULES: Final = (
    *(Rule(path=f"/{path}", headers={TYPE: media_type}) for path, media_type in _NAMED_TYPES.items()),
    *(Rule(path=f"/{folder}*", headers={CACHE: FOR_GOOD}) for folder in _HASHED_FOLDERS),
)
"""Types that no name's end tells, and what may be kept for good: the same for every site."""


def build_serving(
    show: Show,
    *,
    pages: Iterable[str],
    locales: Iterable[Locale],
    moved: Mapping[str, str],
    hidden: Iterable[str],
    preview: bool,
) -> Serving:
    """Return how a site is to be served. Addresses are relative to it.

    `pages` are those of docs/, `moved` the old addresses of pages with the new ones, and `hidden` files that search
    engines are not to show. A `preview` is hidden as a whole.
    """
    locales = tuple(locales)
    common = dict(EVERYWHERE) | {POLICY: common_policy(media=audio_hosts(show))}
    common |= {ROBOTS: "noindex"} if preview else {}
    rules = [Rule(path=ALL, headers=common), *_page_rules(show, pages=pages, locales=locales)]
    rules += FILE_RULES
    if not preview:
        rules += [Rule(path=f"/{path}", headers={ROBOTS: "noindex"}) for path in hidden]
    return Serving(
        rules=tuple(rules),
        redirects={f"/{old}": f"/{new}" for old, new in moved.items()},
        others=tuple(locale for locale in locales if locale != DEFAULT_LOCALE),
    )


def content_policy(*, media: Iterable[str] = (), search: bool = False, framed: bool = False) -> str:
    """Return what a page says itself, and who may frame it, which only a header can say."""
    framers = "*" if framed else "'none'"
    return f"{page_policy(media=media, search=search)}; frame-ancestors {framers}"


def headers_file(serving: Serving) -> str:
    """Return the rules as static hosts read them."""
    lines = [
        "# Made by the build: scripts/okatakten/serve/serving.py.",
        "# A host that does not know this file needs the same rules.",
        f"# Cloudflare Pages reads {CLOUDFLARE_RULES} rules, of {CLOUDFLARE_LINE} characters a line.",
    ]
    for rule in serving.rules:
        lines += [rule.path, *(f"  {name}: {value}" for name, value in rule.headers.items())]
    return "\n".join(lines) + "\n"


def redirects_file(serving: Serving) -> str:
    """Return the redirects as static hosts read them.

    Netlify shows the page that stands at the old address in place of leading on, unless told `301!`, which Cloudflare
    does not understand. That page leads on, too.
    """
    lines = [
        "# Made by the build: scripts/okatakten/serve/serving.py.",
        f"# Cloudflare Pages reads {CLOUDFLARE_REDIRECTS} lines.",
        *(f"{old} {new} 301" for old, new in serving.redirects.items()),
    ]
    return "\n".join(lines) + "\n"


def nginx_files(serving: Serving) -> dict[str, str]:
    """Return what scripts/deploy/nginx.conf includes, by path: a map for each header, types, moved and missing pages.

    They are read inside a `map` or `types` block, so nothing in them can change any other setting of the server.
    """
    files = {f"{name.lower()}.map": _header_map(name, serving.rules) for name in HEADERS}
    files["types"] = "".join(f'"{media_type}" {suffix.lstrip(".")};\n' for suffix, media_type in TYPES.items())
    files["moved.map"] = "".join(
        f"{_quoted(path)} {_quoted(new)};\n"
        for old, new in serving.redirects.items()
        for path in (old, old.rstrip("/"), f"{old}index.html")
    )
    files["missing.map"] = f"default /{NOT_FOUND};\n" + "".join(
        f"{_quoted(f'~^/{locale}/')} /{locale}/{NOT_FOUND};\n" for locale in serving.others
    )
    return {NGINX_FOLDER + name: text for name, text in files.items()}


def media_type(path: str) -> str:
    """Return the type of the file at an address: what a rule says, or else what its name ends in."""
    return _ruled(TYPE, path) or TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def is_for_good(path: str) -> bool:
    """Return whether what is at an address never changes: its name holds a hash of its content."""
    return _ruled(CACHE, path) == FOR_GOOD


def _ruled(name: str, path: str) -> str | None:
    return next((rule.headers[name] for rule in FILE_RULES if name in rule.headers and holds(rule, path)), None)


def holds(rule: Rule, path: str) -> bool:
    """Return whether a rule is about a path."""
    return re.fullmatch(_pattern(rule.path), path) is not None


def _page_rules(show: Show, *, pages: Iterable[str], locales: Iterable[Locale]) -> Iterator[Rule]:
    """Yield the policy of every page."""
    media = audio_hosts(show)
    page, search, player = (
        {POLICY: content_policy(media=media)},
        {POLICY: content_policy(search=True)},
        {POLICY: content_policy(media=media, framed=True)},
    )
    searches = {local_path(SEARCH, locale=locale) for locale in locales}
    for locale in locales:
        episode = local_path(PODCAST + _SLUG, locale=locale)
        yield Rule(path=f"/{episode}", headers=page)
        yield Rule(path=f"/{episode}{EMBED}", headers=player)
        yield Rule(path=f"/{local_path(YEARS + _YEAR, locale=locale)}", headers=page)
        yield Rule(path=f"/{local_path('', locale=locale)}{NOT_FOUND}", headers=page)
    for path in sorted(pages):
        yield Rule(path=f"/{path}", headers=search if path in searches else page)


def _header_map(name: str, rules: Iterable[Rule]) -> str:
    # nginx looks a second time when an answer turns into an error: there is no such range («-» in nginx.conf).
    lines = ["volatile;"]
    lines += [f"default {_quoted(ASK)};"] if name == CACHE else []
    lines += ['- "";'] if name == POLICY else []
    for rule in rules:
        if name in rule.headers:
            # nginx takes the first pattern that holds: what holds for all is for what no other one names.
            key = "default" if (name, rule.path) == (POLICY, ALL) else _quoted(_key(rule.path))
            lines.append(f"{key} {_quoted(rule.headers[name])};")
    return "".join(f"{line}\n" for line in lines)


def _key(path: str) -> str:
    return f"~^{_pattern(path)}$" if re.search(r"[:*]", path) else path


def _pattern(path: str) -> str:
    """Return a rule's path as a regular expression, as the hosts do."""
    escaped = re.escape(path).replace(r"\*", ".*")
    return re.sub(r":[a-z]+", "[^/]+", escaped)


def _quoted(text: str) -> str:
    """Return text as nginx reads it back. Raises ValueError for what it cannot hold.

    That is what no line holds, and a `$` before its end: nginx has no way to write one that begins no variable.
    """
    if re.search(r"[\x00-\x1f\x7f]|\$(?!$)", text):
        raise ValueError(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
