"""How it will look: the site itself, built of what is being written, and what others show of it.

The site is built when somebody opens it, and what has changed since; one at a time, and the last good one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from okatakten.addresses import PODCAST, SEARCH, card_path, local_path, read_site
from okatakten.desk.answers import Checked
from okatakten.desk.apart import BUILD, FINISH, IDLE, Apart, BrokenOffError
from okatakten.desk.forms import values_of
from okatakten.desk.pages import address_of, file_at, id_of, locale_of, title_of
from okatakten.desk.sheets import ROWS, SHOW
from okatakten.desk.web import Desk, desk_of, page
from okatakten.model import DEFAULT_LOCALE, Episode, Locale, Page
from okatakten.serve.serving import POLICY, TYPES, content_policy, media_type
from okatakten.site.assets import HASHED
from okatakten.site.facts import FACTS
from okatakten.site.launch import LAUNCH
from okatakten.site.places import QUESTIONS
from okatakten.site.policy import audio_hosts
from okatakten.site.sharing import FACEBOOK_LIMIT, Post, build_posts, post_ending

MOUNT: Final = "/visning/"
LINKEDIN_FOLD: Final = 210
"""About as many characters as LinkedIn shows before «mer», according to guides of others."""
_SCRIPTS: Final = (".js", ".mjs")
_WAITS: Final = "vanta"
"""In the query of a page that somebody has been told to wait for."""
_PATIENCE: Final = 1.0
_LONG_PATIENCE: Final = 30.0
"""Seconds: servers before us break off after sixty."""
_BROKEN_OFF: Final = "Något gick fel när sidan gjordes. Ladda om den här sidan för att försöka igen."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text for a network, parted where it is folded: `seen` is shown, `folded` behind «mer»."""

    network: str
    seen: str
    folded: str
    length: int


class Preview:
    """The site of what is being written, in its folder, and how it is to be served. `said` is what is wrong with it."""

    def __init__(self, desk: Desk, *, idle: float = IDLE) -> None:
        above = desk.root / ".desk" / "preview"
        self.desk, self.tree, self.folder = desk, above / "tree", above / "site"
        self.files: Mapping[str, Path] = {}
        self.policies: tuple[str, str, str] = ("", "", "")
        self.said = ""
        url = f"{desk.guard.origins[0]}{MOUNT}"
        self._apart = Apart(tree=self.tree, folder=self.folder, url=url, idle=idle)
        self._working = ThreadPoolExecutor(max_workers=1)
        self._made_of: object = None
        self._is_late = False

    def build(self, *, patience: float) -> bool:
        """Let the site be what is being written now. Returns whether it is, or False when patience is at its end."""
        work = self._working.submit(self._build)
        if not wait([work], patience).done:
            return False
        work.result()
        return True

    def finish(self) -> None:
        """Make what is slow and only some ask for: the search, and the files of pages."""
        self._working.submit(self._finish).result()

    def end(self) -> None:
        """Build nothing more."""
        self._working.shutdown(wait=False, cancel_futures=True)
        self._apart.end()

    def _build(self) -> None:
        made_of = self.desk.drafts.lay_out(self.tree)
        if made_of == self._made_of:
            return
        with suppress(OSError):  # what the project's own builds remember; a system without links makes it once more
            (self.tree / ".okatakten").symlink_to(self.desk.root / ".okatakten", target_is_directory=True)
        self._made_of = made_of if self._is_made(BUILD) else None
        self._is_late = True
        show = self.desk.check().reading.show
        media = audio_hosts(show) if show else ()
        page, search = content_policy(media=media), content_policy(search=True)
        player = content_policy(media=media, framed=True)
        # The desk's own pages may frame what nobody else's may.
        self.policies = (_framed(page), _framed(search), player)

    def _finish(self) -> None:
        if self._is_late:
            self._is_late = not self._is_made(FINISH)

    def _is_made(self, what: str) -> bool:
        """Have something made, look at what there is then, and return whether it came to an end."""
        try:
            self.said, is_made = self._apart.ask(what), True
        except BrokenOffError:
            self.said, is_made = _BROKEN_OFF, False
        self.files = {
            path.relative_to(self.folder).as_posix(): path for path in self.folder.rglob("*") if path.is_file()
        }
        return is_made


def _framed(policy: str) -> str:
    return policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def routes() -> list[Route]:
    return [
        Route("/avsnitt/{slug}/visa", _episode),
        Route("/sidor/{id}/visa", _page),
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
        if not await _is_made(request):
            return _waiting(request, framed=True)
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


async def _is_made(request: Request) -> bool:
    """Let the site be what is being written, unless that takes longer than anybody looks at nothing."""
    patience = _LONG_PATIENCE if _WAITS in request.query_params else _PATIENCE
    return await run_in_threadpool(preview_of(request).build, patience=patience)


def _waiting(request: Request, *, framed: bool = False) -> Response:
    """Say that the page is being made, and lead on to it: browsers go there at once, and show this until it comes."""
    answer = page(request, "waiting.html", framed=framed)
    answer.headers["refresh"] = f"0; url=?{request.url.include_query_params(**{_WAITS: 1}).query}"
    return answer


async def _episode(request: Request) -> Response:
    desk_of(request).file_of(request.path_params["slug"])
    return await run_in_threadpool(_show_episode, request) if await _is_made(request) else _waiting(request)


def _show_episode(request: Request) -> Response:
    desk, slug = desk_of(request), request.path_params["slug"]
    checked = desk.check()
    episode = next((each for each in checked.reading.episodes if each.slug == slug), None)
    title = str(values_of(desk.drafts.text(desk.file_of(slug)) or "")["title"]) or slug
    return _show(
        request, f"{PODCAST}{slug}/", slug=slug, title=title, posts=posts_of(episode, checked) if episode else []
    )


async def _page(request: Request) -> Response:
    file_at(desk_of(request), request)
    return await run_in_threadpool(_show_page, request) if await _is_made(request) else _waiting(request)


def _show_page(request: Request) -> Response:
    desk = desk_of(request)
    checked, file = desk.check(), file_at(desk, request)
    paths = paths_of(file, checked)
    path = next((path for path in paths if path == request.query_params.get("sida")), next(iter(paths)))
    title = title_of(file, desk.drafts.text(file) or "", checked)
    return _show(
        request, path, title=title, id=quote(id_of(file)), form=address_of(file), chosen=path,
        paths=paths if len(paths) > 1 else {},
    )  # fmt: skip


def paths_of(file: str, checked: Checked) -> dict[str, str]:
    """Return the addresses that show a file of docs/ or the show's, each with what it is called."""
    if kind := ROWS.get(file):
        return {kind.path: ""}
    if file == SHOW:
        return {PODCAST: ""}
    locale = Locale(locale_of(file))
    if file.endswith(".md"):
        own = Page(locale=locale, name="/".join(file.split("/")[2:]), title="", text="", translation=None)
        return {local_path(own.path, locale=locale): ""}
    pages = [each for each in checked.reading.pages if each.locale == DEFAULT_LOCALE and _draws(each, file)]
    return {local_path("", locale=locale): "Startsidan"} | {each.path: each.title for each in pages}


def _draws(own: Page, file: str) -> bool:
    """Whether a page draws from a file of facts."""
    return (file in {FACTS, LAUNCH} and "[[" in own.text) or (file == QUESTIONS and own.question is not None)


def _show(request: Request, path: str, **more: Any) -> Response:
    preview, query, card = preview_of(request), request.query_params, card_path(path)
    return page(
        request, "preview.html", said=preview.said,
        address=f"{MOUNT}{path}" if f"{path}index.html" in preview.files else "",
        card=f"{MOUNT}{card}" if card in preview.files else "",
        narrow=query.get("bredd") != "dator", dark=query.get("sken") == "morkt", **more,
    )  # fmt: skip


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
