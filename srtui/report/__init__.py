"""Reports: one content, rendered in several formats, each with the account's text made inert."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.findings.triage import Triage

FORMATS = ("md", "json", "toml")


def render(analysis: Analysis, triage: Triage, format: str, notes: Iterable[str] = ()) -> str:
    """The report in a format. Depends on nothing but its arguments, so equal ones give equal text.

    Raises ValueError for a format there is not.
    """
    from srtui.report import json_, markdown, toml_
    from srtui.report.content import content

    renderers = {"md": markdown.render, "json": json_.render, "toml": toml_.render}
    if format not in renderers:
        raise ValueError(f"there is no report format {format!r}; there are: {', '.join(FORMATS)}")
    return renderers[format](content(analysis, triage, notes))


def open_findings(analysis: Analysis, triage: Triage, severity: str) -> int:
    """How many findings of this severity or a worse one are open: neither acknowledged nor suppressed."""
    from srtui.responsibility.control import SEVERITIES

    names: list[str] = list(SEVERITIES)
    bad = names[: names.index(severity) + 1]
    return sum(
        finding.severity in bad and triage.state(finding.fingerprint, analysis.now) == "open"
        for finding in analysis.findings
    )
