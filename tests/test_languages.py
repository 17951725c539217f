"""The languages of the built site: what is in which, what says so, and what leads from one to the other."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import mkdocs_static_i18n.config as i18n_config
import pytest
from jinja2 import Environment
from lxml import etree, html
from mkdocs.config.base import ValidationError

import okatakten.mkdocs.i18n
from okatakten.addresses import DEFAULT_SITE_URL
from okatakten.mkdocs.run import BuildError, build_site
from okatakten.model import DEFAULT_LOCALE, Locale
from okatakten.site.lists import build_card
from okatakten.site.project import read_project
from okatakten.translating.blank import blank_page
from okatakten.words.catalogue import (
    ASKED_FOR_BY_CODE,
    FILLED_IN,
    Word,
    WordMissingError,
    Words,
    _asked_for,
    placeholders,
    read_catalogues,
    read_words,
)
from okatakten.words.languages import check_listing, find_locales
from okatakten.words.segments import form_of, read_segments
from okatakten.written.nodes import SWEDISH
from okatakten.written.problems import Kind
from okatakten.written.report import format_report
from support import (
    OWN_SITE,
    PROJECT,
    WORDS,
    a_published_episode,
    address_of,
    an_episode,
    copy_project,
    embeds_of,
    pages_of,
    parse,
    run,
    sitemap_of,
)

SMA = Locale("sma")
CATALOGUES = read_words(PROJECT, read_catalogues(PROJECT, find_locales(PROJECT), []))
XHTML = "{http://www.w3.org/1999/xhtml}"


def own_lang(element: html.HtmlElement) -> str:
    """Return the language that an element is in: its own, or that of the nearest one around it."""
    return str(element.xpath("(ancestor-or-self::*/@lang)[last()]")[0])


def alternates_of(tree: html.HtmlElement) -> dict[str, str]:
    return {link.get("hreflang"): link.get("href") for link in tree.xpath("//head/link[@hreflang]")}


def path_in_default(address: str) -> str:
    return address.removeprefix("sma/")


def test_a_translation_names_all_its_versions_and_they_name_it_back(site: Path) -> None:
    pages = [page for page in pages_of(site) if page.name != "404.html"]
    built = {address_of(page, site) for page in pages}
    for page in pages:
        path = path_in_default(address_of(page, site))
        versions = {"sv": path} | ({"sma": f"sma/{path}"} if f"sma/{path}" in built else {})
        expected = {lang: DEFAULT_SITE_URL + address for lang, address in versions.items()}
        expected |= {"x-default": DEFAULT_SITE_URL + path}
        assert alternates_of(parse(page)) == (expected if len(versions) > 1 else {}), page
    assert sum(address.startswith("sma/") for address in built) == 7


def test_a_page_links_to_the_other_language_in_that_language(site: Path) -> None:
    for page in pages_of(site):
        address = address_of(page, site)
        here, other = ("sma", "sv") if address.startswith("sma/") else ("sv", "sma")
        path = path_in_default(address)
        twin = site / ("sma" if other == "sma" else "") / path / "index.html"
        exists = page.name != "404.html" and twin.exists()
        (link,) = parse(page).xpath("//header//a[@hreflang]")
        assert (link.get("lang"), link.get("hreflang")) == (other, other), page
        assert link.text == CATALOGUES[Locale(other)]["language_name" if exists else "language_home"], page
        target = (page.parent / link.get("href")).resolve()
        home = site / ("sma" if other == "sma" else "")
        if page.name != "404.html":
            assert target == (twin.parent if exists else home), page
        assert CATALOGUES[Locale(here)]["select.language"].text in parse(page).xpath(
            "id(//ul[contains(@class, 'site-languages')]/@aria-labelledby)/text()"
        )


def test_menu_and_footer_lead_to_pages_of_the_same_language(site: Path) -> None:
    for page in pages_of(site):
        tree = parse(page)
        lang = tree.get("lang")
        for link in tree.xpath("//body/header//a[not(@hreflang)] | //footer//a[not(contains(@href, 'feed.xml'))]"):
            href = link.get("href")
            target = site / href.lstrip("/") if href.startswith("/") else (page.parent / href).resolve()
            assert parse(target / "index.html").get("lang") == lang, (page, href)


def test_an_unreviewed_page_says_so_first_in_both_languages_and_stays_out_of_search_engines(site: Path) -> None:
    for page in pages_of(site):
        address = address_of(page, site)
        tree = parse(page)
        translated = address.startswith("sma/")
        notice = tree.xpath("//main/div[contains(@class, 'site-unreviewed')]//p")
        said = [(own_lang(paragraph), paragraph.text_content()) for paragraph in notice]
        key = "unreviewed_notice"
        assert said == ([(lang, CATALOGUES[Locale(lang)][key].text) for lang in ("sma", "sv")] if translated else [])
        hidden = tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert hidden is (translated or page.name == "404.html"), page
        assert (address in sitemap_of(site)) is not hidden, page


def test_swedish_words_are_marked_on_south_sami_pages(site: Path) -> None:
    borrowed = {word.text for word in CATALOGUES[SMA].values() if word.lang == DEFAULT_LOCALE and "{" not in word}
    seen = set()
    for page in pages_of(site):
        tree = parse(page)
        if tree.get("lang") != SMA:
            continue
        for element in tree.iter():
            values = [element.text, *(child.tail for child in element)]
            values += [element.get(name) for name in ("alt", "title", "aria-label", "content")]
            for value in values:
                text = " ".join((value or "").split()).rstrip(":")
                if text in borrowed:
                    seen.add(text)
                    assert own_lang(element) == DEFAULT_LOCALE, (page, text)
    assert {"Hoppa till innehållet", "Europeiska unionens flagga", "Följ podden", "Röster"} <= seen


def test_what_is_spoken_in_swedish_is_marked_on_a_south_sami_page(site: Path) -> None:
    tree = parse(site / "sma/podd/atta-fragor/index.html")
    show = read_project(PROJECT).show
    assert show is not None
    episode = next(episode for episode in show.episodes if episode.slug == "atta-fragor")
    assert episode.transcript
    swedish = [cue.text for cue in episode.transcript.cues] + [chapter.title for chapter in episode.chapters]
    swedish += [source.title for source in episode.sources]
    for element in tree.xpath("//main//*[text()[normalize-space()]]"):
        # Its own words: those of elements in it may be in another language.
        text = " ".join(" ".join(element.xpath("./text()")).split())
        if any(known in text for known in swedish):
            assert own_lang(element) == "sv", text


def test_south_sami_words_are_not_marked_as_swedish(site: Path) -> None:
    swedish = {word.text for word in CATALOGUES[DEFAULT_LOCALE].values()}
    own = {word.text for word in CATALOGUES[SMA].values() if word.lang is None} - swedish
    found = set()
    for page in [page for page in pages_of(site) if address_of(page, site).startswith("sma/")]:
        for element in parse(page).xpath("//body//*[text()[normalize-space()]]"):
            text = " ".join(" ".join(element.xpath("./text()")).split())
            if text in own:
                found.add(text)
                assert own_lang(element) == SMA, (page, text)
    assert {"Lohkh", "Goltelh", "Juekieh"} <= found


def test_no_markup_ends_up_in_an_attribute_or_a_title(site: Path) -> None:
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'="[^"<>]*<(?!!)', re.sub(r"<!--.*?-->", "", text)), page
        assert "<" not in parse(page).findtext(".//title"), page
        assert "&lt;span" not in text, page


def test_notes_for_translators_are_not_published_and_letters_are_those_of_sweden(site: Path) -> None:
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        notes = [comment for comment in re.findall("<!--(.*?)-->", text, re.DOTALL) if "Ändra i" not in comment]
        assert notes == [], page
        assert "source_revision" not in text, page
        if parse(page).get("lang") == SMA:
            assert not re.search("[æøÆØ]|svenska:|källor:", text), page


def test_the_404_page_answers_in_both_languages_and_leads_home_in_each(site: Path) -> None:
    for name, first, second in (("404.html", "sv", "sma"), ("sma/404.html", "sma", "sv")):
        tree = parse(site / name)
        assert tree.get("lang") == first
        said = [(own_lang(element), element.text_content()) for element in tree.xpath("//main//h1 | //main//h2")]
        assert said == [(lang, CATALOGUES[Locale(lang)]["not_found_title"].text) for lang in (first, second)]
        assert tree.text_content().count(CATALOGUES[SMA]["unreviewed_notice"].text) == 1
        homes = [(own_lang(link), link.get("href")) for link in tree.xpath("//main//a")]
        assert homes == [(lang, "/" if lang == "sv" else "/sma/") for lang in (first, second)]


def test_cards_are_in_the_language_that_the_episode_has(site: Path) -> None:
    cards = parse(site / "sma/podd/index.html").xpath("//main//article")
    langs = {own_lang(card): card.xpath("string(.//a/@href)") for card in cards}
    assert langs["sma"] == "atta-fragor/"
    assert langs["sv"].startswith("../../podd/")
    dates = {own_lang(card): card.xpath("string(.//time)") for card in cards}
    assert dates["sma"] == "gålkoen 9. b. 2026"
    assert re.fullmatch(r"\d+ november 2026", dates["sv"])


def test_a_reviewed_translation_comes_into_the_sitemap_with_its_versions(reviewed_project: Path) -> None:
    site = build(reviewed_project)
    entries = {
        entry.findtext("{*}loc"): {link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")}
        for entry in etree.parse(site / "sitemap.xml").findall(".//{*}url")
    }
    home, sma = DEFAULT_SITE_URL, f"{DEFAULT_SITE_URL}sma/"
    assert entries[home] == entries[sma] == {"sv": home, "sma": sma, "x-default": home}
    assert entries[f"{DEFAULT_SITE_URL}podd/vad-det-ledde-till/"] == {}
    for page in site.glob("sma/**/index.html"):
        assert bool(parse(page).xpath("//meta[@name='robots']")) == (page in embeds_of(site)), page
        assert "Ingen översättare" not in parse(page).text_content(), page


def test_every_date_of_the_year_is_said_in_both_languages() -> None:
    for month in range(1, 13):
        published = datetime(2025, month, 9, 12, tzinfo=UTC)
        swedish, sami = (
            build_card(
                a_published_episode(published=published, texts=texts), locale=SMA, catalogues=CATALOGUES
            ).date_text
            for texts in ({DEFAULT_LOCALE: an_episode().text}, {locale: an_episode().text for locale in CATALOGUES})
        )
        assert swedish == f"9 {CATALOGUES[DEFAULT_LOCALE][f'month_{month}']} 2025"
        assert sami == f"{CATALOGUES[SMA][f'month_{month}']} 9. b. 2025"


def test_every_catalogue_has_the_same_keys() -> None:
    assert len(CATALOGUES) > 1
    for words in CATALOGUES.values():
        assert set(words) == set(WORDS)


def test_every_word_is_asked_for_by_a_template_or_a_module() -> None:
    """What nobody shows would only cost whoever translates."""
    assert set(WORDS) == _asked_for(PROJECT)
    modules = [path for path in (PROJECT / "scripts/okatakten").rglob("*.py") if path.name != "catalogue.py"]
    files = [*(PROJECT / "overrides").rglob("*.html"), *modules]
    used = "\n".join(path.read_text(encoding="utf-8") for path in files)
    made = re.compile(r"(month|municipality|role|status|news_tag|figure|download|kind|contact|episode|event)_\w+")
    assert [key for key in WORDS if not re.search(rf"\b{re.escape(key)}\b", used) and not made.fullmatch(key)] == []


def test_south_sami_words_and_sentences_all_have_their_sources() -> None:
    files = [*(PROJECT / "docs/sma").rglob("*.*"), *(PROJECT / "podcast").rglob("episode.sma.md")]
    assert len(files) >= 6
    for path in files:
        is_catalogue = path.name == "words.yml"
        for segment in read_segments(path.read_text(encoding="utf-8"), form=form_of(path.as_posix())):
            if not (is_catalogue and not segment.text):
                assert segment.sources, (path, segment)
                assert segment.swedish or is_catalogue, (path, segment)


def test_a_word_marks_its_language_in_text_and_keeps_its_text_elsewhere() -> None:
    environment = Environment(autoescape=False)  # as MkDocs sets it
    word = Word("Lyssna på {show} & läs", DEFAULT_LOCALE).format(show="<Podd>")
    template = environment.from_string("{{ word | e }}|{{ word.text | e }}")
    escaped = "Lyssna på &lt;Podd&gt; &amp; läs"
    assert template.render(word=word) == f'<span lang="sv">{escaped}</span>|{escaped}'
    assert environment.from_string("{{ word | e }}").render(word=Word("a < b")) == "a &lt; b"


@pytest.mark.parametrize("key", ["listen", "select.language", "eu_flag", "month_11", "read_text_version"])
def test_a_word_that_templates_ask_for_and_no_catalogue_has_is_named(tmp_path: Path, key: str) -> None:
    copy_project(tmp_path)
    remove_word(tmp_path, key)
    said = format_report(read_project(tmp_path).problems)
    assert f"fältet {key}\n    Fältet behövs. Lägg till det, så här: {key}: …" in said
    assert "docs/sma" not in said


def test_the_words_that_modules_ask_for_are_listed() -> None:
    modules = (PROJECT / "scripts/okatakten").rglob("*.py")
    asked = {key for path in modules for key in re.findall(r'words\["([\w.]+)"\]', path.read_text(encoding="utf-8"))}
    assert len(asked) > 10
    assert asked <= ASKED_FOR_BY_CODE <= set(WORDS)


def test_a_word_that_nobody_listed_stops_the_build_all_the_same(tmp_path: Path) -> None:
    copy_project(tmp_path)
    template = tmp_path / "overrides/404.html"
    template.write_text(template.read_text(encoding="utf-8") + "{% block scripts %}{{ words['nytt'] }}{% endblock %}")
    with pytest.raises(BuildError, match=r"docs/sv/words\.yml: ordet nytt saknas\. Lägg till raden igen"):
        build(tmp_path)
    with pytest.raises(WordMissingError):
        Words()["listen"]


def remove_word(root: Path, key: str) -> None:
    for locale in CATALOGUES:
        path = root / "docs" / locale / "words.yml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"^{re.escape(key)}: .*\n(# .*\n)*", "", text, flags=re.MULTILINE), encoding="utf-8")


def test_placeholders_are_those_that_are_filled_in() -> None:
    assert {key: placeholders(word) for key, word in WORDS.items() if placeholders(word)} == FILLED_IN


@pytest.mark.parametrize("written", ["{day:q}", "{day!r}", "{}", "{0}", "{day.year}", "{", "}"])
def test_a_placeholder_is_a_name_and_nothing_else(written: str) -> None:
    assert placeholders(written) != {"day"}


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ("        - locale: sma\n          name: sydsamiska\n", "", "språk som mkdocs.yml inte nämner: sma"),
        ("locale: sma", "locale: smj", "nämner språk som saknar mapp: docs/smj"),
        ("locale: sma", "locale: SMA", "SMA"),
        ("  - kontakt.md", "  - Kontakt: kontakt.md", "skriv bara filernas namn under nav"),
    ],
)
def test_languages_of_mkdocs_yml_and_of_the_folders_are_the_same(
    tmp_path: Path, before: str, after: str, answer: str
) -> None:
    copy_project(tmp_path)
    config = tmp_path / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    assert before in text
    config.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(BuildError, match=re.escape(answer)):
        build(tmp_path)


def test_the_stock_plugin_is_answered(tmp_path: Path) -> None:
    copy_project(tmp_path)
    config = tmp_path / "mkdocs.yml"
    text = config.read_text(encoding="utf-8").replace("  - okatakten_i18n:", "  - i18n:").replace("sma", "nb")
    config.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="under plugins saknas okatakten_i18n"):
        build(tmp_path)


def test_a_language_without_a_home_page_is_named(tmp_path: Path) -> None:
    copy_project(tmp_path)
    add_norwegian(tmp_path)
    (tmp_path / "docs/nb/index.md").unlink()
    with pytest.raises(BuildError, match=r"Varje språk behöver en startsida\. Skriv docs/nb/index\.md"):
        build(tmp_path)


def test_an_episode_is_translated_only_to_languages_of_the_site(tmp_path: Path) -> None:
    copy_project(tmp_path)
    folder = tmp_path / "podcast/episodes/atta-fragor"
    for locale in ("sv", "en"):
        (folder / f"episode.{locale}.md").write_bytes((folder / "episode.sma.md").read_bytes())
    found = [(problem.kind, problem.file[-13:]) for problem in read_project(tmp_path).problems]
    assert found == [(Kind.UNKNOWN_FILE, "episode.en.md"), (Kind.UNKNOWN_FILE, "episode.sv.md")]


def test_a_static_i18n_that_takes_three_letters_itself_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    locale = okatakten.mkdocs.i18n.Bcp47Locale(str)
    assert locale.run_validation("sma") == "sma"
    assert locale.run_validation("nb") == "nb"
    for written in ("smaa", "s", 7, "SMA"):
        with pytest.raises(ValidationError):
            locale.run_validation(written)
    monkeypatch.setattr(i18n_config.Locale, "run_validation", lambda _, value: value)
    with pytest.raises(okatakten.mkdocs.i18n.StaticI18nChangedError, match="pull request 348"):
        locale.run_validation("sma")


def test_a_static_i18n_that_works_differently_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(okatakten.mkdocs.i18n.StaticI18nChangedError, match=r"pin mkdocs-static-i18n==1\.3\.1"):
        _ = okatakten.mkdocs.i18n.LanguagesPlugin().locales
    copy_project(tmp_path)
    without_a_name = "import mkdocs_static_i18n.config as config; del config.I18nPluginLanguage; "
    code = f"{without_a_name}from okatakten.commands.main import app; app(['build'])"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert ended.returncode == 1
    assert "I18nPluginLanguage" in ended.stderr
    assert "pull request 348" in ended.stderr
    assert "Traceback" not in ended.stderr


def add_norwegian(root: Path) -> None:
    """Add a language as a person would: a folder with a page and a catalogue, and lines in mkdocs.yml."""
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    last = "          name: sydsamiska\n"
    config.write_text(text.replace(last, f"{last}        - locale: nb\n          name: norsk\n"), encoding="utf-8")
    folder = root / "docs/nb"
    folder.mkdir()
    own = {
        "language_name": "Norsk", "language_home": "Norsk (forsiden)", "not_found_title": "Siden finnes ikke",
        "to_home": "Til forsiden", "listen": "Lytt", "unreviewed_notice": "Ingen oversetter har lest denne teksten ennå.",
    }  # fmt: skip
    made_from = "source_revision: 00000000\nreviewed: nej\n"
    lines = [f"{key}: {own.get(key, SWEDISH)}" for key in WORDS]
    (folder / "words.yml").write_text(made_from + "\n".join(lines), encoding="utf-8")
    front_matter = (
        "title: Øke takten\nnav_title: Forsiden\ntemplate: home.html\ndescription: Et forprosjekt.\nlead: Et.\n"
    )
    (folder / "index.md").write_text(f"---\n{front_matter}{made_from}---\n\nHei på norsk.\n", encoding="utf-8")


def test_a_third_language_is_a_folder_a_catalogue_and_lines_in_mkdocs_yml(tmp_path: Path) -> None:
    copy_project(tmp_path)
    add_norwegian(tmp_path)
    site = build(tmp_path)

    home = parse(site / "nb/index.html")
    assert home.get("lang") == "nb"
    assert "Hei på norsk." in home.text_content()
    versions = {"sv": "", "sma": "sma/", "nb": "nb/", "x-default": ""}
    expected = {lang: DEFAULT_SITE_URL + path for lang, path in versions.items()}
    for address in ("", "sma/", "nb/"):
        assert alternates_of(parse(site / address / "index.html")) == expected
    links = {link.get("hreflang"): (link.text, link.get("href")) for link in home.xpath("//body/header//a[@lang]")}
    assert links == {"sv": ("Svenska", ".."), "sma": ("Åarjelsaemien gïele", "../sma/")}
    contact = parse(site / "sma/kontakt/index.html")
    assert contact.xpath("string(//header//a[@hreflang='nb'])") == "Norsk (forsiden)"
    assert alternates_of(contact).keys() == {"sv", "sma", "x-default"}
    assert home.xpath("//body/header//li/a[not(@hreflang)]") == []
    assert {own_lang(card) for card in home.xpath("//main//article")} == {"sv"}
    assert [own_lang(heading) for heading in parse(site / "404.html").xpath("//main//h1 | //main//h2")] == [
        "sv", "nb", "sma",
    ]  # fmt: skip
    assert parse(site / "nb/404.html").xpath("string(//h1)") == "Siden finnes ikke"
    assert not (site / "nb/podd").exists()
    listen = home.xpath("//main//a[@class='site-button']")[0]
    assert (listen.get("href"), listen.get("hreflang")) == ("../resultat/", "sv")
    for link in home.xpath("//a/@href"):
        assert link.startswith(("http", "#")) or (site / "nb" / link.partition("#")[0]).exists(), link


def test_new_languages_are_made_built_and_told_apart(tmp_path: Path) -> None:
    """As the guide says: a language that is written from the right among them."""
    copy_project(tmp_path)
    for locale in ("en", "se", "ar"):
        assert run("translation", "new", locale, "--root", str(tmp_path))[0] == 0
    assert read_project(tmp_path).problems == ()
    assert check_listing(tmp_path) == []
    stale = [note for note in read_project(tmp_path).notes if note.kind is Kind.TRANSLATION_STALE]
    assert stale == []
    site = build(tmp_path)
    home = parse(site / "ar/index.html")
    assert (home.get("lang"), home.get("dir")) == ("ar", "rtl")
    links = {link.get("hreflang"): (link.text, link.get("dir")) for link in home.xpath("//body/header//a[@lang]")}
    assert links == {
        "sv": ("Svenska", "ltr"), "en": ("English", "ltr"), "se": ("Davvisámegiella", "ltr"),
        "sma": ("Åarjelsaemien gïele", "ltr"),
    }  # fmt: skip
    swedish = {word.text for word in WORDS.values()}
    for element in home.xpath("//body//*[text()[normalize-space()]]"):
        if " ".join(" ".join(element.xpath("./text()")).split()) in swedish:
            assert (own_lang(element), element.xpath("string((ancestor-or-self::*/@dir)[last()])")) == ("sv", "ltr")
    assert home.xpath("string(//meta[@property='og:locale']/@content)") == "ar_EG"
    assert set(home.xpath("//meta[@property='og:locale:alternate']/@content")) == {"sv_SE", "en_US", "se_NO", "sma_SE"}
    (link,) = parse(site / "index.html").xpath("//header//a[@hreflang='ar']")
    assert (link.get("lang"), link.get("dir"), link.text) == ("ar", "rtl", "العربية")
    assert "dir" not in parse(site / "en/index.html").attrib
    answer = parse(site / "404.html").xpath("//section[@lang='ar']")
    assert [section.get("dir") for section in answer] == ["rtl"]


def test_a_language_is_made_once_and_has_a_name(tmp_path: Path) -> None:
    copy_project(tmp_path)
    root = ["--root", str(tmp_path)]
    assert "--name Namn" in run("translation", "new", "fit", *root)[2]
    assert run("translation", "new", "fit", "--name", "Meänkieli", *root)[0] == 0
    assert "sma finns redan" in run("translation", "new", "sma", *root)[2]
    assert "ingen kod för ett språk" in run("translation", "new", "en-GB", *root)[2]
    assert "heter också «Svenska»" in run("translation", "new", "nb", "--name", " svenska", *root)[2].replace(
        "svenska", "Svenska"
    )
    assert not (tmp_path / "docs/nb").exists()
    config = tmp_path / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("- locale: fit", "- locale: sma"), encoding="utf-8")
    assert [problem.kind for problem in check_listing(tmp_path)] == [Kind.LANGUAGE_UNLISTED, Kind.FIELD_TWICE]
    config.write_text(text.replace("- locale: fit", "- locale: fi"), encoding="utf-8")
    status, _, said = run("check", *root)
    assert status == 1
    assert "mkdocs.yml, rad" in said
    assert "docs/fi/index.md\n    Filen finns inte." in said


def test_a_table_makes_pages_of_a_new_language(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    root = ["--root", str(project)]
    assert run("translation", "new", "en", *root)[0] == 0
    table = tmp_path / "en.csv"
    assert (
        run("translation", "export", str(table), "--locale", "en", "--new", "kontakt.md", "--new", "om.md", *root)[0]
        == 0
    )
    heading, *lines = csv.reader(table.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    for line in lines:
        if line[4].startswith("docs/en/kontakt.md") and "lördagar" not in line[0] and not line[4].endswith("title"):
            line[1] = re.sub(r"^\w+", "English", line[0])
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *lines])
    status, said, complaint = run("translation", "import", str(table), *root)
    assert (status, complaint) == (0, "")
    assert "docs/en/kontakt.md: granskad" in said
    assert "(ny sida)" in said
    assert "docs/en/kontakt.md, title: Kontakt" in said
    assert not (project / "docs/en/om.md").exists()
    text = (project / "docs/en/kontakt.md").read_text(encoding="utf-8")
    assert "title: !sv" in text
    reading = read_project(project)
    assert reading.problems == ()
    page = next(page for page in reading.pages if (page.locale, page.name) == ("en", "kontakt.md"))
    assert (page.title, getattr(page.title, "lang", None)) == ("Kontakt och hjälp", "sv")
    assert not [note for note in reading.notes if note.file == "docs/en/kontakt.md"]
    assert (
        run("translation", "export", str(tmp_path / "b.csv"), "--locale", "en", "--new", "finns-inte.md", *root)[0] == 1
    )


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("om.md", "om.md"), ("rapport.md", "../sv/rapport.md"), ("om.md#syfte", "../sv/om.md#syfte"),
        ("#syfte", "../sv/kontakt.md#syfte"), ("resultat/behov.md", "../sv/resultat/behov.md"),
        ("https://x.example/a.md", "https://x.example/a.md"), ("bilder/a.png", "bilder/a.png"), ("../sma/om.md", "../sma/om.md"),
    ],
)  # fmt: skip
def test_a_link_of_a_new_page_leads_to_what_the_language_has(target: str, expected: str) -> None:
    page = blank_page(f"---\ntitle: T\n---\n\n[x]({target})\n", name="kontakt.md", locale=Locale("en"), has=["om.md"])
    mark = "{ hreflang=sv }" if "sv" in expected else ""
    assert page.endswith(f"[x]({expected}){mark}\n")


def test_a_new_page_has_a_paragraph_on_each_line_and_keeps_code_lists_and_tables() -> None:
    page = blank_page(
        "---\ntitle: 'a: b'\nsources: [x]\nnews: 2026-01-01\n---\n\nEtt\nstycke.\n\n- a\n  b\n- c\n\n| d | e |\n|---|---|\n\n"
        "```\nkod\nkod\n```\n\n[[diagram kostnader]]\n",
        name="a.md", locale=Locale("en"), has=[],
    )  # fmt: skip
    assert page.partition("---\n\n")[2] == (
        "Ett stycke.\n\n- a b\n- c\n\n| d | e |\n|---|---|\n\n```\nkod\nkod\n```\n\n[[diagram kostnader]]\n"
    )
    assert "news" not in page
    assert [segment.text for segment in read_segments(page)] == ["a: b", "Ett stycke.", "a b", "c", "| d | e |"]


def test_the_name_of_the_podcast_is_swedish_and_its_episode_is_in_two_languages(site: Path) -> None:
    (title,) = parse(site / "sma/index.html").xpath("//h1")
    assert title.xpath("string(span[@lang='sv'])") == "Öka takten"
    text = parse(site / "sma/podd/atta-fragor/index.html").xpath("string(//script[@type='application/ld+json'])")
    episode = next(node for node in json.loads(text)["@graph"] if node["@type"] == "PodcastEpisode")
    assert (episode["inLanguage"], episode["associatedMedia"]["inLanguage"]) == ("sma", "sv")


def test_a_reviewed_page_says_nothing_though_others_do(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    table = tmp_path / "a.csv"
    assert run("translation", "export", str(table), "--root", str(project))[0] == 0
    page = ["--page", "docs/sma/kontakt.md"]
    assert run("translation", "import", str(table), "--root", str(project), *page)[0] == 0
    site = build(project)
    for name, notices in (("kontakt", 0), ("nationella-minoriteter", 2)):
        tree = parse(site / f"sma/{name}/index.html")
        assert len(tree.xpath("//main/div[contains(@class, 'site-unreviewed')]//p")) == notices
        assert bool(tree.xpath("//meta[@name='robots']")) is bool(notices)


def test_letters_of_two_characters_are_read_as_one_on_pages_and_among_words(tmp_path: Path) -> None:
    copy_project(tmp_path)
    before = read_project(tmp_path)
    for path in [*tmp_path.glob("docs/s*/*.md"), *tmp_path.glob("docs/s*/words.yml"), *tmp_path.glob("docs/*.yml")]:
        path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    after = read_project(tmp_path)
    assert after.problems == ()
    assert (after.pages, after.words, after.facts, after.notes) == (
        before.pages,
        before.words,
        before.facts,
        before.notes,
    )
    assert "Tillga\u0308nglighet" not in (build(tmp_path) / "tillganglighet/index.html").read_text(encoding="utf-8")


def test_a_catalogue_that_lacks_a_word_stops_everything(tmp_path: Path) -> None:
    copy_project(tmp_path)
    path = tmp_path / "docs/sma/words.yml"
    text = re.sub(r"^episodes: .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text.replace("\nlisten:", "\nlisen:"), encoding="utf-8")
    reading = read_project(tmp_path)
    assert reading.show is None
    assert {problem.kind for problem in reading.problems} == {Kind.KEY_MISSING, Kind.WORD_UNKNOWN}
    assert "Menade du listen?" in format_report(reading.problems)


def build(root: Path) -> Path:
    reading = read_project(root)
    assert reading.show is not None, format_report(reading.problems)
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=reading, site=OWN_SITE)
    return root / "site"
