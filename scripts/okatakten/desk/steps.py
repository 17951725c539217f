"""What has been done at the desk, step by step, and taken back by whoever did it, whatever others have done since.

The steps of a file are kept in `.desk/steps/` under its name, so that they can be taken back when the desk has been
started again, and when the file has been published.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from okatakten.desk.cues import RefusedError, alike
from okatakten.desk.drafts import Drafts
from okatakten.disk.write import write_atomically

MOST: Final = 200
"""Steps of a file that are kept."""
_LARGEST: Final = 2 * 10**6
"""Letters of all steps of a file: a step may be a whole transcript."""


@dataclass(slots=True, kw_only=True)
class Step:
    """`old` became `new` at a place of a file. `undoes`: the number of the step that this takes back, 0 for none.

    `does`: it does something, or does it again; the others take something back. `taken`: it is taken back.
    """

    number: int
    at: int
    old: str
    new: str
    who: str
    undoes: int = 0
    does: bool = True
    taken: bool = False


@dataclass(slots=True)
class Steps:
    """The steps of one file, up to `text`."""

    text: str | None = None
    steps: list[Step] = field(default_factory=list)

    def note(self, before: str, after: str, *, who: str, undoes: Step | None = None) -> None:
        """Note that somebody has changed the file. What has happened to it in other ways is nobody's step."""
        for one, other, whose, back in ((self.text, before, "", None), (before, after, who, undoes)):
            if one is not None and one != other:
                start, kept = alike(one, other)
                old, new = one[start : len(one) - kept], other[start : len(other) - kept]
                number = self.steps[-1].number + 1 if self.steps else 1
                self.steps.append(Step(
                    number=number, at=start, old=old, new=new, who=whose, undoes=back.number if back else 0,
                    does=not (back and back.does),
                ))  # fmt: skip
        self.text = after
        del self.steps[:-MOST]
        while sum(len(step.old) + len(step.new) for step in self.steps) > _LARGEST:
            del self.steps[0]

    def can(self, who: str, *, again: bool = False) -> Step | None:
        """Return the step that somebody would take back now, or do again."""
        for step in reversed(self.steps):
            if step.who != who or step.taken:
                continue
            if step.does is not again:
                return step
            if again and not step.undoes:
                return None
        return None

    def back(self, text: str, *, who: str, again: bool = False) -> str:
        """Return the file with one's last step taken back, or done again. RefusedError: the place has changed since."""
        self.note(text, text, who=who)
        step = self.can(who, again=again)
        if step is None:
            raise RefusedError
        at = step.at
        since: dict[int, Step] = {}
        for later in self.steps[self.steps.index(step) + 1 :]:
            if since.pop(later.undoes, None) is None:
                since[later.number] = later
        for later in since.values():
            if later.at + len(later.old) < at:
                at += len(later.new) - len(later.old)
            elif later.at <= at + len(step.new):
                raise RefusedError
        if text[at : at + len(step.new)] != step.new:
            raise RefusedError
        after = text[:at] + step.old + text[at + len(step.new) :]
        self.note(text, after, who=who, undoes=step)
        step.taken = True
        return after


def read_steps(path: Path) -> Steps:
    """Return the steps that are kept of a file; none where they cannot be read: the file itself is not in them."""
    try:
        kept = json.loads(path.read_bytes())
        return Steps(text=kept["text"], steps=[Step(**step) for step in kept["steps"]])
    except (OSError, ValueError, KeyError, TypeError):
        return Steps()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a change has made of a text. `number`: the row that it was about, or that came of it; `said`: more of it."""

    before: str
    after: str
    number: int = 0
    said: Sequence[str] = ()


def take_step(drafts: Drafts, file: str, op: str, make: Callable[[str], Made], *, who: str) -> Made:
    """Change a file as it is being written, or take one's own last step back, or do it again.

    Raises what `make` does, and RefusedError where there is nothing to take back.
    """
    with drafts.one_at_a_time():
        path, text = drafts.folder / "steps" / file, drafts.text(file) or ""
        steps = read_steps(path)
        if op in {"undo", "redo"}:
            made = Made(before=text, after=steps.back(text, who=who, again=op == "redo"))
        else:
            made = make(text)
            steps.note(text, made.after, who=who)
        if made.after != text:
            drafts.write(file, made.after)
            with suppress(OSError):  # what is written is kept, if not the way back
                write_atomically(path, json.dumps(asdict(steps)).encode())
        return made
