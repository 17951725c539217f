"""Putting out what is written: saved, in the history, sent, built, and seen by the public, step by step.

What has been done is kept in a file, so that it is known when the program has been ended in between, and can be gone on
with. Each step may be taken twice.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from html import unescape
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from okatakten.addresses import FEED, SettingError, read_public_site
from okatakten.desk.drafts import ConflictError, Drafts
from okatakten.desk.guard import Person
from okatakten.desk.history import BothChangedError, GitError, find_history
from okatakten.disk.write import write_atomically
from okatakten.fetching import FetchError, Reach, fetch_bytes
from okatakten.written.machine import MACHINE_ERRORS, explain
from okatakten.written.problems import Kind

_PAGE: Final = 4 * 2**20


_NOT_FETCHED: Final = {
    Kind.FETCH_NOT_FOUND: "Sidan finns inte på adressen än.",
    Kind.FETCH_NO_CONNECTION: "Servern svarar inte. Se om du har nät, och om adressen är rätt.",
}
_REFUSED: Final = "Git tog inte emot det."
_OF_GIT: Final = {
    "could not resolve|connection (refused|timed out|reset|closed)|failed to connect|couldn't connect|timed out|"
    "unreachable|no route to host": (
        "Servern där projektet finns svarar inte. Det är sparat här. Se om du har nät, och tryck på Fortsätt igen."
    ),
    "host key verification failed": (
        "Datorn känner inte igen servern där projektet finns, och skickade därför ingenting. Det är sparat här. Be den "
        "som sköter Git att titta på det."
    ),
    r"permission denied|permission to .* denied|authentication failed|could not read (username|password)|"
    r"not allowed to push|access denied|\b40[13]\b|repository .*not found": (
        "Servern där projektet finns släpper inte in skrivbordet: inloggningen saknas eller gäller inte längre. Det är "
        "sparat här. Be den som sköter Git om rätt att skicka, och tryck på Fortsätt igen."
    ),
    r"protected branch|\bGH0(06|13)\b": (
        "Grenen är skyddad på servern: den tar inte emot något direkt. Det är sparat här. Be den som sköter Git att "
        "släppa fram skrivbordet, och tryck på Fortsätt igen."
    ),
    "hook declined|remote rejected": (
        "Servern där projektet finns tog inte emot det. Det är sparat här. Rätta det som den säger, eller be den som "
        "sköter Git att titta på det."
    ),
}
"""What somebody who knows no Git is told of what it complains of; the first that fits."""
_AS_BEFORE: Final = (
    "Sidan ser ut som förut. Servern kan visa en kopia som den har sparat, eller så är det som ändrades inget som syns "
    "på sidan."
)


class Step(StrEnum):
    """What is done one after the other, as the page says it."""

    SAVED = "Sparat"
    NOTED = "I historiken"
    SHARED = "Skickat till Git"
    BUILT = "Byggt"
    SENT = "Skickat"
    SEEN = "Syns nu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What happens when something has been saved: what the one who set up the desk has chosen.

    `build` only, or also into the `folder` that a web server shows, or into an object `store`. `reach` is what may be
    asked whether the public sees it, every `pause` seconds, for the `patience` in which a host that builds by itself
    has shown what it was sent.
    """

    build: bool = False
    folder: Path | None = None
    store: bool = False
    reach: Reach = field(default_factory=lambda: Reach(allow_private=True))
    pause: float = 10
    patience: float = 60 * 60

    def commands(self, step: Step, *, url: str) -> Iterator[list[str]]:
        """Yield what is run in a step: what somebody at a terminal would type."""
        okatakten = str(Path(sys.executable).with_name("okatakten"))
        if step is Step.BUILT:
            yield [okatakten, "build", *(["--published", f"{url}{FEED}"] if self.store and url else [])]
        elif step is Step.SENT and self.folder:
            yield [sys.executable, "-m", "deploy", "folder", str(self.folder)]
        elif step is Step.SENT:
            yield [okatakten, "publish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is put out, and how far it has come. `done` are steps with the time of each.

    `page` is the address where the public sees it, relative to the site, `words` what stands there then, and `before`
    stands for what was there. `agreed` stands for the files as they were looked at and checked. `wrong` says why it
    goes no further, `both` are files that others have changed, too.
    """

    key: str
    subject: str
    who: str
    files: tuple[str, ...]
    steps: tuple[str, ...]
    done: tuple[tuple[str, str], ...] = ()
    page: str = ""
    words: str = ""
    before: str = ""
    agreed: str = ""
    wrong: str = ""
    both: tuple[str, ...] = ()

    @property
    def left(self) -> list[str]:
        """The steps that are not taken yet."""
        taken = {name for name, _ in self.done}
        return [step for step in self.steps if step not in taken]

    def when(self, step: str) -> datetime | None:
        return next((datetime.fromisoformat(at) for name, at in self.done if name == step), None)


class Sender:
    """Takes the steps, for one thing at a time; who only waits for the public page is in nobody's way."""

    def __init__(self, drafts: Drafts, *, ways: Ways, is_owner: bool) -> None:
        self.drafts, self.root, self.ways, self.is_owner = drafts, drafts.root, ways, is_owner
        self.folder = drafts.folder / "sending"
        self._working = Lock()
        self._at_work: dict[str, object] = {}

    def steps(self, *, seen: bool) -> tuple[str, ...]:
        """Return the steps that something takes here; `seen`: the public is to see it at once."""
        steps = [Step.SAVED]
        with suppress(GitError):
            if history := find_history(self.root):
                steps += [Step.NOTED, *([Step.SHARED] if history.upstream() else [])]
        steps += [Step.BUILT] if self.ways.build or self.ways.store else []
        steps += [Step.SENT] if self.ways.folder or self.ways.store else []
        is_sent = Step.SENT in steps or Step.SHARED in steps
        return (*steps, *([Step.SEEN] if seen and is_sent and self.url() else []))

    @staticmethod
    def url() -> str:
        """Return the address of the public site; "" where there is none."""
        with suppress(SettingError):
            return read_public_site(os.environ).url
        return ""

    def state(self, key: str) -> Sending | None:
        """Return how far something has come that was put out last."""
        with suppress(OSError, ValueError, TypeError):
            kept = json.loads((self.folder / f"{key}.json").read_bytes())
            many = {name: tuple(kept[name]) for name in ("files", "steps", "both")}
            return Sending(**kept | many | {"done": tuple((str(a), str(b)) for a, b in kept["done"])})
        return None

    def is_at_work(self, key: str) -> bool:
        return key in self._at_work

    def is_busy(self, key: str) -> bool:
        """Return whether something is being done that must not be done twice: who only waits to see it gives way."""
        return self.is_at_work(key) and ((sending := self.state(key)) is None or sending.left != [Step.SEEN])

    def forget(self, key: str) -> None:
        (self.folder / f"{key}.json").unlink(missing_ok=True)

    def start(self, sending: Sending, person: Person) -> bool:
        """Begin, or go on where it stopped. Returns at once: False where it is not what was agreed to."""
        with self.drafts.one_at_a_time():
            if self.is_busy(sending.key):
                return True
            agreed = self.drafts.stands_for(sending.files, is_saved=Step.SAVED not in sending.left)
            if sending.agreed not in {"", agreed} and not {Step.SAVED, Step.NOTED}.isdisjoint(sending.left):
                self.forget(sending.key)
                return False
            self._keep(sending := replace(sending, agreed=sending.agreed or agreed, wrong="", both=()))
            if Step.SAVED in sending.left:
                # Now, as it was looked at and checked: what is written while others have their turn is not meant.
                try:
                    self.drafts.save([*sending.files], who=sending.who)
                except (ConflictError, *MACHINE_ERRORS) as error:
                    self._keep(replace(sending, wrong=why(error)))
                    return True
                self._keep(sending := _with(sending, Step.SAVED))
            turn = self._at_work[sending.key] = object()
            Thread(target=self._work, args=(sending.key, person, turn), daemon=True).start()
            return True

    def _keep(self, sending: Sending) -> None:
        write_atomically(self.folder / f"{sending.key}.json", json.dumps(asdict(sending), ensure_ascii=False).encode())

    def _work(self, key: str, person: Person, turn: object) -> None:
        sending = self.state(key)
        assert sending
        try:
            with self._working:
                if sending.page and not sending.before:
                    sending = replace(sending, before=self._before(sending))
                for step in [step for step in sending.left if step != Step.SEEN]:
                    self._take(Step(step), sending, person)
                    sending = _with(sending, step)
                    self._keep(sending)
            if sending.left:
                sending = self._look(sending, turn)
        except (BothChangedError, GitError, _NotDoneError, *MACHINE_ERRORS) as error:
            sending = replace(sending, wrong=why(error), both=getattr(error, "files", ()))
        finally:
            if self._at_work.get(key) is turn:
                with suppress(OSError):  # where the disk is full, it is gone on with from what was kept last
                    self._keep(sending)
                del self._at_work[key]

    def _take(self, step: Step, sending: Sending, person: Person) -> None:
        history = find_history(self.root)
        own = None if self.is_owner and history and history.knows_who() else person
        if step is Step.NOTED and history:
            if self.drafts.stands_for(sending.files, is_saved=True) != sending.agreed:
                raise ConflictError(sending.files[0])
            history.commit(sending.files, person=own, subject=sending.subject)
        elif step is Step.SHARED and history:
            history.push(person=own)
        else:
            for command in self.ways.commands(step, url=self.url()):
                _run(command, self.root)

    def _look(self, sending: Sending, turn: object) -> Sending:
        """Wait until the public page shows what was sent, and keep why it does not. Gives way to a new beginning."""
        for _ in range(int(self.ways.patience / self.ways.pause)):
            wrong = self._why_not_shown(sending)
            with self.drafts.one_at_a_time():
                if self._at_work.get(sending.key) is not turn:
                    break
                if wrong != sending.wrong:
                    self._keep(sending := replace(sending, wrong=wrong))
            if not wrong:
                return _with(sending, Step.SEEN)
            time.sleep(self.ways.pause)
        return sending

    def _why_not_shown(self, sending: Sending) -> str:
        try:
            public = self._public(sending)
        except FetchError as error:
            return f"{self.url()}{sending.page} går inte att hämta. {_NOT_FETCHED.get(error.kind, error)}"
        return why_not_shown(public, sending, built=self._built(sending))

    def _public(self, sending: Sending) -> bytes:
        return fetch_bytes(self.url() + sending.page, limit=_PAGE, reach=self.ways.reach)

    def _before(self, sending: Sending) -> str:
        with suppress(FetchError):
            return _stands_for(self._public(sending))
        return "-"

    def _built(self, sending: Sending) -> bytes:
        with suppress(OSError):
            if Step.BUILT in sending.steps or Step.SENT in sending.steps:
                return (self.root / "site" / sending.page / "index.html").read_bytes()
        return b""


class _NotDoneError(Exception):
    """A step could not be taken; the text says why in Swedish."""


def why(error: Exception) -> str:
    """Return why something goes no further."""
    match error:
        case BothChangedError():
            return "Någon annan har ändrat samma sak och hann före."
        case ConflictError():
            return f"{error.theirs} har ändrats i projektet under tiden."
        case GitError():
            said = str(error)
            advised = next((text for told, text in _OF_GIT.items() if re.search(told, said, re.IGNORECASE)), _REFUSED)
            return f"{advised} Git säger:\n{said_by_git(said)}"
        case _NotDoneError():
            return str(error)
    return explain(error)


def why_not_shown(public: bytes, sending: Sending, *, built: bytes) -> str:
    """Return why a public page is not the one that was sent; "" for what was built here, or another with the words."""
    text = unescape(re.sub(r"<[^>]*>|\xad", "", public.decode(errors="replace")))
    if sending.words not in " ".join(text.split()):
        return f"Sidan säger inte «{sending.words}» än."
    return _AS_BEFORE if public != built and _stands_for(public) == sending.before else ""


def said_by_git(complaint: str) -> str:
    """Return what Git complains of, the words of a server first: a hook says there what it does not take."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rest = [line for line in lines if not line.startswith(("remote:", "hint:"))]
    return "\n".join([*filter(None, remote), *rest][:12])


def _with(sending: Sending, step: str) -> Sending:
    return replace(sending, done=(*sending.done, (str(step), datetime.now(UTC).isoformat(timespec="seconds"))))


def _stands_for(page: bytes) -> str:
    return sha256(page).hexdigest()


def _run(command: list[str], root: Path) -> None:
    """Run a command in the project. Raises _NotDoneError with what it says."""
    done = subprocess.run(  # noqa: S603 -- a list, and no shell
        command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stderr + done.stdout).decode("utf-8", errors="replace").strip()
        raise _NotDoneError(said[-4000:] or "Kommandot stannade utan att säga varför.")
