"""What a communicator does with episodes by command: a new one, uploads, corrections, a withdrawal."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import imageio_ffmpeg
import pytest
from click.testing import CliRunner
from docx import Document

from okatakten import fetching as fetch
from okatakten.commands import episodes as episode_commands
from okatakten.commands.main import app
from okatakten.disk import write
from okatakten.making import folders as episodes
from okatakten.making import recording as recording_module
from okatakten.making.folders import next_audio_name
from okatakten.making.interview import suggest_time
from okatakten.podcast.promise import check_promise
from okatakten.podcast.promised import parse_promised
from okatakten.podcast.webvtt import is_approximate
from okatakten.site.project import read_project
from okatakten.written.advice import ADVICE, Hint, Text, advise
from okatakten.written.problems import Kind
from support import CASES, SITE, a_recording, lay_out, releases_of, run
from test_sound import FRAME as MP3_FRAME
from test_sound import header as mp3_header

COMMAND = str(Path(sys.executable).parent / "okatakten")
VALID_CASE = CASES / "a-valid-episode"
SRT = """1
00:00:00,000 --> 00:00:02,000
Programledaren: Välkommen.

2
00:00:02,000 --> 00:00:03,500
Programledaren: Hej då.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lay_out(VALID_CASE, tmp_path / "projekt")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of something between noise and speech, too quiet, with pauses."""
    return a_recording(tmp_path_factory.mktemp("inspelning") / "Möte å – 1.wav", seconds=4)


def tree(root: Path) -> dict[str, bytes]:
    # What is remembered in .okatakten/ is nobody's work.
    files = (path for path in root.rglob("*") if path.is_file() and ".okatakten" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def guids(root: Path, **environment: str) -> dict[str, str]:
    """Return guid and audio address of every item of the feed, as somebody else's reader sees it."""
    status, _, said = run("feed", "--root", str(root), environment={"SITE_URL": SITE.url, **environment})
    assert status == 0, said
    parsed = feedparser.parse((root / "site/podd/feed.xml").read_bytes())
    assert not parsed.bozo
    return {entry.id: entry.enclosures[0].href for entry in parsed.entries}


def fields_of(root: Path, slug: str) -> str:
    return (root / f"podcast/episodes/{slug}/episode.md").read_text(encoding="utf-8")


def guid_of(root: Path, slug: str) -> str:
    match = re.search(r"^guid: (.+)$", fields_of(root, slug), re.MULTILINE)
    assert match
    return match[1]


def new(root: Path, *arguments: str) -> tuple[int, str, str]:
    return run("new", "--root", str(root), *arguments)


def test_from_a_recording_to_a_valid_feed_without_an_editor(root: Path, recording: Path, tmp_path: Path) -> None:
    text = Document()
    for line in ("00:00:00 Programledaren", "Välkommen.", "00:00:02 Gästen", "Tack."):
        text.add_paragraph(line)
    text.save(str(tmp_path / "text.docx"))
    status, said, wrong = new(
        root, str(recording), "--title", "Lokala företag: vad händer?", "--summary", "Om företagen.",
        "--published", "2026-05-04 07:00", "--questions", "1", "--person", "Programledaren:host",
        "--transcript", str(tmp_path / "text.docx"),
    )  # fmt: skip
    assert (status, wrong) == (0, "")
    assert "podcast/episodes/lokala-foretag-vad-hander: klart." in said
    assert "transcript.vtt: 2 stycken ur text.docx" in said
    assert "var och en: Programledaren 1, Gästen 1" in said
    assert "Gör nu så här:" in said
    episode = fields_of(root, "lokala-foretag-vad-hander")
    assert 'title: "Lokala företag: vad händer?"' in episode
    assert "published: 2026-05-04 07:00 +02:00" in episode
    assert "episode: 2\n" in episode
    assert "draft" not in episode
    assert run("check", "--root", str(root))[0] == 0
    assert guid_of(root, "lokala-foretag-vad-hander") in guids(root)


def test_without_text_the_episode_is_a_draft_until_it_is_written(root: Path, recording: Path) -> None:
    status, said, _ = new(
        root, str(recording), "--title", "Utkast", "--summary", "Kort.", "--published", "2026-05-04 07:00"
    )
    assert status == 0
    assert "draft: true" in said
    transcript = root / "podcast/episodes/utkast/transcript.vtt"
    assert Text.TO_FILL_IN in transcript.read_text(encoding="utf-8")
    status, said, _ = run("check", "--root", str(root))
    assert status == 0
    assert "Utkast. Rätta det här innan de publiceras:" in said
    assert "podcast/episodes/utkast/transcript.vtt" in said
    before = guids(root)
    written = transcript.read_text(encoding="utf-8").replace(Text.TO_FILL_IN, "<v Programledaren>Välkommen.")
    transcript.write_text(written, encoding="utf-8")
    path = root / "podcast/episodes/utkast/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert set(guids(root)) == {*before, guid_of(root, "utkast")}


def test_every_answer_that_does_not_fit_is_told_at_once_and_nothing_changes(root: Path, recording: Path) -> None:
    before = tree(root)
    status, said, wrong = new(
        root, str(recording), "--title", "Ett <b>namn", "--published", "31/3", "--slug", "hallbara-inkop",
        "--season", "ett", "--episode", "-1", "--questions", "1,9", "--person", "Namn:chef",
    )  # fmt: skip
    assert (status, said) == (1, "")
    for name in ("title", "summary", "published", "slug", "season", "episode", "questions", "person"):
        assert f"--{name}\n" in wrong
    assert ADVICE[Kind.ANSWER_NEEDED].format(expected="Sammanfattning, en eller två meningar") in wrong
    assert wrong.endswith("Ingenting är ändrat.\n")
    assert ADVICE[Kind.NOT_A_SLUG].format(expected="a") in new(root, str(recording), "--slug", "Å")[2]
    assert tree(root) == before


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("tom.wav", b"", Kind.RECORDING_EMPTY),
        ("text.wav", b"Det har ar ingen inspelning.", Kind.RECORDING_UNREADABLE),
        ("finns-inte.wav", None, Kind.RECORDING_MISSING),
        ("text.docx", b"PK", Kind.RECORDING_IS_TEXT),
    ],
)
def test_a_recording_that_is_none_leaves_nothing(
    root: Path, tmp_path: Path, name: str, content: bytes | None, kind: Kind
) -> None:
    before = tree(root)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    status, _, wrong = new(root, str(tmp_path / name), "--title", "A", "--summary", "B.")
    assert status == 1
    assert name in wrong
    assert "Ingenting är ändrat." in wrong
    assert ADVICE[kind].split("{")[0].strip() in wrong
    assert tree(root) == before


def test_a_film_and_clipped_sound_are_taken_and_told(root: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    sources = ["-f", "lavfi", "-i", "testsrc=d=4:s=64x64", "-f", "lavfi", "-i", "sine=d=4,volume=40dB"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *sources, "-c:a", "alac", film], check=True)
    status, said, wrong = new(root, str(film), "--title", "A", "--summary", "B.")
    assert (status, wrong) == (0, "")
    assert ADVICE[Kind.RECORDING_IS_FILM] in said
    assert ADVICE[Kind.RECORDING_CLIPPED] in said


@pytest.mark.parametrize(
    ("mix", "kind", "said"),
    [
        ("pan=stereo|c0=c0", Kind.RECORDING_MADE_MONO, Hint.SIDE_SILENT),
        ("pan=stereo|c0=c0|c1=-1*c0", Kind.RECORDING_MADE_MONO, Hint.SIDES_OPPOSITE),
        ("pan=stereo|c0=c0|c1=-0.5*c0", Kind.RECORDING_SIDES_OPPOSED, ""),
    ],
)
def test_sides_that_were_mended_or_should_be_are_told(
    root: Path, tmp_path: Path, mix: str, kind: Kind, said: str
) -> None:
    sound = ["-f", "lavfi", "-i", f"anoisesrc=d=4:c=pink:seed=1,{mix}"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *sound, tmp_path / "a.wav"], check=True)
    status, told, _ = new(root, str(tmp_path / "a.wav"), "--title", "A", "--summary", "B.")
    assert status == 0
    assert advise(kind) in told
    assert said in told


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Tid: 1:05\nHej.\nTid: 1:09\nTack.\n", ADVICE[Kind.CAPTIONS_WITHOUT_TIMES].split("{")[0]),
        ("0:00 A: Hej.\n\n1:05 A: Hej då.\n", "Där står: 1:05\n    Textversionen slutar efter ljudet"),
    ],
)
def test_a_text_that_does_not_fit_leaves_nothing(
    root: Path, recording: Path, tmp_path: Path, text: str, answer: str
) -> None:
    before = tree(root)
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    status, _, wrong = new(
        root, str(recording), "--title", "A", "--summary", "B.", "--transcript", str(tmp_path / "text.txt")
    )
    assert status == 1
    assert "text.txt" in wrong
    assert answer in wrong
    assert tree(root) == before


def test_a_manuscript_without_times_gets_approximate_ones_and_that_is_said(
    root: Path, recording: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Anna: Hej.\n\nExtern gäst: Tack.\n\nAnna: Jaha.\n", encoding="utf-8")
    status, said, wrong = new(root, str(recording), "--title", "A", "--summary", "B.", "--transcript", str(text))
    assert (status, wrong) == (0, "")
    assert "var och en: Anna 2, Extern gäst 1" in said
    assert ADVICE[Kind.TIMES_APPROXIMATE] in said
    assert is_approximate((root / "podcast/episodes/a/transcript.vtt").read_text(encoding="utf-8"))


def test_a_mistake_in_another_episode_stops_no_new_one(root: Path, recording: Path) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title:", "titel:"), encoding="utf-8")
    assert new(root, str(recording), "--title", "A", "--summary", "B.")[0] == 0


@pytest.mark.parametrize(
    ("written", "persons"),
    [
        ("Bo Al: gäst", "  - name: Bo Al\n    role: gäst\n"),
        (
            "Ett namn, Ett till:Producer",
            "  - name: Ett namn\n    role: programledare\n  - name: Ett till\n    role: producent\n",
        ),
    ],
)
def test_persons_have_roles_in_either_language(root: Path, recording: Path, written: str, persons: str) -> None:
    assert new(root, str(recording), "--title", "A", "--summary", "B.", "--person", written)[0] == 0
    assert f"persons:\n{persons}" in fields_of(root, "a")


def test_a_role_in_place_of_a_name_is_answered(root: Path, recording: Path) -> None:
    status, _, wrong = new(root, str(recording), "--title", "A", "--summary", "B.", "--person", "Bo Al, gäst")
    assert status == 1
    assert "Skriv namn, kolon och roll" in wrong


def test_a_person_at_the_terminal_is_asked_again_until_the_answer_fits(root: Path, recording: Path) -> None:
    answers = {
        "Titel": ["Frågor < svar", "Frågor och svar"],
        "Sammanfattning": ["Vi svarar."],
        "Publiceras": ["imorgon", "2026-05-04 07:00"],
        "Säsong": [""],
        "Avsnittets nummer": [""],
        "Mappens namn": [""],
        "Vilka av frågorna": ["1"],
        "Medverkande": [""],
    }
    said = converse([COMMAND, "new", str(recording), "--root", str(root)], answers)
    assert "En titel får inte innehålla tecknen < och >." in said
    assert "Skriv dag och klockslag, svensk tid, så här" in said
    assert "podcast/episodes/fragor-och-svar: klart." in said
    assert "questions: [1]" in fields_of(root, "fragor-och-svar")


def converse(command: list[str], answers: dict[str, list[str]]) -> str:
    """Answer a command on a terminal of its own: each question is known by how its line begins."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        command, stdin=secondary, stdout=secondary, stderr=secondary, env={**os.environ, "TERM": "dumb"}
    )
    os.close(secondary)
    said, waiting = "", ""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        ready, _, _ = select.select([primary], [], [], 0.2)
        if ready:
            try:
                part = os.read(primary, 4096).decode(errors="replace")
            except OSError:
                break
            said += part
            waiting += part
        line = waiting.rsplit("\n", 1)[-1]
        question = next((name for name in answers if line.startswith(name) and line.rstrip().endswith(":")), None)
        if question:
            assert answers[question], said
            os.write(primary, (answers[question].pop(0) + "\n").encode())
            waiting = ""
        elif process.poll() is not None and not ready:
            break
    process.wait(timeout=10)
    os.close(primary)
    assert process.returncode == 0, said
    assert not any(answers.values()), said
    return said


def size_of(folder: Path, pattern: str) -> int:
    """Return the bytes of the files in a folder that a command is at work in, and may take away at any moment."""
    with suppress(FileNotFoundError):
        return sum(path.stat().st_size for path in folder.glob(pattern))
    return 0


@pytest.mark.server
def test_interrupted_at_any_moment_nothing_half_made_is_left(root: Path, tmp_path: Path) -> None:
    long = a_recording(tmp_path / "lang.wav", seconds=120)
    target = root / "podcast/episodes/lang"
    hidden = root / "podcast/episodes/.lang-new"
    command = [COMMAND, "new", str(long), "--root", str(root), "--title", "Lång", "--summary", "Kort.", "--yes"]
    moments: list[Callable[[], bool]] = [
        lambda: True,
        hidden.exists,
        lambda: size_of(hidden, ".audio.mp3*") > 0,
        (hidden / "audio.mp3").exists,
        (hidden / "transcript.vtt").exists,
    ]
    for moment in moments:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not moment():
            time.sleep(0.002)
        process.kill()
        process.wait()
        if not target.exists():
            assert run("check", "--root", str(root))[0] == 0
            assert read_project(root).unfinished == ()
            continue
        # It was quicker than the blow: then it is whole.
        assert sorted(path.name for path in target.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
        shutil.rmtree(target)
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in target.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
    assert [path.name for path in target.parent.iterdir() if path.name.startswith(".")] == []


def test_what_a_killed_command_left_is_removed_by_the_next(root: Path, recording: Path) -> None:
    left = root / "podcast/episodes/.gammal-new"
    left.mkdir()
    (left / "audio.mp3").write_bytes(b"x")
    long_ago = time.time() - 7200
    for path in (left / "audio.mp3", left):
        os.utime(path, (long_ago, long_ago))
    assert new(root, str(recording), "--title", "A", "--summary", "B.")[0] == 0
    assert not left.exists()


def test_the_answers_of_the_form_become_an_episode(root: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.md"
    form.write_text(
        "### Titel\n\nVad kostar det?\n\n### Sammanfattning\n\nVi räknar `$(rm -rf /)`.\n\n### Publiceras\n\n"
        "2027-01-18 07:00\n\n### Medverkande\n\n_No response_\n\n### Om avsnittet\n\n---\nSe [sidan](https://a.se/).\n\n### Om gästen\n\nEn gäst.\n",
        encoding="utf-8",
    )
    status, said, wrong = run("new", "--root", str(root), "--form", str(form))
    assert (status, wrong) == (0, "")
    assert "### Om gästen" in fields_of(root, "vad-kostar-det")
    local = form.read_text(encoding="utf-8") + "\n### Ljudets adress\n\n/etc/hostname\n"
    (tmp_path / "lokal.md").write_text(local, encoding="utf-8")
    status, _, wrong = run("new", "--root", str(root), "--form", str(tmp_path / "lokal.md"))
    assert status == 1
    assert "Frågan «Ljudets adress»" in wrong
    assert "podcast/episodes/vad-kostar-det: klart." in said
    text = fields_of(root, "vad-kostar-det")
    assert "draft: true" in text
    assert "published: 2027-01-18 07:00 +01:00" in text
    assert "persons" not in text
    status, said, _ = run("check", "--root", str(root))
    assert status == 0
    assert "Ljudfilen saknas" in said


def test_audio_in_a_media_store_is_measured_and_left_there(
    root: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert new(root, str(recording), "--title", "Förlaga", "--summary", "B.")[0] == 0
    audio = root / "podcast/episodes/forlaga/audio.mp3"
    asked = []

    def fetch_to(url: str, path: Path, **_: object) -> None:
        asked.append(url)
        shutil.copy(audio, path)

    monkeypatch.setattr(fetch, "fetch_to", fetch_to)
    (tmp_path / "text.srt").write_text(SRT, encoding="utf-8")
    url = "https://media.exempel.se/ljud.mp3"
    status, _, wrong = new(
        root, url, "--title", "Lagrat", "--summary", "B.", "--transcript", str(tmp_path / "text.srt")
    )
    assert (status, wrong) == (0, "")
    assert asked == [url]
    text = fields_of(root, "lagrat")
    assert f"audio_length: {audio.stat().st_size}" in text
    assert 'audio_url: "https://media.exempel.se/ljud.mp3"' in text
    assert run("check", "--root", str(root))[0] == 0
    assert new(root, "http://media.exempel.se/ljud.mp3", "--title", "A", "--summary", "B.")[0] == 1


def test_audio_in_a_media_store_that_has_no_end_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch_to(_url: str, path: Path, **_: object) -> None:
        path.write_bytes(mp3_header(400, 38_592) + MP3_FRAME * 200)

    monkeypatch.setattr(fetch, "fetch_to", fetch_to)
    status, _, wrong = new(root, "https://media.exempel.se/ljud.mp3", "--title", "Lagrat", "--summary", "B.")
    assert status == 1
    assert "Av 0:09 går bara 0:04 att spela upp." in wrong


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """What stands at addresses: a file by each."""
    files: dict[str, Path] = {}

    def fetch_to(url: str, path: Path, **_: object) -> None:
        if url not in files:
            raise fetch.FetchError(Kind.FETCH_NOT_FOUND)
        shutil.copy(files[url], path)

    monkeypatch.setattr(fetch, "fetch_to", fetch_to)
    return files


@pytest.mark.parametrize("name", ["Inspelning%201.WAV", "ljud.mp3", "ljud", "ljud.m4a"])
def test_sound_at_an_address_is_made_into_audio_as_a_file_is(
    root: Path, recording: Path, store: dict[str, Path], name: str
) -> None:
    url = f"https://media.exempel.se/{name}?a=b"
    store[url] = recording
    assert new(root, url, "--title", "Hämtat", "--summary", "B.")[0] == 0
    assert new(root, str(recording), "--title", "Fil", "--summary", "B.")[0] == 0
    episodes = root / "podcast/episodes"
    assert (episodes / "hamtat/audio.mp3").read_bytes() == (episodes / "fil/audio.mp3").read_bytes()
    assert "audio_url" not in fields_of(root, "hamtat")


@pytest.mark.parametrize("is_right", [True, False])
def test_an_address_written_later_is_fetched_levelled_and_measured(
    root: Path, recording: Path, store: dict[str, Path], tmp_path: Path, is_right: bool
) -> None:
    assert new(root, str(recording), "--title", "Förlaga", "--summary", "B.")[0] == 0
    (tmp_path / "form.md").write_text("### Titel\n\nSenare\n\n### Sammanfattning\n\nB.\n", encoding="utf-8")
    assert run("new", "--root", str(root), "--form", str(tmp_path / "form.md"))[0] == 0
    path, url = root / "podcast/episodes/senare/episode.md", "https://media.exempel.se/ljud.mp3"
    path.write_text(
        path.read_text(encoding="utf-8").replace("---\n", f'---\naudio_url: "{url}"\n', 1), encoding="utf-8"
    )
    (path.parent / "text.srt").write_text(SRT, encoding="utf-8")
    (waiting,) = (problem for problem in read_project(root).unfinished if problem.field == "audio_url")
    assert (waiting.kind, waiting.line) == (Kind.UPLOAD_NOT_PREPARED, 2)
    before = tree(root)
    status, _, wrong = run("prepare", "--root", str(root))
    assert status == 1
    assert "podcast/episodes/senare/episode.md, rad 2, fältet audio_url" in wrong
    assert tree(root) == before
    store[url] = root / "podcast/episodes/forlaga/audio.mp3" if is_right else recording
    status, _, wrong = run("prepare", "--root", str(root))
    assert (status, wrong) == (0, "")
    made = fields_of(root, "senare")
    assert "draft" not in made
    assert (path.parent / "audio.mp3").exists() is not is_right
    assert ("audio_duration: 0:04" in made) is is_right
    assert ("audio_url" in made) is is_right
    assert run("check", "--root", str(root))[0] == 0
    once = tree(root)
    assert run("prepare", "--root", str(root))[0] == 0
    assert tree(root) == once


@pytest.mark.parametrize(
    "url", ["http://media.exempel.se/a.mp3", "https://u:p@media.exempel.se/a.mp3", "HTTP://[::1]/a"]
)
def test_an_address_that_is_not_for_all_is_not_fetched(root: Path, store: dict[str, Path], url: str) -> None:
    status, _, wrong = new(root, url, "--title", "A", "--summary", "B.")
    assert status == 1
    assert "Traceback" not in wrong
    assert "webbadress" in wrong
    assert store == {}


def test_a_recording_and_an_address_at_once_are_told(root: Path, recording: Path, store: dict[str, Path]) -> None:
    folder = stored_episode(root)
    text = re.sub(r"audio_(?:length|type|duration): .*\n", "", fields_of(root, "lagrat"))
    (folder / "episode.md").write_text(text, encoding="utf-8")
    shutil.copy(recording, folder)
    store["https://a.se/a.mp3"] = recording
    status, _, wrong = run("prepare", "--root", str(root))
    assert (status, "audio_url" in wrong) == (1, True)


def test_chapters_come_from_a_file_beside_the_recording(root: Path, recording: Path, tmp_path: Path) -> None:
    (tmp_path / "etiketter.txt").write_text("0.0\t0.0\tHej\n1.5\t1.5\tMitt i\n99\t99\tEfter\n", encoding="utf-8")
    chapters = ("--chapters", str(tmp_path / "etiketter.txt"))
    status, said, wrong = new(root, str(recording), "--title", "Kapitel", "--summary", "B.", *chapters)
    assert (status, wrong) == (0, "")
    assert "etiketter.txt, rad 3" in said
    assert "episode.md: 2 kapitel" in said
    assert "skriv avsnittstexten, medverkande och källorna" in said
    text = fields_of(root, "kapitel")
    assert "chapters:\n  - start: 0:00\n    title: Hej\n  - start: 0:01.500\n    title: Mitt i\n" in text
    (tmp_path / "etiketter.txt").write_text("inga", encoding="utf-8")
    status, _, wrong = new(root, str(recording), "--title", "Utan", "--summary", "B.", *chapters)
    assert (status, (root / "podcast/episodes/utan").exists()) == (1, False)
    assert "kapitel som går att läsa" in wrong


@pytest.mark.parametrize("name", ["kapitel.txt", "Chapters.json", "kapitel.nhsx"])
def test_uploaded_chapters_are_put_into_the_fields(root: Path, recording: Path, name: str) -> None:
    folder = root / "podcast/episodes/uppladdat"
    folder.mkdir()
    shutil.copy(recording, folder)
    (folder / name).write_text("0:00 Hej\n0:02 Mitt i\n", encoding="utf-8")
    (folder / "text.srt").write_text(SRT, encoding="utf-8")
    assert run("prepare", "--root", str(root))[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
    assert "title: Mitt i" in fields_of(root, "uppladdat")
    text = re.sub(r"chapters:\n(?: .*\n)+", "", fields_of(root, "uppladdat"))
    (folder / "episode.md").write_text(text, encoding="utf-8")
    (folder / name).write_text("0:00 Hej\n0:03 Sen\n", encoding="utf-8")
    assert Kind.UPLOAD_NOT_PREPARED in {problem.kind for problem in read_project(root).unfinished}
    assert run("prepare", "--root", str(root))[0] == 0
    assert "title: Sen" in fields_of(root, "uppladdat")
    (folder / name).write_text("0:00 Hej\n0:01 Annat\n", encoding="utf-8")
    status, _, wrong = run("prepare", "--root", str(root))
    assert (status, f"{name}, chapters" in wrong) == (1, True)


def test_chapters_within_the_recording_come_with_it(root: Path, recording: Path, tmp_path: Path) -> None:
    (tmp_path / "k.txt").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=Hej\n[CHAPTER]\nTIMEBASE=1/1\nSTART=2\nEND=4\ntitle=Sen\n",
        encoding="utf-8",
    )
    source = tmp_path / "a.m4a"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(recording), "-i", str(tmp_path / "k.txt")]
    subprocess.run([*command, "-map_metadata", "1", str(source)], check=True)
    assert new(root, str(source), "--title", "Med kapitel", "--summary", "B.")[0] == 0
    assert "title: Hej\n  - start: 0:02\n    title: Sen" in fields_of(root, "med-kapitel")


def test_what_was_uploaded_becomes_an_episode(root: Path, recording: Path) -> None:
    folder = root / "podcast/episodes/uppladdat"
    folder.mkdir()
    shutil.copy(recording, folder / "Inspelning 1.WAV")
    (folder / "Text.srt").write_text(SRT, encoding="utf-8")
    status, said, wrong = run("prepare", "--root", str(root))
    assert (status, wrong) == (0, "")
    assert "podcast/episodes/uppladdat: klart." in said
    assert sorted(path.name for path in folder.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
    assert "draft: true" in fields_of(root, "uppladdat")
    assert "title: Uppladdat" in fields_of(root, "uppladdat")
    once = tree(root)
    assert "Ingen ny inspelning eller text hittades" in run("prepare", "--root", str(root))[1]
    assert tree(root) == once


def test_an_upload_without_text_makes_a_draft_of_the_form_that_is_there(root: Path, recording: Path) -> None:
    folder = root / "podcast/episodes/fran-formular"
    folder.mkdir()
    shutil.copy(recording, folder)
    valid = fields_of(root, "hallbara-inkop").replace("5e8f", "6e8f").replace("episode: 1", "episode: 7")
    (folder / "episode.md").write_text(re.sub(r"chapters:\n(?: .*\n)+", "", valid), encoding="utf-8")
    assert run("prepare", "--root", str(root))[0] == 0
    assert fields_of(root, "fran-formular").startswith("---\ndraft: true\nguid: 6e8f")
    assert [problem.kind for problem in read_project(root).unfinished] == [Kind.TRANSCRIPT_NOT_FILLED_IN]


def test_audio_that_was_uploaded_under_its_own_name_is_a_recording(root: Path, recording: Path) -> None:
    assert new(root, str(recording), "--title", "Förlaga", "--summary", "B.")[0] == 0
    folder = root / "podcast/episodes/Ny Mapp å"
    folder.mkdir()
    shutil.copy(root / "podcast/episodes/forlaga/audio.mp3", folder / "audio.mp3")
    shutil.rmtree(root / "podcast/episodes/forlaga")
    assert run("prepare", "--root", str(root))[0] == 0
    made = root / "podcast/episodes/ny-mapp-a"
    assert sorted(path.name for path in made.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
    assert not folder.exists()


def stored_episode(root: Path, *, draft: bool = True) -> Path:
    """Add an episode whose audio is 40 seconds in a media store."""
    folder = root / "podcast/episodes/lagrat"
    folder.mkdir()
    text = fields_of(root, "hallbara-inkop").replace("5e8f", "7e8f").replace("episode: 1", "episode: 8")
    text = re.sub(r"chapters:\n(?: .*\n)+", "", text)
    stored = "audio_url: https://a.se/a.mp3\naudio_length: 9\naudio_type: audio/mpeg\naudio_duration: 0:40\n"
    marked = "draft: true\n" if draft else ""
    (folder / "episode.md").write_text(text.replace("---\n", f"---\n{marked}{stored}", 1), encoding="utf-8")
    return folder


def test_a_text_for_audio_in_a_media_store_becomes_its_transcript(root: Path) -> None:
    folder = stored_episode(root)
    (folder / "möte.srt").write_text(SRT, encoding="utf-8")
    status, _, wrong = run("prepare", "--root", str(root))
    assert (status, wrong) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["episode.md", "transcript.vtt"]
    assert "draft" not in fields_of(root, "lagrat")
    assert (root / ".okatakten/originals/lagrat/möte.srt").read_text(encoding="utf-8") == SRT
    (root / "ny.srt").write_text(SRT.replace("Hej då", "Farväl"), encoding="utf-8")
    assert run("correct", "lagrat", "--transcript", str(root / "ny.srt"), "--root", str(root))[0] == 0
    assert "Farväl" in (folder / "transcript.vtt").read_text(encoding="utf-8")


def test_a_text_that_came_before_its_recording_waits(root: Path) -> None:
    folder = root / "podcast/episodes/vantar"
    folder.mkdir()
    (folder / "text.srt").write_text(SRT, encoding="utf-8")
    before = tree(root)
    assert run("prepare", "--root", str(root))[0] == 0
    assert tree(root) == before


def test_a_new_text_in_a_finished_episode_leaves_its_audio_and_its_draft_line_alone(root: Path) -> None:
    folder = root / "podcast/episodes/hallbara-inkop"
    audio = (folder / "audio.mp3").read_bytes()
    text = (folder / "episode.md").read_text(encoding="utf-8")
    (folder / "transcript.vtt").unlink()
    (folder / "ny.txt").write_text("0:00 A: Hej.\n\n0:01 B: Tack.\n", encoding="utf-8")
    assert run("prepare", "--root", str(root))[0] == 0
    assert (folder / "audio.mp3").read_bytes() == audio
    assert sorted(path.name for path in folder.iterdir()) == ["audio.mp3", "episode.md", "transcript.vtt"]
    (folder / "episode.md").write_text(text.replace("---\n", "---\ndraft: true\n", 1), encoding="utf-8")
    (folder / "ny.txt").write_text("0:00 A: Hej igen.\n", encoding="utf-8")
    assert run("prepare", "--root", str(root))[0] == 0
    assert "draft: true" in fields_of(root, "hallbara-inkop")
    assert "Hej igen." in (folder / "transcript.vtt").read_text(encoding="utf-8")


def test_a_transcript_is_held_against_the_newest_audio(root: Path, recording: Path, tmp_path: Path) -> None:
    assert run("correct", "hallbara-inkop", str(recording), "--root", str(root))[0] == 0
    (tmp_path / "text.srt").write_text(SRT, encoding="utf-8")
    arguments = ("correct", "hallbara-inkop", "--transcript", str(tmp_path / "text.srt"))
    status, _, wrong = run(*arguments, "--root", str(root))
    assert (status, wrong) == (0, "")


def test_what_is_written_while_the_audio_is_made_is_kept(
    root: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    encode = recording_module.encode_episode

    def slowly(*arguments: Any, **options: Any) -> Any:
        path.write_text(path.read_text(encoding="utf-8") + "Skrivet under tiden.\n", encoding="utf-8")
        return encode(*arguments, **options)

    monkeypatch.setattr(episodes, "encode_episode", slowly)
    assert run("correct", "hallbara-inkop", str(recording), "--root", str(root))[0] == 0
    assert "Skrivet under tiden." in path.read_text(encoding="utf-8")


def test_a_folder_that_another_program_holds_stays_as_it_was(
    root: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows: no exchange in one step, and a program that has a file open."""
    before = tree(root)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if path.name.startswith(".hallbara-inkop-new"):
            raise PermissionError(13, "Åtkomst nekad", str(path))
        return replace(path, target)

    monkeypatch.setattr(write, "_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "replace", refuse)
    status, _, wrong = run("correct", "hallbara-inkop", str(recording), "--root", str(root))
    assert status == 1
    assert "Stäng program som har filer i mappen öppna" in wrong
    assert tree(root) == before


def test_a_folder_that_was_moved_aside_comes_back(root: Path) -> None:
    folder = root / "podcast/episodes/hallbara-inkop"
    folder.rename(folder.with_name(".hallbara-inkop-old"))

    def fails(_new: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write.replace_folder(folder, make=fails)
    assert (folder / "audio.mp3").exists()


def test_a_show_without_episodes_has_nothing_to_prepare(root: Path) -> None:
    shutil.rmtree(root / "podcast/episodes")
    assert run("prepare", "--root", str(root))[0] == 0


def test_two_uploads_get_two_numbers(root: Path, recording: Path) -> None:
    for name in ("ett", "tva"):
        (root / "podcast/episodes" / name).mkdir()
        shutil.copy(recording, root / "podcast/episodes" / name)
    assert run("prepare", "--root", str(root))[0] == 0
    assert ["episode: 2\n" in fields_of(root, "ett"), "episode: 3\n" in fields_of(root, "tva")] == [True, True]


def test_a_name_that_windows_gives_to_no_folder_gets_another(root: Path, recording: Path) -> None:
    assert new(root, str(recording), "--title", "Aux", "--summary", "B.")[0] == 0
    assert (root / "podcast/episodes/aux-avsnitt").is_dir()


def test_two_uploads_of_a_kind_are_told_and_left_alone(root: Path, recording: Path) -> None:
    folder = root / "podcast/episodes/dubbelt"
    folder.mkdir()
    shutil.copy(recording, folder / "a.wav")
    shutil.copy(recording, folder / "b.wav")
    before = tree(root)
    status, _, wrong = run("prepare", "--root", str(root))
    assert status == 1
    assert ADVICE[Kind.UPLOADED_TWICE].format(expected="a.wav, b.wav") in wrong
    assert tree(root) == before


def test_corrected_audio_gets_an_address_of_its_own_and_breaks_no_promise(
    root: Path, recording: Path, tmp_path: Path
) -> None:
    before = guids(root)
    published = parse_promised((root / "site/podd/feed.xml").read_bytes())
    assert published
    old = (root / "podcast/episodes/hallbara-inkop/audio.mp3").read_bytes()
    (tmp_path / "text.srt").write_text(SRT, encoding="utf-8")
    arguments = ("correct", "hallbara-inkop", str(recording), "--transcript", str(tmp_path / "text.srt"))
    status, said, wrong = run(*arguments, "--root", str(root))
    assert (status, wrong) == (0, "")
    assert "audio-2.mp3" in said
    folder = root / "podcast/episodes/hallbara-inkop"
    assert (folder / "audio.mp3").read_bytes() == old
    after = guids(root)
    assert list(after) == list(before)
    assert next(iter(after.values())) == f"{SITE.url}podd/hallbara-inkop/audio-2.mp3"
    assert "Hej då." in (folder / "transcript.vtt").read_text(encoding="utf-8")
    show = read_project(root).show
    assert show
    assert check_promise(show, releases_of(show), published, site=SITE, root=root) == []
    assert next_audio_name(folder) == "audio-3.mp3"


def test_a_withdrawn_episode_leaves_the_feed_and_keeps_its_guid(root: Path) -> None:
    guid = guid_of(root, "hallbara-inkop")
    guids(root)
    published = parse_promised((root / "site/podd/feed.xml").read_bytes())
    assert published
    status, said, _ = run("withdraw", "hallbara-inkop", "--root", str(root), "--reason", 'En uppgift: "fel".')
    assert status == 0
    assert "Mappen ska vara kvar" in said
    assert said.endswith("Publicera: spara mappen i projektet (commit och push).\n")
    assert guids(root) == {}
    show = read_project(root).show
    assert show
    (gone,) = show.withdrawn
    assert (gone.guid, gone.reason) == (guid, 'En uppgift: "fel".')
    assert check_promise(show, releases_of(show), published, site=SITE, root=root) == []
    once = fields_of(root, "hallbara-inkop")
    status, _, wrong = run("withdraw", "hallbara-inkop", "--root", str(root))
    assert status == 1
    assert "Avsnittet är redan borttaget." in wrong
    assert run("correct", "hallbara-inkop", "x.wav", "--root", str(root))[0] == 1
    assert fields_of(root, "hallbara-inkop") == once


@pytest.mark.parametrize(
    ("answers", "withdrawn", "reason"),
    [
        ("En uppgift var fel.\nja\n", True, "En uppgift var fel."),
        ("\nJ\n", True, None),
        ("Fel.\nnej\n", False, None),
        ("Fel.\n\n", False, None),
        ("Fel.\nyes\n", False, None),
        ("", False, None),
    ],
)
def test_whoever_withdraws_is_asked_why_and_whether_it_is_meant(
    root: Path, monkeypatch: pytest.MonkeyPatch, answers: str, withdrawn: bool, reason: str | None
) -> None:
    monkeypatch.setattr(episode_commands, "is_at_terminal", lambda: True)
    before = tree(root)
    result = CliRunner().invoke(app, ["withdraw", "hallbara-inkop", "--root", str(root)], input=answers)
    assert (result.exit_code == 0) is withdrawn
    show = read_project(root).show
    assert show
    assert [gone.reason for gone in show.withdrawn] == ([reason] if withdrawn else [])
    assert withdrawn or tree(root) == before
    assert "y/n" not in result.output.lower()


@pytest.mark.parametrize("name", ["episodes/annat/episode.md", "show.yml"])
def test_a_mistake_elsewhere_does_not_keep_an_episode_from_being_withdrawn(root: Path, name: str) -> None:
    path = root / "podcast" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("---\ntitle: Bara en titel\n---\n", encoding="utf-8")
    status, said, _ = run("withdraw", "hallbara-inkop", "--root", str(root), "--reason", "Fel.")
    assert status == 0
    assert "är borttaget" in said
    assert "okatakten check" in said.split("först när")[1]
    assert "\nwithdrawn: " in fields_of(root, "hallbara-inkop")


def test_a_mistake_in_the_episode_itself_is_told_before_it_is_withdrawn(root: Path) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    path.write_text(path.read_text(encoding="utf-8").replace("title:", "titel:", 1), encoding="utf-8")
    status, _, wrong = run("withdraw", "hallbara-inkop", "--root", str(root))
    assert status == 1
    assert "Menade du title?" in wrong
    assert "withdrawn" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "written", ["", "withdrawn_reason: Fel.\n", "withdrawn_reason: >\n  Ett skäl\n  på två rader.\n"]
)
def test_the_reason_is_added_or_changed_later_and_the_day_stays(root: Path, written: str) -> None:
    path = root / "podcast/episodes/hallbara-inkop/episode.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("---\n", f"---\nwithdrawn: 2026-05-06\n{written}", 1), encoding="utf-8")
    assert run("withdraw", "hallbara-inkop", "--root", str(root), "--reason", "Ett annat: skäl.")[0] == 0
    show = read_project(root).show
    assert show
    assert [(gone.day.isoformat(), gone.reason) for gone in show.withdrawn] == [("2026-05-06", "Ett annat: skäl.")]
    assert text.split("---\n")[2] in path.read_text(encoding="utf-8")


def test_what_nobody_has_been_given_cannot_be_withdrawn(root: Path, recording: Path) -> None:
    """Its title would come out with the word that it is gone."""
    later = ("--published", "2030-05-06 07:00")
    assert new(root, str(recording), "--title", "Framtid", "--summary", "B.", "--episode", "0", *later)[0] == 0
    text = fields_of(root, "framtid")
    status, _, wrong = run("withdraw", "framtid", "--root", str(root))
    assert status == 1
    assert "Avsnittet är inte publicerat än" in wrong
    assert fields_of(root, "framtid") == text
    by_hand = text.replace("---\n", "---\nwithdrawn: 2026-11-20\n", 1)
    (root / "podcast/episodes/framtid/episode.md").write_text(by_hand, encoding="utf-8")
    show = read_project(root).show
    assert show
    assert show.withdrawn == ()


def test_an_episode_that_is_not_there_is_answered_with_the_nearest(root: Path, recording: Path) -> None:
    for command in (["withdraw", "hallbar-inkop"], ["correct", "hallbar-inkop", str(recording)]):
        status, _, wrong = run(*command, "--root", str(root))
        assert status == 1
        assert "Menade du hallbara-inkop?" in wrong
    assert run("withdraw", "../hallbara-inkop", "--root", str(root))[0] == 1


@pytest.mark.parametrize(
    ("now", "suggested"),
    [("2026-11-19T10:00", "2026-11-23"), ("2026-11-16T23:30", "2026-11-19"), ("2026-03-27T10:00", "2026-03-30")],
)
def test_the_suggested_day_is_a_weekday(now: str, suggested: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    time_of_day = suggest_time(moment, zone=ZoneInfo("Europe/Stockholm"))
    assert time_of_day.isoformat().startswith(f"{suggested}T07:00")
    assert time_of_day - moment > timedelta(days=1)
