"""Chapters in the forms that podcast apps read, all from the one list in episode.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from okatakten.model import Chapter


def build_json_chapters(chapters: Sequence[Chapter]) -> str:
    """Return a JSON chapters document, version 1.2.0 (podcast namespace, application/json+chapters)."""
    listed = [{"startTime": _seconds(chapter.start), "title": chapter.title} for chapter in chapters]
    return json.dumps({"version": "1.2.0", "chapters": listed}, ensure_ascii=False, indent=1) + "\n"


def _seconds(time: timedelta) -> int | float:
    seconds = time.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
