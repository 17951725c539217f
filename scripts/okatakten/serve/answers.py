"""The answer of a WSGI application (PEP 3333), for those that stand around one and send another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment


def answer_of(
    application: WSGIApplication, environment: WSGIEnvironment
) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
    """Return the status, the headers and the body that an application answers with, the body still unread."""
    answer: dict[str, object] = {}

    def keep(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[[bytes], object]:
        answer.update(status=status, headers=headers)
        return lambda _data: None

    body = application(environment, keep)
    return str(answer["status"]), list(answer["headers"]), body  # type: ignore[call-overload]


def read_body(body: Iterable[bytes]) -> bytes:
    """Return all of a body, and close it."""
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return content
