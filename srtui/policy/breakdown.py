"""Effective permissions to read: services, access levels, and each action with its scope, conditions and statements.

for service in service_access(permissions): ...            # what matters first
for action in action_access(permissions, "s3"): ...        # the actions of one service
for action in action_access(permissions, "*:*Policy*"): ...   # or of a pattern
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from srtui.policy.catalogue import ACCESS_LEVELS, AccessLevel, Catalogue, load_catalogue
from srtui.policy.effective import EffectivePermissions, Guardrail
from srtui.policy.grants import Grant

#: full: every resource, no condition; limited: some resources, or on conditions; trimmed: taken away altogether.
State = Literal["full", "limited", "trimmed"]
_STATES: Final[tuple[State, ...]] = ("full", "limited", "trimmed")


class ServiceAccess(msgspec.Struct, frozen=True):
    """What is allowed in one service."""

    service: str
    actions: int  # how many are allowed on something
    full: int  # of those, how many on every resource without condition
    trimmed: int  # how many identity policies allow and a guardrail or a Deny takes away
    of: int  # how many the service has
    levels: dict[AccessLevel, int]  # how many are allowed, by access level, the most dangerous first


class ActionAccess(msgspec.Struct, frozen=True):
    """One action: where, on which conditions, by which statements, and what stands in the way.

    `resources`: the values of Resource of the granting statements, "all but …" for NotResource. `conditions`: for each
    granting statement those that must hold together; empty if one of them has none. `limits`: sentences on guardrails
    and Deny statements that take some or all of it away.
    """

    action: str
    level: AccessLevel
    state: State
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, ...], ...]
    grants: tuple[Grant, ...]
    denies: tuple[Grant, ...]
    limits: tuple[str, ...]


def service_access(permissions: EffectivePermissions) -> list[ServiceAccess]:
    """Services in which anything is allowed or trimmed, those with the most dangerous actions first."""
    catalogue = load_catalogue()
    concerned = permissions.actions | permissions.trimmed
    found = []
    for service in catalogue.services:
        every = catalogue.service_bits(service)
        if not concerned & every:
            continue
        allowed = permissions.actions & every
        found.append(
            ServiceAccess(
                service=service,
                actions=allowed.bit_count(),
                full=(permissions.unlimited & every).bit_count(),
                trimmed=(permissions.trimmed & every).bit_count(),
                of=every.bit_count(),
                levels=catalogue.by_access_level(allowed),
            )
        )
    found.sort(key=lambda one: (*(-one.levels.get(level, 0) for level in ACCESS_LEVELS), one.service))
    return found


def matching_actions(pattern: str) -> int:
    """The actions that a person means: a service, action patterns, the beginning of an action, or parts of a name.

    Several words must all match: `s3: delete`, `create policy`.
    """
    catalogue = load_catalogue()
    bits = catalogue.everything
    for word in pattern.lower().split():
        bits &= _matching(catalogue, word)
    return bits


def _matching(catalogue: Catalogue, word: str) -> int:
    if word in catalogue.services:
        return catalogue.service_bits(word)
    if ":" in word:
        return catalogue.expand(word) or catalogue.expand(word + "*")
    wanted = word.replace("*", "")
    return catalogue.expand_all(name for name in catalogue.names if wanted in name.lower())


def action_access(permissions: EffectivePermissions, pattern: str = "*:*") -> list[ActionAccess]:
    """The actions of a service or a pattern that are allowed or trimmed, the most dangerous levels first."""
    catalogue = load_catalogue()
    concerned = (permissions.actions | permissions.trimmed) & matching_actions(pattern)
    found = [_one(permissions, position, catalogue) for position in catalogue.positions(concerned)]
    found.sort(key=lambda one: (_STATES.index(one.state) // 2, ACCESS_LEVELS.index(one.level), one.action))
    return found


def _one(permissions: EffectivePermissions, position: int, catalogue: Catalogue) -> ActionAccess:
    name = catalogue.names[position]
    grants = permissions.granting(name)
    denies = permissions.denying(name)
    state: State = "limited"
    if not permissions.actions >> position & 1:
        state = "trimmed"
    elif permissions.unlimited >> position & 1 and not denies:
        state = "full"
    conditions = tuple(dict.fromkeys(grant.condition_texts for grant in grants))
    return ActionAccess(
        action=name,
        level=catalogue.access_level(name) or "Write",
        state=state,
        resources=tuple(dict.fromkeys(value for grant in grants for value in _scope(grant))),
        conditions=() if () in conditions else conditions,
        grants=tuple(grants),
        denies=tuple(denies),
        limits=tuple(_limits(permissions.guardrails, denies, position)),
    )


def _scope(grant: Grant) -> tuple[str, ...]:
    if grant.not_resources:
        return (f"all but {', '.join(grant.not_resources)}",)
    return ("*",) if grant.everywhere else grant.resources


def _limits(guardrails: Iterable[Guardrail], denies: Iterable[Grant], position: int) -> Iterable[str]:
    for guardrail in guardrails:
        kind = "permissions boundary" if guardrail.kind == "boundary" else "SCP"
        if not guardrail.allowed >> position & 1:
            yield f"{kind} {guardrail.name} does not allow it"
        elif not guardrail.unlimited >> position & 1:
            allowing = [one for one in guardrail.grants if one.allow and one.actions >> position & 1]
            yield f"{kind} {guardrail.name} allows it only {_where(allowing)}"
    for deny in denies:
        scope = "" if deny.unlimited else f" {_where([deny])}"
        yield f"denied{scope} by {deny.label}"


def _where(grants: Iterable[Grant]) -> str:
    texts = []
    for grant in grants:
        resources = "" if grant.everywhere else f"on {', '.join(_scope(grant))}"
        conditions = " and ".join(grant.condition_texts)
        texts.append(" ".join(part for part in (resources, conditions and f"if {conditions}") if part))
    return " or ".join(dict.fromkeys(texts))
