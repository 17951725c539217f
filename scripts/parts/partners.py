"""A partner's site: a WordPress with its own MariaDB, that shows an episode by its address and lists what is new."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lxml import html

from bench.browse import open_browser
from bench.server import free_ports
from parts.part import ASKED, Ground, Part, WrongError, fetch, hold, run, running

WORDPRESS: Final = Path("/usr/share/wordpress")
"""Where Debian's package has it."""


def wordpress(ground: Ground) -> str:
    installed, socket = lay_out(ground.folder / "wordpress"), ground.folder / "socket"
    own = {"PARTS_SOCKET": str(socket)}
    (port,) = free_ports(1)
    served = f"http://127.0.0.1:{port}/"
    with database(ground.folder / "data", socket), running("php", "-S", f"127.0.0.1:{port}", "-t", installed, more=own):
        post = run(
            "php", "-d", "sendmail_path=/bin/true", ASKED / "wordpress.php", installed, served, ground.url, more=own
        ).strip()
        if not post.startswith(served):
            raise WrongError(post[-400:])
        page: Any = html.document_fromstring(fetch(post)[1])
        frames = page.xpath("//iframe/@src")
        hold([each.partition("#")[0] for each in frames], [f"{ground.episode()}embed/"], "players on the page")
        listed = page.xpath("//*[contains(@class, 'wp-block-rss__item-title')]//text()[normalize-space()]")
        news = [each["title"] for each in json.loads(ground.bytes_of(f"{ground.url}nytt.json"))["items"]]
        hold(sorted(map(str.strip, listed)), sorted(news[:20]), "its list of news")
        sandbox = page.xpath("string(//iframe/@sandbox)")
        return f"{len(listed)} news listed; the player in a frame with sandbox={sandbox}, {hear(post)}"


def lay_out(folder: Path) -> Path:
    """Return a copy of WordPress with settings and a theme of its own: it asks where its files really lie."""
    shutil.copytree(WORDPRESS, folder, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
    shutil.copy(ASKED / "wp-config.php", folder)
    (folder / "wp-content/mu-plugins").mkdir()
    shutil.copy(ASKED / "loopback.php", folder / "wp-content/mu-plugins")
    return folder


@contextlib.contextmanager
def database(data: Path, socket: Path) -> Iterator[None]:
    """Run a MariaDB that only this test can reach, with a database for WordPress."""
    run(
        "mariadb-install-db",
        "--no-defaults",
        f"--datadir={data}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    )
    server = [
        "mariadbd",
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={socket}",
        "--skip-networking",
        "--user=root",
    ]
    with running(*server):
        for _ in range(200):
            if "alive" in run("mariadb-admin", "--no-defaults", f"--socket={socket}", "ping", may_fail=True):
                break
            time.sleep(0.1)
        run("mariadb-admin", "--no-defaults", f"--socket={socket}", "--user=root", "create", "wordpress")
        yield


def hear(post: str) -> str:
    """Say what somebody in a browser can do with the player on a page."""
    with open_browser() as browser:
        if browser is None:
            return "no Chromium to hear it with"
        page = browser.new_page()
        page.goto(post, wait_until="networkidle")
        player = page.frame_locator("iframe")
        player.get_by_role("button", name="Spela").first.click()
        page.wait_for_timeout(1000)
        hold(player.locator("audio").evaluate("audio => audio.currentTime > 0"), True, "the sound in the player")
        player.get_by_role("link", name="Läs avsnittet").click()
        page.wait_for_timeout(1000)
        opened = "its links open" if len(page.context.pages) > 1 else "its links open nothing, in the sandbox"
        return f"heard in Chromium, where {opened}"


PARTS = (
    Part(
        name="WordPress",
        command=["php", "-r", f"@include '{WORDPRESS}/wp-includes/version.php'; echo $wp_version ?? '';"],
        apt="wordpress wordpress-theme-twentytwentythree php php-cgi php-cli php-mysql php-xml php-gd "
        "mariadb-server-core mariadb-client",
        check=wordpress,
    ),
)
