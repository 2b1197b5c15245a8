"""From the account to everything that is shown: one pure function."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import msgspec
from msgspec.structs import replace

from srtui.account import Account, Outcome
from srtui.escalation.escalation import Escalation, Start
from srtui.evidence import canonical_json
from srtui.findings.finding import Finding, findings, severity_rank
from srtui.permissions import account_permissions
from srtui.policy.effective import EffectivePermissions
from srtui.principals import PrincipalSummary, becomes_admin, by_importance, summarise
from srtui.responsibility.control import Context, Control, Result, evaluate
from srtui.responsibility.controls import CONTROLS
from srtui.responsibility.controls.at_risk import risk_of
from srtui.responsibility.controls.escalation import escalation_of
from srtui.responsibility.status import RowStatus, control_statuses, matrix_status
from srtui.risk.risk import Risk
from srtui.risk.settings import RiskSettings
from srtui.services import call_named
from srtui.services.missing import bar


class FailedCall(msgspec.Struct, frozen=True):
    """A call without an answer: what went wrong, what to grant, and what is unknown because of it."""

    service: str
    operation: str
    region: str
    params: str  # canonical JSON, "" for none
    kind: str
    code: str
    error: str  # in words
    actions: tuple[str, ...]  # IAM actions that a denied call needs
    unknown: tuple[str, ...]  # ids of the controls that cannot be told completely


class Coverage(msgspec.Struct, frozen=True):
    """How much could be told. `evaluated` controls have no unknowns."""

    controls: int
    evaluated: int
    unknown: int
    calls: int
    failed: int


class Analysis(msgspec.Struct, frozen=True):
    """Everything that follows from an account at a time. `permissions` and `principals` are by ARN.

    `risk` works out separation of duty, exposure, federation and so on when they are asked for (see `srtui.risk`).
    """

    account: Account
    now: datetime
    permissions: Mapping[str, EffectivePermissions]
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    matrix: tuple[RowStatus, ...]
    principals: Mapping[str, PrincipalSummary]
    failures: tuple[FailedCall, ...]
    coverage: Coverage
    controls: Mapping[str, Control]
    escalation: Escalation
    risk: Risk


def analyse(account: Account, now: datetime, settings: RiskSettings | None = None) -> Analysis:
    """Evaluate every control and summarise every principal. Depends on nothing but its arguments.

    `settings`: what the user says of duties, known accounts, people and machines.
    """
    with uncollected():
        return _analyse(account, now, settings)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cycle collector: it would walk a large account a dozen times, and analysis makes no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _analyse(account: Account, now: datetime, settings: RiskSettings | None) -> Analysis:
    permissions = account_permissions(account)
    settings = settings or RiskSettings()
    context = Context(account=account, now=now, permissions=permissions, cache={"risk settings": settings})
    results = tuple(result for control in CONTROLS.values() for result in evaluate(control, context))
    risk = risk_of(context)
    # Severity first, and within it what more can be gained by more people.
    found = tuple(sorted(risk.ordered(findings(results, CONTROLS)), key=severity_rank))
    failures = tuple(_failures(account, results))
    return Analysis(
        account=account,
        now=now,
        permissions=permissions,
        results=results,
        findings=found,
        matrix=matrix_status(results, CONTROLS, account),
        principals=_with_results(
            summarise(account, permissions, now, settings.natures), found, escalation_of(context)
        ),
        failures=failures,
        coverage=_coverage(account, results, len(failures)),
        controls=CONTROLS,
        escalation=escalation_of(context),
        risk=risk,
    )


def _with_results(
    summaries: Mapping[str, PrincipalSummary], found: tuple[Finding, ...], escalation: Escalation
) -> dict[str, PrincipalSummary]:
    """The summaries with what only the whole analysis tells: findings, and who becomes administrator."""
    counts: dict[str, int] = {}
    for finding in found:
        counts[finding.subject] = counts.get(finding.subject, 0) + 1
    return {
        arn: _with_way(replace(summary, findings=counts.get(arn, 0)), escalation.starts.get(arn))
        for arn, summary in summaries.items()
    }


def _with_way(summary: PrincipalSummary, start: Start | None) -> PrincipalSummary:
    if start is None or start.already or start.tier is None or summary.admin is not None:
        return summary
    badge = becomes_admin(start.tier, start.hops)
    return replace(summary, badges=by_importance((*summary.badges, badge)))


def _coverage(account: Account, results: tuple[Result, ...], failed: int) -> Coverage:
    statuses = control_statuses(results, CONTROLS).values()
    unknown = sum(bool(status.counts.get("unknown")) for status in statuses)
    return Coverage(
        controls=len(CONTROLS),
        evaluated=len(CONTROLS) - unknown,
        unknown=unknown,
        calls=sum(one.error is None or one.error.kind != "left-out" for one in account.outcomes.values()),
        failed=failed,
    )


_WORDS = {
    "denied": "not permitted",
    "throttled": "AWS asked to slow down, and retries ran out",
    "expired": "the credentials had expired",
    "region-disabled": "the region is not enabled for this account",
    "unreachable": "the endpoint could not be reached",
    "invalid": "AWS did not accept the request, or its answer could not be read",
    "other": "AWS answered with an error",
}


def _failures(account: Account, results: tuple[Result, ...]) -> Iterator[FailedCall]:
    uncertain = {result.control for result in results if result.status == "unknown"}
    by_call: dict[tuple[str, str], list[str]] = {}
    for control in CONTROLS.values():
        if control.id in uncertain:
            for call in control.needs:
                by_call.setdefault(call.id, []).append(control.id)
    for outcome in sorted(account.failures(), key=lambda outcome: outcome.key):
        yield _failed(outcome, tuple(by_call.get(outcome.key[:2], ())))


def _failed(outcome: Outcome, unknown: tuple[str, ...]) -> FailedCall:
    error = outcome.error
    if error is None:
        raise ValueError("this call did not fail")
    call = call_named(outcome.service, outcome.operation)
    words = _WORDS.get(error.kind, _WORDS["other"])
    return FailedCall(
        service=outcome.service,
        operation=outcome.operation,
        region=outcome.region,
        params=canonical_json(outcome.params) if outcome.params else "",
        kind=error.kind,
        code=error.code,
        error=f"{words} ({error.code})" + (f": {error.message}" if error.message else ""),
        actions=call.actions if call and error.kind == "denied" and not bar(error) else (),
        unknown=unknown,
    )
