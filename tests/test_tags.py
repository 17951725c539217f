"""What published audio says of itself, read back by others; and that audio which is out keeps its bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha384
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from lxml import etree
from mutagen import id3
from mutagen.mp4 import MP4, MP4Cover
from PIL import Image

from hosts import HERE, Answer, Host, content, hosting, mp3, status
from hosts import file as file_of
from okatakten.addresses import ADDRESSES, FEED, PODCAST
from okatakten.model import AudioFile, Chapter, Episode, Locale, Picture, Published, Release, Releases, Show
from okatakten.podcast.audio import digest_of, read_audio
from okatakten.podcast.keeping import keep_audio
from okatakten.podcast.promise import build_addresses, check_promise
from okatakten.podcast.promised import PromisedFeed, read_promised
from okatakten.podcast.releases import build_published, build_releases, published_bytes
from okatakten.podcast.tags import CHAPTERS_LIMIT, audio_bounds, build_tag, tag_size
from okatakten.site.project import read_project
from okatakten.words.wording import size_text
from okatakten.written.problems import Kind, Problem
from okatakten.written.report import format_problem
from support import OWN_SITE, PROJECT, SITE, VALID, WORDS, a_show, an_episode, copy_project, parse, run, to_publish

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SLUG = "atta-fragor"
NAMESPACES = {"podcast": "https://podcastindex.org/namespace/1.0"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, built: the site is what has been published."""
    root = copy_project(tmp_path_factory.mktemp("taggar"))
    assert run("build", "--root", str(root))[0] == 0
    return root


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    return shutil.copytree(root, tmp_path / "kopia", ignore=shutil.ignore_patterns("site"))


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as host:
        yield host


def items(feed: Path) -> dict[str, tuple[str, int, str | None]]:
    """Return address, length and digest of the audio of every item, by its guid."""
    found = {}
    for item in etree.parse(feed).iterfind(".//item"):
        (enclosure,) = item.findall("enclosure")
        value = item.find(".//podcast:integrity", NAMESPACES)
        digest = value.get("value") if value is not None else None
        found[item.findtext("guid", "")] = (enclosure.get("url", ""), int(enclosure.get("length", "0")), digest)
    return found


def integrity(data: bytes) -> str:
    return "sha384-" + b64encode(sha384(data).digest()).decode()


def said_by_ffmpeg(path: Path) -> str:
    """Return what ffmpeg prints of a file: its metadata, chapters and streams."""
    result = subprocess.run([FFMPEG, "-hide_banner", "-i", path], capture_output=True, check=False)
    return result.stderr.decode()


def decoded(path: Path) -> str:
    """Return the digest of what is heard."""
    command = [FFMPEG, "-v", "error", "-i", path, "-map", "0:a", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def bytes_of(released: Release) -> bytes:
    return b"".join(published_bytes(released))


def release_of(audio: AudioFile, cover: Picture) -> Release:
    """Return audio as it is published the first time."""
    (released,) = build_releases(a_show(an_episode(audio=audio), cover=cover), words=WORDS).values()
    return released


def test_a_published_file_says_what_the_episode_is(root: Path) -> None:
    show = to_publish(root)
    for episode in show.episodes:
        tags = id3.ID3(root / "site/podd" / episode.slug / "audio.mp3", translate=False)
        assert tags.version == (2, 3, 0)
        texts = {name: tags.getall(name)[0].text for name in ("TIT2", "TALB", "TPE1", "TCON", "TLAN", "TCOP")}
        assert texts == {
            "TIT2": [episode.text.title],
            "TALB": [show.title],
            "TPE1": [show.author],
            "TCON": ["Podcast"],
            "TLAN": ["swe"],
            "TCOP": [show.copyright],
        }
        day = f"{episode.published:%d%m}", f"{episode.published:%Y}"
        assert (tags["TDAT"].text[0], tags["TYER"].text[0]) == day
        (comment,) = tags.getall("COMM")
        assert (comment.lang, comment.text) == ("swe", ["Medfinansieras av Europeiska unionen"])
        assert tags.getall("APIC") == []


def test_the_chapters_of_a_published_file_are_those_of_the_episode(root: Path) -> None:
    for episode in to_publish(root).episodes:
        tags = id3.ID3(root / "site/podd" / episode.slug / "audio.mp3")
        if not episode.chapters:
            assert tags.getall("CTOC") == []
            continue
        (contents,) = tags.getall("CTOC")
        assert contents.flags == id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        chapters = [tags[f"CHAP:{name}"] for name in contents.child_element_ids]
        starts = [chapter.start // timedelta(milliseconds=1) for chapter in episode.chapters]
        ends = [*starts[1:], episode.audio.duration // timedelta(milliseconds=1)]
        assert [(chapter.start_time, chapter.end_time) for chapter in chapters] == [*zip(starts, ends, strict=True)]
        assert [str(chapter.sub_frames["TIT2"]) for chapter in chapters] == [
            chapter.title for chapter in episode.chapters
        ]
        assert {chapter.start_offset for chapter in chapters} == {0xFFFFFFFF}


def test_ffmpeg_reads_title_and_chapters_in_order_of_time(root: Path) -> None:
    for episode in to_publish(root).episodes:
        said = said_by_ffmpeg(root / "site/podd" / episode.slug / "audio.mp3")
        assert re.findall(r"(?m)^    (?:title|album|copyright) +: (.*)$", said)[:2] == [
            episode.text.title,
            "Öka takten",
        ]
        chapters = re.findall(r"Chapter #0:\d+: start ([\d.]+), end ([\d.]+)\n +Metadata:\n +title +: (.*)", said)
        assert [(float(start), title) for start, _, title in chapters] == [
            (chapter.start.total_seconds(), chapter.title) for chapter in episode.chapters
        ]
        duration = episode.audio.duration.total_seconds()
        assert all(float(end) == pytest.approx(duration, abs=0.001) for _, end, _ in chapters[-1:])
        assert "Video" not in said
        assert not re.search(r"(?i)invalid|error|skipping|estimat", said.replace("Estimating", "")), said


def test_what_is_heard_is_what_is_in_the_folder_and_the_folder_is_untouched(root: Path) -> None:
    for source in (root / "podcast/episodes").glob("*/audio.mp3"):
        assert source.read_bytes() == (PROJECT / source.relative_to(root)).read_bytes()
        out = root / "site/podd" / source.parent.name / "audio.mp3"
        assert decoded(out) == decoded(source)
        before, after = source.read_bytes(), out.read_bytes()
        assert after[tag_size(after) :] == before[tag_size(before) :]
        assert after[tag_size(after) :].startswith(b"\xff\xfb")


def test_feed_page_and_list_say_how_long_the_published_file_is_and_what_its_bytes_are(root: Path) -> None:
    listed = json.loads((root / "site" / ADDRESSES).read_text())
    for address, length, digest in items(root / "site" / FEED).values():
        path = address.removeprefix(OWN_SITE.url)
        data = (root / "site" / path).read_bytes()
        assert (length, digest) == (len(data), integrity(data))
        assert listed[path] == digest
        page = parse((root / "site" / path).with_name("index.html")).text_content()
        assert size_text(len(data), words=WORDS) in page
    assert {digest for address, digest in listed.items() if not address.endswith(".mp3")} == {None}


def test_the_feed_alone_is_the_feed_of_the_site(root: Path, copy: Path, tmp_path: Path) -> None:
    assert run("feed", "--root", str(copy), "--output", str(tmp_path / "feed.xml"))[0] == 0
    assert (tmp_path / "feed.xml").read_bytes() == (root / "site" / FEED).read_bytes()


def test_a_file_with_a_url_or_another_type_is_published_as_it_is(tmp_path: Path) -> None:
    source = VALID.parent / "audio-that-is-something-else/podcast/episodes/hallbara-inkop/audio.mp3"
    path = Path(shutil.copy(source, tmp_path / "audio.m4a"))
    values: dict[str, Any] = {"length": path.stat().st_size, "duration": timedelta(seconds=1)}
    audio = AudioFile(path=path, media_type="audio/x-m4a", **values)
    stored = AudioFile(url="https://a.invalid/a.mp3", media_type="audio/mpeg", **values)
    show = a_show(an_episode(audio=audio), an_episode(audio=stored))
    first, second = build_published(show, SITE, build_releases(show, words=WORDS)).episodes
    assert (first.length, first.digest) == (path.stat().st_size, integrity(path.read_bytes()))
    assert (second.length, second.digest) == (stored.length, None)


# One episode, and what its tag may be asked to hold.


@pytest.fixture(scope="module")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    path = tmp_path_factory.mktemp("bild") / "cover-1.png"
    Image.linear_gradient("L").resize((1400, 1400)).convert("RGB").save(path)
    return Picture(path=path, alt="Omslag", width=1400, height=1400, media_type="image/png")


def an_audio_file(path: Path, data: bytes) -> AudioFile:
    path.write_bytes(data)
    return AudioFile(path=path, length=len(data), media_type="audio/mpeg", duration=timedelta(seconds=2))


def tags_of(episode: Episode, show: Show, folder: Path) -> id3.ID3:
    path = folder / "prov.mp3"
    path.write_bytes(build_tag(episode.audio, episode, show, words=WORDS) + mp3())
    return id3.ID3(path)


@pytest.mark.parametrize(
    ("language", "code"), [("sv", "swe"), ("nb", "nob"), ("se", "sme"), ("en", "eng"), ("sma", "sma"), ("qq", "und")]
)
def test_a_language_is_said_in_three_letters(cover: Picture, tmp_path: Path, language: str, code: str) -> None:
    tags = tags_of(an_episode(), a_show(cover=cover, language=Locale(language)), tmp_path)
    assert tags["TLAN"].text == [code]
    assert [comment.lang for comment in tags.getall("COMM")] == [code]


@pytest.mark.parametrize("title", ["A/B", "Å" * 255, "𝄞 och \N{PILE OF POO}", "a\N{NO-BREAK SPACE}b", "ﷺ", "'\"&<"])
def test_any_title_comes_back(cover: Picture, tmp_path: Path, title: str) -> None:
    tags = tags_of(an_episode(title=title), a_show(cover=cover), tmp_path)
    assert tags["TIT2"].text == [title]


def test_more_chapters_than_a_table_of_contents_counts_are_left_out(cover: Picture, tmp_path: Path) -> None:
    chapters = tuple(Chapter(start=timedelta(milliseconds=5 * n), title=f"K {n}") for n in range(300))
    tags = tags_of(an_episode(chapters=chapters), a_show(cover=cover), tmp_path)
    assert len(tags.getall("CHAP")) == len(tags["CTOC:toc"].child_element_ids) == CHAPTERS_LIMIT


def test_chapters_past_the_end_of_audio_that_was_replaced_are_left_out(cover: Picture, tmp_path: Path) -> None:
    chapters = tuple(Chapter(start=timedelta(seconds=n), title=f"K {n}") for n in (0, 89, 90, 100))
    tags = tags_of(an_episode(chapters=chapters), a_show(cover=cover), tmp_path)
    assert sorted((found.start_time, found.end_time) for found in tags.getall("CHAP")) == [
        (0, 89_000),
        (89_000, 90_000),
    ]


def test_an_episode_without_chapters_has_no_table_of_contents(cover: Picture, tmp_path: Path) -> None:
    tags = tags_of(an_episode(), a_show(cover=cover), tmp_path)
    assert tags.getall("CTOC") + tags.getall("CHAP") == []


def test_a_picture_that_the_file_brings_is_not_published(cover: Picture, tmp_path: Path) -> None:
    """In front of the sound, it makes a browser fetch a minute of sound before it plays."""
    (tmp_path / "egen.mp3").write_bytes(mp3())
    own = id3.ID3()
    own.add(id3.APIC(encoding=id3.Encoding.LATIN1, mime="image/png", type=3, desc="", data=b"BILD" * 900))
    own.save(tmp_path / "egen.mp3")
    data = (tmp_path / "egen.mp3").read_bytes()
    assert b"BILD" in data
    assert b"BILD" not in bytes_of(release_of(an_audio_file(tmp_path / "audio.mp3", data), cover))


# Files as they come: with tags of other versions, damaged ones, and tags behind the audio.


def a_tag(
    body: bytes = bytes(90), *, version: int = 4, flags: int = 0, size: int | None = None, footer: bool = False
) -> bytes:
    size = len(body) if size is None else size
    written = bytes([version, 0, flags]) + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + written + body + (b"3DI" + written if footer else b"")


def an_ape(items: bytes = b"", *, header: bool = True) -> bytes:
    def block(flags: int) -> bytes:
        size = len(items) + 32
        numbers = (2000, size, int(bool(items)), flags)
        return b"APETAGEX" + b"".join(number.to_bytes(4, "little") for number in numbers) + bytes(8)

    has_header = 1 << 31 if header else 0
    return (block(has_header | 1 << 29) if header else b"") + items + block(has_header)


V1 = b"TAG" + b"Titel".ljust(125, b"\0")
V22 = b"TT2\0\0\x06\0Titel"
ITEM = (4).to_bytes(4, "little") + bytes(4) + b"Title\0Nytt"
EVERY = bytes(range(256))

ODD = {
    "no tags": (b"", b""),
    "ID3v2.2": (a_tag(V22 + bytes(20), version=2), b""),
    "ID3v2.3": (a_tag(version=3), b""),
    "ID3v2.4": (a_tag(), b""),
    "an empty one": (a_tag(b""), b""),
    "several": (a_tag() + a_tag(version=3) + a_tag(version=2), b""),
    "with a footer": (a_tag(flags=0x10, footer=True), b""),
    "with a footer, and another": (a_tag(flags=0x10, footer=True) + a_tag(version=3), b""),
    "unsynchronised": (a_tag(b"TIT2\0\0\0\x04\0\0\x00a\xff\x00\xe0" + bytes(75), version=3, flags=0x80), b""),
    "ID3v1": (b"", V1),
    "APEv2": (b"", an_ape(ITEM)),
    "APEv2 without a header": (b"", an_ape(ITEM, header=False)),
    "APEv2 before ID3v1": (a_tag(), an_ape(ITEM) + V1),
    "ID3v1 before APEv2": (a_tag(), V1 + an_ape(ITEM)),
    "a beginning of audio within": (a_tag(b"\xff\xfb\x90\x00" * 300), b""),
}  # fmt: skip
DAMAGED = {
    "longer than the file": a_tag(size=10**6),
    "just as long as the file": a_tag(size=90 + len(mp3())),
    "a size that is none": b"ID3\x04\x00\x00\xff\xff\xff\xff" + bytes(90),
    "cut in its header": b"ID3\x04\x00",
    "a version that is none": a_tag(version=0xFF),
}


@pytest.mark.parametrize("name", ODD)
def test_tags_of_others_are_taken_away_and_no_audio_with_them(name: str, cover: Picture, tmp_path: Path) -> None:
    before, behind = ODD[name]
    audio = mp3(2)
    out = release_of(an_audio_file(tmp_path / "audio.mp3", before + audio + behind), cover)
    assert bytes_of(out) == out.tag + audio
    assert (out.length, out.digest) == (len(bytes_of(out)), integrity(bytes_of(out)))
    (tmp_path / "ut.mp3").write_bytes(bytes_of(out))
    (tmp_path / "bara-ljud.mp3").write_bytes(audio)
    assert decoded(tmp_path / "ut.mp3") == decoded(tmp_path / "bara-ljud.mp3")
    assert id3.ID3(tmp_path / "ut.mp3")["TIT2"].text == ["Titel"]


@pytest.mark.parametrize("name", DAMAGED)
def test_nothing_is_taken_away_for_a_tag_that_cannot_be_one(name: str, cover: Picture, tmp_path: Path) -> None:
    data = DAMAGED[name] + mp3()
    out = release_of(an_audio_file(tmp_path / "audio.mp3", data), cover)
    (tmp_path / "ut.mp3").write_bytes(bytes_of(out))
    assert (tmp_path / "ut.mp3").read_bytes().endswith(data)
    # Nobody gets here with it: reading refuses what mutagen cannot find audio in.
    assert read_audio(tmp_path / "audio.mp3") is None


@pytest.mark.parametrize("behind", [an_ape(ITEM)[:-1], b"TAG", an_ape().replace(b"\x20\0\0\0", b"\xff" * 4), V1[1:]])
def test_nothing_is_taken_away_for_what_only_looks_like_a_tag_behind(behind: bytes, tmp_path: Path) -> None:
    data = mp3() + behind
    (tmp_path / "audio.mp3").write_bytes(data)
    with (tmp_path / "audio.mp3").open("rb") as file:
        assert audio_bounds(file) == (0, len(data))


@pytest.mark.parametrize("data", [b"", b"I", b"ID3", V1, a_tag(), an_ape(), a_tag() + V1, EVERY])
def test_a_file_of_nothing_but_tags_has_bounds_all_the_same(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "audio.mp3").write_bytes(data)
    with (tmp_path / "audio.mp3").open("rb") as file:
        start, end = audio_bounds(file)
    assert 0 <= start <= end <= len(data)


def test_our_own_tag_is_as_long_as_it_says(cover: Picture) -> None:
    tag = build_tag(an_episode().audio, an_episode(), a_show(cover=cover), words=WORDS)
    assert tag_size(tag) == tag_size(tag[:10]) == len(tag)
    assert tag == build_tag(an_episode().audio, an_episode(), a_show(cover=cover), words=WORDS)
    assert len(tag) < 2_000


# What is out keeps its bytes.


def edit(root: Path, old: str, new: str, *, name: str = f"episodes/{SLUG}/episode.md") -> None:
    path = root / "podcast" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def change_title(root: Path) -> None:
    edit(root, "Exempel: Åtta frågor", "Exempel: En ny titel")


def change_chapter(root: Path) -> None:
    edit(root, "Vad ett senare beslut säger", "Det som ingen vet")


def change_cover(root: Path) -> None:
    Image.new("RGB", (1400, 1400), (0, 90, 0)).save(root / "podcast/cover-2.png")
    edit(root, "cover: cover-1.png", "cover: cover-2.png", name="show.yml")


def add_picture(root: Path) -> None:
    Image.new("RGB", (1400, 1400), (0, 0, 90)).save(root / f"podcast/episodes/{SLUG}/picture.png")
    edit(root, "---\n", "---\npicture_alt: En bild\n")


@pytest.mark.parametrize("change", [change_title, change_chapter])
def test_a_new_title_or_chapter_leaves_published_audio_as_it_was(
    root: Path, copy: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    before = items(root / "site" / FEED)
    change(copy)
    feed = str(root / "site" / FEED)
    assert run("feed", "--root", str(copy), "--published", feed, "--output", str(tmp_path / "a.xml"))[0] == 0
    assert items(tmp_path / "a.xml") == before
    # Without what was published, there is nothing to keep to.
    assert run("feed", "--root", str(copy), "--output", str(tmp_path / "b.xml"))[0] == 0
    assert items(tmp_path / "b.xml") != before


@pytest.mark.parametrize("change", [change_cover, add_picture])
def test_audio_knows_nothing_of_pictures(
    root: Path, copy: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(copy)
    assert run("feed", "--root", str(copy), "--output", str(tmp_path / "a.xml"))[0] == 0
    assert items(tmp_path / "a.xml") == items(root / "site" / FEED)


def test_audio_that_was_published_with_a_picture_keeps_it(root: Path, copy: Path, host: Host) -> None:
    put_out(host, root / "site", in_parts)
    path = f"podd/{SLUG}/audio.mp3"
    data = (root / "site" / path).read_bytes()
    picture = b"APIC" + (500).to_bytes(4) + b"\0\0" + b"\0image/png\0\3\0".ljust(500, b"x")
    out = a_tag(picture, version=3) + data[tag_size(data) :]
    (_, length, digest) = next(item for item in items(root / "site" / FEED).values() if SLUG in item[0])
    assert digest
    for name in (FEED, ADDRESSES):
        text = (root / "site" / name).read_text(encoding="utf-8")
        text = text.replace(f'length="{length}"', f'length="{len(out)}"').replace(digest, integrity(out))
        host.answers[f"/{name}"] = content(text.encode())
    host.answers[f"/{path}"] = in_parts(out)
    show, problems = kept(copy, host)
    assert (problems, digests(show)[SLUG]) == ([], integrity(out))


def test_the_site_has_the_bytes_that_its_feed_names_also_after_a_change(root: Path, copy: Path) -> None:
    change_title(copy)
    status, said, _ = run("build", "--root", str(copy), "--published", str(root / "site" / FEED))
    assert status == 0, said
    assert items(copy / "site" / FEED) == items(root / "site" / FEED)
    for path in (root / "site").rglob("*.mp3"):
        assert (copy / "site" / path.relative_to(root / "site")).read_bytes() == path.read_bytes()
    assert "En ny titel" in (copy / "site" / FEED).read_text(encoding="utf-8")
    # And once more, with what that build published.
    assert (
        run("feed", "--root", str(copy), "--published", str(copy / "site" / FEED), "--output", str(copy / "a"))[0] == 0
    )
    assert (copy / "a").read_bytes() == (copy / "site" / FEED).read_bytes()


def test_audio_published_before_there_were_tags_stays_without(root: Path, copy: Path, tmp_path: Path) -> None:
    source = copy / f"podcast/episodes/{SLUG}/audio.mp3"
    feed = (root / "site" / FEED).read_text(encoding="utf-8")
    guid, (_, length, digest) = next((g, item) for g, item in items(root / "site" / FEED).items() if SLUG in item[0])
    assert digest
    plain = feed.replace(f'length="{length}"', f'length="{source.stat().st_size}"').replace(digest, digest_of(source))
    (tmp_path / "feed.xml").write_text(plain, encoding="utf-8")
    out = tmp_path / "ut.xml"
    assert run("feed", "--root", str(copy), "--published", str(tmp_path / "feed.xml"), "--output", str(out))[0] == 0
    assert items(out)[guid][1:] == (source.stat().st_size, digest_of(source))


def test_audio_that_cannot_be_looked_at_stops_the_build_and_the_last_site_stays(
    root: Path, copy: Path, tmp_path: Path
) -> None:
    shutil.copytree(root / "site", copy / "site")
    feed = shutil.copy(root / "site" / FEED, tmp_path / "feed.xml")
    change_title(copy)
    status, _, said = run("build", "--root", str(copy), "--published", str(feed))
    assert status == 1
    assert f"podcast/episodes/{SLUG}/audio.mp3\n    Där står: podd/{SLUG}/audio.mp3\n" in said
    assert "det gick inte att se efter hur det var" in said
    assert "1 sak att rätta" in said
    assert "den förra finns kvar" in said
    assert (copy / "site" / FEED).read_bytes() == (root / "site" / FEED).read_bytes()


def kept(copy: Path, host: Host) -> tuple[Published, list[Problem]]:
    """Return the show as it is published after what the host has, and what that would break."""
    source = f"{host.url}/{FEED}"
    problems, feed = read_promised(source, reach=HERE)
    assert (problems, feed is not None) == ([], True)
    assert feed
    releases, unseen = keep(copy, feed, source)
    show = read_project(copy).show
    assert show
    problems = [*unseen, *check_promise(show, releases, feed, site=OWN_SITE, root=copy)]
    return build_published(show, OWN_SITE, releases), problems


def keep(copy: Path, feed: PromisedFeed, source: str) -> tuple[Releases, list[Problem]]:
    show = to_publish(copy)
    return keep_audio(show, show.releases, feed, source=source, memory=copy / ".okatakten/tags", reach=HERE)


def put_out(host: Host, site: Path, answer: Callable[[bytes], Answer] = file_of) -> None:
    """Let the host have what is published: feed and list, and the audio as a host of audio answers."""
    for name in (FEED, ADDRESSES):
        host.answers[f"/{name}"] = content((site / name).read_bytes())
    for path in site.rglob("*.mp3"):
        host.answers[f"/{path.relative_to(site).as_posix()}"] = answer(path.read_bytes())


def digests(show: Published) -> dict[str, str | None]:
    return {episode.slug: episode.digest for episode in show.episodes}


def in_parts(data: bytes) -> Answer:
    """Answer with the part that was asked for."""

    def answer(handler: Any) -> None:
        first, last = map(int, handler.headers["Range"].removeprefix("bytes=").split("-"))
        unit = {"Content-Range": f"bytes {first}-{last}/{len(data)}"}
        status(206, unit, data[first : last + 1])(handler)

    return answer


@pytest.mark.parametrize("answer", [in_parts, content], ids=["with ranges", "without ranges"])
def test_over_http_only_what_has_changed_is_asked_for_and_only_once(
    root: Path, copy: Path, host: Host, answer: Callable[[bytes], Answer]
) -> None:
    put_out(host, root / "site", answer)
    show, problems = kept(copy, host)
    assert problems == []
    assert not any(path.endswith(".mp3") for path in host.paths())
    before = digests(show)

    change_title(copy)
    show, problems = kept(copy, host)
    assert (problems, digests(show)) == ([], before)
    asked = [(path, headers["range"]) for path, headers in host.asked if path.endswith(".mp3")]
    tag = show.releases[copy.resolve() / f"podcast/episodes/{SLUG}/audio.mp3"].tag
    # The length of the audio is known, and so is that of the tag.
    assert asked == [(f"/podd/{SLUG}/audio.mp3", f"bytes=0-{len(tag) - 1}")]

    host.asked.clear()
    show, problems = kept(copy, host)
    assert (problems, digests(show)) == ([], before)
    assert not any(path.endswith(".mp3") for path in host.paths())


def test_a_remembered_tag_that_is_damaged_is_fetched_again(root: Path, copy: Path, host: Host) -> None:
    put_out(host, root / "site", in_parts)
    change_title(copy)
    before = digests(kept(copy, host)[0])
    (remembered,) = (copy / ".okatakten/tags").iterdir()
    right = remembered.read_bytes()
    remembered.write_bytes(right[:-1])
    show, problems = kept(copy, host)
    assert (problems, digests(show)) == ([], before)
    assert remembered.read_bytes() == right


@pytest.mark.parametrize(
    ("answer", "reason"), [(status(404), "Filen finns inte kvar"), (status(503), "503"), (status(403), "loggat in")]
)
def test_a_host_that_lacks_the_audio_is_said_in_swedish(
    root: Path, copy: Path, host: Host, answer: Answer, reason: str
) -> None:
    put_out(host, root / "site", lambda _data: answer)
    change_title(copy)
    _, (problem,) = kept(copy, host)
    assert problem.kind is Kind.AUDIO_NOT_SEEN
    assert (problem.file, problem.found) == (f"podcast/episodes/{SLUG}/audio.mp3", f"podd/{SLUG}/audio.mp3")
    assert reason in format_problem(problem)


def test_a_host_that_is_gone_is_said_in_swedish(root: Path, copy: Path) -> None:
    with hosting() as host:
        put_out(host, root / "site")
        source = f"{host.url}/{FEED}"
        _, feed = read_promised(source, reach=HERE)
    assert feed
    change_title(copy)
    _, (problem,) = keep(copy, feed, source)
    assert problem.kind is Kind.AUDIO_NOT_SEEN
    assert "Det går inte att nå servern" in format_problem(problem)


def test_audio_that_has_itself_changed_is_said_to_have(root: Path, copy: Path, host: Host) -> None:
    put_out(host, root / "site", in_parts)
    audio = copy / f"podcast/episodes/{SLUG}/audio.mp3"
    data = bytearray(audio.read_bytes())
    data[-1] ^= 1
    audio.write_bytes(data)
    _, (problem,) = kept(copy, host)
    assert (problem.kind, problem.file) == (Kind.AUDIO_CHANGED, f"podcast/episodes/{SLUG}/audio.mp3")
    # Longer than all that was published: no need to ask.
    host.asked.clear()
    audio.write_bytes(bytes(data) * 2)
    _, problems = kept(copy, host)
    assert Kind.AUDIO_CHANGED in {problem.kind for problem in problems}
    assert not any(path.endswith(".mp3") for path in host.paths())


# Corrected and moved audio.


@pytest.fixture(scope="module")
def corrected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after a correction, with a new title and a new name of the folder, and published after the first."""
    copy = shutil.copytree(root, tmp_path_factory.mktemp("rattat") / "kopia", ignore=shutil.ignore_patterns("site"))
    folder = copy / "podcast/episodes" / SLUG
    (folder / "audio-2.mp3").write_bytes((copy / "podcast/episodes/vad-det-ledde-till/audio.mp3").read_bytes())
    shutil.copy(copy / "podcast/episodes/vad-det-ledde-till/transcript.vtt", folder)
    change_title(copy)
    edit(copy, "---\n", f"---\nformer_slugs: [{SLUG}]\n")
    folder.rename(folder.with_name("atta"))
    status, _, said = run("build", "--root", str(copy), "--published", str(root / "site" / FEED))
    assert status == 0, said
    return copy


def test_corrected_audio_has_todays_tag_and_the_old_one_answers_with_its_bytes(root: Path, corrected: Path) -> None:
    old = (root / f"site/podd/{SLUG}/audio.mp3").read_bytes()
    for slug in ("atta", SLUG):
        assert (corrected / f"site/podd/{slug}/audio.mp3").read_bytes() == old
        assert id3.ID3(corrected / f"site/podd/{slug}/audio-2.mp3")["TIT2"].text == ["Exempel: En ny titel"]
    listed = json.loads((corrected / "site" / ADDRESSES).read_text())
    assert listed["podd/atta/audio.mp3"] == listed[f"podd/{SLUG}/audio.mp3"] == integrity(old)
    assert listed[f"podd/{SLUG}/"] is None


def test_replaced_audio_keeps_its_bytes_when_the_title_changes_later(
    corrected: Path, tmp_path: Path, host: Host
) -> None:
    copy = shutil.copytree(corrected, tmp_path / "kopia", ignore=shutil.ignore_patterns("site", "tags"))
    edit(copy, "En ny titel", "En ännu nyare", name="episodes/atta/episode.md")
    put_out(host, corrected / "site", in_parts)
    show, problems = kept(copy, host)
    assert problems == []
    (episode,) = (episode for episode in show.episodes if episode.slug == "atta")
    (former,) = episode.former_audio
    assert former.path
    assert episode.audio.path
    assert bytes_of(show.releases[former.path]) == (corrected / "site/podd/atta/audio.mp3").read_bytes()
    assert bytes_of(show.releases[episode.audio.path]) == (corrected / "site/podd/atta/audio-2.mp3").read_bytes()
    assert build_addresses(show) == (corrected / "site" / ADDRESSES).read_text()


def test_replaced_audio_that_changes_is_found(corrected: Path, tmp_path: Path, host: Host) -> None:
    copy = shutil.copytree(corrected, tmp_path / "kopia", ignore=shutil.ignore_patterns("site"))
    path = copy / "podcast/episodes/atta/audio.mp3"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    put_out(host, corrected / "site", in_parts)
    _, (problem,) = kept(copy, host)
    assert (problem.kind, problem.file) == (Kind.AUDIO_CHANGED, "podcast/episodes/atta/audio.mp3")


def test_audio_that_is_gone_on_purpose_is_answered_for_by_what_corrected_it(corrected: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(corrected, tmp_path / "kopia", ignore=shutil.ignore_patterns("site"))
    (copy / "podcast/episodes/atta/audio.mp3").unlink()
    edit(copy, "---\n", "---\nreplaced_audio: [audio.mp3]\n", name="episodes/atta/episode.md")
    status, _, said = run("build", "--root", str(copy), "--published", str(corrected / "site" / FEED))
    assert status == 0, said
    new = (corrected / "site/podd/atta/audio-2.mp3").read_bytes()
    for address in ("atta/audio.mp3", f"{SLUG}/audio.mp3", "atta/audio-2.mp3"):
        assert (copy / "site" / PODCAST / address).read_bytes() == new
    listed = json.loads((copy / "site" / ADDRESSES).read_text())
    assert (listed["podd/atta/audio.mp3"], listed["podd/atta/audio-2.mp3"]) == (None, integrity(new))


# What is nobody's business.


def a_box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return (len(body) + 8).to_bytes(4) + kind + body


@pytest.fixture(scope="module")
def memo(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A recording as a phone makes it: with its place, its owner and a picture, in boxes of all sorts."""
    folder = tmp_path_factory.mktemp("memo")
    path, chapters = folder / "memo.m4a", folder / "kapitel.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=Kapitlet\n", encoding="utf-8")
    said = {"title": "HEMLIG gata 5", "artist": "HEMLIG", "comment": "HEMLIG", "location": "+63.1792+014.6357/"}
    metadata = [part for name, value in said.items() for part in ("-metadata", f"{name}={value}")]
    sound = ("-f", "lavfi", "-i", "sine=d=4", "-i", chapters, "-map_chapters", "1")
    metadata += ["-metadata:s:a:0", "handler_name=HEMLIG telefon"]
    command = [FFMPEG, "-v", "error", *sound, *metadata, "-c:a", "aac", "-movflags", "+use_metadata_tags", path]
    subprocess.run(command, check=True)
    tags = MP4(path)
    tags["covr"] = [MP4Cover(b"HEMLIG bild" * 99)]
    tags["----:com.apple.iTunes:iTunSMPB"] = b" 00000000 00000840 000001CA 00000000003F31F6"
    tags.save()
    content = path.read_bytes()
    assert content.count(b"HEMLIG") > 99
    return (
        content
        + a_box(b"uuid", bytes(16), b"HEMLIG")
        + a_box(b"free", b"HEMLIG")
        + a_box(b"meta", b"HEMLIG" * 9)
        + b"\0\0SEFH HEMLIG"
    )


def an_m4a(path: Path, data: bytes) -> AudioFile:
    path.write_bytes(data)
    facts = read_audio(path)
    assert facts
    return AudioFile(
        path=path, length=len(data), media_type="audio/x-m4a", duration=facts.duration, private=facts.private
    )


def test_an_m4a_keeps_its_sound_and_its_chapters_and_nothing_else(memo: bytes, cover: Picture, tmp_path: Path) -> None:
    source = an_m4a(tmp_path / "audio.m4a", memo)
    out = bytes_of(release_of(source, cover))
    (tmp_path / "ut.m4a").write_bytes(out)
    assert len(out) == len(memo)
    assert b"HEMLIG" not in out
    assert b"+63.1792" not in out
    assert (tmp_path / "audio.m4a").read_bytes() == memo
    assert decoded(tmp_path / "ut.m4a") == decoded(tmp_path / "audio.m4a")
    said = said_by_ffmpeg(tmp_path / "ut.m4a")
    assert "Kapitlet" in said
    assert "iTunSMPB" in said
    before, after = read_audio(tmp_path / "audio.m4a"), read_audio(tmp_path / "ut.m4a")
    assert before
    assert after
    assert (after.duration, after.end) == (before.duration, before.end)


def test_a_track_that_says_where_the_recorder_was_is_left_out_with_what_it_says(
    memo: bytes, cover: Picture, tmp_path: Path
) -> None:
    """A text track made into one of timed metadata: its samples lie among those of the sound."""
    assert memo.count(b"text") >= 1
    other = re.sub(rb"(hdlr.{8})text", rb"\1meta", memo, flags=re.DOTALL)
    assert other != memo
    out = bytes_of(release_of(an_m4a(tmp_path / "audio.m4a", other), cover))
    samples = slice(other.index(b"mdat"), other.index(b"moov"))
    assert other[samples].count(b"Kapitlet") == 1
    (first,) = re.findall(rb"\x00.Kapitlet.{12}", other[samples], flags=re.DOTALL)
    assert out[samples] == other[samples].replace(first, bytes(22))


def test_tags_between_two_files_in_one_are_not_published(cover: Picture, tmp_path: Path) -> None:
    inner = a_tag(b"HEMLIG" * 20) + V1.replace(b"Titel", b"HEMLI") + an_ape(b"HEMLIG" * 9)
    data = mp3(2) + inner + mp3(2)
    (tmp_path / "audio.mp3").write_bytes(data)
    facts = read_audio(tmp_path / "audio.mp3")
    assert facts
    audio = replace(an_audio_file(tmp_path / "audio.mp3", data), private=facts.private)
    out = release_of(audio, cover)
    assert b"HEMLI" not in bytes_of(out)
    assert len(bytes_of(out)) == len(out.tag) + len(data)
    assert bytes_of(out).count(mp3(2)) == 2


def test_what_is_private_is_left_out_in_pieces_of_any_size(
    memo: bytes, cover: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = release_of(an_m4a(tmp_path / "audio.m4a", memo), cover)
    whole = bytes_of(released)
    monkeypatch.setattr("okatakten.podcast.releases.PIECE", 7)
    assert bytes_of(released) == whole


def test_an_m4a_that_is_out_keeps_its_bytes_and_what_they_tell(memo: bytes, cover: Picture, tmp_path: Path) -> None:
    audio = an_m4a(tmp_path / "audio.m4a", memo)
    show = a_show(an_episode(audio=audio), cover=cover)
    releases = build_releases(show, words=WORDS)
    address = f"podd/{show.episodes[0].slug}/audio.m4a"
    for published in (memo, bytes_of(releases[tmp_path / "audio.m4a"])):
        feed = PromisedFeed(guid=None, base=SITE.url, items=(), addresses={address: integrity(published)})
        kept, problems = keep_audio(show, releases, feed, source=str(tmp_path / "feed.xml"), memory=tmp_path / "minne")
        assert problems == []
        assert bytes_of(kept[tmp_path / "audio.m4a"]) == published
