"""What a table holds before anybody asks what it says: cells, and how many there may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from okatakten.written.advice import Hint

LAST_ROW: Final = 50_000
LAST_COLUMN: Final = 50
CELL_LIMIT: Final = 6 * LAST_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell.

    `note` is the comment that hangs on it, `wrong` what it holds instead of text, `unclear` what makes it impossible to
    know what counts, and `look` how it is painted: that goes with no text.
    """

    text: str = ""
    note: str = ""
    wrong: Hint | None = None
    unclear: str = ""
    look: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The cells that hold something, by row and column, both counted from 1; `beside` is what else the file has."""

    cells: Mapping[tuple[int, int], Cell]
    beside: tuple[str, ...] = ()
    delimiter: str = ""

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Return the rows that hold something, each with its cells by column."""
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            rows.setdefault(row, {})[column] = cell
        return rows


class TooLargeError(Exception):
    """A file says that it is larger than any table for a translator."""
