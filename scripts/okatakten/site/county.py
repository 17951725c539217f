"""Where the municipalities of the county lie: columns and rows of a map of tiles, every other row half a tile aside.

Each tile touches those of the municipalities that its own one borders on.
"""

from __future__ import annotations

from typing import Final

PLACES: Final = {
    "Krokom": (0.5, 0), "Strömsund": (1.5, 0),
    "Åre": (0, 1), "Östersund": (1, 1), "Ragunda": (2, 1),
    "Berg": (0.5, 2), "Bräcke": (1.5, 2),
    "Härjedalen": (0, 3),
}  # fmt: skip
