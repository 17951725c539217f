from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from okatakten.rules import slug_of
from okatakten.written.fields import parse_fields
from okatakten.written.problems import Kind, Problem
from okatakten.written.report import format_report
from okatakten.written.text import Problems, nearest
from okatakten.written.values import clock, parse_address, parse_date, parse_duration

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("4:05", 245), ("1:02:03", 3723), (" 0:09 ", 9), ("75:00", 4500), ("0:01,5", 1.5), ("0:01.25", 1.25)],
)
def test_a_duration_is_read_as_a_clock_time(written: str, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["", "4", "4:5", "4:60", "1:60:00", "-1:00", "4:05:", "fyra", "٤:٠٥"])
def test_what_is_no_clock_time_is_not_guessed(written: str) -> None:
    assert parse_duration(written) is None


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-31 07:00", (2026, 3, 31, 5)),
        ("2026-03-31 07:00 +02:00", (2026, 3, 31, 5)),
        ("2026-3-1 07.00", (2026, 3, 1, 6)),
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


def test_a_repeated_anchor_is_no_reason_to_warn() -> None:
    assert parse_fields("a: &x en\nb: &x två\n", Problems("f"), known=("a", "b")) is not None


def test_an_anchor_may_stand_for_what_holds_it_and_aliases_of_aliases_cost_nothing() -> None:
    lines = [f"a{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]" for n in range(1, 10)]
    fields = parse_fields("\n".join(["a: &a [*a]", "a0: &a0 lol", *lines]), Problems("f"), known=None)
    assert fields is not None
    assert len(fields.nodes) == 11


def test_an_alias_of_nothing_and_a_second_document_are_told_where_they_stand() -> None:
    for text in ("a: en\nb: *c\n", "a: en\n---\nb: två\n"):
        problems = Problems("f")
        assert parse_fields(text, problems, known=("a", "b")) is None
        assert [(problem.kind, problem.line) for problem in problems.found] == [(Kind.UNREADABLE_FIELDS, 2)]


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


@pytest.mark.parametrize(
    ("name", "slug"), [("Åtta frågor!", "atta-fragor"), ("  ", "nytt-avsnitt"), ("Avsnitt 12: Mål", "avsnitt-12-mal")]
)
def test_a_folder_name_is_proposed_that_makes_a_good_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65.9, "1:05"), (3723, "1:02:03")])
def test_a_time_is_shown_as_listeners_read_it(seconds: float, text: str) -> None:
    assert clock(timedelta(seconds=seconds)) == text
