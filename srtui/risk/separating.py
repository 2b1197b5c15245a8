"""What alone separates two duties: each single change tried out in memory, by the evaluator."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from srtui.access import AccessIndex, Reason
from srtui.account import Account
from srtui.account.model import Document, User
from srtui.account.stores import Secret
from srtui.escalation.edges import ADMIN
from srtui.escalation.graph import Goal, Graph
from srtui.policy.effective import as_list
from srtui.risk.separation import Case, Separation
from srtui.whatif import Change, Detach, Drop, account_with

_LEVEL: Final = 1
_MOST_TRIED: Final = 24


class Separating(msgspec.Struct, frozen=True):
    """A change that alone takes a conflict away. `duties`: which of the two the identity no longer holds by it.

    `arn`: of the policy, of whom or what an inline or resource policy is in, or of the role whose trust is cut.
    `statement` counts from 0; -1 where a whole policy or trust goes. `carrier`: whom the policy is taken off.
    """

    kind: Literal["statement", "policy", "resource-statement", "trust"]
    text: str
    arn: str
    name: str
    statement: int
    duties: tuple[str, ...]
    carrier: str = ""


def separating(separation: Separation, conflict: str, arn: str) -> tuple[Separating, ...]:
    """Every single change that separates the duties of an identity, those that touch least first.

    Raises KeyError if it has no such conflict.
    """
    case = separation.case(conflict, arn)
    found = list(_by_policy(separation, case)) if case.held.direct else []
    if not case.held.direct:
        found += _by_trust(separation, case)
        found += _own_statements(separation, case)
    return tuple(found)


# --- statements and policies --------------------------------------------------------------------------------


def _by_policy(separation: Separation, case: Case) -> Iterator[Separating]:
    tried: set[tuple[str, str, int]] = set()
    for reason in (*case.one.reasons, *case.two.reasons):
        # A policy of AWS's goes as a whole, so which of its statements it was makes no difference.
        place = -1 if ":iam::aws:" in (reason.arn or "") else reason.statement
        key = (reason.arn or "", reason.policy, place)
        if key in tried or len(tried) == _MOST_TRIED:
            continue
        tried.add(key)
        for made in _changes(separation.index.account, case.held.arn, reason):
            lost = _lost(separation, case, made[1])
            if lost:
                yield msgspec.structs.replace(made[0], duties=lost)


def _changes(account: Account, arn: str, reason: Reason) -> Iterator[tuple[Separating, Account]]:
    """The changes that take a statement away from an identity, with the account after each."""
    place = reason.arn or ""
    if reason.kind == "resource":
        changed = _without_resource_statement(account, place, reason.statement)
        if changed is not None:
            text = f"without {reason.label}"
            yield (
                Separating("resource-statement", text, place, reason.policy, reason.statement, ()),
                changed,
            )
        return
    change: Change
    if ":iam::aws:" not in place:
        change = Drop(place, reason.policy, reason.statement)
        yield (
            Separating("statement", change.text, place, reason.policy, reason.statement, ()),
            account_with(account, arn, [change]),
        )
        return
    for carrier in _carriers(account, arn, place):
        change = Detach(place, carrier)
        yield (
            Separating("policy", change.text, place, reason.policy, -1, (), carrier),
            account_with(account, arn, [change]),
        )


def _carriers(account: Account, arn: str, policy: str) -> Iterator[str]:
    """Where an identity has a managed policy from: itself, or one of its groups."""
    principal = account.principal(arn)
    if principal is None:
        return
    if policy in principal.attached:
        yield arn
    for name in principal.groups if isinstance(principal, User) else ():
        group = account.group_named(name)
        if group is not None and policy in group.attached:
            yield group.arn


def _without_resource_statement(account: Account, arn: str, statement: int) -> Account | None:
    """The account without one statement of the policy of a key or a secret."""
    changed = copy.copy(account)
    if (key := account.keys.get(arn)) is not None and isinstance(key.policy, dict):
        policy = _dropped(key.policy, statement)
        changed.keys = {**account.keys, arn: msgspec.structs.replace(key, policy=policy)}
        return changed
    secret = account.table(Secret).get(arn)
    if secret is not None and isinstance(secret.policy, dict):
        policy = _dropped(secret.policy, statement)
        replaced = {**account.table(Secret), arn: msgspec.structs.replace(secret, policy=policy)}
        changed.tables = {**account.tables, Secret: replaced}
        return changed
    return None


def _dropped(document: Document, statement: int) -> Document:
    nothing: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "none:none", "Resource": "*"}
    kept = [
        nothing if index == statement else one for index, one in enumerate(as_list(document.get("Statement")))
    ]
    return {**document, "Statement": kept}


def _lost(separation: Separation, case: Case, changed: Account) -> tuple[str, ...]:
    """Which of the two duties an identity no longer holds in a changed account; none if the conflict is still there."""
    after = _alone(separation, changed, case.held.arn)
    conflict = separation.book.conflicts[case.held.conflict]
    if after.directly(conflict).possible:
        return ()
    return tuple(
        duty
        for duty in (conflict.one, conflict.two)
        if not (after.holders.of(duty).by_resource.get(case.resource, after.holders.of(duty).reach).possible)
    )


def _alone(separation: Separation, changed: Account, arn: str) -> Separation:
    """The duties of one identity in a changed account."""
    index = AccessIndex(alone_with(changed, arn))
    return Separation(index, {}, separation.book, _no_graph, whole=changed)


def _no_graph() -> Any:
    raise LookupError("what an identity holds by itself needs no graph")


def alone_with(account: Account, arn: str) -> Account:
    """The account as if it had no other user and role, so that an index of it is made quickly."""
    alone = copy.copy(account)
    alone.users = {arn: account.users[arn]} if arn in account.users else {}
    alone.roles = {arn: account.roles[arn]} if arn in account.roles else {}
    return alone


# --- trust ------------------------------------------------------------------------------------------------


def _by_trust(separation: Separation, case: Case) -> Iterator[Separating]:
    """Roles whose trust, once it lets nobody of the account in, breaks the way to one of the duties."""
    escalation = separation.escalation
    graph = escalation.graph
    number = separation.index.numbers[case.held.arn]
    conflict = separation.book.conflicts[case.held.conflict]
    roles = dict.fromkeys(
        step.target
        for side in (case.one, case.two)
        if side.route is not None
        for step in side.route.steps
        if step.target in separation.index.account.roles
    )
    for role in roles:
        masks = _masks_without(graph, separation.index.numbers[role], role)
        lost = []
        for duty in (conflict.one, conflict.two):
            holding = separation.holders.of(duty)
            reach = holding.by_resource.get(case.resource, holding.reach)
            goal = Goal((reach.allowed | reach.conditional) & ~separation.administrators)
            reaching = 0
            for layer in graph.layers_with(goal, masks):
                reaching |= layer
            if not reaching >> number & 1:
                lost.append(duty)
        if lost:
            name = role.rpartition("/")[2]
            yield Separating(
                "trust", f"the trust of {name} no longer lets it in", role, name, -1, tuple(lost)
            )


def _masks_without(graph: Graph, node: int, role: str) -> dict[int, int]:
    """The sets of sources of each node, without those who get to a role by assuming it."""
    masks = dict(graph.masks(_LEVEL))
    for target in {node, ADMIN, *(n for n in graph.into if n != node)}:
        edges = graph.into.get(target, ())
        if not any(edge.via == role and edge.technique.enter == "assume" for edge in edges):
            continue
        bits = 0
        for edge in edges:
            if not edge.missing and not (edge.via == role and edge.technique.enter == "assume"):
                bits |= edge.sources.allowed | edge.sources.conditional
        masks[target] = bits & ~(1 << target) if target >= 0 else bits
    return masks


def _own_statements(separation: Separation, case: Case) -> Iterator[Separating]:
    """Where one duty is its own, statements without which it does not hold that one."""
    for side in (case.one, case.two):
        if side.route is not None and side.route.steps:
            continue
        for reason in side.reasons:
            for made, changed in _changes(separation.index.account, case.held.arn, reason):
                after = _alone(separation, changed, case.held.arn)
                holding = after.holders.of(side.duty)
                still = holding.by_resource.get(case.resource, holding.reach).possible
                if not still and not _still_reached(separation, case, side.duty):
                    yield msgspec.structs.replace(made, duties=(side.duty,))


def _still_reached(separation: Separation, case: Case, duty: str) -> bool:
    """Whether an identity also becomes someone else who holds a duty."""
    number = separation.index.numbers[case.held.arn]
    holding = separation.holders.of(duty)
    reach = holding.by_resource.get(case.resource, holding.reach)
    others = (reach.allowed | reach.conditional) & ~separation.administrators & ~(1 << number)
    graph = separation.escalation.graph
    return bool(graph.reaching(Goal(others), _LEVEL) >> number & 1)
