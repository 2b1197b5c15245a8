"""Whether what the evidence does not show is not there, or was not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from srtui.account import Account, Outcome
from srtui.services import call_named
from srtui.services.declare import Call, CallContext


def unread(account: Account, calls: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What of these listings has no complete answer, one text a listing; empty if what is missing is not there."""
    found = []
    for name in calls:
        call = call_named(*name)
        if call is None:
            raise LookupError(f"{name} is not declared")
        problem = _problem(account, call)
        if problem:
            found.append(f"{call} {problem}")
    return tuple(found)


def _problem(account: Account, call: Call) -> str:
    seen = account.outcomes_of(*call.id)
    if not seen:
        return "was not collected"
    if call.scope == "global":
        return _of_answers(call, account, "", seen)
    if not account.regions:
        return "may be due in regions that were not listed"
    for region in account.regions:
        problem = _of_answers(call, account, region, [one for one in seen if one.region == region])
        if problem:
            return f"{problem} in {region}"
    return ""


def _of_answers(call: Call, account: Account, region: str, seen: list[Outcome]) -> str:
    for variant in call.due_variants(CallContext(account.id, account.partition, region)):
        answers = [one for one in seen if _answers(one, variant)]
        if not answers:
            return "was not collected"
        for one in answers:
            if one.error is not None:
                return f"failed ({one.error.code})"
            if not one.complete:
                return "is still being read"
    return ""


def _answers(outcome: Outcome, variant: Mapping[str, object]) -> bool:
    return not outcome.params or all(outcome.params.get(name) == value for name, value in variant.items())
