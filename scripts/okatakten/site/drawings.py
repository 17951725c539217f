"""Drawings (SVG) as people have them, made ready to be seen: what draws, and nothing that runs, fetches or tells."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, Final

from lxml import etree

from okatakten.podcast.images import ImageUnreadableError, decode, encode
from okatakten.written.advice import Hint, Trace

SVG: Final = "http://www.w3.org/2000/svg"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_DRAWS: Final = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "style", "switch", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath",
    "mask", "pattern", "marker", "filter", "image", "view",
}  # fmt: skip
_EFFECT: Final = re.compile(r"fe[A-Z]\w+")
_LINK: Final = "a"
"""Draws nothing itself, but what stands in it does."""
_TELLS: Final = "metadata"
_LINKS: Final = {"href", "src", "base"}
_NAMES: Final = ("creator", "export-filename", "docname")
"""Ends of names of what may hold a person's name, or the path of a file in that person's folder."""
_DATA: Final = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
_FETCHES: Final = re.compile(
    r"@import[^;]*;?|url\(\s*+['\"]?+\s*+(?!#)[^()]*\)?|(?:image|image-set|src)\([^()]*\)?|\\.?", re.IGNORECASE
)
"""In CSS, where a backslash may stand for any letter of these words."""
_LENGTH: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|mm|cm|in|)\s*")
_PIXELS: Final = {"px": 1.0, "": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_USUAL: Final = (300, 150)
"""Pixels of a drawing that says nothing of its size (CSS 2.2, 10.3.2)."""
_LARGEST: Final = 20_000_000
"""Bytes of a drawing that is read."""


def find_faults(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield, with its line, what of a drawing is more than drawing and may be missed when it is taken out.

    What drawing programs note for themselves is not. Raises ImageUnreadableError.
    """
    root = _parse(content)
    for node in [*root.itersiblings(etree.PI, preceding=True), *root.iter()]:
        yield from ((node.sourceline or 0, what) for what in _active(node))


def _active(node: Any) -> Iterator[str]:
    if node.tag is etree.PI:
        yield f"<?{node.target}"
    elif node.tag is etree.Entity:
        yield str(node.text)
    elif isinstance(node.tag, str):
        name = etree.QName(node)
        if name.namespace in {SVG, _XHTML, None} and not _draws(name):
            yield f"<{name.localname}"
        for key, value in node.items():
            own = etree.QName(key).localname.lower()
            if own.startswith("on") or (own in _LINKS and not _is_inside(value)) or _FETCHES.search(value):
                yield f'{own}="{value}"'
        if name.localname == "style" and _FETCHES.search("".join(node.itertext())):
            yield "<style"


def _draws(name: etree.QName) -> bool:
    return name.localname in _DRAWS | {_TELLS} or _EFFECT.fullmatch(name.localname) is not None


def _is_inside(address: str) -> bool:
    """Return whether an address is of another part of the drawing, or holds what it is of."""
    return address.strip().startswith("#") or _DATA.match(address) is not None


def clean_drawing(content: bytes) -> tuple[bytes, tuple[int, int], tuple[Trace, ...]]:
    """Return a drawing as it is published, its size in pixels, and what it told or did beside drawing.

    Raises ImageUnreadableError.
    """
    root = _parse(content)
    found: set[Trace] = set()
    for element in list(root.iter()):
        _clean(element, found)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8"), _size(root), tuple(trace for trace in Trace if trace in found)


def _parse(content: bytes) -> Any:
    if len(content) > _LARGEST:
        raise ImageUnreadableError(Hint.PICTURE_DAMAGED)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise ImageUnreadableError(Hint.PICTURE_DAMAGED) from None
    if root.tag != f"{{{SVG}}}svg":
        raise ImageUnreadableError(Hint.PICTURE_OF_OTHER_KIND)
    return root


def _clean(element: Any, found: set[Trace]) -> None:
    trace = _trace(element)
    if trace:
        found.add(trace)
        _drop(element)
        return
    for key, value in element.items():
        own = etree.QName(key)
        if own.localname.lower().startswith("on"):
            found.add(Trace.SCRIPT)
            del element.attrib[key]
        elif own.localname.lower() in _LINKS:
            _clean_link(element, key, value, found)
        elif own.namespace not in {None, SVG, _XML}:
            found.add(_told(own.localname, value))
            del element.attrib[key]
        elif _FETCHES.search(value):
            element.set(key, _FETCHES.sub("", value))
    if element.tag == f"{{{SVG}}}style":
        style = element.xpath("string()")
        element[:] = []
        element.text = _FETCHES.sub("", style)


def _trace(element: Any) -> Trace | None:
    """Return what kind of thing an element is that is not to be published; None for what draws."""
    if not isinstance(element.tag, str):
        return Trace.WORDS
    name = etree.QName(element)
    if name.namespace != SVG or name.localname == _TELLS:
        return _told(name.localname, "".join(element.itertext()))
    return None if _draws(name) or name.localname == _LINK else Trace.SCRIPT


def _told(name: str, value: str) -> Trace:
    return Trace.NAME if name.endswith(_NAMES) and value.strip() else Trace.WORDS


def _clean_link(element: Any, key: str, value: str, found: set[Trace]) -> None:
    """Keep what leads to another part of the drawing, and a picture that is inside it, made ready as any other."""
    if value.strip().startswith("#"):
        return
    del element.attrib[key]
    inside = _DATA.match(value)
    if not inside:
        found.add(Trace.SCRIPT if "script:" in value else Trace.WORDS)
        return
    with suppress(ImageUnreadableError, binascii.Error):
        image = decode(BytesIO(base64.b64decode(value[inside.end() :])), least=1600)
        kind = "PNG" if image.mode == "RGBA" or "png" in inside[0] else "JPEG"
        data = base64.b64encode(encode(image, kind)).decode()
        element.set(key, f"data:image/{kind.lower()};base64,{data}")


def _drop(element: Any) -> None:
    """Take an element out, but not the words after it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def _size(root: Any) -> tuple[int, int]:
    """Return the size of a drawing in pixels, as browsers find it."""
    sides = [_pixels(root.get(name, "")) for name in ("width", "height")]
    box = [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    wide, high = box[2:] if len(box) == 4 and min(box[2:]) > 0 else _USUAL
    if sides[0] and not sides[1]:
        sides[1] = sides[0] * high / wide
    elif sides[1] and not sides[0]:
        sides[0] = sides[1] * wide / high
    width, height = sides if all(sides) else (wide, high)
    return max(1, round(width)), max(1, round(height))


def _pixels(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _PIXELS[match[2]] if match else 0.0
