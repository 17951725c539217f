"""Print what share pictures cost and weigh: `.venv/bin/python scripts/bench/cards.py`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from okatakten.site.cards import Card, make_card
from okatakten.site.profile import read_profile

ROOT = Path(__file__).resolve().parents[2]
COUNT = 100
WORDS = (
    "Så", "köper", "kommunerna", "begagnade", "möbler", "till", "skolor", "och", "äldreboenden", "i", "Jämtland",
    "Härjedalen", "upphandlingsorganisationen",
)  # fmt: skip


def main() -> None:
    pictures = [a_card(number) for number in range(COUNT)]
    with tempfile.TemporaryDirectory() as folder:
        cold, sizes = make_all(pictures, cache=Path(folder))
        warm, again = make_all(pictures, cache=Path(folder))
    assert sizes == again
    print(f"{COUNT} pictures drawn: {cold:.2f} CPU s; again, none drawn: {warm:.3f}; ratio {cold / warm:.0f}")
    print(f"bytes: {min(sizes)} to {max(sizes)}, {sum(sizes) // COUNT} on average")


def a_card(number: int) -> Card:
    """Return a card with a title of one to a dozen words, as titles are."""
    words = [WORDS[(number * 5 + place) % len(WORDS)] for place in range(1 + number % 12)]
    return Card(
        title=f"{' '.join(words)} {number}",
        kind=f"Poddavsnitt {number}",
        show="Öka takten",
        owner="Region Jämtland Härjedalen",
        eu_statement="Medfinansieras av Europeiska unionen",
    )


def make_all(pictures: list[Card], *, cache: Path) -> tuple[float, list[int]]:
    """Return the seconds of CPU that all pictures took, and their sizes."""
    profile = read_profile(ROOT, [])
    assert profile
    before = time.process_time()
    sizes = [len(make_card(card, paint=profile.paint(), cache=cache)) for card in pictures]
    return time.process_time() - before, sizes


if __name__ == "__main__":
    main()
