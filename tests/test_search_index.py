"""The pieces of the search index: the same from the same pages, small, and only made anew where a page has changed."""

from __future__ import annotations

import json
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import Stemmer
from playwright.sync_api import Browser

from bench.corpus import make_episode
from okatakten.search.index import ENTRY, FOLDER, PIECES, RECORDS, SUFFIX, build_search
from okatakten.search.known import Known
from okatakten.search.pieces import Postings, add_parts, add_terms, word_pieces
from okatakten.search.reading import Read, read_page
from okatakten.search.words import fold, stem, tokens

ENDINGS: Final = (
    "", "s", "et", "ets", "en", "ens", "ar", "arna", "arnas", "or", "orna", "er", "erna", "ernas", "a", "ade", "ande", "het",
    "heten", "heterna", "ast", "aste", "are", "aren", "t", "tt", "kt", "gd", "ig", "lig", "ligt", "els", "fullt", "löst",
    "löst", "es", "as", "ad", "erns", "itet", "met", "hets", "nn",
)  # fmt: skip
SAMI: Final = (
    "ïedtje",
    "bïevnesh",
    "Åarjelsaemien",
    "gåatome",
    "boazodoallu",
    "čállá",
    "đ",
    "ŋ",
    "šaddá",
    "žŧ",
    "ærlig",
    "ø",
    "e-påast",
)


def page(text: str, *, title: str = "Sida", more: str = "", lang: str = "sv") -> str:
    return f'<!doctype html><title>x</title><main data-search="{lang}"><h1>{title}</h1>{more}<p>{text}</p></main>'


def lay(folder: Path, pages: dict[str, str]) -> Path:
    for address, content in pages.items():
        path = folder / address / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in (site / FOLDER).rglob("*") if path.is_file()
    }


def records(site: Path) -> list[dict[str, Any]]:
    return [json.loads(zlib.decompress(path.read_bytes())) for path in sorted((site / RECORDS).iterdir())]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of many words."""
    texts = (" ".join(make_episode(number).cues) for number in range(1, 61))
    site = lay(tmp_path_factory.mktemp("stor"), {f"avsnitt-{number}": page(text) for number, text in enumerate(texts)})
    build_search(site, memory=site / ".minne")
    return site


def entry_of(site: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((site / ENTRY).read_text(encoding="utf-8"))
    return read


def lines_of(site: Path, name: str) -> list[str]:
    return zlib.decompress((site / f"{PIECES}{name}{SUFFIX}").read_bytes()).decode().split("\n")


def test_the_script_takes_words_apart_as_the_index_does(browser: Browser, site: Path, site_url: str) -> None:
    texts = [record["text"] for record in records(site)]
    words = sorted({word + ending for text in texts for word in tokens(text) for ending in ENDINGS} | {*SAMI})
    assert len(words) > 60_000
    browsing = browser.new_page()
    browsing.goto(f"{site_url}sok/")
    ask = """async ([words, texts]) => {
        const page = await import(new URL(document.querySelector(".site-search").dataset.finding, location.href).href);
        return [words.map(page.snowball), words.map(page.stem), words.map(page.fold), texts.map((text) => page.tokens(text))];
    }"""
    snowball, stems, folded, split = browsing.evaluate(ask, [words, [*texts, *SAMI]])
    browsing.close()
    swedish = Stemmer.Stemmer("swedish")
    assert [*zip(words, snowball, strict=True)] == [*zip(words, swedish.stemWords(words), strict=True)]
    assert [*zip(words, stems, strict=True)] == [(word, stem(word)) for word in words]
    assert [*zip(words, folded, strict=True)] == [(word, fold(word)) for word in words]
    assert [sorted(of) for of in split] == [sorted(tokens(text)) for text in [*texts, *SAMI]]


def test_the_same_pages_give_the_same_bytes_with_a_memory_or_without(tmp_path: Path) -> None:
    pages = {"": page("Ord och flera ord."), "b": page("Ett annat ord."), "a/c": page("Tredje sidan.", lang="sma")}
    first = lay(tmp_path / "ett", pages)
    second = lay(tmp_path / "två", dict(reversed(pages.items())))
    for site in (first, second, second):
        build_search(site, memory=tmp_path / "minne")
    assert contents(first) == contents(second)
    for path in (tmp_path / "minne").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    build_search(second, memory=tmp_path / "minne")
    assert contents(first) == contents(second)


def test_what_has_come_gone_or_changed_gives_the_bytes_of_an_index_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okatakten.search.index._PAGES_IN_BLOCK", 3)
    texts = [" ".join(make_episode(number).cues[:20]) for number in range(1, 41)]
    pages = {
        f"{lang}/sida-{number}": page(text, lang=lang) for number, text in enumerate(texts) for lang in ("sma", "sv")
    }
    changes: list[dict[str, str | None]] = [
        {},
        {"sv/sida-17": page("Upphandlingskontoret och zebrafinken.")},
        {"": page("Först."), "sv/sida-170": page("Ny sida om upphandling."), "zz": page("Sist.", lang="sma")},
        {"sma/sida-0": None, "sv/sida-39": None, "": None},
        {"sv/sida-17": page(texts[17])},
    ]
    for number, change in enumerate(changes):
        pages = {address: text for address, text in (pages | change).items() if text}
        site = lay(tmp_path / f"site-{number}", pages)
        build_search(site, memory=tmp_path / "minne")
        new = lay(tmp_path / f"ny-{number}", pages)
        build_search(new, memory=tmp_path / f"minne-{number}")
        assert contents(site) == contents(new)


def test_what_is_not_asked_for_is_known_while_it_takes_no_more_room_than_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "minne"

    def made(*things: bytes) -> int:
        """Return how many things were not known."""
        known, unknown = Known(path), []

        def make(thing: bytes) -> bytes:
            unknown.append(thing)
            return thing * 10

        assert [known.recall(thing, make=partial(make, thing)) for thing in things] == [thing * 10 for thing in things]
        known.keep()
        return len(unknown)

    assert made(b"a", b"b") == 2
    assert made(b"c", b"d") == 2
    assert made(b"a", b"b") == 0
    assert made(b"a", b"e") == 1
    assert made(b"b", b"c") == 1
    assert made(b"e", b"c") == 0
    path.write_bytes(path.read_bytes().replace(b"cccc", b"xxxx"))
    assert made(b"b", b"c") == 2
    path.write_bytes(b"")
    assert made(b"b", b"c") == 2


def test_only_a_page_that_has_changed_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(main: bytes, *, address: str) -> Read:
        read.append(address)
        return read_page(main, address=address)

    monkeypatch.setattr("okatakten.search.index.read_page", counted)
    pages = {f"sida-{number}": page(f"Sida {number}.") for number in range(5)}
    site = lay(tmp_path / "site", pages)
    build_search(site, memory=tmp_path / "minne")
    assert len(read) == 5
    read.clear()
    # What stands around what is searched, such as a menu or the name of a style sheet, is none of its business.
    lay(site, {address: content.replace("<title>x", "<title>y") for address, content in pages.items()})
    lay(site, {"sida-3": page("Sida tre.")})
    build_search(site, memory=tmp_path / "minne")
    assert read == ["sida-3/"]


def test_a_change_on_one_page_leaves_most_pieces_as_they_are(large: Path, tmp_path: Path) -> None:
    before = {*contents(large)}
    site = lay(tmp_path, {path.parent.name: path.read_text(encoding="utf-8") for path in large.glob("*/index.html")})
    changed = site / "avsnitt-7/index.html"
    changed.write_text(changed.read_text(encoding="utf-8").replace("</p>", " zebrafink</p>"), encoding="utf-8")
    build_search(site, memory=large / ".minne")
    # A record, the names of records, a piece of words and one of ends.
    assert len({*contents(site)} - before) == 4


def test_a_piece_is_small_and_holds_what_lies_between_its_start_and_the_next(large: Path) -> None:
    entry = entry_of(large)
    assert len(entry["words"]) > 20
    for part, key_of in (("words", lambda line: fold(line.split(" ")[0])), ("ends", fold)):
        starts = [start for start, _ in entry[part]]
        assert starts == sorted(set(starts))
        for number, (_, name) in enumerate(entry[part]):
            assert (large / f"{PIECES}{name}{SUFFIX}").stat().st_size <= 6_000
            assert {bisect_right(starts, key_of(line)) - 1 for line in lines_of(large, name)} == {number}


def test_an_index_holds_every_word_with_the_pages_that_have_it(large: Path) -> None:
    spoken = {number: {stem(word) for word in tokens(" ".join(make_episode(number + 1).cues))} for number in range(60)}
    addresses = sorted(f"avsnitt-{number}/" for number in range(60))
    found: dict[str, set[int]] = {}
    for _, name in entry_of(large)["words"]:
        for line in lines_of(large, name):
            term, written = line.split(" ")
            assert term not in found
            found[term] = {int(re.sub(r"\D", "", addresses[place])) for place, level in places_of(written) if level}
    for number, words in spoken.items():
        assert {word for word in words if number not in found.get(word, ())} == set()


def places_of(written: str) -> Iterator[tuple[int, int]]:
    """Yield pages and levels as the script reads them."""
    following = 0
    for left, letter in re.findall(r"(\d*)([A-P])", written):
        place = following + int(left or 0)
        following = place + 1
        yield place, ord(letter) - ord("A")


@pytest.mark.parametrize(
    ("words", "part", "pages"),
    [
        # Both parts stand somewhere.
        (["upphandlingskontoret", "kontoret", "upphandling"], "kontor", [0, 1]),
        # What comes after an s does not have to.
        (["upphandlingskontoret", "upphandling"], "kontor", [0]),
        # But somewhere else then it may come without.
        (["upphandlingskontoret", "upphandling", "energikontoret", "energi"], "kontor", [0, 2]),
        (["samarbete", "arbete"], "arbete", [0, 1]),
        # A short beginning; a long one is found by all that begins with it.
        (["målbild", "mål", "bild"], "mål", [0, 1]),
        # Not a part: nothing is left of the word that would be one.
        (["ansvar", "svar"], "svar", [1]),
    ],
)
def test_a_compound_is_found_by_its_parts(words: list[str], part: str, pages: list[int]) -> None:
    postings = Postings()
    for number, word in enumerate(words):
        add_terms(postings, number, [(stem(word), (0, "F", 1))])
    first, written, _ = add_parts(postings, {*postings})[stem(part)]
    assert [place for place, _ in places_of(f"{first}{written}")] == pages


def test_what_is_for_the_search_alone_finds_the_page_and_is_never_shown(tmp_path: Path) -> None:
    more = '<p hidden data-search-about>Beskrivning</p><p hidden data-search-names>Namn: <span data-search-kind lang="sma">boelhke</span></p>'
    more += "<nav data-search-ignore>Meny</nav><p>Ett<script>skript</script> stycke <b>med</b> ord<div>och <!-- inget --> mer"
    site = lay(tmp_path, {"": page("Text", title="Rubri\N{SOFT HYPHEN}ken", more=more)})
    build_search(site, memory=tmp_path / "minne")
    (record,) = records(site)
    assert record["text"] == "Rubriken. Ett stycke med ord. och mer. Text."
    assert (record["kind"], record["kind_lang"], record["title"]) == ("boelhke", "sma", "Rubri\N{SOFT HYPHEN}ken")
    (piece,) = entry_of(site)["words"]
    terms = {line.split(" ")[0] for line in lines_of(site, piece[1])}
    assert {stem(word) for word in ("beskrivning", "namn", "rubriken", "text")} <= terms
    assert not {stem(word) for word in ("meny", "skript", "inget")} & terms


def test_pieces_of_no_pages_are_none(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<main>Ingenting</main>", encoding="utf-8")
    build_search(tmp_path, memory=tmp_path / "minne")
    assert contents(tmp_path).keys() == {ENTRY}
    assert [*word_pieces({})] == []
