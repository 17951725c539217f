"""`okatakten new` with a kind of page: a folder to fill in, or a row."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from okatakten.commands.console import stop, stop_unless_ffmpeg
from okatakten.disk.write import write_files
from okatakten.model import DEFAULT_LOCALE
from okatakten.rules import is_slug, slug_of
from okatakten.site.kinds.blank import blank_page, blank_row
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.reading import rows_file


def make_entry(root: Path, kind: PageKind, file: Path | None, *, given: Mapping[str, Any]) -> None:
    """Write a draft of a page of a kind, or a row as an example, and say what to do next."""
    if kind.rows:
        _add_row(root, kind)
        return
    title = given.get("title") or stop(f'Skriv också titeln, så här: okatakten new {kind.key} --title "Rubriken"')
    slug = given.get("slug") or slug_of(str(title))
    folder = Path("docs") / DEFAULT_LOCALE / kind.folder / str(slug)
    if not is_slug(str(slug)):
        stop(f"Namnet blir en adress: skriv --slug {slug_of(str(slug))}")
    if (root / folder).exists():
        stop(f"{folder.as_posix()} finns redan. Välj ett annat namn med --slug.")
    with TemporaryDirectory() as made:
        files = _files(kind, file, Path(made))
        names = {field: path.name for field, path in files.items()}
        contents = {(folder / path.name).as_posix(): path.read_bytes() for path in files.values()}
    page = folder / "index.md"
    write_files(root, contents | {page.as_posix(): blank_page(kind, title=str(title), given=names).encode()})
    click.echo(f"{page.as_posix()} är gjord, som ett utkast. Fyll i fälten, och kör okatakten check.")


def _files(kind: PageKind, file: Path | None, made: Path) -> dict[str, Path]:
    """Return what lies beside the page, by the field that names it; a film as every browser plays it."""
    if file is None:
        return {}
    if not file.is_file():
        stop(f"Det finns ingen fil som heter {file}.")
    if kind.convert:
        from okatakten.making.films import convert_film

        stop_unless_ffmpeg()
        film, poster = made / "film.mp4", made / "film.jpg"
        if not convert_film(file, film, poster=poster):
            stop(f"{file} går inte att läsa som film. Spara den som MP4 och försök igen.")
        return {"file": film, "poster": poster}
    copy = made / f"{slug_of(file.stem)}{file.suffix.lower()}"
    shutil.copyfile(file, copy)
    return {"file": copy}


def _add_row(root: Path, kind: PageKind) -> None:
    path = root / rows_file(kind)
    before = path.read_text(encoding="utf-8").rstrip() + "\n" if path.exists() else f"{kind.folder}:\n"
    write_files(root, {rows_file(kind): (before + blank_row(kind)).encode()})
    click.echo(f"En rad är tillagd sist i {rows_file(kind)}, som exempel. Fyll i den och ta bort sample: true.")
