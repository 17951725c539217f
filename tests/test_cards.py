"""Share pictures, looked at as pixels: all is there, nothing is cut, every text can be read, and the emblem is the emblem."""

from __future__ import annotations

import hashlib
import io
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from okatakten.site import cards, lettering, scene
from okatakten.site.cards import Card, Layout, StatementError, card_layout, exact_colours
from okatakten.site.lettering import Block, Ink, Part, can_write, missing_letters
from okatakten.site.profile import Paint
from okatakten.site.scene import EMBLEM_BORDER, HEIGHT, WIDTH, Box
from support import PAINT, PROJECT

draw_card = partial(cards.draw_card, paint=PAINT)
make_card = partial(cards.make_card, paint=PAINT)
draw_scene = partial(scene.draw_scene, paint=PAINT)

SAFE = 40
"""What a service may crop away on each side."""
LONGEST = 255
SENTENCE = (
    "Upphandlingsorganisationernas erfarenheter av cirkulära inköp i kommuner, regioner och statliga myndigheter i norra "
    "Sverige under förstudiens första år, och vad som behövs för att fler ska våga ställa krav på återbruk, reparation, "
    "lån och hyra framöver!"
)
TITLES = [
    "Ja", "Å", "Öka takten", "Varför cirkulär upphandling?", "Nästa projekt: Hållbara inköpsprocesser", "Det här behövs för cirkulär upphandling",
    "Förstudien Cirkulär upphandling: sammanställning av dokumenten", "De nationella minoriteternas rättigheter",
    "Tillgänglighets\u00adredogörelse", "Vuesiehtimmie: Gaektsie gyhtjelassh", SENTENCE, "upphandling " * 21,
    "Nordjämtlandskommunernas upphandlingsorganisationsutvecklingsprojekt", "å" * LONGEST, "W" * LONGEST, "%" * LONGEST,
    "Æ" * LONGEST, "i" * LONGEST, ("W" * 15 + " ") * 15, "g Å " * 63, "ett " + "upphandlings" * 20,
]  # fmt: skip
LETTERS = st.sampled_from(sorted(lettering.letters_of(Part.TITLE) - {"\u00a0"}))
ANY_TITLE = st.text(LETTERS, min_size=1, max_size=LONGEST).filter(str.strip)
WORDY_TITLE = st.lists(st.text(LETTERS, min_size=1, max_size=30), min_size=1, max_size=40).map(
    lambda words: " ".join(words)[:LONGEST]
)


def a_card(
    title: str = "Vad det ledde till", *, kind: str = "Poddavsnitt 2", owner: str = "Region Jämtland Härjedalen"
) -> Card:
    statement = "Medfinansieras av Europeiska unionen"
    return Card(title=title, kind=kind, show="Öka takten", owner=owner, eu_statement=statement)


def as_image(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        return image.convert("RGB")


def a_block(layout: Layout, part: Part) -> Block:
    return next(block for block in layout.blocks if block.part == part)


def colours(image: Image.Image, box: Box) -> set[tuple[int, int, int]]:
    found = image.crop(box).getcolors(WIDTH * HEIGHT)
    assert found
    return {colour for _, colour in found}  # type: ignore[misc]


def luminance(colour: tuple[int, ...]) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    shares = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def check_card(card: Card) -> None:
    """Hold a picture against what every picture must be."""
    content = draw_card(card)
    layout = card_layout(card)
    assert content.startswith(b"\x89PNG")
    assert len(content) < 300_000
    image = as_image(content)
    assert image.size == (1200, 630)
    check_boxes(layout)
    check_contrast(layout)
    check_ink(image, layout)
    check_title(card, layout)


def check_boxes(layout: Layout) -> None:
    boxes = [block.box for block in layout.blocks]
    left, top, right, bottom = layout.emblem
    edge = EMBLEM_BORDER
    boxes += [layout.mark, Box(left - edge, top - edge, right + edge, bottom + edge)]
    for box in boxes:
        assert box.left >= SAFE
        assert box.top >= SAFE
        assert box.right <= WIDTH - SAFE
        assert box.bottom <= HEIGHT - SAFE
    for one, other in combinations(boxes, 2):
        apart = one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
        assert apart, (one, other)


def check_contrast(layout: Layout) -> None:
    behind_text = draw_scene(layout.rise)
    for block in layout.blocks:
        colour = tuple(bytes.fromhex(block.ink.of(PAINT)[1:]))
        assert min(contrast(colour, behind) for behind in colours(behind_text, block.box)) >= 7, block


def check_ink(image: Image.Image, layout: Layout) -> None:
    """Check that letters are where the layout says, and nowhere else."""
    # The colours of a picture are a little fewer than those that were drawn.
    written = ImageChops.difference(image, draw_scene(layout.rise)).convert("L").point(lambda value: 255 * (value > 12))
    for block in layout.blocks:
        assert written.crop(block.box).getbbox(), block
        found = written.crop(block.box).getbbox()
        assert found
        width, height = block.box.right - block.box.left, block.box.bottom - block.box.top
        assert found[0] <= 2
        assert found[1] <= 2
        assert found[2] >= width - 2
        assert found[3] >= height - 2
        ImageDraw.Draw(written).rectangle((*block.box[:2], block.box.right - 1, block.box.bottom - 1), fill=0)
    assert not written.getbbox()


def check_title(card: Card, layout: Layout) -> None:
    """Check that a title is there from its first letter to its last, and large."""
    title = a_block(layout, Part.TITLE)
    assert title.whole
    assert title.size >= 40
    said = "".join(line.text for line in title.lines)
    assert said.replace("-", "").replace(" ", "") == "".join(card.title.split()).replace("-", "").replace("\u00ad", "")


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:24].strip())
@pytest.mark.parametrize("kind", ["", "Fråga 3 i förstudien"])
def test_a_title_of_any_length_stands_whole_where_it_can_be_read(title: str, kind: str) -> None:
    check_card(a_card(title[:LONGEST], kind=kind))


@settings(max_examples=25, deadline=None)
@given(title=ANY_TITLE | WORDY_TITLE.filter(str.strip))
def test_any_title_of_letters_that_the_font_has_is_drawn(title: str) -> None:
    check_card(a_card(title))


@pytest.mark.parametrize("title", [title for title in TITLES if len(title) < 70 and len(title.split()) > 1])
def test_words_are_not_broken_where_they_need_not_be(title: str) -> None:
    lines = a_block(card_layout(a_card(title)), Part.TITLE).lines
    assert " ".join(line.text for line in lines) == title


def test_a_shorter_title_is_never_smaller() -> None:
    words = SENTENCE.split()
    sizes = [a_block(card_layout(a_card(" ".join(words[:count]))), Part.TITLE).size for count in range(1, len(words))]
    assert sizes[0] < 104  # one long word
    assert sizes[3:] == sorted(sizes[3:], reverse=True)
    assert a_block(card_layout(a_card("Ja")), Part.TITLE).size == 104


@pytest.mark.parametrize(
    ("part", "sizes", "letters"),
    [
        (Part.TITLE, {size for _, sizes in cards._SKIES for size in sizes}, sorted(lettering.letters_of(Part.TITLE))),
        (Part.STATEMENT, range(20, 33), "ÅÄÖMEgjpqy"),
    ],
    ids=["title", "statement"],
)
def test_the_letters_of_one_line_never_touch_those_of_the_next(
    part: Part, sizes: Iterable[int], letters: Iterable[str]
) -> None:
    for size in sizes:
        inks = [lettering.shape_of(letter, part, size)[1] for letter in letters]
        assert max(ink.bottom for ink in inks) - min(ink.top for ink in inks) <= lettering.leading(size)


def test_lines_are_about_as_long_as_each_other() -> None:
    font = lettering.font_of(Part.TITLE, 40)
    words = ["ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva"]
    lines = lettering.wrap(
        words, font, width=round(font.getlength("ett två tre fyra fem sex sju åtta nio tio")), most=2
    )
    assert lines == ["ett två tre fyra fem sex", "sju åtta nio tio elva"]


def test_there_are_no_lines_where_too_few_have_room() -> None:
    font = lettering.font_of(Part.TITLE, 40)
    assert lettering.wrap(["ett", "två"], font, width=math.ceil(font.getlength("två")) + 4, most=1) == []


def test_a_short_word_is_not_left_alone_on_the_last_line() -> None:
    font = lettering.font_of(Part.TITLE, 40)
    words = ["upphandling", "av", "upphandlingstjänster", "nu"]
    width = math.ceil(max(font.getlength("upphandling av"), font.getlength("upphandlingstjänster nu")))
    assert lettering.wrap(words, font, width=width + 4, most=2) == ["upphandling av", "upphandlingstjänster nu"]
    crowded = ["upphandlingstjänsterna", "av", "nu"]
    fits = math.ceil(font.getlength("upphandlingstjänsterna av")) + 2
    assert lettering.wrap(crowded, font, width=fits, most=2) == ["upphandlingstjänsterna", "av nu"]


def test_a_word_wider_than_the_picture_is_broken_with_hyphens() -> None:
    lines = [line.text for line in a_block(card_layout(a_card("ett " + "upphandlings" * 20)), Part.TITLE).lines]
    assert lines[0].startswith("ett upphandlings")
    assert all(line.endswith("-") for line in lines[:-1])
    assert "".join(line.rstrip("-") for line in lines) == "ett " + "upphandlings" * 20


def test_no_break_space_holds_and_invisible_signs_vanish() -> None:
    layout = card_layout(a_card("Till\u00adgänglig\u200b på 8\u202fkap. EU\u2011stöd"))
    assert " ".join(line.text for line in a_block(layout, Part.TITLE).lines) == "Tillgänglig på 8\u00a0kap. EU-stöd"


def test_a_title_longer_than_titles_may_be_ends_in_dots() -> None:
    title = a_block(card_layout(a_card("upphandling " * 60)), Part.TITLE)
    assert not title.whole
    assert title.lines[-1].text.endswith("…")


def test_a_long_owner_show_or_kind_stays_in_its_place() -> None:
    card = a_card(owner="Samordningsförbundet för cirkulär upphandling i Jämtlands och Västernorrlands län " * 3)
    check_card(card)
    check_card(Card(title="Ja", kind=SENTENCE, show=SENTENCE, owner="Ö" * 90, eu_statement=card.eu_statement))


@pytest.mark.parametrize(
    ("text", "missing"),
    [("Åtta frågor?", ""), ("Čohkkiras Đ Š ž", ""), ("Aa\u030a", ""), ("Guaŋka", "ŋ"), ("Ŧŧ", "Ŧŧ"), ("Hej 🎧", "🎧"), ("Лес", "Лес"),
     ("\u00ad\u202f\u2011", ""), ("fil 1\x00", "\x00")],
)  # fmt: skip
def test_letters_that_the_font_lacks_are_named(text: str, missing: str) -> None:
    assert missing_letters(text) == missing
    assert can_write(text) is (not missing)


def test_what_cannot_be_written_is_left_out_and_never_boxes() -> None:
    assert draw_card(a_card("Guaŋka", kind="")) == draw_card(a_card().plain())
    parts = [block.part for block in card_layout(a_card(kind="Ŧ", owner="ŋ")).blocks]
    assert parts == [Part.TITLE, Part.SHOW, Part.STATEMENT]


def test_the_plain_picture_names_the_show_and_says_no_title() -> None:
    card = a_card().plain()
    layout = card_layout(card)
    said = {block.part: " ".join(line.text for line in block.lines) for block in layout.blocks}
    assert said == {Part.SHOW: card.show, Part.OWNER: card.owner, Part.STATEMENT: card.eu_statement}
    check_boxes(layout)
    check_contrast(layout)
    check_ink(as_image(draw_card(card)), layout)


# The European emblem


def test_the_emblem_is_no_smaller_than_the_mark_and_one_and_a_half_times_as_wide_as_high() -> None:
    layout = card_layout(a_card())
    width, height = layout.emblem.right - layout.emblem.left, layout.emblem.bottom - layout.emblem.top
    assert width >= layout.mark.right - layout.mark.left
    assert height >= layout.mark.bottom - layout.mark.top
    assert width * 2 == height * 3
    assert round(height / 25) == EMBLEM_BORDER


def test_the_emblem_has_twelve_stars_as_the_hours_of_a_clock_and_a_white_border() -> None:
    card = a_card()
    image = as_image(draw_card(card))
    left, top, right, bottom = card_layout(card).emblem
    height = bottom - top
    for hour in range(12):
        angle = math.radians(hour * 30)
        x = (left + right) / 2 + height / 3 * math.sin(angle)
        y = (top + bottom) / 2 - height / 3 * math.cos(angle)
        assert image.getpixel((math.floor(x), math.floor(y))) == (0xFF, 0xCC, 0)
    assert len(list(spots(image, Box(left, top, right, bottom)))) == 12
    for x, y in [(left, top), (right - 1, bottom - 1), ((left + right) // 2, (top + bottom) // 2)]:
        assert image.getpixel((x, y)) == (0, 0x33, 0x99)
    edge = EMBLEM_BORDER
    for side in [
        Box(left - edge, top - edge, right + edge, top),
        Box(left - edge, bottom, right + edge, bottom + edge),
        Box(left - edge, top, left, bottom),
        Box(right, top, right + edge, bottom),
    ]:
        assert colours(image, side) == {(255, 255, 255)}
    lake = tuple(bytes.fromhex(PAINT.lake[1:]))
    assert image.getpixel((left - edge - 1, top)) == image.getpixel((right + edge, bottom)) == lake


def spots(image: Image.Image, box: Box) -> Iterator[set[tuple[int, int]]]:
    """Give the groups of yellow pixels in a box."""
    wanted = {
        (x, y)
        for x in range(box.left, box.right)
        for y in range(box.top, box.bottom)
        if image.getpixel((x, y)) == (0xFF, 0xCC, 0)
    }
    while wanted:
        group, edge = set(), {wanted.pop()}
        while edge:
            group |= edge
            edge = {(x + dx, y + dy) for x, y in edge for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & wanted
            wanted -= edge
        yield group


def test_the_statement_stands_whole_beside_the_emblem_in_a_font_that_the_rules_allow() -> None:
    for card in [a_card(), a_card().plain(), a_card(SENTENCE)]:
        layout = card_layout(card)
        block = a_block(layout, Part.STATEMENT)
        assert " ".join(line.text for line in block.lines) == card.eu_statement
        assert (block.ink, PAINT.text) == (Ink.TEXT, "#ffffff")
        assert 0 < block.box.left - layout.emblem.right < 30
        assert layout.emblem.top <= block.box.top
        assert block.box.bottom <= layout.emblem.bottom
        assert lettering.font_of(Part.STATEMENT, block.size).getname() == ("Ubuntu", "Bold")


@pytest.mark.parametrize("statement", ["", "Čohkke", "Medfinansieras av Europeiska unionen " * 40])
def test_no_picture_is_drawn_without_the_whole_statement(statement: str) -> None:
    with pytest.raises(StatementError):
        draw_card(Card(title="", kind="", show="Öka takten", owner="Regionen", eu_statement=statement))


def test_the_colours_of_the_picture_are_the_ones_that_were_chosen() -> None:
    exact = {tuple(bytes.fromhex(colour[1:])) for colour in exact_colours(PAINT)}
    for title in ("Ja", "Varför cirkulär upphandling?", SENTENCE):
        card = a_card(title)
        ground, image = draw_scene(card_layout(card).rise), as_image(draw_card(card))
        mask = Image.new("L", ground.size, 0)
        for block in card_layout(card).blocks:
            ImageDraw.Draw(mask).rectangle(block.box, fill=255)
        drawn = zip(ground.get_flattened_data(), image.get_flattened_data(), mask.get_flattened_data(), strict=True)
        assert all(before == after for before, after, text in drawn if before in exact and not text)


# Memory


def test_a_picture_is_the_same_every_time_and_drawing_leaves_pillow_as_it_was() -> None:
    program = """
import hashlib, sys, warnings
from PIL import Image, ImageFile
def state():
    return (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS, ImageFile.MAXBLOCK, list(Image.ID), sorted(Image.OPEN),
        list(warnings.filters))
import fontTools.ttLib
before = state()
from pathlib import Path
from okatakten.site.cards import Card, draw_card
from okatakten.site.profile import read_profile
assert state() == before
card = Card(title=sys.argv[1], kind=sys.argv[2], show=sys.argv[3], owner=sys.argv[4], eu_statement=sys.argv[5])
print(hashlib.sha256(draw_card(card, paint=read_profile(Path(sys.argv[6]), []).paint())).hexdigest())
"""
    card = a_card(SENTENCE)
    said = [card.title, card.kind, card.show, card.owner, card.eu_statement, str(PROJECT)]
    command = [sys.executable, "-c", program, *said]
    printed = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert printed.stdout.strip() == hashlib.sha256(draw_card(card)).hexdigest()


def no_drawing(card: Card, *, paint: Paint) -> bytes:
    raise AssertionError(card.title, paint)


def test_a_picture_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = make_card(a_card(), cache=tmp_path / "cards")
    monkeypatch.setattr(cards, "draw_card", no_drawing)
    assert make_card(a_card(), cache=tmp_path / "cards") == drawn
    with pytest.raises(AssertionError):
        make_card(a_card("Något annat"), cache=tmp_path / "cards")


def test_a_picture_is_remembered_by_all_that_it_says_and_all_that_draws_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [
        a_card(), a_card("Ja"), a_card(kind="Rapport"), a_card(owner="Regionen"), a_card().plain(),
        Card(title="Vad det ledde till", kind="Poddavsnitt 2", show="Podden", owner="Region Jämtland Härjedalen", eu_statement="EU"),
    ]  # fmt: skip
    for card in pictures:
        make_card(card, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == len(pictures)
    monkeypatch.setattr(cards, "_makers", lambda: b"another Pillow")
    make_card(a_card(), cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == len(pictures) + 1
