"""Commits on branches that are not checked out: a branch is a table of paths, and a commit a changed table."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.host import HostError, git

Entries = dict[str, str]
"""Every file of a tree: its path, and its mode and object as git keeps them."""


def remote_commit(branch: str) -> str | None:
    """Return the newest commit of a branch at the host; None while there is no such branch."""
    answer = git("ls-remote", "origin", f"refs/heads/{branch}")
    return answer.split()[0] if answer else None


def fetch_commit(branch: str) -> str | None:
    """Return the newest commit of a branch, with its files at hand; None while there is no such branch."""
    if remote_commit(branch) is None:
        return None
    own = f"refs/deploy/{branch}"
    git("fetch", "--quiet", "--depth=1", "--no-tags", "origin", f"+refs/heads/{branch}:{own}")
    return git("rev-parse", own)


def entries_of(commit: str | None) -> Entries:
    """Return the files of a commit; None has none."""
    listing = git("ls-tree", "-r", "-z", commit) if commit else ""
    lines = (line.partition("\t") for line in listing.split("\0") if line)
    return {path: f"{about.split()[0]} {about.split()[2]}" for about, _, path in lines}


def beginning_of(entry: str, size: int) -> bytes:
    """Return the first bytes of a file, of which there may be hundreds of megabytes, by its entry."""
    command = ["git", "cat-file", "blob", entry.split()[1]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        return process.stdout.read(size)


def entries_in(root: Path, path: str = ".") -> Entries:
    """Return the files on disk at a path below `root`, by their path from there, and keep what they hold in git."""
    with _own_index(GIT_WORK_TREE=str(root.resolve())) as environment:
        git("-c", "core.autocrlf=false", "-C", str(root), "add", "--all", "--force", "--", path,
            environment=environment)  # fmt: skip
        listing = git("ls-files", "--stage", "-z", environment=environment)
    lines = (line.partition("\t") for line in listing.split("\0") if line)
    return {name: " ".join(about.split()[:2]) for about, _, name in lines}


def empty_file() -> str:
    """Return the entry of an empty file."""
    return f"100644 {git('hash-object', '-w', '--stdin', given='')}"


def write_commit(entries: Entries, message: str, *, parent: str | None) -> str:
    """Make a commit of these files and return it. It is on no branch until it is pushed."""
    table = "".join(f"{entry}\t{path}\0" for path, entry in sorted(entries.items()))
    with _own_index() as environment:
        git("update-index", "-z", "--index-info", given=table, environment=environment)
        tree = git("write-tree", environment=environment)
    return git("commit-tree", tree, *(("-p", parent) if parent else ()), "-m", message)


def push(commit: str, branch: str, *, over: str | None) -> bool:
    """Make `commit` the newest of a branch if `over` still is (None: if there is no such branch), and return whether.

    Raises HostError when the host refuses for any other reason.
    """
    lease = f"--force-with-lease=refs/heads/{branch}:{over or ''}"
    try:
        git("push", "--quiet", lease, "origin", f"{commit}:refs/heads/{branch}")
    except HostError:
        if remote_commit(branch) != over:
            return False
        raise
    return True


@contextlib.contextmanager
def _own_index(**environment: str) -> Iterator[dict[str, str]]:
    """Yield an environment in which git adds to an empty index, and leaves the one of the checkout alone."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_DIR": git("rev-parse", "--absolute-git-dir")}
        yield place | environment
