"""Effective permissions of every user, role and group of an account.

Where a document could not be read the permissions are an upper bound as far as guardrails go, and `unreadable` names
what is missing, so that a rule can say unknown instead of "not an administrator".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Group, Principal, Role, User
from srtui.policy.effective import (
    EffectivePermissions,
    NamedDocument,
    Self,
    effective_permissions,
    self_granting_actions,
)

_Levels = Sequence[Sequence[NamedDocument]]


class _Carried(msgspec.Struct):
    """The policies that one principal carries, and the names of those that no evidence shows."""

    documents: list[NamedDocument] = []
    missing: list[str] = []
    key: list[Any] = []


def account_permissions(account: Account) -> dict[str, EffectivePermissions]:
    """Effective permissions by ARN. Principals with the same policies share one computation."""
    scps = scp_levels(account)
    shared: dict[Any, EffectivePermissions] = {}
    found: dict[str, EffectivePermissions] = {}
    for principal in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        found[principal.arn] = _permissions(account, principal, scps, shared)
    return found


def _permissions(
    account: Account, principal: Principal, scps: _Levels, shared: dict[Any, EffectivePermissions]
) -> EffectivePermissions:
    carried = _carried(account, principal)
    boundary = _boundary(account, principal, carried)
    # Service-linked roles are outside of SCPs (Organizations User Guide, "SCP effects on permissions").
    levels = () if isinstance(principal, Role) and principal.service_linked else scps
    key = (tuple(carried.key), principal.boundary, bool(levels), tuple(carried.missing))
    base = shared.get(key)
    if base is None:
        base = effective_permissions(carried.documents, boundary, levels)
        if carried.missing:
            base = msgspec.structs.replace(base, unreadable=(*base.unreadable, *carried.missing))
        shared[key] = base
    if base.admin is not None or base.bounded or not base.actions & self_granting_actions():
        return base
    who = Self(
        arn=principal.arn, groups=_group_arns(account, principal), policies=_own_policies(account, principal)
    )
    own = effective_permissions(carried.documents, boundary, levels, who=who)
    return base if own.admin is None else msgspec.structs.replace(own, unreadable=base.unreadable)


def _group_arns(account: Account, principal: Principal) -> tuple[str, ...]:
    if not isinstance(principal, User):
        return ()
    return tuple(group.arn for name in principal.groups if (group := account.group_named(name)))


def _own_policies(account: Account, principal: Principal) -> tuple[str, ...]:
    """Customer-managed policies that the principal carries, its groups' included."""
    carriers = [principal, *(account.groups[arn] for arn in _group_arns(account, principal))]
    arns = dict.fromkeys(arn for carrier in carriers for arn in carrier.attached)
    return tuple(arn for arn in arns if ":iam::aws:" not in arn)


def _carried(account: Account, principal: Principal) -> _Carried:
    carried = _Carried()
    _add(account, principal, carried, "group-" if isinstance(principal, Group) else "")
    if isinstance(principal, User):
        for name in principal.groups:
            group = account.group_named(name)
            if group is None:
                carried.missing.append(f"group {name}")
            else:
                _add(account, group, carried, "group-")
    return carried


def _add(account: Account, principal: Principal, carried: _Carried, prefix: str) -> None:
    for inline in principal.inline:
        carried.documents.append(
            NamedDocument(inline.name, f"{prefix}inline", principal.arn, inline.document)
        )
        carried.key.append(id(inline.document))
    for arn in principal.attached:
        policy = account.policies.get(arn)
        document = policy.document if policy else None
        if policy is None or document is None:
            carried.missing.append(arn)
        else:
            carried.documents.append(NamedDocument(policy.name, f"{prefix}managed", arn, document))
            carried.key.append(arn)


def _boundary(account: Account, principal: Principal, carried: _Carried) -> list[NamedDocument] | None:
    if principal.boundary is None:
        return None
    policy = account.policies.get(principal.boundary)
    document = policy.document if policy else None
    if policy is None or document is None:
        carried.missing.append(principal.boundary)
        return None
    return [NamedDocument(policy.name, "boundary", policy.arn, document)]


def scp_levels(account: Account) -> list[list[NamedDocument]]:
    """The SCPs that bind this account, one list a level, root first; empty where that cannot be told.

    Only the root, the account's own parent and the account are known, so the result never takes away more than
    AWS does. The management account is not bound by any.
    """
    organization = account.organization
    if organization is UNREAD or organization is None or organization.management_account == account.id:
        return []
    if account.organization_parents is UNREAD:
        return []
    above = account.organization_parents
    levels: dict[str, list[NamedDocument]] = {"root": [], "parent": [], "account": []}
    for policy in account.organization_policies.values():
        if policy.kind != "SERVICE_CONTROL_POLICY":
            continue
        if policy.targets is UNREAD or policy.document is UNREAD:
            return []
        named = NamedDocument(policy.name, "scp", None, policy.document)
        for level in _levels_of(policy.targets, above, account.id):
            levels[level].append(named)
    return [documents for documents in levels.values() if documents]


def _levels_of(targets: Sequence[str], above: Sequence[str], account_id: str) -> Iterator[str]:
    for target in targets:
        if target.startswith("r-"):
            yield "root"
        elif target in above:
            yield "parent"
        elif target == account_id:
            yield "account"
