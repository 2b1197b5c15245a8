"""The session before this one, and reading a file to its analysis."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from srtui.engine import Engine, Update
from srtui.risk.settings import RiskSettings
from srtui.session import list_sessions
from srtui.source import ReplayFeed, open_source


def previous_session(account: str, before: datetime, folder: Path | None = None) -> Path | None:
    """The newest saved session of an account that began before a time, for instance before this one's first evidence."""
    for info in list_sessions(folder):
        if (
            info.account == account
            and info.created is not None
            and info.created < before
            and not info.problem
        ):
            return info.path
    return None


def read_analysis(ref: str, folder: Path | None = None, settings: RiskSettings | None = None) -> Update:
    """Everything that follows from a session, a bundle or another source; its `notes` say what the file lacks.

    Both sides of a comparison need the same `settings`. Raises BadData for what cannot be opened. Takes seconds for a
    large account.
    """
    source = open_source(ref, folder)
    return Engine(ReplayFeed(source), notes=lambda: source.notes, settings=settings).run_to_end()
