"""From "this action, on that resource" to the single questions that have an answer.

An action without resource-level permissions is asked about `*`, one that needs several resources in a call about each
of them, and one without a resource about some resource of the kinds it works on (Service Authorization Reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from srtui.account import Account
from srtui.policy.catalogue import ActionResource, Catalogue, load_catalogue
from srtui.policy.decide import TRUST_ACTIONS, read_action
from srtui.policy.match import segments_match, split_arn
from srtui.policy.overlap import pattern_overlaps
from srtui.policy.target import Target

#: Calls that need one resource of each group, where the reference marks only some as required.
_TOGETHER: Final = {"ssm:sendcommand": (("ssm/document",), ("ssm/instance", "ssm/managed-instance"))}
_BUCKET: Final = "s3/bucket"
#: A pattern of roles or keys, whose own policies must allow, is looked at one by one up to so many.
_MOST_SINGLE: Final = 50


class Question:
    """One action on one target."""

    __slots__ = ("action", "target")

    def __init__(self, action: str, target: Target) -> None:
        self.action = action  # lower case
        self.target = target


class Asked:
    """The questions that one question comes down to: of every group at least one must be answered with yes."""

    __slots__ = ("action", "groups", "notes", "resource")

    def __init__(
        self, action: str, resource: str | None, groups: list[list[Question]], notes: tuple[str, ...] = ()
    ) -> None:
        self.action = action  # as AWS writes it, where that is known
        self.resource = resource
        self.groups = groups
        self.notes = notes


def ask(account: Account, action: str, resource: str | None) -> Asked:
    """Take a question apart. Raises RequestError for an action or a resource that cannot be understood."""
    lower = read_action(action)
    catalogue = load_catalogue()
    position = catalogue.index(lower)
    if position is None:
        note = f"AWS documents no action {action}"
        everything = f"arn:{account.partition}:{lower.partition(':')[0]}:*:*:*"
        target = Target(everything if resource in (None, "*") else str(resource))
        return Asked(action, resource, [[Question(lower, target)]], (note,))
    name = catalogue.names[position]
    kinds = catalogue.resources_of(lower)
    notes: tuple[str, ...] = ()
    if not kinds:
        if resource not in (None, "*"):
            notes = (f"{name} has no resource-level permissions: only * covers it",)
        return Asked(name, resource, [[Question(lower, Target("*"))]], notes)
    if resource is None or resource == "*":
        return Asked(name, resource, _by_kind(account, lower, kinds, catalogue), _several(name, lower, kinds))
    target = Target(resource)
    single = _single(account, lower, resource) if target.pattern else []
    notes = _several(name, lower, kinds)
    if not any(pattern_overlaps(resource, catalogue.type_pattern(kind.type)) for kind in kinds):
        works_on = ", ".join(sorted({kind.type.partition("/")[2] for kind in kinds}))
        notes += (f"{name} works on other kinds of resources: {works_on}",)
    parts = [Question(lower, Target(arn)) for arn in single] or [Question(lower, target)]
    return Asked(name, resource, [parts], notes)


def _single(account: Account, action: str, pattern: str) -> list[str]:
    """The roles or keys of a pattern, where the policy of each must allow the action for anyone to have it."""
    records: Iterable[str] = account.roles if action in TRUST_ACTIONS else ()
    if action.startswith("kms:"):
        records = account.keys
    segments = split_arn(pattern)
    found = [arn for arn in records if segments_match(segments, split_arn(arn))]
    return found if len(found) <= _MOST_SINGLE else []


def _groups(action: str, kinds: Sequence[ActionResource]) -> list[tuple[str, ...]]:
    together = _TOGETHER.get(action)
    if together:
        return list(together)
    required: list[tuple[str, ...]] = [(kind.type,) for kind in kinds if kind.required]
    return required or [tuple(kind.type for kind in kinds)]


def _several(name: str, action: str, kinds: Sequence[ActionResource]) -> tuple[str, ...]:
    groups = _groups(action, kinds)
    if len(groups) < 2:
        return ()
    listed = ", ".join(" or ".join(kind.partition("/")[2] for kind in group) for group in groups)
    return (f"a call of {name} needs an Allow on each of: {listed}",)


def _by_kind(
    account: Account, action: str, kinds: Sequence[ActionResource], catalogue: Catalogue
) -> list[list[Question]]:
    groups = []
    for group in _groups(action, kinds):
        parts: list[Question] = []
        for kind in group:
            target = _target(account, catalogue.type_pattern(kind), kind)
            single = _single(account, action, target.text)
            parts += [Question(action, one) for one in (map(Target, single) if single else (target,))]
        groups.append(parts)
    return groups


def _target(account: Account, pattern: str, kind: str) -> Target:
    """Some resource of a kind in this account."""
    segments = pattern.split(":", 5)
    segments[1] = account.partition
    if segments[4] == "*":
        segments[4] = account.id
    return Target(":".join(segments), slashless=kind == _BUCKET)
