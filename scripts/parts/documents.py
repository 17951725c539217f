"""What others say of the files to download."""

from __future__ import annotations

import json
import shutil

from parts.part import NODE, Ground, Part, hold, run


def ace(ground: Ground) -> str:
    (book,) = ground.site.glob("rapport/*.epub")
    own = {"PUPPETEER_EXECUTABLE_PATH": shutil.which("chromium") or ""}
    run(NODE / "node_modules/.bin/ace-puppeteer", "--force", "--outdir", ground.folder, book, more=own)
    report = json.loads((ground.folder / "report.json").read_text("utf-8"))
    found = [each["earl:test"]["dct:title"] for one in report["assertions"] for each in one["assertions"]]
    hold((report["earl:result"]["earl:outcome"], found), ("pass", []), "accessibility")
    hold(
        [name for name in report["a11y-metadata"]["missing"] if name.startswith("schema:")],
        [],
        "metadata that is missing",
    )
    return f"{book.name}: nothing to complain of in {len(report['assertions'])} files"


def verapdf(ground: Ground) -> str:
    files = sorted(ground.site.rglob("*.pdf"))
    said = json.loads(run("verapdf", "--flavour", "ua1", "--format", "json", *files, may_fail=True))
    jobs = said["report"]["jobs"]
    hold([job["validationResult"][0]["compliant"] for job in jobs], [True] * len(files), "PDF/UA-1")
    return f"{len(files)} files are PDF/UA-1"


PARTS = (
    Part(name="Ace by DAISY", command=[], npm="@daisy/ace@1.4.6", check=ace),
    Part(name="veraPDF", command=["verapdf", "--version"], check=verapdf),
)
