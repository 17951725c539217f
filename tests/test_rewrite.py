"""One field of a file set anew, while everything else in it stays as it was to the byte."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from yaml import ScalarNode

from okatakten.making.folders import withdraw_episode
from okatakten.written.fields import parse_fields
from okatakten.written.garbled import WIDTHLESS, damage_of
from okatakten.written.nodes import compose_nodes
from okatakten.written.rewrite import write_field, write_rows
from okatakten.written.text import UNPUBLISHABLE, Problems, split_front_matter
from support import PROJECT

FORMS = {
    " gammal": " ny",
    " gammal  # en kommentar": " ny  # en kommentar",
    " 'gammal' # en kommentar": " ny # en kommentar",
    ' "gammal: en"': " ny",
    "": " ny",
    "   ": " ny   ",
    "   # en kommentar": " ny   # en kommentar",
    " gammal\n  och lång": " ny",
    ' "gammal\n  och lång"  # en kommentar': " ny  # en kommentar",
    "\n  gammal": " ny",
    " # en kommentar\n  # en till\n  gammal": " ny # en kommentar\n  # en till",
    " |\n  gammal\n\n  rad # ingen kommentar": " ny",
    " >- # en kommentar\n  gammal\n  rad": " ny # en kommentar",
    " [a, b] # en kommentar": " ny # en kommentar",
    " [a,\n  b]": " ny",
    "\n  - a\n  - b # om b": " ny",
    " # en kommentar\n- a\n- b": " ny # en kommentar",
    "\n  - name: a\n    role: b": " ny",
    "\n  name: a\n  # om namnet\n  role: b": " ny",
    " {name: a, role: b}": " ny",
    " &x gammal": " ny",
    " *y  # en kommentar": " ny  # en kommentar",
    " !sv": " ny",
}
"""What stands behind the colon, before and after."""
BEFORE = 'y: &y "ett # två"  # tre\nw: *y\n# fyra\n'
AFTER = "# fem\nö: 'sex'   # sju\n\nz:   åtta\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("written", "expected"), FORMS.items())
@pytest.mark.parametrize("around", ["---\n{}---\n\nEn text: två # tre\n", "{}", "\ufeff---\n{}...\ntext\n"])
def test_only_the_value_changes(written: str, expected: str, around: str, newline: str) -> None:
    def file(value: str) -> str:
        return around.format(f"{BEFORE}x:{value}\n{AFTER}").replace("\n", newline)

    assert write_field(file(written), "x", "ny") == file(expected)


@pytest.mark.parametrize("written", FORMS)
def test_a_field_that_is_removed_goes_with_its_lines_and_nothing_else(written: str) -> None:
    assert write_field(f"---\n{BEFORE}x:{written}\n{AFTER}---\n", "x", None) == f"---\n{BEFORE}{AFTER}---\n"


def test_a_field_that_is_not_there_is_put_first() -> None:
    assert write_field("---\na: 1\n---\n", "x", True) == "---\nx: true\na: 1\n---\n"
    assert write_field("---\r\na: 1\r\n---\r\n", "x", "å: ä") == '---\r\nx: "å: ä"\r\na: 1\r\n---\r\n'
    assert write_field("---\n---\n", "x", "1") == "---\nx: 1\n---\n"
    assert write_field("---\na: 1\n---\nx: 2\n", "x", None) == "---\na: 1\n---\nx: 2\n"


def test_a_name_that_begins_like_another_is_another() -> None:
    text = "---\ndrafts: 1\n  # draft: 2\nb:\n  draft: 3\ndraft: 4 # fem\n---\n"
    assert write_field(text, "draft", None) == "---\ndrafts: 1\n  # draft: 2\nb:\n  draft: 3\n---\n"


def test_a_list_takes_the_place_of_a_value_and_the_other_way_round() -> None:
    text = "---\na: 1\nx: y # z\nb: 2\n---\n"
    listed = write_field(text, "x", ["å", "ä, ö"])
    assert listed == '---\na: 1\nx: [å, "ä, ö"] # z\nb: 2\n---\n'
    named = write_field("---\nx: [y]\nb: 2\n---\n", "x", [{"name": "A", "role": "gäst"}])
    assert named == "---\nx:\n  - name: A\n    role: gäst\nb: 2\n---\n"
    assert write_field(named, "x", "y") == "---\nx: y\nb: 2\n---\n"


def test_a_field_is_set_in_a_file_that_has_a_fault_elsewhere() -> None:
    text = '---\ntitle: a: b\ndraft: true  # inte än\nsummary: "c\n---\n'
    assert write_field(text, "draft", None) == text.replace("draft: true  # inte än\n", "")


def test_an_episode_is_withdrawn_without_a_change_to_what_else_stands_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "podcast/episodes/a/episode.md"
    path.parent.mkdir(parents=True)
    before = "\ufeff---\r\ntitle: 'b' # c\r\nwithdrawn_by: d\r\n---\r\n\r\ne\r\n"
    path.write_bytes(before.encode())
    withdraw_episode(tmp_path, "a", day=date(2027, 2, 1), reason="En uppgift\nvar fel: #2.")
    added = '---\r\nwithdrawn: 2027-02-01\r\nwithdrawn_reason: "En uppgift var fel: #2."\r\n'
    assert path.read_bytes().decode() == before.replace("---\r\n", added, 1)


FILES = sorted([*PROJECT.glob("podcast/**/*.yml"), *PROJECT.glob("podcast/**/*.md"), *PROJECT.glob("docs/**/*.yml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_in_a_real_file_one_line_changes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    front = split_front_matter(text, Problems(""))
    fields = parse_fields(front[0] if front else text, Problems(""), known=None)
    for name, node in fields.nodes.items() if fields else ():
        if isinstance(node, ScalarNode) and node.start_mark.line == node.end_mark.line:
            after = write_field(text, name, "x").split("\n")
            changed = [line for line, now in zip(text.split("\n"), after, strict=True) if line != now]
            assert [line.partition(":")[0] for line in changed] == [name]


@settings(max_examples=300, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), value=st.text())
def test_whatever_is_set_is_read_back_and_the_rest_is_as_it_was(form: str, value: str) -> None:
    value = " ".join(WIDTHLESS.sub("", UNPUBLISHABLE.sub("", value)).split())
    assume(value and not damage_of(value))
    text = write_field(f"---\n{BEFORE}x:{form}\n{AFTER}---\n\nx: text\n", "x", value)
    assert text.startswith(f"---\n{BEFORE}x:")
    assert text.endswith(f"{AFTER}---\n\nx: text\n")
    problems = Problems("f")
    front = split_front_matter(text, problems)
    fields = parse_fields(front[0], problems, known=None) if front else None
    assert fields
    assert {name: " ".join(str(node.value).split()) for name, node in fields.nodes.items()} == {
        "y": "ett # två", "w": "ett # två", "x": value, "ö": "sex", "z": "åtta",
    }  # fmt: skip
    assert not problems.found


ROWS = """\
---
guid: x
persons: # alla
  # om Anna
  - name: Anna   # den första
    role: gäst # från Brunflo
  # om Bo
  - name: "Bo"
    href: 'https://bo.se/'   # hans sida
    role: programledare
  -
    # om Cilla
    role: gäst
    name: Cilla
  # sist
z: 1
---
text
"""
ANNA = {"name": "Anna", "role": "gäst"}
BO = {"name": "Bo", "href": "https://bo.se/", "role": "programledare"}
CILLA = {"name": "Cilla", "role": "gäst"}
DORA = {"name": "Dora: ny", "role": "gäst"}


@pytest.mark.parametrize(
    ("after", "gone", "new"),
    [
        ([ANNA, CILLA], ['  - name: "Bo"', "    href: 'https://bo.se/'   # hans sida", "    role: programledare"], []),
        ([BO, CILLA], ["  - name: Anna   # den första", "    role: gäst # från Brunflo"], []),
        ([ANNA | {"name": "Ann"}, BO, CILLA], ["  - name: Anna   # den första"], ["  - name: Ann   # den första"]),
        ([ANNA, BO, CILLA, DORA], [], ['  - name: "Dora: ny"', "    role: gäst"]),
        ([DORA, ANNA, BO, CILLA], [], ['  - name: "Dora: ny"', "    role: gäst"]),
        ([ANNA, BO | {"href": ""}, CILLA], ["    href: 'https://bo.se/'   # hans sida"], []),
        (
            [{"role": "gäst"}, BO, CILLA],
            ["  - name: Anna   # den första", "    role: gäst # från Brunflo"],
            ["  - role: gäst # från Brunflo"],
        ),
        ([ANNA | {"href": "https://a.se/"}, BO, CILLA], [], ['    href: "https://a.se/"']),
        (
            [BO | {"role": "gäst"}, CILLA],
            ["  - name: Anna   # den första", "    role: gäst # från Brunflo", "    role: programledare"],
            ["    role: gäst"],
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_row_of_a_list_changes_and_the_comments_of_others_stay(
    after: list[dict[str, str]], gone: list[str], new: list[str], newline: str
) -> None:
    text = ROWS.replace("\n", newline)
    written = write_rows(text, "persons", [ANNA, BO, CILLA], after)
    before, now = text.split(newline), written.split(newline)
    for line in gone:
        before.remove(line)
    for line in new:
        now.remove(line)
    assert sorted(before) == sorted(now)
    root = compose_nodes(written.split("---")[1])
    assert root is not None
    [rows] = [value for key, value in root.value if key.value == "persons"]
    said = [{key.value: value.value for key, value in row.value} for row in rows.value]
    assert said == [{part: word for part, word in row.items() if word} for row in after]


@pytest.mark.parametrize(
    "written",
    [
        " [{name: Anna, role: gäst}, {name: Bo}]",
        " []",
        "",
        " Anna",
    ],
)
def test_a_list_that_has_no_lines_of_its_own_is_written_anew(written: str) -> None:
    before = [ANNA, {"name": "Bo"}] if "Anna," in written else []
    text = f"a: 1 # ett\npersons:{written}\nb: 2\n"
    assert (
        write_rows(text, "persons", before, [CILLA]) == "a: 1 # ett\npersons:\n  - name: Cilla\n    role: gäst\nb: 2\n"
    )


def test_a_row_between_brackets_keeps_its_line() -> None:
    text = "persons:\n- {name: Anna, role: gäst} # a\n- {name: Bo} # b\n"
    changed = write_rows(text, "persons", [ANNA, {"name": "Bo"}], [CILLA])
    assert changed == "persons:\n- {name: Cilla, role: gäst} # a\n"


def test_a_row_whose_only_part_becomes_another_stays_a_row() -> None:
    text = "persons:\n  - name: Bo # b\n  - name: Anna\n"
    changed = write_rows(text, "persons", [{"name": "Bo"}, {"name": "Anna"}], [{"role": "gäst"}, {"name": "Anna"}])
    assert changed == "persons:\n  - role: gäst\n  - name: Anna\n"


def test_rows_that_stand_at_the_edge_and_at_the_end_of_a_file_change_too() -> None:
    text = "persons:\n- name: Anna\n  role: gäst\n- name: Bo"
    assert write_rows(text, "persons", [ANNA, {"name": "Bo"}], [ANNA]) == "persons:\n- name: Anna\n  role: gäst\n"
    more = write_rows(text, "persons", [ANNA, {"name": "Bo"}], [ANNA, {"name": "Bo"}, CILLA])
    assert more == f"{text}\n- name: Cilla\n  role: gäst"


def test_the_beginning_is_a_time_like_any_other() -> None:
    text = "---\nchapters:\n  - start: 0:05 # hit\n    title: Början\n---\n"
    before: list[dict[str, object]] = [{"start": timedelta(seconds=5), "title": "Början"}]
    changed = write_rows(text, "chapters", before, [{**before[0], "start": timedelta()}])
    assert changed == text.replace("0:05", "0:00")
