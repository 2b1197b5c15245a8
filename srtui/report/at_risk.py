"""Identities at risk as plain data: duties, exposure and data exchange, federation, toxic combinations, unused access."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from srtui.evidence import iso

if TYPE_CHECKING:
    from srtui.analysis import Analysis
    from srtui.findings.finding import Finding
    from srtui.risk.exposure.exchange import Flow
    from srtui.risk.exposure.exfiltration import Movement
    from srtui.risk.exposure.exposures import Exposure
    from srtui.risk.exposure.parties import Party
    from srtui.risk.federation.trusts import FederatedTrust
    from srtui.risk.risk import Risk

#: A report names so many of each and no more; the counts beside them are of all.
MOST: Final = 2000
#: And so many stores that one principal reads.
MOST_STORES: Final = 50


def at_risk(analysis: Analysis) -> dict[str, Any]:
    """The sections of a report on identities at risk."""
    risk = analysis.risk
    return {
        "separation_of_duty": _duties(risk),
        "data_exchange": _exchange(risk),
        "federation": [_trust(trust) for trust in risk.federation.trusts],
        "toxic_combinations": [*_toxic(analysis)],
        "unused_access": _unused(risk),
    }


def risk_words(risk: Risk, finding: Finding) -> dict[str, str]:
    """The three factors of a finding in words; the number behind them is never told."""
    score = risk.score(finding)
    return {
        "impact": score.impact.words,
        "reach": score.reach.words,
        "confidence": score.confidence.words,
        "words": score.words,
    }


# --- separation of duty -------------------------------------------------------------------------------------


def _duties(risk: Risk) -> dict[str, Any]:
    separation = risk.separation
    conflicts = []
    for conflict in separation.book.conflicts.values():
        held = separation.held(conflict.id)
        if held:
            conflicts.append(
                {
                    "conflict": conflict.id,
                    "one": separation.book.duties[conflict.one].title,
                    "two": separation.book.duties[conflict.two].title,
                    "severity": conflict.severity,
                    "why": conflict.why,
                    "fix": conflict.fix,
                    "count": sum(one.certainty != "unknown" for one in held),
                    "perhaps": sum(one.certainty == "unknown" for one in held),
                    "held": [
                        {
                            "arn": one.arn,
                            "direct": one.direct,
                            "certainty": one.certainty,
                            "severity": one.severity,
                        }
                        for one in held[:MOST]
                    ],
                }
            )
    return {"administrators": separation.administrators.bit_count(), "conflicts": conflicts}


# --- exposure and data exchange -----------------------------------------------------------------------------


def _exchange(risk: Risk) -> dict[str, Any]:
    exposures, movements = risk.exposures.all, risk.exfiltration.movements
    return {
        "exposed": sum(one.open for one in exposures),
        "exposures": [_exposure(one) for one in exposures[:MOST]],
        "unread": [
            {"arn": one.surface.arn, "kind": one.surface.kind, "need": one.need}
            for one in risk.exposures.unread[:MOST]
        ],
        "movers": len(movements),
        "movements": [_movement(one) for one in movements[:MOST]],
        "flows": [_flow(one) for one in risk.exchange[:MOST]],
    }


def _party(party: Party) -> dict[str, str]:
    return {"kind": party.kind, "id": party.id, "name": party.name, "standing": party.standing}


def _exposure(one: Exposure) -> dict[str, Any]:
    return {
        "arn": one.arn,
        "kind": one.surface.kind,
        "service": one.surface.service,
        "region": one.surface.region,
        "party": _party(one.party),
        "how": list(one.how),
        "actions": list(one.actions),
        "outcome": one.outcome,
        "conditions": list(one.conditions),
        "by": list(one.by),
        "blocked": one.blocked,
    }


def _movement(one: Movement) -> dict[str, Any]:
    return {
        "arn": one.arn,
        "administrator": one.administrator,
        "sure": one.sure,
        "ways": [
            {"id": way.id, "kind": way.kind, "title": way.title, "action": way.action, "target": way.target}
            for way in one.ways
        ],
        "stores": len(one.stores),
        "reads": list(one.stores[:MOST_STORES]),
    }


def _flow(one: Flow) -> dict[str, Any]:
    return {
        "direction": one.direction,
        "party": _party(one.party),
        "service": one.service,
        "basis": one.basis,
        "how": list(one.how),
        "here": list(one.here[:MOST]),
        "there": list(one.there[:MOST]),
        "principals": list(one.principals[:MOST]),
        "sure": one.sure,
    }


# --- federation ---------------------------------------------------------------------------------------------


def _trust(trust: FederatedTrust) -> dict[str, Any]:
    from srtui.risk.federation.cure import fixed_condition, missing, traps

    return {
        "role": trust.role,
        "kind": trust.kind,
        "provider": trust.provider,
        "issuer": trust.issuer,
        "product": trust.product,
        "required": trust.required,
        "missing": missing(trust),
        "says": list(trust.says),
        "grade": trust.grade,
        "why": list(trust.graded.why),
        "conditions": list(trust.graded.conditions),
        "traps": list(traps(trust)),
        "actions": trust.actions,
        "leads": trust.leads,
        "unknown_tenants": list(trust.unknown_tenants),
        "notes": list(trust.notes),
        "proposed_condition": fixed_condition(trust),
    }


# --- toxic combinations, unused access ----------------------------------------------------------------------


def _toxic(analysis: Analysis) -> Iterator[dict[str, Any]]:
    from srtui.risk.toxic import COMBINATIONS

    for id in COMBINATIONS:
        looked = analysis.risk.toxic(id)
        if looked.found or looked.unread:
            control = analysis.controls.get(f"tox-{id}")
            yield {
                "combination": id,
                "title": control.problem if control else id,
                "count": len(looked.found),
                "found": [
                    {
                        "subject": one.subject,
                        "region": one.region,
                        "sure": one.sure,
                        "facts": [{"label": fact.label, "value": fact.value} for fact in one.facts],
                    }
                    for one in looked.found[:MOST]
                ],
                "unread": [*_unread(looked.unread)],
            }


def _unread(pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    for number, (subject, need) in enumerate(pairs):
        if number < MOST:
            yield {"subject": subject, "need": need}


def _unused(risk: Risk) -> dict[str, Any]:
    zombies = risk.idle.zombies
    return {
        "count": len(zombies),
        "zombies": [
            {
                "arn": one.arn,
                "last_used": iso(one.last) if one.last else None,
                "days": one.days,
                "admin": one.admin,
                "actions": one.actions,
                "privileged_actions": one.privileged,
            }
            for one in zombies[:MOST]
        ],
        "unread": list(risk.idle.unread[:MOST]),
    }
