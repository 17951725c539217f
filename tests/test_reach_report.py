"""What `okatakten reach` gives out: tables whose sums agree, a report that singles nobody out, and no address anywhere."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from lxml import html
from openpyxl import load_workbook
from playwright.sync_api import Browser

from guide import LOOK, hold, hold_said
from okatakten.commands.main import app
from okatakten.disk import write
from okatakten.reach.counting import Counted, Figure, LineFigure, Outcome
from okatakten.reach.days import read_days, write_days
from okatakten.reach.places import Sort
from okatakten.reach.promised import find_kept
from okatakten.reach.summing import Period, Total, add_up, period_of
from okatakten.reach.tables import build_csv
from okatakten.reach.wording import rounded, said
from okatakten.site.project import read_project
from support import NOW, OWN_SITE, PROJECT, copy_project, run
from test_documents import check

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
EPISODE = "/podd/atta-fragor/audio.mp3"
TABLES = ("spridning.csv", "spridning.xlsx")


def address(number: int) -> str:
    return f"198.51.100.{number}" if number % 2 else f"2001:db8:{number:x}::7"


def request(path: str, number: int, *, day: str = "2026-11-02", sent: int = 0, agent: str = CHROME) -> str:
    return json.dumps(
        {"time_iso8601": f"{day}T10:00:00+00:00", "remote_addr": address(number), "request_method": "GET", "uri": path,
         "status": 200, "body_bytes_sent": sent, "http_user_agent": agent, "referrer": "https://regionjh.se/a"}
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(site: Path) -> int:
    return (site / EPISODE[1:]).stat().st_size


@pytest.fixture
def log(tmp_path: Path, whole: int) -> Path:
    """Seven downloads, three views of a page on one day and nine on another after a gap, and what does not count."""
    lines = [request(EPISODE, n, sent=whole) for n in range(7)]
    lines += [request("/om/", n) for n in range(3)]
    lines += [request("/om/", n, day="2026-11-09") for n in range(9)]
    lines += [
        request(EPISODE, 20, sent=1000),
        request("/om/", 21, agent="Googlebot/2.1"),
        request("/assets/site.css", 22),
    ]
    lines += [request("/podd/feed.xml", n, agent="AntennaPod/3.4.0") for n in range(6)]
    lines += [f"inte en rad {address(31)}"]
    path = tmp_path / "access.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("projekt"))


class Reach:
    """The command in a copy of the project, for the site that all tests share."""

    def __init__(self, root: Path, site: Path, out: Path) -> None:
        self.root, self.site, self.out = root, site, out

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        words = [
            "reach",
            *map(str, arguments),
            "--root",
            str(self.root),
            "--site",
            str(self.site),
            "--out",
            str(self.out),
        ]
        return run(*words)

    def bytes(self) -> dict[str, bytes]:
        files = (path for path in self.out.rglob("*") if path.is_file())
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in files}

    def report(self) -> Any:
        return html.fromstring(self.text("rapport.html"))

    def text(self, name: str) -> str:
        return (self.out / name).read_text(encoding="utf-8-sig")


@pytest.fixture
def reach(project: Path, site: Path, tmp_path: Path) -> Reach:
    return Reach(project, site, tmp_path / "spridning")


@pytest.mark.parametrize(
    ("number", "words", "drawn"),
    [(0, "0", 0), (1, "färre än 5", 2.5), (4, "färre än 5", 2.5), (5, "5", 5), (7, "5", 5), (8, "10", 10),
     (12, "10", 10), (13, "15", 15), (1234, "1\N{NO-BREAK SPACE}235", 1235)],
)  # fmt: skip
def test_what_others_read_is_rounded_so_that_nobody_is_singled_out(number: int, words: str, drawn: float) -> None:
    assert said(number) == words
    assert rounded(number) == drawn


def test_people_of_days_are_added_up_and_an_estimate_stays_one() -> None:
    figures = [Figure(day, Sort.PAGE, "om/", 3, 2, day == 1) for day in range(3)]
    assert add_up(figures, by=lambda each: each.name) == {"om/": Total(9, 6, True)}


def test_days_that_were_not_counted_are_told_of_as_times() -> None:
    days = [date(2026, 11, day) for day in (1, 2, 4, 9)]
    gaps = Period(days=tuple(days)).gaps
    assert gaps == [(date(2026, 11, 3), date(2026, 11, 3)), (date(2026, 11, 5), date(2026, 11, 8))]


def test_a_week_of_which_no_day_was_counted_has_its_place_among_the_others() -> None:
    days = (date(2026, 12, 20), date(2026, 12, 31), date(2027, 1, 1))
    assert Period(days=days).weeks == {"2026-v51": 1, "2026-v52": 0, "2026-v53": 2}


def test_every_line_is_told_of_and_the_sum_is_all_of_them(reach: Reach, log: Path) -> None:
    status, out, _ = reach(log)
    assert status == 0
    table = [line.split("  ") for line in out.splitlines() if line.startswith("      ")]
    *rows, total = [(int(count), words) for count, words in ((row[-2], row[-1]) for row in table)]
    assert {words: count for count, words in rows} == {
        "räknade": 25,
        "för lite av filen": 1,
        "robotar": 1,
        "det som sidor är gjorda av: bilder, stilar, skript": 1,
        "går inte att läsa": 1,
    }
    assert total == (29, "tillsammans, av 29")
    assert sum(count for count, _ in rows) == 29 == len(log.read_text().splitlines())
    assert "Loggarna går från 2026-11-02 10:00 till 2026-11-09 10:00 (UTC)." in out


def test_a_line_that_cannot_be_read_is_named_by_its_number_and_never_shown(reach: Reach, log: Path) -> None:
    _, out, _ = reach(log)
    assert f"{log}, rad 29: " in out
    assert "inte en rad" not in out


def test_no_address_stands_in_anything_that_is_left(reach: Reach, log: Path) -> None:
    led = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    leading = ["198.51.100.9", "2001:db8:77::9"]
    pages = [f"http://{'[' * (':' in host)}{host}{']' * (':' in host)}:8080/hem" for host in leading]
    more = [json.dumps(led | {"uri": "/index.html", "status": "200", "referrer": page}) for page in pages]
    log.write_text("\n".join(more) + "\n" + log.read_text(encoding="utf-8"), encoding="utf-8")
    status, out, err = reach(log)
    assert status == 0
    addresses = [*(address(n) for n in range(32)), *leading]
    unpacked = {**reach.bytes(), "out": out.encode(), "err": err.encode()}
    workbook = load_workbook(reach.out / "spridning.xlsx")
    cells = [str(value) for sheet in workbook for row in sheet.iter_rows(values_only=True) for value in row]
    unpacked["cells"] = "\n".join(cells).encode()
    if "rapport.pdf" in unpacked:
        unpacked["paper"] = _text_of_pdf(reach.out / "rapport.pdf").encode()
    assert set(unpacked) >= {"dagar/2026-11-02.json", *TABLES, "rapport.html", "rapport.txt", "bilder/weeks.svg"}
    assert not [(name, each) for name, content in unpacked.items() for each in addresses if each.encode() in content]


def _text_of_pdf(path: Path) -> str:
    with pymupdf.open(path) as document:
        return "\n".join(page.get_text() for page in document)


def test_the_tables_have_the_figures_that_are_kept(reach: Reach, log: Path) -> None:
    reach(log)
    kept = read_days(reach.out)
    rows = list(csv.DictReader(io.StringIO(reach.text("spridning.csv")), delimiter=";"))
    assert (reach.out / "spridning.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert sum(int(row["Antal"]) for row in rows) == sum(each.times for each in kept.figures)
    assert [(row["Vecka"], row["Namn"], row["Antal"], row["Nådda"]) for row in rows if row["Adress"] == "/om/"] == [
        ("2026-v45", "Om förstudien", "3", "3"),
        ("2026-v46", "Om förstudien", "9", "9"),
    ]
    workbook = load_workbook(reach.out / "spridning.xlsx")
    assert workbook.sheetnames == ["Veckor", "Dagar", "Program", "Ledde hit", "Loggrader", "Så räknas det"]
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in workbook}
    assert [[str(cell) for cell in row if cell is not None] for row in sheets["Veckor"][1:]] == [
        [cell for cell in row.values() if cell] for row in rows
    ]
    assert sum(int(str(row[4])) for row in sheets["Dagar"][1:]) == sum(each.times for each in kept.figures)
    assert sheets["Loggrader"][-1][-1] == sum(each.lines for each in kept.lines) == 28
    assert any("exakta" in str(row[0]) for row in sheets["Så räknas det"])


def test_text_in_a_table_never_becomes_a_formula() -> None:
    counted = Counted([Figure(20_000, Sort.PAGE, "=a/", 1, 1, False)], [], [LineFigure(20_000, Outcome.COUNTED, 1)])
    row = list(csv.reader(io.StringIO(build_csv(counted, {"=a/": "=HYPERLINK()"}).decode("utf-8-sig")), delimiter=";"))[
        1
    ]
    assert row[3] == "'=HYPERLINK()"


def test_the_report_says_the_figures_that_are_kept_rounded(reach: Reach, log: Path) -> None:
    reach(log)
    tree = reach.report()
    sums = {row[0].text: [cell.text for cell in row[1:]] for row in tree.xpath("//caption[@id='summor']/..//tbody/tr")}
    assert sums["Avsnitt"] == ["5 nedladdningar", "5 lyssnare per dag, summerade"]
    assert sums["Sidor"] == ["10 visningar", "10 läsare per dag, summerade"]
    weeks = [[cell.text_content() for cell in row] for row in tree.xpath("//table[contains(@class, '--weeks')]//tr")]
    assert weeks[1:] == [["2026-v45 (1 av 7 dagar)", "5", "5"], ["2026-v46 (1 av 7 dagar)", "0", "0"]]
    reached = {row[0].text: row[3].text for row in tree.xpath("//caption[@id='kanaler']/..//tbody/tr")}
    assert reached["Podden Öka takten"] == "5 nedladdningar, 5 hämtningar av flöden"
    assert "3 visningar" not in tree.text_content()
    assert "Inte räknade däremellan: 2026-11-03 till 2026-11-08." in tree.text_content()


def test_a_channel_in_which_nothing_came_out_says_so(reach: Reach, log: Path) -> None:
    reach(log)
    tree = reach.report()
    told = {row[0].text: row[2].text for row in tree.xpath("//caption[@id='kanaler']/..//tbody/tr")}
    assert told["Slutkonferens"] == told["Energikontorets sida på LinkedIn"] == "inte publicerat"
    assert len(told) == 10
    assert told["Intervjuer i medier"] == "1 st., 2026-11-19"
    assert "Medfinansieras av Europeiska unionen" in tree.text_content()
    assert "Medfinansieras av Europeiska unionen" in reach.text("rapport.txt")


def test_what_a_project_knows_has_its_day_and_belongs_to_the_nearest_channel(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    with (root / "docs/channels.yml").open("a", encoding="utf-8") as file:
        file.write("  - name: Ett inlägg\n    source: ansokan\n    published:\n"
                   "      - day: 2026-11-01\n        address: https://exempel.se/a\n        note: en film\n")  # fmt: skip
    kept = {each.channel.name: each.items for each in find_kept(read_project(root, now=NOW), OWN_SITE, root=root)}
    assert [(item.day, item.address, item.path) for item in kept["Ett inlägg"]] == [
        (date(2026, 11, 1), "https://exempel.se/a", None)
    ]
    assert {str(item.path).split("/")[0] for item in kept["Podden Öka takten"]} == {"podd"}
    assert {str(item.path).split("/")[0] for item in kept["Delar av resultatet på sydsamiska"]} == {"sma"}
    assert not {"podd/", "sma/", "broschyr/"} & {item.path for item in kept["Den egna webbplatsen"]}
    assert [item.day for item in kept["Broschyr"]] == [date(2026, 11, 21)]
    # A meeting that lies ahead has not been held, and there is no Git that could say when a page without a day came.
    assert "moten/marknadsdialog/" not in {item.path for item in kept["Den egna webbplatsen"]}
    assert {item.path: item.day for item in kept["Den egna webbplatsen"]}["om/"] is None


def test_a_page_without_a_day_came_when_its_file_was_first_committed(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    own = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@exempel.se", "GIT_COMMITTER_NAME": "a",
           "GIT_COMMITTER_EMAIL": "a@exempel.se", "GIT_COMMITTER_DATE": "2026-10-05T12:00:00+0000"}  # fmt: skip
    for words in (["init", "-q"], ["add", "docs"], ["commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=root, env={**os.environ, **own}, check=True)
    (root / "docs/sv/om.md").write_text(
        (root / "docs/sv/om.md").read_text(encoding="utf-8") + "\nMer.\n", encoding="utf-8"
    )
    later = {**os.environ, **own, "GIT_COMMITTER_DATE": "2026-11-05T12:00:00+0000"}
    subprocess.run(["git", "commit", "-qam", "y"], cwd=root, env=later, check=True)
    kept = {each.channel.name: each.items for each in find_kept(read_project(root, now=NOW), OWN_SITE, root=root)}
    assert {item.path: item.day for item in kept["Den egna webbplatsen"]}["om/"] == date(2026, 10, 5)


def test_the_same_figures_give_the_same_bytes(reach: Reach, log: Path) -> None:
    reach(log)
    first = reach.bytes()
    assert reach(log)[0] == 0
    assert reach()[0] == 0
    shutil.copytree(reach.out / "dagar", reach.out.parent / "annan" / "dagar")
    other = Reach(reach.root, reach.site, reach.out.parent / "annan")
    assert other()[0] == 0
    assert other.bytes() == reach.bytes() == first


def test_what_is_interrupted_leaves_what_was_there_before(
    reach: Reach, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(log)
    first = reach.bytes()
    more = log.with_name("mer.log")
    more.write_text(request("/om/", 1, day="2026-11-10") + "\n", encoding="utf-8")

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(write, "_move", stopped)
        result = CliRunner().invoke(
            app, ["reach", str(more), "--root", str(reach.root), "--site", str(reach.site), "--out", str(reach.out)]
        )
    assert result.exit_code == 1
    assert reach.bytes() == first
    assert reach(more)[0] == 0
    assert [str(day) for day in period_of(read_days(reach.out)).days] == ["2026-11-02", "2026-11-09", "2026-11-10"]


def test_a_day_that_comes_with_fewer_lines_stays_until_it_is_asked_for(reach: Reach, log: Path) -> None:
    reach(log)
    less = log.with_name("mindre.log")
    less.write_text(request("/om/", 1) + "\n", encoding="utf-8")
    before = reach.bytes()
    _, out, _ = reach(less)
    assert "2026-11-02 har 1 rader nu och hade 19 förra gången." in out
    assert reach.bytes() == before
    reach(less, "--replace")
    assert sum(each.lines for each in read_days(reach.out).lines) == 10


def test_what_is_left_of_a_report_that_cannot_be_made_anew_is_taken_away(
    reach: Reach, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(log)
    (reach.out / "rapport.pdf").write_bytes(b"en gammal")
    (reach.out / "bilder/clip.svg").write_bytes(b"en gammal")
    monkeypatch.setattr("okatakten.documents.pdf.is_installed", lambda: False)
    status, out, _ = reach()
    assert status == 0
    assert "Rapporten är inte gjord som PDF." in out
    assert "make documents" in out
    assert not (reach.out / "rapport.pdf").exists()
    assert not (reach.out / "bilder/clip.svg").exists()


def test_without_the_project_there_are_tables_with_addresses_and_no_report(
    site: Path, tmp_path: Path, log: Path
) -> None:
    reach = Reach(tmp_path / "tom", site, tmp_path / "ut")
    reach.root.mkdir()
    status, out, _ = reach(log)
    assert status == 0
    assert "Rapporten och bilderna görs av projektets filer" in out
    assert {name for name in reach.bytes() if "/" not in name} == {*TABLES}
    assert "om/;/om/" in reach.text("spridning.csv")


def unlike(folder: Path) -> Iterator[tuple[str, Sequence[str], str]]:
    """Yield what is no log, by name, with what is said of it."""
    (folder / "tom.log").write_bytes(b"")
    (folder / "loggar.zip").write_bytes(b"PK\x03\x04abc")
    (folder / "bild.log").write_bytes(bytes(range(256)) * 40)
    (folder / "mapp").mkdir()
    yield "a log that is not there", ["finns-inte.log"], "finns inte. Skriv var loggen ligger"
    yield "an empty log", ["tom.log"], "är tom"
    yield "a zip", ["loggar.zip"], "är en zip-fil. Packa upp den först"
    yield "a picture", ["bild.log"], "är ingen logg av något slag som kommandot känner"
    yield "an empty folder", ["mapp"], "Det finns inga loggar i"


def test_what_is_no_log_is_told_in_words_and_counts_nothing(reach: Reach, log: Path, tmp_path: Path) -> None:
    reach(log)
    before = reach.bytes()
    for name, given, told in unlike(tmp_path):
        status, out, err = reach(*(tmp_path / each for each in given))
        assert status == 1, name
        assert told in out + err, name
        assert "är räknat" in err or "Inget är räknat" in err, name
        assert reach.bytes() == before, name


def test_a_log_that_is_given_twice_and_one_that_is_cut_are_named(reach: Reach, log: Path) -> None:
    packed = log.with_name("packad.log.gz")
    packed.write_bytes(gzip.compress(f"{request('/om/', 5)}\n".encode() * 50)[:-9])
    copy = shutil.copy2(log, log.with_name("kopia.log"))
    status, out, _ = reach(log, copy, packed)
    assert status == 0
    assert f"{copy} börjar likadant som {log} och är inte räknad en gång till." in out
    assert f"{packed} tar slut för tidigt." in out


def test_a_log_of_another_site_is_told_with_an_address_of_it(reach: Reach, log: Path) -> None:
    log.write_text("\n".join(request(f"/annan/{n}", n) for n in range(20)) + "\n", encoding="utf-8")
    _, out, _ = reach(log)
    assert "Nästan inget av det som loggarna handlar om finns på webbplatsen." in out
    assert out.count("/annan/0") == 1
    assert address(0) not in out


def test_a_log_without_parts_of_files_is_said_to_be_estimated(reach: Reach, log: Path, whole: int) -> None:
    line = f'198.51.100.9 - - [02/Nov/2026:10:00:00 +0000] "GET {EPISODE} HTTP/1.1" 206 {whole} "-" "{CHROME}"'
    log.write_text(line + "\n", encoding="utf-8")
    _, out, _ = reach(log)
    assert "Där är talen uppskattade." in out
    assert "Där är nedladdningarna uppskattade. Det gäller avsnitt." in reach.text("rapport.txt")


@pytest.mark.parametrize("place", ["site", "docs/spridning", "podcast", ".", "mkdocs.yml"])
def test_exact_figures_are_never_put_where_they_would_be_published(place: str, reach: Reach, log: Path) -> None:
    reach.out = reach.root / place
    status, _, err = reach(log)
    assert status == 1
    assert "--out spridning" in err
    assert not (reach.root / place / "dagar").exists()


def test_a_site_that_is_not_built_is_told(reach: Reach, log: Path, tmp_path: Path) -> None:
    reach.site = tmp_path / "ingen"
    status, _, err = reach(log)
    assert status == 1
    assert "okatakten build" in err


def test_no_days_and_no_logs_are_told(reach: Reach) -> None:
    status, _, err = reach()
    assert status == 1
    assert "Inga dagar är räknade" in err


def test_how_each_day_was_counted_is_kept_with_it(reach: Reach, log: Path) -> None:
    reach(log)
    write_days(reach.out, Counted([], [], [LineFigure(20_000, Outcome.COUNTED, 1)]))
    reach()
    said_of_it = reach.text("rapport.txt")
    assert "2 dagar är räknade med okatakten 0.1.0 och kommandots egen lista över program, version " in said_of_it
    assert "1 dag är räknad med en version och en lista över program som ingen har skrivit upp." in said_of_it


def test_a_picture_stands_alone_on_white_and_shows_only_what_is_rounded(reach: Reach, log: Path) -> None:
    reach(log)
    picture = (reach.out / "bilder/page.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "Om förstudien: 10" in picture
    assert "class=" not in picture
    assert Counter(path.stem for path in (reach.out / "bilder").iterdir()) == Counter(
        ["weeks", "episode", "page", "feed", "hosts", "apps"]
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_is_for_all_and_fetches_nothing(width: int, reach: Reach, log: Path, browser: Browser) -> None:
    reach(log)
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked, said_by_browser = [], []
    page.on("request", lambda each: asked.append(each.url))
    page.on("console", lambda each: said_by_browser.append(each.text))
    page.goto((reach.out / "rapport.html").as_uri())
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said_by_browser == []
    page.close()


@pytest.mark.paper
def test_the_report_on_paper_is_one_that_screen_readers_can_read(reach: Reach, log: Path) -> None:
    reach(log)
    check(reach.out / "rapport.pdf")
    text = _text_of_pdf(reach.out / "rapport.pdf")
    assert "inte publicerat" in text
    assert "Tabeller till diagrammen" in text


@pytest.mark.browser
def test_the_guide_shows_what_is_said_and_the_report_of_a_made_up_log(
    reach: Reach, log: Path, whole: int, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks = {"2026-11-02": 40, "2026-11-09": 65, "2026-11-16": 30}
    lines = [request(EPISODE, n, day=day, sent=whole) for day, listeners in weeks.items() for n in range(listeners)]
    lines += [request("/om/", 2, day="2026-11-16", agent="Googlebot/2.1") for _ in range(12)]
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(log.parent)
    reach.out = Path("spridning")
    status, out, _ = reach("access.log")
    assert status == 0
    hold_said(out, guide=(PROJECT / "podcast/README.md").read_text(encoding="utf-8"))
    context = browser.new_context(**LOOK)
    page = context.new_page()
    page.goto((log.parent / "spridning/rapport.html").as_uri())
    heading = page.get_by_role("heading", name="Hur långt det nådde")
    heading.evaluate("(heading) => { heading.append(' (påhittade tal)'); heading.scrollIntoView(); }")
    hold("9-spridning", heading, page.get_by_role("region", name="Allt tillsammans"), page.get_by_role("figure").first)
    context.close()
