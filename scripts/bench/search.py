"""What the search finds and costs, beside Pagefind: `python scripts/bench/search.py [number of episodes ...]`.

Both index the same pages: those of this project, which the questions in tests/search/queries.tsv are about, and those
of shows as large as is asked for. Prints Markdown tables; search.md keeps them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from bench.browse import DESKTOP, open_browser, visit
from bench.changes import Values
from bench.corpus import PROJECT, SOUGHT, make_episodes, write_ours
from bench.peers import BIN, CPU_LIMIT, measure
from bench.tables import figure, heading, line, machine, tell

QUERIES: Final = PROJECT / "tests/search/queries.tsv"
NOTHING: Final = "-"
ALL_OTHERS: Final = "*"

INDEX: Final = """from pathlib import Path
from okatakten.search.index import build_search
build_search(Path("site"), memory=Path("memory"))"""
PAGEFIND: Final = [sys.executable, "-m", "pagefind", "--site", "pagefind", "--force-language", "sv", "--silent"]
MARKS: Final = (
    (b" data-search-ignore", b" data-pagefind-ignore"), (b" data-search-about", b' data-pagefind-weight="5"'),
    (b" data-search-names", b' data-pagefind-weight="5"'), (b' data-search="', b' data-pagefind-body data-lang="'),
)  # fmt: skip
"""How Pagefind's attributes say what ours say."""

OURS: Final = """async (queries) => {
    const page = await import(new URL(document.querySelector(".site-search").dataset.finding, location.href).href);
    const answers = [];
    for (const query of queries) {
        const found = await page.find(query);
        await page.verify(found, Infinity);
        const hits = await Promise.all(found.pages.map(async (number) => page.record(await page.nameOf(number))));
        const places = (hit) => page.turnsOf(hit, page.hitsIn(hit.text.split(" "), found)).map(({ id }) => `#${id}`);
        answers.push(hits.map((hit) => ({ url: `/${hit.url}`, places: places(hit) })));
    }
    return answers;
}"""
OURS_FIRST: Final = """async (query) => {
    const page = await import(new URL(document.querySelector(".site-search").dataset.finding, location.href).href);
    const found = await page.find(query);
    await page.verify(found, 1);
    await page.record(await page.nameOf(found.pages[0]));
}"""
THEIRS: Final = """async (queries) => {
    const pagefind = await import("/pagefind/pagefind.js");
    const answers = [];
    for (const query of queries) {
        const { results } = await pagefind.search(query);
        const hits = await Promise.all(results.map((result) => result.data()));
        const places = ({ anchors }) => anchors.map(({ id }) => `#${id}`);
        answers.push(hits.map((hit) => ({ url: hit.url, places: places(hit) })));
    }
    return answers;
}"""


THEIRS_FIRST: Final = """async (query) => {
    const pagefind = await import("/pagefind/pagefind.js");
    await (await pagefind.search(query)).results[0].data();
}"""
COLUMNS: Final = {
    "cpu": "CPU s", "again": "CPU s again", "memory": "peak MB", "disk": "kB on disk", "first": "kB to first hit",
}  # fmt: skip
UNITS: Final = {"cpu": 1, "again": 1, "memory": 10**6, "disk": 1000, "first": 1000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody may look for: what has to be found, pages and places in them, and which pages must not be.

    `wrong` None: all others.
    """

    kind: str
    query: str
    found: tuple[str, ...]
    wrong: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is missing among the hits of a question, and what is wrong there."""

    question: Question
    missing: tuple[str, ...]
    wrong: tuple[str, ...]


def read_questions() -> list[Question]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [parse_question(**row) for row in rows]


def parse_question(*, kind: str, query: str, found: str, wrong: str) -> Question:
    wanted = tuple(address for address in found.split() if address != NOTHING)
    return Question(
        kind=kind, query=query, found=wanted, wrong=tuple(wrong.split()) if wanted and wrong != ALL_OTHERS else None
    )


def judge(question: Question, hits: Iterable[dict[str, Any]]) -> Answer:
    """Compare the hits of a question, each with its address and places in it, with what they should be."""
    places = {hit["url"]: {hit["url"] + place for place in hit["places"]} for hit in hits}
    there = {*places, *(place for of in places.values() for place in of)}
    right = {address.partition("#")[0] for address in question.found}
    return Answer(
        question=question,
        missing=tuple(address for address in question.found if address not in there),
        wrong=tuple(url for url in places if (url not in right if question.wrong is None else url in question.wrong)),
    )


def ask(browser: Browser, site: Path, address: str, script: str, questions: Sequence[Question]) -> list[Answer]:
    """Return what is answered to all questions on a page, by OURS or THEIRS."""
    with visit(browser, site, DESKTOP) as (page, url, _, _):
        page.goto(url + address)
        answers = page.evaluate(script, [question.query for question in questions])
    return [judge(question, hits) for question, hits in zip(questions, answers, strict=True)]


def first_bytes(browser: Browser, site: Path, address: str, *, queries: Iterable[str], hit: str) -> float:
    """Return how many bytes beside the page itself come until `hit` has the first hit of a query, on average."""
    sent = []
    for query in queries:
        with visit(browser, site, DESKTOP) as (page, url, counter, _):
            page.goto(url + address, wait_until="networkidle")
            before = len(counter.sent)
            page.evaluate(hit, query)
            sent.append(sum(length for _, length in counter.sent[before:]))
    return sum(sent) / len(sent)


def costs(root: Path, command: Sequence[str | Path], *, folder: str, made: Sequence[str], loaded: str = "") -> Values:
    """Return what an index costs from nothing, after one page has changed, and on disk. The site is in root/folder.

    `loaded` is what the build has loaded anyway, whose CPU is not counted.
    """
    idle = measure([sys.executable, "-c", f"import {loaded}"], root, limit=CPU_LIMIT)["cpu"] if loaded else 0
    for name in made:
        shutil.rmtree(root / name, ignore_errors=True)
    first = measure(command, root, limit=CPU_LIMIT)
    pages = root / folder
    size = sum(path.stat().st_size for path in (root / made[0]).rglob("*") if path.is_file())
    page = next(path for path in sorted(pages.glob("podd/*/index.html")))
    page.write_bytes(page.read_bytes().replace(b"</main>", b"<p>Ett ord till.</p></main>"))
    shutil.rmtree(root / made[0])
    again = measure(command, root, limit=CPU_LIMIT)
    return {
        "cpu": first["cpu"] - idle,
        "again": again["cpu"] - idle,
        "memory": max(first["memory"], again["memory"]),
        "disk": size,
    }


def prepare(site: Path, root: Path) -> None:
    """Lay a built site out twice, for us and for Pagefind."""
    shutil.copytree(site, root / "site", ignore=shutil.ignore_patterns("search"))
    for path in sorted((root / "site").rglob("*.html")):
        content = path.read_bytes()
        for ours, theirs in MARKS:
            content = content.replace(ours, theirs)
        other = root / "pagefind" / path.relative_to(root / "site")
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(content)
    (root / "pagefind/tom.html").write_text("<!doctype html><title>Tom</title>", encoding="utf-8")


def rows(browser: Browser, site: Path, name: str, queries: Sequence[str]) -> Iterator[tuple[str, str, Values]]:
    """Yield what both cost, and what a visitor fetches."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        tell(f"{name}: laid out for both")
        prepare(site, root)
        ours = costs(
            root,
            [sys.executable, "-c", INDEX],
            folder="site",
            made=["site/search", "memory"],
            loaded="lxml.etree, pathlib",
        )
        script = next(site.glob("assets/hashed/search.*.js")).read_bytes()
        ours["first"] = len(gzip.compress(script)) + first_bytes(
            browser, root / "site", "sok/", queries=queries, hit=OURS_FIRST
        )
        yield name, "ours", ours
        theirs = costs(root, PAGEFIND, folder="pagefind", made=["pagefind/pagefind"])
        theirs["first"] = first_bytes(browser, root / "pagefind", "tom.html", queries=queries, hit=THEIRS_FIRST)
        yield name, "Pagefind", theirs


def quality(browser: Browser, site: Path, questions: Sequence[Question]) -> Iterator[str]:
    """Yield the lines of a table of what both find, and what they find that they should not."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        prepare(site, root)
        measure(PAGEFIND, root, limit=CPU_LIMIT)
        answers = {
            "ours": ask(browser, site, "sok/", OURS, questions),
            "Pagefind": ask(browser, root / "pagefind", "tom.html", THEIRS, questions),
        }
    columns = [f"{who}: {what}" for who in answers for what in ("right", "missing", "wrong")]
    yield from heading(["kind", "questions", *columns], left={"kind"})
    kinds = [*dict.fromkeys(question.kind for question in questions)]
    for kind in [*kinds, "all"]:
        counts = []
        for given in answers.values():
            of = [answer for answer in given if kind in {answer.question.kind, "all"}]
            right = sum(not answer.missing and not answer.wrong for answer in of)
            counts += [right, sum(len(answer.missing) for answer in of), sum(len(answer.wrong) for answer in of)]
        yield line([kind, str(len(of)), *map(str, counts)])


def main() -> None:
    parser = argparse.ArgumentParser(description="What the search finds and costs, beside Pagefind.")
    parser.add_argument("sizes", nargs="*", type=int, metavar="EPISODES", default=[1000])
    options = parser.parse_args()
    questions = read_questions()
    firsts = {question.kind: question.query for question in reversed(questions) if question.found}
    table = heading(["pages", "index", *COLUMNS.values()], left={"pages", "index"})
    with open_browser() as browser, tempfile.TemporaryDirectory() as place:
        if browser is None:
            raise SystemExit("There is no Chromium.")
        where = machine(f"pagefind {version('pagefind')}", f"Chromium {browser.version}")
        project = build(Path(place) / "project", None)
        found = [*quality(browser, project, questions)]
        sites = [("of the project", project, [*firsts.values()])]
        sites += [(f"{size} episodes", build(Path(place) / str(size), size), [SOUGHT]) for size in options.sizes]
        for name, site, queries in sites:
            table += [
                line([of, index, *(figure(values[key], UNITS[key]) for key in COLUMNS)])
                for of, index, values in rows(browser, site, name, queries)
            ]
    print("\n".join([where, "", *found, "", *table]))


def build(root: Path, episodes: int | None) -> Path:
    """Build the project itself, or a show with so many episodes, and return its site."""
    if episodes is None:
        for name in ("docs", "overrides", "podcast"):
            shutil.copytree(PROJECT / name, root / name)
        shutil.copy(PROJECT / "mkdocs.yml", root)
    else:
        root.mkdir()
        write_ours(root, make_episodes(episodes))
    measure([BIN / "okatakten", "build"], root, limit=CPU_LIMIT)
    return root / "site"


if __name__ == "__main__":
    main()
