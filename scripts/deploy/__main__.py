"""python -m deploy COMMAND: the steps of .github/workflows, and of a server of one's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.alarm import alarm, keep_alive
from deploy.episodes import new_episode, tell_writers
from deploy.folder import publish_folder
from deploy.host import HostError, NotAtGitHubError, Run, read_run, tell_machine
from deploy.publish import publish
from deploy.review import answer, check, preview, remove_preview

COMMANDS: Final[dict[str, Callable[[Run], int]]] = {
    "machine": tell_machine,
    "writers": tell_writers,
    "new-episode": new_episode,
    "check": check,
    "preview": preview,
    "answer": answer,
    "remove-preview": remove_preview,
    "publish": publish,
    "alarm": alarm,
    "keep-alive": keep_alive,
}


def main(arguments: list[str]) -> int:
    """Run one command and return its status."""
    try:
        match arguments:
            case ["folder", folder]:
                return publish_folder(Path(folder))
            case [command] if command in COMMANDS:
                return COMMANDS[command](read_run(os.environ))
    except NotAtGitHubError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(_explain(error), file=sys.stderr)
        return 1
    except HostError as error:
        print(f"Något gick fel hos oss, inte i det du skrev. Felet i korthet:\n{error}", file=sys.stderr)
        return 1
    print(f"Så här: python -m deploy [{' | '.join(COMMANDS)} | folder MAPP]", file=sys.stderr)
    return 2


def _explain(error: OSError) -> str:
    try:
        from okatakten.written.machine import explain
    except ModuleNotFoundError:  # the jobs alarm and answer have this folder alone
        return str(error)
    return explain(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
