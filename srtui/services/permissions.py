"""The least IAM policy for what srtui reads, and the table of it, from the declarations alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from srtui.services import declared_calls
from srtui.services.declare import Call

#: Size limit of a managed policy in characters, white space not counted (IAM User Guide, "IAM and STS quotas").
MANAGED_POLICY_LIMIT: Final = 6144

#: Actions that any caller may use without a permission (STS API Reference, GetCallerIdentity).
_NEEDS_NO_PERMISSION: Final = frozenset({"sts:GetCallerIdentity"})


def actions(calls: Iterable[Call] | None = None) -> list[str]:
    """The IAM actions that these calls (all, if none are given) need, sorted."""
    found = {action for call in (declared_calls() if calls is None else calls) for action in call.actions}
    return sorted(found - _NEEDS_NO_PERMISSION)


def least_policies(calls: Iterable[Call] | None = None) -> list[dict[str, Any]]:
    """Policy documents that together allow exactly these calls; one, unless it would exceed a managed policy's size."""
    left = actions(calls)
    documents: list[dict[str, Any]] = []
    taken: list[str] = []
    for action in left:
        if taken and _size([*taken, action]) > MANAGED_POLICY_LIMIT:
            documents.append(_document(taken))
            taken = []
        taken.append(action)
    if taken:
        documents.append(_document(taken))
    return documents


def least_policy(calls: Iterable[Call] | None = None) -> dict[str, Any]:
    """One policy document that allows exactly these calls, whatever its size."""
    return _document(actions(calls))


def _document(names: list[str]) -> dict[str, Any]:
    statement = {"Sid": "SrtuiReadOnly", "Effect": "Allow", "Action": names, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _size(names: list[str]) -> int:
    return len(json.dumps(_document(names), separators=(",", ":")))


def permissions_markdown() -> str:
    """docs/permissions.md."""
    lines = [
        "# Permissions",
        "",
        "Generated from the declarations in `srtui/services/`; do not edit. `srtui permissions` prints the policy.",
        "",
        "Attach AWS's `SecurityAudit` policy and the addition in the README, or this policy alone:",
        "",
    ]
    for document in least_policies():
        lines += ["```json", json.dumps(document, indent=2), "```", ""]
    lines += [
        "## Every call",
        "",
        "| service | call | what it tells | where | IAM actions |",
        "|---|---|---|---|---|",
    ]
    for call in declared_calls():
        where = "per item" if call.for_each else call.scope
        needed = ", ".join(f"`{action}`" for action in call.actions)
        lines.append(f"| {call.service.title} | {call.operation} | {call.title} | {where} | {needed} |")
    justified = [call for call in declared_calls() if call.justification]
    lines += ["", "## Calls that AWS does not class as reads", ""]
    lines += [f"- `{call!r}`: {call.justification}." for call in justified]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(permissions_markdown(), end="")
