"""What somebody publishes at the desk: told in words, saved, in the history, sent, and never at the cost of others."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import pytest

from desk import OWNER, Answer, Sitter, at_the_desk, served
from hosts import Answer as Reply
from hosts import Host, Shown, content, hosting, in_folder, secure_hosting, status
from okatakten.desk.differences import Difference, differences
from okatakten.desk.drafts import VERSIONS, ConflictError, Drafts
from okatakten.desk.guard import Guard, Person, Proxy, Role
from okatakten.desk.history import find_history
from okatakten.desk.sending import Sender, Sending, Ways, why_not_shown
from okatakten.disk.alone import trying
from okatakten.fetching import Reach
from okatakten.site.project import read_project
from stores import BUCKET, KEYS, missing, storing
from support import copy_project

SLUG = "atta-fragor"
FILE = f"podcast/episodes/{SLUG}/episode.md"
PAGE = f"/avsnitt/{SLUG}/publicera"
ANNA = Person(name="anna@region.example", roles=frozenset(Role), token="t")
EPISODE = """---
guid: 1
title: Åtta frågor
summary: Kort.
published: 2027-01-18 07:00 +01:00
chapters:
  - start: 0:00
    title: Inledning
  - start: 2:15
    title: Svaren
---

En mening. En till.
"""
TRANSCRIPT = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v A>Hej.\n\n00:02.000 --> 00:04.000\n<v B>Hej hej.\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_DATE", "2027-01-01T00:00:00+00:00")
        monkeypatch.delenv(f"GIT_{name}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{name}_EMAIL", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("SITE_URL", raising=False)
    return copy_project(tmp_path / "project")


@pytest.fixture
def sitter(root: Path) -> Iterator[Sitter]:
    with at_the_desk(root) as someone:
        yield someone


def git(folder: Path, *arguments: str) -> str:
    named = ["-c", "user.name=Bo", "-c", "user.email=bo@region.example"]
    done = subprocess.run(["git", "-C", str(folder), *named, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_git(root: Path) -> None:
    (root / ".gitignore").write_text("/.desk/\n/.okatakten/\n.*.lock\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")


def with_remote(root: Path) -> Path:
    """Let the project have a remote, and return a clone of somebody else's."""
    in_git(root)
    remote, other = root.parent / "remote.git", root.parent / "other"
    git(root.parent, "clone", "--quiet", "--bare", str(root), str(remote))
    git(root, "remote", "add", "origin", str(remote))
    git(root, "fetch", "--quiet", "origin")
    git(root, "branch", "--quiet", "--set-upstream-to", "origin/main")
    git(root.parent, "clone", "--quiet", str(remote), str(other))
    return other


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def elsewhere(other: Path, file: str, old: str, new: str) -> None:
    """Let somebody else change a file, and send it."""
    change(other, file, old, new)
    git(other, "commit", "--quiet", "--all", "--message", "Theirs")
    git(other, "push", "--quiet")


def publish(sitter: Sitter, page: str = PAGE, **more: str) -> Answer:
    """Press the button of a page, and wait until nothing is done any more."""
    form = sitter.get(page).tree.xpath("//form[.//input[@name='seen']]")
    assert form, sitter.get(page).text
    answer = sitter.post(page, {"seen": form[0].xpath("string(.//input[@name='seen']/@value)"), **more})
    wait(sitter, page)
    return answer


def wait(sitter: Sitter, page: str = PAGE) -> str:
    """Return what the page says of how far it has come, when nothing is being done."""
    for _ in trying(300):
        told = sitter.get(f"{page}/lage").text
        if "data-at-work" not in told:
            return told
    raise AssertionError(told)


def make_draft(root: Path, published: str = "2031-01-18 07:00 +01:00") -> None:
    change(root, FILE, "guid:", "draft: true\nguid:")
    change(root, FILE, "published: 2026-11-09 07:00 +01:00", f"published: {published}")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Åtta frågor", "title: Nio frågor", Difference(what="Rubrik", old="Åtta frågor", new="Nio frågor")),
        ("summary: Kort.\n", "", Difference(what="Sammanfattning", old="Kort.")),
        ("guid: 1", "season: 2\nguid: 1", Difference(what="Säsong", new="2")),
        (
            "  - start: 2:15",
            "  - start: 1:00\n    title: Ny\n  - start: 2:15",
            Difference(what="Kapitlet vid 1:00", said="«Ny» är nytt."),
        ),
        (
            "start: 2:15",
            "start: 2:20",
            Difference(what="Kapitlet vid 2:20", said="«Svaren» är flyttat. Det började vid 2:15."),
        ),
        ("title: Svaren", "title: Svar", Difference(what="Kapitlet vid 2:15", old="Svaren", new="Svar")),
        (
            "  - start: 2:15\n    title: Svaren\n",
            "",
            Difference(what="Kapitlet vid 2:15", said="«Svaren» tas bort."),
        ),
        (
            "guid: 1",
            "persons:\n  - name: Bo\n    role: gäst\nguid: 1",
            Difference(what="Medverkande", said="«Bo, gäst» är ny."),
        ),
        ("En till.", "En annan.", Difference(what="Texten", old="En till.", new="En annan.")),
        ("title: Åtta", "title:  Åtta", Difference(what="episode.md", said="Bara mellanrum eller kommentarer.")),
        ("guid: 1", "post: Hej\nguid: 1", Difference(what="Inlägg i sociala medier", new="Hej")),
    ],
)
def test_a_change_of_an_episode_is_said_in_words(old: str, new: str, expected: Difference) -> None:
    assert old in EPISODE
    assert differences("episode.md", EPISODE, EPISODE.replace(old, new, 1)) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Hej hej.", "Hallå.", Difference(what="Textversionen, vid 0:02", old="Hej hej.", new="Hallå.")),
        ("<v B>", "<v Bo>", Difference(what="Talare", old="B", new="Bo", said="1 rad")),
        ("00:04.000", "00:05.000", Difference(what="Textversionen", said="Tiden är ändrad för 1 rad.")),
        (
            "WEBVTT\n",
            "WEBVTT\n\nNOTE\nTiderna är ungefärliga: så.\n",
            Difference(what="Textversionen", said="Tiderna står som ungefärliga."),
        ),
    ],
)
def test_a_change_of_a_transcript_is_said_in_words(old: str, new: str, expected: Difference) -> None:
    assert differences("transcript.vtt", TRANSCRIPT, TRANSCRIPT.replace(old, new, 1)) == [expected]


def test_of_many_changes_the_first_few_are_shown_and_the_rest_counted() -> None:
    old = "\n".join(f"rad {number}\nsamma {number}" for number in range(20))
    found = differences("facts.yml", old, old.replace("rad", "Rad"))
    assert [each.new for each in found] == ["Rad 0", "Rad 1", "Rad 2", "Rad 3", ""]
    assert found[-1].said == "Ytterligare 16 rader är ändrade."


def test_an_episode_comes_out_now_and_is_no_draft_any_more(root: Path) -> None:
    make_draft(root)
    before = (root / FILE).read_text(encoding="utf-8")
    with at_the_desk(root) as sitter:
        assert "kommer ut för första gången" in sitter.get(PAGE).text
        assert publish(sitter, nar="nu").status == 303
        assert "Klart." in wait(sitter)
        (episode,) = [each for each in read_project(root).episodes if each.slug == SLUG]
        assert not episode.draft
        assert 0 <= (datetime.now(UTC) - episode.published).total_seconds() < 180
        assert Drafts(root, root / ".desk").versions(FILE)[0].who == OWNER
        assert [line for line in before.splitlines() if "draft" not in line and "published" not in line] == [
            line for line in (root / FILE).read_text(encoding="utf-8").splitlines() if "published" not in line
        ]


@pytest.mark.parametrize(
    ("day", "time", "written"),
    [
        ("2031-01-18", "07:00", "2031-01-18 07:00 +01:00"),
        ("2031-07-18", "07:00", "2031-07-18 07:00 +02:00"),
        ("2031-03-30", "02:30", None),  # the clocks go forward over it
        ("2031-02-30", "07:00", None),
        ("2026-01-01", "07:00", None),
        ("", "", None),
    ],
)
def test_an_episode_comes_out_on_its_day_by_the_clock_of_the_show(
    root: Path, day: str, time: str, written: str | None
) -> None:
    make_draft(root, "2030-01-01 07:00 +01:00")
    before = (root / FILE).read_bytes()
    with at_the_desk(root) as sitter:
        answer = publish(sitter, nar="dag", dag=day, tid=time)
        if written is None:
            assert answer.status == 422
            assert answer.tree.xpath("//*[@role='alert']")
            assert (root / FILE).read_bytes() == before
            assert not Drafts(root, root / ".desk").files()
        else:
            assert f"published: {written}\n" in (root / FILE).read_text(encoding="utf-8")


def test_what_is_in_the_way_is_said_with_where_to_mend_it(root: Path) -> None:
    make_draft(root)
    (root / FILE).with_name("transcript.vtt").unlink()
    change(root, FILE, "summary: De", "summmary: De")
    change(root, FILE, 'title: "Exempel: ', 'title: "')
    before = (root / FILE).read_bytes()
    with at_the_desk(root) as sitter:
        page = sitter.get(PAGE)
        links = page.tree.xpath("//section[@aria-labelledby='hindrar']//a/@href")
        assert links == [f"/avsnitt/{SLUG}/ljud", f"/avsnitt/{SLUG}#svar-title", f"/avsnitt/{SLUG}"]
        assert not page.tree.xpath("//form//input[@name='seen']")
        seen = sitter.get(f"/avsnitt/{SLUG}").status
        assert seen == 200
        assert sitter.post(PAGE, {"seen": "", "nar": "nu"}).status == 409
        assert (root / FILE).read_bytes() == before


def test_nothing_comes_out_that_has_changed_since_somebody_looked(sitter: Sitter) -> None:
    sitter.change(SLUG, "summary", "En annan.")
    seen = sitter.get(PAGE).tree.xpath("string(//input[@name='seen']/@value)")
    sitter.change(SLUG, "summary", "En tredje.")
    answer = sitter.post(PAGE, {"seen": seen})
    assert answer.status == 409
    assert "En tredje." in answer.text
    assert "En annan." not in (sitter.root / FILE).read_text(encoding="utf-8")


def test_whoever_may_only_write_publishes_nothing(root: Path) -> None:
    people = {"bo@region.example": frozenset({Role.WRITE})}
    proxy = Proxy(addresses=frozenset({"127.0.0.1"}), header="x-user", people=people)
    guard = Guard(
        origins=("https://skrivbord.example",),
        secret="en hemlighet som ingen kan gissa sig till",
        owner="",
        proxy=proxy,
    )
    with served(root, guard=guard) as sitter:
        sitter.always = {
            "Host": "skrivbord.example",
            "Origin": "https://skrivbord.example",
            "X-User": "bo@region.example",
        }
        sitter.enter()
        own = {"Origin": "https://skrivbord.example"}
        assert sitter.get(PAGE).status == 200
        for path in (
            PAGE,
            f"{PAGE}/igen",
            f"{PAGE}/ge-plats",
            f"/avsnitt/{SLUG}/adress",
            f"/avsnitt/{SLUG}/ta-bort",
            "/publicera",
        ):
            assert sitter.post(path, {"seen": "", "adress": "ny"}, own).status == 403, path
        assert "Be någon som får publicera" in sitter.get(PAGE).text


def test_exactly_its_files_are_committed_and_what_others_have_staged_stays(root: Path) -> None:
    in_git(root)
    change(root, "docs/facts.yml", "\n", "\n# deras\n")
    git(root, "add", "docs/facts.yml")
    change(root, "docs/launch.yml", "\n", "\n# inte ens i kö\n")
    shutil.copy((root / FILE).with_name("audio.mp3"), (root / FILE).with_name("audio-2.mp3"))
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        assert publish(sitter).status == 303
        assert "I historiken" in wait(sitter)
    assert git(root, "show", "--name-only", "--format=%an <%ae> %s", "HEAD").split("\n\n") == [
        f"{OWNER} <{OWNER}@localhost> Publicera «Exempel: Åtta frågor»",
        f"podcast/episodes/{SLUG}/audio-2.mp3\n{FILE}\n",
    ]
    assert git(root, "status", "--porcelain") == "M  docs/facts.yml\n M docs/launch.yml\n"


def test_a_hook_that_refuses_a_commit_leaves_nothing_staged_and_is_quoted(root: Path) -> None:
    in_git(root)
    hook = root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho 'Inte på en fredag.' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    shutil.copy((root / FILE).with_name("audio.mp3"), (root / FILE).with_name("audio-2.mp3"))
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert "Inte på en fredag." in wait(sitter)
        assert git(root, "diff", "--cached", "--name-only") == ""
        assert "En annan." in (root / FILE).read_text(encoding="utf-8")
        hook.unlink()
        assert sitter.post(f"{PAGE}/igen").status == 303
        assert "Klart." in wait(sitter)
    assert git(root, "log", "-1", "--format=%s") == "Publicera «Exempel: Åtta frågor»\n"


def test_where_git_stands_on_no_branch_nothing_is_committed_that_could_be_lost(root: Path) -> None:
    in_git(root)
    git(root, "checkout", "--quiet", "--detach")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert "gick inte" in wait(sitter)
    assert git(root, "log", "--format=%s") == "Begin\n"
    assert "En annan." in (root / FILE).read_text(encoding="utf-8")


def test_what_is_committed_goes_to_the_remote(root: Path) -> None:
    other = with_remote(root)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert "Klart." in wait(sitter)
    git(other, "pull", "--quiet")
    assert "En annan." in (other / FILE).read_text(encoding="utf-8")


def test_what_others_have_sent_meanwhile_comes_below_ours(root: Path) -> None:
    other = with_remote(root)
    elsewhere(other, "docs/launch.yml", "\n", "\n# deras\n")
    change(root, "docs/facts.yml", "\n", "\n# ligger kvar\n")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert "Klart." in wait(sitter)
    assert "# deras" in (root / "docs/launch.yml").read_text(encoding="utf-8")
    assert git(root, "log", "--format=%an %s") == f"{OWNER} Publicera «Exempel: Åtta frågor»\nBo Theirs\nBo Begin\n"
    assert git(root, "status", "--porcelain") == " M docs/facts.yml\n"
    assert git(other, "ls-remote", "origin", "main").split()[0] == git(root, "rev-parse", "HEAD").strip()


def test_commits_that_were_here_before_are_merged_as_they_are(root: Path) -> None:
    other = with_remote(root)
    elsewhere(other, "docs/launch.yml", "\n", "\n# deras\n")
    change(root, "docs/facts.yml", "\n", "\n# min egen\n")
    git(root, "commit", "--quiet", "--all", "--message", "Mine")
    mine = git(root, "rev-parse", "HEAD").strip()
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert "Klart." in wait(sitter)
    assert mine in git(root, "rev-list", "HEAD")
    assert git(other, "ls-remote", "origin", "main").split()[0] == git(root, "rev-parse", "HEAD").strip()


def test_where_both_have_changed_the_same_both_are_shown_and_nothing_is_lost(root: Path) -> None:
    other = with_remote(root)
    elsewhere(other, FILE, "summary: De åtta", "summary: Deras åtta")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "Vår sammanfattning.")
        publish(sitter)
        told = wait(sitter)
        assert "hann före" in told
        assert "Deras åtta" in told
        assert "Vår sammanfattning." in told
        ours = git(root, "rev-parse", "HEAD").strip()
        assert "Vår sammanfattning." in git(root, "show", f"HEAD:{FILE}")

        assert sitter.post(f"{PAGE}/ge-plats").status == 303
        assert "Deras åtta" in (root / FILE).read_text(encoding="utf-8")
        assert git(root, "rev-parse", f"refs/desk/{ours}").strip() == ours
        page = sitter.get(PAGE)
        assert "Filen har ändrats någon annanstans" in page.text
        assert "Vår sammanfattning." in page.text
        assert sitter.post(f"{PAGE}/vart").status == 303
        publish(sitter)
        assert "Klart." in wait(sitter)
    git(other, "pull", "--quiet")
    assert "Vår sammanfattning." in (other / FILE).read_text(encoding="utf-8")
    assert git(root, "log", "--format=%s") == "Publicera «Exempel: Åtta frågor»\nTheirs\nBegin\n"


NO_RIGHT = "inloggningen saknas eller gäller inte längre"
NO_SERVER = "svarar inte. Det är sparat här. Se om du har nät"


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("main är skyddad.", "tog inte emot det. Det är sparat här. Rätta det som den säger"),
        ("error: GH006: Protected branch update failed for refs/heads/main.", "Grenen är skyddad"),
        ("ERROR: Permission to region/podd.git denied to bo.", NO_RIGHT),
        ("GitLab: You are not allowed to push code to this project.", NO_RIGHT),
    ],
)
def test_a_server_that_refuses_is_explained_and_quoted_and_asked_again(root: Path, says: str, told: str) -> None:
    with_remote(root)
    hook = root.parent / "remote.git/hooks/pre-receive"
    hook.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        said = wait(sitter)
        assert told in said
        assert f"Git säger:\n{says}" in said
        assert "En annan." in git(root, "show", f"HEAD:{FILE}")
        hook.unlink()
        sitter.post(f"{PAGE}/igen")
        assert "Klart." in wait(sitter)
    assert "main" in git(root, "branch", "--remotes", "--contains", "HEAD")


@pytest.mark.parametrize(
    ("ssh", "told"),
    [
        ("echo 'git@server.example: Permission denied (publickey).' >&2", NO_RIGHT),
        ("echo 'Host key verification failed.' >&2", "känner inte igen servern"),
        ("echo 'ssh: Could not resolve hostname server.example: Name or service not known' >&2", NO_SERVER),
        ("echo 'ssh: connect to host server.example port 22: Connection timed out' >&2", NO_SERVER),
    ],
)
@pytest.mark.parametrize("is_set", [False, True])
def test_ssh_that_does_not_come_in_asks_nothing_and_is_explained(
    root: Path, monkeypatch: pytest.MonkeyPatch, ssh: str, told: str, *, is_set: bool
) -> None:
    with_remote(root)
    git(root, "remote", "set-url", "origin", "git@server.example:podd.git")
    program = root.parent / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >>{root.parent}/asked\n{ssh}\nexit 255\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.delenv("GIT_SSH_COMMAND", raising=False)
    if is_set:
        git(root, "config", "core.sshCommand", f"{program} -i nyckeln")
    else:
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        said = wait(sitter)
    assert told in said
    assert "Git säger:" in said
    asked = (root.parent / "asked").read_text(encoding="utf-8").splitlines()
    assert asked
    assert all("-o BatchMode=yes -o ConnectTimeout=8" in line and ("-i nyckeln" in line) is is_set for line in asked)


@pytest.mark.parametrize(("answer", "told"), [(401, NO_RIGHT), (403, NO_RIGHT), (404, NO_RIGHT), (None, NO_SERVER)])
def test_a_server_of_git_that_wants_a_password_or_is_away_is_explained_without_a_question(
    root: Path, monkeypatch: pytest.MonkeyPatch, answer: int | None, told: str
) -> None:
    with_remote(root)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    with hosting() as host:
        if answer:
            host.answers["/podd.git/info/refs"] = status(answer, {"WWW-Authenticate": 'Basic realm="Git"'})
        git(root, "remote", "set-url", "origin", f"{host.url if answer else 'http://127.0.0.1:1'}/podd.git")
        with at_the_desk(root) as sitter:
            sitter.change(SLUG, "summary", "En annan.")
            publish(sitter)
            assert told in wait(sitter)


def test_git_that_never_answers_is_given_up_with_all_that_it_has_started(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_remote(root)
    git(root, "remote", "set-url", "origin", "git@server.example:podd.git")
    session, ended = root.parent / "session", root.parent / "ended"
    monkeypatch.setenv("GIT_SSH_COMMAND", f"ps -o sid= -p $$ > {session}; sleep 20; touch {ended}; true")
    monkeypatch.setattr("okatakten.desk.history._SECONDS", 2)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter)
        assert NO_SERVER in wait(sitter)
    assert int(session.read_text(encoding="utf-8")) != os.getsid(0)  # no terminal to ask at
    assert not ended.exists()


def test_a_recording_that_nothing_is_made_of_yet_is_not_committed(root: Path) -> None:
    in_git(root)
    (root / FILE).with_name("inspelning.wav").write_bytes(b"RIFF")
    with at_the_desk(root) as sitter:
        assert "inspelning.wav" in sitter.get(PAGE).tree.xpath("string(//section[@aria-labelledby='hindrar'])")
        sitter.post(f"/avsnitt/{SLUG}/adress", {"adress": "svar"})
        wait(sitter, "/avsnitt/svar/publicera")
    assert git(root, "status", "--porcelain") == "?? podcast/episodes/svar/inspelning.wav\n"


def test_a_withdrawn_episode_says_why_and_comes_back(root: Path) -> None:
    with at_the_desk(root) as sitter:
        before = (root / FILE).read_bytes()
        assert sitter.post(f"/avsnitt/{SLUG}/ta-bort", {"skal": "En uppgift var fel."}).status == 303
        wait(sitter)
        (gone,) = read_project(root).withdrawn
        assert gone.reason == "En uppgift var fel."
        assert sitter.post(f"/avsnitt/{SLUG}/ta-bort", {"skal": "Igen"}).status == 409
        assert sitter.post(f"/avsnitt/{SLUG}/ta-bort", {"aterta": "1"}).status == 303
        wait(sitter)
        assert (root / FILE).read_bytes() == before


@pytest.mark.parametrize("name", ["", SLUG, "trailer", "../ut", "åäö å", "ar", "-"])
def test_an_address_that_is_none_or_taken_is_not_given(root: Path, name: str) -> None:
    with at_the_desk(root) as sitter:
        answer = sitter.post(f"/avsnitt/{SLUG}/adress", {"adress": name})
        if answer.status == 303:  # what can be made an address is
            given = answer.headers["location"].removeprefix("/avsnitt/").removesuffix("/publicera#lage")
            assert given in {"ut", "aao-a", "ar-avsnitt", "nytt-avsnitt"}
        else:
            assert answer.status == 422
            assert (root / FILE).is_file()


def test_a_renamed_episode_leads_on_and_takes_along_what_is_being_written(root: Path) -> None:
    in_git(root)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "Under arbete.")
        assert sitter.post(f"/avsnitt/{SLUG}/adress", {"adress": "Åtta svar"}).status == 303
        wait(sitter, "/avsnitt/atta-svar/publicera")
        assert "Under arbete." in sitter.get("/avsnitt/atta-svar").text
        assert sitter.get(f"/avsnitt/{SLUG}").status == 404
    (episode,) = [each for each in read_project(root).episodes if each.slug == "atta-svar"]
    assert episode.former_slugs == (SLUG,)
    assert "Under arbete." not in git(root, "show", "HEAD:podcast/episodes/atta-svar/episode.md")
    assert git(root, "status", "--porcelain") == ""
    assert Drafts(root, root / ".desk").files() == ["podcast/episodes/atta-svar/episode.md"]


@pytest.mark.parametrize(("path", "form"), [("adress", {"adress": "svar"}), ("ta-bort", {"skal": "Ett skäl."})])
def test_what_somebody_is_changing_in_an_editor_does_not_come_out_with_another_address_or_a_withdrawal(
    root: Path, path: str, form: dict[str, str]
) -> None:
    in_git(root)
    change(root, FILE.replace("episode.md", "transcript.vtt"), "Röst A", "Halvskrivet")
    with at_the_desk(root) as sitter:
        answer = sitter.post(f"/avsnitt/{SLUG}/{path}", form)
        assert answer.status == 409
        assert "ändringar som inte är publicerade" in answer.tree.xpath("string(//*[@role='alert'])")
    assert git(root, "log", "--format=%s") == "Begin\n"
    assert (root / FILE).is_file()


def test_a_name_that_an_episode_has_had_may_be_its_own_again(root: Path) -> None:
    with at_the_desk(root) as sitter:
        sitter.post(f"/avsnitt/{SLUG}/adress", {"adress": "svar"})
        wait(sitter, "/avsnitt/svar/publicera")
        assert sitter.post("/avsnitt/svar/adress", {"adress": SLUG}).status == 303
        wait(sitter)
    (episode,) = [each for each in read_project(root).episodes if each.slug == SLUG]
    assert episode.former_slugs == ("svar",)


@pytest.mark.parametrize("is_in_git", [False, True])
def test_a_text_goes_back_to_how_it_was_and_what_is_out_stays_out(root: Path, *, is_in_git: bool) -> None:
    make_draft(root)
    if is_in_git:
        in_git(root)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        publish(sitter, nar="nu")
        wait(sitter)
        out = (root / FILE).read_text(encoding="utf-8")
        sitter.change(SLUG, "title", "Exempel: Under arbete")
        page = sitter.get(f"/avsnitt/{SLUG}/mer")
        address = [
            each for each in page.tree.xpath("//section[@aria-labelledby='var']//a/@href") if "episode.md" in each
        ][-1]
        assert "De åtta frågor" in sitter.get(address).text
        form = sitter.get(address).tree.xpath("//form[.//input[@name='version']]")[0]
        fields = {name: value for name, value in form.form_values() if name != "csrf"}
        assert sitter.post(f"/avsnitt/{SLUG}/mer", {**fields, "version": "../x"}).status == 404
        assert sitter.post(f"/avsnitt/{SLUG}/mer", fields).status == 303
        assert (root / FILE).read_text(encoding="utf-8") == out
        publish(sitter)
        wait(sitter)
    now = (root / FILE).read_text(encoding="utf-8")
    assert "De åtta frågor" in now
    assert "draft" not in now
    assert [line for line in now.splitlines() if "published" in line] == [
        line for line in out.splitlines() if "published" in line
    ]
    kept = Drafts(root, root / ".desk")
    texts = [kept.version(FILE, version.number) or "" for version in kept.versions(FILE)]
    assert any("Under arbete" in text for text in texts)


def test_pages_that_are_chosen_come_out_and_others_do_not(root: Path) -> None:
    in_git(root)
    drafts = Drafts(root, root / ".desk")
    names = ["docs/sv/om.md", "docs/launch.yml"]
    for name in names:
        text = drafts.text(name) or ""
        drafts.write(name, text.replace("title: ", "title: Ny ", 1) if name.endswith(".md") else text + "\n# nytt\n")
    change(root, "docs/facts.yml", "\n", "\n# deras\n")
    with at_the_desk(root) as sitter:
        page = sitter.get("/publicera")
        assert page.tree.xpath("//input[@name='fil'][@checked]/@value") == sorted(names)
        assert page.tree.xpath("//input[@name='fil'][not(@checked)]/@value") == ["docs/facts.yml"]
        assert publish(sitter, "/publicera", fil="docs/launch.yml").status == 303
        assert publish(sitter, "/publicera", fil="podcast/show.yml").status == 422
    assert git(root, "show", "--name-only", "--format=", "HEAD") == "docs/launch.yml\n"
    assert drafts.files() == ["docs/sv/om.md"]


KILLED = """
import os, sys, threading
from pathlib import Path
from okatakten.desk import drafts, history, sending
from okatakten.desk.guard import Person
at, root, file, transcript = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]
def end(files, *_, **__):
    if at == "write_all":
        path = next(iter(files))
        path.write_bytes(files[path])
    os._exit(9)
holder = {"save": drafts.Drafts, "write_all": drafts, "commit": history.History, "push": history.History}[at]
setattr(holder, at, end)
sender = sending.Sender(drafts.Drafts(root, root / ".desk"), ways=sending.Ways(), is_owner=True)
begun = sending.Sending(
    key="atta-fragor", subject="Publicera", who="anna", files=(file, transcript), steps=sender.steps(seen=False)
)
sender.start(begun, Person(name="anna", roles=frozenset(), token=""))
for thread in threading.enumerate()[1:]:
    thread.join()
"""


def kill_at(root: Path, step: str) -> tuple[str, str]:
    """Let somebody have agreed to two files, and let the program be ended at a step of putting them out."""
    drafts, transcript = Drafts(root, root / ".desk"), FILE.replace("episode.md", "transcript.vtt")
    drafts.write(FILE, (root / FILE).read_text(encoding="utf-8").replace("De åtta", "Alla åtta"))
    drafts.write(transcript, (root / transcript).read_text(encoding="utf-8") + "\nNOTE läst\n")
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(root), FILE, transcript], check=False)
    assert done.returncode == 9
    return FILE, transcript


@pytest.mark.parametrize("step", ["save", "write_all", "commit", "push"])
def test_what_was_broken_off_says_so_and_goes_on_with_what_was_agreed_to(root: Path, step: str) -> None:
    with_remote(root)
    files = kill_at(root, step)
    with at_the_desk(root) as sitter:
        assert "Det avbröts" in sitter.get(PAGE).text
        if step in {"commit", "push"}:  # it is saved: what is written since is another thing
            sitter.change(SLUG, "summary", "Skrivet sedan.")
        assert sitter.post(f"{PAGE}/igen").status == 303
        assert "Klart." in wait(sitter)
    assert git(root, "show", "--name-only", "--format=", "origin/main").split() == [*files]
    assert "Alla åtta" in git(root, "show", f"origin/main:{FILE}")


@pytest.mark.parametrize("step", ["save", "write_all", "commit"])
def test_what_was_broken_off_and_has_changed_since_is_asked_for_again(root: Path, step: str) -> None:
    in_git(root)
    kill_at(root, step)
    with at_the_desk(root) as sitter:
        if step == "commit":
            change(root, FILE, "Alla åtta", "Ingen av de åtta")
        else:
            sitter.change(SLUG, "summary", "Skrivet sedan.")
        answer = sitter.post(f"{PAGE}/igen")
        assert answer.status == 409
        assert "Läs igenom, och publicera igen." in answer.tree.xpath("string(//*[@role='alert'])")
        assert git(root, "log", "--format=%s") == "Begin\n"
        assert "Skrivet sedan." not in (root / FILE).read_text(encoding="utf-8")
        assert publish(sitter).status == 303
        assert "Klart." in wait(sitter)
    assert ("Ingen av de åtta" if step == "commit" else "Skrivet sedan.") in git(root, "show", f"HEAD:{FILE}")


@pytest.mark.parametrize("is_full", [True, False])
def test_what_cannot_be_saved_says_why_and_is_saved_as_it_was_agreed_to_or_not_at_all(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, is_full: bool
) -> None:
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "Det som lästes.")
        before = (root / FILE).read_bytes()
        with monkeypatch.context() as context:
            fail = OSError(errno.ENOSPC, "full", str(root / FILE)) if is_full else ConflictError(FILE)
            context.setattr(Drafts, "save", Mock(side_effect=fail))
            publish(sitter)
        told = wait(sitter)
        assert ("Disken" if is_full else "har ändrats i projektet") in told
        assert "gick inte" in told
        assert (root / FILE).read_bytes() == before
        assert sitter.post(f"{PAGE}/igen").status == 303
        assert "Klart." in wait(sitter)
    assert "Det som lästes." in (root / FILE).read_text(encoding="utf-8")


def test_what_came_to_a_full_disk_on_its_way_can_be_gone_on_with(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_git(root)
    keep = Sender._keep

    def fill(sender: Sender, sending: Sending) -> None:
        if sending.when("I historiken"):
            raise OSError(errno.ENOSPC, "full")
        keep(sender, sending)

    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "Det som lästes.")
        with monkeypatch.context() as context:
            context.setattr(Sender, "_keep", fill)
            publish(sitter)
        assert sitter.post(f"{PAGE}/igen").status == 303
        assert "Klart." in wait(sitter)
    assert git(root, "log", "--format=%s").count("Publicera") == 1


OLD = "<h1>Exempel: Nio frågor</h1>, som förut".encode()


@pytest.mark.parametrize(
    ("public", "built", "why"),
    [
        ("<h1>Åtta&nbsp;frågor</h1>", "", ""),
        ("<h1>Åtta frå\u00adgor</h1>", "", ""),
        ("<h1>Sju frågor</h1>", "", "säger inte «Åtta frågor» än"),
        ("", "", "säger inte «Åtta frågor» än"),
        ("<h1>Åtta frågor</h1> som förut", "", "ser ut som förut"),
        ("<h1>Åtta frågor</h1> som förut", "<h1>Åtta frågor</h1> som förut", ""),
    ],
)
def test_it_is_shown_when_the_public_page_is_another_one_with_the_title(public: str, built: str, why: str) -> None:
    before = sha256("<h1>Åtta frågor</h1> som förut".encode()).hexdigest()
    sending = Sending(key="a", subject="", who="", files=(), steps=(), words="Åtta frågor", before=before)
    said = why_not_shown(public.encode(), sending, built=built.encode())
    assert why in said
    assert bool(said) == bool(why)


@pytest.fixture
def public(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Host, Reach]]:
    """The public site, which a host builds of what comes to its Git: the page of the episode is as it was."""
    with_remote(root)
    with secure_hosting(tmp_path) as (host, reach):
        monkeypatch.setenv("SITE_URL", f"{host.url}/")
        host.answers[f"/podd/{SLUG}/"] = content(OLD, "text/html")
        yield host, replace(reach, patience=replace(reach.patience, attempts=1))


def await_look(sitter: Sitter, said: str = "Vi tittar på") -> None:
    """Wait until the public page is looked at, and it is said so."""
    for _ in trying(30):
        if said in (told := sitter.get(f"{PAGE}/lage").text):
            return
    raise AssertionError(told)


@pytest.mark.server
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(404), "Sidan finns inte på adressen än."),
        (status(500), "svarade med koden 500"),
        (None, "Servern svarar inte. Se om du har nät, och om adressen är rätt."),
        (content(b"<h1>En annan</h1>", "text/html"), "Sidan säger inte «Exempel: Nio frågor» än."),
        (content(OLD, "text/html"), "Sidan ser ut som förut."),
    ],
)
def test_a_public_page_that_never_shows_it_is_said_to_and_looked_at_again(
    root: Path, public: tuple[Host, Reach], monkeypatch: pytest.MonkeyPatch, answer: Reply | None, said: str
) -> None:
    host, reach = public
    page = f"/podd/{SLUG}/"
    with at_the_desk(root, ways=Ways(reach=reach, pause=0.01, patience=0.02)) as sitter:
        sitter.change(SLUG, "title", "Exempel: Nio frågor")
        if answer is None:
            monkeypatch.setenv("SITE_URL", "https://localhost:1/")
        else:
            host.answers[page] = answer if "förut" not in said else host.answers[page]
        publish(sitter)
        told = wait(sitter)
        assert said in told
        assert "vi har inte sett det på" in told
        assert "Titta igen" in told
        assert "gick inte" not in told
        monkeypatch.setenv("SITE_URL", f"{host.url}/")
        host.answers[page] = content(b"<h1>Exempel: Nio fr\xc3\xa5gor</h1>", "text/html")
        assert sitter.post(f"{PAGE}/igen").status == 303
        told = wait(sitter)
        assert "Klart." in told
        assert f'href="{host.url}{page}"' in told
    assert git(root, "log", "--format=%s", "origin/main") == "Publicera «Exempel: Nio frågor»\nBegin\n"


@pytest.mark.server
def test_who_waits_to_see_it_may_publish_again_and_only_the_last_is_waited_for(
    root: Path, public: tuple[Host, Reach]
) -> None:
    host, reach = public
    with at_the_desk(root, ways=Ways(reach=reach, pause=0.01)) as sitter:
        for title in ("Exempel: Tio frågor", "Exempel: Elva frågor"):
            sitter.change(SLUG, "title", title)
            [form] = sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
            assert sitter.post(PAGE, {"seen": form.xpath("string(.//input[@name='seen']/@value)")}).status == 303
            await_look(sitter, f"Sidan säger inte «{title}» än.")
        host.answers[f"/podd/{SLUG}/"] = content("<h1>Exempel: Elva frågor</h1>".encode(), "text/html")
        assert "Klart." in wait(sitter)
    assert git(root, "log", "-2", "--format=%s", "origin/main").split("\n")[:2] == [
        "Publicera «Exempel: Elva frågor»",
        "Publicera «Exempel: Tio frågor»",
    ]


@pytest.mark.server
def test_a_desk_that_is_closed_while_it_waits_looks_again_when_somebody_asks(
    root: Path, public: tuple[Host, Reach]
) -> None:
    host, reach = public
    ways = Ways(reach=reach, pause=0.01)
    with at_the_desk(root, ways=ways) as sitter:
        sitter.change(SLUG, "title", "Exempel: Tio frågor")
        [form] = sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
        sitter.post(PAGE, {"seen": form.xpath("string(.//input[@name='seen']/@value)")})
        await_look(sitter, "Sidan säger inte")
        kept = (root / f".desk/sending/{SLUG}.json").read_bytes()
        host.answers[f"/podd/{SLUG}/"] = content("<h1>Exempel: Tio frågor</h1>".encode(), "text/html")
        wait(sitter)
    (root / f".desk/sending/{SLUG}.json").write_bytes(kept)
    with at_the_desk(root, ways=ways) as sitter:
        assert "Titta igen" in sitter.get(PAGE).text
        sitter.post(f"{PAGE}/igen")
        assert "Klart." in wait(sitter)


def test_a_project_in_a_folder_of_another_repository_is_not_taken_for_part_of_it(root: Path) -> None:
    git(root.parent, "init", "--quiet")
    assert find_history(root) is None
    git(root.parent, "add", "--all")
    git(root.parent, "commit", "--quiet", "--message", "All")
    history = find_history(root)
    assert history
    change(root, FILE, "summary: De", "summary: Alla")
    assert history.changed(f"podcast/episodes/{SLUG}/") == {FILE: "M"}
    assert history.commit([FILE], person=ANNA, subject="--amend")
    assert git(root.parent, "log", "-1", "--format=%an %ae %s") == f"{ANNA.name} {ANNA.name} --amend\n"
    assert "De åtta" in (history.text(FILE, "HEAD~1") or "")


def test_who_publishes_and_who_looks_do_not_wait_for_each_other_for_good(root: Path) -> None:
    with at_the_desk(root) as sitter:
        is_done = Event()

        def look() -> None:
            while not is_done.is_set():
                assert sitter.get("/avsnitt/trailer/svar").status == 200

        with ThreadPoolExecutor(2) as others:
            looking = [others.submit(look) for _ in range(2)]
            try:
                for number in range(3):
                    sitter.change(SLUG, "summary", f"En sammanfattning till, den {number + 1}:e.")
                    assert publish(sitter).status == 303
            finally:
                is_done.set()
            for each in looking:
                each.result()


def test_a_text_that_changed_while_the_page_was_open_is_not_put_out_unseen(root: Path) -> None:
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En sammanfattning som någon har läst.")
        [form] = sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
        drafts = Drafts(root, root / ".desk")
        file = f"podcast/episodes/{SLUG}/transcript.vtt"
        drafts.write(file, (drafts.saved(file) or "") + "\nNOTE halvvägs\n")
        before = (root / file).read_bytes()
        assert sitter.post(PAGE, {"seen": form.xpath("string(.//input[@name='seen']/@value)")}).status == 409
        wait(sitter)
        assert (root / file).read_bytes() == before


def test_what_is_half_written_does_not_go_out_with_a_withdrawal(root: Path) -> None:
    with at_the_desk(root) as sitter:
        before = (root / FILE).read_bytes()
        sitter.change(SLUG, "summary", "Halvfärdigt")
        answer = sitter.post(f"/avsnitt/{SLUG}/ta-bort", {"skal": "En uppgift var fel."})
        assert answer.status == 409
        assert answer.tree.xpath("string(//input[@name='skal']/@value)") == "En uppgift var fel."
        assert (root / FILE).read_bytes() == before


def test_an_address_that_another_one_had_before_is_taken_with_all_that_is_kept(root: Path) -> None:
    drafts = Drafts(root, root / ".desk")
    old, new = "podcast/episodes/trailer/episode.md", "podcast/episodes/nytt/episode.md"
    for file in (old, new):
        drafts.write(file, f"{file}\n")
        drafts.give_up(file, who=OWNER)
    drafts.rename("podcast/episodes/trailer", "podcast/episodes/nytt")
    assert {drafts.version(new, each.number) for each in drafts.versions(new)} == {f"{old}\n", f"{new}\n"}
    assert drafts.versions(old) == []


def test_episodes_that_have_changed_are_listed_by_their_titles_and_one_that_is_gone_by_its_files(root: Path) -> None:
    in_git(root)
    shutil.rmtree(root / "podcast/episodes/trailer")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "title", "Exempel: Nio frågor")
        page = sitter.get("/publicera")
        [link] = page.tree.xpath("//section[@aria-labelledby='avsnitten']//a")
        assert (link.text, link.get("href")) == ("Exempel: Nio frågor", PAGE)
        gone = page.tree.xpath("//input[@name='fil']/@value")
    assert "podcast/episodes/trailer/episode.md" in gone
    assert all(file.startswith("podcast/episodes/trailer/") for file in gone)


@contextmanager
def slow_hook(root: Path) -> Iterator[Path]:
    """Let a commit wait until the block ends, or for half a minute; the file that it gives is there when it waits."""
    hook, at_it, go = root / ".git/hooks/pre-commit", root.parent / "at-it", root.parent / "go"
    hook.write_text(
        f"#!/bin/sh\ntouch {at_it}\nfor _ in $(seq 300); do test -e {go} && exit 0; sleep 0.1; done\n", encoding="utf-8"
    )
    hook.chmod(0o755)
    try:
        yield at_it
    finally:
        go.touch()


def test_what_is_being_published_is_not_published_twice_nor_renamed_nor_taken_away(root: Path) -> None:
    in_git(root)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        [form] = sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
        sent = {"seen": form.xpath("string(.//input[@name='seen']/@value)")}
        with slow_hook(root) as at_it:
            assert sitter.post(PAGE, sent).status == 303
            assert any(at_it.exists() for _ in trying(30))
            assert not sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
            for path, form in (
                (PAGE, sent),
                (f"/avsnitt/{SLUG}/adress", {"adress": "svar"}),
                (f"/avsnitt/{SLUG}/ta-bort", {"skal": "Ett skäl."}),
            ):
                answer = sitter.post(path, form)
                assert answer.status == 409
                assert "Vänta tills det är" in answer.tree.xpath("string(//*[@role='alert'])")
            assert sitter.post(f"{PAGE}/igen").status == 303
            sitter.change(SLUG, "summary", "Skrivet under tiden.")
        assert "Klart." in wait(sitter)
        assert (root / FILE).is_file()
    assert git(root, "log", "--format=%s") == "Publicera «Exempel: Åtta frågor»\nBegin\n"
    assert "En annan." in git(root, "show", f"HEAD:{FILE}")
    assert Drafts(root, root / ".desk").files() == [FILE]


def test_the_same_form_sent_twice_at_once_publishes_once(root: Path) -> None:
    in_git(root)
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "En annan.")
        [form] = sitter.get(PAGE).tree.xpath("//form[.//input[@name='seen']]")
        sent = {"seen": form.xpath("string(.//input[@name='seen']/@value)")}
        with ThreadPoolExecutor(4) as several:
            answers = [*several.map(lambda _: sitter.post(PAGE, sent).status, range(4))]
        assert sorted(answers) == [303, 409, 409, 409]
        assert "Klart." in wait(sitter)
    assert git(root, "log", "--format=%s") == "Publicera «Exempel: Åtta frågor»\nBegin\n"


def test_taking_theirs_in_keeps_what_was_written_here_since(root: Path) -> None:
    other = with_remote(root)
    elsewhere(other, FILE, "summary: De åtta", "summary: Deras åtta")
    with at_the_desk(root) as sitter:
        sitter.change(SLUG, "summary", "Vår sammanfattning.")
        publish(sitter)
        assert "hann före" in wait(sitter)
        sitter.change(SLUG, "summary", "Vår nyare sammanfattning.")
        sitter.change(SLUG, "title", "Exempel: En nyare rubrik")
        assert sitter.post(f"{PAGE}/ge-plats").status == 303
        assert "Deras åtta" in (root / FILE).read_text(encoding="utf-8")
        page = sitter.get(PAGE).text
        assert "Deras åtta" in page
        assert "Vår nyare sammanfattning." in page
        assert sitter.post(f"{PAGE}/vart").status == 303
        publish(sitter)
        assert "Klart." in wait(sitter)
    text = git(root, "show", f"origin/main:{FILE}")
    assert "summary: Vår nyare sammanfattning." in text
    assert "Exempel: En nyare rubrik" in text


@pytest.mark.parametrize("is_in_git", [False, True])
def test_as_many_versions_are_kept_as_somebody_goes_back_to_and_those_of_git_beside_them(
    root: Path, *, is_in_git: bool
) -> None:
    if is_in_git:
        in_git(root)
    drafts = Drafts(root, root / ".desk")
    before = (root / FILE).read_text(encoding="utf-8")
    for number in range(VERSIONS + 3):
        drafts.write(FILE, before.replace("De åtta", f"De {number}"))
        drafts.save([FILE], who="bo")
        if is_in_git:
            git(root, "commit", "--quiet", "--all", "--message", f"Nummer {number}")
    with at_the_desk(root) as sitter:
        rows = sitter.get(f"/avsnitt/{SLUG}/mer").tree.xpath("//section[@aria-labelledby='var']//li")
        said = [row.text_content() for row in rows]
        assert sum("Innan bo ändrade" in each for each in said) == VERSIONS
        assert sum("Nummer" in each for each in said) == (VERSIONS if is_in_git else 0)
        for row in (rows[0], rows[-1]):
            shown = sitter.get(row.xpath("string(.//a/@href)"))
            assert shown.status == 200


@pytest.mark.parametrize("sign", ["\u2028", "\x0c", "\x85", "\r"])
def test_a_commit_may_be_called_anything(root: Path, sign: str) -> None:
    in_git(root)
    change(root, FILE, "summary: De", "summary: Alla")
    git(root, "commit", "--quiet", "--all", "--message", f"Rad{sign}bruten")
    history = find_history(root)
    assert history
    assert [version.subject for version in history.versions(FILE, most=9)] == [f"Rad{sign}bruten", "Begin"]


@pytest.mark.server
def test_a_site_that_is_built_only_has_what_was_published_or_says_what_was_wrong(
    root: Path, shown: tuple[Host, Ways], monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_the_desk(root, ways=replace(shown[1], build=True)) as sitter:
        sitter.change(SLUG, "title", "Exempel: Nio frågor")
        with monkeypatch.context() as context:
            context.setenv("SITE_URL", "podden")
            publish(sitter)
        told = wait(sitter)
        assert "gick inte" in told
        assert "Traceback" not in told
        assert "SITE_URL" in told
        assert not (root / "site").exists()
        sitter.post(f"{PAGE}/igen")
        told = wait(sitter)
        assert "Klart." in told
    assert "Nio frågor" in (root / f"site/podd/{SLUG}/index.html").read_text(encoding="utf-8")


@pytest.mark.server
def test_a_folder_of_a_server_stays_whole_when_it_cannot_be_put_there_and_has_it_when_asked_again(
    root: Path, shown: tuple[Host, Ways], tmp_path: Path
) -> None:
    host, ways = shown
    www = tmp_path / "www"
    host.answers = Shown(in_folder(www))
    www.mkdir()
    (www / "viktigt.txt").write_text("någon annans", encoding="utf-8")
    with at_the_desk(root, ways=replace(ways, folder=www)) as sitter:
        sitter.change(SLUG, "title", "Exempel: Nio frågor")
        publish(sitter)
        told = wait(sitter)
        assert "viktigt.txt" in told
        assert "Ingenting är publicerat" in told
        assert [path.name for path in www.iterdir()] == ["viktigt.txt"]
        assert "Nio frågor" in (root / FILE).read_text(encoding="utf-8")
        (www / "viktigt.txt").unlink()
        sitter.post(f"{PAGE}/igen")
        told = wait(sitter)
        assert "Syns nu" in told
        assert "Klart." in told
    assert "Nio frågor" in (www / f"podd/{SLUG}/index.html").read_text(encoding="utf-8")


@pytest.mark.server
def test_a_store_that_breaks_half_way_leads_to_nothing_that_is_missing_and_is_filled_when_asked_again(
    root: Path, shown: tuple[Host, Ways], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, ways = shown
    for name, value in {**KEYS, "AWS_EC2_METADATA_DISABLED": "true", "PUBLISH_BUCKET": BUCKET}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with storing() as store:
        store.reset()
        monkeypatch.setenv("PUBLISH_ENDPOINT", store.url)
        host.answers = Shown(lambda name: store.objects().get(name))
        with at_the_desk(root, ways=replace(ways, store=True)) as sitter:
            sitter.change(SLUG, "title", "Exempel: Nio frågor")
            publish(sitter)
            assert "Är det första gången" in wait(sitter)  # no feed is no proof that nothing has been published
            okatakten = Path(sys.executable).with_name("okatakten")
            for command in ("build", "publish"):
                subprocess.run([okatakten, command], cwd=root, check=True, capture_output=True)
            sitter.post(f"{PAGE}/igen")
            assert "Klart." in wait(sitter)

            sitter.change(SLUG, "title", "Exempel: Tio frågor")
            writes = iter(range(3))
            store.break_at = lambda request: (403, "AccessDenied") if request.writes and not next(writes, 0) else None
            publish(sitter)
            told = wait(sitter)
            assert "gick inte" in told
            assert missing(store.objects(), url=f"{host.url}/") == set()
            store.calm()
            sitter.post(f"{PAGE}/igen")
            assert "Klart." in wait(sitter)
        assert b"Tio fr\xc3\xa5gor" in store.objects()[f"podd/{SLUG}/index.html"]
