from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from okatakten.rules import slug_of
from okatakten.written.compose import compose_file
from okatakten.written.fields import FIELDS_LIMIT, check_end, parse_fields
from okatakten.written.likest import nearest
from okatakten.written.problems import Findings, Kind, Problem
from okatakten.written.report import Format, format_findings, format_notes, format_report
from okatakten.written.text import TEXT_LIMIT, Problems, read_text, split_front_matter
from okatakten.written.values import clock, parse_address, parse_date, parse_duration
from support import counted

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("4:05", 245),
        ("1:02:03", 3723),
        (" 0:09 ", 9),
        ("75:00", 4500),
        ("0:01,5", 1.5),
        ("0:01.25", 1.25),
        ("1.05", 65),
        ("1.02.03", 3723),
        ("0", 0),
        ("0.00", 0),
    ],
)
def test_a_duration_is_read_as_a_clock_time(written: str, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["", "4", "1.5", "4.60", "4:5", "4.05:1", "4:60", "1:60:00", "-1:00", "4:05:", "fyra", "٤:٠٥"]
)
def test_what_is_no_clock_time_is_not_guessed(written: str) -> None:
    assert parse_duration(written) is None


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-31 07:00", (2026, 3, 31, 5)),
        ("2026-03-31 07:00 +02:00", (2026, 3, 31, 5)),
        ("2026-3-1 07.00", (2026, 3, 1, 6)),
        ("2026-03-31 kl. 07.00", (2026, 3, 31, 5)),
        ("2026-03-31, kl 07:00", (2026, 3, 31, 5)),
        ("2026–03–31 07:00", (2026, 3, 31, 5)),
        ("2026-03-31T07:00:00Z", (2026, 3, 31, 7)),
        ("2026-03-31 07:00 -0130", (2026, 3, 31, 8, 30)),
    ],
)
def test_a_date_is_read_in_the_zone_it_says_and_else_in_the_shows(written: str, utc: tuple[int, ...]) -> None:
    moment = parse_date(written, zone=STOCKHOLM)
    assert moment == datetime(*utc, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "written",
    ["31/3", "2026-02-30 07:00", "2026-03-31", "2026-03-31 25:00", "2026-03-29 02:30", "0001-01-01 00:00 +14:00",
     "2026-03-31 07:00 +99:00", "i morgon"],
)  # fmt: skip
def test_a_date_that_does_not_exist_is_no_date(written: str) -> None:
    assert parse_date(written, zone=STOCKHOLM) is None


@pytest.mark.parametrize(
    "written",
    ["https://prov.example/a?b=c", "http://prov.example:8080/", "https://xn--rksmrgs-5wao1o.example/%C3%A5",
     "https://[2001:db8::1]:8443/a.mp3", "https://prov.example/$a;b,c'(d)@e.mp3#f", "https://a_b-c.prov.example./",
     "https://192.0.2.1/", "https://prov.example?a@b"],
)  # fmt: skip
def test_an_absolute_address_is_one(written: str) -> None:
    assert parse_address(f" {written} ") == written


@pytest.mark.parametrize(
    "written",
    [
        "www.prov.example",
        "https://",
        "https://prov.example/å",
        "https://a b",
        "ftp://a/",
        "https://a:port/",
        "https://a.%b/",
        "https://[/",
        "https://user@prov.example/",
        "https://user:secret@prov.example/a.mp3",
        "https://:secret@prov.example/",
        "https://@prov.example/",
        "https://user:secret$x;@prov.example/",
        "https://prov.example$x/",
        "https://prov.example;add_header/",
        "https://prov.example'/",
        'https://prov.example/"',
        "https://prov.example\\@annan.example/",
        "https://prov.example/\x7f",
        "https://prov.example/a\nb",
        "https://prov..example/",
        "https://-prov.example/",
        "https://.../",
        "https://prov.example:0/",
        "https://prov.example:99999/",
        "https://[::1%25eth0]/",
        "https://[1:2]/",
        "https://räksmörgås.example/",
        "https:prov.example/",
        "javascript://prov.example/%0aalert(1)",
    ],
)
def test_what_no_app_could_fetch_is_no_address(written: str) -> None:
    assert parse_address(written) is None


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("https://user:secret@prov.example/a.mp3", "Ta bort det"),
        ("user:secret@prov.example/a.mp3", "Ta bort det"),
        ("www.prov.example/a", "https://www.prov.example/a"),
        ("https://räksmörgås.example/å b.mp3", "https://xn--rksmrgs-5wao1o.example/%C3%A5%20b.mp3"),
        ("http://prov.example/a.mp3", "https://prov.example/a.mp3"),
        ("inget alls", ""),
        ("https://[/", ""),
        ("ftp://prov.example/", "https://prov.example/"),
    ],
)
def test_what_is_no_address_gets_the_one_that_was_meant(written: str, hint: str) -> None:
    fields = parse_fields(f"audio_url: {written!r}", problems := Problems("f"), known=None)
    assert fields is not None
    assert fields.address("audio_url", secure=True) is None
    assert hint in problems.found[0].expected
    assert bool(hint) is bool(problems.found[0].expected)


def test_a_scheme_in_capitals_is_clear_anyway() -> None:
    assert parse_address("HTTPS://prov.example/A.MP3") == "https://prov.example/A.MP3"


def test_a_slipped_finger_gets_the_nearest_name_whatever_its_case() -> None:
    assert nearest("Publised", ["published", "persons"]) == "published"
    assert nearest("väder", ["published", "persons"]) is None


def test_values_are_kept_as_written() -> None:
    fields = parse_fields("start: 1:05\nflag: no\nnumber: 007\n", Problems("f"), known=("start", "flag", "number"))
    assert fields is not None
    assert [fields.text(name) for name in ("start", "flag", "number")] == ["1:05", "no", "007"]


def read(
    text: str, *, known: tuple[str, ...] | None = None
) -> tuple[dict[str, str | None], list[tuple[Kind, int, str]]]:
    """Return the texts of some fields, and what is told of them: kind, line, and what to write."""
    problems = Problems("f")
    fields = parse_fields(text, problems, known=known)
    texts = {name: fields.text(name) for name in fields.nodes} if fields else {}
    return texts, [(problem.kind, problem.line, problem.expected) for problem in problems.found]


@pytest.mark.parametrize(
    ("written", "advised"),
    [
        ("del #2 av tre", '"del #2 av tre"'),
        ("#återbruk i Åre", '"#återbruk i Åre"'),
        ("a\t#2", '"a\\t#2"'),
        ("a # b", '"a # b"'),
        ('"a"#2', '"a#2"'),
        ("\n  a #2", '"a #2"'),
        ("#2\n  a", '"#2 a"'),
        ("a\n  b\n  #c d", '"a b #c d"'),
        ("&Co samverkan", '"&Co samverkan"'),
        ("!Nytt avsnitt", '"!Nytt avsnitt"'),
        ("! Nytt", '"! Nytt"'),
        (">5", '">5"'),
        ('"C:\\temp"', "'C:\\temp'"),
        ("*Möbler* av trä", '"*Möbler* av trä"'),
        ("**Fet**", '"**Fet**"'),
        ("%50", '"%50"'),
        ("@anna", '"@anna"'),
        ("`kod`", '"`kod`"'),
        ("> 50 procent", '"> 50 procent"'),
        ("|text", '"|text"'),
        ("- a", '"- a"'),
        ("[Exempel] Åtta", '"[Exempel] Åtta"'),
        ("{x} y", '"{x} y"'),
        ('"Möbler" som lagas', "'\"Möbler\" som lagas'"),
        ("'Åre's bästa'", '"Åre\'s bästa"'),
        ('"Hållbara "inköp" nu"', "'Hållbara \"inköp\" nu'"),
        ('"Hållbara" och "nya"', '\'"Hållbara" och "nya"\''),
        ('"Hållbara \\åtta"', "'Hållbara \\åtta'"),
        ("''Möbler''", "\"'Möbler'\""),
    ],
)
def test_no_word_vanishes_by_a_sign_of_yaml(written: str, advised: str) -> None:
    _, found = read(f"x: y\ntitle: {written}\nz: å\n")
    [(kind, _, expected)] = found
    commented = re.search(r"(?:^|\s)#", written) is not None
    assert kind is (Kind.COMMENT_IN_TEXT if commented else Kind.UNQUOTED_SIGN)
    assert expected == f"title: {advised}"
    whole = " ".join(written.split())
    again, told = read(expected)
    assert not told
    assert again["title"] in {whole, whole[1:-1], "a#2"}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"del #2"  # en kommentar', "del #2"),
        ("'del #2' # en kommentar", "del #2"),
        ("del#2", "del#2"),
        ("C# och F#", "C# och F#"),
        ("a\N{NO-BREAK SPACE}#2", "a #2"),
        ("|  # en kommentar\n  a #b\n  # c", "a #b # c"),
        ("a\n# en kommentar", "a"),
        ("a\n  # en kommentar", "a"),
        ("  # en kommentar", None),
        ("~", None),
        ("null", None),
        ("Nej", "Nej"),
        ("0123", "0123"),
        ("1:30", "1:30"),
        ("2027-01-18", "2027-01-18"),
        ("50 % & mer!", "50 % & mer!"),
        ("”Möbler”", "”Möbler”"),
        ("\N{NO-BREAK SPACE}Mö\u00adbler\u200b", "Mö\u00adbler"),
    ],
)
def test_what_is_clear_is_taken_as_it_is(written: str, text: str | None) -> None:
    assert read(f"title: {written}\nz: å\n") == ({"title": text, "z": "å"}, [])


def test_a_comment_behind_a_number_a_day_or_a_list_is_a_comment() -> None:
    problems = Problems("f")
    text = "season: 1 # ett\nday: 2027-01-18  #två\npersons: # tre\n  - name: A\nlist: [1, 2] # fyra\nflag: ja # fem\n"
    fields = parse_fields(text, problems, known=None)
    assert fields
    assert (fields.number("season"), fields.flag("flag")) == (1, True)
    assert fields.day("day") == date(2027, 1, 18)
    assert fields.numbers("list", lowest=1, highest=8) == (1, 2)
    assert [person.text("name") for person in fields.mappings("persons", known=("name",), example="x")] == ["A"]
    assert not problems.found


def test_a_number_or_a_list_that_is_nothing_but_a_comment_is_told() -> None:
    problems = Problems("f")
    fields = parse_fields("season: #2\npersons: #alla\nowner: #vi\n", problems, known=None)
    assert fields
    fields.number("season")
    list(fields.mappings("persons", known=("name",), example="- name: Namn"))
    fields.mapping("owner", known=("name",))
    assert [(problem.line, problem.found) for problem in problems.found] == [(1, "#2"), (2, "#alla"), (3, "#vi")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: x\ntitle:Möbler\nb: y\n", 2),
        ("a: x\nLite text\nb: y\n", 2),
        ("a: x\n\tb: y\n", 2),
        ("a: x\n b: y\n", 2),
        ("a: x\nb: [1, 2\nc: y\n", 2),
        ("a: x\nb: [1, 2\n", 2),
        ('a: x\nb: "y\nc: z\n', 2),
        ('a: x\nb: "y\nc: z"\nd: å\n', 2),
        ("a: x\nb: y\x94\n", 2),
        ("a: x\nb: y\u202e\n", 2),
    ],
)
def test_what_cannot_be_read_is_told_where_it_stands(text: str, line: int) -> None:
    _, found = read(text, known=("a", "b", "c", "d", "title"))
    assert [problem[1] for problem in found] == [line]


def test_quotation_marks_of_a_word_processor_are_no_part_of_what_is_proposed() -> None:
    assert read("title: ”Möbler: två”\n") == (
        {"title": "Möbler: två"},
        [(Kind.UNQUOTED_COLON, 1, 'title: "Möbler: två"')],
    )


def test_a_colon_in_a_text_of_several_lines_is_told_with_all_of_them() -> None:
    assert read("summary: Vi pratar om\n  en sak: möbler\n  och tyg\nb: c\n") == (
        {"summary": "Vi pratar om en sak: möbler och tyg", "b": "c"},
        [(Kind.UNQUOTED_COLON, 1, 'summary: "Vi pratar om en sak: möbler och tyg"')],
    )


@pytest.mark.parametrize(
    ("garbled", "whole"),
    [
        ("VÃ¤lkommen till Ã…re â€“ â€œhejâ€\x9d", "Välkommen till Åre – “hej”"),
        ("VÃ¤lkommen till Ã…re â€“ hej", "Välkommen till Åre – hej"),
        ("V√§lkommen √•r", "Välkommen år"),
        ("V├ñlkommen", "Välkommen"),
        ("VÃƒÂ¤lkommen", "Välkommen"),
        ("FÃ¶rstÃ¥ R&amp;D &#246;", "Förstå R&D ö"),
        ("V\ufffdlkommen", "V…lkommen"),
    ],
)
def test_letters_that_were_lost_on_the_way_are_told(garbled: str, whole: str) -> None:
    [(kind, _, expected)] = read(f"title: {garbled}\n")[1]
    assert (kind, expected.removeprefix("title: ")) == (Kind.GARBLED_TEXT, whole)


@pytest.mark.parametrize(
    "whole", ["CAFÉ» PÅ» HÖ”", "«jïh» ”x” – 5 °C", "São NÃO", "AT&T; R&D", "👩\u200d💻 åäö ÅÄÖ éü"]
)
def test_letters_that_only_look_lost_are_whole(whole: str) -> None:
    assert read(f"title: {whole}\n") == ({"title": whole}, [])


@pytest.mark.parametrize(
    "line",
    ["a{0}: b: c", "a{0}: @b", 'a{0}: "b" c', "a{0}:b", "- a: b: c", "a{0}: b", "a{0}: b\n  #c", "a{0}: b\n  c\n d: e"],
)
def test_the_work_grows_with_the_lines_however_much_is_wrong(line: str) -> None:
    def work(count: int) -> int:
        text = "\n".join(line.format(number) for number in range(count))
        return counted(lambda: parse_fields(text, Problems("f"), known=("x", "y")))[1]

    assert work(2000) < 12 * work(200)


def test_more_text_than_anybody_writes_is_told_and_not_read(tmp_path: Path) -> None:
    path, problems = tmp_path / "a.md", Problems("a.md")
    path.write_bytes(b"x" * (TEXT_LIMIT + 1))
    assert read_text(path, problems) is None
    assert parse_fields("a: " + "x" * FIELDS_LIMIT, problems, known=None) is None
    assert [(problem.kind, problem.expected) for problem in problems.found] == [
        (Kind.TEXT_TOO_LARGE, "5 MB"),
        (Kind.TEXT_TOO_LARGE, "500 kB"),
    ]
    path.write_bytes(b"x" * TEXT_LIMIT)
    assert len(read_text(path, problems) or "") == TEXT_LIMIT


def test_fields_that_never_end_are_told_apart_from_fields_that_never_begin() -> None:
    problems = Problems("f")
    for text in ("---\na: b\n ---\ntext\n", " ---\na: b\n---\n", "----\na: b\n---\n", "\n---\na: b\n---\n", ""):
        assert split_front_matter(text, problems) is None
    assert [problem.kind for problem in problems.found] == [Kind.FRONT_MATTER_UNCLOSED, *4 * [Kind.NO_FRONT_MATTER]]


def test_a_file_may_begin_with_more_than_one_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("\ufeff\ufeff---\n".encode())
    assert read_text(tmp_path / "a.md", Problems("a.md")) == "---\n"


@pytest.mark.parametrize("dash", ["–", "—", "•", "*"])
def test_a_list_with_other_dashes_is_told_at_each_of_them(dash: str) -> None:
    problems = Problems("f")
    text = f"persons:\n  {dash} name: A\n    role: B\n  {dash} name: C\n    role: D\n"
    fields = parse_fields(text, problems, known=None)
    assert fields
    people = [person.text("name") for person in fields.mappings("persons", known=("name", "role"), example="x")]
    assert people == ["A", "C"]
    assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.NOT_A_LIST, 2), (Kind.NOT_A_LIST, 4)]


def test_quotation_marks_around_a_number_or_a_choice_are_no_part_of_it() -> None:
    problems = Problems("f")
    fields = parse_fields("a: ”nej”\nb: “4”\nc: '”2027-01-18”'\n", problems, known=None)
    assert fields
    assert (fields.flag("a"), fields.number("b"), fields.day("c")) == (False, 4, date(2027, 1, 18))
    assert not problems.found


def test_a_field_below_the_fields_is_told_where_it_stands() -> None:
    for ending, line in (("---", 4), ("...", 4), ("---\n\n", 6)):
        text = f"---\ntitle: a\n{ending}\npersons:\n  - name: b\n---\npersons: c\n"
        problems = Problems("f")
        front = split_front_matter(text, problems)
        assert front
        check_end(text, front[1], problems, known=("title", "persons"))
        assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.FIELD_OUTSIDE, line)]
        check_end("a", "Persons: alla\n", problems, known=("persons",))
        check_end("a", "persons som talar: alla\n", problems, known=("persons",))
        assert len(problems.found) == 1


def test_a_repeated_anchor_is_no_reason_to_warn() -> None:
    assert parse_fields("a: &x en\nb: &x två\n", Problems("f"), known=("a", "b")) is not None


def test_an_anchor_may_stand_for_what_holds_it_and_aliases_of_aliases_cost_nothing() -> None:
    lines = [f"a{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]" for n in range(1, 10)]
    fields = parse_fields("\n".join(["a: &a [*a]", "a0: &a0 lol", *lines]), Problems("f"), known=None)
    assert fields is not None
    assert len(fields.nodes) == 11


def test_a_second_document_is_told_where_it_stands() -> None:
    problems = Problems("f")
    assert parse_fields("a: en\n---\nb: två\n", problems, known=("a", "b")) is None
    assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.UNREADABLE_FIELDS, 2)]


def test_an_alias_of_nothing_is_a_word_with_a_star_and_hides_nothing_else() -> None:
    texts, found = read("a: en\nb: *Nytt\nlist: [*c]\nd: två\n")
    assert (texts["a"], texts["b"], texts["d"]) == ("en", None, "två")
    assert (Kind.UNQUOTED_SIGN, 2, 'b: "*Nytt"') in found


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_what_no_editor_shows_as_a_line_break_is_none(separator: str) -> None:
    problems = Problems("f")
    fields = parse_fields(
        f"a: en{separator}två\n{separator}\nb: 'tre{separator}fyra'\nc: 5\n", problems, known=("a", "b")
    )
    assert fields is not None
    assert [fields.text(name) for name in ("a", "b")] == ["en två", "tre fyra"]
    assert [(problem.field, problem.line) for problem in problems.found] == [("c", 4)]


def test_an_empty_field_is_told_on_its_own_line() -> None:
    problems = Problems("f")
    fields = parse_fields("a:\n\nb: två\n", problems, known=("a", "b"))
    assert fields is not None
    fields.text("a", example="en")
    assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.FIELD_MISSING, 1)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_brackets_without_end_are_answered(opening: str) -> None:
    problems = Problems("f")
    assert parse_fields(f"a: en\nb:\n  {opening * 100_000}\n", problems, known=("a", "b")) is None
    assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.UNREADABLE_FIELDS, 3)]


def test_every_unquoted_colon_is_told_at_once() -> None:
    problems = Problems("f")
    fields = parse_fields("a: en: två\nb: tre: fyra\n- c\n", problems, known=("a", "b"))
    assert fields is None
    assert [problem.kind for problem in problems.found] == [Kind.UNQUOTED_COLON] * 2 + [Kind.UNREADABLE_FIELDS]


def test_a_report_is_sorted_and_counted() -> None:
    late = Problem(kind=Kind.NOT_A_DATE, file="b.md", line=6, field="published", found="31/3", expected="x")
    early = Problem(kind=Kind.AUDIO_MISSING, file="a.md")
    report = format_report([late, early, late])
    assert report.index("a.md") < report.index("b.md, rad 6, fältet published")
    assert report.endswith("2 saker att rätta i 2 filer.\n")
    assert format_report([]) == ""


FORGED = "a\r\nb.md\n::set-output name=x::y\x1b[2J\x85\u2028\u202e%0A::error::z"


@pytest.mark.parametrize("place", ["file", "field", "found", "expected"])
def test_nothing_that_a_stranger_wrote_is_a_line_of_its_own(place: str) -> None:
    values = {"file": "a.md", "kind": Kind.UNQUOTED_COLON, place: FORGED}
    findings = Findings(problems=(Problem(**values),), notes=(Problem(**values),))  # type: ignore[arg-type]
    text = format_report(findings.problems) + format_notes(findings.notes)
    for said in (text, format_findings(findings, Format.GITHUB), format_findings(findings, Format.JSON)):
        assert not [
            line for line in said.splitlines() if line.lstrip().startswith(("b.md", "::set-output", "::error::"))
        ]
        assert all(char.isprintable() or char == "\n" for char in said)
    commands = format_findings(findings, Format.GITHUB).splitlines()
    assert [command.split()[0] for command in commands] == ["::error", "::notice"]
    assert all("%0A::error" not in command for command in commands)
    [found] = json.loads(format_findings(findings, Format.JSON))["problems"]
    assert "\n" not in "".join(str(value) for value in found.values())


def test_a_name_without_end_does_not_fill_the_report() -> None:
    endless = Problem(
        kind=Kind.UNKNOWN_FIELD, file="a" * 10**6, field="b" * 10**6, found="c" * 10**6, expected="d" * 10**6
    )
    assert len(format_report([endless])) < 2000
    assert len(format_findings(Findings(problems=(endless,)), Format.GITHUB)) < 2000


def test_hundreds_of_problems_are_counted_and_the_first_are_told_in_full() -> None:
    problems = [
        Problem(kind=Kind.AUDIO_MISSING, file=f"{number:03}.md", line=line) for number in range(450) for line in (1, 2)
    ]
    report = format_report(problems)
    assert len(report) < 20_000
    assert "850 saker till, i 425 filer" in report
    assert report.endswith("900 saker att rätta i 450 filer.\n")
    notes = format_notes(problems)
    assert notes.count("\n") < 30
    assert "… och 880 till" in notes
    assert len(json.loads(format_findings(Findings(problems=tuple(problems)), Format.JSON))["problems"]) == 900


@pytest.mark.parametrize(
    ("name", "slug"), [("Åtta frågor!", "atta-fragor"), ("  ", "nytt-avsnitt"), ("Avsnitt 12: Mål", "avsnitt-12-mal")]
)
def test_a_folder_name_is_proposed_that_makes_a_good_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65.9, "1:05"), (3723, "1:02:03")])
def test_a_time_is_shown_as_listeners_read_it(seconds: float, text: str) -> None:
    assert clock(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize("written", ["#1", "x #3", "&x", "*x", "!x", "[x]", "{x}", '"x'])
def test_an_id_that_cannot_be_read_whole_is_told_and_no_new_one_is_proposed(written: str) -> None:
    fields = parse_fields(f"guid: {written}\n", problems := Problems("f"), known=None)
    assert fields is None or fields.guid("guid", new=lambda: "new") is None
    [problem] = problems.found
    assert problem.line == 1
    assert "new" not in problem.expected


def test_a_comment_behind_a_uuid_is_a_comment() -> None:
    guid = "4f58f72a-66c7-42d4-ab65-9c24599dfdc7"
    fields = parse_fields(f"guid: {guid} # ändra aldrig\n", problems := Problems("f"), known=None)
    assert fields
    assert fields.guid("guid", new=lambda: "new") == guid
    assert not problems.found


@pytest.mark.parametrize(
    ("written", "advised"),
    [("[[start]]", '"[[start]]"'), ("{{ x }}", '"{{x}}"'), ("{a: b}", '"{a: b}"'), ("[a, [b]]", '"[a, [b]]"')],
)
def test_brackets_where_text_belongs_are_told_as_they_stand(written: str, advised: str) -> None:
    assert read(f"title: {written}\n")[1] == [(Kind.NOT_TEXT, 1, f"title: {advised}")]


def test_a_number_within_brackets_is_told_without_them() -> None:
    fields = parse_fields("season: [2, 3]\n", problems := Problems("f"), known=None)
    assert fields
    fields.number("season")
    assert [(problem.found, problem.expected) for problem in problems.found] == [("[2, 3]", "season: 2")]


@pytest.mark.parametrize("written", ["mailto:podd@prov.example", "podd@prov.example"])
def test_an_email_address_is_not_taken_for_a_password(written: str) -> None:
    fields = parse_fields(f"url: {written}", problems := Problems("f"), known=None)
    assert fields
    assert fields.address("url") is None
    assert [problem.expected for problem in problems.found] == [""]


@pytest.mark.parametrize(
    "guid",
    [
        "https://prov.example/?a=1&#038;p=2",
        "VÃ¤l",
        "a\u200bb",
        "\u2060a",
        "e\u0301",
        "a #b",
        "#1",
        "é",
        "a\u202eb",
        "~",
    ],
)
def test_an_id_is_written_and_read_back_to_the_letter_whatever_it_looks_like(guid: str, tmp_path: Path) -> None:
    file = tmp_path / "episode.md"
    file.write_text(compose_file({"guid": guid}, ""), encoding="utf-8")
    text, _ = split_front_matter(read_text(file, problems := Problems("f")) or "", problems) or ("", "")
    fields = parse_fields(text, problems, known=None)
    assert fields
    assert fields.guid("guid", new=lambda: "new") == guid
    assert not problems.found
