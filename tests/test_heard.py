"""What somebody hears who does not see a page: each line that a virtual screen reader says, beside what it said before.

`make heard` keeps what is said now. Look at the difference before it is committed: it is what changes for a listener.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from conftest import _cannot_run
from support import PROJECT

pytestmark = pytest.mark.browsers

KEPT: Final = Path(__file__).parent / "heard"
READER: Final = PROJECT / ".venv/node/virtual-screen-reader/lib/esm/index.browser.js"
PAGES: Final = {
    "start": ("", "h1"),
    "avsnitt": ("podd/atta-fragor/", "[data-do=play]"),
    "fraga": ("resultat/behov/", "h1"),
    "sok": ("sok/?q=rennäring", ".site-hit"),
    "sydsamiska": ("sma/", "h1"),
}
"""The address of each page, and what is there once its scripts have done their work."""
READ: Final = """async () => {
    const {virtual} = await import("/reader.js");
    await virtual.start({container: document.body});
    while (await virtual.lastSpokenPhrase() !== "end of document") await virtual.next();
    return virtual.spokenPhraseLog();
}"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_aloud_as_before(browser: Browser, site_url: str, name: str) -> None:
    if not READER.exists():
        _cannot_run("the virtual screen reader is not installed: .ci/run puts it into .venv/node")
    address, ready = PAGES[name]
    page = browser.new_page()
    page.route("**/reader.js", lambda route: route.fulfill(path=READER, content_type="text/javascript"))
    page.goto(site_url + address)
    page.locator(ready).first.wait_for()
    said = "\n".join(page.evaluate(READ)) + "\n"
    page.close()
    kept = KEPT / f"{name}.txt"
    if os.environ.get("KEEP") == "1":
        kept.write_text(said, encoding="utf-8")
    assert said == kept.read_text(encoding="utf-8")
