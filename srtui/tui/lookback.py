"""The session before this one, for the trend: read once, off the interface's loop."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from srtui.files import BadData

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.findings.triage import Triage
    from srtui.tui.views.trend import Trends

_log = logging.getLogger(__name__)


class LookBack:
    """Knows the earlier analysis once it has been asked for it. Used by one thread at a time."""

    def __init__(self) -> None:
        self._read = False
        self._earlier: Analysis | None = None
        self._reason = ""

    def trends(self, analysis: Analysis, triage: Triage | None, own_file: Path | None) -> Trends:
        """What changed since the session before. The first time this takes seconds for a large account."""
        from srtui.compare import compare_findings
        from srtui.tui.views.trend import Trends, trends_of

        if not self._read:
            self._read = True
            self._find(analysis, own_file)
        if self._earlier is None:
            return Trends(None, reason=self._reason)
        return trends_of(compare_findings(self._earlier, analysis, triage), self._earlier.now)

    def _find(self, analysis: Analysis, own_file: Path | None) -> None:
        from srtui.compare import previous_session, read_analysis

        self._reason = "No earlier session of this account: nothing to compare with yet."
        began = analysis.account.first_evidence
        path = previous_session(analysis.account.id, began) if began is not None else None
        if path is None or (own_file is not None and path == own_file):
            return
        try:
            self._earlier = read_analysis(str(path), settings=analysis.risk.settings).analysis
        except (BadData, OSError, sqlite3.Error, msgspec.MsgspecError) as error:
            _log.warning("no trend: %s", error)
            self._reason = f"The earlier session {path.name} cannot be read: no trend."
