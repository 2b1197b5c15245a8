"""The policies that bind each user, role and group of an account, and their effective permissions.

Where a document could not be read the permissions are an upper bound as far as guardrails go, and `unreadable` names
what is missing, so that a rule can say unknown instead of "not an administrator".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

from srtui.account import UNREAD, Account
from srtui.account.model import Group, Organization, Principal, Role, User
from srtui.policy.effective import (
    EffectivePermissions,
    NamedDocument,
    Self,
    effective_permissions,
    self_granting_actions,
)

_Levels = Sequence[Sequence[NamedDocument]]
ControlKind = Literal["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]

#: The one policy of AWS's that is known without evidence: its document is in the AWS Managed Policy Reference Guide,
#: has not changed since 2015, and to miss it would be to miss an administrator.
_ADMINISTRATOR_ACCESS: Final = NamedDocument(
    "AdministratorAccess",
    "managed",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
)


class Carried(msgspec.Struct):
    """The policies of one principal.

    `identity`: inline and managed, its groups' included. `missing`: names of those that no evidence shows.
    `boundary` None: none is set, or (`boundary_missing`) it is not in the evidence. `key`: equal for principals with
    the same identity policies.
    """

    identity: list[NamedDocument] = []
    missing: list[str] = []
    boundary: NamedDocument | None = None
    boundary_missing: bool = False
    key: list[Any] = []


class ControlPolicies(msgspec.Struct, frozen=True):
    """The SCPs or RCPs that bind this account, as far as they could be read.

    `levels`: policies by level, root first, with `names` for people. `gaps`: sentences on what may bind the account
    besides; with any of them the result of an evaluation is an upper bound.
    """

    levels: tuple[tuple[NamedDocument, ...], ...] = ()
    names: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def account_permissions(account: Account) -> dict[str, EffectivePermissions]:
    """Effective permissions by ARN. Principals with the same policies share one computation."""
    scps = control_policies(account, "SERVICE_CONTROL_POLICY").levels
    shared: dict[Any, EffectivePermissions] = {}
    found: dict[str, EffectivePermissions] = {}
    for principal in (*account.users.values(), *account.roles.values(), *account.groups.values()):
        found[principal.arn] = _permissions(account, principal, scps, shared)
    return found


def principal_permissions(account: Account, principal: Principal) -> EffectivePermissions:
    """Effective permissions of one user, role or group."""
    return _permissions(account, principal, control_policies(account, "SERVICE_CONTROL_POLICY").levels, {})


def permissions_of(
    account: Account, principal: Principal, carried: Carried | None = None
) -> EffectivePermissions:
    """Effective permissions of one principal; `carried` to ask what they would be with other policies.

    To try a change, take `carried_by`, replace documents in it (never change one in place), and compare the results.
    """
    scps = control_policies(account, "SERVICE_CONTROL_POLICY").levels
    return _permissions(account, principal, scps, {}, carried)


def _permissions(
    account: Account,
    principal: Principal,
    scps: _Levels,
    shared: dict[Any, EffectivePermissions],
    carried: Carried | None = None,
) -> EffectivePermissions:
    carried = carried or carried_by(account, principal)
    boundary = None if carried.boundary is None else [carried.boundary]
    missing = [*carried.missing, *([principal.boundary or ""] if carried.boundary_missing else [])]
    # Service-linked roles are outside of SCPs (Organizations User Guide, "SCP effects on permissions").
    levels = () if isinstance(principal, Role) and principal.service_linked else scps
    key = (tuple(carried.key), principal.boundary, bool(levels), tuple(missing))
    base = shared.get(key)
    if base is None:
        base = effective_permissions(carried.identity, boundary, levels)
        if missing:
            base = msgspec.structs.replace(base, unreadable=(*base.unreadable, *missing))
        shared[key] = base
    if base.admin is not None or base.bounded or not base.actions & self_granting_actions():
        return base
    who = Self(
        arn=principal.arn, groups=_group_arns(account, principal), policies=_own_policies(account, principal)
    )
    own = effective_permissions(carried.identity, boundary, levels, who=who)
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


def carried_by(account: Account, principal: Principal) -> Carried:
    """The policies of a user, role or group."""
    carried = Carried()
    _add(account, principal, carried, "group-" if isinstance(principal, Group) else "")
    if isinstance(principal, User):
        for name in principal.groups:
            group = account.group_named(name)
            if group is None:
                carried.missing.append(f"group {name}")
            else:
                _add(account, group, carried, "group-")
    if principal.boundary is not None:
        found = _managed(account, principal.boundary)
        if found is None:
            carried.boundary_missing = True
        else:
            carried.boundary = found._replace(kind="boundary")
    return carried


def _managed(account: Account, arn: str) -> NamedDocument | None:
    """A managed policy with its document, or None where that is not in the evidence."""
    policy = account.policies.get(arn)
    if policy is not None and policy.document is not None:
        return NamedDocument(policy.name, "managed", arn, policy.document)
    return _ADMINISTRATOR_ACCESS if arn == _ADMINISTRATOR_ACCESS.arn else None


def _add(account: Account, principal: Principal, carried: Carried, prefix: str) -> None:
    for inline in principal.inline:
        carried.identity.append(NamedDocument(inline.name, f"{prefix}inline", principal.arn, inline.document))
        carried.key.append(id(inline.document))
    for arn in principal.attached:
        found = _managed(account, arn)
        if found is None:
            carried.missing.append(arn)
        else:
            carried.identity.append(found._replace(kind=f"{prefix}managed"))
            carried.key.append(arn)


# --- control policies of the organisation -----------------------------------------------------------------

_LEVELS: Final = {"root": "the root", "parent": "the organisational unit", "account": "the account"}
_WORD: Final[dict[ControlKind, str]] = {
    "SERVICE_CONTROL_POLICY": "SCP",
    "RESOURCE_CONTROL_POLICY": "RCP",
}


def control_policies(account: Account, kind: ControlKind) -> ControlPolicies:
    """The SCPs or RCPs that bind this account; the management account is not bound by any.

    Only the root, the account's own parent and the account are known, so the result never takes away more than
    AWS does.
    """
    word = _WORD[kind]
    organization = account.organization
    if organization is None:
        return ControlPolicies()
    if organization is UNREAD:
        return ControlPolicies(gaps=(f"whether an organisation's {word}s bind the account was not read",))
    if organization.management_account == account.id or organization.feature_set == "CONSOLIDATED_BILLING":
        # Control policies need all features (Organizations User Guide, "Available feature sets").
        return ControlPolicies()
    return _bound(account, organization, kind)


def _bound(account: Account, organization: Organization, kind: ControlKind) -> ControlPolicies:
    word = _WORD[kind]
    policies = [policy for policy in account.organization_policies.values() if policy.kind == kind]
    if account.organization_parents is UNREAD or not _listed(account, kind):
        return ControlPolicies(gaps=(f"the {word}s of organisation {organization.id} were not read",))
    above = account.organization_parents
    levels: dict[str, list[NamedDocument]] = {level: [] for level in _LEVELS}
    elsewhere = False
    for policy in policies:
        if policy.targets is UNREAD or policy.document is UNREAD:
            return ControlPolicies(gaps=(f"{word} {policy.name} was not read",))
        named = NamedDocument(policy.name, word.lower(), None, policy.document)
        for target in policy.targets:
            level = _level_of(target, above, account.id)
            if level:
                levels[level].append(named)
            elif target.startswith("ou-") and not policy.aws_managed:
                elsewhere = True
    found = [(name, levels[level]) for level, name in _LEVELS.items() if levels[level]]
    gaps = (f"{word}s of organisational units between the root and the account's own are not known",)
    return ControlPolicies(
        levels=tuple(tuple(documents) for _, documents in found),
        names=tuple(name for name, _ in found),
        gaps=gaps if elsewhere and any(parent.startswith("ou-") for parent in above) else (),
    )


def _listed(account: Account, kind: ControlKind) -> bool:
    return any(
        outcome.error is None and outcome.complete and outcome.params.get("Filter") == kind
        for outcome in account.outcomes_of("organizations", "ListPolicies")
    )


def _level_of(target: str, above: Sequence[str], account_id: str) -> str:
    if target.startswith("r-"):
        return "root"
    if target in above:
        return "parent"
    return "account" if target == account_id else ""
