"""Findings: failed controls as something a person can act on, with an identity that outlives a run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from srtui.responsibility.verdict import SEVERITIES, Fact, Result, Severity, Source

if TYPE_CHECKING:
    from srtui.responsibility.control import Control


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of one subject. `fingerprint` is stable between runs: rule and subject, nothing that ages.

    `title` is the control's `problem`: a list of findings says what is wrong, a list of controls what is right.
    """

    fingerprint: str
    control: str
    title: str
    subject: str
    region: str
    rows: tuple[int, ...]
    severity: Severity
    service: str
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    why: str
    fix: str
    command: str
    references: tuple[str, ...]
    insecure_default: bool


def fingerprint(control: str, subject: str, region: str) -> str:
    """16 hex digits that name this problem of this subject, in every run."""
    return hashlib.sha256("\x1f".join((control, subject, region)).encode()).hexdigest()[:16]


def severity_rank(finding: Finding) -> int:
    """0 for the worst severity."""
    return SEVERITIES.index(finding.severity)


def findings(results: Iterable[Result], controls: Mapping[str, Control]) -> list[Finding]:
    """The failed results as findings, worst first, then by subject."""
    found = [_finding(result, controls[result.control]) for result in results if result.status == "fail"]
    found.sort(
        key=lambda finding: (
            severity_rank(finding),
            finding.rows,
            finding.control,
            finding.subject,
        )
    )
    return found


def _service(subject: str, control: Control) -> str:
    """The service of the subject; of a finding on the account as a whole, the service that told it."""
    parts = subject.split(":")
    if len(parts) > 5 and parts[2] == "iam" and parts[5] == "root" and control.needs:
        return control.needs[0].service.name
    return parts[2] if len(parts) > 2 else ""


def _finding(result: Result, control: Control) -> Finding:
    return Finding(
        fingerprint=fingerprint(control.id, result.subject, result.region),
        control=control.id,
        title=control.problem,
        subject=result.subject,
        region=result.region,
        rows=control.rows,
        severity=result.severity or control.severity,
        service=_service(result.subject, control),
        facts=result.facts,
        # A call that was never made has shown nothing.
        sources=tuple(source for source in result.sources if source.at is not None),
        why=control.why,
        fix=control.fix,
        command=control.command_for(result),
        references=control.references,
        insecure_default=control.insecure_default,
    )
