from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from okatakten.model import DEFAULT_LOCALE, Chapter, Cue
from okatakten.podcast.proof import Noted, proof_read
from okatakten.podcast.speakers import doubts
from okatakten.podcast.transcript import parse_transcript
from okatakten.site.episode_page import build_episode_page, build_episode_places, build_turns
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from support import SITE, WORDS, a_cue, a_show, a_transcript, an_episode, published


def parse(text: str) -> tuple[list[tuple[str, str]], list[tuple[Kind, int]]]:
    problems = Problems("transcript.vtt")
    cues = parse_transcript(text, problems)
    return [(cue.speaker, cue.text) for cue in cues], [(found.kind, found.line) for found in problems.found]


def test_speakers_and_text_are_read_from_voice_spans() -> None:
    text = (
        "WEBVTT - titel\n\nSTYLE\n::cue { color: red }\n\nNOTE\nhemligt\n\n1\n00:00.000 --> 00:02.000 align:start\n"
        "<v.loud Röst A>Hej &amp; <i>hå</i>\nrad två</v>\n<v Röst B>Nej</v>\n"
    )
    assert parse(text) == ([("Röst A", "Hej & hå rad två"), ("Röst B", "Nej")], [])


def test_a_transcript_without_speakers_is_one() -> None:
    assert parse("WEBVTT\n\n00:00.000 --> 00:02.000\nHej\n") == ([("", "Hej")], [])


def test_blank_lines_with_spaces_part_cues() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nEtt\n  \n\t\n00:01.000 --> 00:02.000\nTvå\n"
    assert parse(text) == ([("", "Ett"), ("", "Två")], [])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("00:01.000 --> 00:02.000\n \nHej.", "Hej."),
        ("00:01.000 --> 00:02.000\nHej\n\t\npå dig.", "Hej på dig."),
        ("00:01.000 --> 00:02.000\nHej,\nNOTE som vi säger.", "Hej, NOTE som vi säger."),
        ("00:01.000 --> 00:02.000\nHej,\n \nSTYLE som vi säger.", "Hej, STYLE som vi säger."),
        ("a id: 1 <b>\n00:01.000 --> 00:02.000\nHej.", "Hej."),
        ("NOTE en\n \n7\n00:01.000 --> 00:02.000\nHej.", "Hej."),
        ("00:01.000 --> 00:02.000\n<lang en>Hej</lang> <ruby>a<rt>b</rt></ruby> <c.gul.stor>då</c>", "Hej ab då"),
        ("00:01.000 --> 00:02.000\nHan sa <ohörbart> till <podd@exempel.se>.", "Han sa <ohörbart> till <podd@exempel.se>."),
        ("00:01.000 --> 00:02.000\na<b och c>d, a < b, <3, <112>, <b som i bo>", "a<b och c>d, a < b, <3, <112>, <b som i bo>"),
        ("00:01.000 --> 00:02.000\n&lt;skratt&gt; R&D &amp; AT&T &copy 3 &quot;x&quot;", '<skratt> R&D & AT&T &copy 3 "x"'),
        ("00:01.000 --> 00:02.000\nE<00:01.500>tt <b>två</b> <font color=red>tre</font><br>fyra", "Ett två tre fyra"),
        ("00:01.000 --> 00:02.000\nA\u030are fra\u030ar", "Åre frår"),
    ],
)  # fmt: skip
def test_what_is_valid_and_what_is_no_mark_is_taken(body: str, said: str) -> None:
    assert parse(f"WEBVTT\n\n{body}\n\n00:05.000 --> 00:06.000\nSlut.\n") == ([("", said), ("", "Slut.")], [])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("<v.loud Anna Ek>Hej</v> då", [("Anna Ek", "Hej"), ("", "då")]),
        ("<v Anna>Hej <v Bo>nej</v> hå</v> slut", [("Anna", "Hej"), ("Bo", "nej"), ("Anna", "hå"), ("", "slut")]),
        ("Först <v A &amp; B>Hej", [("", "Först"), ("A & B", "Hej")]),
        ("<v>Hej</v>", [("", "Hej")]),
    ],
)
def test_what_stands_outside_of_a_voice_is_said_by_nobody_who_is_named(
    text: str, spoken: list[tuple[str, str]]
) -> None:
    assert parse(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}\n") == (spoken, [])


def test_captions_that_roll_are_told_where_they_would_be_published_twice() -> None:
    lines = ["vi talar om möbler", "och hur de lagas", "i Åre", "och i Berg"]
    cues = [
        f"00:0{n}.000 --> 00:0{n + 1}.000\n{before}\n{after}\n" for n, (before, after) in enumerate(pairwise(lines))
    ]
    assert parse("WEBVTT\n\n" + "\n".join(cues))[1] == [(Kind.TRANSCRIPT_ROLLING, 3)]


@pytest.mark.parametrize("words", [["Ja."] * 4, ["Heja Åre", "Heja Åre", "Heja Berg", "Heja Berg"]])
def test_what_is_said_again_is_said_again(words: list[str]) -> None:
    cues = [f"00:0{n}.000 --> 00:0{n + 1}.000\n{text}\n" for n, text in enumerate(words)]
    assert parse("WEBVTT\n\n" + "\n".join(cues)) == ([("", text) for text in words], [])


def test_cues_without_a_blank_line_between_are_told() -> None:
    cues, problems = parse("WEBVTT\n\n00:00.000 --> 00:01.000\nEtt\n00:01.000 --> 00:02.000\nTvå\n")
    assert cues == []
    assert problems == [(Kind.TRANSCRIPT_UNREADABLE, 3)]


@pytest.mark.parametrize("digits", [2, 6, 9, 10, 11, 12, 20, 5000])
def test_a_time_beyond_all_audio_is_read_or_told(digits: int) -> None:
    cues, problems = parse(f"WEBVTT\n\n00:00.000 --> {'9' * digits}:00:01.000\nEtt\n")
    assert (len(cues), problems) in [(1, []), (0, [(Kind.TRANSCRIPT_UNREADABLE, 3)])]


def test_a_character_reference_that_cannot_be_published_is_left_out() -> None:
    assert parse("WEBVTT\n\n00:00.000 --> 00:01.000\nE&#8;tt\n") == ([("", "Ett")], [])


def test_no_cue_is_lost_without_a_word() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nEtt\n\n00:01.000 -> 00:02.000\nTvå\n\nTre\n"
    cues, problems = parse(text)
    assert cues == []
    assert problems == [(Kind.TRANSCRIPT_UNREADABLE, 6), (Kind.TRANSCRIPT_UNREADABLE, 9)]


@pytest.mark.parametrize(
    ("times", "told"),
    [
        # Two who talk at once.
        ([("00:00", "00:09"), ("00:01", "00:02"), ("00:01", "00:03")], []),
        ([("00:05", "00:06"), ("00:01", "00:02"), ("00:06", "00:07")], [6]),
        ([("00:01", "00:02"), ("00:05", "00:06"), ("00:04", "00:09"), ("00:03", "00:09")], [9, 12]),
        ([("00:05", "00:05")], [3]),
    ],
)
def test_a_cue_that_begins_before_an_earlier_one_is_told(times: list[tuple[str, str]], told: list[int]) -> None:
    blocks = [f"{start}.000 --> {end}.000\nHej\n" for start, end in times]
    cues, problems = parse("WEBVTT\n\n" + "\n".join(blocks))
    assert problems == [(Kind.TRANSCRIPT_UNREADABLE, line) for line in told]
    assert len(cues) == len(times) - len(told)


def test_a_cue_in_which_nobody_speaks_has_its_place_in_time_too() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\n<i></i>\n\n00:01.000 --> 00:02.000\nHej\n"
    assert parse(text) == ([], [(Kind.TRANSCRIPT_UNREADABLE, 6)])


def test_a_block_that_is_none_and_a_cue_out_of_order_are_told_at_once() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\nHej\n\n00:01.000 --> 00:02.000\nHej\n\nbara text\n"
    cues, problems = parse(text)
    assert (cues, sorted(problems)) == ([], [(Kind.TRANSCRIPT_UNREADABLE, 6), (Kind.TRANSCRIPT_UNREADABLE, 9)])


def test_a_note_that_has_become_a_cue_does_not_hide_a_block_that_is_lost() -> None:
    text = "WEBVTT\n\nNOTE\n00:00.000 --> 00:01.000\nEtt\n\nTvå\n"
    assert parse(text) == ([], [(Kind.TRANSCRIPT_UNREADABLE, 7)])


@pytest.mark.parametrize(
    "aside",
    [
        "NOTE\n00:00.000 --> 00:01.000\nEtt", "NOTE a\nb\nc --> d", "STYLE\n::cue(a-->b) {}", "REGION\nid:a --> b",
        "REGION\nwidth:101%", "REGION\nid:a id:b", "REGION\nscroll",
    ],
)  # fmt: skip
def test_what_stands_between_cues_and_is_no_note_style_or_region_is_told(aside: str) -> None:
    cue = "00:00.000 --> 00:01.000\nEtt\n"
    assert parse(f"WEBVTT\n\n{aside}\n\n{cue}") == ([], [(Kind.TRANSCRIPT_UNREADABLE, 1)])
    assert parse(f"WEBVTT\n{aside.splitlines()[-1]} -->\n\n{cue}") == ([], [(Kind.TRANSCRIPT_UNREADABLE, 1)])


@pytest.mark.parametrize(
    "aside",
    ["NOTE a --> b\nc", "NOTE\na --> b", "STYLE\n::cue {}", "STYLE x", "REGION x", "REGION\nid:a width:40.5%\nlines:3",
     "REGION \nregionanchor:0%,100% viewportanchor:10%,90% scroll:up"],
)  # fmt: skip
def test_notes_styles_and_regions_are_passed_over(aside: str) -> None:
    assert parse(f"WEBVTT\n\n{aside}\n\n00:00.000 --> 00:01.000\nEtt\n") == ([("", "Ett")], [])


def test_a_region_after_a_cue_is_none() -> None:
    assert parse("WEBVTT\n\n00:00.000 --> 00:01.000\nEtt\n\nREGION\nid:a\n") == ([], [(Kind.TRANSCRIPT_UNREADABLE, 1)])


@pytest.mark.parametrize(
    ("times", "is_read"),
    [
        (
            "00:00.000 --> 00:01.000 vertical:rl line:5%,end position:10.5%,line-left size:100% align:start region:a",
            True,
        ),
        ("id\n\t00:00.000-->100:00:01.000\tline:-1", True),
        # Players leave out values that they do not know, and older files have `middle`.
        ("00:00.000 --> 00:01.000 align:middle line:84%", True),
        ("00:00.000 --> 00:01.000 line:5, size:101%", True),
        ("00:00.000 --> 00:01.000 align:start align:end", True),
        ("00:00.000 --> 00:01.000 Hej", False),
        ("00:00.000 --> 00:01.000 Anna: Hej", False),
        ("00:00.000 --> 00:01.000 färg:röd", False),
        ("00:00.000 --> 00:01.000 :", False),
        ("00:00.000 --> 00:01.000x", False),
        ("00:00.000 --> 00:61.000", False),
        ("0:00.000 --> 0:01.000", False),
        ("00:00,000 --> 00:01,000", False),
        ("id\nid\n00:00.000 --> 00:01.000", False),
        ("a --> b\n00:00.000 --> 00:01.000", False),
        ("00:00.000 --> 00:01.000\na --> b", False),
    ],
)
def test_the_line_with_times_is_read_to_the_letter(times: str, is_read: bool) -> None:
    cues, problems = parse(f"WEBVTT\n\n{times}\nEtt\n")
    assert (cues, problems) == (([("", "Ett")], []) if is_read else ([], [(Kind.TRANSCRIPT_UNREADABLE, 3)]))


def test_odd_blocks_and_voices_without_end_are_read_in_one_go() -> None:
    """No odd block is read a second time, and no space in a voice in as many ways as it is long."""
    cues, problems = parse("WEBVTT\n\n" + "00:00.000 --> 00:01.000\nEtt\n\nTvå\n\n" * 20_000)
    assert (cues, len(problems)) == ([], 20_000)
    assert parse(f"WEBVTT\n\n00:00.000 --> 00:01.000\nEtt <v{' ' * 100_000}") == ([("", "Ett <v")], [])


def test_a_turn_ends_with_the_speaker_the_chapter_and_the_minute() -> None:
    cues = [
        a_cue(0, text="Ett."),
        a_cue(5, text="Två."),
        a_cue(10, speaker="Röst B", text="Tre."),
        a_cue(20, speaker="Röst B", text="Fyra."),
        a_cue(85, speaker="Röst B", text="Fem."),
    ]
    chapters = [Chapter(start=timedelta(0), title="A"), Chapter(start=timedelta(seconds=20), title="B")]
    turns = [turn for turn, _ in build_turns(cues, chapters=chapters, audio="a.mp3")]
    assert [(turn.id, turn.speaker, turn.chapters, [said.text for said in turn.paragraphs]) for turn in turns] == [
        ("t0", "Röst A", ("A",), ["Ett. Två."]),
        ("t10", "Röst B", (), ["Tre."]),
        ("t20", "Röst B", ("B",), ["Fyra."]),
        ("t85", "Röst B", (), ["Fem."]),
    ]


def test_a_minute_has_at_most_one_turn_that_is_a_link_to_the_sound() -> None:
    cues = [a_cue(start, speaker=f"Röst {start}") for start in (0.5, 12, 60, 60.5, 100, 130.25)]
    turns = [turn for turn, _ in build_turns(cues, chapters=[], audio="podd/a/a.mp3")]
    assert [turn.href for turn in turns] == [
        "podd/a/a.mp3#t=0.5", None, None, "podd/a/a.mp3#t=60.5", None, "podd/a/a.mp3#t=130.2",
    ]  # fmt: skip


def test_turns_that_start_in_the_same_second_have_ids_of_their_own() -> None:
    turns = build_turns([a_cue(1.1), a_cue(1.5, speaker="Röst B")], chapters=[], audio="a.mp3")
    assert [turn.id for turn, _ in turns] == ["t1", "t1-2"]


def test_a_long_turn_is_parted_into_paragraphs_at_full_stops() -> None:
    cues = [
        a_cue(second, text="En mening som är lagom lång för att läsas i ett svep av den som hör.")
        for second in range(12)
    ]
    (turn, _), *rest = build_turns(cues, chapters=[], audio="a.mp3")
    assert not rest
    assert len(turn.paragraphs) > 1
    assert [said.start for said in turn.paragraphs][:2] == ["0", "5"]
    assert " ".join(said.text for said in turn.paragraphs) == " ".join(cue.text for cue in cues)


def test_chapters_that_begin_together_are_all_headings_and_one_after_the_last_word_leads_nowhere() -> None:
    chapters = [Chapter(start=timedelta(seconds=second), title=str(second)) for second in (0, 10, 11, 40)]
    episode = an_episode(transcript=a_transcript(a_cue(0), a_cue(18)), chapters=tuple(chapters))
    show = published(a_show(episode))
    (place,) = build_episode_places(show, locale=DEFAULT_LOCALE, catalogues={DEFAULT_LOCALE: WORDS})
    page = build_episode_page(place, show=show, words=WORDS, questions=[], question_hrefs={})
    assert [turn.chapters for turn in page.turns] == [("0",), ("10", "11")]
    assert [chapter.turn_id for chapter in page.chapters] == ["t0", "t18", "t18", None]


@pytest.mark.parametrize("is_approximate", [True, False])
def test_a_page_says_when_the_times_are_approximate(is_approximate: bool) -> None:
    transcript = a_transcript(a_cue(0), approximate=is_approximate)
    show = published(a_show(an_episode(transcript=transcript)))
    (place,) = build_episode_places(show, locale=DEFAULT_LOCALE, catalogues={DEFAULT_LOCALE: WORDS})
    page = build_episode_page(place, show=show, words=WORDS, questions=[], question_hrefs={})
    assert page.is_approximate is is_approximate


@pytest.mark.parametrize(
    ("speakers", "persons", "doubtful"),
    [
        (["Anna Ek", "Bo Dal"], ["Anna Ek", "Bo Dal"], []),
        (["Anna", "Bo Dal, Bräcke kommun"], ["Anna Ek", "Bo Dal"], []),
        (["Röst A", "Röst B"], ["Talsyntes"], []),
        (["", ""], ["Anna Ek"], []),
        (["Anna Ek", "Extern gäst"], ["Anna Ek"], ["inte bland medverkande: Extern gäst"]),
        (["Anna Ek", "", "Speaker 2"], ["Anna Ek"], ["utan namn: rad 1", "namn från ett program: Speaker 2"]),
        (["Unknown Speaker", "Talare 1", "speaker 0"], [],
         ["namn från ett program: Unknown Speaker, Talare 1, speaker 0"]),
    ],
)  # fmt: skip
def test_what_is_not_sure_about_speakers_is_said(speakers: list[str], persons: list[str], doubtful: list[str]) -> None:
    cues = [replace(a_cue(n), speaker=name, line=n) for n, name in enumerate(speakers)]
    assert doubts(cues, persons) == doubtful


def test_music_needs_no_speaker_and_many_lines_are_counted() -> None:
    music = [replace(a_cue(0, text=text), speaker="") for text in ("[Musik]", "♪ la la ♪", "(skratt)")]
    assert doubts([a_cue(0), *music], []) == []
    nameless = [replace(a_cue(n), speaker="", line=n) for n in range(1, 13)]
    assert doubts([a_cue(0), *nameless], []) == ["utan namn: rad 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 och 2 till"]


def test_a_transcript_is_proof_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "e.md").write_text("---\ntitle: Titel\n---\n", encoding="utf-8")
    noted: Noted = {}
    read: list[str] = []

    def kinds(text: str) -> set[Kind]:
        def cues() -> tuple[Cue, ...]:
            read.append(text)
            return (a_cue(0, 90, text=text),)

        transcript = replace(a_transcript(a_cue(text=text)), read=cues)
        show = a_show(an_episode(transcript=transcript))
        return {note.kind for note in proof_read(show, site=SITE, root=tmp_path, noted=noted)}

    before, again, after = kinds("Hej."), kinds("Hej."), kinds("www.otter.ai")
    assert again == before
    assert after - before == {Kind.TRANSCRIPT_NOT_SAID}
    assert read == ["Hej.", "www.otter.ai"]
