"""What the line at the top says."""

from __future__ import annotations

from datetime import datetime

from srtui.engine import ENDED, Update
from srtui.feed import Progress
from srtui.tui.views.words import counted, duration
from srtui.tui.widgets.header import HeaderState


def header_state(
    update: Update | None, label: str, now: datetime, newest: Progress | None = None
) -> HeaderState:
    """The header for a state. `now` is the wall clock; files of the past tell the time of their evidence."""
    live = label == "live" or label.startswith("live ")
    source = "DEMO, a recorded account" if label == "demo" else label
    if update is None:
        return HeaderState(source=source, activity="starting")
    account, progress = update.analysis.account, update.progress
    if newest is not None and newest.done > progress.done:
        progress = newest
    names = sorted(account.regions)
    regions = ", ".join(names) if 0 < len(names) <= 2 else counted(len(names), "region") if names else ""
    left_out = sum(map(len, account.left_out()))
    if left_out:
        # The user's own configuration: what it leaves out is unknown, and must not be forgotten.
        regions = ", ".join([*([regions] if regions else []), f"{left_out} left out"])
    age = short_age = ""
    if account.last_evidence is not None:
        # Files are judged as of the time of their evidence, so that time is what counts and not how long ago it was.
        age = f"of {account.last_evidence:%Y-%m-%d %H:%M} UTC"
        short_age = f"of {account.last_evidence:%Y-%m-%d}"
        if live:
            age = short_age = f"{duration((now - account.last_evidence).total_seconds())} old"
    running = update.phase not in ENDED
    return HeaderState(
        account=account.id,
        alias=account.alias if isinstance(account.alias, str) else "",
        caller=account.caller_arn,
        regions=regions,
        age=age,
        short_age=short_age,
        source="" if label == "live" else source,
        activity=(progress.note or update.phase)
        if running
        else (update.phase if update.phase != "done" else ""),
        done=progress.done if running else 0,
        total=progress.total if running else 0,
        warnings=len(update.notes),
        denied=sum(failure.kind == "denied" for failure in update.analysis.failures),
    )
