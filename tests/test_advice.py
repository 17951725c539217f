"""The sentences of the package: all in one place, each of them used, plain, and filled in when it is said."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Final

import pytest

from okatakten.written.advice import Asked, Hint, Reason, ReasonError, Text, did_you_mean
from okatakten.written.problems import Kind
from support import PROJECT

PACKAGE = PROJECT / "scripts/okatakten"
ADVICE = "written/advice.py"
OUTSIDE: Final = (ADVICE, "commands/", "desk/")
"""Where Swedish stands: all of it in one module, but for what the commands and the desk say of themselves."""
WORDS: Final = {
    "importing/times.py": {"_MONTHS", "_WEEKDAYS"},
    "making/captions/names.py": {"NO_LABELS", "NO_NAMES"},
    "making/captions/table.py": {"HEADINGS"},
    "reach/wording.py": {
        "FEWER",
        "HEADS",
        "LINE_COLUMNS",
        "OUTCOME_WORDS",
        "PEOPLE_WORDS",
        "PICTURE_WORDS",
        "REPORT_WORDS",
        "SORT_WORDS",
        "TABLE_WORDS",
        "TIMES_WORDS",
        "TITLE_WORDS",
        "WAY_COLUMNS",
        "WEEK_COLUMNS",
    },
    "rules.py": {"CROP_WORDS", "EVENT_STATUSES", "ROLE_WORDS", "SHOW_TYPES", "STATUSES", "VISUALS"},
    "site/county.py": {"PLACES"},
    "site/inserts.py": {"FIGURES", "INSERTS", "NEEDS"},
    "translating/tables.py": {"COLUMNS", "SHEET"},
    "words/segments.py": {"NOTE_LABELS"},
    "words/translations.py": {"FOREIGN_LETTERS"},
    "written/garbled.py": {"_LETTERS"},
}
"""Words that people write and code reads, by the constant that has them: those are no sentences, and stay by the code
that knows them. So do patterns, and examples of right values (`example`, `…_EXAMPLE`)."""
SWEDISH: Final = re.compile(
    r"(?i)[åäö]| (?:avsnitte?t?|den|det|eller|ett|filen|finns|inga|inte|och|ska|skriv|som) |^(?:den|det|skriv|ta) "
)
SENTENCES: Final[tuple[type[StrEnum], ...]] = (Hint, Reason, Asked, Text)


@cache
def tree_of(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text(encoding="utf-8"))


FILES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]


def named(node: ast.AST) -> str:
    """Return the name that a statement or an argument gives to a value, or "" where it gives none."""
    if isinstance(node, ast.keyword):
        return node.arg or ""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")


def said_in(node: ast.AST) -> list[ast.AST]:
    """Return what stands below a node, but for what nobody is told: docstrings, patterns, examples of right values."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []
    if named(node).upper().endswith("EXAMPLE"):
        return []
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
        return [*node.args[1:], *node.keywords]
    return list(ast.iter_child_nodes(node))


def swedish(node: ast.AST, *, words: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Yield all Swedish below a node, with its line, but for what has one of the names in `words`."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "…".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
    if SWEDISH.search(text):
        assert isinstance(node, ast.expr)
        yield node.lineno, text
    below = said_in(node) if named(node) not in words else []
    for child in below:
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from swedish(child, words=words)


def test_every_swedish_sentence_stands_in_one_place() -> None:
    misplaced = [
        f"{file}:{line}: {text!r} is Swedish: name it in {ADVICE}, and say only which it is."
        for file in FILES
        if not file.startswith(OUTSIDE)
        for line, text in swedish(tree_of(file), words=WORDS.get(file, ()))
    ]
    assert not misplaced, "\n".join(misplaced)


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in WORDS.items() for name in sorted(names)])
def test_words_that_stay_where_they_are_read_are_swedish(file: str, name: str) -> None:
    (statement,) = (node for node in tree_of(file).body if named(node) == name)
    assert list(swedish(statement))


@pytest.mark.parametrize("enum", [Kind, *SENTENCES], ids=lambda enum: enum.__name__)
def test_every_sentence_is_said_somewhere(enum: type[StrEnum]) -> None:
    # did_you_mean says this one, in the module of the sentences itself.
    said = {"MEANT"} if enum is Hint else set()
    for file in FILES:
        # Where they are listed, worded, or only counted up.
        if file in {ADVICE, "written/problems.py"} or (enum is Kind and file == "written/report.py"):
            continue
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == enum.__name__:
                said.add(node.attr)
    assert not set(enum.__members__) - said


@pytest.mark.parametrize("enum", SENTENCES, ids=lambda enum: enum.__name__)
def test_every_sentence_is_plain_and_swedish(enum: type[StrEnum]) -> None:
    for sentence in enum:
        said = sentence if sentence.name == "TABLE_GUIDE" else sentence.format_map(Example())
        assert said.strip()
        assert not re.search(r"(?i)\b(?:the|error|invalid|missing|please|not|field|value)\b", said), said
        assert not re.search(r"(?i)ogiltig|felaktig|vänligen|tyvärr|glömt", said), said
        # A sentence, or what to write after a colon.
        assert enum is not Reason or said.endswith((".", "?")) or ":" in said, said


class Example(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "EXEMPEL"


def named_in(sentence: str) -> set[str]:
    """Return what a sentence is filled in with."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def filled_in(call: ast.Call) -> StrEnum | None:
    """Return the sentence that a call fills in: `Hint.CHOOSE.format(…)`, or `SettingError(Reason.NOT_AN_EPOCH, …)`."""
    function = ast.unparse(call.func)
    raised = ast.unparse(call.args[0]) if function.endswith("Error") and call.args else ""
    enum, _, name = (function.removesuffix(".format") if function.endswith(".format") else raised).partition(".")
    return next((found[name] for found in SENTENCES if found.__name__ == enum and name in found.__members__), None)


def test_a_sentence_is_given_just_what_it_names() -> None:
    calls = [(file, node) for file in FILES for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]
    said = [(file, call, sentence) for file, call in calls if (sentence := filled_in(call)) is not None]
    assert len(said) > len(Reason)
    wrong = [
        f"{file}:{call.lineno}: {sentence!r} is filled in with other names."
        for file, call, sentence in said
        if {keyword.arg for keyword in call.keywords} != named_in(sentence)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_a_store_does_not_do_is_said_with_what_every_refusal_knows() -> None:
    of_stores = [reason for reason in Reason if reason.name.startswith("STORE_")]
    assert of_stores
    assert all(named_in(reason) <= {"bucket", "endpoint", "found"} for reason in of_stores)


def test_the_likest_choice_is_asked_about_and_else_the_choices_are_told() -> None:
    assert did_you_mean("titel", ["summary", "title"]) == "Menade du title?"
    assert did_you_mean("TITEL", ["title"], shown="[[{}]]") == "Menade du [[title]]?"
    assert did_you_mean("xyz", ["title"], otherwise="Välj bland: title") == "Välj bland: title"
    assert did_you_mean("xyz", ["title"]) == ""


def test_an_error_says_a_line_for_each_reason() -> None:
    error = ReasonError(Reason.SITE_ADDRESS_OPEN, Reason.SITE_ADDRESS_OF_NOBODY, written="http://a.example/")
    assert error.reason is Reason.SITE_ADDRESS_OPEN
    assert [line.partition(". ")[2] or line for line in str(error).splitlines()] == [
        "Skriv adressen med https://",
        "Skriv webbplatsens egen.",
    ]
