"""Whom a resource's own policy lets in from outside the account: accounts, everyone, services, identity providers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from srtui.access.acl import GRANT
from srtui.policy.document import Document, Statement
from srtui.policy.principal import PrincipalElement
from srtui.policy.readable import condition_text
from srtui.policy.request import Request
from srtui.policy.target import covers_resource

OutsiderKind = Literal["anyone", "account", "principal", "service", "provider", "canonical"]


class Outsider(msgspec.Struct, frozen=True):
    """Someone outside of the account whom an Allow statement of the resource's policy names.

    Whether he may do it hangs on his own account's policies too, unless he is anyone, a service or a provider.
    `unless`: Deny statements of the same policy that may stop him, each with its conditions.
    """

    kind: OutsiderKind
    name: str  # as the policy writes it
    conditions: tuple[str, ...]
    label: str  # the policy and the statement
    unless: tuple[str, ...] = ()
    by_acl: bool = False  # by an access control list of a bucket


def outsiders(request: Request, account: str) -> Iterator[Outsider]:
    """Whom the resource policy of a request names besides the principals of this account."""
    source = request.resource_policy
    if source is None or not isinstance(source[1], Document):
        return
    covering = [one for one in source[1].statements if _covers(one, request)]
    denies = [one for one in covering if not one.allow]
    if any(not one.conditions and one.principal is not None and one.principal.everyone for one in denies):
        return
    unless = tuple(f"{one.label}: {_conditions(one)}" for one in denies)
    for statement in covering:
        if statement.allow and statement.principal is not None and not statement.not_principal:
            conditions = tuple(condition_text(condition) for condition in statement.conditions)
            by_acl = statement.sid.startswith(f"{GRANT} ")
            for kind, name in _named(statement.principal, account):
                yield Outsider(kind, name, conditions, f"{source[0]}, {statement.label}", unless, by_acl)


def _covers(statement: Statement, request: Request) -> bool:
    if statement.matches_action(request.action) is statement.not_action:
        return False
    return covers_resource(statement, request.target, {}, lambda key: True) is not False


def _conditions(statement: Statement) -> str:
    return " and ".join(condition_text(one) for one in statement.conditions) or "always"


def _named(element: PrincipalElement, account: str) -> Iterator[tuple[OutsiderKind, str]]:
    for name in element.aws:
        parts = name.split(":")
        owner = parts[4] if len(parts) > 5 else name
        if name != "*" and owner != account:
            yield ("account" if name == owner or name.endswith(":root") else "principal"), name
    if element.everyone:
        yield "anyone", "*"
    for name in element.service:
        yield "service", name
    for name in element.federated:
        yield "provider", name
    for name in element.canonical:
        yield "canonical", name
