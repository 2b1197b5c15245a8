"""The session before this one, and reading a file to its analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from srtui.engine import Engine, Update
from srtui.feed import Progress
from srtui.risk.settings import RiskSettings
from srtui.session import SessionInfo, list_sessions
from srtui.source import ReplayFeed, open_source


def other_sessions(
    account: str, but: Path | None = None, folder: Path | None = None
) -> Iterator[SessionInfo]:
    """Saved sessions of an account that can be read, newest first; `but` is the file that is open already."""
    own = but.resolve() if but is not None else None
    for info in list_sessions(folder):
        readable = info.account == account and info.created is not None and not info.problem
        if readable and info.path.resolve() != own:
            yield info


def previous_session(
    account: str, before: datetime, folder: Path | None = None, but: Path | None = None
) -> Path | None:
    """The newest saved session of an account that began before a time, for instance before this one's first evidence."""
    for info in other_sessions(account, but, folder):
        if info.created is not None and info.created < before:
            return info.path
    return None


def read_analysis(
    ref: str,
    folder: Path | None = None,
    settings: RiskSettings | None = None,
    tick: Callable[[Progress], None] | None = None,
) -> Update:
    """Everything that follows from a session, a bundle or another source; its `notes` say what the file lacks.

    Both sides of a comparison need the same `settings`. Raises BadData for what cannot be opened. Takes seconds for a
    large account; `tick` is called on the way.
    """
    source = open_source(ref, folder)
    return Engine(ReplayFeed(source), notes=lambda: source.notes, settings=settings).run_to_end(tick=tick)
