"""The one place of what the site looks like: nothing is drawn in a colour from elsewhere, and another place looks otherwise."""

from __future__ import annotations

import colorsys
import io
import os
import re
import runpy
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pymupdf
import pytest
import yaml
from lxml import html
from PIL import Image, ImageChops, ImageColor, ImageStat
from playwright.sync_api import Browser

from okatakten.documents import pdf
from okatakten.documents.reading import read_with_documents
from okatakten.mkdocs.run import build_site
from okatakten.site.assets import with_profile
from okatakten.site.mark import MarkError, draw_mark, read_mark
from okatakten.site.profile import GIVEN, NAMES, contrast, read_profile
from okatakten.site.project import read_project
from support import PAINT, PROFILE, PROJECT, SITE, copy_project

WRITTEN: Final = yaml.safe_load((PROJECT / "overrides/profile/profile.yml").read_text(encoding="utf-8"))
STYLES: Final = sorted((PROJECT / "overrides/assets").glob("*.css"))
OLD: Final = {ImageColor.getrgb(colour) for colour in WRITTEN["colours"].values()}
OLD_NAMES: Final = ("öka takten", "oka-takten", "jämtland", "härjedalen", "regionjh", "okatakten.example")
LITERAL: Final = re.compile(r"(?<![\w&#/\[(])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(\s*[\d.]", re.IGNORECASE)  # fmt: skip
NAMED: Final = re.compile(rf"\b(?:color|background|fill|stroke|border|outline|shadow)[\w-]*\s*[:=][^;>]*\b({'|'.join(ImageColor.colormap)})\b")  # fmt: skip
EXCEPTIONS: Final = {
    "overrides/assets/eu.svg": {"#039", "#fc0"},  # the European emblem
    "scripts/okatakten/site/profile.py": {*GIVEN.values(), "#a1b2c3"},  # its names for what is given, and an example
    "scripts/okatakten/site/mark.py": {"#000000"},  # what SVG fills a shape with that says no colour
    "scripts/okatakten/site/qr.py": {"#000", "#fff"},  # what every camera can read (ISO/IEC 18004)
    "scripts/okatakten/translating/opendocument.py": {"#000000"},  # letters in the colour that they have in a new file
}
"""Colours that a standard sets."""


def texts() -> Iterator[tuple[str, str]]:
    """Give what of overrides/ and scripts/ people write, but for the one place."""
    for folder in ("overrides", "scripts"):
        for path in sorted((PROJECT / folder).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if path.suffix in {".css", ".html", ".js", ".py", ".svg", ".xml"} and "/profile/" not in name:
                yield name, path.read_text(encoding="utf-8")


def test_no_colour_stands_outside_the_profile() -> None:
    found = {name: set(LITERAL.findall(text)) for name, text in texts()}
    assert {name: colours for name, colours in found.items() if colours} == EXCEPTIONS
    named = {name: NAMED.findall(text) for name, text in texts() if name.endswith((".css", ".html", ".svg"))}
    assert not {name: words for name, words in named.items() if words}


def test_every_colour_is_for_something_and_stands_once() -> None:
    mark = (PROJECT / "overrides/profile/mark.svg").read_text(encoding="utf-8")
    used = {word for scheme in ("light", "dark", "print") for word in WRITTEN[scheme].values()}
    assert set(WRITTEN["colours"]) == (used | set(re.findall(r"var\(--([\w-]+)\)", mark))) - set(GIVEN)
    assert not LITERAL.search(mark)


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_finds_every_value_that_it_uses(style: Path) -> None:
    css = styled(style.name)
    assert "@profile" not in css
    used, defined = re.findall(r"var\((--site-[\w-]+)", css), re.findall(r"(--site-[\w-]+):", css)
    assert set(used) <= set(defined or re.findall(r"(--site-[\w-]+):", styled("site.css")))


def styled(name: str) -> str:
    """Return a style sheet as it is published, with what it has of the profile."""
    styles = {f"assets/{path.name}": path.read_bytes() for path in STYLES}
    return with_profile(styles, PROFILE, cache=Path(os.devnull))[f"assets/{name}"].decode()


def test_pages_and_drawings_use_only_what_a_style_sheet_has() -> None:
    css = styled("site.css")
    for name, text in texts():
        if name.endswith((".html", ".js", ".py")) and "/documents/" not in name:
            for used in re.findall(r"var\((--site-[\w-]+)\)", text):
                assert f"{used}: " in css, (name, used)


def test_a_document_has_the_values_themselves() -> None:
    for path in sorted((PROJECT / "overrides/documents").glob("*.*ml")) + sorted(
        (PROJECT / "overrides/documents").glob("*.css")
    ):
        text = path.read_text(encoding="utf-8")
        assert "var(" not in PROFILE.on_paper(text), path
    assert PROFILE.on_paper("color: var(--site-text); font: var(--site-size-h1)") == "color: #10272d; font: 30pt"


def test_every_colour_of_text_has_a_contrast_that_is_asked_for() -> None:
    asked = {name: row["least"] for row in WRITTEN["contrast"] for name in row["colours"]}
    for style in STYLES:
        text = style.read_text(encoding="utf-8")
        for name in re.findall(r"(?m)^\s+color: var\(--site-([\w-]+)\)", text):
            # What is written in the colour of a ground stands on one that has its own row.
            assert asked.get(name, 7 if name == "deep" else 0) >= 4.5, name
    assert asked["text"] == asked["quiet"] == asked["link"] == asked["on-deep"] == 7


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_each_pair_of_colours_has_the_contrast_that_the_profile_asks_for(scheme: str) -> None:
    colours = getattr(PROFILE, scheme)
    assert set(colours) == set(NAMES)
    for row in WRITTEN["contrast"]:
        for name in row["colours"]:
            for ground in row["against"]:
                assert contrast(colours[name], colours[ground]) >= row["least"], (name, ground)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.54), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio


def test_a_project_whose_pages_others_make_needs_no_profile(tmp_path: Path) -> None:
    assert read_profile(tmp_path, []) is None
    (tmp_path / "overrides").mkdir()
    found: list[Any] = []
    assert read_profile(tmp_path, found) is None
    assert [problem.file for problem in found] == ["overrides/profile/profile.yml"]


# The mark

DRAWINGS: Final = {
    "ours": PROFILE.mark,
    "holes": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path fill="Red" d="M0 0h10v10H0zM2 2v3h3V2z'
    'M6 6h2v2H6z"/><path fill-rule="evenodd" d="M1 7h3v2H1zm1 .5h1v1H2z"/></svg>',
    "lines": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><g fill="none" stroke="#00F" stroke-width="6">'
    '<path d="M10 10h30v30H10z"/><polyline points="60,10 90,30 60,50"/><path stroke-linecap="round" d="M10 60c20-30 40 60 80 10"/>'
    '<circle cx="30" cy="80" r="10" style="fill:#00aa00;stroke-width:2"/></g><ellipse cx="75" cy="88" rx="15" ry="6"/></svg>',
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_mark_is_in_pictures_what_it_is_in_browsers(browser: Browser, name: str) -> None:
    page = browser.new_page(viewport={"width": 200, "height": 200})
    page.set_content(
        f'<body style="margin: 0">{DRAWINGS[name].replace("<svg", "<svg style=width:200px;height:200px;display:block", 1)}'
    )
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        seen = shot.convert("RGB")
    page.close()
    drawn = Image.new("RGB", (800, 800), "white")
    draw_mark(drawn, read_mark(DRAWINGS[name]))
    difference = ImageChops.difference(drawn.reduce(4), seen).convert("L")
    assert ImageStat.Stat(difference).mean[0] < 1.5
    # Edges may differ by a part of a pixel, and nothing else may.
    assert max(difference.reduce(4).tobytes()) < 60


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ('<rect width="1" height="1" fill="url(#a)"/>', 'fill="url(#a)"'),
        ('<rect width="1" height="1" stroke="#ff000080"/>', 'stroke="#ff000080"'),
        ('<rect width="1" height="1" fill="var(--unknown)"/>', 'fill="var(--unknown)"'),
        ('<rect width="1" height="1" style="opacity: .5"/>', 'opacity=".5"'),
        ('<g transform="scale(2)"><path d="M0 0h1v1z"/></g>', 'transform="scale(2)"'),
        ("<image/>", "<image>"),
        ('<path d="M0 0 nonsense"/>', "<path>"),
        ('<circle r="wide"/>', "<circle>"),
    ],
)
def test_what_of_a_mark_cannot_be_drawn_is_told_with_its_line(drawn: str, told: str) -> None:
    with pytest.raises(MarkError) as caught:
        read_mark(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">\n\n{drawn}</svg>')
    assert (caught.value.line, caught.value.found) == (3, told)


@pytest.mark.parametrize("box", ['viewBox="0 0 8 9"', 'viewBox="1 1 8 8"', ""])
def test_a_mark_is_a_square(box: str) -> None:
    with pytest.raises(MarkError):
        read_mark(f'<svg xmlns="http://www.w3.org/2000/svg" {box}/>')


def test_phones_show_the_mark_among_their_apps(site: Path) -> None:
    for name in ("index.html", "podd/index.html", "sma/index.html"):
        page = html.fromstring((site / name).read_bytes())
        icon = ((site / name).parent / str(page.xpath("string(//link[@rel='apple-touch-icon']/@href)"))).resolve()
        assert icon.is_relative_to(site / "assets/hashed")
        with Image.open(icon) as image:
            assert (image.size, image.mode) == ((180, 180), "RGB")
            assert image.getpixel((0, 0)) == ImageColor.getrgb(PAINT.sky)


def test_the_published_cover_is_drawn_from_the_profile_and_never_drawn_over() -> None:
    cover = runpy.run_path(str(PROJECT / "scripts/samples/cover.py"))
    show = read_project(PROJECT).show
    assert show
    drawn = cover["draw_cover"](show, "Podd om cirkulär upphandling", paint=PAINT)
    with Image.open(PROJECT / "podcast/cover-1.png") as published:
        assert ImageChops.difference(drawn, published.convert("RGB")).getbbox() is None
    with pytest.raises(FileExistsError):
        cover["main"]("cover-1.png", "Podd om något annat")


# Another region


def turned(colour: str) -> str:
    """Return a colour on the other side of the circle that is as light, so that what stands on what can still be read."""
    hue, _, much = colorsys.rgb_to_hls(*(part / 255 for part in ImageColor.getrgb(colour)))
    every = ("#" + bytes(round(part * 255) for part in colorsys.hls_to_rgb((hue + 0.45) % 1, step / 1000, much)).hex()
             for step in range(1001))  # fmt: skip
    return min(every, key=lambda other: abs(contrast(other, "#000000") - contrast(colour, "#000000")))


def in_other_words(text: str) -> str:
    """Return what another region would write where ours is named."""
    names = {
        "Öka takten": "Varva ned", "öka takten": "varva ned", "oka-takten": "varva-ned", "okatakten.example": "varva.example",
        "Region Jämtland Härjedalen": "Region Norrmark", "Jämtland": "Norrmark", "Härjedalen": "Söderö",
        "jämtland": "norrmark", "härjedalen": "söderö", "regionjh": "norrmark",
    }  # fmt: skip
    # The map knows where the municipalities of ours lie, so theirs are some of them.
    text = text.replace("Härjedalen, Krokom", "Krokom").replace("Berg, Härjedalen]", "Berg]")
    for ours, theirs in names.items():
        text = text.replace(ours, theirs)
    return text


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of another region, which has changed its profile, its mark and its cover, and says its own name."""
    root = copy_project(tmp_path_factory.mktemp("elsewhere"))
    texts = [path for name in ("docs", "podcast") for path in (root / name).rglob("*")]
    for path in [*texts, root / "mkdocs.yml"]:
        if path.suffix in {".md", ".yml", ".vtt"}:
            path.write_text(in_other_words(path.read_text(encoding="utf-8")), encoding="utf-8")
    profile = root / "overrides/profile/profile.yml"
    text = profile.read_text(encoding="utf-8")
    for colour in WRITTEN["colours"].values():
        text = text.replace(colour, turned(colour))
    profile.write_text(text, encoding="utf-8")
    mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4" fill="var(--rust)"/></svg>'
    (root / "overrides/profile/mark.svg").write_text(mark, encoding="utf-8")
    read = read_profile(root, [])
    show = read_project(PROJECT).show
    assert read
    assert show
    cover = runpy.run_path(str(PROJECT / "scripts/samples/cover.py"))["draw_cover"]
    named = replace(show, title="Varva ned", author="Region Norrmark")
    cover(named, "Podd om något", paint=read.paint()).save(root / "podcast/cover-1.png")
    reading = read_with_documents(root)
    assert not reading.problems
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=reading, site=SITE)
    return root / "site"


def old_names(content: bytes) -> list[str]:
    """Return our names that stand in some bytes, as text of one kind or the other (ID3 may have two bytes a letter)."""
    texts = [
        content.decode("utf-8", "ignore").casefold(),
        *(content[at:].decode("utf-16-le", "ignore").casefold() for at in (0, 1)),
    ]
    return [name for name in OLD_NAMES if any(name in text for text in texts)]


def old_colours(colours: Iterable[Any]) -> set[Any]:
    return OLD & set(colours)


@pytest.mark.rebuild
def test_the_site_of_another_region_names_and_shows_nothing_of_ours(elsewhere: Path) -> None:
    ours = re.compile("|".join(WRITTEN["colours"].values()), re.IGNORECASE)
    seen = set()
    for path in sorted(elsewhere.rglob("*")):
        name = path.relative_to(elsewhere).as_posix()
        assert not old_names(name.encode()), name
        # What somebody has made of an episode is as it was made, as a recording is.
        if not path.is_file() or name.startswith("search/") or "klipp" in path.parts:
            continue
        seen.add(path.suffix)
        content = path.read_bytes()
        assert not old_names(content), name
        if path.suffix in {".html", ".css", ".svg", ".js", ".xml", ".json"}:
            assert not ours.search(content.decode()), name
    assert seen >= {".html", ".css", ".svg", ".js", ".xml", ".json", ".png", ".mp3", ".vtt", ".epub"}
    assert (elsewhere / "rapport/varva-ned-rapport.epub").is_file()


@pytest.mark.rebuild
def test_the_pictures_of_another_region_have_none_of_our_colours(elsewhere: Path) -> None:
    pictures = [path for path in elsewhere.rglob("*.png") if "klipp" not in path.parts]
    assert len(pictures) > 40
    for path in pictures:
        with Image.open(path) as image:
            counted = image.convert("RGB").getcolors(image.width * image.height)
        assert counted
        # Where two colours meet there are others between them, a pixel here and there.
        assert not old_colours(colour for count, colour in counted if count > image.width * image.height / 10_000), path


@pytest.mark.rebuild
def test_the_documents_of_another_region_have_none_of_our_names_and_colours(elsewhere: Path) -> None:
    with zipfile.ZipFile(elsewhere / "rapport/varva-ned-rapport.epub") as book:
        for name in book.namelist():
            text = book.read(name).decode("utf-8", "ignore")
            assert not old_names(text.encode()), name
            assert not any(colour in text for colour in WRITTEN["colours"].values()), name
    if not pdf.is_installed():
        pytest.skip("no libraries for PDF")
    files = sorted(elsewhere.rglob("varva-ned-*.pdf"))
    assert len(files) >= 2
    for path in files:
        with pymupdf.open(path) as document:
            assert not old_names(str(document.metadata).encode()), path
            for page in document:
                assert not old_names(page.get_text().encode()), path
                pixels = page.get_pixmap(dpi=50)
                image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
                counted = image.getcolors(image.width * image.height)
                assert counted
                assert not old_colours(colour for count, colour in counted if count > 20), path
