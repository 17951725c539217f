"""The desk sends what was published at it to a Git server over SSH."""

from __future__ import annotations

import getpass
import os
import socket
import time
from pathlib import Path
from typing import Final

from bench.server import free_ports
from okatakten.desk.history import GitError, find_history
from okatakten.desk.sending import why
from parts.part import Ground, Part, hold, run, running, wait_for

SSHD: Final = "/usr/sbin/sshd"
SOON: Final = 20
"""Seconds within which somebody is to know that nothing was sent."""
SETTINGS: Final = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/known.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication yes
"""


def send(ground: Ground) -> str:
    folder, (port,) = ground.folder, free_ports(1)
    for name in ("host", "known", "stranger"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name)
    (folder / "sshd").write_text(SETTINGS.format(port=port, folder=folder), encoding="utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it, and Debian makes it when the machine starts
    project, remote = lay_out(folder)
    run("git", "-C", project, "remote", "set-url", "origin", f"ssh://{getpass.getuser()}@127.0.0.1:{port}{remote}")
    known = f"-o UserKnownHostsFile={folder}/hosts"
    with running(SSHD, "-D", "-f", folder / "sshd"):
        wait_for(port)
        refuse(project, f"-i {folder}/known", "känner inte igen servern")
        (folder / "hosts").write_text(
            f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text('utf-8')}", encoding="utf-8"
        )
        refuse(project, f"-i {folder}/stranger {known}", "släpper inte in")
        hold(send_with(project, f"-i {folder}/known {known}"), "", "what Git says")
    hold(head(remote), head(project), "the commit that the server has")
    refuse(project, f"-i {folder}/known {known}", "svarar inte")
    with socket.create_server(("127.0.0.1", port)):  # takes the call, and never says a word
        refuse(project, f"-i {folder}/known {known}", "svarar inte")
    return f"sent with the key; a stranger's key, an unknown server and a silent one are told of within {SOON} s"


def lay_out(folder: Path) -> tuple[Path, Path]:
    """Return a project with a commit that nobody else has, and where it is to go."""
    project, remote = folder / "project", folder / "remote.git"
    run("git", "init", "--quiet", "--initial-branch=main", project)
    (project / "mkdocs.yml").write_text("site_name: Prov\n", encoding="utf-8")
    who = ["-c", "user.name=Prov", "-c", "user.email=prov@example.org"]
    run("git", "-C", project, "add", ".")
    run("git", "-C", project, *who, "commit", "--quiet", "--message", "Första")
    run("git", "clone", "--quiet", "--bare", project, remote)
    run("git", "-C", project, "remote", "add", "origin", remote)
    run("git", "-C", project, "push", "--quiet", "--set-upstream", "origin", "main")
    run("git", "-C", project, *who, "commit", "--quiet", "--allow-empty", "--message", "Andra")
    return project, remote


def head(repository: Path) -> str:
    return run("git", "-C", repository, "rev-parse", "main").strip()


def refuse(project: Path, options: str, sentence: str) -> None:
    """Hold that nothing is sent, and that the desk says why, soon."""
    began = time.monotonic()
    said = send_with(project, options)
    hold((sentence in said, time.monotonic() - began < SOON), (True, True), f"«{sentence}» soon, and it says «{said}»")


def send_with(project: Path, options: str) -> str:
    """Return what the desk says when the push fails, and nothing when it goes through."""
    history = find_history(project)
    assert history
    run("git", "-C", project, "config", "core.sshCommand", f"ssh -F none -o IdentitiesOnly=yes {options}")
    try:
        history.push(person=None)
    except GitError as error:
        return why(error)
    return ""


PARTS = (Part(name="Git over OpenSSH", command=[SSHD, "-V"], apt="openssh-server openssh-client git", check=send),)
