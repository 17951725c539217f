"""What one change costs: the site is built again after each, and must be the one that a build from nothing gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import Episode

Values = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody writes in a file in place of what stands there. Without a file, nobody changes anything."""

    name: str
    file: str = ""
    written: str = ""
    instead: str = ""

    def apply(self, root: Path, *, back: bool = False) -> None:
        """Make the change, or take it `back`. Stops where there is nothing to change."""
        if self.file:
            path = root / self.file
            written, instead = (self.instead, self.written) if back else (self.written, self.instead)
            text = path.read_text(encoding="utf-8")
            if written not in text:
                raise SystemExit(f"{self.file} does not hold {written}")
            path.write_text(text.replace(written, instead, 1), encoding="utf-8")


def changes_of(newest: Episode) -> tuple[Change, ...]:
    """Return what is changed of a corpus: the newest episode stands on most pages beside its own."""
    folder, said = f"podcast/episodes/{newest.slug}", newest.cues[0]
    return (
        Change(name="nothing changed"),
        Change(
            name="one title",
            file=f"{folder}/episode.md",
            written=f'title: "{newest.title}"',
            instead=f'title: "{newest.title}, igen"',
        ),
        Change(name="one transcript", file=f"{folder}/transcript.vtt", written=said, instead=f"Alltså, {said}"),
        Change(
            name="one template",
            file="overrides/episode.html",
            written='class="site-episode"',
            instead='class="site-episode site-episode--changed"',
        ),
    )


def measure_changes(
    root: Path,
    changes: Iterable[Change],
    *,
    times: int,
    again: Callable[[], Values],
    clean: Callable[[], Values],
) -> dict[str, list[Values]]:
    """Return what `again`, a build upon the last one, costs after each change, and after it is taken back.

    Stops when it does not give the site that `clean`, a build from nothing, does.
    """
    before = digests(root / "site")
    costs: dict[str, list[Values]] = {}
    for change in changes:
        costs[change.name] = []
        for number in range(times):
            change.apply(root)
            costs[change.name].append(again())
            if change.file and number == 0:
                _check_changed(change, root, before, clean=clean)
            change.apply(root, back=True)
            if change.file:
                costs[change.name].append(again())
            _check_same(f"{change.name}, taken back", digests(root / "site"), before)
    return costs


def digests(site: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a site."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _check_changed(change: Change, root: Path, before: dict[str, str], *, clean: Callable[[], Values]) -> None:
    after = digests(root / "site")
    if after == before:
        raise SystemExit(f"{change.name}: the site is as before")
    clean()
    _check_same(change.name, after, digests(root / "site"))


def _check_same(what: str, found: dict[str, str], expected: dict[str, str]) -> None:
    names = sorted(found.keys() | expected.keys())
    if others := [name for name in names if found.get(name) != expected.get(name)]:
        raise SystemExit(f"{what}: {len(others)} files are not those of a build from nothing: {', '.join(others[:5])}")
