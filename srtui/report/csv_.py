"""The findings as CSV (RFC 4180), one a line: for spreadsheets, where nothing may count as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from srtui.report.content import Content, controls_of
from srtui.report.inert import visible

COLUMNS: Final = (
    "severity",
    "state",
    "title",
    "control",
    "subject",
    "region",
    "service",
    "rows",
    "facts",
    "why",
    "fix",
    "command",
    "frameworks",
    "insecure_default",
    "reason",
    "expires",
    "notes",
    "evidence",
    "fingerprint",
    "account",
    "collected_at",
    "risk",
)
#: How a cell begins that a spreadsheet would compute; also after a semicolon, where some programs begin a new cell.
_FORMULA: Final = re.compile(r"""(^|;)(?=[\s"']*[=+\-@＝＋－＠|%])""")


def render(content: Content) -> str:
    """A header line, then a line for each finding, worst first, in the columns of docs/formats.md."""
    controls = controls_of(content)
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in content["findings"]:
        writer.writerow(map(safe, _cells(content, finding, controls.get(finding["control"], {}))))
    return text.getvalue()


def safe(text: str) -> str:
    """A cell that shows its text and does nothing: no line ends, no escapes, and an apostrophe before a formula."""
    return _FORMULA.sub(r"\1'", visible(text))


def _cells(content: Content, finding: Mapping[str, Any], control: Mapping[str, Any]) -> Iterable[str]:
    triage = finding["triage"]
    return (
        finding["severity"],
        triage["state"],
        finding["title"],
        finding["control"],
        finding["subject"],
        finding["region"],
        finding["service"],
        " ".join(map(str, finding["rows"])),
        _joined(f"{fact['label']}: {fact['value']}" for fact in finding["facts"]),
        finding["why"],
        finding["fix"],
        finding["command"],
        _joined(f"{name} {' '.join(ids)}" for name, ids in control.get("frameworks", {}).items()),
        "yes" if finding["insecure_default"] else "no",
        triage["reason"],
        triage["expires"] or "",
        _joined(note["text"] for note in triage["notes"]),
        _joined(
            f"{source['service']}:{source['operation']} {source['region']} {source['at'] or ''}".strip()
            for source in finding["sources"]
        ),
        finding["fingerprint"],
        content["account"],
        content["collected_at"] or "",
        finding["risk"]["words"],
    )


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)
