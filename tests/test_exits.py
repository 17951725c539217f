"""The site does without what it is built with today: the same bytes without Material, and under MkDocs's successor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from support import contents, copy_project

pytestmark = pytest.mark.rebuild

BUILD: Final = "from okatakten.commands.main import app; app(['build'])"
WITHOUT_MATERIAL: Final = f"import sys; sys.modules['material'] = None; {BUILD}"
# ProperDocs brings what gives its own modules to whoever asks for those of MkDocs, and takes the same plugins.
UNDER_PROPERDOCS: Final = (
    "import properdocs.replacement, mkdocs.commands.build as build; "
    f"assert build.__name__ == 'properdocs.commands.build'; {BUILD}"
)


def differences(code: str, root: Path, *, site: Path) -> set[str]:
    """Build the site in a process of its own, and return the names of the files that are not as in ours."""
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stderr
    return {name for name, _ in contents(root / "site").items() ^ contents(site).items()}


def test_without_material_the_site_is_the_same_to_the_byte(site: Path, tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    settings = root / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    with_material = "  name: material\n  custom_dir: overrides\n  font: false\n"
    assert with_material in text
    without = "  name: null\n  custom_dir: overrides\n"
    settings.write_text(text.replace(with_material, without), encoding="utf-8")
    assert differences(WITHOUT_MATERIAL, root, site=site) == set()


def test_under_properdocs_the_site_is_the_same_to_the_byte(site: Path, tmp_path: Path) -> None:
    assert differences(UNDER_PROPERDOCS, copy_project(tmp_path), site=site) == set()
