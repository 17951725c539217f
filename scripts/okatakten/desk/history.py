"""The project's history in Git, where it has one: exactly the files of somebody's, under that person's name.

Whatever else is changed or staged in the work tree stays as it is, hooks are asked and commits signed as the project
says, and no text of anybody's is part of a command.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from okatakten.desk.drafts import Version
from okatakten.desk.guard import Person

_SECONDS: Final = 300
"""A push over a bad line, with an hour of sound."""
_ANSWER: Final = 8
"""Seconds within which a server has to say that it is there."""
_OF_OTHERS: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_TRIES: Final = 3
_KEPT_AT: Final = "refs/desk"


class GitError(Exception):
    """Git has not done it; the text is what it says."""


class BothChangedError(Exception):
    """Somebody else has changed the same in a commit that came before ours, in these files."""

    def __init__(self, files: Sequence[str]) -> None:
        super().__init__(", ".join(files))
        self.files = tuple(files)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The Git of the project in `root`, from where files are named; `below` is where that lies in the work tree."""

    root: Path
    below: str

    def changed(self, *places: str) -> dict[str, str]:
        """Return the files in some places that are not as in the last commit: `A` new, `M` changed, `D` gone."""
        said = git(self.root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *places)
        found = {}
        for entry in filter(None, said.split("\0")):
            state, file = entry[:2], entry[3:].removeprefix(self.below)
            is_there = os.path.lexists(self.root / file)
            found[file] = "D" if not is_there else "A" if "?" in state or "A" in state else "M"
        return found

    def text(self, file: str, commit: str = "HEAD") -> str | None:
        """Return a file as it was in a commit; None where there was none."""
        with suppress(GitError):
            return git(self.root, "show", f"{commit}:./{file}")
        return None

    def versions(self, file: str, *, most: int) -> list[Version]:
        """Return a file as it was in the commits that changed it, the newest first."""
        form = "%H%x00%an%x00%aI%x00%s"
        try:
            said = git(self.root, "log", f"--max-count={most}", f"--format={form}", "--", file)
        except GitError:  # there is no commit yet
            return []
        # Not `splitlines`: what somebody writes of a commit may have other ends of lines in it.
        parts = (line.split("\0") for line in said.split("\n") if line)
        return [Version(number=n, who=who, when=datetime.fromisoformat(at), subject=of) for n, who, at, of in parts]

    def branch(self) -> str:
        """Return the branch that the project stands on. Raises GitError where it stands on none."""
        return git(self.root, "symbolic-ref", "--quiet", "--short", "HEAD").strip()

    def upstream(self) -> tuple[str, str] | None:
        """Return the remote that the branch goes to, and what it is called there; None where it goes nowhere."""
        with suppress(GitError):
            branch = self.branch()
            remote, ref = (self._setting(f"branch.{branch}.{name}") for name in ("remote", "merge"))
            return (remote, ref) if remote not in {"", "."} and ref else None
        return None

    def knows_who(self) -> bool:
        """Return whether Git has a name for whoever works here."""
        return bool(self._setting("user.name") and self._setting("user.email"))

    def commit(self, files: Iterable[str], *, person: Person | None, subject: str) -> bool:
        """Commit files as they lie in the project, and nothing else. Returns whether any of them had changed.

        `person` None is whoever Git says that works here. Raises GitError, and then nothing is committed or staged.
        """
        changed = self.changed(*files) if (files := list(files)) else {}
        if not changed:
            return False
        self.branch()
        new = [file for file, state in changed.items() if state == "A"]
        if new:
            # Only that they will come, so that `commit` knows them.
            git(self.root, "add", "--intent-to-add", "--", *new)
        try:
            git(self.root, *_names(person), "commit", "--quiet", "--only", "--message", subject, "--", *changed)
        except GitError:
            with suppress(GitError):
                git(self.root, "reset", "--quiet", "--", *new) if new else None
            raise
        return True

    def push(self, *, person: Person | None) -> None:
        """Send the branch to where it goes. What others have sent meanwhile comes below, if that goes by itself.

        Raises BothChangedError, with our commit still in place, and GitError.
        """
        upstream = self.upstream()
        if upstream is None:
            return
        remote, ref = upstream
        for left in reversed(range(_TRIES)):
            try:
                git(self.root, "push", "--quiet", remote, f"HEAD:{ref}", more=self._unasked())
            except GitError:
                git(self.root, "fetch", "--quiet", remote, ref, more=self._unasked())
                if self._is_below("FETCH_HEAD", "HEAD") or not left:
                    raise
                self._put_upon("FETCH_HEAD", person=person)
            else:
                return

    def _put_upon(self, theirs: str, *, person: Person | None) -> None:
        """Put what is only here upon a commit of theirs, in the work tree, too: one commit anew, several by a merge."""
        ours = git(self.root, "rev-list", "--max-count=2", f"{theirs}..HEAD").split()
        if self._is_below("HEAD", theirs):
            git(self.root, "merge", "--quiet", "--ff-only", theirs)
            return
        tried = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", "HEAD", theirs)
        merged, said = _run(self.root, *tried)
        tree, *files = filter(None, said.split("\0"))
        if merged == 1:
            raise BothChangedError([file.removeprefix(self.below) for file in files])
        if merged:
            raise GitError(said)
        is_one = len(ours) == 1
        of_one = git(self.root, "log", "--max-count=1", "--format=%an%x00%ae%x00%aI%x00%B").split("\0")
        author = dict(zip(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"), of_one, strict=False))
        parents = ["-p", theirs] if is_one else ["-p", "HEAD", "-p", theirs]
        signed = ["-S"] if self._setting("commit.gpgsign") == "true" else []
        new = git(
            self.root, *_names(person), "commit-tree", tree.strip(), *parents, *signed, "-m",
            of_one[3].strip() if is_one else "Ta med det som andra har gjort", more=author if is_one else {},
        ).strip()  # fmt: skip
        # Like a change of branch: what lies changed or staged stays, and where that cannot be, nothing is done.
        git(self.root, "checkout", "--quiet", "-B", self.branch(), new)

    def give_way(self, keep: Callable[[dict[str, tuple[str | None, str | None]]], object]) -> None:
        """Let the branch be as it is where it goes. Before, `keep` takes the files of our commit: as it found and left.

        The commit stays below refs/desk. Raises GitError, and then nothing is changed.
        """
        ours = git(self.root, "rev-list", "FETCH_HEAD..HEAD").split()
        if len(ours) != 1:
            raise GitError("Here are several commits that nobody else has.")
        changed = git(self.root, "diff", "--name-only", "-z", "--no-renames", "--relative", "HEAD~1", "HEAD")
        names = [file for file in changed.split("\0") if file]
        files = {file: (self.text(file, "HEAD~1"), self.text(file, "HEAD")) for file in names}
        git(self.root, "update-ref", f"{_KEPT_AT}/{ours[0]}", "HEAD")
        keep(files)
        git(self.root, "checkout", "--quiet", "-B", self.branch(), "FETCH_HEAD")

    def _unasked(self) -> dict[str, str]:
        """Return what has SSH fail where it would ask for something, or nobody answers: nobody sits at the terminal."""
        own = os.environ.get("GIT_SSH_COMMAND") or self._setting("core.sshCommand") or os.environ.get("GIT_SSH", "ssh")
        return (
            {}
            if "plink" in own.casefold()
            else {"GIT_SSH_COMMAND": f"{own} -o BatchMode=yes -o ConnectTimeout={_ANSWER}"}
        )

    def _is_below(self, one: str, other: str) -> bool:
        return _run(self.root, "merge-base", "--is-ancestor", one, other)[0] == 0

    def _setting(self, name: str) -> str:
        return _run(self.root, "config", "--get", name)[1].strip()


def find_history(root: Path) -> History | None:
    """Return the history of a project; None where none is kept. Raises GitError where Git cannot say."""
    if not any((above / ".git").exists() for above in (root, *root.parents)):
        return None
    below = git(root, "rev-parse", "--show-prefix").strip()
    return History(root=root, below=below) if git(root, "ls-files", "--", "mkdocs.yml") else None


def _names(person: Person | None) -> list[str]:
    if person is None:
        return []
    mail = person.name if "@" in person.name else f"{person.name}@localhost"
    return ["-c", f"user.name={person.name}", "-c", f"user.email={mail}"]


def git(root: Path, *arguments: str, more: dict[str, str] | None = None) -> str:
    """Return what git says. Raises GitError with what it complains of."""
    status, said = _run(root, *arguments, more=more)
    if status:
        raise GitError(said)
    return said


def _run(root: Path, *arguments: str, more: dict[str, str] | None = None) -> tuple[int, str]:
    own = {name: value for name, value in os.environ.items() if name not in _OF_OTHERS}
    own |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8", **(more or {})}
    command, pipe = ["git", "--literal-pathspecs", "-C", str(root), *arguments], subprocess.PIPE
    try:
        # Of a session of its own: no terminal to ask at, and what it starts ends with it. ssh would hold the pipes.
        started = subprocess.Popen(  # noqa: S603 -- a list, and no shell
            command, env=own, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        raise GitError(str(error)) from None
    with started:
        try:
            out, wrong = started.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            raise GitError(f"timed out after {_SECONDS} seconds") from None
        finally:
            if started.returncode is None:
                os.killpg(started.pid, signal.SIGKILL)
    said = out.decode("utf-8", errors="surrogateescape")
    complaint = wrong.decode("utf-8", errors="replace").strip()
    return started.returncode, said if started.returncode == 0 or not complaint else complaint
