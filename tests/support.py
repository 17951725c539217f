"""What the tests share: case folders, and builders of valid values."""

from __future__ import annotations

import mimetypes
import random
import shutil
import sys
import wave
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from click.testing import CliRunner
from lxml import etree, html

from okatakten.addresses import DEFAULT_SITE_URL, Site
from okatakten.commands.main import app
from okatakten.model import (
    DEFAULT_LOCALE,
    AudioFile,
    Category,
    Cue,
    Episode,
    EpisodeText,
    EpisodeType,
    Locale,
    Picture,
    Published,
    PublishedEpisode,
    Release,
    Releases,
    Show,
    ShowType,
    Transcript,
)
from okatakten.podcast.releases import build_published, build_releases
from okatakten.site.kinds import KINDS
from okatakten.site.kinds.reading import rows_file
from okatakten.site.profile import Profile, read_profile
from okatakten.site.project import read_project
from okatakten.words.catalogue import read_catalogues, read_words

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Result = TypeVar("Result")
PROJECT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
VALID = CASES / "_valid"
NOT_OF_THE_TREE = (
    "problems.txt", "unfinished.txt", "notes.txt", "feed.xml", "published.xml", "addresses.json",
    "removed.txt", "table.*",
)  # fmt: skip
FIXED_GUID = "00000000-0000-4000-8000-000000000000"
WORDS = read_words(PROJECT, read_catalogues(PROJECT, [DEFAULT_LOCALE], []))[DEFAULT_LOCALE]
PROFILE = cast("Profile", read_profile(PROJECT, []))
PAINT = PROFILE.paint()
HOSTS_SAY = {".xml": "application/xml", ".woff2": "font/woff2"}
"""What hosts call files that Python names otherwise, or not at all, depending on the machine."""
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""When every test builds, whatever the clock of the machine says."""
OWN_SITE = Site(url=DEFAULT_SITE_URL, samples=True, now=NOW)
"""The site that `make site` builds."""
SITE = Site(url="https://prov.example/", samples=True, now=NOW)


def lay_out(case: Path, folder: Path) -> Path:
    """Put the valid project into `folder` and the case's own files over it; removed.txt names what it lacks.

    The words of the interface are the project's own, so that a new one does not need to be written into every case.
    """
    shutil.copytree(VALID, folder, dirs_exist_ok=True)
    for locale in ("sv", "sma"):
        if locale == "sv" or (case / "docs" / locale).is_dir():
            (folder / "docs" / locale).mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / "docs" / locale / "words.yml", folder / "docs" / locale)
    shutil.copytree(case, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_OF_THE_TREE))
    removed = case / "removed.txt"
    for name in removed.read_text(encoding="utf-8").split() if removed.exists() else []:
        (folder / name).unlink()
    return folder


def lay_out_sound(folder: Path) -> Path:
    """Put the valid project into `folder`, with our colours and an episode of 51 seconds in which two talk."""
    root = lay_out(VALID, folder)
    for name in ("overrides/profile", "podcast/episodes/trailer"):
        (root / name).mkdir(parents=True)
        for path in (PROJECT / name).iterdir():
            if path.is_file():
                (root / name / path.name).write_bytes(path.read_bytes())
    return root


def counted(work: Callable[[], Result]) -> tuple[Result, int]:
    """Return what some work gives, and how many calls of functions it took: as many on the slowest machine."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        return work(), calls
    finally:
        sys.setprofile(None)


def to_publish(root: Path, site: Site = OWN_SITE) -> Published:
    """Return the show of a project as it is published the first time."""
    show = read_project(root).show
    assert show is not None
    return build_published(show, site, build_releases(show, words=WORDS))


def published(show: Show, site: Site = SITE) -> Published:
    """Return a show as it is published, without a look at its audio."""
    return build_published(show, site, releases_of(show))


def releases_of(show: Show) -> Releases:
    """Return the audio of a show as if it were published as it is, without a look at it."""
    files = [audio for episode in show.episodes for audio in (episode.audio, *episode.former_audio)]
    return {
        audio.path: Release(path=audio.path, tag=b"", length=audio.length, digest=None) for audio in files if audio.path
    }


def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command in this process, and return its status and what it says to the one and to the other stream."""
    result = CliRunner().invoke(app, list(arguments), env=environment)
    return result.exit_code, result.stdout, result.stderr


def write_page(root: Path, name: str, fields: Mapping[str, str], body: str = "Text.") -> Path:
    """Write a page below docs/, with its fields; those without a value are left out."""
    path = root / "docs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}: {value}" for key, value in fields.items() if value]
    path.write_text("\n".join(["---", *lines, "---", "", body, ""]), encoding="utf-8")
    return path


def copy_project(folder: Path) -> Path:
    """Put what makes the site into `folder`, and nothing else of the project."""
    for name in ("docs", "overrides", "podcast", "mkdocs.yml"):
        source = PROJECT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    # A test that is about other things need not wait for the pictures and PDF files of unchanged pages.
    for name in ("cards", "documents"):
        remembered = folder / ".okatakten" / name
        remembered.mkdir(parents=True)
        for path in (PROJECT / ".okatakten" / name).glob("[!.]*"):
            with suppress(FileNotFoundError):
                shutil.copy(path, remembered)
    return folder


def without_entries(root: Path) -> Path:
    """Take away all that somebody has filled in of the kinds of page: a test counts its own."""
    for kind in KINDS:
        shutil.rmtree(root / "docs/sv" / kind.folder, ignore_errors=True)
        (root / rows_file(kind)).unlink(missing_ok=True)
    return root


def an_episode(**values: Any) -> Episode:
    """Return a valid episode; the test names only what it is about. `title`, `summary`, `notes` go into its text."""
    text: dict[str, Any] = {key: values.pop(key) for key in ("title", "summary", "notes") if key in values}
    defaults: dict[str, Any] = {
        "slug": "avsnitt",
        "guid": FIXED_GUID,
        "published": datetime(2026, 3, 31, 5, tzinfo=UTC),
        "season": None,
        "number": None,
        "type": EpisodeType.FULL,
        "explicit": False,
        "synthetic_voice": False,
        "sample": False,
        "audio": AudioFile(
            path=Path("audio.mp3"), length=1000, media_type="audio/mpeg", duration=timedelta(seconds=90)
        ),
        "transcript": a_transcript(a_cue()),
        "texts": {
            DEFAULT_LOCALE: EpisodeText(**{"title": "Titel", "summary": "S.", "notes": "N.", "source": "e.md"} | text)
        },
    }
    return Episode(**defaults | values)


def a_published_episode(**values: Any) -> PublishedEpisode:
    """Return a valid episode as a site publishes it."""
    (episode,) = published(a_show(an_episode(**values))).episodes
    return episode


def a_cue(start: float = 0, end: float | None = None, *, speaker: str = "Röst A", text: str = "Hej.") -> Cue:
    end = start + 1 if end is None else end
    return Cue(start=timedelta(seconds=start), end=timedelta(seconds=end), speaker=speaker, text=text)


def a_transcript(*cues: Cue, approximate: bool = False) -> Transcript:
    text = " ".join(cue.text for cue in cues)
    return Transcript(path=Path("transcript.vtt"), text=text, read=lambda: cues, approximate=approximate)


def a_show(*episodes: Episode, **values: Any) -> Show:
    defaults: dict[str, Any] = {
        "guid": "917393e3-1b1e-5cef-ace4-edaa54e1f810",
        "title": "Provpodden",
        "summary": "Sammanfattning.",
        "description": "Beskrivning.",
        "author": "En organisation",
        "owner_name": "En organisation",
        "owner_email": "podd@prov.example",
        "language": Locale("sv"),
        "timezone": "Europe/Stockholm",
        "categories": (Category(name="Government"),),
        "explicit": False,
        "type": ShowType.EPISODIC,
        "copyright": "2026 En organisation",
        "cover": Picture(path=Path("cover-1.png"), alt="Omslag", width=1400, height=1400, media_type="image/png"),
        "locked": True,
    }
    return Show(**defaults | values, episodes=episodes)


def static_files(folder: Path) -> WSGIApplication:
    """Return an application that serves a built site as a static host does, 404 page included."""

    def application(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        wanted = environment["PATH_INFO"].encode("latin-1").decode()
        path = folder / wanted.lstrip("/")
        if wanted.endswith("/"):
            path /= "index.html"
        status = "200 OK" if path.is_file() else "404 Not Found"
        content = path.read_bytes() if path.is_file() else (folder / "404.html").read_bytes()
        media_type = HOSTS_SAY.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/html"
        start_response(status, [("Content-Type", media_type), ("Content-Length", str(len(content)))])
        return [content]

    return application


def sitemap_of(site: Path) -> list[str]:
    """Return every address in the sitemap, relative to the site."""
    locations = etree.parse(site / "sitemap.xml").findall(".//{*}loc")
    return [str(location.text).removeprefix(DEFAULT_SITE_URL) for location in locations]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def parse(page: Path) -> html.HtmlElement:
    return html.fromstring(page.read_bytes().decode())


def pages_of(site: Path) -> list[Path]:
    """Return the page of every address in the sitemap, those that its pages call translations, and the 404 pages.

    Translations that wait for their review are not in the sitemap, but are pages as good as others.
    """
    pages = [site / path / "index.html" for path in sitemap_of(site)]
    for page in list(pages):
        addresses = html.parse(page).xpath("//link[@hreflang]/@href")
        others = [site / address.removeprefix(DEFAULT_SITE_URL) / "index.html" for address in addresses]
        pages += [other for other in others if other not in pages]
    return pages + sorted(site.glob("**/404.html"))


def embeds_of(site: Path) -> list[Path]:
    """Return the players for other sites: in no list, since each stands for its episode's page."""
    return sorted(site.glob("**/embed/index.html"))


def kinds_of(site: Path) -> list[Path]:
    """Return one page of every kind, the longest: a kind is what parts its main content is made of, and its language."""
    longest: dict[tuple[object, ...], Path] = {}
    for page in sorted(pages_of(site), key=lambda page: page.stat().st_size):
        tree = parse(page)
        parts = tree.xpath("//main//*[starts-with(@class, 'site-')]/@class")
        longest[tree.get("lang"), page.name, frozenset(part.split()[0] for part in parts)] = page
    return sorted(longest.values())


def address_of(page: Path, site: Path) -> str:
    """Return the address of a built page relative to the site: `podd/`; of a 404 page, its file."""
    path = page.relative_to(site).as_posix()
    return path.removesuffix("index.html")


def a_recording(path: Path, *, seconds: int = 4, rate: int = 16_000) -> Path:
    """Write noise with a pause of 0.3 seconds in each second."""
    noise = random.Random(1)
    second = b"".join(
        int(noise.gauss(0, 900) * (1 if i % rate < rate * 0.7 else 0)).to_bytes(2, "little", signed=True)
        for i in range(rate)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(second * seconds)
    return path
