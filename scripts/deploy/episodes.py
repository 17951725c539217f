"""Episodes that somebody makes in a browser: a form becomes a folder, and uploaded files become audio and text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from deploy import texts
from deploy.branches import entries_in, entries_of, fetch_commit, push, remote_commit, write_commit
from deploy.comments import say
from deploy.host import MAIN, SCRATCH, HostError, Run, Said, api, fence, git, okatakten

EPISODES: Final = "podcast/episodes"
TOPIC: Final = "nytt avsnitt"
WRITERS: Final = {"write", "maintain", "admin"}
"""What the host calls the rights of those who may push."""


def new_episode(run: Run) -> int:
    """Make an episode of the form that somebody has filled in, and open a pull request for it."""
    issue = run.event["issue"]
    number, branch = int(issue["number"]), f"avsnitt-{issue['number']}"
    if remote_commit(branch) is not None:
        say(run, number, TOPIC, _where(run, branch))
        return 0
    said = okatakten("new", "--form", str(_write_form(issue["body"] or "")), "--yes", site=run.site)
    if not said.done:
        text = texts.REFUSED.format(said=fence(said.text))
        say(run, number, TOPIC, text)
        run.summarize(text)
        return 0
    [folder] = _changed_folders()
    head = git("rev-parse", "HEAD")
    fields = _read_fields(Path(folder) / "episode.md")
    title = texts.NEW_EPISODE.format(title=fields["title"])
    commit = write_commit(entries_of(head) | entries_in(Path(), folder), title, parent=head)
    push(commit, branch, over=None)
    where = _open_pull(run, branch, title=title, text=_next_steps(run, branch, folder, fields, issue=number))
    say(run, number, TOPIC, where)
    run.summarize(where)
    return 0


def tell_writers(run: Run) -> int:
    """Hand over whether the form is from somebody who may write in the repository: then there is work to do."""
    people = {who["login"] for who in (run.event["issue"]["user"], run.event["sender"])}
    run.hand_over("allowed", "true" if all(may_write(run, person) for person in people) else "")
    return 0


def may_write(run: Run, person: str) -> bool:
    """Return whether the host says that a person may write: a member of an organisation may be allowed to read only.

    Raises HostError where it says nothing.
    """
    try:
        answer = api(run, f"collaborators/{quote(person, safe='')}/permission")
    except HostError as error:
        if "HTTP 404" in str(error):
            return False
        raise
    return bool({answer.get("permission"), answer.get("role_name")} & WRITERS)


def prepare_uploads(run: Run) -> tuple[Said, str]:
    """Make audio and transcripts of what was uploaded, and put them into the branch of the pull request.

    Returns what okatakten said and the commit that was made, empty when there was nothing to make or when the branch
    has changed since: then another run has begun with the newer commit.
    """
    said = okatakten("prepare", site=run.site)
    folders = _changed_folders()
    head = run.event["pull_request"]["head"]["sha"]
    if not folders or fetch_commit(run.branch) != head:
        return said, ""
    # What is checked out is the merge with main, and the branch must get no more than the folders.
    entries = {path: entry for path, entry in entries_of(head).items() if not path.startswith(tuple(folders))}
    for folder in folders:
        entries |= entries_in(Path(), folder)
    commit = write_commit(entries, texts.PREPARED, parent=head)
    return said, commit if push(commit, run.branch, over=head) else ""


def edit_page(run: Run, path: str, *, branch: str, line: int = 0) -> str:
    """Return the address of the host's page where a file is edited."""
    return run.page(f"edit/{quote(branch)}/{quote(path)}") + (f"#L{line}" if line else "")


def _write_form(answers: str) -> Path:
    SCRATCH.mkdir(exist_ok=True)
    path = SCRATCH / "form.md"
    path.write_text("\n".join(answers.splitlines()) + "\n", encoding="utf-8")
    return path


def _changed_folders() -> list[str]:
    """Return every episode folder that is not as it was checked out, ending in `/`."""
    listing = git("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", EPISODES)
    paths = (entry[3:] for entry in listing.split("\0") if entry)
    return sorted({"/".join(path.split("/")[:3]) + "/" for path in paths if path.count("/") > 2})


def _read_fields(path: Path) -> dict[str, Any]:
    import yaml

    front_matter = path.read_text(encoding="utf-8").split("---\n")[1]
    # This loader makes nothing of a value but the text that it is.
    fields: dict[str, Any] = yaml.load(front_matter, Loader=yaml.BaseLoader)  # noqa: S506
    return fields


def _next_steps(run: Run, branch: str, folder: str, fields: dict[str, Any], *, issue: int) -> str:
    # An address in the form was fetched, and its sound is in the folder unless it may stay where it is.
    heard = "audio_url" in fields or any(Path(folder).glob("audio*"))
    edit = edit_page(run, f"{folder}episode.md", branch=branch)
    return texts.NEXT_STEPS.format(
        slug=folder.rstrip("/").rpartition("/")[2],
        upload_title=texts.UPLOAD_TEXT if heard else texts.UPLOAD_BOTH,
        upload_help=texts.UPLOAD_TEXT_HELP if heard else texts.UPLOAD_BOTH_HELP.format(edit=edit),
        upload=run.page(f"upload/{quote(branch)}/{quote(folder.rstrip('/'))}"),
        edit=edit,
        published=re.sub(r" [+-]\d\d:\d\d$", "", str(fields["published"])),
        issue=issue,
    )


def _open_pull(run: Run, branch: str, *, title: str, text: str) -> str:
    """Open a pull request, and return what tells where it is."""
    fields = {"title": title, "head": branch, "base": MAIN, "body": text}
    try:
        pull = api(run, "pulls", method="POST", fields=fields)
    except HostError:
        # An organisation may have said that workflows open no pull requests.
        return texts.MADE_BY_HAND.format(address=_compare(run, branch), text=fence(text))
    return texts.MADE.format(address=pull["html_url"])


def _where(run: Run, branch: str) -> str:
    """Return where an episode is that was made before."""
    owner = run.repository.split("/")[0]
    pulls = api(run, f"pulls?state=all&head={quote(owner)}:{quote(branch)}")
    return texts.MADE.format(address=pulls[0]["html_url"] if pulls else _compare(run, branch))


def _compare(run: Run, branch: str) -> str:
    return run.page(f"compare/{MAIN}...{quote(branch)}?expand=1")
