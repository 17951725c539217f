"""The files that people write, as text: how they are read, and where in them something is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from okatakten.written.advice import Hint
from okatakten.written.machine import reason_of
from okatakten.written.problems import Kind, Problem

UNPUBLISHABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, and so neither the feed nor anything made from it."""
_SUSPECT = bytes({*range(32), 0xEF} - set(b"\t\n\r"))
"""What they begin with in UTF-8, which has no surrogates: files with none of these bytes are not looked through."""

TEXT_LIMIT = 5 * 10**6
"""Bytes of a file that people write: some fifty hours of speech."""


def composed(text: str) -> str:
    """Return the text with å, ä and ö as one character each, however they were written (Unicode, NFC)."""
    return unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """Return what can be published of a text, on one line."""
    return " ".join((text if text.isprintable() else UNPUBLISHABLE.sub("", text)).split())


def cut(text: str, limit: int) -> str:
    """Return the text, cut after a word with an ellipsis where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    word = kept.rpartition(" ")[0]
    return (word if len(word) > limit / 2 else kept).rstrip(" ,.;:–-") + "…"


@dataclass(slots=True)
class Problems:
    """The problems found so far in one file; `file` is its name relative to the project.

    What is `noted` stops nothing.
    """

    file: str
    found: list[Problem] = field(default_factory=list)
    noted: list[Problem] = field(default_factory=list)

    def add(self, kind: Kind, *, line: int = 0, field: str = "", found: str = "", expected: str = "") -> None:
        self.found.append(Problem(kind=kind, file=self.file, line=line, field=field, found=found, expected=expected))

    def note(self, kind: Kind, *, line: int = 0, field: str = "", found: str = "", expected: str = "") -> None:
        self.noted.append(Problem(kind=kind, file=self.file, line=line, field=field, found=found, expected=expected))


def read_capped(
    path: Path, problems: Problems, *, limit: int, kind: Kind, expected: str = Hint.TOO_LARGE
) -> bytes | None:
    """Return a file of at most `limit` bytes; None with a problem, of `kind` where it is larger."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= limit else None
    except OSError as error:
        _add_unread(error, problems)
        return None
    if content is None:
        problems.add(kind, expected=expected)
    return content


def read_text(path: Path, problems: Problems) -> str | None:
    """Return a UTF-8 file, composed, with line feeds only and no byte order mark; None with a problem if it is not one.

    Characters that XML 1.0 cannot hold are a problem too: they would break the feed.
    """
    limit = f"{TEXT_LIMIT // 10**6} MB"
    raw = read_capped(path, problems, limit=TEXT_LIMIT, kind=Kind.TEXT_TOO_LARGE, expected=limit)
    if raw is None:
        return None
    try:
        # More than one is there where somebody has put files together.
        text = raw.decode().lstrip("\ufeff")
    except UnicodeDecodeError as error:
        problems.add(Kind.WRONG_ENCODING, line=raw[: error.start].count(b"\n") + 1)
        return None
    text = composed(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_suspect = len(raw.translate(None, _SUSPECT)) < len(raw)
    if is_suspect and (bad := UNPUBLISHABLE.search(text)):
        problems.add(Kind.STRANGE_CHARACTER, line=text.count("\n", 0, bad.start()) + 1)
        return None
    return text


def _add_unread(error: OSError, problems: Problems) -> None:
    """Add the problem of a file that is missing, or of one that is there and that the machine does not open."""
    if isinstance(error, FileNotFoundError | IsADirectoryError):
        problems.add(Kind.FILE_MISSING)
    else:
        problems.add(Kind.FILE_UNREADABLE, expected=reason_of(error))


def why_unopened(path: Path) -> str:
    """Return why the machine does not open a file; "" where it does, and what is in it is what cannot be read."""
    try:
        path.open("rb").close()
    except OSError as error:
        return reason_of(error)
    return ""


def problem_at(root: Path, file: str, kind: Kind, field: str, *, found: str = "", expected: str = "") -> Problem:
    """Return a problem at the line of a read file where a field stands, for what shows only in the finished values."""
    lines = (root / file).read_text(encoding="utf-8", errors="replace").splitlines()
    number = next((number for number, line in enumerate(lines, start=1) if line.startswith(f"{field}:")), 0)
    value = lines[number - 1].partition(":")[2].strip() if number else ""
    return Problem(kind=kind, file=file, line=number, field=field, found=found or value, expected=expected)


def split_front_matter(text: str, problems: Problems) -> tuple[str, str] | None:
    """Return the fields (keeping their line numbers: the `---` line becomes empty) and the text below them."""
    lines = text.split("\n")
    opened = lines[0].rstrip() == "---"
    if opened:
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() in {"---", "..."}:
                return "\n".join(["", *lines[1:number]]), "\n".join(lines[number + 1 :]).strip()
    problems.add(Kind.FRONT_MATTER_UNCLOSED if opened else Kind.NO_FRONT_MATTER, line=1, found=lines[0].rstrip())
    return None
