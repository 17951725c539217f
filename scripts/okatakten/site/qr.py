"""Addresses as codes for the camera of a phone."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache
def qr_code(address: str) -> bytes:
    """Return the address as a QR code, in SVG. The quiet zone of four modules belongs to it (ISO/IEC 18004)."""
    code = io.BytesIO()
    segno.make_qr(address, error="m").save(code, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False)
    return code.getvalue()
