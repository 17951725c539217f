"""The host as the scripts see it: the run of a workflow, and the programs git, gh and okatakten."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from deploy import texts

SCRATCH: Final = Path(".okatakten")
"""Where files are kept on the way; git ignores it."""

LONGEST: Final = 20_000
"""Characters of text that is handed on: Linux takes 131 072 bytes in one variable of an environment."""

MAIN: Final = "main"
"""The branch that is published."""

GIVEN: Final = (
    "GITHUB_REPOSITORY",
    "GITHUB_SERVER_URL",
    "GITHUB_REF_NAME",
    "GITHUB_SHA",
    "GITHUB_RUN_ID",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_OUTPUT",
)
"""What GitHub Actions gives every step, and these commands use."""

# The token is handed to git only while it talks to the host; checkout leaves none behind (persist-credentials: false).
_CREDENTIALS: Final = ("-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")

_BOT: Final = {
    "GIT_AUTHOR_NAME": "github-actions[bot]",
    "GIT_AUTHOR_EMAIL": "41898282+github-actions[bot]@users.noreply.github.com",
    "GIT_COMMITTER_NAME": "github-actions[bot]",
    "GIT_COMMITTER_EMAIL": "41898282+github-actions[bot]@users.noreply.github.com",
    "GIT_TERMINAL_PROMPT": "0",
}


class HostError(RuntimeError):
    """A program of the host's that did not do what it was asked to; the text is what it said."""


class NotAtGitHubError(RuntimeError):
    """A command that was started where it cannot run; the text is Swedish and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a workflow.

    `repository` is `owner/name`, `site` the address of the live site, `branch` the one that a pull request comes from
    (or that was pushed), `log` the address where the run is read, `settings` what the step was given beside it.
    """

    repository: str
    server: str
    site: str
    branch: str
    commit: str
    log: str
    now: datetime
    event: Mapping[str, Any]
    settings: Mapping[str, str]

    def page(self, path: str) -> str:
        """Return the address of a page of the repository."""
        return f"{self.server}/{self.repository}/{path}"

    def summarize(self, text: str) -> None:
        """Add Markdown to the page of the run."""
        _append(self.settings["GITHUB_STEP_SUMMARY"], f"{text}\n\n")

    def hand_over(self, name: str, value: str) -> None:
        """Give the jobs that follow a value of any number of lines; what no environment would take is cut."""
        value = shorten(value)
        mark = secrets.token_hex(16)
        _append(self.settings["GITHUB_OUTPUT"], f"{name}<<{mark}\n{value}\n{mark}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What okatakten answered: whether it did what was asked, its result, and its messages."""

    done: bool
    result: str
    messages: str

    @property
    def text(self) -> str:
        return "\n".join(part.strip("\n") for part in (self.result, self.messages) if part.strip())


def read_run(environment: Mapping[str, str]) -> Run:
    """Return the run that the environment describes, as GitHub Actions sets it. Raises NotAtGitHubError elsewhere."""
    missing = [name for name in GIVEN if name not in environment]
    try:
        event = json.loads(Path(environment.get("GITHUB_EVENT_PATH", "")).read_bytes())
    except (OSError, ValueError):
        missing.append("GITHUB_EVENT_PATH")
    if missing:
        raise NotAtGitHubError(texts.NOT_AT_GITHUB.format(missing=", ".join(missing)))
    repository, server = environment["GITHUB_REPOSITORY"], environment["GITHUB_SERVER_URL"]
    return Run(
        repository=repository,
        server=server,
        site=site_address(environment.get("SITE_URL", ""), repository=repository),
        branch=environment.get("GITHUB_HEAD_REF") or environment["GITHUB_REF_NAME"],
        commit=environment["GITHUB_SHA"],
        log=f"{server}/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}",
        now=datetime.now(UTC),
        event=event,
        settings=environment,
    )


def tell_machine(run: Run) -> int:
    """Hand over a name for all that an environment is tied to: system, Python, and the folder that it is in."""
    system, folder = run.settings.get("ImageOS"), run.settings.get("GITHUB_WORKSPACE")
    tied_to = (system, platform.machine(), sys.version, sys.base_prefix, folder)
    run.hand_over("machine", hashlib.sha256(repr(tied_to).encode()).hexdigest()[:16])
    return 0


def site_address(setting: str, *, repository: str) -> str:
    """Return the address of the site, ending in `/`: the setting, or where GitHub Pages shows the repository."""
    if setting.strip():
        return setting.strip().rstrip("/") + "/"
    owner, name = repository.split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def okatakten(*arguments: str, site: str) -> Said:
    """Run the command for a site. It never sees the token: it reads what strangers wrote."""
    command = Path(sys.executable).with_name("okatakten")
    # Not above: the jobs alarm and answer have this folder without okatakten.
    from okatakten.disk.alone import within

    environment = {name: value for name, value in os.environ.items() if name != "GH_TOKEN"} | {"SITE_URL": site}
    environment |= within()
    result = subprocess.run(
        [command, *arguments], env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if "Traceback (most recent call last)" in result.stderr:
        show(result.stderr)
        raise HostError(result.stderr.strip().splitlines()[-1])
    return Said(done=result.returncode == 0, result=result.stdout, messages=result.stderr)


def what_blocks(*, site: str) -> str:
    """Return what keeps the site from being published at its address; nothing where BEFORE_LAUNCH=1 says to go on."""
    if os.environ.get("BEFORE_LAUNCH") == "1":
        return ""
    said = okatakten("launch", site=site)
    return "" if said.done else f"{said.text}\n\n{texts.BEFORE_LAUNCH}"


def git(*arguments: str, given: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run git and return what it says. Raises HostError when it fails."""
    return _run(["git", *_CREDENTIALS, *arguments], given=given, environment={**_BOT, **(environment or {})})


def api(run: Run, path: str, *, method: str = "GET", fields: Mapping[str, object] | None = None) -> Any:
    """Ask the host about the repository, or change something there. Raises HostError when it refuses."""
    command = ["gh", "api", "--method", method, f"repos/{run.repository}/{path}".rstrip("/")]
    given = None
    if fields is not None:
        # As JSON on standard input, text from a form is never part of a command.
        command, given = [*command, "--input", "-"], json.dumps(fields)
    answer = _run(command, given=given, environment={})
    return json.loads(answer) if answer.strip() else None


def show(text: str) -> None:
    """Print text of others to the log, without letting any of it command the runner (`::add-mask::` and so on)."""
    if text.strip():
        mark = secrets.token_hex(16)
        print(f"::stop-commands::{mark}\n{text.rstrip()}\n::{mark}::", flush=True)


def show_error(title: str, text: str) -> None:
    """Show text at the head of the run's page."""
    escaped = shorten(text.strip()).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title={title}::{escaped}", flush=True)


def shorten(text: str, *, limit: int = LONGEST) -> str:
    """Return text of at most so many characters, cut between two findings; the count at its end stays."""
    parts = text.strip("\n").split("\n\n")
    last = parts.pop()[-limit // 2 :] if len(parts) > 1 else ""
    if len(text) <= limit:
        return text
    kept, room = list[str](), limit - len(last) - len(texts.LEFT_OUT) - 20
    for part in parts:
        room -= len(part) + 2
        if room < 0:
            break
        kept.append(part)
    # One finding alone may be longer than all that there is room for.
    kept = kept or [parts[0][: max(0, room + len(parts[0]))] + "…"]
    return "\n\n".join([*kept, texts.LEFT_OUT.format(count=len(parts) - len(kept)), *([last] if last else [])])


def fence(text: str, *, limit: int = 50_000) -> str:
    """Return text as a block of code in Markdown: nobody is mentioned by it, and nothing in it is a link.

    A comment takes 65 536 characters.
    """
    text = shorten(text.strip("\n"), limit=limit)
    marks = "`" * (1 + max((len(found) for found in re.findall("`{3,}", text)), default=2))
    return f"{marks}text\n{text}\n{marks}"


def _run(command: list[str], *, given: str | None, environment: Mapping[str, str]) -> str:
    result = subprocess.run(
        command, input=given, env={**os.environ, **environment}, capture_output=True, check=False,
        encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip
    if result.returncode:
        program = " ".join([command[0], *(part for part in command[1:] if "credential" not in part and part != "-c")])
        raise HostError(f"{program}: {(result.stderr or result.stdout).strip()}")
    return result.stdout.strip("\n")


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
