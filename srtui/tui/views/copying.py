"""What can be copied of a finding."""

from __future__ import annotations

from srtui.findings.finding import Finding


def finding_copies(finding: Finding) -> list[tuple[str, str]]:
    """(what it is, the text), the most wanted first."""
    found = [("ARN", finding.subject)]
    if finding.command:
        found.append(("fix command", finding.command))
    facts = "\n".join(f"  {fact.label}: {fact.value}" for fact in finding.facts)
    text = f"{finding.severity.upper()} {finding.title}\n{finding.subject}\n{facts}\nFix: {finding.fix}"
    return [*found, ("finding as text", text)]
