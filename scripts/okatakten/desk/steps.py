"""What has been done at the desk, step by step, and taken back by whoever did it, whatever others have done since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from okatakten.desk.cues import RefusedError, alike

MOST: Final = 200
"""Steps of a file that are kept, while the desk runs."""


@dataclass(slots=True, kw_only=True, eq=False)
class Step:
    """`old` became `new` at a place of a file. `undoes`: the step that this takes back; `taken`: it is taken back."""

    at: int
    old: str
    new: str
    who: str
    undoes: Step | None = None
    taken: bool = False

    @property
    def is_done(self) -> bool:
        """Whether this does something, or does it again; the others take something back."""
        return self.undoes is None or not self.undoes.is_done


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
                self.steps.append(Step(at=start, old=old, new=new, who=whose, undoes=back))
        self.text = after
        del self.steps[:-MOST]

    def can(self, who: str, *, again: bool = False) -> Step | None:
        """Return the step that somebody would take back now, or do again."""
        for step in reversed(self.steps):
            if step.who != who or step.taken:
                continue
            if step.is_done is not again:
                return step
            if again and step.undoes is None:
                return None
        return None

    def back(self, text: str, *, who: str, again: bool = False) -> str:
        """Return the file with one's last step taken back, or done again. RefusedError: the place has changed since."""
        self.note(text, text, who=who)
        step = self.can(who, again=again)
        if step is None:
            raise RefusedError
        at = step.at
        since: list[Step] = []
        for later in self.steps[self.steps.index(step) + 1 :]:
            if later.undoes in since:
                since.remove(later.undoes)
            else:
                since.append(later)
        for later in since:
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
