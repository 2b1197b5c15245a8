"""What a report says, as plain JSON data: every format renders this and nothing else. Described in docs/formats.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from srtui.evidence import iso
from srtui.report.at_risk import at_risk, risk_words
from srtui.report.attack import attack_paths

if TYPE_CHECKING:
    from srtui.account import Account
    from srtui.analysis import Analysis, FailedCall
    from srtui.escalation.escalation import Start
    from srtui.findings.finding import Finding
    from srtui.findings.triage import Triage
    from srtui.principals import PrincipalSummary
    from srtui.responsibility.status import ControlStatus, Inherited, RowStatus
    from srtui.risk.risk import Risk

#: Plain JSON: dicts, lists, texts, numbers, booleans, null.
Content = dict[str, Any]

REPORT_VERSION = 1


def content(analysis: Analysis, triage: Triage, notes: Iterable[str] = ()) -> Content:
    """The whole report. The same analysis and triage always give the same content, in the same order."""
    account = analysis.account
    return {
        "srtui": "report",
        "version": REPORT_VERSION,
        "account": account.id,
        "alias": account.alias if isinstance(account.alias, str) else "",
        "caller": account.caller_arn,
        "collected_at": iso(account.last_evidence) if account.last_evidence else None,
        "coverage": _coverage(analysis, [*notes, *left_out_notes(account), *triage.problems]),
        "matrix": [_row(status) for status in analysis.matrix],
        "findings": [_finding(finding, triage, analysis.risk) for finding in analysis.findings],
        "attack_paths": attack_paths(analysis),
        **at_risk(analysis),
        "principals": [
            _principal(analysis.principals[arn], analysis.escalation.starts.get(arn))
            for arn in sorted(
                analysis.principals, key=lambda arn: (_KINDS.index(analysis.principals[arn].kind), arn)
            )
        ],
    }


def left_out_notes(account: Account) -> Iterator[str]:
    """What the configuration leaves out, in sentences."""
    services, regions = account.left_out()
    for kind, names in (("service", services), ("region", regions)):
        if names:
            plural = "s" if len(names) > 1 else ""
            yield f"not collected by configuration: {kind}{plural} {', '.join(names)}"


_KINDS = ("user", "role", "group")


def _coverage(analysis: Analysis, notes: Iterable[str]) -> Content:
    account = analysis.account
    outcomes = account.outcomes.values()
    left_out = account.left_out()
    return {
        "controls": analysis.coverage.controls,
        "evaluated": analysis.coverage.evaluated,
        "unknown": analysis.coverage.unknown,
        "calls": len(outcomes),
        "answered": sum(outcome.error is None and outcome.complete for outcome in outcomes),
        "failed": sum(1 for _ in account.failures()),
        "incomplete": sum(outcome.error is None and not outcome.complete for outcome in outcomes),
        "regions": sorted(account.regions),
        "left_out": {"services": list(left_out[0]), "regions": list(left_out[1])},
        "first_evidence": iso(account.first_evidence) if account.first_evidence else None,
        "last_evidence": iso(account.last_evidence) if account.last_evidence else None,
        "failures": [_failure(failure) for failure in analysis.failures],
        "notes": list(notes),
    }


def _failure(failure: FailedCall) -> Content:
    return {
        "service": failure.service,
        "operation": failure.operation,
        "region": failure.region,
        "params": failure.params,
        "kind": failure.kind,
        "code": failure.code,
        "error": failure.error,
        "grant": list(failure.actions),
        "unknown": list(failure.unknown),
    }


def _row(status: RowStatus) -> Content:
    return {
        "row": status.number,
        "label": status.row.label,
        "title": status.row.title,
        "owner": {"C": "customer", "CA": "shared", "A": "aws"}[status.row.owner],
        "status": "inherited" if status.inherited else status.status,
        "left_to_you": status.control_counts.get("fail", 0) if status.inherited else None,
        "worst": status.worst,
        "evaluated": status.percent_evaluated / 100 if status.controls else None,
        "controls": _counts(status.control_counts),
        "subjects": _counts(status.subject_counts),
        "results": [_control(control) for control in status.controls],
        "inherited": _inherited(status.inherited) if status.inherited else None,
    }


def standing_of_inherited(row: Mapping[str, Any]) -> str:
    """What to say of a row that AWS answers for: never a verdict, but what is left to the customer and unknown."""
    left, unknown = row["controls"]["fail"], row["controls"]["unknown"]
    parts = [f"{left} left to you"] * bool(left) + [f"{unknown} unknown"] * bool(unknown)
    return ", ".join(["inherited", *parts])


def controls_of(content: Content) -> dict[str, Content]:
    """Every control of a report by id; a control of several rows stands under each of them, and here once."""
    return {result["control"]: result for row in content["matrix"] for result in row["results"]}


def _counts(counts: Any) -> dict[str, int]:
    return {status: counts.get(status, 0) for status in ("pass", "fail", "unknown", "not_applicable")}


def _control(status: ControlStatus) -> Content:
    return {
        "control": status.control.id,
        "title": status.control.title,
        "severity": status.control.severity,
        "status": status.status,
        "subjects": _counts(status.counts),
        "reason": status.reason,
        "topic": status.control.topic,
        "frameworks": {name: list(ids) for name, ids in sorted(status.control.frameworks.items())},
    }


def _inherited(inherited: Inherited) -> Content:
    return {
        "what": inherited.what,
        "attestation": list(inherited.attestation),
        "attested_at": inherited.attested_at,
        "in_use": [
            {"service": use.service, "detail": use.detail, "region": use.region, "count": use.count}
            for use in inherited.in_use
        ],
        "remains": inherited.remains,
    }


def _finding(finding: Finding, triage: Triage, risk: Risk) -> Content:
    return {
        "fingerprint": finding.fingerprint,
        "control": finding.control,
        "title": finding.title,
        "severity": finding.severity,
        "subject": finding.subject,
        "region": finding.region,
        "rows": list(finding.rows),
        "service": finding.service,
        "risk": risk_words(risk, finding),
        "facts": [{"label": fact.label, "value": fact.value} for fact in finding.facts],
        "sources": [
            {
                "service": source.service,
                "operation": source.operation,
                "region": source.region,
                "at": iso(source.at) if source.at else None,
            }
            for source in finding.sources
        ],
        "why": finding.why,
        "fix": finding.fix,
        "command": finding.command,
        "references": list(finding.references),
        "insecure_default": finding.insecure_default,
        "triage": _triage(finding, triage),
    }


def _triage(finding: Finding, triage: Triage) -> Content:
    decision = triage.decision(finding.fingerprint)
    return {
        "state": decision.state_at(),
        "reason": decision.reason,
        "expires": decision.expires.isoformat() if decision.expires else None,
        "at": iso(decision.at) if decision.at else None,
        "author": decision.author,
        "notes": [
            {"at": iso(note.at) if note.at else None, "author": note.author, "text": note.text}
            for note in decision.notes
        ],
    }


def _principal(summary: PrincipalSummary, start: Start | None) -> Content:
    return {
        "arn": summary.arn,
        "name": summary.name,
        "kind": summary.kind,
        "nature": summary.nature,
        "nature_reasons": list(summary.nature_reasons),
        "badges": [{"id": badge.id, "text": badge.text} for badge in summary.badges],
        "admin": summary.admin,
        "becomes_admin": None if start is None or start.already else start.tier,
        "actions": summary.actions,
        "access_levels": dict(sorted(summary.access_levels.items())),
        "policy_count": summary.policy_count,
        "created": iso(summary.created) if summary.created else None,
        "last_used": iso(summary.last_used) if summary.last_used else None,
        "last_used_known": summary.last_used_known,
        "findings": summary.findings,
    }
