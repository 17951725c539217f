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
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from html import unescape
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from okatakten.addresses import FEED, SettingError, read_public_site
from okatakten.desk.drafts import ConflictError, Drafts
from okatakten.desk.guard import Person
from okatakten.desk.history import BothChangedError, GitError, find_history
from okatakten.disk.write import write_atomically
from okatakten.fetching import FetchError, Reach, fetch_bytes
from okatakten.written.machine import MACHINE_ERRORS, explain

_PAGE: Final = 4 * 2**20
_PATIENCE: Final = 60 * 60
"""Seconds in which a host that builds by itself has shown what it was sent."""


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
    asked whether the public sees it, every `pause` seconds.
    """

    build: bool = False
    folder: Path | None = None
    store: bool = False
    reach: Reach = field(default_factory=lambda: Reach(allow_private=True))
    pause: float = 10

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
        self._ended = Event()

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

    def end(self) -> None:
        """Wait for nothing any more."""
        self._ended.set()

    def _keep(self, sending: Sending) -> None:
        write_atomically(self.folder / f"{sending.key}.json", json.dumps(asdict(sending), ensure_ascii=False).encode())

    def _work(self, key: str, person: Person, turn: object) -> None:
        sending = self.state(key)
        assert sending
        try:
            with self._working:
                if sending.page and not sending.before:
                    sending = replace(sending, before=_stands_for(self._public(sending)))
                for step in [step for step in sending.left if step != Step.SEEN]:
                    self._take(Step(step), sending, person)
                    sending = _with(sending, step)
                    self._keep(sending)
            if sending.left and self._is_seen(sending, turn):
                sending = _with(sending, Step.SEEN)
        except (BothChangedError, GitError, _NotDoneError, *MACHINE_ERRORS) as error:
            sending = replace(sending, wrong=why(error), both=getattr(error, "files", ()))
        finally:
            if self._at_work.get(key) is turn:
                self._keep(sending)
                del self._at_work[key]

    def _take(self, step: Step, sending: Sending, person: Person) -> None:
        history = find_history(self.root)
        own = None if self.is_owner and history and history.knows_who() else person
        if step is Step.NOTED and history:
            history.commit(sending.files, person=own, subject=sending.subject)
        elif step is Step.SHARED and history:
            history.push(person=own)
        else:
            for command in self.ways.commands(step, url=self.url()):
                _run(command, self.root)

    def _is_seen(self, sending: Sending, turn: object) -> bool:
        """Wait until the public page shows what was sent. Raises _NotDoneError when that takes too long."""
        for _ in range(int(_PATIENCE / self.ways.pause)):
            if is_shown(self._public(sending), sending, built=self._built(sending)):
                return True
            if self._ended.wait(self.ways.pause) or self._at_work.get(sending.key) is not turn:
                return False
        raise _NotDoneError(f"Det är skickat, men syns inte på {self.url()}{sending.page} än. Vänta, och titta igen.")

    def _public(self, sending: Sending) -> bytes:
        with suppress(FetchError):
            return fetch_bytes(self.url() + sending.page, limit=_PAGE, reach=self.ways.reach)
        return b""

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
            return f"{error.theirs} har ändrats i projektet medan du skrev."
        case GitError():
            return f"Git tog inte emot det. Git säger:\n{said_by_git(str(error))}"
        case _NotDoneError():
            return str(error)
    return explain(error)


def is_shown(public: bytes, sending: Sending, *, built: bytes) -> bool:
    """Return whether a public page is the one that was sent: what was built here, or another one with the words."""
    if not public:
        return False
    text = unescape(re.sub(r"<[^>]*>|\xad", "", public.decode(errors="replace")))
    has_words = sending.words in " ".join(text.split())
    return has_words and (public == built or _stands_for(public) != sending.before)


def said_by_git(complaint: str) -> str:
    """Return what Git complains of, the words of a server first: a hook says there what it does not take."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rest = [line for line in lines if not line.startswith(("remote:", "hint:"))]
    return "\n".join([*filter(None, remote), *rest][:12])


def _with(sending: Sending, step: str) -> Sending:
    return replace(sending, done=(*sending.done, (str(step), datetime.now(UTC).isoformat(timespec="seconds"))))


def _stands_for(page: bytes) -> str:
    return sha256(page).hexdigest() if page else "-"


def _run(command: list[str], root: Path) -> None:
    """Run a command in the project. Raises _NotDoneError with what it says."""
    done = subprocess.run(  # noqa: S603 -- a list, and no shell
        command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stderr + done.stdout).decode("utf-8", errors="replace").strip()
        raise _NotDoneError(said[-4000:] or "Kommandot stannade utan att säga varför.")
