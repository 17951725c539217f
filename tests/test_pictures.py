"""Pictures as people have them: what is published shows the same, the right way up, and tells nothing beside it."""

from __future__ import annotations

import base64
import gzip
import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from PIL import ExifTags, Image, ImageCms, ImageDraw

from okatakten.documents.documents import parse_document
from okatakten.model import Crop, Locale, Picture
from okatakten.podcast.files import build_podcast_files, write_podcast_files
from okatakten.podcast.images import ImageUnreadableError, decode, encode, facts_of
from okatakten.podcast.pictures import build_picture, read_picture
from okatakten.site.drawings import clean_drawing, find_faults
from okatakten.site.pictures import WIDTHS, PageImages, find_images
from okatakten.site.places import check_files, find_files
from okatakten.site.project import read_project
from okatakten.written.advice import Hint, Trace
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems
from support import CASES, SITE, WORDS, copy_project, lay_out, run, to_publish

SECRETS = (b"Angla", b"Exif", b"Hemma", b"http://ns.adobe.com", b"Photoshop 3.0", b"tEXt", b"iTXt", b"eXIf", b"GPS")


def telling(orientation: int = 1) -> Image.Exif:
    """Return what a phone writes beside a picture."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Telefon"
    exif[ExifTags.Base.Artist] = "Angla Agren"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (63.0, 10.0, 30.0), 3: "E", 4: (14.0, 38.0, 10.0)})
    return exif


def corner(size: tuple[int, int] = (80, 60), mode: str = "RGB") -> Image.Image:
    """Return a picture whose upper left quarter is red, and the rest blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def saved(path: Path, image: Image.Image, kind: str | None = None, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, kind, **options)
    return path


def red_is_upper_left(image: Image.Image) -> bool:
    image = image.convert("RGB")
    places = {
        (0.25, 0.25): (255, 0, 0),
        (0.75, 0.25): (0, 0, 255),
        (0.25, 0.75): (0, 0, 255),
        (0.75, 0.75): (0, 0, 255),
    }
    pixels = {place: image.getpixel((int(image.width * place[0]), int(image.height * place[1]))) for place in places}
    return all(
        isinstance(pixel, tuple) and max(abs(a - b) for a, b in zip(pixel, places[place], strict=True)) < 40
        for place, pixel in pixels.items()
    )


def images_of(folder: Path) -> PageImages:
    return find_images(folder, cache=folder.parent / "cache")


PHONES: dict[str, Callable[[Path], Path]] = {
    "a JPEG of a phone": lambda path: saved(path / "a.jpg", corner(), exif=telling(), comment=b"Hemma hos oss"),
    "a progressive JPEG": lambda path: saved(path / "a.jpeg", corner(), "JPEG", exif=telling(), progressive=True),
    "a JPEG in grey and colour": lambda path: saved(path / "a.JPG", corner(mode="CMYK"), "JPEG", exif=telling()),
    "several pictures in one": lambda path: saved(
        path / "a.jpe", corner(), "MPO", save_all=True, append_images=[corner()], exif=telling()
    ),
    "a PNG": lambda path: saved(path / "a.png", corner(), exif=telling()),
    "a PNG with a palette": lambda path: saved(path / "a.png", corner(mode="P"), exif=telling()),
    "a PNG that one sees through": lambda path: saved(path / "a.PNG", corner(mode="RGBA"), "PNG", exif=telling()),
    "a WebP": lambda path: saved(path / "a.webp", corner(), exif=telling(), xmp=b"<x xmlns='http://ns.adobe.com/'/>"),
    "an AVIF": lambda path: saved(path / "a.avif", corner(), exif=telling()),
    "a GIF": lambda path: saved(path / "a.gif", corner(mode="P"), comment=b"Hemma hos oss"),
    "a PNG called JPEG": lambda path: saved(path / "a.jpg", corner(), "PNG", exif=telling()),
    "a WebP called PNG": lambda path: saved(path / "a.png", corner(), "WEBP", exif=telling()),
}


@pytest.mark.parametrize("make", PHONES.values(), ids=PHONES)
def test_what_is_published_shows_the_same_and_tells_nothing(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path / "docs/assets")
    before = path.read_bytes()
    made = images_of(tmp_path / "docs").get(path)
    for content in (made.content, *(copy for _, copy in made.smaller.values())):
        assert not [secret for secret in SECRETS if secret in content]
        with Image.open(BytesIO(content)) as image:
            assert red_is_upper_left(image)
            assert not image.getexif()
            assert image.size == (made.width, made.height) == (80, 60)
    with Image.open(BytesIO(made.content)) as image:
        assert image.format == {"jpg": "JPEG", "jpeg": "JPEG", "jpe": "JPEG"}.get(
            path.suffix[1:].lower(), path.suffix[1:].upper()
        )
    assert path.read_bytes() == before


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_the_way_that_the_camera_was_held(orientation: int, tmp_path: Path) -> None:
    upright = corner()
    turns = Image.Transpose
    back: dict[int, Image.Transpose] = {
        2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM, 5: turns.TRANSPOSE,
        6: turns.ROTATE_90, 7: turns.TRANSVERSE, 8: turns.ROTATE_270,
    }  # fmt: skip
    held = upright.transpose(back[orientation]) if orientation > 1 else upright
    path = saved(tmp_path / "docs/a.jpg", held, exif=telling(orientation), quality=95)
    made = images_of(tmp_path / "docs").get(path)
    assert (made.width, made.height) == (80, 60)
    assert red_is_upper_left(Image.open(BytesIO(made.content)))
    facts = facts_of(path)
    assert (facts.width, facts.height) == (80, 60)
    assert not facts.is_plain


def test_colours_of_a_wide_screen_become_those_of_the_web(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    grey = Image.new("RGB", (8, 8), (90, 90, 90))
    # A profile of another sort of picture, or a damaged one, changes nothing.
    for wrong in (profile, b"not a profile"):
        assert decode(saved(tmp_path / "a.png", grey, icc_profile=wrong), least=8).getpixel((4, 4)) == (90, 90, 90)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = saved(tmp_path / "b.png", grey, icc_profile=srgb)
    assert decode(path, least=8).getpixel((4, 4)) == (90, 90, 90)
    assert b"iCCP" not in encode(decode(path, least=8), "PNG")


def test_sixteen_bits_a_pixel_become_eight_and_no_white_square(tmp_path: Path) -> None:
    grey = Image.new("I;16", (8, 8), 90 * 257)
    assert decode(saved(tmp_path / "a.png", grey), least=8).getpixel((4, 4)) == (90, 90, 90)


def test_a_large_picture_is_made_as_large_as_pages_need_with_copies_of_less(tmp_path: Path) -> None:
    image = Image.effect_noise((4032, 3024), 40).convert("RGB").resize((4032, 3024))
    path = saved(tmp_path / "docs/a.jpg", image, quality=90)
    made = images_of(tmp_path / "docs").get(path)
    assert (made.width, made.height) == (1600, 1200)
    assert tuple(made.smaller) == WIDTHS
    sizes = [len(copy) for _, copy in made.smaller.values()]
    assert sizes == sorted(sizes)
    assert sizes[-1] < len(made.content) < path.stat().st_size / 3
    again = images_of(tmp_path / "docs").get(path)
    assert again == made
    for remembered in (tmp_path / "cache").iterdir():
        remembered.unlink()
    assert images_of(tmp_path / "docs").get(path) == made


def test_a_small_drawing_is_published_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "docs/a.png", corner((16, 16)), optimize=True)
    made = images_of(tmp_path / "docs").get(path)
    assert len(made.content) <= path.stat().st_size


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """Return a PNG that says how large it is, with these chunks in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + b"".join(chunks)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (png(30_000, 30_000), Hint.PICTURE_TOO_LARGE),
        (png(12_000, 11_000), Hint.PICTURE_TOO_LARGE),
        (png(2**31 - 1, 2**31 - 1), Hint.PICTURE_TOO_LARGE),
        (png(100, 100), Hint.PICTURE_DAMAGED),
        (b"\xff\xd8\xff\xe0", Hint.PICTURE_OF_OTHER_KIND),
        (b"", Hint.PICTURE_IS_EMPTY),
        (b"%PDF-1.7", Hint.PICTURE_OF_OTHER_KIND),
        (b"version https://git-lfs.github.com/spec/v1\n", Hint.PICTURE_OF_OTHER_KIND),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", Hint.PICTURE_IS_HEIC),
    ],
)
def test_a_picture_that_cannot_be_opened_says_why(content: bytes, hint: Hint, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(ImageUnreadableError) as raised:
        facts_of(path)
    assert raised.value.hint.startswith(hint.partition("{")[0])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_half_a_picture_is_told(kind: str, tmp_path: Path) -> None:
    content = BytesIO()
    Image.effect_noise((400, 300), 50).convert("RGB").save(content, kind)
    path = tmp_path / "a.jpg"
    path.write_bytes(content.getvalue()[: len(content.getvalue()) // 2])
    with pytest.raises(ImageUnreadableError):
        facts_of(path)


def test_a_drawing_keeps_what_draws_and_loses_what_runs_fetches_or_tells() -> None:
    photo = BytesIO()
    corner().save(photo, "JPEG", exif=telling())
    inside = base64.b64encode(photo.getvalue()).decode()
    content = f"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>
    <svg xmlns="&ns;" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:sodipodi="http://sodipodi.example/x"
      sodipodi:docname="angla.svg" width="40mm" viewBox="0 0 200 100" onload="alert(1)">
    <!-- Hemma hos oss --><title>En plan</title><metadata><x xmlns="y">Angla</x></metadata>
    <script>alert(1)</script><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>
    <style>@import url(https://x.example/a.css); path {{ fill: url(#g); stroke: url(https://x.example/b) }}</style>
    <linearGradient id="g"/><use xlink:href="#g"/><use href="https://x.example/c.svg#x"/>
    <a href="javascript:alert(1)"><path d="M0 0h9v9z" fill="url(#g)"/></a>
    <image xlink:href="data:image/jpeg;base64,{inside}" width="9" height="9"/><image href="https://x.example/d.png"/>
    </svg>""".encode()
    cleaned, size, traces = clean_drawing(content)
    text = cleaned.decode()
    for gone in (
        "script",
        "onload",
        "alert",
        "x.example",
        "Angla",
        "angla",
        "Hemma",
        "foreignObject",
        "sodipodi",
        "ENTITY",
    ):
        assert gone not in text
    for kept in ("En plan", 'd="M0 0h9v9z"', "url(#g)", 'href="#g"', "data:image/jpeg;base64,"):
        assert kept in text
    assert inside not in text
    assert size == (151, 76)
    assert {Trace.NAME, Trace.SCRIPT, Trace.WORDS} <= set(traces)


@pytest.mark.parametrize(
    ("inside", "faults"),
    [
        ('<metadata>x</metadata><a><path d="M0 0"/></a>', ["<a"]),
        ('<a><set attributeName="href" to="javascript:alert(1)"/></a>', ["<a", "<set"]),
        ("<style><x/>@import url(https://x.example/a.css);</style>", ["<style", "<x"]),
        ("<style>path { fill: url(https://x.example/a</style>", ["<style"]),
        pytest.param(f"<style>{'url(' * 100_000}</style>", ["<style"], id="many"),
        ("<style>path { fill: url( '#a' ) }</style>", []),
        ('<g xml:base="https://x.example/"/>', ['base="https://x.example/"']),
        ('<path style="fill: url(data:image/png;base64,AAAA)"/>', ['style="fill: url(data:image/png;base64,AAAA)"']),
        ('<image href="data:image/png;charset=x;base64,AAAA"/>', ['href="data:image/png;charset=x;base64,AAAA"']),
        ("<text>&e;</text>", ["&e;"]),
        ('<i:pgf xmlns:i="&e;"/><path d="M0 0"/>', []),
        ('<image href="data:image/jpg;base64,AAAA"/>', []),
    ],
)
def test_what_a_drawing_would_lose_is_told_and_what_is_not_drawn_is_taken_out(inside: str, faults: list[str]) -> None:
    content = f"""<!DOCTYPE svg [<!ENTITY e "https://x.example/">]>
    <svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>""".encode()
    assert [what for _, what in find_faults(content)] == faults
    cleaned, *_ = clean_drawing(content)
    for gone in (b"x.example", b"javascript", b"<set", b"data:", b"<x", b"pgf", b"metadata"):
        assert gone not in cleaned
    assert (b"M0 0" in cleaned) == ("M0 0" in inside)


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<svg>", b"\0\0", b'<svg xmlns="http://www.w3.org/2000/svg">'])
def test_a_drawing_that_is_none_is_told(content: bytes) -> None:
    with pytest.raises(ImageUnreadableError):
        clean_drawing(content)


# Names


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("tra\u0308d.png", "träd.png"),
        ("träd.png", "tra\u0308d.png"),
        ("tra\u0308d.png", "tr%C3%A4d.png"),
        ("mitt träd.png", "mitt träd.png"),
        ("mitt träd.png", "<../assets/mitt träd.png>"),
        ("bild (1).png", "bild (1).png"),
        ("bild (1).png", "bild%20(1).png"),
        ("IMG_0001.PNG", "IMG_0001.PNG"),
        ("100 % ull.png", "100%20%25%20ull.png"),
        ("o'hara.png", "o'hara.png"),
        ("a&b.png", "a&b.png"),
        ("del #1.png", "del%20%231.png"),
    ],
)
def test_a_picture_is_found_however_its_name_is_spelled(name: str, written: str, tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    saved(root / "docs/assets" / name, corner())
    address = written if written.startswith("<") else f"../assets/{written}"
    (root / "docs/sv/bild.md").write_text(f'---\ntitle: B\ndescription: D.\n---\n![Ett träd]({address} "x")\n', "utf-8")
    reading = read_project(root)
    assert not reading.problems


def test_a_number_sign_in_the_name_of_a_picture_is_shown_as_an_address_has_it(tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    saved(root / "docs/assets/del #1.png", corner())
    (root / "docs/sv/bild.md").write_text(
        "---\ntitle: B\ndescription: D.\n---\n![Del](<../assets/del #1.png>)\n", "utf-8"
    )
    (problem,) = read_project(root).problems
    assert (problem.kind, problem.line) == (Kind.LINK_BROKEN, 5)
    assert "../assets/del%20%231.png" in problem.expected


@pytest.mark.parametrize("name", ['a"b.png', "a?b.png", "con.png", "a\nb.png", "a:b.jpg", "a*b.png"])
def test_a_name_that_some_computer_cannot_hold_is_told_with_one_that_all_can(name: str, tmp_path: Path) -> None:
    saved(tmp_path / "docs/assets" / name, corner(), "PNG")
    problems: list[Problem] = []
    check_files(find_files(tmp_path), [Locale("sv")], problems)
    (problem,) = problems
    assert problem.kind is Kind.NOT_A_FILE_NAME
    assert set(problem.expected) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_files_that_some_computer_takes_for_one_are_told(tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    for name in ("Bild.png", "bild.png", "tra\u0308d.png", "träd.png"):
        saved(root / "docs/assets" / name, corner())
    assert [problem.kind for problem in read_project(root).problems] == [Kind.PAGE_ADDRESS_TAKEN] * 2


# In a page


def put_in(tmp_path: Path, content: str, *, href: str = "om/", file: str = "sv/om.md") -> tuple[Any, dict[str, bytes]]:
    written: dict[str, bytes] = {}
    images = images_of(tmp_path / "docs")
    made = images.put_in(content, href=href, file=file, write=lambda path, data: written.update({path: data}))
    return html.fragment_fromstring(made, create_parent=True), written


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return saved(tmp_path / "docs/assets/Foto 1.jpg", Image.effect_noise((1000, 500), 60).convert("RGB"), quality=95)


@pytest.mark.usefixtures("photo")
def test_a_picture_in_a_page_has_its_size_and_copies_to_choose_from(tmp_path: Path) -> None:
    page, written = put_in(tmp_path, '<p>Före <img alt="A &quot;b&quot;" src="../assets/Foto%201.jpg" /> efter</p>')
    (image,) = page.iter("img")
    assert dict(image.attrib) == {
        "alt": 'A "b"', "src": "../assets/Foto%201.jpg", "width": "1000", "height": "500", "decoding": "async",
    }  # fmt: skip
    (source,) = page.iter("source")
    assert source.get("type") == "image/webp"
    addresses = [part.split() for part in source.get("srcset").split(", ")]
    assert [width for _, width in addresses] == ["400w", "800w", "1000w"]
    assert [f"../{path}" for path in written] == [path for path, _ in addresses]
    assert all(path.startswith("assets/hashed/foto-1-") for path in written)
    assert page.text_content() == "Före  efter"


@pytest.mark.usefixtures("photo")
def test_what_a_writer_says_of_a_picture_is_kept_in_proportion(tmp_path: Path) -> None:
    cases = {
        "300": ("300", "150"),
        "300px": ("300", "150"),
        "50%": ("280", "140"),
        "full": ("1000", "500"),
        "0": ("1000", "500"),
    }
    for written, (width, height) in cases.items():
        page, _ = put_in(
            tmp_path, f'<img class="x" width="{written}" height="7" loading="eager" src="../assets/Foto 1.jpg">'
        )
        (image,) = page.iter("img")
        assert (image.get("width"), image.get("height"), image.get("class")) == (width, height, "x")
        assert image.get("loading") == "eager"


@pytest.mark.usefixtures("photo")
def test_only_a_picture_in_sight_is_fetched_at_once(tmp_path: Path) -> None:
    image = '<img alt="a" src="../assets/Foto%201.jpg">'
    page, _ = put_in(tmp_path, f"<p>{image}</p><p>{image}</p>")
    assert [found.get("loading") for found in page.iter("img")] == [None, "lazy"]
    page, _ = put_in(tmp_path, f"<p>{'ord ' * 200}</p><p>{image}</p>")
    assert [found.get("loading") for found in page.iter("img")] == ["lazy"]


@pytest.mark.usefixtures("photo")
def test_pictures_are_found_from_every_page_and_those_of_others_are_left_alone(tmp_path: Path) -> None:
    found = [("om/", "sv/om.md", "../assets/Foto%201.jpg"), ("", "sv/index.md", "assets/Foto%201.jpg"),
             ("sma/om/", "sma/om.md", "../../assets/Foto%201.jpg"), ("om/", "sv/om.md", "../assets/Foto 1.jpg#x")]  # fmt: skip
    for href, file, source in found:
        page, written = put_in(tmp_path, f'<img src="{source}" alt="a">', href=href, file=file)
        assert len(written) == 3
        prefix = source.partition("assets/")[0]
        assert page.find(".//source").get("srcset").startswith(f"{prefix}assets/hashed/")
    for other in (
        "https://x.example/a.jpg",
        "//x.example/a.jpg",
        "data:image/png;base64,AA",
        "../assets/b.jpg",
        "",
        "../../../etc",
    ):
        text = f'<p><img src="{other}" alt="a"></p>'
        images = images_of(tmp_path / "docs")
        assert images.put_in(text, href="om/", file="sv/om.md", write=lambda *_: None) == text


def test_a_picture_as_it_lies_beside_the_file_of_the_page_is_found(tmp_path: Path) -> None:
    saved(tmp_path / "docs/sv/resultat/a.png", corner())
    page, _ = put_in(tmp_path, '<img src="a.png" alt="a">', href="resultat/behov/", file="sv/resultat/behov.md")
    (image,) = page.iter("img")
    assert (image.get("src"), image.get("width")) == ("../a.png", "80")


# Square pictures


def square(path: Path, crop: Crop | None = None) -> tuple[Picture | None, list[Problem]]:
    found: list[Problem] = []
    return read_picture(path, Problems(path.name, found), alt="En bild", crop=crop, field="picture_crop"), found


def test_a_cover_that_is_right_is_published_to_the_byte(tmp_path: Path) -> None:
    for path in (
        saved(tmp_path / "a.png", corner((1400, 1400))),
        saved(tmp_path / "a.jpg", corner((1400, 1400)), quality=70),
    ):
        picture, _ = square(path)
        assert picture
        assert picture.is_ready
        assert build_picture(picture) == path.read_bytes()


ODD: dict[str, Callable[[Path], Path]] = {
    "grey": lambda path: saved(path / "a.png", corner((1400, 1400), "L")),
    "seen through": lambda path: saved(path / "a.png", corner((1400, 1400), "RGBA")),
    "palette": lambda path: saved(path / "a.png", corner((1400, 1400), "P")),
    "CMYK": lambda path: saved(path / "a.jpg", corner((1400, 1400), "CMYK")),
    "too large": lambda path: saved(path / "a.jpg", corner((3600, 3600))),
    "of a phone": lambda path: saved(path / "a.jpg", corner((1400, 1400)), exif=telling(3)),
    "named otherwise": lambda path: saved(path / "a.jpg", corner((1400, 1400)), "PNG"),
    "WebP": lambda path: saved(path / "a.webp", corner((1400, 1400))),
    "AVIF": lambda path: saved(path / "a.avif", corner((1400, 1400))),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_a_square_picture_of_any_sort_becomes_one_that_apps_show(make: Callable[[Path], Path], tmp_path: Path) -> None:
    picture, found = square(make(tmp_path))
    assert not found
    assert picture
    content = build_picture(picture, cache=tmp_path / "cache")
    assert content == build_picture(picture, cache=tmp_path / "other")
    with Image.open(BytesIO(content)) as image:
        assert image.mode == "RGB"
        assert image.size == (picture.width, picture.height)
        assert 1400 <= picture.width <= 3000
        assert picture.media_type == f"image/{(image.format or '').lower()}"
        assert not image.getexif()
    assert not [secret for secret in SECRETS if secret in content]


@pytest.mark.parametrize(
    ("size", "crop", "side", "colours"),
    [
        ((2800, 1400), Crop.LEFT, 1400, {"red"}),
        ((2800, 1400), Crop.RIGHT, 1400, {"blue"}),
        ((2800, 1400), Crop.MIDDLE, 1400, {"red", "blue"}),
        ((2800, 1400), Crop.WHOLE, 2800, {"red", "blue", "edge"}),
        ((1400, 2800), Crop.MIDDLE, 1400, {"red", "blue"}),
        ((4000, 1000), Crop.WHOLE, 3000, {"red", "blue", "edge"}),
        ((900, 800), Crop.MIDDLE, 1400, {"red", "blue"}),
    ],
)
def test_a_picture_that_is_not_square_becomes_so_as_its_field_says(
    size: tuple[int, int], crop: Crop, side: int, colours: set[str], tmp_path: Path
) -> None:
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    picture, found = square(saved(tmp_path / "a.png", image), crop)
    assert not found
    assert picture
    assert (picture.width, picture.height) == (side, side)
    with Image.open(BytesIO(build_picture(picture))) as made:
        assert made.size == (side, side)
        small = made.resize((60, 60), Image.Resampling.NEAREST)
        seen = {
            "red" if p == (255, 0, 0) else "blue" if p == (0, 0, 255) else "edge"
            for _, p in small.getcolors(3600) or []
        }
    assert seen == colours


@pytest.mark.parametrize(
    ("size", "crop", "said"),
    [
        ((2000, 1500), None, "250 bildpunkter bort till vänster"),
        ((1500, 2000), None, "250 bildpunkter bort överst"),
        ((1000, 1000), None, "picture_crop: mitten"),
        ((500, 500), Crop.MIDDLE, "minst 700"),
        ((2000, 300), Crop.MIDDLE, "minst 700"),
    ],
)
def test_what_to_write_for_a_picture_that_does_not_fit_is_named(
    size: tuple[int, int], crop: Crop | None, said: str, tmp_path: Path
) -> None:
    picture, (problem,) = square(saved(tmp_path / "a.png", Image.new("RGB", size)), crop)
    assert picture is None
    assert problem.kind is Kind.PICTURE_WRONG_SIZE
    assert said in problem.expected


def test_what_is_left_of_a_picture_behind_its_end_is_not_published(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", corner((1400, 1400)))
    path.write_bytes(path.read_bytes() + b"Angla hemma")
    picture, _ = square(path)
    assert picture
    assert b"Angla" not in build_picture(picture)


def with_pictures(tmp_path: Path, *names: str) -> Path:
    """Return a project whose episode has pictures of these names."""
    root = lay_out(CASES / "a-valid-episode", tmp_path / "project")
    folder = root / "podcast/episodes/hallbara-inkop"
    for name in names:
        saved(folder / name, corner((1500, 1400)), "WEBP" if name.lower().endswith("webp") else "PNG")
    text = (folder / "episode.md").read_text(encoding="utf-8")
    (folder / "episode.md").write_text(
        text.replace("\ntitle:", "\npicture_alt: Rött och blått\npicture_crop: vänster\ntitle:", 1), encoding="utf-8"
    )
    return root


def test_an_episode_picture_of_any_sort_is_published_as_one_that_apps_show_with_a_copy_for_its_page(
    tmp_path: Path,
) -> None:
    show = to_publish(with_pictures(tmp_path, "picture.webp"), SITE)
    out = tmp_path / "out"
    write_podcast_files(build_podcast_files(show, site=SITE, words=WORDS), out)
    folder = out / "podd/hallbara-inkop"
    assert f"{SITE.url}podd/hallbara-inkop/picture.jpg" in (out / "podd/feed.xml").read_text(encoding="utf-8")
    with Image.open(folder / "picture.jpg") as image, Image.open(folder / "picture-384.webp") as copy:
        assert (image.format, image.size, copy.format, copy.size) == ("JPEG", (1400, 1400), "WEBP", (384, 384))
    assert not list(folder.glob("picture.webp"))


def test_two_pictures_of_an_episode_are_told(tmp_path: Path) -> None:
    (problem,) = read_project(with_pictures(tmp_path, "picture.jpg", "picture.png")).problems
    assert (problem.kind, problem.expected) == (Kind.UPLOADED_TWICE, "picture.jpg, picture.png")


def test_files_of_an_episode_whose_names_differ_by_case_only_are_told(tmp_path: Path) -> None:
    (problem,) = read_project(with_pictures(tmp_path, "picture.png", "Picture.PNG")).problems
    assert problem.kind is Kind.FILE_TWICE


@pytest.mark.parametrize(
    "name", ["Omslag nytt.png", 'o"m.png', "omslåg.png", "../x.png", "a#b.png", ".dold.png", "con.png"]
)
def test_a_cover_whose_name_makes_no_address_is_told_with_one_that_does(name: str, tmp_path: Path) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    show = root / "podcast/show.yml"
    show.write_text(
        show.read_text(encoding="utf-8").replace("cover: cover-1.png", f"cover: '{name}'"), encoding="utf-8"
    )
    (problem,) = read_project(root).problems
    assert (problem.kind, problem.field) == (Kind.NOT_A_FILE_NAME, "cover")
    assert set(problem.expected) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_a_document_takes_the_picture_itself_and_nothing_that_lies_on_the_web(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.avif", corner())
    page = '<p><picture><source srcset="b.webp 400w"><img src="a.avif" alt="A" loading="lazy" decoding="async"></picture>x</p>'
    root = parse_document(page, address="https://prov.example/", read=lambda _address: path)
    assert not [*root.iter("source"), *root.iter("picture")]
    (image,) = root.iter("img")
    assert set(image.attrib) == {"src", "alt"}
    assert image.get("src", "").startswith("data:image/jpeg;base64,")
    assert image.tail == "x"


# The whole


@pytest.mark.rebuild
def test_a_page_with_a_picture_of_a_phone_stays_light_and_tells_nothing(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    grain = Image.frombytes("RGB", (168, 126), random.Random(1).randbytes(168 * 126 * 3))
    image = Image.blend(
        grain.resize((4032, 3024), Image.Resampling.BICUBIC), Image.new("RGB", (4032, 3024), "green"), 0.5
    )
    ImageDraw.Draw(image).ellipse((900, 900, 2100, 2100), fill="orange")
    saved(root / "docs/assets/tra\u0308d (1).JPG", image, "JPEG", exif=telling(), quality=92)
    for page in ("sv/om.md", "sma/kontakt.md", "sv/index.md"):
        with (root / "docs" / page).open("a", encoding="utf-8") as file:
            file.write("\n![Ett träd](<../assets/träd (1).JPG>)\n")
    status, _, complaint = run("build", "--root", str(root))
    assert (status, complaint) == (0, "")
    site = root / "site"
    for page in ("om/", "sma/kontakt/", ""):
        (picture,) = html.parse(str(site / page / "index.html")).findall(".//picture")
        image_at = (site / page / picture.find("source").get("srcset").split()[2]).resolve()
        # What a phone of 390 pixels takes: twice as many to the inch, less the margins.
        assert "-800." in image_at.name
        assert image_at.stat().st_size < 80_000
        assert image_at.stat().st_size + len(gzip.compress((site / page / "index.html").read_bytes())) < 90_000
    published = (site / "assets/träd (1).JPG").read_bytes()
    assert not [secret for secret in SECRETS if secret in published]
    assert not list(site.rglob("*tra\u0308d*"))


def test_a_cover_is_looked_at_once_and_again_when_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lay_out(CASES / "a-valid-episode", tmp_path)
    first = read_project(root).show
    monkeypatch.setattr("okatakten.podcast.images.facts_of", lambda _path: pytest.fail("looked at twice"))
    again = read_project(root).show
    assert first
    assert again
    assert first.cover == again.cover
    monkeypatch.undo()
    first.cover.path.write_bytes(first.cover.path.read_bytes()[:-100])
    assert [problem.kind for problem in read_project(root).problems] == [Kind.PICTURE_UNREADABLE]
