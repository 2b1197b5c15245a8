"""Questions about a pattern of actions, `s3:Put*`: one answer for each action that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from srtui.access.answer import Answer, Verdict
from srtui.access.index import AccessIndex, Given
from srtui.access.layers import members
from srtui.access.misfit import takes
from srtui.policy.catalogue import load_catalogue
from srtui.policy.errors import RequestError
from srtui.policy.target import Target

#: A pattern of more actions than these is refused: the answer would be no answer.
MOST_ACTIONS: Final = 600


class Each(msgspec.Struct, frozen=True):
    """Who may do which of the actions of a pattern: by ARN an int whose bit i stands for the i-th action."""

    pattern: str
    resource: str | None
    actions: tuple[str, ...]
    allowed: dict[str, int]
    conditional: dict[str, int]
    unknown: dict[str, int]
    outsiders: dict[str, int]

    @property
    def principals(self) -> list[str]:
        """Everyone who may do something, who may do most of it first."""
        found = {*self.allowed, *self.conditional, *self.unknown}
        counts = (self.allowed, self.conditional, self.unknown)
        return sorted(found, key=lambda arn: (*(-count.get(arn, 0).bit_count() for count in counts), arn))

    def names(self, arn: str) -> dict[Verdict, list[str]]:
        """The actions that a principal may do or may not, by verdict."""
        masks: dict[Verdict, int] = {
            "allowed": self.allowed.get(arn, 0),
            "conditional": self.conditional.get(arn, 0),
            "unknown": self.unknown.get(arn, 0),
        }
        masks["denied"] = ~(masks["allowed"] | masks["conditional"] | masks["unknown"])
        return {
            verdict: [name for number, name in enumerate(self.actions) if mask >> number & 1]
            for verdict, mask in masks.items()
        }

    def sentence(self, arn: str) -> str:
        """`12 of 170 actions, 3 more on conditions`."""
        total = len(self.actions)
        allowed, conditional, unknown = (
            count.get(arn, 0).bit_count() for count in (self.allowed, self.conditional, self.unknown)
        )
        text = f"all {total} actions" if allowed == total else f"{allowed} of {total} actions"
        if conditional:
            text += f", {conditional} more on conditions"
        if unknown:
            text += f", {unknown} more unknown"
        return text


def is_pattern(action: str) -> bool:
    """Whether an action is a pattern of actions."""
    return "*" in action or "?" in action


def actions_of_pattern(pattern: str, resource: str | None) -> list[str]:
    """The actions that a pattern stands for and that can be done to the resource. Raises RequestError."""
    catalogue = load_catalogue()
    found = catalogue.actions(catalogue.expand(pattern))
    if resource is not None:
        Target(resource)  # which says what is wrong with it
    if not found:
        raise RequestError(f"{pattern} stands for no action that AWS documents")
    if resource is not None and resource != "*":
        found = [name for name in found if catalogue.has_resource_level(name) and takes(name, resource)]
        if not found:
            raise RequestError(f"none of the actions that {pattern} stands for is done to {resource}")
    if len(found) > MOST_ACTIONS:
        example = "s3:Put*" if pattern in ("*", "*:*") else f"{pattern.partition(':')[0]}:Delete*"
        raise RequestError(
            f"{pattern} stands for {len(found):,} actions: ask about fewer, {example} for example"
        )
    return found


def can_each(
    index: AccessIndex, principal: str, pattern: str, resource: str | None, context: Given | None = None
) -> list[Answer]:
    """The answer for each action of a pattern. Raises KeyError and RequestError as `can` does."""
    names = actions_of_pattern(pattern, resource)
    return [index.can(principal, name, resource, context) for name in names]


def who_can_each(
    index: AccessIndex, pattern: str, resource: str | None, context: Given | None = None
) -> Each:
    """Who may do any of the actions of a pattern. Takes a while for large accounts. Raises RequestError."""
    names = actions_of_pattern(pattern, resource)
    allowed: dict[str, int] = {}
    conditional: dict[str, int] = {}
    unknown: dict[str, int] = {}
    outside: dict[str, int] = {}
    for position, name in enumerate(names):
        reach = index.reach(name, resource, context)
        for count, bits in (
            (allowed, reach.allowed),
            (conditional, reach.conditional),
            (unknown, reach.unknown),
        ):
            for number in members(bits):
                arn = index.principals[number].arn
                count[arn] = count.get(arn, 0) | 1 << position
        for who in {f"{one.kind} {one.name}" for one in index.outsiders(name, resource)}:
            outside[who] = outside.get(who, 0) + 1
    return Each(pattern, resource, tuple(names), allowed, conditional, unknown, outside)


def verdict_of_each(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all: what all have in common; if some are allowed and some are not, conditional."""
    return verdicts[0] if len(set(verdicts)) == 1 else "conditional" if _some(verdicts) else "unknown"


def _some(verdicts: Sequence[Verdict]) -> bool:
    return "allowed" in verdicts or "conditional" in verdicts
