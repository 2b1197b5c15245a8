"""Managed policies and the organisation's guardrails then and now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from srtui.account import Account
from srtui.permissions import ControlKind, control_policies

How = Literal["added", "removed", "changed"]
_GUARDRAILS: tuple[tuple[ControlKind, str], ...] = (
    ("SERVICE_CONTROL_POLICY", "SCP"),
    ("RESOURCE_CONTROL_POLICY", "RCP"),
)


class PolicyChange(msgspec.Struct, frozen=True):
    """A managed policy that came, went or has another document. `kind` is `managed`, `SCP` or `RCP`."""

    how: How
    kind: str
    name: str
    arn: str
    aws_managed: bool = False


def compare_policies(old: Account, new: Account) -> Iterator[PolicyChange]:
    """Managed policies in the order of their ARNs. AWS's own only count where both sides have their document.

    Which of AWS's policies are in the evidence hangs on which are attached, so coming and going says nothing.
    """
    known = lists_completely(old, "LocalManagedPolicy") and lists_completely(new, "LocalManagedPolicy")
    for arn in sorted(old.policies.keys() | new.policies.keys()):
        before, after = old.policies.get(arn), new.policies.get(arn)
        if before is not None and after is not None:
            if before.document and after.document and before.document != after.document:
                yield PolicyChange("changed", "managed", after.name, arn, after.aws_managed)
        elif known:
            named = after or before
            if named is not None and not named.aws_managed:
                yield PolicyChange("removed" if after is None else "added", "managed", named.name, arn)


def lists_completely(account: Account, kind: str) -> bool:
    """Whether all entities of a kind were read, a kind being a Filter of GetAccountAuthorizationDetails.

    Only then does it mean anything that one is missing.
    """
    return any(
        outcome.error is None and outcome.complete and kind in outcome.params.get("Filter", (kind,))
        for outcome in account.outcomes_of("iam", "GetAccountAuthorizationDetails")
    )


def compare_guardrails(old: Account, new: Account) -> Iterator[PolicyChange]:
    """The control policies that bind the account, where both sides could be read."""
    for kind, word in _GUARDRAILS:
        before, after = _documents(old, kind), _documents(new, kind)
        if before is None or after is None:
            continue
        for name in sorted(before.keys() | after.keys()):
            if name not in before:
                yield PolicyChange("added", word, name, "")
            elif name not in after:
                yield PolicyChange("removed", word, name, "")
            elif before[name] != after[name]:
                yield PolicyChange("changed", word, name, "")


def _documents(account: Account, kind: ControlKind) -> dict[str, object] | None:
    found = control_policies(account, kind)
    if found.gaps:
        return None
    return {named.name: named.document for level in found.levels for named in level}
