"""The least IAM policy for what srtui reads, and the table of it, from the declarations alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from srtui.services import declared_calls
from srtui.services.declare import Call

#: Size limit of a managed policy in characters, white space not counted (IAM User Guide, "IAM and STS quotas").
MANAGED_POLICY_LIMIT: Final = 6144

#: Actions that any caller may use without a permission (STS API Reference, GetCallerIdentity).
_NEEDS_NO_PERMISSION: Final = frozenset({"sts:GetCallerIdentity"})


#: Actions that srtui needs on one resource only, and that would tell more on others.
_RESOURCES: Final = {"ssm:GetDocument": "arn:*:ssm:*:*:document/SSM-SessionManagerRunShell"}


def actions(calls: Iterable[Call] | None = None) -> list[str]:
    """The IAM actions that these calls (all, if none are given) need, sorted."""
    found = {action for call in (declared_calls() if calls is None else calls) for action in call.actions}
    return sorted(found - _NEEDS_NO_PERMISSION)


def least_policies(calls: Iterable[Call] | None = None) -> list[dict[str, Any]]:
    """Policy documents that together allow exactly these calls; one, unless it would exceed a managed policy's size."""
    return split_policies(actions(calls), "SrtuiReadOnly")


def named_policies(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Policy documents by the names to give them: SrtuiReadOnly, or numbered if there are several."""
    if len(documents) == 1:
        return {"SrtuiReadOnly": documents[0]}
    return {f"SrtuiReadOnly{number}": document for number, document in enumerate(documents, 1)}


def addon_policy(names: Iterable[str] | None = None) -> dict[str, Any]:
    """What to attach beside AWS's SecurityAudit so that every call is answered."""
    return policy(
        sorted(security_audit_gaps().missing if names is None else names), "SrtuiAddonToSecurityAudit"
    )


class SecurityAuditGaps(msgspec.Struct, frozen=True):
    """What SecurityAudit of this version lacks."""

    version: str
    updated: str
    missing: tuple[str, ...]


@cache
def security_audit_gaps() -> SecurityAuditGaps:
    """The list of what SecurityAudit lacks; tests/securityaudit.py makes it."""
    text = files("srtui.services").joinpath("securityaudit.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), SecurityAuditGaps)


def split_policies(names: Iterable[str], sid: str) -> list[dict[str, Any]]:
    """As many policy documents as these actions need, each small enough for a managed policy."""
    documents: list[dict[str, Any]] = []
    taken: list[str] = []
    for action in sorted(names):
        if taken and _size(policy([*taken, action], sid)) > MANAGED_POLICY_LIMIT:
            documents.append(policy(taken, sid))
            taken = []
        taken.append(action)
    if taken:
        documents.append(policy(taken, sid))
    return documents


def policy(names: Iterable[str], sid: str) -> dict[str, Any]:
    """One policy document that allows these actions, each on no more than what srtui reads with it."""
    by_resource: dict[str, list[str]] = {}
    for action in names:
        by_resource.setdefault(_RESOURCES.get(action, "*"), []).append(action)
    statements = [
        {
            "Sid": sid if resource == "*" else f"{sid}Narrow",
            "Effect": "Allow",
            "Action": some,
            "Resource": resource,
        }
        for resource, some in sorted(by_resource.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _size(document: dict[str, Any]) -> int:
    return len(json.dumps(document, separators=(",", ":")))


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
