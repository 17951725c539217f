"""Publishing to an object store: whatever happens on the way, all that anybody is led to is there."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from okatakten.addresses import DEFAULT_SITE_URL, FEED
from okatakten.podcast.promised import parse_promised
from okatakten.publish.delivery import BuiltSite, NotPublishableError, plan_site, publish_site, read_built
from okatakten.publish.plan import (
    LOCK,
    MEMORY,
    ORDER,
    Memory,
    Plan,
    Sort,
    StoredObject,
    build_memory,
    build_plan,
    check_built,
    headers_for,
    parse_memory,
    settle,
    sort_of,
)
from okatakten.publish.store import PART, Patience, Store, StoreError
from okatakten.search.index import ENTRY, RECORDS, build_search
from okatakten.written.advice import Reason
from stores import (
    BUCKET,
    HASTY,
    KEYS,
    ONCE,
    Answer,
    Fault,
    Request,
    Runner,
    StoreHost,
    boto_client,
    missing,
    running,
    storing,
)
from support import NOW, run

URL: Final = "https://podd.prov.test/"
SELF: Final = '<atom:link href="{url}podd/feed.xml" rel="self" type="application/rss+xml"/>'


@pytest.fixture(scope="module")
def server() -> Iterator[StoreHost]:
    with storing() as host:
        yield host


@pytest.fixture
def host(server: StoreHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreHost]:
    """A store with an empty bucket, and a key to it."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server.reset()
    yield server
    server.calm()
    failed, server.failed = server.failed, []
    for error in failed:
        raise error


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with running(tmp_path_factory.mktemp("runner")) as runner:
        yield runner


def lay(folder: Path, *, episodes: int = 2, look: str = "a") -> Path:
    """Build a small site like the project's own. `look` changes every page, and the name of a picture on them."""
    slugs = [f"avsnitt-{number}" for number in range(1, episodes + 1)]
    files: dict[str, str | bytes] = {
        "assets/site.css": f"/* {look} */ @font-face {{ src: url(fonts/{look}.woff2) }}",
        f"assets/fonts/{look}.woff2": b"typsnitt",
        f"assets/{look}.svg": "<svg/>",
        "assets/search.js": "// sök",
        "podd/cover-1.png": b"omslag",
        "sitemap.xml.gz": b"packad",
        ".dold/fil": "dold",
    }
    pages = {"": ["podd/", "sok/"], "podd/": [f"podd/{slug}/" for slug in slugs], "sok/": []}
    for slug, before, after in zip(slugs, ["", *slugs], [*slugs[1:], ""], strict=False):
        pages[f"podd/{slug}/"] = [f"podd/{slug}/audio.mp3", f"podd/{slug}/transcript.vtt"]
        pages[f"podd/{slug}/"] += [f"podd/{other}/" for other in (before, after) if other]
        files[f"podd/{slug}/audio.mp3"] = f"ljud i {slug}"
        files[f"podd/{slug}/transcript.vtt"] = f"WEBVTT {look}"
        files[f"podd/{slug}/chapters.json"] = "{}"
    for address, links in pages.items():
        all_links = ["", *links, "assets/site.css", f"assets/{look}.svg", "podd/feed.xml"]
        body = "".join(f'<a href="{"../" * address.count("/") or "./"}{link}">{link}</a>' for link in all_links)
        files[f"{address}index.html"] = (
            f'<!doctype html><title>{address} {look}</title><main data-search="sv">{body}</main>'
        )
    files["404.html"] = f'<!doctype html><title>404 {look}</title><a href="/">Start</a><img src="/assets/{look}.svg">'
    files["sitemap.xml"] = "".join(f"<loc>{URL}{address}</loc>" for address in pages)
    files["podd/addresses.json"] = json.dumps(
        {f"podd/{slug}/": None for slug in slugs} | {f"podd/{slug}/audio.mp3": f"sha384-{slug}" for slug in slugs}
    )
    items = "".join(
        f"<item><title>{slug}</title><guid>{slug}</guid><link>{URL}podd/{slug}/</link>"
        f'<enclosure url="{URL}podd/{slug}/audio.mp3" length="9" type="audio/mpeg"/></item>'
        for slug in slugs
    )
    files["podd/feed.xml"] = (
        '<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:podcast="https://podcastindex.org/namespace/1.0">'
        f"<channel>{SELF.format(url=URL)}<podcast:guid>podden</podcast:guid>"
        f"<image><url>{URL}podd/cover-1.png</url></image>{items}</channel></rss>"
    )
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    build_search(folder, memory=folder.with_name(f"{folder.name}-memory"))
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    return read_built(lay(tmp_path_factory.mktemp("first")), url=URL)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The same site with another episode and another look."""
    return read_built(lay(tmp_path_factory.mktemp("second"), episodes=3, look="b"), url=URL)


def publish(site: BuiltSite, host: StoreHost, *, days: float = 0, patience: Patience = ONCE, **more: object) -> Plan:
    options: dict[str, object] = {"now": NOW + timedelta(days=days)} | more
    return publish_site(site, host.store(patience=patience), **options)  # type: ignore[arg-type]


def watch(host: StoreHost, *, before: BuiltSite | None, after: BuiltSite) -> None:
    """From now on, see after every request that reaches the store that nobody is led to what is not there."""
    known = [path for path in before.files if path.endswith(".html")] if before else []

    def look(request: Request) -> None:
        if not request.writes:
            return
        objects = host.objects()
        lacking = missing(objects, url=URL, known=known)
        if before is None:
            # The home page leads to the feed and the feed to the home page: of these two, one comes first, once.
            lacking = {(path, other) for path, other in lacking if sort_of(other) not in {Sort.FEED, Sort.LIST}}
        assert not lacking, (request, lacking)
        for path, content in objects.items():
            sites = [site for site in (before, after) if site and path in site.files]
            assert content in [(site.folder / path).read_bytes() for site in sites], path
        if before:
            lost = {path for path in before.files if path not in objects}
            assert not lost, (request, lost)

    host.after = look


def holds(host: StoreHost, site: BuiltSite) -> None:
    """See that the store has the site."""
    objects = host.objects()
    assert {path: objects.get(path) for path in site.files} == {
        path: (site.folder / path).read_bytes() for path in site.files
    }
    assert LOCK not in host.stored()


def at(number: int, fault: Fault | Answer) -> Callable[[Request], Fault | Answer | None]:
    """Break the request that comes as such a number."""
    return lambda request: fault if request.number == number else None


def requests_of(host: StoreHost, do: Callable[[], object]) -> int:
    host.calm()
    do()
    return len(host.requests)


# What is sent


def test_a_site_is_put_into_the_store_in_an_order_that_leads_nobody_astray(host: StoreHost, first: BuiltSite) -> None:
    watch(host, before=None, after=first)
    publish(first, host)
    holds(host, first)
    sent = [request.path for request in host.requests if request.method == "PUT" and request.writes]
    assert sorted(sent) == sorted(first.files)
    ranks = [ORDER.index((sort_of(path), True)) for path in sent]
    assert ranks == sorted(ranks)
    assert sent[-1] == "podd/feed.xml"
    assert "sitemap.xml.gz" not in sent
    assert ".dold/fil" not in sent


def test_new_addresses_come_before_what_leads_to_them(host: StoreHost, first: BuiltSite, second: BuiltSite) -> None:
    publish(first, host)
    host.calm()
    watch(host, before=first, after=second)
    publish(second, host)
    holds(host, second)
    sent = [request.path for request in host.requests if request.method == "PUT" and request.writes]
    assert len(sent) == len({*sent})
    places = [sent.index(path) for path in (
        "podd/avsnitt-3/audio.mp3", "assets/b.svg", "assets/site.css", "podd/avsnitt-3/index.html",
        ENTRY, "podd/avsnitt-2/index.html", "index.html", "404.html", "sitemap.xml", "podd/feed.xml",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "podd/avsnitt-1/audio.mp3" not in sent


def test_a_wrong_order_would_be_noticed(host: StoreHost, first: BuiltSite, second: BuiltSite) -> None:
    publish(first, host)
    objects = host.objects()
    assert not missing(objects, url=URL)
    for path in ("index.html", "podd/feed.xml", "assets/site.css", ENTRY, "sitemap.xml"):
        changed = objects | {path: (second.folder / path).read_bytes()}
        assert missing(changed, url=URL), path


def test_what_has_not_changed_is_not_sent(host: StoreHost, first: BuiltSite) -> None:
    publish(first, host)
    for path in first.folder.rglob("*.html"):
        path.touch()
    host.calm()
    plan = publish(read_built(first.folder, url=URL), host)
    assert plan.send == ()
    assert host.writes() == []
    assert [f"{request.method} {request.path}" for request in host.requests if request.method == "PUT"] == [
        f"PUT {LOCK}"
    ]
    # List, memory, feed, addresses; the lock is asked for, taken, seen, seen again and given back.
    assert len(host.requests) == 9


def test_one_changed_file_is_one_request_more_and_what_is_remembered(host: StoreHost, tmp_path: Path) -> None:
    folder = lay(tmp_path)
    publish(read_built(folder, url=URL), host)
    (folder / "podd/avsnitt-1/transcript.vtt").write_text("WEBVTT rättad", encoding="utf-8")
    host.calm()
    publish(read_built(folder, url=URL), host)
    assert host.writes() == ["PUT podd/avsnitt-1/transcript.vtt"]


def test_a_store_that_forgot_what_was_published_is_asked_and_nothing_is_sent_again(
    host: StoreHost, first: BuiltSite
) -> None:
    publish(first, host)
    boto_client(host).delete_object(Bucket=BUCKET, Key=MEMORY)
    host.calm()
    assert publish(first, host).send == ()
    assert host.writes() == []
    assert sum(request.method == "HEAD" for request in host.requests) == len(first.files)


def test_what_somebody_else_changed_in_the_store_is_put_right(host: StoreHost, first: BuiltSite) -> None:
    publish(first, host)
    content = (first.folder / "index.html").read_bytes()
    boto_client(host).put_object(Bucket=BUCKET, Key="index.html", Body=content[::-1], ContentType="text/plain")
    host.calm()
    publish(first, host)
    assert host.writes() == ["PUT index.html"]
    holds(host, first)


@pytest.mark.parametrize(
    ("path", "content_type", "cache_control"),
    [
        ("index.html", "text/html; charset=utf-8", "public, max-age=300"),
        ("podd/feed.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
        ("nytt.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
        ("nytt.json", "application/feed+json", "public, max-age=300"),
        ("sitemap.xml", "application/xml; charset=utf-8", "public, max-age=300"),
        ("podd/a/audio.mp3", "audio/mpeg", "public, max-age=2592000, immutable"),
        ("podd/a/audio.m4a", "audio/x-m4a", "public, max-age=2592000, immutable"),
        ("podd/a/transcript.vtt", "text/vtt; charset=utf-8", "public, max-age=3600"),
        ("assets/site.css", "text/css; charset=utf-8", "public, max-age=3600"),
        (ENTRY, "application/json", "public, max-age=300"),
        (f"{RECORDS}1.piece", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("assets/hashed/site.0123456789ab.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("podd/a/chapters.json", "application/json+chapters", "public, max-age=3600"),
        ("rapport/a.epub", "application/epub+zip", "public, max-age=3600"),
    ],
)
def test_each_file_says_what_it_is_and_for_how_long(path: str, content_type: str, cache_control: str) -> None:
    headers = headers_for(path)
    assert (headers.content_type, headers.cache_control) == (content_type, cache_control)


def test_types_and_times_are_in_the_store(host: StoreHost, first: BuiltSite) -> None:
    publish(first, host)
    client = boto_client(host)
    for path, file in first.files.items():
        found = client.head_object(Bucket=BUCKET, Key=path)
        assert (found["ContentType"], found["CacheControl"]) == (file.headers.content_type, file.headers.cache_control)


def test_other_rules_for_headers_send_what_they_change(host: StoreHost, first: BuiltSite) -> None:
    publish(first, host)
    page = first.files["index.html"]
    other = replace(page, headers=replace(page.headers, cache_control="no-cache"))
    host.calm()
    publish(replace(first, files={**first.files, "index.html": other}), host)
    assert host.writes() == ["PUT index.html"]
    assert boto_client(host).head_object(Bucket=BUCKET, Key="index.html")["CacheControl"] == "no-cache"


def test_a_site_may_share_its_bucket(host: StoreHost, first: BuiltSite) -> None:
    boto_client(host).put_object(Bucket=BUCKET, Key="annat/index.html", Body=b"annans")
    publish_site(first, host.store(prefix="webb/"), now=NOW)
    publish_site(first, host.store(prefix="webb/"), now=NOW + timedelta(days=30))
    assert {*host.objects()} == {
        "annat/index.html",
        *(f"webb/{path}" for path in first.files),
        *(f"webb/{path}" for path in [MEMORY]),
    }


@pytest.mark.server
def test_the_own_site_of_the_project_is_published_whole(host: StoreHost, site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    for path in folder.rglob("*"):
        if path.suffix in {".html", ".xml", ".json"}:
            path.write_bytes(path.read_bytes().replace(DEFAULT_SITE_URL.encode(), URL.encode()))
    built = read_built(folder, url=URL)
    watch(host, before=None, after=built)
    publish(built, host)
    holds(host, built)
    objects = host.objects()
    assert not missing(objects, url=URL)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {*objects} == {
        "sitemap.xml.gz",
        "_headers",
        "_redirects",
    }
    host.calm()
    assert publish(built, host).send == ()
    assert len(host.requests) == 9


# What is removed


@pytest.mark.server
def test_what_is_not_needed_any_more_stays_for_a_time_of_grace(
    host: StoreHost, first: BuiltSite, second: BuiltSite
) -> None:
    publish(first, host)
    old = {"assets/a.svg", "assets/fonts/a.woff2"}
    for days in (0, 3, 6.9):
        plan = publish(second, host, days=days)
        assert plan.remove == ()
        assert old < {*plan.waiting}
        assert old < {*host.objects()}
    host.calm()
    plan = publish(second, host, days=7)
    assert old < {*plan.remove}
    assert {*host.objects()} == {*second.files}
    host.calm()
    assert publish(second, host, days=8).remove == ()
    assert host.writes() == []


def test_pages_are_removed_before_what_they_lead_to(host: StoreHost, first: BuiltSite, tmp_path: Path) -> None:
    folder = lay(tmp_path)
    (folder / "gammal").mkdir()
    (folder / "gammal/index.html").write_text('<a href="bild.png">', encoding="utf-8")
    (folder / "gammal/bild.png").write_bytes(b"bild")
    publish(read_built(folder, url=URL), host)
    publish(first, host)
    host.calm()
    publish(first, host, days=7)
    assert host.writes() == ["DELETE gammal/index.html", "DELETE gammal/bild.png"]


@pytest.mark.server
def test_what_an_unfinished_publishing_left_is_removed_in_time(
    host: StoreHost, first: BuiltSite, second: BuiltSite
) -> None:
    host.break_at = lambda request: (403, "AccessDenied") if request.path == "index.html" else None
    with pytest.raises(StoreError):
        publish(second, host)
    assert "assets/b.svg" in host.objects()
    host.calm()
    publish(first, host)
    publish(first, host, days=7)
    assert "assets/b.svg" not in host.objects()


@pytest.mark.server
def test_what_comes_back_begins_a_new_time(
    host: StoreHost, first: BuiltSite, second: BuiltSite, tmp_path: Path
) -> None:
    publish(first, host)
    publish(second, host, days=1)
    folder = shutil.copytree(second.folder, tmp_path / "tredje")
    shutil.copy(first.folder / "assets/a.svg", folder / "assets")
    publish(read_built(folder, url=URL), host, days=2)
    publish(second, host, days=3)
    plan = publish(second, host, days=8)
    assert "assets/fonts/a.woff2" in plan.remove
    assert "assets/a.svg" in plan.waiting
    assert "assets/a.svg" in publish(second, host, days=10).remove


class Compared(str):
    """An address that counts how often it is compared with another one."""

    __slots__ = ()
    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return str.__eq__(self, other)


def test_what_goes_at_once_is_not_compared_each_with_all() -> None:
    gone: list[str] = [Compared(f"podd/avsnitt-{number}/index.html") for number in range(200)]
    stored = {path: StoredObject(etag="", size=1) for path in gone}
    memory = Memory(objects=dict.fromkeys(gone, "mark"))
    Compared.times = 0
    plan = build_plan({}, stored, memory, promised=(), now=NOW, grace=timedelta())
    assert len(plan.remove) == len(gone)
    assert plan.waiting == {}
    assert settle(memory, plan, {}, removed=True) == Memory()
    assert Compared.times < 20 * len(gone)


def test_nothing_of_others_is_ever_removed(host: StoreHost, first: BuiltSite) -> None:
    client = boto_client(host)
    client.put_object(Bucket=BUCKET, Key="google-verifiering.html", Body=b"annans")
    for days in (0, 8, 30):
        publish(first, host, days=days)
    assert host.objects()["google-verifiering.html"] == b"annans"


def withdraw(folder: Path) -> Path:
    """Take the last episode out of the podcast, as `okatakten withdraw` does: its page stays, its audio does not."""
    slug = "avsnitt-2"
    feed = folder / "podd/feed.xml"
    before, item, after = feed.read_text(encoding="utf-8").partition(f"<item><title>{slug}")
    feed.write_text(before + after.partition("</item>")[2], encoding="utf-8")
    assert item
    addresses = folder / "podd/addresses.json"
    promised = json.loads(addresses.read_text(encoding="utf-8"))
    del promised[f"podd/{slug}/audio.mp3"]
    addresses.write_text(json.dumps(promised), encoding="utf-8")
    (folder / f"podd/{slug}/audio.mp3").unlink()
    (folder / f"podd/{slug}/index.html").write_text("<title>Borttaget</title>", encoding="utf-8")
    return folder


@pytest.mark.server
def test_published_audio_stays_until_somebody_asks_for_it_to_go(
    host: StoreHost, first: BuiltSite, tmp_path: Path
) -> None:
    audio = "podd/avsnitt-2/audio.mp3"
    publish(first, host)
    gone = read_built(withdraw(lay(tmp_path)), url=URL)
    for days in (0, 7, 400):
        plan = publish(gone, host, days=days)
        assert audio not in plan.remove
        assert plan.left == (audio,)
    assert audio in host.objects()
    for wrong in ("podd/avsnitt-1/audio.mp3", "index.html", "finns/inte.mp3", MEMORY):
        with pytest.raises(NotPublishableError, match="det går inte att ta bort"):
            publish(gone, host, forget=[wrong])
    publish(gone, host, days=400, forget=[audio])
    assert audio not in host.objects()
    assert publish(gone, host, days=401).left == ()


@pytest.mark.server
def test_promised_addresses_stay_although_the_folder_lacks_them(host: StoreHost, tmp_path: Path) -> None:
    folder = lay(tmp_path)
    publish(read_built(folder, url=URL), host)
    (folder / "podd/avsnitt-1/index.html").unlink()
    for days in (0, 8):
        publish(read_built(folder, url=URL), host, days=days)
    assert "podd/avsnitt-1/index.html" in host.objects()


# What would break a promise


def break_audio(folder: Path) -> None:
    path = folder / "podd/addresses.json"
    path.write_text(path.read_text(encoding="utf-8").replace("sha384-avsnitt-1", "sha384-annat"), encoding="utf-8")


def break_guid(folder: Path) -> None:
    path = folder / "podd/feed.xml"
    path.write_text(path.read_text(encoding="utf-8").replace("<guid>avsnitt-1<", "<guid>nytt<"), encoding="utf-8")


def break_address(folder: Path) -> None:
    path = folder / "podd/addresses.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("podd/avsnitt-1/audio.mp3", "podd/avsnitt-1/b.mp3"), encoding="utf-8"
    )


def break_show(folder: Path) -> None:
    path = folder / "podd/feed.xml"
    path.write_text(path.read_text(encoding="utf-8").replace(">podden<", ">annan<"), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (break_audio, "Ljudet är ett annat än det publicerade: podd/avsnitt-1/audio.mp3"),
        (break_guid, "Avsnittet saknas: avsnitt-1 (podd/avsnitt-1/)"),
        (break_address, "Adressen skulle sluta fungera: podd/avsnitt-1/audio.mp3"),
        (break_show, "Poddens id är ett annat än det publicerade, podden."),
    ],
)
def test_what_subscribers_were_given_is_not_broken(
    host: StoreHost, first: BuiltSite, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    publish(first, host)
    damage(lay(tmp_path, episodes=3))
    other = read_built(tmp_path, url=URL)
    host.calm()
    with pytest.raises(NotPublishableError) as caught:
        publish(other, host)
    assert said in str(caught.value)
    assert host.writes() == []


def test_a_feed_in_the_store_that_says_nothing_of_its_promises_is_not_replaced(
    host: StoreHost, first: BuiltSite
) -> None:
    host.backend.put_object(BUCKET, FEED, b"<rss version='2.0'><channel><title>En annan podd</title></channel></rss>")
    with pytest.raises(NotPublishableError, match="Är det en annan podds"):
        publish(first, host)
    assert host.writes() == []
    publish(first, host, published=first.feed)
    assert host.objects()[FEED] == (first.folder / FEED).read_bytes()


def test_what_is_new_or_withdrawn_breaks_nothing(first: BuiltSite, second: BuiltSite, tmp_path: Path) -> None:
    assert check_built(second.feed, first.feed) == []
    assert check_built(read_built(withdraw(lay(tmp_path)), url=URL).feed, first.feed) == []
    assert check_built(first.feed, second.feed) == [
        "Avsnittet saknas: avsnitt-3 (podd/avsnitt-3/)",
        "Adressen skulle sluta fungera: podd/avsnitt-3/",
        "Adressen skulle sluta fungera: podd/avsnitt-3/audio.mp3",
    ]


# What happens on the way


BREAKS: Final[dict[str, Fault | Answer]] = {
    "cut": Fault.CUT_ON_THE_WAY,
    "cut after": Fault.CUT_AFTER,
    "500": (500, "InternalError"),
    "503": (503, "SlowDown"),
}


@pytest.mark.server
@pytest.mark.parametrize(("name", "offset"), [("cut", 1), ("cut after", 2), ("500", 3), ("503", 4)])
def test_whatever_request_fails_the_store_is_whole_and_the_next_run_completes(
    host: StoreHost, first: BuiltSite, second: BuiltSite, name: str, offset: int
) -> None:
    publish(first, host)
    kept = host.keep()
    total = requests_of(host, lambda: publish(second, host))
    assert total > 30
    for number in range(offset, total + 1, 4):
        host.restore(kept)
        watch(host, before=first, after=second)
        host.break_at = at(number, BREAKS[name])
        # What is asked when all is done may fail: the lock runs out then.
        with contextlib.suppress(StoreError):
            publish(second, host)
        host.break_at = lambda _request: None
        sent = {path for path, content in host.objects().items() if path in second.files}
        assert {*first.files} <= {*host.objects()} | sent
        host.age_lock(timedelta(minutes=6))
        publish(second, host)
        holds(host, second)


def test_a_store_that_is_silent_is_left(host: StoreHost, first: BuiltSite) -> None:
    watch(host, before=None, after=first)
    host.break_at = lambda request: Fault.SILENCE if request.path == "podd/avsnitt-1/audio.mp3" else None
    with pytest.raises(StoreError) as caught:
        publish(first, host, patience=HASTY)
    assert caught.value.reason is Reason.STORE_NO_ANSWER
    assert not [path for path in host.objects() if path.endswith(".html")]
    host.break_at = lambda _request: None
    publish(first, host)
    holds(host, first)


@pytest.mark.parametrize(
    "fault", [Fault.CUT_AFTER, (500, "InternalError"), (503, "SlowDown"), (503, "ServiceUnavailable")]
)
def test_what_fails_once_is_tried_again(host: StoreHost, first: BuiltSite, fault: Fault | Answer) -> None:
    faults = {"index.html": fault, LOCK: fault}
    host.break_at = lambda request: faults.pop(request.path, None) if request.method == "PUT" else None
    publish(first, host, patience=Patience(connect=5, silence=5, attempts=3))
    assert faults == {}
    holds(host, first)


def test_what_always_fails_has_an_end(host: StoreHost, first: BuiltSite) -> None:
    host.break_at = lambda request: (503, "SlowDown") if request.path == "index.html" else None
    with pytest.raises(StoreError) as caught:
        publish(first, host, patience=Patience(connect=5, silence=5, attempts=2))
    assert caught.value.reason is Reason.STORE_REFUSED
    assert sum(request.path == "index.html" for request in host.requests) == 2
    assert "podd/feed.xml" not in host.objects()


@pytest.mark.server
@pytest.mark.parametrize(("fault", "offset"), [(Fault.KILLED_BEFORE, 1), (Fault.KILLED_AFTER, 2)])
def test_killed_at_any_moment_the_store_is_whole_and_the_next_run_completes(  # noqa: PLR0917  # fixtures
    host: StoreHost, runner: Runner, first: BuiltSite, second: BuiltSite, tmp_path: Path, fault: Fault, offset: int
) -> None:
    root = as_project(tmp_path, second)
    publish(first, host)
    kept = host.keep()
    total = requests_of(host, lambda: publish(second, host))
    killed = 0
    for number in range(offset, total + 1, 2):
        host.restore(kept)
        watch(host, before=first, after=second)
        host.break_at = at(number, fault)
        status, _ = runner.run(host, "publish", "--root", str(root), environment=settings(host))
        killed += status == -9
        host.age_lock(timedelta(minutes=6))
        host.break_at = lambda _request: None
        before = {path: key.etag for path, key in host.stored().items()}
        host.requests.clear()
        status, said = runner.run(host, "publish", "--root", str(root), environment=settings(host))
        assert status == 0, said
        holds(host, second)
        # What was there already is not sent again.
        done = {path for path, etag in before.items() if path in second.files and etag == host.stored()[path].etag}
        assert not done & {request.path for request in host.requests if request.method == "PUT"}
    assert killed >= (total - offset) // 2


@pytest.mark.server
def test_killed_at_the_first_publishing_the_next_run_completes(
    host: StoreHost, runner: Runner, first: BuiltSite, tmp_path: Path
) -> None:
    root = as_project(tmp_path, first)
    total = requests_of(host, lambda: publish(first, host))
    for number in range(3, total + 1, 6):
        host.reset()
        watch(host, before=None, after=first)
        host.break_at = at(number, Fault.KILLED_AFTER)
        assert runner.run(host, "publish", "--root", str(root), environment=settings(host))[0] == -9
        host.age_lock(timedelta(minutes=6))
        host.break_at = lambda _request: None
        status, said = runner.run(host, "publish", "--root", str(root), environment=settings(host))
        assert status == 0, said
        holds(host, first)


# Big files


@pytest.fixture
def big(tmp_path: Path) -> BuiltSite:
    folder = lay(tmp_path / "stor")
    (folder / "podd/avsnitt-1/audio.mp3").write_bytes(bytes(range(256)) * (PART // 256) * 2 + b"slut")
    return read_built(folder, url=URL)


@pytest.mark.server
def test_big_audio_goes_in_parts_and_is_sent_once(host: StoreHost, big: BuiltSite) -> None:
    shares: list[float] = []
    publish(big, host, progress=shares.append)
    holds(host, big)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert host.uploads() == []
    found = boto_client(host).head_object(Bucket=BUCKET, Key="podd/avsnitt-1/audio.mp3")
    assert found["ContentType"] == "audio/mpeg"
    host.calm()
    assert publish(big, host).send == ()
    boto_client(host).delete_object(Bucket=BUCKET, Key=MEMORY)
    assert publish(big, host).send == ()


@pytest.mark.server
@pytest.mark.parametrize("step", ["partNumber=2", "uploadId=", "uploads"])
def test_audio_is_there_whole_or_not_at_all(host: StoreHost, big: BuiltSite, step: str) -> None:
    audio = "podd/avsnitt-1/audio.mp3"
    method = "PUT" if "part" in step else "POST"
    broken = iter([(500, "InternalError")])
    host.break_at = lambda request: (
        next(broken, None) if request.path == audio and request.method == method and step in request.query else None
    )
    with pytest.raises(StoreError):
        publish(big, host)
    assert audio not in host.objects()
    assert host.uploads() == []
    publish(big, host)
    holds(host, big)


@pytest.mark.server
def test_the_parts_of_whoever_was_killed_are_cleared_away(
    host: StoreHost, runner: Runner, big: BuiltSite, tmp_path: Path
) -> None:
    root = as_project(tmp_path / "projekt", big)
    host.break_at = lambda request: Fault.KILLED_AFTER if "partNumber=2" in request.query else None
    assert runner.run(host, "publish", "--root", str(root), environment=settings(host))[0] == -9
    assert host.uploads() == ["podd/avsnitt-1/audio.mp3"]
    assert "podd/avsnitt-1/audio.mp3" not in host.objects()
    host.age_lock(timedelta(minutes=6))
    host.calm()
    publish(big, host)
    assert host.uploads() == []
    holds(host, big)


def test_an_answer_that_got_lost_when_all_parts_were_there_is_no_failure(host: StoreHost, big: BuiltSite) -> None:
    lost: Iterator[Fault | Answer] = iter([Fault.CUT_AFTER, (404, "NoSuchUpload")])
    host.break_at = lambda request: (
        next(lost, None) if request.method == "POST" and request.query.startswith("uploadId=") else None
    )
    publish(big, host, patience=Patience(connect=5, silence=5, attempts=3))
    assert next(lost, None) is None
    holds(host, big)


def test_a_build_meanwhile_stops_publishing(host: StoreHost, tmp_path: Path) -> None:
    folder = lay(tmp_path)
    built = read_built(folder, url=URL)
    (folder / "podd/index.html").write_text("nytt", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        publish(built, host)
    assert caught.value.reason is Reason.STORE_FILE_CHANGED
    assert "index.html" not in host.objects()
    assert LOCK not in host.stored()


# Two at once


def test_only_one_publishes_at_a_time(host: StoreHost, first: BuiltSite) -> None:
    with host.store().locked():
        host.calm()
        with pytest.raises(StoreError) as caught:
            publish(first, host)
        assert str(caught.value) == (
            "En annan publicering till «prov» pågår. Vänta tills den är klar. Har den avbrutits går det igen om 5 min."
        )
        assert [request.method for request in host.requests] == ["GET"]
    publish(first, host)
    holds(host, first)


def test_of_two_who_begin_at_the_same_moment_one_publishes(host: StoreHost) -> None:
    """Both have seen that there is no lock, and the other one is faster."""
    asked = iter([LOCK])

    def after(request: Request) -> None:
        if request.path == LOCK and next(asked, None):
            take_lock(host)

    host.after = after
    with pytest.raises(StoreError) as caught, host.store().locked():
        pass
    assert caught.value.reason is Reason.STORE_BUSY
    assert json.loads(host.stored()[LOCK].value) == {"owner": "annan"}


def take_lock(host: StoreHost) -> None:
    """Be somebody else who publishes, past the proxy."""
    host.backend.put_object(BUCKET, LOCK, json.dumps({"owner": "annan"}).encode())


def test_a_lock_of_somebody_who_was_killed_runs_out(host: StoreHost, first: BuiltSite) -> None:
    host.store()._write_lock("någon", IfNoneMatch="*")
    host.age_lock(timedelta(minutes=4))
    with pytest.raises(StoreError) as caught:
        publish(first, host)
    assert "om 1 min." in str(caught.value)
    host.age_lock(timedelta(minutes=1, seconds=1))
    publish(first, host)
    holds(host, first)


def test_whoever_works_keeps_the_lock(host: StoreHost) -> None:
    store = host.store(patience=replace(ONCE, life=timedelta(seconds=0.5)))
    with store.locked():
        etag = host.stored()[LOCK].last_modified
        until(lambda: host.stored()[LOCK].last_modified > etag)


@pytest.mark.parametrize(
    "work",
    [
        lambda store, site: store.send(site.files["index.html"], folder=site.folder, progress=lambda _size: None),
        lambda store, _site: store.remove("om/index.html"),
    ],
)
def test_whoever_was_overtaken_stops(
    host: StoreHost, first: BuiltSite, work: Callable[[Store, BuiltSite], object]
) -> None:
    """A machine that slept wakes up, and somebody else has taken over."""
    store = host.store(patience=replace(ONCE, life=timedelta(seconds=0.2)))
    host.backend.put_object(BUCKET, "om/index.html", b"av den andre")
    with store.locked():
        take_lock(host)
        until(store._lost.is_set)
        with pytest.raises(StoreError) as caught:
            work(store, first)
    assert caught.value.reason is Reason.STORE_OVERTAKEN
    assert host.objects() == {"om/index.html": b"av den andre"}
    assert json.loads(host.stored()[LOCK].value) == {"owner": "annan"}


def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came")


# The command


def as_project(root: Path, site: BuiltSite) -> Path:
    """Put a built site where the command looks for it."""
    root.mkdir(exist_ok=True)
    (root / "mkdocs.yml").touch()
    if site.folder != root:
        shutil.copytree(site.folder, root / "site")
    return root


def settings(host: StoreHost, **more: str) -> dict[str, str]:
    return (
        KEYS
        | {
            "BEFORE_LAUNCH": "1",
            "SITE_URL": URL,
            "PUBLISH_BUCKET": BUCKET,
            "PUBLISH_ENDPOINT": host.url,
            "AWS_MAX_ATTEMPTS": "1",
        }
        | more
    )


def test_the_command_publishes_and_says_so(
    host: StoreHost, first: BuiltSite, second: BuiltSite, tmp_path: Path
) -> None:
    root = as_project(tmp_path / "a", first)
    status, said, error = run("publish", "--root", str(root), environment=settings(host))
    assert (status, error) == (0, "")
    assert said.splitlines()[0] == f"{URL} är publicerad: {len(first.files)} filer, 0,0 MB skickade, 0 oförändrade."
    assert "Skickas inte: sitemap.xml.gz." in said
    assert run("publish", "--root", str(root), environment=settings(host))[1].startswith(
        f"{URL} är publicerad: inget är nytt."
    )
    holds(host, first)
    _, said, _ = run("publish", "--root", str(as_project(tmp_path / "b", second)), environment=settings(host))
    assert "Behövs inte längre, men ligger kvar för dem som har en äldre sida" in said


@pytest.mark.server
def test_a_dry_run_touches_nothing(host: StoreHost, first: BuiltSite, second: BuiltSite, tmp_path: Path) -> None:
    publish(first, host)
    publish(first, host)
    root = as_project(tmp_path, second)
    before = {path: key.etag for path, key in host.stored().items()}
    host.calm()
    status, said, _ = run("publish", "--dry-run", "--root", str(root), environment=settings(host))
    assert status == 0
    assert {request.method for request in host.requests} <= {"GET", "HEAD"}
    assert {path: key.etag for path, key in host.stored().items()} == before
    lines = [line.strip() for line in said.splitlines()]
    assert lines.index("podd/avsnitt-3/audio.mp3") < lines.index("index.html") < lines.index("podd/feed.xml")
    publish(second, host)
    plan = plan_site(second, host.store(), now=NOW + timedelta(days=8))
    assert plan.remove
    _, said, _ = run("publish", "--dry-run", "--grace", "0", "--root", str(root), environment=settings(host))
    assert "Skulle tas bort:\n" in said
    assert "    assets/a.svg\n" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SITE_URL": ""}, "Skriv webbplatsens adress i SITE_URL, så här: SITE_URL=https://"),
        ({"SITE_URL": "http://podd.prov.test/"}, "SITE_URL är «http://podd.prov.test/». Skriv adressen med https://"),
        ({"SITE_URL": DEFAULT_SITE_URL}, "som är ett exempel och ingens adress"),
        ({"SITE_URL": "podd"}, "SITE_URL är «podd». Skriv hela adressen"),
        ({"SITE_URL": "https://annan.test/"}, f"webbplatsen är byggd för {URL} och SITE_URL är https://annan.test/"),
        ({"PUBLISH_BUCKET": ""}, "PUBLISH_BUCKET=namn"),
        ({"PUBLISH_BUCKET": "finns-inte"}, "Det finns ingen bucket som heter «finns-inte» på http://127.0.0.1:"),
        ({"PUBLISH_BUCKET": "s3://prov/webb"}, "PUBLISH_BUCKET är «s3://prov/webb». Skriv bara bucketens namn"),
        ({"PUBLISH_ENDPOINT": "lagring"}, "PUBLISH_ENDPOINT är «lagring». Skriv lagringens adress"),
        ({"PUBLISH_ENDPOINT": "http://127.0.0.1:1"}, "http://127.0.0.1:1 svarar inte"),
        ({"AWS_ACCESS_KEY_ID": ""}, "Det finns ingen nyckel till lagringen. Sätt AWS_ACCESS_KEY_ID"),
        ({"AWS_PROFILE": "finns-inte"}, "AWS_PROFILE eller dess inställningar går inte att använda"),
    ],
)
def test_a_setting_that_is_wrong_is_answered_before_anything_is_touched(
    host: StoreHost, first: BuiltSite, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    _refused(host, as_project(tmp_path, first), settings(host) | change, said)


@pytest.mark.parametrize(("written", "said"), [("tre", "Skriv ett helt tal."), ("-1", "Skriv ett tal: x>=0.")])
def test_a_number_of_days_that_is_none_is_answered_in_swedish(written: str, said: str) -> None:
    _, _, error = run("publish", f"--grace={written}")
    assert f"'--grace': {written!r} går inte. {said}".replace("'-1'", "-1") in error


def test_settings_that_are_wrong_are_answered_together(host: StoreHost, first: BuiltSite, tmp_path: Path) -> None:
    wrong = settings(host) | {"SITE_URL": "http://podd.prov.example/", "PUBLISH_BUCKET": ""}
    root = as_project(tmp_path, first)
    for said in ("Skriv adressen med https://", "ingens adress", "PUBLISH_BUCKET=namn"):
        _refused(host, root, wrong, said)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "RequestTimeTooSkewed"), "Klockan i den här datorn går fel, så lagringen tar inte emot något"),
        ((403, "AccessDenied"), "Nyckeln får inte göra det som behövs i «prov»"),
        ((403, "InvalidAccessKeyId"), "känner inte igen nyckeln (InvalidAccessKeyId)"),
        ((403, "SignatureDoesNotMatch"), "känner inte igen nyckeln"),
        ((400, "ExpiredToken"), "Nyckeln till lagringen har gått ut"),
        ((301, "PermanentRedirect"), "«prov» ligger i en annan region"),
        ((400, "AuthorizationHeaderMalformed"), "«prov» ligger i en annan region"),
        ((405, "MethodNotAllowed"), "är ingen lagring som förstår S3"),
        ((500, "InternalError"), "svarade InternalError om och om igen"),
    ],
)
def test_a_store_that_refuses_is_understood(
    host: StoreHost, first: BuiltSite, tmp_path: Path, answer: Answer, said: str
) -> None:
    host.break_at = lambda _request: answer
    _refused(host, as_project(tmp_path, first), settings(host), said)


def test_a_key_that_may_only_read_is_found_out_before_anything_is_touched(
    host: StoreHost, first: BuiltSite, tmp_path: Path
) -> None:
    host.break_at = lambda request: (403, "AccessDenied") if request.method == "PUT" else None
    _refused(host, as_project(tmp_path, first), settings(host), "s3:PutObject")


def test_something_else_that_answers_is_no_store(
    first: BuiltSite, host: StoreHost, tmp_path: Path, site_url: str
) -> None:
    _refused(
        host, as_project(tmp_path, first), settings(host, PUBLISH_ENDPOINT=site_url), "ingen lagring som förstår S3"
    )


def test_a_site_that_is_not_built_is_not_published(host: StoreHost, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").touch()
    _refused(host, tmp_path, settings(host), "webbplatsen är inte byggd. Bygg den först, med: okatakten build")


def test_a_preview_is_not_published(host: StoreHost, first: BuiltSite, tmp_path: Path) -> None:
    root = as_project(tmp_path, first)
    home = root / "site/index.html"
    home.write_text('<meta name="robots" content="noindex">', encoding="utf-8")
    _refused(host, root, settings(host), "det är en förhandsvisning")


def test_the_published_feed_may_be_elsewhere(
    host: StoreHost, first: BuiltSite, second: BuiltSite, tmp_path: Path
) -> None:
    root = as_project(tmp_path, first)
    feed = second.folder / "podd/feed.xml"
    status, _, said = run("publish", "--published", str(feed), "--root", str(root), environment=settings(host))
    assert status == 1
    assert "Avsnittet saknas: avsnitt-3" in said
    _, _, said = run("publish", "--published", "finns-inte.xml", "--root", str(root), environment=settings(host))
    assert "Det finns ingen fil med namnet" in said
    assert host.objects() == {}


def test_a_break_says_what_to_do(host: StoreHost, first: BuiltSite, tmp_path: Path) -> None:
    host.break_at = lambda request: (403, "AccessDenied") if request.path == "index.html" else None
    status, _, said = run("publish", "--root", str(as_project(tmp_path, first)), environment=settings(host))
    assert status == 1
    assert "Kör samma kommando igen, så fortsätter det." in said


def _refused(host: StoreHost, root: Path, environment: dict[str, str], said: str) -> None:
    status, out, error = run("publish", "--root", str(root), environment=environment)
    assert (status, out) == (1, "")
    assert said in error
    assert "Traceback" not in error
    assert host.objects() == {}


def test_other_commands_do_not_load_what_only_publishing_needs() -> None:
    code = "import sys, okatakten.commands.main; sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_somebody_is_told_how_to_get_it(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("okatakten.publish.") or name == "boto3"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "boto3", None)
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "site").symlink_to(site)
    environment = {"BEFORE_LAUNCH": "1", "SITE_URL": URL, "PUBLISH_BUCKET": "prov"}
    status, said, complaint = run("publish", "--root", str(tmp_path), environment=environment)
    assert (status, said) == (1, "")
    assert "Kör make publish-tools, och sedan samma kommando igen." in complaint


# Memory


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b'{"gone": 1}', b'{"gone": {"a": "igen"}}', b'{"objects": ["a"]}', b"\xff"]
)
def test_a_memory_that_says_nothing_is_none(written: bytes) -> None:
    assert parse_memory(written) == Memory()


def test_a_memory_comes_back_as_it_was() -> None:
    memory = Memory(objects={"a": "1", "b": ""}, gone={"b": NOW})
    assert parse_memory(build_memory(memory)) == memory


def test_a_feed_says_for_which_address_it_was_made(first: BuiltSite) -> None:
    feed = parse_promised((first.folder / "podd/feed.xml").read_bytes())
    assert feed
    assert feed.base == URL
