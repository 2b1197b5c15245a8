"""Effective permissions: which actions a principal may use, by which statements, inside which guardrails.

A set of actions is an int (see `catalogue`). Statements that cover every resource without a condition are told apart
from those that are limited; a limited Deny never hides an Allow, because something of it is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from srtui.policy.catalogue import AccessLevel, load_catalogue
from srtui.policy.match import glob_match

Admin = Literal["everything", "self-grant"]


class NamedDocument(NamedTuple):
    """A policy document and where it comes from. `kind`: inline, managed, group-inline, group-managed, boundary, scp."""

    name: str
    kind: str
    arn: str | None
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of one policy, with the actions it names as a bitset."""

    policy: str
    kind: str
    arn: str | None
    statement: int  # index in the document
    sid: str
    allow: bool
    actions: int
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: Mapping[str, Any]

    @property
    def unlimited(self) -> bool:
        """Every resource, no condition."""
        return (
            not self.conditions and not self.not_resources and any(not r.strip("*") for r in self.resources)
        )

    @property
    def label(self) -> str:
        """`policy · Sid` or `policy · statement 2`, for a person."""
        return f"{self.policy} · {self.sid or f'statement {self.statement + 1}'}"

    def covers(self, resource: str) -> bool:
        """Whether the Resource element covers this ARN, conditions aside."""
        if self.not_resources:
            return not any(resource_matches(pattern, resource) for pattern in self.not_resources)
        return any(resource_matches(pattern, resource) for pattern in self.resources)


@dataclass(frozen=True, slots=True)
class Self:
    """What a principal would change to grant itself more: its own ARN, its groups and its customer-managed policies."""

    arn: str
    groups: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectivePermissions:
    """What identity policies allow inside boundary and SCPs. `unreadable` names documents that make this uncertain."""

    actions: int  # allowed on some resource, under some condition
    unlimited: int  # allowed on every resource without condition
    trimmed: int  # allowed by identity policies, but removed by a guardrail or a Deny
    admin: Admin | None
    admin_by: tuple[str, ...]  # labels of the statements that make it admin
    admin_conditional: bool  # a Deny with a condition or a resource stands in the way of some of it
    grants: tuple[Grant, ...]
    unreadable: tuple[str, ...] = ()
    bounded: bool = False

    def by_access_level(self) -> dict[AccessLevel, int]:
        """Number of allowed actions by access level, the most dangerous level first."""
        return load_catalogue().by_access_level(self.actions)

    def allows(self, action: str) -> bool:
        """Whether the action is allowed on some resource, under some condition."""
        return load_catalogue().contains(self.actions, action)

    def granting(self, action: str) -> list[Grant]:
        """The Allow statements that name the action."""
        position = load_catalogue().index(action)
        if position is None:
            return []
        return [grant for grant in self.grants if grant.allow and grant.actions >> position & 1]

    def allowed_on(self, action: str, resource: str, *, unconditional: bool = True) -> Grant | None:
        """The Allow statement that covers action and resource, unless an unconditional Deny does or a guardrail trims it."""
        position = load_catalogue().index(action)
        if position is None or not self.actions >> position & 1:
            return None
        for grant in self.grants:
            if (
                not grant.allow
                and not grant.conditions
                and grant.actions >> position & 1
                and grant.covers(resource)
            ):
                return None
        for grant in self.granting(action):
            if grant.covers(resource) and not (unconditional and grant.conditions):
                return grant
        return None


def resource_matches(pattern: str, resource: str) -> bool:
    """Match a Resource value against an ARN, each of the six segments on its own; `*` alone is everything."""
    if not pattern.strip("*"):
        return True
    patterns, segments = pattern.split(":", 5), resource.split(":", 5)
    if len(segments) != 6 or patterns[0] != "arn":
        return pattern == resource
    patterns += ["*"] * (6 - len(patterns))
    return all(glob_match(part, segment) for part, segment in zip(patterns, segments, strict=True))


def as_list(value: Any) -> list[Any]:
    """AWS writes one value bare and several in a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def statements_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The statements of a document, or None if it is not one AWS would have accepted."""
    found = as_list(document.get("Statement"))
    if not found or not all(isinstance(statement, Mapping) for statement in found):
        return None
    if any(
        statement.get("Effect") not in ("Allow", "Deny")
        or ("Action" in statement) == ("NotAction" in statement)
        for statement in found
    ):
        return None
    return found


def _grants(named: NamedDocument) -> list[Grant] | None:
    statements = statements_of(named.document)
    if statements is None:
        return None
    catalogue = load_catalogue()
    found = []
    for index, statement in enumerate(statements):
        if "Action" in statement:
            actions = catalogue.expand_all(str(action) for action in as_list(statement["Action"]))
        else:
            excluded = catalogue.expand_all(str(action) for action in as_list(statement["NotAction"]))
            actions = catalogue.everything & ~excluded
        found.append(
            Grant(
                policy=named.name,
                kind=named.kind,
                arn=named.arn,
                statement=index,
                sid=str(statement.get("Sid") or ""),
                allow=statement["Effect"] == "Allow",
                actions=actions,
                resources=tuple(str(value) for value in as_list(statement.get("Resource"))),
                not_resources=tuple(str(value) for value in as_list(statement.get("NotResource"))),
                conditions=statement.get("Condition") or {},
            )
        )
    return found


class _Layer(NamedTuple):
    """What one layer of policies allows and denies, in bits."""

    any_allow: int
    full_allow: int
    full_deny: int
    some_deny: int


def _layer(grants: Iterable[Grant]) -> _Layer:
    any_allow = full_allow = full_deny = some_deny = 0
    for grant in grants:
        if grant.allow:
            any_allow |= grant.actions
            if grant.unlimited:
                full_allow |= grant.actions
        elif grant.unlimited:
            full_deny |= grant.actions
        else:
            some_deny |= grant.actions
    return _Layer(any_allow, full_allow, full_deny, some_deny)


@dataclass(slots=True)
class _Read:
    grants: list[Grant] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


_cache: dict[tuple[str, str, int], tuple[Mapping[str, Any], list[Grant] | None]] = {}


def _read(documents: Iterable[NamedDocument]) -> _Read:
    read = _Read()
    for named in documents:
        key = (named.name, named.kind, id(named.document))
        # The document is kept beside its grants, so that its id cannot come to mean another one.
        cached = _cache.get(key)
        if cached is None or cached[0] is not named.document:
            if len(_cache) > 200_000:
                _cache.clear()
            cached = _cache[key] = (named.document, _grants(named))
        if cached[1] is None:
            read.unreadable.append(named.name)
        else:
            read.grants.extend(cached[1])
    return read


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
    identity = _read(identity_documents)
    own = _layer(identity.grants)
    unreadable = list(identity.unreadable)
    allowed, unlimited, denied, some_deny = own.any_allow, own.full_allow, own.full_deny, own.some_deny
    guardrails: list[Grant] = []
    for documents in ([] if boundary is None else [boundary]) + list(scps):
        guard = _read(documents)
        unreadable += guard.unreadable
        layer = _layer(guard.grants)
        allowed &= layer.any_allow
        unlimited &= layer.full_allow
        denied |= layer.full_deny
        some_deny |= layer.some_deny
        guardrails += [grant for grant in guard.grants if not grant.allow]
    actions, unlimited = allowed & ~denied, unlimited & ~denied
    grants = (*identity.grants, *guardrails)
    found = EffectivePermissions(
        actions=actions,
        unlimited=unlimited,
        trimmed=own.any_allow & ~actions,
        admin=None,
        admin_by=(),
        admin_conditional=bool(some_deny),
        grants=grants,
        unreadable=tuple(unreadable),
        bounded=boundary is not None,
    )
    admin, admin_by = _admin(found, who)
    if admin is None:
        return found
    return EffectivePermissions(
        actions=actions,
        unlimited=unlimited,
        trimmed=found.trimmed,
        admin=admin,
        admin_by=admin_by,
        admin_conditional=found.admin_conditional,
        grants=grants,
        unreadable=found.unreadable,
        bounded=found.bounded,
    )


@lru_cache(maxsize=4)
def _self_granting(kind: str) -> tuple[str, ...]:
    """Actions that change what the principal itself is allowed, by what it is (IAM User Guide, policy management)."""
    return {
        "user": ("iam:AttachUserPolicy", "iam:PutUserPolicy"),
        "role": ("iam:AttachRolePolicy", "iam:PutRolePolicy"),
        "group": ("iam:AttachGroupPolicy", "iam:PutGroupPolicy"),
    }.get(kind, ())


def _admin(found: EffectivePermissions, who: Self | None) -> tuple[Admin | None, tuple[str, ...]]:
    catalogue = load_catalogue()
    if found.unlimited == catalogue.everything:
        return "everything", tuple(
            grant.label
            for grant in found.grants
            if grant.allow and grant.unlimited and grant.actions == catalogue.everything
        )
    if who is None or found.bounded:
        # A boundary caps whatever the principal grants itself; whether it can shed the boundary is an escalation path.
        return None, ()
    kind = who.arn.split(":")[-1].partition("/")[0]
    targets = [(action, who.arn) for action in _self_granting(kind)]
    targets += [(action, group) for group in who.groups for action in _self_granting("group")]
    targets += [("iam:CreatePolicyVersion", policy) for policy in who.policies]
    by = tuple(
        dict.fromkeys(
            grant.label
            for action, target in targets
            if (grant := found.allowed_on(action, target)) is not None
        )
    )
    return ("self-grant", by) if by else (None, ())
