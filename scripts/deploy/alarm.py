"""What must not fail silently: a site that is no longer updated, and a schedule that nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from deploy import texts
from deploy.comments import is_ours
from deploy.host import Run, api, fence

WORKFLOW: Final = "publicera.yml"
REMINDER: Final = timedelta(hours=20)
"""How long the issue may be quiet while nothing is mended: reminders come daily, not every half hour."""


def alarm(run: Run) -> int:
    """Open an issue when publishing failed, remind in it as long as it does, and close it when it succeeds."""
    issue = _open_issue(run)
    if run.settings["RESULT"] == "success":
        if issue is not None:
            _comment(run, issue, texts.ALARM_OVER.format(site=run.site))
            api(run, f"issues/{issue['number']}", method="PATCH", fields={"state": "closed"})
    elif issue is None:
        api(run, "issues", method="POST", fields={"title": texts.ALARM, "body": _words(run, texts.ALARM_OPENED)})
    elif run.now - datetime.fromisoformat(issue["updated_at"]) > REMINDER:
        _comment(run, issue, _words(run, texts.ALARM_AGAIN))
    return 0


def keep_alive(run: Run) -> int:
    """Tell GitHub that the schedule is wanted: it stops one after 60 days in which nobody has changed anything."""
    api(run, f"actions/workflows/{WORKFLOW}/enable", method="PUT")
    return 0


def _open_issue(run: Run) -> Any:
    issues = api(run, "issues?state=open&sort=created&per_page=100")
    return next((issue for issue in issues if is_ours(issue) and issue["title"] == texts.ALARM), None)


def _comment(run: Run, issue: Any, text: str) -> None:
    api(run, f"issues/{issue['number']}/comments", method="POST", fields={"body": text})


def _words(run: Run, text: str) -> str:
    who = run.settings.get("TELL", "").strip()
    said = run.settings.get("SAID", "").strip()
    return text.format(
        who=f"{who}: " if who else "", said=fence(said) if said else texts.ALARM_UNKNOWN, log=run.log, site=run.site
    )
