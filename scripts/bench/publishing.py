"""What a communicator waits for: `python scripts/bench/publishing.py [minutes of recording] [number of episodes]`.

Makes an episode of a WAV recording (mono, 48 kHz, 16 bit; an hour unless another length is given), and checks a show of
1 000 episodes twice: cold, when no audio has been measured, and warm. Prints seconds, and for each command the peak
memory of the largest of its processes.
"""

from __future__ import annotations

import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import imageio_ffmpeg

from bench.corpus import PROJECT, SECONDS_PER_CUE, clock, make_episode, make_episodes, transcript, write_ours

RATE = 48_000
SHORT_SECONDS = 60


def measure(root: Path, *arguments: str) -> tuple[float, float, float]:
    """Run okatakten and return wall seconds, CPU seconds with its children, and the largest process in MB."""
    script = "import sys; sys.argv[0] = 'okatakten'; from okatakten.commands.main import app; app()"
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=root, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    # Linux gives kilobytes, macOS bytes. The process has waited for its children, so theirs are in the figures.
    unit = 1024 if sys.platform == "linux" else 1
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 10**6


def record(path: Path, *, minutes: int) -> None:
    """Write noise in the rhythm of speech: silence would cost less to encode."""
    noise = random.Random(1)
    second = b"".join(
        int(noise.gauss(0, 2000) if sample % RATE < 0.8 * RATE else 0).to_bytes(2, "little", signed=True)
        for sample in range(RATE)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(minutes * 60):
            file.writeframes(second)


def put_audio(root: Path, *, episodes: int) -> None:
    """Give every episode a minute of audio of its own, since the same bytes are measured once."""
    sample = root / "sample.mp3"
    source = PROJECT / "podcast/episodes/atta-fragor/audio.mp3"
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source, "-t", str(SHORT_SECONDS), "-c", "copy", sample],
        check=True,
    )
    content = sample.read_bytes()
    for number in range(1, episodes + 1):
        folder = root / f"podcast/episodes/avsnitt-{number}"
        # Bytes after the last frame are no sound, and make the file another one.
        (folder / "audio.mp3").write_bytes(content + b"\0" * number)
        text = (folder / "episode.md").read_text(encoding="utf-8")
        kept = [
            line for line in text.split("\n") if not line.startswith(("audio_", "  - start: 10", "    title: Mitten"))
        ]
        (folder / "episode.md").write_text("\n".join(kept), encoding="utf-8")
        cues = transcript(make_episode(number)).split("\n\n")[: SHORT_SECONDS // SECONDS_PER_CUE + 1]
        (folder / "transcript.vtt").write_text("\n\n".join(cues) + "\n", encoding="utf-8")


def main() -> None:
    minutes, episodes = (int(argument) for argument in (*sys.argv[1:], *("60", "1000")[len(sys.argv) - 1 :]))
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| command | input | wall s | CPU s | peak MB |\n|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_ours(root, make_episodes(1))
        record(root / "recording.wav", minutes=minutes)
        text = "\n\n".join(f"{clock(second)[3:8]} Talaren: Ord." for second in range(0, min(minutes, 59) * 60, 10))
        (root / "text.txt").write_text(text, encoding="utf-8")
        wall, cpu, memory = measure(
            root,
            "new",
            "recording.wav",
            "--transcript",
            "text.txt",
            "--title",
            "Prov",
            "--summary",
            "Ett prov.",
            "--yes",
        )
        print(f"| new | WAV of {minutes} minutes, mono, 48 kHz | {wall:.1f} | {cpu:.1f} | {memory:.0f} |")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_ours(root, make_episodes(episodes))
        put_audio(root, episodes=episodes)
        for state in ("cold", "warm"):
            wall, cpu, memory = measure(root, "check")
            print(
                f"| check, {state} | {episodes} episodes of {SHORT_SECONDS} s | {wall:.1f} | {cpu:.1f} | {memory:.0f} |"
            )
        shutil.rmtree(root / ".okatakten")


if __name__ == "__main__":
    main()
