"""Transcripts in all the shapes that people have them in, and anything else at all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from docx import Document
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okatakten.making.captions import Captions, build_blank, content, read_captions, take_captions
from okatakten.model import Cue
from okatakten.podcast.transcript import parse_transcript
from okatakten.podcast.webvtt import build_webvtt, is_approximate
from okatakten.written.advice import Text
from okatakten.written.garbled import mend_letters
from okatakten.written.problems import Kind
from okatakten.written.report import format_report
from okatakten.written.text import UNPUBLISHABLE, Problems
from support import PROJECT

MINUTE = timedelta(minutes=1)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
UUID = "0a1b2c3d-0000-4000-8000-00000000000"
Read = tuple[float, float, str, str]
"""Start and end in seconds, speaker, text."""


def problems_and_cues(
    path: Path, content: str | bytes, *, duration: timedelta = MINUTE, untimed: bool = False
) -> tuple[tuple[Cue, ...], Problems]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    problems = Problems(path.name)
    return read_captions(path, problems, duration=duration, untimed=untimed), problems


def read(path: Path, content: str | bytes, **options: Any) -> list[Read]:
    cues, problems = problems_and_cues(path, content, **options)
    assert not problems.found, format_report(problems.found)
    assert parse_transcript(build_webvtt(cues), problems) == cues
    assert not problems.found
    return [(cue.start.total_seconds(), cue.end.total_seconds(), cue.speaker, cue.text) for cue in cues]


def told(path: Path, content: str | bytes, **options: Any) -> list[tuple[Kind, int, str]]:
    cues, problems = problems_and_cues(path, content, **options)
    assert cues == ()
    assert format_report(problems.found)
    return [(problem.kind, problem.line, problem.found) for problem in problems.found]


def a_document(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    """Return a Word document; line breaks and tabs become those of Word."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def a_document_of(xml: str) -> bytes:
    """Return a Word document with one paragraph of that XML."""
    document = Document()
    document.element.body.insert(0, parse_xml(f'<w:p xmlns:w="{WORD}">{xml}</w:p>'))
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


WITH_ENDS: list[Read] = [
    (3.25, 5.1, "Programledaren", "Välkommen till podden."),
    (5.5, 7.25, "Gästen", "Tack så mycket!"),
]
WITHOUT_ENDS: list[Read] = [(3, 65, "Programledaren", "Välkommen till podden."), (65, 90, "Gästen", "Tack så mycket!")]
TEAMS = f"""WEBVTT

{UUID}1/12-0
00:00:03.250 --> 00:00:05.100
<v Programledaren>Välkommen
till podden.</v>

{UUID}1/13-0
00:00:05.500 --> 00:00:07.250
<v Gästen>Tack så mycket!</v>
"""
SRT = """1
00:00:03,250 --> 00:00:05,100
Programledaren: Välkommen
till podden.

2
00:00:05,500 --> 00:00:07,250
Gästen: Tack så mycket!
"""


@pytest.mark.parametrize(
    "source",
    [
        TEAMS,
        TEAMS.replace("\n", "\r\n"),
        "\ufeff" + TEAMS,
        # The older shape, where text and number of seconds have no leading zeros.
        (
            "WEBVTT\n\n0:0:3.250 --> 0:0:5.100\n<v Programledaren>Välkommen till podden.</v>\n\n"
            "0:0:5.500 --> 0:0:7.250\n<v Gästen>Tack så mycket!</v>\n"
        ),
        (
            'WEBVTT\n\nNOTE duration:"00:10:02.0000000"\n\nNOTE language:sv-se\n\nNOTE Confidence: 0.9\n\n'
            f"{UUID}1\n00:00:03.250 --> 00:00:05.100\n<v Programledaren>Välkommen till podden.</v>\n\n"
            f"NOTE Confidence: 0.91\n\n{UUID}2\n00:00:05.500 --> 00:00:07.250\n<v Gästen>Tack så mycket!</v>\n"
        ),
        # As Microsoft Graph gives it: no blank line between cues.
        TEAMS.replace("</v>\n\n", "</v>\n"),
        (
            "WEBVTT\n\n00:03,250 -> 00:05,100\n<v Programledaren>Välkommen till podden.\n\n"
            "0:05.5 --> 0:07.25 align:start line:0\n<v Gästen>Tack så mycket!\n"
        ),
        (
            "WEBVTT - Avsnitt 1\nKind: captions\n\nSTYLE\n::cue { color: red }\n\n00:03.250 --> 00:05.100\n"
            "Programledaren: Välkommen till podden.\n\n00:05.500 --> 00:07.250\nGästen: Tack så mycket!"
        ),
    ],
    ids=["teams", "crlf", "byte-order-mark", "unpadded", "older", "no-blank-lines", "liberties", "named"],
)
def test_webvtt_is_read_also_as_teams_writes_it(source: str, tmp_path: Path) -> None:
    assert read(tmp_path / "a.vtt", source) == WITH_ENDS
    assert read(tmp_path / "a.txt", source) == WITH_ENDS


def test_teams_writes_milliseconds_without_leading_zeros(tmp_path: Path) -> None:
    source = "0:0:4.560 --> 0:0:5.180\nGästen\nJa.\n0:0:6.90 --> 0:0:6.500\nGästen\nVisst.\n"
    assert read(tmp_path / "a.txt", source) == [(4.56, 5.18, "Gästen", "Ja."), (6.09, 6.5, "Gästen", "Visst.")]


@pytest.mark.parametrize("hours", ["", "00:", "25:", "100:"])
def test_hours_are_many_or_none(hours: str, tmp_path: Path) -> None:
    offset = 3600 * int(hours[:-1] or 0)
    source = f"WEBVTT\n\n{hours}00:01.000 --> {hours}00:02.000\n<v Gästen>Hej\n"
    assert read(tmp_path / "a.vtt", source) == [(offset + 1, offset + 2, "Gästen", "Hej")]


def test_a_time_before_the_beginning_is_the_beginning(tmp_path: Path) -> None:
    source = "WEBVTT\n\n-00:00:02.000 --> 00:00:01.000\n<v Gästen>Hej\n"
    assert read(tmp_path / "a.vtt", source) == [(0, 1, "Gästen", "Hej")]


def test_a_name_before_the_times_is_plain_text(tmp_path: Path) -> None:
    source = "Gästen\x0c 00:01.000 --> 00:02.000\nHej.\n"
    assert read(tmp_path / "a.srt", source) == [(1, 2, "Gästen", "Hej.")]


def test_those_who_talk_at_the_same_time_may_come_in_any_order(tmp_path: Path) -> None:
    source = (
        "WEBVTT\n\n00:02.000 --> 00:09.000\n<v Programledaren>Det var en gång …\n\n"
        "00:01.000 --> 00:03.000\n<v Gästen>Mm.\n"
    )
    assert [text for *_, text in read(tmp_path / "a.vtt", source)] == ["Mm.", "Det var en gång …"]


def test_empty_cues_are_left_out_but_not_what_is_said_twice(tmp_path: Path) -> None:
    source = (
        "1\n00:00:01,000 --> 00:00:02,000\nJa.\n\n2\n00:00:01,500 --> 00:00:02,500\nJa.\n\n3\n"
        "00:00:02,500 --> 00:00:03,000\nJa.\n\n4\n00:00:03,000 --> 00:00:04,000\n\n5\n00:00:05,000 --> 00:00:06,000\n \n"
    )
    assert read(tmp_path / "a.srt", source) == [(1, 2, "", "Ja."), (1.5, 2.5, "", "Ja."), (2.5, 3, "", "Ja.")]


@pytest.mark.parametrize(
    "source",
    [
        SRT.encode(),
        SRT.encode("utf-8-sig"),
        SRT.encode("cp1252"),
        SRT.encode("utf-16"),
        b"\xfe\xff" + SRT.encode("utf-16-be"),
        SRT.replace("\n", "\r\n").encode("cp1252"),
        SRT.replace("\n", "\r").encode(),
        SRT.replace("1\n00", "00").replace("2\n00", "00").encode(),
        SRT.replace("\n\n", "\n").encode(),
        SRT.replace("\n", "\n\n").encode(),
        SRT.replace("00:0", "0:0").replace(",", ".").encode(),
        SRT.replace("Välkommen", '<font color="#fff"><i>Välkommen</i></font>').replace("Tack", "{\\an8}Tack").encode(),
        SRT.replace("1\n", "1 ").replace("2\n", "2 ").encode(),
        SRT.replace("7,250", "7,250  X1:40 X2:600 Y1:20 Y2:50").encode(),
        SRT.replace("\nProgramledaren: ", "\n- Programledaren : ").encode(),
    ],
)
def test_srt_is_read_in_the_encodings_and_with_the_liberties_that_it_has(source: bytes, tmp_path: Path) -> None:
    assert read(tmp_path / "a.srt", source) == WITH_ENDS
    assert read(tmp_path / "a.TXT", source) == WITH_ENDS


def test_a_number_that_is_said_is_no_number_of_a_cue(tmp_path: Path) -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\nVilket år?\n\n2\n00:00:02,000 --> 00:00:03,000\n2024\n"
    assert [text for *_, text in read(tmp_path / "a.srt", source)] == ["Vilket år?", "2024"]


def test_a_blank_line_inside_a_subtitle_does_not_end_it(tmp_path: Path) -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\nEtt\n\ntvå\n\n2\n00:00:02,000 --> 00:00:03,000\nTre\n"
    assert [text for *_, text in read(tmp_path / "a.srt", source)] == ["Ett två", "Tre"]


def test_a_dialogue_is_parted_at_its_dashes(tmp_path: Path) -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\n- Hur gick det?\n-Bra, det gick\nfort.\n\n2\n00:00:02,000 --> 00:00:03,000\n-5 grader\n"
    assert read(tmp_path / "a.srt", source) == [
        (1, 2, "", "– Hur gick det?"),
        (1, 2, "", "– Bra, det gick fort."),
        (2, 3, "", "-5 grader"),
    ]


def test_a_name_holds_until_the_next(tmp_path: Path) -> None:
    said = [
        "Gästen: Ett",
        "två",
        "tre: fyra",
        "Programledaren: Och?",
        "Gästen: Fem.",
        "sex",
        "sju",
        "Programledaren: Så?",
    ]
    source = "\n\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}" for n, text in enumerate(said))
    assert [(speaker, text) for *_, speaker, text in read(tmp_path / "a.srt", source)] == [
        ("Gästen", "Ett"),
        ("Gästen", "två"),
        ("Gästen", "tre: fyra"),
        ("Programledaren", "Och?"),
        ("Gästen", "Fem."),
        ("Gästen", "sex"),
        ("Gästen", "sju"),
        ("Programledaren", "Så?"),
    ]


def test_a_colon_in_a_sentence_makes_no_speaker(tmp_path: Path) -> None:
    said = ["Hej.", "Frågan är: vad händer?", "Jo.", "Ja.", "Alltså: ingenting.", "Nej.", "Alltså: allt."]
    source = "\n\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}" for n, text in enumerate(said))
    assert [(speaker, text) for *_, speaker, text in read(tmp_path / "a.srt", source)] == [("", text) for text in said]


def subtitles(*texts: str, step: float = 2) -> str:
    """Return a SubRip file with those texts, one after the other."""
    return "\n".join(
        f"{n}\n00:00:{n * step:06.3f} --> 00:00:{(n + 1) * step:06.3f}\n{text}\n"
        for n, text in enumerate(texts, start=1)
    )


def spoken(path: Path, content: str | bytes, **options: Any) -> list[tuple[str, str]]:
    return [(speaker, text) for *_, speaker, text in read(path, content, **options)]


NEWS = ["välkommen till podden", "i dag talar vi om möbler", "och hur de lagas", "det gör vi", "varje dag"]


@pytest.mark.parametrize(
    "shown",
    [
        [NEWS[0], *("\n".join(NEWS[n : n + 2]) for n in range(4))],
        [NEWS[0], *(" ".join(NEWS[n : n + 2]) for n in range(4))],
        [NEWS[0], "\n".join(NEWS[:2]), *("\n".join(NEWS[n : n + 3]) for n in range(3))],
        [
            " \n" + NEWS[0],
            NEWS[0] + "\n ",
            *(text for n in range(4) for text in ("\n".join(NEWS[n : n + 2]), NEWS[n + 1])),
        ],
        [f"<c>{NEWS[0]}</c>", *("\n".join([f"<i>{NEWS[n]}</i>", NEWS[n + 1]]) for n in range(4))],
    ],
    ids=["two-lines", "one-line", "three-lines", "youtube", "marked"],
)
def test_captions_that_roll_say_every_word_once(shown: list[str], tmp_path: Path) -> None:
    for name, source in (("a.srt", subtitles(*shown)), ("a.vtt", "WEBVTT\n\n" + subtitles(*shown))):
        assert [text for _, text in spoken(tmp_path / name, source)] == NEWS


def test_captions_that_grow_word_by_word_become_lines(tmp_path: Path) -> None:
    words = ["i", "dag", "talar", "vi", "om", "möbler", "och", "hur", "de", "lagas", "i", "hela", "länet"]
    source = subtitles(*(" ".join(words[: n + 1]) for n in range(len(words))), step=0.5)
    assert read(tmp_path / "a.srt", source) == [(0.5, 7, "", " ".join(words))]


@pytest.mark.parametrize(
    "texts",
    [
        ["Ja.", "Ja.", "Ja."],
        ["Vi vill ha bröd", "Vi vill ha bröd\noch fred", "Vi vill ha bröd\noch rosor"],
        ["Heja Åre", "Heja Åre", "Hej", "Hej", "Nej", "Nej"],
        ["Och så", "så där", "Det var en gång", "en katt", "som sov", "hela dagen"],
    ],
)
def test_what_is_repeated_on_purpose_stays(texts: list[str], tmp_path: Path) -> None:
    assert [text for _, text in spoken(tmp_path / "a.srt", subtitles(*texts))] == [
        text.replace("\n", " ") for text in texts
    ]


def test_what_is_said_again_where_captions_roll_is_said_again(tmp_path: Path) -> None:
    shown = ["heja åre", "heja åre\nheja åre", "heja åre\nnu vinner vi", "nu vinner vi\nigen"]
    assert [text for _, text in spoken(tmp_path / "a.srt", subtitles(*shown))] == ["heja åre"] * 2 + [
        "nu vinner vi",
        "igen",
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Han sa <ohörbart> och gick.", "Han sa <ohörbart> och gick."),
        ("<podd@exempel.se>, <https://exempel.se>", "<podd@exempel.se>, <https://exempel.se>"),
        ("a<b och c>d, 1 < 2 > 0, <3", "a<b och c>d, 1 < 2 > 0, <3"),
        ("<B>Fet</B> <I>kursiv</i> <u>och</u> <s>så</s>", "Fet kursiv och så"),
        ('<font color="#fff" size=2>vit</font>, <font>', "vit,"),
        ("{\\an8}{\\pos(1,2)}Överst {och inte}", "Överst {och inte}"),
        ("&lt;skratt&gt; R&D &amp; AT&T", "<skratt> R&D & AT&T"),
        ("Ring <112> före <00:30>", "Ring <112> före <00:30>"),
        ("<skratt>", "<skratt>"),
        ("Ett<br>två<br />tre", "Ett två tre"),
    ],
)
def test_only_marks_are_left_out(written: str, text: str, tmp_path: Path) -> None:
    assert spoken(tmp_path / "a.srt", subtitles(written)) == [("", text)]
    assert spoken(tmp_path / "a.vtt", "WEBVTT\n\n" + subtitles(written)) == [("", text)]


@pytest.mark.parametrize(
    ("mark", "names"),
    [
        ("[SPEAKER_00]: ", ["SPEAKER_00", "SPEAKER_01"]),
        ("[SPEAKER_00] ", ["SPEAKER_00", "SPEAKER_01"]),
        ("(speaker 0) ", ["speaker 0", "speaker 1"]),
        ("(Speaker 0): ", ["Speaker 0", "Speaker 1"]),
        ("[Anna Ek]: ", ["Anna Ek", "Anna Ek"]),
        (">> Anna: ", ["Anna", "Anna"]),
        (">>> Anna Ek: ", ["Anna Ek", "Anna Ek"]),
        ("&gt;&gt; Anna: ", ["Anna", "Anna"]),
        ("- Anna: ", ["Anna", "Anna"]),
        ("Talare 0: ", ["Talare 0", "Talare 1"]),
        ("ANNA: ", ["ANNA", "ANNA"]),
    ],
)
def test_speakers_are_known_however_they_are_marked(mark: str, names: list[str], tmp_path: Path) -> None:
    texts = [f"{mark}Hej.", f"{mark.replace('0]', '1]').replace('0)', '1)').replace('0:', '1:')}Tack.", f"{mark}Nej."]
    expected = [(names[0], "Hej."), (names[1], "Tack."), (names[0], "Nej.")]
    assert spoken(tmp_path / "a.srt", subtitles(*texts)) == expected


def test_a_turn_without_a_name_is_nobodys_who_is_known(tmp_path: Path) -> None:
    texts = [">> Anna: Hej.", "Hur går det?", ">> Bra.", "Tack.", ">> Anna: Jaha."]
    assert spoken(tmp_path / "a.srt", subtitles(*texts)) == [
        ("Anna", "Hej."), ("Anna", "Hur går det?"), ("", "– Bra."), ("", "Tack."), ("Anna", "Jaha."),
    ]  # fmt: skip
    texts = ["Hur går det? [SPEAKER_TURN]", "Bra. [SPEAKER_TURN]", "Jaha."]
    assert spoken(tmp_path / "a.srt", subtitles(*texts)) == [("", "Hur går det?"), ("", "– Bra."), ("", "– Jaha.")]


@pytest.mark.parametrize(
    "guest", ["Extern gäst", "Erik Ek, Bräcke kommun", "Kommunalråd i Åre", "Dr. Ek (gäst)", "vd Möbler AB"]
)
def test_a_guest_who_is_named_once_is_never_taken_for_the_host(guest: str, tmp_path: Path) -> None:
    texts = [
        "Anna: Hej.",
        "Anna: Välkommen.",
        "Här är gästen.",
        "Vi börjar.",
        "Då så.",
        "Nu.",
        f"{guest}: Tack så mycket.",
        "Jo.",
    ]
    said = spoken(tmp_path / "a.srt", subtitles(*texts))
    assert said[:6] == [("Anna", text.removeprefix("Anna: ")) for text in texts[:6]]
    assert said[6:] in ([(guest, "Tack så mycket."), (guest, "Jo.")], [("", f"{guest}: Tack så mycket."), ("", "Jo.")])


def test_a_cue_of_no_length_lasts_no_longer_than_it_takes_to_say(tmp_path: Path) -> None:
    source = "00:00:04,000 --> 00:00:04,000\nDen första frågan.\n\n00:00:50,000 --> 00:00:55,000\nNästa.\n"
    assert read(tmp_path / "a.srt", source) == [(4, 6.5, "", "Den första frågan."), (50, 55, "", "Nästa.")]


@pytest.mark.parametrize(
    "paragraphs",
    [
        # Teams, with the name, the time and what is said in one paragraph, or in two.
        ["Möte", "\nProgramledaren   0:03\nVälkommen till podden.", "\nGästen   1:05\nTack så mycket!"],
        ["Programledaren   0:03", "Välkommen till podden.", "", "Gästen   1:05", "Tack så mycket!"],
        ["Programledaren startade transkriptionen", "Programledaren\t0:03\nVälkommen", "till podden.",
         "Gästen\t1:05\nTack så mycket!", "Programledaren stoppade transkriptionen"],
        # Word's own Transcribe.
        ["Ljudfil", "intervju.mp3", "Transkription", "00:00:03 Programledaren", "Välkommen till podden.",
         "00:01:05 Gästen", "Tack så mycket!"],
        # By hand.
        ["Programledaren [00:00:03]: Välkommen till podden.", "Gästen [00:01:05]: Tack så mycket!"],
        ["Programledaren (0:03) Välkommen till podden.", "Gästen (1:05) Tack så mycket!"],
        ["0:03 Programledaren: Välkommen till podden.", "1:05 Gästen: Tack så mycket!"],
        ["Intervju", "0:03", "Programledaren", "Välkommen till podden.", "1:05", "Gästen", "Tack så mycket!"],
        ["Programledaren, 0:03", "Välkommen till podden.", "Gästen, 1:05", "Tack så mycket!"],
    ],
)  # fmt: skip
def test_a_word_document_is_read_in_the_shapes_that_people_have(paragraphs: list[str], tmp_path: Path) -> None:
    options = {"duration": timedelta(seconds=90)}
    assert read(tmp_path / "a.docx", a_document(*paragraphs), **options) == WITHOUT_ENDS
    assert read(tmp_path / "a.txt", "\n".join(paragraphs), **options) == WITHOUT_ENDS


@pytest.mark.parametrize(
    "paragraphs",
    [
        ["0:0:3.250 --> 0:0:5.100", "Programledaren", "Välkommen till podden.", "0:0:5.500 --> 0:0:7.250", "Gästen",
         "Tack så mycket!"],
        ["0:0:3.250 --> 0:0:5.100\nProgramledaren\nVälkommen till\npodden.", ("0:0:5.500 --> 0:0:7.250\nGästen\n"
         "Tack så mycket!")],
        SRT.split("\n"),
        TEAMS.split("\n"),
        ["Programledaren  00:00:03.250 --> 00:00:05.100", "Välkommen till podden.",
         "Gästen  00:00:05.500 → 00:00:07.250", "Tack så mycket!"],
        ["[00:03.250 --> 00:05.100] Programledaren: Välkommen till podden.",
         "[00:05.500 --> 00:07.250] Gästen: Tack så mycket!"],
    ],
    ids=["teams", "teams-line-breaks", "srt", "webvtt", "named", "whisper"],
)  # fmt: skip
def test_a_word_document_with_ends_keeps_them(paragraphs: list[str], tmp_path: Path) -> None:
    assert read(tmp_path / "a.docx", a_document(*paragraphs)) == WITH_ENDS


@pytest.mark.parametrize(
    "table",
    [
        [["Tid", "Talare", "Text"], ["0:03", "Programledaren", "Välkommen till podden."],
         ["1:05", "Gästen", "Tack så mycket!"]],
        [["0:03", "Programledaren", "Välkommen till podden."], ["1:05", "Gästen", "Tack så mycket!"]],
        [["Nr", "Vem", "Vad som sägs", "När"], ["1", "Programledaren", "Välkommen", "[00:00:03]"],
         ["", "", "till podden.", ""], ["2", "Gästen", "Tack så mycket!", "[00:01:05]"]],
        [["0:03", "Programledaren: Välkommen till podden."], ["1:05", "Gästen: Tack så mycket!"]],
        [["Programledaren   0:03", "Välkommen till podden."], ["Gästen   1:05", "Tack så mycket!"]],
        [["0:03–1:05", "Programledaren", "Välkommen till podden."], ["1:05–1:30", "Gästen", "Tack så mycket!"]],
        [["Start", "Slut", "Namn", "Text"], ["0:03", "1:05", "Programledaren", "Välkommen till podden."],
         ["1:05", "1:30", "Gästen", "Tack så mycket!"]],
        # A length is no end.
        [["0:03", "0:02", "Programledaren", "Välkommen till podden."], ["1:05", "0:25", "Gästen", "Tack så mycket!"]],
    ],
)  # fmt: skip
def test_a_table_in_word_is_read_by_its_columns(table: list[list[str]], tmp_path: Path) -> None:
    source = a_document("Avsnitt 1", table=table)
    assert read(tmp_path / "a.docx", source, duration=timedelta(seconds=90)) == WITHOUT_ENDS


def test_a_table_row_without_a_time_shares_it_with_the_row_above(tmp_path: Path) -> None:
    table = [["0:00", "Programledaren", "Hallå där."], ["", "Gästen", "Hejsan du."], ["0:20", "Gästen", "Nu så."]]
    assert read(tmp_path / "a.docx", a_document(table=table)) == [
        (0, 10, "Programledaren", "Hallå där."),
        (10, 20, "Gästen", "Hejsan du."),
        (20, 60, "Gästen", "Nu så."),
    ]


def test_a_table_about_the_document_is_not_said(tmp_path: Path) -> None:
    source = a_document("0:0:1.0 --> 0:0:2.0\nGästen\nHej.", table=[["sparad av", "Programledaren"]])
    assert read(tmp_path / "a.docx", source) == [(1, 2, "Gästen", "Hej.")]


def test_tracked_changes_are_read_as_the_document_shows_them(tmp_path: Path) -> None:
    xml = (
        "<w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>"
        "<w:r><w:t>0:03 Gästen: Det är </w:t></w:r><w:del><w:r><w:delText>inte </w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>alls </w:t></w:r></w:moveFrom><w:ins><w:r><w:t>så</w:t></w:r></w:ins>"
        "<w:sdt><w:sdtContent><w:r><w:noBreakHyphen/><w:t>här</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:hyperlink><w:r><w:t>.</w:t></w:r></w:hyperlink>"
    )
    assert read(tmp_path / "a.docx", a_document_of(xml)) == [(3, 60, "Gästen", "Det är så-här.")]


def test_the_arrow_that_word_makes_is_an_arrow(tmp_path: Path) -> None:
    xml = (
        "<w:r><w:t>00:01.000 </w:t></w:r><w:r><w:sym w:font='Wingdings' w:char='F0E0'/></w:r>"
        "<w:r><w:t> 00:02.000</w:t><w:br/><w:t>Hej.</w:t></w:r>"
    )
    assert read(tmp_path / "a.docx", a_document_of(xml)) == [(1, 2, "", "Hej.")]


@pytest.mark.parametrize(
    "source",
    [
        "00:00:03 Programledaren: Välkommen till podden.\n00:01:05 Gästen: Tack så mycket!",
        "[0:03] Programledaren: Välkommen\ntill podden.\n\n[1:05] Gästen: Tack så mycket!\n",
        "Programledaren 0:03\nVälkommen till podden.\n\nGästen 1:05\nTack så mycket!\n",
        "0:03 - Programledaren\nVälkommen till podden.\n\n1:05 - Gästen\nTack så mycket!\n",
        "Programledaren [0:03 - 1:05]\n  Välkommen till podden.\n\nGästen [1:05 - 1:30]\n  Tack så mycket!\n",
        "Programledaren\n0 minuter 3 sekunder\n0:03\nVälkommen till podden.\nGästen\n1 minut 5 sekunder\n1:05\nTack så mycket!",
        "- 0:03 Programledaren: Välkommen till podden.\n- 1:05 Gästen: Tack så mycket!",
        "0:03–1:05 Programledaren: Välkommen till podden.\n1:05–1:30 Gästen: Tack så mycket!",
        "\ufeff00:03.000\tProgramledaren:\tVälkommen till podden.\r\n01:05,000\tGästen:\tTack så mycket!",
        "programledaren 0:03\nVälkommen till podden.\ngästen 1:05\nTack så mycket!\n".replace("gäst", "Gäst").replace(
            "prog", "Prog"
        ),
        "Programledaren (0:03):\vVälkommen till podden.\vGästen (1:05):\vTack så mycket!",
        "0:03\nProgramledaren: Välkommen till podden.\n1:05\nGästen: Tack så mycket!",
        "0:03: Programledaren: Välkommen till podden.\n1:05: Gästen: Tack så mycket!",
        "Programledaren: 0:03 Välkommen till podden.\nGästen: 1:05 Tack så mycket!",
        (
            "00:00:03:12 - 00:01:05:00\nProgramledaren\nVälkommen till podden.\n\n"
            "00:01:05:02 - 00:01:30:10\nGästen\nTack så mycket!"
        ),
        "**Programledaren** 0:03\nVälkommen till podden.\n\n**[1:05] Gästen:** Tack så mycket!".replace(
            "[1:05] Gästen:", "Gästen [1:05]:"
        ),
    ],
)
def test_text_with_times_is_read_in_the_shapes_that_people_write(source: str, tmp_path: Path) -> None:
    options = {"duration": timedelta(seconds=90)}
    assert read(tmp_path / "a.txt", source, **options) == WITHOUT_ENDS
    assert read(tmp_path / "a.txt", source.encode("utf-16"), **options) == WITHOUT_ENDS
    assert read(tmp_path / "text", source, **options) == WITHOUT_ENDS


@pytest.mark.parametrize(
    "source", ["0:05 - Hej.\n0:09 - Nej.", "(0:05) Hej.\n(00:09) Nej.", "0:05\nHej.\n\n0:09\nNej."]
)
def test_text_without_speakers_has_none(source: str, tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", source) == [(5, 9, "", "Hej."), (9, 60, "", "Nej.")]


SRT_TIMES = "00:00:01,000 --> 00:00:02,000", "00:00:03,000 --> 00:00:04,000"
WORDS_SAID = {
    "one beside a time": ("a.txt", "0:03 Absolut\nDet tycker vi.\n1:05\nHej på dig.\nDå.\n2:00\nMer."),
    "one that goes on": ("a.txt", "0:03 Absolut\nDet tycker vi.\n1:05 Hej på dig.\nDå."),
    "whole lines": ("a.txt", "0:03 Absolut\n1:05 Tack\n2:00 Mer\nsa hon."),
    "no name beside": ("a.txt", "0:03 absolut inte\nDet tycker vi."),
    "one below the only time": ("a.txt", "0:03\nVälkommen\nHej."),
    "no name below": ("a.txt", "0:03\nabsolut inte\nDet tycker vi.\n1:05\nTack\nHej."),
    "one that is all of it": ("a.txt", "0:03\nAbsolut\n1:05\nAbsolut"),
    "one above the first time": ("a.txt", "Välkommen\n0:03\nHej.\n1:05\nTack så mycket."),
    "lines of subtitles": ("a.srt", f"{SRT_TIMES[0]}\nAbsolut\nDet tycker vi.\n\n{SRT_TIMES[1]}\nTack\nHej."),
    "the same lines of subtitles": ("a.srt", f"{SRT_TIMES[0]}\nvi ses\nidag\n\n{SRT_TIMES[1]}\nvi ses\nnu"),
}


@pytest.mark.parametrize(("name", "source"), WORDS_SAID.values(), ids=WORDS_SAID)
def test_a_word_that_is_said_is_nobodys_name(name: str, source: str, tmp_path: Path) -> None:
    assert {speaker for _, _, speaker, _ in read(tmp_path / name, source)} == {""}


def test_a_name_that_returns_need_not_look_like_one(tmp_path: Path) -> None:
    source = "0:03\nröst a\nHej.\n0:05\nröst b\nNej.\n0:07\nröst a\nJo.\n0:09\nröst b\nJaså."
    assert [speaker for _, _, speaker, _ in read(tmp_path / "a.txt", source)] == ["röst a", "röst b"] * 2


def test_lines_without_a_time_go_on_with_the_one_before(tmp_path: Path) -> None:
    source = (
        "0:05 Gästen: Vi ses\nklockan 10:30 i\n1:1-projektet, eller\nvid torget 11:15\n0:30 Gästen: Ja (10:30) var det."
    )
    assert read(tmp_path / "a.txt", source) == [
        (5, 30, "Gästen", "Vi ses klockan 10:30 i 1:1-projektet, eller vid torget 11:15"),
        (30, 60, "Gästen", "Ja (10:30) var det."),
    ]


def test_what_starts_together_shares_the_time_by_length(tmp_path: Path) -> None:
    source = "0:10 Programledaren: Hej!\nGästen: Hallå där!!!\n0:10 Programledaren: Jaha\n0:30 Gästen: Slut."
    assert read(tmp_path / "a.txt", source) == [
        (10, 14, "Programledaren", "Hej!"),
        (14, 26, "Gästen", "Hallå där!!!"),
        (26, 30, "Programledaren", "Jaha"),
        (30, 60, "Gästen", "Slut."),
    ]


def test_no_cue_ends_after_the_audio_unless_the_source_says_so(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "0:05 Ett.\n2:00 Två.") == [(5, 60, "", "Ett."), (120, 121, "", "Två.")]
    assert read(tmp_path / "a.srt", "00:00:05,000 --> 00:02:00,000\nEtt.") == [(5, 120, "", "Ett.")]


SEGMENTS = [
    {"startTime": 3.25, "endTime": 5.1, "speaker": "Programledaren", "body": "Välkommen till\npodden."},
    {"startTime": 5.5, "endTime": 7.25, "speaker": "Gästen", "body": "Tack så mycket!"},
]


@pytest.mark.parametrize(
    "source",
    [
        {"version": "1.0.0", "segments": SEGMENTS},
        SEGMENTS,
        {"segments": [{"start": s["startTime"], "end": s["endTime"], "text": s["body"], "speaker": s["speaker"]} for s in SEGMENTS]},
        {"segments": [{**s, "startTime": str(s["startTime"]), "endTime": f"0:0{s['endTime']}"} for s in SEGMENTS]},
        {"segments": [SEGMENTS[0], {"startTime": 5.2, "body": " "}, SEGMENTS[1]]},
    ],
)  # fmt: skip
def test_json_of_the_podcast_namespace_is_read(source: Any, tmp_path: Path) -> None:
    assert read(tmp_path / "a.json", json.dumps(source)) == WITH_ENDS
    assert read(tmp_path / "a.txt", json.dumps(source)) == WITH_ENDS


@pytest.mark.parametrize(
    "source",
    [
        (
            "<cite>Programledaren:</cite><time>0:03</time><p>Välkommen till podden.</p>"
            "<cite>Gästen :</cite>\n<time>1:05</time>\n<p>\n  Tack så\n  mycket!\n</p>"
        ),
        (
            "<!doctype html><html><head><title>Avsnitt</title><style>p {}</style></head><body><h1>Avsnitt</h1>"
            "<p><time datetime='2026-01-01'>1 januari</time></p><script>1:05</script><!-- 0:01 -->"
            "<div><time>0:03</time><cite>Programledaren</cite><p>Välkommen</p><p>till <b>podden</b>.</p></div>"
            "<div><time>1:05</time><cite>Gästen</cite><p>Tack så mycket!</p></div></body></html>"
        ),
        "<p>[0:03] Programledaren: Välkommen till podden.</p><p>[1:05] Gästen: Tack så mycket!</p>",
        "<p>Programledaren   0:03<br>Välkommen till podden.</p><p>Gästen (1:05)<br/>Tack så mycket!</p>",
        (
            "<p><cite>Programledaren:</cite> <time>0:03</time> Välkommen till podden.</p>"
            "<p><cite>Gästen:</cite> <time>1:05</time> Tack så mycket!</p>"
        ),
    ],
)
def test_html_of_the_podcast_namespace_is_read(source: str, tmp_path: Path) -> None:
    options = {"duration": timedelta(seconds=90)}
    assert read(tmp_path / "a.html", source, **options) == WITHOUT_ENDS
    assert read(tmp_path / "a", source, **options) == WITHOUT_ENDS


def test_a_book_is_no_speaker(tmp_path: Path) -> None:
    source = "<cite>Gästen:</cite><time>0:03</time><p>Jag läste <cite>Boken</cite> i går.</p>"
    assert read(tmp_path / "a.html", source) == [(3, 60, "Gästen", "Jag läste Boken i går.")]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", "<p>Gästen: Ja.</p><p>Gästen: Ja.</p><p>Programledaren: Jaha.</p>"),
        ("a.txt", "Gästen: Ja.\n\nGästen:\nJa.\n\nProgramledaren: Jaha."),
        ("a.txt", "Gästen: Ja.\nGästen: Ja.\nProgramledaren: Jaha.\n"),
        ("a.docx", a_document("Gästen: Ja.", "", "Gästen: Ja.", "Programledaren: Jaha.")),
    ],
)
def test_without_times_a_paragraph_may_be_said_at_any_time_if_that_is_asked_for(
    name: str, source: str | bytes, tmp_path: Path
) -> None:
    said = [("Gästen", "Ja."), ("Gästen", "Ja."), ("Programledaren", "Jaha.")]
    assert read(tmp_path / name, source, untimed=True) == [(0, 60, *one) for one in said]
    assert [kind for kind, *_ in told(tmp_path / name, source)] == [Kind.CAPTIONS_WITHOUT_TIMES]


def test_a_paragraph_without_times_in_between_may_be_parted(tmp_path: Path) -> None:
    source = "Det första stycket\när långt.\n\nDet andra är kort."
    texts = [text for *_, text in read(tmp_path / "a.txt", source, untimed=True)]
    assert texts == ["Det första stycket är långt.", "Det andra är kort."]


HOST_AND_GUESTS = [
    ("Anna Ek", "Välkommen."), ("Extern gäst", "Tack."), ("Erik Ek, Bräcke kommun", "Jo."), ("Kommunalråd i Åre", "Ja."),
    ("Oidentifierad talare", "Nej."), ("vd på Möbler AB", "Då."),
]  # fmt: skip
SHAPES = {
    "time, name and colon": "{time} {name}: {text}",
    "time in brackets, name and colon": "[{time}] {name}: {text}",
    "name and time, text below": "{name} {time}\n{text}\n",
    "name and time far apart": "{name}   {time}\n{text}\n",
    "name, time in brackets, colon": "{name} [{time}]: {text}",
    "name, time in parentheses, text below": "{name} ({time})\n{text}\n",
    "name in brackets": "[{name}] {time}\n{text}\n",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_guests_are_never_given_to_the_host_in_text(shape: str, tmp_path: Path) -> None:
    lines = [
        shape.format(time=f"00:00:{10 * n:02}", name=name, text=text) for n, (name, text) in enumerate(HOST_AND_GUESTS)
    ]
    assert spoken(tmp_path / "a.txt", "\n".join(lines)) == HOST_AND_GUESTS
    assert spoken(tmp_path / "a.docx", a_document(*"\n".join(lines).split("\n"))) == HOST_AND_GUESTS


@pytest.mark.parametrize(
    "shape",
    ["{time} {name}\n{text}\n", "{time}\n{name}\n{text}\n", "[{time}]\n{name}\n{text}", "{name}\n{time}\n{text}\n"],
)
def test_a_name_alone_may_be_of_anybody(shape: str, tmp_path: Path) -> None:
    guests = HOST_AND_GUESTS[:5]
    lines = [shape.format(time=f"00:00:{10 * n:02}", name=name, text=text) for n, (name, text) in enumerate(guests)]
    assert spoken(tmp_path / "a.txt", "\n".join(lines)) == guests


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_column_of_names_is_one_wherever_it_stands(place: int, tmp_path: Path) -> None:
    rows = [[f"0:{10 * n:02}", text] for n, (_, text) in enumerate(HOST_AND_GUESTS)]
    for row, (name, _) in zip(rows, HOST_AND_GUESTS, strict=True):
        row.insert(place, name)
    assert spoken(tmp_path / "a.docx", a_document(table=rows)) == HOST_AND_GUESTS


def test_one_word_before_a_colon_is_not_the_speaker_of_everything(tmp_path: Path) -> None:
    source = "0:05 Fråga: hur går det?\n0:10 Bra.\n0:20 Tack för det."
    assert {speaker for speaker, _ in spoken(tmp_path / "a.txt", source)} == {""}


def test_a_name_that_is_said_in_a_voice_is_no_speaker(tmp_path: Path) -> None:
    source = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bo>Anna: kom hit!\n\n00:02.000 --> 00:03.000\n<v Anna>Jag kommer.\n"
    assert spoken(tmp_path / "a.vtt", source) == [("Bo", "Anna: kom hit!"), ("Anna", "Jag kommer.")]


def test_a_line_of_spaces_ends_no_cue(tmp_path: Path) -> None:
    source = "WEBVTT\n\nNOTE\nhemligt\n\n00:01.000 --> 00:02.000\n \nNOTE som vi\n\t\nSTYLE säger.\n\nNOTE hemligt\n"
    assert spoken(tmp_path / "a.vtt", source) == [("", "NOTE som vi STYLE säger.")]


@pytest.mark.parametrize("heading", ["Tidpunkt;Vem som pratar;Det som sägs", "Tid;Talare;Yttrande", "A;B;C"])
def test_a_table_is_read_whatever_its_columns_are_called(heading: str, tmp_path: Path) -> None:
    source = f"{heading}\n0:03;Anna Ek;Välkommen, alla.\n0:06;Extern gäst;Tack.\n"
    assert spoken(tmp_path / "a.csv", source) == [("Anna Ek", "Välkommen, alla."), ("Extern gäst", "Tack.")]


def test_a_title_above_the_heading_of_a_table_is_told_and_not_said(tmp_path: Path) -> None:
    table = [["Avsnitt 3", "Avsnitt 3", "Avsnitt 3"], ["Tid", "Talare", "Text"], ["0:03", "Anna Ek", "Välkommen."]]
    cues, problems = problems_and_cues(tmp_path / "a.docx", a_document(table=table))
    assert [(cue.speaker, cue.text) for cue in cues] == [("Anna Ek", "Välkommen.")]
    assert [(note.kind, "Avsnitt 3" in note.expected) for note in problems.noted] == [(Kind.CAPTIONS_LEFT_OUT, True)]


def test_broken_lines_are_no_names(tmp_path: Path) -> None:
    source = "0:03\nVälkommen till podden\nom upphandling.\n0:20\nMöbler och annat\nsom lagas."
    assert {speaker for speaker, _ in spoken(tmp_path / "a.txt", source)} == {""}


def test_what_may_be_a_name_and_is_none_that_is_known_leaves_open_who_talks(tmp_path: Path) -> None:
    source = "Anna Ek 0:03\nVälkommen.\nExtern gäst: Tack.\n\nAnna Ek 0:20\nJaha.\n"
    said = [("Anna Ek", "Välkommen."), ("", "Extern gäst: Tack."), ("Anna Ek", "Jaha.")]
    assert spoken(tmp_path / "a.txt", source) == said


@pytest.mark.parametrize(
    "name",
    ["2:e vice ordförande", "46701234567", "+46 70 123 45 67", "3 personer i publiken", '"Kalle" Berg', "🎙 Eva",  "Erik Ek [Bräcke]",
     "Karl “Kalle” Berg"],
)  # fmt: skip
def test_a_name_need_not_begin_with_a_letter(name: str, tmp_path: Path) -> None:
    said = [("Anna Ek", "Välkommen."), (name, "Tack."), ("Anna Ek", "Jaha.")]
    lines = [f"{speaker}: {text}" for speaker, text in said]
    assert spoken(tmp_path / "a.srt", subtitles(*lines)) == said
    timed = "\n".join(f"0:{10 * number:02} {line}" for number, line in enumerate(lines))
    assert spoken(tmp_path / "a.txt", timed) == said


@pytest.mark.parametrize("name", ["Sal 1:3", "Vem? Erik", "Enheten för upphandling, inköp och återbruk " * 2])
def test_what_stands_where_every_other_line_has_a_name_is_not_said_by_the_one_before(name: str, tmp_path: Path) -> None:
    lines = ["Anna Ek: Välkommen.", f"{name.strip()}: Tack.", "Anna Ek: Jaha.", "Bo Åkre: Ja.", "Anna Ek: Bra."]
    said = spoken(tmp_path / "a.srt", subtitles(*lines))
    assert said[1] == ("", lines[1])
    assert [speaker for speaker, _ in said] == ["Anna Ek", "", "Anna Ek", "Bo Åkre", "Anna Ek"]


def test_captions_roll_over_a_pause(tmp_path: Path) -> None:
    texts = [
        (3, 5, "välkommen till podden"),
        (6, 9, "välkommen till podden\nom möbler"),
        (15, 18, "om möbler\nsom lagas"),
    ]
    source = "\n".join(f"{n}\n00:00:{a:02},000 --> 00:00:{b:02},000\n{text}\n" for n, (a, b, text) in enumerate(texts))
    assert [text for _, text in spoken(tmp_path / "a.srt", source)] == [
        "välkommen till podden",
        "om möbler",
        "som lagas",
    ]


def test_a_sentence_after_the_mark_of_a_new_speaker_is_no_name(tmp_path: Path) -> None:
    source = subtitles(">> Vad betyder det: egentligen?", ">> Att man lagar.", ">> ANNA EK: Jaha.")
    said = [("", "– Vad betyder det: egentligen?"), ("", "– Att man lagar."), ("ANNA EK", "Jaha.")]
    assert spoken(tmp_path / "a.srt", source) == said


def test_frames_are_no_part_of_a_name(tmp_path: Path) -> None:
    source = "00;00;03;05 - 00;00;05;12\nAnna Ek\nVälkommen.\n\n00;00;06;00 - 00;00;08;00\nBo\nTack.\n"
    assert spoken(tmp_path / "a.txt", source) == [("Anna Ek", "Välkommen."), ("Bo", "Tack.")]
    source = "00:00:03;05 Anna Ek: Välkommen.\n00:00:06;00 Bo: Tack.\n"
    assert spoken(tmp_path / "a.txt", source) == [("Anna Ek", "Välkommen."), ("Bo", "Tack.")]


TWO: list[Read] = [(3, 5, "Anna Ek", "Välkommen, alla."), (6, 8, "Extern gäst", "Tack <skratt>.")]
NAMELESS: list[Read] = [(start, end, "", text) for start, end, _, text in TWO]
TTML = "http://www.w3.org/ns/ttml"


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        # Premiere, with frames; Excel in Swedish; without a heading; seconds; a table of Whisper; tabs with quotes.
        ("a.csv", ('"Speaker Name","Start Time","End Time","Text"\n"Anna Ek","00:00:03:00","00:00:05:12","Välkommen, alla."\n'
         '"Extern gäst","00:00:06:00","00:00:08:00","Tack <skratt>."\n'), TWO),
        ("a.csv", "sep=;\nTid;Slut;Talare;Text\n0:03;0:05;Anna Ek;Välkommen, alla.\n0:06;0:08;Extern gäst;Tack <skratt>.", TWO),
        ("a.csv", "Start;Längd;Vem;Replik\n0:03;0:02;Anna Ek;Välkommen, alla.\n0:06;0:02;Extern gäst;Tack <skratt>.", TWO),
        ("a.csv", '0:03,0:05,Anna Ek,"Välkommen, alla."\n0:06,0:08,Extern gäst,Tack <skratt>.', TWO),
        ("a.csv", 'start,end,speaker,text\n3.0,5,Anna Ek,"Välkommen, alla."\n6.0,8.0,Extern gäst,Tack <skratt>.', TWO),
        ("a.tsv", "start\tend\ttext\n3000\t5000\tVälkommen, alla.\n6000\t8000\tTack <skratt>.", NAMELESS),
        ("a.txt", "Start\tSlut\tText\n3\t5\tVälkommen, alla.\n6\t8\tTack <skratt>.", NAMELESS),
        ("a.sbv", "0:00:03.000,0:00:05.000\nVälkommen,\nalla.\n\n0:00:06.000,0:00:08.000\nTack <skratt>.\n", NAMELESS),
        ("a.ttml", (f'<?xml version="1.0" encoding="UTF-8"?><!-- a --><tt xmlns="{TTML}" xmlns:ttp="{TTML}#parameter" '
         f'xmlns:ttm="{TTML}#metadata" ttp:tickRate="1000" ttp:frameRate="25"><head><metadata><ttm:agent xml:id="a">'
         '<ttm:name type="full">Anna Ek</ttm:name></ttm:agent></metadata></head><body begin="1s"><div begin="00:00:01.000">'
         '<p begin="1000t" dur="2s" ttm:agent="a">Välkommen,<br/><span>alla</span>.</p>'
         '<p begin="00:00:04:00" end="150f" ttm:agent="Extern gäst">Tack\n &lt;skratt&gt;.</p></div></body></tt>'),
         TWO),
        ("a.dfxp", ('<tt xmlns="http://www.w3.org/2006/10/ttaf1"><body><div><p begin="3s" end="00:00:05">Välkommen, alla.</p>'
         '<p begin="6000ms" end="8s"><span>Tack</span> <span>&lt;skratt&gt;.</span></p></div></body></tt>'), NAMELESS),
        ("a.ass", ("[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\n"
         "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
         "Dialogue: 0,0:00:03.00,0:00:05.00,Default,Anna Ek,0,0,0,,{\\i1}Välkommen,{\\i0}\\Nalla.\n"
         "Dialogue: 0,0:00:06.00,0:00:08.00,Default,Extern gäst,0,0,0,,Tack <skratt>.\n"), TWO),
        ("a.sub", "{1}{1}25\n{75}{125}Välkommen,|alla.\n{150}{200}{y:i}Tack <skratt>.\n", NAMELESS),
        ("a.smi", ("<SAMI><BODY>\n<SYNC Start=3000><P Class=SV>Välkommen, alla.\n<SYNC Start=5000><P Class=SV>&nbsp;\n"
         "<SYNC Start=6000><P Class=SV>Tack &lt;skratt&gt;.\n<SYNC Start=8000><P Class=SV>&nbsp;\n</BODY></SAMI>"), NAMELESS),
        ("a.json", json.dumps({"transcription": [
            {"timestamps": {"from": "00:00:03,000", "to": "00:00:05,000"}, "text": " Välkommen, alla."},
            {"timestamps": {"from": "00:00:06,000", "to": "00:00:08,000"}, "text": " Tack <skratt>."}]}), NAMELESS),
        ("a.json", json.dumps({"utterances": [
            {"start": 3000, "end": 5000, "text": "Välkommen, alla.", "speaker": "Anna Ek"},
            {"start": 6000, "end": 8000, "text": "Tack <skratt>.", "speaker": "Extern gäst"}]}), TWO),
    ],
)  # fmt: skip
def test_the_forms_of_other_programs_are_read(name: str, source: str, said: list[Read], tmp_path: Path) -> None:
    assert read(tmp_path / name, source) == said


def test_short_answers_of_two_are_not_put_together(tmp_path: Path) -> None:
    texts = ["Anna: ja", "Bo: nej"] * 8
    assert spoken(tmp_path / "a.srt", subtitles(*texts)) == [("Anna", "ja"), ("Bo", "nej")] * 8


def test_single_words_become_lines_of_each_speaker(tmp_path: Path) -> None:
    words = [
        "hej",
        "och",
        "välkommen",
        "till",
        "podden",
        "om",
        "möbler",
        "i",
        "dag.",
        "Nu",
        "börjar",
        "vi",
        "tala",
        "om",
        "hur",
    ]
    segments = [
        {"startTime": n / 2, "endTime": n / 2 + 0.4, "speaker": "Anna", "body": word} for n, word in enumerate(words)
    ]
    assert spoken(tmp_path / "a.json", json.dumps({"segments": segments})) == [
        ("Anna", "hej och välkommen till podden om möbler i dag."), ("Anna", "Nu börjar vi tala om hur"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source", "kind"),
    [
        ("a.ttml", f'<tt xmlns="{TTML}"><body><p begin="snart">Hej</p></body></tt>', Kind.TRANSCRIPT_UNREADABLE),
        ("a.ttml", f'<tt xmlns="{TTML}"><body><p begin="1s">Hej</body></tt>', Kind.CAPTIONS_UNREADABLE),
        ("a.ttml", f'<tt xmlns="{TTML}"><body/></tt>', Kind.TRANSCRIPT_EMPTY),
        ("a.sub", "{75}{125}Hej\n", Kind.CAPTIONS_UNREADABLE),
        ("a.csv", "Tid;Text\n0:03;Hej.\nsnart;Nej.\n", Kind.NOT_A_TIME),
    ],
)  # fmt: skip
def test_what_cannot_be_read_in_other_forms_is_told(name: str, source: str, kind: Kind, tmp_path: Path) -> None:
    assert [found for found, *_ in told(tmp_path / name, source)] == [kind]


def test_no_entity_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("hemligt", encoding="utf-8")
    source = f'<!DOCTYPE tt [<!ENTITY a SYSTEM "{tmp_path}/b.txt">]><tt><body><p begin="1s">Hej &a;</p></body></tt>'
    assert [text for _, text in spoken(tmp_path / "a.ttml", source)] == ["Hej &a;"]


def test_a_cell_may_be_as_long_as_windows_can_count(tmp_path: Path) -> None:
    assert spoken(tmp_path / "a.csv", f"tid;text\n0:01;{'Hej. ' * 40_000}\n")
    assert csv.field_size_limit() < 2**31


def test_a_title_that_does_not_come_along_is_told(tmp_path: Path) -> None:
    _, problems = problems_and_cues(tmp_path / "a.txt", "Avsnitt 4\n0:03 Hej.\n0:09 Nej.\n")
    assert [(note.kind, note.expected) for note in problems.noted] == [(Kind.CAPTIONS_LEFT_OUT, "rad 1: Avsnitt 4")]


def taken(path: Path, content: str, *pauses: float, duration: timedelta = MINUTE) -> tuple[Captions, Problems]:
    path.write_text(content, encoding="utf-8")
    problems = Problems(path.name)
    found = take_captions(
        path,
        problems,
        duration=duration,
        persons=["Anna Ek"],
        find_pauses=lambda: [timedelta(seconds=at) for at in pauses],
    )
    return found, problems


def test_a_text_without_times_is_laid_over_the_pauses_and_called_approximate(tmp_path: Path) -> None:
    source = "Anna Ek: Välkommen till podden.\n\nExtern gäst: Tack ska du ha nu.\n\nAnna Ek: Då börjar vi.\n"
    found, problems = taken(tmp_path / "a.txt", source, 3, 25, 47.5)
    assert not problems.found
    assert found.approximate
    assert [(cue.start.total_seconds(), cue.speaker, cue.text) for cue in found.cues] == [
        (0, "Anna Ek", "Välkommen till podden."), (25, "Extern gäst", "Tack ska du ha nu."), (47.5, "Anna Ek", "Då börjar vi."),
    ]  # fmt: skip
    assert found.cues[-1].end == MINUTE


def test_a_long_paragraph_without_times_is_parted_where_sentences_end(tmp_path: Path) -> None:
    found, _ = taken(tmp_path / "a.txt", "En mening som är ganska lång men inte alls för lång. " * 20)
    assert len(found.cues) == 5
    assert all(cue.text.endswith(".") for cue in found.cues)


@pytest.mark.parametrize(
    "source",
    ["Tid: 1:05\nHej\nTid: 1:09\nNej", "I: Hej #00:01:05-3#\nB: Ja #00:01:20-0#", "Hej (1.05)\nTack (1.20)\nNej"],
)
def test_a_text_with_times_that_cannot_be_read_is_not_laid_out(source: str, tmp_path: Path) -> None:
    found, problems = taken(tmp_path / "a.txt", source)
    assert [problem.kind for problem in problems.found] == [Kind.CAPTIONS_WITHOUT_TIMES]
    assert not found.cues


def test_times_stay_approximate_until_the_note_is_gone(tmp_path: Path) -> None:
    found, _ = taken(tmp_path / "a.txt", "Hej.\n\nTack.\n")
    text = build_webvtt(found.cues, note=Text.APPROXIMATE_GUIDE)
    assert is_approximate(text)
    assert is_approximate(text.replace("NOTE\n", "NOTE OBS ").replace("Hej.", "Hejsan."))
    assert not is_approximate(build_webvtt(found.cues))
    assert taken(tmp_path / "a.vtt", text)[0].approximate


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "mac_roman"])
def test_broken_letters_are_mended_and_told(codec: str, tmp_path: Path) -> None:
    said = "Välkommen till Åre, Östersund och Ås – «här»"
    if codec == "cp1252":
        said = said.replace("«här»", "här")
    broken = "".join(char if char.isascii() else bytes(char, "utf-8").decode(codec, errors="replace") for char in said)
    _, problems = problems_and_cues(tmp_path / "a.srt", subtitles(broken))
    assert spoken(tmp_path / "a.srt", subtitles(broken)) == [("", said)]
    assert [note.kind for note in problems.noted] == [Kind.LETTERS_MENDED]


@pytest.mark.parametrize("said", ["Åre, Ås, Ö, å”, Ö”, Å…, DÅ”, café’", "naïve Ångström §1 ½ · ±"])
def test_letters_that_are_right_stay(said: str) -> None:
    assert mend_letters(said) == said


def test_a_column_that_is_left_out_is_told(tmp_path: Path) -> None:
    _, problems = problems_and_cues(tmp_path / "a.csv", "Tid;Text;Anteckning\n0:03;Hej.;klipp här\n")
    assert [note.kind for note in problems.noted] == [Kind.CAPTIONS_LEFT_OUT]
    assert "klipp här" in problems.noted[0].expected


def test_letters_in_two_parts_are_put_together(tmp_path: Path) -> None:
    source = normalize("NFD", "Örjan Åberg 0:03\nVälkommen till Åre.\n\nAnna Ek 0:20\nTack.\n")
    assert spoken(tmp_path / "a.txt", source)[0] == ("Örjan Åberg", "Välkommen till Åre.")


def a_zip(**parts: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), content)
    return output.getvalue()


VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Gästen>Hej\n"


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a.vtt", "", (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.vtt", "WEBVTT\n\nNOTE hej\n", (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n\n", (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.docx", a_document(), (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.json", '{"segments": []}', (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.txt", "0:05\n1:05 Programledaren:", (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.html", "<!-- -->", (Kind.TRANSCRIPT_EMPTY, 0, "")),
        ("a.vtt", "WEBVTT\n\nHej alla\n", (Kind.TRANSCRIPT_UNREADABLE, 3, "Hej alla")),
        ("a.vtt", VTT + "\nO0:03.000 --> 00:04.000\nNej", (Kind.TRANSCRIPT_UNREADABLE, 6, "O0:03.000 --> 00:04.000")),
        ("a.srt", "1\n00:00:61,000 --> 00:02:00,000\nHej", (Kind.TRANSCRIPT_UNREADABLE, 2, "00:00:61,000 --> 00:02:00,000")),
        ("a.srt", "1\n00:00:01,000 --> 00:00:0x,000\nHej", (Kind.TRANSCRIPT_UNREADABLE, 2, "00:00:01,000 --> 00:00:0x,000")),
        ("a.srt", "1\n00:00:01,000 -->\nHej", (Kind.TRANSCRIPT_UNREADABLE, 2, "00:00:01,000 -->")),
        ("a.json", '{"segments": [{"body": "Hej"}]}', (Kind.TRANSCRIPT_UNREADABLE, 0, "Hej (segment 1)")),
        ("a.json", '{"segments": [{"startTime": true, "body": "Hej"}]}', (Kind.TRANSCRIPT_UNREADABLE, 0, "Hej (segment 1)")),
        ("a.json", '{"segments": [{"startTime": 1e300, "body": "Hej"}]}', (Kind.TRANSCRIPT_UNREADABLE, 0, "Hej (segment 1)")),
        ("a.json", '{"segments": [{"startTime": NaN, "body": "Hej"}]}', (Kind.TRANSCRIPT_UNREADABLE, 0, "Hej (segment 1)")),
        ("a.json", '{"segments": {}}', (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.json", '{"segments": [1]}', (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.json", "{", (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.json", "[" * 100_000, (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.docx", a_document("0:05 Ett")[:-30], (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.docx", a_document("0:05 Ett")[:3000], (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.docx", a_zip(a_txt=b"hej"), (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.docx", a_zip(word__document_xml=b"\0" * 51_000_000), (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.mp3", b"ID3\x04\0\0\0\0\0\0", (Kind.CAPTIONS_UNREADABLE, 0, "")),
        ("a.txt", b"\xff\xfeh\0e", (Kind.WRONG_ENCODING, 1, "")),
        ("a.vtt", VTT.encode("cp1252"), (Kind.WRONG_ENCODING, 4, "")),
        ("a.txt", b"0:05\nHej \x81", (Kind.WRONG_ENCODING, 2, "")),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (Kind.CAPTIONS_OTHER_FORMAT, 0, "")),
        ("a.docx", b"%PDF-1.7", (Kind.CAPTIONS_OTHER_FORMAT, 0, "")),
        ("a.txt", b"{\\rtf1\\ansi", (Kind.CAPTIONS_OTHER_FORMAT, 0, "")),
        ("a.odt", a_zip(mimetype=b"", content_xml=b""), (Kind.CAPTIONS_OTHER_FORMAT, 0, "")),
        ("a.xlsx", a_zip(xl__workbook_xml=b""), (Kind.CAPTIONS_OTHER_FORMAT, 0, "")),
        ("a.txt", "\n\nHej alla!\nDet här är bra.", (Kind.CAPTIONS_WITHOUT_TIMES, 3, "Hej alla!")),
        ("a.docx", a_document("", "Hej alla!"), (Kind.CAPTIONS_WITHOUT_TIMES, 0, "Hej alla! (stycke 1)")),
        ("a.docx", a_document(table=[["Gästen", "Hej."]]), (Kind.CAPTIONS_WITHOUT_TIMES, 0, "Gästen: Hej. (tabellens rad 1)")),
        ("a.txt", f"{'Hej. ' * 40}\n0:05 Nej.", (Kind.CAPTIONS_WITHOUT_TIMES, 1, ("Hej. " * 40).strip())),
        ("a.txt", "Avsnitt 1\nHej och välkommen till podden!\n0:05 Nej.", (Kind.CAPTIONS_WITHOUT_TIMES, 2, "Hej och välkommen till podden!")),
        ("a.vtt", "WEBVTT\n\nHej\n\n00:01,000 --> 00:02,000\nNej", (Kind.TRANSCRIPT_UNREADABLE, 3, "Hej")),
        ("a.txt", "Tid: 1:05\nHej\nTid: 1:09\nNej", (Kind.CAPTIONS_WITHOUT_TIMES, 1, "Tid: 1:05")),
        ("a.txt", "0:05 Ett\n1:75 Två", (Kind.NOT_A_TIME, 2, "1:75 Två")),
        ("a.docx", a_document("0:05 Ett", "", "1:75 Två"), (Kind.NOT_A_TIME, 0, "1:75 Två (stycke 2)")),
        ("a.docx", a_document(table=[["0:05", "Ett"], ["1:75", "Två"]]), (Kind.NOT_A_TIME, 0, "1:75 (tabellens rad 2)")),
        ("a.html", "<time>0:05</time><p>Ett</p>\n<time>1:75</time>", (Kind.NOT_A_TIME, 2, "1:75")),
        ("a.txt", "0:05 Ett\n0:09 Två\n0:07 Tre", (Kind.CAPTIONS_OUT_OF_ORDER, 3, "0:07 Tre")),
        ("a.docx", a_document("0:09 Ett", "0:07 Två"), (Kind.CAPTIONS_OUT_OF_ORDER, 0, "0:07 Två (stycke 2)")),
        ("a.srt", "00:00:05,000 --> 00:00:04,000\nHej", (Kind.CAPTIONS_OUT_OF_ORDER, 1, "00:00:05,000 --> 00:00:04,000")),
        ("a.srt", SRT + "\n3\n00:00:01,000 --> 00:00:02,000\nHej", (Kind.CAPTIONS_OUT_OF_ORDER, 11, "00:00:01,000 --> 00:00:02,000")),
        ("a.vtt", VTT + "\n00:00.000 --> 00:00.900\n<v Gästen>Nej", (Kind.CAPTIONS_OUT_OF_ORDER, 6, "00:00.000 --> 00:00.900")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(
    name: str, source: str | bytes, expected: tuple[Kind, int, str], tmp_path: Path
) -> None:
    assert told(tmp_path / name, source) == [expected]


def test_a_file_that_is_missing_or_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = Problems("a.txt")
    assert read_captions(tmp_path / "a.txt", problems, duration=MINUTE) == ()
    assert [problem.kind for problem in problems.found] == [Kind.FILE_MISSING]
    monkeypatch.setattr(content, "TEXT_LIMIT", 3)
    assert told(tmp_path / "a.txt", "0:05 Hej") == [(Kind.CAPTIONS_UNREADABLE, 0, "")]


def test_a_document_with_a_password_is_not_called_old(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    _, problems = problems_and_cues(path, b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    assert "låst med ett lösenord" in format_report(problems.found)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    source = "0:05 Ett\n1:75 Två\n0:03 Tre\n0:99 Fyra"
    assert [(kind, line) for kind, line, _ in told(tmp_path / "a.txt", source)] == [
        (Kind.NOT_A_TIME, 2),
        (Kind.NOT_A_TIME, 4),
        (Kind.CAPTIONS_OUT_OF_ORDER, 3),
    ]


def test_earlier_problems_do_not_count_as_those_of_this_file(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(VTT, encoding="utf-8")
    problems = Problems("a.vtt")
    problems.add(Kind.AUDIO_MISSING)
    assert len(read_captions(path, problems, duration=MINUTE)) == 1


@pytest.mark.parametrize(
    "path", sorted(PROJECT.glob("podcast/episodes/*/transcript.vtt")), ids=lambda path: path.parent.name
)
def test_a_published_transcript_comes_back_byte_for_byte(path: Path) -> None:
    problems = Problems(path.name)
    cues = read_captions(path, problems, duration=timedelta(hours=1))
    assert cues
    assert build_webvtt(cues) == path.read_text(encoding="utf-8")


SPECIAL = st.sampled_from(
    ["-->", "&", "&amp;", "<", ">", "<v Gästen>", "</v>", "\n", "\n\n", "\r", "\x85", "\u2028", "\0", "\ud800", "NOTE", "WEBVTT",
     "00:01.000 --> 00:02.000", "&#8;", "&lt", "Gästen: ", "- ", " ", "\ufeff", Text.TO_FILL_IN, "é", "😀"]
)  # fmt: skip
TEXTS = st.lists(SPECIAL | st.text(max_size=8), max_size=8).map("".join)


@pytest.mark.random
@settings(max_examples=300, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), TEXTS, TEXTS), max_size=8),
)
def test_what_is_built_is_read_back(parts: list[tuple[int, int, str, str]]) -> None:
    def plain(text: str) -> str:
        return normalize("NFC", " ".join(UNPUBLISHABLE.sub("", text).split()))

    cues, start = [], timedelta(0)
    for gap, length, speaker, text in parts:
        start += timedelta(milliseconds=gap)
        cues.append(Cue(start=start, end=start + timedelta(milliseconds=length), speaker=speaker, text=text))
    problems = Problems("transcript.vtt")
    expected = [
        Cue(start=cue.start, end=cue.end, speaker=plain(cue.speaker), text=plain(cue.text))
        for cue in cues
        if plain(cue.text)
    ]
    assert list(parse_transcript(build_webvtt(cues), problems)) == expected
    assert [problem.kind for problem in problems.found] == ([] if expected else [Kind.TRANSCRIPT_EMPTY])


def test_times_that_webvtt_cannot_tell_apart_are_moved_apart() -> None:
    cue = Cue(start=timedelta(microseconds=-5), end=timedelta(microseconds=5), speaker="", text="Hej")
    assert build_webvtt([cue]) == "WEBVTT\n\n00:00:00.000 --> 00:00:00.001\nHej\n"


@pytest.mark.parametrize("speaker", ["Anna--", "--", "Anna -", "A--B"])
def test_a_name_that_ends_in_dashes_is_read_as_it_was_written(speaker: str) -> None:
    """Together with the end of its mark, it would be an arrow."""
    problems = Problems("transcript.vtt")
    cue = Cue(start=timedelta(0), end=timedelta(seconds=1), speaker=speaker, text="Hej")
    assert parse_transcript(build_webvtt([cue]), problems) == (cue,)
    assert problems.found == []


@pytest.mark.parametrize(
    ("seconds", "pauses", "starts"),
    [
        (30, [], [0, 15]),
        (60, [12, 13, 30, 58], [0, 12, 30, 45]),
        (50, [49, 2], [0, 50 / 3, 100 / 3]),
        (4, [2], [0]),
        (18, [5, 13, 99, -3], [0, 5, 13]),
    ],
)
def test_a_blank_transcript_follows_the_pauses(seconds: float, pauses: list[float], starts: list[float]) -> None:
    blank = build_blank(timedelta(seconds=seconds), [timedelta(seconds=pause) for pause in pauses])
    problems = Problems("transcript.vtt")
    cues = parse_transcript(blank, problems)
    assert not problems.found
    assert [cue.start.total_seconds() for cue in cues] == pytest.approx(starts, abs=0.001)
    assert [cue.end for cue in cues] == [*(cue.start for cue in cues[1:]), timedelta(seconds=seconds)]
    assert {cue.text for cue in cues} == {Text.TO_FILL_IN}


@pytest.mark.random
@given(seconds=st.floats(0, 40_000), pauses=st.lists(st.floats(0, 40_000), max_size=30))
@settings(deadline=None)
def test_a_blank_transcript_can_always_be_read(seconds: float, pauses: list[float]) -> None:
    problems = Problems("transcript.vtt")
    blank = build_blank(timedelta(seconds=seconds), [timedelta(seconds=pause) for pause in pauses])
    cues = parse_transcript(blank, problems)
    assert not problems.found
    assert cues[0].start == timedelta(0)
    assert all(cue.end - cue.start <= timedelta(seconds=20.002) for cue in cues)


def test_a_blank_transcript_that_is_filled_in_is_read(tmp_path: Path) -> None:
    blank = build_blank(timedelta(seconds=40), [])
    assert read(tmp_path / "a.vtt", blank, duration=timedelta(seconds=40))[1] == (20, 40, "", Text.TO_FILL_IN)
    filled_in = blank.replace(f"\n{Text.TO_FILL_IN}", "\n<v Programledaren>Välkommen.\n<v Gästen>Tack &amp; hej.", 2)
    once = filled_in.replace("[Skriv", "Skriv", 1)
    assert [(speaker, text) for *_, speaker, text in read(tmp_path / "a.vtt", once)] == [
        ("Programledaren", "Välkommen."),
        ("Gästen", "Tack & hej."),
    ] * 2


SUFFIXES = (".vtt", ".srt", ".txt", ".docx", ".json", ".html", "")
PIECES = st.sampled_from([
    "WEBVTT", "\n", "\n\n", "0:05", "1:75", "00:01:05", "00:00:01.000 --> 00:00:02.000", "0:0:6.90 --> 0:0:6.500", "-->", " - ",
    "\t", "   ", "[", "]", "(", ")", ":", "–", "Gästen", "Gästen: ", "Programledaren", "<v Gästen>", "</v>", "<i>", "{\\an8}",
    "NOTE", "STYLE", "1", "2\n", "{", "}", '"segments"', "<cite>Gästen:</cite>", "<time>0:03</time>", "<p>", "<br>", "</div>",
    "&amp;", "&#x0;", "<!--", "<![CDATA[", "Hej.", "Hej på dig", "stoppade transkriptionen", "1 minut 5 sekunder", "\x0b", "\ufeff",
])  # fmt: skip
DOCUMENTS = {
    ".vtt": TEAMS.encode(),
    ".srt": SRT.encode("cp1252"),
    ".txt": "Programledaren   0:03\nVälkommen.\n\nGästen   1:05\nTack!\n".encode(),
    ".docx": a_document("Gästen   0:03\nHej", table=[["0:05", "Gästen", "Hej"], ["", "", "då"]]),
    ".json": json.dumps({"version": "1.0.0", "segments": SEGMENTS}).encode(),
    ".html": b"<cite>G:</cite><time>0:03</time><p>Hej</p><cite>P:</cite><time>0:09</time><p>Nej</p>",
}


def check_answer(path: Path, content: str | bytes, *, untimed: bool = False) -> None:
    cues, problems = problems_and_cues(path, content, untimed=untimed)
    report = format_report(problems.found)
    assert bool(cues) is not bool(report)
    if cues:
        assert parse_transcript(build_webvtt(cues), problems) == cues
        assert not problems.found


@pytest.mark.random
@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join), untimed=st.booleans())
def test_random_text_is_answered(tmp_path: Path, suffix: str, text: str, untimed: bool) -> None:
    check_answer(tmp_path / f"a{suffix}", text.encode(errors="replace"), untimed=untimed)


@pytest.mark.random
@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b"WEBVTT\n\n", b"{", b"<p>"]),
    content=st.binary(max_size=300),
)
def test_random_bytes_are_answered(tmp_path: Path, suffix: str, start: bytes, content: bytes) -> None:
    check_answer(tmp_path / f"a{suffix}", start + content)


@pytest.mark.random
@pytest.mark.parametrize("suffix", DOCUMENTS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), length=st.integers(0, 60), new=st.binary(max_size=40))
def test_damaged_files_are_answered(tmp_path: Path, suffix: str, place: float, length: int, new: bytes) -> None:
    whole = DOCUMENTS[suffix]
    start = int(place * len(whole))
    check_answer(tmp_path / f"a{suffix}", whole[:start] + new + whole[start + length :])


@pytest.mark.random
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paragraphs=st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=6),
    table=st.lists(st.lists(PIECES, min_size=3, max_size=3), max_size=4),
)
def test_random_word_documents_are_answered(tmp_path: Path, paragraphs: list[str], table: list[list[str]]) -> None:
    check_answer(tmp_path / "a.docx", a_document(*(text.replace("\x0b", "") for text in paragraphs), table=[
        [cell.replace("\x0b", "") for cell in row] for row in table
    ]))  # fmt: skip


@pytest.mark.random
@pytest.mark.parametrize(
    "text",
    [
        "1" + " " * 200_000 + "x",
        "-" + " " * 200_000 + "x",
        "<v " * 100_000,
        "<" * 200_000,
        "0:05 " + "1:1 " * 100_000,
        "0:05 " * 40_000,
        "a --> 1:" * 40_000,
        "0:05 Gästen\n" * 10_000,
        "1 tim1 " * 50_000,
        "\n" * 190_000,
        json.dumps([{"start": 0, "text": "ord"}] * 20_000),
        "<time>0:05</time>" + "<p>Hej" * 20_000,
        "<div>" * 20_000,
    ],
)
def test_no_text_takes_long(tmp_path: Path, text: str) -> None:
    for name, start in (("a.txt", ""), ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n"), ("b.vtt", "WEBVTT\n\n")):
        check_answer(tmp_path / name, start + text)
