"""What is different between two versions of a file, in words: for somebody who would not read a diff."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from yaml import MappingNode, ScalarNode, SequenceNode

from okatakten.desk.cues import exact
from okatakten.desk.forms import EPISODE, NOTES, Rows, Sort, Value, body_of, nodes_of, told, values_of
from okatakten.desk.sheets import TITLES, fields_of_file, is_form, is_whole, label
from okatakten.podcast.transcript import parse_transcript
from okatakten.written.text import Problems
from okatakten.written.values import clock

_SPACES: Final = "Bara mellanrum eller kommentarer."
_FEW: Final = 4
"""Of many alike: how many are shown before the rest is counted."""
_LABELS: Final = {field.name: field.label for field in EPISODE} | {
    "former_slugs": "Gamla adresser", "withdrawn": "Borttaget",
    "withdrawn_reason": "Skälet till att det är borttaget", "draft": "Utkast",
}  # fmt: skip
_ENDS: Final = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is different: what it is, as it was and as it is; "" where it was or is nothing.

    `said` is a sentence of it where old beside new would not tell.
    """

    what: str
    old: str = ""
    new: str = ""
    said: str = ""


def differences(file: str, old: str | None, new: str | None) -> list[Difference]:
    """Return what is different between two texts of a file; None is no file."""
    if old == new:
        return []
    name = file.rpartition("/")[2]
    if old is None or new is None:
        return [Difference(what=name, said="Filen är ny." if old is None else "Filen tas bort.")]
    if name.endswith(".vtt"):
        return [*_of_cues(old, new)]
    if name.endswith(".md") and nodes_of(old) and nodes_of(new):
        return [*_of_fields(old, new)] or [Difference(what=name, said=_SPACES)]
    if name.endswith(".yml") and not is_whole(file) and is_form(file, old) and is_form(file, new):
        found = [*_of_pieces(TITLES.get(file, name), _lines(file, old), _lines(file, new), ("uppgift", "uppgifter"))]
        return found or [Difference(what=name, said=_SPACES)]
    return [*_of_pieces(name, old.splitlines(), new.splitlines(), ("rad", "rader"))]


def _lines(file: str, text: str) -> list[str]:
    """Return what a file says in each field and row of its form, with what that is called."""
    fields = [each for each in fields_of_file(file, text) if each.sort not in {Sort.HEAD, Sort.ADD}]
    values = values_of(text, fields)
    said = {each.name: told(each, values[each.name]) for each in fields}
    return [said[each.name] if each.item else f"{each.label}: {said[each.name]}" for each in fields]


def _of_fields(old: str, new: str) -> Iterator[Difference]:
    before, after = nodes_of(old), nodes_of(new)
    was, now = values_of(old), values_of(new)
    for each in EPISODE:
        if each.name == NOTES or was[each.name] == now[each.name]:
            continue
        if each.sort is Sort.ROWS:
            yield from _of_rows(each.label, was[each.name], now[each.name])
        else:
            yield Difference(what=each.label, old=_said(was[each.name]), new=_said(now[each.name]))
    yield from _of_chapters(_chapters(before.get("chapters")), _chapters(after.get("chapters")))
    for name in sorted((before.keys() | after.keys()) - {each.name for each in EPISODE} - {"chapters"}):
        one, other = _plain(before.get(name)), _plain(after.get(name))
        if one != other:
            yield Difference(what=_LABELS.get(name) or label(name), old=one, new=other)
    one, other = body_of(old), body_of(new)
    if one != other:
        yield from _of_pieces("Texten", _ENDS.split(one), _ENDS.split(other), ("mening", "meningar"))


def _of_rows(label: str, old: Value, new: Value) -> Iterator[Difference]:
    was, now = ([", ".join(row.values()) for row in rows] for rows in (_rows(old), _rows(new)))
    gone, come = [row for row in was if row not in now], [row for row in now if row not in was]
    for one, other in zip(gone, come, strict=False):
        yield Difference(what=label, old=one, new=other)
    for one in gone[len(come) :]:
        yield Difference(what=label, said=f"«{one}» tas bort.")
    for other in come[len(gone) :]:
        yield Difference(what=label, said=f"«{other}» är ny.")
    if not gone and not come:
        yield Difference(what=label, said="Ordningen är en annan.")


def _of_chapters(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> Iterator[Difference]:
    """Yield what became of chapters: each is its start and its title."""
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    for start, title in come:
        what = f"Kapitlet vid {start}"
        if moved := next((one for one in gone if one[1] == title), None):
            gone.remove(moved)
            yield Difference(what=what, said=f"«{title}» är flyttat. Det började vid {moved[0]}.")
        elif renamed := next((one for one in gone if one[0] == start), None):
            gone.remove(renamed)
            yield Difference(what=what, old=renamed[1], new=title)
        else:
            yield Difference(what=what, said=f"«{title}» är nytt.")
    for start, title in gone:
        yield Difference(what=f"Kapitlet vid {start}", said=f"«{title}» tas bort.")


def _of_cues(old: str, new: str) -> Iterator[Difference]:
    was, now = ([*parse_transcript(text.removeprefix("\ufeff"), Problems("", []))] for text in (old, new))
    named = Counter(
        (one.speaker, other.speaker)
        for one, other in zip(was, now, strict=False)
        if len(was) == len(now) and one.text == other.text and one.speaker != other.speaker
    )
    for (one, other), count in named.items():
        yield Difference(what="Talare", old=one or "ingen", new=other or "ingen", said=_count(count, "rad", "rader"))
    texts = [[f"{cue.text}" for cue in cues] for cues in (was, now)]
    yield from _of_pieces("Textversionen", texts[0], texts[1], ("rad", "rader"), at=[clock(cue.start) for cue in now])
    if texts[0] == texts[1] and not named:
        moved = sum((one.start, one.end) != (other.start, other.end) for one, other in zip(was, now, strict=True))
        said = f"Tiden är ändrad för {_count(moved, 'rad', 'rader')}." if moved else ""
        yield Difference(what="Textversionen", said=said or _of_the_note(old, new) or _SPACES)


def _of_the_note(old: str, new: str) -> str:
    """Return what became of the note that times are approximate, "" where nothing did."""
    was, now = old != exact(old), new != exact(new)
    if was == now:
        return ""
    return "Tiderna står som ungefärliga." if now else "Tiderna står inte längre som ungefärliga."


def _of_pieces(
    what: str, old: Sequence[str], new: Sequence[str], words: tuple[str, str], *, at: Sequence[str] = ()
) -> Iterator[Difference]:
    """Yield the first few places where pieces of a text differ, and how many more there are."""
    found = [each for each in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if each[0] != "equal"]
    for _, first, last, start, end in found[:_FEW]:
        place = f"{what}, vid {at[start]}" if start < len(at) else what
        yield Difference(what=place, old=_short(old[first:last]), new=_short(new[start:end]))
    more = sum(max(last - first, end - start) for _, first, last, start, end in found[_FEW:])
    if more:
        yield Difference(what=what, said=f"Ytterligare {_count(more, *words)} är ändrade.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _short(pieces: Sequence[str]) -> str:
    text = " ".join(" ".join(pieces).split())
    return text if len(text) <= 300 else f"{text[:300].rpartition(' ')[0]} …"


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _rows(value: Value) -> Rows:
    assert isinstance(value, tuple)
    return tuple(row for row in value if not isinstance(row, str))


def _chapters(node: object) -> list[tuple[str, str]]:
    items = node.value if isinstance(node, SequenceNode) else []
    maps = [item for item in items if isinstance(item, MappingNode)]
    fields = [{str(key.value): _plain(value) for key, value in item.value} for item in maps]
    return [(each.get("start", ""), each.get("title", "")) for each in fields]


def _plain(node: object) -> str:
    """Return a value as somebody would say it."""
    if isinstance(node, SequenceNode):
        return ", ".join(map(_plain, node.value))
    if isinstance(node, MappingNode):
        return ", ".join(_plain(value) for _, value in node.value)
    return str(node.value).strip() if isinstance(node, ScalarNode) else ""
