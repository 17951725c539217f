"""What is said in issues and pull requests: one comment per topic, kept up to date."""

from __future__ import annotations

from typing import Any

from deploy.host import Run, api


def say(run: Run, number: int, topic: str, text: str) -> None:
    """Say it in our comment on the topic, in place of what it said before."""
    comment = _find(run, number, topic)
    fields = {"body": f"{_mark(topic)}\n{text}"}
    if comment is None:
        api(run, f"issues/{number}/comments", method="POST", fields=fields)
    elif comment["body"] != fields["body"]:
        api(run, f"issues/comments/{comment['id']}", method="PATCH", fields=fields)


def has_said(run: Run, number: int, topic: str) -> bool:
    """Return whether we have said anything on the topic."""
    return _find(run, number, topic) is not None


def is_ours(thing: Any) -> bool:
    """Return whether an issue or a comment is by the workflows, and not by somebody who imitates them."""
    return bool(thing["user"]["login"] == "github-actions[bot]")


def _find(run: Run, number: int, topic: str) -> Any:
    """Return our comment. It is among the first hundred: it is made when the conversation begins."""
    comments = api(run, f"issues/{number}/comments?per_page=100")
    ours = (comment for comment in comments if is_ours(comment) and comment["body"].startswith(_mark(topic)))
    return next(ours, None)


def _mark(topic: str) -> str:
    return f"<!-- okatakten: {topic} -->"
