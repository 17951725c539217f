"""What the pages of the project itself weigh when a browser opens them first, the heaviest of each kind."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from bench.browse import DESKTOP, PATIENCE, PHONE, first_view
from bench.corpus import PROJECT, make_episode, write_ours
from okatakten.addresses import EMBED

HOUR: Final = replace(make_episode(1), cues=tuple(cue for number in (1, 2, 3) for cue in make_episode(number).cues))
"""An episode of an hour: 9 000 words, where one of the corpus has 3 000 in 20 minutes."""
_PLACES: Final = (
    ("home", re.compile(r"(sma/)?")),
    ("an hour's transcript", re.compile(rf"(sma/)?podd/{HOUR.slug}/")),
    ("episode", re.compile(r"(sma/)?podd/[^/]+/")),
)


def write_project(root: Path) -> None:
    """Lay out this project as it is, with an episode of an hour beside its own."""
    write_ours(root, [HOUR])
    shutil.copytree(PROJECT / "podcast", root / "podcast", dirs_exist_ok=True)
    fields = root / "podcast/episodes" / HOUR.slug / "episode.md"
    text = fields.read_text(encoding="utf-8")
    fields.write_text(text.replace("audio_duration: 20:00", "audio_duration: 1:00:00"), encoding="utf-8")


def weigh_views(browser: Browser, site: Path) -> dict[str, tuple[str, int]]:
    """Return the address and the bytes of the heaviest page of each kind, on a phone or at a desk."""
    heaviest: dict[str, tuple[str, int]] = {}
    for path in sorted(site.rglob("index.html")):
        address = path.parent.relative_to(site).as_posix().removeprefix(".")
        address += "/" if address else ""
        if address.endswith(EMBED):
            continue
        kind = kind_of(address, path.read_text(encoding="utf-8"))
        for size in (PHONE, DESKTOP):
            fetched = first_view(browser, site, address, size=size)
            if fetched is None:
                raise SystemExit(f"{address} took more than {PATIENCE} s")
            heaviest[kind] = max(heaviest.get(kind, ("", 0)), (address, fetched.sent), key=lambda one: one[1])
    return heaviest


def kind_of(address: str, page: str) -> str:
    """Return the budget that a page falls under, as bench.goals names them."""
    named = next((kind for kind, place in _PLACES if place.fullmatch(address)), None)
    return named or ("with figures" if 'class="site-figure' in page else "other")
