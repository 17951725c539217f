"""The site as visitors' programs get it: from a real nginx with the project's configuration, and from static hosts' rules."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import brotli
import pytest
import tinycss2
from playwright.sync_api import Browser, BrowserContext, expect

from bench.corpus import make_episodes, write_ours
from bench.server import BROTLI, CONFIGURATION, NGINX
from conftest import _cannot_run, serving
from deploy.folder import KEPT, _copy
from deploy.pages import _still_asked_for
from nginx import Nginx, serving_with_nginx
from okatakten.addresses import DEFAULT_SITE_URL, YEARS
from okatakten.model import DEFAULT_LOCALE, AudioFile
from okatakten.reach.agents import our_agents
from okatakten.reach.counting import WHOLE, Counting, Outcome
from okatakten.reach.places import read_places
from okatakten.reach.reading import read_logs
from okatakten.serve.compressing import compress_site
from okatakten.serve.serving import (
    CACHE,
    CLOUDFLARE_LINE,
    CLOUDFLARE_RULES,
    EVERYWHERE,
    HEADERS,
    HEADERS_FILE,
    NGINX_FOLDER,
    POLICY,
    REDIRECTS_FILE,
    ROBOTS,
    TYPE,
    TYPES,
    build_serving,
    headers_file,
    nginx_files,
)
from okatakten.site.assets import name_assets
from okatakten.site.lists import NEWEST
from support import PROJECT, a_show, address_of, an_episode, contents, copy_project, embeds_of, kinds_of, run

Rules = list[tuple[re.Pattern[str], dict[str, str]]]

EPISODE: Final = "podd/atta-fragor/"
OLD: Final = "podd/fragorna/"
STORE: Final = "https://media.prov.example"
DEFAULT_OF_STATIC_HOSTS: Final = {CACHE: "no-cache"}
"""What Netlify and Cloudflare Pages mean by `public, max-age=0, must-revalidate`, which they send where no rule does."""
SAID: Final = {
    f"{EPISODE}index.html": "text/html; charset=utf-8",
    "podd/feed.xml": "application/rss+xml; charset=utf-8",
    f"{EPISODE}transcript.vtt": "text/vtt; charset=utf-8",
    f"{EPISODE}chapters.json": "application/json+chapters",
    f"{EPISODE}oembed.json": "application/json",
    f"{EPISODE}audio.mp3": "audio/mpeg",
    f"{EPISODE}audio-0.m4a": "audio/x-m4a",
    f"{EPISODE}card.png": "image/png",
    "assets/site.css": "text/css; charset=utf-8",
    "assets/player.js": "text/javascript; charset=utf-8",
    "assets/eu.svg": "image/svg+xml",
    "assets/fonts/atkinson-hyperlegible-next.woff2": "font/woff2",
    "rapport/oka-takten-rapport.epub": "application/epub+zip",
    "sitemap.xml": "application/xml; charset=utf-8",
    "search/entry.json": "application/json",
    "nytt.xml": "application/rss+xml; charset=utf-8",
    "nytt.json": "application/feed+json",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's site, built for nginx, with an episode that was renamed and some whose sound is in a media store."""
    root = copy_project(tmp_path_factory.mktemp("nginx"))
    # So many that there are pages of years.
    write_ours(corpus := tmp_path_factory.mktemp("corpus"), make_episodes(NEWEST))
    for folder in (corpus / "podcast/episodes").iterdir():
        text = (folder / "episode.md").read_text(encoding="utf-8").replace("https://media.example", STORE)
        shutil.copytree(folder, root / "podcast/episodes" / folder.name)
        (root / "podcast/episodes" / folder.name / "episode.md").write_text(text, encoding="utf-8")
    _change(root / "podcast/episodes/atta-fragor/episode.md", "former_slugs: [fragorna]")
    stored = root / "podcast/episodes/vad-det-ledde-till"
    (stored / "audio.mp3").unlink()
    fields = [f"audio_url: {STORE}/a.mp3", "audio_length: 1", "audio_type: audio/mpeg", "audio_duration: 60:00"]
    _change(stored / "episode.md", *fields)
    status, said, wrong = run("build", "--nginx", "--root", str(root))
    assert status == 0, said + wrong
    site = root / "site"
    # What is served is not only what this project happens to hold.
    (site / f"{EPISODE}audio-0.m4a").write_bytes(b"x" * 100)
    return site


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the log, and what lies at a fixed address outside the site."""
    folder = tmp_path_factory.mktemp("prefix")
    (folder / ".well-known/acme-challenge").mkdir(parents=True)
    (folder / ".well-known/security.txt").write_text("Contact: https://prov.example/\n", encoding="utf-8")
    (folder / ".well-known/acme-challenge/a").write_text("svar", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def nginx(built: Path, prefix: Path) -> Iterator[Nginx]:
    if NGINX is None:
        _cannot_run("nginx is not installed: apt-get install nginx-light libnginx-mod-http-brotli-static")
    if not BROTLI.exists():
        _cannot_run("nginx has no brotli_static: apt-get install libnginx-mod-http-brotli-static")
    with serving_with_nginx(built, prefix) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that believes the certificate, and notes what a page's policy keeps it from."""
    context = browser.new_context(ignore_https_errors=True)
    yield context
    context.close()


@pytest.mark.server
def test_every_file_has_the_headers_that_the_rules_for_static_hosts_say(nginx: Nginx, built: Path) -> None:
    rules = read_headers((built / HEADERS_FILE).read_text(encoding="utf-8"))
    addresses = served(built)
    assert len(addresses) > 100
    for address in addresses:
        answer = nginx.ask(f"/{address}", method="HEAD")
        said = [headers for pattern, headers in rules if pattern.fullmatch(f"/{address}")]
        # Of two policies that hold, that of the page allows less: nginx sends it alone.
        last = [headers[POLICY] for headers in said if POLICY in headers][-1]
        expected = DEFAULT_OF_STATIC_HOSTS | joined(said) | {POLICY: last}
        assert answer.status == 200, address
        assert {name: answer[name] for name in HEADERS if answer[name]} == {
            name: value for name, value in expected.items() if name != TYPE
        }, address
        assert answer[TYPE] == expected.get(TYPE, TYPES[Path(address).suffix or ".html"]), address


def test_static_hosts_take_all_rules_and_never_join_two_values(built: Path) -> None:
    text = (built / HEADERS_FILE).read_text(encoding="utf-8")
    rules = read_headers(text)
    assert len(rules) <= CLOUDFLARE_RULES
    assert max(map(len, text.splitlines())) <= CLOUDFLARE_LINE
    for address in served(built):
        # Netlify matches with and without the slash at the end.
        for path in {f"/{address}", f"/{address}".rstrip("/") + "/"}:
            held = [headers for pattern, headers in rules if pattern.fullmatch(path)]
            names = [name for headers in held for name in headers if name != POLICY]
            assert len(names) == len(set(names)), path
            policies = [sources_of(headers[POLICY]) for headers in held if POLICY in headers]
            assert 1 <= len(policies) <= 2, path
            common, own = policies[0], policies[-1]
            assert all(set(own.get(name, own.get("default-src", []))) <= {*common[name], "'none'"} for name in common)


def sources_of(policy: str) -> dict[str, list[str]]:
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


@pytest.mark.server
@pytest.mark.parametrize(("address", "media_type"), SAID.items())
def test_files_have_the_type_that_feeds_and_browsers_expect(nginx: Nginx, address: str, media_type: str) -> None:
    answer = nginx.ask(f"/{address.removesuffix('index.html')}")
    assert answer[TYPE] == media_type
    assert answer.status == 200


@pytest.mark.server
@pytest.mark.parametrize("address", ["podd/feed.xml", "nytt.xml"])
def test_browsers_show_a_feed_in_words(nginx: Nginx, context: BrowserContext, address: str) -> None:
    page = context.new_page()
    # A feed names its styles by the address of the site.
    page.route(
        f"{DEFAULT_SITE_URL}**",
        lambda route: route.continue_(url=nginx.url + route.request.url[len(DEFAULT_SITE_URL) :]),
    )
    answer = page.goto(nginx.url + address)
    assert answer
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert page.locator("h1").is_visible()
    assert "Atkinson" in page.locator("h1").evaluate("heading => getComputedStyle(heading).fontFamily")
    app, browser = (nginx.ask(f"/{address}", headers={"Accept": accept}) for accept in ("*/*", "text/html,*/*;q=0.8"))
    assert app[TYPE] == "application/rss+xml; charset=utf-8"
    assert (browser.content, browser[CACHE], browser["ETag"]) == (app.content, app[CACHE], app["ETag"])


def test_nothing_of_the_site_has_a_type_that_nobody_chose(built: Path) -> None:
    assert {Path(address).suffix or ".html" for address in served(built)} <= set(TYPES)


@pytest.mark.server
def test_compressed_copies_are_sent_to_those_who_take_them_and_hold_the_same(nginx: Nginx, built: Path) -> None:
    compressed = 0
    for address in served(built):
        path = built / address / "index.html" if address.endswith("/") or not address else built / address
        content = path.read_bytes()
        has = {suffix for suffix in ("gz", "br") if path.with_name(f"{path.name}.{suffix}").exists()}
        for accepted, coding in (("", None), ("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br")):
            answer = nginx.ask(f"/{address}", headers={"Accept-Encoding": accepted} if accepted else {})
            expected = coding if has else None
            assert answer["Content-Encoding"] == expected, (address, accepted)
            assert (answer["Vary"] == "Accept-Encoding") == bool(has), (address, accepted)
            assert decoded(answer.content, expected) == content, (address, accepted)
        compressed += bool(has)
    assert compressed > 50
    for name in (f"{EPISODE}embed/index.html", f"{EPISODE}index.html", "podd/feed.xml", "assets/site.css"):
        assert (built / f"{name}.br").exists(), name


@pytest.mark.server
def test_without_asking_for_a_copy_it_is_not_there(nginx: Nginx) -> None:
    for name in ("/index.html.br", "/index.html.gz", "/podd/feed.xml.gz"):
        assert nginx.ask(name).status == 404, name


@pytest.mark.server
@pytest.mark.parametrize("path", ["/", "/podd/feed.xml", f"/{EPISODE}audio.mp3", f"/{EPISODE}embed/"])
@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
def test_what_has_not_changed_is_not_sent_again(nginx: Nginx, path: str, accepted: str) -> None:
    coding = {"Accept-Encoding": accepted}
    first = nginx.ask(path, headers=coding)
    changed = parsedate_to_datetime(first["Last-Modified"] or "")
    later, earlier = (format_datetime(changed.replace(year=changed.year + step), usegmt=True) for step in (1, -1))
    for headers, status in (
        ({"If-None-Match": first["ETag"] or ""}, 304),
        ({"If-None-Match": '"annat"'}, 200),
        ({"If-Modified-Since": first["Last-Modified"] or ""}, 304),
        ({"If-Modified-Since": later}, 304),
        ({"If-Modified-Since": earlier}, 200),
    ):
        answer = nginx.ask(path, headers=coding | headers)
        assert answer.status == status, headers
        assert answer[CACHE] == first[CACHE] == "no-cache"
        assert answer[POLICY] == first[POLICY]
        assert (answer.content == b"") == (status == 304)


@pytest.mark.server
def test_audio_answers_to_head_and_to_ranges(nginx: Nginx, built: Path) -> None:
    path, content = f"/{EPISODE}audio.mp3", (built / EPISODE / "audio.mp3").read_bytes()
    head = nginx.ask(path, method="HEAD")
    assert (head.status, head.content, head["Content-Length"]) == (200, b"", str(len(content)))
    assert head["Accept-Ranges"] == "bytes"
    for written, part in (
        ("bytes=0-99", content[:100]),
        ("bytes=1000-", content[1000:]),
        ("bytes=-7", content[-7:]),
        (f"bytes=5-{len(content) + 10}", content[5:]),
    ):
        answer = nginx.ask(path, headers={"Range": written})
        assert (answer.status, answer.content) == (206, part), written
        first = content.index(part) if len(part) == 100 else len(content) - len(part)
        assert answer["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        assert answer["Access-Control-Allow-Origin"] == "*"
    beyond = nginx.ask(path, headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")
    several = nginx.ask(path, headers={"Range": "bytes=0-9,100-109"})
    assert several.status == 206
    assert (several[TYPE] or "").startswith("multipart/byteranges")
    assert content[:10] in several.content
    assert content[100:110] in several.content
    outdated = nginx.ask(path, headers={"Range": "bytes=0-9", "If-Range": '"annat"'})
    assert (outdated.status, len(outdated.content)) == (200, len(content))


@pytest.mark.server
@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/finns/inte", "404.html"),
        ("/podd/finns-inte/", "404.html"),
        ("/assets/", "404.html"),
        ("/404.html", "404.html"),
        ("/smart/", "404.html"),
        ("/sma/finns/inte", "sma/404.html"),
        ("/sma/404.html", "sma/404.html"),
    ],
)
def test_what_is_not_there_is_said_in_the_language_of_its_address(
    nginx: Nginx, built: Path, path: str, page: str
) -> None:
    answer = nginx.ask(path)
    assert (answer.status, answer.content) == (404, (built / page).read_bytes())
    assert answer[POLICY]


@pytest.mark.server
@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/finns-inte", {}, 404),
        ("GET", "/podd", {}, 301),
        ("GET", f"/{OLD}", {}, 301),
        ("POST", "/", {}, 405),
        ("GET", f"/{EPISODE}audio.mp3", {"Range": "bytes=99999999-"}, 416),
        ("GET", "/", {"If-Match": '"annat"'}, 412),
        ("GET", "/%00", {}, 400),
        ("GET", "/", {"Cookie": "a" * 40_000}, 400),
    ],
)
def test_errors_and_redirects_are_as_safe_as_pages(
    nginx: Nginx, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = nginx.ask(path, method=method, headers=headers)
    assert answer.status == status
    for name, value in EVERYWHERE.items():
        assert answer.headers.get_all(name) == [value], name
    # What there is no such part of has the policy of the file.
    assert (answer[POLICY] or "").startswith("script-src 'self'" if status == 416 else "default-src 'none'")
    assert answer[CACHE] == "no-cache"
    assert answer["Server"] == "nginx"
    assert b"nginx/" not in answer.content


@pytest.mark.server
def test_pages_have_one_policy_each_and_none_that_allows_what_is_inline(nginx: Nginx, built: Path) -> None:
    pages = [address for address in served(built) if address == "" or address.endswith("/")]
    embeds = {address for address in pages if re.fullmatch(r"(sma/)?podd/[^/]+/embed/", address)}
    assert len(embeds) == 5 + NEWEST
    assert any(address.startswith(YEARS) for address in pages)
    for address in pages:
        (policy,) = nginx.ask(f"/{address}").headers.get_all(POLICY, [])
        sources = sources_of(policy)
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        search = address in {"sok/", "sma/sok/"}
        assert sources["script-src"] == ["'self'"], address
        assert sources["connect-src"] == ["'self'" if search else "'none'"], address
        assert sources["frame-ancestors"] == ["*" if address in embeds else "'none'"], address
        assert sources["media-src"] == ["'self'", *([] if search else [STORE])], address
        assert {name: sources[name] for name in ("object-src", "base-uri", "form-action")} == {
            "object-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'self'"],
        }, address  # fmt: skip


@pytest.mark.server
def test_what_a_name_pins_down_is_kept_for_good_and_nothing_else(nginx: Nginx, built: Path) -> None:
    for address in served(built):
        kept = "immutable" in (nginx.ask(f"/{address}", method="HEAD")[CACHE] or "")
        assert kept == bool(re.search(r"\.[0-9a-f]{12}\.\w+$|/[0-9a-f]{12}\.piece$", address)), address
    assert any((built / "assets/hashed").glob("site.*.css"))


@pytest.mark.server
def test_only_files_that_cannot_say_so_themselves_are_hidden_from_search_engines(nginx: Nginx, built: Path) -> None:
    hidden = [address for address in served(built) if nginx.ask(f"/{address}", method="HEAD")[ROBOTS]]
    assert hidden == [path.relative_to(built).as_posix() for path in sorted(built.rglob("*-sma.pdf"))]


def test_a_preview_is_hidden_as_a_whole() -> None:
    rules = build_serving(a_show(), pages=[], locales=[], moved={}, hidden=["sma/a.pdf"], preview=True).rules
    assert [rule.path for rule in rules if ROBOTS in rule.headers] == ["/*"]


def test_nothing_of_an_address_but_its_host_becomes_part_of_a_header() -> None:
    address = "https://user:secret$x;@media.prov.example:8443/a$b;'c.mp3?$d"
    audio = AudioFile(url=address, length=1, media_type="audio/mpeg", duration=timedelta(seconds=1))
    show = a_show(an_episode(audio=audio))
    serving = build_serving(show, pages=[], locales=[DEFAULT_LOCALE], moved={}, hidden=[], preview=False)
    said = headers_file(serving) + "".join(nginx_files(serving).values())
    assert "media-src 'self' https://media.prov.example:8443;" in said
    assert not re.search(r"secret|\$x|\$b|\$d", said)


@pytest.mark.parametrize("old", ["podd/$uri/", "podd/a\nb/", "podd/\x00/"])
def test_what_nginx_cannot_hold_is_never_written(old: str) -> None:
    serving = build_serving(a_show(), pages=[], locales=[], moved={old: "podd/a/"}, hidden=[], preview=False)
    with pytest.raises(ValueError, match="podd"):
        nginx_files(serving)


@pytest.mark.server
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"/{OLD}", f"/{EPISODE}"),
        (f"/{OLD.rstrip('/')}", f"/{EPISODE}"),
        (f"/{OLD}index.html", f"/{EPISODE}"),
        (f"/{OLD}?a=1&b", f"/{EPISODE}?a=1&b"),
        (f"/{OLD}embed/", f"/{EPISODE}embed/"),
        (f"/sma/{OLD}", f"/sma/{EPISODE}"),
        (f"/sma/{OLD}embed", f"/sma/{EPISODE}embed/"),
        ("/podd", "/podd/"),
        ("/podd?a=1", "/podd/?a=1"),
        (f"/{EPISODE}embed", f"/{EPISODE}embed/"),
    ],
)
def test_an_address_leads_on_in_one_step_to_one_that_is_there(nginx: Nginx, old: str, new: str) -> None:
    answer = nginx.ask(old)
    assert (answer.status, answer["Location"]) == (301, new)
    assert nginx.ask(new).status == 200
    plain = nginx.ask(old, plain=True)
    assert (plain.status, plain["Location"]) == (301, f"https://okatakten.example{new}")


@pytest.mark.server
@pytest.mark.parametrize("path", ["/", "/podd/feed.xml", f"/{EPISODE}audio.mp3?a=%C3%A5", "/finns/inte"])
def test_http_leads_to_https_and_asks_for_nothing_itself(nginx: Nginx, path: str) -> None:
    answer = nginx.ask(path, plain=True, headers={"Host": "annan.example"})
    assert (answer.status, answer["Location"]) == (301, f"https://okatakten.example{path}")
    # RFC 6797, 7.2: not over a connection that anybody may have changed.
    assert answer["Strict-Transport-Security"] is None
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.server
def test_files_at_an_old_address_keep_answering(nginx: Nginx, built: Path) -> None:
    for name in ("audio.mp3", "transcript.vtt", "chapters.json"):
        assert nginx.ask(f"/{OLD}{name}").content == (built / EPISODE / name).read_bytes()


@pytest.mark.server
def test_static_hosts_are_told_of_the_same_redirects(nginx: Nginx, built: Path) -> None:
    lines = (built / REDIRECTS_FILE).read_text(encoding="utf-8").splitlines()
    redirects = [line.split() for line in lines if not line.startswith("#")]
    assert len(redirects) == 4
    for old, new, status in redirects:
        answer = nginx.ask(old)
        assert (str(answer.status), answer["Location"]) == (status, new)
        # Where a host takes no notice, the page there leads on.
        assert "refresh" in (built / old.lstrip("/") / "index.html").read_text(encoding="utf-8")


@pytest.mark.server
@pytest.mark.parametrize(
    "path",
    [
        "/.hemlig", "/.git/config", "/podd/.hemlig", "/%2ehemlig", "/.well-known/hemlig",
        "/_headers", "/_redirects", "/_nginx/types", "/%5fnginx/types", "/podd/../_headers", "//_headers",
        "/utanfor.txt", "/../utanfor.txt", "/podd/../../utanfor.txt", "/%2e%2e/utanfor.txt", "/..%2futanfor.txt",
    ],
)  # fmt: skip
def test_nothing_outside_the_site_and_nothing_hidden_is_sent(nginx: Nginx, built: Path, path: str) -> None:
    outside = built.parent / "utanfor.txt"
    outside.write_text("hemligt", encoding="utf-8")
    for hidden in (".hemlig", ".git/config", "podd/.hemlig", ".well-known/hemlig"):
        (built / hidden).parent.mkdir(exist_ok=True)
        (built / hidden).write_text("hemligt", encoding="utf-8")
    try:
        answer = nginx.ask(path)
    finally:
        for made in (".hemlig", "podd/.hemlig"):
            (built / made).unlink()
        for folder in (".git", ".well-known"):
            shutil.rmtree(built / folder)
    assert answer.status in {400, 403, 404}
    assert b"hemligt" not in answer.content
    assert b"X-Content-Type-Options" not in answer.content


@pytest.mark.server
def test_what_others_look_for_at_a_fixed_address_is_there(nginx: Nginx) -> None:
    answer = nginx.ask("/.well-known/security.txt")
    assert (answer.status, answer[TYPE], answer.content[:8]) == (200, "text/plain; charset=utf-8", b"Contact:")
    assert nginx.ask("/.well-known/acme-challenge/a", plain=True).content == b"svar"
    assert nginx.ask("/.well-known/security.txt", plain=True).status == 301
    assert nginx.ask("/.well-known/../okatakten.log").status in {400, 404}


@pytest.mark.server
def test_the_log_holds_what_is_counted_and_no_more(nginx: Nginx, prefix: Path) -> None:
    came_from = {"Referer": "https://partner.example:8443/en/sida?vem=jag", "User-Agent": 'Lyssna "1.0"\\'}
    nginx.ask("/?minns=mig", headers=came_from)
    nginx.ask("/podd/feed.xml")
    nginx.ask("/podd/trailer/audio.mp3", headers={"Range": "bytes=100-299"})
    lines = [json.loads(line) for line in (prefix / "okatakten.log").read_text(encoding="utf-8").splitlines()][-3:]
    page, feed, sound = lines
    assert (page["uri"], page["remote_addr"], page["referrer"]) == ("/index.html", "127.0.0.0", "partner.example")
    assert page["http_user_agent"] == 'Lyssna "1.0"\\'
    assert (feed["uri"], feed["remote_addr"]) == ("/podd/feed.xml", "127.0.0.1")
    assert (sound["remote_addr"], sound["status"], sound["body_bytes_sent"]) == ("127.0.0.1", "206", "200")
    assert sound["sent_http_content_range"].startswith("bytes 100-299/")
    assert "mig" not in str(lines)
    assert "jag" not in str(lines)
    assert "127.0.0.1" not in (prefix / "okatakten-error.log").read_text(encoding="utf-8")


@pytest.mark.server
def test_what_a_real_server_sent_is_what_is_counted(nginx: Nginx, built: Path, prefix: Path, tmp_path: Path) -> None:
    """A listener in pieces, one who stops too early, a robot, a reader and a feed."""
    log, places = prefix / "okatakten.log", read_places(built, url="https://okatakten.example/")
    before = log.stat().st_size
    audio = places.find(path := "/podd/trailer/audio.mp3")
    assert audio
    half, app = audio.needed // 2, "AntennaPod/3.4.0"
    for agent, parts in {
        app: ["0-1", f"0-{half}", f"{half + 1}-"],
        "Castro 2": [f"0-{half}"],
        "curl/8": ["0-"],
    }.items():
        for part in parts:
            nginx.ask(path, headers={"User-Agent": agent, "Range": f"bytes={part}"})
    browser = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}
    etag = nginx.ask("/om/", headers=browser)["ETag"] or ""
    assert nginx.ask("/om/", headers=browser | {"If-None-Match": etag}).status == 304
    for other in ("/podd/feed.xml", "/finns-inte/", "/om"):
        nginx.ask(other, headers={"User-Agent": app})
    (tmp_path / "a.log").write_bytes(log.read_bytes()[before:])
    counting = Counting(places, our_agents())
    (said,) = read_logs([tmp_path / "a.log"], counting, progress=lambda _: None)
    counted = counting.count()
    assert (said.lines, said.unreadable) == (10, 0)
    assert {line.outcome: line.lines for line in counted.lines} == {
        Outcome.COUNTED: 5, Outcome.LITTLE: 1, Outcome.PROBE: 1, Outcome.BOT: 1, Outcome.FAILED: 1, Outcome.MOVED: 1,
    }  # fmt: skip
    assert {(each.name, each.times) for each in counted.figures if each.name != WHOLE} == {
        ("podd/trailer/", 1), ("om/", 2), ("podd/feed.xml", 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "network", "household"),
    [
        ("192.0.2.77", "192.0.2.0", "192.0.2.77"),
        ("2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::", "2001:db8:1234:5678::"),
        ("2001:db8:1234::1", "2001:db8:1234::", "2001:db8:1234::"),
        ("2001:db8::1", "-", "2001:db8::"),
        ("::1", "-", "-"),
        ("::ffff:192.0.2.77", "-", "-"),
        ("unix:", "-", "-"),
    ],
)
def test_of_an_address_that_is_left_which_is_counted(address: str, network: str, household: str) -> None:
    text = (PROJECT / "scripts/deploy/nginx.conf").read_text(encoding="utf-8")
    for name, expected in (("network", network), ("household", household)):
        block = re.search(rf"map \$remote_addr \$okatakten_{name} {{(.*?)\n}}", text, re.DOTALL)
        assert block
        rules = re.findall(r'"~([^"]+)" (\S+);', block[1])
        left = "-"
        for pattern, value in reversed(rules):
            if found := re.search(pattern.replace("?<", "?P<"), address):
                named = {"remote_addr": address, **found.groupdict()}
                left = re.sub(r"^\$(\w+)", lambda name, named=named: named[name[1]], value)  # type: ignore[misc]
        assert left == expected


@pytest.mark.server
def test_no_page_asks_for_what_its_policy_forbids(nginx: Nginx, built: Path, context: BrowserContext) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    watch(context, wrong)
    shown = {address_of(kind, built) for kind in [*kinds_of(built), *embeds_of(built)]}
    kinds = [address for address in served(built) if address in shown]
    assert len(kinds) > 15
    for address in kinds:
        answer = page.goto(nginx.url + address)
        assert answer
        assert answer.status == 200
        page.evaluate("document.fonts.ready")
        assert page.evaluate("getComputedStyle(document.querySelector('main')).display !== 'inline'"), address
        assert page.evaluate("[...document.fonts].map((font) => font.status).join() === 'loaded,unloaded'"), address
    assert wrong == []
    # What this test looks for is seen when it happens.
    with page.expect_console_message():
        page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert wrong


@pytest.mark.server
def test_the_policy_lets_people_search(nginx: Nginx, context: BrowserContext) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    for address in ("sok/", "sma/sok/"):
        page.goto(f"{nginx.url}{address}?q=upphandling")
        page.locator(".site-hit").first.wait_for()
    assert wrong == []


@pytest.mark.server
def test_the_policy_lets_the_player_play_and_seek(nginx: Nginx, context: BrowserContext) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(nginx.url + EPISODE)
    page.get_by_role("button", name="Spela", exact=True).click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.1")
    page.evaluate("document.querySelector('audio').currentTime = 120")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 120")
    assert wrong == []


@pytest.mark.server
@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_the_player_alone_can_be_framed_elsewhere(nginx: Nginx, context: BrowserContext, sandbox: str) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    with serving(a_page(f'<iframe src="{nginx.url}{EPISODE}embed/" height="430" {sandbox}></iframe>')) as other:
        page.goto(other)
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Spela").click()
        expect(frame.get_by_role("button", name="Pausa")).to_be_visible()
        page.frames[1].wait_for_function("() => document.querySelector('audio').currentTime > 0.1")
        assert page.frames[1].evaluate("document.fonts.ready.then((fonts) => [...fonts][0].status)") == "loaded"
    assert wrong == []


@pytest.mark.server
@pytest.mark.parametrize("address", ["", EPISODE, "sok/", "finns/inte/", "sma/", "podd/atta-fragor/embed/finns-inte"])
def test_no_other_page_can_be_framed(nginx: Nginx, context: BrowserContext, address: str) -> None:
    page = context.new_page()
    with serving(a_page(f'<iframe src="{nginx.url}{address}"></iframe>')) as other:
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(other)
        page.frames[1].wait_for_url("chrome-error:**")


@pytest.mark.server
def test_transcripts_and_feeds_can_be_read_from_other_sites(nginx: Nginx, context: BrowserContext) -> None:
    page = context.new_page()
    with serving(a_page("")) as other:
        page.goto(other)
        for name in ("podd/feed.xml", *(EPISODE + file for file in ("transcript.vtt", "chapters.json", "audio.mp3"))):
            status = page.evaluate("address => fetch(address).then((answer) => answer.status)", nginx.url + name)
            assert status == 200, name


def test_two_builds_for_nginx_are_the_same_whatever_was_there_before(built: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(built, plain, ignore=shutil.ignore_patterns("*.br", "*.gz"))
    again = shutil.copytree(plain, tmp_path / "again")
    compress_site(plain, before=tmp_path / "nothing")
    compress_site(again, before=built)
    copies = [path.relative_to(built) for path in sorted(built.rglob("*.*")) if path.suffix in {".br", ".gz"}]
    assert len(copies) > 100
    for path in copies:
        assert (plain / path).read_bytes() == (again / path).read_bytes() == (built / path).read_bytes(), path


def test_a_changed_file_is_compressed_anew(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, text in ((before, "a" * 2000), (after, "b" * 2000)):
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
        (folder / "short.txt").write_text("a", encoding="utf-8")
        compress_site(folder, before=before)
    assert brotli.decompress((after / "a.txt.br").read_bytes()) == b"b" * 2000
    assert gzip.decompress((after / "a.txt.gz").read_bytes()) == b"b" * 2000
    assert not (after / "short.txt.gz").exists()


def test_an_ordinary_build_has_nothing_that_only_nginx_needs(site: Path) -> None:
    assert not (site / NGINX_FOLDER).exists()
    assert [path for path in site.rglob("*") if path.suffix in {".br", ".gz"}] == [site / "sitemap.xml.gz"]
    assert (site / HEADERS_FILE).exists()


def test_an_asset_has_another_name_when_it_or_its_font_changes() -> None:
    style = b'@font-face { src: url("fonts/f.woff2"); }'
    first = name_assets({"assets/site.css": style, "assets/fonts/f.woff2": b"1", "assets/fonts/LICENSE.txt": b""})
    second = name_assets({"assets/site.css": style, "assets/fonts/f.woff2": b"2"})
    assert set(first) == {"assets/site.css", "assets/fonts/f.woff2"}
    for named in (first, second):
        font, _ = named["assets/fonts/f.woff2"]
        assert named["assets/site.css"][1] == f'@font-face{{src:url("{Path(font).name}")}}'.encode()
    assert first["assets/site.css"][0] != second["assets/site.css"][0]
    assert first["assets/fonts/f.woff2"][0] != second["assets/fonts/f.woff2"][0]


@pytest.mark.parametrize(
    "script",
    [
        "const t = `${a ? `// x` : 1}`;\nvar rest = 1;\n",
        "const ok = typeof /it's/ ; foo('a // b');\n",
        "await /a  b/;\n",
    ],
)
def test_a_script_that_would_not_be_the_same_shorter_is_left_as_it_is(script: str) -> None:
    assert name_assets({"assets/a.js": script.encode()})["assets/a.js"][1] == script.encode()


def test_an_address_with_a_space_leads_somewhere_from_a_style_sheet() -> None:
    named = name_assets({"assets/a.css": b'a { background: url("min bild.png") }', "assets/min bild.png": b"1"})
    (address, _), (_, style) = named["assets/min bild.png"], named["assets/a.css"]
    assert f'url("{quote(address.rpartition("/")[2])}")' in style.decode()


def test_a_damaged_compressed_copy_is_not_taken_from_the_last_site(tmp_path: Path) -> None:
    for name in ("last", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_bytes(b"<p>Text.</p>" * 100)
    compress_site(tmp_path / "last", before=tmp_path / "nothing")
    whole = contents(tmp_path / "last")
    for suffix in (".br", ".gz"):
        (tmp_path / f"last/index.html{suffix}").write_bytes(b"trasig")
    compress_site(tmp_path / "new", before=tmp_path / "last")
    assert contents(tmp_path / "new") == whole


def test_styles_and_scripts_are_shorter_and_say_the_same(site: Path) -> None:
    for path in sorted((PROJECT / "overrides/assets").glob("*.*s")):
        written = (site / "assets" / path.name).read_text(encoding="utf-8")
        (published,) = (site / "assets/hashed").glob(f"{path.stem}.*{path.suffix}")
        short = published.read_text(encoding="utf-8")
        assert len(short) < 0.9 * len(written)
        if path.suffix == ".css":
            short, written = (_rules(re.sub(r'url\(".*?"\)', "", text)) for text in (short, written))
        else:
            # A line that is a comment is nothing, and no other line of ours has two slashes but those with one at its end.
            written = re.sub(r"(?m)^\s*//.*$| // .*$|\s", "", written)
            short = re.sub(r"\s", "", short)
        assert short == written, path.name


def _rules(style: str) -> str:
    """Return a style sheet as it is understood: without comments, and spaces only where they part two things."""
    nodes = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    text = re.sub(r"/\*.*?\*/", "", tinycss2.serialize(nodes), flags=re.DOTALL)
    parts = re.findall(r'"[^"]*"|[^"]+', text)
    said = (
        part if part[0] == '"' else re.sub(r"\s*([{};,>~:()])\s*|\s+", lambda m: m[1] or " ", part) for part in parts
    )
    return re.sub(r";}", "}", "".join(said)).strip()


def test_pages_built_before_find_their_assets_at_the_plain_names(site: Path) -> None:
    for name in ("site.css", "player.js", "copy.js", "search.js", "mark.svg", "eu.svg"):
        assert (site / "assets" / name).is_file(), name


def test_no_script_imports_another_by_a_name_that_changes() -> None:
    for script in (CONFIGURATION.parents[2] / "overrides/assets").glob("*.js"):
        assert not re.search(r"""\bfrom\s+["']|import\s+["']""", script.read_text(encoding="utf-8")), script


def test_publishing_keeps_what_is_the_same_and_earlier_styles_for_a_while(tmp_path: Path) -> None:
    site, before, new = (tmp_path / name for name in ("site", "before", "new"))
    for folder, feed in ((site, "ny"), (before, "gammal")):
        (folder / "assets/hashed").mkdir(parents=True)
        (folder / "podd").mkdir()
        (folder / "podd/feed.xml").write_text(feed, encoding="utf-8")
        (folder / "index.html").write_text("samma", encoding="utf-8")
        (folder / "assets/hashed/still.css").write_text("samma", encoding="utf-8")
    long_ago = datetime.now(UTC).timestamp() - 2 * KEPT.total_seconds()
    for name, when in (("index.html", long_ago), ("podd/feed.xml", long_ago)):
        (before / name).touch()
        os.utime(before / name, (when, when))
    for name, when in (("old", long_ago), ("still", long_ago), ("recent", long_ago + KEPT.total_seconds() * 1.5)):
        (before / f"assets/hashed/{name}.css").touch()
        os.utime(before / f"assets/hashed/{name}.css", (when, when))
    (site / "link.txt").symlink_to(before / "podd/feed.xml")
    new.mkdir()
    _copy(site, new, before=before)
    assert (new / "index.html").samefile(before / "index.html")
    assert (new / "index.html").stat().st_mtime == pytest.approx(long_ago)
    assert (new / "assets/hashed/still.css").stat().st_mtime > long_ago + 1
    assert (new / "podd/feed.xml").stat().st_mtime > long_ago + 1
    assert (new / "podd/feed.xml").read_text(encoding="utf-8") == "ny"
    assert {path.name for path in (new / "assets/hashed").iterdir()} == {"recent.css", "still.css"}
    # nginx would follow a link wherever it leads.
    assert not [path for path in new.rglob("*") if path.is_symlink()]


def test_pages_in_the_caches_of_github_find_their_styles() -> None:
    old, new = {"assets/hashed/a.1.css": "1"}, {"assets/hashed/a.2.css": "2"}
    now = datetime.now(UTC)
    assert _still_asked_for(new, {**old, "index.html": "3"}, over=None, now=now) == old
    assert _still_asked_for(new, old | new, over=None, now=now) == {}


def watch(context: BrowserContext, wrong: list[str]) -> None:
    """Note every violation of a policy, also those that the console does not mention."""
    context.expose_binding("noteViolation", lambda _source, text: wrong.append(text))
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', (event) =>"
        " noteViolation(`${location}: ${event.violatedDirective} ${event.blockedURI}`))"
    )


def a_page(body: str) -> Any:
    def application(_environment: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f'<!doctype html><link rel="icon" href="data:,"><title>Annan webbplats</title>{body}'.encode()]

    return application


def served(site: Path) -> list[str]:
    """Return the address of every file of the site that is to be had: pages by their folder, and none that leads on."""
    moved = {line.split(" ")[0] for line in (site / REDIRECTS_FILE).read_text(encoding="utf-8").splitlines()}
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*")) if path.is_file()]
    copies = {name for name in names if name.endswith((".br", ".gz"))} - {"sitemap.xml.gz"}
    addresses = [
        re.sub(r"(^|/)index\.html$", r"\1", name)
        for name in names
        if name not in copies and not name.startswith("_") and not name.endswith("404.html")
    ]
    return [address for address in addresses if f"/{address}" not in moved]


def read_headers(text: str) -> Rules:
    """Read `_headers` as Cloudflare Pages does: `:name` is a part of a path, `*` any rest."""
    rules: Rules = []
    for line in text.splitlines():
        if line.startswith("/"):
            pattern = re.sub(r":[A-Za-z]\w*", "[^/]+", re.escape(line).replace(r"\*", ".*"))
            rules.append((re.compile(pattern), {}))
        elif line.strip() and not line.startswith("#"):
            name, value = line.strip().split(": ", 1)
            assert name not in rules[-1][1]
            rules[-1][1][name] = value
    return rules


def joined(rules: list[dict[str, str]]) -> dict[str, str]:
    """Return the headers of all rules that hold; a name that stands in several has all their values."""
    headers: dict[str, str] = {}
    for rule in rules:
        for name, value in rule.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def decoded(content: bytes, coding: str | None) -> bytes:
    return {"gzip": gzip.decompress, "br": brotli.decompress}[coding](content) if coding else content


def _change(path: Path, *fields: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n", "---\n" + "".join(f"{field}\n" for field in fields), 1), encoding="utf-8")
