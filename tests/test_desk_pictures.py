"""Pictures cut at the desk: what is kept of them and how, that the whole can be had back, and what is no picture."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageCms
from playwright.sync_api import Browser, expect

from desk import Sitter
from okatakten.desk.drafts import Drafts
from okatakten.desk.guard import Guard, Person, Role
from okatakten.desk.pictures import SHAPES, WIDEST, Cut, cut_out, read_cut
from okatakten.podcast.images import facts_of
from test_desk_browser import opened, tab_to
from test_desk_pages import draft, drafts, drop

FILE = "docs/assets/falt.png"
PAGE = f"/bilder/{FILE}"
EPISODE = "podcast/episodes/atta-fragor/picture.jpg"
RED, BLUE = (200, 40, 40), (40, 40, 200)


def halves(kind: str = "PNG", *, size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture that is red to the left and blue to the right."""
    image, content = Image.new("RGB", size, RED), io.BytesIO()
    image.paste(BLUE, (size[0] // 2, 0, *size))
    image.convert(mode).save(content, kind, **options)
    return content.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def is_like(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return bool(max(abs(one - other) for one, other in zip(pixel, colour, strict=True)) < 24)


@pytest.fixture
def picture(sitter: Sitter) -> Path:
    """Put a picture into the project, and return where it lies."""
    path = sitter.root / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(halves())
    return path


def cut(sitter: Sitter, file: str = FILE, **fields: str) -> Any:
    return sitter.post(f"/bilder/{quote(file)}", {"form": "", "vanster": "", "ovan": "", "bredd": ""} | fields)


@pytest.mark.parametrize(
    ("form", "wide", "expected"),
    [
        ({}, 4 / 3, (0, 0, 100, 4 / 3)),
        ({"form": "1:1"}, 2, (25, 0, 50, 1)),
        ({"form": "1:1"}, 0.5, (0, 25, 100, 1)),
        ({"form": "16:9", "bredd": "50"}, 16 / 9, (25, 25, 50, 16 / 9)),
        ({"form": "1:1", "vanster": "12,5", "bredd": "25 %"}, 2, (12.5, 25, 25, 1)),
        ({"form": "3:4", "bredd": "56.3"}, 4 / 3, (21.875, 0, 56.25, 0.75)),
        ({"form": "3:4"}, 1000, (49.9625, 0, 0.075, 0.75)),
    ],
)
def test_what_a_form_keeps_is_as_large_as_there_is_room_for_and_in_the_middle_unless_it_says(
    form: dict[str, str], wide: float, expected: tuple[float, ...]
) -> None:
    kept, wrong = read_cut(form, wide=wide)
    assert wrong == {}
    assert (kept.left, kept.top, kept.width, kept.ratio) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"bredd": "nan"}, "Där står: nan. Skriv ett tal från 1 till 100, eller inget alls."),
        ({"bredd": "0"}, "Skriv ett tal från 1 till 100"),
        ({"bredd": "-inf"}, "Skriv ett tal från 1 till 100"),
        ({"form": "3:4", "bredd": "57"}, "Skriv ett tal från 1 till 56,25"),
        ({"bredd": "60", "vanster": "41"}, "Skriv ett tal från 0 till 40"),
        ({"bredd": "60", "ovan": "1e9"}, "Skriv ett tal från 0 till 40"),
        ({"vanster": "<b>mycket"}, "Där står: &lt;b&gt;mycket."),
        ({"vanster": "9" * 5000}, f"Där står: {'9' * 40}."),
        ({"form": "2:0"}, "Välj en av formerna i listan."),
    ],
)
@pytest.mark.usefixtures("picture")
def test_a_number_that_is_none_or_outside_is_told_at_its_field_and_nothing_is_cut(
    sitter: Sitter, fields: dict[str, str], told: str
) -> None:
    answer = cut(sitter, **fields)
    assert (answer.status, told in answer.text, drafts(sitter)) == (422, True, [])
    [wrong] = answer.tree.xpath("//*[@aria-invalid]")
    assert wrong.get("aria-describedby").endswith(f"fel-{[*fields][-1]}")
    assert answer.tree.xpath(f"//*[@id='fel-{[*fields][-1]}']")


def test_a_cut_picture_is_a_draft_and_the_whole_can_be_had_back(sitter: Sitter, picture: Path) -> None:
    whole = picture.read_bytes()
    answer = cut(sitter, form="1:1", vanster="50", bredd="50")
    assert (answer.status, answer.headers["location"]) == (
        303,
        f"{PAGE}?form=1%3A1&vanster=50&ovan=16.6667&bredd=50#nu",
    )
    kept = draft(sitter, FILE).read_bytes()
    assert seen(kept).size == (200, 200)
    assert is_like(seen(kept).getpixel((0, 0)), BLUE)
    assert picture.read_bytes() == whole
    assert sitter.get(f"/filer/{FILE}").body == kept
    assert sitter.get(f"/filer/{FILE}?hela").body == whole
    assert f'value="{FILE}" checked' in sitter.get("/publicera").text
    assert sitter.post(PAGE, {"hela": ""}).headers["location"] == PAGE
    assert (drafts(sitter), sitter.get(f"/filer/{FILE}").body) == ([], whole)


def test_a_picture_is_cut_anew_from_the_whole_also_when_the_cut_one_is_saved(sitter: Sitter, picture: Path) -> None:
    whole = picture.read_bytes()
    cut(sitter, bredd="50", vanster="50")
    assert Drafts(sitter.root, sitter.root / ".desk").save([FILE], who="Anna") == [FILE]
    assert seen(picture.read_bytes()).size == (200, 150)
    assert sitter.get(f"/filer/{FILE}?hela").body == whole
    for width in ("25", "10"):
        cut(sitter, bredd=width, vanster="0")
    assert seen(draft(sitter, FILE).read_bytes()).size == (40, 30)
    assert is_like(seen(draft(sitter, FILE).read_bytes()).getpixel((0, 0)), RED)
    assert len([*(sitter.root / ".desk/whole" / FILE).iterdir()]) == 2  # of what is saved, and of the draft
    sitter.post(PAGE, {"hela": ""})
    assert draft(sitter, FILE).read_bytes() == whole


def test_a_picture_that_was_just_dropped_is_cut_and_goes_with_what_it_was_cut_from(sitter: Sitter) -> None:
    whole = halves("JPEG")
    file = drop(sitter, "sv~om", "ny.jpg", whole).json["file"]
    cut(sitter, file, form="16:9")
    assert seen(draft(sitter, file).read_bytes()).size == (400, 225)
    assert sitter.get(f"/filer/{file}?hela").body == whole
    [link] = sitter.get("/sidor/sv~om").tree.xpath(f"//a[@href='/bilder/{file}']")
    assert link.text_content() == "Beskär ny.jpg"
    sitter.post("/sidor/sv~om/filer/bort", {"file": file})
    assert (drafts(sitter), [*(sitter.root / ".desk/whole").rglob("*.*/*")]) == ([], [])


def test_of_a_picture_that_two_cut_at_once_the_whole_is_kept(sitter: Sitter) -> None:
    whole = halves(size=(1600, 1200))
    file = drop(sitter, "sv~om", "ny.png", whole).json["file"]
    with ThreadPoolExecutor(2) as two:
        assert {answer.status for answer in two.map(lambda form: cut(sitter, file, form=form), ("16:9", "1:1"))} == {
            303
        }
    assert seen(draft(sitter, file).read_bytes()).size in {(1600, 900), (1200, 1200)}
    assert sitter.get(f"/filer/{file}?hela").body == whole


def test_a_picture_that_somebody_exchanges_after_it_was_cut_is_told_and_theirs_can_be_had(
    sitter: Sitter, picture: Path
) -> None:
    cut(sitter, bredd="50")
    picture.write_bytes(theirs := halves(size=(80, 60)))
    assert "Bilden har bytts i projektet" in sitter.get(PAGE).text
    sitter.post(PAGE, {"hela": ""})
    assert (drafts(sitter), sitter.get(f"/filer/{FILE}").body) == ([], theirs)


def test_a_cut_picture_whose_file_is_taken_away_elsewhere_can_be_seen_and_let_go(sitter: Sitter, picture: Path) -> None:
    cut(sitter, bredd="50")
    picture.unlink()
    assert sitter.get("/").tree.xpath(f"//a[@href='/filer/{FILE}']")
    assert seen(sitter.get(f"/filer/{FILE}").body).size == (200, 150)
    assert sitter.post("/kvarglomt", {"fil": FILE}).status == 303
    assert drafts(sitter) == []


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.webp", "WEBP"), ("a.avif", "AVIF"), ("a.gif", "GIF")]
)
def test_a_picture_stays_of_its_kind_and_tells_nothing_beside(sitter: Sitter, name: str, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 6, "Telefon", "Anna Ek"  # turned a quarter, made by, taken by
    more: dict[str, Any] = {} if kind == "GIF" else {"exif": exif}
    file = drop(sitter, "sv~om", name, halves(kind, size=(300, 400), **more)).json["file"]
    assert cut(sitter, file, form="1:1", ovan="0").status == 303
    content = draft(sitter, file).read_bytes()
    facts = facts_of(io.BytesIO(content))
    assert (facts.format, facts.width, facts.height, facts.traces) == (kind, 300, 300, ())
    # What is to the left of a picture that lies on its side is its top. A GIF cannot say that it lies.
    corners = [seen(content).getpixel(place) for place in ((0, 0), (299, 0), (0, 299))]
    colours = (RED, BLUE, RED) if kind == "GIF" else (RED, RED, BLUE)
    assert all(map(is_like, corners, colours))


def test_the_colours_of_a_profile_become_those_of_the_web_and_no_profile_is_left(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    seen(halves()).save(path := tmp_path / "a.png", icc_profile=swapped)
    content = cut_out(path, Cut(left=0, top=0, width=50, ratio=2 / 3), kind="PNG")
    assert "icc_profile" not in Image.open(io.BytesIO(content)).info
    assert is_like(seen(content).getpixel((0, 0)), BLUE)


def test_what_is_seen_through_stays_so_where_the_kind_can_and_is_white_where_not(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(path := tmp_path / "a.png")
    whole = Cut(left=0, top=0, width=100, ratio=1)
    assert Image.open(io.BytesIO(cut_out(path, whole, kind="WEBP"))).getpixel((9, 9))[3] == 0  # type: ignore[index]
    assert is_like(seen(cut_out(path, whole, kind="JPEG")).getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("size", [(7001, 4999), (1, 1), (3, 4000), (101, 100)])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_cut_has_its_shape_and_is_no_wider_than_any_place_needs(
    tmp_path: Path, size: tuple[int, int], shape: str
) -> None:
    Image.new("RGB", size).save(path := tmp_path / "a.jpg")
    kept, _ = read_cut({"form": shape}, wide=size[0] / size[1])
    width, height = seen(cut_out(path, kept, kind="JPEG")).size
    assert 0 < width <= WIDEST
    assert abs(width / kept.ratio - height) <= 1 + max(1, height / 1000)
    assert shape != "1:1" or width == height


def a_bomb() -> bytes:
    """Return the beginning of a PNG that says that it is 40 000 pixels each way."""
    parts = (b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(bytes(10**6)))
    chunks = (struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in parts)
    return b"".join([b"\x89PNG\r\n\x1a\n", *chunks])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.png", a_bomb(), "Den är för stor att öppna"),
        ("b.png", b"inget", "Spara om den som JPEG"),
        ("c.jpg", halves("JPEG")[:-400], "Den är skadad"),
        ("d.jpg", b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        ("e.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "e.svg går inte att beskära"),
        ("f.pdf", b"%PDF-1.7", "f.pdf går inte att beskära. Det går med bilder som slutar på .jpg"),
    ],
)
def test_what_is_no_picture_that_can_be_cut_says_so(sitter: Sitter, name: str, content: bytes, told: str) -> None:
    file = drop(sitter, "sv~om", name, content).json["file"]
    answer = sitter.get(f"/bilder/{file}")
    assert (answer.status, told in answer.text, answer.tree.xpath("//form")) == (200, True, [])
    answer = cut(sitter, file)
    assert (answer.status, told in answer.text, draft(sitter, file).read_bytes()) == (422, True, content)


@pytest.mark.parametrize(
    "file", ["docs/assets/finns-inte.png", "docs/../../a.png", "podcast/cover-1.png", "mkdocs.yml"]
)
def test_a_picture_that_is_in_no_list_is_not_there(sitter: Sitter, file: str) -> None:
    assert (sitter.get(f"/bilder/{file}").status, cut(sitter, file).status) == (404, 404)


@pytest.mark.usefixtures("picture")
def test_who_may_not_write_sees_a_picture_and_cuts_none(sitter: Sitter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Guard.person

    def translator(guard: Guard, name: str, _roles: frozenset[Role]) -> Person:
        return whole(guard, name, frozenset({Role.TRANSLATE}))

    monkeypatch.setattr(Guard, "person", translator)
    assert sitter.get(PAGE).tree.xpath("//form") == []
    assert (cut(sitter).status, sitter.post(PAGE, {"hela": ""}, token=False).status, drafts(sitter)) == (403, 403, [])


def test_the_picture_of_an_episode_is_cut_square_until_another_one_comes(sitter: Sitter) -> None:
    path = sitter.root / EPISODE
    path.write_bytes(halves("JPEG", size=(2000, 1500)))
    sound = "/avsnitt/atta-fragor/ljud"
    assert sitter.get(sound).tree.xpath(f"//a[@href='/bilder/{EPISODE}']")
    page = sitter.get(f"/bilder/{EPISODE}")
    assert "Bilden ska vara kvadratisk" in page.text
    assert page.tree.xpath("//option[@selected]/@value") == ["1:1"]
    assert cut(sitter, EPISODE, form="1:1").status == 303
    assert "Bilden ska vara kvadratisk" not in sitter.get(f"/bilder/{EPISODE}").text
    assert seen(draft(sitter, EPISODE).read_bytes()).size == (1500, 1500)
    assert EPISODE.rpartition("/")[2] in sitter.get("/avsnitt/atta-fragor/publicera").text
    new, edge = halves("JPEG", size=(1400, 1400)), "snitt"
    sent = (
        f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{sitter.token}\r\n--{edge}\r\n'
        'Content-Disposition: form-data; name="bild"; filename="ny.jpg"\r\n\r\n'
    ).encode() + new + f"\r\n--{edge}--\r\n".encode()  # fmt: skip
    kind: dict[str, str | None] = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    assert sitter.send("POST", sound, sent, kind).status == 303
    assert (drafts(sitter), path.read_bytes()) == ([], new)


def test_a_picture_without_a_description_is_told_at_the_text(sitter: Sitter, picture: Path) -> None:
    with (sitter.root / "docs/sv/om.md").open("a", encoding="utf-8") as page:
        page.write(f"\n![](../assets/{picture.name})\n")
    told = sitter.get("/sidor/sv~om").tree.xpath("//*[@data-field='notes']//*[@class='desk-answers']")
    assert "Bilden saknar beskrivning för den som inte ser den." in told[0].text_content()


@pytest.mark.browser
def test_a_picture_is_dropped_described_and_cut_by_keyboard_alone(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, "/sidor/sv~om") as page:
        page.locator("#fil").set_input_files({"name": "ny.jpg", "mimeType": "image/jpeg", "buffer": halves("JPEG")})
        tab_to(page, "Lägg till")
        page.keyboard.press("Enter")
        expect(page.locator("[data-files] [role=status]")).to_contain_text("Skriv vad bilden visar")
        expect(page.locator("#fil-alt")).to_be_focused()
        page.keyboard.type("Ett rött och ett blått fält")
        tab_to(page, "Lägg till")
        page.keyboard.press("Enter")
        expect(page.locator("#sagt")).to_contain_text("Sparat", timeout=15_000)
        assert "![Ett rött och ett blått fält](../assets/ny.jpg)" in page.get_by_label("Text", exact=True).input_value()
        tab_to(page, "Beskär bilden")
        page.keyboard.press("Enter")
        page.wait_for_url("**/bilder/docs/assets/ny.jpg")
        tab_to(page, "Form")
        page.keyboard.press("1")
        expect(page.get_by_text("Det blir 400 × 225 bildpunkter.")).to_be_visible()
        tab_to(page, "Bredd")
        page.keyboard.type("64")
        tab_to(page, "Beskär")
        for _ in range(3):
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowUp")
        tab_to(page, "Beskär")
        page.keyboard.press("Enter")
        page.wait_for_url("**#nu")
        expect(page.get_by_alt_text("Den beskurna bilden")).to_be_visible()
    assert seen(draft(sitter, "docs/assets/ny.jpg").read_bytes()).size == (256, 144)
    assert "vanster=1&" in page.url


@pytest.mark.browser
@pytest.mark.usefixtures("picture")
def test_dragging_writes_into_the_fields_what_a_keyboard_would(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, f"{PAGE}?form=1:1&bredd=40", viewport={"width": 1280, "height": 900}) as page:

        def drag(part: str, right: float, down: float) -> list[float]:
            page.locator(part).scroll_into_view_if_needed()
            box = page.locator(part).bounding_box()
            assert box
            page.mouse.move(box["x"] + 6, box["y"] + 6)
            page.mouse.down()
            page.mouse.move(box["x"] + 6 + right, box["y"] + 6 + down, steps=3)
            page.mouse.up()
            return [float(page.locator(f"#{name}").input_value()) for name in ("vanster", "ovan", "bredd")]

        assert drag(".desk-cut__kept", 40, -30) == pytest.approx([40, 13.33, 40], abs=0.5)
        assert drag(".desk-cut__corner", 40, 0) == pytest.approx([40, 13.33, 50], abs=0.5)
        assert drag(".desk-cut__kept", -900, -900) == pytest.approx([0, 0, 50], abs=0.5)
        assert drag(".desk-cut__corner", 900, 900) == pytest.approx([0, 0, 75], abs=0.5)
        page.get_by_role("button", name="Beskär").click()
        page.wait_for_url("**#nu")
    assert seen(draft(sitter, FILE).read_bytes()).size == (300, 300)


@pytest.mark.browser
@pytest.mark.usefixtures("picture")
def test_a_picture_is_cut_without_scripts(browser: Browser, sitter: Sitter) -> None:
    with opened(browser, sitter, PAGE, java_script_enabled=False) as page:
        page.get_by_label("Form").select_option("16:9")
        page.get_by_label("Bredd").fill("80")
        page.get_by_label("Bort till vänster").fill("90")
        page.get_by_role("button", name="Beskär").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.get_by_label("Bredd").input_value() == "80"
        page.get_by_label("Bort till vänster").fill("")
        page.get_by_role("button", name="Beskär").click()
        assert page.get_by_alt_text("Den beskurna bilden").get_attribute("width") == "320"
        page.get_by_role("button", name="Tillbaka till hela bilden").click()
        expect(page.get_by_alt_text("Den beskurna bilden")).to_have_count(0)
    assert drafts(sitter) == []


@pytest.mark.browser
@pytest.mark.usefixtures("picture")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_a_picture_has_anything_for_axe_to_say(
    browser: Browser, sitter: Sitter, scheme: str, width: int
) -> None:
    cut(sitter, form="4:3", bredd="50")
    new = drop(sitter, "sv~om", "ny.png", halves()).json["file"]
    (sitter.root / EPISODE).write_bytes(halves("JPEG", size=(2000, 1500)))
    paths = (PAGE, f"/bilder/{new}", f"/bilder/{EPISODE}", "/sidor/sv~om", "/avsnitt/atta-fragor/ljud")
    with opened(browser, sitter, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        for path in paths:
            page.goto(f"{sitter.origin}{path}")
            found = Axe().run(page).response["violations"]
            assert [(path, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_hinders_is_said_in_the_words_of_the_form(sitter: Sitter) -> None:
    (sitter.root / EPISODE).write_bytes(halves("JPEG", size=(1500, 1500)))
    (hinders,) = sitter.get("/avsnitt/atta-fragor/publicera").tree.xpath("//section[@aria-labelledby='hindrar']//li")
    assert hinders.text_content() == (
        " Bilden saknar beskrivning. Skriv vad den visar, för den som inte ser den. "
        "Gå dit: episode.md, Vad bilden visar"
    )
