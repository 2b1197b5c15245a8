"""Reports: one content, rendered in several formats, each with the account's text made inert."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.findings.triage import Triage

#: Every format by its name: what it is for, and how its files end.
FORMATS: Final = {
    "md": ("Markdown, for people", "md"),
    "html": ("one HTML page, for people", "html"),
    "json": ("JSON, everything, for programs", "json"),
    "toml": ("TOML, the same, for comparing", "toml"),
    "csv": ("CSV, the findings, for spreadsheets", "csv"),
    "sarif": ("SARIF 2.1.0, for code scanning", "sarif"),
    "ocsf": ("OCSF 1.5.0 events, for a SIEM", "ocsf.json"),
    "asff": ("AWS Security Finding Format, for Security Hub", "asff.json"),
}


def render(analysis: Analysis, triage: Triage, format: str, notes: Iterable[str] = ()) -> str:
    """The report in a format. Depends on nothing but its arguments, so equal ones give equal text.

    Raises ValueError for a format there is not.
    """
    from srtui.report import asff, csv_, html_, json_, markdown, ocsf, sarif, toml_
    from srtui.report.content import content

    renderers = {
        "md": markdown.render,
        "html": html_.render,
        "json": json_.render,
        "toml": toml_.render,
        "csv": csv_.render,
        "sarif": sarif.render,
        "ocsf": ocsf.render,
        "asff": asff.render,
    }
    if format not in renderers:
        raise ValueError(f"there is no report format {format!r}; there are: {', '.join(FORMATS)}")
    return renderers[format](content(analysis, triage, notes))


def open_findings(analysis: Analysis, triage: Triage, severity: str) -> int:
    """How many findings of this severity or a worse one are open: neither acknowledged nor suppressed."""
    from srtui.responsibility.control import SEVERITIES

    names: list[str] = list(SEVERITIES)
    bad = names[: names.index(severity) + 1]
    return sum(
        finding.severity in bad and triage.state(finding.fingerprint) == "open"
        for finding in analysis.findings
    )
