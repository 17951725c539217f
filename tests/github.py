"""GitHub as the workflows meet it: a repository on disk, a `gh` that remembers, and a runner that takes every step."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fake_gh import START
from support import NOW, PROJECT, VALID

WORKFLOWS = PROJECT / ".github" / "workflows"
REPOSITORY = "Regionen/okatakten"
INSTALL = re.compile(r"make (\.venv/\w+)")

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^']*')|(?P<name>[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*)|(?P<sign>&&|\|\||==|!=|[!(),]))"
)
_SIGNS = {"&&": " and ", "||": " or ", "!": " not "}
_STATUS = ("always", "cancelled", "failure", "success")


def read_workflow(name: str) -> dict[str, Any]:
    workflow: dict[Any, Any] = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    # `on` is a truth value in YAML 1.1.
    workflow["on"] = workflow.pop(True)
    return workflow


def runs_of(workflow: Mapping[str, Any]) -> list[str]:
    """Return the command of every step that has one."""
    return [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How a job went: `skipped`, `success` or `failure`, and what it left behind."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""


class GitHub:
    """A repository at GitHub, with the small project in its branch main."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.variables: dict[str, str] = {"BEFORE_LAUNCH": "1"}
        self.executed: set[str] = set()
        self.kept: set[tuple[str, str]] = set()
        self.made: dict[tuple[str, str], Path] = {}
        """Environments that runs have left for later ones: where the run stood, and the key."""
        self.runs = 0
        self.meanwhile: Callable[[], object] | None = None
        """What somebody does once a job has begun."""
        shutil.copytree(template, self.origin)
        self._state = folder / "github.json"
        self._state.write_text(json.dumps(START), encoding="utf-8")
        self.programs = folder / "programs"
        self.programs.mkdir()
        # What is run without the environment has the standard library only.
        base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        (self.programs / "python3").symlink_to(base)
        (self.programs / "gh").write_text(
            f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("fake_gh.py")} "$@"\n', encoding="utf-8"
        )
        (self.programs / "gh").chmod(0o755)
        self.browser = folder / "browser"
        self.git("clone", "--quiet", str(self.origin), str(self.browser), folder=folder)

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._state.read_text(encoding="utf-8"))
        return state

    def set_state(self, **values: Any) -> None:
        self._state.write_text(json.dumps(self.state | values), encoding="utf-8")

    def comments(self, number: int) -> list[str]:
        return [comment["body"] for comment in self.state["comments"].get(str(number), [])]

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        result = subprocess.run(
            ["git", *arguments],
            cwd=folder or self.origin,
            env=_environment(self.folder),
            capture_output=True,
            check=True,
        )
        return result.stdout.decode().strip()

    def commit_of(self, branch: str) -> str:
        return self.git("rev-parse", f"refs/heads/{branch}")

    def has_branch(self, branch: str) -> bool:
        return bool(self.git("for-each-ref", f"refs/heads/{branch}"))

    def files(self, branch: str) -> set[str]:
        """Return the paths of every file in a branch."""
        return set(self.git("ls-tree", "-r", "--name-only", "-z", branch).split("\0")) - {""}

    def read(self, branch: str, path: str) -> str:
        return self.git("show", f"{branch}:{path}")

    def commit(self, branch: str, files: Mapping[str, str | bytes | None], *, base: str = "main") -> str:
        """Do what somebody does in a browser: change, upload and delete files in a branch, new or not."""
        start = branch if self.has_branch(branch) else base
        self.git("fetch", "--quiet", "origin", folder=self.browser)
        self.git("checkout", "--quiet", "--force", "-B", branch, f"origin/{start}", folder=self.browser)
        for name, content in files.items():
            path = self.browser / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all", ".", folder=self.browser)
        self.git("commit", "--quiet", "--message", "Add files via upload", folder=self.browser)
        self.git("push", "--quiet", "--force", "origin", f"{branch}:{branch}", folder=self.browser)
        return self.commit_of(branch)

    def merge(self, branch: str) -> None:
        """Merge a pull request by squashing it, and delete its branch."""
        tree = self._merged(branch)
        commit = self.git("commit-tree", tree, "-p", "main", "-m", "Squash")
        self.git("update-ref", "refs/heads/main", commit)
        self.git("update-ref", "-d", f"refs/heads/{branch}")

    def issue(
        self,
        body: str,
        *,
        number: int = 7,
        author: str = "kommunikatoren",
        label: str = "nytt-avsnitt",
        sender: str = "",
    ) -> dict[str, Any]:
        """Return the event of a form that somebody has filled in, and a `sender` has perhaps changed."""
        issue = {"number": number, "title": "Nytt avsnitt", "body": body, "author_association": "MEMBER",
                 "user": {"login": author}, "state": "open", "labels": [{"name": label}]}  # fmt: skip
        return {"action": "edited" if sender else "opened", "issue": issue, "sender": {"login": sender or author}}

    def run_issue(self, event: dict[str, Any]) -> Job:
        context = {"sha": self.commit_of("main"), "ref": "refs/heads/main", "ref_name": "main"}
        jobs = self.run("nytt-avsnitt.yml", "issues", event, **context)
        return jobs["who"] if jobs["who"].result == "failure" else jobs["new-episode"]

    def run_pull(
        self, branch: str, number: int, *, workflow: str = "kontroll.yml", repository: str = REPOSITORY, only: str = ""
    ) -> dict[str, Job]:
        """Run a workflow as for a pull request whose newest commit somebody has pushed just now."""
        head = self.commit_of(branch)
        merge = self.git("commit-tree", self._merged(branch), "-p", "main", "-p", head, "-m", "Merge")
        self.git("update-ref", f"refs/pull/{number}/merge", merge)
        pull = {"number": number, "head": {"ref": branch, "sha": head, "repo": {"full_name": repository}}}
        context = {"sha": merge, "ref": f"refs/pull/{number}/merge", "ref_name": f"{number}/merge", "head_ref": branch}
        return self.run(workflow, "pull_request", {"pull_request": pull}, only=only, **context)

    def run_main(self, event_name: str = "push", *, only: str = "", **event: Any) -> dict[str, Job]:
        context = {"sha": self.commit_of("main"), "ref": "refs/heads/main", "ref_name": "main"}
        return self.run("publicera.yml", event_name, event, only=only, **context)

    def run(
        self, name: str, event_name: str, event: dict[str, Any], *, only: str = "", **context: str
    ) -> dict[str, Job]:
        """Run every job of a workflow, each after those that it needs; or only one that needs no other."""
        self.runs += 1
        workflow = read_workflow(name)
        github: dict[str, Any] = {
            "event_name": event_name, "event": event, "repository": REPOSITORY, "token": "secret-token",
            "actor": "kommunikatoren", "head_ref": "", "run_id": str(self.runs), "server_url": "https://github.com",
        } | context  # fmt: skip
        done: dict[str, Job] = {}
        for key, job in workflow["jobs"].items():
            if only not in {"", key}:
                continue
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            contexts = {
                "github": github,
                "vars": self.variables,
                "needs": {need: {"result": done[need].result, "outputs": done[need].outputs} for need in needs},
            }
            if _holds(job.get("if", ""), contexts):
                done[key] = self._run_job(workflow, job, contexts, self.folder / f"run-{self.runs}" / key)
            else:
                done[key] = Job(result="skipped")
        return done

    def _run_job(
        self, workflow: Mapping[str, Any], job: Mapping[str, Any], contexts: dict[str, Any], work: Path
    ) -> Job:
        work.mkdir(parents=True)
        github = contexts["github"]
        place = work / "checkout"
        (work / "event.json").write_text(json.dumps(github["event"]), encoding="utf-8")
        runner = {
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(work / "event.json"), "GITHUB_WORKSPACE": "/home/runner/work/okatakten/okatakten",
            "GITHUB_STEP_SUMMARY": str(work / "summary.md"), "FAKE_GITHUB": str(self._state),
            "PATH": f"{self.programs}:{os.environ['PATH']}", "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
        } | {f"GITHUB_{name.upper()}": value for name, value in github.items() if isinstance(value, str)}  # fmt: skip
        del runner["GITHUB_TOKEN"]
        steps: dict[str, Any] = {}
        contexts = contexts | {"place": place}
        log, result = "", "success"
        for number, step in enumerate(job["steps"]):
            now = contexts | {"steps": steps}
            if "if" in step and not evaluate(step["if"], now):
                continue
            if "uses" in step and step["uses"].startswith("actions/cache"):
                restore = self._restore if step["id"] == "environment" else self._restore_made
                name = (github["ref"], _fill_in(step["with"]["key"], now))
                steps[step["id"]] = {"outputs": {"cache-hit": restore(step, now, place)}, "name": name}
                continue
            if "uses" in step:
                self._check_out(step, contexts, place)
                continue
            self.executed.add(step["run"])
            if target := INSTALL.fullmatch(step["run"]):
                makefile = (place / "Makefile").read_text(encoding="utf-8")
                assert re.search(rf"(?m)^(\S+ )*{re.escape(target[1])}( \S+)*:", makefile)
                (place / ".venv").symlink_to(PROJECT / ".venv")
                continue
            output = work / f"output-{number}"
            output.touch()
            environment = {**workflow.get("env", {}), **job.get("env", {}), **step.get("env", {})}
            own = {name: _fill_in(str(value), contexts | {"steps": steps}) for name, value in environment.items()}
            process = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=place, env=_environment(work) | runner | {"GITHUB_OUTPUT": str(output)} | own,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            log += process.stdout.decode()
            steps[step.get("id", "")] = {"outputs": _read_outputs(output)}
            if process.returncode:
                result = "failure"
                break
        for step in job["steps"] if result == "success" else ():
            if step.get("uses", "").startswith("actions/cache@"):
                self._keep(step, steps[step["id"]]["name"], place)
        outputs = {name: _fill_in(value, contexts | {"steps": steps}) for name, value in job.get("outputs", {}).items()}
        summary = work / "summary.md"
        text = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return Job(result=result, outputs=outputs, log=log, summary=text)

    def _restore(self, step: Mapping[str, Any], contexts: dict[str, Any], place: Path) -> str:
        """Put an environment back that a run of the same branch or of main has left."""
        assert step["with"]["path"] == ".venv"
        key = _fill_in(step["with"]["key"], contexts)
        assert all(key.split("-")), "a part of the key is empty"
        if not {(contexts["github"]["ref"], key), ("refs/heads/main", key)} & self.kept:
            return ""
        (place / ".venv").symlink_to(PROJECT / ".venv")
        return "true"

    def _restore_made(self, step: Mapping[str, Any], contexts: dict[str, Any], place: Path) -> str:
        """Put back what a run of the same branch or of main has made: by the whole name, or the newest that begins so."""
        key, beginning = (_fill_in(step["with"][name], contexts) for name in ("key", "restore-keys"))
        assert key.startswith(beginning)
        assert all(key.split("-")), "a part of the key is empty"
        seen = {
            name: folder
            for (ref, name), folder in self.made.items()
            if ref in {contexts["github"]["ref"], "refs/heads/main"}
        }
        folder = seen.get(key) or next((seen[name] for name in reversed(seen) if name.startswith(beginning)), None)
        if folder:
            shutil.copytree(folder, place, dirs_exist_ok=True)
        return "true" if key in seen else ""

    def _keep(self, step: Mapping[str, Any], name: tuple[str, str], place: Path) -> None:
        """Keep what a job that went well has left, unless there is something of that name."""
        if step["id"] == "environment":
            self.kept.add(name)
        elif name not in self.made:
            self.made[name] = self.folder / f"made-{len(self.made)}"
            for path in step["with"]["path"].split():
                shutil.copytree(place / path, self.made[name] / path)

    def _check_out(self, step: Mapping[str, Any], contexts: dict[str, Any], place: Path) -> None:
        settings = step["with"]
        assert step["uses"].startswith("actions/checkout@")
        assert settings["persist-credentials"] is False
        reference = settings.get("ref", contexts["github"]["sha"])
        place.mkdir()
        self.git("init", "--quiet", folder=place)
        self.git("remote", "add", "origin", self.origin.as_uri(), folder=place)
        if "sparse-checkout" in settings:
            self.git("sparse-checkout", "set", settings["sparse-checkout"], folder=place)
        self.git("fetch", "--quiet", "--depth=1", "--no-tags", "origin", reference, folder=place)
        self.git("checkout", "--quiet", "--detach", "FETCH_HEAD", folder=place)
        if self.meanwhile:
            self.meanwhile()

    def _merged(self, branch: str) -> str:
        return self.git("merge-tree", "--write-tree", "main", branch).splitlines()[0]


def build_template(folder: Path) -> Path:
    """Return a bare repository with a small project: one episode, and every page of ours."""
    project = folder / "project"
    shutil.copytree(PROJECT, project, ignore=_only_what_is_needed)
    shutil.rmtree(project / "podcast")
    shutil.copytree(VALID / "podcast", project / "podcast")
    environment = _environment(folder)
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all", "."],
        ["commit", "--quiet", "--message", "Start"],
        ["clone", "--quiet", "--bare", ".", str(folder / "origin.git")],
    ):
        subprocess.run(["git", *command], cwd=project, env=environment, check=True)
    origin = folder / "origin.git"
    # As GitHub: a commit can be asked for by its name.
    subprocess.run(["git", "config", "uploadpack.allowAnySHA1InWant", "true"], cwd=origin, env=environment, check=True)
    return origin


def evaluate(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Return what an expression of GitHub's comes to. Takes those that the workflows use, and no others."""
    parts, position = [], 0
    names: list[str] = []
    while position < len(expression.rstrip()):
        match = _TOKEN.match(expression, position)
        assert match, expression[position:]
        position = match.end()
        if name := match["name"]:
            called = expression[position:].lstrip().startswith("(")
            names.append(name)
            parts.append(name if called else f"value({name!r})")
        else:
            parts.append(match["string"] or _SIGNS.get(match["sign"], match["sign"]))
    functions = {
        "value": lambda name: _look_up(name.split("."), contexts),
        "contains": lambda text, part: part in text,
        "fromJSON": json.loads,
        "cancelled": lambda: False,
        "hashFiles": lambda *names: _hash_files(names, contexts["place"]),
    }
    return eval("".join(parts), {"__builtins__": {}}, functions)


def _hash_files(names: Iterable[str], place: Path) -> str:
    """Return a hash of files of a checkout; the copy of the project has no locks, so those are the project's own."""
    found: list[Path] = []
    for name in names:
        pattern = re.sub(r"/\*\*$", "/**/*", name)
        found += sorted(place.glob(pattern)) or sorted(PROJECT.glob(pattern))
    assert found
    return hashlib.sha256(b"".join(path.read_bytes() for path in found if path.is_file())).hexdigest()


def _holds(condition: str, contexts: dict[str, Any]) -> bool:
    text = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", condition, flags=re.DOTALL)
    fine = all(need["result"] == "success" for need in contexts["needs"].values())
    if not any(f"{name}(" in text for name in _STATUS) and not fine:
        return False
    return not text.strip() or bool(evaluate(text, contexts))


def _fill_in(text: str, contexts: Mapping[str, Any]) -> str:
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(evaluate(match[1], contexts)), text, flags=re.DOTALL)


def _look_up(path: list[str], value: Any) -> Any:
    for number, name in enumerate(path):
        if name == "*":
            return [_look_up(path[number + 1 :], item) for item in value]
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value


def _read_outputs(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"(?ms)^([\w-]+)<<(\w+)\n(.*?)\n\2$", text)
    return {name: value for name, _, value in found}


def _environment(home: Path) -> dict[str, str]:
    """Return what git needs, and nothing of the machine's own settings."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "Kommunikatören"), ("EMAIL", "k@exempel.se"))}  # fmt: skip
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", **who}


def _only_what_is_needed(folder: str, names: list[str]) -> set[str]:
    wanted = {
        PROJECT: {".github", ".gitignore", "docs", "Makefile", "mkdocs.yml", "overrides", "podcast", "scripts"},
        PROJECT / "scripts": {"deploy"},
    }.get(Path(folder))
    return set(names) - wanted if wanted is not None else {"__pycache__"} & set(names)


def grow_old(github: GitHub, branch: str) -> None:
    """Make the newest commit of a branch two hours old."""
    tree = github.git("rev-parse", f"{branch}^{{tree}}")
    then = f"{int(time.time()) - 7200} +0000"
    commit = subprocess.run(
        ["git", "commit-tree", tree, "-m", "Old"], cwd=github.origin, capture_output=True, check=True,
        env=_environment(github.folder) | {"GIT_COMMITTER_DATE": then, "GIT_AUTHOR_DATE": then},
    ).stdout.decode().strip()  # fmt: skip
    github.git("update-ref", f"refs/heads/{branch}", commit)
