"""The transcript and the chapters at the desk: each change in its own place, and nobody's words lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Answer, Sitter, at_the_desk
from okatakten.desk import chapters, cues
from okatakten.desk.cues import RefusedError, Row, parse_rows
from okatakten.desk.drafts import stands_for
from okatakten.desk.forms import CHAPTERS
from okatakten.desk.forms import written as set_anew
from okatakten.desk.steps import Steps
from okatakten.podcast.transcript import parse_transcript
from okatakten.podcast.webvtt import doubtful_lines, spoken, stretches
from okatakten.written.rewrite import write_field
from okatakten.written.text import Problems, composed, plain
from support import CASES, PROJECT, VALID, lay_out

SLUG = "hallbara-inkop"
TRANSCRIPTS = sorted(
    [*PROJECT.glob("podcast/episodes/*/transcript.vtt"), *CASES.glob("*/podcast/episodes/*/transcript.vtt")]
)
FOREIGN = (
    (
        "\ufeffWEBVTT Kind: captions; Language: sv\r\n\r\nNOTE Gjord i ett program\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n"
        "REGION\r\nid:fred\r\n\r\nintro-1\r\n00:01.000  -->  00:02.500   align:start line:0%\r\n"
        "<v.loud Röst A>Hej &amp; <i>hå du</i> R&D</v>\r\n<v Röst B>Nej &lt;skratt&gt;</v>\r\n \r\n\r\n"
        "00:00:03.000 --> 00:00:04.000\r\nE<00:03.500>tt <b>två</b><br>tre <ohörbart>\r\n\r\n\r\n"
        "NOTE osäkert, lyssna\r\n\r\n7\r\n00:05.000 --> 00:06.000\r\n<v Röst A>Slut,\r\npå två rader."
    ),
    "WEBVTT\r\r00:01.000 --> 00:02.000\rEtt\r \r2\r00:02.000 --> 00:03.000\rTvå\r\rNOTE\rkvar\r\r00:04.000 --> 00:05.000\r",
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n \nHej.\n\t\npå dig.\n\n100:00:00.000 --> 100:00:01.000 align:end\nA\u030are &#8;fra\u030ar \n",
    "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v A>a<v B>b</v>c</v> d\n\n00:00:02.000 --> 00:00:03.000\n<v>e</v>\n",
)


def rows_of(text: str) -> list[Row]:
    rows = parse_rows(text)
    assert rows is not None
    return list(rows)


def exactly(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="surrogateescape")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Sitter]:
    root = lay_out(VALID, tmp_path)
    file = root / f"podcast/episodes/{SLUG}/episode.md"
    file.write_text(write_field(file.read_text(encoding="utf-8"), "chapters", None), encoding="utf-8")
    with at_the_desk(root) as sitter:
        yield sitter


def transcript(desk: Sitter) -> Path:
    return desk.root / f"podcast/episodes/{SLUG}/transcript.vtt"


def written(desk: Sitter, name: str = "transcript.vtt") -> str:
    """Return a file of the episode as it is being written."""
    place = f"podcast/episodes/{SLUG}/{name}"
    draft = desk.root / ".desk/drafts" / place
    return exactly(draft if draft.exists() else desk.root / place)


def change(
    desk: Sitter, op: str, number: int = 0, *, seen: str | None = None, place: str = "text", **what: str
) -> Answer:
    if seen is None:
        rows = parse_rows(written(desk)) or ()
        seen = rows[number].seen if place == "text" and 0 <= number < len(rows) else ""
    return desk.patch(f"/avsnitt/{SLUG}/{place}", {"op": op, "row": str(number), **what}, {"If-Match": seen})


THREE = (
    "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\n<v Röst A>Hej på dig.\n\n00:00:00.600 --> 00:00:01.000\n<v Röst B>Hej själv.\n\n"
    "00:00:01.000 --> 00:00:01.900\n<v Röst A>Då börjar vi.\n"
)


@pytest.fixture
def three(desk: Sitter) -> Sitter:
    transcript(desk).write_text(THREE, encoding="utf-8", newline="")
    return desk


# Rows in their places


@pytest.mark.parametrize("text", [*map(exactly, TRANSCRIPTS), *FOREIGN], ids=range(len(TRANSCRIPTS) + len(FOREIGN)))
def test_rows_say_what_the_reader_reads_and_writing_that_changes_no_byte(text: str) -> None:
    problems = Problems("transcript.vtt")
    cues_read = parse_transcript(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), problems)
    rows = parse_rows(text)
    if rows is None:
        assert problems.found
        return
    if not problems.found:
        said, heard = (" ".join(each.text for each in found) for found in (rows, cues_read))
        assert composed(said).replace(" ", "") == heard.replace(" ", "")
    for row in rows:
        assert text[row.begin : row.end] == row.source
        assert cues.with_text(text, row, row.text) == text
        if row.timed.end > row.timed.start:
            assert cues.with_times(text, row, *row.timed[:2]) == text
        assert cues.with_doubt(text, row, doubtful=row.doubtful) == text


@pytest.mark.parametrize(
    ("said", "new", "becomes"),
    [
        ("<v A>Hej &amp; <i>hå du</i> R&D</v>", "Hej & hå dig R&D", "<v A>Hej &amp; <i>hå dig</i> R&D</v>"),
        ("<v A>Hej", "Hej & <hå>", "<v A>Hej &amp; &lt;hå&gt;"),
        ("<v A>Hej", "", "<v A>"),
        ("<v A>", "Hej", "<v A>Hej"),
        ("a\nb  c", "a b d", "a\nb  d"),
        ("<ohörbart> ja", "<ohörbart> nej", "<ohörbart> nej"),
        ("R& lt;", "R&lt;", "R&amp;lt;"),
        ("x <y> z", "x <b> z", "x &lt;b&gt; z"),
        ("Ett --", "Ett -->", "Ett --&gt;"),
        ("Ett", " Ett\n\nNOTE två ", "Ett NOTE två"),
    ],
)
def test_other_words_keep_the_marks_around_them(said: str, new: str, becomes: str) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n\n00:03.000 --> 00:04.000\nSlut.\n"
    after = cues.with_text(text, rows_of(text)[0], new)
    assert after == text.replace(said, becomes)
    assert rows_of(after)[0].text == plain(new)


def test_times_are_written_as_they_were_and_settings_stay() -> None:
    text = FOREIGN[0]
    row = rows_of(text)[0]
    after = cues.with_times(text, row, timedelta(seconds=1), timedelta(seconds=2))
    assert after == text.replace("00:02.500   align", "00:02.000   align")
    assert "01:00:00.000  -->  01:00:02.000" in cues.with_times(
        text, row, timedelta(hours=1), timedelta(hours=1, seconds=2)
    )
    with pytest.raises(RefusedError):
        cues.with_times(text, row, timedelta(seconds=2), timedelta(seconds=2))


def test_a_row_is_parted_between_words_in_proportion_or_where_the_player_stands() -> None:
    text = FOREIGN[0]
    row = rows_of(text)[0]
    parts = rows_of(cues.parted(text, row, 8))
    assert [(each.text, each.speakers) for each in parts[:2]] == [
        ("Hej & hå", ["Röst A"]),
        ("du R&D Nej <skratt>", ["Röst A", "Röst B"]),
    ]
    assert "<i>hå</i></v>\r\n\r\n" in cues.parted(text, row, 8)
    assert "align:start line:0%\r\n<v.loud Röst A><i>du</i>" in cues.parted(text, row, 8)
    assert parts[0].timed.end == parts[1].timed.start == timedelta(seconds=1.429)
    later = rows_of(cues.parted(text, row, 8, when=timedelta(seconds=2)))
    assert later[1].timed.start == timedelta(seconds=2)
    for at, when in [(0, None), (99, None), (8, timedelta(seconds=1)), (8, timedelta(seconds=9))]:
        with pytest.raises(RefusedError):
            cues.parted(text, row, at, when=when)


def test_rows_of_two_who_speak_keep_their_voices_when_they_are_joined() -> None:
    rows = rows_of(THREE)
    after = cues.joined(THREE, rows, 0)
    assert (rows_of(after)[0].text, rows_of(after)[0].speakers) == ("Hej på dig. Hej själv.", ["Röst A", "Röst B"])
    same = cues.with_speaker(after, rows_of(after)[0], "Röst A")
    assert "<v Röst A>Hej på dig.\nHej själv.\n" in same
    one = rows_of(cues.joined(same, rows_of(same), 0))
    assert (one[0].text, one[0].speakers) == ("Hej på dig. Hej själv. Då börjar vi.", ["Röst A"])
    with pytest.raises(RefusedError):
        cues.joined(THREE, rows, 2)


def test_a_part_that_is_joined_again_is_as_it_was() -> None:
    for text in map(exactly, PROJECT.glob("podcast/episodes/*/transcript.vtt")):
        row = rows_of(text)[1]
        parted = cues.parted(text, row, row.text.index(" "))
        assert parted != text
        assert cues.joined(parted, rows_of(parted), 1) == text


def test_a_doubt_is_a_note_that_readers_pass_over_and_the_check_tells() -> None:
    rows = rows_of(THREE)
    after = cues.with_doubt(THREE, rows[1], doubtful=True)
    assert "\n\nNOTE Osäkert\n\n00:00:00.600" in after
    assert parse_transcript(after, Problems("")) == parse_transcript(THREE, Problems(""))
    assert doubtful_lines(after) == [8]
    assert [row.doubtful for row in rows_of(after)] == [False, True, False]
    assert cues.with_doubt(after, rows_of(after)[1], doubtful=False) == THREE
    assert cues.without(after, rows_of(after), 1) == cues.without(THREE, rows, 1)


def test_a_name_is_changed_everywhere_and_only_there() -> None:
    after = cues.renamed(FOREIGN[0], rows_of(FOREIGN[0]), "Röst A", "Anna <Ek> --")
    assert after == FOREIGN[0].replace("Röst A", "Anna &lt;Ek&gt; -&#45;")
    assert [row.speakers for row in rows_of(after)] == [["Anna <Ek> --", "Röst B"], [""], ["Anna <Ek> --"]]


@pytest.mark.parametrize(
    "text", ["", "Hej", "WEBVTT\n\n00:01.000 -> 00:02.000\nEtt\n", "WEBVTT\n\n00:01.000 --> 00:02.000\nv\udce4g"]
)
def test_what_the_reader_refuses_has_no_rows(text: str) -> None:
    assert parse_rows(text) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "together"),
    [
        ("A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n"),
        ("A\nb\nc\nd\n", "A\nb\nc\nd\n", "A\nb\nc\nd\n"),
        ("a\nb\nc\nd\n", "a\nx\ny\nd\n", "a\nx\ny\nd\n"),
        ("X\nb\nc\nd\n", "Y\nb\nc\nd\n", None),
        ("a\nb\nc\n", "a\nb\nc\nD\n", None),
    ],
)
def test_what_two_have_changed_goes_together_unless_it_is_the_same(
    ours: str, theirs: str, together: str | None
) -> None:
    assert cues.merged("a\nb\nc\nd\n", ours, theirs) == together


# Anything at all

WORDS = st.text(alphabet="aå &<>;-\n\tv/b.é\u030a1", max_size=20)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["text", "speaker", "times", "split", "join", "remove", "add", "doubt", "rename"]),
        st.integers(0, 50),
        WORDS,
        st.integers(0, 40),
    ),
    max_size=8,
)


def edited(text: str, rows: list[Row], edit: tuple[str, int, str, int]) -> tuple[str, range]:
    """Return the file after one edit, and the rows that it may touch."""
    op, index, words, at = edit
    row, one = rows[index], range(index, index + 1)
    if op == "join":
        return cues.joined(text, rows, index), range(index, index + 2)
    if op == "add":
        return cues.with_new(text, rows, index), range(index + 1, index + 1)
    if op == "rename":
        names = row.speakers[0]
        return cues.renamed(text, rows, names, words), range(len(rows))
    start = timedelta(seconds=at)
    made = {
        "text": lambda: cues.with_text(text, row, words),
        "speaker": lambda: cues.with_speaker(text, row, words),
        "times": lambda: cues.with_times(text, row, start, start + timedelta(seconds=1.5)),
        "split": lambda: cues.parted(text, row, at),
        "remove": lambda: cues.without(text, rows, index),
        "doubt": lambda: cues.with_doubt(text, row, doubtful=not row.doubtful),
    }
    return made[op](), one


@pytest.mark.random
@settings(max_examples=600, deadline=None)
@given(text=st.sampled_from([*map(exactly, TRANSCRIPTS), *FOREIGN]), edits=EDITS)
def test_no_edit_touches_what_it_is_not_about_and_all_are_taken_back(
    text: str, edits: list[tuple[str, int, str, int]]
) -> None:
    steps, before_all = Steps(), text
    if parse_rows(text) is None:
        return
    for op, number, words, at in edits:
        rows = rows_of(text)
        if not rows:
            break
        index = number % len(rows)
        try:
            after, touched = edited(text, rows, (op, index, words, at))
        except RefusedError:
            continue
        new = parse_rows(after)
        # What the desk refuses, since rows would run into each other.
        if new is None or not cues.is_only_in(touched, text, rows, after, new):
            assert op == "remove"
            continue
        spans = [(row.first, row.end) for row in rows[touched.start : touched.stop]]
        first, last = (spans[0][0], spans[-1][1]) if spans else (rows[index].end, rows[index].end)
        assert after.startswith(text[:first].rstrip())
        assert after.endswith(text[last:].lstrip())
        if op == "text":
            assert new[index].text == plain(words)
        if op == "split":
            assert plain(f"{new[index].text} {new[index + 1].text}").replace(" ", "") == rows[index].text.replace(
                " ", ""
            )
        steps.note(text, after, who="anna")
        text = after
    while steps.can("anna"):
        text = steps.back(text, who="anna")
    assert text == before_all


@pytest.mark.random
@settings(max_examples=500, deadline=None)
@given(
    said=st.lists(
        st.sampled_from([*"ab &<>;", "<v A>", "</v>", "<i>", "</i>", "<br>", "&amp;", "&lt;", "<00:01.000>", "\n"]),
        max_size=12,
    ).map("".join)
)
def test_the_stretches_of_a_cue_say_what_the_reader_reads(said: str) -> None:
    assert (
        "".join(words for _, _, words in stretches(said)) == "".join(words for _, words in spoken(said))
        or "<<" in said
        or "<br" in said
    )
    assert [place for place, _, _ in stretches(said)] == [0, *(end for _, end, _ in stretches(said))][
        : len(list(stretches(said)))
    ]


# At the desk


def test_a_row_is_changed_in_the_draft_and_never_in_the_file(three: Sitter) -> None:
    answer = change(three, "set", 1, text="Hej på er.")
    assert answer.status == 200
    assert "Hej på er." in answer.json["html"]
    assert written(three) == THREE.replace("Hej själv.", "Hej på er.")
    assert exactly(transcript(three)) == THREE


def test_two_on_different_rows_both_keep_theirs_and_on_the_same_the_second_is_told(three: Sitter) -> None:
    seen = [row.seen for row in rows_of(THREE)]
    assert change(three, "set", 0, seen=seen[0], text="Ett\nnytt stycke.").status == 200
    # The rows below have other numbers now, and are known by what was seen.
    assert change(three, "set", 1, seen=seen[1], text="Två.").status == 200
    late = change(three, "set", 0, seen=seen[0], text="Mitt.")
    assert (late.status, late.json["theirs"]) == (412, "Ett")
    assert [row.text for row in rows_of(written(three))] == ["Ett", "nytt stycke.", "Två.", "Då börjar vi."]


def test_a_row_is_not_joined_with_one_that_somebody_has_changed(three: Sitter) -> None:
    rows = rows_of(THREE)
    change(three, "set", 1, text="Nytt.")
    assert change(three, "join", 0, seen=rows[0].seen, next=rows[1].seen).status == 412
    assert len(rows_of(written(three))) == 3


def test_what_is_done_is_taken_back_and_done_again_by_whoever_did_it(three: Sitter) -> None:
    change(three, "set", 0, text="Ett.")
    change(three, "set", 2, text="Tre\noch fyra.")
    first = written(three)
    change(three, "undo")
    assert written(three) == THREE.replace("Hej på dig.", "Ett.")
    change(three, "redo")
    assert written(three) == first
    change(three, "undo")
    change(three, "undo")
    assert written(three) == THREE
    assert change(three, "undo").status == 422


@pytest.mark.parametrize("place", ["text", "kapitel"])
def test_what_was_done_is_taken_back_when_the_desk_has_been_started_again(three: Sitter, place: str) -> None:
    name = "transcript.vtt" if place == "text" else "episode.md"
    before = written(three, name)
    if place == "text":
        change(three, "set", 0, text="Ett.")
        change(three, "set", 2, text="Tre\noch fyra.")
    else:
        change(three, "add", place=place, start="0:00", title="Ett")
        change(three, "add", place=place, start="0:01", title="Två")
    after = written(three, name)
    assert after != before
    change(three, "undo", place=place)
    with at_the_desk(three.root) as again:
        change(again, "redo", place=place)
        assert written(again, name) == after
        change(again, "undo", place=place)
    with at_the_desk(three.root) as again:
        change(again, "undo", place=place)
        assert written(again, name) == before
        assert change(again, "undo", place=place).status == 422


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b'{"text": "", "steps": [{}]}', b"\xff"])
def test_steps_that_cannot_be_read_take_nothing_with_them(three: Sitter, kept: bytes) -> None:
    change(three, "set", 0, text="Ett.")
    path = three.root / f".desk/steps/podcast/episodes/{SLUG}/transcript.vtt"
    path.write_bytes(kept)
    assert change(three, "undo").status == 422
    change(three, "set", 1, text="Två.")
    change(three, "undo")
    assert written(three) == THREE.replace("Hej på dig.", "Ett.")


def test_steps_have_their_limit(three: Sitter) -> None:
    whole = THREE + "\n".join(f"\nNOTE {number} {'x' * 200_000}\n" for number in range(3))
    for number in range(5):
        text = whole + f"\nNOTE {number}\n" if number % 2 else THREE
        now = written(three)
        assert change(three, "whole", seen=stands_for(now), text=text).status == 200
    path = three.root / f".desk/steps/podcast/episodes/{SLUG}/transcript.vtt"
    assert 10**6 < path.stat().st_size < 3 * 10**6
    change(three, "undo")
    assert "NOTE 3" in written(three)


def test_one_takes_back_ones_own_step_and_not_that_of_somebody_else() -> None:
    steps, texts = (
        Steps(),
        [THREE, THREE.replace("Hej på dig", "Ett"), THREE.replace("Hej på dig", "Ett").replace("Då", "Nu")],
    )
    steps.note(texts[0], texts[1], who="anna")
    steps.note(texts[1], texts[2], who="bo")
    assert steps.back(texts[2], who="anna") == THREE.replace("Då", "Nu")
    with pytest.raises(RefusedError):
        steps.back(THREE.replace("Då", "Nu"), who="anna")
    over = Steps()
    over.note(texts[0], texts[1], who="anna")
    over.note(texts[1], texts[1].replace("Ett", "Etthundra"), who="bo")
    with pytest.raises(RefusedError):
        over.back(texts[1].replace("Ett", "Etthundra"), who="anna")


@pytest.mark.parametrize(
    ("place", "sent", "said"),
    [
        ("text", {"op": "set", "text": "Ny."}, "Sparat"),
        ("text", {"op": "add", "text": "Ny."}, "Sparat"),
        ("text", {"op": "undo"}, "Ångrat"),
        ("kapitel", {"chapters-0-start": "0:00", "chapters-0-title": "Ett"}, "Sparat"),
        ("kapitel", {"op": "redo"}, "Gjort om"),
    ],
)
def test_without_scripts_the_page_says_what_was_done(
    three: Sitter, place: str, sent: dict[str, str], said: str
) -> None:
    change(three, "set", 0, text="Ett.")
    change(three, "add", place="kapitel", start="0:00", title="Ett")
    change(three, "undo", place="kapitel")
    seen = rows_of(written(three))[0].seen if place == "text" else chapters.seen_of(())
    answer = three.post(f"/avsnitt/{SLUG}/{place}", {"row": "0", "seen": seen, **sent})
    page = three.get(answer.headers["location"].partition("#")[0])
    assert page.tree.xpath("string(//*[@role='status'])") == said


def test_a_speaker_is_renamed_once_for_all(three: Sitter) -> None:
    answer = three.patch(f"/avsnitt/{SLUG}/text", {"op": "rename", "from": "Röst A", "to": "Anna Ek"})
    assert answer.json["names"] == ["Anna Ek", "Röst B"]
    assert written(three) == THREE.replace("Röst A", "Anna Ek")


def test_a_file_that_has_changed_meanwhile_is_merged_or_both_are_told(three: Sitter) -> None:
    change(three, "set", 0, text="Mitt.")
    transcript(three).write_text(THREE.replace("Då börjar vi", "Deras"), encoding="utf-8", newline="")
    assert "någon annanstans" not in three.get(f"/avsnitt/{SLUG}/text").text
    assert written(three) == THREE.replace("Hej på dig.", "Mitt.").replace("Då börjar vi", "Deras")
    transcript(three).write_text(THREE.replace("Hej på dig", "Deras"), encoding="utf-8", newline="")
    assert "någon annanstans" in three.get(f"/avsnitt/{SLUG}/text").text
    assert "Mitt." in written(three)
    three.post(f"/avsnitt/{SLUG}/text", {"op": "mine"})
    assert "någon annanstans" not in three.get(f"/avsnitt/{SLUG}/text").text
    assert "Mitt." in written(three)
    three.post(f"/avsnitt/{SLUG}/text", {"op": "theirs"})
    assert "Deras" in written(three)
    change(three, "undo")
    assert "Mitt." in written(three)


def form_of(desk: Sitter, number: int) -> dict[str, str]:
    [form] = desk.get(f"/avsnitt/{SLUG}/text?rad={number}").tree.xpath("//form[@id='radform']")
    return {key: value for key, value in form.form_values() if key != "csrf"}


def test_without_scripts_a_row_is_a_form(three: Sitter) -> None:
    links = three.get(f"/avsnitt/{SLUG}/text").tree.xpath("//a[@class='desk-cue__text']/@href")
    assert links == [f"?rad={number}#rad-{number}" for number in range(3)]
    form = form_of(three, 1)
    assert {**form, "text": form["text"].strip()} == {
        "row": "1", "seen": rows_of(THREE)[1].seen, "text": "Hej själv.", "speaker": "Röst B", "start": "0:00.600", "end": "0:01",
    }  # fmt: skip
    three.post(f"/avsnitt/{SLUG}/text", form)
    assert written(three) == THREE
    assert (
        three.post(f"/avsnitt/{SLUG}/text", {**form, "text": "Hej\r\ndu.", "speaker": "Bo", "doubt": "1"}).status == 303
    )
    assert [(row.text, row.speakers, row.doubtful) for row in rows_of(written(three))][1:3] == [
        ("Hej", ["Bo"], True),
        ("du.", ["Bo"], False),
    ]
    late = three.post(f"/avsnitt/{SLUG}/text", {**form, "text": "För sent."})
    assert late.status == 409
    assert "För sent." in late.text
    for op, count in [("join", 3), ("add", 4), ("remove", 3)]:
        three.post(f"/avsnitt/{SLUG}/text", {**form_of(three, 1), "op": op})
        assert len(rows_of(written(three))) == count
    wrong = three.post(f"/avsnitt/{SLUG}/text", {**form_of(three, 1), "start": "tolv", "text": "Kvar."})
    assert (wrong.status, "Kvar." in wrong.text) == (422, True)


@pytest.mark.parametrize(
    "broken", [b"WEBVTT\n\n00:01.000 -> 00:02.000\nEtt\n", "WEBVTT\n\n00:01.000 --> 00:02.000\nväg\n".encode("cp1252")]
)
def test_a_file_that_has_no_rows_is_shown_and_mended_as_a_whole(desk: Sitter, broken: bytes) -> None:
    transcript(desk).write_bytes(broken)
    page = desk.get(f"/avsnitt/{SLUG}/text")
    assert page.status == 200
    assert page.tree.xpath("//ul[@id='svar']/li")
    [form] = page.tree.xpath("//form[@id='helform']")
    mended = form.fields["text"].lstrip("\n").replace("->", "-->").replace("--->", "-->")
    sent = {"op": "whole", "text": mended, "seen": form.fields["seen"]}
    assert desk.post(f"/avsnitt/{SLUG}/text", {**sent, "seen": "x"}).status == 409
    assert desk.post(f"/avsnitt/{SLUG}/text", sent).status == 303
    assert len(rows_of(written(desk))) == 1


def test_a_transcript_is_begun_where_there_is_none(desk: Sitter) -> None:
    transcript(desk).unlink()
    assert "Börja skriva" in desk.get(f"/avsnitt/{SLUG}/text").text
    desk.post(f"/avsnitt/{SLUG}/text", {"op": "begin"})
    assert change(desk, "set", 0, text="Välkommen.", speaker="Anna").status == 200
    assert rows_of(written(desk))[0].text == "Välkommen."
    assert not transcript(desk).exists()
    change(desk, "undo")
    change(desk, "undo")
    assert "Börja skriva" in desk.get(f"/avsnitt/{SLUG}/text").text


def test_the_note_that_times_are_approximate_is_taken_away(three: Sitter) -> None:
    text = THREE.replace("WEBVTT\n\n", "WEBVTT\n\nNOTE\nTiderna är ungefärliga: så.\n\nNOTE annat\n\n")
    transcript(three).write_text(text, encoding="utf-8", newline="")
    three.post(f"/avsnitt/{SLUG}/text", {"op": "exact"})
    assert written(three) == THREE.replace("WEBVTT\n\n", "WEBVTT\n\nNOTE annat\n\n")


# Chapters


def listed(desk: Sitter) -> list[tuple[str, str]]:
    tree = desk.get(f"/avsnitt/{SLUG}/text").tree
    return [(each.get("data-start"), each.get("data-title")) for each in tree.xpath("//*[@data-chapter]")]


def chapter(desk: Sitter, op: str, at: str = "", **what: Any) -> Answer:
    tree = desk.get(f"/avsnitt/{SLUG}/text").tree
    seen = str(tree.xpath(f"string(//*[@data-start='{at}' and @data-chapter]/@data-seen)"))
    return change(desk, op, seen=seen, place="kapitel", **what)


def with_chapters(desk: Sitter, *chapters: tuple[str, str]) -> str:
    for start, title in chapters:
        assert chapter(desk, "add", start=start, title=title).status == 200
    return written(desk, "episode.md")


def test_a_time_that_is_spelled_otherwise_is_the_same_time() -> None:
    text = "---\nchapters:\n  - start: 00:37 # rättat\n    title: Ett\n---\n"
    assert set_anew(text, CHAPTERS, ({"start": "0:37", "title": "Ett"},)) == text
    new = set_anew(text, CHAPTERS, ({"start": "0:37", "title": "Två"},))
    assert new == text.replace("Ett", "Två")


def test_chapters_are_set_moved_and_taken_away_in_the_draft(desk: Sitter) -> None:
    before = written(desk, "episode.md")
    after = with_chapters(desk, ("0:01", "Två"), ("0:00.500", "Ett: och"))
    assert listed(desk) == [("0:00", "Början"), ("0:00.500", "Ett: och"), ("0:01", "Två")]
    added = 'chapters:\n  - start: 0:00\n    title: Början\n  - start: 0:00.500\n    title: "Ett: och"\n  - start: 0:01\n    title: Två\n'
    assert after.replace(added, "") == before
    assert chapter(desk, "add", start="0:01").status == 422
    assert chapter(desk, "set", "0:01", start="0:01,5").status == 200
    assert chapter(desk, "shift", "0:00.500", by="0.25").status == 200
    assert [start for start, _ in listed(desk)] == ["0:00", "0:00.750", "0:01.750"]
    assert chapter(desk, "remove", "0:01.750").status == 200
    assert change(desk, "remove", seen="x", place="kapitel").status == 412
    for _ in range(5):
        assert change(desk, "undo", seen="", place="kapitel").status == 200
    assert written(desk, "episode.md") == before


def test_an_import_replaces_only_where_that_is_asked(desk: Sitter) -> None:
    with_chapters(desk, ("0:00", "Ett"), ("0:01", "Två"))
    answer = change(desk, "import", seen="", place="kapitel", list="00:00 Intro\n00:01.5 Tre\n9:00 Långt bort")
    assert listed(desk) == [("0:00", "Ett"), ("0:01", "Två"), ("0:01.500", "Tre")]
    assert len(answer.json["said"]) == 2
    assert change(desk, "import", seen="", place="kapitel", list="bara text").status == 422
    change(desk, "import", seen="", place="kapitel", list="0:00 Nytt", replace="1")
    assert listed(desk) == [("0:00", "Nytt")]


def test_without_scripts_chapters_are_rows_of_a_form(desk: Sitter) -> None:
    with_chapters(desk, ("0:00", "Ett"))

    def sent() -> dict[str, str]:
        [form] = desk.get(f"/avsnitt/{SLUG}/text").tree.xpath("//form[@id='kapitelform']")
        return {key: value for key, value in form.form_values() if key != "csrf"}

    same = sent()
    before = written(desk, "episode.md")
    desk.post(f"/avsnitt/{SLUG}/kapitel", same)
    assert written(desk, "episode.md") == before
    assert (
        desk.post(f"/avsnitt/{SLUG}/kapitel", {**same, "chapters-1-start": "0:01", "chapters-1-title": "Två"}).status
        == 303
    )
    late = desk.post(f"/avsnitt/{SLUG}/kapitel", {**same, "chapters-0-title": "För sent"})
    assert (late.status, "För sent" in late.text) == (409, True)
    assert listed(desk) == [("0:00", "Ett"), ("0:01", "Två")]
    desk.post(f"/avsnitt/{SLUG}/kapitel", {**sent(), "chapters-0-start": "", "chapters-0-title": ""})
    assert listed(desk) == [("0:01", "Två")]


def test_chapters_stay_when_the_file_has_changed_meanwhile(desk: Sitter) -> None:
    with_chapters(desk, ("0:00", "Ett"))
    file = desk.root / f"podcast/episodes/{SLUG}/episode.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nEtt stycke till.\n", encoding="utf-8")
    assert listed(desk) == [("0:00", "Ett")]
    assert "Ett stycke till." in written(desk, "episode.md")


# Others


@pytest.mark.parametrize("path", ["text", "kapitel"])
def test_a_change_needs_a_token_and_an_episode_that_is_there(three: Sitter, path: str) -> None:
    what = {"op": "set", "row": "0", "text": "x"}
    assert three.patch(f"/avsnitt/{SLUG}/{path}", what, token=False).status == 403
    assert three.post(f"/avsnitt/{SLUG}/{path}", what, token=False).status == 403
    assert three.patch(f"/avsnitt/..%2f{SLUG}/{path}", what).status == 404
    assert three.patch(f"/avsnitt/finns-inte/{path}", what).status == 404
    assert three.get("/avsnitt/finns-inte/text").status == 404
    assert written(three) == THREE


def test_who_else_is_there_and_what_stands_now_is_told(three: Sitter) -> None:
    state = three.get(f"/avsnitt/{SLUG}/text/lage?svar&rader").json
    assert state["is"] == stands_for(THREE)
    assert state["html"].count("<li") == 3
    assert "answers" in state
