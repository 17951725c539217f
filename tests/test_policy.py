"""The policy of each page: in the page itself, the same as in the headers, and enough where a host sends none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from conftest import serving
from okatakten.model import AudioFile
from okatakten.serve.serving import HEADERS_FILE, POLICY
from okatakten.site.finished import check_finished
from okatakten.site.policy import audio_hosts
from okatakten.written.problems import Kind
from support import PROJECT, a_show, an_episode, static_files
from test_serving import read_headers

META = re.compile(r'<head>\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
INJECTED = (
    "<script>window.ran = 1</script><img src=finns-inte.png alt='' onerror='window.ran = 2'>"
    "<a id=prov href='javascript:window.ran=3'>x</a><script src='https://prov.example/a.js'></script>"
)


def pages_of(site: Path) -> dict[str, str]:
    """Return every page of a built site by its address."""
    files = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {name.removesuffix("index.html"): path.read_text(encoding="utf-8") for name, path in files.items()}


def test_every_page_says_first_what_its_header_says(site: Path) -> None:
    rules = read_headers((site / HEADERS_FILE).read_text(encoding="utf-8"))
    pages = pages_of(site)
    assert {"404.html", "sma/404.html", "sok/", "podd/atta-fragor/embed/"} <= set(pages)
    for address, text in pages.items():
        said = META.search(text)
        assert said, address
        *_, header = [headers[POLICY] for path, headers in rules if POLICY in headers and path.fullmatch(f"/{address}")]
        assert re.fullmatch(re.escape(said[1]) + r"; frame-ancestors (?:'none'|\*)", header), address
        assert text.index("charset=") < 1024


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://media.example/a.mp3", "https://media.example"),
        ("https://media.example:8443/a.mp3", "https://media.example:8443"),
        ("https://nagon:hemligt@media.example/a.mp3", "https://media.example"),
        ("https://a;script-src *@media.example/a.mp3", "https://media.example"),
        ("https://media.example$x;/a.mp3", None),
        ("https://*/a.mp3", None),
    ],
)
def test_a_policy_names_hosts_of_audio_and_nothing_else_of_their_addresses(url: str, host: str | None) -> None:
    audio = AudioFile(url=url, length=1, media_type="audio/mpeg", duration=an_episode().audio.duration)
    assert audio_hosts(a_show(an_episode(audio=audio))) == ((host,) if host else ())


def inject(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", f"{INJECTED}</main>"))


@pytest.mark.browser
@pytest.mark.parametrize("address", ["", "sok/", "podd/atta-fragor/", "podd/atta-fragor/embed/", "finns/inte/"])
def test_what_is_injected_does_not_run_where_no_header_says_so(browser: Browser, site_url: str, address: str) -> None:
    page = browser.new_page()
    page.route(f"{site_url}{address}", inject)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(site_url + address)
    assert answer
    assert POLICY.lower() not in answer.headers
    page.locator("#prov").dispatch_event("click")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.ran") is None
    assert all(url.startswith(site_url) for url in asked if "prov.example" not in url)
    assert page.evaluate("document.querySelector('script[src*=prov]') !== null")
    page.close()


@pytest.mark.browser
def test_the_site_works_under_the_policy_that_pages_say(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{site_url}sok/?q=upphandling")
    page.locator(".site-hit").first.wait_for()
    page.goto(f"{site_url}podd/atta-fragor/")
    page.get_by_role("button", name="Spela", exact=True).click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.1")
    assert page.evaluate("document.fonts.ready.then((fonts) => [...fonts][0].status)") == "loaded"
    assert wrong == []
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_the_player_plays_in_a_frame_without_headers(
    browser: Browser, site_url: str, sandbox: str, tmp_path: Path
) -> None:
    frame = f'<!doctype html><title>x</title><iframe src="{site_url}podd/atta-fragor/embed/" {sandbox}></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    page = browser.new_page()
    with serving(static_files(tmp_path)) as other:
        page.goto(other)
        player = page.frame_locator("iframe")
        player.get_by_role("button", name="Spela").click()
        expect(player.get_by_role("button", name="Pausa")).to_be_visible()
    page.close()


def finished(site: Path, folder: Path, change: tuple[str, str], *, address: str = "om") -> list[tuple[Kind, str, int]]:
    """Return what the last look finds where a page of a built site is changed."""
    shutil.copytree(site / address, folder / address)
    page = folder / address / "index.html"
    text = page.read_text(encoding="utf-8")
    assert change[0] in text
    page.write_text(text.replace(*change, 1), encoding="utf-8")
    return [(problem.kind, problem.file, problem.line) for problem in check_finished(folder, root=PROJECT)]


@pytest.mark.parametrize(
    "change",
    [
        ("</main>", "<script>alert(1)</script></main>"),
        ("</main>", "<script src=//prov.example/a.js></script></main>"),
        ("</main>", "<p onclick=alert(1)>x</p></main>"),
        ("</main>", "<p style=color:red>x</p></main>"),
        ("</main>", "<a href='java&#10;script:alert(1)'>x</a></main>"),
        ("</main>", "<a href=/ ping=//prov.example>x</a></main>"),
        ("</main>", "<img src=//prov.example/a.png alt=''></main>"),
        ("</main>", "<img srcset='//prov.example/a.png 1x' alt=''></main>"),
        ("</main>", "<iframe src=/></iframe></main>"),
        ("</main>", "<form action=//prov.example></form></main>"),
        ("</main>", "<input type=image src=a.png></main>"),
        ("</main>", "<video src=a.mp4 controls></video></main>"),
        ("</main>", "<body onload=alert(1)></main>"),
        ("</main>", "<html onclick=alert(1)></main>"),
        ("</main>", "<svg><image href=//prov.example/a.png></image></svg></main>"),
        ("</main>", "<svg><style><img src=x onerror=alert(1)></style></svg></main>"),
        ("</main>", "<svg><title><img src=x onerror=alert(1)></title></svg></main>"),
        ("</main>", "<p id=site-meny>x</p></main>"),
        ("</main>", "<math></math></main>"),
        ("</main>", "<div>" * 3000 + "<b onclick=x>" + "</main>"),
        ("</title>", "</title><base href=//prov.example>"),
        ("</title>", "</title><meta http-equiv=refresh content='0; url=https://prov.example/'>"),
        ("</title>", "</title><meta http-equiv=set-cookie content=a>"),
        ("</title>", "</title><link rel=stylesheet href=//prov.example/a.css>"),
        ("</title>", "</title><link rel=prefetch href=//prov.example/a>"),
        ("<head>", "<head><script src=a.js></script>"),
        ('http-equiv="Content-Security-Policy"', 'name="policy"'),
    ],
    ids=lambda change: change[1][:24],
)  # fmt: skip
def test_the_last_look_finds_what_no_page_may_hold(site: Path, tmp_path: Path, change: tuple[str, str]) -> None:
    found = finished(site, tmp_path, change)
    assert found
    assert {file for _, file, _ in found} <= {"docs/sv/om.md", "docs/sv/words.yml"}


def test_the_last_look_is_content_with_what_is_built_and_names_the_line_of_a_text(site: Path, tmp_path: Path) -> None:
    assert check_finished(site, root=PROJECT) == []
    assert finished(site, tmp_path, ("</main>", "<p id='x' resultat></p></main>")) != []
    # An id that is a page's own leads to its line.
    lines = (PROJECT / "docs/sv/om.md").read_text(encoding="utf-8").split("\n")
    [number] = [number for number, line in enumerate(lines, start=1) if line.startswith("title:")]
    shutil.rmtree(tmp_path / "om")
    found = finished(site, tmp_path, ("</main>", f"<a href='javascript:{lines[number - 1].lower()}'>x</a></main>"))
    assert [kind for kind, _, _ in found] == [Kind.LINK_BROKEN]
