"""How it will look: the site itself, built of what is being written, and what others show of it.

The site is built when somebody opens it, and what has changed since; one at a time, and the last good one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.addresses import PODCAST, SEARCH, card_path, read_site
from okatakten.desk.answers import Checked
from okatakten.desk.forms import values_of
from okatakten.desk.web import Desk, desk_of, page
from okatakten.mkdocs.live import LiveSite
from okatakten.model import DEFAULT_LOCALE, Episode
from okatakten.serve.serving import POLICY, TYPES, content_policy, media_type
from okatakten.site.assets import HASHED
from okatakten.site.policy import audio_hosts
from okatakten.site.sharing import FACEBOOK_LIMIT, Post, build_posts, post_ending

MOUNT: Final = "/visning/"
LINKEDIN_FOLD: Final = 210
"""About as many characters as LinkedIn shows before «mer», according to guides of others."""
_SCRIPTS: Final = (".js", ".mjs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text for a network, parted where it is folded: `seen` is shown, `folded` behind «mer»."""

    network: str
    seen: str
    folded: str
    length: int


class Preview:
    """The site of what is being written, in its folder, and how it is to be served."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.above = desk.root / ".desk" / "preview"
        self.tree = self.above / "tree"
        self.files: Mapping[str, Path] = {}
        self.policies: tuple[str, str, str] = ("", "", "")
        self._site: LiveSite | None = None
        self._made_of: object = None
        self._building = Lock()

    @property
    def said(self) -> str:
        """What is wrong, as `okatakten check` says it; "" where the site is as it is being written."""
        return self._site.said if self._site else ""

    def build(self) -> None:
        """Let the site be what is being written now. Never raises for what somebody has written."""
        with self._building:
            self.desk.drafts.lay_out(self.tree)
            made_of = _stamps(self.tree)
            if made_of == self._made_of:
                return
            site = self._site = self._site or self._begin()
            site.build()
            self._made_of = made_of
            self._look()
            show = self.desk.check().reading.show
            media = audio_hosts(show) if show else ()
            page, search = content_policy(media=media), content_policy(search=True)
            player = content_policy(media=media, framed=True)
            # The desk's own pages may frame what nobody else's may.
            self.policies = (_framed(page), _framed(search), player)

    def _begin(self) -> LiveSite:
        folder = self.above / "site"
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # what the project's own builds remember; a system without links makes it once more
            (self.tree / ".okatakten").symlink_to(self.desk.root / ".okatakten", target_is_directory=True)
        site = LiveSite(self.tree / "mkdocs.yml", folder=folder, address="")
        site.mount, site.url = MOUNT, f"{self.desk.guard.origins[0]}{MOUNT}"
        return site

    def finish(self) -> None:
        """Make what is slow and only some ask for: the search, and the files of pages."""
        if self._site:
            self._site.finish()
            self._look()

    def _look(self) -> None:
        folder = self.above / "site"
        self.files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _framed(policy: str) -> str:
    return policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def _stamps(tree: Path) -> object:
    """Return what tells whether a tree has changed."""
    found = ((path, path.stat()) for path in sorted(tree.rglob("*")) if ".okatakten" not in path.parts)
    return [(path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in found if path.is_file()]


def routes() -> list[Route]:
    return [
        Route("/avsnitt/{slug}/visa", _episode),
        Route("/visa", lambda _request: RedirectResponse(MOUNT)),
        Route(f"{MOUNT}{{path:path}}", _file),
    ]


def preview_of(request: Request) -> Preview:
    preview = request.app.state.preview
    assert isinstance(preview, Preview)
    return preview


async def _file(request: Request) -> Response:
    """Return a file of the site, looked up among those that were built."""
    preview, path = preview_of(request), request.path_params["path"]
    name = f"{path}index.html" if path.endswith("/") or not path else path
    if name.endswith(".html"):
        await run_in_threadpool(preview.build)
    elif name not in preview.files:
        await run_in_threadpool(preview.finish)
    if f"{name}/index.html" in preview.files:
        return RedirectResponse(f"{MOUNT}{name}/")
    file = preview.files.get(name) or preview.files.get("404.html")
    if file is None:
        raise HTTPException(404)
    found = name in preview.files
    return FileResponse(
        file, status_code=200 if found else 404, headers=headers_of(preview, path, name if found else "")
    )


def headers_of(preview: Preview, path: str, name: str) -> dict[str, str]:
    """Return the headers that the site itself has. Nothing is a script but what comes with the templates."""
    plain, search, player = preview.policies
    policy = search if path.endswith(SEARCH) else player if path.endswith("/embed/") else plain
    suffix = PurePosixPath(name or "404.html").suffix
    is_foreign = suffix in _SCRIPTS and not name.startswith(HASHED)
    kind = "text/plain; charset=utf-8" if is_foreign else media_type(f"/{path}") if name == path else TYPES[".html"]
    return {POLICY: policy, "content-type": kind, "cache-control": "no-store", "x-robots-tag": "noindex"}


async def _episode(request: Request) -> Response:
    desk_of(request).file_of(request.path_params["slug"])
    return await run_in_threadpool(_show, request)


def _show(request: Request) -> Response:
    desk, preview, slug = desk_of(request), preview_of(request), request.path_params["slug"]
    preview.build()
    checked = desk.check()
    episode = next((each for each in checked.reading.episodes if each.slug == slug), None)
    path = f"{PODCAST}{slug}/"
    text = desk.drafts.text(desk.file_of(slug)) or ""
    card = card_path(path)
    return page(
        request, "preview.html", slug=slug, title=str(values_of(text)["title"]) or slug, said=preview.said,
        address=f"{MOUNT}{path}" if f"{path}index.html" in preview.files else "",
        card=f"{MOUNT}{card}" if card in preview.files else "",
        narrow=request.query_params.get("bredd") != "dator", dark=request.query_params.get("sken") == "morkt",
        posts=posts_of(episode, checked) if episode else [], show=_show_title(checked),
    )  # fmt: skip


def _show_title(checked: Checked) -> str:
    return checked.reading.show.title if checked.reading.show else ""


def posts_of(episode: Episode, checked: Checked) -> list[Shown]:
    """Return the posts that stand ready on an episode's page, parted where each network folds them."""
    site = replace(read_site({}), now=datetime.now(UTC))
    words, text = checked.reading.words[DEFAULT_LOCALE], episode.texts[DEFAULT_LOCALE]
    chapters = [f"{words['chapters']}:", *(f"– {chapter.title}" for chapter in episode.chapters)]
    posts = build_posts(
        title=text.title, summary=text.summary, own=text.post.text,
        more="\n".join(chapters) if episode.chapters else "",
        ending=post_ending(text.post, address=site.absolute(f"{PODCAST}{episode.slug}/"), spoken=True, words=words),
        words=words,
    )  # fmt: skip
    return [shown for post in posts for shown in _as_shown(post)]


def _as_shown(post: Post) -> list[Shown]:
    folds = {"LinkedIn": LINKEDIN_FOLD, "Facebook": FACEBOOK_LIMIT}
    return [
        Shown(network=name, seen=post.text[:fold], folded=post.text[fold:], length=post.length)
        for name, fold in folds.items()
        if name in post.network
    ]
