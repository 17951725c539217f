"""How a site looks, from overrides/profile/: colours by what they are for, the sizes of letters, and the mark.

All that is seen draws from it, and no colour stands anywhere else. Style sheets of the web take the values as custom
properties, for which they have a place (`@profile;`); where those reach nothing, on paper and in drawings, the values
themselves are put in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yaml import MappingNode

from okatakten.site.mark import MarkError, read_mark
from okatakten.written.advice import Hint, did_you_mean
from okatakten.written.fields import Fields, parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.text import Problems, read_text

PROFILE: Final = "profile/"
"""The folder in overrides/. No page fetches what is in it as it stands there."""
VALUES: Final = f"overrides/{PROFILE}profile.yml"
DRAWN: Final = f"overrides/{PROFILE}mark.svg"
FIELDS: Final = ("colours", "light", "dark", "print", "contrast", "sizes", "measure")
NAMES: Final = (
    "ground", "band", "surface", "text", "quiet", "link", "line", "accent", "bar", "mark", "on-mark", "deep", "deeper",
    "on-deep", "button", "on-button", "play", "on-play", "paper", "focus-inner", "focus-outer", "eu", "ridge-far",
    "ridge-mid", "ridge-near", "scene-sky", "scene-cover", "scene-text", "scene-quiet", "scene-far", "scene-snow",
    "scene-near", "scene-forest", "scene-lake", "scene-ripple", "scene-warm",
)  # fmt: skip
"""What colours are for; style sheets call them --site-ground and so on."""
SCHEMES: Final = {"light": Hint.BY_LIGHT, "dark": Hint.BY_DARK, "print": Hint.ON_PAPER}
SIZES: Final = ("small", "body", "lead", "h3", "h2", "h1", "figure")
BLACK: Final = "#000000"
WHITE: Final = "#ffffff"
EU_BLUE: Final = "#003399"
EU_GOLD: Final = "#ffcc00"
GIVEN: Final = {"white": WHITE, "black": BLACK, "eu-blue": EU_BLUE, "eu-gold": EU_GOLD}
"""Colours that no organisation chooses: those of paper and ink, and of the European emblem (Annex IX of 2021/1060)."""
_EXAMPLE: Final = '"#a1b2c3"'
_THREE: Final = "[1rem, 1rem, 10.5pt]"
SCENE: Final = "scene-"
PLACE: Final = "@profile;"
"""Where a style sheet has the values."""
_NARROW: Final = 20
_WIDE: Final = 70
"""In rem, the screens that the first and the second of a size are for; between them it grows evenly."""
_COLOUR: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_SIZES: Final = (re.compile(r"\d+(\.\d+)?rem"), re.compile(r"\d+(\.\d+)?rem"), re.compile(r"\d+(\.\d+)?pt"))
_MEASURE: Final = re.compile(r"\d+ch")
_LEAST: Final = re.compile(r"\d+(\.\d+)?")
_CALLED: Final = re.compile(r"--site-([\w-]+)")
_USED: Final = re.compile(r"var\(--site-([\w-]+)\)")
_NAMED: Final = re.compile(r"var\(--([\w-]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """The colours of a drawn picture: its sky, fjäll and lake, what is written there, and the mark."""

    sky: str
    cover: str
    text: str
    quiet: str
    far: str
    snow: str
    near: str
    forest: str
    lake: str
    ripple: str
    warm: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a site looks. Each scheme has the colour of everything, `sizes` are those on a phone, a screen and paper.

    `mark` is the SVG in its colours.
    """

    light: Mapping[str, str]
    dark: Mapping[str, str]
    print: Mapping[str, str]
    sizes: Mapping[str, tuple[str, str, str]]
    measure: str
    mark: str

    def style(self, css: str, *, beside: str = "") -> str:
        """Return a style sheet of the web with the values in their place that it uses, and those `beside` it."""
        used = set(_CALLED.findall(css + beside))
        fluid = {f"size-{name}": _fluid(*sizes[:2]) for name, sizes in self.sizes.items()}
        whole = {**self.light, **fluid, "measure": self.measure}
        dark = {name: value for name, value in self.dark.items() if value != self.light[name]}
        paper = {name: value for name, value in self.print.items() if name in dark or value != self.light[name]}
        blocks = [
            _rule({"color-scheme": "light dark", **_properties(whole, used)}),
            f"@media (prefers-color-scheme: dark) {{\n{_rule(_properties(dark, used))}}}\n",
            f"@media print {{\n{_rule({'color-scheme': 'light', **_properties(paper, used)})}}}\n",
        ]
        return css.replace(PLACE, "".join(blocks))

    def paint(self) -> Paint:
        """Return what share pictures and the cover are drawn with."""
        scene = {name.removeprefix(SCENE): value for name, value in self.light.items() if name.startswith(SCENE)}
        return Paint(**scene, mark=self.mark)

    def on_paper(self, text: str) -> str:
        """Return styles, or what holds some, with the values themselves: those of light ground, and sizes in points."""
        sizes = {f"size-{name}": points for name, (_, _, points) in self.sizes.items()}
        values = {**self.light, **sizes, "measure": self.measure}
        return _USED.sub(lambda found: values[found[1]], text)


def read_profile(root: Path, found: list[Problem]) -> Profile | None:
    """Return how the site looks, or None with problems. Where another generator makes the pages, there is none."""
    if not (root / "overrides").is_dir():
        return None
    problems = Problems(VALUES, found)
    before = len(found)
    text = read_text(root / VALUES, problems)
    fields = parse_fields(text, problems, known=FIELDS) if text is not None else None
    if fields is None:
        return None
    colours = GIVEN | dict(_colours(fields))
    entries = {name: fields.mapping(name, known=NAMES, required=name == "light") for name in SCHEMES}
    words = {name: dict(_words(entry, colours, scheme=name)) for name, entry in entries.items() if entry}
    schemes = {name: words.get("light", {}) | words.get(name, {}) for name in SCHEMES}
    sizes = dict(_sizes(fields))
    measure = _fitting(fields, "measure", _MEASURE, example="48ch")
    rows = list(_rows(fields))
    if len(found) == before:
        for name, scheme in schemes.items():
            _check_contrast(rows, scheme, colours, where=SCHEMES[name], entries=(entries[name], entries["light"]))
    mark = _read_mark(root, colours, found)
    if len(found) > before:
        return None
    assert measure
    assert mark
    values = {name: {each: colours[word] for each, word in scheme.items()} for name, scheme in schemes.items()}
    return Profile(**values, sizes=sizes, measure=measure, mark=mark)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colours(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the colours by name. One that cannot be read is black meanwhile: it is told once, and not where it is."""
    node = fields.nodes.get("colours")
    names = [str(key.value) for key, _ in node.value] if isinstance(node, MappingNode) else ["snow"]
    entry = fields.mapping("colours", known=names, required=True)
    seen = {colour: name for name, colour in GIVEN.items()}
    for name in entry.nodes if entry else ():
        assert entry
        written = entry.text(name, example=_EXAMPLE)
        colour = _parse_colour(written or "")
        if written and not colour:
            entry.problem(Kind.NOT_A_COLOUR, name, expected=f"{name}: {_EXAMPLE}")
        elif colour in seen or name in GIVEN:
            entry.problem(Kind.COLOUR_TWICE, name, expected=seen.get(colour, name))
        elif colour:
            seen[colour] = name
        yield name, colour or BLACK


def _parse_colour(written: str) -> str:
    """Return a colour with six digits; "" where it is none. Three of them stand for two each."""
    fits = _COLOUR.fullmatch(written)
    digits = fits[1].lower() if fits else ""
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}" if digits else ""


def _words(entry: Fields, colours: Mapping[str, str], *, scheme: str) -> Iterator[tuple[str, str]]:
    """Yield the name of the colour of everything that a scheme says one for; by light it is of everything."""
    for name in NAMES:
        word = entry.text(name, example="snow" if scheme == "light" else None, words=False)
        if word and word not in colours:
            known = Hint.CHOOSE.format(choices=", ".join(colours))
            entry.problem(Kind.UNKNOWN_COLOUR, name, expected=did_you_mean(word, [*colours], otherwise=known))
        elif word:
            yield name, word


def _sizes(fields: Fields) -> Iterator[tuple[str, tuple[str, str, str]]]:
    entry = fields.mapping("sizes", known=SIZES, required=True)
    for name in SIZES if entry else ():
        assert entry
        written = entry.texts(name, example=_THREE)
        if name not in entry:
            entry.problem(Kind.FIELD_MISSING, name, expected=f"{name}: {_THREE}")
        elif len(written) == 3 and all(form.fullmatch(each) for form, each in zip(_SIZES, written, strict=True)):
            yield name, (written[0], written[1], written[2])
        else:
            entry.problem(Kind.NOT_A_SIZE, name, found=", ".join(written), expected=f"{name}: {_THREE}")


def _fitting(fields: Fields, name: str, form: re.Pattern[str], *, example: str) -> str | None:
    """Return a text of a certain form."""
    written = fields.text(name, example=example, words=False)
    if written and not form.fullmatch(written):
        fields.problem(Kind.NOT_A_SIZE, name, expected=f"{name}: {example}")
        return None
    return written


def _rows(fields: Fields) -> Iterator[tuple[str, str, float]]:
    """Yield what stands on what, and the contrast that it has at least."""
    if not fields.items("contrast", example="- colours: [text]"):
        fields.problem(Kind.FIELD_MISSING, "contrast", expected="contrast: - colours: [text]")
    for entry in fields.mappings("contrast", known=("colours", "against", "least"), example="- colours: [text]"):
        for name in ("colours", "against"):
            if name not in entry:
                entry.problem(Kind.FIELD_MISSING, name, expected=f"{name}: [text]")
        least = _fitting(entry, "least", _LEAST, example="7")
        above, below = (
            [each for each in entry.each(name, example="- text") if _is_name(each, name)]
            for name in ("colours", "against")
        )
        for one in above:
            for other in below:
                if least:
                    yield one.text("colours") or "", other.text("against") or "", float(least)


def _is_name(entry: Fields, field: str) -> bool:
    word = entry.text(field, example="text")
    if word and word not in NAMES:
        entry.problem(Kind.NOT_A_CHOICE, field, expected=", ".join(NAMES))
    return word in NAMES


def _check_contrast(
    rows: Iterable[tuple[str, str, float]], scheme: Mapping[str, str], colours: Mapping[str, str], *, where: str,
    entries: Sequence[Fields | None],
) -> None:  # fmt: skip
    """Add a problem for every colour of a scheme that stands out too little, where it does so the least."""
    worst: dict[str, tuple[float, str, float]] = {}
    for name, under, least in rows:
        ratio = contrast(colours[scheme[name]], colours[scheme[under]])
        if ratio < least:
            worst[name] = min(worst.get(name, (1, "", 0)), (ratio / least, under, least))
    for name, (part, under, least) in worst.items():
        colour, ground = colours[scheme[name]], colours[scheme[under]]
        expected = Hint.CONTRAST.format(
            under=under, ratio=_number(part * least), where=where, least=_number(least),
            near=_standing_out(colour, ground, least=least),
        )  # fmt: skip
        entry = next(entry for entry in entries if entry and name in entry)
        entry.problem(Kind.CONTRAST_TOO_LOW, name, found=f"{scheme[name]} ({colour})", expected=expected)


def _standing_out(colour: str, ground: str, *, least: float) -> str:
    """Return the colour as much lighter or darker as the contrast asks for."""
    end = max((BLACK, WHITE), key=lambda each: contrast(each, ground))
    mixed = (_mixed(colour, end, part / 100) for part in range(101))
    return next((each for each in mixed if contrast(each, ground) >= least), end)


def _mixed(colour: str, other: str, part: float) -> str:
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(one + (two - one) * part) for one, two in pairs).hex()


def _number(value: float) -> str:
    """Return a number rounded down, so that what is too little never looks like enough."""
    return f"{math.floor(value * 10) / 10:g}".replace(".", ",")


def _read_mark(root: Path, colours: Mapping[str, str], found: list[Problem]) -> str | None:
    """Return the mark in its colours: those that it calls by name are put in."""
    problems = Problems(DRAWN, found)
    text = read_text(root / DRAWN, problems)
    if text is None:
        return None
    mark = _NAMED.sub(lambda named: colours.get(named[1], named[0]), text)
    try:
        read_mark(mark)
    except MarkError as error:
        problems.add(Kind.MARK_UNFIT, line=error.line, found=error.found)
        return None
    return mark


def _properties(values: Mapping[str, str], used: Collection[str]) -> dict[str, str]:
    return {f"--site-{name}": value for name, value in values.items() if name in used}


def _rule(declarations: Mapping[str, str]) -> str:
    lines = "".join(f"  {name}: {value};\n" for name, value in declarations.items())
    return f":root {{\n{lines}}}\n"


def _fluid(narrow: str, wide: str) -> str:
    """Return a size that grows with the screen."""
    least, most = (float(size.removesuffix("rem")) for size in (narrow, wide))
    slope = (most - least) / (_WIDE - _NARROW)
    return f"clamp({narrow}, {least - slope * _NARROW:g}rem + {slope * 100:g}vw, {wide})" if slope else narrow
