"""What stands on pages and beside them: nothing that runs, nothing from elsewhere, nothing that vanishes."""

from __future__ import annotations

import json
import logging
import os
import posixpath
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from okatakten.addresses import local_path
from okatakten.model import Locale
from okatakten.podcast.notes import render_notes, written_notes
from okatakten.site.allowed import AUTHORS, PAGES, Tag, ids_of, judge, tags_of, tags_of_page
from okatakten.site.inserts import literal
from okatakten.site.markup import Around, check_markup, include, page_tags
from okatakten.site.project import read_project
from okatakten.site.rendering import EXTENSIONS, render
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind, Problem
from okatakten.written.report import format_report
from okatakten.written.text import UNPUBLISHABLE, Problems
from support import CASES, PROJECT, copy_project, counted, lay_out, run

FIELDS = "---\ntitle: Prov\ndescription: Prov.\n---\n\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project in which all is right."""
    return lay_out(CASES / "a-valid-episode", tmp_path)


def problems_of(root: Path, text: str, *, name: str = "prov.md") -> list[Problem]:
    """Return what is wrong when a page has this text below its fields."""
    (root / "docs/sv" / name).write_text(FIELDS + text, encoding="utf-8")
    return [problem for problem in read_project(root).problems if problem.file == f"docs/sv/{name}"]


HOSTILE = [
    "<a/onclick=alert(1)>x</a>",
    "<a\nhref=#\nonclick\n=\nalert(1)>x</a>",
    "<A HREF='java&#115;cript:alert(1)'>x</A>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<JavaScript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x][y]\n\n[y]: data:text/html,x",
    "![x](data:image/svg+xml,x)",
    "text\n{: onclick=alert(1) }",
    "## Rubrik {: style=color:red }",
    "[x](https://prov.example){: href=javascript:alert(1) }",
    "![x](../assets/a.png){: srcset='https://prov.example/a.png 2x' }",
    "<body onload=alert(1)>",
    "<html onclick=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></mtext></math>",
    "<iframe srcdoc=x></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<form action=https://prov.example></form>",
    "<base href=https://prov.example>",
    "<meta http-equiv=refresh content='0;url=https://prov.example'>",
    "<link rel=stylesheet href=https://prov.example/a.css>",
    "<style>p{}</style>",
    "<input type=image src=//prov.example/a.png>",
    "<table background=https://prov.example/a.png></table>",
    "<a href=# ping=https://prov.example>x</a>",
    "<img src='\\\\prov.example\\a.png' alt=''>",
    "<img src=/\\prov.example/a.png alt=''>",
    "<img alt='' srcset='//prov.example/a.png 1x'>",
    "<audio src=https://prov.example/a.mp3 controls></audio>",
    "<video poster=//prov.example/a.png></video>",
    "<portal src=x></portal>",
    "<scr<script>ipt>alert(1)</script>",
    "<div markdown>\n<b onclick=alert(1)>x</b>\n</div>",
    "- a\n\n    <img src=x onerror=alert(1)>",
    "| a |\n|---|\n| <i onclick=x>b</i> |",
    "<!-- --><script>alert(1)</script>",
    "<om.md>",
]
HONEST = [
    "## Rubrik\n\n| a | b |\n|:-:|--:|\n| 1 | [x](https://prov.example) |",
    "`<script>` och ``<a onclick=x>``",
    "    <script>alert(1)</script>",
    "```html\n<iframe src=x></iframe>\n```",
    "a < b och c > d, \\<script\\> och &lt;script&gt;",
    "<podd@prov.example> och <https://prov.example/>",
    "<details markdown>\n<summary>Mer</summary>\n\n*text*\n\n</details>",
    "<abbr title='Lagen om offentlig upphandling'>LOU</abbr> H<sub>2</sub>O <br> rad",
    "*Bräcke*{ lang=sv } och text\n{: .site-sources }",
    "<dl><dt>a</dt><dd>b</dd></dl>",
    "[brev](mailto:podd@prov.example) [tel](tel:+46631234567) [upp](#)",
    "<!-- <script> -->\n\nText.",
    "<a href='#'>Upp</a> <a href='../'>Hem</a>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_run_or_fetch_is_told_with_its_line(root: Path, text: str) -> None:
    found = problems_of(root, f"Först.\n\n{text}\n\nSist.\n")
    assert found
    lines = text.count("\n") + 1
    assert all(8 <= problem.line < 8 + lines for problem in found), found


@pytest.mark.parametrize("text", HONEST)
def test_what_is_only_text_is_taken(root: Path, text: str) -> None:
    (root / "docs/sv/index.md").write_text(FIELDS, encoding="utf-8")
    assert problems_of(root, text) == []


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("text\n\n<details>\n<summary>Mer</summary>\n\ntext", 8, "<details>"),
        ("<b>fet\n\ntext", 6, "<b>"),
        ('text <a href="https://prov.example">x\n\ntext', 6, '<a href="https://prov.example">'),
        ("<a id=ankare/>\n\ntext", 6, '<a id="ankare/">'),
        ("<table><tr><td>x\n\ntext", 6, "<table>"),
        ("<div/>\n\ntext", 6, "<div>"),
        ("text\n\n</div></article></main>", 8, "</main>"),
        ("text</section>", 6, "</section>"),
        ("<i>a <b>b</i> c", 6, "<b>"),
        ("<section><div></section></div>", 6, "</div>"),
    ],
)
def test_html_that_would_draw_the_rest_of_the_site_with_it_is_told(
    root: Path, text: str, line: int, found: str
) -> None:
    told = [(problem.line, problem.found) for problem in problems_of(root, text) if problem.kind is Kind.TAG_ALONE]
    assert (line, found) in told


@pytest.mark.parametrize(
    "text",
    [
        "<details>\n<summary>Mer</summary>\n\ntext\n\n- a\n- b\n\n</details>\n\ntext",
        "<div markdown>\n\n## Rubrik\n\n<b>fet</b>\n\n</div>",
        "<ul><li>a<li>b</ul>\n\n<table><tr><td>x<tr><td>y</table>",
        "<b><i>båda</b></i> text",
        "<a name=gammalt></a>text [x](#gammalt)",
        "a<br>b<br/>c</br>d<hr><wbr>",
        "`<div>` och &lt;b>\n\n    <main>\n",
    ],
)
def test_html_that_ends_where_it_should_is_taken(root: Path, text: str) -> None:
    assert not problems_of(root, text)


@pytest.mark.parametrize("text", ["## Innehåll {#site-innehall}", "## Site meny", '<p id="site-sprak">x</p>'])
def test_an_id_that_the_page_around_a_text_may_have_is_told_before_the_build(root: Path, text: str) -> None:
    assert [(problem.kind, problem.line) for problem in problems_of(root, text)] == [(Kind.ID_TWICE, 6)]


@pytest.mark.parametrize(
    ("name", "address", "told"),
    [
        ("prov.md", "podd/hallbara-inkop.md", '<a href="../podd/hallbara-inkop/">'),
        ("mapp/prov.md", "../podd/hallbara-inkop/index.md", '<a href="../../podd/hallbara-inkop/">'),
        ("mapp/prov.md", "../../podd/hallbara-inkop/", '<a href="../../podd/hallbara-inkop/">'),
        ("mapp/prov.md", "/podd/hallbara-inkop/", '<a href="../../podd/hallbara-inkop/">'),
        ("prov.md", "../../podcast/episodes/hallbara-inkop/episode.md", '<a href="../podd/hallbara-inkop/">'),
        ("mapp/prov.md", "/prov2/", "Menade du ../prov2.md?"),
        ("mapp/prov.md", "../../prov2/", "Menade du ../prov2.md?"),
    ],
)
def test_a_link_to_what_a_page_is_made_of_or_published_as_is_told_with_one_that_leads_there(
    root: Path, name: str, address: str, told: str
) -> None:
    (root / "docs/sv/mapp").mkdir()
    (root / "docs/sv/prov2.md").write_text(FIELDS + "text", encoding="utf-8")
    [problem] = problems_of(root, f"[x]({address})", name=name)
    assert problem.kind is Kind.LINK_BROKEN
    assert told in problem.expected
    if anchor := re.search("<a .*</a>", problem.expected):
        assert not problems_of(root, anchor[0], name=name)


def test_a_comment_is_never_published() -> None:
    written = "<!-- ring Eva -->\n\ntext <!-- och\nBo --> mer `<!-- kod -->`\n\n<div>a <!-- Per --> b</div>\n"
    published = render(written)
    assert not re.search("Eva|Bo|Per", published)
    assert re.sub(r"<!-- -->\s*", "", published).split() == [
        "<p>text", "mer", "<code>&lt;!--", "kod", "--&gt;</code></p>", "<div>a", "b</div>",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["con", "mapp/aux", "mapp.md"])
def test_a_name_that_is_no_file_everywhere_is_told(root: Path, name: str) -> None:
    if name.endswith(".md"):
        (root / "docs/sv" / name).mkdir()
    else:
        (root / f"docs/sv/{name}.md").parent.mkdir(exist_ok=True)
        (root / f"docs/sv/{name}.md").write_text(FIELDS + "text", encoding="utf-8")
    assert [problem.kind for problem in read_project(root).problems] == [Kind.BAD_PAGE_NAME]


def test_of_a_page_of_a_language_and_another_at_its_address_the_other_is_told(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    (root / "docs/sv/sma").mkdir()
    (root / "docs/sv/sma/index.md").write_text(FIELDS + "text", encoding="utf-8")
    assert [problem.file for problem in read_project(root).problems] == ["docs/sv/sma/index.md"]


@pytest.mark.parametrize("style", ["fill:u\\72l(https://prov.example)", "fill:image-set('https://prov.example' 1x)"])
def test_a_drawing_that_fetches_by_other_words_is_told(root: Path, style: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g style="{style}"/></svg>'
    (root / "docs/assets").mkdir(exist_ok=True)
    (root / "docs/assets/a.svg").write_text(drawing, encoding="utf-8")
    assert [problem.kind for problem in read_project(root).problems] == [Kind.HTML_NOT_ALLOWED]


@pytest.mark.parametrize(
    ("page", "file", "meant"),
    [("sv/prov.md", "sv/karta.pdf", "../karta.pdf"), ("sma/prov.md", "sma/karta.pdf", "../karta.pdf"),
     ("sma/prov.md", "assets/karta.pdf", "../../assets/karta.pdf")],
)  # fmt: skip
def test_an_address_in_html_that_is_the_way_to_a_file_is_told_with_the_one_that_leads_there(
    page: str, file: str, meant: str
) -> None:
    way = posixpath.relpath(file, posixpath.dirname(page))
    problems = Problems(page)
    address = local_path("prov/", locale=Locale(page.partition("/")[0]))
    around = Around(page=page, address=address, files=[file], addresses=[], ids=lambda _page: None)
    check_markup(f'---\n---\n<a href="{way}">Karta</a>\n', problems, around=around)
    [problem] = problems.found
    assert problem.expected == Hint.MEANT.format(possibility=meant)


def test_the_same_slip_on_two_lines_is_told_of_both(root: Path) -> None:
    found = problems_of(root, "<b onclick=x>a</b>\n\n```\nonclick\n```\n\n<b onclick=x>b</b> och <b onclick=x>c</b>\n")
    assert [problem.line for problem in found] == [6, 12, 12] or {problem.line for problem in found} == {6, 12}


def test_a_text_is_rendered_as_the_site_generator_does() -> None:
    from mkdocs.config import load_config

    config = load_config(str(PROJECT / "mkdocs.yml"))
    assert set(config.markdown_extensions) == set(EXTENSIONS)
    assert config.mdx_configs == {"toc": {"permalink": False}}


@pytest.mark.parametrize(
    "place", ["docs/sv/lank.md", "docs/assets", "podcast/lank.png", "overrides/lank.html", "podcast/episodes/lank"]
)
@pytest.mark.parametrize("target", ["/proc/self/environ", "finns-inte", "/etc", "docs/sv/words.yml"])
def test_a_link_is_told_and_nothing_is_read_through_it(root: Path, place: str, target: str) -> None:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(root / target)
    reading = read_project(root)
    assert reading.show is None
    assert [(problem.kind, problem.file) for problem in reading.problems] == [(Kind.NOT_A_PLAIN_FILE, place)]


@pytest.mark.parametrize("place", ["docs/sv/ror.md", "podcast/episodes/hallbara-inkop/audio-2.mp3", "docs/facts.yml"])
def test_a_pipe_is_told_and_never_opened(root: Path, place: str) -> None:
    (root / place).unlink(missing_ok=True)
    os.mkfifo(root / place)
    assert [problem.kind for problem in read_project(root).problems] == [Kind.NOT_A_PLAIN_FILE]


def test_a_whole_folder_that_is_a_link_is_told(root: Path) -> None:
    shutil.move(root / "podcast", root / "elsewhere")
    (root / "podcast").symlink_to(root / "elsewhere")
    assert [problem.file for problem in read_project(root).problems] == ["podcast"]


def test_what_an_editor_leaves_is_no_link_of_ours(root: Path) -> None:
    (root / "docs/sv/.#words.yml").symlink_to("nagon@dator.1234")
    assert read_project(root).show


@pytest.mark.parametrize("names", [("karta.png", "Karta.png"), ("a\u0308.png", "\u00e4.png")])
def test_two_files_of_one_name_are_told(root: Path, names: tuple[str, str]) -> None:
    (root / "docs/assets").mkdir()
    for name in names:
        (root / "docs/assets" / name).write_bytes(b"")
    if len(list((root / "docs/assets").iterdir())) == 2:
        assert read_project(root).show is None


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("    " * depth + "- a" for depth in range(300)),
        "> " * 300 + "a",
        "- > " * 300 + "a",
        "<div>" * 3000 + "x" + "</div>" * 3000,
        "[" * 20_000,
        "![" * 20_000,
        "[a](" * 20_000,
        "<a " * 20_000,
        "<![CDATA[" * 10_000,
        "x" * 300_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_text_that_nobody_could_render_is_told_at_once(root: Path, text: str) -> None:
    (root / "docs/sv/prov.md").write_text(FIELDS + text, encoding="utf-8")
    reading, calls = counted(lambda: read_project(root))
    assert {problem.kind for problem in reading.problems} <= {Kind.TOO_INVOLVED, Kind.TOO_LONG, Kind.HTML_NOT_ALLOWED}
    assert reading.problems
    assert calls < 3_000_000


@pytest.mark.parametrize("beside", ["", "<B>", "<!-- <i> -->", "<b title='>'>"])
@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("<p>a > b</p>", [Tag("p", {}), Tag("p", {}, ends=True)]),
        ('<a href="x" lang="sv" href="y">', [Tag("a", {"href": "x", "lang": "sv"})]),
        ('<br /><br/></p lang="sv">', [Tag("br", {}), Tag("br", {}), Tag("p", {}, ends=True)]),
        ('<td colspan=""><style>', [Tag("td", {"colspan": ""}), Tag("style", {})]),
    ],
)
def test_a_tag_is_read_as_browsers_do_however_plain_the_text_around_it(
    written: str, tags: list[Tag], beside: str
) -> None:
    assert list(tags_of(written + beside))[: len(tags)] == tags


@pytest.mark.parametrize(
    "value",
    ["<img src=x onerror=alert(1)>", "a *b* _c_ `d`", "[x](javascript:alert(1))", "# a", "1. a", "- a", "> a",
     "a {: onclick=x }", "&lt;script&gt;", "Fråga & svar", "a | b", "\\<script>", "![x](y)", "**Å**"],
)  # fmt: skip
def test_a_value_in_a_text_is_shown_as_it_is_written(value: str) -> None:
    shown = render(literal(value))
    assert not list(judge(tags_of(shown), AUTHORS))

    assert str(html.fromstring(shown).xpath("string()")).strip() == value
    assert shown.startswith("<p>")


def test_headings_of_every_kind_lie_lower_in_a_page_that_repeats_them() -> None:
    text = "Ett\n---\n\ntext\n\n##Två\n\n### Tre\n\n```\n## kod\n```\n\n`[a](b.md)` [c](<d e.md>)\n\n- - -\n"
    tags = page_tags(include(text, name="mapp/sida.md", into="", levels=1)) or []
    assert [tag.name for tag in tags if tag.name[0] == "h" and not tag.ends] == ["h3", "h3", "h4", "hr"]
    assert "`[a](b.md)` [c](<mapp/d e.md>)" in include(text, name="mapp/sida.md", into="", levels=1)


EVIL = """<b onclick=alert(1)>x</b> "' *a* `b` | # [c](javascript:d) &lt i"""


def spoilt(text: str) -> str:
    """Return a YAML file in which every text has markup of all kinds at its end."""

    def spoil(match: re.Match[str]) -> str:
        value = match["value"].strip("\"'")
        return f"{match['field']}{json.dumps(f'{value} {EVIL}', ensure_ascii=False)}"

    return re.sub(r"(?m)^(?P<field>\s*-? ?(?:[\w.]+: |- (?![\w]+:)))(?P<value>.*[^\W\d_].*)$", spoil, text)


@pytest.mark.rebuild
def test_markup_in_words_facts_and_questions_is_shown_as_it_is_written(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    for name in ("docs/sv/words.yml", "docs/facts.yml", "docs/questions.yml"):
        kept = {"id", "slug", "url", "start", "end", "date", "municipalities", "talked_with", "towns"}
        lines = (root / name).read_text(encoding="utf-8").split("\n")
        lines = [line if line.strip("- ").partition(":")[0] in kept else spoilt(line) for line in lines]
        (root / name).write_text("\n".join(lines), encoding="utf-8")
    status, _, wrong = run("build", "--root", str(root))
    assert status == 0, wrong
    pages = [path.read_text(encoding="utf-8") for path in (root / "site").rglob("*.html")]
    assert not any("<b onclick" in page for page in pages)
    assert sum(page.count("&lt;b onclick") for page in pages) > 500
    resources = html.fromstring((root / "site/resultat/aktiviteter/index.html").read_text(encoding="utf-8"))
    assert EVIL in " ".join(str(resources.xpath("string(//main)")).split())


def test_an_address_that_leads_to_script_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    (root / "mkdocs.yml").write_text(
        text.replace("region: https://regionjh.se/", "region: javascript:alert(1)"), "utf-8"
    )
    [problem] = [each for each in read_project(root).problems if each.file == "mkdocs.yml"]
    assert problem.line == text[: text.index("region: https")].count("\n") + 1


def test_a_name_that_nobody_has_given_an_address_is_told(root: Path) -> None:
    (root / "mkdocs.yml").write_text(
        "site_url: !ENV [SITE_URL, 'https://prov.example/']\nnav:\n  - index.md\n  - borta.md\n"
        "extra:\n  addresses:\n    region: https://prov.example/\n    fel: javascript:alert(1)\n",
        encoding="utf-8",
    )
    (root / "docs/sv/index.md").write_text(FIELDS, encoding="utf-8")
    text = (
        "[a][region], [b][regoin], [c][egen], [d][Borta] och `[e][f]`\n\n[egen]: https://prov.example/\n\n    [g][h]\n"
    )
    found = problems_of(root, text)
    assert [(problem.line, problem.found) for problem in found] == [(6, "[Borta]"), (6, "[regoin]")]
    assert "[region]" in found[1].expected
    settings = [problem for problem in read_project(root).problems if problem.file == "mkdocs.yml"]
    assert [(problem.line, problem.found) for problem in settings] == [(4, "borta.md"), (8, "javascript:alert(1)")]


def test_a_name_of_a_page_is_its_own(root: Path) -> None:
    assert problems_of(root, "[a][nytt-rss]\n\n[nytt-rss]: https://prov.example/\n") == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Hej <ohörbart>.", "<ohörbart>"),
        ("![En karta](karta.png)", '<img alt="En karta" src="karta.png">'),
        ("<b onclick=x>a</b>", 'onclick="x"'),
        ("[x](javascript:y)", "javascript:y"),
    ],
)
def test_what_nobody_gets_to_see_of_an_episodes_text_is_said(root: Path, written: str, found: str) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n\n{written}\n\n`<om>` och [a](https://prov.example/)\n", encoding="utf-8")
    reading = read_project(root)
    assert reading.show
    [note] = [note for note in reading.notes if note.file.endswith("episode.md")]
    assert (note.found, note.line) == (found, text.count("\n") + 3)


PIECES = st.sampled_from([
    "[", "]", "(", ")", "<", ">", "{:", "}", "*", "_", "`", "```\n", "~~~\n", "\n", "\n\n", "    ", "- ", "1. ", "> ", "# ", "## ",
    "---\n", "===\n", "|", "a|b\n--|--\n", "\\", "&", "&#x", "![", "](", "[a]: b", "<a href=", '<a href="#">', "<div markdown>",
    "</div>", "<p>", "<img src=x>", "<!--", "-->", "<![CDATA[", "<?", "<script>", "</script>", "http://[", "<a@b.se>", "#x", "om.md",
    "{#id}", "{ .k }", "{: href=x }", "\t", "\ufeff", "\u200b", "<video>", "<svg>", "<style>", "<table>", "</", "ord", "[x](#)", "[x]()",
    "wzxhzdk:0", "klzzwxh:0001", "<details markdown=block>", "<summary>", "[a][b]", "[[budget]]", "[[tid",
])  # fmt: skip
MARKDOWN = st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join)


@pytest.mark.random
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=MARKDOWN)
def test_any_text_is_answered_and_what_is_taken_is_rendered_without_a_word(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    from mkdocs.config import load_config
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.pages import Page as BuiltByMkDocs

    docs = tmp_path_factory.mktemp("docs")
    written = Problems("prov.md")
    lines = f"{FIELDS}{text.strip()}"
    known = ["prov.md", "om.md"]
    around = Around(
        page="prov.md", address="prov/", files=known, addresses=["prov/", "om/"],
        ids=lambda file: ids_of(page_tags(text.strip() if file == "prov.md" else "") or []),
    )  # fmt: skip
    check_markup(lines, written, around=around)
    format_report(written.found)
    if written.found or UNPUBLISHABLE.search(text):
        return
    config = load_config(str(PROJECT / "mkdocs.yml"))
    files = Files([File(name, str(docs), str(docs / "site"), use_directory_urls=True) for name in known])
    page = BuiltByMkDocs(None, next(iter(files)), config)
    page.markdown, page.meta = text.strip(), {}
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("mkdocs").addHandler(handler)
    try:
        page.render(config, files)
        page.validate_anchor_links(files=files, log_level=logging.WARNING)
    finally:
        logging.getLogger("mkdocs").removeHandler(handler)
    assert said == []
    assert not list(judge(tags_of_page((page.content or "").encode()), PAGES))


def test_several_threads_get_their_own_text() -> None:
    texts = [f"# Rubrik {number}\n\n[länk {number}][x]\n\n[x]: https://exempel.se/{number}\n" for number in range(8)]
    alone = [render(text) for text in texts]
    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(render, texts * 20)) == alone * 20
        notes = [f"{text}\n\nNummer {number}" for number, text in enumerate(texts * 20)]
        expected = [*map(render_notes, notes)]
        written_notes.cache_clear()
        assert [*workers.map(render_notes, notes)] == expected
