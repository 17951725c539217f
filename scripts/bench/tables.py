"""What the benchmarks' reports are written with: figures, tables, and the machine they were had on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path


def environment() -> dict[str, str]:
    """Return the environment of what is measured: nobody's address, and code that is compiled once, as everywhere."""
    others = {"SITE_URL", "SAMPLES", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in others}


def figure(value: float | None, unit: float) -> str:
    """Return two or three digits that mean something; a dash for what was not measured."""
    if value is None:
        return "–"
    value /= unit
    if value < 0.1:
        return f"{value:.2g}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def heading(titles: Sequence[str], *, left: set[str]) -> list[str]:
    return [line(titles), "|" + "|".join("---" if title in left else "---:" for title in titles) + "|"]


def line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def machine(*programs: str) -> str:
    """Say when, where and with what this was measured."""
    model = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        named = [
            row.partition(":")[2].strip() for row in cpuinfo.read_text().splitlines() if row.startswith("model name")
        ]
        model = next(iter(named), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 10**9
    here = [model, f"{os.cpu_count()} cores", f"{memory:.0f} GB of memory", platform.system()]
    return f"{datetime.now(UTC):%Y-%m-%d}: {', '.join([*here, f'Python {platform.python_version()}', *programs])}."


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
