"""Small pieces of text that several views share."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from srtui.account.model import Unread
from srtui.responsibility.verdict import Severity, Source, Status
from srtui.tui.theme import SEVERITY_MARK, STATUS_MARK
from srtui.tui.widgets.text import Span

STATUS_WORD: Final[dict[str, str]] = {
    "pass": "pass",
    "fail": "fail",
    "unknown": "unknown",
    "not_applicable": "n.a.",
}


def duration(seconds: float) -> str:
    """`14 s`, `3 min`, `5 h`, `412 d`."""
    seconds = max(0, int(seconds))
    for limit, unit, name in ((60, 1, "s"), (3600, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // unit} {name}"
    return f"{seconds // 86400} d"


def ago(moment: datetime | None, now: datetime, never: str = "never") -> str:
    """`412 d ago`, or `never`."""
    return never if moment is None else f"{duration((now - moment).total_seconds())} ago"


def when(moment: datetime | None, never: str = "never") -> str:
    """`2026-11-24 09:12 UTC`, the same in every locale."""
    return never if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def dated(moment: datetime | None, now: datetime, never: str = "never") -> str:
    """The date and how long ago that is."""
    return never if moment is None else f"{moment:%Y-%m-%d}, {ago(moment, now)}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 user`, `25 users`, `2 policies`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def severity_span(severity: Severity) -> Span:
    """A letter and a shape in the severity's style."""
    return SEVERITY_MARK[severity], severity


def status_span(status: Status) -> Span:
    """A shape in the status' style."""
    return STATUS_MARK[status], status


def source_text(source: Source) -> str:
    """Which answer a fact is from: `iam GetAccountSummary, 2026-11-24 09:12 UTC`. How old that is, the header says."""
    where = f" in {source.region}" if source.region else ""
    if source.at is None:
        return f"{source.service} {source.operation}{where}, never answered"
    return f"{source.service} {source.operation}{where}, {when(source.at)}"


def known(value: object, absent: str = "none") -> str:
    """A value that may be unread or not there."""
    if isinstance(value, Unread):
        return "unknown: not read"
    if value is None:
        return absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or absent
    return str(value)
