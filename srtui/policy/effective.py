"""Effective permissions: which actions a principal may use, by which statements, inside which guardrails.

A set of actions is an int (see `catalogue`). Statements that cover every resource without a condition are told apart
from those that are limited; a limited Deny hides an Allow only where it covers all that the Allow is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from srtui.policy.catalogue import AccessLevel, load_catalogue
from srtui.policy.grants import Grant, NamedDocument, ReadPolicy, all_grants, read_policy
from srtui.policy.match import split_arn

__all__ = [
    "EffectivePermissions",
    "Grant",
    "Guardrail",
    "NamedDocument",
    "Self",
    "as_list",
    "effective_permissions",
]

Admin = Literal["everything", "self-grant"]


class Self(msgspec.Struct, frozen=True):
    """What a principal would change to grant itself more: its own ARN, its groups and its customer-managed policies."""

    arn: str
    groups: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


class Guardrail(msgspec.Struct, frozen=True):
    """A layer that limits what identity policies allow: a permissions boundary, or one level of SCPs."""

    name: str
    kind: Literal["boundary", "scp"]
    grants: tuple[Grant, ...]
    allowed: int  # allowed on some resource, under some condition
    unlimited: int  # allowed on every resource without condition


class EffectivePermissions(msgspec.Struct, frozen=True):
    """What identity policies allow inside boundary and SCPs. `unreadable` names documents that make this uncertain."""

    actions: int  # allowed on some resource, under some condition
    unlimited: int  # allowed on every resource without condition
    trimmed: int  # allowed by identity policies, but removed by a guardrail or a Deny
    admin: Admin | None
    admin_by: tuple[str, ...]  # labels of the statements that make it admin
    admin_conditional: bool  # a Deny with a condition or a resource stands in the way of some of it
    grants: tuple[Grant, ...]  # of identity policies, and the Deny statements of guardrails
    unreadable: tuple[str, ...] = ()
    bounded: bool = False
    guardrails: tuple[Guardrail, ...] = ()

    def by_access_level(self) -> dict[AccessLevel, int]:
        """Number of allowed actions by access level, the most dangerous level first."""
        return load_catalogue().by_access_level(self.actions)

    def allows(self, action: str) -> bool:
        """Whether the action is allowed on some resource, under some condition."""
        return load_catalogue().contains(self.actions, action)

    def granting(self, action: str) -> list[Grant]:
        """The Allow statements of identity policies that give the action on something."""
        return [grant for grant in self._about(action) if grant.allow]

    def denying(self, action: str) -> list[Grant]:
        """The Deny statements, of guardrails too, that take the action away on something."""
        return [grant for grant in self._about(action) if not grant.allow]

    def _about(self, action: str) -> list[Grant]:
        position = load_catalogue().index(action)
        if position is None:
            return []
        return [grant for grant in self.grants if grant.actions >> position & 1]

    def allowed_on(self, action: str, resource: str, *, unconditional: bool = True) -> Grant | None:
        """The Allow statement that covers action and resource, unless a Deny surely does or a guardrail trims it.

        With `unconditional` False a statement with conditions will do.
        """
        if not self.allows(action):
            return None
        segments = split_arn(resource)
        position = load_catalogue().index(action) or 0
        for grant in self.denying(action):
            if not grant.parsed.conditions and grant.covers_all(segments):
                return None
        for guardrail in self.guardrails:
            if not any(_gives(grant, position, segments) for grant in guardrail.grants):
                return None
        for grant in self.granting(action):
            if grant.may_cover(segments) and not (unconditional and grant.parsed.conditions):
                return grant
        return None


def _gives(grant: Grant, position: int, segments: list[str]) -> bool:
    return grant.allow and bool(grant.actions >> position & 1) and grant.may_cover(segments)


def as_list(value: Any) -> list[Any]:
    """AWS writes one value bare and several in a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


# --- layers -----------------------------------------------------------------------------------------------


class _Layer:
    """What one layer of policies allows and denies, in bits, and its statements that are limited."""

    __slots__ = ("allowed", "denied", "limited_allows", "limited_denies", "unlimited")

    def __init__(self, grants: Iterable[Grant]) -> None:
        self.allowed = self.unlimited = self.denied = 0
        self.limited_allows: list[Grant] = []
        self.limited_denies: list[Grant] = []
        for grant in grants:
            if grant.allow:
                self.allowed |= grant.actions
                if grant.unlimited:
                    self.unlimited |= grant.actions
                else:
                    self.limited_allows.append(grant)
            elif grant.unlimited:
                self.denied |= grant.actions
            else:
                self.limited_denies.append(grant)


def _apart(own: _Layer, guard: _Layer) -> int:
    """Actions that both layers allow, each on resources of which the other allows none."""
    candidates = own.allowed & ~own.unlimited & guard.allowed & ~guard.unlimited
    if not candidates:
        return 0
    for mine in own.limited_allows:
        for theirs in guard.limited_allows:
            common = mine.actions & theirs.actions & candidates
            if common and _meet(mine, theirs):
                candidates &= ~common
    return candidates


def _meet(one: Grant, two: Grant) -> bool:
    if one.parsed.not_resource:
        one, two = two, one
    if one.parsed.not_resource:
        return True
    return any(two.may_cover(segments) for segments in one.patterns)


def _shut_out(own: _Layer, denies: Sequence[Grant]) -> int:
    """Actions allowed on some resources only, on all of which a Deny without condition covers them."""
    denies = [grant for grant in denies if not grant.parsed.conditions]
    candidates = own.allowed & ~own.unlimited & _union(denies)
    if not candidates:
        return 0
    for grant in own.limited_allows:
        left = grant.actions & candidates
        if left and grant.parsed.not_resource:
            candidates &= ~left
        elif left:
            for segments in grant.patterns:
                held = _union(deny for deny in denies if deny.covers_all(segments))
                candidates &= ~(left & ~held)
    return candidates


def _union(grants: Iterable[Grant]) -> int:
    bits = 0
    for grant in grants:
        bits |= grant.actions
    return bits


# --- the whole --------------------------------------------------------------------------------------------


def effective_permissions(
    identity_documents: Sequence[NamedDocument],
    boundary: Sequence[NamedDocument] | None = None,
    scps: Sequence[Sequence[NamedDocument]] = (),
    *,
    who: Self | None = None,
) -> EffectivePermissions:
    """What a principal may do. `boundary` None: none is set. `scps`: one sequence a level, root first.

    `who` is needed to tell whether the principal can grant itself everything.
    """
    policies = [read_policy(named) for named in identity_documents]
    grants = all_grants(policies)
    unreadable = _unreadable(policies)
    own = _Layer(grants)
    allowed, unlimited, denied = own.allowed, own.unlimited, own.denied
    denies = list(own.limited_denies)
    guardrails: list[Guardrail] = []
    apart = 0
    for kind, documents in _guarding(boundary, scps):
        policies = [read_policy(named) for named in documents]
        unreadable += _unreadable(policies)
        guard_grants = all_grants(policies)
        guard = _Layer(guard_grants)
        allowed &= guard.allowed
        unlimited &= guard.unlimited
        denied |= guard.denied
        denies += guard.limited_denies
        apart |= _apart(own, guard)
        name = " and ".join(named.name for named in documents) or f"a level without any {kind}"
        guardrails.append(Guardrail(name, kind, tuple(guard_grants), guard.allowed, guard.unlimited))
        grants += [grant for grant in guard_grants if not grant.allow]
    actions = allowed & ~denied & ~apart
    if denies:
        actions &= ~_shut_out(own, denies)
    shared = load_catalogue().shared
    found = EffectivePermissions(
        actions=shared(actions),
        unlimited=shared(unlimited & ~denied),
        trimmed=shared(own.allowed & ~actions),
        admin=None,
        admin_by=(),
        admin_conditional=bool(denies),
        grants=tuple(grants),
        unreadable=tuple(unreadable),
        bounded=boundary is not None,
        guardrails=tuple(guardrails),
    )
    admin, admin_by = _admin(found, who)
    return found if admin is None else msgspec.structs.replace(found, admin=admin, admin_by=admin_by)


def _guarding(
    boundary: Sequence[NamedDocument] | None, scps: Sequence[Sequence[NamedDocument]]
) -> Iterable[tuple[Literal["boundary", "scp"], Sequence[NamedDocument]]]:
    if boundary is not None:
        yield "boundary", boundary
    for level in scps:
        yield "scp", level


def _unreadable(policies: Iterable[ReadPolicy]) -> list[str]:
    return [policy.named.name for policy in policies if policy.document is None]


# --- administrators ---------------------------------------------------------------------------------------

#: Actions that change what the principal itself is allowed, by what it is (IAM User Guide, policy management).
_SELF_GRANTING: Final = {
    "user": ("iam:AttachUserPolicy", "iam:PutUserPolicy"),
    "role": ("iam:AttachRolePolicy", "iam:PutRolePolicy"),
    "group": ("iam:AttachGroupPolicy", "iam:PutGroupPolicy"),
}


@lru_cache(maxsize=1)
def self_granting_actions() -> int:
    """The actions with which a principal may change its own permissions."""
    named = [action for actions in _SELF_GRANTING.values() for action in actions]
    return load_catalogue().expand_all((*named, "iam:CreatePolicyVersion"))


def _admin(found: EffectivePermissions, who: Self | None) -> tuple[Admin | None, tuple[str, ...]]:
    everything = load_catalogue().everything
    if found.unlimited == everything:
        full = [grant for grant in found.grants if grant.allow and grant.unlimited]
        by = [grant for grant in full if grant.actions == everything] or full
        return "everything", tuple(grant.label for grant in by)
    if who is None or found.bounded:
        # A boundary caps whatever the principal grants itself; whether it can shed the boundary is an escalation path.
        return None, ()
    kind = who.arn.split(":")[-1].partition("/")[0]
    targets = [(action, who.arn) for action in _SELF_GRANTING.get(kind, ())]
    targets += [(action, group) for group in who.groups for action in _SELF_GRANTING["group"]]
    targets += [("iam:CreatePolicyVersion", policy) for policy in who.policies]
    granting = (found.allowed_on(action, target) for action, target in targets)
    by_labels = tuple(dict.fromkeys(grant.label for grant in granting if grant is not None))
    return ("self-grant", by_labels) if by_labels else (None, ())
