"""What is wrong, on top of the last good page of the local server: whoever writes looks there and not at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from okatakten.serve.answers import answer_of, read_body
from okatakten.written.advice import Text

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_BODY: Final = re.compile(rb"<body[^>]*>")
# The colours of the browser's own pages: the site's style sheet may be what is wrong, so nothing is taken from it.
_STYLE: Final = """\
.okatakten-panel { color-scheme: light dark; margin: 0; padding: 1rem; border-block-end: 0.25rem solid;
  background: Canvas; color: CanvasText; font: 1rem/1.5 sans-serif; }
.okatakten-panel p { margin: 0 0 0.5rem; font-weight: bold; }
.okatakten-panel pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }"""


def show_panel(
    application: WSGIApplication, *, said: Callable[[], str], page: Callable[[], bytes | None]
) -> WSGIApplication:
    """Return the application with what is `said` to be wrong on every page; nothing is added while nothing is said.

    `page` is shown in place of every page as long as there is no good one.
    """

    def with_panel(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        wrong = said()
        if not wrong or environment["PATH_INFO"].startswith("/livereload/"):
            return application(environment, start_response)
        status, headers, body = answer_of(application, environment)
        if not any(name.lower() == "content-type" and "html" in value for name, value in headers):
            start_response(status, headers)
            return body
        content = read_body(body)
        content = add_panel(page() or content, wrong)
        headers = [(name, value) for name, value in headers if name.lower() not in {"content-length", "content-type"}]
        headers += [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))]
        start_response(status, headers)
        return [content]

    return with_panel


def add_panel(page: bytes, said: str) -> bytes:
    """Return an HTML page that opens with what is wrong."""
    body = _BODY.search(page)
    place = body.end() if body else 0
    return page[:place] + _panel(said).encode() + page[place:]


def empty_page() -> bytes:
    """Return the page that stands in for all others before there is a good one."""
    title = escape(Text.NOT_SHOWN_YET)
    return (
        f'<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>{title}</h1></main></body></html>"
    ).encode()


def _panel(said: str) -> str:
    """Return the panel. Its role lets a screen reader say it before the page, which is the one from before."""
    return (
        f"<style>{_STYLE}</style>"
        f'<div class="okatakten-panel" role="alert" lang="sv"><p>{escape(Text.PAGE_FROM_BEFORE)}</p>'
        f"<pre>{escape(said.strip())}</pre></div>"
    )
