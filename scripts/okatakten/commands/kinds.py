"""`okatakten new` with a kind of page: a folder to fill in, or a row."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent, indent
from typing import Any

import click
from yaml import SequenceNode

from okatakten.commands.console import stop, stop_unless_ffmpeg
from okatakten.disk.write import write_atomically, write_files
from okatakten.model import DEFAULT_LOCALE
from okatakten.rules import is_slug, slug_of
from okatakten.site.kinds.blank import blank_page, blank_row
from okatakten.site.kinds.kind import PageKind
from okatakten.site.kinds.reading import rows_file
from okatakten.written.fields import parse_fields
from okatakten.written.report import format_report
from okatakten.written.text import Problems, read_text


def make_entry(root: Path, kind: PageKind, file: Path | None, *, given: Mapping[str, Any]) -> None:
    """Write a draft of a page of a kind, or a row as an example, and say what to do next.

    A film that a page has already is made again, in its place.
    """
    is_there = file is not None and _is_of_page(root, kind, file)
    _refuse_unused(kind, file, given, used=() if kind.rows or is_there else ("title", "slug"))
    if kind.rows:
        _add_row(root, kind)
        return
    if file and is_there:
        with TemporaryDirectory() as made:
            write_atomically(file, _files(kind, file, Path(made))["file"].read_bytes())
        click.echo(f"{file} är omgjord. Kör okatakten check.")
        return
    title = given.get("title") or stop(f'Skriv också titeln, så här: okatakten new {kind.key} --title "Rubriken"')
    slug = given.get("slug") or slug_of(str(title), default="")
    folder = Path("docs") / DEFAULT_LOCALE / kind.folder / str(slug)
    if not is_slug(str(slug)):
        stop(f"Namnet blir en adress: skriv --slug {slug_of(str(slug), default='namn')}")
    if (root / folder).exists():
        stop(f"{folder.as_posix()} finns redan. Välj ett annat namn med --slug.")
    with TemporaryDirectory() as made:
        files = _files(kind, file, Path(made))
        names = {field: path.name for field, path in files.items()}
        contents = {(folder / path.name).as_posix(): path.read_bytes() for path in files.values()}
    page = folder / "index.md"
    write_files(root, contents | {page.as_posix(): blank_page(kind, title=str(title), given=names).encode()})
    click.echo(f"{page.as_posix()} är gjord, som ett utkast. Fyll i fälten, och kör okatakten check.")


def _is_of_page(root: Path, kind: PageKind, file: Path) -> bool:
    """Return whether a film lies beside a page of its kind."""
    folder = root / "docs" / DEFAULT_LOCALE / kind.folder
    is_film = kind.key == "film" and file.suffix.lower() == ".mp4"
    return is_film and file.is_file() and file.resolve().parent.parent == folder


def _refuse_unused(kind: PageKind, file: Path | None, given: Mapping[str, Any], *, used: tuple[str, ...]) -> None:
    unused = [f"--{name}" for name, value in given.items() if value and name not in used]
    if file and "file" not in kind.names[: 0 if kind.rows else None]:
        unused.append(str(file))
    if unused:
        stop(f"Det här används inte av new {kind.key}: {', '.join(unused)}. Ta bort det och kör kommandot igen.")


def _files(kind: PageKind, file: Path | None, made: Path) -> dict[str, Path]:
    """Return what lies beside the page, by the field that names it; a film as every browser plays it."""
    if file is None:
        return {}
    if not file.is_file():
        stop(f"Det finns ingen fil som heter {file}.")
    if kind.key == "film":
        from okatakten.making.films import convert_film

        stop_unless_ffmpeg()
        film, poster = made / "film.mp4", made / "film.jpg"
        if not convert_film(file, film, poster=poster):
            stop(f"{file} går inte att läsa som film. Spara den som MP4 och försök igen.")
        return {"file": film, "poster": poster}
    suffix = next(Path(field.example).suffix for field in kind.fields if field.name == "file")
    if file.suffix.lower() != suffix:
        stop(f"{file} slutar inte på {suffix}. Spara den som {suffix[1:].upper()} och försök igen.")
    copy = made / f"{slug_of(file.stem, default=kind.key)}{suffix}"
    shutil.copyfile(file, copy)
    return {"file": copy}


def _add_row(root: Path, kind: PageKind) -> None:
    """Write a row last in its file, as far in as the others. What cannot be read stays as it is."""
    file = rows_file(kind)
    problems = Problems(file)
    text = read_text(root / file, problems) if (root / file).exists() else ""
    fields = parse_fields(text, problems, known=(kind.folder,)) if text is not None else None
    rows = fields.items(kind.folder, example=f"- {kind.fields[0].name}: …") if fields else ()
    if text is None or fields is None or problems.found:
        stop(f"{format_report(problems.found)}\n{file} är inte ändrad.")
    if kind.folder not in fields:
        text += f"\n{kind.folder}:"
    node = fields.nodes.get(kind.folder)
    if rows and isinstance(node, SequenceNode) and node.flow_style:
        stop(f"{file} har raderna inom [ ]. Skriv var och en på egna rader, med ett bindestreck först.")
    if not rows:
        text = re.sub(rf"^{kind.folder}:.*(?:\n *\])?", f"{kind.folder}:", text, flags=re.MULTILINE)
    row = indent(dedent(blank_row(kind)), " " * (node.start_mark.column if node and rows else 2))
    write_files(root, {file: f"{text.strip()}\n{row}"})
    click.echo(f"En rad är tillagd sist i {file}, som exempel. Fyll i den och ta bort sample: true.")
