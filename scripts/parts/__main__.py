"""The project in real parts of others: `python -m parts [--tools apt|npm] [name ...]`, which `make parts` runs.

Builds the site, serves it with nginx as scripts/deploy sets it up, and says of each part in a line: what it was found
to do, what failed, or how it is installed. Nothing is installed but by `make parts-tools`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.load import OVER_HTTP
from bench.server import NGINX, free_ports, run_nginx, write_certificate
from bench.tables import tell
from parts import apps, documents, partners, push, sharing, store
from parts.part import Ground, Part, build_site

PARTS = (*apps.PARTS, *sharing.PARTS, *partners.PARTS, *store.PARTS, *push.PARTS, *documents.PARTS)


def try_part(part: Part, site: Path, url: str) -> bool:
    """Say in a line what became of a part, and return whether it did what it should, or is not here."""
    version = part.version()
    if version is None:
        print(f"{part.name}: not found ({part.source})")
        return True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            said, is_well = f"passed: {part.check(Ground(site=site, url=url, folder=Path(folder)))}", True
        except Exception as error:
            said, is_well = f"FAILED: {str(error) or type(error).__name__}", False
    print(f"{part.name} {version}: {said}", flush=True)
    return is_well


def main() -> None:
    parser = argparse.ArgumentParser(description="The project in real parts of others.")
    parser.add_argument("names", nargs="*", metavar="PART", help="the beginnings of names; else all")
    parser.add_argument("--tools", choices=["apt", "npm"], help="only say what is to be installed")
    options = parser.parse_args()
    if options.tools:
        print(*sorted({package for part in PARTS for package in getattr(part, options.tools).split()}))
        return
    if NGINX is None:
        raise SystemExit("nginx is not installed: apt-get install nginx-light")
    chosen = [part for part in PARTS if part.name.lower().startswith(tuple(map(str.lower, options.names)) or "")]
    with tempfile.TemporaryDirectory() as folder:
        secure, plain = free_ports(2)
        url, place = f"http://127.0.0.1:{plain}/", Path(folder)
        tell("building the site")
        site = build_site(url, place)
        (prefix := place / "nginx").mkdir()
        certificate = write_certificate(place)
        with run_nginx(site, prefix, certificate=certificate, changes=OVER_HTTP, ports=(secure, plain)):
            results = [try_part(part, site, url) for part in chosen]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
