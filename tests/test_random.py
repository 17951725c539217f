"""Anything at all at every reader: a value or a problem in Swedish, never a traceback."""

from __future__ import annotations

import shutil
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okatakten.making.folders import Plan, build_episode
from okatakten.making.interview import plan_episode
from okatakten.model import DEFAULT_LOCALE, Person, Role
from okatakten.podcast.episode import EPISODE_FIELDS
from okatakten.podcast.feed import build_feed
from okatakten.podcast.notes import render_notes
from okatakten.podcast.promised import parse_promised
from okatakten.podcast.releases import build_published, build_releases
from okatakten.podcast.show import SHOW_FIELDS
from okatakten.podcast.tags import audio_bounds, tag_size
from okatakten.podcast.transcript import parse_transcript
from okatakten.rules import STOCKHOLM
from okatakten.site.project import read_project
from okatakten.written.fields import parse_fields
from okatakten.written.garbled import WIDTHLESS, damage_of
from okatakten.written.report import format_problem, format_report
from okatakten.written.text import UNPUBLISHABLE, Problems, split_front_matter
from okatakten.written.values import parse_date, parse_duration
from support import CASES, PROJECT, SITE, VALID, lay_out, run

VALID_EPISODE = (VALID / "podcast/episodes/hallbara-inkop/episode.md").read_text(encoding="utf-8")
FILES = (
    "podcast/show.yml",
    "podcast/cover-1.png",
    "docs/questions.yml",
    "podcast/episodes/hallbara-inkop/episode.md",
    "podcast/episodes/hallbara-inkop/audio.mp3",
    "podcast/episodes/hallbara-inkop/transcript.vtt",
    "podcast/episodes/hallbara-inkop/picture.png",
    "podcast/episodes/hallbara-inkop/episode.sma.md",
)
TRANSLATED = ("docs/facts.yml", "docs/sv/words.yml", "docs/sma/words.yml", "docs/sv/index.md", "docs/sma/index.md")
ANSWERS = ("title", "summary", "published", "season", "episode", "slug", "questions", "person", "notes")
YAML_PIECES = st.sampled_from([
    ": ", "- ", "\n", "  ", "[", "]", "{", "}", "&a ", "*a", "!!python/object:os.system ", "!!binary ", "|\n ", ">\n ", '"',
    "'", "#", "?", "---\n", "...", "%YAML", "\t", "\x00", "\ud7ff", "\\x07", "~", "null", "0x1F", "1:05", "<<: *a", "@", "`",
    *EPISODE_FIELDS,
])  # fmt: skip
YAML_LIKE = st.lists(YAML_PIECES | st.text(max_size=8), max_size=25).map("".join)
TAG_PIECES = st.sampled_from([
    b"ID3", b"\x04\x00", b"\x00\x00\x00\x00\x00", b"\x10\x00\x00\x00\x20", b"3DI", b"TAG", b"APETAGEX", b"\xd0\x07\x00\x00",
    b"\x20\x00\x00\x00", b"\x00\x00\x00\x80", bytes(125),
])  # fmt: skip
# A mutated file: some bytes of a valid one replaced by others.
CUTS = st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=60))


def check_reading(root: Path) -> None:
    reading = read_project(root)
    if reading.show is None:
        report = format_report(reading.problems)
        assert report
        assert "Traceback" not in report
    else:
        words = reading.words[DEFAULT_LOCALE]
        show = build_published(reading.show, SITE, build_releases(reading.show, words=words))
        build_feed(show, site=SITE, words=words)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("random")
    shutil.copytree(VALID, folder, dirs_exist_ok=True)
    for name in TRANSLATED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.mark.random
@pytest.mark.parametrize("name", [*FILES, *TRANSLATED])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), cut=CUTS, whole=st.booleans())
def test_random_and_damaged_files_are_answered(
    project: Path, name: str, content: bytes, cut: tuple[float, int, bytes], whole: bool
) -> None:
    path = project / name
    valid = (PROJECT if name in TRANSLATED else VALID) / name
    original = valid.read_bytes() if valid.exists() else b""
    place = int(cut[0] * len(original))
    path.write_bytes(content if whole else original[:place] + cut[2] + original[place + cut[1] :])
    try:
        check_reading(project)
    finally:
        path.write_bytes(original) if valid.exists() else path.unlink()


@settings(max_examples=300, deadline=None)
@given(text=YAML_LIKE)
def test_random_front_matter_is_answered(text: str) -> None:
    problems = Problems("episode.md")
    parts = split_front_matter(f"---\n{text}\n---\n", problems)
    fields = parse_fields(parts[0] if parts else text, problems, known=EPISODE_FIELDS)
    if fields is None:
        assert problems.found
        return
    for name in EPISODE_FIELDS:
        fields.text(name)
        fields.flag(name)
        fields.number(name)
        fields.numbers(name, lowest=1, highest=8)
        fields.moment(name, zone=STOCKHOLM)
        fields.time(name)
        fields.address(name)
        list(fields.mappings(name, known=("title",), example="- title: A"))
    format_report(problems.found)


@pytest.mark.random
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(EPISODE_FIELDS), value=YAML_LIKE)
def test_a_random_field_in_a_valid_episode_is_answered(project: Path, field: str, value: str) -> None:
    path = project / "podcast/episodes/hallbara-inkop/episode.md"
    kept = [line for line in VALID_EPISODE.split("\n") if not line.startswith(f"{field}:")]
    path.write_text("\n".join([kept[0], f"{field}: {value}", *kept[1:]]), encoding="utf-8", errors="replace")
    check_reading(project)


@pytest.mark.random
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(SHOW_FIELDS), value=YAML_LIKE)
def test_a_random_field_of_the_show_is_answered(project: Path, field: str, value: str) -> None:
    path = project / "podcast/show.yml"
    original = path.read_text(encoding="utf-8")
    kept = [line for line in original.split("\n") if not line.startswith((f"{field}:", "  "))]
    path.write_text("\n".join([f"{field}: {value}", *kept]), encoding="utf-8", errors="replace")
    try:
        check_reading(project)
    finally:
        path.write_text(original, encoding="utf-8")


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_random_text_is_answered_by_every_parser(text: str) -> None:
    parse_duration(text)
    parse_date(text, zone=STOCKHOLM)
    render_notes(text)
    parse_transcript(text, Problems("transcript.vtt"))
    parse_transcript(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}", Problems("transcript.vtt"))


@settings(max_examples=200, deadline=None)
@given(document=st.binary(max_size=400))
def test_a_random_published_feed_is_answered(document: bytes) -> None:
    parse_promised(document)
    parse_promised(b'<rss><channel><link rel="self"/>' + document + b"</channel></rss>")


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(TAG_PIECES | st.binary(max_size=40), max_size=8))
def test_whatever_stands_around_audio_no_audio_is_taken_away(pieces: list[bytes]) -> None:
    audio = b"\xff\xfb\x10\xc0" + bytes(100)
    data = b"".join(pieces)
    for whole, place in ((data + audio, len(data)), (audio + data, 0)):
        start, end = audio_bounds(BytesIO(whole))
        assert 0 <= start < end <= len(whole)
        # What a tag says is its own is so, and may look like audio. Before and behind all tags, nothing is taken.
        assert start <= place or tag_size(whole[:10])
        assert place or start == 0


@settings(max_examples=200, deadline=None)
@given(title=st.text(), summary=st.text(), notes=st.text(), name=st.text())
def test_whatever_is_written_into_an_episode_is_read_back(title: str, summary: str, notes: str, name: str) -> None:
    written = [UNPUBLISHABLE.sub("", text) for text in (title, summary, notes, name)]
    plan = Plan(
        slug="a", guid="b", title=written[0], summary=written[1], published=datetime(2026, 5, 4, 7, tzinfo=STOCKHOLM),
        persons=(Person(name=written[3], role=Role.HOST),), notes=written[2],
    )  # fmt: skip
    problems = Problems("episode.md")
    text = build_episode(plan).replace("\r\n", "\n").replace("\r", "\n")
    parts = split_front_matter(text, problems)
    fields = parse_fields(parts[0], problems, known=EPISODE_FIELDS) if parts else None
    assert fields is not None
    assert problems.found == []
    for field, value in (("title", written[0]), ("summary", written[1])):
        seen = " ".join(WIDTHLESS.sub("", value).split())
        assert (fields.text(field) or "") == ("" if damage_of(seen) else seen)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(CASES / "a-valid-episode", tmp_path_factory.mktemp("untouched"))


@pytest.mark.random
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.dictionaries(st.sampled_from(ANSWERS), st.text(max_size=30)))
def test_random_answers_about_a_new_episode_are_answered(untouched: Path, answers: dict[str, str]) -> None:
    reading = read_project(untouched)
    plan, problems = plan_episode(
        untouched,
        reading,
        answers,
        questions=[question.number for question in reading.questions],
        ask=None,
        complain=lambda _problem: None,
        now=datetime(2026, 5, 4, tzinfo=STOCKHOLM),
    )
    assert (plan is None) is bool(problems)
    assert "Traceback" not in "".join(map(format_problem, problems))


@pytest.mark.random
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.text(max_size=200) | st.sampled_from(["### Titel\n\nA\n\n### Titel\n\nB", "### ", "### Titel"]))
def test_a_random_form_is_answered(untouched: Path, form: str) -> None:
    path = untouched / "form.md"
    path.write_text(form, encoding="utf-8", errors="replace")
    status, _, said = run("new", "--root", str(untouched), "--form", str(path), "--title", "<")
    assert status == 1
    assert said
