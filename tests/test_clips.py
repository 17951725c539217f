"""Clips and quotations: what stands in them, what goes with them, and what is said of what cannot be one."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2
from PIL import Image

from okatakten import fetching
from okatakten.clips import film as films
from okatakten.clips.asked import Wanted, read_span, want_clip
from okatakten.clips.captions import build_ass, build_srt, build_vtt, escaped, words_said
from okatakten.clips.film import END, em
from okatakten.clips.making import _record
from okatakten.clips.pictures import Said, bar_count, bars, draw_ground, draw_still, frame_of
from okatakten.clips.said import LINES, SIZES, Page, pages_between, sentences_between
from okatakten.making import ffmpeg as programs
from okatakten.making.ffmpeg import FfmpegMissingError, film_ffmpeg
from okatakten.model import Clip, Cue, Shape, Transcript
from okatakten.podcast.clips import CLIPS, ENDINGS
from okatakten.podcast.films import has_metadata, read_film
from okatakten.podcast.transcript import parse_transcript
from okatakten.rules import CLIP_SIZES
from okatakten.site.lettering import Part, font_of, width_of
from okatakten.site.profile import contrast
from okatakten.site.project import read_project
from okatakten.site.sharing import build_clips
from okatakten.written.advice import Reason, ReasonError, Text, advise
from okatakten.written.problems import Kind
from okatakten.written.text import Problems
from support import PAINT, PROJECT, VALID, WORDS, a_cue, a_transcript, an_episode, lay_out, lay_out_sound, run

FREE: Final = {Shape.SQUARE: (0, 0.2), Shape.PORTRAIT: (0, 0.2), Shape.TALL: (0.14, 0.35), Shape.LANDSCAPE: (0, 0.2)}
"""The parts of a picture, above and below, that networks lay their own over."""
SAID = Said(show="Öka takten", title="Åtta frågor", notice=Text.CLIP_SYNTHETIC, statement=WORDS["eu_statement"].text)
LONG_CUE = (
    "Vad behöver den som köper in åt en kommun, för att kunna välja sådant som håller längre och används igen? Här får "
    "du åtta frågor om det, och du får höra hur svaren skulle sökas."
)
TOO_WIDE = "Nordjämtlandskommunernasupphandlingsorganisationsutvecklingsprojektdeltagarförteckningar"
WIDTH = frame_of(Shape.SQUARE).width


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def pages_of(*cues: Cue, start: float = 0, end: float = 60, width: int = WIDTH) -> tuple[Page, ...]:
    return pages_between(a_transcript(*cues), seconds(start), seconds(end), width=width)


def parsed(*blocks: str) -> Transcript:
    text = "\n\n".join(["WEBVTT", *blocks]) + "\n"
    cues = parse_transcript(text, Problems("transcript.vtt"))
    return Transcript(path=Path("transcript.vtt"), text=text, read=lambda: cues)


def words_in(pages: tuple[Page, ...]) -> list[str]:
    return " ".join(line for page in pages for line in page.lines).split()


# What is said


@pytest.mark.parametrize(
    "texts",
    [
        ["Hej."], [LONG_CUE], [LONG_CUE, "Ja.", LONG_CUE], ["ord " * 60], ["Budgeten var 7\u00a0708\u00a0400 kronor."],
        ["Ja, " * 30], ["W" * 18 + " " + "i" * 30],
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", Shape)
def test_every_cue_stands_there_once_in_whole_words_on_at_most_two_lines(texts: list[str], shape: Shape) -> None:
    width = frame_of(shape).width
    cues = [a_cue(number * 10, number * 10 + 9, text=text) for number, text in enumerate(texts)]
    pages = pages_of(*cues, width=width)
    assert words_in(pages) == " ".join(texts).split()
    for page in pages:
        assert 1 <= len(page.lines) <= LINES
        assert all(width_of(line, font_of(Part.TITLE, page.size)) <= width for line in page.lines)
    assert all(page.start < page.end for page in pages)
    assert all(one.end <= other.start for one, other in pairwise(pages))
    assert (pages[0].start, pages[-1].end) == (seconds(0), cues[-1].end)


def test_a_word_that_is_too_wide_is_made_smaller_and_then_hyphenated() -> None:
    (wide,) = pages_of(a_cue(0, 5, text="upphandlingsutvecklingsprojekt"))
    assert wide.size < SIZES[0]
    pages = pages_of(a_cue(0, 5, text=TOO_WIDE))
    assert {page.size for page in pages} == {SIZES[-1]}
    lines = [line for page in pages for line in page.lines]
    assert "".join(line.removesuffix("-") for line in lines) == TOO_WIDE
    assert all(width_of(line, font_of(Part.TITLE, SIZES[-1])) <= WIDTH for line in lines)


def test_words_part_after_a_sentence_where_that_takes_no_more_pages() -> None:
    first, *_ = pages_of(a_cue(0, 9, text="Så är det i kommunen i dag. Men det kan bli helt annorlunda senare."))
    assert " ".join(first.lines) == "Så är det i kommunen i dag."


def test_a_clip_within_a_cue_shows_what_is_said_then_with_times_of_its_own() -> None:
    whole = pages_of(a_cue(10, 20, text=LONG_CUE), start=10, end=20)
    part = pages_of(a_cue(10, 20, text=LONG_CUE), start=10 + whole[1].start.total_seconds(), end=20)
    assert [page.lines for page in part] == [page.lines for page in whole[1:]]
    assert part[0].start == seconds(0)
    barely = pages_of(a_cue(10, 20), a_cue(20, 30, text="Nej."), start=19.8, end=30)
    assert words_in(barely) == ["Nej."]


def test_a_short_pause_leaves_the_words_where_they_are() -> None:
    near, _ = pages_of(a_cue(0, 2), a_cue(2.5, 4))
    far, _ = pages_of(a_cue(0, 2), a_cue(5, 6))
    assert (near.end, far.end) == (seconds(2.5), seconds(2))


def test_two_voices_of_one_cue_share_its_time() -> None:
    transcript = parsed("00:00:00.000 --> 00:00:04.000\n<v Anna>Ska vi?</v> <v Bo>Ja då!</v>")
    one, other = pages_between(transcript, seconds(0), seconds(9), width=WIDTH)
    assert (one.speaker, other.speaker, one.end) == ("Anna", "Bo", other.start)


def test_words_light_by_their_own_times_only() -> None:
    transcript = parsed(
        "00:00:01.000 --> 00:00:04.000\n<v Anna>Tre <00:00:02.000>korta <00:00:03.500>ord",
        "00:00:05.000 --> 00:00:06.000\nUtan tider.",
    )
    lit, whole = pages_between(transcript, seconds(1), seconds(9), width=WIDTH)
    assert lit.lights == (seconds(0), seconds(1), seconds(2.5))
    assert whole.lights == ()
    drawn = an_ass(lit, whole)
    assert r"{\k0}{\k100}Tre {\k150}korta {\k" in drawn
    assert "}Utan tider.\n" in drawn


@pytest.mark.parametrize(
    ("said", "lights"),
    [
        ("<v Anna>Ska <00:00:02.000>vi? <v Bo>Ja <00:00:03.000>då <00:00:03.500>nu!", [[0, 1], [1, 2, 2.5]]),
        ("7&nbsp;708 <00:00:02.000>kronor\u00a0nu <00:00:03.500>ord", [[0, 0, 1, 1, 2.5]]),
        ("kor<00:00:02.000>ta <00:00:03.000>ord", [[]]),
        ("Tre <00:00:03.000>korta <00:00:02.000>ord", [[]]),
        ("Tre <00:00:02.000>korta <00:59:00.000>ord", [[]]),
        (f"Tre <00:00:02.000>{TOO_WIDE} <00:00:03.500>ord", [[]] * 4),
    ],
)
def test_words_whose_times_do_not_fit_them_do_not_light(said: str, lights: list[list[float]]) -> None:
    transcript = parsed(f"00:00:01.000 --> 00:00:04.000\n{said}")
    pages = pages_between(transcript, seconds(1), seconds(9), width=WIDTH)
    assert [[light.total_seconds() for light in page.lights] for page in pages] == lights
    assert all(one.start < one.end == other.start for one, other in pairwise(pages))
    assert an_ass(*pages).count("Dialogue") > len(pages)


@pytest.mark.parametrize("nothing", ["\u200b", "\u00ad"])
def test_where_only_invisible_signs_are_said_nothing_stands(nothing: str) -> None:
    assert pages_of(a_cue(0, 4, text=nothing)) == ()
    assert words_in(pages_of(a_cue(0, 4, text=nothing), a_cue(4, 8, text="Hej."))) == ["Hej."]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (0, 10, "Ett är sagt. Två är sagt. Tre är sagt."),
        (3.4, 6.6, "Två är sagt."),
        (0, 5.2, "Ett är sagt. Två är sagt."),
        (9.9, 20, ""),
    ],
)
def test_a_quotation_has_the_sentences_that_are_said_most_of_within_its_times(
    start: float, end: float, said: str
) -> None:
    cue = a_cue(0, 10, text="Ett är sagt. Två är sagt. Tre är sagt.")
    sentences = sentences_between([cue], seconds(start), seconds(end))
    assert " ".join(sentence for _, sentence in sentences) == said


# Beside the film


def test_captions_can_be_read_back() -> None:
    pages = pages_of(a_cue(0, 8, text=LONG_CUE), a_cue(9, 10, speaker="Röst B & co", text="1 < 2 & --> 3"))
    cues = parse_transcript(build_vtt(pages), problems := Problems("clip.vtt"))
    assert not problems.found
    assert [(cue.start, cue.speaker, cue.text) for cue in cues] == [
        (timedelta(milliseconds=round(page.start.total_seconds() * 1000)), page.speaker, " ".join(page.lines))
        for page in pages
    ]


def test_subtitles_name_whoever_begins_to_speak() -> None:
    pages = pages_of(a_cue(0, 2), a_cue(2, 4, text="Du."), a_cue(4, 6, speaker="Röst B", text="Ja."))
    blocks = build_srt(pages).split("\n\n")
    assert blocks[0] == "1\n00:00:00,000 --> 00:00:02,000\nRöst A: Hej."
    assert blocks[1].endswith("\nDu.")
    assert blocks[2] == "3\n00:00:04,000 --> 00:00:06,000\nRöst B: Ja.\n"
    assert [*words_said(pages)] == ["Röst A: Hej. Du.", "Röst B: Ja."]


@pytest.mark.parametrize(
    ("written", "drawn"),
    [("{sic}", r"\{sic\}"), (r"C:\Ny", "C:\\\u2060Ny"), ("a\nb", "a b"), ("50 %, 'ja': å", "50 %, 'ja': å")],
)
def test_no_words_are_marks_to_libass(written: str, drawn: str) -> None:
    assert escaped(written) == drawn


def an_ass(*pages: Page, shape: Shape = Shape.SQUARE, address: str = "https://a.se/podd/b/") -> str:
    frame = frame_of(shape)
    return build_ass(
        frame, pages, [0.5] * bar_count(frame), length=seconds(9), end=seconds(9) + END, address=address, em=em(),
        paint=PAINT,
    )  # fmt: skip


def test_the_address_ends_the_clip_however_long_it_is() -> None:
    drawn = an_ass(address="https://en-mycket-lang-vard.exempel.se/podd/" + "langt-namn-" * 9 + "/")
    last = [line for line in drawn.splitlines() if line.startswith("Dialogue: 0,0:00:09.00,0:00:11.50")]
    assert len(last) == 3
    assert Text.CLIP_WHOLE in last[2]


# The picture


@pytest.mark.parametrize("shape", Shape)
def test_all_that_is_said_stands_apart_and_where_networks_lay_nothing(shape: Shape) -> None:
    frame = frame_of(shape)
    width, height = frame.size
    above, below = FREE[shape]
    boxes = [frame.mark, frame.names, frame.title, frame.words, frame.wave, frame.emblem, frame.statement]
    for box in boxes:
        assert box.top >= above * height
        assert box.bottom <= round((1 - below) * height)
        assert box.left >= 0.05 * width
        assert box.right <= 0.95 * width
    for one, other in combinations(boxes, 2):
        assert one.right <= other.left or one.bottom <= other.top or other.bottom <= one.top, (one, other)
    assert abs(frame.middle[1] / height - (1 - below + above) / 2) < 0.12
    assert frame.label > frame.words.top
    assert len(bars(frame, [1.0] * bar_count(frame))) == bar_count(frame)
    assert bars(frame, [1.0] * bar_count(frame))[-1].right <= frame.wave.right


@pytest.mark.parametrize("shape", Shape)
def test_words_stand_out_from_one_calm_ground(shape: Shape) -> None:
    frame, ground = frame_of(shape), draw_ground(shape, SAID, paint=PAINT)
    for box in (frame.words, frame.wave):
        colours = ground.crop(box).getcolors() or []
        (behind,) = [f"#{bytes(colour).hex()}" for _, colour in colours if isinstance(colour, tuple)]
        for letters in (PAINT.text, PAINT.quiet):
            assert contrast(letters, behind) >= 4.5
        assert contrast(PAINT.warm, behind) >= 3
    (page, *_) = pages_of(a_cue(0, 5, text="Två rader med ord som den som läser ser"), width=frame.width)
    still = Image.open(io.BytesIO(draw_still(ground, frame, page, [0.5] * 200, paint=PAINT))).convert("RGB")
    shown = {colour for _, colour in still.crop(frame.words).getcolors(10**6) or []}
    assert max(contrast(f"#{bytes(colour).hex()}", PAINT.sky) for colour in shown if isinstance(colour, tuple)) >= 7


def test_a_clip_says_that_its_voice_is_made_by_a_machine() -> None:
    with_notice = draw_ground(Shape.SQUARE, SAID, paint=PAINT)
    without = draw_ground(Shape.SQUARE, replace(SAID, notice=""), paint=PAINT)
    names = frame_of(Shape.SQUARE).names
    assert with_notice.crop(names).tobytes() != without.crop(names).tobytes()


# What was asked for


def found_in(work: Any) -> tuple[list[Kind], list[Kind]]:
    problems = Problems("podcast/episodes/avsnitt")
    work(problems)
    return [problem.kind for problem in problems.found], [note.kind for note in problems.noted]


@pytest.mark.parametrize(
    ("start", "end", "kinds"),
    [
        ("0:10", "0:20", []),
        (" 0.10", "1:20,5", []),
        ("nu", "sen", [Kind.NOT_A_TIME, Kind.NOT_A_TIME]),
        ("0:75", "1:20", [Kind.NOT_A_TIME]),
        ("0:10", "1:31", [Kind.CLIP_PAST_END]),
        ("2:00", "3:00", [Kind.CLIP_PAST_END, Kind.CLIP_PAST_END]),
        ("0:20", "0:20", [Kind.CLIP_BACKWARDS]),
        ("0:20", "0:10", [Kind.CLIP_BACKWARDS]),
    ],
)
def test_times_that_are_none_are_told(start: str, end: str, kinds: list[Kind]) -> None:
    assert found_in(lambda problems: read_span(start, end, an_episode(), problems))[0] == kinds


def want(
    start: float, end: float, *cues: Cue, problems: Problems, name: str | None = None, **values: Any
) -> Wanted | None:
    episode = an_episode(transcript=a_transcript(*cues), **values)
    return want_clip(episode, (seconds(start), seconds(end)), shape=Shape.SQUARE, name=name, problems=problems)


@pytest.mark.parametrize(
    ("span", "cue", "more", "kinds", "notes"),
    [
        ((0, 5), a_cue(0, 5), {}, [], []),
        ((0, 2.9), a_cue(0, 2), {}, [Kind.CLIP_LENGTH], []),
        ((0, 598), a_cue(0, 598), {}, [Kind.CLIP_LENGTH], []),
        ((0, 141), a_cue(0, 141), {}, [], [Kind.CLIP_LONG]),
        ((0, 5), a_cue(6, 9), {}, [], [Kind.CLIP_SILENT]),
        ((0, 5), a_cue(0, 9), {}, [], [Kind.CLIP_CUTS_WORDS]),
        ((2, 9), a_cue(0, 9), {}, [], [Kind.CLIP_CUTS_WORDS]),
        ((0, 5), a_cue(0, 5, text="Det är 好."), {}, [Kind.CLIP_LETTERS], []),
        ((0, 5), a_cue(0, 5, speaker="Д."), {}, [Kind.CLIP_LETTERS], []),
        ((0, 5), a_cue(0, 5, text="{sic} \\N å ä ö ï æ ø đ š ž"), {}, [], []),
        ((0, 5), a_cue(0, 5, text="ŋ"), {}, [Kind.CLIP_LETTERS], []),
        ((0, 5), a_cue(0, 5), {"title": "Glad 😀"}, [Kind.CLIP_LETTERS], []),
        ((0, 5), a_cue(0, 5), {"name": "Mitt klipp"}, [Kind.NOT_A_SLUG], []),
    ],
)
def test_what_cannot_be_a_clip_is_told(
    span: tuple[float, float], cue: Cue, more: Mapping[str, Any], kinds: list[Kind], notes: list[Kind]
) -> None:
    assert found_in(lambda problems: want(*span, cue, problems=problems, **more)) == (kinds, notes)


@pytest.mark.parametrize(
    ("start", "shape", "name"),
    [(72, Shape.SQUARE, "1-12"), (3672, Shape.TALL, "1-01-12-tall"), (72.5, Shape.SQUARE, "1-12-500")],
)
def test_a_clip_is_called_after_its_beginning(start: float, shape: Shape, name: str) -> None:
    episode = an_episode(transcript=a_transcript(a_cue(start, start + 5)))
    span = seconds(start), seconds(start + 5)
    wanted = want_clip(episode, span, shape=shape, name=None, problems=Problems(""))
    assert wanted
    assert wanted.name == name


def test_without_a_transcript_there_is_no_clip() -> None:
    with pytest.raises(ReasonError) as error:
        want_clip(an_episode(transcript=None), (seconds(0), seconds(5)), shape=Shape.SQUARE, name=None,
                  problems=Problems(""))  # fmt: skip
    assert error.value.reason is Reason.CLIP_WITHOUT_TRANSCRIPT


@pytest.mark.parametrize("lacking", ["libx264", "ass"])
def test_an_ffmpeg_that_makes_no_films_is_told_by_what_it_lacks(
    lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\n{film_ffmpeg()} "$@" | sed "s/ {lacking} / nothing /"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(programs, "_candidates", lambda: [str(program)])
    film_ffmpeg.cache_clear()
    with pytest.raises(FfmpegMissingError) as error:
        film_ffmpeg()
    assert ("libass" if lacking == "ass" else lacking) in str(error.value)
    film_ffmpeg.cache_clear()


# With the command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with an episode of 48 seconds, in a folder whose name filters would take for marks."""
    return lay_out_sound(tmp_path / "Åsa's: projekt")


def clip(root: Path, *arguments: str, slug: str = "trailer") -> tuple[int, str, str]:
    return run("clip", slug, *arguments, "--root", str(root), environment={"SITE_URL": "https://podd.exempel.se/"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "0:01", "--to", "9:59"), "Där står: 9:59\n    Ljudet är 0:51 långt."),
        (("--from", "0:01"), "Här saknas valet '--to'"),
        (("--from", "0:01", "--to", "0:09", "--shape", "rund"), "'rund' går inte."),
        (("--from", "0:03", "--to", "0:14", "--quote"), advise(Kind.QUOTE_OF_SEVERAL, "Röst A, Röst B")),
        (("--from", "0:49.5", "--to", "0:50", "--quote"), advise(Kind.QUOTE_EMPTY)),
        (("--from", "0:03", "--to", "0:08", "--quote", "--name", "Å!"), "Skriv det med små bokstäver"),
    ],
)  # fmt: skip
def test_what_fits_is_said_and_nothing_is_written(arguments: tuple[str, ...], said: str, project: Path) -> None:
    status, _, complaint = clip(project, *arguments)
    assert status != 0
    assert said in complaint
    assert not (project / "podcast/episodes/trailer" / CLIPS).exists()


def test_an_episode_that_is_none_is_told_with_the_one_that_was_meant(project: Path) -> None:
    status, _, complaint = clip(project, "--from", "0:01", "--to", "0:09", slug="trailr")
    assert status == 1
    assert "det finns inget sådant avsnitt" in complaint
    assert "trailer" in complaint


def test_without_colours_there_is_no_clip(tmp_path: Path) -> None:
    root = lay_out(VALID, tmp_path)
    status, _, complaint = clip(root, "--from", "0", "--to", "0:01", slug="hallbara-inkop")
    assert status == 1
    assert Reason.CLIP_WITHOUT_PROFILE in complaint


def test_a_quotation_is_two_pictures_and_a_text(project: Path) -> None:
    status, said, _ = clip(project, "--from", "0:03", "--to", "0:07", "--quote")
    assert status == 0
    folder = project / "podcast/episodes/trailer" / CLIPS
    sizes = {}
    for name in ("0-03-quote.png", "0-03-quote-wide.png"):
        with Image.open(folder / name) as image:
            sizes[name] = image.size
    assert sizes == {"0-03-quote.png": (1080, 1080), "0-03-quote-wide.png": (1200, 630)}
    text = (folder / "0-03-quote.txt").read_text(encoding="utf-8")
    assert "”Tänk om det som kommuner och regioner köper håller längre och används igen.”" in text
    assert "Röst A, 0:03 i Exempel: " in text
    assert text.endswith("https://podd.exempel.se/podd/trailer/#t=3\n")
    assert all(name in said for name in sizes)


def test_a_quotation_that_is_too_long_is_told(project: Path) -> None:
    transcript = project / "podcast/episodes/trailer/transcript.vtt"
    text = "WEBVTT\n\n00:00:01.000 --> 00:00:45.000\n<v Röst A>" + "Det här är en mening av flera. " * 30
    transcript.write_text(text, encoding="utf-8")
    problem = clip(project, "--from", "0:01", "--to", "0:45", "--quote")[2]
    assert advise(Kind.QUOTE_TOO_LONG, "Det har 931 tecken.") in problem
    assert not (transcript.parent / CLIPS).exists()


def tagged(sound: Path) -> None:
    """Give sound all that rides along into films: chapters, a picture, a title."""
    tags = ID3()
    tags.add(TIT2(encoding=3, text=["Titel"]))
    tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=(PROJECT / "podcast/cover-1.png").read_bytes()))
    tags.add(CTOC(element_id="toc", flags=3, child_element_ids=["c1"], sub_frames=[]))
    tags.add(CHAP(element_id="c1", start_time=0, end_time=51_000, sub_frames=[TIT2(encoding=3, text=["Kapitel"])]))
    tags.save(sound)


def streams(film: Path) -> list[str]:
    command = [film_ffmpeg(), "-hide_banner", "-i", str(film)]
    said = subprocess.run(command, capture_output=True, check=False).stderr.decode()
    assert "Chapter" not in said
    return re.findall(r"Stream #0:\d.*?: (.*)", said)


def frame_at(film: Path, time: float) -> Image.Image:
    command = [film_ffmpeg(), "-loglevel", "error", "-ss", str(time), "-i", str(film), "-frames:v", "1"]
    content = subprocess.run([*command, "-f", "image2pipe", "-c:v", "png", "-"], capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(content)).convert("RGB")


def bright(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what is nearly white."""
    return image.convert("L").point(lambda value: 255 * (value > 200)).getbbox()


@pytest.mark.audio
@pytest.mark.parametrize("shape", Shape)
def test_a_clip_is_a_film_that_networks_play(shape: Shape, project: Path) -> None:
    tagged(project / "podcast/episodes/trailer/audio.mp3")
    status, said, complaint = clip(project, "--from", "0:08.6", "--to", "0:15", "--shape", shape.value)
    assert (status, complaint) == (0, "")
    name = "0-08-600" + ("" if shape is Shape.SQUARE else f"-{shape}")
    folder = project / "podcast/episodes/trailer" / CLIPS
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}{end}" for end in (*ENDINGS, ".yml"))
    path = folder / f"{name}.mp4"
    picture, sound = streams(path)
    assert "yuv420p(tv, bt709, progressive)" in picture
    assert " 15 fps" in picture
    assert "44100 Hz, mono" in sound
    with path.open("rb") as file:
        film = read_film(file)
        assert not has_metadata(file)
    assert film
    assert (film.codec, film.sound, film.width, film.height) == ("avc1", "mp4a", *CLIP_SIZES[shape])
    assert film.is_420
    assert film.index_first
    assert abs(film.duration - seconds(6.4) - END) < seconds(0.15)
    assert 75_000 < path.stat().st_size < 1_000_000
    frame = frame_of(shape)
    begun, end = frame_at(path, 3), frame_at(path, 8)
    assert bright(begun.crop(frame.words))
    beside = frame.words.left, begun.width - frame.words.right
    for across in ((0, beside[0] - 2), (begun.width - beside[1] + 2, begun.width)):
        assert not bright(begun.crop((across[0], frame.words.top, across[1], frame.wave.bottom)))
    assert bright(end.crop(frame.words))
    assert not bright(end.crop(frame.wave))
    assert "klart" in said


@pytest.mark.audio
def test_a_clip_is_made_once_and_goes_on_where_it_broke_off(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--from", "0:03", "--to", "0:07")
    assert clip(project, *arguments)[0] == 0
    folder = project / "podcast/episodes/trailer" / CLIPS
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    (folder / "0-03-post.txt").write_text("Mitt eget inlägg.", encoding="utf-8")
    status, said, _ = clip(project, *arguments)
    assert "fanns redan och är som det ska" in said
    assert (folder / "0-03-post.txt").read_text(encoding="utf-8") == "Mitt eget inlägg."
    assert (folder / "0-03.mp4").stat().st_mtime_ns == before["0-03.mp4"][1]
    # Killed before the last file was written.
    (folder / "0-03.yml").unlink()
    (folder / "0-03.mp4").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(films, "run_program", lambda *_, **__: pytest.fail("The film is made again."))
        status, said, _ = clip(project, *arguments)
    assert status == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: it for name, (it, _) in before.items()}
    for path in (project / ".okatakten/clips").iterdir():
        path.unlink()
    (folder / "0-03.yml").unlink()
    assert clip(project, *arguments)[0] == 0
    assert (folder / "0-03.mp4").read_bytes() == before["0-03.mp4"][0]


@pytest.mark.audio
def test_signs_of_libass_are_seen_and_words_light_one_by_one(project: Path) -> None:
    transcript = project / "podcast/episodes/trailer/transcript.vtt"
    cues = "00:00:01.000 --> 00:00:05.000\n<v A>ett<00:00:04.000> två\n\n00:00:05.000 --> 00:00:09.000\n<v A>{{{{{{"
    transcript.write_text(f"WEBVTT\n\n{cues}\n", encoding="utf-8")
    assert clip(project, "--from", "0:01", "--to", "0:09")[0] == 0
    film, frame = transcript.parent / CLIPS / "0-01.mp4", frame_of(Shape.SQUARE)
    early, late, signs = (frame_at(film, time).crop(frame.words) for time in (1, 3.6, 6))
    white = [image.point(lambda value: 255 * (value > 240)).convert("1") for image in (early, late)]
    lit = [sum(1 for value in image.tobytes() for bit in range(8) if value >> bit & 1) for image in white]
    assert lit[0] < 0.75 * lit[1]
    left, _, right, _ = bright(signs) or (0, 0, 0, 0)
    assert right - left > 100


@pytest.mark.audio
def test_sound_in_a_media_store_is_fetched(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project / "podcast/episodes/trailer"
    sound, episode = folder / "audio.mp3", folder / "episode.md"
    content = sound.read_bytes()
    sound.unlink()
    fields = f"audio_url: https://media.exempel.se/a.mp3\naudio_length: {len(content)}\naudio_type: audio/mpeg\n"
    text = episode.read_text(encoding="utf-8").replace("---\n", f"---\n{fields}audio_duration: 0:51\n", 1)
    episode.write_text(text, encoding="utf-8")
    assert "Det går inte att nå servern" in clip(project, "--from", "0:03", "--to", "0:07")[2]
    monkeypatch.setattr(fetching, "fetch_to", lambda _url, path, **_: path.write_bytes(content))
    assert clip(project, "--from", "0:03", "--to", "0:07")[0] == 0


# What is found again


def a_made_clip(root: Path, start: str = "0:03", end: str = "0:07") -> Path:
    """Put a clip beside the episode as the command would, but for the film."""
    folder = root / "podcast/episodes/trailer" / CLIPS
    folder.mkdir()
    reading = read_project(root)
    episode = next(episode for episode in reading.episodes if episode.slug == "trailer")
    span = read_span(start, end, episode, problems := Problems(""))
    assert span, problems.found
    wanted = want_clip(episode, span, shape=Shape.SQUARE, name="prov", problems=Problems(""))
    assert wanted
    for ending in ENDINGS:
        (folder / f"prov{ending}").write_bytes(b"x")
    (folder / "prov.yml").write_text(_record(wanted, "0" * 32), encoding="utf-8")
    return folder


def clips_of(root: Path) -> tuple[tuple[Clip, ...], list[Kind]]:
    reading = read_project(root)
    episode = next(episode for episode in reading.episodes if episode.slug == "trailer")
    return episode.clips, [note.kind for note in reading.notes if f"/{CLIPS}/" in note.file]


def test_a_clip_is_found_beside_its_episode(project: Path) -> None:
    folder = a_made_clip(project)
    found, notes = clips_of(project)
    expected = Clip(path=folder / "prov.mp4", start=seconds(3), end=seconds(7), width=1080, height=1080, length=1)
    assert (found, notes) == ((expected,), [])


def corrected(root: Path, name: str, old: bytes, new: bytes) -> None:
    path = root / "podcast/episodes/trailer" / name
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


@pytest.mark.parametrize(
    ("name", "change", "kinds", "shown"),
    [
        ("transcript.vtt", ("köper håller".encode(), "köper in håller".encode()), [Kind.CLIP_OLD], True),
        ("transcript.vtt", ("Följ Öka takten".encode(), "Följ podden".encode()), [], True),
        ("audio.mp3", (b"LAME", b"LAMA"), [Kind.CLIP_OLD], True),
        ("clips/prov.yml", (b'end: "0:07"', b'end: "0:59"'), [Kind.CLIP_OLD], True),
        ("clips/prov.yml", (b"shape: square", b"shape: rund"), [Kind.NOT_A_CHOICE, Kind.CLIP_UNFIT], False),
        ("clips/prov.yml", (b"made_of", b"gjord_av"), [Kind.UNKNOWN_FIELD, Kind.CLIP_UNFIT], False),
        ("clips/prov.yml", (b"start:", b"- ["), [Kind.UNREADABLE_FIELDS], False),
    ],
)
def test_a_clip_that_is_not_as_the_episode_is_told(
    name: str, change: tuple[bytes, bytes], kinds: list[Kind], *, shown: bool, project: Path
) -> None:
    a_made_clip(project)
    corrected(project, name, *change)
    found, notes = clips_of(project)
    assert sorted(notes) == sorted(kinds)
    assert bool(found) is shown


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_clip_that_lacks_a_file_is_told_and_not_shown(ending: str, project: Path) -> None:
    (a_made_clip(project) / f"prov{ending}").unlink()
    assert clips_of(project) == ((), [Kind.CLIP_UNFIT])


def test_all_files_of_a_clip_are_offered_with_their_sort_and_the_size_of_the_film() -> None:
    clip = Clip(
        path=Path("clips/1-12.mp4"), start=seconds(72), end=seconds(122), width=1080, height=1350, length=1_234_567
    )
    (shared,) = build_clips(an_episode(clips=(clip,)), words=WORDS)
    assert shared.title == "Från 1:12 till 2:02, 1080 × 1350"
    assert {file.href for file in shared.files} == {f"podd/avsnitt/klipp/1-12{ending}" for ending in ENDINGS}
    assert str(shared.files[0].label) == "Film (MP4, 1,2\u00a0MB)"
    assert all(re.search(r"\((?:MP4|SRT|WebVTT|TXT|PNG)", str(file.label)) for file in shared.files)
