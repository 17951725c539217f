"""What answers in a pull request: the check, the preview, and the check's answer on a commit that we made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from deploy import texts
from deploy.comments import has_said, say
from deploy.episodes import edit_page, prepare_uploads
from deploy.host import Run, Said, api, fence, okatakten, show_error
from deploy.pages import PREVIEWS, drop_preview, fetch_pages, put_preview, read_feed

CHECK: Final = "Kontroll"
"""The name that the protection of main asks for: of the job, and of our answer on a commit that no job ran for."""

TOPIC: Final = "förhandsvisning"

OVERDUE: Final = "episode-overdue"
"""The kind of finding that says that an episode should have been published by now."""

TO_LISTEN_TO: Final = {"speakers-unsure", "transcript-not-said", "letters-broken", "times-approximate"}
"""The kinds of notes about a transcript that only somebody who listens can do anything about."""


def check(run: Run) -> int:
    """Say what is wrong beside its line, all of it on the run's page, and whether main could be published with it."""
    prepared = okatakten("prepare", site=run.site)
    if not prepared.done:
        show_error("Uppladdade filer", prepared.text)
        run.summarize(texts.PREPARE_SUMMARY.format(said=fence(prepared.text)))
    marked = okatakten("check", "--format", "github", site=run.site)
    print(marked.result, end="", flush=True)
    said = okatakten("check", site=run.site)
    run.summarize(texts.CHECK_SUMMARY.format(said=fence(said.text)))
    kept = said.done and _keeps_promise(run)
    return 0 if prepared.done and kept else 1


def preview(run: Run) -> int:
    """Make what was uploaded into an episode, show the site as it would be, and say where and what is not right."""
    prepared, commit = prepare_uploads(run)
    if commit:
        run.hand_over("commit", commit)
    number = int(run.event["pull_request"]["number"])
    address = f"{run.site}{PREVIEWS}{number}/"
    built = okatakten("build", "--preview", site=address)
    if built.done:
        put_preview(Path("site"), number)
        # Closed while this ran: whatever removes previews may have been here already.
        if api(run, f"pulls/{number}").get("state", "open") != "open":
            drop_preview(number)
    text = _answer(run, built, prepared, address=address)
    say(run, number, TOPIC, text)
    run.summarize(text)
    return 0 if built.done else 1


def remove_preview(run: Run) -> int:
    """Remove the preview of a pull request that was closed, and say so where it was announced."""
    number = int(run.event["pull_request"]["number"])
    drop_preview(number)
    if has_said(run, number, TOPIC):
        say(run, number, TOPIC, texts.PREVIEW_OVER.format(address=run.site))
    return 0


def answer(run: Run) -> int:
    """Put the check's answer on a commit that no check of its own ran for."""
    done = run.settings["RESULT"] == "success"
    fields = {
        "state": "success" if done else "failure",
        "context": CHECK,
        "description": texts.CHECK_ANSWERS[done],
        "target_url": run.log,
    }
    api(run, f"statuses/{run.settings['COMMIT']}", method="POST", fields=fields)
    return 0


def _keeps_promise(run: Run) -> bool:
    """Say what subscribers would lose, and return whether it is nothing."""
    published = _published()
    built = okatakten("build", "--documents", *published, site=run.site)
    run.summarize(texts.PROMISE_SUMMARY.format(said=fence(built.text)))
    if built.done:
        return True
    # Only now: check counts an overdue episode as an error, and the pull request may be what is to bring it.
    marked = okatakten("check", "--format", "github", *published, site=run.site)
    print(marked.result, end="", flush=True)
    if marked.done:
        show_error("Webbplatsen går inte att bygga", built.text)
    return False


def _answer(run: Run, built: Said, prepared: Said, *, address: str) -> str:
    found = _findings(run)
    head = texts.PREVIEW if built.done else texts.PREVIEW_IMPOSSIBLE
    parts = [head.format(address=address, said="" if found["problems"] else fence(built.text))]
    if not prepared.done:
        parts.append(texts.NOT_PREPARED.format(said=fence(prepared.text)))
    for title, problems in ((texts.TO_CORRECT, found["problems"]), (texts.TO_FINISH, found["unfinished"])):
        if problems:
            links = _links(run, problems)
            parts.append(title.format(said=fence("\n\n".join(map(_in_words, problems))), links=links).rstrip())
    if len(parts) == 1 and built.done:
        parts.append(texts.ALL_RIGHT)
    if prepared.done and (made := _what_was_made(prepared)):
        parts.append(texts.WAS_MADE.format(said=fence(made)))
    if notes := [note for note in found.get("notes", ()) if note["kind"] in TO_LISTEN_TO]:
        parts.append(texts.TO_CONSIDER.format(said=fence("\n\n".join(map(_in_words, notes))), links=_links(run, notes)))
    parts.append(texts.READ_MORE.format(log=run.log))
    return "\n\n".join(part.strip() for part in parts)


def _findings(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Return what is to be corrected and what drafts lack. What is overdue is nothing that the change can help."""
    said = okatakten("check", "--format", "json", *_published(), site=run.site)
    found: dict[str, list[dict[str, Any]]] = json.loads(said.result or '{"problems": [], "unfinished": []}')
    found["problems"] = [problem for problem in found["problems"] if problem["kind"] != OVERDUE]
    return found


def _published() -> tuple[str, ...]:
    """Return the option that compares with what was published last; none before the first time."""
    feed = read_feed(fetch_pages())
    return ("--published", str(feed)) if feed else ()


def _what_was_made(prepared: Said) -> str:
    """Return what is told of uploaded files, such as who talks, without the steps for whoever has them at hand."""
    text = re.sub(r"(?m)^\nGör nu så här:\n(?:  .*\n?)+", "", prepared.text)
    return text.strip() if ": klart." in text else ""


def _in_words(problem: dict[str, Any]) -> str:
    found = " ".join(problem["found"].split())
    place = [problem["file"]]
    place += [f"rad {problem['line']}"] if problem["line"] else []
    place += [f"fältet {problem['field']}"] if problem["field"] else []
    return "\n".join(
        [", ".join(place), *([f"    Där står: {found[:120]}"] if found else []), f"    {problem['message']}"]
    )


def _links(run: Run, problems: Iterable[dict[str, Any]]) -> str:
    """Return links to where the text files in question are edited, each at the first line that is about."""
    lines: dict[str, int] = {}
    for problem in problems:
        if Path(problem["file"]).suffix in {".md", ".yml", ".vtt"} and Path(problem["file"]).is_file():
            lines.setdefault(problem["file"], problem["line"])
    links = ", ".join(
        f"[{path.rpartition('/')[2]}]({edit_page(run, path, branch=run.branch, line=line)})"
        for path, line in lines.items()
    )
    return texts.OPEN_FILES.format(links=links) if links else ""
