"""Print what the files to download cost and weigh: `.venv/bin/python scripts/bench/documents.py`."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from okatakten.addresses import read_site
from okatakten.documents.pdf import count_pages
from okatakten.mkdocs.run import build_site
from okatakten.site.project import read_project

PROJECT = Path(__file__).parents[2]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("docs", "overrides", "podcast", "mkdocs.yml"):
            source = PROJECT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
        build(root)  # loads what Python loads once
        shutil.rmtree(root / ".okatakten")
        first, again = build(root), build(root)
        print(f"site with all files made: {first:.1f} CPU s; again, none made: {again:.1f}; ratio {first / again:.1f}")
        print("| file | pages | bytes |\n|---|---:|---:|")
        for path in sorted([*root.glob("site/**/*.pdf"), *root.glob("site/**/*.epub")]):
            pages = count_pages(path.read_bytes()) if path.suffix == ".pdf" else ""
            print(f"| {path.relative_to(root / 'site')} | {pages} | {path.stat().st_size} |")


def build(root: Path) -> float:
    """Build the site and return the seconds of CPU that it took."""
    shutil.rmtree(root / "site", ignore_errors=True)
    before = time.process_time()
    site = read_site({"SOURCE_DATE_EPOCH": "1795262400"})
    build_site(root / "mkdocs.yml", site_dir=root / "site", reading=read_project(root), site=site)
    return time.process_time() - before


if __name__ == "__main__":
    main()
