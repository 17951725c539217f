"""How long sound is: counted, whatever its file says of itself; and what is said when its end is not there."""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okatakten.podcast import mp4, mpeg
from okatakten.podcast.audio import AudioFacts, read_audio
from okatakten.podcast.sound import End
from okatakten.written.problems import Kind

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
TONE = "sine=d=24:r=44100"


def make(path: Path, *arguments: str, sound: str = TONE) -> Path:
    """Make a file of the sound, in the format that the name and the arguments say."""
    command = [FFMPEG, "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", sound, *arguments, path]
    subprocess.run(command, check=True)
    return path


def decoded(path: Path) -> float:
    """Return how many seconds ffmpeg hears."""
    command = [FFMPEG, "-v", "quiet", "-i", path, "-map", "0:a:0", "-f", "u8", "-ac", "1", "-ar", "8000", "-"]
    return len(subprocess.run(command, capture_output=True, check=True).stdout) / 8000


def facts_of(content: bytes, folder: Path, name: str = "audio.mp3") -> AudioFacts:
    path = folder / name
    path.write_bytes(content)
    facts = read_audio(path)
    assert facts
    return facts


def seconds(facts: AudioFacts) -> float:
    return facts.duration.total_seconds()


# MP3, frame by frame. Silence in frames of 32 kbit/s, 24 kHz and mono: 96 bytes and 24 ms each.

FRAME = b"\xff\xf3\x44\xc0" + bytes(92)
LONG = FRAME * 1000
ID3 = b"ID3\x04\x00\x00\x00\x00\x10\x00"
TAG = ID3 + b"\xff\xf3\x44\xc0" * 512
"""A tag full of what looks like frames."""
APE = b"APETAGEX" + struct.pack("<IIII8x", 2000, 132, 1, 0xA0000000) + b"\xff\xf3\x44\xc0" * 25
APE += b"APETAGEX" + struct.pack("<IIII8x", 2000, 132, 1, 0x80000000)
LYRICS = b"LYRICSBEGIN" + b"IND00002" + b"\xff\xf3\x44\xc0" * 30 + b"000128LYRICS200"
V1 = b"TAG" + b"\xff\xf3\x44\xc0".ljust(125, b"\0")


def header(frames: int | None, length: int | None, *, name: bytes = b"Xing") -> bytes:
    """Return the frame that says how many frames and bytes there are; None: it does not say."""
    flags = (frames is not None) | (length is not None) << 1
    numbers = b"".join(struct.pack(">I", number) for number in (frames, length) if number is not None)
    return (b"\xff\xf3\x84\xc0" + bytes(9) + name + struct.pack(">I", flags) + numbers).ljust(192, b"\0")


def vbri(frames: int, length: int) -> bytes:
    return (b"\xff\xf3\x84\xc0" + bytes(32) + b"VBRI" + bytes(6) + struct.pack(">II", length, frames)).ljust(192, b"\0")


WHOLE = 192 + 96_000
PLAYED = {
    "no header": LONG,
    "one that is right": header(1000, WHOLE) + LONG,
    "one that says forty times too many": header(40_000, WHOLE) + LONG,
    "one that says no frames": header(0, WHOLE) + LONG,
    "one that says neither": header(None, None) + LONG,
    "one that says too few": header(10, 1_152) + LONG,
    "one that says zero bytes, too": header(0, 0) + LONG,
    "Fraunhofer's": vbri(1000, WHOLE) + LONG,
    "Fraunhofer's, and wrong": vbri(40_000, WHOLE) + LONG,
    "Fraunhofer's, never filled in": vbri(0xFFFFFFFF, 0xFFFFFFFF) + LONG,
    "never filled in": header(0xFFFFFFFF, 0xFFFFFFFF) + LONG,
    "of a part, and then another file": header(100, 9_792) + FRAME * 100 + header(900, 86_592) + FRAME * 900,
    "of a part, and then one without": header(100, 9_792) + FRAME * 100 + FRAME * 900,
    "tags at both ends": TAG + LONG + APE + V1,
    "a tag between two files": FRAME * 500 + TAG + FRAME * 500,
    "all tags between two files": FRAME * 500 + APE + LYRICS + V1 + TAG + FRAME * 500,
    "lyrics behind it": LONG + LYRICS + V1,
    "some bytes between two frames": FRAME * 500 + b"\x00\xff\xf3\x44\xff" * 9 + FRAME * 500,
    "zeros before it": bytes(3000) + LONG,
    "zeros behind it": header(1000, WHOLE) + LONG + bytes(20_000),
}


@pytest.mark.parametrize("name", PLAYED)
def test_an_mp3_is_as_long_as_its_frames_whatever_its_header_says(name: str, tmp_path: Path) -> None:
    facts = facts_of(PLAYED[name], tmp_path)
    assert (facts.extension, facts.end, facts.shortfall) == (".mp3", End.THERE, "")
    assert seconds(facts) == pytest.approx(24, abs=0.1)
    assert seconds(facts) == pytest.approx(decoded(tmp_path / "audio.mp3"), abs=1)


SHORT = {
    "in the middle of a frame": (header(1000, WHOLE) + LONG)[: WHOLE // 2 + 50],
    "between two frames": (header(1000, WHOLE) + LONG)[: 192 + 48_000],
    "by Fraunhofer's header": (vbri(1000, WHOLE) + LONG)[: WHOLE // 2 + 50],
    "and filled up with zeros": (header(1000, WHOLE) + LONG)[: WHOLE // 2] + bytes(WHOLE // 2),
    "with a hole in it": header(1000, WHOLE) + FRAME * 300 + bytes(48_000) + FRAME * 200,
    "in the second of two files": (header(1, 288) + FRAME + header(1000, WHOLE) + LONG)[: WHOLE // 2 + 400],
}


@pytest.mark.parametrize("name", SHORT)
def test_an_mp3_that_broke_off_is_told_by_what_its_header_says(name: str, tmp_path: Path) -> None:
    facts = facts_of(SHORT[name], tmp_path)
    assert facts.lack is Kind.AUDIO_ENDS_EARLY
    assert re.fullmatch(r"Av 0:24 går bara 0:1[12] att spela upp\.", facts.shortfall)


UNSURE = {
    "no header, the last frame cut": (LONG[:-40], "Filen tar slut mitt i ljudet, efter 0:23."),
    "a header without bytes": (header(2000, None) + LONG, "Av 0:48 går bara 0:24 att spela upp."),
    "a header of other proportions": (header(40_000, 2 * WHOLE) + LONG, "Av 16:00 går bara 0:24 att spela upp."),
    "a header of too many, tags behind": (header(4_000, 2 * WHOLE) + LONG + V1, "Av 1:36 går bara 0:24 att spela upp."),
    "zeros behind sound without a header": (LONG + bytes(20_000), "Filen tar slut mitt i ljudet, efter 0:24."),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSURE)
def test_an_mp3_that_may_have_broken_off_is_doubted_and_not_refused(name: str, tmp_path: Path) -> None:
    content, said = UNSURE[name]
    facts = facts_of(content, tmp_path)
    assert (facts.lack, facts.shortfall) == (Kind.AUDIO_END_UNSURE, said)


def test_every_version_layer_and_rate_of_mpeg_is_counted(tmp_path: Path) -> None:
    """The table of frames, against the formulas of the standard."""
    assert len(mpeg.FRAMES) == 3 * 3 * 2 * 14 * 3 * 4
    sizes = {
        b"\xff\xfb\x90": (417, 1152, 44_100),
        b"\xff\xfb\x92": (418, 1152, 44_100),
        b"\xff\xfd\x84": (384, 1152, 48_000),
        b"\xff\xff\x44": (128, 384, 48_000),
        b"\xff\xf3\x84": (192, 576, 24_000),
        b"\xff\xe3\x48": (288, 576, 8_000),
    }
    for beginning, (length, samples, rate) in sizes.items():
        frame = mpeg.FRAMES[beginning]
        assert (frame.length, frame.samples, frame.rate) == (length, samples, rate)
        facts = facts_of((beginning + b"\xc0").ljust(length, b"\0") * 300, tmp_path)
        assert seconds(facts) == pytest.approx(300 * samples / rate, abs=0.001)


def test_sound_of_several_rates_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    other = b"\xff\xfb\x10\xc0" + bytes(100)
    assert seconds(facts_of(FRAME * 500 + other * 500, tmp_path)) == pytest.approx(12 + 500 * 1152 / 44_100, abs=0.01)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        FRAME,
        FRAME[:50],
        bytes(5000),
        b"\xff" * 5000,
        TAG,
        TAG + V1,
        b"\xff\xf3\x04\xc0" * 2000,  # free format, which no player takes
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + LONG,  # a tag that says it is longer than the file
        bytes(10**6) + FRAME * 9,
    ],
)
def test_what_is_hardly_an_mp3_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "audio.mp3").write_bytes(content)
    assert read_audio(tmp_path / "audio.mp3") is None


@pytest.mark.parametrize(
    "piece",
    [
        b"\xff\xf3\x44",
        b"\xff" * 7 + b"\0",
        ID3[:6] + bytes(4),
        b"x" + ID3[:6] + bytes(4),
        FRAME * 3 + b"x",
        header(1, 1),
        b"APETAGEX" + bytes(24),
        b"LYRICSBEGIN",
    ],
)
def test_bytes_that_only_look_like_frames_or_tags_cost_no_more_than_sound(
    piece: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, plain = [0], mpeg._read

    def counted(*arguments: object) -> bytes:
        content = plain(*arguments)  # type: ignore[arg-type]
        read[0] += len(content)
        return content

    monkeypatch.setattr(mpeg, "_read", counted)
    size = 3 * 10**6
    (tmp_path / "audio.mp3").write_bytes(piece * (size // len(piece)))
    read_audio(tmp_path / "audio.mp3")
    assert read[0] < 100 * size


# MP4, sample by sample.


def box(kind: bytes, *content: bytes, size: int | None = None, wide: bool = False) -> bytes:
    body = b"".join(content)
    length = len(body) + (16 if wide else 8) if size is None else size
    return struct.pack(">I4sQ", 1, kind, length) + body if wide else struct.pack(">I4s", length, kind) + body


def words(*numbers: int) -> bytes:
    return b"".join(struct.pack(">I", number) for number in numbers)


@pytest.fixture(scope="module")
def m4a(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return an M4A of 24 seconds, made with what ffmpeg calls movflags."""
    folder, made = tmp_path_factory.mktemp("m4a"), dict[str, bytes]()

    def content(flags: str) -> bytes:
        if flags not in made:
            pieces = ("-frag_duration", "1000000") if flags in {FRAGMENTS, DASH, PARTS} else ()
            arguments = ("-c:a", "aac", "-b:a", "32k", *(("-movflags", flags) if flags else ()), *pieces)
            made[flags] = make(folder / "ljud.m4a", *arguments).read_bytes()
        return made[flags]

    return content


LAST, FIRST = "", "+faststart"
FRAGMENTS, DASH = "frag_keyframe+empty_moov", "dash+global_sidx"
PARTS = "frag_keyframe+empty_moov+default_base_moof"


def with_number(content: bytes, kind: bytes, place: int, number: int) -> bytes:
    """Return a file with another number so many bytes into each box of a kind."""
    parts = content.split(kind)
    return parts[0] + b"".join(kind + part[:place] + words(number) + part[place + 4 :] for part in parts[1:])


HONEST: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "moov last": (LAST, lambda content: content),
    "moov first": (FIRST, lambda content: content),
    "fragments": (FRAGMENTS, lambda content: content),
    "fragments with an index": (DASH, lambda content: content),
    "fragments by the place of each": (PARTS, lambda content: content),
    "a track that says no length": (LAST, lambda content: with_number(content, b"mdhd", 16, 0)),
    "a track that says another length": (FIRST, lambda content: with_number(content, b"mdhd", 16, 10**8)),
    "a film that says no length": (LAST, lambda content: with_number(content, b"mvhd", 16, 0)),
    "a film that says another length": (FIRST, lambda content: with_number(content, b"mvhd", 16, 10**8)),
    "a track without a scale": (LAST, lambda content: with_number(content, b"mdhd", 12, 0)),
    "a track of another scale": (LAST, lambda content: with_number(content, b"mdhd", 12, 1000)),
    "samples that last forty times too long": (LAST, lambda content: with_number(content, b"stts", 12, 40 * 1024)),
    "samples that last no time": (LAST, lambda content: with_number(content, b"stts", 12, 0)),
    "a box that says that it goes to the end": (
        FIRST,
        lambda content: content[: content.index(b"mdat") - 4] + bytes(4) + content[content.index(b"mdat") :],
    ),
    "an unknown box behind it": (LAST, lambda content: content + box(b"uuid", bytes(3000))),
    "a wide box behind it": (LAST, lambda content: content + box(b"free", bytes(3000), wide=True)),
    "nothing but zeros behind it": (LAST, lambda content: content + bytes(3000)),
    "a box that is longer than the file": (FIRST, lambda content: content + box(b"free", bytes(9), size=9999)),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_m4a_is_as_long_as_its_samples_whatever_its_headers_say(
    name: str, m4a: Callable[[str], bytes], tmp_path: Path
) -> None:
    flags, change = HONEST[name]
    facts = facts_of(change(m4a(flags)), tmp_path, "audio.m4a")
    assert (facts.extension, facts.description, facts.end) == (".m4a", "MP4", End.THERE)
    assert seconds(facts) == pytest.approx(24, abs=0.1)


@pytest.mark.parametrize("flags", [FIRST, DASH])
def test_an_m4a_that_broke_off_is_told_with_how_long_it_was_to_be(
    flags: str, m4a: Callable[[str], bytes], tmp_path: Path
) -> None:
    whole = m4a(flags)
    facts = facts_of(whole[: len(whole) // 2], tmp_path, "audio.m4a")
    assert facts.lack is Kind.AUDIO_ENDS_EARLY
    assert facts.shortfall.startswith("Av 0:24 går bara 0:1")
    assert seconds(facts) == pytest.approx(decoded(tmp_path / "audio.m4a"), abs=0.1)


def test_fragments_that_broke_off_are_told_though_nothing_says_how_many_there_were(
    m4a: Callable[[str], bytes], tmp_path: Path
) -> None:
    whole = m4a(FRAGMENTS)
    facts = facts_of(whole[: len(whole) // 2], tmp_path, "audio.m4a")
    assert facts.lack is Kind.AUDIO_ENDS_EARLY
    assert facts.shortfall == "Filen tar slut mitt i ljudet, efter 0:11."


def fragments_of(content: bytes) -> list[bytes]:
    """Return what comes before the first fragment, and then each of them."""
    parts = content.split(b"moof")
    starts = [len(b"moof".join(parts[:number])) - 4 for number in range(1, len(parts))]
    return [content[start:end] for start, end in zip([0, *starts], [*starts, len(content)], strict=True)]


def test_fragments_that_are_missing_in_the_middle_are_doubted(m4a: Callable[[str], bytes], tmp_path: Path) -> None:
    parts = fragments_of(m4a(PARTS))
    facts = facts_of(b"".join(parts[:5] + parts[9:]), tmp_path, "audio.m4a")
    assert facts.lack is Kind.AUDIO_END_UNSURE
    assert seconds(facts) == pytest.approx(20, abs=0.2)


def test_what_an_edit_list_leaves_out_is_not_heard(tmp_path: Path) -> None:
    whole = make(tmp_path / "hel.m4a", "-c:a", "aac")
    cut = tmp_path / "audio.m4a"
    command = [FFMPEG, "-v", "error", "-y", "-ss", "5", "-t", "7", "-i", whole, "-c", "copy", cut]
    subprocess.run(command, check=True)
    facts = read_audio(cut)
    assert facts
    assert seconds(facts) == pytest.approx(7, abs=0.1)


def test_a_film_is_as_long_as_its_sound(tmp_path: Path) -> None:
    film = ("-f", "lavfi", "-i", "testsrc=d=30:s=64x64:r=5", "-c:v", "mpeg4", "-c:a", "aac")
    facts = read_audio(make(tmp_path / "audio.m4a", *film, "-f", "mp4"))
    assert facts
    assert seconds(facts) == pytest.approx(24, abs=0.1)


LYING = {
    "a box without a size": lambda kind: (box(kind), box(kind, size=0)),
    "a box of four bytes": lambda kind: (box(kind), box(kind, size=4)),
    "a box that is larger than any file": lambda kind: (box(kind), box(kind, size=0xFFFFFFFF)),
    "a wide box that is larger than any disk": lambda kind: (box(kind), struct.pack(">I4sQ", 1, kind, 2**64 - 1)),
}


@pytest.mark.parametrize("name", LYING)
@pytest.mark.parametrize(
    "kind", [b"moov", b"trak", b"mdia", b"stbl", b"stsz", b"stts", b"stsc", b"stco", b"esds", b"ftyp"]
)
def test_a_box_that_lies_about_its_size_is_answered(
    name: str, kind: bytes, m4a: Callable[[str], bytes], tmp_path: Path
) -> None:
    content = m4a(LAST)
    at = content.index(kind) - 4
    path = tmp_path / "audio.m4a"
    for other in LYING[name](kind):
        path.write_bytes(content[:at] + other + content[at + 8 :])
        facts = read_audio(path)
        assert facts is None or facts.duration < timedelta(hours=1)


@pytest.mark.parametrize("place", [4, 8])
@pytest.mark.parametrize("kind", [b"stsz", b"stts", b"stsc", b"stco", b"trun", b"tfhd", b"elst", b"sidx"])
def test_a_table_that_says_it_has_four_billion_entries_is_answered(
    kind: bytes, place: int, m4a: Callable[[str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "audio.m4a"
    for flags in (LAST, DASH):
        path.write_bytes(with_number(m4a(flags), kind, place, 0xFFFFFFFF))
        read_audio(path)


def test_more_boxes_than_any_file_has_are_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "_MOST", 1000)
    path = tmp_path / "audio.m4a"
    path.write_bytes(box(b"ftyp") + box(b"free") * 2000)
    assert read_audio(path) is None


@settings(max_examples=200, deadline=None)
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=30)), min_size=1, max_size=6), flags=st.sampled_from([LAST, FRAGMENTS]))  # fmt: skip
def test_a_damaged_m4a_is_answered(
    m4a: Callable[[str], bytes],
    tmp_path_factory: pytest.TempPathFactory,
    cuts: list[tuple[float, int, bytes]],
    flags: str,
) -> None:
    content = m4a(flags)
    tables = content.index(b"moov"), content.index(b"moov") + 3000
    for place, count, other in cuts:
        at = tables[0] + int(place * (tables[1] - tables[0]))
        content = content[:at] + other + content[at + count :]
    path = tmp_path_factory.getbasetemp() / "skadad.m4a"
    path.write_bytes(content)
    read_audio(path)


@example(cuts=[(6.2e-05, 1, b"")], name="tags at both ends")
@settings(max_examples=200, deadline=None)
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 600), st.binary(max_size=30)), min_size=1, max_size=6), name=st.sampled_from(list(PLAYED)))  # fmt: skip
def test_a_damaged_mp3_is_answered(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[float, int, bytes]], name: str
) -> None:
    content = PLAYED[name]
    for place, count, other in cuts:
        at = int(place * len(content))
        content = content[:at] + other + content[at + count :]
    path = tmp_path_factory.getbasetemp() / "skadad.mp3"
    path.write_bytes(content)
    facts = read_audio(path)
    if facts is None and content.startswith(b"ID3"):
        return  # its tag says now that it is longer than the file, and players look for the sound behind it
    assert facts
    assert seconds(facts) == pytest.approx(24, abs=2.5)
