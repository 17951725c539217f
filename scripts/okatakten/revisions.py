"""The revision of a text: a short name that changes when any of its words does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

REVIEW_FIELDS: Final = ("source_revision", "reviewed")
"""The fields in which a translated file says what it was made from and which revision of it was reviewed."""


def revision_of(texts: Iterable[str]) -> str:
    """Return 8 hexadecimal digits (of SHA-256); how the words are spaced and broken into lines does not count."""
    words = "\n".join(" ".join(text.split()) for text in texts)
    return hashlib.sha256(words.encode()).hexdigest()[:8]
