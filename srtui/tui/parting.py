"""What is said on the terminal once the interface is closed: what was saved, and where."""

from __future__ import annotations

from srtui.engine import Engine
from srtui.findings.triage import Triage


def parting_words(engine: Engine, triage: Triage | None) -> list[str]:
    """Lines that are true: a session file if one was written, and decisions if any were taken."""
    lines: list[str] = []
    if engine.session is not None and engine.session.path is not None:
        lines.append(f"saved as {engine.session.path}; srtui open {engine.session.path.name} shows it again")
    elif engine.session is not None:
        lines.append("this run could not be saved: it was kept in memory only")
    elif engine.records:
        lines.append("nothing had arrived, so nothing was saved")
    elif engine.label == "demo":
        lines.append("this was the demo, a recorded account: there was nothing to save")
    else:
        lines.append("an opened file stays as it is: there was nothing to save")
    if triage is not None and triage.can_undo:
        lines.append(f"your decisions are in {triage.path}")
    return lines
