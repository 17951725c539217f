"""Drawings (SVG) as people have them, made ready to be seen: what draws, and nothing that runs, fetches or tells."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from io import BytesIO
from typing import Any, Final

from lxml import etree

from okatakten.podcast.images import ImageUnreadableError, decode, encode
from okatakten.written.advice import Hint, Trace

SVG: Final = "http://www.w3.org/2000/svg"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_RUNS: Final = {"script", "foreignObject", "iframe", "object", "embed", "audio", "video", "handler", "listener"}
_TELLS: Final = {"metadata"}
_LINKS: Final = {"href", _HREF}
_NAMES: Final = ("creator", "export-filename", "docname")
"""Ends of names of what may hold a person's name, or the path of a file in that person's folder."""
_DATA: Final = re.compile(r"\s*data:image/[a-z+.-]+;base64,", re.IGNORECASE)
_FETCHES: Final = re.compile(r"@import[^;]*;?|url\(\s*['\"]?(?!\s*['\"]?#)[^)]*\)", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|mm|cm|in|)\s*")
_PIXELS: Final = {"px": 1.0, "": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_USUAL: Final = (300, 150)
"""Pixels of a drawing that says nothing of its size (CSS 2.2, 10.3.2)."""
_LARGEST: Final = 20_000_000
"""Bytes of a drawing that is read."""


def clean_drawing(content: bytes) -> tuple[bytes, tuple[int, int], tuple[Trace, ...]]:
    """Return a drawing as it is published, its size in pixels, and what it told or did beside drawing.

    Raises ImageUnreadableError.
    """
    if len(content) > _LARGEST:
        raise ImageUnreadableError(Hint.PICTURE_DAMAGED)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise ImageUnreadableError(Hint.PICTURE_DAMAGED) from None
    if root.tag != f"{{{SVG}}}svg":
        raise ImageUnreadableError(Hint.PICTURE_OF_OTHER_KIND)
    found: set[Trace] = set()
    for element in list(root.iter()):
        _clean(element, found)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8"), _size(root), tuple(trace for trace in Trace if trace in found)


def _clean(element: Any, found: set[Trace]) -> None:
    if not isinstance(element.tag, str):
        found.add(Trace.WORDS)
        _drop(element)
        return
    name = etree.QName(element)
    if name.namespace != SVG or name.localname in _TELLS | _RUNS:
        found.add(_trace_of(name.localname, "".join(element.itertext())))
        _drop(element)
        return
    for key, value in element.items():
        own = etree.QName(key)
        if own.localname.lower().startswith("on"):
            found.add(Trace.SCRIPT)
            del element.attrib[key]
        elif key in _LINKS:
            _clean_link(element, key, value, found)
        elif own.namespace not in {None, SVG, _XML}:
            found.add(_trace_of(own.localname, value))
            del element.attrib[key]
        elif _FETCHES.search(value):
            element.set(key, _FETCHES.sub("", value))
    if name.localname == "style" and element.text:
        element.text = _FETCHES.sub("", element.text)


def _trace_of(name: str, value: str) -> Trace:
    if name in _RUNS:
        return Trace.SCRIPT
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
