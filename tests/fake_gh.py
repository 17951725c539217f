"""The program `gh` as the workflows use it: `gh api`, against a repository that is a JSON file ($FAKE_GITHUB)."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]"}
START: dict[str, Any] = {
    "next": 1000, "issues": [], "pulls": [], "comments": {}, "statuses": {}, "calls": [],
    "people": {"kommunikatoren": "write", "underhallaren": "maintain", "agaren": "admin", "sorteraren": "triage", "lasaren": "read"},
}  # fmt: skip
"""`people` are those who have been let in, by what the host calls their role."""


class RefusedError(Exception):
    """What GitHub says with a status of 400 or more."""


def main(arguments: list[str]) -> int:
    path = Path(os.environ["FAKE_GITHUB"])
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert arguments[0] == "api", arguments
    assert os.environ.get("GH_TOKEN"), "gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN"
    method = arguments[arguments.index("--method") + 1]
    address = urlsplit(next(part for part in arguments[1:] if part.startswith("repos/")))
    fields = json.loads(sys.stdin.read()) if "--input" in arguments else {}
    state["calls"].append([method, address.path, fields])
    try:
        answer = respond(state, method, address.path.removeprefix(f"repos/{os.environ['GITHUB_REPOSITORY']}/"),
                         {name: values[0] for name, values in parse_qs(address.query).items()}, fields)  # fmt: skip
    except RefusedError as refused:
        sys.stderr.write(f"gh: {refused}\n")
        return 1
    finally:
        path.write_text(json.dumps(state), encoding="utf-8")
    sys.stdout.write(json.dumps(answer))
    return 0


def respond(state: dict[str, Any], method: str, path: str, query: dict[str, str], fields: dict[str, Any]) -> Any:
    ways: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", r"issues/(\d+)/comments", lambda number: state["comments"].get(number, [])),
        ("POST", r"issues/(\d+)/comments", lambda number: add(state, state["comments"].setdefault(number, []), fields)),
        ("PATCH", r"issues/comments/(\d+)", lambda number: change(every_comment(state), number, fields)),
        ("GET", r"issues", lambda: [issue for issue in state["issues"] if issue["state"] == query["state"]]),
        ("POST", r"issues", lambda: add(state, state["issues"], fields | {"state": "open"})),
        ("PATCH", r"issues/(\d+)", lambda number: change(state["issues"], number, fields)),
        ("GET", r"pulls", lambda: [p for p in state["pulls"] if query["head"].partition(":")[2] == p["head"]]),
        (
            "GET",
            r"pulls/(\d+)",
            lambda number: {"state": "closed" if int(number) in state.get("closed", []) else "open"},
        ),
        ("POST", r"pulls", lambda: open_pull(state, fields)),
        ("GET", r"collaborators/([^/]+)/permission", lambda person: permission_of(state, person)),
        ("POST", r"statuses/([0-9a-f]{40})", lambda commit: state["statuses"].setdefault(commit, []).append(fields)),
        ("PUT", r"actions/workflows/publicera\.yml/enable", lambda: None),
    ]
    for wanted, pattern, answer in ways:
        match = re.fullmatch(pattern, path)
        if match and wanted == method:
            return answer(*match.groups())
    raise RefusedError(f"Not Found (HTTP 404): {method} {path}")


def permission_of(state: dict[str, Any], person: str) -> Any:
    """Return the permission in the older words beside the role, as the host does. Public repositories are everybody's."""
    if person == "sjuk":
        raise RefusedError("Server Error (HTTP 502)")
    role = state["people"].get(person)
    if role is None:
        raise RefusedError(f"{person} is not a user (HTTP 404)")
    return {"permission": {"maintain": "write", "triage": "read"}.get(role, role), "role_name": role}


def every_comment(state: dict[str, Any]) -> list[Any]:
    return [comment for comments in state["comments"].values() for comment in comments]


def add(state: dict[str, Any], things: list[Any], fields: dict[str, Any]) -> Any:
    state["next"] += 1
    number = state["next"]
    thing = {"id": number, "number": number, "user": BOT, "updated_at": "2026-11-21T12:00:00Z"} | fields
    things.append(thing)
    return thing


def change(things: list[Any], number: str, fields: dict[str, Any]) -> Any:
    [thing] = [thing for thing in things if thing["id"] == int(number)]
    thing |= fields
    return thing


def open_pull(state: dict[str, Any], fields: dict[str, Any]) -> Any:
    if state.get("pulls forbidden"):
        raise RefusedError("GitHub Actions is not permitted to create or approve pull requests. (HTTP 403)")
    pull = add(state, state["pulls"], fields)
    pull["html_url"] = f"https://github.com/{os.environ['GITHUB_REPOSITORY']}/pull/{pull['number']}"
    return pull


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
