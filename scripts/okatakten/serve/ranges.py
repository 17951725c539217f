"""Range requests (RFC 9110, 14) for the local server, which otherwise sends whole files and lets nobody seek."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from okatakten.serve.answers import answer_of, read_body

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_BYTES = re.compile(r"bytes=(\d*)-(\d*)")


def accept_ranges(application: WSGIApplication) -> WSGIApplication:
    """Return the application, answering a request for one range of bytes with 206, or 416 if there is none."""

    def ranged(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        wanted = _wanted(environment.get("HTTP_RANGE", ""))
        status, headers, body = answer_of(application, environment)
        if not status.startswith("200"):
            start_response(status, headers)
            return body
        headers.append(("Accept-Ranges", "bytes"))
        if wanted is None:
            start_response(status, headers)
            return body
        content = read_body(body)
        first, last = _bounds(*wanted, size=len(content))
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        if first > last:
            start_response("416 Range Not Satisfiable", [*headers, ("Content-Range", f"bytes */{len(content)}")])
            return []
        part = content[first : last + 1]
        placed = [("Content-Range", f"bytes {first}-{last}/{len(content)}"), ("Content-Length", str(len(part)))]
        start_response("206 Partial Content", [*headers, *placed])
        return [part]

    return ranged


def _wanted(header: str) -> tuple[str, str] | None:
    """Return the two ends of a single range; None for a header that is to be ignored, as the RFC says."""
    match = _BYTES.fullmatch(header)
    if not match or match[0] == "bytes=-" or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return None
    return match[1], match[2]


def _bounds(first: str, last: str, *, size: int) -> tuple[int, int]:
    """Return the first and last byte; first > last when nothing of the range exists."""
    if not first:
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
