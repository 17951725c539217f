"""The last site: what of it is taken again, and what is not believed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from okatakten.site import last as last_site
from okatakten.site.last import Files, LastSite, key_of, read_last

PAGE = "podd/ett/"


def built(folder: Path, text: bytes = b"Ett", *, may: bool = True) -> LastSite:
    """Build a page as a build does, and keep the record of it."""
    site = read_last(folder / "site", cache=folder / "cache")

    def make() -> tuple[Files, bool]:
        return {f"{PAGE}index.html": text}, may

    for name, content in site.take(PAGE, "key", make=make).items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    site.remember(folder / "cache")
    return site


def test_a_page_is_made_once_while_its_key_and_its_file_are_as_they_were(tmp_path: Path) -> None:
    assert built(tmp_path).taken == set()
    assert built(tmp_path, b"not asked for").taken == {PAGE}
    assert (tmp_path / "site" / PAGE / "index.html").read_bytes() == b"Ett"


def test_a_page_of_which_there_is_something_to_say_is_made_each_time(tmp_path: Path) -> None:
    built(tmp_path, may=False)
    assert built(tmp_path).taken == set()


@pytest.mark.parametrize(
    "record", [{"keys": {}, "files": {}, "version": 2}, [1], {"keys": {PAGE: "key"}}, {"keys": {PAGE: "key"}, "files": None}]
)  # fmt: skip
def test_a_record_that_another_version_wrote_is_none(tmp_path: Path, record: object) -> None:
    built(tmp_path)
    content = json.dumps(record).encode()
    signed = hashlib.sha256(b"other code" + content).hexdigest().encode() + b"\n" + content
    (tmp_path / "cache/last-site.json").write_bytes(signed)
    assert read_last(tmp_path / "site", cache=tmp_path / "cache").keys == {}
    assert built(tmp_path).taken == set()


def test_a_record_of_other_code_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path)
    monkeypatch.setattr(last_site, "code", lambda: b"other code")
    assert read_last(tmp_path / "site", cache=tmp_path / "cache").keys == {}


def test_what_cannot_be_read_of_the_last_site_is_made_anew(tmp_path: Path) -> None:
    built(tmp_path)
    page = tmp_path / "site" / PAGE / "index.html"
    page.unlink()
    os.mkfifo(page)  # nobody ever writes into it
    site = read_last(tmp_path / "site", cache=tmp_path / "cache")
    assert site.take(PAGE, "key", make=lambda: ({f"{PAGE}index.html": b"Ett"}, True))
    assert site.taken == set()


def test_a_page_that_cannot_be_compared_is_new(tmp_path: Path) -> None:
    for name in ("last", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_bytes(b"Ett")
    changed = LastSite(folder=tmp_path / "last").count(tmp_path / "new")
    assert (changed.new, changed.same, changed.gone) == (0, 1, 0)
    (tmp_path / "last/index.html").unlink()
    (tmp_path / "last/index.html").symlink_to("/proc/self/mem")
    changed = LastSite(folder=tmp_path / "last").count(tmp_path / "new")
    assert (changed.new, changed.same) == (1, 0)


def test_equal_values_have_one_key_whether_or_not_they_are_one_object() -> None:
    text = "Ett avsnitt"
    assert key_of([text, text]) == key_of([str(b"Ett avsnitt", "utf-8"), text])
    assert key_of(["a", "b"]) != key_of(["ab"])
