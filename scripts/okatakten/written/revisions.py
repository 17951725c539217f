"""The revision of a text: a short name that changes when any of its words does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Final

REVIEW_FIELDS: Final = ("source_revision", "reviewed")
"""The fields in which a translated file says what it was made from and which revision of it was reviewed."""


def parse_stamp(written: str) -> tuple[date, str] | None:
    """Return the day and the revision of a text that stand in a field as `2026-11-21 3f0a36ff`.

    The revision is empty where only the day is written.
    """
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[ ,(]+([0-9a-f]{8})\)?)?", written)
    try:
        return (date.fromisoformat(match[1]), match[2] or "") if match else None
    except ValueError:
        return None


def revision_of(texts: Iterable[str]) -> str:
    """Return 8 hexadecimal digits (of SHA-256); how the words are spaced and broken into lines does not count."""
    words = "\n".join(" ".join(text.split()) for text in texts)
    return hashlib.sha256(words.encode()).hexdigest()[:8]
