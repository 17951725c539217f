"""Chapters as people and programs write them: the same ones come in, and what does not fit is told with its place."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest

from okatakten.making.chapters import WrittenChapter, parse_chapters, read_chapters, recorded_chapters, take_chapters
from okatakten.written.advice import Hint
from okatakten.written.problems import Kind
from okatakten.written.text import Problems

MINUTE = timedelta(minutes=1)
EXPECTED = [(0, "Inledning"), (5, "Mitten: åäö"), (12.5, "Slutet")]
PSC = '<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">{}</psc:chapters>'
FORMS = {
    "json with clock times": '{"version": "1.2.0", "chapters": [{"startTime": "00:00:00", "title": "Inledning"}, {"startTime": "00:00:05", "title": "Mitten: åäö"}, {"startTime": "0:12.5", "title": "Slutet"}]}',
    "json with numbers in text": '[{"start": "0", "title": "Inledning"}, {"start": "5.0", "title": "Mitten: åäö"}, {"start": 12.5, "title": "Slutet"}]',
    "json out of order": '{"chapters": [{"startTime": 12.5, "title": "Slutet"}, {"startTime": 0, "title": "Inledning"}, {"startTime": 5, "title": "Mitten: åäö"}]}',
    "ffprobe": '{"chapters": [{"id": 0, "time_base": "1/1000", "start": 0, "start_time": "0.000000", "tags": {"title": "Inledning"}}, {"start": 5000, "start_time": "5.0", "tags": {"title": "Mitten: åäö"}}, {"start": 12500, "start_time": "12.5", "tags": {"title": "Slutet"}}]}',
    "podlove xml": '<?xml version="1.0" encoding="ISO-8859-1"?>\n' + PSC.format('<psc:chapter start="00:00:00.000" title="Inledning"/><psc:chapter start="00:05" title="Mitten: åäö" href="https://a.example/"/><psc:chapter start="12.5" title="Slutet"/>'),
    "hindenburg": '<Session><Tracks><Track Name="Röst"/></Tracks><Markers><Marker Id="1" Name="Inledning" Time="00:00.000"/><Marker Id="2" Name="Mitten: åäö" Time="05.000"/><Marker Id="3" Name="Slutet" Time="00:12.500"/></Markers></Session>',
    "matroska": "<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>00:00:00.000000000</ChapterTimeStart><ChapterDisplay><ChapterString>Inledning</ChapterString></ChapterDisplay></ChapterAtom><ChapterAtom><ChapterTimeStart>00:00:05.000000000</ChapterTimeStart><ChapterDisplay><ChapterString>Mitten: åäö</ChapterString></ChapterDisplay></ChapterAtom><ChapterAtom><ChapterTimeStart>00:00:12.500000000</ChapterTimeStart><ChapterDisplay><ChapterString>Slutet</ChapterString></ChapterDisplay></ChapterAtom></EditionEntry></Chapters>",
    "ffmetadata": ";FFMETADATA1\ntitle=Avsnittet\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=5000\ntitle=Inledning\n[CHAPTER]\nTIMEBASE=1/10\nSTART=50\nEND=125\ntitle=Mitten\\: åäö\n[CHAPTER]\nSTART=12500000000\nEND=20000000000\ntitle=Slutet\n",
    "webvtt": "WEBVTT\n\n1\n00:00.000 --> 00:05.000\nInledning\n\n00:05.000 --> 00:12.500\n<b>Mitten: åäö</b>\n\n00:12.500 --> 00:20.000\nSlutet\n",
    "audacity": "0.000000\t0.000000\tInledning\n5.000000\t9.000000\tMitten: åäö\n\\\t100.0\t200.0\n12,500000\t12,500000\tSlutet\n",
    "mp4chaps": "00:00:00.000 Inledning\r\n00:00:05.000 Mitten: åäö\r\n00:00:12.500 Slutet\r\n",
    "numbered": "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Inledning\nCHAPTER02=00:00:05.000\nCHAPTER02NAME=Mitten: åäö\nCHAPTER03=00:00:12.500\nCHAPTER03NAME=Slutet\n",
    "a description": "(0:00) Inledning\n• 0:05 – Mitten: åäö\n[00:12,5] Slutet",
    "ranges": "0:00 - 0:05 Inledning\n0:05–0:12 Mitten: åäö\n0:12.5 - 0:20: Slutet",
    "times last": "Inledning 0:00\nMitten: åäö – 0:05\nSlutet (0:12.5)",
    "numbers first": "1. 0:00 Inledning\n2. 0:05 Mitten: åäö\n3) 0:12.5 Slutet",
    "reaper": '#,Name,Start,End\nM1,Inledning,0:00.000,\nM2,"Mitten: åäö",0:05.000,\nM3,Slutet,0:12.500,\n',
    "links of mp4chaps": "00:00:00.000 Inledning <https://a.example/>\n00:00:05.000 Mitten: åäö\n00:00:12.500 Slutet\n",
    "bold in markdown": "- **0:00** Inledning\n- **00:00:05** Mitten: åäö\n- **0:12.5** Slutet\n",
    "excel in swedish": "Tid;Rubrik\n0:00;Inledning\n0:05;Mitten: åäö\n0:12,5;Slutet\n",
}  # fmt: skip


def listed(chapters: object) -> list[tuple[float, str]]:
    return [(one.start.total_seconds(), one.title) for one in chapters]  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_chapters(form: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "kapitel").write_bytes(FORMS[form].encode(encoding))
    problems, notes = Problems("kapitel"), Problems("kapitel")
    chapters = read_chapters(tmp_path / "kapitel", problems, notes, duration=MINUTE)
    assert chapters is not None, problems.found
    assert listed(chapters) == EXPECTED
    assert (problems.found, notes.found) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "Inledning 10:30 (0:00:00)\nSlutet (1:02:03)\n",
        "00:00:00:00 Inledning 10:30\n01:02:03;12 Slutet\n",
        "Marker Name\tIn\tOut\nInledning 10:30\t00:00:00:00\t00:00:00:00\nSlutet\t01:02:03:12\t01:02:03:12\n",
    ],
    ids=["hours last", "frames", "premiere"],
)
def test_no_part_of_a_time_becomes_the_title_or_another_time(text: str) -> None:
    chapters = take_chapters(parse_chapters(text) or (), Problems(""), duration=None)
    assert listed(chapters) == [(0, "Inledning 10:30"), (3723, "Slutet")]


def test_one_bad_entry_is_told_with_its_line_and_the_others_come_in(tmp_path: Path) -> None:
    text = "0:00 Inledning\n\nTack till alla\n0:05 Mitten\n0:05 Också mitten\n0:07\n0:12 Slutet\n2:00 Efter\n"
    (tmp_path / "kapitel.txt").write_text(text, encoding="utf-8")
    notes = Problems("kapitel.txt")
    chapters = read_chapters(tmp_path / "kapitel.txt", Problems(""), notes, duration=MINUTE)
    assert listed(chapters) == [(0, "Inledning"), (5, "Mitten"), (12, "Slutet")]
    assert {problem.kind for problem in notes.found} == {Kind.CHAPTER_LEFT_OUT}
    assert [(problem.line, problem.found, problem.expected) for problem in notes.found] == [
        (3, "Tack till alla", Hint.CHAPTER_WITHOUT_TIME),
        (5, "0:05 Också mitten", Hint.CHAPTER_AT_SAME_TIME.format(title="Mitten")),
        (6, "0:07", Hint.CHAPTER_WITHOUT_TITLE),
        (8, "2:00 Efter", Hint.CHAPTER_AFTER_END.format(duration="1:00")),
    ]


@pytest.mark.parametrize(
    "entry",
    ['{"startTime": -1, "title": "a"}', '{"startTime": "x", "title": "a"}', '{"startTime": null, "title": "a"}',
     '{"startTime": true, "title": "a"}', '{"startTime": NaN, "title": "a"}', '{"startTime": 1e999, "title": "a"}',
     '{"startTime": [], "title": "a"}', '{"startTime": 3}', '{"startTime": 3, "title": null}', "{}", "null", "7", '"a"',
     '{"startTime": 3, "title": "a", "toc": false}', '{"title": "a"}', '{"startTime": 60, "title": "a"}'],
)  # fmt: skip
def test_an_entry_of_json_that_is_no_chapter_is_told(entry: str) -> None:
    text = f'{{"chapters": [{{"startTime": 0, "title": "A"}}, {entry}, {{"startTime": "0:09", "title": "B"}}]}}'
    problems = Problems("kapitel.json")
    assert listed(take_chapters(parse_chapters(text) or (), problems, duration=MINUTE)) == [(0, "A"), (9, "B")]
    (problem,) = problems.found
    assert problem.found.startswith("2: ")
    assert problem.expected


@pytest.mark.parametrize(
    "text",
    ["", " <?xml?>", "0:00 a\n" * 20_001, "[]x", "{", '{"chapters": 1}', "inga kapitel", "<html><p>0:00 Nej</p></html>", "[" * 100_000, "\0\0", "WEBVTT",
     '{"chapters": [{"startTime": 9' + "9" * 5000 + ', "title": "a"}]}', "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
     ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=1\ntitle=a\n", "CHAPTER01NAME=Utan tid",
     f"start;title\n0:05;{'x' * 200_000}"],
)  # fmt: skip
def test_a_text_without_chapters_has_none_and_says_so(text: str, tmp_path: Path) -> None:
    assert parse_chapters(text) is None
    (tmp_path / "a").write_text(text, encoding="utf-8")
    problems = Problems("a")
    assert read_chapters(tmp_path / "a", problems, Problems("a"), duration=None) is None
    assert [problem.kind for problem in problems.found] == [Kind.CHAPTERS_UNREADABLE]


def test_a_list_that_is_empty_on_purpose_loses_nothing() -> None:
    assert parse_chapters("[]") == parse_chapters('{"version": "1.2.0", "chapters": []}') == []


@pytest.mark.parametrize(
    ("given", "fitted"),
    [
        ([], []),
        ([(0, "Ensam")], [(0, "Ensam")]),
        ([(5, "A")], [(0, "Början"), (5, "A")]),
        ([(0.4, "A"), (5, "B")], [(0, "A"), (5, "B")]),
        ([(5, "B"), (0, "A"), (5, "B")], [(0, "A"), (5, "B")]),
        ([(0, "A"), (60, "Efter"), (59.9996, "Vid"), (59.999, "Före")], [(0, "A"), (59.999, "Före")]),
        ([(0, " A\n B "), (1, " "), (2, "x" * 300)], [(0, "A B"), (2, "x" * 254 + "…")]),
    ],
)
def test_chapters_are_made_to_fit(given: list[tuple[float, str]], fitted: list[tuple[float, str]]) -> None:
    written = [WrittenChapter(written=title, start=timedelta(seconds=start), title=title) for start, title in given]
    problems = Problems("")
    assert listed(take_chapters(written, problems, duration=MINUTE)) == fitted
    assert len(given) <= len(fitted) + len(problems.found) + 1


@pytest.mark.parametrize("ending", ["m4a", "mp3", "mka"])
def test_chapters_within_a_recording_are_known(ending: str, tmp_path: Path) -> None:
    (tmp_path / "k.txt").write_text(FORMS["ffmetadata"].replace("\\:", ":"), encoding="utf-8")
    sound = ["-f", "lavfi", "-i", "anullsrc=r=22050:cl=mono", "-f", "ffmetadata", "-i", str(tmp_path / "k.txt")]
    path = tmp_path / f"a.{ending}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *sound, "-map_metadata", "1", "-t", "20", str(path)]
    subprocess.run(command, check=True)
    chapters = take_chapters(recorded_chapters(path), Problems(""), duration=MINUTE)
    assert [one.title for one in chapters] == [title for _, title in EXPECTED]
    # What ffmpeg writes into an MP3 heeds the delay of the encoder.
    starts = [start for start, _ in EXPECTED]
    assert [one.start.total_seconds() for one in chapters] == pytest.approx(starts, abs=0.06)
