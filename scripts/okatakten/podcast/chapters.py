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


def normal_play_time(time: timedelta) -> str:
    """Return `01:02:03.500`, the start time of Podlove simple chapters (RFC 2326, 3.6)."""
    milliseconds = round(time.total_seconds() * 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"


def _seconds(time: timedelta) -> int | float:
    seconds = time.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
