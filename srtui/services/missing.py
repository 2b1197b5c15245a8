"""What was denied, and what to add to the role so that it is not."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from srtui.account import Account
from srtui.evidence import CallError
from srtui.services import call_named

#: Errors by which AWS says that the account has no such plan, or never signed up: no permission changes that.
_NO_PLAN: Final = frozenset({"OptInRequired", "SubscriptionRequiredException", "AllAccessDisabled"})
#: Whatever the role allows, something else says no (IAM User Guide, "Troubleshoot access denied error messages").
_BARRED: Final = re.compile(
    r"explicit deny in an? (?P<deny>[a-z -]+? polic(?:y|ies)|permissions boundary)"
    r"|no (?P<allow>(?:service control|resource control|session|VPC endpoint|resource-based) policy|permissions boundary)"
    r" allows",
    re.I,
)


class Barred(msgspec.Struct, frozen=True):
    """A denied call that a permission on the role does not help, and why."""

    service: str
    operation: str
    region: str
    reason: str


class Missing(msgspec.Struct, frozen=True):
    """The IAM actions to grant, sorted, and the denied calls that need something else."""

    actions: tuple[str, ...]
    barred: tuple[Barred, ...]


def missing(account: Account) -> Missing:
    """What the denied calls of an account need."""
    actions: set[str] = set()
    barred: list[Barred] = []
    for outcome in sorted(account.failures(), key=lambda one: one.key):
        call = call_named(outcome.service, outcome.operation)
        if outcome.error is None or outcome.error.kind != "denied" or call is None:
            continue
        reason = bar(outcome.error)
        if reason:
            barred.append(Barred(outcome.service, outcome.operation, outcome.region, reason))
        else:
            actions.update(call.actions)
    return Missing(tuple(sorted(actions)), tuple(barred))


def bar(error: CallError) -> str:
    """Why a permission on the role would not let a denied call through; "" if it would, as far as the error tells."""
    if error.code in _NO_PLAN:
        return f"the account has not signed up for it ({error.code})"
    found = _BARRED.search(error.message)
    if found is None or "identity-based" in found[0].lower():
        # An explicit Deny in the role's own policies: the role has to change, and the statement says for what.
        return ""
    named = found["deny"]
    return f"denied by the {named}" if named else f"the {found['allow']} does not allow it"
